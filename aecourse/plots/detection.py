"""Figures of detection: how two groups of scores overlap, and where a threshold cuts them."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from aecourse.plots.style import BLUE, RED, STYLE, WIDTH, new_figure, wrap

BINS = 30


def show_histograms(
    panels: Mapping[str, tuple[np.ndarray, np.ndarray]],
    *,
    title: str,
    x_label: str,
    names: tuple[str, str] = ("normal", "anomaly"),
    threshold: float | None = None,
) -> Figure:
    """Two groups of scores as histograms over one axis, in panels side by side; each group has the same area.

    Args:
        panels: name → (scores of the first group, scores of the second), each of shape `(n,)`, any n above 0.
        title: what the figure shows, as a sentence.
        x_label: what the score measures, with its unit.
        names: what the two groups are called.
        threshold: where a dashed line is drawn; by default none is.

    Raises:
        ValueError: no panels, or a group that is not a list of finite numbers.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> groups = {"far apart": (rng.normal(0, 1, 100), rng.normal(3, 1, 100))}
        >>> figure = show_histograms(groups, title="Hardly an overlap", x_label="score")
    """
    if not panels:
        raise ValueError("panels must hold at least one pair of groups, got none")
    for name, groups in panels.items():
        shapes = [np.shape(group) for group in groups]
        if len(shapes) != 2 or any(len(shape) != 1 or not shape[0] for shape in shapes):
            raise ValueError(f"panels must hold two groups of scores (n,) each, got shapes {shapes} for {name!r}")
        if not all(np.isfinite(group).all() for group in groups):
            raise ValueError(f"panels must hold finite numbers, got NaN or infinity for {name!r}")
    with mpl.rc_context(STYLE):
        figure = new_figure(title, (WIDTH, 2.7))
        for axis, (name, groups) in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels.items(), strict=True):
            edges = np.histogram_bin_edges(np.concatenate(groups), BINS)
            # Filled against outlined: told apart without colour, too.
            axis.hist(groups[0], edges, density=True, color=BLUE, alpha=0.5, label=names[0])
            axis.hist(groups[1], edges, density=True, histtype="step", color=RED, linewidth=1.8, label=names[1])
            if threshold is not None:
                axis.axvline(threshold, color="black", linestyle="--", label="threshold")
            axis.set(xlabel=x_label, yticks=[])
            axis.set_title(wrap(name, 70 / len(panels)), fontsize=10)
        handles, labels = figure.axes[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
    return figure
