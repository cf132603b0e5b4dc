"""Diagrams show each layer once, with its shape."""

from __future__ import annotations

import pytest
from matplotlib.patches import Rectangle

from aecourse.plots import show_shapes


def test_each_layer_has_a_box_and_its_shape() -> None:
    figure = show_shapes(
        [("x", (28, 28, 1)), ("code", (16,)), ("maps", (14, 14, 32)), ("maps", (28, 28, 1))], title="There and back"
    )
    (axis,) = figure.axes
    boxes = [patch for patch in axis.patches if isinstance(patch, Rectangle)]
    assert [text.get_text() for text in axis.texts] == [
        "x\n28 × 28 × 1",
        "code\n16",
        "maps\n14 × 14 × 32",
        "maps\n28 × 28 × 1",
    ]
    assert boxes[0].get_height() == 2 * boxes[2].get_height()
    assert boxes[2].get_width() > boxes[0].get_width()
    assert boxes[1].get_facecolor() != boxes[0].get_facecolor()
    assert figure.alt == "There and back"


def test_a_flat_layer_is_lower_than_maps_that_hold_more() -> None:
    figure = show_shapes([("maps", (7, 7, 32)), ("dense", (160,)), ("code", (16,))], title="Down")
    heights = [patch.get_height() for patch in figure.axes[0].patches]
    assert heights == sorted(heights, reverse=True)


@pytest.mark.parametrize("shapes", [[], {"x": (28, 28, 1)}, [("x", (28, 28))], [("x", (0,))], [("x", ())]])
def test_bad_shapes_are_refused(shapes) -> None:
    with pytest.raises(ValueError, match="shapes must hold pairs"):
        show_shapes(shapes, title="Nothing")
