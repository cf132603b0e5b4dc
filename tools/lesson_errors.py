"""What may be wrong with a lesson, found without running it, and what may surprise who runs a cell twice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import unquote

from nbformat import NotebookNode

from tools import names, recipes, stamp
from tools.lesson_format import (
    CHECK_CALL,
    FOLDERS,
    SOLVED,
    TAGS,
    TITLE_LINE,
    Course,
    Lesson,
    code_cells,
    kind,
    tags,
    where,
)

CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
LINK_TARGETS = re.compile(
    r"""\]\(\s*<([^>\n]+)>|\]\(\s*([^\s()<]+(?:\([^\s()]*\)[^\s()]*)*)|^\s*\[[^\]]+\]:\s*(\S+)|\b(?:src|href)=["']([^"']+)""",
    re.MULTILINE,
)
IMAGE_WITHOUT_ALT = re.compile(r"""!\[\s*\][(\[]|<img\b(?![^>]*\balt\s*=\s*(?:"\s*[^"\s]|'\s*[^'\s]|[^\s"'>]))""", re.I)


def lesson_errors(course: Course, lesson: Lesson) -> list[str]:
    """Return everything that can be found wrong in a lesson without running it, one line each."""
    if not lesson.cells:
        return [f"{lesson.topic}: the lesson has no cells"]
    errors = [f"{where(lesson, lesson.cells[0])}: {problem}" for problem in header_errors(lesson)]
    in_order = True
    trios = zip(["", *map(kind, lesson.cells)], lesson.cells, [*map(kind, lesson.cells[1:]), ""], strict=False)
    for before, cell, after in trios:
        problems = [*cell_errors(cell), *exercise_errors(before, kind(cell), after)]
        in_order = in_order and not problems
        if cell.cell_type == "markdown":
            problems += [*markdown_errors(course, cell), *stamp.placeholder_errors(course, cell.source)]
        errors += [f"{where(lesson, cell)}: {problem}" for problem in problems]
    errors += id_errors(lesson)
    if in_order:  # what follows reads the cells as Python, and each exercise as three neighbours
        errors += [*recipes.recipe_errors(lesson), *recipes.borrowing_errors(course, lesson)]
        errors += solution_errors(lesson)
    return errors


def header_errors(lesson: Lesson) -> Iterator[str]:
    """Check what the first cell must open with: title, then a summary."""
    head = lesson.cells[0]
    title = TITLE_LINE.fullmatch(head.source.partition("\n")[0].rstrip())
    if head.cell_type != "markdown" or title is None or tags(head):
        yield "the first cell must be markdown, without tags, and open with '# Title' (the build writes the number)"
    elif re.match(r"$|[#!<>|-]|.*\{(?:time|map)\}", lesson.summary):
        yield "one sentence that sums the lesson up must follow the title (the README's map shows it)"


def cell_errors(cell: NotebookNode) -> Iterator[str]:
    """Check one cell by itself: its options, its tags, its being Python, its being marked for nbval."""
    options = sorted(set(cell.metadata) - {"tags", "lines_to_next_cell", "cell_marker"})
    if options:
        yield f'only tags=["…"] may follow "# %%", found: {", ".join(str(cell.metadata[o] or o) for o in options)}'
    for tag in tags(cell):
        if tag not in TAGS:
            yield f"unknown tag '{tag}' (known: {', '.join(TAGS)})"
        elif cell.cell_type != "code":
            yield f"the tag '{tag}' is for code"
    if cell.cell_type == "code":
        if not cell.source.strip():
            yield "the cell is empty"
        try:
            names.parse(cell.source)
        except SyntaxError as error:
            yield f"line {error.lineno} is no Python: {error.msg}"
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
    """Check a markdown cell's images for alt text, its relative links, and that each *Predict* has an *Answer*."""
    prose = stamp.CODE_OR_MATH.sub("·", cell.source)
    if IMAGE_WITHOUT_ALT.search(prose):
        yield "an image has no alt text"
    for found in LINK_TARGETS.finditer(prose):
        target = unquote(next(filter(None, found.groups())).partition("#")[0])
        if target and not re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//", target):
            yield from link_errors(course, target)
    yield from stamp.answer_errors(cell.source)


def link_errors(course: Course, target: str) -> Iterator[str]:
    """Check that a relative link leads somewhere from both folders, and names no notebook by its number."""
    paths = {folder: (course.root / folder / target).resolve() for folder in FOLDERS}
    notebooks = [course.root / folder for folder in FOLDERS]
    if any(path.suffix == ".ipynb" and path.parent in notebooks for path in paths.values()):
        yield f"the link to '{target}' names a lesson by its number: write {{lesson:topic}}"
        return
    missing = [folder for folder, path in paths.items() if not (path.is_relative_to(course.root) and path.exists())]
    if missing:
        yield f"the link to '{target}' leads nowhere from {' and '.join(f'{folder}/' for folder in missing)}"


def id_errors(lesson: Lesson) -> Iterator[str]:
    """Check that every cell's id is valid, and no other cell's."""
    counted = Counter(cell.id for cell in lesson.cells)
    for cell in lesson.cells:
        if not CELL_ID.fullmatch(cell.id + SOLVED):
            yield f"{where(lesson, cell)}: its id '{cell.id}' is too long or has unusual characters"
        if counted[cell.id] > 1:
            name = CHECK_CALL.findall(cell.source)[0]
            yield f"{where(lesson, cell)}: '{name}' is checked in another cell, too: an exercise has one check"


# --- names ----------------------------------------------------------------------------------------


def solution_errors(lesson: Lesson) -> Iterator[str]:
    """Check that an exercise leaves nothing behind, so that the notebooks run alike with and without its solution.

    A solution binds only names that its stub binds, and no later cell but its check reads them.
    """
    cells = code_cells(lesson)
    for place, (stub, solution) in enumerate(pairwise(cells)):
        if kind(stub) != "exercise":
            continue
        for name in sorted(names.bound(solution.source) - names.bound(stub.source)):
            yield f"{where(lesson, solution)}: the solution binds '{name}' and its exercise does not"
        left = names.bound(stub.source) | names.bound(solution.source)
        for later in cells[place + 3 :]:
            for name in sorted(left & names.read(later.source)):
                yield f"{where(lesson, later)}: '{name}' belongs to an exercise ({where(lesson, stub)})"
            left -= names.bound(later.source)


def rerun_warnings(lesson: Lesson) -> Iterator[str]:
    """Say where a cell rebinds a name that an earlier cell reads, which then breaks, or changes, when it is run again.

    An import, a function or a class that is written again word for word changes nothing.
    """
    readers: dict[str, NotebookNode] = {}
    defined: dict[str, str] = {}
    for cell in code_cells(lesson):
        again = names.definitions(cell.source)
        for name in sorted(names.bound(cell.source) & readers.keys()):
            if again.get(name) is None or again[name] != defined.get(name):
                yield f"{where(lesson, cell)}: '{name}' is bound anew, and {where(lesson, readers[name])} reads it"
        defined = {name: text for name, text in defined.items() if name not in names.bound(cell.source)} | again
        for name in names.read(cell.source):
            readers.setdefault(name, cell)
