"""Payments of one's own: which of the new ones a team should read, why, and which method is better, if it can be known.

All of it is the lesson's recipe: features that know no future, and a network that is asked for the hidden amount.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from aecourse.applications.columns import with_scores
from aecourse.backend import keras
from aecourse.checks import described, number, whole_number
from aecourse.recipes import fraud as lesson

OURS, LINE, LABELS = "network", "straight line", "with late labels"
COLUMNS = ("time", "customer", "terminal", "amount")
FEWEST = 500  # payments to learn from, a batch of the lesson's network
FEWEST_FRAUDS = 5  # known ones that a method is judged by
STEPS = 500  # of the training, at least, as in the lesson
AS_GOOD = 0.95  # of the best average precision counts as equally good, as in the lesson


@dataclass(frozen=True)
class ScoredPayments:
    """What `score_payments` found.

    Fields:
        scores: how far each new amount lies above what the network expects, in spreads, shape `(new payments,)`.
        threshold: the score above which a payment is an alert.
        a_day: from and to how many alerts a day are to be expected in 95 of 100 cases, if nothing changes.
        alerts: the places of the alerts in `new`, the highest score first.
        reasons: for each alert its amount, what was expected, and what is usual for the customer.
        rivals: the scores of the other methods, name → shape `(new payments,)`.
        precision: the average precision of each method on past payments whose frauds are known; empty without `frauds`.
        best: the method with the best one; "" where it cannot be known.
        said: what was done, in a line or two.
    """

    scores: np.ndarray
    threshold: float
    a_day: tuple[float, float]
    alerts: np.ndarray
    reasons: tuple[str, ...]
    rivals: Mapping[str, np.ndarray]
    precision: Mapping[str, float]
    best: str
    said: str

    def beside(self, new: pd.DataFrame) -> pd.DataFrame:
        """The new payments with `score`, `alert` and `reason`, the highest score first: for saving.

        Raises:
            ValueError: `new` has another number of rows than what was scored.
        """
        if not isinstance(new, pd.DataFrame) or len(new) != len(self.scores):
            raise ValueError(f"new must be the {len(self.scores):,} payments that were scored, got {described(new)}")
        return with_scores(new, self.scores, self.alerts, self.reasons)


def score_payments(
    past: pd.DataFrame,
    new: pd.DataFrame,
    *,
    budget: float = lesson.BUDGET,
    frauds: Sequence[int] | np.ndarray | None = None,
    delay: float = 7,
    seed: int = 0,
) -> ScoredPayments:
    """Score new payments by how far their amounts lie above what a network expects that is not shown them.

    The first two weeks of the past fill the windows of the features, its last week sets the threshold (less of each,
    where it is shorter than a month), and the network learns from what lies between. Nothing looks into the future.

    Args:
        past: payments as `read_payments` gives them: `time` in days, `customer` and `terminal` as whole numbers,
            `amount` of at least 0. Read past and new from one file, in which a customer keeps a number, and cut it in
            two by time: `past, new = table[table["time"] < 35], table[table["time"] >= 35]`.
        new: later payments, with the same columns.
        budget: how many alerts a day can be read: so many a day lay above the threshold on the past's last days.
        frauds: for each past payment 0, or 1 (or any scenario's number) for a fraud, if known.
        delay: after how many days a fraud is known: later labels of the past are not looked at.
        seed: decides the network and the forest; the training seeds Keras anew.

    Returns:
        A `ScoredPayments`. Which method is best can be known from frauds alone: with `frauds` every method is judged
        on the last third of the days whose labels are known, and a model with labels stands beside them, which learned
        from the days before. Without, nobody can say; in the lesson a straight line did as well as the network, as the
        question made the difference.

    Raises:
        TypeError: a table is no DataFrame.
        ValueError: columns are missing or hold gaps, new does not come after past, fewer than 500 payments are there to
            learn from, or another argument is out of range.

    Source: Le Borgne, Siblini, Lebichot & Bontempi, *Reproducible Machine Learning for Credit Card Fraud Detection:
    Practical Handbook*, 2022.

    Example:
        >>> from aecourse.datasets.simulation import simulate_transactions
        >>> table, _ = simulate_transactions(customers=40, terminals=60, days=30)
        >>> past, new = table[table["time"] < 23], table[table["time"] >= 23]
        >>> found = score_payments(past, new, budget=2)  # doctest: +SKIP
        >>> found.beside(new).to_csv("alerts.csv", index=False)  # doctest: +SKIP
    """
    budget, delay = number("budget", budget), number("delay", delay)
    seed = whole_number("seed", seed, low=0, high=2**31)
    table, is_new = _joined(past, new)
    reported = None if frauds is None else _truth(frauds, int((~is_new).sum()))
    day = table["time"].to_numpy()
    start = day[is_new].min()
    is_fit, is_last, days = _days(day, is_new, start)
    above = round(days * budget)
    if not 1 <= above < is_last.sum():
        raise ValueError(
            f"budget must be at least one alert in the past's last {days:.0f} days and less than their "
            f"{is_last.sum():,} payments, got {budget:.6g} a day"
        )
    x = lesson.features_of(table)
    z, spread = _scaled(x, is_fit)
    rows = z[is_fit]
    keras.utils.set_random_seed(seed)
    whole = np.resize(rows, (math.ceil(len(rows) / 500) * 500, rows.shape[1]))
    epochs = max(3, math.ceil(500 * STEPS / len(whole)))
    model = lesson.train_on_past(whole, hide=lesson.hide_amount, code=8, epochs=epochs)
    ratio = x["amount"] / np.maximum(x["usual"], 0.01)
    scores = {
        OURS: lesson.surprise(model, z),
        LINE: lesson.above_line(z, is_fit),
        "expert's rule": lesson.above_usual(x),
        "amount alone": x["amount"].to_numpy(),
        "isolation forest, two columns": lesson.forest(
            np.stack([x["amount"], ratio], axis=1), is_fit, seed, min(lesson.SAMPLES, is_fit.sum())
        ),
    }
    precision: dict[str, float] = {}
    if reported is not None:
        truth = np.concatenate([reported, np.zeros(is_new.sum(), bool)])
        known = ~is_new & (day < start - delay)
        precision = _judged(table, x, scores, truth & known, known & (is_fit | is_last), delay, seed)
    best = max(precision, key=lambda name: precision[name], default="")

    threshold = float(np.sort(scores[OURS][is_last])[-above - 1])
    found = scores[OURS][is_new]
    alerts = np.flatnonzero(lesson.alerts(scores[OURS], is_last, days=1, budget=above)[is_new])
    alerts = alerts[np.argsort(-found[alerts], kind="stable")]
    a_day = _expected_alerts(above, int(is_last.sum()), days)
    said = (
        f"{is_new.sum():,} payments scored: learned from {is_fit.sum():,}, threshold from the last {days:.3g} days "
        f"({is_last.sum():,}). {len(alerts):,} alerts; {a_day[0]:.3g} to {a_day[1]:.3g} a day are to be expected.\n"
        f"{_advice(precision, frauds is not None)}"
    )
    print(said)
    return ScoredPayments(
        found,
        threshold,
        a_day,
        alerts,
        _reasons(x[is_new].iloc[alerts], found[alerts], spread),
        {name: each[is_new] for name, each in scores.items() if name != OURS},
        precision,
        best,
        said,
    )


def _joined(past: object, new: object) -> tuple[pd.DataFrame, np.ndarray]:
    """Both tables as one whose time begins with the day of the first payment, and which rows are new."""
    tables = []
    for name, table in (("past", past), ("new", new)):
        if not isinstance(table, pd.DataFrame):
            raise TypeError(f"{name} must be a table as read_payments gives it, a DataFrame, got {described(table)}")
        if missing := [column for column in COLUMNS if column not in table.columns]:
            raise ValueError(f"{name} must have the columns {', '.join(COLUMNS)}; {missing[0]} is missing")
        if not len(table):
            raise ValueError(f"{name} must hold payments, got {described(table)}")
        for who in COLUMNS[1:3]:
            lesson.complete(table, who)  # raises where a payment lacks something
        tables.append(table[list(COLUMNS)].astype({"time": float, "amount": float}))
    if tables[0]["time"].max() > tables[1]["time"].min():
        raise ValueError(
            "new must begin after past has ended. Two files that were read apart both begin with day 0, and number "
            "customers anew: put them into one file, read it, and cut it by time, table[table['time'] < day]"
        )
    table = pd.concat(tables, ignore_index=True)
    table["time"] -= np.floor(table["time"].min())
    return table, np.arange(len(table)) >= len(tables[0])


def _days(day: np.ndarray, is_new: np.ndarray, start: float) -> tuple[np.ndarray, np.ndarray, float]:
    """Which payments are learned from, which set the threshold, and on how many days the latter were made."""
    warm, last = min(14.0, start / 3), min(7.0, start / 4)
    is_fit = ~is_new & (day >= warm) & (day < start - last)
    is_last = ~is_new & (day >= start - last)
    if is_fit.sum() < FEWEST:
        raise ValueError(
            f"past must hold at least {FEWEST} payments to learn from, got {is_fit.sum():,}: of its {start:.3g} days "
            f"the first {warm:.3g} fill the windows of the features and the last {last:.3g} set the threshold"
        )
    return is_fit, is_last, last


def _scaled(x: pd.DataFrame, is_fit: np.ndarray) -> tuple[np.ndarray, float]:
    """The features as the lesson scales them, without those that never vary, and the spread of the amount's root."""
    spread = np.sqrt(x[is_fit]).std(ddof=0)
    if not spread["amount"]:
        raise ValueError("past must hold payments of several amounts, got the same in all that are learned from")
    return lesson.scaled(x[spread.index[spread > 0]], is_fit), float(spread["amount"])


def _truth(frauds: object, n: int) -> np.ndarray:
    truth = np.asarray(frauds)
    if truth.shape != (n,) or truth.dtype.kind not in "biuf" or not np.isfinite(truth).all():
        raise ValueError(f"frauds must hold 0 or 1 for each of the {n:,} past payments, got {described(truth)}")
    return truth > 0


def _judged(
    table: pd.DataFrame,
    x: pd.DataFrame,
    scores: dict[str, np.ndarray],
    fraud: np.ndarray,
    known: np.ndarray,
    delay: float,
    seed: int,
) -> dict[str, float]:
    """Each method's average precision on the last known days; puts the scores of a model with labels into `scores`."""
    days = table["time"].to_numpy()
    if not known.any():
        return {}
    cut = days[known].min() + 2 / 3 * np.ptp(days[known])
    learned, judged = known & (days < cut), known & (days >= cut)
    if min(fraud[learned].sum(), fraud[judged].sum()) < FEWEST_FRAUDS:
        return {}
    late = [lesson.known_frauds(table, fraud, delay=delay, days=week) for week in (7, 28)]
    columns = np.column_stack([x, lesson.above_usual(x), *late])
    trial = lesson.supervised(columns, learned, fraud, seed)
    precision = {name: float(lesson.average_precision(each, fraud, judged)) for name, each in scores.items()}
    precision[LABELS] = float(lesson.average_precision(trial, fraud, judged))
    scores[LABELS] = lesson.supervised(columns, known, fraud, seed)
    return precision


def _expected_alerts(above: int, n: int, days: float) -> tuple[float, float]:
    """The range of alerts a day: how much lies above the threshold follows a Beta distribution (Vovk, 2012)."""
    from scipy.stats import beta

    low, high = beta(above + 1, n - above).ppf([0.025, 0.975]) * n / days
    return float(low), float(high)


def _reasons(x: pd.DataFrame, scores: np.ndarray, spread: float) -> tuple[str, ...]:
    """For each alert its amount, the one that the network expects, and what the customer usually pays."""
    expected = np.maximum(np.sqrt(x["amount"]) - spread * scores, 0) ** 2
    return tuple(
        f"amount {amount:.2f}, expected about {wanted:.2f}; usual for the customer: {usual:.2f}, {n:.0f} payments in 7 "
        "days"
        for amount, wanted, usual, n in zip(x["amount"], expected, x["usual"], x["customer, 7"], strict=True)
    )


def _advice(precision: Mapping[str, float], given: bool) -> str:
    """Which method is better, as far as it can be known."""
    if not precision:
        why = "too few frauds are known in time" if given else "without known frauds"
        return (
            f"Which method is better cannot be known: {why}. In the lesson a straight line that was asked the same "
            f"question did as well as the network; its scores are in rivals[{LINE!r}]."
        )
    ours = precision[OURS]
    simple = {name: value for name, value in precision.items() if name not in (OURS, LABELS)}
    rival = max(simple, key=lambda name: simple[name])
    words = {True: "does as well", False: "is better"}[simple[rival] < ours / AS_GOOD]
    said = f"Average precision on known days: the network {ours:.3f}"
    if simple[rival] >= AS_GOOD * ours:
        said += f"; {rival} {words}, {simple[rival]:.3f}"
    else:
        said += f", the best simple one, {rival}, {simple[rival]:.3f}"
    if precision[LABELS] > ours / AS_GOOD:
        said += f"; a model with late labels is better, {precision[LABELS]:.3f}"
    return f"{said}. Scores of all are in rivals."
