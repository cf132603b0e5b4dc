"""Watermarks: half-transparent text and logos laid over photographs.

A mark is a blend. Where it has opacity a and colour c, the photograph x becomes x̃ = (1 − a) · x + a · c. The opacity is
the same all over a mark, and falls to 0 within the pixel that its edge runs through.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from aecourse.checks import Seed, a_generator, described, images, number

WORDS = ("SAMPLE", "Preview", "COPY", "Draft", "PROOF", "Studio", "2026", "demo", "Private", "VOID")
LETTERS = "ABCDEFGHIJKLMNOPRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
FONTS = {
    "text": ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSansMono-Bold.ttf", "DejaVuSans-Oblique.ttf"),
    "other text": ("STIXGeneralBolIta.ttf", "STIXGeneral.ttf", "cmb10.ttf"),
}
LOGOS = {
    "logo": ("disc", "ring", "square", "frame", "triangle", "cross", "bars"),
    "other logo": ("star", "crescent", "heart", "spiral"),
}
KINDS = (*FONTS, *LOGOS)
HIGHEST, LONGEST = 500, 100  # pixels of a letter, and letters of a text: a mark is drawn whole, whatever it covers
FINE = 4  # a logo is drawn this many times larger, then shrunk: soft edges

Range = float | tuple[float, float]


def add_watermark(
    x: NDArray[np.float32],
    *,
    kind: str | Sequence[str] = ("text", "logo"),
    opacity: Range = (0.3, 0.8),
    size: Range = (14, 36),
    colour: tuple[float, float, float] | None = None,
    text: str | None = None,
    seed: Seed,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Lay a half-transparent mark over each picture, at any place and angle.

    Args:
        x: photographs in [0, 1], shape `(n, height, width, 3)`.
        kind: what is drawn: "text" (sans-serif), "logo" (discs, rings, squares, triangles, crosses, bars), "other text"
            (serif) or "other logo" (stars, crescents, hearts, spirals); of several, one for each picture.
        opacity: a number in [0, 1], or the range from which each picture's is drawn; 1 hides what lies below.
        size: height of a letter in pixels, 4 to 500, or the range from which it is drawn; a logo is half again as
            large.
        colour: red, green and blue in [0, 1]; by default every picture gets one of its own, half of them grey.
        text: what is written, at most 100 letters; by default a word, or random letters.
        seed: a whole number or a NumPy `Generator`.

    Returns:
        The marked pictures, float32, the shape of `x`; and the masks, float32, shape `(n, height, width, 1)`: the
        opacity of the mark in each pixel, 0 where there is none.

    Raises:
        TypeError: `seed` is neither, or `text` is no string of letters, or too long.
        ValueError: `x` is no such array or has no three channels, a kind is unknown, or a number is out of range.

    Example:
        >>> x = np.full((2, 64, 64, 3), 0.5, dtype="float32")
        >>> marked, mask = add_watermark(x, opacity=0.6, seed=0)
        >>> marked.shape, mask.shape, round(float(mask.max()), 3)
        ((2, 64, 64, 3), (2, 64, 64, 1), 0.6)
    """
    x, rng = images(x), a_generator(seed)
    if x.shape[-1] != 3:
        raise ValueError(f"x must hold colour pictures (n, height, width, 3), got {x.shape[-1]} channels: grey ones?")
    kinds = tuple(kind) if isinstance(kind, list | tuple) else (kind,)
    if not kinds or not all(isinstance(k, str) and k in KINDS for k in kinds):
        raise ValueError(f"kind must be one or several of {', '.join(KINDS)}, got {described(kind)}")
    opacities, sizes = _range("opacity", opacity, 0, 1), _range("size", size, 4, HIGHEST)
    if colour is not None and not _is_colour(colour):
        helps = ": divide by 255, if they are bytes" if isinstance(colour, list | tuple | np.ndarray) else ""
        raise ValueError(f"colour must be three numbers in [0, 1], got {described(colour)}{helps}")
    if text is not None and (not isinstance(text, str) or not text.strip() or len(text) > LONGEST):
        raise TypeError(f"text must be a string that is not blank, of at most {LONGEST} letters, got {described(text)}")
    mask = np.zeros((*x.shape[:3], 1), dtype=np.float32)
    colours = np.empty((len(x), 1, 1, 3), dtype=np.float32)
    for i in range(len(x)):
        tile = _mark(kinds[rng.integers(len(kinds))], rng.uniform(*sizes), text, rng)
        tile = tile.rotate(rng.uniform(-180, 180), Image.Resampling.BICUBIC, expand=True)
        mask[i, ..., 0] = _placed(tile, x.shape[1:3], rng) * rng.uniform(*opacities)
        grey, any_colour = rng.random(), rng.random(3)
        colours[i] = (grey if rng.random() < 0.5 else any_colour) if colour is None else colour
    marked = np.asarray((1 - mask) * x + mask * colours, dtype=np.float32)
    return marked, mask


def _is_colour(colour: object) -> bool:
    """Whether this is red, green and blue, each a number in [0, 1]."""
    if not isinstance(colour, list | tuple | np.ndarray) or len(colour) != 3:
        return False
    return all(isinstance(c, int | float | np.number) and 0 <= c <= 1 for c in colour)


def _mark(kind: str, height: float, text: str | None, rng: np.random.Generator) -> Image.Image:
    """The coverage of one mark, 0 to 255, upright."""
    if kind in LOGOS:
        shape = LOGOS[kind][rng.integers(len(LOGOS[kind]))]
        return _logo(shape, max(8, round(1.5 * height)))
    font = _font(FONTS[kind][rng.integers(len(FONTS[kind]))], round(height / 0.73))  # capitals: 0.73 of the font's size
    if text is None:
        random_letters = "".join(rng.choice(list(LETTERS), rng.integers(3, 8)))
        text = WORDS[rng.integers(len(WORDS))] if rng.random() < 0.5 else random_letters
    left, top, right, bottom = (round(side) for side in font.getbbox(text))
    tile = Image.new("L", (right - left + 4, bottom - top + 4))
    ImageDraw.Draw(tile).text((2 - left, 2 - top), text, fill=255, font=font)
    return tile


@functools.cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    import matplotlib as mpl

    return ImageFont.truetype(Path(mpl.get_data_path()) / "fonts" / "ttf" / name, size)


@functools.cache
def _logo(shape: str, size: int) -> Image.Image:
    """One shape, `size` pixels high and wide."""
    unit = FINE * size
    tile = Image.new("L", (unit, unit))
    draw = ImageDraw.Draw(tile)

    def turned(radius: Callable[[float], float], turns: float, points: int) -> list[tuple[float, float]]:
        """Points around the middle, `radius` (of half the side) at each share of the way."""
        way = [(i / points, 2 * math.pi * turns * i / points) for i in range(points + 1)]
        return [(unit / 2 * (1 + radius(s) * math.sin(a)), unit / 2 * (1 - radius(s) * math.cos(a))) for s, a in way]

    box, thick = (0, 0, unit - 1, unit - 1), unit // 7
    if shape in ("disc", "crescent"):
        draw.ellipse(box, fill=255)
    if shape == "crescent":
        draw.ellipse((unit * 0.3, -unit * 0.1, unit * 1.1, unit * 0.7), fill=0)
    elif shape == "ring":
        draw.ellipse(box, outline=255, width=thick)
    elif shape == "square":
        draw.rectangle(box, fill=255)
    elif shape == "frame":
        draw.rectangle(box, outline=255, width=thick)
    elif shape == "triangle":
        draw.polygon(turned(lambda _: 1, 1, 3), fill=255)
    elif shape == "cross":
        draw.line((0, 0, unit, unit), fill=255, width=thick)
        draw.line((0, unit, unit, 0), fill=255, width=thick)
    elif shape == "bars":
        for start in range(0, unit, 2 * thick):
            draw.rectangle((0, start, unit, start + thick), fill=255)
    elif shape == "star":
        draw.polygon(turned(lambda s: 1 if round(10 * s) % 2 == 0 else 0.45, 1, 10), fill=255)
    elif shape == "heart":
        draw.polygon(turned(lambda s: 0.25 + 0.75 * abs(math.sin(math.pi * s)) ** 0.6, 1, 60), fill=255)
    elif shape == "spiral":
        draw.line(turned(lambda s: 0.95 * s, 3, 120), fill=255, width=thick // 2, joint="curve")
    return tile.resize((size, size), Image.Resampling.BOX)


def _placed(tile: Image.Image, shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.float32]:
    """The coverage of a picture by a tile whose middle lies at any place of it, 0 to 1."""
    cover = Image.new("L", (shape[1], shape[0]))
    x, y = rng.uniform(0, shape[1]), rng.uniform(0, shape[0])
    cover.paste(tile, (round(x - tile.width / 2), round(y - tile.height / 2)))
    return np.asarray(cover, dtype=np.float32) / np.float32(255)


def _range(name: str, value: Range, low: float, high: float) -> tuple[float, float]:
    ends = value if isinstance(value, tuple | list) else (value, value)
    if len(ends) != 2:
        raise ValueError(f"{name} must be a number or a pair (low, high), got {described(value)}")
    first, last = (number(name, end, high=high) for end in ends)
    if not low <= first <= last:
        raise ValueError(f"{name} must lie in {low:g} to {high:g}, the lower end first, got {first:g} and {last:g}")
    return first, last
