"""What a door asks of its arguments, and what it says when something else comes: type and shape, never the values.

Each function returns the argument in the form that the code behind the door works with, or raises an error that names
it, says what came, what was expected, and what helps. No message is longer than 600 letters.
"""

from __future__ import annotations

import math
import numbers
import re
import warnings
from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from aecourse.wording import (
    batch_cure,
    cure,
    described,
    integer_cure,
    label,
    last,
    listed,
    range_cure,
    short,
    sound_cure,
    span,
)

Seed: TypeAlias = int | np.random.Generator
LOUDEST = 1e15  # samples of a sound: their squares are float32 numbers
SILENT = 1e-10  # the widest swing of a sound that is none, 200 dB below full scale

__all__ = [
    "SILENT",
    "NoArrayError",
    "Seed",
    "a_dict",
    "a_generator",
    "array",
    "as_array",
    "cure",
    "described",
    "finite",
    "first_words",
    "images",
    "is_whole",
    "label",
    "last",
    "listed",
    "loudness",
    "number",
    "one_sound",
    "same_scale",
    "short",
    "sounds",
    "warn_if_dark",
    "whole_number",
]


class NoArrayError(TypeError, ValueError):
    """An argument is no array of numbers: its type is wrong, and so is what it holds."""


def array(name: str, value: object, wanted: str = "a NumPy array of numbers", *, kinds: str = "biuf") -> np.ndarray:
    """The array itself, if it is a NumPy array of numbers none of which is masked; `wanted` says what is expected.

    Raises:
        NoArrayError: it is something else; the message says what makes an array of it.

    Example:
        >>> array("x", [[1.0, 2.0], [3.0, 4.0]])
        Traceback (most recent call last):
        aecourse.checks.NoArrayError: x must be a NumPy array of numbers, ...
    """
    if isinstance(value, np.ma.MaskedArray) and not np.ma.is_masked(value):
        value = np.asarray(value.data)
    if not isinstance(value, np.ndarray) or np.ma.isMaskedArray(value) or value.dtype.kind not in kinds:
        raise NoArrayError(f"{name} must be {wanted}, got {described(value)}{cure(value, last(name))}")
    return value


def as_array(name: str, value: object, wanted: str) -> np.ndarray:
    """The value as an array of numbers: of lists, tables and tensors, too, but of nothing that would lose its mask.

    Raises:
        ValueError: no array of numbers can be made of it; the message says what helps.
    """
    made: object = None
    plain = np.ma.isMaskedArray(value) or isinstance(value, str | bytes | Mapping) or hasattr(value, "toarray")
    if not plain and (hasattr(value, "__array__") or hasattr(value, "__len__") or isinstance(value, numbers.Number)):
        try:
            made = np.asarray(value)
        except Exception:  # whatever a list, a table or a tensor raises: it is no array
            made = None
    if not isinstance(made, np.ndarray) or made.dtype.kind not in "biuf":
        raise ValueError(f"{name} must be {wanted}, got {described(value)}{cure(value, last(name))}")
    return made


def a_dict(name: str, value: object, wanted: str) -> Mapping:
    """The value itself, if it is a dict with at least one entry; `wanted` says what of.

    Raises:
        TypeError: it is no dict.
        ValueError: it is empty.
    """
    if not isinstance(value, Mapping):
        helps = f": {name}.to_dict() makes it one" if hasattr(value, "to_dict") else ": give it a name, {'mine': …}"
        helps = f": {name}.history is one" if isinstance(getattr(value, "history", None), Mapping) else helps
        raise TypeError(f"{name} must be a dict of {wanted}, got {described(value)}{helps}")
    if not value:
        raise ValueError(f"{name} must hold at least one entry, a dict of {wanted}, got none")
    return value


def is_whole(value: object) -> bool:
    """Whether a value is a whole number, Python's or NumPy's; True and False are none."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def whole_number(name: str, value: object, *, low: int = 1, high: float = math.inf) -> int:
    """The value as an int, if it is a whole number from `low` to `high`.

    Raises:
        ValueError: it is something else.

    Example:
        >>> whole_number("epochs", np.int64(3))
        3
    """
    if not is_whole(value) or not low <= int(value) <= high:  # type: ignore[call-overload]
        reach = f"of at least {low}" if high == math.inf else f"from {low} to {high:.0f}"
        raise ValueError(f"{name} must be a whole number {reach}, got {described(value)}")
    return int(value)  # type: ignore[call-overload]


def number(name: str, value: object, *, low: float = 0.0, high: float = math.inf) -> float:
    """The value as a float, if it is a finite number from `low` to `high`.

    Raises:
        ValueError: it is something else.

    Example:
        >>> number("share", 1)
        1.0
    """
    real = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    try:
        found = float(value) if real else math.nan  # type: ignore[arg-type]
    except OverflowError:  # a whole number may be too large for a float
        found = math.inf
    if not math.isfinite(found) or not low <= found <= high:
        reach = f"of at least {low:g}" if high == math.inf else f"from {low:g} to {high:g}"
        raise ValueError(f"{name} must be a number {reach}, got {described(value)}")
    return found


def a_generator(seed: object) -> np.random.Generator:
    """The generator itself, or a new one from a whole number of at least 0.

    Raises:
        TypeError: `seed` is neither.
    """
    if isinstance(seed, np.random.Generator):
        return seed
    if not is_whole(seed) or int(seed) < 0:  # type: ignore[call-overload]
        raise TypeError(f"seed must be a whole number of at least 0 or a NumPy Generator, got {described(seed)}")
    return np.random.default_rng(int(seed))  # type: ignore[call-overload]


def images(x: object, *, name: str = "x") -> NDArray[np.float32]:
    """The array as float32, if it holds images: floats in [0, 1] with shape `(n, height, width, channels)`.

    Images so dark that they were divided by 255 twice are let through, with a warning.

    Raises:
        ValueError: it is something else.
    """
    wanted = "a float array of shape (n, height, width, channels)"
    x = array(name, x, wanted)
    if x.ndim != 4 or x.dtype.kind != "f":
        helps = " and ".join(filter(None, (integer_cure(x, name), batch_cure(x.shape, name))))
        raise ValueError(f"{name} must be {wanted}, got {described(x)}{helps and ': give '}{helps}")
    if x.size:
        low, high = float(x.min()), float(x.max())
        if not (low >= 0 and high <= 1):
            raise ValueError(f"{name} must lie in [0, 1], got {span(low, high)}: {range_cure(low, high, name)}")
        warn_if_dark(high, name)
    return x.astype(np.float32, copy=False)


def warn_if_dark(high: float, name: str) -> None:
    """Warn of images in [0, 1] that were divided by 255 twice: none of their pixels is above 1/255."""
    if 0 < high <= 1.001 / 255:
        text = f"{name} is almost black, its brightest value is {high:.2g}: was it divided by 255 twice?"
        warnings.warn(text, stacklevel=4)


def sounds(name: str, x: object, *, silence: bool = True, loudest: float = LOUDEST) -> NDArray[np.float32]:
    """The array as float32, if it holds sounds: finite floats with shape `(n, samples)`, none silent unless allowed.

    Raises:
        ValueError: it is something else, or one is louder than `loudest`.
    """
    wanted = "a float array of shape (n, samples)"
    x = array(name, x, wanted)
    pair = x.ndim == 2 and x.shape[1] <= 2 < 100 < x.shape[0]
    if x.ndim != 2 or x.dtype.kind != "f" or x.size == 0 or pair:
        raise ValueError(f"{name} must be {wanted}, got {described(x)}{sound_cure(x, name)}")
    loudness(name, x, loudest)
    if not silence and (still := np.ptp(x, axis=1) < SILENT).any():
        first = int(np.flatnonzero(still)[0])
        raise ValueError(
            f"{name}[{first}] is silent, the same number throughout: a ratio to its power is not defined. Leave silent "
            f"sounds out: {last(name)}[np.ptp({last(name)}, axis=1) > {SILENT:g}]"
        )
    return x.astype(np.float32, copy=False)


def one_sound(name: str, x: object, *, loudest: float = LOUDEST) -> np.ndarray:
    """The array itself, if it is one sound: finite floats with shape `(samples,)`.

    Raises:
        ValueError: it is something else, or louder than `loudest`.
    """
    wanted = "one sound, a float array of shape (samples,)"
    x = array(name, x, wanted)
    if x.ndim != 1 or x.dtype.kind != "f" or x.size == 0:
        raise ValueError(f"{name} must be {wanted}, got {described(x)}{sound_cure(x, name, one=True)}")
    return loudness(name, x, loudest)


def loudness(name: str, x: np.ndarray, loudest: float) -> np.ndarray:
    """The array itself, if its numbers are finite and none is further from 0 than `loudest`.

    Raises:
        ValueError: one is.
    """
    finite(name, x)
    if (peak := float(np.abs(x).max())) > loudest:
        raise ValueError(
            f"{name} must lie in about [-1, 1], got a sample of {peak:.3g}: {last(name)} / 32768 helps, if they are "
            "the 16-bit numbers of a WAV file"
        )
    return x


def finite(name: str, x: np.ndarray) -> np.ndarray:
    """The array itself, if it holds neither NaN nor infinity.

    Raises:
        ValueError: it does.
    """
    if not np.isfinite(x).all():
        bad = int(np.size(x) - np.isfinite(x).sum())
        raise ValueError(f"{name} holds NaN or infinity, {bad} of {np.size(x)} values: expected finite numbers")
    return x


def same_scale(names: tuple[str, str], x: np.ndarray, y: np.ndarray) -> None:
    """Raise if one array lies in [0, 1] and the other in 0 to 255, as pixels do once they are bytes.

    Raises:
        ValueError: it is so.
    """
    if not x.size or not y.size:
        return
    for (small_name, small), (large_name, large) in (
        ((names[0], x), (names[1], y)),
        ((names[1], y), (names[0], x)),
    ):
        if not (small.min() >= 0 and 0 < small.max() <= 1 and large.min() >= 0 and 1 < large.max() <= 255):
            continue
        ratio = float(large.mean(dtype=np.float64)) / float(small.mean(dtype=np.float64))
        if large.max() > 16 and (large.dtype.kind in "iu" or 64 < ratio < 1024):
            raise ValueError(
                f"{names[0]} and {names[1]} must have one scale: {small_name} lies in [0, 1], {large_name} reaches "
                f"{float(large.max()):.3g}, as bytes do. Divide {large_name} by 255 first"
            )


def first_words(error: BaseException, longest: int = 200) -> str:
    """The first line of an error's text without colours, cut to so many letters: others' errors may fill pages."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip()
    line = text.splitlines()[0].strip() if text else type(error).__name__
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
