"""A function of the learner's on trial: called on copies, its slips recognised, its smallest mistake shown."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn, TypeAlias

import numpy as np

from aecourse.exercises.values import as_array, close, describe, shape_of
from aecourse.exercises.verdicts import NotAttemptedError, wrong

DIGITS, MOST_DIGITS = 4, 16  # of a number in an example: usually, and where two look alike

RIGHT = "right"  # the key of the right answer among those that slips give

Answers: TypeAlias = Mapping[str, object]


def call(function: object, *arguments: object, name: str) -> object:
    """Call the learner's function on copies of the arguments and return what it gives.

    Ends the check when it is no function, returns nothing, is still the stub (returns `...`), or overwrites what it was
    given. What it raises passes through to `Exercise.grade`, which explains it.
    """
    if not callable(function) or isinstance(function, type):
        wrong(f"{name} must be a function, and is {describe(function)}.")
    copies = [_copied(a) for a in arguments]
    result = function(*copies)
    if result is ...:
        raise NotAttemptedError
    changed = [i for i, (a, b) in enumerate(zip(arguments, copies, strict=True)) if not _same(a, b)]
    if changed:
        argument = names_of(function, len(arguments))[changed[0]]
        wrong(
            f"{name} overwrites {argument}, which it was given: whoever called it still needs it. "
            f"Work on a copy, {argument}.copy(), and return the result."
        )
    if result is None:
        wrong(f"{name} returns nothing (None). Is a `return` missing?")
    return result


def drawn_apart(
    draw: Callable[[np.random.Generator], tuple[Any, ...]],
    answers: Callable[..., Answers],
    *,
    margin: float = 0.02,
) -> tuple[Any, ...]:
    """Random arguments on which the right answer and every slip differ: no verdict is left to luck.

    Args:
        draw: from a generator to the arguments of the learner's function.
        answers: from these arguments to what the right answer (under the key `RIGHT`) and each slip (under its message)
            give.
        margin: by how much any two must differ somewhere, relative to the larger.

    Raises:
        RuntimeError: they are alike in a thousand draws: two slips are the same, or the draw is too narrow.
    """
    rng = np.random.default_rng()
    for _ in range(1000):
        arguments = draw(rng)
        given = list(answers(*[_copied(a) for a in arguments]).values())
        if not any(close(a, b, tolerance=margin) for i, a in enumerate(given) for b in given[:i]):
            return arguments
    raise RuntimeError("two answers of an exercise are alike on whatever is drawn")


def recognise(value: object, slips: Answers, *, tolerance: float = 1e-3, clipped: bool = False) -> None:
    """End the check with the message of the slip that the learner's value agrees with; do nothing if none does.

    Args:
        value: what the learner's code gave.
        slips: message → what the code gives when that mistake was made; an entry `RIGHT` is passed over.
        tolerance: as in `close`.
        clipped: whether the slip clipped to [0, 1] is the same slip.
    """
    for message, slip in slips.items():
        alike = [slip, np.clip(slip, 0, 1)] if clipped else [slip]  # type: ignore[call-overload]
        if message != RIGHT and any(close(value, other, tolerance=tolerance) for other in alike):
            wrong(message)


def first_wrong(values: Sequence[object], answers: Sequence[Answers], *, tolerance: float = 1e-3) -> int | None:
    """Return the place of the first of the learner's values that is not what the right answer gives, if any."""
    pairs = enumerate(zip(values, answers, strict=True))
    return next((i for i, (value, given) in pairs if not close(value, given[RIGHT], tolerance=tolerance)), None)


def recognise_each(values: Sequence[object], slips: Sequence[Answers], *, tolerance: float = 1e-5) -> None:
    """End the check with the message of the slip that all values agree with: one alone may look like a slip by chance.

    Args:
        values: what the learner's code gave for several arguments.
        slips: for each of them, what slips give, in the same order; the messages may differ in numbers.
        tolerance: as in `close`.
    """
    for entries in zip(*(answers.items() for answers in slips), strict=True):
        if entries[0][0] == RIGHT:
            continue
        if all(close(v, slip, tolerance=tolerance) for v, (_, slip) in zip(values, entries, strict=True)):
            wrong(entries[0][0])


def examples(
    function: object, cases: Sequence[tuple[tuple[object, ...], object]], *, name: str, advice: str = ""
) -> NoReturn:
    """End the check with the smallest example that the learner's function gets wrong: input, expected, got.

    For mistakes whose cause was not recognised.

    Args:
        function: the learner's.
        cases: from the smallest to the one that was found to be wrong: the arguments, and what is expected. Those that
            the function cannot take, or answers in another shape, are passed over.
        name: what messages call the function.
        advice: a sentence that is true of every mistake, if there is one.
    """
    for case in cases:
        try:
            got = call(function, *case[0], name=name)
        # What works for whole digits need not work for four pixels: then the next example.
        except Exception:
            if case is not cases[-1]:
                continue
            raise
        arguments, expected = case
        if not close(got, expected) and (case is cases[-1] or shape_of(got) == shape_of(expected)):
            break
    given = zip(names_of(function, len(arguments)), arguments, strict=True)
    lines = [
        f"{name} gives something else here. {advice}".rstrip(),
        *[f"{argument} = {shown(value)}" for argument, value in given],
        *told_apart(expected, got),
        *_first_difference(got, expected),
    ]
    wrong("\n".join(lines))


def uses(function: object, *others: object) -> bool:
    """Whether the learner's function is one of the course's, or calls one by its name or as a part of a module."""
    function = inspect.unwrap(function) if callable(function) else function  # of one that takes numbers of its own
    codes, names = [getattr(function, "__code__", None)], set()
    while codes:
        code = codes.pop()
        names |= set(getattr(code, "co_names", ()))
        # Comprehensions and inner functions.
        codes += [part for part in getattr(code, "co_consts", ()) if hasattr(part, "co_names")]
    known = getattr(function, "__globals__", {})
    found = [function, *(known.get(name) for name in names)]
    found += [vars(module).get(name) for module in found if inspect.ismodule(module) for name in names]
    return any(thing is other for thing in found for other in others)


def names_of(function: object, count: int) -> list[str]:
    """What the learner's function calls its first arguments."""
    try:
        names = [name for name, p in inspect.signature(function).parameters.items() if p.kind < p.VAR_POSITIONAL]  # type: ignore[arg-type]
    # Some functions made of machine code have no signature.
    except (TypeError, ValueError):
        names = []
    return [*names, *[f"argument {i + 1}" for i in range(len(names), count)]][:count]


def shown(value: object, *, digits: int = DIGITS) -> str:
    """A value as a line of an example: numbers with four digits, larger arrays by their shape."""
    array = as_array(value, truth=True)
    if array is None:
        return describe(value)
    if array.size > 40:
        return f"an array of shape {array.shape}"
    return _listed(array, digits)


def told_apart(expected: object, got: object) -> list[str]:
    """Both as lines of an example, with as many digits as show that they differ.

    Example:
        >>> told_apart(0.25004, 0.25)
        ['expected: 0.25004', 'got: 0.25']
    """
    for digits in range(DIGITS, MOST_DIGITS + 1):
        lines = shown(expected, digits=digits), shown(got, digits=digits)
        if lines[0] != lines[1]:
            break
    return [f"expected: {lines[0]}", f"got: {lines[1]}"]


def _listed(array: np.ndarray, digits: int) -> str:
    if array.ndim == 0:
        return f"{array:.{digits}g}"
    return f"[{', '.join(_listed(row, digits) for row in array)}]"


def _first_difference(got: object, expected: object) -> list[str]:
    """For arrays too large to show: the first place at which they differ."""
    array, wanted = as_array(got, truth=True), np.asarray(expected, dtype=float)
    if array is None or array.shape != wanted.shape or wanted.size <= 40:
        return []
    apart = np.abs(array - wanted)
    place = tuple(int(i) for i in np.unravel_index(np.argmax(apart > 1e-3 * np.abs(wanted).max()), wanted.shape))
    lines = told_apart(wanted[place], array[place])
    return [f"the first difference is at {list(place)}: {', '.join(line.replace(':', '') for line in lines)}"]


def _copied(value: object) -> Any:
    return copy.deepcopy(value) if isinstance(value, np.ndarray | list | tuple | dict) or _is_pandas(value) else value


def _is_pandas(value: object) -> bool:
    return type(value).__module__.split(".")[0] == "pandas"


def _same(a: Any, b: Any) -> bool:
    """Whether a copy is still what it was made of."""
    if isinstance(a, np.ndarray):
        if a.dtype.kind == "O":
            return isinstance(b, np.ndarray) and a.shape == b.shape and _same(a.ravel().tolist(), b.ravel().tolist())
        return a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(_same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict):
        return list(a) == list(b) and all(_same(a[key], b[key]) for key in a)
    if _is_pandas(a):
        names = [side for side in ("columns", "index", "name") if hasattr(a, side)]
        return bool(a.equals(b)) and all(_alike(getattr(a, side), getattr(b, side, None)) for side in names)
    # What was not copied, such as a generator, may change; numbers and texts cannot.
    return True


def _alike(a: Any, b: Any) -> bool:
    return bool(a.equals(b)) if hasattr(a, "equals") else bool(a == b)
