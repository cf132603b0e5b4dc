"""Spectra and the satellite's picture are what they say: real, split without overlap, nothing simulated."""

from __future__ import annotations

import numpy as np

from aecourse.datasets import (
    MATERIALS,
    SATELLITE_BANDS,
    load_satellite,
    load_spectra,
    spectra_places,
    split_spectra,
    wavelengths,
)


def test_spectra_are_shares_of_light_and_the_parts_make_the_whole():
    (x, y), (x_test, y_test) = load_spectra()
    assert x.shape[1] == len(wavelengths()) == 180
    assert min(x.min(), x_test.min()) >= 0
    assert max(x.max(), x_test.max()) < 1.05
    counts = np.bincount(np.append(y, y_test), minlength=len(MATERIALS))
    assert counts.sum() == 1244
    assert counts.max() == 300
    assert counts.min() >= 18
    (fit, _), (valid, _), (test, _) = split_spectra()
    assert np.array_equal(np.concatenate([valid, fit]), x)
    assert np.array_equal(test, x_test)
    assert [len(p) for p in spectra_places()] == [len(x), len(x_test)]
    assert (np.diff(wavelengths()) > 0).all()


def test_the_sea_is_dark_in_the_infrared_and_the_woods_are_not():
    picture = load_satellite()
    infrared = SATELLITE_BANDS.index("near infrared")
    assert picture.shape == (352, 349, len(SATELLITE_BANDS))
    sea, woods = picture[300:340, 300:340, infrared].mean(), picture[110:170, 80:140, infrared].mean()
    assert sea < 0.15 < woods
