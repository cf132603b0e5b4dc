"""The exercises on fraud: a lazy detector, windows without the future, savings, and two sources in one score."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np
from sklearn.metrics import average_precision_score

from aecourse.backend import keras
from aecourse.datasets import split_days
from aecourse.datasets.simulation import simulate_transactions
from aecourse.exercises.core import (
    RIGHT,
    Drawn,
    a_number,
    an_array,
    call,
    close,
    describe,
    drawn_apart,
    examples,
    exercise,
    recognise,
    shape_of,
    wrong,
)

if TYPE_CHECKING:
    import pandas as pd

TARGET = 0.45
KNOWN = 35.5  # labels of payments from here on are not known in the first half of day 42
FRESH = 11  # the seed of the payments that the check hands over
SEED = 0  # the same answer trains alike each time


@exercise(
    "to say how right a detector is that never raises an alarm, and how many frauds are among payments picked blindly",
    hints=(
        "The lazy detector is right wherever a payment is honest. The mean of True and False is the share of True.",
        "Blind picking finds frauds in the share in which they occur.",
        "my_accuracy = 1 - fraud.mean() and my_precision = fraud.mean()",
    ),
)
def lazy(my_accuracy: object, my_precision: object, *, fraud: np.ndarray) -> str:
    """Compare with the share of frauds."""
    accuracy, precision = a_number(my_accuracy, "my_accuracy"), a_number(my_precision, "my_precision")
    share = float(np.mean(fraud))
    if close(accuracy, share) and close(precision, 1 - share):
        wrong("the two values are exchanged.")
    for name, value, right in (("my_accuracy", accuracy, 1 - share), ("my_precision", precision, share)):
        if close(value, 100 * right, tolerance=0.01):
            wrong(f"{name} is {value:.3g}, which is in percent: a share lies between 0 and 1.")
        if not 0 <= value <= 1:
            more = " Divide by how many there are." if value > 1 else ""
            wrong(f"{name} is {value:g}; a share lies between 0 and 1.{more}")
    if close(accuracy, share) or accuracy < 0.5:
        wrong(f"my_accuracy is {accuracy:.3f}: the lazy detector is right about every *honest* payment.")
    if not close(accuracy, 1 - share, tolerance=1e-4):
        wrong(f"my_accuracy is {accuracy:.5f}: count the honest among all payments, with five digits.")
    if precision == 0:
        wrong("my_precision is 0: blind picking, unlike the lazy detector, does hit a fraud now and then.")
    if close(precision, 1 - share):
        wrong("my_precision is the share of the honest payments: what is asked for is the share of frauds.")
    if close(precision, 100 * share / (len(fraud) / 56), tolerance=0.02):
        wrong(f"my_precision is {precision:.5f}: that 100 are picked changes how many frauds are hit, not their share.")
    if close(precision, share / (1 - share), tolerance=1e-5):
        wrong(f"my_precision is {precision:.5f}, the frauds as a share of the honest payments: divide by all payments.")
    if not close(precision, share, tolerance=1e-3):
        near = (
            "give it with five digits."
            if any(close(precision, round(share, digits), tolerance=1e-6) for digits in (2, 3, 4))
            else "a blind pick is no better and no worse."
        )
        wrong(f"my_precision is {precision:.5f}: what is picked blindly contains frauds as all payments do; {near}")
    return f"{accuracy:.1%} of the payments right, and not one fraud found; {precision:.1%} of a blind pick are frauds."


@exercise(
    "to give each payment the median of the customer's earlier amounts",
    hints=(
        "For payment i, the earlier ones are a mask: (times < times[i]) & (times >= times[i] - days).",
        "np.median of an empty array is NaN: where the mask is empty, use first.",
        "Loop over i and now in enumerate(times): seen = amounts[(times < now) & (times >= now - days)]; "
        "usual[i] = np.median(seen) if len(seen) else first",
    ),
)
def usual(my_usual: object) -> str:
    """Compare on payments with gaps; where it differs, change the future and the payment itself, and see what moves."""
    for low, high in ((3, 6), (7, 12)):
        payments = drawn_apart(functools.partial(_payments, low=low, high=high), _medians, margin=0.01)
        times = payments[0]
        answers = _medians(*payments)
        given = call(my_usual, *payments, name="my_usual")
        if shape_of(given) != times.shape:
            wrong(
                f"my_usual must return one value for each payment, shape {times.shape}, and returns {describe(given)}."
            )
        with np.errstate(all="ignore"):
            empty = np.isnan(np.asarray(given, dtype=float))
        if empty.any():
            wrong(
                f"{empty.sum()} values are NaN: some payments, the first among them, have nothing in their window. Use "
                "first there."
            )
        result = an_array(given, "my_usual(times, amounts, days, first)", shape=times.shape)
        if close(result, answers[RIGHT]):
            continue
        recognise(result, answers)
        _blame_usual(my_usual, payments, result)
        small = np.array([0.0, 1.0, 2.0, 9.0]), np.array([10.0, 30.0, 20.0, 40.0])
        cases = [
            ((*small, 5, 7.0), [7, 10, 20, 7]),
            ((*small, 9, 7.0), [7, 10, 20, 20]),
            ((np.array([0, 0.5, 2, 2.5, 3.2]), np.array([10.0, 50, 20, 90, 30]), 1, 7.0), [7, 10, 7, 20, 90]),
            ((np.arange(5.0), np.array([10.0, 50, 20, 90, 30]), 9, 7.0), [7, 10, 30, 20, 35]),
            ((*payments,), answers[RIGHT]),
        ]
        examples(my_usual, cases, name="my_usual")
    return "the median of the past on two customers with long pauses, and nothing of the future in it."


def _payments(rng: np.random.Generator, *, low: int, high: int) -> tuple[np.ndarray, np.ndarray, int, float]:
    """A customer who pays often, then rarely, then after two pauses that are longer than any window."""
    often, rarely = rng.uniform(0, 20, 40), rng.uniform(20, 60, 25)
    times = np.sort(np.concatenate([often, rarely, rng.uniform(90, 100, 10), rng.uniform(130, 140, 5)]))
    amounts = rng.gamma(2, 20, len(times)) + np.linspace(5, 60, len(times))
    return times, amounts, int(rng.integers(low, high)), float(rng.uniform(150, 250))


def _medians(times: np.ndarray, amounts: np.ndarray, days: float, first: float) -> dict[str, object]:
    n, steps = len(times), np.arange(len(times))
    within = [(times < now) & (times >= now - days) for now in times]
    right = _each(within, amounts, first)
    lower = np.array([np.sort(amounts[p])[(p.sum() - 1) // 2] if p.any() else first for p in within])
    upper = np.array([np.sort(amounts[p])[p.sum() // 2] if p.any() else first for p in within])
    zero = _each(within, amounts, 0.0)
    carried = right.copy()
    for i in range(1, n):
        if not within[i].any():
            carried[i] = carried[i - 1]
    all_past = [steps < i for i in steps]
    where_empty = np.array([right[i] if within[i].any() else np.median(amounts) for i in steps])
    return {
        RIGHT: right,
        "that is the mean; a few large amounts would pull it. Use np.median.": _each(within, amounts, first, np.mean),
        f"the window has no beginning: only amounts of the last {days} days count.": _each(all_past, amounts, first),
        "the window has no beginning, and that is the mean: take the median of the last days only.": _each(
            all_past, amounts, first, np.mean
        ),
        "a payment's own amount is part of its median: the window ends before it, times < now.": _each(
            [(times <= now) & (times >= now - days) for now in times], amounts, first
        ),
        "the window reaches to both sides: later payments are in it. Use only times before now.": _each(
            [np.abs(times - now) <= days for now in times], amounts, first
        ),
        "the window lies behind the payment, in the future: now - days <= times < now.": _each(
            [(times > now) & (times <= now + days) for now in times], amounts, first
        ),
        f"those are the last {days} payments: days is a time, so compare times.": _each(
            [(steps < i) & (steps >= i - days) for i in steps], amounts, first
        ),
        "that is the median of all amounts, the future among them: each payment has its own window.": np.full(
            n, np.median(amounts)
        ),
        "where the window is empty there stands 0: use first.": zero,
        "where the window is empty the value before is carried on: use first.": carried,
        "where the window is empty there stands a median that knows the future: use first.": where_empty,
        "the median of an even number of amounts is the mean of the two in the middle: np.median knows.": upper,
        "the median of an even number of amounts is the mean of the two in the middle: np.median takes it.": lower,
        "those are medians of times: take amounts[...].": _each(within, times, first),
        "that is the largest amount of the window: take its median.": _each(within, amounts, first, np.max),
        "that is the amount before, not a median: take all that lie in the window.": np.concatenate(
            [[first], amounts[:-1]]
        ),
        "days are taken for hours: times are in days, and so is days.": _each(
            [(times < now) & (times >= now - days / 24) for now in times], amounts, first
        ),
        "one earlier amount is enough for a median: first stands where there is none.": np.array(
            [r if p.sum() > 1 else first for r, p in zip(right, within, strict=True)]
        ),
    }


def _each(windows: list[np.ndarray], values: np.ndarray, first: float, pick: object = np.median) -> np.ndarray:
    return np.array([pick(values[w]) if w.any() else first for w in windows])  # type: ignore[operator]


def _blame_usual(my_usual: object, payments: tuple[np.ndarray, np.ndarray, int, float], result: np.ndarray) -> None:
    """Change what must not count and watch what moves; returns if nothing does."""
    times, amounts, days, first = payments

    def ask(values: np.ndarray) -> np.ndarray:
        given = call(my_usual, times, values, days, first, name="my_usual")
        return an_array(given, "my_usual(times, amounts, days, first)", shape=times.shape)

    if not np.array_equal(ask(amounts), result):
        wrong("the same payments give other values the second time: nothing in it should be random.")
    places = range(5, 80, 8)
    for now in places:
        later = amounts.copy()
        later[now + 1 :] += 1000
        if not np.array_equal(ask(later)[: now + 1], result[: now + 1]):
            wrong("a later payment changed an earlier value: that looks into the future. Use only times before now.")
    for now in places:
        own = amounts.copy()
        own[now] += 10_000
        if ask(own)[now] != result[now]:
            wrong("a payment's own amount changed its value: the window ends before it, times < now.")


@exercise(
    "to write what the alerts save",
    hints=(
        "Caught frauds are those in both: alert & fraud. amount[mask].sum() adds their amounts.",
        "Every alert costs, also the right ones: cost * alert.sum().",
        "return amount[alert & fraud].sum() - cost * alert.sum()",
    ),
    drawn=Drawn(
        "to write what the alerts save, where of the amount of a caught fraud {back} % come back",
        {"back": range(40, 96)},
        lambda mine, back: lambda alert, fraud, amount, cost: mine(alert, fraud, 100 / back * amount, cost),
    ),
)
def savings(my_savings: object) -> str:
    """Compare on a detector that pays and one that costs more than it saves, and recognise the usual slips."""
    detectors = ((0.3, 3, 9), (0.02, 30, 60))
    for frauds, low, high in detectors:
        draw = functools.partial(_alerts, frauds=frauds, low=low, high=high)
        given = drawn_apart(draw, _saved, margin=5e-4)
        result = a_number(call(my_savings, *given, name="my_savings"), "what my_savings returns")
        answers = _saved(*given)
        if not close(result, answers[RIGHT], tolerance=1e-5):
            recognise(result, answers, tolerance=1e-5)
            alert, fraud = np.array([True, True, False, False]), np.array([True, False, True, False])
            amount = np.array([100.0, 20.0, 30.0, 40.0])
            cases = [
                ((alert, fraud, amount, 5.0), 90.0),
                ((alert, ~alert, amount, 5.0), -10.0),
                ((*given,), answers[RIGHT]),
            ]
            examples(my_savings, cases, name="my_savings")
    # Always the same alerts: a stored notebook shows what a new run shows.
    alike = [_alerts(np.random.default_rng(0), frauds=f, low=low, high=high) for f, low, high in detectors]
    measured = [a_number(my_savings(*given), "it") for given in alike]  # type: ignore[operator]
    return f"one detector saves {measured[0]:,.0f}, and another, {measured[1]:,.0f}, costs more than it saves."


def _alerts(
    rng: np.random.Generator, *, frauds: float, low: float, high: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    alert, fraud = rng.random(300) < 0.4, rng.random(300) < frauds
    amount, cost = rng.uniform(5, 300, 300), float(rng.uniform(low, high))
    # Two frauds are caught, one of them worth less than its alert, and one is missed.
    fraud[:3], alert[:3], amount[0] = True, (True, True, False), 0.4 * cost
    return alert, fraud, amount, cost


def _saved(alert: np.ndarray, fraud: np.ndarray, amount: np.ndarray, cost: float) -> dict[str, object]:
    caught, price = amount[alert & fraud].sum(), cost * alert.sum()
    right = caught - price
    slips = {
        "the cost of the alerts is missing.": caught,
        "the cost of one alert is subtracted once: every alert costs.": caught - cost,
        "only false alarms cost in your version: the right alerts have to be read, too.": caught
        - cost * (alert & ~fraud).sum(),
        "only right alerts cost in your version: false alarms have to be read, too.": caught
        - cost * (alert & fraud).sum(),
        "every payment costs in your version: only alerts are read.": caught - cost * len(alert),
        "every fraud costs in your version: only alerts are read.": caught - cost * fraud.sum(),
        "that adds the amounts of all alerts: an honest payment among them saves nothing.": amount[alert].sum() - price,
        "that adds the amounts of all frauds: those without an alert are lost.": amount[fraud].sum() - price,
        "that adds the amounts of alerts and frauds alike, alert | fraud: only those in both are saved.": amount[
            alert | fraud
        ].sum()
        - price,
        "that counts the frauds: each saves its amount, not 1.": (alert & fraud).sum() - price,
        "the costs are added: they have to be subtracted.": caught + price,
        "the sign is turned: what is saved less what it costs.": price - caught,
        "missed frauds are subtracted: they are lost with and without the detector.": caught
        - amount[fraud & ~alert].sum()
        - price,
        "honest payments with an alert are subtracted: they only cost the reading.": caught
        - amount[alert & ~fraud].sum()
        - price,
        "that is the mean saving of a payment: the sum is asked for.": right / len(alert),
        "that is the mean saving of an alert: the sum is asked for.": right / alert.sum(),
    }
    if right < 0:
        slips["a detector that costs more than it saves has negative savings: do not cut them off at 0."] = 0.0
        slips["a detector that costs more than it saves has negative savings: the sign is lost."] = -right
        del slips["the sign is turned: what is saved less what it costs."]
    return {RIGHT: right, **slips}


@exercise(
    f"to score payments by two sources, their amount and late labels, with an average precision of {TARGET} in a week "
    "whose labels are not known yet",
    hints=(
        "The first source needs no labels: the amount against what is usual, a column of features_of(table). The "
        "second is known_frauds(table, fraud), which waits seven days.",
        "supervised(columns, rows, fraud, seed) weighs the two columns by itself. The labels of rows must be known by "
        "day 42.",
        'x = features_of(table); above = np.sqrt(x["amount"]) - np.sqrt(x["usual"]); return supervised(np.stack('
        "[above, known_frauds(table, fraud)], axis=1), (day >= 14) & (day < 35), fraud, seed) with day = "
        'table["time"].to_numpy()',
    ),
)
def both(my_score: object) -> str:
    """Hand over payments of its own, measure, then change later labels and payments and watch whether scores move."""
    if not callable(my_score) and shape_of(my_score):
        wrong(
            f"my_score must be a function, and is {describe(my_score)}: the check calls it with payments that the "
            "lesson does not hold."
        )
    table, kind = _fresh_payments()
    fraud, day = kind > 0, table["time"].to_numpy()
    chosen = split_days(day)[1]
    score = _scored(my_score, table, fraud)
    # Who knows labels too early is told so before anything else: no other number about such a score means anything.
    now = (day >= 42) & (day < 42.5)
    labels, payments = _other_labels(fraud, day), _other_payments(table, day)
    if _moved(_scored(my_score, payments, labels)[now], score[now]):
        _blame_score(my_score, table, fraud, score, now)
    if np.ptp(score[chosen]) == 0:
        wrong("all payments get the same score: nothing is told apart.")
    valid, turned = (float(average_precision_score(fraud[chosen], s[chosen])) for s in (score, -score))
    if turned > valid:
        wrong("the score is upside down: high must mean suspicious. Turn its sign.")
    if valid < TARGET:
        top = chosen & (score >= np.sort(score[chosen])[-350])
        seen = {k: float(top[chosen & (kind == k)].mean()) for k in (1, 2, 3)}
        weak = min(seen, key=seen.__getitem__)
        wrong(
            f"the average precision in the week from day 42 is {valid:.3f}, the target {TARGET}. Of scenario {weak}, "
            f"{seen[weak]:.0%} are among the 350 highest scores: which source knows about it?"
        )
    return (
        f"an average precision of {valid:.2f} in a week of payments that were new to it; labels that nobody knew by "
        "then do not move it."
    )


@functools.cache
def _fresh_payments() -> tuple[pd.DataFrame, np.ndarray]:
    """Seven weeks of payments that no lesson holds: 1,000 customers."""
    return simulate_transactions(customers=1_000, terminals=2_000, days=49, seed=FRESH)


def _scored(my_score: object, table: pd.DataFrame, fraud: np.ndarray) -> np.ndarray:
    keras.utils.set_random_seed(SEED)
    given = call(my_score, table, fraud, name="my_score")
    shape = shape_of(given)
    if len(shape) == 1 and shape != (len(table),):
        wrong(
            f"my_score must return one score for each payment of the table that it is given, {len(table):,}, and "
            f"returns {shape[0]:,}. Does it use the lesson's own, or only some of the days?"
        )
    return an_array(given, "my_score(table, fraud)", shape=(len(table),)).astype(float)


def _other_labels(fraud: np.ndarray, day: np.ndarray) -> np.ndarray:
    """The labels, of which those that nobody knows by the first half of day 42 are turned over."""
    return np.where(day >= KNOWN, ~fraud, fraud)


def _other_payments(table: pd.DataFrame, day: np.ndarray) -> pd.DataFrame:
    """The payments, of which those after the first half of day 42 are other ones."""
    later = day >= 42.5
    changed = table.copy()
    changed["amount"] = np.where(later, 10 * table["amount"], table["amount"])
    customers = table["customer"].to_numpy().copy()
    customers[later] = customers[later][::-1]
    changed["customer"] = customers
    return changed


def _moved(score: np.ndarray, before: np.ndarray) -> bool:
    return bool(np.abs(score - before).max() > 1e-3 * max(float(before.std()), 1e-12))


def _blame_score(my_score: object, table: pd.DataFrame, fraud: np.ndarray, score: np.ndarray, now: np.ndarray) -> None:
    """Say why the scores of the first half of day 42 moved: by chance, by labels, or by payments."""
    day = table["time"].to_numpy()
    if _moved(_scored(my_score, table, fraud)[now], score[now]):
        wrong("the same payments get other scores the second time: give a seed to whatever draws at random.")

    def turned(start: float, end: float) -> np.ndarray:
        """How far each score moves when the labels of these days are turned over."""
        labels = np.where((day >= start) & (day < end), ~fraud, fraud)
        return np.abs(_scored(my_score, table, labels) - score)[now]

    least = 1e-3 * max(float(score[now].std()), 1e-12)
    if (turned(42.5, np.inf) > least).any():
        wrong(
            "labels after day 42.5 were changed, and scores of the hours before moved: they know the future. For day "
            "42, use labels of days before 35."
        )
    own = turned(42, 42.5) > least
    if own.all():
        wrong(
            "each score moves when the labels of these very payments are changed: the labels themselves are in it. "
            "Labels are known after seven days."
        )
    if own.any():
        wrong(
            "labels of day 42 were changed, and other scores of day 42 moved. Frauds are reported seven days late, so "
            "the last seven days before a payment do not count."
        )
    if (turned(KNOWN, 42) > least).any():
        wrong(
            "labels of days 35.5 to 42 were changed, and scores of day 42 moved: nobody knows these labels by then. "
            "Frauds are reported seven days late: train on days before 35, and let known_frauds wait its seven days."
        )
    wrong(
        "payments after day 42.5 were changed, and earlier scores moved. Is a mean, a rank or a training taken over "
        "all days? Take it over the days before 42."
    )
