"""Noise for sound: white noise, hum, a siren and babble, mixed at a signal-to-noise ratio.

Sounds are float arrays with shape `(n, samples)`, in [-1, 1]; they are left as they are. `seed` is a whole number, or a
NumPy `Generator` that moves on with each call (fresh noise in every epoch of a training).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aecourse.checks import Seed, a_generator, as_array, described, number, sounds, whole_number

Sounds = NDArray[np.float32]
DECIBELS = 200  # beyond, float32 numbers keep nothing of the softer one


def mix_at_snr(x: Sounds, noise: Sounds, *, snr: float | NDArray, seed: Seed) -> Sounds:
    """Add noise to sounds, so strong that the signal-to-noise ratio of each is `snr`.

    Each sound gets a sound of `noise` drawn at random, started at a random place and continued from its beginning.

    Args:
        x: sounds, shape `(n, samples)`.
        noise: sounds to draw from, shape `(m, samples)`, with as many samples; any level.
        snr: power of the sound over power of the noise in decibels: one number, or one a sound, shape `(n,)`.
        seed: a whole number or a NumPy `Generator`.

    Returns:
        float32, the shape of `x`: x plus noise. Where noise is stronger than the sound, values may leave [-1, 1].

    Raises:
        TypeError: `seed` is neither.
        ValueError: `x` or `noise` is no such array (whole numbers of a WAV file, two channels), holds NaN or infinity,
            or has a sound that is silent, the same number throughout; `x` is louder than 100; `noise` has another
            length; `snr` is not from -200 to 200 or does not fit.

    Example:
        >>> x = np.sin(np.arange(16000, dtype="float32") / 5)[None]
        >>> noisy = mix_at_snr(x, white_noise(1, 16000, seed=0), snr=10, seed=0)
        >>> round(float(10 * np.log10(np.mean(x**2) / np.mean((noisy - x) ** 2))), 3)
        10.0
    """
    x = sounds("x", x, silence=False, loudest=100)
    noise, rng = sounds("noise", noise, silence=False), a_generator(seed)
    if noise.shape[1] != x.shape[1]:
        raise ValueError(
            f"noise must have as many samples as x, {x.shape[1]}, got {noise.shape[1]}: "
            "bring both to one rate and cut them to one length"
        )
    decibels = as_array("snr", snr, "a number of decibels, or one for each sound")
    if decibels.dtype.kind == "b" or decibels.shape not in ((), (len(x),)) or not (np.abs(decibels) <= DECIBELS).all():
        raise ValueError(
            f"snr must be a number of decibels from -{DECIBELS} to {DECIBELS}, or one for each of {len(x)} sounds, got "
            f"{described(snr)}"
        )
    drawn = rng.integers(0, len(noise), len(x))
    shifts = rng.integers(0, x.shape[1], len(x))
    added = np.stack([np.roll(noise[i], shift) for i, shift in zip(drawn, shifts, strict=True)])
    ratio = np.linalg.norm(x, axis=1) / np.linalg.norm(added, axis=1) * 10 ** (-decibels / 20)
    return x + ratio[:, None].astype(np.float32) * added


def white_noise(n: int, samples: int, *, seed: Seed) -> Sounds:
    """Noise with the same power at every frequency: independent normal numbers.

    Args:
        n: how many sounds, at least 1.
        samples: length of each, at least 1.
        seed: a whole number or a NumPy `Generator`.

    Returns:
        float32, shape `(n, samples)`, with a standard deviation of 0.1.

    Raises:
        TypeError: `seed` is neither.
        ValueError: `n` or `samples` is not a whole number of at least 1.

    Example:
        >>> white_noise(3, 16000, seed=0).shape
        (3, 16000)
    """
    n, samples, rng = whole_number("n", n), whole_number("samples", samples), a_generator(seed)
    return np.float32(0.1) * rng.standard_normal((n, samples), dtype=np.float32)


def hum(n: int, samples: int, *, seed: Seed, rate: int = 8000, mains: float = 50.0, harmonics: int = 10) -> Sounds:
    """The hum of mains electricity: a tone and its harmonics, each with a random strength and phase.

    Args:
        n: how many sounds, at least 1.
        samples: length of each, at least 1.
        seed: a whole number or a NumPy `Generator`.
        rate: samples a second, at least 1.
        mains: frequency of the lowest tone in hertz, above 0: 50, or 60 in the Americas.
        harmonics: how many tones, at least 1; the highest must stay below half of `rate`.

    Returns:
        float32, shape `(n, samples)`, with a standard deviation of 0.1 (of less than one wave: what it belongs to has).

    Raises:
        TypeError: `seed` is neither.
        ValueError: a count is not a whole number of at least 1, or the highest tone is out of range.

    Example:
        >>> power = np.abs(np.fft.rfft(hum(1, 8000, seed=0)[0]))
        >>> int(power.argmax()) % 50
        0
    """
    n, samples, rng = whole_number("n", n), whole_number("samples", samples), a_generator(seed)
    rate, harmonics = whole_number("rate", rate), whole_number("harmonics", harmonics)
    mains = number("mains", mains)
    if not 0 < mains * harmonics < rate / 2:
        raise ValueError(
            f"mains × harmonics must lie between 0 and half of rate, {rate / 2:g} Hz, got mains {mains:g} and "
            f"{harmonics} harmonics"
        )
    times = np.arange(samples) / rate
    tones = np.arange(1, harmonics + 1)[:, None] * mains
    phases = rng.uniform(0, 2 * np.pi, (n, harmonics, 1))
    strengths = rng.uniform(0.1, 1, (n, harmonics, 1))
    waves = (s * np.sin(2 * np.pi * tones * times + p) for s, p in zip(strengths, phases, strict=True))
    # Less than one wave of the lowest tone: what is measured of it says nothing of its level.
    power = np.sum(strengths**2, axis=1) / 2 if samples * mains < rate else None
    return _leveled(np.stack([wave.sum(axis=0) for wave in waves]), power)


def siren(n: int, samples: int, *, seed: Seed, rate: int = 8000) -> Sounds:
    """A siren that wails: a tone with two harmonics that glides up and down between about 500 and 1200 Hz.

    Args:
        n: how many sounds, at least 1.
        samples: length of each, at least 1.
        seed: a whole number or a NumPy `Generator`; draws the range, the speed and the start of each.
        rate: samples a second, at least 2800: the tone reaches 1400 Hz.

    Returns:
        float32, shape `(n, samples)`, with a standard deviation of 0.1 (of less than one wave: what it belongs to has).

    Raises:
        TypeError: `seed` is neither.
        ValueError: a count is not a whole number of at least 1, or `rate` is too low.

    Example:
        >>> siren(2, 16000, seed=0).shape
        (2, 16000)
    """
    n, samples, rate, rng = (
        whole_number("n", n),
        whole_number("samples", samples),
        whole_number("rate", rate, low=2800),
        a_generator(seed),
    )
    times = np.arange(samples) / rate
    low, high = rng.uniform(400, 600, (n, 1)), rng.uniform(1000, 1400, (n, 1))
    wails, start = rng.uniform(0.5, 2, (n, 1)), rng.uniform(0, 2 * np.pi, (n, 1))
    hertz = (low + high) / 2 + (high - low) / 2 * np.sin(2 * np.pi * wails * times + start)
    phase = 2 * np.pi * np.cumsum(hertz, axis=1) / rate
    power = np.full((n, 1), (1 + 1 / 4 + 1 / 9) / 2) if samples * 400 < rate else None  # less than one wave
    return _leveled(np.sin(phase) + np.sin(2 * phase) / 2 + np.sin(3 * phase) / 3, power)


def babble(n: int, voices: Sounds, *, seed: Seed, talkers: int = 6) -> Sounds:
    """The sound of a crowd: several voices at once, drawn from `voices`, each started at a random place.

    Args:
        n: how many sounds, at least 1.
        voices: speech to draw from, shape `(m, samples)`, at least as many as `talkers`.
        seed: a whole number or a NumPy `Generator`.
        talkers: how many different voices are summed, each at the same level; at least 1.

    Returns:
        float32, shape `(n, samples)`, with a standard deviation of 0.1.

    Raises:
        TypeError: `seed` is neither.
        ValueError: `voices` is no such array, or has a sound that is silent, the same number throughout, or holds too
            few; a count is not a whole number of at least 1.

    Example:
        >>> from aecourse.datasets import load_speech
        >>> babble(5, load_speech()[0][0], seed=0).shape
        (5, 16000)
    """
    n, talkers, rng = whole_number("n", n), whole_number("talkers", talkers), a_generator(seed)
    voices = _leveled(sounds("voices", voices, silence=False))
    if len(voices) < talkers:
        raise ValueError(f"voices must hold at least as many sounds as there are talkers, {talkers}, got {len(voices)}")
    crowd = np.empty((n, voices.shape[1]), np.float32)
    for row in crowd:
        chosen = voices[rng.choice(len(voices), talkers, replace=False)]
        shifts = rng.integers(0, voices.shape[1], talkers)
        row[:] = sum(np.roll(voice, shift) for voice, shift in zip(chosen, shifts, strict=True))
    return _leveled(crowd)


def _leveled(x: NDArray, power: NDArray | None = None) -> Sounds:
    """The sounds with a standard deviation of 0.1: of each, or where their power is given, of what they belong to."""
    return (0.1 * x / (x.std(axis=1, keepdims=True) if power is None else np.sqrt(power))).astype(np.float32)
