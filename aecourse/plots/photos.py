"""Photographs: kept as JPEG, since as PNG they would take five times as much of a notebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from aecourse.plots.images import show_images
from aecourse.plots.style import CourseFigure


def show_photos(
    rows: Mapping[str, np.ndarray], *, title: str, captions: Sequence[str] | None = None, scale: float = 1.4
) -> CourseFigure:
    """Rows of photographs, each row with its label.

    Args:
        rows: as in `show_images`: label → images, shape `(n, height, width)` or `(n, height, width, channels)`.
        title: what the figure shows, as a sentence.
        captions: one short text below each column.
        scale: size of an image relative to the usual one of `show_images`.

    Raises:
        TypeError: as in `show_images`.
        ValueError: as in `show_images`.

    Example:
        >>> figure = show_photos({"noise": np.random.default_rng(0).random((4, 48, 48, 3))}, title="Four of noise")
        >>> list(figure._repr_mimebundle_()[0])
        ['image/jpeg', 'text/plain']
    """
    figure = show_images(rows, title=title, captions=captions, scale=scale)
    figure.form = "jpeg"
    return figure
