"""Grade one submission: its verdicts, and what a teacher should know of it."""

from __future__ import annotations

import importlib
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from aecourse.exercises import challenge
from aecourse.exercises.core import Exercise
from aecourse.exercises.grading.process import Limits, executed
from aecourse.exercises.grading.putting_back import BY_HAND, CHALLENGE, Plan, put_back
from aecourse.exercises.grading.run import DAMAGED, RESTORED
from aecourse.exercises.grading.submissions import (
    ForeignError,
    Lesson,
    Submission,
    cells_of,
    lesson_of,
    named_in,
)
from aecourse.exercises.records import VERDICTS

LONGEST = 4000  # letters of a message


@dataclass
class Graded:
    """What became of one submission.

    Attributes:
        submission: the file.
        lesson: the lesson it answers; None where it is none of the course's.
        verdicts: for each exercise the verdict and what was said.
        answers: for each exercise the student's code.
        remarks: what a teacher should know of it.
        drawn_for: the student for whom its numbers were drawn, if any.
        score: dB gained on the secret digits of the challenge, where it was answered.
    """

    submission: Submission
    lesson: Lesson | None = None
    verdicts: dict[str, tuple[str, str]] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    drawn_for: str | None = None
    score: float | None = None


def grade(
    submission: Submission,
    lessons: list[Lesson],
    limits: Limits,
    *,
    own: bool = False,
    secret: tuple[np.ndarray, np.ndarray] | None = None,
) -> Graded:
    """Grade one submission; whatever it does becomes a verdict or a remark of its own.

    Args:
        submission: the file.
        lessons: those of the course.
        limits: of time and memory.
        own: whether its numbers are drawn for the student even where the notebook names none.
        secret: the clean and damaged digits of the challenge; only the damaged ones reach the submission.
    """
    graded = Graded(submission)
    try:
        cells = cells_of(submission)
        graded.lesson = lesson = lesson_of(cells, submission.path, lessons)
    except ForeignError as error:
        graded.remarks.append(str(error))
        return graded
    if lesson.topic not in submission.path.stem:
        graded.remarks.append(f"recognised as {lesson.topic} by its checks")
    named = named_in(cells)
    if named is not None or own:
        graded.drawn_for = submission.student
        if named is None:
            graded.remarks.append("names no student in start()")
        elif " ".join(named.split()).casefold() != " ".join(submission.student.split()).casefold():
            graded.remarks.append(f"names another student in start(): {named[:60] or 'no plain text'}")
    plan = put_back(cells, lesson)
    graded.answers = plan.answers
    for names, what in ((plan.missing, "missing"), (plan.changed, "changed")):
        if names:
            graded.remarks.append(f"check {what} and put back: {', '.join(names)}")
    _run(graded, plan, lesson, limits, secret if lesson.topic == CHALLENGE.topic else None)
    for name in lesson.names:
        if name in BY_HAND.get(lesson.topic, ()):
            verdict = plan.said.get(name, "not attempted")
            said = verdict if verdict in VERDICTS else "not attempted"
            graded.verdicts[name] = ("by hand", f"it needs a browser; the notebook as handed in says: {said}.")
        graded.verdicts.setdefault(name, ("not reached", "the notebook ended before this check."))
    return graded


def _run(
    graded: Graded, plan: Plan, lesson: Lesson, limits: Limits, secret: tuple[np.ndarray, np.ndarray] | None
) -> None:
    """Run the plan in a process of its own, and take over what it says."""
    job = {
        "cells": [
            {"source": step.source, "check": f"{lesson.topic}.{step.check}" if step.check else ""}
            for step in plan.steps
        ],
        "lesson": lesson.cells,
        "memory": limits.memory,
        "cpu_seconds": limits.seconds,
        "challenge": secret is not None,
    }
    with tempfile.TemporaryDirectory(prefix="aecourse-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if secret is not None:
            np.save(folder / DAMAGED, secret[1])
        lines, ended = executed(job, folder, graded.drawn_for, limits)
        if secret is not None:
            _score(graded, folder / RESTORED, *secret)
    _take_over(graded, lines, plan, lesson)
    cell = next((line["cell"] for line in reversed(lines) if isinstance(line.get("cell"), int)), 0)
    number = plan.steps[cell - 1].number if 0 < cell <= len(plan.steps) else 0
    where = f"in code cell {number}" if number else "in a check that was missing" if cell else "before its first cell"
    if ended:
        graded.remarks.append(f"{ended}, {where}")


def _score(graded: Graded, path: Path, clean: np.ndarray, damaged: np.ndarray) -> None:
    """Score what came back of the secret digits: the clean ones never were where the submission is."""
    if path.is_symlink() or not path.is_file() or path.stat().st_size != clean.nbytes:
        graded.remarks.append("no score: restore gave nothing back, or nothing of the shape of the digits")
        return
    restored = np.frombuffer(path.read_bytes(), dtype=np.float32).reshape(clean.shape)
    if not np.isfinite(restored).all():
        graded.remarks.append("no score: restore gave NaN or infinity")
        return
    graded.score = challenge.gained(clean, damaged, restored)


def _take_over(graded: Graded, lines: list[dict[str, Any]], plan: Plan, lesson: Lesson) -> None:
    """Take over verdicts on the lesson's exercises and nothing else, whatever else the process wrote."""
    failed = []
    for line in lines:
        topic, _, name = str(line.get("check", "")).rpartition(".")
        error = str(line.get("error") or "")[:300]
        if topic == lesson.topic and name in lesson.names:
            verdict, message = line.get("verdict"), line.get("message")
            if verdict in VERDICTS and isinstance(message, str):
                graded.verdicts[name] = (str(verdict), message[:LONGEST])
            else:
                graded.verdicts[name] = _unsaid(lesson, name, error)
        elif line.get("failed") in range(1, len(plan.steps) + 1):
            failed.append(f"code cell {plan.steps[line['failed'] - 1].number}: {error}"[:200])
    if failed:
        more = f", and {len(failed) - 3} more" if len(failed) > 3 else ""
        graded.remarks.append(f"errors: {'; '.join(failed[:3])}{more}")


def _unsaid(lesson: Lesson, name: str, error: str) -> tuple[str, str]:
    """The verdict of a check that could not be called: a name that it needs is not there, say."""
    if error.startswith("NameError"):
        exercise = getattr(importlib.import_module(f"aecourse.exercises.{lesson.topic}"), name)
        task = exercise.task if isinstance(exercise, Exercise) else name
        return ("not attempted", f"{error}. The task is {task}.")
    return ("wrong", error or "the check said nothing.")
