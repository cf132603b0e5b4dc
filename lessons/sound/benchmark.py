"""Comparisons on speech, lesson 09: its network beside classical filters, all with the lesson's own functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from aecourse.datasets import Split, load_speech, load_weights
from benchmarks.core import Array, Comparison, Row, Task, Train, Trained
from benchmarks.lesson_code import functions_of

VALIDATION = 24  # the last of the training sounds


def classical(name: str) -> Train:
    """One of lesson 09's filters at the setting that is best on its validation speech."""

    def train(task: Task) -> Trained:
        lesson = functions_of("09_sound")
        x_fit, x_valid = task.x[:-VALIDATION], task.x[-VALIDATION:]
        dials = lesson["best_dials"](name, x_valid, lesson["noisy_versions"](x_valid, x_fit, task.rng))
        return 0, lambda x: lesson["classical"](name, dials, x)

    return train


def network(_: Task) -> Trained:
    """Lesson 09's network with the weights that the course carries."""
    lesson = functions_of("09_sound")
    model = lesson["denoiser"](lesson["masker"]())
    model.set_weights(load_weights("denoiser"))
    return model.count_params(), lambda x: lesson["remove_noise"](model, x)


def gain_of(column: str) -> Callable[[Callable[[Array], Array], Any, int], float]:
    """The mean SI-SDR gained in one of lesson 09's columns, over white noise and babble at 0 and 5 dB."""

    def score(denoise: Callable[[Array], Array], data: Split, seed: int) -> float:
        lesson = functions_of("09_sound")
        x, speaker = data[1]
        rng = np.random.default_rng(1000 + seed)
        parts = (x[speaker == 0], x[(speaker == 1) | (speaker == 2)], x[speaker == 3])
        return float(lesson["mean_gain"](*lesson["columns"](*parts, rng)[column], denoise))

    return score


def ahead(decibels: float) -> Callable[[list[Row]], bool]:
    """Whether the last row is so far above the best of the others."""
    return lambda rows: rows[-1].score >= max(row.score for row in rows[:-1]) + decibels


METHODS: dict[str, Train] = {
    "spectral subtraction": classical("spectral subtraction"),
    "Wiener filter": classical("Wiener filter"),
    "lesson 09, trained before": network,
}
UNIT = "gain, dB"
COMPARISONS = {
    "sound": Comparison(
        METHODS,
        "new sentences, white noise and babble at 0 and 5 dB: 2 dB above the better filter",
        ahead(2),
        UNIT,
        gain_of("new sentences"),
        load_speech,
    ),
    "sound_voices": Comparison(
        METHODS,
        "new voices, the same noises: above the better filter",
        ahead(0),
        UNIT,
        gain_of("new voices"),
        load_speech,
    ),
}
