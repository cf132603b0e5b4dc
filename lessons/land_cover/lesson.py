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
# - draw materials as a cloud of points in three numbers,
# - divide brightness out of a spectrum,
# - hold the code against PCA and against all 180 bands, and find materials that nobody parts,
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
    SATELLITE_BANDS,
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
    title="Each material has a spectrum of its own",
    x_label="wavelength, µm",
    y_label="share of the light",
)

# %% [markdown]
# The lines show the median spectrum of five of the ten materials. Asphalt is dark and nearly
# flat. Plants rise steeply behind the red, even dry ones.
#
# Now let an autoencoder say each spectrum with three numbers: `x: (180,) → h: (3,) → y:
# (180,)`. During training the code gets a little noise. Then spectra whose codes are close
# must be alike, because the decoder cannot know which of them is meant. The penalty on large
# codes keeps the network from drowning that noise.


# %% tags=["export"]
def new_coder(bands, size=3, widths=(128, 64)):
    x = z = keras.Input((bands,))
    for width in widths:
        z = layers.Dense(width, activation="gelu")(z)
    z = layers.Dense(size, activity_regularizer=keras.regularizers.L2(3e-4))(z)
    encoder = keras.Model(x, layers.GaussianNoise(0.1)(z))  # → 3
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
shade = codes_of(coder, shape_of(0.3 * x_test), u_train)
moved = np.abs(
    codes_of(as_they_are, 0.3 * x_test, x_train) - codes_of(as_they_are, x_test, x_train)
)
print(
    f"in the shade a code moves by {moved.mean():.2f}, without brightness by {np.abs(shade - h_test).mean():.2f}"
)
plots.show_cloud(
    {"three numbers a shape": h_test},
    y_test,
    title="Without brightness the three numbers tell of the material alone",
    names=MATERIALS,
)

# %% [markdown]
# ## 3. How good are three numbers?
#
# Three questions, each with its rivals. *How well is the spectrum rebuilt?* The rival is PCA
# with three numbers. *Is the material known by its neighbours?* For each test spectrum, the
# five nearest training spectra vote. *Do materials fall into groups by themselves?* k-means
# makes ten groups without labels; the {term:adjusted Rand index} says how far they agree with
# the materials: 1 for the same groups, 0 for groups drawn by lot.


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
spread = h_train.std(axis=0)
ways = {
    "PCA of spectra": [PCA(3).fit(x_train).transform(x) for x in (x_train, x_test)],
    "PCA of shapes": [pca.transform(u) for u in (u_train, u_test)],
    "three numbers": [h_train / spread, h_test / spread],
    "180 bands": [u_train, u_test],
}
right = {"commonest": float(np.mean(y_test == np.bincount(y_train).argmax()))}
right |= {n: neighbours_right(a, y_train, b, y_test) for n, (a, b) in ways.items()}
agree = {
    n: groups_agree(np.concatenate(w), np.append(y_train, y_test)) for n, w in ways.items()
}
plots.show_bars(
    right,
    title="Three numbers keep most of what 180 bands know of the material",
    y_label="materials right by five neighbours",
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
# Its groups agree best with the materials, and even they agree little.

# %% tags=["nbval-check-output"]
expect("the error is at most 0.6 of PCA's", error <= 0.6 * pca_error)
expect(
    "groups agree better than those of PCA and of all bands",
    agree["three numbers"] > max(v for n, v in agree.items() if n != "three numbers"),
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
known = KNeighborsClassifier(5).fit(u_train, y_train).predict(u_test)
pairs = np.zeros((10, 10), int)
np.add.at(pairs, (y_test, known), 1)
np.fill_diagonal(pairs, 0)
for real, taken in zip(
    *np.unravel_index(np.argsort(-pairs, axis=None)[:4], (10, 10)), strict=True
):
    share = pairs[real, taken] / np.sum(y_test == real)
    print(
        f"{share:.0%} of {MATERIALS[real]} is taken for {MATERIALS[taken]}, with all 180 bands"
    )


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
places, y_all = np.concatenate(spectra_places()), np.append(y_train, y_test)
elsewhere = {
    n: right_elsewhere(np.concatenate(ways[n]), y_all, places)
    for n in ("PCA of shapes", "three numbers", "180 bands")
}
plots.show_bars(
    {
        f"{n}\n{where}": v[n]
        for n in elsewhere
        for where, v in (("any place", right), ("others", elsewhere))
    },
    title="Much of what neighbours know is the place, not the material",
    y_label="materials right by five neighbours",
    number_format="{:.2f}",
    colours=[plots.BLUE, plots.SKY] * 3,
)

# %% [markdown]
# The light bars ask only neighbours that were measured at another latitude and longitude. All
# fall far. A road is known best by the same road. And some materials have no spectrum of their
# own: concrete is made of sand and gravel, and paint can have any colour. No code can part
# what no spectrum parts.

# %% tags=["nbval-check-output"]
expect(
    "with other places alone, 180 bands lose a quarter of what they had right",
    elsewhere["180 bands"] < 0.75 * right["180 bands"],
)
