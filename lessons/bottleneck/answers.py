"""Wrong answers, each with what the learner reads, and right ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from aecourse.datasets import split_digits
from aecourse.models import Autoencoder, dense_autoencoder
from aecourse.playground import Playground
from aecourse.recipes.bottleneck import shift, train_reader_code
from aecourse.recipes.dense_keras import train_dense


def rows(h, values):
    return np.repeat(h[None], len(values), axis=0)


def with_column(table, j, values):
    table[:, j] = values
    return table


def kept(h, stays):
    return np.where(stays, h, 0)


def threshold(h, place):
    return np.sort(h, axis=1)[:, place][:, None]


def played(code, *, steps=1000, error=0.029, penalty="none", runs=(), classes=tuple(range(10))):
    """A report of the playground."""
    settings = {"code": code, "penalty": penalty, "seed": 0, "classes": list(classes)}
    return {"settings": settings, "steps": steps, "error": error, "runs": list(runs)}


def two_runs(code=2):
    return played(code, penalty="kl", runs=[played(code)])


def kept_in_place(h, k):
    result = np.zeros_like(h)
    for row, numbers in enumerate(h):
        places = numbers.argsort()[-k:]
        result[row, places] = numbers[places]
    return result


def walked(h, j, values):
    table = []
    for value in values:
        row = h.copy()
        row[j] = value
        table.append(row)
    return np.array(table)


def shared_rows(h, j, values):
    """A loop that appends one and the same row again and again."""
    row, table = h.copy(), []
    for value in values:
        row[j] = value
        table.append(row)
    return np.array(table)


def slanted(x, rng):
    """Each row of a digit moved sideways, in proportion to its distance from the middle."""
    out = np.empty_like(x)
    for one, slant, new in zip(x, rng.uniform(-0.3, 0.3, len(x)), out, strict=True):
        new[:] = np.stack([np.roll(line, round(slant * (i - 14)), axis=0) for i, line in enumerate(one)])
    return out


def slanted_and_shifted(x: np.ndarray) -> Autoencoder:
    def damage(x: Any, rng: Any) -> Any:
        return shift(slanted(x, rng), rng)

    return train_dense(x, 16, (512,), epochs=8, corrupt=damage)


def deep_and_damaged(x: np.ndarray) -> Autoencoder:
    def damage(x: Any, rng: Any) -> Any:
        return slanted(shift(x, rng), rng)

    return train_dense(x, 16, (512, 256), epochs=9, corrupt=damage)


def overwriting(h, k):
    h[h < threshold(h, -k)] = 0
    return h


REPORT = "what playground.report gives"
NO_PLAYGROUND = "the numbers in my_run are not those of a playground: hand over playground.report as it is."

REFUSED = {
    "between": [
        (
            lambda: (lambda h_a, h_b, t: t * h_a + (1 - t) * h_b,),
            "the two ends are exchanged: t = 0 must give h_a, t = 1 must give h_b.",
        ),
        (
            lambda: (lambda h_a, h_b, t: (h_a + h_b) / 2,),
            "that is the middle whatever t is. Let t decide how much of each is taken.",
        ),
        (
            lambda: (lambda h_a, h_b, t: h_a + t * h_b,),
            "at t = 1 all of h_a is still there: as the share of h_b grows, that of h_a must shrink to 0.",
        ),
        (
            lambda: (lambda h_a, h_b, t: t * (h_b - h_a),),
            "that is the step alone: it starts at 0, not at h_a. Add it to h_a.",
        ),
        (
            lambda: (lambda h_a, h_b, t: h_a + t * (h_a - h_b),),
            "the step goes backwards: from h_a to h_b it is h_b - h_a.",
        ),
        (
            lambda: (lambda h_a, h_b, t: t * h_a + t * h_b,),
            "both have the share t: the shares must add up to 1, so h_a has 1 - t.",
        ),
        (lambda: (lambda h_a, h_b, t: h_a,), "that is h_a whatever t is."),
        (
            lambda: (lambda h_a, h_b, t: h_a if t < 0.5 else h_b,),
            "my_between gives something else here.\nh_a = [1, -2]\nh_b = [3, 4]\nt = 0.25\nexpected: [1.5, -0.5]\n"
            "got: [1, -2]",
        ),
        (
            lambda: (lambda h_a, h_b, t: h_a + t * t * (h_b - h_a),),
            "my_between gives something else here.\nh_a = [1, -2]\nh_b = [3, 4]\nt = 0.25\nexpected: [1.5, -0.5]\n"
            "got: [1.125, -1.625]",
        ),
        (
            lambda: (lambda h_a, h_b, t: h_a + int(t) * (h_b - h_a),),
            "my_between gives something else here.\nh_a = [1, -2]\nh_b = [3, 4]\nt = 0.25\nexpected: [1.5, -0.5]\n"
            "got: [1, -2]",
        ),
        (
            lambda: (lambda h_a, h_b, t: np.linspace(h_a, h_b, 10),),
            "my_between(h_a, h_b, t) must have shape (16,), and has shape (10, 16).",
        ),
        (
            lambda: (lambda h_a, h_b, t: np.mean((1 - t) * h_a + t * h_b),),
            "my_between(h_a, h_b, t) must have shape (16,), and has shape ().",
        ),
        (
            lambda: (lambda h_a, h_b, t: np.add(h_a, t * (h_b - h_a), out=h_a),),
            "my_between overwrites h_a, which it was given: whoever called it still needs it. Work on a copy, "
            "h_a.copy(), and return the result.",
        ),
        (lambda: (lambda h_a, h_b, t: None,), "my_between returns nothing (None). Is a `return` missing?"),
        (lambda: (0.5,), "my_between must be a function, and is 0.5 (float)."),
    ],
    "walk": [
        (
            lambda: (lambda h, j, values: with_column(rows(h, values), j, h[j] + values),),
            "the values are added to number j; it must take them instead.",
        ),
        (
            lambda: (lambda h, j, values: with_column(rows(h, values), j, h[j] * values),),
            "number j is multiplied by the values; it must take them instead.",
        ),
        (
            lambda: (lambda h, j, values: with_column(rows(h, values), j - 1, values),),
            "number … changes instead of number …: count from 0.",
        ),
        (
            lambda: (lambda h, j, values: rows(h, values),),
            "all rows are the code as it was: set column j of the table.",
        ),
        (
            lambda: (shared_rows,),
            "all rows have the last value: each row needs a copy of its own (np.repeat, or h.copy() in a loop).",
        ),
        (
            lambda: (lambda h, j, values: with_column(rows(h, values), j, values[0]),),
            "all rows have the first value: row i must take values[i].",
        ),
        (
            lambda: (lambda h, j, values: with_column(rows(h * 0, values), j, values),),
            "number … takes the values, but others change too: they must stay as they are in h.",
        ),
        (
            lambda: (lambda h, j, values: with_column(rows(h, values), j, values).T,),
            "my_walk has one column for each value; it must have one row for each: shape (5, 7) here.",
        ),
        (
            lambda: (lambda h, j, values: with_column(rows(h, values), j, values[::-1]),),
            "the values come in the reverse order.",
        ),
        (
            lambda: (lambda h, j, values: h,),
            "that is one code; my_walk must return a table with a row for each of the values: shape (5, 7) here.",
        ),
        (
            lambda: (lambda h, j, values: with_column(rows(h, values), j, np.sort(values)),),
            "the values are sorted; they must come in the order in which they are given.",
        ),
        (
            lambda: (lambda h, j, values: with_column(rows(h, values), j, 2 * values),),
            "my_walk gives something else here.\nh = [5, 6, 7]\nj = 1\nvalues = [0, 2]\n"
            "expected: [[5, 0, 7], [5, 2, 7]]\ngot: [[5, 0, 7], [5, 4, 7]]",
        ),
        (
            lambda: (lambda h, j, values: with_column(rows(h, values), max(j, 1), values),),
            "my_walk gives something else here.\nh = …\nj = 0\nvalues = …\nexpected: …\ngot: …",
        ),
        (
            lambda: (lambda h, j, values: np.array([h for h[j] in values]),),
            "my_walk overwrites h, which it was given: whoever called it still needs it. Work on a copy, h.copy(), and "
            "return the result.",
        ),
    ],
    "small_code": [
        (lambda: ({},), "my_run is empty: press Play, then Pause, and take playground.report again."),
        (lambda: ("report",), f"my_run must be {REPORT}, and is 'report' (str)."),
        (lambda: (Playground(),), "my_run is the playground itself; what it tells is playground.report."),
        (
            lambda: (played(8, error=None),),
            "my_run holds no error yet: press Play, let it train on, then press Pause.",
        ),
        (lambda: (played(8, error=float("nan")),), NO_PLAYGROUND),
        (lambda: (played(8, error="0.028"),), NO_PLAYGROUND),
        (lambda: (played(0),), NO_PLAYGROUND),
        (
            lambda: ({**played(8), "settings": {"code": 8, "penalty": "none"}},),
            "the settings in my_run are not those of a playground: hand over playground.report as it is.",
        ),
        (lambda: ({"steps": 5},), f"my_run must be {REPORT}, with settings, steps, error and runs."),
        (
            lambda: (played(8, steps=20),),
            "my_run is of 20 training steps; let it train for 300 at least, then press Pause.",
        ),
        (
            lambda: (played(2, error=0.046),),
            "2 numbers and an error of 0.0460 after 1,000 steps; below 0.03 is asked. Train longer, or allow another "
            "number.",
        ),
        (
            lambda: (played(16, error=0.024),),
            "the error is below 0.03, but with 16 numbers; at most 10 are allowed.",
        ),
        (
            lambda: (played(2, error=0.012, classes=(1,)),),
            "that run draws the kinds [1] alone, which is easier. Choose all ten kinds of digits.",
        ),
    ],
    "penalised_map": [
        (
            lambda: ({}, (8.6, 1.0)),
            "my_report is empty: press Play, then Pause, and take playground.report again.",
        ),
        (
            lambda: (played(2), (8.6, 1.0)),
            "the report needs a run without a penalty and one with KL, each of at least 300 steps, one of them pinned; "
            "long enough were runs with the penalty: none.",
        ),
        (
            lambda: (played(2, penalty="kl", runs=[played(2, steps=9)]), (8.6, 1.0)),
            "the report needs a run without a penalty and one with KL, each of at least 300 steps, one of them pinned; "
            "long enough were runs with the penalty: kl.",
        ),
        (
            lambda: (played(2, penalty="kl", runs=[played(3)]), (8.6, 1.0)),
            "the two runs differ in more than the penalty: change nothing else, or you compare two things at once.",
        ),
        (
            lambda: (two_runs(code=8), (8.6, 1.0)),
            "the two runs have 8 numbers in h; the map is of two: set “Numbers in h” to 2.",
        ),
        (
            lambda: (two_runs(), 8.6),
            "my_distances must be two numbers, without the penalty and with it, and is 8.6 (float).",
        ),
        (
            lambda: (two_runs(), "gather around 0"),
            "my_distances must be two numbers, without the penalty and with it, and is 'gather around 0' (str).",
        ),
        (
            lambda: (two_runs(), (0.98, 8.62)),
            "0.98 without the penalty and 8.62 with it: is that the right order? Without comes first.",
        ),
        (
            lambda: (two_runs(), (0.98, 0.98)),
            "0.98 and 0.98 are nearly the same. playground.weights is the network of the last Pause: measure once "
            "before you train with the penalty, and once after.",
        ),
        (
            lambda: (two_runs(), (53.6, 4.4)),
            "KL pulls codes to about 1 from 0, and 4.4 is more than that. Take the mean of the absolute values, and "
            "measure the network that was trained with the penalty.",
        ),
        (
            lambda: (two_runs(), (-5.8, 0.01)),
            "a mean of absolute values is above 0; my_distances are -5.8 and 0.01.",
        ),
        (lambda: (two_runs(), ...), "my_distances is still the … of the stub."),
        (
            lambda: (two_runs(), (8.6, ...)),
            "each of my_distances must be a number, and is still the … of the stub.",
        ),
    ],
    "keep": [
        (
            lambda: (lambda h, k: np.sort(h, axis=1)[:, -k:],),
            "those are k numbers of each code alone; the decoder needs the whole code, with 0 in all other places.",
        ),
        (
            lambda: (lambda h, k: np.argsort(h, axis=1)[:, -k:],),
            "those are the places of the k largest numbers (argsort); the codes themselves are asked for.",
        ),
        (
            lambda: (lambda h, k: np.argsort(h, axis=1),),
            "those are the places that argsort gives; the codes themselves are asked for.",
        ),
        (
            lambda: (lambda h, k: np.sort(h, axis=1)[:, -k],),
            "that is one number for each code, a threshold perhaps: compare h with it, and return codes like h.",
        ),
        (
            lambda: (lambda h, k: kept(h, np.abs(h) >= threshold(np.abs(h), -k)),),
            "that keeps the numbers farthest from 0; the largest are asked for: −3 is less than 1.",
        ),
        (
            lambda: (lambda h, k: kept(h, h <= threshold(h, k - 1)),),
            "that keeps the smallest: np.sort puts the largest last.",
        ),
        (
            lambda: (lambda h, k: kept(h, h < threshold(h, -k)),),
            "that sets the k largest to 0 and keeps the others: the other way round.",
        ),
        (
            lambda: (lambda h, k: kept(h, h > threshold(h, -k)),),
            "one too few stays in each row: the k-th largest itself stays too (>=, not >).",
        ),
        (
            lambda: (lambda h, k: kept(h, h >= threshold(h, -min(k + 1, h.shape[1]))),),
            "one too many stays in each row: [:, -k] is the k-th largest, [:, -k - 1] the one below it.",
        ),
        (
            lambda: (lambda h, k: h >= threshold(h, -k),),
            "that marks the places with 1; the numbers themselves must stay.",
        ),
        (
            lambda: (lambda h, k: kept(h, h >= np.sort(h.ravel())[-k]),),
            "that keeps k numbers of the whole table: each code must keep k of its own (axis=1).",
        ),
        (
            lambda: (lambda h, k: kept(h, h >= np.sort(h.ravel())[-k * len(h)]),),
            "one threshold for all rows: each code must keep k numbers of its own (axis=1).",
        ),
        (
            lambda: (lambda h, k: kept(h, h >= np.sort(h, axis=0)[-k]),),
            "that keeps the k largest of each column; a code is a row (axis=1).",
        ),
        (
            lambda: (lambda h, k: np.maximum(kept(h, h >= threshold(h, -k)), 0),),
            "negative numbers are lost: where even the largest are below 0, they stay all the same.",
        ),
        (lambda: (lambda h, k: h,), "nothing is set to 0: that is h as it was."),
        (
            lambda: (lambda h, k: kept(h, h >= threshold(h, -3 if k == 1 else -k)),),
            "my_k_largest gives something else here.\nh = [[1, -5, 3], [-4, -2, -9]]\nk = 1\n"
            "expected: [[0, 0, 3], [0, -2, 0]]\ngot: [[1, -5, 3], [-4, -2, -9]]",
        ),
        (
            lambda: (lambda h, k: kept(h, h >= threshold(h, -3)),),
            "my_k_largest gives something else here.\nh = [[1, -5, 3], [-4, -2, -9]]\nk = 1\n"
            "expected: [[0, 0, 3], [0, -2, 0]]\ngot: [[1, -5, 3], [-4, -2, -9]]",
        ),
        (
            lambda: (lambda h, k: np.where(h >= threshold(h, -k), h, np.nan),),
            "NaN or infinity stands where numbers were taken out: set them to 0.",
        ),
        (
            lambda: (lambda h, k: np.where(h >= threshold(h, -k), h, -np.inf),),
            "NaN or infinity stands where numbers were taken out: set them to 0.",
        ),
        (
            lambda: (overwriting,),
            "my_k_largest overwrites h, which it was given: whoever called it still needs it. Work on a copy, "
            "h.copy(), and return the result.",
        ),
    ],
    "reader": [
        (
            lambda: (dense_autoencoder(16, hidden=()),),
            "my_training must be a function, and is an Autoencoder. The check trains with it, on its own digits.",
        ),
        (
            lambda: (lambda x: dense_autoencoder(32, hidden=()),),
            "the code must hold 16 numbers, shape (16,), and has shape (32,).",
        ),
        (
            lambda: (lambda x: dense_autoencoder(16, hidden=()).encoder,),
            "what my_training returns is a Functional, one Keras model. The check needs encoder and decoder apart: "
            "from aecourse.models import Autoencoder, then Autoencoder(encoder, decoder) makes one of two Keras models "
            "that meet in the 16 numbers.",
        ),
        (lambda: (lambda x: None,), "my_training returns nothing (None). Is a `return` missing?"),
    ],
}

TOO_FEW = (
    "…% of the digits that were kept back are told from ten labels a kind; 81% are asked. The pixels reach about 75 %, "
    "section 5's code about 80 %. What else can the code learn to leave out?"
)

REFUSED_TRAINED = {
    "reader": [
        (lambda: (lambda x: dense_autoencoder(16, hidden=()),), TOO_FEW),
        (lambda: (train_reader_code,), TOO_FEW),
        (
            lambda: (lambda x: train_reader_code(split_digits()[0][0]),),
            "…% are told on digits like those that my_training was handed, but …% on the lesson's own. So it was "
            "trained on the lesson's digits: train on the argument of my_training.",
        ),
    ],
}

ACCEPTED = {
    "between": [
        lambda: (lambda h_a, h_b, t: h_a + t * (h_b - h_a),),
        lambda: (lambda h_a, h_b, t: np.average([h_a, h_b], axis=0, weights=[1 - t, t]),),
        lambda: (lambda h_a, h_b, t: h_b - (1 - t) * (h_b - h_a),),
        lambda: (lambda h_a, h_b, t: [a + t * (b - a) for a, b in zip(h_a, h_b, strict=True)],),
    ],
    "walk": [
        lambda: (walked,),
        lambda: (lambda h, j, values: with_column(np.tile(h, (len(values), 1)), j, values),),
        lambda: (lambda h, j, values: np.where(np.arange(len(h)) == j, np.reshape(values, (-1, 1)), h),),
        lambda: (lambda h, j, values: [[*h[:j], value, *h[j + 1 :]] for value in values],),
    ],
    "small_code": [lambda: (played(10),), lambda: (played(9, steps=300, error=0.0299),)],
    "penalised_map": [
        lambda: (two_runs(), (8.62, 0.98)),
        lambda: (played(2, runs=[played(5), played(2, penalty="kl")]), [np.float32(8.5), 1.01]),
        lambda: (two_runs(), np.array([3.1, 0.7])),
        lambda: (two_runs(), pd.Series([8.6, 1.0])),
    ],
    "keep": [
        lambda: (kept_in_place,),
        lambda: (lambda h, k: kept(h, h >= -np.partition(-h, k - 1, axis=1)[:, k - 1 : k]),),
        lambda: (lambda h, k: kept(h, (-h).argsort(axis=1).argsort(axis=1) < k),),
    ],
}

ACCEPTED_TRAINED = {"reader": [lambda: (slanted_and_shifted,), lambda: (deep_and_damaged,)]}

# Right where the numbers are drawn for a student.
OWN = {
    "between": [
        lambda steps: (lambda h_a, h_b, t: h_a + t / steps * (h_b - h_a),),
        lambda steps: (lambda h_a, h_b, t: ((steps - t) * h_a + t * h_b) / steps,),
    ]
}
