"""Figures of the plane of codes: every class can be told without colour, a mosaic is true to its rows and columns."""

from __future__ import annotations

import functools
import io
import itertools

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from PIL import Image

from aecourse.plots import planes

RNG = np.random.default_rng(0)
POINTS, LABELS = RNG.normal(size=(200, 2)), np.arange(200) % 10
IMAGES = RNG.random((3, 5, 12, 10)).astype("float32")
LONG = "Two numbers put the digits of a kind side by side, and between the kinds lies a land that nobody has drawn yet"

FIGURES = {
    "one panel": lambda title: planes.show_scatter({"a code of two numbers": POINTS}, LABELS, title=title),
    "three panels": lambda title: planes.show_scatter(
        {"a code of two numbers": POINTS, "PCA": 1000 * POINTS, "t-SNE": POINTS * 0}, LABELS, title=title
    ),
    "names": lambda title: planes.show_scatter(
        {"a": POINTS[:40]}, LABELS[:40] % 2, title=title, names=["normal", "fraud"]
    ),
    "mosaic": lambda title: planes.show_mosaic(
        IMAGES, title=title, x_label="h1", y_label="h2", x_values=[-1.0, -0.5, 0, 0.5, 1], y_values=[1, 0, -1]
    ),
    "one row": lambda title: planes.show_mosaic(IMAGES[:1, ..., None], title=title, x_label="h1", y_label=""),
    "one column": lambda title: planes.show_mosaic(IMAGES[:, :1], title=title, x_label="h1", y_label="h2"),
    "large": lambda title: planes.show_mosaic(
        RNG.random((15, 15, 28, 28)),
        title=title,
        x_label="h1",
        y_label="h2",
        x_values=np.linspace(-20, 20, 15),
        y_values=np.linspace(20, -20, 15),
    ),
}


@functools.cache
def shown(name: str) -> tuple[Figure, dict, dict, bool]:
    """A figure with a long title, what a notebook shows of it, and whether Matplotlib's settings are as before."""
    before = dict(mpl.rcParams)
    figure = FIGURES[name](LONG)
    data, metadata = figure._repr_mimebundle_()
    return figure, data, metadata, dict(mpl.rcParams) == before


@pytest.mark.slow
@pytest.mark.parametrize("name", FIGURES)
def test_shows_itself_with_a_description_on_opaque_white(name: str) -> None:
    _, data, metadata, _ = shown(name)
    assert metadata["image/png"]["alt"] == data["text/plain"] == LONG
    pixels = np.asarray(Image.open(io.BytesIO(data["image/png"])).convert("RGBA"))
    assert (pixels[..., 3] == 255).all()
    assert (pixels[[0, 0, -1, -1], [0, -1, 0, -1], :3] == 255).all()


@pytest.mark.slow
@pytest.mark.parametrize("name", FIGURES)
def test_nothing_runs_out_of_the_figure_or_over_the_title(name: str) -> None:
    figure = shown(name)[0]
    title = figure._suptitle.get_window_extent()
    legends = [legend.get_window_extent() for legend in figure.legends]
    for box in (title, *legends, *(axis.get_tightbbox() for axis in figure.axes)):
        assert figure.bbox.x0 <= box.x0 < box.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= box.y0 < box.y1 <= figure.bbox.y1
    assert not any(axis.get_tightbbox().overlaps(box) for axis in figure.axes for box in (title, *legends))


def test_each_class_has_a_colour_and_a_marker_of_its_own_and_its_name_in_the_legend() -> None:
    figure = FIGURES["one panel"]("t")
    axis = figure.axes[0]
    assert len(axis.collections) == 10
    assert len({to_hex(points.get_facecolor()[0]) for points in axis.collections}) == 10
    assert len({points.get_paths()[0].vertices.tobytes() for points in axis.collections}) == 10
    assert named(figure) == [str(digit) for digit in range(10)]
    assert not axis.texts
    for digit, points in enumerate(axis.collections):
        assert np.array_equal(points.get_offsets(), POINTS[np.flatnonzero(digit == LABELS)])


def named(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.legends[0].get_texts()]


def test_only_the_classes_that_occur_are_named() -> None:
    figure = planes.show_scatter({"a": POINTS[:2]}, np.array([1, 3]), title="t", names=["a", "b", "c", "d"])
    assert named(figure) == ["b", "d"]


def test_the_axes_of_each_plane_are_named() -> None:
    default, own = (
        planes.show_scatter({"a": POINTS, "b": POINTS}, LABELS, title="t", **given)
        for given in ({}, {"x_label": "h1", "y_label": "h2"})
    )
    assert [axis.get_xlabel() for axis in default.axes] == ["first number"] * 2
    assert (own.axes[1].get_xlabel(), own.axes[0].get_ylabel()) == ("h1", "h2")


def test_the_axes_of_a_plane_share_one_scale() -> None:
    figure = planes.show_scatter({"flat": POINTS * [10, 1]}, LABELS, title="t")
    figure.draw_without_rendering()
    (axis,) = figure.axes
    box, x, y = axis.get_window_extent(), np.ptp(axis.get_xlim()), np.ptp(axis.get_ylim())
    assert box.width / x == pytest.approx(box.height / y, rel=0.01)


def test_a_mosaic_puts_row_0_at_the_top_and_column_0_on_the_left() -> None:
    axis = FIGURES["mosaic"]("t").axes[0]
    picture = np.asarray(axis.images[0].get_array())
    assert picture.shape == (36, 50)
    assert np.array_equal(picture[12:24, 40:50], IMAGES[1, 4])
    assert axis.images[0].get_clim() == (0, 1)
    assert [text.get_text() for text in axis.get_xticklabels()] == ["-1", "-0.5", "0", "0.5", "1"]
    assert [text.get_text() for text in axis.get_yticklabels()] == ["1", "0", "-1"]
    assert axis.get_yticks().tolist() == [5.5, 17.5, 29.5]
    assert axis.yaxis_inverted()
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("h1", "h2")


@pytest.mark.slow
def test_a_large_mosaic_is_not_crowded_with_numbers() -> None:
    figure = shown("large")[0]
    boxes = [text.get_window_extent() for text in figure.axes[0].get_xticklabels()]
    assert 3 <= len(boxes) <= planes.TICKS
    assert all(left.x1 < right.x0 for left, right in itertools.pairwise(boxes))


@pytest.mark.slow
def test_figures_do_not_change_the_learners_settings() -> None:
    assert all(shown(name)[3] for name in FIGURES)


def mosaic(images, **values):
    return planes.show_mosaic(images, title="t", x_label="x", y_label="y", **values)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: planes.show_scatter({}, LABELS, title="t"), "panels must hold at least one"),
        (
            lambda: planes.show_scatter({"a": POINTS, "b": POINTS[:3]}, LABELS, title="t"),
            "panels must hold equally many",
        ),
        (lambda: planes.show_scatter({"a": RNG.random((200, 3))}, LABELS, title="t"), r"panels must hold .*\(200, 3\)"),
        (lambda: planes.show_scatter({"a": POINTS[:0]}, LABELS[:0], title="t"), "panels must hold"),
        (lambda: planes.show_scatter({"a": POINTS * np.nan}, LABELS, title="t"), "finite numbers"),
        (lambda: planes.show_scatter({"a": POINTS}, LABELS[:3], title="t"), "one whole number for each of 200"),
        (lambda: planes.show_scatter({"a": POINTS}, LABELS / 2, title="t"), "labels must hold one whole number"),
        (lambda: planes.show_scatter({"a": POINTS}, LABELS + 1, title="t"), "labels must lie in 0 to 9, got 1 to 10"),
        (lambda: planes.show_scatter({"a": POINTS}, LABELS, title="t", names=["a"]), "names must hold a text for each"),
        (lambda: planes.show_scatter({"a": POINTS}, LABELS, title=""), "title must say"),
        (lambda: mosaic(IMAGES[0]), r"images must have shape .*\(5, 12, 10\)"),
        (lambda: mosaic(IMAGES[:0]), "images must have shape"),
        (lambda: mosaic(IMAGES[..., None].repeat(3, axis=-1)), "images must have shape"),
        (lambda: mosaic(IMAGES, x_values=[1, 2]), "x_values must hold 5 numbers, got a list of length 2"),
        (lambda: mosaic(IMAGES, y_values=[1, 2]), "y_values must hold 3 numbers, got a list of length 2"),
    ],
)
def test_bad_arguments_are_refused_by_name(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
