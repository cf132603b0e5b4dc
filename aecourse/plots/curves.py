"""Curves and bars."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator

from aecourse.checks import a_dict, as_array, described, finite, label
from aecourse.plots.style import PALETTE, WIDTH, course_style, name_of, new_figure, wrap

Curves = Mapping[str, Sequence[float] | tuple[Sequence[float], Sequence[float]]]
Checked = list[tuple[str, np.ndarray, np.ndarray]]  # name, x values, y values


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
        curves: name → y values, drawn over 1, 2, 3, …, or name → (x values, y values). A line has a gap where a value
            is NaN.
        title: what the figure shows, as a sentence.
        x_label: what the x axis measures, with its unit.
        y_label: what the y axis measures, with its unit.
        log_y: a logarithmic y axis.
        log_x: a logarithmic x axis with base 2.
        marker: Matplotlib's marker for the single points.

    Raises:
        TypeError: `curves` is no dict.
        ValueError: there are no curves, one has no finite value or as many x as y values, or a logarithmic axis should
            show a number that is not above 0.

    Example:
        >>> figure = show_curves({"loss": [3, 2, 1]}, title="The loss falls", x_label="epoch", y_label="loss")
    """
    checked = checked_curves("curves", curves)
    for is_log, option, values in (
        (log_x, "log_x", [(n, x) for n, x, _ in checked]),
        (log_y, "log_y", [(n, y) for n, _, y in checked]),
    ):
        if is_log and (low := [name for name, numbers in values if (numbers <= 0).any()]):
            raise ValueError(
                f"{label('curves', low[0])} holds numbers that are not above 0: a logarithmic axis cannot show them. "
                f"Leave out {option}=True, or those numbers"
            )
    with course_style():
        figure = new_figure(title, (WIDTH, 3.1))
        axis = figure.subplots()
        counted = not any(isinstance(values, tuple) for values in curves.values())
        draw_curves(axis, checked, x_label=x_label, y_label=y_label, marker=marker, counted=counted)
        if log_y:
            axis.set_yscale("log")
            low_end, high_end = axis.get_ylim()
            subs = (2, 3, 5) if high_end > 4 * low_end else (2, 3, 4, 5, 6, 7, 8, 9)
            axis.yaxis.set(minor_locator=LogLocator(subs=subs), major_formatter="{x:g}", minor_formatter="{x:g}")
        if log_x:
            axis.set_xscale("log", base=2)
            axis.xaxis.set(major_formatter="{x:g}")
    return figure


def checked_curves(name: str, curves: Curves) -> Checked:
    """The curves as names, x values and y values.

    Raises:
        TypeError: they are no dict.
        ValueError: there are none, or one is no curve.
    """
    a_dict(name, curves, "name → numbers, or name → (x values, y values)")
    checked = []
    for key, values in curves.items():
        own = label(name, key)
        is_pair = isinstance(values, tuple) and len(values) == 2 and all(hasattr(part, "__len__") for part in values)
        y = as_array(f"the y values of {own}" if is_pair else own, values[1] if is_pair else values, "numbers")
        x = as_array(f"the x values of {own}", values[0], "numbers") if is_pair else np.arange(1, y.size + 1)
        if y.ndim != 1 or x.shape != y.shape:
            shape = f"shapes {x.shape} and {y.shape}" if is_pair else f"numbers of shape {y.shape}"
            raise ValueError(f"{own} must hold one row of numbers, or a pair of equally long ones, got {shape}")
        if not np.isfinite(y).any():
            raise ValueError(f"{own} must hold a finite number, got {'only NaN or infinity' if y.size else 'none'}")
        checked.append((name_of(key), x, y))
    return checked


def draw_curves(
    axis: Axes, curves: Checked, *, x_label: str, y_label: str, marker: str | None = None, counted: bool = False
) -> None:
    """Lines in one axis, told apart by colour and by dashes; `counted` x values are whole numbers."""
    dashes = itertools.cycle(["-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1))])
    for (name, x, y), dash in zip(curves, dashes, strict=False):
        # Matplotlib leaves names that begin with _ out of a legend.
        axis.plot(x, y, linestyle=dash, marker=marker, label=f" {name}" if name.startswith("_") else name)
    axis.set(xlabel=x_label, ylabel=y_label)
    if counted:
        axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    # Many names would cover the curves: they stand beside them.
    axis.legend(frameon=False, **({"loc": "upper left", "bbox_to_anchor": (1, 1)} if len(curves) > 4 else {}))


def show_bars(
    values: Mapping[str, float | Sequence[float]],
    *,
    title: str,
    y_label: str,
    number_format: str = "{:.4f}",
    colours: Sequence[str] = PALETTE,
) -> Figure:
    """One bar each with its number; several values give their mean and their spread (lowest to highest).

    Args:
        values: name → one number, or name → a number for each seed.
        title: what the figure shows, as a sentence.
        y_label: what is measured, with its unit.
        number_format: how the number above a bar is written.
        colours: the colour of each bar; bars of one method share theirs.

    Raises:
        TypeError: `values` is no dict.
        ValueError: a bar has no numbers, or one that is NaN or infinite, `number_format` writes no number, or there are
            not as many `colours` as bars.

    Example:
        >>> figure = show_bars({"PCA": 0.027, "autoencoder": 0.011}, title="Less than half", y_label="test MSE")
    """
    a_dict("values", values, "name → one number or a list of numbers")
    groups = []
    for key, given in values.items():
        own = label("values", key)
        group = np.atleast_1d(as_array(own, given, "one number or a list of numbers")).astype(float)
        if group.ndim != 1 or group.size == 0:
            raise ValueError(f"values must hold one number or a list of numbers a bar, got {described(given)} in {own}")
        groups.append(finite(own, group))
    if colours is not PALETTE and len(colours) != len(groups):
        raise ValueError(f"colours must hold one for each of {len(groups)} bars, got {described(colours)}")
    means = [float(g.mean()) for g in groups]
    spread = np.transpose([(m - g.min(), g.max() - m) for m, g in zip(means, groups, strict=True)])
    try:
        numbers = [number_format.format(m) for m in means]
    except (AttributeError, ValueError, LookupError) as error:
        raise ValueError(f"number_format must be such as '{{:.4f}}', got {described(number_format)}") from error
    with course_style():
        figure = new_figure(title, (WIDTH, 2.7))
        axis = figure.subplots()
        bars = axis.bar(range(len(means)), means, 0.6, color=colours, yerr=spread if spread.any() else None, capsize=5)
        axis.set_xticks(range(len(means)), [wrap(name_of(name), 80 / len(groups)) for name in values])
        axis.bar_label(bars, numbers, padding=3)
        axis.set(ylabel=y_label)
        axis.margins(y=0.15)
        axis.grid(visible=False, axis="x")
    return figure
