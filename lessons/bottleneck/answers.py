"""Likely mistakes, each with a piece of the answer that it gets, and other right answers."""

from __future__ import annotations

import numpy as np

from aecourse.models import dense_autoencoder


def rows(h, values):
    return np.repeat(h[None], len(values), axis=0)


def with_column(table, j, values):
    table[:, j] = values
    return table


def kept(h, stays):
    return np.where(stays, h, 0)


def threshold(h, place):
    return np.sort(h, axis=1)[:, place][:, None]


def played(code, *, steps=1000, error=0.029, penalty="none", runs=()):
    """A report of the playground."""
    settings = {"code": code, "penalty": penalty, "seed": 0}
    return {"settings": settings, "steps": steps, "error": error, "runs": list(runs)}


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


REFUSED = {
    "between": [
        (lambda: (lambda h_a, h_b, t: t * h_a + (1 - t) * h_b,), "exchanged"),
        (lambda: (lambda h_a, h_b, t: (h_a + h_b) / 2,), "the middle whatever t is"),
        (lambda: (lambda h_a, h_b, t: h_a + t * h_b,), "must shrink to 0"),
        (lambda: (lambda h_a, h_b, t: t * (h_b - h_a),), "the step alone"),
        (lambda: (lambda h_a, h_b, t: h_a,), "at t ="),
        (lambda: (lambda h_a, h_b, t: None,), "returns nothing"),
        (lambda: (0.5,), "must be a function"),
    ],
    "walk": [
        (lambda: (lambda h, j, values: with_column(rows(h, values), j, h[j] + values),), "added to number"),
        (lambda: (lambda h, j, values: with_column(rows(h, values), j - 1, values),), "count from 0"),
        (lambda: (lambda h, j, values: rows(h, values),), "all rows are the code as it was"),
        (lambda: (lambda h, j, values: with_column(rows(h, values), j, values[-1]),), "all rows have the last value"),
        (lambda: (lambda h, j, values: with_column(rows(h * 0, values), j, values),), "others change too"),
        (lambda: (lambda h, j, values: with_column(rows(h, values), j, values).T,), "one row for each"),
        (lambda: (lambda h, j, values: with_column(rows(h, values), j, values[::-1]),), "must hold the 5 values"),
        (lambda: (lambda h, j, values: h,), "must have shape (5, 7)"),
    ],
    "small_code": [
        (lambda: ({},), "is empty"),
        (lambda: ("report",), "what playground.report gives, and is"),
        (lambda: ({"steps": 5},), "with settings, steps, error and runs"),
        (lambda: (played(8, steps=20),), "let it train for 300"),
        (lambda: (played(2, error=0.046),), "2 numbers and an error of 0.0460"),
        (lambda: (played(16, error=0.024),), "at most 10 are allowed"),
    ],
    "penalised_map": [
        (lambda: ({}, "gather around 0"), "is empty"),
        (lambda: (played(2), "gather around 0"), "a run without a penalty and one with KL"),
        (lambda: (played(2, penalty="kl", runs=[played(2, steps=9)]), "gather around 0"), "the penalty: kl"),
        (lambda: (played(2, penalty="kl", runs=[played(3)]), "gather around 0"), "more than the penalty"),
        (lambda: (played(2, penalty="kl", runs=[played(2)]), "spread out"), "along the edges"),
        (lambda: (played(2, penalty="kl", runs=[played(2)]), "b"), "my_answer must be"),
    ],
    "keep": [
        (lambda: (lambda h, k: np.sort(h, axis=1)[:, -k:],), "the k numbers alone"),
        (lambda: (lambda h, k: kept(h, np.abs(h) >= threshold(np.abs(h), -k)),), "farthest from 0"),
        (lambda: (lambda h, k: kept(h, h <= threshold(h, k - 1)),), "keeps the smallest"),
        (lambda: (lambda h, k: kept(h, h > threshold(h, -k)),), "one too few"),
        (lambda: (lambda h, k: kept(h, h >= threshold(h, -k - 1)),), "one too many"),
        (lambda: (lambda h, k: (h >= threshold(h, -k)).astype(float),), "marks the places with 1"),
        (lambda: (lambda h, k: kept(h, h >= np.sort(h.ravel())[-k]),), "of the whole table"),
        (lambda: (lambda h, k: kept(h, h >= np.sort(h.ravel())[-k * len(h)]),), "one threshold for all rows"),
        (lambda: (lambda h, k: np.maximum(kept(h, h >= threshold(h, -k)), 0),), "negative numbers are lost"),
        (lambda: (lambda h, k: h,), "hold 0 elsewhere"),
    ],
    "reader": [
        (lambda: (dense_autoencoder(16, hidden=()),), "What should the code learn to leave out?"),
        (lambda: (dense_autoencoder(32, hidden=()),), "must hold 16 numbers"),
        (lambda: (dense_autoencoder(16, hidden=()).encoder,), "must be an Autoencoder"),
    ],
}

ACCEPTED = {
    "between": [
        lambda: (lambda h_a, h_b, t: h_a + t * (h_b - h_a),),
        lambda: (lambda h_a, h_b, t: np.average([h_a, h_b], axis=0, weights=[1 - t, t]),),
        lambda: (lambda h_a, h_b, t: h_b - (1 - t) * (h_b - h_a),),
    ],
    "walk": [
        lambda: (walked,),
        lambda: (lambda h, j, values: with_column(np.tile(h, (len(values), 1)), j, values),),
        lambda: (lambda h, j, values: np.where(np.arange(len(h)) == j, np.reshape(values, (-1, 1)), h),),
    ],
    "small_code": [lambda: (played(10),), lambda: (played(9, steps=300, error=0.0299),)],
    "penalised_map": [
        lambda: (played(2, penalty="kl", runs=[played(2)]), "gather around 0"),
        lambda: (played(2, runs=[played(5), played(2, penalty="kl")]), "gather around 0"),
    ],
    "keep": [
        lambda: (kept_in_place,),
        lambda: (lambda h, k: kept(h, h >= -np.partition(-h, k - 1, axis=1)[:, k - 1 : k]),),
        lambda: (lambda h, k: kept(h, (-h).argsort(axis=1).argsort(axis=1) < k),),
    ],
}
