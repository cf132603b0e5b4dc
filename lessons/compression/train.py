"""Train the lesson's photograph codec and store its weights in `aecourse/data/codec.npz`: about an hour of two cores.

    python -m lessons.compression.train --photographs FOLDER --processes 2 --half
    python -m lessons.compression.train --photographs FOLDER --processes 2 --half --minutes 10 --large --begin FILE

The network is the lesson's own, and begins as the lesson's: PCA of blocks. It learns from the same pictures as the
network of the lesson on watermarks, in sizes up to 1,200 pixels; `lessons/watermarks/train.py` says how to get those in
FOLDER. 77 of the 82 photographs of monuments, animals and concerts in Debian's `gcompris-qt-data` come to them, if its
package is unpacked there too (the other five are for validation). The test photographs are not used. At the end it says
how JPEG stands on photographs that the training does not see. How far a training comes depends on the machine, as its
schedule follows the seconds of the processor. Write the SHA-256 that is printed at the end into `sources.toml`.
"""

from __future__ import annotations

import argparse
import io
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import matplotlib as mpl
import numpy as np
import skimage
import tensorflow as tf
from numpy.typing import NDArray
from PIL import Image

from aecourse.backend import keras
from aecourse.datasets import split_photos
from aecourse.recipes import compression as lesson
from lessons.watermarks.train import OTHER, RARE, VALIDATION_WALLS, WALLS, as_image, resized, wall_in
from tools.clocks import ByTheProcessor
from tools.together import Together, together
from tools.weights import DATA, read, rounded, store

WALL_SIDES = (240, 320, 420, 540, 700, 900, 1200)
SHOTS = ("explore_monuments", "explore_world_animals", "explore_farm_animals", "explore_world_music", "categorization")
SHOT_SIDES, VALIDATION_SHOTS = (300, 420, 600), slice(7, None, 16)
SIZE, BATCH = 112, 12
LARGE, FEW, MANY = 224, 3, 8  # pixels of a larger square, squares, passes: far from a border guesses lean on guesses
STEPS, RATE, LATE_RATE = 50, 2e-3, 4e-4
Bytes = NDArray[np.uint8]


def shots_in(backgrounds: Path) -> list[Image.Image]:
    """The photographs in gcompris-qt-data's files of resources, which hold WebP files one after the other."""
    found = []
    for name in SHOTS:
        for file in sorted(backgrounds.glob(f"**/gcompris-qt/rcc/{name}.rcc")):
            content, at = file.read_bytes(), -1
            while (at := content.find(b"RIFF", at + 1)) >= 0:
                if content[at + 8 : at + 12] == b"WEBP":
                    (size,) = struct.unpack_from("<I", content, at + 4)
                    picture = Image.open(io.BytesIO(content[at : at + 8 + size]))
                    at += 7 + size
                    if picture.mode == "RGB" and max(picture.size) >= 800 and min(picture.size) >= 300:
                        found.append(picture)
    return found


def pictures(backgrounds: Path | None, size: int = SIZE) -> list[tuple[Bytes, float]]:
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
        shots = shots_in(backgrounds)
        del shots[VALIDATION_SHOTS]
        several += [(resized(shot, side), 0.7) for shot in shots for side in SHOT_SIDES]
    large = [(picture, often) for picture, often in several if min(picture.shape[:2]) >= size]
    return [(np.round(255 * picture).astype(np.uint8), often) for picture, often in large]


def detail(square: Bytes) -> float:
    """How much changes from pixel to pixel."""
    return float(np.abs(np.diff(square.astype(np.int16), axis=0)).mean())


def batches(
    rng: np.random.Generator, drawn_from: list[tuple[Bytes, float]], size: int = SIZE, n: int = BATCH
) -> Iterator[NDArray[np.float32]]:
    """Squares from anywhere, turned and mirrored, as blocks, without an end.

    Each is the one with more detail of two: much of a desktop background is smooth.
    """
    shares = np.array([often for _, often in drawn_from])
    shares /= shares.sum()

    def a_square() -> Bytes:
        picture = drawn_from[rng.choice(len(drawn_from), p=shares)][0]
        top, left = (int(rng.integers(side - size + 1)) for side in picture.shape[:2])
        return picture[top : top + size, left : left + size]

    while True:
        x = np.empty((n, size, size, 3), dtype=np.float32)
        for i in range(n):
            square = max(a_square(), a_square(), key=detail)
            square = square.transpose(1, 0, 2) if rng.random() < 0.5 else square
            x[i] = square[:: rng.choice([-1, 1]), :: rng.choice([-1, 1])] / np.float32(255)
        yield lesson.blocks(x)


def on_validation(codec: keras.Model, backgrounds: Path | None) -> str:
    """JPEG's bytes over ours at equal PSNR, on photographs that the training has not seen."""
    kept = list(split_photos()[1][0])
    if backgrounds:
        kept += [resized(wall_in(backgrounds, name), side) for name in VALIDATION_WALLS for side in (240, 400, 768)]
        kept += [resized(shot, side) for shot in shots_in(backgrounds)[VALIDATION_SHOTS] for side in (400, 640)]
    rivals = [lesson.rival_curve(x, "JPEG") for x in kept]
    ratios = lesson.times(rivals, [lesson.our_curve(codec, x) for x in kept])
    return "JPEG's bytes / ours: " + "  ".join(f"{r:.2f}" for r in ratios)


def trained(others: Together | None, options: argparse.Namespace) -> None:
    """Train in one process, alone or together with others; the first says how it goes, and writes the file."""
    rank = others.rank if others else 0
    keras.utils.set_random_seed(0)
    if options.half:
        tf.config.optimizer.set_experimental_options({"auto_mixed_precision_onednn_bfloat16": True})
    lesson.PASSES = MANY if options.large else lesson.PASSES
    size, n = (LARGE, FEW) if options.large else (SIZE, BATCH)
    drawn_from = pictures(options.photographs, size)
    first = batches(np.random.default_rng(0), drawn_from, size, n)
    codec = lesson.codec_of(np.concatenate([next(first) for _ in range(10)]))
    if options.begin:
        codec.set_weights(read(options.begin))
    rate = options.rate or (LATE_RATE if options.large else RATE)
    optimizer = keras.optimizers.Adam(rate, global_clipnorm=1.0)
    optimizer.build(codec.trainable_variables)
    codec.compile(optimizer=optimizer, loss=lesson.photo_error, jit_compile=False, steps_per_execution=2)
    drawn = batches(np.random.default_rng([rank, options.large]), drawn_from, size, n)
    history = codec.fit(
        ((b, b) for b in drawn),
        steps_per_epoch=STEPS,
        epochs=100_000,
        verbose=0,
        callbacks=[ByTheProcessor(60 * options.minutes, rate), *([others] if others else [])],
    )
    if rank == 0:
        losses = history.history["loss"]
        print(f"{STEPS * len(losses):,} steps of {n} squares in each process, loss {np.mean(losses[-10:]):.4f}")
        codec.set_weights(rounded(codec.get_weights()))
        print(f"stored with half precision; {on_validation(codec, options.photographs)}")
        store(codec.get_weights(), options.to)


def main(arguments: list[str] | None = None) -> int:
    """Train, say how it went, and write the file."""
    parser = argparse.ArgumentParser(prog="python -m lessons.compression.train", description=main.__doc__)
    parser.add_argument("--minutes", type=float, default=50.0, help="of the processor, for each process")
    parser.add_argument("--processes", type=int, default=1, help="which average their weights, each on one core")
    parser.add_argument("--photographs", type=Path, help="folder with Debian's backgrounds; without it fewer pictures")
    parser.add_argument("--rate", type=float, help="of learning, at its highest")
    parser.add_argument("--begin", type=Path, help="weights to go on from")
    parser.add_argument("--large", action="store_true", help="larger squares, and more passes of guessing")
    parser.add_argument("--half", action="store_true", help="bfloat16: faster, if the processor knows it")
    parser.add_argument("--to", type=Path, default=DATA / "codec.npz")
    options = parser.parse_args(arguments)
    together(trained, options.processes, lesson.empty_codec().count_params(), options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
