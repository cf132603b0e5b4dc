"""Maps of scenes that are made here: groups where materials are, whatever the light, and nothing where no data are."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from aecourse.applications import land_cover
from aecourse.applications.land_cover import map_scene
from aecourse.files import Scene


@pytest.fixture(scope="module")
def scene():
    """Three materials in stripes under uneven light, a corner without data."""
    rng = np.random.default_rng(0)
    spectra = rng.uniform(0.1, 0.9, (3, 12))
    kinds = np.repeat([0, 1, 2], 14)[None, :].repeat(30, axis=0)
    cube = spectra[kinds] * rng.uniform(0.3, 1.0, (30, 42, 1)) + rng.normal(0, 0.004, (30, 42, 12))
    cube[:4, :4] = np.nan
    return Scene(cube.astype("float32"), kinds + 1, 1.0, {})


@pytest.mark.slow
def test_groups_follow_the_materials_and_not_the_light(scene, tmp_path):
    made = map_scene(scene, groups=3)
    data = np.isfinite(scene.cube[..., 0])
    assert adjusted_rand_score(scene.labels[data], made.groups[data]) > 0.9
    assert (made.groups[~data] == -1).all()
    assert np.isnan(made.codes[~data]).all()
    assert (made.colours[~data] == 1).all()
    assert made.groups.max() == 2
    sizes = np.bincount(made.groups[data])
    assert (np.diff(sizes) <= 0).all()
    assert made.save(tmp_path / "map.png").is_file()


@pytest.mark.slow
def test_a_large_scene_may_begin_with_pixels_that_are_all_alike(scene, monkeypatch):
    monkeypatch.setattr(land_cover, "LEARNED", 400)
    sea = np.full((10, 42, 12), 0.1, "float32")
    assert map_scene(np.concatenate([sea, scene.cube]), groups=4).groups.max() == 3


@pytest.mark.parametrize(
    ("given", "options", "said"),
    [
        (np.zeros((4, 5)), {}, "scene must be"),
        (np.zeros((4, 5, 1)), {}, "scene must be"),
        (np.zeros((4, 5, 6)), {}, "at least 8 different pixels"),
        (np.full((4, 5, 6), np.nan), {}, "at least 8 different pixels"),
        (np.ones((9, 9, 3)), {"groups": 1}, "groups"),
        ("scene.tif", {}, "scene must be"),
    ],
)
def test_what_is_no_scene_is_refused(given, options, said):
    with pytest.raises((TypeError, ValueError), match=said):
        map_scene(given, **options)
