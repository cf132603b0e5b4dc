"""Cubes of bands of one's own, in every format and with what they usually have wrong; every file is made here."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat

from aecourse.files import map_colours, read_scene, save_map


@pytest.fixture
def cube():
    """Reflectance in ten thousandths: 12 × 9 pixels, 7 bands."""
    return np.random.default_rng(0).integers(1, 9000, (12, 9, 7)).astype("int16")


def written(folder, cube, how):
    """The cube as a file of one kind; the path to read."""
    first = np.moveaxis(cube, 2, 0)
    if how == "npy":
        np.save(folder / "a.npy", cube)
        return folder / "a.npy"
    if how == "npz":
        np.savez(folder / "a.npz", cube=cube, wavelengths=np.arange(7), gt=np.ones((12, 9)))
        return folder / "a.npz"
    if how == "mat":
        savemat(folder / "PaviaU.mat", {"paviaU": cube})
        return folder / "PaviaU.mat"
    if how == "tif":
        rasterio = pytest.importorskip("rasterio")
        where = {"crs": "EPSG:31985", "transform": rasterio.transform.from_origin(288776, 9120760, 28.5, 28.5)}
        with rasterio.open(
            folder / "a.tif", "w", driver="GTiff", height=12, width=9, count=7, dtype=cube.dtype, nodata=-1, **where
        ) as file:
            file.write(first)
        return folder / "a.tif"
    envi = pytest.importorskip("spectral.io.envi")
    data = {"data ignore value": -1}
    envi.save_image(str(folder / "a.hdr"), cube, dtype=cube.dtype, interleave="bil", metadata=data, ext="")
    return folder / ("a.hdr" if how == "hdr" else "a")


@pytest.mark.parametrize("how", ["npy", "npz", "mat", "tif", "hdr", "envi"])
def test_every_format_gives_the_same_cube(tmp_path, cube, how, capsys):
    scene = read_scene(written(tmp_path, cube, how))
    assert scene.cube.dtype == np.float32
    np.testing.assert_allclose(scene.cube, cube / 10_000, rtol=1e-6)
    assert scene.scale == 10_000
    assert ("transform" in scene.place) == (how == "tif")
    assert "12 × 9 pixels, 7 bands" in capsys.readouterr().out


@pytest.mark.parametrize("how", ["tif", "hdr"])
def test_a_files_own_mark_is_no_data(tmp_path, cube, how):
    cube[3, 4, 2] = -1
    scene = read_scene(written(tmp_path, cube, how))
    assert np.isnan(scene.cube[3, 4]).all()
    assert np.isnan(scene.cube).sum() == 7


@pytest.mark.parametrize(
    ("file", "keys"),
    [
        ("Indian_pines_corrected.mat", ("indian_pines_corrected", "indian_pines_gt")),
        ("PaviaU.mat", ("paviaU", "paviaU_gt")),
        ("Salinas_corrected.mat", ("salinas_corrected", "salinas_gt")),
    ],
)
def test_the_usual_scenes_need_no_key_and_bring_their_labels(tmp_path, cube, file, keys):
    known = np.random.default_rng(1).integers(0, 5, (12, 9)).astype("uint8")
    savemat(tmp_path / file, {keys[0]: cube})
    savemat(tmp_path / "gt.mat", {keys[1]: known})
    scene = read_scene(tmp_path / file, tmp_path / "gt.mat")
    assert scene.labels is not None
    assert np.array_equal(scene.labels, known)


def test_bands_first_is_seen_by_the_labels_or_by_its_shape_and_can_be_said(tmp_path, cube):
    first = np.moveaxis(cube, 2, 0)
    np.save(tmp_path / "a.npy", first)
    np.save(tmp_path / "gt.npy", np.ones((12, 9)))
    wide = np.tile(first, (1, 3, 3))
    np.save(tmp_path / "wide.npy", wide)
    np.testing.assert_allclose(read_scene(tmp_path / "a.npy", tmp_path / "gt.npy").cube, cube / 1e4, rtol=1e-6)
    np.testing.assert_allclose(read_scene(tmp_path / "a.npy", bands="first").cube, cube / 1e4, rtol=1e-6)
    assert read_scene(tmp_path / "wide.npy").cube.shape == (36, 27, 7)
    assert read_scene(tmp_path / "wide.npy", bands="last").cube.shape == (7, 36, 27)


@pytest.mark.parametrize(
    ("kind", "factor", "scale"),
    [("uint8", 0.02, 255), ("int16", 1, 1e4), ("uint16", 7, 65535), ("float32", 1e-4, 1), ("float64", 1e-2, 100)],
)
def test_whole_numbers_become_shares(tmp_path, cube, kind, factor, scale):
    stored = (cube * factor).astype(kind)
    np.save(tmp_path / "a.npy", stored)
    scene = read_scene(tmp_path / "a.npy")
    assert scene.scale == scale
    np.testing.assert_allclose(scene.cube, stored / scale, rtol=1e-5)
    assert read_scene(tmp_path / "a.npy", scale=1).cube.max() == np.float32(stored.max())


@pytest.mark.parametrize("gap", [np.nan, np.inf, -9999, -32768, -3.4e38, 0, 77])
def test_gaps_are_nan_in_every_band(tmp_path, cube, gap):
    holes = cube.astype("float32")
    holes[:2] = gap
    holes[5, 5, 3] = np.nan
    np.save(tmp_path / "a.npy", holes)
    scene = read_scene(tmp_path / "a.npy", nodata=77)
    empty = np.isnan(scene.cube)
    assert empty[:2].all()
    assert empty[5, 5].all()
    assert empty.sum() == 7 * (18 + 1)


def test_a_band_without_data_is_left_out(tmp_path, cube, capsys):
    holes = cube.astype("float32")
    holes[..., 2] = np.nan
    np.save(tmp_path / "a.npy", holes)
    assert read_scene(tmp_path / "a.npy").cube.shape == (12, 9, 6)
    assert "1 bands hold nothing" in capsys.readouterr().out


def raised(*arguments, **options):
    with pytest.raises((ValueError, TypeError, FileNotFoundError, ImportError)) as caught:
        read_scene(*arguments, **options)
    text = str(caught.value)
    assert len(text) <= 600
    return text


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.mat", b"", "is empty"),
        ("a.tif", b"<!DOCTYPE html><html>", "a web page"),
        ("a.mat", b"MATLAB 7.3 MAT-file, Platform: GLNXA64", "version 7.3.*-v7"),
        ("a.mat", b"MATLAB 5.0 MAT-file, cut off", "cannot be read as MATLAB's"),
        ("a.npy", b"\x93NUMPY\x01\x00v\x00{'descr'", "cannot be read"),
        ("a.npz", b"PK\x03\x04 cut off", "cannot be read"),
        ("a.png", b"\x89PNG....", "read_images"),
        ("a.xyz", b"whatever", "of no known kind"),
        ("a.zip", b"PK\x03\x04", "unpack it first"),
    ],
)
def test_what_is_no_cube_says_so(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=said):
        read_scene(tmp_path / name)


def test_arrays_that_do_not_fit_say_what_they_are(tmp_path, cube):
    file = tmp_path / "a.npy"
    np.save(file, cube[..., 0])
    assert "one band, or labels" in raised(file)
    np.save(file, cube[..., :1])
    assert "has one band" in raised(file)
    np.save(file, np.full((4, 5, 6), np.nan))
    assert "holds no data" in raised(file)
    np.save(file, np.array([{}], dtype=object), allow_pickle=True)
    assert "Python objects" in raised(file)
    np.savez(tmp_path / "b.npz", one=cube, two=cube)
    assert "one, two" in raised(tmp_path / "b.npz")
    assert "holds one, two" in raised(tmp_path / "b.npz", key="three")
    assert read_scene(tmp_path / "b.npz", key="two").cube.shape == cube.shape
    np.save(file, cube)
    np.save(tmp_path / "gt.npy", np.ones((9, 12)))
    assert "labels.T" in raised(file, tmp_path / "gt.npy")
    np.save(tmp_path / "gt.npy", np.full((12, 9), 0.5))
    assert "with fractions" in raised(file, tmp_path / "gt.npy")
    assert "is not there" in raised(tmp_path / "none.mat")
    assert "expected" in raised(3)
    assert '"first" or "last"' in raised(file, bands="1")


@pytest.mark.parametrize(("package", "ending"), [("rasterio", ".tif"), ("spectral", ".hdr")])
def test_a_missing_package_is_named_with_its_cure(tmp_path, monkeypatch, package, ending):
    monkeypatch.setitem(sys.modules, package, None)
    (tmp_path / f"a{ending}").write_bytes(b"ENVI")
    with pytest.raises(ImportError, match=rf"{package}: .*aecourse\[scenes\]"):
        read_scene(tmp_path / f"a{ending}")


def test_a_map_is_saved_as_colours_or_with_its_place(tmp_path, cube):
    clusters = np.arange(12 * 9).reshape(12, 9) % 5 - 1
    file = save_map(clusters, tmp_path / "a.png")
    np.testing.assert_array_equal(np.asarray(Image.open(file)), np.round(255 * map_colours(clusters)).astype("uint8"))
    with pytest.raises(FileExistsError, match="overwrite=True"):
        save_map(clusters, file)
    with pytest.raises(ValueError, match="-1 to 253"):
        save_map(clusters + 251, tmp_path / "b.png")
    rasterio = pytest.importorskip("rasterio")
    scene = read_scene(written(tmp_path, cube, "tif"))
    with rasterio.open(save_map(clusters, tmp_path / "map.tif", place=scene.place)) as saved:
        assert (saved.crs, saved.transform) == (scene.place["crs"], scene.place["transform"])
        assert np.array_equal(saved.read(1), np.where(clusters < 0, 255, clusters))
        assert saved.nodata == 255
