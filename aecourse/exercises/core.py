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

import html
import inspect
import re
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from IPython import get_ipython
from IPython.display import display

from aecourse.exercises import records
from aecourse.exercises.drawn import Drawn
from aecourse.exercises.trial import RIGHT, call, drawn_apart, examples, first_wrong, recognise, recognise_each, uses
from aecourse.exercises.values import a_number, an_array, as_array, close, describe, kind, shape_of
from aecourse.exercises.verdicts import NotAttemptedError, WrongError, wrong
from aecourse.session import seed_again, student

__all__ = [
    "RIGHT", "Answer", "Drawn", "Exercise", "a_number", "an_array", "as_array", "call", "close", "describe",
    "drawn_apart", "examples", "exercise", "explain", "first_wrong", "kind", "recognise", "recognise_each", "shape_of",
    "uses", "wrong",
]  # fmt: skip

SIGNS = {"correct": "✓", "wrong": "✗", "not attempted": "○", "hint": "→"}
VERDICT = "application/vnd.aecourse.answer+json"
COLOURS = {"correct": "#00694d", "wrong": "#a63c00", "not attempted": "#4d4d4d", "hint": "#00558a"}


@dataclass(frozen=True)
class Answer:
    """What an exercise says: `kind` is "correct", "wrong", "not attempted" or "hint"; `exercise` is topic and name."""

    kind: str
    message: str
    exercise: str = ""

    def __str__(self) -> str:
        return f"{SIGNS[self.kind]} {self.kind}: {self.message}"

    __repr__ = __str__

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        """Plain text for a terminal, a coloured line for a notebook; the learner's own text cannot become markup.

        A check's verdict is there for programs, too: in it stands nothing that changes with a version of the course.
        """
        sign, message = SIGNS[self.kind], html.escape(self.message).replace("\n", "<br>")
        message = re.sub("`([^`<]+)`", r"<code>\1</code>", message)
        verdict = {VERDICT: {"exercise": self.exercise, "verdict": self.kind}} if self.exercise else {}
        return verdict | {
            "text/plain": str(self),
            "text/html": (
                f'<div style="background:#ffffff;color:#1a1a1a;border-left:4px solid {COLOURS[self.kind]};'
                f'padding:6px 10px;max-width:46em"><strong style="color:{COLOURS[self.kind]}">'
                f"{sign} {self.kind}</strong> {message}</div>"
            ),
        }


class Exercise:
    """One exercise of a lesson.

    Args:
        task: the question in one line.
        examine: takes the learner's answers; returns a word on the right answer, or calls `wrong`.
        hints: from a nudge to nearly the answer; at least two.
        drawn: the numbers in the task that are drawn anew for a student, where there are any.

    Example:
        >>> two = Exercise("two", lambda n: "indeed." if n == 2 else wrong(f"{n} is not two."), ("one and one", "2"))
        >>> two.grade(3), two.grade(2), two.grade(...)
        (✗ wrong: 3 is not two., ✓ correct: indeed., ○ not attempted: the task is two. Replace ...)
    """

    def __init__(
        self, task: str, examine: Callable[..., str], hints: Sequence[str], drawn: Drawn | None = None
    ) -> None:
        if isinstance(hints, str) or len(hints) < 2:
            raise ValueError(f"hints must hold at least two texts, got {hints!r}")
        self.task = task
        self.examine = examine
        self.hints = tuple(hints)
        self.drawn = drawn
        self._next_hint = 0

    @property
    def name(self) -> str:
        """Topic and name, such as `"sound.mix"`."""
        return f"{self.examine.__module__.rpartition('.')[2]}.{self.examine.__name__}"

    def grade(self, *answers: object, **given: object) -> Answer:
        """The answer to `answers`; never raises, whatever the learner's code does; `given` comes from the lesson."""
        names = [p.name for p in inspect.signature(self.examine).parameters.values() if p.kind < p.VAR_POSITIONAL]
        if len(answers) != len(names):
            return Answer("wrong", f"the check takes {', '.join(names) or 'nothing'}: {len(answers)} came.")
        person = student()
        if self.drawn is None or person is None:
            return self._examined(answers, given, self.task)
        numbers = self.drawn.numbers(person, self.name)
        task = self.drawn.asked(numbers)
        own, also = self.drawn.given(answers, numbers)
        answer = self._examined(own, given | also, task)
        if answer.kind == "wrong" and self._examined(answers, given, task).kind == "correct":
            answer = Answer("wrong", f"that answers the task of the lesson, {self.task}. Yours is {task}.")
        return replace(answer, message=f"{answer.message}\n{self.drawn.said(person, numbers)}")

    def _needed(self) -> list[str]:
        """What a lesson has to hand over to the check beside the answers."""
        parameters = inspect.signature(self.examine).parameters.values()
        return [p.name for p in parameters if p.kind is p.KEYWORD_ONLY and p.default is p.empty]

    def _examined(self, answers: Sequence[object], given: dict[str, object], task: str) -> Answer:
        """The answer to `answers` where the task is this one."""
        names = [p.name for p in inspect.signature(self.examine).parameters.values() if p.kind < p.VAR_POSITIONAL]
        if left := [name for name, answer in zip(names, answers, strict=True) if answer is ...]:
            if len(left) == len(answers):
                return self._not_attempted(task)
            return Answer("wrong", f"{' and '.join(left)} {'is' if len(left) == 1 else 'are'} still the … of the stub.")
        if missing := [name for name in self._needed() if name not in given]:
            asked = " and ".join(f"{name}=…" for name in missing)
            return Answer("wrong", f"the check needs {asked} as well, as in the lesson's own cell: run that one.")
        try:
            return Answer("correct", self.examine(*answers, **given))
        except NotAttemptedError:
            return self._not_attempted(task)
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

        The verdict is kept in the learner's own record (`aecourse.exercises.record`). Afterwards all seeds are set
        anew: what was tried in an exercise changes nothing in the lesson below it.
        """
        answer = replace(self.grade(*answers, **given), exercise=self.name)
        _show(answer)
        records.keep(self.name, answer.kind)
        seed_again()

    def hint(self) -> None:
        """Show the first hint; called again, the next. The last one all but gives it away."""
        number = min(self._next_hint, len(self.hints) - 1)
        self._next_hint = number + 1
        text, person = f"{number + 1} of {len(self.hints)}: {self.hints[number]}", student()
        if self.drawn is not None and person is not None:
            text += (
                f"\nThese are the lesson's numbers. {self.drawn.said(person, self.drawn.numbers(person, self.name))}"
            )
        _show(Answer("hint", text))

    def _not_attempted(self, task: str) -> Answer:
        name = f"exercise.{self.examine.__name__}"
        return Answer(
            "not attempted",
            f"the task is {task}. Replace the … in the cell above, run it, then run this cell again. "
            f"Stuck? {name}.hint() helps.",
        )


def exercise(
    task: str, *, hints: Sequence[str], drawn: Drawn | None = None
) -> Callable[[Callable[..., str]], Exercise]:
    """Make an `Exercise` of a function that examines answers."""
    return lambda examine: Exercise(task, examine, hints, drawn)


def _show(answer: Answer) -> None:
    if get_ipython() is None:
        print(answer)
    else:
        display(answer)


# What an error usually means: its type, what is in its message, and what to do.
ADVICE = (
    ("NameError", "", "A name is not known: is it spelled as in the cells above, and were they run?"),
    ("UnboundLocalError", "", "A function reads a name before it gives it a value."),
    ("AttributeError", "NoneType", "Something is None: does a function that was called return nothing?"),
    ("AttributeError", "", "A value has no such part: print its type, and check the spelling."),
    ("KeyError", "", "There is no such key: print the keys that there are."),
    ("IndexError", "too many indices", "An array has fewer axes than the index asks for: print its shape."),
    ("IndexError", "out of (bounds|range)", "An index points past the end: print the shape of what is indexed."),
    ("ValueError", "read-only", "That array cannot be written to: make a copy of it first."),
    ("ValueError", "truth value of an array",
     "`if`, `and` and Python's own max and min need one True or False, not an array: np.where, np.maximum and "
     "np.minimum take arrays."),
    ("ValueError", "object too deep",
     "An array has more axes than the function takes: print its shape. A dense array plus a sparse one is a np.matrix, "
     "whose rows keep two axes: call .toarray() on the sparse one first."),
    ("ValueError", "too many values|not enough values", "There are more or fewer values than names on the left."),
    ("ValueError", "shapes|broadcast|dimension|reshape|axis|axes|aligned|matmul|Matrix",
     "The shapes do not fit together: print the shapes on both sides of the operation."),
    ("AxisError", "", "An array has fewer axes than `axis` asks for: print its shape."),
    ("TypeError", "positional argument", "A call has too many or too few arguments."),
    ("TypeError", "keyword argument", "A call names an argument that the function does not have."),
    ("TypeError", "bitwise_xor|\\^: ", "Python's power is **, not ^."),
    ("TypeError", "not callable", "Something that is no function is followed by parentheses."),
    ("TypeError", "", "A value has the wrong kind for what is done with it: print its type."),
    ("ZeroDivisionError", "", "Something is divided by zero."),
    ("RecursionError", "", "The function calls itself without an end."),
)  # fmt: skip


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
    else:
        fits = (advice for name, part, advice in ADVICE if name == type(error).__name__ and re.search(part, said))
        lines.extend(list(fits)[:1])
    return "\n".join(lines)
