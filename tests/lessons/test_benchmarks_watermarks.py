"""The watermark comparisons run, at a size of seconds, and measure the lesson's own code."""

from __future__ import annotations

import json

import pytest

from benchmarks import __main__ as bench
from benchmarks import core, watermarks


@pytest.fixture
def few_photos(monkeypatch):
    (train, test) = watermarks.photos()
    few = (train[0][::100], train[1][::100]), (test[0][::8], test[1][::8])
    for name, comparison in watermarks.COMPARISONS.items():
        small = core.Comparison(
            comparison.models, comparison.target, comparison.reached, comparison.unit, comparison.score, lambda: few
        )
        monkeypatch.setitem(bench.COMPARISONS, name, small)


@pytest.mark.slow
@pytest.mark.parametrize("name", watermarks.COMPARISONS)
def test_each_comparison_gives_a_row_a_model(few_photos, capsys, name):
    assert bench.main(["--json", name]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["model"] for row in rows] == list(watermarks.COMPARISONS[name].models)
    for row in rows:
        assert row["parameters"] >= 0
        assert 5 < row["score"] < 60


def test_training_and_test_photographs_differ():
    (_, names), (_, test_names) = watermarks.photos()
    assert not set(names) & set(test_names)
