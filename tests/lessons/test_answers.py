"""Each exercise: its solution passes, its stub is "not attempted", slips get messages of their own, other ways pass."""

from __future__ import annotations

import functools
import importlib
import re
from pathlib import Path
from typing import Any

import keras
import nbformat
import pytest

from aecourse.exercises.core import Answer, Exercise
from tools.lesson_format import read_course

ROOT = Path(__file__).resolve().parents[2]
TOPICS = [lesson.topic for lesson in read_course(ROOT).lessons]
# lessons/<topic>/answers.py holds REFUSED and ACCEPTED answers, and what an exercise is GIVEN by its lesson.
ANSWERS = {topic: importlib.import_module(f"lessons.{topic}.answers") for topic in TOPICS}
CALL = re.compile(r"exercise\.(\w+)\.check\(")


def exercise(topic: str, name: str) -> Exercise:
    return getattr(importlib.import_module(f"aecourse.exercises.{topic}"), name)


def said(folder: str) -> list[Any]:
    """What each check says in the stored notebooks of a folder; nbval shows that it still says so."""
    found = []
    for topic in TOPICS:
        (path,) = (ROOT / folder).glob(f"[0-9][0-9]_{topic}.ipynb")
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code" and (call := CALL.search(cell.source)):
                message = "".join(output.data["text/plain"] for output in cell.outputs)
                found.append(pytest.param(topic, call[1], message, id=f"{topic}.{call[1]}"))
    return found


def rows(table: str) -> list[Any]:
    """A test for each row of a table of all lessons' answers."""
    return [
        pytest.param(topic, name, i, id=f"{topic}.{name}-{i}")
        for topic, answers in ANSWERS.items()
        for name, answers_to in getattr(answers, table).items()
        for i in range(len(answers_to))
    ]


@functools.cache
def refused(topic: str, name: str, i: int) -> Answer:
    """What the learner reads after a wrong answer."""
    return graded(topic, name, ANSWERS[topic].REFUSED[name][i][0])


def graded(topic: str, name: str, answer: Any) -> Answer:
    given = getattr(ANSWERS[topic], "GIVEN", {}).get(name, dict)()
    return exercise(topic, name).grade(*answer(), **given)


@pytest.mark.parametrize(("topic", "name", "message"), said("solutions"))
def test_solution_is_correct(topic, name, message):
    assert message.startswith("✓ correct")


@pytest.mark.parametrize(("topic", "name", "message"), said("notebooks"))
def test_untouched_stub_is_not_attempted(topic, name, message):
    assert message.startswith("○ not attempted")


@pytest.mark.parametrize(("topic", "name", "i"), rows("REFUSED"))
def test_wrong_answer_gets_its_own_message(topic, name, i):
    answer, fragment = refused(topic, name, i), ANSWERS[topic].REFUSED[name][i][1]
    assert answer.kind == "wrong"
    assert fragment in answer.message


@pytest.mark.parametrize(("topic", "name", "i"), rows("ACCEPTED"))
def test_other_right_answer_is_accepted(topic, name, i):
    assert str(graded(topic, name, ANSWERS[topic].ACCEPTED[name][i])).startswith("✓ correct")


@pytest.mark.parametrize(("topic", "name"), [(t, n) for t, a in ANSWERS.items() for n in a.REFUSED])
def test_messages_of_an_exercise_differ_in_more_than_numbers(topic, name):
    count = len(ANSWERS[topic].REFUSED[name])
    messages = {re.sub(r"\d[\d.,]*", "#", refused(topic, name, i).message) for i in range(count)}
    assert len(messages) == count >= 2


def test_reload_tells_its_mistakes_apart(tmp_path):
    reload, lesson = exercise("dense_keras", "reload"), ANSWERS["dense_keras"]
    whole, other, path = lesson.whole_model(), lesson.new_whole(), tmp_path / "m.keras"
    assert "there is no file" in reload.grade(path, other, whole=whole).message
    assert "must end in .keras" in reload.grade(tmp_path / "m.h5", other, whole=whole).message
    whole.save(path)
    assert "whole itself" in reload.grade(path, whole, whole=whole).message
    assert "answers otherwise" in reload.grade(path, other, whole=whole).message
    copy = keras.models.clone_model(whole)
    copy.set_weights(whole.get_weights())
    other.save(path)
    assert "the file holds another model" in reload.grade(path, copy, whole=whole).message
    assert reload.grade(str(path), keras.saving.load_model(path), whole=other).kind == "correct"


def test_every_exercise_has_wrong_answers_tested_and_two_hints():
    tested = {(topic, name) for topic, answers in ANSWERS.items() for name in answers.REFUSED}
    tested.add(("dense_keras", "reload"))
    for folder in ("notebooks", "solutions"):
        assert {parameters.values[:2] for parameters in said(folder)} == tested
    for topic, name in tested:
        assert isinstance(exercise(topic, name), Exercise)
        assert len(exercise(topic, name).hints) >= 2
