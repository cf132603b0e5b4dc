"""Likely mistakes, each with a piece of the answer that it gets, and other right answers."""

from __future__ import annotations

from typing import Any

import numpy as np

from aecourse.recipes.encode_decode import new_network


def network(*widths: int) -> list[list[Any]]:
    return new_network([784, *widths, 784], ["relu"] * len(widths) + ["sigmoid"], np.random.default_rng(0))


REFUSED = {
    "shapes": [
        (lambda: ((32, 784), (500, 32)), "on its side"),
        (lambda: ((500, 32), (784, 32)), "exchanged"),
        (lambda: ((784, 16), (500, 16)), "no code of 32"),
        (lambda: ((784, 32), (32,)), "two sides"),
        (lambda: ((784, 32), (32, 500)), "does not have shape"),
        (lambda: (784, 32), "tuple"),
    ],
    "loss": [
        (lambda: (lambda x, y: np.sum((y - x) ** 2),), "sum"),
        (lambda: (lambda x, y: np.mean(np.abs(y - x)),), "absolute"),
        (lambda: (lambda x, y: np.sqrt(np.mean((y - x) ** 2)),), "root"),
        (lambda: (lambda x, y: np.mean(y - x),), "cancel"),
        (lambda: (lambda x, y: np.mean((y - x) ** 2, axis=1),), "one number"),
        (lambda: (lambda x, y: np.mean((y + x) ** 2),), "test input"),
        (lambda: (lambda x, y: None,), "return"),
    ],
    "gradient": [
        (lambda: (lambda d_y: d_y.sum(axis=1),), "axis 1"),
        (lambda: (lambda d_y: d_y.mean(axis=0),), "average again"),
        (lambda: (lambda d_y: d_y,), "a row for every digit"),
        (lambda: (lambda d_y: d_y.sum(),), "summed over everything"),
        (lambda: (lambda d_y: -d_y.sum(axis=0),), "sign"),
        (lambda: (lambda d_y: d_y[0],), "measured slope"),
    ],
    "compression": [
        (lambda: (16 / 784,), "kept"),
        (lambda: (49,), "49"),
        (lambda: (97.96,), "percent"),
        (lambda: (768,), "divide"),
        (lambda: (0.5,), "not 0.5"),
    ],
    "eight": [
        (lambda: (network(64, 16, 64),), "8 wide"),
        (lambda: (network(64, 4, 8, 64),), "none narrower"),
        (lambda: (network(64, 8, 64),), "validation error of"),
        (lambda: (8,), "list of layers"),
    ],
}

ACCEPTED = {
    "shapes": [lambda: ([784, 32], [500, 32]), lambda: (np.zeros((784, 32)).shape, np.zeros((500, 32)).shape)],
    "loss": [
        lambda: (lambda x, y: ((x - y) ** 2).mean(),),
        lambda: (lambda x, y: np.sum(np.square(x - y)) / x.size,),
        lambda: (lambda x, y: np.mean([np.dot(b - a, b - a) / len(a) for a, b in zip(x, y, strict=True)]),),
    ],
    "gradient": [
        lambda: (lambda d_y: np.ones(len(d_y)) @ d_y,),
        lambda: (lambda d_y: [column.sum() for column in d_y.T],),
        lambda: (lambda d_y: sum(d_y),),
    ],
    "compression": [lambda: (768 / 784,), lambda: (0.98,), lambda: (48 / 49,)],
}
