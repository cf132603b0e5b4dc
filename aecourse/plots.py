"""Every figure of the course: one look, one call each, and a description for those who cannot see it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator

# Lessons take their colours from here, too.
from aecourse.style import (  # noqa: F401
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    PALETTE,
    PURPLE,
    RED,
    SKY,
    STYLE,
    WIDTH,
    YELLOW,
    CourseFigure,
    new_figure,
    use_course_style,
    wrap,
)

Curves = Mapping[str, Sequence[float] | tuple[Sequence[float], Sequence[float]]]

LABEL = 18  # letters in a line of a row's label


def show_images(
    rows: Mapping[str, np.ndarray], *, title: str, captions: Sequence[str] | None = None, scale: float = 1.0
) -> Figure:
    """Rows of small images, each row with its label.

    Args:
        rows: label → images, shape `(n, height, width)` or `(n, height, width, channels)`, values in [0, 1]. A row
            with negative values is a difference: it is drawn from blue (−1) over white (0) to red (+1).
        title: what the figure shows, as a sentence.
        captions: one short text below each column.
        scale: size of an image relative to the usual one.

    Raises:
        ValueError: no rows, rows of different length, or captions that do not fit.

    Example:
        >>> figure = show_images({"noise": np.random.default_rng(0).random((8, 28, 28))}, title="Eight images of noise")
    """
    shapes = [np.shape(images) for images in rows.values()]
    if not rows or not all(map(_are_images, rows.values())) or len({shape[0] for shape in shapes}) != 1:
        raise ValueError(f"rows must hold equally many images (n, height, width[, channels]), got shapes {shapes}")
    n = shapes[0][0]
    if captions is not None and len(captions) != n:
        raise ValueError(f"captions must hold one text for each of {n} images, got {captions!r}")
    margin = 0.5 + 0.08 * max(min(len(label), LABEL) for label in rows)
    cell = scale * min(0.9, (WIDTH - margin) / n)
    texts = [wrap(caption, cell * 11) for caption in captions or ()]
    longest = max((len(line) for text in texts for line in text.split("\n")), default=1)
    height = len(rows) * (cell + 0.06) + 0.18 * max((text.count("\n") + 1 for text in texts), default=0)
    with mpl.rc_context(STYLE):
        figure = new_figure(title, (max(WIDTH, margin + n * cell), height), layout="compressed")
        axes = figure.subplots(len(rows), n, squeeze=False, gridspec_kw={"wspace": 0.05, "hspace": 0.05})
        for (label, images), line in zip(rows.items(), axes, strict=True):
            _draw_row(line, images, label)
        for axis, text in zip(axes[-1], texts, strict=False):
            axis.set_xlabel(text, fontsize=9 * min(1, cell * 11 / max(longest, 1)))
    return figure


def _draw_row(axes: Sequence[Axes], images: np.ndarray, label: str) -> None:
    # Decided for the row: one image in a row of differences may happen to have no negative value.
    signed = bool(np.min(images) < 0)
    for axis, image in zip(axes, images, strict=True):
        draw_image(axis, image, signed=signed)
    axes[0].set_ylabel(wrap(label, LABEL), rotation=0, ha="right", va="center")


def draw_image(axis: Axes, image: np.ndarray, *, signed: bool | None = None) -> None:
    """One image in one axis: grey for [0, 1], blue–white–red for differences (`signed`), colour for three channels."""
    image = np.asarray(image)
    if image.ndim == 3 and image.shape[-1] == 1:
        image = image[..., 0]
    signed = bool(image.min() < 0) if signed is None else signed
    axis.imshow(image, interpolation="nearest", cmap="RdBu_r" if signed else "gray", vmin=-1 if signed else 0, vmax=1)
    axis.set(xticks=[], yticks=[])
    axis.grid(visible=False)
    axis.spines[:].set(visible=True, color="0.8")


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
        raise ValueError(f"values must hold one number or a list of numbers a bar, got {values!r}")
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
        raise ValueError(f"history must hold the loss of at least one epoch, got {history!r}")
    names = {"loss": "training", "val_loss": "validation"}
    curves = {names[k]: v for k, v in history.items() if k in names}
    n = len(history["loss"])
    title = f"Loss after {n} {'epoch' if n == 1 else 'epochs'}: " + ", ".join(
        f"{k} {v[-1]:.4f}" for k, v in curves.items()
    )
    images = _are_images(x) and np.shape(x) == np.shape(y)
    with mpl.rc_context(STYLE):
        figure = new_figure(title, (WIDTH, 4.3 if images else 2.4))
        rows = figure.subfigures(2 if images else 1, 1, squeeze=False, height_ratios=(2.4, 1.7) if images else None)
        draw_curves(rows[0, 0].subplots(), curves, x_label="epoch", y_label="loss", marker=".")
        if images:
            axes = rows[1, 0].subplots(2, len(x), squeeze=False)
            for line, row, label in zip(axes, (x, y), ("input x", "output y"), strict=True):
                _draw_row(line, np.clip(row, 0, 1), label)
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
    if not (_are_images(x) and _are_images(y) and np.ndim(h) == 2 and len(x) == len(h) == len(y)):
        raise ValueError(f"x, h and y must be n images, n codes and n images, got shapes {shapes}")
    n, limit = len(x), float(np.abs(h).max()) * 1.05 or 1.0
    with mpl.rc_context(STYLE):
        figure = new_figure(title, (WIDTH, 1 + 2 * min(1.2, (WIDTH - 1) / n)), layout="compressed")
        axes = figure.subplots(3, n, squeeze=False)
        _draw_row(axes[0], x, "input x")
        _draw_row(axes[2], np.clip(y, 0, 1), "output y")
        axes[1, 0].set_ylabel("code h", rotation=0, ha="right", va="center")
        for i in range(n):
            axes[1, i].bar(np.arange(h.shape[1]), h[i], color=np.where(h[i] < 0, ORANGE, BLUE))
            axes[1, i].axhline(0, color="0.4", linewidth=0.8)
            axes[1, i].set(ylim=(-limit, limit), xticks=[], yticks=[], frame_on=False)
    return figure


def _are_images(x: np.ndarray) -> bool:
    return np.size(x) > 0 and (np.ndim(x) == 3 or (np.ndim(x) == 4 and np.shape(x)[-1] in (1, 3, 4)))
