"""The comparison on simulated payments: the network beside simple detectors and a model with late labels."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from aecourse.datasets import load_transactions
from aecourse.recipes import fraud as lesson
from benchmarks.core import Apply, Array, Ask, Data, SideBySide, Task, Train, Trained

# The columns: amount, hour, usual, six counts, the mean amounts of 1, 7 and 28 days, the terminal's known frauds of 7
# days and of 28.
OWN = slice(0, 9)  # the lesson's features
MEANS = slice(9, 12)
RISK = 13


def payments() -> Data:
    """The lesson's features and frauds in its three spans of days; more columns for the rivals behind the features."""
    (past, y_past), (future, y_future) = load_transactions()
    table, fraud = pd.concat([past, future]), np.concatenate([y_past, y_future]) > 0
    x = lesson.features_of(table)
    for days in (1, 7, 28):
        mean = lesson.in_order(table, "customer", lesson.window(table, "customer", days).mean())
        x[f"mean, {days}"] = np.where(np.isnan(mean), x["usual"], mean)
    for days in (7, 28):
        x[f"risk, {days}"] = lesson.known_frauds(table, fraud, days=days)
    columns = x.to_numpy()
    fit, valid, _, test = ((columns[days], fraud[days]) for days in lesson.spans(table["time"].to_numpy()))
    return fit, valid, test


def with_past(task: Task, x: Array) -> tuple[Array, Array]:
    """What the lesson's functions take: payments after those that were fitted on, and which are those."""
    past = task.fit[0]
    both = np.concatenate([past, x])
    return both, np.arange(len(both)) < len(past)


def scaled(task: Task, x: Array) -> tuple[Array, Array]:
    """The lesson's features as it scales them, found on the training days: those days first, then x."""
    both, is_fit = with_past(task, x)
    return lesson.scaled(pd.DataFrame(both[:, OWN]), is_fit), is_fit


def amount(_: Task) -> Trained:
    """The amount alone."""
    return 0, lambda x: x[:, 0]


def forest(columns: Callable[[Array], Array]) -> Train:
    """The lesson's isolation forest on the columns that `columns` picks."""

    def train(task: Task) -> Trained:
        def score(x: Array) -> Array:
            both, is_fit = with_past(task, x)
            samples = min(lesson.SAMPLES, is_fit.sum())
            return lesson.forest(columns(both), is_fit, task.seed, samples)[~is_fit]

        return 0, score

    return train


def chosen(of: Callable[[Task, int], Trained], sizes: tuple[int, ...]) -> Train:
    """Of one method in several sizes the one with the best average precision on the days to choose on."""

    def train(task: Task) -> Trained:
        x, fraud = task.valid
        there = [of(task, size) for size in sizes]
        return max(there, key=lambda one: lesson.average_precision(one[1](x), fraud, slice(None)))

    return train


def pca(task: Task, components: int) -> Trained:
    """PCA's reconstruction error."""

    def score(x: Array) -> Array:
        z, is_fit = scaled(task, x)
        return lesson.pca_error(z, is_fit, components)[~is_fit]

    return components * 9, score


def neighbours(task: Task, k: int) -> Trained:
    """The mean distance to the nearest of 5,000 payments."""
    n = min(5000, len(task.fit[0]))

    def score(x: Array) -> Array:
        z, is_fit = scaled(task, x)
        return lesson.far_from_past(z, is_fit, ~is_fit, task.seed, n=n)[~is_fit, :k].mean(axis=1)

    return 9 * n, score


def plain(task: Task, code: int) -> Trained:
    """The plain autoencoder with so many numbers in its code."""
    return network(lambda z: lesson.train_on_past(z, code=code), lesson.plain_error)(task)


def line(task: Task) -> Trained:
    """How far the amount lies above a straight line through the other columns."""

    def score(x: Array) -> Array:
        z, is_fit = scaled(task, x)
        return lesson.above_line(z, is_fit)[~is_fit]

    return 9, score


def network(train_on: Callable[[Array], object], error: Callable[[object, Array], Array]) -> Train:
    """One of the lesson's networks, and what it is suspicious of."""

    def train(task: Task) -> Trained:
        z, _ = scaled(task, task.fit[0][:0])
        model = train_on(z)

        def score(x: Array) -> Array:
            z, is_fit = scaled(task, x)
            return error(model, z[~is_fit])

        return model.count_params(), score  # type: ignore[attr-defined]

    return train


def rule(_: Task) -> Trained:
    """The expert's one line."""
    return 0, lambda x: np.sqrt(x[:, 0]) - np.sqrt(x[:, 2])


def with_labels(task: Task) -> Trained:
    """The lesson's model with labels: those of the days to learn from and to choose on, which are known in time."""

    def score(x: Array) -> Array:
        both = np.concatenate([task.x, x])
        known = np.arange(len(both)) < len(task.x)
        labels = np.concatenate([task.y, np.zeros(len(x), dtype=bool)])
        columns = np.column_stack([both[:, OWN], np.sqrt(both[:, 0]) - np.sqrt(both[:, 2]), both[:, RISK - 1 :]])
        return lesson.supervised(columns, known, labels, task.seed)[~known]

    return 0, score


def judge_precision(data: Data, _: int) -> Callable[[Apply], float]:
    """The average precision on the judged days, in percent."""
    x, fraud = data[2]
    return lambda score: 100 * float(lesson.average_precision(score(x), fraud, slice(None)))


OURS = "network asked for the hidden amount (lesson)"
FORESTS: dict[str, Train] = {
    "isolation forest": forest(lambda x: x[:, OWN]),
    "isolation forest, with means": forest(lambda x: x[:, : MEANS.stop]),
}
COMPARISONS = {
    "fraud": SideBySide(
        {
            **FORESTS,
            "PCA": chosen(pca, lesson.SIZES),
            "nearest neighbours": chosen(neighbours, (1, 5, 20)),
            "plain autoencoder": chosen(plain, lesson.SIZES),
            "the amount alone": amount,
            OURS: network(lesson.train_to_ask, lesson.surprise),
            "straight line": line,
            "expert's rule": rule,
            "isolation forest, two chosen columns": forest(lambda x: np.stack([x[:, 0], x[:, 0] / x[:, 2]], axis=1)),
            "with late labels": with_labels,
        },
        (
            Ask(
                OURS,
                "1.25 × the isolation forest without chosen columns, simulated future",
                lambda ours, forest: ours.score >= 1.25 * forest.score,
                beside=(*FORESTS,),
                unlike=("with late labels",),
                task="find fraud without labels",
            ),
        ),
        "AP, %",
        judge_precision,
        payments,
    )
}
