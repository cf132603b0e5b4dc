"""The exercises on fraud: a lazy detector, windows without the future, savings, and two sources in one score."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import average_precision_score

from aecourse.datasets import split_days
from aecourse.exercises.core import a_number, an_array, call, close, describe, exercise, recognise, wrong

TARGET = 0.42


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
    for name, value in (("my_accuracy", accuracy), ("my_precision", precision)):
        if not 0 <= value <= 1:
            wrong(f"{name} is {value:g}; a share lies between 0 and 1. Is it in percent, or a count?")
    if close(accuracy, share) and close(precision, 1 - share):
        wrong("the two values are exchanged.")
    if close(accuracy, share) or accuracy < 0.5:
        wrong(f"my_accuracy is {accuracy:.3f}: the lazy detector is right about every *honest* payment.")
    if not close(accuracy, 1 - share, tolerance=1e-4):
        wrong(f"my_accuracy is {accuracy:.5f}: count the honest among all payments, with more digits.")
    if precision == 0:
        wrong("my_precision is 0: blind picking, unlike the lazy detector, does hit a fraud now and then.")
    if not close(precision, share, tolerance=0.02):
        wrong(f"my_precision is {precision:.4f}: what is picked blindly contains frauds as all payments do.")
    return "99 of 100 payments right, and not one fraud found. Accuracy is no measure here."


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
    """Change the future, the payment itself and what is long past, and watch which medians move."""
    rng = np.random.default_rng()
    days, first = float(rng.uniform(4, 8)), 77.0
    times, amounts = np.sort(rng.uniform(0, 60, 80)), rng.uniform(5, 100, 80)
    times[:40] /= 3  # dense, then sparse
    name = "my_usual(times, amounts, days, first)"

    def ask(values: np.ndarray) -> np.ndarray:
        return an_array(call(my_usual, times, values, days, first, name="my_usual"), name, shape=(80,))

    try:
        result = np.asarray(call(my_usual, times, amounts, days, first, name="my_usual"), dtype=float)
    except (TypeError, ValueError):
        result = np.zeros(0)
    if result.shape == (80,) and np.isnan(result).any():
        wrong(
            "some values are NaN: the first payment has no past. Use first where there is nothing to take a median of."
        )
    result, i = ask(amounts), 30
    for now in range(10, 60, 5):  # at one place alone a short look ahead may change nothing
        future = amounts.copy()
        future[now + 1 :] += 1000
        if not np.array_equal(ask(future)[: now + 1], result[: now + 1]):
            wrong("a later payment changed an earlier value: that looks into the future. Use only times before now.")
    own = amounts.copy()
    own[i] += 10_000
    if ask(own)[i] != result[i] or result[0] != first:
        wrong("a payment's own amount is part of its median: the window ends before it, times < now.")
    past = [(times < now) & (times >= now - days) for now in times]
    expected = np.array([np.median(amounts[p]) if p.any() else first for p in past])
    mean = np.array([amounts[p].mean() if p.any() else first for p in past])
    all_time = np.array([np.median(amounts[:k]) if k else first for k in range(80)])
    if close(result, mean):
        wrong("that is the mean; a few large amounts would pull it. Use np.median.")
    if close(result, all_time):
        wrong(f"the window has no beginning: only amounts of the last {days:.1f} days count.")
    if not close(result, expected):
        bad = int(np.argmax(np.abs(result - expected)))
        wrong(f"for payment {bad} the median of its window is {expected[bad]:.2f}, my_usual gives {result[bad]:.2f}.")
    return "the median of the past, and nothing of the future in it."


@exercise(
    "to write what the alerts save",
    hints=(
        "Caught frauds are those in both: alert & fraud. amount[mask].sum() adds their amounts.",
        "Every alert costs, also the right ones: cost * alert.sum().",
        "return amount[alert & fraud].sum() - cost * alert.sum()",
    ),
)
def savings(my_savings: object) -> str:
    """Compare on random alerts, and recognise the usual slips."""
    rng = np.random.default_rng()
    alert, fraud = rng.random(300) < 0.4, rng.random(300) < 0.3
    amount, cost = rng.uniform(5, 300, 300), float(rng.uniform(3, 9))
    result = a_number(call(my_savings, alert, fraud, amount, cost, name="my_savings"), "my_savings(...)")
    caught = amount[alert & fraud].sum()
    slips = {
        "the cost of the alerts is missing.": caught,
        "the cost of one alert is subtracted once: every alert costs.": caught - cost,
        "only false alarms cost in your version: the right alerts have to be read, too.": caught
        - cost * (alert & ~fraud).sum(),
        "only right alerts cost in your version: false alarms have to be read, too.": caught
        - cost * (alert & fraud).sum(),
        "that adds the amounts of all alerts: an honest payment among them saves nothing.": amount[alert].sum()
        - cost * alert.sum(),
        "that adds the amounts of all frauds: those without an alert are lost.": amount[fraud].sum()
        - cost * alert.sum(),
        "that counts the frauds: each saves its amount, not 1.": (alert & fraud).sum() - cost * alert.sum(),
    }
    expected = caught - cost * alert.sum()
    recognise(result, slips, tolerance=1e-6)
    if not close(result, expected, tolerance=1e-6):
        wrong(f"for random alerts the savings are {expected:.1f}, my_savings gives {result:.1f}.")
    return "the amounts that were caught, less the price of all reading."


@exercise(
    "to make one score of surprise and late labels, with an average precision of 0.42 on the choosing days",
    hints=(
        'scores["hidden amount"] finds scenarios 1 and 3, risk finds scenario 2: suspicious is what is high in '
        "either. A plain sum gets most of the way.",
        "supervised(...) weighs two columns by itself: np.stack([..., risk], axis=1). Train it on is_fit & (day < 35).",
        'my_score = supervised(np.stack([scores["hidden amount"], risk], axis=1), is_fit & (day < 35), fraud, seed)',
    ),
)
def both(my_score: object, *, kind: np.ndarray, time: np.ndarray) -> str:
    """Measure the average precision on the choosing days, and on the future once it is through."""
    if getattr(my_score, "shape", None) != kind.shape:
        wrong(
            f"my_score must hold one score for each of the {len(kind):,} payments, and is {describe(my_score)}. "
            "Score all payments; the check picks the days."
        )
    score, fraud = an_array(my_score, "my_score", shape=(len(kind),)), kind > 0

    _, to_choose, to_judge = split_days(time)

    def precision(rows: np.ndarray, sign: int = 1) -> float:
        return float(average_precision_score(fraud[rows], sign * score[rows]))

    valid = precision(to_choose)
    if precision(to_choose, -1) > valid:
        wrong("the score is upside down: high must mean suspicious. Turn its sign.")
    if valid < TARGET:
        top = to_choose & (score >= np.sort(score[to_choose])[-700])
        seen = {k: float(top[to_choose & (kind == k)].mean()) for k in (1, 2, 3)}
        weak = min(seen, key=seen.__getitem__)
        wrong(
            f"the average precision on the choosing days is {valid:.3f}, the target {TARGET}. Of scenario {weak}, "
            f"{seen[weak]:.0%} are among the 700 highest scores: which source knows about it?"
        )
    # The labels of the choosing days are in the learner's hands: a score made of them fails on the days that follow.
    if precision(to_judge) < 0.75 * valid:
        wrong(
            f"{valid:.3f} on the choosing days, but {precision(to_judge):.3f} on the future. "
            "Were labels of days from 35 on used? Nobody knows them on day 42."
        )
    return "the surprise and the late labels together see all three scenarios; the future agrees."
