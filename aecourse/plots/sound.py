"""Sound to look at and to listen to: spectrograms, and a player for each sound."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from aecourse.checks import SILENT, a_dict, label, number, one_sound, whole_number
from aecourse.plots.style import WIDTH, course_style, name_of, new_figure

RATES = {"low": 1_000, "high": 400_000}  # samples a second that a sound may have
LOUDEST = 100.0  # noise may be stronger than a sound; the 16-bit numbers of a WAV file are stronger by far
LOUDEST_DRAWN = -15  # decibels
LONGEST = 10  # seconds of all sounds of one player: a second at 8 kHz takes 21 kB of the notebook


def level_db(x: np.ndarray, *, rate: int = 8000) -> np.ndarray:
    """How loud each frequency of a sound is at each moment, in decibels.

    Args:
        x: one sound, shape `(samples,)`, at least 256 samples.
        rate: samples a second, 1,000 to 400,000.

    Returns:
        The power of windows of 256 samples, one every 128, in decibels: shape `(129, moments)`, frequencies from 0 to
        half of `rate` upwards; 0 dB is a sine of amplitude 1, and nothing is below -120.

    Raises:
        ValueError: `x` is no such array (two channels, or the whole numbers of a WAV file), holds NaN or infinity, or
            is louder than 100; `rate` is out of range.

    Source: Allen & Rabiner, *A Unified Approach to Short-Time Fourier Analysis and Synthesis*, 1977.

    Example:
        >>> tone = np.sin(2 * np.pi * 1000 * np.arange(8000) / 8000)
        >>> int(level_db(tone)[:, 30].argmax()) * 8000 // 256
        1000
    """
    return _level_db("x", x, rate)


def _level_db(name: str, x: object, rate: int) -> np.ndarray:
    """What `level_db` returns of a sound that has a name of its own."""
    # Imported here: it costs a third of a second, and most lessons are silent.
    from scipy.signal import ShortTimeFFT
    from scipy.signal.windows import hann

    sound, rate = one_sound(name, x, loudest=LOUDEST), whole_number("rate", rate, **RATES)
    if len(sound) < 256:
        raise ValueError(f"{name} must hold at least 256 samples, got {len(sound)}")
    transform = ShortTimeFFT(hann(256, sym=False), hop=128, fs=rate, scale_to="magnitude")
    return 20 * np.log10(np.maximum(2 * np.abs(transform.stft(sound)), 1e-6))


def show_spectrograms(
    sounds: Mapping[str, np.ndarray], *, title: str, rate: int = 8000, columns: int = 2, floor: float = -70
) -> Figure:
    """Spectrograms side by side, on one scale: time to the right, frequency upwards, loud is bright.

    Args:
        sounds: label → one sound, shape `(samples,)`, in [-1, 1].
        title: what the figure shows, as a sentence.
        rate: samples a second, 1,000 to 400,000.
        columns: how many stand in a row, at least 1.
        floor: the level in decibels that is drawn black, below -15, which is drawn brightest.

    Raises:
        TypeError: `sounds` is no dict.
        ValueError: there are no sounds, one is no such array as `level_db` takes, or an argument is out of range.

    Example:
        >>> noise = np.random.default_rng(0).normal(0, 0.1, 8000)
        >>> figure = show_spectrograms({"noise": noise}, title="Noise has no pattern", columns=1)
    """
    a_dict("sounds", sounds, "name → one sound")
    columns = whole_number("columns", columns, high=20)
    floor = number("floor", floor, low=-1000, high=LOUDEST_DRAWN - 1)
    pictures = [(name_of(key), len(x), _level_db(label("sounds", key), x, rate)) for key, x in sounds.items()]
    lines = -(-len(pictures) // columns)
    # A few colours and whole pixels: noise drawn smoothly would take five times as much of the notebook.
    colours = mpl.colormaps["magma"].resampled(16)
    with course_style():
        figure = new_figure(title, (WIDTH, 0.4 + 1.75 * lines))
        axes = figure.subplots(lines, columns, squeeze=False, sharex=True, sharey=True)
        for axis, (name, samples, picture) in zip(axes.flat, pictures, strict=False):
            drawn = axis.imshow(
                picture,
                origin="lower",
                aspect="auto",
                cmap=colours,
                interpolation="nearest",
                vmin=floor,
                vmax=LOUDEST_DRAWN,
                extent=(0, samples / rate, 0, rate / 2000),
            )
            axis.set_title(name, fontsize=10)
            axis.grid(visible=False)
        for axis in axes.flat[len(pictures) :]:
            axis.set_axis_off()
        figure.supxlabel("seconds", fontsize=10)
        figure.supylabel("frequency in kHz", fontsize=10)
        figure.colorbar(drawn, ax=axes, label="level in dB", shrink=0.9)
    return figure


@dataclass(frozen=True)
class Players:
    """One audio player a sound, with its label; shows itself in a notebook."""

    markup: str
    alt: str

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """The players, and in plain text what there is to hear."""
        return {"text/html": self.markup, "text/plain": self.alt}


def listen(sounds: Mapping[str, np.ndarray], *, rate: int = 8000) -> Players:
    """A player for each sound, with its label above it; all at the level at which the loudest one is at full scale.

    The sounds are kept in the notebook, 21 kB a second at 8 kHz.

    Args:
        sounds: label → one sound, shape `(samples,)`; at most ten seconds in all.
        rate: samples a second, 1,000 to 400,000.

    Returns:
        The players; they need no network.

    Raises:
        TypeError: `sounds` is no dict.
        ValueError: there are no sounds, one is no such array or holds NaN or infinity, all are silent, or they are too
            long or louder than 100.

    Example:
        >>> listen({"a tone": np.sin(np.arange(8000) / 3)}).alt
        'To listen to: a tone (1.0 s).'
    """
    from IPython.display import Audio

    a_dict("sounds", sounds, "name → one sound")
    rate = whole_number("rate", rate, **RATES)
    arrays = [(name_of(key), one_sound(label("sounds", key), x, loudest=LOUDEST)) for key, x in sounds.items()]
    seconds = sum(len(x) for _, x in arrays) / rate
    if seconds > LONGEST:
        raise ValueError(
            f"sounds must last at most {LONGEST} seconds in all, got {seconds:.1f}: the notebook keeps them"
        )
    loudest = max(float(np.abs(x).max()) for _, x in arrays)
    if loudest < SILENT:
        raise ValueError("sounds are all silent: expected something to hear")
    parts = []
    for name, x in arrays:
        audio = Audio(x / loudest, rate=rate, normalize=False)._repr_html_()
        words = html.escape(name, quote=True)
        player = audio.replace("<audio", f'<audio aria-label="{words}"', 1)
        parts.append(
            f'<figure style="display:inline-block;margin:4px"><figcaption>{words}</figcaption>{player}</figure>'
        )
    alt = "To listen to: " + ", ".join(f"{name} ({len(x) / rate:.1f} s)" for name, x in arrays) + "."
    return Players("".join(parts), alt)
