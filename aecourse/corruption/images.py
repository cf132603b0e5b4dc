"""Noise and holes in images.

All take float arrays `x` in [0, 1] with shape `(n, height, width, channels)` and leave them as they are. `seed` is a
whole number, or a NumPy `Generator` that moves on with each call (fresh damage in every epoch of a training).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aecourse.checks import Seed, a_generator, images, number, whole_number


def add_gaussian_noise(x: NDArray[np.float32], *, sigma: float, seed: Seed) -> NDArray[np.float32]:
    """Add to each value a random number from a normal distribution, and clip the sum to [0, 1].

    Args:
        x: images in [0, 1], shape `(n, height, width, channels)`.
        sigma: standard deviation of the noise before clipping, in units of `x`; 0 or more.
        seed: a whole number or a NumPy `Generator`.

    Returns:
        float32, the shape of `x`, in [0, 1].

    Raises:
        TypeError: `seed` is neither.
        ValueError: `x` is no such array, or `sigma` is negative or no finite number.

    Source: Vincent, Larochelle, Bengio & Manzagol, *Extracting and Composing Robust Features with Denoising
    Autoencoders*, 2008 (which masks); additive Gaussian noise in the journal version, 2010.

    Example:
        >>> x = np.full((1, 28, 28, 1), 0.5, dtype="float32")
        >>> noisy = add_gaussian_noise(x, sigma=0.1, seed=0)
        >>> bool(0.09 < noisy.std() < 0.11)
        True
    """
    x, rng = images(x), a_generator(seed)
    sigma = number("sigma", sigma)
    noise = np.float32(sigma) * rng.standard_normal(x.shape, dtype=np.float32)
    return np.clip(x + noise, np.float32(0), np.float32(1))


def add_salt_and_pepper(x: NDArray[np.float32], *, share: float, seed: Seed) -> NDArray[np.float32]:
    """Replace a share of the pixels by 0 or 1, each as likely as the other, in all channels at once.

    Args:
        x: images in [0, 1], shape `(n, height, width, channels)`.
        share: how many of the pixels are hit on average, 0 to 1.
        seed: a whole number or a NumPy `Generator`.

    Returns:
        float32, the shape of `x`.

    Raises:
        TypeError: `seed` is neither.
        ValueError: `x` is no such array, or `share` is out of range.

    Example:
        >>> x = np.full((1, 100, 100, 1), 0.5, dtype="float32")
        >>> hit = add_salt_and_pepper(x, share=0.2, seed=0) != 0.5
        >>> bool(0.18 < hit.mean() < 0.22)
        True
    """
    x, rng = images(x), a_generator(seed)
    share = number("share", share, high=1)
    draw = rng.random((*x.shape[:-1], 1), dtype=np.float32)
    return np.where(draw < share / 2, np.float32(0), np.where(draw < share, np.float32(1), x))


def mask_block(x: NDArray[np.float32], *, size: int, seed: Seed, value: float = 0.0) -> NDArray[np.float32]:
    """Cover a square of each image, at a random place that lies wholly inside.

    Args:
        x: images in [0, 1], shape `(n, height, width, channels)`.
        size: side of the square in pixels, from 0 to the shorter side of the image.
        seed: a whole number or a NumPy `Generator`.
        value: what stands in the square, 0 to 1.

    Returns:
        float32, the shape of `x`.

    Raises:
        TypeError: `seed` is neither.
        ValueError: `x` is no such array, or `size` or `value` is out of range.

    Example:
        >>> x = np.ones((3, 28, 28, 1), dtype="float32")
        >>> (mask_block(x, size=10, seed=0) == 0).sum(axis=(1, 2, 3)).tolist()
        [100, 100, 100]
    """
    x, rng = images(x), a_generator(seed)
    n, height, width, _ = x.shape
    size = whole_number("size", size, low=0, high=min(height, width))
    value = number("value", value, high=1)
    top = rng.integers(0, height - size + 1, (n, 1))
    left = rng.integers(0, width - size + 1, (n, 1))
    rows, columns = np.arange(height), np.arange(width)
    inside_rows = (rows >= top) & (rows < top + size)
    inside_columns = (columns >= left) & (columns < left + size)
    covered = inside_rows[:, :, None] & inside_columns[:, None, :]
    return np.where(covered[..., None], np.float32(value), x)
