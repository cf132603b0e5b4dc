"""The errors in closed form."""

from __future__ import annotations

import numpy as np
import pytest

from aecourse.metrics import mse, sample_mse


def test_closed_forms() -> None:
    x = np.zeros((3, 2, 2, 1), "float32")
    y = x + np.array([0.0, 0.5, -2.0], "float32").reshape(3, 1, 1, 1)
    assert sample_mse(x, y).tolist() == [0.0, 0.25, 4.0]
    assert mse(x, y) == pytest.approx(4.25 / 3)
    assert type(mse(x, y)) is float


def test_one_wrong_value_counts_by_its_share_of_the_sample() -> None:
    x = np.zeros((1, 784))
    y = x.copy()
    y[0, 17] = 1
    assert sample_mse(x, y) == pytest.approx([1 / 784])


def test_agrees_with_numpy_over_all_values_and_is_symmetric() -> None:
    x, y = np.random.default_rng(0).random((2, 5, 4, 4, 1)).astype("float32")
    assert mse(x, y) == pytest.approx(float(np.mean((x - y) ** 2)), rel=1e-6)
    assert mse(x, y) == mse(y, x)
    assert sample_mse(x, y).dtype == np.float32


@pytest.mark.parametrize("kind", ["uint8", "bool", "int64"])
def test_whole_numbers_do_not_wrap_around(kind: str) -> None:
    assert mse(np.zeros((2, 3), kind), np.ones((2, 3), kind)) == 1.0


def test_samples_may_be_single_numbers_or_lists() -> None:
    assert sample_mse([1.0, 2.0], [1.0, 4.0]).tolist() == [0.0, 4.0]


@pytest.mark.parametrize("metric", [mse, sample_mse])
@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (np.zeros((2, 3)), np.zeros((3, 2)), r"same shape, got \(2, 3\) and \(3, 2\)"),
        (np.zeros((2, 3)), np.zeros((2, 1)), "same shape"),
        (np.zeros((0, 3)), np.zeros((0, 3)), "at least one sample"),
        (np.zeros((3, 0)), np.zeros((3, 0)), "at least one sample"),
        (1.0, 2.0, "at least one sample"),
    ],
)
def test_errors(metric, x, y, message) -> None:
    with pytest.raises(ValueError, match=message):
        metric(x, y)
