"""Files as people have them: read rightly, or refused in a sentence that says what the file is and what helps."""

from __future__ import annotations

import gzip
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from aecourse.datasets import load_digits, load_patches, load_photos, load_transactions, split_days
from aecourse.datasets.transactions import _ULB_COLUMNS
from aecourse.files import read_picture

# Three red rows above a blue one, twenty pixels wide: told apart whichever way it lies.
PICTURE = np.zeros((12, 20, 3), np.uint8)
PICTURE[:9, :, 0] = PICTURE[9:, :, 2] = 255


def saved(file: Path, pixels: np.ndarray = PICTURE, mode: str | None = None, **options: object) -> Path:
    picture = Image.fromarray(pixels)
    (picture if mode is None else picture.convert(mode)).save(file, **options)
    return file


def turned(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_is_turned_as_its_camera_was(tmp_path, orientation):
    undo = {2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE", 6: "ROTATE_90",
            7: "TRANSVERSE", 8: "ROTATE_270"}  # fmt: skip
    stored = Image.fromarray(PICTURE)
    if orientation > 1:
        stored = stored.transpose(Image.Transpose[undo[orientation]])
    stored.save(tmp_path / "phone.png", exif=turned(orientation))
    np.testing.assert_array_equal(read_picture(tmp_path / "phone.png").pixels, PICTURE)


CLEAR = np.dstack([PICTURE, np.full((12, 20), 255, np.uint8)])
CLEAR[9:, :, 3] = 0  # nothing where it is blue: white in the end
ON_WHITE = np.where(CLEAR[..., 3:] == 0, 255, PICTURE).astype(np.uint8)
GREY = np.arange(240, dtype=np.uint8).reshape(12, 20)


@pytest.mark.parametrize(
    ("name", "make", "expected", "grey"),
    [
        ("transparent.png", lambda f: saved(f, CLEAR), ON_WHITE, False),
        ("palette.png", lambda f: saved(f, mode="P"), PICTURE, False),
        ("clear.gif", lambda f: saved(f, CLEAR), ON_WHITE, False),
        ("UPPER.PNG", lambda f: saved(f), PICTURE, False),
        ("ink.tif", lambda f: saved(f, mode="CMYK"), PICTURE, False),
        ("grey.png", lambda f: saved(f, GREY), np.dstack([GREY] * 3), True),
        ("16 bits.png", lambda f: saved(f, GREY.astype(np.uint16) * 257), np.dstack([GREY] * 3), True),
        ("16 bits.tif", lambda f: saved(f, GREY.astype(np.uint16) * 257), np.dstack([GREY] * 3), True),
        ("32 bits.tif", lambda f: saved(f, GREY.astype(np.int32)), np.dstack([GREY] * 3), True),
        ("floats.tif", lambda f: saved(f, GREY.astype(np.float32) / 255), np.dstack([GREY] * 3), True),
        ("text.jpg", lambda f: saved(f.with_suffix(".png")).rename(f), PICTURE, False),
    ],
)
def test_a_picture_of_another_mode_is_read_as_it_looks(tmp_path, name, make, expected, grey):
    make(tmp_path / name)
    pixels, is_grey = read_picture(tmp_path / name)
    assert pixels.dtype == np.uint8
    assert is_grey == grey
    np.testing.assert_array_equal(pixels, expected)


def moving(file: Path, **options: object) -> None:
    frames = [Image.fromarray(PICTURE), Image.fromarray(PICTURE[::-1].copy())]
    frames[0].save(file, save_all=True, append_images=frames[1:], **options)


LEFT_OUT = {
    "cut.png": (lambda f: f.write_bytes(saved(f).read_bytes()[:60]), "truncated|broken|cannot"),
    "empty.jpg": (lambda f: f.write_bytes(b""), "the file is empty"),
    "web.jpg": (lambda f: f.write_text("<html>"), "no known format"),
    "phone.HEIC": (lambda f: f.write_bytes(b"\0\0\0 ftypheic" * 9), "pillow-heif"),
    "camera.CR2": (lambda f: f.write_bytes(b"II*\0"), "raw data"),
    "film.MOV": (lambda f: f.write_bytes(b"film"), "a film"),
    "moving.gif": (moving, "it moves, 2 frames"),
    "moving.webp": (moving, "it moves, 2 frames"),
    "small.png": (lambda f: saved(f, PICTURE[:4]), "20 × 4 pixels"),
    "grey.png": (lambda f: saved(f, GREY), "grey, not in colour"),
    "huge.png": (lambda f: saved(f).write_bytes(huge(f.read_bytes())), "178 million pixels"),
    "all.zip": (lambda f: f.write_bytes(b"PK\3\4"), "unpack it first"),
    "cats": (lambda f: (f.mkdir(), saved(f / "a.png")), "the folder cats"),
}
SILENT = {
    "._a.png": lambda f: f.write_bytes(b"\0\5\x16\7"),
    ".DS_Store": lambda f: f.write_bytes(b"x"),
    "Thumbs.db": lambda f: f.write_bytes(b"x"),
    "notes.txt": lambda f: f.write_text("x"),
    "empty folder": lambda f: f.mkdir(),
}


def huge(png: bytes) -> bytes:
    """The same file, with a header that says 60,000 × 60,000 pixels: a decompression bomb."""
    import struct
    import zlib

    head = b"IHDR" + struct.pack(">2I", 60_000, 60_000) + png[24:29]
    return png[:12] + head + struct.pack(">I", zlib.crc32(head)) + png[33:]


@pytest.fixture
def folder(tmp_path):
    for name in ("a.png", "b.PNG", "c.png"):
        saved(tmp_path / name)
    return tmp_path


@pytest.mark.parametrize("name", LEFT_OUT)
def test_one_odd_file_among_photographs_is_left_out_and_told(folder, name):
    make, why = LEFT_OUT[name]
    make(folder / name)
    with pytest.warns(UserWarning, match=f"3 pictures were read, 1 left out: .*({why})") as told:
        (_, names), (_, others) = load_photos(path=folder)
    assert len(told) == 1
    assert sorted(names + others) == ["a", "b", "c"]


def test_many_odd_files_are_told_in_one_short_line(folder):
    for i in range(40):
        (folder / f"{'long' * 40} {i}.jpg").write_bytes(b"")
    with pytest.warns(UserWarning, match="3 pictures were read, 40 left out: .*and 37 more") as told:
        load_photos(path=folder)
    assert len(told) == 1
    assert len(str(told[0].message)) < 600


def test_what_is_no_photograph_is_left_out_without_a_word(folder):
    for name, make in SILENT.items():
        make(folder / name)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(load_patches(path=folder, size=8)[0][0]) == 4


@pytest.mark.parametrize(
    ("where", "error", "said"),
    [
        ("", ValueError, "path is the text ''"),
        ("https://example.org/a.jpg", ValueError, "a web address.*download it first"),
        ("~/no such folder", FileNotFoundError, "there is no folder /"),
        ("x" * 300, (FileNotFoundError, OSError), "."),
        (b"folder", TypeError, "path is a bytes"),
        ({"a.jpg"}, TypeError, "path is a set"),
    ],
)
def test_a_place_that_is_none(where, error, said):
    with pytest.raises(error, match=said):
        load_photos(path=where)


def test_folders_without_photographs_of_their_own(tmp_path):
    with pytest.raises(ValueError, match="holds 0 photographs"):
        load_photos(path=tmp_path)
    (tmp_path / "phone.heic").write_bytes(b"x")
    with pytest.raises(ValueError, match=r"holds 0 photographs.*Left out: phone.heic .*pillow-heif"):
        load_photos(path=tmp_path)
    for kind in ("cats", "dogs"):
        (tmp_path / kind).mkdir()
        saved(tmp_path / kind / "a.png")
    with pytest.raises(ValueError, match=r"no pictures itself, but folders with some: cats, dogs.*glob"):
        load_photos(path=tmp_path)
    (photos, _), _ = load_photos(path=sorted(tmp_path.glob("*/*.png")))
    np.testing.assert_array_equal(np.round(255 * photos[0]), PICTURE)


# ------------------------------------------------------------------------------------------------------------ digits


@pytest.mark.parametrize("scale", [1, 2, 255])
def test_digits_of_0_and_1_are_not_divided_by_255_again(tmp_path, scale):
    x = (np.arange(5 * 784).reshape(5, 28, 28) % 2).astype("uint8") * np.uint8(scale)
    np.savez(tmp_path / "d.npz", x_train=x, y_train=np.arange(5), x_test=x, y_test=np.arange(5))
    if scale == 1:
        with pytest.raises(ValueError, match=r"x_train in .* goes from 0 to 1; expected 0 to 255.*Save 255 times"):
            load_digits(path=tmp_path / "d.npz")
    else:
        assert load_digits(path=tmp_path / "d.npz")[0][0].max() == np.float32(scale / 255)


# ------------------------------------------------------------------------------------------------------------ tables


def payments(n: int = 40) -> pd.DataFrame:
    table = pd.DataFrame(np.random.default_rng(0).normal(size=(n, 31)).round(3), columns=_ULB_COLUMNS)
    return table.assign(Time=np.linspace(0, 172_000, n).round(), Amount=9.5, Class=np.arange(n) % 2)


CSV = payments().to_csv(index=False)
EUROPEAN = payments().to_csv(index=False, sep=";", decimal=",")
TABLES = {
    "semicolons": (EUROPEAN.encode(), "parted by semicolons.*decimal=','"),
    "tabs": (payments().to_csv(index=False, sep="\t").encode(), "parted by tabs"),
    "decimal commas": (
        payments().astype(str).replace(r"\.", ",", regex=True).to_csv(index=False).encode(),
        "a decimal comma",
    ),
    "HTML": (b"\xef\xbb\xbf\n<!DOCTYPE html><html>Log in</html>", "is a web page"),
    "UTF-16": (CSV.encode("utf-16"), "UTF-16: save it as UTF-8"),
    "Excel": (b"PK\x03\x04" + b"\0" * 99, "an Excel file or a zip"),
    "old Excel": (b"\xd0\xcf\x11\xe0" + b"\0" * 99, "an Excel file"),
    "gzip": (gzip.compress(CSV.encode()), "compressed with gzip"),
    "JSON": (payments().to_json().encode(), "JSON"),
    "Parquet": (b"PAR1" + b"\0" * 99, "Parquet"),
    "empty": (b"", "is empty"),
    "blank": (b"\n\n\n", "is empty"),
    "no header": (CSV.partition("\n")[2].encode(), "it has no Time.*and 26 more"),
    "missing amount": (CSV.replace(",9.5,", ",,", 3).encode(), "Amount in line 2 .* is '', and in 2 more lines.*empty"),
    "negative amount": (CSV.replace(",9.5,", ",-9.5,", 3).encode(), "Amount in line 2 .* is -9.5"),
    "thousands": (CSV.replace(",9.5,", ',"1.234,5",', 1).encode(), "Amount in line 2 .* is '1.234,5'"),
    "currency": (CSV.replace(",9.5,", ",€ 9.5,", 1).encode(), "Amount in line 2 .* is '€ 9.5'"),
    "long text": (CSV.replace(",9.5,", f",{'9' * 5000}x,", 1).encode(), "Amount in line 2"),
    "dates": (CSV.replace("\n0.0,", "\n2013-09-01,").encode(), "Time in line 2 .* is '2013-09-01'"),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_of_another_kind_is_named_with_what_helps(tmp_path, name):
    content, said = TABLES[name]
    (tmp_path / "own.csv").write_bytes(content)
    with pytest.raises(ValueError, match=said) as caught:
        load_transactions("ulb", path=tmp_path / "own.csv")
    assert len(str(caught.value)) <= 600


def test_newest_first_with_a_byte_order_mark_and_compressed_is_read_in_order(tmp_path):
    newest_first = payments()[::-1].to_csv(index=False)
    (tmp_path / "own.csv").write_bytes(newest_first.encode("utf-8-sig"))
    (tmp_path / "own.csv.gz").write_bytes(gzip.compress(newest_first.encode()))
    for name in ("own.csv", "own.csv.gz"):
        (past, _), (future, _) = load_transactions("ulb", path=tmp_path / name)
        assert past["Time"].is_monotonic_increasing
        assert past["Time"].iloc[-1] < future["Time"].iloc[0]
    with pytest.raises(FileNotFoundError, match="is a folder"):
        load_transactions("ulb", path=tmp_path)


@pytest.mark.parametrize(
    ("time", "said"),
    [
        (np.arange(3) * 86_400.0, "time must be days.*time / 86400"),
        ([1.0, np.nan], "time holds NaN"),
        (np.zeros((2, 2)), "shape"),
        (np.array(["2026-01-01"], dtype="datetime64[D]"), "time must be numbers of days"),
        (pd.Series([1.0], dtype=object), "time must be numbers of days"),
        (None, "time must be numbers of days"),
    ],
)
def test_times_that_are_no_days_are_refused(time, said):
    with pytest.raises(ValueError, match=said):
        split_days(time)


def test_times_may_be_a_column_or_a_list():
    assert [part.tolist() for part in split_days(pd.Series([20, 45]))] == [[True, False], [False, True], [False] * 2]
    assert split_days([])[0].shape == (0,)
