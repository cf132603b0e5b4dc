"""The errors in closed form."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from aecourse.metrics import mse, psnr, sample_mse, sample_psnr, ssim


def test_closed_forms() -> None:
    x = np.zeros((3, 2, 2, 1), "float32")
    y = x + np.array([0.0, 0.5, -2.0], "float32").reshape(3, 1, 1, 1)
    assert sample_mse(x, y).tolist() == [0.0, 0.25, 4.0]
    assert mse(x, y) == pytest.approx(4.25 / 3)
    assert type(mse(x, y)) is float


def test_one_wrong_value_counts_by_its_share_of_the_sample() -> None:
    x = np.zeros((1, 784))
    y = x.copy()
    y[0, 17] = 1
    assert sample_mse(x, y) == pytest.approx([1 / 784])


def test_agrees_with_numpy_over_all_values_and_is_symmetric() -> None:
    x, y = np.random.default_rng(0).random((2, 5, 4, 4, 1)).astype("float32")
    assert mse(x, y) == pytest.approx(float(np.mean((x - y) ** 2)), rel=1e-6)
    assert mse(x, y) == mse(y, x)
    assert sample_mse(x, y).dtype == np.float32


@pytest.mark.parametrize("kind", ["uint8", "bool", "int64"])
def test_whole_numbers_do_not_wrap_around(kind: str) -> None:
    assert mse(np.zeros((2, 3), kind), np.ones((2, 3), kind)) == 1.0


def test_samples_may_be_single_numbers() -> None:
    assert sample_mse(np.array([1.0, 2.0]), np.array([1.0, 4.0])).tolist() == [0.0, 4.0]


@pytest.mark.parametrize("metric", [mse, sample_mse])
@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (np.zeros((2, 3)), np.zeros((3, 2)), r"same shape, got \(2, 3\) and \(3, 2\)"),
        (np.zeros((2, 3)), np.zeros((2, 1)), "same shape"),
        (np.zeros((0, 3)), np.zeros((0, 3)), "at least one sample"),
        (np.zeros((3, 0)), np.zeros((3, 0)), "at least one sample"),
        (np.array(1.0), np.array(2.0), "at least one sample"),
    ],
)
def test_errors(metric, x, y, message) -> None:
    with pytest.raises(ValueError, match=message):
        metric(x, y)


def test_psnr_in_closed_form() -> None:
    x = np.zeros((3, 4, 4, 1), "float32")
    y = x + np.array([0.1, 1.0, 0.01]).reshape(3, 1, 1, 1)
    assert sample_psnr(x, y) == pytest.approx([20.0, 0.0, 40.0], abs=1e-4)
    assert psnr(x, y) == pytest.approx(20.0, abs=1e-4)
    assert type(psnr(x, y)) is float


def test_psnr_of_equal_samples_is_infinite_without_a_warning(recwarn) -> None:
    x = np.ones((2, 3))
    assert np.isposinf(sample_psnr(x, x)).all()
    assert not recwarn.list


def test_psnr_is_averaged_over_samples_not_over_their_errors() -> None:
    x = np.zeros((2, 5))
    y = x + np.array([[0.1], [0.01]])
    assert psnr(x, y) == pytest.approx(30.0)
    assert psnr(x, y) > -10 * np.log10(mse(x, y))


def test_ten_decibels_are_a_tenth_of_the_error() -> None:
    x, y = np.random.default_rng(0).random((2, 5, 4, 4, 1))
    closer = x + (y - x) / np.sqrt(10)
    assert sample_psnr(x, closer) == pytest.approx(sample_psnr(x, y) + 10)


def test_ssim_is_one_for_equal_images_and_falls_with_the_noise() -> None:
    rng = np.random.default_rng(0)
    x = rng.random((3, 28, 28, 1)).astype("float32")
    noise = rng.normal(0, 1, x.shape)
    values = [ssim(x, np.clip(x + s * noise, 0, 1)) for s in (0, 0.1, 0.3, 1)]
    assert values[0] == pytest.approx(1)
    assert all(a > b for a, b in itertools.pairwise(values))
    assert abs(ssim(x, rng.random(x.shape).astype("float32"))) < 0.1
    assert type(values[0]) is float


def test_ssim_knows_colour_and_is_symmetric() -> None:
    x, y = np.random.default_rng(0).random((2, 2, 9, 8, 3))
    assert ssim(x, y) == pytest.approx(ssim(y, x))


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (np.zeros((2, 8, 8, 1)), np.zeros((3, 8, 8, 1))),
        (np.zeros((2, 8, 8)), np.zeros((2, 8, 8))),
        (np.zeros((0, 8, 8, 1)), np.zeros((0, 8, 8, 1))),
        (np.zeros((2, 6, 8, 1)), np.zeros((2, 6, 8, 1))),
    ],
)
def test_ssim_errors(x, y) -> None:
    with pytest.raises(ValueError, match="sides of 7 or more"):
        ssim(x, y)


@pytest.mark.parametrize("metric", [psnr, sample_psnr])
def test_psnr_errors(metric) -> None:
    with pytest.raises(ValueError, match="same shape"):
        metric(np.zeros((2, 3)), np.zeros((2, 1)))
