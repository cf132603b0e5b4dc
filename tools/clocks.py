"""Callbacks that end a training with its time, whatever the machine: for those that the carried weights come from."""

from __future__ import annotations

import math
import time

from aecourse.backend import keras


class ByTheClock(keras.callbacks.Callback):
    """A learning rate that rises for a moment and falls to zero along half a cosine when the seconds are over."""

    def __init__(self, seconds: float, rate: float) -> None:
        super().__init__()
        self.seconds, self.rate, self.began = seconds, rate, self.now()

    def now(self) -> float:
        """Seconds on the clock."""
        return time.perf_counter()

    def on_train_batch_begin(self, batch: int, logs: object = None) -> None:
        """Set the rate; end the training."""
        way = min(1.0, (self.now() - self.began) / self.seconds)
        self.model.optimizer.learning_rate = self.rate * min(1.0, way / 0.03 + 0.02) * (1 + math.cos(math.pi * way)) / 2
        self.model.stop_training = way >= 1


class ByTheProcessor(ByTheClock):
    """The same along the seconds of the processor: a busy machine trains later, not less."""

    def now(self) -> float:
        """Seconds of the processor."""
        return time.process_time()
