"""The list of lessons that the package carries, so that a learner's record can show them in order."""

from __future__ import annotations

import json
from pathlib import Path

from tools.lesson_format import Course


def contents_path(course: Course) -> Path:
    """Return where the list is stored: beside the exercises."""
    return course.root / "aecourse" / "exercises" / "lessons.json"


def contents(course: Course) -> str:
    """Return the list: topic and title of every lesson in the order of the course."""
    lessons = [{"topic": lesson.topic, "title": lesson.title} for lesson in course.lessons]
    return json.dumps(lessons, indent=1, ensure_ascii=False) + "\n"


def stale(course: Course) -> bool:
    """Return whether a course with exercises stores another list, or none."""
    path = contents_path(course)
    return path.parent.is_dir() and not (path.exists() and path.read_text(encoding="utf-8") == contents(course))
