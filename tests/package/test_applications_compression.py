"""Photographs as files: they come back, on either backend alike, and what is no such file is refused with a reason."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest

from aecourse.applications import compression as app
from aecourse.datasets import split_photos
from aecourse.metrics import psnr

STORED = (  # 40 × 48 pixels at quality 1.5
    "QUVDAxgAKAAwbifwbgEWC7mRCtRsgF1W6KTWBbDs5MRd/LjzjI8qNGW0Rrma69Ngi7C1rpAyElOAVF3bMfv0Ar+PyqXvWQXY/OsBx4i7ifQ5"
)
SYMBOLS = "077567a5886b58e8c619a6723e3968d4976b60166c01a685ba1b6e2251eaecb6"
DECODE = """
import base64, hashlib, os, sys
import keras
from aecourse.applications import compression as app
fine, shape, payload = app._opened(base64.b64decode(sys.argv[1]))
v = app.lesson.from_bytes(app._guesses(fine), payload, tuple(-(-side // 8) for side in shape))
print(keras.backend.backend(), hashlib.sha256(v.astype("<i8").tobytes()).hexdigest())
"""


@pytest.fixture(scope="module")
def photo():
    _, _, ((cat, *_), _) = split_photos()
    return cat[40:104, 100:180]


@pytest.fixture(scope="module")
def data(photo):
    return app.compress_photo(photo, 1)


def sealed(content):
    """A file with a checksum that fits, whatever is in it."""
    return content + app.CHECK.pack(zlib.crc32(content))


@pytest.mark.slow
def test_a_photograph_comes_back_the_better_the_higher_the_quality(photo):
    sizes, likeness = [], []
    for quality in (0, 0.5, 1, 2, 3):
        data = app.compress_photo(photo, quality)
        back = app.decompress_photo(data)
        assert back.shape == photo.shape
        assert back.dtype == np.float32
        assert 0 <= back.min() <= back.max() <= 1
        sizes.append(len(data))
        likeness.append(psnr(photo[None], back[None]))
    assert sizes == sorted(sizes)
    assert likeness == sorted(likeness)
    assert sizes[0] < photo.size / 100
    assert likeness[-1] > 28


@pytest.mark.parametrize("shape", [(1, 1), (7, 9), (8, 8), (9, 64), (17, 5)])
def test_sides_need_not_be_multiples_of_eight(photo, shape):
    piece = photo[: shape[0], : shape[1]]
    assert app.decompress_photo(app.compress_photo(piece, 2)).shape == piece.shape


def test_noise_comes_back_as_it_was_written():
    noise = (np.random.default_rng(0).random((40, 40, 3)) > 0.5).astype("float32")
    w = app._guesses(48)
    y = app._code(app._model(), w, noise, 48)
    data, v = app.lesson.to_bytes(w, y)
    assert (app.lesson.from_bytes(w, data, (5, 5)) == v).all()
    assert np.abs(v / (app.lesson.PARTS * w["step"]) - y).max() < 0.5001


def test_symbols_further_away_than_the_table_are_written_too():
    y = np.zeros((3, 4, app.lesson.KEPT), "float32")
    y[1, 2, ::7] = 1000
    y[0, 0, 3] = -1000
    w = app._guesses(0)
    data, v = app.lesson.to_bytes(w, y)
    assert (app.lesson.from_bytes(w, data, (3, 4)) == v).all()
    assert np.abs(v / (app.lesson.PARTS * w["step"]) - y).max() < 0.5001


@pytest.mark.slow
def test_strips_are_the_photograph_at_once(photo, monkeypatch):
    tall = np.concatenate([photo] * 5)
    whole = app.compress_photo(tall, 1)
    back = app.decompress_photo(whole)
    monkeypatch.setattr(app, "STRIP", 8)
    assert app.compress_photo(tall, 1) == whole
    np.testing.assert_allclose(app.decompress_photo(whole), back, atol=1e-5)


def test_qualities_are_told_apart_in_sixteenths(photo):
    assert app.compress_photo(photo, 1.01) == app.compress_photo(photo, 1)
    assert len(app.compress_photo(photo, 1.25)) > len(app.compress_photo(photo, 1))


@pytest.mark.slow
def test_a_quality_between_two_costs_no_more_than_they_do(photo):
    """Gain times step is what must be mixed: mixed alone, each of them cost 16 to 32 % more bytes."""
    codec = app._model()
    whole = np.array(app.lesson.our_curve(codec, photo, (0, 16, 32, 48)))
    for size, decibels in app.lesson.our_curve(codec, photo, (8, 24, 40)):
        assert size < 1.08 * np.exp(np.interp(decibels, whole[:, 1], np.log(whole[:, 0])))


def test_the_stored_file_has_the_stored_symbols():
    fine, shape, payload = app._opened(base64.b64decode(STORED))
    v = app.lesson.from_bytes(app._guesses(fine), payload, tuple(-(-side // 8) for side in shape))
    assert hashlib.sha256(v.astype("<i8").tobytes()).hexdigest() == SYMBOLS


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_the_stored_file_has_the_same_symbols_on_each_backend(backend):
    environment = {**os.environ, "KERAS_BACKEND": backend, "JAX_PLATFORMS": "cpu"}
    command = [sys.executable, "-c", DECODE, STORED]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [backend, SYMBOLS]


def test_the_table_of_frequencies_is_what_it_was():
    """Powers of e differ in their last bits between machines; whole numbers of a million parts must not."""
    table = app.lesson.photo_table()
    assert (table == np.round(table)).all()
    assert hashlib.sha256(table.astype("<i4").tobytes()).hexdigest() == (
        "c32c08cc67f2b30a74a39907b0e46e281123c784664dd49863cd81656c02c666"
    )


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [0, 3, 4, 5, 8, 20, -1])
def test_one_changed_byte_is_noticed(data, place):
    changed = bytearray(data)
    changed[place] ^= 1
    with pytest.raises(ValueError, match=r"data (are damaged or cut|are of version|must be a file)"):
        app.decompress_photo(bytes(changed))


@pytest.mark.parametrize("length", [0, 2, 3, 10, 16, 40, -1])
def test_a_cut_file_is_noticed(data, length):
    with pytest.raises(ValueError, match=r"data are (damaged or )?cut"):
        app.decompress_photo(data[:length])


def test_more_bytes_behind_are_noticed(data):
    with pytest.raises(ValueError, match="damaged or cut"):
        app.decompress_photo(data + b"more")


@pytest.mark.parametrize(
    ("foreign", "named"), [(b"\xff\xd8\xff\xe0" + bytes(40), "a JPEG"), (b"\x89PNG" + bytes(40), "a PNG")]
)
def test_other_files_are_named(foreign, named):
    with pytest.raises(ValueError, match=f"begins with b'AEC', and begin like {named}"):
        app.decompress_photo(foreign)


def test_another_version_is_named(data):
    with pytest.raises(ValueError, match="data are of version 2 of this kind of file; this course reads version 3"):
        app.decompress_photo(sealed(data[:3] + b"\x02" + data[4:-4]))


def test_a_huge_picture_is_refused_before_memory_is_taken(data):
    with pytest.raises(ValueError, match="at most 16,384 pixels and 50 megapixels in all, got 65,535 × 65,535"):
        app.decompress_photo(sealed(data[:5] + struct.pack(">HH", 65535, 65535) + data[9:-4]))
    huge = np.broadcast_to(np.float32(0.5), (20000, 8, 3))
    with pytest.raises(ValueError, match="photo must have sides of at most 16,384"):
        app.compress_photo(huge)


@pytest.mark.parametrize("header", [struct.pack(">BHH", 49, 8, 8), struct.pack(">BHH", 16, 0, 8)])
def test_a_header_that_cannot_be_is_refused(data, header):
    with pytest.raises(ValueError, match="header says what no such file can say"):
        app.decompress_photo(sealed(data[:4] + header + data[9:-4]))


def test_wrong_numbers_with_a_right_checksum_give_a_picture_or_an_error(data):
    """No crash, whatever stands there: the checksum is no lock."""
    body = np.random.default_rng(0).integers(0, 256, 400, dtype=np.uint8).tobytes()
    with contextlib.suppress(ValueError):
        assert app.decompress_photo(sealed(data[:9] + body)).shape == (64, 80, 3)


@pytest.mark.parametrize(
    ("photo", "named"),
    [
        (np.zeros((8, 8, 3), np.uint8), r"photo\.astype\('float32'\)"),
        (np.zeros((8, 8), np.float32), "if it is grey"),
        (np.zeros((8, 8, 4), np.float32), "without its transparency"),
        (np.zeros((1, 8, 8, 3), np.float32), r"photo\[0\]"),
        (np.zeros((3, 8, 8), np.float32), "channels last"),
        (np.zeros((0, 8, 3), np.float32), "one photograph"),
        (np.full((8, 8, 3), 200, np.float32), r"\[0, 1\].*255"),
        (np.full((8, 8, 3), -0.5, np.float32), r"\[0, 1\]"),
        (np.full((8, 8, 3), np.nan, np.float32), "NaN"),
    ],
)
def test_what_is_no_photograph_is_refused(photo, named):
    with pytest.raises(ValueError, match=named) as refused:
        app.compress_photo(photo)
    assert len(str(refused.value)) <= 600


@pytest.mark.parametrize("quality", [-0.1, 3.1, np.nan, "high", True])
def test_quality_is_a_number_from_0_to_3(photo, quality):
    with pytest.raises(ValueError, match="quality must be a number from 0 to 3"):
        app.compress_photo(photo, quality)


@pytest.mark.parametrize(("data", "named"), [("photo.aec", r"read_bytes\(\)"), (None, "None"), ([1, 2], "a list")])
def test_data_are_bytes(data, named):
    with pytest.raises(TypeError, match=f"data must be bytes, got .*{named}"):
        app.decompress_photo(data)
