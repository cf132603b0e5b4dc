# %% [markdown]
# # Anomalies
#
# Let reconstruction error raise the alarm, choose its threshold honestly, and see what simple
# rivals do with the same care.
#
# **The question:** an autoencoder has only ever seen threes. How well can it tell that
# something is not a three?
#
# **You will**
# - turn reconstruction errors into alarms, with a threshold from normal data alone,
# - find out how far such a threshold can be trusted,
# - read a confusion table, a ROC curve and a precision–recall curve,
# - improve the score step by step, for the autoencoder and for its rivals alike,
# - hunt down wrong labels in a training set,
# - score a table of your own.
#
# **You need** {lesson:denoising}.
#
# **Time** {time}.

# %%
import tempfile
from importlib.resources import files
from pathlib import Path

# %%
import numpy as np
from matplotlib.font_manager import findfont
from PIL import Image, ImageDraw, ImageFont
from scipy.ndimage import gaussian_filter
from scipy.stats import beta, norm
from skimage import data
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.metrics import (
    average_precision_score,
    precision_recall_curve,
    roc_auc_score,
    roc_curve,
)
from sklearn.neighbors import NearestNeighbors

# %%
from aecourse import plots
from aecourse.applications.anomalies import score_table
from aecourse.datasets import load_digits, split_digits
from aecourse.exercises import anomalies as exercise
from aecourse.files import read_table
from aecourse.models import Autoencoder, dense_autoencoder
from aecourse.session import expect, start
from aecourse.training import fit

import keras  # isort: skip
from keras import layers  # isort: skip

seed = start(0)
rng = np.random.default_rng(seed)
(x_train, y_train), _ = load_digits()
(x_fit, y_fit), (x_valid, y_valid), (x_test, y_test) = split_digits()

# %% [markdown]
# ## 1. An autoencoder that knows one thing
#
# An {term:anomaly} is what does not look like the rest. Often nobody can say beforehand what
# it will look like, so there is only *normal* data to train on. What an autoencoder of normal
# data reconstructs badly is suspicious.
#
# To measure how well this works, play ten games. In game 3 the threes are normal and all other
# digits are anomalies. The other games do the same with the other digits. Ten games need ten
# networks, and these stand **side by side in one model**. Its layer `EinsumDense` holds ten
# dense layers. Layer k multiplies the 784 pixels of image k with its own weights, and knows
# nothing of the other nine.


# %% tags=["export"]
def ten_dense(z, units):
    """Ten dense layers side by side: (n, 10, inputs) → (n, 10, units)."""
    return layers.EinsumDense("nki,kio->nko", output_shape=(10, units), bias_axes="ko")(z)


def settle(z, units):
    z = layers.BatchNormalization(momentum=0.9)(layers.Reshape((10 * units,))(z))
    return layers.Reshape((10, units))(layers.Activation("relu")(z))


# %% tags=["export"]
def ten_autoencoders(code=32, width=128):
    """`x: (10, 28, 28) → (10, 128) → h: (10, 32) → (10, 128) → y: (10, 28, 28)`"""
    x = keras.Input((10, 28, 28))
    z = settle(ten_dense(layers.Reshape((10, 784))(x), width), width)
    h = keras.Input((10, code))
    y = ten_dense(settle(ten_dense(h, width), width), 784)
    y = layers.Reshape((10, 28, 28))(layers.Activation("sigmoid")(y))
    return Autoencoder(keras.Model(x, ten_dense(z, code)), keras.Model(h, y))


# %% [markdown]
# A training sample is a row of ten images. Network 0 gets a zero from it, network 1 a one, and
# so on.


# %% tags=["export"]
def in_rows(x, labels, n, rng):
    """n rows of ten images, one of each label, shape (n, 10, 28, 28); some come twice."""
    own = [np.resize(rng.permutation(np.flatnonzero(labels == k)), n) for k in range(10)]
    return np.stack([x[rng.permutation(chosen), ..., 0] for chosen in own], axis=1)


def train_ten(x, labels, rng, epochs=12, n=700):
    model = ten_autoencoders()
    settings = {"batch_size": 100, "learning_rate": 8e-3, "loss": "binary_crossentropy"}
    fit(model, in_rows(x, labels, n, rng), epochs=epochs, **settings)
    return model


# %% tags=["export"]
def ask_all(model, x):
    """All ten networks look at every image: codes (n, 10, code), y (n, 10, 28, 28)."""
    rows = np.repeat(x[:, None, ..., 0], 10, axis=1)
    h = model.encode(rows)
    return h, model.decode(h)


# %%
model = train_ten(x_fit, y_fit, rng)

# %% [markdown]
# *Predict:* what will the network of threes make of a seven?
#
# *Answer:* something like a three. It has never learned to draw anything else.

# %%
ten = x_valid[[np.flatnonzero(y_valid == digit)[1] for digit in range(10)]]
y_of_three = ask_all(model, ten)[1][:, 3, ..., None]
plots.show_images(
    {
        "input x": ten,
        "network of\nthrees, y": y_of_three,
        "squared error": (ten - y_of_three) ** 2,
    },
    title="The network of threes draws with the strokes of threes",
)

# %% [markdown]
# The second row shows what a network makes of each digit if it has only seen threes. The third
# row is bright where it is wrong. The mean over an image of that row is its *score*. The
# higher the score, the more suspicious the image.


# %%
def error_of_three(x):
    return ((x[..., 0] - ask_all(model, x)[1][:, 3]) ** 2).mean(axis=(1, 2))


is_three = y_valid == 3
error = error_of_three(x_valid)
held_out = error[is_three]
plots.show_histograms(
    {"network of threes, validation digits": (held_out, error[~is_three])},
    title="Threes lie to the left, other digits to the right, and they overlap",
    x_label="mean squared error",
    names=("threes", "other digits"),
)

# %% [markdown]
# The filled bars are the errors of threes that the network has not seen. The outline is for
# other digits, whose errors are larger on average. Wherever you draw a line, some land on the
# wrong side.

# %% tags=["nbval-check-output"]
expect(
    "the median error of other digits is 1.5 times that of threes, at least",
    np.median(error[~is_three]) > 1.5 * np.median(held_out),
)
expect(
    "they overlap: some other digits have a smaller error than the median three",
    np.sum(error[~is_three] < np.median(held_out)) > 0,
)

# %% [markdown]
# ## 2. From a score to an alarm
#
# An alarm needs a threshold, and you have no anomalies to choose it with. But you have normal
# data, and you can decide how many **false alarms** you accept, say 5 %. Use normal data that
# the network has **not** been trained on, because its training data have smaller errors.
#
# Never choose the threshold on the data that you then judge. PyImageSearch's tutorial on
# anomaly detection takes a quantile of the very images that it flags. It would flag the same
# share of them if there were no anomaly at all.

# %% [markdown]
# ### Exercise 1: choose the threshold (warm-up)
#
# You get the scores of held-out normal data. Return the value that a share `rate` of them
# exceeds.


# %% tags=["exercise"]
def my_threshold(normal_scores, rate):
    return ...


# %% tags=["solution"]
def my_threshold(normal_scores, rate):
    return np.quantile(normal_scores, 1 - rate)


# %% tags=["nbval-check-output"]
exercise.threshold.check(my_threshold)

# %% [markdown]
# Now look at the test digits, once. The anomaly is the *positive* class. An alarm for an
# anomaly is a *true positive*, and a false alarm is a {term:false positive}.
#
# *Predict:* 5 % of the held-out threes lie above the threshold. What share of the test threes
# will raise a false alarm? And what share of the other digits will raise an alarm?
#
# *Answer:* nearly twice as many threes as planned, and about two in three of the other digits.

# %%
threshold = np.quantile(held_out, 0.95)
test_error = error_of_three(x_test)
anomaly, alarm = y_test != 3, test_error > threshold
print(f"{'':14}{'no alarm':>9}{'alarm':>7}")
for name, group in {"threes": ~anomaly, "other digits": anomaly}.items():
    print(f"{name:14}{np.sum(group & ~alarm):9}{np.sum(group & alarm):7}")
false_alarms, caught = alarm[~anomaly].mean(), alarm[anomaly].mean()
precision = anomaly[alarm].mean()
seen_error = error_of_three(x_fit[y_fit == 3])  # the threes that it was trained on
print(f"false alarms {false_alarms:.3f}, caught {caught:.3f}, precision {precision:.3f}")

# %% [markdown]
# This {term:confusion table} has the truth in its rows and the alarm in its columns.
# {term:Precision} is the share of alarms that are right.

# %% tags=["nbval-check-output"]
expect(
    "threes it was trained on have a smaller median error than held-out ones",
    np.median(seen_error) < np.median(held_out),
)
expect("more than 40 % of the other digits are caught", caught > 0.4)
expect("precision above 0.95 where 9 in 10 are anomalies", precision > 0.95)

# %% [markdown]
# ### You asked for 5 % and got more
#
# Did the network do something wrong? Or was it bad luck with the threes that were held out?
# There were only 98 of them.
#
# Repeat the choice to find out. Put the held-out and the test threes into one bag. Draw 98
# from it, take their threshold, and count the false alarms among the rest. Do so 2,000 times.

# %% [markdown]
# One detail makes the rule exact. A new three is one more score beside the n held-out ones. So
# take the k-th smallest of these, with k = (n + 1) · 0.95, rounded up. This rule is called
# {term:split conformal}. Its false alarms are 5 % at most, **on average over all draws**.


# %% tags=["export"]
def kth(n, rate):
    """Which of n held-out scores, counted from the smallest, is the threshold."""
    return int(np.ceil((n + 1) * (1 - rate)))


def draw_again(scores, n, rate, rng):
    """Choose the threshold on n of the scores; the share of the others that lies above it."""
    mixed = rng.permutation(scores)
    return np.mean(mixed[n:] > np.sort(mixed[:n])[kth(n, rate) - 1])


# %% [markdown]
# There is a formula for one single draw, too (Vovk, 2012; Angelopoulos and Bates, 2021). The
# share of all normal data above the k-th smallest of n scores is a random number. It follows a
# {term:Beta distribution} with the two parameters n + 1 − k and k. The formula does not ask
# what is scored, nor how well. It only asks that held-out and new data come from the same
# source.
#
# *Predict:* 2,000 thresholds are chosen for 5 %. How widely will their false alarms range?
#
# *Answer:* widely. Some thresholds give hardly any false alarm, others 10 %.

# %%
n, bag = len(held_out), np.concatenate([held_out, test_error[~anomaly]])
again = np.array([draw_again(bag, n, 0.05, rng) for _ in range(2000)])
beyond = beta(n + 1 - kth(n, 0.05), kth(n, 0.05))  # the formula, for endless new data
tested = len(bag) - n
formula = rng.binomial(tested, beyond.rvs(2000, random_state=rng)) / tested

# %%
spread = rng.uniform(-0.5, 0.5, 2000) / tested  # whole counts would leave gaps in the figure
plots.show_histograms(
    {
        f"{n} held-out threes, {tested} others": (
            100 * (again + spread),
            100 * (formula + spread),
        )
    },
    title="A threshold for 5 % gives anything from 1 to 10 % false alarms",
    x_label="false alarms, %",
    names=("thresholds drawn again", "the formula"),
)

# %% [markdown]
# The filled bars are the 2,000 thresholds, and the outline is what the formula says. The two
# agree, and both are wide. A threshold from few scores is a rough guess. How many scores make
# it a good one?

# %%
ranges = {}
for size in (n, 1_000, 10_000):
    low, high = beta(size + 1 - kth(size, 0.05), kth(size, 0.05)).ppf([0.025, 0.975])
    ranges[size] = low, high
    print(f"{size:6,} held-out scores: {100 * low:4.1f} to {100 * high:4.1f} % false alarms")
low, high = np.quantile(again, [0.025, 0.975])
first = np.mean(test_error[~anomaly] > np.sort(held_out)[kth(n, 0.05) - 1])
print(
    f"drawn again: {100 * low:.1f} to {100 * high:.1f} %; our first draw {100 * first:.1f} %,"
)
print(f"and {100 * np.mean(again >= first):.1f} % of the draws are as bad or worse")

# %% [markdown]
# In 95 of 100 draws the share lies in the printed range. Ten times the scores make it about
# three times narrower. The last lines show that our own draw was an unlucky one. No fault of
# the network is needed to explain it. Whoever promises a rate of false alarms should say how
# many held-out scores it rests on.

# %% tags=["nbval-check-output"]
expect("drawn again, the mean is 3 to 5 %", 0.03 < again.mean() < 0.05)
expect(
    "the formula has the same mean, to 0.5 points", abs(again.mean() - formula.mean()) < 0.005
)
expect(
    "our first draw is a possible one: more than 2 of 1,000 are as bad",
    np.mean(again >= first) > 0.002,
)
expect("with 98 scores the range is more than 6 points wide", np.ptp(ranges[n]) > 0.06)

# %% [markdown]
# ## 3. One number for an overlap
#
# Take one normal image and one anomaly at random. How often does the anomaly have the higher
# score? That share is called {term:AUROC}. It is 1 for a perfect score and 0.5 for a coin.
# What do 0.5, 0.8 and 0.95 look like?

# %%
panels = {}
for target in (0.5, 0.8, 0.95):
    distance = np.sqrt(2) * norm.ppf(target)  # for two bell curves of width 1
    a, b = rng.normal(0, 1, 5000), rng.normal(distance, 1, 5000)
    panels[f"AUROC {target}"] = (a, b)
measured = [
    roc_auc_score(np.repeat([0, 1], 5000), np.concatenate(groups))
    for groups in panels.values()
]
plots.show_histograms(panels, title="At 0.8 two groups still overlap widely", x_label="score")

# %% [markdown]
# On the left there is no difference. In the middle the anomalies lie further to the right, but
# most of both groups share the same place. On the right only the feet of the two hills
# overlap.

# %% tags=["nbval-check-output"]
expect(
    "the groups have the AUROC they were drawn for, to 0.02",
    np.allclose(measured, [0.5, 0.8, 0.95], atol=0.02),
)

# %% [markdown]
# ### Exercise 2: write the AUROC
#
# You get the scores of normal data and of anomalies, shapes `(n,)` and `(m,)`. Return the
# share of the n · m pairs in which the anomaly has the higher score. A tie counts half. Use
# NumPy only.


# %% tags=["exercise"]
def my_auroc(normal, anomaly):
    return ...


# %% tags=["solution"]
def my_auroc(normal, anomaly):
    higher = anomaly[:, None] > normal
    ties = anomaly[:, None] == normal
    return np.mean(higher + 0.5 * ties)


# %% tags=["nbval-check-output"]
exercise.auroc.check(my_auroc)

# %% [markdown]
# ### How rare are anomalies?
#
# The precision of section 2 is high because nine in ten test digits are anomalies. Hardly any
# real task is like that. So let one image in twenty be an anomaly. `sample_weight` gives each
# group the weight that it would have then.
#
# *Predict:* the scores stay the same. What happens to the precision?
#
# *Answer:* it falls. The many normal images now raise more alarms than the few anomalies.

# %%
rarity = {
    "9 in 10 are anomalies": None,
    "1 in 20 is an anomaly": np.where(
        anomaly, 0.05 / anomaly.mean(), 0.95 / (~anomaly).mean()
    ),
}

# %%
curves, ap = {}, {}
for name, weights in rarity.items():
    p, r, _ = precision_recall_curve(anomaly, test_error, sample_weight=weights)
    curves[name] = (r, p)
    ap[name] = average_precision_score(anomaly, test_error, sample_weight=weights)
plots.show_curves(
    curves,
    title="The same scores: where anomalies are rare, most alarms can be false",
    x_label="recall: share of the anomalies that are caught",
    y_label="precision",
)

# %% [markdown]
# Each curve shows all thresholds, with the share of anomalies that are caught and the share of
# alarms that are right. The curves lie far apart. The rarer the anomalies, the lower the
# precision. The area below such a curve is the {term:average precision}.

# %%
roc = {
    name: roc_curve(anomaly, test_error, sample_weight=weights)[:2]
    for name, weights in rarity.items()
}
plots.show_curves(
    {**roc, "a coin": ([0, 1], [0, 1])},
    title="The ROC curve does not notice how rare anomalies are",
    x_label="share of normal images that raise a false alarm",
    y_label="share of anomalies caught",
)

# %% [markdown]
# The {term:ROC curve} shows for every threshold its false alarms and what it catches. The area
# below it is the AUROC. Here the two curves coincide.
#
# Look twice at published numbers. TensorFlow's tutorial on heartbeats, for one, reports
# precision and recall with *normal* as the positive class.

# %%
few = rarity["1 in 20 is an anomaly"]
flipped = average_precision_score(~anomaly, -test_error, sample_weight=few)
print(", ".join(f"{name}: {value:.3f}" for name, value in ap.items()))
print(f"1 in 20, with normal as the positive class: {flipped:.3f}")

# %% tags=["nbval-check-output"]
expect(
    "average precision falls by 0.2 at least where 1 in 20 is an anomaly",
    ap["1 in 20 is an anomaly"] < ap["9 in 10 are anomalies"] - 0.2,
)
expect("with normal as the positive class it looks far better: above 0.95", flipped > 0.95)

# %% [markdown]
# ### Exercise 3: what an alarm is worth
#
# A detector catches a share `caught` of the anomalies. It raises a false alarm for a share
# `false_alarms` of the normal data. A share `rare` of all data are anomalies. Return the
# detector's precision.


# %% tags=["exercise"]
def my_precision(caught, false_alarms, rare):
    return ...


# %% tags=["solution"]
def my_precision(caught, false_alarms, rare):
    return rare * caught / (rare * caught + (1 - rare) * false_alarms)


# %% tags=["nbval-check-output"]
exercise.precision.check(my_precision)

# %% [markdown]
# ## 4. A better score, for everybody
#
# Three things are unfair about a raw error.
#
# - A bold three has more ink to get wrong than a thin one. So **divide by the ink**.
# - A stroke that lies one pixel off counts twice, where it is and where it should be. So
#   **soften** x and y before you compare them.
# - The error does not look at the code. So multiply it by the mean distance from h to the
#   three nearest **codes** of training digits.


# %% tags=["export"]
STEPS = ("raw error", "divided by ink", "softened", "softened × code")


def soft(x):
    """Images (..., 28, 28), blurred by one pixel."""
    return gaussian_filter(x, (0,) * (x.ndim - 2) + (1, 1))


def relative(x, y):
    """Squared error of images (n, 28, 28) by their squared ink; 1 is a little ink."""
    return ((x - y) ** 2).sum(axis=(1, 2)) / ((x**2).sum(axis=(1, 2)) + 1)


# %% tags=["export"]
def neighbours(normal, x, k=3):
    """Mean distance to the k nearest normal samples."""
    flat = NearestNeighbors(n_neighbors=k).fit(normal.reshape(len(normal), -1))
    return flat.kneighbors(x.reshape(len(x), -1))[0].mean(axis=1)


def four_scores(x, y, h_normal, h):
    plain = ((x - y) ** 2).mean(axis=(1, 2))
    softened = relative(soft(x), soft(y))
    scores = plain, relative(x, y), softened, softened * neighbours(h_normal, h)
    return dict(zip(STEPS, scores, strict=True))


# %% tags=["export"]
def by_autoencoder(model, normals, x):
    """Each network's scores of all images; normals (n, 10, 28, 28), x (m, 28, 28, 1)."""
    h, y = ask_all(model, x)
    h_normal = model.encode(normals)
    return [four_scores(x[..., 0], y[:, k], h_normal[:, k], h[:, k]) for k in range(10)]


# %% [markdown]
# The rivals play the same ten games and get the same care. All settings were chosen on the
# validation digits.
#
# - *PCA* with 16 numbers gets the same four scores.
# - The *nearest neighbours* have no reconstruction. Their score is the distance to the three
#   nearest training images. These are taken as they are, then divided by their length (the
#   root of the sum of squares), then softened as well.


# %% tags=["export"]
def by_pca(normals, x, components=16):
    scores, flat = [], x.reshape(len(x), -1)
    for k in range(10):
        own = normals[:, k].reshape(len(normals), -1)
        pca = PCA(components, random_state=0).fit(own)
        h, h_normal = pca.transform(flat), pca.transform(own)
        y = pca.inverse_transform(h).reshape(x.shape)
        scores.append(four_scores(x[..., 0], y[..., 0], h_normal, h))
    return scores


# %% tags=["export"]
def one_length(x):
    return x / (np.sqrt((x**2).sum(axis=(1, 2), keepdims=True)) + 1e-6)


LOOKS = (lambda x: x, one_length, lambda x: one_length(soft(x)))


def by_neighbours(normals, x):
    return [
        {
            step: neighbours(look(normals[:, k]), look(x[..., 0]))
            for step, look in zip(STEPS, LOOKS, strict=False)
        }
        for k in range(10)
    ]


# %% [markdown]
# The {term:isolation forest} (Liu et al., 2008) cuts the data at random places. What is alone
# after few cuts is suspicious. A cut through one pixel tells little about a digit. So the
# forest gets a second chance, with softened images in 64 PCA numbers. *Whitened* means that
# each of these numbers is divided by its spread.


# %% tags=["export"]
def whitened(own, x, components=64):
    """Normal and judged images (n, 28, 28), softened, as PCA numbers of spread 1."""
    own, x = (one_length(soft(images)).reshape(len(images), -1) for images in (own, x))
    pca = PCA(min(components, len(own) - 1), whiten=True, random_state=0).fit(own)
    return pca.transform(own), pca.transform(x)


def forest(own, x, trees):
    cuts = IsolationForest(n_estimators=trees, random_state=0).fit(own)
    return -cuts.score_samples(x)


# %% tags=["export"]
def by_forest(normals, x):
    scores, flat = [], x.reshape(len(x), -1)
    for k in range(10):
        pixels = forest(normals[:, k].reshape(len(normals), -1), flat, trees=30)
        numbers = forest(*whitened(normals[:, k], x[..., 0]), trees=100)
        scores.append({"raw error": pixels, "softened": numbers})
    return scores


def mean_auroc(scores, labels):
    """The mean over the ten games, for each kind of score."""
    return {
        step: np.mean([roc_auc_score(labels != k, scores[k][step]) for k in range(10)])
        for step in scores[0]
    }


# %% [markdown]
# *Predict:* now all of them meet the test digits. Who profits from a better score? Who is
# ahead at the end?
#
# *Answer:* everybody profits, and the forest most. The nearest neighbours end ahead.

# %%
normals = in_rows(x_fit, y_fit, 700, rng)
aurocs = {
    "autoencoder": mean_auroc(by_autoencoder(model, normals, x_test), y_test),
    "PCA": mean_auroc(by_pca(normals, x_test), y_test),
    "neighbours": mean_auroc(by_neighbours(normals, x_test), y_test),
    "isolation forest": mean_auroc(by_forest(normals, x_test), y_test),
}
plain = {name: values["raw error"] for name, values in aurocs.items()}
final = {name: list(values.values())[-1] for name, values in aurocs.items()}
for name, values in aurocs.items():
    print(f"{name:17}" + "".join(f"  {step}: {a:.3f}" for step, a in values.items()))

# %%
pairs = {f"{name}, raw": 100 * (1 - area) for name, area in plain.items()}
pairs |= {f"{name}, best": 100 * (1 - area) for name, area in final.items()}
plots.show_bars(
    pairs,
    title="With a better score every method gains, and all four come close",
    y_label="wrong pairs, %",
    number_format="{:.1f}",
    colours=2 * list(plots.PALETTE[:4]),
)

# %% [markdown]
# Take one normal image and one anomaly again. A pair is wrong if the normal image has the
# higher score. The bars show the share of wrong pairs, which is 1 − AUROC, so lower is better.
# On the left are the raw scores, on the right the best ones. At the end, the gap between the
# best and the worst method is smaller than what each of them gained. So the score counted more
# than the method.
#
# This is what larger studies find, too. ADBench (Han et al., 2022) compared 14 detectors that
# need no labels on 57 data sets, and none of them was clearly the best.

# %%
kept = {"autoencoder": model.count_params(), "neighbours": normals.size}
print(
    ", ".join(f"{name}: {size / 1e6:.1f} million numbers kept" for name, size in kept.items())
)

# %% [markdown]
# So **when is an autoencoder worth its training?** Not here, where 700 images a game are few
# enough to keep them all. Neighbours need every training image, and compare each new image
# with all of them. A network keeps its size however many images it has seen, and here it is
# already the smaller of the two. Its error also shows *where* an image is odd. PCA shares both
# merits, and on small centred digits it does as well.

# %% tags=["nbval-check-output"]
expect("autoencoder: mean AUROC of at least 0.965", final["autoencoder"] >= 0.965)
expect("PCA with the same score: within 0.01", abs(final["PCA"] - final["autoencoder"]) < 0.01)
expect("neighbours end ahead of the autoencoder", final["neighbours"] > final["autoencoder"])

# %% tags=["nbval-check-output"]
expect(
    "at the end the four are closer together than raw and best are for any of them",
    np.ptp(list(final.values())) < min(final[m] - plain[m] for m in final),
)
expect(
    "the forest, with a better score, beats the autoencoder's raw error",
    final["isolation forest"] > plain["autoencoder"],
)
expect(
    "the networks keep less than half of what neighbours keep",
    kept["autoencoder"] < 0.5 * kept["neighbours"],
)

# %% [markdown]
# ## 5. Too simple to be noticed
#
# Now *all* digits are normal, and anything may come in. Here are six kinds of intruders.


# %%
def letters(n, rng):
    font, pages = ImageFont.truetype(findfont("DejaVu Sans"), 22), []
    for letter in rng.choice(list("ABCEFGHKMNPRTWX"), n):
        page = Image.new("L", (28, 28))
        place = tuple(14 + rng.integers(-2, 3, 2))
        ImageDraw.Draw(page).text(place, letter, fill=255, font=font, anchor="mm")
        pages.append(page)
    return np.stack(pages)[..., None].astype("float32") / 255


# %%
def strokes(n, rng):
    pages = [Image.new("L", (28, 28)) for _ in range(n)]
    for page in pages:
        ends = rng.uniform(9, 19, 4).tolist()
        ImageDraw.Draw(page).line(ends, fill=255, width=2)
    return np.stack(pages)[..., None].astype("float32") / 255


def photographs(n, rng):
    picture, corners = data.camera() / 255, rng.integers(0, 484, (n, 2))
    crops = np.stack([picture[i : i + 28, j : j + 28] for i, j in corners])
    return crops[..., None].astype("float32")


# %%
def intruders(x, rng):
    n, shuffled = len(x), rng.permutation(784)
    return {
        "inverted": 1 - x,
        "shuffled": x.reshape(n, 784)[:, shuffled].reshape(x.shape),
        "photographs": photographs(n, rng),
        "letters": letters(n, rng),
        "single strokes": strokes(n, rng),
        "dusty paper": rng.uniform(0, 0.1, x.shape).astype("float32"),
    }


# %%
odd = intruders(x_test[:200], rng)
plots.show_images(
    {name: x[:10] for name, x in odd.items()},
    title="Six kinds of images that are no digits",
)

# %% [markdown]
# Each row is one kind. Train an autoencoder of all digits, as in {lesson:dense_keras}, with
# one hidden layer. Do it twice, with 4 and with 32 numbers in its code.
#
# *Predict:* which intruder is reconstructed worst? Which best?
#
# *Answer:* inverted digits are worst. Dusty paper is best, even better than digits.


# %%
def train_all(x, code):
    net = dense_autoencoder(code, hidden=(256,))
    settings = {"batch_size": 250, "learning_rate": 8e-3, "loss": "binary_crossentropy"}
    fit(net, x, epochs=4, **settings)
    return net


nets = {"4 numbers": train_all(x_fit, 4), "32 numbers": train_all(x_fit, 32)}

# %%
rows = {}
for name in ("digits", "letters", "single strokes", "dusty paper"):
    x = odd.get(name, x_test)
    y = nets["32 numbers"].reconstruct(x)
    rows[f"{name} x"] = x[:10]
    rows[f"y, MSE {((x - y) ** 2).mean():.4f}"] = y[:10]
plots.show_images(rows, title="Strokes and dusty paper have smaller errors than digits")

# %% [markdown]
# Each pair of rows shows what came in and what the network made of it. Letters become odd
# mixtures. A single stroke becomes a faint smudge, and dust becomes black paper. Yet both have
# a smaller error than digits. Where there is little ink, there is little to get wrong. So what
# is simple passes, even if the network has never seen it.


# %%
def intruder_scores(net, h_normal, x):
    h, y = net.encode(x), net.reconstruct(x)
    ink, far = relative(x[..., 0], y[..., 0]), neighbours(h_normal, h)
    plain = ((x - y) ** 2).mean(axis=(1, 2, 3))
    return {"raw error": plain, "by ink": ink, "code": far, "ink × code": ink * far}


def auroc_of(normal, other):
    truth = np.repeat([0, 1], [len(normal), len(other)])
    return roc_auc_score(truth, np.concatenate([normal, other]))


# %%
intruder_auroc = {}
for name, net in nets.items():
    h_fit = net.encode(x_fit)
    of_digits = intruder_scores(net, h_fit, x_test)
    print(f"\n{name:15}" + "".join(f"{score:>12}" for score in of_digits))
    for kind, x in odd.items():
        of_odd = intruder_scores(net, h_fit, x)
        values = {s: auroc_of(of_digits[s], of_odd[s]) for s in of_digits}
        intruder_auroc[name, kind] = values
        print(f"{kind:15}" + "".join(f"{a:12.3f}" for a in values.values()))

# %%
stroke = {name: intruder_auroc[name, "single strokes"] for name in nets}
raw = {kind: intruder_auroc["32 numbers", kind]["raw error"] for kind in odd}
both = {kind: intruder_auroc["32 numbers", kind]["ink × code"] for kind in odd}
plots.show_bars(
    {
        "4 numbers, raw error": stroke["4 numbers"]["raw error"],
        **{f"32 numbers, {score}": value for score, value in stroke["32 numbers"].items()},
    },
    title="Raw errors miss single strokes, and a better score sees them",
    y_label="AUROC, strokes against digits",
    number_format="{:.2f}",
    colours=[plots.SKY] + 4 * [plots.BLUE],
)

# %% [markdown]
# A bar below 0.5 means that strokes look *more normal than digits*. A smaller code helps a
# little, since it can hardly draw anything but digits. It does not rescue the raw error.
#
# Dividing by the ink does help, because a stroke has little of it. Asking where the code lies
# helps, too, because it lies far from the codes of digits. The table shows what each is worth
# for the other kinds.

# %% tags=["nbval-check-output"]
expect(
    "inverted and shuffled: raw error above 0.98", min(raw["inverted"], raw["shuffled"]) > 0.98
)
expect("strokes: raw error below 0.35, worse than a coin", raw["single strokes"] < 0.35)
expect("dusty paper: below 0.05", raw["dusty paper"] < 0.05)

# %% tags=["nbval-check-output"]
expect(
    "strokes: a code of 4 is better than 32, and still no more than 0.7",
    raw["single strokes"] < stroke["4 numbers"]["raw error"] < 0.7,
)
expect("by ink and code, every kind is above 0.9", min(both.values()) > 0.9)

# %% [markdown]
# ## 6. Hunting wrong labels
#
# Here the ten networks do a job that many data sets need. In a training set of 8,000 digits, 3
# % of the labels are wrong. They are made wrong on purpose, so that the truth is known. There
# are two ways to be wrong. A slip of the finger gives **any** other label. A tired eye takes a
# digit for one that **looks like it**: 4 for 9, 3 for 5, 1 for 7, and the reverse.


# %% tags=["export"]
HUNT_EPOCHS = 10
ALIKE = np.array([0, 7, 2, 5, 9, 3, 6, 1, 8, 4])  # what each digit is taken for


def flip(labels, rng, share=0.03, alike=False):
    """Labels of which a share is wrong, and which ones."""
    can = np.flatnonzero((labels != ALIKE[labels]) | (not alike))
    wrong = np.zeros(len(labels), bool)
    wrong[rng.choice(can, round(share * len(labels)), replace=False)] = True
    other = ALIKE[labels] if alike else (labels + rng.integers(1, 10, len(labels))) % 10
    return np.where(wrong, other, labels), wrong


# %% [markdown]
# Each network is trained on what *claims* to be its digit, impostors included. The suspicion
# against an image is its error in the network of the label that it carries, divided by the
# smallest error in the other nine. If it is large, another network knows this image better.


# %% tags=["export"]
def suspicion(errors, given):
    """Error under the given label by the smallest other one; errors (n, 10), one a label."""
    own = np.arange(10) == given[:, None]
    return errors[own] / (np.where(own, np.inf, errors).min(axis=1) + 1e-9)


def errors_of_ten(model, x):
    return np.concatenate(
        [
            ((some[:, None, ..., 0] - ask_all(model, some)[1]) ** 2).sum(axis=(2, 3))
            for some in np.array_split(x, 8)
        ]
    )


# %% [markdown]
# Two rivals get the same formula. PCA describes each label with 16 numbers. The nearest
# neighbours hold a vote. Each of the 40 nearest images votes for its own label, and the nearer
# it is, the more its vote counts. All settings were chosen on other draws of wrong labels.


# %% tags=["export"]
def errors_of_pca(x, given, components=16):
    flat = x.reshape(len(x), -1)
    errors = []
    for k in range(10):
        pca = PCA(components, random_state=0).fit(flat[given == k])
        errors.append(((flat - pca.inverse_transform(pca.transform(flat))) ** 2).sum(axis=1))
    return np.stack(errors, axis=1)


# %% tags=["export"]
def nearest(x, n=40):
    """Distances to the n nearest other images, and which ones they are."""
    flat = one_length(soft(x[..., 0])).reshape(len(x), -1)
    far, near = NearestNeighbors(n_neighbors=n + 1).fit(flat).kneighbors(flat)
    return far[:, 1:], near[:, 1:]


def errors_of_votes(far, near, given):
    """Few votes for a label are a large error; a vote weighs 1 / distance⁸."""
    weight = 1 / (far + 1e-6) ** 8
    votes = [(weight * (given[near] == k)).sum(axis=1) for k in range(10)]
    return 1 / (np.stack(votes, axis=1) / weight.sum(axis=1, keepdims=True) + 0.03)


def found(scores, wrong):
    """The share of wrong labels among as many suspects as there are wrong labels."""
    return wrong[np.argsort(-scores)[: wrong.sum()]].mean()


# %%
neighbourhood = nearest(x_train)


def hunt(given, rng):
    hunter = train_ten(x_train, given, rng, epochs=HUNT_EPOCHS)
    errors = {
        "autoencoder": errors_of_ten(hunter, x_train),
        "PCA": errors_of_pca(x_train, given),
        "neighbours": errors_of_votes(*neighbourhood, given),
    }
    return {name: suspicion(e, given) for name, e in errors.items()}


# %% [markdown]
# *Predict:* check as many suspects as there are wrong labels. By chance, three in a hundred of
# them are wrong. How many will be wrong after slips to any label? And where the labels look
# alike?
#
# *Answer:* more than 80 of 100, and clearly fewer where the labels look alike.

# %%
given, wrong = flip(y_train, rng)
suspects = hunt(given, rng)
given_alike, wrong_alike = flip(y_train, rng, alike=True)
suspects_alike = hunt(given_alike, rng)
hits = {name: found(scores, wrong) for name, scores in suspects.items()}
hits_alike = {name: found(scores, wrong_alike) for name, scores in suspects_alike.items()}

# %%
plots.show_bars(
    {
        **{f"{name}, any label": 100 * share for name, share in hits.items()},
        **{f"{name}, alike": 100 * share for name, share in hits_alike.items()},
    },
    title="All three find about equally many, and labels that look alike hide better",
    y_label="% wrong among the suspects",
    number_format="{:.0f}",
    colours=2 * list(plots.PALETTE[:3]),
)

# %% [markdown]
# The left three bars show slips to any label, the right three labels that look alike. Each bar
# says how many of 100 suspects really carry a wrong label. Autoencoder, PCA and neighbours are
# close together, and none is ahead by much.
#
# Who are the others, the suspects whose label was right all along?

# %%
ranked = np.argsort(-suspects["autoencoder"])
top, innocent = ranked[:10], ranked[~wrong[ranked]][:10]
plots.show_images(
    {"highest\nsuspicion": x_train[top]},
    captions=[f"labelled {given[i]}" for i in top],
    title="The list starts with labels that are plainly wrong",
)

# %%
plots.show_images(
    {"label right,\nyet suspected": x_train[innocent]},
    captions=[f"labelled {given[i]}" for i in innocent],
    title="Wrongly suspected: odd, broken or ambiguous digits",
)

# %% [markdown]
# The first figure shows the ten that stand highest, each with the label it carries. The second
# shows the highest ones whose label was right. A suspicion is a reason to look, and no reason
# to delete.

# %% tags=["nbval-check-output"]
expect(
    "any label: at least 80 % of the autoencoder's suspects are wrong",
    hits["autoencoder"] >= 0.8,
)
expect("alike: at least 65 %", hits_alike["autoencoder"] >= 0.65)
expect("of the ten highest, at least nine are wrong", wrong[top].sum() >= 9)

# %% tags=["nbval-check-output"]
expect(
    "any label: PCA and neighbours are within 8 points",
    all(abs(hits[m] - hits["autoencoder"]) < 0.08 for m in ("PCA", "neighbours")),
)
expect(
    "alike: PCA and neighbours are within 8 points",
    all(abs(hits_alike[m] - hits_alike["autoencoder"]) < 0.08 for m in ("PCA", "neighbours")),
)
expect(
    "each of the three finds fewer where labels look alike",
    all(hits_alike[m] < hits[m] - 0.03 for m in hits),
)

# %% [markdown]
# ### Exercise 4: not an eight (stretch)
#
# Eights are the hardest game. Write a detector for it. `eights`, shape `(n, 28, 28, 1)`, are
# normal. `x`, shape `(m, 28, 28, 1)`, is to be judged. Return the scores `(m,)`, higher for
# what is *not* an eight. An AUROC of **0.95** is asked for, and you may use any means.
#
# The check hands over 660 eights and judges by digits that it keeps to itself. It mirrors all
# of them, so that nothing that knows the lesson's digits has an advantage.


# %% tags=["exercise"]
def my_detector(eights, x):
    return ...


# %% tags=["solution"]
def my_detector(eights, x):
    def look(images):
        return one_length(soft(images[..., 0]))

    return neighbours(look(eights), look(x))


# %% tags=["nbval-check-output"]
exercise.detector.check(my_detector)

# %% [markdown]
# ## Now yours
#
# Your own table takes four lines. The course carries one to try them on, four weeks of a
# pump's log as a machine exports it: newest first, with decimal commas, gaps, and the tool in
# words. It is **simulated**, and four faults were built into its last week. The column `fault`
# says when, as a service report would afterwards.
#
# `score_table` learns from the weeks before. Five small autoencoders fill in columns that are
# hidden from them, a game that {lesson:denoising} began. The score of a row is how far its
# columns lie from what the networks expect. *Mean z²* stands beside it. It asks only how far
# each column lies from its own mean.

# %%
table = read_table(files("aecourse") / "data" / "yours" / "machine.csv", time="time")
fault = table.pop("fault")
is_past = table["time"] < "2026-03-23"
table.tail(3)

# %% [markdown]
# *Predict:* each fault changes one column, and leaves it inside the range of ordinary days.
# Who will find them, the networks or *mean z²*?
#
# *Answer:* the networks. A pressure of 5 bar is usual, but not while the pump works this hard.

# %%
judged = score_table(table[is_past], table[~is_past], budget=60, labels=fault[~is_past])
hit = fault[~is_past].to_numpy()[judged.alerts] == 1
folder = tempfile.TemporaryDirectory()  # yours: a place where you find it again
judged.beside(table[~is_past]).to_csv(Path(folder.name) / "alerts.csv", index=False)
for place, reason in list(zip(judged.alerts, judged.reasons, strict=True))[:4]:
    print(f"{table[~is_past]['time'].iloc[place]:%A %H:%M}  {reason}")

# %%
by_fault = {name: each["labels"] for name, each in judged.auroc.items()}
plots.show_bars(
    {name: 100 * (1 - area) for name, area in by_fault.items()},
    title="No value is unusual alone: who knows how columns belong together finds most",
    y_label="wrong pairs, %",
    number_format="{:.1f}",
)

# %% [markdown]
# The bars show the wrong pairs, as in section 4, so lower is better. *PCA, whitened* knows how
# columns move together along straight lines, and comes close. The printed lines say whether
# two methods are too close to tell. Each alert names the columns that surprised, with the
# value and what was expected there. The saved file holds every row of the last week with
# score, alert and reason, the highest score first.

# %% tags=["nbval-check-output"]
expect("at least half of the 60 alerts are faults", hit.sum() >= 30)
expect(
    "the networks have at most half the wrong pairs of mean z²",
    1 - by_fault["network"] < (1 - by_fault["mean z²"]) / 2,
)

# %% [markdown]
# For your file, change the path, the column of time and the day that parts past and new. Leave
# `labels` out if nobody knows the faults. Then the methods are tried on held-out rows with
# damage that is made up, and a printed line says where a simple one is better. That line knows
# nothing of your real anomalies. Where they are large values, *mean z²* will often do.
#
# What it cannot do: faults that the past is full of are usual to it. A machine that slowly
# changes raises more and more alarms until you learn anew. And twenty rows are no past: the
# printed range of false alarms says so.

# %% [markdown]
# ## What you saw
#
# - A threshold from few held-out scores is a rough guess, and a formula says how rough.
# - Where anomalies are rare, precision falls, and the ROC curve does not notice.
# - The care for the score counted more than the method. With it PCA keeps up with the
#   autoencoder, and neighbours end ahead.
# - What is simple has a small error. Divide by the ink, and ask where the code lies.
# - One model for each label finds most wrong labels, fewer where labels look alike.
#
# **Where this is used.** Inspection in factories, monitoring of machines and heartbeats,
# intrusion detection, cleaning data sets, and fraud in {lesson:fraud}.

# %% [markdown]
# **Read on.** Vladimir Vovk, *Conditional validity of inductive conformal predictors* (2012).
# Anastasios Angelopoulos and Stephen Bates, *A gentle introduction to conformal prediction and
# distribution-free uncertainty quantification* (2021). Songqiao Han and others, *ADBench:
# anomaly detection benchmark* (2022). Lukas Ruff and others, *A unifying review of deep and
# shallow anomaly detection* (2021). Fei Tony Liu, Kai Ming Ting and Zhi-Hua Zhou, *Isolation
# forest* (2008). Curtis Northcutt, Lu Jiang and Isaac Chuang, *Confident learning: estimating
# uncertainty in dataset labels* (2021). Takaya Saito and Marc Rehmsmeier, *The
# precision-recall plot is more informative than the ROC plot when evaluating binary
# classifiers on imbalanced datasets* (2015).
