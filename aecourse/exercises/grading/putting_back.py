"""The course's own checks, put back into a notebook in the place of those that were handed in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import resources

from aecourse.exercises.grading.submissions import CHECK, Cell, Lesson

# What needs a browser and a pair of hands: these verdicts are taken from the notebook as it was handed in.
BY_HAND = {"bottleneck": ("small_code", "penalised_map")}

CHALLENGE = Lesson("challenge", "The challenge", (("restore", "challenge-restore", "exercise.restore.check(restore)"),))


def course() -> list[Lesson]:
    """The lessons with their checks, in order, as the build wrote them to `lessons.json`; then the challenge."""
    text = resources.files("aecourse.exercises").joinpath("lessons.json").read_text(encoding="utf-8")
    lessons = [
        Lesson(
            lesson["topic"],
            lesson["title"],
            tuple((check["exercise"], check["id"], check["source"]) for check in lesson["checks"]),
            tuple(lesson["cells"]),
        )
        for lesson in json.loads(text)
    ]
    return [*lessons, CHALLENGE]


@dataclass(frozen=True)
class Step:
    """A piece of code to run; `check` names the exercise where it is the course's own check.

    `number` says which of the notebook's code cells it is, and is 0 for a check that was not in it.
    """

    source: str
    check: str = ""
    number: int = 0


@dataclass(frozen=True)
class Plan:
    """What is run of a submission.

    Attributes:
        steps: the student's cells, with the checks of the course among them.
        answers: for each exercise the student's code above its check.
        missing: the exercises whose check was not in the notebook; it was put at the end.
        changed: the exercises whose check had been changed.
        said: what checks said in the notebook as it was handed in, by exercise.
    """

    steps: tuple[Step, ...]
    answers: dict[str, str]
    missing: tuple[str, ...]
    changed: tuple[str, ...]
    said: dict[str, str]


def put_back(cells: list[Cell], lesson: Lesson) -> Plan:
    """Replace each check by the course's: found by its call, then by its cell's id; what stood there runs before it.

    Where a check was copied to several places, the last one counts.
    """
    sources = {name: source for name, _, source in lesson.checks}
    ids = {cell_id: name for name, cell_id, _ in lesson.checks}
    holds = [_checks_in(cell, sources, ids) for cell in cells]
    last = {name: place for place, names in enumerate(holds) for name in names}
    steps: list[Step] = []
    answers: dict[str, str] = {}
    changed: list[str] = []
    before = ""
    for place, (cell, names) in enumerate(zip(cells, holds, strict=True)):
        untouched = len(names) == 1 and _same(cell.source, sources[names[0]])
        if not untouched:
            steps.append(Step(cell.source, number=place + 1))
            changed += [name for name in names if last[name] == place]
        for name in names:
            if last[name] == place:
                steps.append(Step(_own(lesson, sources[name]), name, place + 1))
                answers[name] = before if untouched else cell.source
        before = cell.source
    missing = [name for name in lesson.names if name not in last]
    steps += [Step(_own(lesson, sources[name]), check=name) for name in missing]
    said = {of.rpartition(".")[2]: verdict for cell in cells for of, verdict in cell.said}
    return Plan(tuple(steps), answers, tuple(missing), tuple(changed), said)


def _checks_in(cell: Cell, sources: dict[str, str], ids: dict[str, str]) -> list[str]:
    called = [name for name in dict.fromkeys(CHECK.findall(cell.source)) if name in sources]
    return called or [name for cell_id, name in ids.items() if cell_id == cell.id]


def _same(source: str, other: str) -> bool:
    return "".join(source.split()) == "".join(other.split())


def _own(lesson: Lesson, source: str) -> str:
    """The course's check, on the course's exercise, whatever the name means in the notebook by now."""
    return f"from aecourse.exercises import {lesson.topic} as exercise\n{source}"
