"""Train the lesson's judge, a digit reader, and store its weights in `aecourse/data/judge.npz`.

    python -m lessons.generating.train
    python -m lessons.generating.train --grid 40
    python -m lessons.generating.train --grid 150 --sizes 8 --betas 1 2 4 --seeds 0 1 2 3 4

The judge learns from 7,000 digits; validation and test digits are not used. Write the SHA-256 that is printed at the
end into `sources.toml`. The grid trains variational autoencoders with codes of several sizes and several β, so many
epochs each, and prints their distances to the validation digits. The lesson shows the first grid; the second chose what
its race at equal seconds is run with.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from pathlib import Path

import numpy as np

from aecourse.backend import keras
from aecourse.datasets import split_digits
from aecourse.models import outputs
from aecourse.recipes import generating as lesson
from aecourse.weights import load_weights
from tools.weights import DATA, rounded, store

SIZES, BETAS = [4, 8, 16, 32], [0.5, 1.0, 2.0, 4.0]


def train_judge(epochs: int) -> keras.Model:
    """The judge, trained on the digits to fit on with Adam's own step size."""
    (x, y), _, _ = split_digits()
    keras.utils.set_random_seed(0)
    judge = lesson.new_judge()
    judge.compile("adam", "sparse_categorical_crossentropy", steps_per_execution=8)
    judge.fit(x, y, batch_size=125, epochs=epochs, verbose=0)
    judge.set_weights(rounded(judge.get_weights()))
    return judge


def measure_grid(epochs: int, sizes: list[int], betas: list[float], seeds: list[int]) -> None:
    """Print the validation distance of each size of the code and each β, the median over the seeds."""
    (x, _), (x_valid, _), _ = split_digits()
    judge = lesson.new_judge()
    judge.set_weights(load_weights("judge"))

    def measured(size: int, beta: float, seed: int) -> tuple[float, int]:
        keras.utils.set_random_seed(seed)
        encoder, decoder = lesson.train_variational(x, size, beta, epochs)
        codes = np.random.default_rng(seed).normal(size=(2000, size)).astype("float32")
        speak = int((lesson.nats(encoder, x_valid) > 0.1).sum())
        return lesson.distance(judge, outputs(decoder, codes), x_valid), speak

    for size, beta in itertools.product(sizes, betas):
        far, speak = np.array([measured(size, beta, seed) for seed in seeds]).T
        each = " ".join(f"{one:.2f}" for one in far)
        print(f"{size:2} numbers, β = {beta:4}: {np.median(far):6.2f} ({each}), {max(speak):.0f} speak", flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Train, say how many validation digits the judge reads, and write the file; or measure the grid."""
    parser = argparse.ArgumentParser(prog="python -m lessons.generating.train", description=main.__doc__)
    parser.add_argument("--epochs", type=int, default=9)
    parser.add_argument("--grid", type=int, metavar="EPOCHS", help="measure variational autoencoders instead")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="of their codes")
    parser.add_argument("--betas", type=float, nargs="+", default=BETAS)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0], help="the grid shows the median over these")
    parser.add_argument("--to", type=Path, default=DATA / "judge.npz")
    options = parser.parse_args(arguments)
    if options.grid:
        measure_grid(options.grid, options.sizes, options.betas, options.seeds)
        return 0
    judge = train_judge(options.epochs)
    _, (x_valid, y_valid), _ = split_digits()
    print(f"{np.mean(outputs(judge, x_valid).argmax(axis=1) == y_valid):.1%} of the validation digits are read")
    store(judge.get_weights(), options.to)
    return 0


if __name__ == "__main__":
    sys.exit(main())
