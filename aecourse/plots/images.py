"""Rows of small images, each with its label."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from aecourse.checks import a_dict, as_array, described, label, listed, number, warn_if_dark
from aecourse.plots.style import ORANGE, WIDTH, CourseFigure, course_style, name_of, new_figure, wrap
from aecourse.wording import batch_cure, range_cure, span

LABEL = 18  # letters in a line of a row's label
SLACK = 0.5  # how far values may lie beyond their range: outputs of a linear layer do; they are drawn as if at its end
FAINT = 0.02  # how far colours may lie below 0 without being a difference
TINY = 8  # pixels: images 3 or 4 pixels wide are at most so high, such as codes that are drawn
INSIDE = 0.5  # above it a place is inside
IMAGES = "images (n, height, width[, channels]) or (n, pixels)"


def show_images(
    rows: Mapping[str, np.ndarray], *, title: str, captions: Sequence[str] | None = None, scale: float = 1.0
) -> CourseFigure:
    """Rows of small images, each row with its label.

    Args:
        rows: label → images, shape `(n, height, width)` or `(n, height, width, channels)`, or square ones laid flat,
            shape `(n, pixels)`; values in [0, 1], or True and False. A row with negative values is a difference: it is
            drawn from blue (−1) over white (0) to red (+1), without colours of its own. What lies at most 0.5 beyond is
            drawn as if at the end.
        title: what the figure shows, as a sentence.
        captions: one short text below each column.
        scale: size of an image relative to the usual one, 0.1 to 20.

    Raises:
        TypeError: `rows` is no dict.
        ValueError: no rows, rows of different length, one image without the axis of the batch, values out of range
            (bytes from 0 to 255, say), or captions that do not fit.

    Warns:
        UserWarning: a row is almost black, as if divided by 255 twice.

    Example:
        >>> figure = show_images({"noise": np.random.default_rng(0).random((8, 28, 28))}, title="Eight images of noise")
    """
    a_dict("rows", rows, "name → equally many images")
    scale = number("scale", scale, low=0.1, high=20)
    drawn = [(name_of(key), in_range(label("rows", key), unfolded(label("rows", key), x))) for key, x in rows.items()]
    n = len(drawn[0][1])
    if any(len(images) != n for _, images in drawn):
        raise ValueError(f"rows must hold equally many {IMAGES}, got shapes {listed(x.shape for _, x in drawn)}")
    if captions is not None and (isinstance(captions, str) or not hasattr(captions, "__len__") or len(captions) != n):
        raise ValueError(f"captions must hold one text for each of {n} images, got {described(captions)}")
    margin = 0.5 + 0.08 * max(min(len(name), LABEL) for name, _ in drawn)
    cell = scale * min(0.9, (WIDTH - margin) / n)
    texts = [wrap(name_of(caption), cell * 11) for caption in ([] if captions is None else captions)]
    longest = max((len(line) for text in texts for line in text.split("\n")), default=1)
    height = len(drawn) * (cell + 0.06) + 0.18 * max((text.count("\n") + 1 for text in texts), default=0)
    with course_style():
        figure = new_figure(title, (max(WIDTH, margin + n * cell), height), layout="compressed")
        axes = figure.subplots(len(drawn), n, squeeze=False, gridspec_kw={"wspace": 0.05, "hspace": 0.05})
        for (name, images), line in zip(drawn, axes, strict=True):
            draw_row(line, images, name)
        for axis, text in zip(axes[-1], texts, strict=False):
            axis.set_xlabel(text, fontsize=9 * min(1, cell * 11 / max(longest, 1)))
    return figure


def outline(figure: CourseFigure, row: int, places: np.ndarray) -> CourseFigure:
    """Draw a frame around a place in each image of one row: around a hole, say, that looks like paper.

    Args:
        figure: what `show_images` returned.
        row: which row of it, 0 for the first.
        places: for each image where the place is, shape `(n, height, width)` or `(n, height, width, 1)`; True or above
            0.5 inside. The frame is the smallest rectangle around it.

    Returns:
        The same figure.

    Raises:
        ValueError: the figure has no such row, or a row of another length, or a place is empty.

    Example:
        >>> figure = show_images({"paper": np.zeros((2, 28, 28))}, title="A place on each sheet")
        >>> places = np.pad(np.ones((2, 8, 8)), ((0, 0), (10, 10), (10, 10)))
        >>> figure = outline(figure, 0, places)
    """
    inside = unfolded("places", places) > INSIDE
    inside = inside[..., 0] if inside.ndim == 4 else inside
    grid = figure.axes[0].get_gridspec()
    if row not in range(grid.nrows) or len(inside) != grid.ncols:
        raise ValueError(
            f"row {described(row)} of {grid.nrows} rows of {grid.ncols} images cannot be outlined at "
            f"{len(inside)} places"
        )
    line = figure.axes[grid.ncols * row : grid.ncols * (row + 1)]
    if not inside.any(axis=(1, 2)).all():
        raise ValueError("places must hold a place in each image, got an empty one")
    for axis, place in zip(line, inside, strict=True):
        rows, columns = (np.flatnonzero(place.any(axis=side)) for side in (1, 0))
        corner = columns[0] - 0.5, rows[0] - 0.5
        size = columns[-1] - columns[0] + 1, rows[-1] - rows[0] + 1
        axis.add_patch(Rectangle(corner, *size, fill=False, edgecolor=ORANGE, linewidth=1))
    return figure


def unfolded(name: str, value: object) -> np.ndarray:
    """Images `(n, height, width)`, or with 1, 3 or 4 channels behind; square ones may lie flat, shape `(n, pixels)`.

    Raises:
        ValueError: the value is something else; one image without the axis of the batch is recognised.
    """
    images = as_array(name, value, IMAGES)
    shape = images.shape
    side = math.isqrt(shape[1]) if images.ndim == 2 else 0
    # A square array may be one image; as flat ones it would be cut into strips.
    if side and side * side == shape[1] and (shape[0] != shape[1] or shape[0] < 16):
        return images.reshape(len(images), side, side)
    if not are_images(images):
        helps = batch_cure(shape, name)
        if side and side * side == shape[1]:
            helps = f"{name}[None], if it is one image, or {name}.reshape(-1, {side}, {side}), if they lie flat"
        elif images.ndim == 4 and shape[1] in (1, 3, 4) and images.size:
            helps = f"np.moveaxis({name}, 1, -1), the channels last"
        raise ValueError(f"{name} must hold {IMAGES}, got shape {shape}{helps and ': give '}{helps}")
    return images


def are_images(x: np.ndarray) -> bool:
    """Whether an array holds images: `(n, height, width)`, or with 1, 3 or 4 channels behind, n at least 1.

    One image with its channels, `(height, width, 1)`, is none: it would be taken for strips one pixel wide.
    """
    shape = np.shape(x)
    if np.size(x) == 0 or len(shape) not in (3, 4):
        return False
    if len(shape) == 4:
        return shape[-1] in (1, 3, 4)
    return shape[-1] not in (1, 3, 4) or (shape[-1] > 1 and shape[1] <= TINY)


def in_range(name: str, images: np.ndarray) -> np.ndarray:
    """The images as floats, if they lie in [0, 1], or in [-1, 1] if they are differences, or a little beyond.

    Raises:
        ValueError: they lie elsewhere, as bytes do; the message says what brings them there.
    """
    low, high = float(images.min()), float(images.max())
    if not (low >= -1 - SLACK and high <= 1 + SLACK) or (images.dtype.kind in "iu" and high > 1):
        helps = range_cure(low, high, name)
        raise ValueError(f"{name} must lie in [0, 1], differences in [-1, 1], got {span(low, high)}: {helps}")
    if images.ndim == 4 and images.shape[-1] > 1 and low < -FAINT:
        raise ValueError(
            f"{name} must lie in [0, 1] to be drawn in colour, got {span(low, high)}: np.clip({name}, 0, 1), or of a "
            f"difference the mean of its channels, {name}.mean(axis=-1)"
        )
    warn_if_dark(high if low >= 0 else 0, name)
    return images if images.dtype.kind == "f" else images.astype(np.float32)


def draw_row(axes: Sequence[Axes], images: np.ndarray, name: str) -> None:
    """Images in a row of axes, with the row's name on the left."""
    # Decided for the row: one image in a row of differences may happen to have no negative value.
    signed = bool(np.min(images) < 0)
    for axis, image in zip(axes, images, strict=True):
        draw_image(axis, image, signed=signed)
    axes[0].set_ylabel(wrap(name, LABEL), rotation=0, ha="right", va="center")


def draw_image(axis: Axes, image: np.ndarray, *, signed: bool) -> None:
    """One image in one axis: grey for [0, 1], blue–white–red for differences (`signed`), colour for three channels."""
    if image.ndim == 3 and image.shape[-1] == 1:
        image = image[..., 0]
    if image.ndim == 3:
        image = np.clip(image, 0, 1)
    axis.imshow(image, interpolation="nearest", cmap="RdBu_r" if signed else "gray", vmin=-1 if signed else 0, vmax=1)
    axis.set(xticks=[], yticks=[])
    axis.grid(visible=False)
    axis.spines[:].set(visible=True, color="0.8")
