"""Compression: a photograph in, a few bytes out, and the photograph back from them."""

from __future__ import annotations

import functools
import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aecourse.checks import array, described, finite, number
from aecourse.recipes import compression as lesson
from aecourse.weights import load_weights
from aecourse.wording import integer_cure, range_cure, span

MAGIC, VERSION = b"AEC", 3
HEADER = struct.Struct(">3sBBHH")  # magic, version, quality in 16ths, height, width
CHECK = struct.Struct(">I")  # CRC-32 of all before it
LONGEST, MOST = 16384, 50_000_000  # pixels a side, and in all
STRIP, MARGIN = 32, 4  # rows of blocks worked on at once, and how far a network looks beyond them
OTHERS = {
    b"\xff\xd8\xff": "a JPEG", b"\x89PNG": "a PNG", b"RIFF": "a WebP or WAV", b"PK\x03\x04": "a ZIP", b"GIF8": "a GIF",
}  # fmt: skip


def compress_photo(photo: np.ndarray, quality: float = 1.0) -> bytes:
    """A photograph as bytes, which `decompress_photo` turns into a picture again.

    Args:
        photo: floats in [0, 1], shape `(height, width, 3)`, sides of at most 16,384 pixels, 50 megapixels in all.
        quality: from 0, the smallest file, to 3, the least error, in steps of 1/16.

    Returns:
        The content of a file: it begins with "AEC" and a version, and ends with a checksum.

    Raises:
        TypeError: `photo` is no NumPy array of numbers.
        ValueError: it holds no colour picture, values outside [0, 1] or not finite, or is too large; `quality` is out
            of range.

    Source: Ballé, Laparra & Simoncelli, *End-to-end Optimized Image Compression*, 2017; a guess from what was read, and
    rounding what it missed: Minnen, Ballé & Toderici, *Joint Autoregressive and Hierarchical Priors for Learned Image
    Compression*, 2018; whole numbers in the entropy model: Ballé, Johnston & Minnen, *Integer Networks for Data
    Compression with Latent-Variable Models*, 2019.

    Example:
        >>> data = compress_photo(np.full((24, 40, 3), 0.5, "float32"))
        >>> data[:3], decompress_photo(data).shape
        (b'AEC', (24, 40, 3))
    """
    photo = _checked(photo)
    fine = round(16 * number("quality", quality, low=0, high=lesson.QUALITIES - 1))
    model, w = _model(), _guesses(fine)
    payload, _ = lesson.to_bytes(w, _code(model, w, photo, fine))
    content = HEADER.pack(MAGIC, VERSION, fine, *photo.shape[:2]) + payload
    return content + CHECK.pack(zlib.crc32(content))


def decompress_photo(data: bytes) -> NDArray[np.float32]:
    """The photograph of a file that `compress_photo` made.

    Args:
        data: all bytes of the file.

    Returns:
        Floats in [0, 1], shape `(height, width, 3)`.

    Raises:
        TypeError: `data` are no bytes.
        ValueError: they are of another kind of file or another version, damaged, cut, or of a picture that is too
            large.

    Example:
        >>> decompress_photo(b"GIF89a")
        Traceback (most recent call last):
            ...
        ValueError: data must be a file of compress_photo, which begins with b'AEC', and begin like a GIF
    """
    fine, shape, payload = _opened(data)
    w = _guesses(fine)
    try:
        v = lesson.from_bytes(w, payload, tuple(-(-side // 8) for side in shape))
    except (AssertionError, ValueError) as error:  # constriction's own, with a checksum that somebody made fit
        raise ValueError("data are damaged: the numbers in them cannot be read, though their checksum fits") from error
    return _picture(_model(), v, shape)


def _checked(photo: object) -> NDArray[np.float32]:
    wanted = "one photograph, a float array of shape (height, width, 3)"
    x = array("photo", photo, wanted)
    if x.ndim != 3 or x.shape[-1] != 3 or x.dtype.kind != "f" or not x.size:
        helps = [integer_cure(x, "photo")] if x.size and x.dtype.kind in "biu" else []
        if x.ndim == 4 and len(x) == 1:
            helps.append("photo[0], its only picture")
        elif x.ndim == 2:
            helps.append("np.stack([photo] * 3, axis=-1), if it is grey")
        elif x.ndim == 3 and x.shape[-1] == 4:
            helps.append("photo[..., :3], without its transparency")
        elif x.ndim == 3 and x.shape[0] == 3:
            helps.append("np.moveaxis(photo, 0, -1), the channels last")
        cures = " and ".join(filter(None, helps))
        raise ValueError(f"photo must be {wanted}, got {described(photo)}{cures and ': give '}{cures}")
    _size("photo", x.shape[0], x.shape[1])
    low, high = float(finite("photo", x).min()), float(x.max())
    if low < 0 or high > 1:
        raise ValueError(f"photo must lie in [0, 1], got {span(low, high)}: {range_cure(low, high, 'photo')}")
    return x.astype(np.float32, copy=False)


def _size(name: str, height: int, width: int) -> None:
    if max(height, width) > LONGEST or height * width > MOST:
        raise ValueError(
            f"{name} must have sides of at most {LONGEST:,} pixels and {MOST // 10**6} megapixels in all, got "
            f"{height:,} × {width:,}: make it smaller, or cut it"
        )


def _opened(data: object) -> tuple[int, tuple[int, int], bytes]:
    """Quality, height and width, and payload of a file."""
    if not isinstance(data, bytes | bytearray | memoryview):
        helps = ": Path(…).read_bytes() reads a file" if isinstance(data, str) or hasattr(data, "__fspath__") else ""
        raise TypeError(f"data must be bytes, got {described(data)}{helps}")
    data = bytes(data)
    if data[:3] != MAGIC[: len(data)]:
        kind = next((f"begin like {kind}" for begin, kind in OTHERS.items() if data.startswith(begin)), "do not")
        raise ValueError(f"data must be a file of compress_photo, which begins with {MAGIC!r}, and {kind}")
    if len(data) < HEADER.size + CHECK.size:
        raise ValueError(f"data are cut: {len(data)} bytes, fewer than the {HEADER.size + CHECK.size} of any such file")
    _, version, fine, height, width = HEADER.unpack_from(data)
    if version != VERSION:
        raise ValueError(f"data are of version {version} of this kind of file; this course reads version {VERSION}")
    if CHECK.unpack(data[-CHECK.size :])[0] != zlib.crc32(data[: -CHECK.size]):
        raise ValueError(f"data are damaged or cut: the checksum does not fit the {len(data):,} bytes. Copy them again")
    if fine > 16 * (lesson.QUALITIES - 1) or not height or not width or (len(data) - HEADER.size) % 4:
        raise ValueError("data are damaged: their header says what no such file can say, though the checksum fits")
    _size("the picture in data", height, width)
    return fine, (height, width), data[HEADER.size : -CHECK.size]


@functools.cache
def _model() -> Any:
    model = lesson.empty_codec()
    model.set_weights(load_weights("codec"))
    return model


@functools.lru_cache(maxsize=4)
def _guesses(fine: int) -> Any:
    return lesson.whole_guesser(_model(), fine)


def _strips(rows: int) -> list[tuple[int, int, int, int]]:
    """Rows to work on with the margin around them, and which of them to keep."""
    return [
        (max(0, top - MARGIN), min(rows, top + STRIP + MARGIN), top - max(0, top - MARGIN), min(STRIP, rows - top))
        for top in range(0, rows, STRIP)
    ]


def _code(model: Any, w: Any, photo: NDArray[np.float32], fine: int) -> NDArray[np.float32]:
    """The code of a photograph of any size, strip by strip: the same as at once, in less memory."""
    full = np.pad(photo, ((0, -photo.shape[0] % 8), (0, -photo.shape[1] % 8), (0, 0)), mode="edge")
    parts = [
        lesson.code_of(model, w, full[8 * first : 8 * last], fine)[skip : skip + kept]
        for first, last, skip, kept in _strips(len(full) // 8)
    ]
    return np.concatenate(parts)


def _picture(model: Any, v: NDArray[np.float64], shape: tuple[int, int]) -> NDArray[np.float32]:
    parts = [
        lesson.picture_of(model, v[first:last])[8 * skip : 8 * (skip + kept)]
        for first, last, skip, kept in _strips(len(v))
    ]
    return np.concatenate(parts)[: shape[0], : shape[1]]
