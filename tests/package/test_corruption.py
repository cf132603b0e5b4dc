"""Damage on purpose: repeatable by seed, fresh by Generator, inside [0, 1], and never done to the input itself."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from aecourse.corruption import add_gaussian_noise, add_salt_and_pepper, mask_block

DAMAGES = {
    "gaussian": partial(add_gaussian_noise, sigma=0.5),
    "salt and pepper": partial(add_salt_and_pepper, share=0.3),
    "block": partial(mask_block, size=7, value=0.25),
}
every_damage = pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)


def images(n: int = 5, channels: int = 1) -> np.ndarray:
    return np.random.default_rng(1).random((n, 12, 16, channels), dtype=np.float32)


@every_damage
@pytest.mark.parametrize("channels", [1, 3])
def test_shape_type_and_range_stay_and_the_input_is_untouched(damage, channels):
    x = images(channels=channels)
    before = x.copy()
    damaged = damage(x, seed=0)
    assert damaged.shape == x.shape
    assert damaged.dtype == np.float32
    assert damaged.min() >= 0
    assert damaged.max() <= 1
    assert (x == before).all()
    assert not np.shares_memory(x, damaged)
    assert (damaged != x).any()


@every_damage
def test_float64_comes_back_as_float32_and_no_image_as_none(damage):
    assert damage(images().astype("float64"), seed=0).dtype == np.float32
    assert damage(images(0), seed=0).shape == (0, 12, 16, 1)


@every_damage
def test_a_seed_repeats_and_another_differs(damage):
    x = images()
    assert (damage(x, seed=3) == damage(x, seed=3)).all()
    assert (damage(x, seed=np.int64(3)) == damage(x, seed=3)).all()
    assert (damage(x, seed=3) != damage(x, seed=4)).any()


@every_damage
def test_a_generator_moves_on_and_starts_like_its_seed(damage):
    x, rng = images(), np.random.default_rng(3)
    first, second = damage(x, seed=rng), damage(x, seed=rng)
    assert (first == damage(x, seed=3)).all()
    assert (first != second).any()


def test_gaussian_noise_has_mean_zero_and_the_spread_asked_for():
    added = add_gaussian_noise(np.full((20, 28, 28, 1), 0.5, "float32"), sigma=0.1, seed=0) - 0.5
    assert abs(added.mean()) < 0.005
    assert added.std() == pytest.approx(0.1, rel=0.03)
    assert (add_gaussian_noise(images(), sigma=0, seed=0) == images()).all()


def test_strong_noise_is_clipped_on_both_sides():
    noisy = add_gaussian_noise(images(), sigma=2.0, seed=0)
    assert noisy.min() == 0
    assert noisy.max() == 1


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_salt_and_pepper_hits_its_share_half_and_half(share):
    grey = np.full((20, 28, 28, 1), 0.5, "float32")
    damaged = add_salt_and_pepper(grey, share=share, seed=0)
    assert set(np.unique(damaged)) <= {0.0, 0.5, 1.0}
    for value in (0, 1):
        assert (damaged == value).mean() == pytest.approx(share / 2, abs=0.02)


def test_salt_and_pepper_hits_all_channels_of_a_pixel():
    hit = add_salt_and_pepper(np.full((4, 10, 10, 3), 0.5, "float32"), share=0.4, seed=0)
    assert (hit == hit[..., :1]).all()


def test_a_block_is_one_whole_square_in_each_image_at_its_own_place():
    covered = mask_block(np.ones((50, 12, 16, 1), "float32"), size=5, seed=0)[..., 0] == 0
    corners = set()
    for image in covered:
        rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
        assert np.ptp(rows) == np.ptp(columns) == 4
        assert image.sum() == 25
        corners.add((rows[0], columns[0]))
    assert len(corners) > 20


def test_blocks_reach_every_edge_and_may_be_nothing_or_the_whole_side():
    covered = mask_block(np.ones((400, 12, 12, 1), "float32"), size=4, seed=0)[..., 0] == 0
    anywhere = covered.any(axis=0)
    assert anywhere.all()
    assert (mask_block(images(), size=0, seed=0) == images()).all()
    assert (mask_block(np.ones((2, 8, 8, 1), "float32"), size=8, seed=0, value=0.5) == 0.5).all()


@every_damage
@pytest.mark.parametrize(
    ("x", "message"),
    [
        ([[0.5]], "x must be a float array .* got a list"),
        (np.zeros((5, 12, 16, 1), "uint8"), "x must be a float array .* got an array of uint8"),
        (np.zeros((12, 16), "float32"), r"x must be .* got an array of float32 with shape \(12, 16\)"),
        (np.full((1, 12, 16, 1), 1.5), r"x must lie in \[0, 1\]"),
        (np.full((1, 12, 16, 1), -0.5), r"x must lie in \[0, 1\]"),
        (np.full((1, 12, 16, 1), np.nan), r"x must lie in \[0, 1\]"),
    ],
)
def test_a_wrong_x_is_named(damage, x, message):
    with pytest.raises(ValueError, match=message):
        damage(x, seed=0)


@every_damage
@pytest.mark.parametrize("seed", [None, -1, 0.5, True, "0"])
def test_a_wrong_seed_is_named(damage, seed):
    with pytest.raises(TypeError, match="seed must be a whole number"):
        damage(images(), seed=seed)


@pytest.mark.parametrize(
    ("damage", "settings", "name"),
    [
        (add_gaussian_noise, {"sigma": -0.1}, "sigma"),
        (add_gaussian_noise, {"sigma": np.inf}, "sigma"),
        (add_gaussian_noise, {"sigma": np.nan}, "sigma"),
        (add_gaussian_noise, {"sigma": "0.5"}, "sigma"),
        (add_salt_and_pepper, {"share": 1.1}, "share"),
        (add_salt_and_pepper, {"share": True}, "share"),
        (mask_block, {"size": 13}, "size"),
        (mask_block, {"size": -1}, "size"),
        (mask_block, {"size": 2.0}, "size"),
        (mask_block, {"size": True}, "size"),
        (mask_block, {"size": 2, "value": 2}, "value"),
    ],
)
def test_a_wrong_setting_is_named(damage, settings, name):
    with pytest.raises(ValueError, match=f"^{name} must be"):
        damage(images(), seed=0, **settings)
