"""Principal component analysis, the linear autoencoder that the course's networks are measured against."""

from __future__ import annotations

import numpy as np

from aecourse.checks import array, finite, same_scale, whole_number
from aecourse.models.shapes import samples, slip


def pca_reconstruct(x_train: np.ndarray, x: np.ndarray, components: int) -> np.ndarray:
    """What principal component analysis keeps of `x`: the best linear autoencoder with as many numbers.

    Args:
        x_train: samples that the components are found on, shape `(n, ...)`.
        x: samples to reconstruct, shape `(m, ...)`.
        components: how many numbers a sample keeps, from 1 to the smaller side of `x_train` as a table.

    Returns:
        The reconstructions, shape of `x`, floats also where `x` holds whole numbers; linear, so a little below 0 and
        above 1 in places.

    Raises:
        TypeError: `x_train` or `x` is no NumPy array of numbers.
        ValueError: `components` is out of range, a sample of `x` has another shape than one of `x_train` or another
            scale (bytes beside [0, 1]), or values are NaN, infinite or masked.

    Source: Baldi & Hornik, *Neural Networks and Principal Component Analysis*, 1989.

    Example:
        >>> x = np.random.default_rng(0).random((50, 4, 4))
        >>> np.allclose(pca_reconstruct(x, x, 16), x)
        True
    """
    from sklearn.decomposition import PCA

    x_train, x = (finite(name, array(name, values)) for name, values in (("x_train", x_train), ("x", x)))
    if x_train.ndim < 2 or not x_train.size:
        raise ValueError(f"x_train must hold samples of several numbers, shape (n, ...), got {x_train.shape}")
    if x.shape[1:] != x_train.shape[1:] or not x.ndim:
        expected = x_train.shape[1:]
        raise ValueError(f"x must have shape {samples(expected)}, got {x.shape}{slip('x', x.shape, expected)}")
    same_scale(("x_train", "x"), x_train, x)
    table = x_train.reshape(len(x_train), -1)
    components = whole_number("components", components, high=min(table.shape))
    # Cast back to bytes, -0.2 would become 255.
    kind = np.result_type(x.dtype, np.float32)
    if not len(x):
        return x.astype(kind)
    pca = PCA(components, random_state=0).fit(table)
    return pca.inverse_transform(pca.transform(x.reshape(len(x), -1))).reshape(x.shape).astype(kind)
