"""Comparisons of the dense networks in Keras: beside PCA, and beside the Keras blog's first autoencoder."""

from __future__ import annotations

from aecourse.recipes.dense_keras import RECIPES, train_dense
from benchmarks import published
from benchmarks.core import Ask, SideBySide, Task, Train, Trained, of_keras
from benchmarks.rivals import pca


def dense(numbers: int, recipe: int) -> Train:
    """The lesson's network with so many numbers, trained by its recipe for `recipe` numbers."""
    return lambda task: of_keras(train_dense(task.x, numbers, **RECIPES[recipe]))


def keras_blog(task: Task) -> Trained:
    """The Keras blog's dense network, 32 numbers, 50 epochs."""
    model = published.keras_blog_dense(task.x)
    return model.count_params(), lambda x: model.predict(x.reshape(-1, 784), verbose=0).reshape(x.shape)


COMPARISONS = {
    "dense16": SideBySide(
        {"PCA, 16 numbers": pca(16), "dense, 16 numbers (lesson)": dense(16, 16)},
        (
            Ask(
                "dense, 16 numbers (lesson)",
                "at most 0.45 × PCA's error in at most 25 s",
                lambda ours, pca: ours.score <= 0.45 * pca.score and ours.seconds <= 25,
                beside=("PCA, 16 numbers",),
                seconds="shown",
                task="rebuild a digit from 16 numbers",
            ),
        ),
    ),
    "dense64": SideBySide(
        {"PCA, 64 numbers": pca(64), "dense, 64 numbers (lesson)": dense(64, 64)},
        (
            Ask(
                "dense, 64 numbers (lesson)",
                "at most 0.85 × PCA's error",
                lambda ours, pca: ours.score <= 0.85 * pca.score,
                beside=("PCA, 64 numbers",),
                task="rebuild a digit from 64 numbers",
            ),
        ),
    ),
    "dense32": SideBySide(
        {"Keras blog, 32 numbers, 50 epochs": keras_blog, "dense, 32 numbers (lesson)": dense(32, 64)},
        (
            Ask(
                "dense, 32 numbers (lesson)",
                "at most 0.8 × the Keras blog's error in at most its seconds",
                lambda ours, blog: ours.score <= 0.8 * blog.score and ours.seconds <= blog.seconds,
                beside=("Keras blog, 32 numbers, 50 epochs",),
                seconds="compared",
            ),
        ),
    ),
}
