"""The benchmark runs, names what it measured, and measures the lessons' own code."""

from __future__ import annotations

import json

import pytest

from aecourse.datasets import load_digits
from benchmarks import __main__ as bench
from benchmarks.lesson_code import functions_of


@pytest.fixture
def few_digits(monkeypatch):
    """The comparisons at a size of seconds: their recipes on 200 digits."""
    (x_train, y_train), (x_test, y_test) = load_digits()
    monkeypatch.setattr(bench, "load_digits", lambda: ((x_train[:200], y_train[:200]), (x_test[:50], y_test[:50])))


@pytest.mark.slow
def test_table_and_json_agree_on_what_is_compared(few_digits, capsys):
    assert bench.main(["--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row["comparison"] for row in rows} == set(bench.COMPARISONS)
    assert {row["model"] for row in rows} == {m for c in bench.COMPARISONS.values() for m in c.models}
    for row in rows:
        assert row["parameters"] > 0
        assert row["seconds"] > 0
        assert 0 < row["error"] < 0.3
        assert row["machine"]
        assert row["error_ratio"] == pytest.approx(
            row["error"] / next(r for r in rows if r["comparison"] == row["comparison"])["error"]
        )


def test_one_comparison_prints_a_table(few_digits, capsys):
    assert bench.main(["numpy16"]) == 0
    printed = capsys.readouterr().out
    assert "lesson 01, NumPy, 16 numbers" in printed
    assert "Keras blog" not in printed
    assert "MISSED" in printed  # 200 digits are too few, and the table says so


def test_an_unknown_name_is_refused(capsys):
    with pytest.raises(SystemExit) as stop:
        bench.main(["dense17"])
    assert stop.value.code == 2
    assert "dense17" in capsys.readouterr().err


def test_published_recipe_has_the_published_size(few_digits):
    parameters, reconstruct = bench.keras_blog(bench.load_digits()[0][0], 0)
    assert parameters == 784 * 32 + 32 + 32 * 784 + 784
    assert reconstruct(bench.load_digits()[1][0]).shape == (50, 28, 28, 1)


def test_functions_of_takes_the_lessons_code_and_runs_none_of_its_cells(capsys):
    lesson = functions_of("01_encode_decode")
    assert {"numpy_autoencoder", "forward", "ACTIVATION", "np"} <= set(lesson)
    assert "x_train" not in lesson
    assert capsys.readouterr().out == ""
    with pytest.raises(FileNotFoundError):
        functions_of("99_nothing")
