"""Likely mistakes in lesson 08 and a piece of the answer to each."""

from __future__ import annotations

import numpy as np

from aecourse.datasets import load_transactions

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


def variant(**changes):
    return lambda: (lambda times, amounts, days, first: usual(times, amounts, days, first, **changes),)


def saved(rule):
    return lambda: (rule,)


WRONG = {
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
        (lambda: (np.where(TIME < 49, FRAUD, 0.0),), "but 0."),
    ],
}
GIVEN = {"lazy": lambda: {"fraud": FRAUD}, "both": lambda: {"kind": KIND, "time": TIME}}
