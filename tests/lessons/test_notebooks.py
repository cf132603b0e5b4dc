"""The stored notebooks: built from their lessons, wholly executed, answered, described and small."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import nbformat
import pytest

from tests.course import COURSE, ROOT
from tools import build, execute, lesson_format, stored
from tools.lesson_format import FOLDERS
from tools.stamp import Times

STORED = [pytest.param(lesson, folder, id=f"{folder}/{lesson.name}") for lesson in COURSE.lessons for folder in FOLDERS]
EXERCISES = {"start_here": 1}  # how many a lesson has at least, where that is not three


@cache
def stored_cells(topic: str, folder: str) -> list[nbformat.NotebookNode]:
    (path,) = (ROOT / folder).glob(f"[0-9][0-9]_{topic}.ipynb")
    return nbformat.read(path, as_version=4).cells


def check_ids(lesson: lesson_format.Lesson) -> set[str]:
    """Return the ids of the check cells that belong to an exercise of the lesson."""
    solved = [cell.cell.id for cell in lesson_format.plan(lesson) if cell.cell.id.endswith(lesson_format.SOLVED)]
    return {lesson_format.stored_id(cell_id) for cell_id in solved}


def plain_text(cell: nbformat.NotebookNode) -> list[str]:
    return [output.get("data", {}).get("text/plain", output.get("text", "")) for output in cell.outputs]


@pytest.mark.slow
def test_notebooks_recipes_and_readme_fit_their_lessons(capsys):
    assert build.main(["--check"], ROOT) == 0, capsys.readouterr().err


@pytest.mark.parametrize(("lesson", "folder"), STORED)
def test_every_cell_was_executed_without_error_or_stderr(lesson, folder):
    for cell in stored_cells(lesson.topic, folder):
        assert execute.is_clean(cell), cell.source


@pytest.mark.parametrize(("lesson", "folder"), STORED)
def test_every_marked_cell_has_something_to_compare(lesson, folder):
    marked = [cell for cell in stored_cells(lesson.topic, folder) if "nbval-check-output" in lesson_format.tags(cell)]
    assert marked
    for cell in marked:
        assert any(text.strip() for text in plain_text(cell)), cell.source


@pytest.mark.parametrize(("lesson", "folder"), STORED)
def test_every_image_has_alt_text(lesson, folder):
    for cell in stored_cells(lesson.topic, folder):
        assert not any(map(execute.lacks_alt_text, cell.get("outputs", []))), cell.source


@pytest.mark.parametrize(("lesson", "folder"), STORED)
def test_size(lesson, folder):
    assert stored.path_of(COURSE, lesson, folder).stat().st_size <= stored.LARGEST_NOTEBOOK


@pytest.mark.parametrize(("lesson", "folder"), STORED)
def test_exercises_are_open_in_notebooks_and_answered_in_solutions(lesson, folder):
    expected = {"notebooks": "○", "solutions": "✓"}[folder]
    ids = check_ids(lesson)
    checks = [cell for cell in stored_cells(lesson.topic, folder) if cell.id in ids]
    assert len(checks) == len(ids) >= EXERCISES.get(lesson.topic, 3)
    for cell in checks:
        answers = [text[0] for text in plain_text(cell) if text[:1] in ("○", "✓", "✗")]
        assert answers, cell.source
        assert set(answers) == {expected}, cell.source


@pytest.mark.slow
@pytest.mark.parametrize("lesson", COURSE.lessons, ids=lambda lesson: lesson.topic)
def test_both_notebooks_come_from_one_run(lesson):
    learners, solved = ({cell.id: cell for cell in stored_cells(lesson.topic, folder)} for folder in FOLDERS)
    shared = [cell_id for cell_id in learners if cell_id in solved and cell_id not in check_ids(lesson)]
    code = [cell_id for cell_id in shared if learners[cell_id].cell_type == "code"]
    assert [cell_id for cell_id in code if learners[cell_id] != solved[cell_id]] == []


def outputs(root: Path) -> dict[str, list[object]]:
    """Return, by folder and topic, what executing the stored notebooks gave."""
    paths = [path for folder in FOLDERS for path in (root / folder).glob("*.ipynb")]
    cells = {f"{path.parent.name}/{path.stem[3:]}": nbformat.read(path, as_version=4).cells for path in paths}
    return {
        name: [[cell.get("execution_count"), cell.get("outputs")] for cell in stored.code_of(found)]
        for name, found in cells.items()
    }


@pytest.mark.slow
def test_an_empty_lesson_renumbers_this_course_and_executes_only_itself(tmp_path, monkeypatch):
    root = tmp_path / "course"
    shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns(".*", "__pycache__", "node_modules"))
    ran = []

    def pretend(cells, lesson, folder):
        ran.append(lesson.topic)
        for count, cell in enumerate(cells, start=1):
            cell.execution_count = count
        return Times(5, 5)

    monkeypatch.setattr(execute, "run", pretend)
    assert build.main([], root) == 0
    before, numbers = outputs(root), {lesson.topic: lesson.number for lesson in COURSE.lessons}
    ran.clear()
    following = COURSE.parts[1].topics[1]
    order = root / "lessons" / "order.toml"
    order.write_text(order.read_text(encoding="utf-8").replace(f'"{following}"', f'"example", "{following}"'))
    (root / "lessons" / "example").mkdir()
    lesson = "# %% [markdown]\n# # Example\n#\n# A lesson that has nothing yet.\n# %%\n1 + 1\n"
    (root / "lessons" / "example" / "lesson.py").write_text(lesson)
    (root / "aecourse" / "exercises" / "example.py").write_text('"""No exercises yet."""\n')
    assert build.main([], root) == 0
    assert ran == ["example"]
    after = outputs(root)
    assert {name: after[name] for name in before} == before
    for name in before:
        folder, _, topic = name.partition("/")
        number = numbers[topic] + (numbers[topic] >= numbers[following])
        assert (root / folder / f"{number:02d}_{topic}.ipynb").exists()
    assert build.main(["--check"], root) == 0
