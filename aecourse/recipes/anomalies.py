"""What `lessons/anomalies/lesson.py` builds, for others to import: written by `python -m tools.build`."""

import numpy as np
from scipy.ndimage import gaussian_filter
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import NearestNeighbors

from aecourse.backend import keras
from aecourse.models import Autoencoder
from aecourse.training import fit

layers = keras.layers


def ten_dense(z, units):
    """Ten dense layers side by side: (n, 10, inputs) → (n, 10, units)."""
    return layers.EinsumDense("nki,kio->nko", output_shape=(10, units), bias_axes="ko")(z)


def settle(z, units):
    z = layers.BatchNormalization(momentum=0.9)(layers.Reshape((10 * units,))(z))
    return layers.Reshape((10, units))(layers.Activation("relu")(z))


def ten_autoencoders(code=32, width=128):
    """`x: (10, 28, 28) → (10, 128) → h: (10, 32) → (10, 128) → y: (10, 28, 28)`"""
    x = keras.Input((10, 28, 28))
    z = settle(ten_dense(layers.Reshape((10, 784))(x), width), width)
    h = keras.Input((10, code))
    y = ten_dense(settle(ten_dense(h, width), width), 784)
    y = layers.Reshape((10, 28, 28))(layers.Activation("sigmoid")(y))
    return Autoencoder(keras.Model(x, ten_dense(z, code)), keras.Model(h, y))


def in_rows(x, labels, n, rng):
    """n rows of ten images, one of each label, shape (n, 10, 28, 28); some come twice."""
    own = [np.resize(rng.permutation(np.flatnonzero(labels == k)), n) for k in range(10)]
    return np.stack([x[rng.permutation(chosen), ..., 0] for chosen in own], axis=1)


def train_ten(x, labels, rng, epochs=12, n=700):
    model = ten_autoencoders()
    settings = {"batch_size": 100, "learning_rate": 8e-3, "loss": "binary_crossentropy"}
    fit(model, in_rows(x, labels, n, rng), epochs=epochs, **settings)
    return model


def ask_all(model, x):
    """All ten networks look at every image: codes (n, 10, code), y (n, 10, 28, 28)."""
    rows = np.repeat(x[:, None, ..., 0], 10, axis=1)
    h = model.encode(rows)
    return h, model.decode(h)


def kth(n, rate):
    """Which of n held-out scores, counted from the smallest, is the threshold."""
    return int(np.ceil((n + 1) * (1 - rate)))


def draw_again(scores, n, rate, rng):
    """Choose the threshold on n of the scores; the share of the others that lies above it."""
    mixed = rng.permutation(scores)
    return np.mean(mixed[n:] > np.sort(mixed[:n])[kth(n, rate) - 1])


STEPS = ("raw error", "divided by ink", "softened", "softened × code")


def soft(x):
    """Images (..., 28, 28), blurred by one pixel."""
    return gaussian_filter(x, (0,) * (x.ndim - 2) + (1, 1))


def relative(x, y):
    """Squared error of images (n, 28, 28) by their squared ink; 1 is a little ink."""
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


def by_autoencoder(model, normals, x):
    """Each network's scores of all images; normals (n, 10, 28, 28), x (m, 28, 28, 1)."""
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


def one_length(x):
    return x / (np.sqrt((x**2).sum(axis=(1, 2), keepdims=True)) + 1e-6)


LOOKS = (lambda x: x, one_length, lambda x: one_length(soft(x)))


def by_neighbours(normals, x):
    return [
        {step: neighbours(look(normals[:, k]), look(x[..., 0])) for step, look in zip(STEPS, LOOKS, strict=False)}
        for k in range(10)
    ]


def whitened(own, x, components=64):
    """Normal and judged images (n, 28, 28), softened, as PCA numbers of spread 1."""
    own, x = (one_length(soft(images)).reshape(len(images), -1) for images in (own, x))
    pca = PCA(min(components, len(own) - 1), whiten=True, random_state=0).fit(own)
    return pca.transform(own), pca.transform(x)


def forest(own, x, trees):
    cuts = IsolationForest(n_estimators=trees, random_state=0).fit(own)
    return -cuts.score_samples(x)


def by_forest(normals, x):
    scores, flat = [], x.reshape(len(x), -1)
    for k in range(10):
        pixels = forest(normals[:, k].reshape(len(normals), -1), flat, trees=30)
        numbers = forest(*whitened(normals[:, k], x[..., 0]), trees=100)
        scores.append({"raw error": pixels, "softened": numbers})
    return scores


def mean_auroc(scores, labels):
    """The mean over the ten games, for each kind of score."""
    return {step: np.mean([roc_auc_score(labels != k, scores[k][step]) for k in range(10)]) for step in scores[0]}


HUNT_EPOCHS = 10
ALIKE = np.array([0, 7, 2, 5, 9, 3, 6, 1, 8, 4])  # what each digit is taken for


def flip(labels, rng, share=0.03, alike=False):
    """Labels of which a share is wrong, and which ones."""
    can = np.flatnonzero((labels != ALIKE[labels]) | (not alike))
    wrong = np.zeros(len(labels), bool)
    wrong[rng.choice(can, round(share * len(labels)), replace=False)] = True
    other = ALIKE[labels] if alike else (labels + rng.integers(1, 10, len(labels))) % 10
    return np.where(wrong, other, labels), wrong


def suspicion(errors, given):
    """Error under the given label by the smallest other one; errors (n, 10), one a label."""
    own = np.arange(10) == given[:, None]
    return errors[own] / (np.where(own, np.inf, errors).min(axis=1) + 1e-9)


def errors_of_ten(model, x):
    return np.concatenate(
        [((some[:, None, ..., 0] - ask_all(model, some)[1]) ** 2).sum(axis=(2, 3)) for some in np.array_split(x, 8)]
    )


def errors_of_pca(x, given, components=16):
    flat = x.reshape(len(x), -1)
    errors = []
    for k in range(10):
        pca = PCA(components, random_state=0).fit(flat[given == k])
        errors.append(((flat - pca.inverse_transform(pca.transform(flat))) ** 2).sum(axis=1))
    return np.stack(errors, axis=1)


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
