"""Colour photographs, split so that none is in both training and test."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from aecourse.checks import described, short
from aecourse.datasets.embedded import arrays

Photo = NDArray[np.float32]
Photos = tuple[list[Photo], list[str]]
Paths = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]

VALID = ("coffee",)  # of the embedded training photographs, the one to choose on
TEST = ("chelsea", "china", "rocket")  # set before the first training, and never moved
SMALLEST = 8  # pixels on the shorter side


def load_photos(*, path: Paths | None = None) -> tuple[Photos, Photos]:
    """Load colour photographs, five to train on and three to test on.

    The embedded photographs are 400 pixels on the longer side. `load_patches` cuts them into squares of one size.

    Args:
        path: photographs of your own: a folder, or a list of image files, two at least. In the order of their names
            (of the list), every fifth goes to the test set, beginning with the last. They are turned as their EXIF data
            say, and what is transparent is white.

    Returns:
        `(x_train, names_train), (x_test, names_test)`: lists, as sizes differ, of float32 arrays with shape
        `(height, width, 3)` in [0, 1], and of the photographs' names.

    Raises:
        TypeError: `path` is neither a path nor a list of paths.
        ValueError: fewer than two photographs can be read, or all of them are in folders inside the folder.
        FileNotFoundError: there is no file or folder at `path`.

    Warns:
        UserWarning: files were left out: grey, too small, or no image that can be read.

    Source: `aecourse/data/sources.toml` names each photograph's author and licence.

    Example:
        >>> from aecourse.datasets import load_photos
        >>> (x_train, names_train), (x_test, names_test) = load_photos()
        >>> len(x_train), names_test
        (5, ['chelsea', 'china', 'rocket'])
    """
    photos = arrays("photos.npz") if path is None else _read(path)
    in_test = set(TEST) if path is None else set([*photos][::-1][::5])
    scaled = {name: photo.astype(np.float32) / np.float32(255) for name, photo in photos.items()}
    return _of(scaled, [name for name in scaled if name not in in_test]), _of(
        scaled, [n for n in scaled if n in in_test]
    )


def split_photos() -> tuple[Photos, Photos, Photos]:
    """Load the embedded photographs in three parts: to fit models on, to choose among them, to judge the chosen one.

    Returns:
        Three pairs as in `load_photos`: four of its training photographs, the fifth (a cup of coffee), and its test
        photographs.

    Example:
        >>> [names for _, names in split_photos()][1:]
        [['coffee'], ['chelsea', 'china', 'rocket']]
    """
    (photos, names), test = load_photos()
    by_name = dict(zip(names, photos, strict=True))
    return _of(by_name, [name for name in names if name not in VALID]), _of(by_name, VALID), test


def _of(photos: dict[str, Photo], names: Sequence[str]) -> Photos:
    return [photos[name] for name in names], list(names)


def _read(path: Paths) -> dict[str, NDArray[np.uint8]]:
    """Read the photographs of a folder or a list, by file name without its ending; say what was left out."""
    # Imported here: the embedded photographs need no Pillow.
    from aecourse.files import LETTERS, pictures_in, place, read_picture, tell

    wanted = "a folder or a list of image files"
    left_out: list[str] = []
    if isinstance(path, str | os.PathLike):
        folder = place(path, wanted)
        if not folder.exists():
            raise FileNotFoundError(f"path: there is no folder {short(folder, LETTERS)}; expected one of photographs")
        paths, left_out = pictures_in(folder) if folder.is_dir() else ([folder], [])
    elif isinstance(path, Sequence) and all(isinstance(p, str | os.PathLike) for p in path):
        paths = [place(p, "an image file") for p in path]
    else:
        raise TypeError(f"path is {described(path)}; expected {wanted}")
    photos: dict[str, NDArray[np.uint8]] = {}
    for file in paths:
        try:
            pixels, grey = read_picture(file)
        except ValueError as error:
            left_out.append(f"{file.name} ({str(error).rpartition('as an image: ')[2]})")
            continue
        if grey or min(pixels.shape[:2]) < SMALLEST:
            size = f"{pixels.shape[1]} × {pixels.shape[0]} pixels, fewer than {SMALLEST} on a side"
            left_out.append(f"{file.name} ({'grey, not in colour' if grey else size})")
            continue
        photos[file.stem if file.stem not in photos else str(file)] = pixels
    if len(photos) < 2:
        why = f". Left out: {'; '.join(short(text, 120) for text in left_out[:3])}" if left_out else ""
        raise ValueError(f"path: it holds {len(photos)} photographs; expected two at least, to train and to test{why}")
    tell(left_out, len(photos))
    return photos
