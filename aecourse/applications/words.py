"""Words: how alike two are, a word for a description, texts searched by meaning, a long text made short."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from aecourse.checks import described, whole_number
from aecourse.datasets import load_glosses
from aecourse.datasets.embedded import arrays
from aecourse.recipes import words as lesson

Floats: TypeAlias = NDArray[np.float32]
Places: TypeAlias = str | PathLike[str] | Iterable[str | PathLike[str]]

ENDS = (".txt", ".md")
LARGEST = 20_000_000  # bytes of a file
LONGEST = 90  # words of a passage
MEANING = 4.0  # how loud codes are beside plain words in a folder of texts
SENTENCE = re.compile(r"(?<=[.!?])[\"'”’)]*\s+(?=[\"'“‘(]*[A-Z0-9])")


class Vectors(NamedTuple):
    """What turns a text into a code: words with their columns, a vector each, and the encoder's other weights."""

    columns: dict[str, int]
    known: frozenset[str]
    vectors: Floats
    rarity: Floats
    kernel: Floats
    bias: Floats
    middle: Floats


class Hit(NamedTuple):
    """A passage that was found: how well it fits, its file, the line that it begins at, and its text."""

    score: float
    file: Path
    line: int
    text: str


def similarity(word: str, other: str) -> float | None:
    """How alike two words are, as the course's vectors say; `None` where one of them is unknown.

    Args:
        word: one word, in any form: "dogs" is "dog" where only that is known.
        other: the other one.

    Returns:
        The cosine of the two vectors, at most 1; words that have nothing to do with one another are near 0.

    Raises:
        TypeError: an argument is no text.
        ValueError: one holds no word, or several.

    Source: the vectors are those of `lessons/words/train.py`, trained on the definitions of WordNet 3.0.

    Example:
        >>> similarity("violin", "violins"), similarity("violin", "xyzzy")
        (1.0, None)
        >>> similarity("cat", "dog") > similarity("cat", "bread")
        True
    """
    v = _vectors()
    one, two = (lesson.base_form(_a_word(name, w), v.known) for name, w in (("word", word), ("other", other)))
    if one not in v.columns or two not in v.columns:
        return None
    a, b = _directions()[[v.columns[one], v.columns[two]]]
    return round(min(float(a @ b), 1.0), 4)


def find_word(description: str, k: int = 10) -> list[str]:
    """Words for what is described, the most fitting first: a dictionary turned round.

    Args:
        description: what the thing is, in English.
        k: how many words.

    Returns:
        At most `k` words or phrases of WordNet.

    Raises:
        TypeError: `description` is no text.
        ValueError: none of its words is known, or `k` is no whole number of at least 1.

    Example:
        >>> "telescope" in find_word("an instrument to look at distant stars", k=30)
        True
    """
    k = whole_number("k", k)
    _known_words("description", description)
    senses, codes = _dictionary()
    score = codes @ codes_of([description])[0]
    found: dict[str, None] = {}
    for row in np.argsort(-score)[: 5 * k + 50]:
        found.setdefault(senses[row].words[0])
    return list(found)[:k]


class TextIndex:
    r"""Text files made ready to be searched by meaning.

    Args:
        paths: a folder, whose `.txt` and `.md` files are read, also those in folders inside it; or one file; or
            several of either.

    Raises:
        TypeError: `paths` are no paths.
        FileNotFoundError: there is no such file or folder, or a folder holds no such files.
        ValueError: a file is no text in UTF-8, is larger than 20 MB, or no file holds a known word.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> _ = (folder / "a.txt").write_text("The boat left the harbour.\n\nBread is baked in an oven.")
        >>> TextIndex(folder).search("a ship at sea")[0].text
        'The boat left the harbour.'
    """

    def __init__(self, paths: Places) -> None:
        self.passages = [passage for file in _files(paths) for passage in _passages(file)]
        texts = [passage.text for passage in self.passages]
        said = _counted(texts)
        if not said.nnz:
            raise ValueError("paths must hold English texts, and none of their words is known")
        self.codes = codes_of(texts)
        self.weights = lesson.bm25(said).T.tocsr()

    def search(self, question: str, k: int = 5) -> list[Hit]:
        """The passages that fit a question best, at most `k`.

        Args:
            question: what is looked for, in English; a whole sentence is better than one word.
            k: how many passages.

        Raises:
            TypeError: `question` is no text.
            ValueError: none of its words is known, or `k` is no whole number of at least 1.
        """
        k = whole_number("k", k)
        asked = _known_words("question", question)
        score = _scores(question, asked, self.codes, self.weights)
        best = np.argsort(-score, kind="stable")[:k]
        return [self.passages[i]._replace(score=round(float(score[i]), 3)) for i in best]


def summarise(text: str, sentences: int = 3) -> list[str]:
    """The sentences of a text that say most of what the whole says, in the order of the text.

    Args:
        text: English sentences, at least one.
        sentences: how many to choose.

    Returns:
        Sentences as they stand in the text; all of them, where it has no more.

    Raises:
        TypeError: `text` is no text.
        ValueError: it holds no known word, or `sentences` is no whole number of at least 1.

    Example:
        >>> summarise("Dogs bark. It rains.", sentences=3)
        ['Dogs bark.', 'It rains.']
    """
    sentences = whole_number("sentences", sentences)
    _known_words("text", text)
    parts = [part for block in re.split(r"\n\s*\n", text) for part in split_sentences(block)]
    if len(parts) <= sentences:
        return parts
    codes = codes_of(parts)
    score = codes @ codes.mean(axis=0)
    return [parts[i] for i in sorted(np.argsort(-score, kind="stable")[:sentences])]


def split_sentences(text: str) -> list[str]:
    r"""The sentences of a text, each on one line.

    Example:
        >>> split_sentences("It rains. Is it late?\nNo!")
        ['It rains.', 'Is it late?', 'No!']
    """
    return [part for part in SENTENCE.split(" ".join(text.split())) if part]


def codes_of(texts: Sequence[str]) -> Floats:
    """The codes of texts, shape `(n, 128)`: rows of length 1, or of zeros where no word is known.

    Example:
        >>> codes_of(["a loaf of bread", "xyzzy"]).shape
        (2, 128)
    """
    v = _vectors()
    x = _counted(texts).multiply(v.rarity).tocsr()
    length = np.sqrt(np.asarray(x.multiply(x).sum(axis=1)) + 1e-6)
    codes = np.tanh((x @ v.vectors) / length @ v.kernel + v.bias) - v.middle
    return lesson.unit(codes * (np.diff(x.indptr) > 0)[:, None]).astype(np.float32)


def vocabulary() -> list[str]:
    """The words that have a vector, the commonest first.

    Example:
        >>> "violin" in vocabulary()
        True
    """
    return list(_vectors().columns)


@functools.cache
def _vectors() -> Vectors:
    stored = arrays("vectors.npz")
    columns = {word: column for column, word in enumerate(stored["words"].tolist())}
    floats = {name: stored[name].astype(np.float32) for name in ("rarity", "kernel", "bias", "middle", "step")}
    vectors = stored["vectors"].astype(np.float32) * floats.pop("step")[:, None]
    return Vectors(columns, frozenset(columns), vectors, **floats)


@functools.cache
def _directions() -> Floats:
    vectors = _vectors().vectors
    return lesson.unit(vectors - vectors.mean(axis=0))


@functools.cache
def _dictionary() -> tuple[Any, Floats]:
    """The senses and their codes."""
    senses = load_glosses()
    return senses, codes_of([lesson.entry(sense) for sense in senses])


def _counted(texts: Sequence[str]) -> Any:
    v = _vectors()
    return lesson.count([lesson.words_of(text, v.known) for text in texts], v.columns)


def _scores(text: str, asked: Any, codes: Floats, weights: Any) -> Floats:
    """How well each row fits: by its words and by its code, each in units of its spread."""
    return _standard((asked @ weights).toarray()[0]) + MEANING * _standard(codes @ codes_of([text])[0])


def _standard(score: Floats) -> Floats:
    return (score - score.mean()) / max(float(score.std()), 1e-9)


def _a_text(name: str, value: object) -> str:
    if not isinstance(value, str):
        helps = ": Path(…).read_text() reads a file" if hasattr(value, "__fspath__") else ""
        raise TypeError(f"{name} must be a text, got {described(value)}{helps}")
    return value


def _a_word(name: str, value: object) -> str:
    found = re.findall(r"[a-z]+(?:-[a-z]+)*", _a_text(name, value).lower())
    if len(found) != 1:
        raise ValueError(f"{name} must be one English word, got {described(value)}")
    return str(found[0])


def _known_words(name: str, value: object) -> Any:
    said = _counted([_a_text(name, value)])
    if not said.nnz:
        raise ValueError(
            f"{name} must hold English words that say something, got {described(value)}: none of its words is known"
        )
    return said


def _files(paths: object) -> list[Path]:
    """The text files of a folder, a file, or several of either."""
    if isinstance(paths, str | PathLike):
        paths = [paths]
    if not isinstance(paths, Iterable):
        raise TypeError(f"paths must be a folder, a file or several of them, got {described(paths)}")
    found = []
    for path in paths:
        if not isinstance(path, str | PathLike):
            raise TypeError(f"paths must be a folder, a file or several of them, got {described(path)} among them")
        place = Path(path)
        if not place.exists():
            raise FileNotFoundError(f"paths: there is no file or folder {described(str(place))}")
        inside = sorted(p for p in place.rglob("*") if p.suffix.lower() in ENDS and p.is_file())
        if place.is_dir() and not inside:
            raise FileNotFoundError(f"paths: the folder {described(str(place))} holds no .txt or .md files")
        found += inside if place.is_dir() else [place]
    if not found:
        raise FileNotFoundError("paths must name at least one file or folder, got none")
    return found


def _passages(file: Path) -> list[Hit]:
    """The paragraphs of a file; long ones cut behind sentences."""
    if file.stat().st_size > LARGEST:
        raise ValueError(f"paths: {described(file.name)} is larger than {LARGEST // 10**6} MB: cut it into several")
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"paths: {described(file.name)} is no text in UTF-8 (byte {error.start:,}): save it as text in UTF-8"
        ) from None
    found, text = [], text.replace("\r\n", "\n")
    for block in re.finditer(r"[^\n]*\S[^\n]*(?:\n[^\n]*\S[^\n]*)*", text):
        line = text.count("\n", 0, block.start()) + 1
        rest: list[str] = []
        for sentence in [*split_sentences(block[0]), None]:
            if rest and (sentence is None or len(" ".join([*rest, sentence]).split()) > LONGEST):
                found.append(Hit(0.0, file, line, " ".join(rest)))
                rest = []
            if sentence is not None:
                rest.append(sentence)
    return found
