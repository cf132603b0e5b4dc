"""Likely mistakes, each with a piece of the answer that it gets, and other right answers."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

import keras
import numpy as np
from keras import layers, ops

from aecourse.models import dense_autoencoder
from aecourse.recipes.dense_keras import new_whole


def dense(*widths: int, activations: tuple[str | None, ...] = ("relu", None, "relu", "sigmoid")) -> keras.Model:
    x = keras.Input((28, 28, 1))
    z = layers.Flatten()(x)
    for width, activation in zip(widths, activations, strict=True):
        z = layers.Dense(width, activation=activation)(z)
    return keras.Model(x, layers.Reshape((28, 28, 1))(z))


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


def dense_stack(*widths: int) -> keras.Model:
    ways = zip(widths, ("relu", "linear", "relu", "sigmoid"), strict=True)
    hidden = [layers.Dense(width, activation=activation) for width, activation in ways]
    return keras.Sequential([keras.Input((28, 28, 1)), layers.Flatten(), *hidden, layers.Reshape((28, 28, 1))])


def decoder_layer_by_layer(model: keras.Model) -> keras.Model:
    z = code = keras.Input((8,))
    for layer in model.layers[4:]:
        z = layer(z)
    return keras.Model(code, z)


def decoder_in_a_stack(model: keras.Model) -> keras.Model:
    return keras.Sequential([keras.Input((8,)), *model.layers[model.layers.index(model.get_layer("code")) + 1 :]])


def saved(as_text: bool) -> tuple[str | Path, keras.Model]:
    path = Path(tempfile.mkdtemp()) / "whole.keras"
    whole_model().save(path)
    return str(path) if as_text else path, keras.models.load_model(path)


REFUSED = {
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

ACCEPTED = {
    "build": [
        lambda: (dense(128, 32, 128, 784),),
        lambda: (dense_stack(128, 32, 128, 784),),
        lambda: (dense(128, 32, 128, 784, activations=("tanh", None, "silu", "sigmoid")),),
    ],
    "split": [
        lambda: (true_encoder(whole_model()), decoder_layer_by_layer(whole_model())),
        lambda: (keras.Sequential(whole_model().layers[:4]), decoder_in_a_stack(whole_model())),
    ],
    "reload": [lambda: saved(as_text=False), lambda: saved(as_text=True)],
    "bce": [
        lambda: (lambda x, y: ops.mean(keras.losses.binary_crossentropy(x, y)),),
        lambda: (lambda x, y: ops.mean(-x * ops.log(y)) - ops.mean((1 - x) * ops.log(1 - y)),),
        lambda: (lambda x, y: -ops.sum(x * ops.log(y) + (1 - x) * ops.log(1 - y)) / x.size,),
        lambda: (lambda x, y: -np.mean(x * np.log(y) + (1 - x) * np.log(1 - y)),),
    ],
}

GIVEN = {"split": lambda: {"whole": whole_model()}, "reload": lambda: {"whole": whole_model()}}
