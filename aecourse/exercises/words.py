"""The exercises on words: weights by rarity, hidden words, the place of what was searched, kinds of nouns."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from aecourse.exercises.core import (
    RIGHT,
    Drawn,
    an_array,
    as_array,
    call,
    close,
    drawn_apart,
    examples,
    exercise,
    first_wrong,
    recognise,
    recognise_each,
    wrong,
)
from aecourse.exercises.drawn import then

NEIGHBOURS = 10
SURE = 0.99  # right more often than any method is
AHEAD = 0.04  # of plain words, as a share of the nouns

Kinds = tuple[np.ndarray, sparse.csr_matrix, np.ndarray]  # codes (n, size), weighted words (n, words), kinds (n,)


@exercise(
    "to weigh counted words by their rarity",
    hints=(
        "A word's rarity comes from how many texts have it, (counts > 0).sum(axis=0), not from how often it stands "
        "there.",
        "rarity = np.log(len(counts) / (counts > 0).sum(axis=0)). Multiply the counts by it; NumPy does so row by row.",
        "rows = counts * rarity; length = np.linalg.norm(rows, axis=1, keepdims=True); "
        "return rows / np.where(length > 0, length, 1)",
    ),
    drawn=Drawn(
        "to weigh counted words by their rarity, in rows of length {length}",
        {"length": [*range(3, 60)]},
        lambda mine, length: lambda counts: then(mine(counts), lambda rows: rows / length),
    ),
)
def weights(my_weights: object) -> str:
    """Compare with count times rarity, rows of length 1, on random counts, and recognise the usual slips."""
    (counts,) = drawn_apart(_some_counts, _weights)
    what = "my_weights(counts)"
    given = call(my_weights, counts, name="my_weights")
    answers = _weights(counts)
    some = as_array(given)
    if some is not None and some.shape == counts.shape and np.isnan(some[-1]).all():
        others = {message: np.asarray(rows)[:-1] for message, rows in answers.items()}  # than the text without words
        if close(some[:-1], others[RIGHT]):
            wrong("the text without words became NaN: its length is 0. Divide by 1 there, so that it stays all zeros.")
        recognise(some[:-1], others)
    rows = an_array(given, what, shape=counts.shape)
    if not close(rows, answers[RIGHT]):
        recognise(rows, answers)
        small = np.array([[2.0, 1.0], [0.0, 1.0], [0.0, 0.0]])
        examples(my_weights, [((small,), _weights(small)[RIGHT]), ((counts,), answers[RIGHT])], name="my_weights")
    return "a word of every text weighs nothing, each row has the length 1, and a text without words stays empty."


def _some_counts(rng: np.random.Generator) -> tuple[np.ndarray]:
    """Counts of six texts and five words: the first word is nearly everywhere, the last text is empty."""
    counts = rng.integers(0, 4, (6, 5)) * (rng.random((6, 5)) < 0.6)
    counts[:5, 0] = rng.integers(1, 5, 5)
    counts[0, 1:] = rng.integers(2, 5, 4)
    counts[5] = 0
    return (counts.astype(float),)


def _rows(x: np.ndarray) -> np.ndarray:
    length = np.linalg.norm(x, axis=1, keepdims=True)
    return x / np.where(length > 0, length, 1)


def _weights(counts: np.ndarray) -> dict[str, object]:
    n, have, total = len(counts), (counts > 0).sum(axis=0), counts.sum(axis=0)
    in_text = np.maximum((counts > 0).sum(axis=1, keepdims=True), 1)
    said = np.maximum(counts.sum(axis=1, keepdims=True), 1)
    rarity = np.log(n / have)
    plain = counts * rarity
    sums = plain.sum(axis=1, keepdims=True)
    return {
        RIGHT: _rows(plain),
        "the rows are not divided by their length: long texts are louder.": plain,
        "rarity counts the texts that have a word, not how often it stands there: (counts > 0).sum(axis=0).": _rows(
            counts * np.log(n / total)
        ),
        "the logarithm is missing.": _rows(counts * (n / have)),
        "that notes only whether a word occurs: multiply by its count.": _rows((counts > 0) * rarity),
        "the fraction is turned over: a rare word must weigh more.": _rows(counts * np.log((1 + n) / (1 + n - have))),
        "the fraction is turned over, so all weights are below 0.": _rows(-plain),
        "that divides by the number of words: the length of a row is the root of the sum of its squares, as "
        "np.linalg.norm gives it.": plain / said,
        "that divides by the number of different words: the length of a row is the root of the sum of its squares, as "
        "np.linalg.norm gives it.": plain / in_text,
        "that divides by the number of columns: the length of a row is the root of the sum of its squares, as "
        "np.linalg.norm gives it.": plain / counts.shape[1],
        "the rarity counts along the wrong axis: (counts > 0).sum(axis=0) is one number for each word.": _rows(
            counts * np.log(counts.shape[1] / in_text)
        ),
        "that divides by the sum of a row; its length is the root of the sum of the squares.": plain
        / np.where(sums > 0, sums, 1),
        "that divides the columns by their length: it is the rows, the texts, that must have the length 1.": plain
        / np.maximum(np.linalg.norm(plain, axis=0), 1e-12),
        "those are the counts, divided by their length: either the rarity is missing, or it is one number for each "
        "text. It is one for each word, (counts > 0).sum(axis=0).": _rows(counts),
        "that divides before it weighs: then the weighted rows have other lengths than 1.": _rows(counts) * rarity,
        "that divides by the squared length: take the root.": plain
        / np.where(sums > 0, (plain**2).sum(axis=1, keepdims=True), 1),
    }


@exercise(
    "to hide a share of the words",
    hints=(
        "Throw dice for each place: an array of random numbers of the shape of ids.",
        "rng.random(ids.shape) < share is True for about that share of the places.",
        "return np.where(rng.random(ids.shape) < share, 0, ids)",
    ),
)
def hide(my_hide: object) -> str:
    """Count on long lists what was hidden, where, and whether what is left is as it was."""
    dice = np.random.default_rng()
    ids = dice.integers(1, 8001, (2000, 32))
    ids[np.arange(32)[None] >= dice.integers(8, 33, (2000, 1))] = 0
    there, shares = ids > 0, (0.25, 0.8)
    out = [_hidden(my_hide, ids, share) for share in shares]
    for share, left in zip(shares, out, strict=True):
        became = np.unique(left[left != ids])
        if len(became) == 1 and became[0] != 0:
            wrong(f"what is hidden must become 0, and became {became[0]:g}.")
        if not np.isin(left[~there], 0).all():
            wrong("zeros behind the last word became words: they must stay 0.")
        kept = left == ids
        if not (kept | (left == 0)).all():
            wrong("words that are not hidden must stay what and where they are; here some became others.")
        columns, rows = (np.ma.masked_array(~kept, ~there).mean(axis=axis).std() for axis in (0, 1))
        if columns > 0.15:
            wrong("the same places are hidden in every list: throw dice for each list, with the shape of ids.")
        if rows > 0.3:
            wrong("a list is hidden as a whole or not at all: throw dice for each of its words.")
        hidden = float((~kept)[there].mean())
        # A chance of its own for each word: the squares are 1 on average. A fixed number of places: below 0.5.
        words = there.sum(axis=1)
        squares = ((~kept & there).sum(axis=1) - hidden * words) ** 2 / (words * max(hidden * (1 - hidden), 1e-9))
        if abs(hidden - (1 - share)) < 0.03:
            wrong(f"with share = {share} {hidden:.0%} of the words are hidden: the condition is the wrong way round.")
        if 0.03 < hidden < 0.97 and squares.mean() < 0.8:
            wrong(
                "lists lose nearly equally many words, as if their number were fixed. Each word should be hidden by a "
                "chance of its own."
            )
        if abs(hidden - share) > 0.03:
            wrong(f"with share = {share} {hidden:.0%} of the words are hidden; {share:.0%} are asked for.")
    again = _hidden(my_hide, ids, shares[0])
    if (again == out[0]).all():
        wrong("twice the same words are hidden, with another generator: take the dice from rng.")
    same = [_hidden(my_hide, ids, 0.5, seed=3) for _ in range(2)]
    if not (same[0] == same[1]).all():
        wrong("the same generator, begun anew, hides other words: all dice must come from rng.")
    return "of 2,000 lists the right share of words is hidden, each by a chance of its own; nothing else changed."


def _hidden(my_hide: object, ids: np.ndarray, share: float, seed: int | None = None) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return an_array(call(my_hide, ids, share, rng, name="my_hide"), "my_hide(ids, share, rng)", shape=ids.shape)


@exercise(
    "to find the place of what was searched",
    hints=(
        "The place is 1 plus how many others score higher.",
        "own = scores[np.arange(len(scores)), target][:, None] are the scores of what was searched.",
        "higher, same = (scores > own).sum(axis=1), (scores == own).sum(axis=1) - 1; return 1 + higher + same / 2",
    ),
)
def ranks(my_ranks: object) -> str:
    """Compare with one plus the number of higher scores and half of the equal ones, and recognise the usual slips."""
    cases = [drawn_apart(_searches, _ranks) for _ in range(2)]  # eight places may be a slip's by chance
    what = "my_ranks(scores, target)"
    given = [an_array(call(my_ranks, *case, name="my_ranks"), what, shape=case[1].shape) for case in cases]
    answers = [_ranks(*case) for case in cases]
    if (i := first_wrong(given, answers)) is not None:
        recognise_each(given, answers, tolerance=1e-3)
        _recognise_sorting(given, cases)
        small = np.array([[3.0, 1.0, 1.0]]), np.array([1])
        examples(my_ranks, [(small, _ranks(*small)[RIGHT]), (cases[i], answers[i][RIGHT])], name="my_ranks")
    return "1 for the best, and who scores like others stands in the middle of them."


def _searches(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Scores from 0 to 5 of twelve things in eight searches: many are equal."""
    return rng.integers(0, 6, (8, 12)).astype(float), rng.integers(0, 12, 8)


def _ranks(scores: np.ndarray, target: np.ndarray) -> dict[str, object]:
    own = scores[np.arange(len(scores)), target][:, None]
    higher, lower = (scores > own).sum(axis=1), (scores < own).sum(axis=1)
    same = (scores == own).sum(axis=1) - 1
    return {
        RIGHT: 1 + higher + same / 2,
        "places begin at 1: the best has nobody above it.": higher + same / 2,
        "those that score the same are not counted: half of them stand above it. Who scores 0 like all others would "
        "be first.": 1 + higher,
        "all that score the same stand above it: count half of them.": 1 + higher + same,
        "that counts from the worst: the highest score is the best.": 1 + lower + same / 2,
        "that counts who scores lower.": 1 + lower,
        "the searched one itself is among those that score the same: take 1 away.": 1 + higher + (same + 1) / 2,
        "a place may be a half: // cuts it off, / does not.": 1 + higher + same // 2,
    }


def _recognise_sorting(given: list[np.ndarray], cases: list[tuple[np.ndarray, np.ndarray]]) -> None:
    """End the check where places come from a sorted order, in whichever order it puts equal scores."""
    scores, target = (np.concatenate(parts) for parts in zip(*cases, strict=True))
    places = np.concatenate(given)
    whole = places.astype(int)
    if not close(places, whole):
        return
    row, n = np.arange(len(scores)), scores.shape[1]
    at_place = -np.sort(-scores, axis=1)[row, target]
    for column in (whole, whole - 1):
        if ((column >= 0) & (column < n)).all() and (scores[row, np.clip(column, 0, n - 1)] == at_place).all():
            wrong("np.argsort says who stands at a place, not the place at which one stands: count who scores higher.")
    own = scores[row, target][:, None]
    higher, least = (scores > own).sum(axis=1), (scores >= own).sum(axis=1)
    if ((higher < whole) & (whole <= least)).all():
        wrong(
            "among those that score the same, that takes the place where sorting happens to put it: count half of them."
        )
    if ((higher <= whole) & (whole < least)).all():
        wrong(
            "that takes the place where sorting happens to put it, and counts from 0: count half of those that score "
            "the same, and begin at 1."
        )


@exercise(
    "to beat plain words at the kind of noun",
    hints=(
        "Plain words and codes make different mistakes. Both give cosines between new and known nouns.",
        "Add the two tables of cosines, then let the ten nearest known nouns vote.",
        "near = np.argsort(-(new_codes @ codes.T + (new_words @ words.T).toarray()), axis=1)[:, :10]; "
        "return [np.bincount(kinds[row]).argmax() for row in near]",
    ),
)
def nouns(my_kinds: object, *, known: Kinds, new: Kinds) -> str:
    """Hand over known nouns and new ones without their kinds, and count how many kinds are told right.

    Args:
        my_kinds: the learner's function.
        known: codes, weighted words and kinds of known nouns.
        new: the same of the nouns whose kinds are asked for.
    """
    n, what = len(new[2]), "my_kinds(codes, words, kinds, new_codes, new_words)"
    order = np.random.default_rng().permutation(n)  # not the notebook's: kinds looked up there are no answer
    asked = new[0][order], new[1][order]
    guess = an_array(call(my_kinds, *known, *asked, name="my_kinds"), what, shape=(n,))
    if np.mean(guess == new[2]) > SURE:
        wrong(
            "those are the kinds in the order of the notebook. The check hands over the new nouns in another order: "
            "work from what my_kinds is given."
        )
    guess = guess[np.argsort(order)]
    if not np.isin(guess, known[2]).all():
        wrong("my_kinds must return kinds, and holds numbers that are none. Are they rows of the known nouns?")
    if len(np.unique(guess)) == 1:
        wrong(f"all {n:,} got the same kind; that is right for {np.mean(guess == new[2]):.1%}.")
    plain = _vote((new[1] @ known[1].T).toarray(), known[2])
    right, by_words = (float(np.mean(kinds == new[2])) for kinds in (guess, plain))
    if right < by_words + AHEAD:
        wrong(
            f"{right:.1%} of the kinds are right; plain words tell {by_words:.1%}, and at least "
            f"{by_words + AHEAD:.1%} are asked for. "
            "Can you use what words know and what codes know together?"
        )
    return f"more kinds are right than by plain words' ten neighbours, by at least {AHEAD:.0%} of the nouns."


def _vote(score: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    near = np.argpartition(-score, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
    return np.array([np.bincount(kinds[row]).argmax() for row in near])
