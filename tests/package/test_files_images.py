"""Pictures of one's own, read and saved; every file is made here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aecourse.datasets import load_digits
from aecourse.files import read_digits, read_images, save_images

RED = (200, 30, 40)


def picture(path: Path, size=(60, 40), mode: str = "RGB", colour: object = RED, **options) -> Path:
    Image.new(mode, size, colour).save(path, **options)
    return path


def phone(path: Path, orientation: int) -> Path:
    """A photograph whose upper left quarter is red once it is turned as its EXIF data say."""
    upright = Image.new("RGB", (60, 40), "white")
    upright.paste(RED, (0, 0, 30, 20))
    turn = {1: None, 3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
    how = turn[orientation]
    stored = upright if how is None else upright.transpose(how)
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored.save(path, exif=exif, quality=95)
    return path


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_phones_photograph_stands_upright(tmp_path, orientation):
    (image,) = read_images(phone(tmp_path / "a.jpg", orientation)).images
    assert image.shape == (40, 60, 3)
    assert image.dtype == np.float32
    np.testing.assert_allclose(image[5:15, 5:25].mean(axis=(0, 1)), np.array(RED) / 255, atol=0.05)
    assert image[25:, 35:].min() > 0.9


@pytest.mark.parametrize(
    ("mode", "colour", "expected"),
    [
        ("L", 128, (128, 128, 128)),
        ("1", 1, (255, 255, 255)),
        ("P", 0, (0, 0, 0)),
        ("RGBA", (*RED, 0), (255, 255, 255)),
        ("RGBA", (*RED, 255), RED),
        ("LA", (100, 255), (100, 100, 100)),
        ("I;16", 32896, (128, 128, 128)),
        ("CMYK", (0, 0, 0, 255), (0, 0, 0)),
    ],
)
def test_any_mode_becomes_red_green_and_blue(tmp_path, mode, colour, expected):
    file = tmp_path / ("a.tif" if mode in ("CMYK", "I;16") else "a.png")
    (image,) = read_images(picture(file, mode=mode, colour=colour)).images
    np.testing.assert_allclose(image[20, 30] * 255, expected, atol=1.5)


def test_a_size_cuts_the_middle_and_gives_one_array(tmp_path):
    wide = Image.new("RGB", (300, 100), "blue")
    wide.paste("white", (100, 0, 200, 100))
    images, names, labels, skipped = read_images([wide, picture(tmp_path / "b.png", (50, 80))], size=(32, 32))
    assert images.shape == (2, 32, 32, 3)
    assert images[0].min() > 0.9
    assert (names, labels, skipped) == (["image 0", "b"], [], [])
    assert read_images(wide, size=(10, 30), grey=True).images.shape == (1, 10, 30, 1)


def test_patches_stand_side_by_side(tmp_path):
    pixels = np.arange(50 * 70, dtype=np.float32).reshape(50, 70) % 256
    file = tmp_path / "a.png"
    Image.fromarray(pixels.astype(np.uint8)).save(file)
    found = read_images(file, grey=True, patches=16)
    assert found.images.shape == (3 * 4, 16, 16, 1)
    assert found.names == ["a"] * 12
    np.testing.assert_allclose(found.images[0, 0, 0, 0] * 255, pixels[1, 3], atol=0.5)
    with pytest.raises(ValueError, match="smaller than a patch of 64"):
        read_images(file, patches=64)


def test_folders_patterns_lists_and_labels(tmp_path):
    for kind in ("cats", "dogs"):
        (tmp_path / kind).mkdir()
        for i in range(2):
            picture(tmp_path / kind / f"{kind}{i}.png")
    (tmp_path / "cats" / "._hidden.jpg").write_bytes(b"\0\1")
    (tmp_path / "cats" / "notes.txt").write_text("no picture")
    (tmp_path / "dogs" / "film.mp4").write_bytes(b"\0" * 10)
    with pytest.warns(UserWarning, match="film"):
        found = read_images(tmp_path, labels=True, size=8)
    assert (found.names, found.labels) == (["cats0", "cats1", "dogs0", "dogs1"], ["cats", "cats", "dogs", "dogs"])
    assert len(found.skipped) == 1
    assert read_images(str(tmp_path / "*" / "*0.png")).names == ["cats0", "dogs0"]
    assert read_images([tmp_path / "cats", tmp_path / "dogs" / "dogs1.png"]).names == ["cats0", "cats1", "dogs1"]
    with pytest.raises(ValueError, match="no folders with pictures"):
        read_images(tmp_path / "cats", labels=True)


def test_one_unreadable_among_many_is_named(tmp_path):
    picture(tmp_path / "a.png")
    (tmp_path / "b.jpg").write_bytes(b"no picture at all")
    with pytest.warns(UserWarning, match=r"1 left out: b"):
        found = read_images(tmp_path)
    assert found.names == ["a"]
    assert found.skipped == ["b (no known format)"]


def test_what_cannot_be_read_says_so_in_one_sentence(tmp_path):
    (tmp_path / "empty.jpg").write_bytes(b"")
    (tmp_path / "cut.jpg").write_bytes(picture(tmp_path / "whole.jpg").read_bytes()[:400])
    frames = [Image.new("RGB", (9, 9), c) for c in ("red", "blue")]
    frames[0].save(tmp_path / "film.gif", save_all=True, append_images=frames[1:])
    (tmp_path / "nothing").mkdir()
    for where, error, says in (
        (tmp_path / "missing.jpg", FileNotFoundError, "there is no file"),
        (tmp_path / "nothing", ValueError, "holds no pictures"),
        (tmp_path / "*.webp", FileNotFoundError, "no file fits the pattern"),
        (tmp_path / "empty.jpg", ValueError, "is empty"),
        (tmp_path / "cut.jpg", ValueError, "cannot be read as an image"),
        (tmp_path / "film.gif", ValueError, "it moves, 2 frames"),
        ("https://example.org/a.jpg", ValueError, "web address"),
        (17, TypeError, "where is"),
        ([], ValueError, "where is"),
        ([3], TypeError, "where is a list"),
    ):
        with pytest.raises(error, match=says) as caught:
            read_images(where)
        assert len(str(caught.value)) <= 600
        assert "\n" not in str(caught.value)


def test_a_decompression_bomb_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 500)
    with pytest.raises(ValueError, match="pixels; save it smaller"):
        read_images(picture(tmp_path / "a.png"))


@pytest.mark.parametrize("ending", [".png", ".jpg", ".webp"])
def test_saved_and_read_is_the_same(tmp_path, ending):
    rows = np.linspace(-0.2, 1.2, 48 * 64 * 3, dtype=np.float32).reshape(48, 64, 3)
    (path,) = save_images(rows, tmp_path / f"a{ending}", quality=100)
    np.testing.assert_allclose(read_images(path).images[0], np.clip(rows, 0, 1), atol=0.05)


def test_several_go_into_a_folder_and_nothing_is_overwritten(tmp_path):
    images = np.random.default_rng(0).random((2, 8, 8, 1)).astype("float32")
    paths = save_images(images, tmp_path / "out", names=["a", "b"])
    assert [path.name for path in paths] == ["a.png", "b.png"]
    before = paths[0].read_bytes()
    with pytest.raises(FileExistsError, match="overwrite=True"):
        save_images(1 - images, tmp_path / "out", names=["c", "a"])
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.png", "b.png"]
    assert paths[0].read_bytes() == before
    save_images(1 - images, tmp_path / "out", names=["c", "a"], overwrite=True)
    assert paths[0].read_bytes() != before
    with pytest.raises(FileExistsError, match="overwrite=True"):
        save_images(images[0], paths[0])
    mixed = [np.zeros((4, 5), np.uint8), np.ones((3, 3, 3))]
    assert len(save_images(mixed, tmp_path / "mixed", ending=".jpg")) == 2


def test_what_cannot_be_saved_leaves_nothing_behind(tmp_path):
    fine = np.zeros((4, 4, 3))
    for images, where, options, error, says in (
        (np.full((4, 4), 200.0), tmp_path / "a.png", {}, ValueError, "up to 200"),
        (np.full((4, 4), np.nan), tmp_path / "a.png", {}, ValueError, "NaN"),
        (np.zeros((4, 4, 2)), tmp_path / "a.png", {}, ValueError, r"got \(4, 4, 2\)"),
        (fine, tmp_path / "o", {"ending": ".tiff"}, ValueError, "ending must be"),
        (fine, tmp_path / "no" / "a.png", {}, FileNotFoundError, "no folder"),
        (np.zeros((2, 4, 4, 1)), tmp_path / "a.png", {}, ValueError, "holds 2"),
        (np.zeros((2, 4, 4, 1)), tmp_path / "o", {"names": ["a"]}, ValueError, "2 different"),
        (np.zeros((2, 4, 4, 1)), tmp_path / "o", {"names": ["a/b", "c"]}, ValueError, "name of a file"),
        ([], tmp_path / "o", {}, ValueError, "got none"),
        ("photo", tmp_path / "a.png", {}, ValueError, "images must be"),
        (fine, tmp_path / "a.jpg", {"quality": 0}, ValueError, "quality"),
    ):
        with pytest.raises(error, match=says):
            save_images(images, where, **options)
    assert list(tmp_path.iterdir()) == []


# --- handwriting ----------------------------------------------------------------------------------


def paper(digit: np.ndarray, *, pen=0.15, page=0.9, shade=0.0, noise=0.0, size=280, at=(60, 90), seed=0) -> Image.Image:
    """A photograph of a digit on paper: larger, off the middle, in shade, with noise."""
    rng = np.random.default_rng(seed)
    ink = np.asarray(Image.fromarray(digit).resize((size, size), Image.Resampling.BICUBIC)).clip(0, 1)
    whole = np.zeros((480, 640), np.float32)
    whole[at[0] : at[0] + size, at[1] : at[1] + size] = ink
    light = 1 - shade * np.linspace(0, 1, 640)
    grey = (page + (pen - page) * whole) * light + rng.normal(0, noise, whole.shape)
    return Image.fromarray(np.round(255 * grey.clip(0, 1)).astype(np.uint8))


@pytest.fixture(scope="module")
def ten() -> np.ndarray:
    (x, labels), _ = load_digits()
    return x[np.concatenate([np.flatnonzero(labels == d)[1:2] for d in range(10)])][..., 0]


@pytest.mark.slow
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"shade": 0.5, "noise": 0.03},
        {"pen": 0.95, "page": 0.1},
        {"pen": 0.45, "page": 0.75, "noise": 0.02},
        {"size": 60, "at": (300, 20)},
    ],
    ids=["dark pen", "shade and noise", "chalk", "pale pencil", "small in a corner"],
)
def test_handwriting_becomes_digits_like_the_courses(ten, options):
    found, names = read_digits([paper(digit, **options) for digit in ten])
    assert found.shape == (10, 28, 28, 1)
    assert found.dtype == np.float32
    assert (found.min(), found.max()) == (0, 1)
    assert len(names) == 10
    alike = [np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in zip(found, ten, strict=True)]
    assert np.mean(alike) > 0.9
    assert min(alike) > 0.55
    ink = found[..., 0]
    for axis in (1, 2):
        centre = (ink.sum(axis=3 - axis) * np.arange(28)).sum(axis=1) / ink.sum(axis=(1, 2))
        assert np.abs(centre - 14).max() <= 1.0


def test_a_blank_page_holds_no_digit():
    with pytest.raises(ValueError, match="no ink stands out"):
        read_digits(Image.new("L", (300, 200), 230))
