"""Published tutorials' networks, written anew in Keras 3 from their recipes."""

from __future__ import annotations

import math
import time

import keras
import numpy as np
from keras import layers

from aecourse.training import batches, steps_at_once


def keras_blog_dense(x_train: np.ndarray) -> keras.Model:
    """The first autoencoder of *Building Autoencoders in Keras* (F. Chollet, Keras blog, 2016).

    784 → 32 (ReLU) → 784 (sigmoid), binary cross-entropy, Adam, batches of 256, 50 epochs.

    Args:
        x_train: digits, shape `(n, 28, 28, 1)`, in [0, 1].

    Returns:
        The trained model, from and to shape `(n, 784)`.
    """
    x = keras.Input((784,))
    y = layers.Dense(784, activation="sigmoid")(layers.Dense(32, activation="relu")(x))
    model = keras.Model(x, y)
    model.compile(optimizer="adam", loss="binary_crossentropy")
    flat = x_train.reshape(-1, 784)
    _fit(model, flat, flat, epochs=50, batch_size=256)
    return model


def pyimagesearch_conv(x_train: np.ndarray, *, epochs: int = 25) -> keras.Model:
    """The network of *Autoencoders with Keras, TensorFlow, and Deep Learning* (A. Rosebrock, PyImageSearch, 2020).

    3×3 convolutions with 32 and 64 filters and stride 2, each with LeakyReLU(0.2) and batch normalisation, 16 numbers,
    mirrored with transposed convolutions; mean squared error, Adam at 0.001, batches of 32.

    Args:
        x_train: digits, shape `(n, 28, 28, 1)`, in [0, 1].
        epochs: the tutorial's 25, or fewer for a shorter run.

    Returns:
        The trained model, from and to shape `(n, 28, 28, 1)`.
    """
    x = keras.Input((28, 28, 1))
    z = x
    for filters in (32, 64):
        z = layers.Conv2D(filters, 3, strides=2, padding="same")(z)
        z = layers.BatchNormalization()(layers.LeakyReLU(negative_slope=0.2)(z))
    h = layers.Dense(16)(layers.Flatten()(z))
    z = layers.Reshape((7, 7, 64))(layers.Dense(7 * 7 * 64)(h))
    for filters in (64, 32):
        z = layers.Conv2DTranspose(filters, 3, strides=2, padding="same")(z)
        z = layers.BatchNormalization()(layers.LeakyReLU(negative_slope=0.2)(z))
    y = layers.Conv2DTranspose(1, 3, padding="same", activation="sigmoid")(z)
    model = keras.Model(x, y)
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse")
    _fit(model, x_train, x_train, epochs=epochs, batch_size=32)
    return model


def keras_blog_denoiser(x_train: np.ndarray, noisy: np.ndarray, *, seconds: float) -> keras.Model:
    """The denoiser of *Building Autoencoders in Keras* (F. Chollet, Keras blog, 2016).

    Two 3 × 3 convolutions with 32 channels and max pooling, mirrored with upsampling; binary cross-entropy, Adam,
    batches of 128; the noise is drawn once.

    Args:
        x_train: digits, shape `(n, 28, 28, 1)`, in [0, 1].
        noisy: the same digits with noise.
        seconds: how long to train; the epoch that is under way is finished.

    Returns:
        The trained model, from and to shape `(n, 28, 28, 1)`.
    """

    def convolution(channels: int, activation: str = "relu") -> keras.Layer:
        return layers.Conv2D(channels, 3, activation=activation, padding="same")

    x = keras.Input((28, 28, 1))
    z = layers.MaxPooling2D(2, padding="same")(convolution(32)(x))
    z = layers.MaxPooling2D(2, padding="same")(convolution(32)(z))
    z = layers.UpSampling2D(2)(convolution(32)(z))
    z = layers.UpSampling2D(2)(convolution(32)(z))
    model = keras.Model(x, convolution(1, "sigmoid")(z))
    model.compile(optimizer="adam", loss="binary_crossentropy")
    _fit(model, noisy, x_train, batch_size=128, seconds=seconds)
    return model


class _Until(keras.callbacks.Callback):
    """Ends a training with the first epoch that ends after so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.end = time.perf_counter() + seconds

    def on_epoch_end(self, epoch: int, logs: object = None) -> None:
        self.model.stop_training = time.perf_counter() >= self.end


def _fit(
    model: keras.Model, x: np.ndarray, y: np.ndarray, *, batch_size: int, epochs: int = 10_000, seconds: float = np.inf
) -> None:
    """Train with the course's data pipeline and loop: what saves the course seconds saves theirs."""
    steps = math.ceil(len(x) / batch_size)
    model.compile(optimizer=model.optimizer, loss=model.loss, steps_per_execution=steps_at_once(steps))
    model.optimizer.build(model.trainable_variables)
    model.fit(
        batches(x, y, batch_size),
        epochs=epochs,
        steps_per_epoch=steps,
        shuffle=False,
        verbose=0,
        callbacks=[_Until(seconds)],
    )
