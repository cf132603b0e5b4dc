"""Weights that the course carries, by the name of their network."""

from __future__ import annotations

import numpy as np
import pytest

from aecourse.weights import TRAINED, load_weights


@pytest.mark.parametrize("name", TRAINED)
def test_weights_are_finite_arrays_in_the_models_order(name):
    weights = load_weights(name)
    assert {w.dtype for w in weights} == {np.dtype(np.float32)}
    assert all(np.isfinite(w).all() for w in weights)


def test_an_unknown_network_is_named():
    with pytest.raises(
        ValueError,
        match="name must be one of lifter, denoiser, cleaner, codec, judge, restorer, spreader, got the text 'lifted'",
    ):
        load_weights("lifted")
