"""Numbers that an exercise draws for a student: an answer copied from somebody else is the answer to another task.

`start(0, student="Ada")` says for whom. Without it every exercise asks what the lesson asks. An exercise declares which
of its numbers are drawn, from what, and how its task then reads:

    @exercise(
        "to say how many times smaller 16 is than 784",
        hints=(...),
        drawn=Drawn("to say how many times smaller {code} is than 784", {"code": range(5, 60)}),
    )
    def times_smaller(value, *, code=16):
        ...

Where the answer is a function, `adapt` makes of a function that is right for the drawn numbers one that is right for
the lesson's: the check stays as it is.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from aecourse.exercises.values import as_array

Numbers = dict[str, Any]
Adapt = Callable[..., Callable[..., Any]]


@dataclass(frozen=True)
class Drawn:
    """What an exercise draws for a student.

    Attributes:
        task: the question in one line, with the names of the numbers in braces.
        choices: for each number what it may be; the lesson's own is not among them.
        adapt: from the learner's function and the numbers to a function that answers the lesson's task; None where
            the check itself takes the numbers.

    Example:
        >>> drawn = Drawn("to halve {n}", {"n": range(10, 90)})
        >>> drawn.numbers("Ada", "lesson.half") == drawn.numbers(" ada ", "lesson.half")
        True
        >>> drawn.asked({"n": 12})
        'to halve 12'
    """

    task: str
    choices: Mapping[str, Sequence[Any]]
    adapt: Adapt | None = None

    def numbers(self, student: str, exercise: str) -> Numbers:
        """The numbers of a student: always the same for the same name and exercise."""
        name = " ".join(student.split()).casefold()
        seed = int.from_bytes(hashlib.sha256(f"{name}\n{exercise}".encode()).digest()[:8], "big")
        rng = np.random.default_rng(seed)
        return {number: values[int(rng.integers(len(values)))] for number, values in self.choices.items()}

    def asked(self, numbers: Numbers) -> str:
        """The task with these numbers in it."""
        return self.task.format(**numbers)

    def said(self, student: str, numbers: Numbers) -> str:
        """From what was drawn for whom, as the check says it."""
        return f"Drawn for {student}: {', '.join(f'{name} = {value}' for name, value in numbers.items())}."

    def given(self, answers: Sequence[object], numbers: Numbers) -> tuple[list[object], dict[str, object]]:
        """The answers as the check takes them, and what else it takes."""
        if self.adapt is None:
            return list(answers), dict(numbers)
        return [self._adapted(answer, numbers) for answer in answers], {}

    def _adapted(self, answer: object, numbers: Numbers) -> object:
        if not callable(answer) or isinstance(answer, type) or self.adapt is None:
            return answer
        adapted = self.adapt(answer, **numbers)

        @functools.wraps(answer)
        def asked(*arguments: object) -> object:
            return adapted(*arguments)

        return asked


def then(value: object, change: Callable[[np.ndarray], Any]) -> object:
    """What a change makes of numbers that the learner's function returned; anything else stays as it is."""
    array = as_array(value, truth=True)
    return value if array is None else change(array)
