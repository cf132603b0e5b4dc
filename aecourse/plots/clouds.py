"""Figures of codes of three numbers: points in space, coloured by class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from aecourse.plots.planes import COLOURS, MARKERS, checked_points
from aecourse.plots.style import WIDTH, course_style, new_figure, wrap

VIEW = {"elev": 18, "azim": -58}  # degrees from which the cloud is seen


def show_cloud(
    panels: Mapping[str, np.ndarray], labels: np.ndarray, *, title: str, names: Sequence[str] | None = None
) -> Figure:
    """The same samples as points in space, in panels side by side, coloured by class.

    Args:
        panels: name → points, shape `(n, 3)`, in any unit.
        labels: the class of each point, shape `(n,)`, whole numbers 0 to 9.
        title: what the figure shows, as a sentence.
        names: what is written for class 0, 1, 2, …; by default the number itself.

    Raises:
        TypeError: `panels` is no dict.
        ValueError: no panels, points that are no finite `(n, 3)` array, labels that do not fit the points or are out of
            range, or too few names.

    Example:
        >>> points, labels = np.random.default_rng(0).normal(size=(30, 3)), np.arange(30) % 10
        >>> figure = show_cloud({"noise": points}, labels, title="Noise has no clusters")
    """
    clouds, classes, words = checked_points(panels, labels, names, numbers=3)
    present = np.unique(classes)
    with course_style():
        figure = new_figure(title, (WIDTH, min(4.6, WIDTH / len(panels)) + 0.6))
        axes = figure.subplots(1, len(panels), squeeze=False, subplot_kw={"projection": "3d"})[0]
        for axis, (name, points) in zip(axes, clouds, strict=True):
            for one in present:
                x, y, z = points[classes == one].T
                axis.scatter(x, y, z, s=26, color=COLOURS[one], marker=MARKERS[one], alpha=0.75, linewidths=0)
            axis.set_title(wrap(name, 70 / len(panels)), fontsize=10)
            axis.view_init(**VIEW)
            axis.set_box_aspect(None, zoom=1.2)
            axis.tick_params(labelsize=7)
            axis.set(xlabel="first number", ylabel="second number", zlabel="third number")
        figure.legend(
            axes[0].collections,
            [wrap(words[one], 20) for one in present],
            loc="outside lower center",
            ncols=min(5, len(present)),
            frameon=False,
            markerscale=1.8,
            handletextpad=0.1,
        )
    return figure
