"""The exercises on convolutional autoencoders: what a convolution saves, stamping, and a small network."""

from __future__ import annotations

import numpy as np

from aecourse.backend import keras
from aecourse.exercises.core import a_number, an_array, call, close, describe, exercise, wrong
from aecourse.exercises.validation import error_below
from aecourse.metrics import mse
from aecourse.models import Autoencoder

SMALL_TARGET = 0.0150
SMALL_SIZE = 150_000


@exercise(
    "to count the weights and shifts of a convolution and of a dense layer",
    hints=(
        "A kernel has height × width × channels of its input; each channel that comes out has a kernel and a shift.",
        "A dense layer from a to b numbers holds a × b weights and b shifts; here a is 28 × 28 and b is 14 × 14 × 16.",
        "in_the_convolution = 5 * 5 * 1 * 16 + 16 and in_the_dense_layer = 784 * 3136 + 3136",
    ),
)
def count(in_the_convolution: object, in_the_dense_layer: object) -> str:
    """Compare with Keras's own layers."""
    few, many = a_number(in_the_convolution, "in_the_convolution"), a_number(in_the_dense_layer, "in_the_dense_layer")
    if few > many:
        wrong("the two are exchanged: the convolution holds far fewer.")
    if few == 5 * 5 * 16:
        wrong("in_the_convolution: the shifts are missing, one for each of the 16 channels.")
    if few == 5 * 5 + 1:
        wrong("in_the_convolution: that is one kernel; there are 16, one for each channel that comes out.")
    if few >= 14 * 14 * 16:
        wrong("in_the_convolution: the same weights are used at all places, so the number of places does not count.")
    x = keras.Input((28, 28, 1))
    convolution = keras.Model(x, keras.layers.Conv2D(16, 5, strides=2, padding="same")(x)).count_params()
    if few != convolution:
        wrong(f"in_the_convolution: 16 kernels of 5 × 5 × 1 weights and a shift for each, but not {few:g}.")
    outputs = 14 * 14 * 16
    if many == 784 * outputs:
        wrong("in_the_dense_layer: the shifts are missing, one for each number that comes out.")
    if many != 784 * outputs + outputs:
        wrong(f"in_the_dense_layer: 784 numbers go in and {outputs:,} come out, each with a weight from each.")
    return "416 numbers do what a dense layer would spend 2,461,760 on."


@exercise(
    "to write the transposed convolution",
    hints=(
        "The last stamp begins at stride * (rows - 1) and is k long: that gives the size of the result.",
        "Start from zeros and go over all i and j; where stamps overlap, they add up: use +=.",
        "image[stride * i : stride * i + k, stride * j : stride * j + k] += h[i, j] * kernel",
    ),
)
def stamping(stamp: object) -> str:
    """Compare with Keras on random maps, kernels and strides."""
    rng = np.random.default_rng()
    for rows, columns, k, stride in ((1, 1, 3, 2), (4, 5, 3, 2), (5, 3, 4, 2), (3, 4, 2, 3), (4, 4, 3, 1)):
        h, kernel = rng.normal(size=(rows, columns)), rng.normal(size=(k, k))
        shape = (stride * (rows - 1) + k, stride * (columns - 1) + k)
        image = np.zeros(shape)
        last = np.zeros(shape)
        for i in range(rows):
            for j in range(columns):
                place = np.s_[stride * i : stride * i + k, stride * j : stride * j + k]
                image[place] += h[i, j] * kernel
                last[place] = h[i, j] * kernel
        found = np.asarray(call(stamp, h, kernel, stride, name="stamp"))
        if found.shape == (stride * rows, stride * columns) != shape:
            wrong(f"the result is {found.shape}; the last stamp ends at {shape}: stride * (rows - 1) + k.")
        found = an_array(found, f"stamp of a {rows} × {columns} map with stride {stride}", shape=shape)
        if close(found, image):
            continue
        if close(found, last):
            wrong("a stamp overwrites the one before: where they overlap they add up (+=).")
        flipped = stamp(h, kernel[::-1, ::-1], stride)  # type: ignore[operator]
        if close(flipped, image):
            wrong("the kernel is turned by half a turn: stamp it as it is.")
        wrong(f"a {rows} × {columns} map, a {k} × {k} kernel and stride {stride}: is each stamp times h[i, j]?")
    return "this is the transposed convolution."


@exercise(
    "to reach a validation error below 0.0150 with 16 numbers and at most 150,000 parameters",
    hints=(
        "Where are the parameters? model.encoder.summary() shows it: mostly in the dense layers beside the code.",
        "conv_autoencoder takes filters= and dense=: try 16 and 64, and train in batches of 50.",
        "small = conv_autoencoder(16, filters=16, dense=64), then fit(small, x_fit, epochs=6, batch_size=50, "
        'learning_rate=8e-3, loss="binary_crossentropy")',
    ),
)
def small(small: object) -> str:
    """Count the parameters; measure on the validation digits, and on the test digits once the network is through."""
    if not isinstance(small, Autoencoder):
        wrong(f"small must be an Autoencoder of the course, and is {describe(small)}.")
    if tuple(small.encoder.output_shape) != (None, 16):
        wrong(f"the code must hold 16 numbers, and has shape {tuple(small.encoder.output_shape)[1:]}.")
    if small.count_params() > SMALL_SIZE:
        wrong(f"it has {small.count_params():,} parameters, and at most {SMALL_SIZE:,} are allowed.")
    model = small
    error_below(SMALL_TARGET, lambda x: mse(x, model.reconstruct(x)), advice="Train it longer, or spend more filters.")
    return f"at most {SMALL_SIZE:,} parameters and a validation error below {SMALL_TARGET}; the test digits agree."
