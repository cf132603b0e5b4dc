"""What `lessons/features/lesson.py` builds, for others to import: written by `python -m tools.build`."""

import functools
from collections import Counter

import numpy as np
from scipy import sparse

from aecourse.backend import keras
from aecourse.models import Autoencoder
from aecourse.recipes.words import unit

layers = keras.layers
ops = keras.ops


def all_above(senses):
    """For each sense the rows of all that is more general."""

    @functools.cache
    def above(row):
        direct = senses[row].hypernyms
        return frozenset(direct).union(*map(above, direct))

    return [above(row) for row in range(len(senses))]


def things_of(senses, rng, hypernyms=300):
    """What each sense is, (senses, things) sparse, and the things' names: kinds first."""
    above = all_above(senses)
    below = Counter(row for rows in above for row in rows)
    large = sorted(row for row, n in below.items() if 100 <= n <= 20_000)
    some = rng.choice(large, hypernyms, replace=False).tolist()
    kinds = sorted({sense.kind for sense in senses})
    column = {thing: i for i, thing in enumerate([*kinds, *some])}
    is_a = [(sense.kind, *above[row]) for row, sense in enumerate(senses)]
    pairs = [(i, column[t]) for i, things in enumerate(is_a) for t in things if t in column]
    ones, shape = np.ones(len(pairs), "float32"), (len(senses), len(column))
    names = [kind.removeprefix("noun.") for kind in kinds] + [senses[i].words[0] for i in some]
    return sparse.csr_array((ones, np.transpose(pairs)), shape), names


def f1(on, y):
    """F1 of each column of on (n, columns) for each thing of y: (things, columns)."""
    both, things = y.T @ on.astype("float32"), np.asarray(y.sum(axis=0)).reshape(-1, 1)
    return 2 * both / (on.sum(axis=0) + things + 1e-9)


ABOVE = tuple(np.geomspace(8, 6000, 24).round().astype(int).tolist())


def best_cuts(values, y):
    """The best F1 of each column for each thing, and its cut: both (things, columns)."""
    ordered = -np.sort(-values, axis=0)
    best = np.zeros((y.shape[1], values.shape[1]), "float32")
    cuts = np.full(best.shape, np.inf, "float32")
    for n in [n for n in ABOVE if n <= len(values)]:
        cut = np.maximum(ordered[n - 1], 1e-6)  # what is 0 is never above
        found = f1(values >= cut, y)
        cuts = np.where(found > best, cut, cuts)
        best = np.maximum(best, found)
    return best, cuts


def f1_of(on, is_it):
    """F1 of each column of on for the same column of is_it, both True or False."""
    return 2 * (on & is_it).sum(axis=0) / (on.sum(axis=0) + is_it.sum(axis=0) + 1e-9)


def found_by_one(naming, test, y_naming, y_test):
    """For each thing the F1 on test of the column and cut that were best on naming."""
    best, cuts = best_cuts(naming, y_naming)
    column, thing = best.argmax(axis=1), np.arange(len(best))
    return f1_of(test[:, column] >= cuts[thing, column], y_test.toarray() > 0)


class Squeeze(keras.layers.Layer):
    """Several networks at once, each x: (5,) → h: (2,) → y: (5,) with one table w."""

    def __init__(self, networks):
        super().__init__()
        spread = keras.initializers.RandomNormal(stddev=0.5)
        self.w = self.add_weight(shape=(networks, 5, 2), initializer=spread)
        self.b = self.add_weight(shape=(networks, 5), initializer="zeros")

    def call(self, x):
        h = ops.einsum("bnf,nfc->bnc", x, self.w)
        return ops.relu(ops.einsum("bnc,nfc->bnf", h, self.w) + self.b)


def by_importance(y, y_pred):
    return ops.mean(ops.square(y - y_pred) * 0.9 ** np.arange(5, dtype="float32"))


def is_pentagon(w):
    """Whether five rows (5, 2) are about equally long and stand at equal angles."""
    length = np.linalg.norm(w, axis=1)
    angle = np.sort(np.degrees(np.arctan2(w[:, 1], w[:, 0])))
    gaps = np.diff(np.append(angle, angle[0] + 360))
    return bool(length.min() > 0.8 * length.max() and gaps.min() > 60 and gaps.max() < 84)


def known_truth(rng, active=16, n=51_200, things=512, size=128):
    """Directions by lot (things, size), and n sums of about `active` of them (n, size)."""
    truth = unit(rng.normal(size=(things, size))).astype("float32")
    there = rng.random((n, things), dtype="float32") < active / things
    strength = 0.5 + rng.random((n, things), dtype="float32")
    return truth, (there * strength) @ truth


def recovered(columns, truth):
    """The share of true directions that a column points along: cosine above 0.9."""
    return float(np.mean((unit(columns) @ truth.T).max(axis=0) > 0.9))


def top_k(h, k):
    """All but the k largest numbers of each row become 0."""
    return ops.where(h >= ops.top_k(h, k)[0][..., -1:], h, 0.0)


def sparse_autoencoder(columns, k):
    """Begins with these columns (units, size); the encoder with the same."""
    units, size = columns.shape
    x, h = keras.Input((size,)), keras.Input((units,))
    reads = layers.Dense(units, activation="relu")
    adds = layers.Dense(size, kernel_constraint=keras.constraints.UnitNorm(axis=1))
    encoder = keras.Model(x, top_k(reads(x), k))  # size → units
    decoder = keras.Model(h, adds(h))  # units → size
    reads.set_weights([columns.T, np.zeros(units)])
    adds.set_weights([columns, np.zeros(size)])
    return Autoencoder(encoder, decoder)


def decoder_columns(model):
    return model.decoder.get_weights()[0]


def centres(x, n, rng, rounds=12):
    """n directions (n, size), each along the mean of the rows of x that are nearest to it."""
    x = unit(x)
    found = x[rng.choice(len(x), n, replace=False)]
    for _ in range(rounds):
        nearest = [(part @ found.T).argmax(axis=1) for part in np.array_split(x, 12)]
        places = np.concatenate(nearest), np.arange(len(x))
        came = sparse.csr_array((np.ones(len(x), "float32"), places), (n, len(x)))
        sums = came @ x
        found = np.where(sums.any(axis=1, keepdims=True), unit(sums), found)
    return found


def matched(a, b, limit=0.7):
    """The share of rows of a that have a row of b along about the same direction."""
    return float(np.mean((unit(a) @ unit(b).T).max(axis=1) > limit))
