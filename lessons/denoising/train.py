"""Train the lesson's network on damage of many kinds and strengths, and store it in `aecourse/data/cleaner.npz`.

    python -m lessons.denoising.train [--epochs 24]

It learns from the digits that the lessons train on; the test digits are not used. Write the SHA-256 that is printed at
the end into `sources.toml`.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np

from aecourse.applications.denoising import SIZES
from aecourse.backend import keras
from aecourse.corruption import add_gaussian_noise, add_salt_and_pepper, mask_block
from aecourse.datasets import split_digits
from aecourse.metrics import mse
from aecourse.recipes import denoising as lesson
from tools.weights import DATA, rounded, store

Array = np.ndarray
KINDS = {"noise": 0.55, "salt and pepper": 0.2, "hole": 0.15, "nothing": 0.1}  # and how many of the digits get each


def damaged(x: Array, rng: np.random.Generator) -> Array:
    """Each digit with damage of a kind and a strength of its own."""
    kind = rng.choice(len(KINDS), len(x), p=[*KINDS.values()])
    sigma = rng.uniform(0, 1, (len(x), 1, 1, 1)).astype("float32")
    noisy = np.clip(x + sigma * rng.standard_normal(x.shape, dtype="float32"), 0, 1)
    hit = rng.random(x.shape) < 0.5 * sigma
    specks = np.where(hit, rng.integers(0, 2, x.shape), x)
    sides = rng.integers(4, 11, len(x))
    holes = np.stack([mask_block(one[None], size=int(side), seed=rng)[0] for one, side in zip(x, sides, strict=True)])
    return np.choose(kind.reshape(-1, 1, 1, 1), [noisy, specks, holes, x]).astype("float32")


def tests(x: Array) -> dict[str, Array]:
    """The digits with damage of each kind, to measure on."""
    noisy = {f"noise {sigma}": add_gaussian_noise(x, sigma=sigma, seed=1) for sigma in (0.1, 0.2, 0.5, 0.8)}
    specks = add_salt_and_pepper(x, share=0.3, seed=2)
    return noisy | {"salt and pepper": specks, "hole": mask_block(x, size=10, seed=3), "nothing": x}


def main(arguments: list[str] | None = None) -> int:
    """Train, say what it makes of damaged validation digits, and write the file."""
    parser = argparse.ArgumentParser(prog="python -m lessons.denoising.train", description=main.__doc__)
    parser.add_argument("--epochs", type=int, default=24)
    parser.add_argument("--digits", type=int, default=6976, help="so many; whole batches are compiled")
    parser.add_argument("--to", type=Path, default=DATA / "cleaner.npz")
    options = parser.parse_args(arguments)
    (x_fit, _), (x_valid, _), _ = split_digits()
    began = time.perf_counter()
    keras.utils.set_random_seed(0)
    model = lesson.train_denoiser(x_fit[: options.digits], damaged, epochs=options.epochs, **SIZES)
    model.set_weights(rounded(model.get_weights()))
    print(f"{options.epochs} epochs in {time.perf_counter() - began:.0f} s, {model.count_params():,} weights")
    for name, x in tests(x_valid).items():
        print(f"validation digits, {name:16}MSE {mse(x_valid, x):.4f} → {mse(x_valid, lesson.clean_up(model, x)):.4f}")
    store(model.get_weights(), options.to)
    return 0


if __name__ == "__main__":
    sys.exit(main())
