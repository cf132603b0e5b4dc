"""What a model asks of its inputs' shape, and which slip made another one of it."""

from __future__ import annotations

import math

import numpy as np

from aecourse.backend import keras
from aecourse.checks import array
from aecourse.models.structure import Shape, compatible, sample_shape


def check_inputs(name: str, x: object, model: keras.Model) -> np.ndarray:
    """The array itself, if it holds inputs of the model; a model that knows no shape takes any.

    Raises:
        TypeError: `x` is no array of numbers.
        ValueError: its samples have another shape.
    """
    x = array(name, x)
    if x.ndim == 0:
        raise ValueError(f"{name} must hold samples, got a single number")
    expected = sample_shape(model, "input")
    if expected is not None and not compatible(expected, x.shape[1:]):
        raise ValueError(f"{name} must have shape {samples(expected)}, got {x.shape}{slip(name, x.shape, expected)}")
    return x


def samples(shape: Shape) -> str:
    """The shape of n samples as text."""
    return f"({', '.join(['n', *map(str, shape)])}{'' if shape else ','})"


def slip(name: str, got: tuple[int, ...], expected: Shape) -> str:
    """The likely reason why an array of shape `got` holds no samples of shape `expected`, as the end of a sentence."""
    it = name if name.isidentifier() else "x"
    sample = got[1:]
    size = math.prod(s for s in expected if s is not None)
    whole = None not in expected
    sides = tuple(range(len(got)))
    channels_apart = len(expected) > 1 and len(sample) == len(expected)
    recognised: list[tuple[bool, str]] = [
        (
            expected == got and len(got) > 1,
            f"is it one sample without its batch axis? {it}[None] adds it. Or was the model built with {it}.shape? "
            f"One sample's shape is {it}.shape[1:]",
        ),
        (
            len(expected) == len(got) and compatible(expected, got),
            f"is it one sample without its batch axis? {it}[None] adds it",
        ),
        (
            compatible(expected, (*sample, 1)),
            f"is its channel axis missing? {it}[..., None] adds it",
        ),
        (
            compatible(expected, (*got, 1)),
            f"is it one image without batch and channel axis? {it}[None, ..., None] adds both",
        ),
        (whole and len(sample) == 1 and sample[0] == size, f"is it flattened? {it}.reshape(-1, {_sides(expected)})"),
        (whole and math.prod(got) == size, f"is it one sample in another form? {it}.reshape(1, {_sides(expected)})"),
        (
            compatible(expected, sample[1:]) and sample[:1] == (1,),
            f"is there an axis too many? {it}[:, 0] takes it away",
        ),
        (compatible(expected, sample[:-1]) and sample[-1:] == (1,), f"is there an axis too many? {it}[..., 0] helps"),
        (
            len(expected) == 1 and whole and len(sample) > 1 and math.prod(sample) == size,
            f"the model takes flat samples: {it}.reshape(len({it}), -1)",
        ),
        (
            channels_apart and sample[0] != sample[-1] and compatible(expected, (*sample[1:], sample[0])),
            f"do its channels come first? np.moveaxis({it}, 1, -1) puts them last",
        ),
        (
            channels_apart and sample[0] != sample[-1] and compatible(expected, (sample[-1], *sample[:-1])),
            f"do its channels come last? np.moveaxis({it}, -1, 1) puts them first",
        ),
        (
            len(sample) == 3 and compatible(expected, (sample[1], sample[0], sample[2])),
            f"are height and width exchanged? np.swapaxes({it}, 1, 2)",
        ),
        (
            len(got) > 1 and compatible(expected, got[:-1]),
            f"do its samples stand in the last axis? np.moveaxis({it}, -1, 0) puts them first",
        ),
        (
            len(got) > 2 and compatible(expected, (*got[:-1], 1)),
            f"do its samples stand in the last axis? np.moveaxis({it}, -1, 0)[..., None] puts them first",
        ),
        (
            channels_apart and compatible(expected[:-1], sample[:-1]),
            _colours(it, sample[-1] if sample else 0, expected[-1] if expected else None),
        ),
        (len(sides) == len(expected) + 1, "are its samples of another size?"),
    ]
    return next((f": {text}" for matches, text in recognised if matches), "")


def _sides(shape: Shape) -> str:
    return ", ".join(map(str, shape))


def _colours(it: str, got: int, expected: int | None) -> str:
    if (got, expected) == (3, 1):
        return f"colour images for a grey model? {it}.mean(axis=-1, keepdims=True) makes them grey"
    if got == 1 and expected is not None:
        return f"grey images for a model of {expected} channels? np.repeat({it}, {expected}, axis=-1)"
    if got == 4 and expected == 3:
        return f"is the fourth channel transparency? {it}[..., :3] leaves it out"
    return f"{got} channels for {expected}"
