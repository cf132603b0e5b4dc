"""What `lessons/bottleneck/lesson.py` builds, for others to import: written by `python -m tools.build`."""

import numpy as np
from sklearn.linear_model import LogisticRegression

from aecourse.recipes.dense_keras import train_dense


def accuracy_with_few_labels(codes, labels, test_codes, test_labels, C, rng, draws=10):
    """Mean accuracy of a linear classifier that was trained on ten labels of each kind."""
    scale, accuracy = codes.std(), []
    for _ in range(draws):
        order = rng.permutation(len(labels))
        shown = np.concatenate([order[labels[order] == digit][:10] for digit in range(10)])
        classifier = LogisticRegression(C=C, max_iter=1000)
        classifier.fit(codes[shown] / scale, labels[shown])
        accuracy.append(classifier.score(test_codes / scale, test_labels))
    return float(np.mean(accuracy))


def shift(x, rng):
    """Each digit moved by up to two pixels, down and to the right or back."""
    steps = rng.integers(-2, 3, (len(x), 2))
    return np.stack([np.roll(one, step, (0, 1)) for one, step in zip(x, steps, strict=True)])


READER = {"hidden": (512,), "epochs": 6}
C = 1.0  # the freedom of the classifier


def train_reader_code(x):
    """An autoencoder of 16 numbers that gives back the unshifted digit."""
    return train_dense(x, 16, **READER, corrupt=shift)
