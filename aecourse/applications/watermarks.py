"""Take white, half-transparent marks off a photograph of one's own."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from aecourse.applications.pictures import checked_photo
from aecourse.backend import keras
from aecourse.checks import warn_if_dark
from aecourse.recipes import watermarks as lesson
from aecourse.weights import load_weights

LARGEST, OVERLAP = 768, 96  # pixels a side of a tile, and of what two neighbours share; both divisible by 16
SMALLEST = 16  # pixels on the shorter side
WANTED = "one photograph of shape (height, width, 3), or a grey one, (height, width), floats in [0, 1] or bytes"


def lift_photo(photo: NDArray) -> NDArray:
    """Take white, half-transparent marks off a photograph, and leave alone what has none.

    The network of the lesson looks at the photograph in tiles, each turned four ways. Where it is sure of a mark, the
    pixels are drawn as they were below it; all others are returned bit for bit as they came. It was trained on letters
    7 to 60 pixels high: the smallest writing mostly stays, and a photograph with a larger mark is best made smaller
    first. A JPEG file that was compressed strongly once it was marked keeps a part of its mark.

    An opaque mark is out of reach, as nothing shines through. So is a mark in another colour; for a black one, give
    the negative, `1 - lift_photo(1 - photo)`. Pale details that look like a mark may be taken for one, so look at the
    result beside the photograph before you keep it.

    Args:
        photo: shape `(height, width, 3)`, or grey, `(height, width)` or `(height, width, 1)`; floats in [0, 1] or
            bytes, at least 16 pixels a side, of any size: 12 megapixels take minutes, and less than 2.5 GB of memory.

    Returns:
        The photograph without marks, in a new array of the same shape and type.

    Raises:
        TypeError, ValueError: `photo` is no such array, holds other numbers than these, or is too small.

    Source: Ronneberger, Fischer and Brox, *U-Net: convolutional networks for biomedical image segmentation*, 2015;
        weights as `aecourse/data/sources.toml` says.

    Example:
        >>> photo = np.full((40, 64, 3), 90, dtype="uint8")
        >>> lifted = lift_photo(photo)
        >>> lifted.dtype, lifted.shape, bool((lifted == photo).all())
        (dtype('uint8'), (40, 64, 3), True)
    """
    given = checked_photo(photo, WANTED, SMALLEST, "nothing so small holds a mark that could be told from the picture")
    if given.dtype.kind == "f":
        warn_if_dark(float(given.max()), "photo")
    pixels = given if given.ndim == 3 else given[..., None]
    said = _said(pixels)
    where = lesson.is_mark(said[None, ..., 3:])[0, ..., 0]
    below = np.clip(said[where, :3], 0, 1)
    del said
    if pixels.shape[2] == 1:
        below = below.mean(axis=1, keepdims=True)
    lifted = pixels.copy()
    lifted[where] = np.round(255 * below) if given.dtype.kind == "u" else below
    return lifted.reshape(given.shape)


@functools.cache
def _network() -> keras.Model:
    """The lesson's network with the weights that the course carries."""
    network = lesson.lifter()
    network.set_weights(load_weights("lifter"))
    return network


def _said(pixels: NDArray) -> NDArray[np.float32]:
    """What the network says of each pixel, y and a: tiles fade into one another where they overlap."""
    height, width, channels = pixels.shape
    said = np.zeros((height, width, 4), dtype=np.float32)
    tiles = [(rows, columns) for rows in _along(height) for columns in _along(width)]
    for (top, tall, down), (left, wide, across) in tqdm(
        tiles, desc="looking for marks", unit=" tiles", leave=False, disable=len(tiles) < 4
    ):
        tile = pixels[np.ix_(_mirrored(top, tall, height), _mirrored(left, wide, width))]
        tile = tile / np.float32(255) if pixels.dtype.kind == "u" else tile.astype(np.float32)
        answer = lesson.ask(_network(), np.repeat(tile, 3 // channels, axis=2)[None])[0]
        answer = answer * down[:, None, None] * across[None, :, None]
        part = said[top : top + tall, left : left + wide]
        part += answer[: part.shape[0], : part.shape[1]]
    return said


def _along(side: int) -> Iterator[tuple[int, int, NDArray[np.float32]]]:
    """Start, length and weights of the tiles along one side; the last may reach beyond it."""
    count = max(1, -(-(side - OVERLAP) // (LARGEST - OVERLAP)))
    length = -(-(side + (count - 1) * OVERLAP) // count)
    length += -length % 16
    for i in range(count):
        rising = (np.arange(length, dtype=np.float32) + np.float32(0.5)) / OVERLAP
        first = np.minimum(rising, 1) if i > 0 else np.ones_like(rising)
        last = np.minimum(rising[::-1], 1) if i < count - 1 else np.ones_like(rising)
        yield i * (length - OVERLAP), length, np.asarray(first * last, dtype=np.float32)


def _mirrored(start: int, length: int, side: int) -> NDArray[np.intp]:
    """Numbers of rows or columns from `start` on; beyond the rim they come back."""
    numbers = np.arange(start, start + length) % (2 * side - 2)
    return np.minimum(numbers, 2 * side - 2 - numbers)
