"""A marked photograph that looks like a reader's own, made from a photograph that the course carries.

`tools.make_datasets` writes it to `aecourse/data/yours/`.
"""

from __future__ import annotations

import io
from pathlib import Path

import matplotlib as mpl
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from aecourse.datasets import split_photos

TEXT, SMALL, OPACITY, TILT = "PROOF  ·  2026", "© a friend of the course", 0.5, 18
LARGE_LETTERS, SMALL_LETTERS = 34, 12  # points, which are pixels here


def photograph() -> bytes:
    """A pagoda with a large, slanted mark and a small line of writing, as a JPEG file that lies on its side.

    An EXIF entry says that it has to be turned. The network has not been trained on this photograph.
    """
    _, _, (photos, names) = split_photos()
    photo = photos[names.index("china")]
    size = photo.shape[1::-1]
    large, small = Image.new("L", size), Image.new("L", size)
    ImageDraw.Draw(large).text(
        (size[0] / 2, size[1] / 2), TEXT, fill=255, font=font("DejaVuSans-Bold", LARGE_LETTERS), anchor="mm"
    )
    ImageDraw.Draw(small).text(
        (size[0] - 8, size[1] - 8), SMALL, fill=255, font=font("DejaVuSans", SMALL_LETTERS), anchor="rs"
    )
    cover = np.maximum(np.asarray(large.rotate(TILT, Image.Resampling.BICUBIC)), np.asarray(small)) / 255
    a = OPACITY * cover[..., None]
    pixels = np.round(255 * ((1 - a) * photo + a)).astype(np.uint8)
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by a quarter to see it
    buffer = io.BytesIO()
    Image.fromarray(pixels).transpose(Image.Transpose.ROTATE_90).save(buffer, "JPEG", quality=90, exif=exif)
    return buffer.getvalue()


def font(name: str, points: int) -> ImageFont.FreeTypeFont:
    """A font that Matplotlib carries."""
    return ImageFont.truetype(Path(mpl.get_data_path()) / "fonts" / "ttf" / f"{name}.ttf", points)
