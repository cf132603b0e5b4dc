"""Recordings of one's own, read and saved; every file is made here."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile

from aecourse.files import in_pieces, read_sound, save_sound, sounds


def tone(rate: int, seconds: float = 2.0, pitch: float = 440.0) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * pitch * np.arange(round(rate * seconds)) / rate)


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 44100, 48000])
@pytest.mark.parametrize("channels", [1, 2])
def test_any_rate_and_channels_become_the_courses(tmp_path, rate, channels):
    file = tmp_path / "a.wav"
    soundfile.write(file, np.stack([tone(rate)] * channels, axis=1), rate)
    wave, now = read_sound(file)
    assert (wave.shape, wave.dtype, now) == ((16000,), np.float32, 8000)
    np.testing.assert_allclose(wave[200:-200], tone(8000)[200:-200], atol=0.01)


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
def test_any_depth_is_the_same_sound(tmp_path, subtype):
    file = tmp_path / "a.wav"
    soundfile.write(file, tone(8000), 8000, subtype=subtype)
    np.testing.assert_allclose(read_sound(file).wave, tone(8000), atol=0.01)


@pytest.mark.parametrize("rate", [8000, 44100, 48000])
def test_a_long_recording_has_no_seams(tmp_path, monkeypatch, rate):
    file = tmp_path / "a.flac"
    noise = np.random.default_rng(0).uniform(-0.4, 0.4, round(rate * 3.37))
    soundfile.write(file, noise, rate)
    whole = read_sound(file).wave
    monkeypatch.setattr(sounds, "BLOCK", 0.5)
    pieces = read_sound(file).wave
    assert pieces.shape == whole.shape
    np.testing.assert_allclose(pieces, whole, atol=1e-5)


def test_channels_are_averaged(tmp_path):
    file = tmp_path / "a.wav"
    soundfile.write(file, np.stack([tone(8000), -tone(8000)], axis=1), 8000)
    assert np.abs(read_sound(file).wave).max() < 1e-3


@pytest.mark.parametrize("ending", [".wav", ".flac"])
def test_saved_and_read_is_the_same_and_clipped(tmp_path, ending):
    file = save_sound(3 * tone(8000), tmp_path / f"a{ending}")
    np.testing.assert_allclose(read_sound(file).wave, np.clip(3 * tone(8000), -1, 1), atol=1e-3)
    before = file.read_bytes()
    with pytest.raises(FileExistsError, match="overwrite=True"):
        save_sound(tone(8000), file)
    assert file.read_bytes() == before
    save_sound(tone(16000), file, rate=16000, overwrite=True)
    assert read_sound(file, rate=16000).wave.shape == (32000,)
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def test_what_is_no_recording_says_so_in_one_sentence(tmp_path):
    (tmp_path / "empty.wav").write_bytes(b"")
    (tmp_path / "text.wav").write_text("no sound at all")
    (tmp_path / "phone.m4a").write_bytes(b"\0\0\0 ftypM4A ")
    soundfile.write(tmp_path / "none.wav", np.zeros(0), 8000)
    soundfile.write(tmp_path / "nan.wav", np.full(99, np.nan), 8000, subtype="FLOAT")
    for where, error, says in (
        (tmp_path / "missing.wav", FileNotFoundError, "there is no file"),
        (tmp_path, FileNotFoundError, "is a folder"),
        (tmp_path / "empty.wav", ValueError, "is empty"),
        (tmp_path / "text.wav", ValueError, "cannot be read as a sound"),
        (tmp_path / "phone.m4a", ValueError, "export it as WAV"),
        (tmp_path / "none.wav", ValueError, "no samples"),
        (tmp_path / "nan.wav", ValueError, "NaN"),
        (3, TypeError, "where is"),
    ):
        with pytest.raises(error, match=says) as caught:
            read_sound(where)
        assert len(str(caught.value)) <= 600


@pytest.mark.parametrize(
    ("wave", "name", "says"),
    [
        (np.zeros((2, 2, 2)), "a.wav", r"shape \(samples,\)"),
        (np.zeros(0), "a.wav", r"shape \(samples,\)"),
        (np.full(9, np.inf), "a.wav", "infinity"),
        (np.full(9, 20000.0), "a.wav", "32768"),
        (np.arange(9), "a.wav", "32768"),
        ([0.1, 0.2], "a.wav", "wave must be"),
        (np.zeros(9), "a.mp3", "ends in .wav or .flac"),
    ],
)
def test_what_cannot_be_saved_leaves_nothing_behind(tmp_path, wave, name, says):
    with pytest.raises((TypeError, ValueError), match=says):
        save_sound(wave, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("samples", [1, 50, 299, 300, 301, 550, 551, 2000])
@pytest.mark.parametrize("overlap", [0, 50, 150])
def test_pieces_join_without_a_seam(samples, overlap):
    wave = np.random.default_rng(0).uniform(-1, 1, samples)
    seen = []

    def clean(x):
        seen.append(x.shape)
        return -x

    np.testing.assert_allclose(in_pieces(clean, wave, length=300, overlap=overlap), -wave, atol=1e-6)
    assert set(seen) == {(1, 300)}


def test_pieces_of_another_length_are_refused():
    with pytest.raises(ValueError, match=r"clean must return sounds of shape \(1, 300\)"):
        in_pieces(lambda x: x[:, :-1], np.zeros(900), length=300, overlap=10)
    with pytest.raises(ValueError, match="overlap"):
        in_pieces(lambda x: x, np.zeros(900), length=300, overlap=200)
