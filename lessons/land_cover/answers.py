"""Answers to the lesson on land cover: likely mistakes, each with its message, and other right answers."""

from __future__ import annotations

import numpy as np
from scipy.special import softmax
from sklearn.decomposition import PCA, FastICA
from sklearn.preprocessing import normalize


def by_length(x):
    length = np.sqrt(np.sum(x**2, axis=1, keepdims=True))
    return x / np.where(length > 0, length, 1)


def row_by_row(x):
    return [row / np.sqrt(row @ row) if row.any() else row for row in x]


def lengths_turned(x):
    length = np.linalg.norm(x, axis=1)
    length[length == 0] = 1
    return (x.T / length).T


def ndvi(picture, red, infrared):
    a, b = picture[..., infrared].astype(float), picture[..., red].astype(float)
    return (a - b) / np.where(a + b > 0, a + b, 1)


def ndvi_where(picture, red, infrared):
    cube = np.asarray(picture, dtype="float64")
    both = cube[:, :, infrared] + cube[:, :, red]
    return np.divide(cube[:, :, infrared] - cube[:, :, red], both, out=np.zeros(both.shape), where=both != 0)


def pixel_by_pixel(picture, red, infrared):
    out = np.zeros(picture.shape[:2])
    for i, j in np.ndindex(*out.shape):
        a, b = float(picture[i, j, infrared]), float(picture[i, j, red])
        out[i, j] = 0 if a + b == 0 else (a - b) / (a + b)
    return out


def exponentials(scores):
    e = np.exp(scores)
    return e / e.sum(axis=1, keepdims=True)


def one_by_one(scores):
    return [np.exp(row - max(row)) / sum(np.exp(row - max(row))) for row in scores]


def with_pca(prepare, whiten=True, size=3):
    def code(x_train, x_test):
        pca = PCA(size, whiten=whiten, random_state=0).fit(prepare(x_train))
        return pca.transform(prepare(x_train)), pca.transform(prepare(x_test))

    return code


def independent(x_train, x_test):
    ica = FastICA(3, random_state=0, whiten="unit-variance", max_iter=1000, tol=1e-3).fit(normalize(x_train))
    return ica.transform(normalize(x_train)), ica.transform(normalize(x_test))


REFUSED = {
    "shape": [
        (
            lambda: (lambda x: x / np.linalg.norm(x, axis=1, keepdims=True),),
            "the black spectrum became NaN: its length is 0. Divide by 1 there, so that it stays black.",
        ),
        (
            lambda: (lambda x: x / np.linalg.norm(x),),
            "that divides by one length of all spectra together: give np.linalg.norm axis=1.",
        ),
        (
            lambda: (lambda x: x / np.maximum(np.sum(x**2, axis=1, keepdims=True), 1e-12),),
            "that divides by the sum of the squares: its root is missing.",
        ),
        (
            lambda: (lambda x: x / np.maximum(x.mean(axis=1, keepdims=True), 1e-12),),
            "that divides by the mean: each row has mean 1 then, and not length 1.",
        ),
        (
            lambda: (lambda x: x / np.linalg.norm(x, axis=0),),
            "that makes a band of all spectra have length 1: a spectrum is a row, axis=1.",
        ),
        (lambda: (lambda x: np.linalg.norm(x, axis=1),), "my_shape(x) must have shape (6, 7), and has shape (6,)."),
    ],
    "green": [
        (
            lambda: (lambda p, red, infrared: -ndvi(p, red, infrared),),
            "the sign is turned: leaves are bright in the infrared and dark in the red.",
        ),
        (
            lambda: (
                lambda p, red, infrared: (
                    (p[..., infrared].astype(float) - p[..., red]) / (p[..., infrared].astype(float) + p[..., red])
                ),
            ),
            "black pixels became NaN, 0 divided by 0: the index is 0 there.",
        ),
        (
            lambda: (
                lambda p, red, infrared: (
                    (p[..., infrared] - p[..., red])
                    / np.where(p[..., infrared] + p[..., red] > 0, p[..., infrared] + p[..., red], 1)
                ),
            ),
            "it is right for floats and wrong for bytes: 20 - 30 is 246 in bytes. Make floats of the bands first, "
            ".astype(float).",
        ),
        (
            lambda: (lambda p, red, infrared: p[..., infrared].astype(float) - p[..., red],),
            "the division is missing: a leaf in the shade would be less green.",
        ),
        (
            lambda: (lambda p, red, infrared: ndvi(p, red, infrared).mean(),),
            "my_green(picture, red, infrared) must have shape (6, 5), …",
        ),
    ],
    "shares": [
        (
            lambda: (exponentials,),
            "scores of 1000 or -1000 give no shares: np.exp(1000) is infinite, and np.exp(-1000) is 0. Take each row's "
            "own largest score away first.",
        ),
        (
            lambda: (lambda scores: exponentials(scores - scores.max()),),
            "scores of 1000 or -1000 give no shares: np.exp(1000) is infinite, and np.exp(-1000) is 0. Take each row's "
            "own largest score away first.",
        ),
        (
            lambda: (lambda scores: softmax(scores, axis=0),),
            "that makes the columns sum to 1: a row is a pixel, axis=1.",
        ),
        (lambda: (lambda scores: np.exp(scores),), "the rows do not sum to 1: divide each by its sum."),
        (
            lambda: (lambda scores: scores / scores.sum(axis=1, keepdims=True),),
            "scores below 0 became shares below 0: take the exponential first.",
        ),
        (lambda: (lambda scores: softmax(scores),), "that sums over all pixels: axis=1, as a row is a pixel."),
        (
            lambda: (lambda scores: scores.argmax(axis=1),),
            "my_shares(scores) must have shape (5, 4), and has shape (5,).",
        ),
    ],
    "three": [
        (
            lambda: (with_pca(lambda x: x, whiten=False),),
            "the five nearest neighbours name …% of the materials; 76% are asked for. Does one of your numbers say how "
            "bright a spectrum is, or outweigh the other two?",
        ),
        (
            lambda: (lambda a, b: (a[:, [10, 40, 120]], b[:, [10, 40, 120]]),),
            "the five nearest neighbours name …% of the materials; 76% are asked for. …",
        ),
        (
            lambda: (lambda a, b: (np.zeros((len(a), 3)), np.zeros((len(b), 3))),),
            "the five nearest neighbours name …% of the materials; 76% are asked for. …",
        ),
        (
            lambda: (with_pca(normalize, size=6),),
            "what my_three returns for x_train must have shape (830, 3), and has shape (830, 6).",
        ),
        (
            lambda: (lambda a, b: with_pca(normalize)(a, b)[1],),
            "my_three must return two arrays: three numbers for each of x_train, and for each of x_test.",
        ),
    ],
}

ACCEPTED = {
    "shape": [lambda: (row_by_row,), lambda: (normalize,), lambda: (lengths_turned,)],
    "green": [lambda: (ndvi_where,), lambda: (pixel_by_pixel,)],
    "shares": [lambda: (one_by_one,), lambda: (lambda scores: softmax(scores, axis=1),)],
    "three": [lambda: (with_pca(normalize),), lambda: (with_pca(by_length, whiten=False),), lambda: (independent,)],
}

# Right where the numbers are drawn for a student.
OWN = {
    "shape": [
        lambda length: (lambda x: length * by_length(x),),
        lambda length: (lambda x: normalize(x) * float(length),),
    ]
}
