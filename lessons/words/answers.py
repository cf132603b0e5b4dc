"""Answers to the lesson on words: likely mistakes, each with its message, and other right answers."""

from __future__ import annotations

import functools

import numpy as np
from scipy import sparse


def rows(x):
    length = np.linalg.norm(x, axis=1, keepdims=True)
    return x / np.where(length > 0, length, 1)


def rarity(counts):
    return np.log(len(counts) / (counts > 0).sum(axis=0))


def text_by_text(counts):
    out = []
    for row in counts * rarity(counts):
        length = np.sqrt(np.sum(row**2))
        out.append(row / length if length > 0 else row)
    return out


def in_base_two(counts):
    """Another base of the logarithm: the length takes it away."""
    return rows(counts * np.log2(len(counts) / np.count_nonzero(counts, axis=0)))


def along_the_texts(counts):
    """The text without words becomes NaN, from 0 times the logarithm of n / 0: its length is not the reason."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return rows(counts * np.log(counts.shape[1] / (counts > 0).sum(axis=1))[:, None])


def hide_one_by_one(ids, share, rng):
    left = ids.copy()
    left[rng.uniform(size=ids.shape) < share] = 0
    return left


def whole_lists(ids, share, rng):
    return np.where(rng.random((len(ids), 1)) < share, 0, ids)


def same_places(ids, share, rng):
    return np.where(rng.random(ids.shape[1]) < share, 0, ids)


def own_dice(ids, share, rng):
    return np.where(np.random.default_rng().random(ids.shape) < share, 0, ids)


def always_alike(ids, share, rng):
    return np.where(np.random.default_rng(0).random(ids.shape) < share, 0, ids)


def so_many_places(ids, share, rng):
    left = ids.copy()
    for row in left:
        row[rng.choice(len(row), int(share * len(row)), replace=False)] = 0
    return left


def so_many_words(ids, share, rng):
    left = ids.copy()
    for row in left:
        words = np.flatnonzero(row)
        row[rng.choice(words, round(share * len(words)), replace=False)] = 0
    return left


def other_words(ids, share, rng):
    return np.where(rng.random(ids.shape) < share, rng.integers(1, 8001, ids.shape), ids)


def ranks_one_by_one(scores, target):
    return [1 + np.sum(s > s[t]) + (np.sum(s == s[t]) - 1) / 2 for s, t in zip(scores, target, strict=True)]


def ranks_from_both_ends(scores, target):
    own = scores[np.arange(len(scores)), target][:, None]
    return ((scores > own).sum(axis=1) + (scores >= own).sum(axis=1) + 1) / 2


def by_sorting_twice(scores, target):
    return np.argsort(np.argsort(-scores, axis=1), axis=1)[np.arange(len(scores)), target]


def vote(score, kinds, k=10):
    near = np.argsort(-score, axis=1)[:, :k]
    return np.array([np.bincount(kinds[row]).argmax() for row in near])


def together(codes, words, kinds, new_codes, new_words):
    return vote(new_codes @ codes.T + (new_words @ words.T).toarray(), kinds)


def by_middles(codes, words, kinds, new_codes, new_words):
    """No neighbours: the kind whose middle is nearest, in codes and words side by side."""
    both, new = np.hstack([codes, words.toarray()]), np.hstack([new_codes, new_words.toarray()])
    there = np.unique(kinds)
    middles = rows(np.stack([both[kinds == kind].mean(axis=0) for kind in there]))
    return there[(new @ middles.T).argmax(axis=1)]


@functools.cache
def made_up():
    """Nouns of four kinds that codes and words tell about equally well, each with other mistakes."""
    rng = np.random.default_rng(0)
    kinds = np.tile(np.arange(4), 200)
    codes = rows(rng.normal(0, 1, (4, 16))[kinds] + rng.normal(0, 3, (800, 16)))
    said = np.zeros((800, 60))
    for word in range(60):
        said[:, word] = rng.random(800) < np.where(kinds == word % 4, 0.16, 0.05)
    words = sparse.csr_matrix(rows(said))
    return {
        name: (codes[part], words[part], kinds[part])
        for name, part in (("known", slice(0, 600)), ("new", slice(600, 800)))
    }


GIVEN = {"nouns": made_up}

REFUSED = {
    "weights": [
        (
            lambda: (lambda counts: counts * rarity(counts),),
            "the rows are not divided by their length: long texts are louder.",
        ),
        (
            lambda: (lambda counts: rows(counts * np.log(len(counts) / counts.sum(axis=0))),),
            "rarity counts the texts that have a word, not how often it stands there: (counts > 0).sum(axis=0).",
        ),
        (lambda: (lambda counts: rows(counts * len(counts) / (counts > 0).sum(axis=0)),), "the logarithm is missing."),
        (
            lambda: (lambda counts: rows((counts > 0) * rarity(counts)),),
            "that notes only whether a word occurs: multiply by its count.",
        ),
        (
            lambda: (
                lambda counts: counts * rarity(counts) / np.linalg.norm(counts * rarity(counts), axis=1)[:, None],
            ),
            "the text without words became NaN: its length is 0. Divide by 1 there, so that it stays all zeros.",
        ),
        (
            lambda: (lambda counts: rows(counts),),
            "those are the counts, divided by their length: either the rarity is missing, or it is one number for each "
            "text. It is one for each word, (counts > 0).sum(axis=0).",
        ),
        (
            lambda: (along_the_texts,),
            "the rarity counts along the wrong axis: (counts > 0).sum(axis=0) is one number for each word.",
        ),
        (
            lambda: (lambda counts: counts * rarity(counts) / np.maximum(counts.sum(axis=1, keepdims=True), 1),),
            "that divides by the number of words: the length of a row is the root of the sum of its squares, as "
            "np.linalg.norm gives it.",
        ),
        (
            lambda: (lambda counts: counts * rarity(counts) / np.maximum((counts > 0).sum(axis=1)[:, None], 1),),
            "that divides by the number of different words: the length of a row is the root of the sum of its squares, "
            "as np.linalg.norm gives it.",
        ),
        (
            lambda: (lambda counts: counts * rarity(counts) / counts.shape[1],),
            "that divides by the number of columns: the length of a row is the root of the sum of its squares, as "
            "np.linalg.norm gives it.",
        ),
        (
            lambda: (lambda counts: sparse.csr_matrix(rows(counts * rarity(counts))),),
            "my_weights(counts) must be an array of numbers, and is a csr_matrix of shape (6, 5): .toarray() makes a "
            "plain array of it.",
        ),
        (
            lambda: (lambda counts: rarity(counts),),
            "my_weights(counts) must have shape (6, 5), and has shape (5,).",
        ),
        (
            lambda: (lambda counts: rows(np.sqrt(counts) * rarity(counts)),),
            "my_weights gives something else here.…",
        ),
    ],
    "hide": [
        (lambda: (whole_lists,), "a list is hidden as a whole or not at all: throw dice for each of its words."),
        (
            lambda: (same_places,),
            "the same places are hidden in every list: throw dice for each list, with the shape of ids.",
        ),
        (
            lambda: (lambda ids, share, rng: np.where(rng.random(ids.shape) > share, 0, ids),),
            "with share = 0.25 7…% of the words are hidden: the condition is the wrong way round.",
        ),
        (lambda: (own_dice,), "the same generator, begun anew, hides other words: all dice must come from rng."),
        (lambda: (always_alike,), "twice the same words are hidden, with another generator: take the dice from rng."),
        (
            lambda: (so_many_places,),
            "lists lose nearly equally many words, as if their number were fixed. Each word should be hidden by a "
            "chance of its own.",
        ),
        (
            lambda: (so_many_words,),
            "lists lose nearly equally many words, as if their number were fixed. Each word should be hidden by a "
            "chance of its own.",
        ),
        (
            lambda: (lambda ids, share, rng: np.where(rng.random(ids.shape) < share, -1, ids),),
            "what is hidden must become 0, and became -1.",
        ),
        (lambda: (other_words,), "zeros behind the last word became words: they must stay 0."),
        (
            lambda: (lambda ids, share, rng: rng.permuted(ids, axis=1),),
            "zeros behind the last word became words: they must stay 0.",
        ),
        (
            lambda: (lambda ids, share, rng: np.where(rng.random(ids.shape) < 0.5, 0, ids),),
            "with share = 0.25 …% of the words are hidden; 25% are asked for.",
        ),
    ],
    "ranks": [
        (
            lambda: (lambda scores, target: ranks_from_both_ends(scores, target) - 1,),
            "places begin at 1: the best has nobody above it.",
        ),
        (
            lambda: (
                lambda scores, target: 1 + (scores > scores[np.arange(len(scores)), target][:, None]).sum(axis=1),
            ),
            "those that score the same are not counted: half of them stand above it. Who scores 0 like all others "
            "would be first.",
        ),
        (
            lambda: (lambda scores, target: ranks_from_both_ends(-scores, target),),
            "that counts from the worst: the highest score is the best.",
        ),
        (
            lambda: (
                lambda scores, target: np.argsort(-scores, axis=1, kind="stable")[np.arange(len(scores)), target] + 1,
            ),
            "np.argsort says who stands at a place, not the place at which one stands: count who scores higher.",
        ),
        (
            lambda: (lambda scores, target: np.argsort(-scores, axis=1)[np.arange(len(scores)), target],),
            "np.argsort says who stands at a place, not the place at which one stands: count who scores higher.",
        ),
        (
            lambda: (lambda scores, target: scores.argsort(axis=1)[:, ::-1][np.arange(len(scores)), target],),
            "np.argsort says who stands at a place, not the place at which one stands: count who scores higher.",
        ),
        (
            lambda: (lambda scores, target: by_sorting_twice(scores, target) + 1,),
            "among those that score the same, that takes the place where sorting happens to put it: count half of "
            "them.",
        ),
        (
            lambda: (by_sorting_twice,),
            "that takes the place where sorting happens to put it, and counts from 0: count half of those that score "
            "the same, and begin at 1.",
        ),
        (
            lambda: (lambda scores, target: np.floor(ranks_from_both_ends(scores, target)),),
            "a place may be a half: // cuts it off, / does not.",
        ),
        (
            lambda: (lambda scores, target: scores[np.arange(len(scores)), target],),
            "my_ranks gives something else here.…",
        ),
        (
            lambda: (lambda scores, target: np.argsort(-scores, axis=1),),
            "my_ranks(scores, target) must have shape (8,), and has shape (8, 12).",
        ),
    ],
    "nouns": [
        (
            lambda: (lambda codes, words, kinds, new_codes, new_words: made_up()["new"][2],),
            "those are the kinds in the order of the notebook. The check hands over the new nouns in another order: "
            "work from what my_kinds is given.",
        ),
        (
            lambda: (
                lambda codes, words, kinds, new_codes, new_words: vote(
                    new_codes @ codes.T + new_words @ words.T, kinds
                ),
            ),
            "your code raised ValueError: object too deep for desired array\nAn array has more axes than the function "
            "takes: print its shape. A dense array plus a sparse one is a np.matrix, whose rows keep two axes: call "
            ".toarray() on the sparse one first.",
        ),
        (
            lambda: (lambda codes, words, kinds, new_codes, new_words: vote(new_codes @ codes.T, kinds),),
            "…% of the kinds are right; plain words tell …%, and at least …% are asked for. Can you use what words "
            "know and what codes know together?",
        ),
        (
            lambda: (lambda codes, words, kinds, new_codes, new_words: vote((new_words @ words.T).toarray(), kinds),),
            "…% of the kinds are right; plain words tell …%, and at least …% are asked for. Can you use what words "
            "know and what codes know together?",
        ),
        (
            lambda: (
                lambda codes, words, kinds, new_codes, new_words: np.full(len(new_codes), np.bincount(kinds).argmax()),
            ),
            "all 200 got the same kind; that is right for 25.0%.",
        ),
        (
            lambda: (lambda codes, words, kinds, new_codes, new_words: (new_codes @ codes.T).argmax(axis=1),),
            "my_kinds must return kinds, and holds numbers that are none. Are they rows of the known nouns?",
        ),
        (
            lambda: (lambda codes, words, kinds, new_codes, new_words: kinds,),
            "my_kinds(codes, words, kinds, new_codes, new_words) must have shape (200,), and has shape (600,).",
        ),
    ],
}

ACCEPTED = {
    "weights": [lambda: (text_by_text,), lambda: (in_base_two,)],
    "hide": [
        lambda: (hide_one_by_one,),
        lambda: (lambda ids, share, rng: ids * (rng.random(ids.shape) >= share),),
    ],
    "ranks": [lambda: (ranks_one_by_one,), lambda: (ranks_from_both_ends,)],
    "nouns": [lambda: (together,), lambda: (by_middles,)],
}

# Right where the numbers are drawn for a student.
OWN = {
    "weights": [
        lambda length: (lambda counts: length * np.array(text_by_text(counts)),),
        lambda length: (lambda counts: np.array(in_base_two(counts)) * float(length),),
    ]
}
