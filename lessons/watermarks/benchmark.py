"""Comparisons on watermarks, lesson 06: its network beside doing nothing and beside inpainting with the true mask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from aecourse.corruption import add_watermark
from aecourse.datasets import load_photos, load_weights
from benchmarks.core import Array, Comparison, Row, Task, Train, Trained
from benchmarks.lesson_code import functions_of

LESSON = "06_watermarks"
# A baseline that is told where the mark lies needs the mask: it travels as a fourth channel.
Lift = Callable[[Array], Array]


def photos() -> Any:
    """Overlapping patches to train on; patches of photographs that nothing was trained on."""
    return load_photos(size=48, stride=16)[0], load_photos(size=96)[1]


def nothing(_: Task) -> Trained:
    """The marked picture as it is."""
    return 0, lambda x: x[..., :3]


def biharmonic(_: Task) -> Trained:
    """Biharmonic inpainting, given the true mask."""
    lesson = functions_of(LESSON)
    return 0, lambda x: lesson["inpaint"](x[..., :3], x[..., 3:])


def by_hand(_: Task) -> Trained:
    """Lesson 06's formula: what stands out in the darkest colour is taken for white light."""
    return 0, lambda x: functions_of(LESSON)["by_hand"](x[..., :3])


def lesson_lifter(_: Task) -> Trained:
    """Lesson 06's network with the weights that the course carries."""
    lesson = functions_of(LESSON)
    model = lesson["lifter"]()
    model.set_weights(load_weights("lifter"))
    return model.count_params(), lambda x: lesson["lift"](model, x[..., :3])


def decibels_of(kinds: tuple[str, str], *, inside: bool) -> Callable[[Lift, Any, int], float]:
    """PSNR of all pixels inside (or outside) the marks of the test patches; each patch is marked four times."""

    def score(lift: Lift, data: Any, seed: int) -> float:
        clean = np.concatenate([data[1][0]] * 4)  # each patch four times
        marked, mask = add_watermark(clean, kind=kinds, colour=(1.0, 1.0, 1.0), seed=1000 + seed)
        lifted = lift(np.concatenate([marked, mask], axis=-1))
        return float(functions_of(LESSON)["decibels"](clean, lifted, (mask > 0) == inside))

    return score


KNOWN, UNSEEN = ("text", "logo"), ("other text", "other logo")
INSIDE: dict[str, Train] = {
    "doing nothing": nothing,
    "biharmonic inpainting, given the true mask": biharmonic,
    "by hand, told nothing": by_hand,
    "lesson 06, told nothing, trained before": lesson_lifter,
}


def reached_inside(r: list[Row]) -> bool:
    """Whether the network is far enough above doing nothing and above inpainting."""
    return r[-1].score >= r[0].score + 8 and r[-1].score >= r[1].score + 2


COMPARISONS = {
    "watermarks": Comparison(
        INSIDE,
        "inside the mark 8 dB above doing nothing, 2 dB above biharmonic inpainting",
        reached_inside,
        "PSNR, dB",
        decibels_of(KNOWN, inside=True),
        photos,
    ),
    "watermarks_unseen": Comparison(
        INSIDE,
        "marks of a kind never trained: above biharmonic inpainting",
        lambda r: r[-1].score > r[1].score,
        "PSNR, dB",
        decibels_of(UNSEEN, inside=True),
        photos,
    ),
    "watermarks_outside": Comparison(
        {"by hand": by_hand, "lesson 06, trained before": lesson_lifter},
        "outside the mark at least 38 dB",
        lambda r: r[-1].score >= 38,
        "PSNR, dB",
        decibels_of(KNOWN, inside=False),
        photos,
    ),
}
