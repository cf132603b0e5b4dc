"""Likely mistakes in lesson 02 and a piece of the answer to each."""

from __future__ import annotations

import functools
from typing import Any

import keras
from keras import layers, ops

from aecourse.models import dense_autoencoder
from benchmarks.lesson_code import LESSONS
from tools.lesson_format import parse_lesson


def dense(*widths: int, activations: tuple[str | None, ...] = ("relu", None, "relu", "sigmoid")) -> keras.Model:
    x = keras.Input((28, 28, 1))
    z = layers.Flatten()(x)
    for width, activation in zip(widths, activations, strict=True):
        z = layers.Dense(width, activation=activation)(z)
    return keras.Model(x, layers.Reshape((28, 28, 1))(z))


def new_whole() -> keras.Model:
    """The model that two exercises of lesson 02 work on, built by the lesson's own cell."""
    cells = parse_lesson(LESSONS / "02_dense_keras.py").cells
    source = next(c.source for c in cells if "whole = keras.Model" in c.source)
    namespace: dict[str, Any] = {"keras": keras, "layers": layers}
    exec(source, namespace)
    return namespace["whole"]


@functools.cache
def whole_model() -> keras.Model:
    return new_whole()


def true_encoder(model: keras.Model) -> keras.Model:
    return keras.Model(model.input, model.get_layer("code").output)


def fresh_encoder() -> keras.Model:
    return true_encoder(new_whole())


def fresh_decoder() -> keras.Model:
    h = keras.Input((8,))
    return keras.Model(h, layers.Reshape((28, 28, 1))(layers.Dense(784)(h)))


WRONG = {
    "build": [
        (lambda: (dense(128, 16, 128, 784),), "no Dense layer is 32"),
        (lambda: (dense(256, 32, 256, 784),), "in this order"),
        (
            lambda: (dense(128, 32, 128, 784, activations=("relu", "relu", "relu", "sigmoid")),),
            "no activation, and has",
        ),
        (lambda: (dense(128, 32, 128, 784, activations=("relu", None, None, "sigmoid")),), "PCA again"),
        (lambda: (dense(128, 32, 128, 784, activations=("relu", None, "relu", None)),), "range 0 to 1"),
        (lambda: (keras.Sequential([layers.Dense(32)]),), "keras.Input"),
        (lambda: (32,), "Keras model"),
    ],
    "split": [
        (lambda: (whole_model(), whole_model()), "all the way"),
        (lambda: (fresh_encoder(), fresh_decoder()), "not those of whole"),
        (lambda: (true_encoder(whole_model()), fresh_decoder()), "not whole(x)"),
        (lambda: (true_encoder(whole_model()), whole_model()), "must take codes"),
    ],
    "bce": [
        (lambda: (lambda x, y: ops.mean(x * ops.log(y) + (1 - x) * ops.log(1 - y)),), "sign"),
        (lambda: (lambda x, y: -ops.sum(x * ops.log(y) + (1 - x) * ops.log(1 - y)),), "sum"),
        (lambda: (lambda x, y: -ops.mean(x * ops.log(y)),), "missing ink"),
        (lambda: (lambda x, y: -ops.mean(y * ops.log(x) + (1 - y) * ops.log(1 - x)),), "exchanged"),
        (lambda: (lambda x, y: -(x * ops.log(y) + (1 - x) * ops.log(1 - y)),), "one number"),
        (lambda: (lambda x, y: ops.mean((x - y) ** 2),), "Keras's BCE is"),
    ],
    "thirty_two": [
        (lambda: (dense_autoencoder(16, hidden=()),), "32 numbers"),
        (lambda: (dense_autoencoder(32, hidden=()),), "validation error of"),
        (lambda: (dense(128, 32, 128, 784),), "Autoencoder"),
    ],
}

GIVEN = {"split": lambda: {"whole": whole_model()}}
