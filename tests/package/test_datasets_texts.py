"""The embedded texts: what they hold, what is withheld of them, and what their table says."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

import numpy as np
import pytest

from aecourse.datasets import (
    embedded,
    load_glosses,
    load_papers,
    load_word_pairs,
    split_glosses,
    wordnet_licence,
)

DATA = Path(str(embedded.DATA))


@pytest.fixture(scope="module")
def senses():
    return load_glosses()


@pytest.fixture(scope="module")
def split():
    return split_glosses()


@pytest.mark.slow
def test_every_sense_has_words_a_definition_and_a_kind(senses):
    assert len(senses) == 117_659
    assert all(sense.words and all(sense.words) and sense.gloss for sense in senses)
    assert len({sense.kind for sense in senses}) == 45
    assert sum(sense.kind.startswith("noun.") for sense in senses) == 82_115
    assert sum(len(sense.examples) for sense in senses) > 48_000


@pytest.mark.slow
def test_no_examples_or_marks_are_left_in_definitions(senses):
    assert sum('"' in sense.gloss for sense in senses) < 50
    assert not any("_" in word or "(" in word for sense in senses for word in sense.words)


def test_hypernyms_point_to_what_is_more_general(senses):
    dog = next(sense for sense in senses if sense.words[:2] == ("dog", "domestic dog"))
    above = {word for row in dog.hypernyms for word in senses[row].words}
    assert "canine" in above
    assert all(0 <= row < len(senses) for sense in senses for row in sense.hypernyms)


def test_changes_of_a_list_stay_outside(senses):
    changed = load_glosses()
    changed[0] = changed[1]
    assert load_glosses()[0] == senses[0]


@pytest.mark.slow
def test_queries_are_withheld_and_never_say_the_word(senses, split):
    held, valid, test = split
    assert [len(part) for part in (held, valid, test)] == [117_659, 2000, 2000]
    rows = [query.sense for query in valid + test]
    assert len(set(rows)) == 4000
    for query in valid + test:
        sense = held[query.sense]
        assert len(query.text.split()) >= 3
        assert not set(query.text.lower().split()) & {word.lower() for word in sense.words if len(word) > 2}
        if query.source == "example":
            assert sense.examples == ()
        else:
            assert len(sense.gloss) < len(senses[query.sense].gloss)
    kept = set(range(len(held))) - set(rows)
    assert all(held[row] == senses[row] for row in kept)


@pytest.mark.slow
def test_the_split_is_the_same_each_time(split):
    assert split_glosses()[1:] == split[1:]


def test_pairs_and_what_people_said():
    pairs, scores = load_word_pairs()
    assert len(pairs) == len(scores) == 353
    assert scores.min() >= 0
    assert scores.max() == 10
    assert scores[pairs.index(("tiger", "tiger"))] == 10


def test_papers_are_those_that_may_be_passed_on():
    papers = load_papers()
    assert {part: len(own) for part, own in papers.items()} == {"train": 50, "valid": 20, "test": 42}
    for paper in (p for own in papers.values() for p in own):
        year = int(paper.name[:4]) if paper.name.startswith("20") else 2000 + int(paper.name[1:3])
        assert 2016 <= year <= 2023
        assert len(paper.sentences) == len(paper.marked) >= paper.abstract > 0
        assert paper.summary
        assert paper.authors
        assert {len(mark) for mark in paper.marked} == {3}
        assert all(any(own) for own in zip(*paper.marked, strict=True))


@pytest.mark.parametrize("name", ["glosses.xz", "word_pairs.xz", "papers.xz"])
def test_the_table_names_source_licence_and_digest(name):
    entry = tomllib.loads((DATA / "sources.toml").read_text(encoding="utf-8"))[name]
    content = (DATA / name).read_bytes()
    assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    assert len(content) < 3_500_000
    assert all(entry[key] for key in ("title", "contents", "source", "authors", "licence"))


def test_the_licence_of_wordnet_goes_with_it():
    text = wordnet_licence()
    assert text.startswith("This software and database is being provided")
    assert "WITHOUT" not in text[:20]
    assert text.rstrip().endswith("preserve same.")


@pytest.mark.slow
def test_a_query_is_not_its_sense_by_number(split):
    # The order of the queries says nothing of the rows.
    _, valid, _ = split
    assert abs(np.corrcoef(range(1000), [query.sense for query in valid[:1000]])[0, 1]) < 0.15
