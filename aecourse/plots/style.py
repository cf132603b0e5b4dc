"""The one look of the course's figures: palette, type, title, and a PNG that comes with its description."""

from __future__ import annotations

import functools
import io
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import matplotlib as mpl
from cycler import cycler
from matplotlib.figure import Figure

from aecourse.checks import described

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
# Settings of the machine, not of a look: they stay as they are.
_MACHINE = (
    "backend", "interactive", "toolbar", "timezone", "tk.", "webagg.", "docstring.", "date.epoch", "savefig.directory",
    "figure.max_open_warning", "figure.raise_window", "figure.hooks", "animation.", "keymap.",
)  # fmt: skip
# What tells that somebody has chosen a look before.
_LOOK = (
    "text.color",
    "axes.facecolor",
    "axes.edgecolor",
    "axes.labelcolor",
    "xtick.color",
    "ytick.color",
    "text.usetex",
)
LONGEST_NAME, LONGEST_TITLE = 100, 400  # letters

SAVED: dict[str, dict[str, Any]] = {"png": {}, "jpeg": {"pil_kwargs": {"quality": 80, "optimize": True}}}


@functools.cache
def _settings() -> dict[str, Any]:
    """Every setting of a look: Matplotlib's own defaults, and over them the course's."""
    defaults = mpl.rcParamsDefault.copy()
    return {k: defaults[k] for k in defaults if not k.startswith(_MACHINE)} | STYLE


def use_course_style() -> None:
    """Give Matplotlib the look of the course, for the learner's own figures, too, whatever was set before."""
    # Only what differs: Matplotlib checks each of 300 settings, which would cost more than some figures.
    now = mpl.rcParams.copy()
    mpl.rcParams.update({k: v for k, v in _settings().items() if now[k] != v})


@contextmanager
def course_style() -> Iterator[None]:
    """The course's look until the block ends, whatever style, matplotlibrc or settings were in force before.

    Names are written as they are: a `$` in them starts no formula.
    """
    with mpl.rc_context():
        use_course_style()
        mpl.rcParams["text.parse_math"] = False
        yield


class CourseFigure(Figure):
    """A Matplotlib figure that shows itself in a notebook, as a PNG or JPEG (`form`), with a description (`alt`).

    Ticks, their labels and the background are made when a figure is drawn: so it is drawn in the course's style, too.
    """

    alt = ""
    form: Literal["png", "jpeg"] = "png"

    def draw(self, renderer: Any) -> None:
        """Draw the figure in the course's style."""
        with course_style():
            super().draw(renderer)

    def draw_without_rendering(self) -> None:
        """Lay out the figure in the course's style."""
        with course_style():
            super().draw_without_rendering()

    def savefig(self, fname: Any, **options: Any) -> None:
        """Save the figure in the course's style."""
        with course_style():
            super().savefig(fname, **options)

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, bytes | str], dict[str, dict[str, str]]]:
        """The picture, white behind it for dark themes, with its description as alternative text and as plain text."""
        buffer, mime = io.BytesIO(), f"image/{self.form}"
        self.savefig(buffer, format=self.form, dpi=100, facecolor="white", **SAVED[self.form])
        return {mime: buffer.getvalue(), "text/plain": self.alt}, {mime: {"alt": self.alt}}


def has_own_style() -> bool:
    """Whether somebody has chosen a look for their figures: colours that are not Matplotlib's own, or LaTeX."""
    return any(mpl.rcParams[name] != mpl.rcParamsDefault[name] for name in _LOOK)


def name_of(value: object) -> str:
    """A name as it is written in a figure: of a number or of None, too; cut where it is longer than 100 letters."""
    text = str(value)
    return text if len(text) <= LONGEST_NAME else f"{text[:LONGEST_NAME]}…"


def wrap(text: object, letters: float) -> str:
    """The text in lines of so many letters, broken between words and where it has line breaks of its own."""
    lines = str(text).split("\n")
    return "\n".join(textwrap.fill(line, max(1, int(letters)), break_long_words=False) for line in lines)


def new_figure(
    title: str, size: tuple[float, float], layout: Literal["constrained", "compressed"] = "constrained"
) -> CourseFigure:
    """An empty figure of this width, and of this height below its title, which is also its description.

    Raises:
        ValueError: the title is no text, or empty, or longer than 400 letters.
    """
    if not isinstance(title, str) or not title.strip() or len(title) > LONGEST_TITLE:
        got = f"a text of {len(title)} letters" if isinstance(title, str) and title.strip() else described(title)
        raise ValueError(f"title must say what the figure shows, in at most {LONGEST_TITLE} letters, got {got}")
    wrapped = wrap(title, size[0] * 10)
    figure = CourseFigure(figsize=(size[0], size[1] + 0.3 + 0.2 * wrapped.count("\n")), layout=layout)
    figure.suptitle(wrapped, x=0.01, ha="left")
    figure.alt = title
    return figure
