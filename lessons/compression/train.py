"""Train the lesson's photograph codec for 76 minutes of one core and store its weights in `aecourse/data/codec.npz`.

    python -m lessons.compression.train --photographs FOLDER [--minutes 76] [--begin FILE --rate 0.0012]

The network is the lesson's own, and begins as the lesson's: PCA of blocks. It learns from the same pictures as the
network of the lesson on watermarks, in sizes up to 1,200 pixels; `lessons/watermarks/train.py` says how to get those in
FOLDER. The test photographs are not used. Every quarter of an hour the weights so far are written, and it says how JPEG
stands on photographs that the training does not see. How far a training comes depends on the machine, as its schedule
follows the seconds of the processor. Write the SHA-256 that is printed at the end into `sources.toml`.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import matplotlib as mpl
import numpy as np
import skimage
from numpy.typing import NDArray
from PIL import Image

from aecourse.backend import keras
from aecourse.datasets import split_photos
from aecourse.recipes import compression as lesson
from lessons.watermarks.train import OTHER, RARE, VALIDATION_WALLS, WALLS, as_image, resized, wall_in
from tools.clocks import ByTheProcessor
from tools.weights import DATA, read, rounded, store

WALL_SIDES = (240, 320, 420, 540, 700, 900, 1200)
SIZE, BATCH, STEPS, RATE = 96, 16, 50, 2e-3
Bytes = NDArray[np.uint8]


def pictures(backgrounds: Path | None) -> list[tuple[Bytes, float]]:
    """Each picture in several sizes, and how often it is to be drawn."""
    (photos, names), _, _ = split_photos()
    several = []
    for name, photo in zip(names, photos, strict=True):
        often = RARE.get(name, 1.0)
        several += [(photo, often), (resized(as_image(photo), 280), often / 2)]
    for name in OTHER:
        file = Path(skimage.__file__).parent / "data" / f"{name}.png"
        several.append((resized(Image.open(file).convert("RGB"), 400), 0.4))
    admiral = Image.open(Path(mpl.get_data_path()) / "sample_data" / "grace_hopper.jpg").convert("RGB")
    several += [(resized(admiral, side), 1.0) for side in (400, 520)]
    if backgrounds:
        walls = [wall_in(backgrounds, name) for name in WALLS if name not in VALIDATION_WALLS]
        several += [(resized(wall, side), 1.0) for wall in walls for side in WALL_SIDES]
    return [(np.round(255 * picture).astype(np.uint8), often) for picture, often in several]


def detail(square: Bytes) -> float:
    """How much changes from pixel to pixel."""
    return float(np.abs(np.diff(square.astype(np.int16), axis=0)).mean())


def batches(rng: np.random.Generator, drawn_from: list[tuple[Bytes, float]]) -> Iterator[NDArray[np.float32]]:
    """Squares from anywhere, turned and mirrored, as blocks, without an end.

    Each is the one with more detail of two: much of a desktop background is smooth.
    """
    shares = np.array([often for _, often in drawn_from])
    shares /= shares.sum()

    def a_square() -> Bytes:
        picture = drawn_from[rng.choice(len(drawn_from), p=shares)][0]
        top, left = (int(rng.integers(side - SIZE + 1)) for side in picture.shape[:2])
        return picture[top : top + SIZE, left : left + SIZE]

    while True:
        x = np.empty((BATCH, SIZE, SIZE, 3), dtype=np.float32)
        for i in range(BATCH):
            square = max(a_square(), a_square(), key=detail)
            square = square.transpose(1, 0, 2) if rng.random() < 0.5 else square
            x[i] = square[:: rng.choice([-1, 1]), :: rng.choice([-1, 1])] / np.float32(255)
        yield lesson.blocks(x)


def on_validation(codec: keras.Model, backgrounds: Path | None) -> str:
    """JPEG's bytes over ours at equal PSNR, on photographs that the training has not seen."""
    kept = list(split_photos()[1][0])
    if backgrounds:
        kept += [resized(wall_in(backgrounds, name), side) for name in VALIDATION_WALLS for side in (240, 400, 768)]
    rivals = [lesson.rival_curve(x, "JPEG") for x in kept]
    ratios = lesson.times(rivals, [lesson.our_curve(codec, x) for x in kept])
    return "JPEG's bytes / ours: " + "  ".join(f"{r:.2f}" for r in ratios)


def main(arguments: list[str] | None = None) -> int:
    """Train, say how it goes, and write the file."""
    parser = argparse.ArgumentParser(prog="python -m lessons.compression.train", description=main.__doc__)
    parser.add_argument("--minutes", type=float, default=76.0)
    parser.add_argument("--photographs", type=Path, help="folder with Debian's backgrounds; without it fewer pictures")
    parser.add_argument("--rate", type=float, default=RATE, help="of learning, at its highest")
    parser.add_argument("--begin", type=Path, help="weights to go on from")
    parser.add_argument("--to", type=Path, default=DATA / "codec.npz")
    options = parser.parse_args(arguments)
    keras.utils.set_random_seed(0)
    drawn = batches(np.random.default_rng(0), pictures(options.photographs))
    codec = lesson.codec_of(np.concatenate([next(drawn) for _ in range(10)]))
    if options.begin:
        codec.set_weights(read(options.begin))
    optimizer = keras.optimizers.Adam(options.rate, global_clipnorm=1.0)
    optimizer.build(codec.trainable_variables)
    codec.compile(optimizer=optimizer, loss=lesson.photo_error, jit_compile=False, steps_per_execution=2)
    clock, said = ByTheProcessor(60 * options.minutes, options.rate), time.perf_counter()

    def tell(epoch: int, logs: dict[str, float]) -> None:
        nonlocal said
        if time.perf_counter() - said > 900:
            said = time.perf_counter()
            store(codec.get_weights(), options.to)
            reached = on_validation(codec, options.photographs)
            print(f"{(epoch + 1) * STEPS} steps, loss {logs['loss']:.4f}; {reached}", flush=True)

    codec.fit(
        ((b, b) for b in drawn),
        steps_per_epoch=STEPS,
        epochs=100_000,
        verbose=0,
        callbacks=[clock, keras.callbacks.LambdaCallback(on_epoch_end=tell)],
    )
    codec.set_weights(rounded(codec.get_weights()))
    print(f"stored with half precision; {on_validation(codec, options.photographs)}")
    store(codec.get_weights(), options.to)
    return 0


if __name__ == "__main__":
    sys.exit(main())
