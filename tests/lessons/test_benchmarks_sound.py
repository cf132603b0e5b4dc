"""The comparisons on speech run and name what they measured."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from aecourse.datasets import load_speech
from benchmarks import __main__ as bench
from benchmarks import comparisons, sound


def few():
    (x, y), (x_test, y_test) = load_speech()
    chosen = [*range(2), 24, 34, *range(44, 54)]  # two of the first voice, one of each other, and the crowd
    return (x[:16], y[:16]), (x_test[chosen], y_test[chosen])


@pytest.mark.slow
@pytest.mark.parametrize("name", sound.COMPARISONS)
def test_each_comparison_gives_a_row_a_model(monkeypatch, capsys, name):
    monkeypatch.setattr(sound, "VALIDATION", 8)
    monkeypatch.setitem(comparisons.COMPARISONS, name, replace(sound.COMPARISONS[name], data=few))
    assert bench.main(["--json", name]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["model"] for row in rows] == list(sound.METHODS)
    for row in rows:
        assert row["unit"] == "gain, dB"
        assert -10 < row["score"] < 15
    assert rows[-1]["parameters"] > 10_000
