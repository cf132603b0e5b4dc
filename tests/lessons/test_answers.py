"""Each exercise: its solution passes, its stub is "not attempted", slips get messages of their own, other ways pass.

`lessons/<topic>/answers.py` holds the answers: REFUSED, each with the whole message that the learner reads, in which …
stands for anything, and ACCEPTED. REFUSED_TRAINED and ACCEPTED_TRAINED hold those for which the check trains. GIVEN is
what an exercise gets from its lesson. Whatever is drawn, the same answer gets the same verdict.
"""

from __future__ import annotations

import copy
import functools
import hashlib
import importlib
import pickle
import re
from typing import Any

import nbformat
import numpy as np
import pytest

from aecourse.exercises.core import Answer, Exercise
from tests.course import COURSE, ROOT

TOPICS = [lesson.topic for lesson in COURSE.lessons]
ANSWERS = {topic: importlib.import_module(f"lessons.{topic}.answers") for topic in TOPICS}
CALL = re.compile(r"exercise\.(\w+)\.check\(")
TIMES = 20
LONG = {
    ("compression", "search"),
    ("generating", "steps"),
    ("denoising", "fresh"),
    ("reading", "angle"),
}  # judged for a second each time


def exercise(topic: str, name: str) -> Exercise:
    return getattr(importlib.import_module(f"aecourse.exercises.{topic}"), name)


def table(topic: str, which: str) -> dict[str, list[Any]]:
    return getattr(ANSWERS[topic], which, {})


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


def rows(which: str) -> list[Any]:
    """A test for each row of a table of all lessons' answers."""
    return [
        pytest.param(topic, name, i, id=f"{topic}.{name}-{i}")
        for topic in TOPICS
        for name, answers_to in table(topic, which).items()
        for i in range(len(answers_to))
    ]


def graded(topic: str, name: str, answer: Any) -> Answer:
    given = getattr(ANSWERS[topic], "GIVEN", {}).get(name, dict)()
    return exercise(topic, name).grade(*answer(), **given)


@functools.cache
def trained(topic: str, which: str, name: str, i: int) -> tuple[Any, ...]:
    """The arguments of a check; a function among them trains once for the same arguments."""
    row = table(topic, which)[name][i]
    answer = row[0] if which.startswith("REFUSED") else row
    return tuple(once(a) if callable(a) and not hasattr(a, "layers") else a for a in answer())


def once(function: Any) -> Any:
    kept: dict[str, Any] = {}

    @functools.wraps(function)
    def remembering(*arguments: Any) -> Any:
        key = hashlib.sha256(pickle.dumps(arguments)).hexdigest()
        if key in kept:
            return kept[key]
        result = function(*arguments)
        if hashlib.sha256(pickle.dumps(arguments)).hexdigest() == key:  # or it overwrites them, each time
            kept[key] = result
        return result

    return remembering


def says(message: str, expected: str) -> bool:
    """Whether the message is the expected one, in which … stands for anything."""
    pattern = ".*".join(re.escape(part) for part in expected.split("…"))
    return re.fullmatch(pattern, message, re.DOTALL) is not None


def must_be_refused(answer: Answer, expected: str) -> None:
    assert answer.kind == "wrong", answer
    assert says(answer.message, expected), answer


@pytest.mark.parametrize(("topic", "name", "message"), said("solutions"))
def test_solution_is_correct(topic, name, message):
    assert message.startswith("✓ correct")


@pytest.mark.parametrize(("topic", "name", "message"), said("notebooks"))
def test_untouched_stub_is_not_attempted(topic, name, message):
    assert message.startswith("○ not attempted")


def judged(which: str) -> list[Any]:
    """Each row judged twenty times; among the quick tests the first row of each exercise that takes no second, once."""
    slow = [pytest.param(*row.values, TIMES, id=f"{row.id}-{TIMES}", marks=pytest.mark.slow) for row in rows(which)]
    first = [row for row in rows(which) if row.values[2] == 0 and row.values[:2] not in LONG]
    return [pytest.param(*row.values, 1, id=f"{row.id}-1") for row in first] + slow


@pytest.mark.parametrize(("topic", "name", "i", "times"), judged("REFUSED"))
def test_wrong_answer_gets_its_own_message_each_time(topic, name, i, times):
    answer, expected = table(topic, "REFUSED")[name][i]
    arguments = answer()
    for _ in range(times):
        must_be_refused(graded(topic, name, lambda: arguments), expected)


@pytest.mark.parametrize(("topic", "name", "i", "times"), judged("ACCEPTED"))
def test_other_right_answer_is_accepted_each_time(topic, name, i, times):
    arguments = table(topic, "ACCEPTED")[name][i]()
    for _ in range(times):
        answer = graded(topic, name, lambda: arguments)
        assert answer.kind == "correct", answer


def trained_rows(which: str) -> list[Any]:
    """Each row trained once and judged three times, in `make seeds` twenty times."""
    return [
        pytest.param(*row.values, times, id=f"{row.id}-{times}", marks=mark)
        for row in rows(which)
        for times, mark in ((3, pytest.mark.slow), (TIMES, pytest.mark.seeds))
    ]


@pytest.mark.parametrize(("topic", "name", "i", "times"), trained_rows("REFUSED_TRAINED"))
def test_wrong_training_gets_its_own_message_each_time(topic, name, i, times):
    expected = table(topic, "REFUSED_TRAINED")[name][i][1]
    arguments = trained(topic, "REFUSED_TRAINED", name, i)
    for _ in range(times):
        must_be_refused(graded(topic, name, lambda: arguments), expected)


@pytest.mark.parametrize(("topic", "name", "i", "times"), trained_rows("ACCEPTED_TRAINED"))
def test_other_right_training_is_accepted_each_time(topic, name, i, times):
    arguments = trained(topic, "ACCEPTED_TRAINED", name, i)
    for _ in range(times):
        answer = graded(topic, name, lambda: arguments)
        assert answer.kind == "correct", answer


def spoiling(function: Any, told: list[bool]) -> Any:
    """The function, which afterwards overwrites the first array, list or table that it was given, and tells if any."""

    @functools.wraps(function)
    def spoils(*arguments: Any) -> Any:
        result = function(*copy.deepcopy(arguments))
        told.append(any(overwritten(a) for a in arguments))
        return result

    return spoils


def overwritten(argument: Any) -> bool:
    if isinstance(argument, np.ndarray) and argument.size:
        argument.flat[0] = argument.flat[0] + 1 if argument.dtype.kind != "b" else not argument.flat[0]
    elif hasattr(argument, "iloc"):
        argument.iloc[:1] = argument.iloc[-1:].to_numpy()
    elif isinstance(argument, list):
        argument.append(None)
    else:
        return False
    return True


def takes_arrays(function: Any) -> bool:
    """Whether a function of the learner's is handed arrays; a model is no function of theirs."""
    return callable(function) and not hasattr(function, "layers")


@pytest.mark.slow
@pytest.mark.parametrize(("topic", "name", "i"), rows("ACCEPTED"))
def test_a_right_answer_that_overwrites_its_arguments_is_refused(topic, name, i):
    answer = table(topic, "ACCEPTED")[name][i]()
    if not any(takes_arrays(a) for a in answer):
        pytest.skip("no function among the answers")
    told: list[bool] = []
    spoilt = tuple(spoiling(a, told) if takes_arrays(a) else a for a in answer)
    refused = graded(topic, name, lambda: spoilt)
    if told and not any(told):
        pytest.skip("it is handed numbers only")
    assert refused.kind == "wrong", refused
    assert " overwrites " in refused.message, refused


def refused_to(topic: str, name: str) -> list[Any]:
    return [row for which in ("REFUSED", "REFUSED_TRAINED") for row in table(topic, which).get(name, ())]


def accepted_by(topic: str, name: str) -> list[Any]:
    return [row for which in ("ACCEPTED", "ACCEPTED_TRAINED") for row in table(topic, which).get(name, ())]


EXERCISES = sorted(
    {
        (topic, name)
        for topic in TOPICS
        for name in CALL.findall((ROOT / "lessons" / topic / "lesson.py").read_text(encoding="utf-8"))
    }
)


@pytest.mark.parametrize(("topic", "name"), EXERCISES)
def test_an_exercise_has_two_hints_and_answers_of_both_kinds(topic, name):
    assert isinstance(exercise(topic, name), Exercise)
    assert len(exercise(topic, name).hints) >= 2
    assert len(refused_to(topic, name)) >= 4
    assert len(accepted_by(topic, name)) >= 2


@pytest.mark.parametrize(("topic", "name"), EXERCISES)
def test_an_exercise_has_messages_that_differ_in_more_than_numbers(topic, name):
    messages = {re.sub(r"\d[\d.,]*", "#", message) for _, message in refused_to(topic, name)}
    assert len(messages) >= 4


def test_every_answer_belongs_to_an_exercise():
    tables = ("REFUSED", "REFUSED_TRAINED", "ACCEPTED", "ACCEPTED_TRAINED", "GIVEN")
    named = {(topic, name) for topic in TOPICS for which in tables for name in table(topic, which)}
    assert named <= set(EXERCISES)
