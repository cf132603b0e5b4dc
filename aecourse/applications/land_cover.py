"""Make a map of groups of alike pixels from a scene of one's own, with as many bands as it has."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from aecourse.checks import array, described, whole_number
from aecourse.files import Scene, save_map
from aecourse.recipes import land_cover as lesson

WANTED = "a scene from read_scene, or an array (height, width, bands) of at least 2 bands"
LARGEST = 64  # groups
LEARNED = 20_000  # pixels that the network and the groups are learned on
AT_ONCE = 200_000  # pixels that are coded at once
STEPS = 1_000  # of the training, whatever the number of pixels
BATCH = 128


class SceneMap(NamedTuple):
    """What `map_scene` makes of a scene.

    Attributes:
        groups: the group of each pixel, int64 with shape `(height, width)`: 0 for the largest, -1 without data.
        colours: the three numbers as red, green and blue, float32 in [0, 1], `(height, width, 3)`; white without data.
        codes: the three numbers, float32 with shape `(height, width, 3)`, NaN without data.
        odd: how badly the network rebuilds each pixel's shape, float32 with shape `(height, width)`, NaN without data.
        place: where on Earth the scene lies, empty where it does not say.
    """

    groups: NDArray[np.int64]
    colours: NDArray[np.float32]
    codes: NDArray[np.float32]
    odd: NDArray[np.float32]
    place: dict[str, Any]

    def save(self, where: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
        """Save the groups: as colours (.png), or as numbers that keep the scene's place on Earth (.tif)."""
        return save_map(self.groups, where, place=self.place, overwrite=overwrite)


def map_scene(scene: Scene | NDArray, *, groups: int = 8, seed: int = 0) -> SceneMap:
    """Divide brightness out of each pixel, say it with three numbers, and group pixels whose numbers are alike.

    The network of the lesson is trained on up to 20,000 pixels of this scene and knows no other. Groups are made by
    k-means and come without names: look at the map beside the picture and say what they are. Two scenes have two codes,
    so a group of one is not the group of the same number in another.

    Args:
        scene: what `read_scene` gives, or a cube, floats with shape `(height, width, bands)`; pixels with a NaN are
            without data.
        groups: how many groups are made, 2 to 64.
        seed: of the training, of the pixels that are learned on, and of k-means.

    Returns:
        `SceneMap(groups, colours, codes, odd, place)`.

    Raises:
        TypeError, ValueError: `scene` is no such cube, or has fewer pixels with data than groups.

    Source: Hartigan & Wong, *A k-means clustering algorithm*, 1979; MacQueen, *Some methods for classification and
        analysis of multivariate observations*, 1967.

    Example:
        >>> cube = np.random.default_rng(0).random((8, 9, 4)).astype("float32")
        >>> cube[:, 5:, 1] += 2
        >>> made = map_scene(cube, groups=2)
        >>> made.groups.shape, made.colours.shape, int(made.groups.max())
        ((8, 9), (8, 9, 3), 1)
    """
    from sklearn.cluster import KMeans

    groups = whole_number("groups", groups, low=2, high=LARGEST)
    seed = whole_number("seed", seed, low=0)
    cube, place = _cube(scene)
    has_data = np.isfinite(cube).all(axis=2) & (np.abs(cube).max(axis=2) > 0)
    flat = lesson.shape_of(cube[has_data].astype(np.float32))
    some = flat[np.random.default_rng(seed).permutation(len(flat))[:LEARNED]]
    if len(np.unique(some, axis=0)) < groups:
        raise ValueError(
            f"scene must hold at least {groups} different pixels with data for {groups} groups, and holds "
            f"{has_data.sum():,} with data: give fewer groups"
        )
    epochs = max(1, round(STEPS * BATCH / max(len(some), BATCH)))
    coder = lesson.train_coder(some, epochs=min(epochs, 200), batch_size=BATCH, seed=seed)
    codes, odd = _coded(coder, flat, some)
    spread = np.maximum(codes.std(axis=0), 1e-6)
    learned = lesson.codes_of(coder, some, some) / spread
    means = KMeans(groups, n_init=5, random_state=seed).fit(learned)
    found = means.predict((codes / spread).astype(learned.dtype)).astype(np.int64)
    largest_first = np.argsort(-np.bincount(found, minlength=groups), kind="stable")
    order = np.argsort(largest_first)
    return SceneMap(
        _laid(order[found], has_data, -1),
        _laid(lesson.even_colours(codes), has_data, 1),
        _laid(codes, has_data, np.nan),
        _laid(odd, has_data, np.nan),
        place,
    )


def _cube(scene: object) -> tuple[NDArray, dict[str, Any]]:
    """The cube of a scene, and its place."""
    given, place = (scene.cube, scene.place) if isinstance(scene, Scene) else (scene, {})
    cube = array("scene", given, WANTED, kinds="iuf")
    if cube.ndim != 3 or cube.shape[2] < 2 or not cube.size:
        raise ValueError(f"scene must be {WANTED}, got {described(cube)}")
    return cube, dict(place)


def _coded(coder: object, flat: NDArray, like: NDArray) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Codes of all pixels, and how far each is from what the network rebuilds."""
    codes, odd = [], []
    for start in range(0, len(flat), AT_ONCE):
        part = flat[start : start + AT_ONCE]
        codes.append(lesson.codes_of(coder, part, like))
        odd.append(np.mean((lesson.rebuilt(coder, part, like) - part) ** 2, axis=1))
    return np.concatenate(codes), np.concatenate(odd).astype(np.float32)


def _laid(values: NDArray, where: NDArray[np.bool_], otherwise: float) -> Any:
    """Values of the pixels with data, back in their places."""
    whole = np.full((*where.shape, *values.shape[1:]), otherwise, dtype=values.dtype)
    whole[where] = values
    return whole
