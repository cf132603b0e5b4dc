"""Comparisons on words: found by a description, held against what people say, and papers made short."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import spearmanr

from aecourse.applications import words as application
from aecourse.datasets import load_papers, load_word_pairs, split_glosses
from aecourse.recipes import words as lesson
from benchmarks.core import Apply, Array, Ask, Data, SideBySide, Task, Train, Trained

PLAIN, LINEAR = "plain words, BM25", "linear code, LSA"
OURS = "half hidden (lesson)"
LINEAR_SENSES, OURS_SENSES = "linear code, best pair of senses", "half hidden, best pair of senses"
TEN = 10


def things(items: list[Any]) -> Array:
    """Anything as an array of objects, one each."""
    out = np.empty(len(items), dtype=object)
    out[:] = items
    return out


def dictionary(every: int = 1) -> Data:
    """Entries with their words to learn from; descriptions and the words that are searched to judge on."""
    senses, _, test = split_glosses()
    kept = senses[::every]
    entries, words = [lesson.entry(sense) for sense in kept], [sense.words for sense in kept]
    asked = [query for query in test if every == 1 or query.sense % every == 0]
    nothing = things([]), things([])
    right = [senses[query.sense].words for query in asked]
    return (things(entries), things(words)), nothing, (things([query.text for query in asked]), things(right))


class Counted(NamedTuple):
    """Entries as counted words."""

    known: frozenset[str]
    columns: dict[str, int]
    x: Any
    rarity: Array


READY: dict[str, Any] = {}  # what the last task was counted and trained to


def counted(task: Task) -> Counted:
    """The task's entries, counted once for all models."""
    key = len(task.x), task.seed
    if READY.get("key") != key:
        known = frozenset(w.lower() for words in task.y for w in words if " " not in w)
        said = [lesson.words_of(entry, known) for entry in task.x]
        columns = lesson.columns_of(said)
        x = lesson.count(said, columns)
        READY.clear()
        READY.update(key=key, counted=Counted(known, columns, x, lesson.rarity_of(x)))
    return READY["counted"]


def numbers(c: Counted, texts: Array) -> Any:
    """Counted words of other texts."""
    return lesson.count([lesson.words_of(text, c.known) for text in texts], c.columns)


def linear(task: Task) -> Array:
    """The linear autoencoder's directions."""
    c = counted(task)
    if "linear" not in READY:
        READY["linear"] = lesson.lsa(lesson.weighted(c.x, c.rarity))
    return READY["linear"]


def hidden(task: Task) -> Any:
    """The lesson's network, trained once for the rows that need it."""
    if "hidden" not in READY:
        READY["hidden"] = lesson.train_rebuilder(counted(task).x, counted(task).rarity, linear(task))
    return READY["hidden"]


# --- found by a description: from texts to the ten best entries, (n, 10) --------------------------

Search = Callable[[Any], Array]  # counted words of descriptions → a score for each entry


def ten_best(c: Counted, search: Search) -> Apply:
    """The rows of the ten best entries for each text."""

    def find(texts: Array) -> Array:
        q, best = numbers(c, texts), []
        for i in range(0, len(texts), 100):
            score = search(q[i : i + 100])
            best.append(np.argpartition(-score, TEN, axis=1)[:, :TEN])
        return np.concatenate(best)

    return find


def by_words(task: Task) -> Search:
    """BM25."""
    weights = lesson.bm25(counted(task).x).T.tocsr()
    return lambda q: (q @ weights).toarray()


def linear_entries(task: Task) -> Array:
    """The linear codes of the entries."""
    return lesson.weighted(counted(task).x, counted(task).rarity) @ linear(task).T


def hidden_entries(task: Task) -> tuple[Array, Array]:
    """The denoising autoencoder's codes of the entries, seen from their middle, and the middle."""
    codes = lesson.codes_of(hidden(task), counted(task).x)
    middle = codes.mean(axis=0)
    return codes - middle, middle


def by_linear(task: Task) -> Search:
    """Cosines of the linear codes."""
    c, directions = counted(task), linear(task)
    codes = lesson.unit(linear_entries(task))
    return lambda q: lesson.unit(lesson.weighted(q, c.rarity) @ directions.T) @ codes.T


def by_hidden(task: Task) -> Search:
    """Cosines of the denoising autoencoder's codes."""
    model = hidden(task)
    codes, middle = hidden_entries(task)
    codes = lesson.unit(codes)
    return lambda q: lesson.unit(lesson.codes_of(model, q) - middle) @ codes.T


def size_of(task: Task, search: Callable[[Task], Search]) -> int:
    """The parameters behind a search."""
    if search is by_words:
        return 0
    return int(linear(task).size if search is by_linear else hidden(task).count_params())


def found_by(search: Callable[[Task], Search]) -> Train:
    """A model that finds entries."""

    def train(task: Task) -> Trained:
        made = search(task)
        return size_of(task, search), ten_best(counted(task), made)

    return train


def judge_ten(data: Data, _: int) -> Callable[[Apply], float]:
    """Of how many descriptions one of the ten best entries has one of the searched words, in percent."""
    words, (texts, right) = data[0][1], data[2]

    def score(find: Apply) -> float:
        hits = [
            any(set(words[row]) & set(wanted) for row in rows) for rows, wanted in zip(find(texts), right, strict=True)
        ]
        return 100 * float(np.mean(hits))

    return score


# --- held against people: from pairs of words to how alike they are, NaN where one is unknown -----


def pairs(every: int = 1) -> Data:
    """The dictionary to learn from, and WordSim-353 to judge on."""
    fit, valid, _ = dictionary(every)
    words, said = load_word_pairs()
    return fit, valid, (things(words), said)


def by_rows(c: Counted, rows: Array) -> Apply:
    """Cosines of rows of a table, one a word."""
    places = {word: row for row, word in enumerate(c.columns)}

    def like(both: Array) -> Array:
        found = [[places.get(lesson.base_form(word.lower(), c.known)) for word in pair] for pair in both]
        return np.array([np.nan if None in pair else rows[pair[0]] @ rows[pair[1]] for pair in found])

    return like


def alike_by_linear(task: Task) -> Trained:
    """The linear autoencoder's directions, word by word."""
    rows = linear(task).T
    return linear(task).size, by_rows(counted(task), lesson.unit(rows - rows.mean(axis=0)))


def alike_by_hidden(task: Task) -> Trained:
    """The rows of the encoder's table."""
    rows = hidden(task).encoder.get_layer("meaning").get_weights()[0][1:]
    return hidden(task).count_params(), by_rows(counted(task), lesson.unit(rows - rows.mean(axis=0)))


def by_senses(task: Task, codes: Array) -> Apply:
    """The best pair of senses: the highest cosine of any two entries of which one names each word."""
    entries: dict[str, list[int]] = {}
    for row, own in enumerate(task.y):
        for word in own:
            entries.setdefault(word.lower(), []).append(row)
    codes = lesson.unit(codes)

    def like(both: Array) -> Array:
        found = [[entries.get(word.lower()) for word in pair] for pair in both]
        return np.array([np.nan if None in pair else (codes[pair[0]] @ codes[pair[1]].T).max() for pair in found])

    return like


def senses_by_linear(task: Task) -> Trained:
    """The linear codes of the entries."""
    return linear(task).size, by_senses(task, linear_entries(task))


def senses_by_hidden(task: Task) -> Trained:
    """The denoising autoencoder's codes of the entries."""
    return hidden(task).count_params(), by_senses(task, hidden_entries(task)[0])


def alike_by_chance(task: Task) -> Trained:
    """Random numbers."""
    return 0, lambda both: task.rng.random(len(both))


def alike_as_carried(_: Task) -> Trained:
    """The vectors that the course carries."""

    def like(both: Array) -> Array:
        found = [application.similarity(*pair) for pair in both]
        return np.array([np.nan if value is None else value for value in found])

    return application.codes_of(["word"]).size * len(application.vocabulary()), like


def judge_people(data: Data, _: int) -> Callable[[Apply], float]:
    """The rank correlation with what people said, over the pairs of which both words are known."""
    both, said = data[2]

    def score(like: Apply) -> float:
        own = like(both)
        there = np.isfinite(own)
        return float(spearmanr(own[there], said[there])[0])

    return score


# --- papers made short: from papers to the numbers of three sentences each ------------------------


def papers() -> Data:
    """ACLSum's papers in their three parts."""
    parts = load_papers()
    fit, valid, test = ((things(own), np.zeros(len(own))) for own in (parts[p] for p in ("train", "valid", "test")))
    return fit, valid, test


def chosen_by(choose: Callable[[Any], Any]) -> Train:
    """A model that learns nothing."""
    return lambda _: (0, lambda own: things([list(choose(paper)) for paper in own]))


@functools.cache
def code_of(sentences: tuple[str, ...]) -> Array:
    """The codes of a paper's sentences."""
    return application.codes_of(sentences)


def random_three(task: Task) -> Trained:
    """Three sentences, whichever."""
    rng = task.rng
    return 0, lambda own: things([rng.choice(len(p.sentences), 3, replace=False).tolist() for p in own])


def by_labels(task: Task) -> Trained:
    """A classifier for each mark that people made."""
    own = task.fit[0]
    cues = lesson.cues_of(own)
    taught = lesson.teach(own, [lesson.seen(p, cues, code_of(p.sentences)) for p in own])

    def choose(test: Array) -> Array:
        seen = [lesson.seen(p, cues, code_of(p.sentences))[: p.abstract] for p in test]
        return things([lesson.best_of_each(taught, x) for x in seen])

    vectors = len(application.vocabulary()) * code_of(own[0].sentences).shape[1]
    return vectors + sum(classifier.coef_.size for classifier in taught), choose


def judge_summaries(data: Data, _: int) -> Callable[[Apply], float]:
    """The mean ROUGE-1 with people's summaries, in percent."""
    own = data[2][0]

    def score(choose: Apply) -> float:
        chosen = dict(zip((p.name for p in own), choose(own), strict=True))
        return lesson.mean_rouge(lambda p: chosen[p.name], own)

    return score


FIRST, LABELS = "first three sentences", "labels and codes (lesson)"
COMPARISONS = {
    "words_search": SideBySide(
        {PLAIN: found_by(by_words), LINEAR: found_by(by_linear), OURS: found_by(by_hidden)},
        (
            Ask(
                OURS,
                "1.3 times as many hits in ten as the linear code",
                lambda ours, other: ours.score >= 1.3 * other.score,
                beside=(LINEAR,),
            ),
            Ask(
                OURS,
                "more hits in ten than plain words",
                lambda ours, other: ours.score > other.score,
                beside=(PLAIN,),
                task="find a word by its description",
            ),
        ),
        "hits in ten, %",
        judge_ten,
        dictionary,
    ),
    "words_people": SideBySide(
        {
            "chance": alike_by_chance,
            LINEAR: alike_by_linear,
            LINEAR_SENSES: senses_by_linear,
            OURS: alike_by_hidden,
            OURS_SENSES: senses_by_hidden,
            "carried vectors (lesson)": alike_as_carried,
        },
        (
            Ask(
                OURS,
                "0.05 more than the linear code",
                lambda ours, other: ours.score >= other.score + 0.05,
                beside=(LINEAR, "chance"),
            ),
            Ask(
                "carried vectors (lesson)",
                "0.60, on more pairs",
                lambda ours, _: ours.score >= 0.60,
                beside=(LINEAR, "chance"),
            ),
            Ask(
                OURS_SENSES,
                "0.50",
                lambda ours, _: ours.score >= 0.50,
                beside=(LINEAR_SENSES,),
            ),
        ),
        "rank correlation",
        judge_people,
        pairs,
    ),
    "words_summaries": SideBySide(
        {
            "three at random": random_three,
            FIRST: chosen_by(lambda _: range(3)),
            "knows the summary": chosen_by(lesson.greedy),
            "codes, whole paper (lesson)": chosen_by(lambda p: lesson.central(code_of(p.sentences))),
            "codes, abstract (lesson)": chosen_by(lambda p: lesson.central(code_of(p.sentences)[: p.abstract])),
            LABELS: by_labels,
        },
        (
            Ask(
                LABELS,
                "1 above the first three sentences",
                lambda ours, first: ours.score >= first.score + 1,
                beside=(FIRST,),
                unlike=("knows the summary",),
            ),
        ),
        "ROUGE-1, %",
        judge_summaries,
        papers,
    ),
}
