"""Builders of the course's networks."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from aecourse.backend import keras
from aecourse.checks import described, whole_number
from aecourse.models.autoencoder import Autoencoder

layers = keras.layers

IMAGE_SHAPE = (28, 28, 1)
MOST_WEIGHTS = 100_000_000  # 400 MB, and three times as much while Adam trains them


def dense_autoencoder(
    latent_dim: int,
    *,
    hidden: Sequence[int] = (512, 256),
    batch_norm: bool = True,
    input_shape: Sequence[int] = IMAGE_SHAPE,
    output_activation: str = "sigmoid",
) -> Autoencoder:
    """A fully connected autoencoder with ReLU layers, a linear code and outputs in [0, 1], or any on request.

    Args:
        latent_dim: how many numbers the code h holds, at least 1.
        hidden: widths of the encoder's hidden layers, from the input down; the decoder mirrors them. `()` for none.
        batch_norm: normalise each hidden layer over the batch (Ioffe & Szegedy, 2015), which lets it learn in fewer
            epochs.
        input_shape: shape of one input without the batch axis, `x.shape[1:]`.
        output_activation: Keras name of the last layer's activation: "sigmoid" for values in [0, 1], "linear" for
            standardised tables, "tanh" for sounds in [-1, 1].

    Returns:
        An `Autoencoder` from `(n, *input_shape)` to codes `(n, latent_dim)` and back.

    Raises:
        TypeError: `hidden` or `input_shape` is no sequence.
        ValueError: `latent_dim`, a width or a side of `input_shape` is not a whole number of at least 1,
            `input_shape` has four sides (that of a batch?), `output_activation` is unknown, or the network would have
            more than 100 million weights.

    Example:
        >>> dense_autoencoder(16, hidden=(128,)).count_params()
        206624
    """
    latent_dim = whole_number("latent_dim", latent_dim)
    hidden, input_shape = _counts("hidden", hidden), _counts("input_shape", input_shape)
    size = math.prod(input_shape)
    widths = [size, *hidden, latent_dim]
    _check_size(input_shape, 2 * sum(a * b for a, b in itertools.pairwise(widths)))
    _check_activation(output_activation)
    x = keras.Input(input_shape, name="x")
    z = layers.Reshape((size,))(x)
    for width in hidden:
        z = _dense_block(z, width, batch_norm=batch_norm)
    encoder = keras.Model(x, layers.Dense(latent_dim, name="code")(z), name="encoder")

    h = keras.Input((latent_dim,), name="h")
    z = h
    for width in reversed(hidden):
        z = _dense_block(z, width, batch_norm=batch_norm)
    y = layers.Dense(size, activation=output_activation)(z)
    decoder = keras.Model(h, layers.Reshape(input_shape, name="y")(y), name="decoder")
    return Autoencoder(encoder, decoder, name=f"dense_{latent_dim}")


def conv_autoencoder(
    latent_dim: int,
    *,
    filters: int = 32,
    dense: int = 160,
    patch: int = 4,
    input_shape: Sequence[int] = IMAGE_SHAPE,
    output_activation: str = "sigmoid",
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
        input_shape: `(height, width, channels)`, `x.shape[1:]`.
        output_activation: Keras name of the last layer's activation, as in `dense_autoencoder`.

    Returns:
        An `Autoencoder` from `(n, *input_shape)` to codes `(n, latent_dim)` and back, outputs in [0, 1] by default.

    Raises:
        TypeError: `input_shape` is no sequence.
        ValueError: a count is not a whole number of at least 1, the sides are not divisible by `patch`,
            `output_activation` is unknown, or the network would have more than 100 million weights.

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
            f"input_shape must be (height, width, channels) with sides divisible by patch, {described(patch)}, got "
            f"{_sides(input_shape)}"
        )
    height, width, channels = input_shape
    rows, columns = height // patch, width // patch
    _check_size(input_shape, 2 * (rows * columns * filters + latent_dim) * dense + 18 * filters * channels * patch**2)
    _check_activation(output_activation)

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
    z = convolution(output_activation, patch * patch * channels)(z)
    z = layers.Permute((1, 3, 2, 4, 5))(layers.Reshape((rows, columns, patch, patch, channels))(z))
    decoder = keras.Model(h, layers.Reshape(input_shape, name="y")(z), name="decoder")
    return Autoencoder(encoder, decoder, name=f"conv_{latent_dim}")


def _dense_block(z: object, width: int, *, batch_norm: bool, activation: str = "relu") -> object:
    z = layers.Dense(width, use_bias=not batch_norm)(z)
    # The normalisation brings its own shift; a momentum of 0.9 settles within the few hundred steps of a lesson.
    return layers.Activation(activation)(layers.BatchNormalization(momentum=0.9)(z) if batch_norm else z)


def _sides(shape: Sequence[int]) -> str:
    """The shape in words short enough for a message, with the likely slip."""
    slip = ": for an array x of images it is x.shape[1:]" if len(shape) == 4 else ""
    return f"{tuple(shape)}{slip}" if len(shape) <= 4 else f"{len(shape)} sides"


def _check_size(input_shape: Sequence[int], weights: int) -> None:
    """Raise where the shape is that of a batch, or the network far larger than anybody means."""
    if len(input_shape) > 3:
        raise ValueError(
            f"input_shape must be the shape of one sample, got {_sides(input_shape)}. Of samples with four "
            "sides or more flatten the last ones first, x.reshape(*x.shape[:3], -1)"
        )
    if weights > MOST_WEIGHTS:
        shape = tuple(side if side < 10**12 else "…" for side in input_shape)
        count = f"{weights / 1e6:,.0f} million" if weights < 10**15 else "countless"
        raise ValueError(
            f"input_shape {shape} leads to a network of {count} weights; at most "
            f"{MOST_WEIGHTS / 1e6:.0f} million are built. Is its first side the number of samples? For an array x it "
            "is x.shape[1:]. Otherwise make the samples smaller, or the layers narrower"
        )


def _check_activation(name: object) -> None:
    try:
        known = isinstance(name, str) and keras.activations.get(name) is not None
    except ValueError:
        known = False
    if not known:
        raise ValueError(
            f'output_activation must be the Keras name of an activation, such as "sigmoid", "linear" or "tanh", got '
            f"{described(name)}"
        )


def _counts(name: str, values: object) -> list[int]:
    if not isinstance(values, Sequence):
        raise TypeError(f"{name} must be a sequence of whole numbers, got {described(values)}")
    return [whole_number(f"{name}[{i}]", value) for i, value in enumerate(values)]
