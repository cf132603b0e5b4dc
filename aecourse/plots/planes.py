"""Figures of the plane of codes: points coloured by class, and a grid of images that lie side by side in the plane."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from aecourse.plots.images import draw_image
from aecourse.plots.style import PALETTE, STYLE, WIDTH, new_figure, wrap

# Ten classes: the course's eight colours, a wine red and a grey; neighbours in the list differ in their marker, too.
COLOURS = (*PALETTE, "#882255", "#888888")
MARKERS = "os^Dv"

HIGHEST = 5.4  # inches that a mosaic may be high
TICKS = 8  # numbers along a side of a mosaic


def show_scatter(
    panels: Mapping[str, np.ndarray], labels: np.ndarray, *, title: str, names: Sequence[str] | None = None
) -> Figure:
    """The same samples as points in several planes, side by side, coloured by class.

    The name of each class stands at the median of its points, so that colour is not the only cue. Both axes of a panel
    have one scale: what looks near is near.

    Args:
        panels: name → points, shape `(n, 2)`, in any unit.
        labels: the class of each point, shape `(n,)`, whole numbers 0 to 9.
        title: what the figure shows, as a sentence.
        names: what is written for class 0, 1, 2, …; by default the number itself.

    Raises:
        ValueError: no panels, points that are no finite `(n, 2)` array, labels that do not fit the points or are out of
            range, or too few names.

    Example:
        >>> points, labels = np.random.default_rng(0).normal(size=(30, 2)), np.arange(30) % 10
        >>> figure = show_scatter({"noise": points}, labels, title="Noise has no clusters")
    """
    labels = np.asarray(labels)
    shapes = [np.shape(points) for points in panels.values()]
    if not shapes or len(shapes[0]) != 2 or set(shapes) != {(shapes[0][0], 2)} or not shapes[0][0]:
        raise ValueError(f"panels must hold equally many points (n, 2), got shapes {shapes}")
    if not all(np.isfinite(points).all() for points in panels.values()):
        raise ValueError("panels must hold finite numbers, got NaN or infinity")
    if labels.shape != shapes[0][:1] or labels.dtype.kind not in "iu":
        raise ValueError(
            f"labels must hold one whole number for each of {shapes[0][0]} points, "
            f"got {labels.dtype} of shape {labels.shape}"
        )
    if labels.min() < 0 or labels.max() >= len(COLOURS):
        raise ValueError(f"labels must lie in 0 to {len(COLOURS) - 1}, got {labels.min()} to {labels.max()}")
    names = [str(number) for number in range(len(COLOURS))] if names is None else names
    if len(names) <= labels.max():
        raise ValueError(f"names must hold a text for each class up to {labels.max()}, got {len(names)}")
    side = min(4.8, WIDTH / len(panels))
    with mpl.rc_context(STYLE):
        figure = new_figure(title, (WIDTH, side + 0.3))
        for axis, (name, points) in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels.items(), strict=True):
            _draw_points(axis, np.asarray(points), labels, names)
            axis.set_title(wrap(name, 70 / len(panels)), fontsize=10)
    return figure


def _draw_points(axis: Axes, points: np.ndarray, labels: np.ndarray, names: Sequence[str]) -> None:
    size = 10 if len(points) > 300 else 25
    for label in np.unique(labels):
        own = points[labels == label]
        colour, marker = COLOURS[label], MARKERS[label % len(MARKERS)]
        axis.scatter(own[:, 0], own[:, 1], s=size, color=colour, marker=marker, alpha=0.6, linewidths=0)
    # The names come last, above the points of all classes.
    for label in np.unique(labels):
        x, y = np.median(points[labels == label], axis=0)
        text = axis.text(x, y, names[label], fontsize=13, fontweight="bold", ha="center", va="center", color="black")
        text.set_path_effects([withStroke(linewidth=3, foreground="white")])
    axis.set_aspect("equal", adjustable="datalim")
    axis.tick_params(labelsize=8)


def show_mosaic(
    images: np.ndarray,
    *,
    title: str,
    x_label: str,
    y_label: str,
    x_values: Sequence[float] | None = None,
    y_values: Sequence[float] | None = None,
) -> Figure:
    """A grid of images as one picture: what lies where in a plane.

    Args:
        images: shape `(rows, columns, height, width)` or `(rows, columns, height, width, 1)`, values in [0, 1]; row 0
            is drawn at the top, column 0 on the left.
        title: what the figure shows, as a sentence.
        x_label: what changes from column to column.
        y_label: what changes from row to row.
        x_values: the number that belongs to each column, written below it; by default nothing is written.
        y_values: the number that belongs to each row, from the top down.

    Raises:
        ValueError: `images` has another shape or holds nothing, or the values do not fit its rows or columns.

    Example:
        >>> images = np.random.default_rng(0).random((3, 5, 28, 28))
        >>> figure = show_mosaic(images, title="Noise everywhere", x_label="first number", y_label="second number")
    """
    images = np.asarray(images)
    if images.ndim == 5 and images.shape[-1] == 1:
        images = images[..., 0]
    if images.ndim != 4 or images.size == 0:
        raise ValueError(f"images must have shape (rows, columns, height, width[, 1]), got {images.shape}")
    rows, columns, height, width = images.shape
    for name, values, count in (("x_values", x_values, columns), ("y_values", y_values, rows)):
        if values is not None and len(values) != count:
            raise ValueError(f"{name} must hold {count} numbers, got {len(values)}")
    picture = np.clip(images.transpose(0, 2, 1, 3).reshape(rows * height, columns * width), 0, 1)
    pixel = min((WIDTH - 1) / (columns * width), HIGHEST / (rows * height))  # its side, in inches
    with mpl.rc_context(STYLE):
        figure = new_figure(title, (WIDTH, max(rows * height * pixel, 0.9) + 0.7))
        axis = figure.subplots()
        draw_image(axis, picture, signed=False)
        axis.set(xlabel=x_label, ylabel=y_label)
        if x_values is not None:
            axis.set_xticks(*_ticks(x_values, width))
        if y_values is not None:
            axis.set_yticks(*_ticks(y_values, height))
        axis.tick_params(labelsize=8)
    return figure


def _ticks(values: Sequence[float], size: int) -> tuple[list[float], list[str]]:
    """Places in pixels and texts of at most `TICKS` of the values, evenly spread."""
    chosen = range(0, len(values), math.ceil(len(values) / TICKS))
    return [(i + 0.5) * size - 0.5 for i in chosen], [f"{values[i]:.3g}" for i in chosen]
