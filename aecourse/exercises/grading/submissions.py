"""Who handed in what: the notebooks below a folder, each with its student and its lesson.

A folder a student (`SUBMISSIONS/Ada Lovelace/…ipynb`) or a file a student (`SUBMISSIONS/ada.ipynb`); the name of the
folder or file is the student's. What a learning platform or a lesson's own file name adds to it is left out.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LARGEST = 20 * 2**20  # bytes of a notebook
PLATFORM = re.compile(r"_\d+_assignsubmission_\w*$")
CHECK = re.compile(r"^[^#\n]*?\bexercise\.(\w+)\.check\(", re.MULTILINE)
IMPORT = re.compile(r"^\s*from\s+aecourse\.exercises\s+import\s+(\w+)\s+as\s+exercise\b", re.MULTILINE)
NAMED = re.compile(r"\bstart\([^()]*\bstudent\s*=\s*(?:\"([^\"\n]*)\"|'([^'\n]*)')?")


class ForeignError(Exception):
    """A file that cannot be graded; its message is the remark of its row."""


@dataclass(frozen=True)
class Lesson:
    """What the course says of a lesson.

    Attributes:
        topic: its name.
        title: its title.
        checks: the exercise, the cell's id and the code of each check.
        cells: the digests of the code cells that are no part of an exercise.
    """

    topic: str
    title: str
    checks: tuple[tuple[str, str, str], ...]
    cells: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """The names of its exercises, in order."""
        return [name for name, _, _ in self.checks]


@dataclass(frozen=True)
class Submission:
    """A file, read before anything runs.

    Attributes:
        student: whose it is, by the name of its folder or file.
        path: where it lies, seen from the folder of submissions.
        text: its content; None where it cannot be read.
    """

    student: str
    path: Path
    text: str | None


@dataclass(frozen=True)
class Cell:
    """A code cell of a submission: its id, its code, and what a check said in it when it was handed in."""

    id: str
    source: str
    said: tuple[tuple[str, str], ...] = ()


def found(folder: Path, topics: list[str]) -> list[Submission]:
    """All notebooks below a folder, in order; hidden folders and links are passed over."""
    paths = sorted(
        path
        for path in folder.rglob("*.ipynb")
        if path.is_file()
        and not path.is_symlink()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
    below = [(path, path.relative_to(folder)) for path in paths]
    return [Submission(student_of(relative, topics), relative, _text(path)) for path, relative in below]


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8") if path.stat().st_size <= LARGEST else None
    except (OSError, UnicodeDecodeError):
        return None


def student_of(path: Path, topics: list[str]) -> str:
    """The student's name: that of the first folder on the way, or the file's own without the lesson's name."""
    name = PLATFORM.sub("", path.parts[0] if len(path.parts) > 1 else path.stem)
    if len(path.parts) == 1:
        for topic in sorted(topics, key=len, reverse=True):
            name = re.sub(rf"(\d\d_)?{topic}(?![a-z])", "", name)
        name = name.strip(" _-.()")
    return " ".join(name.split()) or path.stem


def cells_of(submission: Submission) -> list[Cell]:
    """The code cells of a notebook.

    Raises:
        ForeignError: it is no notebook.
    """
    if submission.text is None:
        raise ForeignError(f"cannot be read as text, or is larger than {LARGEST // 2**20} MB")
    # A file that is nested deeply enough exhausts the reader.
    try:
        cells = json.loads(submission.text)["cells"]
        return [_cell(cell) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ForeignError("is no Jupyter notebook") from None


def _cell(cell: dict[str, Any]) -> Cell:
    source = cell["source"]
    text = source if isinstance(source, str) else "".join(source)
    return Cell(str(cell.get("id", "")), text, tuple(_verdicts(cell.get("outputs", []))))


def _verdicts(outputs: Any) -> list[tuple[str, str]]:
    data = [output.get("data", {}) for output in outputs if isinstance(output, dict)]
    said = [d["application/vnd.aecourse.answer+json"] for d in data if "application/vnd.aecourse.answer+json" in d]
    return [(str(v.get("exercise")), str(v.get("verdict"))) for v in said if isinstance(v, dict)]


def lesson_of(cells: list[Cell], path: Path, lessons: list[Lesson]) -> Lesson:
    """The lesson that a notebook answers: by what it imports, its checks and their ids, and last by its file's name.

    Raises:
        ForeignError: it is none of the course's.
    """
    code = "\n".join(cell.source for cell in cells)
    imported, called, ids = IMPORT.findall(code), set(CHECK.findall(code)), {cell.id for cell in cells}

    def fits(lesson: Lesson) -> int:
        own = sum(name in called or cell_id in ids for name, cell_id, _ in lesson.checks)
        return own and own + 100 * (lesson.topic in imported) + 50 * (lesson.topic in path.stem)

    best = max(lessons, key=fits)
    if not fits(best):
        raise ForeignError("is no notebook of this course: it holds none of its checks")
    return best


def named_in(cells: list[Cell]) -> str | None:
    """The student that a notebook names in `start(…, student=…)`: "" where it is no plain text, None where nobody."""
    for cell in cells:
        if match := NAMED.search(cell.source):
            return match[1] or match[2] or ""
    return None
