"""Answers to the lesson on fraud: likely mistakes, each with a piece of its message, and other right answers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from aecourse.datasets import load_transactions, split_days
from aecourse.recipes.fraud import features_of, known_frauds, supervised

(past, y_past), (future, y_future) = load_transactions()
KIND = np.concatenate([y_past, y_future])
TIME = np.concatenate([past["time"], future["time"]])
FRAUD = KIND > 0
SHARE = float(FRAUD.mean())


def usual(times, amounts, days, first, *, pick=np.median, since=None, until=None, empty=None):
    """The right answer, and with another pick, window or value for an empty one, a wrong one."""
    result = []
    for now in times:
        seen = amounts[(times < (now if until is None else now + until)) & (times >= now - (since or days))]
        result.append(pick(seen) if len(seen) else (first if empty is None else empty))
    return np.array(result)


def usual_of_a_slice(times, amounts, days, first):
    """The window as a slice, since the times rise."""
    starts = np.searchsorted(times, times - days)
    medians = [np.median(amounts[start:i]) if start < i else first for i, start in enumerate(starts)]
    return np.array(medians)


def usual_by_pandas(times, amounts, days, first):
    clock = pd.Timestamp("2026-01-01") + pd.to_timedelta(times, unit="D")
    window = pd.Series(amounts, index=clock).rolling(pd.Timedelta(days, unit="D"), closed="left")
    return window.median().fillna(first).to_numpy()


def saved_alert_by_alert(alert, fraud, amount, cost):
    total = 0.0
    for read, bad, money in zip(alert, fraud, amount, strict=True):
        if read:
            total += money - cost if bad else -cost
    return total


def rule_and_risk():
    """All features, the expert's rule, and what late labels say of the terminal; no network."""
    table = pd.concat([past, future])
    x = features_of(table)
    rule = np.sqrt(x["amount"]) - np.sqrt(x["usual"])
    columns = np.column_stack([x, rule, known_frauds(table, FRAUD)])
    return supervised(columns, split_days(TIME)[0] & (TIME < 35), FRAUD, seed=1)


def variant(**changes):
    return lambda: (lambda times, amounts, days, first: usual(times, amounts, days, first, **changes),)


def saved(rule):
    return lambda: (rule,)


REFUSED = {
    "lazy": [
        (lambda: (100 * (1 - SHARE), SHARE), "in percent"),
        (lambda: (SHARE, 1 - SHARE), "exchanged"),
        (lambda: (SHARE, SHARE), "every *honest* payment"),
        (lambda: (0.98, SHARE), "with more digits"),
        (lambda: (1 - SHARE, 0), "does hit a fraud"),
        (lambda: (1 - SHARE, 0.5), "what is picked blindly"),
    ],
    "usual": [
        (variant(until=1.0), "looks into the future"),
        (variant(until=1e-9), "own amount"),
        (variant(pick=np.mean), "that is the mean"),
        (variant(since=1e9), "no beginning"),
        (variant(since=2.0), "my_usual gives"),
        (variant(empty=np.nan), "some values are NaN"),
        (lambda: (lambda times, amounts, days, first: np.median(amounts),), "must have shape (80,)"),
    ],
    "savings": [
        (saved(lambda a, f, m, c: m[a & f].sum()), "cost of the alerts is missing"),
        (saved(lambda a, f, m, c: m[a & f].sum() - c), "subtracted once"),
        (saved(lambda a, f, m, c: m[a & f].sum() - c * (a & ~f).sum()), "only false alarms cost"),
        (saved(lambda a, f, m, c: m[a & f].sum() - c * (a & f).sum()), "only right alerts cost"),
        (saved(lambda a, f, m, c: m[a].sum() - c * a.sum()), "amounts of all alerts"),
        (saved(lambda a, f, m, c: m[f].sum() - c * a.sum()), "amounts of all frauds"),
        (saved(lambda a, f, m, c: (a & f).sum() - c * a.sum()), "counts the frauds"),
        (saved(lambda a, f, m, c: -c * a.sum()), "my_savings gives"),
    ],
    "both": [
        (lambda: (np.zeros(10),), "one score for each of"),
        (lambda: (-np.concatenate([past["amount"], future["amount"]]),), "upside down"),
        (lambda: (np.concatenate([past["amount"], future["amount"]]),), "the target"),
        (lambda: (np.where(split_days(TIME)[2], 0.0, FRAUD),), "but 0."),
    ],
}
ACCEPTED = {
    "lazy": [
        lambda: (np.count_nonzero(KIND == 0) / len(KIND), np.count_nonzero(KIND) / len(KIND)),
        lambda: (round(1 - SHARE, 5), round(SHARE, 5)),
    ],
    "usual": [lambda: (usual_of_a_slice,), lambda: (usual_by_pandas,)],
    "savings": [
        lambda: (lambda a, f, m, c: (a * (f * m - c)).sum(),),
        lambda: (saved_alert_by_alert,),
    ],
    "both": [lambda: (rule_and_risk(),)],
}

GIVEN = {"lazy": lambda: {"fraud": FRAUD}, "both": lambda: {"kind": KIND, "time": TIME}}
