"""The one look of the course's figures: palette, type, title, and a PNG that comes with its description."""

from __future__ import annotations

import io
import textwrap
from typing import Any, Literal

import matplotlib as mpl
from cycler import cycler
from matplotlib.figure import Figure

# Okabe & Ito's palette (2008): told apart with every common kind of colour blindness.
BLUE, ORANGE, GREEN, PURPLE = "#0072B2", "#E69F00", "#009E73", "#CC79A7"
SKY, RED, BLACK, YELLOW = "#56B4E9", "#D55E00", "#000000", "#F0E442"
PALETTE = (BLUE, ORANGE, GREEN, PURPLE, SKY, RED, BLACK, YELLOW)
WIDTH = 8.0  # inches
STYLE = {
    "axes.grid": True,
    "axes.prop_cycle": cycler(color=PALETTE),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "figure.facecolor": "white",
    "figure.titlesize": 12,
    "font.size": 10,
    "grid.alpha": 0.3,
    "savefig.facecolor": "white",
}


SAVED: dict[str, dict[str, Any]] = {"png": {}, "jpeg": {"pil_kwargs": {"quality": 80, "optimize": True}}}


class CourseFigure(Figure):
    """A Matplotlib figure that shows itself in a notebook, as a PNG or JPEG (`form`), with a description (`alt`)."""

    alt = ""
    form: Literal["png", "jpeg"] = "png"

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, bytes | str], dict[str, dict[str, str]]]:
        """The picture, white behind it for dark themes, with its description as alternative text and as plain text."""
        buffer, mime = io.BytesIO(), f"image/{self.form}"
        self.savefig(buffer, format=self.form, dpi=100, facecolor="white", **SAVED[self.form])
        return {mime: buffer.getvalue(), "text/plain": self.alt}, {mime: {"alt": self.alt}}


def use_course_style() -> None:
    """Give Matplotlib the look of the course: for the learner's own figures too."""
    mpl.rcParams.update(STYLE)


def wrap(text: str, letters: float) -> str:
    """The text in lines of so many letters, broken between words and where it has line breaks of its own."""
    lines = text.split("\n")
    return "\n".join(textwrap.fill(line, max(1, int(letters)), break_long_words=False) for line in lines)


def new_figure(
    title: str, size: tuple[float, float], layout: Literal["constrained", "compressed"] = "constrained"
) -> CourseFigure:
    """An empty figure of this width, and of this height below its title, which is also its description."""
    if not title:
        raise ValueError("title must say what the figure shows, got an empty text")
    wrapped = wrap(title, size[0] * 10)
    figure = CourseFigure(figsize=(size[0], size[1] + 0.3 + 0.2 * wrapped.count("\n")), layout=layout)
    figure.suptitle(wrapped, x=0.01, ha="left")
    figure.alt = title
    return figure
