"""What `lessons/denoising/lesson.py` builds, for others to import: written by `python -m tools.build`."""

import numpy as np
from scipy.ndimage import median_filter
from skimage.restoration import denoise_nl_means, denoise_tv_chambolle

from aecourse.backend import keras
from aecourse.corruption import add_gaussian_noise
from aecourse.metrics import psnr
from aecourse.models import outputs
from aecourse.training import fit

layers = keras.layers


DIALS = {
    "median": (3, 5, 7),
    "total variation": (0.1, 0.2, 0.3, 0.5),
    "non-local means": (0.15, 0.2, 0.3, 0.4),
}


def classical(name, dial, x):
    """One filter at one setting, on images (n, 28, 28, 1)."""
    if name == "median":
        return median_filter(x, size=(1, dial, dial, 1))
    if name == "total variation":
        return np.stack([denoise_tv_chambolle(a, weight=dial, max_num_iter=50) for a in x])
    settings = {"h": dial, "patch_size": 3, "patch_distance": 5}
    return np.stack([denoise_nl_means(a[..., 0], **settings) for a in x])[..., None]


def best_classical(clean, noisy):
    """For each filter the setting with the highest PSNR on these images."""
    return {
        name: max(dials, key=lambda d, n=name: psnr(clean, classical(n, d, noisy))) for name, dials in DIALS.items()
    }


CODE = 128  # numbers for the whole digit
MAPS = 64  # numbers for each window


def settle(z):
    return layers.Activation("relu")(layers.BatchNormalization(momentum=0.9)(z))


def denoiser(code=CODE, maps=MAPS, skip=True):
    x = keras.Input((28, 28, 1))
    look = layers.Conv2D(maps, 8, strides=4, padding="same", use_bias=False)
    windows = settle(look(x))
    h = settle(layers.Dense(code, use_bias=False)(layers.Flatten()(windows)))
    z = layers.Reshape((7, 7, maps))(layers.Dense(49 * maps, use_bias=False)(h))
    z = settle(layers.Add()([z, windows]) if skip else z)
    for _ in range(2):
        more = layers.Conv2D(maps, 3, padding="same", use_bias=False)(z)
        z = settle(layers.Add()([z, more]))
    stamp = layers.Conv2DTranspose(1, 8, strides=4, padding="same", activation="sigmoid")
    return keras.Model(x, stamp(z))


EPOCHS = 3
TRAINING = {"batch_size": 64, "learning_rate": 8e-3, "loss": "binary_crossentropy"}


def gaussian(x, rng):
    return add_gaussian_noise(x, sigma=0.5, seed=rng)


def train_denoiser(x, damage, epochs=EPOCHS, **sizes):
    """A network trained from damage(x, rng) back to x."""
    model = denoiser(**sizes)
    fit(model, x, corrupt=damage, epochs=epochs, **TRAINING)
    return model


def clean_up(model, x):
    return outputs(model, x)


def train_reader(x, labels, damage=None):
    pixels = keras.Input((28, 28, 1))
    z = settle(layers.Conv2D(32, 4, strides=4, use_bias=False)(pixels))
    z = settle(layers.Conv2D(32, 3, padding="same", use_bias=False)(z))
    z = settle(layers.Dense(128, use_bias=False)(layers.Flatten()(z)))
    reader = keras.Model(pixels, layers.Dense(10, activation="softmax")(z))
    fit(
        reader,
        x,
        labels,
        corrupt=damage,
        epochs=4,
        batch_size=125,
        learning_rate=4e-3,
        loss="sparse_categorical_crossentropy",
    )
    return reader


def accuracy(reader, x, labels):
    return float(np.mean(clean_up(reader, x).argmax(axis=1) == labels))


def train_overcomplete(x_train, damage=None):
    """100 pixels → 200 numbers → 100 pixels, trained from damage(x, rng) back to x."""
    x = keras.Input((10, 10, 1))
    h = layers.Dense(200, activation="relu")(layers.Flatten()(x))
    y = layers.Reshape((10, 10, 1))(layers.Dense(100, activation="sigmoid")(h))
    net = keras.Model(x, y)
    settings = {"batch_size": 125, "learning_rate": 8e-3, "loss": "binary_crossentropy"}
    fit(net, x_train, corrupt=damage, epochs=9, **settings)
    return net
