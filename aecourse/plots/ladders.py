"""A network that goes down to coarse maps and up again, as a block diagram."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aecourse.checks import described
from aecourse.plots.style import BLUE, GREEN, ORANGE, WIDTH, course_style, name_of, new_figure

Place = tuple[float, float]


def show_ladder(
    down: Sequence[str], up: Sequence[str], *, title: str, skip: str | None = None, around: str | None = None
) -> Figure:
    """A network as a ladder: boxes going down on the left and up on the right, with arrows for what flows.

    Args:
        down: what stands in each box on the way down, from the input to the coarsest maps: its name or its shape.
        up: the boxes on the way up, from the maps beside the last but one of `down` to the output: one fewer.
        title: what the figure shows, as a sentence.
        skip: what is written at the skip connections, the arrows straight across; None leaves them out.
        around: what is written at the arrow from the input to the output; None leaves it out.

    Raises:
        ValueError: `down` is no list of at least two texts, or `up` does not hold one fewer.

    Example:
        >>> figure = show_ladder(["48 × 48", "24 × 24", "12 × 12"], ["24 × 24", "48 × 48"], title="Down and up")
    """
    for name, texts in (("down", down), ("up", up)):
        if not isinstance(texts, list | tuple) or not all(isinstance(text, str) for text in texts):
            raise ValueError(f"{name} must be a list of texts, got {described(texts)}")
    if len(down) < 2 or len(up) != len(down) - 1:
        raise ValueError(f"up must hold one text fewer than down, and down two at least, got {len(up)} and {len(down)}")
    depth = len(down) - 1
    left = [(float(i), -0.8 * i) for i in range(depth + 1)]
    right = [(2.0 * depth - i, -0.8 * i) for i in range(depth)][::-1]
    with course_style():
        figure = new_figure(title, (WIDTH, 0.8 + 0.6 * depth))
        axis = figure.subplots()
        for text, (x, y) in zip((*down, *up), (*left, *right), strict=True):
            colour = ORANGE if (x, y) == left[-1] else BLUE
            box = {"boxstyle": "round,pad=0.4", "facecolor": "white", "edgecolor": colour, "linewidth": 1.5}
            axis.text(x, y, name_of(text), ha="center", va="center", fontsize=9, bbox=box)
        way = [*left, *right]
        for start, end in itertools.pairwise(way):
            _arrow(axis, start, end, "0.4")
        for level in range(1, depth):
            if skip is not None:  # said once: further down there is no room for it
                _arrow(axis, left[level], right[depth - 1 - level], GREEN, skip if level == 1 else "")
        if around is not None:
            _arrow(axis, left[0], right[-1], ORANGE, around)
        axis.set(xlim=(-1, 2 * depth + 1), ylim=(-0.8 * depth - 0.4, 0.5))
        axis.set_axis_off()
    return figure


def _arrow(axis: Axes, start: Place, end: Place, colour: str, words: str = "") -> None:
    """An arrow between the boxes at two places, with words above its middle."""
    gap = 44 if start[1] == end[1] else 14  # points: boxes are wider than high
    look = {"arrowstyle": "->", "color": colour, "linewidth": 1.5, "shrinkA": gap, "shrinkB": gap}
    axis.annotate("", xy=end, xytext=start, arrowprops=look)
    axis.text((start[0] + end[0]) / 2, start[1] + 0.08, words, ha="center", va="bottom", fontsize=8, color=colour)
