"""Each exercise: its solution passes, likely mistakes get a message of their own, the stub is "not attempted"."""

from __future__ import annotations

import importlib
import re
import runpy
from pathlib import Path
from typing import Any

import keras
import nbformat
import pytest

from aecourse.exercises.core import Exercise

LESSONS = Path(__file__).resolve().parents[2] / "lessons"
# lesson02.py there tells lesson 02's likely mistakes (WRONG), and what an exercise takes from its lesson (GIVEN).
MISTAKES = {p.stem: runpy.run_path(str(p)) for p in sorted((Path(__file__).parent / "wrong_answers").glob("*.py"))}
CALL = re.compile(r"(lesson\d\d)\.(\w+)\.check\(")


def exercise(module: str, name: str) -> Exercise:
    return getattr(importlib.import_module(f"aecourse.exercises.{module}"), name)


def answers(folder: str) -> list[Any]:
    """What each check says in the stored notebooks of a folder; nbval shows that it still says so."""
    found = []
    for path in sorted((LESSONS.parent / folder).glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code" and (call := CALL.search(cell.source)):
                said = "".join(output.data["text/plain"] for output in cell.outputs)
                found.append(pytest.param(*call.groups(), said, id=".".join(call.groups())))
    return found


@pytest.mark.parametrize(("module", "name", "said"), answers("solutions"))
def test_solution_is_correct(module, name, said):
    assert said.startswith("✓ correct")


@pytest.mark.parametrize(("module", "name", "said"), answers("notebooks"))
def test_untouched_stub_is_not_attempted(module, name, said):
    assert said.startswith("○ not attempted")


@pytest.mark.parametrize(
    ("module", "name", "given", "fragment"),
    [
        pytest.param(module, name, *row, id=f"{module}.{name}-{row[1]}")
        for module, lesson in MISTAKES.items()
        for name, rows in lesson["WRONG"].items()
        for row in rows
    ],
)
def test_wrong_answer_gets_its_own_message(module, name, given, fragment):
    context = MISTAKES[module].get("GIVEN", {}).get(name, dict)()
    answer = exercise(module, name).grade(*given(), **context)
    assert answer.kind == "wrong"
    assert fragment in answer.message


def test_reload_tells_its_mistakes_apart(tmp_path):
    lesson = MISTAKES["lesson02"]
    whole, other, path = lesson["whole_model"](), lesson["new_whole"](), tmp_path / "m.keras"
    assert "there is no file" in exercise("lesson02", "reload").grade(path, other, whole=whole).message
    assert "must end in .keras" in exercise("lesson02", "reload").grade(tmp_path / "m.h5", other, whole=whole).message
    whole.save(path)
    assert "whole itself" in exercise("lesson02", "reload").grade(path, whole, whole=whole).message
    assert "answers otherwise" in exercise("lesson02", "reload").grade(path, other, whole=whole).message
    copy = keras.models.clone_model(whole)
    copy.set_weights(whole.get_weights())
    other.save(path)
    assert "the file holds another model" in exercise("lesson02", "reload").grade(path, copy, whole=whole).message
    assert exercise("lesson02", "reload").grade(str(path), keras.saving.load_model(path), whole=other).kind == "correct"


def test_every_exercise_has_wrong_answers_tested_and_two_hints():
    tested = {(module, name) for module, lesson in MISTAKES.items() for name in lesson["WRONG"]}
    tested.add(("lesson02", "reload"))
    for folder in ("notebooks", "solutions"):
        assert {parameters.values[:2] for parameters in answers(folder)} == tested
    for module, name in tested:
        assert isinstance(exercise(module, name), Exercise)
        assert len(exercise(module, name).hints) >= 2


def test_messages_of_an_exercise_differ():
    for lesson in MISTAKES.values():
        for rows in lesson["WRONG"].values():
            assert len({fragment for _, fragment in rows}) == len(rows) >= 2
