"""What goes on in a network: the shapes from layer to layer, its codes, and how its training goes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from aecourse.checks import described
from aecourse.plots.curves import draw_curves
from aecourse.plots.images import are_images, draw_row
from aecourse.plots.style import BLUE, ORANGE, STYLE, WIDTH, new_figure


def show_shapes(shapes: Sequence[tuple[str, Sequence[int]]], *, title: str, code: str = "code") -> Figure:
    """The way through a network as a row of boxes: higher for more pixels, wider for more channels.

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
    if isinstance(shapes, Mapping) or not shapes or any(len(s) not in (1, 3) or min(s) < 1 for _, s in shapes):
        raise ValueError(
            "shapes must hold pairs of a name and (height, width, channels) or (numbers,), got "
            f"{described(shapes) if isinstance(shapes, Mapping) else [s for _, s in shapes]}"
        )
    with mpl.rc_context(STYLE):
        figure = new_figure(title, (WIDTH, 2.5))
        axis = figure.subplots()
        left = 0.0
        for name, shape in shapes:
            # A flat layer is drawn as a thin column whose height grows with its logarithm.
            height = shape[0] / 28 if len(shape) == 3 else math.log2(shape[0] + 1) / 12
            width = 0.12 + 0.09 * math.log2(shape[2]) if len(shape) == 3 else 0.12
            room = max(width, 0.75)
            place = left + (room - width) / 2
            colour = ORANGE if name == code else BLUE
            axis.add_patch(Rectangle((place, -height / 2), width, height, facecolor=colour, alpha=0.75))
            words = " × ".join(map(str, shape))
            axis.text(left + room / 2, -0.6, f"{name}\n{words}", ha="center", va="top", fontsize=8)
            left += room + 0.12
        axis.set(xlim=(-0.1, left), ylim=(-0.85, 0.55))
        axis.set_axis_off()
    return figure


def show_training(history: Mapping[str, Sequence[float]], x: np.ndarray, y: np.ndarray) -> Figure:
    """The losses of a training, and what the model makes of a few inputs.

    Args:
        history: `History.history` of Keras: name → one value an epoch; `loss` and, if measured, `val_loss`.
        x: a few inputs, shape `(n, height, width, channels)`, in [0, 1]; other shapes are left out of the figure.
        y: their reconstructions, the shape of `x`.

    Example:
        >>> figure = show_training({"loss": [0.2, 0.1]}, np.zeros((3, 28, 28, 1)), np.zeros((3, 28, 28, 1)))
    """
    if not history.get("loss"):
        raise ValueError(f"history must hold the loss of at least one epoch, got {described(history)}")
    names = {"loss": "training", "val_loss": "validation"}
    curves = {names[k]: v for k, v in history.items() if k in names}
    n = len(history["loss"])
    title = f"Loss after {n} {'epoch' if n == 1 else 'epochs'}: " + ", ".join(
        f"{k} {v[-1]:.4f}" for k, v in curves.items()
    )
    images = are_images(x) and np.shape(x) == np.shape(y)
    with mpl.rc_context(STYLE):
        figure = new_figure(title, (WIDTH, 4.3 if images else 2.4))
        rows = figure.subfigures(2 if images else 1, 1, squeeze=False, height_ratios=(2.4, 1.7) if images else None)
        draw_curves(rows[0, 0].subplots(), curves, x_label="epoch", y_label="loss", marker=".")
        if images:
            axes = rows[1, 0].subplots(2, len(x), squeeze=False)
            for line, row, label in zip(axes, (x, y), ("input x", "output y"), strict=True):
                draw_row(line, np.clip(row, 0, 1), label)
    return figure


def show_codes(x: np.ndarray, h: np.ndarray, y: np.ndarray, *, title: str) -> Figure:
    """The way through an autoencoder, one column a sample: the input, its code as bars, the reconstruction.

    Args:
        x: inputs, shape `(n, height, width)` or `(n, height, width, 1)`, in [0, 1].
        h: their codes, shape `(n, code size)`.
        y: their reconstructions, the shape of `x`.
        title: what the figure shows, as a sentence.

    Example:
        >>> figure = show_codes(np.zeros((3, 28, 28)), np.ones((3, 16)), np.zeros((3, 28, 28)), title="Three digits")
    """
    shapes = [*map(np.shape, (x, h, y))]
    if not (are_images(x) and are_images(y) and np.ndim(h) == 2 and len(x) == len(h) == len(y)):
        raise ValueError(f"x, h and y must be n images, n codes and n images, got shapes {shapes}")
    n, limit = len(x), float(np.abs(h).max()) * 1.05 or 1.0
    with mpl.rc_context(STYLE):
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
