"""Train the lesson's judge, a digit reader, and store its weights in `aecourse/data/judge.npz`.

    python -m lessons.generating.train
    python -m lessons.generating.train --grid
    python -m lessons.generating.train --page

The judge learns from 7,000 digits; validation and test digits are not used. Write the SHA-256 that is printed at the
end into `sources.toml`. The grid trains variational autoencoders with codes of several sizes and several β, and prints
their distances to the validation digits, which the lesson shows. The page is the photograph of *Now yours*.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter

from aecourse.backend import keras
from aecourse.datasets import split_digits
from aecourse.models import outputs
from aecourse.recipes import generating as lesson
from aecourse.weights import load_weights
from tools.weights import DATA, rounded, store

SIZES, BETAS = (4, 8), (0.25, 0.5, 1.0, 2.0)  # 16 and 32 numbers are still to be measured
KINDS, EACH, FIELD = (2, 5, 7), 4, 240  # rows and columns of the page, and the sides of its fields in pixels


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


def page() -> Image.Image:
    """A page of test digits, each row of one kind and alike enough for one hand, photographed in uneven light."""
    _, _, (x, y) = split_digits()
    rng, rows = np.random.default_rng(0), []
    for kind in KINDS:
        own = x[y == kind][..., 0]
        apart = ((own[:, None] - own[None]) ** 2).sum(axis=(2, 3))
        first = np.sort(apart, axis=1)[:, 1:EACH].sum(axis=1).argmin()
        row = own[np.argsort(apart[first])[:EACH]]
        larger = [np.asarray(Image.fromarray(digit).resize((168, 168), Image.Resampling.BICUBIC)) for digit in row]
        rows.append(np.concatenate([np.pad(np.clip(digit, 0, 1), (FIELD - 168) // 2) for digit in larger], axis=1))
    ink = gaussian_filter(np.concatenate(rows), 2)
    down, right = np.mgrid[0 : 1 : ink.shape[0] * 1j, 0 : 1 : ink.shape[1] * 1j]
    paper = 0.9 - 0.25 * down * right - 0.1 * right + 0.01 * rng.normal(size=ink.shape)
    shot = paper - 0.6 * np.clip(1.4 * ink, 0, 1) * paper
    return Image.fromarray(np.round(255 * np.clip(shot, 0, 1)).astype(np.uint8))


def main(arguments: list[str] | None = None) -> int:
    """Train, say how many validation digits the judge reads, and write the file; or measure the grid."""
    parser = argparse.ArgumentParser(prog="python -m lessons.generating.train", description=main.__doc__)
    parser.add_argument("--epochs", type=int, default=9)
    parser.add_argument("--grid", action="store_true", help="measure variational autoencoders, eight epochs each")
    parser.add_argument("--to", type=Path, default=DATA / "judge.npz")
    parser.add_argument("--page", action="store_true", help="write the page of digits of Now yours")
    options = parser.parse_args(arguments)
    if options.page:
        (DATA / "yours").mkdir(exist_ok=True)
        page().save(DATA / "yours" / "my_digits.jpg", quality=80)
        return 0
    if options.grid:
        measure_grid(8)
        return 0
    judge = train_judge(options.epochs)
    _, (x_valid, y_valid), _ = split_digits()
    print(f"{np.mean(outputs(judge, x_valid).argmax(axis=1) == y_valid):.1%} of the validation digits are read")
    store(judge.get_weights(), options.to)
    return 0


if __name__ == "__main__":
    sys.exit(main())
