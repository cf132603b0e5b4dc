"""Comparisons on drawing digits, the same seconds for each network, and on one digit left out, by a GAN or not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from sklearn.decomposition import PCA
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import NearestNeighbors

from aecourse.backend import keras
from aecourse.metrics import sample_mse
from aecourse.models import outputs
from aecourse.recipes import generating as lesson
from aecourse.weights import load_weights
from benchmarks.core import Apply, Array, Ask, Data, SideBySide, Task, Train, Trained

# About as many seconds for each; the lesson trains the first for 30 epochs, the others for 5, 3 and 3.
EPOCHS = {"autoencoder": 200, "variational": 150, "GAN": 50, "in steps": 66}
CHOSEN = 8, 2.0  # numbers of a variational code and β, chosen on validation digits
BELLS = lesson.BELLS
LEFT_OUT = range(10)
ODD_EPOCHS, ODD_GAN_EPOCHS = 15, 4  # as many seconds each
JUDGED, INVERSIONS = 600, 60  # test digits, and steps on the way back through a generator


def count(*models: object) -> int:
    """The parameters of some Keras models."""
    return sum(model.count_params() for model in models)  # type: ignore[attr-defined]


# --- drawing: what a model does is to draw as many digits as come in ------------------------------


def real(task: Task) -> Trained:
    """Training digits, as they are."""
    return 0, lambda x: task.x[: len(x)]


def noise(task: Task) -> Trained:
    """Random pixels."""
    return 0, lambda x: task.rng.random(x.shape)


def pca(bells: int) -> Train:
    """PCA's 40 numbers, drawn from bells."""

    def train(task: Task) -> Trained:
        model = PCA(40, random_state=0).fit(task.x.reshape(len(task.x), -1))
        mixture = lesson.fit_mixture(model.transform(task.x.reshape(len(task.x), -1)), bells)
        size = model.components_.size + model.mean_.size + mixture.means_.size + mixture.covariances_.size
        return size, lambda x: model.inverse_transform(lesson.draw_codes(mixture, len(x), task.rng)).reshape(x.shape)

    return train


def autoencoder(task: Task) -> Trained:
    """An ordinary autoencoder and bells on its codes."""
    model = lesson.train_autoencoder(task.x, epochs=EPOCHS["autoencoder"])
    mixture = lesson.fit_mixture(model.encode(task.x), BELLS)
    return model.count_params(), lambda x: model.decode(lesson.draw_codes(mixture, len(x), task.rng))


def variational(numbers: int, beta: float) -> Train:
    """A variational autoencoder, codes from the large bell."""

    def train(task: Task) -> Trained:
        encoder, decoder = lesson.train_variational(task.x, numbers, beta, EPOCHS["variational"])
        codes = task.rng.normal(size=(len(task.x), numbers)).astype("float32")
        return count(encoder, decoder), lambda x: outputs(decoder, codes[: len(x)])

    return train


def gan(task: Task) -> Trained:
    """Generator and discriminator."""
    model = lesson.train_gan(task.x, epochs=EPOCHS["GAN"])
    return count(model.generator, model.discriminator), lambda x: lesson.draw_gan(model, len(x), task.rng)


def in_steps(task: Task) -> Trained:
    """The denoiser that is asked again and again."""
    model = lesson.train_steps(task.x, epochs=EPOCHS["in steps"])
    return model.count_params(), lambda x: lesson.draw_in_steps(model, len(x), task.rng)


def judge_crowd(data: Data, _: int) -> Callable[[Apply], float]:
    """The Fréchet distance to the test digits of as many drawn ones, in the features of the lesson's judge."""
    x = data[2][0]
    judge = lesson.new_judge()
    judge.set_weights(load_weights("judge"))
    return lambda draw: lesson.distance(judge, draw(x), x)


# --- one digit is left out: from images to a score for each digit of LEFT_OUT, (n, digits) --------

Scores = Callable[[Array], Array]


def each_left_out(train: Callable[[Array, int], tuple[int, Scores]]) -> Train:
    """A method trained once for each digit that is left out."""

    def train_all(task: Task) -> Trained:
        trained = [train(task.x[task.y != odd], task.seed) for odd in LEFT_OUT]
        return sum(size for size, _ in trained), lambda x: np.stack([score(x) for _, score in trained], axis=1)

    return train_all


def by_error(x: Array, _: int) -> tuple[int, Scores]:
    """The error of an autoencoder."""
    model = lesson.train_autoencoder(x, epochs=ODD_EPOCHS)
    return model.count_params(), lambda z: sample_mse(z, model.reconstruct(z))


def by_pca(x: Array, _: int) -> tuple[int, Scores]:
    """The error of PCA with 40 numbers."""
    model = PCA(40, random_state=0).fit(x.reshape(len(x), -1))

    def score(z: Array) -> Array:
        flat = z.reshape(len(z), -1)
        return sample_mse(flat, model.inverse_transform(model.transform(flat)))

    return model.components_.size, score


def far_from(known: Array) -> Scores:
    """The mean distance to the five nearest of the known points."""
    search = NearestNeighbors(n_neighbors=5).fit(known.reshape(len(known), -1))
    return lambda z: search.kneighbors(z.reshape(len(z), -1))[0].mean(axis=1)


def by_neighbours(x: Array, _: int) -> tuple[int, Scores]:
    """The nearest training digits."""
    return x.size, far_from(x)


KEPT: dict[tuple[int, int, float], lesson.GAN] = {}


def trained_gan(x: Array, seed: int) -> lesson.GAN:
    """A GAN, trained once for its three rows: its seconds stand in the first of them."""
    key = seed, len(x), float(x.sum(dtype=float))
    if key not in KEPT:
        KEPT[key] = lesson.train_gan(x, epochs=ODD_GAN_EPOCHS)
    return KEPT[key]


def by_discriminator(x: Array, seed: int) -> tuple[int, Scores]:
    """What the discriminator takes for drawn."""
    model = trained_gan(x, seed)
    return count(model.discriminator), lambda z: -outputs(model.discriminator, z)[:, 0]


def by_features(x: Array, seed: int) -> tuple[int, Scores]:
    """The nearest training digits in the discriminator's features."""
    model = trained_gan(x, seed)
    inside = keras.Model(model.discriminator.input, model.discriminator.get_layer("features").output)
    far = far_from(outputs(inside, x))
    return count(model.discriminator), lambda z: far(outputs(inside, z))


def by_inversion(x: Array, seed: int) -> tuple[int, Scores]:
    """How well the generator can draw it, from noise found by descent: AnoGAN (Schlegl et al., 2017)."""
    model = trained_gan(x, seed)
    return count(model.generator), lambda z: inverted(model.generator, z)


def inverted(generator: keras.Model, x: Array) -> Array:
    """For each image the squared error of the best drawing that descent finds."""
    import tensorflow as tf

    found = keras.Variable(np.random.default_rng(0).normal(size=(len(x), lesson.NOISE)).astype("float32"))
    mover, wanted = keras.optimizers.Adam(0.1), tf.constant(x)
    mover.build([found])

    @tf.function(autograph=False)
    def step() -> tf.Tensor:
        with tf.GradientTape() as tape:
            apart = tf.reduce_sum((generator(found.value, training=False) - wanted) ** 2, (1, 2, 3))
            loss = tf.reduce_sum(apart + 0.01 * tf.reduce_sum(found.value**2, -1))
        mover.apply(tape.gradient(loss, [found.value]), [found])
        return apart

    for _ in range(INVERSIONS):
        apart = step()
    return np.asarray(apart)


def judge_left_out(data: Data, _: int) -> Callable[[Apply], float]:
    """The mean AUROC over the digits that are left out, in percent, on the first test digits."""
    x, y = (part[:JUDGED] for part in data[2])

    def score(scores_of: Apply) -> float:
        scores = scores_of(x)
        return 100 * float(np.mean([roc_auc_score(y == odd, own) for odd, own in zip(LEFT_OUT, scores.T, strict=True)]))

    return score


OURS, THEIRS = f"autoencoder, {BELLS} bells (lesson)", "GAN (lesson)"
TAUGHT, TUNED = "variational (lesson)", f"variational, {CHOSEN[0]} numbers, β = {CHOSEN[1]:g}"
SIMPLE = ("PCA 40, one bell", f"PCA 40, {BELLS} bells")
COMPARISONS = {
    "generating": SideBySide(
        {
            "real digits": real,
            "noise": noise,
            SIMPLE[0]: pca(1),
            SIMPLE[1]: pca(BELLS),
            TAUGHT: variational(lesson.NUMBERS, lesson.BETA),
            TUNED: variational(*CHOSEN),
            THEIRS: gan,
            "denoising in steps (lesson)": in_steps,
            OURS: autoencoder,
        },
        (
            Ask(
                OURS,
                "a third of the best distance of PCA and of four other networks, in about as many seconds",
                lambda ours, best: ours.score <= best.score / 3,
                beside=(*SIMPLE, TAUGHT, TUNED, THEIRS, "denoising in steps (lesson)"),
                unlike=("real digits",),
                seconds="shown",
                task="draw new digits",
                simple=SIMPLE,
            ),
            Ask(
                TUNED,
                "a distance of 8 at most",
                lambda ours, _: ours.score <= 8,
                beside=SIMPLE,
                unlike=("real digits",),
                seconds="shown",
            ),
        ),
        "Fréchet distance",
        judge_crowd,
    ),
    "gan_anomalies": SideBySide(
        {
            "PCA 40, error": each_left_out(by_pca),
            "neighbours, pixels": each_left_out(by_neighbours),
            "autoencoder, error (lesson)": each_left_out(by_error),
            "GAN, real or drawn": each_left_out(by_discriminator),
            "GAN, inversion": each_left_out(by_inversion),
            "GAN, features and neighbours (lesson)": each_left_out(by_features),
        },
        (
            Ask(
                "GAN, features and neighbours (lesson)",
                "each digit left out in turn: above the GAN's own answer and inversion",
                lambda ours, best: ours.score > best.score,
                beside=("GAN, real or drawn", "GAN, inversion"),
            ),
        ),
        "AUROC, %",
        judge_left_out,
    ),
}
