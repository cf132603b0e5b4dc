"""Square patches of photographs, as a network takes them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aecourse.checks import whole_number
from aecourse.datasets.photos import SMALLEST, Paths, Photos, load_photos, split_photos

Patches = tuple[NDArray[np.float32], NDArray[np.str_]]


def load_patches(*, size: int = 64, stride: int | None = None, path: Paths | None = None) -> tuple[Patches, Patches]:
    """Load square patches of colour photographs, split by photograph as in `load_photos`.

    Test patches lie side by side; so do training patches, unless a smaller `stride` makes them overlap. What lies
    beyond the last whole patch is left out.

    Args:
        size: side of a patch in pixels, from 8 to the shortest side of the photographs.
        stride: pixels from one training patch to the next, at least 1; by default `size`.
        path: photographs of your own, as in `load_photos`.

    Returns:
        `(x_train, names_train), (x_test, names_test)`: float32 with shape `(n, size, size, 3)` in [0, 1], and an array
        of shape `(n,)` with the name of the photograph that each was cut from.

    Raises:
        TypeError: as in `load_photos`.
        ValueError: `size` or `stride` is out of range, a photograph is smaller than a patch, or as in `load_photos`.
        FileNotFoundError: there is no file or folder at `path`.

    Example:
        >>> from aecourse.datasets import load_patches
        >>> (x_train, names_train), (x_test, names_test) = load_patches(size=64)
        >>> x_train.shape, sorted(set(names_test.tolist()))
        ((150, 64, 64, 3), ['chelsea', 'china', 'rocket'])
    """
    size, stride = _sides(size, stride)
    train, test = load_photos(path=path)
    return _cut(train, size, stride), _cut(test, size, size)


def split_patches(*, size: int = 64, stride: int | None = None) -> tuple[Patches, Patches, Patches]:
    """Load patches of the embedded photographs in three parts, split by photograph as in `split_photos`.

    Args:
        size: as in `load_patches`.
        stride: as in `load_patches`, for the patches to fit on and those to choose on.

    Returns:
        Three pairs as in `load_patches`: to fit models on, to choose among them, and to judge the chosen one.

    Raises:
        ValueError: `size` or `stride` is out of range, or a photograph is smaller than a patch.

    Example:
        >>> [len(x) for x, _ in split_patches(size=64)]
        [126, 24, 72]
    """
    size, stride = _sides(size, stride)
    fit, valid, test = split_photos()
    return _cut(fit, size, stride), _cut(valid, size, stride), _cut(test, size, size)


def _sides(size: int, stride: int | None) -> tuple[int, int]:
    size = whole_number("size", size, low=SMALLEST)
    return size, size if stride is None else whole_number("stride", stride)


def _cut(photos: Photos, size: int, stride: int) -> Patches:
    patches, names = [], []
    for photo, name in zip(*photos, strict=True):
        if min(photo.shape[:2]) < size:
            raise ValueError(
                f"size: a patch of {size} pixels does not fit into the photograph {name}, {photo.shape[1]} × "
                f"{photo.shape[0]} pixels; expected a smaller size or a larger photograph"
            )
        windows = np.lib.stride_tricks.sliding_window_view(photo, (size, size), axis=(0, 1))[::stride, ::stride]
        # The window's axes come last: (rows, columns, 3, size, size).
        patches.append(windows.transpose(0, 1, 3, 4, 2).reshape(-1, size, size, 3))
        names += [name] * len(patches[-1])
    return np.concatenate(patches), np.array(names)
