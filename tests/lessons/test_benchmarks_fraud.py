"""The comparison on simulated payments gives a row for each model, at a size of seconds."""

from __future__ import annotations

import json

import numpy as np
import pytest

from benchmarks import __main__ as bench
from benchmarks import fraud


@pytest.mark.slow
def test_the_comparison_gives_a_row_a_model(monkeypatch, capsys):
    rng = np.random.default_rng(0)

    def payments(n: int) -> tuple[np.ndarray, np.ndarray]:
        x = rng.uniform(1, 50, (n, fraud.RISK + 1))
        hit = np.arange(n) % 20 == 0
        x[hit, 0] *= 4
        x[:, fraud.RISK] /= 50
        return x, hit

    small = payments(1500), payments(400)
    comparison = fraud.COMPARISONS["fraud"]
    changed = type(comparison)(**{**vars(comparison), "data": lambda: small})
    monkeypatch.setitem(bench.COMPARISONS, "fraud", changed)
    assert bench.main(["--json", "fraud"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["model"] for row in rows] == list(comparison.models)
    for row in rows:
        assert row["unit"] == "AP, %"
        assert 2 < row["score"] <= 100
        assert row["seconds"] > 0
