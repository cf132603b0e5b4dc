"""Spectra of materials and a satellite's picture, for the lesson on land cover."""

from __future__ import annotations

import csv
import io

import numpy as np

from tools.make_datasets import debian_package, wheel

# What each material is called in the library (its column LEVEL_3).
MATERIALS = {
    "asphalt": ("asphalt", "driveway", "parking_lot", "road"),
    "concrete": ("bridge", "sidewalk"),
    "dry plants": ("bark", "litter", "npv"),
    "metal": ("metal",),
    "paint": ("paint",),
    "sand, gravel": ("gravel", "sand"),
    "shingle roof": ("comp_shingle",),
    "soil": ("soil",),
    "tile roof": ("concrete_tile", "tile"),
    "wood roof": ("wood_shingle",),
}
MOST = 300  # spectra of one material
SIMULATED = "prosail"
BANDS = 180
PICTURE = "usr/lib/R/site-library/stars/tif/L7_ETMs.tif"


def _stored(**arrays: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def spectra() -> bytes:
    """The measured spectra of ten materials in earthlib 1.1.0, at most 300 of each, shuffled once.

    What was simulated is left out. Places are numbered by latitude and longitude; where these are not known, each
    source is a place.
    """
    with wheel("earthlib", "1.1.0") as archive:
        table = list(csv.DictReader(io.StringIO(archive.read("earthlib/data/spectra.csv").decode("utf-8"))))
        x = np.frombuffer(archive.read("earthlib/data/spectra.sli"), "<f4").reshape(len(table), BANDS)
        header = archive.read("earthlib/data/spectra.sli.hdr").decode("utf-8")
    wavelengths = header.rpartition("wavelength = {")[2].partition("}")[0].split(",")
    material = {kind: number for number, kinds in enumerate(MATERIALS.values()) for kind in kinds}
    measured = [row for row, line in enumerate(table) if line["LEVEL_3"] in material and line["SOURCE"] != SIMULATED]
    y = np.array([material[table[row]["LEVEL_3"]] for row in measured])
    rng = np.random.default_rng(0)
    rows = np.concatenate([rng.permutation(np.flatnonzero(y == number))[:MOST] for number in range(len(MATERIALS))])
    rows = rng.permutation(rows)
    lines = [table[measured[row]] for row in rows]
    where = [(line["LAT"], line["LON"], "" if line["LAT"] else line["NOTES"]) for line in lines]
    number = {place: i for i, place in enumerate(dict.fromkeys(where))}
    return _stored(
        reflectance=np.round(10_000 * x[np.array(measured)[rows]]).astype(np.uint16),
        materials=y[rows].astype(np.uint8),
        places=np.array([number[place] for place in where], dtype=np.uint16),
        nanometres=np.array([round(1000 * float(length)) for length in wavelengths], dtype=np.uint16),
    )


def satellite() -> bytes:
    """The picture of Landsat 7 in the Debian package r-cran-stars, as it is: six bands of bytes."""
    from rasterio.io import MemoryFile

    with MemoryFile(debian_package("r-cran-stars", "0.6-0-4")[PICTURE]) as file, file.open() as picture:
        pixels = picture.read()
    return _stored(pixels=np.moveaxis(pixels, 0, 2))
