"""Train the lesson's network for white watermarks and store its weights in `aecourse/data/lifter.npz`.

    python -m lessons.watermarks.train --photographs FOLDER [--minutes 38] [--again 0] [--begin FILE]

The network is the lesson's own. The weights that the course carries come from the first round, which teaches it to lift
marks from pieces that all have one. A second round goes on from there (or from the weights in FILE, and then there is
no first) with smaller steps and with what is met outside: many pieces without a mark, small writing, pieces that were
saved as JPEG once marked. Its weights were not taken: after 1,050 batches photographs without a mark had gained 2 dB
and marks after JPEG nothing, and the known marks had lost 5 of their 27 dB; smaller steps lost as much. The network
learns from the photographs that the course fits on, from pictures that scikit-image and matplotlib carry, and from 31
of the 36 photographs of Debian's packages of desktop backgrounds that WALLS names (the other five are for validation);
the test photographs are not used. To have those:

    mkdir backgrounds; cd backgrounds
    apt-get download mate-backgrounds lomiri-wallpapers-16.04 lomiri-wallpapers-20.04 plasma-workspace-wallpapers
    for package in *.deb; do dpkg -x $package .; done

How far a training comes depends on the machine, as its schedule follows the clock. Every few minutes the file is
written anew. Write the SHA-256 that is printed at the end into `sources.toml`.
"""

from __future__ import annotations

import argparse
import io
import math
import sys
import time
from collections.abc import Callable, Iterator
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
from tools.clocks import ByTheClock
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
SIDES, WALL_SIDES = (240, 320, 400, 520), (300, 400, 520, 680)
SIZE, BATCH, STEPS, RATE = 96, 16, 50, 2e-3
PAUSE = 240  # seconds from one report to the next
# The second round: fewer pieces at a time, larger pictures beside the others, smaller steps.
BATCH_AGAIN, RATE_AGAIN = 8, 8e-4
SIDES_AGAIN, WALL_SIDES_AGAIN = (200, 280, 400, 512), (240, 340, 460, 640, 1000)
UNMARKED, COMPRESSED, FAITHFUL = 0.35, 0.5, 8  # shares of the pieces; pixels around a mark
MARKS: dict[str, Any] = {"kind": lesson.KNOWN, "colour": lesson.WHITE, "opacity": lesson.OPACITY}
Array = NDArray[np.float32]


def pictures(
    backgrounds: Path | None, sides: tuple[int, ...] = SIDES, wall_sides: tuple[int, ...] = WALL_SIDES
) -> list[tuple[Array, float]]:
    """Each picture in several sizes, and how often it is to be drawn."""
    (photos, names), _, _ = split_photos()
    files = {name: Path(skimage.__file__).parent / "data" / f"{name}.png" for name in OTHER}
    files["grace_hopper"] = Path(mpl.get_data_path()) / "sample_data" / "grace_hopper.jpg"
    all_of_them = {name: as_image(photo) for name, photo in zip(names, photos, strict=True)}
    all_of_them |= {name: Image.open(file).convert("RGB") for name, file in files.items()}
    several = [(resized(p, side), RARE.get(name, 1.0)) for name, p in all_of_them.items() for side in sides]
    if backgrounds:
        walls = [wall_in(backgrounds, name) for name in WALLS if name not in VALIDATION_WALLS]
        several += [(resized(picture, side), 1.0) for picture in walls for side in wall_sides]
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


def pairs(rng: np.random.Generator, backgrounds: Path | None) -> Iterator[tuple[Array, Array]]:
    """Batches without an end: marked patches, a quarter of them with doodles, and clean ones with their masks."""
    drawn_from = pictures(backgrounds)
    shares = np.array([often for _, often in drawn_from])
    while True:
        clean = np.empty((BATCH, SIZE, SIZE, 3), dtype=np.float32)
        for i, which in enumerate(rng.choice(len(drawn_from), BATCH, p=shares / shares.sum())):
            picture = drawn_from[which][0]
            top, left = (int(rng.integers(side - SIZE + 1)) for side in picture.shape[:2])
            clean[i] = varied(picture[top : top + SIZE, left : left + SIZE], rng)
        _, mask = add_watermark(clean, **MARKS, seed=rng)
        for i in range(BATCH // 4):
            mask[i, ..., 0] = doodle(rng) * rng.uniform(*MARKS["opacity"])
        few = slice(BATCH // 4 - 1, BATCH // 4 + 1)  # one doodle and one mark get a second mark
        _, more = add_watermark(clean[few], **MARKS, seed=rng)
        mask[few] = 1 - (1 - mask[few]) * (1 - more)  # white on white is white
        yield np.asarray((1 - mask) * clean + mask, dtype=np.float32), np.concatenate([clean, mask], axis=-1)


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
    """One to three marks for a piece: the opacity in each pixel."""
    left = np.ones((*piece.shape[:2], 1), dtype=np.float32)
    for _ in range(rng.choice([1, 2, 3], p=[0.7, 0.2, 0.1])):
        opacity, kind = rng.uniform(0.2, 0.85), rng.random()
        if kind < 0.15:
            drawn = doodle(rng)
            more = np.asarray(Image.fromarray(drawn).resize(piece.shape[1::-1], Image.Resampling.BILINEAR))[..., None]
            more = more * opacity
        elif kind < 0.5:
            more = writing(rng, len(piece))[..., None] * opacity
        else:
            height = math.exp(rng.uniform(math.log(8), math.log(60)))
            options = MARKS | {"opacity": opacity, "size": height}
            more = add_watermark(piece[None], **options, seed=rng)[1][0]
        left = left * (1 - more)  # white on white is white
    return np.asarray(1 - left, dtype=np.float32)


def compressed(piece: Array, quality: int) -> Array:
    """What JPEG makes of a piece."""
    file = io.BytesIO()
    as_image(piece).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file), dtype=np.float32) / np.float32(255)


def bright(piece: Array) -> float:
    """How much of a piece the formula by hand takes for a mark."""
    return float((lesson.clue(piece[None], 9) > 0.15).mean())


def pairs_again(rng: np.random.Generator, backgrounds: Path | None) -> Iterator[tuple[Array, Array]]:
    """Batches without an end of the second round.

    Of the pieces without a mark half are the brightest of four, in others something opaque has been drawn: both are to
    stay as they are. Where a mark is far, a piece that was compressed is to stay compressed.
    """
    drawn_from = pictures(backgrounds, SIDES_AGAIN, WALL_SIDES_AGAIN)
    kept = [np.round(255 * picture).astype(np.uint8) for picture, _ in drawn_from]
    shares = np.array([often for _, often in drawn_from])
    shares /= shares.sum()

    def a_piece() -> Array:
        picture = kept[rng.choice(len(kept), p=shares)]
        top, left = (int(rng.integers(side - SIZE + 1)) for side in picture.shape[:2])
        piece = picture[top : top + SIZE, left : left + SIZE].astype(np.float32) / np.float32(255)
        return varied(piece, rng)

    while True:
        given = np.empty((BATCH_AGAIN, SIZE, SIZE, 3), dtype=np.float32)
        wanted = np.zeros((*given.shape[:3], 4), dtype=np.float32)
        for i in range(BATCH_AGAIN):
            quality = int(rng.integers(40, 96)) if rng.random() < COMPRESSED else None
            if rng.random() < UNMARKED:
                piece = max((a_piece() for _ in range(4)), key=bright) if rng.random() < 0.5 else a_piece()
                if rng.random() < 0.1:
                    shape = writing(rng, SIZE)[..., None]
                    piece = ((1 - shape) * piece + shape * rng.uniform(0.5, 1, 3)).astype(np.float32)
                given[i] = compressed(piece, quality) if quality else piece
                wanted[i, ..., :3] = given[i]
                continue
            piece = a_piece()
            mask = mark(piece, rng)
            given[i] = (1 - mask) * piece + mask
            near = True
            if quality:
                given[i] = compressed(given[i], quality)
                near = maximum_filter(mask, (2 * FAITHFUL + 1, 2 * FAITHFUL + 1, 1)) > 0
            wanted[i, ..., :3] = np.where(near, piece, given[i])
            wanted[i, ..., 3:] = mask
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
    lifted = lesson.lift(model, np.stack([compressed(piece, 75) for piece in marked]))
    results.append(lesson.decibels(clean, lifted, mask > 0))
    whole = np.stack([photo[:256, :400] for photo in kept if min(photo.shape[:2]) >= 256 and photo.shape[1] >= 400])
    results.append(lesson.decibels(whole, lesson.lift(model, whole), np.ones_like(whole[..., :1], dtype=bool)))
    return (
        "known marks: before {:.1f}, inside {:.1f}, outside {:.1f}; unseen {:.1f}, {:.1f}, {:.1f}; known marks after "
        "JPEG {:.1f}; unmarked {:.1f} dB"
    ).format(*results)


def trained_on(
    batches: Callable[[], Iterator[tuple[Array, Array]]],
    rate: float,
    minutes: float,
    begin: list[Array] | None,
    half: bool,
    tell: Callable[[list[Array], int, float], None],
) -> list[Array]:
    """The weights after so many minutes; `tell` hears of them, of the steps and of the loss now and then."""
    keras.mixed_precision.set_dtype_policy("mixed_bfloat16" if half else "float32")
    model = lesson.lifter()
    keras.mixed_precision.set_dtype_policy("float32")
    if begin:
        model.set_weights(begin)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.99  # the lesson's 0.9 is for a training of a few steps
    optimizer = keras.optimizers.Adam(rate, global_clipnorm=1.0)
    optimizer.build(model.trainable_variables)
    model.compile(optimizer=optimizer, loss="mse", jit_compile=False, steps_per_execution=5)
    import tensorflow as tf

    signature = tuple(tf.TensorSpec((None, SIZE, SIZE, channels), "float32") for channels in (3, 4))

    told = time.perf_counter()

    def now_and_then(epoch: int, logs: dict[str, float]) -> None:
        nonlocal told
        if time.perf_counter() > told + PAUSE:
            tell(model.get_weights(), (epoch + 1) * STEPS, logs["loss"])
            told = time.perf_counter()

    model.fit(
        tf.data.Dataset.from_generator(batches, output_signature=signature).prefetch(4),
        steps_per_epoch=STEPS,
        epochs=100_000,
        verbose=0,
        callbacks=[ByTheClock(60 * minutes, rate), keras.callbacks.LambdaCallback(on_epoch_end=now_and_then)],
    )
    return rounded(model.get_weights())


def main(arguments: list[str] | None = None) -> int:
    """Train, say how it goes, and write the file."""
    parser = argparse.ArgumentParser(prog="python -m lessons.watermarks.train", description=main.__doc__)
    parser.add_argument("--minutes", type=float, default=38.0)
    parser.add_argument("--again", type=float, default=0.0, help="minutes of a second round")
    parser.add_argument("--begin", type=Path, help="weights to begin the second round with, instead of a first")
    parser.add_argument("--half", action="store_true", help="bfloat16: half as long, if the processor knows it")
    parser.add_argument("--photographs", type=Path, help="folder with Debian's backgrounds; without it fewer pictures")
    parser.add_argument("--to", type=Path, default=DATA / "lifter.npz")
    options = parser.parse_args(arguments)
    keras.utils.set_random_seed(0)
    model = lesson.lifter()

    def tell(weights: list[Array], steps: int, loss: float) -> None:
        model.set_weights(rounded(weights))
        reached = on_validation(model, options.photographs, seed=1)
        print(f"{steps} steps, loss {loss:.5f}; {reached}", flush=True)
        store(weights, options.to)

    if options.begin:
        weights = read(options.begin)
    else:
        first = lambda: pairs(np.random.default_rng(0), options.photographs)  # noqa: E731
        weights = trained_on(first, RATE, options.minutes, None, options.half, tell)
    if options.again:
        second = lambda: pairs_again(np.random.default_rng(1), options.photographs)  # noqa: E731
        weights = trained_on(second, RATE_AGAIN, options.again, weights, options.half, tell)
    model.set_weights(weights)
    print(f"stored with half precision; {on_validation(model, options.photographs, seed=2)}")
    store(weights, options.to)
    return 0


if __name__ == "__main__":
    sys.exit(main())
