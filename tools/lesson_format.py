"""What a lesson is: its cells, what may be wrong with them, and the two notebooks they become.

Nothing here executes or writes. A lesson is a jupytext percent file `lessons/NN_slug.py`; a cell carries its id from
the moment it is read (`01-encode-decode-007`: lesson and position in the source), so that both notebooks share it.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

import jupytext
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

FOLDERS = ("notebooks", "solutions")
DROPPED = {"notebooks": "solution", "solutions": "exercise"}
NBVAL_TAGS = ("nbval-check-output", "nbval-ignore-output")
TAGS = ("exercise", "solution", *NBVAL_TAGS)
WORDS_A_MINUTE, CODE_LINES_A_MINUTE = 130, 12

LESSON_FILE = re.compile(r"(\d\d)_[a-z0-9_]+")
TITLE_LINE = re.compile(r"# (\d\d) · (\S.*)")
CHECK_CALL = re.compile(r"^[^#\n]*?(\w+)\.check\(", re.MULTILINE)
# Code and formulas hold brackets that are no links.
CODE_OR_MATH = re.compile(r"^(```+|~~~+).*?^\1|(`+).*?\2|\$\$.*?\$\$|\$[^$\n]+\$", re.MULTILINE | re.DOTALL)
LINK_TARGETS = re.compile(
    r"""\]\(\s*<([^>\n]+)>|\]\(\s*([^\s()<]+(?:\([^\s()]*\)[^\s()]*)*)|^\s*\[[^\]]+\]:\s*(\S+)|\b(?:src|href)=["']([^"']+)""",
    re.MULTILINE,
)
IMAGE_WITHOUT_ALT = re.compile(r"""!\[\s*\][(\[]|<img\b(?![^>]*\balt\s*=\s*(?:"\s*[^"\s]|'\s*[^'\s]|[^\s"'>]))""", re.I)
SETUP = """\
# Only Google Colab needs this cell: it installs the course there and keeps Colab's own Keras and TensorFlow.
import sys

if "google.colab" in sys.modules:
    %pip install --quiet "aecourse @ git+https://github.com/{address}@v{version}\""""


class BuildError(Exception):
    """Something a lesson's author has to put right; its message is all they need to read."""


class Lesson(NamedTuple):
    """One lesson as it is written: `title` and `summary` fall back to the file name and nothing."""

    slug: str
    title: str
    summary: str
    text: str
    cells: list[NotebookNode]


class Course(NamedTuple):
    """The lessons in order, and what `pyproject.toml` says of the public address (`OWNER/NAME`) and version."""

    root: Path
    address: str
    version: str
    lessons: list[Lesson]


def parse_lesson(path: Path) -> Lesson:
    """Read one `lessons/NN_slug.py`; what is wrong in it is left to `lesson_errors`."""
    text = path.read_text(encoding="utf-8")
    cells = jupytext.reads(text, fmt="py:percent").cells if text.strip() else []
    for position, cell in enumerate(cells, start=1):
        cell.id = f"{path.stem.replace('_', '-')}-{position:03d}"
    title_line, _, rest = (cells[0].source if cells else "").partition("\n")
    title = TITLE_LINE.fullmatch(title_line.rstrip())
    summary = " ".join(rest.strip().split("\n\n")[0].split())
    return Lesson(path.stem, title[2] if title else path.stem, summary, text, cells)


def read_course(root: Path) -> Course:
    """Read `pyproject.toml` and all lessons under `root`; raise `BuildError` without lessons or a GitHub address."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    address = re.fullmatch(r"https://github\.com/([\w.-]+/[\w.-]+)", project.get("urls", {}).get("Repository", ""))
    if address is None:
        raise BuildError("pyproject.toml: [project.urls] Repository must read https://github.com/OWNER/NAME")
    paths = sorted((root / "lessons").glob("*.py"))
    if not paths:
        raise BuildError("lessons/: there is no lesson")
    return Course(root.resolve(), address[1], project["version"], [parse_lesson(path) for path in paths])


def solution_cells(path: Path) -> dict[str, str]:
    """Map each exercise to its worked answer: `{"compression": source}` where `compression.check(` follows."""
    cells = parse_lesson(path).cells
    pairs = [(cell, check) for cell, check in pairwise(cells) if kind(cell) == "solution"]
    return {name: cell.source for cell, check in pairs for name in CHECK_CALL.findall(check.source)}


def kind(cell: NotebookNode) -> str:
    """Say which part a cell plays in an exercise: `exercise` (the stub), `solution`, `check`, or nothing (`""`)."""
    for tag in ("exercise", "solution"):
        if tag in tags(cell):
            return tag
    return "check" if cell.cell_type == "code" and CHECK_CALL.search(cell.source) else ""


def tags(cell: NotebookNode) -> list[str]:
    """Return a cell's tags."""
    return list(cell.metadata.get("tags", []))


def where(lesson: Lesson, cell: NotebookNode) -> str:
    """Name a cell for a message: lesson, 1-based position in the source, first line."""
    place = cell.id.rpartition("-")[2]
    name = f"cell {int(place)}" if place.isdigit() else f"{place} cell"
    return f"{lesson.slug}, {name} ({cell.source.strip().partition(chr(10))[0][:70]})"


# --- what may be wrong ----------------------------------------------------------------------------


def lesson_errors(course: Course, lesson: Lesson) -> list[str]:
    """Return everything that can be found wrong in a lesson without running it, one line each."""
    if not lesson.cells:
        return [f"{lesson.slug}: the lesson has no cells"]
    errors = [f"{where(lesson, lesson.cells[0])}: {problem}" for problem in header_errors(lesson)]
    trios = zip(["", *map(kind, lesson.cells)], lesson.cells, [*map(kind, lesson.cells[1:]), ""], strict=False)
    for before, cell, after in trios:
        problems = [*cell_errors(cell), *exercise_errors(before, kind(cell), after)]
        if cell.cell_type == "markdown":
            problems += markdown_errors(course, cell)
        errors += [f"{where(lesson, cell)}: {problem}" for problem in problems]
    return errors


def header_errors(lesson: Lesson) -> Iterator[str]:
    """Check the file's name and what the first cell must open with: title, then a summary."""
    file_name = LESSON_FILE.fullmatch(lesson.slug)
    if file_name is None:
        yield "a lesson's file is named NN_slug.py, in small letters"
    head = lesson.cells[0]
    title = TITLE_LINE.fullmatch(head.source.partition("\n")[0].rstrip())
    if head.cell_type != "markdown" or title is None or tags(head):
        yield "the first cell must be markdown, without tags, and open with '# NN · Title'"
    elif file_name and title[1] != file_name[1]:
        yield f"the title says {title[1]}, the file name says {file_name[1]}"
    elif re.match(r"$|[#!<>|-]|.*\{time\}", lesson.summary):
        yield "one sentence that sums the lesson up must follow the title (the README's map shows it)"


def cell_errors(cell: NotebookNode) -> Iterator[str]:
    """Check one cell by itself: its options, its tags, its being marked for nbval."""
    options = sorted(set(cell.metadata) - {"tags", "lines_to_next_cell", "cell_marker"})
    if options:
        yield f'only tags=["…"] may follow "# %%", found: {", ".join(str(cell.metadata[o] or o) for o in options)}'
    for tag in tags(cell):
        if tag not in TAGS:
            yield f"unknown tag '{tag}' (known: {', '.join(TAGS)})"
    if cell.cell_type == "code" and not cell.source.strip():
        yield "the cell is empty"
    if kind(cell) == "check" and "nbval-check-output" not in tags(cell):
        yield "a check cell needs the tag 'nbval-check-output', or its tick is never compared"


def exercise_errors(before: str, this: str, after: str) -> Iterator[str]:
    """Check that stub, worked answer and check are neighbours, given the kinds of three cells in a row."""
    if this == "exercise" and after != "solution":
        yield "an exercise must be followed directly by its solution"
    if this == "solution" and before != "exercise":
        yield "a solution must stand directly below its exercise"
    if this == "solution" and after != "check":
        yield "a solution must be followed directly by a code cell that calls .check( on it"


def markdown_errors(course: Course, cell: NotebookNode) -> Iterator[str]:
    """Check a markdown cell's images for alt text, and its relative links from each folder it goes to."""
    prose = CODE_OR_MATH.sub("·", cell.source)
    if IMAGE_WITHOUT_ALT.search(prose):
        yield "an image has no alt text"
    for found in LINK_TARGETS.finditer(prose):
        target = unquote(next(filter(None, found.groups())).partition("#")[0])
        if target and not re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//", target):
            folders = [folder for folder in FOLDERS if DROPPED[folder] not in tags(cell)]
            missing = [folder for folder in folders if not leads_somewhere(course, folder, target)]
            if missing:
                yield f"the link to '{target}' leads nowhere from {' and '.join(f'{folder}/' for folder in missing)}"


def leads_somewhere(course: Course, folder: str, target: str) -> bool:
    """Tell whether `target`, relative to `folder`, is in the repository or is a notebook that the build makes."""
    path = (course.root / folder / target).resolve()
    if path.suffix == ".ipynb" and path.parent in [course.root / name for name in FOLDERS]:
        return path.stem in [lesson.slug for lesson in course.lessons]
    return path.is_relative_to(course.root) and path.exists()


# --- what a lesson becomes ------------------------------------------------------------------------


def notebook_cells(course: Course, lesson: Lesson, folder: str, seconds: int) -> list[NotebookNode]:
    """Return the cells of the notebook in `folder`, with links, time, set-up and navigation stamped in, unexecuted."""
    kept = [cell for cell in lesson.cells if DROPPED[folder] not in tags(cell)]
    head, *rest = [clean_cell(cell) for cell in kept]
    title, _, text = head.source.partition("\n")
    minutes = reading_minutes(lesson, folder)
    time = f"about {minutes} {'minute' if minutes == 1 else 'minutes'} to read, {seconds} s to run"
    links = " · ".join([*neighbour_links(course, lesson), *header_links(course, lesson, folder)])
    head.source = f"{title}\n\n{links}\n\n{text.strip().replace('{time}', time)}"
    prefix = lesson.slug.replace("_", "-")
    setup = new_code_cell(SETUP.format(address=course.address, version=course.version), id=f"{prefix}-setup")
    navigation = "\n\n".join(["---", *filter(None, [" · ".join(neighbour_links(course, lesson))])])
    return [head, setup, *rest, new_markdown_cell(navigation, id=f"{prefix}-end")]


def clean_cell(cell: NotebookNode) -> NotebookNode:
    """Copy a cell, keeping no metadata but nbval's tags."""
    copy = NotebookNode(cell)
    passed_on = [tag for tag in tags(cell) if tag in NBVAL_TAGS]
    copy.metadata = NotebookNode({"tags": passed_on} if passed_on else {})
    if cell.cell_type == "code":
        copy.outputs, copy.execution_count = [], None
    return copy


def reading_minutes(lesson: Lesson, folder: str) -> int:
    """Estimate how long the prose and code of one notebook take to read, in whole minutes."""
    cells = [cell for cell in lesson.cells if DROPPED[folder] not in tags(cell)]
    words = sum(len(cell.source.split()) for cell in cells if cell.cell_type == "markdown")
    lines = sum(bool(line.strip()) for cell in cells if cell.cell_type == "code" for line in cell.source.splitlines())
    return math.ceil(words / WORDS_A_MINUTE + lines / CODE_LINES_A_MINUTE)


def neighbours(course: Course, lesson: Lesson) -> tuple[Lesson | None, Lesson | None]:
    """Return the lessons before and after this one, `None` at either end."""
    place = [other.slug for other in course.lessons].index(lesson.slug)
    around = [None, *course.lessons, None]
    return around[place], around[place + 2]


def neighbour_links(course: Course, lesson: Lesson) -> list[str]:
    """Return Markdown links to the lessons before and after, in the same folder."""
    before, after = neighbours(course, lesson)
    previous = [f"[← {before.title}]({before.slug}.ipynb)"] if before else []
    return previous + ([f"[{after.title} →]({after.slug}.ipynb)"] if after else [])


def header_links(course: Course, lesson: Lesson, folder: str) -> list[str]:
    """Return Markdown links to Binder, to Colab and to the same lesson in the other folder."""
    label, other = {"notebooks": ("Solutions", "solutions"), "solutions": ("Without solutions", "notebooks")}[folder]
    return [*hosted_links(course, lesson, folder), f"[{label}](../{other}/{lesson.slug}.ipynb)"]


def hosted_links(course: Course, lesson: Lesson, folder: str) -> list[str]:
    """Return Markdown links that open a notebook on Binder and on Colab, at the course's version."""
    binder, colab = hosted_addresses(course, f"{folder}/{lesson.slug}.ipynb")
    return [f"[Binder]({binder})", f"[Colab]({colab})"]


def hosted_addresses(course: Course, notebook: str) -> tuple[str, str]:
    """Return the addresses at which Binder and Colab open `notebook` (its path in the repository)."""
    return (
        f"https://mybinder.org/v2/gh/{course.address}/v{course.version}?urlpath=lab/tree/{notebook}",
        f"https://colab.research.google.com/github/{course.address}/blob/v{course.version}/{notebook}",
    )
