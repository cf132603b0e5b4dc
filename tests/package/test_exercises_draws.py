"""What is measured of a learner's random function is not left to chance."""

from __future__ import annotations

import numpy as np
import pytest

from aecourse.exercises.draws import repeated


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_two_images_with_the_same_few_grains_are_chance(rng):
    noise = rng.normal(size=(200, 28, 28, 1))
    noise[[3, 7]] = 0
    noise[[3, 7], 5, 5:12] = 0.5
    assert repeated(noise) is None


@pytest.mark.parametrize(("copies", "said"), [(slice(3, 5), "some"), (slice(None), "all")])
def test_the_same_noise_in_other_strengths_is_seen(rng, copies, said):
    noise = rng.normal(size=(200, 28, 28, 1))
    noise[copies] = noise[0] * rng.uniform(0.1, 1, (200, 1, 1, 1))[copies]
    assert repeated(noise) == said


def test_a_few_grains_at_the_same_places_of_all_images_are_seen(rng):
    noise = np.zeros((1500, 28, 28, 1))
    noise[:, 5, 5:12] = rng.uniform(0.1, 0.5, (1500, 1, 1))
    assert repeated(noise) == "all"
