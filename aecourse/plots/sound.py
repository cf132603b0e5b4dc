"""Sound to look at and to listen to: spectrograms, and a player for each sound."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from aecourse.checks import described, one_sound, whole_number
from aecourse.plots.style import STYLE, WIDTH, new_figure

LONGEST = 10  # seconds of all sounds of one player: a second at 8 kHz takes 21 kB of the notebook


def level_db(x: np.ndarray, *, rate: int = 8000) -> np.ndarray:
    """How loud each frequency of a sound is at each moment, in decibels.

    Args:
        x: one sound, shape `(samples,)`, at least 256 samples.
        rate: samples a second, above 0.

    Returns:
        The power of windows of 256 samples, one every 128, in decibels: shape `(129, moments)`, frequencies from 0 to
        half of `rate` upwards; 0 dB is a sine of amplitude 1, and nothing is below -120.

    Raises:
        ValueError: `x` is no such array, or holds NaN or infinity; `rate` is out of range.

    Source: Allen & Rabiner, *A Unified Approach to Short-Time Fourier Analysis and Synthesis*, 1977.

    Example:
        >>> tone = np.sin(2 * np.pi * 1000 * np.arange(8000) / 8000)
        >>> int(level_db(tone)[:, 30].argmax()) * 8000 // 256
        1000
    """
    # Imported here: it costs a third of a second, and most lessons are silent.
    from scipy.signal import ShortTimeFFT
    from scipy.signal.windows import hann

    x, rate = one_sound("x", x), whole_number("rate", rate)
    if len(x) < 256:
        raise ValueError(f"x must hold at least 256 samples, got {len(x)}")
    transform = ShortTimeFFT(hann(256, sym=False), hop=128, fs=rate, scale_to="magnitude")
    return 20 * np.log10(np.maximum(2 * np.abs(transform.stft(x)), 1e-6))


def show_spectrograms(
    sounds: Mapping[str, np.ndarray], *, title: str, rate: int = 8000, columns: int = 2, floor: float = -70
) -> Figure:
    """Spectrograms side by side, on one scale: time to the right, frequency upwards, loud is bright.

    Args:
        sounds: label → one sound, shape `(samples,)`, in [-1, 1].
        title: what the figure shows, as a sentence.
        rate: samples a second.
        columns: how many stand in a row, at least 1.
        floor: the level in decibels that is drawn black, below 0.

    Raises:
        ValueError: there are no sounds, one is no such array, or an argument is out of range.

    Example:
        >>> noise = np.random.default_rng(0).normal(0, 0.1, 8000)
        >>> figure = show_spectrograms({"noise": noise}, title="Noise has no pattern", columns=1)
    """
    if not sounds:
        raise ValueError("sounds must hold at least one sound, got none")
    columns = whole_number("columns", columns)
    if not floor < 0:
        raise ValueError(f"floor must be a number of decibels below 0, got {described(floor)}")
    pictures = {label: level_db(one_sound(f"sounds[{label!r}]", x), rate=rate) for label, x in sounds.items()}
    lines = -(-len(pictures) // columns)
    # A few colours and whole pixels: noise drawn smoothly would take five times as much of the notebook.
    colours = mpl.colormaps["magma"].resampled(16)
    with mpl.rc_context(STYLE):
        figure = new_figure(title, (WIDTH, 0.4 + 1.75 * lines))
        axes = figure.subplots(lines, columns, squeeze=False, sharex=True, sharey=True)
        for axis, (label, picture) in zip(axes.flat, pictures.items(), strict=False):
            seconds = len(sounds[label]) / rate
            drawn = axis.imshow(
                picture,
                origin="lower",
                aspect="auto",
                cmap=colours,
                interpolation="nearest",
                vmin=floor,
                vmax=-15,
                extent=(0, seconds, 0, rate / 2000),
            )
            axis.set_title(label, fontsize=10)
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
        rate: samples a second.

    Returns:
        The players; they need no network.

    Raises:
        ValueError: there are no sounds, one is no such array or holds NaN or infinity, all are silent, or they are too
            long.

    Example:
        >>> listen({"a tone": np.sin(np.arange(8000) / 3)}).alt
        'To listen to: a tone (1.0 s).'
    """
    from IPython.display import Audio

    if not sounds:
        raise ValueError("sounds must hold at least one sound, got none")
    rate = whole_number("rate", rate)
    arrays = {label: one_sound(f"sounds[{label!r}]", x) for label, x in sounds.items()}
    seconds = sum(map(len, arrays.values())) / rate
    if seconds > LONGEST:
        raise ValueError(
            f"sounds must last at most {LONGEST} seconds in all, got {seconds:.1f}: the notebook keeps them"
        )
    loudest = max(float(np.abs(x).max()) for x in arrays.values())
    if loudest == 0:
        raise ValueError("sounds are all silent: expected something to hear")
    parts = []
    for label, x in arrays.items():
        audio = Audio(x / loudest, rate=rate, normalize=False)._repr_html_()
        name = html.escape(label, quote=True)
        player = audio.replace("<audio", f'<audio aria-label="{name}"', 1)
        parts.append(
            f'<figure style="display:inline-block;margin:4px"><figcaption>{name}</figcaption>{player}</figure>'
        )
    alt = "To listen to: " + ", ".join(f"{label} ({len(x) / rate:.1f} s)" for label, x in arrays.items()) + "."
    return Players("".join(parts), alt)
