"""What `lessons/scale/lesson.py` builds, for others to import: written by `python -m tools.build`."""

import time

import numpy as np
from PIL import Image
from scipy.ndimage import affine_transform

from aecourse.backend import keras
from aecourse.models import dense_autoencoder
from aecourse.training import fit

BATCH = 100


def trained(x, steps, *, batch=BATCH, rate=2e-3, seed=0):
    """A dense autoencoder with 16 numbers, and the seconds of its training."""
    model = dense_autoencoder(16, hidden=(128,))
    epochs = max(1, round(steps * batch / len(x)))
    before = time.perf_counter()
    options = {"epochs": epochs, "batch_size": batch, "learning_rate": rate, "seed": seed}
    fit(model, x, loss="binary_crossentropy", **options)
    return model, time.perf_counter() - before


def turned(picture, degrees, shift):
    """A picture turned around its middle and shifted by pixels (down, right)."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    matrix = np.array([[cos, -sin], [sin, cos]])
    middle = (np.array(picture.shape) - 1) / 2
    return affine_transform(picture, matrix, middle - matrix @ (middle + shift), order=1)


def grown(x, n, rng, degrees=15.0, pixels=2.0):
    """n pictures: those of x first, then the same ones again, turned and shifted."""
    more = [x[: min(n, len(x))]]
    for i in range(len(x), n):
        shift = rng.uniform(-pixels, pixels, 2)
        picture = turned(x[i % len(x), ..., 0], rng.uniform(-degrees, degrees), shift)
        more.append(np.clip(picture, 0, 1)[None, ..., None])
    return np.concatenate(more).astype("float32")


def pixels_of(file):
    """A grey picture file as an array (height, width, 1), from 0 to 1."""
    with Image.open(file) as picture:
        return np.asarray(picture.convert("L"), dtype="float32")[..., None] / 255


class Streamed(keras.utils.PyDataset):
    """Batches of pictures, read when they are asked for, in a new order each epoch."""

    def __init__(self, files, batch, read=pixels_of, seed=0):
        super().__init__()
        self.files, self.batch, self.read = files, batch, read
        self.rng = np.random.default_rng(seed)
        self.on_epoch_end()

    def on_epoch_end(self):
        self.order = self.rng.permutation(len(self.files))

    def __len__(self):
        return len(self.files) // self.batch

    def __getitem__(self, i):
        rows = self.order[i * self.batch : (i + 1) * self.batch]
        x = np.stack([self.read(self.files[row]) for row in rows])
        return x, x
