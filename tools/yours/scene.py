"""A picture with sixty bands and what is on it, as somebody may get them from a flight: computed, nobody flew."""

from __future__ import annotations

import functools
import io

import numpy as np
from scipy.io import savemat
from scipy.ndimage import gaussian_filter, uniform_filter

from aecourse.datasets import MATERIALS, load_spectra

HEIGHT, WIDTH, EVERY = 48, 64, 3
KINDS = ("soil", "dry plants", "asphalt", "tile roof", "shingle roof", "sand, gravel")  # labels 1 to 6
NO_DATA = -9999


@functools.cache
def _made() -> tuple[np.ndarray, np.ndarray]:
    """The cube in ten thousandths, int16 (48, 64, 60), and the kinds, uint8 (48, 64), 0 where they meet."""
    rng = np.random.default_rng(7)
    (x, y), _ = load_spectra()
    objects = np.zeros((HEIGHT, WIDTH), int)
    kinds = [0]
    objects[:, 34:] = _new(kinds, 1)
    objects[30:, :20] = _new(kinds, 0)
    objects[:12, 50:] = _new(kinds, 5)
    for row, column, high, wide in (
        (3, 4, 5, 6),
        (3, 13, 6, 5),
        (12, 4, 5, 7),
        (13, 14, 5, 5),
        (34, 40, 7, 9),
        (20, 50, 5, 6),
    ):
        objects[row : row + high, column : column + wide] = _new(kinds, 3 if (row + column) % 2 else 4)
    road = _new(kinds, 2)
    objects[24:28] = road
    objects[:, 28:31] = road
    chosen = [x[rng.choice(np.flatnonzero(y == MATERIALS.index(KINDS[kind])))] for kind in kinds]
    cube = np.stack(chosen)[objects][..., ::EVERY].astype(np.float64)
    cube = uniform_filter(cube, (2, 2, 0))  # a pixel sees a little of its neighbours
    light = gaussian_filter(rng.normal(0, 1, (HEIGHT, WIDTH)), 5)
    cube *= 0.85 + 0.2 * light[..., None] / np.abs(light).max()
    cube += rng.normal(0, 0.004, cube.shape)
    whole = np.clip(np.round(10_000 * cube), 1, 10_000).astype(np.int16)
    down, across = np.mgrid[:HEIGHT, :WIDTH]
    outside = down + 2 * across < 16  # where the flight line ends
    whole[outside] = NO_DATA
    said = np.array(kinds)[objects] + 1
    same = np.ones_like(outside)
    for axis in (0, 1):
        for step in (1, -1):
            same &= np.roll(objects, step, axis) == objects
    return whole, np.where(same & ~outside, said, 0).astype(np.uint8)


def _new(kinds: list[int], kind: int) -> int:
    kinds.append(kind)
    return len(kinds) - 1


def _matlab(name: str, values: np.ndarray) -> bytes:
    """A MATLAB file whose header names no machine and no time."""
    buffer = io.BytesIO()
    savemat(buffer, {name: values}, do_compression=True)
    written = buffer.getvalue()
    return b"MATLAB 5.0 MAT-file, made for a course".ljust(116) + written[116:]


def cube() -> bytes:
    """The scene, key `scene`."""
    return _matlab("scene", _made()[0])


def labels() -> bytes:
    """What is on it, key `scene_gt`."""
    return _matlab("scene_gt", _made()[1])
