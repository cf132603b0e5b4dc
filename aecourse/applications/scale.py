"""One training shared by several processes: start them, watch them, and go on from a checkpoint when one dies.

    python -m aecourse.applications.scale --processes 2

The workers are Keras on JAX with `keras.distribution.DataParallel`; `jax.distributed` lets them speak, here over gloo
and this machine alone. The same worker runs on several machines with other addresses.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import aecourse
from aecourse.applications.scale_worker import NO_ENGINE
from aecourse.checks import described, finite, images, whole_number
from aecourse.datasets.embedded import embedded
from aecourse.session import say

MOST = 16  # processes
RECIPE: dict[str, Any] = {"hidden": 64, "code": 16, "rate": 1e-3}
INSTALL = "pip install jax"
STORED = "scale.json"


class NoEngineError(RuntimeError):
    """Processes cannot speak to one another here: JAX is missing, or its gloo."""


class WorkerError(RuntimeError):
    """A worker failed in a way that a new start does not mend, or took too long."""


@dataclass(frozen=True)
class Run:
    """A training that is over.

    Attributes:
        processes: how many shared it.
        rows: how many pictures each worker took in an epoch.
        losses: for each checkpoint the step at which it was written, and the mean loss since the one before.
        began: the step at which each start began: 0, and the checkpoint's after a worker's death.
        died: the step at which a worker was ended on purpose, None where none was.
        seconds: from the first start to the end, imports included.
        apart: the largest difference of a weight between two of its workers.
        apart_from_one: the same between this run and one process; only a stored run knows it by itself.
        weights: all weights in a row; None in a stored run.
        stored: whether it was measured on another machine.
    """

    processes: int
    rows: tuple[int, ...]
    losses: tuple[tuple[int, float], ...]
    began: tuple[int, ...]
    died: int | None
    seconds: float
    apart: float
    apart_from_one: float | None = None
    weights: NDArray[np.float32] | None = None
    stored: bool = False

    @property
    def lost(self) -> int:
        """How many steps were done twice, because a worker died."""
        return 0 if self.died is None else self.died - self.began[-1]


def why_not() -> str:
    """Say what keeps several processes from training together here; nothing ("") where they may try.

    Example:
        >>> isinstance(why_not(), str)
        True
    """
    if importlib.util.find_spec("jax") is None:
        return f"JAX is not installed ({INSTALL})"
    return "JAX for Windows comes without gloo" if sys.platform == "win32" else ""


def train_on(
    processes: int,
    x: NDArray,
    *,
    epochs: int = 2,
    batch_size: int = 200,
    every: int = 20,
    seed: int = 0,
    die_at: int | None = None,
    restarts: int = 1,
    patience: float = 600,
) -> Run:
    """Train a small autoencoder on pictures, in one process or in several that share each batch.

    Every worker is a process of its own that takes its rows of each batch; after each step all have the same weights.
    One of them writes a checkpoint every few steps. When a worker dies, the others are ended, and all start again from
    the newest checkpoint. Nothing is left running, whatever happens.

    Args:
        processes: how many, 1 to 16.
        x: pictures `(n, height, width, 1)`, floats in [0, 1].
        epochs: how often each picture is seen.
        batch_size: pictures a step of all workers together; `processes` divides it, and a rest of an epoch is left out.
        every: steps from one checkpoint to the next.
        seed: of the first weights and of the order of the pictures.
        die_at: the step before which the last worker is ended on purpose, once; None for never.
        restarts: how often all may start again.
        patience: seconds that one start may take before everything is ended.

    Raises:
        NoEngineError: there is no JAX, or no gloo.
        WorkerError: workers failed more than `restarts` times, or were too slow; with what the worker said.
        TypeError, ValueError: an argument is no such thing.

    Source: Dean et al., *Large scale distributed deep networks*, 2012; Goyal et al., *Accurate, large minibatch SGD*,
    2017.

    Example:
        >>> train_on(3, np.zeros((400, 4, 4, 1)), batch_size=200)
        Traceback (most recent call last):
        ...
        ValueError: batch_size must be shared evenly, got 200 for 3 processes: 198 or 201 can be
    """
    x = images(x)
    processes = whole_number("processes", processes, high=MOST)
    batch_size, every = whole_number("batch_size", batch_size, high=len(x)), whole_number("every", every)
    if rest := batch_size % processes:
        raise ValueError(
            f"batch_size must be shared evenly, got {batch_size} for {processes} processes: "
            f"{batch_size - rest} or {batch_size + processes - rest} can be"
        )
    steps = whole_number("epochs", epochs) * (len(x) // batch_size)
    if die_at is not None:
        die_at = whole_number("die_at", die_at, low=0, high=steps - 1)
    if importlib.util.find_spec("jax") is None or (processes > 1 and why_not()):
        raise NoEngineError(f"{why_not()}. stored_run({processes}) shows what was measured elsewhere")
    flat = finite("x", np.asarray(x, "float32").reshape(len(x), -1))
    job: dict[str, Any] = {"processes": processes, "batch": batch_size, "every": every, "steps": steps, **RECIPE}
    job |= {"seed": whole_number("seed", seed, low=0), "die_at": die_at, "size": flat.shape[1]}
    before = time.perf_counter()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        folder = Path(place)
        np.save(folder / "x.npy", flat)
        starts: list[dict[int, list[dict[str, Any]]]] = []
        while True:
            ended = _started(folder, job | {"port": _free_port()}, patience)
            starts.append({rank: _said(folder, rank) for rank in range(processes)})
            if not ended:
                break
            if len(starts) > restarts:
                raise WorkerError(f"{ended}. All started {len(starts)} times")
            job["die_at"] = None
        return _run(folder, processes, starts, die_at, time.perf_counter() - before)


def _run(folder: Path, processes: int, starts: Sequence[Any], died: int | None, seconds: float) -> Run:
    """What the workers left, as one result."""
    weights = [np.load(folder / f"weights_{rank}.npy") for rank in range(processes)]
    losses = {line["step"]: line["loss"] for said in starts for line in said[0] if "step" in line}
    began = [line["begins"] for said in starts for line in said[0] if "begins" in line]
    rows = [line["rows"] for said in starts[-1].values() for line in said if "rows" in line]
    apart = max(float(np.abs(own - weights[0]).max()) for own in weights)
    return Run(processes, tuple(rows), tuple(losses.items()), tuple(began), died, seconds, apart, weights=weights[0])


def _free_port() -> int:
    """A port of this machine that nobody uses now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _started(folder: Path, job: dict[str, Any], patience: float) -> str:
    """Start all workers and wait for their end; nothing ("") where all did their work, else who died and how."""
    (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
    with _processes(folder, job["processes"]) as workers:
        late = time.monotonic() + patience
        while any(codes := [worker.poll() for worker in workers]) or None in codes:
            for rank, code in enumerate(codes):
                if code == NO_ENGINE:
                    raise NoEngineError(f"JAX has no gloo here. stored_run({job['processes']}) shows a stored one")
                if code:
                    return f"worker {rank} ended with code {code}{_last_words(folder, rank)}"
            if time.monotonic() > late:
                raise WorkerError(
                    f"the workers were not ready after {patience:g} seconds, and were ended. patience= gives more"
                )
            time.sleep(0.05)
    return ""


@contextlib.contextmanager
def _processes(folder: Path, n: int) -> Iterator[list[subprocess.Popen]]:
    """Workers that are gone at the end, each ended by its own handle."""
    root = str(Path(aecourse.__file__).parents[1])
    own = {
        "KERAS_BACKEND": "jax",
        "JAX_PLATFORMS": "cpu",
        "JAX_CPU_COLLECTIVES_IMPLEMENTATION": "gloo",
        "PYTHONPATH": os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), root])),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        # One thread a worker: two that share two cores would only wait for each other.
        "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false --xla_force_host_platform_device_count=1",
        "OMP_NUM_THREADS": "1",
    }
    workers: list[subprocess.Popen] = []
    try:
        for rank in range(n):
            with (folder / f"{rank}.out").open("wb") as out, (folder / f"{rank}.err").open("wb") as err:
                command = [sys.executable, "-m", "aecourse.applications.scale_worker", str(folder), str(rank)]
                options: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": out, "stderr": err}
                workers.append(subprocess.Popen(command, env={**os.environ, **own}, **options))
        yield workers
    finally:
        for worker in workers:
            if worker.poll() is None:
                worker.kill()
            worker.wait()


def _said(folder: Path, rank: int) -> list[dict[str, Any]]:
    """The lines that a worker wrote; what else stands there is no line of ours."""
    lines = (folder / f"{rank}.out").read_text(encoding="utf-8", errors="replace").splitlines()
    return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]


def _last_words(folder: Path, rank: int) -> str:
    """The end of what a worker complained about."""
    said = (folder / f"{rank}.err").read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return f": {said[-1][:300]}" if said else ""


def apart(run: Run, one: Run) -> float:
    """The largest difference of any weight between a run and the same training in one process."""
    if run.weights is None or one.weights is None:
        if run.apart_from_one is None:
            raise ValueError(f"run must be stored together with its difference, got {described(run)}")
        return run.apart_from_one
    return float(np.abs(run.weights - one.weights).max())


def stored_run(processes: int, *, died: bool = False) -> Run:
    """The run that the course carries, measured on another machine, where none can be made here.

    Example:
        >>> stored_run(2).stored, len(stored_run(2).rows)
        (True, 2)
    """
    for run in json.loads(embedded(STORED)):
        if (run["processes"], run["died"] is not None) == (processes, died):
            pairs = {
                name: tuple(map(tuple, run[name])) if name == "losses" else tuple(run[name])
                for name in ("rows", "losses", "began")
            }
            return Run(**{**run, **pairs}, stored=True)
    raise ValueError(f"processes must be 1 or 2 (two may have lost one), got {described(processes)}")


def train_or_stored(processes: int, x: NDArray, **options: Any) -> Run:
    """`train_on`, or the stored run where the engine is missing."""
    try:
        return train_on(processes, x, **options)
    except NoEngineError:
        return stored_run(processes, died=options.get("die_at") is not None)


def main(arguments: Sequence[str] | None = None) -> int:
    """Train on the embedded digits and say what came out."""
    from aecourse.datasets import load_digits

    parser = argparse.ArgumentParser(prog="python -m aecourse.applications.scale", description=main.__doc__)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--batch", type=int, default=200, help="pictures a step, of all workers together")
    parser.add_argument("--every", type=int, default=20, help="steps from one checkpoint to the next")
    parser.add_argument("--die-at", type=int, help="end the last worker before this step, once")
    given = parser.parse_args(arguments)
    options = {"epochs": given.epochs, "batch_size": given.batch, "every": given.every}
    try:
        x = load_digits()[0][0]
        run = train_on(given.processes, x, **options, die_at=given.die_at)
        one = train_on(1, x, **options) if given.processes > 1 else run
    except (NoEngineError, WorkerError, ValueError) as error:
        parser.exit(1, f"{error}\n")
    for step, loss in run.losses:
        say(f"step {step}: loss {loss:.5f}")
    say(f"each worker took {run.rows[0]:,} pictures an epoch; {run.seconds:.0f} s with all imports")
    if run.died is not None:
        say(f"a worker ended before step {run.died}; all went on from step {run.began[-1]}")
    if run is not one:
        say(f"largest difference of a weight from one process: {apart(run, one):.1e}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
