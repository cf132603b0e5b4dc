"""Comparisons on scale: more pictures, more files than memory, two processes in place of one."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from aecourse.applications import scale as application
from aecourse.recipes import scale as lesson
from benchmarks.core import Apply, Array, Ask, Data, SideBySide, Task, Train, Trained, of_keras

ROOT = Path(__file__).resolve().parents[2]
EPOCHS = 3
MOST = 10  # pictures made of each that there is
FILES, FEW_FILES = 100_000, 2_000
KEPT: dict[str, Any] = {}  # the folder of files, and the run in one process


def new_model(keras: Any) -> Any:
    """The lesson's network, ready to be given batches."""
    from aecourse.models import dense_autoencoder

    model = dense_autoencoder(16, hidden=(128,))
    model.compile(keras.optimizers.Adam(1e-3), "binary_crossentropy")
    return model


# --- more pictures ----------------------------------------------------------------------------------------------------


def of_pictures(n: int) -> Train:
    """The network after three epochs of n pictures, each made when it is asked for."""

    def train(task: Task) -> Trained:
        from aecourse.backend import keras

        real = task.fit[0]
        count = min(n, MOST * len(real))
        model = new_model(keras)
        pictures = lesson.Streamed(range(count), lesson.BATCH, lambda i: picture(real, i, task.seed), seed=task.seed)
        model.fit(pictures, epochs=EPOCHS, shuffle=False, verbose=0)
        return of_keras(model)

    return train


def picture(real: Array, i: int, seed: int) -> Array:
    """Picture number i: a real one, turned and shifted, always in the same way; so each takes as long as any other."""
    rng = np.random.default_rng([seed, i])
    turned = lesson.turned(real[i % len(real), ..., 0], rng.uniform(-15, 15), rng.uniform(-2, 2, 2))
    return np.clip(turned, 0, 1).astype("float32")[..., None]


# --- more files than memory -------------------------------------------------------------------------------------------


def folder_of_files(task: Task) -> Path:
    """A folder with as many digits as files, written once."""
    from PIL import Image

    real = task.fit[0]
    key = len(real), task.seed
    if KEPT.get("files of") != key:
        KEPT["place"] = place = tempfile.TemporaryDirectory()
        KEPT["files of"] = key
        for i in range(FILES):
            pixels = np.round(255 * real[i % len(real), ..., 0]).astype("uint8")
            Image.fromarray(pixels).save(Path(place.name) / f"{i:06}.png", compress_level=1)
    return Path(KEPT["place"].name)


def of_files(n: int, how: str) -> Train:
    """Gigabytes that a process of its own took at most for one epoch of n files."""

    def train(task: Task) -> Trained:
        folder, count = folder_of_files(task), min(n, FILES)
        command = [sys.executable, "-m", "lessons.scale.benchmark", str(folder), str(count), how]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=1800)
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        measured = json.loads(done.stdout.splitlines()[-1])
        return measured["parameters"], lambda _: np.array(measured["gigabytes"])

    return train


def one_epoch(folder: Path, count: int, how: str) -> dict[str, float]:
    """What this process takes, from Python's start to the end of the epoch."""
    import resource

    from aecourse.backend import keras

    files: Any = sorted(folder.iterdir())[:count]
    model = new_model(keras)
    if how == "at once":
        x = np.stack([lesson.pixels_of(file) for file in files])
        model.fit(x, x, batch_size=lesson.BATCH, epochs=1, verbose=0)
    else:
        model.fit(lesson.Streamed(files, lesson.BATCH), epochs=1, shuffle=False, verbose=0)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return {"gigabytes": most / 1e9, "parameters": model.count_params()}


@dataclass(frozen=True)
class OfFiles(SideBySide):
    """A comparison of the memory of processes."""

    def missing(self) -> str:
        """Windows tells no process's peak memory in this way."""
        return "this system does not tell how much memory a process took at most" if sys.platform == "win32" else ""


# --- several processes ------------------------------------------------------------------------------------------------


def shared_by(processes: int, die_at: int | None = None) -> Train:
    """The weights after two epochs, shared by processes."""

    def train(task: Task) -> Trained:
        run = application.train_on(processes, task.fit[0], seed=task.seed, every=2, die_at=die_at)
        if processes == 1:
            KEPT["one"] = run
        weights = run.weights
        assert weights is not None
        return weights.size, lambda _: np.array(application.apart(run, KEPT["one"]))

    return train


@dataclass(frozen=True)
class Shared(SideBySide):
    """A comparison that needs processes which can speak to one another."""

    def missing(self) -> str:
        """Say what keeps them from it."""
        return application.why_not()


def itself(_: Data, __: int) -> Callable[[Apply], float]:
    """What was measured while it was trained."""
    return lambda measured: float(measured(np.zeros(0)))


ONE, TWO, KILLED = "one process", "two processes (lesson)", "two processes, one ended (lesson)"
SMALL, MEDIUM, LARGE = "1,000 pictures", "8,000 pictures", "60,000 pictures (lesson)"
FEW, MANY, ALL = "2,000 files", "100,000 files (lesson)", "100,000 files, all in memory"
COMPARISONS = {
    "scale_growth": SideBySide(
        {SMALL: of_pictures(1_000), MEDIUM: of_pictures(8_000), LARGE: of_pictures(60_000)},
        (
            Ask(
                LARGE,
                "at most 7.5 times the seconds of 8,000, and less error",
                lambda ours, other: ours.seconds <= 7.5 * other.seconds and ours.score < other.score,
                beside=(MEDIUM,),
                seconds="compared",
            ),
        ),
    ),
    "scale_files": OfFiles(
        {ALL: of_files(FILES, "at once"), FEW: of_files(FEW_FILES, "streamed"), MANY: of_files(FILES, "streamed")},
        (
            Ask(
                MANY,
                "at most 1 GB, and at most 0.1 GB more than 2,000 files",
                lambda ours, few: ours.score <= 1 and ours.score <= few.score + 0.1,
                beside=(FEW,),
                seconds="shown",
            ),
        ),
        "GB",
        itself,
    ),
    "scale_processes": Shared(
        {ONE: shared_by(1), TWO: shared_by(2), KILLED: shared_by(2, die_at=5)},
        tuple(
            Ask(
                ours,
                "no weight 0.0001 away from one process's",
                lambda ours, _: ours.score <= 1e-4,
                beside=(ONE,),
                unlike=(ONE,),
            )
            for ours in (TWO, KILLED)
        ),
        "largest difference",
        itself,
    ),
}

if __name__ == "__main__":
    print(json.dumps(one_epoch(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])))
