"""Watermarks: where they lie, what they are a blend of, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from aecourse.corruption import add_watermark
from aecourse.corruption.watermarks import KINDS, LOGOS, _logo

X = np.random.default_rng(0).random((6, 64, 80, 3), dtype=np.float32)


@pytest.mark.parametrize("kind", [*KINDS, ("text", "logo")])
def test_marked_is_the_blend_that_the_mask_says(kind):
    before = X.copy()
    marked, mask = add_watermark(X, kind=kind, colour=(1, 0.5, 0), seed=1)
    assert marked.dtype == mask.dtype == np.float32
    assert (marked.shape, mask.shape) == (X.shape, (6, 64, 80, 1))
    np.testing.assert_allclose(marked, (1 - mask) * X + mask * np.float32((1, 0.5, 0)), atol=1e-6)
    np.testing.assert_array_equal(marked[np.broadcast_to(mask == 0, X.shape)], X[np.broadcast_to(mask == 0, X.shape)])
    assert marked.min() >= 0
    assert marked.max() <= 1
    assert (mask.max(axis=(1, 2, 3)) > 0).all()  # each picture has a mark
    np.testing.assert_array_equal(X, before)


def test_a_seed_repeats_another_differs_and_a_generator_moves_on():
    first, again, other = (add_watermark(X, seed=s)[0] for s in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    rng = np.random.default_rng(3)
    np.testing.assert_array_equal(add_watermark(X, seed=rng)[0], first)
    assert not np.array_equal(add_watermark(X, seed=rng)[0], first)


def test_opacity_is_a_number_or_a_range():
    many = np.zeros((60, 64, 64, 3), "float32")
    for opacity in (0, 0.5, 1):
        highest = add_watermark(many, kind="logo", size=36, opacity=opacity, seed=0)[1].max(axis=(1, 2, 3))
        np.testing.assert_allclose(highest, opacity, atol=0.05)
    highest = add_watermark(many, kind="logo", size=36, opacity=(0.3, 0.8), seed=0)[1].max(axis=(1, 2, 3))
    assert highest.min() < 0.35
    assert highest.max() > 0.75


def test_a_size_makes_marks_larger_and_colours_vary():
    grey = np.full((40, 64, 64, 3), 0.5, "float32")
    small, large = (add_watermark(grey, kind="logo", size=s, seed=0)[1] for s in (8, 30))
    assert (large > 0).sum() > 5 * (small > 0).sum()
    marked, mask = add_watermark(grey, opacity=1, seed=0)
    # A thin stroke may cover no pixel wholly.
    painted = [m[k[..., 0] == 1][0] for m, k in zip(marked, mask, strict=True) if (k == 1).any()]
    assert len(painted) > 30
    assert 5 < sum(np.ptp(colour) < 1e-6 for colour in painted) < 35


def test_text_is_written_as_given():
    black = np.zeros((30, 64, 64, 3), "float32")
    dot, word = (add_watermark(black, kind="text", text=t, size=16, seed=0)[1] for t in (".", "WWWW"))
    assert (dot > 0).sum() < 0.1 * (word > 0).sum()


def test_every_logo_is_a_shape_of_its_own():
    shapes = [np.asarray(_logo(name, 40)) for names in LOGOS.values() for name in names]
    assert len({shape.tobytes() for shape in shapes}) == len(shapes)
    for shape in shapes:
        assert shape.shape == (40, 40)
        assert 0.05 < (shape > 0).mean() <= 1


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"opacity": 1.2}, "opacity must be a number from 0 to 1, got 1.2"),
        ({"opacity": (0.2, -0.1)}, "opacity must be a number from 0 to 1, got -0.1"),
        ({"opacity": (0.8, 0.3)}, "opacity must lie in 0 to 1, the lower end first"),
        ({"opacity": (0.1, 0.2, 0.3)}, "opacity must be a number or a pair"),
        ({"opacity": "half"}, "opacity must be a number"),
        ({"opacity": float("nan")}, "opacity must be a number from 0 to 1"),
        ({"size": 2}, "size must lie in 4 to 500"),
        ({"size": float("inf")}, "size must be a number"),
        ({"kind": "stamp"}, "kind must be one or several of text, other text, logo, other logo, got the text 'stamp'"),
        ({"kind": ()}, "kind must be one or several"),
        ({"colour": (1, 2, 0)}, "colour must be three numbers"),
        ({"colour": (1, 1)}, "colour must be three numbers"),
    ],
)
def test_a_bad_argument_is_named(changed, message):
    with pytest.raises(ValueError, match=message.replace("(", r"\(").replace(")", r"\)")):
        add_watermark(X, **{"seed": 0, **changed})


def test_what_is_no_colour_picture_is_refused():
    with pytest.raises(ValueError, match=r"x must hold colour pictures .* got 1 channels: grey ones"):
        add_watermark(X[..., :1], seed=0)
    with pytest.raises(ValueError, match="x must be a float array of shape"):
        add_watermark(X[0], seed=0)
    with pytest.raises(ValueError, match=r"x must lie in \[0, 1\]"):
        add_watermark(X * 255, seed=0)
    with pytest.raises(TypeError, match="text must be a string that is not blank"):
        add_watermark(X, text=" ", seed=0)
    with pytest.raises(TypeError, match="seed must be"):
        add_watermark(X, seed=None)
