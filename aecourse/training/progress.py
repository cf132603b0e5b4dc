"""What a training shows while it runs: the bar, the live figure, and the end of a run whose loss is no number."""

from __future__ import annotations

import io
import math
import time

import numpy as np
from IPython import get_ipython
from IPython.display import display
from tqdm import tqdm

from aecourse.backend import keras
from aecourse.plots import show_training

SHARE_OF_TIME_FOR_FIGURES = 0.1


class DivergedError(ArithmeticError):
    """The loss of a training became NaN or infinite."""


class Progress(keras.callbacks.Callback):
    """The bar, the live figure, and the watch for a loss that is no number."""

    def __init__(self, steps: int, history: keras.callbacks.History, watch: np.ndarray | None) -> None:
        super().__init__()
        self.history = history
        self.watch = watch
        self.stop_requested = False
        self.in_epoch = 0
        self.started, self.drawing = time.monotonic(), 0.0
        in_notebook = hasattr(get_ipython(), "kernel")
        self.figure_handle = display({}, raw=True, display_id=True) if in_notebook and watch is not None else None
        bar = _NotebookBar if in_notebook else tqdm
        self.bar = bar(total=steps, desc="training", unit=" steps", leave=False)

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Count the epoch's steps anew."""
        self.in_epoch = 0

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Move the bar to the epoch's step `batch`, the last of those done at once; stop when the loss is no number."""
        loss = float((logs or {})["loss"])
        done, self.in_epoch = batch + 1 - self.in_epoch, batch + 1
        if not math.isfinite(loss):
            raise DivergedError(
                f"the loss became {loss} after {self.bar.n + done} steps: the steps were too long, the weights ran "
                "away. Build the model anew and train with a smaller learning_rate (try a tenth)."
            )
        self.bar.set_postfix_str(f"loss {loss:.4f}", refresh=False)
        self.bar.update(done)
        if self.stop_requested:
            raise KeyboardInterrupt

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Draw the live figure, unless drawing has had its share of the time already."""
        if self.drawing < SHARE_OF_TIME_FOR_FIGURES * (time.monotonic() - self.started):
            self.draw()

    def draw(self) -> None:
        """Show the losses and the reconstructions so far."""
        if self.figure_handle is not None and self.watch is not None and self.history.epoch:
            before = time.monotonic()
            y = keras.ops.convert_to_numpy(self.model(self.watch, training=False))
            self.figure_handle.update(show_training(self.history.history, self.watch, y))
            self.drawing += time.monotonic() - before


class _NotebookBar(tqdm):
    """tqdm's bar in a display of its own, which is empty in the end, so that nothing is stored with the notebook."""

    def __init__(self, **kwargs: object) -> None:
        self.handle = display({"text/plain": ""}, raw=True, display_id=True)
        super().__init__(file=io.StringIO(), ncols=80, **kwargs)

    def display(self, msg: str | None = None, pos: int | None = None) -> None:
        """Show the bar's present state, or `msg`."""
        self.handle.update({"text/plain": str(self) if msg is None else msg}, raw=True)
