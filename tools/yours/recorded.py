"""A recording and two photographs that look like a reader's own, made from data that the course carries.

`tools.make_datasets` writes them to `aecourse/data/yours/`.
"""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from aecourse.datasets import load_low_voices, split_digits

SECONDS_OF_SPEECH = (6, 7)  # which pieces of two seconds, of the reader of a novel
SNR = 3.0  # decibels, of the first half; the fan stands closer in the second
SQUARE, COLUMNS, ROWS = 64, 5, 2  # pixels of a field on the sheet, and fields
KINDS, EACH, FIELD = (2, 5, 7), 4, 240  # rows and columns of the page, and the sides of its fields in pixels
GRAIN = 0.13  # of the photograph, in shares of white


def recording() -> bytes:
    """Four seconds of a reader beside a fan, recorded in stereo at 44,100 samples a second, as a FLAC file.

    The fan is noise that is stronger the lower it is, and swells, with a faint tone of its blades. Its kind
    is not among those that the course's network was trained on. The right channel is softer.
    """
    import soundfile
    from scipy.signal import resample_poly

    rng = np.random.default_rng(0)
    speech = np.concatenate(load_low_voices()[0][list(SECONDS_OF_SPEECH)]).astype(np.float64)
    n, rate = len(speech), 8000
    hertz, t = np.fft.rfftfreq(n, 1 / rate), np.arange(n) / rate
    slope = np.where((hertz > 40) & (hertz < 3600), 1 / np.sqrt(np.maximum(hertz, 40)), 0)
    air = np.fft.irfft(np.fft.rfft(rng.normal(size=n)) * slope, n)
    air *= 1 + 0.3 * np.sin(2 * np.pi * 1.3 * t)
    fan = air / air.std() + 0.1 * np.sin(2 * np.pi * 187 * t) + 0.05 * np.sin(2 * np.pi * 374 * t)
    fan *= speech.std() / fan.std() * 10 ** (-SNR / 20)
    mono = speech + fan
    wide = resample_poly(0.2 * mono / np.abs(mono).max(), 441, 80)
    buffer = io.BytesIO()
    soundfile.write(buffer, np.stack([wide, 0.75 * wide], axis=1), 44100, format="FLAC", subtype="PCM_16")
    return buffer.getvalue()


def handwriting() -> bytes:
    """Ten digits on a sheet, photographed by a phone in dim light: shade, grain, JPEG, and lying on its side.

    An EXIF entry says that it has to be turned. Each digit stands in a field of 64 × 64 pixels, five in a row.
    """
    rng = np.random.default_rng(4)
    _, _, (x, labels) = split_digits()
    sheet = np.zeros((ROWS * SQUARE, COLUMNS * SQUARE))
    for digit in range(COLUMNS * ROWS):
        pixels = (255 * x[np.flatnonzero(labels == digit)[3], :, :, 0]).astype(np.uint8)
        ink = np.asarray(Image.fromarray(pixels).resize((52, 52), Image.Resampling.BICUBIC)) / 255
        row, column = divmod(digit, COLUMNS)
        top, left = (SQUARE * at + int(rng.integers(0, SQUARE - 52)) for at in (row, column))
        sheet[top : top + 52, left : left + 52] = ink
    rows, columns = np.mgrid[: sheet.shape[0], : sheet.shape[1]]
    light = 0.8 - 0.25 * columns / sheet.shape[1] - 0.1 * rows / sheet.shape[0]
    grey = light * (1 - 0.55 * sheet) + GRAIN * rng.normal(size=sheet.shape)
    colour = grey[..., None] * [1.0, 0.96, 0.87] + 0.03 * rng.normal(size=(*sheet.shape, 3))
    photo = Image.fromarray((255 * np.clip(colour, 0, 1)).astype(np.uint8)).transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by a quarter to see it
    buffer = io.BytesIO()
    photo.save(buffer, "JPEG", quality=88, exif=exif)
    return buffer.getvalue()


def page() -> bytes:
    """Twelve test digits on a page, each row of one kind and alike enough for one hand, in uneven light."""
    from scipy.ndimage import gaussian_filter

    _, _, (x, y) = split_digits()
    rng, rows = np.random.default_rng(0), []
    for kind in KINDS:
        own = x[y == kind][..., 0]
        apart = ((own[:, None] - own[None]) ** 2).sum(axis=(2, 3))
        first = np.sort(apart, axis=1)[:, 1:EACH].sum(axis=1).argmin()
        row = own[np.argsort(apart[first])[:EACH]]
        larger = [np.asarray(Image.fromarray(digit).resize((168, 168), Image.Resampling.BICUBIC)) for digit in row]
        rows.append(np.concatenate([np.pad(np.clip(digit, 0, 1), (FIELD - 168) // 2) for digit in larger], axis=1))
    ink = gaussian_filter(np.concatenate(rows), 2)
    down, right = np.mgrid[0 : 1 : ink.shape[0] * 1j, 0 : 1 : ink.shape[1] * 1j]
    paper = 0.9 - 0.25 * down * right - 0.1 * right + 0.01 * rng.normal(size=ink.shape)
    shot = paper - 0.6 * np.clip(1.4 * ink, 0, 1) * paper
    buffer = io.BytesIO()
    Image.fromarray(np.round(255 * np.clip(shot, 0, 1)).astype(np.uint8)).save(buffer, "JPEG", quality=80)
    return buffer.getvalue()
