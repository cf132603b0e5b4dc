"""The exercises on the bottleneck: between two codes, a walk, the playground, the k largest, a code to learn from."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from aecourse.datasets import split_digits
from aecourse.exercises.core import an_array, call, close, describe, exercise, wrong
from aecourse.exercises.validation import confirm_on_test
from aecourse.models import Autoencoder

READER_TARGET = 0.77
DRAWS = 10  # how often 100 labels are drawn anew
PLAY_TARGET, PLAY_NUMBERS, PLAY_STEPS = 0.03, 10, 300
PENALTY = {"penalty", "weight"}  # what may differ between two maps that are compared


@exercise(
    "to return the code at share t of the way from h_a to h_b",
    hints=(
        "At t = 0 only h_a counts, at t = 1 only h_b; in between each counts with a share, and the shares add up to 1.",
        "h_b has the share t, h_a what is left of 1.",
        "return (1 - t) * h_a + t * h_b",
    ),
)
def between(my_between: object) -> str:
    """Compare the learner's step with the straight line between two random codes."""
    rng = np.random.default_rng()
    h_a, h_b, t = rng.normal(size=16), rng.normal(size=16), float(rng.uniform(0.1, 0.4))
    result = an_array(call(my_between, h_a, h_b, t, name="my_between"), "my_between(h_a, h_b, t)", shape=(16,))
    if close(result, t * h_a + (1 - t) * h_b):
        wrong("the two ends are exchanged: t = 0 must give h_a, t = 1 must give h_b.")
    if close(result, (h_a + h_b) / 2):
        wrong("that is the middle whatever t is. Let t decide how much of each is taken.")
    if close(result, h_a + t * h_b):
        wrong("at t = 1 all of h_a is still there: as the share of h_b grows, that of h_a must shrink to 0.")
    if close(result, t * (h_b - h_a)):
        wrong("that is the step alone: it starts at 0, not at h_a. Add it to h_a.")
    for share in (0.0, t, 1.0):
        expected = (1 - share) * h_a + share * h_b
        if not close(call(my_between, h_a, h_b, share, name="my_between"), expected):
            wrong(f"at t = {share:.2f} the code is not {1 - share:.2f} · h_a + {share:.2f} · h_b.")
    return "a straight line from one code to the other."


@exercise(
    "to return the codes of a walk along one number",
    hints=(
        "Copy the code len(values) times into a table first, then change one column of it.",
        "codes = np.repeat(h[None], len(values), axis=0) has the shape (len(values), size).",
        "codes[:, j] = values, and return codes",
    ),
)
def walk(my_walk: object) -> str:
    """Compare the learner's table with one built number by number."""
    rng = np.random.default_rng()
    h, values, j = rng.normal(size=7), rng.normal(size=5), int(rng.integers(1, 5))
    table = np.asarray(call(my_walk, h, j, values, name="my_walk"))
    if table.shape == (7, 5):
        wrong("my_walk has one column for each value; it must have one row for each: shape (5, 7) here.")
    table = an_array(table, "my_walk(h, j, values), for 5 values and a code of 7 numbers,", shape=(5, 7))
    expected = np.stack([np.where(np.arange(7) == j, value, h) for value in values])
    if close(table, np.stack([np.where(np.arange(7) == j, h + value, h) for value in values])):
        wrong("the values are added to number j; it must take them instead.")
    if close(table, np.stack([np.where(np.arange(7) == j - 1, value, h) for value in values])):
        wrong(f"number {j - 1} changes instead of number {j}: count from 0.")
    if close(table, np.repeat(h[None], 5, axis=0)):
        wrong("all rows are the code as it was: set column j of the table.")
    if close(table, np.repeat(expected[-1:], 5, axis=0)):
        wrong("all rows have the last value: each row needs a copy of its own (np.repeat, or h.copy() in a loop).")
    if close(table[:, j], values) and not close(table, expected):
        wrong(f"number {j} takes the values, but others change too: they must stay as they are in h.")
    if not close(table, expected):
        wrong(f"column {j} must hold the {len(values)} values, every other column h's own number.")
    return "one number walks, the others stay."


@exercise(
    "to find a code of at most 10 numbers with a mean squared error below 0.03, in the playground",
    hints=(
        "Change “Numbers in h” and let it train: the error that counts is the one on digits it does not train on.",
        "Two numbers are too few however long you wait, 16 are more than it takes. Halve what lies between.",
        "Set “Numbers in h” to 8, press Play, wait for 1,000 steps, press Pause; then my_run = playground.report",
    ),
)
def small_code(my_run: object) -> str:
    """Read the settings and the error that the playground reports."""
    run = _run(my_run, "my_run")
    error, code = float(run["error"]), int(run["settings"]["code"])
    if error >= PLAY_TARGET:
        wrong(
            f"{code} numbers and an error of {error:.4f} after {run['steps']:,} steps; below {PLAY_TARGET} is asked. "
            "Train longer, or allow another number."
        )
    if code > PLAY_NUMBERS:
        wrong(f"the error is below {PLAY_TARGET}, but with {code} numbers; at most {PLAY_NUMBERS} are allowed.")
    return f"an error below {PLAY_TARGET} with at most {PLAY_NUMBERS} numbers. What is the smallest code that does it?"


@exercise(
    "to compare the map of a plain code with one under the penalty KL",
    hints=(
        "Train with two numbers in h and press “Pin this run to compare”. Then choose the penalty KL and train again.",
        "Look at the numbers along the edges of the map: how far from 0 do the codes lie, before and after?",
        'Pause, then run: my_report = playground.report and my_answer = "gather around 0"',
    ),
)
def penalised_map(my_report: object, my_answer: object) -> str:
    """Find the pair of runs in the report, then read the answer."""
    last = _run(my_report, "my_report")
    runs = [run for run in [*last["runs"], last] if run["steps"] >= PLAY_STEPS]
    plain = [run["settings"] for run in runs if run["settings"]["penalty"] == "none"]
    penalised = [run["settings"] for run in runs if run["settings"]["penalty"] == "kl"]
    if not plain or not penalised:
        kinds = ", ".join(sorted({run["settings"]["penalty"] for run in runs})) or "none of them"
        wrong(
            f"the report needs a run without a penalty and one with KL, each of at least {PLAY_STEPS} steps, one of "
            f"them pinned; long enough were runs with the penalty: {kinds}."
        )
    if not any(_others(a) == _others(b) for a in plain for b in penalised):
        wrong("the two runs differ in more than the penalty: change nothing else, or you compare two things at once.")
    if my_answer not in ("spread out", "gather around 0", "stay as they are"):
        wrong(f'my_answer must be "spread out", "gather around 0" or "stay as they are", and is {describe(my_answer)}.')
    if my_answer != "gather around 0":
        wrong("look at the numbers along the edges of the two maps: how far from 0 does the farthest code lie?")
    return "the penalty pulls all codes towards 0, so that hardly a place of the map stays empty: a VAE's first idea."


def _run(report: object, name: str) -> dict[str, Any]:
    """A report of the playground; ends the check when it is none."""
    if not isinstance(report, dict):
        wrong(f"{name} must be what playground.report gives, and is {describe(report)}.")
    run = cast(dict[str, Any], report)
    if not run:
        wrong(f"{name} is empty: press Play, then Pause, and take playground.report again.")
    if not {"settings", "steps", "error", "runs"} <= run.keys():
        wrong(f"{name} must be what playground.report gives, with settings, steps, error and runs.")
    if run["error"] is None or run["steps"] < PLAY_STEPS:
        wrong(f"{name} is of {run['steps']} training steps; let it train for {PLAY_STEPS} at least, then press Pause.")
    return run


def _others(settings: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if name not in PENALTY}


@exercise(
    "to keep the k largest numbers of each code and set the others to 0",
    hints=(
        "np.sort(h, axis=1) sorts each row from small to large: where does its k-th largest number stand?",
        "threshold = np.sort(h, axis=1)[:, -k:][:, :1] is the smallest number that stays, one for each row.",
        "return np.where(h >= threshold, h, 0)",
    ),
)
def keep(my_k_largest: object) -> str:
    """Compare the learner's codes with ones made row by row, for random codes with negative numbers."""
    rng = np.random.default_rng()
    h, k = rng.normal(size=(6, 12)), 3
    h[0] = -np.abs(h[0])  # a row in which even the largest are negative
    order = np.argsort(h, axis=1)
    expected = _only(h, order[:, -k:])
    result = np.asarray(call(my_k_largest, h, k, name="my_k_largest"))
    if result.shape == (6, k):
        wrong("those are the k numbers alone; the decoder needs the whole code, with 0 in all other places.")
    result = an_array(result, "my_k_largest(h, k)", shape=(6, 12))
    if close(result, _only(h, np.argsort(np.abs(h), axis=1)[:, -k:])):
        wrong("that keeps the numbers farthest from 0; the largest are asked for: −3 is less than 1.")
    if close(result, _only(h, order[:, :k])):
        wrong("that keeps the smallest: np.sort puts the largest last.")
    if close(result, _only(h, order[:, -k + 1 :])):
        wrong("one too few stays in each row: the k-th largest itself stays too (>=, not >).")
    if close(result, _only(h, order[:, -k - 1 :])):
        wrong("one too many stays in each row: [:, -k] is the k-th largest, [:, -k - 1] the one below it.")
    if close(result, (expected != 0).astype(float)):
        wrong("that marks the places with 1; the numbers themselves must stay.")
    if close(result, np.where(h >= np.sort(h.ravel())[-k * len(h)], h, 0)):
        wrong("one threshold for all rows: each code must keep k numbers of its own (axis=1).")
    if close(result, np.where(h >= np.sort(h.ravel())[-k], h, 0)):
        wrong("that keeps k numbers of the whole table: each code must keep k of its own (axis=1).")
    if close(result, np.maximum(expected, 0)):
        wrong("negative numbers are lost: where even the largest are below 0, they stay all the same.")
    if not close(result, expected):
        wrong(f"each row must keep its {k} largest numbers where they stand, and hold 0 elsewhere.")
    return "each code keeps its k largest numbers."


@exercise(
    f"to train a code of 16 numbers, without labels, that reaches {READER_TARGET:.0%} from ten labels a kind",
    hints=(
        "What should the code not have to tell? Damage the encoder's input in that respect and ask for the undamaged "
        "digit: fit(..., corrupt=...). Shifts are one way.",
        "train_reader_code of section 5 does that; it takes the digits to train on.",
        "my_model = train_reader_code(x_fit)",
    ),
)
def reader(my_model: object) -> str:
    """Train classifiers on ten labels a kind with the learner's codes; the judge is the validation digits."""
    if not isinstance(my_model, Autoencoder):
        wrong(f"my_model must be an Autoencoder of the course, and is {describe(my_model)}.")
    if tuple(my_model.encoder.output_shape) != (None, 16):
        wrong(f"the code must hold 16 numbers, and has shape {tuple(my_model.encoder.output_shape)[1:]}.")
    (codes, labels), valid, test = ((my_model.encode(x), y) for x, y in split_digits())
    if not np.isfinite(codes).all() or (codes.std(axis=0) == 0).all():
        wrong("all digits have the same code, or codes hold NaN: was the model trained?")
    by_freedom = {C: _accuracy(codes, labels, *valid, C) for C in (0.1, 0.3, 1.0, 3.0)}
    C = max(by_freedom, key=by_freedom.__getitem__)
    if by_freedom[C] < READER_TARGET:
        wrong(
            f"{by_freedom[C]:.1%} of the validation digits are told from ten labels a kind; {READER_TARGET:.0%} are "
            "asked, the pixels reach about 75 %. What should the code learn to leave out?"
        )
    confirm_on_test(1 - by_freedom[C], 1 - _accuracy(codes, labels, *test, C))
    return f"at least {READER_TARGET:.0%} from ten labels a kind, more than the pixels; the test digits agree."


def _only(h: np.ndarray, places: np.ndarray) -> np.ndarray:
    """The codes with 0 everywhere but in these places of each row."""
    kept = np.zeros_like(h)
    np.put_along_axis(kept, places, np.take_along_axis(h, places, axis=1), axis=1)
    return kept


def _accuracy(codes: np.ndarray, labels: np.ndarray, others: np.ndarray, other_labels: np.ndarray, C: float) -> float:
    """The lesson's measure: the mean accuracy of linear classifiers, each from ten labels of each kind."""
    from sklearn.linear_model import LogisticRegression

    rng, scale, accuracy = np.random.default_rng(0), codes.std(), []
    for _ in range(DRAWS):
        order = rng.permutation(len(labels))
        shown = np.concatenate([order[labels[order] == digit][:10] for digit in range(10)])
        classifier = LogisticRegression(C=C, max_iter=1000).fit(codes[shown] / scale, labels[shown])
        accuracy.append(classifier.score(others / scale, other_labels))
    return float(np.mean(accuracy))
