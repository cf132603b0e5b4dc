"""Train lesson 09's network as the lesson does, only longer, and store its weights in `aecourse/data/denoiser.npz`.

    python tools/train_denoiser.py [--epochs 30]

It learns from the lesson's training sentences without those for validation; the test sentences are not used. Write the
SHA-256 that is printed at the end into `sources.toml`.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from aecourse.backend import keras  # noqa: E402
from aecourse.datasets import load_speech  # noqa: E402
from benchmarks.lesson_code import functions_of  # noqa: E402
from benchmarks.sound import VALIDATION  # noqa: E402
from tools.train_lifter import store  # noqa: E402


def main(arguments: list[str] | None = None) -> int:
    """Train, say how far it went beside the Wiener filter on the validation sentences, and write the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--to", type=Path, default=ROOT / "aecourse" / "data" / "denoiser.npz")
    options = parser.parse_args(arguments)
    lesson = functions_of("09_sound")
    x = load_speech()[0][0]
    x_fit, x_valid = x[:-VALIDATION], x[-VALIDATION:]
    noisy = lesson["noisy_versions"](x_valid, x_fit, np.random.default_rng(1))
    dials = lesson["best_dials"]("Wiener filter", x_valid, noisy)

    keras.utils.set_random_seed(0)
    began = time.perf_counter()
    model = lesson["trained"](x_fit, np.random.default_rng(3), epochs=options.epochs)
    print(f"{options.epochs} epochs in {time.perf_counter() - began:.0f} s")
    model.set_weights([w.astype(np.float16).astype(np.float32) for w in model.get_weights()])
    wiener = lesson["mean_gain"](x_valid, noisy, lambda z: lesson["classical"]("Wiener filter", dials, z))
    gained = lesson["mean_gain"](x_valid, noisy, lambda z: lesson["remove_noise"](model, z))
    print(f"validation sentences, SI-SDR gained: {gained:.2f} dB; Wiener filter {wiener:.2f} dB")
    store(model.get_weights(), options.to)
    return 0


if __name__ == "__main__":
    sys.exit(main())
