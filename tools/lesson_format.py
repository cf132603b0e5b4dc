"""What a lesson is: its cells and their ids, its place among the others, and the cells that each notebook takes.

Nothing here executes or writes. A lesson is a jupytext percent file `lessons/<topic>/lesson.py`; `lessons/order.toml`
gives it its part and its number. A cell carries its id from the moment it is read: `sound-007` (topic and position in
the source), or `sound-mix` for the cell that checks exercise `mix`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import jupytext
from nbformat import NotebookNode

FOLDERS = ("notebooks", "solutions")
NBVAL_TAGS = ("nbval-check-output", "nbval-ignore-output")
TAGS = ("exercise", "solution", "export", *NBVAL_TAGS)
SOLVED = "-solved"

TOPIC = re.compile(r"[a-z][a-z0-9_]*")
TITLE_LINE = re.compile(r"# (?!\d\d · )(\S.*)")
CHECK_CALL = re.compile(r"^[^#\n]*?(\w+)\.check\(", re.MULTILINE)


class BuildError(Exception):
    """Something a lesson's author has to put right; its message is all they need to read."""


class Lesson(NamedTuple):
    """One lesson as it is written: `title` and `summary` fall back to the topic and nothing."""

    topic: str
    number: int
    title: str
    summary: str
    text: str
    cells: list[NotebookNode]

    @property
    def name(self) -> str:
        """The stem of its notebooks' file names, `NN_topic`."""
        return f"{self.number:02d}_{self.topic}"

    @property
    def prefix(self) -> str:
        """What the ids of its cells begin with."""
        return self.topic.replace("_", "-")


class Part(NamedTuple):
    """A part of the course: its title, and the topics of its lessons in order."""

    title: str
    topics: list[str]


class Course(NamedTuple):
    """The lessons in order, and what `pyproject.toml` says of the public address (`OWNER/NAME`) and version."""

    root: Path
    address: str
    version: str
    parts: list[Part]
    lessons: list[Lesson]

    def lesson(self, topic: str) -> Lesson | None:
        """Return the lesson on a topic, `None` if there is none."""
        return next((lesson for lesson in self.lessons if lesson.topic == topic), None)


class Planned(NamedTuple):
    """A cell of the source, and the notebooks that it goes to."""

    cell: NotebookNode
    folders: tuple[str, ...]


# --- reading --------------------------------------------------------------------------------------


def read_course(root: Path) -> Course:
    """Read `pyproject.toml`, `lessons/order.toml` and all lessons; raise `BuildError` where these do not fit."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    address = re.fullmatch(r"https://github\.com/([\w.-]+/[\w.-]+)", project.get("urls", {}).get("Repository", ""))
    if address is None:
        raise BuildError("pyproject.toml: [project.urls] Repository must read https://github.com/OWNER/NAME")
    parts = read_order(root / "lessons")
    topics = [topic for part in parts for topic in part.topics]
    lessons = [parse_lesson(lesson_path(root, topic), number) for number, topic in enumerate(topics)]
    return Course(root.resolve(), address[1], project["version"], parts, lessons)


def lesson_path(root: Path, topic: str) -> Path:
    """Return where a topic's lesson is written."""
    return root / "lessons" / topic / "lesson.py"


def read_order(folder: Path) -> list[Part]:
    """Read `order.toml` and compare it with the folders beside it; raise `BuildError` with all that does not fit."""
    try:
        tables = tomllib.loads((folder / "order.toml").read_text(encoding="utf-8")).get("parts")
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise BuildError(f"lessons/order.toml cannot be read: {error}") from None
    if not isinstance(tables, list) or not tables:
        raise BuildError('lessons/order.toml: there must be parts, [[parts]] with title = "…" and lessons = ["…"]')
    if problems := [problem for place, table in enumerate(tables, start=1) for problem in part_errors(place, table)]:
        raise BuildError("\n".join(f"lessons/order.toml: {problem}" for problem in problems))
    parts = [Part(table["title"], table["lessons"]) for table in tables]
    if problems := list(order_errors(folder, [topic for part in parts for topic in part.topics])):
        raise BuildError("\n".join(f"lessons/order.toml: {problem}" for problem in problems))
    return parts


def part_errors(place: int, table: Any) -> Iterator[str]:
    """Say what is wrong with one `[[parts]]` of `order.toml` by itself."""
    title, topics = (table.get("title"), table.get("lessons")) if isinstance(table, dict) else (None, None)
    if not isinstance(title, str) or not title.strip():
        yield f"part {place} has no title"
    elif not isinstance(topics, list) or not all(isinstance(topic, str) for topic in topics):
        yield f'part "{title}" must say lessons = ["…", "…"]'
    elif not topics:
        yield f'part "{title}" has no lessons'
    if isinstance(table, dict) and (unknown := sorted(table.keys() - {"title", "lessons"})):
        yield f"part {place}: only title and lessons are known, found {', '.join(unknown)}"


def order_errors(folder: Path, topics: list[str]) -> Iterator[str]:
    """Say where the topics in `order.toml` and the folders beside it differ."""
    for topic in dict.fromkeys(topics):
        if topics.count(topic) > 1:
            yield f'"{topic}" is named {topics.count(topic)} times'
        if not TOPIC.fullmatch(topic):
            yield f'"{topic}": a topic is written in small letters, digits and _'
        elif not (folder / topic / "lesson.py").is_file():
            yield f'"{topic}": there is no lessons/{topic}/lesson.py'
    for path in sorted(folder.glob("*/lesson.py")):
        if path.parent.name not in topics:
            yield f"lessons/{path.parent.name}/lesson.py is in no part"


def parse_lesson(path: Path, number: int = 0) -> Lesson:
    """Read one `lessons/<topic>/lesson.py`; what is wrong in it is left to `lesson_errors`."""
    text, topic = path.read_text(encoding="utf-8"), path.resolve().parent.name
    cells = jupytext.reads(text, fmt="py:percent").cells if text.strip() else []
    prefix = topic.replace("_", "-")
    for position, cell in enumerate(cells, start=1):
        cell.id = f"{prefix}-{CHECK_CALL.findall(cell.source)[0] if kind(cell) == 'check' else f'{position:03d}'}"
    title_line, _, rest = (cells[0].source if cells else "").partition("\n")
    title = TITLE_LINE.fullmatch(title_line.rstrip())
    summary = " ".join(rest.strip().split("\n\n")[0].split())
    return Lesson(topic, number, title[1] if title else topic, summary, text, cells)


# --- cells ----------------------------------------------------------------------------------------


def kind(cell: NotebookNode) -> str:
    """Say which part a cell plays in an exercise: `exercise` (the stub), `solution`, `check`, or nothing (`""`)."""
    for tag in ("exercise", "solution"):
        if tag in tags(cell):
            return tag
    # The plain search first: most cells hold no check, and the pattern is slow to find none.
    called = cell.cell_type == "code" and ".check(" in cell.source and CHECK_CALL.search(cell.source)
    return "check" if called else ""


def tags(cell: NotebookNode) -> list[str]:
    """Return a cell's tags."""
    return list(cell.metadata.get("tags", []))


def code_cells(lesson: Lesson) -> list[NotebookNode]:
    """Return a lesson's code cells, in the order of the source."""
    return [cell for cell in lesson.cells if cell.cell_type == "code"]


def where(lesson: Lesson, cell: NotebookNode) -> str:
    """Name a cell for a message: topic, 1-based position in the source, first line."""
    places = [place for place, other in enumerate(lesson.cells) if other is cell] or [
        place for place, other in enumerate(lesson.cells) if other.id == stored_id(cell.id)
    ]
    name = f"cell {places[0] + 1}" if places else f"{cell.id.rpartition('-')[2]} cell"
    source = lesson.cells[places[0]].source if places else cell.source
    return f"{lesson.topic}, {name} ({source.strip().partition(chr(10))[0][:70]})"


def plan(lesson: Lesson) -> list[Planned]:
    """Return the cells of the one notebook that is executed, and which of the two stored ones each goes to.

    An exercise is stub, check, solution, check: the learner's notebook takes the first two, the solved one the others.
    """
    planned: list[Planned] = []
    for before, cell in pairwise([None, *lesson.cells]):
        if cell is None:
            continue
        if kind(cell) == "exercise":
            planned.append(Planned(cell, ("notebooks",)))
        elif before is not None and kind(before) == "solution":
            solved = NotebookNode(cell)
            solved.id += SOLVED
            planned[-1:] = [Planned(cell, ("notebooks",)), planned[-1], Planned(solved, ("solutions",))]
        else:
            planned.append(Planned(cell, ("solutions",) if kind(cell) == "solution" else FOLDERS))
    return planned


def stored_id(cell_id: str) -> str:
    """Return the id that a cell has in the file that stores it: a solved check goes by the id of its check."""
    return cell_id.removesuffix(SOLVED)


def is_solving(cell: NotebookNode) -> bool:
    """Say whether a cell of the merged notebook is a worked answer, or the check of one."""
    return kind(cell) == "solution" or cell.id.endswith(SOLVED)


def solution_cells(path: Path) -> dict[str, str]:
    """Map each exercise to its worked answer: `{"compression": source}` where `compression.check(` follows."""
    cells = parse_lesson(path).cells
    pairs = [(cell, check) for cell, check in pairwise(cells) if kind(cell) == "solution"]
    return {name: cell.source for cell, check in pairs for name in CHECK_CALL.findall(check.source)}
