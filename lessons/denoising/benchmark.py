"""Comparisons of the denoiser of digits: beside filters and the Keras blog's denoiser, and by what a reader reads."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from aecourse.backend import keras
from aecourse.metrics import psnr
from aecourse.recipes import denoising as lesson
from benchmarks import published
from benchmarks.core import Apply, Array, Ask, Data, SideBySide, Task, Train, Trained, of_keras
from benchmarks.rivals import nothing

CHOSEN_ON = 200  # digits; non-local means takes a while


def classical(name: str) -> Train:
    """One of the lesson's filters at the setting that is best on some of the validation digits."""

    def train(task: Task) -> Trained:
        clean = task.valid[0][-CHOSEN_ON:]
        dial = lesson.best_classical(clean, lesson.gaussian(clean, task.rng))[name]
        return 0, lambda x: lesson.classical(name, dial, x)

    return train


def linear(task: Task) -> Trained:
    """The lesson's linear rival at the setting that is best on the validation digits."""
    (clean, _), (x_valid, _) = task.fit, task.valid
    noisy, noisy_valid = lesson.gaussian(clean, task.rng), lesson.gaussian(x_valid, task.rng)
    ridges = [lesson.train_linear(clean, noisy, stiffness) for stiffness in lesson.STIFFNESS]
    best = max(ridges, key=lambda ridge: psnr(x_valid, lesson.by_linear(ridge, noisy_valid)))
    return best.coef_.size + best.intercept_.size, lambda x: lesson.by_linear(best, x)


def network(task: Task) -> Trained:
    """The lesson's network."""
    return of_keras(lesson.train_denoiser(task.x, lesson.gaussian))


def keras_blog_in_the_same_seconds(task: Task) -> Trained:
    """The Keras blog's denoiser, trained as long as the model before it, rounded up to whole epochs."""
    noisy = lesson.gaussian(task.x, task.rng)
    return of_keras(published.keras_blog_denoiser(task.x, noisy, seconds=task.before[-1].seconds))


def noisy_test_digits(data: Data, seed: int) -> Array:
    """The test digits with noise that no model has seen."""
    return lesson.gaussian(data[2][0], np.random.default_rng(1000 + seed))


def judge_psnr(data: Data, seed: int) -> Callable[[Apply], float]:
    """The mean PSNR of the denoised test digits."""
    clean, noisy = data[2][0], noisy_test_digits(data, seed)
    return lambda denoise: psnr(clean, denoise(noisy))


def judge_reading(data: Data, seed: int) -> Callable[[Apply], float]:
    """How many percent of the test digits the lesson's reader, trained on clean digits, reads once denoised."""
    fit, valid, (_, labels) = data
    keras.utils.set_random_seed(seed)
    reader = lesson.train_reader(*(np.concatenate(parts) for parts in zip(fit, valid, strict=True)))
    noisy = noisy_test_digits(data, seed)
    return lambda denoise: 100 * lesson.accuracy(reader, denoise(noisy), labels)


FILTERS: dict[str, Train] = {
    "median filter": classical("median"),
    "total variation": classical("total variation"),
    "non-local means": classical("non-local means"),
}
LINEAR = "linear (ridge regression)"
BLOG = "Keras blog, in the same seconds"
COMPARISONS = {
    "denoise": SideBySide(
        {
            "doing nothing": nothing,
            **FILTERS,
            LINEAR: linear,
            "denoiser (lesson)": network,
            BLOG: keras_blog_in_the_same_seconds,  # the seconds of the model before it
        },
        (
            Ask(
                "denoiser (lesson)",
                "4.5 dB above the best filter",
                lambda ours, best: ours.score >= best.score + 4.5,
                beside=("doing nothing", *FILTERS),
                task="take noise out of digits",
                simple=("doing nothing", *FILTERS, LINEAR),
            ),
            Ask(
                "denoiser (lesson)",
                "1.5 dB above a linear rival",
                lambda ours, rival: ours.score >= rival.score + 1.5,
                beside=(LINEAR,),
            ),
            Ask(
                "denoiser (lesson)",
                "2 dB above the Keras blog's denoiser",
                lambda ours, blog: ours.score >= blog.score + 2,
                beside=(BLOG,),
                seconds="shown",
            ),
        ),
        "PSNR, dB",
        judge_psnr,
    ),
    "denoising_reader": SideBySide(
        {"noisy digits": nothing, "denoised digits (lesson)": network},
        (
            Ask(
                "denoised digits (lesson)",
                "the reader reads at least 93 %, and 10 points more than of noisy digits",
                lambda ours, noisy: ours.score >= 93 and ours.score >= noisy.score + 10,
                beside=("noisy digits",),
            ),
        ),
        "read, %",
        judge_reading,
    ),
}
