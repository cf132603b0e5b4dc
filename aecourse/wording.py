"""What came, in a few words, and what helps: the parts that the messages of `checks` are made of.

A message tells of type and shape, never the values; names and texts that it repeats are cut where they are long.
"""

from __future__ import annotations

import math
import numbers
import os
from collections.abc import Iterable, Mapping

import numpy as np

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
    if isinstance(value, np.ndarray) and (value.ndim or np.ma.isMaskedArray(value)):
        kind = "a masked" if np.ma.isMaskedArray(value) else "an"
        return f"{kind} array of {short(value.dtype)} with shape {value.shape}"
    if isinstance(value, np.generic | np.ndarray):
        plain = value.item()
        return short(repr(plain)) if isinstance(plain, np.generic) else described(plain)
    if isinstance(value, str):
        return f"the text {short(repr(value[: LONGEST + 1]))}"
    if isinstance(value, int) and value.bit_length() > 1000:
        return "a whole number of hundreds of digits"
    if value is None or value is ... or isinstance(value, bool | numbers.Number):
        return short(repr(value))
    name = short(type(value).__name__, 40)
    name = f"{'an' if name[0] in 'AEIOUaeio' else 'a'} {name}"
    try:
        shape = getattr(value, "shape", None)
        if shape is not None:
            return f"{name} with shape {short(tuple(shape))}"
        return f"{name} of length {len(value)}"  # type: ignore[arg-type]
    except Exception:  # whatever a class of somebody else's raises when it is asked
        return name


def short(text: object, most: int = LONGEST) -> str:
    """The text, cut where it is longer than so many letters."""
    text = str(text)
    return text if len(text) <= most else f"{text[:most]}…"


def listed(items: Iterable[object], most: int = 5) -> str:
    """The first few items, each cut where it is long, and how many more there are.

    Example:
        >>> listed("abcdefg")
        'a, b, c, d, e and 2 more'
    """
    texts = [short(item, 40) for item in items]
    return ", ".join(texts[:most]) + (f" and {len(texts) - most} more" if len(texts) > most else "")


def cure(value: object, name: str = "x") -> str:
    """What makes a NumPy array of a value of another type, as the end of a message; empty where nothing is known.

    Example:
        >>> cure([1, 2]), cure(np.zeros(3))
        (": np.asarray(x, 'float32') makes it an array", '')
    """
    module, kind = type(value).__module__.partition(".")[0], type(value).__name__
    if np.ma.isMaskedArray(value):
        return f": say what stands in its holes, such as {name}.filled(0)"
    if isinstance(value, np.ndarray):
        how = {
            "O": f"np.stack({name}), if all have one shape,",
            "c": f"np.abs({name}), its absolute values,",
            **dict.fromkeys("VSU", f"{name}.astype('float32')"),
            "M": "counting its days or seconds from a first date",
            "m": "dividing it by a unit of time",
        }
        return f": {how[value.dtype.kind]} makes it one of numbers" if value.dtype.kind in how else ""
    if kind == "KerasTensor":
        return ": it stands for arrays to come; call the model on one"
    if isinstance(getattr(value, "history", None), dict):
        return f": its losses are {name}.history['loss'], a list"
    if hasattr(value, "to_numpy"):
        return f": {name}.to_numpy('float32') makes it an array"
    if hasattr(value, "as_numpy_iterator"):
        return f": np.stack(list({name}.as_numpy_iterator())) makes an array of a data set without batches"
    if hasattr(value, "toarray"):
        return f": {name}.toarray() makes it an array"
    if module in ("tensorflow", "jax", "jaxlib", "torch", "keras") and hasattr(value, "shape"):
        return f": keras.ops.convert_to_numpy({name}) makes it an array"
    if module == "PIL":
        return f": np.asarray({name}, 'float32') / 255 makes it an array"
    if isinstance(value, tuple) and len(value) in (2, 3) and all(isinstance(part, np.ndarray) for part in value):
        return f": {name}[0] is the first of its arrays"
    if isinstance(value, list | tuple | range):
        nested = any(isinstance(part, np.ndarray) for part in value[:10])
        return (
            f": np.stack({name}) makes it an array" if nested else f": np.asarray({name}, 'float32') makes it an array"
        )
    if isinstance(value, Mapping):
        return f": take one of the arrays that it holds, {name}[name]"
    if isinstance(value, str | bytes | os.PathLike):
        return ": the name of a file is no data, load it first"
    if value is None:
        return ": a function without a return gives None"
    if hasattr(value, "__next__"):
        return f": np.stack(list({name})) makes it an array"
    return ": call it, and give what it returns" if callable(value) else ""


def last(name: str) -> str:
    """The name as code would have it: `x`, not `the targets of x`."""
    return short(name.rpartition(" ")[2], 30)


def label(name: str, key: object) -> str:
    """The entry of a dict as code has it, cut where it is long: `rows['noise']`."""
    return f"{name}[{short(repr(key) if isinstance(key, str | int | float | None) else type(key).__name__, 40)}]"


def span(low: float, high: float) -> str:
    """From where to where values go, or that some are no finite numbers."""
    finite = math.isfinite(low) and math.isfinite(high)
    return f"values from {low:.3g} to {high:.3g}" if finite else "NaN or infinity among its values"


def range_cure(low: float, high: float, name: str = "x") -> str:
    """What brings values from `low` to `high` into [0, 1]."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return "find where they come from, with np.isfinite"
    if low >= 0 and high > 2:
        return (
            f"{name} / {255 if high <= 255 else 65535 if high <= 65535 else f'{name}.max()'} helps, if they are pixels"
        )
    if -1 <= low < 0 and high <= 1:
        return f"({name} + 1) / 2 helps, if they were scaled to [-1, 1]; else np.clip({name}, 0, 1)"
    return f"np.clip({name}, 0, 1) cuts what lies outside; values that were standardised need their scale back"


def integer_cure(x: np.ndarray, name: str) -> str:
    """What makes floats in [0, 1] of pixels that are whole numbers or True and False; empty for floats."""
    if x.dtype.kind == "f":
        return ""
    top = 1 if not x.size else int(x.max())
    return f"{name}.astype('float32')" + (f" / {255 if top <= 255 else 65535}" if top > 1 else "")


def batch_cure(shape: tuple[int, ...], name: str) -> str:
    """What gives images of this shape the axes that they lack; empty where they lack none or it is not known which."""
    if len(shape) == 3 and shape[-1] in (1, 3, 4):
        return f"{name}[None], if it is one image"
    if len(shape) == 3:
        return f"{name}[..., None], the images with an axis for their one channel"
    if len(shape) == 2 and (side := math.isqrt(shape[1])) ** 2 == shape[1] and shape[0] != shape[1]:
        return f"{name}.reshape(-1, {side}, {side}, 1), if they lie flat"
    return f"{name}[None, ..., None], if it is one grey image" if len(shape) == 2 else ""


def sound_cure(x: np.ndarray, name: str, *, one: bool = False) -> str:
    """What makes sounds, or one, of whole numbers, of two channels, or of arrays with an axis too many or too few."""
    name, helps = last(name), []
    top = {"int16": " / 32768", "int32": " / 2**31", "uint8": " / 128 - 1"}.get(x.dtype.name, "")
    if x.dtype.kind != "f":
        helps.append(f"{name}.astype('float32'){top}")
    if x.ndim == 2 and 2 == min(x.shape) < max(x.shape):
        axis = 1 if x.shape[1] == 2 else 0
        helps.append(f"{name}.mean(axis={axis}){'' if one else '[None]'}, if it has two channels")
    elif x.ndim == 2 and 1 in x.shape and (one or x.shape[1] == 1):
        helps.append(f"{name}.ravel()" if one else f"{name}.T")
    elif x.ndim == (2 if one else 1) and x.size:
        helps.append(f"{name}[0], the first of them" if one else f"{name}[None], if it is one sound")
    return f": give {' and '.join(helps)}" if helps else ""
