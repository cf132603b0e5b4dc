"""The exercises on convolutional autoencoders: what a convolution saves, stamping, and a small network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from aecourse.exercises.core import Drawn, a_number, an_array, call, close, examples, exercise, shape_of, wrong
from aecourse.exercises.validation import an_autoencoder, fresh_digits, judge, train
from aecourse.metrics import mse

SMALL_TARGET = 0.0150
SMALL_SIZE = 150_000


@exercise(
    "to count the weights and biases of a convolution and of a dense layer",
    hints=(
        "A kernel has height × width × channels of its input; each channel that comes out has a kernel and a bias.",
        "A dense layer from a to b numbers holds a × b weights and b biases; here a is 14 × 14 × 16 and b is "
        "7 × 7 × 32.",
        "in_the_convolution = 3 * 3 * 16 * 32 + 32 and in_the_dense_layer = 3136 * 1568 + 1568",
    ),
    drawn=Drawn(
        "to count the weights and biases of a convolution from 14 × 14 × {takes} to 7 × 7 × {gives}, with windows of "
        "3 × 3 and stride 2, and of a dense layer",
        {"takes": [*range(6, 16), *range(17, 25)], "gives": [*range(26, 32), *range(33, 48)]},
    ),
)
def count(in_the_convolution: object, in_the_dense_layer: object, *, takes: int = 16, gives: int = 32) -> str:
    """Compare both numbers, and recognise how a wrong one came about."""
    few, many = a_number(in_the_convolution, "in_the_convolution"), a_number(in_the_dense_layer, "in_the_dense_layer")
    weights, inputs, outputs = 3 * 3 * takes * gives, 14 * 14 * takes, 7 * 7 * gives
    right, dense = weights + gives, inputs * outputs + outputs
    if (few, many) == (dense, right):
        wrong("the two are exchanged: the convolution holds far fewer.")
    for name, value, slips in (
        ("in_the_convolution", few, _convolution_slips(takes, gives)),
        ("in_the_dense_layer", many, _dense_slips(takes, gives)),
    ):
        for message, numbers in slips.items():
            if value in numbers and value not in (right, dense):
                wrong(f"{name}: {message}")
    if few != right:
        wrong(
            f"in_the_convolution is not {_as_whole(few)}: there are {gives} kernels, each of 3 × 3 × {takes} weights, "
            "and each with a bias."
        )
    if many != dense:
        wrong(
            f"in_the_dense_layer is not {_as_whole(many)}: {inputs:,} numbers go in and {outputs:,} come out, each "
            "with a weight for each that goes in, and with a bias."
        )
    return f"{right:,} numbers do what a dense layer would spend {dense:,} on, {dense // right:,} times as many."


def _as_whole(number: float) -> str:
    return f"{number:,.0f}" if number.is_integer() else f"{number:g}"


def _convolution_slips(takes: int, gives: int) -> dict[str, tuple[int, ...]]:
    weights, outputs = 3 * 3 * takes * gives, 7 * 7 * gives
    one = 3 * 3 * takes
    at_all_places = tuple(
        n
        for places in (7 * 7, 14 * 14)
        for n in (weights * places, (weights + gives) * places, weights * places + gives)
    )
    return {
        f"the biases are missing, one for each of the {gives} channels that come out.": (weights,),
        f"that is one kernel; there are {gives}, one for each channel that comes out.": (one, one + 1),
        f"each kernel looks at all {takes} channels of its input, not at one.": (3 * 3 * gives, 3 * 3 * gives + gives),
        f"a bias belongs to each channel that comes out, {gives}, not to each that goes in.": (weights + takes,),
        "a kernel has one bias, not one for each channel that it looks at.": (weights + takes * gives,),
        f"there is a bias for each of the {gives} channels that come out, not a single one.": (weights + 1,),
        "a bias is shared by all places of its channel.": (weights + outputs,),
        "that is for windows of 5 × 5; here they are 3 × 3.": (5 * 5 * takes * gives + gives, 5 * 5 * takes * gives),
        f"that is the layer of the text above; here {takes} channels become {gives}.": (5 * 5 * 16 + 16,),
        "the same weights are used at all places, so the number of places does not count.": at_all_places,
    }


def _dense_slips(takes: int, gives: int) -> dict[str, tuple[int, ...]]:
    inputs, outputs = 14 * 14 * takes, 7 * 7 * gives
    all_numbers = f"14 × 14 × {takes} numbers go in and 7 × 7 × {gives} come out: places times channels on both sides."
    return {
        "the biases are missing, one for each number that comes out.": (inputs * outputs,),
        "a bias belongs to each number that comes out, not to each that goes in.": (inputs * outputs + inputs,),
        all_numbers: (
            196 * 49, 196 * 49 + 49, inputs * gives, inputs * gives + gives, 196 * outputs, 196 * outputs + outputs,
        ),
        f"the stride halves height and width: 7 × 7 × {gives} numbers come out, not 14 × 14 × {gives}.": (
            inputs * 14 * 14 * gives,
            (inputs + 1) * 14 * 14 * gives,
        ),
        "each number that comes out has a weight for each that goes in: their product, not their sum.": (
            inputs + outputs,
        ),
    }  # fmt: skip


@exercise(
    "to write the transposed convolution",
    hints=(
        "The last stamp begins at stride * (rows - 1) and is k long: that gives the size of the result.",
        "Start from zeros and go over all i and j; where stamps overlap, they add up: use +=.",
        "In the loops: image[stride * i : stride * i + k, stride * j : stride * j + k] += h[i, j] * kernel",
    ),
)
def stamping(stamp: object) -> str:
    """Compare with a loop on maps, kernels and strides of several sizes, and recognise what went wrong in all."""
    rng = np.random.default_rng()
    cases = [
        (rng.uniform(0.5, 2, (rows, columns)) * rng.choice([-1, 1], (rows, columns)), rng.normal(size=(k, k)), stride)
        for rows, columns, k, stride in ((1, 1, 3, 2), (4, 5, 3, 2), (5, 3, 4, 2), (3, 4, 2, 3), (4, 4, 3, 1))
    ]
    found = [call(stamp, *case, name="stamp") for case in cases]
    right = [_stamped(*case) for case in cases]
    if all(close(f, image) for f, image in zip(found, right, strict=True)):
        return "this is the transposed convolution, for strides of 1, 2 and 3."
    variants = [_slips(case[2]) for case in cases]
    for message in variants[0]:
        slips = [_stamped(*case, **variant[message]) for case, variant in zip(cases, variants, strict=True)]
        if all(close(f, slip) for f, slip in zip(found, slips, strict=True)):
            wrong(message)
    for (h, kernel, stride), f, image in zip(cases, found, right, strict=True):
        (rows, columns), k = h.shape, len(kernel)
        if shape_of(f) != image.shape and shape_of(f) != ():
            wrong(
                f"for a {rows} × {columns} map, a {k} × {k} kernel and stride {stride} the result has shape "
                f"{shape_of(f)}, and should have {image.shape}: the last stamp begins at row stride * (rows - 1) and "
                "is k long; the columns go alike."
            )
        an_array(f, "what stamp returns", shape=image.shape)
    small = [(np.array([[1.0, -2.0]]), np.array([[1.0, 3.0], [5.0, 7.0]]), stride) for stride in (2, 1, 3)]
    small.append((np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, 3.0, 0.0], [5.0, 7.0, 0.0], [2.0, 0, 9]]), 2))
    return examples(stamp, [(case, _stamped(*case)) for case in (*small, *cases)], name="stamp")


def _stamped(
    h: np.ndarray,
    kernel: np.ndarray,
    stride: int,
    *,
    steps: tuple[int, int] | None = None,
    only: Callable[[int, int, int, int], bool] | None = None,
    form: Callable[[np.ndarray], np.ndarray] = lambda kernel: kernel,
    add: Callable[[np.ndarray, np.ndarray], np.ndarray] = np.add,
    plain: bool = False,
    whole: bool = False,
    cut: bool = False,
    tight: bool = False,
) -> np.ndarray:
    """The transposed convolution, and what becomes of it with one mistake."""
    (rows, columns), k = h.shape, len(kernel)
    down, along = steps or (stride, stride)
    high, wide = (1, 1) if tight else (stride, stride)
    image = np.zeros((high * (rows - 1) + k, wide * (columns - 1) + k), dtype=int if whole else float)
    for i in range(rows):
        for j in range(columns):
            if only is None or only(i, j, rows - i, columns - j):
                place = np.s_[down * i : down * i + k, along * j : along * j + k]
                image[place] = add(image[place], form(kernel) * (1 if plain else h[i, j]))
    return image[: stride * rows, : stride * columns] if cut else image


def _slips(stride: int) -> dict[str, dict[str, Any]]:
    """What may go wrong: the message, and how `_stamped` makes the same mistake."""
    left_out = "nothing: range(rows) goes from 0 to rows - 1 already."
    missing = "the stride is missing"
    return {
        "a stamp overwrites the one before: where they overlap they add up (+=).": {"add": lambda _old, new: new},
        "where stamps overlap the larger number stays: they add up (+=).": {"add": np.maximum},
        f"{missing}: the stamp of h[i, j] begins at (stride * i, stride * j), not at (i, j).": {"steps": (1, 1)},
        f"{missing}: the stamps follow each other at every pixel, in the result's size as well.": {
            "steps": (1, 1), "tight": True,
        },
        f"{missing} for the rows: a stamp begins at row stride * i.": {"steps": (1, stride)},
        f"{missing} for the columns: a stamp begins at column stride * j.": {"steps": (stride, 1)},
        "only the stamp of h[0, 0] is there. Does the `return` stand inside the loops?": {
            "only": lambda i, j, *_: i == j == 0
        },
        "only the first row of h stamps. Does the `return` stand inside the outer loop?": {
            "only": lambda i, *_: i == 0
        },
        f"the last row and the last column of h stamp {left_out}": {
            "only": lambda _i, _j, below, beside: below > 1 and beside > 1
        },
        f"the last row of h stamps {left_out}": {"only": lambda _i, _j, below, _beside: below > 1},
        f"the last column of h stamps {left_out}": {"only": lambda _i, _j, _below, beside: beside > 1},
        "the first row and the first column of h stamp nothing: a range begins at 0.": {
            "only": lambda i, j, *_: i > 0 and j > 0
        },
        "only the numbers h[i, i] stamp: go over all i and, for each, over all j.": {
            "only": lambda i, j, *_: i == j
        },
        "the result is zero everywhere: nothing is stamped.": {"only": lambda *_: False},
        "every stamp is equally strong: stamp h[i, j] times the kernel.": {"plain": True},
        "the kernel is turned by half a turn: stamp it as it is.": {"form": lambda kernel: kernel[::-1, ::-1]},
        "the kernel is transposed: stamp it as it is.": {"form": lambda kernel: kernel.T},
        "the image holds whole numbers only: make it with np.zeros(shape), without a dtype.": {"whole": True},
        "the result ends at stride * rows and stride * columns: the last stamp reaches further, or less far.": {
            "cut": True
        },
    }  # fmt: skip


@exercise(
    "to reach an error below 0.0150 with 16 numbers and at most 150,000 parameters",
    hints=(
        "Where are the parameters? model.encoder.summary() shows it: mostly in the dense layers beside the code.",
        "conv_autoencoder takes filters= and dense=: try 16 and 64, and train in batches of 50.",
        "In train_small: model = conv_autoencoder(16, filters=16, dense=64), then fit(model, x, epochs=6, "
        'batch_size=50, learning_rate=8e-3, loss="binary_crossentropy"), then return model',
    ),
)
def small(train_small: object) -> str:
    """Train with the learner's function; count the parameters, and measure on digits that were kept back."""
    model = an_autoencoder(train(train_small, name="train_small"), "what train_small returns", code=16)
    if model.count_params() > SMALL_SIZE:
        wrong(f"the network has {model.count_params():,} parameters, and at most {SMALL_SIZE:,} are allowed.")
    advice = "Does the loss still fall at the end? Then train longer, or in smaller batches."
    handed, kept = fresh_digits()[0][0], fresh_digits()[1][0]
    if mse(kept, model.reconstruct(kept)) > mse(kept, np.broadcast_to(handed.mean(axis=0), kept.shape)):
        advice = (
            "The mean of all digits would do better: is the network trained in train_small, on x, before it is "
            "returned?"
        )
    measured = judge(lambda x: mse(x, model.reconstruct(x)), name="train_small", target=SMALL_TARGET, advice=advice)
    return f"{model.count_params():,} parameters, and an error of {measured}."
