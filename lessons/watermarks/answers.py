"""Answers to the lesson on watermarks: likely mistakes with the whole message of each, and other right answers."""

from __future__ import annotations

import functools

import numpy as np

from aecourse.backend import keras
from aecourse.models import outputs
from aecourse.recipes.watermarks import lifter
from aecourse.weights import load_weights


def padded(photo, multiple, mode="reflect", place="middle", **options):
    missing = [-side % multiple for side in photo.shape[:2]]
    before = {
        "middle": [n // 2 for n in missing],
        "corner": [0, 0],
        "end": missing,
        "more before": [n - n // 2 for n in missing],
    }[place]
    sides = [(b, n - b) for b, n in zip(before, missing, strict=True)]
    return np.pad(photo, (*sides, (0, 0)), mode=mode, **options)


def with_noise(photo, multiple):
    result = padded(photo, multiple, "constant")
    rows, columns = (-side % multiple // 2 for side in photo.shape[:2])
    noise = np.random.default_rng().random(result.shape)
    noise[rows : rows + photo.shape[0], columns : columns + photo.shape[1]] = photo
    return noise


def without_corners(photo, multiple):
    """Mirrored above, below and at the sides; the corners are black."""
    rows, columns = (-side % multiple // 2 for side in photo.shape[:2])
    result = padded(photo, multiple, "constant")
    full, (height, width) = padded(photo, multiple), photo.shape[:2]
    result[rows : rows + height] = full[rows : rows + height]
    result[:, columns : columns + width] = full[:, columns : columns + width]
    return result


def always_grown(photo, multiple):
    rows, columns = (multiple - side % multiple for side in photo.shape[:2])
    return np.pad(photo, ((rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0)), "reflect")


def grown_twice(photo, multiple):
    rows, columns = (-side % multiple for side in photo.shape[:2])
    return np.pad(photo, ((rows, rows), (columns, columns), (0, 0)), "reflect")


def mixed_up(photo, multiple):
    """The odd row goes above, the odd column to the right."""
    rows, columns = (-side % multiple for side in photo.shape[:2])
    return np.pad(photo, ((rows - rows // 2, rows // 2), (columns // 2, columns - columns // 2), (0, 0)), "reflect")


def half_rounded(photo, multiple):
    rows, columns = (-side % multiple // 2 for side in photo.shape[:2])
    return np.pad(photo, ((rows, rows), (columns, columns), (0, 0)), "reflect")


def by_hand(photo, multiple):
    """Grown by whole multiples; rows and columns mirrored by their numbers."""
    places = []
    for side in photo.shape[:2]:
        wanted = multiple * ((side + multiple - 1) // multiple)
        numbers = np.abs(np.arange(wanted) - (wanted - side) // 2)
        places.append(side - 1 - np.abs(side - 1 - numbers))
    return photo[places[0]][:, places[1]]


@functools.cache
def network():
    model = lifter()
    model.set_weights(load_weights("lifter"))
    return model


def once(marked):
    """The network asked in one position and without a threshold."""
    return np.clip(outputs(network(), marked)[..., :3], 0, 1)


def in_place(marked):
    marked /= 2
    return marked


def told_the_place(marked):
    """Where the network sees a mark in the negative, the light is brought back by arithmetic."""
    a = np.clip(outputs(network(), 1 - marked)[..., 3:], 0, 0.85)
    return np.where(a > 0.05, np.clip(marked / (1 - a), 0, 1), marked)


def blend_in_place(x, c, mask):
    x *= 1 - mask
    x += mask * c
    return x


def blended(x, c, mask):
    """Channel by channel."""
    return np.stack([x[..., i] * (1 - mask[..., 0]) + c[i] * mask[..., 0] for i in range(3)], -1)


PIXEL = "\nx = [[[[0.2, 0.4, 1]]]]\nc = [1, 0, 0.5]\nmask = [[[[0.25]]]]\nexpected: [[[[0.4, 0.3, 0.875]]]]\ngot: "
MARKED = (
    "\nmarked = [[[[0.4, 0.3, 0.875]]]]\nc = [1, 0, 0.5]\nmask = [[[[0.25]]]]\nexpected: [[[[0.2, 0.4, 1]]]]\ngot: "
)
MIRROR = ': mirror the photograph, mode="reflect".'
COPY = "which it was given: whoever called it still needs it. Work on a copy, "

REFUSED = {
    "blend": [
        (
            lambda: (lambda x, c, mask: mask * x + (1 - mask) * c,),
            "the shares are swapped: where the mask is 0, the picture should stay as it was.",
        ),
        (
            lambda: (lambda x, c, mask: np.clip(x + mask * c, 0, 1),),
            "the colour is added, and the picture keeps all of its light: its share is 1 - mask.",
        ),
        (
            lambda: (lambda x, c, mask: (1 - mask) * x,),
            "only the picture's share is there: add the colour's, mask * c.",
        ),
        (lambda: (lambda x, c, mask: (1 - mask) * x + c,), "the colour is added in full: its share is mask."),
        (
            lambda: (lambda x, c, mask: (x + c) / 2,),
            "that is half of each: the mask says how much of each it is.",
        ),
        (
            lambda: (lambda x, c, mask: np.where(mask > 0, c, x),),
            "the mark is opaque: where the mask is above 0 nothing of the picture is left. It says how much of each.",
        ),
        (
            lambda: (lambda x, c, mask: (1 - mask) * x + mask * c.mean(),),
            "the colour has become grey: each channel gets its own number of c.",
        ),
        (
            lambda: (lambda x, c, mask: (1 - mask) * x + mask * np.sqrt(c),),
            "my_blend gives something else here. x̃ = (1 − a) · x + a · c." + PIXEL + "[[[[0.4, 0.3, 0.9268]]]]",
        ),
        (
            lambda: (lambda x, c, mask: ((1 - mask) * x + mask * c, mask),),
            "what my_blend returns must be an array of numbers, and is a tuple of 2 things that are not of one shape.",
        ),
        (
            lambda: (lambda x, c, mask: mask,),
            "what my_blend returns must have shape (4, 7, 5, 3), and has shape (4, 7, 5, 1).",
        ),
        (
            lambda: (blend_in_place,),
            "my_blend overwrites x, " + COPY + "x.copy(), and return the result.",
        ),
    ],
    "unblend": [
        (
            lambda: (lambda marked, c, mask: marked - mask * c,),
            "what is left is too dark: 1 - mask of the light is there, so divide by 1 - mask.",
        ),
        (
            lambda: (lambda marked, c, mask: marked / (1 - mask),),
            "the colour is still in it: take mask * c away before you divide.",
        ),
        (
            lambda: (lambda marked, c, mask: (marked - c) / (1 - mask),),
            "that takes the whole colour away: only mask * c of it was laid on.",
        ),
        (
            lambda: (lambda marked, c, mask: (1 - mask) * marked + mask * c,),
            "that lays the mark on a second time.",
        ),
        (
            lambda: (lambda marked, c, mask: marked,),
            "nothing has changed: that is the marked picture as it came.",
        ),
        (
            lambda: (lambda marked, c, mask: (marked - mask * c) / mask,),
            "divided by mask: the picture's share is 1 - mask. Where the mask is 0, that divides by zero.",
        ),
        (
            lambda: (lambda marked, c, mask: marked - mask * c / (1 - mask),),
            "only mask * c is divided: divide the whole difference, in parentheses, by 1 - mask.",
        ),
        (
            lambda: (lambda marked, c, mask: marked * (1 - mask),),
            "my_unblend gives something else here. Solve x̃ = (1 − a) · x + a · c for x." + MARKED + "[[[[0.3, …]]]]",
        ),
        (
            lambda: (lambda marked, c, mask: marked / mask,),
            "what my_unblend returns holds NaN or infinity. Is something divided by zero?",
        ),
    ],
    "padding": [
        (
            lambda: (always_grown,),
            "sides of 40 and 56 are multiples of 8 already: nothing should be added, and (48, 64, 3) came back.",
        ),
        (
            lambda: (lambda p, m: p[: p.shape[0] // m * m, : p.shape[1] // m * m],),
            "the photograph was cut: go up to the next multiple, not down.",
        ),
        (
            lambda: (lambda p, m: padded(p, m, place="corner"),),
            "the photograph stands at the upper left: half of the rows go above it and half of the columns to its "
            "left.",
        ),
        (
            lambda: (lambda p, m: padded(p, m, place="end"),),
            "the photograph stands at the lower right: half of the rows go below it and half of the columns to its "
            "right.",
        ),
        (
            lambda: (lambda p, m: padded(p, m, place="more before"),),
            "where the number of rows or columns is odd, the one more goes below or to the right.",
        ),
        (
            lambda: (mixed_up,),
            "padding 37 × 50 to a multiple of 8, the photograph begins at [2, 3], and should begin at [1, 3]: half of "
            "the missing rows go above it and half of the columns to its left, and where their number is odd, the one "
            "more goes below or to the right.",
        ),
        (lambda: (lambda p, m: padded(p, m, "constant"),), "black borders are edges that were not there" + MIRROR),
        (
            lambda: (lambda p, m: padded(p, m, "constant", constant_values=1),),
            "white borders are edges that were not there" + MIRROR,
        ),
        (
            lambda: (lambda p, m: padded(p, m, "edge"),),
            'the outermost pixels are repeated: mirror what lies inside them, mode="reflect".',
        ),
        (
            lambda: (lambda p, m: padded(p, m, "symmetric"),),
            'the border itself comes twice: mode="reflect" mirrors around it, mode="symmetric" repeats it.',
        ),
        (lambda: (lambda p, m: padded(p, m, "mean"),), "what is added is the mean" + MIRROR),
        (lambda: (lambda p, m: padded(p, m, "maximum"),), "what is added is the brightest value" + MIRROR),
        (
            lambda: (with_noise,),
            "the photograph is in the middle, and what was added around it is not its mirror image: padding to a "
            'multiple of 8, at [0, 0, 0] … was expected, and … is there. np.pad does it with mode="reflect".',
        ),
        (
            lambda: (lambda p, m: padded(p, m, "constant", "corner"),),
            "the photograph stands at the upper left: half of the rows go above it and half of the columns to its "
            'left. And what is added should be the mirror image, mode="reflect".',
        ),
        (lambda: (lambda p, m: p,), "nothing was added to 37 × 50, and multiples of 8 are asked for."),
        (
            lambda: (half_rounded,),
            "37 × 50 became 39 × 56, which are not both multiples of 8: the next are 40 × 56.",
        ),
        (
            lambda: (lambda p, m: p[..., 0],),
            "what my_pad returns must keep three colours in the last axis, and has shape (40, 56).",
        ),
    ],
    "stamp": [
        (
            lambda: (lambda marked: marked,),
            "hardly anything has changed: 100% of the error of doing nothing is left on the cup of coffee. The network "
            "for white marks does not see black ones: show it pictures in which they are white.",
        ),
        (
            lambda: (lambda marked: np.clip(marked / 0.4, 0, 1),),
            "the error is … times that of doing nothing on the cup of coffee: the pictures are further from the clean "
            "ones than with the stamp. plots.show_photos shows what my_lifter makes of x_stamped.",
        ),
        (
            lambda: (lambda marked: marked[..., 0],),
            "what my_lifter returns must have shape (…, 64, 64, 3), and has shape (…, 64, 64).",
        ),
        (lambda: (in_place,), "my_lifter overwrites marked, " + COPY + "marked.copy(), and return the result."),
        (lambda: (0.1,), "my_lifter must be a function, and is 0.1 (float)."),
    ],
}

ACCEPTED = {
    "blend": [
        lambda: (lambda x, c, mask: x + mask * (c - x),),
        lambda: (blended,),
        lambda: (lambda x, c, mask: keras.ops.convert_to_tensor((1 - mask) * x) + mask * c,),
    ],
    "unblend": [
        lambda: (lambda marked, c, mask: marked + mask / (1 - mask) * (marked - c),),
        lambda: (lambda marked, c, mask: c + (marked - c) / (1 - mask),),
        lambda: (lambda marked, c, mask: np.where(mask > 0, (marked - mask * c) / np.maximum(1 - mask, 0.01), marked),),
    ],
    "padding": [
        lambda: (by_hand,),
        lambda: (padded,),
        lambda: (lambda p, m: padded(p, m).astype("float32"),),
    ],
}

# These ask the network: once each, and what it says is judged several times.
REFUSED_TRAINED = {
    "stamp": [
        (
            lambda: (lambda marked: once(1 - marked),),
            "that is the negative of the picture: turn it back, 1 - …, once the network is through.",
        ),
        (
            lambda: (lambda marked: np.round(255 * (1 - once(1 - marked))).astype("uint8"),),
            "the values reach 255, and those of pictures lie between 0 and 1. Divided by 255, …% of the error of doing "
            "nothing would be left.",
        ),
        (
            lambda: (lambda marked: outputs(network(), 1 - marked),),
            "four numbers a pixel came back: the network says the picture and the mask. Keep the picture, [..., :3].",
        ),
        (
            lambda: (lambda marked: 0.7 * marked + 0.3 * (1 - once(1 - marked)),),
            "…% of the error of doing nothing is left on the cup of coffee and …% on the test photographs, and at most "
            "33% may be. Is the mark lifted where it lies, and is the rest left as it is? plots.show_photos shows what "
            "my_lifter makes of x_stamped.",
        ),
    ],
}

ACCEPTED_TRAINED = {
    "stamp": [
        lambda: (lambda marked: 1 - once(1 - marked),),
        lambda: (told_the_place,),
    ],
}

# Right where the numbers are drawn for a student.
OWN = {
    "unblend": [
        lambda full: (lambda marked, c, mask: (marked - mask / full * c) / (1 - mask / full),),
        lambda full: (lambda marked, c, mask: (full * marked - mask * c) / (full - mask),),
    ]
}
