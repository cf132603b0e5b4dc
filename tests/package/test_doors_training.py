"""What the door of `aecourse.training` says to what does not fit, and what it lets through, sorted by kind."""

from __future__ import annotations

import os
import signal
import time
import warnings
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
from keras import layers, ops
from scipy import sparse

from aecourse.models import Autoencoder, dense_autoencoder
from aecourse.recipes.sound import negative_si_sdr
from aecourse.training import compilation, fit, steps_at_once
from aecourse.training.errors import in_our_words

X = np.random.default_rng(0).random((12, 4, 4, 1)).astype("float32")
Z = np.random.default_rng(1).normal(size=(12, 7)).astype("float32")
CLASSES = np.arange(12) % 3
LONGEST = 600


@pytest.fixture(autouse=True)
def ctrl_c_interrupts():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def dense(inputs=(4, 4, 1), outputs=None, activation: str = "linear") -> keras.Model:
    """One layer from samples of one shape to samples of another."""
    x, outputs = keras.Input(inputs), inputs if outputs is None else outputs
    y = layers.Dense(int(np.prod(outputs)), activation=activation)(layers.Flatten()(x))
    return keras.Model(x, layers.Reshape(outputs)(y))


@pytest.fixture(scope="module")
def models() -> dict[str, keras.Model]:
    """By name; the tests of refusals share them: a refused training changes nothing."""
    return {
        "image": dense(),
        "sigmoid": dense_autoencoder(2, hidden=(), input_shape=(4, 4, 1)),
        "colour": dense((4, 4, 3)),
        "table": dense((7,)),
        "one": dense((7,), (1,)),
        "three": dense((7,), (3,), "softmax"),
        "tanh": dense(activation="tanh"),
        "relu": dense(activation="relu"),
        "stack": keras.Sequential([keras.Input((7,)), layers.Dense(7, activation="sigmoid")]),
    }


def refusal(error=(ValueError, TypeError), **arguments) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(error) as caught:
            fit(**{"epochs": 1, **arguments})
    text = str(caught.value)
    assert len(text) <= LONGEST
    assert text.count("\n") < 5
    assert "\x1b" not in text
    return text


# ------------------------------------------------------------------------------- kind: outputs beside targets, inputs


def image(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).random((12, *shape)).astype("float32")


@pytest.mark.parametrize("loss", ["mse", "MeanSquaredError", keras.losses.Huber()])
@pytest.mark.parametrize(
    ("name", "x", "y", "words"),
    [
        ("image", X, image(4, 4, 3), "x.mean" and "(n, 4, 4, 1)"),
        ("colour", image(4, 4, 3), X, "np.repeat(y, 3, axis=-1)"),
        ("image", X, image(1, 1, 1), "(12, 1, 1, 1)"),
        ("image", X, image(4, 1, 1), "(12, 4, 1, 1)"),
        ("image", X, image(4, 4), "y[..., None]"),
        ("image", X, image(16), "y.reshape(-1, 4, 4, 1)"),
        ("image", X, image(1, 4, 4), "np.moveaxis(y, 1, -1)"),
        ("image", X, CLASSES, "labels"),
        ("image", X, CLASSES[:, None], "labels"),
        ("table", Z, Z[:, :1], "(12, 1)"),
        ("table", Z, CLASSES, "sparse_categorical_crossentropy"),
        ("table", Z, Z[:, :1] * 0 + 2, "sparse_categorical_crossentropy"),
        ("table", Z, Z[:, None], "y[:, 0]"),
        ("one", Z, Z, "(n, 1)"),
        ("one", Z, Z[:, :1, None], "(12, 1, 1)"),
    ],
)
def test_targets_that_would_be_stretched_are_refused(models, name, x, y, words, loss) -> None:
    text = refusal(ValueError, model=models[name], x=x, y=y, loss=loss)
    assert words in text
    assert str(y.shape) in text
    validation = refusal(ValueError, model=models[name], x=x, y=_right(models[name]), validation_data=(x, y), loss=loss)
    assert "the targets of validation_data" in validation
    assert not models[name].compiled


def _right(model: keras.Model) -> np.ndarray:
    return np.zeros((12, *model.output_shape[1:]), "float32")


@pytest.mark.parametrize(
    ("name", "x", "words"),
    [
        ("image", X[0], "x[None]"),
        ("image", X[..., 0], "x[..., None]"),
        ("image", X.reshape(12, 16), "x.reshape(-1, 4, 4, 1)"),
        ("image", np.moveaxis(X, -1, 1), "np.moveaxis(x, 1, -1)"),
        ("image", image(4, 4, 3), "colour images"),
        ("colour", X, "grey images"),
        ("table", Z.T, "np.moveaxis(x, -1, 0)"),
        ("table", image(8), "another size"),
        ("stack", Z[0], "x[None]"),
    ],
)
def test_inputs_of_another_shape_are_refused_in_our_words(models, name, x, words) -> None:
    assert words in refusal(ValueError, model=models[name], x=x)
    good = np.zeros((3, *models[name].input_shape[1:]), "float32")
    text = refusal(ValueError, model=models[name], x=good, y=_right(models[name])[:3], validation_data=x)
    assert "validation_data must have shape" in text
    assert "watch" in refusal(ValueError, model=models[name], x=good, watch=x)


class Subclass(keras.Model):
    """A model that knows no shape before it has seen one."""

    def __init__(self, units: int) -> None:
        super().__init__()
        self.dense = layers.Dense(units)

    def call(self, x: object) -> object:
        return self.dense(x)


@pytest.mark.parametrize("unbuilt", [lambda: Subclass(1), lambda: keras.Sequential([layers.Dense(1)])])
def test_a_model_that_is_not_built_is_compared_too(unbuilt) -> None:
    assert "outputs have shape (n, 1)" in refusal(ValueError, model=unbuilt(), x=Z)


def test_an_unbuilt_model_that_cannot_take_the_inputs_is_explained() -> None:
    model = keras.Sequential([layers.Conv2D(2, 3)])
    assert "conv2d" in refusal(ValueError, model=model, x=Z)


def test_a_model_of_several_ends_is_refused() -> None:
    x, z = keras.Input((7,)), keras.Input((7,))
    assert "one input, got one with 2" in refusal(ValueError, model=keras.Model([x, z], layers.Add()([x, z])), x=Z)
    assert "one output, got one with 2" in refusal(ValueError, model=keras.Model(x, [x, layers.Dense(2)(x)]), x=Z)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "y", "loss"),
    [
        (lambda: dense((7,), (3,), "softmax"), CLASSES, "sparse_categorical_crossentropy"),
        (lambda: dense((7,), (3,), "softmax"), CLASSES[:, None].astype("uint8"), "sparse_categorical_crossentropy"),
        (lambda: dense((7,), (3,)), CLASSES, keras.losses.SparseCategoricalCrossentropy(from_logits=True)),
        (lambda: dense((7,), (4, 3), "softmax"), np.ones((12, 4)), "sparse_categorical_crossentropy"),
        (lambda: dense((7,), (5,)), Z[:, :2], lambda y, z: ops.mean((y - z[:, :2]) ** 2)),
        (lambda: dense((7,)), Z, negative_si_sdr),
        (lambda: keras.Sequential([keras.Input((7,)), layers.Dense(4)]), Z[:, :4], "mse"),
        (lambda: Subclass(4), Z[:, :4], "mse"),
        (lambda: dense((7,), (1,)), Z[:, :1], "mae"),
        (lambda: dense((7,), (2,)), CLASSES[:, None] * [1, 2], "mse"),
        (lambda: dense((7,), (2,), "sigmoid"), np.eye(2, dtype=bool)[CLASSES % 2], "bce"),
    ],
)
def test_targets_that_fit_are_trained_on(model, y, loss) -> None:
    history = fit(model(), Z, y, epochs=1, loss=loss, validation_data=(Z, y)).history
    assert np.isfinite([history["loss"], history["val_loss"]]).all()


@pytest.mark.slow
def test_numbers_as_targets_of_one_output_are_compared_one_by_one() -> None:
    """Not each with each, as (n,) against (n, 1) would be."""
    model = dense((7,), (1,))
    expected = float(np.mean((ops.convert_to_numpy(model(Z))[:, 0] - Z[:, 0]) ** 2))
    history = fit(model, Z, Z[:, 0], epochs=1, batch_size=12, learning_rate=1e-9, validation_data=(Z, Z[:, 0])).history
    assert history["loss"] == pytest.approx([expected], rel=1e-4)
    assert history["val_loss"] == pytest.approx([expected], rel=1e-4)


@pytest.mark.parametrize("y", [CLASSES + 1, CLASSES - 1, CLASSES + 0.5, CLASSES * 100])
def test_classes_that_are_none_are_refused(models, y) -> None:
    text = refusal(ValueError, model=models["three"], x=Z, y=y, loss="sparse_categorical_crossentropy")
    assert "whole numbers from 0 to 2" in text
    one_hot = refusal(
        ValueError, model=models["three"], x=Z, y=np.eye(3)[CLASSES], loss="sparse_categorical_crossentropy"
    )
    assert "categorical_crossentropy" in one_hot


@pytest.mark.parametrize("bad", ["foo", "x" * 9000, 3, None, ["mse"], {"y": "mse"}, X])
def test_what_is_no_loss_is_refused(models, bad) -> None:
    assert "loss must be" in refusal(ValueError, model=models["image"], x=X, loss=bad)


# ------------------------------------------------------------------------------------------------------- kind: range


@pytest.mark.parametrize(
    "loss",
    [
        "binary_crossentropy",
        "bce",
        "BinaryCrossentropy",
        keras.losses.BinaryCrossentropy(),
        keras.losses.BinaryCrossentropy(from_logits=True),
        keras.losses.binary_crossentropy,
        keras.losses.BinaryFocalCrossentropy(),
        "kl_divergence",
        "dice",
    ],
)
@pytest.mark.parametrize("y", [255 * X, X - 0.5, X + 0.1, (255 * X).astype("uint8"), 2 * X - 1])
def test_cross_entropy_outside_0_to_1_is_refused(models, loss, y) -> None:
    for name in ("image", "sigmoid"):
        text = refusal(ValueError, model=models[name], x=X, y=y, loss=loss)
        assert "y holds values from" in text
        assert "from 0 to 1" in text
    assert "targets of validation_data" in refusal(
        ValueError, model=models["sigmoid"], x=X, validation_data=(X, y), loss=loss
    )


@pytest.mark.parametrize(
    ("name", "x", "words"),
    [
        ("sigmoid", 255 * X, "/ 255"),
        ("sigmoid", (255 * X).astype("uint8"), "/ 255"),
        ("sigmoid", 3 * X - 1, 'output_activation="linear"'),
        ("sigmoid", X + 0.2, "np.clip"),
        ("stack", Z, 'output_activation="linear"'),
        ("tanh", 3 * X, "from -1 to 1"),
        ("relu", X - 0.5, "of at least 0"),
    ],
)
def test_targets_that_the_last_activation_cannot_reach_are_refused(models, name, x, words) -> None:
    assert words in refusal(ValueError, model=models[name], x=x)


@pytest.mark.parametrize("loss", ["mean_squared_logarithmic_error", "poisson"])
def test_losses_of_counts_refuse_negative_targets(models, loss) -> None:
    assert "of at least 0" in refusal(ValueError, model=models["image"], x=X - 0.5, loss=loss)


@pytest.mark.slow
@pytest.mark.parametrize("x", [255 * X, (255 * X).astype("uint8"), (255 * X).astype("int64"), np.round(16 * X)])
def test_pixels_as_bytes_are_said_to_be_once(x) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fit(dense(), x, epochs=2, batch_size=6, learning_rate=1e-9)
    texts = [str(w.message) for w in caught if w.category is UserWarning]
    assert len(texts) == 1
    assert texts[0].startswith("x holds values from")


@pytest.mark.slow
def test_no_warning_where_the_scale_is_right() -> None:
    x = keras.Input((4, 4, 1))
    scaled = keras.Model(x, layers.Dense(1)(layers.Rescaling(1 / 255)(x)))
    named = keras.Sequential([keras.Input((4,)), layers.Embedding(99, 2), layers.Flatten(), layers.Dense(4)])
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        fit(scaled, (255 * X).astype("uint8"), X, epochs=1)
        fit(named, np.arange(48).reshape(12, 4), Z[:, :4], epochs=1)
        fit(dense((7,)), 9 * Z, epochs=1)


@pytest.mark.slow
def test_a_loss_of_probabilities_without_probabilities_is_said_to_be() -> None:
    with pytest.warns(UserWarning, match="probabilities"):
        fit(dense(), X, epochs=1, loss="binary_crossentropy")
    with pytest.warns(UserWarning, match="logits"):
        fit(dense(activation="sigmoid"), X, epochs=1, loss=keras.losses.BinaryCrossentropy(from_logits=True))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["bool", "uint8", "int64", "float16", "float64"])
def test_any_type_of_number_trains_like_floats(kind) -> None:
    x, losses = (X > 0.5).astype(kind), []
    for given in (x, x.astype("float32")):
        keras.utils.set_random_seed(0)
        losses += fit(dense(), given, epochs=1, seed=0).history["loss"]
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)


# ------------------------------------------------------------------------------------------------------- kind: types


TYPES = {
    "DataFrame": (pd.DataFrame(Z), "x.to_numpy('float32')"),
    "Series": (pd.Series(Z[:, 0]), "to_numpy"),
    "list": (Z.tolist(), "np.asarray(x"),
    "list of arrays": ([*Z], "np.stack(x)"),
    "tuple": ((Z, Z), "x[0]"),
    "dict": ({"x": Z}, "one of the arrays"),
    "tensor": (ops.convert_to_tensor(Z), "convert_to_numpy(x)"),
    "symbol": (keras.Input((7,)), "to come"),
    "History": (keras.callbacks.History(), "History"),
    "generator": ((z for z in Z), "np.stack(list(x))"),
    "sparse": (sparse.csr_matrix(Z), "x.toarray()"),
    "masked": (np.ma.masked_where(Z > 0, Z), "filled"),
    "objects": (Z.astype(object), "object"),
    "complex": (Z.astype(complex), "np.abs(x)"),
    "texts": (Z.astype(str), "astype"),
    "None": (None, "None"),
    "text": ("x", "text"),
    "0-d": (np.array(1.0), "one sample"),
}


@pytest.mark.parametrize("kind", TYPES)
def test_a_type_is_named_with_its_way_to_an_array(models, kind) -> None:
    bad, cure = TYPES[kind]
    table = models["table"]
    assert cure in refusal(model=table, x=bad)
    if kind != "None":  # which means that there is none
        named = cure.replace("x", "y", 1) if cure.startswith("x") else cure.replace("(x", "(y")
        assert named in refusal(model=table, x=Z, y=bad)
        assert "watch" in refusal(model=table, x=Z, watch=bad)
    if kind not in ("None", "tuple"):  # which is a pair
        assert "validation_data" in refusal(model=table, x=Z, validation_data=bad)
    assert "validation_data" in refusal(model=table, x=Z, validation_data=(Z, bad))


def test_watch_as_a_list_is_named(models) -> None:
    assert "np.stack(watch)" in refusal(TypeError, model=models["image"], x=X, watch=[X[0], X[1]])


@pytest.mark.parametrize("bad", [None, "model", 3, keras.Model, layers.Dense(2), X])
def test_what_is_no_model_is_refused(bad) -> None:
    assert "model must be a Keras model" in refusal(TypeError, model=bad, x=X)


@pytest.mark.slow
def test_one_callback_alone_is_a_list_of_one() -> None:
    stop = keras.callbacks.EarlyStopping("loss", patience=0, min_delta=1e9)
    assert len(fit(dense(), X, epochs=9, callbacks=stop).epoch) == 2
    assert len(fit(dense(), X, epochs=1, callbacks=(keras.callbacks.History(),)).epoch) == 1


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ("EarlyStopping", "a list of Keras callbacks"),
        ([print], "callbacks[0]"),
        (keras.callbacks.EarlyStopping, "callbacks must be"),
        ([keras.callbacks.EarlyStopping], "EarlyStopping()"),
        ([None], "callbacks[0]"),
        (3, "callbacks must be"),
    ],
)
def test_what_is_no_callback_is_refused(models, bad, words) -> None:
    assert words in refusal(TypeError, model=models["image"], x=X, callbacks=bad)


# ----------------------------------------------------------------------------------------------------- kind: corrupt


def broken_later(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    if rng.random() < 0.3:
        raise LookupError("my own mistake")
    return x


@pytest.mark.parametrize(
    ("corrupt", "error", "words"),
    [
        (lambda x, rng: (x, x > 0), TypeError, "[0]"),
        (lambda x, rng: [*x], TypeError, "np.stack"),
        (lambda x, rng: None, TypeError, "return x"),
        (lambda x, rng: x[..., 0], ValueError, "return the shape it got"),
        (lambda x, rng: x[:1], ValueError, "return the shape it got"),
        (lambda x, rng: x.astype(str), TypeError, "numbers"),
        (lambda x, rng: x * np.nan, ValueError, "NaN"),
        (lambda x, rng: x / 0.0, ValueError, "NaN or infinity"),
        (lambda x, rng: (255 * x).astype("uint8"), ValueError, "/ 255"),
        (lambda x, rng: np.ma.masked_where(x > 0.5, x), ValueError, "masked"),
        (lambda x, rng: "x", TypeError, "text"),
        (lambda x: x, TypeError, "a batch and a Generator"),
        (lambda x, rng, sigma: x, TypeError, "a batch and a Generator"),
        (0.5, TypeError, "a function"),
        ("noise", TypeError, "a function"),
        pytest.param(broken_later, LookupError, "my own mistake", marks=pytest.mark.slow),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
def test_damage_that_is_none_is_refused(corrupt, error, words) -> None:
    assert words in refusal(error, model=dense(), x=X, corrupt=corrupt, epochs=30, batch_size=4, seed=0)


def in_place(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    x[:] = 0
    return x


@pytest.mark.slow
@pytest.mark.parametrize(
    "corrupt",
    [
        in_place,
        lambda x, rng: 0.0 * x.astype("float64"),
        lambda x, rng: np.zeros(x.shape, int),
        lambda x, rng: np.zeros(x.shape, bool),
        lambda x, rng: ops.zeros(x.shape),
    ],
)
def test_damage_of_any_type_reaches_the_inputs_and_nothing_else(corrupt) -> None:
    given, model = X.copy(), dense()
    history = fit(model, X, epochs=1, batch_size=12, learning_rate=1e-9, corrupt=corrupt)
    np.testing.assert_array_equal(X, given)
    assert history.history["loss"] == pytest.approx([float(np.mean(X**2))], rel=1e-3)


# ----------------------------------------------------------------------------------- kind: models that train themselves


class Uncallable(keras.Model):
    """A training step of its own, and no call."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = dense((4, 4, 1), (2,))
        self.built = True

    def train_step(self, *_):
        return {}


class OwnLoss(Autoencoder):
    """A loss of its own: what the code costs is added."""

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, **options):
        return ops.mean((x - y_pred) ** 2) + ops.mean(self.encoder(x) ** 2)


@pytest.mark.slow
def test_a_loss_of_its_own_is_used() -> None:
    parts = dense_autoencoder(2, hidden=(), input_shape=(4, 4, 1))
    model = OwnLoss(parts.encoder, parts.decoder)
    expected = np.mean((X - model.reconstruct(X)) ** 2) + np.mean(model.encode(X) ** 2)
    history = fit(model, X, epochs=1, batch_size=12, learning_rate=1e-9)
    assert history.history["loss"] == pytest.approx([float(expected)], rel=1e-3)


def test_what_cannot_be_called_cannot_be_watched() -> None:
    assert "no call method" in refusal(ValueError, model=Uncallable(), x=X, watch=X[:2])


# ---------------------------------------------------------------------------------------------- kind: errors of others


class Failing(layers.Layer):
    def call(self, x: object) -> object:
        raise KeyError("my own mistake")


@pytest.mark.slow
def test_an_error_inside_the_network_is_said_in_a_line() -> None:
    x = keras.Input((4, 4, 1))
    model = keras.Model(x, layers.Dense(1)(x))
    assert refusal(model=model, x=X, loss=lambda y, z: ops.matmul(ops.reshape(y, (5, 7)), z))
    with pytest.raises((ValueError, KeyError), match="my own mistake") as caught:
        fit(keras.Sequential([Failing()]), X, epochs=1)
    assert len(str(caught.value)) <= LONGEST
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "x" * 12_000,
        "\x1b[1mred\x1b[0m",
        "Exception encountered when calling Dense.call().\n\n\x1b[1mwrong shape\x1b[0m\n\nArguments:\n" + "1, " * 9000,
        "Graph execution error:\n\nDetected at node X:\n  File a\nwrong shape\n\t [[{{node X}}]]",
        "in user code:\n\n    File a, line 3\n\n    ValueError: wrong shape\n",
        "Graph execution error:",
        "in user code:",
    ],
)
def test_pages_of_others_become_one_line(text) -> None:
    words = str(in_our_words(ValueError(text)))
    assert len(words) <= LONGEST
    assert "\n" not in words
    assert "\x1b" not in words
    assert ("wrong shape" in words) == ("wrong shape" in text)
    plain = LookupError("short")
    assert in_our_words(plain) is plain


# ---------------------------------------------------------------------------------------------------- kind: compiling


def through(*parts) -> keras.Model:
    x = keras.Input((4, 4, 1))
    z = x
    for part in parts:
        z = part(z)
    return keras.Model(x, layers.Dense(1)(z))


class OwnDense(layers.Dense):
    pass


@pytest.mark.parametrize(
    ("model", "compiles"),
    [
        (lambda: dense_autoencoder(2, hidden=(4,), input_shape=(4, 4, 1)), True),
        (lambda: through(layers.Flatten(), layers.Dropout(0.1), layers.Reshape((4, 4, 1)), layers.ReLU()), True),
        (lambda: keras.Sequential([keras.Input((3,)), layers.Dense(2, "relu"), layers.BatchNormalization()]), True),
        (lambda: through(layers.Resizing(8, 8, interpolation="bicubic")), False),
        (lambda: through(lambda z: ops.image.resize(z, (8, 8), interpolation="bicubic")), False),
        (lambda: through(layers.Lambda(lambda z: z)), False),
        (lambda: through(lambda z: ops.sort(z, axis=1)), False),
        (lambda: through(OwnDense(2)), False),
        (lambda: through(layers.Dense(2, activation=lambda z: z)), False),
        (lambda: through(layers.Dense(2, kernel_regularizer=lambda w: ops.sum(w))), False),
        (lambda: through(layers.Conv2D(1, 3)), False),
        (lambda: through(layers.UpSampling2D(2)), False),
        (lambda: through(keras.Sequential([layers.Resizing(8, 8, interpolation="bicubic")])), False),
        (lambda: Subclass(3), False),
        (Uncallable, False),
    ],
)
def test_only_what_is_known_to_compile_is_compiled(model, compiles, monkeypatch) -> None:
    monkeypatch.setattr(compilation.sys, "platform", "linux")
    on_tensorflow = keras.backend.backend() == "tensorflow"
    model = model()
    assert compilation.worth_compiling(model, 10**6) is (compiles and on_tensorflow)
    assert compilation.worth_compiling(model, 10**6, False) is False


@pytest.mark.slow
def test_a_training_of_400_steps_runs_like_one_of_390() -> None:
    for epochs in (39, 40):
        model = through(lambda z: ops.image.resize(z, (8, 8), interpolation="bicubic"), layers.AveragePooling2D(2))
        assert len(fit(model, np.tile(X, (5, 1, 1, 1)), epochs=epochs, batch_size=6).epoch) == epochs


# ----------------------------------------------------------------------------------------------------- kind: stopping


@pytest.mark.parametrize(
    ("model", "batch", "most"),
    [
        (lambda: dense_autoencoder(16), 125, 10),
        (lambda: dense_autoencoder(2, hidden=(), input_shape=(4, 4, 1)), 4, 10),
        (lambda: through(layers.Conv2D(8, 3)), 8, 10),
        (lambda: dense((16, 16, 16), (16, 16, 16)), 4096, 2),
        (lambda: through(OwnDense(2)), 4, 1),
        (lambda: through(layers.Lambda(lambda z: z)), 4, 1),
        (lambda: through(layers.Reshape((16, 1)), layers.LSTM(4)), 4, 1),
        (lambda: Subclass(3), 4, 1),
        (Uncallable, 4, 1),
    ],
)
def test_a_call_lasts_a_quarter_of_a_second_at_most(model, batch, most) -> None:
    model = model()
    seconds = compilation.seconds_a_step(model, batch, (4, 4, 1))
    at_once = steps_at_once(100, seconds)
    assert at_once == 1 or at_once * seconds <= 0.25
    on_tensorflow = keras.backend.backend() == "tensorflow"
    assert (at_once == 10) is (most == 10 and on_tensorflow)
    assert at_once <= most


@pytest.mark.parametrize(
    ("seconds", "most"), [(0, 10), (0.025, 10), (0.03, 5), (0.1, 2), (0.2, 1), (99, 1), (np.inf, 1)]
)
def test_slow_steps_are_done_one_by_one(seconds, most) -> None:
    assert steps_at_once(100, seconds) == (most if keras.backend.backend() == "tensorflow" else 1)


@pytest.mark.slow
def test_slow_damage_counts() -> None:
    def slow(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        time.sleep(0.13)
        return x

    model = dense()
    fit(model, np.repeat(X, 2, axis=0), epochs=1, batch_size=1, corrupt=slow)
    assert model.steps_per_execution == 1


class Press(keras.callbacks.Callback):
    """Presses the stop button once, at a moment of Keras's training."""

    def __init__(self, moment: str) -> None:
        super().__init__()
        self.epochs = 0
        setattr(self, moment, self.press)

    def press(self, *_: object, **__: object) -> None:
        if self.epochs == 1:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.05)
        self.epochs += 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("moment", "done"),
    [
        ("on_test_begin", 1),
        pytest.param("on_test_end", 2, marks=pytest.mark.slow),
        pytest.param("on_epoch_end", 2, marks=pytest.mark.slow),
        pytest.param("on_epoch_begin", 1, marks=pytest.mark.slow),
    ],
)
def test_a_stop_in_the_last_epoch_or_its_validation_is_heard(moment, done, capsys) -> None:
    model = dense()
    fit(model, X, epochs=2, batch_size=6, validation_data=np.repeat(X, 4, axis=0), callbacks=[Press(moment)])
    assert f"Stopped after {done} of 2 epochs" in capsys.readouterr().out
    assert all(np.isfinite(w).all() for w in model.get_weights())
    assert len(fit(model, X, epochs=1).epoch) == 1


# ------------------------------------------------------------------------------------------------------ kind: messages


HUGE = [
    np.full((50, 40, 40), 0.123456789),
    np.full((7,) * 5, 0.123456789).tolist(),
    [np.full(300, 0.123456789)] * 40,
    {str(i): 0.123456789 for i in range(900)},
    "0.123456789" * 900,
    10**9999,
    np.zeros((1,) * 40),
    type("L" * 3000, (), {})(),
    pd.DataFrame(np.full((200, 50), 0.123456789)),
    np.array("0.123456789" * 900),
    Path("0.123456789" * 500),
]


@pytest.mark.parametrize("bad", HUGE, ids=lambda b: type(b).__name__[:9])
def test_no_message_is_long_or_prints_values(models, bad) -> None:
    good = {"model": models["image"], "x": X}
    options = (
        "epochs",
        "batch_size",
        "learning_rate",
        "loss",
        "corrupt",
        "validation_data",
        "watch",
        "callbacks",
        "seed",
    )
    for name in ("model", "x", "y", *options):
        if name in ("epochs", "batch_size") and isinstance(bad, int):
            continue  # more than anybody can wait for
        text = refusal((TypeError, ValueError), **{**good, name: bad})
        assert text.count("0.1234") <= 8


@pytest.mark.slow
def test_a_training_that_fails_in_its_first_step_loses_nothing() -> None:
    model = dense_autoencoder(2, hidden=(), input_shape=(4, 4, 1))
    x = np.random.default_rng(0).random((8, 4, 4, 1)).astype("float32")
    before = model.reconstruct(x)

    def broken(y_true, y_pred):
        raise ValueError("no loss today")

    with pytest.raises(ValueError, match="no loss today"):
        fit(model, x, epochs=1, batch_size=4, loss=broken)
    np.testing.assert_array_equal(model.reconstruct(x), before)
    fit(model, x, epochs=1, batch_size=4)
