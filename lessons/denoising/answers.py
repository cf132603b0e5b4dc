"""Answers to the lesson on denoising: likely mistakes, each with a piece of its message, and other right answers."""

from __future__ import annotations

import keras
import numpy as np
from keras import layers


def clipped(x, noise):
    return np.clip(x + noise, 0, 1)


def strengths(x, rng, high):
    return clipped(x, rng.uniform(0, high, (len(x), 1, 1, 1)) * rng.normal(0, 1, x.shape))


def errors(x, y):
    return ((x - y) ** 2).reshape(len(x), -1).mean(axis=1)


def noise_image_by_image(x, sigma, rng):
    noisy = [image + sigma * rng.standard_normal(image.shape) for image in x]
    return np.minimum(np.maximum(noisy, 0), 1)


def strengths_in_a_loop(x, rng):
    result = np.empty_like(x)
    for i, image in enumerate(x):
        result[i] = clipped(image, rng.normal(0, rng.random(), image.shape))
    return result


def untrained(*widths: int) -> keras.Model:
    x = keras.Input((28, 28, 1))
    z = layers.Flatten()(x)
    for width in widths:
        z = layers.Dense(width)(z)
    return keras.Model(x, layers.Reshape((28, 28, 1))(z) if widths[-1] == 784 else z)


REFUSED = {
    "noise": [
        (lambda: (lambda x, sigma, rng: clipped(x, rng.normal(0, sigma)),), "every pixel got the same"),
        (
            lambda: (lambda x, sigma, rng: clipped(x, np.random.default_rng(0).normal(0, sigma, x.shape)),),
            "two calls add the same",
        ),
        (lambda: (lambda x, sigma, rng: clipped(x, rng.normal(0, sigma, x.shape[1:])),), "every image got the same"),
        (
            lambda: (lambda x, sigma, rng: x + np.clip(rng.normal(0, sigma, x.shape), 0, 1),),
            "not the noise",
        ),
        (lambda: (lambda x, sigma, rng: clipped(x, sigma * rng.random(x.shape)),), "rng.normal, not rng.random"),
        (lambda: (lambda x, sigma, rng: clipped(x, rng.normal(0, sigma**2, x.shape)),), "not its square"),
        (lambda: (lambda x, sigma, rng: clipped(x, rng.normal(0, 2 * sigma, x.shape)),), "a standard deviation of"),
        (
            lambda: (lambda x, sigma, rng: clipped(x, sigma * 12**0.5 * (rng.random(x.shape) - 0.5)),),
            "long tails",
        ),
        (lambda: (lambda x, sigma, rng: x + rng.normal(0, sigma, x.shape),), "reaches from"),
        (lambda: (lambda x, sigma, rng: None,), "return"),
    ],
    "decibels": [
        (lambda: (lambda x, y: -10 * np.log10(errors(x, y).mean()),), "one number for each image"),
        (lambda: (lambda x, y: 10 * np.log10(errors(x, y)),), "sign"),
        (lambda: (lambda x, y: -np.log10(errors(x, y)),), "factor 10"),
        (lambda: (lambda x, y: -10 * np.log(errors(x, y)),), "natural logarithm"),
        (lambda: (lambda x, y: -20 * np.log10(errors(x, y)),), "20 · log10"),
        (lambda: (errors,), "logarithm is missing"),
        (lambda: (lambda x, y: -10 * np.log10(np.abs(x - y).mean(axis=(1, 2, 3))),), "my_psnr gives"),
    ],
    "fresh": [
        (lambda: (lambda x, rng: strengths(x, np.random.default_rng(0), 1),), "two calls give the same"),
        (lambda: (lambda x, rng: x + rng.uniform(0, 1, (len(x), 1, 1, 1)) * rng.normal(0, 1, x.shape),), "clip it"),
        (
            lambda: (lambda x, rng: clipped(x, rng.normal(0, 1, (len(x), 1, 1, 1))),),
            "moved alike",
        ),
        (lambda: (lambda x, rng: clipped(x, rng.uniform(0, 1) * rng.normal(0, 1, x.shape)),), "the same strength"),
        (lambda: (lambda x, rng: strengths(x, rng, 0.5),), "must reach 1"),
        (lambda: (lambda x, rng: strengths(x, rng, 5),), "far above 1"),
        (
            lambda: (lambda x, rng: clipped(x, rng.uniform(0.2, 1, (len(x), 1, 1, 1)) * rng.normal(0, 1, x.shape)),),
            "must start near 0",
        ),
    ],
    "holes": [
        (lambda: (untrained(784),), "a remaining share of the error of"),
        (lambda: (untrained(32),), "the model's output"),
        (lambda: (16,), "must be a Keras model"),
    ],
}

ACCEPTED = {
    "noise": [
        lambda: (noise_image_by_image,),
        lambda: (lambda x, sigma, rng: rng.normal(x, sigma).clip(0, 1),),
    ],
    "decibels": [
        lambda: (lambda x, y: 20 * np.log10(1 / np.sqrt(errors(x, y))),),
        lambda: (lambda x, y: [10 * np.log10(1 / np.mean((a - b) ** 2)) for a, b in zip(x, y, strict=True)],),
    ],
    "fresh": [
        lambda: (strengths_in_a_loop,),
        lambda: (lambda x, rng: rng.normal(x, rng.random((len(x), 1, 1, 1))).clip(0, 1),),
    ],
}
