"""One's own digits cleaned: damage goes, good digits stay, doors say what is wrong."""

from __future__ import annotations

import numpy as np
import pytest

from aecourse.applications.denoising import clean_digits
from aecourse.corruption import add_gaussian_noise, add_salt_and_pepper, mask_block
from aecourse.datasets import split_digits
from aecourse.metrics import mse, psnr
from aecourse.recipes.denoising import classical


@pytest.fixture(scope="module")
def x() -> np.ndarray:
    return split_digits()[1][0][:200]


@pytest.mark.parametrize(("sigma", "left"), [(0.1, 0.5), (0.2, 0.25), (0.5, 0.13), (0.8, 0.13)])
def test_noise_of_each_strength_goes_and_the_best_median_filter_is_beaten(x, sigma, left):
    noisy = add_gaussian_noise(x, sigma=sigma, seed=0)
    cleaned = clean_digits(noisy)
    assert mse(x, cleaned) < left * mse(x, noisy)
    assert psnr(x, cleaned) > max(psnr(x, classical("median", size, noisy)) for size in (3, 5)) + 1


def test_specks_and_holes_go(x):
    specks, holes = add_salt_and_pepper(x, share=0.3, seed=0), mask_block(x, size=10, seed=0)
    assert mse(x, clean_digits(specks)) < 0.12 * mse(x, specks)
    assert mse(x, clean_digits(holes)) < 0.65 * mse(x, holes)


def test_good_digits_stay_nearly_as_they_are(x):
    assert mse(x, clean_digits(x)) < 0.0004
    faint = add_gaussian_noise(x, sigma=0.05, seed=0)
    assert mse(x, clean_digits(faint)) < mse(x, faint)
    assert (clean_digits(np.zeros_like(x[:2])) == 0).all()


def test_any_of_the_shapes_comes_back(x):
    noisy = add_gaussian_noise(x[:3], sigma=0.5, seed=0)
    before = noisy.copy()
    cleaned = clean_digits(noisy)
    assert (noisy == before).all()
    assert (cleaned.shape, cleaned.dtype) == ((3, 28, 28, 1), np.float32)
    assert 0 <= cleaned.min() <= cleaned.max() <= 1
    for same in (noisy[..., 0], noisy[..., 0].astype("float64"), noisy[0, :, :, 0]):
        assert clean_digits(same).shape == same.shape
        np.testing.assert_allclose(clean_digits(same).ravel(), cleaned.ravel()[: same.size], atol=1e-5)
    assert clean_digits(noisy[:0]).shape == (0, 28, 28, 1)


@pytest.mark.parametrize(
    ("images", "says"),
    [
        (np.zeros((3, 32, 32, 1)), r"shape \(3, 32, 32, 1\): read_digits brings"),
        (np.zeros((3, 28, 28, 3)), "read_digits brings"),
        (np.zeros((3, 784)), "read_digits brings"),
        (np.full((3, 28, 28), 255, "uint8"), r"images.astype\('float32'\) / 255"),
        (np.full((3, 28, 28), 9.0), r"images must lie in \[0, 1\]"),
        (np.full((3, 28, 28), np.nan), "NaN"),
        ((np.zeros((3, 28, 28, 1)), ["a"]), "images"),
        ("mine.jpg", "load it first"),
        (None, "images must be digits"),
    ],
)
def test_what_comes_in_is_checked(images, says):
    with pytest.raises((TypeError, ValueError), match=says) as caught:
        clean_digits(images)
    assert len(str(caught.value)) <= 600


def test_dark_ink_on_bright_paper_is_noticed(x):
    with pytest.warns(UserWarning, match="1 - images"):
        clean_digits(1 - x[:2])
