"""Pages set in free fonts, with text from WordNet: those that the course carries, and those that a training draws.

Fonts and text come from Debian packages, unpacked into one folder:

    mkdir type; cd type
    apt-get download wordnet-base fonts-…   # the names stand in PACKAGES
    for package in *.deb; do dpkg -x $package .; done
"""

from __future__ import annotations

import functools
import math
import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

PACKAGES = {
    "wordnet-base": "1:3.0-37",
    "fonts-ebgaramond": "0.016+git20210310.42d4f9f2-1",
    "fonts-cantarell": "0.303.1-1",
    "fonts-courier-prime": "0+git20190115-3",
    "fonts-linuxlibertine": "5.3.0-6",
    "fonts-sil-gentium-basic": "1.102-1.1",
    "fonts-open-sans": "1.11-2",
    "fonts-liberation": "1:1.07.4-11",
    "fonts-lato": "2.0-2.1",
    "fonts-oldstandard": "2.2really-4",
    "fonts-vollkorn": "4.105-2",
}
# Fonts that no training sees: the first four are judged on, the others chosen on.
TEST = ("EBGaramond12-Regular.otf", "Cantarell-Regular.otf", "Courier Prime.otf", "LinLibertine_R.otf")
VALID = ("GenBasR.ttf", "OpenSans-Regular.ttf")
SEEN = (
    "LiberationSerif-Regular.ttf",
    "LiberationSans-Regular.ttf",
    "LiberationMono-Regular.ttf",
    "Lato-Regular.ttf",
    "OldStandard-Regular.ttf",
    "Vollkorn-Regular.ttf",
    "LiberationSerif-Italic.ttf",
    "LiberationSans-Bold.ttf",
)
HEIGHT, WIDTH = 256, 512
# WordNet explains every word: what nobody wants to meet on a page is left out of the pages that the course carries.
UNPLEASANT = re.compile(
    r"offens|slur|obscen|vulgar|dispar|derog|ethnic|negro|black person|jew|nazi|sex|genital|prostitut|rape|rapist|kill"
    r"|murder|slave|penis|vagin|intercourse|breast|feces|excre|urin|suicid|tortur|execut|corpse|death|pregnan|cancer"
    r"|drug|herpe|syphil|terror|genocid|racial|race |homosex|lesbian|erot|nude|naked|whore|savage|retard|idiot|fat ",
    re.IGNORECASE,
)
PLAIN = re.compile(r"[A-Za-z0-9 ,.'();:-]{30,119}")


@functools.cache
def font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    """A font at a size in pixels."""
    return ImageFont.truetype(path, size)


def glosses(folder: Path) -> tuple[list[str], list[str]]:
    """WordNet's explanations of words as sentences, those to learn from and 1,000 that no training sees."""
    found: dict[str, None] = {}
    for kind in ("noun", "verb", "adj", "adv"):
        (file,) = folder.glob(f"**/wordnet/data.{kind}")
        for line in file.read_text(encoding="latin-1").splitlines():
            gloss = line.partition(" | ")[2].partition('; "')[0].strip()
            if PLAIN.fullmatch(gloss):
                found[gloss[0].upper() + gloss[1:] + "."] = None
    texts = [*found]
    order = np.random.default_rng(1).permutation(len(texts))
    return [texts[i] for i in order[1000:]], [texts[i] for i in order[:1000]]


def set_page(
    words: list[str],
    typeface: ImageFont.FreeTypeFont,
    *,
    leading: float,
    tilt: float,
    size: tuple[int, int] = (HEIGHT, WIDTH),
) -> tuple[NDArray[np.uint8], str]:
    """A page filled with words line by line, turned by `tilt` degrees, and the text on it."""
    height, width = size
    page = Image.new("L", (width, height), 255)
    draw = ImageDraw.Draw(page)
    lines, top, next_word = [], 10.0, 0
    while top < height - 1.6 * typeface.size:
        line = ""
        while draw.textlength(line + words[next_word], font=typeface) < width - 24:
            line += words[next_word] + " "
            next_word += 1
        draw.text((12, round(top)), line, font=typeface, fill=0)
        lines.append(line.strip())
        top += leading * typeface.size
    turned = page.rotate(tilt, Image.Resampling.BICUBIC, fillcolor=255)
    return np.asarray(turned), " ".join(lines)


def pages_of(
    texts: list[str], fonts: tuple[str, ...], count: int, folder: Path, rng: np.random.Generator
) -> tuple[list[NDArray[np.uint8]], list[str], list[str]]:
    """Pages, each in the next font, with what is written on them and the names of the fonts."""
    pages, read, names = [], [], []
    texts = [text for text in texts if not UNPLEASANT.search(text)]
    for i in range(count):
        (path,) = folder.glob(f"**/{fonts[i % len(fonts)]}")
        words = " ".join(texts[j] for j in rng.integers(len(texts), size=16)).split()
        page, text = set_page(
            words, font(path, int(rng.integers(17, 23))), leading=1.45, tilt=float(rng.uniform(-0.7, 0.7))
        )
        pages.append(page)
        read.append(text)
        names.append(path.stem)
    return pages, read, names


def letter_size(rng: np.random.Generator, low: int, high: int) -> int:
    """A size of letters in pixels: as often between 12 and 18 as between 18 and 27."""
    return round(math.exp(rng.uniform(math.log(low), math.log(high))))
