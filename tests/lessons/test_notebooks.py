"""The stored notebooks: built from their lessons, wholly executed, answered, described and small."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tools import build_notebooks, lesson_format  # noqa: E402
from tools.lesson_format import FOLDERS  # noqa: E402

LESSONS = sorted((ROOT / "lessons").glob("*.py"))
STORED = [pytest.param(path, folder, id=f"{folder}/{path.stem}") for path in LESSONS for folder in FOLDERS]


def stored_cells(lesson: Path, folder: str) -> list[nbformat.NotebookNode]:
    return nbformat.read(ROOT / folder / f"{lesson.stem}.ipynb", as_version=4).cells


def check_ids(lesson: Path) -> list[str]:
    """Return the ids of the check cells that belong to an exercise of the lesson."""
    cells = lesson_format.parse_lesson(lesson).cells
    return [after.id for cell, after in pairwise(cells) if lesson_format.kind(cell) == "solution"]


def plain_text(cell: nbformat.NotebookNode) -> list[str]:
    return [output.get("data", {}).get("text/plain", output.get("text", "")) for output in cell.outputs]


def test_notebooks_and_readme_fit_their_lessons(capsys):
    assert build_notebooks.main(["--check"], ROOT) == 0, capsys.readouterr().err


@pytest.mark.parametrize(("lesson", "folder"), STORED)
def test_every_cell_was_executed_without_error_or_stderr(lesson, folder):
    for cell in stored_cells(lesson, folder):
        assert build_notebooks.is_clean(cell), cell.source


@pytest.mark.parametrize(("lesson", "folder"), STORED)
def test_every_marked_cell_has_something_to_compare(lesson, folder):
    marked = [cell for cell in stored_cells(lesson, folder) if "nbval-check-output" in lesson_format.tags(cell)]
    assert marked
    for cell in marked:
        assert any(text.strip() for text in plain_text(cell)), cell.source


@pytest.mark.parametrize(("lesson", "folder"), STORED)
def test_every_image_has_alt_text(lesson, folder):
    for cell in stored_cells(lesson, folder):
        assert not any(map(build_notebooks.lacks_alt_text, cell.get("outputs", []))), cell.source


@pytest.mark.parametrize(("lesson", "folder"), STORED)
def test_size(lesson, folder):
    path = ROOT / folder / f"{lesson.stem}.ipynb"
    assert path.stat().st_size <= build_notebooks.LARGEST_NOTEBOOK


@pytest.mark.parametrize(("lesson", "folder"), STORED)
def test_exercises_are_open_in_notebooks_and_answered_in_solutions(lesson, folder):
    expected = {"notebooks": "○", "solutions": "✓"}[folder]
    checks = [cell for cell in stored_cells(lesson, folder) if cell.id in check_ids(lesson)]
    assert len(checks) >= (1 if lesson.stem.startswith("00") else 3)
    for cell in checks:
        answers = [text[0] for text in plain_text(cell) if text[:1] in ("○", "✓", "✗")]
        assert answers, cell.source
        assert set(answers) == {expected}, cell.source
