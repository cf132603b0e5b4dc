"""What a door asks of its arguments, and what it says when something else comes: type and shape, never all values.

Each function returns the argument in the form that the code behind the door works with, or raises an error that names
it, says what came and what was expected.
"""

from __future__ import annotations

import math
import numbers
import re
from collections.abc import Iterable, Mapping
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
    plain = value.item() if isinstance(value, np.generic | np.ndarray) else value
    if plain is None or plain is ... or isinstance(plain, bool | numbers.Number | str):
        try:
            text = repr(plain[: LONGEST + 1] if isinstance(plain, str) else plain)
        except ValueError:  # Python writes no whole number of thousands of digits
            text = "a whole number of thousands of digits"
        text = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
        return f"the text {text}" if isinstance(plain, str) else text
    name = type(value).__name__
    name = name if len(name) <= LONGEST else f"{name[:LONGEST]}…"
    if isinstance(value, list | tuple | dict | set):
        return f"a {name} of length {len(value)}"
    shape = getattr(value, "shape", None)
    return f"a {name}" + (f" with shape {tuple(shape)}" if isinstance(shape, tuple | list) else "")


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


def array(name: str, x: object) -> np.ndarray:
    """The array itself, if it is a NumPy array of numbers; what else can hold numbers is named with the way to one.

    Raises:
        TypeError: it is something else, or holds no real numbers.
        ValueError: it is a masked array, some of whose values are masked.

    Example:
        >>> array("x", [[1.0, 2.0], [3.0, 4.0]])
        Traceback (most recent call last):
        TypeError: x must be a NumPy array of numbers, got a list of length 2: np.asarray(x, dtype="float32") makes one
    """
    if isinstance(x, np.ma.MaskedArray):
        masked = int(np.ma.count_masked(x))
        if masked:
            raise ValueError(
                f"{name} is a masked array, and {masked} of its {x.size} values are masked: fill them first, "
                f"{_variable(name)}.filled(0.0) or another value, or leave those samples out"
            )
        x = np.asarray(x.data)
    if not isinstance(x, np.ndarray):
        raise TypeError(f"{name} must be a NumPy array of numbers, got {described(x)}{_way_to_an_array(name, x)}")
    if x.dtype.kind not in "biuf":
        cure = {
            "O": f'np.stack({_variable(name)}).astype("float32") helps where all samples have one shape',
            "c": "take its absolute values, or real and imaginary part as two channels",
            "M": "count its days or seconds from a first date",
            "m": "divide it by a unit of time",
        }.get(x.dtype.kind, f'{_variable(name)}.astype("float32") helps where its texts are numbers')
        raise TypeError(f"{name} must be a NumPy array of numbers, got {described(x)}: {cure}")
    return x


def _variable(name: str) -> str:
    return name if name.isidentifier() else "x"


def _way_to_an_array(name: str, x: object) -> str:
    """How what is no array becomes one, as the end of a sentence; empty where there is no way."""
    it, module = _variable(name), type(x).__module__.partition(".")[0]
    history = getattr(x, "history", None)
    if x is None or isinstance(x, str | bytes | numbers.Number | np.generic) or x is ...:
        return ""
    if isinstance(history, dict):
        return f": its losses are {it}.history['loss'], a list"
    if isinstance(x, tuple) and len(x) in (2, 3) and all(isinstance(part, np.ndarray) for part in x):
        return f": {it}[0] is the first of its arrays"
    if isinstance(x, list | tuple):
        nested = any(isinstance(part, np.ndarray) for part in x)
        return f": np.stack({it}) makes one" if nested else f': np.asarray({it}, dtype="float32") makes one'
    if isinstance(x, Mapping) or module == "zipfile":
        return f": take one of its arrays, {it}[name]"
    if type(x).__name__ == "KerasTensor":
        return ": it stands for arrays to come and holds no numbers itself"
    if hasattr(x, "to_numpy"):
        return f': {it}.to_numpy(dtype="float32") makes one'
    if hasattr(x, "toarray"):
        return f": {it}.toarray() makes one"
    if hasattr(x, "as_numpy_iterator"):
        return f": np.stack(list({it}.as_numpy_iterator())) makes one of a data set without batches"
    if module in ("tensorflow", "jax", "jaxlib", "torch", "keras"):
        return f": keras.ops.convert_to_numpy({it}) makes one"
    if hasattr(x, "__array__") or (hasattr(x, "shape") and hasattr(x, "__getitem__")):
        return f": np.asarray({it}) makes one"
    return f": np.stack(list({it})) makes one" if isinstance(x, Iterable) else ""


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
