"""Colour for a grey photograph of one's own, from a few clicks, and an outline of a picture to colour in."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, label
from skimage.color import rgb2gray, rgb2lab
from skimage.transform import resize

from aecourse.applications.pictures import checked_photo
from aecourse.checks import array, described, finite, number
from aecourse.recipes import colour as lesson
from aecourse.weights import load_weights

SMALLEST = 32  # pixels on the shorter side
MOST = 300  # clicks
APART, LEAST, LARGEST = 0.12, 4, 0.02  # a dot: how unlike the photograph, at least so many pixels, at most this share
WANTED = "one photograph of shape (height, width), (height, width, 1) or (height, width, 3), floats in [0, 1] or bytes"
CLICKS = "one row a click, shape (k, 5): row, column, red, green and blue, the last three in [0, 1]"


def colour_photo(photo: NDArray, clicks: Any) -> NDArray:
    """Colour a photograph from clicks, and keep its lightness.

    The lesson's network and a random walk spread the colours over a small copy of the photograph, 256 pixels long, and
    the result is enlarged under the lightness of the whole. Nothing is guessed: what resembles no click and lies far
    from all takes what is nearest, or stays grey. A border across which the lightness does not change is not seen, and
    the colour runs over it; a click on each side helps. Ten clicks are a good beginning.

    Args:
        photo: shape `(height, width)`, `(height, width, 1)`, or in colour, `(height, width, 3)`, of which the lightness
            is kept; floats in [0, 1] or bytes, at least 32 pixels a side and at most eight times as long as wide.
        clicks: shape `(k, 5)`, 1 to 300 rows: row and column of the pixel, and the red, green and blue that it has in
            life, from 0 to 1. How light the colour is makes no difference. `clicks_of_dots` finds them on a painted
            copy.

    Returns:
        The photograph in colour, in a new array of shape `(height, width, 3)`; bytes where bytes came, else float32.

    Raises:
        TypeError, ValueError: `photo` is no such array, holds other numbers, or is too small or too long; `clicks` are
            not as above, or one lies outside.

    Source: Levin, Lischinski and Weiss, *Colorization using optimization*, 2004; Grady, *Random walks for image
        segmentation*, 2006; Vaswani et al., *Attention is all you need*, 2017; weights as `aecourse/data/sources.toml`
        says.

    Example:
        >>> photo = np.full((48, 64), 0.5, dtype="float32")
        >>> coloured = colour_photo(photo, [[10, 10, 0.8, 0.4, 0.3]])
        >>> coloured.shape, bool(coloured[24, 32, 0] > coloured[24, 32, 2])
        ((48, 64, 3), True)
    """
    given = checked_photo(photo, WANTED, SMALLEST, "the network needs some of the picture around each pixel")
    height, width = given.shape[:2]
    if max(height, width) > 8 * min(height, width):
        raise ValueError(f"photo must be at most eight times as long as wide, got {described(given)}: cut it in pieces")
    rows = _checked_clicks(clicks, height, width)
    pixels = _in_colour(given)
    light = rgb2lab(pixels)[..., 0]
    small = lesson.in_lab(pixels)[..., 0]
    places, ab = _on_small(rows, (height, width), small.shape)
    spread = lesson.spread_best(_network(), small, places, ab)
    chroma = np.stack([resize(spread[..., c], (height, width), order=1, mode="edge") for c in (0, 1)], axis=-1)
    coloured = lesson.in_rgb(light, chroma)
    return np.round(255 * coloured).astype(np.uint8) if given.dtype == np.uint8 else coloured.astype(np.float32)


def clicks_of_dots(photo: NDArray, painted: NDArray) -> NDArray[np.float64]:
    """Find the dots that somebody painted on a copy of a photograph.

    Any program that paints will do. A dot is a patch, four pixels or more, that differs from the photograph; where two
    dots touch they count as one.

    Args:
        photo: the photograph, as in `colour_photo`.
        painted: the copy, of the same height and width.

    Returns:
        The clicks, shape `(k, 5)`, as `colour_photo` takes them: the middle of each dot and the colour there.

    Raises:
        TypeError, ValueError: one is no such array, their sizes differ, or there are no dots, too many, or too large
            ones.

    Example:
        >>> photo = np.full((40, 60), 0.5)
        >>> painted = np.stack([photo] * 3, axis=-1)
        >>> painted[8:13, 20:25] = [0.9, 0.2, 0.1]
        >>> clicks_of_dots(photo, painted).round(2).tolist()
        [[10.0, 22.0, 0.9, 0.2, 0.1]]
    """
    before = _in_colour(checked_photo(photo, WANTED, SMALLEST, "a dot could not be told from the picture"))
    try:
        after = _in_colour(checked_photo(painted, WANTED, SMALLEST, "a dot could not be told from the picture"))
    except (TypeError, ValueError) as error:
        raise type(error)(str(error).replace("photo", "painted")) from None
    if before.shape != after.shape:
        raise ValueError(
            f"painted must have the photograph's height and width, {before.shape[0]} × {before.shape[1]}, got "
            f"{after.shape[0]} × {after.shape[1]}: paint on a copy of the same size"
        )
    other = np.abs(after - before).max(axis=-1) > APART
    regions, found = label(other, np.ones((3, 3)))
    sizes = np.bincount(regions.ravel(), minlength=found + 1)
    dots = [dot for dot in range(1, found + 1) if sizes[dot] >= LEAST]
    if not 1 <= len(dots) <= MOST:
        raise ValueError(
            f"painted holds {len(dots)} dots that differ from the photograph, and 1 to {MOST} are expected: paint dots "
            "of a few pixels on a copy, and save it as PNG"
        )
    if max(sizes[dot] for dot in dots) > max(LARGEST * other.size, 100):
        raise ValueError(
            "painted differs from the photograph in one large patch: paint dots, and leave the rest as it is"
        )
    return np.array([_middle(regions == dot, after) for dot in dots])


def outline_photo(photo: NDArray, detail: float = 0.5) -> NDArray[np.float32]:
    """Draw the edges of a picture in black on white, to be printed and coloured in.

    Canny's detector draws on a copy at most 700 pixels long; lines of flat drawings come out best, and fur and leaves
    worst.

    Args:
        photo: as in `colour_photo`.
        detail: from 0, a few strong lines, to 1, many.

    Returns:
        Floats, 0 on lines and 1 between them, shape `(height, width)`, at most 700 pixels long.

    Raises:
        TypeError, ValueError: `photo` is no such array, or `detail` is out of range.

    Source: Canny, *A computational approach to edge detection*, 1986.

    Example:
        >>> photo = np.zeros((64, 64))
        >>> photo[16:48, 16:48] = 1
        >>> lines = outline_photo(photo)
        >>> lines.shape, float(lines[32, 32]), bool((lines[:, 32] == 0).any())
        ((64, 64), 1.0, True)
    """
    given = checked_photo(photo, WANTED, SMALLEST, "there is no room for lines")
    detail = number("detail", detail, low=0, high=1)
    grey = rgb2gray(_in_colour(given))
    share = min(1.0, 700 / max(grey.shape))
    if share < 1:
        grey = resize(grey, [max(1, round(share * side)) for side in grey.shape], anti_aliasing=True)
    lines = lesson.edges(grey, blur=3 - 2 * detail, high=0.3 - 0.25 * detail)
    return (distance_transform_edt(~lines) > 1).astype(np.float32)


def _in_colour(given: NDArray) -> NDArray[np.float32]:
    """Floats in [0, 1], (height, width, 3)."""
    pixels = given.astype(np.float32) / np.float32(255) if given.dtype == np.uint8 else given.astype(np.float32)
    pixels = pixels[..., None] if pixels.ndim == 2 else pixels
    return np.broadcast_to(pixels, (*pixels.shape[:2], 3))


def _checked_clicks(clicks: object, height: int, width: int) -> NDArray[np.float64]:
    if isinstance(clicks, list | tuple):
        try:
            clicks = np.array(clicks, dtype=float)
        except (TypeError, ValueError):
            raise ValueError(f"clicks must be {CLICKS}, got rows that are no five numbers each") from None
    rows = array("clicks", clicks, CLICKS)
    if rows.ndim != 2 or rows.shape[1] != 5 or not 1 <= len(rows) <= MOST:
        helps = ": clicks[None] makes one row of it" if rows.shape == (5,) else ""
        raise ValueError(f"clicks must be {CLICKS}, with 1 to {MOST} rows, got {described(clicks)}{helps}")
    rows = finite("clicks", rows).astype(float)
    if rows[:, 2:].min() < 0 or rows[:, 2:].max() > 1:
        helps = ": divide them by 255" if rows[:, 2:].max() > 2 and rows[:, 2:].min() >= 0 else ""
        raise ValueError(f"clicks: red, green and blue must lie in [0, 1]{helps}")
    if (rows[:, :2] < 0).any() or (np.floor(rows[:, :2]) >= [height, width]).any():
        turned = (np.floor(rows[:, 1::-1]) < [height, width]).all() and (rows[:, :2] >= 0).all()
        helps = ". Row and column look exchanged: the row comes first" if turned else ""
        raise ValueError(f"clicks: one lies outside the photograph, which is {height} × {width}{helps}")
    return rows


def _on_small(
    rows: NDArray[np.float64], shape: tuple[int, int], small: tuple[int, ...]
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Places on the small picture, each once, and their a and b; clicks on one place become their mean."""
    places = ((rows[:, :2] + 0.5) * np.array(small) / np.array(shape)).astype(np.intp)
    ab = rgb2lab(rows[:, 2:][None])[0, :, 1:].astype(np.float32)
    once, which = np.unique(places, axis=0, return_inverse=True)
    means = [np.bincount(which.ravel(), ab[:, c]) / np.bincount(which.ravel()) for c in (0, 1)]
    return once, np.stack(means, axis=-1).astype(np.float32)


def _middle(dot: NDArray[np.bool_], painted: NDArray[np.float32]) -> list[float]:
    """Row and column of the pixel deepest inside a dot, and the median colour of its inner half."""
    depth = distance_transform_edt(np.pad(dot, 1))[1:-1, 1:-1]
    places = np.argwhere(depth == depth.max())
    row, column = places[np.square(places - places.mean(axis=0)).sum(axis=1).argmin()]
    return [float(row), float(column), *np.median(painted[depth > depth.max() / 2], axis=0).tolist()]


@functools.cache
def _network() -> Any:
    network = lesson.spreader()
    network.set_weights(load_weights("spreader"))
    return network
