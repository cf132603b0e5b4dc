"""The comparison of codes for readers with few labels: 16 numbers beside PCA's 16 and all the pixels."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from sklearn.decomposition import PCA

from aecourse.recipes import bottleneck as lesson
from benchmarks.core import Apply, Ask, Data, SideBySide, Task, Trained
from benchmarks.rivals import nothing


def reader_code(task: Task) -> Trained:
    """The lesson's code that was trained to undo small shifts."""
    model = lesson.train_reader_code(task.x)
    return model.encoder.count_params(), model.encode


def pca_codes(task: Task) -> Trained:
    """PCA's 16 numbers."""
    model = PCA(16, random_state=0).fit(task.x.reshape(len(task.x), -1))
    return model.components_.size + model.mean_.size, lambda x: model.transform(x.reshape(len(x), -1))


def judge_few_labels(data: Data, seed: int) -> Callable[[Apply], float]:
    """Percent right of the lesson's linear classifier with ten labels a class, its C chosen on validation digits."""

    def score(encode: Apply) -> float:
        fit, valid, test = ((encode(x).reshape(len(x), -1), y) for x, y in data)

        def right(judged: tuple[np.ndarray, np.ndarray], C: float) -> float:
            return lesson.accuracy_with_few_labels(*fit, *judged, C, np.random.default_rng(seed))

        return 100 * right(test, max((0.01, 0.1, 1.0), key=lambda C: right(valid, C)))

    return score


COMPARISONS = {
    "few_labels": SideBySide(
        {"784 pixels": nothing, "PCA, 16 numbers": pca_codes, "16 numbers (lesson)": reader_code},
        (
            Ask(
                "16 numbers (lesson)",
                "at least 3 points above the pixels and PCA",
                lambda ours, best: ours.score >= best.score + 3,
                beside=("784 pixels", "PCA, 16 numbers"),
                task="tell digits from ten labels a kind",
            ),
        ),
        "right, %",
        judge_few_labels,
    )
}
