"""Figures of photographs: kept as JPEG, since as PNG they would take five times as much of a notebook."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import numpy as np

from aecourse import plots
from aecourse.style import CourseFigure


class PhotoFigure(CourseFigure):
    """A figure of the course that shows itself as a JPEG."""

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, bytes | str], dict[str, dict[str, str]]]:
        """The JPEG, white behind it for dark themes, with its description as alternative text and as plain text."""
        buffer = io.BytesIO()
        self.savefig(buffer, format="jpeg", dpi=100, facecolor="white", pil_kwargs={"quality": 80, "optimize": True})
        return {"image/jpeg": buffer.getvalue(), "text/plain": self.alt}, {"image/jpeg": {"alt": self.alt}}


def show_photos(
    rows: Mapping[str, np.ndarray], *, title: str, captions: Sequence[str] | None = None, scale: float = 1.4
) -> PhotoFigure:
    """Rows of photographs, each row with its label.

    Args:
        rows: as in `plots.show_images`: label → images, shape `(n, height, width)` or `(n, height, width, channels)`.
        title: what the figure shows, as a sentence.
        captions: one short text below each column.
        scale: size of an image relative to the usual one of `plots.show_images`.

    Raises:
        ValueError: as in `plots.show_images`.

    Example:
        >>> figure = show_photos({"noise": np.random.default_rng(0).random((4, 48, 48, 3))}, title="Four of noise")
        >>> list(figure._repr_mimebundle_()[0])
        ['image/jpeg', 'text/plain']
    """
    figure = plots.show_images(rows, title=title, captions=captions, scale=scale)
    figure.__class__ = PhotoFigure
    return figure  # type: ignore[return-value]
