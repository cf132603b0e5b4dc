"""Recordings of one's own as the course's sounds, and sounds as files."""

from __future__ import annotations

import os
from collections.abc import Callable
from math import gcd
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from aecourse.checks import array, described, finite, short, whole_number
from aecourse.files.pictures import LETTERS, place
from aecourse.files.saving import target, written

RATE = 8000  # samples a second, the course's
ENDINGS = (".wav", ".flac")
BLOCK = 60  # seconds that are read and resampled at once
MARGIN = 0.25  # seconds that a block gets on both sides, so that no seam is heard
OTHERS = {
    **dict.fromkeys((".m4a", ".aac", ".wma", ".amr", ".opus"), "a phone's or messenger's format"),
    **dict.fromkeys((".mp4", ".mov", ".avi", ".mkv", ".webm"), "a film"),
    **dict.fromkeys((".mid", ".midi"), "notes, not a recording"),
}


class Sound(NamedTuple):
    """A recording: `wave`, float32 in [-1, 1] with shape `(samples,)`, and `rate`, its samples a second."""

    wave: NDArray[np.float32]
    rate: int


def read_sound(where: str | os.PathLike[str], *, rate: int = RATE) -> Sound:
    """Read a recording of any rate and number of channels: WAV, FLAC, and what else libsndfile reads (OGG, MP3, AIFF).

    Channels are averaged. The rate is changed by a polyphase filter (SciPy's `resample_poly`), minute by minute with
    margins, so that an hour needs little memory and has no seams.

    Args:
        where: the file.
        rate: samples a second that the result shall have.

    Returns:
        `Sound(wave, rate)`.

    Raises:
        TypeError: `where` is no path.
        FileNotFoundError: there is no such file.
        ValueError: it is no recording, empty, or damaged.
        ImportError: the package soundfile is not there.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = save_sound(np.zeros(44100), Path(folder) / "a.wav", rate=44100)
        ...     read_sound(Path(folder) / "a.wav").wave.shape
        (8000,)
    """
    soundfile = _soundfile()
    whole_number("rate", rate, low=1, high=1_000_000)
    path = place(where, "a WAV or FLAC file", name="where")
    shown = short(path, LETTERS)
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "there is no file"
        raise FileNotFoundError(f"where: {what} {shown}; expected a WAV or FLAC file")
    if not path.stat().st_size:
        raise ValueError(f"where: {shown} is empty; expected a WAV or FLAC file")
    try:
        with soundfile.SoundFile(path) as file:
            if not file.frames:
                raise ValueError(f"where: {shown} holds no samples; expected a recording")
            wave = np.concatenate(_resampled(file, rate))
    except soundfile.LibsndfileError as error:
        kind = OTHERS.get(path.suffix.lower())
        why = f"{kind}; export it as WAV" if kind else short(error.error_string, 120)
        raise ValueError(f"where: {shown} cannot be read as a sound: {why}") from None
    if not np.isfinite(wave).all():
        raise ValueError(f"where: {shown} holds NaN or infinity: it is damaged")
    return Sound(np.clip(wave, -1, 1), rate)


def _soundfile() -> Any:
    try:
        import soundfile
    except ImportError as error:
        raise ImportError("sounds are read and written by the package soundfile: pip install soundfile") from error
    return soundfile


def _resampled(file: Any, rate: int) -> list[NDArray[np.float32]]:
    """The file's samples, channels averaged, at the rate, in blocks whose borders fall on whole samples of both."""
    from scipy.signal import resample_poly

    common = gcd(file.samplerate, rate)
    up, down = rate // common, file.samplerate // common
    block, margin = (max(1, round(seconds * common)) * down for seconds in (BLOCK, MARGIN))
    blocks, before = [], np.zeros(0, np.float32)
    ahead = _mono(file, block + margin)
    while len(ahead):
        seen = np.concatenate([before, ahead])
        made = resample_poly(seen, up, down).astype(np.float32) if up != down else seen
        first = len(before) // down * up
        kept = min(block, len(ahead))
        last = kept if len(ahead) <= block else block
        # The end of the recording may fall between two samples of the result.
        blocks.append(made[first : first + (-(-last * up // down))])
        before = seen[: len(before) + kept][-margin:]
        ahead = np.concatenate([ahead[kept:], _mono(file, block + margin - len(ahead[kept:]))])
    return blocks


def _mono(file: Any, samples: int) -> NDArray[np.float32]:
    return file.read(samples, dtype="float32", always_2d=True).mean(axis=1)


def save_sound(wave: NDArray, where: str | os.PathLike[str], *, rate: int = RATE, overwrite: bool = False) -> Path:
    """Save a sound as WAV or FLAC with 16 bits; what is beyond [-1, 1] is clipped.

    Args:
        wave: numbers in [-1, 1], shape `(samples,)`, or `(samples, channels)` with up to eight channels.
        where: the file, ending in .wav or .flac.
        rate: samples a second.
        overwrite: whether a file that is there may be replaced.

    Returns:
        The file's path.

    Raises:
        TypeError, ValueError: the wave is no such array, or the ending another one.
        FileExistsError: the file is there.
        ImportError: the package soundfile is not there.
    """
    soundfile = _soundfile()
    whole_number("rate", rate, low=1, high=1_000_000)
    wanted = "a sound, shape (samples,) or (samples, channels), numbers from -1 to 1"
    wave = finite("wave", array("wave", wave, wanted))
    if wave.ndim not in (1, 2) or wave.size == 0 or (wave.ndim == 2 and wave.shape[1] > 8):
        raise ValueError(f"wave must be {wanted}, got {described(wave)}")
    if wave.dtype.kind != "f" or np.abs(wave).max() > 100:
        raise ValueError(f"wave must be {wanted}: whole numbers of 16 bits are divided by 32768; got {described(wave)}")
    path = target(where, ENDINGS, name="where", overwrite=overwrite)
    clipped = np.clip(wave, -1, 1)
    return written(path, lambda part: soundfile.write(part, clipped, rate, subtype="PCM_16"))


def in_pieces(clean: Callable[[NDArray], NDArray], wave: NDArray, *, length: int, overlap: int) -> NDArray[np.float32]:
    """Give a long sound to a function piece by piece, and join what comes back without a seam.

    Neighbouring pieces overlap; there the one fades out while the other fades in, in shares that add up to 1.

    Args:
        clean: from sounds, shape `(n, length)`, to sounds of the same shape.
        wave: a sound of any length, shape `(samples,)`; the last piece is filled up with silence.
        length: samples a piece.
        overlap: samples that two neighbours share, at most half of `length`.

    Returns:
        A sound as long as `wave`.

    Example:
        >>> wave = np.random.default_rng(0).uniform(-1, 1, 1000)
        >>> bool(np.allclose(in_pieces(lambda x: x, wave, length=300, overlap=50), wave))
        True
    """
    whole_number("length", length)
    whole_number("overlap", overlap, low=0, high=length // 2)
    wave = finite("wave", array("wave", wave, "a sound, shape (samples,)"))
    if wave.ndim != 1:
        raise ValueError(f"wave must be a sound, shape (samples,), got {described(wave)}")
    step = length - overlap
    count = max(1, -(-(len(wave) - overlap) // step))
    padded = np.zeros(overlap + count * step, np.float32)
    padded[: len(wave)] = wave
    ramp = (np.arange(overlap, dtype=np.float32) + 0.5) / max(overlap, 1)
    made = np.zeros_like(padded)
    for i in range(count):
        piece = padded[i * step : i * step + length]
        given = np.asarray(clean(piece[None]))
        if given.shape != (1, length):
            raise ValueError(f"clean must return sounds of shape (1, {length}), got {described(given)}")
        share = np.ones(length, np.float32)
        if i > 0:
            share[:overlap] = ramp
        if i < count - 1:
            share[length - overlap :] = 1 - ramp
        made[i * step : i * step + length] += share * given[0]
    return made[: len(wave)]
