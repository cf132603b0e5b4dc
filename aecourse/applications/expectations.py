"""Networks that fill in the hidden columns of a row, and the simple methods that are measured beside them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from aecourse.backend import keras
from aecourse.models import Autoencoder, dense_autoencoder
from aecourse.training import fit

OURS = "network"
NETWORKS = 5  # each leaves out another fifth of the rows
PARTS = 5  # a fifth of the columns is hidden at once
SHUFFLES = 3  # and so for three shufflings of the columns
NOISE, HIDDEN = 0.2, 0.25  # what the training adds, in spreads, and the share of columns that it hides on average
WIDTH = 64
STEPS, BATCH, LEARNING_RATE = 800, 64, 3e-3


@dataclass(frozen=True)
class Detector:
    """Five networks, how far they can be believed, and the simple methods; all fitted on the same rows.

    Fields:
        networks: the autoencoders, inputs and outputs `(n, width)`.
        hidden: which of the numbers are hidden in each pass, shape `(passes, width)`.
        source: the column that each number belongs to, shape `(width,)`.
        belief: what an expectation is multiplied by, 0 to 1: less than 1 where few rows taught the networks too much.
        spread: the squared error of each number's expectation on rows that were left out, shape `(width,)`.
        rivals: scikit-learn's isolation forest and PCA.
    """

    networks: tuple[Autoencoder, ...]
    hidden: np.ndarray
    source: np.ndarray
    belief: float
    spread: np.ndarray
    rivals: tuple[Any, Any]

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

    def scores(self, z: np.ndarray, extra: np.ndarray | float = 0.0) -> dict[str, np.ndarray]:
        """The score of each row by each method, the network first; `extra` is surprise that comes on top."""
        forest, pca = self.rivals
        extra = np.sum(extra, axis=1) if np.ndim(extra) == 2 else extra
        return {
            OURS: self.surprise(z).sum(axis=1) / len(self.spread) + extra / len(self.spread),
            "mean z²": (z**2).mean(axis=1) + extra / len(self.spread),
            "PCA, whitened": (pca.transform(z) ** 2).mean(axis=1) + extra / len(self.spread),
            "isolation forest": -forest.score_samples(z),
        }


def learn_expectations(z: np.ndarray, source: np.ndarray, floor: np.ndarray, seed: int) -> Detector:
    """Fit everything on the rows `z`, shape `(n, width)`.

    Each network leaves out a fifth of the rows, and on these it is measured how far its expectations can be believed.
    """
    from sklearn.decomposition import PCA
    from sklearn.ensemble import IsolationForest

    rng = np.random.default_rng(seed)
    hidden = _hidden(source, rng)
    code = _components(z)
    left_out = np.array_split(rng.permutation(len(z)), NETWORKS)
    networks, expected = [], np.zeros_like(z)
    for i, rows in enumerate(left_out):
        networks.append(_network(np.delete(z, rows, axis=0), code, source, seed + i))
        expected[rows] = _filled_in(networks[-1:], z[rows], hidden)
    power = float((expected**2).sum())
    belief = float(np.clip((z * expected).sum() / power, 0, 1)) if power else 0.0
    error = ((z - belief * expected) ** 2).mean(axis=0)
    forest = IsolationForest(random_state=seed).fit(z)
    pca = PCA(_components(z, 0.999), whiten=True, svd_solver="full").fit(z)
    return Detector(tuple(networks), hidden, source, belief, error + floor, (forest, pca))


def _network(z: np.ndarray, code: int, source: np.ndarray, seed: int) -> Autoencoder:
    """One autoencoder, trained to give back all numbers while columns are hidden and the others are noisy."""
    columns = source.max() + 1

    def damage(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        share = 2 * HIDDEN * rng.random((len(x), 1))
        seen = rng.random((len(x), columns)) >= share
        return (x + NOISE * rng.standard_normal(x.shape)) * seen[:, source]

    batch = BATCH if len(z) < 4000 else 4 * BATCH
    epochs = math.ceil(STEPS * batch / max(len(z), batch))
    whole = np.resize(z, (math.ceil(len(z) / batch) * batch, z.shape[1]))  # no rest of a batch
    keras.utils.set_random_seed(seed)
    model = dense_autoencoder(
        code, hidden=(WIDTH,), batch_norm=False, input_shape=(z.shape[1],), output_activation="linear"
    )
    fit(model, whole, corrupt=damage, epochs=epochs, batch_size=batch, learning_rate=LEARNING_RATE, seed=seed)
    return model


def _filled_in(networks: Any, z: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """The networks' mean answer for each number, over the passes in which it was hidden."""
    total = np.zeros_like(z)
    for which in hidden:
        seen = np.where(which, np.float32(0), z)
        for model in networks:
            total[:, which] += model.reconstruct(seen)[:, which]
    return total / (len(networks) * hidden.sum(axis=0))


def _hidden(source: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Which numbers are hidden together: those of a fifth of the columns, in three shufflings; of few, one by one."""
    columns = source.max() + 1
    parts, shuffles = (PARTS, SHUFFLES) if columns > PARTS else (columns, 1)
    groups = [group for _ in range(shuffles) for group in np.array_split(rng.permutation(columns), parts)]
    return np.array([np.isin(source, group) for group in groups])


def _components(z: np.ndarray, share: float = 0.9) -> int:
    """How many principal components hold so much of the variance."""
    variances = np.linalg.eigvalsh(np.atleast_2d(np.cov(z.T)))[::-1].clip(0)
    return int((np.cumsum(variances) < share * variances.sum()).sum()) + 1
