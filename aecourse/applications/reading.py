"""A scan or a photograph of a page cleaned by the network of the lesson on reading, and read by an engine."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytesseract
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import find_objects, gaussian_filter, label

from aecourse.applications.pictures import checked_photo
from aecourse.backend import keras
from aecourse.files.saving import target, written
from aecourse.recipes import reading as lesson
from aecourse.weights import load_weights

SMALLEST = 16  # pixels on the shorter side
TILE, MARGIN = 512, 64  # what the network is given at once without its margin, multiples of 8
LARGEST_LETTER, GOOD_LETTER = 22, 12  # heights of an x in pixels: what was trained, and what larger ones become
SHARP_LETTER = 20  # below this a page is enlarged before it is read
WANTED = "one page of shape (height, width), or in colour, (height, width, 3), floats in [0, 1] or bytes"
INSTALL = (
    "Debian, Ubuntu: apt install tesseract-ocr tesseract-ocr-eng. macOS: brew install tesseract. conda: conda install "
    "-c conda-forge tesseract. Windows: the installer that the README names"
)


class NoEngineError(RuntimeError):
    """There is no tesseract on this machine."""


def has_engine() -> bool:
    """Whether tesseract is installed, with its English.

    Example:
        >>> has_engine() in (True, False)
        True
    """
    return shutil.which(pytesseract.pytesseract.tesseract_cmd) is not None and "eng" in _languages()


def clean_page(photo: NDArray) -> NDArray:
    """Clean a scan or a photograph of a page, so that an engine reads it better.

    The network of the lesson draws the page anew: black letters on white paper, without shade, stains, noise and what
    shines through from the other side. It was trained on printed letters that stand upright, with an x of 6 to 20
    pixels; a page with larger ones is made smaller for it and enlarged again. The comparisons `reading`,
    `reading_known` and `reading_clean` measure what an engine reads then.

    It is made for reading, not for looking: photographs and drawings on the page lose their greys, handwriting was
    never trained, and white letters on black stay a guess. A page that lies askew is to be turned upright first (the
    lesson's *Now yours* shows how).

    Args:
        photo: shape `(height, width)`, `(height, width, 1)` or, in colour, `(height, width, 3)`; floats in [0, 1] or
            bytes, at least 16 pixels a side, of any size.

    Returns:
        The page in grey, a new array `(height, width)`, of the type of `photo`.

    Raises:
        TypeError, ValueError: `photo` is no such array, holds other numbers than these, or is too small.

    Source: Ronneberger, Fischer and Brox, *U-Net*, 2015; weights as `aecourse/data/sources.toml` says.

    Example:
        >>> page = np.full((40, 64), 190, dtype="uint8")
        >>> clean_page(page).shape, clean_page(page).dtype
        ((40, 64), dtype('uint8'))
    """
    given = checked_photo(photo, WANTED, SMALLEST, "nothing so small is read")
    grey = _grey(given)
    size = letter_height(grey)
    shrink = GOOD_LETTER / size if size > LARGEST_LETTER else 1.0
    page = _resized(grey, tuple(max(SMALLEST, round(side * shrink)) for side in grey.shape)) if shrink < 1 else grey
    clean = _resized(_drawn(page), grey.shape) if shrink < 1 else _drawn(page)
    if given.dtype == np.uint8:
        return np.round(255 * clean).astype(np.uint8)
    return np.asarray(clean, dtype=given.dtype)


def read_page(photo: NDArray, *, block: bool = False) -> str:
    """Read what is printed on a page, line by line, with tesseract.

    Args:
        photo: as in `clean_page`, whose result it reads best.
        block: whether the page is one block of lines; otherwise the engine looks for columns, pictures and headings.

    Returns:
        The text, with its line breaks; empty where nothing is read.

    Raises:
        NoEngineError: tesseract is not installed; the message says how to install it.
        TypeError, ValueError: as in `clean_page`.

    Source: Smith, *An overview of the Tesseract OCR engine*, 2007.

    Example:
        >>> read_page(np.ones((40, 64))) if has_engine() else ""
        ''
    """
    picture = _for_the_engine(photo)
    with _one_thread():
        return pytesseract.image_to_string(picture, lang="eng", config=_options(block)).strip()


def save_searchable(photo: NDArray, path: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
    """Save a page as a PDF file whose text can be searched and copied.

    Args:
        photo: the page as it is to be seen, as in `clean_page`.
        path: a file that ends in .pdf, in a folder that is there.
        overwrite: whether a file that is there may be replaced.

    Returns:
        The path.

    Raises:
        NoEngineError: as in `read_page`.
        TypeError, ValueError: as in `clean_page`, or `path` has another ending.
        FileNotFoundError, FileExistsError: there is no such folder, or there is such a file.
    """
    picture = _for_the_engine(photo)
    place = target(path, (".pdf",), name="path", overwrite=overwrite)
    with _one_thread():
        content = pytesseract.image_to_pdf_or_hocr(picture, lang="eng", extension="pdf", config=_options(False))

    def write(part: Path) -> None:
        part.write_bytes(content)

    return written(place, write)


def letter_height(page: NDArray) -> float:
    """The height in pixels of most letters of a page `(height, width)` in [0, 1], about that of an x; 0 without any.

    Example:
        >>> letter_height(np.ones((64, 64)))
        0.0
    """
    dark = lesson.without_shade(page[None, ..., None].astype(np.float32))[0, ..., 0] < 0.7
    regions, _ = label(dark, np.ones((3, 3)))
    boxes = [tuple(s.stop - s.start for s in found) for found in find_objects(regions)]
    heights = [tall for tall, wide in boxes if tall >= 5 and 0.15 < wide / tall < 8 and tall < page.shape[0] / 2]
    return float(np.median(heights)) if len(heights) >= 5 else 0.0


def _grey(given: NDArray) -> NDArray[np.float32]:
    """One channel of floats in [0, 1]."""
    scale = np.float32(255 if given.dtype == np.uint8 else 1)
    if given.ndim == 2:
        return given.astype(np.float32) / scale
    return given.mean(axis=2, dtype=np.float32) / scale


def _resized(page: NDArray[np.float32], shape: tuple[int, ...]) -> NDArray[np.float32]:
    """The page at another size."""
    soft = gaussian_filter(page, max(0.0, 0.4 * (page.shape[0] / shape[0] - 1))) if shape[0] < page.shape[0] else page
    return np.clip(np.asarray(Image.fromarray(soft).resize(shape[::-1], Image.Resampling.BICUBIC)), 0, 1)


@functools.cache
def _network() -> keras.Model:
    """The lesson's network with the weights that the course carries."""
    network = lesson.reader()
    network.set_weights(load_weights("restorer"))
    return network


def _drawn(page: NDArray[np.float32]) -> NDArray[np.float32]:
    """What the network draws, tile by tile; each has a margin that is thrown away."""
    views = lesson.two_views(page[None, ..., None])[0]
    height, width = page.shape
    tall, wide = (min(TILE, side + -side % 8) for side in (height, width))
    sides = ((MARGIN, MARGIN + -height % tall), (MARGIN, MARGIN + -width % wide), (0, 0))
    views = np.pad(views, sides, mode="reflect")
    clean = np.empty((height, width), dtype=np.float32)
    for top in range(0, height, tall):
        for left in range(0, width, wide):
            tile = views[None, top : top + tall + 2 * MARGIN, left : left + wide + 2 * MARGIN]
            drawn = np.asarray(_said(tile))[0, MARGIN:-MARGIN, MARGIN:-MARGIN, 0]
            part = clean[top : top + tall, left : left + wide]
            part[:] = drawn[: part.shape[0], : part.shape[1]]
    return clean


def _said(views: NDArray[np.float32]) -> NDArray[np.float32]:
    """The network's answer to one tile."""
    return lesson.five_times(_network(), views)


def _for_the_engine(photo: object) -> Image.Image:
    """The page as tesseract reads it best: in grey, with letters that are not too small."""
    grey = _grey(checked_photo(photo, WANTED, SMALLEST, "nothing so small is read"))
    if not has_engine():
        raise NoEngineError(f"tesseract, or its English, is not installed. {INSTALL}.")
    if letter_height(grey) < SHARP_LETTER and max(grey.shape) < 4000:
        grey = _resized(grey, tuple(2 * side for side in grey.shape))
    return Image.fromarray(np.round(255 * grey).astype(np.uint8))


def _options(block: bool) -> str:
    return f"--psm {6 if block else 3} --dpi 300"


@functools.cache
def _languages() -> tuple[str, ...]:
    with _one_thread():
        return tuple(pytesseract.get_languages())


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """Let the engine compute with one thread: several are slower on a page."""
    before = os.environ.get("OMP_THREAD_LIMIT")
    os.environ["OMP_THREAD_LIMIT"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["OMP_THREAD_LIMIT"]
        else:
            os.environ["OMP_THREAD_LIMIT"] = before
