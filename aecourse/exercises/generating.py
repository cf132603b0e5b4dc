"""The exercises on generating: a draw with noise, two bells' divergence, the judge's distance, a test, steps."""

from __future__ import annotations

import functools

import numpy as np

from aecourse.datasets import split_digits
from aecourse.exercises.core import (
    RIGHT,
    Drawn,
    a_number,
    an_array,
    call,
    close,
    drawn_apart,
    examples,
    exercise,
    first_wrong,
    kind,
    recognise,
    recognise_each,
    shape_of,
    wrong,
)

SEEN = 15  # of twenty digits: who guesses ten and ten gets as many once in 90 times
SIGMA = 0.5  # of the noise that is mixed with digits
SHARES = np.sin(np.linspace(np.pi / 2, 0, 11))
NEAR, DIFFERENT = 0.004, 50  # MSE to a known digit; of 100 drawn digits


@exercise(
    "to draw a code from its mean, its log-variance and noise",
    hints=(
        "The noise has the spread 1 and the mean 0. Stretch it by the code's standard deviation, then move it.",
        "log_variance is the logarithm of σ². So σ itself is np.exp(log_variance / 2).",
        "return mean + np.exp(log_variance / 2) * noise",
    ),
    drawn=Drawn(
        "to draw a code from its mean, the logarithm of its variance to the base {base}, and noise",
        {"base": [*range(3, 10), *range(11, 60)]},
        lambda mine, base: lambda mean, log_variance, noise: mine(mean, log_variance / np.log(base), noise),
    ),
)
def sample(my_sample: object) -> str:
    """Compare with mean + σ · noise on random codes, and recognise the usual slips."""
    draw = drawn_apart(_a_code, _samples)
    given = an_array(call(my_sample, *draw, name="my_sample"), _named("my_sample"), shape=draw[0].shape)
    answers = _samples(*draw)
    if not close(given, answers[RIGHT]):
        recognise(given, answers)
        small = np.array([[1.0, -2.0]]), np.log([[4.0, 9.0]]), np.array([[1.0, -1.0]])
        examples(my_sample, [(small, _samples(*small)[RIGHT]), (draw, answers[RIGHT])], name="my_sample")
    many = np.full((4000, 1), 3.0), np.full((4000, 1), np.log(4.0)), np.random.default_rng(0).normal(size=(4000, 1))
    drawn = np.asarray(call(my_sample, *many, name="my_sample"))
    return f"4,000 draws with the mean 3 and σ = 2 have the mean {drawn.mean():.2f} and the spread {drawn.std():.2f}."


def _named(name: str) -> str:
    return f"{name}(mean, log_variance, noise)"


def _a_code(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return rng.normal(0, 2, (3, 4)), rng.uniform(0.5, 2, (3, 4)), rng.normal(size=(3, 4))


def _samples(mean: np.ndarray, log_variance: np.ndarray, noise: np.ndarray) -> dict[str, object]:
    spread = np.exp(log_variance / 2)
    return {
        RIGHT: mean + spread * noise,
        "that multiplies by the variance: σ is its root, np.exp(log_variance / 2).": mean
        + np.exp(log_variance) * noise,
        "the logarithm is still there: np.exp takes it away.": mean + log_variance * noise,
        "that takes half of the logarithm as σ: np.exp is missing.": mean + log_variance / 2 * noise,
        "that takes the root of the logarithm: first np.exp, then the root.": mean + np.sqrt(log_variance) * noise,
        "the noise goes in as it is: multiply it by σ first.": mean + noise,
        "the mean is missing: it moves the stretched noise to its place.": spread * noise,
        "the noise is missing: every draw would be the same.": mean + spread,
        "that is the mean whatever the noise is.": mean,
        "the noise must be multiplied by σ, not added to it.": mean + spread + noise,
        "that divides by σ: a large σ must spread the draws more.": mean + noise / spread,
        "the sum is multiplied as a whole: only the noise is stretched, the mean stays.": spread * (mean + noise),
        "mean and σ are exchanged: the mean is added, σ multiplies.": spread + mean * noise,
    }


@exercise(
    "to write the divergence of two normal distributions",
    hints=(
        "It has three parts: the logarithm of the ratio of the spreads, a fraction, and minus one half.",
        "The fraction is (s_p² + (m_p − m_q)²) / (2 · s_q²). For equal distributions it is one half, and all is 0.",
        "return np.log(s_q / s_p) + (s_p**2 + (m_p - m_q) ** 2) / (2 * s_q**2) - 0.5",
    ),
)
def divergence(my_kl: object) -> str:
    """Compare with the closed form on random means and spreads, and recognise the usual slips."""
    pair = drawn_apart(_two_bells, _divergences)
    given = an_array(call(my_kl, *pair, name="my_kl"), "my_kl(m_p, s_p, m_q, s_q)", shape=pair[0].shape)
    answers = _divergences(*pair)
    if not close(given, answers[RIGHT]):
        recognise(given, answers)
        small = [tuple(np.array([v]) for v in values) for values in ((0.0, 1.0, 1.0, 1.0), (0.0, 2.0, 0.0, 1.0))]
        cases = [(case, _divergences(*case)[RIGHT]) for case in small]
        examples(my_kl, [*cases, (pair, answers[RIGHT])], name="my_kl")
    m, s, _, _ = pair
    of_itself = an_array(call(my_kl, m, s, m, s, name="my_kl"), "my_kl of a distribution and itself", shape=m.shape)
    x = m[0] + s[0] * np.random.default_rng(0).normal(size=200_000)
    counted = float(np.mean(_log_bell(x, m[0], s[0]) - _log_bell(x, pair[2][0], pair[3][0])))
    return (
        f"0 for equal distributions ({np.abs(of_itself).max():.0e} at most); {float(given[0]):.2f} for two others, and "
        f"{counted:.2f} as a mean over 200,000 draws."
    )


def _log_bell(x: np.ndarray, mean: float, spread: float) -> np.ndarray:
    return -np.log(spread) - ((x - mean) / spread) ** 2 / 2


def _two_bells(rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    return rng.normal(0, 1, 4), rng.uniform(1.2, 1.8, 4), rng.normal(2, 1, 4), rng.uniform(0.5, 0.9, 4)


def _divergences(m_p: np.ndarray, s_p: np.ndarray, m_q: np.ndarray, s_q: np.ndarray) -> dict[str, object]:
    ratio, apart = np.log(s_q / s_p), (m_p - m_q) ** 2
    right = ratio + (s_p**2 + apart) / (2 * s_q**2) - 0.5
    return {
        RIGHT: right,
        "p and q are exchanged: draws come from p, so its spread stands above the line.": -ratio
        + (s_q**2 + apart) / (2 * s_p**2)
        - 0.5,
        "minus one half is missing: of equal distributions nothing may be left.": right + 0.5,
        "the logarithm's fraction is turned over: s_q stands above s_p.": right - 2 * ratio,
        "the logarithm is missing.": right - ratio,
        "the logarithm is of the variances, twice as much: np.log(s_q / s_p).": right + ratio,
        "the spreads must be squared in the fraction.": ratio + (s_p + apart) / (2 * s_q) - 0.5,
        "s_q must be squared below the line.": ratio + (s_p**2 + apart) / (2 * s_q) - 0.5,
        "s_p must be squared above the line.": ratio + (s_p + apart) / (2 * s_q**2) - 0.5,
        "the 2 below the line is missing.": ratio + (s_p**2 + apart) / s_q**2 - 0.5,
        "the distance of the means must be squared.": ratio + (s_p**2 + np.abs(m_p - m_q)) / (2 * s_q**2) - 0.5,
        "the difference of the means must be squared.": ratio + (s_p**2 + m_p - m_q) / (2 * s_q**2) - 0.5,
        "the means are missing: distributions that lie apart differ.": right - apart / (2 * s_q**2),
        "the spread of p is missing above the line.": right - s_p**2 / (2 * s_q**2),
        "that is half of it: the logarithm of the spreads has no factor, the fraction a 2 below the line.": right / 2,
        "that is twice as much.": 2 * right,
        "the sign is turned: a divergence is never below 0.": -right,
    }


@exercise(
    "to write the Fréchet distance of two sets of features",
    hints=(
        "It has two parts: how far the means lie apart, squared and summed, and what the two covariances lack of "
        "being equal.",
        "A, B = np.cov(a.T), np.cov(b.T). The roots of the eigenvalues of A @ B add up to the trace of its root.",
        "d = a.mean(axis=0) - b.mean(axis=0); roots = np.sqrt(np.linalg.eigvals(A @ B).real); "
        "return d @ d + np.trace(A) + np.trace(B) - 2 * roots.sum()",
    ),
)
def distance(my_frechet: object) -> str:
    """Compare with the closed form on random features, and recognise the usual slips."""
    pairs = [drawn_apart(_two_sets, _distances) for _ in range(2)]  # one number may be a slip's by chance
    values = [a_number(call(my_frechet, *sets, name="my_frechet"), "my_frechet(a, b)") for sets in pairs]
    answers = [_distances(*sets) for sets in pairs]
    # n or n - 1 below a covariance's line: both pass
    if (i := first_wrong(values, answers, tolerance=0.01)) is not None:
        recognise_each(values, answers, tolerance=0.008)
        small = np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 2.0], [2.0, 2.0]])
        cases = [((small, small + 1), _distances(small, small + 1)[RIGHT])]
        examples(my_frechet, [*cases, (pairs[i], answers[i][RIGHT])], name="my_frechet")
    one, value = pairs[0][0], values[0]
    itself = a_number(call(my_frechet, one, one, name="my_frechet"), "my_frechet of a set and itself")
    if abs(itself) > 0.01 * value:
        wrong(f"of a set and itself it must be 0, and is {itself:.3g}.")
    return f"{value:.2f} for two clouds that lie apart, {abs(itself):.2f} for a cloud and itself."


def _two_sets(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Clouds of points with means, widths and directions of their own."""
    a, b = (rng.normal(size=(400, 3)) @ rng.normal(0, 1, (3, 3)) for _ in range(2))
    return a + rng.normal(0, 1, 3), b + rng.normal(0, 1, 3)


def _distances(a: np.ndarray, b: np.ndarray) -> dict[str, object]:
    d, cov_a, cov_b = a.mean(axis=0) - b.mean(axis=0), np.cov(a.T), np.cov(b.T)
    roots = np.sqrt(np.maximum(np.linalg.eigvals(cov_a @ cov_b).real, 0)).sum()
    traces = np.trace(cov_a) + np.trace(cov_b)
    right = float(d @ d + traces - 2 * roots)
    return {
        RIGHT: right,
        "that is the means' part alone: the covariances differ as well.": float(d @ d),
        "that is the covariances' part alone: how far do the means lie apart?": float(traces - 2 * roots),
        "the 2 in front of the root is missing.": float(d @ d + traces - roots),
        "the root's part is missing.": float(d @ d + traces),
        "the distance of the means must be squared: d @ d, without a root.": float(np.sqrt(d @ d) + traces - 2 * roots),
        "np.sqrt takes the root of each number of a matrix. The root of a matrix is another matrix: its trace is the "
        "sum of the roots of the eigenvalues.": float(
            d @ d + traces - 2 * np.sqrt(np.maximum(np.diag(cov_a @ cov_b), 0)).sum()
        ),
        "that uses the variances alone: the features' covariances count as well.": float(
            d @ d + ((np.sqrt(np.diag(cov_a)) - np.sqrt(np.diag(cov_b))) ** 2).sum()
        ),
        "that is its root: the distance is left squared.": float(np.sqrt(max(right, 0))),
        "the means' difference is summed without a square.": float(np.abs(d).sum() + traces - 2 * roots),
        "the root of the eigenvalues is missing.": float(d @ d + traces - 2 * np.trace(cov_a @ cov_b)),
    }


@exercise(
    "to tell drawn digits from real ones",
    hints=(
        "Look at the edges of the strokes, and at the paper: a pen leaves black or white, and little between.",
        "Measure it: for each digit the share of its pixels that are faint, between paper and ink, or those that are "
        "exactly 0. What does a sigmoid never give?",
        "my_guess = (twenty == 0).mean(axis=(1, 2, 3)) < 0.5",
    ),
)
def eye(my_guess: object, *, digits: np.ndarray, drawn: np.ndarray) -> str:
    """Count how many of the twenty are told right, and say what differs between the drawn and the real ones.

    Args:
        my_guess: the learner's answer, True where a digit was drawn.
        digits: the twenty, shape `(20, 28, 28, 1)`.
        drawn: the truth, shape `(20,)`.
    """
    n = len(drawn)
    if isinstance(my_guess, list | tuple | np.ndarray) and shape_of(my_guess) not in ((), (n,)) and len(my_guess) != n:
        wrong(f"my_guess must hold an answer for each of the {n} digits, and holds {len(my_guess)}.")
    guess = an_array(my_guess, "my_guess", shape=(n,), truth=True)
    if not np.isin(guess, (0, 1)).all():
        wrong("my_guess must hold True (drawn) or False (real) for each digit, and holds other numbers.")
    right = int((guess.astype(bool) == drawn).sum())
    if right <= n - SEEN:
        wrong(f"{right} of {n} are right. You do see the difference, and call it the wrong way: True is for drawn.")
    if guess.min() == guess.max():
        wrong(f"all {n} got the same answer. Ten are drawn and ten are real.")
    if right < SEEN:
        wrong(
            f"{right} of {n} are right; {SEEN} are asked for, and a coin gets {n // 2}. Look at the edges of the "
            "strokes and at the paper around them, or measure them."
        )
    soft = [100 * float(_faint(digits[which]).mean()) for which in (drawn, ~drawn)]
    return (
        f"{right} of {n}. What gave them away: {soft[0]:.1f} % of a drawn digit's pixels are faint, between paper and "
        f"ink, and {soft[1]:.1f} % of a real one's."
    )


def _faint(x: np.ndarray) -> np.ndarray:
    return ((x > 0.02) & (x < 0.25)).mean(axis=(1, 2, 3))


@exercise(
    "to draw in steps without dice: from the same start always the same digit",
    hints=(
        "In each step the picture is a digit and noise, mixed. The network says which digit. What is left is the "
        "noise: keep it, and mix anew with a smaller share.",
        "x = np.sqrt(1 - b**2) * clean + b * noise. So noise = (x - np.sqrt(1 - b**2) * clean) / b.",
        "for b, c in zip(shares, shares[1:]): clean = denoise(x); noise = (x - np.sqrt(1 - b**2) * clean) / b; "
        "x = np.sqrt(1 - c**2) * clean + c * noise. Return clean.",
    ),
)
def steps(my_steps: object) -> str:
    """Hand over a network that knows 200 mirrored digits by heart, and see whether noise becomes many of them."""
    denoise, known = _by_heart()
    start = SIGMA * np.random.default_rng(0).normal(size=(100, 28, 28, 1))
    calls: list[int] = []

    def counted(x: object) -> np.ndarray:
        if shape_of(x) != start.shape:
            wrong(f"denoise takes pictures of shape {start.shape}, and got {kind(x)} of shape {shape_of(x)}.")
        calls.append(1)
        return denoise(np.asarray(x, dtype=float))

    def drawn() -> np.ndarray:
        return an_array(call(my_steps, counted, start, SHARES, name="my_steps"), what, shape=start.shape)

    what = "my_steps(denoise, x, shares)"
    first = drawn()
    if not calls:
        wrong("my_steps never asks denoise. The digits have to come from it.")
    if len(calls) > len(SHARES):
        wrong(
            f"denoise was asked {len(calls)} times; {len(SHARES) - 1} steps are planned, one for each pair of shares."
        )
    if len(calls) == 1:
        wrong("denoise was asked once, and out of pure noise it cannot say more than a blur. Ask in every step.")
    if not close(drawn(), first, tolerance=1e-6):
        wrong("the same start gives two different pictures: no new noise may come in. Keep the noise that x holds.")
    apart = ((first.reshape(100, 1, -1) - known) ** 2).mean(axis=-1)
    far, different = float(apart.min(axis=1).mean()), len(np.unique(apart.argmin(axis=1)))
    if not far < NEAR:
        wrong(
            f"what comes out is an MSE of {far:.3f} away from the digits that the network knows; less than {NEAR} is "
            "asked for. Does the last step leave noise in the picture, or do the shares of digit and noise not fit?"
        )
    if different < DIFFERENT:
        wrong(
            f"100 starts become {different} different digits; at least {DIFFERENT} are asked for. Who mixes no noise "
            "back in settles for the first guess: x is to be sqrt(1 - c²) · clean + c · noise."
        )
    return (
        f"100 starts become {different} different digits of the 200 that the network knows, in {len(calls) // 2} steps."
    )


@functools.cache
def _by_heart() -> tuple[functools.partial[np.ndarray], np.ndarray]:
    """The best that a network can say who knows 200 mirrored digits and no others, and these digits."""
    (x, y), _, _ = split_digits()
    chosen = np.concatenate([x[y == digit][:20] for digit in range(10)])
    known = chosen[:, :, ::-1].reshape(200, 784).astype(float)
    return functools.partial(_expected, known=known), known


def _expected(x: np.ndarray, known: np.ndarray) -> np.ndarray:
    """The mean of the known digits, each weighted by how likely it, with some share of noise, became x."""
    shares = np.linspace(0.03, 1, 30)
    flat, digit = x.reshape(len(x), -1), np.sqrt(1 - shares**2)
    both = (flat @ known.T)[:, :, None]
    left = (flat**2).sum(axis=1)[:, None, None] - 2 * digit * both + digit**2 * (known**2).sum(axis=1)[None, :, None]
    log = -known.shape[1] * np.log(shares) - left / (2 * (SIGMA * shares) ** 2)
    weights = np.exp(log - log.max(axis=(1, 2), keepdims=True))
    weights /= weights.sum(axis=(1, 2), keepdims=True)
    return (weights.sum(axis=2) @ known).reshape(x.shape)
