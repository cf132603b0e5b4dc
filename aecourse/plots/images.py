"""Rows of small images, each with its label."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes

from aecourse.checks import described
from aecourse.plots.style import STYLE, WIDTH, CourseFigure, new_figure, wrap

LABEL = 18  # letters in a line of a row's label


def show_images(
    rows: Mapping[str, np.ndarray], *, title: str, captions: Sequence[str] | None = None, scale: float = 1.0
) -> CourseFigure:
    """Rows of small images, each row with its label.

    Args:
        rows: label → images, shape `(n, height, width)` or `(n, height, width, channels)`, or square ones laid flat,
            shape `(n, pixels)`; values in [0, 1]. A row with negative values is a difference: it is drawn from blue
            (−1) over white (0) to red (+1).
        title: what the figure shows, as a sentence.
        captions: one short text below each column.
        scale: size of an image relative to the usual one.

    Raises:
        ValueError: no rows, rows of different length, or captions that do not fit.

    Example:
        >>> figure = show_images({"noise": np.random.default_rng(0).random((8, 28, 28))}, title="Eight images of noise")
    """
    rows = {label: unfolded(images) for label, images in rows.items()}
    shapes = [images.shape for images in rows.values()]
    if not rows or not all(map(are_images, rows.values())) or len({shape[0] for shape in shapes}) != 1:
        raise ValueError(
            f"rows must hold equally many images (n, height, width[, channels]) or (n, pixels), got shapes {shapes}"
        )
    n = shapes[0][0]
    if captions is not None and len(captions) != n:
        raise ValueError(f"captions must hold one text for each of {n} images, got {described(captions)}")
    margin = 0.5 + 0.08 * max(min(len(label), LABEL) for label in rows)
    cell = scale * min(0.9, (WIDTH - margin) / n)
    texts = [wrap(caption, cell * 11) for caption in captions or ()]
    longest = max((len(line) for text in texts for line in text.split("\n")), default=1)
    height = len(rows) * (cell + 0.06) + 0.18 * max((text.count("\n") + 1 for text in texts), default=0)
    with mpl.rc_context(STYLE):
        figure = new_figure(title, (max(WIDTH, margin + n * cell), height), layout="compressed")
        axes = figure.subplots(len(rows), n, squeeze=False, gridspec_kw={"wspace": 0.05, "hspace": 0.05})
        for (label, images), line in zip(rows.items(), axes, strict=True):
            draw_row(line, images, label)
        for axis, text in zip(axes[-1], texts, strict=False):
            axis.set_xlabel(text, fontsize=9 * min(1, cell * 11 / max(longest, 1)))
    return figure


def unfolded(images: np.ndarray) -> np.ndarray:
    """Square images that lie flat, shape `(n, pixels)`, with shape `(n, side, side)`; anything else as it is."""
    images = np.asarray(images)
    side = math.isqrt(images.shape[1]) if images.ndim == 2 else 0
    return images.reshape(len(images), side, side) if side and side * side == images.shape[1] else images


def draw_row(axes: Sequence[Axes], images: np.ndarray, label: str) -> None:
    """Images in a row of axes, with the row's label on the left."""
    # Decided for the row: one image in a row of differences may happen to have no negative value.
    signed = bool(np.min(images) < 0)
    for axis, image in zip(axes, images, strict=True):
        draw_image(axis, image, signed=signed)
    axes[0].set_ylabel(wrap(label, LABEL), rotation=0, ha="right", va="center")


def draw_image(axis: Axes, image: np.ndarray, *, signed: bool | None = None) -> None:
    """One image in one axis: grey for [0, 1], blue–white–red for differences (`signed`), colour for three channels."""
    image = np.asarray(image)
    if image.ndim == 3 and image.shape[-1] == 1:
        image = image[..., 0]
    signed = bool(image.min() < 0) if signed is None else signed
    axis.imshow(image, interpolation="nearest", cmap="RdBu_r" if signed else "gray", vmin=-1 if signed else 0, vmax=1)
    axis.set(xticks=[], yticks=[])
    axis.grid(visible=False)
    axis.spines[:].set(visible=True, color="0.8")


def are_images(x: np.ndarray) -> bool:
    """Whether an array holds images: `(n, height, width)`, or with 1, 3 or 4 channels behind, n at least 1."""
    return np.size(x) > 0 and (np.ndim(x) == 3 or (np.ndim(x) == 4 and np.shape(x)[-1] in (1, 3, 4)))
