"""An autoencoder: an encoder h = f(x) and a decoder y = g(h), joined and usable apart, saved and loaded as one."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence

import numpy as np

from aecourse.backend import keras
from aecourse.checks import described, whole_number
from aecourse.models.shapes import check_inputs
from aecourse.models.structure import compatible, flat_layers, sample_shape, whole_inputs


@keras.saving.register_keras_serializable(package="aecourse")
class Autoencoder(keras.Model):
    """An encoder and a decoder as one model: `model(x)` is the reconstruction y = g(f(x)).

    Args:
        encoder: Keras model from inputs x `(n, *input_shape)` to codes h `(n, *code_shape)`.
        decoder: Keras model from codes h `(n, *code_shape)` to reconstructions y `(n, *input_shape)`.

    Raises:
        TypeError: one of the two is not a Keras model.
        ValueError: one of the two is not built or has several inputs or outputs, or the encoder's output shape is not
            the decoder's input shape, or the decoder's output shape not the encoder's input shape. Sides that a model
            leaves open (None) fit any.

    Source: Hinton & Salakhutdinov, *Reducing the Dimensionality of Data with Neural Networks*, 2006.

    Example:
        >>> from aecourse.models import dense_autoencoder
        >>> model = dense_autoencoder(16)
        >>> x = np.zeros((5, 28, 28, 1), dtype="float32")
        >>> model.encode(x).shape, model.reconstruct(x).shape
        ((5, 16), (5, 28, 28, 1))
    """

    def __init__(self, encoder: keras.Model, decoder: keras.Model, **kwargs: object) -> None:
        _check_parts(encoder, decoder)
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.build(encoder.input_shape)

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """The encoder's input shape, `(None, *input_shape)`."""
        return tuple(self.encoder.input_shape)

    @property
    def output_shape(self) -> tuple[int | None, ...]:
        """The decoder's output shape, `(None, *input_shape)`."""
        return tuple(self.decoder.output_shape)

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Nothing to create: encoder and decoder come built."""
        self.built = True

    def call(self, x: object, training: bool | None = None) -> object:
        """The reconstruction y = g(f(x)) as a tensor of the backend."""
        return self.decoder(self.encoder(x, training=training), training=training)

    def encode(self, x: np.ndarray, *, batch_size: int | None = None) -> np.ndarray:
        """The codes h = f(x), shape `(n, *code_shape)`, of inputs `x`, shape `(n, *input_shape)`.

        Raises as `outputs` does; so do `decode` and `reconstruct`.
        """
        return _outputs(self.encoder, x, "x", batch_size)

    def decode(self, h: np.ndarray, *, batch_size: int | None = None) -> np.ndarray:
        """The outputs y = g(h), shape `(n, *input_shape)`, of codes `h`, shape `(n, *code_shape)`."""
        return _outputs(self.decoder, h, "h", batch_size)

    def reconstruct(self, x: np.ndarray, *, batch_size: int | None = None) -> np.ndarray:
        """The reconstructions y = g(f(x)), shape and range of `x`."""
        return self.decode(self.encode(x, batch_size=batch_size), batch_size=batch_size)

    def get_config(self) -> dict[str, object]:
        """What Keras needs to rebuild the model from a `.keras` file."""
        parts = {name: keras.saving.serialize_keras_object(getattr(self, name)) for name in ("encoder", "decoder")}
        return {**parts, "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, object], custom_objects: dict[str, object] | None = None) -> Autoencoder:
        """The model that `get_config` described."""
        parts = {
            name: keras.saving.deserialize_keras_object(config[name], custom_objects=custom_objects)
            for name in ("encoder", "decoder")
        }
        return cls(**parts, name=config["name"])


def outputs(model: keras.Model, x: np.ndarray, *, batch_size: int | None = None) -> np.ndarray:
    """The model's outputs for an array, computed batch by batch, as a NumPy array.

    Unlike `model.predict` this is quick for one sample and safe to call from several threads.

    Args:
        model: a built Keras model with one input and one output.
        x: inputs, shape `(n, ...)` as the model takes them, any n.
        batch_size: samples at once, at least 1; by default as many as fit into some 100 MB of the model's widest layer.

    Returns:
        The outputs, shape `(n, ...)`.

    Raises:
        TypeError: `x` is no NumPy array of numbers, or `model` no Keras model.
        ValueError: `x` has another shape than the model takes or masked values, `model` is not built or has several
            inputs, or `batch_size` is out of range.

    Warns:
        UserWarning: `x` holds pixels as bytes.

    Example:
        >>> from aecourse.models import dense_autoencoder
        >>> outputs(dense_autoencoder(4, hidden=()), np.zeros((3, 28, 28, 1), "float32")).shape
        (3, 28, 28, 1)
    """
    if not isinstance(model, keras.Model):
        raise TypeError(f"model must be a Keras model, got {described(model)}")
    if sample_shape(model, "input") is None:
        raise ValueError("model must be built, with one input: give it a keras.Input, or train it first")
    return _outputs(model, x, "x", batch_size)


def _outputs(model: keras.Model, x: np.ndarray, name: str, batch_size: int | None) -> np.ndarray:
    x = check_inputs(name, x, model)
    size = _fitting(model, x.shape[1:]) if batch_size is None else whole_number("batch_size", batch_size)
    if x.dtype.kind in "biu":
        warn_of_bytes(name, x, model, stacklevel=4)
        x = x if whole_inputs(model) else x.astype(keras.config.floatx())
    if not len(x):
        # Told, not computed: on some processors TensorFlow's convolutions give an empty batch back in its own shape.
        said = model.compute_output_spec(keras.KerasTensor(x.shape, dtype=x.dtype.name))
        return np.empty(said.shape, said.dtype)
    starts = range(0, len(x), size)
    return np.concatenate([keras.ops.convert_to_numpy(model(x[i : i + size], training=False)) for i in starts], axis=0)


def warn_of_bytes(name: str, x: np.ndarray, model: keras.Model, *, stacklevel: int) -> None:
    """Warn of pixels from 0 to 255 (or sounds as whole numbers), unless the model scales its inputs itself."""
    if not x.size or x.dtype.kind == "b" or x.max() <= 15 or whole_inputs(model):
        return
    low, high = float(x.min()), float(x.max())
    whole = x.dtype.kind in "iu"
    if not whole and (low < 0 or high > 255 or (x.ndim < 3 and (x != np.floor(x)).any())):
        return
    top = next((limit for limit in (255, 32768, 65535) if max(high, -low) <= limit), int(max(high, -low)))
    warnings.warn(
        f"{name} holds values from {low:g} to {high:g}, as bytes do; networks learn from numbers near 0 to 1. "
        f'Scale it first: {name}.astype("float32") / {top}',
        UserWarning,
        stacklevel=stacklevel,
    )


def _check_parts(encoder: object, decoder: object) -> None:
    for name, part in (("encoder", encoder), ("decoder", decoder)):
        if not isinstance(part, keras.Model):
            raise TypeError(f"{name} must be a Keras model, got {type(part).__name__[:60]}")
        # An unbuilt model has no shapes; a model with two inputs has a list of them.
        if sample_shape(part, "input") is None or sample_shape(part, "output") is None:
            raise ValueError(f"{name} must be built, with one input and one output")
    (x, code), (h, y) = ((sample_shape(part, "input"), sample_shape(part, "output")) for part in (encoder, decoder))
    if not compatible(code or (), h or ()):
        raise ValueError(
            f"the decoder must take what the encoder gives: the encoder's output has shape {code}, the decoder's "
            f"input has shape {h}"
        )
    if not compatible(x or (), y or ()):
        raise ValueError(
            f"the decoder must give back what the encoder takes: the encoder's input has shape {x}, the decoder's "
            f"output has shape {y}. Where strides halve a side, it must be even each time: pad the inputs first "
            f'(np.pad), use padding="same", or cut the output to size (layers.Cropping2D)'
        )


def _fitting(model: keras.Model, sample: tuple[int, ...]) -> int:
    """How many samples' outputs of the widest layer fit into 2²⁴ numbers; sides that a model leaves open are x's."""
    widest = max([1, math.prod(sample), *(_width(layer, sample) for layer in flat_layers(model))])
    return int(min(max(1, 2**24 // widest), 10_000))


def _width(layer: keras.Layer, sample: tuple[int, ...]) -> int:
    """How many numbers a layer gives for one sample, at most."""
    shape = getattr(getattr(layer, "output", None), "shape", (None,))[1:]
    return math.prod(sample[min(i, len(sample) - 1)] if side is None else side for i, side in enumerate(shape))
