"""Train one network in several processes, each on one core, which average their weights now and then.

Where maps are small, one step on two cores is hardly faster than on one; two processes do twice the steps. To average
now and then is enough for them to be one training: Stich, *Local SGD Converges Fast and Communicates Little*, 2019.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar
from unittest.mock import patch

import numpy as np

from aecourse.backend import keras

ONE_CORE = dict.fromkeys(("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"), "1")
Result = TypeVar("Result")
PATIENCE = 600.0  # seconds that one waits for the others: then it ends with an error


class Together(keras.callbacks.Callback):
    """After each epoch all processes go on from the mean of their weights, and all stop when one does."""

    def __init__(self, rank: int, rows: Any, barrier: Any) -> None:
        super().__init__()
        self.rank, self.rows, self.barrier = rank, rows, barrier

    def on_epoch_end(self, epoch: int, logs: object = None) -> None:
        """Write one's own weights, wait, read the mean, wait."""
        own = self.model.get_weights()
        row = np.concatenate([*(w.ravel() for w in own), [float(self.model.stop_training)]])
        rows = np.frombuffer(self.rows, dtype=np.float32).reshape(-1, len(row))
        rows[self.rank] = row
        self.barrier.wait()
        mean = rows.mean(axis=0)
        self.barrier.wait()
        ends = np.cumsum([w.size for w in own])
        parts = np.split(mean[: ends[-1]], ends[:-1])
        self.model.set_weights([part.reshape(w.shape) for part, w in zip(parts, own, strict=True)])
        self.model.stop_training = bool(mean[-1] > 0)


def on_one_core(work: Callable[..., Result], *arguments: Any) -> Result:
    """What a function gives that is called in a process of its own, which uses one core."""
    with patch.dict(os.environ, ONE_CORE), ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def together(work: Callable[..., None], processes: int, numbers: int, *arguments: Any) -> None:
    """Call `work(others, *arguments)` in so many processes, for a model of so many numbers in its weights.

    `others` is the `Together` to train with, or None if there is one process only.
    """
    if processes == 1:
        return work(None, *arguments)
    context = multiprocessing.get_context("spawn")
    rows, barrier = context.RawArray("f", processes * (numbers + 1)), context.Barrier(processes, timeout=PATIENCE)
    started = [
        context.Process(target=_joined, args=(work, rank, rows, barrier, arguments)) for rank in range(processes)
    ]
    with patch.dict(os.environ, ONE_CORE):
        for process in started:
            process.start()
    for process in started:
        process.join()
    failed = [process.exitcode for process in started if process.exitcode]
    if failed:
        raise RuntimeError(f"{len(failed)} of {processes} processes ended with an error: {failed}")
    return None


def _joined(work: Callable[..., None], rank: int, rows: Any, barrier: Any, arguments: tuple[Any, ...]) -> None:
    try:
        work(Together(rank, rows, barrier), *arguments)
    except BaseException:
        barrier.abort()
        raise
