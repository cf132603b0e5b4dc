"""One worker of a training that several processes share; `aecourse.applications.scale` starts it.

It runs as `python -m aecourse.applications.scale_worker FOLDER RANK` and imports Keras, on JAX, and NumPy alone. What
it needs lies in the folder: `job.json`, the pictures `x.npy`, and the newest checkpoint where there is one.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

NO_ENGINE = 3  # how a worker ends that finds no way to speak to the others
LEFT_OUT = ("tensorflow", "torch", "pandas", "sklearn", "matplotlib")  # Keras tries them, and a worker needs none


def rows_of(step: int, rank: int, job: dict[str, Any], n: int) -> NDArray[np.int64]:
    """The rows of the pictures that a worker takes in a step; they follow from the step alone.

    All workers draw the same order of the epoch. So no picture is taken twice, and a training that starts again in the
    middle goes on with the rows that would have come.

    Example:
        >>> job = {"batch": 4, "processes": 2, "seed": 0}
        >>> both = [rows_of(1, rank, job, 10) for rank in range(2)]
        >>> [len(rows) for rows in both], len({*both[0], *both[1]})
        ([2, 2], 4)
    """
    epoch, place = divmod(step, n // job["batch"])
    order = np.random.default_rng([job["seed"], epoch]).permutation(n)
    return order[place * job["batch"] : (place + 1) * job["batch"]][rank :: job["processes"]]


def newest(folder: Path) -> tuple[int, Path | None]:
    """The step after which the newest checkpoint was written, and its file; 0 and None where there is none."""
    files = sorted(folder.glob("step_*.npz"))
    return (int(files[-1].stem.removeprefix("step_")), files[-1]) if files else (0, None)


def _join(keras: Any, job: dict[str, Any], rank: int) -> None:
    """Find the other workers, and share out what is computed from now on."""
    try:
        keras.distribution.initialize(f"127.0.0.1:{job['port']}", job["processes"], rank)
        devices = keras.distribution.list_devices()
    except Exception as error:
        if not any(word in str(error).lower() for word in ("gloo", "collectives")):
            raise
        print(f"JAX has no gloo here: {error}", file=sys.stderr)
        raise SystemExit(NO_ENGINE) from error
    # Keras would give every worker rows of its own; here each takes its rows itself.
    shared = keras.distribution.DataParallel(devices=devices, auto_shard_dataset=False)
    keras.distribution.set_distribution(shared)


def _model(keras: Any, job: dict[str, Any]) -> Any:
    """The autoencoder, with the weights of the seed, and its optimizer ready."""
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((job["size"],)),
            layers.Dense(job["hidden"], activation="relu"),
            layers.Dense(job["code"]),
            layers.Dense(job["hidden"], activation="relu"),
            layers.Dense(job["size"], activation="sigmoid"),
        ]
    )
    model.compile(keras.optimizers.Adam(job["rate"]), "binary_crossentropy")
    model.optimizer.build(model.trainable_variables)
    return model


def _state(model: Any) -> list[Any]:
    """All numbers that a training is made of: weights, Adam's two means a weight, and how many steps were done."""
    return [*model.variables, *model.optimizer.variables]


def _save(model: Any, folder: Path, step: int) -> None:
    """Write a checkpoint under another name first: whoever is killed while writing leaves the old one whole."""
    unready = folder / "unready.npz"
    np.savez(unready, *(np.asarray(variable.value) for variable in _state(model)))
    os.replace(unready, folder / f"step_{step:06}.npz")
    for old in sorted(folder.glob("step_*.npz"))[:-2]:
        old.unlink()


def _load(model: Any, file: Path) -> None:
    """Put a checkpoint's numbers in place; every worker does so in the same order."""
    with np.load(file) as stored:
        for variable, name in zip(_state(model), stored.files, strict=True):
            variable.assign(stored[name])


def _pieces(first: int, last: int, every: int) -> Iterator[tuple[int, int]]:
    """From which step to which a checkpoint's work goes."""
    while first < last:
        end = min(last, (first // every + 1) * every)
        yield first, end
        first = end


def work(folder: Path, rank: int, say: Callable[[dict[str, Any]], None]) -> None:
    """Train as `job.json` says, together with the other workers, from the newest checkpoint on."""
    job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    for name in LEFT_OUT:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]  # Python then says that it is not installed
    from aecourse.backend import keras

    keras.utils.set_random_seed(job["seed"])
    if job["processes"] > 1:
        _join(keras, job, rank)
    x = np.load(folder / "x.npy", mmap_mode="r")

    class Steps(keras.utils.PyDataset):
        """This worker's share of the batches from one step to another."""

        def __init__(self, first: int, last: int) -> None:
            super().__init__()
            self.first, self.last = first, last

        def __len__(self) -> int:
            return self.last - self.first

        def __getitem__(self, i: int) -> tuple[NDArray, NDArray]:
            rows = x[rows_of(self.first + i, rank, job, len(x))]
            return rows, rows

    class Plug(keras.callbacks.Callback):
        """Ends this worker at a step, without a word, as a power cut does."""

        def __init__(self, first: int) -> None:
            super().__init__()
            self.first = first

        def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
            if self.first + batch == job["die_at"] and rank == job["processes"] - 1:
                os._exit(1)

    model = _model(keras, job)
    done, file = newest(folder)
    if file is not None:
        _load(model, file)
    say({"begins": done, "rows": len(x) // job["batch"] * (job["batch"] // job["processes"])})
    for first, last in _pieces(done, job["steps"], job["every"]):
        history = model.fit(Steps(first, last), shuffle=False, verbose=0, callbacks=[Plug(first)])
        say({"step": last, "loss": history.history["loss"][0]})
        if rank == 0:
            _save(model, folder, last)
    weights = np.concatenate([np.ravel(weight) for weight in model.get_weights()])
    np.save(folder / f"weights_{rank}.npy", weights)
    say({"finished": True})


if __name__ == "__main__":
    work(Path(sys.argv[1]), int(sys.argv[2]), lambda said: print(json.dumps(said), flush=True))
