"""Weights that the course carries: they fit the lesson's network, and the tool that trains them runs."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from aecourse.corruption import add_watermark
from aecourse.datasets import load_photos, load_speech, load_weights
from benchmarks.lesson_code import functions_of
from tools import train_denoiser, train_lifter


def test_an_unknown_network_is_named():
    with pytest.raises(ValueError, match="name must be one of lifter, denoiser, got 'lifted'"):
        load_weights("lifted")


def test_the_stored_weights_fit_lesson_06_and_lift_marks():
    lesson = functions_of("06_watermarks")
    model = lesson["lifter"]()
    model.set_weights(load_weights("lifter"))
    (x, names), _ = load_photos(size=96)
    clean = x[names == "coffee"]
    marked, mask = add_watermark(clean, kind=("text", "logo"), colour=(1, 1, 1), seed=5)
    lifted = lesson["lift"](model, marked)
    assert lifted.shape == clean.shape
    inside = mask > 0
    assert lesson["decibels"](clean, lifted, inside) > lesson["decibels"](clean, marked, inside) + 3


def test_the_stored_weights_fit_lesson_09_and_remove_noise():
    lesson = functions_of("09_sound")
    model = lesson["denoiser"](lesson["masker"]())
    model.set_weights(load_weights("denoiser"))
    clean = load_speech()[0][0][-6:]
    noisy = lesson["noisy_versions"](clean, load_speech()[0][0][:20], np.random.default_rng(0))
    assert lesson["mean_gain"](clean, noisy, lambda x: lesson["remove_noise"](model, x)) > 3


@pytest.mark.slow
@pytest.mark.parametrize(
    ("tool", "short", "name"),
    [(train_lifter, ["--minutes", "0.02"], "lifter"), (train_denoiser, ["--epochs", "1"], "denoiser")],
)
def test_the_tools_train_and_store(tmp_path, capsys, tool, short, name):
    target = tmp_path / f"{name}.npz"
    assert tool.main([*short, "--to", str(target)]) == 0
    assert hashlib.sha256(target.read_bytes()).hexdigest() in capsys.readouterr().out
    with np.load(target) as archive:
        stored = [archive[key] for key in archive.files]
    assert [w.shape for w in stored] == [w.shape for w in load_weights(name)]
    assert {w.dtype for w in stored} == {np.dtype(np.float16)}


def test_the_training_never_sees_the_validation_or_test_photographs():
    drawn = [picture.tobytes() for picture, _ in train_lifter.pictures(None)]
    (photos, names), (test, test_names) = load_photos(whole=True)
    for photo, name in zip([*photos, *test], [*names, *test_names], strict=True):
        at_400 = train_lifter.resized(train_lifter.as_image(photo), 400).tobytes()
        assert (at_400 in drawn) == (name not in (train_lifter.VALIDATION, *test_names)), name
