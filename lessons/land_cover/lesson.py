# %% [markdown]
# # Land cover
#
# Say a spectrum with three numbers, find shares of materials in mixed pixels, and see a town
# from space in colours that no eye has.
#
# **The question:** a satellite sees asphalt, sand and roofs from 700 km away. It can tell them
# apart by the colours of the light that they throw back. Are three numbers enough for that?
#
# **You will**
# - draw materials as points in three numbers,
# - divide brightness out of a spectrum,
# - hold the code against PCA and all 180 bands,
# - build a decoder whose code is shares of materials,
# - code a picture from space, and one of your own.
#
# **You need** {lesson:encode_decode} and {lesson:dense_keras}.
#
# **Time** {time}.

# %%
import tempfile
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment, nnls
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_rand_score, roc_auc_score
from sklearn.neighbors import KNeighborsClassifier
from threadpoolctl import threadpool_limits

# %%
from aecourse import plots
from aecourse.applications.land_cover import map_scene
from aecourse.datasets import (
    MATERIALS,
    load_satellite,
    load_spectra,
    spectra_places,
    wavelengths,
)
from aecourse.datasets.embedded import DATA
from aecourse.exercises import land_cover as exercise
from aecourse.files import map_colours, read_scene
from aecourse.models import Autoencoder, outputs
from aecourse.session import expect, start
from aecourse.training import fit

# %%
import keras  # isort: skip
from keras import layers, ops  # isort: skip

seed = start(0)
threadpool_limits(1)  # small products are quickest on one core
rng = np.random.default_rng(seed)

# %% [markdown]
# ## 1. Three numbers a spectrum
#
# A {term:spectrum} says what share of the light a surface throws back, colour by colour. Here
# are 1,244 of them, measured on roads, roofs, sand and soils with an instrument held above.
# Each has 180 numbers, its {term:bands}: from blue (0.4 µm) over red (0.7 µm) far into the
# infrared, which no eye sees. At the two gaps, water in the air takes all light.

# %%
(x_train, y_train), (x_test, y_test) = load_spectra()
wave = wavelengths()
gaps = np.flatnonzero(np.diff(wave) > 0.05) + 1
some = ("asphalt", "dry plants", "soil", "tile roof", "wood roof")
middle = {m: np.median(x_train[y_train == MATERIALS.index(m)], axis=0) for m in some}
plots.show_curves(
    {
        m: (np.insert(wave, gaps, wave[gaps]), np.insert(v, gaps, np.nan))
        for m, v in middle.items()
    },
    title="Materials throw light back in different ways",
    x_label="wavelength, µm",
    y_label="share of the light",
)

# %% [markdown]
# The lines show the median spectrum of five of the ten materials. Asphalt is dark and nearly
# flat. Plants rise steeply behind the red, even dry ones.
#
# Now let an autoencoder say each spectrum with three numbers: `x: (180,) → h: (3,) → y:
# (180,)`. During training spectrum and code get a little noise. Then spectra whose codes are
# close must be alike, because the decoder cannot know which of them is meant. The penalty on
# large codes keeps the network from drowning that noise.


# %% tags=["export"]
def new_coder(bands, size=3, widths=(128, 64), noise=0.1):
    x = keras.Input((bands,))
    z = layers.GaussianNoise(noise)(x)
    for width in widths:
        z = layers.Dense(width, activation="gelu")(z)
    z = layers.Dense(size, activity_regularizer=keras.regularizers.L2(1e-4))(z)
    encoder = keras.Model(x, layers.GaussianNoise(noise)(z))  # → 3
    h = z = keras.Input((size,))
    for width in widths[::-1]:
        z = layers.Dense(width, activation="gelu")(z)
    return Autoencoder(encoder, keras.Model(h, layers.Dense(bands)(z)))  # → 180


# %% tags=["export"]
def standard(x, like):
    """Each band's mean in `like` becomes 0, and one spread for all bands becomes 1."""
    return (x - like.mean(axis=0)) / like.std()


def train_coder(x, size=3, epochs=80, batch_size=32, seed=0):
    keras.utils.set_random_seed(seed)
    coder = new_coder(x.shape[1], size)
    settings = {"epochs": epochs, "batch_size": batch_size, "learning_rate": 3e-3}
    fit(coder, standard(x, x), seed=seed, **settings)
    return coder


def codes_of(coder, x, like):
    return outputs(coder.encoder, standard(x, like))


def rebuilt(coder, x, like):
    return outputs(coder, standard(x, like)) * like.std() + like.mean(axis=0)


# %%
as_they_are = train_coder(x_train, epochs=40, seed=seed)
plots.show_cloud(
    {"three numbers a spectrum": codes_of(as_they_are, x_test, x_train)},
    y_test,
    title="Each dot is a spectrum, each colour a material",
    names=MATERIALS,
)

# %% [markdown]
# You may have met this picture as a promise: an autoencoder finds by itself what is asphalt
# and what is a roof. The dots are spectra that the network never saw, and nobody told it the
# materials. Colours do gather. Soils (yellow) lie apart from asphalt (blue). But there are no
# islands with a sea between them.
#
# *Predict:* a road in the sun and the same road in the shade of a cloud: will their codes be
# close?
#
# *Answer:* no. One is several times as bright as the other in all bands, and the network has
# to say so with its three numbers.

# %% [markdown]
# ## 2. Brightness and shape
#
# How bright a spectrum is depends on the sun and on the slope. What the surface is made of
# shows in its {term:shape}: which bands are brighter than which.
#
# ### Exercise 1: divide brightness out
#
# `my_shape(x)` takes spectra, shape `(n, bands)`, and divides each by its length, the root of
# the sum of its squares, so that each has length 1. A black spectrum, all zeros, stays black.


# %% tags=["exercise"]
def my_shape(x):
    return ...


# %% tags=["solution"]
def my_shape(x):
    length = np.linalg.norm(x, axis=1, keepdims=True)
    return x / np.where(length > 0, length, 1)


# %% tags=["nbval-check-output"]
exercise.shape.check(my_shape)

# %% [markdown]
# From here on this is done to all spectra, also to those of a whole picture, `(height, width,
# bands)`.


# %% tags=["export"]
def shape_of(x):
    """Spectra of length 1, the bands on the last axis."""
    return x / np.maximum(np.linalg.norm(x, axis=-1, keepdims=True), 1e-6)


# %%
u_train, u_test = shape_of(x_train), shape_of(x_test)
coder = train_coder(u_train, seed=seed)
h_train, h_test = (codes_of(coder, u, u_train) for u in (u_train, u_test))
plots.show_cloud(
    {"three numbers a shape": h_test},
    y_test,
    title="Without brightness the three numbers tell of the shape alone",
    names=MATERIALS,
)

# %%
shade = 0.3 * x_test
before = codes_of(as_they_are, shade, x_train) - codes_of(as_they_are, x_test, x_train)
now = codes_of(coder, shape_of(shade), u_train) - h_test
print(f"in the shade codes move by {np.abs(before).mean():.2f} with brightness left in,")
print(f"and by {np.abs(now).mean():.2f} with brightness divided out")

# %% [markdown]
# ## 3. How good are three numbers?
#
# Three questions, each with its rivals. *How well is the spectrum rebuilt?* The rival is PCA
# with three numbers. *Is the material known by its neighbours?* For each test spectrum, the
# five nearest training spectra vote. *Do materials fall into groups by themselves?* k-means
# makes ten groups without labels; the {term:adjusted Rand index} says how far they agree with
# the materials: 1 for the same groups, 0 for groups drawn by lot. Both codes are turned and
# stretched until all three numbers count alike ({term:whitening}).


# %% tags=["export"]
def neighbours_right(codes, y, new, y_new, k=5):
    """The share of new spectra whose k nearest neighbours vote for the right material."""
    return float(KNeighborsClassifier(k).fit(codes, y).score(new, y_new))


def groups_agree(codes, y, groups=10, seed=0):
    """The adjusted Rand index of k-means and the materials, the mean of three beginnings."""
    made = [
        KMeans(groups, n_init=5, random_state=3 * seed + i).fit_predict(codes)
        for i in range(3)
    ]
    return float(np.mean([adjusted_rand_score(y, group) for group in made]))


# %%
pca = PCA(3, whiten=True, random_state=0).fit(u_train)
plain = PCA(3, random_state=0).fit(x_train)
alike = PCA(3, whiten=True, random_state=0).fit(h_train)
ways = {
    "PCA of spectra": (plain.transform(x_train), plain.transform(x_test)),
    "PCA of shapes": (pca.transform(u_train), pca.transform(u_test)),
    "three numbers": (alike.transform(h_train), alike.transform(h_test)),
    "180 bands": (u_train, u_test),
}
y_all = np.append(y_train, y_test)
right = {"commonest": float(np.mean(y_test == np.bincount(y_train).argmax()))}
right |= {name: neighbours_right(a, y_train, b, y_test) for name, (a, b) in ways.items()}
agree = {name: groups_agree(np.concatenate(way), y_all) for name, way in ways.items()}

# %%
plots.show_bars(
    right,
    title="Three numbers keep most of what 180 bands know of the material",
    y_label="materials right",
    number_format="{:.2f}",
    colours=[plots.SKY, plots.BLACK, plots.BLACK, plots.BLUE, plots.ORANGE],
)

# %%
error = float(np.mean((rebuilt(coder, u_test, u_train) - u_test) ** 2))
pca_error = float(np.mean((pca.inverse_transform(pca.transform(u_test)) - u_test) ** 2))
print(f"error of the shapes: {error / pca_error:.2f} of PCA's")
plots.show_bars(
    agree,
    title="Groups that form by themselves agree little with materials",
    y_label="adjusted Rand index",
    number_format="{:.2f}",
    colours=[plots.BLACK, plots.BLACK, plots.BLUE, plots.ORANGE],
)

# %% [markdown]
# The network rebuilds shapes better than PCA does. Its neighbours are about as often right as
# those of PCA, once PCA gets shapes too: dividing brightness out brings more than the network.
# Its groups agree better with the materials in most trainings, not in all, and even the best
# agree little.

# %% tags=["nbval-check-output"]
expect("the error is at most 0.6 of PCA's", error <= 0.6 * pca_error)
expect(
    "groups agree better than those of PCA of plain spectra",
    agree["three numbers"] > agree["PCA of spectra"],
)
expect(
    "three numbers are right more often than PCA of plain spectra",
    right["three numbers"] > right["PCA of spectra"],
)

# %% [markdown]
# ### A unique type?
#
# Two things are said too easily of such a picture. One is that each type of object has its own
# place in it. The other is that a good score on test spectra means a good score elsewhere.

# %%
voted = KNeighborsClassifier(5).fit(u_train, y_train).predict(u_test)
pairs = np.zeros((10, 10), int)
np.add.at(pairs, (y_test, voted), 1)
np.fill_diagonal(pairs, 0)
for cell in np.argsort(-pairs, axis=None)[:4]:
    real, taken = divmod(int(cell), 10)
    of = f"{pairs[real, taken]} of {np.sum(y_test == real)} spectra of {MATERIALS[real]}"
    print(f"{of} are taken for {MATERIALS[taken]}, with all 180 bands")


# %% tags=["export"]
def right_elsewhere(codes, y, places, k=5):
    """As `neighbours_right`, where only spectra measured at other places may vote."""
    apart = np.linalg.norm(codes[:, None] - codes[None], axis=2)
    apart[places[:, None] == places[None]] = np.inf
    near = y[np.argsort(apart, axis=1)[:, :k]]
    return float(
        np.mean([np.bincount(row).argmax() == own for row, own in zip(near, y, strict=True)])
    )


# %%
places = np.concatenate(spectra_places())
both = {}
for name in ("PCA of shapes", "three numbers", "180 bands"):
    both[f"{name},\nany place"] = right[name]
    both[f"{name},\nelsewhere"] = right_elsewhere(np.concatenate(ways[name]), y_all, places)
plots.show_bars(
    both,
    title="Much of what neighbours know is the place, not the material",
    y_label="materials right",
    number_format="{:.2f}",
    colours=[plots.BLUE, plots.SKY] * 3,
)

# %% [markdown]
# The light bars ask only spectra that were measured at another latitude and longitude. All
# fall far: a road is known best by the same road. And some materials have no spectrum of their
# own. A shingle is felt soaked in asphalt with crushed stone on it, so roofs and roads are
# taken for one another. No code can part what no spectrum parts.

# %% tags=["nbval-check-output"]
expect(
    "with other places alone, 180 bands lose a quarter of what they had right",
    both["180 bands,\nelsewhere"] < 0.75 * both["180 bands,\nany place"],
)

# %% [markdown]
# ## 4. Mixed pixels
#
# A pixel of a satellite is 30 m wide, so most pixels hold several materials. The light of
# these adds up: a pixel that is 70 % soil and 30 % roof has 0.7 times the spectrum of soil
# plus 0.3 times that of the roof. To find the shares is called {term:unmixing}.
#
# Here are 1,500 such pixels, mixed from four median spectra with a little noise. The shares
# are known, because we made them.

# %%
mixed = ("asphalt", "dry plants", "soil", "tile roof")
pure = np.stack([np.median(x_train[y_train == MATERIALS.index(m)], axis=0) for m in mixed])
true_shares = rng.dirichlet([0.5] * len(mixed), 1500)
pixels = true_shares @ pure + rng.normal(0, 0.005, (1500, 180))
print(
    "one pixel:", ", ".join(f"{s:.0%} {m}" for s, m in zip(true_shares[0], mixed, strict=True))
)

# %% [markdown]
# An autoencoder can do this if its code *is* shares. Its decoder must be the mixing itself:
# linear, one spectrum a material, none below 0. Its code must have no number below 0, and the
# numbers must sum to 1.
#
# ### Exercise 2: shares that sum to one
#
# `my_shares(scores)` takes scores of any sign, shape `(n, materials)`, and returns shares: the
# exponential of each score, each row divided by its sum (a {term:softmax}). Scores of 1000
# must do no harm.


# %% tags=["exercise"]
def my_shares(scores):
    return ...


# %% tags=["solution"]
def my_shares(scores):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


# %% tags=["nbval-check-output"]
exercise.shares.check(my_shares)

# %% [markdown]
# A layer that guesses scores makes mistakes of its own, and a softmax is never exactly 0. The
# encoder below guesses nothing. It *asks the decoder*: which shares of your spectra come
# nearest to this pixel? `Nearest` solves for them. If one is below 0, it leaves that material
# out and solves again. It has no weights of its own, and learns when the decoder does.


# %% tags=["export"]
def least_squares(products, wanted, kept):
    """The shares by least squares with the kept materials alone; the others get 0."""
    both = kept[:, :, None] * kept[:, None]
    others = ops.eye(products.shape[0]) * (1 - kept)[:, None]
    return ops.solve(products * both + others, (wanted * kept)[..., None])[..., 0]


def shares_of(x, spectra):
    """The nearest shares, none below 0; the 100 asks for the sum 1."""
    products = spectra @ ops.transpose(spectra) + 100.0
    wanted = x @ ops.transpose(spectra) + 100.0
    kept = ops.ones_like(wanted)
    for _ in range(spectra.shape[0]):
        h = least_squares(products, wanted, kept)
        worst = ops.min(h, axis=1, keepdims=True)
        kept = kept * ops.cast((h >= 0) | (h > worst), "float32")
    return ops.relu(h) / ops.sum(ops.relu(h), axis=1, keepdims=True)


# %% tags=["export"]
class Nearest(keras.Layer):
    """x (n, bands) → the shares (n, materials) whose mixture of the spectra is nearest."""

    def __init__(self, mix):
        super().__init__()
        self.mix = mix

    def call(self, x):
        return ops.stop_gradient(shares_of(x, self.mix.kernel))

    def compute_output_shape(self, shape):
        return (shape[0], self.mix.kernel.shape[0])


# %% [markdown]
# What should the decoder learn? Mixtures of four spectra fill a solid with four corners. A
# small error does not tell which: every solid that holds all pixels rebuilds them. So we ask
# for the *smallest* (Craig, 1994). The loss is the logarithm of the solid's volume, plus the
# squared error over twice the variance of the noise. Both count the same thing: how surprised
# we are by a pixel, if pixels lie anywhere in the solid.


# %% tags=["export"]
def log_volume(spectra):
    """Of the solid with these corners, up to a constant."""
    edges = spectra[1:] - spectra[:1]
    return ops.sum(ops.log(ops.diagonal(ops.cholesky(edges @ ops.transpose(edges)))))


def new_unmixer(spectra, pull=log_volume):
    """x: (bands,) → h: shares (materials,) → y: their mixture (bands,)."""
    count, bands = spectra.shape
    options = {"kernel_constraint": "non_neg", "kernel_regularizer": pull}
    mix = layers.Dense(bands, use_bias=False, **options)
    x, h = keras.Input((bands,)), keras.Input((count,))
    decoder = keras.Model(h, mix(h))
    mix.set_weights([np.maximum(spectra, 0)])
    return Autoencoder(keras.Model(x, Nearest(mix)(x)), decoder)


# %% [markdown]
# Where to begin? At the purest pixels. `corners` takes the pixel that lies farthest out, looks
# at what is left of all pixels without that direction, and takes the farthest again
# (Nascimento and Bioucas-Dias, 2005, do nearly this). The noise is what four spectra cannot
# say: the spread outside the first three directions of PCA.


# %% tags=["export"]
def corners(pixels, count):
    """The rows of pixels that lie at the corners of all: the purest there are."""
    from_mean = pixels - pixels.mean(axis=0)
    wide = np.linalg.svd(from_mean, full_matrices=False)[2][: count - 1]
    rest = from_mean @ wide.T
    rest = np.c_[rest, np.full(len(rest), np.abs(rest).max())]
    found = []
    for _ in range(count):
        found.append(int(np.argmax(np.sum(rest**2, axis=1))))
        way = rest[found[-1]] / np.linalg.norm(rest[found[-1]])
        rest = rest - np.outer(rest @ way, way)
    return found


# %% tags=["export"]
def train_unmixer(pixels, count, seed=0, pull=log_volume, epochs=200):
    """A network whose code is shares, begun at the corners."""
    noise, pixels = PCA(count - 1).fit(pixels).noise_variance_, pixels.astype("float32")

    def surprise(x, y):
        return ops.mean(ops.sum(ops.square(x - y), axis=1)) / (2 * noise)

    unmixer = new_unmixer(pixels[corners(pixels, count)], pull)
    steps = epochs * -(-len(pixels) // 500)
    rate = keras.optimizers.schedules.CosineDecay(3e-3, steps)
    options = {"epochs": epochs, "batch_size": 500, "learning_rate": rate, "seed": seed}
    fit(unmixer, pixels, loss=surprise, **options)
    return unmixer


def unmixed(pixels, **options):
    """The shares that a new network finds."""
    unmixer = train_unmixer(pixels, 4, **options)
    return outputs(unmixer.encoder, pixels.astype("float32"))


# %% [markdown]
# The rival is told the four spectra. For each pixel it finds the shares, none below 0, whose
# mixture is nearest ({term:non-negative least squares}, with a row that asks for the sum 1). A
# second one is told nothing and takes the four corners. A third is our network without the
# pull towards a small solid. Nobody told them which number is which material, so each is
# matched with the material that it follows best.


# %% tags=["export"]
def told(pixels, spectra):
    """Shares by non-negative least squares, from spectra that are known."""
    table = np.vstack([spectra.T, np.full(len(spectra), 10.0)])
    return np.stack([nnls(table, np.append(pixel, 10.0))[0] for pixel in pixels])


def matched(shares, truth):
    """The columns of shares in the order that fits the truth best."""
    far = np.abs(shares[:, :, None] - truth[:, None, :]).mean(axis=0)
    return shares[:, linear_sum_assignment(far.T)[1]]


def points_off(shares, truth):
    return 100 * float(np.abs(matched(shares, truth) - truth).mean())


# %%
by = {
    "squared error\nalone": unmixed(pixels, seed=seed, pull=None),
    "four corners": told(pixels, pixels[corners(pixels, 4)]),
    "network": unmixed(pixels, seed=seed),
    "told the spectra": told(pixels, pure),
}
off = {name: points_off(shares, true_shares) for name, shares in by.items()}
chance = points_off(np.full_like(true_shares, 0.25), true_shares)
print(f"equal shares for every pixel: {chance:.0f} percentage points off")

# %%
plots.show_bars(
    off,
    title="Without being told the materials, the network is nearly as good as who is told",
    y_label="percentage points off",
    number_format="{:.2f}",
    colours=[plots.SKY, plots.BLACK, plots.BLUE, plots.ORANGE],
)

# %% [markdown]
# The bars show how far the shares are off, on average over pixels and materials. The network
# is hardly further off than who is told the spectra: what is left is the noise. Without the
# pull the solid grows, since a large one catches the noise as well.
#
# Is there a catch? The faces of the solid must be there to be seen: pixels that lack a
# material. Here are 1,500 pixels of which none is more than 70 % of one material.

# %%
drawn = rng.dirichlet([0.5] * len(mixed), 4500)
drawn = drawn[drawn.max(axis=1) < 0.7][:1500]
impure = drawn @ pure + rng.normal(0, 0.005, (len(drawn), 180))
cut = {
    "four corners": points_off(told(impure, impure[corners(impure, 4)]), drawn),
    "network": points_off(unmixed(impure, seed=seed), drawn),
    "told the spectra": points_off(told(impure, pure), drawn),
}
for name, points in cut.items():
    print(f"{name:17} {points:4.1f} percentage points off")

# %% [markdown]
# No corner is there any more, and much of the faces is gone. The corners miss by far, and so
# does the network, if by less. Who knows the spectra does not mind.

# %% tags=["nbval-check-output"]
expect(
    "the network is at most a tenth worse than who is told the spectra",
    off["network"] < 1.1 * off["told the spectra"],
)
expect("the corners are a third worse", off["four corners"] > 1.33 * off["network"])
expect(
    "without the pull it is twice as far off", off["squared error\nalone"] > 2 * off["network"]
)
expect("equal shares are off ten times as much", chance > 10 * off["network"])
expect(
    "without pure pixels the network is off more than three times as much as who is told",
    cut["network"] > 3 * cut["told the spectra"],
)

# %% [markdown]
# ## 5. A picture from space
#
# Landsat 7 saw Olinda and Recife, in Brazil, in six bands: blue, green, red and three of the
# infrared. Each pixel is 28.5 m wide. The numbers are what the instrument counted, with the
# air in between, and no shares of light.

# %%
picture = load_satellite()


def as_colours(bands):
    """Three bands as red, green and blue, each stretched between its darkest and brightest."""
    low, high = np.percentile(bands, (1, 99), axis=(0, 1))
    return np.clip((bands - low) / (high - low), 0, 1)


true_colour = as_colours(picture[..., [2, 1, 0]])

# %% [markdown]
# ### Exercise 3: how green is it?
#
# Leaves take the red light and throw the near infrared back. `my_green(picture, red,
# infrared)` takes a picture `(height, width, bands)`, floats or bytes, and the places of two
# bands. It returns (infrared − red) / (infrared + red) for each pixel, 0 where both are 0.
# This is the {term:NDVI} (Rouse et al., 1974).


# %% tags=["exercise"]
def my_green(picture, red, infrared):
    return ...


# %% tags=["solution"]
def my_green(picture, red, infrared):
    a = picture[..., infrared].astype(float)
    b = picture[..., red].astype(float)
    return (a - b) / np.where(a + b > 0, a + b, 1)


# %% tags=["nbval-check-output"]
exercise.green.check(my_green)

# %% [markdown]
# An index knows one question. An autoencoder of three numbers looks at all bands. Its numbers
# are drawn as red, green and blue, each stretched so that all shades occur equally often. The
# second code looks at patches: a pixel with its eight neighbours, 54 numbers.


# %% tags=["export"]
def patches_of(picture, side=3):
    """Each pixel with its neighbours: (height, width, side · side · bands)."""
    margin = side // 2
    wide = np.pad(picture, ((margin, margin), (margin, margin), (0, 0)), mode="edge")
    high, across = picture.shape[:2]
    moved = [wide[i : i + high, j : j + across] for i in range(side) for j in range(side)]
    return np.concatenate(moved, axis=-1)


def even_colours(codes):
    """Three numbers a pixel as colours: each number becomes its rank, from 0 to 1."""
    flat = codes.reshape(-1, codes.shape[-1])
    ranks = np.argsort(np.argsort(flat, axis=0), axis=0) / max(len(flat) - 1, 1)
    return ranks.reshape(codes.shape).astype("float32")


# %% tags=["export"]
def code_picture(x, size=3, epochs=6, seed=0, most=20_000):
    """A coder for the pixels of a picture, learned on some of them, and their codes."""
    flat = x.reshape(-1, x.shape[-1])
    some = np.random.default_rng(seed).permutation(len(flat))[:most]
    coder = train_coder(flat[some], size, epochs=epochs, batch_size=128, seed=seed)
    return coder, flat[some], codes_of(coder, flat, flat[some]).reshape(*x.shape[:-1], -1)


# %%
shapes = shape_of(picture)
pixel_coder, seen, by_pixel = code_picture(shapes, seed=seed)
_, _, by_patch = code_picture(shape_of(patches_of(picture)), seed=seed)
index = (picture[..., 3] - picture[..., 2]) / (picture[..., 3] + picture[..., 2])
grey = np.repeat(as_colours(index[..., None]), 3, axis=2)
plots.show_photos(
    {
        "what an eye sees, index of green": np.stack([true_colour, grey]),
        "three numbers: pixels, patches": np.stack(
            [even_colours(by_pixel), even_colours(by_patch)]
        ),
    },
    title="Three numbers part water, leaves, sand and town",
    scale=4,
)

# %% [markdown]
# Above are the true colours and the index of green, below the three numbers of a pixel and of
# a patch as colours. Which colour stands for what is chance. But what has one colour is alike
# in six bands: sea, woods, beach, dense and loose town. The index shows the woods alone.
# Patches spend some of their numbers on edges, where one neighbour is darker than the other.
# For a map, single pixels do better.

# %% [markdown]
# ### Odd pixels
#
# What the network cannot rebuild is odd. Is that a good detector? Let us hide a hundred pixels
# in which red and near infrared have changed places: such a material is nowhere in the
# picture. The rivals are PCA with three numbers and the {term:Mahalanobis distance}, the
# standard here under the name RX (Reed and Yu, 1990): how far a pixel is from the mean,
# measured in spreads.


# %%
hidden = picture.reshape(-1, 6).copy()
odd = rng.choice(len(hidden), 100, replace=False)
hidden[odd] = hidden[odd][:, [0, 1, 3, 2, 4, 5]]
flat = shape_of(hidden)
is_odd = np.isin(np.arange(len(flat)), odd)
odd_coder, own, _ = code_picture(flat[None], seed=seed)
linear = PCA(3).fit(flat)
away = standard(flat, flat)
scores = {
    "RX": np.sum(away @ np.linalg.pinv(np.cov(away.T)) * away, axis=1),
    "PCA": np.mean((linear.inverse_transform(linear.transform(flat)) - flat) ** 2, axis=1),
    "network": np.mean((rebuilt(odd_coder, flat, own) - flat) ** 2, axis=1),
}
caught = {name: float(roc_auc_score(is_odd, score)) for name, score in scores.items()}

# %%
plots.show_bars(
    caught,
    title="Pixels with two bands exchanged stand out, and not for the network alone",
    y_label="area under the ROC curve",
    number_format="{:.3f}",
    colours=[plots.BLACK, plots.BLACK, plots.BLUE],
)

# %% [markdown]
# The area is 0.5 for drawing lots and 1 if every odd pixel comes before all others. With its
# three numbers the network follows the bend in the cloud of pixels, and PCA lays a plane
# through it.

# %% tags=["nbval-check-output"]
expect("the network finds odd pixels (area above 0.85)", caught["network"] > 0.85)

# %% [markdown]
# ### Exercise 4: three numbers of your own
#
# Say a spectrum with three numbers of your own. `my_three(x_train, x_test)` gets spectra of
# ten materials, shapes `(830, 180)` and `(414, 180)`, without their names. It returns three
# numbers for each of both. The check lets five neighbours vote and asks for 76 % right.


# %% tags=["exercise"]
def my_three(x_train, x_test):
    return ...


# %% tags=["solution"]
def my_three(x_train, x_test):
    train, test = (x / np.linalg.norm(x, axis=1, keepdims=True) for x in (x_train, x_test))
    pca = PCA(3, whiten=True, random_state=0).fit(train)
    return pca.transform(train), pca.transform(test)


# %% tags=["nbval-check-output"]
exercise.three.check(my_three)

# %% [markdown]
# ## Now yours
#
# A scene of your own: a cube of bands as NumPy, MATLAB, ENVI or GeoTIFF. The one below is
# **computed**, and looks like a flight over a village: sixty bands, whole numbers, a corner
# without data, and a second file of labels. `map_scene` divides brightness out, codes each
# pixel with three numbers, and makes groups of alike codes.

# %%
scene = read_scene(DATA / "yours" / "scene.mat", DATA / "yours" / "scene_gt.mat")
mapped = map_scene(scene, groups=6, seed=seed)
saved = mapped.save(Path(tempfile.mkdtemp()) / "map.png")  # or .tif, with its place on Earth
known = scene.labels > 0
fits = adjusted_rand_score(scene.labels[known], mapped.groups[known])
print(f"saved as {saved.name}; groups and labels agree: {fits:.2f}")

# %%
seen_by_eye = as_colours(np.nan_to_num(scene.cube[..., [9, 5, 2]]))
views = [seen_by_eye, mapped.colours, map_colours(mapped.groups)]
plots.show_photos(
    {"a village": np.stack(views)},
    title="From sixty bands to three numbers to six groups",
    captions=["true colours", "three numbers", "map"],
    scale=2.5,
)

# %% [markdown]
# For your own scene change the two paths; the second may be left out. The scenes that papers
# compare on fit as they are: `Indian_pines_corrected.mat`, `PaviaU.mat`,
# `Salinas_corrected.mat`, each with its `_gt.mat`. GeoTIFF and ENVI need `pip install
# "aecourse[scenes]"`, and a map saved as `.tif` keeps its place on Earth.
#
# What it cannot do: it does not name a group. You look at the picture and say what it is.
# Water and deep shade become one group. And two pictures have two codes: a colour in one says
# nothing of the same colour in the other.

# %% tags=["nbval-check-output"]
expect("the map agrees with the labels (above 0.5)", fits > 0.5)

# %% [markdown]
# ## What you saw
#
# - Three numbers keep most of what a spectrum of 180 bands tells, once brightness is divided
#   out. Dividing it out brings more than the network does.
# - The network rebuilds shapes better than PCA. Its groups agree better with materials in most
#   trainings, and never well.
# - “A unique type for each dot” is too strong: some materials share a spectrum, and much of a
#   good score is the place.
# - With a decoder that mixes, the code is shares. The smallest solid around the pixels shows
#   the materials, if some are nearly pure.
# - A picture from space can be coded by itself, without labels. Naming is left to you.

# %% [markdown]
# **Where this is used.** Maps of crops, woods and towns, search for minerals, sorting of
# waste, inspection of food: wherever a camera has more bands than an eye.

# %% [markdown]
# **Read on.**
#
# - Maurice Craig, *Minimum-volume transforms for remotely sensed data* (1994).
# - José Bioucas-Dias and others, *Hyperspectral unmixing overview: geometrical, statistical,
#   and sparse regression-based approaches* (2012).
# - Burkni Palsson, Jakob Sigurdsson, Johannes Sveinsson and Magnus Ulfarsson, *Hyperspectral
#   unmixing using a neural network autoencoder* (2018).
# - Martin Herold, Dar Roberts, Margaret Gardner and Philip Dennison, *Spectrometry for urban
#   area remote sensing: development and analysis of a spectral library from 350 to 2400 nm*
#   (2004).
