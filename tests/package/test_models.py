"""Autoencoders: shapes, the three ways through them, the way to the disk and back."""

from __future__ import annotations

import itertools
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers

from aecourse.models import Autoencoder, conv_autoencoder, dense_autoencoder, load, outputs
from aecourse.training import fit

X = np.random.default_rng(0).random((11, 6, 6, 1)).astype("float32")


def small(latent_dim: int = 2, **options: object) -> Autoencoder:
    return dense_autoencoder(latent_dim, **{"hidden": (8,), "input_shape": (6, 6, 1), **options})


@pytest.fixture(scope="module")
def model() -> Autoencoder:
    trained = small()
    fit(trained, X, epochs=2, batch_size=4, seed=0)
    return trained


# ------------------------------------------------------------------------------------------------- encode and decode


@pytest.mark.slow
def test_shapes_and_ranges(model: Autoencoder) -> None:
    h = model.encode(X)
    y = model.decode(h)
    assert (h.shape, y.shape) == ((11, 2), X.shape)
    assert h.dtype == y.dtype == np.float32
    assert type(h) is type(y) is np.ndarray
    assert 0 <= y.min() <= y.max() <= 1


@pytest.mark.slow
def test_the_three_ways_through_the_model_agree(model: Autoencoder) -> None:
    by_call = keras.ops.convert_to_numpy(model(X, training=False))
    np.testing.assert_allclose(model.reconstruct(X), by_call, atol=1e-6)
    np.testing.assert_allclose(model.decode(model.encode(X)), by_call, atol=1e-6)
    np.testing.assert_allclose(model.predict(X, verbose=0), by_call, atol=1e-6)


@pytest.mark.parametrize("batch_size", [1, 3, 11, 500, np.int64(4)])
def test_any_batch_size_gives_the_same(model: Autoencoder, batch_size: int) -> None:
    np.testing.assert_allclose(model.encode(X, batch_size=batch_size), model.encode(X), atol=1e-6)
    np.testing.assert_allclose(model.reconstruct(X, batch_size=batch_size), model.reconstruct(X), atol=1e-6)


def test_an_empty_array_keeps_its_shape(model: Autoencoder) -> None:
    assert model.encode(X[:0]).shape == (0, 2)
    assert model.decode(np.zeros((0, 2), "float32")).shape == (0, 6, 6, 1)
    assert model.reconstruct(X[:0]).shape == (0, 6, 6, 1)


def test_an_empty_batch_takes_the_shape_that_the_layers_give_it():
    """Not its own: on some processors a convolution without a bias hands an empty batch on as it came."""
    x = keras.Input((6, 6, 1))
    z = layers.Conv2D(5, 3, strides=2, padding="same", use_bias=False)(x)
    z = layers.BatchNormalization()(z)
    y = layers.Conv2DTranspose(2, 3, strides=2, padding="same", use_bias=False)(z)
    for model, shape in ((keras.Model(x, z), (0, 3, 3, 5)), (keras.Model(x, y), (0, 6, 6, 2))):
        given = outputs(model, X[:0])
        assert (given.shape, given.dtype) == (shape, np.float32)


@pytest.mark.slow
def test_encode_is_safe_from_several_threads(model: Autoencoder) -> None:
    expected = [model.encode(X + i, batch_size=3) for i in range(8)]
    with ThreadPoolExecutor(4) as pool:
        for _ in range(3):
            answers = list(pool.map(lambda i: model.encode(X + i, batch_size=3), range(8)))
            np.testing.assert_array_equal(answers, expected)


def test_encoding_does_not_change_the_model(model: Autoencoder) -> None:
    before = [w.copy() for w in model.get_weights()]
    model.reconstruct(X + 5)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda m: m.encode(X[0]), ValueError, r"x must have shape \(n, 6, 6, 1\), got \(6, 6, 1\)"),
        (lambda m: m.encode(np.zeros((2, 5, 6, 1))), ValueError, "x must have shape"),
        (lambda m: m.reconstruct(np.zeros((2, 36))), ValueError, "x must have shape"),
        (lambda m: m.decode(np.zeros((2, 3))), ValueError, r"h must have shape \(n, 2\), got \(2, 3\)"),
        (lambda m: m.decode(np.zeros(2)), ValueError, "h must have shape"),
        (lambda m: m.encode(None), TypeError, "x must be a NumPy array of numbers, got None"),
        (lambda m: m.decode(np.array([["a", "b"]])), TypeError, "h must be a NumPy array of numbers"),
        *(
            (lambda m, b=b: m.encode(X, batch_size=b), ValueError, "batch_size must be a whole number")
            for b in (0, -1, 2.5, True, "3")
        ),
    ],
)
def test_what_does_not_fit_is_refused_by_name(model: Autoencoder, call, error, message) -> None:
    with pytest.raises(error, match=message):
        call(model)


# ----------------------------------------------------------------------------------------------------------- building


def test_the_parts_are_joined_by_reference() -> None:
    model = small()
    assert model.encoder(X).shape == (11, 2)
    assert len(model.trainable_variables) == len(model.encoder.trainable_variables + model.decoder.trainable_variables)
    model.decoder.layers[-2].bias.assign(np.full(36, -50.0))
    assert model.reconstruct(X).max() < 1e-6


def test_any_two_models_that_fit_make_an_autoencoder() -> None:
    encoder = keras.Sequential([keras.Input((6, 6, 1)), layers.Conv2D(3, 3, strides=2, padding="same")])
    decoder = keras.Sequential([keras.Input((3, 3, 3)), layers.Conv2DTranspose(1, 3, strides=2, padding="same")])
    model = Autoencoder(encoder, decoder)
    assert model.encode(X).shape == (11, 3, 3, 3)
    assert model.reconstruct(X).shape == X.shape


def test_parts_that_do_not_fit_are_refused_by_name() -> None:
    model, wider = small(2), small(3)
    two = [keras.Input((2,)), keras.Input((2,))]
    for encoder, decoder, error, message in (
        ("f", model.decoder, TypeError, "encoder must be a Keras model, got str"),
        (model.encoder, layers.Dense(3), TypeError, "decoder must be a Keras model, got Dense"),
        (model.encoder, wider.decoder, ValueError, r"the encoder's output has shape \(2,\).*input has shape \(3,\)"),
        (keras.Sequential([layers.Dense(2)]), model.decoder, ValueError, "encoder must be built"),
        (model.encoder, keras.Model(two, layers.Add()(two)), ValueError, "decoder must be built, with one input"),
    ):
        with pytest.raises(error, match=message):
            Autoencoder(encoder, decoder)


@pytest.mark.parametrize("hidden", [(), (5,), (7, 3), [9, 4, 5]])
@pytest.mark.parametrize("batch_norm", [False, True])
def test_parameter_count(hidden: tuple[int, ...], batch_norm: bool) -> None:
    widths = [36, *hidden, 2]
    weights = 2 * sum(a * b for a, b in itertools.pairwise(widths))
    # A normalised layer has no bias of its own but four numbers a unit: shift, scale, and the two running averages.
    biases = 2 * sum(hidden) * (4 if batch_norm else 1) + 2 + 36
    assert small(2, hidden=hidden, batch_norm=batch_norm).count_params() == weights + biases


def test_the_code_is_linear_and_hidden_layers_are_not() -> None:
    model = small(2, hidden=())
    a, b = X[:1], X[1:2]
    middle = model.encode((a + b) / 2)
    np.testing.assert_allclose(middle, (model.encode(a) + model.encode(b)) / 2, atol=1e-6)
    assert model.encode(X).min() < 0
    curved = small(2, batch_norm=False)
    assert np.abs(curved.encode(X - 0.5) + curved.encode(0.5 - X)).max() > 1e-3


@pytest.mark.parametrize("bad", [0, -3, 2.0, True, "4", None])
def test_bad_sizes_are_refused_by_name(bad: object) -> None:
    with pytest.raises(ValueError, match="latent_dim must be a whole number of at least 1, got"):
        dense_autoencoder(bad)
    with pytest.raises(ValueError, match=r"hidden\[1\] must be a whole number"):
        dense_autoencoder(2, hidden=(8, bad))
    with pytest.raises(ValueError, match=r"input_shape\[0\] must be a whole number"):
        dense_autoencoder(2, input_shape=(bad, 28))


@pytest.mark.parametrize("name", ["hidden", "input_shape"])
def test_a_number_where_a_sequence_belongs_is_refused_by_name(name: str) -> None:
    with pytest.raises(TypeError, match=f"{name} must be a sequence of whole numbers, got 64"):
        dense_autoencoder(2, **{name: 64})


# ----------------------------------------------------------------------------------------------------- save and load


def assert_same(model: Autoencoder, other: Autoencoder) -> None:
    for ours, theirs in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(model.encode(X), other.encode(X))
    np.testing.assert_array_equal(model.reconstruct(X), other.reconstruct(X))


@pytest.mark.slow
@pytest.mark.parametrize("options", [{}, {"hidden": ()}, {"latent_dim": np.int64(3), "hidden": (np.int64(4),)}])
def test_saved_and_loaded_is_the_same(tmp_path: Path, options: dict) -> None:
    model = small(**options)
    model.save(tmp_path / "model.keras")
    other = load(str(tmp_path / "model.keras"))
    assert_same(model, other)
    assert other.name == model.name


@pytest.mark.slow
def test_a_trained_model_is_the_same_and_can_be_trained_further(tmp_path: Path, model: Autoencoder) -> None:
    model.save(tmp_path / "model.keras")
    other = load(tmp_path / "model.keras")
    assert_same(model, other)
    before = other.get_weights()
    fit(other, X, epochs=1, batch_size=4)
    assert any(not np.array_equal(a, b) for a, b in zip(before, other.get_weights(), strict=True))


@pytest.mark.slow
def test_the_same_in_a_fresh_process(tmp_path: Path, model: Autoencoder) -> None:
    model.save(tmp_path / "model.keras")
    np.save(tmp_path / "x.npy", X)
    code = (
        "import numpy as np\n"
        "from aecourse.models import load\n"
        "model, x = load('model.keras'), np.load('x.npy')\n"
        "np.savez('out.npz', *model.get_weights(), h=model.encode(x), y=model.reconstruct(x))"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, capture_output=True)
    out = np.load(tmp_path / "out.npz")
    weights = model.get_weights()
    assert len(out) == len(weights) + 2
    for i, ours in enumerate(weights):
        np.testing.assert_array_equal(out[f"arr_{i}"], ours)
    np.testing.assert_array_equal(out["h"], model.encode(X))
    np.testing.assert_array_equal(out["y"], model.reconstruct(X))


def test_what_cannot_be_loaded_is_explained(tmp_path: Path, model: Autoencoder) -> None:
    with pytest.raises(FileNotFoundError, match=r"path: there is no file .*nothing\.keras"):
        load(tmp_path / "nothing.keras")
    model.encoder.save(tmp_path / "half.keras")
    with pytest.raises(ValueError, match=r"path must lead to an Autoencoder, .* holds a Functional"):
        load(tmp_path / "half.keras")
    (tmp_path / "damaged.keras").write_bytes((tmp_path / "half.keras").read_bytes()[:500])
    with pytest.raises(ValueError, match=r"damaged\.keras"):
        load(tmp_path / "damaged.keras")


@pytest.mark.slow
def test_a_convolutional_autoencoder_cuts_patches_and_lays_them_back() -> None:
    model = conv_autoencoder(3, filters=4, dense=8, patch=2, input_shape=(6, 4, 3))
    x = np.random.default_rng(0).random((5, 6, 4, 3)).astype("float32")
    assert model.encode(x).shape == (5, 3)
    assert model.reconstruct(x).shape == x.shape
    patches = next(layer for layer in model.encoder.layers if isinstance(layer, layers.Conv2D)).input
    seen = keras.ops.convert_to_numpy(keras.Model(model.encoder.input, patches)(x))
    assert seen.shape == (5, 3, 2, 12)
    np.testing.assert_array_equal(seen[:, 1, 0], x[:, 2:4, 0:2].reshape(5, 12))
    # A place of the decoder's last convolution becomes the patch that the encoder would make of it.
    convolution = [layer for layer in model.decoder.layers if isinstance(layer, layers.Conv2D)][-1]
    h = model.encode(x)
    places = keras.ops.convert_to_numpy(keras.Model(model.decoder.input, convolution.output)(h))
    np.testing.assert_allclose(model.decode(h)[:, 2:4, 0:2].reshape(5, 12), places[:, 1, 0], atol=1e-6)


@pytest.mark.slow
def test_a_convolutional_autoencoder_survives_saving(tmp_path) -> None:
    model = conv_autoencoder(2, filters=2, dense=4)
    model.save(tmp_path / "conv.keras")
    x = np.random.default_rng(0).random((3, 28, 28, 1)).astype("float32")
    np.testing.assert_array_equal(load(tmp_path / "conv.keras").reconstruct(x), model.reconstruct(x))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"latent_dim": 0}, "latent_dim must be"),
        ({"filters": 0}, "filters must be"),
        ({"dense": 1.5}, "dense must be"),
        ({"patch": 3}, "divisible by patch, 3"),
        ({"patch": 0}, "patch must be"),
        ({"input_shape": (28, 28)}, "height, width, channels"),
    ],
)
def test_a_convolutional_autoencoder_names_a_bad_argument(settings, message) -> None:
    with pytest.raises(ValueError, match=message):
        conv_autoencoder(**{"latent_dim": 2, **settings})
