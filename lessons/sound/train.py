"""Train the lesson's network as the lesson does, only longer, and store its weights in `aecourse/data/denoiser.npz`.

    python -m lessons.sound.train [--epochs 12] [--again 7]
    python -m lessons.sound.train --begin aecourse/data/denoiser.npz --minutes 14

The second command goes on from stored weights. Each sound then comes at a speed of its own, and in a colour of its own:
some parts of its spectrum louder, others softer, as other mouths and other microphones make them. It learns from the
speech that the lesson fits on; the test sentences are not used. Write the SHA-256 that is printed at
the end into `sources.toml`.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aecourse.backend import keras
from aecourse.corruption import babble, hum, mix_at_snr, white_noise
from aecourse.datasets import split_speech
from aecourse.recipes import sound as lesson
from tools.clocks import ByTheProcessor
from tools.weights import DATA, read, rounded, store

AGAIN = (7,)  # a third round of 8 gained on the speaker it learns from and lost on others
# The speed of the recording stands twice: most is asked of it.
FURTHER_SPEEDS = (0.5, 0.6, 0.7, 0.85, 1.0, 1.0, 1.15)


ROUND, BATCH = 1064, 8
SLOWEST, FASTEST = 0.45, 1.2  # speeds of the second command
KNOTS = (0, 0.06, 0.2, 0.5, 1)  # where on the way to the highest frequency a colour has a gain by lot
RATE = 2e-3
Sounds = NDArray[np.float32]


def coloured(x: Sounds, spread: float, rng: np.random.Generator) -> Sounds:
    """Sounds of the same loudness, with gains that change slowly with the frequency; their spread in decibels."""
    gains = rng.normal(0, spread, (len(x), len(KNOTS)))
    gains -= gains.mean(axis=1, keepdims=True)
    places = np.linspace(0, 1, x.shape[1] // 2 + 1)
    curves = np.stack([np.interp(places, KNOTS, row) for row in gains])
    y = np.fft.irfft(np.fft.rfft(x, axis=1) * 10 ** (curves / 20), x.shape[1], axis=1)
    loudness = [np.mean(sound**2, axis=1, keepdims=True) for sound in (x, y)]
    return np.asarray(y * np.sqrt(loudness[0] / np.maximum(loudness[1], 1e-12)), dtype=np.float32)


def some(x: Sounds, n: int, spread: float, rng: np.random.Generator) -> Sounds:
    """Draw n of the sounds, each from anywhere in it, at a speed and in a colour of its own."""
    times = np.arange(x.shape[1])
    chosen, speeds = x[rng.integers(len(x), size=n)], rng.uniform(SLOWEST, FASTEST, n)
    starts = rng.integers(x.shape[1], size=n)
    played = [
        np.interp(times * speed + start, times, sound, period=x.shape[1])
        for speed, start, sound in zip(speeds, starts, chosen, strict=True)
    ]
    return coloured(np.stack(played), spread, rng)


def batches(x: Sounds, rng: np.random.Generator) -> Iterator[tuple[Sounds, Sounds]]:
    """Noisy sounds and clean ones, without an end; each round has voices, colours and noises of its own."""
    while True:
        clean, crowd = some(x, ROUND, 5, rng), some(x, 400, 4, rng)
        noises = [white_noise(100, x.shape[1], seed=rng), hum(40, x.shape[1], seed=rng), babble(220, crowd, seed=rng)]
        noisy = mix_at_snr(clean, np.concatenate(noises), snr=rng.uniform(-5, 12, ROUND), seed=rng)
        for first in range(0, ROUND, BATCH):
            yield noisy[first : first + BATCH], clean[first : first + BATCH]


def further(model: keras.Model, x: Sounds, minutes: float, rng: np.random.Generator) -> int:
    """Train on for so many minutes of the processor; return the number of steps."""
    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.99  # the lesson's 0.9 is for a training of a few epochs
    model.compile(optimizer=keras.optimizers.Adam(RATE), loss=lesson.negative_si_sdr, jit_compile=False)
    ends = ByTheProcessor(60 * minutes, RATE)
    model.fit(batches(x, rng), steps_per_epoch=ROUND // BATCH, epochs=100_000, verbose=0, callbacks=[ends])
    return int(model.optimizer.iterations.numpy())


def from_the_start(x: Sounds, epochs: list[int]) -> keras.Model:
    """The lesson's training, and further rounds with smaller steps."""
    keras.utils.set_random_seed(0)
    began = time.perf_counter()
    model = lesson.trained(x, np.random.default_rng(3), epochs=epochs[0])
    model.set_weights(rounded(model.get_weights()))
    for i, more in enumerate(epochs[1:], start=1):
        keras.utils.set_random_seed(i)
        again = {"speeds": FURTHER_SPEEDS, "model": model, "learning_rate": 3e-3}
        model = lesson.trained(x, np.random.default_rng(3 + i), epochs=more, **again)
        model.set_weights(rounded(model.get_weights()))
    print(f"{epochs} epochs in {time.perf_counter() - began:.0f} s")
    return model


def main(arguments: list[str] | None = None) -> int:
    """Train, say how far it went beside the Wiener filter on the validation sentences, and write the file."""
    parser = argparse.ArgumentParser(prog="python -m lessons.sound.train", description=main.__doc__)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--again", type=int, nargs="*", default=AGAIN, help="epochs of further rounds, smaller steps")
    parser.add_argument("--begin", type=Path, help="weights to go on from, with colours")
    parser.add_argument("--minutes", type=float, default=14.0, help="of the processor, with --begin")
    parser.add_argument("--to", type=Path, default=DATA / "denoiser.npz")
    options = parser.parse_args(arguments)
    (x_fit, _), (x_valid, _), _ = split_speech()
    noisy = lesson.noisy_versions(x_valid, x_fit, np.random.default_rng(1))
    dials = lesson.best_dials("Wiener filter", x_valid, noisy)

    if options.begin:
        keras.utils.set_random_seed(1)
        model = lesson.denoiser(lesson.masker())
        model.set_weights(read(options.begin))
        print(f"{further(model, x_fit, options.minutes, np.random.default_rng(101))} steps")
        model.set_weights(rounded(model.get_weights()))
    else:
        model = from_the_start(x_fit, [options.epochs, *options.again])
    wiener = lesson.mean_gain(x_valid, noisy, lambda z: lesson.classical("Wiener filter", dials, z))
    gained = lesson.mean_gain(x_valid, noisy, lambda z: lesson.remove_noise(model, z))
    print(f"validation sentences, SI-SDR gained: {gained:.2f} dB; Wiener filter {wiener:.2f} dB")
    store(model.get_weights(), options.to)
    return 0


if __name__ == "__main__":
    sys.exit(main())
