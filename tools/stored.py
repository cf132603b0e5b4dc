"""The stored notebooks: where they lie, whether they still fit their lesson, and how they are written anew.

Two digests tell this apart. One covers what decides the outputs: only its change executes a notebook. The other covers
the cells as the build wrote them: text that fits it is the build's own and may be stamped anew, other text somebody's.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tools.execute import METADATA, is_clean
from tools.lesson_format import FOLDERS, NBVAL_TAGS, BuildError, Course, Lesson, kind, plan, stored_id, tags
from tools.reached import modules_reached
from tools.stamp import Times, merged_order, notebook_cells

# Raise it when all notebooks have to be executed anew.
EXECUTION = 1
LARGEST_NOTEBOOK = 1_500_000
ABOUT = {"digest", "stamp", "seconds", "cpu_seconds"}


# --- files ----------------------------------------------------------------------------------------


def path_of(course: Course, lesson: Lesson, folder: str) -> Path:
    """Return where a lesson's notebook in `folder` belongs."""
    return course.root / folder / f"{lesson.name}.ipynb"


def paths_of(course: Course, lesson: Lesson, folder: str) -> list[Path]:
    """Return where the notebooks on a lesson's topic lie in `folder`, under any number, the right one first."""
    right = path_of(course, lesson, folder)
    found = sorted((course.root / folder).glob(f"[0-9][0-9]_{lesson.topic}.ipynb"))
    return [path for path in found if path == right] + [path for path in found if path != right]


def read_notebook(path: Path) -> NotebookNode | None:
    """Read a notebook that the build stored; `None` if it is missing, damaged or not the build's."""
    try:
        notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
        return notebook if set(notebook.metadata["aecourse"]) >= ABOUT else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def times_of(notebook: NotebookNode) -> Times:
    """Return what a stored notebook took when it was executed."""
    return Times(notebook.metadata.aecourse.seconds, notebook.metadata.aecourse.cpu_seconds)


def encoded(cells: list[NotebookNode], digest: str, times: Times, name: str) -> bytes:
    """Return executed cells as the file that stores them; raise `BuildError` if it is too large."""
    about = {"digest": digest, "stamp": stamp_digest(cells), **times._asdict()}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=METADATA | {"aecourse": about})
    nbformat.validate(notebook)
    data = (nbformat.writes(notebook).rstrip("\n") + "\n").encode()
    if len(data) > LARGEST_NOTEBOOK:
        raise BuildError(f"{name}: {len(data) / 1e6:.1f} MB, over its {LARGEST_NOTEBOOK / 1e6} MB")
    return data


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that a reader, or an interruption, finds the former or the new content and nothing between."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(data)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


# --- what fits ------------------------------------------------------------------------------------


def status(course: Course, lesson: Lesson, folder: str, digest: str) -> str:
    """Say how the notebook on a lesson's topic stands.

    Returns:
        `up to date`; `missing`; `stale`, it has to be executed; `restamp`, only text differs; `misplaced`, its number
        has changed and with it its name and text; `edited by hand`.
    """
    paths = paths_of(course, lesson, folder)
    if not paths:
        return "missing"
    notebook = read_notebook(paths[0])
    if notebook is None or notebook.metadata.aecourse.digest != digest:
        return "stale"
    expected = notebook_cells(course, lesson, folder, times_of(notebook))
    if len(code_of(notebook.cells)) != len(code_of(expected)):
        return "stale"
    if notebook.metadata.aecourse.stamp != stamp_digest(notebook.cells) or not all(map(is_clean, notebook.cells)):
        return "edited by hand"
    if paths[0] != path_of(course, lesson, folder):
        return "misplaced"
    return "up to date" if list(map(identity, notebook.cells)) == list(map(identity, expected)) else "restamp"


def code_of(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Return the code cells among cells."""
    return [cell for cell in cells if cell.cell_type == "code"]


def identity(cell: NotebookNode) -> list[object]:
    """Return of a cell everything that does not come from executing it."""
    return [cell.get("id", ""), cell.cell_type, cell.source, json.loads(json.dumps(cell.metadata))]


def stamp_digest(cells: list[NotebookNode]) -> str:
    """Return a SHA-256 of cells as they are written, without what executing them adds."""
    return sha256([identity(cell) for cell in cells])


def execution_digest(course: Course, lesson: Lesson) -> str:
    """Return a SHA-256 of everything that decides what a lesson's cells show."""
    modules = modules_reached(course.root, lesson.text)
    texts = [[path.relative_to(course.root).as_posix(), path.read_text(encoding="utf-8")] for path in modules]
    code = code_of([planned.cell for planned in plan(lesson)])
    cells = [[cell.source, [tag for tag in tags(cell) if tag in NBVAL_TAGS], kind(cell)] for cell in code]
    return sha256([EXECUTION, cells, texts, data_digests(course.root, [lesson.text, *(text for _, text in texts)])])


def data_digests(root: Path, texts: list[str]) -> dict[str, str]:
    """Return the digests in `sources.toml` of those data files whose name, without its ending, stands in the code."""
    path = root / "aecourse" / "data" / "sources.toml"
    files = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    words = set(re.findall(r"\w+", " ".join(texts)))
    return {name: about["sha256"] for name, about in files.items() if set(re.findall(r"\w+", Path(name).stem)) <= words}


def sha256(content: object) -> str:
    """Return the SHA-256 of something that can be written as JSON."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


# --- putting together -----------------------------------------------------------------------------


def executed(course: Course, lesson: Lesson, folder: str, ran: list[NotebookNode], times: Times) -> list[NotebookNode]:
    """Return the cells of a stored notebook with the outputs of those that ran."""
    by_id = {cell.id: cell for cell in ran}
    origin = {stored_id(planned.cell.id): planned.cell.id for planned in plan(lesson) if folder in planned.folders}
    cells = notebook_cells(course, lesson, folder, times)
    for cell in code_of(cells):
        take_outputs(cell, by_id[origin.get(cell.id, cell.id)])
    return cells


def restamped(course: Course, lesson: Lesson, folder: str, notebook: NotebookNode) -> list[NotebookNode]:
    """Return the cells of a stored notebook with its text stamped anew and its outputs as they were."""
    cells = notebook_cells(course, lesson, folder, times_of(notebook))
    for cell, old in zip(code_of(cells), code_of(notebook.cells), strict=True):
        take_outputs(cell, old)
    return cells


def take_outputs(cell: NotebookNode, source: NotebookNode) -> None:
    """Give a cell the outputs and the execution count of another."""
    cell.outputs, cell.execution_count = source.outputs, source.execution_count


def merged(course: Course, lesson: Lesson) -> bytes:
    """Put a lesson's two stored notebooks together as they were executed: stub, check, solution, check."""
    found = {folder: read_notebook(path_of(course, lesson, folder)) for folder in FOLDERS}
    stored = {folder: {c.id: c for c in notebook.cells} for folder, notebook in found.items() if notebook}
    cells = []
    for cell_id, folder in merged_order(lesson):
        cell = stored.get(folder, {}).get(stored_id(cell_id))
        if cell is None:
            raise BuildError(f"{folder}/{lesson.name}.ipynb does not fit its lesson: run python -m tools.build first")
        cells.append(NotebookNode({**cell, "id": cell_id}))
    return (nbformat.writes(nbformat.v4.new_notebook(cells=cells, metadata=METADATA)) + "\n").encode()


def strays(course: Course) -> Iterator[Path]:
    """Yield the stored notebooks that belong to no topic."""
    topics = [lesson.topic for lesson in course.lessons]
    for folder in FOLDERS:
        for path in sorted((course.root / folder).glob("*.ipynb")):
            if not (re.fullmatch(r"\d\d_(\w+)", path.stem) and path.stem[3:] in topics):
                yield path
