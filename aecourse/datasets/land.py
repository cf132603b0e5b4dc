"""Spectra of materials that land is covered with, and a picture from a satellite."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from aecourse.datasets.digits import Pair
from aecourse.datasets.embedded import arrays

MATERIALS = (
    "asphalt",
    "concrete",
    "dry plants",
    "metal",
    "paint",
    "sand, gravel",
    "shingle roof",
    "soil",
    "tile roof",
    "wood roof",
)
SATELLITE_BANDS = ("blue", "green", "red", "near infrared", "shortwave 1", "shortwave 2")
TEST, VALID = 414, 207  # of the 1,244 spectra, from the first one on


@functools.cache
def _stored() -> dict[str, NDArray]:
    return arrays("spectra.npz")


def load_spectra() -> tuple[Pair, Pair]:
    """Load 1,244 measured spectra of ten materials, two thirds to train on and one third to test on.

    A spectrum says what share of the sunlight a surface reflects, at 180 wavelengths from 0.40 to 2.45 µm
    (`wavelengths`). Two windows are missing, in which water in the air lets no light through.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: float32 with shape `(n, 180)`, shares from 0 to about 1, and whole
        numbers with shape `(n,)`, places in `MATERIALS`.

    Source: The Earth Library (earthlib 1.1.0); `aecourse/data/sources.toml` names who measured.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = load_spectra()
        >>> x_train.shape, x_test.shape, MATERIALS[y_test[0]]
        ((830, 180), (414, 180), 'tile roof')
    """
    x = _stored()["reflectance"].astype(np.float32) / np.float32(10_000)
    y = _stored()["materials"].astype(np.int64)
    return (x[TEST:], y[TEST:]), (x[:TEST], y[:TEST])


def split_spectra() -> tuple[Pair, Pair, Pair]:
    """Load the spectra in three parts: to fit models on, to choose among them, to judge the chosen one.

    Returns:
        Three pairs as in `load_spectra`: 623 and 207 of its training spectra, and its 414 test spectra.

    Example:
        >>> [len(x) for x, _ in split_spectra()]
        [623, 207, 414]
    """
    (x, y), test = load_spectra()
    return (x[VALID:], y[VALID:]), (x[:VALID], y[:VALID]), test


def spectra_places() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Say where each spectrum of `load_spectra` was measured.

    Returns:
        A whole number for each training and each test spectrum: the same number, the same latitude and longitude.

    Example:
        >>> [places.shape for places in spectra_places()]
        [(830,), (414,)]
    """
    places = _stored()["places"].astype(np.int64)
    return places[TEST:], places[:TEST]


def wavelengths() -> NDArray[np.float32]:
    """The 180 wavelengths of `load_spectra` in micrometres.

    Example:
        >>> wavelengths()[[0, 95, 96, -1]].round(2).tolist()
        [0.4000000059604645, 1.350000023841858, 1.4600000381469727, 2.450000047683716]
    """
    return _stored()["nanometres"].astype(np.float32) / np.float32(1000)


def load_satellite() -> NDArray[np.float32]:
    """Load a picture of Olinda and Recife in Brazil, which the satellite Landsat 7 took.

    Returns:
        Float32 in [0, 1] with shape `(352, 349, 6)`: what the instrument counted in `SATELLITE_BANDS`, divided by 255.
        A pixel is 28.5 m wide.

    Source: U.S. Geological Survey; `aecourse/data/sources.toml` says from which package.

    Example:
        >>> load_satellite().shape
        (352, 349, 6)
    """
    return arrays("satellite.npz")["pixels"].astype(np.float32) / np.float32(255)
