"""Answers to the lesson on watermarks: likely mistakes, each with a piece of its message, and other right answers."""

from __future__ import annotations

import numpy as np

from aecourse.models import outputs
from aecourse.recipes.watermarks import lifter
from aecourse.weights import load_weights


def padded(photo, rows, columns, mode="reflect", before=False):
    sides = [(n, 0) if before else (0, n) for n in (rows, columns)]
    return np.pad(photo, (*sides, (0, 0)), mode=mode)


def up_to(photo, multiple):
    """Grown by whole multiples; the last rows and columns mirrored by hand."""
    height, width = (multiple * ((side + multiple - 1) // multiple) for side in photo.shape[:2])
    rows, columns = height - photo.shape[0], width - photo.shape[1]
    taller = np.concatenate([photo, photo[-2 : -2 - rows : -1]])
    return np.concatenate([taller, taller[:, -2 : -2 - columns : -1]], axis=1)


def asked_once():
    """The negative, lifted in one position and without a threshold."""
    model = lifter()
    model.set_weights(load_weights("lifter"))
    return lambda marked: np.clip(1 - outputs(model, 1 - marked)[..., :3], 0, 1)


REFUSED = {
    "blend": [
        (lambda: (lambda x, c, mask: mask * x + (1 - mask) * c,), "swapped"),
        (lambda: (lambda x, c, mask: x + mask * c,), "keeps all of its light"),
        (lambda: (lambda x, c, mask: np.clip(x + mask * c, 0, 1),), "its share is 1 - mask"),
        (lambda: (lambda x, c, mask: (1 - mask) * x,), "only the picture's share"),
        (lambda: (lambda x, c, mask: (x + c) / 2,), "half of each"),
        (lambda: (lambda x, c, mask: np.where(mask > 0, c, x),), "my_blend gives"),
        (lambda: (lambda x, c, mask: mask,), "must have shape"),
    ],
    "unblend": [
        (lambda: (lambda marked, c, mask: marked - mask * c,), "too dark"),
        (lambda: (lambda marked, c, mask: marked / (1 - mask),), "still in it"),
        (lambda: (lambda marked, c, mask: (marked - c) / (1 - mask),), "the whole colour"),
        (lambda: (lambda marked, c, mask: (1 - mask) * marked + mask * c,), "a second time"),
        (lambda: (lambda marked, c, mask: marked,), "nothing has changed"),
        (lambda: (lambda marked, c, mask: (marked - mask * c) / mask,), "NaN or infinity"),
        (lambda: (lambda marked, c, mask: marked * (1 - mask),), "comes back as"),
    ],
    "padding": [
        (
            lambda: (lambda p, m: padded(p, m - p.shape[0] % m, m - p.shape[1] % m),),
            "nothing should be added",
        ),
        (lambda: (lambda p, m: p[: p.shape[0] // m * m, : p.shape[1] // m * m],), "was cut"),
        (lambda: (lambda p, m: padded(p, -p.shape[0] % m, -p.shape[1] % m, before=True),), "has moved"),
        (lambda: (lambda p, m: padded(p, -p.shape[0] % m, -p.shape[1] % m, mode="constant"),), "black borders"),
        (lambda: (lambda p, m: p,), "must have shape"),
        (lambda: (lambda p, m: p[..., 0],), "must keep three colours"),
    ],
    "stamp": [
        (lambda: (lambda marked: marked,), "of the error of doing nothing is left"),
        (lambda: (lambda marked: marked[..., 0],), "must have shape"),
        (lambda: (0.1,), "must be a function"),
    ],
}

ACCEPTED = {
    "blend": [
        lambda: (lambda x, c, mask: x + mask * (c - x),),
        lambda: (
            lambda x, c, mask: np.stack([x[..., i] * (1 - mask[..., 0]) + c[i] * mask[..., 0] for i in range(3)], -1),
        ),
    ],
    "unblend": [
        lambda: (lambda marked, c, mask: marked + mask / (1 - mask) * (marked - c),),
        lambda: (lambda marked, c, mask: c + (marked - c) / (1 - mask),),
    ],
    "padding": [
        lambda: (up_to,),
        lambda: (lambda p, m: padded(p, (m - p.shape[0] % m) % m, (m - p.shape[1] % m) % m, mode="edge"),),
    ],
    "stamp": [lambda: (asked_once(),)],
}
