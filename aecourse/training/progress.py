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
        self.loss_name: str | None = "loss"
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
        loss = self._loss(logs or {})
        done, self.in_epoch = batch + 1 - self.in_epoch, batch + 1
        if loss is not None and not math.isfinite(loss):
            raise DivergedError(
                f"the loss became {loss} after {self.bar.n + done} steps: the steps were too long, the weights ran "
                "away. Build the model anew and train with a smaller learning_rate (try a tenth)."
            )
        if loss is not None:
            self.bar.set_postfix_str(f"loss {loss:.4f}", refresh=False)
        self.bar.update(done)
        self._stop()

    def _loss(self, logs: dict[str, float]) -> float | None:
        """The loss among what a step reports; a training step of one's own may call it otherwise, or report none."""
        names = [name for name in logs if "loss" in name]
        self.loss_name = next((name for name in ("loss", "total_loss", *names) if name in logs), None)
        return None if self.loss_name is None else float(np.mean(keras.ops.convert_to_numpy(logs[self.loss_name])))

    def _stop(self) -> None:
        if self.stop_requested:
            raise KeyboardInterrupt

    def on_test_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Stop a validation, too, when asked to."""
        self._stop()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Draw the live figure, unless drawing has had its share of the time already."""
        self._stop()
        if self.drawing < SHARE_OF_TIME_FOR_FIGURES * (time.monotonic() - self.started):
            self.draw()

    def draw(self) -> None:
        """Show the losses and the reconstructions so far."""
        losses = dict(self.history.history)
        if self.loss_name in losses:
            losses["loss"] = losses[self.loss_name]
        if self.figure_handle is not None and self.watch is not None and losses.get("loss"):
            before = time.monotonic()
            y = keras.ops.convert_to_numpy(self.model(self.watch, training=False))
            self.figure_handle.update(show_training(losses, self.watch, y))
            self.drawing += time.monotonic() - before


class _NotebookBar(tqdm):
    """tqdm's bar in a display of its own, which is empty in the end, so that nothing is stored with the notebook."""

    def __init__(self, **kwargs: object) -> None:
        self.handle = display({"text/plain": ""}, raw=True, display_id=True)
        super().__init__(file=io.StringIO(), ncols=80, **kwargs)

    def display(self, msg: str | None = None, pos: int | None = None) -> None:
        """Show the bar's present state, or `msg`."""
        self.handle.update({"text/plain": str(self) if msg is None else msg}, raw=True)
