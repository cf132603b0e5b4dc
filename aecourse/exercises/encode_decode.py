"""The exercises on encoding and decoding: shapes, the loss, one gradient, the compression ratio, and 8 numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from aecourse.exercises.core import a_number, an_array, call, close, describe, exercise, wrong
from aecourse.exercises.validation import error_below

EIGHT_TARGET = 0.0235


@exercise(
    "to give the shapes of W and h in h = x @ W",
    hints=(
        "In `x @ W` the last axis of x and the first axis of W must be equally long: they are summed away.",
        "The product keeps the first axis of x and the last axis of W.",
        "W has one row a pixel and one column a number of the code; h has one row a digit.",
    ),
)
def shapes(shape_of_W: object, shape_of_h: object) -> str:
    """Compare the two shapes with those of a real product."""
    given: dict[str, Any] = {"shape_of_W": shape_of_W, "shape_of_h": shape_of_h}
    for name, value in given.items():
        if not isinstance(value, tuple | list) or not all(isinstance(side, int | np.integer) for side in value):
            wrong(f"{name} must be a tuple of whole numbers such as (2, 3), and is {describe(value)}.")
        if len(value) != 2:
            wrong(f"{name} must have two sides, rows and columns, and has {len(value)}.")
    W, h = (tuple(value) for value in given.values())
    if W == (32, 784):
        wrong("your W is lying on its side: with (500, 784) @ (32, 784) the inner sides 784 and 32 do not meet.")
    if W == (500, 32) or h == (784, 32):
        wrong("have you exchanged the two? W belongs to pixels and code numbers, h to digits and code numbers.")
    if W != (784, 32):
        wrong(f"x @ W with x (500, 784) and W {W} gives no code of 32 numbers for each digit.")
    if h == (32,):
        wrong("that is the code of one digit; the batch holds 500.")
    if h != (500, 32):
        wrong(f"W is right, but x @ W does not have shape {h}.")
    return "x (500, 784) @ W (784, 32) gives h (500, 32): one code a digit."


@exercise(
    "to write the mean squared error",
    hints=(
        "Three steps, from the inside out: the difference, its square, the mean.",
        "np.mean without an axis takes the mean over everything: pixels and digits.",
        "np.mean((y - x) ** 2)",
    ),
)
def loss(my_loss: object) -> str:
    """Compare the learner's loss with the mean squared error on random input."""
    rng = np.random.default_rng()
    x, y = rng.random((5, 784)), rng.random((5, 784))
    result = call(my_loss, x, y, name="my_loss")
    if np.asarray(result).shape != ():
        wrong(f"my_loss must return one number, and returns shape {np.asarray(result).shape}: take the mean of it.")
    value, difference = a_number(result, "my_loss(x, y)"), y - x
    if close(value, np.sum(difference**2)):
        wrong("that is the sum of the squares; a mean does not grow with the number of digits.")
    if close(value, np.mean(np.abs(difference))):
        wrong("that is the mean absolute error; square the differences instead of taking their size.")
    if close(value, np.sqrt(np.mean(difference**2))):
        wrong("that is the root of the mean squared error; leave the root out.")
    if abs(value) < 0.1 and close(value, np.mean(difference)):
        wrong("that is the mean difference: positive and negative ones cancel. Square them first.")
    if not close(value, np.mean(difference**2)):
        wrong(f"for a test input the mean squared error is {np.mean(difference**2):.4f}, my_loss gives {value:.4f}.")
    return "this is L(x, y), the mean squared error."


@exercise(
    "to write the gradient for the decoder's shift b",
    hints=(
        "b_i is added to pixel i of every digit in the batch. What happens to the loss when b_i grows a little?",
        "Each digit contributes the slope of its own pixel i: they add up over the first axis.",
        "d_y.sum(axis=0)",
    ),
)
def gradient(bias_gradient: object) -> str:
    """Compare the learner's gradient with finite differences on random input."""
    rng = np.random.default_rng()
    n, size, code = 6, 12, 3
    x, h, W, b = rng.random((n, size)), rng.random((n, code)), rng.normal(size=(code, size)), rng.normal(size=size)

    def mse_for(b: np.ndarray) -> float:
        return float(np.mean((h @ W + b - x) ** 2))

    measured = np.array([(mse_for(b + e) - mse_for(b - e)) / 2e-5 for e in 1e-5 * np.eye(size)])
    result = call(bias_gradient, 2 * (h @ W + b - x) / x.size, name="bias_gradient")
    if np.asarray(result).shape == (n,):
        wrong("you summed over the pixels (axis 1): that leaves one number a digit; b has one number a pixel.")
    if np.asarray(result).shape == (n, size):
        wrong("d_y still has a row for every digit; b is shared by all digits, so their slopes must be combined.")
    if np.asarray(result).shape == ():
        wrong("you summed over everything; b has one number a pixel, and so has its gradient.")
    value = an_array(result, "bias_gradient(d_y)", shape=(size,))
    if close(value, measured / n):
        wrong("you took the mean over the digits. The 1/n of the mean is in d_y already: add, do not average again.")
    if close(value, -measured):
        wrong("the sign is turned: the gradient points uphill; it is the step that goes against it.")
    if not close(value, measured):
        wrong(f"the measured slope of b_0 is {measured[0]:.5f}, your gradient says {value[0]:.5f}.")
    return "your gradient agrees with the measured slope for every entry of b."


@exercise(
    "to give the share of numbers saved from 784 to 16",
    hints=(
        "First: which share of the numbers is kept?",
        "What is saved is what is not kept: 1 minus that share.",
        "1 - 16 / 784",
    ),
)
def compression(saved: object) -> str:
    """Compare the share with 1 − 16 / 784."""
    value, kept = a_number(saved, "saved"), 16 / 784
    if close(value, kept, tolerance=0.02):
        wrong(f"{value:.4f} is the share that is kept; asked is the share that is saved.")
    if close(value, 1 / kept, tolerance=0.02):
        wrong("49 is how many times smaller the code is; asked is the share saved, between 0 and 1.")
    if close(value, 100 * (1 - kept), tolerance=0.02):
        wrong(f"right, in percent. Give it as a share between 0 and 1: {value:.4g} % is {value / 100:.4g}.")
    if close(value, 784 - 16):
        wrong("768 is how many numbers are saved; divide by how many there were.")
    if not close(value, 1 - kept, tolerance=0.005):
        wrong(f"16 of 784 numbers are kept. The share of those that are not is not {value:.4g}.")
    return "98 % of the numbers are saved."


@exercise(
    "to reach a validation error below 0.0235 with 8 numbers",
    hints=(
        "Start from numpy_autoencoder(x_fit, 8, 256, 8, rng) and watch what more epochs do.",
        "The rate falls to zero over the epochs you ask for, so a longer training is another training: try 12 or 16.",
        "layers_8 = numpy_autoencoder(x_fit, 8, 256, 14, np.random.default_rng(0))",
    ),
)
def eight(layers_8: object) -> str:
    """Run the learner's layers on the validation digits, and on the test digits only once they are through."""
    if not isinstance(layers_8, list) or not all(
        isinstance(layer, list | tuple) and len(layer) == 3 for layer in layers_8
    ):
        wrong("layers_8 must be a list of layers [W, b, activation], as numpy_autoencoder returns it.")
    widths = [np.shape(W)[-1] for W, _, _ in layers_8]
    if min(widths) < 8 or 8 not in widths:
        wrong(f"one layer must be 8 wide and none narrower; yours give {widths}. Pass 8 as code_size.")
    apply = {"relu": lambda z: np.maximum(z, 0), "linear": lambda z: z, "sigmoid": lambda z: 1 / (1 + np.exp(-z))}
    for _, _, activation in layers_8:
        if activation not in apply:
            wrong(f"the check knows the activations {', '.join(apply)}, not {activation!r}.")

    def error(images: np.ndarray) -> float:
        x = y = images.reshape(-1, 784)
        for W, b, activation in layers_8:
            y = apply[activation](y @ W + b)
        return float(np.mean((an_array(y, "the reconstruction", shape=x.shape) - x) ** 2))

    error_below(EIGHT_TARGET, error, advice="Train longer, wider or deeper.")
    return f"8 numbers and a validation error below {EIGHT_TARGET}; the test digits agree. Tell us how low it went."
