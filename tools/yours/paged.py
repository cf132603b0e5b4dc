"""A photographed page that looks like a reader's own, made from a page that the course carries.

`tools.make_datasets` writes it to `aecourse/data/yours/`.
"""

from __future__ import annotations

import io

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter
from skimage.transform import estimate_transform, warp

from aecourse.datasets import split_pages

SIZE = (660, 1120)  # height and width of the photograph
CORNERS = [(101, 118), (1003, 78), (1052, 596), (62, 560)]  # of the paper, from the upper left, clockwise


def photographed() -> bytes:
    """A page askew on a desk in the light of a lamp, as a JPEG file that lies on its side.

    An EXIF entry says that it has to be turned. No network has been trained on this page.
    """
    rng = np.random.default_rng(3)
    page = split_pages()[2][0][3, ..., 0]
    height, width = page.shape
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)])
    onto = estimate_transform("projective", np.array(CORNERS), corners)
    soft = gaussian_filter(page.astype(float), 0.3)
    cover = warp(np.ones_like(soft), onto, output_shape=SIZE)[..., None]
    lying = warp(soft, onto, output_shape=SIZE, cval=1.0, order=3)[..., None]
    rows, columns = np.indices(SIZE)
    lamp = np.exp(-(((columns - 250) / 700) ** 2) - ((rows - 120) / 520) ** 2)[..., None]
    grain = gaussian_filter(rng.normal(size=SIZE), (1, 30))[..., None]
    desk = np.array([0.42, 0.28, 0.18]) * (1 + 1.5 * grain)
    paper = np.array([0.93, 0.89, 0.80]) * (0.25 + 0.75 * np.clip(lying, 0, 1))
    lit = (cover * paper + (1 - cover) * desk) * (0.30 + 0.7 * lamp)
    noisy = gaussian_filter(lit, (0.9, 0.9, 0)) + rng.normal(0, 0.035, lit.shape)
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by a quarter to see it
    buffer = io.BytesIO()
    picture = Image.fromarray(np.round(255 * np.clip(noisy, 0, 1)).astype(np.uint8))
    picture.transpose(Image.Transpose.ROTATE_90).save(buffer, "JPEG", quality=70, exif=exif)
    return buffer.getvalue()
