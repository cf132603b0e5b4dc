"""The exercises on denoising: Gaussian noise, PSNR, fresh noise of any strength, and filled holes."""

from __future__ import annotations

from typing import cast

import numpy as np

from aecourse.backend import keras
from aecourse.corruption import mask_block
from aecourse.exercises.core import an_array, call, close, describe, exercise, recognise, wrong
from aecourse.exercises.validation import error_below
from aecourse.metrics import mse, sample_psnr

HOLE = 10
HOLES_TARGET = 0.5


@exercise(
    "to add Gaussian noise and clip",
    hints=(
        "rng.normal(0, sigma, shape) draws an array of the shape you ask for; add it to x.",
        "Pixels lie between 0 and 1: np.clip(…, 0, 1) goes around the sum.",
        "return np.clip(x + rng.normal(0, sigma, x.shape), 0, 1)",
    ),
)
def noise(my_noise: object) -> str:
    """Look at the shape, range, spread and freshness of what the function adds to grey images."""
    grey = np.full((40, 28, 28, 1), 0.5)
    sigma = float(np.random.default_rng().uniform(0.05, 0.09))
    rng = np.random.default_rng()
    added = an_array(call(my_noise, grey, sigma, rng, name="my_noise"), "my_noise(x, sigma, rng)", shape=grey.shape)
    again = an_array(call(my_noise, grey, sigma, rng, name="my_noise"), "my_noise(x, sigma, rng)", shape=grey.shape)
    added, again = added - 0.5, again - 0.5
    if np.ptp(added) == 0:
        wrong("every pixel got the same number: ask rng for an array of x.shape, not for one number.")
    if np.array_equal(added, again):
        wrong("two calls add the same noise: draw from the rng that is passed in, and do not make a new one.")
    if max(np.ptp(added[0] - added[i]) for i in (1, 2)) == 0:
        wrong("every image got the same noise: ask rng for an array of x.shape.")
    if (added == 0).mean() > 0.3:
        wrong("about half of the pixels did not change: clip the sum x + noise, not the noise.")
    if abs(added.mean()) > 0.2 * sigma:
        wrong(f"the noise has mean {added.mean():.3f}; Gaussian noise has mean 0: rng.normal, not rng.random.")
    if close(added.std(), sigma**2, tolerance=0.1):
        wrong("sigma is the standard deviation, not its square: rng.normal takes it as it is.")
    if not close(added.std(), sigma, tolerance=0.05):
        wrong(f"for sigma {sigma:.3f} the noise has a standard deviation of {added.std():.3f}.")
    if np.abs(added).max() < 2.2 * sigma:
        wrong("no pixel is far from its old value: a normal distribution has long tails. Use rng.normal.")
    strong = np.asarray(call(my_noise, grey, 1.0, rng, name="my_noise"))
    if strong.min() < 0 or strong.max() > 1:
        wrong(f"the result reaches from {strong.min():.1f} to {strong.max():.1f}: clip it to 0 … 1.")
    return "Gaussian noise of the strength asked for, fresh in each call, and clipped."


@exercise(
    "to write the PSNR",
    hints=(
        "First the mean squared error of each image: one number for each row of x.reshape(len(x), -1).",
        "Then 10 · log10(1 / MSE), which is -10 * np.log10(MSE).",
        "return -10 * np.log10(((x - y) ** 2).reshape(len(x), -1).mean(axis=1))",
    ),
)
def decibels(my_psnr: object) -> str:
    """Compare with the course's PSNR on random images, and recognise the usual slips."""
    rng = np.random.default_rng()
    x = rng.random((5, 28, 28, 1))
    y = np.clip(x + rng.normal(0, 1, x.shape) * rng.uniform(0.05, 0.4, (5, 1, 1, 1)), 0, 1)
    result = np.asarray(call(my_psnr, x, y, name="my_psnr"))
    if result.shape == ():
        wrong("my_psnr must return one number for each image, and returns one for all: take the mean along axis 1.")
    values, expected = an_array(result, "my_psnr(x, y)", shape=(5,)), sample_psnr(x, y)
    error = 10 ** (-expected / 10)
    slips = {
        "the sign is turned: the logarithm of a small error is negative, a PSNR is positive.": -expected,
        "the factor 10 is missing: a decibel is a tenth of a bel.": expected / 10,
        "that is the natural logarithm; decibels take np.log10.": expected * np.log(10),
        "twice as much as it should be: 20 · log10 belongs to the root of the MSE, 10 · log10 to the MSE.": 2
        * expected,
        "that is the mean squared error itself: its logarithm is missing.": error,
    }
    recognise(values, slips)
    if not close(values, expected):
        wrong(f"for a test image the PSNR is {expected[0]:.2f} dB, my_psnr gives {values[0]:.2f}.")
    return "the PSNR of each image, in decibels."


@exercise(
    "to write a damage with a new strength for every image",
    hints=(
        "One sigma an image is an array of shape (len(x), 1, 1, 1): rng.uniform(0, 1, (len(x), 1, 1, 1)).",
        "rng.normal(0, 1, x.shape) times that array gives each image noise of its own strength; then add and clip.",
        "return np.clip(x + rng.uniform(0, 1, (len(x), 1, 1, 1)) * rng.normal(0, 1, x.shape), 0, 1)",
    ),
)
def fresh(my_corrupt: object) -> str:
    """Measure the strength of the noise image by image, and from call to call."""
    grey = np.full((200, 28, 28, 1), 0.5, dtype="float32")
    rng = np.random.default_rng()
    what = "my_corrupt(x, rng)"
    first = an_array(call(my_corrupt, grey, rng, name="my_corrupt"), what, shape=grey.shape)
    second = an_array(call(my_corrupt, grey, rng, name="my_corrupt"), what, shape=grey.shape)
    if np.array_equal(first, second):
        wrong("two calls give the same damage: draw from the rng that is passed in, and do not make a new one.")
    if first.min() < 0 or first.max() > 1:
        wrong(f"the result reaches from {first.min():.1f} to {first.max():.1f}: clip it to 0 … 1.")
    if not np.ptp(first, axis=(1, 2, 3)).any():
        wrong("within an image all pixels moved alike: the noise needs a number for every pixel, of x.shape.")
    spread = (first - 0.5).std(axis=(1, 2, 3))
    if np.ptp(spread) < 0.1:
        wrong("all images got noise of the same strength: draw a sigma for each of them, shape (len(x), 1, 1, 1).")
    if spread.min() > 0.1:
        wrong(f"the weakest noise has a spread of {spread.min():.2f}: sigma must start near 0.")
    # Clipping leaves noise of sigma 1 on grey a spread of about 0.44, of sigma 0.5 one of 0.36.
    if spread.max() < 0.40:
        wrong(f"even the strongest noise has a spread of {spread.max():.2f} only: sigma must reach 1.")
    if spread.max() > 0.46:
        wrong(f"the strongest noise has a spread of {spread.max():.2f}, which takes a sigma far above 1.")
    return "noise of every strength from 0 to 1, new for each image and each call."


@exercise(
    "to fill holes: at most half of the error of doing nothing on the validation digits",
    hints=(
        "train_denoiser of section 3 takes any damage: a function of a batch and a Generator that returns what the "
        "network sees.",
        "mask_block(x, size=10, seed=rng) cuts fresh holes; a lambda or a def makes a damage of it.",
        "my_filler = train_denoiser(x_fit, lambda x, rng: mask_block(x, size=10, seed=rng), epochs=2)",
    ),
)
def holes(my_filler: object) -> str:
    """Cut holes of its own into the validation digits, and look at the test digits only once it is through."""
    if not isinstance(my_filler, keras.Model):
        wrong(f"my_filler must be a Keras model, and is {describe(my_filler)}.")
    model = cast(keras.Model, my_filler)
    error_below(
        HOLES_TARGET,
        lambda x: _left(model, x),
        advice="Was it trained on holes? Then train it longer.",
        measure="a remaining share of the error",
    )
    return "less than half of the error is left; the test digits agree. Tell us how far it went."


def _left(model: keras.Model, x: np.ndarray) -> float:
    """The model's error on digits with a hole each, as a share of the error that the holes themselves make."""
    holed = mask_block(x, size=HOLE, seed=505)
    y = model.predict(holed, batch_size=500, verbose=0)
    if np.shape(y) != x.shape:
        wrong(f"the model's output must have shape (n, 28, 28, 1), and has {('n', *np.shape(y)[1:])}.")
    return mse(x, y) / mse(x, holed)
