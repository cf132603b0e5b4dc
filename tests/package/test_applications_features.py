"""Texts in, named features out, each scored on texts held back; errors at the door."""

from __future__ import annotations

from pathlib import Path

import pytest

from aecourse.applications.features import find_features
from aecourse.datasets.embedded import DATA

MESSAGES = Path(str(DATA)) / "yours" / "messages.txt"


@pytest.mark.slow
def test_messages_fall_into_what_they_are_about():
    features = find_features(MESSAGES, units=16)
    good = [f for f in features if f.f1 >= 0.5]
    assert len(good) >= 3
    for feature in good:
        assert 0 < feature.share < 0.5
        assert 0 <= feature.untrained <= 1
        assert 1 <= len(feature.texts) <= 3
    assert find_features(MESSAGES, units=16) == features


@pytest.mark.parametrize(
    ("content", "options", "error", "said"),
    [
        (None, {}, FileNotFoundError, "there is no file or folder"),
        ("A dog barks.\n\n" * 500, {}, ValueError, "at least 80 different texts of known words (paragraphs), got 1: "),
        ("xyzzy plugh\n\n" * 500, {}, ValueError, "none of their words is known"),
        ("A dog barks.", {"units": 1}, ValueError, "units must be a whole number of at least 2, got 1"),
        ("A dog barks.", {"units": 2.5}, ValueError, "units must be a whole number"),
        ("A dog barks.", {"seed": -1}, ValueError, "seed must be a whole number of at least 0"),
    ],
)
def test_what_holds_no_features_is_refused(tmp_path, content, options, error, said):
    path = tmp_path / "a.txt"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(error) as caught:
        find_features(path, **options)
    assert said in str(caught.value)
    assert len(str(caught.value)) <= 600


def test_units_are_fewer_than_texts():
    with pytest.raises(ValueError, match="units must be fewer than the 300 texts that are learned from, got 300"):
        find_features(MESSAGES, units=300)
