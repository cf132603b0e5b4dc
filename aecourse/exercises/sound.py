"""The exercises on sound: mixing at a ratio, SI-SDR, the ideal mask, and a siren taken out."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import numpy as np

from aecourse.backend import keras
from aecourse.corruption import mix_at_snr, siren
from aecourse.datasets import split_speech
from aecourse.exercises.core import an_array, call, close, describe, exercise, recognise, wrong
from aecourse.metrics import sample_si_sdr, si_sdr
from aecourse.models import outputs

SIREN_TARGET = 6.0  # decibels gained at 0 dB


@exercise(
    "to mix speech and noise at a signal-to-noise ratio",
    hints=(
        "The noise has to have the power np.mean(x**2) / 10 ** (snr / 10).",
        "A factor in front of the noise multiplies its power by the square of the factor: there is a root in it.",
        "return x + np.sqrt(np.mean(x**2) / np.mean(noise**2) / 10 ** (snr / 10)) * noise",
    ),
)
def mix(my_mix: object) -> str:
    """Measure the ratio of what the function adds, and recognise the usual slips."""
    rng = np.random.default_rng()
    x, noise = rng.normal(0, 0.1, 4000), rng.normal(0, rng.uniform(0.2, 0.4), 4000)
    snr = float(rng.uniform(4, 8))
    mixed = an_array(call(my_mix, x, noise, snr, name="my_mix"), "my_mix(x, noise, snr)", shape=x.shape)
    ratio = np.sqrt(np.mean(x**2) / np.mean(noise**2))
    slips = {
        "that is the noise alone: add it to x.": ratio * 10 ** (-snr / 20) * noise,
        "the noise goes in as it is: multiply it by a factor first.": x + noise,
        "the sign is turned: a higher SNR means weaker noise.": x + ratio * 10 ** (snr / 20) * noise,
        "a root is missing: the factor works on samples, the SNR compares powers.": x
        + ratio**2 * 10 ** (-snr / 10) * noise,
        "the powers are equal at any SNR: divide by 10 ** (snr / 10) as well.": x + ratio * noise,
        "the noise's own power is missing: divide by np.mean(noise**2).": x
        + np.sqrt(np.mean(x**2)) * 10 ** (-snr / 20) * noise,
        "the ratio of amplitudes takes 10 ** (snr / 20), the ratio of powers 10 ** (snr / 10).": x
        + ratio * 10 ** (-snr / 10) * noise,
    }
    recognise(mixed, slips)
    added = mixed - x
    across = added - np.mean(added * noise) / np.mean(noise**2) * noise
    if np.mean(across**2) > 1e-6 * np.mean(added**2):
        wrong("what is added to x is not a multiple of the noise: leave x as it is, and scale the noise only.")
    found = 10 * np.log10(np.mean(x**2) / np.mean(added**2))
    if abs(found - snr) > 0.01:
        wrong(f"asked for {snr:.1f} dB, the sum has {found:.1f} dB.")
    if np.mean(added * noise) < 0:
        wrong("the noise is turned over: the factor should be positive.")
    return "speech and noise at the ratio asked for."


@exercise(
    "to write the SI-SDR",
    hints=(
        "First take the mean out of each sound; then α for each: a sum over axis 1, keepdims=True keeps it a column.",
        "The signal is α * x, the distortion is α * x - y; compare the sums of their squares.",
        "10 * np.log10(((alpha * x) ** 2).sum(axis=1) / ((alpha * x - y) ** 2).sum(axis=1)), with "
        "alpha = (x * y).sum(axis=1, keepdims=True) / (x * x).sum(axis=1, keepdims=True)",
    ),
)
def distortion(my_si_sdr: object) -> str:
    """Compare with the course's SI-SDR on random sounds of any level and offset, and recognise the usual slips."""
    rng = np.random.default_rng()
    x = rng.normal(0, 0.1, (5, 4000))
    y = rng.uniform(0.3, 0.7, (5, 1)) * x + rng.normal(0, 0.02, x.shape)
    if np.asarray(call(my_si_sdr, x, y, name="my_si_sdr")).ndim == 0:
        wrong("my_si_sdr must return one number for each sound, and returns one for all: sum along axis 1.")
    shifted = y + 0.05
    values = an_array(call(my_si_sdr, x, shifted, name="my_si_sdr"), "my_si_sdr(x, y)", shape=(5,))
    expected = sample_si_sdr(x, shifted)

    def ratio(y: np.ndarray, signal: np.ndarray) -> np.ndarray:
        return 10 * np.log10((signal**2).sum(axis=1) / ((signal - y) ** 2).sum(axis=1))

    centred = x - x.mean(axis=1, keepdims=True), y - y.mean(axis=1, keepdims=True)
    alpha = (x * shifted).sum(axis=1, keepdims=True) / (x * x).sum(axis=1, keepdims=True)
    slips = {
        "the means are still in: subtract each sound's mean first.": ratio(shifted, alpha * x),
        "turning the volume of y changes it: compare y with α * x, not with x.": ratio(centred[1], centred[0]),
        "turning the volume changes it, and so does an offset: α and the means are missing.": ratio(shifted, x),
        "the sign is turned: signal over distortion, not the other way round.": -expected,
        "the factor 10 is missing: a decibel is a tenth of a bel.": expected / 10,
        "that is the natural logarithm; decibels take np.log10.": expected * np.log(10),
        "twice as much as it should be: 20 · log10 is for amplitudes, 10 · log10 for powers.": 2 * expected,
    }
    recognise(values, slips)
    if not close(values, expected):
        wrong(f"for a test sound the SI-SDR is {expected[0]:.2f} dB, my_si_sdr gives {values[0]:.2f}.")
    return "the SI-SDR of each sound: neither volume nor offset counts."


@exercise(
    "to write the ideal ratio mask",
    hints=(
        "Where there is speech only it must be 1, where there is noise only 0, where they are equal one half.",
        "It is speech_power / (speech_power + noise_power); only where both are 0 that is not defined.",
        "return speech_power / np.maximum(speech_power + noise_power, 1e-12)",
    ),
)
def ratio(my_mask: object) -> str:
    """Compare on random powers, with and without points where there is nothing."""
    rng = np.random.default_rng()
    speech, noise = rng.gamma(0.5, 1, (2, 3, 20, 17)) + 1e-3
    silent = rng.random(speech.shape) < 0.2
    what = "my_mask(speech_power, noise_power)"
    mask = an_array(call(my_mask, speech, noise, name="my_mask"), what, shape=speech.shape)
    expected = speech / (speech + noise)
    slips = {
        "that keeps the noise and takes the speech away: the speech goes above the line.": noise / (speech + noise),
        "that is the ratio of speech to noise, which has no upper end: divide by the sum of both.": speech / noise,
        "that is the root of the mask: speech over the sum, without a root.": np.sqrt(expected),
        "those are amplitudes: what comes in are powers already, take no root.": np.sqrt(speech)
        / (np.sqrt(speech) + np.sqrt(noise)),
    }
    recognise(mask, slips)
    if not close(mask, expected):
        wrong(f"for powers {speech[0, 0, 0]:.2f} and {noise[0, 0, 0]:.2f} it gives {mask[0, 0, 0]:.3f}.")
    speech[silent] = noise[silent] = 0
    with np.errstate(all="ignore"):
        still = np.asarray(call(my_mask, speech, noise, name="my_mask"), dtype=float)
    if not np.isfinite(still).all():
        wrong("where both powers are 0 it is NaN or infinite: keep the denominator above 0, np.maximum(…, 1e-12).")
    if np.abs(still[silent]).max() > 1e-6:
        wrong("where both powers are 0 the mask should be 0.")
    return "1 where there is speech only, 0 where there is none."


@exercise(
    f"to take a siren out of speech: {SIREN_TARGET:.0f} dB of SI-SDR gained at 0 dB on the validation speech",
    hints=(
        "train_denoiser of section 4 takes any pool of noises, an array of shape (m, 16000).",
        "siren(100, 16000, seed=…) makes a hundred sirens; a few epochs are enough.",
        "my_denoiser = train_denoiser(x_fit, siren(100, 16000, seed=seed + 7), epochs=4)",
    ),
)
def wail(my_denoiser: object) -> str:
    """Sound sirens of its own over the validation speech, and look at the test speech only once it is through."""
    if not callable(my_denoiser):
        wrong(f"my_denoiser must be a Keras model, or a function of noisy sounds, and is {describe(my_denoiser)}.")
    denoise = cast(Callable[[np.ndarray], object], my_denoiser)
    _, (x_valid, _), (x_test, speaker) = split_speech()
    gained = _gain(denoise, x_valid, seed=909)
    if gained < SIREN_TARGET:
        wrong(
            f"{gained:.1f} dB are gained on the validation speech, {SIREN_TARGET:.0f} dB are asked for. "
            "Has it heard sirens in its training? Then train it longer."
        )
    on_test = _gain(denoise, x_test[speaker == 0], seed=910)
    if on_test < gained - 3:
        wrong(
            f"{gained:.1f} dB are gained on the validation speech, but {on_test:.1f} dB on the test speech. "
            "Was the validation speech among the training speech? Train on x_fit only."
        )
    return "the siren is gone for the most part, on the test speech too. Tell us how many decibels you gained."


def _gain(denoise: Callable[[np.ndarray], object], x: np.ndarray, *, seed: int) -> float:
    """How many decibels of SI-SDR it brings for speech under sirens at 0 dB."""
    noisy = mix_at_snr(x, siren(len(x), x.shape[1], seed=seed), snr=0, seed=seed)
    if isinstance(denoise, keras.Model):
        if tuple(denoise.input_shape[1:]) != x.shape[1:]:
            wrong(f"the model must take sounds of shape (n, 16000), and takes {denoise.input_shape}.")
        y: object = outputs(denoise, noisy)
    else:
        y = call(denoise, noisy, name="my_denoiser")
    result = an_array(y, "my_denoiser(x)", shape=x.shape)
    if not result.any(axis=1).all():
        wrong("some sounds come out silent: nothing of the speech is left.")
    return si_sdr(x, result) - si_sdr(x, noisy)
