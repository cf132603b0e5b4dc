"""Comparisons on speech: the network beside classical filters, all with the lesson's own functions."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from pystoi import stoi

from aecourse.applications.sound import clean_sound
from aecourse.datasets import SPEECH_RATE, load_low_voices, split_speech
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


def nothing(_: Task) -> Trained:
    """The noisy sounds as they are."""
    return 0, lambda x: x


def judge_gain(column: str) -> Judge:
    """The mean SI-SDR gained in one of the lesson's columns, over white noise and babble at 0 and 5 dB."""

    def judge(data: Data, seed: int) -> Callable[[Apply], float]:
        x, speaker = data[2]
        parts = (x[speaker == 0], x[(speaker == 1) | (speaker == 2)], x[speaker == 3])
        clean, noisy = lesson.columns(*parts, np.random.default_rng(1000 + seed))[column]
        return lambda denoise: lesson.mean_gain(clean, noisy, denoise)

    return judge


def low_voices(data: Data, seed: int) -> dict[str, tuple[np.ndarray, dict]]:
    """The lesson's low voices and their noisy versions, by voice."""
    x, speaker = data[2]
    june, carlo, crowd = (x[speaker == who] for who in (1, 2, 3))
    real, who = load_low_voices()
    return lesson.low_columns(real, who, june, carlo, crowd, np.random.default_rng(2000 + seed))


def judge_low(data: Data, seed: int) -> Callable[[Apply], float]:
    """The mean SI-SDR gained over four low voices, two real ones and two slowed ones."""
    voices = low_voices(data, seed).values()
    return lambda denoise: float(np.mean([lesson.mean_gain(clean, noisy, denoise) for clean, noisy in voices]))


def judge_heard(data: Data, seed: int) -> Callable[[Apply], float]:
    """The mean STOI of the same, a measure of how much is understood, in percent."""
    voices = low_voices(data, seed).values()

    def judge(denoise: Apply) -> float:
        heard = [
            stoi(x, y, SPEECH_RATE)
            for clean, versions in voices
            for noisy in versions.values()
            for x, y in zip(clean, denoise(noisy), strict=True)
        ]
        return 100 * float(np.mean(heard))

    return judge


def by_share(task: Task) -> Trained:
    """The application: of what the network takes out, the share that is noise; each sound is a recording."""
    parameters, _ = network(task)
    return parameters, lambda x: np.stack([clean_sound(one, SPEECH_RATE) for one in x])


def judge_levels(*levels: int) -> Judge:
    """The mean SI-SDR gained at these SNRs, over white noise and babble, half over high voices and half over low."""

    def judge(data: Data, seed: int) -> Callable[[Apply], float]:
        x, speaker = data[2]
        crowd, rng = x[speaker == 3], np.random.default_rng(3000 + seed)
        voices = (x[speaker < 3], load_low_voices()[0])
        sides = [(clean, lesson.noisy_versions(clean, crowd, rng, levels=levels)) for clean in voices]
        return lambda denoise: float(np.mean([lesson.mean_gain(clean, noisy, denoise) for clean, noisy in sides]))

    return judge


OURS = "network, trained before (lesson)"
SHARE = "network, by the share of noise (lesson)"
FILTERS: dict[str, Train] = {
    "spectral subtraction": classical("spectral subtraction"),
    "Wiener filter": classical("Wiener filter"),
}
BESIDE = ("doing nothing", "Wiener filter")  # the better of the two filters on every voice
RECORDINGS: dict[str, Train] = {
    **{"doing nothing": nothing, "Wiener filter": classical("Wiener filter")},
    **{"network alone": network, SHARE: by_share},
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
                task="take noise out of speech, the voice known",
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
                task="take noise out of speech, other high voices",
            ),
        ),
        "gain, dB",
        judge_gain("new voices"),
        split_speech,
    ),
    "sound_low": SideBySide(
        {**FILTERS, OURS: network},
        (
            Ask(
                OURS,
                "unseen low voices, the same noises: 1.5 dB above the better filter",
                lambda ours, best: ours.score >= best.score + 1.5,
                beside=(*FILTERS,),
                task="take noise out of speech, low voices",
            ),
        ),
        "gain, dB",
        judge_low,
        split_speech,
    ),
    "sound_heard": SideBySide(
        {"doing nothing": nothing, **FILTERS, OURS: network},
        (
            Ask(
                OURS,
                "unseen low voices, the same noises: more intelligible than with the better filter or none",
                lambda ours, best: ours.score > best.score,
                beside=("doing nothing", *FILTERS),
                task="make low voices in noise intelligible",
            ),
        ),
        "STOI, %",
        judge_heard,
        split_speech,
    ),
    "clean_sound": SideBySide(
        RECORDINGS,
        (
            Ask(
                SHARE,
                "noisy recordings, 0 to 10 dB: a decibel above the better filter",
                lambda ours, best: ours.score >= best.score + 1,
                beside=BESIDE,
                task="clean a noisy recording, 0 to 10 dB",
                simple=BESIDE,
            ),
        ),
        "gain, dB",
        judge_levels(0, 5, 10),
        split_speech,
    ),
    "clean_sound_20": SideBySide(
        RECORDINGS,
        (
            Ask(
                SHARE,
                "recordings with little noise, 20 dB: above the better filter, and doing nothing",
                lambda ours, best: ours.score > best.score,
                beside=BESIDE,
                task="clean a recording with little noise, 20 dB",
                simple=BESIDE,
            ),
        ),
        "gain, dB",
        judge_levels(20),
        split_speech,
    ),
    "clean_sound_30": SideBySide(
        RECORDINGS,
        (
            Ask(
                SHARE,
                "good recordings, 30 dB: at most half a decibel lost",
                lambda ours, _: ours.score >= -0.5,
                beside=BESIDE,
                task="leave a good recording as it is, 30 dB",
                simple=BESIDE,
            ),
        ),
        "gain, dB",
        judge_levels(30),
        split_speech,
    ),
}
