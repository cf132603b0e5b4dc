"""Numbers drawn for a student: the own answer passes, a copied one does not; without a name all is as ever.

`OWN` in `lessons/<topic>/answers.py` holds right answers to the numbers that are drawn, at least two an exercise.
"""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from aecourse import session
from aecourse.exercises.core import Answer, Exercise
from aecourse.exercises.overview import exercises_of
from tests.lessons.test_answers import ANSWERS, TOPICS, exercise, graded, table

STUDENTS = ("Ada", "Émile", "Grace Hopper", "李雷", "x")
DRAWN = [(topic, name) for topic in TOPICS for name in exercises_of(topic) if exercise(topic, name).drawn is not None]
ROWS = [(topic, name, i) for topic, name in DRAWN for i in range(2)]


def numbers(topic: str, name: str, student: str) -> dict[str, Any]:
    return exercise(topic, name).drawn.numbers(student, f"{topic}.{name}")


def as_student(monkeypatch: pytest.MonkeyPatch, student: str | None) -> None:
    monkeypatch.setattr(session, "_student", student)


def own(topic: str, name: str, i: int, student: str) -> tuple[Any, ...]:
    return table(topic, "OWN")[name][i](**numbers(topic, name, student))


@pytest.mark.parametrize("topic", TOPICS)
def test_each_lesson_has_an_exercise_with_numbers_of_ones_own(topic):
    named = {name for of, name in DRAWN if of == topic}
    assert named
    assert set(table(topic, "OWN")) == named
    assert all(len(answers) >= 2 for answers in ANSWERS[topic].OWN.values())


@pytest.mark.slow
@pytest.mark.parametrize(("topic", "name", "i"), ROWS)
def test_ones_own_answer_passes_and_a_neighbours_does_not(topic, name, i, monkeypatch):
    answers = {student: own(topic, name, i, student) for student in STUDENTS}
    for student in STUDENTS:
        as_student(monkeypatch, student)
        mine = exercise(topic, name).grade(*answers[student])
        assert mine.kind == "correct", mine
        assert mine.message.endswith(exercise(topic, name).drawn.said(student, numbers(topic, name, student)))
        for other in STUDENTS:
            if numbers(topic, name, other) != numbers(topic, name, student):
                copied = exercise(topic, name).grade(*answers[other])
                assert copied.kind == "wrong", copied
                assert f"Drawn for {student}: " in copied.message


@pytest.mark.parametrize(("topic", "name", "i"), ROWS)
def test_an_answer_for_a_student_is_none_to_the_lesson(topic, name, i):
    assert graded(topic, name, lambda: own(topic, name, i, "Ada")).kind == "wrong"


@pytest.mark.slow
@pytest.mark.parametrize(("topic", "name"), DRAWN)
def test_the_lessons_answers_are_refused_and_the_task_is_named(topic, name, monkeypatch):
    as_student(monkeypatch, "Ada")
    task = exercise(topic, name).drawn.asked(numbers(topic, name, "Ada"))
    for answer in table(topic, "ACCEPTED")[name]:
        refused = graded(topic, name, answer)
        assert refused.kind == "wrong", refused
        said = f"that answers the task of the lesson, {exercise(topic, name).task}. Yours is {task}.\nDrawn for Ada: "
        assert refused.message.startswith(said)


@pytest.mark.slow
@pytest.mark.parametrize(("topic", "name"), DRAWN)
def test_what_the_lesson_refuses_is_refused_too(topic, name, monkeypatch):
    for student in STUDENTS:
        as_student(monkeypatch, student)
        for answer, _ in table(topic, "REFUSED")[name]:
            refused = graded(topic, name, answer)
            assert refused.kind == "wrong", refused


@pytest.mark.parametrize(("topic", "name"), DRAWN)
def test_the_open_stub_names_the_numbers(topic, name, monkeypatch):
    as_student(monkeypatch, "Ada")
    examined: Exercise = exercise(topic, name)
    answer: Answer = examined.grade(*[...] * len(table(topic, "ACCEPTED")[name][0]()))
    assert answer.kind == "not attempted"
    assert examined.drawn.asked(numbers(topic, name, "Ada")) in answer.message


@pytest.mark.parametrize(("topic", "name"), DRAWN)
def test_few_in_a_class_of_thirty_have_the_same_numbers(topic, name):
    drawn = [str(numbers(topic, name, f"student {i}")) for i in range(300)]
    share_alike = sum(a == b for i, a in enumerate(drawn) for b in drawn[:i]) / (300 * 299 / 2)
    assert share_alike < 0.04


def test_a_name_is_the_same_with_other_capitals_and_spaces():
    drawn = importlib.import_module("aecourse.exercises.encode_decode").compression.drawn
    assert drawn.numbers(" Ada  Lovelace ", "a.b") == drawn.numbers("ada lovelace", "a.b")
    assert drawn.numbers("Ada", "a.b") != drawn.numbers("Bob", "a.b")
