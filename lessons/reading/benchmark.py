"""Comparisons on reading: what an engine reads of scans that filters or the lesson's network cleaned."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import median_filter
from skimage.filters import threshold_otsu, threshold_sauvola
from skimage.restoration import denoise_nl_means

from aecourse.applications.reading import INSTALL, has_engine, read_page
from aecourse.backend import keras
from aecourse.corruption import scan_badly
from aecourse.datasets import load_known_pages, split_pages
from aecourse.models import outputs
from aecourse.recipes import reading as lesson
from aecourse.weights import load_weights
from benchmarks.core import Apply, Ask, Data, Judge, SideBySide, Task, Train, Trained

STEPS = 500  # about forty seconds on one core; in the lesson a fifth of it
Clean = Callable[..., np.ndarray]  # from scans (n, height, width, 1), and settings, to pages


def read_lines(pages: np.ndarray) -> list[str]:
    """What the engine reads on each page, as one line."""
    return [" ".join(read_page(page[..., 0], block=True).split()) for page in np.asarray(pages)]


def one_by_one(clean: Callable[..., np.ndarray]) -> Clean:
    """A filter of one page (height, width) for several."""
    return lambda x, *settings: np.stack([clean(page[..., 0], *settings) for page in x])[..., None].astype("float32")


def non_local_means(page: np.ndarray, strength: float, blur: float) -> np.ndarray:
    """Places that look alike averaged, then the shade divided out."""
    calm = denoise_nl_means(page, h=strength, patch_size=5, patch_distance=6, fast_mode=True)
    return lesson.without_shade(calm[None, ..., None], blur)[0, ..., 0]


# Each filter with the settings that are tried on the pages to choose on.
FILTERS: dict[str, tuple[Clean, tuple[Sequence[float], ...]]] = {
    "nothing": (lambda x: x, ()),
    "Otsu": (one_by_one(lambda page: page > threshold_otsu(page)), ()),
    "Sauvola": (
        one_by_one(lambda page, size, k: page > threshold_sauvola(page, int(size), k=k)),
        ((15, 25, 41), (0.1, 0.2)),
    ),
    "median filter": (one_by_one(lambda page, size: median_filter(page, int(size))), ((3, 5),)),
    "non-local means": (one_by_one(non_local_means), ((0.08, 0.15), (0.4, 0.8))),
    "shade divided out": (lesson.without_shade, ((0.6, 0.9, 1.2), (12, 20, 35))),
}


def best_settings(name: str, scans: np.ndarray, texts: Sequence[str]) -> tuple[float, ...]:
    """The settings of a filter whose pages are read with the fewest wrong characters."""
    clean, tried = FILTERS[name]
    several = list(itertools.product(*tried))
    if len(several) == 1:
        return several[0]
    return min(several, key=lambda chosen: lesson.wrong_characters(read_lines(clean(scans, *chosen)), texts))


def by_hand(name: str) -> Train:
    """A filter at its best setting on the pages to choose on."""

    def train(task: Task) -> Trained:
        x, texts = task.valid
        chosen = best_settings(name, scan_badly(x, seed=1), texts)
        return 0, lambda scans: FILTERS[name][0](scans, *chosen)

    return train


def begun(task: Task) -> Trained:
    """The lesson's network after a training of forty seconds on the pages to fit on."""
    model = lesson.train_reader(task.fit[0], STEPS, task.rng)
    return model.count_params(), lambda scans: lesson.cleaned(model, scans)


def with_weights() -> keras.Model:
    """The lesson's network with the weights that the course carries."""
    model = lesson.reader()
    model.set_weights(load_weights("restorer"))
    return model


def carried(_: Task) -> Trained:
    """That network, as the lesson uses it."""
    model = with_weights()
    return model.count_params(), lambda scans: lesson.cleaned(model, scans)


def looked_at_once(_: Task) -> Trained:
    """The same, which sees each page once and not five times."""
    model = with_weights()
    return model.count_params(), lambda scans: outputs(model, lesson.two_views(scans))


def thresholded(task: Task) -> Trained:
    """The same, each pixel made black or white."""
    parameters, clean = carried(task)
    return parameters, lambda scans: (clean(scans) > 0.5).astype("float32")


def known() -> Data:
    """To judge on, pages in the typefaces of those to fit on."""
    fit, valid, _ = split_pages()
    return fit, valid, load_known_pages()


def judge_characters(strength: float) -> Judge:
    """Characters wrong on the pages to judge on, in percent; at strength 0 the pages are clean."""

    def judge(data: Data, seed: int) -> Callable[[Apply], float]:
        x, texts = data[2]
        scans = scan_badly(x, strength=strength, seed=seed + 7) if strength else x
        return lambda clean: 100 * lesson.wrong_characters(read_lines(clean(scans)), texts)

    return judge


@dataclass(frozen=True)
class Read(SideBySide):
    """A comparison that needs an engine."""

    def missing(self) -> str:
        """Say how tesseract is installed, where it is not."""
        return "" if has_engine() else f"tesseract is not installed. {INSTALL}"


UNIT = "characters wrong, %"
BEGUN, OURS, HARD = "40 seconds (lesson)", "network, trained before (lesson)", "network, then a threshold"
ONCE = "network, each page seen once"
RIVALS: dict[str, Train] = {name: by_hand(name) for name in FILTERS}
COMPARISONS = {
    "reading": Read(
        {**RIVALS, HARD: thresholded, ONCE: looked_at_once, BEGUN: begun, OURS: carried},
        (
            Ask(
                BEGUN,
                "after 40 seconds half of the best filter's wrong characters, unseen fonts and text",
                lambda ours, best: ours.score <= best.score / 2,
                beside=(*RIVALS,),
                unlike=(HARD, ONCE),
            ),
            Ask(
                OURS,
                "fewer than 10 % of the characters wrong, unseen fonts and text",
                lambda ours, _: ours.score < 10,
                beside=(*RIVALS,),
                unlike=(HARD, ONCE),
                task="clean a scan for an engine to read, unseen fonts",
                simple=(*RIVALS,),
            ),
        ),
        UNIT,
        judge_characters(1.0),
        split_pages,
    ),
    "reading_known": Read(
        {**RIVALS, OURS: carried},
        (
            Ask(
                OURS,
                "half of the best filter's wrong characters, fonts of the training",
                lambda ours, best: ours.score <= best.score / 2,
                beside=(*RIVALS,),
                task="clean a scan for an engine to read, known fonts",
            ),
        ),
        UNIT,
        judge_characters(1.0),
        known,
    ),
    "reading_clean": Read(
        {"nothing": by_hand("nothing"), OURS: carried},
        (
            Ask(
                OURS,
                "clean pages, read as they are: at most one percentage point lost",
                lambda ours, nothing: ours.score <= nothing.score + 1,
                beside=("nothing",),
                task="leave a clean page readable",
            ),
        ),
        UNIT,
        judge_characters(0.0),
        split_pages,
    ),
}
