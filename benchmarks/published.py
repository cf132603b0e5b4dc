"""Published tutorials' networks, written anew in Keras 3 from their recipes."""

from __future__ import annotations

import keras
import numpy as np
from keras import layers


def keras_blog_dense(x_train: np.ndarray) -> keras.Model:
    """The first autoencoder of *Building Autoencoders in Keras* (F. Chollet, Keras blog, 2016).

    784 → 32 (ReLU) → 784 (sigmoid), binary cross-entropy, Adam, batches of 256, 50 epochs.

    Args:
        x_train: digits, shape `(n, 28, 28, 1)`, in [0, 1].

    Returns:
        The trained model, from and to shape `(n, 784)`.
    """
    x = keras.Input((784,))
    y = layers.Dense(784, activation="sigmoid")(layers.Dense(32, activation="relu")(x))
    model = keras.Model(x, y)
    model.compile(optimizer="adam", loss="binary_crossentropy")
    flat = x_train.reshape(-1, 784)
    model.fit(flat, flat, epochs=50, batch_size=256, shuffle=True, verbose=0)
    return model
