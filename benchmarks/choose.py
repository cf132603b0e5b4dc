"""How the lessons' recipes were chosen: `python -m benchmarks.choose [NAME ...] [--seed N]`.

Each recipe, as its lesson exports it, is varied in one setting at a time. Every variant is fitted on the digits for
fitting and measured on those for choosing; the test digits are not used. A lesson takes the lowest error that its
minute allows.
"""

from __future__ import annotations

import argparse
import inspect
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from aecourse.backend import keras
from aecourse.datasets import split_digits
from aecourse.metrics import mse
from aecourse.models import conv_autoencoder
from aecourse.recipes import bottleneck, convolutional, denoising, dense_keras, encode_decode
from aecourse.training import fit as train_model
from benchmarks.core import Pair


@dataclass(frozen=True)
class Search:
    """A way to train, `(fit, valid, **settings) → validation error`, its settings, and what else was tried."""

    measure: Callable[..., float]
    recipe: dict[str, Any]
    tried: dict[str, list[Any]]


def dense(fit: Pair, valid: Pair, **settings: Any) -> float:
    """The validation MSE of the dense network."""
    return mse(valid[0], dense_keras.train_dense(fit[0], **settings).reconstruct(valid[0]))


def conv(fit: Pair, valid: Pair, *, filters: int, dense: int, copies: bool, **settings: Any) -> float:
    """The validation MSE of the convolutional network; with `copies` an epoch sees every digit twice."""
    model = conv_autoencoder(16, filters=filters, dense=dense)
    train_model(model, convolutional.twice(fit[0], np.random.default_rng(0)) if copies else fit[0], **settings)
    return mse(valid[0], model.reconstruct(valid[0]))


def in_numpy(fit: Pair, valid: Pair, *, latent_dim: int, hidden: int, epochs: int, rate: float) -> float:
    """The validation MSE of the network in NumPy."""
    x, x_valid = (pair[0].reshape(len(pair[0]), -1) for pair in (fit, valid))
    layers = encode_decode.numpy_autoencoder(x, latent_dim, hidden, epochs, np.random.default_rng(0), rate)
    return mse(x_valid, encode_decode.forward(x_valid, layers)[-1])


def denoise(fit: Pair, valid: Pair, *, code: int, maps: int, **settings: Any) -> float:
    """The validation MSE of the denoiser."""
    model = denoising.denoiser(code=code, maps=maps)
    train_model(model, fit[0], corrupt=denoising.gaussian, **settings)
    noisy = denoising.gaussian(valid[0], np.random.default_rng(0))
    return mse(valid[0], denoising.clean_up(model, noisy))


def misread(fit: Pair, valid: Pair, *, C: float, **settings: Any) -> float:
    """The share of validation digits that a reader with ten labels a kind gets wrong from the code for readers."""
    model = dense_keras.train_dense(fit[0], 16, corrupt=bottleneck.shift, **settings)
    codes, labelled = ((model.encode(x), y) for x, y in (fit, valid))
    return 1 - float(bottleneck.accuracy_with_few_labels(*codes, *labelled, C, np.random.default_rng(0)))


def defaults(function: Callable[..., Any], *names: str) -> dict[str, Any]:
    """What a function takes where it is told nothing."""
    return {name: inspect.signature(function).parameters[name].default for name in names}


NUMPY = {"hidden": encode_decode.HIDDEN, "epochs": encode_decode.EPOCHS, "rate": encode_decode.RATE}
CONV = {**defaults(conv_autoencoder, "filters", "dense"), "epochs": convolutional.EPOCHS, **convolutional.TRAINING}
DENSE: dict[int, dict[str, Any]] = {n: {**r, **dense_keras.TRAINING} for n, r in dense_keras.RECIPES.items()}
TRIED: dict[str, list[Any]] = {"learning_rate": [2e-3, 4e-3, 1.6e-2], "loss": ["mse"], "batch_size": [250]}
SEARCHES = {
    "numpy16": Search(
        in_numpy, {"latent_dim": 16, **NUMPY}, {"rate": [4e-3, 1.6e-2], "epochs": [8, 16], "hidden": [128]}
    ),
    "numpy8": Search(in_numpy, {"latent_dim": 8, **NUMPY, "epochs": 14}, {"rate": [4e-3]}),
    "dense16": Search(
        dense,
        {"latent_dim": 16, **DENSE[16]},
        {**TRIED, "epochs": [8, 14], "hidden": [(512, 256), (384,), (256, 128)]},
    ),
    "conv16": Search(
        conv,
        {**CONV, "copies": True},
        {
            "learning_rate": [4e-3, 1.6e-2],
            "batch_size": [50, 200],
            "filters": [16, 24],
            "dense": [96, 256],
            "epochs": [8],
        },
    ),
    "conv16_plain": Search(
        conv, {**CONV, "copies": False, "epochs": 2 * convolutional.EPOCHS}, {"epochs": [4 * convolutional.EPOCHS]}
    ),
    "denoise": Search(
        denoise,
        {"code": denoising.CODE, "maps": denoising.MAPS, "epochs": denoising.EPOCHS, **denoising.TRAINING},
        {"learning_rate": [4e-3, 1.6e-2], "batch_size": [32, 125], "code": [64], "maps": [32], "epochs": [6]},
    ),
    "few_labels": Search(
        misread,
        {**bottleneck.READER, "C": bottleneck.C},
        {"C": [0.1, 10.0], "epochs": [3, 12], "hidden": [(256,), dense_keras.RECIPES[16]["hidden"]]},
    ),
    "dense64": Search(dense, {"latent_dim": 64, **DENSE[64]}, {**TRIED, "epochs": [4, 7], "hidden": [(256,)]}),
    "dense32": Search(dense, {"latent_dim": 32, **DENSE[64]}, {**TRIED, "epochs": [4, 7], "hidden": [(256,)]}),
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
    fit, valid, _ = split_digits()
    for name in options.names or SEARCHES:
        print(f"{name}: {SEARCHES[name].recipe}", flush=True)
        for label, settings in variants(SEARCHES[name]):
            keras.utils.set_random_seed(options.seed)
            started = time.perf_counter()
            error = SEARCHES[name].measure(fit, valid, **settings)
            print(f"  {label:32}{error:>10.4f}{time.perf_counter() - started:>8.1f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
