"""Dense networks between Keras and the browser: a list of layers and one row of weights, in Keras's own order."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aecourse.backend import keras
from aecourse.models import Autoencoder

ACTIVATIONS = ("linear", "relu", "tanh", "sigmoid")  # those of the browser's engine
_NOTHING_TO_DO = ("InputLayer", "Flatten", "Reshape", "Dropout", "GaussianNoise", "GaussianDropout")
_AGREES = 1e-4  # how far the outputs of the two may be apart


def dense_layers(model: Autoencoder, x: NDArray[np.float32]) -> tuple[dict[str, Any], NDArray[np.float32]] | None:
    """A dense autoencoder as the browser's engine runs it: its layers, and all weights in one row.

    A batch normalisation becomes part of the layer before it. None if the model holds anything else than dense layers
    in a row, or if, on the samples `x`, the row does not give the model's own output.
    """
    sides, weights = {}, []
    for side, apply, values in (("encoder", model.encode, x), ("decoder", model.decode, model.encode(x))):
        layers = _row(getattr(model, side))
        if layers is None or not _agree(layers, values, apply(values)):
            return None
        sides[side] = [{"inputs": k.shape[0], "outputs": k.shape[1], "activation": a} for k, _, a in layers]
        weights += [part.ravel() for kernel, bias, _ in layers for part in (kernel, bias)]
    code = math.prod(model.encoder.output_shape[1:])
    return {**sides, "code": code, "sampled": False}, np.concatenate(weights).astype(np.float32)


def _agree(layers: list[tuple[NDArray, NDArray, str]], values: NDArray, expected: NDArray) -> bool:
    """Whether the row of layers makes of the values what the model made of them."""
    out = values.reshape(len(values), -1)
    for kernel, bias, activation in layers:
        if out.shape[1] != len(kernel):
            return False
        out = _activate(out @ kernel + bias, activation)
    return out.size == expected.size and np.allclose(out, expected.reshape(out.shape), atol=_AGREES, rtol=_AGREES)


def _row(part: keras.Model) -> list[tuple[NDArray, NDArray, str]] | None:
    """Kernel, bias and activation of each dense layer; None if the layers are not such a row."""
    row: list[tuple[NDArray, NDArray, str]] = []
    for layer in part.layers:
        kind = type(layer).__name__
        if kind in _NOTHING_TO_DO:
            continue
        activation = getattr(getattr(layer, "activation", None), "__name__", "linear" if kind != "ReLU" else "relu")
        if activation not in ACTIVATIONS:
            return None
        if kind == "Dense":
            kernel, *bias = layer.get_weights()
            row.append((kernel, bias[0] if bias else np.zeros(kernel.shape[1], np.float32), activation))
        elif not row or row[-1][2] != "linear":
            return None
        elif kind == "BatchNormalization":
            kernel, bias, _ = row[-1]
            values = {v.name: keras.ops.convert_to_numpy(v) for v in layer.variables}
            scale = values.get("gamma", 1.0) / np.sqrt(values["moving_variance"] + layer.epsilon)
            shift = values.get("beta", 0.0) - values["moving_mean"] * scale
            row[-1] = (kernel * scale, bias * scale + shift, "linear")
        elif kind in ("Activation", "ReLU"):
            row[-1] = (*row[-1][:2], activation)
        else:
            return None
    return row or None


def _activate(z: NDArray, kind: str) -> NDArray:
    if kind == "relu":
        return np.maximum(z, 0)
    if kind == "tanh":
        return np.tanh(z)
    return 1 / (1 + np.exp(-z)) if kind == "sigmoid" else z


def autoencoder_from(
    settings: Mapping[str, Any], weights: NDArray[np.float32], input_shape: Sequence[int] = (28, 28, 1)
) -> Autoencoder:
    """The Keras autoencoder with the weights of a network that was trained in the browser.

    Args:
        settings: `hidden`, `code`, `activation` and `penalty`, as the playground reports them.
        weights: for each layer its kernel, then its bias, in one row. Of a VAE the encoder keeps the means.
        input_shape: shape of one input without the batch axis.

    Raises:
        ValueError: the number of weights is not that of such a network.

    Example:
        >>> settings = {"hidden": [8], "code": 2, "activation": "relu", "penalty": "none"}
        >>> model = autoencoder_from(settings, np.zeros(784 * 8 + 8 + 18 + 24 + 9 * 784, np.float32))
        >>> model.reconstruct(np.zeros((1, 28, 28, 1), np.float32)).shape
        (1, 28, 28, 1)
    """
    size, hidden, code = math.prod(input_shape), list(settings["hidden"]), int(settings["code"])
    sampled = settings["penalty"] == "kl"
    down, up = [size, *hidden, 2 * code if sampled else code], [code, *reversed(hidden), size]
    shapes = [shape for widths in (down, up) for shape in itertools.pairwise(widths)]
    if weights.size != (count := sum((inputs + 1) * outputs for inputs, outputs in shapes)):
        raise ValueError(f"weights must hold {count} numbers for these settings, got {weights.size}")
    ends = np.cumsum([0, *(n for inputs, outputs in shapes for n in (inputs * outputs, outputs))])
    parts = [weights[a:b] for a, b in itertools.pairwise(ends)]
    values = [(parts[2 * i].reshape(shape), parts[2 * i + 1]) for i, shape in enumerate(shapes)]

    x = keras.Input(input_shape, name="x")
    z = keras.layers.Reshape((size,))(x)
    for width in hidden:
        z = keras.layers.Dense(width, activation=settings["activation"])(z)
    encoder = keras.Model(x, keras.layers.Dense(code, name="code")(z), name="encoder")
    h = keras.Input((code,), name="h")
    z = h
    for width in reversed(hidden):
        z = keras.layers.Dense(width, activation=settings["activation"])(z)
    y = keras.layers.Dense(size, activation="sigmoid")(z)
    decoder = keras.Model(h, keras.layers.Reshape(input_shape, name="y")(y), name="decoder")

    dense = [layer for part in (encoder, decoder) for layer in part.layers if isinstance(layer, keras.layers.Dense)]
    for layer, (kernel, bias) in zip(dense, values, strict=True):
        layer.set_weights([kernel[:, : layer.units], bias[: layer.units]])  # a VAE's means come first
    return Autoencoder(encoder, decoder, name=f"playground_{code}")
