"""The door of applications that take one picture, grey or in colour, as floats or as bytes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aecourse.checks import array, described, finite
from aecourse.wording import range_cure, span


def checked_photo(photo: object, wanted: str, smallest: int, why: str) -> NDArray:
    """The picture itself, if it is one; nothing is copied.

    Args:
        photo: what came, as the argument of that name.
        wanted: what was expected, for the messages.
        smallest: how many pixels each side must have.
        why: what is in the way of smaller ones, for the message.

    Returns:
        The array: `(height, width)` or `(height, width, 1 or 3)`, floats in [0, 1] or bytes.

    Raises:
        TypeError, ValueError: `photo` is no such array, holds other numbers than these, or is too small.

    Example:
        >>> checked_photo(np.zeros((4, 5), dtype="uint8"), "a picture", 2, "").shape
        (4, 5)
    """
    if isinstance(getattr(photo, "images", None), list | np.ndarray):
        raise TypeError(f"photo must be {wanted}, got {described(photo)}: give one of its images, photo.images[0]")
    given = array("photo", photo, wanted, kinds="biuf")
    floats, bytes_ = given.dtype.kind == "f", given.dtype == np.uint8
    if given.ndim not in (2, 3) or (given.ndim == 3 and given.shape[2] not in (1, 3)) or not (floats or bytes_):
        raise ValueError(f"photo must be {wanted}, got {described(given)}{_helps(given)}")
    if min(given.shape[:2]) < smallest:
        raise ValueError(f"photo must be at least {smallest} pixels high and wide, got {described(given)}: {why}")
    if floats:
        low, high = float(finite("photo", given).min()), float(given.max())
        if low < 0 or high > 1:
            raise ValueError(f"photo must lie in [0, 1], got {span(low, high)}: {range_cure(low, high, 'photo')}")
    return given


def _helps(given: NDArray) -> str:
    """What makes one picture of an array of another shape or type, as the end of a message."""
    if given.ndim == 4:
        return ": photo[0] is the first of them"
    if given.ndim == 3 and given.shape[2] == 4:
        return ": read_images lays what is transparent on white, and photo[..., :3] leaves it out"
    if given.ndim == 3 and given.shape[0] in (1, 3):
        return ": np.moveaxis(photo, 0, 2) puts the colours last"
    if given.ndim in (2, 3) and given.dtype.kind in "iu":
        return f": photo.astype('float32') / {255 if not given.size or given.max() <= 255 else 65535}"
    return ": photo.astype('float32') makes floats of it" if given.dtype.kind == "b" else ""
