"""The stamped part of `TEACHING.md`: for each lesson its outcomes, needs, minutes and typical mistakes.

Everything comes from where it is true: outcomes and needs from the lesson's first cell, seconds from the stored
notebook, mistakes from `lessons/<topic>/answers.py`, whose messages the tests compare with what the checks say.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterator
from pathlib import Path

from tools.lesson_format import CHECK_CALL, Course, Lesson, kind
from tools.readme import row, stamp
from tools.stamp import expanded, reading_time
from tools.stored import paths_of, read_notebook, times_of

MINUTES, STRETCH = 4, 15  # for an exercise, and for the last one of a lesson
SHOWN = 3  # mistakes an exercise
TABLES = ("REFUSED", "REFUSED_TRAINED")
OF_THE_FORM = re.compile(r" must (be|hold|return|have)\b|the stub|NaN|quotes|^[^a-zA-Z]*$")  # no slips of thought


def page_path(course: Course) -> Path:
    """Return where the page for teachers is stored."""
    return course.root / "TEACHING.md"


def stale(course: Course) -> bool:
    """Return whether a course with a page for teachers stores another one than it should."""
    path = page_path(course)
    return path.exists() and path.read_text(encoding="utf-8") != stamped(course)


def stamped(course: Course) -> str:
    """Return the page with its table and the lessons' sections stamped in."""
    text = page_path(course).read_text(encoding="utf-8")
    return stamp(stamp(text, "minutes", overview(course)), "lessons", "\n\n".join(map_of(course)))


def overview(course: Course) -> str:
    """Return the table of all lessons with their minutes."""
    rows = [row("", "Lesson", "Read", "With exercises", "Run", "Needs"), "|" + "---|" * 6]
    for lesson in course.lessons:
        minutes = reading_time(lesson, "notebooks")
        link = f"[{lesson.title}](notebooks/{lesson.name}.ipynb)"
        needs = expanded(course, paragraph(lesson, "You need").rstrip("."), folder="notebooks/")
        columns = (f"{minutes} min", f"{with_exercises(course, lesson)} min", seconds(course, lesson), needs)
        rows.append(row(f"{lesson.number:02d}", link, *columns))
    return "\n".join(rows)


def seconds(course: Course, lesson: Lesson) -> str:
    """Return the seconds that a stored notebook took, a dash where there is none."""
    paths = paths_of(course, lesson, "notebooks")
    notebook = read_notebook(paths[0]) if paths else None
    return f"{times_of(notebook).seconds} s" if notebook else "–"


def with_exercises(course: Course, lesson: Lesson) -> int:
    """Return minutes to read, run and solve a lesson, rounded up to fives."""
    run = seconds(course, lesson).removesuffix(" s")
    solving = MINUTES * (len(names(lesson)) - 1) + STRETCH
    minutes = reading_time(lesson, "notebooks") + solving + (int(run) / 60 if run.isdecimal() else 0)
    return 5 * math.ceil(minutes / 5)


def map_of(course: Course) -> Iterator[str]:
    """Yield a section for each lesson: what learners can do afterwards, and what they get wrong on the way."""
    for lesson in course.lessons:
        mistakes, own = typical_mistakes(course.root, lesson), drawn(course.root, lesson)
        lines = [f"### {lesson.number:02d} · {lesson.title}", "", "Afterwards they can:", "", outcomes(lesson), ""]
        for name in names(lesson):
            mark = ", with numbers of one's own" if name in own else ""
            lines += [f"- **`{name}`**{mark}", *[f"  - “{said}”" for said in mistakes.get(name, [])]]
        yield "\n".join(lines)


def names(lesson: Lesson) -> list[str]:
    """Return the names of a lesson's exercises in order."""
    return [name for cell in lesson.cells if kind(cell) == "check" for name in CHECK_CALL.findall(cell.source)]


def outcomes(lesson: Lesson) -> str:
    """Return what *You will* promises, as a list."""
    found = re.search(r"\*\*You will\*\*\n((?:- .*\n(?:  .*\n)*)+)", lesson.cells[0].source + "\n")
    return found[1].rstrip() if found else "–"


def paragraph(lesson: Lesson, title: str) -> str:
    """Return a paragraph of a lesson's first cell, without its title."""
    found = re.search(rf"\*\*{title}\*\* (.*?)(?:\n\n|\Z)", lesson.cells[0].source, re.DOTALL)
    return " ".join(found[1].split()) if found else "–"


def typical_mistakes(root: Path, lesson: Lesson) -> dict[str, list[str]]:
    """Return for each exercise what its check says to the first slips of thought among its wrong answers."""
    said: dict[str, list[str]] = {}
    for name, message in messages(root / "lessons" / lesson.topic / "answers.py"):
        text = " ".join(message.split())
        known = said.setdefault(name, [])
        if not OF_THE_FORM.search(text) and "…" not in text and text not in known and len(known) < SHOWN:
            known.append(text)
    return said


def messages(path: Path) -> Iterator[tuple[str, str]]:
    """Yield exercise and message of each wrong answer whose message is written out, without running the file."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body if path.exists() else []:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        table = getattr(node, "value", None)
        if not (isinstance(target, ast.Name) and target.id in TABLES and isinstance(table, ast.Dict)):
            continue
        for key, rows in zip(table.keys, table.values, strict=True):
            for entry in getattr(rows, "elts", []):
                message = entry.elts[1] if isinstance(entry, ast.Tuple) and len(entry.elts) == 2 else None
                if isinstance(key, ast.Constant) and isinstance(message, ast.Constant):
                    yield str(key.value), str(message.value)


def drawn(root: Path, lesson: Lesson) -> set[str]:
    """Return the exercises whose numbers are drawn for a student."""
    path = root / "aecourse" / "exercises" / f"{lesson.topic}.py"
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.exists() else ast.Module([], [])
    return {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call) and any(keyword.arg == "drawn" for keyword in decorator.keywords)
    }
