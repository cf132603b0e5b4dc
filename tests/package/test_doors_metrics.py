"""What the doors of `aecourse.metrics` say to what does not fit, sorted by kind."""

from __future__ import annotations

import keras
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from aecourse.metrics import mse, psnr, sample_mse, sample_psnr, sample_si_sdr, si_sdr, ssim

X = np.random.default_rng(0).random((3, 8, 8, 1)).astype("float32")
NOISY = np.clip(X + np.random.default_rng(1).normal(0, 0.1, X.shape), 0, 1).astype("float32")
BYTES = (255 * X).astype("uint8")
SOUNDS = np.random.default_rng(0).normal(size=(3, 50))
ALL = [mse, sample_mse, psnr, sample_psnr, ssim, si_sdr, sample_si_sdr]
IN_UNIT_RANGE = [psnr, sample_psnr, ssim]
LONGEST = 600


def said(call, error=(TypeError, ValueError)) -> str:
    with pytest.raises(error) as caught:
        call()
    text = str(caught.value)
    assert len(text) <= LONGEST
    assert "\n" not in text
    return text


# ------------------------------------------------------------------------------------------------------- kind: range


@pytest.mark.parametrize("metric", IN_UNIT_RANGE)
@pytest.mark.parametrize(
    ("x", "y", "name", "cure"),
    [
        (BYTES, BYTES, "x", '.astype("float32") / 255'),
        (BYTES.astype("float32"), BYTES.astype("float32"), "x", "/ 255"),
        (X, BYTES, "y", "/ 255"),
        (BYTES, X, "x", "/ 255"),
        (X, BYTES.astype("float64"), "y", "/ 255"),
        (X, 65535.0 * X, "y", "/ 255"),
        (BYTES.astype("int64"), X, "x", "/ 255"),
        ((X > 0.5).astype(int), X, "x", "whole numbers"),
        (2 * X - 1, X, "x", "(x + 1) / 2"),
        (X + 0.1, X, "x", "np.clip"),
        (X, 99 - 200 * X, "y", "np.clip"),
        (np.where(X > 0.9, np.nan, X), X, "x", "must be floats in [0, 1]"),
        (X, np.where(X > 0.9, np.inf, X), "y", "must be floats in [0, 1]"),
    ],
)
def test_what_is_not_in_0_to_1_is_refused(metric, x, y, name, cure) -> None:
    text = said(lambda: metric(x, y), ValueError)
    assert text.startswith(f"{name} must be")
    assert cure in text


@pytest.mark.parametrize("metric", [mse, sample_mse])
@pytest.mark.parametrize("large", [BYTES, BYTES.astype("float32"), BYTES.astype("int64"), 255 * NOISY])
def test_errors_between_two_scales_are_refused(metric, large) -> None:
    assert "Divide y by 255" in said(lambda: metric(X, large), ValueError)
    assert "Divide x by 255" in said(lambda: metric(large, X), ValueError)


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (BYTES, BYTES[::-1]),
        (X, -40 * X),
        (X, 3 * X + 2),
        (np.zeros((2, 3)), np.full((2, 3), 200.0)),
        (SOUNDS, 300 * SOUNDS),
        (X, X + 20),
    ],
)
def test_errors_of_one_scale_or_of_bad_outputs_are_measured(x, y) -> None:
    assert mse(x, y) == pytest.approx(np.mean((x.astype(float) - y) ** 2), rel=1e-5)


def test_outputs_a_little_outside_and_masks_are_measured() -> None:
    assert psnr(X, NOISY - 0.3) > 0
    assert ssim(X, X + 1.5 * SOUNDS.ravel()[:64].reshape(8, 8, 1).astype("float32")) < 1
    mask = X > 0.5
    assert np.isposinf(psnr(mask, mask))
    assert ssim(mask, mask.astype("float32")) == pytest.approx(1)
    assert psnr(mask, ~mask) == pytest.approx(0)


# ----------------------------------------------------------------------------------------------------- kind: numbers


@pytest.mark.parametrize("kind", ["uint8", "int16", "uint16", "int64", "bool"])
def test_whole_numbers_are_measured_as_floats(kind: str) -> None:
    rng = np.random.default_rng(0)
    x, y = (rng.integers(0, 2 if kind == "bool" else 100, (3, 50)).astype(kind) for _ in range(2))
    a, b = x.astype(float), y.astype(float)
    assert mse(x, y) == pytest.approx(mse(a, b))
    assert si_sdr(x, y) == pytest.approx(si_sdr(a, b))


# ------------------------------------------------------------------------------------------------------- kind: types


TYPES = {
    "DataFrame": (pd.DataFrame(SOUNDS), "to_numpy"),
    "Series": (pd.Series(SOUNDS[0]), "to_numpy"),
    "list": (SOUNDS.tolist(), "np.asarray(x"),
    "list of arrays": ([*X], "np.stack(x)"),
    "tuple": ((X, X), "x[0]"),
    "dict": ({"x": X}, "one of the arrays"),
    "tensor": (keras.ops.convert_to_tensor(SOUNDS), "convert_to_numpy(x)"),
    "History": (keras.callbacks.History(), "History"),
    "generator": ((x for x in X), "np.stack(list(x))"),
    "sparse": (sparse.csr_matrix(SOUNDS), "x.toarray()"),
    "masked": (np.ma.masked_where(SOUNDS > 0, SOUNDS), "filled"),
    "objects": (SOUNDS.astype(object), "object"),
    "complex": (SOUNDS.astype(complex), "np.abs(x)"),
    "texts": (SOUNDS.astype(str), "astype"),
    "None": (None, "None"),
    "text": ("x" * 9000, "text"),
    "number": (0.5, "0.5"),
    "model": (keras.Sequential(), "Sequential"),
    "huge list": (np.zeros((50, 784)).tolist(), "np.asarray"),
    "long name": (type("L" * 3000, (), {})(), "LLL"),
}


@pytest.mark.parametrize("metric", ALL)
@pytest.mark.parametrize("kind", TYPES)
def test_a_type_is_named_with_its_way_to_an_array(metric, kind: str) -> None:
    bad, cure = TYPES[kind]
    good = SOUNDS if metric in (si_sdr, sample_si_sdr) else X
    assert cure in said(lambda: metric(bad, good))
    named = cure.replace("x", "y", 1) if cure.startswith("x") else cure.replace("(x", "(y")
    assert named in said(lambda: metric(good, bad))


def test_a_masked_array_without_holes_is_an_array() -> None:
    assert mse(np.ma.MaskedArray(X), X) == 0
    assert mse(np.asmatrix(SOUNDS), SOUNDS) == 0


# ------------------------------------------------------------------------------------------------------ kind: shapes


@pytest.mark.parametrize(
    ("metric", "x", "y", "cure"),
    [
        (mse, X, X[..., 0], "y[..., None]"),
        (mse, X[..., 0], X, "x[..., None]"),
        (psnr, X, X[0], "y[None]"),
        (sample_mse, X.reshape(3, 64), X, "flattened"),
        (mse, X, np.repeat(X, 3, axis=-1), "same shape"),
        (ssim, X[0], X[0], "x[None]"),
        (si_sdr, SOUNDS[0], SOUNDS[0], "x[None]"),
        (si_sdr, SOUNDS, SOUNDS[:, None], "one shape"),
        (ssim, np.zeros((2, 8, 8, 0)), np.zeros((2, 8, 8, 0)), "one shape"),
        (mse, np.zeros((1,) * 60), np.zeros(3), "same shape"),
    ],
)
def test_a_shape_that_slipped_is_recognised(metric, x, y, cure) -> None:
    assert cure in said(lambda: metric(x, y), ValueError)
