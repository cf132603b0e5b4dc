"""Answers to the lesson on denoising: likely mistakes with the whole message of each, and other right answers."""

from __future__ import annotations

import keras
import numpy as np
from keras import layers
from scipy.stats import norm

from aecourse import metrics
from aecourse.corruption import add_gaussian_noise, add_salt_and_pepper, mask_block
from aecourse.datasets import split_digits
from aecourse.metrics import psnr
from aecourse.recipes.denoising import denoiser, train_denoiser


def clipped(x, noise):
    return np.clip(x + noise, 0, 1)


def one_each(x):
    return len(x), 1, 1, 1


def strengths(x, rng, high):
    return clipped(x, rng.uniform(0, high, one_each(x)) * rng.normal(0, 1, x.shape))


def with_sigma(draw):
    """A damage whose strengths are drawn by `draw(rng, shape)`."""
    return lambda x, rng: clipped(x, draw(rng, one_each(x)) * rng.normal(0, 1, x.shape))


def with_(draw):
    """An answer whose strengths are drawn by `draw(rng, shape)`."""
    return lambda: (with_sigma(draw),)


def errors(x, y):
    return ((x - y) ** 2).reshape(len(x), -1).mean(axis=1)


def noise_image_by_image(x, sigma, rng):
    noisy = [image + sigma * rng.standard_normal(image.shape) for image in x]
    return np.minimum(np.maximum(noisy, 0), 1)


def in_pairs(x, noise):
    return np.repeat(noise, 2, axis=0)[: len(x)]


def noise_in_place(x, sigma, rng):
    x += rng.normal(0, sigma, x.shape)
    return np.clip(x, 0, 1)


def strengths_in_a_loop(x, rng):
    result = np.empty_like(x)
    for i, image in enumerate(x):
        result[i] = clipped(image, rng.normal(0, rng.random(), image.shape))
    return result


def strengths_in_place(x, rng):
    for image in x:
        image[:] = clipped(image, rng.normal(0, rng.random(), image.shape))
    return x


def strengths_with_the_course(x, rng):
    return np.concatenate([add_gaussian_noise(x[i : i + 1], sigma=rng.uniform(), seed=rng) for i in range(len(x))])


def numbered_seeds(x, rng):
    return np.concatenate([add_gaussian_noise(x[i : i + 1], sigma=rng.uniform(), seed=i) for i in range(len(x))])


def salt(x, rng):
    return np.concatenate([add_salt_and_pepper(x[i : i + 1], share=rng.uniform(), seed=rng) for i in range(len(x))])


def from_elsewhere(x, sigma, rng):
    return clipped(x, np.random.normal(0, sigma, x.shape))  # noqa: NPY002 - the slip itself


def strengths_from_elsewhere(x, rng):
    return clipped(x, np.random.rand(*one_each(x)) * rng.normal(0, 1, x.shape))  # noqa: NPY002 - the slip itself


def stretched(x, sigma, rng):
    y = x + rng.normal(0, sigma, x.shape)
    return (y - y.min()) / (y.max() - y.min())


def psnr_in_place(x, y):
    x -= y
    return -10 * np.log10((x**2).reshape(len(x), -1).mean(axis=1))


def untrained(*widths: int) -> keras.Model:
    x = keras.Input((28, 28, 1))
    z = layers.Flatten()(x)
    for width in widths:
        z = layers.Dense(width)(z)
    return keras.Model(x, layers.Reshape((28, 28, 1))(z) if widths[-1] == 784 else z)


def hole(x, rng):
    return mask_block(x, size=10, seed=rng)


def smaller(x, damage, epochs=1):
    return train_denoiser(x, damage, epochs=epochs, code=64, maps=32)


def own_training(x):
    """Holes of its own, cut once for every epoch, and Keras's own fit."""
    network, rng = denoiser(64, 32), np.random.default_rng(1)
    rate = keras.optimizers.schedules.CosineDecay(8e-3, 3 * 110)
    network.compile(optimizer=keras.optimizers.Adam(rate), loss="binary_crossentropy")
    for _ in range(3):
        network.fit(hole(x, rng), x, batch_size=64, verbose=0)
    return network


def of_the_lesson(x):
    _, (x_valid, _), _ = split_digits()
    return smaller(np.concatenate([x_valid] * 7), hole, epochs=3)


PEAK = "the peak is 1, the brightest that a pixel can be, not "
SEED = (
    "two calls with different generators give the same result: nothing random comes from the rng that is passed in. Draw "
    "from it, and make no generator of your own."
)
ELSEWHERE = (
    "two generators with the same seed give different results: something is drawn from elsewhere, such as np.random or "
    "a new generator. Draw everything from the rng that is passed in."
)

REFUSED = {
    "noise": [
        (
            lambda: (lambda x, sigma, rng: clipped(x, rng.normal(0, sigma)),),
            "all pixels of all images got the same number: ask rng for an array of x.shape.",
        ),
        (
            lambda: (lambda x, sigma, rng: clipped(x, rng.normal(0, sigma, one_each(x))),),
            "all pixels of an image got the same number: ask rng for an array of x.shape.",
        ),
        (
            lambda: (lambda x, sigma, rng: clipped(x, rng.normal(0, sigma, x.shape[1:])),),
            "every image got the same noise: ask rng for an array of x.shape.",
        ),
        (
            lambda: (lambda x, sigma, rng: clipped(x, np.random.default_rng(0).normal(0, sigma, x.shape)),),
            SEED,
        ),
        (lambda: (from_elsewhere,), ELSEWHERE),
        (
            lambda: (lambda x, sigma, rng: x + np.clip(rng.normal(0, sigma, x.shape), 0, 1),),
            "half of the pixels did not change, the others became brighter: clip the sum x + noise, not the noise.",
        ),
        (
            lambda: (lambda x, sigma, rng: clipped(x, sigma * rng.random(x.shape)),),
            "the noise only brightens: its numbers lie evenly between 0 and 1, as rng.random draws. They should lie "
            "around 0: rng.normal(0, sigma, …).",
        ),
        (
            lambda: (lambda x, sigma, rng: clipped(x, np.abs(rng.normal(0, sigma, x.shape))),),
            "the noise only brightens: its numbers lie never below 0. They should lie around 0: rng.normal(0, sigma, "
            "…).",
        ),
        (
            lambda: (lambda x, sigma, rng: clipped(x, rng.normal(sigma, sigma, x.shape)),),
            "the noise has a mean of … sigma, and should have 0: rng.normal(0, sigma, x.shape).",
        ),
        (
            lambda: (lambda x, sigma, rng: clipped(x, rng.normal(0, sigma**2, x.shape)),),
            "sigma is the standard deviation, not its square: rng.normal takes it as it is.",
        ),
        (
            lambda: (lambda x, sigma, rng: clipped(x, rng.normal(0, sigma**0.5, x.shape)),),
            "sigma is the standard deviation, not the variance: rng.normal takes it as it is, without a root.",
        ),
        (
            lambda: (lambda x, sigma, rng: clipped(x, rng.normal(0, 0.1, x.shape)),),
            "the noise is equally strong for sigma … and sigma …, with a standard deviation of …: use the sigma that "
            "is passed in.",
        ),
        (
            lambda: (lambda x, sigma, rng: clipped(x, rng.normal(0, 2 * sigma, x.shape)),),
            "for sigma … the noise has a standard deviation of …",
        ),
        (
            lambda: (lambda x, sigma, rng: clipped(x, rng.normal(0, sigma / 2, x.shape)),),
            "for sigma 0.05… the noise has a standard deviation of 0.02…",
        ),
        (
            lambda: (lambda x, sigma, rng: clipped(x, rng.normal(0, 255 * sigma, x.shape)),),
            "for sigma … and sigma … the noise is so strong that it ends at black and white, with a standard deviation "
            "of 0.5… and 0.…: use sigma as it is passed in.",
        ),
        (
            lambda: (lambda x, sigma, rng: clipped(x, rng.normal(0, sigma, x.size)),),
            "what my_noise returns for 2 images must have shape (2, 28, 28, 1), and has shape (2, 28, 28, 1568).",
        ),
        (
            lambda: (lambda x, sigma, rng: clipped(x, rng.normal(sigma, 0, x.shape)),),
            "no noise is in the result: all pixels are as they were, or moved by one amount. Draw from the rng.",
        ),
        (
            lambda: (lambda x, sigma, rng: clipped(x, np.clip(rng.normal(0, sigma, x.shape), -0.5, 0.5)),),
            "no black pixel becomes brighter than 0.50: clip the sum x + noise, not the noise.",
        ),
        (
            lambda: (lambda x, sigma, rng: clipped(x, in_pairs(x, rng.normal(0, sigma, x.shape))),),
            "some images got the same noise as others: ask rng for an array of x.shape.",
        ),
        (
            lambda: (lambda x, sigma, rng: clipped(x, x * rng.normal(0, sigma, x.shape)),),
            "dark pixels get less noise than bright ones: add the noise to x, and multiply it with sigma only.",
        ),
        (
            lambda: (lambda x, sigma, rng: clipped(x, sigma * 12**0.5 * (rng.random(x.shape) - 0.5)),),
            "the noise has no long tails, as evenly drawn numbers have none: use rng.normal.",
        ),
        (
            lambda: (lambda x, sigma, rng: clipped(x, rng.laplace(0, sigma / 2**0.5, x.shape)),),
            "the noise is not normally distributed: a few pixels are hit much harder than others. Use rng.normal.",
        ),
        (
            lambda: (lambda x, sigma, rng: np.clip(rng.normal(0, sigma, x.shape), 0, 1),),
            "only the noise is there: add it to x.",
        ),
        (
            lambda: (lambda x, sigma, rng: x + rng.normal(0, sigma, x.shape),),
            "at sigma 1 the result reaches from … to …: clip it to 0 … 1.",
        ),
        (
            lambda: (stretched,),
            "the result is stretched to 0 … 1: leave it as it is, and cut off what lies outside (np.clip).",
        ),
        (
            lambda: (lambda x, sigma, rng: (x + rng.normal(0, sigma, x.shape)) % 1,),
            "at sigma 1 …% of the black pixels stay 0 and …% of the white ones 1, and half of each should: a sum below "
            "0 becomes 0 and one above 1 becomes 1 (np.clip).",
        ),
        (
            lambda: (lambda x, sigma, rng: add_gaussian_noise(x, sigma=sigma, seed=rng),),
            "add_gaussian_noise is the course's own answer: write it yourself, with rng.normal and np.clip.",
        ),
        (
            lambda: (noise_in_place,),
            "my_noise overwrites x, which it was given: whoever called it still needs it. Work on a copy, x.copy(), "
            "and return the result.",
        ),
        (lambda: (lambda x, sigma, rng: None,), "my_noise returns nothing (None). Is a `return` missing?"),
    ],
    "decibels": [
        (
            lambda: (lambda x, y: -10 * np.log10(errors(x, y).mean()),),
            "my_psnr must return one number for each image, and returns one for all of them.",
        ),
        (
            lambda: (lambda x, y: -10 * np.log10(((x - y) ** 2).mean(axis=1)),),
            "the result has shape (…, 28, 1): the mean was taken along one axis, and an image has three, axis=(1, 2, "
            "3). It should have shape (n,), one number for each image.",
        ),
        (
            lambda: (lambda x, y: -10 * np.log10(((x - y) ** 2).mean(axis=(1, 2))),),
            "the result has shape (…, 1): one number for each image is shape (…,). Leave out keepdims.",
        ),
        (
            lambda: (lambda x, y: -10 * np.log10(((x - y) ** 2).mean(axis=0)),),
            "the result has shape (28, 28, 1): the mean was taken over the images, and should be taken in each of "
            "them.",
        ),
        (
            lambda: (lambda x, y: -10 * np.log10((x - y) ** 2 + 1e-9),),
            "the result has shape (…, 28, 28, 1): a number for each pixel. Take the mean of each image first.",
        ),
        (
            lambda: (lambda x, y: 10 * np.log10(errors(x, y)),),
            "the sign is turned: the logarithm of a small error is negative, a PSNR is positive.",
        ),
        (
            lambda: (lambda x, y: -np.log10(errors(x, y)),),
            "the factor 10 is missing: a decibel is a tenth of a bel.",
        ),
        (
            lambda: (lambda x, y: -10 * np.log(errors(x, y)),),
            "that is the natural logarithm; decibels take np.log10.",
        ),
        (
            lambda: (lambda x, y: -20 * np.log10(errors(x, y)),),
            "that is twice as much as it should be: 20 · log10 belongs to the root of the MSE, 10 · log10 to the MSE.",
        ),
        (
            lambda: (lambda x, y: 10 * np.log10(x.max() ** 2 / errors(x, y)),),
            PEAK + "the brightest pixel of all these images.",
        ),
        (
            lambda: (lambda x, y: 10 * np.log10(x.max(axis=(1, 2, 3)) ** 2 / errors(x, y)),),
            PEAK + "the brightest pixel of each image.",
        ),
        (
            lambda: (lambda x, y: 20 * np.log10(255 / np.sqrt(errors(x, y))),),
            "255 is the peak of bytes; these pixels go from 0 to 1.",
        ),
        (lambda: (errors,), "that is the mean squared error itself: its logarithm is missing."),
        (
            lambda: (lambda x, y: -10 * np.log10(np.abs(x - y).mean(axis=(1, 2, 3))),),
            "that takes the absolute errors: square them before the mean.",
        ),
        (
            lambda: (lambda x, y: -10 * np.log10(784 * errors(x, y)),),
            "the errors are added up: take their mean over the pixels.",
        ),
        (
            lambda: (lambda x, y: -10 * np.log10((x - y).var(axis=(1, 2, 3))),),
            "var and std take the mean difference away first, and miss that an image is too bright as a whole.",
        ),
        (
            lambda: (lambda x, y: -10 * np.log10(errors(x, y)) + 3,),
            "my_psnr gives something else here. An error of 0.1 in every pixel is an MSE of 0.01, and 10 · log10(1 / "
            "0.01) is 20.\nx = …\ny = …\nexpected: [20]\ngot: [23]",
        ),
        (
            lambda: (lambda x, y: [psnr(a[None], b[None]) for a, b in zip(x, y, strict=True)],),
            "that calls the course's own PSNR: write it yourself, from the mean squared error of each image.",
        ),
        (
            lambda: (lambda x, y: metrics.sample_psnr(x, y),),
            "that calls the course's own PSNR: write it yourself, from the mean squared error of each image.",
        ),
        (
            lambda: (lambda x, y: -10 * np.log10(errors(x, y) * 784 / 783),),
            "my_psnr gives something else here. An error of 0.1 in every pixel is an MSE of 0.01, and 10 · log10(1 / "
            "0.01) is 20.\nx = …\ny = …\nexpected: [1…]\ngot: [1…]",
        ),
        (
            lambda: (psnr_in_place,),
            "my_psnr overwrites x, which it was given: whoever called it still needs it. Work on a copy, x.copy(), and "
            "return the result.",
        ),
    ],
    "fresh": [
        (lambda: (lambda x, rng: strengths(x, np.random.default_rng(0), 1),), SEED),
        (lambda: (strengths_from_elsewhere,), ELSEWHERE),
        (
            lambda: (lambda x, rng: clipped(x, rng.uniform(0, 1, len(x)) * rng.normal(0, 1, x.shape)),),
            "what my_corrupt returns for 2 images must have shape (2, 28, 28, 1), and has shape (2, 28, 28, 2).",
        ),
        (
            lambda: (lambda x, rng: x + rng.uniform(0, 1, one_each(x)) * rng.normal(0, 1, x.shape),),
            "the result reaches from … to …: clip it to 0 … 1.",
        ),
        (
            lambda: (lambda x, rng: clipped(x, rng.normal(0, 1, one_each(x))),),
            "all pixels of an image got the same number: the noise needs a number for every pixel, of x.shape; only "
            "sigma is one an image.",
        ),
        (
            lambda: (lambda x, rng: clipped(x, rng.uniform(0, 1) * rng.normal(0, 1, x.shape)),),
            "all images of a call got noise of the same strength: draw a sigma for each, shape (len(x), 1, 1, 1).",
        ),
        (
            lambda: (lambda x, rng: clipped(x, rng.uniform(0, 1, x.shape) * rng.normal(0, 1, x.shape)),),
            "sigma is drawn for every pixel: draw one an image, of shape (len(x), 1, 1, 1).",
        ),
        (
            lambda: (lambda x, rng: clipped(x, rng.uniform(0, 1, one_each(x)) * rng.normal(0, 1, x.shape[1:])),),
            "the same pattern lies on every image, stronger or weaker: draw the noise of shape x.shape.",
        ),
        (
            with_(lambda rng, shape: rng.integers(0, 2, shape)),
            "only strengths near 0 and near 1 appear: rng.integers draws whole numbers, rng.uniform all between.",
        ),
        (
            with_(lambda rng, shape: rng.random(shape) ** 2),
            "weak noise comes too often, as if sigma were squared: rng.uniform(0, 1, …) draws it evenly.",
        ),
        (
            with_(lambda rng, shape: rng.random(shape) ** 0.5),
            "strong noise comes too often, as if sigma were a root: rng.uniform(0, 1, …) draws it evenly.",
        ),
        (
            with_(lambda rng, shape: np.abs(rng.normal(0, 1, shape))),
            "sigma itself is drawn from a normal distribution: rng.uniform(0, 1, …) draws it evenly.",
        ),
        (
            with_(lambda rng, shape: rng.uniform(0.2, 1, shape)),
            "the strengths lie evenly between … and …: they should lie between 0 and 1.",
        ),
        (
            with_(lambda rng, shape: rng.exponential(0.5, shape)),
            "the strongest noise has a sigma of … or more: sigma must end at 1.",
        ),
        (
            with_(lambda rng, shape: rng.beta(2, 2, shape)),
            "…% of the images have a sigma below 0.1, …% one from 0.4 to 0.6 and …% one above 0.9. Evenly drawn it "
            "would be about 10, 20 and 10 %: rng.uniform(0, 1, …).",
        ),
        (
            with_(lambda rng, shape: np.random.default_rng(0).random(shape)),
            "the strengths are the same in each call: draw them from rng, too.",
        ),
        (
            with_(lambda rng, shape: np.sort(rng.random(shape), axis=0)),
            "the strengths grow or fall from the first image to the last: draw one for each image.",
        ),
        (
            lambda: (lambda x, rng: clipped(x, rng.uniform(0, 1, one_each(x)) * rng.uniform(-1, 1, x.shape)),),
            "within an image the noise has no long tails, as evenly drawn numbers have none: use rng.normal.",
        ),
        (
            lambda: (lambda x, rng: clipped(x, rng.uniform(0, 1, one_each(x)) * rng.random(x.shape)),),
            "the noise makes images brighter or darker as a whole: its numbers should lie around 0, as those of "
            "rng.normal(0, 1, x.shape).",
        ),
        (
            lambda: (lambda x, rng: clipped(x, x * rng.uniform(0, 2, one_each(x)) * rng.normal(0, 1, x.shape)),),
            "the noise depends on the picture below it: it should be added to x, whatever x is.",
        ),
        (
            lambda: (numbered_seeds,),
            "each call lays the same patterns on the images, stronger or weaker: draw the noise from rng, too.",
        ),
        (
            lambda: (salt,),
            "pixels are black, white, or as they were, as with salt and pepper: add rng.normal(0, 1, x.shape), scaled.",
        ),
        (
            lambda: (strengths_in_place,),
            "my_corrupt overwrites x, which it was given: whoever called it still needs it. Work on a copy, x.copy(), "
            "and return the result.",
        ),
    ],
    "holes": [
        (
            lambda: (lambda x: untrained(784),),
            "a remaining share of the error of … on the digits that were kept back; below 0.5 is asked. The mean of "
            "all digits would do better: is the network trained in train_filler, on x, before it is returned?",
        ),
        (
            lambda: (lambda x: untrained(32),),
            "the network must go from (28, 28, 1) to (28, 28, 1), and goes from (28, 28, 1) to (32,).",
        ),
        (
            lambda: (untrained(784),),
            "train_filler must be a function, and is …",
        ),
        (lambda: (lambda x: x,), "what train_filler returns must be a Keras model, and is an array of shape …"),
    ],
}

ACCEPTED = {
    "noise": [
        lambda: (noise_image_by_image,),
        lambda: (lambda x, sigma, rng: rng.normal(x, sigma).clip(0, 1),),
        lambda: (lambda x, sigma, rng: clipped(x, norm.rvs(scale=sigma, size=x.shape, random_state=rng)),),
        lambda: (lambda x, sigma, rng: clipped(x, sigma * rng.standard_normal(x.shape, dtype="float32")),),
    ],
    "decibels": [
        lambda: (lambda x, y: 20 * np.log10(1 / np.sqrt(errors(x, y))),),
        lambda: (lambda x, y: [10 * np.log10(1 / np.mean((a - b) ** 2)) for a, b in zip(x, y, strict=True)],),
        lambda: (lambda x, y: -10 * keras.ops.log10(keras.ops.mean((x - y) ** 2, axis=(1, 2, 3))),),
    ],
    "fresh": [
        lambda: (strengths_in_a_loop,),
        lambda: (strengths_with_the_course,),
        lambda: (lambda x, rng: rng.normal(x, rng.random((len(x), 1, 1, 1))).clip(0, 1),),
    ],
}

REFUSED_TRAINED = {
    "holes": [
        (
            lambda: (of_the_lesson,),
            "a remaining share of the error of … on digits like those that train_filler was handed, but of … on the "
            "lesson's own. So it was trained on the lesson's digits: train on the argument of train_filler.",
        ),
        (
            lambda: (lambda x: smaller(x[:3500], lambda x, rng: add_salt_and_pepper(x, share=0.3, seed=rng)),),
            "a remaining share of the error of … on the digits that were kept back; below 0.5 is asked. That is more "
            "than the holes themselves make. Was it trained on holes, with clean digits as targets, and long enough?",
        ),
    ],
}

ACCEPTED_TRAINED = {
    "holes": [
        lambda: (lambda x: smaller(x, hole, epochs=4),),
        lambda: (own_training,),
    ],
}

# Right where the numbers are drawn for a student.
OWN = {
    "decibels": [
        lambda peak: (lambda x, y: 10 * np.log10(peak**2 / errors(x, y)),),
        lambda peak: (lambda x, y: -10 * np.log10(errors(x / peak, y / peak)),),
    ]
}
