"""Colour from clicks for photographs of one's own: doors, types, dots on a copy, outlines."""

from __future__ import annotations

import numpy as np
import pytest
from skimage.color import rgb2lab

from aecourse.applications import colour
from aecourse.recipes import colour as lesson


@pytest.fixture
def stand_in(monkeypatch):
    """Instead of the network and the walk: the nearest click."""
    monkeypatch.setattr(colour, "_network", lambda: None)
    monkeypatch.setattr(lesson, "spread_best", lambda network, *asked: lesson.nearest(*asked))


def halves(height=60, width=90):
    """A grey photograph, darker at the left."""
    photo = np.full((height, width), 0.4)
    photo[:, width // 2 :] = 0.6
    return photo


CLICKS = [[30, 10, 0.8, 0.4, 0.3], [30, 80, 0.3, 0.4, 0.8]]


@pytest.mark.parametrize("shape", [(60, 90), (60, 90, 1), (60, 90, 3)])
@pytest.mark.parametrize("dtype", ["uint8", "float32", "float64"])
def test_both_sides_get_their_colour_and_keep_their_lightness(stand_in, shape, dtype):
    photo = halves()
    photo = np.repeat(photo[..., None], 3, axis=-1) if shape[-1] == 3 else photo.reshape(shape)
    photo = np.round(255 * photo).astype("uint8") if dtype == "uint8" else photo.astype(dtype)
    coloured = colour.colour_photo(photo, CLICKS)
    assert coloured.shape == (60, 90, 3)
    assert coloured.dtype == (np.uint8 if dtype == "uint8" else np.float32)
    left, right = (coloured[30, column].astype(float) for column in (5, 85))
    assert left[0] > 1.2 * left[2]
    assert right[2] > 1.2 * right[0]
    before, after = (
        rgb2lab(np.float64(x) / (255 if dtype == "uint8" else 1))
        for x in (halves()[..., None] * [1, 1, 1] * (255 if dtype == "uint8" else 1), coloured)
    )
    np.testing.assert_allclose(after[..., 0], before[..., 0], atol=1.0)


@pytest.mark.parametrize(
    ("clicks", "said"),
    [
        ([], "shape (k, 5)"),
        ([[1, 2, 0.5]], "shape (k, 5)"),
        ([1, 2, 0.1, 0.2, 0.3], "clicks[None]"),
        ([[1, 2, 200, 30, 40]], "divide them by 255"),
        ([[1, 2, -0.1, 0.3, 0.4]], "lie in [0, 1]"),
        ([[5, 70, 0.1, 0.2, 0.3], [75, 30, 0.1, 0.2, 0.3]], "outside the photograph, which is 60 × 90"),
        ([[75, 30, 0.1, 0.2, 0.3]], "Row and column look exchanged"),
        ([[1, 2, 0.1, float("nan"), 0.4]], "clicks"),
        ([["here", 2, 0.1, 0.2, 0.4]], "no five numbers"),
        (np.zeros((301, 5)), "1 to 300 rows"),
    ],
)
def test_clicks_that_are_none_are_explained(stand_in, clicks, said):
    with pytest.raises(ValueError, match="clicks") as caught:
        colour.colour_photo(halves(), clicks)
    assert said in str(caught.value)
    assert len(str(caught.value)) <= 600


def test_photographs_that_are_none_are_refused(stand_in):
    with pytest.raises(ValueError, match="at least 32 pixels"):
        colour.colour_photo(np.zeros((20, 90)), CLICKS)
    with pytest.raises(ValueError, match="eight times as long"):
        colour.colour_photo(np.zeros((32, 300)), CLICKS)
    with pytest.raises(TypeError, match="photo must be"):
        colour.colour_photo("photo.jpg", CLICKS)


def test_two_clicks_on_one_small_pixel_become_their_mean(stand_in):
    rows = np.array([[100.0, 200, 1, 0, 0], [101, 201, 0, 0, 1]])
    places, ab = colour._on_small(rows, (2048, 4096), (128, 256))
    assert places.tolist() == [[6, 12]]
    np.testing.assert_allclose(ab[0], rgb2lab(rows[None, :, 2:])[0, :, 1:].mean(axis=0), rtol=1e-4)


def test_dots_are_found_and_specks_are_not():
    photo = halves()
    painted = np.repeat(photo[..., None], 3, axis=-1)
    painted += np.random.default_rng(0).uniform(-0.05, 0.05, painted.shape)  # as JPEG would
    painted[10:15, 20:25], painted[40:44, 60:66], painted[5, 5] = [0.9, 0.1, 0.1], [0.1, 0.9, 0.1], [1, 1, 0]
    clicks = colour.clicks_of_dots(photo, np.clip(painted, 0, 1))
    assert len(clicks) == 2
    np.testing.assert_allclose(clicks[0], [12, 22, 0.9, 0.1, 0.1], atol=1e-6)
    assert 40 <= clicks[1][0] < 44
    assert 60 <= clicks[1][1] < 66


def test_a_copy_that_cannot_be_read_is_explained():
    photo = halves()
    with pytest.raises(ValueError, match="painted holds 0 dots"):
        colour.clicks_of_dots(photo, photo)
    with pytest.raises(ValueError, match="one large patch"):
        colour.clicks_of_dots(photo, 1 - photo + 0.3 * (photo > 0.5))
    with pytest.raises(ValueError, match="60 × 90, got 60 × 80"):
        colour.clicks_of_dots(photo, photo[:, :80])
    with pytest.raises(TypeError, match="painted must be"):
        colour.clicks_of_dots(photo, "painted.png")


@pytest.mark.parametrize("detail", [0, 0.5, 1])
def test_an_outline_is_white_with_black_lines(detail):
    lines = colour.outline_photo((halves(200, 900) > 0.5).astype(float), detail)
    assert lines.shape == (156, 700)
    assert set(np.unique(lines)) == {0, 1}
    assert (lines[:, 345:355] == 0).any(axis=1).all()
    assert lines[:, :300].all()


@pytest.mark.slow
def test_the_carried_network_carries_red_to_the_side_that_was_clicked():
    coloured = colour.colour_photo(halves().astype("float32"), CLICKS)
    assert coloured[30, 20, 0] > coloured[30, 20, 2] + 0.1
    assert coloured[30, 70, 2] > coloured[30, 70, 0] + 0.1
