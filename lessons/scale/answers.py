"""Answers to the lesson on scale: likely mistakes, each with its message, and other right answers."""

from __future__ import annotations

import numpy as np


def by_a_fit(n, first, second):
    slope, begin = np.polyfit(*zip(first, second, strict=True), 1)
    return slope * n + begin


def from_the_second(n, first, second):
    (a, s), (b, t) = first, second
    return t + (n - b) * (s - t) / (a - b)


def pictures_downwards(batch, workers, fits):
    share = batch // workers
    pictures = max(p for p in range(1, min(fits, share) + 1) if share % p == 0)
    return np.array([pictures, share // pictures])


def passes_upwards(batch, workers, fits):
    for passes in range(1, batch + 1):
        pictures, rest = divmod(batch, workers * passes)
        if rest == 0 and pictures <= fits:
            return [pictures, passes]
    return None


def neighbours(order, worker, workers):
    """Blocks in place of every n-th: also apart, also equally many."""
    size = len(order) // workers
    return order[worker * size : (worker + 1) * size]


def in_a_table(order, worker, workers):
    size = len(order) // workers
    return order[: size * workers].reshape(size, workers)[:, worker]


def in_a_loop(order, worker, workers):
    return [order[i] for i in range(len(order) // workers * workers) if i % workers == worker]


def trained(steps, every, start, step, save, load, *, known=True, offset=1, often=None, first=0):
    done, state = (load() or (0, start)) if known else (0, start)
    for number in range(done + first * (done > 0), steps):
        state = step(state, number)
        if (number + 1) % (often or every) == 0:
            save(number + offset, state)
    return state


def changed(**slip):
    return lambda: (lambda *arguments: trained(*arguments, **slip),)


def since_the_start(steps, every, start, step, save, load):
    """Counts from where this life began; saves at the end as well."""
    kept = load()
    state, number, fresh = start, 0, 0
    if kept is not None:
        number, state = kept
    while number < steps:
        state, number, fresh = step(state, number), number + 1, fresh + 1
        if fresh == every or number == steps:
            save(number, state)
            fresh = 0
    return state


def piece_by_piece(steps, every, start, step, save, load):
    done, state = load() or (0, start)
    while done < steps:
        end = min(done + every, steps)
        for number in range(done, end):
            state = step(state, number)
        done = end
        save(done, state)
    return state


def never_saved(steps, every, start, step, save, load):
    done, state = load() or (0, start)
    for number in range(done, steps):
        state = step(state, number)
    return state


def saved_last(steps, every, start, step, save, load):
    state = never_saved(steps, every, start, step, save, load)
    save(steps, state)
    return state


def evenly_or_not(share, fits):
    passes = -(-share // fits)
    return share // passes, passes


REFUSED = {
    "seconds": [
        (
            lambda: (lambda n, first, second: first[1] * n / first[0],),
            "that takes all seconds of the first as seconds of pictures: what the beginning takes does not grow.",
        ),
        (
            lambda: (lambda n, first, second: second[1] / second[0] * n,),
            "that takes all seconds of the second as seconds of pictures: what the beginning takes does not grow.",
        ),
        (
            lambda: (lambda n, first, second: n * (second[1] - first[1]) / (second[0] - first[0]),),
            "what the beginning takes is missing: add it once.",
        ),
        (
            lambda: (lambda n, first, second: first[1] + n * (second[1] - first[1]) / (second[0] - first[0]),),
            "the n pictures come on top of those of the first: multiply by n less the first's.",
        ),
        (
            lambda: (
                lambda n, first, second: first[1] + (n - first[0]) * (second[0] - first[0]) / (second[1] - first[1]),
            ),
            "the slope is turned over: seconds divided by pictures.",
        ),
    ],
    "batch": [
        (
            lambda: (lambda batch, workers, fits: evenly_or_not(batch // workers, fits),),
            "so few passes do not come out even: together they see less than the batch, as the rest is dropped.",
        ),
        (
            lambda: (lambda batch, workers, fits: (batch // workers, 1),),
            "that many pictures do not fit on a worker: let it take them in several passes.",
        ),
        (
            lambda: (lambda batch, workers, fits: (batch, 1),),
            "each worker's batch is as large as the whole one was: a step then sees more, and there are fewer steps.",
        ),
        (
            lambda: (lambda batch, workers, fits: pictures_downwards(batch, 1, fits),),
            "each worker takes the whole batch: together they see it once for each worker.",
        ),
        (
            lambda: (lambda batch, workers, fits: (fits, -(-batch // workers // fits)),),
            "the largest that fits, in as many passes as it takes: together that is more than the batch.",
        ),
        (
            lambda: (lambda batch, workers, fits: passes_upwards(batch, workers, fits)[::-1],),
            "the right two numbers in the other order: pictures first, then passes.",
        ),
        (
            lambda: (lambda batch, workers, fits: batch // workers,),
            "my_batch(batch, workers, fits) must have shape (2,), and has shape ().",
        ),
    ],
    "rows": [
        (
            lambda: (lambda order, worker, workers: order[worker::workers],),
            "… rows for 3 workers: they get …, …, … rows. Each step needs all workers, so whoever has one more waits for "
            "ever: leave out the rest.",
        ),
        (
            lambda: (lambda order, worker, workers: np.array_split(order, workers)[worker],),
            "… rows for 3 workers: they get …, …, … rows. Each step needs all workers, so whoever has one more waits for "
            "ever: leave out the rest.",
        ),
        (
            lambda: (lambda order, worker, workers: order[: len(order) // workers],),
            "… rows for 3 workers: all workers get the same rows, so the others are of no use.",
        ),
        (
            lambda: (lambda order, worker, workers: np.arange(len(order) // workers * workers)[worker::workers],),
            "those are places in `order`: return what stands there, order[…].",
        ),
        (
            lambda: (lambda order, worker, workers: order[worker : worker + len(order) // workers],),
            "… rows for 3 workers: some row is taken twice.",
        ),
    ],
    "resume": [
        (changed(known=False), "after a death all begins at step 0 again: ask load() where to go on."),
        (
            changed(offset=0),
            "some steps stand twice in the result: what is saved as done is less than what the state holds.",
        ),
        (
            changed(offset=2),
            "some steps are missing in the result: what is saved as done is more than what the state holds.",
        ),
        (changed(often=1), "… checkpoints were written, and one every … steps is asked for."),
        (lambda: (never_saved,), "nothing is ever saved, so each death costs everything."),
        (lambda: (saved_last,), "the only checkpoint is the one at the end: a death before it costs everything."),
        (
            changed(first=1),
            "some steps are missing in the result: what is saved as done is more than what the state holds.",
        ),
    ],
}

ACCEPTED = {
    "seconds": [lambda: (by_a_fit,), lambda: (from_the_second,)],
    "batch": [lambda: (pictures_downwards,), lambda: (passes_upwards,)],
    "rows": [lambda: (neighbours,), lambda: (in_a_table,), lambda: (in_a_loop,)],
    "resume": [lambda: (since_the_start,), lambda: (piece_by_piece,)],
}

# Right where the numbers are drawn for a student.
OWN = {
    "seconds": [
        lambda times: (lambda n, first, second: times * by_a_fit(n, first, second),),
        lambda times: (lambda n, first, second: from_the_second(n, first, second) * float(times),),
    ]
}
