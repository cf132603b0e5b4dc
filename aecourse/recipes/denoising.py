"""What `lessons/denoising/lesson.py` builds, for others to import: written by `python -m tools.build`."""

import numpy as np
from scipy.ndimage import median_filter
from skimage.restoration import denoise_nl_means, denoise_tv_chambolle
from sklearn.linear_model import Ridge

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


STIFFNESS = (10.0, 100.0, 1000.0)


def train_linear(clean, noisy, stiffness):
    """One weighted sum of all noisy pixels for each clean pixel."""
    return Ridge(stiffness).fit(noisy.reshape(len(noisy), -1), clean.reshape(len(clean), -1))


def by_linear(ridge, noisy):
    y = ridge.predict(noisy.reshape(len(noisy), -1)).reshape(noisy.shape)
    return np.clip(y, 0, 1).astype("float32")


CODE = 128  # numbers for the whole digit
MAPS = 64  # numbers for each window


def settle(z):
    return layers.Activation("relu")(layers.BatchNormalization(momentum=0.9)(z))


def denoiser(code=CODE, maps=MAPS, skip=True):
    x = keras.Input((28, 28, 1))
    look = layers.Conv2D(maps, 8, strides=4, padding="same", use_bias=False)
    windows = settle(look(x))  # 28 × 28 × 1 → 7 × 7 × 64
    h = settle(layers.Dense(code, use_bias=False)(layers.Flatten()(windows)))  # → 128
    drawing = layers.Dense(7 * 7 * maps, use_bias=False)(h)
    z = layers.Reshape((7, 7, maps))(drawing)  # → 7 × 7 × 64
    z = settle(layers.Add()([z, windows]) if skip else z)
    for _ in range(2):
        mix = layers.Conv2D(maps, 3, padding="same", use_bias=False)(z)
        z = settle(layers.Add()([z, mix]))  # → 7 × 7 × 64
    stamp = layers.Conv2DTranspose(1, 8, strides=4, padding="same", activation="sigmoid")
    return keras.Model(x, stamp(z))  # → 28 × 28 × 1


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


def new_reader():
    pixels = keras.Input((28, 28, 1))
    look = layers.Conv2D(32, 4, strides=4, use_bias=False)
    z = settle(look(pixels))  # 28 × 28 × 1 → 7 × 7 × 32
    z = settle(layers.Conv2D(32, 3, padding="same", use_bias=False)(z))  # → 7 × 7 × 32
    z = settle(layers.Dense(128, use_bias=False)(layers.Flatten()(z)))  # → 128
    return keras.Model(pixels, layers.Dense(10, activation="softmax")(z))  # → 10


def accuracy(reader, x, labels):
    return float(np.mean(clean_up(reader, x).argmax(axis=1) == labels))


def train_reader(x, labels, damage=None, epochs=4):
    """A reader trained on damage(x, rng), or on x itself."""
    reader = new_reader()
    options = {"batch_size": 125, "learning_rate": 4e-3}
    loss = "sparse_categorical_crossentropy"
    fit(reader, x, labels, corrupt=damage, epochs=epochs, loss=loss, **options)
    return reader


def train_overcomplete(x_train, damage=None, code=200):
    """100 pixels → 200 numbers → 100 pixels, trained from damage(x, rng) back to x."""
    x = keras.Input((10, 10, 1))
    h = layers.Dense(code, activation="relu")(layers.Flatten()(x))
    y = layers.Reshape((10, 10, 1))(layers.Dense(100, activation="sigmoid")(h))
    net = keras.Model(x, y)
    settings = {"batch_size": 125, "learning_rate": 8e-3, "loss": "binary_crossentropy"}
    fit(net, x_train, corrupt=damage, epochs=9, **settings)
    return net
