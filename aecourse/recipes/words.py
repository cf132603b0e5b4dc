"""What `lessons/words/lesson.py` builds, for others to import: written by `python -m tools.build`."""

import functools
import re
from collections import Counter

import numpy as np
from scipy import sparse
from sklearn.decomposition import TruncatedSVD
from sklearn.linear_model import LogisticRegression

from aecourse.backend import keras
from aecourse.models import outputs
from aecourse.training import fit

layers = keras.layers
ops = keras.ops


STOP = frozenset(
    re.findall(
        "[a-z]+",
        "a about all am an and any are as at be been but by can could did do does for "
        "from had has have having he her him his how i if in into is it its me my no not "
        "of on one or our out over s she so some such t than that the their them then "
        "there these they this those to too up us was we were what when which who whom "
        "will with would you your especially used usually being",
    )
)
ENDINGS = (
    *("ies y", "ves f", "xes x", "ches ch", "shes sh", "sses ss", "s "),
    *("ied y", "ed e", "ed ", "ing e", "ing "),
)


def known_words(senses):
    return frozenset(w.lower() for sense in senses for w in sense.words if " " not in w)


@functools.cache
def base_form(word, known):
    """The word itself, or what is known of it without its ending."""
    for ending, instead in () if word in known else (pair.split(" ") for pair in ENDINGS):
        found = word.removesuffix(ending) + instead
        if word.endswith(ending) and found in known:
            return found
    return word


def words_of(text, known):
    """The different words of a text, in their base form, without those that say little."""
    found = re.findall(r"[a-z]+(?:-[a-z]+)*", text.lower())
    return list(dict.fromkeys(base_form(word, known) for word in found if word not in STOP))


def entry(sense):
    """What a sense's numbers are made of: its words, its definition and its examples."""
    return " ".join((*sense.words, sense.gloss, *sense.examples))


WORDS = 16_000


def columns_of(said, size=WORDS):
    """The commonest words, each with its column."""
    heard = Counter(word for words in said for word in words)
    return {word: column for column, (word, _) in enumerate(heard.most_common(size))}


def count(said, columns):
    """Which words each text has: rows of ones and zeros, (n, words), sparse."""
    places = [[columns[word] for word in words if word in columns] for words in said]
    ends = np.cumsum([0, *map(len, places)])
    ones, places = np.ones(ends[-1], "float32"), np.concatenate([*places, []]).astype("int32")
    return sparse.csr_matrix((ones, places, ends), (len(said), len(columns)))


def rarity_of(x):
    """The logarithm of n / (how many of the n texts have the word), for each word."""
    return np.log(x.shape[0] / np.maximum(np.asarray(x.sum(axis=0)).ravel(), 1)).astype("float32")


def weighted(x, rarity):
    """Rows times rarity, each divided by its length."""
    x = sparse.csr_matrix(x.multiply(rarity), dtype="float32")
    length = np.sqrt(np.asarray(x.multiply(x).sum(axis=1)).ravel())
    return sparse.csr_matrix(sparse.diags_array(1 / np.maximum(length, 1e-9)) @ x)


def lsa(x, size=128):
    """The best linear autoencoder: directions (size, words); x @ directions.T encodes."""
    return TruncatedSVD(size, n_iter=3, random_state=0).fit(x).components_.astype("float32")


def unit(x):
    """Rows of length 1: their products are cosines."""
    return x / np.maximum(np.linalg.norm(x, axis=-1, keepdims=True), 1e-9)


def lists(x, width=32):
    """For each row its columns plus 1, then zeros: (n, width) whole numbers."""
    ids = np.zeros((x.shape[0], width), "int32")
    for i in range(x.shape[0]):
        own = x.indices[x.indptr[i] : x.indptr[i + 1]][:width]
        ids[i, : len(own)] = own + 1
    return ids


def table(rows, none=0.0, **options):
    """A row of numbers for each word, looked up; row 0 stands for no word."""
    rows = np.concatenate([np.full_like(rows[:1], none), rows])
    layer = layers.Embedding(*rows.shape, weights=rows, **options)
    layer.build()
    return layer


def new_encoder(rarity, rows):
    ids = keras.Input((None,), dtype="int32")
    w = table(rarity[:, None], trainable=False, name="rarity")(ids)  # → 32 × 1
    z = table(rows, name="meaning")(ids)  # → 32 × 128
    total = ops.sum(w * z, axis=1) / ops.sqrt(ops.sum(w * w, axis=1) + 1e-6)  # → 128
    dense = layers.Dense(rows.shape[1], activation="tanh", kernel_initializer="identity")
    return keras.Model(ids, dense(total))  # → 128


def words_missed(model, hidden, ids, h):
    """Minus the mean log-probability of the words of each list, given its code."""
    import tensorflow as tf

    there, place = tf.unique(tf.reshape(ids, [-1]))  # the words of the batch, each once
    scores = h @ ops.transpose(model.says(there)) + model.often(there)[:, 0]
    place = ops.reshape(place, ops.shape(ids))
    right = ops.take_along_axis(ops.log_softmax(scores), place, axis=1)
    wanted = model.encoder.get_layer("rarity")(ids)[..., 0]  # 0 for no word
    wanted = wanted * ops.where(ops.equal(hidden, ids), 0.5, 1.0)
    return -ops.sum(wanted * right) / ops.sum(wanted)


class Rebuilder(keras.Model):
    def __init__(self, rarity, directions):
        super().__init__()
        rows = unit(directions.T)  # (words, size)
        self.encoder = new_encoder(rarity, rows)
        self.says, self.often = table(rows), table(-rarity[:, None], none=-20)
        self.built = True

    def call(self, ids):
        return self.encoder(ids)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return words_missed(self, x, y, y_pred)


def hide(ids, rng, share=0.5):
    return np.where(rng.random(ids.shape) < share, 0, ids)


def train_rebuilder(x, rarity, directions, epochs=3):
    """Definitions from half of their words, beginning with the linear autoencoder."""
    model, ids = Rebuilder(rarity, directions), lists(x)
    ids = ids[(ids > 0).sum(axis=1) > 1]  # a word alone cannot be rebuilt from the others
    rate = keras.optimizers.schedules.CosineDecay(6e-3, epochs * -(-len(ids) // 256))
    fit(model, ids, ids, corrupt=hide, epochs=epochs, batch_size=256, learning_rate=rate)
    return model


def codes_of(model, x):
    return outputs(model.encoder, lists(x))


def vote(score, kinds, power=0, k=10):
    """For each row of scores the kind for which the k best vote."""
    near = np.argpartition(-score, k, axis=1)[:, :k]
    weights = np.maximum(np.take_along_axis(score, near, axis=1), 1e-9) ** power
    votes = zip(kinds[near], weights, strict=True)
    return np.array([np.bincount(row, weights=w).argmax() for row, w in votes])


def places(search, queries, right):
    """For each query the place of the best row in right, a list of rows for each query."""
    found = []
    for i in range(0, len(right), 100):
        for row, rows in zip(search(queries[i : i + 100]), right[i : i + 100], strict=True):
            best = row[rows].max()
            found.append(1 + np.sum(row > best) + (np.sum(row == best) - 1) / 2)
    return np.array(found)


def bm25(x, k=1.2, b=0.4):
    """The weights of each row's words: rows of queries times these give scores."""
    n, have = x.shape[0], np.asarray(x.sum(axis=0)).ravel()
    long = np.asarray(x.sum(axis=1)).ravel()
    rarity = np.log(1 + (n - have + 0.5) / (have + 0.5))
    short = (k + 1) / (1 + k * (1 - b + b * long / long.mean()))
    return sparse.csr_matrix(sparse.diags_array(short) @ x @ sparse.diags_array(rarity))


def rouge(text, summary, n=1):
    """How many runs of n words two texts share, between 0 and 1."""
    both = []
    for words in (re.findall("[a-z0-9]+", part.lower()) for part in (text, summary)):
        both.append(Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1)))
    shared = (both[0] & both[1]).total()
    return 2 * shared / max(both[0].total() + both[1].total(), 1)


def mean_rouge(choose, papers, n=1):
    """The mean over papers, in percent, of what choose(paper) takes: numbers of sentences."""
    texts = [" ".join(p.sentences[i] for i in sorted(choose(p))) for p in papers]
    pairs = zip(texts, papers, strict=True)
    return 100 * float(np.mean([rouge(text, p.summary, n) for text, p in pairs]))


def central(rows, k=3):
    """The k rows that are nearest to the mean of all."""
    score = rows @ rows.mean(axis=0)
    return np.argsort(-score, kind="stable")[:k].tolist()


def greedy(paper, k=3):
    """The sentences of somebody who knows the summary."""
    chosen = []
    for _ in range(k):
        left = [i for i in range(len(paper.sentences)) if i not in chosen]
        with_it = [" ".join(paper.sentences[j] for j in [*chosen, i]) for i in left]
        chosen.append(left[int(np.argmax([rouge(text, paper.summary) for text in with_it]))])
    return chosen


def all_words(text):
    """Small words such as *we* or *however* count here."""
    return list(dict.fromkeys(re.findall("[a-z]+", text.lower())))


def cues_of(papers, size=1500):
    """The commonest words of papers, each with its column."""
    return columns_of([all_words(s) for p in papers for s in p.sentences], size)


def seen(paper, cues, codes):
    """What a classifier sees of each sentence: words, code, and where it stands."""
    words = count([all_words(s) for s in paper.sentences], cues).toarray()
    n = np.arange(len(words))
    inside, rest = n < paper.abstract, max(len(n) - paper.abstract, 1)
    place = np.where(inside, n / max(paper.abstract, 1), (n - paper.abstract) / rest)
    return np.hstack([words, codes, np.stack([inside, place, inside * place], axis=1)])


def teach(papers, x, strength=1.0):
    """Three classifiers, one a mark, from what is seen of each paper's sentences."""
    marks = np.concatenate([np.array(p.marked) for p in papers])
    options = {"C": strength, "max_iter": 1000}
    return [LogisticRegression(**options).fit(np.concatenate(x), mark) for mark in marks.T]


def best_of_each(classifiers, x):
    """The row of x that each classifier likes best, each row once."""
    chosen = []
    for classifier in classifiers:
        score = classifier.decision_function(x)
        score[chosen] = -np.inf
        chosen.append(int(score.argmax()))
    return chosen
