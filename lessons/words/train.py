"""Train the word vectors that the course carries, and store them in `aecourse/data/vectors.npz`.

    python -m lessons.words.train
    python -m lessons.words.train --pairs men.txt simlex999.txt

The network is the lesson's, with more words, and with the words of the more general senses in each entry. What
`split_glosses` withholds is withheld here, too. Write the SHA-256 that is printed at the end into `sources.toml`. With
`--pairs` nothing is trained: the stored vectors are held against lists of pairs that the course may not carry, a line
a pair: word, word, what people said.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import spearmanr

from aecourse.backend import keras
from aecourse.datasets import Sense, load_word_pairs, split_glosses
from aecourse.models import outputs
from aecourse.recipes import words as lesson
from tools.weights import DATA

WORDS, SIZE, EPOCHS = 22_000, 128, 3
PARTS = 127  # of the largest number of a row, above and below zero


def taught(senses: list[Sense], known: frozenset[str]) -> list[list[str]]:
    """The words of each entry and of the more general senses' names."""
    above = [" ".join(word for row in sense.hypernyms for word in senses[row].words) for sense in senses]
    pairs = zip(senses, above, strict=True)
    return [lesson.words_of(f"{lesson.entry(sense)} {more}", known) for sense, more in pairs]


def trained(epochs: int, words: int, size: int, seed: int) -> dict[str, Any]:
    """Vectors and whatever else turns a text into a code, by name."""
    senses, _, _ = split_glosses()
    known = lesson.known_words(senses)
    said = taught(senses, known)
    columns = lesson.columns_of(said, words)
    x = lesson.count(said, columns)
    rarity = lesson.rarity_of(x)
    keras.utils.set_random_seed(seed)
    began = time.process_time()
    directions = lesson.lsa(lesson.weighted(x, rarity), size)
    model = lesson.train_rebuilder(x, rarity, directions, epochs)
    print(f"trained in {time.process_time() - began:.0f} s of CPU", flush=True)
    vectors = model.encoder.get_layer("meaning").get_weights()[0][1:]
    kernel, bias = model.encoder.layers[-1].get_weights()
    own = lesson.count([lesson.words_of(lesson.entry(sense), known) for sense in senses], columns)
    middle = outputs(model.encoder, lesson.lists(own)).mean(axis=0)
    step = np.abs(vectors).max(axis=1, keepdims=True) / PARTS
    return {
        "words": np.array(list(columns)),
        "vectors": np.round(vectors / step).astype(np.int8),
        "step": step[:, 0].astype(np.float16),
        "rarity": rarity.astype(np.float16),
        "kernel": kernel.astype(np.float16),
        "bias": bias.astype(np.float16),
        "middle": middle.astype(np.float16),
    }


def packed(stored: dict[str, Any]) -> bytes:
    """The content of the file."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **stored)
    return buffer.getvalue()


def read_pairs(path: Path) -> tuple[list[tuple[str, str]], list[float]]:
    """The pairs of a list, and what people said; lines that hold none are passed over."""
    rows = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    kept = [row for row in rows if len(row) > 2 and row[2].replace(".", "").isdigit()]
    return [(row[0], row[1]) for row in kept], [float(row[2]) for row in kept]


def judge(stored: dict[str, Any], name: str, pairs: list[tuple[str, str]], said: Any) -> None:
    """Print the rank correlation with what people said, and of how many pairs both words are known."""
    vectors = stored["vectors"] * stored["step"].astype(np.float32)[:, None]
    vectors = lesson.unit(vectors - vectors.mean(axis=0))
    columns = {word: column for column, word in enumerate(stored["words"].tolist())}
    known = frozenset(columns)
    rows = [[columns.get(lesson.base_form(word.lower(), known)) for word in pair] for pair in pairs]
    both = [i for i, row in enumerate(rows) if None not in row]
    own = [float(vectors[rows[i][0]] @ vectors[rows[i][1]]) for i in both]
    found = spearmanr(own, np.asarray(said)[both])[0]
    print(f"{name}: {found:.3f} on the {len(both)} of {len(pairs)} pairs that are known")


def main(arguments: list[str] | None = None) -> int:
    """Train, judge by WordSim-353, and write the file; or hold the stored vectors against other lists."""
    parser = argparse.ArgumentParser(prog="python -m lessons.words.train", description=main.__doc__)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--words", type=int, default=WORDS)
    parser.add_argument("--size", type=int, default=SIZE)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--pairs", type=Path, nargs="+", default=[], help="lists to hold the stored vectors against")
    parser.add_argument("--to", type=Path, default=DATA / "vectors.npz")
    options = parser.parse_args(arguments)
    if not options.pairs:
        content = packed(trained(options.epochs, options.words, options.size, options.seed))
        options.to.write_bytes(content)
        print(f"{options.to}: {len(content):,} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}")
    with np.load(options.to, allow_pickle=False) as archive:
        stored = dict(archive)
    judge(stored, "WordSim-353", *load_word_pairs())
    for path in options.pairs:
        judge(stored, path.stem, *read_pairs(path))
    return 0


if __name__ == "__main__":
    sys.exit(main())
