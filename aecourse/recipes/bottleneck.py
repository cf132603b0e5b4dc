"""What `lessons/bottleneck/lesson.py` builds, for others to import: written by `python -m tools.build`."""

import numpy as np
from sklearn.linear_model import LogisticRegression

from aecourse.recipes.dense_keras import train_dense


def accuracy_with_few_labels(codes, labels, test_codes, test_labels, C, rng, draws=10, more=lambda x, y: (x, y)):
    """Mean accuracy of a linear classifier that was trained on ten labels of each kind."""
    scale, accuracy = codes.std(), []
    for _ in range(draws):
        order = rng.permutation(len(labels))
        shown = np.concatenate([order[labels[order] == digit][:10] for digit in range(10)])
        x, y = more(codes[shown], labels[shown])
        classifier = LogisticRegression(C=C, max_iter=1000).fit(x / scale, y)
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


def shifted_copies(flat, labels):
    """Nine copies of each digit, shifted by -1, 0 or 1 pixel down and to the right."""
    images = flat.reshape(-1, 28, 28)
    steps = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    copies = [np.roll(images, step, (1, 2)).reshape(flat.shape) for step in steps]
    return np.concatenate(copies), np.tile(labels, 9)
