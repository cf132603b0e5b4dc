"""Weights that the course carries: they fit the lessons' networks, and the programs that train them run."""

from __future__ import annotations

import hashlib
import io
import os
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from scipy.stats import spearmanr

from aecourse.applications.words import similarity
from aecourse.backend import keras
from aecourse.corruption import add_watermark, scan_badly
from aecourse.datasets import (
    load_glosses,
    load_photos,
    load_word_pairs,
    split_digits,
    split_pages,
    split_patches,
    split_photos,
    split_speech,
)
from aecourse.metrics import psnr
from aecourse.models import outputs
from aecourse.recipes import colour, compression, generating, reading, sound, watermarks
from aecourse.weights import load_weights
from lessons.colour import train as train_spreader
from lessons.compression import train as train_codec
from lessons.denoising import train as train_cleaner
from lessons.generating import train as train_judge
from lessons.reading import train as train_reader
from lessons.sound import train as train_denoiser
from lessons.watermarks import train as train_lifter
from lessons.words import train as train_vectors
from tools.together import ONE_CORE, Together, on_one_core
from tools.weights import read


@pytest.mark.slow
def test_the_stored_weights_fit_the_lifter_and_lift_marks():
    model = watermarks.lifter()
    model.set_weights(load_weights("lifter"))
    _, (clean, _), _ = split_patches(size=96)
    marked, mask = add_watermark(clean, kind=("text", "logo"), colour=(1, 1, 1), seed=5)
    lifted = watermarks.lift(model, marked)
    assert lifted.shape == clean.shape
    inside = mask > 0
    assert watermarks.decibels(clean, lifted, inside) > watermarks.decibels(clean, marked, inside) + 3


@pytest.mark.slow
def test_the_stored_weights_fit_the_denoiser_and_remove_noise():
    model = sound.denoiser(sound.masker())
    model.set_weights(load_weights("denoiser"))
    (x_fit, _), (x_valid, _), _ = split_speech()
    clean = x_valid[-6:]
    noisy = sound.noisy_versions(clean, x_fit[:20], np.random.default_rng(0))
    assert sound.mean_gain(clean, noisy, lambda x: sound.remove_noise(model, x)) > 3


@pytest.mark.slow
def test_the_stored_weights_fit_the_codec_and_beat_jpeg():
    codec = compression.empty_codec()
    codec.set_weights(load_weights("codec"))
    _, _, ((x, *_), _) = split_photos()
    ratios = compression.times([compression.rival_curve(x, "JPEG")], [compression.our_curve(codec, x)])
    assert min(ratios) > 1.1


@pytest.mark.slow
def test_the_stored_weights_fit_the_spreader_and_spread_clicks():
    network = colour.spreader()
    network.set_weights(load_weights("spreader"))
    _, ((photo,), _), _ = split_photos()
    lab, rng = colour.in_lab(photo, 128), np.random.default_rng(0)
    grey, ours = np.zeros((*lab.shape[:2], 2)), []
    for _ in range(4):
        asked = lab[..., 0], *colour.clicked(lab, 10, rng)
        ours.append(colour.chroma_psnr(colour.spread_by(network, *asked), lab[..., 1:]))
    assert np.mean(ours) > colour.chroma_psnr(grey, lab[..., 1:]) + 2


@pytest.mark.slow
def test_the_stored_weights_fit_the_judge_and_read_digits():
    judge = generating.new_judge()
    judge.set_weights(load_weights("judge"))
    _, (x_valid, y_valid), _ = split_digits()
    assert np.mean(outputs(judge, x_valid).argmax(axis=1) == y_valid) > 0.95


@pytest.mark.slow
def test_the_stored_weights_fit_the_reader_and_clean_pages():
    model = reading.reader()
    model.set_weights(load_weights("restorer"))
    _, (x, _), _ = split_pages()
    scans = scan_badly(x, seed=2)
    assert psnr(x, reading.cleaned(model, scans)) > psnr(x, reading.without_shade(scans)) + 3


@pytest.mark.slow
@pytest.mark.parametrize(
    ("tool", "short", "name"),
    [
        (train_lifter, ["--minutes", "0.02"], "lifter"),
        (train_denoiser, ["--epochs", "1", "--again", "1"], "denoiser"),
        (train_cleaner, ["--epochs", "1", "--digits", "256"], "cleaner"),
        (train_codec, ["--minutes", "0.02"], "codec"),
        (train_judge, ["--epochs", "1"], "judge"),
        (train_reader, ["--minutes", "0.02"], "restorer"),
        (train_spreader, ["--seconds", "1"], "spreader"),
    ],
)
def test_the_tools_train_and_store(tmp_path, capsys, tool, short, name):
    target = tmp_path / f"{name}.npz"
    assert tool.main([*short, "--to", str(target)]) == 0
    assert hashlib.sha256(target.read_bytes()).hexdigest() in capsys.readouterr().out
    with np.load(target) as archive:
        stored = [archive[key] for key in archive.files]
    assert [w.shape for w in stored] == [w.shape for w in load_weights(name)]
    assert {w.dtype for w in stored} == {np.dtype(np.float16)}


@pytest.mark.slow
def test_the_training_never_sees_the_validation_or_test_photographs():
    drawn = [picture.tobytes() for picture, _ in train_lifter.pictures(None)]
    (fitted_on, _), _, _ = split_photos()
    (photos, _), (test, _) = load_photos()
    kept = {photo.tobytes() for photo in fitted_on}
    for photo in [*photos, *test]:
        at_400 = train_lifter.resized(train_lifter.as_image(photo), 400).tobytes()
        assert (at_400 in drawn) == (photo.tobytes() in kept)


@pytest.mark.slow
def test_two_processes_train_one_codec(tmp_path):
    target = tmp_path / "codec.npz"
    assert train_codec.main(["--minutes", "0.02", "--processes", "2", "--large", "--to", str(target)]) == 0
    assert [w.shape for w in read(target)] == [w.shape for w in load_weights("codec")]


def test_processes_go_on_from_the_mean_and_stop_together():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
    own = model.get_weights()
    rows = np.zeros((2, 10), "float32")
    rows[1] = np.r_[np.arange(9), 1]  # the other one's weights; it stops
    waited = []
    callback = Together(0, rows, SimpleNamespace(wait=lambda: waited.append(1)))
    callback.set_model(model)
    model.stop_training = False
    callback.on_epoch_end(0)
    np.testing.assert_allclose(model.get_weights()[0], (own[0] + np.arange(6).reshape(2, 3)) / 2)
    np.testing.assert_allclose(model.get_weights()[1], (own[1] + np.arange(6, 9)) / 2)
    assert model.stop_training
    assert len(waited) == 2


def test_a_process_of_one_core_leaves_this_one_as_it_was(monkeypatch):
    for name in ONE_CORE:
        monkeypatch.setenv(name, "2")
    assert [on_one_core(os.getenv, name) for name in ONE_CORE] == ["1"] * len(ONE_CORE)
    assert {os.environ[name] for name in ONE_CORE} == {"2"}
    with pytest.raises(ZeroDivisionError):
        on_one_core(divmod, 1, 0)


def test_the_codec_finds_photographs_among_resources(tmp_path):
    folder = tmp_path / "gcompris-qt" / "rcc"
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    content = b"qres" + b"RIFF" + bytes(20)  # what only begins like one
    for sides in [(800, 300), (320, 240), (900, 400)]:
        file = io.BytesIO()
        Image.fromarray(rng.integers(0, 256, (sides[1], sides[0], 3), dtype=np.uint8)).save(file, "WEBP")
        content += file.getvalue() + bytes(5)
    (folder / f"{train_codec.SHOTS[0]}.rcc").write_bytes(content)
    assert [shot.size for shot in train_codec.shots_in(tmp_path)] == [(800, 300), (900, 400)]


def test_the_codec_never_sees_the_validation_or_test_photographs():
    drawn = [picture.tobytes() for picture, _ in train_codec.pictures(None)]
    (fitted_on, _), _, _ = split_photos()
    kept = {photo.tobytes() for photo in fitted_on}
    (photos, _), (test, _) = load_photos()
    for photo in [*photos, *test]:
        assert (np.round(255 * photo).astype(np.uint8).tobytes() in drawn) == (photo.tobytes() in kept)


def test_the_stored_vectors_agree_with_people():
    pairs, said = load_word_pairs()
    own = np.array([value if (value := similarity(*pair)) is not None else np.nan for pair in pairs])
    there = np.isfinite(own)
    assert there.sum() > 300
    assert spearmanr(own[there], said[there])[0] > 0.6


@pytest.mark.slow
def test_the_vectors_are_trained_stored_and_judged(tmp_path, monkeypatch, capsys):
    senses = [sense._replace(hypernyms=(0,)) for sense in load_glosses()[:3000]]
    monkeypatch.setattr(train_vectors, "split_glosses", lambda: (senses, [], []))
    target, pairs = tmp_path / "vectors.npz", tmp_path / "own.txt"
    assert train_vectors.main(["--epochs", "1", "--words", "500", "--size", "16", "--to", str(target)]) == 0
    assert hashlib.sha256(target.read_bytes()).hexdigest() in capsys.readouterr().out
    with np.load(target, allow_pickle=False) as archive:
        shapes = {key: archive[key].shape for key in archive.files}
    assert shapes["vectors"] == (500, 16)
    assert shapes["words"] == shapes["step"] == shapes["rarity"] == (500,)
    assert shapes["kernel"] == (16, 16)
    assert shapes["bias"] == shapes["middle"] == (16,)
    pairs.write_text("# a comment\nact\tgroup\t3.5\nact xyzzy 1\nact animal 0\nbody part 9\n", encoding="utf-8")
    assert train_vectors.main(["--to", str(target), "--pairs", str(pairs)]) == 0
    assert "own: " in (said := capsys.readouterr().out)
    assert "of 4 pairs that are known" in said
