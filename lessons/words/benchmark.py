"""Comparisons on words: searched by description, held against people, kinds of nouns, and summaries of papers."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import spearmanr

from aecourse.applications import words as application
from aecourse.backend import keras
from aecourse.datasets import load_papers, load_word_pairs, split_glosses
from aecourse.recipes import words as lesson
from benchmarks.core import Ask, Row

LINEAR, OURS, PLAIN, BOTH = "linear, LSA", "half hidden (lesson)", "plain words, BM25", "half hidden and BM25 (lesson)"
CARRIED = "carried vectors (lesson)"
BESIDE = 0.5  # weight of the codes beside plain words

Measured = list[tuple[str, int, float, float]]  # model, parameters, seconds, score


class Ready(NamedTuple):
    """The dictionary counted, and both autoencoders trained."""

    senses: list[Any]
    test: list[Any]
    known: frozenset[str]
    columns: dict[str, int]
    x: Any
    rarity: np.ndarray
    directions: np.ndarray
    model: keras.Model
    codes: np.ndarray
    middle: np.ndarray
    seconds: tuple[float, float]


@functools.lru_cache(maxsize=1)
def ready(seed: int) -> Ready:
    """What all comparisons but that of summaries begin with; trained once for each seed."""
    senses, _, test = split_glosses()
    known = lesson.known_words(senses)
    said = [lesson.words_of(lesson.entry(sense), known) for sense in senses]
    columns = lesson.columns_of(said)
    x = lesson.count(said, columns)
    rarity = lesson.rarity_of(x)
    began = time.perf_counter()
    directions = lesson.lsa(lesson.weighted(x, rarity))
    linear = time.perf_counter() - began
    keras.utils.set_random_seed(seed)
    model = lesson.train_rebuilder(x, rarity, directions)
    seconds = linear, time.perf_counter() - began
    codes = lesson.codes_of(model, x)
    return Ready(senses, test, known, columns, x, rarity, directions, model, codes, codes.mean(axis=0), seconds)


@dataclass(frozen=True)
class Measurement:
    """A comparison whose rows come out of one function of the seed."""

    measure: Callable[[int], Measured]
    asked: tuple[Ask, ...]
    unit: str

    def missing(self) -> str:
        """Nothing: it runs wherever the course runs."""
        return ""

    def run(self, name: str, seed: int) -> list[Row]:
        """Measure everything once."""
        return [Row(name, *row, self.unit) for row in self.measure(seed)]


def standard(score: np.ndarray) -> np.ndarray:
    """Scores in units of their spread, row by row."""
    return (score - score.mean(axis=1, keepdims=True)) / (score.std(axis=1, keepdims=True) + 1e-9)


def search(seed: int) -> Measured:
    """Hits among the first ten for the 2,000 test queries, in percent."""
    r = ready(seed)
    rows: dict[str, list[int]] = {}
    for i, sense in enumerate(r.senses):
        for word in sense.words:
            rows.setdefault(word, []).append(i)
    right = [sorted({i for word in r.senses[query.sense].words for i in rows[word]}) for query in r.test]
    queries = lesson.count([lesson.words_of(query.text, r.known) for query in r.test], r.columns)
    weights = lesson.bm25(r.x).T.tocsr()
    linear = lesson.unit(lesson.weighted(r.x, r.rarity) @ r.directions.T)
    h = lesson.unit(r.codes - r.middle)

    def by_words(q: Any) -> np.ndarray:
        return (q @ weights).toarray()

    def by_codes(q: Any) -> np.ndarray:
        return lesson.unit(lesson.codes_of(r.model, q) - r.middle) @ h.T

    searches: dict[str, Callable[[Any], np.ndarray]] = {
        PLAIN: by_words,
        LINEAR: lambda q: lesson.unit(lesson.weighted(q, r.rarity) @ r.directions.T) @ linear.T,
        OURS: by_codes,
        BOTH: lambda q: standard(by_words(q)) + BESIDE * standard(by_codes(q)),
    }
    size, own = r.directions.size, r.model.count_params()
    costs = {PLAIN: (0, 0.0), LINEAR: (size, r.seconds[0]), OURS: (own, r.seconds[1]), BOTH: (own, r.seconds[1])}
    places = {name: lesson.places(find, queries, right) for name, find in searches.items()}
    return [(name, *costs[name], 100 * float(np.mean(found <= 10))) for name, found in places.items()]


def similarity(seed: int) -> Measured:
    """Rank correlation with what people said of the 353 pairs of WordSim-353, over the pairs that are known."""
    r = ready(seed)
    pairs, said = load_word_pairs()

    def agreement(like: Callable[[str, str], float | None]) -> float:
        own = [like(a.lower(), b.lower()) for a, b in pairs]
        there = [i for i, value in enumerate(own) if value is not None]
        return float(spearmanr([own[i] for i in there], said[there])[0])

    def by(rows: np.ndarray) -> Callable[[str, str], float | None]:
        def like(a: str, b: str) -> float | None:
            places = [r.columns.get(lesson.base_form(word, r.known)) for word in (a, b)]
            return None if None in places else float(rows[places[0]] @ rows[places[1]])

        return like

    meaning = r.model.encoder.get_layer("meaning").get_weights()[0][1:]
    dice = np.random.default_rng(seed)
    return [
        ("chance", 0, 0.0, agreement(lambda *_: dice.random())),
        (LINEAR, r.directions.size, r.seconds[0], agreement(by(lesson.unit(r.directions.T)))),
        (
            OURS,
            r.model.count_params(),
            r.seconds[1],
            agreement(by(lesson.unit(meaning - meaning.mean(axis=0)))),
        ),
        (CARRIED, 0, 0.0, agreement(application.similarity)),
    ]


def kinds(seed: int) -> Measured:
    """How many kinds of 3,000 nouns ten neighbours among 20,000 others tell, in percent."""
    r = ready(seed)
    kind = np.array([sense.kind for sense in r.senses])
    number = np.unique(kind, return_inverse=True)[1]
    nouns = np.random.default_rng(seed).permutation(np.flatnonzero(np.char.startswith(kind, "noun")))
    new, old = nouns[:3000], nouns[3000:23_000]
    words = lesson.weighted(r.x, r.rarity)
    linear, h = lesson.unit(words @ r.directions.T), lesson.unit(r.codes - r.middle)

    def told(score: np.ndarray) -> float:
        return 100 * float(np.mean(lesson.vote(score, number[old]) == number[new]))

    plain = (words[new] @ words[old].T).toarray()
    own = r.model.count_params()
    return [
        ("commonest kind", 0, 0.0, 100 * float(np.mean(np.bincount(number[old]).argmax() == number[new]))),
        ("plain words, TF-IDF", 0, 0.0, told(plain)),
        (LINEAR, r.directions.size, r.seconds[0], told(linear[new] @ linear[old].T)),
        (OURS, own, r.seconds[1], told(h[new] @ h[old].T)),
        ("half hidden and plain words (lesson)", own, r.seconds[1], told(h[new] @ h[old].T + plain)),
    ]


def summaries(seed: int) -> Measured:
    """ROUGE-1 of three sentences of each of the 42 test papers, in percent."""
    papers, dice = load_papers(), np.random.default_rng(seed)
    code = {p.name: application.codes_of(p.sentences) for own in papers.values() for p in own}
    began, cues = time.perf_counter(), lesson.cues_of(papers["train"])
    taught = lesson.teach(papers["train"], [lesson.seen(p, cues, code[p.name]) for p in papers["train"]])
    seconds = time.perf_counter() - began
    choosers: dict[str, Callable[[Any], Any]] = {
        "three at random": lambda p: dice.choice(len(p.sentences), 3, replace=False).tolist(),
        "first three sentences": lambda _: range(3),
        "codes, whole paper (lesson)": lambda p: lesson.central(code[p.name]),
        "codes, abstract (lesson)": lambda p: lesson.central(code[p.name][: p.abstract]),
        "labels (lesson)": lambda p: lesson.best_of_each(taught, lesson.seen(p, cues, code[p.name])[: p.abstract]),
        "greedy, knows the summary": lesson.greedy,
    }
    return [
        (name, 0, seconds if "labels" in name else 0.0, lesson.mean_rouge(choose, papers["test"]))
        for name, choose in choosers.items()
    ]


COMPARISONS = {
    "words_search": Measurement(
        search,
        (
            Ask(
                OURS,
                "1.3 times as many hits in ten as the linear code",
                lambda ours, linear: ours.score >= 1.3 * linear.score,
                beside=(LINEAR,),
            ),
            Ask(
                BOTH,
                "more hits in ten than plain words alone",
                lambda ours, best: ours.score > best.score,
                beside=(PLAIN, LINEAR),
                task="find a word by describing it",
                simple=(PLAIN, LINEAR),
            ),
        ),
        "hits in ten, %",
    ),
    "words_similarity": Measurement(
        similarity,
        (
            Ask(
                OURS,
                "more agreement with people than the linear code",
                lambda ours, linear: ours.score > linear.score,
                beside=(LINEAR,),
            ),
            Ask(CARRIED, "0.60 on the pairs that are known", lambda ours, _: ours.score >= 0.60, unlike=(OURS,)),
        ),
        "rank correlation",
    ),
    "words_kinds": Measurement(
        kinds,
        (
            Ask(
                OURS,
                "5 in 100 more than the linear code",
                lambda ours, linear: ours.score >= linear.score + 5,
                beside=(LINEAR,),
            ),
            Ask(
                "half hidden and plain words (lesson)",
                "72 in 100",
                lambda ours, _: ours.score >= 72,
                beside=("plain words, TF-IDF",),
            ),
        ),
        "kinds told right, %",
    ),
    "words_summaries": Measurement(
        summaries,
        (
            Ask(
                "labels (lesson)",
                "1 above the first three sentences",
                lambda ours, first: ours.score >= first.score + 1,
                beside=("first three sentences",),
                unlike=("greedy, knows the summary",),
            ),
        ),
        "ROUGE-1, %",
    ),
}
