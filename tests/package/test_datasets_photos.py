"""Photographs: split by picture, cut into patches, and read from files of one's own."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from aecourse.datasets import load_patches, load_photos, split_patches, split_photos

TRAIN = ["astronaut", "coffee", "flower", "hubble_deep_field", "retina"]
TEST = ["chelsea", "china", "rocket"]


def test_patches_have_the_size_asked_for_and_the_names_of_their_photographs():
    for size in (32, 64):
        (x_train, names_train), (x_test, names_test) = load_patches(size=size)
        for x, names, expected in ((x_train, names_train, TRAIN), (x_test, names_test, TEST)):
            assert x.dtype == np.float32
            assert x.shape == (len(names), size, size, 3)
            assert 0 <= x.min() < x.max() <= 1
            assert sorted(set(names.tolist())) == expected


def test_whole_photographs_hold_the_patches():
    (photos, names), (others, other_names) = load_photos()
    assert (names, other_names) == (TRAIN, TEST)
    assert {max(p.shape) for p in (*photos, *others)} == {400}
    assert {p.dtype for p in photos} == {np.dtype("float32")}
    (x, patch_names), (x_test, _) = load_patches(size=64)
    np.testing.assert_array_equal(x[0], photos[0][:64, :64])
    np.testing.assert_array_equal(x[1], photos[0][:64, 64:128])
    np.testing.assert_array_equal(x_test[0], others[0][:64, :64])
    assert patch_names[0] == names[0]


def test_a_stride_makes_training_patches_overlap_and_leaves_test_patches_alone():
    (x, _), (x_test, _) = load_patches(size=64)
    (dense, _), (same, _) = load_patches(size=64, stride=32)
    assert len(dense) > 3 * len(x)
    np.testing.assert_array_equal(same, x_test)
    np.testing.assert_array_equal(dense[0, :, 32:], dense[1, :, :32])


def test_one_training_photograph_is_to_choose_on():
    (fit, fit_names), (valid, valid_names), (test, test_names) = split_photos()
    assert (sorted([*fit_names, *valid_names]), test_names) == (TRAIN, TEST)
    assert valid_names == ["coffee"]
    assert [len(fit), len(valid), len(test)] == [4, 1, 3]
    (x, names), _ = load_patches(size=48, stride=32)
    parts = split_patches(size=48, stride=32)
    np.testing.assert_array_equal(parts[0][0], x[names != "coffee"])
    np.testing.assert_array_equal(parts[1][0], x[names == "coffee"])
    np.testing.assert_array_equal(parts[2][0], load_patches(size=48)[1][0])


def test_no_patch_is_in_both_parts():
    (x, _), (x_test, _) = load_patches(size=32)
    assert not {p.tobytes() for p in x} & {p.tobytes() for p in x_test}


@pytest.mark.slow
def test_loading_needs_neither_keras_nor_scikit_image():
    code = (
        "import sys; from aecourse.datasets import load_photos; load_photos();"
        "print([m for m in ('keras', 'tensorflow', 'skimage', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(0)
    for name in ("a.png", "b.png", "c.jpg"):
        Image.fromarray(rng.integers(0, 256, (70, 90, 3), dtype=np.uint8)).save(tmp_path / name)
    (tmp_path / "notes.txt").write_text("no photograph")
    return tmp_path


def test_own_photographs_from_a_folder_or_a_list(folder):
    (x, names), (x_test, names_test) = load_patches(path=folder)
    assert (sorted(set(names)), sorted(set(names_test))) == (["a", "b"], ["c"])
    assert (len(x), len(x_test)) == (2, 1)
    (photos, names), (_, names_test) = load_photos(path=[str(folder / "b.png"), folder / "a.png"])
    assert (names, names_test) == (["b"], ["a"])
    np.testing.assert_array_equal(np.round(photos[0] * 255), np.asarray(Image.open(folder / "b.png")))


def test_a_photograph_too_small_is_named(folder):
    Image.new("RGB", (100, 40)).save(folder / "d.png")
    with pytest.raises(ValueError, match=r"size: a patch of 64 pixels does not fit into the photograph d, 100 × 40"):
        load_patches(path=folder)
    Image.new("RGB", (100, 3)).save(folder / "d.png")
    with pytest.warns(UserWarning, match=r"3 pictures were read, 1 left out: d\.png \(100 × 3 pixels, fewer than 8"):
        load_photos(path=folder)
    with pytest.raises(ValueError, match="size: a patch of 300 pixels does not fit into the photograph coffee"):
        load_patches(size=300)


@pytest.mark.parametrize("mode", ["L", "1", "LA", "I;16"])
def test_a_greyscale_image_is_named(folder, mode):
    Image.new(mode, (100, 100)).save(folder / "d.png")
    with pytest.warns(UserWarning, match=r"3 pictures were read, 1 left out: d\.png \(grey, not in colour\)"):
        load_photos(path=folder)


@pytest.mark.parametrize("damage", [lambda b: b"", lambda b: b"text", lambda b: b[: len(b) // 2]])
def test_a_damaged_file_is_named(folder, damage):
    content = (folder / "a.png").read_bytes()
    (folder / "d.png").write_bytes(damage(content))
    with pytest.warns(UserWarning, match=r"3 pictures were read, 1 left out: d\.png"):
        load_photos(path=folder)


def test_too_few_or_missing_photographs(folder, tmp_path):
    with pytest.raises(ValueError, match="holds 1 photographs; expected two at least"):
        load_photos(path=folder / "a.png")
    with pytest.raises(ValueError, match="expected two at least"):
        load_photos(path=[])
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        load_photos(path=tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError, match="there is no file"):
        load_photos(path=[folder / "a.png", folder / "nowhere.png"])


@pytest.mark.parametrize("path", [3, [3, 4], b"folder"])
def test_path_must_be_paths(path):
    with pytest.raises(TypeError, match=r"path is .*; expected a folder or a list of image files"):
        load_photos(path=path)


def test_numbers_out_of_range_are_named():
    with pytest.raises(ValueError, match="size must be a whole number of at least 8, got 4"):
        load_patches(size=4)
    with pytest.raises(ValueError, match="stride must be a whole number of at least 1, got 0"):
        load_patches(stride=0)
