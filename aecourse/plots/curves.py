"""Curves and bars."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator

from aecourse.checks import described
from aecourse.plots.style import PALETTE, STYLE, WIDTH, new_figure, wrap

Curves = Mapping[str, Sequence[float] | tuple[Sequence[float], Sequence[float]]]


def show_curves(
    curves: Curves,
    *,
    title: str,
    x_label: str,
    y_label: str,
    log_y: bool = False,
    log_x: bool = False,
    marker: str | None = None,
) -> Figure:
    """Lines over one pair of axes.

    Args:
        curves: name → y values, drawn over 1, 2, 3, …, or name → (x values, y values).
        title: what the figure shows, as a sentence.
        x_label: what the x axis measures, with its unit.
        y_label: what the y axis measures, with its unit.
        log_y: a logarithmic y axis.
        log_x: a logarithmic x axis with base 2.
        marker: Matplotlib's marker for the single points.

    Example:
        >>> figure = show_curves({"loss": [3, 2, 1]}, title="The loss falls", x_label="epoch", y_label="loss")
    """
    with mpl.rc_context(STYLE):
        figure = new_figure(title, (WIDTH, 3.1))
        axis = figure.subplots()
        draw_curves(axis, curves, x_label=x_label, y_label=y_label, marker=marker)
        if log_y:
            axis.set_yscale("log")
            low, high = axis.get_ylim()
            subs = (2, 3, 5) if high > 4 * low else (2, 3, 4, 5, 6, 7, 8, 9)
            axis.yaxis.set(minor_locator=LogLocator(subs=subs), major_formatter="{x:g}", minor_formatter="{x:g}")
        if log_x:
            axis.set_xscale("log", base=2)
            axis.xaxis.set(major_formatter="{x:g}")
    return figure


def draw_curves(axis: Axes, curves: Curves, *, x_label: str, y_label: str, marker: str | None = None) -> None:
    """Lines in one axis, told apart by colour and by dashes."""
    if not curves:
        raise ValueError("curves must hold at least one curve, got none")
    dashes = itertools.cycle(["-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1))])
    for (name, values), dash in zip(curves.items(), dashes, strict=False):
        x, y = values if isinstance(values, tuple) else (np.arange(1, len(values) + 1), values)
        axis.plot(x, y, linestyle=dash, marker=marker, label=name)
    axis.set(xlabel=x_label, ylabel=y_label)
    if not any(isinstance(values, tuple) for values in curves.values()):
        axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    # Many names would cover the curves: they stand beside them.
    axis.legend(frameon=False, **({"loc": "upper left", "bbox_to_anchor": (1, 1)} if len(curves) > 4 else {}))


def show_bars(
    values: Mapping[str, float | Sequence[float]], *, title: str, y_label: str, number_format: str = "{:.4f}"
) -> Figure:
    """One bar each with its number; several values give their mean and their spread (lowest to highest).

    Args:
        values: name → one number, or name → a number for each seed.
        title: what the figure shows, as a sentence.
        y_label: what is measured, with its unit.
        number_format: how the number above a bar is written.

    Example:
        >>> figure = show_bars({"PCA": 0.027, "autoencoder": 0.011}, title="Less than half", y_label="test MSE")
    """
    groups = [np.atleast_1d(np.asarray(v, dtype=float)) for v in values.values()]
    if not groups or any(g.ndim != 1 or g.size == 0 for g in groups):
        raise ValueError(f"values must hold one number or a list of numbers a bar, got {described(values)}")
    means = [float(g.mean()) for g in groups]
    spread = np.transpose([(m - g.min(), g.max() - m) for m, g in zip(means, groups, strict=True)])
    with mpl.rc_context(STYLE):
        figure = new_figure(title, (WIDTH, 2.7))
        axis = figure.subplots()
        bars = axis.bar(range(len(means)), means, 0.6, color=PALETTE, yerr=spread if spread.any() else None, capsize=5)
        axis.set_xticks(range(len(means)), [wrap(name, 80 / len(groups)) for name in values])
        axis.bar_label(bars, [number_format.format(m) for m in means], padding=3)
        axis.set(ylabel=y_label)
        axis.margins(y=0.15)
        axis.grid(visible=False, axis="x")
    return figure
