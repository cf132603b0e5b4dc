"""Figures: each shows itself with a description on an opaque white ground, and nothing runs out of it."""

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

from aecourse import plots

RNG = np.random.default_rng(0)
IMAGES = RNG.random((8, 12, 12, 1)).astype("float32")
CODES = RNG.normal(size=(8, 5))
LOSSES = {"loss": [0.3, 0.2, 0.1], "val_loss": [0.3, 0.25, 0.2]}
LONG = "Sixteen numbers keep the digit, two of them lose the loops, and nobody can tell the fours from the nines"

FIGURES = {
    "images": lambda title: plots.show_images({"input x": IMAGES, "output y": IMAGES[..., 0]}, title=title),
    "images with captions": lambda title: plots.show_images(
        {"an autoencoder with sixteen numbers": IMAGES}, title=title, captions=["MSE 0.0123"] * 8
    ),
    "many images": lambda title: plots.show_images(
        {"a": IMAGES.repeat(2, axis=0)}, title=title, captions=["0.0113"] * 16
    ),
    "three large images": lambda title: plots.show_images({"a": IMAGES[:3]}, title=title, scale=1.6),
    "one image": lambda title: plots.show_images({"a": IMAGES[:1]}, title=title),
    "curves": lambda title: plots.show_curves({"a": [1, 2], "b": [2, 1]}, title=title, x_label="x", y_label="y"),
    "logarithmic curves": lambda title: plots.show_curves(
        {"PCA": ([2, 4, 8], [0.09, 0.07, 0.055])}, title=title, x_label="x", y_label="y", log_x=True, log_y=True
    ),
    "many curves": lambda title: plots.show_curves(
        {f"curve {i}": [i, i + 1] for i in range(9)}, title=title, x_label="x", y_label="y"
    ),
    "bars": lambda title: plots.show_bars(
        {"PCA": 0.3, "an autoencoder with three hidden layers": [0.1, 0.2], "c": 0.2}, title=title, y_label="MSE"
    ),
    "codes": lambda title: plots.show_codes(IMAGES, CODES, IMAGES, title=title),
    "training": lambda _: plots.show_training(LOSSES, IMAGES, IMAGES),
    "training without images": lambda _: plots.show_training(LOSSES, IMAGES.reshape(8, -1), IMAGES.reshape(8, -1)),
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
    figure, data, metadata, _ = shown(name)
    assert isinstance(figure, Figure)
    alt = metadata["image/png"]["alt"]
    assert alt == data["text/plain"] == figure.alt
    assert alt in (LONG, "Loss after 3 epochs: training 0.1000, validation 0.2000")
    pixels = np.asarray(Image.open(io.BytesIO(data["image/png"])).convert("RGBA"))
    assert (pixels[..., 3] == 255).all()
    for corner in (pixels[0, 0], pixels[0, -1], pixels[-1, 0], pixels[-1, -1]):
        assert corner[:3].tolist() == [255, 255, 255]
    assert (pixels != 255).any(axis=-1).mean() > 0.01


@pytest.mark.slow
@pytest.mark.parametrize("name", FIGURES)
def test_no_text_runs_out_of_the_figure_or_over_the_title(name: str) -> None:
    figure = shown(name)[0]
    title = figure._suptitle.get_window_extent()
    assert figure._suptitle.get_text().replace("\n", " ") == figure.alt
    parts = [axis.get_tightbbox() for axis in figure.axes]
    assert parts
    for box in (title, *parts):
        assert figure.bbox.x0 <= box.x0 < box.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= box.y0 < box.y1 <= figure.bbox.y1
    assert not any(box.overlaps(title) for box in parts)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["images with captions", "many images", "bars"])
def test_neighbouring_captions_do_not_touch(name: str) -> None:
    figure = shown(name)[0]
    captions = figure.axes[0].get_xticklabels() if name == "bars" else [axis.xaxis.label for axis in figure.axes]
    boxes = [caption.get_window_extent() for caption in captions if caption.get_text()]
    assert len(boxes) >= 3
    assert all(left.x1 < right.x0 for left, right in itertools.pairwise(boxes))


@pytest.mark.slow
def test_images_of_a_figure_share_their_size_and_scale() -> None:
    figure = plots.show_images({"a": IMAGES * 0.1, "a long label for a row of images": IMAGES}, title="t")
    figure.draw_without_rendering()
    sizes = {tuple(np.round(axis.get_window_extent().size)) for axis in figure.axes}
    assert len(sizes) == 1
    (width, height) = sizes.pop()
    assert abs(width - height) <= 1
    assert {axis.images[0].get_clim() for axis in figure.axes} == {(0, 1)}


def test_a_row_with_negative_values_is_drawn_as_a_difference_throughout() -> None:
    difference = np.stack([np.full((4, 4), 0.2), np.full((4, 4), -0.2)])
    figure = plots.show_images({"x": IMAGES[:2], "difference": difference}, title="t")
    looks = [(axis.images[0].get_cmap().name, axis.images[0].get_clim()) for axis in figure.axes]
    assert looks == [("gray", (0, 1))] * 2 + [("RdBu_r", (-1, 1))] * 2


def test_a_place_in_each_image_of_a_row_is_outlined() -> None:
    places = np.zeros((8, 12, 12, 1), dtype=bool)
    places[:, 3:7, 5:10] = True
    figure = plots.outline(plots.show_images({"x": IMAGES, "holes": IMAGES}, title="t"), 1, places)
    assert [len(axis.patches) for axis in figure.axes] == [0] * 8 + [1] * 8
    (frame,) = figure.axes[8].patches
    assert frame.get_bbox().bounds == (4.5, 2.5, 5, 4)
    for row, wrong in ((2, places), (0, places[:3]), (0, np.zeros_like(places))):
        with pytest.raises(ValueError, match=r"outlined at|an empty one"):
            plots.outline(figure, row, wrong)


def test_every_curve_is_drawn_and_told_apart() -> None:
    figure = FIGURES["many curves"]("t")
    lines = figure.axes[0].lines
    assert [line.get_label() for line in lines] == [f"curve {i}" for i in range(9)]
    assert len({(to_hex(line.get_color()), str(line.get_linestyle())) for line in lines}) == 9
    assert lines[0].get_xdata().tolist() == [1, 2]


def test_bars_of_one_method_share_their_colour() -> None:
    colours = [plots.BLUE, plots.ORANGE, plots.BLUE]
    figure = plots.show_bars({"a": 1, "b": 2, "a again": 3}, title="t", y_label="y", colours=colours)
    assert [to_hex(bar.get_facecolor()).upper() for bar in figure.axes[0].patches] == colours
    with pytest.raises(ValueError, match="colours must hold one for each of 2 bars"):
        plots.show_bars({"a": 1, "b": 2}, title="t", y_label="y", colours=colours)


@pytest.mark.slow
def test_epochs_are_whole_numbers() -> None:
    figure = shown("training")[0]
    ticks = figure.axes[0].get_xticks()
    assert all(tick == int(tick) for tick in ticks)


def test_bars_give_mean_and_spread() -> None:
    figure = plots.show_bars({"a": [1.0, 2.0, 6.0], "b": 2.0}, title="t", y_label="y", number_format="{:.1f}")
    axis = figure.axes[0]
    assert [bar.get_height() for bar in axis.patches] == [3.0, 2.0]
    assert [text.get_text() for text in axis.texts] == ["3.0", "2.0"]
    ends = [segment[:, 1].tolist() for segment in axis.collections[0].get_segments()]
    assert ends == [[1.0, 6.0], [2.0, 2.0]]
    assert not plots.show_bars({"a": 1.0}, title="t", y_label="y").axes[0].collections


@pytest.mark.slow
def test_codes_share_one_scale_that_holds_them_all() -> None:
    figure = plots.show_codes(IMAGES, CODES, IMAGES, title="t")
    (limits,) = {axis.get_ylim() for axis in figure.axes[8:16]}
    assert limits[0] == -limits[1]
    assert np.abs(CODES).max() < limits[1]
    assert plots.show_codes(IMAGES, CODES * 0, IMAGES, title="t").axes[8].get_ylim() == (-1, 1)


@pytest.mark.slow
def test_figures_do_not_change_the_learners_settings() -> None:
    assert all(shown(name)[3] for name in FIGURES)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plots.show_images({}, title="t"), "rows must hold at least one entry"),
        (lambda: plots.show_images({"a": IMAGES[:0]}, title="t"), "must hold images"),
        (lambda: plots.show_images({"a": IMAGES, "b": IMAGES[:3]}, title="t"), "rows must hold equally many"),
        (lambda: plots.show_images({"a": IMAGES.reshape(8, -1)[:, 1:]}, title="t"), r"must hold images.*\(8, 143\)"),
        (lambda: plots.show_images({"a": np.zeros((2, 4, 4, 2))}, title="t"), "must hold images"),
        (lambda: plots.show_images({"a": IMAGES}, title="t", captions=["a"]), "captions must hold one text for each"),
        (lambda: plots.show_images({"a": IMAGES}, title=""), "title must say"),
        (lambda: plots.show_bars({}, title="t", y_label="y"), "values must hold"),
        (lambda: plots.show_bars({"a": []}, title="t", y_label="y"), "values must hold"),
        (lambda: plots.show_curves({}, title="t", x_label="x", y_label="y"), "curves must hold"),
        (lambda: plots.show_training({}, IMAGES, IMAGES), "history must hold"),
        (lambda: plots.show_training({"loss": []}, IMAGES, IMAGES), "history must hold"),
        (lambda: plots.show_codes(IMAGES, CODES[:3], IMAGES, title="t"), "x, h and y must be"),
        (lambda: plots.show_codes(IMAGES[:0], CODES[:0], IMAGES[:0], title="t"), "x must hold images"),
        (lambda: plots.show_codes(IMAGES, IMAGES, IMAGES, title="t"), "x, h and y must be"),
    ],
)
def test_bad_arguments_are_refused_by_name(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_square_images_may_lie_flat() -> None:
    flat = plots.show_images({"a": IMAGES.reshape(len(IMAGES), -1)}, title="t")
    square = plots.show_images({"a": IMAGES}, title="t")
    for one, other in zip(flat.axes, square.axes, strict=True):
        np.testing.assert_array_equal(one.images[0].get_array(), other.images[0].get_array())
