"""Figures of codes of three numbers: points in space, coloured by class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from aecourse.checks import a_dict, as_array, described, finite, label, listed
from aecourse.plots.planes import COLOURS, MARKERS
from aecourse.plots.style import WIDTH, course_style, name_of, new_figure, wrap

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
    a_dict("panels", panels, "name → points (n, 3)")
    clouds = [(name_of(key), as_array(label("panels", key), x, "points (n, 3)")) for key, x in panels.items()]
    n = len(clouds[0][1]) if clouds and clouds[0][1].ndim else 0
    if not n or any(points.shape != (n, 3) for _, points in clouds):
        raise ValueError(f"panels must hold equally many points (n, 3), got {listed(p.shape for _, p in clouds)}")
    for key, points in panels.items():
        finite(label("panels", key), np.asarray(points))
    classes = as_array("labels", labels, "a whole number for each point")
    if classes.shape != (n,) or classes.dtype.kind not in "iu":
        raise ValueError(f"labels must hold one whole number for each of {n} points, got {described(classes)}")
    if classes.min() < 0 or classes.max() >= len(COLOURS):
        raise ValueError(f"labels must lie in 0 to {len(COLOURS) - 1}, got {classes.min()} to {classes.max()}")
    words = [name_of(name) for name in (range(len(COLOURS)) if names is None else names)]
    if len(words) <= classes.max():
        raise ValueError(f"names must hold a text for each class up to {classes.max()}, got {len(words)}")
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
