"""The challenge: digits that cannot be looked up, the same for the same seed, and a score that says what was gained."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import median_filter

from aecourse.datasets import load_digits
from aecourse.exercises import challenge
from aecourse.exercises.challenge import damaged_digits, gained
from aecourse.exercises.grading import one, process, putting_back
from aecourse.exercises.grading.submissions import Submission


def test_the_same_seed_gives_the_same_digits_and_another_seed_others():
    first, again, other = damaged_digits(4, seed=3), damaged_digits(4, seed=3), damaged_digits(4, seed=4)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[1], other[1])
    for x in first:
        assert (x.shape, x.dtype, float(x.min()) >= 0, float(x.max()) <= 1) == ((4, 28, 28, 1), np.float32, True, True)


def test_every_digit_is_damaged_and_none_stands_in_the_data():
    clean, damaged = damaged_digits(60, seed=8)
    assert (np.abs(clean - damaged).mean(axis=(1, 2, 3)) > 0.01).all()
    known = np.concatenate([x for x, _ in load_digits()]).reshape(-1, 784)
    nearest = [float(((known - one.ravel()) ** 2).mean(axis=1).min()) for one in clean[:10]]
    assert min(nearest) > 1e-3


@pytest.mark.parametrize(("n", "seed", "error"), [(0, 1, ValueError), (2, -1, ValueError), (2.0, 1, TypeError)])
def test_other_arguments_are_refused(n, seed, error):
    with pytest.raises(error):
        damaged_digits(n, seed=seed)


def test_a_score_is_what_was_gained():
    clean, damaged = damaged_digits(20, seed=2)
    assert gained(clean, damaged, damaged) == 0
    assert gained(clean, damaged, clean) > 20
    assert gained(clean, damaged, 1 - damaged) < 0


def stretched(x):
    """The contrast of each digit, stretched, then a median filter."""
    low, high = np.percentile(x, (20, 97), axis=(1, 2, 3), keepdims=True)
    return median_filter(np.clip((x - low) / np.maximum(high - low, 0.1), 0, 1), (1, 3, 3, 1))


REFUSED = [
    (lambda x: x, "nothing is restored: that is what came in."),
    (lambda x: np.zeros_like(x), "all pixels are alike: is the function still empty?"),
    (lambda x: 1 - x, "dB: the digits are farther from the clean ones than before."),
    (lambda x: median_filter(x, (1, 3, 3, 1)), "dB gained; "),
    (lambda x: x[0], "must have shape (300, 28, 28, 1)"),
    (lambda x: None, "returns nothing (None)"),
    (lambda x: x.fill(0) or x + 1, "overwrites x"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("answer", "said"), REFUSED)
def test_wrong_answers_get_a_message_of_their_own(answer, said):
    for _ in range(3):
        refused = challenge.restore.grade(answer)
        assert refused.kind == "wrong", refused
        assert said in refused.message, refused


@pytest.mark.parametrize("share", [1.0, 0.8])
def test_right_answers_pass(share, monkeypatch):
    clean, damaged = damaged_digits(challenge.PRACTICE, seed=5)
    monkeypatch.setattr(challenge, "damaged_digits", lambda n, *, seed: (clean, damaged))
    answer = challenge.restore.grade(lambda x: share * clean + (1 - share) * x)
    assert answer.kind == "correct", answer
    assert "dB gained" in answer.message


@pytest.mark.slow
def test_a_simple_method_that_is_well_set_reaches_the_target_and_a_filter_alone_does_not():
    clean, damaged = damaged_digits(1000, seed=6)
    assert gained(clean, damaged, stretched(damaged)) > challenge.TARGET
    assert gained(clean, damaged, median_filter(damaged, (1, 3, 3, 1))) < challenge.TARGET - 2


def test_a_stub_is_not_attempted():
    assert challenge.restore.grade(lambda x: ...).kind == "not attempted"


def scored(tmp_path: Path, given: bytes) -> one.Graded:
    graded = one.Graded(Submission("Ada", Path("challenge.ipynb"), ""), putting_back.CHALLENGE)
    (tmp_path / "restored").write_bytes(given)
    one._score(graded, tmp_path / "restored", *damaged_digits(5, seed=1))
    return graded


def test_the_grader_scores_what_came_back_and_refuses_what_is_no_digits(tmp_path):
    clean, damaged = damaged_digits(5, seed=1)
    assert scored(tmp_path, clean.tobytes()).score == gained(clean, damaged, clean)
    for given in (b"", clean.tobytes()[:-1], np.full_like(clean, np.nan).tobytes()):
        graded = scored(tmp_path, given)
        assert graded.score is None
        assert graded.remarks[0].startswith("no score: ")


@pytest.mark.slow
def test_a_submission_sees_the_damaged_digits_alone():
    code = "def restore(damaged):\n    return 0.5 * damaged"
    cells = ["from aecourse.exercises import challenge as exercise", code, "exercise.restore.check(restore)"]
    text = json.dumps({"cells": [{"cell_type": "code", "source": cell} for cell in cells]})
    secret = damaged_digits(50, seed=77)
    limits = process.Limits(120, 480, 6 * 2**30, 1)
    graded = one.grade(Submission("Ada", Path("challenge.ipynb"), text), putting_back.course(), limits, secret=secret)
    assert graded.score == pytest.approx(gained(*secret, 0.5 * secret[1]), abs=1e-4)
    assert graded.remarks == []
