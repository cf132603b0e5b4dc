"""Comparisons on colour and edges: guesses beside grey, clicks spread by rules and by a network, Canny, and slopes."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from skimage.restoration import denoise_tv_chambolle

from aecourse.datasets import split_photos
from aecourse.recipes import colour as lesson
from aecourse.weights import load_weights
from benchmarks.core import Apply, Ask, Data, Judge, Row, SideBySide, Task, Train, Trained, of_keras

# What a trained method is here: from a list of questions (L, L with clicks, a noisy picture) to a list of answers.

FOLDER = "AECOURSE_PHOTOGRAPHS"  # where Debian's backgrounds are, as lessons/watermarks/train.py says
SIGMA = 0.2  # of the noise over edges
STEPS = 300  # of training, some minutes


def photographs() -> Data:
    """The course's photographs in Lab."""

    def held(part: tuple[list[Any], list[str]]) -> tuple[np.ndarray, np.ndarray]:
        return of_objects([lesson.in_lab(photo) for photo in part[0]]), np.array(part[1])

    fit, valid, test = split_photos()
    return held(fit), held(valid), held(test)


def walls() -> Data:
    """The same, judged on the five of Debian's backgrounds that no training and no choice has seen."""
    from lessons.colour.train import validation

    labs = validation(Path(os.environ[FOLDER]))
    fit, valid, _ = photographs()
    return fit, valid, (of_objects(labs), np.arange(len(labs)))


def of_objects(x: list[np.ndarray]) -> np.ndarray:
    """An array of arrays of several sizes."""
    held = np.empty(len(x), dtype=object)
    held[:] = x
    return held


@dataclass(frozen=True)
class OnWalls(SideBySide):
    """A comparison that needs the folder of Debian's backgrounds."""

    def missing(self) -> str:
        """Say which folder it needs, where there is none."""
        return (
            "" if os.environ.get(FOLDER) else f"{FOLDER} must name the folder that lessons/watermarks/train.py asks for"
        )


def each(rule: Callable[..., np.ndarray]) -> Trained:
    """A rule with nothing to train."""
    return 0, lambda asked: [rule(*one) for one in asked]  # type: ignore[return-value]


def judge_guesses(data: Data, _: int) -> Callable[[Apply], float]:
    """The mean PSNR of a and b."""
    labs = data[2][0]

    def score(guess: Apply) -> float:
        pairs = zip(guess([(lab[..., 0],) for lab in labs]), labs, strict=True)  # type: ignore[arg-type]
        return float(np.mean([lesson.chroma_psnr(ab, lab[..., 1:]) for ab, lab in pairs]))

    return score


def judge_clicks(k: int) -> Judge:
    """The mean PSNR of a and b over three draws of k clicks a photograph."""

    def judge(data: Data, seed: int) -> Callable[[Apply], float]:
        rng = np.random.default_rng(1000 + seed)
        labs = [*data[2][0]] * 3
        asked = [(lab[..., 0], *lesson.clicked(lab, k, rng)) for lab in labs]

        def score(spread: Apply) -> float:
            pairs = zip(spread(asked), labs, strict=True)  # type: ignore[arg-type]
            return float(np.mean([lesson.chroma_psnr(ab, lab[..., 1:]) for ab, lab in pairs]))

        return score

    return judge


def by_lightness(share: float) -> Train:
    """A share of the mean colour of each lightness in the photographs to train on."""

    def train(task: Task) -> Trained:
        table = lesson.mean_by_lightness([*task.x])
        return table.size, each(lambda light: share * table[lesson.lightness_step(light)])[1]

    return train


def guesser(temperature: float) -> Train:
    """The lesson's network of classes, trained for some minutes."""

    def train(task: Task) -> Trained:
        centres = lesson.classes_of([*task.x])
        network = lesson.train_guesser([*task.x], centres, task.rng, STEPS)
        rule = lambda light: lesson.guess(network, centres, light[None], temperature)[0]  # noqa: E731
        return network.count_params(), each(rule)[1]

    return train


def carried(mixed: bool) -> Train:
    """The lesson's network with the weights that the course carries, alone or mixed with the random walk."""

    def train(_: Task) -> Trained:
        network = lesson.spreader()
        network.set_weights(load_weights("spreader"))
        spread = lesson.spread_best if mixed else lesson.spread_by
        return network.count_params(), each(lambda *asked: spread(network, *asked))[1]

    return train


def pictures() -> Data:
    """The course's photographs as they are."""
    fit, valid, test = split_photos()
    return tuple((of_objects(photos), np.array(names)) for photos, names in (fit, valid, test))  # type: ignore[return-value]


def judge_edges(sigma: float) -> Judge:
    """The mean F, in percent, of edges drawn through noise."""

    def judge(data: Data, seed: int) -> Callable[[Apply], float]:
        greys = [lesson.in_grey(photo) for photo in data[2][0]]
        true = [lesson.edges(grey) for grey in greys]
        rng = np.random.default_rng(1000 + seed)
        asked = [(lesson.noisy(grey, sigma, rng),) for grey in greys]

        def score(draw: Apply) -> float:
            pairs = zip(draw(asked), true, strict=True)  # type: ignore[arg-type]
            return 100 * float(np.mean([lesson.f_score(found, t) for found, t in pairs]))

        return score

    return judge


def tuned(sigma: float, smooth: Callable[[np.ndarray], np.ndarray]) -> Train:
    """Canny after a filter, its blur and threshold chosen on the photographs to train on."""

    def train(task: Task) -> Trained:
        greys = [lesson.in_grey(photo) for photo in task.x]
        given = [smooth(lesson.noisy(grey, sigma, task.rng)) for grey in greys]
        true = [lesson.edges(grey) for grey in greys]
        tried = [
            (b, high, share)
            for b in (1.0, 1.5, 2.0, 2.5, 3.0)
            for high in (0.05, 0.1, 0.14, 0.2)
            for share in (0.4, 0.7)
        ]

        def score(setting: tuple[float, ...]) -> float:
            return float(
                np.mean([lesson.f_score(lesson.edges(x, *setting), t) for x, t in zip(given, true, strict=True)])
            )

        best = max(tried, key=score)
        return 2, each(lambda x: lesson.edges(smooth(x), *best))[1]

    return train


def drawn_by_network(sigma: float) -> Train:
    """The lesson's network for edges."""

    def train(task: Task) -> Trained:
        network = lesson.train_edges([*task.x], task.rng, STEPS)
        sure = lesson.surest(network, task.x, sigma, task.rng)
        return network.count_params(), each(lambda x: lesson.edges_by(network, x, sure))[1]

    return train


def edge_methods(sigma: float) -> dict[str, Train]:
    """Canny, Canny after the best filter, and the network."""
    return {
        "Canny, tuned": tuned(sigma, lambda x: x),
        "total variation, then Canny": tuned(sigma, lambda x: denoise_tv_chambolle(x, weight=0.8 * sigma)),
        EDGES: drawn_by_network(sigma),
    }


def sixteen(weight: float, epochs: int = 11) -> Train:
    """The course's network of 16 numbers by its recipe, with so much of the slopes in its loss."""
    return lambda task: of_keras(lesson.train_sixteen(task.x, weight, epochs, "bce"))


MIXED = "half soft, half random walk"
CAREFUL, OURS, ALONE, EDGES = (
    "network of classes, T = 1 (lesson)",
    "network and random walk, trained before (lesson)",
    "network alone, trained before (lesson)",
    "network for edges (lesson)",
)
RULES: dict[str, Train] = {
    "nearest click": lambda _: each(lesson.nearest),
    "soft spread": lambda _: each(lesson.soft),
    "random walk": lambda _: each(lesson.walked),
    MIXED: lambda _: each(lesson.blended),
}
SPREADS = {**RULES, ALONE: carried(False), OURS: carried(True)}

ENTROPY, LONG = "cross-entropy alone", 44
LESS = "5 % less error than without"


def less(ours: Row, alone: Row) -> bool:
    """Whether the gate for a claim is reached."""
    return ours.score <= 0.95 * alone.score


BEST = ("soft spread", MIXED)  # one of them is the best rule everywhere


def gate(ours: str) -> Ask:
    """What was hoped for of the learned spread."""
    return Ask(ours, "0.5 dB above the best rule", lambda ours, rule: ours.score >= rule.score + 0.5, beside=BEST)


def ahead(task: str = "") -> tuple[Ask, ...]:
    """What is asked of the learned spread on the test photographs."""
    text = "above the best rule"
    return Ask(OURS, text, lambda ours, rule: ours.score > rule.score, beside=BEST, task=task), gate(ALONE)


COMPARISONS = {
    "colour_guess": SideBySide(
        {
            "grey": lambda _: each(lambda light: np.zeros((*light.shape, 2))),
            "mean by lightness": by_lightness(1.0),
            "0.3 of the mean by lightness": by_lightness(0.3),
            CAREFUL: guesser(1.0),
            "network of classes, T = 0.2 (lesson)": guesser(0.2),
        },
        (
            Ask(
                CAREFUL,
                "1 dB above grey",
                lambda ours, grey: ours.score >= grey.score + 1,
                beside=("grey",),
                task="guess a photograph's colours from grey",
                simple=("grey", "mean by lightness", "0.3 of the mean by lightness"),
            ),
        ),
        "PSNR, dB",
        judge_guesses,
        photographs,
    ),
    "colour_clicks": SideBySide(
        SPREADS, ahead("colour a photograph from ten clicks"), "PSNR, dB", judge_clicks(10), photographs
    ),
    "colour_clicks_30": SideBySide(SPREADS, ahead(), "PSNR, dB", judge_clicks(30), photographs),
    "colour_clicks_validation": OnWalls(SPREADS, (gate(ALONE),), "PSNR, dB", judge_clicks(10), walls),
    "colour_clicks_30_validation": OnWalls(SPREADS, (gate(ALONE),), "PSNR, dB", judge_clicks(30), walls),
    "colour_edges_2": SideBySide(
        edge_methods(SIGMA),
        (
            Ask(
                EDGES,
                "3 points of F above Canny, tuned",
                lambda ours, canny: ours.score >= canny.score + 3,
                beside=("Canny, tuned",),
                task="draw edges through noise",
            ),
        ),
        "F, %",
        judge_edges(SIGMA),
        pictures,
    ),
    "colour_slopes": SideBySide(
        {
            ENTROPY: sixteen(0.0),
            "and slopes (lesson)": sixteen(0.5),
            f"{ENTROPY}, {LONG} epochs": sixteen(0.0, LONG),
            f"and slopes, {LONG} epochs": sixteen(0.5, LONG),
        },
        (
            Ask("and slopes (lesson)", LESS, less, beside=(ENTROPY,)),
            Ask(f"and slopes, {LONG} epochs", LESS, less, beside=(f"{ENTROPY}, {LONG} epochs",)),
        ),
    ),
}
