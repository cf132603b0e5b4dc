"""Answers to the lesson on features: likely mistakes, each with its message, and other right answers."""

from __future__ import annotations

import functools

import numpy as np
from scipy import sparse

from aecourse.recipes import features as lesson


def rows(x):
    return x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-9)


def f1(on, is_it):
    return 2 * np.sum(on & is_it) / (np.sum(on) + np.sum(is_it))


def best_pair(values, is_it, cuts):
    pairs = [(u, c) for u in range(values.shape[1]) for c in cuts]
    return max(pairs, key=lambda p: f1(values[:, p[0]] >= p[1], is_it))


def by_tables(naming, is_naming, test, is_test, cuts):
    on = naming[:, :, None] >= cuts
    both = (on & is_naming[:, None, None]).sum(axis=0)
    table = 2 * both / (on.sum(axis=0) + is_naming.sum())
    unit, cut = np.unravel_index(np.argmax(table), table.shape)
    return f1(test[:, unit] >= cuts[cut], is_test)


def by_loops(naming, is_naming, test, is_test, cuts):
    best, answer = -1, None
    for u in range(naming.shape[1]):
        for c in cuts:
            now = f1(naming[:, u] >= c, is_naming)
            if now > best:
                best, answer = now, f1(test[:, u] >= c, is_test)
    return answer


def last_of_equals(naming, is_naming, test, is_test, cuts):
    tried = [(f1(naming[:, u] >= c, is_naming), u, c) for u in range(naming.shape[1]) for c in cuts]
    _, u, c = max(tried)
    return f1(test[:, u] >= c, is_test)


def best_on_test(naming, is_naming, test, is_test, cuts):
    return max(f1(test[:, u] >= c, is_test) for u in range(test.shape[1]) for c in cuts)


def best_on_naming(naming, is_naming, test, is_test, cuts):
    return best_on_test(test, is_test, naming, is_naming, cuts)


def cut_on_test(naming, is_naming, test, is_test, cuts):
    u, _ = best_pair(naming, is_naming, cuts)
    return max(f1(test[:, u] >= c, is_test) for c in cuts)


def share_right(naming, is_naming, test, is_test, cuts):
    u, c = best_pair(naming, is_naming, cuts)
    return np.mean((test[:, u] >= c) == is_test)


def precision(naming, is_naming, test, is_test, cuts):
    u, c = best_pair(naming, is_naming, cuts)
    return is_test[test[:, u] >= c].mean()


def keep_by_partition(h, k):
    out = np.zeros_like(h)
    at = np.argpartition(-h, k - 1, axis=1)[:, :k]
    np.put_along_axis(out, at, np.take_along_axis(h, at, axis=1), axis=1)
    return out


def keep_one_by_one(h, k):
    return [[value if value in sorted(row)[-k:] else 0 for value in row] for row in h.tolist()]


def marked(keep, mark):
    return lambda h, k: np.where(np.asarray(keep(h, k)) == 0, mark, keep(h, k))


def by_permutation(x, units, rng):
    return rows(x[rng.permutation(len(x))[:units]])


def divided_first(x, units, rng):
    return rng.choice(rows(x), units, replace=False)


def one_by_one(a, b, limit):
    found = 0
    for row in a:
        cosines = b @ row / np.linalg.norm(b, axis=1) / np.linalg.norm(row)
        found += bool((cosines > limit).any())
    return found / len(a)


def by_distance(a, b, limit):
    """Of rows of length 1: a cosine above the limit is a distance below a limit."""
    apart = ((rows(a)[:, None] - rows(b)[None]) ** 2).sum(axis=2)
    return np.mean(apart.min(axis=1) < 2 - 2 * limit)


def root_of_spread(x, power):
    """Makes loud directions quieter: each is divided by its spread to the power."""
    spread, axes = np.linalg.eigh(np.cov(x.T))
    return (axes * (spread + 1e-6) ** (-power / 2)) @ axes.T


def calmed(x, n, rng):
    calm = root_of_spread(x, 1)
    return lesson.centres((x @ calm).astype("float32"), n, rng) @ calm


def without_the_loud(x, n, rng):
    """The two loudest directions left out, then k-means."""
    _, axes = np.linalg.eigh(np.cov(x.T))
    quiet = axes[:, :-2]
    return lesson.centres((x @ quiet).astype("float32"), n, rng) @ quiet.T


@functools.cache
def made_up():
    """Codes of twenty things each, hidden under two loud directions that mean nothing."""
    rng = np.random.default_rng(0)
    things = rows(rng.normal(size=(20, 24)))

    def some(n):
        is_a = rng.integers(0, 20, n)
        loud = rng.normal(0, 4, (n, 2))
        x = np.concatenate([loud, 3 * things[is_a] + rng.normal(0, 0.3, (n, 24))], axis=1)
        return x.astype("float32"), sparse.csr_array(np.eye(20, dtype="float32")[is_a])

    return {"known": {"codes": some(800)[0], "naming": some(800)}, "new": some(800)}


GIVEN = {"directions": made_up}

REFUSED = {
    "score": [
        (
            lambda: (best_on_test,),
            "that is the best F1 on the test nouns: unit and cut were chosen on what they are judged by.",
        ),
        (
            lambda: (best_on_naming,),
            "that is the F1 on the naming nouns, by which it was chosen: judge it on the test nouns.",
        ),
        (
            lambda: (cut_on_test,),
            "the unit is chosen on the naming nouns, and the cut on the test nouns: both must come from naming.",
        ),
        (lambda: (share_right,), "that is the share of answers that are right; F1 is asked for."),
        (
            lambda: (precision,),
            "that is how many above the cut are animals (precision); F1 also asks how many animals are above it.",
        ),
        (lambda: (lambda *given: by_loops(*given) / 2,), "the 2 is missing in F1."),
        (
            lambda: (lambda naming, is_naming, test, is_test, cuts: best_pair(naming, is_naming, cuts),),
            "my_score(…) must have shape (), and has shape (2,).",
        ),
    ],
    "top_k": [
        (
            lambda: (lambda h, k: np.where(h > np.sort(h, axis=1)[:, -k][:, None], h, 0),),
            "that keeps one too few in each row.",
        ),
        (lambda: (lambda h, k: keep_by_partition(h, k + 1),), "that keeps one too many in each row."),
        (lambda: (lambda h, k: keep_by_partition(h.T, k).T,), "that keeps the k largest of each column:…"),
        (
            lambda: (lambda h, k: np.where(h >= np.sort(h.ravel())[-k], h, 0),),
            "the k largest of the whole table stay: each row has k of its own.",
        ),
        (
            lambda: (lambda h, k: np.where(h <= np.sort(h, axis=1)[:, k - 1][:, None], h, 0),),
            "that keeps the k smallest.",
        ),
        (
            lambda: (lambda h, k: np.sort(h, axis=1)[:, -k:],),
            "my_top_k(h, k) has … numbers a row: the others must stay in their places, as 0.",
        ),
        (
            lambda: (lambda h, k: (keep_by_partition(h, k) > 0) * 1.0,),
            "units that stay must stay as loud as they were, and here they are 1.",
        ),
        (lambda: (lambda h, k: keep_by_partition(h, k) * 2,), "my_top_k gives something else here.…"),
    ],
    "control": [
        (
            lambda: (lambda x, units, rng: rows(rng.normal(size=(units, x.shape[1]))),),
            "those columns know nothing of x: they point anywhere. Beside such a weak control everything looks well. "
            "Take rows of x.",
        ),
        (
            lambda: (lambda x, units, rng: x[rng.choice(len(x), units, replace=False)],),
            "the columns have lengths from … to …: divide each row by its length, as those of the trained network are.",
        ),
        (lambda: (lambda x, units, rng: rows(x[:units]),), "those are the first rows of x: take rows by lot."),
        (
            lambda: (lambda x, units, rng: rows(x[rng.integers(0, len(x), units)]),),
            "some rows are there twice: give rng.choice replace=False.",
        ),
        (
            lambda: (lambda x, units, rng: by_permutation(x, units, np.random.default_rng()),),
            "the same generator, begun anew, draws other rows: all lots must come from rng.",
        ),
        (
            lambda: (lambda x, units, rng: by_permutation(x, units, np.random.default_rng(1)),),
            "twice the same rows came, with another generator: draw them from rng.",
        ),
        (
            lambda: (lambda x, units, rng: rows(rng.permuted(x, axis=0)[:units]),),
            "the columns are no rows of x: mixed or shifted rows are no codes. Take whole rows as they are.",
        ),
    ],
    "match": [
        (
            lambda: (lambda a, b, limit: one_by_one(b, a, limit),),
            "that is the share of rows of b that have a match in a: the maximum runs along the wrong axis.",
        ),
        (
            lambda: (lambda a, b, limit: np.mean((a @ b.T).max(axis=1) > limit),),
            "the rows are not divided by their length: long columns match everything.",
        ),
        (
            lambda: (lambda a, b, limit: np.mean(np.abs(rows(a) @ rows(b).T).max(axis=1) > limit),),
            "a column turned round means the opposite: leave out the absolute value.",
        ),
        (
            lambda: (lambda a, b, limit: np.mean(np.sum(rows(a) * rows(b)[: len(a)], axis=1) > limit),),
            "each row is held against the row of the same number: the order of units means nothing.",
        ),
        (
            lambda: (lambda a, b, limit: np.mean((rows(a) @ rows(b).T).max(axis=1)),),
            "that is the mean of the best cosines: the share above the limit is asked for.",
        ),
        (
            lambda: (lambda a, b, limit: one_by_one(a, b, limit) * len(a),),
            "that counts the matches: divide by the number of rows of a.",
        ),
        (
            lambda: (lambda a, b, limit: (rows(a) @ rows(b).T).max(axis=1) > limit,),
            "my_match(a, b, limit) says something of each row: the share of rows is asked for, one number.",
        ),
    ],
    "directions": [
        (
            lambda: (lambda x, n, rng: print(end=""),),
            "my_directions returns nothing (None). Is a `return` missing?",
        ),
        (
            lambda: (lesson.centres,),
            "… are found on average, and k-means finds … with as many directions; … are asked for. …",
        ),
        (
            lambda: (lambda x, n, rng: rng.normal(size=(n, x.shape[1])),),
            "… are found on average, and k-means finds … with as many directions; … are asked for. …",
        ),
        (
            lambda: (lambda x, n, rng: lesson.centres(x, n + 1, rng),),
            "my_directions(x, n, rng) must have shape (40, 26), and has shape (41, 26).",
        ),
        (
            lambda: (lambda x, n, rng: np.zeros((n, x.shape[1])),),
            "some directions are all zeros: they point nowhere.",
        ),
        (
            lambda: (lambda x, n, rng: x[rng.choice(len(x), n, replace=False)],),
            "… are found on average, and k-means finds … with as many directions; … are asked for. …",
        ),
    ],
}

ACCEPTED = {
    "score": [lambda: (by_tables,), lambda: (by_loops,), lambda: (last_of_equals,)],
    "top_k": [lambda: (keep_by_partition,), lambda: (keep_one_by_one,)],
    "control": [lambda: (by_permutation,), lambda: (divided_first,)],
    "match": [lambda: (one_by_one,), lambda: (by_distance,)],
    "directions": [lambda: (calmed,), lambda: (without_the_loud,)],
}

# Right where the numbers are drawn for a student.
OWN = {
    "top_k": [
        lambda mark: (marked(keep_by_partition, mark),),
        lambda mark: (marked(keep_one_by_one, mark),),
    ]
}
