# %% [markdown]
# # Words
#
# Learn what words mean by rebuilding definitions, search by meaning, and shorten texts.
#
# **The question:** you know what a thing is and cannot think of its name. A dictionary helps
# only those who have the name. Can an autoencoder turn a dictionary round?
#
# **You will**
# - turn a text into numbers, rare words first,
# - meet PCA again as the oldest model of meaning,
# - train an autoencoder that gets half of a definition and says the whole,
# - find words by describing them, and score the search,
# - hold your numbers against what people say, and shorten papers with them.
#
# **You need** {lesson:encode_decode} and {lesson:denoising}.
#
# **Time** {time}.

# %%
import functools
import re
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
from scipy import sparse
from scipy.stats import spearmanr
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

# %%
from aecourse import plots
from aecourse.applications import words as application
from aecourse.datasets import load_papers, load_word_pairs, split_glosses
from aecourse.datasets.embedded import DATA
from aecourse.exercises import words as exercise
from aecourse.models import outputs
from aecourse.session import expect, start
from aecourse.training import fit

# %%
import keras  # isort: skip
from keras import layers, ops  # isort: skip

seed = start(0)
threadpool_limits(1)  # on a busy machine the threads of matrix products wait for each other
rng = np.random.default_rng(seed)

# %% [markdown]
# ## 1. A text as counted words
#
# WordNet (Princeton University) is a dictionary by meanings. It has 117,659 of them, called
# {term:senses}. A sense has the words that can mean it, a definition, often an example, and a
# kind such as *noun.animal*. Common words often have several senses.

# %%
senses, valid, test = split_glosses()
kinds = np.array([sense.kind for sense in senses])
for sense in [sense for sense in senses if "bank" in sense.words][:5]:
    print(f"{', '.join(sense.words)} ({sense.kind}): {sense.gloss}")

# %% [markdown]
# The oldest way to make numbers of a text is to note which words occur in it. Their order is
# lost, and so is every *not*. Two things help. Words such as *the* and *of* are left out. And
# *dogs* becomes *dog*: an ending is taken off where what remains is a word of the dictionary,
# unless the word itself has an entry, as *making* has.


# %% tags=["export"]
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


# %% tags=["export"]
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


# %% tags=["export"]
def words_of(text, known):
    """The different words of a text, in their base form, without those that say little."""
    found = re.findall(r"[a-z]+(?:-[a-z]+)*", text.lower())
    return list(dict.fromkeys(base_form(word, known) for word in found if word not in STOP))


def entry(sense):
    """What a sense's numbers are made of: its words, its definition and its examples."""
    return " ".join((*sense.words, sense.gloss, *sense.examples))


# %%
known = known_words(senses)
said = [words_of(entry(sense), known) for sense in senses]
print(entry(senses[50_000]))
print(said[50_000])

# %% [markdown]
# Now give each of the 16,000 commonest words a column, and each sense a row: 1 where the word
# occurs in its entry and 0 elsewhere. About six of the 16,000 numbers in a row are ones, so
# only these are stored ({term:sparse}).


# %% tags=["export"]
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


# %% [markdown]
# A word that is everywhere says little. So a one becomes the word's {term:rarity}, the
# logarithm of how many senses there are for each one that has the word. Finally each row is
# divided by its Euclidean length, the root of the sum of its squares, so that long entries are
# not louder than short ones. This is called {term:TF-IDF} (Spärck Jones, 1972).


# %% tags=["export"]
def rarity_of(x):
    """The logarithm of n / (how many of the n texts have the word), for each word."""
    return np.log(x.shape[0] / np.maximum(np.asarray(x.sum(axis=0)).ravel(), 1)).astype(
        "float32"
    )


def weighted(x, rarity):
    """Rows times rarity, each divided by its length."""
    x = sparse.csr_matrix(x.multiply(rarity), dtype="float32")
    length = np.sqrt(np.asarray(x.multiply(x).sum(axis=1)).ravel())
    return sparse.csr_matrix(sparse.diags_array(1 / np.maximum(length, 1e-9)) @ x)


# %%
columns = columns_of(said)
x = count(said, columns)
rarity = rarity_of(x)
x_weighted = weighted(x, rarity)
some = ("person", "plant", "instrument", "illness", "trunk", "elephant", "telescope")
plots.show_bars(
    {word: float(rarity[columns[word]]) for word in some},
    title="The rarer a word, the more it says",
    y_label="rarity",
    number_format="{:.1f}",
    colours=[plots.BLUE] * len(some),
)

# %% [markdown]
# The bars show the rarity of seven words. *Elephant* counts twice as much as *person*.
#
# ### Exercise 1: weigh by hand
#
# `my_weights(counts)` takes how often each word occurs in each text, a plain array of shape
# `(n, words)`, and returns its TF-IDF: each *count* times the word's rarity, then each row
# divided by its length, the root of the sum of its squares. Every word occurs somewhere. A
# text without words stays all zeros.


# %% tags=["exercise"]
def my_weights(counts):
    return ...


# %% tags=["solution"]
def my_weights(counts):
    rarity = np.log(len(counts) / (counts > 0).sum(axis=0))
    rows = counts * rarity
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(length > 0, length, 1)


# %% tags=["nbval-check-output"]
exercise.weights.check(my_weights)

# %% [markdown]
# ## 2. The linear autoencoder
#
# Two texts can mean the same and share no word. To plain words they are then as different as
# any two. A code of a few numbers has to do better, because it cannot keep words apart that
# say the same.
#
# Start with the linear autoencoder: `x: (16000,) → h: (128,) → y: (16000,)`. You know the best
# one from {lesson:encode_decode}. It is PCA. Here its mean is left out, because x would lose
# its zeros with it. For texts this is called {term:latent semantic analysis}, LSA (Deerwester
# et al., 1990).


# %% tags=["export"]
def lsa(x, size=128):
    """The best linear autoencoder: directions (size, words); x @ directions.T encodes."""
    return TruncatedSVD(size, n_iter=3, random_state=0).fit(x).components_.astype("float32")


# %%
directions = lsa(x_weighted)
h_lsa = x_weighted @ directions.T
part = x_weighted[:2000].toarray()
kept = 1 - np.sum((part - h_lsa[:2000] @ directions) ** 2) / np.sum(part**2)
commonest = np.argsort(rarity)[:128]
kept_words = np.sum(part[:, commonest] ** 2) / np.sum(part**2)
print(f"128 numbers keep {kept:.0%} of the sum of squares")
print(f"the 128 commonest words alone keep {kept_words:.0%}")

# %% [markdown]
# It keeps little, as 128 numbers for 16,000 words must, and about as much as the columns of
# the 128 commonest words do. But is it the meaning that is kept? Ask for the senses whose
# codes point in the most similar direction (the {term:cosine}).


# %% tags=["export"]
def unit(x):
    """Rows of length 1: their products are cosines."""
    return x / np.maximum(np.linalg.norm(x, axis=-1, keepdims=True), 1e-9)


# %%
def row_of(word, kind):
    """The first sense of a word of some kind."""
    return next(
        i for i, s in enumerate(senses) if word in s.words and s.kind == f"noun.{kind}"
    )


def neighbours(h, row, n=6):
    """The words of the senses nearest to a row, without its own words."""
    near = np.argsort(-(h @ h[row]))[:40]
    found = dict.fromkeys(senses[i].words[0] for i in near)
    return ", ".join([word for word in found if word not in senses[row].words][:n])


asked = {"violin": "artifact", "measles": "state", "anger": "feeling", "bread": "food"}
rows = {word: row_of(word, kind) for word, kind in asked.items()}
for word, row in rows.items():
    print(f"{word}: {neighbours(unit(h_lsa), row)}")

# %% [markdown]
# ## 3. Hide half of a definition
#
# A linear code of all words rebuilds what it was given. You know a harder question from
# {lesson:denoising}: damage the input and ask for what was there. Here the damage is to hide
# half of the words. The code then has to know which words *belong to* those that are left.
#
# The input is a list of columns, each plus 1, with zeros behind the last: `(n, 32)`.


# %% tags=["export"]
def lists(x, width=32):
    """For each row its columns plus 1, then zeros: (n, width) whole numbers."""
    ids = np.zeros((x.shape[0], width), "int32")
    for i in range(x.shape[0]):
        own = x.indices[x.indptr[i] : x.indptr[i + 1]][:width]
        ids[i, : len(own)] = own + 1
    return ids


# %% [markdown]
# ### Exercise 2: hide words
#
# `my_hide(ids, share, rng)` takes such lists, shape `(n, width)`, and returns a copy in which
# each word became 0 with the chance `share`, independently of all others. `rng` is a NumPy
# `Generator`.


# %% tags=["exercise"]
def my_hide(ids, share, rng):
    return ...


# %% tags=["solution"]
def my_hide(ids, share, rng):
    return np.where(rng.random(ids.shape) < share, 0, ids)


# %% tags=["nbval-check-output"]
exercise.hide.check(my_hide)

# %% [markdown]
# ```text
# x̃: half of the words ──► a vector for each ──► their sum, by rarity ──► dense, tanh ──► h
#    (32)                   (32 × 128)            (128)                    (128)
#
# h ──► for each word of this batch: a second vector · h + how common ──► softmax ──► y
# (128)                             (words × 128)        (words)                   (words)
# ```
#
# The vectors are the weights of an {term:embedding}: a table with one row a word, which is
# looked up instead of being multiplied with zeros. The encoder begins with one table. The
# decoder has another and gives each word a score: the word's vector times h, plus a number
# that says how common the word is. The softmax makes probabilities of the scores. Both tables
# start as the directions of the linear autoencoder: the training goes on where PCA ends.


# %% tags=["export"]
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


# %% [markdown]
# The loss is minus the logarithm of the probability of each right word, averaged by rarity.
# Words that were hidden count double. To choose among all 16,000 words in every step would be
# slow. So the choice is among the words that the batch holds, a thousand or so;
# `tf.unique` finds them.
#
# In the code `says` holds the decoder's vectors and `often` how common each word is, which
# starts as minus its rarity. The −20 belongs to "no word", so that it is never chosen. `built`
# tells Keras that nothing is left to set up.


# %% tags=["export"]
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


# %% tags=["export"]
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


# %% tags=["export"]
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


# %%
model = train_rebuilder(x, rarity, directions)
codes = codes_of(model, x)
middle = codes.mean(axis=0)
h = unit(codes - middle)

# %%
for word, row in rows.items():
    print(f"{word}\n  linear: {neighbours(unit(h_lsa), row)}\n  hidden: {neighbours(h, row)}")

# %% [markdown]
# For each sense the first line has its neighbours in the linear code, the second in the new
# one. From the new codes their mean, `middle`, was taken away, and each has length 1. And the
# senses of one word? Here are four senses of *bank* and *plant* with their neighbours
# (*noun.Tops* holds WordNet's most general nouns). Each sense is coded from its own entry, so
# what they share is little more than the word itself.

# %%
for word, kind in [
    ("bank", "object"),
    ("bank", "group"),
    ("plant", "artifact"),
    ("plant", "Tops"),
]:
    row = row_of(word, kind)
    print(f"{word}, {senses[row].gloss[:44]}…: {neighbours(h, row, n=4)}")

# %% [markdown]
# ### A map of nouns
#
# Here are nouns of five kinds, drawn by PCA of their codes to two numbers. Nobody told the
# network about kinds.

# %%
FIVE = ("animal", "food", "person", "feeling", "location")
draw = [rng.permutation(np.flatnonzero(kinds == f"noun.{kind}"))[:150] for kind in FIVE]
chosen = np.concatenate(draw)
maps = {"linear": unit(h_lsa)[chosen], "half hidden": h[chosen]}
plots.show_scatter(
    {name: PCA(2).fit_transform(part) for name, part in maps.items()},
    np.repeat(range(5), 150),
    names=FIVE,
    title="Animals, food, people: with half hidden, kinds find places of their own",
)

# %% [markdown]
# Each point is a sense. On the right the kinds lie apart more clearly than on the left. But a
# map of two numbers is a picture, not a proof. So count: let the ten nearest of 20,000 known
# nouns vote for the kind of each of 1,500 others. There are 26 kinds. All votes may count
# alike, or each as much as its similarity to the fourth power: 1,500 further nouns say which.
#
# *Predict:* will codes tell the kind better than plain words do, where a neighbour is who
# shares rare words?
#
# *Answer:* the linear code is far behind plain words. The new one is ahead of them.


# %% tags=["export"]
def vote(score, kinds, power=0, k=10):
    """For each row of scores the kind for which the k best vote."""
    near = np.argpartition(-score, k, axis=1)[:, :k]
    weights = np.maximum(np.take_along_axis(score, near, axis=1), 1e-9) ** power
    votes = zip(kinds[near], weights, strict=True)
    return np.array([np.bincount(row, weights=w).argmax() for row, w in votes])


# %%
number = np.unique(kinds, return_inverse=True)[1]
nouns = rng.permutation(np.flatnonzero(np.char.startswith(kinds, "noun")))
new, old, further = nouns[:1500], nouns[1500:21_500], nouns[21_500:23_000]
alike = {
    "linear": lambda rows: unit(h_lsa[rows]) @ unit(h_lsa[old]).T,
    "half hidden": lambda rows: h[rows] @ h[old].T,
    "plain words": lambda rows: (x_weighted[rows] @ x_weighted[old].T).toarray(),
}


def share_right(way, rows, power):
    """The share of nouns whose kind is told right."""
    return np.mean(vote(way(rows), number[old], power) == number[rows])


# %%
told = {}
for name, way in alike.items():
    alike_all, by_similarity = (share_right(way, further, power) for power in (0, 4))
    told[name] = share_right(way, new, 4 if by_similarity > alike_all else 0)
told["commonest kind"] = np.mean(np.bincount(number[old]).argmax() == number[new])

# %%
plots.show_bars(
    {name: 100 * share for name, share in told.items()},
    title="128 numbers know more of a noun's kind than all its words",
    y_label="kinds told right, %",
    number_format="{:.1f}",
    colours=[plots.BLACK, plots.BLUE, plots.ORANGE, plots.SKY],
)

# %% [markdown]
# The bars show how many kinds are right. The last one is the chance level: always the
# commonest kind. Plain words are a hard rival here, because many definitions begin with the
# next more general word.

# %% tags=["nbval-check-output"]
expect(
    "the denoising code tells more kinds than the linear one, by 5 in 100 at least",
    told["half hidden"] > told["linear"] + 0.05,
)
expect("and more than plain words", told["half hidden"] > told["plain words"])

# %% [markdown]
# ### Exercise 3: beat plain words (stretch)
#
# `my_kinds(codes, words, kinds, new_codes, new_words)` gets codes of length 1, plain words
# (sparse rows of length 1) and kinds of 8,000 known nouns, and codes and words of 1,000 new
# ones. Here the kinds are whole numbers, one for each name. Return the kinds of the new nouns.
# Tell at least 4 in 100 more than plain words' ten neighbours do.


# %% tags=["exercise"]
def my_kinds(codes, words, kinds, new_codes, new_words):
    return ...


# %% tags=["solution"]
def my_kinds(codes, words, kinds, new_codes, new_words):
    score = new_codes @ codes.T + (new_words @ words.T).toarray()
    near = np.argsort(-score, axis=1)[:, :10]
    return np.array([np.bincount(kinds[row]).argmax() for row in near])


# %% tags=["nbval-check-output"]
given = {"known": nouns[30_000:38_000], "new": nouns[40_000:41_000]}
given = {name: (h[part], x_weighted[part], number[part]) for name, part in given.items()}
exercise.nouns.check(my_kinds, **given)

# %% [markdown]
# ### Sums with words?
#
# It is famous that *king − man + woman* is near *queen* in some word vectors (Mikolov et al.,
# 2013). Ask the encoder's table, which has a vector for each word.

# %%
meaning = model.encoder.get_layer("meaning").get_weights()[0][1:]
vectors = unit(meaning - meaning.mean(axis=0))
vocabulary = np.array(list(columns))


def analogy(a, b, c):
    """What is to c as b is to a."""
    near = np.argsort(
        -(vectors @ (vectors[columns[b]] - vectors[columns[a]] + vectors[columns[c]]))
    )
    return [word for word in vocabulary[near[:8]] if word not in (a, b, c)][:3]


for a, b, c in [
    *[("man", "king", "woman"), ("boy", "son", "girl"), ("cow", "calf", "sheep")],
    *[("france", "paris", "italy"), ("hand", "glove", "foot"), ("hot", "cold", "high")],
]:
    print(f"{a} : {b} = {c} : {', '.join(analogy(a, b, c))}")

# %% [markdown]
# Some sums come out, and most do not. What comes back is mostly near *c* or *b* anyway.
# Relations such as a capital and its country are hardly in the definitions: a dictionary is no
# atlas.
#
# ## 4. Search by meaning
#
# Now turn the dictionary round: describe, and find. 4,000 descriptions were withheld from all
# that was trained here, 2,000 to choose on and 2,000 to judge on. They come from two sources:
# an example sentence without the word, or half of a definition, by lot. The other half stayed.

# %%
for query in (test[2], test[1002]):
    print(f"{query.source}: “{query.text}” → {', '.join(senses[query.sense].words)}")

# %% [markdown]
# ### Exercise 4: a score for search
#
# A search gives each sense a score. At which place does the right answer stand?
# `my_ranks(scores, target)` takes scores `(searches, things)`, and `target[i]` is the column
# of the right answer to search i. Return the places: 1 for the best. Of the *others* with the
# same score, half count as above it.


# %% tags=["exercise"]
def my_ranks(scores, target):
    return ...


# %% tags=["solution"]
def my_ranks(scores, target):
    own = scores[np.arange(len(scores)), target][:, None]
    higher, same = (scores > own).sum(axis=1), (scores == own).sum(axis=1) - 1
    return 1 + higher + same / 2


# %% tags=["nbval-check-output"]
exercise.ranks.check(my_ranks)

# %% [markdown]
# A search is right if it finds the *word*, in whichever of its senses. So the place is that of
# the best sense that shares a word with the searched one.


# %% tags=["export"]
def places(search, queries, right):
    """For each query the place of the best row in right, a list of rows for each query."""
    found = []
    for i in range(0, len(right), 100):
        for row, rows in zip(search(queries[i : i + 100]), right[i : i + 100], strict=True):
            best = row[rows].max()
            found.append(1 + np.sum(row > best) + (np.sum(row == best) - 1) / 2)
    return np.array(found)


# %% [markdown]
# Every second of the 2,000 descriptions is enough here, and takes half of the time. The rival
# of all searches by meaning is {term:BM25} (Robertson et al., 1995), which most search engines
# begin with. It is TF-IDF with a correction for long texts. Its two settings were chosen on
# the queries that are there to choose on.


# %% tags=["export"]
def bm25(x, k=1.2, b=0.4):
    """The weights of each row's words: rows of queries times these give scores."""
    n, have = x.shape[0], np.asarray(x.sum(axis=0)).ravel()
    long = np.asarray(x.sum(axis=1)).ravel()
    rarity = np.log(1 + (n - have + 0.5) / (have + 0.5))
    short = (k + 1) / (1 + k * (1 - b + b * long / long.mean()))
    return sparse.csr_matrix(sparse.diags_array(short) @ x @ sparse.diags_array(rarity))


# %%
rows_of = {}
for i, sense in enumerate(senses):
    for word in sense.words:
        rows_of.setdefault(word, []).append(i)
asked = test[::2]
right = [sorted({i for w in senses[q.sense].words for i in rows_of[w]}) for q in asked]
queries = count([words_of(query.text, known) for query in asked], columns)
weights = bm25(x).T.tocsr()
linear = unit(h_lsa)

# %%
searches = {
    "linear": lambda q: unit(weighted(q, rarity) @ directions.T) @ linear.T,
    "plain words, BM25": lambda q: (q @ weights).toarray(),
    "half hidden": lambda q: unit(codes_of(model, q) - middle) @ h.T,
}
found = {name: places(search, queries, right) for name, search in searches.items()}

# %% [markdown]
# *Predict:* out of 117,659 senses, how often will the right word be among the first ten?
#
# *Answer:* seldom, once or a few times in a hundred.

# %%
steps = 2 ** np.arange(3, 11)  # from the first 8 on
plots.show_curves(
    {name: (steps, [100 * np.mean(p <= k) for k in steps]) for name, p in found.items()},
    title="Codes that were asked for hidden words find what a linear code does not",
    x_label="so many first places, halves and examples together",
    y_label="words found among them, %",
    log_x=True,
)

# %%
sources = np.array([query.source for query in asked])
for source in ("half", "example"):
    for name, place in found.items():
        own = place[sources == source]
        hits = [f"{np.mean(own <= k):.1%} in {k}" for k in (1, 10, 100)]
        print(f"{source}, {name}: {', '.join(hits)}; median place {np.median(own):,.0f}")
hundred = {name: np.mean(place <= 100) for name, place in found.items()}
halves = {name: np.mean(place[sources == "half"] <= 100) for name, place in found.items()}

# %% [markdown]
# Each curve shows how many of 1,000 searched words are among the first 8, 16, 32 … found. Pure
# chance would find one in some thousands among the first ten. Half of a definition is what the
# network was trained on, and there it is far ahead. With example sentences it is not: plain
# words are as good, because a sentence shares a rare word with a definition or nothing.
#
# The median place of plain words is bad although they hit more often than the linear code.
# More than half of the descriptions share no word with a right entry. All such entries score
# 0, and so they stand in the middle of the whole dictionary.

# %% [markdown]
# Published networks that learned to turn definitions into words, from several dictionaries,
# reach 9 % in one, 29 % in ten and 58 % in a hundred for definitions that they had not seen
# (Hill et al., 2016, and later ones). They choose among fewer words.

# %% tags=["nbval-check-output"]
expect(
    "twice as many hits in a hundred as the linear code",
    hundred["half hidden"] > 2 * hundred["linear"],
)
expect(
    "half of a definition: twice as many hits in a hundred as plain words",
    halves["half hidden"] > 2 * halves["plain words, BM25"],
)

# %% [markdown]
# ### Where it fails
#
# Try it with the vectors that the course carries. They are the lesson's network with 22,000
# words, trained for longer (`lessons/words/train.py`), and with the names of the more general
# senses in each entry.

# %%
for text in (
    "instrument for looking at distant stars",
    "fear of closed spaces",
    "a doctor who treats children",
    "large animal with a trunk",
):
    print(f"{text}: {', '.join(application.find_word(text, k=6))}")
print(next(sense.gloss for sense in senses if "elephant" in sense.words))

# %% [markdown]
# The elephant is not found, whoever searches. Its trunk stands in other entries, *proboscis*
# and *proboscidean*, and these are found. The elephant's own entry says only *five-toed* and
# *pachyderm*, and no *large*, *animal* or *trunk*.
#
# ## 5. What people say
#
# Do the vectors know what people know? Finkelstein et al. (2002) asked people how related two
# words are, for 353 pairs. The {term:rank correlation} (Spearman) is 1 when the vectors'
# cosines put the pairs in the same order as people do, and 0 when the orders have nothing to
# do with each other.

# %%
pairs, judged = load_word_pairs()


def agreement(like, pairs, judged):
    """The rank correlation with people, and how many pairs are known."""
    own = [like(a.lower(), b.lower()) for a, b in pairs]
    there = [i for i, value in enumerate(own) if value is not None]
    return spearmanr([own[i] for i in there], judged[there])[0], len(there)


def cosine_in(rows):
    """How alike two words are, by the rows of a table."""

    def like(a, b):
        a, b = (columns.get(base_form(word, known)) for word in (a, b))
        return None if a is None or b is None else float(rows[a] @ rows[b])

    return like


# %% [markdown]
# A word has a vector, and its senses have codes. So there is a second way to compare two
# words: take all senses of the one and of the other, and keep the cosine of the *best pair*.

# %%
senses_of = {}
for i, sense in enumerate(senses):
    for word in sense.words:
        senses_of.setdefault(word.lower(), []).append(i)


def best_pair_in(rows):
    """How alike the two senses of two words are that are most alike, by the rows of a table."""

    def like(a, b):
        a, b = senses_of.get(a), senses_of.get(b)
        return None if a is None or b is None else float((rows[a] @ rows[b].T).max())

    return like


# %%
likes = {
    "chance": lambda *_: rng.random(),
    "linear": cosine_in(unit(directions.T - directions.T.mean(axis=0))),
    "half hidden": cosine_in(vectors),
    "best senses,\nlinear": best_pair_in(linear),
    "best senses,\nhalf hidden": best_pair_in(h),
    "carried": application.similarity,
}
agree = {name: agreement(like, pairs, judged) for name, like in likes.items()}

# %%
plots.show_bars(
    {f"{name}\n{n} pairs": value for name, (value, n) in agree.items()},
    title="What is related for the vectors is often related for people",
    y_label="rank correlation with people",
    number_format="{:.2f}",
    colours=[plots.SKY, plots.BLACK, plots.BLUE, plots.BLACK, plots.BLUE, plots.BLUE],
)

# %% [markdown]
# Under each bar stands the number of pairs with both words known. The senses know more pairs
# than the vectors. Which of the two is nearer to people shows only on pairs that both know.

# %%
ways = ("half hidden", "best senses,\nhalf hidden")
known_to = [[likes[way](a.lower(), b.lower()) is not None for a, b in pairs] for way in ways]
shared = np.flatnonzero(np.all(known_to, axis=0))
on_shared = [
    agreement(likes[way], [pairs[i] for i in shared], judged[shared])[0] for way in ways
]
print(f"{len(shared)} pairs: vectors {on_shared[0]:.2f}, best senses {on_shared[1]:.2f}")

# %% [markdown]
# The vectors agree better. In the best pair a rare sense counts as much as the common one.
#
# *Dict2vec* (Tissier et al., 2017) is made for this: vectors that learned from Wikipedia and
# from the definitions of four dictionaries. It reaches 0.725 here and 0.452 on SimLex-999, a
# list that asks for sameness and not for relation. A dictionary alone is a small book: it has
# about a million words, and Wikipedia thousands of times as many.

# %% [markdown]
# SimLex-999 (Hill et al., 2015) names no licence, and so it is not in the course. `python -m
# lessons.words.train --pairs FILE` holds the carried vectors against any list that you have.
# The next cell keeps what came out for it, and for MEN (Bruni et al., 2014), 3,000 pairs of
# words that stand in captions of pictures.

# %%
STORED = {"SimLex-999": (0.419, 977, 999), "MEN": (0.743, 2785, 3000)}
for name, (value, n, of) in STORED.items():
    print(f"{name}: {value:.3f} on the {n} of {of:,} pairs that are known")

# %% tags=["nbval-check-output"]
expect(
    "the new vectors agree with people better than the linear ones",
    agree["half hidden"][0] > agree["linear"][0],
)
expect(
    "the new codes' best pair of senses agrees better than the linear codes'",
    agree["best senses,\nhalf hidden"][0] > agree["best senses,\nlinear"][0],
)
expect(
    "on shared pairs the vectors agree better than the best senses",
    on_shared[0] > on_shared[1],
)
expect("0.65 at least for the carried vectors", agree["carried"][0] > 0.65)

# %% [markdown]
# ## 6. Summaries
#
# One way to shorten a text is to *choose* sentences. Take the code of each sentence and the
# mean of all. The hope: the sentences nearest to the mean say most of what the whole says.
#
# 112 papers on language processing carry a summary that people wrote (ACLSum; Takeshita et
# al., 2024). And in each sentence people marked whether it tells of the paper's challenge, its
# approach or its outcome. 50 papers are to learn from, 20 to choose on and 42 to judge on.
# Older papers of that collection may not be passed on, so they are not here.

# %%
papers = load_papers()
paper = papers["valid"][0]
print(paper.summary)
print(f"{len(paper.sentences)} sentences, {paper.abstract} of them in the abstract")

# %% [markdown]
# A choice is scored by {term:ROUGE}-1 (Lin, 2004), from the words that it shares with the
# summary. Say the choice is *the cat sat down* and the summary *the cat sat on a mat*. They
# share three words. Three of the four words of the choice are 0.75, the precision. Three of
# the six of the summary are 0.5, the recall. The score is the F1 of both, 2 × 0.75 × 0.5 /
# (0.75 + 0.5) = 0.6. ROUGE-2 counts pairs of neighbouring words instead.


# %% tags=["export"]
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


# %% [markdown]
# The rivals: the first three sentences, three at random, and the same nearness to the mean
# with plain words. The last row is no rival but close to the limit: it knows the summary, and
# picks one sentence after the other so that ROUGE-1 grows most.


# %% tags=["export"]
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


# %%
def plain(sentences):
    """Plain words of sentences, weighted by their rarity in the dictionary."""
    return weighted(count([words_of(s, known) for s in sentences], columns), rarity).toarray()


code = {p.name: application.codes_of(p.sentences) for part in papers.values() for p in part}

# %%
choosers = {
    "at random": lambda p: rng.choice(len(p.sentences), 3, replace=False),
    "the first three": lambda _: range(3),
    "whole, plain words": lambda p: central(plain(p.sentences)),
    "whole, codes": lambda p: central(code[p.name]),
    "abstract, plain words": lambda p: central(plain(p.sentences[: p.abstract])),
    "abstract, codes": lambda p: central(code[p.name][: p.abstract]),
    "knows the summary": greedy,
}
reached = {}
for name, choose in choosers.items():
    one, two = (mean_rouge(choose, papers["test"], n) for n in (1, 2))
    reached[name] = one
    print(f"{name}: ROUGE-1 {one:.1f}, ROUGE-2 {two:.1f}")

# %% [markdown]
# Over the whole paper both are behind the first three sentences: a mean of forty sentences is
# a poor description of what matters. Within the abstract both come out ahead of the first
# three, codes hardly more than plain words. With 42 papers, half a point says nothing.
#
# What would labels add? Teach a small classifier for each of the three marks, from a
# sentence's words, its code and its place. Then take the sentence of the abstract that each
# likes best.


# %% tags=["export"]
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


# %% tags=["export"]
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


# %%
cues = cues_of(papers["train"])
kept = ("at random", "the first three", "abstract, codes")
results = {name: reached[name] for name in kept}
for name, share in {"labels,\nplain words": 0, "labels,\nand codes": 1}.items():
    see = {
        p.name: seen(p, cues, share * code[p.name]) for part in papers.values() for p in part
    }
    taught = teach(papers["train"], [see[p.name] for p in papers["train"]])
    best = {p.name: best_of_each(taught, see[p.name][: p.abstract]) for p in papers["test"]}
    results[name] = mean_rouge(lambda p, best=best: best[p.name], papers["test"])

# %%
plots.show_bars(
    results,
    title="Labels of fifty papers bring what no code brings by itself",
    y_label="ROUGE-1, %",
    number_format="{:.1f}",
    colours=[plots.SKY, plots.BLACK, plots.BLUE, plots.ORANGE, plots.ORANGE],
)

# %% [markdown]
# The bars show the mean over 42 papers, as ROUGE-1 with people's summaries. With labels the
# choice is clearly better than the first three sentences. Nearly all of it comes from plain
# words such as *however* and *we propose*, which say what a sentence is for. Those are the
# words that a code of meaning leaves out.

# %% tags=["nbval-check-output"]
expect(
    "labels and codes: 1 above the first three at least",
    results["labels,\nand codes"] > results["the first three"] + 1,
)

# %% [markdown]
# ### The same question, asked with more
#
# *BERT* (Devlin et al., 2019) is trained as this lesson's network is: hide words, here one in
# seven, and ask for them. It has three things more. It knows the order of words. It gives each
# word a code of its own that depends on all others, so *bank* has another one beside *river*.
# And it has read thousands of times as much.
#
# *TSDAE* (Wang et al., 2021) is closer still: it hides six in ten of a sentence's words, makes
# one code of what is left, and a decoder has to write the whole sentence again, in order. Its
# codes are for search, as ours are.

# %% [markdown]
# ## Now yours
#
# Search your own notes by meaning, and shorten a long text. The folder below was written for
# this course: six short texts, as somebody may keep them, about a bicycle, a garden, a trip
# and the like. One of them is long.

# %%
folder = DATA / "yours" / "notes"  # your own folder of .txt and .md files
index = application.TextIndex(folder)
questions = ("which meal needs an oven", "ill animals", "money to pay every month")
lines = []
for question in questions:
    hit = index.search(question, k=1)[0]
    lines.append(f"{question}\n  {hit.file.name}, line {hit.line}: {hit.text[:150]}…")
print("\n".join(lines))

# %%
longest = max(folder.glob("*.txt"), key=lambda file: file.stat().st_size)
text = longest.read_text(encoding="utf-8")
short = application.summarise(text, sentences=3)
saved = Path(tempfile.mkdtemp()) / "found.txt"
saved.write_text("\n".join([*lines, longest.name, *short]), encoding="utf-8")
print(f"{longest.name}: {len(application.split_sentences(text))} sentences; kept:")
print("\n".join(short))
print(f"saved as {saved.name}")

# %% [markdown]
# For your own files change `folder` and `questions`. Ask with several words; one word gives
# the codes little to work with.
#
# What it cannot do: it knows English words of a dictionary, few names, no numbers, no other
# language. It does not read *not*: “no dogs” is about dogs. A summary is a choice of
# sentences, and it keeps a mistake as gladly as a fact. Whether it chose well you see only by
# reading the whole.

# %% tags=["nbval-check-output"]
expect(
    "the oven is found in the text about bread",
    index.search(questions[0], k=1)[0].file.name == "bread.txt",
)

# %% [markdown]
# ## What you saw
#
# - A text became counted words, rare ones louder. The linear autoencoder of these is LSA.
# - To rebuild definitions of which half is hidden makes better codes than to rebuild them
#   whole. Plain words remain a hard rival.
# - For half of a definition codes find the word more often than plain words. For an example
#   sentence they do not, and most words stay unfound.
# - Codes agree with what people call related, hardly less than vectors that have read far
#   more.
# - For summaries codes bring no more than plain words. Labels bring more than both.

# %% [markdown]
# **Where this is used.** Search in one's own documents, duplicate questions, reverse
# dictionaries, sorting of letters and reports, and, as a first stage, every system that looks
# something up before it answers.

# %% [markdown]
# **Read on.**
#
# - Scott Deerwester, Susan Dumais, George Furnas, Thomas Landauer and Richard Harshman,
#   *Indexing by latent semantic analysis* (1990).
# - Christiane Fellbaum (ed.), *WordNet: an electronic lexical database* (1998).
# - Felix Hill, Kyunghyun Cho, Anna Korhonen and Yoshua Bengio, *Learning to understand phrases
#   by embedding the dictionary* (2016).
# - Julien Tissier, Christophe Gravier and Amaury Habrard, *Dict2vec: learning word embeddings
#   using lexical dictionaries* (2017).
# - Jacob Devlin, Ming-Wei Chang, Kenton Lee and Kristina Toutanova, *BERT* (2019).
# - Kexin Wang, Nils Reimers and Iryna Gurevych, *TSDAE* (2021).
