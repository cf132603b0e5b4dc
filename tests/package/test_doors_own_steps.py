"""Training steps of somebody's own, as users of each backend write them."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops

from aecourse.training import fit

X = np.random.default_rng(0).random((12, 4, 4, 1)).astype("float32")
ON_JAX = keras.backend.backend() == "jax"


class OwnStep(keras.Model):
    """An encoder and a decoder without a `call`, whose training step reports one number, `reported`."""

    reported = "total_loss"

    def __init__(self) -> None:
        super().__init__()
        self.encoder = keras.Sequential([keras.Input((4, 4, 1)), layers.Flatten(), layers.Dense(2)])
        self.decoder = keras.Sequential([keras.Input((2,)), layers.Dense(16), layers.Reshape((4, 4, 1))])
        self.tracker = keras.metrics.Mean(self.reported)

    @property
    def metrics(self) -> list:
        return [self.tracker]

    def inputs_of(self, data: Any) -> Any:
        """The inputs, where a batch is the inputs alone, as in Keras's examples; on JAX a batch is always a tuple."""
        return keras.utils.unpack_x_y_sample_weight(data)[0] if ON_JAX else data

    if ON_JAX:

        def train_step(self, state, data):
            x = self.inputs_of(data)
            trainable, others, optimizer, tracked = state
            inside = len(self.encoder.trainable_variables)

            def loss_of(weights):
                code, _ = self.encoder.stateless_call(weights[:inside], [], x)
                y, _ = self.decoder.stateless_call(weights[inside:], [], code)
                return ops.mean((y - x) ** 2)

            import jax

            loss, gradients = jax.value_and_grad(loss_of)(trainable)
            trainable, optimizer = self.optimizer.stateless_apply(optimizer, gradients, trainable)
            tracked = self.tracker.stateless_update_state(tracked, loss)
            logs = {self.reported: self.tracker.stateless_result(tracked)}
            return logs, (trainable, others, optimizer, tracked)

    else:

        def train_step(self, data):
            import tensorflow as tf

            x = self.inputs_of(data)
            with tf.GradientTape() as tape:
                loss = ops.mean((self.decoder(self.encoder(x)) - x) ** 2)
            self.optimizer.apply(tape.gradient(loss, self.trainable_weights), self.trainable_weights)
            self.tracker.update_state(loss)
            return {self.reported: self.tracker.result()}


class Quiet(OwnStep):
    """Takes pairs, and reports a number that is called no loss."""

    reported = "steps"

    def inputs_of(self, data: Any) -> Any:
        return data[0]


@pytest.mark.parametrize("kind", [OwnStep, pytest.param(Quiet, marks=pytest.mark.slow)])
def test_a_training_step_of_its_own_is_run(kind) -> None:
    model = kind()
    before = [w.copy() for w in model.get_weights()]
    history = fit(model, X, epochs=2, batch_size=4, learning_rate=0.1)
    assert list(history.history) == [kind.reported]
    assert history.history[kind.reported][1] < history.history[kind.reported][0]
    assert all((w != b).any() for w, b in zip(model.get_weights(), before, strict=True) if w.ndim > 1)
