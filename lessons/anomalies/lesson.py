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
# - read a confusion table, a ROC curve and a precision–recall curve,
# - improve the score step by step, for the autoencoder and for its rivals alike,
# - find anomalies that are reconstructed better than normal data,
# - hunt down wrong labels in a training set.
#
# **You need** {lesson:denoising}.
#
# **Time** {time}.

# %%
import numpy as np
from matplotlib.font_manager import findfont
from PIL import Image, ImageDraw, ImageFont
from scipy.ndimage import gaussian_filter
from scipy.stats import norm
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

from aecourse import plots
from aecourse.corruption import add_gaussian_noise
from aecourse.datasets import load_digits, split_digits
from aecourse.exercises import anomalies as exercise
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
# it will look like, so there is nothing to train on but *normal* data. The idea: train an
# autoencoder on these. What it reconstructs badly is suspicious.
#
# To measure that, play ten games. In game 3 the threes are normal and all other digits are
# anomalies, and so on. Ten networks are needed; they stand **side by side in one model**.
# `EinsumDense` holds ten dense layers: network k multiplies its own 784 pixels with its own
# weights and knows nothing of the other nine.


# %% tags=["export"]
def ten_dense(z, units):
    """Ten dense layers side by side: (n, 10, inputs) → (n, 10, units)."""
    return layers.EinsumDense("nki,kio->nko", output_shape=(10, units), bias_axes="ko")(z)


def settle(z, units):
    z = layers.BatchNormalization(momentum=0.9)(layers.Reshape((10 * units,))(z))
    return layers.Reshape((10, units))(layers.Activation("relu")(z))


def ten_autoencoders(code=32, width=128):
    x = keras.Input((10, 28, 28))
    z = settle(ten_dense(layers.Reshape((10, 784))(x), width), width)
    h = keras.Input((10, code))
    y = ten_dense(settle(ten_dense(h, width), width), 784)
    y = layers.Reshape((10, 28, 28))(layers.Activation("sigmoid")(y))
    return Autoencoder(keras.Model(x, ten_dense(z, code)), keras.Model(h, y))


# %% [markdown]
# `x: (10, 28, 28) → (10, 128) → h: (10, 32) → (10, 128) → y: (10, 28, 28)`
#
# A training sample is a row of ten images, a zero for network 0, a one for network 1, and so
# on.


# %% tags=["export"]
def in_rows(x, labels, n, rng):
    """n rows of ten images, one of each label, shape (n, 10, 28, 28); some come twice."""
    own = [np.resize(rng.permutation(np.flatnonzero(labels == k)), n) for k in range(10)]
    return np.stack([x[rng.permutation(chosen), ..., 0] for chosen in own], axis=1)


def train_ten(x, labels, rng, epochs=15, n=700):
    model = ten_autoencoders()
    settings = {"batch_size": 100, "learning_rate": 8e-3, "loss": "binary_crossentropy"}
    fit(model, in_rows(x, labels, n, rng), epochs=epochs, **settings)
    return model


def ask_all(model, x):
    """All ten networks look at every image: codes (n, 10, code), reconstructions (n, 10, 28, 28)."""
    rows = np.repeat(x[:, None, ..., 0], 10, axis=1)
    h = model.encode(rows)
    return h, model.decode(h)


# %%
model = train_ten(x_fit, y_fit, rng)

# %% [markdown]
# *Predict:* what will the network of threes make of a seven?
#
# *Answer:* something like a three. It has no other strokes to draw with.

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
# The second row is all that a network can say that has only seen threes; the third is bright
# where it is wrong. The mean of the third row is the *score*: the larger, the more suspicious.

# %%
is_three = y_valid == 3
error = ((x_valid[..., 0] - ask_all(model, x_valid)[1][:, 3]) ** 2).mean(axis=(1, 2))
plots.show_histograms(
    {"network of threes, validation digits": (error[is_three], error[~is_three])},
    title="Threes lie to the left, other digits to the right, and they overlap",
    x_label="mean squared error",
    names=("threes", "other digits"),
)

# %% [markdown]
# Filled: the errors of threes that the network has not seen. Outlined: those of other digits,
# larger on average. Wherever you draw a line, some land on the wrong side.

# %% tags=["nbval-check-output"]
expect(
    "the median error of other digits is 1.5 times that of threes, at least",
    np.median(error[~is_three]) > 1.5 * np.median(error[is_three]),
)
expect(
    "they overlap: some other digits have a smaller error than the median three",
    np.sum(error[~is_three] < np.median(error[is_three])) > 0,
)

# %% [markdown]
# ## 2. From a score to an alarm
#
# An alarm needs a threshold, and you have no anomalies to choose it with. You have normal
# data, though, and can decide how many **false alarms** you accept, say 5 %. Take normal data
# that the network has **not** been trained on; its training data have smaller errors.
#
# Never choose it on the data that you then judge. PyImageSearch's tutorial on anomaly
# detection, for one, takes a quantile of the very images that it flags: whatever the data, it
# finds the same share of anomalies.
#
# ### Exercise 1: choose the threshold (warm-up)
#
# From the scores of held-out normal data: the value that a share `rate` of them exceeds.


# %% tags=["exercise"]
def my_threshold(normal_scores, rate):
    return ...


# %% tags=["solution"]
def my_threshold(normal_scores, rate):
    return np.quantile(normal_scores, 1 - rate)


# %% tags=["nbval-check-output"]
exercise.threshold.check(my_threshold)

# %% [markdown]
# Now the test digits, once. The anomaly is the *positive* class: an alarm for an anomaly is a
# *true positive*, a false alarm a {term:false positive}.
#
# *Predict:* the threshold lets through 95 % of the held-out threes. How many of the other
# digits will raise the alarm?
#
# *Answer:* about three in four. Of the test threes more than the planned 5 % raise it, too.

# %%
threshold = np.quantile(error[is_three], 0.95)
test_error = ((x_test[..., 0] - ask_all(model, x_test)[1][:, 3]) ** 2).mean(axis=(1, 2))
anomaly, alarm = y_test != 3, test_error > threshold
print(f"{'':14}{'no alarm':>9}{'alarm':>7}")
for name, group in {"threes": ~anomaly, "other digits": anomaly}.items():
    print(f"{name:14}{np.sum(group & ~alarm):9}{np.sum(group & alarm):7}")
false_alarms, caught = alarm[~anomaly].mean(), alarm[anomaly].mean()
precision = anomaly[alarm].mean()
seen = x_fit[y_fit == 3]
seen_error = ((seen[..., 0] - ask_all(model, seen)[1][:, 3]) ** 2).mean(axis=(1, 2))
print(f"false alarms {false_alarms:.3f}, caught {caught:.3f}, precision {precision:.3f}")

# %% [markdown]
# This {term:confusion table} has the truth in its rows and the alarm in its columns.
# {term:Precision} is the share of alarms that are right.

# %% tags=["nbval-check-output"]
expect(
    "threes it was trained on have a smaller median error than held-out ones",
    np.median(seen_error) < np.median(error[is_three]),
)
expect("false alarms on test threes: at most 15 %", false_alarms <= 0.15)
expect("more than 40 % of the other digits are caught", caught > 0.4)
expect("precision above 0.95 where 9 in 10 are anomalies", precision > 0.95)

# %% [markdown]
# ## 3. One number for an overlap
#
# Take one normal image and one anomaly at random. How often does the anomaly have the higher
# score? That share is called {term:AUROC}: 1 is perfect, 0.5 is a coin. What do 0.5, 0.8 and
# 0.95 look like?

# %%
panels = {}
for target in (0.5, 0.8, 0.95):
    shift = np.sqrt(2) * norm.ppf(target)  # for two bell curves of width 1
    a, b = rng.normal(0, 1, 5000), rng.normal(shift, 1, 5000)
    panels[f"AUROC {target}"] = (a, b)
measured = [
    roc_auc_score(np.repeat([0, 1], 5000), np.concatenate(groups))
    for groups in panels.values()
]
plots.show_histograms(panels, title="At 0.8 two groups still overlap widely", x_label="score")

# %% [markdown]
# Left: no difference. Middle: anomalies to the right, most of both groups in the same place.
# Right: two hills with a common foot.

# %% tags=["nbval-check-output"]
expect(
    "the groups have the AUROC they were drawn for, to 0.02",
    np.allclose(measured, [0.5, 0.8, 0.95], atol=0.02),
)

# %% [markdown]
# ### Exercise 2: write the AUROC
#
# From the scores of normal data and of anomalies, shapes `(n,)` and `(m,)`: the share of the n
# · m pairs in which the anomaly has the higher score. A tie counts half. NumPy only.


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
# world is like that. Let one image in twenty be an anomaly: `sample_weight` gives each group
# the weight that it would have there.
#
# *Predict:* the scores stay the same. What happens to the precision?
#
# *Answer:* it falls. The many normal images now raise more alarms than the few anomalies.

# %%
weight = np.where(anomaly, 0.05 / anomaly.mean(), 0.95 / (1 - anomaly.mean()))
curves, ap = {}, {}
for name, weights in {"9 in 10 are anomalies": None, "1 in 20 is one": weight}.items():
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
# Each curve shows all thresholds: what is caught, and how many alarms are right. They lie far
# apart: the rarer the anomalies, the lower the precision. The area below such a curve is the
# {term:average precision}.

# %%
roc = {
    name: roc_curve(anomaly, test_error, sample_weight=w)[:2]
    for name, w in {"9 in 10 are anomalies": None, "1 in 20 is one": weight}.items()
}
plots.show_curves(
    {**roc, "a coin": ([0, 1], [0, 1])},
    title="The ROC curve does not notice how rare anomalies are",
    x_label="share of normal images that raise a false alarm",
    y_label="share of anomalies caught",
)

# %% [markdown]
# The {term:ROC curve} shows for every threshold its false alarms and what it catches; the area
# below it is the AUROC. Here the two curves coincide.
#
# Look twice at published numbers: TensorFlow's tutorial on heartbeats, for one, reports
# precision and recall with *normal* as the positive class.

# %%
flipped = average_precision_score(~anomaly, -test_error, sample_weight=weight)
print(
    f"average precision, 1 in 20: {ap['1 in 20 is one']:.3f}; normal as positive: {flipped:.3f}"
)

# %% tags=["nbval-check-output"]
expect(
    "average precision falls by 0.2 at least where 1 in 20 is one",
    ap["1 in 20 is one"] < ap["9 in 10 are anomalies"] - 0.2,
)
expect("with normal as the positive class it looks far better: above 0.95", flipped > 0.95)

# %% [markdown]
# ### Exercise 3: what an alarm is worth
#
# A detector catches a share `caught` of the anomalies and raises a false alarm for a share
# `false_alarms` of the normal data. A share `rare` of all data are anomalies. Return its
# precision.


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
# Three things are unfair about a raw error. A bold three has more ink to get wrong than a thin
# one: **divide by the ink**. A stroke one pixel off counts twice, where it is and where it is
# not: **soften** x and y before comparing them. And the error ignores *where the code lies*:
# multiply by the mean distance from h to the three nearest **codes** of training digits.


# %% tags=["export"]
STEPS = ("raw error", "divided by ink", "softened", "softened × code")


def soft(x):
    """Images (..., 28, 28), blurred by one pixel."""
    return gaussian_filter(x, (0,) * (x.ndim - 2) + (1, 1))


def relative(x, y):
    """Squared error for each image (n, 28, 28), divided by its squared ink; 1 is a little ink."""
    return ((x - y) ** 2).sum(axis=(1, 2)) / ((x**2).sum(axis=(1, 2)) + 1)


def neighbours(normal, x, k=3):
    """Mean distance to the k nearest normal samples."""
    flat = NearestNeighbors(n_neighbors=k).fit(normal.reshape(len(normal), -1))
    return flat.kneighbors(x.reshape(len(x), -1))[0].mean(axis=1)


def four_scores(x, y, h_normal, h):
    plain = ((x - y) ** 2).mean(axis=(1, 2))
    softened = relative(soft(x), soft(y))
    scores = plain, relative(x, y), softened, softened * neighbours(h_normal, h)
    return dict(zip(STEPS, scores, strict=True))


# %% [markdown]
# And the rivals, in the same ten games. *PCA* with 16 numbers gets the same four scores. The
# distance to the *nearest neighbours* among the training images has no y and no code: it gets
# images, then images of one length, then softened ones. The {term:isolation forest} (Liu et
# al., 2008) cuts the data at random and calls alone what is soon cut off.


# %% tags=["export"]
def by_autoencoder(model, normals, x):
    """For each network its scores of all images; normals (n, 10, 28, 28), x (m, 28, 28, 1)."""
    h, y = ask_all(model, x)
    h_normal = model.encode(normals)
    return [four_scores(x[..., 0], y[:, k], h_normal[:, k], h[:, k]) for k in range(10)]


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


LOOKS = dict(
    zip(STEPS, (lambda x: x, one_length, lambda x: one_length(soft(x))), strict=False)
)


def by_neighbours(normals, x):
    return [
        {
            step: neighbours(look(normals[:, k]), look(x[..., 0]))
            for step, look in LOOKS.items()
        }
        for k in range(10)
    ]


def by_forest(normals, x):
    def forest(own, x):
        cuts = IsolationForest(n_estimators=30, random_state=0).fit(own.reshape(len(own), -1))
        return -cuts.score_samples(x.reshape(len(x), -1))

    return [
        {step: forest(look(normals[:, k]), look(x[..., 0])) for step, look in LOOKS.items()}
        for k in range(10)
    ]


# %% tags=["export"]
def mean_auroc(scores, labels):
    """The mean over the ten games, for each kind of score."""
    return {
        step: np.mean([roc_auc_score(labels != k, scores[k][step]) for k in range(10)])
        for step in scores[0]
    }


# %% [markdown]
# The steps were tried on validation digits; now all of them meet the test digits.
#
# *Predict:* which step helps most? And who profits?
#
# *Answer:* dividing by the ink and softening help most; the code adds little. Every method
# profits.

# %%
normals = in_rows(x_fit, y_fit, 700, rng)
aurocs = {
    "autoencoder": mean_auroc(by_autoencoder(model, normals, x_test), y_test),
    "PCA": mean_auroc(by_pca(normals, x_test), y_test),
    "neighbours": mean_auroc(by_neighbours(normals, x_test), y_test),
    "isolation forest": mean_auroc(by_forest(normals, x_test), y_test),
}
final = {name: list(values.values())[-1] for name, values in aurocs.items()}
for name, values in aurocs.items():
    print(f"{name:17}" + "".join(f"  {step}: {a:.3f}" for step, a in values.items()))

# %%
plots.show_curves(
    {name: list(values.values()) for name, values in aurocs.items()},
    title="With a better score every method gains, and the forest stays last",
    x_label="1 raw error or distance · 2 divided by ink · 3 softened · 4 softened × code",
    y_label="mean AUROC of ten games",
    marker="o",
)

# %% [markdown]
# Each line is a method, from its plain score on the left to the most elaborate on the right.
# Autoencoder and PCA climb together. The neighbours end ahead of the autoencoder: 700 images
# are few enough to keep them all and to ask each, and no small code has to summarise them. The
# forest cuts single pixels and is last.
#
# So an autoencoder is not the automatic choice. What it brings: it need not keep its training
# data, and its error shows *where* an image is odd.

# %% tags=["nbval-check-output"]
expect("autoencoder: mean AUROC of at least 0.965", final["autoencoder"] >= 0.965)
expect(
    "softened and with its code, 0.015 above its raw error",
    final["autoencoder"] > aurocs["autoencoder"]["raw error"] + 0.015,
)
expect("PCA with the same score: within 0.01", abs(final["PCA"] - final["autoencoder"]) < 0.01)
expect(
    "every method gains by the better score",
    all(final[name] > values["raw error"] for name, values in aurocs.items()),
)
expect(
    "nearest neighbours, softened, end ahead of the autoencoder",
    final["neighbours"] > final["autoencoder"],
)
expect("the isolation forest is last", min(final, key=final.get) == "isolation forest")

# %% [markdown]
# ## 5. Too simple to be noticed
#
# A harder world: *all* digits are normal, and anything may come in. Here are six kinds of
# intruders.


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


odd = intruders(x_test[:200], rng)
plots.show_images(
    {name: x[:10] for name, x in odd.items()},
    title="Six kinds of images that are no digits",
)

# %% [markdown]
# Each row is one kind. Now an autoencoder of all digits, as in {lesson:dense_keras}, with one
# hidden layer, three times: with 4 numbers in its code, with 32, and with 32 trained to remove
# noise as in {lesson:denoising}.
#
# *Predict:* which intruder is reconstructed worst? Which best?
#
# *Answer:* inverted digits worst; dusty paper best, better than digits.


# %%
def train_all(x, code, damage=None):
    net = dense_autoencoder(code, hidden=(256,))
    settings = {"batch_size": 250, "learning_rate": 8e-3, "loss": "binary_crossentropy"}
    fit(net, x, corrupt=damage, epochs=4, **settings)
    return net


def noise(x, rng):
    return add_gaussian_noise(x, sigma=0.4, seed=rng)


nets = {
    "4 numbers": train_all(x_fit, 4),
    "32 numbers": train_all(x_fit, 32),
    "32, denoising": train_all(x_fit, 32, damage=noise),
}

# %%
wide = nets["32 numbers"]
groups = {
    "digits": x_test,
    **{k: odd[k] for k in ("letters", "single strokes", "dusty paper")},
}
rows = {}
for name, x in groups.items():
    y = wide.reconstruct(x)
    rows[f"{name} x"] = x[:10]
    rows[f"y, MSE {((x - y) ** 2).mean():.4f}"] = y[:10]
plots.show_images(rows, title="Strokes and dusty paper have smaller errors than digits")

# %% [markdown]
# In pairs: what came in and what the network made of it. Letters become odd mixtures. A lone
# stroke becomes a faint smudge, dust becomes black paper, and yet both have a smaller error
# than digits: where there is little ink, there is little to get wrong. Whatever is simple
# passes, seen or not.


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
        **{f"raw error, {name}": values["raw error"] for name, values in stroke.items()},
        "32 numbers, by ink": stroke["32 numbers"]["by ink"],
        "32 numbers, code": stroke["32 numbers"]["code"],
        "32 numbers, ink × code": stroke["32 numbers"]["ink × code"],
    },
    title="Raw errors miss single strokes; a better score sees them",
    y_label="AUROC, strokes against digits",
    number_format="{:.2f}",
)

# %% [markdown]
# Bars below 0.5 mean: strokes look *more normal than digits*. A smaller code helps a little,
# since all it can draw is digits, and does not rescue the raw error. Noise in training does
# not help here at all: the error is small because there is little to draw, not because the
# network copies.
#
# Dividing by the ink does help: a stroke has little. So does asking where the code lies: far
# from the digits' codes. The table says what each is worth for the other kinds.


# %% tags=["nbval-check-output"]
expect(
    "inverted and shuffled: raw error above 0.98", min(raw["inverted"], raw["shuffled"]) > 0.98
)
expect("strokes: raw error below 0.35, worse than a coin", raw["single strokes"] < 0.35)
expect("dusty paper: below 0.05", raw["dusty paper"] < 0.05)
expect(
    "strokes: a code of 4 is better than 32, and still no more than 0.7",
    raw["single strokes"] < stroke["4 numbers"]["raw error"] < 0.7,
)
expect("strokes: denoising leaves it below 0.35", stroke["32, denoising"]["raw error"] < 0.35)
expect("by ink and code, every kind is above 0.9", min(both.values()) > 0.9)

# %% [markdown]
# ## 6. Hunting wrong labels
#
# Back to the ten networks, for a job that many data sets need. In a training set of 8,000
# digits, 3 % of the labels are wrong. Here they are made wrong on purpose, so that the truth
# is known. Each network is trained on what *claims* to be its digit, impostors included.
#
# The score of an image: its error in the network of its own label, divided by the smallest
# error in the other nine. Large means: another network knows this image better.


# %% tags=["export"]
HUNT_EPOCHS = 10


def flip(labels, rng, share=0.03):
    """Labels of which a share is wrong, and which ones."""
    wrong = np.zeros(len(labels), bool)
    wrong[rng.choice(len(labels), round(share * len(labels)), replace=False)] = True
    return np.where(wrong, (labels + rng.integers(1, 10, len(labels))) % 10, labels), wrong


def suspicion(errors, given):
    """Error under the given label over the smallest other one; errors (n, 10), one column a label."""
    own = np.arange(10) == given[:, None]
    return errors[own] / (np.where(own, np.inf, errors).min(axis=1) + 1e-9)


def errors_of_ten(model, x):
    return np.concatenate(
        [
            ((some[:, None, ..., 0] - ask_all(model, some)[1]) ** 2).sum(axis=(2, 3))
            for some in np.array_split(x, 8)
        ]
    )


# %%
given, wrong = flip(y_train, rng)
hunter = train_ten(x_train, given, rng, epochs=HUNT_EPOCHS)
suspects = suspicion(errors_of_ten(hunter, x_train), given)

# %% [markdown]
# *Predict:* check as many suspects as there are wrong labels. How many in a hundred will be
# wrong? By chance, three.
#
# *Answer:* more than 80. Its rivals, too, find far more than three.
#
# The rivals: PCA for each label with the same score; the share of an image's ten nearest
# neighbours that have another label; and an isolation forest for each label.


# %% tags=["export"]
def errors_of_pca(x, given, components=16):
    flat = x.reshape(len(x), -1)
    errors = []
    for k in range(10):
        pca = PCA(components, random_state=0).fit(flat[given == k])
        errors.append(((flat - pca.inverse_transform(pca.transform(flat))) ** 2).sum(axis=1))
    return np.stack(errors, axis=1)


# %% tags=["export"]
def neighbours_disagree(x, given):
    flat = soft(x[..., 0]).reshape(len(x), -1)
    near = NearestNeighbors(n_neighbors=11).fit(flat).kneighbors(flat)[1][:, 1:]
    return (given[near] != given[:, None]).mean(axis=1)


def errors_of_forests(x, given):
    flat, errors = x.reshape(len(x), -1), []
    for k in range(10):
        own = flat[given == k]
        forest = IsolationForest(n_estimators=30, random_state=0).fit(own)
        errors.append(-forest.score_samples(flat))
    return np.stack(errors, axis=1)


# %% tags=["export"]
def found(scores, wrong):
    """The share of wrong labels among as many suspects as there are wrong labels."""
    return wrong[np.argsort(-scores)[: wrong.sum()]].mean()


# %%
hits = {
    "by chance": wrong.mean(),
    "isolation forest": found(suspicion(errors_of_forests(x_train, given), given), wrong),
    "neighbours": found(neighbours_disagree(x_train, given), wrong),
    "PCA": found(suspicion(errors_of_pca(x_train, given), given), wrong),
    "autoencoder": found(suspects, wrong),
}
print(", ".join(f"{name} {share:.3f}" for name, share in hits.items()))
plots.show_bars(
    {name: 100 * share for name, share in hits.items()},
    title="One model for each label finds most of the wrong labels",
    y_label="% wrong among the suspects",
    number_format="{:.0f}",
)

# %% [markdown]
# Of 240 suspects, so many really carry a wrong label. Autoencoder and PCA are close together:
# each describes a class, and 3 % of impostors do not change that description much. Neighbours
# vote one by one, and a few votes are easily upset.
#
# Who are the others, the suspects whose label was right all along?

# %%
ranked = np.argsort(-suspects)
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
    title="Wrongly suspected: digits that people argue about, too",
)

# %% [markdown]
# The first figure shows the ten that stand highest, each with the label it carries. The second
# shows the highest ones whose label had not been touched: odd, broken or ambiguous digits. A
# suspicion is a reason to look, never to delete.

# %% tags=["nbval-check-output"]
expect("at least 80 % of the autoencoder's suspects are wrong", hits["autoencoder"] >= 0.8)
expect("PCA is within 6 points", abs(hits["autoencoder"] - hits["PCA"]) < 0.06)
expect(
    "neighbours find fewer, by 3 points at least",
    hits["neighbours"] < hits["autoencoder"] - 0.03,
)
expect("the isolation forest finds fewer still", hits["isolation forest"] < hits["neighbours"])
expect("of the ten highest, at least nine are wrong", wrong[top].sum() >= 9)

# %% [markdown]
# ### Exercise 4: not an eight (stretch)
#
# Eights are the hardest game. Write a detector for it: `eights`, shape `(n, 28, 28, 1)`, is
# what is normal; `x`, shape `(m, 28, 28, 1)`, is to be judged. Return the scores `(m,)`,
# higher for what is *not* an eight. An AUROC of **0.95** is asked for, and every means is
# allowed. The check hands over 660 eights and judges by digits that it keeps to itself. It
# mirrors all of them, so that nothing that knows the lesson's digits has an advantage.


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
# ## What you saw
#
# - Reconstruction error is a score; held-out normal data turn it into an alarm with the false
#   alarms you accept.
# - Where anomalies are rare, precision falls and the ROC curve does not notice.
# - How errors are measured mattered more than who made them: PCA keeps up with the
#   autoencoder, neighbours end ahead.
# - What is simple has a small error, seen or not: divide by the ink, and ask where the code
#   lies.
# - One model for each label finds most wrong labels.
#
# **Where this is used.** Inspection in factories, monitoring of machines and heartbeats,
# intrusion detection, cleaning data sets; and fraud, in {lesson:fraud}.
#
# **Read on.** Lukas Ruff and others, *Deep one-class classification* (2018), and *A unifying
# review of deep and shallow anomaly detection* (2021). Fei Tony Liu, Kai Ming Ting and Zhi-Hua
# Zhou, *Isolation forest* (2008). Dong Gong and others, *Memorizing normality to detect
# anomaly* (2019). Curtis Northcutt, Lu Jiang and Isaac Chuang, *Confident learning: estimating
# uncertainty in dataset labels* (2021). Takaya Saito and Marc Rehmsmeier, *The
# precision-recall plot is more informative than the ROC plot when evaluating binary
# classifiers on imbalanced datasets* (2015).
