"""Comparisons on anomalies: ten one-class games on digits, a hunt for wrong labels, and a table of measurements."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable

import numpy as np

from aecourse.applications.anomalies import score_table
from aecourse.applications.columns import as_table, learn_columns
from aecourse.applications.expectations import simple_methods
from aecourse.recipes import anomalies as lesson
from benchmarks.core import Apply, Array, Ask, Data, Judge, SideBySide, Task, Train, Trained

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


def with_wrong_labels(y: Array, seed: int, *, alike: bool) -> tuple[Array, Array, np.random.Generator]:
    """Labels of which 3 % are wrong, which ones, and the generator for what follows."""
    rng = np.random.default_rng(1000 + seed)
    return *lesson.flip(y, rng, alike=alike), rng


def hunt(errors: Callable[[Array, Array, np.random.Generator], tuple[int, Array]], *, alike: bool) -> Train:
    """A way to suspect labels: how many parameters it has, and its errors `(n, 10)` of the training digits."""

    def train(task: Task) -> Trained:
        given, _, rng = with_wrong_labels(task.y, task.seed, alike=alike)
        parameters, each = errors(task.x, given, rng)
        scores = lesson.suspicion(each, given)
        return parameters, lambda _: scores

    return train


def of_networks(x: Array, given: Array, rng: np.random.Generator) -> tuple[int, Array]:
    """The lesson's ten networks, trained on the wrong labels, too."""
    model = lesson.train_ten(x, given, rng, epochs=lesson.HUNT_EPOCHS)
    return model.count_params(), lesson.errors_of_ten(model, x)


def of_forests(x: Array, given: Array, _: np.random.Generator) -> tuple[int, Array]:
    """An isolation forest for each label, on the whitened PCA numbers of that label."""
    images, each = x[..., 0], []
    for k in range(10):
        own, judged = lesson.whitened(images[given == k], images)
        each.append(lesson.forest(own, judged, trees=100))
    return 0, np.stack(each, axis=1)


def of_votes(x: Array, given: Array, _: np.random.Generator) -> tuple[int, Array]:
    """The lesson's neighbours, whose votes count by their distance."""
    far, near = lesson.nearest(x)
    return x.size, lesson.errors_of_votes(far, near, given)


def of_pca(x: Array, given: Array, _: np.random.Generator) -> tuple[int, Array]:
    """A PCA for each label."""
    return 10 * 17 * 784, lesson.errors_of_pca(x, given)


def judge_hunt(*, alike: bool) -> Judge:
    """Percent of wrong labels among as many suspects as were made wrong."""

    def judge(data: Data, seed: int) -> Callable[[Apply], float]:
        (x, y), (x_valid, y_valid), _ = data
        _, wrong, _ = with_wrong_labels(np.concatenate([y, y_valid]), seed, alike=alike)
        return lambda scores_of: 100 * float(lesson.found(scores_of(np.concatenate([x, x_valid])), wrong))

    return judge


def hunters(share: int, *, alike: bool) -> SideBySide:
    """The hunt for one kind of wrong labels, and the share that our networks must find."""
    rivals = {
        "isolation forest, 64 whitened PCA numbers": hunt(of_forests, alike=alike),
        "neighbours, weighted votes": hunt(of_votes, alike=alike),
        "PCA 16": hunt(of_pca, alike=alike),
    }
    ask = Ask(
        "ten networks (lesson)",
        f"{share} % of as many suspects as were made wrong are wrong",
        lambda ours, _: ours.score >= share,
        beside=(*rivals,),
        task=f"find wrong labels{' among look-alikes' if alike else ''}",
    )
    models = {**rivals, "ten networks (lesson)": hunt(of_networks, alike=alike)}
    return SideBySide(models, (ask,), "found, %", judge_hunt(alike=alike))


def breast_cancer() -> Data:
    """scikit-learn's measurements of cells, 30 columns, and whether they are benign; each seed splits them anew."""
    from sklearn.datasets import load_breast_cancer

    x, y = load_breast_cancer(return_X_y=True)
    return (x, y), (x[:0], y[:0]), (x, y)


def past_and_new(x: Array, benign: Array, seed: int) -> tuple[Array, Array, Array]:
    """Of the benign rows 60 % as the past; all others as new, and which of those are not benign."""
    usual = np.random.default_rng(seed).permutation(np.flatnonzero(benign))
    n = round(0.6 * len(usual))
    new = np.concatenate([usual[n:], np.flatnonzero(benign == 0)])
    return x[usual[:n]], x[new], benign[new] == 0


def of_table(task: Task) -> Trained:
    """The application, which is not told the labels."""
    past, _, _ = past_and_new(*task.fit, task.seed)

    def apply(new: Array) -> Array:
        with contextlib.redirect_stdout(sys.stderr):  # what it says of itself is no row
            return score_table(past, new, seed=task.seed).scores

    return 0, apply


def simple(name: str, *, tamed: bool) -> Train:
    """A simple method on all of the past, which the application has to share: on its columns, or plainly scaled."""

    def train(task: Task) -> Trained:
        past, _, _ = past_and_new(*task.fit, task.seed)
        if not tamed:
            mean, spread = past.mean(axis=0), past.std(axis=0)
            score = simple_methods((past - mean) / spread, task.seed)[name]
            return 0, lambda new: score((new - mean) / spread)
        table = as_table("past", past)
        columns, _ = learn_columns(table, table)
        score = simple_methods(columns.of(table), task.seed)[name]
        return 0, lambda new: score(columns.of(as_table("new", new)))

    return train


def judge_table(data: Data, seed: int) -> Callable[[Apply], float]:
    """The AUROC on the new rows, in percent."""
    from sklearn.metrics import roc_auc_score

    _, new, anomaly = past_and_new(*data[2], seed)
    return lambda scores_of: 100 * float(roc_auc_score(anomaly, scores_of(new)))


SIMPLE = {
    f"{name}{'' if tamed else ', plainly scaled'}": simple(name, tamed=tamed)
    for name in ("mean z²", "PCA, whitened", "isolation forest")
    for tamed in (True, False)
}
OURS = "ten networks, softened × code (lesson)"
RIVALS: dict[str, Train] = {
    "isolation forest, pixels": in_ten_games(RAW, forest),
    "isolation forest, 64 whitened PCA numbers": in_ten_games(SOFTENED, forest),
    "neighbours, pixels": in_ten_games(RAW, neighbours),
    "neighbours, by ink": in_ten_games(BY_INK, neighbours),
    "neighbours, softened": in_ten_games(SOFTENED, neighbours),
    "PCA 16, raw error": in_ten_games(RAW, pca),
    "PCA 16, by ink": in_ten_games(BY_INK, pca),
    "PCA 16, softened": in_ten_games(SOFTENED, pca),
    "PCA 16, softened × code": in_ten_games(WITH_CODE, pca),
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
                task="find digits of another kind",
            ),
        ),
        "AUROC, %",
        judge_games,
    ),
    "table": SideBySide(
        {**SIMPLE, "score_table (lesson)": of_table},
        (
            Ask(
                "score_table (lesson)",
                "96.2 % AUROC on scikit-learn's breast cancer data, learned from benign rows",
                lambda ours, _: ours.score >= 96.2,
                beside=(*SIMPLE,),
                task="find unusual rows of a table",
            ),
        ),
        "AUROC, %",
        judge_table,
        breast_cancer,
    ),
    "wrong_labels": hunters(80, alike=False),
    "look_alikes": hunters(65, alike=True),
}
