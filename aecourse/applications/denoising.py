"""Damage taken off digits of one's own, by a small network of the lesson on denoising."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from aecourse.checks import array, described
from aecourse.checks import images as checked
from aecourse.recipes import denoising as lesson
from aecourse.weights import load_weights
from aecourse.wording import integer_cure

SIZES = {"code": 16, "maps": 48}  # of the network whose weights the course carries
OWN_ERROR = 0.0025  # the mean squared error that the network makes with clean digits
WANTED = "digits as read_digits gives them, floats in [0, 1] of shape (n, 28, 28, 1) or (n, 28, 28)"


def clean_digits(images: NDArray[np.float32]) -> NDArray[np.float32]:
    """Take noise, specks and small holes off digits.

    The network was trained on noise of every strength from none to a sigma of 1, on salt and pepper up to half of the
    pixels, and on black squares of 4 to 10 pixels. It redraws each digit, and is never quite right. So where it would
    change a digit hardly more than it changes clean ones, the digit is left nearly as it is: the less it changes, the
    smaller the share of the change that is made. In doubt it draws what is likely, and that may be another digit: look
    at the result beside the picture.

    Args:
        images: digits with bright ink on dark paper, float in [0, 1], shape `(n, 28, 28, 1)` or `(n, 28, 28)`, or one,
            `(28, 28)`; `read_digits` makes them of photographs.

    Returns:
        float32 in [0, 1], the shape of `images`.

    Raises:
        ValueError: `images` is no such array.

    Warns:
        UserWarning: the digits look like dark ink on bright paper.

    Source: Vincent, Larochelle, Bengio & Manzagol, *Extracting and Composing Robust Features with Denoising
    Autoencoders*, 2008. `lessons/denoising/train.py` trained the network.

    Example:
        >>> from aecourse.corruption import add_gaussian_noise
        >>> from aecourse.datasets import load_digits
        >>> from aecourse.metrics import psnr
        >>> _, (x, _) = load_digits()
        >>> noisy = add_gaussian_noise(x[:50], sigma=0.5, seed=0)
        >>> psnr(x[:50], clean_digits(noisy)) > psnr(x[:50], noisy) + 8
        True
    """
    x = array("images", images, WANTED)
    fits = (x.ndim == 4 and x.shape[1:] == (28, 28, 1)) or (x.ndim in (2, 3) and x.shape[-2:] == (28, 28))
    if not fits or x.dtype.kind != "f":
        helps = integer_cure(x, "images") if fits else "read_digits brings pictures into this form"
        raise ValueError(f"images must be {WANTED}, got {described(x)}: {helps}")
    digits = checked(x.reshape(-1, 28, 28, 1), name="images")
    if len(digits) and np.median(digits) > 0.5:
        warnings.warn(
            "images look like dark ink on bright paper; expected bright ink on dark paper: 1 - images turns them",
            stacklevel=2,
        )
    drawn = _network()(digits)
    change = drawn - digits
    size = np.mean(change**2, axis=(1, 2, 3), keepdims=True)
    share = 1 - OWN_ERROR / np.maximum(size, OWN_ERROR)
    share[np.ptp(digits, axis=(1, 2, 3)) == 0] = 0  # on empty paper there is nothing to draw
    return np.clip(digits + share * change, 0, 1).astype(np.float32).reshape(x.shape)


@functools.cache
def _network() -> Callable[[NDArray], NDArray]:
    """The network with the weights that the course carries."""
    model = lesson.denoiser(**SIZES)
    model.set_weights(load_weights("cleaner"))
    return lambda x: lesson.clean_up(model, x)
