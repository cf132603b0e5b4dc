"""What the package carries of the lessons: their order, for a learner's record, and their checks, for marks.

Whoever grades needs no notebook of the course: a submission's check cells are put back from this list.
"""

from __future__ import annotations

import json
from pathlib import Path

from aecourse.exercises.grading.needed import digest
from tools.lesson_format import CHECK_CALL, Course, Lesson, kind


def contents_path(course: Course) -> Path:
    """Return where the list is stored: beside the exercises."""
    return course.root / "aecourse" / "exercises" / "lessons.json"


def contents(course: Course) -> str:
    """Return the list: topic, title, checks and the digests of the other cells of every lesson, in order."""
    lessons = [
        {"topic": lesson.topic, "title": lesson.title, "checks": checks(lesson), "cells": cells(lesson)}
        for lesson in course.lessons
    ]
    return json.dumps(lessons, indent=1, ensure_ascii=False) + "\n"


def checks(lesson: Lesson) -> list[dict[str, str]]:
    """Return a lesson's check cells in order: the exercise, the cell's id, and its code."""
    return [
        {"exercise": name, "id": cell.id, "source": cell.source}
        for cell in lesson.cells
        if kind(cell) == "check"
        for name in CHECK_CALL.findall(cell.source)
    ]


def cells(lesson: Lesson) -> list[str]:
    """Return the digests of the code cells that are no part of an exercise: grading runs what it needs of them."""
    return [digest(cell.source) for cell in lesson.cells if cell.cell_type == "code" and not kind(cell)]


def stale(course: Course) -> bool:
    """Return whether a course with exercises stores another list, or none."""
    path = contents_path(course)
    return path.parent.is_dir() and not (path.exists() and path.read_text(encoding="utf-8") == contents(course))
