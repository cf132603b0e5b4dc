"""What the doors of `aecourse.models` say to what does not fit, sorted by kind."""

from __future__ import annotations

import io
import json
import warnings
import zipfile
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pandas as pd
import pytest
from keras import layers
from scipy import sparse

from aecourse.models import Autoencoder, conv_autoencoder, dense_autoencoder, load, outputs, pca_reconstruct

X = np.random.default_rng(0).random((12, 6, 4, 1)).astype("float32")
COLOUR = np.random.default_rng(0).random((5, 6, 4, 3)).astype("float32")
BYTES = (255 * X).astype("uint8")
LONGEST = 600


@pytest.fixture(scope="module")
def grey() -> Autoencoder:
    return dense_autoencoder(2, hidden=(), input_shape=(6, 4, 1))


@pytest.fixture(scope="module")
def colour() -> Autoencoder:
    return dense_autoencoder(2, hidden=(), input_shape=(6, 4, 3))


@pytest.fixture(scope="module")
def flat() -> Autoencoder:
    return dense_autoencoder(2, hidden=(), input_shape=(24,))


def said(call, error: type[Exception] | tuple[type[Exception], ...] = Exception) -> str:
    with pytest.raises(error) as caught:
        call()
    text = str(caught.value)
    assert len(text) <= LONGEST
    assert text.count("\n") < 5
    assert "\x1b" not in text
    return text


# ------------------------------------------------------------------------------------------------------ kind: shapes


@pytest.mark.parametrize(
    ("model", "x", "cure"),
    [
        ("grey", X[0], "one sample without its batch axis? x[None]"),
        ("grey", X[..., 0], "channel axis missing? x[..., None]"),
        ("grey", X[0, ..., 0], "x[None, ..., None]"),
        ("grey", X.reshape(12, 24), "flattened? x.reshape(-1, 6, 4, 1)"),
        ("grey", X[0].ravel(), "x.reshape(1, 6, 4, 1)"),
        ("grey", np.moveaxis(X, -1, 1), "np.moveaxis(x, 1, -1)"),
        ("grey", np.swapaxes(X, 1, 2), "height and width exchanged? np.swapaxes(x, 1, 2)"),
        ("grey", np.moveaxis(X[..., 0], 0, -1), "samples stand in the last axis? np.moveaxis(x, -1, 0)[..., None]"),
        ("grey", COLOUR, "colour images for a grey model? x.mean(axis=-1, keepdims=True)"),
        ("grey", X[..., None], "x[..., 0]"),
        ("grey", np.zeros((2, 9, 9, 1)), "another size?"),
        ("colour", X, "np.repeat(x, 3, axis=-1)"),
        ("colour", np.zeros((2, 6, 4, 4)), "x[..., :3]"),
        ("colour", np.moveaxis(COLOUR, -1, 1), "np.moveaxis(x, 1, -1)"),
        ("colour", COLOUR[0], "x[None]"),
        ("flat", X, "x.reshape(len(x), -1)"),
        ("flat", X.reshape(12, 24).T, "np.moveaxis(x, -1, 0)"),
        ("flat", X[0].ravel(), "x[None]"),
        ("flat", X[0, ..., 0], "x.reshape(1, 24)"),
    ],
)
def test_a_shape_that_slipped_is_recognised(request, model, x, cure) -> None:
    model = request.getfixturevalue(model)
    for call in (lambda: outputs(model, x), lambda: model.encode(x), lambda: model.reconstruct(x)):
        assert cure in said(call, ValueError)


def test_a_model_built_with_the_shape_of_all_samples_is_recognised() -> None:
    x = np.zeros((30, 5), "float32")
    model = dense_autoencoder(2, hidden=(), input_shape=x.shape)
    assert "x.shape[1:]" in said(lambda: model.encode(x), ValueError)


def ends(given, taken) -> keras.Model:
    x = keras.Input(given)
    return keras.Model(x, layers.Conv2D(taken, 3, padding="same")(x))


@pytest.mark.parametrize("side", [30, 31, 29, 26])
def test_an_autoencoder_that_gives_another_size_is_refused(side: int) -> None:
    x = keras.Input((side, side, 1))
    encoder = keras.Model(
        x, layers.Conv2D(2, 3, strides=2, padding="same")(layers.Conv2D(2, 3, strides=2, padding="same")(x))
    )
    h = keras.Input(encoder.output_shape[1:])
    z = layers.Conv2DTranspose(2, 3, strides=2, padding="same")(h)
    decoder = keras.Model(h, layers.Conv2DTranspose(1, 3, strides=2, padding="same")(z))
    text = said(lambda: Autoencoder(encoder, decoder), ValueError)
    assert str((side, side, 1)) in text
    assert str(decoder.output_shape[1:]) in text
    assert "pad" in text


def test_other_outputs_than_inputs_are_refused_and_open_sides_are_not() -> None:
    assert "(None, None, 3)" in said(lambda: Autoencoder(ends((None, None, 1), 2), ends((None, None, 2), 3)))
    model = Autoencoder(ends((None, None, 1), 2), ends((6, 4, 2), 1))
    assert model.reconstruct(X).shape == X.shape
    assert Autoencoder(ends((6, 4, 1), 2), ends((None, None, 2), 1)).reconstruct(X).shape == X.shape


# ----------------------------------------------------------------------------------------------------- kind: giants


@pytest.mark.parametrize(
    "build",
    [
        lambda: dense_autoencoder(16, input_shape=(10_000, 28, 28, 1)),
        lambda: dense_autoencoder(16, input_shape=(3, 28, 28, 1)),
        lambda: dense_autoencoder(16, input_shape=(60_000, 784)),
        lambda: dense_autoencoder(16, input_shape=(60_000, 28, 28)),
        lambda: dense_autoencoder(16, input_shape=(500_000,)),
        lambda: dense_autoencoder(16, input_shape=(10**30, 2)),
        lambda: dense_autoencoder(16, hidden=(10**6,)),
        lambda: dense_autoencoder(10**9),
        lambda: conv_autoencoder(16, input_shape=(10_000, 28, 28, 1)),
        lambda: conv_autoencoder(16, input_shape=(8_000, 8_000, 3)),
        lambda: conv_autoencoder(16, filters=10**6),
        lambda: dense_autoencoder(16, input_shape=(2,) * 900),
        lambda: conv_autoencoder(16, input_shape=(2,) * 900),
    ],
)
def test_a_giant_or_the_shape_of_a_batch_is_refused_before_it_is_built(build) -> None:
    assert "input_shape" in said(build, ValueError)


@pytest.mark.parametrize("build", [dense_autoencoder, pytest.param(conv_autoencoder, marks=pytest.mark.slow)])
def test_the_last_activation_can_be_chosen(build, tmp_path: Path) -> None:
    model = build(2, input_shape=(4, 4, 1), output_activation="linear")
    model.save(tmp_path / "linear.keras")
    h = 50 * np.random.default_rng(0).normal(size=(20, 2)).astype("float32")
    assert model.decode(h).min() < 0
    np.testing.assert_array_equal(load(tmp_path / "linear.keras").decode(h), model.decode(h))
    for bad in ("sigmoit", None, 3, "x" * 5000, np.zeros(9)):
        assert "output_activation" in said(lambda b=bad: build(2, output_activation=b), ValueError)


# ----------------------------------------------------------------------------------------------------- kind: numbers


@pytest.mark.parametrize("kind", ["uint8", "int16", "uint16", "int64", "bool", "float16", "float64"])
def test_pca_of_any_type_of_number_is_that_of_floats(kind: str) -> None:
    x = (X > 0.5) if kind == "bool" else BYTES.astype(kind)
    expected = pca_reconstruct(x.astype("float64"), x.astype("float64"), 3)
    y = pca_reconstruct(x, x, 3)
    assert y.dtype.kind == "f"
    np.testing.assert_allclose(y, expected, atol=0.1 if kind == "float16" else 1e-3, rtol=1e-3)
    assert pca_reconstruct(x, x[:0], 3).shape == (0, 6, 4, 1)


@pytest.mark.parametrize("kind", ["uint8", "int8", "int64", "bool", "float16", "float64"])
def test_outputs_of_any_type_of_number_are_those_of_floats(grey: Autoencoder, kind: str) -> None:
    x = (X > 0.5).astype(kind)
    np.testing.assert_allclose(grey.encode(x), grey.encode(x.astype("float32")), atol=1e-6)


@pytest.mark.parametrize("x", [BYTES, BYTES.astype("int64"), BYTES.astype("uint16") * 257])
def test_pixels_as_bytes_are_said_to_be(grey: Autoencoder, x: np.ndarray) -> None:
    with pytest.warns(UserWarning, match=r'x holds values from .* Scale it first: x.astype\("float32"\) / ') as caught:
        outputs(grey, x)
    assert len(caught) == 1
    assert caught[0].filename == __file__


def test_a_model_that_scales_its_inputs_or_takes_names_gets_them() -> None:
    x = keras.Input((6, 4, 1))
    scaled = keras.Model(x, layers.Flatten()(layers.Rescaling(1 / 255)(x)))
    named = keras.Sequential([keras.Input((3,)), layers.Embedding(300, 2)])
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        np.testing.assert_allclose(outputs(scaled, BYTES), BYTES.reshape(12, 24) / 255, atol=1e-6)
        assert outputs(named, np.array([[1, 2, 299]])).shape == (1, 3, 2)


def test_pca_on_two_scales_is_refused() -> None:
    assert "Divide x_train by 255" in said(lambda: pca_reconstruct(BYTES, X, 2), ValueError)
    assert "Divide x by 255" in said(lambda: pca_reconstruct(X, BYTES.astype("float32"), 2), ValueError)
    assert "NaN" in said(lambda: pca_reconstruct(np.where(X > 0.9, np.nan, X), X, 2), ValueError)


# ------------------------------------------------------------------------------------------------------- kind: types


def masked() -> np.ma.MaskedArray:
    return np.ma.masked_where(X > 0.5, X)


TYPES = {
    "DataFrame": (pd.DataFrame(X.reshape(12, 24)), "x.to_numpy('float32')"),
    "Series": (pd.Series([1.0, 2.0]), "to_numpy"),
    "list": (X.tolist(), "np.asarray(x"),
    "list of images": ([*X], "np.stack(x)"),
    "tuple": ((X, X), "x[0]"),
    "dict": ({"x": X}, "one of the arrays"),
    "tensor": (keras.ops.convert_to_tensor(X), "keras.ops.convert_to_numpy(x)"),
    "variable": (keras.Variable(X), "keras.ops.convert_to_numpy(x)"),
    "symbol": (keras.Input((6, 4, 1)), "to come"),
    "History": (keras.callbacks.History(), "History"),
    "generator": ((x for x in X), "np.stack(list(x))"),
    "sparse": (sparse.csr_matrix(X.reshape(12, 24)), "x.toarray()"),
    "None": (None, "got None"),
    "text": ("x" * 10_000, "text"),
    "bytes": (b"x" * 10_000, "bytes"),
    "number": (3, "got 3"),
    "long number": (10**5000, "number"),
    "set": ({1, 2}, "set"),
    "module": (np, "module"),
    "function": (len, "builtin"),
    "namespace": (SimpleNamespace(shape=(1, 2)), "shape (1, 2)"),
    "array of objects": (np.array([*X, None], dtype=object), "np.stack"),
    "array of texts": (np.array(["1", "2"]), "astype('float32')"),
    "complex": (X.astype(complex), "absolute"),
    "dates": (np.array(["2020-01-01"], "datetime64[D]"), "days"),
    "records": (np.zeros(3, [("a", "f4")]), "array"),
    "0-d of an object": (np.array({"a": X}, dtype=object), "np.stack"),
    "masked": (masked(), "filled"),
}


@pytest.mark.parametrize("kind", TYPES)
def test_a_type_is_named_with_its_way_to_an_array(grey: Autoencoder, kind: str) -> None:
    x, cure = TYPES[kind]
    for call in (
        lambda: outputs(grey, x),
        lambda: grey.encode(x),
        lambda: grey.reconstruct(x),
        lambda: pca_reconstruct(X, x, 2),
    ):
        assert cure in said(call, (TypeError, ValueError))
    assert "h" in said(lambda: grey.decode(x), (TypeError, ValueError))
    assert "x_train" in said(lambda: pca_reconstruct(x, X, 2), (TypeError, ValueError))


def test_a_masked_array_without_holes_and_a_subclass_are_arrays(grey: Autoencoder) -> None:
    whole = np.ma.MaskedArray(X)
    np.testing.assert_array_equal(grey.encode(whole), grey.encode(X))
    assert "single number" in said(lambda: grey.encode(np.array(1.0)), ValueError)


@pytest.mark.parametrize("bad", [None, "model", keras.layers.Dense(2), keras.Model, X])
def test_outputs_of_what_is_no_model(bad: object) -> None:
    assert "model" in said(lambda: outputs(bad, X), TypeError)


def test_outputs_of_an_unbuilt_model_or_two_inputs() -> None:
    two = [keras.Input((2,)), keras.Input((2,))]
    for model in (keras.Sequential([layers.Dense(2)]), keras.Model(two, layers.Add()(two))):
        assert "model must be built, with one input" in said(lambda m=model: outputs(m, np.zeros((1, 2))), ValueError)


# ------------------------------------------------------------------------------------------------------- kind: files


class Own(layers.Layer):
    def call(self, x: object) -> object:
        return x


def own_activation(x: object) -> object:
    return x


def joined(*inside: layers.Layer, activation: object = None) -> Autoencoder:
    x, h = keras.Input((4,)), keras.Input((2,))
    z = x
    for layer in inside:
        z = layer(z)
    return Autoencoder(keras.Model(x, layers.Dense(2, activation=activation)(z)), keras.Model(h, layers.Dense(4)(h)))


@pytest.fixture(scope="module")
def stored(tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("stored") / "model.keras"
    joined().save(path)
    return path.read_bytes()


def edited(stored: bytes, version: str | None = None, **replace: str) -> bytes:
    """The stored file with texts of its configuration replaced, and another version of Keras."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(stored)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "config.json":
                for before, after in replace.items():
                    data = data.replace(before.encode(), after.encode())
            if name == "metadata.json" and version:
                data = json.dumps({**json.loads(data), "keras_version": version}).encode()
            new.writestr(name, data)
    return out.getvalue()


def flipped(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes(b ^ 255 for b in data[middle : middle + 200]) + data[middle + 200 :]


def npz() -> bytes:
    out = io.BytesIO()
    np.savez(out, x=X)
    return out.getvalue()


def plain_zip(**files: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda _: b"", ["is empty", "model.save"]),
        (lambda data: data[: len(data) // 2], ["damaged or cut off"]),
        (lambda data: data[:5], ["damaged or cut off"]),
        (lambda data: data[:-30], ["damaged"]),
        (flipped, ["damaged"]),
        (lambda data: data[100:], ["no .keras file"]),
        (lambda _: b"hello", ["no .keras file"]),
        (lambda _: b"\x00" * 999, ["no .keras file"]),
        (lambda _: npz(), ["NumPy arrays"]),
        (lambda _: plain_zip(a="b"), ["no Keras model"]),
        (lambda _: plain_zip(**{"config.json": "{", "metadata.json": "{}"}), ["damaged"]),
        (lambda _: plain_zip(**{"config.json": "[]", "metadata.json": "3"}), ["damaged"]),
        (lambda _: plain_zip(**{"config.json": "{}", "metadata.json": "{}"}), ["cannot be loaded"]),
        (lambda _: b"\x89HDF\r\n\x1a\n" + b"0" * 50, ["damaged HDF5"]),
        (lambda data: edited(data, "99.1.0", units="unity"), ["99.1.0", keras.__version__, "pip install"]),
        (lambda data: edited(data, "99.1.0", Dense="DenseOfTomorrow"), ["99.1.0", keras.__version__]),
        (lambda data: edited(data, units="unity"), [keras.__version__, "Keras says"]),
        (lambda data: edited(data, **{'"units": 2': '"units": 3'}), ["(3,)", "(2,)"]),
        (
            lambda data: edited(data, **{"aecourse>Autoencoder": "x>Y", "aecourse.models.autoencoder": "y"}),
            ["not know"],
        ),
    ],
)
def test_a_file_that_holds_no_autoencoder_is_explained(tmp_path: Path, stored: bytes, make, words) -> None:
    path = tmp_path / "model.keras"
    path.write_bytes(make(stored))
    text = said(lambda: load(path), ValueError)
    assert "model.keras" in text
    assert all(word in text for word in words), text


def test_files_of_other_kinds_and_models_are_explained(tmp_path: Path) -> None:
    model = joined()
    model.save_weights(tmp_path / "a.weights.h5")
    assert "holds weights without their network" in said(lambda: load(tmp_path / "a.weights.h5"), ValueError)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.encoder.save(tmp_path / "old.h5")
    assert "older .h5 format" in said(lambda: load(tmp_path / "old.h5"), ValueError)
    model.encoder.save(tmp_path / "half.keras")
    assert "holds a Functional" in said(lambda: load(tmp_path / "half.keras"), ValueError)
    keras.Sequential([keras.Input((2,)), layers.Dense(2)]).save(tmp_path / "stack.keras")
    assert "holds a Sequential" in said(lambda: load(tmp_path / "stack.keras"), ValueError)
    assert "is a folder" in said(lambda: load(tmp_path), ValueError)
    for bad in (None, 3, b"model.keras", X, model):
        assert "path must be the path" in said(lambda b=bad: load(b), TypeError)
    assert "no file" in said(lambda: load("a\0b"), FileNotFoundError)
    said(lambda: load("x" * 5000), (ValueError, FileNotFoundError))


@pytest.mark.parametrize(
    ("model", "name", "own"),
    [
        (lambda: joined(Own()), "Own", Own),
        (lambda: joined(activation=own_activation), "own_activation", own_activation),
    ],
)
def test_what_keras_does_not_know_is_named_and_can_be_given(tmp_path: Path, model, name, own) -> None:
    made = model()
    made.save(tmp_path / "own.keras")
    text = said(lambda: load(tmp_path / "own.keras"), ValueError)
    assert f'custom_objects={{"{name}": {name}}}' in text
    other = load(tmp_path / "own.keras", custom_objects={name: own})
    x = np.ones((2, 4), "float32")
    np.testing.assert_array_equal(other.encode(x), made.encode(x))
    assert "custom_objects must be a dictionary" in said(lambda: load(tmp_path / "own.keras", custom_objects=[own]))


def test_a_lambda_layer_is_explained(tmp_path: Path) -> None:
    joined(layers.Lambda(lambda x: x)).save(tmp_path / "lambda.keras")
    assert "Lambda layer" in said(lambda: load(tmp_path / "lambda.keras"), ValueError)


# ---------------------------------------------------------------------------------------------- kind: no values, short


HUGE = [
    np.full((50, 40, 40), 0.123456789),
    np.full((7,) * 5, 0.123456789).tolist(),
    [np.full(300, 0.123456789)] * 40,
    {str(i): 0.123456789 for i in range(900)},
    "0.123456789" * 900,
    10**4299,
    10**9999,
    np.zeros((1,) * 40),
    type("L" * 3000, (), {})(),
    range(10**9),
    pd.DataFrame(np.full((200, 50), 0.123456789)),
    np.array("0.123456789" * 900),
    Path("0.123456789" * 500),
]


@pytest.mark.parametrize("bad", HUGE, ids=lambda b: type(b).__name__[:9])
def test_no_message_is_long_or_prints_values(grey: Autoencoder, bad: object) -> None:
    doors = [
        lambda: outputs(grey, bad),
        lambda: outputs(bad, X),
        lambda: outputs(grey, X, batch_size=[bad]),
        lambda: grey.encode(bad),
        lambda: grey.decode(bad),
        lambda: grey.reconstruct(bad),
        lambda: Autoencoder(bad, bad),
        lambda: pca_reconstruct(bad, X, 2),
        lambda: pca_reconstruct(X, bad, 2),
        lambda: pca_reconstruct(X, X, bad),
        lambda: load(bad),
        lambda: load("nothing.keras", custom_objects=bad),
        *(
            lambda o=o, b=b: b(**{"latent_dim": 2, **o})
            for b in (dense_autoencoder, conv_autoencoder)
            for o in ({"latent_dim": bad}, {"input_shape": bad}, {"output_activation": bad})
        ),
        lambda: dense_autoencoder(2, hidden=bad),
        lambda: conv_autoencoder(2, filters=bad),
        lambda: conv_autoencoder(2, dense=bad),
        lambda: conv_autoencoder(2, patch=bad),
    ]
    for door in doors:
        text = said(door, (TypeError, ValueError, OSError))
        assert text.count("0.1234") <= 8  # at most a short piece of a text
