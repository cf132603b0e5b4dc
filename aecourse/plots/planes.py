"""Figures of the plane of codes: points coloured by class, and a grid of images that lie side by side in the plane."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aecourse.checks import a_dict, as_array, described, finite, label, listed
from aecourse.plots.images import TINY, draw_image, in_range
from aecourse.plots.style import PALETTE, WIDTH, course_style, name_of, new_figure, wrap

# Ten classes: the course's eight colours, a wine red and a grey. Each has a marker of its own, too.
COLOURS = (*PALETTE, "#882255", "#888888")
MARKERS = "os^DvP*X<p"

HIGHEST = 5.4  # inches that a mosaic may be high
TICKS = 8  # numbers along a side of a mosaic


def show_scatter(
    panels: Mapping[str, np.ndarray],
    labels: np.ndarray,
    *,
    title: str,
    names: Sequence[str] | None = None,
    x_label: str = "first number",
    y_label: str = "second number",
) -> Figure:
    """The same samples as points in several planes, side by side, coloured by class.

    Each class has a colour and a marker, which a legend names. Both axes of a panel have one scale: what looks near is
    near.

    Args:
        panels: name → points, shape `(n, 2)`, in any unit.
        labels: the class of each point, shape `(n,)`, whole numbers 0 to 9.
        title: what the figure shows, as a sentence.
        names: what is written for class 0, 1, 2, …; by default the number itself.
        x_label: what the first column of the points is, below each panel.
        y_label: what the second column is, beside the first panel.

    Raises:
        TypeError: `panels` is no dict.
        ValueError: no panels, points that are no finite `(n, 2)` array, labels that do not fit the points or are out of
            range, or too few names.

    Example:
        >>> points, labels = np.random.default_rng(0).normal(size=(30, 2)), np.arange(30) % 10
        >>> figure = show_scatter({"noise": points}, labels, title="Noise has no clusters")
    """
    planes, classes, words = checked_points(panels, labels, names, numbers=2)
    side = min(4.8, WIDTH / len(panels))
    present = np.unique(classes)
    with course_style():
        figure = new_figure(title, (WIDTH, side + 0.8))
        axes = figure.subplots(1, len(panels), squeeze=False)[0]
        for axis, (name, points) in zip(axes, planes, strict=True):
            _draw_points(axis, points, classes)
            axis.set_title(wrap(name, 70 / len(panels)), fontsize=10)
            axis.set_xlabel(x_label)
        axes[0].set_ylabel(y_label)
        figure.legend(
            axes[0].collections,
            [wrap(words[digit], 60 / len(present)) for digit in present],
            loc="outside lower center",
            ncols=len(present),
            frameon=False,
            markerscale=1.6,
            handletextpad=0.1,
            columnspacing=1.0,
        )
    return figure


def checked_points(
    panels: Mapping[str, np.ndarray], labels: np.ndarray, names: Sequence[str] | None, *, numbers: int
) -> tuple[list[tuple[str, np.ndarray]], np.ndarray, list[str]]:
    """What is drawn by class: points `(n, numbers)` by name, the class of each, and the legend's text for each class.

    Raises:
        TypeError, ValueError: as `show_scatter`.
    """
    shape = f"(n, {numbers})"
    a_dict("panels", panels, f"name → points {shape}")
    drawn = [(name_of(key), as_array(label("panels", key), x, f"points {shape}")) for key, x in panels.items()]
    n = len(drawn[0][1]) if drawn[0][1].ndim else 0
    if not n or any(points.shape != (n, numbers) for _, points in drawn):
        shapes = listed(points.shape for _, points in drawn)
        raise ValueError(f"panels must hold equally many points {shape}, got shapes {shapes}")
    for key, points in panels.items():
        finite(label("panels", key), np.asarray(points))
    classes = as_array("labels", labels, "a whole number for each point")
    if classes.shape != (n,) or classes.dtype.kind not in "iu":
        whole = classes.ndim == 1 and classes.dtype.kind == "f" and np.array_equal(classes, np.round(classes))
        helps = ": give labels.astype(int)" if whole else ""
        helps = (
            ": give labels.argmax(axis=1), if they are one-hot" if classes.ndim == 2 and len(classes) == n else helps
        )
        raise ValueError(f"labels must hold one whole number for each of {n} points, got {described(classes)}{helps}")
    if classes.min() < 0 or classes.max() >= len(COLOURS):
        raise ValueError(f"labels must lie in 0 to {len(COLOURS) - 1}, got {classes.min()} to {classes.max()}")
    if names is not None and (isinstance(names, str | Mapping) or not hasattr(names, "__len__")):
        raise ValueError(f"names must be a list with a text for each class, got {described(names)}")
    words = [name_of(name) for name in (range(len(COLOURS)) if names is None else names)]
    if len(words) <= classes.max():
        raise ValueError(f"names must hold a text for each class up to {classes.max()}, got {len(words)}")
    # Matplotlib leaves names that begin with _ out of a legend.
    return drawn, classes, [f" {word}" if word.startswith("_") else word for word in words]


def _draw_points(axis: Axes, points: np.ndarray, labels: np.ndarray) -> None:
    size = 14 if len(points) > 300 else 28
    for digit in np.unique(labels):
        own = points[labels == digit]
        axis.scatter(own[:, 0], own[:, 1], s=size, color=COLOURS[digit], marker=MARKERS[digit], alpha=0.7, linewidths=0)
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
        ValueError: `images` has another shape or holds nothing, lies more than 0.5 outside [0, 1] (bytes, say), or the
            values do not fit its rows or columns.

    Example:
        >>> images = np.random.default_rng(0).random((3, 5, 28, 28))
        >>> figure = show_mosaic(images, title="Noise everywhere", x_label="first number", y_label="second number")
    """
    images = as_array("images", images, "an array (rows, columns, height, width)")
    if images.ndim == 5 and images.shape[-1] == 1:
        images = images[..., 0]
    # Images in a row, with their channels, would be taken for strips one or three pixels wide.
    strips = images.ndim == 4 and images.shape[-1] in (1, 3, 4) and images.shape[-2] > TINY
    if images.ndim != 4 or images.size == 0 or strips:
        helps = ": give images.reshape(rows, columns, height, width)" if images.ndim < 4 or strips else ""
        raise ValueError(f"images must have shape (rows, columns, height, width[, 1]), got {images.shape}{helps}")
    images = in_range("images", images)
    rows, columns, height, width = images.shape
    for name, values, count in (("x_values", x_values, columns), ("y_values", y_values, rows)):
        if values is not None and as_array(name, values, f"{count} numbers").shape != (count,):
            raise ValueError(f"{name} must hold {count} numbers, got {described(values)}")
    picture = np.clip(images.transpose(0, 2, 1, 3).reshape(rows * height, columns * width), 0, 1)
    pixel = min((WIDTH - 1) / (columns * width), HIGHEST / (rows * height))  # its side, in inches
    with course_style():
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
