"""From scores to alarms: the threshold and its range, and which method is better, as far as it can be known."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from aecourse.applications.columns import FURTHEST, Columns
from aecourse.applications.expectations import OURS, Detector
from aecourse.recipes.anomalies import kth

PUSH = 3.0  # spreads by which the trial's numbers are pushed outwards


def choose_threshold(
    held: np.ndarray, scores: np.ndarray, budget: int | None, rate: float
) -> tuple[float, tuple[float, float]]:
    """The threshold, and the range of the share of usual rows above it: a Beta distribution, as in the lesson.

    Args:
        held: scores of usual rows that nothing was learned from, shape `(n,)`.
        scores: scores of the new rows, shape `(m,)`; they decide the threshold only where there is a budget.
        budget: at most so many of the new rows are to lie above the threshold, or None.
        rate: without a budget the share of usual rows that may lie above it.

    Example:
        >>> threshold, (low, high) = choose_threshold(np.arange(99.0), np.zeros(3), None, 0.05)
        >>> threshold, round(low, 3), round(high, 3)
        (94.0, 0.017, 0.1)
    """
    from scipy.stats import beta

    n = len(held)
    if budget is None:
        k = min(kth(n, rate), n)
        low, high = beta(n + 1 - k, k).ppf([0.025, 0.975])
        return float(np.sort(held)[k - 1]), (float(low), float(high))
    ranked = np.sort(scores)[::-1]
    below = ranked[budget] if budget < len(ranked) else -np.inf
    between = (ranked[min(budget, len(ranked)) - 1] + below) / 2  # where both tie, neither is above it
    above = int((held > between).sum())
    low = beta(above, n - above + 1).ppf(0.025) if above else 0.0
    high = beta(above + 1, n - above).ppf(0.975) if above < n else 1.0
    return float(between), (float(low), float(high))


def auroc(usual: np.ndarray, unusual: np.ndarray) -> float:
    """In which share of all pairs the unusual row has the higher score; a tie counts half.

    Example:
        >>> auroc(np.array([1.0, 2.0]), np.array([2.0, 3.0]))
        0.875
    """
    from sklearn.metrics import roc_auc_score

    truth = np.repeat([0, 1], [len(usual), len(unusual)])
    return float(roc_auc_score(truth, np.concatenate([usual, unusual])))


def trial(
    detector: Detector, z: np.ndarray, held: Mapping[str, np.ndarray], columns: Columns, seed: int
) -> dict[str, dict[str, float]]:
    """How well each method tells held-out rows from the same rows, damaged in two ways."""
    rng = np.random.default_rng(seed)
    width = len(columns.names)
    usable = [columns.names.index(name) for name in columns.numbers]
    damaged = {}
    if width > 1:
        some = rng.random((len(z), width)).argsort(axis=1) < max(1, round(width / 3))
        other = z[(np.arange(len(z)) + rng.integers(1, len(z), len(z))) % len(z)]
        damaged["mixed"] = np.where(some[:, columns.source], other, z)
    if usable:
        outwards = np.where(z >= 0, 1, -1) * PUSH
        pushed = np.zeros((len(z), width), bool)
        for _ in range(min(2, len(usable))):
            pushed[np.arange(len(z)), rng.choice(usable, len(z))] = True
        which = pushed[:, columns.source] & (columns.floor == 0)  # the numbers
        damaged["pushed"] = np.where(which, np.clip(z + outwards, -FURTHEST, FURTHEST), z).astype(np.float32)
    scores = {kind: detector.scores(rows) for kind, rows in damaged.items()}
    return {name: {kind: auroc(held[name][: len(z)], scores[kind][name]) for kind in damaged} for name in held}


def _mean(each: Mapping[str, float]) -> float:
    return each.get("labels", float(np.mean(list(each.values()))) if each else 0.5)


def advice(areas: Mapping[str, Mapping[str, float]], n: int) -> tuple[str, str]:
    """The best method, "" where it cannot be told from n usual and n unusual rows, and a sentence that says so."""
    by = "your labels" if "labels" in areas[OURS] else "anomalies made up from held-out rows"
    ours, simple = _mean(areas[OURS]), max((name for name in areas if name != OURS), key=lambda m: _mean(areas[m]))
    ahead = ours - _mean(areas[simple])
    numbers = f"AUROC {_mean(areas[simple]):.3f}, the network {ours:.3f}"
    # Twice the standard error of an AUROC, from above: Hanley and McNeil's variance is about A(1 - A) / n.
    close = 2 * np.sqrt(max(ours * (1 - ours), 0.25 / n) / n)
    if abs(ahead) < close:
        return "", f"By {by} the network and the best simple method are too close to tell: {simple} has {numbers}."
    if ahead < 0:
        return (
            simple,
            f"By {by} a simple method is better: {simple} has {numbers}. Its scores are in rivals[{simple!r}].",
        )
    return OURS, f"By {by} no simple method is as good: the best, {simple}, has {numbers}."
