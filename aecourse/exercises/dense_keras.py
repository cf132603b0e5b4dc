"""The exercises on dense autoencoders in Keras: build, split, save and load, a loss, and 32 numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from aecourse.backend import keras
from aecourse.exercises.core import a_number, call, close, describe, exercise, wrong
from aecourse.exercises.validation import error_below
from aecourse.metrics import mse
from aecourse.models import Autoencoder

THIRTY_TWO_TARGET = 0.010


@exercise(
    "to build a Keras autoencoder 784 → 128 → 32 → 128 → 784",
    hints=(
        "Copy the ten lines of section 1 and change two widths; compiling is not needed.",
        "layers.Flatten first, then Dense 128 (relu), 32, 128 (relu), 784 (sigmoid), layers.Reshape((28, 28, 1)) last.",
        "my_model = keras.Model(x, y), where x is the Input and y what Reshape gave.",
    ),
)
def build(my_model: object) -> str:
    """Look at the model's shapes, the widths of its Dense layers and the range of its output."""
    model = a_model(my_model, "my_model")
    for side in ("input", "output"):
        shape = tuple(getattr(model, f"{side}_shape"))
        if shape != (None, 28, 28, 1):
            wrong(f"the {side} must have shape (None, 28, 28, 1), and has {shape}. Flatten comes first, Reshape last.")
    dense = [layer for layer in model.layers if isinstance(layer, keras.layers.Dense)]
    widths = [layer.units for layer in dense]
    if 32 not in widths:
        wrong(f"no Dense layer is 32 wide; yours are {widths}.")
    if widths != [128, 32, 128, 784]:
        wrong(f"the Dense layers must be 128, 32, 128 and 784 wide, in this order; yours are {widths}.")
    activations = [keras.activations.serialize(layer.activation) for layer in dense]
    if activations[1] != "linear":
        wrong(
            f"the code must have no activation, and has {activations[1]!r}: it could not take negative values freely."
        )
    if activations[0] == "linear" or activations[2] == "linear":
        wrong('a hidden layer has no activation. Without a bend the network is PCA again: activation="relu".')
    y = keras.ops.convert_to_numpy(model(50 * np.random.default_rng().normal(size=(20, 28, 28, 1))))
    if y.min() < 0 or y.max() > 1:
        wrong('the output leaves the range 0 to 1: give the last Dense layer activation="sigmoid".')
    return "784 → 128 → 32 → 128 → 784."


@exercise(
    "to make an encoder and a decoder out of one model",
    hints=(
        "The encoder is a model from whole.input to the output of the layer named code.",
        'my_encoder = keras.Model(whole.input, whole.get_layer("code").output)',
        "For the decoder make z = keras.Input((8,)), call the layers behind code on it one after the other, and build "
        "keras.Model from that Input to the last result: for layer in whole.layers[4:]: z = layer(z)",
    ),
)
def split(my_encoder: object, my_decoder: object, *, whole: object) -> str:
    """Compare decoder(encoder(x)) with the whole model on random input."""
    encoder, decoder, model = (
        a_model(my_encoder, "my_encoder"),
        a_model(my_decoder, "my_decoder"),
        a_model(whole, "whole"),
    )
    size = model.get_layer("code").output.shape[-1]
    if encoder.output_shape[-1] == 784 or tuple(encoder.output_shape) == tuple(model.output_shape):
        wrong("my_encoder goes all the way to the output; it must end at the layer named code.")
    if tuple(encoder.output_shape) != (None, size):
        wrong(f"my_encoder must give codes of shape (None, {size}), and gives {tuple(encoder.output_shape)}.")
    if tuple(decoder.input_shape) != (None, size):
        wrong(f"my_decoder must take codes of shape (None, {size}), and takes {tuple(decoder.input_shape)}.")
    if tuple(decoder.output_shape) != tuple(model.output_shape):
        wrong(f"my_decoder must give {tuple(model.output_shape)}, and gives {tuple(decoder.output_shape)}.")
    x = np.random.default_rng().random((20, 28, 28, 1)).astype("float32")
    y, both = numpy(model(x)), numpy(decoder(encoder(x)))
    if not close(numpy(encoder(x)), numpy(keras.Model(model.input, model.get_layer("code").output)(x))):
        wrong("the codes are not those of whole: my_encoder must use whole's own layers, not new ones.")
    if not close(both, y):
        wrong("my_decoder(my_encoder(x)) is not whole(x): use whole's own layers behind code, all of them, in order.")
    return "decoder(encoder(x)) is the whole model."


@exercise(
    "to save a model and load it again",
    hints=(
        "A path is folder / 'name.keras'; a Keras model has a method that saves it there.",
        "whole.save(my_path) writes; keras.saving.load_model(my_path) reads.",
    ),
)
def reload(my_path: object, my_loaded: object, *, whole: object) -> str:
    """Look at the file, and compare the loaded model's answers with the saved one's."""
    if not isinstance(my_path, str | Path):
        wrong(f"my_path must be a path, and is {describe(my_path)}.")
    path = Path(str(my_path))
    if path.suffix != ".keras":
        wrong(f"the file's name must end in .keras, which selects Keras's own format; yours is {path.name!r}.")
    if not path.is_file():
        wrong(f"there is no file {path.name!r} in that folder: save before you load.")
    model, loaded = a_model(whole, "whole"), a_model(my_loaded, "my_loaded")
    if loaded is model:
        wrong("my_loaded is whole itself, not a second model that came from the file.")
    x = np.random.default_rng().random((20, 28, 28, 1)).astype("float32")
    fresh = keras.saving.load_model(path)
    if tuple(loaded.output_shape) != tuple(model.output_shape) or not close(numpy(loaded(x)), numpy(model(x))):
        wrong("my_loaded answers otherwise than whole: was whole saved, or another model?")
    if not close(numpy(fresh(x)), numpy(model(x))):
        wrong("the file holds another model than whole.")
    return "the loaded model is another object with the same answers."


@exercise(
    "to write the binary cross-entropy",
    hints=(
        "Write the formula for one pixel first: −(x log y + (1 − x) log(1 − y)); ops works on whole arrays at once.",
        "Then the mean over everything: ops.mean(...). Mind the minus sign in front.",
        "-ops.mean(x * ops.log(y) + (1 - x) * ops.log(1 - y))",
    ),
)
def bce(my_bce: object) -> str:
    """Compare the learner's loss with Keras's own on random input."""
    rng = np.random.default_rng()
    x, y = rng.random((5, 20)).astype("float32"), rng.uniform(0.05, 0.95, (5, 20)).astype("float32")
    result = call(my_bce, x, y, name="my_bce")
    if tuple(np.shape(numpy(result))) != ():
        wrong(
            f"my_bce must return one number, and returns shape {tuple(np.shape(numpy(result)))}: take ops.mean of it."
        )
    value, terms = a_number(numpy(result), "my_bce(x, y)"), x * np.log(y) + (1 - x) * np.log(1 - y)
    expected = float(numpy(keras.ops.mean(keras.losses.binary_crossentropy(x, y))))
    if close(value, -expected):
        wrong("the sign is turned: logarithms of numbers below 1 are negative, a loss is positive.")
    if close(value, -terms.sum()):
        wrong("that is the sum; take the mean, so that the loss does not grow with the batch.")
    if close(value, -np.mean(x * np.log(y))):
        wrong("that charges for missing ink only: add the second half, (1 − x) log(1 − y), for paper.")
    if close(value, -np.mean(y * np.log(x) + (1 - y) * np.log(1 - x))):
        wrong("x and y are exchanged: the logarithm is taken of the answer y.")
    if not close(value, expected):
        wrong(f"for a test input Keras's BCE is {expected:.4f}, my_bce gives {value:.4f}.")
    return "this is the binary cross-entropy, as Keras computes it."


@exercise(
    "to reach a validation error below 0.010 with 32 numbers",
    hints=(
        "train_dense of section 3 takes the size of the code, the hidden layers and the epochs.",
        "One hidden layer of 512 is enough here; with more epochs the rate falls more slowly and the error ends lower.",
        "model_32 = train_dense(x_fit, 32, (512,), epochs=5)",
    ),
)
def thirty_two(model_32: object) -> str:
    """Measure the learner's autoencoder on the validation digits, and on the test digits only once it is through."""
    if not isinstance(model_32, Autoencoder):
        wrong(f"model_32 must be an Autoencoder of the course, and is {describe(model_32)}.")
    if tuple(model_32.encoder.output_shape) != (None, 32):
        wrong(f"the code must hold 32 numbers, and has shape {tuple(model_32.encoder.output_shape)[1:]}.")
    model = model_32
    error_below(THIRTY_TWO_TARGET, lambda x: mse(x, model.reconstruct(x)), advice="Train it longer, or wider.")
    return (
        f"32 numbers and a validation error below {THIRTY_TWO_TARGET}; the test digits agree. Tell us how low it went."
    )


def a_model(value: object, name: str) -> keras.Model:
    """The learner's value as a Keras model that knows its shapes; ends the check when it is none."""
    if not isinstance(value, keras.Model):
        wrong(f"{name} must be a Keras model, and is {describe(value)}.")
    if not value.built or not isinstance(getattr(value, "input_shape", None), tuple):
        wrong(f"{name} does not know its input shape: start it with keras.Input(...).")
    return value


def numpy(tensor: object) -> np.ndarray:
    """A tensor of any backend as a NumPy array."""
    return np.asarray(keras.ops.convert_to_numpy(tensor))
