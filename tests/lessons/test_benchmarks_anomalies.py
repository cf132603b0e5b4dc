"""The comparisons of lesson 07 run and name what they measured."""

from __future__ import annotations

import json

import pytest

from aecourse.datasets import load_digits
from benchmarks import __main__ as bench
from benchmarks import anomalies, core


@pytest.mark.slow
@pytest.mark.parametrize("name", anomalies.COMPARISONS)
def test_each_comparison_gives_a_row_a_model(monkeypatch, capsys, name):
    (x_train, y_train), (x_test, y_test) = load_digits()
    few = (x_train[:600], y_train[:600]), (x_test[:100], y_test[:100])
    monkeypatch.setattr(core, "load_digits", lambda: few)
    lesson = anomalies.functions_of(anomalies.LESSON)
    train = lesson["train_ten"]
    lesson["train_ten"] = lambda x, labels, rng, **_: train(x, labels, rng, epochs=1, n=100)
    monkeypatch.setattr(anomalies, "functions_of", lambda _: lesson)
    assert bench.main(["--json", name]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["model"] for row in rows] == list(anomalies.COMPARISONS[name].models)
    assert {row["unit"] for row in rows} == {anomalies.COMPARISONS[name].unit}
    for row in rows:
        assert 0 <= row["score"] <= 100
        assert row["seconds"] > 0
    # One epoch on 600 digits: PCA, which needs no epochs, shows that scores and labels belong together.
    by_name = {row["model"]: row["score"] for row in rows}
    assert by_name.get("PCA 16, softened", 100) > 85
    assert by_name.get("PCA 16", 100) > 20
