"""What a learner has solved: kept at home, read again after a restart, lost without harm."""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys

import pytest

from aecourse.exercises import encode_decode, record
from aecourse.exercises.core import VERDICT, Answer, Exercise, wrong
from aecourse.exercises.overview import exercises_of, lessons
from aecourse.exercises.records import RECORD_VARIABLE, keep
from tests.course import COURSE


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home of one's own with a record that is on."""
    monkeypatch.delenv(RECORD_VARIABLE)
    for name in ("XDG_DATA_HOME", "APPDATA", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    return tmp_path


def six(n):
    return "six it is." if n == 6 else wrong("count again.")


six.__module__ = "aecourse.exercises.encode_decode"
SIX = Exercise("What are 3 pairs?", six, ("Count.", "Six."))


def test_the_last_verdict_is_kept_and_an_empty_stub_takes_nothing_away(home, capsys):
    for answer, verdict in ((5, "wrong"), (6, "correct"), (..., "correct"), (5, "wrong")):
        SIX.check(answer)
        assert record().verdict("encode_decode", "six") == verdict
    assert json.loads(record().path.read_text())["encode_decode.six"]["verdict"] == "wrong"


@pytest.mark.slow
def test_it_survives_a_restart(home):
    code = "from aecourse.exercises.records import keep; keep('encode_decode.blend', 'correct')"
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ})
    assert record().verdict("encode_decode", "blend") == "correct"


@pytest.mark.parametrize(
    "text", ["", "{", "[" * 100_000, "[1]", '{"encode_decode.six": 1}', '{"encode_decode.six": {"verdict": 3}}']
)
def test_a_damaged_file_is_no_record_and_is_written_anew(home, capsys, text):
    record().path.parent.mkdir(parents=True)
    record().path.write_text(text)
    assert record().verdict("encode_decode", "six") == "not attempted"
    SIX.check(6)
    assert record().verdict("encode_decode", "six") == "correct"


def test_forgetting_deletes_the_file_and_goes_twice(home, capsys):
    SIX.check(6)
    record().forget()
    assert not record().path.exists()
    record().forget()
    SIX.check(6)
    assert record().verdict("encode_decode", "six") == "correct"


def test_a_home_that_cannot_be_written_to_loses_only_the_memory(home, monkeypatch, capsys):
    blocked = home / "a file"
    blocked.write_text("")
    for name in ("XDG_DATA_HOME", "APPDATA", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(blocked))
    SIX.check(6)
    assert capsys.readouterr().out.startswith("✓ correct")
    assert record().solved == 0


def test_off_keeps_nothing_and_says_so(home, monkeypatch, capsys):
    monkeypatch.setenv(RECORD_VARIABLE, "off")
    SIX.check(6)
    assert list(home.iterdir()) == []
    assert "AECOURSE_RECORD is off" in repr(record())
    assert "AECOURSE_RECORD is off" in record()._repr_html_()


def test_it_shows_every_lesson_in_order_and_the_way_on(home, capsys):
    assert lessons() == [(lesson.topic, lesson.title) for lesson in COURSE.lessons]
    shown = repr(record())
    assert [shown.index(f"{title}: ") for _, title in lessons()] == sorted(shown.index(f"{t}: ") for _, t in lessons())
    first = exercises_of(lessons()[0][0])[0]
    assert f"The way on: {first} in the lesson {lessons()[0][1]}" in shown
    for topic, _, names in record().lessons:
        for name in names:
            keep(f"{topic}.{name}", "correct")
    assert "all of them" in repr(record())
    assert "○" not in record()._repr_html_().split("</thead>")[1]


def test_every_exercise_of_a_lesson_is_found_in_its_order():
    text = (COURSE.root / "lessons" / "encode_decode" / "lesson.py").read_text(encoding="utf-8")
    there = exercises_of("encode_decode")
    assert sorted(there, key=lambda name: text.index(f"exercise.{name}.check(")) == there


def test_a_page_to_keep(home, tmp_path, capsys):
    SIX.check(6)
    page = record().save(tmp_path / "solved.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert all(title.split(":")[0] in page for _, title in lessons())
    with pytest.raises(FileExistsError, match="overwrite=True"):
        record().save(tmp_path / "solved.html")
    with pytest.raises(ValueError, match=r"\.html"):
        record().save(tmp_path / "solved.txt")


def test_the_output_of_a_check_holds_the_verdict_for_programs():
    answer = Answer("wrong", "count again.", "encode_decode.six")
    assert answer._repr_mimebundle_()[VERDICT] == {"exercise": "encode_decode.six", "verdict": "wrong"}
    assert VERDICT not in Answer("hint", "1 of 2: count.")._repr_mimebundle_()


def test_a_check_names_its_exercise(monkeypatch):
    shown = []
    monkeypatch.setattr("aecourse.exercises.core._show", shown.append)
    name = exercises_of("encode_decode")[0]
    exercise = getattr(encode_decode, name)
    asked = [p for p in inspect.signature(exercise.examine).parameters.values() if p.kind is not p.KEYWORD_ONLY]
    exercise.check(*[...] * len(asked))
    assert shown[0].exercise == f"encode_decode.{name}"
    assert shown[0].kind == "not attempted"
