"""Train the lesson's network on pages without an end and store its weights in `aecourse/data/restorer.npz`.

    python -m lessons.reading.train --type FOLDER [--minutes 25] [--begin FILE --rate 0.0015]

The network is the lesson's own. It learns from pages that are set for it alone: some eighty free fonts in letters of 13
to 36 pixels, explanations of words from WordNet, ruled lines; damaged from hardly to badly. FOLDER holds Debian's
packages of fonts and WordNet, unpacked, as `tools/pages.py` says; those that train it beside the ones named there are

    fonts-cabin fonts-crosextra-caladea fonts-crosextra-carlito fonts-freefont-ttf fonts-gfs-didot fonts-gfs-artemisia
    fonts-gfs-neohellenic fonts-inconsolata fonts-junicode fonts-karla fonts-play fonts-quattrocento
    fonts-roboto-unhinted fonts-sil-andika fonts-sil-charis fonts-sil-doulos fonts-texgyre fonts-adf-baskervald
    fonts-adf-gillius fonts-adf-romande fonts-adf-tribun fonts-adf-universalis fonts-adf-libris fonts-tuffy
    fonts-dosis fonts-oxygen fonts-century-catalogue fonts-paratype fonts-lmodern

It never sees the four fonts that the lesson judges on, nor the two that it chooses on, nor their texts. Without FOLDER
it learns from the pages that the course carries for a beginning. The minutes are the processor's: how far a training
comes depends on how fast that is. Write the SHA-256 that is printed at the end into `sources.toml`.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from aecourse.backend import keras
from aecourse.corruption import scan_badly
from aecourse.datasets import split_pages
from aecourse.recipes import reading as lesson
from tools.clocks import ByTheProcessor
from tools.pages import TEST, VALID, font, glosses, letter_size
from tools.weights import DATA, read, rounded, store

SIZE, BATCH, STEPS, RATE = 96, 8, 50, 3e-3
HEIGHT, WIDTH = 256, 384
KEPT, EVERY = 200, 3  # pages at hand, and steps from one new page to the next
PAUSE = 240  # seconds from one report to the next
# No letters as one reads them, or too thin or thick to be a text's; and relatives of the fonts that are kept apart.
NOT = "Math Thin Hairline Light Black Heavy Caps dunh unsl Chorus chorus Script Style Tamil [wght] lmroman5 lmsansquot"
APART = ("EBGaramond", "Cantarell", "Courier Prime", "LinLibertine", "LinBiolinum", "GenB", "OpenSans")
Array = NDArray[np.float32]


def families(folder: Path) -> list[list[Path]]:
    """The fonts to learn from, those of one package together."""
    found: dict[Path, list[Path]] = {}
    for path in sorted([*folder.glob("**/*.ttf"), *folder.glob("**/*.otf")]):
        name = path.stem
        if not any(part in name for part in NOT.split()) and not name.startswith(APART):
            found.setdefault(path.parent, []).append(path)
    assert not {path.name for paths in found.values() for path in paths} & {*TEST, *VALID}
    return list(found.values())


def typeset(fonts: list[list[Path]], texts: list[str], rng: np.random.Generator) -> Array:
    """A page with margins, spacing and letters of its own; here and there a heading, a ruled line or figures."""
    page = Image.new("L", (WIDTH, HEIGHT), 255)
    draw = ImageDraw.Draw(page)
    size, leading = letter_size(rng, 13, 36), rng.uniform(1.1, 1.8)
    family = fonts[rng.integers(len(fonts))]
    chosen = family[rng.integers(len(family))]
    left, top = int(rng.integers(0, 60)), float(rng.integers(-8, 30))
    black = int(rng.integers(60) if rng.random() < 0.3 else 0)
    while top < HEIGHT:
        if rng.random() < 0.15:
            chosen = family[rng.integers(len(family))]
        words = texts[rng.integers(len(texts))]
        kind = rng.random()
        if kind < 0.08:
            words = words.upper()
        elif kind < 0.16:
            words = "  ".join(f"{rng.integers(10 ** rng.integers(1, 6)):,}" for _ in range(12))
        elif kind < 0.22:
            words = "".join(rng.choice(list("abcdefghijklmnopqrstuvwxyzABCDEFGHKLMNPRSTW!?&%/$#*+=@\"'-"), 40))
        start = rng.integers(len(words)) if rng.random() < 0.5 else 0
        at = (left + (int(rng.integers(80)) if rng.random() < 0.1 else 0), round(top))
        draw.text(at, words[start:] + " " + texts[rng.integers(len(texts))], font=font(chosen, size), fill=black)
        if rng.random() < 0.04:
            draw.line((left, round(top), WIDTH - left, round(top)), fill=black, width=int(rng.integers(1, 4)))
        top += leading * size
    if rng.random() < 0.05:
        column = int(rng.integers(WIDTH))
        draw.line((column, 0, column, HEIGHT), fill=black, width=int(rng.integers(1, 4)))
    turned = page.rotate(float(rng.normal(0, 0.8)), Image.Resampling.BICUBIC, fillcolor=255)
    return np.asarray(turned, dtype=np.float32)[None, ..., None] / np.float32(255)


def carried(rng: np.random.Generator) -> Array:
    """One of the pages that the course carries to fit on."""
    x = split_pages()[0][0]
    return x[[rng.integers(len(x))], :HEIGHT, :WIDTH]


def batches(folder: Path | None, rng: np.random.Generator) -> Iterator[tuple[Array, Array]]:
    """Pieces of damaged pages in two views, and of the clean pages, without an end."""
    fonts, texts = (families(folder), glosses(folder)[0]) if folder else ([], [])
    clean: list[Array] = []
    seen: list[Array] = []
    steps = 0
    while True:
        for _ in range(KEPT // 4 if not clean else steps % EVERY == 0):
            page = typeset(fonts, texts, rng) if folder else carried(rng)
            back = typeset(fonts, texts, rng) if folder and not clean else clean[-1] if clean else page
            strength = 1.0 if rng.random() < 0.7 else float(rng.uniform(0, 1.2))
            both = scan_badly(np.concatenate([page, back]), strength=strength, seed=rng)[:1]
            clean.append(page)
            seen.append(lesson.two_views(both))
        clean, seen = clean[-KEPT:], seen[-KEPT:]
        x, y = np.empty((BATCH, SIZE, SIZE, 2), np.float32), np.empty((BATCH, SIZE, SIZE, 1), np.float32)
        for i in range(BATCH):
            which = rng.integers(len(clean))
            top, side = rng.integers(HEIGHT - SIZE + 1), rng.integers(WIDTH - SIZE + 1)
            piece = (slice(top, top + SIZE), slice(side, side + SIZE))
            x[i], y[i] = seen[which][0][piece], clean[which][0][piece]
        steps += 1
        yield x, y


def on_validation(model: keras.Model) -> str:
    """The cross-entropy and the PSNR on the pages to choose on."""
    x = split_pages()[1][0]
    y = lesson.cleaned(model, scan_badly(x, seed=1))
    entropy = -np.mean(x * np.log(np.clip(y, 1e-6, 1)) + (1 - x) * np.log(np.clip(1 - y, 1e-6, 1)))
    return f"validation pages: cross-entropy {entropy:.4f}, PSNR {-10 * np.log10(np.mean((x - y) ** 2)):.2f} dB"


def main(arguments: list[str] | None = None) -> int:
    """Train, say how it goes, and write the file."""
    parser = argparse.ArgumentParser(prog="python -m lessons.reading.train", description=main.__doc__)
    parser.add_argument("--minutes", type=float, default=25.0)
    parser.add_argument("--type", type=Path, help="folder with Debian's fonts and WordNet; without it few pages")
    parser.add_argument("--begin", type=Path, help="weights to go on from")
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--seed", type=int, default=0, help="of the pages")
    parser.add_argument("--to", type=Path, default=DATA / "restorer.npz")
    options = parser.parse_args(arguments)
    keras.utils.set_random_seed(0)
    model = lesson.reader()
    if options.begin:
        model.set_weights(read(options.begin))
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.99  # the lesson's 0.9 is for a training of a few steps
    optimizer = keras.optimizers.Adam(options.rate, global_clipnorm=1.0)
    optimizer.build(model.trainable_variables)
    model.compile(optimizer=optimizer, loss="binary_crossentropy", jit_compile=False, steps_per_execution=2)
    told = time.perf_counter()

    def tell(epoch: int, logs: dict[str, float]) -> None:
        nonlocal told
        if time.perf_counter() - told > PAUSE:
            told = time.perf_counter()
            store(model.get_weights(), options.to)
            print(f"{(epoch + 1) * STEPS} steps, loss {logs['loss']:.4f}; {on_validation(model)}", flush=True)

    model.fit(
        batches(options.type, np.random.default_rng(options.seed)),
        steps_per_epoch=STEPS,
        epochs=100_000,
        verbose=0,
        callbacks=[
            ByTheProcessor(60 * options.minutes, options.rate),
            keras.callbacks.LambdaCallback(on_epoch_end=tell),
        ],
    )
    model.set_weights(rounded(model.get_weights()))
    print(f"{model.optimizer.iterations.numpy()} steps, {time.process_time():.0f} s of the processor")
    print(f"stored with half precision; {on_validation(model)}")
    store(model.get_weights(), options.to)
    return 0


if __name__ == "__main__":
    sys.exit(main())
