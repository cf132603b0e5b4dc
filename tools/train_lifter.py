"""Train lesson 06's network for white watermarks and store its weights in `aecourse/data/lifter.npz`.

    python tools/train_lifter.py [--minutes 20]

The network is the lesson's own. It learns from the lesson's training photographs without the one for validation, and
from other pictures that scikit-image and matplotlib carry; the test photographs are not read. How far it comes depends
on the machine, as its schedule follows the clock. Write the SHA-256 that is printed at the end into `sources.toml`.
"""

from __future__ import annotations

import argparse
import hashlib
import io
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
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from aecourse.backend import keras  # noqa: E402
from aecourse.corruption import add_watermark  # noqa: E402
from aecourse.datasets import load_photos  # noqa: E402
from benchmarks.lesson_code import functions_of  # noqa: E402

LESSON = functions_of("06_watermarks")
VALIDATION = "coffee"
OTHER = ("camera", "brick", "grass", "gravel", "coins", "moon", "motorcycle_left", "ihc", "page")  # of scikit-image
RARE = {"ihc": 0.3, "retina": 0.5, "hubble_deep_field": 0.4, "page": 0.5}  # unlike other photographs: drawn less often
LONGER_SIDES = (240, 320, 400, 520)
SIZE, BATCH, STEPS, RATE = 96, 16, 200, 3e-3
MARKS = {"kind": LESSON["KNOWN"], "colour": LESSON["WHITE"], "opacity": (0.3, 0.8)}
Array = NDArray[np.float32]


def pictures() -> list[tuple[Array, float]]:
    """Each picture in several sizes, and how often it is to be drawn."""
    (photos, names), _ = load_photos(whole=True)
    files = {name: Path(skimage.__file__).parent / "data" / f"{name}.png" for name in OTHER}
    files["grace_hopper"] = Path(mpl.get_data_path()) / "sample_data" / "grace_hopper.jpg"
    all_of_them = {name: as_image(photo) for name, photo in zip(names, photos, strict=True)}
    del all_of_them[VALIDATION]
    all_of_them |= {name: Image.open(file).convert("RGB") for name, file in files.items()}
    return [
        (resized(picture, side), RARE.get(name, 1.0)) for name, picture in all_of_them.items() for side in LONGER_SIDES
    ]


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
    if rng.random() < 0.5:
        patch = patch[..., rng.permutation(3)]
    kind, shade = rng.random(), patch.mean(axis=-1, keepdims=True)
    if kind < 0.15:
        patch = shade * rng.uniform(0.4, 1.2, 3)
    elif kind < 0.3:
        patch = shade + (patch - shade) * rng.uniform(0, 1.5)
    patch = np.clip(patch, 0, 1) ** rng.uniform(0.6, 1.6) * rng.uniform(0.7, 1.0)
    return np.asarray(1 - patch if rng.random() < 0.2 else patch, dtype=np.float32)


def pairs(rng: np.random.Generator) -> Iterator[tuple[Array, Array]]:
    """Batches without an end: marked patches with clues, a quarter marked twice; and clean ones with their masks."""
    drawn_from = pictures()
    shares = np.array([often for _, often in drawn_from])
    while True:
        clean = np.empty((BATCH, SIZE, SIZE, 3), dtype=np.float32)
        for i, which in enumerate(rng.choice(len(drawn_from), BATCH, p=shares / shares.sum())):
            picture = drawn_from[which][0]
            top, left = (int(rng.integers(side - SIZE + 1)) for side in picture.shape[:2])
            clean[i] = varied(picture[top : top + SIZE, left : left + SIZE], rng)
        marked, mask = add_watermark(clean, **MARKS, seed=rng)
        few = BATCH // 4
        marked[:few], more = add_watermark(marked[:few], **MARKS, seed=rng)
        mask[:few] = 1 - (1 - mask[:few]) * (1 - more)  # white on white is white
        yield LESSON["with_clues"](marked), np.concatenate([clean, mask], axis=-1)


class ByTheClock(keras.callbacks.Callback):
    """A learning rate that rises for a moment and falls to zero along half a cosine when the seconds are over."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds, self.began = seconds, time.perf_counter()

    def on_train_batch_begin(self, batch: int, logs: object = None) -> None:
        """Set the rate; end the training."""
        way = min(1.0, (time.perf_counter() - self.began) / self.seconds)
        self.model.optimizer.learning_rate = RATE * min(1.0, way / 0.03 + 0.02) * (1 + math.cos(math.pi * way)) / 2
        self.model.stop_training = way >= 1


def on_validation(model: keras.Model, seed: int) -> str:
    """PSNR inside and outside the marks on patches of the validation photograph."""
    (x, names), _ = load_photos(size=SIZE, stride=SIZE // 2)
    clean = np.concatenate([x[names == VALIDATION]] * 3)
    results = []
    for kinds in (LESSON["KNOWN"], LESSON["UNSEEN"]):
        marked, mask = add_watermark(clean, **(MARKS | {"kind": kinds}), seed=seed)
        lifted = LESSON["lift"](model, marked)
        results += [LESSON["decibels"](clean, y, w) for y, w in ((marked, mask > 0), (lifted, mask > 0))]
        results.append(LESSON["decibels"](clean, lifted, mask == 0))
    return "known marks: before {:.1f}, inside {:.1f}, outside {:.1f}; unseen {:.1f}, {:.1f}, {:.1f} dB".format(
        *results
    )


def store(weights: list[Array], path: Path) -> None:
    """Write the weights with half precision, the same bytes for the same weights, and print the file's digest."""
    arrays: dict[str, Any] = {f"{i:03}": w.astype(np.float16) for i, w in enumerate(weights)}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    path.write_bytes(buffer.getvalue())
    print(f"{path}: {path.stat().st_size:,} bytes, SHA-256 {hashlib.sha256(buffer.getvalue()).hexdigest()}")


def main(arguments: list[str] | None = None) -> int:
    """Train, say how it goes, and write the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--to", type=Path, default=ROOT / "aecourse" / "data" / "lifter.npz")
    options = parser.parse_args(arguments)
    keras.utils.set_random_seed(0)
    model = LESSON["lifter"]()
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.99  # the lesson's 0.9 is for a training of a few steps
    optimizer = keras.optimizers.Adam(RATE)
    optimizer.build(model.trainable_variables)
    model.compile(optimizer=optimizer, loss="mse", jit_compile=False)

    def tell(epoch: int, logs: dict[str, float]) -> None:
        if epoch % 4 == 3:
            print(f"{(epoch + 1) * STEPS} steps, loss {logs['loss']:.4f}; {on_validation(model, seed=1)}", flush=True)

    model.fit(
        pairs(np.random.default_rng(0)),
        steps_per_epoch=STEPS,
        epochs=100_000,
        verbose=0,
        callbacks=[ByTheClock(60 * options.minutes), keras.callbacks.LambdaCallback(on_epoch_end=tell)],
    )
    model.set_weights([w.astype(np.float16).astype(np.float32) for w in model.get_weights()])
    print(f"stored with half precision; {on_validation(model, seed=2)}")
    store(model.get_weights(), options.to)
    return 0


if __name__ == "__main__":
    sys.exit(main())
