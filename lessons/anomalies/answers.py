"""Likely mistakes in lesson 07 and a piece of the answer to each."""

from __future__ import annotations

import numpy as np

from aecourse.datasets import load_digits


def pairs(normal, anomaly):
    return anomaly[:, None] > normal


def learned_by_heart():
    """Knows the validation digits' labels, and nothing else."""
    (x, y), _ = load_digits()
    known = {image.tobytes(): float(label != 8) for image, label in zip(x[7000:], y[7000:], strict=True)}
    return lambda images: np.array([known.get(image.tobytes(), 0.5) for image in images])


WRONG = {
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
        (lambda: (lambda scores, rate: scores > 0,), "without quotes"),
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
