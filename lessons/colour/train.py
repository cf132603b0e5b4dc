"""Train the lesson's network that spreads the colours of clicks, and store its weights in `aecourse/data/spreader.npz`.

    python -m lessons.colour.train --photographs FOLDER [--seconds 840]

The network is the lesson's own. It learns from the photographs that the course fits on and from 31 of Debian's desktop
backgrounds, 192 to 320 pixels long; `lessons/watermarks/train.py` says how to get those in FOLDER, and names the five
that are kept for validation. The cup of coffee and the test photographs are not used. In six squares of ten all colours
are turned by one angle and stretched, so that the network does not learn which colours are usual. The loss is the
logarithm of each square's error, as decibels are. The schedule follows the seconds of computing or, on a busy machine,
those of the clock, 2.5 times as many. Write the SHA-256 that is printed at the end into `sources.toml`.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from skimage.color import rgb2lab
from skimage.transform import resize

from aecourse.backend import keras
from aecourse.datasets import split_photos
from aecourse.recipes import colour as lesson
from lessons.watermarks.train import VALIDATION_WALLS, WALLS, wall_in
from tools.weights import DATA, rounded, store

ops = keras.ops
SIDES, SIZE, BATCH, RATE = (192, 256, 320), 160, 4, 2e-3
Lab = NDArray[np.float32]


def photographs(backgrounds: Path | None) -> list[Lab]:
    """Each photograph in Lab, in several sizes."""
    (photos, _), _, _ = split_photos()
    several = list(photos)
    if backgrounds:
        several += [_wall(backgrounds, name) for name in WALLS if name not in VALIDATION_WALLS]
    return [_at(photo, side) for photo in several for side in SIDES]


def _at(photo: NDArray[np.float32], longer: int) -> Lab:
    """Lab of the photograph, so many pixels long and a square high and wide at least."""
    sides = [max(SIZE, round(longer / max(photo.shape[:2]) * side)) for side in photo.shape[:2]]
    return np.asarray(rgb2lab(resize(photo, sides, anti_aliasing=True)), dtype=np.float32)


def validation(backgrounds: Path) -> list[Lab]:
    """The five that are kept for validation, in Lab."""
    return [lesson.in_lab(_wall(backgrounds, name)) for name in VALIDATION_WALLS]


def _wall(backgrounds: Path, name: str) -> Lab:
    picture = wall_in(backgrounds, name)
    picture.thumbnail((800, 800))
    return np.asarray(picture, dtype=np.float32) / np.float32(255)


def varied(square: Lab, rng: np.random.Generator) -> Lab:
    """The square in other light and, in six of ten, in other colours."""
    square = square.transpose(1, 0, 2).copy() if rng.random() < 0.15 else square.copy()
    square[..., 0] = 100 * np.clip(square[..., 0] / 100, 0, 1) ** rng.uniform(0.8, 1.25)
    if rng.random() < 0.6:
        angle = rng.uniform(0, 2 * np.pi)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        square[..., 1:] = rng.uniform(0.7, 1.3) * square[..., 1:] @ turn
    return square


def questions(labs: list[Lab], rng: np.random.Generator) -> Iterator[tuple[Any, NDArray[np.float32]]]:
    """Batches of squares with clicks, and the answer for each second pixel of each second row."""
    while True:
        squares = [varied(square, rng) for square in lesson.crops(labs, BATCH, SIZE, rng)]
        asked = []
        for square in squares:
            k = round(math.exp(rng.uniform(math.log(2), math.log(lesson.MANY))))
            places, ab = lesson.clicked(square, k, rng)
            asked.append(lesson.question(square[..., 0], places, ab, most=lesson.MANY))
        inputs = tuple(np.stack(part) for part in zip(*asked, strict=True))
        yield inputs, np.asarray(np.stack(squares)[..., 1:] / 50, dtype=np.float32)


def error(true: Any, y: Any) -> Any:
    """The mean logarithm of the squares' errors, at every second pixel of every second row."""
    y = ops.reshape(y, (-1, SIZE, SIZE, 2))
    return ops.mean(ops.log(ops.mean(ops.square(true - y)[:, ::2, ::2], axis=(1, 2, 3)) + 0.003))


class ByComputing(keras.callbacks.Callback):
    """Half a cosine over the seconds of computing, or of the clock where those are sooner over."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds, self.began, self.clock, self.steps = seconds, time.process_time(), time.perf_counter(), 0

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Set the rate; it rises over the first fifty steps."""
        done = (time.process_time() - self.began) / self.seconds
        done = min(1, max(done, (time.perf_counter() - self.clock) / (2.5 * self.seconds)))
        falling = max(0.01, 0.5 * (1 + math.cos(math.pi * done)))
        self.model.optimizer.learning_rate.assign(RATE * min(1, (self.steps + 1) / 50) * falling)
        self.steps += 1
        self.model.stop_training = done >= 1

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Say how it goes."""
        if self.steps % 200 == 0:
            print(f"{self.steps} steps, {time.process_time() - self.began:.0f} s, loss {(logs or {})['loss']:.3f}")


def decibels(network: Any, labs: list[Lab], k: int) -> tuple[float, float]:
    """Mean PSNR of k clicks, of the best rule and of the network with the random walk."""
    rng, results = np.random.default_rng(1), []
    for lab in labs:
        asked = lab[..., 0], *lesson.clicked(lab, k, rng)
        both = lesson.blended(*asked), lesson.spread_best(network, *asked)
        results.append([lesson.chroma_psnr(ab, lab[..., 1:]) for ab in both])
    rule, ours = np.mean(results, axis=0)
    return float(rule), float(ours)


def main(arguments: list[str] | None = None) -> int:
    """Train, say how it stands on the five photographs for validation, and write the file."""
    parser = argparse.ArgumentParser(prog="python -m lessons.colour.train", description=main.__doc__)
    parser.add_argument("--seconds", type=float, default=840.0, help="of computing")
    parser.add_argument("--photographs", type=Path, help="folder with Debian's backgrounds; without it fewer pictures")
    parser.add_argument("--to", type=Path, default=DATA / "spreader.npz")
    options = parser.parse_args(arguments)
    keras.utils.set_random_seed(0)
    network = lesson.spreader()
    network.compile(keras.optimizers.Adam(RATE, global_clipnorm=1.0), loss=error, jit_compile=False)
    asked = questions(photographs(options.photographs), np.random.default_rng(0))
    network.fit(asked, steps_per_epoch=1_000_000, verbose=0, callbacks=[ByComputing(options.seconds)])
    network.set_weights(rounded(network.get_weights()))
    if options.photographs:
        for k in (3, 10, 30):
            rule, ours = decibels(network, validation(options.photographs), k)
            print(f"{k} clicks, validation: half soft, half walk {rule:.1f} dB, with the network {ours:.1f} dB")
    store(network.get_weights(), options.to)
    return 0


if __name__ == "__main__":
    sys.exit(main())
