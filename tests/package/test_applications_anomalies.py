"""A reader's own table: scored, with a threshold that keeps its promise, reasons that name columns, clear errors."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import roc_auc_score

from aecourse.applications import expectations
from aecourse.applications.anomalies import score_table
from aecourse.applications.columns import RARE, as_table, learn_columns
from aecourse.applications.judging import advice, choose_threshold


def machine(n, seed, tools=("A", "B")):
    """Rows whose numbers follow from the load and from the tool."""
    rng = np.random.default_rng(seed)
    load, tool = rng.uniform(0, 1, n), rng.integers(0, len(tools), n)
    return pd.DataFrame(
        {
            "speed": 900 + 1500 * load + rng.normal(0, 15, n),
            "current": 3 + 9 * load**2 + rng.normal(0, 0.2, n),
            "heat": 20 + 35 * load + 10 * tool + rng.normal(0, 1, n),
            "tool": np.array(tools)[tool],
        }
    )


@pytest.fixture
def quick(monkeypatch):
    """Networks that hardly learn: for tests of everything around them."""
    for name, few in (("STEPS", 2), ("NETWORKS", 2), ("FEWEST_EPOCHS", 1), ("FEWEST_STEPS", 2)):
        monkeypatch.setattr(expectations, name, few)


# ---------------------------------------------------------------------------------------------- columns


def numbers_of(past, new=None):
    columns, (_, new) = learn_columns(as_table("past", past), as_table("new", past if new is None else new))
    return columns, columns.of(new)


def test_numbers_are_scaled_and_long_tails_tamed():
    rng = np.random.default_rng(0)
    past = pd.DataFrame({"even": rng.normal(50, 10, 500), "tail": np.exp(rng.normal(0, 2, 500))})
    columns, z = numbers_of(past)
    assert np.allclose(z.mean(axis=0), 0, atol=0.01)
    assert np.allclose(z.std(axis=0), 1, atol=0.01)
    tail = z[:, list(columns.source).index(1)]
    assert tail.max() < 5  # 12 spreads from the middle before
    assert np.abs(numbers_of(past, past.assign(even=1e12))[1]).max() == 10


def test_rare_and_new_categories_stand_together_and_count_more_than_frequent_ones():
    past = pd.DataFrame({"tool": ["A"] * 120 + ["B"] * 60 + ["C"], "x": np.arange(181) % 7.0})
    columns, z = numbers_of(past, pd.DataFrame({"tool": ["A", "C", "never seen"], "x": [1.0, 1, 1]}))
    assert columns.categories["tool"] == ["A", "B", RARE]
    assert np.allclose(z[1], z[2])
    own = columns.source == columns.names.index("tool")
    assert (z[1, own] ** 2).sum() > 5 * (z[0, own] ** 2).sum()


def test_gaps_are_filled_with_the_median_and_flagged():
    past = pd.DataFrame({"x": [*np.arange(99.0), np.nan], "y": np.arange(100.0) % 9})
    columns, z = numbers_of(past, pd.DataFrame({"x": [np.nan, 49], "y": [4.0, np.nan]}))
    assert list(columns.source) == [0, 1, 0]  # x, y, and whether x is missing
    assert np.allclose(z[0, :2], z[1, :2], atol=0.05)
    assert z[0, 2] > 2 > 0.1 > abs(z[1, 2])
    gaps = columns.new_gaps(pd.DataFrame({"x": [np.nan, 49], "y": [4.0, np.nan]}))
    assert gaps[0].tolist() == [0, 0]
    assert gaps[1, 1] == pytest.approx(2 * np.log(101))  # y had none before


def test_dates_become_hour_and_weekday():
    when = pd.date_range("2026-03-02", periods=200, freq="7h")
    columns, _ = numbers_of(pd.DataFrame({"when": when, "x": np.arange(200) % 5.0}))
    assert columns.names == ["when: hour", "when: weekday", "x"]
    assert "hour and weekday" in columns.left_out["when"]


@pytest.mark.parametrize(
    ("column", "why"),
    [
        (np.full(60, 3.0), "always the same"),
        (np.full(60, np.nan), "all of it is missing"),
        (["same"] * 60, "always the same"),
        ([f"no {i}" for i in range(60)], "too few of its values come again"),
        ([None] * 60, "always the same"),
    ],
)
def test_columns_that_say_nothing_are_left_out_with_a_reason(column, why):
    table = pd.DataFrame({"x": np.arange(60) % 7.0, "odd": column})
    columns, _ = numbers_of(table)
    assert columns.names == ["x"]
    assert why in columns.left_out["odd"]
    with pytest.raises(ValueError, match=f"no column that could be learned from.*{why[:20]}"):
        numbers_of(table[["odd"]])


def test_a_running_number_is_left_out_and_a_constant_that_changes_is_told():
    past = pd.DataFrame({"x": np.arange(60) % 7.0, "row": np.arange(60.0), "unit": 1.0})
    new = pd.DataFrame({"x": [1.0, 2.0], "row": [60.0, 61.0], "unit": [1.0, 2.0]})
    columns, _ = numbers_of(past, new)
    assert "only rises" in columns.left_out["row"]
    assert "another in 1 new rows" in columns.left_out["unit"]


# ---------------------------------------------------------------------------------------------- the threshold


@pytest.mark.slow
def test_the_threshold_keeps_its_promise_over_many_draws():
    rng = np.random.default_rng(0)
    shares, inside = [], 0
    for _ in range(200):
        held = rng.normal(size=99)
        threshold, (low, high) = choose_threshold(held, held, None, 0.1)
        share = (rng.normal(size=5_000) > threshold).mean()
        shares.append(share)
        inside += low <= share <= high
    assert 0.09 < np.mean(shares) < 0.11
    assert 0.9 < inside / 200 < 0.99


def test_a_budget_is_never_exceeded_and_its_false_alarms_are_told():
    rng = np.random.default_rng(0)
    held, scores = rng.normal(size=500), rng.normal(size=1000)
    threshold, (low, high) = choose_threshold(held, scores, 50, 0.5)
    assert (scores > threshold).sum() == 50
    assert low < 0.05 < high
    assert (np.zeros(9) > choose_threshold(held, np.zeros(9), 3, 0.5)[0]).sum() == 0  # all alike
    assert (scores > choose_threshold(held, scores, 5000, 0.5)[0]).all()


def areas(ours, simple, kind="labels"):
    return {"network": {kind: ours}, "mean z²": {kind: simple}, "isolation forest": {kind: 0.5}}


@pytest.mark.parametrize(
    ("ours", "simple", "n", "best", "words"),
    [
        (0.95, 0.80, 400, "network", "By your labels no simple method is as good: the best, mean z², has AUROC 0.800"),
        (0.80, 0.95, 400, "mean z²", "a simple method is better: mean z² has AUROC 0.950, the network 0.800"),
        (0.95, 0.94, 400, "", "too close to tell"),
        (0.95, 0.80, 4, "", "too close to tell"),
    ],
)
def test_it_says_where_a_simple_method_is_better_and_where_nobody_can_tell(ours, simple, n, best, words):
    found, said = advice(areas(ours, simple), n)
    assert found == best
    assert words in said
    assert "made up from held-out rows" in advice(areas(ours, simple, "mixed"), n)[1]


# ---------------------------------------------------------------------------------------------- the whole


@pytest.mark.slow
def test_broken_relations_are_found_and_the_columns_named(capsys):
    past, new = machine(3000, 0), machine(300, 1)
    for table, seed in ((past, 2), (new, 3)):  # most at half load: a relation, and no correlation
        bend = 9 - 24 * np.abs((table["speed"] - 900) / 1500 - 0.5)
        table["current"] = bend + np.random.default_rng(seed).normal(0, 0.2, len(table))
    new.loc[:29, "current"] += np.where(new["current"][:30] < 3, 5, -5)  # each value is usual by itself
    truth = np.arange(300) < 30
    found = score_table(past, new, budget=30, labels=truth)
    assert roc_auc_score(truth, found.scores) > 0.97
    assert found.best == "network"
    assert found.auroc["network"]["labels"] > found.auroc["mean z²"]["labels"] + 0.2
    assert len(found.alerts) == len(found.reasons) == 30
    assert sum("current" in reason for reason in found.reasons) >= 25
    assert "30 alerts" in capsys.readouterr().out
    again = score_table(past, new, budget=30)
    assert np.array_equal(again.scores, found.scores)


@pytest.mark.slow
def test_breast_cancer_is_told_at_least_as_well_as_by_the_best_simple_method():
    data = load_breast_cancer()
    areas = []
    for seed in range(3):  # which method is ahead in one draw of 143 usual rows is luck
        benign = np.random.default_rng(seed).permutation(np.flatnonzero(data.target == 1))
        past, rest = data.data[benign[:214]], np.concatenate([benign[214:], np.flatnonzero(data.target == 0)])
        found = score_table(past, data.data[rest], labels=1 - data.target[rest], seed=seed)
        areas.append({name: each["labels"] for name, each in found.auroc.items()})
    mean = {name: np.mean([area[name] for area in areas]) for name in areas[0]}
    assert min(area["network"] for area in areas) > 0.962
    assert mean["network"] >= max(mean.values())


@pytest.mark.slow
def test_twenty_rows_with_every_kind_of_column_give_a_result(quick, capsys):
    when = pd.date_range("2026-03-01", periods=20, freq="5h")
    past = machine(20, 0).assign(when=when, none=np.nan, one=1, row=range(20))
    past.loc[3, "heat"] = np.nan
    new = past.iloc[:6].assign(tool="never seen", row=range(20, 26))
    new.loc[2, "speed"] = np.inf
    found = score_table(past, new)
    assert found.scores.shape == (6,)
    assert np.isfinite(found.scores).all()
    assert found.false_alarms[1] > 0.4  # four held-out rows promise little
    assert {"when", "none", "one", "row"} <= set(found.left_out)
    assert len(found.beside(new)) == 6
    assert found.beside(new)["score"].is_monotonic_decreasing
    assert "Not looked at" in capsys.readouterr().out
    with pytest.raises(ValueError, match="the 6 rows that were scored"):
        found.beside(past)


@pytest.mark.slow
def test_one_column_and_one_row_are_enough_and_frames_without_numbers_too(quick):
    rng = np.random.default_rng(0)
    assert score_table(rng.normal(size=(40, 1)), np.zeros((1, 1))).scores.shape == (1,)
    words = pd.DataFrame({"a": rng.choice(["x", "y"], 60), "b": rng.choice(["x", "y"], 60)})
    assert list(score_table(words, words).auroc["network"]) == ["mixed"]


TABLE = machine(30, 0)


@pytest.mark.parametrize(
    ("past", "new", "options", "error", "message"),
    [
        ("a.csv", TABLE, {}, TypeError, "past must be a pandas DataFrame .*got the text 'a.csv'.*load it first"),
        (TABLE, None, {}, TypeError, "new must be a pandas DataFrame .*got None"),
        (TABLE.to_numpy(), TABLE, {}, TypeError, "past must be a pandas DataFrame"),
        (np.zeros(30), TABLE, {}, TypeError, r"past must be .*shape \(30,\)"),
        (TABLE, TABLE[:0], {}, ValueError, "new must hold rows and columns"),
        (TABLE[:19], TABLE, {}, ValueError, "past must hold at least 20 rows"),
        (TABLE, TABLE.drop(columns="heat"), {}, ValueError, "new has no column 'heat'.*speed, current"),
        (TABLE, TABLE.assign(heat="hot"), {}, ValueError, "'heat' holds numbers in past and texts in new"),
        (TABLE.assign(heat="hot"), TABLE, {}, ValueError, "'heat' holds texts in past and numbers in new"),
        (pd.concat([TABLE, TABLE], axis=1), TABLE, {}, ValueError, "past has two columns 'speed'"),
        (TABLE, TABLE, {"budget": 0}, ValueError, "budget must be a whole number of at least 1, got 0"),
        (TABLE, TABLE, {"rate": 5}, ValueError, "rate must be"),
        (TABLE, TABLE, {"rate": 0.0}, ValueError, "rate must be a share above 0 and below 1.*got 0"),
        (TABLE, TABLE, {"labels": [0, 1]}, ValueError, "labels must be 0 or 1 for each of the 30 new rows"),
        (TABLE, TABLE, {"labels": np.zeros(30)}, ValueError, "both among them"),
        (TABLE, TABLE, {"seed": "x"}, ValueError, "seed must be a whole number"),
    ],
)
def test_what_cannot_be_scored_is_refused_in_one_sentence(past, new, options, error, message):
    with pytest.raises(error, match=message) as caught:
        score_table(past, new, **options)
    assert len(str(caught.value)) <= 600
