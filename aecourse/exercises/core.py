"""The machinery of an exercise: three answers (correct, wrong, not attempted) and hints in steps.

A lesson's exercise is a function that examines the learner's answer. It returns a word of praise when the answer is
right and calls `wrong(...)` when it is not:

    @exercise("How many numbers are two pairs?", hints=("Count them.", "2 × 2."))
    def pairs(n):
        if a_number(n, "n") == 2:
            wrong("2 is one pair.")
        ...
"""

from __future__ import annotations

import copy
import html
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

import numpy as np
from IPython import get_ipython
from IPython.display import display

from aecourse.session import seed_again

SIGNS = {"correct": "✓", "wrong": "✗", "not attempted": "○", "hint": "→"}
COLOURS = {"correct": "#00694d", "wrong": "#a63c00", "not attempted": "#4d4d4d", "hint": "#00558a"}


@dataclass(frozen=True)
class Answer:
    """What an exercise says: `kind` is "correct", "wrong", "not attempted" or "hint"."""

    kind: str
    message: str

    def __str__(self) -> str:
        return f"{SIGNS[self.kind]} {self.kind}: {self.message}"

    __repr__ = __str__

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """Plain text for a terminal, a coloured line for a notebook; the learner's own text cannot become markup."""
        sign, message = SIGNS[self.kind], html.escape(self.message).replace("\n", "<br>")
        return {
            "text/plain": str(self),
            "text/html": (
                f'<div style="background:#ffffff;color:#1a1a1a;border-left:4px solid {COLOURS[self.kind]};'
                f'padding:6px 10px;max-width:46em"><strong style="color:{COLOURS[self.kind]}">'
                f"{sign} {self.kind}</strong> {message}</div>"
            ),
        }


class WrongError(Exception):
    """Ends a check: the answer is wrong, the message says why."""


class NotAttemptedError(Exception):
    """Ends a check: the stub is as it was."""


def wrong(message: str) -> NoReturn:
    """End the check of an exercise: the answer is wrong, and `message` tells the learner why."""
    raise WrongError(message)


class Exercise:
    """One exercise of a lesson.

    Args:
        task: the question in one line.
        examine: takes the learner's answers; returns a word on the right answer, or calls `wrong`.
        hints: from a nudge to nearly the answer; at least two.

    Example:
        >>> two = Exercise("two", lambda n: "indeed." if n == 2 else wrong(f"{n} is not two."), ("one and one", "2"))
        >>> two.grade(3), two.grade(2), two.grade(...)
        (✗ wrong: 3 is not two., ✓ correct: indeed., ○ not attempted: the task is two. Replace ...)
    """

    def __init__(self, task: str, examine: Callable[..., str], hints: Sequence[str]) -> None:
        if isinstance(hints, str) or len(hints) < 2:
            raise ValueError(f"hints must hold at least two texts, got {hints!r}")
        self.task = task
        self.examine = examine
        self.hints = tuple(hints)
        self._next_hint = 0

    def grade(self, *answers: object, **given: object) -> Answer:
        """The answer to `answers`; never raises, whatever the learner's code does; `given` comes from the lesson."""
        if any(a is ... for a in answers):
            left = sum(a is ... for a in answers)
            if left == len(answers):
                return self._not_attempted()
            return Answer("wrong", f"{left} of the {len(answers)} values: still the … of the stub.")
        try:
            return Answer("correct", self.examine(*answers, **given))
        except NotAttemptedError:
            return self._not_attempted()
        except WrongError as error:
            return Answer("wrong", str(error))
        except KeyboardInterrupt:
            return Answer(
                "wrong", "you stopped the check while your code was running. Is there a loop that never ends?"
            )
        # Whatever a learner's code or value makes happen is an answer to explain, not an error of the notebook.
        except (Exception, SystemExit) as error:
            return Answer("wrong", explain(error))

    def check(self, *answers: object, **given: object) -> None:
        """Show the answer to `answers`: ✓ correct, ✗ wrong and why, or ○ not attempted.

        Afterwards all seeds are set anew: what was tried in an exercise changes nothing in the lesson below it.
        """
        _show(self.grade(*answers, **given))
        seed_again()

    def hint(self) -> None:
        """Show the first hint; called again, the next. The last one all but gives it away."""
        number = min(self._next_hint, len(self.hints) - 1)
        self._next_hint = number + 1
        _show(Answer("hint", f"{number + 1} of {len(self.hints)}: {self.hints[number]}"))

    def _not_attempted(self) -> Answer:
        name = f"exercise.{self.examine.__name__}"
        return Answer(
            "not attempted",
            f"the task is {self.task}. Replace the … in the cell above, run it, then run this cell again. "
            f"Stuck? {name}.hint() helps.",
        )


def exercise(task: str, *, hints: Sequence[str]) -> Callable[[Callable[..., str]], Exercise]:
    """Make an `Exercise` of a function that examines answers."""
    return lambda examine: Exercise(task, examine, hints)


def _show(answer: Answer) -> None:
    if get_ipython() is None:
        print(answer)
    else:
        display(answer)


def call(function: object, *arguments: object, name: str) -> object:
    """Call the learner's function on copies of the arguments and return what it gives.

    Ends the check when it is no function, returns nothing, or is still the stub (returns `...`). What it raises passes
    through to `Exercise.grade`, which explains it.
    """
    if not callable(function):
        wrong(f"{name} must be a function, and is {describe(function)}.")
    copies = [copy.deepcopy(a) if isinstance(a, np.ndarray | list | tuple | dict) else a for a in arguments]
    result = function(*copies)
    if result is ...:
        raise NotAttemptedError
    if result is None:
        wrong(f"{name} returns nothing (None). Is a `return` missing?")
    return result


def a_number(value: object, name: str) -> float:
    """The learner's value as a float; ends the check when it is no finite number."""
    array = _numeric(value, name)
    if array.size != 1:
        wrong(f"{name} must be one number, and is {describe(value)}.")
    return float(array.reshape(()))


def an_array(value: object, name: str, *, shape: tuple[int, ...]) -> np.ndarray:
    """The learner's value as a NumPy array; ends the check when it has another shape or holds no finite numbers."""
    array = _numeric(value, name)
    if array.shape != shape:
        wrong(f"{name} must have shape {shape}, and has shape {array.shape}.")
    return array


def _numeric(value: object, name: str) -> np.ndarray:
    array = _as_array(value)
    if array is None:
        wrong(f"{name} must be a number or an array of numbers, without quotes, and is {describe(value)}.")
    if not np.isfinite(array).all():
        wrong(f"{name} holds NaN or infinity. Is something divided by zero?")
    return array


def _as_array(value: object) -> np.ndarray | None:
    """The value as an array of real numbers, or None where it is none: a text, a bool or a ragged list."""
    try:
        array = np.asarray(value)
    # What an object answers to NumPy is as unforeseeable as the objects that learners pass.
    except Exception:
        return None
    return array if array.dtype.kind in "iuf" else None


def close(value: object, expected: object, *, tolerance: float = 1e-3) -> bool:
    """Whether two numbers or arrays agree, relative to the size of what is expected; False for what is no number."""
    array, wanted = _as_array(value), np.asarray(expected, dtype=float)
    if array is None or array.shape != wanted.shape:
        return False
    size = max(float(np.abs(wanted).max(initial=0.0)), 1e-12)
    return bool((np.abs(array - wanted) <= tolerance * size).all())


def recognise(value: object, slips: Mapping[str, object], *, tolerance: float = 1e-3, clipped: bool = False) -> None:
    """End the check with the message of the slip that the learner's value agrees with; do nothing if none does.

    Args:
        value: what the learner's code gave.
        slips: message → what the code gives when that mistake was made.
        tolerance: as in `close`.
        clipped: whether the slip clipped to [0, 1] is the same slip.
    """
    for message, slip in slips.items():
        alike = [slip, np.clip(slip, 0, 1)] if clipped else [slip]  # type: ignore[call-overload]
        if any(close(value, other, tolerance=tolerance) for other in alike):
            wrong(message)


def confirm_on_test(validation_error: float, test_error: float) -> None:
    """End the check when the error on test data gives away that the validation data were trained on."""
    if test_error > 1.15 * validation_error:
        wrong(
            f"{validation_error:.4f} on the validation data, but {test_error:.4f} on the test data. "
            "Was the validation data among the training data? Train on x_fit only."
        )


def describe(value: object) -> str:
    """A learner's value in a few words: its type and, where it is short, itself."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    try:
        text = repr(value)
    except Exception:
        text = "something that cannot be printed"
    return f"{text if len(text) <= 60 else text[:57] + '…'} ({type(value).__name__})"


ADVICE = {
    "NameError": "A name is not known: is it spelled as in the cells above, and were they run?",
    "TypeError": "A value has the wrong kind for what is done with it, or a call has the wrong number of arguments.",
    "ValueError": "The shapes or values do not fit together: print the shapes on both sides of the operation.",
    "IndexError": "An index points past the end: print the shape of what is indexed.",
    "ZeroDivisionError": "Something is divided by zero.",
    "RecursionError": "The function calls itself without an end.",
}


def explain(error: BaseException) -> str:
    """What a learner's code raised, where, and what it usually means."""
    try:
        said = str(error)
    except Exception:
        said = "(a message that cannot be printed)"
    lines = [f"your code raised {type(error).__name__}: {said}"]
    own = [
        f
        for f in traceback.extract_tb(error.__traceback__)
        if "ipykernel_" in f.filename or "ipython-input" in f.filename
    ]
    if own:
        lines.append(f"It happened in line {own[-1].lineno} of your cell: {own[-1].line}")
    if "ellipsis" in said:
        lines.append("Is a … of the stub still there?")
    elif type(error).__name__ in ADVICE:
        lines.append(ADVICE[type(error).__name__])
    return "\n".join(lines)
