"""Comparisons on compression: bytes at an equal error, for digits and for photographs."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from aecourse.backend import keras
from aecourse.datasets import split_photos
from aecourse.metrics import psnr
from aecourse.recipes import compression as lesson
from aecourse.weights import load_weights
from benchmarks.core import Apply, Ask, Data, Judge, SideBySide, Task, Train, Trained
from tools.together import on_one_core

# What a trained method is here: from pictures to its curve, bytes and errors at each of its settings.

ERROR = 0.0125  # the mean squared error at which files of digits are compared
LAMBDAS, EPOCHS = (5, 8), 25  # one with a larger error, one with a smaller
SHORT, BATCH = 1000, 8  # steps of so many squares each: at most 80 seconds of one core
ENDS = {"JPEG": (1, 30), "WEBP": (0, 30), "AVIF": (1, 30)}
# Bits a pixel that JPEG spends where the four are compared: about three to two times what the carried codec does.
SPENT = (0.24, 0.36, 0.66, 1.2)
SMALL = 7  # JPEG's quality at which its PSNR is about that of the smallest files which 1000 steps make


def digits_in(form: str) -> Train:
    """All digits on one sheet, in a picture format."""

    def train(_: Task) -> Trained:
        return 0, lambda x: sheet_curve(x, form)  # type: ignore[return-value]

    return train


def sheet_curve(x: np.ndarray, form: str) -> list[tuple[float, float]]:
    """Bytes a digit and MSE; a sheet of fewer digits than 2,000 repeats them."""
    full = np.concatenate([x] * math.ceil(2000 / len(x)))[:2000]
    return lesson.sheet_curve(full, form, lesson.SHEETS[form])


def digits_by_pca(task: Task) -> Trained:
    """Rounded PCA with a table of its own for each number, in an ideal file."""
    return 64 * 785, lambda x: lesson.pca_curve(task.x, x)


def digits_learned(task: Task) -> Trained:
    """The lesson's codec, for two λ; the bytes are those of its file."""
    trained = [lesson.train_digits(task.x, worth, EPOCHS) for worth in LAMBDAS]
    count = sum(part.count_params() for part in trained[0])

    def curve(x: np.ndarray) -> list[tuple[float, float]]:
        points = []
        for f, g, prices in trained:
            y = lesson.code_of_digits(f, x)
            data = lesson.written_digits(y, lesson.price_table(prices))
            points.append((len(data) / len(x), float(np.mean((lesson.digits_of_code(g, y) - x) ** 2))))
        return points

    return count, curve  # type: ignore[return-value]


def judge_digits(data: Data, _: int) -> Callable[[Apply], float]:
    """Bytes a digit at the error that all are compared at; beyond the ends of a curve those of its end."""

    def judge(curve_of: Apply) -> float:
        size, error = np.log(np.array(sorted(curve_of(data[2][0]), key=lambda point: point[1]))).T
        return float(np.exp(np.interp(math.log(ERROR), error, size)))

    return judge


def photos() -> Data:
    """The course's photographs, which differ in size: arrays of arrays."""

    def held(part: tuple[list[Any], list[str]]) -> tuple[np.ndarray, np.ndarray]:
        x = np.empty(len(part[0]), dtype=object)
        x[:] = part[0]
        return x, np.array(part[1])

    fit, valid, test = split_photos()
    return held(fit), held(valid), held(test)


def photos_in(form: str) -> Train:
    """A picture format at many qualities."""
    return lambda _: (0, lambda photos: [lesson.rival_curve(x, form) for x in photos])  # type: ignore[return-value]


def curves(codec: Any) -> Apply:
    """The lesson's codec at thirteen qualities."""
    return lambda photos: [lesson.our_curve(codec, x, range(0, 49, 4)) for x in photos]  # type: ignore[return-value]


def blocks_alone(task: Task) -> Trained:
    """The codec before any training: PCA of blocks."""
    codec = lesson.codec_of(lesson.blocks(lesson.crops(task.fit[0], 400, task.rng)))
    return codec.count_params(), curves(codec)


def begun(task: Task) -> Trained:
    """The codec after 1000 steps on the lesson's photographs, by one core: two need half as much computing again."""
    codec = lesson.empty_codec()
    codec.set_weights(on_one_core(trained, task.fit[0], task.seed, SHORT))
    return codec.count_params(), curves(codec)


def trained(photos: np.ndarray, seed: int, steps: int) -> list[np.ndarray]:
    """The codec's weights after so many steps; at first one pass of guessing is enough, and leaves time for more."""
    lesson.PASSES = 1  # in this process only
    keras.utils.set_random_seed(seed)
    return lesson.train_photos(photos, np.random.default_rng(seed), steps, batch=BATCH).get_weights()


def carried(_: Task) -> Trained:
    """The codec with the weights that the course carries."""
    codec = lesson.empty_codec()
    codec.set_weights(load_weights("codec"))
    return codec.count_params(), curves(codec)


def where_jpeg_spends(x: np.ndarray) -> np.ndarray:
    """The PSNR that JPEG has on a photograph with each of SPENT."""
    sizes, at = np.array(lesson.rival_curve(x, "JPEG")).T
    return np.interp(np.log(SPENT), np.log(8 * sizes / x[..., 0].size), at)


def as_jpeg(x: np.ndarray) -> np.ndarray:
    """The PSNR that JPEG has on a photograph at quality SMALL."""
    best: Any = lesson.BEST["JPEG"]
    _, back = lesson.through(x, "JPEG", quality=SMALL, **best)
    return np.array([psnr(x[None], back[None])])


def judge_photos(levels_of: Callable[[np.ndarray], np.ndarray]) -> Judge:
    """Bits a pixel at these PSNRs: the geometric mean over photographs and levels."""

    def judge(data: Data, _: int) -> Callable[[Apply], float]:
        photos = data[2][0]
        levels = [levels_of(x) for x in photos]

        def score(curve_of: Apply) -> float:
            logs = []
            for x, curve, wanted in zip(photos, curve_of(photos), levels, strict=True):
                sizes, at = np.array(sorted(curve, key=lambda point: point[1])).T
                logs.append(np.interp(wanted, at, np.log(8 * sizes / x[..., 0].size)))
            return float(np.exp(np.mean(logs)))

        return score

    return judge


LEARNED, BEGUN, CARRIED = "32 whole numbers (lesson)", "1000 steps (lesson)", "trained before (lesson)"
FORMATS = {"JPEG": photos_in("JPEG"), "WebP": photos_in("WEBP"), "AVIF": photos_in("AVIF")}
COMPARISONS = {
    "compression": SideBySide(
        {
            "JPEG": digits_in("JPEG"),
            "WebP": digits_in("WEBP"),
            "AVIF": digits_in("AVIF"),
            "PCA, ideal file": digits_by_pca,
            LEARNED: digits_learned,
        },
        (
            Ask(
                LEARNED,
                "a quarter of JPEG's bytes at equal error",
                lambda ours, jpeg: ours.score <= jpeg.score / 4,
                beside=("JPEG",),
            ),
            Ask(
                LEARNED,
                "at equal error 1.8 times fewer bytes than PCA with an ideal file",
                lambda ours, pca: ours.score <= pca.score / 1.8,
                beside=("PCA, ideal file",),
                task="write digits into a file",
            ),
        ),
        "bytes",
        judge_digits,
    ),
    "compression_begun": SideBySide(
        {"JPEG": FORMATS["JPEG"], "PCA of blocks": blocks_alone, BEGUN: begun},
        (
            Ask(
                BEGUN,
                "small files: JPEG needs 1.5 times the bits at equal PSNR",
                lambda ours, jpeg: ours.score <= jpeg.score / 1.5,
                beside=("JPEG",),
            ),
        ),
        "bits",
        judge_photos(as_jpeg),
        photos,
    ),
    "compression_photos": SideBySide(
        {**FORMATS, CARRIED: carried},
        (
            Ask(
                CARRIED,
                "at equal PSNR JPEG needs 1.5 times the bits",
                lambda ours, jpeg: ours.score <= jpeg.score / 1.5,
                beside=("JPEG",),
                task="write photographs into small files",
            ),
            Ask(
                CARRIED,
                "at equal PSNR WebP needs 1.1 times the bits",
                lambda ours, webp: ours.score <= webp.score / 1.1,
                beside=("WebP",),
            ),
            Ask(
                CARRIED,
                "at equal PSNR no more bits than AVIF at speed 4 with all colours",
                lambda ours, avif: ours.score <= avif.score,
                beside=("AVIF",),
            ),
        ),
        "bits",
        judge_photos(where_jpeg_spends),
        photos,
    ),
}
