"""Grade one submission: a process of its own, a time, and what it has said by then."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from aecourse.exercises import challenge
from aecourse.exercises.core import Exercise
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

PASSED_ON = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "LD_LIBRARY_PATH", "KERAS_BACKEND", "SYSTEMROOT", "WINDIR")
MOST_SAID = 2 * 2**20  # bytes of what a submission reports
LONGEST = 4000  # letters of a message


@dataclass(frozen=True)
class Limits:
    """What a submission may take, and how many run at once.

    Attributes:
        seconds: of computing, whatever else the machine does.
        clock: seconds on the clock, for those that wait instead.
        memory: bytes.
        jobs: how many run at once.
    """

    seconds: int
    clock: int
    memory: int
    jobs: int


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
    with (
        tempfile.TemporaryDirectory(prefix="aecourse-", ignore_cleanup_errors=True) as name,
        tempfile.TemporaryFile() as out,
    ):
        folder = Path(name)
        if secret is not None:
            np.save(folder / DAMAGED, secret[1])
        process = subprocess.Popen(
            [sys.executable, "-m", "aecourse.exercises.grading.run"],
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env=_environment(folder, graded.drawn_for, limits),
            start_new_session=True,
        )
        late = False
        try:
            process.communicate(json.dumps(job).encode(), timeout=limits.clock)
        except subprocess.TimeoutExpired:
            late = True
        finally:
            _end(process)
        out.seek(0)
        lines = list(_lines(out.read(MOST_SAID)))
        if secret is not None:
            _score(graded, folder / RESTORED, *secret)
    _take_over(graded, lines, plan, lesson)
    cell = next((line["cell"] for line in reversed(lines) if isinstance(line.get("cell"), int)), 0)
    number = plan.steps[cell - 1].number if 0 < cell <= len(plan.steps) else 0
    where = f"in code cell {number}" if number else "in a check that was missing" if cell else "before its first cell"
    if late:
        graded.remarks.append(f"stopped after {limits.clock} s on the clock, {where}")
    elif -process.returncode == getattr(signal, "SIGXCPU", 0):
        graded.remarks.append(f"stopped after {limits.seconds} s of computing, {where}")
    elif not any(line.get("done") is True for line in lines):
        graded.remarks.append(f"ended by itself {where}{_why(process.returncode)}")


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


def _why(code: int) -> str:
    if code < 0:
        try:
            return f" ({signal.Signals(-code).name})"
        except ValueError:
            return f" (signal {-code})"
    return f" (exit {code})"


def _environment(folder: Path, student: str | None, limits: Limits) -> dict[str, str]:
    """What a submission finds in its environment: nothing of the teacher's but where Python and its packages are."""
    threads = str(max(1, (os.cpu_count() or 1) // limits.jobs))
    passed_on = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    homes = ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "XDG_DATA_HOME", "XDG_CACHE_HOME", "IPYTHONDIR")
    return {
        **passed_on,
        **dict.fromkeys((*homes, "TMPDIR", "TEMP", "TMP"), str(folder)),
        "PYTHONPATH": os.pathsep.join([_root(), *filter(None, [passed_on.get("PYTHONPATH")])]),
        "PYTHONIOENCODING": "utf-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": _fonts(folder),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        **dict.fromkeys(("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"), threads),
        "AECOURSE_RECORD": "off",
        **({"AECOURSE_STUDENT": student[:60]} if student else {}),
    }


def _root() -> str:
    """The folder that holds the package that grades: the submission is to meet this one and no other."""
    return str(Path(importlib.import_module("aecourse").__file__ or "").resolve().parents[1])


def _fonts(folder: Path) -> str:
    """Matplotlib's list of fonts, copied: making it anew takes seconds."""
    import matplotlib as mpl

    place = folder / "matplotlib"
    place.mkdir()
    for path in Path(mpl.get_cachedir()).glob("fontlist-*.json"):
        shutil.copy(path, place)
    return str(place)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a submission's process, and whatever else it left in its group."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()


def _lines(data: bytes) -> Iterator[dict[str, Any]]:
    """What a submission reported; what is no report is passed over."""
    for line in data.splitlines():
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(said, dict):
            yield said


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
