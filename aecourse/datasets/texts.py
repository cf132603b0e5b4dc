"""Texts: WordNet's definitions, pairs of words that people judged, and papers with summaries."""

from __future__ import annotations

import functools
import json
import lzma
import re
from typing import NamedTuple

import numpy as np

from aecourse.datasets.embedded import embedded

QUERIES = 1000  # of each sort, to choose on and to judge on
_LONG = 8  # different words of a definition of which half can be withheld
_FEW = 3  # words that a query has at least


class Sense(NamedTuple):
    """One meaning: the words that have it, its definition, its kind, more general senses (rows), and examples."""

    words: tuple[str, ...]
    gloss: str
    kind: str
    hypernyms: tuple[int, ...]
    examples: tuple[str, ...]


class Query(NamedTuple):
    """A description of a sense, the sense's row, and where it comes from: "example" or "half"."""

    text: str
    sense: int
    source: str


class Paper(NamedTuple):
    """A paper's title and authors, its sentences, what people marked in them, how many are abstract, a summary.

    `marked` says for each sentence whether it tells of the challenge, of the approach, of the outcome.
    """

    name: str
    title: str
    authors: tuple[str, ...]
    sentences: tuple[str, ...]
    marked: tuple[tuple[bool, ...], ...]
    abstract: int
    summary: str


def load_glosses() -> list[Sense]:
    """Load the 117,659 senses of WordNet 3.0, from a file embedded in the package.

    Returns:
        The senses: 82,115 of nouns first, then verbs, adjectives, adverbs. `kind` is one of 45, such as
        "noun.animal"; `hypernyms` are rows of this list.

    Raises:
        FileNotFoundError: The embedded file is missing.
        ValueError: The embedded file is damaged.

    Source: Fellbaum (ed.), *WordNet: An Electronic Lexical Database*, 1998; WordNet 3.0, Copyright 2006 by Princeton
    University. Its licence stands at the head of the embedded file, and `wordnet_licence` returns it.

    Example:
        >>> senses = load_glosses()
        >>> len(senses), senses[0].words, senses[0].kind
        (117659, ('entity',), 'noun.Tops')
    """
    return list(_senses())


def wordnet_licence() -> str:
    """The licence of WordNet, which asks to be on every copy.

    Example:
        >>> "WordNet 3.0 Copyright 2006 by Princeton University" in wordnet_licence()
        True
    """
    return _lines()[0]


@functools.cache
def _senses() -> tuple[Sense, ...]:
    _, lines = _lines()
    n = len(lines) // 5
    kinds, words, glosses, examples, above = (lines[i * n : (i + 1) * n] for i in range(5))
    return tuple(
        Sense(
            tuple(words[i].split("|")),
            glosses[i],
            kinds[i],
            tuple(map(int, above[i].split())),
            tuple(examples[i].split("|")) if examples[i] else (),
        )
        for i in range(n)
    )


@functools.cache
def _lines() -> tuple[str, list[str]]:
    first, *rest = _text("glosses.xz").split("\n")
    notice, n = map(int, first.split())
    return "\n".join(rest[:notice]), rest[notice : notice + 5 * n]


def _text(name: str) -> str:
    return lzma.decompress(embedded(name)).decode()


def split_glosses() -> tuple[list[Sense], list[Query], list[Query]]:
    """Load the senses with something withheld from 4,000 of them, and what was withheld, as descriptions of them.

    From 2,000 senses all examples are taken away; the first is the query. From 2,000 others half of the definition's
    words are, by lot; they are the query. A query says none of the sense's own words, nor another form of them.

    Returns:
        `(senses, valid, test)`: the senses as in `load_glosses`, and 2,000 queries each to choose on and to judge on,
        one half of them of each source.

    Example:
        >>> senses, valid, test = split_glosses()
        >>> len(valid), len(test), valid[0].source, test[-1].source
        (2000, 2000, 'example', 'half')
    """
    senses, rng = load_glosses(), np.random.default_rng(0)
    queries: dict[str, list[Query]] = {"example": [], "half": []}
    taken = set()
    for row in rng.permutation(len(senses)).tolist():
        sense = senses[row]
        if len(queries["example"]) < 2 * QUERIES and sense.examples:
            text = _without(sense.examples[0], sense.words)
            if len(_words(text)) >= _FEW:
                queries["example"].append(Query(_unhyphened(text, sense.words), row, "example"))
                senses[row] = sense._replace(examples=())
                taken.add(row)
    for row in rng.permutation(len(senses)).tolist():
        different = sorted(_words(senses[row].gloss))
        if row in taken or len(different) < _LONG:
            continue
        asked = set(rng.permutation(different)[: len(different) // 2].tolist())
        said = senses[row].gloss.split()
        text = _without(" ".join(w for w in said if _plain(w) in asked), senses[row].words)
        if len(_words(text)) >= _FEW:
            queries["half"].append(Query(_unhyphened(text, senses[row].words), row, "half"))
            senses[row] = senses[row]._replace(gloss=" ".join(w for w in said if _plain(w) not in asked))
        if len(queries["half"]) == 2 * QUERIES:
            break
    valid, test = ([q for sort in queries.values() for q in sort[i::2]] for i in range(2))
    return senses, valid, test


def _plain(word: str) -> str:
    return re.sub(r"[^a-z]", "", word.lower())


def _words(text: str) -> set[str]:
    """Different words of at least four letters."""
    return {word for word in map(_plain, text.split()) if len(word) > 3}


def _without(text: str, words: tuple[str, ...]) -> str:
    """The text without these words and without what begins like them."""
    own = [part for word in words for part in re.findall("[a-z]+", word.lower()) if len(part) > 2]
    begins = tuple(part[: max(4, len(part) - 2)] if len(part) > 3 else part for part in own)
    return " ".join(word for word in text.split() if not (begins and _plain(word).startswith(begins)))


def _unhyphened(text: str, words: tuple[str, ...]) -> str:
    """The text without the words that `_without` misses: those with a hyphen or an apostrophe."""
    own = {_plain(part) for word in words for part in word.split() if not part.isalpha()}
    return " ".join(word for word in text.split() if _plain(word) not in own)


def load_word_pairs() -> tuple[list[tuple[str, str]], np.ndarray]:
    """Load WordSim-353: pairs of words, and how related people find them.

    Returns:
        353 pairs, and float64 with shape `(353,)`, from 0 (not at all) to 10 (the same).

    Raises:
        FileNotFoundError: The embedded file is missing.
        ValueError: The embedded file is damaged.

    Source: Finkelstein et al., *Placing Search in Context: The Concept Revisited*, 2002.

    Example:
        >>> pairs, scores = load_word_pairs()
        >>> len(pairs), pairs[1], float(scores[1])
        (353, ('tiger', 'cat'), 7.35)
    """
    rows = [line.split("\t") for line in _text("word_pairs.xz").split("\n") if line]
    return [(a, b) for a, b, _ in rows], np.array([float(score) for *_, score in rows])


def load_papers() -> dict[str, list[Paper]]:
    """Load 112 papers on language processing: sentences, what people marked in them, and a summary that they wrote.

    Returns:
        Papers by part: 50 under "train", 20 under "valid", 42 under "test". Sentences are those of abstract,
        introduction and conclusion; the first `abstract` are the abstract.

    Raises:
        FileNotFoundError: The embedded file is missing.
        ValueError: The embedded file is damaged.

    Source: Takeshita et al., *ACLSum: A New Dataset for Aspect-based Summarization of Scientific Publications*, 2024.
    Only its papers from 2016 on are here, whose licence is CC BY 4.0.

    Example:
        >>> {part: len(papers) for part, papers in load_papers().items()}
        {'train': 50, 'valid': 20, 'test': 42}
    """
    parts: dict[str, list[Paper]] = {"train": [], "valid": [], "test": []}
    for line in _text("papers.xz").split("\n"):
        if line:
            p = json.loads(line)
            said, marked = p["sentences"], p["marked"]
            paper = Paper(
                p["id"],
                p["title"],
                tuple(p["authors"]),
                tuple(sentence for section in said.values() for sentence in section),
                tuple(tuple(map(bool, mark)) for section in said for mark in marked[section]),
                len(said.get("abstract", ())),
                p["summary"],
            )
            parts[{"val": "valid"}.get(p["part"], p["part"])].append(paper)
    return parts
