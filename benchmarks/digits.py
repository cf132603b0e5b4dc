"""Comparisons on digits, lessons 01 to 05: the lessons' own functions beside published models and simple methods."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.decomposition import PCA

from aecourse.backend import keras
from aecourse.corruption import add_gaussian_noise
from aecourse.datasets import Split, load_digits
from aecourse.metrics import psnr
from benchmarks import published
from benchmarks.core import Array, Comparison, Task, Train, Trained, of_keras
from benchmarks.lesson_code import functions_of

SIGMA = 0.5


def pca(components: int) -> Train:
    """PCA with as many numbers; its parameters are the components and the mean."""

    def train(task: Task) -> Trained:
        model = PCA(components, random_state=0).fit(task.x.reshape(len(task.x), -1))

        def reconstruct(x: Array) -> Array:
            return model.inverse_transform(model.transform(x.reshape(len(x), -1))).reshape(x.shape)

        return model.components_.size + model.mean_.size, reconstruct

    return train


def lesson_dense(latent_dim: int, hidden: tuple[int, ...], epochs: int) -> Train:
    """Lesson 02's network."""
    return lambda task: of_keras(functions_of("02_dense_keras")["train_dense"](task.x, latent_dim, hidden, epochs))


def lesson_dense_in_the_same_seconds(task: Task) -> Trained:
    """Lesson 02's network with 16 numbers, trained as long as the model before it."""

    def seconds(epochs: int) -> float:
        began = time.perf_counter()
        lesson_dense(16, (384, 192), epochs)(task)
        return time.perf_counter() - began

    # Two trials tell the epochs' share from the preparation's, which a longer training pays only once.
    short, long = seconds(10), seconds(40)
    an_epoch = (long - short) / 30
    epochs = max(1, round(10 + (task.before[-1].seconds - short) / an_epoch))
    keras.utils.set_random_seed(task.seed)
    task.began = time.perf_counter()  # the trials above do not count
    return lesson_dense(16, (384, 192), epochs)(task)


def keras_blog_denoiser_in_the_same_seconds(task: Task) -> Trained:
    """The Keras blog's denoiser, trained as long as the model before it, rounded up to whole epochs."""
    seconds = task.before[-1].seconds
    return of_keras(published.keras_blog_denoiser(task.x, sigma=SIGMA, seconds=seconds, rng=task.rng))


def lesson_numpy(task: Task) -> Trained:
    """Lesson 01's network in NumPy."""
    lesson = functions_of("01_encode_decode")
    layers = lesson["numpy_autoencoder"](task.x.reshape(len(task.x), -1), 16, 256, 12, task.rng)

    def reconstruct(x: Array) -> Array:
        return lesson["forward"](x.reshape(len(x), -1), layers)[-1].reshape(x.shape)

    return sum(W.size + b.size for W, b, _ in layers), reconstruct


def keras_blog(task: Task) -> Trained:
    """The Keras blog's dense network, 32 numbers, 50 epochs."""
    model = published.keras_blog_dense(task.x)
    return model.count_params(), lambda x: model.predict(x.reshape(-1, 784), verbose=0).reshape(x.shape)


def lesson_conv(epochs: int) -> Train:
    """Lesson 04's network."""
    return lambda task: of_keras(functions_of("04_convolutional")["train_conv"](task.x, epochs, task.rng))


def classical(name: str) -> Train:
    """One of lesson 05's filters at the setting that is best on 200 of the training digits."""

    def train(task: Task) -> Trained:
        lesson = functions_of("05_denoising")
        clean = task.x[-200:]
        dial = lesson["best_classical"](clean, add_gaussian_noise(clean, sigma=SIGMA, seed=task.seed))[name]
        return 0, lambda x: lesson["classical"](name, dial, x)

    return train


def lesson_denoiser(task: Task) -> Trained:
    """Lesson 05's network."""
    lesson = functions_of("05_denoising")
    return of_keras(lesson["train_denoiser"](task.x, lesson["gaussian"]))


def nothing(_: Task) -> Trained:
    """The input as it is."""
    return 0, lambda x: x


def lesson_reader_code(task: Task) -> Trained:
    """Lesson 03's code that was trained to undo small shifts."""
    model = functions_of("03_bottleneck")["train_reader_code"](task.x)
    return model.encoder.count_params(), model.encode


def psnr_of(denoise: Callable[[Array], Array], data: Split, seed: int) -> float:
    """The mean PSNR of the denoised test digits."""
    clean = data[1][0]
    return psnr(clean, denoise(add_gaussian_noise(clean, sigma=SIGMA, seed=1000 + seed)))


@functools.cache
def reader(seed: int) -> Any:
    """Lesson 05's digit reader, trained on clean digits."""
    keras.utils.set_random_seed(seed)
    return functions_of("05_denoising")["train_reader"](*load_digits()[0])


def reading_of(denoise: Callable[[Array], Array], data: Split, seed: int) -> float:
    """How many percent of the test digits the reader reads once they are denoised."""
    noisy = add_gaussian_noise(data[1][0], sigma=SIGMA, seed=1000 + seed)
    said = reader(seed).predict(denoise(noisy), batch_size=500, verbose=0).argmax(axis=1)
    return 100 * float(np.mean(said == data[1][1]))


def few_labels_of(encode: Callable[[Array], Array], data: Split, seed: int) -> float:
    """Percent right of lesson 03's linear classifier with ten labels a class, its C chosen on validation digits."""
    accuracy = functions_of("03_bottleneck")["accuracy_with_few_labels"]
    (x, y), (x_test, y_test) = data
    codes, test_codes = (encode(a).reshape(len(a), -1) for a in (x, x_test))
    cut = len(x) * 7 // 8

    def valid(C: float) -> float:
        rng = np.random.default_rng(seed)
        return float(accuracy(codes[:cut], y[:cut], codes[cut:], y[cut:], C, rng))

    best = max((0.01, 0.1, 1.0), key=valid)
    return 100 * float(accuracy(codes[:cut], y[:cut], test_codes, y_test, best, np.random.default_rng(seed)))


COMPARISONS = {
    "dense16": Comparison(
        {"PCA, 16 numbers": pca(16), "lesson 02, 16 numbers": lesson_dense(16, (384, 192), 11)},
        "at most 0.45 × PCA's error in at most 25 s",
        lambda r: r[1].score <= 0.45 * r[0].score and r[1].seconds <= 25,
    ),
    "dense64": Comparison(
        {"PCA, 64 numbers": pca(64), "lesson 02, 64 numbers": lesson_dense(64, (512,), 5)},
        "at least 15 % below PCA's error",
        lambda r: r[1].score <= 0.85 * r[0].score,
    ),
    "dense32": Comparison(
        {"Keras blog, 32 numbers, 50 epochs": keras_blog, "lesson 02, 32 numbers": lesson_dense(32, (512,), 5)},
        "at most 0.8 × its error in at most its seconds",
        lambda r: r[1].score <= 0.8 * r[0].score and r[1].seconds <= r[0].seconds,
    ),
    "numpy16": Comparison(
        {"PCA, 16 numbers": pca(16), "lesson 01, NumPy, 16 numbers": lesson_numpy},
        "at most 0.6 × PCA's error in at most 15 s",
        lambda r: r[1].score <= 0.6 * r[0].score and r[1].seconds <= 15,
    ),
    "conv16": Comparison(
        {
            "PyImageSearch, 16 numbers, 5 epochs": lambda task: of_keras(
                published.pyimagesearch_conv(task.x, epochs=5)
            ),
            "lesson 04, 16 numbers, 3 epochs": lesson_conv(3),
            "lesson 04, 16 numbers, 8 epochs": lesson_conv(8),
            "lesson 02, in the same seconds": lesson_dense_in_the_same_seconds,
        },
        "its error in 0.3 × its seconds; 0.8 × its error in 0.6 × its seconds; 0.85 × lesson 02's in the same seconds",
        lambda r: (
            r[1].score <= r[0].score
            and r[1].seconds <= 0.3 * r[0].seconds
            and r[2].score <= 0.8 * r[0].score
            and r[2].seconds <= 0.6 * r[0].seconds
            and r[2].score <= 0.85 * r[3].score
        ),
    ),
    "denoise": Comparison(
        {
            "doing nothing": nothing,
            "median filter": classical("median"),
            "total variation": classical("total variation"),
            "non-local means": classical("non-local means"),
            "lesson 05": lesson_denoiser,
            "Keras blog, in the same seconds": keras_blog_denoiser_in_the_same_seconds,
        },
        "4.5 dB above the best filter, 2 dB above the Keras blog's denoiser",
        lambda r: r[4].score >= max(a.score for a in r[:4]) + 4.5 and r[4].score >= r[5].score + 2,
        "PSNR, dB",
        psnr_of,
    ),
    "reading": Comparison(
        {"noisy digits": nothing, "denoised by lesson 05": lesson_denoiser},
        "the reader reads at least 93 %, and at least 10 points more than of noisy digits",
        lambda r: r[1].score >= 93 and r[1].score >= r[0].score + 10,
        "read, %",
        reading_of,
    ),
    "few_labels": Comparison(
        {"784 pixels": nothing, "lesson 03, 16 numbers": lesson_reader_code},
        "at least 3 points above the pixels",
        lambda r: r[1].score >= r[0].score + 3,
        "right, %",
        few_labels_of,
    ),
}
