"""The exercises on watermarks: blending, undoing a blend, padding, and a black stamp lifted off."""

from __future__ import annotations

from typing import Any

import numpy as np

from aecourse.corruption import add_watermark
from aecourse.datasets import split_patches
from aecourse.exercises.core import (
    RIGHT,
    Drawn,
    an_array,
    call,
    close,
    drawn_apart,
    examples,
    exercise,
    shape_of,
    wrong,
)
from aecourse.metrics import mse

STAMP_TARGET = 1 / 3  # of the error of doing nothing

Case = tuple[np.ndarray, np.ndarray, np.ndarray]


def _case(rng: np.random.Generator) -> Case:
    """Pictures with a tint each, a colour of three different shares, and masks with places at 0."""
    x = rng.uniform(0, 0.3, (4, 1, 1, 3)) + 0.7 * rng.random((4, 7, 5, 3))
    c = rng.permutation([rng.uniform(0.05, 0.2), rng.uniform(0.4, 0.6), rng.uniform(0.8, 0.95)])
    mask = rng.uniform(0.3, 0.8, (4, 7, 5, 1)) * (rng.random((4, 7, 5, 1)) < 0.6)
    return x, c, mask


def _one_pixel(x: list[float], c: list[float], mask: float) -> Case:
    """The smallest pictures: one pixel."""
    return np.array(x).reshape(1, 1, 1, 3), np.array(c), np.full((1, 1, 1, 1), mask)


PIXELS = (
    _one_pixel([0.2, 0.4, 1.0], [1.0, 0.0, 0.5], 0.25),
    _one_pixel([0.2, 0.4, 1.0], [1.0, 0.0, 0.5], 0.0),
    _one_pixel([0.6, 0.0, 0.8], [0.0, 1.0, 0.5], 0.75),
)


def _blends(x: np.ndarray, c: np.ndarray, mask: np.ndarray) -> dict[str, object]:
    """The blend, and what slips make of it."""
    return {
        RIGHT: (1 - mask) * x + mask * c,
        "the shares are swapped: where the mask is 0, the picture should stay as it was.": mask * x + (1 - mask) * c,
        "the colour is added, and the picture keeps all of its light: its share is 1 - mask.": x + mask * c,
        "only the picture's share is there: add the colour's, mask * c.": (1 - mask) * x,
        "only the colour's share is there: add the picture's, (1 - mask) * x.": mask * c + 0 * x,
        "the colour is added in full: its share is mask.": (1 - mask) * x + c,
        "that is half of each: the mask says how much of each it is.": (x + c) / 2,
        "the mark is opaque: where the mask is above 0 nothing of the picture is left. It says how much of each.": (
            np.where(mask > 0, c, x)
        ),
        "the colour and the picture are multiplied: add their two shares.": (1 - mask) * x + mask * c * x,
        "the mask is used twice: its share of the colour is mask, and of the picture 1 - mask.": (1 - mask) * x
        + mask**2 * c,
        "nothing has changed: that is x as it came.": x,
        "the mark is lifted off instead of laid on: that is exercise 2.": (x - mask * c) / (1 - mask),
        "red and blue of the colour are exchanged.": (1 - mask) * x + mask * c[::-1],
        "the colour has become grey: each channel gets its own number of c.": (1 - mask) * x + mask * c.mean(),
        "every place gets the same share: the mask has one for each pixel.": (1 - mask.mean()) * x + mask.mean() * c,
        "that is 1 minus the blend.": 1 - ((1 - mask) * x + mask * c),
    }


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
    case = drawn_apart(_case, _blends)
    _compare(my_blend, case, _blends, PIXELS, name="my_blend", advice="x̃ = (1 − a) · x + a · c.")
    return "the picture's share and the colour's share make one."


def _unblends(marked: np.ndarray, c: np.ndarray, mask: np.ndarray) -> dict[str, object]:
    """The picture under the mark, and what slips make of it."""
    x = (marked - mask * c) / (1 - mask)
    with np.errstate(divide="ignore", invalid="ignore"):
        by_mask = np.where(mask > 0, (marked - mask * c) / mask, np.nan)
        own = np.where(mask > 0, (marked - (1 - mask) * c) / mask, np.nan)
    return {
        RIGHT: x,
        "what is left is too dark: 1 - mask of the light is there, so divide by 1 - mask.": marked - mask * c,
        "the colour is still in it: take mask * c away before you divide.": marked / (1 - mask),
        "that takes the whole colour away: only mask * c of it was laid on.": (marked - c) / (1 - mask),
        "that lays the mark on a second time.": (1 - mask) * marked + mask * c,
        "nothing has changed: that is the marked picture as it came.": marked,
        "that multiplies with 1 - mask: the light has become weaker by it, so divide by it.": (marked - mask * c)
        * (1 - mask),
        "the colour is added instead of taken away.": (marked + mask * c) / (1 - mask),
        "only mask * c is divided: divide the whole difference, in parentheses, by 1 - mask.": marked
        - mask * c / (1 - mask),
        "divided by mask: the picture's share is 1 - mask. Where the mask is 0, that divides by zero.": by_mask,
        "the two shares are exchanged: the colour's is mask, the picture's 1 - mask.": own,
        "divided by 1 + mask: the picture's share is 1 - mask.": (marked - mask * c) / (1 + mask),
        "the picture is only painted over where the mark was: the light below it can be had back.": np.where(
            mask > 0, c, marked
        ),
    }


@exercise(
    "to take a mark off again, colour and mask being known",
    hints=(
        "Solve x̃ = (1 − a) · x + a · c for x.",
        "Take the colour's share away first, then divide by the picture's share.",
        "return (marked - mask * c) / (1 - mask)",
    ),
    drawn=Drawn(
        "to take a mark off again, where the mask says how much colour there is from 0, none, to {full}, nothing else",
        {"full": [*range(20, 255), *range(256, 400)]},
        lambda mine, full: lambda marked, c, mask: mine(marked, c, full * mask),
    ),
)
def unblend(my_unblend: object) -> str:
    """Blend random pictures and look at what comes back."""
    case = drawn_apart(_marked_case, _unblends)
    pixels = [(_blends(x, c, mask)[RIGHT], c, mask) for x, c, mask in PIXELS]
    _compare(my_unblend, case, _unblends, pixels, name="my_unblend", advice="Solve x̃ = (1 − a) · x + a · c for x.")
    return "who knows colour and opacity gets the picture back."


def _marked_case(rng: np.random.Generator) -> Case:
    x, c, mask = _case(rng)
    return (1 - mask) * x + mask * c, c, mask


def _compare(function: object, case: Case, answers: Any, pixels: Any, *, name: str, advice: str) -> None:
    """End the check unless the function gives what it should on the case; the pixels are its smallest examples."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found = call(function, *case, name=name)
    slips, shape = answers(*case), case[0].shape
    if shape_of(found) == shape:
        for message, slip in slips.items():
            # A slip may be no number in places: NaN and infinity are compared nowhere.
            there = np.isfinite(np.asarray(slip))
            values = np.asarray(found, dtype=float)
            if message != RIGHT and any(close(values[there], s[there]) for s in (slip, np.clip(slip, 0, 1))):
                wrong(message)
    found = an_array(found, f"what {name} returns", shape=shape)
    if not close(found, slips[RIGHT]):
        examples(function, [(p, answers(*p)[RIGHT]) for p in (*pixels, case)], name=name, advice=advice)


PADDED = "what my_pad returns"


@exercise(
    "to pad a photograph to sides that are divisible, with the photograph in the middle",
    hints=(
        "How many rows are missing up to the next multiple? -height % multiple says it, and gives 0 where none are.",
        "Half of them, rows // 2, go above, and the rest, rows - rows // 2, below; the columns likewise. np.pad takes "
        "(before, after) for each axis.",
        "height, width = photo.shape[:2]; rows, columns = -height % multiple, -width % multiple; return np.pad(photo, "
        '((rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0)), mode="reflect")',
    ),
)
def padding(my_pad: object) -> str:
    """Compare with padded photographs of several sizes, and recognise what was done to all of them."""
    rng = np.random.default_rng()
    cases = [
        (rng.uniform(0.1, 0.9, (5 * multiple - rows, 7 * multiple - columns, 3)), multiple)
        for multiple, rows, columns in ((8, 0, 0), (8, 3, 6), (6, 4, 0), (16, 1, 15), (7, 5, 2), (16, 9, 4))
    ]
    found = [call(my_pad, *case, name="my_pad") for case in cases]
    for (photo, multiple), padded in zip(cases, found, strict=True):
        _look_at_shape(photo, multiple, shape_of(padded))
        an_array(padded, PADDED, shape=_padded(photo, multiple).shape)
    if all(close(f, _padded(*case)) for f, case in zip(found, cases, strict=True)):
        return "every size fits, the photograph is in the middle, and what fits already stays as it is."
    values = [np.asarray(f, dtype=float) for f in found]
    for message, place in _PLACES.items():
        if all(_lies(f, *case, place) for f, case in zip(values, cases, strict=True)):
            for border, mode in _BORDERS.items():
                if all(close(f, _padded(*case, place, mode)) for f, case in zip(values, cases, strict=True)):
                    wrong(border if not message else f"{message} {_ALSO if mode != 'reflect' else ''}".rstrip())
            wrong(message or _border(values, cases))
    for padded, (photo, multiple) in zip(values, cases, strict=True):
        found_at, asked = _place(padded, photo), tuple(before for before, _ in _sides(photo, multiple, "middle"))
        if found_at is None:
            break
        if found_at != asked:
            wrong(
                f"padding {photo.shape[0]} × {photo.shape[1]} to a multiple of {multiple}, the photograph begins at "
                f"{list(found_at)}, and should begin at {list(asked)}: half of the missing rows go above it and half "
                "of the columns to its left, and where their number is odd, the one more goes below or to the right."
            )
    small = (np.arange(1, 10.0).reshape(3, 3, 1) * np.array([1, 0, 0]), 4)
    return examples(
        my_pad,
        [(c, _padded(*c)) for c in (small, *cases)],
        name="my_pad",
        advice="The photograph itself is not in it as it was.",
    )


_ALSO = 'And what is added should be the mirror image, mode="reflect".'
_PLACES = {
    "": "middle",
    "the photograph stands at the upper left: half of the rows go above it and half of the columns to its left.": (
        "upper left"
    ),
    "the photograph stands at the lower right: half of the rows go below it and half of the columns to its right.": (
        "lower right"
    ),
    "where the number of rows or columns is odd, the one more goes below or to the right.": "one more before",
}
_BORDERS = {
    "(right)": "reflect",
    'the outermost pixels are repeated: mirror what lies inside them, mode="reflect".': "edge",
    'the border itself comes twice: mode="reflect" mirrors around it, mode="symmetric" repeats it.': "symmetric",
    'what is added comes from the other side: mode="reflect" mirrors, mode="wrap" begins anew.': "wrap",
    'black borders are edges that were not there: mirror the photograph, mode="reflect".': "black",
    'white borders are edges that were not there: mirror the photograph, mode="reflect".': "white",
    'what is added is the mean: mirror the photograph, mode="reflect".': "mean",
    'what is added is the brightest value: mirror the photograph, mode="reflect".': "maximum",
    'what is added is the darkest value: mirror the photograph, mode="reflect".': "minimum",
    'what is added is the median: mirror the photograph, mode="reflect".': "median",
    'what is added is a ramp to black: mirror the photograph, mode="reflect".': "linear_ramp",
}


def _sides(photo: np.ndarray, multiple: int, place: str) -> list[tuple[int, int]]:
    """How many rows and columns are added before and after."""
    missing = [-side % multiple for side in photo.shape[:2]]
    before = {
        "middle": [n // 2 for n in missing],
        "upper left": [0, 0],
        "lower right": missing,
        "one more before": [n - n // 2 for n in missing],
    }[place]
    return [(b, n - b) for b, n in zip(before, missing, strict=True)]


def _padded(photo: np.ndarray, multiple: int, place: str = "middle", mode: str = "reflect") -> np.ndarray:
    sides = [*_sides(photo, multiple, place), (0, 0)]
    if mode in ("black", "white"):
        return np.pad(photo, sides, constant_values=float(mode == "white"))
    return np.pad(photo, sides, mode=mode)  # type: ignore[call-overload]


def _lies(padded: np.ndarray, photo: np.ndarray, multiple: int, place: str) -> bool:
    """Whether the photograph lies at this place of what was returned."""
    (top, _), (left, _) = _sides(photo, multiple, place)
    height, width = photo.shape[:2]
    return close(padded[top : top + height, left : left + width], photo)


def _place(padded: np.ndarray, photo: np.ndarray) -> tuple[int, int] | None:
    """The row and the column at which the photograph begins in what was returned, or None where it does not."""
    (height, width), (rows, columns) = photo.shape[:2], padded.shape[:2]
    for top in range(rows - height + 1):
        for left in range(columns - width + 1):
            if close(padded[top : top + height, left : left + width], photo):
                return top, left
    return None


def _border(found: list[np.ndarray], cases: list[tuple[np.ndarray, int]]) -> str:
    """The photographs are where they should be; the first row in which something else was added."""
    for padded, (photo, multiple) in zip(found, cases, strict=True):
        wanted = _padded(photo, multiple)
        (row, column, channel), *_ = np.argwhere(np.abs(padded - wanted) > 1e-6).tolist() or [[0, 0, 0]]
        if padded[row, column, channel] != wanted[row, column, channel]:
            break
    return (
        "the photograph is in the middle, and what was added around it is not its mirror image: padding to a multiple "
        f"of {multiple}, at [{row}, {column}, {channel}] {wanted[row, column, channel]:.2f} was expected, and "
        f'{padded[row, column, channel]:.2f} is there. np.pad does it with mode="reflect".'
    )


def _look_at_shape(photo: np.ndarray, multiple: int, shape: tuple[int, ...]) -> None:
    (height, width), wanted = photo.shape[:2], _padded(photo, multiple).shape
    if shape in ((), wanted):
        return
    if len(shape) != 3 or shape[2] != 3:
        wrong(f"{PADDED} must keep three colours in the last axis, and has shape {shape}.")
    if shape == (wanted[1], wanted[0], 3):
        wrong(f"height and width are exchanged: {shape} came back, and {wanted} is asked for.")
    if wanted == photo.shape and shape[0] >= height and shape[1] >= width:
        wrong(
            f"sides of {height} and {width} are multiples of {multiple} already: nothing should be added, and {shape} "
            "came back."
        )
    if shape[0] < height or shape[1] < width:
        wrong("the photograph was cut: go up to the next multiple, not down.")
    if shape == photo.shape:
        wrong(f"nothing was added to {height} × {width}, and multiples of {multiple} are asked for.")
    if shape[0] % multiple or shape[1] % multiple:
        wrong(
            f"{height} × {width} became {shape[0]} × {shape[1]}, which are not both multiples of {multiple}: the next "
            f"are {wanted[0]} × {wanted[1]}."
        )
    wrong(
        f"{height} × {width} became {shape[0]} × {shape[1]}, and the next multiples of {multiple} are {wanted[0]} × "
        f"{wanted[1]}."
    )


@exercise(
    "to lift a black stamp: at most a third of the error of doing nothing may be left",
    hints=(
        "The network lifts white marks. Is there a way to make black marks white ones, and to undo that afterwards?",
        "In a negative, 1 - x, black is white: turn the pictures into negatives, have the network lift the marks, and "
        "turn them back.",
        "return 1 - lift(model, 1 - marked)",
    ),
)
def stamp(my_lifter: object) -> str:
    """Stamp the validation photograph and the test photographs; the same share may be left of both."""
    _, (x_valid, _), (x_test, _) = split_patches(size=64)
    coffee = _left(my_lifter, x_valid, "the cup of coffee", seed=606)
    test = _left(my_lifter, x_test[::2], "the test photographs", seed=607)
    if test > STAMP_TARGET >= coffee:
        wrong(
            f"{coffee:.0%} of the error is left on the cup of coffee, but {test:.0%} on the test photographs, and at "
            f"most {STAMP_TARGET:.0%} may be. Was the coffee among the training patches? Train on x_fit, and longer."
        )
    if coffee > STAMP_TARGET:
        wrong(
            f"{coffee:.0%} of the error of doing nothing is left on the cup of coffee and {test:.0%} on the test "
            f"photographs, and at most {STAMP_TARGET:.0%} may be. Is the mark lifted where it lies, and is the rest "
            "left as it is? plots.show_photos shows what my_lifter makes of x_stamped."
        )
    return f"{coffee:.0%} of the error is left on the cup of coffee, and {test:.0%} on the test photographs."


def _left(my_lifter: object, clean: np.ndarray, where: str, *, seed: int) -> float:
    """The error that is left on stamped pictures, as a share of the error that the stamps themselves make."""
    stamped, _ = add_watermark(
        clean, kind="text", text="SAMPLE", colour=(0.0, 0.0, 0.0), opacity=0.6, size=24, seed=seed
    )
    found = call(my_lifter, stamped, name="my_lifter")
    if shape_of(found) == (*clean.shape[:3], 4):
        wrong("four numbers a pixel came back: the network says the picture and the mask. Keep the picture, [..., :3].")
    y, nothing = an_array(found, "what my_lifter returns", shape=clean.shape), mse(clean, stamped)
    if y.max() > 2:
        meant = mse(clean, np.clip(y / 255, 0, 1)) / nothing
        more = f" Divided by 255, {meant:.0%} of the error of doing nothing would be left." if meant < 1 else ""
        wrong(f"the values reach {y.max():.0f}, and those of pictures lie between 0 and 1.{more}")
    left = mse(clean, y) / nothing
    if left <= STAMP_TARGET:
        return left
    if mse(clean, 1 - y) / nothing < min(left / 3, 2):
        wrong("that is the negative of the picture: turn it back, 1 - …, once the network is through.")
    if mse(stamped, y) < 0.2 * nothing and left > 0.6:
        wrong(
            f"hardly anything has changed: {left:.0%} of the error of doing nothing is left on {where}. The network "
            "for white marks does not see black ones: show it pictures in which they are white."
        )
    if left > 1.2:
        wrong(
            f"the error is {left:.1f} times that of doing nothing on {where}: the pictures are further from the clean "
            "ones than with the stamp. plots.show_photos shows what my_lifter makes of x_stamped."
        )
    return left
