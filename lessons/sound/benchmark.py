"""Comparisons on speech: the network beside classical filters, all with the lesson's own functions."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from aecourse.datasets import split_speech
from aecourse.recipes import sound as lesson
from aecourse.weights import load_weights
from benchmarks.core import Apply, Ask, Data, Judge, SideBySide, Task, Train, Trained


def classical(name: str) -> Train:
    """One of the lesson's filters at the setting that is best on its validation speech."""

    def train(task: Task) -> Trained:
        x_fit, x_valid = task.fit[0], task.valid[0]
        dials = lesson.best_dials(name, x_valid, lesson.noisy_versions(x_valid, x_fit, task.rng))
        return 0, lambda x: lesson.classical(name, dials, x)

    return train


def network(_: Task) -> Trained:
    """The lesson's network with the weights that the course carries."""
    model = lesson.denoiser(lesson.masker())
    model.set_weights(load_weights("denoiser"))
    return model.count_params(), lambda x: lesson.remove_noise(model, x)


def judge_gain(column: str) -> Judge:
    """The mean SI-SDR gained in one of the lesson's columns, over white noise and babble at 0 and 5 dB."""

    def judge(data: Data, seed: int) -> Callable[[Apply], float]:
        x, speaker = data[2]
        parts = (x[speaker == 0], x[(speaker == 1) | (speaker == 2)], x[speaker == 3])
        clean, noisy = lesson.columns(*parts, np.random.default_rng(1000 + seed))[column]
        return lambda denoise: lesson.mean_gain(clean, noisy, denoise)

    return judge


OURS = "network, trained before (lesson)"
FILTERS: dict[str, Train] = {
    "spectral subtraction": classical("spectral subtraction"),
    "Wiener filter": classical("Wiener filter"),
}
COMPARISONS = {
    "sound": SideBySide(
        {**FILTERS, OURS: network},
        (
            Ask(
                OURS,
                "new sentences, white noise and babble at 0 and 5 dB: 2 dB above the better filter",
                lambda ours, best: ours.score >= best.score + 2,
                beside=(*FILTERS,),
            ),
        ),
        "gain, dB",
        judge_gain("new sentences"),
        split_speech,
    ),
    "sound_voices": SideBySide(
        {**FILTERS, OURS: network},
        (
            Ask(
                OURS,
                "new voices, the same noises: above the better filter",
                lambda ours, best: ours.score > best.score,
                beside=(*FILTERS,),
            ),
        ),
        "gain, dB",
        judge_gain("new voices"),
        split_speech,
    ),
}
