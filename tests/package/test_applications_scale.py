"""Processes that train together, and folders larger than memory: errors at every door, and nothing left running."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aecourse.applications import scale, scale_folder
from aecourse.applications.scale_worker import _pieces, newest, rows_of
from aecourse.datasets import split_digits

X = np.zeros((40, 8, 8, 1), "float32")


@pytest.mark.parametrize("processes", [1, 2, 4])
def test_workers_share_each_batch_and_an_epoch_takes_each_row_once(processes):
    job = {"batch": 20, "processes": processes, "seed": 3}
    steps = [[rows_of(step, rank, job, 103) for rank in range(processes)] for step in range(10)]
    assert {len(rows) for step in steps for rows in step} == {20 // processes}
    for epoch in (steps[:5], steps[5:]):
        taken = np.concatenate([rows for step in epoch for rows in step])
        assert len(set(taken.tolist())) == 100
    whole = [rows_of(step, 0, job | {"processes": 1}, 103) for step in range(10)]
    assert all(set(np.concatenate(step)) == set(own) for step, own in zip(steps, whole, strict=True))
    assert not np.array_equal(whole[0], whole[5])


def test_pieces_end_at_checkpoints_wherever_they_begin():
    assert [*_pieces(0, 70, 20)] == [(0, 20), (20, 40), (40, 60), (60, 70)]
    assert [*_pieces(53, 70, 20)] == [(53, 60), (60, 70)]
    assert [*_pieces(70, 70, 20)] == []


def test_the_newest_checkpoint_is_that_of_the_latest_step(tmp_path):
    assert newest(tmp_path) == (0, None)
    for step in (20, 100, 40):
        (tmp_path / f"step_{step:06}.npz").touch()
    (tmp_path / "unready.npz").touch()
    assert newest(tmp_path) == (100, tmp_path / "step_000100.npz")


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"processes": 0}, ValueError, "processes must"),
        ({"processes": 17}, ValueError, "processes must"),
        ({"processes": "2"}, ValueError, "processes must"),
        ({"processes": 3, "batch_size": 20}, ValueError, "got 20 for 3 processes: 18 or 21 can be"),
        ({"processes": 2, "batch_size": 42}, ValueError, "batch_size must"),
        ({"processes": 2, "batch_size": 20, "die_at": 99}, ValueError, "die_at must"),
        ({"processes": 2, "batch_size": 20, "every": 0}, ValueError, "every must"),
        ({"processes": 2, "batch_size": 20, "epochs": 0}, ValueError, "epochs must"),
        ({"processes": 2, "batch_size": 20, "x": X[0]}, ValueError, "x"),
    ],
)
def test_what_cannot_be_trained_is_refused_before_anything_starts(monkeypatch, options, error, said):
    monkeypatch.setattr(scale, "_started", lambda *_: pytest.fail("a worker was started"))
    given = {"x": X} | options
    with pytest.raises(error, match=said):
        scale.train_on(given.pop("processes"), given.pop("x"), **given)


@pytest.mark.parametrize("died", [False, True])
def test_without_an_engine_a_stored_run_is_shown(monkeypatch, died):
    monkeypatch.setattr(scale.importlib.util, "find_spec", lambda name: None)
    assert "pip install jax" in scale.why_not()
    with pytest.raises(scale.NoEngineError, match=r"JAX is not installed.*stored_run\(2\)"):
        scale.train_on(2, X, batch_size=20)
    run = scale.train_or_stored(2, X, batch_size=20, **({"die_at": 3} if died else {}))
    assert run.stored
    assert (run.began, run.lost) == (((0, 40), 13) if died else ((0,), 0))
    assert scale.apart(run, scale.stored_run(1)) < 1e-4


def test_a_run_that_is_not_carried_is_refused():
    with pytest.raises(ValueError, match="processes must be 1 or 2"):
        scale.stored_run(3)


@pytest.mark.slow
@pytest.mark.skipif(bool(scale.why_not()), reason=scale.why_not())
def test_a_worker_that_dies_too_often_is_reported_and_nothing_is_left_running(monkeypatch):
    workers = []
    popen = scale.subprocess.Popen
    monkeypatch.setattr(scale.subprocess, "Popen", lambda *a, **k: workers.append(popen(*a, **k)) or workers[-1])
    with pytest.raises(scale.WorkerError, match=r"worker \d ended with code"):
        scale.train_on(2, split_digits()[0][0][:400], batch_size=100, every=2, die_at=3, restarts=0)
    assert [worker.poll() is not None for worker in workers] == [True, True]
    workers.clear()
    with pytest.raises(scale.WorkerError, match=r"the workers were not ready after 0.1 seconds"):
        scale.train_on(1, X, batch_size=20, patience=0.1)
    assert workers[0].poll() is not None


# --- folders ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(0)
    for i in range(24):
        pixels = rng.integers(0, 256, (20 + i % 5, 30, 3), dtype="uint8")
        Image.fromarray(pixels).save(tmp_path / f"{i:02}.{'png' if i % 2 else 'jpg'}")
    (tmp_path / "03.png").write_bytes((tmp_path / "03.png").read_bytes()[:200])
    (tmp_path / "notes.txt").write_text("no picture")
    return tmp_path


def test_a_folder_comes_in_batches_and_a_broken_file_is_stood_in_for(folder):
    pictures = scale_folder.PictureFolder(folder, size=16, batch_size=10, seed=1)
    first = [pictures[i][0] for i in range(len(pictures))]
    assert [x.shape for x in first] == [(10, 16, 16, 1)] * 2
    assert all(0 <= x.min() < x.max() <= 1 for x in first)
    pictures.on_epoch_end()
    assert not np.array_equal(first[0], pictures[0][0])
    names = [name for batch, _ in pictures.in_order() for name in batch]
    assert names == [file.name for file in sorted(folder.glob("[0-9]*")) if file.name != "03.png"]
    assert [*pictures.skipped] == ["03.png"]


@pytest.mark.slow
def test_a_folder_is_learned_and_its_codes_are_saved(folder):
    with pytest.warns(UserWarning, match="23 pictures were read, 1 left out: 03.png"):
        result = scale_folder.train_on_folder(folder, size=16, code=4, epochs=2, batch_size=12)
    table = scale_folder.save_codes(result, folder / "codes.csv")
    rows = [*csv.reader(table.open(encoding="utf-8"))]
    assert rows[0] == ["picture", "error", "h0", "h1", "h2", "h3"]
    assert len(rows) == 24
    assert len(result.losses) == 2
    with pytest.raises(FileExistsError):
        scale_folder.save_codes(result, folder / "codes.csv")


def test_folders_that_cannot_be_learned_are_refused(folder, tmp_path_factory):
    with pytest.raises(TypeError, match="folder is"):
        scale_folder.train_on_folder(3)
    with pytest.raises(ValueError, match="size must"):
        scale_folder.train_on_folder(folder, size=4)
    with pytest.raises(ValueError, match="batch_size must be a whole number"):
        scale_folder.train_on_folder(folder, batch_size="100")
    empty = tmp_path_factory.mktemp("empty")
    with pytest.raises(ValueError, match="at least 10 pictures to learn from, and holds 0"):
        scale_folder.train_on_folder(empty)
    for i in range(12):
        Path(empty / f"{i}.png").write_bytes(b"broken")
    with pytest.raises(ValueError, match="none of 12 pictures in a row can be read"):
        scale_folder.train_on_folder(empty)
