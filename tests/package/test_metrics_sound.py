"""SI-SDR in closed form, its invariances, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest

from aecourse.metrics import sample_si_sdr, si_sdr


def sounds(n: int = 4, samples: int = 2000) -> np.ndarray:
    return np.random.default_rng(0).normal(0, 0.1, (n, samples)).astype("float32")


def test_closed_form():
    x = np.array([[1.0, -1.0, 1.0, -1.0]] * 2)
    across = np.array([[1.0, 1.0, -1.0, -1.0]])
    y = x + np.array([[0.1], [1.0]]) * across
    assert sample_si_sdr(x, y) == pytest.approx([20, 0])
    assert si_sdr(x, y) == pytest.approx(10)
    assert type(si_sdr(x, y)) is float


def test_neither_volume_nor_offset_counts():
    x = sounds()
    y = x + 0.3 * sounds()[::-1]
    expected = sample_si_sdr(x, y)
    for same in (7 * y, -0.01 * y, y + 0.5):
        assert sample_si_sdr(x, same) == pytest.approx(expected, abs=1e-3)
    assert sample_si_sdr(3 * x + 1, y) == pytest.approx(expected, abs=1e-3)


def test_equal_sounds_are_infinite_or_nearly_so():
    assert (sample_si_sdr(sounds(), 2 * sounds()) > 100).all()


@pytest.mark.parametrize(
    ("x", "y", "said"),
    [
        (sounds(), sounds()[:, :5], "one shape"),
        (sounds()[0], sounds()[0], "one shape"),
        (sounds()[:0], sounds()[:0], "one shape"),
        (sounds(), np.full_like(sounds(), np.nan), "y holds NaN"),
        (np.full_like(sounds(), np.inf), sounds(), "x holds NaN"),
        (np.zeros_like(sounds()), sounds(), r"x\[0\] is silent"),
        (sounds(), np.full_like(sounds(), 0.25), r"y\[0\] is silent"),
        (sounds(), np.full_like(sounds(), 0.1), r"y\[0\] is silent"),
    ],
)
def test_bad_input_is_refused(x, y, said):
    with pytest.raises(ValueError, match=said):
        si_sdr(x, y)
