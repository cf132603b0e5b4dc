"""Points in space: drawn by class, and what cannot be drawn is refused with the advice that points in a plane get."""

from __future__ import annotations

import numpy as np
import pytest

from aecourse import plots

POINTS = np.random.default_rng(0).normal(size=(30, 3))
LABELS = np.arange(30) % 3


def test_each_panel_shows_all_points_and_the_legend_names_the_classes_that_there_are():
    figure = plots.show_cloud({"a": POINTS, "b": -POINTS}, LABELS, title="Two clouds", names=["sand", "_roof", "sea"])
    assert [axis.name for axis in figure.axes] == ["3d", "3d"]
    for axis in figure.axes:
        assert sum(len(drawn.get_offsets()) for drawn in axis.collections) == len(POINTS)
    assert [text.get_text().strip() for text in figure.legends[0].texts] == ["sand", "_roof", "sea"]


@pytest.mark.parametrize(
    ("panels", "labels", "names", "said"),
    [
        ({"a": POINTS[:, :2]}, LABELS, None, r"equally many points \(n, 3\)"),
        ({"a": POINTS, "b": POINTS[1:]}, LABELS, None, "equally many points"),
        ({"a": POINTS * np.nan}, LABELS, None, "NaN"),
        ({"a": POINTS}, LABELS.astype(float), None, r"labels.astype\(int\)"),
        ({"a": POINTS}, np.eye(3)[LABELS], None, "one-hot"),
        ({"a": POINTS}, LABELS + 9, None, "0 to 9"),
        ({"a": POINTS}, LABELS, ["sand"], "a text for each class up to 2"),
        ({"a": POINTS}, LABELS, "sand", "names must be a list"),
    ],
)
def test_what_cannot_be_drawn_is_refused(panels, labels, names, said):
    with pytest.raises((TypeError, ValueError), match=said):
        plots.show_cloud(panels, labels, title="A cloud", names=names)
