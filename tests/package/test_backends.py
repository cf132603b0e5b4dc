"""The package on Keras's other backend: its own unit tests again, in a process where Keras computes with JAX."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

HERE = Path(__file__).parent
ROOMS = ("models", "training", "metrics")
FILES = [
    "test_session.py",
    "test_doors_own_steps.py",
    *(f"test_{room}.py" for room in ROOMS),
    *(f"test_doors_{room}.py" for room in ROOMS),
]


@pytest.mark.slow
def test_the_unit_tests_pass_on_jax() -> None:
    environment = {**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"}
    environment.pop("PYTEST_ADDOPTS", None)
    command = [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", *(str(HERE / name) for name in FILES)]
    done = subprocess.run(command, cwd=HERE.parents[1], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert set(re.findall(r"(test_\w+\.py)::.* PASSED", done.stdout)) == set(FILES)
    assert re.fullmatch(
        r"=+ \d+ passed[^a-z]* (?:\d+ warnings? )?in .*=", done.stdout.splitlines()[-1].replace(",", "")
    )


@pytest.mark.slow
def test_models_travel_between_backends(tmp_path: Path) -> None:
    code = """
import sys
import keras
import numpy as np
from aecourse import models
x = np.random.default_rng(0).random((5, 4, 4, 1)).astype("float32")
if sys.argv[1] == "save":
    model = models.dense_autoencoder(2, hidden=(8,), input_shape=(4, 4, 1))
    model.save("model.keras")
else:
    model = models.load("model.keras")
np.savez(sys.argv[1], *model.get_weights(), y=model.reconstruct(x))
print(keras.backend.backend())
"""
    for backend, action in (("tensorflow", "save"), ("jax", "load")):
        environment = {**os.environ, "KERAS_BACKEND": backend, "JAX_PLATFORMS": "cpu"}
        command = [sys.executable, "-c", code, action]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == backend
    saved, loaded = np.load(tmp_path / "save.npz"), np.load(tmp_path / "load.npz")
    assert saved.files == loaded.files
    for name in saved.files:
        np.testing.assert_allclose(saved[name], loaded[name], atol=1e-6 if name == "y" else 0, rtol=0)
