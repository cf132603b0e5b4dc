"""Colour photographs, whole or cut into patches, split so that no photograph is in both training and test."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, overload

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from aecourse.datasets import files

Photo = NDArray[np.float32]
Photos = tuple[list[Photo], list[str]]
Patches = tuple[NDArray[np.float32], NDArray[np.str_]]
Paths = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]

TEST = ("chelsea", "china", "rocket")  # set before the first training, and never moved
SMALLEST = 8  # pixels on the shorter side


@overload
def load_photos(
    *, size: int = ..., stride: int | None = ..., whole: Literal[False] = ..., path: Paths | None = ...
) -> tuple[Patches, Patches]: ...
@overload
def load_photos(
    *, size: int = ..., stride: int | None = ..., whole: Literal[True], path: Paths | None = ...
) -> tuple[Photos, Photos]: ...


def load_photos(
    *, size: int = 64, stride: int | None = None, whole: bool = False, path: Paths | None = None
) -> tuple[Patches, Patches] | tuple[Photos, Photos]:
    """Load square patches of colour photographs, split by photograph: five to train on, three to test on.

    The embedded photographs are 400 pixels on the longer side. Test patches lie side by side; so do training patches,
    unless a smaller `stride` makes them overlap. What lies beyond the last whole patch is left out.

    Args:
        size: side of a patch in pixels, from 8 to the shortest side of the photographs.
        stride: pixels from one training patch to the next, at least 1; by default `size`.
        whole: return whole photographs instead of patches, in a list, as their sizes differ.
        path: photographs of your own: a folder, or a list of image files, two at least. In the order of their names
            (of the list), every fifth goes to the test set, beginning with the last.

    Returns:
        `(x_train, names_train), (x_test, names_test)`. Patches are float32 with shape `(n, size, size, 3)` in [0, 1],
        `names` an array of shape `(n,)` with the name of the photograph that each was cut from. With `whole`, a list of
        arrays `(height, width, 3)` and a list of names.

    Raises:
        TypeError: `whole` is not a bool, or `path` is neither a path nor a list of paths.
        ValueError: `size` or `stride` is out of range, a photograph is smaller than a patch, grey, or no readable
            image, or there are fewer than two photographs.
        FileNotFoundError: there is no file or folder at `path`.

    Source: `aecourse/data/sources.toml` names each photograph's author and licence.

    Example:
        >>> from aecourse.datasets import load_photos
        >>> (x_train, names_train), (x_test, names_test) = load_photos(size=64)
        >>> x_train.shape, sorted(set(names_test.tolist()))
        ((150, 64, 64, 3), ['chelsea', 'china', 'rocket'])
    """
    if not isinstance(whole, bool):
        raise TypeError(f"whole is {whole!r}; expected True or False")
    size = _at_least("size", size, SMALLEST)
    stride = size if stride is None else _at_least("stride", stride, 1)
    if path is None:
        with np.load(io.BytesIO(files.embedded("photos.npz")), allow_pickle=False) as archive:
            photos = {name: archive[name] for name in archive.files}
        in_test: set[str] = set(TEST)
    else:
        photos = _read(path)
        in_test = set([*photos][::-1][::5])
    if not whole:
        for name, photo in photos.items():
            if min(photo.shape[:2]) < size:
                raise ValueError(
                    f"size: a patch of {size} pixels does not fit into the photograph {name}, {photo.shape[1]} × "
                    f"{photo.shape[0]} pixels; expected a smaller size or a larger photograph"
                )
    parts = [{k: _scaled(v) for k, v in photos.items() if (k in in_test) == test} for test in (False, True)]
    if whole:
        train, test = ((list(part.values()), list(part)) for part in parts)
        return train, test
    return _patches(parts[0], size, stride), _patches(parts[1], size, size)


def _scaled(photo: NDArray[np.uint8]) -> Photo:
    return photo.astype(np.float32) / np.float32(255)


def _patches(photos: dict[str, Photo], size: int, stride: int) -> Patches:
    cut, names = [], []
    for name, photo in photos.items():
        windows = np.lib.stride_tricks.sliding_window_view(photo, (size, size), axis=(0, 1))[::stride, ::stride]
        # The window's axes come last: (rows, columns, 3, size, size).
        cut.append(windows.transpose(0, 1, 3, 4, 2).reshape(-1, size, size, 3))
        names += [name] * len(cut[-1])
    return np.concatenate(cut), np.array(names)


def _read(path: Paths) -> dict[str, NDArray[np.uint8]]:
    """Read the photographs of a folder or a list, by file name without its ending."""
    if isinstance(path, str | os.PathLike):
        folder = Path(path)
        if not folder.exists():
            raise FileNotFoundError(f"path: there is no folder {folder}; expected a folder of photographs")
        endings = {ending for ending, kind in Image.registered_extensions().items() if kind in Image.OPEN}
        paths = sorted(p for p in folder.iterdir() if p.suffix.lower() in endings) if folder.is_dir() else [folder]
    elif isinstance(path, Sequence) and all(isinstance(p, str | os.PathLike) for p in path):
        paths = [Path(p) for p in path]
    else:
        raise TypeError(f"path is {path!r}; expected a folder or a list of image files")
    photos: dict[str, NDArray[np.uint8]] = {}
    for file in paths:
        name = file.stem if file.stem not in photos else str(file)
        photos[name] = _read_one(file)
    if len(photos) < 2:
        raise ValueError(f"path: {path} holds {len(photos)} photographs; expected two at least, to train and to test")
    return photos


def _read_one(file: Path) -> NDArray[np.uint8]:
    if not file.is_file():
        raise FileNotFoundError(f"path: there is no file {file}; expected a photograph")
    try:
        with Image.open(file) as picture:
            mode, pixels = picture.mode, np.asarray(picture.convert("RGB"))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ValueError(f"path: {file} cannot be read as an image: {error}") from error
    if mode.startswith(("1", "L", "I", "F")):
        raise ValueError(f"path: {file} is a greyscale image (mode {mode}); expected a colour photograph")
    if min(pixels.shape[:2]) < SMALLEST:
        raise ValueError(
            f"path: {file} is {pixels.shape[1]} × {pixels.shape[0]} pixels; expected a photograph of {SMALLEST} × "
            f"{SMALLEST} at least"
        )
    return pixels


def _at_least(name: str, value: object, low: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < low:
        raise ValueError(f"{name} must be a whole number of at least {low}, got {value!r}")
    return int(value)
