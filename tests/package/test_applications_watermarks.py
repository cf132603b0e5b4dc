"""Marks lifted off photographs of one's own: doors, types, tiles, and what is to be left alone."""

from __future__ import annotations

import numpy as np
import pytest

from aecourse.applications import watermarks
from aecourse.corruption import add_watermark
from aecourse.datasets import split_photos
from aecourse.files import read_images
from aecourse.recipes import watermarks as lesson


def says_of(pixels, *, a=0.5):
    """A stand-in for the network: it says a dark picture and a mark where the picture is bright."""
    bright = pixels.mean(axis=-1, keepdims=True) > 0.75
    return np.concatenate([pixels / 2, np.where(bright, a, 0)], axis=-1).astype("float32")


@pytest.fixture
def stand_in(monkeypatch):
    monkeypatch.setattr(watermarks, "_network", lambda: None)
    monkeypatch.setattr(lesson, "ask", lambda network, x: says_of(x))


def with_a_square(height=70, width=90, dtype="float32"):
    photo = np.random.default_rng(0).uniform(0.2, 0.5, (height, width, 3))
    photo[20:40, 30:60] = 0.9
    return np.round(255 * photo).astype("uint8") if dtype == "uint8" else photo.astype(dtype)


@pytest.mark.parametrize("dtype", ["uint8", "float16", "float32", "float64"])
def test_the_type_stays_and_so_does_every_pixel_without_a_mark(stand_in, dtype):
    photo = with_a_square(dtype=dtype)
    before = photo.copy()
    lifted = watermarks.lift_photo(photo)
    assert lifted.dtype == photo.dtype
    assert lifted.shape == photo.shape
    assert (photo == before).all()
    square = np.zeros(photo.shape[:2], bool)
    square[20:40, 30:60] = True
    assert (lifted[~square] == photo[~square]).all()
    white = 255 if dtype == "uint8" else 1
    np.testing.assert_allclose(lifted[square].astype(float), 0.45 * white, atol=0.005 * white)


@pytest.mark.parametrize("shape", [(70, 90), (70, 90, 1)])
def test_a_grey_photograph_stays_grey(stand_in, shape):
    photo = with_a_square()[..., :1].reshape(shape)
    lifted = watermarks.lift_photo(photo)
    assert lifted.shape == shape
    np.testing.assert_allclose(lifted[20:40, 30:60], 0.45, atol=0.005)


@pytest.mark.parametrize("shape", [(16, 16), (17, 800), (769, 768), (1900, 33)])
def test_tiles_of_any_photograph_add_up_without_seams(stand_in, shape):
    photo = np.random.default_rng(1).uniform(0, 1, (*shape, 3)).astype("float32")
    np.testing.assert_allclose(watermarks._said(photo), says_of(photo), atol=1e-6)


@pytest.mark.parametrize("side", [16, 31, 767, 768, 769, 1440, 1441, 4032])
def test_tiles_are_divisible_not_too_large_and_cover_the_side(side):
    tiles = list(watermarks._along(side))
    weights = np.zeros(tiles[-1][0] + tiles[-1][1])
    for start, length, share in tiles:
        assert start % 16 == length % 16 == 0
        assert length <= watermarks.LARGEST
        weights[start : start + length] += share
    np.testing.assert_allclose(weights, 1, atol=1e-6)
    assert side <= len(weights) < side + 16 * len(tiles) + watermarks.OVERLAP


def test_a_few_sure_pixels_are_no_mark_and_a_pale_rim_of_one_belongs_to_it():
    a = np.zeros((3, 40, 40, 1), "float32")
    a[0, 2:38, 2:38] = lesson.LEAST
    a[0, 18:22, 18:22] = lesson.SURE
    a[1, 5:25, 5:25] = (lesson.LEAST + lesson.SURE) / 2  # many, but not sure; beside a mark of another picture
    a[2, 5:25, 5:25] = lesson.LEAST
    a[2, 10:12, 10:12] = lesson.SURE  # sure, but too few
    found = lesson.is_mark(a)
    assert found.shape == a.shape
    rim = lesson.NEAR
    assert found[0, 18 - rim : 22 + rim, 18 - rim : 22 + rim].all()
    assert found.sum() == (4 + 2 * rim) ** 2


@pytest.mark.parametrize(
    ("photo", "says"),
    [
        (np.zeros((2, 40, 40, 3), "float32"), "photo[0] is the first"),
        (np.zeros((40, 40, 4), "float32"), "transparent on white"),
        (np.zeros((3, 40, 40), "float32"), "np.moveaxis(photo, 0, 2)"),
        (np.full((40, 40, 3), 65535, "uint16"), "photo.astype('float32') / 65535"),
        (np.full((40, 40, 3), 200), "photo.astype('float32') / 255"),
        (np.zeros((40, 40, 3), bool), "photo.astype('float32')"),
        (np.zeros((15, 40, 3), "float32"), "at least 16 pixels"),
        (np.full((40, 40, 3), 200.0), "photo / 255"),
        (np.full((40, 40, 3), np.nan), "NaN"),
        (np.full((40, 40, 3), -0.5), "photo + 1) / 2"),
        ("photo.jpg", "load it first"),
        (None, "got None"),
        ([[0.5]], "a list of length 1"),
    ],
)
def test_doors_say_what_came_and_what_helps(photo, says):
    with pytest.raises((TypeError, ValueError)) as error:
        watermarks.lift_photo(photo)
    assert str(error.value).startswith("photo ")
    assert says in str(error.value)
    assert len(str(error.value)) <= 600


def test_what_read_images_returns_is_asked_for_one_of_its_images(tmp_path):
    from PIL import Image

    Image.new("RGB", (40, 40)).save(tmp_path / "one.png")
    with pytest.raises(TypeError, match=r"photo\.images\[0\]"):
        watermarks.lift_photo(read_images(tmp_path))


@pytest.mark.slow
def test_the_carried_weights_lift_a_mark_and_leave_the_rest_and_tiles_show_no_seams(monkeypatch):
    _, (photos, _), _ = split_photos()
    photo, gains = photos[0], []
    for seed in (3, 4, 5):  # the first lies on a white saucer, where little can be seen of it
        marked, mask = add_watermark(photo[None], kind="text", text="SAMPLE", colour=(1, 1, 1), opacity=0.5, seed=seed)
        whole, inside = watermarks.lift_photo(marked[0]), mask[0] > 0
        gains.append(lesson.decibels(photo, whole, inside) - lesson.decibels(photo, marked[0], inside))
        assert lesson.decibels(photo, whole, ~inside) > 36
    assert min(gains) > 6
    assert np.mean(gains) > 11
    assert lesson.decibels(photo, watermarks.lift_photo(photo), np.ones_like(inside)) > 36
    monkeypatch.setattr(watermarks, "LARGEST", 256)
    apart = np.abs(watermarks.lift_photo(marked[0]) - whole).max(axis=-1)
    assert (apart > 0.02).mean() < 0.01  # here and there a few pixels are just sure, or just not
