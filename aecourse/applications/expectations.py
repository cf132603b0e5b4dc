"""Networks that fill in the hidden columns of a row, and the simple methods that are measured beside them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from aecourse.backend import keras
from aecourse.models import Autoencoder, dense_autoencoder, outputs
from aecourse.training import fit

OURS, FOREST = "network", "isolation forest"
Score: TypeAlias = Callable[[np.ndarray], np.ndarray]  # rows `(n, width)` → scores `(n,)`
NETWORKS = 5  # each leaves out another fifth of the rows
PARTS = 5  # a fifth of the columns is hidden at once
SHUFFLES = 3  # and so for three shufflings of the columns
NOISE, HIDDEN = 0.05, 0.25  # what the training adds, in spreads, and the share of columns that it hides on average
FLOOR = 0.1  # of the mean squared error of all numbers is added to that of each
WIDTH = 64
STEPS, BATCH, LEARNING_RATE = 800, 64, 3e-3
MANY, MORE_STEPS = 1000, 2000  # of so many rows there is more to learn
FEWEST_EPOCHS, FEWEST_STEPS = 10, 40  # of many rows, and in an epoch of few


@dataclass(frozen=True)
class Detector:
    """Five networks, how far they can be believed, and the simple methods; all fitted on the same rows.

    Fields:
        networks: what the five autoencoders give on average, inputs and outputs `(n, width)`.
        hidden: which of the numbers are hidden in each pass, shape `(passes, width)`.
        source: the column that each number belongs to, shape `(width,)`.
        belief: what an expectation is multiplied by, 0 to 1: less than 1 where few rows taught the networks too much.
        spread: the squared error of each number's expectation on rows that were left out, shape `(width,)`.
        rivals: what the simple methods make of rows, by name.
    """

    networks: keras.Model
    hidden: np.ndarray
    source: np.ndarray
    belief: float
    spread: np.ndarray
    rivals: Mapping[str, Score]

    def expected(self, z: np.ndarray) -> np.ndarray:
        """What the networks expect of each number while it is hidden, shape of `z`, `(n, width)`."""
        return self.belief * _filled_in(self.networks, z, self.hidden)

    def surprise(self, z: np.ndarray, expected: np.ndarray | None = None) -> np.ndarray:
        """How far each column lies from what is expected: squared, by its spread, shape `(n, columns)`."""
        each = (z - (self.expected(z) if expected is None else expected)) ** 2 / self.spread
        columns = np.zeros((len(z), self.source.max() + 1), np.float32)
        for number, column in enumerate(self.source):
            columns[:, column] += each[:, number]
        return columns

    def scores(self, z: np.ndarray, extra: np.ndarray | None = None) -> dict[str, np.ndarray]:
        """Each row's score by each method, the network first; `extra` is surprise on top, shape `(n, columns)`."""
        on_top = 0.0 if extra is None else extra.sum(axis=1) / len(self.spread)
        found = {OURS: self.surprise(z).sum(axis=1) / len(self.spread) + on_top}
        for name, score in self.rivals.items():
            found[name] = score(z) + (0.0 if name == FOREST else on_top)  # its scores have another scale
        return found


def simple_methods(z: np.ndarray, seed: int) -> dict[str, Score]:
    """The simple methods, fitted on the rows `z`, shape `(n, width)`; each gives the rows of a table their scores."""
    from sklearn.decomposition import PCA
    from sklearn.ensemble import IsolationForest

    pca = PCA(svd_solver="full").fit(z)
    kept = pca.explained_variance_ > 1e-3 * pca.explained_variance_.mean()
    scale = np.sqrt(pca.explained_variance_[kept])
    forest = IsolationForest(random_state=seed).fit(z)
    return {
        "mean z²": lambda z: (z**2).mean(axis=1),
        "PCA, whitened": lambda z: ((pca.transform(z)[:, kept] / scale) ** 2).mean(axis=1),
        FOREST: lambda z: -forest.score_samples(z),
    }


def learn_expectations(z: np.ndarray, source: np.ndarray, floor: np.ndarray, seed: int) -> Detector:
    """Fit everything on the rows `z`, shape `(n, width)`.

    Each network leaves out a fifth of the rows, and on these it is measured how far its expectations can be believed.
    """
    rng = np.random.default_rng(seed)
    hidden = _hidden(source, rng)
    left_out = np.array_split(rng.permutation(len(z)), NETWORKS)
    keras.utils.set_random_seed(seed)
    networks = _trained([np.delete(z, rows, axis=0) for rows in left_out], _components(z), source, rng)
    expected = np.zeros_like(z)
    for network, rows in zip(networks, left_out, strict=True):
        expected[rows] = _filled_in(network, z[rows], hidden)
    x = keras.Input((z.shape[1],))
    together = keras.Model(x, keras.layers.Average()([network(x) for network in networks]))
    power = float((expected**2).sum())
    belief = float(np.clip((z * expected).sum() / power, 0, 1)) if power else 0.0
    error = ((z - belief * expected) ** 2).mean(axis=0)
    numbers = floor == 0
    floor = np.where(numbers, FLOOR * error[numbers].mean() + 1e-6 if numbers.any() else 0, floor)
    return Detector(together, hidden, source, belief, error + floor, simple_methods(z, seed))


def _trained(rows: list[np.ndarray], code: int, source: np.ndarray, rng: np.random.Generator) -> list[Autoencoder]:
    """An autoencoder for each array of rows, trained side by side as one model: a single training is quicker than five.

    They learn to give back all numbers of a row while some of its columns are hidden and the others are noisy.
    """
    columns, width = source.max() + 1, rows[0].shape[1]

    def damage(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        share = 2 * HIDDEN * rng.random((*x.shape[:2], 1))
        seen = rng.random((*x.shape[:2], columns)) >= share
        return (x + NOISE * rng.standard_normal(x.shape, dtype=np.float32)) * seen[..., source]

    shape: dict[str, Any] = {"input_shape": (width,), "output_activation": "linear"}
    networks = [dense_autoencoder(code, hidden=(WIDTH,), batch_norm=False, **shape) for _ in rows]
    for i, network in enumerate(networks):
        network.name = f"network_{i}"  # layers of one model need names of their own
    x = keras.Input((len(rows), width))
    y = keras.ops.stack([network(x[:, i]) for i, network in enumerate(networks)], axis=1)
    longest = max(map(len, rows))
    batch = BATCH if longest < 4000 else 4 * BATCH
    # Few rows are repeated until all come about equally often. A rest of a batch would be compiled a second time.
    n = math.ceil(max(longest, FEWEST_STEPS * batch) / batch) * batch
    side_by_side = np.stack([np.resize(rng.permutation(own), (n, width)) for own in rows], axis=1)
    steps = STEPS if longest < MANY else max(STEPS, MORE_STEPS)
    epochs = max(math.ceil(steps * batch / n), FEWEST_EPOCHS)
    fit(keras.Model(x, y), side_by_side, corrupt=damage, epochs=epochs, batch_size=batch, learning_rate=LEARNING_RATE)
    return networks


def _filled_in(networks: keras.Model, z: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """The answer for each number, on average over the passes in which it was hidden."""
    total = np.zeros_like(z)
    for which in hidden:
        total[:, which] += outputs(networks, np.where(which, np.float32(0), z))[:, which]
    return total / hidden.sum(axis=0)


def _hidden(source: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Which numbers are hidden together: those of a fifth of the columns, in three shufflings; of few, one by one."""
    columns = source.max() + 1
    parts, shuffles = (PARTS, SHUFFLES) if columns > PARTS else (columns, 1)
    groups = [group for _ in range(shuffles) for group in np.array_split(rng.permutation(columns), parts)]
    return np.array([np.isin(source, group) for group in groups])


def _components(z: np.ndarray) -> int:
    """How many principal components hold nine tenths of the variance."""
    variances = np.linalg.eigvalsh(np.atleast_2d(np.cov(z.T)))[::-1].clip(0)
    return int((np.cumsum(variances) < 0.9 * variances.sum()).sum()) + 1
