# %% [markdown]
# # Generating
#
# Draw digits that nobody wrote, in four ways, and let one judge compare them.
#
# **The question:** a decoder draws whatever code it gets, and from random codes it draws
# scrawls. Which codes become digits?
#
# **You will**
# - calibrate a judge of drawings before you trust it,
# - draw from where the codes of an autoencoder live,
# - write a variational autoencoder, and see parts of its code nearly fall silent,
# - write the loop of a GAN, and measure what it leaves out,
# - draw digits out of noise, step by step.
#
# **You need** {lesson:bottleneck} and {lesson:denoising}.
#
# **Time** {time}.

# %%
import itertools
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter
from sklearn.decomposition import PCA
from sklearn.metrics import pairwise_distances
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import NearestNeighbors
from threadpoolctl import threadpool_limits

# %%
from aecourse import plots
from aecourse.datasets import load_digits
from aecourse.datasets.embedded import DATA
from aecourse.exercises import generating as exercise
from aecourse.files import read_digits, read_images, save_images
from aecourse.models import dense_autoencoder, outputs
from aecourse.recipes.denoising import denoiser
from aecourse.session import expect, start
from aecourse.training import fit
from aecourse.weights import load_weights

# %%
import keras  # isort: skip
from keras import layers, ops  # isort: skip

seed = start(0)
threadpool_limits(1)  # on a busy machine scikit-learn's threads wait for each other
rng = np.random.default_rng(seed)
(x_train, y_train), (x_test, y_test) = load_digits()
flat_train = x_train.reshape(-1, 784)

# %% [markdown]
# ## 1. A judge, before there is anything to judge
#
# How good is a drawn digit? A mean squared error needs an original, and a new digit has none.
# What can be asked is this: are 2,000 drawn digits *as a crowd* like 2,000 real ones?
#
# The judge is a small digit reader that the course carries with its weights. It reads 96 % of
# the test digits. Just before its answer, it describes a picture by 64 numbers, its
# {term:features}. A crowd of pictures is a cloud of points there.


# %% tags=["export"]
def new_judge():
    """A digit reader; the layer named "features" comes before its answer."""
    x = keras.Input((28, 28, 1))
    z = layers.Conv2D(24, 5, strides=2, activation="relu")(x)  # → 12 × 12 × 24
    z = layers.Conv2D(48, 3, strides=2, activation="relu")(z)  # → 5 × 5 × 48
    z = layers.Dropout(0.3)(layers.Flatten()(z))  # → 1200
    z = layers.Dense(64, activation="relu", name="features")(z)  # → 64
    z = layers.Dropout(0.3)(z)
    return keras.Model(x, layers.Dense(10, activation="softmax")(z))  # → 10


def features(judge, x):
    """The judge's 64 numbers for each picture."""
    inside = keras.Model(judge.input, judge.get_layer("features").output)
    return outputs(inside, np.clip(x, 0, 1).reshape(-1, 28, 28, 1).astype("float32"))


# %% [markdown]
# The {term:Fréchet distance} (Heusel et al., 2017) compares two clouds by their means μ and
# their covariances A and B. It is 0 when both agree.
#
# `d² = |μ_a − μ_b|² + trace(A) + trace(B) − 2 · trace((A B)^½)`
#
# The first part says how far apart the clouds lie. The rest says how much they differ in width
# and direction. The root is one of a *matrix*. Its trace is easier to get than the root
# itself: it is the sum of the roots of the eigenvalues of A B.


# %% tags=["export"]
def frechet(a, b):
    """The Fréchet distance of two clouds of features, each (n, 64)."""
    a, b = a.astype(float), b.astype(float)
    d, cov_a, cov_b = a.mean(axis=0) - b.mean(axis=0), np.cov(a.T), np.cov(b.T)
    roots = np.sqrt(np.maximum(np.linalg.eigvals(cov_a @ cov_b).real, 0))
    return float(d @ d + np.trace(cov_a) + np.trace(cov_b) - 2 * roots.sum())


def distance(judge, drawn, real):
    """How far a crowd of drawn digits is from a crowd of real ones."""
    return frechet(features(judge, drawn), features(judge, real))


# %% [markdown]
# ### Exercise 1: the distance by hand
#
# Write it yourself, in NumPy and without `frechet`: `my_frechet(a, b)` takes two clouds of
# points, shapes `(n, k)` and `(m, k)`, and returns one number.


# %% tags=["exercise"]
def my_frechet(a, b):
    return ...


# %% tags=["solution"]
def my_frechet(a, b):
    A, B = np.cov(a.T), np.cov(b.T)
    between = np.sum((a.mean(axis=0) - b.mean(axis=0)) ** 2)
    roots = np.sqrt(np.linalg.eigvals(A @ B).real)
    return between + np.trace(A + B) - 2 * roots.sum()


# %% tags=["nbval-check-output"]
exercise.distance.check(my_frechet)

# %% [markdown]
# ### What does a distance of 10 look like?
#
# Here are crowds of which we know how good they are. Other real digits should come out best
# and noise worst. In between stand:
#
# - real digits, blurred,
# - real digits without a single 1,
# - PCA: 40 numbers for each digit, drawn from a normal distribution as wide as the real ones,
# - *independent pixels*: each pixel is ink as often as in real digits, whatever the pixels
#   beside it are.
#
# *Predict:* which of these four is closest to real digits, and which is farthest away?
#
# *Answer:* the digits without a 1 are closest and the independent pixels are farthest away.

# %%
judge = new_judge()
judge.set_weights(load_weights("judge"))
pca = PCA(40, random_state=0).fit(flat_train)
spread = pca.transform(flat_train).std(axis=0)
crowds = {
    "other real digits": x_train[:2000],
    "without a 1": x_train[y_train != 1][:2000],
    "blurred": gaussian_filter(x_test, (0, 1, 1, 0)),
    "PCA, normal": pca.inverse_transform(spread * rng.normal(size=(2000, 40))),
    "independent\npixels": 1.0 * (rng.random((2000, 784)) < flat_train.mean(axis=0)),
    "noise": rng.random((2000, 784)),
}
crowds = {name: np.clip(x, 0, 1).reshape(-1, 28, 28, 1) for name, x in crowds.items()}

# %%
known = {name: distance(judge, x, x_test) for name, x in crowds.items()}
plots.show_images(
    {f"{name}: {known[name]:.1f}": x[:12] for name, x in crowds.items()},
    title="The judge puts crowds in the order in which you would put them",
)

# %% [markdown]
# Each row shows the first twelve of 2,000 pictures, and beside them the distance of all 2,000
# from the test digits. Other real digits come out below 1. Blur costs twice as much as a
# missing kind. From forty upwards a crowd does not look like digits any more.

# %%
real, others = features(judge, x_test), features(judge, x_train[:2000])


def inside_balls(drawn, real, k=5):
    """Share of the drawn points that lie nearer to a real one than its k-th neighbour."""
    radius = NearestNeighbors(n_neighbors=k + 1).fit(real).kneighbors(real)[0][:, -1]
    far = pairwise_distances(drawn, real)
    return float((far <= radius).any(axis=1).mean())


precision = {
    name: inside_balls(features(judge, crowds[name][:500]), real[:1000])
    for name in ("other real digits", "independent\npixels")
}
for name, share in precision.items():
    print(f"{' '.join(name.split())}: precision {share:.2f}, distance {known[name]:.1f}")

# %% [markdown]
# Why not another measure? A popular one asks for each drawing whether it lies among real ones:
# closer to a real picture than that picture's fifth neighbour (Kynkäänniemi et al., 2019). It
# is called *precision*. Here it praises independent pixels, which nobody takes for digits. A
# single real digit far outside has a ball large enough to hold them all.
#
# **A warning.** Papers measure this distance in the features of another network (Inception),
# and call it FID. So no figure of this lesson compares with theirs. An order of methods may be
# compared, and section 4 does that.

# %% tags=["nbval-check-output"]
expect("other real digits: below 1", known["other real digits"] < 1)
expect(
    "PCA is 30 times as far, noise 100 times",
    known["PCA, normal"] > 30 * known["other real digits"]
    and known["noise"] > 100 * known["other real digits"],
)
expect(
    "precision calls independent pixels as good as real digits",
    precision["independent\npixels"] > precision["other real digits"],
)

# %% [markdown]
# ## 2. Where the codes live
#
# In {lesson:bottleneck} random codes became scrawls. Each number of the code was drawn from
# its own range, and together they hit a place where no digit lives. So the question is where
# the codes of real digits are. Then new codes can be drawn there.
#
# Three guesses, from coarse to fine (Ghosh et al., 2020, compare the last two):
#
# - a *box*: each number has its own range,
# - one *bell*: a normal distribution with the codes' mean and covariance,
# - a {term:mixture} of 60 bells, each with its own place, width, direction and weight.


# %% tags=["export"]
TRAINING = {"batch_size": 125, "learning_rate": 3e-3, "loss": "binary_crossentropy"}
BELLS = 60  # chosen on validation digits, among 10 to 160


def train_autoencoder(x, epochs=30):
    """784 → 512 → 256 → h: 16 → 256 → 512 → 784"""
    model = dense_autoencoder(16)
    fit(model, x, epochs=epochs, **TRAINING)
    return model


def fit_mixture(codes, bells=BELLS, seed=0):
    """Bells that cover the codes (n, size): expectation maximisation, by scikit-learn."""
    options = {"max_iter": 100, "tol": 0.01, "reg_covar": 1e-3, "random_state": seed}
    return GaussianMixture(bells, **options).fit(codes.astype(float))


# %% [markdown]
# To draw a code, choose a bell, each as often as its weight says. Then draw 16 independent
# numbers, turn and stretch them by a root of the bell's covariance, and move them to its mean.


# %% tags=["export"]
def draw_codes(mixture, n, rng):
    """n new codes of a mixture."""
    bell = rng.choice(len(mixture.weights_), n, p=mixture.weights_)
    roots = np.linalg.cholesky(mixture.covariances_)  # one for each bell
    noise = rng.normal(size=(n, mixture.means_.shape[1], 1))
    return (mixture.means_[bell] + (roots[bell] @ noise)[..., 0]).astype("float32")


# %% [markdown]
# *Predict:* which of the three will draw digits? And how close will the best one come to the
# distance of real digits, which is below 1?
#
# *Answer:* the box draws scrawls, and one bell draws digits and much in between. The mixture
# comes close to 1.

# %%
model = train_autoencoder(x_train)

# %%
codes = model.encode(x_train)
low, high = np.quantile(codes, [0.01, 0.99], axis=0)
one, sixty = fit_mixture(codes, bells=1), fit_mixture(codes)
drawn = {
    "a box": model.decode(rng.uniform(low, high, (2000, 16)).astype("float32")),
    "one bell": model.decode(draw_codes(one, 2000, rng)),
    "60 bells": model.decode(draw_codes(sixty, 2000, rng)),
}
by_pca = fit_mixture(pca.transform(flat_train))
drawn["PCA,\n60 bells"] = pca.inverse_transform(draw_codes(by_pca, 2000, rng))
far = {name: distance(judge, x, x_test) for name, x in drawn.items()}

# %%
rows = {f"{name}: {far[name]:.1f}": x[:14].reshape(-1, 28, 28) for name, x in drawn.items()}
plots.show_images(
    {name: np.clip(x, 0, 1) for name, x in rows.items()},
    title="Sixty bells know where the codes live; one bell and a box do not",
)

# %% [markdown]
# The rows show what is drawn from the box, from one bell and from sixty. The last row is a
# control: sixty bells on PCA's 40 numbers, without a network. There the bells know the crowd
# just as well, and what PCA draws is ragged. Both are needed, bells for the place and a
# decoder for the picture.

# %% tags=["nbval-check-output"]
expect("sixty bells on the codes: at most 2.5", far["60 bells"] < 2.5)
expect("one bell is 5 times as far from real digits", far["one bell"] > 5 * far["60 bells"])
expect("PCA with sixty bells is 3 times as far", far["PCA,\n60 bells"] > 3 * far["60 bells"])

# %% [markdown]
# ### Does it copy?
#
# A drawer who copies training digits would fool this judge. So look for the training digit
# that is nearest to each drawing. As a control, do the same for test digits that went through
# the autoencoder. They have the same smooth look, and they are certainly no copies.


# %%
def nearest(x):
    """For each picture the nearest training digit, and the MSE to it."""
    search = NearestNeighbors(n_neighbors=1).fit(flat_train)
    apart, place = search.kneighbors(x.reshape(-1, 784))
    return x_train[place[:, 0]], apart[:, 0] ** 2 / 784


new = drawn["60 bells"]
twin, apart = nearest(new[:500])
_, apart_control = nearest(model.reconstruct(x_test[:500]))
print(f"drawn digits: MSE {apart.mean():.4f} to the nearest training digit")
print(f"test digits, encoded and decoded: {apart_control.mean():.4f}")
plots.show_images(
    {"drawn": new[:12], "nearest\ntraining digit": twin[:12]},
    title="What is drawn resembles training digits, and copies none",
)

# %% tags=["nbval-check-output"]
expect(
    "drawn digits are no nearer to training digits than new ones: 0.8 times at least",
    apart.mean() > 0.8 * apart_control.mean(),
)

# %% [markdown]
# ### Exercise 2: can you tell?
#
# Here are twenty digits in random order. Ten were written by people, and ten were drawn by the
# sixty bells and the decoder. Write down what you think: `my_guess` is a list of twenty, True
# for drawn. You may use your eyes or NumPy. At least 15 right are asked for.

# %%
order = np.random.default_rng(seed + 1).permutation(20)
twenty = np.concatenate([new[20:30], x_test[20:30]])[order]
truth = order < 10
plots.show_images(
    {"1 to 10": twenty[:10], "11 to 20": twenty[10:]},
    title="Ten of these twenty were written by people. Which?",
)

# %% tags=["exercise"]
my_guess = ...

# %% tags=["solution"]
# Scanned paper is exactly 0 nearly everywhere. What a sigmoid gives only comes close to it.
my_guess = (twenty == 0).mean(axis=(1, 2, 3)) < 0.5

# %% tags=["nbval-check-output"]
exercise.eye.check(my_guess, digits=twenty, drawn=truth)

# %% [markdown]
# ### Sevens, please
#
# The bells can be asked for a kind. Give each kind its own four bells, fitted to the codes of
# that kind only. Whoever reads the result does not know what was asked for: the judge tells.


# %% tags=["export"]
def more_of(model, x, n, rng, bells=4):
    """n new digits like those in x, from bells around their codes."""
    return model.decode(draw_codes(fit_mixture(model.encode(x), bells), n, rng))


# %%
asked = {digit: more_of(model, x_train[y_train == digit], 100, rng) for digit in range(10)}
read = {digit: outputs(judge, x).argmax(axis=1) for digit, x in asked.items()}
obeyed = {digit: float(np.mean(answers == digit)) for digit, answers in read.items()}
plots.show_images(
    {f"drawing {i + 1}": np.stack([asked[digit][i] for digit in asked]) for i in range(4)},
    captions=[f"{digit}: {share:.0%} read" for digit, share in obeyed.items()],
    title="Asked for a kind, it draws that kind, in many hands",
)

# %% [markdown]
# Each column shows four drawings of a kind. Below it stands for how many of 100 the judge
# reads what was asked for. It reads about as many of real digits.

# %% tags=["nbval-check-output"]
expect("nine in ten are read as what was asked for", np.mean(list(obeyed.values())) > 0.9)

# %% [markdown]
# ## 3. The variational autoencoder
#
# The mixture looks *afterwards* where the codes live. Kingma and Welling (2014) turn this
# round: they tell the codes beforehand where to live, in one bell with mean 0 and spread 1.
#
# ```text
#                 ┌─► mean μ ────────────┐
# x ─► encoder ───┤                      ├─► h = μ + σ · noise ─► decoder ─► y
#                 └─► log σ² ─► σ ───────┘
# ```
#
# The encoder gives no point, but a small cloud: a mean μ and a spread σ for each number. The
# code h is drawn from it, anew each time. Training needs a slope through this draw, and dice
# have none. The trick is to throw the dice *beside* the network: the noise comes from outside,
# and h is a sum and a product of it, which do have slopes. This is called
# {term:reparameterisation}.

# %% [markdown]
# ### Exercise 3: draw a code
#
# The network gives `mean` and `log_variance`, the logarithm of σ². Together with `noise` (mean
# 0, spread 1) they have the shape `(n, size)`. Return the codes.


# %% tags=["exercise"]
def my_sample(mean, log_variance, noise):
    return ...


# %% tags=["solution"]
def my_sample(mean, log_variance, noise):
    return mean + np.exp(log_variance / 2) * noise


# %% tags=["nbval-check-output"]
exercise.sample.check(my_sample)

# %% [markdown]
# ### What it costs to say something
#
# The loss has two parts. One asks that y be like x. The other asks that each small cloud be
# like the one large bell. How unlike they are is measured by the {term:Kullback-Leibler
# divergence}. It says, in *nats*, how much a draw from the small cloud p gives away about not
# having come from q. For normal distributions it has a closed form:
#
# `KL(p ‖ q) = log(s_q / s_p) + (s_p² + (m_p − m_q)²) / (2 s_q²) − ½`
#
# A number that always says μ = 0 and σ = 1 costs nothing, and tells nothing.

# %% [markdown]
# ### Exercise 4: write the divergence
#
# `my_kl(m_p, s_p, m_q, s_q)` takes means and spreads, all arrays of one shape, and returns the
# divergence for each.


# %% tags=["exercise"]
def my_kl(m_p, s_p, m_q, s_q):
    return ...


# %% tags=["solution"]
def my_kl(m_p, s_p, m_q, s_q):
    return np.log(s_q / s_p) + (s_p**2 + (m_p - m_q) ** 2) / (2 * s_q**2) - 0.5


# %% tags=["nbval-check-output"]
exercise.divergence.check(my_kl)

# %% [markdown]
# Both belong into one layer. With m_q = 0 and s_q = 1 the divergence becomes the line below.
# The weight {term:β} in front of it (Higgins et al., 2017) says how dear words are. At β = 1
# the loss is a bound on how likely the data are. `fit` takes the mean over 784 pixels for the
# first part, so the second is divided by 784, too.


# %% tags=["export"]
class Sample(keras.Layer):
    """Draws a code from mean and log-variance; adds β times the divergence to the loss."""

    def __init__(self, beta, **kwargs):
        super().__init__(**kwargs)
        self.beta = beta
        self.dice = keras.random.SeedGenerator()

    def call(self, clouds):
        mean, log_variance = ops.split(clouds, 2, axis=-1)
        kl = 0.5 * (ops.exp(log_variance) + mean**2 - 1 - log_variance)
        self.add_loss(self.beta * ops.mean(ops.sum(kl, axis=-1)) / 784)
        noise = keras.random.normal(ops.shape(mean), seed=self.dice)
        return mean + ops.exp(log_variance / 2) * noise


# %% tags=["export"]
NUMBERS, BETA = 16, 1.0


def train_variational(x, numbers=NUMBERS, beta=BETA, epochs=5):
    """An encoder to means and log-variances, (n, 2 · numbers), and a decoder from codes."""
    encoder = dense_autoencoder(2 * numbers).encoder
    decoder = dense_autoencoder(numbers).decoder
    pixels = keras.Input((28, 28, 1))
    y = decoder(Sample(beta)(encoder(pixels)))  # 28 × 28 × 1 → 2 · 16 → 16 → 28 × 28 × 1
    fit(keras.Model(pixels, y), x, epochs=epochs, **TRAINING)
    return encoder, decoder


def nats(encoder, x):
    """For each number of the code the mean divergence, what it says about a digit."""
    mean, log_variance = np.split(outputs(encoder, x), 2, axis=-1)
    return (0.5 * (np.exp(log_variance) + mean**2 - 1 - log_variance)).mean(axis=0)


# %% [markdown]
# Train two of them: one with β = 1, and for comparison one in which words are four times as
# dear, on half of the digits.
#
# *Predict:* how does a network save words? Will all 16 numbers say a little less?
#
# *Answer:* no. It gives some of them up, nearly altogether.

# %%
encoder, decoder = train_variational(x_train)
thrifty, _ = train_variational(x_train[:4000], beta=4.0)

# %%
said = {"β = 1": nats(encoder, x_test), "β = 4": nats(thrifty, x_test)}
silent = {name: int(np.sum(numbers < 0.25)) for name, numbers in said.items()}
plots.show_curves(
    {
        f"{name}, {silent[name]} nearly silent": np.sort(numbers)[::-1]
        for name, numbers in said.items()
    },
    title="Where words are dear, some numbers of the code say hardly anything",
    x_label="numbers of the code, sorted",
    y_label="nats a digit",
    marker="o",
)

# %% [markdown]
# Each point is one number of the code. At β = 1 they say about equally much. At β = 4 a few go
# on speaking, and the right part of the curve lies close to the axis: these numbers have
# nearly mean 0 and spread 1, whatever digit comes in. The decoder learns not to listen to
# them. This is called {term:posterior collapse}. Words cost, and a number that brings less
# than it costs is given up.

# %% tags=["nbval-check-output"]
expect("at β = 4 at least four of 16 numbers say less than 0.25 nats", silent["β = 4"] >= 4)
expect("at β = 1 at most two", silent["β = 1"] <= 2)

# %% [markdown]
# Now draw from the large bell, as planned.
#
# *Predict:* will these digits be better than those from the bells of section 2?
#
# *Answer:* no. Many of them lie between two digits.

# %%
normal = rng.normal(size=(2000, NUMBERS)).astype("float32")
by_prior = outputs(decoder, normal)
mean, log_variance = np.split(outputs(encoder, x_train), 2, axis=-1)
clouds = mean + np.exp(log_variance / 2) * rng.normal(size=mean.shape)
by_bells = outputs(decoder, draw_codes(fit_mixture(clouds), 2000, rng))
variational = {"from the\nlarge bell": by_prior, "from 60 bells\non its codes": by_bells}
far_v = {name: distance(judge, x, x_test) for name, x in variational.items()}
plots.show_images(
    {f"{name}:\n{far_v[name]:.1f}": x[:12] for name, x in variational.items()},
    title="The codes do not quite live where they were told to",
)

# %% [markdown]
# Top: codes from the large bell. Bottom: sixty bells, fitted to this network's own codes. The
# second row is much better, with the same decoder. So the weakness is not the drawing. The
# clouds of all digits together do not fill the large bell evenly, and what is drawn between
# them is half one digit and half another.

# %% tags=["nbval-check-output"]
expect(
    "its own codes' bells are at least twice as good as the large bell",
    2 * far_v["from 60 bells\non its codes"] < far_v["from the\nlarge bell"],
)

# %% [markdown]
# ### Size of the code and β, chosen on validation digits
#
# Would other settings help? The next cell holds what `python -m lessons.generating.train
# --grid` measured once: trainings of forty epochs on 7,000 digits, each judged by 1,000
# validation digits. They take minutes, so they are not repeated here.

# %%
BETAS = (0.5, 1.0, 2.0, 4.0)
MEASURED = {
    "4 numbers": (BETAS, (13.5, 13.9, 12.9, 15.6)),
    "8 numbers": (BETAS, (11.9, 10.2, 10.7, 10.4)),
    "16 numbers": (BETAS, (16.9, 14.2, 11.1, 11.1)),
    "32 numbers": (BETAS, (18.1, 13.9, 10.5, 12.0)),
}
plots.show_curves(
    MEASURED,
    title="Larger codes need dearer words, and none comes near",
    x_label="β",
    y_label="distance to validation digits",
    log_x=True,
    marker="o",
)

# %% [markdown]
# Each line is one size of the code. With 16 or 32 numbers a larger β helps: most numbers fall
# silent, and what is left fills the large bell better. Eight numbers are near the lowest for
# any β. Differences below 1 may be chance. None of these sixteen comes near the bells on the
# network's own codes. The network above has 16 numbers and β = 1, as it is usually taught.

# %% [markdown]
# ### On a line or on a sphere
#
# Between two codes one usually walks in a straight line. In 16 dimensions the large bell is
# hollow, though. Nearly all its codes lie about √16 = 4 from the middle, like on the skin of
# an orange. The middle of a straight line lies inside the orange, where no code lives. So
# White (2016) walks along the skin, by *spherical* interpolation.


# %% tags=["export"]
def on_sphere(h_a, h_b, t):
    """From h_a (t = 0) to h_b (t = 1), each (n, size), along the skin."""
    lengths = [np.linalg.norm(h, axis=1, keepdims=True) for h in (h_a, h_b)]
    cosine = np.sum(h_a / lengths[0] * h_b / lengths[1], axis=1, keepdims=True)
    angle = np.arccos(np.clip(cosine, -1, 1))
    parts = np.sin((1 - t) * angle) * h_a + np.sin(t * angle) * h_b
    return (parts / np.sin(angle)).astype("float32")


# %%
h_a, h_b = normal[:1000], normal[1000:]
middles = {"line": (h_a + h_b) / 2, "sphere": on_sphere(h_a, h_b, 0.5)}
at_middle = {name: distance(judge, outputs(decoder, h), x_test) for name, h in middles.items()}
lengths = {name: np.linalg.norm(h, axis=1).mean() for name, h in middles.items()}
for name in middles:
    print(f"middles on the {name}: length {lengths[name]:.1f}, distance {at_middle[name]:.1f}")

# %%
shares = np.linspace(0, 1, 11)
pair = (h_a * h_b).sum(axis=1)[:50].argmin()  # the pair of fifty that lies farthest apart
start_h, end_h = (np.repeat(h[pair : pair + 1], 11, axis=0) for h in (h_a, h_b))
line = (1 - shares[:, None]) * start_h + shares[:, None] * end_h
sphere = on_sphere(start_h, end_h, shares[:, None])
plots.show_images(
    {
        name: outputs(decoder, h.astype("float32"))
        for name, h in (("line", line), ("sphere", sphere))
    },
    captions=[f"{t:.0%}" for t in shares],
    title="On the line the middle fades; on the sphere it stays a drawing",
)

# %% [markdown]
# Both rows go from one code to another, on the line above and on the sphere below. In the
# middle the line's code is too short, and its picture is nearer to the mean digit. What the
# judge says of 1,000 middles stands above the figure. The middles on the line are worse than
# codes drawn from the bell. Those on the sphere are as good as these, and no better.

# %% tags=["nbval-check-output"]
expect(
    "middles on the line are shorter, by a quarter", lengths["line"] < 0.75 * lengths["sphere"]
)
expect(
    "and farther from real digits, 1.2 times", at_middle["line"] > 1.2 * at_middle["sphere"]
)

# %% [markdown]
# ## 4. Two networks against each other
#
# A {term:GAN} (Goodfellow et al., 2014) has no encoder at all. A *generator* G turns noise
# into pictures. A *discriminator* D gets real and drawn ones and says which is which. G is
# trained so that D errs.
#
# ```text
# noise: 32 ─► G ─► drawn ─┐
#                          ├─► D ─► real or drawn?
#            real digits ──┘
# ```
#
# Both are convolutional, as Radford et al. (2016) recommend: G with transposed convolutions
# and normalisation, D with strides and leaky activations.


# %% tags=["export"]
NOISE = 32


def new_generator():
    noise = keras.Input((NOISE,))
    z = layers.Dense(7 * 7 * 32, use_bias=False)(noise)
    z = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(z))
    z = layers.Reshape((7, 7, 32))(z)  # → 7 × 7 × 32
    z = layers.Conv2DTranspose(16, 4, strides=2, padding="same", use_bias=False)(z)
    z = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(z))  # → 14 × 14 × 16
    z = layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="sigmoid")(z)
    return keras.Model(noise, z)  # → 28 × 28 × 1


# %% tags=["export"]
def new_discriminator():
    x = keras.Input((28, 28, 1))
    z = layers.Conv2D(16, 4, strides=2, padding="same")(x)  # → 14 × 14 × 16
    z = layers.Conv2D(32, 4, strides=2, padding="same")(layers.LeakyReLU(0.2)(z))
    z = layers.Flatten(name="features")(layers.LeakyReLU(0.2)(z))  # → 7 · 7 · 32
    return keras.Model(x, layers.Dense(1)(layers.Dropout(0.3)(z)))  # → 1, above 0: real


# %% [markdown]
# One step of the training: draw as many digits as came in, let D judge both, and compute two
# losses. D's is small when it tells them apart. G's is small when D takes the drawn ones for
# real. Each network moves down its own slope.
#
# Keras has no ready step for two losses, and slopes are the business of the backend. This is
# the one place of the lesson that needs TensorFlow itself. Real digits count as 0.9, not as 1,
# so that D does not become too sure.


# %% tags=["export"]
def step_of_both(gan, real):
    import tensorflow as tf

    n, nets = ops.shape(real)[0], (gan.discriminator, gan.generator)
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    with tf.GradientTape(persistent=True) as tape:
        drawn = gan.generator(keras.random.normal((n, NOISE), seed=gan.dice), training=True)
        says = gan.discriminator(ops.concatenate([real, drawn]), training=True)
        yes, no = ops.ones((n, 1)), ops.zeros((n, 1))
        losses = loss(0.9 * yes, says[:n]) + loss(no, says[n:]), loss(yes, says[n:])
    for mover, net, value in zip(gan.movers, nets, losses, strict=True):
        slopes = tape.gradient(value, net.trainable_variables)
        mover.apply(slopes, net.trainable_variables)
    return {"loss": losses[1], "loss of D": losses[0]}


# %% tags=["export"]
class GAN(keras.Model):
    def __init__(self, generator, discriminator):
        super().__init__()
        self.generator, self.discriminator = generator, discriminator
        self.dice = keras.random.SeedGenerator()
        self.movers = [keras.optimizers.Adam(r, beta_1=0.5) for r in (3e-4, 4e-4)]  # D, G
        for mover, net in zip(self.movers, (discriminator, generator), strict=True):
            mover.build(net.trainable_variables)

    def train_step(self, real):
        return step_of_both(self, real)


# %% tags=["export"]
GAN_EPOCHS = 3


def train_gan(x, epochs=GAN_EPOCHS):
    """Generator and discriminator, trained against each other."""
    gan = GAN(new_generator(), new_discriminator())
    fit(gan, x, epochs=epochs, batch_size=64)
    return gan


def draw_gan(gan, n, rng):
    return outputs(gan.generator, rng.normal(size=(n, NOISE)).astype("float32"))


# %%
same_noise = rng.normal(size=(12, NOISE)).astype("float32")
stages = {}


def look(epoch, logs=None):
    stages[f"after {epoch + 1}"] = outputs(gan.generator, same_noise)


gan = GAN(new_generator(), new_discriminator())
watching = keras.callbacks.LambdaCallback(on_epoch_end=look)
stages["untrained"] = outputs(gan.generator, same_noise)
fit(gan, x_train, epochs=GAN_EPOCHS, batch_size=64, callbacks=watching)

# %%
by_gan = draw_gan(gan, 2000, rng)
far_gan = distance(judge, by_gan, x_test)
plots.show_images(
    stages,
    title=f"Out of the same noise, epoch by epoch; in the end the distance is {far_gan:.0f}",
)

# %% [markdown]
# The rows show what the same twelve noises become after each epoch. Strokes appear quickly,
# and they are sharper than a decoder's. What they make up is often no digit. A few seconds are
# not enough for a GAN.
#
# ### What it leaves out
#
# The generator is never asked to draw *all* digits. It is asked to draw what D takes for real.
# A generator that draws nothing but good ones would do. To leave out kinds like this is called
# {term:mode collapse}. Let the judge sort 2,000 drawings by kind.

# %%
crowd = {"real": x_test, "autoencoder, 60 bells": new, "variational": by_prior, "GAN": by_gan}
kinds = {
    name: np.bincount(outputs(judge, x).argmax(axis=1), minlength=10) / len(x)
    for name, x in crowd.items()
}
plots.show_curves(
    {name: (range(10), 100 * share) for name, share in kinds.items()},
    title="The GAN neglects some kinds; the bells keep all ten",
    x_label="kind, as the judge reads it",
    y_label="% of 2,000 drawings",
    marker="o",
)

# %%
uneven = {name: np.abs(share - kinds["real"]).sum() / 2 for name, share in kinds.items()}
for name, share in uneven.items():
    print(f"{name}: {share:.0%} of the drawings would have to be of another kind")

# %% [markdown]
# Each line shows how many of the drawings are of each kind. The line of the real digits is
# nearly flat. The bells follow it, because their weights come from real codes. The other two
# have nobody who counts.

# %% tags=["nbval-check-output"]
expect(
    "the bells' kinds are twice as even as the GAN's",
    2 * uneven["autoencoder, 60 bells"] < uneven["GAN"],
)

# %% [markdown]
# ### The same seconds for everybody
#
# In this lesson the first network trained for longer than the others. Here is a fairer race:
# two minutes for each network. One more joins it: the variational autoencoder with eight
# numbers and β = 2. On validation digits, the median of five seeds, it was level with β = 4
# (7.7 each) and ahead of β = 1 (8.4). The network of section 6 is there, too, as "in steps".
# `python -m benchmarks generating` measured all of them once, with three seeds, so the next
# cell holds what came out.

# %%
STORED = {
    "PCA,\n60 bells": 10.5,
    "variational": 12.2,
    "variational,\nchosen": 8.0,
    "GAN": 13.6,
    "in steps": 8.4,
    "autoencoder,\n60 bells": 1.1,
}
plots.show_bars(
    STORED,
    title="In the same seconds the ordinary autoencoder with bells is far ahead",
    y_label="distance to real digits",
    number_format="{:.1f}",
    colours=[plots.BLACK, plots.SKY, plots.SKY, plots.ORANGE, plots.PURPLE, plots.BLUE],
)

# %% [markdown]
# The bars show the distances of 2,000 drawings after equally long trainings, the median of
# three seeds. In two minutes the variational autoencoder as usually taught and the GAN are
# still behind PCA with bells. A smaller code and a larger β help the first of them. GANs need
# patience: with hours instead of minutes, this order need not hold.

# %% [markdown]
# The order agrees with published ones. Ghosh et al. (2020) report these distances for MNIST,
# in Inception's features: 19.2 for a variational autoencoder, and 10.7 for an ordinary one
# with a mixture of ten bells. For their regularised autoencoders it is 8.7 to 11.7. The
# library Pythae (Chadebec et al., 2022) trained two of these again and got 9.1 and 9.7.

# %% [markdown]
# ## 5. Which of them notices the odd one?
#
# "GANs are highly efficient in anomaly detection", one reads. So let us see. Networks are
# trained without one digit. Then they see all ten kinds, and should give a higher score to the
# kind that was left out. The figure is the {term:AUROC}: the share of all pairs of an odd and
# a usual digit in which the odd one scores higher. A coin gets 50 % ({lesson:anomalies} says
# more).

# %% [markdown]
# A GAN can be asked in three ways:
#
# - *real or drawn*: D's own answer,
# - *features*: how far the five nearest training digits are, in what D computes before its
#   answer,
# - *inversion* (AnoGAN; Schlegl et al., 2017): search the noise from which G draws the digit
#   best, and take the error that is left.

# %% [markdown]
# `python -m benchmarks gan_anomalies` did this for all ten digits, one after the other, with
# three seeds. Autoencoder and GAN trained for about as long, 12 and 14 seconds for a digit. It
# takes a quarter of an hour, so the next cell holds what came out.
#
# *Predict:* which of the three will be of use, and will one of them beat the autoencoder's
# error?
#
# *Answer:* only the features. They are a little ahead of the autoencoder's error, and level
# with neighbours in the pixels, which need no network. The other two hardly beat a coin.

# %%
LEFT_OUT = {
    "PCA 40,\nerror": 66.5,
    "neighbours,\npixels": 81.2,
    "autoencoder,\nerror": 79.4,
    "GAN, real\nor drawn": 54.7,
    "GAN,\ninversion": 52.4,
    "GAN,\nfeatures": 81.8,
}
plots.show_bars(
    LEFT_OUT,
    title="A GAN's features notice the odd digit; so do neighbours in the pixels",
    y_label="AUROC, %, mean of ten digits",
    number_format="{:.0f}",
    colours=[plots.BLACK, plots.BLACK, plots.BLUE, *[plots.ORANGE] * 3],
)

# %% [markdown]
# The bars show the mean of the ten digits, each time among 600 test digits: the median of
# three seeds. Differences of two or three points say little. What they do say: here the GAN
# is not more efficient than looking for neighbours in the pixels, and hardly more than the
# ordinary autoencoder. Its own answer, real or drawn, is of next to no use. And after so short
# a training G draws too little for an inversion.

# %% [markdown]
# ## 6. Out of noise, step by step
#
# The fourth way needs nothing new: {lesson:denoising} taught a network to take noise away. Mix
# a digit with noise, with a share b from 0 to 1: `x = √(1 − b²) · digit + b · noise`. At b = 1
# nothing is left of the digit. A network that was trained on all shares will still name a
# digit, its best guess.
#
# *Predict:* give it pure noise. What will it draw?
#
# *Answer:* the same blur for all noises, about the mean of all digits. That is the best guess
# of somebody who sees nothing.

# %% [markdown]
# The trick is to believe it only a little. Mix the guess with noise again, with a share a
# little below 1. Ask again. Now the guess is a bit less of a blur, and so on.


# %% tags=["export"]
SIGMA = 0.5  # of the noise


def mixed(x, noise, share):
    return np.sqrt(1 - share**2) * x + SIGMA * share * noise


def any_share(x, rng):
    """A damage for `fit`: each digit mixed with noise, at a share of its own."""
    share = np.sin(rng.uniform(0, np.pi / 2, (len(x), 1, 1, 1)))
    return mixed(x, rng.normal(size=x.shape), share)


def train_steps(x, epochs=3):
    model = denoiser(128, maps=32)
    options = {"batch_size": 64, "learning_rate": 8e-3, "loss": "binary_crossentropy"}
    fit(model, x, corrupt=any_share, epochs=epochs, **options)
    return model


# %% tags=["export"]
def draw_in_steps(model, n, rng, steps=10, keep=None):
    """n digits out of noise; guesses of the steps go to the list keep."""
    shares = np.sin(np.linspace(np.pi / 2, 0, steps + 1))  # from 1 to 0
    x = mixed(0, rng.normal(size=(n, 28, 28, 1)), 1.0)
    for share in shares[1:]:
        guess = outputs(model, x.astype("float32"))
        x = mixed(guess, rng.normal(size=x.shape), share)
        if keep is not None:
            keep.append(guess)
    return guess


# %%
stepper = train_steps(x_train)

# %%
guesses = []
in_steps = draw_in_steps(stepper, 1000, rng, keep=guesses)
far_steps = distance(judge, in_steps, x_test)
plots.show_images(
    {f"step {i + 1}": guesses[i][:12] for i in (0, 2, 4, 6, 9)},
    title=f"A blur becomes a digit in ten steps; the distance in the end is {far_steps:.1f}",
)

# %% [markdown]
# Rows from top: the network's guess in the first, third, fifth, seventh and tenth step, for
# twelve noises. All start from nearly the same blur. After a few steps each has settled for a
# digit, and the rest of the steps sharpen it. Some come to nothing.

# %% [markdown]
# This is a {term:diffusion model} in small (Sohl-Dickstein et al., 2015; Ho et al., 2020).
# What came after has larger networks, hundreds of steps, and the text that somebody typed as
# one more input. *Latent diffusion* (Rombach et al., 2022) takes the steps in the codes of an
# autoencoder, because these are smaller than pictures.
#
# Another line is the VQ-VAE (van den Oord et al., 2017). Its code is made of words from a
# small dictionary, and a second network learns which word follows which. That is the mixture
# of section 2 grown up: first the code, then where codes live.

# %% tags=["nbval-check-output"]
expect(
    "in steps it comes closer than the variational autoencoder",
    far_steps < far_v["from the\nlarge bell"],
)

# %% [markdown]
# ### Exercise 5: without dice (stretch)
#
# `draw_in_steps` throws new noise in every step. It need not: x *holds* noise. Once the
# network has said which digit it sees, what is left of x must be the noise. Keep that noise.
#
# `my_steps(denoise, x, shares)` starts from `x`, pure noise of σ = 0.5 and shape `(n, 28, 28,
# 1)`. The `shares` fall from 1 to 0. For each pair of neighbours ask `denoise(x)` once, and
# return the last guess. The same start must give the same digit. The check brings a network
# that knows 200 mirrored digits by heart: from 100 starts you should get at least 50 of them,
# each to an MSE below 0.004.


# %% tags=["exercise"]
def my_steps(denoise, x, shares):
    return ...


# %% tags=["solution"]
def my_steps(denoise, x, shares):
    for now, then in itertools.pairwise(shares):
        guess = denoise(x)
        noise = (x - np.sqrt(1 - now**2) * guess) / now
        x = np.sqrt(1 - then**2) * guess + then * noise
    return guess


# %% tags=["nbval-check-output"]
exercise.steps.check(my_steps)

# %% [markdown]
# ## Now yours
#
# Write a page of digits, photograph it, and get more of them in your own hand. The page below
# was made for this course from twelve test digits, on grey paper in uneven light. It is cut
# into fields of 240 × 240 pixels. `read_digits` takes paper and shadow away.
#
# Four digits of a kind are too few for a bell. So each new code lies on the line between two
# of yours, and a little beside it.


# %% tags=["export"]
def in_between(h, n, rng):
    """n new codes between two of the codes h (m, size), and a little beside."""
    one, other = h[rng.integers(len(h), size=(2, n))]
    t = rng.uniform(size=(n, 1))
    beside = 0.2 * h.std(axis=0) * rng.normal(size=one.shape)
    return ((1 - t) * one + t * other + beside).astype("float32")


# %%
page = DATA / "yours" / "my_digits.jpg"  # your own photograph
fields = read_images(page, patches=240, grey=True).images
mine, _ = read_digits([Image.fromarray(np.uint8(255 * field[..., 0])) for field in fields])
kind = outputs(judge, mine).argmax(axis=1)
h = model.encode(mine)
more = {digit: model.decode(in_between(h[kind == digit], 9, rng)) for digit in np.unique(kind)}
sheet = np.concatenate([np.concatenate(list(x), axis=1) for x in more.values()])
saved = save_images(1 - sheet, Path(tempfile.mkdtemp()) / "more_of_mine.png")
print(f"saved as {saved[0].name}, {sheet.shape[1]} × {sheet.shape[0]} pixels")

# %%
plots.show_photos(
    {"a page of twelve digits": read_images(page, grey=True).images[0][None]},
    title="A page as a phone might see it: grey paper, uneven light",
    scale=5,
)

# %%
plots.show_images(
    {
        f"read as {digit}": np.concatenate([mine[kind == digit][:3], more[digit]])
        for digit in more
    },
    captions=["yours"] * 3 + ["new"] * 9,
    title="Three of the page's digits, and nine new ones in the same hand",
)

# %% [markdown]
# The first three columns are from the page, the others are new. With your own page change
# `page`, keep at least three digits of each kind, and one digit in each field.
#
# What it cannot do: the decoder has seen American digits of the nineties. A crossed 7 or a 1
# with a long upstroke becomes the nearest thing that it knows. Letters become digits. And a
# hand can be recognised: do not draw in somebody else's.

# %% tags=["nbval-check-output"]
expect("twelve digits are found and read as 2, 5 and 7", sorted(kind) == sorted([2, 5, 7] * 4))
expect(
    "nine in ten new ones are read as their kind",
    np.mean([outputs(judge, x).argmax(axis=1) == digit for digit, x in more.items()]) > 0.9,
)

# %% [markdown]
# ## What you saw
#
# - A measure has to be calibrated before it is trusted. One that is in use called independent
#   pixels as good as real digits.
# - Sixty bells on the codes of an ordinary autoencoder drew the digits closest to real ones.
#   One bell, and sixty on PCA, did not come near.
# - The variational autoencoder drew much between two digits from its large bell. Where words
#   are dear, parts of its code nearly fall silent.
# - In a few seconds the GAN learned strokes, and left out kinds.
# - A denoiser that is asked again and again makes digits out of noise.

# %% [markdown]
# **Where this is used.** Making rare cases for training and testing, filling gaps, sketches
# and pictures from text, new molecules, and any place where a whole distribution is needed and
# not one answer.

# %% [markdown]
# **Read on.**
#
# - Partha Ghosh, Mehdi Sajjadi, Antonio Vergari, Michael Black and Bernhard Schölkopf, *From
#   variational to deterministic autoencoders* (2020).
# - Diederik Kingma and Max Welling, *Auto-encoding variational Bayes* (2014).
# - Ian Goodfellow et al., *Generative adversarial nets* (2014).
# - Martin Heusel et al., *GANs trained by a two time-scale update rule converge to a local
#   Nash equilibrium* (2017), for the distance.
# - Clément Chadebec, Louis Vincent and Stéphanie Allassonnière, *Pythae: unifying generative
#   autoencoders in Python* (2022).
# - Jonathan Ho, Ajay Jain and Pieter Abbeel, *Denoising diffusion probabilistic models*
#   (2020).
