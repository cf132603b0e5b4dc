"""The exercises on dense autoencoders in Keras: build, split, save and load, a loss, and 32 numbers on a budget."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from aecourse.backend import keras
from aecourse.exercises.core import (
    RIGHT,
    Drawn,
    a_number,
    call,
    close,
    describe,
    drawn_apart,
    examples,
    exercise,
    kind,
    recognise_each,
    shape_of,
    wrong,
)
from aecourse.exercises.validation import a_model, an_autoencoder, judge, train
from aecourse.metrics import mse

THIRTY_TWO_TARGET, THIRTY_TWO_WEIGHTS = 0.0105, 250_000
MERGING = ("Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract")
# Activations that are layers of their own, or functions of keras.ops.
BENDS = (
    "Activation", "ELU", "LeakyReLU", "PReLU", "ReLU", "Softmax", "UnitNormalization", "Lambda",
    "Relu", "Relu6", "LeakyRelu", "Elu", "Selu", "Gelu", "Silu", "Sigmoid", "HardSigmoid", "Softplus",
    "Softsign", "Tanh",
)  # fmt: skip


@exercise(
    "to build a Keras autoencoder 784 → 128 → 32 → 128 → 784",
    hints=(
        "Copy the ten lines of section 1 and change two widths; compiling is not needed.",
        "layers.Flatten first, then Dense 128 (relu), 32, 128 (relu), 784 (sigmoid), layers.Reshape((28, 28, 1)) last.",
        "my_model = keras.Model(x, y), where x is the Input and y what Reshape gave.",
    ),
    drawn=Drawn(
        "to build a Keras autoencoder 784 → {hidden} → {code} → {hidden} → 784",
        {"hidden": range(90, 128), "code": range(33, 65)},
    ),
)
def build(my_model: object, *, hidden: int = 128, code: int = 32) -> str:
    """Look at the model's shapes, its Dense layers and what bends behind each, and the range of its output."""
    model = a_model(my_model, "my_model")
    for side in ("input", "output"):
        shape = tuple(getattr(model, f"{side}_shape"))
        if shape != (None, 28, 28, 1):
            wrong(f"the {side} must have shape (None, 28, 28, 1), and has {shape}. Flatten comes first, Reshape last.")
    widths, bends = _dense(model, code)
    if code not in widths:
        wrong(f"no Dense layer is {code} wide; yours are {widths}.")
    if widths != [hidden, code, hidden, 784]:
        wrong(f"the Dense layers must be {hidden}, {code}, {hidden} and 784 wide, in this order; yours are {widths}.")
    if bends[1]:
        wrong(f"the code must have no activation, and has {bends[1]}: it could not take every value.")
    if not bends[0] or not bends[2]:
        side = "first" if not bends[0] else "second"
        wrong(f'the {side} hidden layer has no activation. Without a bend the network is PCA again: activation="relu".')
    y = numpy(model(50 * np.random.default_rng().normal(size=(20, 28, 28, 1))))
    if close(y.sum(axis=(1, 2, 3)), np.ones(20), tolerance=1e-2):
        wrong("the 784 outputs of each digit add up to 1: softmax shares out one portion of ink. Use sigmoid.")
    if y.min() < 0 or y.max() > 1:
        wrong(
            f"outputs must lie between 0 and 1, and yours reach from {y.min():.1f} to {y.max():.1f}: give the last "
            'Dense layer activation="sigmoid".'
        )
    way = f"784 → {hidden} → {code} → {hidden} → 784"
    return f"{way}, {model.count_params():,} weights, outputs from {y.min():.2f} to {y.max():.2f}."


def _dense(model: keras.Model, code: int) -> tuple[list[int], list[str]]:
    """The widths of a model's Dense layers, those of models inside it among them, and the activations behind each."""
    widths: list[int] = []
    bends: list[str] = []
    size = 784
    for layer in _flat(model):
        name = type(layer).__name__
        if name in MERGING:
            wrong(
                f"{kind(layer)} layer joins two ways: everything has to pass the {code} numbers, one layer after the "
                "other."
            )
        if isinstance(layer, keras.layers.Dense):
            took = int(layer.kernel.shape[0])
            if took != size:
                wrong(
                    f"the Dense layer of {layer.units} takes {took} numbers where {size} come in: each layer must be "
                    "called on what the layer before gave, the first on what Flatten gave."
                )
            size = layer.units
            widths.append(size)
            bends.append(_bend(layer))
        elif bends and not bends[-1] and name in BENDS:
            bends[-1] = _bend(layer) if name == "Activation" else name
    return widths, bends


def _flat(model: keras.Model) -> list[keras.Layer]:
    """The layers of a model in order, those of models inside it in the place of these."""
    parts = getattr(model, "operations", model.layers)  # of a functional model with what keras.ops does in it
    return [inner for part in parts for inner in (_flat(part) if isinstance(part, keras.Model) else [part])]


def _bend(layer: keras.Layer) -> str:
    """The name of a layer's activation; empty for none."""
    name = getattr(layer.activation, "__name__", type(layer.activation).__name__)
    return "" if name == "linear" else str(name)


@exercise(
    "to make an encoder and a decoder out of one model",
    hints=(
        "The encoder is a model from whole.input to the output of the layer named code.",
        'my_encoder = keras.Model(whole.input, whole.get_layer("code").output)',
        "For the decoder, call the layers behind code one after the other on an input of their own. "
        "start = keras.Input((8,)), then z = start, and for layer in whole.layers[4:]: z = layer(z). "
        "At the end my_decoder = keras.Model(start, z)",
    ),
)
def split(my_encoder: object, my_decoder: object, *, whole: object) -> str:
    """Compare decoder(encoder(x)) with the whole model on random input, and look whose weights the two use."""
    encoder, decoder, model = (
        a_model(my_encoder, "my_encoder"),
        a_model(my_decoder, "my_decoder"),
        a_model(whole, "whole"),
    )
    code = model.get_layer("code")
    size, picture = code.output.shape[-1], tuple(model.output_shape)
    shapes = [tuple(part.input_shape) + tuple(part.output_shape)[1:] for part in (encoder, decoder)]
    if shapes == [(None, size, *picture[1:]), (*picture, size)]:
        wrong("you have exchanged the two: the encoder goes from digits to codes, the decoder from codes to digits.")
    if tuple(encoder.output_shape) == picture or encoder.output_shape[-1] == 784:
        wrong("my_encoder goes all the way to the output; it must end at the layer named code.")
    if tuple(encoder.output_shape) != (None, size):
        wrong(f"my_encoder must give codes of shape (None, {size}), and gives {tuple(encoder.output_shape)}.")
    if tuple(encoder.input_shape) != tuple(model.input_shape):
        wrong(f"my_encoder must take {tuple(model.input_shape)}, and takes {tuple(encoder.input_shape)}.")
    if tuple(decoder.input_shape) != (None, size):
        wrong(f"my_decoder must take codes of shape (None, {size}), and takes {tuple(decoder.input_shape)}.")
    if tuple(decoder.output_shape) != picture:
        wrong(f"my_decoder must give {picture}, and gives {tuple(decoder.output_shape)}.")
    x = np.random.default_rng().random((20, 28, 28, 1)).astype("float32")
    y, h = numpy(model(x)), numpy(encoder(x))
    expected, both = numpy(keras.Model(model.input, code.output)(x)), numpy(decoder(encoder(x)))
    if not close(h, expected):
        wrong("the codes are not those of whole: my_encoder must use whole's own layers, not new ones.")
    if not close(both, y):
        wrong("my_decoder(my_encoder(x)) is not whole(x): use whole's own layers behind code, all of them, in order.")
    own = {id(variable) for variable in model.variables}
    for name, part in (("my_encoder", encoder), ("my_decoder", decoder)):
        if not all(id(variable) in own for variable in part.variables):
            wrong(f"{name} holds copies of whole's weights: share the layers themselves, so that they train together.")
    apart = np.abs(both - y).max()
    return f"decoder(encoder(x)) is the whole model: the largest difference for 20 random inputs is {apart:.1g}."


@exercise(
    "to save a model and load it again",
    hints=(
        "A path is folder / 'name.keras'; a Keras model has a method that saves it there.",
        "whole.save(my_path) writes; keras.saving.load_model(my_path) reads.",
    ),
)
def reload(my_path: object, my_loaded: object, *, whole: object, folder: object) -> str:
    """Look at the file and where it stands, and compare the loaded model's answers with the saved one's."""
    if isinstance(my_path, keras.Model):
        wrong("my_path is a model; it must be the path of the file.")
    if not isinstance(my_path, str | Path):
        wrong(f"my_path must be a path, and is {describe(my_path)}.")
    path = Path(str(my_path))
    if path.is_dir():
        wrong("my_path is a folder; it must lead to a file in it: folder / 'name.keras', for example.")
    if path.suffix != ".keras":
        wrong(f"the file's name must end in .keras, which selects Keras's own format; yours is {path.name!r}.")
    if not path.is_file():
        wrong(f"there is no file {path.name!r} in that place: save before you load.")
    if Path(str(folder)).resolve() not in path.resolve().parents:
        wrong(f"{path.name!r} does not stand in folder: its path is folder / {path.name!r}.")
    model, loaded = a_model(whole, "whole"), a_model(my_loaded, "my_loaded")
    if loaded is model:
        wrong("my_loaded is whole itself, not a second model that came from the file.")
    try:
        fresh = keras.saving.load_model(path)
    # Whatever Keras raises for a file that it did not write.
    except Exception:
        wrong(f"Keras cannot read {path.name!r}: was it written by whole.save(my_path)?")
    x = np.random.default_rng().random((20, 28, 28, 1)).astype("float32")
    y = numpy(model(x))
    if tuple(fresh.output_shape) != tuple(model.output_shape) or not close(numpy(fresh(x)), y):
        wrong("the file holds another model than whole.")
    if tuple(loaded.output_shape) != tuple(model.output_shape) or not close(numpy(loaded(x)), y):
        wrong("the file holds whole, but my_loaded answers otherwise: it must be what load_model reads from that file.")
    return f"{path.name}, {path.stat().st_size:,} bytes, gives a second model with the same answers."


@exercise(
    "to write the binary cross-entropy",
    hints=(
        "Write the formula for one pixel first: −(x log y + (1 − x) log(1 − y)); ops works on whole arrays at once.",
        "Then the mean over everything: ops.mean(...). Mind the minus sign in front.",
        "-ops.mean(x * ops.log(y) + (1 - x) * ops.log(1 - y))",
    ),
)
def bce(my_bce: object) -> str:
    """Compare the learner's loss with Keras's own on random input, and recognise the usual slips."""
    x, y = drawn_apart(_pixels, _entropies)
    result = call(my_bce, x, y, name="my_bce")
    shape = shape_of(numpy(result))
    if np.prod(shape) != 1:
        wrong(f"my_bce must return one number, and returns an array of shape {shape}: take ops.mean of it.")
    value, answers = a_number(numpy(result), "my_bce(x, y)"), _entropies(x, y)
    again = drawn_apart(_pixels, _entropies)
    recognise_each([value, call(my_bce, *again, name="my_bce")], [answers, _entropies(*again)])
    ink = np.array([[1.0]], "float32"), np.array([[0.5]], "float32")
    # Few digits are right by chance now and then; for one pixel of ink they are not.
    told = a_number(numpy(call(my_bce, *ink, name="my_bce")), "my_bce(x, y)")
    if not close(value, answers[RIGHT], tolerance=1e-4) or not close(told, _entropies(*ink)[RIGHT], tolerance=1e-4):
        paper = np.array([[0.0]], "float32"), np.array([[0.25]], "float32")
        two = np.array([[1.0, 0.0], [0.0, 0.5]], "float32"), np.array([[0.5, 0.25], [0.75, 0.5]], "float32")
        examples(my_bce, [(a, _entropies(*a)[RIGHT]) for a in (ink, paper, two, (x, y))], name="my_bce")
    return f"this is the binary cross-entropy: {value:.4f} for a test input, {answers[RIGHT]:.4f} by Keras."


def _pixels(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Inputs, mostly ink, and answers that are worse for some rows than for others."""
    x = rng.uniform(0.05, 0.95, (5, 20)) ** 0.5
    return x.astype("float32"), rng.uniform(0.05, rng.uniform(0.4, 0.9, (5, 1)), x.shape).astype("float32")


def _entropies(x: np.ndarray, y: np.ndarray) -> dict[str, object]:
    with np.errstate(divide="ignore", invalid="ignore"):
        ink, paper = x * np.log(y), (1 - x) * np.log(1 - y)
        turned = -np.mean(y * np.log(x) + (1 - y) * np.log(1 - x))
    right = float(numpy(keras.ops.mean(keras.losses.binary_crossentropy(x, y))))
    return {
        RIGHT: right,
        "the sign is turned: logarithms of numbers below 1 are negative, a loss is positive.": -right,
        "that is the sum; take the mean, so that the loss does not grow with the batch.": right * x.size,
        "that is the sum over the pixels and the mean over the digits: take the mean over both.": right * x.shape[-1],
        "that charges for missing ink only: add the second half, (1 − x) log(1 − y), for paper.": -np.mean(ink),
        "that charges for ink on paper only: add the first half, x log y, for ink.": -np.mean(paper),
        "the two halves are subtracted: both are charged, so add them.": -np.mean(ink - paper),
        "x and y are exchanged: the logarithm is taken of the answer y.": turned,
        "that is the logarithm to base 2; ops.log takes the natural one.": right / np.log(2),
        "that is the logarithm to base 10; ops.log takes the natural one.": right / np.log(10),
        "that is the mean squared error; asked is the binary cross-entropy.": np.mean((x - y) ** 2),
        "the first half pays for paper and the second for ink: x belongs to log y.": -np.mean(
            (1 - x) * np.log(y) + x * np.log(1 - y)
        ),
        "the weights x and 1 − x are missing: how much ink there is decides which half counts.": -np.mean(
            np.log(y) + np.log(1 - y)
        ),
    }


@exercise(
    "to reach an error below 0.0105 with 32 numbers and at most 250,000 weights",
    hints=(
        "A Dense layer from a to b numbers holds a · b + b weights. How wide may one hidden layer on each side be?",
        "One hidden layer of 128 fits: model.count_params() tells. A narrow network learns more slowly, so give it "
        "more epochs than section 4 did.",
        "return train_dense(x, 32, (128,), epochs=12)",
    ),
)
def thirty_two(my_training: object) -> str:
    """Hand digits to the learner's function; judge what it returns on others, and count its weights."""
    model = an_autoencoder(train(my_training, name="my_training"), "what my_training returns", code=32)
    if model.count_params() > THIRTY_TWO_WEIGHTS:
        wrong(
            f"the network has {model.count_params():,} weights; at most {THIRTY_TWO_WEIGHTS:,} are allowed. Make it "
            "narrower."
        )
    measured = judge(
        lambda x: mse(x, model.reconstruct(x)),
        name="my_training",
        target=THIRTY_TWO_TARGET,
        advice="Train it longer, or as wide as the weights allow.",
    )
    return f"your network of {model.count_params():,} weights: {measured}."


def numpy(tensor: object) -> np.ndarray:
    """A tensor of any backend as a NumPy array."""
    return np.asarray(keras.ops.convert_to_numpy(tensor))
