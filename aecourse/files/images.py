"""Pictures of one's own as arrays, and arrays as picture files."""

from __future__ import annotations

import glob
import io
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aecourse.checks import as_array, described, short, whole_number
from aecourse.files.pictures import LETTERS, Picture, as_picture, pictures_in, place, read_picture, tell
from aecourse.files.saving import target, written

Where: TypeAlias = str | os.PathLike[str] | Image.Image | Sequence[str | os.PathLike[str] | Image.Image]
WANTED = "a picture, a folder, a pattern such as 'photos/*.jpg', a Pillow image, or a list of pictures"
ENDINGS = (".png", ".jpg", ".jpeg", ".webp")


class Pictures(NamedTuple):
    """What was read.

    `images`: float32 in [0, 1], an array with shape `(n, height, width, channels)` where a size or patches were asked
    for, otherwise a list of arrays with shape `(height, width, channels)`. `names`: the files' names without ending.
    `labels`: the names of the folders they lie in, where asked for, otherwise empty. `skipped`: what was not read, and
    why.
    """

    images: Any
    names: list[str]
    labels: list[str]
    skipped: list[str]


def read_images(
    where: Where,
    *,
    size: int | tuple[int, int] | None = None,
    grey: bool = False,
    patches: int | None = None,
    labels: bool = False,
) -> Pictures:
    """Read pictures of one's own: turned as their EXIF data say, transparency on white, any mode, 8 or 16 bits.

    Args:
        where: a picture, a folder, a pattern such as "photos/*.jpg", a Pillow image, or a list of pictures.
        size: `(height, width)`, or one number for both: each picture is cut to these proportions around its middle and
            resized.
        grey: one channel instead of three (ITU-R BT.601 luma).
        patches: cut each picture into squares of so many pixels, side by side from its middle; the rest is left out.
        labels: read the folders inside a folder, and name each picture's folder.

    Returns:
        `Pictures(images, names, labels, skipped)`.

    Raises:
        TypeError: `where` is nothing of what is named above.
        FileNotFoundError: there is no such file or folder.
        ValueError: nothing there can be read; a number is out of range; `size` comes with `patches`.

    Warns:
        UserWarning: some files were skipped.

    Example:
        >>> one = Image.new("L", (40, 30), 255)
        >>> read_images([one, one], size=20, grey=True).images.shape
        (2, 20, 20, 1)
    """
    shape = _shape(size)
    if patches is not None:
        whole_number("patches", patches)
    if shape and patches:
        raise ValueError("size and patches cannot be asked for at once: patches are squares of the picture as it is")
    found, skipped = _found(where, labels)
    images: list[NDArray[np.float32]] = []
    names: list[str] = []
    kinds: list[str] = []
    for source, name, label in found:
        try:
            picture = as_picture(source) if isinstance(source, Image.Image) else read_picture(source)
            made = list(_made(picture, shape, grey, patches))
        except ValueError as error:
            if len(found) == 1:
                raise
            skipped.append(f"{name} ({str(error).rpartition('as an image: ')[2]})")
            continue
        images += made
        names += [name] * len(made)
        kinds += [label] * len(made) if labels else []
    if not images:
        why = f": {'; '.join(short(text, 120) for text in skipped[:3])}" if skipped else ""
        raise ValueError(f"where: none of the {len(found)} files could be read as a picture{why}")
    tell(skipped, len(set(names)))
    stacked = shape is not None or patches is not None
    return Pictures(np.stack(images) if stacked else images, names, kinds, skipped)


def _shape(size: object) -> tuple[int, int] | None:
    if size is None:
        return None
    sides = size if isinstance(size, tuple | list) else (size, size)
    if len(sides) != 2:
        raise ValueError(f"size must be (height, width) or one whole number, got {described(size)}")
    return whole_number("size", sides[0]), whole_number("size", sides[1])


Found: TypeAlias = list[tuple[Path | Image.Image, str, str]]  # what to read, its name, its folder's name


def _found(where: object, labels: bool) -> tuple[Found, list[str]]:
    """The pictures that are meant, and what lies beside them that is none."""
    if isinstance(where, Image.Image):
        return [(where, _name_of(where, 0), "")], []
    if isinstance(where, str | os.PathLike):
        return _at(place(where, WANTED, name="where"), labels)
    if not isinstance(where, Sequence) or not all(isinstance(w, str | os.PathLike | Image.Image) for w in where):
        raise TypeError(f"where is {described(where)}; expected {WANTED}")
    found: Found = []
    skipped: list[str] = []
    for i, one in enumerate(where):
        if isinstance(one, Image.Image):
            found.append((one, _name_of(one, i), ""))
        else:
            more, others = _at(place(one, "a picture", name=f"where[{i}]"), labels)
            found += more
            skipped += others
    if not found:
        raise ValueError(f"where is {described(where)}; expected {WANTED}")
    return found, skipped


def _name_of(image: Image.Image, place: int) -> str:
    return Path(getattr(image, "filename", "") or f"image {place}").stem


def _at(path: Path, labels: bool) -> tuple[Found, list[str]]:
    """The pictures at a path: one file, those of a folder, or those that a pattern fits."""
    if path.is_dir():
        files, skipped = _in_folder(path, labels)
        if not files:
            beside = f", only {'; '.join(short(text, 80) for text in skipped[:3])}" if skipped else ""
            raise ValueError(f"where: the folder {short(path, LETTERS)} holds no pictures{beside}")
        return [(file, file.stem, file.parent.name) for file in files], skipped
    if not path.exists() and glob.has_magic(str(path)):
        files = sorted(Path(name) for name in glob.glob(str(path), recursive=True))
        files = [file for file in files if file.is_file() and not file.name.startswith(".")]
        if not files:
            raise FileNotFoundError(f"where: no file fits the pattern {short(path, LETTERS)}")
        return [(file, file.stem, file.parent.name) for file in files], []
    return [(path, path.stem, path.parent.name)], []


def _in_folder(folder: Path, labels: bool) -> tuple[list[Path], list[str]]:
    if not labels:
        return pictures_in(folder)
    files: list[Path] = []
    skipped: list[str] = []
    for inside in sorted(f for f in folder.iterdir() if f.is_dir() and not f.name.startswith(".")):
        more, others = pictures_in(inside)
        files += more
        skipped += others
    if not files:
        raise ValueError(
            f"where: the folder {short(folder, LETTERS)} holds no folders with pictures; labels=True wants one a class"
        )
    return files, skipped


def _made(
    picture: Picture, shape: tuple[int, int] | None, grey: bool, patches: int | None
) -> Iterator[NDArray[np.float32]]:
    """The arrays that one picture gives."""
    image = Image.fromarray(picture.pixels)
    if grey:
        image = image.convert("L")
    if shape is not None:
        image = _fitted(image, shape)
    pixels = np.asarray(image, dtype=np.float32) / np.float32(255)
    pixels = pixels[..., None] if pixels.ndim == 2 else pixels
    if patches is None:
        yield pixels
        return
    high, wide = (side // patches for side in pixels.shape[:2])
    if not high or not wide:
        raise ValueError(f"as an image: it is {pixels.shape[1]} × {pixels.shape[0]}, smaller than a patch of {patches}")
    top, left = ((side - n * patches) // 2 for side, n in zip(pixels.shape[:2], (high, wide), strict=True))
    for i in range(high):
        for j in range(wide):
            y, x = top + i * patches, left + j * patches
            yield pixels[y : y + patches, x : x + patches].copy()


def _fitted(image: Image.Image, shape: tuple[int, int]) -> Image.Image:
    """The largest piece of these proportions around the middle, resized."""
    height, width = shape
    scale = min(image.height / height, image.width / width)
    half = scale * width / 2, scale * height / 2
    middle = image.width / 2, image.height / 2
    box = (middle[0] - half[0], middle[1] - half[1], middle[0] + half[0], middle[1] + half[1])
    box = (max(0.0, box[0]), max(0.0, box[1]), min(image.width, box[2]), min(image.height, box[3]))
    return image.resize((width, height), Image.Resampling.LANCZOS, box=box)


def save_images(
    images: Any,
    where: str | os.PathLike[str],
    *,
    names: Sequence[str] | None = None,
    ending: str = ".png",
    quality: int = 92,
    overwrite: bool = False,
) -> list[Path]:
    """Save images as PNG, JPEG or WebP files: one into a file, several into a folder.

    Args:
        images: one image, shape `(height, width)` or `(height, width, 1 or 3)`, several with shape `(n, height, width,
            1 or 3)`, or a list of images; floats in [0, 1], what is beyond is clipped, or bytes.
        where: for one image a file that ends in .png, .jpg, .jpeg or .webp; for several a folder, which is made.
        names: what the files in the folder are called, without ending; by default "image 000" and so on.
        ending: of the files in the folder.
        quality: of JPEG and WebP, 1 to 100.
        overwrite: whether files that are there may be replaced.

    Returns:
        The files' paths.

    Raises:
        TypeError, ValueError: images, names or the ending are not as above.
        FileExistsError: a file is there; then none is written.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     [path.name for path in save_images(np.zeros((2, 8, 8, 1)), Path(folder) / "out", names=["a", "b"])]
        ['a.png', 'b.png']
    """
    whole_number("quality", quality, high=100)
    pictures, one = _pictures(images)
    path = place(where, "a file or a folder", name="where")
    if one and path.suffix.lower() in ENDINGS:
        paths = [target(path, ENDINGS, name="where", overwrite=overwrite)]
    else:
        if path.suffix.lower() in ENDINGS:
            raise ValueError(f"where is one file, {short(path, LETTERS)}, and images holds {len(pictures)}: a folder?")
        paths = _paths(path, _names(names, len(pictures)), ending, overwrite)
    for picture, file in zip(pictures, paths, strict=True):
        data = io.BytesIO()
        kind = {".png": "PNG", ".webp": "WEBP"}.get(file.suffix.lower(), "JPEG")
        picture.save(data, kind, **({} if kind == "PNG" else {"quality": quality}))
        written(file, lambda part, data=data: part.write_bytes(data.getvalue()))  # type: ignore[misc]
    return paths


def _names(names: object, n: int) -> list[str]:
    if names is None:
        return [f"image {i:03}" for i in range(n)]
    if isinstance(names, str) or not isinstance(names, Sequence) or not all(isinstance(name, str) for name in names):
        raise TypeError(f"names must be a list of {n} texts, got {described(names)}")
    if len(names) != n or len(set(names)) != n:
        raise ValueError(f"names must hold {n} different texts, one an image, got {len(set(names))} different ones")
    if bad := [name for name in names if not name.strip() or set(name) & set('/\\:*?"<>|\0')]:
        raise ValueError(f"names: {short(repr(bad[0]))} cannot be the name of a file")
    return list(names)


def _paths(folder: Path, names: list[str], ending: str, overwrite: bool) -> list[Path]:
    if ending not in ENDINGS:
        raise ValueError(f"ending must be {', '.join(ENDINGS)}, got {described(ending)}")
    if folder.exists() and not folder.is_dir():
        raise FileExistsError(f"where: {short(folder, LETTERS)} is a file; expected a folder")
    paths = [folder / f"{name}{ending}" for name in names]
    if not overwrite and (there := [path for path in paths if path.exists()]):
        raise FileExistsError(
            f"where: {short(there[0], LETTERS)} is there already, one of {len(there)}; overwrite=True replaces them"
        )
    folder.mkdir(parents=True, exist_ok=True)
    return paths


def _pictures(images: object) -> tuple[list[Image.Image], bool]:
    """Pillow images of what came, and whether it was one image."""
    wanted = "images, shape (height, width, 1 or 3) or (n, height, width, 1 or 3), or a list of them"
    if isinstance(images, list | tuple):
        if not images:
            raise ValueError(f"images must be {wanted}, got none")
        return [
            _picture(as_array(f"images[{i}]", one, "an image"), f"images[{i}]") for i, one in enumerate(images)
        ], False
    array = as_array("images", images, wanted)
    if array.ndim == 4:
        if not len(array):
            raise ValueError(f"images must be {wanted}, got none")
        return [_picture(one, "images") for one in array], False
    return [_picture(array, "images")], True


def _picture(pixels: np.ndarray, name: str) -> Image.Image:
    flat = pixels.ndim == 2
    if not (flat or (pixels.ndim == 3 and pixels.shape[2] in (1, 3))) or pixels.size == 0:
        raise ValueError(
            f"{name} must be an image, shape (height, width) or (height, width, 1 or 3), got {pixels.shape}"
        )
    pixels = pixels if flat or pixels.shape[2] == 3 else pixels[..., 0]
    if pixels.dtype == np.uint8:
        return Image.fromarray(pixels)
    if not np.isfinite(pixels).all():
        raise ValueError(f"{name} holds NaN or infinity; expected numbers from 0 to 1")
    if pixels.max() > 15:
        raise ValueError(f"{name} holds values up to {float(pixels.max()):.3g}; expected floats from 0 to 1, or uint8")
    return Image.fromarray(np.round(255 * np.clip(pixels, 0, 1)).astype(np.uint8))
