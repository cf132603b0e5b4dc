"""The comparison on simulated payments, lesson 08: its network beside simple detectors and a supervised ceiling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score

from aecourse.datasets import load_transactions
from aecourse.models import pca_reconstruct
from benchmarks.core import Array, Comparison, Task, Train, Trained
from benchmarks.lesson_code import functions_of

# A data set of this comparison: (features, frauds) of the training days, and of the future, with the columns
# amount, hour, usual, six counts, the mean amounts of 1, 7 and 28 days, and the terminal's known frauds.
OWN = slice(0, 9)  # lesson 08's features
MEANS = slice(9, 12)
RISK = 12


def payments() -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Lesson 08's features, four training weeks and the future week; more columns for the rivals behind them."""
    lesson = functions_of("08_fraud")
    (past, y_past), (future, y_future) = load_transactions()
    table, fraud = pd.concat([past, future]), np.concatenate([y_past, y_future]) > 0
    x = lesson["features_of"](table)
    for days in (1, 7, 28):
        mean = lesson["in_order"](table, "customer", lesson["window"](table, "customer", days).mean())
        x[f"mean, {days}"] = np.where(np.isnan(mean), x["usual"], mean)
    x["risk"] = lesson["known_frauds"](table, fraud)
    day, columns = table["time"].to_numpy(), x.to_numpy()
    fit, test = (day >= 14) & (day < 42), day >= 49
    return (columns[fit], fraud[fit]), (columns[test], fraud[test])


def scaled(task: Task, x: Array) -> Array:
    """Lesson 08's scaling, found on the training days."""
    both = pd.DataFrame(np.concatenate([task.x[:, OWN], x[:, OWN]]))
    return functions_of("08_fraud")["scaled"](both, np.arange(len(both)) < len(task.x))


def amount(_: Task) -> Trained:
    """The amount alone."""
    return 0, lambda x: x[:, 0]


def forest(columns: Callable[[Array], Array]) -> Train:
    """Lesson 08's isolation forest on the columns that `columns` picks."""

    def train(task: Task) -> Trained:
        def score(x: Array) -> Array:
            both = columns(np.concatenate([task.x, x]))
            is_fit = np.arange(len(both)) < len(task.x)
            samples = min(2048, len(task.x))
            return functions_of("08_fraud")["forest"](both, is_fit, task.seed, samples)[len(task.x) :]

        return 0, score

    return train


def pca(components: int) -> Train:
    """PCA's reconstruction error."""

    def train(task: Task) -> Trained:
        def score(x: Array) -> Array:
            z = scaled(task, x)
            error: Array = ((z - pca_reconstruct(z[: len(task.x)], z, components)) ** 2).mean(axis=1)
            return error[len(task.x) :]

        return components * 9, score

    return train


def network(hidden_amount: bool) -> Train:
    """Lesson 08's networks: the plain one, and the one that is asked for the hidden amount."""

    def train(task: Task) -> Trained:
        lesson = functions_of("08_fraud")
        z = scaled(task, task.x[:0])
        if not hidden_amount:
            model = lesson["train_on_past"](z)
            return model.count_params(), lambda x: lesson["plain_error"](model, scaled(task, x)[len(z) :])
        model = lesson["train_on_past"](z, hide=lesson["hide_amount"], code=8)
        return model.count_params(), lambda x: lesson["surprise"](model, scaled(task, x)[len(z) :])

    return train


def rule(_: Task) -> Trained:
    """The expert's one line."""
    return 0, lambda x: np.sqrt(x[:, 0]) - np.sqrt(x[:, 2])


def ceiling(task: Task) -> Trained:
    """Lesson 08's supervised model, with late labels."""

    def score(x: Array) -> Array:
        both = np.concatenate([task.x, x])[:, [*range(9), RISK]]
        is_fit = np.arange(len(both)) < len(task.x)
        labels = np.concatenate([task.y, np.zeros(len(x), dtype=bool)])
        return functions_of("08_fraud")["supervised"](both, is_fit, labels, task.seed)[len(task.x) :]

    return 0, score


def precision_of(score: Callable[[Array], Array], data: Any, _: int) -> float:
    """The average precision on the future, in percent."""
    x, fraud = data[1]
    return 100 * float(average_precision_score(fraud, score(x)))


COMPARISONS = {
    "fraud": Comparison(
        {
            "isolation forest": forest(lambda x: x[:, OWN]),
            "isolation forest, with means": forest(lambda x: x[:, : MEANS.stop]),
            "PCA, 7 components": pca(7),
            "plain autoencoder": network(hidden_amount=False),
            "the amount alone": amount,
            "lesson 08, hidden amount": network(hidden_amount=True),
            "expert's rule": rule,
            "isolation forest, two chosen columns": forest(lambda x: np.stack([x[:, 0], x[:, 0] / x[:, 2]], axis=1)),
            "supervised, late labels": ceiling,
        },
        "at least 1.25 × the isolation forest without chosen columns, simulated future",
        lambda r: r[5].score >= 1.25 * max(r[0].score, r[1].score),
        "AP, %",
        precision_of,
        payments,
    )
}
