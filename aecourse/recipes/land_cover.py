"""What `lessons/land_cover/lesson.py` builds, for others to import: written by `python -m tools.build`."""

import numpy as np
from scipy.optimize import linear_sum_assignment, nnls
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_rand_score
from sklearn.neighbors import KNeighborsClassifier

from aecourse.backend import keras
from aecourse.models import Autoencoder, outputs
from aecourse.training import fit

layers = keras.layers
ops = keras.ops


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


def shape_of(x):
    """Spectra of length 1, the bands on the last axis."""
    return x / np.maximum(np.linalg.norm(x, axis=-1, keepdims=True), 1e-6)


def neighbours_right(codes, y, new, y_new, k=5):
    """The share of new spectra whose k nearest neighbours vote for the right material."""
    return float(KNeighborsClassifier(k).fit(codes, y).score(new, y_new))


def groups_agree(codes, y, groups=10, seed=0):
    """The adjusted Rand index of k-means and the materials, the mean of three beginnings."""
    made = [KMeans(groups, n_init=5, random_state=3 * seed + i).fit_predict(codes) for i in range(3)]
    return float(np.mean([adjusted_rand_score(y, group) for group in made]))


def right_elsewhere(codes, y, places, k=5):
    """As `neighbours_right`, where only spectra measured at other places may vote."""
    apart = np.linalg.norm(codes[:, None] - codes[None], axis=2)
    apart[places[:, None] == places[None]] = np.inf
    near = y[np.argsort(apart, axis=1)[:, :k]]
    return float(np.mean([np.bincount(row).argmax() == own for row, own in zip(near, y, strict=True)]))


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


class Nearest(keras.Layer):
    """x (n, bands) → the shares (n, materials) whose mixture of the spectra is nearest."""

    def __init__(self, mix):
        super().__init__()
        self.mix = mix

    def call(self, x):
        return ops.stop_gradient(shares_of(x, self.mix.kernel))

    def compute_output_shape(self, shape):
        return (shape[0], self.mix.kernel.shape[0])


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


def code_picture(x, size=3, epochs=6, seed=0, most=20_000):
    """A coder for the pixels of a picture, learned on some of them, and their codes."""
    flat = x.reshape(-1, x.shape[-1])
    some = np.random.default_rng(seed).permutation(len(flat))[:most]
    coder = train_coder(flat[some], size, epochs=epochs, batch_size=128, seed=seed)
    return coder, flat[some], codes_of(coder, flat, flat[some]).reshape(*x.shape[:-1], -1)
