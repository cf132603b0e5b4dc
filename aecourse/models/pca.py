"""Principal component analysis, the linear autoencoder that the course's networks are measured against."""

from __future__ import annotations

import numpy as np

from aecourse.checks import whole_number


def pca_reconstruct(x_train: np.ndarray, x: np.ndarray, components: int) -> np.ndarray:
    """What principal component analysis keeps of `x`: the best linear autoencoder with as many numbers.

    Args:
        x_train: samples that the components are found on, shape `(n, ...)`.
        x: samples to reconstruct, shape `(m, ...)`.
        components: how many numbers a sample keeps, from 1 to the smaller side of `x_train` as a table.

    Returns:
        The reconstructions, shape of `x`; linear, so a little below 0 and above 1 in places.

    Raises:
        ValueError: `components` is out of range, or a sample of `x` has another shape than one of `x_train`.

    Source: Baldi & Hornik, *Neural Networks and Principal Component Analysis*, 1989.

    Example:
        >>> x = np.random.default_rng(0).random((50, 4, 4))
        >>> np.allclose(pca_reconstruct(x, x, 16), x)
        True
    """
    from sklearn.decomposition import PCA

    if x.shape[1:] != x_train.shape[1:]:
        raise ValueError(f"x must hold samples of shape {x_train.shape[1:]}, got {x.shape[1:]}")
    table = x_train.reshape(len(x_train), -1)
    components = whole_number("components", components, high=min(table.shape))
    pca = PCA(components, random_state=0).fit(table)
    return pca.inverse_transform(pca.transform(x.reshape(len(x), -1))).reshape(x.shape).astype(x.dtype)
