"""What people bring to the doors of corruption: each is damaged rightly, or refused with what helps."""

from __future__ import annotations

import warnings
from functools import partial

import numpy as np
import pytest

from aecourse.corruption import (
    add_gaussian_noise,
    add_salt_and_pepper,
    add_watermark,
    babble,
    hum,
    mask_block,
    mix_at_snr,
    siren,
)

RNG = np.random.default_rng(0)
X = RNG.random((6, 28, 28, 1), dtype=np.float32)
COLOUR = RNG.random((6, 32, 32, 3), dtype=np.float32)
SOUNDS = RNG.normal(0, 0.1, (8, 400)).astype("float32")
BYTES = np.round(255 * X).astype("uint8")

IMAGES = {
    "bytes": (BYTES, r"an array of uint8 .*: give x.astype\('float32'\) / 255"),
    "bytes as floats": (255 * X, "values from 0.* to 255: x / 255 helps"),
    "16 bits": (BYTES.astype("uint16") * 257, r"/ 65535"),
    "whole numbers 0 and 1": (BYTES // 200, r"give x.astype\('float32'\)$"),
    "True and False": (X > 0.5, r"an array of bool .*: give x.astype\('float32'\)$"),
    "scaled to -1, 1": (2 * X - 1, r"\(x \+ 1\) / 2 helps"),
    "standardised": ((X - 0.5) / 0.29, "standardised need their scale back"),
    "noise that was not clipped": (X + 0.3, r"np.clip\(x, 0, 1\)"),
    "infinity": (np.full_like(X, np.inf), "NaN or infinity"),
    "one image": (X[0], r"\(28, 28, 1\): give x\[None\], if it is one image"),
    "one colour image": (COLOUR[0], r"give x\[None\], if it is one image"),
    "one grey image": (X[0, ..., 0], r"give x\[None, ..., None\]"),
    "one image of bytes": (BYTES[0], r"/ 255 and x\[None\]"),
    "no channels": (X[..., 0], r"give x\[..., None\]"),
    "flat": (X.reshape(6, 784), r"give x.reshape\(-1, 28, 28, 1\)"),
    "one number": (np.float32(0.5), "got 0.5"),
    "masked": (np.ma.masked_less(X, 0.5), r"a masked array .*x.filled\(0\)"),
    "list": (X.tolist(), r"a list of length 6: np.asarray\(x, 'float32'\)"),
    "None": (None, "got None"),
    "text": ("digits.npz", "load it first"),
}
DAMAGES = [
    partial(add_gaussian_noise, sigma=0.1),
    partial(add_salt_and_pepper, share=0.1),
    partial(mask_block, size=3),
    add_watermark,
]


@pytest.mark.parametrize("name", IMAGES)
def test_images_of_another_kind_are_refused_with_what_helps(name):
    x, said = IMAGES[name]
    for damage in DAMAGES:
        with pytest.raises(ValueError, match=said):
            damage(x, seed=0)


def test_images_divided_by_255_twice_are_told_and_black_ones_are_not():
    with pytest.warns(UserWarning, match="x is almost black.*divided by 255 twice"):
        mask_block(X / 255, size=3, seed=0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mask_block(0 * X, size=3, seed=0)
        mask_block(X / 100, size=3, seed=0)


LOUD = SOUNDS[0] * 32768
SOUND = {
    "16 bits": (LOUD.astype("int16")[None], r"give x.astype\('float32'\) / 32768$"),
    "16 bits as floats": (LOUD[None], r"x / 32768 helps"),
    "32 bits": (LOUD.astype("int32")[None], r"/ 2\*\*31"),
    "8 bits": (np.full((1, 400), 128, "uint8"), "/ 128 - 1"),
    "one sound": (SOUNDS[0], r"give x\[None\], if it is one sound"),
    "two channels": (SOUNDS[:2].T, r"give x.mean\(axis=1\)\[None\], if it has two channels"),
    "two channels of 16 bits": (LOUD.astype("int16")[:, None].repeat(2, 1), r"/ 32768 and x.mean\(axis=1\)"),
    "a column": (SOUNDS[:1].T, r"give x.T"),
    "infinitely loud": (SOUNDS * np.inf, "NaN or infinity"),
    "1e200": (SOUNDS.astype(float) * 1e200, "got a sample of .*e\\+199|e\\+200"),
    "1e-60": (SOUNDS.astype(float) * 1e-60, r"x\[0\] is silent, the same number throughout"),
    "silence": (SOUNDS * 0, r"x\[0\] is silent"),
    "one of many silent": (SOUNDS * (np.arange(8) != 5)[:, None], r"x\[5\] is silent"),
    "a constant": (SOUNDS * 0 + 0.5, r"x\[0\] is silent, the same number throughout"),
    "one sample": (SOUNDS[:, :1], r"x\[0\] is silent"),
    "nothing": (SOUNDS[:, :0], r"shape \(8, 0\)"),
}


@pytest.mark.filterwarnings("ignore:invalid value")
@pytest.mark.parametrize("name", SOUND)
def test_sounds_of_another_kind_are_refused_with_what_helps(name):
    x, said = SOUND[name]
    with pytest.raises(ValueError, match=said):
        mix_at_snr(x, np.resize(SOUNDS, np.shape(x) if np.ndim(x) == 2 else (1, 400)), snr=0, seed=0)
    if name != "16 bits as floats":  # voices may have any level
        with pytest.raises(ValueError, match=said.replace("x", "voices", 1) if said.startswith("x") else "voices"):
            babble(1, x, seed=0, talkers=1)


@pytest.mark.parametrize("snr", [1e6, -np.inf, [0.0] * 7, "0", None, True])
def test_a_ratio_out_of_range_is_refused(snr):
    with pytest.raises(ValueError, match="snr must be"):
        mix_at_snr(SOUNDS, SOUNDS, snr=snr, seed=0)


@pytest.mark.parametrize("samples", [1, 2, 3, 10, 19, 20, 159, 160, 161, 1000])
def test_short_waves_have_the_level_of_what_they_belong_to(samples):
    for wave in (hum(50, samples, seed=0), siren(50, samples, seed=0)):
        assert wave.shape == (50, samples)
        assert np.isfinite(wave).all()
        assert np.abs(wave).max() < 0.6
        assert 0.05 < np.sqrt((wave**2).mean()) < 0.2


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: siren(1, 100, seed=0, rate=1), "rate must be a whole number of at least 2800, got 1"),
        (lambda: hum(1, 100, seed=0, rate=100), "half of rate, 50 Hz, got mains 50 and 10 harmonics"),
        (lambda: hum(1, 100, seed=0, mains=None), "mains must be a number"),
        (lambda: hum(1, 100, seed=0, mains=np.nan), "mains must be a number"),
        (lambda: add_watermark(COLOUR, seed=0, colour=(255, 0, 0)), "colour must be three numbers .* divide by 255"),
        (lambda: add_watermark(COLOUR, seed=0, colour="red"), "colour must be three numbers"),
        (lambda: add_watermark(COLOUR, seed=0, colour=0.5), "colour must be three numbers"),
        (lambda: add_watermark(COLOUR, seed=0, kind=3), "kind must be"),
        (lambda: add_watermark(COLOUR, seed=0, size=10_000), "size must be a number from 0 to 500"),
        (lambda: add_watermark(COLOUR, seed=0, opacity=None), "opacity must be a number"),
    ],
)
def test_settings_of_another_kind_are_refused_with_what_helps(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_float16_and_numpy_numbers_are_taken():
    assert add_gaussian_noise(X.astype("float16"), sigma=np.float64(0.1), seed=np.uint8(3)).dtype == np.float32
    assert hum(np.int64(1), np.int16(200), seed=0, mains=np.float32(60)).shape == (1, 200)
