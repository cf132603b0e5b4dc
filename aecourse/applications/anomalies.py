"""A table of one's own: which new rows are unlike the past, in which columns, and whether a simple method knows better.

The network is the lesson's idea with the question of the lesson on fraud: hide a column, and ask what it should be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from aecourse.applications.columns import Columns, as_table, learn_columns, with_scores
from aecourse.applications.expectations import OURS, Detector, learn_expectations
from aecourse.applications.judging import advice, auroc, choose_threshold, trial
from aecourse.checks import described, listed, number, whole_number

if TYPE_CHECKING:
    import pandas as pd

FEWEST_ROWS = 20
MOST_ROWS = 20_000  # of the past that are learned from; more hardly teach the network anything new
MOST_HELD_OUT = 20_000
PIECE = 50_000  # rows that are scored at once
NAMED = 3  # columns that a reason names at most


@dataclass(frozen=True)
class Scored:
    """What `score_table` found.

    Fields:
        scores: the network's score of each new row, shape `(rows of new,)`; the higher, the less like the past.
        threshold: the score above which a row is an alert.
        false_alarms: from and to which share of usual rows lie above the threshold, in 95 of 100 cases.
        alerts: the places of the alerts in `new`, the highest score first.
        reasons: for each alert the columns that surprised most, and what was expected there.
        rivals: the scores of the simple methods, name → shape `(rows of new,)`.
        held_out: the network's scores of the past's rows that nothing was learned from.
        auroc: for each method how well it tells anomalies, kind → AUROC: made-up kinds on held-out rows ("mixed",
            "pushed"), and with `labels` the new rows' ("labels").
        best: the method that is best at it: by `labels` where they were given, by the made-up kinds otherwise; "" where
            the network and the best simple one are too close to tell.
        left_out: the columns that were not looked at, name → why.
        said: what was done, in a line or two.
    """

    scores: np.ndarray
    threshold: float
    false_alarms: tuple[float, float]
    alerts: np.ndarray
    reasons: tuple[str, ...]
    rivals: Mapping[str, np.ndarray]
    held_out: np.ndarray
    auroc: Mapping[str, Mapping[str, float]]
    best: str
    left_out: Mapping[str, str]
    said: str

    def beside(self, new: pd.DataFrame) -> pd.DataFrame:
        """The new rows with three columns more, `score`, `alert` and `reason`, the highest score first: for saving.

        Raises:
            ValueError: `new` has another number of rows than what was scored.
        """
        table = as_table("new", new)
        if len(table) != len(self.scores):
            raise ValueError(f"new must be the {len(self.scores):,} rows that were scored, got {described(new)}")
        return with_scores(table, self.scores, self.alerts, self.reasons)


def score_table(
    past: pd.DataFrame | np.ndarray,
    new: pd.DataFrame | np.ndarray,
    *,
    budget: int | None = None,
    rate: float = 0.05,
    labels: Sequence[int] | np.ndarray | None = None,
    seed: int = 0,
) -> Scored:
    """Score new rows of a table by how little they are like its past, with a threshold and reasons.

    Five small autoencoders learn from the past to fill in columns that are hidden from them. A row's score is how far
    its columns lie from what the networks expect, each measured by how far expectations were off on past rows that
    they had not seen. Numbers are scaled and long tails tamed; rare categories stand together; gaps are filled with the
    median and flagged; of dates the hour and the weekday are looked at. A fifth of the past
    is held out from all of this, for the threshold. Of more than 20,000 rows, 20,000 are drawn to learn from.

    Args:
        past: rows that are usual, or nearly all of them: a table as `read_table` gives, or numbers `(rows, columns)`.
        new: the rows to score, with the same columns; more columns are ignored.
        budget: how many rows somebody can look at: so many of the highest scores are alerts, or fewer where they tie.
        rate: without a budget the share of usual rows that may raise a false alarm, above 0 and below 1. The
            threshold is the k-th smallest of n held-out scores, k = ⌈(n + 1)(1 - rate)⌉.
        labels: which of the new rows are anomalies, 0 and 1, if it is known: for `auroc` and `best` alone.
        seed: decides the draws and the networks, whose training seeds Keras anew.

    Returns:
        A `Scored`. It says which method is best where that can be known. With `labels` it is measured. Without, the
        held-out rows are damaged in two ways: a third of a row's columns come from another row ("mixed": each value is
        usual, together they are not), and one or two columns are pushed three spreads outwards ("pushed"). Who finds
        these need not find what your anomalies are.

    Raises:
        TypeError: a table is neither a DataFrame nor an array of numbers.
        ValueError: past has fewer than 20 rows, columns differ, none can be learned from, or another argument is out
            of range.

    Source: the threshold and its range: Vovk, *Conditional validity of inductive conformal predictors*, 2012. Hidden
    columns: Vincent et al., *Extracting and composing robust features with denoising autoencoders*, 2008.

    Example:
        >>> past = np.random.default_rng(0).normal(size=(50, 1)) + np.zeros((50, 3))  # three columns, always alike
        >>> found = score_table(past, np.array([[1.0, 1, -1], [1, 1, 1]]), budget=1)  # doctest: +SKIP
        >>> found.alerts  # doctest: +SKIP
        array([0])
    """
    budget = None if budget is None else whole_number("budget", budget)
    rate = number("rate", rate)
    if not 0 < rate < 1:
        raise ValueError(f"rate must be a share above 0 and below 1, such as 0.05 for 5 %, got {described(rate)}")
    seed = whole_number("seed", seed, low=0, high=2**31)
    before, after = as_table("past", past), as_table("new", new)
    if len(before) < FEWEST_ROWS:
        raise ValueError(f"past must hold at least {FEWEST_ROWS} rows to learn from, got {described(past)}")
    truth = None if labels is None else _truth(labels, len(after))
    order = np.random.default_rng(seed).permutation(len(before))
    n = min(len(before) // 5, MOST_HELD_OUT)
    rows = np.sort(order[n:][:MOST_ROWS])
    columns, (learned, after, others) = learn_columns(before.iloc[rows], after, before.iloc[order[:n]])
    detector = learn_expectations(columns.of(learned), columns.source, columns.floor, seed)
    usual = columns.of(others)
    held = detector.scores(usual, columns.new_gaps(others))
    found = _scores(detector, columns, after)

    threshold, false_alarms = choose_threshold(held[OURS], found[OURS], budget, rate)
    alerts = np.flatnonzero(found[OURS] > threshold)
    alerts = alerts[np.argsort(-found[OURS][alerts], kind="stable")]
    tried = trial(detector, usual[:2000], held, columns, seed)
    if truth is not None:
        for name, scores in found.items():
            tried[name]["labels"] = auroc(scores[truth == 0], scores[truth == 1])
    clear = min(n, 2000) if truth is None else min(np.bincount(truth))
    best, words = advice(tried, int(clear))
    said = _words(len(before), len(rows), n, len(after), columns, len(alerts), false_alarms)
    said = f"{said}\n{words}"
    print(said)
    return Scored(
        found[OURS],
        threshold,
        false_alarms,
        alerts,
        _reasons(detector, columns, after, alerts),
        {name: scores for name, scores in found.items() if name != OURS},
        held[OURS],
        tried,
        best,
        columns.left_out,
        said,
    )


def _truth(labels: object, n: int) -> np.ndarray:
    truth = np.asarray(labels)
    if truth.shape != (n,) or truth.dtype.kind not in "biuf" or set(np.unique(truth)) != {0, 1}:
        raise ValueError(
            f"labels must be 0 or 1 for each of the {n:,} new rows, both among them, got {described(truth)}"
        )
    return truth.astype(int)


def _scores(detector: Detector, columns: Columns, table: pd.DataFrame) -> dict[str, np.ndarray]:
    """All methods' scores of a table, piece by piece: a long one would not fit into memory as numbers."""
    pieces = [table.iloc[i : i + PIECE] for i in range(0, len(table), PIECE)]
    found = [detector.scores(columns.of(piece), columns.new_gaps(piece)) for piece in pieces]
    return {name: np.concatenate([scores[name] for scores in found]) for name in found[0]}


def _reasons(detector: Detector, columns: Columns, table: pd.DataFrame, alerts: np.ndarray) -> tuple[str, ...]:
    """For each alert the columns that surprised most, with the value and what was expected."""
    said: list[str] = []
    for start in range(0, len(alerts), PIECE):
        rows = table.iloc[alerts[start : start + PIECE]]
        z = columns.of(rows)
        expected = detector.expected(z)
        surprise = detector.surprise(z, expected) + columns.new_gaps(rows)
        worst = np.argsort(-surprise, axis=1, kind="stable")[:, :NAMED]
        parts = np.full(worst.shape, "", object)
        for column in np.unique(worst):
            row, place = np.nonzero(worst == column)
            values = columns.shown(rows.iloc[row], column)
            wanted = columns.in_words(expected[row], column)
            name = columns.names[column]
            parts[row, place] = [f"{name} {a} (expected {b})" for a, b in zip(values, wanted, strict=True)]
        enough = np.take_along_axis(surprise, worst, axis=1) >= np.minimum(4, surprise.max(axis=1))[:, None]
        said += ["; ".join(part[keep]) for part, keep in zip(parts, enough, strict=True)]
    return tuple(said)


def _words(
    past: int, learned: int, held: int, new: int, columns: Columns, alerts: int, share: tuple[float, float]
) -> str:
    """What was done, in a line."""
    drawn = " drawn" if learned + held < past else ""
    left = f" Not looked at: {listed(columns.left_out)}." if columns.left_out else ""
    return (
        f"{new:,} rows scored on {listed(columns.names)}: learned from {learned:,} past rows{drawn}, threshold from "
        f"{held:,} others. {alerts:,} alerts; {100 * share[0]:.1f} to {100 * share[1]:.1f} % of usual rows would be "
        f"alerts too.{left}"
    )
