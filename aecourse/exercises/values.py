"""The learner's values: which of them are numbers, what the others are called, and whether two agree."""

from __future__ import annotations

import inspect
import numbers
from decimal import Decimal

import numpy as np

from aecourse.exercises.verdicts import wrong


def a_number(value: object, name: str) -> float:
    """The learner's value as a float; ends the check when it is no finite number."""
    array = _numeric(value, name, "a number")
    if array.size != 1:
        wrong(f"{name} must be one number, and is {describe(value)}.")
    return float(array.reshape(()))


def an_array(value: object, name: str, *, shape: tuple[int, ...], truth: bool = False) -> np.ndarray:
    """The learner's value as a NumPy array; ends the check when it has another shape or holds no finite numbers.

    Args:
        value: what the learner gave: an array, a list, a tensor, a pandas object.
        name: what messages call it.
        shape: the shape it must have.
        truth: whether True and False count as 1 and 0, as they do in a mask.
    """
    array = _numeric(value, name, "an array of numbers", truth=truth)
    if array.shape != shape:
        wrong(f"{name} must have shape {shape}, and has shape {array.shape}.")
    return array


def close(value: object, expected: object, *, tolerance: float = 1e-3) -> bool:
    """Whether two numbers or arrays agree, relative to the size of what is expected; False for what is no number."""
    array, wanted = as_array(value), np.asarray(expected, dtype=float)
    if array is None or array.shape != wanted.shape:
        return False
    size = max(float(np.abs(wanted).max(initial=0.0)), 1e-12)
    return bool((np.abs(array - wanted) <= tolerance * size).all())


def as_array(value: object, *, truth: bool = False) -> np.ndarray | None:
    """The value as an array of real numbers, or None where it is none: a text, True, a ragged list."""
    # What an object answers to NumPy is as unforeseeable as the objects that learners pass.
    try:
        array = np.asarray(_plain(value))
        if array.dtype.kind == "O" and array.size and all(_is_number(item) for item in array.flat):
            array = array.astype(float)
        if array.dtype.kind == "b" and truth:
            array = array.astype(float)
    except Exception:
        return None
    return array if array.dtype.kind in "iuf" else None


def describe(value: object) -> str:
    """A learner's value in a few words: its type and, where it is short, itself."""
    if isinstance(value, np.ndarray) and value.ndim:
        return f"an array of shape {value.shape}"
    try:
        return _described(value)
    except Exception:
        return "something that cannot be printed"


def kind(value: object) -> str:
    """The name of the value's type with its article."""
    name = type(value).__name__
    return f"{'an' if name[0] in 'AEIOaeio' else 'a'} {name}"


def shape_of(value: object) -> tuple[int, ...]:
    """The shape of an array, a list, a tensor or a number; ends nothing: what has none counts as a number."""
    array = as_array(value, truth=True)
    return () if array is None else array.shape


def _described(value: object) -> str:
    if isinstance(value, bool | np.bool_):
        return f"{bool(value)}, a truth value"
    if inspect.isclass(value):
        return f"the class {value.__name__}"
    if inspect.isroutine(value):
        return "a function"
    shape = getattr(value, "shape", None)
    if shape is not None and len(shape):
        return f"{kind(value)} of shape {tuple(shape)}"
    text = repr(value)
    # Python's own way to show an object without one: <module.Name object at 0x7f…>.
    if text.startswith("<"):
        return kind(value)
    return f"{text if len(text) <= 60 else text[:57] + '…'} ({type(value).__name__})"


def _numeric(value: object, name: str, asked: str, *, truth: bool = False) -> np.ndarray:
    array = as_array(value, truth=truth)
    if array is None:
        wrong(f"{name} must be {asked}, and {_no_number(value)}")
    if not np.isfinite(array).all():
        wrong(f"{name} holds NaN or infinity. Is something divided by zero?")
    return array


def _no_number(value: object) -> str:
    """What a value is that is no number, and what to do about it."""
    if value is ...:
        return "is still the … of the stub."
    if isinstance(value, str | bytes):
        return f"is the text {value!r:.60}{': leave out the quotes' if _reads_as_number(value) else ''}."
    if isinstance(value, list | tuple):
        if any(item is ... for item in value):
            return "still holds a … of the stub."
        try:
            kinds = np.asarray(value).dtype.kind
        except Exception:
            kinds = "O"
        if kinds == "O" and any(isinstance(item, list | tuple | np.ndarray) for item in value):
            if isinstance(value, tuple):
                return f"is a tuple of {len(value)} things that are not of one shape."
            return "is a list whose rows are not equally long."
    if isinstance(value, np.ndarray) and value.dtype.kind == "b":
        return "holds True and False. The numbers themselves are asked for."
    if inspect.isroutine(value):
        return "is a function. Call it: its name, followed by parentheses."
    if type(value).__module__.startswith("scipy.sparse"):
        return f"is {describe(value)}: .toarray() makes a plain array of it."
    return f"is {describe(value)}."


def _reads_as_number(text: str | bytes) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _plain(value: object) -> object:
    """The value in a form that NumPy reads: fractions as floats, tensors without their gradients."""
    if isinstance(value, numbers.Real | Decimal) and not isinstance(value, bool | np.generic):
        return float(value)
    detach = getattr(value, "detach", None)  # PyTorch's tensors
    return detach().cpu() if callable(detach) else value


def _is_number(value: object) -> bool:
    return isinstance(value, numbers.Real | Decimal) and not isinstance(value, bool | np.bool_)
