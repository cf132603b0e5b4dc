"""The embedded speech: shape, level, split, and what its table says."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

import numpy as np
import pytest

from aecourse.datasets import SPEAKERS, embedded, load_low_voices, load_speech, split_speech

DATA = Path(str(embedded.DATA))


@pytest.fixture(scope="module")
def speech():
    return load_speech()


def test_shapes_types_ranges_and_speakers(speech):
    (x_train, y_train), (x_test, y_test) = speech
    for x, y, n in ((x_train, y_train, 176), (x_test, y_test, 54)):
        assert x.shape == (n, 16000)
        assert x.dtype == np.float32
        assert np.abs(x).max() < 1
        assert y.shape == (n,)
        assert y.dtype == np.int64
        assert (x.std(axis=1) > 0.02).all()  # none is silent
        assert (np.abs(x.mean(axis=1)) < 0.01).all()
    assert not y_train.any()
    assert np.bincount(y_test).tolist() == [24, 10, 10, 10]
    assert len(SPEAKERS) == 4


@pytest.mark.slow
def test_no_piece_stands_twice(speech):
    (x_train, _), (x_test, _) = speech
    # Pieces that are cut from one recording, or spliced from it, would correlate at some shift.
    spectra = np.fft.rfft(np.concatenate([x_train, x_test]), 1 << 15)
    norms = np.linalg.norm(np.concatenate([x_train, x_test]), axis=1)
    for i in range(len(x_train), len(spectra)):
        across = np.fft.irfft(spectra[:i] * np.conj(spectra[i]), axis=1)
        assert (np.abs(across).max(axis=1) / norms[:i] / norms[i]).max() < 0.7


def test_the_table_names_source_licence_and_digest():
    entry = tomllib.loads((DATA / "sources.toml").read_text(encoding="utf-8"))["speech.npz"]
    content = (DATA / "speech.npz").read_bytes()
    assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    assert len(content) < 4_000_000
    assert "CC BY-SA 3.0" in entry["licence"]
    assert "1.6.1-1" in entry["source"]
    assert all(name in entry["authors"] for name in ("Allison Smith", "June Wallack", "Carlo Flora"))


def test_the_last_training_pieces_are_to_choose_on(speech):
    (fit, _), (valid, _), (test, _) = split_speech()
    np.testing.assert_array_equal(np.concatenate([fit, valid]), speech[0][0])
    assert len(valid) == 24
    np.testing.assert_array_equal(test, speech[1][0])


def test_low_voices_are_low_and_nowhere_in_the_other_speech(speech):
    x, y = load_low_voices()
    assert x.shape == (14, 16000)
    assert x.dtype == np.float32
    assert np.bincount(y).tolist() == [9, 5]
    assert np.abs(x).max() < 1
    assert (x.std(axis=1) > 0.02).all()
    # Both are below 150 hertz, and all the other voices are above.
    assert all(pitch(x[y == speaker]) < 150 for speaker in (0, 1))
    (x_train, _), (x_test, y_test) = speech
    assert all(pitch(other) > 150 for other in (x_train[:20], *(x_test[y_test == s] for s in range(4))))


def pitch(x):
    """The median frequency of loud moments in hertz, by autocorrelation."""
    frames = np.concatenate([x[:, start : start + 1024] for start in range(0, 14976, 512)])
    frames = frames[frames.std(axis=1) > np.quantile(frames.std(axis=1), 0.7)]
    frames = (frames - frames.mean(axis=1, keepdims=True)) * np.hanning(1024)
    likeness = np.fft.irfft(np.abs(np.fft.rfft(frames, 2048)) ** 2)[:, :134] / np.linspace(1, 0.87, 134)
    return 8000 / (20 + np.median(likeness[:, 20:].argmax(axis=1)))
