"""Wrong answers, each with what the learner reads, and right ones."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from aecourse.datasets import split_digits
from aecourse.models import Autoencoder, dense_autoencoder
from aecourse.recipes.dense_keras import new_whole, train_dense
from aecourse.training import fit


def dense(*widths: int, activations: tuple[str | None, ...] = ("relu", None, "relu", "sigmoid")) -> keras.Model:
    x = keras.Input((28, 28, 1))
    z = layers.Flatten()(x)
    for width, activation in zip(widths, activations, strict=True):
        z = layers.Dense(width, activation=activation)(z)
    return keras.Model(x, layers.Reshape((28, 28, 1))(z))


@functools.cache
def whole_model() -> keras.Model:
    return new_whole()


def true_encoder(model: keras.Model) -> keras.Model:
    return keras.Model(model.input, model.get_layer("code").output)


def fresh_encoder() -> keras.Model:
    return true_encoder(new_whole())


def fresh_decoder() -> keras.Model:
    h = keras.Input((8,))
    return keras.Model(h, layers.Reshape((28, 28, 1))(layers.Dense(784)(h)))


def dense_stack(*widths: int) -> keras.Model:
    ways = zip(widths, ("relu", "linear", "relu", "sigmoid"), strict=True)
    hidden = [layers.Dense(width, activation=activation) for width, activation in ways]
    return keras.Sequential([keras.Input((28, 28, 1)), layers.Flatten(), *hidden, layers.Reshape((28, 28, 1))])


def decoder_layer_by_layer(model: keras.Model) -> keras.Model:
    z = code = keras.Input((8,))
    for layer in model.layers[4:]:
        z = layer(z)
    return keras.Model(code, z)


def decoder_in_a_stack(model: keras.Model) -> keras.Model:
    return keras.Sequential([keras.Input((8,)), *model.layers[model.layers.index(model.get_layer("code")) + 1 :]])


FOLDER = Path(tempfile.mkdtemp())


def saved(as_text: bool) -> tuple[str | Path, keras.Model]:
    path = FOLDER / "whole.keras"
    whole_model().save(path)
    return str(path) if as_text else path, keras.models.load_model(path)


def saved_as(path: Path, model: keras.Model | None = None) -> Path:
    (model or whole_model()).save(path)
    return path


def a_copy(model: keras.Model) -> keras.Model:
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    return copy


def no_model() -> Path:
    path = FOLDER / "text.keras"
    path.write_text("whole", encoding="utf-8")
    return path


def nested() -> keras.Model:
    """Encoder and decoder as two models inside a third."""
    x, h = keras.Input((28, 28, 1)), keras.Input((32,))
    z = layers.Dense(32)(layers.Dense(128, activation="relu")(layers.Flatten()(x)))
    y = layers.Dense(784, activation="sigmoid")(layers.Dense(128, activation="relu")(h))
    encoder, decoder = keras.Model(x, z), keras.Model(h, layers.Reshape((28, 28, 1))(y))
    return keras.Model(x, decoder(encoder(x)))


def bends_apart() -> keras.Model:
    """Activations as layers of their own."""
    hidden = [layers.Dense(128), layers.ReLU(), layers.Dense(32), layers.Dense(128), layers.Activation("relu")]
    end = [layers.Dense(784), layers.Activation("sigmoid"), layers.Reshape((28, 28, 1))]
    return keras.Sequential([keras.Input((28, 28, 1)), layers.Flatten(), *hidden, *end])


def by_ops(behind_the_code: Any) -> keras.Model:
    """Activations and shapes by keras.ops."""
    x = keras.Input((28, 28, 1))
    code = behind_the_code(layers.Dense(32)(ops.relu(layers.Dense(128)(ops.reshape(x, (-1, 784))))))
    y = ops.sigmoid(layers.Dense(784)(ops.relu(layers.Dense(128)(code))))
    return keras.Model(x, ops.reshape(y, (-1, 28, 28, 1)))


def around_the_code() -> keras.Model:
    x = keras.Input((28, 28, 1))
    wide = layers.Dense(128, activation="relu")(layers.Flatten()(x))
    z = layers.Dense(128, activation="relu")(layers.Dense(32)(wide))
    y = layers.Dense(784, activation="sigmoid")(layers.Add()([wide, z]))
    return keras.Model(x, layers.Reshape((28, 28, 1))(y))


def unflattened() -> keras.Model:
    """Flatten stands behind the first Dense layer, which so sees one pixel at a time."""
    x = keras.Input((28, 28, 1))
    z = layers.Flatten()(layers.Dense(128, activation="relu")(x))
    z = layers.Dense(128, activation="relu")(layers.Dense(32)(z))
    return keras.Model(x, layers.Reshape((28, 28, 1))(layers.Dense(784, activation="sigmoid")(z)))


def untrained(code: int, *hidden: int) -> Any:
    return lambda x: dense_autoencoder(code, hidden=hidden)


def fitted(x: np.ndarray) -> Any:
    model = dense_autoencoder(32, hidden=(32,))
    return fit(model, x[:250], epochs=1)


def on_the_lessons_digits(_: np.ndarray) -> Autoencoder:
    return train_dense(split_digits()[0][0][:3500], 32, (128,), epochs=3)


def in_plain_keras(x: np.ndarray) -> Autoencoder:
    start, h = keras.Input((28, 28, 1)), keras.Input((32,))
    z = layers.Dense(128, activation="relu")(layers.Flatten()(start))
    encoder = keras.Model(start, layers.Dense(32)(layers.BatchNormalization()(z)))
    y = layers.Dense(784, activation="sigmoid")(layers.Dense(144, activation="relu")(h))
    decoder = keras.Model(h, layers.Reshape((28, 28, 1))(y))
    model = Autoencoder(encoder, decoder)
    rate = keras.optimizers.schedules.CosineDecay(5e-3, 16 * 70)
    model.compile(optimizer=keras.optimizers.Adam(rate), loss="binary_crossentropy")
    model.fit(x, x, batch_size=100, epochs=16, verbose=0)
    return model


TOO_FAR = "my_encoder goes all the way to the output; it must end at the layer named code."

REFUSED = {
    "build": [
        (lambda: (dense(128, 16, 128, 784),), "no Dense layer is 32 wide; yours are [128, 16, 128, 784]."),
        (
            lambda: (dense(256, 32, 256, 784),),
            "the Dense layers must be 128, 32, 128 and 784 wide, in this order; yours are [256, 32, 256, 784].",
        ),
        (
            lambda: (dense(128, 32, 128, 784, activations=("relu", "relu", "relu", "sigmoid")),),
            "the code must have no activation, and has relu: it could not take every value.",
        ),
        (
            lambda: (dense(128, 32, 128, 784, activations=("relu", None, None, "sigmoid")),),
            'the second hidden layer has no activation. Without a bend the network is PCA again: activation="relu".',
        ),
        (
            lambda: (dense(128, 32, 128, 784, activations=("relu", None, "relu", None)),),
            "outputs must lie between 0 and 1, and yours reach from … to …: give the last Dense layer "
            'activation="sigmoid".',
        ),
        (
            lambda: (dense(128, 32, 128, 784, activations=("relu", None, "relu", "softmax")),),
            "the 784 outputs of each digit add up to 1: softmax shares out one portion of ink. Use sigmoid.",
        ),
        (
            lambda: (around_the_code(),),
            "an Add layer joins two ways: everything has to pass the 32 numbers, one layer after the other.",
        ),
        (
            lambda: (unflattened(),),
            "the Dense layer of 128 takes 1 numbers where 784 come in: each layer must be called on what the layer "
            "before gave, the first on what Flatten gave.",
        ),
        (lambda: (by_ops(ops.relu),), "the code must have no activation, and has Relu: it could not take every value."),
        (
            lambda: (keras.Sequential([layers.Dense(32)]),),
            "my_model does not know its input shape: start it with keras.Input(...).",
        ),
        (
            lambda: (keras.Sequential([keras.Input((784,)), layers.Dense(784)]),),
            "the input must have shape (None, 28, 28, 1), and has (None, 784). Flatten comes first, Reshape last.",
        ),
        (
            lambda: ([layers.Flatten(), layers.Dense(32)],),
            "my_model is a list of layers: keras.Sequential(…) makes a model of them.",
        ),
        (
            lambda: (keras.callbacks.History(),),
            "my_model is what fit returns, the history of the losses. The model is what was trained: my_model = model.",
        ),
        (
            lambda: (dense(128, 32, 128, 784).compile(),),
            "my_model is None: `compile`, `summary` and `save` return nothing. The model itself is asked for.",
        ),
        (lambda: (32,), "my_model must be a Keras model, and is 32 (int)."),
    ],
    "split": [
        (lambda: (whole_model(), whole_model()), TOO_FAR),
        (
            lambda: (decoder_layer_by_layer(whole_model()), true_encoder(whole_model())),
            "you have exchanged the two: the encoder goes from digits to codes, the decoder from codes to digits.",
        ),
        (
            lambda: (keras.Sequential(whole_model().layers[:3]), decoder_layer_by_layer(whole_model())),
            "my_encoder must give codes of shape (None, 8), and gives (None, 64).",
        ),
        (
            lambda: (fresh_encoder(), fresh_decoder()),
            "the codes are not those of whole: my_encoder must use whole's own layers, not new ones.",
        ),
        (
            lambda: (true_encoder(whole_model()), fresh_decoder()),
            "my_decoder(my_encoder(x)) is not whole(x): use whole's own layers behind code, all of them, in order.",
        ),
        (
            lambda: (true_encoder(whole_model()), whole_model()),
            "my_decoder must take codes of shape (None, 8), and takes (None, 28, 28, 1).",
        ),
        (
            lambda: (true_encoder(whole_model()), keras.Sequential([keras.Input((8,)), *whole_model().layers[4:-1]])),
            "my_decoder must give (None, 28, 28, 1), and gives (None, 784).",
        ),
        (
            lambda: (true_encoder(whole_model()), a_copy(decoder_layer_by_layer(whole_model()))),
            "my_decoder holds copies of whole's weights: share the layers themselves, so that they train together.",
        ),
        (
            lambda: (whole_model().get_layer("code"), decoder_layer_by_layer(whole_model())),
            "my_encoder must be a Keras model, and is a Dense.",
        ),
        (
            lambda: (whole_model().get_layer("code").output, decoder_layer_by_layer(whole_model())),
            "my_encoder is a KerasTensor, a stage on the way: keras.Model(input, output) makes a model of two of them.",
        ),
        (lambda: (true_encoder(whole_model()), ...), "my_decoder is still the … of the stub."),
    ],
    "reload": [
        (
            lambda: (FOLDER / "none.keras", new_whole()),
            "there is no file 'none.keras' in that place: save before you load.",
        ),
        (
            lambda: (FOLDER / "m.h5", new_whole()),
            "the file's name must end in .keras, which selects Keras's own format; yours is 'm.h5'.",
        ),
        (
            lambda: (FOLDER, new_whole()),
            "my_path is a folder; it must lead to a file in it: folder / 'name.keras', for example.",
        ),
        (
            lambda: (saved(as_text=False)[0], whole_model()),
            "my_loaded is whole itself, not a second model that came from the file.",
        ),
        (
            lambda: (saved(as_text=False)[0], new_whole()),
            "the file holds whole, but my_loaded answers otherwise: it must be what load_model reads from that file.",
        ),
        (
            lambda: (saved_as(FOLDER / "other.keras", new_whole()), a_copy(whole_model())),
            "the file holds another model than whole.",
        ),
        (
            lambda: (saved_as(Path(tempfile.mkdtemp()) / "elsewhere.keras"), a_copy(whole_model())),
            "'elsewhere.keras' does not stand in folder: its path is folder / 'elsewhere.keras'.",
        ),
        (
            lambda: (no_model(), a_copy(whole_model())),
            "Keras cannot read 'text.keras': was it written by whole.save(my_path)?",
        ),
        (
            lambda: (saved(as_text=False)[0], whole_model().save(FOLDER / "whole.keras")),
            "my_loaded is None: `compile`, `summary` and `save` return nothing. The model itself is asked for.",
        ),
        (lambda: (whole_model(), whole_model()), "my_path is a model; it must be the path of the file."),
        (
            lambda: (saved(as_text=False)[0], (a_copy(whole_model()),)),
            "my_loaded is a tuple of 1 Keras models: a single one is asked for.",
        ),
    ],
    "bce": [
        (
            lambda: (lambda x, y: ops.mean(x * ops.log(y) + (1 - x) * ops.log(1 - y)),),
            "the sign is turned: logarithms of numbers below 1 are negative, a loss is positive.",
        ),
        (
            lambda: (lambda x, y: -ops.sum(x * ops.log(y) + (1 - x) * ops.log(1 - y)),),
            "that is the sum; take the mean, so that the loss does not grow with the batch.",
        ),
        (
            lambda: (lambda x, y: -ops.mean(ops.sum(x * ops.log(y) + (1 - x) * ops.log(1 - y), axis=-1)),),
            "that is the sum over the pixels and the mean over the digits: take the mean over both.",
        ),
        (
            lambda: (lambda x, y: -ops.mean(x * ops.log(y)),),
            "that charges for missing ink only: add the second half, (1 − x) log(1 − y), for paper.",
        ),
        (
            lambda: (lambda x, y: -ops.mean((1 - x) * ops.log(1 - y)),),
            "that charges for ink on paper only: add the first half, x log y, for ink.",
        ),
        (
            lambda: (lambda x, y: -ops.mean(x * ops.log(y) - (1 - x) * ops.log(1 - y)),),
            "the two halves are subtracted: both are charged, so add them.",
        ),
        (
            lambda: (lambda x, y: -ops.mean(y * ops.log(x) + (1 - y) * ops.log(1 - x)),),
            "x and y are exchanged: the logarithm is taken of the answer y.",
        ),
        (
            lambda: (lambda x, y: -ops.mean(x * ops.log2(y) + (1 - x) * ops.log2(1 - y)),),
            "that is the logarithm to base 2; ops.log takes the natural one.",
        ),
        (
            lambda: (lambda x, y: ops.mean((x - y) ** 2),),
            "that is the mean squared error; asked is the binary cross-entropy.",
        ),
        (
            lambda: (lambda x, y: -(x * ops.log(y) + (1 - x) * ops.log(1 - y)),),
            "my_bce must return one number, and returns an array of shape (5, 20): take ops.mean of it.",
        ),
        (
            lambda: (lambda x, y: round(float(-ops.mean(x * ops.log(y) + (1 - x) * ops.log(1 - y))), 2),),
            "my_bce gives something else here.\nx = [[1]]\ny = [[0.5]]\nexpected: 0.6931\ngot: 0.69",
        ),
        (
            lambda: (lambda x, y: -ops.mean(x * ops.log(y) + 1 - x * ops.log(1 - y)),),
            "my_bce gives something else here.\nx = [[1]]\ny = [[0.5]]\nexpected: 0.6931\ngot: -1",
        ),
        (
            lambda: (lambda x, y: -ops.mean(x * ops.log(y) + (1 - x) * ops.log(1 - y)) + ops.mean((1 - x) * y),),
            "my_bce gives something else here.\nx = [[0]]\ny = [[0.25]]\nexpected: 0.2877\ngot: 0.5377",
        ),
    ],
    "thirty_two": [
        (
            lambda: (dense_autoencoder(32, hidden=(128,)),),
            "my_training must be a function, and is an Autoencoder. The check trains with it, on its own digits.",
        ),
        (
            lambda: (untrained(16),),
            "the code must hold 32 numbers, shape (32,), and has shape (16,).",
        ),
        (
            lambda: (lambda x: dense(128, 32, 128, 784),),
            "what my_training returns is a Functional, one Keras model. The check needs encoder and decoder apart: "
            "from aecourse.models import Autoencoder, then Autoencoder(encoder, decoder) makes one of two Keras models "
            "that meet in the 32 numbers.",
        ),
        (
            lambda: (lambda x: (true_encoder(whole_model()), decoder_in_a_stack(whole_model())),),
            "what my_training returns is two Keras models: from aecourse.models import Autoencoder, then "
            "Autoencoder(encoder, decoder) makes one of them.",
        ),
        (
            lambda: (lambda x: None,),
            "my_training returns nothing (None). Is a `return` missing?",
        ),
    ],
}

REFUSED_TRAINED = {
    "thirty_two": [
        (
            lambda: (untrained(32),),
            "an error of … on the digits that were kept back; below 0.0105 is asked. Train it longer, or as wide as "
            "the weights allow.",
        ),
        (
            lambda: (untrained(32, 512),),
            "the network has 840,496 weights; at most 250,000 are allowed. Make it narrower.",
        ),
        (
            lambda: (lambda x: x.fill(0) or dense_autoencoder(32, hidden=()),),
            "my_training overwrites x, which it was given: whoever called it still needs it. Work on a copy, x.copy(), "
            "and return the result.",
        ),
        (
            lambda: (fitted,),
            "what my_training returns is what fit returns, the history of the losses. The model is what was trained: "
            "return the model.",
        ),
        (
            lambda: (on_the_lessons_digits,),
            "an error of … on digits like those that my_training was handed, but of … on the lesson's own. So it was "
            "trained on the lesson's digits: train on the argument of my_training.",
        ),
    ],
}

ACCEPTED = {
    "build": [
        lambda: (dense(128, 32, 128, 784),),
        lambda: (dense_stack(128, 32, 128, 784),),
        lambda: (dense(128, 32, 128, 784, activations=("tanh", None, "silu", "sigmoid")),),
        lambda: (nested(),),
        lambda: (bends_apart(),),
        lambda: (by_ops(lambda code: code),),
        lambda: (dense_autoencoder(32, hidden=(128,)),),
    ],
    "split": [
        lambda: (true_encoder(whole_model()), decoder_layer_by_layer(whole_model())),
        lambda: (keras.Sequential(whole_model().layers[:4]), decoder_in_a_stack(whole_model())),
    ],
    "reload": [lambda: saved(as_text=False), lambda: saved(as_text=True)],
    "bce": [
        lambda: (lambda x, y: ops.mean(keras.losses.binary_crossentropy(x, y)),),
        lambda: (lambda x, y: ops.mean(-x * ops.log(y)) - ops.mean((1 - x) * ops.log(1 - y)),),
        lambda: (lambda x, y: -ops.sum(x * ops.log(y) + (1 - x) * ops.log(1 - y)) / x.size,),
        lambda: (lambda x, y: -np.mean(x * np.log(y) + (1 - x) * np.log(1 - y)),),
    ],
}

ACCEPTED_TRAINED = {
    "thirty_two": [lambda: (lambda x: train_dense(x, 32, (128,), epochs=12),), lambda: (in_plain_keras,)],
}

GIVEN = {
    "split": lambda: {"whole": whole_model()},
    "reload": lambda: {"whole": whole_model(), "folder": FOLDER},
}

# Right where the numbers are drawn for a student.
OWN = {
    "build": [
        lambda hidden, code: (dense(hidden, code, hidden, 784),),
        lambda hidden, code: (dense_stack(hidden, code, hidden, 784),),
    ]
}
