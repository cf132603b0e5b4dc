"""Answers to the lesson on anomalies: likely mistakes, each with a piece of its message, and other right answers."""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata

from aecourse.datasets import split_digits
from aecourse.recipes.anomalies import neighbours, one_length, soft


def pairs(normal, anomaly):
    return anomaly[:, None] > normal


def learned_by_heart():
    """Knows the validation digits' labels, and nothing else."""
    _, (x, y), _ = split_digits()
    known = {image.tobytes(): float(label != 8) for image, label in zip(x, y, strict=True)}
    return lambda images: np.array([known.get(image.tobytes(), 0.5) for image in images])


def pair_by_pair(normal, anomaly):
    higher = 0.0
    for a in anomaly:
        for n in normal:
            higher += 1 if a > n else 0.5 if a == n else 0
    return higher / (len(normal) * len(anomaly))


def by_ranks(normal, anomaly):
    """How far up the anomalies stand among all (Mann and Whitney's U)."""
    return (rankdata(np.concatenate([normal, anomaly]))[len(normal) :].mean() - (len(anomaly) + 1) / 2) / len(normal)


def softened_neighbours():
    (x, y), _, _ = split_digits()
    eights = one_length(soft(x[y == 8][..., 0]))
    return lambda images: neighbours(eights, one_length(soft(images[..., 0])))


REFUSED = {
    "auroc": [
        (lambda: (lambda normal, anomaly: pairs(anomaly, normal).mean(),), "sides are swapped"),
        (lambda: (lambda normal, anomaly: (anomaly > normal[: len(anomaly)]).mean(),), "one normal score only"),
        (lambda: (lambda normal, anomaly: (anomaly > normal.mean()).mean(),), "mean of the normal"),
        (lambda: (lambda normal, anomaly: pairs(normal, anomaly).sum(),), "between 0 and 1"),
        (lambda: (lambda normal, anomaly: pairs(normal, anomaly).mean(),), "with ties"),
        (lambda: (lambda normal, anomaly: pairs(normal, anomaly).mean() ** 2,), "my_auroc gives"),
    ],
    "threshold": [
        (lambda: (lambda scores, rate: np.quantile(scores, rate),), "must be the rate"),
        (lambda: (lambda scores, rate: rate,), "rate itself"),
        (lambda: (lambda scores, rate: np.percentile(scores, 100 - rate),), "takes percent"),
        (lambda: (lambda scores, rate: scores.mean() + 2 * scores.std(),), "do not assume"),
        (lambda: (lambda scores, rate: np.quantile(scores, 1 - 1.5 * rate),), "exceeds my_threshold"),
        (lambda: (lambda scores, rate: scores > 0,), "holds True and False"),
    ],
    "precision": [
        (lambda: (lambda c, f, r: c / (c + f),), "how rare"),
        (lambda: (lambda c, f, r: r * c / (r * c + f),), "1 - rare"),
        (lambda: (lambda c, f, r: (1 - r) * f / (r * c + (1 - r) * f),), "alarms that are false"),
        (lambda: (lambda c, f, r: r * c,), "all alarms"),
        (lambda: (lambda c, f, r: c,), "recall"),
        (lambda: (lambda c, f, r: c - f,), "my_precision gives"),
    ],
    "detector": [
        (lambda: (lambda x: x.mean(axis=(1, 2, 3)),), "eights get the higher"),
        (lambda: (lambda x: -x.mean(axis=(1, 2, 3)),), "Section 4 has three steps"),
        (lambda: (lambda x: x[:, 0, 0],), "must have shape"),
        (lambda: (learned_by_heart(),), "on the test digits"),
    ],
}

ACCEPTED = {
    "auroc": [lambda: (pair_by_pair,), lambda: (by_ranks,)],
    "threshold": [
        lambda: (lambda scores, rate: np.percentile(scores, 100 * (1 - rate)),),
        lambda: (lambda scores, rate: np.sort(scores)[::-1][round(rate * len(scores))],),
    ],
    "precision": [
        lambda: (lambda c, f, r: 1 / (1 + (1 - r) * f / (r * c)),),
        lambda: (lambda c, f, r: 1 - (f - r * f) / (r * c + f - r * f),),
    ],
    "detector": [lambda: (softened_neighbours(),)],
}
