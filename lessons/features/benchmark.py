"""Comparisons on features: directions found where the truth is known, and things found in the codes of nouns."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from sklearn.decomposition import PCA, FastICA

from aecourse.applications.words import codes_of
from aecourse.backend import keras
from aecourse.datasets import load_glosses
from aecourse.models import outputs
from aecourse.recipes import features as lesson
from aecourse.recipes import words
from aecourse.training import fit
from benchmarks.core import Apply, Array, Ask, Data, SideBySide, Task, Train, Trained

UNITS, AWAKE = 1024, 3  # four times the lesson's units
EPOCHS = 24
TRUE_UNITS, TRUE_AWAKE = 768, 20
TRUE_EPOCHS = 12


# --- the truth is known: from codes to directions -------------------------------------------------


def known(n: int = 51_200, active: int = 16) -> Data:
    """Sums of directions by lot to learn from; the directions to judge by."""
    truth, x = lesson.known_truth(np.random.default_rng((2026, active)), active, n)
    return (x, np.zeros(n)), (x[:0], np.zeros(0)), (truth, truth)


def always(directions: Array) -> Apply:
    """The same directions whatever is asked."""
    return lambda _: directions


def true_by_sae(task: Task) -> Trained:
    """The lesson's network, from columns by lot."""
    columns = words.unit(task.rng.normal(size=(TRUE_UNITS, task.x.shape[1]))).astype("float32")
    model = lesson.sparse_autoencoder(columns, TRUE_AWAKE)
    fit(model, task.x, epochs=TRUE_EPOCHS, batch_size=512, learning_rate=1e-2, seed=task.seed)
    return model.count_params(), always(lesson.decoder_columns(model))


def true_by_centres(task: Task) -> Trained:
    """k-means with as many centres."""
    found = lesson.centres(task.x, min(TRUE_UNITS, len(task.x) // 2), task.rng, rounds=30)
    return found.size, always(found)


def true_by_pca(task: Task) -> Trained:
    """PCA, each direction both ways."""
    found = PCA().fit(task.x).components_
    return found.size, always(np.concatenate([found, -found]))


def judge_known(data: Data, _: int) -> Callable[[Apply], float]:
    """The share of true directions that one of the model's points along, in percent."""
    truth = data[2][0]
    return lambda directions: 100 * lesson.recovered(directions(truth), truth)


# --- the codes of nouns: from rows of the dictionary to values, a column for each direction -------


class Nouns(NamedTuple):
    """Nouns of the dictionary, their codes around the middle, and which things each is."""

    senses: list[Any]
    x: Array
    y: Any


@functools.cache
def dictionary() -> Nouns:
    """All nouns, as in the lesson."""
    senses = [sense for sense in load_glosses() if sense.kind.startswith("noun.")]
    x = codes_of([words.entry(sense) for sense in senses])
    y, _ = lesson.things_of(senses, np.random.default_rng(0))
    kinds = len({sense.kind for sense in senses})
    return Nouns(senses, x - x.mean(axis=0), y[:, kinds:])


def nouns(every: int = 1) -> Data:
    """Rows of the dictionary to learn from, to name by, and to judge on; with each which hypernyms it has."""
    where = np.random.default_rng(0).permutation(len(dictionary().senses))[::every]
    n = 15_000 // every
    parts = where[: -2 * n], where[-2 * n : -n], where[-n:]
    fitted, naming, test = ((rows, dictionary().y[rows].toarray().astype(bool)) for rows in parts)
    return fitted, naming, test


def learned_from(task: Task) -> Array:
    """The codes to learn from."""
    return dictionary().x[task.fit[0]]


def along(directions: Callable[[Array, np.random.Generator], Array]) -> Train:
    """Values along directions that are made of codes alone."""

    def train(task: Task) -> Trained:
        found = np.asarray(directions(learned_from(task), task.rng), "float32")
        return found.size, lambda rows: words.unit(dictionary().x[rows]) @ found.T

    return train


def both(directions: Array) -> Array:
    """Each direction and the opposite one."""
    return np.concatenate([directions, -directions])


def by_ica(x: Array, rng: np.random.Generator) -> Array:
    """Directions along which codes are far from a bell curve."""
    ica = FastICA(random_state=int(rng.integers(2**31)), max_iter=60, tol=1e-3, whiten="unit-variance")
    return both(words.unit(ica.fit(x[:20_000]).components_))


def units_of(x: Array) -> int:
    """How many units: fewer where there are few codes."""
    return min(UNITS, len(x) // 4)


def by_lot(x: Array, rng: np.random.Generator) -> Array:
    """Codes of some nouns, 1 long."""
    return words.unit(x[rng.choice(len(x), units_of(x), replace=False)])


READY: dict[str, Any] = {}  # the network of the last task, for the rows that need it


def trained(task: Task) -> Any:
    """The lesson's network with more units, trained once."""
    key = len(task.fit[0]), task.seed
    if READY.get("key") != key:
        x = learned_from(task)
        model = lesson.sparse_autoencoder(by_lot(x, task.rng), AWAKE)
        fit(model, x, epochs=EPOCHS, batch_size=1024, learning_rate=4e-3, seed=task.seed)
        READY.update(key=key, model=model)
    return READY["model"]


def awake(task: Task) -> Trained:
    """What the trained network's units say."""
    model = trained(task)
    return model.count_params(), lambda rows: model.encode(dictionary().x[rows])


def columns(task: Task) -> Trained:
    """Values along the trained network's columns."""
    found = lesson.decoder_columns(trained(task))
    return found.size, lambda rows: words.unit(dictionary().x[rows]) @ found.T


def untrained(task: Task) -> Trained:
    """What the same network says before its training."""
    model = lesson.sparse_autoencoder(by_lot(learned_from(task), task.rng), AWAKE)
    return model.count_params(), lambda rows: model.encode(dictionary().x[rows])


def commonest(task: Task) -> Trained:
    """The commonest words, there or not."""
    own = dictionary().senses
    known_words = words.known_words(own)

    def said(rows: Array) -> list[list[str]]:
        return [words.words_of(words.entry(own[row]), known_words) for row in rows]

    there = words.columns_of(said(task.valid[0]), units_of(learned_from(task)))
    return len(there), lambda rows: words.count(said(rows), there).toarray()


def probe(task: Task) -> Trained:
    """A line for each thing, trained with labels."""
    y = task.fit[1].astype("float32")
    lines = keras.Sequential([keras.layers.Dense(y.shape[1], activation="sigmoid")])
    x = learned_from(task)
    lines.build((None, x.shape[1]))
    fit(lines, x, y, epochs=4, batch_size=512, learning_rate=6e-3, loss="binary_crossentropy", seed=task.seed)
    return lines.count_params(), lambda rows: outputs(lines, dictionary().x[rows])


def judge_nouns(data: Data, _: int) -> Callable[[Apply], float]:
    """How many hypernyms some column finds: F1 of 0.5 on test, by the column and cut that were best on naming."""
    (naming, _), (test, _) = data[1:]
    y = dictionary().y

    def score(values: Apply) -> float:
        return float(np.sum(lesson.found_by_one(values(naming), values(test), y[naming], y[test]) >= 0.5))

    return score


OURS, SAE = "awake units (lesson)", "sparse autoencoder (lesson)"
KMEANS, RAW, PRINCIPAL = "k-means", "numbers of the code", "PCA"
PROBE = "probe, with labels"
COMPARISONS = {
    "features_known": SideBySide(
        {KMEANS: true_by_centres, PRINCIPAL: true_by_pca, SAE: true_by_sae},
        (
            Ask(
                SAE,
                "95%, and four times as many as k-means",
                lambda ours, other: ours.score >= 95 and ours.score >= 4 * other.score,
                beside=(KMEANS, PRINCIPAL),
                task="take a sum of sixteen directions apart",
            ),
        ),
        "true directions, %",
        judge_known,
        known,
    ),
    "features_hypernyms": SideBySide(
        {
            RAW: along(lambda x, _: both(np.eye(x.shape[1]))),
            PRINCIPAL: along(lambda x, _: both(PCA().fit(x).components_)),
            "ICA": along(by_ica),
            "directions by lot": along(lambda x, rng: rng.normal(size=(units_of(x), x.shape[1]))),
            "nouns by lot": along(by_lot),
            "untrained units": untrained,
            "commonest words": commonest,
            KMEANS: along(lambda x, rng: lesson.centres(x, units_of(x), rng)),
            OURS: awake,
            "columns of the units (lesson)": columns,
            PROBE: probe,
        },
        (
            Ask(
                OURS,
                "50 hypernyms, three times as many as single numbers",
                lambda ours, other: ours.score >= 50 and ours.score >= 3 * other.score,
                beside=(RAW, PRINCIPAL),
                unlike=(PROBE,),
            ),
            Ask(
                OURS,
                "more than k-means",
                lambda ours, other: ours.score > other.score,
                beside=(KMEANS,),
                unlike=(PROBE,),
                task="find kinds of things in codes",
            ),
        ),
        "hypernyms of 300",
        judge_nouns,
        nouns,
    ),
}
