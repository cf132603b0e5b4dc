"""Builders of the course's networks."""

from __future__ import annotations

import math
from collections.abc import Sequence

from aecourse.backend import keras
from aecourse.checks import described, whole_number
from aecourse.models.autoencoder import Autoencoder

layers = keras.layers

IMAGE_SHAPE = (28, 28, 1)


def dense_autoencoder(
    latent_dim: int,
    *,
    hidden: Sequence[int] = (512, 256),
    batch_norm: bool = True,
    input_shape: Sequence[int] = IMAGE_SHAPE,
) -> Autoencoder:
    """A fully connected autoencoder with ReLU layers, a linear code and outputs in [0, 1].

    Args:
        latent_dim: how many numbers the code h holds, at least 1.
        hidden: widths of the encoder's hidden layers, from the input down; the decoder mirrors them. `()` for none.
        batch_norm: normalise each hidden layer over the batch (Ioffe & Szegedy, 2015), which lets it learn in fewer
            epochs.
        input_shape: shape of one input without the batch axis.

    Returns:
        An `Autoencoder` from `(n, *input_shape)` to codes `(n, latent_dim)` and back.

    Raises:
        TypeError: `hidden` or `input_shape` is no sequence.
        ValueError: `latent_dim`, a width or a side of `input_shape` is not a whole number of at least 1.

    Example:
        >>> dense_autoencoder(16, hidden=(128,)).count_params()
        206624
    """
    latent_dim = whole_number("latent_dim", latent_dim)
    hidden, input_shape = _counts("hidden", hidden), _counts("input_shape", input_shape)
    size = math.prod(input_shape)
    x = keras.Input(input_shape, name="x")
    z = layers.Reshape((size,))(x)
    for width in hidden:
        z = _dense_block(z, width, batch_norm=batch_norm)
    encoder = keras.Model(x, layers.Dense(latent_dim, name="code")(z), name="encoder")

    h = keras.Input((latent_dim,), name="h")
    z = h
    for width in reversed(hidden):
        z = _dense_block(z, width, batch_norm=batch_norm)
    y = layers.Dense(size, activation="sigmoid")(z)
    decoder = keras.Model(h, layers.Reshape(input_shape, name="y")(y), name="decoder")
    return Autoencoder(encoder, decoder, name=f"dense_{latent_dim}")


def conv_autoencoder(
    latent_dim: int,
    *,
    filters: int = 32,
    dense: int = 160,
    patch: int = 4,
    input_shape: Sequence[int] = IMAGE_SHAPE,
) -> Autoencoder:
    """A convolutional autoencoder that is quick without a GPU: its convolutions work on a coarse grid of patches.

    Each square of `patch` × `patch` pixels becomes one place with as many channels (space to depth). On that grid a
    3 × 3 convolution is one of 3 · `patch` pixels a side in the image. A fully connected layer leads to the code. The
    decoder mirrors this and ends in a sub-pixel convolution, which turns channels back into pixels. Only the narrow
    layers beside the code are normalised over the batch; on the wide maps that costs more time than it saves.

    Args:
        latent_dim: how many numbers the code h holds, at least 1.
        filters: channels on the grid, at least 1.
        dense: width of the fully connected layer on each side of the code, at least 1.
        patch: side of a patch in pixels, at least 1; height and width must be divisible by it.
        input_shape: `(height, width, channels)`.

    Returns:
        An `Autoencoder` from `(n, *input_shape)` to codes `(n, latent_dim)` and back, outputs in [0, 1].

    Raises:
        TypeError: `input_shape` is no sequence.
        ValueError: a count is not a whole number of at least 1, or the sides are not divisible by `patch`.

    Source: Shi et al., *Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel Convolutional
    Neural Network*, 2016; the SiLU activation: Ramachandran, Zoph & Le, *Searching for Activation Functions*, 2017.

    Example:
        >>> conv_autoencoder(16, filters=8, dense=64).count_params()
        56056
    """
    latent_dim, filters = whole_number("latent_dim", latent_dim), whole_number("filters", filters)
    dense, patch = whole_number("dense", dense), whole_number("patch", patch)
    input_shape = _counts("input_shape", input_shape)
    if len(input_shape) != 3 or input_shape[0] % patch or input_shape[1] % patch:
        raise ValueError(
            f"input_shape must be (height, width, channels) with sides divisible by patch, {patch}, got {input_shape}"
        )
    height, width, channels = input_shape
    rows, columns = height // patch, width // patch

    def convolution(activation: str, channels: int = filters) -> keras.Layer:
        return layers.Conv2D(channels, 3, padding="same", activation=activation)

    x = keras.Input(input_shape, name="x")
    z = layers.Permute((1, 3, 2, 4, 5))(layers.Reshape((rows, patch, columns, patch, channels))(x))
    z = convolution("silu")(layers.Reshape((rows, columns, patch * patch * channels))(z))
    z = _dense_block(layers.Flatten()(z), dense, batch_norm=True, activation="silu")
    encoder = keras.Model(x, layers.Dense(latent_dim, name="code")(z), name="encoder")

    h = keras.Input((latent_dim,), name="h")
    z = _dense_block(h, dense, batch_norm=True, activation="silu")
    z = layers.Dense(rows * columns * filters, activation="silu")(z)
    z = convolution("silu")(layers.Reshape((rows, columns, filters))(z))
    z = convolution("sigmoid", patch * patch * channels)(z)
    z = layers.Permute((1, 3, 2, 4, 5))(layers.Reshape((rows, columns, patch, patch, channels))(z))
    decoder = keras.Model(h, layers.Reshape(input_shape, name="y")(z), name="decoder")
    return Autoencoder(encoder, decoder, name=f"conv_{latent_dim}")


def _dense_block(z: object, width: int, *, batch_norm: bool, activation: str = "relu") -> object:
    z = layers.Dense(width, use_bias=not batch_norm)(z)
    # The normalisation brings its own shift; a momentum of 0.9 settles within the few hundred steps of a lesson.
    return layers.Activation(activation)(layers.BatchNormalization(momentum=0.9)(z) if batch_norm else z)


def _counts(name: str, values: object) -> list[int]:
    if not isinstance(values, Sequence):
        raise TypeError(f"{name} must be a sequence of whole numbers, got {described(values)}")
    return [whole_number(f"{name}[{i}]", value) for i, value in enumerate(values)]
