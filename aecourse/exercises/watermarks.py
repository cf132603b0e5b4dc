"""The exercises on watermarks: blending, undoing a blend, padding, and a black stamp lifted off."""

from __future__ import annotations

import numpy as np

from aecourse.corruption import add_watermark
from aecourse.datasets import split_patches
from aecourse.exercises.core import an_array, call, close, exercise, recognise, wrong
from aecourse.metrics import mse

STAMP_TARGET = 1 / 3  # of the error of doing nothing


def _case() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Random pictures, a colour, a mask that is 0 in places, and the blend."""
    rng = np.random.default_rng()
    x, c = rng.random((3, 12, 10, 3)), rng.random(3)
    mask = rng.uniform(0.3, 0.8, (3, 12, 10, 1)) * (rng.random((3, 12, 10, 1)) < 0.6)
    return x, c, mask, (1 - mask) * x + mask * c


@exercise(
    "to lay a mark over pictures",
    hints=(
        "Where the mask is 0 the picture stays, where it is 1 only the colour is seen; between, two shares make one.",
        "The picture's share is 1 - mask, the colour's share is mask. NumPy stretches (n, h, w, 1) and (3,) to fit.",
        "return (1 - mask) * x + mask * c",
    ),
)
def blend(my_blend: object) -> str:
    """Compare with the blend on random pictures, and recognise the usual slips."""
    x, c, mask, expected = _case()
    marked = an_array(call(my_blend, x, c, mask, name="my_blend"), "my_blend(x, c, mask)", shape=x.shape)
    slips = {
        "the shares are swapped: where the mask is 0, the picture should stay as it was.": mask * x + (1 - mask) * c,
        "the colour is added, and the picture keeps all of its light: its share is 1 - mask.": x + mask * c,
        "only the picture's share is there: add the colour's, mask * c.": (1 - mask) * x,
        "that is half of each: the mask says how much of each it is.": (x + c) / 2,
    }
    recognise(marked, slips, clipped=True)
    if not close(marked, expected):
        worst = np.unravel_index(np.abs(marked - expected).argmax(), x.shape)
        wrong(
            f"with x = {x[worst]:.2f}, c = {c[worst[-1]]:.2f} and a mask of {mask[(*worst[:3], 0)]:.2f} a value should "
            f"be {expected[worst]:.2f}; my_blend gives {marked[worst]:.2f}."
        )
    return "the picture's share and the colour's share make one."


@exercise(
    "to take a mark off again, colour and mask being known",
    hints=(
        "Solve x̃ = (1 − a) · x + a · c for x.",
        "Take the colour's share away first, then divide by the picture's share.",
        "return (marked - mask * c) / (1 - mask)",
    ),
)
def unblend(my_unblend: object) -> str:
    """Blend random pictures and look at what comes back."""
    x, c, mask, marked = _case()
    lifted = an_array(
        call(my_unblend, marked, c, mask, name="my_unblend"), "my_unblend(marked, c, mask)", shape=x.shape
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        slips = {
            "what is left is too dark: 1 - mask of the light is there, so divide by 1 - mask.": marked - mask * c,
            "the colour is still in it: take mask * c away before you divide.": marked / (1 - mask),
            "that takes the whole colour away: only mask * c of it was laid on.": (marked - c) / (1 - mask),
            "that lays the mark on a second time.": (1 - mask) * marked + mask * c,
            "nothing has changed.": marked,
        }
    recognise(lifted, slips, clipped=True)
    if not close(lifted, x):
        worst = np.unravel_index(np.abs(lifted - x).argmax(), x.shape)
        wrong(f"a value that was {x[worst]:.2f} before the mark comes back as {lifted[worst]:.2f}.")
    return "who knows colour and opacity gets the picture back."


@exercise(
    "to pad a photograph to sides that are divisible",
    hints=(
        "How many rows are missing up to the next multiple? -height % multiple says it, and gives 0 where none are.",
        "np.pad takes (before, after) for each axis: ((0, rows), (0, columns), (0, 0)).",
        "height, width = photo.shape[:2]; return np.pad(photo, ((0, -height % multiple), (0, -width % multiple), "
        '(0, 0)), mode="reflect")',
    ),
)
def padding(my_pad: object) -> str:
    """Look at the shape and the corner of padded photographs of random sizes."""
    rng = np.random.default_rng()
    what = "my_pad(photo, multiple)"
    for multiple in (8, 4):
        for rows, columns in ((0, 0), (1, multiple - 1), (*rng.integers(1, multiple, 2),)):
            photo = rng.random((5 * multiple - rows, 7 * multiple - columns, 3))
            padded = np.asarray(call(my_pad, photo, multiple, name="my_pad"))
            if padded.ndim != 3 or padded.shape[2] != 3:
                wrong(f"{what} must keep three colours in the last axis, and has shape {padded.shape}.")
            if (rows, columns) == (0, 0) and padded.shape != photo.shape:
                wrong(
                    f"sides of {photo.shape[0]} and {photo.shape[1]} are multiples of {multiple} already: nothing "
                    "should be added."
                )
            if padded.shape[0] < photo.shape[0] or padded.shape[1] < photo.shape[1]:
                wrong("the photograph was cut: go up to the next multiple, not down.")
            an_array(padded, what, shape=(5 * multiple, 7 * multiple, 3))
            if not np.array_equal(padded[: photo.shape[0], : photo.shape[1]], photo):
                wrong("the photograph has moved: add rows below and columns on the right only.")
            if padded[photo.shape[0] :].size and not padded[photo.shape[0] :].any():
                wrong('black borders are edges that were not there: pad with mode="reflect" or mode="edge".')
    return "every size fits, and what fits already stays as it is."


@exercise(
    "to lift a black stamp: at most a third of the error of doing nothing on the validation photograph",
    hints=(
        "The network lifts white marks. Is there a way to make black marks white ones, and to undo that afterwards?",
        "In a negative, 1 - x, black is white: turn the pictures into negatives, have the network lift the marks, and "
        "turn them back.",
        "return 1 - lift(model, 1 - marked)",
    ),
)
def stamp(my_lifter: object) -> str:
    """Stamp the validation photograph, and look at the test photographs only once it is through."""
    _, (x_valid, _), (x_test, _) = split_patches(size=64)
    left = _left(my_lifter, x_valid, seed=606)
    if left > STAMP_TARGET:
        wrong(
            f"{left:.0%} of the error of doing nothing is left on the validation photograph, {STAMP_TARGET:.0%} may "
            "be. A network for white marks does not see black ones: show it pictures in which they are white, or train "
            "one for black marks."
        )
    on_test = _left(my_lifter, x_test, seed=607)
    if on_test > max(3 * left, 1.5 * STAMP_TARGET):
        wrong(
            f"{left:.1%} of the error is left on the validation photograph, but {on_test:.0%} on the test photographs. "
            "Was the validation photograph among the training patches? Train on x_fit only."
        )
    return "less than a third of the error is left; the test photographs agree. Tell us how far it went."


def _left(my_lifter: object, x: np.ndarray, *, seed: int) -> float:
    """The error that is left on stamped pictures, as a share of the error that the stamps themselves make."""
    clean = np.concatenate([x] * 4)
    stamped, _ = add_watermark(
        clean, kind="text", text="SAMPLE", colour=(0.0, 0.0, 0.0), opacity=0.6, size=24, seed=seed
    )
    y = an_array(call(my_lifter, stamped, name="my_lifter"), "my_lifter(marked)", shape=clean.shape)
    return mse(clean, y) / mse(clean, stamped)
