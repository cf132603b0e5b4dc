# %% [markdown]
# # The bottleneck: what sixteen numbers know
#
# Look at the code itself: draw it as a map, walk in it, search with it, and find out what it
# does not know.
#
# **The question:** nobody told the network what a digit is. What do its numbers know about
# digits?
#
# **You will**
# - draw a code of two numbers as a map, beside PCA and t-SNE,
# - measure for which sizes of the code the network beats PCA,
# - walk between digits, and ask the code about edges,
# - search and classify with 16 numbers, beside PCA's 16 and all the pixels,
# - build codes larger than the input that do not copy.
#
# **You need** {lesson:dense_keras}.
#
# **Time** {time}.

# %%
import numpy as np
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.manifold import TSNE
from sklearn.metrics import adjusted_rand_score
from threadpoolctl import threadpool_limits

# %%
from aecourse import plots
from aecourse.datasets import load_digits, split_digits
from aecourse.exercises import bottleneck as exercise
from aecourse.metrics import mse
from aecourse.models import Autoencoder
from aecourse.playground import Playground
from aecourse.recipes.dense_keras import RECIPES, train_dense
from aecourse.recipes.encode_decode import middle
from aecourse.session import expect, start
from aecourse.training import fit

# %%
seed = start(0)
threadpool_limits(1)  # on a busy machine scikit-learn's threads wait for each other
(x_train, y_train), (x_test, y_test) = load_digits()
flat_train, flat_test = x_train.reshape(-1, 784), x_test.reshape(-1, 784)
first_ten = np.array([np.flatnonzero(y_test == digit)[0] for digit in range(10)])

# %% [markdown]
# ## 1. Two numbers make a map
#
# `x: (784,) → (384,) → (192,) → h: (2,) → (192,) → (384,) → y: (784,)`
#
# A code of two numbers is a point in a plane, so it can be drawn. The network is the one of
# {lesson:dense_keras}, with a code of two numbers. The function that trains it is imported
# from there: `train_dense(x, numbers, hidden, epochs)`.

# %%
model_2 = train_dense(x_train, 2, RECIPES[16]["hidden"], epochs=6)

# %% [markdown]
# Two rivals draw the same 500 test digits. One is PCA, which you know. The other is
# {term:t-SNE} (van der Maaten & Hinton, 2008). It moves points about in the plane until those
# that are close in 784 pixels are close on paper.
#
# *Predict:* the colours are the labels, which none of the three has seen. Which drawing will
# keep the ten kinds apart best, and which worst?
#
# *Answer:* the best is t-SNE and the worst is PCA. The autoencoder stands between the two.

# %%
pca = PCA(128, random_state=0).fit(flat_train)
drawn, kind = x_test[:500], y_test[:500]
maps = {
    "PCA, 2 numbers": pca.transform(flat_test[:500])[:, :2],
    "autoencoder, 2 numbers": model_2.encode(drawn),
    "t-SNE": TSNE(random_state=seed).fit_transform(flat_test[:500]),
}
plots.show_scatter(
    maps,
    kind,
    title="PCA mixes most kinds; the code parts more of them; t-SNE parts them best",
)

# %% [markdown]
# The three planes show the same 500 digits. In PCA's plane most kinds lie on top of each
# other. The autoencoder draws them as streaks, some of which overlap. t-SNE draws nearly
# separate islands. To put a number on it, count how often the nearest neighbour of a point is
# of the same kind.


# %%
def neighbours_agree(points, labels):
    """Share of the points whose nearest other point has the same label."""
    distances = ((points[:, None] - points[None]) ** 2).sum(axis=-1)
    np.fill_diagonal(distances, np.inf)
    return np.mean(labels[distances.argmin(axis=1)] == labels)


agree = {name: neighbours_agree(points, kind) for name, points in maps.items()}
for name, share in agree.items():
    print(f"{name}: {share:.0%} of the neighbours are of the same kind")
pca_map, code_map, tsne_map = agree.values()

# %% tags=["nbval-check-output"]
expect(
    "the code's neighbours agree more often than PCA's, by 8 points", code_map > pca_map + 0.08
)
expect("t-SNE's neighbours agree more often still, by 10 points", tsne_map > code_map + 0.10)

# %% [markdown]
# So t-SNE draws the best map. But it only draws. It has no f for a 501st digit, and no g that
# turns a place on the map into a picture. The autoencoder has both.
#
# *Predict:* lay a grid of 15 × 15 points over the map and decode each of them. What will stand
# between the region of one digit and the region of another?
#
# *Answer:* shapes that change slowly from the one into the other, and grey smears that are no
# digit.

# %%
h_train = model_2.encode(x_train)
low, high = np.quantile(h_train, [0.01, 0.99], axis=0)
columns, rows = np.linspace(low[0], high[0], 15), np.linspace(high[1], low[1], 15)
grid = np.stack(np.meshgrid(columns, rows), axis=-1).astype("float32")  # (15, 15, 2)
plots.show_mosaic(
    model_2.decode(grid.reshape(-1, 2)).reshape(15, 15, 28, 28),
    title="Every place decodes to something, here and there to a smear",
    x_label="first number of the code",
    y_label="second number of the code",
    x_values=columns,
    y_values=rows,
)

# %% [markdown]
# The picture shows the 225 decoded points, laid out as on the map. There are regions of one
# digit. Between them one shape turns slowly into the next, and some places hold a grey smear.
#
# Which of these places do real digits use? Sort the 8,000 training digits into the 225 cells.
# Each digit goes to the point of the grid that is nearest to its code.


# %%
def nearest(queries, pool):
    """For each query the nearest row of the pool: its index, the mean squared difference."""
    d = (queries**2).sum(1)[:, None] - 2 * queries @ pool.T + (pool**2).sum(1)
    best = d.argmin(axis=1)
    return best, d[np.arange(len(d)), best] / queries.shape[1]


living = np.bincount(nearest(h_train, grid.reshape(-1, 2))[0], minlength=225)
crowded = np.sort(living)[-22:].sum() / len(h_train)
print(f"{np.mean(living == 0):.0%} of the cells hold no digit at all")
print(f"the fullest tenth of the cells holds {crowded:.0%} of the digits")

# %% tags=["nbval-check-output"]
expect("some cells hold no digit at all", living.min() == 0)
expect("a tenth of the cells holds a quarter of the digits", crowded > 0.25)

# %% [markdown]
# The digits crowd in some places and leave others empty, because nothing in the training asks
# for an even map. The decoder draws a picture for the empty places, too. Section 3 comes back
# to this.

# %% [markdown]
# ## 2. How many numbers?
#
# *Predict:* the more numbers a code may hold, the smaller PCA's error becomes, and the
# network's, too. For which sizes of the code will the network be far ahead of PCA?
#
# *Answer:* in the middle. With one number it gains little, with 16 it gains most, and with 64
# PCA is ahead.

# %%
SIZES = (1, 4, 16, 64)
nets = {size: train_dense(x_train, size, (256,), epochs=3) for size in SIZES}
net_error = {size: mse(x_test, nets[size].reconstruct(x_test)) for size in SIZES}
net_error_2 = mse(x_test, model_2.reconstruct(x_test))  # section 1's, with a layer more

# %%
scores, pca_error = pca.transform(flat_test), {}
for size in (1, 2, 4, 8, 16, 32, 64):
    y = scores[:, :size] @ pca.components_[:size] + pca.mean_
    pca_error[size] = mse(flat_test, y)
no_code = mse(flat_test, np.broadcast_to(pca.mean_, flat_test.shape))

# %%
plots.show_curves(
    {
        "no code: the mean digit": ([1, 64], [no_code, no_code]),
        "PCA": (list(pca_error), list(pca_error.values())),
        "autoencoder, 3 epochs": (list(SIZES), list(net_error.values())),
    },
    title="The network is ahead in the middle; at 64 numbers PCA is",
    x_label="numbers in the code",
    y_label="test MSE",
    log_x=True,
    marker=".",
)

# %%
gain = {size: 1 - net_error[size] / pca_error[size] for size in SIZES}
for size in SIZES:
    print(f"{size:2} numbers: {gain[size]:+.1%} of PCA's error saved")
print(f" 2 numbers, the deeper network of section 1: {1 - net_error_2 / pca_error[2]:+.1%}")

# %% [markdown]
# Two curves fall with the size of the code, and the flat line is the error without any code.
# The network's curve drops steeply up to 16 numbers and then slowly. PCA's goes on falling and
# crosses it.
#
# So a smaller code does not always gain more from bending. With one number both methods know
# little more than the mean digit.

# %% tags=["nbval-check-output"]
expect("1 number: the network saves less than a tenth", gain[1] < 0.1)
expect("16 numbers: it saves a quarter, and more than with 4", gain[16] > max(0.25, gain[4]))
expect("64 numbers: PCA is ahead", gain[64] < 0)

# %% [markdown]
# How much is gained depends on the training. The network of section 1 has a second hidden
# layer and saw the digits twice as often: the last printed line shows its gain. In
# {lesson:dense_keras} a wider network that trained longer was ahead of PCA at 64 numbers. But
# PCA is exact and ready at once, and with many numbers there is little left to gain.

# %% [markdown]
# ## 3. Moving in the code
#
# From here on `model` is the network with 16 numbers. Take two digits, A and B. Half of A and
# half of B in pixels are two pale digits on top of each other.
#
# *Predict:* take half of A's code and half of B's code, and decode the sum. What will it look
# like?
#
# *Answer:* one drawing, with a shape between the 0 and the 6.

# %%
model = nets[16]
a, b = x_test[first_ten[0]], x_test[first_ten[6]]
h_a, h_b = model.encode(np.stack([a, b]))
shares = np.linspace(0, 1, 9)
mixed_codes = np.stack([(1 - t) * h_a + t * h_b for t in shares])
plots.show_images(
    {
        "mixed pixels": np.stack([(1 - t) * a + t * b for t in shares]),
        "mixed codes,\ndecoded": model.decode(mixed_codes),
    },
    captions=[f"{t:.0%} B" for t in shares],
    title="Pixels fade over; the code bends one digit into the other",
)

# %% [markdown]
# In the top row a 0 grows pale while a 6 appears over it. In the bottom row there is one
# drawing at each step, and its strokes move.
#
# Is the drawing in the middle more like a digit? Take 600 pairs of different kinds. For each
# middle, measure how far it is from the nearest of 8,000 real digits.
#
# A decoded picture is smooth, and smoothness alone brings it nearer. So there is a control:
# decode both codes first, then take the middle of the two pictures. No code is mixed there.

# %%
rng = np.random.default_rng(seed)
one, other = rng.integers(0, 2000, (2, 1000))
one, other = (i[y_test[one] != y_test[other]][:600] for i in (one, other))
codes = model.encode(x_test)
redrawn = model.decode(codes).reshape(-1, 784)
middle_codes = model.decode((codes[one] + codes[other]) / 2).reshape(-1, 784)
distance = {
    "middle of\nthe pixels": nearest((flat_test[one] + flat_test[other]) / 2, flat_train),
    "middle of two\nreconstructions": nearest((redrawn[one] + redrawn[other]) / 2, flat_train),
    "middle of the codes,\ndecoded": nearest(middle_codes, flat_train),
}
distance = {name: far.mean() for name, (_, far) in distance.items()}

# %%
by_pixel, by_drawing, by_code = distance.values()
smooth = (by_pixel - by_drawing) / (by_pixel - by_code)
print(f"smoothness alone explains {smooth:.0%} of what the middle of the codes gains")
plots.show_bars(
    distance,
    title="The middle of two codes lies nearest to a real digit; most of that is smoothness",
    y_label="MSE to the nearest\ntraining digit",
    colours=(plots.BLUE, plots.PURPLE, plots.GREEN),
)

# %% tags=["nbval-check-output"]
expect(
    "the decoded middle is nearer than the middle of pixels, by 5 %", by_code < 0.95 * by_pixel
)
expect("the control explains more than half of that", smooth > 0.5)
expect("the decoded middle is still nearer than the control", by_code < by_drawing)

# %% [markdown]
# The bars show the mean distance to the nearest training digit. Most of what the code seems to
# gain is smoothness, as the middle bar shows. Only the rest comes from mixing codes.
#
# ### Exercise 1: between two codes
#
# Write the step itself. `my_between(h_a, h_b, t)` returns the code at share `t` of the way
# from `h_a` (t = 0) to `h_b` (t = 1).


# %% tags=["exercise"]
def my_between(h_a, h_b, t):
    return ...


# %% tags=["solution"]
def my_between(h_a, h_b, t):
    return (1 - t) * h_a + t * h_b


# %% tags=["nbval-check-output"]
exercise.between.check(my_between)

# %% [markdown]
# ### A walk along one number
#
# *Predict:* keep 15 numbers of a digit's code and move the other one through its range. Will
# that number have a meaning of its own, the slant for example?
#
# *Answer:* no, at least not one of the three that are shown. Each changes several things about
# the 4 at once.

# %%
digit = codes[first_ten[4]]
lowest, highest = np.quantile(codes, [0.01, 0.99], axis=0)
walks = {}
for j in (0, 1, 2):
    h = np.repeat(digit[None], 9, axis=0)
    h[:, j] = np.linspace(lowest[j], highest[j], 9)
    walks[f"number {j + 1}"] = model.decode(h)
plots.show_images(walks, title="One number changes many things at once")

# %% [markdown]
# In each row one of the 4's numbers goes from low to high. Slant, thickness and shape change
# together, and at the ends the 4 is often no 4 any more. The 16 numbers share the work. None
# of these three has a job of its own.
#
# ### Exercise 2: plan a walk
#
# Write `my_walk(h, j, values)`: from one code `h` of shape `(size,)` make a table of codes,
# one row for each of the `values`. In each row, number `j` (counted from 0) takes that value
# and all others stay as they are.


# %% tags=["exercise"]
def my_walk(h, j, values):
    return ...


# %% tags=["solution"]
def my_walk(h, j, values):
    codes = np.repeat(h[None], len(values), axis=0)
    codes[:, j] = values
    return codes


# %% tags=["nbval-check-output"]
exercise.walk.check(my_walk)

# %% [markdown]
# ### Where it loses: ask it for a new digit
#
# A decoder draws whatever code it gets. So draw 16 numbers at random, each within the range
# that it has for real digits.
#
# *Predict:* will the decoder draw new digits?
#
# *Answer:* a few pictures look like digits. Most are scraps of strokes.

# %%
random_codes = rng.uniform(lowest, highest, (600, 16)).astype("float32")
invented = model.decode(random_codes)
plots.show_images(
    {
        "codes of digits": model.decode(codes[:10]),
        "random codes": invented[:10],
        "random codes, too": invented[10:20],
    },
    title="From codes of its own it draws digits; from random codes, mostly scrawls",
)

# %%
lost = nearest(invented.reshape(-1, 784), flat_train)[1].mean()
at_home = nearest(redrawn[:600], flat_train)[1].mean()
print(f"decoded random codes: MSE {lost:.4f} to the nearest training digit")
print(f"decoded codes of test digits: {at_home:.4f}")

# %% tags=["nbval-check-output"]
expect(
    "decoded random codes are farther from any real digit, by two fifths", lost > 1.4 * at_home
)

# %% [markdown]
# The top row shows ten test digits, encoded and decoded. Below are twenty random codes,
# decoded. The codes of digits fill only a small part of the space of codes, as on the map of
# section 1. Elsewhere the decoder was never told what to draw. To invent digits, a network has
# to be trained for it.

# %% [markdown]
# ### Walk yourself
#
# The course's playground takes a trained autoencoder and its digits. Here is the map of
# section 1 once more, this time to be touched. Drag in it, or use the arrow keys, and the
# place under the circle is decoded at once. Draw a digit, and see where its code falls.

# %%
Playground(model_2, x_test, y_test)

# %% [markdown]
# Without a model the playground trains one of its own, in your browser.

# %%
playground = Playground()
playground

# %% [markdown]
# At the top are Play and Pause, and on the left the settings. Beside them is the network with
# the code in its middle, and below it the map, some digits with what comes back, and the loss.
# (If you read the notebook without running it, you see a picture of the playground.)
#
# ### Exercise 3: how small?
#
# With two numbers the playground's mean squared error stays above 0.04. Find a code of **at
# most 10** numbers with an error **below 0.03**. Change the settings, press Play, and pause.
# Then hand over what the playground reports: `my_run = playground.report`.

# %% tags=["exercise"]
my_run = ...

# %% tags=["solution"]
# What the playground reported after Play and Pause, with 8 numbers and all else as it was:
my_run = {
    "settings": {
        **{"hidden": [128, 32], "code": 8, "activation": "relu", "seed": 0},
        **{"corruption": "none", "level": 0.5, "penalty": "none", "weight": 0.001},
        **{"loss": "bce", "optimizer": "adam", "rate": 0.003, "batch": 64},
        "classes": [*range(10)],
    },
    "steps": 1000,
    "error": 0.0282,
    "runs": [],
}

# %% tags=["nbval-check-output"]
exercise.small_code.check(my_run)

# %% [markdown]
# ### Exercise 4: what does the penalty do to the codes?
#
# Train with **two** numbers and press *Pause*. `playground.weights` is now the network that
# you trained, as an `Autoencoder`. How far from 0 do its codes lie? In a cell of your own, run
#
# `np.abs(playground.weights.encode(x_test)).mean()`
#
# and note the number. Press *Pin this run to compare*. Then choose the penalty *KL, as in a
# VAE*, which variational autoencoders are trained with. Change nothing else, train again, and
# measure again.
#
# *Predict:* will the penalty spread the codes out, or gather them around 0?
#
# *Answer:* it gathers them around 0. Without it the codes lie several times as far out.

# %% tags=["exercise"]
my_report = ...  # playground.report, when both runs are in it
my_distances = ...  # two numbers: without the penalty, with it

# %% tags=["solution"]
# Two runs of the playground that differ in the penalty alone; the first is the pinned one.
my_report = [
    {
        "settings": {
            **{"hidden": [128, 32], "code": 2, "activation": "relu", "seed": 0},
            **{"corruption": "none", "level": 0.5, "penalty": penalty, "weight": 0.001},
            **{"loss": "bce", "optimizer": "adam", "rate": 0.003, "batch": 64},
            "classes": [*range(10)],
        },
        **{"steps": 1000, "error": error},
    }
    for penalty, error in (("none", 0.0458), ("kl", 0.0474))
]
my_report = my_report[1] | {"runs": [{"name": "A", **my_report[0]}]}
my_distances = (8.62, 0.98)

# %% tags=["nbval-check-output"]
exercise.penalised_map.check(my_report, my_distances)

# %% [markdown]
# ## 4. Does the code know about edges?
#
# It is often said that a code may learn features such as the number of horizontal and vertical
# edges. Does ours? First, count edges. Go down each column and add up how much the pixels
# change: these are the horizontal edges. Go along each row for the vertical ones. Here is a
# vertical stroke of 3 × 3 pixels:


# %%
def edges(x):
    """The amounts of horizontal and of vertical edge in each image: (n, 2)."""
    down = np.abs(np.diff(x[..., 0], axis=1)).sum(axis=(1, 2))
    along = np.abs(np.diff(x[..., 0], axis=2)).sum(axis=(1, 2))
    return np.stack([down, along], axis=1)


stroke = np.array([[0, 1, 0], [0, 1, 0], [0, 1, 0]])
horizontal, vertical = edges(stroke[None, ..., None])[0]
print(f"horizontal edge: {horizontal}, vertical edge: {vertical}")

# %% [markdown]
# Nothing changes down a column. Each of the three rows changes twice, from 0 to 1 and back.
#
# Now ask the code with a {term:probe}. That is a very simple model, trained to predict a
# property from codes. Here it is a line: a weighted sum of the 16 numbers. It is fitted on the
# training digits, and tested on digits that neither it nor the network has seen. The score R²
# is 1 for exact predictions, and 0 for always saying the mean.
#
# *Predict:* will the code do better than PCA's 16 numbers? Better than all 784 pixels?
#
# *Answer:* better than PCA, worse than the pixels.

# %%
edges_train, edges_test = edges(x_train), edges(x_test)


def explained(train, test):
    """R² of a line from codes to the amounts of horizontal and vertical edge."""
    scale = train.std()
    probe = RidgeCV(alphas=(1, 10, 100, 1000, 10000)).fit(train / scale, edges_train)
    miss = edges_test - probe.predict(test / scale)
    return 1 - (miss**2).mean(axis=0) / edges_test.var(axis=0)


# %%
described = {
    "784 pixels": (flat_train, flat_test),
    "PCA, 16": (pca.transform(flat_train)[:, :16], scores[:, :16]),
    "autoencoder, 16": (model.encode(x_train), codes),
}
controls = {
    "ink alone": (flat_train.sum(1, keepdims=True), flat_test.sum(1, keepdims=True)),
    "kind alone": (np.eye(10)[y_train], np.eye(10)[y_test]),
}
r2 = {name: explained(*pair) for name, pair in (described | controls).items()}
for name, (horizontal, vertical) in r2.items():
    print(f"{name:>15}: horizontal {horizontal:.2f}, vertical {vertical:.2f}")

# %%
mean_r2 = {name: float(both.mean()) for name, both in r2.items()}
net_r2 = mean_r2["autoencoder, 16"]
single = np.abs(np.corrcoef(codes.T, edges_test.T)[:16, 16:])
print(f"largest correlation of a single number with an amount of edge: {single.max():.2f}")
plots.show_bars(
    mean_r2,
    title="The code tells more about edges than PCA, and less than the pixels or the label",
    y_label="R², mean of the\ntwo amounts",
    number_format="{:.2f}",
    colours=(plots.BLUE, plots.ORANGE, plots.GREEN, plots.SKY, plots.PURPLE),
)

# %% tags=["nbval-check-output"]
expect("the code explains more than PCA's 16 numbers", net_r2 > mean_r2["PCA, 16"] + 0.015)
expect(
    "all the pixels explain more still, and so does the label alone",
    min(mean_r2["784 pixels"], mean_r2["kind alone"]) > net_r2 + 0.01,
)
expect("no single number counts edges: correlations below 0.75", single.max() < 0.75)

# %% [markdown]
# Two controls stand at the right. The first knows only how much ink a digit has. The second
# knows only its label, which the network never saw. On average the label alone tells more
# about edges than the code does. So the code knows something about edges, but none of its
# numbers counts them.

# %% [markdown]
# ## 5. What the code is good for
#
# ### Search, and sorting without labels
#
# For each test digit, search among 8,000 digits for the nearest one: by 784 pixels, by PCA's
# 16 numbers, and by the network's.
#
# {term:k-means} sorts without labels. It puts points into k groups around k centres. The
# {term:adjusted Rand index} compares the groups with the true kinds: 1 if they are the same, 0
# for groups by chance.
#
# *Predict:* which of the three searches and sorts best?
#
# *Answer:* they search about equally well. None of them sorts well.

# %%
found, right, sorted_well = {}, {}, {}
for name, (train, test) in described.items():
    found[name], _ = nearest(test, train)
    right[name] = np.mean(y_train[found[name]] == y_test)
    groups = KMeans(10, n_init=3, random_state=seed).fit_predict(test)
    sorted_well[name] = adjusted_rand_score(y_test, groups)
    print(
        f"{name:>15}: nearest of the right kind {right[name]:.1%}, "
        f"adjusted Rand index {sorted_well[name]:.2f}"
    )

# %%
plots.show_images(
    {"looking for": x_test[first_ten]} | {n: x_train[i[first_ten]] for n, i in found.items()},
    title="Sixteen numbers find much the same neighbours, PCA's or the network's",
)

# %% tags=["nbval-check-output"]
expect("each search finds the right kind in 9 of 10 cases", min(right.values()) > 0.90)
expect("the three lie within 3 points", max(right.values()) - min(right.values()) < 0.03)
expect("k-means is far from the true kinds with each of them", max(sorted_well.values()) < 0.6)

# %% [markdown]
# The rows show ten test digits and what each search finds. With 16 numbers a search finds the
# right kind about as often as with all pixels. But that is no merit of the network, since
# PCA's 16 numbers do the same.
#
# ### Learning from ten labels a kind
#
# Labels are expensive, because someone has to give them. Take ten a kind, 100 in all, and
# train a linear classifier ({term:logistic regression}) on them. `C` says how freely it may
# fit them. Which 100 are labelled is luck, so the mean of ten draws counts.


# %% tags=["export"]
def accuracy_with_few_labels(
    codes, labels, test_codes, test_labels, C, rng, draws=10, more=lambda x, y: (x, y)
):
    """Mean accuracy of a linear classifier that was trained on ten labels of each kind."""
    scale, accuracy = codes.std(), []
    for _ in range(draws):
        order = rng.permutation(len(labels))
        shown = np.concatenate([order[labels[order] == digit][:10] for digit in range(10)])
        x, y = more(codes[shown], labels[shown])
        classifier = LogisticRegression(C=C, max_iter=1000).fit(x / scale, y)
        accuracy.append(classifier.score(test_codes / scale, test_labels))
    return float(np.mean(accuracy))


# %% [markdown]
# *Predict:* 784 pixels, 16 numbers of PCA, 16 of our network: which of them learns most from
# 100 labels?
#
# *Answer:* none of them. Each is right in about three cases of four.
#
# A code knows what its training asks of it. So ask for something else. Show the encoder a
# digit that is *shifted* by up to two pixels, and ask for the unshifted digit. Then the code
# need not tell where the digit stands, and its 16 numbers are free for the digit's shape.


# %% tags=["export"]
def shift(x, rng):
    """Each digit moved by up to two pixels, down and to the right or back."""
    steps = rng.integers(-2, 3, (len(x), 2))
    return np.stack([np.roll(one, step, (0, 1)) for one, step in zip(x, steps, strict=True)])


# %% tags=["export"]
READER = {"hidden": (512,), "epochs": 6}
C = 1.0  # the freedom of the classifier


def train_reader_code(x):
    """An autoencoder of 16 numbers that gives back the unshifted digit."""
    return train_dense(x, 16, **READER, corrupt=shift)


# %% [markdown]
# Could pixels profit from shifts, too? Here is a control. Each of the 100 labelled digits is
# shown to the classifier nine times, once as it is and eight times shifted by one pixel.


# %% tags=["export"]
def shifted_copies(flat, labels):
    """Nine copies of each digit, shifted by -1, 0 or 1 pixel down and to the right."""
    images = flat.reshape(-1, 28, 28)
    steps = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    copies = [np.roll(images, step, (1, 2)).reshape(flat.shape) for step in steps]
    return np.concatenate(copies), np.tile(labels, 9)


# %%
reader = train_reader_code(x_train)


def few_labels(train, test, C=C, **options):
    """The mean accuracy on the test digits, with the same draws for each description."""
    draws = {"C": C, "rng": np.random.default_rng(seed)} | options
    return accuracy_with_few_labels(train, y_train, test, y_test, **draws)


# %%
few = {
    "784 pixels": few_labels(flat_train, flat_test),
    "784 pixels,\nshifted copies": few_labels(
        flat_train, flat_test, C=0.01, more=shifted_copies
    ),
    "PCA, 16": few_labels(*described["PCA, 16"]),
    "autoencoder, 16": few_labels(*described["autoencoder, 16"]),
    "trained on\nshifts, 16": few_labels(reader.encode(x_train), reader.encode(x_test)),
}

# %%
pixels, copies, by_pca, plain, shifted = few.values()
plots.show_bars(
    few,
    title="Few labels go farthest with the code that was trained on shifts",
    y_label="accuracy, 10 labels a kind",
    number_format="{:.3f}",
    colours=(plots.BLUE, plots.SKY, plots.ORANGE, plots.GREEN, plots.RED),
)

# %% tags=["nbval-check-output"]
expect(
    "the plain code is no real gain: within 3 points of the pixels", abs(plain - pixels) < 0.03
)
expect(
    "the code trained on shifts beats pixels, PCA and it by 3 points",
    shifted > max(pixels, by_pca, plain) + 0.03,
)
expect("and the pixels with shifted copies by 1 point", shifted > copies + 0.01)

# %% [markdown]
# The bars show the accuracy on 2,000 test digits. The plain code has to keep where each stroke
# lies, and it gains nothing over the pixels. Nor does PCA. The code trained on shifts does
# gain, with the same 16 numbers and the same 100 labels. It also beats the shifted copies of
# pixels.
#
# So few labels are where a code of this kind wins. (C was chosen on validation digits: 0.01
# for the shifted copies, 1 for all others.)

# %% [markdown]
# ## 6. Larger than the input, and yet no copy
#
# In {lesson:encode_decode} a code larger than its input copied, noise and all. Must it? Take
# the same 10 × 10 pixels from the middle of each digit and a code of 256 numbers. Let only a
# few of them be other than 0:
#
# - {term:L1-sparse}: the loss charges for the sum of the code's absolute values.
# - {term:k-sparse} (Makhzani & Frey, 2013): only the k largest stay, all others become 0.

# %%
import keras
from keras import layers, ops


def k_largest(h, k=10):
    """Keep the k largest numbers of each code, set the others to 0."""
    threshold = ops.top_k(h, k)[0][:, -1:]
    return ops.where(h >= threshold, h, 0.0)


# %%
def one_layer(numbers, activation=None, penalty=None, constraint=None):
    """100 → numbers → 100, one layer each way."""
    x, h = keras.Input((10, 10, 1)), keras.Input((numbers,))
    code = layers.Dense(numbers, activation=activation, activity_regularizer=penalty)
    z = code(layers.Flatten()(x))
    y = layers.Dense(100, activation="sigmoid")(h)
    encoder = keras.Model(x, constraint(z) if constraint else z)
    return Autoencoder(encoder, keras.Model(h, layers.Reshape((10, 10, 1))(y)))


# %% [markdown]
# Beside them stand two more networks. One has 256 numbers that are free, and the other a small
# code of 16. (The weight of the penalty, 0.003, and k = 10 were chosen on validation digits.)
#
# *Predict:* all four learn clean digits. Then they are shown noisy ones. Which of them will
# draw the cleanest digits?
#
# *Answer:* the free one. The other three keep more noise out, but they draw wrong strokes
# instead.

# %%
m_train, m_test = (middle(x).reshape(-1, 10, 10, 1) for x in (x_train, x_test))
sparse_nets = {
    "16 numbers": one_layer(16),
    "256, free": one_layer(256, "relu"),
    "256, L1-sparse": one_layer(256, "relu", penalty=keras.regularizers.L1(3e-3)),
    "256, k-sparse": one_layer(256, constraint=k_largest),
}
h_untrained = sparse_nets["256, k-sparse"].encode(m_train)  # for later

# %%
settings = {
    "epochs": 5,
    "batch_size": 125,
    "learning_rate": 8e-3,
    "loss": "binary_crossentropy",
}
for net in sparse_nets.values():
    fit(net, m_train, **settings)

# %%
noisy = np.clip(m_test + rng.normal(0, 0.3, m_test.shape), 0, 1).astype("float32")
y_noisy = {"noisy input": noisy}
y_noisy |= {name: net.reconstruct(noisy) for name, net in sparse_nets.items()}
plots.show_images(
    {"clean digit": m_test[first_ten]} | {name: y[first_ten] for name, y in y_noisy.items()},
    title="The free code keeps specks; the others draw strokes, not always the right ones",
)

# %% [markdown]
# The top rows show the middle of ten digits, and the same with noise. Below stands what the
# four networks make of the noisy ones. The free code follows many of the specks. The others
# put together a few strokes that they know.
#
# How good are these drawings? Measure two things: the error to the clean digit, and how often
# the nearest clean training digit is of the right kind.

# %%
flat_middle = m_train.reshape(-1, 100)
error, read = {}, {}
for name, y in y_noisy.items():
    error[name] = mse(m_test, y)
    read[name] = np.mean(y_train[nearest(y.reshape(-1, 100), flat_middle)[0]] == y_test)
    print(
        f"{name:>15}: MSE to the clean digit {error[name]:.3f}, read rightly {read[name]:.1%}"
    )
for name, net in sparse_nets.items():
    active, clean = np.mean(net.encode(m_test) != 0), mse(m_test, net.reconstruct(m_test))
    print(f"{name:>15}: {active:.0%} of the code is not 0, error on clean digits {clean:.3f}")

# %%
plots.show_bars(
    error,
    title="A small or sparse code brings noise only a little nearer to the clean digit",
    y_label="MSE to the clean digit",
    number_format="{:.3f}",
    colours=(plots.BLUE, plots.GREEN, plots.SKY, plots.PURPLE, plots.RED),
)

# %% tags=["nbval-check-output"]
narrow = ("16 numbers", "256, L1-sparse", "256, k-sparse")
expect(
    "the free code halves the error, nearly", error["256, free"] < 0.6 * error["noisy input"]
)
expect(
    "the other three: 1.3 × its error or more",
    min(error[n] for n in narrow) > 1.3 * error["256, free"],
)
expect(
    "the noisy input itself is read better than their drawings, by 4 points",
    read["noisy input"] > max(read[n] for n in narrow) + 0.04,
)

# %% [markdown]
# So a large code need not copy. What matters is how much it may say. And a code that may say
# little does not remove noise. It turns noise into strokes, often wrong ones. A reader gets
# more digits right from the noisy input than from these drawings. To remove noise, a network
# has to be trained for it: see {lesson:denoising}.
#
# ### Which number speaks for what
#
# In the k-sparse code only 10 numbers *speak* for each digit, which means that they are not 0.
# What makes a number speak? Look at the ten digits for which it is largest. How many of the
# ten are of one kind?


# %%
def of_one_kind(h):
    """The numbers that speak for 100 digits or more; the largest kind's share of their ten."""
    often = np.flatnonzero((h > 0).sum(axis=0) >= 100)
    loudest = [np.argsort(h[:, u])[::-1][:10] for u in often]
    return often, [np.bincount(y_train[i]).max() / 10 for i in loudest]


h = sparse_nets["256, k-sparse"].encode(m_train)
often, trained = of_one_kind(h)
draws = [rng.choice(len(y_train), 10, replace=False) for _ in range(1000)]
by_chance = [np.bincount(y_train[i]).max() / 10 for i in draws]
_, untrained = of_one_kind(h_untrained)

# %%
print(f"{len(often)} of 256 numbers speak for at least 100 digits; the others hardly ever")
shares = {
    "ten digits\nby chance": float(np.mean(by_chance)),
    "before the training": float(np.mean(untrained)),
    f"after it, all\n{len(often)} numbers": float(np.mean(trained)),
}
plots.show_bars(
    shares,
    title="Training makes a number's ten loudest digits more alike",
    y_label="share of the\nlargest kind",
    number_format="{:.2f}",
    colours=(plots.BLUE, plots.BLACK, plots.RED),
)

# %% tags=["nbval-check-output"]
expect(
    "trained: more than 10 points above the same network untrained",
    np.mean(trained) > np.mean(untrained) + 0.1,
)
expect(
    "untrained: already more than 20 points above chance",
    np.mean(untrained) > np.mean(by_chance) + 0.2,
)
expect("most of the 256 numbers hardly ever speak", len(often) < 128)

# %% [markdown]
# Chance is the first bar: of ten random digits, the largest kind has more than a quarter. The
# second bar is the control. Random weights also prefer digits that look alike, without any
# training. What training adds is the step from the second bar to the third.

# %%
units = often[
    np.linspace(0, len(often) - 1, 10).astype(int)
]  # every fifth or so, not the best
strokes = np.stack([sparse_nets["256, k-sparse"].decoder.get_weights()[0][u] for u in units])
strokes = strokes.reshape(-1, 10, 10) / np.abs(strokes).max(axis=1)[:, None, None]
loudest = np.stack([np.argsort(h[:, u])[::-1][:3] for u in units])
plots.show_images(
    {"what it draws": strokes}
    | {f"loudest for, {n + 1}": x_train[loudest[:, n]] for n in range(3)},
    title="Ten numbers of the sparse code: what each draws, and when it is largest",
)

# %% [markdown]
# Each column is one number of the code, taken evenly from those that speak. At the top is the
# ink that it adds (red) and takes away (blue). Below are the three digits for which it is
# largest.
#
# The silent numbers are a known weakness of k-sparse codes. A number that is never among the k
# largest gets no slope and stays as it is.
#
# ### Exercise 5: the k largest
#
# Write it in NumPy. `my_k_largest(h, k)` takes codes of shape `(n, size)`, keeps in each row
# the k largest numbers and sets the others to 0.


# %% tags=["exercise"]
def my_k_largest(h, k):
    return ...


# %% tags=["solution"]
def my_k_largest(h, k):
    threshold = np.sort(h, axis=1)[:, -k:][:, :1]
    return np.where(h >= threshold, h, 0)


# %% tags=["nbval-check-output"]
exercise.keep.check(my_k_largest)

# %% [markdown]
# ### Exercise 6: a code to learn from (stretch)
#
# The last code of section 5 need not tell where a digit stands. What else can it leave out?
# Write `my_training(x)`: it trains an autoencoder with 16 numbers on the digits it is handed,
# without any labels, and returns the `Autoencoder`. From its codes a linear classifier has to
# tell **81 %** of digits it has not seen, with ten labels a kind. The pixels reach about 75 %,
# section 5's recipe about 80 %.
#
# Try it on `x_fit`, with `accuracy_with_few_labels` on `x_valid`. The check hands over 7,000
# digits of its own, mirrored, and measures on 1,000 others with `C = 1`.

# %%
(x_fit, y_fit), (x_valid, y_valid), _ = split_digits()
by_pixels = accuracy_with_few_labels(
    x_fit.reshape(-1, 784),
    y_fit,
    x_valid.reshape(-1, 784),
    y_valid,
    C=C,
    rng=np.random.default_rng(seed),
)
print(f"784 pixels: {by_pixels:.1%} of the validation digits")


# %% tags=["exercise"]
def my_training(x):
    return ...


# %% tags=["solution"]
def my_training(x):
    # Writers also differ in how far they slant: the code need not tell that either.
    def slant_and_shift(x, rng):
        slants = rng.uniform(-0.3, 0.3, len(x))
        far = np.round(slants[:, None] * (np.arange(28) - 13.5)).astype(int)  # for each row
        from_column = np.clip(np.arange(28) + far[:, :, None], 0, 27)
        return shift(np.take_along_axis(x, from_column[..., None], axis=2), rng)

    return train_dense(x, 16, (512,), epochs=8, corrupt=slant_and_shift)


# %% tags=["nbval-check-output"]
exercise.reader.check(my_training)

# %% [markdown]
# ## Now yours
#
# Search among pictures of your own, in a folder, of any sizes. Here the folder holds 60
# cuttings of the course's photographs. Section 5 found that the code searches no better than
# PCA. So `find_similar` of `aecourse.applications.bottleneck` trains no network. By place, it
# compares 32 numbers of PCA. By colours, it counts how much there is of each of 64 colours.
#
# *Predict:* which of the two will find more cuttings of the same photograph?
#
# *Answer:* the colours. Another cutting shows the same scene, and nothing in it stands at the
# same place.

# %%
import tempfile  # isort: skip
from pathlib import Path  # isort: skip

from aecourse.applications.bottleneck import find_similar  # isort: skip
from aecourse.datasets import load_patches  # isort: skip
from aecourse.files import read_images, save_images  # isort: skip

cuttings, scene = load_patches(size=96)[0]
folder = Path(tempfile.mkdtemp())  # your own: Path("my photographs")
saved = save_images(cuttings, folder, names=[f"{i:02}" for i in range(len(cuttings))])

# %%
mine = read_images(folder).images
similar = {by: find_similar(mine, mine, k=4, by=by) for by in ("place", "colours")}
some = np.linspace(0, len(mine) - 1, 8).astype(int)
rows = {"looked for": np.stack([mine[i] for i in some])}
for by, found_mine in similar.items():
    for n in (1, 2):  # the nearest, number 0, is the picture itself
        rows[f"{by}, {n}"] = np.stack([mine[i] for i in found_mine.indices[some, n]])
plots.show_photos(
    rows, title="By colours the scene is found, by place what is alike in it", scale=1
)

# %%
same_scene = {
    by: float(np.mean(scene[found_mine.indices[:, 1:]] == scene[:, None]))
    for by, found_mine in similar.items()
}
by_luck = np.mean([np.sum(scene == s) - 1 for s in scene]) / (len(scene) - 1)
for by, share in {**same_scene, "by luck": by_luck}.items():
    print(f"{by:8} {share:.0%} of three are of the same photograph")

# %% [markdown]
# Each column shows a cutting and the two nearest others, by place and by colours. By place
# come cuttings whose light and dark parts lie alike. By colours come cuttings of the same
# scene.
#
# With a folder of your own, change its name. `similar["place"].indices` says which pictures
# were found, and `read_images(folder).names` what they are called. Neither search knows what
# is on a picture. A red car and a red flower are alike by colours.

# %% tags=["nbval-check-output"]
expect(
    "both searches are far from luck, by 20 points", min(same_scene.values()) > by_luck + 0.2
)
expect("colours find the scene more often", same_scene["colours"] > same_scene["place"] + 0.1)

# %% [markdown]
# ## What you saw
#
# - t-SNE draws a better map than two numbers do, but only the autoencoder can decode a place
#   on it.
# - The network beats PCA most in the middle, around 16 numbers. At 1 it gains little, and at
#   64 PCA wins here.
# - The middle of two codes lies nearer to a digit than the middle of their pixels. Most of
#   that is smoothness.
# - The plain code searches, sorts and learns no better than PCA's 16 numbers. Trained on
#   shifts, it wins where labels are few.
# - A sparse code may be larger than the input and still not copy. It turns noise into wrong
#   strokes.

# %% [markdown]
# **Where this is used.** Maps of large collections, search, labelling with few labels,
# single-cell biology, and looking into large language models with sparse autoencoders.
#
# **Read on.** Geoffrey Hinton and Ruslan Salakhutdinov, *Reducing the dimensionality of data
# with neural networks* (2006). Laurens van der Maaten and Geoffrey Hinton, *Visualizing data
# using t-SNE* (2008). Alireza Makhzani and Brendan Frey, *k-sparse autoencoders* (2013).
# Lawrence Hubert and Phipps Arabie, *Comparing partitions* (1985).
