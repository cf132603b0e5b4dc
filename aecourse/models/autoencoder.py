"""An autoencoder: an encoder h = f(x) and a decoder y = g(h), joined and usable apart, saved and loaded as one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from aecourse.backend import keras
from aecourse.checks import whole_number


@keras.saving.register_keras_serializable(package="aecourse")
class Autoencoder(keras.Model):
    """An encoder and a decoder as one model: `model(x)` is the reconstruction y = g(f(x)).

    Args:
        encoder: Keras model from inputs x `(n, *input_shape)` to codes h `(n, *code_shape)`.
        decoder: Keras model from codes h `(n, *code_shape)` to reconstructions y `(n, *input_shape)`.

    Raises:
        TypeError: one of the two is not a Keras model.
        ValueError: one of the two is not built or has several inputs or outputs, or the encoder's output shape is not
            the decoder's input shape.

    Source: Hinton & Salakhutdinov, *Reducing the Dimensionality of Data with Neural Networks*, 2006.

    Example:
        >>> from aecourse.models import dense_autoencoder
        >>> model = dense_autoencoder(16)
        >>> x = np.zeros((5, 28, 28, 1), dtype="float32")
        >>> model.encode(x).shape, model.reconstruct(x).shape
        ((5, 16), (5, 28, 28, 1))
    """

    def __init__(self, encoder: keras.Model, decoder: keras.Model, **kwargs: object) -> None:
        for name, part in (("encoder", encoder), ("decoder", decoder)):
            if not isinstance(part, keras.Model):
                raise TypeError(f"{name} must be a Keras model, got {type(part).__name__}")
            # An unbuilt model has no shapes; a model with two inputs has a list of them.
            if not all(isinstance(getattr(part, f"{side}_shape", None), tuple) for side in ("input", "output")):
                raise ValueError(f"{name} must be built, with one input and one output")
        if encoder.output_shape[1:] != decoder.input_shape[1:]:
            raise ValueError(
                f"the decoder must take what the encoder gives: the encoder's output has shape "
                f"{encoder.output_shape[1:]}, the decoder's input has shape {decoder.input_shape[1:]}"
            )
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
        """The codes h = f(x), shape `(n, *code_shape)`, of inputs `x`, shape `(n, *input_shape)`."""
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
        TypeError: `x` does not hold numbers.
        ValueError: `x` has another shape than the model takes, or `batch_size` is out of range.

    Example:
        >>> from aecourse.models import dense_autoencoder
        >>> outputs(dense_autoencoder(4, hidden=()), np.zeros((3, 28, 28, 1), "float32")).shape
        (3, 28, 28, 1)
    """
    return _outputs(model, x, "x", batch_size)


def _outputs(model: keras.Model, x: np.ndarray, name: str, batch_size: int | None) -> np.ndarray:
    x = np.asarray(x)
    if x.dtype.kind not in "biuf":
        raise TypeError(f"{name} must hold numbers, got an array of {x.dtype}")
    expected = tuple(model.input_shape[1:])
    if x.ndim != len(expected) + 1 or any(e not in (None, s) for e, s in zip(expected, x.shape[1:], strict=True)):
        raise ValueError(f"{name} must have shape (n, {', '.join(map(str, expected))}), got {x.shape}")
    size = _fitting(model, x.shape[1:]) if batch_size is None else whole_number("batch_size", batch_size)
    # An empty array passes through the model too: it comes back with the right shape.
    starts = range(0, max(len(x), 1), size)
    return np.concatenate([keras.ops.convert_to_numpy(model(x[i : i + size], training=False)) for i in starts], axis=0)


def _fitting(model: keras.Model, sample: tuple[int, ...]) -> int:
    """How many samples' outputs of the widest layer fit into 2²⁴ numbers; sides that a model leaves open are x's."""
    widest = max([1, math.prod(sample), *(_width(layer, sample) for layer in flat_layers(model))])
    return int(min(max(1, 2**24 // widest), 10_000))


def _width(layer: keras.Layer, sample: tuple[int, ...]) -> int:
    """How many numbers a layer gives for one sample, at most."""
    shape = getattr(getattr(layer, "output", None), "shape", (None,))[1:]
    return math.prod(sample[min(i, len(sample) - 1)] if side is None else side for i, side in enumerate(shape))


def flat_layers(model: keras.Model) -> Iterator[keras.Layer]:
    """The layers of a model, those of models inside it among them."""
    for layer in model.layers:
        yield from flat_layers(layer) if isinstance(layer, keras.Model) else [layer]


def load(path: str | Path) -> Autoencoder:
    """The autoencoder that `model.save(path)` stored in Keras's own `.keras` format.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file holds something else than an `Autoencoder`.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f"path: there is no file {str(path)!r}")
    model = keras.saving.load_model(path)
    if not isinstance(model, Autoencoder):
        raise ValueError(f"path must lead to an Autoencoder, {str(path)!r} holds a {type(model).__name__}")
    return model
