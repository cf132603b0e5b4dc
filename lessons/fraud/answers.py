"""Answers to the lesson on fraud: likely mistakes, each with its message, and other right answers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from aecourse.datasets import load_transactions
from aecourse.recipes.fraud import features_of, in_order, known_frauds, supervised, window

(past, y_past), (future, y_future) = load_transactions()
KIND = np.concatenate([y_past, y_future])
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
    return pd.Series(amounts, index=clock).rolling(f"{days}D", closed="left").median().fillna(first)


def usual_by_the_lessons_window(times, amounts, days, first):
    table = pd.DataFrame({"time": times, "customer": 0, "amount": amounts})
    medians = in_order(table, "customer", window(table, "customer", days).median())
    return np.where(np.isnan(medians), first, medians)


def last_payments(times, amounts, days, first):
    return pd.Series(amounts).rolling(days, closed="left", min_periods=1).median().fillna(first)


def drawn(times, amounts, days, first):
    return usual(times, amounts, days, first) + np.random.default_rng().normal(0, 1, len(times))


def saved_alert_by_alert(alert, fraud, amount, cost):
    total = 0.0
    for read, bad, money in zip(alert, fraud, amount, strict=True):
        if read:
            total += money - cost if bad else -cost
    return total


def above_usual(table):
    x = features_of(table)
    return (np.sqrt(x["amount"]) - np.sqrt(x["usual"])).to_numpy()


def trained_on(rows, *, delay=7):
    """A boosting of the expert's rule and late labels, trained on the labels of the rows that `rows` picks."""

    def score(table, fraud):
        columns = np.stack([above_usual(table), known_frauds(table, fraud, delay=delay)], axis=1)
        return supervised(columns, rows(table["time"].to_numpy()), fraud, seed=0)

    return score


def all_columns(table, fraud):
    """Section 6's features and the rule, with labels that are known by day 42."""
    columns = np.column_stack([features_of(table), above_usual(table), known_frauds(table, fraud)])
    day = table["time"].to_numpy()
    return supervised(columns, (day >= 14) & (day < 35), fraud, seed=0)


def product(table, fraud):
    """Nothing is trained: how far above the usual amount, times how bad the terminal is."""
    above = above_usual(table)
    early = table["time"].to_numpy() < 42
    return np.exp((above - above[early].mean()) / above[early].std()) * (1 + 20 * known_frauds(table, fraud)) + (
        20 * known_frauds(table, fraud)
    )


def weighted_sum(table, fraud):
    return above_usual(table) + 10 * known_frauds(table, fraud)


def ranked_over_all_days(table, fraud):
    return pd.Series(above_usual(table)).rank() + pd.Series(known_frauds(table, fraud)).rank()


def unseeded(table, fraud):
    return table["amount"] + np.random.default_rng().normal(0, 10, len(table))


def variant(**changes):
    return lambda: (lambda times, amounts, days, first: usual(times, amounts, days, first, **changes),)


def saved(rule):
    return lambda: (rule,)


BELOW = (
    "the average precision in the week from day 42 is 0.…, the target 0.45. Of scenario {}, …% are among the 350 highest "
    "scores: which source knows about it?"
)

REFUSED = {
    "lazy": [
        (lambda: (100 * (1 - SHARE), SHARE), "my_accuracy is …, which is in percent: a share lies between 0 and 1."),
        (lambda: (1 - SHARE, 100 * SHARE), "my_precision is …, which is in percent: a share lies between 0 and 1."),
        (
            lambda: (np.sum(~FRAUD), SHARE),
            "my_accuracy is …; a share lies between 0 and 1. Divide by how many there are.",
        ),
        (lambda: (SHARE, 1 - SHARE), "the two values are exchanged."),
        (
            lambda: (SHARE, SHARE),
            "my_accuracy is 0.…: the lazy detector is right about every *honest* payment.",
        ),
        (
            lambda: (0.98, SHARE),
            "my_accuracy is 0.98000: count the honest among all payments, with five digits.",
        ),
        (
            lambda: (1 - SHARE, 0),
            "my_precision is 0: blind picking, unlike the lazy detector, does hit a fraud now and then.",
        ),
        (
            lambda: (1 - SHARE, 0.5),
            "my_precision is 0.50000: what is picked blindly contains frauds as all payments do; a blind pick is no "
            "better and no worse.",
        ),
        (
            lambda: (1 - SHARE, round(SHARE, 3)),
            "my_precision is 0.0…: what is picked blindly contains frauds as all payments do; give it with five digits.",
        ),
        (
            lambda: (1 - SHARE, SHARE / (1 - SHARE)),
            "my_precision is 0.01…, the frauds as a share of the honest payments: divide by all payments.",
        ),
        (
            lambda: (1 - SHARE, float((KIND[: len(past)] > 0).mean())),
            "my_precision is 0.01…: what is picked blindly contains frauds as all payments do; a blind pick is no better "
            "and no worse.",
        ),
        (lambda: (SHARE - 1, SHARE), "my_accuracy is -0.9…; a share lies between 0 and 1."),
        (lambda: (True, SHARE), "my_accuracy must be a number, and is True, a truth value."),
    ],
    "usual": [
        (
            variant(until=1.0),
            "a later payment changed an earlier value: that looks into the future. Use only times before now.",
        ),
        (
            variant(until=1e-9),
            "a payment's own amount is part of its median: the window ends before it, times < now.",
        ),
        (variant(pick=np.mean), "that is the mean; a few large amounts would pull it. Use np.median."),
        (variant(since=1e9), "the window has no beginning: only amounts of the last … days count."),
        (
            variant(since=2.0),
            "my_usual gives something else here.\ntimes = [0, 1, 2, 9]\namounts = [10, 30, 20, 40]\ndays = 9\nfirst = 7\n"
            "expected: [7, 10, 20, 20]\ngot: [7, 10, 20, 7]",
        ),
        (
            variant(empty=np.nan),
            "… values are NaN: some payments, the first among them, have nothing in their window. Use first there.",
        ),
        (variant(empty=0.0), "where the window is empty there stands 0: use first."),
        (
            lambda: (last_payments,),
            "those are the last … payments: days is a time, so compare times.",
        ),
        (
            lambda: (lambda times, amounts, days, first: np.median(amounts),),
            "my_usual must return one value for each payment, shape (80,), and returns …",
        ),
        (
            lambda: (drawn,),
            "the same payments give other values the second time: nothing in it should be random.",
        ),
    ],
    "savings": [
        (saved(lambda a, f, m, c: m[a & f].sum()), "the cost of the alerts is missing."),
        (
            saved(lambda a, f, m, c: m[a & f].sum() - c),
            "the cost of one alert is subtracted once: every alert costs.",
        ),
        (
            saved(lambda a, f, m, c: m[a & f].sum() - c * (a & ~f).sum()),
            "only false alarms cost in your version: the right alerts have to be read, too.",
        ),
        (
            saved(lambda a, f, m, c: m[a & f].sum() - c * (a & f).sum()),
            "only right alerts cost in your version: false alarms have to be read, too.",
        ),
        (
            saved(lambda a, f, m, c: m[a].sum() - c * a.sum()),
            "that adds the amounts of all alerts: an honest payment among them saves nothing.",
        ),
        (
            saved(lambda a, f, m, c: m[f].sum() - c * a.sum()),
            "that adds the amounts of all frauds: those without an alert are lost.",
        ),
        (
            saved(lambda a, f, m, c: (a & f).sum() - c * a.sum()),
            "that counts the frauds: each saves its amount, not 1.",
        ),
        (
            saved(lambda a, f, m, c: max(0, m[a & f].sum() - c * a.sum())),
            "a detector that costs more than it saves has negative savings: do not cut them off at 0.",
        ),
        (
            saved(lambda a, f, m, c: abs(m[a & f].sum() - c * a.sum())),
            "a detector that costs more than it saves has negative savings: the sign is lost.",
        ),
        (
            saved(lambda a, f, m, c: -c * a.sum()),
            "my_savings gives something else here.\na = [1, 1, 0, 0]\nf = [1, 0, 1, 0]\nm = [100, 20, 30, 40]\nc = 5\n"
            "expected: 90\ngot: -10",
        ),
    ],
    "both": [
        (
            lambda: (np.zeros(10),),
            "my_score must be a function, and is an array of shape (10,): the check calls it with payments that the "
            "lesson does not hold.",
        ),
        (
            lambda: (lambda table, fraud: FRAUD.astype(float),),
            "my_score must return one score for each payment of the table that it is given, …, and returns …. Does it use "
            "the lesson's own, or only some of the days?",
        ),
        (
            lambda: (lambda table, fraud: fraud.astype(float),),
            "each score moves when the labels of these very payments are changed: the labels themselves are in it. Labels "
            "are known after seven days.",
        ),
        (
            lambda: (lambda table, fraud: -table["amount"],),
            "the score is upside down: high must mean suspicious. Turn its sign.",
        ),
        (lambda: (lambda table, fraud: table["amount"],), BELOW.format(2)),
        (
            lambda: (lambda table, fraud: np.zeros(len(table)),),
            "all payments get the same score: nothing is told apart.",
        ),
        (
            lambda: (unseeded,),
            "the same payments get other scores the second time: give a seed to whatever draws at random.",
        ),
        (
            lambda: (lambda table, fraud: table["amount"].rank(),),
            "payments after day 42.5 were changed, and earlier scores moved. Is a mean, a rank or a training taken over "
            "all days? Take it over the days before 42.",
        ),
    ],
}
REFUSED_TRAINED = {
    "both": [
        (
            lambda: (trained_on(lambda day: (day >= 14) & (day < 42)),),
            "labels of days 35.5 to 42 were changed, and scores of day 42 moved: nobody knows these labels by then. "
            "Frauds are reported seven days late: train on days before 35, and let known_frauds wait its seven days.",
        ),
        (
            lambda: (trained_on(lambda day: day >= 42),),
            "labels after day 42.5 were changed, and scores of the hours before moved: they know the future. For day 42, "
            "use labels of days before 35.",
        ),
        (
            lambda: (trained_on(lambda day: (day >= 14) & (day < 35), delay=0),),
            "labels of day 42 were changed, and other scores of day 42 moved. Frauds are reported seven days late, so the "
            "last seven days before a payment do not count.",
        ),
        (lambda: (weighted_sum,), BELOW.format("…")),
    ],
}
ACCEPTED = {
    "lazy": [
        lambda: (np.count_nonzero(KIND == 0) / len(KIND), np.count_nonzero(KIND) / len(KIND)),
        lambda: (round(1 - SHARE, 5), round(SHARE, 5)),
    ],
    "usual": [
        lambda: (usual_of_a_slice,),
        lambda: (usual_by_pandas,),
        lambda: (usual_by_the_lessons_window,),
    ],
    "savings": [
        lambda: (lambda a, f, m, c: (a * (f * m - c)).sum(),),
        lambda: (saved_alert_by_alert,),
        lambda: (lambda a, f, m, c: [m[a & f].sum() - c * a.sum()],),
    ],
}
ACCEPTED_TRAINED = {
    "both": [
        lambda: (trained_on(lambda day: (day >= 14) & (day < 35)),),
        lambda: (all_columns,),
        lambda: (product,),
    ],
}

GIVEN = {"lazy": lambda: {"fraud": FRAUD}}

# Right where the numbers are drawn for a student.
OWN = {
    "savings": [
        lambda back: (lambda a, f, m, c: 0.01 * back * m[a & f].sum() - c * a.sum(),),
        lambda back: (lambda a, f, m, c: (a * (f * m * back / 100 - c)).sum(),),
    ]
}
