"""Train the lesson's judge, a digit reader, and store its weights in `aecourse/data/judge.npz`.

    python -m lessons.generating.train
    python -m lessons.generating.train --grid

The judge learns from 7,000 digits; validation and test digits are not used. Write the SHA-256 that is printed at the
end into `sources.toml`. The grid trains variational autoencoders with codes of several sizes and several β, and prints
their distances to the validation digits, which the lesson shows.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from aecourse.backend import keras
from aecourse.datasets import split_digits
from aecourse.models import outputs
from aecourse.recipes import generating as lesson
from aecourse.weights import load_weights
from tools.weights import DATA, rounded, store

SIZES, BETAS = (4, 8, 16, 32), (0.5, 1.0, 2.0, 4.0)


def train_judge(epochs: int) -> keras.Model:
    """The judge, trained on the digits to fit on with Adam's own step size."""
    (x, y), _, _ = split_digits()
    keras.utils.set_random_seed(0)
    judge = lesson.new_judge()
    judge.compile("adam", "sparse_categorical_crossentropy", steps_per_execution=8)
    judge.fit(x, y, batch_size=125, epochs=epochs, verbose=0)
    judge.set_weights(rounded(judge.get_weights()))
    return judge


def measure_grid(epochs: int) -> None:
    """Print the validation distance of each size of the code and each β."""
    (x, _), (x_valid, _), _ = split_digits()
    judge = lesson.new_judge()
    judge.set_weights(load_weights("judge"))
    for size in SIZES:
        for beta in BETAS:
            keras.utils.set_random_seed(0)
            encoder, decoder = lesson.train_variational(x, size, beta, epochs)
            codes = np.random.default_rng(0).normal(size=(2000, size)).astype("float32")
            far = lesson.distance(judge, outputs(decoder, codes), x_valid)
            speak = int((lesson.nats(encoder, x_valid) > 0.1).sum())
            print(f"{size:2} numbers, β = {beta:4}: {far:6.2f}, {speak} numbers speak", flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Train, say how many validation digits the judge reads, and write the file; or measure the grid."""
    parser = argparse.ArgumentParser(prog="python -m lessons.generating.train", description=main.__doc__)
    parser.add_argument("--epochs", type=int, default=9)
    parser.add_argument("--grid", action="store_true", help="measure variational autoencoders, forty epochs each")
    parser.add_argument("--to", type=Path, default=DATA / "judge.npz")
    options = parser.parse_args(arguments)
    if options.grid:
        measure_grid(40)
        return 0
    judge = train_judge(options.epochs)
    _, (x_valid, y_valid), _ = split_digits()
    print(f"{np.mean(outputs(judge, x_valid).argmax(axis=1) == y_valid):.1%} of the validation digits are read")
    store(judge.get_weights(), options.to)
    return 0


if __name__ == "__main__":
    sys.exit(main())
