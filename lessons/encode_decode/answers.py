"""Wrong answers, each with what the learner reads, and right ones."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from aecourse.datasets import split_digits
from aecourse.recipes.encode_decode import RATE, adam, backward, forward, new_network, numpy_autoencoder, train

Layers = list[list[Any]]


def network(*widths: int) -> Layers:
    return new_network([784, *widths, 784], ["relu"] * len(widths) + ["sigmoid"], np.random.default_rng(0))


def kept(digits: slice) -> Layers:
    """A network of the lesson, trained on the lesson's digits."""
    x = split_digits()[0][0].reshape(-1, 784)[digits]
    return numpy_autoencoder(x, 8, 128, 4, np.random.default_rng(0))


def diverged(x: np.ndarray) -> tuple[Layers, list[float]]:
    layers = network(16, 8, 16)
    layers[0][0][:] = np.nan
    return layers, [0.1, np.nan]


def own_loop(x: np.ndarray, *, width: int = 256, epochs: int = 14) -> tuple[Layers, list[float]]:
    rng = np.random.default_rng(0)
    layers = new_network([784, width, 8, width, 784], ["relu", "linear", "relu", "sigmoid"], rng)
    weights = [w for W, b, _ in layers for w in (W, b)]
    m, v = [np.zeros_like(w) for w in weights], [np.zeros_like(w) for w in weights]
    steps, t, losses = epochs * len(x) // 100, 0, []
    for _ in range(epochs):
        for batch in np.split(rng.permutation(len(x)), len(x) // 100):
            t += 1
            slopes = backward(forward(x[batch], layers), layers)
            adam(weights, slopes, m, v, t, RATE * (1 - t / steps))
        losses.append(float(np.mean((forward(x, layers)[-1] - x) ** 2)))
    return layers, losses


def in_rounds(x: np.ndarray) -> tuple[Layers, np.ndarray]:
    """The lesson's `train` again and again, each time from a smaller rate."""
    rng = np.random.default_rng(1)
    layers = new_network([784, 256, 8, 256, 784], ["relu", "linear", "relu", "sigmoid"], rng)
    losses = []
    for epochs, rate in ((5, 8e-3), (6, 6e-3), (6, 3e-3)):
        train(layers, x, epochs, rate, rng)
        losses.append(np.mean((forward(x, layers)[-1] - x) ** 2))
    return layers, np.array(losses)


def sum_of_squares(x: np.ndarray) -> tuple[Layers, list[float]]:
    layers, losses = own_loop(x)
    return layers, [loss * 784 for loss in losses]


EXCHANGED = "you have exchanged the two: W belongs to pixels and code numbers, h to digits and code numbers."
NOT_A_SHAPE = "shape_of_W must be a tuple of whole numbers such as (2, 3), and is "

REFUSED = {
    "shapes": [
        (
            lambda: ((32, 784), (500, 32)),
            "your W is lying on its side: with (500, 784) @ (32, 784) the inner sides 784 and 32 do not meet.",
        ),
        (lambda: ((500, 32), (784, 32)), EXCHANGED),
        (lambda: ((784, 16), (500, 16)), "x (500, 784) @ W (784, 16) gives codes of 16 numbers; 32 are asked for."),
        (
            lambda: ((500, 32), (500, 32)),
            "x @ W with x (500, 784) and W (500, 32) cannot be: the inner sides, 784 and 500, must be equal.",
        ),
        (lambda: ((784, 32), (32,)), "W is right; (32,) is the code of one digit, and the batch holds 500."),
        (
            lambda: ((784, 32), (32, 500)),
            "W is right; your h is lying on its side: each digit has a row, each number of the code a column.",
        ),
        (lambda: ((784, 32), (784, 32)), "W is right; h has a row for each digit, not for each pixel."),
        (
            lambda: ((784, 32), (500, 784)),
            "W is right; (500, 784) is the shape of x: the code has 32 numbers for each digit.",
        ),
        (
            lambda: ((784, 32), (500, 16)),
            "W is right; x @ W does not have shape (500, 16): it keeps the first side of x and the last side of W.",
        ),
        (lambda: ((784,), (500,)), "W is a matrix: its shape has two sides, rows and columns, and (784,) has 1."),
        (lambda: (784, 32), NOT_A_SHAPE + "784 (int)."),
        (lambda: ("(784, 32)", (500, 32)), NOT_A_SHAPE + "'(784, 32)' (str)."),
        (lambda: ((None, 32), (500, 32)), NOT_A_SHAPE + "(None, 32) (tuple)."),
        (lambda: ((784, 32), ...), "shape_of_h is still the … of the stub."),
    ],
    "loss": [
        (
            lambda: (lambda x, y: np.sum((y - x) ** 2),),
            "that is the sum of the squares; a mean does not grow with the number of digits.",
        ),
        (
            lambda: (lambda x, y: np.mean(np.sum((y - x) ** 2, axis=1)),),
            "that is the sum over the pixels and the mean over the digits: take the mean over both.",
        ),
        (
            lambda: (lambda x, y: np.mean(np.abs(y - x)),),
            "that is the mean absolute error; square the differences instead of taking their size.",
        ),
        (
            lambda: (lambda x, y: np.sqrt(np.mean((y - x) ** 2)),),
            "that is the root of the mean squared error; leave the root out.",
        ),
        (
            lambda: (lambda x, y: np.mean(y - x),),
            "that is the mean difference: positive and negative ones cancel. Square them first.",
        ),
        (
            lambda: (lambda x, y: np.mean(y - x) ** 2,),
            "the mean comes before the square: square the differences first.",
        ),
        (
            lambda: (lambda x, y: np.var(y - x),),
            "that is the variance of the differences: it leaves out their mean. Take the mean of the squares.",
        ),
        (
            lambda: (lambda x, y: np.mean((y - x) ** 2) / 2,),
            "that is half of the mean squared error: leave the factor 1/2 out.",
        ),
        (
            lambda: (lambda x, y: np.mean((y + x) ** 2),),
            "that is the mean of the squared sum: take the difference of y and x.",
        ),
        (
            lambda: (lambda x, y: np.linalg.norm(y - x),),
            "that is the length of the whole difference, a root of a sum: take the mean of the squares.",
        ),
        (
            lambda: (lambda x, y: np.mean((y - x) ** 2, axis=1),),
            "my_loss must return one number, and returns 5, one a digit: take the mean over the digits, too.",
        ),
        (
            lambda: (lambda x, y: np.mean((y - x) ** 2, axis=0),),
            "my_loss must return one number, and returns 784, one a pixel: take the mean over the pixels, too.",
        ),
        (
            lambda: (lambda x, y: (y - x) ** 2,),
            "my_loss must return one number, and returns an array of shape (5, 784): take the mean of it.",
        ),
        (
            lambda: (lambda x, y: np.mean((y - x) ** 4),),
            "my_loss gives something else here.\nx = [[0, 1]]\ny = [[0.5, 1]]\nexpected: 0.125\ngot: 0.03125",
        ),
        (
            lambda: (lambda x, y: np.sum((y - x) ** 2) / (x.size - 1),),
            "my_loss gives something else here.\nx = [[0, 1]]\ny = [[0.5, 1]]\nexpected: 0.125\ngot: 0.25",
        ),
        (
            lambda: (lambda x, y: round(np.mean((y - x) ** 2), 3),),
            "my_loss gives something else here.\nx = [[0, 1], [0.5, 0]]\ny = [[0.5, 1], [0.5, 1]]\n"
            "expected: 0.3125\ngot: 0.312",
        ),
        (
            lambda: (lambda x, y: np.median((y - x) ** 2),),
            "my_loss gives something else here.\nx = [[0, 1], [0.5, 0]]\ny = [[0.5, 1], [0.5, 1]]\n"
            "expected: 0.3125\ngot: 0.125",
        ),
        (
            lambda: (lambda x, y: np.mean((y - x)[0] ** 2),),
            "my_loss gives something else here.\nx = [[0, 1], [0.5, 0]]\ny = [[0.5, 1], [0.5, 1]]\n"
            "expected: 0.3125\ngot: 0.125",
        ),
        (lambda: (lambda x, y: None,), "my_loss returns nothing (None). Is a `return` missing?"),
        (
            lambda: (lambda x, y: np.mean((y - x) ^ 2),),
            "your code raised TypeError: ufunc 'bitwise_xor' not supported …\n…Python's power is **, not ^.",
        ),
        (
            lambda: (lambda x, y: np.mean(np.square(np.subtract(y, x, out=y))),),
            "my_loss overwrites y, which it was given: whoever called it still needs it. Work on a copy, y.copy(), and "
            "return the result.",
        ),
    ],
    "gradient": [
        (
            lambda: (lambda d_y: d_y.sum(axis=1),),
            "you summed over the pixels (axis 1): that leaves one number a digit; b has one number a pixel.",
        ),
        (
            lambda: (lambda d_y: d_y.mean(axis=0),),
            "you took the mean over the digits. The 1/n of the mean is in d_y already: add, do not average again.",
        ),
        (
            lambda: (lambda d_y: d_y.sum(axis=0) / d_y.shape[1],),
            "you divided by the number of pixels. The mean's divisor is in d_y already: leave it out.",
        ),
        (
            lambda: (lambda d_y: d_y,),
            "d_y still has a row for every digit; b is shared by all digits, so their slopes must be combined.",
        ),
        (
            lambda: (lambda d_y: d_y.sum(),),
            "that is one number, and b has one number a pixel, 784: so has its gradient.",
        ),
        (
            lambda: (lambda d_y: d_y.sum(axis=0, keepdims=True),),
            "the numbers stand in a table of shape (1, 784); b has shape (784,): leave out keepdims=True.",
        ),
        (
            lambda: (lambda d_y: -d_y.sum(axis=0),),
            "the sign is turned: the gradient points uphill; it is the step that goes against it.",
        ),
        (
            lambda: (lambda d_y: 2 * d_y.sum(axis=0),),
            "twice as much as measured: the 2 of the square is in d_y already.",
        ),
        (
            lambda: (lambda d_y: d_y[0],),
            "that is the slope of the first digit alone; all digits of the batch count.",
        ),
        (
            lambda: (lambda d_y: d_y[:-1].sum(axis=0),),
            "bias_gradient gives something else here.\nd_y = [[1, -2], [3, 5]]\nexpected: [4, 3]\ngot: [1, -2]",
        ),
        (
            lambda: (lambda d_y: np.ones(784),),
            "bias_gradient gives something else here.\nd_y = an array of shape (6, 784)\nexpected: an array of shape "
            "(784,)\ngot: an array of shape (784,)\nthe first difference is at [0]: expected …, got 1",
        ),
        (
            lambda: (lambda d_y: np.add(d_y, 0, out=d_y)[0] * 0 + d_y.cumsum(axis=0, out=d_y)[-1],),
            "bias_gradient overwrites d_y, which it was given: whoever called it still needs it. Work on a copy, "
            "d_y.copy(), and return the result.",
        ),
    ],
    "compression": [
        (lambda: (16 / 784,), "0.0204 is the share that is kept; asked is the share that is saved."),
        (lambda: (49,), "49 is how many times smaller the code is; asked is the share saved, between 0 and 1."),
        (lambda: (98,), "right, in percent. Give it as a share between 0 and 1: 98 % is 0.98."),
        (lambda: (97.96,), "right, in percent. Give it as a share between 0 and 1: 97.96 % is 0.9796."),
        (lambda: (2.04,), "2.04 % is what is kept; asked is the share that is saved, between 0 and 1."),
        (lambda: (768,), "768 is how many numbers are saved; divide by how many there were."),
        (
            lambda: ((784 - 16) / 16,),
            "768 numbers are saved, and you divided by the 16 that are kept; divide by the 784 there were.",
        ),
        (
            lambda: (1 - 784 / 16,),
            "you divided the other way round before you subtracted: the share that is kept is 16 / 784.",
        ),
        (lambda: (16 / 784 - 1,), "the sign is turned: 1 minus the share that is kept."),
        (lambda: (1 - 16 / 28,), "28 is one side of the digit; it has 28 × 28 = 784 pixels."),
        (
            lambda: (1 - 16 * 4 / 784,),
            "that counts 4 bytes for each of the 16 numbers; asked is the share of the numbers.",
        ),
        (lambda: (1 - 16 / 768,), "you divided by the 768 that are saved; divide by the 784 there were."),
        (
            lambda: (1 - 16 / 785,),
            "16 of 784 numbers are kept, so 768 of 784 are saved; that share is not 0.979618.",
        ),
        (lambda: (0.5,), "16 of 784 numbers are kept, so 768 of 784 are saved; that share is not 0.5."),
        (lambda: (0.975,), "16 of 784 numbers are kept, so 768 of 784 are saved; that share is not 0.975."),
        (lambda: ("98 %",), "saved must be a number, and is the text '98 %'."),
    ],
    "eight": [
        (
            lambda: (network(64, 8, 64),),
            "my_training must be a function, and is … (list). The check trains with it, on its own digits.",
        ),
        (
            lambda: (lambda x: network(64, 8, 64),),
            "my_training must return two things, layers and losses, and returns 4.",
        ),
        (
            lambda: (lambda x: (network(64, 16, 64), [0.1, 0.05]),),
            "the narrowest layer must be 8 wide; yours are [64, 16, 64, 784].",
        ),
        (
            lambda: (lambda x: (network(64, 4, 8, 64), [0.1, 0.05]),),
            "the narrowest layer must be 8 wide; yours are [64, 4, 8, 64, 784].",
        ),
        (
            lambda: (lambda x: (network(64, 8)[:2], [0.1, 0.05]),),
            "the last layer must give the 784 pixels of the reconstruction; your layers are [64, 8] wide.",
        ),
        (
            lambda: (lambda x: (network(64, 8, 64), 0.02),),
            "losses must be a list with one number for each epoch, at least two, and is 0.02 (float).",
        ),
        (
            lambda: (diverged,),
            "the weights hold NaN or infinity: the steps were too long. Try a tenth of the rate.",
        ),
        (
            lambda: (lambda x: ([0.1, 0.05], network(64, 8, 64)),),
            "layers must be a list of layers [W, b, activation], as new_network returns it, and is [0.1, 0.05] (list).",
        ),
        (
            lambda: (lambda x: x.sort() or (network(64, 8, 64), [0.07, 0.02]),),
            "my_training overwrites x, which it was given: whoever called it still needs it. Work on a copy, x.copy(), "
            "and return the result.",
        ),
    ],
}

REFUSED_TRAINED = {
    "eight": [
        (
            lambda: (lambda x: (network(64, 8, 64), [0.07, 0.02]),),
            "an error of … on the digits that were kept back; below 0.0235 is asked. Train longer or wider, and let "
            "the rate fall to zero.",
        ),
        (
            lambda: (lambda x: (kept(slice(None)), [0.07, 0.02]),),
            "an error of … on digits like those that my_training was handed, but of … on the lesson's own. So it was "
            "trained on the lesson's digits: train on the argument of my_training.",
        ),
        (
            lambda: (lambda x: own_loop(x, width=128, epochs=2),),
            "an error of … on the digits that were kept back; below 0.0235 is asked. Train longer or wider, and let "
            "the rate fall to zero.",
        ),
        (
            lambda: (sum_of_squares,),
            "the last of the losses is …, but the layers you return have a mean squared error of … on the x they were "
            "trained on. Keep the MSE of each epoch, as it is measured.",
        ),
    ],
}

ACCEPTED = {
    "shapes": [
        lambda: ([784, 32], [500, 32]),
        lambda: (np.zeros((784, 32)).shape, np.zeros((500, 32)).shape),
        lambda: (np.array([784, 32]), (500.0, np.int64(32))),
        lambda: (keras.ops.zeros((784, 32)).shape, keras.ops.zeros((500, 32)).shape),
    ],
    "loss": [
        lambda: (lambda x, y: ((x - y) ** 2).mean(),),
        lambda: (lambda x, y: np.sum(np.square(x - y)) / x.size,),
        lambda: (lambda x, y: np.mean([np.dot(b - a, b - a) / len(a) for a, b in zip(x, y, strict=True)]),),
        lambda: (lambda x, y: [[np.mean((y - x) ** 2)]],),
    ],
    "gradient": [
        lambda: (lambda d_y: np.ones(len(d_y)) @ d_y,),
        lambda: (lambda d_y: [column.sum() for column in d_y.T],),
        lambda: (lambda d_y: sum(d_y),),
        lambda: (loop_over_pixels,),
    ],
    "compression": [lambda: (768 / 784,), lambda: (0.98,), lambda: (48 / 49,), lambda: (0.9796,), lambda: (0.979,)],
}

ACCEPTED_TRAINED = {"eight": [lambda: (own_loop,), lambda: (in_rounds,)]}


def loop_over_pixels(d_y: np.ndarray) -> np.ndarray:
    slopes = np.zeros(784)
    for i in range(784):
        for n in range(len(d_y)):
            slopes[i] += d_y[n, i]
    return slopes


# Right where the numbers are drawn for a student.
OWN = {
    "shapes": [
        lambda digits, code: ((784, code), (digits, code)),
        lambda digits, code: ([784, code], np.zeros((digits, code)).shape),
    ],
    "compression": [lambda code: (1 - code / 784,), lambda code: (round((784 - code) / 784, 3),)],
}
