"""Answers to the lesson on sound: likely mistakes, each with a piece of its message, and other right answers."""

from __future__ import annotations

import keras
import numpy as np
from keras import layers


def power(x):
    return np.mean(x**2)


def gain(x, noise):
    return np.sqrt(power(x) / power(noise))


def decibels(signal, y):
    return 10 * np.log10((signal**2).sum(axis=1) / ((signal - y) ** 2).sum(axis=1))


def centred(x):
    return x - x.mean(axis=1, keepdims=True)


def explained(x, y):
    return (x * y).sum(axis=1, keepdims=True) / (x * x).sum(axis=1, keepdims=True) * x


def right(x, y):
    return decibels(explained(centred(x), centred(y)), centred(y))


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


REFUSED = {
    "mix": [
        (lambda: (lambda x, noise, snr: gain(x, noise) * 10 ** (-snr / 20) * noise,), "the noise alone"),
        (lambda: (lambda x, noise, snr: x + noise,), "goes in as it is"),
        (lambda: (lambda x, noise, snr: x + gain(x, noise) * 10 ** (snr / 20) * noise,), "sign is turned"),
        (lambda: (lambda x, noise, snr: x + power(x) / power(noise) / 10 ** (snr / 10) * noise,), "root is missing"),
        (lambda: (lambda x, noise, snr: x + gain(x, noise) * noise,), "equal at any SNR"),
        (lambda: (lambda x, noise, snr: x + np.sqrt(power(x)) * 10 ** (-snr / 20) * noise,), "own power is missing"),
        (lambda: (lambda x, noise, snr: x + gain(x, noise) * 10 ** (-snr / 10) * noise,), "ratio of amplitudes"),
        (lambda: (lambda x, noise, snr: 2 * x + noise,), "not a multiple of the noise"),
        (lambda: (lambda x, noise, snr: x + 0.5 * gain(x, noise) * noise,), "the sum has"),
        (lambda: (lambda x, noise, snr: x - gain(x, noise) * 10 ** (-snr / 20) * noise,), "turned over"),
    ],
    "distortion": [
        (lambda: (lambda x, y: right(x, y).mean(),), "one for all"),
        (lambda: (lambda x, y: decibels(explained(x, y), y),), "the means are still in"),
        (lambda: (lambda x, y: decibels(centred(x), centred(y)),), "turning the volume of y changes it"),
        (lambda: (decibels,), "α and the means are missing"),
        (lambda: (lambda x, y: -right(x, y),), "signal over distortion"),
        (lambda: (lambda x, y: right(x, y) / 10,), "factor 10"),
        (lambda: (lambda x, y: right(x, y) * np.log(10),), "natural logarithm"),
        (lambda: (lambda x, y: 2 * right(x, y),), "20 · log10"),
        (lambda: (lambda x, y: right(x, y) + 1,), "my_si_sdr gives"),
    ],
    "ratio": [
        (lambda: (lambda s, n: n / np.maximum(s + n, 1e-12),), "takes the speech away"),
        (lambda: (lambda s, n: s / np.maximum(n, 1e-12),), "no upper end"),
        (lambda: (lambda s, n: np.sqrt(s / np.maximum(s + n, 1e-12)),), "root of the mask"),
        (lambda: (lambda s, n: np.sqrt(s) / (np.sqrt(s) + np.sqrt(n)),), "amplitudes"),
        (lambda: (lambda s, n: s / (s + 2 * n),), "for powers"),
        (lambda: (lambda s, n: s / (s + n),), "NaN"),
        (lambda: (lambda s, n: (s + 1e-12) / (s + n + 1e-12),), "should be 0"),
    ],
    "wail": [
        (lambda: (16,), "must be a Keras model"),
        (lambda: (model_of(16000),), "are gained on the validation speech"),
        (lambda: (model_of(8000),), "must take sounds"),
        (lambda: (lambda x: x[:, :100],), "must have shape"),
        (lambda: (lambda x: 0 * x,), "come out silent"),
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
    ],
}
