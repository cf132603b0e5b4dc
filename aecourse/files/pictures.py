"""Pictures of the user's own, as they come from phones, scanners and the web, read as the course's bytes.

A picture is turned as its EXIF data say, transparent places are white, and palettes, CMYK and 16 bits become plain red,
green and blue, or grey. What cannot be read says why, and what helps.
"""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from aecourse.checks import described, listed, short

LETTERS = 250  # of a path or of somebody else's message that a message repeats
# What a folder of pictures may hold beside them, by ending: why it is no picture here, and what helps.
OTHERS = {
    **dict.fromkeys((".heic", ".heif"), "HEIC, which needs the package pillow-heif; export it as JPEG"),
    **dict.fromkeys((".dng", ".cr2", ".cr3", ".nef", ".arw", ".raf", ".orf", ".rw2"), "raw data; export as JPEG"),
    **dict.fromkeys((".mp4", ".mov", ".avi", ".mkv", ".webm", ".m4v"), "a film; save the frames that you want"),
    **dict.fromkeys((".svg", ".pdf", ".psd", ".ai"), "a drawing or document; export it as PNG"),
    **dict.fromkeys((".zip", ".rar", ".7z", ".tar", ".gz"), "an archive; unpack it first"),
}  # fmt: skip
UNREADABLE = (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, MemoryError, OverflowError)


class Picture(NamedTuple):
    """The pixels of a picture, bytes with shape `(height, width, 3)`, and whether its file holds nothing but grey."""

    pixels: NDArray[np.uint8]
    grey: bool


def place(path: object, wanted: str, *, name: str = "path") -> Path:
    """The path of a file or folder, `~` resolved.

    Raises:
        TypeError: it is neither a text nor a path.
        ValueError: it is empty, or the address of a web page.
    """
    if not isinstance(path, str | os.PathLike) or isinstance(os.fspath(path), bytes):
        raise TypeError(f"{name} is {described(path)}; expected {wanted}, as a string or a pathlib.Path")
    text = os.fspath(path)
    if not text.strip() or "\0" in text or len(text) > 4096:
        raise ValueError(f"{name} is {described(text)}; expected {wanted}")
    if "://" in text:
        raise ValueError(f"{name} is a web address, {short(text)}; expected {wanted}: download it first")
    return Path(path).expanduser()


def read_picture(file: Path) -> Picture:
    """Read one picture, upright and on white.

    Args:
        file: a picture in one of Pillow's formats; of a file with several pages or two eyes, the first is read.

    Returns:
        Its pixels and whether it is grey.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no picture, damaged, too large, or a film.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     Image.new("RGBA", (20, 10)).save(Path(folder) / "clear.png")
        ...     pixels, grey = read_picture(Path(folder) / "clear.png")
        >>> pixels.shape, int(pixels.min()), grey
        ((10, 20, 3), 255, False)
    """
    if not file.is_file():
        raise FileNotFoundError(f"path: there is no file {short(file, LETTERS)}; expected a picture")
    try:
        with warnings.catch_warnings():
            # Damaged EXIF data and 100 megapixels make Pillow warn: the one does not matter, the other is a phone's.
            warnings.simplefilter("ignore")
            with Image.open(file) as picture:
                if picture.format in ("GIF", "WEBP", "PNG", "AVIF") and getattr(picture, "is_animated", False):
                    frames = getattr(picture, "n_frames", 2)
                    raise ValueError(f"it moves, {frames} frames; save the one that you want")
                return _upright(picture)
    except Image.DecompressionBombError as error:
        raise ValueError(f"path: {_said(file, 'it has more than 178 million pixels; save it smaller')}") from error
    except UnidentifiedImageError as error:
        why = OTHERS.get(file.suffix.lower()) or ("the file is empty" if not file.stat().st_size else "no known format")
        raise ValueError(f"path: {_said(file, why)}") from error
    except UNREADABLE as error:
        raise ValueError(f"path: {_said(file, short(error, LETTERS))}") from error


def _said(file: Path, why: str) -> str:
    return f"{short(file, LETTERS)} cannot be read as an image: {why}"


def as_picture(picture: Image.Image) -> Picture:
    """A picture that Pillow holds open: decoded, turned as its EXIF data say, on white.

    Raises:
        ValueError: it cannot be decoded.
    """
    try:
        return _upright(picture)
    except UNREADABLE as error:
        raise ValueError(f"it cannot be read as an image: {short(error, LETTERS)}") from error


def _upright(picture: Image.Image) -> Picture:
    mode = picture.mode
    grey = mode.startswith(("1", "L", "I", "F")) and mode != "LAB"
    if mode.startswith(("I", "F")):
        picture = _bytes_of(picture)
    turned = ImageOps.exif_transpose(picture)
    if turned.has_transparency_data:
        clear = turned.convert("RGBA")
        turned = Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear)
    return Picture(np.asarray(turned.convert("RGB")), grey)


def _bytes_of(picture: Image.Image) -> Image.Image:
    """A grey picture of 16 bits, 32 bits or floats as one of bytes: Pillow itself would cut off what is above 255."""
    values = np.nan_to_num(np.asarray(picture, dtype=np.float64))
    high = values.max(initial=0)
    scale = 255 if picture.mode == "F" and high <= 1 else 1 / 257 if high > 255 or "16" in picture.mode else 1
    made = Image.fromarray(np.clip(np.round(values * scale), 0, 255).astype(np.uint8))
    made.info = dict(picture.info)  # with the EXIF data, which say how it is turned
    return made


def pictures_in(folder: Path) -> tuple[list[Path], list[str]]:
    """The files of a folder that may be pictures, by name, and what else was left out that somebody may miss.

    Hidden files, the notes that systems keep about a folder, and files of other kinds are left out without a word.

    Raises:
        ValueError: the pictures are in folders inside, and none in the folder itself.
    """
    endings = {ending for ending, kind in Image.registered_extensions().items() if kind in Image.OPEN}
    seen = sorted(file for file in folder.iterdir() if not file.name.startswith("."))
    files = [file for file in seen if file.is_file() and file.suffix.lower() in endings]
    others = set(OTHERS) - endings  # pillow-heif, where it is there, has told Pillow of HEIC
    left_out = [f"{file.name} ({OTHERS[file.suffix.lower()]})" for file in seen if file.suffix.lower() in others]
    inside = [file.name for file in seen if file.is_dir() and any(f.suffix.lower() in endings for f in file.iterdir())]
    if inside and not files:
        raise ValueError(
            f"path: {short(folder, LETTERS)} holds no pictures itself, but folders with some: {listed(inside)}. Give "
            "one of them, or a list of files: sorted(Path(folder).glob('*/*.jpg'))"
        )
    return files, left_out + [f"the folder {name}" for name in inside]


def tell(left_out: list[str], read: int) -> None:
    """Warn, in one line, of what was left out."""
    if left_out:
        what = "; ".join(short(text, 120) for text in left_out[:3])
        more = f"; and {len(left_out) - 3} more" if len(left_out) > 3 else ""
        warnings.warn(f"{read} pictures were read, {len(left_out)} left out: {what}{more}", stacklevel=4)
