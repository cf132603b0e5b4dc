"""A grey photograph and a copy with painted dots that look like a reader's own, made from one that the course carries.

`tools.make_datasets` writes them to `aecourse/data/yours/`.
"""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageDraw
from skimage.color import lab2rgb, rgb2lab

from aecourse.datasets import split_photos

DOTS, RADIUS, RIM = 15, 4, 12  # how many, and pixels: of a dot, and from it to the picture's rim


def grey() -> bytes:
    """A cup of coffee as a grey JPEG file. The network has not been trained on this photograph."""
    buffer = io.BytesIO()
    _photograph().convert("L").save(buffer, "JPEG", quality=92)
    return buffer.getvalue()


def dots() -> bytes:
    """The same with fifteen dots, apart and unlike in colour: the true a and b, lighter or darker."""
    whole = _photograph()
    copy = Image.open(io.BytesIO(grey())).convert("RGB")
    draw, lab = ImageDraw.Draw(copy), rgb2lab(np.asarray(whole))
    for row, column in _places(lab):
        light, a, b = lab[row - 2 : row + 3, column - 2 : column + 3].mean(axis=(0, 1))
        fill = np.round(255 * lab2rgb([light + (30 if light < 50 else -30), a, b])).astype(int)
        box = (column - RADIUS, row - RADIUS, column + RADIUS, row + RADIUS)
        draw.ellipse(box, fill=tuple(fill.tolist()))
    buffer = io.BytesIO()
    copy.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _photograph() -> Image.Image:
    _, (photos, _), _ = split_photos()
    return Image.fromarray(np.round(255 * photos[0]).astype(np.uint8))


def _places(lab: np.ndarray) -> list[tuple[int, int]]:
    """Rows and columns: each the pixel that is least like those before it in colour, row and column."""
    from scipy.ndimage import uniform_filter

    smooth = np.stack([uniform_filter(lab[..., c], 9) for c in range(3)], axis=-1)
    rows = np.concatenate([smooth / [25, 12, 12], np.moveaxis(np.indices(lab.shape[:2]), 0, -1) / 90], axis=-1)
    inside = np.zeros(lab.shape[:2], bool)
    inside[RIM:-RIM, RIM:-RIM] = True
    spot = (lab.shape[0] // 2, lab.shape[1] // 2)
    found, unlike = [spot], np.where(inside, np.inf, -1)
    while len(found) < DOTS:
        unlike = np.minimum(unlike, np.square(rows - rows[spot]).sum(axis=-1))
        row, column = np.unravel_index(unlike.argmax(), unlike.shape)
        spot = int(row), int(column)
        found.append(spot)
    return found
