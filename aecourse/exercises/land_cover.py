"""The exercises on land cover: brightness divided out, an index of green, shares that sum to one, three numbers."""

from __future__ import annotations

import numpy as np

from aecourse.datasets import load_spectra
from aecourse.exercises.core import (
    RIGHT,
    Drawn,
    an_array,
    call,
    close,
    drawn_apart,
    examples,
    exercise,
    recognise,
    uses,
    wrong,
)
from aecourse.exercises.drawn import then
from aecourse.recipes import land_cover as lesson

TARGET = 0.76  # of the test spectra whose five nearest neighbours name the right material
NEIGHBOURS = 5


@exercise(
    "to divide the brightness out of spectra, so that each has length 1",
    hints=(
        "The length of a spectrum is the root of the sum of its squares, one number a row: np.linalg.norm has axis=1.",
        "keepdims=True keeps the shape (n, 1), so that each row is divided by its own length. A black row has length "
        "0: divide it by 1.",
        "length = np.linalg.norm(x, axis=1, keepdims=True); return x / np.where(length > 0, length, 1)",
    ),
    drawn=Drawn(
        "to divide the brightness out of spectra, so that each has length {length}",
        {"length": range(2, 60)},
        lambda mine, length: lambda x: then(mine(x), lambda value: value / length),
    ),
)
def shape(my_shape: object) -> str:
    """Compare on bright and dark spectra, one of them black, and recognise the usual slips."""
    (x,) = drawn_apart(_spectra, _shapes)
    given = call(my_shape, x, name="my_shape")
    result = np.asarray(given, dtype=float) if isinstance(given, np.ndarray | list) else given
    if isinstance(result, np.ndarray) and result.shape == x.shape and np.isnan(result[-1]).all():
        wrong("the black spectrum became NaN: its length is 0. Divide by 1 there, so that it stays black.")
    value = an_array(given, "my_shape(x)", shape=x.shape)
    answers = _shapes(x)
    if not close(value, answers[RIGHT]):
        recognise(value, answers)
        small = np.array([[3.0, 4.0], [0.3, 0.4], [0.0, 0.0]])
        examples(my_shape, [((small,), _shapes(small)[RIGHT]), ((x,), answers[RIGHT])], name="my_shape")
    return "a surface in the sun and the same surface in the shade have the same shape, and black stays black."


def _spectra(rng: np.random.Generator) -> tuple[np.ndarray]:
    return (np.concatenate([rng.uniform(0.1, 0.9, (5, 7)) * rng.uniform(0.2, 1, (5, 1)), np.zeros((1, 7))]),)


def _shapes(x: np.ndarray) -> dict[str, object]:
    def by(divisor: np.ndarray) -> np.ndarray:
        return x / np.where(divisor > 0, divisor, 1)

    squares = np.sum(x**2, axis=1, keepdims=True)
    deviation = x.std(axis=1, keepdims=True)
    return {
        RIGHT: by(np.sqrt(squares)),
        "that divides by the sum of the squares: its root is missing.": by(squares),
        "that divides by the mean: each row has mean 1 then, and not length 1.": by(x.mean(axis=1, keepdims=True)),
        "that divides by the sum: each row sums to 1 then, and has not length 1.": by(x.sum(axis=1, keepdims=True)),
        "that divides by the brightest band: a length has all bands in it.": by(x.max(axis=1, keepdims=True)),
        "that divides by one length of all spectra together: give np.linalg.norm axis=1.": x / np.linalg.norm(x),
        "that makes a band of all spectra have length 1: a spectrum is a row, axis=1.": x
        / np.linalg.norm(x, axis=0, keepdims=True),
        "that takes the mean away and divides by the standard deviation: only divide, by the length.": (
            x - x.mean(axis=1, keepdims=True)
        )
        / np.where(deviation > 0, deviation, 1),
        "those are the spectra as they came.": x,
    }


@exercise(
    "to say how green each pixel is: (infrared - red) / (infrared + red)",
    hints=(
        "picture[..., red] is one band of the picture, shape (height, width).",
        "Bytes have no numbers below 0 and above 255: make floats of both bands first. Where both are 0, the index is "
        "0.",
        "a, b = picture[..., infrared].astype(float), picture[..., red].astype(float); "
        "return (a - b) / np.where(a + b > 0, a + b, 1)",
    ),
)
def green(my_green: object) -> str:
    """Compare on a picture of floats and one of bytes, with black pixels, and recognise the usual slips."""
    picture, red, infrared = drawn_apart(_picture, _greens)
    bytes_ = np.round(255 * picture).astype(np.uint8)
    for given in (picture, bytes_):
        name = "my_green(picture, red, infrared)"
        with np.errstate(all="ignore"):
            raw = call(my_green, given, red, infrared, name="my_green")
        found = np.asarray(raw)
        if found.shape == given.shape[:2] and found.dtype.kind == "f" and np.isnan(found).any():
            wrong("black pixels became NaN, 0 divided by 0: the index is 0 there.")
        answers = _greens(given, red, infrared)
        value = an_array(raw, name, shape=given.shape[:2])
        if not close(value, answers[RIGHT]):
            recognise(value, answers)
            if given.dtype == np.uint8:
                wrong(
                    "it is right for floats and wrong for bytes: 20 - 30 is 246 in bytes. Make floats of the bands "
                    "first, .astype(float)."
                )
            small = np.array([[[0.1, 0.5], [0.3, 0.1], [0.0, 0.0]]])
            examples(
                my_green,
                [((small, 0, 1), _greens(small, 0, 1)[RIGHT]), ((given, red, infrared), answers[RIGHT])],
                name="my_green",
            )
    return "the same index for floats and for bytes, and 0 for black pixels."


def _picture(rng: np.random.Generator) -> tuple[np.ndarray, int, int]:
    picture = rng.uniform(0.05, 0.9, (6, 5, 4))
    picture[0, :2] = 0
    red, infrared = rng.choice(4, 2, replace=False)
    return picture, int(red), int(infrared)


def _greens(picture: np.ndarray, red: int, infrared: int) -> dict[str, object]:
    cube = picture.astype(float)
    a, b = cube[..., infrared], cube[..., red]
    both = np.where(a + b > 0, a + b, 1)
    return {
        RIGHT: (a - b) / both,
        "the sign is turned: leaves are bright in the infrared and dark in the red.": (b - a) / both,
        "the division is missing: a leaf in the shade would be less green.": a - b,
        "that is the ratio of the bands: 1 where they are equal, and not 0.": a / np.where(b > 0, b, 1),
        "that divides by one band: divide by the sum of both.": (a - b) / np.where(a > 0, a, 1),
        "that divides by the red: divide by the sum of both.": (a - b) / np.where(b > 0, b, 1),
        "the brackets are missing: without them only red is divided.": a - b / np.where(a > 0, a, 1) + b,
        "that divides by the sum of all bands: only the two belong there.": (a - b)
        / np.where(cube.sum(axis=-1) > 0, cube.sum(axis=-1), 1),
    }


@exercise(
    "to make shares of scores: none below 0, and a row sums to 1",
    hints=(
        "The exponential of a score is never negative.",
        "Divide each row by its sum, with keepdims=True. Take the row's largest score away first: np.exp(1000) is "
        "infinite.",
        "e = np.exp(scores - scores.max(axis=1, keepdims=True)); return e / e.sum(axis=1, keepdims=True)",
    ),
)
def shares(my_shares: object) -> str:
    """Compare on scores of either sign, then on large ones, and recognise the usual slips."""
    (scores,) = drawn_apart(_scores, _shares)
    answers = _shares(scores)
    value = an_array(call(my_shares, scores, name="my_shares"), "my_shares(scores)", shape=scores.shape)
    if not close(value, answers[RIGHT]):
        recognise(value, answers)
        small = np.array([[0.0, 0.0], [0.0, np.log(3)]])
        examples(my_shares, [((small,), _shares(small)[RIGHT]), ((scores,), answers[RIGHT])], name="my_shares")
    large = np.array([[1000.0, 1000.0, 0.0], [-1000.0, -2000.0, -1000.0]])  # the largest of all is none of each row
    with np.errstate(all="ignore"):
        result = np.asarray(call(my_shares, large, name="my_shares"), dtype=float)
    if not close(result, [[0.5, 0.5, 0.0], [0.5, 0.0, 0.5]]):
        wrong(
            "scores of 1000 or -1000 give no shares: np.exp(1000) is infinite, and np.exp(-1000) is 0. Take each row's "
            "own largest score away first."
        )
    return "none is below 0, each row sums to 1, and scores of 1000 do no harm."


def _scores(rng: np.random.Generator) -> tuple[np.ndarray]:
    return (rng.normal(0.3, 1.2, (5, 4)),)


def _shares(scores: np.ndarray) -> dict[str, object]:
    e = np.exp(scores)
    positive = np.maximum(scores, 0)
    total = positive.sum(axis=1, keepdims=True)
    least = scores - scores.min(axis=1, keepdims=True)
    return {
        RIGHT: e / e.sum(axis=1, keepdims=True),
        "the rows do not sum to 1: divide each by its sum.": e,
        "that sums over all pixels: axis=1, as a row is a pixel.": e / e.sum(),
        "that makes the columns sum to 1: a row is a pixel, axis=1.": e / e.sum(axis=0, keepdims=True),
        "scores below 0 became shares below 0: take the exponential first.": scores / scores.sum(axis=1, keepdims=True),
        "cut off at 0, a material with a score below 0 can never come back: take the exponential.": positive
        / np.where(total > 0, total, 1),
        "that takes the lowest score away, so one material is never there: take the exponential.": least
        / np.maximum(least.sum(axis=1, keepdims=True), 1e-9),
        "that is 1 for the highest score alone: shares are wanted.": (scores == scores.max(axis=1, keepdims=True))
        * 1.0,
        "each score became a share of its own (a sigmoid), and a row does not sum to 1.": 1 / (1 + np.exp(-scores)),
    }


@exercise(
    f"to say a spectrum with three numbers of your own, so that five neighbours name {TARGET:.0%} of the materials",
    hints=(
        "Brightness takes one of the three numbers for something that no material is known by. Divide it out first.",
        "PCA of the shapes is three numbers already. Divided by their spread, all three count alike.",
        "from sklearn.decomposition import PCA; a, b = (x / np.linalg.norm(x, axis=1, keepdims=True) for x in "
        "(x_train, x_test)); pca = PCA(3, whiten=True).fit(a); return pca.transform(a), pca.transform(b)",
    ),
)
def three(my_three: object) -> str:
    """Let the function code the course's spectra, and count whose five nearest neighbours name the right material."""
    (x, y), (x_test, y_test) = load_spectra()
    if uses(my_three, load_spectra):
        wrong("that reads the materials, which the code must not know: use only x_train and x_test.")
    given = call(my_three, x, x_test, name="my_three")
    if not isinstance(given, tuple | list) or len(given) != 2:
        wrong("my_three must return two arrays: three numbers for each of x_train, and for each of x_test.")
    codes, new = (
        an_array(part, f"what my_three returns for {name}", shape=(len(own), 3))
        for part, name, own in zip(given, ("x_train", "x_test"), (x, x_test), strict=True)
    )
    right = lesson.neighbours_right(codes, y, new, y_test)
    if right < TARGET:
        wrong(
            f"the five nearest neighbours name {right:.1%} of the materials; {TARGET:.0%} are asked for. Does one of "
            "your numbers say how bright a spectrum is, or outweigh the other two?"
        )
    return f"at least {TARGET:.0%} of the materials are named by the five nearest neighbours."
