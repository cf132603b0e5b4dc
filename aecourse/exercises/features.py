"""The exercises on features: an honest score, top-k, the control that kills a claim, a match, more than k-means."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from aecourse.exercises.core import (
    RIGHT,
    Drawn,
    an_array,
    call,
    close,
    drawn_apart,
    examples,
    exercise,
    first_wrong,
    recognise,
    recognise_each,
    shape_of,
    wrong,
)
from aecourse.exercises.drawn import then
from aecourse.recipes import features as lesson

CUTS = np.linspace(0.1, 0.9, 9)
DIRECTIONS = 256
AHEAD = 4  # things more than k-means finds, on average over the generators
SEEDS = (0, 1)  # of these generators

Nouns = tuple[np.ndarray, sparse.csr_array]  # codes (n, size), which things each is (n, things)


@exercise(
    "to score a unit without cheating",
    hints=(
        "Two loops, over units and over cuts, on the naming nouns alone. Keep the pair with the best F1.",
        "F1 is 2 * (on & is_it).sum() / (on.sum() + is_it.sum()), where on = values[:, unit] >= cut.",
        "best = max((f1(naming[:, u] >= c, is_naming), u, c) for u in range(naming.shape[1]) for c in cuts); then "
        "return f1(test[:, best[1]] >= best[2], is_test)",
    ),
)
def score(my_score: object) -> str:
    """Compare with the F1 on test of what was best on naming, where every way to cheat gives another number."""
    groups = [drawn_apart(_two_groups, _scores) for _ in range(2)]  # one number may be a slip's by chance
    given = [an_array(call(my_score, *some, name="my_score"), "my_score(…)", shape=()) for some in groups]
    answers = [_scores(*some) for some in groups]
    if (i := first_wrong(given, answers)) is not None:
        recognise_each(given, answers, tolerance=1e-3)
        small = _small_groups()
        examples(my_score, [(small, _scores(*small)[RIGHT]), (groups[i], answers[i][RIGHT])], name="my_score")
    return "unit and cut come from the naming nouns, and the F1 from the test nouns, which nobody chose by."


def _two_groups(rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Values of six units for 40 and 50 nouns, each unit better in one of the groups; one unit and cut is best."""
    while True:
        parts = []
        for n in (40, 50):
            is_it = rng.random(n) < 0.35
            is_it[:4] = True, False, True, False
            values = np.clip(rng.random((n, 6)) * 0.8 + is_it[:, None] * rng.uniform(-0.1, 0.25, 6), 0, 1)
            parts += [values.round(3), is_it]
        table = _table(parts[0], parts[1], CUTS)
        if np.sum(table > table.max() - 1e-9) == 1:
            return (*parts, CUTS)


def _small_groups() -> tuple[np.ndarray, ...]:
    naming, test = np.array([[0.9, 0.2], [0.8, 0.7], [0.1, 0.6]]), np.array([[0.7, 0.1], [0.3, 0.9], [0.6, 0.8]])
    is_naming, is_test = np.array([True, True, False]), np.array([True, False, False])
    return naming, is_naming, test, is_test, np.array([0.5])


def _own_f1(on: np.ndarray, is_it: np.ndarray) -> float:
    return float(2 * (on & is_it).sum() / max(on.sum() + is_it.sum(), 1))


def _table(values: np.ndarray, is_it: np.ndarray, cuts: np.ndarray) -> np.ndarray:
    """The F1 of each unit and cut, (units, cuts)."""
    return np.array([[_own_f1(column >= cut, is_it) for cut in cuts] for column in values.T])


def _scores(
    naming: np.ndarray, is_naming: np.ndarray, test: np.ndarray, is_test: np.ndarray, cuts: np.ndarray
) -> dict[str, object]:
    named, tested = _table(naming, is_naming, cuts), _table(test, is_test, cuts)
    unit, cut = np.unravel_index(named.argmax(), named.shape)
    on, right = test[:, unit] >= cuts[cut], naming[:, unit] >= cuts[cut]
    both = (on & is_test).sum()
    share_right = [[np.mean((column >= c) == is_naming) for c in cuts] for column in naming.T]
    by_share = np.unravel_index(np.argmax(share_right), named.shape)
    return {
        RIGHT: tested[unit, cut],
        "that is the best F1 on the test nouns: unit and cut were chosen on what they are judged by.": tested.max(),
        "that is the F1 on the naming nouns, by which it was chosen: judge it on the test nouns.": named.max(),
        "the unit is chosen on the naming nouns, and the cut on the test nouns: both must come from naming.": (
            tested[unit].max()
        ),
        "the cut is chosen on the naming nouns, and the unit on the test nouns: both must come from naming.": (
            tested[:, cut].max()
        ),
        "that is the share of answers that are right; F1 is asked for.": np.mean(on == is_test),
        "that is how many above the cut are animals (precision); F1 also asks how many animals are above it.": (
            both / max(on.sum(), 1)
        ),
        "that is how many animals are above the cut (recall); F1 also asks how many above it are animals.": (
            both / max(is_test.sum(), 1)
        ),
        "the 2 is missing in F1.": tested[unit, cut] / 2,
        "unit and cut are chosen by the share of right answers: choose them by F1.": tested[by_share],
        "that is the mean of all units and cuts.": tested.mean(),
        "that is the mean of the F1 on naming and on test nouns: only test nouns were not chosen by.": (
            (_own_f1(right, is_naming) + tested[unit, cut]) / 2
        ),
    }


@exercise(
    "to keep the k largest numbers of each row, with 0 in place of the others",
    hints=(
        "What is the least number of a row that stays? np.sort(h, axis=1) puts each row in order, the largest last.",
        "least = np.sort(h, axis=1)[:, -k][:, None] is one number a row, and fits beside h.",
        "return np.where(h >= least, h, 0)",
    ),
    drawn=Drawn(
        "to keep the k largest numbers of each row, with {mark} in place of the others",
        {"mark": [*range(-99, -9)]},
        lambda mine, mark: lambda h, k: then(mine(h, k), lambda a: np.where(a == mark, 0, np.where(a == 0, mark, a))),
    ),
)
def top_k(my_top_k: object) -> str:
    """Compare with the k largest of each row on random numbers, and recognise the usual slips."""
    h, k = drawn_apart(_loud, _kept)
    what = "my_top_k(h, k)"
    given = call(my_top_k, h, k, name="my_top_k")
    answers = _kept(h, k)
    if shape_of(given) == (len(h), k):
        wrong(f"{what} has {k} numbers a row: the others must stay in their places, as 0.")
    kept = an_array(given, what, shape=h.shape)
    if not close(kept, answers[RIGHT]):
        recognise(kept, answers)
        small = np.array([[3.0, 1.0, 2.0], [0.5, 0.0, 4.0]]), 2
        examples(my_top_k, [(small, _kept(*small)[RIGHT]), ((h, k), answers[RIGHT])], name="my_top_k")
    return "in each row the k loudest units stay as loud as they were, and all others are silent."


def _loud(rng: np.random.Generator) -> tuple[np.ndarray, int]:
    """What nine units say in seven rows of unlike loudness, and how many stay."""
    h = rng.permutation(63).reshape(7, 9) + rng.uniform(0.1, 0.9, (7, 9))
    return h * rng.uniform(0.2, 3, (7, 1)), int(rng.integers(2, 5))


def _kept(h: np.ndarray, k: int) -> dict[str, object]:
    order = np.argsort(-h, axis=1)
    place = np.argsort(order, axis=1)
    column_place = np.argsort(np.argsort(-h, axis=0), axis=0)
    k_columns = min(k, len(h))
    return {
        RIGHT: np.where(place < k, h, 0),
        "that keeps one too few in each row.": np.where(place < k - 1, h, 0),
        "that keeps one too many in each row.": np.where(place < k + 1, h, 0),
        "that keeps the k smallest.": np.where(place >= h.shape[1] - k, h, 0),
        "that keeps all but the k largest.": np.where(place >= k, h, 0),
        "that keeps the k largest of each column: each row, a noun, has k units of its own.": (
            np.where(column_place < k_columns, h, 0)
        ),
        "the k largest of the whole table stay: each row has k of its own.": np.where(
            h >= np.sort(h.ravel())[-k], h, 0
        ),
        "one limit is used for all rows: each row has its own.": np.where(h >= np.sort(h[0])[-k], h, 0),
        "units that stay must stay as loud as they were, and here they are 1.": (place < k).astype(float),
        "what stays has lost the limit: nothing is to be taken away from it.": (
            np.where(place < k, h - np.sort(h, axis=1)[:, -k][:, None], 0)
        ),
    }


@exercise(
    "to make columns that nobody trained, and that know where codes lie",
    hints=(
        "rng.choice(len(x), units, replace=False) draws numbers of rows, none twice.",
        "np.linalg.norm(rows, axis=1, keepdims=True) is the length of each row.",
        "rows = x[rng.choice(len(x), units, replace=False)]; return rows / np.linalg.norm(rows, axis=1, keepdims=True)",
    ),
)
def control(my_control: object) -> str:
    """Look for each column among the rows, for its length, and for what the lot decides."""
    rng = np.random.default_rng()
    x = rng.normal(1, 1, (60, 8)) * rng.uniform(0.5, 4, (60, 1))
    directions = x / np.linalg.norm(x, axis=1, keepdims=True)
    out = _columns(my_control, x, 20)
    length = np.linalg.norm(out, axis=1)
    cosines = out / np.maximum(length, 1e-9)[:, None] @ directions.T
    row = cosines.argmax(axis=1)
    if (cosines.max(axis=1) < 0.9999).all():
        if abs(float((out / np.maximum(length, 1e-9)[:, None]).mean())) < 0.12:
            wrong(
                "those columns know nothing of x: they point anywhere. Beside such a weak control everything looks "
                "well. Take rows of x."
            )
        wrong("the columns are no rows of x: mixed or shifted rows are no codes. Take whole rows as they are.")
    if (cosines.max(axis=1) < 0.9999).any():
        wrong("some columns are no rows of x: take whole rows as they are, and divide each by its own length.")
    if not np.allclose(length, 1, atol=1e-3):
        wrong(
            f"the columns have lengths from {length.min():.2f} to {length.max():.2f}: divide each row by its length, "
            "as those of the trained network are."
        )
    if (np.sort(row) == np.arange(20)).all():
        wrong("those are the first rows of x: take rows by lot.")
    everyone = _columns(my_control, x, 60)
    if len(np.unique((everyone @ directions.T).argmax(axis=1))) < 60:
        wrong("some rows are there twice: give rng.choice replace=False.")
    if np.array_equal(out, _columns(my_control, x, 20)):
        wrong("twice the same rows came, with another generator: draw them from rng.")
    if not np.array_equal(_columns(my_control, x, 20, seed=3), _columns(my_control, x, 20, seed=3)):
        wrong("the same generator, begun anew, draws other rows: all lots must come from rng.")
    return "columns of length 1 that are codes by lot: all that the trained network begins with, and no training."


def _columns(my_control: object, x: np.ndarray, units: int, seed: int | None = None) -> np.ndarray:
    given = call(my_control, x, units, np.random.default_rng(seed), name="my_control")
    return an_array(given, "my_control(x, units, rng)", shape=(units, x.shape[1]))


@exercise(
    "to find how many features of one network another has as well",
    hints=(
        "Make all rows of a and of b 1 long. Then a @ b.T holds the cosines: a row for each feature of a.",
        "The best partner of each feature of a has the largest cosine of its row: .max(axis=1).",
        "a = a / np.linalg.norm(a, axis=1, keepdims=True), b likewise; return np.mean((a @ b.T).max(axis=1) > limit)",
    ),
)
def match(my_match: object) -> str:
    """Compare with the share of best cosines above the limit, and recognise the usual slips."""
    pairs = [drawn_apart(_two_networks, _matches) for _ in range(2)]  # one number may be a slip's by chance
    shares, what = [], "my_match(a, b, limit)"
    for pair in pairs:
        given = call(my_match, *pair, name="my_match")
        if shape_of(given) == (len(pair[0]),):
            wrong(f"{what} says something of each row: the share of rows is asked for, one number.")
        shares.append(an_array(given, what, shape=()))
    answers = [_matches(*pair) for pair in pairs]
    if (i := first_wrong(shares, answers)) is not None:
        recognise_each(shares, answers, tolerance=1e-3)
        small = np.array([[2.0, 0.0], [0.0, 1.0]]), np.array([[0.0, -3.0], [5.0, 1.0]]), 0.7
        examples(my_match, [(small, _matches(*small)[RIGHT]), (pairs[i], answers[i][RIGHT])], name="my_match")
    return "a feature has a match where some feature of the other network points almost the same way."


def _two_networks(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, float]:
    """Columns of any length: some of b are those of a with noise, some are turned round, b has more."""
    n = 160
    a = rng.normal(size=(n, 12))
    b = np.concatenate([a[:60] + rng.normal(0, 0.5, (60, 12)), -a[60:100], a[:30], rng.normal(size=(70, 12))])
    a, b = (
        rows / np.linalg.norm(rows, axis=1, keepdims=True) * rng.uniform(0.3, high, (len(rows), 1))
        for rows, high in ((a, 1.4), (b, 1.9))
    )
    return a, rng.permutation(b), float(rng.uniform(0.7, 0.85))


def _matches(a: np.ndarray, b: np.ndarray, limit: float) -> dict[str, object]:
    ua, ub = (rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (a, b))
    cosines, products = ua @ ub.T, a @ b.T
    n = min(len(a), len(b))
    return {
        RIGHT: np.mean(cosines.max(axis=1) > limit),
        "that is the share of rows of b that have a match in a: the maximum runs along the wrong axis.": np.mean(
            cosines.max(axis=0) > limit
        ),
        "the rows are not divided by their length: long columns match everything.": np.mean(
            products.max(axis=1) > limit
        ),
        "only the rows of a are divided by their length.": np.mean((ua @ b.T).max(axis=1) > limit),
        "only the rows of b are divided by their length.": np.mean((a @ ub.T).max(axis=1) > limit),
        "a column turned round means the opposite: leave out the absolute value.": np.mean(
            np.abs(cosines).max(axis=1) > limit
        ),
        "each row is held against the row of the same number: the order of units means nothing.": np.mean(
            np.diag(cosines[:n, :n]) > limit
        ),
        "that is the share of pairs: ask for each row of a whether any row of b fits.": np.mean(cosines > limit),
        "that is the mean of the best cosines: the share above the limit is asked for.": cosines.max(axis=1).mean(),
        "that counts the matches: divide by the number of rows of a.": np.sum(cosines.max(axis=1) > limit),
        "that counts those that have no match.": np.mean(cosines.max(axis=1) <= limit),
    }


@exercise(
    "to find more hypernyms than k-means, with as many directions",
    hints=(
        "Along a few directions codes differ much, and these decide which centre is near. Make them quieter first.",
        "spread, axes = np.linalg.eigh(np.cov(x.T)) gives directions and their variance. Codes times "
        "axes * spread**-0.25 @ axes.T have quieter loud directions; centres are then to be taken back likewise.",
        "calm = (axes * spread**-0.25 @ axes.T).astype('float32'); return centres(x @ calm, n, rng) @ calm",
    ),
)
def directions(my_directions: object, *, known: dict[str, Any], new: Nouns) -> str:
    """Hand over codes without labels, and count the things that single directions find, beside those of k-means.

    Args:
        my_directions: the learner's function.
        known: codes to learn from, "codes"; nouns to name by, "naming", as codes and what they are.
        new: nouns to judge by, as codes and what they are.
    """
    x = np.asarray(known["codes"])
    n, counts = DIRECTIONS if len(x) > 4 * DIRECTIONS else len(x) // 20, []
    for seed in SEEDS:
        given = call(my_directions, x, n, np.random.default_rng(seed), name="my_directions")
        rows = an_array(given, "my_directions(x, n, rng)", shape=(n, x.shape[1]))
        if not np.linalg.norm(rows, axis=1).all():
            wrong("some directions are all zeros: they point nowhere.")
        rival = lesson.centres(x, n, np.random.default_rng(seed))
        counts.append([_count(some, known["naming"], new) for some in (rows, rival)])
    ours, theirs = np.mean(counts, axis=0)
    if ours < theirs + AHEAD:
        wrong(
            f"{ours:g} are found on average, and k-means finds {theirs:g} with as many directions; "
            f"{theirs + AHEAD:g} are asked for. Are some directions of the codes much louder than others?"
        )
    return f"with {n} directions at least {AHEAD} more are found than by k-means, on average over {len(SEEDS)} lots."


def _count(rows: np.ndarray, naming: Nouns, new: Nouns) -> int:
    """How many things have an F1 of 0.5 by one of the directions, chosen on naming."""
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    named, judged = (
        part / np.maximum(np.linalg.norm(part, axis=1, keepdims=True), 1e-9) @ rows.T for part in (naming[0], new[0])
    )
    return int(np.sum(lesson.found_by_one(named, judged, naming[1], new[1]) >= 0.5))
