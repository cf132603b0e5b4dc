"""Likely mistakes in lesson 06 and a piece of the answer to each."""

from __future__ import annotations

import numpy as np


def padded(photo, rows, columns, mode="reflect", before=False):
    sides = [(n, 0) if before else (0, n) for n in (rows, columns)]
    return np.pad(photo, (*sides, (0, 0)), mode=mode)


WRONG = {
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
