"""Similar pictures found among one's own: by place, by colours, of any size, with doors that say what is wrong."""

from __future__ import annotations

import numpy as np
import pytest

from aecourse.applications.bottleneck import find_similar


@pytest.fixture
def shapes() -> np.ndarray:
    """Twelve pictures: a bright square at twelve places, with a little noise."""
    x = np.random.default_rng(0).uniform(0, 0.1, (12, 28, 28, 1)).astype("float32")
    for i, picture in enumerate(x):
        top, left = divmod(i, 4)
        picture[2 + 8 * top : 10 + 8 * top, 6 * left : 6 * left + 8] += 0.9
    return np.clip(x, 0, 1)


def photos(n: int, side: tuple[int, int], seed: int = 0) -> list[np.ndarray]:
    """Pictures of a colour each, red or blue by turns, with noise."""
    rng = np.random.default_rng(seed)
    colours = ([0.9, 0.1, 0.1], [0.1, 0.1, 0.9])
    return [np.clip(colours[i % 2] + rng.normal(0, 0.1, (*side, 3)), 0, 1).astype("float32") for i in range(n)]


def test_each_picture_finds_itself_first_and_its_neighbours_next(shapes):
    found = find_similar(shapes, shapes, k=3)
    assert found.indices.shape == found.distances.shape == (12, 3)
    assert found.indices[:, 0].tolist() == list(range(12))
    assert found.distances[:, 0] == pytest.approx(np.zeros(12), abs=1e-3)
    assert (np.diff(found.distances, axis=1) >= 0).all()
    assert abs(int(found.indices[5, 1]) - 5) in (1, 4)  # the square beside, above or below


def test_one_picture_gives_one_row(shapes):
    noisy = np.clip(shapes[7] + np.random.default_rng(1).normal(0, 0.1, shapes[7].shape), 0, 1).astype("float32")
    for query, shape in ((noisy, (2,)), (noisy[..., 0], (2,)), (noisy[None], (1, 2)), ([noisy], (1, 2))):
        found = find_similar(shapes, query, k=2)
        assert found.indices.shape == shape
        assert found.indices.ravel()[0] == 7


def test_bytes_and_floats_are_the_same(shapes):
    whole = (255 * shapes).round().astype("uint8")
    assert (find_similar(whole, whole[:3]).indices == find_similar(whole / 255, whole[:3] / 255).indices).all()


@pytest.mark.parametrize("by", ["place", "colours"])
@pytest.mark.parametrize("side", [(20, 20), (200, 150)])
def test_colour_and_larger_pictures(by, side):
    found = find_similar(photos(10, side), photos(2, side, seed=1), k=5, by=by)
    assert (found.indices[0] % 2 == 0).all()
    assert (found.indices[1] % 2 == 1).all()


def test_colours_do_not_care_for_places(shapes):
    pool = photos(6, (40, 40))
    found = find_similar(pool, pool[4][::-1, ::-1], k=1, by="colours")
    assert found.indices.tolist() == [4]
    assert found.distances[0] == pytest.approx(0, abs=0.05)


def test_pictures_of_several_sizes_and_grey_among_colour(shapes):
    pool = [*photos(2, (60, 90)), shapes[0], np.kron(shapes[5, ..., 0], np.ones((4, 4), "float32"))]
    assert find_similar(pool, shapes[5], k=1).indices.tolist() == [3]


def test_few_pictures_are_enough(shapes):
    assert find_similar(shapes[:1], shapes[3], k=1).indices.tolist() == [0]
    assert find_similar(shapes[:2], shapes[1], k=2).indices.tolist() == [1, 0]
    assert find_similar(np.zeros((3, 8, 8)), np.zeros((8, 8)), k=3).indices.tolist() == [0, 1, 2]


def test_the_arguments_stay_as_they_are(shapes):
    before = shapes.copy()
    find_similar(shapes, shapes[:2])
    assert (shapes == before).all()


@pytest.mark.parametrize(
    ("images", "query", "options", "says"),
    [
        ("photos", np.zeros((8, 8)), {}, "images must be pictures.*load it first"),
        (np.zeros((9, 64)), np.zeros((8, 8)), {}, r"images must be pictures.*float64 with shape \(9, 64\)"),
        (np.zeros((9, 8, 8, 4)), np.zeros((8, 8)), {}, r"images\[0\] must be a picture.*shape \(8, 8, 4\)"),
        (255 * np.ones((9, 8, 8)), np.zeros((8, 8)), {}, r"images\[0\] must lie in \[0, 1\].*/ 255"),
        (np.full((9, 8, 8), np.nan), np.zeros((8, 8)), {}, r"images\[0\] holds NaN"),
        ([], np.zeros((8, 8)), {}, "images must hold at least one picture"),
        (np.zeros((9, 8, 8)), np.zeros((8, 8)), {"k": 10}, "k must be a whole number from 1 to 9, got 10"),
        (np.zeros((9, 8, 8)), np.zeros((8, 8)), {"by": "code"}, 'by must be "place" or "colours"'),
        (np.zeros((9, 8, 8)), np.zeros(8), {}, "query must be pictures"),
    ],
)  # fmt: skip
def test_what_comes_in_is_checked(images, query, options, says):
    with pytest.raises((TypeError, ValueError), match=says) as caught:
        find_similar(images, query, **options)
    assert len(str(caught.value)) <= 600
