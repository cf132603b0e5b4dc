"""Handwriting of one's own, brought into the form of the course's digits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aecourse.files.images import Where, read_images

SIDE, INK = 28, 20  # pixels of a digit's picture, and of the square that the ink fills
WORKING = 400  # pixels on the longer side while paper and ink are told apart
CONTRAST = 0.12  # by how much ink must stand out from the paper
SPECK = 0.02  # spots with a smaller share of the ink are dirt


def read_digits(where: Where) -> tuple[NDArray[np.float32], list[str]]:
    """Read photographed, scanned or drawn digits, one a picture, as MNIST has them.

    The paper's shade is taken off, ink is bright whether the pen was dark or light, specks are left out, the ink is
    scaled into a square of 20 pixels and centred by its mass in 28.

    Args:
        where: what `read_images` takes.

    Returns:
        The digits, float32 in [0, 1] with shape `(n, 28, 28, 1)`, and the pictures' names.

    Raises:
        TypeError, FileNotFoundError: as `read_images`.
        ValueError: nothing can be read, or a picture holds no ink.

    Source: LeCun, Bottou, Bengio & Haffner, *Gradient-Based Learning Applied to Document Recognition*, 1998, for size
    and centring; Otsu, *A Threshold Selection Method from Gray-Level Histograms*, 1979.

    Example:
        >>> from aecourse.datasets import load_digits
        >>> seven = load_digits()[0][0][0, :, :, 0]
        >>> paper = Image.fromarray((255 - 200 * seven).astype("uint8")).resize((300, 300))
        >>> read_digits(paper)[0].shape
        (1, 28, 28, 1)
    """
    pictures = read_images(where, grey=True)
    return np.stack([_digit(image[..., 0], name) for image, name in zip(*pictures[:2], strict=True)]), pictures.names


def _digit(grey: NDArray[np.float32], name: str) -> NDArray[np.float32]:
    from skimage.filters import threshold_otsu

    ink = _ink(_smaller(grey))
    if ink.max() < CONTRAST:
        raise ValueError(f"where: no ink stands out from the paper in {name[:60]}: is the page blank, or too dark?")
    threshold = max(threshold_otsu(ink), CONTRAST / 2)
    shape = _without_specks(ink > threshold)
    rows, columns = (np.flatnonzero(shape.any(axis=axis)) for axis in (1, 0))
    full = np.quantile(ink[shape], 0.5)  # a stroke's middle counts as full ink
    soft = np.clip(ink / full, 0, 1) * _wider(shape)
    cut = soft[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return _centred(cut)[..., None]


def _smaller(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """The picture at the size that is worked with."""
    scale = WORKING / max(grey.shape)
    if scale >= 1:
        return grey
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    return np.asarray(Image.fromarray(grey).resize(size, Image.Resampling.BOX))


def _ink(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """How far each pixel stands out from the paper around it, in the direction in which the pen does."""
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    if np.median(border) < (grey.min() + grey.max()) / 2:
        grey = 1 - grey  # light on dark
    # The paper: what is bright around a pixel. Where ink was, the paper is filled in from its neighbourhood.
    level = np.median(grey[grey >= np.median(grey)])
    known = grey > level - 0.5 * (level - grey.min())
    weight, light = (_spread(part) for part in (known, np.where(known, grey, 0)))
    paper = light / np.maximum(weight, 1e-3)
    return np.clip((paper - grey) / np.maximum(paper, 0.1), 0, 1)


def _spread(values: NDArray) -> NDArray[np.float32]:
    """Means over wide neighbourhoods, computed on a picture of a few pixels."""
    from scipy.ndimage import gaussian_filter

    image = Image.fromarray(values.astype(np.float32))
    small = image.resize([max(1, -(-side // 8)) for side in image.size], Image.Resampling.BOX)
    smooth = gaussian_filter(np.asarray(small), max(small.size) / 8)
    return np.asarray(Image.fromarray(smooth).resize(image.size, Image.Resampling.BILINEAR), np.float32)


def _without_specks(shape: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The ink without small spots and without what only touches the picture's border, such as a table's edge."""
    from scipy.ndimage import label

    spots, count = label(shape, np.ones((3, 3)))
    sizes = np.bincount(spots.ravel())
    sizes[0] = 0
    edges = np.unique(np.concatenate([spots[0], spots[-1], spots[:, 0], spots[:, -1]]))
    inside = np.setdiff1d(np.arange(1, count + 1), edges)
    if len(inside) and sizes[inside].max() > 0.2 * sizes.max():
        sizes[edges] = 0
    return np.isin(spots, np.flatnonzero(sizes >= max(1, SPECK * sizes.sum())))


def _wider(shape: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The shape and the soft edge around it."""
    from scipy.ndimage import binary_dilation

    return binary_dilation(shape, iterations=max(1, max(shape.shape) // 100))


def _centred(ink: NDArray[np.float32]) -> NDArray[np.float32]:
    """The ink scaled into a square of 20 pixels, its centre of mass in the middle of 28."""
    scale = INK / max(ink.shape)
    size = (max(1, round(ink.shape[1] * scale)), max(1, round(ink.shape[0] * scale)))
    kind = Image.Resampling.BOX if scale < 1 else Image.Resampling.BILINEAR
    small = np.asarray(Image.fromarray(ink.astype(np.float32)).resize(size, kind))
    ys, xs = np.mgrid[: small.shape[0], : small.shape[1]] + 0.5
    total = small.sum()
    # MNIST's own centres lie at the middle of its pixel 14, counted from 0.
    top, left = (round(SIDE / 2 + 0.5 - float((at * small).sum() / total)) for at in (ys, xs))
    top, left = (min(max(0, at), SIDE - side) for at, side in zip((top, left), small.shape, strict=True))
    digit = np.zeros((SIDE, SIDE), np.float32)
    digit[top : top + small.shape[0], left : left + small.shape[1]] = small
    return np.clip(digit / max(float(np.quantile(digit[digit > 0], 0.9)), 1e-6), 0, 1)
