"""Comparisons on land cover: what three numbers keep of a spectrum, and shares of materials in mixed pixels."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from sklearn.decomposition import PCA

from aecourse.datasets import MATERIALS, load_spectra, split_spectra
from aecourse.metrics import mse
from aecourse.models import outputs
from aecourse.recipes import land_cover as lesson
from benchmarks.core import Apply, Array, Ask, Data, SideBySide, Task, Train, Trained

OURS, PLAIN, LINEAR, ALL = "three numbers (lesson)", "PCA 3 of spectra", "PCA 3 of shapes", "180 bands, shapes"
UNMIXER, TOLD, CORNERS = "shares as a code (lesson)", "least squares, told the spectra", "least squares, four corners"
EPOCHS, UNMIXING = 80, 200  # of the lesson's coder, of its unmixer
MIXED = ("asphalt", "dry plants", "soil", "tile roof")

# --- codes: from spectra to three numbers ---------------------------------------------------------


def coder(task: Task) -> Trained:
    """The lesson's network on shapes, its numbers whitened as those of PCA are."""
    shapes = lesson.shape_of(task.x)
    model = lesson.train_coder(shapes, epochs=EPOCHS, seed=task.seed)
    white = PCA(3, whiten=True, random_state=0).fit(lesson.codes_of(model, shapes, shapes))
    return model.count_params(), lambda x: white.transform(lesson.codes_of(model, lesson.shape_of(x), shapes))


def linear(prepare: Callable[[Array], Array], *, whiten: bool) -> Train:
    """PCA with three numbers."""

    def train(task: Task) -> Trained:
        pca = PCA(3, whiten=whiten, random_state=0).fit(prepare(task.x))
        return int(pca.components_.size), lambda x: pca.transform(prepare(x))

    return train


def as_it_is(x: Array) -> Array:
    """Brightness left in."""
    return x


def all_bands(_: Task) -> Trained:
    """No code at all."""
    return 0, lesson.shape_of


def judge_neighbours(data: Data, _: int) -> Callable[[Apply], float]:
    """Of how many test spectra the five nearest of all others name the material, in percent."""
    (x, y), (x_valid, y_valid), (x_test, y_test) = data
    known, names = np.concatenate([x, x_valid]), np.concatenate([y, y_valid])
    return lambda code: 100 * lesson.neighbours_right(code(known), names, code(x_test), y_test)


def judge_groups(data: Data, seed: int) -> Callable[[Apply], float]:
    """How far groups of k-means agree with the materials: 100 times the adjusted Rand index."""
    x, y = (np.concatenate(parts) for parts in zip(*data, strict=True))
    return lambda code: 100 * lesson.groups_agree(code(x), y, seed=seed)


# --- shapes: from shapes to shapes ----------------------------------------------------------------


def shapes() -> Data:
    """Shapes to rebuild."""
    parts = [(lesson.shape_of(x), lesson.shape_of(x)) for x, _ in split_spectra()]
    return parts[0], parts[1], parts[2]


def rebuilder(task: Task) -> Trained:
    """The lesson's network."""
    model = lesson.train_coder(task.x, epochs=EPOCHS, seed=task.seed)
    return model.count_params(), lambda x: lesson.rebuilt(model, x, task.x)


def by_pca(task: Task) -> Trained:
    """PCA with three numbers."""
    pca = PCA(3, random_state=0).fit(task.x)
    return int(pca.components_.size), lambda x: pca.inverse_transform(pca.transform(x))


# --- shares: from pixels to shares of materials ---------------------------------------------------


def spectra() -> Array:
    """The median spectra that pixels are mixed of."""
    (x, y), _ = load_spectra()
    return np.stack([np.median(x[y == MATERIALS.index(name)], axis=0) for name in MIXED])


def mixtures() -> Data:
    """Mixed pixels and their shares; what is learned on is what is judged on, as no shares are shown."""
    rng = np.random.default_rng(0)
    shares = rng.dirichlet([0.5] * len(MIXED), 1500)
    pixels = (shares @ spectra() + rng.normal(0, 0.005, (1500, 180))).astype("float32")
    return (pixels, shares), (pixels[:0], shares[:0]), (pixels, shares)


def unmixer(task: Task) -> Trained:
    """The lesson's network, begun at the corners."""
    model = lesson.train_unmixer(task.x, len(MIXED), task.seed, epochs=UNMIXING)
    return model.count_params(), lambda x: outputs(model.encoder, x)


def from_corners(task: Task) -> Trained:
    """Least squares with the purest pixels."""
    purest = task.x[lesson.corners(task.x, len(MIXED))]
    return 0, lambda x: lesson.told(x, purest)


def judge_shares(data: Data, _: int) -> Callable[[Apply], float]:
    """The mean squared error of the shares, each material matched with the number that follows it best."""
    pixels, shares = data[2]
    return lambda find: mse(shares, lesson.matched(find(pixels), shares))


CODES = {
    PLAIN: linear(as_it_is, whiten=False),
    LINEAR: linear(lesson.shape_of, whiten=True),
    ALL: all_bands,
    OURS: coder,
}
COMPARISONS = {
    "land_cover_neighbours": SideBySide(
        CODES,
        (
            Ask(
                OURS,
                "80 % right by neighbours, and more than PCA of plain spectra",
                lambda ours, other: ours.score >= 80 and ours.score > other.score,
                beside=(PLAIN,),
                unlike=(ALL,),
            ),
        ),
        "right by five neighbours, %",
        judge_neighbours,
        split_spectra,
    ),
    "land_cover_groups": SideBySide(
        CODES,
        (
            Ask(
                OURS,
                "groups that agree better with materials than those of PCA and of all bands",
                lambda ours, other: ours.score > other.score,
                beside=(PLAIN, LINEAR, ALL),
                task="group spectra by material, without labels",
            ),
        ),
        "adjusted Rand index × 100",
        judge_groups,
        split_spectra,
    ),
    "land_cover_shapes": SideBySide(
        {"PCA 3": by_pca, OURS: rebuilder},
        (
            Ask(
                OURS,
                "0.6 of PCA's error",
                lambda ours, other: ours.score <= 0.6 * other.score,
                beside=("PCA 3",),
                task="rebuild a spectrum from three numbers",
            ),
        ),
        data=shapes,
    ),
    "land_cover_shares": SideBySide(
        {
            "equal shares": lambda _: (0, lambda x: np.full((len(x), len(MIXED)), 1 / len(MIXED))),
            TOLD: lambda _: (0, lambda x: lesson.told(x, spectra())),
            CORNERS: from_corners,
            UNMIXER: unmixer,
        },
        (
            Ask(
                UNMIXER,
                "a sixteenth of the error of equal shares",
                lambda ours, other: 16 * ours.score <= other.score,
                beside=("equal shares",),
                unlike=(TOLD,),
            ),
            Ask(
                UNMIXER,
                "at most 1.1 times the error of who is told the spectra",
                lambda ours, other: ours.score <= 1.1 * other.score,
                beside=(TOLD,),
            ),
        ),
        judge=judge_shares,
        data=mixtures,
    ),
}
