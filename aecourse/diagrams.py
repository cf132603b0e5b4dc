"""Diagrams of networks: what goes from layer to layer, drawn as boxes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from aecourse.style import BLUE, ORANGE, STYLE, WIDTH, new_figure


def show_shapes(shapes: Mapping[str, Sequence[int]], *, title: str, code: str = "code") -> Figure:
    """The way through a network as a row of boxes: higher for more pixels, wider for more channels.

    Args:
        shapes: name of a layer → shape of its output without the batch axis: `(height, width, channels)` for maps,
            `(numbers,)` for a flat layer, in the order of the way.
        title: what the figure shows, as a sentence.
        code: the name that stands out in another colour.

    Returns:
        The figure; below each box stand its name and its shape.

    Raises:
        ValueError: no shapes, or one that has neither one nor three sides of at least 1.

    Example:
        >>> figure = show_shapes({"x": (28, 28, 1), "code": (16,), "y": (28, 28, 1)}, title="There and back")
    """
    if not shapes or any(len(s) not in (1, 3) or min(s) < 1 for s in shapes.values()):
        raise ValueError(f"shapes must map names to (height, width, channels) or (numbers,), got {shapes!r}")
    with mpl.rc_context(STYLE):
        figure = new_figure(title, (WIDTH, 2.5))
        axis = figure.subplots()
        left = 0.0
        for name, shape in shapes.items():
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
