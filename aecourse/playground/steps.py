"""Networks with convolutions between Keras and the browser: a list of steps, and all weights in one row."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aecourse.backend import keras
from aecourse.models import Autoencoder
from aecourse.playground import layers

ACTIVATIONS = (*layers.ACTIVATIONS, "silu")
_NOTHING_TO_DO = ("InputLayer", "Flatten", "Reshape", "Dropout", "SpatialDropout2D", "GaussianNoise", "GaussianDropout")
_AGREES = 1e-4  # how far the outputs of the two may be apart

Step = dict[str, Any]
Table = tuple[NDArray, NDArray]  # kernel (inputs, outputs) and bias (outputs,)


def model_steps(model: Autoencoder, x: NDArray[np.float32]) -> tuple[dict[str, Any], NDArray[np.float32]] | None:
    """A convolutional autoencoder as the browser runs it: the steps of encoder and decoder, and its weights.

    Steps are dense layers, convolutions, largest values of patches, repeated pixels, and axes in another order. A batch
    normalisation becomes part of the layer before it. None if the model holds anything else, or if, on the samples `x`
    of shape `(n, side, side, 1)`, the steps do not give the model's own output.
    """
    sides: dict[str, list[Step]] = {}
    weights: list[NDArray] = []
    for side, call, values in (("encoder", model.encode, x), ("decoder", model.decode, model.encode(x))):
        found = _chain(getattr(model, side))
        if found is None:
            return None
        expected, out = call(values), applied(found, values)
        if out.size != expected.size or not np.allclose(out.ravel(), np.ravel(expected), atol=_AGREES, rtol=_AGREES):
            return None
        sides[side] = [step for step, _ in found]
        weights += [part.ravel() for _, table in found if table for part in table]
    code = math.prod(model.encoder.output_shape[1:])
    return {**sides, "code": code}, np.concatenate(weights or [np.zeros(0)]).astype(np.float32)


def _chain(part: keras.Model) -> list[tuple[Step, Table | None]] | None:
    """Each step with its weights; None where a layer is none of those that the browser knows."""
    chain: list[tuple[Step, Table | None]] = []
    for layer in part.layers:
        kind = type(layer).__name__
        if kind in _NOTHING_TO_DO:
            continue
        name = getattr(getattr(layer, "activation", None), "__name__", "relu" if kind == "ReLU" else "linear")
        if name not in ACTIVATIONS or getattr(layer, "data_format", "channels_last") != "channels_last":
            return None
        if kind == "BatchNormalization" or (kind in ("Activation", "ReLU") and chain and chain[-1][1]):
            last = _absorbed(chain.pop() if chain else None, layer, name)
            if last is None:
                return None
            chain.append(last)
            continue
        made = _step(layer, kind, name)
        if made is None:
            return None
        chain.append(made)
    return chain


def _step(layer: keras.Layer, kind: str, activation: str) -> tuple[Step, Table | None] | None:
    if isinstance(layer.input, list):  # several ways meet
        return None
    shape = [int(side) for side in layer.input.shape[1:]]
    if kind in ("Dense", "Conv2D"):
        kernel, *bias = layer.get_weights()
        table = kernel.reshape(-1, kernel.shape[-1]), bias[0] if bias else np.zeros(kernel.shape[-1], np.float32)
    if kind == "Dense" and len(shape) == 1:
        return {"kind": "dense", "inputs": shape[0], "outputs": kernel.shape[1], "activation": activation}, table
    if kind == "Conv2D" and layer.groups == 1 and tuple(layer.dilation_rate) == (1, 1):
        size, stride = [*kernel.shape[:2]], [*layer.strides]
        out = [int(side) for side in layer.output.shape[1:3]]
        spare = [max((o - 1) * s + k - i, 0) for o, s, k, i in zip(out, stride, size, shape, strict=False)]
        before = [n // 2 if layer.padding == "same" else 0 for n in spare]
        told = {"shape": shape, "out": out, "outputs": kernel.shape[3], "size": size, "stride": stride}
        return {"kind": "conv", **told, "before": before, "activation": activation}, table
    if kind == "Permute":
        return {"kind": "turn", "shape": shape, "axes": [axis - 1 for axis in layer.dims]}, None
    if kind == "MaxPooling2D" and layer.strides == layer.pool_size and layer.padding == "valid":
        return {"kind": "pool", "shape": shape, "size": [*layer.pool_size]}, None
    if kind == "UpSampling2D" and layer.interpolation == "nearest":
        return {"kind": "repeat", "shape": shape, "size": [*layer.size]}, None
    return None


def _absorbed(last: tuple[Step, Table | None] | None, layer: keras.Layer, activation: str) -> tuple[Step, Table] | None:
    """The layer before, with what this one does to its sums; None if it has none, or has had its activation."""
    step, table = last or ({}, None)
    if table is None or step["activation"] != "linear":
        return None
    kernel, bias = table
    if type(layer).__name__ != "BatchNormalization":
        return {**step, "activation": activation}, (kernel, bias)
    values = {v.name: keras.ops.convert_to_numpy(v) for v in layer.variables}
    scale = values.get("gamma", 1.0) / np.sqrt(values["moving_variance"] + layer.epsilon)
    if scale.shape != bias.shape:
        return None
    return step, (kernel * scale, (bias - values["moving_mean"]) * scale + values.get("beta", 0.0))


def applied(chain: list[tuple[Step, Table | None]], values: NDArray) -> NDArray:
    """What the steps make of values `(n, …)`, as the browser computes it: the result has shape `(n, outputs)`."""
    out = values.reshape(len(values), -1)
    for step, table in chain:
        if table:
            kernel, bias = table
            rows = out if step["kind"] == "dense" else _windows(step, out)
            if rows.shape[1] != len(kernel):
                return np.zeros(0)
            out = _activate(rows @ kernel + bias, step["activation"]).reshape(len(values), -1)
            continue
        shape = step["shape"]
        if out.shape[1] != math.prod(shape):
            return np.zeros(0)
        out = out.reshape(-1, *shape)
        if step["kind"] == "turn":
            out = out.transpose(0, *(axis + 1 for axis in step["axes"]))
        elif step["kind"] == "repeat":
            out = out.repeat(step["size"][0], axis=1).repeat(step["size"][1], axis=2)
        else:
            (down, across), (height, width, channels) = step["size"], shape
            rows, columns = height // down, width // across
            out = out[:, : rows * down, : columns * across]
            out = out.reshape(-1, rows, down, columns, across, channels).max(axis=(2, 4))
        out = out.reshape(len(values), -1)
    return out


def _windows(step: Step, values: NDArray) -> NDArray:
    """What a convolution looks at, a row for each place: shape `(n · places, size · channels)`."""
    (height, width, channels), (rows, columns) = step["shape"], step["out"]
    (down, across), (top, left), size = step["stride"], step["before"], step["size"]
    if values.shape[1] != height * width * channels:
        return np.zeros((0, 0))
    needed = [(o - 1) * s + k for o, s, k in zip((rows, columns), (down, across), size, strict=True)]
    after = [max(n - side - first, 0) for n, side, first in zip(needed, (height, width), (top, left), strict=True)]
    padded = np.pad(values.reshape(-1, height, width, channels), ((0, 0), (top, after[0]), (left, after[1]), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, size, axis=(1, 2))[:, ::down, ::across]
    return windows[:, :rows, :columns].transpose(0, 1, 2, 4, 5, 3).reshape(-1, math.prod(size) * channels)


def _activate(z: NDArray, kind: str) -> NDArray:
    if kind == "relu":
        return np.maximum(z, 0)
    if kind == "tanh":
        return np.tanh(z)
    bent = 1 / (1 + np.exp(-np.clip(z, -80, 80)))
    return bent if kind == "sigmoid" else z * bent if kind == "silu" else z
