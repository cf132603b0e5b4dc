"""The arrays in a file of bands, whichever program wrote it: what `read_scene` makes a scene of."""

from __future__ import annotations

import importlib
import warnings
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from aecourse.checks import first_words, listed, short
from aecourse.files.pictures import LETTERS, place

WANTED = "a cube of bands (.npy, .npz, .mat, .hdr with its data, .tif)"
MARKS = (-9999.0, -32768.0)  # what usually stands for "no data"
NAMES = {3: "a cube (height, width, bands)", 2: "labels (height, width)"}
PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp")
OTHERS = {
    ".zip": "an archive: unpack it first",
    ".gz": "an archive: unpack it first",
    ".h5": "HDF5: read it with h5py and save its cube with np.save",
    ".nc": "NetCDF: read it with xarray and save its cube with np.save",
    ".csv": "a table: read_table reads it",
}


class Read(NamedTuple):
    """What a file holds: the array, whether its bands come first (None: not known), marks for no data, its place."""

    values: NDArray
    bands_first: bool | None
    nodata: tuple[float, ...]
    place: dict[str, Any]


def read_arrays(path: object, *, name: str, sides: int, key: str | None) -> Read:
    """Read the array with so many sides from a file, or say in one sentence why there is none.

    Args:
        path: the file.
        name: what the caller's argument is called, for the messages.
        sides: 3 for a cube, 2 for labels.
        key: which of several arrays of a .mat or .npz file.

    Raises:
        TypeError, FileNotFoundError, ValueError, ImportError: as `read_scene`.
    """
    file = place(path, WANTED, name=name)
    if not file.is_file():
        what = "is a folder" if file.is_dir() else "is not there"
        raise FileNotFoundError(f"{name}: the file {short(file, LETTERS)} {what}; expected {WANTED}")
    _no_other(file, name)
    ending = file.suffix.lower()
    try:
        if ending in (".tif", ".tiff"):
            return _geotiff(file, name)
        if ending in (".npy", ".npz"):
            return Read(_of_numpy(file, name, sides, key), None, (), {})
        if ending == ".mat":
            return Read(_of_matlab(file, name, sides, key), None, (), {})
        header = file if ending == ".hdr" else next((h for h in _headers(file) if h.is_file()), None)
        if header is None:
            raise ValueError(f"{name}: {short(file, LETTERS)} is of no known kind; expected {WANTED}")
        return _envi(header, name)
    except (OSError, EOFError, zipfile.BadZipFile, MemoryError) as error:
        raise ValueError(f"{name}: {short(file, LETTERS)} cannot be read: {first_words(error)}") from error


def _no_other(file: Path, name: str) -> None:
    """Say what a file is that is no cube."""
    with file.open("rb") as opened:
        head = opened.read(128)
    said = f"{name}: {short(file, LETTERS)}"
    if not head:
        raise ValueError(f"{said} is empty: was the download cut off?")
    if head.lstrip()[:1] == b"<":
        raise ValueError(f"{said} is a web page: a log-in or a page about the file was saved in its place")
    if head.startswith(b"version https://git-lfs"):
        raise ValueError(f"{said} is a pointer of Git LFS, not the file itself: download the file")
    if file.suffix.lower() in PICTURES:
        raise ValueError(f"{said} is a picture of three colours at most: read_images reads it; expected {WANTED}")
    if why := OTHERS.get(file.suffix.lower()):
        raise ValueError(f"{said} is {why}; expected {WANTED}")
    if head.startswith((b"MATLAB 7.3", b"\x89HDF")):
        raise ValueError(
            f"{said} is of MATLAB's version 7.3, which SciPy does not read: save it in MATLAB with save(…, '-v7'), or "
            "read it with h5py and save its cube with np.save"
        )


def _of_numpy(file: Path, name: str, sides: int, key: str | None) -> NDArray:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = np.load(file, allow_pickle=False)
        if isinstance(found, np.ndarray):
            return _one({"": found}, file, name, sides, None)
        with found:
            return _one({k: found[k] for k in found.files}, file, name, sides, key)
    except ValueError as error:
        if str(error).startswith(f"{name}: "):
            raise
        pickled = "pickle" in str(error).lower()
        why = "it holds Python objects, which are not read for safety: save numbers" if pickled else first_words(error)
        raise ValueError(f"{name}: {short(file, LETTERS)} cannot be read: {why}") from error


def _of_matlab(file: Path, name: str, sides: int, key: str | None) -> NDArray:
    from scipy.io import loadmat

    try:
        held = loadmat(file, appendmat=False)
    except Exception as error:  # SciPy raises many kinds on damaged files
        raise ValueError(
            f"{name}: {short(file, LETTERS)} cannot be read as MATLAB's: {first_words(error)}; is it whole?"
        ) from error
    return _one({k: v for k, v in held.items() if not k.startswith("__")}, file, name, sides, key)


def _one(held: dict[str, NDArray], file: Path, name: str, sides: int, key: str | None) -> NDArray:
    """The only array of numbers with so many sides, or the one that `key` names."""
    if key is not None and key not in held:
        raise ValueError(f"key is {short(repr(key))}; {short(file, LETTERS)} holds {listed(held)}")
    numbers = {k: np.asarray(v) for k, v in held.items() if np.asarray(v).dtype.kind in "biuf"}
    fitting = {k: v for k, v in numbers.items() if v.ndim == sides and min(v.shape) > 0 and key in (None, k)}
    if sides == 2 and len(fitting) > 1:  # SciPy gives numbers and rows two sides as well
        fitting = {k: v for k, v in fitting.items() if min(v.shape) > 1} or fitting
    if len(fitting) == 1:
        return next(iter(fitting.values()))
    if fitting:
        raise ValueError(f"{name}: {short(file, LETTERS)} holds {listed(fitting)}: say which one, as key=")
    shapes = listed([f"{k} {v.shape}".strip() for k, v in numbers.items()]) or "nothing of the kind"
    one_band = sides == 3 and any(v.ndim == 2 and min(v.shape) > 1 for v in numbers.values())
    helps = ": that is one band, or labels" if one_band else ""
    raise ValueError(f"{name}: {short(file, LETTERS)} must hold {NAMES[sides]}, and holds {shapes}{helps}")


def _headers(file: Path) -> tuple[Path, Path]:
    return file.with_name(f"{file.name}.hdr"), file.with_suffix(".hdr")


def _envi(header: Path, name: str) -> Read:
    spectral = _needs("spectral", "an ENVI file", name)
    envi = importlib.import_module("spectral.io.envi")
    try:
        image = envi.open(str(header))
        values = np.asarray(image.load(dtype=np.dtype(image.dtype), scale=False))
    except (spectral.SpyException, KeyError, ValueError, TypeError, AttributeError, OSError) as error:
        raise ValueError(f"{name}: {short(header, LETTERS)} cannot be read as ENVI: {first_words(error)}") from error
    mark = _as_numbers(image.metadata.get("data ignore value"))
    return Read(values, False, mark, {})


def _as_numbers(text: object) -> tuple[float, ...]:
    try:
        return () if text is None else (float(str(text)),)
    except ValueError:
        return ()


def _geotiff(file: Path, name: str) -> Read:
    rasterio = needs_rasterio(name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
            with rasterio.open(file) as picture:
                values = picture.read()
                marks = tuple(float(mark) for mark in {*picture.nodatavals} if mark is not None)
                where = {"crs": picture.crs, "transform": picture.transform} if picture.crs else {}
    except rasterio.errors.RasterioError as error:
        raise ValueError(f"{name}: {short(file, LETTERS)} cannot be read as GeoTIFF: {first_words(error)}") from error
    return Read(values, True, marks, where)


def needs_rasterio(name: str) -> Any:
    """The package rasterio, or the sentence that says how to get it."""
    _needs("rasterio", "a GeoTIFF", name)
    importlib.import_module("rasterio.errors")
    return importlib.import_module("rasterio")


def _needs(package: str, what: str, name: str) -> Any:
    try:
        return importlib.import_module(package)
    except ImportError as error:
        raise ImportError(
            f'{name}: {what} needs the package {package}: python -m pip install "aecourse[scenes]"'
        ) from error
