"""Histograms of scores: a panel for each pair of groups, described, and clear errors."""

from __future__ import annotations

import numpy as np
import pytest

from aecourse.plots import show_histograms

LOW, HIGH = np.linspace(0, 1, 50), np.linspace(0.5, 2, 40)


@pytest.mark.slow
def test_draws_a_panel_a_pair_with_the_threshold_and_a_description():
    figure = show_histograms({"a": (LOW, HIGH), "b": (LOW, LOW)}, title="They overlap", x_label="error", threshold=0.9)
    assert [axis.get_title(loc="left") for axis in figure.axes] == ["a", "b"]
    assert all(axis.get_xlabel() == "error" for axis in figure.axes)
    assert all(line.get_xdata()[0] == 0.9 for axis in figure.axes for line in axis.lines)
    data, metadata = figure._repr_mimebundle_()
    assert metadata["image/png"]["alt"] == data["text/plain"] == "They overlap"


def test_without_a_threshold_there_is_no_line():
    figure = show_histograms({"a": (LOW, HIGH)}, title="They overlap", x_label="error", names=("old", "new"))
    assert not figure.axes[0].lines
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["old", "new"]


@pytest.mark.parametrize(
    ("panels", "message"),
    [
        ({}, "at least one"),
        ({"a": (LOW, HIGH, LOW)}, "two groups"),
        ({"a": (LOW, HIGH[None])}, "two groups"),
        ({"a": (LOW, [])}, "two groups"),
        ({"a": (LOW, np.array([1, np.nan]))}, "NaN"),
    ],
)
def test_bad_panels_are_named(panels, message):
    with pytest.raises(ValueError, match=f"panels must hold .*{message}"):
        show_histograms(panels, title="They overlap", x_label="error")
