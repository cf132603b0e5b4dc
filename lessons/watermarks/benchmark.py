"""Comparisons on watermarks: the network beside doing nothing, a formula, and inpainting with the true mask."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from aecourse.corruption import add_watermark
from aecourse.datasets import split_patches, split_photos
from aecourse.recipes import watermarks as lesson
from aecourse.weights import load_weights
from benchmarks.core import Apply, Ask, Data, Judge, SideBySide, Task, Train, Trained

# A rival that is told where the mark lies needs the mask: it travels as a fourth channel.


def patches() -> Data:
    """Patches as the lesson tests on."""
    return split_patches(size=96)


def whole_photos() -> Data:
    """Patches as the lesson fits and chooses on; to test on, 256 × 384 pixels of each photograph, nearly all of it."""
    fit, valid, _ = patches()
    photos, names = split_photos()[2]
    return fit, valid, (np.stack([photo[:256, :384] for photo in photos]), names)


def nothing(_: Task) -> Trained:
    """The marked picture as it is."""
    return 0, lambda x: x[..., :3]


def biharmonic(_: Task) -> Trained:
    """Biharmonic inpainting, given the true mask."""
    return 0, lambda x: lesson.inpaint(x[..., :3], x[..., 3:])


def by_hand(_: Task) -> Trained:
    """The lesson's formula: what stands out in the darkest colour is taken for white light."""
    return 0, lambda x: lesson.by_hand(x[..., :3])


def network(_: Task) -> Trained:
    """The lesson's network with the weights that the course carries."""
    model = lesson.lifter()
    model.set_weights(load_weights("lifter"))
    return model.count_params(), lambda x: lesson.lift(model, x[..., :3])


def judge_decibels(kinds: tuple[str, ...], *, inside: bool, quality: int | None = None) -> Judge:
    """PSNR of all pixels inside (or outside) the marks of the test pictures; each is marked four times.

    With a quality the marked pictures go through JPEG files.
    """

    def judge(data: Data, seed: int) -> Callable[[Apply], float]:
        clean = np.concatenate([data[2][0]] * 4)
        strong = lesson.OPACITY
        marked, mask = add_watermark(clean, kind=kinds, opacity=strong, colour=lesson.WHITE, seed=1000 + seed)
        marked = lesson.through_jpeg(marked, quality) if quality else marked
        given = np.concatenate([marked, mask], axis=-1)
        return lambda lift: float(lesson.decibels(clean, lift(given), (mask > 0) == inside))

    return judge


OURS, INPAINTING = "told nothing, trained before (lesson)", "biharmonic inpainting, given the true mask"
INSIDE: dict[str, Train] = {
    "doing nothing": nothing,
    INPAINTING: biharmonic,
    "by hand, told nothing": by_hand,
    OURS: network,
}
COMPARISONS = {
    "watermarks": SideBySide(
        INSIDE,
        (
            Ask(
                OURS,
                "inside the mark 8 dB above doing nothing",
                lambda ours, nothing: ours.score >= nothing.score + 8,
                beside=("doing nothing",),
                task="take a known kind of mark off a photograph",
            ),
            Ask(
                OURS,
                "inside the mark 2 dB above inpainting, which is given the true mask",
                lambda ours, inpainting: ours.score >= inpainting.score + 2,
                beside=(INPAINTING,),
            ),
        ),
        "PSNR, dB",
        judge_decibels(lesson.KNOWN, inside=True),
        patches,
    ),
    "watermarks_unseen": SideBySide(
        INSIDE,
        (
            Ask(
                OURS,
                "inside marks of a kind never trained, above inpainting, which is given the true mask",
                lambda ours, inpainting: ours.score > inpainting.score,
                beside=(INPAINTING,),
                task="take an unknown kind of mark off a photograph",
            ),
        ),
        "PSNR, dB",
        judge_decibels(lesson.UNSEEN, inside=True),
        patches,
    ),
    "watermarks_jpeg": SideBySide(
        INSIDE,
        (
            Ask(
                OURS,
                "after JPEG at quality 75, inside the mark 8 dB above doing nothing",
                lambda ours, nothing: ours.score >= nothing.score + 8,
                beside=("doing nothing",),
                unlike=(INPAINTING,),
            ),
        ),
        "PSNR, dB",
        judge_decibels(lesson.KNOWN, inside=True, quality=75),
        patches,
    ),
    "watermarks_outside": SideBySide(
        {"by hand": by_hand, OURS: network},
        (
            Ask(
                OURS,
                "outside the mark, on whole photographs, 8 dB above the formula by hand",
                lambda ours, by_hand: ours.score >= by_hand.score + 8,
                beside=("by hand",),
            ),
        ),
        "PSNR, dB",
        judge_decibels(lesson.KNOWN, inside=False),
        whole_photos,
    ),
}
