"""What a door asks of its arguments, and what it says when something else comes: type and shape, never all values.

Each function returns the argument in the form that the code behind the door works with, or raises an error that names
it, says what came and what was expected.
"""

from __future__ import annotations

import math
import numbers
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Seed: TypeAlias = int | np.random.Generator
LONGEST = 60  # letters of a text or number that a message repeats


def described(value: object) -> str:
    """A value in a few words: a number or short text as it is, anything larger by its type and shape.

    Example:
        >>> for value in (3, "three", np.zeros((2, 5), "float32"), [1, 2, 3]):
        ...     print(described(value))
        3
        the text 'three'
        an array of float32 with shape (2, 5)
        a list of length 3
    """
    if isinstance(value, np.ndarray) and value.ndim:
        return f"an array of {value.dtype} with shape {value.shape}"
    if value is None or value is ... or isinstance(value, bool | numbers.Number | str | np.generic | np.ndarray):
        text = repr(value.item() if isinstance(value, np.generic | np.ndarray) else value)
        text = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
        return f"the text {text}" if isinstance(value, str) else text
    if isinstance(value, list | tuple | dict | set):
        return f"a {type(value).__name__} of length {len(value)}"
    shape = getattr(value, "shape", None)
    return f"a {type(value).__name__}" + (f" with shape {tuple(shape)}" if isinstance(shape, tuple | list) else "")


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
        span = f"of at least {low}" if high == math.inf else f"from {low} to {high:.0f}"
        raise ValueError(f"{name} must be a whole number {span}, got {described(value)}")
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
    if not real or not math.isfinite(value) or not low <= value <= high:  # type: ignore[arg-type,operator]
        span = f"of at least {low:g}" if high == math.inf else f"from {low:g} to {high:g}"
        raise ValueError(f"{name} must be a number {span}, got {described(value)}")
    return float(value)  # type: ignore[arg-type]


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

    Raises:
        ValueError: it is something else.
    """
    if not isinstance(x, np.ndarray) or x.ndim != 4 or x.dtype.kind != "f":
        raise ValueError(f"{name} must be a float array of shape (n, height, width, channels), got {described(x)}")
    if x.size and not (x.min() >= 0 and x.max() <= 1):
        raise ValueError(f"{name} must lie in [0, 1], got values from {x.min():.3g} to {x.max():.3g}")
    return x.astype(np.float32, copy=False)


def sounds(name: str, x: object, *, silence: bool = True) -> NDArray[np.float32]:
    """The array as float32, if it holds sounds: finite floats with shape `(n, samples)`, none silent unless allowed.

    Raises:
        ValueError: it is something else.
    """
    if not isinstance(x, np.ndarray) or x.ndim != 2 or x.dtype.kind != "f" or x.size == 0:
        raise ValueError(f"{name} must be a float array of shape (n, samples), got {described(x)}")
    finite(name, x)
    if not silence and not x.any(axis=1).all():
        silent = int(np.flatnonzero(~x.any(axis=1))[0])
        raise ValueError(f"{name}[{silent}] is silent, all zeros: a ratio to its power is not defined")
    return x.astype(np.float32, copy=False)


def one_sound(name: str, x: object) -> np.ndarray:
    """The array itself, if it is one sound: finite floats with shape `(samples,)`.

    Raises:
        ValueError: it is something else.
    """
    if not isinstance(x, np.ndarray) or x.ndim != 1 or x.dtype.kind != "f" or x.size == 0:
        raise ValueError(f"{name} must be one sound, a float array of shape (samples,), got {described(x)}")
    return finite(name, x)


def finite(name: str, x: np.ndarray) -> np.ndarray:
    """The array itself, if it holds neither NaN nor infinity.

    Raises:
        ValueError: it does.
    """
    if not np.isfinite(x).all():
        raise ValueError(f"{name} holds NaN or infinity: expected finite numbers")
    return x
