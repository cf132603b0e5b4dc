"""What a Keras model says of itself: its operations one by one, the shapes at its ends, the range of what it gives."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TypeAlias

from aecourse.backend import keras

layers = keras.layers

Shape: TypeAlias = tuple[int | None, ...]

# What only moves numbers about: the range of a model's outputs is decided before it.
MOVES = (layers.Reshape, layers.Flatten, layers.Permute, layers.Cropping1D, layers.Cropping2D, layers.InputLayer)
# A model that begins with one of these takes numbers of any scale.
OWN_SCALE = (
    *("CategoryEncoding", "Discretization", "Embedding", "Hashing", "IntegerLookup", "Normalization", "Rescaling"),
    *("BatchNormalization", "LayerNormalization", "TrueDivide", "Divide", "Multiply"),
)
RANGES = {
    "sigmoid": (0.0, 1.0),
    "hard_sigmoid": (0.0, 1.0),
    "softmax": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "hard_tanh": (-1.0, 1.0),
    "softsign": (-1.0, 1.0),
    "relu6": (0.0, 6.0),
    "relu": (0.0, math.inf),
    "softplus": (0.0, math.inf),
    "exponential": (0.0, math.inf),
}


def parts(model: keras.Model) -> list[keras.Operation]:
    """What the model is made of: in a functional model layers and operations such as `x + 1`, otherwise its layers."""
    found = getattr(model, "operations", None) or model.layers
    return list(found)


def flat_layers(model: keras.Model) -> Iterator[keras.Layer]:
    """The layers of a model, those of models inside it among them."""
    for layer in model.layers:
        yield from flat_layers(layer) if isinstance(layer, keras.Model) else [layer]


def flat_parts(model: keras.Model) -> Iterator[keras.Operation]:
    """The parts of a model, those of models inside it among them."""
    for part in parts(model):
        yield from flat_parts(part) if isinstance(part, keras.Model) else [part]


def sample_shape(model: keras.Model, side: str) -> Shape | None:
    """The shape of one input or output (`side`) of the model, None for open sides; None as a whole where unknown."""
    try:
        shape = getattr(model, f"{side}_shape", None)
    except (AttributeError, ValueError, TypeError):
        return None
    known = isinstance(shape, tuple) and shape and all(s is None or isinstance(s, int) for s in shape)
    return tuple(shape[1:]) if known and shape is not None else None


def compatible(a: Shape, b: Shape) -> bool:
    """Whether two shapes may be the same one; an open side (None) fits any."""
    return len(a) == len(b) and all(None in (s, t) or s == t for s, t in zip(a, b, strict=True))


def is_own(model: keras.Model, method: str) -> bool:
    """Whether the model's class has a method (`train_step`, `compute_loss`, …) of its own in place of Keras's."""
    return getattr(type(model), method, None) is not getattr(keras.Model, method)


def is_plain(model: keras.Model) -> bool:
    """Whether the model computes what its parts say: functional, sequential, or an encoder and a decoder."""
    call = getattr(type(model), "call", None)
    joined = getattr(call, "__module__", "") == "aecourse.models.autoencoder"
    return joined or getattr(call, "__module__", "").startswith("keras.src.models.")


def last_activation(model: keras.Model) -> str | None:
    """The name of the activation that the model's outputs come from, "linear" among them; None where unknown."""
    ends = parts(model) if is_plain(model) else []
    while ends:
        part = ends.pop()
        if isinstance(part, keras.Model):
            return last_activation(part) if sample_shape(model, "output") == sample_shape(part, "output") else None
        if isinstance(part, MOVES):
            continue
        activation = {layers.ReLU: "relu", layers.Softmax: "softmax"}.get(type(part))
        return activation or getattr(getattr(part, "activation", None), "__name__", None)
    return None


def output_range(model: keras.Model) -> tuple[float, float]:
    """The lowest and highest value that the model can give, as far as its last activation says."""
    return RANGES.get(last_activation(model) or "", (-math.inf, math.inf))


def whole_inputs(model: keras.Model) -> bool:
    """Whether the model takes numbers of any scale: names of things (an embedding), or what it scales itself."""
    found = (type(p).__name__ for p in flat_parts(model) if not isinstance(p, MOVES))
    return next(found, "") in OWN_SCALE
