"""What `lessons/dense_keras/lesson.py` builds, for others to import: written by `python -m tools.build`."""

from aecourse.backend import keras
from aecourse.models import dense_autoencoder
from aecourse.training import fit

layers = keras.layers


# By the numbers in the code: the widths of the encoder's hidden layers, and the epochs.
RECIPES = {
    16: {"hidden": (384, 192), "epochs": 11},
    64: {"hidden": (512,), "epochs": 5},
}
TRAINING = {"batch_size": 125, "learning_rate": 8e-3, "loss": "binary_crossentropy"}


def train_dense(x, latent_dim, hidden, epochs, **options):
    """The course's dense autoencoder, trained on x; options replace TRAINING's in `fit`."""
    model = dense_autoencoder(latent_dim, hidden=hidden, input_shape=x.shape[1:])
    fit(model, x, epochs=epochs, **{**TRAINING, **options})
    return model


def new_whole():
    """784 → 64 → 8 → 64 → 784, one model; the layer with 8 numbers is named "code"."""
    x = keras.Input((28, 28, 1))
    z = layers.Dense(64, activation="relu")(layers.Flatten()(x))
    z = layers.Dense(8, name="code")(z)
    z = layers.Dense(64, activation="relu")(z)
    y = layers.Reshape((28, 28, 1))(layers.Dense(784, activation="sigmoid")(z))
    return keras.Model(x, y)
