"""Figures of detection: how two groups of scores overlap, and where a threshold cuts them."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from aecourse.checks import a_dict, as_array, described, finite, label, number
from aecourse.plots.style import BLUE, RED, WIDTH, course_style, name_of, new_figure, wrap

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
        TypeError: `panels` is no dict.
        ValueError: no panels, a group that is not a list of finite numbers, or `names` or `threshold` do not fit.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> groups = {"far apart": (rng.normal(0, 1, 100), rng.normal(3, 1, 100))}
        >>> figure = show_histograms(groups, title="Hardly an overlap", x_label="score")
    """
    a_dict("panels", panels, "name → (scores, scores)")
    if isinstance(names, str) or not hasattr(names, "__len__") or len(names) != 2:
        raise ValueError(f"names must be two texts, one for each group, got {described(names)}")
    # Matplotlib leaves names that begin with _ out of a legend.
    words = [f" {name_of(name)}" if name_of(name).startswith("_") else name_of(name) for name in names]
    line = None if threshold is None else number("threshold", threshold, low=-math.inf)
    pairs = []
    for key, groups in panels.items():
        own = label("panels", key)
        if not isinstance(groups, tuple | list) or len(groups) != 2:
            raise ValueError(f"panels must hold two groups of scores (n,) each, got {described(groups)} in {own}")
        pair = [as_array(own, group, "two groups of scores (n,)") for group in groups]
        if any(scores.ndim != 1 or not scores.size for scores in pair):
            shapes = " and ".join(str(scores.shape) for scores in pair)
            raise ValueError(f"panels must hold two groups of scores (n,) each, got shapes {shapes} in {own}")
        pairs.append((name_of(key), [finite(f"panels must hold finite numbers: {own}", scores) for scores in pair]))
    with course_style():
        figure = new_figure(title, (WIDTH, 2.7))
        for axis, (name, scores) in zip(figure.subplots(1, len(panels), squeeze=False)[0], pairs, strict=True):
            edges = np.histogram_bin_edges(np.concatenate(scores), BINS)
            # Filled against outlined: told apart without colour, too.
            axis.hist(scores[0], edges, density=True, color=BLUE, alpha=0.5, label=words[0])
            axis.hist(scores[1], edges, density=True, histtype="step", color=RED, linewidth=1.8, label=words[1])
            if line is not None:
                axis.axvline(line, color="black", linestyle="--", label="threshold")
            axis.set(xlabel=x_label, yticks=[])
            axis.set_title(wrap(name, 70 / len(panels)), fontsize=10)
        handles, labels = figure.axes[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
    return figure
