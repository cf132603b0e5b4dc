"""What `lessons/generating/lesson.py` builds, for others to import: written by `python -m tools.build`."""

import numpy as np
from sklearn.mixture import GaussianMixture

from aecourse.backend import keras
from aecourse.models import dense_autoencoder, outputs
from aecourse.recipes.denoising import denoiser
from aecourse.training import fit

layers = keras.layers
ops = keras.ops


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


def frechet(a, b):
    """The Fréchet distance of two clouds of features, each (n, 64)."""
    a, b = a.astype(float), b.astype(float)
    d, cov_a, cov_b = a.mean(axis=0) - b.mean(axis=0), np.cov(a.T), np.cov(b.T)
    roots = np.sqrt(np.maximum(np.linalg.eigvals(cov_a @ cov_b).real, 0))
    return float(d @ d + np.trace(cov_a) + np.trace(cov_b) - 2 * roots.sum())


def distance(judge, drawn, real):
    """How far a crowd of drawn digits is from a crowd of real ones."""
    return frechet(features(judge, drawn), features(judge, real))


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


def draw_codes(mixture, n, rng):
    """n new codes of a mixture."""
    bell = rng.choice(len(mixture.weights_), n, p=mixture.weights_)
    roots = np.linalg.cholesky(mixture.covariances_)  # one for each bell
    noise = rng.normal(size=(n, mixture.means_.shape[1], 1))
    return (mixture.means_[bell] + (roots[bell] @ noise)[..., 0]).astype("float32")


def more_of(model, x, n, rng, bells=4):
    """n new digits like those in x, from bells around their codes."""
    return model.decode(draw_codes(fit_mixture(model.encode(x), bells), n, rng))


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


def on_sphere(h_a, h_b, t):
    """From h_a (t = 0) to h_b (t = 1), each (n, size), along the skin."""
    lengths = [np.linalg.norm(h, axis=1, keepdims=True) for h in (h_a, h_b)]
    cosine = np.sum(h_a / lengths[0] * h_b / lengths[1], axis=1, keepdims=True)
    angle = np.arccos(np.clip(cosine, -1, 1))
    parts = np.sin((1 - t) * angle) * h_a + np.sin(t * angle) * h_b
    return (parts / np.sin(angle)).astype("float32")


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


def new_discriminator():
    x = keras.Input((28, 28, 1))
    z = layers.Conv2D(16, 4, strides=2, padding="same")(x)  # → 14 × 14 × 16
    z = layers.Conv2D(32, 4, strides=2, padding="same")(layers.LeakyReLU(0.2)(z))
    z = layers.Flatten(name="features")(layers.LeakyReLU(0.2)(z))  # → 7 · 7 · 32
    return keras.Model(x, layers.Dense(1)(layers.Dropout(0.3)(z)))  # → 1, above 0: real


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


GAN_EPOCHS = 3


def train_gan(x, epochs=GAN_EPOCHS):
    """Generator and discriminator, trained against each other."""
    gan = GAN(new_generator(), new_discriminator())
    fit(gan, x, epochs=epochs, batch_size=64)
    return gan


def draw_gan(gan, n, rng):
    return outputs(gan.generator, rng.normal(size=(n, NOISE)).astype("float32"))


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


def in_between(h, n, rng):
    """n new codes between two of the codes h (m, size), and a little beside."""
    one, other = h[rng.integers(len(h), size=(2, n))]
    t = rng.uniform(size=(n, 1))
    beside = 0.2 * h.std(axis=0) * rng.normal(size=one.shape)
    return ((1 - t) * one + t * other + beside).astype("float32")
