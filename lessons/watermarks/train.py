"""Train the lesson's network for white watermarks and store its weights in `aecourse/data/lifter.npz`.

    python -m lessons.watermarks.train --photographs FOLDER [--minutes 76] [--half] [--begin FILE]

The network is the lesson's own. Half of its marks are those of the lesson; others are small writing, doodles and marks
of other sizes. Some pieces were saved as JPEG once marked, some have no mark. It learns from the photographs that the
course fits on, from pictures that scikit-image and matplotlib carry, and from 31 of the 36 photographs of Debian's
packages of desktop backgrounds that WALLS names (the other five are for validation); the test photographs are not used.
To have those:

    mkdir backgrounds; cd backgrounds
    apt-get download mate-backgrounds lomiri-wallpapers-16.04 lomiri-wallpapers-20.04 plasma-workspace-wallpapers
    for package in *.deb; do dpkg -x $package .; done

How far a training comes depends on the machine, as its schedule follows the seconds of the processor. Every few minutes
the file is written anew. Write the SHA-256 that is printed at the end into `sources.toml`.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import skimage
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from scipy.ndimage import gaussian_filter, maximum_filter

from aecourse.backend import keras
from aecourse.corruption import add_watermark
from aecourse.corruption.watermarks import FONTS, LETTERS, WORDS
from aecourse.datasets import split_photos
from aecourse.recipes import watermarks as lesson
from tools.clocks import ByTheProcessor
from tools.weights import DATA, read, rounded, store

OTHER = ("camera", "brick", "grass", "gravel", "coins", "motorcycle_left")  # of scikit-image
RARE = {"brick": 0.5, "grass": 0.5, "gravel": 0.5, "retina": 0.3, "hubble_deep_field": 0.3}  # unlike other photographs
BY_NAME = """
    Aqua Blinds Dune FreshFlower Garden GreenMeadow LadyBird RainDrops Storm TwoWings YellowFlower Bridge_by_*
    Dragonfly_by_* Picture_0B_by_* Picture_1A_by_* Wine_by_* aitzgorri_by_* free_by_* friends_by_* greentock_by_*
    life_by_* picosdeeuropa_by_* seeding_by_* sunset_by_* Kleiber_by_*
"""
BY_FOLDER = """
    BytheWater ColdRipple ColorfulCups DarkestHour EveningGlow FallenLeaf Grey Kite OneStandsOut Path summer_1am
"""
WALLS = BY_NAME.split() + [f"{folder}/contents/images/2560x1600" for folder in BY_FOLDER.split()]
VALIDATION_WALLS = [w for w in WALLS if w.startswith(("Garden", "Bridge", "greentock", "BytheWater", "Kite"))]
SIDES, WALL_SIDES = (220, 300, 400, 520), (260, 340, 440, 560, 720, 1000)
SIZE, BATCH, STEPS, RATE = 96, 16, 50, 1.5e-3
MOMENTUM = 0.99  # of batch normalisation; the lesson's 0.9 is for a training of a few steps
PAUSE = 480  # seconds from one report to the next
UNMARKED, COMPRESSED, FAITHFUL = 0.2, 0.4, 8  # shares of the pieces; pixels around a mark
STRANGE = (0.2, 0.85)  # opacity of marks that the lesson does not have
MARKS: dict[str, Any] = {"kind": lesson.KNOWN, "colour": lesson.WHITE, "opacity": lesson.OPACITY}
Array = NDArray[np.float32]


def pictures(backgrounds: Path | None) -> list[tuple[Array, float]]:
    """Each picture in several sizes, and how often it is to be drawn."""
    (photos, names), _, _ = split_photos()
    files = {name: Path(skimage.__file__).parent / "data" / f"{name}.png" for name in OTHER}
    files["grace_hopper"] = Path(mpl.get_data_path()) / "sample_data" / "grace_hopper.jpg"
    all_of_them = {name: as_image(photo) for name, photo in zip(names, photos, strict=True)}
    all_of_them |= {name: Image.open(file).convert("RGB") for name, file in files.items()}
    several = [(resized(p, side), RARE.get(name, 1.0)) for name, p in all_of_them.items() for side in SIDES]
    if backgrounds:
        walls = [wall_in(backgrounds, name) for name in WALLS if name not in VALIDATION_WALLS]
        several += [(resized(picture, side), 1.0) for picture in walls for side in WALL_SIDES]
    return several


def wall_in(backgrounds: Path, name: str) -> Image.Image:
    """One of Debian's desktop backgrounds."""
    found = sorted(backgrounds.glob(f"**/{name}.jpg"))
    if len(found) != 1:
        raise FileNotFoundError(f"photographs: {backgrounds} holds {len(found)} files {name}.jpg; expected one")
    return Image.open(found[0]).convert("RGB")


def as_image(photo: Array) -> Image.Image:
    """A photograph in [0, 1] as Pillow's image."""
    return Image.fromarray(np.round(255 * photo).astype(np.uint8))


def resized(picture: Image.Image, longer_side: int) -> Array:
    """The picture at another size, as an array in [0, 1], at least a patch high and wide."""
    share = longer_side / max(picture.size)
    sides = [max(SIZE, round(share * side)) for side in picture.size]
    pixels = np.asarray(picture.resize((sides[0], sides[1]), Image.Resampling.LANCZOS), dtype=np.float32)
    return pixels / np.float32(255)


def varied(patch: Array, rng: np.random.Generator) -> Array:
    """The patch turned, mirrored and in other colours, other light, or as a negative."""
    patch = np.rot90(patch, int(rng.integers(4)))[:, :: rng.choice([-1, 1])]
    if rng.random() < 0.3:
        patch = patch[..., rng.permutation(3)]
    kind, shade = rng.random(), patch.mean(axis=-1, keepdims=True)
    if kind < 0.1:
        patch = shade * rng.uniform(0.5, 1.2, 3)
    elif kind < 0.25:
        patch = shade + (patch - shade) * rng.uniform(0, 1.5)
    patch = np.clip(patch, 0, 1) ** rng.uniform(0.7, 1.4) * rng.uniform(0.8, 1.0)
    return np.asarray(1 - patch if rng.random() < 0.05 else patch, dtype=np.float32)


def doodle(rng: np.random.Generator) -> Array:
    """A mask of no kind that the course knows: a scribble, a stretched ring or disc, a crooked polygon, or a blob."""
    fine = 3 * SIZE
    tile = Image.new("L", (fine, fine))
    draw, kind = ImageDraw.Draw(tile), rng.random()
    middle, reach = rng.uniform(0.1, 0.9, 2) * fine, rng.uniform(0.08, 0.35) * fine
    if kind < 0.4:
        for _ in range(rng.integers(1, 4)):
            steps = rng.normal(0, reach / 2, (rng.integers(2, 7), 2)).cumsum(axis=0)
            points = [tuple(p) for p in middle + steps]
            draw.line(points, fill=255, width=int(rng.integers(4, 30)), joint="curve")
    elif kind < 0.6:
        box = [*(middle - reach * rng.uniform(0.3, 1, 2)), *(middle + reach * rng.uniform(0.3, 1, 2))]
        inside = {"fill": 255} if rng.random() < 0.5 else {"outline": 255, "width": int(rng.integers(4, 30))}
        draw.ellipse(box, **inside)
    elif kind < 0.8:
        draw.polygon([tuple(p) for p in middle + rng.uniform(-reach, reach, (rng.integers(3, 8), 2))], fill=255)
    else:
        noise = gaussian_filter(rng.normal(size=(SIZE, SIZE)), rng.uniform(3, 10))
        near = np.hypot(*(np.indices((SIZE, SIZE)) - middle[:, None, None] / 3)) < reach / 1.5
        return np.asarray((noise > np.quantile(noise, 0.5)) & near, dtype=np.float32)
    tile = tile.rotate(rng.uniform(-180, 180)).resize((SIZE, SIZE), Image.Resampling.BOX)
    return np.asarray(tile, dtype=np.float32) / np.float32(255)


def writing(rng: np.random.Generator, size: int) -> Array:
    """A mask of upright or slanted lines of writing, from very small letters to large ones."""
    height = math.exp(rng.uniform(math.log(7), math.log(60)))  # of a capital, in pixels
    font = ImageFont.truetype(
        Path(mpl.get_data_path()) / "fonts" / "ttf" / rng.choice(FONTS["text"]), max(9, round(height / 0.73))
    )
    tile = Image.new("L", (size, size))
    draw = ImageDraw.Draw(tile)
    for _ in range(rng.integers(1, 4 if height < 20 else 2)):
        words = [rng.choice(WORDS) if rng.random() < 0.5 else letters(rng) for _ in range(rng.integers(1, 4))]
        left, top = rng.uniform(-0.3, 0.8) * size, rng.uniform(-0.1, 0.95) * size
        gap = round(height * rng.uniform(1.5, 3))
        for line in range(rng.integers(1, 4)):
            draw.text((round(left), round(top) + line * gap), " ".join(words), fill=255, font=font)
    if rng.random() < 0.4:
        tile = tile.rotate(rng.choice([rng.uniform(-180, 180), 30.0, 45.0, 90.0]), Image.Resampling.BICUBIC)
    return np.asarray(tile, dtype=np.float32) / np.float32(255)


def letters(rng: np.random.Generator) -> str:
    """A few letters and digits, sometimes behind a ©."""
    return ("© " if rng.random() < 0.1 else "") + "".join(rng.choice(list(LETTERS), rng.integers(2, 9)))


def mark(piece: Array, rng: np.random.Generator) -> Array:
    """One to three marks for a piece: the opacity in each pixel. Half of them are of the lesson's kinds and sizes."""
    left = np.ones((*piece.shape[:2], 1), dtype=np.float32)
    for _ in range(rng.choice([1, 2, 3], p=[0.8, 0.15, 0.05])):
        kind = rng.random()
        if kind < 0.5:
            more = add_watermark(piece[None], **MARKS, seed=rng)[1][0]
        elif kind < 0.65:
            height, opacity = math.exp(rng.uniform(math.log(8), math.log(60))), rng.uniform(*STRANGE)
            more = add_watermark(piece[None], **MARKS | {"opacity": opacity, "size": height}, seed=rng)[1][0]
        elif kind < 0.8:
            more = writing(rng, len(piece))[..., None] * np.float32(rng.uniform(*STRANGE))
        else:
            drawn = Image.fromarray(doodle(rng)).resize(piece.shape[1::-1], Image.Resampling.BILINEAR)
            more = np.asarray(drawn)[..., None] * np.float32(rng.uniform(*STRANGE))
        left = left * (1 - more)  # white on white is white
    return np.asarray(1 - left, dtype=np.float32)


def bright(piece: Array) -> float:
    """How much of a piece the formula by hand takes for a mark."""
    return float((lesson.clue(piece[None], 9) > 0.15).mean())


def pairs(rng: np.random.Generator, backgrounds: Path | None) -> Iterator[tuple[Array, Array]]:
    """Batches without an end: pieces as they are given, and as they should be, with the opacity of their marks.

    Four in ten were saved as JPEG once marked, whose blocks begin anywhere. Two in ten have no mark: half of those are
    the brightest of four, in some something opaque has been drawn, and all are to stay as they are. Where a mark is
    far, a piece that was compressed is to stay compressed.
    """
    drawn_from = [(np.round(255 * picture).astype(np.uint8), often) for picture, often in pictures(backgrounds)]
    shares = np.array([often for _, often in drawn_from])
    shares /= shares.sum()

    def a_piece(side: int) -> Array:
        picture = drawn_from[rng.choice(len(drawn_from), p=shares)][0]
        top, left = (int(rng.integers(length - side + 1)) for length in picture.shape[:2])
        return varied(picture[top : top + side, left : left + side].astype(np.float32) / np.float32(255), rng)

    while True:
        given = np.empty((BATCH, SIZE, SIZE, 3), dtype=np.float32)
        wanted = np.zeros((BATCH, SIZE, SIZE, 4), dtype=np.float32)
        for i in range(BATCH):
            quality = int(rng.integers(30, 98)) if rng.random() < COMPRESSED else None
            side = SIZE + 8 if quality else SIZE
            if rng.random() < UNMARKED:
                clean = max((a_piece(side) for _ in range(4)), key=bright) if rng.random() < 0.5 else a_piece(side)
                if rng.random() < 0.1:
                    shape = writing(rng, side)[..., None]
                    clean = ((1 - shape) * clean + shape * rng.uniform(0.5, 1, 3)).astype(np.float32)
                mask, near = np.zeros((side, side, 1), dtype=np.float32), np.zeros((side, side, 1), dtype=bool)
            else:
                clean = a_piece(side)
                mask = mark(clean, rng)
                near = np.ones_like(mask, dtype=bool)
                if quality:
                    near = maximum_filter(mask, (2 * FAITHFUL + 1, 2 * FAITHFUL + 1, 1)) > 0
            marked = (1 - mask) * clean + mask
            if quality:
                marked = lesson.through_jpeg(marked[None], quality, subsampling=0 if rng.random() < 0.3 else 2)[0]
            top, left = rng.integers(side - SIZE + 1, size=2)
            cut = np.s_[top : top + SIZE, left : left + SIZE]
            given[i], wanted[i, ..., 3:] = marked[cut], mask[cut]
            wanted[i, ..., :3] = np.where(near, clean, marked)[cut]
        yield given, wanted


def on_validation(model: keras.Model, backgrounds: Path | None, seed: int) -> str:
    """PSNR inside and outside the marks, and of what has none, in photographs that the training has not seen."""
    kept = list(split_photos()[1][0])
    if backgrounds:
        kept += [resized(wall_in(backgrounds, name), 400) for name in VALIDATION_WALLS]
    patches = [
        photo[top : top + SIZE, left : left + SIZE]
        for photo in kept
        for top in range(0, photo.shape[0] - SIZE + 1, SIZE)
        for left in range(0, photo.shape[1] - SIZE + 1, SIZE)
    ]
    clean = np.stack(patches * 2)
    results = []
    for kinds in (lesson.KNOWN, lesson.UNSEEN):
        marked, mask = add_watermark(clean, **(MARKS | {"kind": kinds}), seed=seed)
        lifted = lesson.lift(model, marked)
        results += [lesson.decibels(clean, y, w) for y, w in ((marked, mask > 0), (lifted, mask > 0))]
        results.append(lesson.decibels(clean, lifted, mask == 0))
    marked, mask = add_watermark(clean, **MARKS, seed=seed)
    for quality in (95, 75, 50):
        lifted = lesson.lift(model, lesson.through_jpeg(marked, quality))
        results.append(lesson.decibels(clean, lifted, mask > 0))
    whole = np.stack([photo[:256, :400] for photo in kept if min(photo.shape[:2]) >= 256 and photo.shape[1] >= 400])
    results.append(lesson.decibels(whole, lesson.lift(model, whole), np.ones_like(whole[..., :1], dtype=bool)))
    return (
        "known marks: before {:.1f}, inside {:.1f}, outside {:.1f}; unseen {:.1f}, {:.1f}, {:.1f}; known marks after "
        "JPEG at 95, 75, 50 {:.1f}, {:.1f}, {:.1f}; unmarked {:.1f} dB"
    ).format(*results)


class Fused(keras.layers.BatchNormalization):
    """Batch normalisation in one pass over the maps, as TensorFlow has it; with bfloat16 it halves the training."""

    def call(self, inputs: Any, training: bool | None = None, mask: None = None) -> Any:
        """The maps normalised; in training their means and variances are taken in."""
        if not training:
            return super().call(inputs, training=False)
        import tensorflow as tf

        y, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=inputs, scale=self.gamma, offset=self.beta, mean=[], variance=[], epsilon=self.epsilon
        )
        for moving, now in ((self.moving_mean, mean), (self.moving_variance, variance)):
            moving.assign(self.momentum * moving + (1 - self.momentum) * now)
        return y


def in_training(half: bool) -> keras.Model:
    """The lesson's network with `Fused` for its batch normalisation, and, if `half`, bfloat16 for its maps."""
    keras.mixed_precision.set_dtype_policy("mixed_bfloat16" if half else "float32")
    network = keras.models.clone_model(
        lesson.lifter(),
        clone_function=lambda layer: (
            Fused.from_config(layer.get_config() | {"momentum": MOMENTUM})
            if isinstance(layer, keras.layers.BatchNormalization)
            else layer.__class__.from_config(layer.get_config())
        ),
    )
    keras.mixed_precision.set_dtype_policy("float32")
    return network


def main(arguments: list[str] | None = None) -> int:
    """Train, say how it goes, and write the file."""
    parser = argparse.ArgumentParser(prog="python -m lessons.watermarks.train", description=main.__doc__)
    parser.add_argument("--minutes", type=float, default=76.0, help="of the processor")
    parser.add_argument("--begin", type=Path, help="weights to go on from")
    parser.add_argument("--half", action="store_true", help="bfloat16: half as long, if the processor knows it")
    parser.add_argument("--photographs", type=Path, help="folder with Debian's backgrounds; without it fewer pictures")
    parser.add_argument("--to", type=Path, default=DATA / "lifter.npz")
    options = parser.parse_args(arguments)
    keras.utils.set_random_seed(0)
    asked, trained = lesson.lifter(), in_training(options.half)
    if options.begin:
        trained.set_weights(read(options.begin))
    optimizer = keras.optimizers.Adam(RATE, global_clipnorm=1.0)
    optimizer.build(trained.trainable_variables)
    trained.compile(optimizer=optimizer, loss="mse", jit_compile=False, steps_per_execution=5)
    told = time.perf_counter()

    def tell(epoch: int, logs: dict[str, float]) -> None:
        nonlocal told
        if time.perf_counter() > told + PAUSE:
            asked.set_weights(rounded(trained.get_weights()))
            reached = on_validation(asked, options.photographs, seed=1)
            print(f"{(epoch + 1) * STEPS} steps, loss {logs['loss']:.5f}; {reached}", flush=True)
            store(trained.get_weights(), options.to)
            told = time.perf_counter()

    trained.fit(
        pairs(np.random.default_rng(0), options.photographs),
        steps_per_epoch=STEPS,
        epochs=100_000,
        verbose=0,
        callbacks=[ByTheProcessor(60 * options.minutes, RATE), keras.callbacks.LambdaCallback(on_epoch_end=tell)],
    )
    asked.set_weights(rounded(trained.get_weights()))
    print(f"stored with half precision; {on_validation(asked, options.photographs, seed=2)}")
    store(trained.get_weights(), options.to)
    return 0


if __name__ == "__main__":
    sys.exit(main())
