"""Words in, words out: likeness, descriptions, a folder of texts searched, a text made short; errors at every door."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from aecourse.applications.words import (
    TextIndex,
    _vectors,
    codes_of,
    find_word,
    similarity,
    split_sentences,
    summarise,
)
from aecourse.datasets.embedded import DATA

NOTES = Path(str(DATA)) / "yours" / "notes"


@pytest.fixture(scope="module")
def index():
    return TextIndex(NOTES)


def test_the_carried_vectors_are_as_many_and_as_small_as_promised():
    assert len(_vectors().columns) >= 20_000
    assert (Path(str(DATA)) / "vectors.npz").stat().st_size <= 3_000_000


def test_likeness_is_that_of_meaning():
    assert similarity("cat", "kitten") > similarity("cat", "violin") + 0.2
    assert similarity("doctor", "physician") > similarity("doctor", "bread") + 0.2
    assert similarity("cat", "dog") == similarity("dog", "cat")
    assert similarity("Cats", "cat") == 1.0


def test_an_unknown_word_is_like_nothing():
    assert similarity("cat", "qwertz") is None
    assert similarity("qwertz", "qwertz") is None


@pytest.mark.parametrize(
    ("word", "error", "said"),
    [
        (3, TypeError, "word must be a text, got 3"),
        (None, TypeError, "word must be a text, got None"),
        ("", ValueError, "word must be one English word, got the text ''"),
        ("two words", ValueError, "word must be one English word"),
        ("12", ValueError, "word must be one English word"),
    ],
)
def test_what_is_no_word_is_refused(word, error, said):
    with pytest.raises(error, match=said):
        similarity(word, "cat")
    with pytest.raises(error, match=said.replace("word must", "other must")):
        similarity("cat", word)


@pytest.mark.slow
def test_a_described_word_is_found():
    assert "telescope" in find_word("an instrument to look at distant stars", k=30)
    found = find_word("fear of closed spaces", k=5)
    assert "claustrophobia" in found
    assert len(found) == len(set(found)) == 5


@pytest.mark.slow
def test_the_elephant_stays_hidden():
    # The lesson says so: its definition has none of these words.
    assert "elephant" not in find_word("large animal with a trunk", k=10)


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("which meal needs an oven", "bread.txt"),
        ("sick animals", "vet.txt"),
        ("money to pay every month", "flat.txt"),
        ("a wheel without air", "bicycle.md"),
        ("vegetables and fruit", "garden.txt"),
        ("a ship at sea", "island.txt"),
    ],
)
def test_notes_are_found_by_what_they_mean(index, question, name):
    hit = index.search(question, k=1)[0]
    assert hit.file.name == name


def test_a_hit_says_where_it_stands(index):
    for hit in index.search("repair a wheel", k=20):
        text = hit.file.read_text(encoding="utf-8").splitlines()
        assert text[hit.line - 1].split()[0] in hit.text
        assert len(hit.text.split()) <= 150
    scores = [hit.score for hit in index.search("repair a wheel", k=20)]
    assert scores == sorted(scores, reverse=True)


def test_no_passage_is_lost(index):
    whole = "".join(path.read_text(encoding="utf-8") for path in sorted(NOTES.iterdir()))
    assert sum(len(passage.text.split()) for passage in index.passages) == len(whole.split())


def test_one_file_or_several_will_do():
    one = TextIndex(NOTES / "bread.txt")
    assert {passage.file.name for passage in one.passages} == {"bread.txt"}
    two = TextIndex([str(NOTES / "bread.txt"), NOTES / "vet.txt"])
    assert {passage.file.name for passage in two.passages} == {"bread.txt", "vet.txt"}


def test_other_files_of_a_folder_are_passed_over(tmp_path):
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "a.TXT").write_text("A dog barks.", encoding="utf-8")
    (tmp_path / "b.png").write_bytes(b"\x89PNG")
    assert [passage.text for passage in TextIndex(tmp_path).passages] == ["A dog barks."]


@pytest.mark.parametrize(
    ("content", "error", "said"),
    [
        (None, FileNotFoundError, "there is no file or folder"),
        (b"\xff\xfe\x00d", ValueError, r"is no text in UTF-8 \(byte 0\)"),
        (b"", ValueError, "none of their words is known"),
        (b"12 345 !!!", ValueError, "none of their words is known"),
    ],
)
def test_files_that_are_no_texts_are_refused(tmp_path, content, error, said):
    path = tmp_path / "a.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(error, match=said) as caught:
        TextIndex(path)
    assert len(str(caught.value)) <= 600


@pytest.mark.parametrize("paths", [3, None, [3], [], object()])
def test_what_is_no_path_is_refused(paths):
    with pytest.raises((TypeError, FileNotFoundError), match="paths must"):
        TextIndex(paths)


def test_an_empty_folder_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"holds no \.txt or \.md files"):
        TextIndex(tmp_path)


def test_a_byte_order_mark_and_windows_lines_are_no_matter(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbfA dog barks.\r\n\r\nBread is baked.\r\n")
    found = TextIndex(tmp_path).passages
    assert [(hit.line, hit.text) for hit in found] == [(1, "A dog barks."), (3, "Bread is baked.")]


@pytest.mark.parametrize("ask", [lambda i, q: i.search(q), lambda i, q: find_word(q), lambda i, q: summarise(q)])
@pytest.mark.parametrize(("text", "error"), [(3, TypeError), ("", ValueError), ("the of 12", ValueError)])
def test_what_says_nothing_is_refused(index, ask, text, error):
    with pytest.raises(error, match=r"(question|description|text) must"):
        ask(index, text)


@pytest.mark.parametrize("k", [0, 1.5, "3", True])
def test_a_number_of_results_is_a_whole_number(index, k):
    with pytest.raises(ValueError, match="k must be a whole number"):
        index.search("bread", k=k)
    with pytest.raises(ValueError, match="sentences must be a whole number"):
        summarise("A dog barks.", sentences=k)


def test_a_summary_is_a_choice_of_sentences_in_their_order():
    text = (NOTES / "island.txt").read_text(encoding="utf-8")
    sentences = [s for block in text.split("\n\n") for s in split_sentences(block)]
    for n in (1, 3, 7):
        chosen = summarise(text, sentences=n)
        assert len(chosen) == n
        places = [sentences.index(s) for s in chosen]
        assert places == sorted(set(places))
    assert summarise("A dog barks. Cats sleep.", sentences=5) == ["A dog barks.", "Cats sleep."]


def test_a_text_without_known_words_has_an_empty_code():
    codes = codes_of(["xyzzy", "a loaf of bread"])
    assert not codes[0].any()
    assert np.linalg.norm(codes[1]) == pytest.approx(1, abs=1e-5)
