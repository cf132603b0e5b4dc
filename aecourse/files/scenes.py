"""Pictures with many bands, from satellites and aeroplanes: one's own cube as the course's array, and maps as files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from aecourse.checks import array, described, first_words, number, short
from aecourse.files.cubes import MARKS, WANTED, Read, needs_rasterio, read_arrays
from aecourse.files.pictures import LETTERS
from aecourse.files.saving import target, written

LARGEST_MARK = 1e20  # floats beyond it stand for "no data"
MAP_COLOURS = (  # after Okabe and Ito, then darker and paler ones: what lies side by side differs in brightness, too
    "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#000000",
    "#882255", "#888888", "#44aa99", "#ddcc77", "#332288", "#aa4499", "#117733", "#cccccc",
)  # fmt: skip


class Scene(NamedTuple):
    """A picture with many bands.

    Attributes:
        cube: float32 with shape `(height, width, bands)`; pixels without data are NaN in every band.
        labels: whole numbers with shape `(height, width)`, 0 where nobody said what is there; None without a file.
        scale: what the file's numbers were divided by.
        place: where on Earth it lies, as rasterio says it (`crs`, `transform`); empty where the file does not say.
    """

    cube: NDArray[np.float32]
    labels: NDArray[np.int64] | None
    scale: float
    place: dict[str, Any]


def read_scene(
    path: str | os.PathLike[str],
    labels: str | os.PathLike[str] | None = None,
    *,
    key: str | None = None,
    bands: str | None = None,
    nodata: float | None = None,
    scale: float | None = None,
) -> Scene:
    """Read a cube of bands: NumPy (.npy, .npz), MATLAB (.mat), ENVI (.hdr and its data) or GeoTIFF (.tif).

    The scenes that papers compare on are MATLAB files, each with a second one of labels: `Indian_pines_corrected.mat`
    (key `indian_pines_corrected`) and `Indian_pines_gt.mat`; `PaviaU.mat` (`paviaU`) and `PaviaU_gt.mat`;
    `Salinas_corrected.mat` (`salinas_corrected`) and `Salinas_gt.mat`. No key has to be given for them.

    One line says what was read. Whole numbers become shares: bytes are divided by 255, others by 10,000, as most
    products of reflectance are stored, or by 65,535 where they reach beyond 20,000. Pixels are without data where a
    band is NaN, infinite or the file's mark for it, where all bands are 0, or where one holds a usual mark (-9999,
    -32768). Bands that hold nothing are left out.

    Args:
        path: the file; of ENVI either one of its two.
        labels: a file of the same kinds with what is where, one whole number a pixel.
        key: the name of the cube in a .mat or .npz file that holds several.
        bands: "first" or "last", the axis of the bands in NumPy and MATLAB. By default the labels' shape decides, and
            without them it is the last axis, unless the first is less than a third of both others.
        nodata: a number that stands for no data in this file.
        scale: what to divide by instead; 1 leaves the numbers as they are.

    Returns:
        `Scene(cube, labels, scale, place)`.

    Raises:
        TypeError: `path` is no path.
        FileNotFoundError: there is no such file.
        ValueError: it is empty, no cube, damaged, has one band only, no data, or labels of another size.
        ImportError: ENVI without the package spectral, GeoTIFF without rasterio.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     np.save(Path(folder) / "a.npy", np.full((4, 60, 50), 2500, "int16"))
        ...     scene = read_scene(Path(folder) / "a.npy")
        60 × 50 pixels, 4 bands (the first axis), divided by 10,000; all pixels have data
        >>> scene.cube.shape, float(scene.cube[0, 0, 0])
        ((60, 50, 4), 0.25)
    """
    if bands not in (None, "first", "last"):
        raise ValueError(f'bands is {described(bands)}; expected "first" or "last"')
    marks = [] if nodata is None else [number("nodata", nodata, low=-np.inf)]
    by = None if scale is None else number("scale", scale, low=1e-12)
    read = read_arrays(path, name="path", sides=3, key=key)
    said = None if labels is None else _labels(read_arrays(labels, name="labels", sides=2, key=None))
    cube, axis = _bands_last(read, None if said is None else said.shape, bands)
    if cube.shape[2] < 2:
        raise ValueError(f"path: {short(path, LETTERS)} has one band, shape {cube.shape}; {WANTED} has two at least")
    if said is not None and said.shape != cube.shape[:2]:
        turned = ": they lie on their side, labels.T" if said.shape == cube.shape[1::-1] else ""
        raise ValueError(
            f"labels must have the scene's height and width, {cube.shape[:2]}, and have shape {said.shape}{turned}"
        )
    values, left_out = _with_gaps(cube, [*marks, *read.nodata], str(path))
    divided = _scale_of(cube.dtype, values) if by is None else by
    values /= np.float32(divided)
    print(_summary(values, axis, divided, left_out))
    return Scene(values, said, float(divided), read.place)


def _labels(read: Read) -> NDArray[np.int64]:
    """Labels as whole numbers, no data as 0."""
    found = np.asarray(read.values)
    found = found.squeeze() if found.ndim > 2 else found
    if found.ndim != 2 or found.dtype.kind not in "biuf":
        raise ValueError(f"labels must hold one whole number for each pixel, got {described(found)}")
    known = np.nan_to_num(found.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    for mark in read.nodata:
        known[known == mark] = 0
    if not np.array_equal(known, np.round(known)):
        raise ValueError(f"labels must hold whole numbers, got {described(found)} with fractions")
    return known.astype(np.int64)


def _bands_last(read: Read, known: tuple[int, ...] | None, bands: str | None) -> tuple[NDArray, str]:
    """The cube with its bands last, and which axis they were; a stack that says its axis is believed."""
    cube = read.values
    if read.bands_first is not None:
        return (np.moveaxis(cube, 0, 2), "") if read.bands_first else (cube, "")
    if bands is None and known is not None and cube.shape[:2] != known and cube.shape[1:] == known:
        bands = "first"
    if bands is None and known is None and 3 * cube.shape[0] < min(cube.shape[1:]):
        bands = "first"
    return (np.moveaxis(cube, 0, 2), "first") if bands == "first" else (cube, "last")


def _with_gaps(cube: NDArray, marks: list[float], name: str) -> tuple[NDArray[np.float32], int]:
    """The cube as floats, NaN where data are missing, without bands that hold none; and how many those are."""
    values = cube.astype(np.float32)  # a copy
    lowest = np.iinfo(cube.dtype).min if cube.dtype.kind in "iu" else -np.inf
    usual = [mark for mark in MARKS if mark >= lowest]
    missing = ~np.isfinite(values) | (np.abs(values) > LARGEST_MARK)
    for mark in {*marks, *usual}:
        missing |= values == np.float32(mark)
    missing |= ~cube.any(axis=2, keepdims=True)
    held = ~missing.all(axis=(0, 1))
    if held.sum() < 2:
        raise ValueError(f"path: {short(name, LETTERS)} holds no data: every pixel is 0, NaN or marked as missing")
    if not held.all():
        values, missing = values[..., held], missing[..., held]
    values[missing.any(axis=2)] = np.nan
    if np.isnan(values[..., 0]).all():
        raise ValueError(
            f"path: no pixel of {short(name, LETTERS)} has data in all of its {values.shape[2]} bands: leave the bands "
            "with gaps out, or say with nodata= what stands for no data"
        )
    return values, int((~held).sum())


def _scale_of(kind: np.dtype, values: NDArray[np.float32]) -> float:
    """What the file's numbers have to be divided by to become shares."""
    high = float(np.nanmax(values))
    if kind == np.uint8:
        return 255.0
    if kind.kind == "f" and high <= 10:
        return 1.0
    if kind.kind == "f" and high <= 150:
        return 100.0
    return 10_000.0 if high <= 20_000 else 65_535.0 if high <= 65_535 else high


def _summary(values: NDArray[np.float32], axis: str, scale: float, left_out: int) -> str:
    height, width, bands = values.shape
    without = float(np.isnan(values[..., 0]).mean())
    parts = [
        f"{height} × {width} pixels, {bands} bands{f' (the {axis} axis)' if axis else ''}",
        f", divided by {scale:,.0f}" if scale != 1 else "",
        f"; {left_out} bands hold nothing and are left out" if left_out else "",
        "; all pixels have data" if not without else f"; {max(without, 0.001):.1%} of the pixels have no data",
    ]
    return "".join(parts)


def save_map(
    clusters: NDArray, where: str | os.PathLike[str], *, place: Mapping[str, Any] | None = None, overwrite: bool = False
) -> Path:
    """Save a map of clusters as a picture in colours (.png) or as numbers with their place on Earth (.tif).

    Args:
        clusters: whole numbers with shape `(height, width)`, 0 to 253, and -1 where there are no data.
        where: the file; a GeoTIFF holds the number of each pixel, and 255 where there are no data.
        place: a scene's `place`, for a GeoTIFF.
        overwrite: whether a file that is there is replaced.

    Returns:
        The file's path.

    Raises:
        TypeError, ValueError: `clusters` is no such array, or `where` ends otherwise.
        FileNotFoundError, FileExistsError: as `save_images`.
        ImportError: a GeoTIFF without rasterio.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     save_map(np.array([[0, 1], [-1, 2]]), Path(folder) / "map.png").name
        'map.png'
    """
    wanted = "a map of whole numbers (height, width) from -1 to 253"
    given = array("clusters", clusters, wanted, kinds="iu")
    if given.ndim != 2 or not given.size or given.min() < -1 or given.max() > 253:
        raise ValueError(f"clusters must be {wanted}, got {described(given)}")
    path = target(where, (".png", ".tif", ".tiff"), name="where", overwrite=overwrite)
    bytes_ = np.where(given < 0, 255, given).astype(np.uint8)
    if path.suffix.lower() == ".png":
        return written(path, lambda part: _as_picture(bytes_, part))
    return written(path, lambda part: _as_geotiff(bytes_, part, dict(place or {})))


def map_colours(clusters: NDArray) -> NDArray[np.float32]:
    """The colours in which `save_map` draws clusters, float32 in [0, 1] with shape `(…, 3)`; no data are white.

    Example:
        >>> map_colours(np.array([[0, -1]]))[0, 1].tolist()
        [1.0, 1.0, 1.0]
    """
    table = [[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in MAP_COLOURS]
    own = np.array([*table, [255, 255, 255]], np.float32) / np.float32(255)
    return own[np.where(np.asarray(clusters) < 0, len(MAP_COLOURS), np.asarray(clusters) % len(MAP_COLOURS))]


def _as_picture(numbers: NDArray[np.uint8], part: Path) -> None:
    from PIL import Image

    clusters = np.where(numbers == 255, -1, numbers.astype(int))
    Image.fromarray(np.round(255 * map_colours(clusters)).astype(np.uint8)).save(part)


def _as_geotiff(numbers: NDArray[np.uint8], part: Path, place: dict[str, Any]) -> None:
    rasterio = needs_rasterio("where")
    height, width = numbers.shape
    options = {"driver": "GTiff", "count": 1, "dtype": "uint8", "nodata": 255, "compress": "deflate"}
    try:
        with rasterio.open(part, "w", height=height, width=width, **options, **place) as file:
            file.write(numbers, 1)
    except rasterio.errors.RasterioError as error:
        raise ValueError(f"where: the map could not be written: {first_words(error)}") from error
