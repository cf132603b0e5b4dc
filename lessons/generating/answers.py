"""Answers to the lesson on generating: likely mistakes, each with its message, and other right answers."""

from __future__ import annotations

import itertools

import numpy as np
from scipy.linalg import sqrtm

from aecourse.datasets import load_digits


def spread(log_variance):
    return np.exp(log_variance / 2)


def parts(a, b):
    return a.mean(axis=0) - b.mean(axis=0), np.cov(a.T), np.cov(b.T)


def by_root_of_a_matrix(a, b):
    d, cov_a, cov_b = parts(a, b)
    return np.sum(d**2) + np.trace(cov_a + cov_b - 2 * sqrtm(cov_a @ cov_b).real)


def by_two_roots(a, b):
    """The same root, of a symmetric matrix."""
    d, cov_a, cov_b = parts(a, b)
    values, vectors = np.linalg.eigh(cov_a)
    half = vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T
    roots = np.sqrt(np.maximum(np.linalg.eigvalsh(half @ cov_b @ half), 0))
    return [d @ d + np.trace(cov_a) + np.trace(cov_b) - 2 * roots.sum()]


def number_by_number(a, b):
    d, cov_a, cov_b = parts(a, b)
    return d @ d + np.trace(cov_a + cov_b - 2 * np.sqrt(np.maximum(cov_a @ cov_b, 0)))


def right_kl(m_p, s_p, m_q, s_q):
    return np.log(s_q / s_p) + (s_p**2 + (m_p - m_q) ** 2) / (2 * s_q**2) - 0.5


def kl_by_variances(m_p, s_p, m_q, s_q):
    v_p, v_q = s_p**2, s_q**2
    return 0.5 * (v_p / v_q + (m_q - m_p) ** 2 / v_q - 1 + np.log(v_q) - np.log(v_p))


def one_by_one(m_p, s_p, m_q, s_q):
    return [right_kl(*values) for values in zip(m_p, s_p, m_q, s_q, strict=True)]


def mix(digit, noise, share):
    return np.sqrt(1 - share**2) * digit + share * noise


def in_steps(denoise, x, shares):
    for now, then in itertools.pairwise(shares):
        guess = denoise(x)
        noise = (x - np.sqrt(1 - now**2) * guess) / now
        x = mix(guess, noise, then)
    return guess


def by_angles(denoise, x, shares):
    """The shares are sines of angles; the same step, turned."""
    angles = np.arcsin(shares)
    for i in range(len(shares) - 1):
        guess = denoise(x)
        left = x - np.cos(angles[i]) * guess
        x = np.cos(angles[i + 1]) * guess + left * np.sin(angles[i + 1]) / np.sin(angles[i])
    return x


def with_dice(denoise, x, shares):
    for then in shares[1:]:
        guess = denoise(x)
        x = mix(guess, 0.5 * np.random.default_rng().normal(size=x.shape), then)
    return guess


def guess_of_guess(denoise, x, shares):
    for _ in shares[1:]:
        x = denoise(x)
    return x


def unfinished(denoise, x, shares):
    for now, then in itertools.pairwise(shares[:5]):
        guess = denoise(x)
        x = mix(guess, (x - np.sqrt(1 - now**2) * guess) / now, then)
    return x


def too_often(denoise, x, shares):
    for _ in range(2):
        guess = in_steps(denoise, x, shares)
    return guess


def twenty():
    """Ten real digits and ten behind a haze, in turn."""
    x = load_digits()[1][0][:20].copy()
    x[::2] = np.maximum(x[::2], 0.1)
    return {"digits": x, "drawn": np.arange(20) % 2 == 0}


GIVEN = {"eye": twenty}
DRAWN = np.arange(20) % 2 == 0

REFUSED = {
    "sample": [
        (
            lambda: (lambda mean, log_variance, noise: mean + np.exp(log_variance) * noise,),
            "that multiplies by the variance: σ is its root, np.exp(log_variance / 2).",
        ),
        (
            lambda: (lambda mean, log_variance, noise: mean + log_variance * noise,),
            "the logarithm is still there: np.exp takes it away.",
        ),
        (
            lambda: (lambda mean, log_variance, noise: mean + noise,),
            "the noise goes in as it is: multiply it by σ first.",
        ),
        (
            lambda: (lambda mean, log_variance, noise: spread(log_variance) * noise,),
            "the mean is missing: it moves the stretched noise to its place.",
        ),
        (
            lambda: (lambda mean, log_variance, noise: mean + spread(log_variance),),
            "the noise is missing: every draw would be the same.",
        ),
        (
            lambda: (lambda mean, log_variance, noise: mean + 3 * spread(log_variance) * noise,),
            "my_sample gives something else here.\nmean = [[1, -2]]\nlog_variance = [[1.386, 2.197]]\n"
            "noise = [[1, -1]]\nexpected: [[3, -5]]\ngot: [[7, -11]]",
        ),
    ],
    "divergence": [
        (
            lambda: (lambda m_p, s_p, m_q, s_q: right_kl(m_q, s_q, m_p, s_p),),
            "p and q are exchanged: draws come from p, so its spread stands above the line.",
        ),
        (
            lambda: (lambda *values: right_kl(*values) + 0.5,),
            "minus one half is missing: of equal distributions nothing may be left.",
        ),
        (
            lambda: (lambda m_p, s_p, m_q, s_q: np.log(s_q / s_p) + (s_p + (m_p - m_q) ** 2) / (2 * s_q) - 0.5,),
            "the spreads must be squared in the fraction.",
        ),
        (
            lambda: (lambda m_p, s_p, m_q, s_q: np.log(s_p / s_q) + (s_p**2 + (m_p - m_q) ** 2) / (2 * s_q**2) - 0.5,),
            "the logarithm's fraction is turned over: s_q stands above s_p.",
        ),
        (
            lambda: (lambda m_p, s_p, m_q, s_q: np.log(s_q / s_p) + s_p**2 / (2 * s_q**2) - 0.5,),
            "the means are missing: distributions that lie apart differ.",
        ),
        (
            lambda: (lambda *values: right_kl(*values).sum(),),
            "my_kl(m_p, s_p, m_q, s_q) must have shape (4,), and has shape ().",
        ),
    ],
    "distance": [
        (
            lambda: (lambda a, b: np.sum((a.mean(axis=0) - b.mean(axis=0)) ** 2),),
            "that is the means' part alone: the covariances differ as well.",
        ),
        (
            lambda: (number_by_number,),
            "np.sqrt takes the root of each number of a matrix. The root of a matrix is another matrix: its trace is "
            "the sum of the roots of the eigenvalues.",
        ),
        (
            lambda: (lambda a, b: np.sqrt(by_root_of_a_matrix(a, b)),),
            "that is its root: the distance is left squared.",
        ),
        (
            lambda: (
                lambda a, b: np.sum((a.mean(axis=0) - b.mean(axis=0)) ** 2 + (a.std(axis=0) - b.std(axis=0)) ** 2),
            ),
            "that uses the variances alone: the features' covariances count as well.",
        ),
        (
            lambda: (lambda a, b: a.mean(axis=0) - b.mean(axis=0),),
            "my_frechet(a, b) must be one number, and is an array of shape (3,).",
        ),
    ],
    "eye": [
        (lambda: ([True] * 20,), "all 20 got the same answer. Ten are drawn and ten are real."),
        (lambda: ([True, False],), "my_guess must hold an answer for each of the 20 digits, and holds 2."),
        (
            lambda: (~DRAWN,),
            "0 of 20 are right. You do see the difference, and call it the wrong way: True is for drawn.",
        ),
        (
            lambda: (np.arange(20) < 10,),
            "10 of 20 are right; 15 are asked for, and a coin gets 10. Look at the edges of the strokes and at the "
            "paper around them, or measure them.",
        ),
        (
            lambda: (list(range(20)),),
            "my_guess must hold True (drawn) or False (real) for each digit, and holds other numbers.",
        ),
    ],
    "steps": [
        (
            lambda: (with_dice,),
            "the same start gives two different pictures: no new noise may come in. Keep the noise that x holds.",
        ),
        (
            lambda: (guess_of_guess,),
            "100 starts become … different digits; at least 50 are asked for. Who mixes no noise back in settles for "
            "the first guess: x is to be sqrt(1 - c²) · clean + c · noise.",
        ),
        (
            lambda: (lambda denoise, x, shares: denoise(x),),
            "denoise was asked once, and out of pure noise it cannot say more than a blur. Ask in every step.",
        ),
        (
            lambda: (unfinished,),
            "what comes out is an MSE of … away from the digits that the network knows; less than 0.004 is asked for. "
            "Does the last step leave noise in the picture, or do the shares of digit and noise not fit?",
        ),
        (
            lambda: (too_often,),
            "denoise was asked 20 times; 10 steps are planned, one for each pair of shares.",
        ),
        (lambda: (lambda denoise, x, shares: x,), "my_steps never asks denoise. The digits have to come from it."),
    ],
}

ACCEPTED = {
    "sample": [
        lambda: (lambda mean, log_variance, noise: noise * np.sqrt(np.exp(log_variance)) + mean,),
        lambda: (lambda mean, log_variance, noise: mean + np.exp(0.5 * log_variance) * noise,),
    ],
    "divergence": [lambda: (kl_by_variances,), lambda: (one_by_one,)],
    "distance": [lambda: (by_root_of_a_matrix,), lambda: (by_two_roots,)],
    "eye": [
        lambda: (list(DRAWN),),
        lambda: (np.where(np.arange(20) < 4, ~DRAWN, DRAWN).astype(int),),
    ],
    "steps": [lambda: (in_steps,), lambda: (by_angles,)],
}

# Right where the numbers are drawn for a student.
OWN = {
    "sample": [
        lambda base: (lambda mean, log_variance, noise: mean + base ** (log_variance / 2) * noise,),
        lambda base: (lambda mean, log_variance, noise: mean + np.sqrt(np.power(base, log_variance)) * noise,),
    ]
}
