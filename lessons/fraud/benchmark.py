"""The comparison on simulated payments: the network beside simple detectors and a supervised ceiling."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from aecourse.datasets import load_transactions, split_days
from aecourse.recipes import fraud as lesson
from benchmarks.core import Apply, Array, Ask, Data, SideBySide, Task, Train, Trained

# The columns: amount, hour, usual, six counts, the mean amounts of 1, 7 and 28 days, the terminal's known frauds.
OWN = slice(0, 9)  # the lesson's features
MEANS = slice(9, 12)
RISK = 12


def payments() -> Data:
    """The lesson's features and frauds in its three spans of days; more columns for the rivals behind the features."""
    (past, y_past), (future, y_future) = load_transactions()
    table, fraud = pd.concat([past, future]), np.concatenate([y_past, y_future]) > 0
    x = lesson.features_of(table)
    for days in (1, 7, 28):
        mean = lesson.in_order(table, "customer", lesson.window(table, "customer", days).mean())
        x[f"mean, {days}"] = np.where(np.isnan(mean), x["usual"], mean)
    x["risk"] = lesson.known_frauds(table, fraud)
    columns = x.to_numpy()
    fit, valid, test = ((columns[days], fraud[days]) for days in split_days(table["time"].to_numpy()))
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


def pca(components: int) -> Train:
    """PCA's reconstruction error."""

    def train(task: Task) -> Trained:
        def score(x: Array) -> Array:
            z, is_fit = scaled(task, x)
            return lesson.pca_error(z, is_fit, components)[~is_fit]

        return components * 9, score

    return train


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


def ceiling(task: Task) -> Trained:
    """The lesson's supervised model, with late labels."""

    def score(x: Array) -> Array:
        both, is_fit = with_past(task, x)
        labels = np.concatenate([task.fit[1], np.zeros(len(x), dtype=bool)])
        return lesson.supervised(both[:, [*range(OWN.stop), RISK]], is_fit, labels, task.seed)[~is_fit]

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
            "PCA, 7 components": pca(7),
            "plain autoencoder": network(lesson.train_on_past, lesson.plain_error),
            "the amount alone": amount,
            OURS: network(lesson.train_to_ask, lesson.surprise),
            "expert's rule": rule,
            "isolation forest, two chosen columns": forest(lambda x: np.stack([x[:, 0], x[:, 0] / x[:, 2]], axis=1)),
            "supervised, late labels": ceiling,
        },
        (
            Ask(
                OURS,
                "1.25 × the isolation forest without chosen columns, simulated future",
                lambda ours, forest: ours.score >= 1.25 * forest.score,
                beside=(*FORESTS,),
            ),
        ),
        "AP, %",
        judge_precision,
        payments,
    )
}
