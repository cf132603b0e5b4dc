"""Training steps of somebody's own, as TensorFlow's users write them; on JAX, Keras asks such models for more."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers, ops

from aecourse.training import fit

X = np.random.default_rng(0).random((12, 4, 4, 1)).astype("float32")


class Variational(keras.Model):
    """As in Keras's examples: a training step of its own, which takes the inputs alone and reports its own losses."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = keras.Sequential([keras.Input((4, 4, 1)), layers.Flatten(), layers.Dense(2)])
        self.decoder = keras.Sequential([keras.Input((2,)), layers.Dense(16), layers.Reshape((4, 4, 1))])
        self.tracker = keras.metrics.Mean("total_loss")

    @property
    def metrics(self) -> list:
        return [self.tracker]

    def train_step(self, data):
        with tf.GradientTape() as tape:
            loss = ops.mean((self.decoder(self.encoder(data)) - data) ** 2)
        self.optimizer.apply(tape.gradient(loss, self.trainable_weights), self.trainable_weights)
        self.tracker.update_state(loss)
        return {"total_loss": self.tracker.result()}


class Quiet(Variational):
    """Takes pairs, and reports no loss at all."""

    def train_step(self, data):
        x, y = data
        return {"steps": ops.mean(self.decoder(self.encoder(x)) - y)}


@pytest.mark.parametrize(
    ("model", "name"), [(Variational, "total_loss"), pytest.param(Quiet, "steps", marks=pytest.mark.slow)]
)
def test_a_training_step_of_its_own_is_run(model, name) -> None:
    history = fit(model(), X, epochs=2, batch_size=4, learning_rate=0.1)
    assert list(history.history) == [name]
    assert len(history.history[name]) == 2
