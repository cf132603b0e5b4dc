"""Pages of text, clean, with what is written on them."""

from __future__ import annotations

import json

import numpy as np
from numpy.typing import NDArray

from aecourse.datasets.embedded import arrays, embedded

Pair = tuple[NDArray[np.float32], NDArray[np.str_]]
LEVELS = 15  # of grey, from black to white


def split_pages() -> tuple[Pair, Pair, Pair]:
    """Load pages in three parts: to fit models on, to choose among them, to judge the chosen one.

    Text and fonts of a part are in no other. A page has one font, in letters of 17 to 22 pixels, and is turned by less
    than a degree.

    Returns:
        Three pairs of pages, float32, shape `(n, 256, 512, 1)`, from black, 0, to white, 1, and of what is written on
        them, strings, shape `(n,)`: 40 pages to fit on, in eight fonts; 8 to choose on, in two others; 12 to judge on,
        in four others.

    Source: WordNet 3.0 for the text; `aecourse/data/sources.toml` names the fonts.

    Example:
        >>> [len(x) for x, _ in split_pages()]
        [40, 8, 12]
    """
    return _pages("fit"), _pages("valid"), _pages("test")


def load_known_pages() -> Pair:
    """Load twelve more pages to judge on, in the fonts of the pages to fit on; their text is in no other part.

    Returns:
        A pair as in `split_pages`.

    Example:
        >>> load_known_pages()[0].shape
        (12, 256, 512, 1)
    """
    return _pages("known")


def load_readings() -> dict[str, list[str]]:
    """Load what tesseract 5.3 read on pages of the lesson on reading, by the name of the version, a text a page.

    Example:
        >>> len(load_readings()["12: network"])
        12
    """
    return json.loads(embedded("readings.json"))


def _pages(part: str) -> Pair:
    stored = arrays("pages.npz")
    return stored[f"{part}_pages"][..., None].astype(np.float32) / np.float32(LEVELS), stored[f"{part}_texts"]
