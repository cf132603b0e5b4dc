"""An autoencoder: an encoder h = f(x) and a decoder y = g(h), joined and usable apart, saved and loaded as one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from aecourse.backend import keras


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

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Nothing to create: encoder and decoder come built."""
        self.built = True

    def call(self, x: object, training: bool | None = None) -> object:
        """The reconstruction y = g(f(x)) as a tensor of the backend."""
        return self.decoder(self.encoder(x, training=training), training=training)

    def encode(self, x: np.ndarray, *, batch_size: int = 500) -> np.ndarray:
        """The codes h = f(x), shape `(n, *code_shape)`, of inputs `x`, shape `(n, *input_shape)`."""
        return apply(self.encoder, x, name="x", batch_size=batch_size)

    def decode(self, h: np.ndarray, *, batch_size: int = 500) -> np.ndarray:
        """The outputs y = g(h), shape `(n, *input_shape)`, of codes `h`, shape `(n, *code_shape)`."""
        return apply(self.decoder, h, name="h", batch_size=batch_size)

    def reconstruct(self, x: np.ndarray, *, batch_size: int = 500) -> np.ndarray:
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


def apply(model: keras.Model, x: np.ndarray, *, name: str, batch_size: int) -> np.ndarray:
    """The model's output for an array, batch by batch, as a NumPy array.

    Unlike `model.predict` this is quick for one sample and safe to call from several threads.
    """
    x = np.asarray(x)
    if x.dtype.kind not in "biuf":
        raise TypeError(f"{name} must hold numbers, got an array of {x.dtype}")
    expected = tuple(model.input_shape[1:])
    if x.ndim != len(expected) + 1 or any(e not in (None, s) for e, s in zip(expected, x.shape[1:], strict=True)):
        raise ValueError(f"{name} must have shape (n, {', '.join(map(str, expected))}), got {x.shape}")
    check_count("batch_size", batch_size)
    # An empty array passes through the model too: it comes back with the right shape.
    starts = range(0, max(len(x), 1), batch_size)
    return np.concatenate(
        [keras.ops.convert_to_numpy(model(x[i : i + batch_size], training=False)) for i in starts], axis=0
    )


def check_count(name: str, value: object) -> int:
    """The value as an int; raises a ValueError that names the argument unless it is a whole number of at least 1."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise ValueError(f"{name} must be a whole number of at least 1, got {value!r}")
    return int(value)


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
