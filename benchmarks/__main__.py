"""Measure the course's models beside published ones: `python -m benchmarks [NAME ...] [--json] [--seed N]`."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
from sklearn.decomposition import PCA

from aecourse.backend import keras
from aecourse.datasets import load_digits
from aecourse.metrics import mse
from benchmarks.lesson_code import functions_of
from benchmarks.published import keras_blog_dense


@dataclass
class Row:
    """One model: `error` is the MSE on the test digits, `seconds` its training."""

    comparison: str
    model: str
    parameters: int
    seconds: float
    error: float


# A model is trained on (x_train, seed) and gives its parameter count and its reconstruction of x_test.
Trained = tuple[int, Callable[[np.ndarray], np.ndarray]]


def pca(components: int) -> Callable[[np.ndarray, int], Trained]:
    """PCA with as many numbers; its parameters are the components and the mean."""

    def train(x: np.ndarray, _: int) -> Trained:
        model = PCA(components, random_state=0).fit(x.reshape(len(x), -1))

        def reconstruct(x_test: np.ndarray) -> np.ndarray:
            codes = model.transform(x_test.reshape(len(x_test), -1))
            return model.inverse_transform(codes).reshape(x_test.shape)

        return model.components_.size + model.mean_.size, reconstruct

    return train


def lesson_dense(latent_dim: int, hidden: tuple[int, ...], epochs: int) -> Callable[[np.ndarray, int], Trained]:
    """Lesson 02's network, by the lesson's own function."""

    def train(x: np.ndarray, _: int) -> Trained:
        model = functions_of("02_dense_keras")["train_dense"](x, latent_dim, hidden, epochs)
        return model.count_params(), model.reconstruct

    return train


def lesson_numpy(x: np.ndarray, seed: int) -> Trained:
    """Lesson 01's network in NumPy, by the lesson's own functions."""
    lesson = functions_of("01_encode_decode")
    layers = lesson["numpy_autoencoder"](x.reshape(len(x), -1), 16, 256, 12, np.random.default_rng(seed))

    def reconstruct(x_test: np.ndarray) -> np.ndarray:
        return lesson["forward"](x_test.reshape(len(x_test), -1), layers)[-1].reshape(x_test.shape)

    return sum(W.size + b.size for W, b, _ in layers), reconstruct


def keras_blog(x: np.ndarray, _: int) -> Trained:
    """The Keras blog's dense network, 32 numbers, 50 epochs."""
    model = keras_blog_dense(x)
    return model.count_params(), lambda t: model.predict(t.reshape(-1, 784), verbose=0).reshape(t.shape)


@dataclass(frozen=True)
class Comparison:
    """Models side by side; the first is the one that the others' ratios refer to."""

    models: dict[str, Callable[[np.ndarray, int], Trained]]
    target: str
    reached: Callable[[list[Row]], bool]


COMPARISONS = {
    "dense16": Comparison(
        {"PCA, 16 numbers": pca(16), "lesson 02, 16 numbers": lesson_dense(16, (384, 192), 11)},
        "at most 0.45 × PCA's error in at most 25 s",
        lambda r: r[1].error <= 0.45 * r[0].error and r[1].seconds <= 25,
    ),
    "dense64": Comparison(
        {"PCA, 64 numbers": pca(64), "lesson 02, 64 numbers": lesson_dense(64, (512,), 5)},
        "at least 15 % below PCA's error",
        lambda r: r[1].error <= 0.85 * r[0].error,
    ),
    "dense32": Comparison(
        {"Keras blog, 32 numbers, 50 epochs": keras_blog, "lesson 02, 32 numbers": lesson_dense(32, (512,), 5)},
        "at most 0.8 × its error in at most its seconds",
        lambda r: r[1].error <= 0.8 * r[0].error and r[1].seconds <= r[0].seconds,
    ),
    "numpy16": Comparison(
        {"PCA, 16 numbers": pca(16), "lesson 01, NumPy, 16 numbers": lesson_numpy},
        "at most 0.6 × PCA's error in at most 15 s",
        lambda r: r[1].error <= 0.6 * r[0].error and r[1].seconds <= 15,
    ),
}


def run(name: str, seed: int) -> list[Row]:
    """Train the models of one comparison, one after the other, and measure each on the test digits."""
    (x_train, _), (x_test, _) = load_digits()
    rows = []
    for model, train in COMPARISONS[name].models.items():
        keras.utils.set_random_seed(seed)
        started = time.perf_counter()
        parameters, reconstruct = train(x_train, seed)
        seconds = time.perf_counter() - started
        rows.append(Row(name, model, parameters, seconds, mse(x_test, reconstruct(x_test))))
    return rows


def machine() -> str:
    """What the numbers were measured on."""
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, "
        f"Keras {keras.__version__} on {keras.backend.backend()}"
    )


def main(arguments: list[str] | None = None) -> int:
    """Run the comparisons that are named, or all; print a table, or a JSON line a row."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(COMPARISONS)}; all by default")
    parser.add_argument("--json", action="store_true", help="print one JSON object a row")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in COMPARISONS]
    if unknown:
        parser.error(f"no comparison is called {', '.join(unknown)}; there are {', '.join(COMPARISONS)}")

    if not options.json:
        print(f"{machine()}; seed {options.seed}\n")
        print(f"{'model':36}{'parameters':>12}{'seconds':>9}{'test MSE':>10}{'× seconds':>11}{'× error':>9}")
    for name in options.names or COMPARISONS:
        rows = run(name, options.seed)
        reached = COMPARISONS[name].reached(rows)
        for row in rows:
            ratios = row.seconds / rows[0].seconds, row.error / rows[0].error
            if options.json:
                extra = {"seconds_ratio": ratios[0], "error_ratio": ratios[1], "reached": reached, "seed": options.seed}
                print(json.dumps({**asdict(row), **extra, "machine": machine()}), flush=True)
            else:
                numbers = (
                    f"{row.parameters:>12,}{row.seconds:>9.1f}{row.error:>10.4f}{ratios[0]:>11.2f}{ratios[1]:>9.2f}"
                )
                print(f"{row.model:36}{numbers}", flush=True)
        if not options.json:
            print(f"  {name}: {COMPARISONS[name].target}: {'reached' if reached else 'MISSED'}\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
