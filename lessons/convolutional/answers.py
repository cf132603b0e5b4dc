"""Likely mistakes, each with a piece of the answer that it gets, and other right answers."""

from __future__ import annotations

import numpy as np
from scipy.signal import convolve2d

from aecourse.backend import keras
from aecourse.models import conv_autoencoder, dense_autoencoder


def stamped(h, kernel, stride, *, overwrite=False):
    (rows, columns), k = h.shape, len(kernel)
    image = np.zeros((stride * (rows - 1) + k, stride * (columns - 1) + k))
    for i in range(rows):
        for j in range(columns):
            place = np.s_[stride * i : stride * i + k, stride * j : stride * j + k]
            image[place] = h[i, j] * kernel + (0 if overwrite else image[place])
    return image


def stamped_by_places(h, kernel, stride):
    """The same sum in another order: for each place of the kernel all stamps at once."""
    (rows, columns), (height, width) = h.shape, kernel.shape
    image = np.zeros((stride * (rows - 1) + height, stride * (columns - 1) + width))
    for a in range(height):
        for b in range(width):
            image[a : a + stride * (rows - 1) + 1 : stride, b : b + stride * (columns - 1) + 1 : stride] += (
                h * kernel[a, b]
            )
    return image


def stamped_by_convolution(h, kernel, stride):
    """Zeros between the numbers of h, then a convolution."""
    spread = np.zeros([stride * (side - 1) + 1 for side in h.shape])
    spread[::stride, ::stride] = h
    return convolve2d(spread, kernel)


def counted_by_keras():
    x = keras.Input((28, 28, 1))
    convolution = keras.layers.Conv2D(16, 5, strides=2, padding="same")
    dense = keras.layers.Dense(14 * 14 * 16)
    convolution(x), dense(keras.layers.Flatten()(x))
    return convolution.count_params(), dense.count_params()


REFUSED = {
    "count": [
        (lambda: (2_461_760, 416), "exchanged"),
        (lambda: (400, 2_461_760), "the shifts are missing, one for each of the 16"),
        (lambda: (26, 2_461_760), "one kernel"),
        (lambda: (5 * 5 * 14 * 14 * 16, 2_461_760), "number of places"),
        (lambda: (417, 2_461_760), "not 417"),
        (lambda: (416, 784 * 3136), "one for each number that comes out"),
        (lambda: (416, 784 * 16), "come out, each with a weight"),
        (lambda: ("416", 5), "leave out the quotes"),
    ],
    "stamping": [
        (lambda: (lambda h, k, s: np.kron(h, np.ones((s, s))),), "the last stamp ends"),
        (lambda: (lambda h, k, s: stamped(h, k, s, overwrite=True),), "overwrites"),
        (lambda: (lambda h, k, s: stamped(h, k[::-1, ::-1], s),), "half a turn"),
        (lambda: (lambda h, k, s: stamped(np.ones_like(h), k, s),), "times h[i, j]"),
        (lambda: (lambda h, k, s: np.zeros((3, 3, 3)),), "must have shape"),
    ],
    "small": [
        (lambda: (conv_autoencoder(16),), "at most 150,000 are allowed"),
        (lambda: (conv_autoencoder(8, filters=4, dense=16),), "16 numbers"),
        (lambda: (dense_autoencoder(16, hidden=(32,)),), "validation error of"),
        (lambda: (16,), "Autoencoder"),
    ],
}

ACCEPTED = {
    "count": [counted_by_keras, lambda: (16 * 26, 785 * 3136), lambda: (np.int64(416), 2_461_760.0)],
    "stamping": [lambda: (stamped,), lambda: (stamped_by_places,), lambda: (stamped_by_convolution,)],
}
