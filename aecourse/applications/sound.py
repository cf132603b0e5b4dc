"""Noise taken out of a recording of one's own, by the network of the lesson on sound."""

from __future__ import annotations

import functools
from collections.abc import Callable
from math import gcd

import numpy as np
from numpy.typing import NDArray

from aecourse.backend import keras
from aecourse.checks import SILENT, array, described, loudness, whole_number
from aecourse.files import in_pieces
from aecourse.recipes import sound as lesson
from aecourse.weights import load_weights

Wave = NDArray[np.float32]
RATE = 8000  # samples a second that the network works with
PIECE, OVERLAP = 16000, 4000  # samples that it takes at once, and of these what two neighbours share
OFFSET = 0.1  # of the spread: how far the middle must lie from 0 to be a fault of the recorder
BLOCK = 1_000_000  # samples that are put together at once
CHANNELS = 8  # more are no recording, but one with its axes turned
FULL = {"int16": 2.0**15, "int32": 2.0**31}  # one more than the loudest sample of whole numbers
WINDOW, STEP = 10.0, 1.0  # seconds that are looked at together, and from one look to the next
QUIET = 0.2  # in this share of the moments of a frequency nobody speaks
# Of the mean power that the network takes out, the quiet moments hold so much: of clean speech, and of noise.
OF_SPEECH, OF_NOISE = 0.08, 0.18
HARM = 0.05  # the power that it takes out of the clean speech of a voice that it does not know, beside the speech's


def clean_sound(wave: NDArray, rate: int) -> Wave:
    """Take the noise out of a recording of somebody who speaks, and leave alone what has hardly any.

    The network hears the recording at 8,000 samples a second, in overlapping pieces of two seconds. It harms speech
    that is nearly clean, so only that share of what it takes out is taken out that is noise: noise stays in the pauses,
    speech comes and goes. In a noisy recording the network has its way, and little is left above 4,000 hertz, where it
    hears nothing; a good recording comes back nearly as it was, at its full width. The share is judged once a second,
    from the ten seconds around.

    The comparisons `clean_sound`, `clean_sound_20` and `clean_sound_30` hold it against the lesson's Wiener filter on
    voices never heard: at 20 and 30 dB it is far ahead and does no harm to speak of; at 0 to 10 dB it gains as much as
    the filter, and a decibel less than the network alone, which does not hold back.
    What is no speech and glides or comes and goes as speech does (music, a siren, clicks, a second voice) stays.

    Args:
        wave: a recording of any length, shape `(samples,)` or `(samples, channels)`: floats in about [-1, 1], or the
            whole numbers of 16 or 32 bits of a WAV file. Each channel is cleaned by itself.
        rate: its samples a second. `clean_sound(*read_sound("my.wav"))` hands over both.

    Returns:
        float32, the shape and the rate of `wave`, in about [-1, 1]; silence where there is silence.

    Raises:
        TypeError, ValueError: `wave` is no such array, or `rate` no whole number from 100 to 1,000,000.

    Source: the lesson on sound, for the network and what it was trained on (white noise, hum, crowds; one voice at
    seven speeds); Lim & Oppenheim, *Enhancement and Bandwidth Compression of Noisy Speech*, 1979, for the share.

    Example:
        >>> clean_sound(np.zeros((44100, 2)), 44100).shape
        (44100, 2)
    """
    whole_number("rate", rate, low=100, high=1_000_000)
    wave = _floats(wave)
    if wave.ndim == 1:
        return _cleaned(wave, rate)
    return np.stack([_cleaned(channel, rate) for channel in wave.T], axis=1)


def _floats(wave: object) -> Wave:
    """The recording as float32 in about [-1, 1]."""
    wanted = "a recording, shape (samples,) or (samples, channels), floats or whole numbers of 16 or 32 bits"
    wave = array("wave", wave, wanted, kinds="fi")
    turned = wave.ndim == 2 and wave.shape[0] <= CHANNELS < wave.shape[1]
    few = wave.ndim == 2 and 0 < wave.shape[1] <= CHANNELS
    if not wave.size or not (wave.ndim == 1 or few) or wave.dtype.name in ("int8", "int64"):
        helps = ": give wave.T, the samples first" if turned else ""
        raise ValueError(f"wave must be {wanted}, got {described(wave)}{helps}")
    if wave.dtype.kind == "f":
        loudness("wave", wave, 100)
        return wave.astype(np.float32, copy=False)
    return (wave / FULL[wave.dtype.name]).astype(np.float32)


@functools.cache
def _network() -> Callable[[Wave], Wave]:
    """The lesson's network with the weights that the course carries."""
    model = lesson.denoiser(lesson.masker())
    model.set_weights(load_weights("denoiser"))
    return lambda x: lesson.remove_noise(model, x)


def _cleaned(wave: Wave, rate: int) -> Wave:
    """One channel."""
    if np.ptp(wave) < SILENT:
        return np.zeros_like(wave)
    middle = np.float32(wave.mean(dtype=np.float64))
    if abs(middle) < OFFSET * wave.std():
        middle = np.float32(0)  # digital silence has to stay silence
    level = np.abs(wave - middle).max()
    low = _at_rate((wave - middle) / level, rate, RATE)
    # The last piece is filled up with the recording once more: silence would be quieter than its pauses.
    filled = np.resize(low, OVERLAP + -(-max(len(low) - OVERLAP, 1) // (PIECE - OVERLAP)) * (PIECE - OVERLAP))
    clean = in_pieces(_network(), filled, length=PIECE, overlap=OVERLAP)[: len(low)]
    times, shares = noise_shares(low, clean)
    made = level * _at_rate(clean, RATE, rate)[: len(wave)]
    for first in range(0, len(wave), BLOCK):
        part = slice(first, first + BLOCK)
        seconds = np.arange(first, first + len(wave[part])) / rate
        made[part] = wave[part] + np.interp(seconds, times, shares) * (made[part] - wave[part])
    return made


def _at_rate(wave: Wave, rate: int, wanted: int) -> Wave:
    from scipy.signal import resample_poly

    if rate == wanted:
        return wave
    common = gcd(rate, wanted)
    return resample_poly(wave, wanted // common, rate // common).astype(np.float32)


def noise_shares(noisy: Wave, clean: Wave) -> tuple[NDArray, NDArray]:
    """Which share of what a network took out of a recording at 8,000 samples a second is noise.

    Args:
        noisy: the recording, shape `(samples,)`.
        clean: what the network made of it, the same shape.

    Returns:
        The seconds around which was looked, and for each a share from 0 to 1.
    """
    heard, out, left = (_powers(x) for x in (noisy, noisy - clean, clean))
    total = heard.sum(axis=1)
    some = total > 1e-10 * total.mean()  # digital silence is no pause
    frames = RATE / lesson.HOP  # a second
    seconds = np.arange(0, len(heard) / frames, STEP)
    shares = []
    for second in seconds:
        first, last = (max(0, round((second + side * WINDOW / 2) * frames)) for side in (-1, 1))
        seen = some[first:last]
        shares.append(_share(out[first:last][seen], left[first:last][seen]))
    return seconds, np.array(shares)


def _share(out: NDArray, left: NDArray) -> float:
    """The share of noise in what was taken out, from its powers and from those of what is left, (frames, 129)."""
    power = float(out.mean(axis=0).sum()) if len(out) else 0.0
    if power == 0:
        return 0.0
    quiet = float(np.quantile(out, QUIET, axis=0).sum()) / power
    harm = HARM * float(left.mean(axis=0).sum()) / power
    return float(np.clip(max((quiet - OF_SPEECH) / (OF_NOISE - OF_SPEECH), 1 - harm), 0, 1))


def _powers(wave: Wave) -> NDArray[np.float32]:
    """The power of each whole frame and each frequency, (frames, 129)."""
    pieces = np.pad(wave, (0, -len(wave) % PIECE)).reshape(-1, PIECE)
    spectra = (lesson.spectrum(piece[None]) for piece in pieces)
    powers = [sum(keras.ops.convert_to_numpy(part)[0] ** 2 for part in spectrum) for spectrum in spectra]
    # A piece has one frame more than it has steps: half of its first and of its last are silence.
    return np.concatenate([power[: PIECE // lesson.HOP] for power in powers])[: -(-len(wave) // lesson.HOP)]
