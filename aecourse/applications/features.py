"""Features of a reader's own texts: directions that a sparse autoencoder finds, named, and scored on other texts."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from aecourse.applications.words import Places, TextIndex, vocabulary
from aecourse.checks import whole_number
from aecourse.recipes import features as lesson
from aecourse.recipes.words import count, unit, words_of
from aecourse.training import fit

FEWEST = 80  # texts
AWAKE = 2  # units of a text
STEPS = 600  # of training
BATCH = 128
COMMON = 4  # naming texts that a name stands in, at least
SHOWN = 3  # texts of a feature


class Feature(NamedTuple):
    """What one unit is for.

    Attributes:
        name: the word that agrees best with the unit on the naming texts.
        f1: how well both agree on texts that nobody looked at before, 0 to 1.
        untrained: what the best unit of the same network without its training reaches there for that word.
        share: the share of all texts at which the unit is awake.
        texts: the texts at which it is loudest.
    """

    name: str
    f1: float
    untrained: float
    share: float
    texts: tuple[str, ...]


class _Split(NamedTuple):
    """Texts, their codes around the middle of what is learned from, and rows to learn from, to name, to score."""

    texts: list[str]
    x: NDArray[np.float32]
    train: NDArray[np.int64]
    naming: NDArray[np.int64]
    test: NDArray[np.int64]


def find_features(paths: Places, *, units: int = 16, seed: int = 0) -> list[Feature]:
    """Take apart what a reader's own texts speak about: features with names, each scored on texts held back.

    Half of the texts train a sparse autoencoder on their codes. A quarter names each unit by the word whose presence
    fits best, and the last quarter scores these names.

    Args:
        paths: a folder, whose `.txt` and `.md` files are read, also those in folders inside it; or one file; or
            several of either. Each paragraph is a text; long ones are cut behind sentences.
        units: how many features to look for, 2 at least and fewer than half of the texts.
        seed: seeds the three parts, the beginning and the training.

    Returns:
        The features, those first whose names fit best on the *naming* texts. Units without a name are left out.

    Raises:
        TypeError: `paths` are no paths.
        FileNotFoundError: there is no such file or folder, or a folder holds no such files.
        ValueError: a file is no text in UTF-8 or is too large, fewer than 80 different texts hold known words, or
            `units` or `seed` is out of range.

    Source: Makhzani & Frey, *k-Sparse Autoencoders*, 2013; Gao et al., *Scaling and Evaluating Sparse Autoencoders*,
    2024. The codes are those of `aecourse.applications.words`.

    Example:
        >>> from aecourse.datasets.embedded import DATA
        >>> find_features(DATA / "yours" / "notes")
        Traceback (most recent call last):
        ValueError: paths must hold at least 80 different texts of known words (paragraphs), got 23: ...
    """
    units, seed = whole_number("units", units, low=2), whole_number("seed", seed, low=0)
    s = _split(paths, seed)
    if units >= len(s.train):
        raise ValueError(f"units must be fewer than the {len(s.train)} texts that are learned from, got {units}")
    begun = unit(s.x[s.train[:units]])
    model, untrained = (lesson.sparse_autoencoder(begun, min(AWAKE, units)) for _ in range(2))
    batch = min(BATCH, len(s.train))
    epochs = math.ceil(STEPS / math.ceil(len(s.train) / batch))
    fit(model, s.x[s.train], epochs=epochs, batch_size=batch, learning_rate=4e-3, seed=seed)
    words, y = _words_there(s)
    loud = model.encode(s.x)
    best, cuts = lesson.best_cuts(loud[s.naming], y[s.naming])
    if not best.any():
        return []
    named, numbers = best.argmax(axis=0), np.arange(units)
    f1 = lesson.f1_of(loud[s.test] >= cuts[named, numbers], y[s.test].toarray()[:, named] > 0)
    before = untrained.encode(s.x)
    plain = lesson.found_by_one(before[s.naming], before[s.test], y[s.naming], y[s.test])
    awake = loud > 0
    return [
        Feature(
            words[named[i]],
            round(float(f1[i]), 3),
            round(float(plain[named[i]]), 3),
            round(float(awake[:, i].mean()), 3),
            tuple(s.texts[row] for row in np.argsort(-loud[:, i], kind="stable")[:SHOWN] if awake[row, i]),
        )
        for i in np.argsort(-best.max(axis=0), kind="stable")
        if best[named[i], i] > 0
    ]


def _split(paths: Places, seed: int) -> _Split:
    """Different texts with known words, mixed, in three parts."""
    index = TextIndex(paths)
    rows = {passage.text: row for row, passage in enumerate(index.passages) if index.codes[row].any()}
    if len(rows) < FEWEST:
        raise ValueError(
            f"paths must hold at least {FEWEST} different texts of known words (paragraphs), got {len(rows)}: "
            "features are what many texts have in common. Give more files, or part long texts by empty lines"
        )
    order = np.random.default_rng(seed).permutation(len(rows))
    texts, codes = list(rows), index.codes[list(rows.values())]
    train, naming, test = np.split(order, [len(order) // 2, 3 * len(order) // 4])
    return _Split(texts, codes - codes[train].mean(axis=0), train, naming, test)


def _words_there(s: _Split) -> tuple[list[str], Any]:
    """The words that some naming texts have and others lack, and which text has which: (texts, words), sparse."""
    known = frozenset(vocabulary())
    said = [words_of(text, known) for text in s.texts]
    heard = Counter(word for row in s.naming for word in said[row])
    words = sorted(word for word, n in heard.items() if COMMON <= n <= len(s.naming) // 2)
    return words, count(said, {word: column for column, word in enumerate(words)})
