"""How far a reconstruction is from its input."""

from __future__ import annotations

import numpy as np


def sample_mse(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The mean squared error of each sample, shape `(n,)`.

    Args:
        x: inputs, shape `(n, ...)`.
        y: reconstructions, the shape of `x`.

    Returns:
        For each sample the mean of (x − y)² over all of its values, in squared units of `x`.

    Raises:
        ValueError: the shapes differ, or there is no sample.

    Example:
        >>> sample_mse(np.zeros((2, 4)), np.ones((2, 4))).tolist()
        [1.0, 1.0]
    """
    x, y = np.asarray(x), np.asarray(y)
    if x.shape != y.shape:
        raise ValueError(f"x and y must have the same shape, got {x.shape} and {y.shape}")
    if x.ndim == 0 or x.size == 0:
        raise ValueError(f"x must hold at least one sample, got shape {x.shape}")
    # Bytes would wrap around: 1 − 2 = 255.
    difference = np.subtract(x, y, dtype=np.result_type(x, y, np.float32))
    return np.mean(np.square(difference).reshape(len(x), -1), axis=1)


def mse(x: np.ndarray, y: np.ndarray) -> float:
    """The mean squared error over all samples: the mean of `sample_mse`.

    Args:
        x: inputs, shape `(n, ...)`.
        y: reconstructions, the shape of `x`.

    Raises:
        ValueError: the shapes differ, or there is no sample.

    Example:
        >>> mse(np.zeros((2, 4)), np.full((2, 4), 0.5))
        0.25
    """
    return float(np.mean(sample_mse(x, y)))
