# %% [markdown]
# # Features
#
# Take apart what a network knows, and put what is found to the test.
#
# **The question:** researchers take language models apart with autoencoders whose middle is
# *wider* than their ends, and find thousands of things that a person can name. Would simpler
# means have found them as well?
#
# **You will**
# - score how well one number tells one kind of thing from all others, without cheating,
# - watch a network press five things into two numbers,
# - undo that with a sparse autoencoder, where the truth is known,
# - do the same with real codes, beside eight controls,
# - push a code towards a kind, and read what language models showed.
#
# **You need** {lesson:bottleneck} and {lesson:words}.
#
# **Time** {time}.

# %%
import functools
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.decomposition import PCA, FastICA

# %%
from aecourse import plots
from aecourse.applications import features as application
from aecourse.applications.words import codes_of
from aecourse.datasets import load_glosses
from aecourse.datasets.embedded import DATA
from aecourse.exercises import features as exercise
from aecourse.models import Autoencoder, outputs
from aecourse.recipes.words import columns_of as commonest_words
from aecourse.recipes.words import count, entry, known_words, unit, words_of
from aecourse.session import expect, start
from aecourse.training import fit

# %%
import keras  # isort: skip
from keras import layers, ops  # isort: skip

seed = start(0)
rng = np.random.default_rng(seed)

# %% [markdown]
# ## 1. What does one number mean?
#
# In {lesson:words} an encoder turned each meaning in a dictionary into a code of 128 numbers.
# Here are the codes of all nouns, from the weights that the course carries.

# %%
nouns = [sense for sense in load_glosses() if sense.kind.startswith("noun.")]
codes = codes_of([entry(sense) for sense in nouns])
where = np.random.default_rng(0).permutation(len(nouns))
train, naming, test = where[:-30_000], where[-30_000:-15_000], where[-15_000:]
x = codes - codes[train].mean(axis=0)
print(x.shape, [len(part) for part in (train, naming, test)])

# %% [markdown]
# What is there to know about a noun? WordNet puts each into one of 26 *kinds*, such as animal
# or food. And it names what is more general: a dog is a canine, a mammal, an animal. These are
# its {term:hypernyms}. Take 300 of them by lot, each with at least 100 nouns below it. That
# makes 326 things that somebody who understood the codes would find in them.


# %% tags=["export"]
def all_above(senses):
    """For each sense the rows of all that is more general."""

    @functools.cache
    def above(row):
        direct = senses[row].hypernyms
        return frozenset(direct).union(*map(above, direct))

    return [above(row) for row in range(len(senses))]


# %% tags=["export"]
def things_of(senses, rng, hypernyms=300):
    """What each sense is, (senses, things) sparse, and the things' names: kinds first."""
    above = all_above(senses)
    below = Counter(row for rows in above for row in rows)
    large = sorted(row for row, n in below.items() if 100 <= n <= 20_000)
    some = rng.choice(large, hypernyms, replace=False).tolist()
    kinds = sorted({sense.kind for sense in senses})
    column = {thing: i for i, thing in enumerate([*kinds, *some])}
    is_a = [(sense.kind, *above[row]) for row, sense in enumerate(senses)]
    pairs = [(i, column[t]) for i, things in enumerate(is_a) for t in things if t in column]
    ones, shape = np.ones(len(pairs), "float32"), (len(senses), len(column))
    names = [kind.removeprefix("noun.") for kind in kinds] + [senses[i].words[0] for i in some]
    return sparse.csr_array((ones, np.transpose(pairs)), shape), names


# %%
y, names = things_of(nouns, np.random.default_rng(0))
KINDS = 26  # the first columns of y
dog = next(i for i, sense in enumerate(nouns) if "dog" in sense.words)
print("dog:", ", ".join(names[column] for column in y[[dog]].indices))
print("some hypernyms:", ", ".join(names[KINDS::25]))

# %% [markdown]
# Now suppose that the fifth number of the code were large for animals and small for the rest.
# Then a *cut* would do: whatever lies above it is called an animal. {term:F1} says how good
# that is. It is twice the number of animals above the cut, divided by all that lies above the
# cut plus all animals. It is 1 when exactly the animals lie above and 0 when none does. You
# met it as ROUGE in {lesson:words}.


# %% tags=["export"]
def f1(on, y):
    """F1 of each column of on (n, columns) for each thing of y: (things, columns)."""
    both, things = y.T @ on.astype("float32"), np.asarray(y.sum(axis=0)).reshape(-1, 1)
    return 2 * both / (on.sum(axis=0) + things + 1e-9)


# %% [markdown]
# There are 326 things, 128 numbers, two directions each (large or small may be the sign) and
# many cuts. Who tries all of them will always find one that looks good. So what is *named* on
# 15,000 nouns is *scored* on 15,000 others.
#
# ### Exercise 1: a score without cheating
#
# `my_score(naming, is_naming, test, is_test, cuts)` gets the values of several units for two
# groups of nouns, shape `(n, units)`, and who is an animal there, `(n,)`, True or False. Find
# the unit and the cut (`values >= cut`) with the best F1 on the naming nouns. Return the F1 of
# this unit with this cut on the test nouns.


# %% tags=["exercise"]
def my_score(naming, is_naming, test, is_test, cuts):
    return ...


# %% tags=["solution"]
def my_score(naming, is_naming, test, is_test, cuts):
    def own_f1(on, is_it):
        return 2 * (on & is_it).sum() / max(on.sum() + is_it.sum(), 1)

    tried = [(unit, cut) for unit in range(naming.shape[1]) for cut in cuts]
    unit, cut = max(tried, key=lambda t: own_f1(naming[:, t[0]] >= t[1], is_naming))
    return own_f1(test[:, unit] >= cut, is_test)


# %% tags=["nbval-check-output"]
exercise.score.check(my_score)

# %% [markdown]
# The lesson does the same for all things at once. It tries cuts that leave 8, 11, 14 … 6,000
# nouns above them.


# %% tags=["export"]
ABOVE = tuple(np.geomspace(8, 6000, 24).round().astype(int).tolist())


def best_cuts(values, y):
    """The best F1 of each column for each thing, and its cut: both (things, columns)."""
    ordered = -np.sort(-values, axis=0)
    best = np.zeros((y.shape[1], values.shape[1]), "float32")
    cuts = np.full(best.shape, np.inf, "float32")
    for n in [n for n in ABOVE if n <= len(values)]:
        cut = np.maximum(ordered[n - 1], 1e-6)  # what is 0 is never above
        found = f1(values >= cut, y)
        cuts = np.where(found > best, cut, cuts)
        best = np.maximum(best, found)
    return best, cuts


# %% tags=["export"]
def f1_of(on, is_it):
    """F1 of each column of on for the same column of is_it, both True or False."""
    return 2 * (on & is_it).sum(axis=0) / (on.sum(axis=0) + is_it.sum(axis=0) + 1e-9)


def found_by_one(naming, test, y_naming, y_test):
    """For each thing the F1 on test of the column and cut that were best on naming."""
    best, cuts = best_cuts(naming, y_naming)
    column, thing = best.argmax(axis=1), np.arange(len(best))
    return f1_of(test[:, column] >= cuts[thing, column], y_test.toarray() > 0)


# %% [markdown]
# A thing counts as *found* when its F1 is at least 0.5. Now the numbers of the code as they
# are, the directions of PCA, and 128 directions by lot, each taken with both signs. The limit
# is a line through all 128 numbers that was trained *with* labels, one for each thing
# ({term:probe}).

# %%
y_naming, y_test = y[naming], y[test]


def found(values):
    """The F1 of all things, by values that are computed from rows of x."""
    return found_by_one(values(x[naming]), values(x[test]), y_naming, y_test)


def along(directions):
    """Values along directions (n, 128)."""
    return lambda rows: unit(rows) @ np.asarray(directions, "float32").T


def both_signs(directions):
    return along(np.concatenate([directions, -directions]))


# %%
def train_probe(x, y, epochs=4):
    """A line for each thing, trained with labels."""
    probe = keras.Sequential([layers.Dense(y.shape[1], activation="sigmoid")])
    probe.build((None, x.shape[1]))
    options = {"batch_size": 512, "learning_rate": 6e-3, "loss": "binary_crossentropy"}
    fit(probe, x, y.toarray(), epochs=epochs, **options)
    return probe


probe = train_probe(x[train], y[train])

# %%
by_lot = unit(rng.normal(size=(128, 128)))
single = {
    "raw numbers": found(both_signs(np.eye(128))),
    "PCA": found(both_signs(PCA(128).fit(x[train]).components_)),
    "by lot": found(both_signs(by_lot)),
    "probe, with labels": found(lambda rows: outputs(probe, rows)),
}


def hypernyms_found(score):
    return int(np.sum(score[KINDS:] >= 0.5))


def say(scores):
    for name, score in scores.items():
        kinds = np.sum(score[:KINDS] >= 0.5)
        print(f"{name}: {kinds} of 26 kinds, {hypernyms_found(score)} of 300 hypernyms")


say(single)

# %%
plots.show_bars(
    {name: hypernyms_found(score) for name, score in single.items()},
    title="The code knows these things, and hardly any number of it stands for one",
    y_label="hypernyms found, of 300",
    number_format="{:.0f}",
    colours=[plots.BLUE, plots.BLUE, plots.SKY, plots.ORANGE],
)

# %% [markdown]
# The bars show how many hypernyms are found by one value. What the probe finds is there.
# Single numbers show next to nothing of it, and neither do PCA's directions. The knowledge is
# spread over all numbers at once.

# %% tags=["nbval-check-output"]
expect(
    "single numbers, PCA and lots find 15 of 300 hypernyms at most",
    max(hypernyms_found(single[name]) for name in ("raw numbers", "PCA", "by lot")) <= 15,
)
expect("the probe finds 75 at least", hypernyms_found(single["probe, with labels"]) >= 75)

# %% [markdown]
# ## 2. Five things in two numbers
#
# Why would a network spread what it knows? Elhage et al. (2022) let a tiny one choose. It gets
# five numbers, the *things*, and has a code of two: `x: (5,) → h: (2,) → y: (5,)`. Encoder and
# decoder share one table W of five rows, so the code is h = xW, and y = relu(hWᵀ + b). The
# first thing matters most, each later one a tenth less.

# %% [markdown]
# *Predict:* a code of two numbers can hold two things. What will the network do with the other
# three, when all five are there always? And when each is there one time in twenty?
#
# *Answer:* if all are there always, it keeps the two that matter most and forgets the rest. If
# each is rare, it keeps all five.


# %% tags=["export"]
class Squeeze(keras.layers.Layer):
    """Several networks at once, each x: (5,) → h: (2,) → y: (5,) with one table w."""

    def __init__(self, networks):
        super().__init__()
        spread = keras.initializers.RandomNormal(stddev=0.5)
        self.w = self.add_weight(shape=(networks, 5, 2), initializer=spread)
        self.b = self.add_weight(shape=(networks, 5), initializer="zeros")

    def call(self, x):
        h = ops.einsum("bnf,nfc->bnc", x, self.w)
        return ops.relu(ops.einsum("bnc,nfc->bnf", h, self.w) + self.b)


def by_importance(y, y_pred):
    return ops.mean(ops.square(y - y_pred) * 0.9 ** np.arange(5, dtype="float32"))


# %% [markdown]
# {term:Sparsity} is the share of the time that a thing is absent. Ten networks are trained at
# once, each on things of its own. Four of them see all things always, four see each one time
# in twenty, and two lie between.

# %%
SPARSITY = np.array([0, 0, 0, 0, 0.5, 0.7, 0.95, 0.95, 0.95, 0.95], "float32")
shape = (51_200, len(SPARSITY), 5)
there = rng.random(shape, dtype="float32") >= SPARSITY[:, None]
things = there * rng.random(shape, dtype="float32")
ten = keras.Input(shape[1:])
squeezed = keras.Model(ten, Squeeze(len(SPARSITY))(ten))
options = {"batch_size": 1024, "learning_rate": 6e-2, "loss": by_importance, "seed": seed}
fit(squeezed, things, epochs=20, **options)
w = squeezed.get_weights()[0]

# %%
shown = {f"sparsity {SPARSITY[i]:g}": i for i in (0, 4, 5, 6)}
plots.show_scatter(
    {name: np.concatenate([w[i], np.zeros((1, 2))]) for name, i in shown.items()},
    np.arange(6),
    names=["thing 1", "2", "3", "4", "5", "zero"],
    title="Where things are rare, five find room in two numbers",
    x_label="first number of h",
    y_label="second number",
)

# %% [markdown]
# Each panel shows the rows of W of one network: which way the code goes when one thing is
# there. On the left two things have a direction each, at a right angle, and three lie near
# zero. On the right all five stand on a circle, at equal angles. That is a pentagon.
#
# Its things overlap: where one is there, a neighbour seems to be there a little, too. The relu
# and b below zero cut this off. It fails only where two things come together, and rare things
# seldom do. More things than numbers, each with a direction of its own: this is called
# {term:superposition}.


# %% tags=["export"]
def is_pentagon(w):
    """Whether five rows (5, 2) are about equally long and stand at equal angles."""
    length = np.linalg.norm(w, axis=1)
    angle = np.sort(np.degrees(np.arctan2(w[:, 1], w[:, 0])))
    gaps = np.diff(np.append(angle, angle[0] + 360))
    return bool(length.min() > 0.8 * length.max() and gaps.min() > 60 and gaps.max() < 84)


# %%
pentagons = [is_pentagon(own) for own in w]
long_rows = np.sum(np.linalg.norm(w, axis=2) > 0.5, axis=1)
for i in range(len(SPARSITY)):
    print(f"sparsity {SPARSITY[i]:g}: {long_rows[i]} long rows, pentagon: {pentagons[i]}")

# %% tags=["nbval-check-output"]
expect("at sparsity 0.95 at least 3 of 4 networks make a pentagon", sum(pentagons[6:]) >= 3)
expect("where all things are there always, none of 4 does", not any(pentagons[:4]))

# %% [markdown]
# ## 3. Undone, where the truth is known
#
# Suppose somebody hands you codes that were made so: 512 things, each with a direction by lot
# in 128 numbers, and each code the sum of about 16 of them. Can you find the 512 directions
# from the codes alone? You know the truth here, so you can count.


# %% tags=["export"]
def known_truth(rng, active=16, n=51_200, things=512, size=128):
    """Directions by lot (things, size), and n sums of about `active` of them (n, size)."""
    truth = unit(rng.normal(size=(things, size))).astype("float32")
    there = rng.random((n, things), dtype="float32") < active / things
    strength = 0.5 + rng.random((n, things), dtype="float32")
    return truth, (there * strength) @ truth


def recovered(columns, truth):
    """The share of true directions that a column points along: cosine above 0.9."""
    return float(np.mean((unit(columns) @ truth.T).max(axis=0) > 0.9))


# %% [markdown]
# A narrow code cannot name 512 things. So make the middle *wider* than the input: 768 units.
# An autoencoder with so much room could copy its input and learn nothing. One rule prevents
# this. Of all units only the k largest stay, and the others become 0. That is called
# {term:top-k} (Makhzani and Frey, 2013; Gao et al., 2024), and the network a {term:sparse
# autoencoder}.
#
# ### Exercise 2: keep the k largest
#
# `my_top_k(h, k)` takes what the units say, shape `(n, units)`, none below 0. It returns the
# same with 0 in place of all but the k largest numbers of each row. No two numbers are equal.


# %% tags=["exercise"]
def my_top_k(h, k):
    return ...


# %% tags=["solution"]
def my_top_k(h, k):
    least = np.sort(h, axis=1)[:, -k][:, None]
    return np.where(h >= least, h, 0)


# %% tags=["nbval-check-output"]
exercise.top_k.check(my_top_k)

# %% [markdown]
# ```text
# x ──► dense, relu ──► the k largest, others 0 ──► h ──► sum of k columns ──► y
# (128)   (768)               (768)                       (768 × 128)       (128)
# ```
#
# The decoder has a row of 128 numbers for each unit. It is called the unit's {term:column}, as
# it is a column of the matrix in most papers. What comes out is a sum of k columns, each times
# how loud its unit is. The columns are held at length 1: else a unit could whisper and its
# column shout.


# %% tags=["export"]
def top_k(h, k):
    """All but the k largest numbers of each row become 0."""
    return ops.where(h >= ops.top_k(h, k)[0][..., -1:], h, 0.0)


# %% tags=["export"]
def sparse_autoencoder(columns, k):
    """Begins with these columns (units, size); the encoder with the same."""
    units, size = columns.shape
    x, h = keras.Input((size,)), keras.Input((units,))
    reads = layers.Dense(units, activation="relu")
    adds = layers.Dense(size, kernel_constraint=keras.constraints.UnitNorm(axis=1))
    encoder = keras.Model(x, top_k(reads(x), k))  # size → units
    decoder = keras.Model(h, adds(h))  # units → size
    reads.set_weights([columns.T, np.zeros(units)])
    adds.set_weights([columns, np.zeros(size)])
    return Autoencoder(encoder, decoder)


def decoder_columns(model):
    return model.decoder.get_weights()[0]


# %% [markdown]
# Its rivals are PCA and {term:k-means}. You know k-means from {lesson:bottleneck}: it puts
# each code to the nearest of some centres, then moves each centre to the mean of what came to
# it. Here near means a large cosine.


# %% tags=["export"]
def centres(x, n, rng, rounds=12):
    """n directions (n, size), each along the mean of the rows of x that are nearest to it."""
    x = unit(x)
    found = x[rng.choice(len(x), n, replace=False)]
    for _ in range(rounds):
        nearest = [(part @ found.T).argmax(axis=1) for part in np.array_split(x, 12)]
        places = np.concatenate(nearest), np.arange(len(x))
        came = sparse.csr_array((np.ones(len(x), "float32"), places), (n, len(x)))
        sums = came @ x
        found = np.where(sums.any(axis=1, keepdims=True), unit(sums), found)
    return found


# %%
begun = unit(rng.normal(size=(768, 128))).astype("float32")
truth, sums = known_truth(rng, active=16)
sae = sparse_autoencoder(begun, k=20)
fit(sae, sums, epochs=12, batch_size=512, learning_rate=1e-2, seed=seed)

# %%
principal = PCA(128).fit(sums).components_
few_truth, few_sums = known_truth(rng, active=6)
shares = {
    "sparse autoencoder": recovered(decoder_columns(sae), truth),
    "its beginning": recovered(begun, truth),
    "PCA": recovered(np.concatenate([principal, -principal]), truth),
    "k-means": recovered(centres(sums, 768, rng, rounds=30), truth),
    "k-means, only 6 at a time": recovered(centres(few_sums, 768, rng), few_truth),
}

# %%
plots.show_bars(
    {name: 100 * share for name, share in shares.items()},
    title="Where sixteen come together, only the sparse autoencoder takes them apart",
    y_label="true directions found, %",
    number_format="{:.0f}",
    colours=[plots.BLUE, plots.BLACK, plots.BLACK, plots.SKY, plots.SKY],
)

# %% [markdown]
# The bars show how many of the 512 true directions were found. With sixteen at a time the
# sparse autoencoder finds nearly all, from sums alone and without one label. Its beginning has
# none of them, so they come from the training. k-means finds a small part, even in thirty
# rounds: a sum of sixteen looks like none of its parts. PCA finds none: its directions lie at
# right angles, and 512 cannot in 128 numbers.
#
# With six at a time k-means finds nearly all as well. What only the sparse autoencoder can do
# begins where many things come together.

# %% tags=["nbval-check-output"]
expect(
    "sixteen at a time: the sparse autoencoder finds 95%, and began with none",
    shares["sparse autoencoder"] >= 0.95 and shares["its beginning"] == 0,
)
expect(
    "k-means finds less than 40%, PCA nothing",
    shares["k-means"] < 0.4 and shares["PCA"] == 0,
)
expect("six at a time: k-means finds 80% at least", shares["k-means, only 6 at a time"] >= 0.8)

# %% [markdown]
# ## 4. Real codes, and their controls
#
# Now the codes of the nouns. Nobody knows which directions are in them, but the 326 things are
# there to ask for. Take 256 units, of which two stay. Here it helps to begin with what real
# codes look like: the columns are those of 256 nouns by lot.

# %%
UNITS, K = 256, 2
recipe = {"epochs": 16, "batch_size": 1024, "learning_rate": 5e-3}


def some_nouns(rng):
    return unit(x[rng.choice(train, UNITS, replace=False)])


by_nouns = some_nouns(rng)
model, untrained = sparse_autoencoder(by_nouns, K), sparse_autoencoder(by_nouns, K)
fit(model, x[train], seed=seed, **recipe)

# %% [markdown]
# What are its units for? A unit gets the name of the thing that it tells best on the naming
# nouns. Here are the ten best by that score, and ten by lot. Behind each name stands its F1 on
# the test nouns, and then the four of them at which the unit is loudest.

# %%
h_naming, h_test = model.encode(x[naming]), model.encode(x[test])
best, cuts = best_cuts(h_naming, y_naming)
own = best.argmax(axis=0)  # the thing that each unit is named after
own_f1 = f1_of(h_test >= cuts[own, np.arange(UNITS)], y_test.toarray()[:, own] > 0)
best_units = np.argsort(-best.max(axis=0))[:10]
for title, some in {"best": best_units, "by lot": rng.choice(UNITS, 10, False)}.items():
    print(f"ten {title}:")
    for i in some:
        loudest = [nouns[test[row]].words[0] for row in np.argsort(-h_test[:, i])[:4]]
        print(f"  {names[own[i]]} ({own_f1[i]:.2f}): {', '.join(loudest)}")

# %% [markdown]
# The ten best convince at once. That is the list which one would show. The other one is what
# there is: most units have a name that fits badly, although their loudest nouns often go well
# together. That they do is a weak test. People see something common in nearly any four words.

# %% [markdown]
# So count instead. How many hypernyms does some unit find, and how many would have been found
# without the training? A control should have everything that ours has, and lack only what is
# claimed to matter.
#
# ### Exercise 3: the control that kills a claim
#
# The claim is “training finds the features”. `my_control(x, units, rng)` makes columns that
# nobody trained and that still know where codes lie: rows of x by lot, no row twice, each
# divided by its length. It returns shape `(units, size)`. `rng` is a NumPy `Generator`.


# %% tags=["exercise"]
def my_control(x, units, rng):
    return ...


# %% tags=["solution"]
def my_control(x, units, rng):
    rows = x[rng.choice(len(x), units, replace=False)]
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


# %% tags=["nbval-check-output"]
exercise.control.check(my_control)

# %% [markdown]
# All rivals get the same count of 256. There are the numbers of the code, PCA and directions
# by lot from above, with both signs. {term:ICA}, independent component analysis, looks for
# directions along which codes are far from a bell curve. Then nouns by lot, as in the
# exercise, the centres of k-means, and the 256 commonest words, there or not.
#
# The sparse autoencoder comes in twice. As a network it says which two units are awake. Its
# columns alone are directions like those of the rivals. The same holds for its beginning.

# %%
known = known_words(nouns)
heard = {
    part: [words_of(entry(nouns[i]), known) for i in rows]
    for part, rows in {"naming": naming, "test": test}.items()
}
commonest = commonest_words(heard["naming"], UNITS)
there_or_not = [count(texts, commonest).toarray() for texts in heard.values()]
scores = single | {"words": found_by_one(*there_or_not, y_naming, y_test)}

# %%
ica = FastICA(128, random_state=seed, max_iter=60, tol=1e-3, whiten="unit-variance")
directions = {
    "ICA": both_signs(unit(ica.fit(x[train[:20_000]]).components_)),
    "nouns by lot": along(by_nouns),
    "trained columns": along(decoder_columns(model)),
    "k-means": along(centres(x[train], UNITS, rng)),
}
scores |= {name: found(values) for name, values in directions.items()}
scores["untrained"] = found(untrained.encode)
scores["trained"] = found(model.encode)

# %%
colours = {"probe": plots.ORANGE, "trained": plots.BLUE, "k-means": plots.GREEN}
ordered = sorted(scores, key=lambda name: hypernyms_found(scores[name]))
say({name: scores[name] for name in ordered})
plots.show_bars(
    {name: hypernyms_found(scores[name]) for name in ordered},
    title="Training finds more than its beginning does, and no more than k-means",
    y_label="hypernyms found, of 300",
    number_format="{:.0f}",
    colours=[
        next((c for key, c in colours.items() if name.startswith(key)), plots.SKY)
        for name in ordered
    ],
)

# %% [markdown]
# The bars show how many of 300 hypernyms are found by one value out of 256. *Trained* and
# *untrained* stand for the units that are awake. The trained network is far ahead of single
# numbers, PCA and lots. Who stops there has a fine result.

# %% [markdown]
# The other controls take most of it away. The same network *before* its training finds about
# half as many: nouns by lot already lie where nouns are. ICA, which is from the 1990s, comes
# near to the network. And k-means finds more than the units that are awake, and about as many
# as their columns do. So the concepts are in the codes, in heaps that many methods see. That a
# sparse autoencoder shows them says little about sparse autoencoders.

# %% tags=["nbval-check-output"]
expect(
    "awake units find 30 at least, three times what raw numbers and PCA find",
    hypernyms_found(scores["trained"])
    >= max(30, *(3 * hypernyms_found(scores[name]) for name in ("raw numbers", "PCA"))),
)
expect(
    "untrained it finds more than a third of that",
    hypernyms_found(scores["untrained"]) > hypernyms_found(scores["trained"]) / 3,
)
expect(
    "k-means finds more than the units that are awake",
    hypernyms_found(scores["k-means"]) > hypernyms_found(scores["trained"]),
)

# %% [markdown]
# ### Are they the same the next time?
#
# If features were in the codes as letters are in a word, another beginning would find the same
# ones. Train the network a second time, from other nouns.
#
# ### Exercise 4: match the features of two networks
#
# `my_match(a, b, limit)` takes the columns of two networks, shapes `(units, size)`, of any
# length. It returns the share of rows of `a` that have some row of `b` with a cosine above
# `limit`.


# %% tags=["exercise"]
def my_match(a, b, limit):
    return ...


# %% tags=["solution"]
def my_match(a, b, limit):
    a, b = (rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (a, b))
    return np.mean((a @ b.T).max(axis=1) > limit)


# %% tags=["nbval-check-output"]
exercise.match.check(my_match)


# %% tags=["export"]
def matched(a, b, limit=0.7):
    """The share of rows of a that have a row of b along about the same direction."""
    return float(np.mean((unit(a) @ unit(b).T).max(axis=1) > limit))


# %%
second = sparse_autoencoder(some_nouns(rng), K)
fit(second, x[train], seed=seed + 1, **recipe)
first_columns, second_columns = decoder_columns(model), decoder_columns(second)
turned = unit(rng.normal(size=first_columns.shape))
shares_matched = {
    "two trainings": matched(first_columns, second_columns),
    "two lots of nouns": matched(by_nouns, some_nouns(rng)),
    "two lots of directions": matched(turned, unit(rng.normal(size=turned.shape))),
}
for name, share in shares_matched.items():
    print(f"{name}: {share:.0%} have a match")

# %% [markdown]
# Most features have a match, but not all of them. Which of the rest one sees is decided by the
# beginning. Nouns by lot have a match, too, now and then: that is the chance level here.
# Directions by lot would be the wrong control once more. They never match, and anything would
# look well beside them.

# %% tags=["nbval-check-output"]
expect(
    "trainings match more than lots of nouns do, and not in 9 of 10",
    shares_matched["two lots of nouns"] + 0.05 < shares_matched["two trainings"] < 0.9,
)

# %% [markdown]
# ### A better reconstruction, worse features?
#
# *Predict:* let 16 of the 256 units stay instead of two. The reconstruction must become
# better. Will single units also be better names for things?
#
# *Answer:* no. With 16 helpers a unit need not fit a thing by itself. The loss asks for sums
# that fit, and nothing in it asks for parts that a person can name.


# %%
def kept(model):
    """The share of the test codes' variance that is rebuilt."""
    return float(
        1 - np.mean((x[test] - model.reconstruct(x[test])) ** 2) / x[test].var(axis=0).mean()
    )


wide = sparse_autoencoder(by_nouns, 16)
fit(wide, x[train], seed=seed, **recipe)
scores["trained, 16 stay"] = found(wide.encode)
for name, some in {"trained": model, "trained, 16 stay": wide}.items():
    print(f"{name}: {kept(some):.0%} rebuilt, {hypernyms_found(scores[name])} hypernyms found")

# %% tags=["nbval-check-output"]
expect("16 units rebuild more than two", kept(wide) > kept(model))
expect(
    "and find fewer hypernyms",
    hypernyms_found(scores["trained, 16 stay"]) < hypernyms_found(scores["trained"]),
)

# %%
known_nouns = {"codes": x[train], "naming": (x[naming], y_naming[:, KINDS:])}
new_nouns = x[test], y_test[:, KINDS:]

# %% [markdown]
# ### Exercise 5: find more than k-means (stretch)
#
# `my_directions(x, n, rng)` gets codes of nouns without any label, shape `(52115, 128)`, and
# returns n directions, shape `(n, 128)`. The check counts the hypernyms that single directions
# find. Can you find four more than k-means does? `centres` and `sparse_autoencoder` are yours
# to use. A thought to begin with: along a few directions codes differ much, and these decide
# which centre is near.


# %% tags=["exercise"]
def my_directions(x, n, rng):
    return ...


# %% tags=["solution"]
def my_directions(x, n, rng):
    spread, axes = np.linalg.eigh(np.cov(x.T))
    calm = (axes * spread**-0.25 @ axes.T).astype("float32")  # loud directions become quieter
    return centres(x @ calm, n, rng) @ calm


# %% tags=["nbval-check-output"]
exercise.directions.check(my_directions, known=known_nouns, new=new_nouns)

# %% [markdown]
# ## 5. Push a code
#
# A direction can also be used. Add a unit's column to the code of a noun and see which nouns
# are near now. This is called {term:steering}. Take the ten best units (by naming), and for
# each one 200 test nouns that are not of its kind. Push each by what a loud unit says, and by
# twice that. Then look at the ten nearest nouns: how many are of the unit's kind?
#
# *Predict:* which push gets further, the unit's column, or the mean code of all nouns with
# that label?
#
# *Answer:* the cell below says. Think about what either of them was made of.

# %%
near, is_naming = unit(x[naming]), y_naming.toarray()


def share_near(rows, thing):
    """The share of a thing among the ten naming nouns that are nearest to each row."""
    score = unit(rows) @ near.T
    ten = np.argpartition(-score, 10, axis=1)[:, :10]
    return is_naming[ten, thing].mean()


def not_of(thing, n=200):
    return x[test][(y_test[:, [thing]].toarray()[:, 0] == 0)][:n]


# %%
def pushes(i):
    """What can be added for unit i: directions of length 1, by name."""
    has_label = y[train][:, [own[i]]].toarray()[:, 0] > 0
    other = rng.choice(np.setdiff1d(np.arange(UNITS), best_units))
    return {
        "its column": first_columns[i],
        "another": first_columns[other],
        "by lot": unit(rng.normal(size=128)),
        "label mean": unit(x[train][has_label].mean(axis=0)),
    }


# %%
moved = {}
for i in best_units:
    loud = np.percentile(h_naming[:, i][h_naming[:, i] > 0], 95)
    rows = not_of(own[i])
    moved.setdefault("no push", []).append(share_near(rows, own[i]))
    for name, direction in pushes(i).items():
        for times in (1, 2):
            after = share_near(rows + times * loud * direction, own[i])
            moved.setdefault(f"{name}, × {times}", []).append(after)

# %%
means = {name: float(np.mean(shares)) for name, shares in moved.items()}
print({name: round(share, 3) for name, share in means.items()})
plots.show_bars(
    means,
    title="A unit's column pushes towards its kind, and so does the mean of the label",
    y_label="of its kind among ten near",
    number_format="{:.2f}",
    colours=[
        plots.BLACK,
        *(c for c in (plots.BLUE, plots.SKY, plots.SKY, plots.ORANGE) for _ in "12"),
    ],
)

# %% [markdown]
# The bars show the share of the kind among the ten nearest nouns, as a mean over ten units.
# The unit's own column moves codes to its kind. The column of another unit and a direction by
# lot do not, though they are as long. The mean of labelled nouns does it without any training:
# who has labels needs no sparse autoencoder to steer.

# %% tags=["nbval-check-output"]
expect("its column: three in ten are of the kind", means["its column, × 1"] >= 0.3)
expect("its column, twice as loud: half are of the kind", means["its column, × 2"] >= 0.5)
expect(
    "another column and lots: one in twenty at most",
    max(means["another, × 2"], means["by lot, × 2"]) <= 0.05,
)

# %% [markdown]
# ## 6. And in language models?
#
# A language model is a pile of blocks. All of them read from one row of numbers a word, and
# each adds what it found to that row. This row is called the {term:residual stream}. It has
# some thousands of numbers, and surely more than that many things to hold. So superposition is
# a good guess, and sparse autoencoders were trained on such rows.

# %% [markdown]
# Bricken et al. (2023) took one small block apart and found features for DNA, for legal text,
# for Arabic script. Templeton et al. (2024) found millions in a large model. One of them stood
# for the Golden Gate Bridge. Held at a loud value it made the model speak of little else. Gao
# et al. (2024) used the top-k rule of this lesson, with up to 16 million units.

# %% [markdown]
# Which of our controls were run there?
#
# | control | what was found |
# |---|---|
# | single numbers of the model | far fewer can be named: in the first papers already |
# | the same training on a network with random weights | names fit about as well (Heap et al., 2025) |
# | a second seed | 3 of 10 features shared, in one network with 131,000 units (Paulo and Belrose, 2025) |
# | a probe with labels | seldom beaten (Kantamneni et al., 2025) |
# | the mean of the label, a plain request | the mean is ahead of features at finding, the request at steering (Wu et al., 2025) |
#
# The last row is disputed: with features chosen by labels, others found steering nearly as
# good as training (Jørgensen and Hansen, 2026).

# %% [markdown]
# What can be concluded? That many things can be found in such models without labels, more than
# the models have numbers, and that some of them can be pushed on purpose. Our third section
# shows that the tool *can* undo a sum, where things come in such sums.
#
# What cannot? That the features found are those which the model uses, that they are complete,
# or that a list of the best ones describes the rest. Our codes are also no language model:
# they come from one layer, and were trained with the names of more general senses in their
# text. That helps every method here alike.

# %% [markdown]
# ## Now yours
#
# What do your own texts speak about? The file below was made for this course: 600 messages
# such as a town hall may get, written by a program. Nobody sent them. Half of them are to
# learn from, a quarter names each feature by the word that fits best, and the last quarter
# scores it.

# %%
file = DATA / "yours" / "messages.txt"  # your own file, or a folder of .txt and .md files
features = application.find_features(file, units=16, seed=seed)
table = [f"{f.name}: F1 {f.f1:.2f} (untrained {f.untrained:.2f})" for f in features]
saved = Path(tempfile.mkdtemp()) / "features.txt"
saved.write_text("\n".join(table), encoding="utf-8")
for line, feature in zip(table[:6], features, strict=False):
    print(f"{line}\n    {feature.texts[0]}")
print(f"saved as {saved.name}")

# %% [markdown]
# The first number says how well the feature and the word agree on messages that nobody looked
# at before. A program wrote them, with few words: on real texts it will be lower. In brackets
# is what the best untrained unit reaches for the same word. Where both are alike, the training
# found nothing that was not there.
#
# For your own texts change `file`. Paragraphs are taken one by one; some hundreds are needed.
#
# What it cannot do: the name is one word, and a feature may mean more, or something else. It
# knows English words of a dictionary, no names and no numbers. Whether a feature is *about*
# what its name says you see only by reading its texts.

# %% tags=["nbval-check-output"]
expect("three features at least have an F1 of 0.5", sum(f.f1 >= 0.5 for f in features) >= 3)

# %% [markdown]
# ## What you saw
#
# - A code knows very many things, and hardly one of its numbers stands for one.
# - A network with rare things to hold puts five into two numbers.
# - Where many directions are summed, a sparse autoencoder finds them all, and k-means a part.
# - On real codes it finds more than its own beginning, and no more than k-means. About half of
#   what one sees is there before any training.
# - Features push codes. So does the mean of a label.

# %% [markdown]
# **Where this is used.** Language models are taken apart with sparse autoencoders, to see what
# a model attends to, to find what it should not know, and to push it. Proteins and pictures
# are studied in the same way.

# %% [markdown]
# **Read on.**
#
# - Alireza Makhzani and Brendan Frey, *k-Sparse autoencoders* (2013).
# - Nelson Elhage et al., *Toy models of superposition* (2022).
# - Trenton Bricken et al., *Towards monosemanticity* (2023).
# - Adly Templeton et al., *Scaling monosemanticity* (2024).
# - Leo Gao et al., *Scaling and evaluating sparse autoencoders* (2024).
# - Thomas Heap et al., *Sparse autoencoders can interpret randomly initialized transformers*
#   (2025).
# - Gonçalo Paulo and Nora Belrose, *Sparse autoencoders trained on the same data learn
#   different features* (2025).
# - Subhash Kantamneni et al., *Are sparse autoencoders useful?* (2025).
# - Zhengxuan Wu et al., *AxBench* (2025).
