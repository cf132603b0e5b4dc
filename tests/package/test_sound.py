"""Noise for sound and its mixing; spectrograms and players."""

from __future__ import annotations

import base64
import re

import numpy as np
import pytest

from aecourse.corruption import babble, hum, mix_at_snr, siren, white_noise
from aecourse.plots import level_db, listen, show_spectrograms

RATE = 8000


def voices(n: int = 8, samples: int = 4000) -> np.ndarray:
    return np.random.default_rng(3).normal(0, 0.1, (n, samples)).astype("float32")


NOISES = {
    "white": lambda seed: white_noise(5, 4000, seed=seed),
    "hum": lambda seed: hum(5, 4000, seed=seed),
    "siren": lambda seed: siren(5, 4000, seed=seed),
    "babble": lambda seed: babble(5, voices(), seed=seed),
}
every_noise = pytest.mark.parametrize("noise", NOISES.values(), ids=NOISES)


@every_noise
def test_noise_has_shape_type_level_and_follows_its_seed(noise):
    z = noise(0)
    assert z.shape == (5, 4000)
    assert z.dtype == np.float32
    assert z.std(axis=1) == pytest.approx(0.1, rel=0.06)
    assert (z == noise(0)).all()
    assert (z != noise(1)).any()
    assert len({row.tobytes() for row in z}) == 5
    rng = np.random.default_rng(0)
    assert (noise(rng) != noise(rng)).any()


@every_noise
def test_noise_refuses_a_bad_seed(noise):
    with pytest.raises(TypeError, match="seed"):
        noise("0")


def test_hum_holds_its_harmonics_and_nothing_else():
    power = np.abs(np.fft.rfft(hum(1, RATE, seed=0, harmonics=4)[0])) ** 2
    assert sorted(np.argsort(power)[-4:].tolist()) == [50, 100, 150, 200]
    assert np.sort(power)[-5] < 1e-6 * power.max()
    assert int(np.abs(np.fft.rfft(hum(1, RATE, seed=0, mains=60.0, harmonics=1)[0])).argmax()) == 60


def test_siren_glides():
    picture = level_db(siren(1, 16000, seed=0)[0])
    loudest = picture.argmax(axis=0) * RATE / 256
    assert loudest.min() < 700
    assert 900 < loudest.max() < 1500


def test_mix_has_the_ratio_asked_for_and_leaves_its_input():
    x, z = voices(), NOISES["hum"](0)
    before = x.copy(), z.copy()
    wanted = np.linspace(-5, 30, len(x))
    for snr in (0, 7.5, wanted):
        mixed = mix_at_snr(x, z, snr=snr, seed=1)
        found = 10 * np.log10(np.mean(x**2, axis=1) / np.mean((mixed - x) ** 2, axis=1))
        assert found == pytest.approx(np.broadcast_to(snr, len(x)), abs=0.01)
        assert mixed.dtype == np.float32
    assert (x == before[0]).all()
    assert (z == before[1]).all()
    assert (mix_at_snr(x, z, snr=0, seed=1) == mix_at_snr(x, z, snr=0, seed=1)).all()
    assert (mix_at_snr(x, z, snr=0, seed=1) != mix_at_snr(x, z, snr=0, seed=2)).any()


def nan(x: np.ndarray) -> np.ndarray:
    x = x.copy()
    x[2, 7] = np.nan
    return x


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: mix_at_snr(voices()[0], voices(), snr=0, seed=0), "^x must be a float array"),
        (lambda: mix_at_snr(voices().astype(int), voices(), snr=0, seed=0), "^x must be a float array"),
        (lambda: mix_at_snr(voices().tolist(), voices(), snr=0, seed=0), "^x must be a float array"),
        (lambda: mix_at_snr(nan(voices()), voices(), snr=0, seed=0), "^x holds NaN"),
        (lambda: mix_at_snr(voices(), nan(voices()), snr=0, seed=0), "^noise holds NaN"),
        (lambda: mix_at_snr(0 * voices(), voices(), snr=0, seed=0), r"^x\[0\] is silent"),
        (lambda: mix_at_snr(voices(), 0 * voices(), snr=0, seed=0), r"^noise\[0\] is silent"),
        (lambda: mix_at_snr(voices(), voices(samples=8000), snr=0, seed=0), "one rate"),
        (lambda: mix_at_snr(voices(), voices(), snr=np.nan, seed=0), "^snr"),
        (lambda: mix_at_snr(voices(), voices(), snr="5", seed=0), "^snr"),
        (lambda: mix_at_snr(voices(), voices(), snr=np.zeros(3), seed=0), "^snr"),
        (lambda: white_noise(0, 10, seed=0), "^n must"),
        (lambda: white_noise(1, 1.5, seed=0), "^samples must"),
        (lambda: hum(1, 100, seed=0, mains=500.0), "mains"),
        (lambda: hum(1, 100, seed=0, rate=0), "^rate must"),
        (lambda: hum(1, 100, seed=0, harmonics=0), "^harmonics must"),
        (lambda: siren(True, 100, seed=0), "^n must"),
        (lambda: babble(1, voices(3), seed=0), "^voices must hold at least"),
        (lambda: babble(1, 0 * voices(), seed=0), r"^voices\[0\] is silent"),
        (lambda: babble(1, nan(voices()), seed=0), "^voices holds NaN"),
        (lambda: babble(1, voices(), seed=0, talkers=0), "^talkers must"),
        (lambda: level_db(voices()), "^x must be one sound"),
        (lambda: level_db(voices()[0][:100]), "at least 256"),
        (lambda: level_db(nan(voices())[2]), "^x holds NaN"),
        (lambda: level_db(voices()[0], rate=0), "^rate must"),
        (lambda: show_spectrograms({}, title="none"), "^sounds must hold"),
        (lambda: show_spectrograms({"a": voices()}, title="t"), r"^sounds\['a'\] must be one sound"),
        (lambda: show_spectrograms({"a": voices()[0]}, title="t", columns=0), "^columns"),
        (lambda: show_spectrograms({"a": voices()[0]}, title="t", floor=3), "^floor"),
        (lambda: listen({}), "^sounds must hold"),
        (lambda: listen({"a": np.zeros(100)}), "all silent"),
        (lambda: listen({"a": nan(voices())[2]}), r"^sounds\['a'\] holds NaN"),
        (lambda: listen({"a": np.ones(11 * RATE)}), "at most 10 seconds"),
        (lambda: listen({"a": voices()[0]}, rate=8000.5), "^rate must"),
    ],
)
def test_bad_input_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_spectrograms_share_one_scale_and_are_described():
    figure = show_spectrograms({"a": voices()[0], "b": 0.01 * voices()[1], "c": voices()[2]}, title="Three noises")
    drawn = [axis.images[0] for axis in figure.axes if axis.images and axis.get_title(loc="left")]
    assert [image.get_clim() for image in drawn] == [(-70, -15)] * 3
    assert figure.alt == "Three noises"


def test_players_have_labels_and_keep_the_levels():
    loud, soft = np.full(100, 0.5), np.full(100, -0.25)
    shown = listen({"loud & clear": loud, "soft": soft})._repr_mimebundle_()
    assert shown["text/plain"] == "To listen to: loud & clear (0.0 s), soft (0.0 s)."
    markup = shown["text/html"]
    assert markup.count('aria-label="loud &amp; clear"') == 1
    assert "<figcaption>soft</figcaption>" in markup
    waves = [base64.b64decode(code) for code in re.findall(r"base64,([^\"]+)\"", markup)]
    first, second = (np.frombuffer(wave[44:], "<i2") for wave in waves)
    assert first[0] == 32767
    assert second[0] == pytest.approx(-16384, abs=1)
