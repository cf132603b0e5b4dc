"""What `lessons/reading/lesson.py` builds, for others to import: written by `python -m tools.build`."""

import re

import numpy as np
from rapidfuzz.distance import Levenshtein
from scipy.ndimage import gaussian_filter

from aecourse.backend import keras
from aecourse.corruption import scan_badly
from aecourse.models import outputs
from aecourse.recipes.watermarks import look_around, settle
from aecourse.training import fit

layers = keras.layers


def wrong_characters(read, truth):
    """The character error rate of several pages together."""
    return sum(map(Levenshtein.distance, read, truth)) / sum(map(len, truth))


def words_found(read, truth):
    """The share of the words of the pages that stand somewhere in what was read."""
    both = zip(read, truth, strict=True)
    pairs = [(re.findall(r"\w+", t), {*re.findall(r"\w+", r)}) for r, t in both]
    return np.mean([word in found for words, found in pairs for word in words])


def without_shade(x, blur=0.8, wide=20):
    """Pages (n, height, width, 1), a little blurred, divided by the light of their paper."""
    soft = gaussian_filter(x, (0, blur, blur, 0))
    # Ink is darker than paper: what is below the middle counts as the middle.
    bright = np.maximum(soft, np.median(soft, axis=(1, 2, 3), keepdims=True))
    return np.clip(soft / np.maximum(gaussian_filter(bright, (0, wide, wide, 0)), 0.1), 0, 1)


def two_views(x):
    """What the network sees: the page as it came, and without its shade."""
    return np.concatenate([x, without_shade(x)], axis=-1).astype("float32")


def reader():
    """A U-Net from two views (n, height, width, 2) to clean pages (n, height, width, 1)."""
    x = keras.Input((None, None, 2))
    # 96 × 96 × 2 → 48 × 48 × 32 → 24 × 24 × 64 → 12 × 12 × 96
    fine = layers.Conv2D(32, 4, strides=2, padding="same", activation="relu")(x)
    middle = look_around(settle(layers.Conv2D(64, 2, strides=2, use_bias=False)(fine)), 2)
    coarse = look_around(settle(layers.Conv2D(96, 2, strides=2, use_bias=False)(middle)), 3)
    # 12 × 12 × 96 → 24 × 24 × 64 → 48 × 48 × 32 → 96 × 96 × 1
    up = layers.Conv2DTranspose(64, 2, strides=2, use_bias=False)(coarse)
    z = look_around(settle(layers.Add()([up, middle])), 1)
    z = layers.Add()([layers.Conv2DTranspose(32, 2, strides=2)(z), fine])
    z = layers.Conv2D(32, 3, padding="same", activation="relu")(layers.Activation("relu")(z))
    y = layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="sigmoid")(z)
    return keras.Model(x, y)


def pieces(views, x, n, rng, size=96):
    """n squares from anywhere: of what the network sees, and of the clean pages."""
    places = rng.integers((len(x), x.shape[1] - size + 1, x.shape[2] - size + 1), size=(n, 3))
    cut = [(i, slice(top, top + size), slice(left, left + size)) for i, top, left in places]
    return np.stack([views[c] for c in cut]), np.stack([x[c] for c in cut])


def train_reader(x, steps, rng):
    """A network that has seen 8 pieces of damaged pages in each step."""
    given, wanted = pieces(two_views(scan_badly(x, seed=rng)), x, 8 * steps, rng)
    network = reader()
    rates = {"batch_size": 8, "learning_rate": 4e-3}
    fit(network, given, wanted, epochs=1, loss="binary_crossentropy", **rates)
    return network


MOVES = ((0, 0), (1, 3), (3, 6), (5, 1), (6, 5))


def five_times(network, views):
    """The mean of what a network draws of moved views (n, height, width, 2), moved back."""
    padded = np.pad(views, ((0, 0), (8, 8), (8, 8), (0, 0)), mode="reflect")
    drawn = [np.roll(outputs(network, np.roll(padded, move, (1, 2))), np.negative(move), (1, 2)) for move in MOVES]
    return np.mean(drawn, axis=0)[:, 8:-8, 8:-8]


def cleaned(network, x):
    """Clean pages for scans (n, height, width, 1), whose sides are multiples of 8."""
    return five_times(network, two_views(x))
