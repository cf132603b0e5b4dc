"""Comparisons of lesson 07: ten one-class games on digits, and a hunt for wrong labels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from aecourse.datasets import Split
from benchmarks.core import Array, Comparison, Row, Task, Train, Trained
from benchmarks.lesson_code import functions_of

LESSON = "07_anomalies"
Lesson = dict[str, Any]
# What a method of the lesson gives for images: for each game its scores, by kind of score.
Games = Callable[[Array], list[dict[str, Array]]]


def in_ten_games(step: str, of: Callable[[Lesson, Task, Array], tuple[int, Games]]) -> Train:
    """A method under one kind of score: from images to the scores of the ten games, shape `(n, 10)`."""

    def train(task: Task) -> Trained:
        lesson = functions_of(LESSON)
        normals = lesson["in_rows"](task.x, task.y, min(np.bincount(task.y).min(), 780), task.rng)
        parameters, games = of(lesson, task, normals)
        return parameters, lambda x: np.stack([game[step] for game in games(x)], axis=1)

    return train


def autoencoder(lesson: Lesson, task: Task, normals: Array) -> tuple[int, Games]:
    """The lesson's ten networks."""
    model = lesson["train_ten"](task.x, task.y, task.rng)
    return model.count_params(), lambda x: lesson["by_autoencoder"](model, normals, x)


def pca(lesson: Lesson, _: Task, normals: Array) -> tuple[int, Games]:
    """Ten PCAs, 16 components and a mean each."""
    return 10 * 17 * 784, lambda x: lesson["by_pca"](normals, x)


def neighbours(lesson: Lesson, _: Task, normals: Array) -> tuple[int, Games]:
    """The nearest training images, all of which are kept."""
    return normals.size, lambda x: lesson["by_neighbours"](normals, x)


def forest(lesson: Lesson, _: Task, normals: Array) -> tuple[int, Games]:
    """Ten isolation forests."""
    return 0, lambda x: lesson["by_forest"](normals, x)


def mean_auroc(scores_of: Callable[[Array], Array], data: Split, _: int) -> float:
    """The mean AUROC of the ten games on the test digits, in percent; the anomaly is the positive class."""
    from sklearn.metrics import roc_auc_score

    x, y = data[1]
    scores = scores_of(x)
    return 100 * float(np.mean([roc_auc_score(y != k, scores[:, k]) for k in range(10)]))


def hunt(score: Callable[[Lesson, Task, Array, np.random.Generator], Array]) -> Train:
    """A way to suspect labels: its scores of the training digits, 3 % of whose labels were made wrong."""

    def train(task: Task) -> Trained:
        lesson = functions_of(LESSON)
        rng = np.random.default_rng(1000 + task.seed)
        given, _ = lesson["flip"](task.y, rng)
        scores = score(lesson, task, given, rng)
        return 0, lambda _: scores

    return train


def precision_of_the_hunt(scores_of: Callable[[Array], Array], data: Split, seed: int) -> float:
    """Percent of wrong labels among as many suspects as were made wrong."""
    lesson = functions_of(LESSON)
    _, wrong = lesson["flip"](data[0][1], np.random.default_rng(1000 + seed))
    return 100 * float(lesson["found"](scores_of(data[0][0]), wrong))


def hunt_by_networks(lesson: Lesson, task: Task, given: Array, rng: np.random.Generator) -> Array:
    """The lesson's ten networks, trained on the wrong labels, too."""
    model = lesson["train_ten"](task.x, given, rng, epochs=10)
    return lesson["suspicion"](lesson["errors_of_ten"](model, task.x), given)


def hunt_by(errors: str) -> Callable[[Lesson, Task, Array, np.random.Generator], Array]:
    """A rival that has an error for each label."""
    return lambda lesson, task, given, _: lesson["suspicion"](lesson[errors](task.x, given), given)


def auroc_reached(rows: list[Row]) -> bool:
    """Whether the last row, the lesson's score, has 0.965."""
    return rows[-1].score >= 96.5


COMPARISONS = {
    "one_class": Comparison(
        {
            "isolation forest, pixels": in_ten_games("raw error", forest),
            "neighbours, pixels": in_ten_games("raw error", neighbours),
            "neighbours, by ink": in_ten_games("divided by ink", neighbours),
            "neighbours, softened": in_ten_games("softened", neighbours),
            "PCA 16, raw error": in_ten_games("raw error", pca),
            "PCA 16, by ink": in_ten_games("divided by ink", pca),
            "PCA 16, softened": in_ten_games("softened", pca),
            "PCA 16, softened × code": in_ten_games("softened × code", pca),
            "lesson 07, raw error": in_ten_games("raw error", autoencoder),
            "lesson 07, softened × code": in_ten_games("softened × code", autoencoder),
        },
        "lesson 07's mean AUROC over ten one-class games at least 96.5 %",
        auroc_reached,
        "AUROC, %",
        mean_auroc,
    ),
    "wrong_labels": Comparison(
        {
            "isolation forest": hunt(hunt_by("errors_of_forests")),
            "neighbours, softened": hunt(lambda lesson, task, given, _: lesson["neighbours_disagree"](task.x, given)),
            "PCA 16": hunt(hunt_by("errors_of_pca")),
            "lesson 07": hunt(hunt_by_networks),
        },
        "at least 80 % of as many suspects as were made wrong are wrong",
        lambda rows: rows[-1].score >= 80,
        "found, %",
        precision_of_the_hunt,
    ),
}
