"""What goes on in a network: the shapes from layer to layer, its codes, and how its training goes."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from aecourse.checks import a_dict, as_array, described, finite, is_whole
from aecourse.plots.curves import checked_curves, draw_curves
from aecourse.plots.images import are_images, draw_row, in_range, unfolded
from aecourse.plots.style import BLUE, ORANGE, WIDTH, course_style, name_of, new_figure


def show_shapes(shapes: Sequence[tuple[str, Sequence[int]]], *, title: str, code: str = "code") -> Figure:
    """The way through a network as a row of boxes: higher for more pixels, wider for more channels.

    A flat layer is a thin column. Its height grows with the square root of its numbers: a code stays lower than maps
    that hold far more.

    Args:
        shapes: for each layer, in the order of the way, its name and the shape of its output without the batch axis:
            `(height, width, channels)` for maps, `(numbers,)` for a flat layer.
        title: what the figure shows, as a sentence.
        code: the name that stands out in another colour.

    Returns:
        The figure; below each box stand its name and its shape.

    Raises:
        ValueError: no shapes, or one that has neither one nor three sides of at least 1.

    Example:
        >>> figure = show_shapes([("x", (28, 28, 1)), ("code", (16,)), ("y", (28, 28, 1))], title="There and back")
    """
    pairs = [] if isinstance(shapes, Mapping | str) or not hasattr(shapes, "__len__") else list(shapes)
    wrong = [pair for pair in pairs if not _is_layer(pair)]
    if not pairs or wrong:
        got = f"{described(wrong[0])} among them" if wrong else described(shapes)
        raise ValueError(
            f"shapes must hold pairs of a name and (height, width, channels) or (numbers,), got {got}: the batch axis, "
            "None, is left out"
        )
    with course_style():
        figure = new_figure(title, (WIDTH, 2.5))
        axis = figure.subplots()
        left = 0.0
        for name, shape in pairs:
            height = shape[0] / 28 if len(shape) == 3 else math.sqrt(shape[0]) / 56
            width = 0.12 + 0.09 * math.log2(shape[2]) if len(shape) == 3 else 0.12
            room = max(width, 0.75)
            place = left + (room - width) / 2
            colour = ORANGE if name == code else BLUE
            axis.add_patch(Rectangle((place, -height / 2), width, height, facecolor=colour, alpha=0.75))
            words = " × ".join(map(str, shape))
            axis.text(left + room / 2, -0.6, f"{name_of(name)}\n{words}", ha="center", va="top", fontsize=8)
            left += room + 0.12
        axis.set(xlim=(-0.1, left), ylim=(-0.85, 0.55))
        axis.set_axis_off()
    return figure


def _is_layer(pair: object) -> bool:
    """Whether this is a pair of a name and a shape with one or three sides."""
    if not isinstance(pair, tuple | list) or len(pair) != 2 or not isinstance(pair[1], tuple | list):
        return False
    return len(pair[1]) in (1, 3) and all(is_whole(side) and side >= 1 for side in pair[1])


def show_training(history: Mapping[str, Sequence[float]], x: np.ndarray, y: np.ndarray) -> Figure:
    """The losses of a training, and what the model makes of a few inputs.

    Args:
        history: `History.history` of Keras: name → one value an epoch; `loss` and, if measured, `val_loss`.
        x: a few inputs, shape `(n, height, width, channels)`, in [0, 1]; other shapes are left out of the figure.
        y: their reconstructions, the shape of `x`; what lies outside [0, 1] is drawn as if at its end.

    Raises:
        TypeError: `history` is no dict.
        ValueError: it holds no loss.

    Warns:
        UserWarning: `x` has the shape of images, but does not lie in [0, 1]: they are left out of the figure.

    Example:
        >>> figure = show_training({"loss": [0.2, 0.1]}, np.zeros((3, 28, 28, 1)), np.zeros((3, 28, 28, 1)))
    """
    a_dict("history", history, "name → one value an epoch")
    names = {"loss": "training", "val_loss": "validation"}
    measured = {names[k]: v for k, v in history.items() if k == "loss" or (k == "val_loss" and np.isfinite(v).any())}
    if "training" not in measured or np.size(measured["training"]) == 0:
        raise ValueError(f"history must hold the loss of at least one epoch, got {described(history)}")
    curves = checked_curves("history", measured)
    n = len(history["loss"])
    title = f"Loss after {n} {'epoch' if n == 1 else 'epochs'}: " + ", ".join(
        f"{name} {values[-1]:.4f}" for name, _, values in curves
    )
    images = are_images(x) and np.shape(x) == np.shape(y)
    if images:
        try:
            rows = in_range("x", as_array("x", x, "images")), np.clip(as_array("y", y, "images"), 0, 1)
        except ValueError as error:  # a figure may not end a training
            images = False
            warnings.warn(f"the figure of the training shows no images: {error}", stacklevel=2)
    with course_style():
        figure = new_figure(title, (WIDTH, 4.3 if images else 2.4))
        parts = figure.subfigures(2 if images else 1, 1, squeeze=False, height_ratios=(2.4, 1.7) if images else None)
        draw_curves(parts[0, 0].subplots(), curves, x_label="epoch", y_label="loss", marker=".", counted=True)
        if images:
            axes = parts[1, 0].subplots(2, len(x), squeeze=False)
            for line, row, name in zip(axes, rows, ("input x", "output y"), strict=True):
                draw_row(line, np.clip(row, 0, 1), name)
    return figure


def show_codes(x: np.ndarray, h: np.ndarray, y: np.ndarray, *, title: str) -> Figure:
    """The way through an autoencoder, one column a sample: the input, its code as bars, the reconstruction.

    Args:
        x: inputs, shape `(n, height, width)` or `(n, height, width, 1)`, in [0, 1].
        h: their codes, shape `(n, code size)`.
        y: their reconstructions, the shape of `x`; what lies at most 0.5 outside [0, 1] is drawn as if at its end.
        title: what the figure shows, as a sentence.

    Raises:
        ValueError: `x` and `y` are no images in [0, 1] (bytes, say), `h` holds no finite codes, or they are not equally
            many.

    Example:
        >>> figure = show_codes(np.zeros((3, 28, 28)), np.ones((3, 16)), np.zeros((3, 28, 28)), title="Three digits")
    """
    x, y = (in_range(name, unfolded(name, images)) for name, images in (("x", x), ("y", y)))
    h = as_array("h", h, "codes (n, code size)")
    if h.ndim != 2 or not h.size or not len(x) == len(h) == len(y):
        raise ValueError(f"x, h and y must be n images, n codes and n images, got shapes {[*map(np.shape, (x, h, y))]}")
    n, limit = len(x), float(np.abs(finite("h", h)).max()) * 1.05 or 1.0
    with course_style():
        figure = new_figure(title, (WIDTH, 1 + 2 * min(1.2, (WIDTH - 1) / n)), layout="compressed")
        axes = figure.subplots(3, n, squeeze=False)
        draw_row(axes[0], x, "input x")
        draw_row(axes[2], np.clip(y, 0, 1), "output y")
        axes[1, 0].set_ylabel("code h", rotation=0, ha="right", va="center")
        for i in range(n):
            axes[1, i].bar(np.arange(h.shape[1]), h[i], color=np.where(h[i] < 0, ORANGE, BLUE))
            axes[1, i].axhline(0, color="0.4", linewidth=0.8)
            axes[1, i].set(ylim=(-limit, limit), xticks=[], yticks=[], frame_on=False)
    return figure
