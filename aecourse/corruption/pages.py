"""Pages of text as a bad scan brings them: shade, uneven ink, fibre, the other side, rings of cups, noise, JPEG."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter, zoom

from aecourse.checks import Seed, a_generator, images, number

Page = NDArray[np.float64]
COARSE = 8  # shade is drawn so many times smaller: it is smooth


def scan_badly(x: NDArray[np.float32], *, strength: float = 1.0, seed: Seed) -> NDArray[np.float32]:
    """Damage each page as age, cups and a scanner do.

    The ink fades unevenly and runs; the paper has shade and fibre; the other side shows through (it is the next page,
    mirrored); up to two cups have left rings; the scanner adds noise and dust and writes a JPEG file. Nothing moves:
    each letter stays in its place.

    Args:
        x: pages in [0, 1], black on white, shape `(n, height, width, 1)`.
        strength: how bad it is, from 0 (only JPEG) to 2; each page draws its own damage.
        seed: a whole number or a NumPy `Generator`.

    Returns:
        The scans, float32, the shape of `x`.

    Raises:
        TypeError: `seed` is neither.
        ValueError: `x` holds no such pages, or `strength` is out of range.

    Example:
        >>> pages = np.ones((2, 64, 96, 1), dtype="float32")
        >>> scans = scan_badly(pages, seed=0)
        >>> scans.shape, bool(scans.min() < 0.9)
        ((2, 64, 96, 1), True)
    """
    x, rng, strength = images(x), a_generator(seed), number("strength", strength, high=2)
    if strength < 0:
        raise ValueError(f"strength must lie in 0 to 2, got {strength:g}")
    if x.shape[-1] != 1:
        raise ValueError(f"x must hold grey pages (n, height, width, 1), got {x.shape[-1]} channels: x.mean(-1) is one")
    pages = [_scan(x[i, ..., 0], x[(i + 1) % len(x), ..., 0], strength, rng) for i in range(len(x))]
    return np.stack(pages)[..., None] if pages else x.copy()


def _scan(page: NDArray, other: NDArray, strength: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """One page; `other` is on its back."""
    shape, uniform = page.shape, rng.uniform
    ink = gaussian_filter(1.0 - page, strength * uniform(0.4, 1.0))
    ink = np.clip(ink * (1 + strength * uniform(0, 0.12) * _cloud(shape, 3, rng)), 0, 1)
    dark = 1 - strength * uniform(0.15, 0.55)  # how dark the ink is
    paper = 1 - strength * uniform(0.05, 0.4) + strength * 0.35 * uniform(0.3, 1) * _shade(shape, rng)
    paper = paper + strength * uniform(0.02, 0.06) * _cloud(shape, uniform(0.7, 2), rng)  # fibre
    behind = gaussian_filter(1.0 - other[:, ::-1], uniform(0.8, 1.8)) * strength * uniform(0.03, 0.25)
    scan = paper * (1 - max(dark, 0.1) * ink) * (1 - behind)
    for _ in range(rng.integers(3)):
        scan = scan * _cup(shape, strength, rng)
    scan = scan + rng.normal(size=shape) * strength * uniform(0.03, 0.10)
    dust, share = rng.random(shape), strength * uniform(0, 0.02)
    scan = np.where(dust < share / 2, 0, np.where(dust < share, 1, scan))
    return _jpeg(scan, int(uniform(30, 80)))


def _cloud(shape: tuple[int, ...], width: float, rng: np.random.Generator) -> Page:
    """Noise of a certain coarseness, of spread 1."""
    noise = gaussian_filter(rng.normal(size=shape), width)
    return noise / max(noise.std(), 1e-9)


def _shade(shape: tuple[int, ...], rng: np.random.Generator) -> Page:
    """Light and shadow across the page, in [-1, 1]."""
    small = tuple(-(-side // COARSE) + 2 for side in shape)
    noise = gaussian_filter(rng.normal(size=small), rng.uniform(25, 60) / COARSE)
    wide = zoom(noise, COARSE, order=1)[: shape[0], : shape[1]]
    return wide / max(np.abs(wide).max(), 1e-9)


def _cup(shape: tuple[int, ...], strength: float, rng: np.random.Generator) -> Page:
    """What a cup has left: a ring, and a stain within."""
    middle, radius = rng.uniform(0, 1, 2) * shape, rng.uniform(40, 110)
    far = np.hypot(*(np.indices(shape) - middle[:, None, None]))
    ring = np.exp(-(((far - radius) / rng.uniform(2, 6)) ** 2))
    return 1 - strength * (rng.uniform(0.15, 0.45) * ring + rng.uniform(0, 0.15) * (far < radius))


def _jpeg(scan: Page, quality: int) -> NDArray[np.float32]:
    """The scan as a JPEG file gives it back."""
    file = io.BytesIO()
    Image.fromarray(np.round(255 * np.clip(scan, 0, 1)).astype(np.uint8)).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file), dtype=np.float32) / np.float32(255)
