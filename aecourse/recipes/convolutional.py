"""What `lessons/convolutional/lesson.py` builds, for others to import: written by `python -m tools.build`."""

import numpy as np

from aecourse.models import conv_autoencoder
from aecourse.training import fit

EPOCHS = 4
TRAINING = {"batch_size": 100, "learning_rate": 8e-3, "loss": "binary_crossentropy"}


def twice(x, rng):
    """The images, and the images shifted by one pixel, each in a random direction."""
    moves = np.array([(0, 1), (0, -1), (1, 0), (-1, 0)])[rng.integers(0, 4, len(x))]
    return np.concatenate([x, [np.roll(a, m, (0, 1)) for a, m in zip(x, moves, strict=True)]])


def train_conv(x, epochs, rng, **options):
    """The course's convolutional autoencoder: 16 numbers, each digit seen twice an epoch."""
    model = conv_autoencoder(16)
    fit(model, twice(x, rng), epochs=epochs, **{**TRAINING, **options})
    return model
