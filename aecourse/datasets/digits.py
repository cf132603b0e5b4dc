"""MNIST's handwritten digits: 10,000 embedded, all 70,000 by download, or from a file."""

from __future__ import annotations

import io
import os
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from aecourse.checks import described, short
from aecourse.datasets.download import fetch
from aecourse.datasets.embedded import arrays

Pair = tuple[NDArray[np.float32], NDArray[np.int64]]
Split = tuple[Pair, Pair]
Bytes = tuple[NDArray[np.uint8], NDArray[np.uint8]]
_FITTED_ON = 7_000  # of the 8,000 training digits; models are chosen on the other 1,000

# The file that keras.datasets.mnist downloads, under the name by which Keras caches it.
_MNIST_NAME = "mnist.npz"
_MNIST_URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
_MNIST_SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
_MNIST_KEYS = ("x_train", "y_train", "x_test", "y_test")


def load_digits(*, full: bool = False, path: str | os.PathLike[str] | None = None) -> Split:
    """Load MNIST's handwritten digits: 8,000 to train on and 2,000 to test on, from a file embedded in the package.

    The embedded 10,000 are the first 10,000 of MNIST's 60,000 training images, shuffled; every class gives one image in
    five to the test set, and the split is the same on every machine. MNIST's own split (`full=True`) is another one:
    its training images contain the embedded ones, so do not test on these a model that was trained on those.

    Args:
        full: Load all of MNIST, 60,000 and 10,000 images, in its own split and order. Downloads 11 MB the first time,
            into Keras's cache (`$KERAS_HOME/datasets`, by default `~/.keras/datasets`), where `keras.datasets.mnist`
            shares it.
        path: Load an `.npz` file in Keras's mnist format: `x_train`, `x_test` with shape `(n, 28, 28)` and whole
            numbers 0 to 255, `y_train`, `y_test` with shape `(n,)` and whole numbers 0 to 9; any n above 0.

    Returns:
        `(x_train, y_train), (x_test, y_test)`. Images are float32 with shape `(n, 28, 28, 1)`, from 0 (paper) to 1
        (ink); labels are int64 with shape `(n,)`, 0 to 9.

    Raises:
        TypeError: `full` is not a bool, or `path` is neither a string nor a path.
        ValueError: `full` and `path` are given together, the file is damaged or not in the format above (0 and 1 in
            place of 0 and 255, say), or what was downloaded is not the file that was expected.
        FileNotFoundError: There is no file at `path`.
        ConnectionError: The download failed.
        OSError: The cache folder cannot be used; a PermissionError where it is read-only.

    Source: Yann LeCun, Corinna Cortes and Christopher J. C. Burges, The MNIST database of handwritten digits; CC BY-SA
    3.0. `aecourse/data/sources.toml` says how the embedded file was made.

    Example:
        >>> from aecourse.datasets import load_digits
        >>> (x_train, y_train), (x_test, y_test) = load_digits()
        >>> x_train.shape, y_train.shape, x_test.shape
        ((8000, 28, 28, 1), (8000,), (2000, 28, 28, 1))
        >>> float(x_train.min()), float(x_train.max())
        (0.0, 1.0)
    """
    if not isinstance(full, bool):
        raise TypeError(f"full is {described(full)}; expected True or False")
    if path is not None:
        from aecourse.files import place

        file = place(path, "an .npz file in Keras's mnist format")
        if full:
            raise ValueError("full=True and path= were given together; expected one of them")
        return _read_mnist(file)
    if full:
        return _read_mnist(fetch(_MNIST_NAME, _MNIST_URL, _MNIST_SHA256))
    train, test = stored_digits()
    return _scaled(*train), _scaled(*test)


def stored_digits() -> tuple[Bytes, Bytes]:
    """Return the embedded digits as they are stored, images `(n, 28, 28)` and labels, split as in `load_digits`."""
    stored = arrays("digits.npz")
    images, labels = stored["images"], stored["labels"]
    # Every fifth image, counted class by class, is a fifth of every class. The order within a class is drawn anew: in
    # the file's own order, a class's test images would stand evenly spaced. Both parts keep the file's order, which is
    # shuffled already (with seed 0).
    drawn = np.random.default_rng(1).permutation(len(labels))
    by_class = drawn[np.argsort(labels[drawn], kind="stable")]
    in_test = np.zeros(len(labels), dtype=bool)
    in_test[by_class[::5]] = True
    return (images[~in_test], labels[~in_test]), (images[in_test], labels[in_test])


def split_digits() -> tuple[Pair, Pair, Pair]:
    """Load the embedded digits in three parts: to fit models on, to choose among them, and to judge the chosen one.

    The first two are the training digits of `load_digits`, 7,000 and 1,000; the last are its 2,000 test digits.

    Returns:
        `(x_fit, y_fit), (x_valid, y_valid), (x_test, y_test)`, each as in `load_digits`.

    Example:
        >>> [len(x) for x, _ in split_digits()]
        [7000, 1000, 2000]
    """
    (x, y), test = load_digits()
    return (x[:_FITTED_ON], y[:_FITTED_ON]), (x[_FITTED_ON:], y[_FITTED_ON:]), test


def _scaled(images: NDArray, labels: NDArray) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Turn bytes `(n, height, width)` into float32 `(n, height, width, 1)` in [0, 1], and labels into int64."""
    return images[..., np.newaxis].astype(np.float32) / np.float32(255), labels.astype(np.int64)


def _read_mnist(path: Path) -> Split:
    """Read and check an `.npz` file in Keras's mnist format."""
    shown = short(path, 250)
    if not path.is_file():
        raise FileNotFoundError(f"path: there is no file {shown}; expected an .npz file with {', '.join(_MNIST_KEYS)}")
    with path.open("rb") as file:
        try:
            stored = _arrays(file, _MNIST_KEYS)
        except (ValueError, EOFError, NotImplementedError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
            raise ValueError(
                f"path: {shown} cannot be read: {short(error, 120)}. Expected an .npz file, whole, as numpy.savez "
                f"writes it, with the arrays {', '.join(_MNIST_KEYS)}."
            ) from error
    for part in ("train", "test"):
        images, labels = stored[f"x_{part}"], stored[f"y_{part}"]
        if images.ndim != 3 or images.shape[1:] != (28, 28) or len(images) == 0:
            raise ValueError(f"path: x_{part} in {shown} has shape {images.shape}; expected (n, 28, 28) with n above 0")
        if labels.shape != (len(images),):
            raise ValueError(
                f"path: y_{part} in {shown} has shape {labels.shape}; expected ({len(images)},), a label for each image"
            )
        for key, values, top in ((f"x_{part}", images, 255), (f"y_{part}", labels, 9)):
            if not np.issubdtype(values.dtype, np.integer):
                raise ValueError(f"path: {key} in {shown} holds {values.dtype}; expected whole numbers 0 to {top}")
            if values.min() < 0 or values.max() > top:
                raise ValueError(
                    f"path: {key} in {shown} goes from {values.min()} to {values.max()}; expected 0 to {top}"
                )
        if images.max() == 1:
            raise ValueError(
                f"path: x_{part} in {shown} goes from {images.min()} to 1; expected 0 to 255: divided by 255 again, it "
                "would be black. Save 255 times the images"
            )
    return _scaled(stored["x_train"], stored["y_train"]), _scaled(stored["x_test"], stored["y_test"])


def _arrays(file: BinaryIO, keys: tuple[str, ...]) -> dict[str, NDArray]:
    """Read the named arrays of an open `.npz` file, without pickle."""
    arrays = {}
    with zipfile.ZipFile(file) as archive:
        if missing := [key for key in keys if f"{key}.npy" not in archive.namelist()]:
            raise ValueError(f"it has no {', '.join(missing)}")
        for key in keys:
            # read() checks the stored checksum before NumPy parses a byte; np.load on the archive parses first.
            member = io.BytesIO(archive.read(f"{key}.npy"))
            if member.getvalue()[:6] != np.lib.format.MAGIC_PREFIX:
                raise ValueError(f"{key} is not an array")
            arrays[key] = np.load(member, allow_pickle=False)
    return arrays
