"""The comparison of the network in NumPy: beside PCA with as many numbers."""

from __future__ import annotations

from aecourse.recipes import encode_decode as lesson
from benchmarks.core import Array, Ask, SideBySide, Task, Trained
from benchmarks.rivals import pca


def network(task: Task) -> Trained:
    """The lesson's network with 16 numbers."""
    flat = task.x.reshape(len(task.x), -1)
    layers = lesson.numpy_autoencoder(flat, 16, lesson.HIDDEN, lesson.EPOCHS, task.rng)

    def reconstruct(x: Array) -> Array:
        return lesson.forward(x.reshape(len(x), -1), layers)[-1].reshape(x.shape)

    return sum(W.size + b.size for W, b, _ in layers), reconstruct


COMPARISONS = {
    "numpy16": SideBySide(
        {"PCA, 16 numbers": pca(16), "NumPy, 16 numbers (lesson)": network},
        (
            Ask(
                "NumPy, 16 numbers (lesson)",
                "at most 0.6 × PCA's error in at most 15 s",
                lambda ours, pca: ours.score <= 0.6 * pca.score and ours.seconds <= 15,
                beside=("PCA, 16 numbers",),
                seconds="shown",
                task="rebuild a digit from 16 numbers, in NumPy",
            ),
        ),
    )
}
