"""How the lessons' recipes were chosen: `python -m benchmarks.choose [NAME ...] [--seed N]`.

Each recipe is varied in one setting at a time. Every variant trains on the first 7,000 training digits and is measured
on the other 1,000; the test digits are not loaded. A lesson takes the lowest error that its minute allows.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from aecourse.backend import keras
from aecourse.datasets import load_digits
from aecourse.metrics import mse
from aecourse.models import conv_autoencoder, dense_autoencoder
from aecourse.training import fit, train_dense
from benchmarks.lesson_code import functions_of

KEPT_FOR_TRAINING = 7_000


@dataclass(frozen=True)
class Search:
    """A way to train, `(x_train, x_valid, **settings) → validation error`, its settings, and what else was tried."""

    measure: Callable[..., float]
    recipe: dict[str, Any]
    tried: dict[str, list[Any]]


def dense(x: np.ndarray, x_valid: np.ndarray, *, latent_dim: int, hidden: tuple[int, ...], **settings: Any) -> float:
    """The validation MSE of the course's dense autoencoder."""
    model = dense_autoencoder(latent_dim, hidden=hidden)
    fit(model, x, **settings)
    return mse(x_valid, model.reconstruct(x_valid))


def convolutional(
    x: np.ndarray, x_valid: np.ndarray, *, filters: int, dense: int, copies: bool, **settings: Any
) -> float:
    """The validation MSE of lesson 04's network; with `copies` an epoch sees every digit twice."""
    model = conv_autoencoder(16, filters=filters, dense=dense)
    lesson = functions_of("04_convolutional")
    fit(model, lesson["twice"](x, np.random.default_rng(0)) if copies else x, loss="binary_crossentropy", **settings)
    return mse(x_valid, model.reconstruct(x_valid))


def in_numpy(x: np.ndarray, x_valid: np.ndarray, *, latent_dim: int, hidden: int, epochs: int, rate: float) -> float:
    """The validation MSE of lesson 01's network."""
    lesson = functions_of("01_encode_decode")
    layers = lesson["numpy_autoencoder"](
        x.reshape(len(x), -1), latent_dim, hidden, epochs, np.random.default_rng(0), rate
    )
    flat = x_valid.reshape(len(x_valid), -1)
    return mse(flat, lesson["forward"](flat, layers)[-1])


def denoising(x: np.ndarray, x_valid: np.ndarray, *, code: int, maps: int, **settings: Any) -> float:
    """The validation MSE of lesson 05's denoiser at sigma 0.5."""
    lesson = functions_of("05_denoising")
    model = lesson["denoiser"](code=code, maps=maps)
    fit(model, x, corrupt=lesson["gaussian"], loss="binary_crossentropy", **settings)
    noisy = lesson["gaussian"](x_valid, np.random.default_rng(0))
    return mse(x_valid, lesson["clean_up"](model, noisy))


def misread(x: np.ndarray, x_valid: np.ndarray, *, hidden: tuple[int, ...], C: float, **settings: Any) -> float:
    """The share of validation digits that lesson 03's code for readers gets wrong with ten labels a kind."""
    lesson, labels = functions_of("03_bottleneck"), load_digits()[0][1]
    model = train_dense(x, 16, hidden, corrupt=lesson["shift"], **settings)
    codes, labelled = (model.encode(x), labels[: len(x)]), (model.encode(x_valid), labels[len(x) :][: len(x_valid)])
    return 1 - float(lesson["accuracy_with_few_labels"](*codes, *labelled, C, np.random.default_rng(0)))


def dense_recipe(latent_dim: int, hidden: tuple[int, ...], epochs: int) -> dict[str, Any]:
    """Lesson 02's settings."""
    return {
        "latent_dim": latent_dim,
        "hidden": hidden,
        "epochs": epochs,
        "batch_size": 125,
        "learning_rate": 8e-3,
        "loss": "binary_crossentropy",
    }


TRIED: dict[str, list[Any]] = {"learning_rate": [2e-3, 4e-3, 1.6e-2], "loss": ["mse"], "batch_size": [250]}
SEARCHES = {
    "numpy16": Search(
        in_numpy,
        {"latent_dim": 16, "hidden": 256, "epochs": 12, "rate": 8e-3},
        {"rate": [4e-3, 1.6e-2], "epochs": [8, 16], "hidden": [128]},
    ),
    "numpy8": Search(in_numpy, {"latent_dim": 8, "hidden": 256, "epochs": 14, "rate": 8e-3}, {"rate": [4e-3]}),
    "dense16": Search(
        dense,
        dense_recipe(16, (384, 192), 11),
        {**TRIED, "epochs": [8, 14], "hidden": [(512, 256), (384,), (256, 128)]},
    ),
    "conv16": Search(
        convolutional,
        {"filters": 32, "dense": 160, "copies": True, "epochs": 4, "batch_size": 100, "learning_rate": 8e-3},
        {
            "learning_rate": [4e-3, 1.6e-2],
            "batch_size": [50, 200],
            "filters": [16, 24],
            "dense": [96, 256],
            "epochs": [8],
        },
    ),
    "conv16_plain": Search(
        convolutional,
        {"filters": 32, "dense": 160, "copies": False, "epochs": 8, "batch_size": 100, "learning_rate": 8e-3},
        {"epochs": [16]},
    ),
    "denoise": Search(
        denoising,
        {"code": 128, "maps": 64, "epochs": 3, "batch_size": 64, "learning_rate": 8e-3},
        {"learning_rate": [4e-3, 1.6e-2], "batch_size": [32, 125], "code": [64], "maps": [32], "epochs": [6]},
    ),
    "few_labels": Search(
        misread,
        {"hidden": (512,), "epochs": 6, "C": 1.0},
        {"C": [0.1, 10.0], "epochs": [3, 12], "hidden": [(256,), (384, 192)]},
    ),
    "dense64": Search(dense, dense_recipe(64, (512,), 5), {**TRIED, "epochs": [4, 7], "hidden": [(256,)]}),
    "dense32": Search(dense, dense_recipe(32, (512,), 5), {**TRIED, "epochs": [4, 7], "hidden": [(256,)]}),
}


def variants(search: Search) -> Iterator[tuple[str, dict[str, Any]]]:
    """The recipe, and the recipe with one setting changed."""
    yield "the recipe", search.recipe
    for setting, values in search.tried.items():
        for value in values:
            yield f"{setting} {value}", {**search.recipe, setting: value}


def main(arguments: list[str] | None = None) -> int:
    """Train the variants of the searches that are named, or of all, and print their validation errors."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.choose", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(SEARCHES)}; all by default")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    if unknown := [name for name in options.names if name not in SEARCHES]:
        parser.error(f"no search is called {', '.join(unknown)}; there are {', '.join(SEARCHES)}")
    x = load_digits()[0][0]
    x_fit, x_valid = x[:KEPT_FOR_TRAINING], x[KEPT_FOR_TRAINING:]
    for name in options.names or SEARCHES:
        print(f"{name}: {SEARCHES[name].recipe}", flush=True)
        for label, settings in variants(SEARCHES[name]):
            keras.utils.set_random_seed(options.seed)
            started = time.perf_counter()
            error = SEARCHES[name].measure(x_fit, x_valid, **settings)
            print(f"  {label:32}{error:>10.4f}{time.perf_counter() - started:>8.1f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
