"""One's own recordings cleaned: noise goes, good recordings and silence stay, any rate, length and form."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import resample_poly

from aecourse.applications import sound
from aecourse.applications.sound import clean_sound
from aecourse.corruption import mix_at_snr, white_noise
from aecourse.datasets import split_speech
from aecourse.metrics import si_sdr


@pytest.fixture(scope="module")
def speech() -> np.ndarray:
    """Twelve seconds of the training's speaker, shape (1, 96000)."""
    return np.concatenate(split_speech()[1][0][:6])[None]


def noisy(x: np.ndarray, snr: float) -> np.ndarray:
    return mix_at_snr(x, white_noise(1, x.shape[1], seed=0), snr=snr, seed=0)


@pytest.mark.slow
@pytest.mark.parametrize(("snr", "gain"), [(0, 8), (10, 4), (20, 1), (30, -0.5)])
def test_noise_goes_and_a_good_recording_is_hardly_harmed(speech, snr, gain):
    x = noisy(speech, snr)
    assert si_sdr(speech, clean_sound(x[0], 8000)[None]) - si_sdr(speech, x) > gain


@pytest.mark.slow
def test_a_clean_recording_comes_back(speech):
    assert si_sdr(speech, clean_sound(speech[0], 8000)[None]) > 40
    wide = resample_poly(speech[0, :32000], 441, 80).astype("float32")
    wide += 0.01 * np.sin(2 * np.pi * 9000 * np.arange(len(wide)) / 44100, dtype="float32") * np.abs(wide)
    assert si_sdr(wide[None], clean_sound(wide, 44100)[None]) > 40


@pytest.mark.slow
@pytest.mark.parametrize("rate", [8000, 11025, 44100, 48000])
def test_any_rate_and_channels_come_back_as_they_came(speech, rate):
    mono = resample_poly(noisy(speech[:, :24000], 5)[0], rate, 8000).astype("float32")
    clean = resample_poly(speech[0, :24000], rate, 8000)
    pair = np.stack([mono, 0.3 * mono], axis=1)
    before = pair.copy()
    made = clean_sound(pair, rate)
    assert (made.shape, made.dtype) == (pair.shape, np.float32)
    assert (pair == before).all()
    np.testing.assert_allclose(made[:, 1], 0.3 * made[:, 0], atol=1e-4)
    assert si_sdr(clean[None], made[None, :, 0]) > si_sdr(clean[None], mono[None]) + 5


@pytest.mark.slow
def test_whole_numbers_are_the_same_recording(speech):
    floats = noisy(speech[:, :16000], 5)[0].astype("float64")
    for bits in (16, 32):
        whole = (floats * (2.0 ** (bits - 1) - 1)).astype(f"int{bits}")
        np.testing.assert_allclose(clean_sound(whole, 8000), clean_sound(floats, 8000), atol=1e-3)


@pytest.mark.slow
def test_silence_stays_silence(speech):
    assert (clean_sound(np.zeros((30000, 2)), 44100) == 0).all()
    assert (clean_sound(np.full(30000, 0.25), 8000) == 0).all()
    gap = noisy(speech, 5)[0].copy()
    gap[40000:64000] = 0
    assert np.abs(clean_sound(gap, 8000)[42000:62000]).max() < 1e-6


@pytest.mark.slow
def test_quiet_and_loud_recordings_are_treated_alike(speech):
    x = noisy(speech[:, :32000], 5)[0]
    np.testing.assert_allclose(1000 * clean_sound(x / 1000, 8000), clean_sound(x, 8000), atol=1e-3)
    made = clean_sound(x + 0.2, 8000)  # a recorder's offset is no sound
    np.testing.assert_allclose(made - made.mean(), clean_sound(x, 8000), atol=0.01)


@pytest.mark.slow
def test_where_pieces_meet_nothing_is_heard(speech):
    """A tone that the network lets through has no steps; and what comes later changes nothing far before."""
    x = noisy(np.tile(speech, 2), 10)[0]
    whole, part = clean_sound(x, 8000), clean_sound(x[:120000], 8000)
    assert np.abs(np.diff(whole)).max() < 1.5 * np.abs(np.diff(x)).max()
    step = sound.PIECE - sound.OVERLAP
    jumps = np.abs(np.diff(whole))
    borders = np.concatenate([jumps[i * step - 2 : i * step + 2] for i in range(1, 15)])
    assert borders.mean() < 2 * jumps.mean()
    np.testing.assert_allclose(whole[:60000], part[:60000], atol=1e-4)


@pytest.mark.parametrize("samples", [1, 2, 100, 3999, 4001, 15999, 16001, 28001])
def test_any_length_comes_back(samples):
    x = np.random.default_rng(0).normal(0, 0.1, samples).astype("float32")
    made = clean_sound(x, 8000)
    assert made.shape == (samples,)
    assert np.isfinite(made).all()


@pytest.mark.slow
def test_the_share_of_noise_is_high_in_noise_and_low_in_speech(speech):
    x = speech[0]
    hiss = white_noise(1, len(x), seed=0)[0]
    _, all_noise = sound.noise_shares(x + hiss, x)
    _, no_noise = sound.noise_shares(x, 0.95 * x)
    assert all_noise.min() > 0.8
    assert no_noise.max() < 0.15
    seconds, both = sound.noise_shares(np.concatenate([x, x + hiss]), np.concatenate([0.95 * x, x]))
    assert both[seconds < 6].max() < 0.15
    assert both[seconds > 18].min() > 0.8


@pytest.mark.parametrize(
    ("wave", "rate", "says"),
    [
        ("a.wav", 8000, "load it first"),
        (np.zeros((2, 9000)), 8000, "wave.T"),
        (np.zeros((10, 20, 2)), 8000, "wave must be a recording"),
        (np.zeros(0), 8000, "wave must be a recording"),
        (np.zeros((900, 20)), 8000, "wave must be a recording"),
        (np.zeros(100, "uint8"), 8000, "wave must be a recording"),
        (np.zeros(100, bool), 8000, "wave must be a recording"),
        (np.array([0, np.nan]), 8000, "NaN"),
        (np.array([0, 20000.0]), 8000, "32768"),
        (np.zeros(100), 0, "rate must be a whole number"),
        (np.zeros(100), 44.1, "rate must be a whole number"),
        ([0.1, 0.2], 8000, "np.asarray"),
    ],
)
def test_what_comes_in_is_checked(wave, rate, says):
    with pytest.raises((TypeError, ValueError), match=says) as caught:
        clean_sound(wave, rate)
    assert len(str(caught.value)) <= 600
