"""Likely mistakes, each with the whole message that it gets, and other right answers."""

from __future__ import annotations

import numpy as np
from scipy.signal import convolve2d

from aecourse.backend import keras
from aecourse.datasets import split_digits
from aecourse.models import conv_autoencoder, dense_autoencoder
from aecourse.training import fit

ops, layers = keras.ops, keras.layers
DENSE = 4_918_816


def stamped(h, kernel, stride, *, overwrite=False, step=None, first=0):
    """The transposed convolution in loops, and a few ways to get it wrong."""
    (rows, columns), k = h.shape, len(kernel)
    image = np.zeros((stride * (rows - 1) + k, stride * (columns - 1) + k))
    step = stride if step is None else step
    for i in range(first, rows):
        for j in range(first, columns):
            place = np.s_[step * i : step * i + k, step * j : step * j + k]
            image[place] = h[i, j] * kernel + (0 if overwrite else image[place])
    return image


def one_short(h, kernel, stride):
    (rows, columns), k = h.shape, len(kernel)
    image = np.zeros((stride * (rows - 1) + k, stride * (columns - 1) + k))
    for i in range(rows - 1):
        for j in range(columns - 1):
            image[stride * i : stride * i + k, stride * j : stride * j + k] += h[i, j] * kernel
    return image


def returns_early(h, kernel, stride):
    (rows, columns), k = h.shape, len(kernel)
    image = np.zeros((stride * (rows - 1) + k, stride * (columns - 1) + k))
    for i in range(rows):
        for j in range(columns):
            image[stride * i : stride * i + k, stride * j : stride * j + k] += h[i, j] * kernel
        return image
    return None


def stamped_in_place(h, kernel, stride):
    image = stamped(h, kernel, stride)
    kernel *= 0
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


def stamped_as_tensor(h, kernel, stride):
    return ops.convert_to_tensor(stamped(h, kernel, stride))


def counted_by_keras():
    x = keras.Input((14, 14, 16))
    convolution = layers.Conv2D(32, 3, strides=2, padding="same")
    dense = layers.Dense(7 * 7 * 32)
    convolution(x), dense(layers.Flatten()(x))
    return convolution.count_params(), dense.count_params()


def train(model, x, epochs=5, batch_size=50, rate=8e-3):
    fit(model, x, epochs=epochs, batch_size=batch_size, learning_rate=rate, loss="binary_crossentropy")
    return model


def narrow():
    return conv_autoencoder(16, filters=16, dense=64)


def of_the_lesson(x):
    """Trained on the validation digits as well, and not on what it was handed."""
    (x_fit, _), (x_valid, _), _ = split_digits()
    return train(narrow(), np.concatenate([x_fit, x_valid]))


def convolution_one_by_one():
    """An autoencoder that is built by hand."""
    from aecourse.models import Autoencoder

    x = keras.Input((28, 28, 1))
    z = layers.Conv2D(12, 5, strides=2, padding="same", activation="silu")(x)
    z = layers.Conv2D(24, 3, strides=2, padding="same", activation="silu")(z)
    z = layers.Dense(48, use_bias=False)(layers.Flatten()(z))
    encoder = keras.Model(x, layers.Dense(16)(layers.Activation("silu")(layers.BatchNormalization()(z))))
    h = keras.Input((16,))
    z = layers.Activation("silu")(layers.BatchNormalization()(layers.Dense(48, use_bias=False)(h)))
    z = layers.Reshape((7, 7, 12))(layers.Dense(7 * 7 * 12, activation="silu")(z))
    z = layers.Conv2DTranspose(16, 4, strides=2, padding="same", activation="silu")(z)
    y = layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="sigmoid")(z)
    return Autoencoder(encoder, keras.Model(h, y))


CONVOLUTION, LAYER = "in_the_convolution: ", "in_the_dense_layer: "
LAST = "begins at row stride * (rows - 1) and is k long; the columns go alike."

REFUSED = {
    "count": [
        (lambda: (DENSE, 4640), "the two are exchanged: the convolution holds far fewer."),
        (
            lambda: (4608, DENSE),
            CONVOLUTION + "the biases are missing, one for each of the 32 channels that come out.",
        ),
        (lambda: (145, DENSE), CONVOLUTION + "that is one kernel; there are 32, one for each channel that comes out."),
        (lambda: (320, DENSE), CONVOLUTION + "each kernel looks at all 16 channels of its input, not at one."),
        (
            lambda: (4624, DENSE),
            CONVOLUTION + "a bias belongs to each channel that comes out, 32, not to each that goes in.",
        ),
        (
            lambda: (4640 * 49, DENSE),
            CONVOLUTION + "the same weights are used at all places, so the number of places does not count.",
        ),
        (lambda: (416, DENSE), CONVOLUTION + "that is the layer of the text above; here 16 channels become 32."),
        (
            lambda: (4641, DENSE),
            "in_the_convolution is not 4,641: there are 32 kernels, each of 3 × 3 × 16 weights, and each with a bias.",
        ),
        (
            lambda: (4640, 3136 * 1568),
            LAYER + "the biases are missing, one for each number that comes out.",
        ),
        (
            lambda: (4640, 196 * 49 + 49),
            LAYER + "14 × 14 × 16 numbers go in and 7 × 7 × 32 come out: places times channels on both sides.",
        ),
        (
            lambda: (4640, 3137 * 6272),
            LAYER + "the stride halves height and width: 7 × 7 × 32 numbers come out, not 14 × 14 × 32.",
        ),
        (
            lambda: (4640, 5),
            "in_the_dense_layer is not 5: 3,136 numbers go in and 1,568 come out, each with a weight for each that "
            "goes in, and with a bias.",
        ),
        (
            lambda: ("4640", DENSE),
            "in_the_convolution must be a number, and is the text '4640': leave out the quotes.",
        ),
        (lambda: (True, DENSE), "in_the_convolution must be a number, and is True, a truth value."),
        (lambda: (4640, ...), "in_the_dense_layer is still the … of the stub."),
    ],
    "stamping": [
        (
            lambda: (lambda h, k, s: np.kron(h, np.ones((s, s))),),
            "for a 1 × 1 map, a 3 × 3 kernel and stride 2 the result has shape (2, 2), and should have (3, 3): the "
            "last stamp " + LAST,
        ),
        (
            lambda: (lambda h, k, s: stamped(h, k, s, overwrite=True),),
            "a stamp overwrites the one before: where they overlap they add up (+=).",
        ),
        (
            lambda: (lambda h, k, s: stamped(h, k, s, step=1),),
            "the stride is missing: the stamp of h[i, j] begins at (stride * i, stride * j), not at (i, j).",
        ),
        (
            lambda: (lambda h, k, s: stamped(h, k, 1),),
            "the stride is missing: the stamps follow each other at every pixel, in the result's size as well.",
        ),
        (
            lambda: (returns_early,),
            "only the first row of h stamps. Does the `return` stand inside the outer loop?",
        ),
        (
            lambda: (one_short,),
            "the last row and the last column of h stamp nothing: range(rows) goes from 0 to rows - 1 already.",
        ),
        (
            lambda: (lambda h, k, s: stamped(h, k, s, first=1),),
            "the first row and the first column of h stamp nothing: a range begins at 0.",
        ),
        (
            lambda: (lambda h, k, s: stamped(h, k[::-1, ::-1], s),),
            "the kernel is turned by half a turn: stamp it as it is.",
        ),
        (
            lambda: (lambda h, k, s: stamped(np.ones_like(h), k, s),),
            "every stamp is equally strong: stamp h[i, j] times the kernel.",
        ),
        (
            lambda: (lambda h, k, s: stamped(np.abs(h), k, s),),
            "stamp gives something else here.\nh = …\nk = …\ns = …\nexpected: …\ngot: …",
        ),
        (
            lambda: (stamped_in_place,),
            "stamp overwrites kernel, which it was given: whoever called it still needs it. Work on a copy, "
            "kernel.copy(), and return the result.",
        ),
        (lambda: (lambda h, k, s: None,), "stamp returns nothing (None). Is a `return` missing?"),
    ],
    "small": [
        (
            lambda: (lambda x: conv_autoencoder(16),),
            "the network has … parameters, and at most 150,000 are allowed.",
        ),
        (
            lambda: (lambda x: conv_autoencoder(8, filters=4, dense=16),),
            "the code must hold 16 numbers, shape (16,), and has shape (8,).",
        ),
        (
            lambda: (lambda x: dense_autoencoder(16, hidden=(32,)),),
            "an error of … on the digits that were kept back; below 0.015 is asked. The mean of all digits would do "
            "better: is the network trained in train_small, on x, before it is returned?",
        ),
        (lambda: (16,), "train_small must be a function, and is 16 (int)."),
    ],
}

ACCEPTED = {
    "count": [
        counted_by_keras,
        lambda: (32 * 145, 3137 * 1568),
        lambda: (np.int64(4640), 4_918_816.0),
        lambda: (np.array([4640]), [DENSE]),
    ],
    "stamping": [
        lambda: (stamped,),
        lambda: (stamped_by_places,),
        lambda: (stamped_by_convolution,),
        lambda: (lambda h, k, s: stamped(h, k, s).tolist(),),
        lambda: (stamped_as_tensor,),
    ],
}

REFUSED_TRAINED = {
    "small": [
        (
            lambda: (of_the_lesson,),
            "an error of … on digits like those that train_small was handed, but of … on the lesson's own. So it was "
            "trained on the lesson's digits: train on the argument of train_small.",
        ),
        (
            lambda: (lambda x: train(dense_autoencoder(16, hidden=(80,)), x, epochs=1),),
            "an error of … on the digits that were kept back; below 0.015 is asked. Does the loss still fall at the "
            "end? Then train longer, or in smaller batches.",
        ),
    ],
}

ACCEPTED_TRAINED = {
    "small": [
        lambda: (lambda x: train(conv_autoencoder(16, filters=20, dense=64), x, batch_size=70),),
        lambda: (lambda x: train(convolution_one_by_one(), x, epochs=6),),
    ],
}

# Right where the numbers are drawn for a student.
OWN = {
    "count": [
        lambda takes, gives: (9 * takes * gives + gives, (196 * takes + 1) * 49 * gives),
        lambda takes, gives: (np.int64(gives * (9 * takes + 1)), 196.0 * takes * 49 * gives + 49 * gives),
    ]
}
