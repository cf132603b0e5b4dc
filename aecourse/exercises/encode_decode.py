"""The exercises on encoding and decoding: shapes, the loss, one gradient, the share saved, and a training loop."""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np

from aecourse.exercises.core import (
    RIGHT,
    Drawn,
    a_number,
    an_array,
    call,
    close,
    describe,
    drawn_apart,
    examples,
    exercise,
    recognise,
    recognise_each,
    shape_of,
    wrong,
)
from aecourse.exercises.validation import fresh_digits, judge, train

EIGHT_TARGET = 0.0235


@exercise(
    "to give the shapes of W and h in h = x @ W",
    hints=(
        "In `x @ W` the last axis of x and the first axis of W must be equally long: they are summed away.",
        "The product keeps the first axis of x and the last axis of W.",
        "W has one row a pixel and one column a number of the code; h has one row a digit.",
    ),
    drawn=Drawn(
        "to give the shapes of W and h in h = x @ W, for {digits} digits and a code of {code} numbers",
        {"digits": range(200, 500), "code": range(33, 90)},
    ),
)
def shapes(shape_of_W: object, shape_of_h: object, *, digits: int = 500, code: int = 32) -> str:
    """Compare the two shapes with those of a real product."""
    W, h = _sides(shape_of_W, "shape_of_W"), _sides(shape_of_h, "shape_of_h")
    if (W, h) == ((digits, code), (784, code)):
        wrong("you have exchanged the two: W belongs to pixels and code numbers, h to digits and code numbers.")
    if (code, 784) == W:
        wrong(
            f"your W is lying on its side: with ({digits}, 784) @ ({code}, 784) the inner sides 784 and {code} do not "
            "meet."
        )
    if len(W) != 2:
        wrong(f"W is a matrix: its shape has two sides, rows and columns, and {W} has {len(W)}.")
    if W[0] != 784:
        wrong(f"x @ W with x ({digits}, 784) and W {W} cannot be: the inner sides, 784 and {W[0]}, must be equal.")
    if W[1] != code:
        wrong(f"x ({digits}, 784) @ W {W} gives codes of {W[1]} numbers; {code} are asked for.")
    if h == (code,):
        wrong(f"W is right; ({code},) is the code of one digit, and the batch holds {digits}.")
    if h == (code, digits):
        wrong("W is right; your h is lying on its side: each digit has a row, each number of the code a column.")
    if h == (784, code):
        wrong("W is right; h has a row for each digit, not for each pixel.")
    if h == (digits, 784):
        wrong(f"W is right; ({digits}, 784) is the shape of x: the code has {code} numbers for each digit.")
    if h != (digits, code):
        wrong(f"W is right; x @ W does not have shape {h}: it keeps the first side of x and the last side of W.")
    return f"x ({digits}, 784) @ W (784, {code}) gives h ({digits}, {code}): one code a digit."


def _sides(value: object, name: str) -> tuple[int, ...]:
    """A shape as the learner gave it; ends the check when it is none."""
    sides = value.tolist() if isinstance(value, np.ndarray) and value.ndim == 1 else value
    if type(value).__name__ == "TensorShape":  # what .shape of a TensorFlow tensor is
        sides = tuple(value)  # type: ignore[arg-type]
    if not isinstance(sides, tuple | list) or not all(_is_side(side) for side in sides):
        wrong(f"{name} must be a tuple of whole numbers such as (2, 3), and is {describe(value)}.")
    return tuple(int(side) for side in sides)


def _is_side(value: object) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool | np.bool_) and float(value).is_integer()


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
    x, y = drawn_apart(_digits_apart, _losses)
    result = call(my_loss, x, y, name="my_loss")
    shape = shape_of(result)
    if shape == (len(x),):
        wrong(f"my_loss must return one number, and returns {len(x)}, one a digit: take the mean over the digits, too.")
    if shape == x.shape[1:]:
        wrong(
            f"my_loss must return one number, and returns {shape[0]}, one a pixel: take the mean over the pixels, too."
        )
    if shape == x.shape:
        wrong(f"my_loss must return one number, and returns an array of shape {shape}: take the mean of it.")
    value, answers = a_number(result, "my_loss(x, y)"), _losses(x, y)
    again = drawn_apart(_digits_apart, _losses)
    recognise_each([value, call(my_loss, *again, name="my_loss")], [answers, _losses(*again)])
    one = np.full((1, 784), 0.0), np.linspace(0.1, 0.3, 784)[None]  # one digit shows a divisor that is off by one
    told = a_number(call(my_loss, *one, name="my_loss"), "my_loss(x, y)")
    if not close(value, answers[RIGHT], tolerance=1e-4) or not close(told, _losses(*one)[RIGHT], tolerance=1e-4):
        small = np.array([[0.0, 1.0]]), np.array([[0.5, 1.0]])
        two = np.array([[0.0, 1.0], [0.5, 0.0]]), np.array([[0.5, 1.0], [0.5, 1.0]])
        examples(my_loss, [(a, _losses(*a)[RIGHT]) for a in (small, two, one, (x, y))], name="my_loss")
    return f"this is L(x, y), the mean squared error: {value:.4f} for a batch of {len(x)} test inputs."


def _digits_apart(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Inputs, and answers that are off by an amount of their own for each digit."""
    x = rng.random((5, 784))
    return x, np.clip(x + rng.uniform(0.1, 0.5, (5, 1)) + rng.normal(0, 0.2, x.shape), 0, 1)


def _losses(x: np.ndarray, y: np.ndarray) -> dict[str, object]:
    d = y - x
    return {
        RIGHT: np.mean(d**2),
        "that is the sum of the squares; a mean does not grow with the number of digits.": np.sum(d**2),
        "that is the sum over the pixels and the mean over the digits: take the mean over both.": np.sum(d**2) / len(x),
        "that is the mean absolute error; square the differences instead of taking their size.": np.mean(np.abs(d)),
        "that is the root of the mean squared error; leave the root out.": np.sqrt(np.mean(d**2)),
        "that is the mean difference: positive and negative ones cancel. Square them first.": np.mean(d),
        "that is the mean difference turned round: they cancel. Square them first.": -np.mean(d),
        "the mean comes before the square: square the differences first.": np.mean(d) ** 2,
        "that is the variance of the differences: it leaves out their mean. Take the mean of the squares.": np.var(d),
        "that is half of the mean squared error: leave the factor 1/2 out.": np.mean(d**2) / 2,
        "the sign is turned: a square is never negative.": -np.mean(d**2),
        "that is the mean of the squared sum: take the difference of y and x.": np.mean((y + x) ** 2),
        "that is the length of the whole difference, a root of a sum: take the mean of the squares.": np.sqrt(
            np.sum(d**2)
        ),
        "that is the largest squared difference; take the mean.": np.max(d**2),
        "that is the difference of the mean squares: take the difference first, then square it.": np.mean(y**2 - x**2),
    }


@exercise(
    "to write the gradient for the decoder's bias b",
    hints=(
        "b_i is added to pixel i of every digit in the batch. What happens to the loss when b_i grows a little?",
        "Each digit contributes the slope of its own pixel i: they add up over the first axis.",
        "d_y.sum(axis=0)",
    ),
)
def gradient(bias_gradient: object) -> str:
    """Compare the learner's gradient with finite differences on random input."""
    rng = np.random.default_rng()
    n, size, code = 6, 784, 3
    x, h, W, b = rng.random((n, size)), rng.random((n, code)), rng.normal(size=(code, size)), rng.normal(size=size)

    def squares(b: np.ndarray) -> np.ndarray:
        return ((h @ W + b - x) ** 2).sum(axis=0)

    # b_i moves pixel i alone, so all of them can be moved at once, each judged by its own pixel.
    measured = (squares(b + 1e-5) - squares(b - 1e-5)) / 2e-5 / x.size
    d_y = 2 * (h @ W + b - x) / x.size
    result = call(bias_gradient, d_y, name="bias_gradient")
    shape = shape_of(result)
    if shape == (n,):
        wrong("you summed over the pixels (axis 1): that leaves one number a digit; b has one number a pixel.")
    if shape == (n, size):
        wrong("d_y still has a row for every digit; b is shared by all digits, so their slopes must be combined.")
    if shape == (1, size):
        wrong(f"the numbers stand in a table of shape (1, {size}); b has shape ({size},): leave out keepdims=True.")
    if shape == ():
        wrong(f"that is one number, and b has one number a pixel, {size}: so has its gradient.")
    value = an_array(result, "bias_gradient(d_y)", shape=(size,))
    slips = {
        "you took the mean over the digits. The 1/n of the mean is in d_y already: add, do not average again.": measured
        / n,
        "you divided by the number of pixels. The mean's divisor is in d_y already: leave it out.": measured / size,
        "the sign is turned: the gradient points uphill; it is the step that goes against it.": -measured,
        "twice as much as measured: the 2 of the square is in d_y already.": 2 * measured,
        "that adds the squares of the slopes: add the slopes themselves.": (d_y**2).sum(axis=0),
        "that adds the sizes of the slopes: let positive and negative ones cancel.": np.abs(d_y).sum(axis=0),
        "that is the slope of the first digit alone; all digits of the batch count.": d_y[0],
        "that is the slope of the last digit alone; all digits of the batch count.": d_y[-1],
    }
    recognise(value, slips)
    if not close(value, measured):
        small = np.array([[1.0, -2.0], [3.0, 5.0]])
        cases = [((table,), table.sum(axis=0)) for table in (small, d_y)]
        examples(bias_gradient, cases, name="bias_gradient")
    return f"your gradient agrees with the measured slope for all {size} entries of b; for the first {value[0]:.5f}."


@exercise(
    "to give the share of numbers saved from 784 to 16",
    hints=(
        "First: which share of the numbers is kept?",
        "What is saved is what is not kept: 1 minus that share.",
        "1 - 16 / 784",
    ),
    drawn=Drawn("to give the share of numbers saved from 784 to {code}", {"code": range(40, 600)}),
)
def compression(saved: object, *, code: int = 16) -> str:
    """Compare the share with 1 − 16 / 784; three digits behind the point, or two that are rounded, are enough."""
    value, kept, left = a_number(saved, "saved"), code / 784, 784 - code
    cut = [np.floor(10**digits * (1 - kept)) / 10**digits for digits in (3, 4, 5, 6)]
    if any(abs(value - share) < 2e-7 for share in (1 - kept, *cut, *(round(1 - kept, d) for d in (2, 3, 4, 5, 6)))):
        return f"1 − {code} / 784 = {1 - kept:.4f}: {1 - kept:.0%} of the numbers are saved.".replace("%", " %")
    if close(value, kept, tolerance=0.03):
        wrong(f"{value:.4f} is the share that is kept; asked is the share that is saved.")
    if close(value, 1 / kept, tolerance=0.002):
        wrong(f"{1 / kept:.3g} is how many times smaller the code is; asked is the share saved, between 0 and 1.")
    if close(value, 100 * (1 - kept), tolerance=0.002):
        wrong(f"right, in percent. Give it as a share between 0 and 1: {value:.4g} % is {value / 100:.4g}.")
    if close(value, 100 * kept, tolerance=0.03):
        wrong(f"{value:.4g} % is what is kept; asked is the share that is saved, between 0 and 1.")
    slips = {
        f"{left} is how many numbers are saved; divide by how many there were.": left,
        f"{left} numbers are saved, and you divided by the {code} that are kept; divide by the 784 there were.": left
        / code,
        f"you divided the other way round before you subtracted: the share that is kept is {code} / 784.": 1 - 1 / kept,
        "the sign is turned: 1 minus the share that is kept.": kept - 1,
        "28 is one side of the digit; it has 28 × 28 = 784 pixels.": 1 - code / 28,
        f"that counts 4 bytes for each of the {code} numbers; asked is the share of the numbers.": 1 - 4 * code / 784,
        f"you divided by the {left} that are saved; divide by the 784 there were.": 1 - code / left,
    }
    recognise(value, slips, tolerance=1e-4)
    return wrong(f"{code} of 784 numbers are kept, so {left} of 784 are saved; that share is not {value:.6g}.")


@exercise(
    "to write a training loop that reaches an error below 0.0235 with 8 numbers",
    hints=(
        "Begin with layers = new_network([784, 256, 8, 256, 784], ["
        '"relu", "linear", "relu", "sigmoid"], rng). An epoch goes once through '
        "np.split(rng.permutation(len(x)), len(x) // 100), each part the places of one minibatch.",
        "For one minibatch: outputs = forward(x[batch], layers), slopes = backward(outputs, layers), then a step. The "
        "function train of section 5 shows what adam needs: weights in a list, m and v of the same shapes, t from 1.",
        "Let the rate fall to zero, as train does, over 14 epochs from 8e-3. Keep mse(x[batch], outputs[-1]) of each "
        "minibatch; the mean of an epoch's is its loss. At the end: return layers, losses",
    ),
)
def eight(my_training: object) -> str:
    """Hand digits to the learner's loop; look at the losses it tells, and at the errors of the layers it returns."""
    result = train(my_training, name="my_training", flat=True)
    if not isinstance(result, tuple | list) or len(result) != 2:
        wrong(f"my_training must return two things, layers and losses, and returns {_counted(result)}.")
    layers, losses = _layers(result[0]), result[1]
    if not isinstance(losses, list | tuple | np.ndarray) or np.ndim(losses) != 1 or len(losses) < 2:
        wrong(f"losses must be a list with one number for each epoch, at least two, and is {describe(losses)}.")
    told = [a_number(value, "each of the losses") for value in losses]

    def error(images: np.ndarray) -> float:
        x = images.reshape(len(images), -1)
        return float(np.mean((_output(x, layers) - x) ** 2))

    measured = judge(
        error, name="my_training", target=EIGHT_TARGET, advice="Train longer or wider, and let the rate fall to zero."
    )
    last = error(fresh_digits()[0][0])
    if told[0] <= told[-1]:
        wrong(f"the losses go from {told[0]:.4f} to {told[-1]:.4f}: they should fall. Keep one a epoch, in order.")
    if not 0.7 * last < told[-1] < 1.3 * last:
        wrong(
            f"the last of the losses is {told[-1]:.4g}, but the layers you return have a mean squared error of "
            f"{last:.4f} on the x they were trained on. Keep the MSE of each epoch, as it is measured."
        )
    return f"your loop trains: {measured}; the loss fell from {told[0]:.4f} to {told[-1]:.4f}."


def _counted(result: object) -> str:
    return f"{len(result)}" if isinstance(result, tuple | list) else describe(result)


_ACTIVATIONS: dict[str, Any] = {
    "relu": lambda z: np.maximum(z, 0),
    "linear": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
}


def _layers(layers: object) -> list[tuple[np.ndarray, np.ndarray, str]]:
    """The learner's layers; ends the check when they are none, or when no code of 8 numbers is the narrowest."""
    if not isinstance(layers, list | tuple) or not all(isinstance(x, list | tuple) and len(x) == 3 for x in layers):
        wrong(
            f"layers must be a list of layers [W, b, activation], as new_network returns it, and is {describe(layers)}."
        )
    found = []
    width = 784
    for i, (W, b, activation) in enumerate(layers):
        if activation not in _ACTIVATIONS:
            wrong(f"the check knows the activations {', '.join(_ACTIVATIONS)}, not {describe(activation)}.")
        if any(not np.isfinite(np.asarray(a, dtype=float)).all() for a in (W, b)):
            wrong("the weights hold NaN or infinity: the steps were too long. Try a tenth of the rate.")
        columns = shape_of(W)[-1] if shape_of(W) else 0
        found.append((
            an_array(W, f"W of layer {i + 1}", shape=(width, columns)),
            an_array(b, f"b of layer {i + 1}", shape=(columns,)),
            activation,
        ))  # fmt: skip
        width = columns
    widths = [W.shape[1] for W, _, _ in found]
    if not widths or widths[-1] != 784:
        wrong(f"the last layer must give the 784 pixels of the reconstruction; your layers are {widths} wide.")
    if min(widths) != 8:
        wrong(f"the narrowest layer must be 8 wide; yours are {widths}.")
    return found


def _output(x: np.ndarray, layers: list[tuple[np.ndarray, np.ndarray, str]]) -> np.ndarray:
    with np.errstate(over="ignore"):
        for W, b, activation in layers:
            x = _ACTIVATIONS[activation](x @ W + b)
    return x
