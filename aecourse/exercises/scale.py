"""The exercises on scale: seconds foretold, a batch shared out, rows a worker, a training that goes on."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable

import numpy as np

from aecourse.exercises.core import (
    RIGHT,
    Drawn,
    a_number,
    an_array,
    call,
    drawn_apart,
    examples,
    exercise,
    first_wrong,
    recognise_each,
    shape_of,
    wrong,
)
from aecourse.exercises.drawn import then

PRIMES = (11, 13, 17, 19, 23, 29, 31, 37, 41, 43)  # pictures of a pass

Measured = tuple[int, float]  # pictures, seconds
Stateful = Callable[..., object]


@exercise(
    "to foretell the seconds of a training from two that were measured",
    hints=(
        "A training takes some seconds to begin, whatever its size, and then so much a picture. Two measurements give "
        "both.",
        "a_picture = (second[1] - first[1]) / (second[0] - first[0]) leaves out what the beginning takes.",
        "return first[1] + a_picture * (n - first[0])",
    ),
    drawn=Drawn(
        "to foretell the seconds of {times} such trainings, one after the other, each with its own beginning",
        {"times": [*range(3, 60)]},
        lambda mine, times: (
            lambda n, first, second: then(mine(n, first, second), lambda all_of_them: all_of_them / times)
        ),
    ),
)
def seconds(my_seconds: object) -> str:
    """Compare with the line through two points, and recognise what forgets the beginning."""
    pairs = [drawn_apart(_two_measured, _seconds) for _ in range(2)]  # one number may be a slip's by chance
    what = "my_seconds(n, first, second)"
    given = [a_number(call(my_seconds, *pair, name="my_seconds"), what) for pair in pairs]
    answers = [_seconds(*pair) for pair in pairs]
    if (i := first_wrong(given, answers)) is not None:
        recognise_each(given, answers, tolerance=1e-3)
        small = 10, (2, 5.0), (4, 6.0)
        examples(my_seconds, [(small, _seconds(*small)[RIGHT]), (pairs[i], answers[i][RIGHT])], name="my_seconds")
    return "the line through both measurements, with what every training takes to begin."


def _two_measured(rng: np.random.Generator) -> tuple[int, Measured, Measured]:
    a, b = 100 * int(rng.integers(5, 20)), 100 * int(rng.integers(30, 70))
    begin, each = float(rng.uniform(2, 6)), float(rng.uniform(1, 4)) / 1000
    return 1000 * int(rng.integers(40, 90)), (a, begin + each * a), (b, begin + each * b)


def _seconds(n: int, first: Measured, second: Measured) -> dict[str, object]:
    (a, s), (b, t) = first, second
    slope = (t - s) / (b - a)
    return {
        RIGHT: s + slope * (n - a),
        "that takes all seconds of the first as seconds of pictures: what the beginning takes does not grow.": s
        * n
        / a,
        "that takes all seconds of the second as seconds of pictures: what the beginning takes does not grow.": (
            t * n / b
        ),
        "what the beginning takes is missing: add it once.": slope * n,
        "that is the mean of two proportions; draw a line through both points instead.": (s * n / a + t * n / b) / 2,
        "the n pictures come on top of those of the first: multiply by n less the first's.": s + slope * n,
        "the n pictures come on top of those of the second: multiply by n less the second's.": t + slope * n,
        "the slope is right, and so is the first's time; but it starts from the second's pictures.": s
        + slope * (n - b),
        "the slope is turned over: seconds divided by pictures.": s + (b - a) / (t - s) * (n - a),
    }


@exercise(
    "to share out a batch so that the training stays the same",
    hints=(
        "All workers in all passes of one step must have seen `batch` pictures together: batch = workers × passes × "
        "pictures.",
        "Try 1 pass, then 2, and so on, until the pictures of a pass come out even and are at most `fits`.",
        "passes = 1\nwhile batch % (workers * passes) or batch // (workers * passes) > fits:\n    passes += 1\n"
        "return batch // (workers * passes), passes",
    ),
)
def batch(my_batch: object) -> str:
    """Compare with the fewest passes whose shares come out even and fit."""
    # Two whole numbers may be a slip's by chance, and one number of passes a guess.
    tasks = [drawn_apart(functools.partial(_a_batch, passes=passes), _batch) for passes in (7, 5)]
    what = "my_batch(batch, workers, fits)"
    given = [an_array(call(my_batch, *task, name="my_batch"), what, shape=(2,)) for task in tasks]
    answers = [_batch(*task) for task in tasks]
    if (i := first_wrong(given, answers)) is not None:
        recognise_each(given, answers, tolerance=1e-3)
        small = 12, 2, 4
        examples(my_batch, [(small, _batch(*small)[RIGHT]), (tasks[i], answers[i][RIGHT])], name="my_batch")
    return "each step sees as many pictures as before, nothing is too large for a worker, and the passes are few."


def _a_batch(rng: np.random.Generator, *, passes: int) -> tuple[int, int, int]:
    """A share of two primes: passes of fewer pictures would fit, but do not come out even."""
    workers, pictures = int(rng.integers(2, 6)), int(rng.choice(PRIMES))
    return workers * passes * pictures, workers, int(rng.integers(2 * pictures, 5 * pictures // 2))


def _fewest(total: int, workers: int, fits: int) -> tuple[int, int]:
    passes = 1
    while total % (workers * passes) or total // (workers * passes) > fits:
        passes += 1
    return total // (workers * passes), passes


def _batch(total: int, workers: int, fits: int) -> dict[str, object]:
    right = _fewest(total, workers, fits)
    share = total // workers
    return {
        RIGHT: right,
        "that many pictures do not fit on a worker: let it take them in several passes.": (share, 1),
        "each worker takes the whole batch: together they see it once for each worker.": _fewest(total, 1, fits),
        "each worker's batch is as large as the whole one was: a step then sees more, and there are fewer steps.": (
            total,
            1,
        ),
        "the largest that fits, in as many passes as it takes: together that is more than the batch.": (
            fits,
            -(-share // fits),
        ),
        "the largest that fits, and the rest of the batch is left out.": (fits, share // fits),
        "so few passes do not come out even: together they see less than the batch, as the rest is dropped.": (
            share // -(-share // fits),
            -(-share // fits),
        ),
        "the right two numbers in the other order: pictures first, then passes.": right[::-1],
        "those are the passes of all workers together: each makes its own share of them.": (
            right[0],
            right[1] * workers,
        ),
        "a picture a pass is the same training too, but with far more passes than needed.": (1, share),
    }


@exercise(
    "to find the rows of one worker",
    hints=(
        "Every workers-th place, from the worker's own on: order[worker::workers]. Then count what each gets.",
        "Ten rows are three for each of three workers. A worker with a fourth would wait for ever.",
        "n = len(order) // workers * workers; return order[:n][worker::workers]",
    ),
)
def rows(my_rows: object) -> str:
    """Ask for the rows of all workers: they must be apart, equally many, and in the order that was given."""
    rng = np.random.default_rng()
    for workers, n in ((3, 3 * int(rng.integers(5, 9)) + 2), (4, 4 * int(rng.integers(3, 8)) + 3), (2, 12), (1, 7)):
        order = rng.permutation(np.arange(100, 100 + n))
        shares = []
        for worker in range(workers):
            given = call(my_rows, order, worker, workers, name="my_rows")
            what, size = f"my_rows(order, {worker}, {workers})", shape_of(given)
            shares.append(an_array(given, what, shape=size if size and len(size) == 1 else (n // workers,)).astype(int))
        _judge_shares(shares, order, workers)
    return "the workers' rows are apart, equally many, all but a rest that is smaller than the number of workers."


def _judge_shares(shares: list[np.ndarray], order: np.ndarray, workers: int) -> None:
    n, sizes = len(order), [len(share) for share in shares]
    every = np.concatenate(shares)
    case = f"{n} rows for {workers} workers"
    if len(every) and (every < len(order)).all() and (every >= 0).all():
        wrong("those are places in `order`: return what stands there, order[…].")
    if not np.isin(every, order).all():
        wrong(f"{case}: there are rows among them that `order` does not hold.")
    if workers > 1 and all(np.array_equal(np.sort(share), np.sort(shares[0])) for share in shares[1:]) and sizes[0]:
        wrong(f"{case}: all workers get the same rows, so the others are of no use.")
    if len(np.unique(every)) < len(every):
        wrong(f"{case}: some row is taken twice.")
    if len(set(sizes)) > 1:
        wrong(
            f"{case}: they get {', '.join(map(str, sizes))} rows. Each step needs all workers, so whoever has one more "
            "waits for ever: leave out the rest."
        )
    if sizes[0] < n // workers:
        wrong(f"{case}: each gets {sizes[0]}, and {n // workers} are possible.")
    if (
        n > 10
        and np.array_equal(np.sort(every), np.sort(order)[: len(every)])
        and all(np.array_equal(share, np.sort(share)) for share in shares)
        and not np.array_equal(np.sort(every), np.sort(order[: len(every)]))
    ):
        wrong(f"{case}: the rows are sorted, and `order` is a new one in each epoch for a reason.")


@exercise(
    "to train so that a death costs little",
    hints=(
        "Ask load() first. It gives None in the first life, later the pair that was saved last.",
        "Count the steps from where the checkpoint was: for number in range(done, steps). Save when number + 1 is a "
        "multiple of `every`.",
        "done, state = load() or (0, start)\nfor number in range(done, steps):\n    state = step(state, number)\n"
        "    if (number + 1) % every == 0:\n        save(number + 1, state)\nreturn state",
    ),
)
def resume(my_train: object) -> str:
    """End the learner's training in the middle, several times, and see what is done twice and what comes out."""
    rng = np.random.default_rng()
    for steps, every in ((40, 7), (30, 10), (12, 5)):
        lives = sorted(int(n) for n in rng.choice(np.arange(every + 1, steps - 1), 3, replace=False))
        machine = _Machine([every - 1, *lives])
        calls = steps, every, (), machine.step, machine.save, machine.load
        state: object = None
        for _ in range(len(machine.ends) + 1):
            machine.life += 1
            try:
                state = call(my_train, *calls, name="my_train")
                break
            except _PowerCutError:
                continue
        else:
            wrong("my_train runs into the same power cut again and again.")
        machine.judge(steps, every, state)
    return "the result of a training that nobody disturbed; each death cost less than one checkpoint's work."


class _PowerCutError(BaseException):
    """No learner's `except Exception` holds it up."""


class _Machine:
    """Steps that are counted and cut, and one checkpoint."""

    def __init__(self, ends: list[int]) -> None:
        self.ends, self.cut, self.life = ends, 0, 0
        self.kept: tuple[int, object] | None = None
        self.numbers: list[list[int]] = []
        self.saves: list[int] = []
        self.loads: list[int] = []

    def step(self, state: object, number: int) -> object:
        while len(self.numbers) < self.life:
            self.numbers.append([])
        if self.cut < len(self.ends) and number == self.ends[self.cut]:
            self.cut += 1
            raise _PowerCutError
        self.numbers[-1].append(number)
        if len(self.numbers[-1]) > 500:
            wrong("my_train makes more than 500 steps where fewer than 50 are asked for.")
        if not isinstance(state, tuple):
            wrong("step gets a state that is none: give it `start`, what load() brought, or what step returned.")
        return (*state, number)

    def save(self, done: object, state: object) -> None:
        if not isinstance(state, tuple):
            wrong("save takes the number of steps that are done and then the state, save(done, state).")
        self.kept = int(a_number(done, "what save is told is done")), state
        self.saves.append(self.kept[0])

    def load(self) -> tuple[int, object] | None:
        self.loads.append(self.life)
        return self.kept

    def __deepcopy__(self, memo: dict) -> _Machine:
        return self

    def judge(self, steps: int, every: int, state: object) -> None:
        """What the learner's training did, from what was noted."""
        lives = [own for own in self.numbers if own]
        if not self.saves:
            wrong("nothing is ever saved, so each death costs everything.")
        if set(self.saves) == {steps}:
            wrong("the only checkpoint is the one at the end: a death before it costs everything.")
        if not self.loads or all(own[0] == 0 for own in lives[1:]):
            wrong("after a death all begins at step 0 again: ask load() where to go on.")
        full = tuple(range(steps))
        if state != full:
            done = state if isinstance(state, tuple) else ()
            if len(done) > steps or len(set(done)) < len(done):
                wrong("some steps stand twice in the result: what is saved as done is less than what the state holds.")
            if len(done) < steps and done == full[: len(done)]:
                wrong(f"{steps} steps are asked for, and {len(done)} were done.")
            wrong("some steps are missing in the result: what is saved as done is more than what the state holds.")
        if len(self.saves) > steps // every + len(self.ends) + 2:
            wrong(f"{len(self.saves)} checkpoints were written, and one every {every} steps is asked for.")
        again = [own[-1] + 1 - after[0] for own, after in itertools.pairwise(lives)]
        if max(again, default=0) > every:
            wrong(f"a death costs {max(again)} steps; with a checkpoint every {every} it should cost no more.")
