"""Answers to the lesson on sound: likely mistakes, each with its message, and other right answers."""

from __future__ import annotations

import keras
import numpy as np
from keras import layers

from aecourse import metrics
from aecourse.corruption import mix_at_snr, siren, white_noise
from aecourse.metrics import si_sdr
from aecourse.recipes.sound import denoiser, masker, negative_si_sdr, remove_noise, train_denoiser
from aecourse.training import fit
from aecourse.weights import load_weights


def power(x):
    return np.mean(x**2)


def gain(x, noise):
    return np.sqrt(power(x) / power(noise))


def scaled(factor):
    return lambda x, noise, snr: x + factor(x, noise, snr) * noise


def right_mix(x, noise, snr):
    return x + gain(x, noise) * 10 ** (-snr / 20) * noise


def decibels(signal, y):
    return 10 * np.log10((signal**2).sum(axis=1) / ((signal - y) ** 2).sum(axis=1))


def decibels_above(signal, y, least):
    return 10 * np.log10((signal**2).sum(axis=1) / (((signal - y) ** 2).sum(axis=1) + least))


def centred(x):
    return x - x.mean(axis=1, keepdims=True)


def explained(x, y):
    return (x * y).sum(axis=1, keepdims=True) / (x * x).sum(axis=1, keepdims=True) * x


def right(x, y):
    return decibels(explained(centred(x), centred(y)), centred(y))


def one_alpha(x, y):
    x, y = centred(x), centred(y)
    return decibels((x * y).sum() / (x * x).sum() * x, y)


def one_mean(x, y):
    x, y = x - x.mean(), y - y.mean()
    return decibels(explained(x, y), y)


def one_by_one(x, y):
    values = []
    for clean, heard in zip(x, y, strict=True):
        clean, heard = clean - np.mean(clean), heard - np.mean(heard)
        signal = np.dot(clean, heard) / np.dot(clean, clean) * clean
        values.append(20 * np.log10(np.linalg.norm(signal) / np.linalg.norm(heard - signal)))
    return values


def by_correlation(x, y):
    r = np.array([np.corrcoef(clean, heard)[0, 1] for clean, heard in zip(x, y, strict=True)])
    return 10 * np.log10(r**2 / (1 - r**2))


def divided_where_there_is_something(speech_power, noise_power):
    both = speech_power + noise_power
    return np.divide(speech_power, both, out=np.zeros_like(both), where=both > 0)


def model_of(samples):
    x = keras.Input((samples,))
    return keras.Model(x, layers.Activation("linear")(x))


def lessons_network():
    model = denoiser(masker())
    model.set_weights(load_weights("denoiser"))
    return model


def noises():
    return np.concatenate([siren(200, 16000, seed=1), white_noise(100, 16000, seed=2)])


def taught_more(x, pool, epochs):
    """The lesson's network, trained on with the noises of the pool."""
    model = lessons_network()

    def mix(x, rng):
        return mix_at_snr(x, pool, snr=rng.uniform(-5, 12, len(x)), seed=rng)

    fit(model, x, corrupt=mix, epochs=epochs, batch_size=8, learning_rate=2e-3, loss=negative_si_sdr)
    return model


def returned_function(x):
    model = taught_more(x, noises(), 2)
    return lambda noisy: remove_noise(model, noisy)


REFUSED = {
    "mix": [
        (lambda: (lambda x, noise, snr: x + noise,), "the noise goes in as it is: multiply it by a factor first."),
        (
            lambda: (lambda x, noise, snr: gain(x, noise) * 10 ** (-snr / 20) * noise,),
            "that is the noise alone: add it to x.",
        ),
        (
            lambda: (scaled(lambda x, noise, snr: gain(x, noise) * 10 ** (snr / 20)),),
            "the sign is turned: a higher SNR means weaker noise.",
        ),
        (
            lambda: (scaled(lambda x, noise, snr: power(x) / power(noise) / 10 ** (snr / 10)),),
            "a root is missing: the factor works on samples, the SNR compares powers.",
        ),
        (
            lambda: (scaled(lambda x, noise, snr: gain(x, noise)),),
            "the powers are equal at any SNR: divide by 10 ** (snr / 10) as well.",
        ),
        (
            lambda: (scaled(lambda x, noise, snr: np.sqrt(power(x) / 10 ** (snr / 10))),),
            "the noise's own power is missing: divide by np.mean(noise**2).",
        ),
        (
            lambda: (scaled(lambda x, noise, snr: gain(x, noise) / 10 ** (snr / 10)),),
            "the ratio of amplitudes takes 10 ** (snr / 20), the ratio of powers 10 ** (snr / 10).",
        ),
        (
            lambda: (scaled(lambda x, noise, snr: np.std(x) / np.std(noise) / 10 ** (snr / 20)),),
            "a standard deviation takes the mean of the sound out first. Its power is np.mean(x**2), mean and all.",
        ),
        (
            lambda: (scaled(lambda x, n, snr: np.abs(x).mean() / np.abs(n).mean() / 10 ** (snr / 20)),),
            "that compares the means of |x|. A power is the mean of the squares.",
        ),
        (
            lambda: (lambda x, noise, snr: np.clip(right_mix(x, noise, snr), -1, 1),),
            "the sum is clipped to [-1, 1], and clipped noise is no longer the noise: at this level it may leave the "
            "range.",
        ),
        (
            lambda: (lambda x, noise, snr: x + np.clip(right_mix(x, noise, snr) - x, -1, 1),),
            "the scaled noise is clipped to [-1, 1], and clipped noise is no longer the noise: it may be louder.",
        ),
        (
            lambda: (lambda x, noise, snr: right_mix(x, noise, abs(snr)),),
            "the sign of snr is lost: at a ratio below 0 dB the noise is the stronger one.",
        ),
        (
            lambda: (lambda x, noise, snr: x * 10 ** (snr / 20) / gain(x, noise) + noise,),
            "x itself came out multiplied by …: leave x as it is, and scale the noise only.",
        ),
        (
            lambda: (scaled(lambda x, noise, snr: 0.1),),
            "asked for … dB, the sum has … dB. Compare np.mean(x**2) with the power of what is added.",
        ),
        (
            lambda: (lambda x, noise, snr: right_mix(x, noise[::-1], snr),),
            "my_mix gives something else here.\nx = [1, -1, 1, -1]\nnoise = [2, 2, -2, -2]\nsnr = 0\n"
            "expected: [2, 0, 0, -2]\ngot: [0, -2, 2, 0]",
        ),
    ],
    "distortion": [
        (
            lambda: (lambda x, y: right(x, y).mean(),),
            "my_si_sdr must return one number for each sound, and returns one for all: sum along axis 1.",
        ),
        (
            lambda: (lambda x, y: decibels(explained(x, y), y),),
            "the means are still in: subtract each sound's mean first.",
        ),
        (
            lambda: (lambda x, y: decibels(centred(x), centred(y)),),
            "turning the volume of y changes it: compare y with α * x, not with x.",
        ),
        (
            lambda: (decibels,),
            "turning the volume changes it, and so does an offset: α and the means are missing.",
        ),
        (lambda: (one_alpha,), "one α is taken for all sounds: each has its own, a sum along axis 1."),
        (
            lambda: (one_mean,),
            "one mean is taken for all sounds: each loses its own, x.mean(axis=1, keepdims=True).",
        ),
        (
            lambda: (lambda x, y: -right(x, y),),
            "the sign is turned: signal over distortion, not the other way round.",
        ),
        (lambda: (lambda x, y: right(x, y) / 10,), "the factor 10 is missing: a decibel is a tenth of a bel."),
        (
            lambda: (lambda x, y: right(x, y) * np.log(10),),
            "that is the natural logarithm; decibels take np.log10.",
        ),
        (
            lambda: (lambda x, y: 2 * right(x, y),),
            "that is twice as much as it should be: 20 · log10 is for amplitudes, 10 · log10 for powers.",
        ),
        (
            lambda: (lambda x, y: np.maximum(right(x, y), 0),),
            "values below 0 dB are missing: where distortion is the stronger one, the SI-SDR is negative.",
        ),
        (
            lambda: (lambda x, y: np.round(right(x, y), 1),),
            "my_si_sdr gives something else here.\nx = [[1, -1, 1, -1]]\ny = [[4, -2, 2, -4]]\nexpected: [9.542]\n"
            "got: [9.5]",
        ),
        (
            lambda: (lambda x, y: decibels_above(explained(centred(x), centred(y)), centred(y), 1e-3),),
            "my_si_sdr gives something else here.\n…",
        ),
        (lambda: (si_sdr,), "that calls the course's own SI-SDR: write it yourself, with NumPy only."),
        (
            lambda: (lambda x, y: metrics.sample_si_sdr(x, y),),
            "that calls the course's own SI-SDR: write it yourself, with NumPy only.",
        ),
        (
            lambda: (lambda x, y: right(x, y) + 1,),
            "my_si_sdr gives something else here.\nx = [[1, -1, 1, -1]]\ny = [[4, -2, 2, -4]]\nexpected: [9.542]\n"
            "got: [10.54]",
        ),
    ],
    "ratio": [
        (
            lambda: (lambda s, n: n / np.maximum(s + n, 1e-12),),
            "that keeps the noise and takes the speech away: the speech goes above the line.",
        ),
        (
            lambda: (lambda s, n: s / np.maximum(n, 1e-12),),
            "that is the ratio of speech to noise, which has no upper end: divide by the sum of both.",
        ),
        (
            lambda: (lambda s, n: np.sqrt(s / np.maximum(s + n, 1e-12)),),
            "that is the root of the mask: speech over the sum, without a root.",
        ),
        (
            lambda: (lambda s, n: np.sqrt(s) / (np.sqrt(s) + np.sqrt(n)),),
            "those are amplitudes: what comes in are powers already, take no root.",
        ),
        (
            lambda: (lambda s, n: s > n,),
            "that is all or nothing, the ideal *binary* mask: the ratio lets in as much as there is speech.",
        ),
        (
            lambda: (lambda s, n: s / (s + 2 * n),),
            "my_mask gives something else here.\ns = [1, 3]\nn = [1, 1]\nexpected: [0.5, 0.75]\ngot: [0.3333, 0.6]",
        ),
        (
            lambda: (lambda s, n: s / (s + n),),
            "where both powers are 0 it is NaN or infinite: keep the denominator above 0, np.maximum(…, 1e-12).",
        ),
        (
            lambda: (lambda s, n: (s + 1e-12) / (s + n + 1e-12),),
            "where both powers are 0 the mask should be 0, and is 1.",
        ),
        (
            lambda: (lambda s, n: np.divide(s, s + n, where=s + n > 0),),
            "`where` without `out` leaves the other points unwritten, whatever stood there: out=np.zeros_like(…).",
        ),
        (
            lambda: (lambda s, n: s / np.maximum(s + n, 1e-3),),
            "where both powers are small the mask is too small: what keeps the denominator above 0 is too large. 1e-12 "
            "is enough.",
        ),
        (
            lambda: (lambda s, n: s / (s + n + 1e-4),),
            "where both powers are small the mask is too small: what keeps the denominator above 0 is too large. 1e-12 "
            "is enough.",
        ),
    ],
    "wail": [
        (lambda: (16,), "my_training must be a function, and is 16 (int)."),
        (
            lambda: (lessons_network(),),
            "my_training must be a function, and is …: the check calls it with speech that it chooses, and listens to "
            "what comes back.",
        ),
        (
            lambda: (lambda x: model_of(16000),),
            "0.0 dB are gained with a siren and 0.0 dB with white noise; 6 dB and 8 dB are asked for. Train on sirens "
            "and white noise together, and a little longer.",
        ),
        (
            lambda: (lambda x: model_of(8000),),
            "the model must take sounds of shape (n, 16000), and takes (None, 8000).",
        ),
        (
            lambda: (lambda x: 0.9,),
            "my_training must return a Keras model or a function of noisy sounds, and returns …",
        ),
        (
            lambda: (lambda x: lambda noisy: noisy[:, :100],),
            "what comes out of it must have shape (24, 16000), and has shape (24, 100).",
        ),
        (lambda: (lambda x: lambda noisy: 0 * noisy,), "some sounds come out silent: nothing of the speech is left."),
    ],
}

REFUSED_TRAINED = {
    "wail": [
        (
            lambda: (lambda x: lessons_network(),),
            "… dB are gained with a siren and 1… dB with white noise; 6 dB and 8 dB are asked for. Does the training "
            "mix in sirens, and for long enough?",
        ),
        (
            lambda: (lambda x: train_denoiser(x, siren(100, 16000, seed=7), epochs=4),),
            "… dB are gained with a siren and … dB with white noise; 6 dB and 8 dB are asked for. The sirens are gone, "
            "and so is the skill with white noise: keep white noise in the training as well.",
        ),
    ],
}

ACCEPTED = {
    "mix": [
        lambda: (lambda x, noise, snr: x + noise * np.linalg.norm(x) / np.linalg.norm(noise) / 10 ** (snr / 20),),
        lambda: (lambda x, noise, snr: x + noise * (10 ** (-snr / 10) * power(x) / power(noise)) ** 0.5,),
    ],
    "distortion": [lambda: (one_by_one,), lambda: (by_correlation,)],
    "ratio": [
        lambda: (divided_where_there_is_something,),
        lambda: (lambda s, n: s / (s + n + 1e-12),),
        lambda: (lambda s, n: s / (s + n + 1e-7),),
        lambda: (lambda s, n: np.nan_to_num(s / (s + n)),),
    ],
}

ACCEPTED_TRAINED = {
    "wail": [lambda: (lambda x: taught_more(x, noises(), 2),), lambda: (returned_function,)],
}

# Right where the numbers are drawn for a student.
OWN = {
    "ratio": [
        lambda power: (lambda s, n: (s / np.maximum(s + n, 1e-12)) ** power,),
        lambda power: (lambda s, n: s**power / np.maximum(s + n, 1e-12) ** power,),
    ]
}
