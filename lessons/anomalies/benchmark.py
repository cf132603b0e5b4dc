"""Comparisons on anomalies: ten one-class games on digits, and a hunt for wrong labels."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from aecourse.recipes import anomalies as lesson
from benchmarks.core import Apply, Array, Ask, Data, SideBySide, Task, Train, Trained

# What a method of the lesson gives for images: for each game its scores, by kind of score.
Games = Callable[[Array], list[dict[str, Array]]]
RAW, BY_INK, SOFTENED, WITH_CODE = lesson.STEPS


def in_ten_games(step: str, of: Callable[[Task, Array], tuple[int, Games]]) -> Train:
    """A method under one kind of score: from images to the scores of the ten games, shape `(n, 10)`."""

    def train(task: Task) -> Trained:
        normals = lesson.in_rows(task.x, task.y, min(np.bincount(task.y).min(), 780), task.rng)
        parameters, games = of(task, normals)
        return parameters, lambda x: np.stack([game[step] for game in games(x)], axis=1)

    return train


def autoencoder(task: Task, normals: Array) -> tuple[int, Games]:
    """The lesson's ten networks."""
    model = lesson.train_ten(task.x, task.y, task.rng)
    return model.count_params(), lambda x: lesson.by_autoencoder(model, normals, x)


def pca(_: Task, normals: Array) -> tuple[int, Games]:
    """Ten PCAs, 16 components and a mean each."""
    return 10 * 17 * 784, lambda x: lesson.by_pca(normals, x)


def neighbours(_: Task, normals: Array) -> tuple[int, Games]:
    """The nearest training images, all of which are kept."""
    return normals.size, lambda x: lesson.by_neighbours(normals, x)


def forest(_: Task, normals: Array) -> tuple[int, Games]:
    """Ten isolation forests."""
    return 0, lambda x: lesson.by_forest(normals, x)


def judge_games(data: Data, _: int) -> Callable[[Apply], float]:
    """The mean AUROC of the ten games on the test digits, in percent; the anomaly is the positive class."""
    x, y = data[2]

    def score(scores_of: Apply) -> float:
        games = [{RAW: column} for column in scores_of(x).T]
        return 100 * float(lesson.mean_auroc(games, y)[RAW])

    return score


def with_wrong_labels(y: Array, seed: int) -> tuple[Array, Array, np.random.Generator]:
    """Labels of which 3 % are wrong, which ones, and the generator for what follows."""
    rng = np.random.default_rng(1000 + seed)
    return *lesson.flip(y, rng), rng


def hunt(score: Callable[[Array, Array, np.random.Generator], Array]) -> Train:
    """A way to suspect labels: its scores of the training digits, from the images and the labels given with them."""

    def train(task: Task) -> Trained:
        given, _, rng = with_wrong_labels(task.y, task.seed)
        scores = score(task.x, given, rng)
        return 0, lambda _: scores

    return train


def by_networks(x: Array, given: Array, rng: np.random.Generator) -> Array:
    """The lesson's ten networks, trained on the wrong labels, too."""
    model = lesson.train_ten(x, given, rng, epochs=lesson.HUNT_EPOCHS)
    return lesson.suspicion(lesson.errors_of_ten(model, x), given)


def judge_hunt(data: Data, seed: int) -> Callable[[Apply], float]:
    """Percent of wrong labels among as many suspects as were made wrong."""
    (x, y), (x_valid, y_valid), _ = data
    _, wrong, _ = with_wrong_labels(np.concatenate([y, y_valid]), seed)
    return lambda scores_of: 100 * float(lesson.found(scores_of(np.concatenate([x, x_valid])), wrong))


OURS = "ten networks, softened × code (lesson)"
RIVALS: dict[str, Train] = {
    "isolation forest, pixels": in_ten_games(RAW, forest),
    "neighbours, pixels": in_ten_games(RAW, neighbours),
    "neighbours, by ink": in_ten_games(BY_INK, neighbours),
    "neighbours, softened": in_ten_games(SOFTENED, neighbours),
    "PCA 16, raw error": in_ten_games(RAW, pca),
    "PCA 16, by ink": in_ten_games(BY_INK, pca),
    "PCA 16, softened": in_ten_games(SOFTENED, pca),
    "PCA 16, softened × code": in_ten_games(WITH_CODE, pca),
}
HUNTERS: dict[str, Train] = {
    "isolation forest": hunt(lambda x, given, _: lesson.suspicion(lesson.errors_of_forests(x, given), given)),
    "neighbours, softened": hunt(lambda x, given, _: lesson.neighbours_disagree(x, given)),
    "PCA 16": hunt(lambda x, given, _: lesson.suspicion(lesson.errors_of_pca(x, given), given)),
}
COMPARISONS = {
    "one_class": SideBySide(
        {
            **RIVALS,
            "ten networks, raw error (lesson)": in_ten_games(RAW, autoencoder),
            OURS: in_ten_games(WITH_CODE, autoencoder),
        },
        (
            Ask(
                OURS,
                "a mean AUROC of 96.5 % over ten one-class games",
                lambda ours, _: ours.score >= 96.5,
                beside=(*RIVALS,),
                unlike=("ten networks, raw error (lesson)",),
            ),
        ),
        "AUROC, %",
        judge_games,
    ),
    "wrong_labels": SideBySide(
        {**HUNTERS, "ten networks (lesson)": hunt(by_networks)},
        (
            Ask(
                "ten networks (lesson)",
                "80 % of as many suspects as were made wrong are wrong",
                lambda ours, _: ours.score >= 80,
                beside=(*HUNTERS,),
            ),
        ),
        "found, %",
        judge_hunt,
    ),
}
