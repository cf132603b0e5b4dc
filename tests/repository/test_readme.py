"""What the README says of one's own files runs as it stands there, from file to saved result."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from aecourse.datasets import load_patches
from aecourse.datasets.embedded import DATA
from aecourse.files import read_images, read_sound, save_images, save_sound

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"```python\n(from aecourse\.applications\.(\w+) import .*?)```", README, re.DOTALL)
SAVED = {
    "watermarks": "lifted.jpg",
    "sound": "cleaned.wav",
    "anomalies": "scored.csv",
    "denoising": "my digits cleaned",
}


def lay_out(folder: Path) -> None:
    """A photograph, a recording, two tables and a folder of digits, under the names that the README gives them."""
    save_images(load_patches(size=96)[0][0][0], folder / "photo.jpg")
    save_sound(read_sound(DATA / "yours" / "recording.flac").wave, folder / "recording.wav")
    rng = np.random.default_rng(0)
    for name, n in (("last_year.csv", 400), ("this_week.csv", 40)):
        size = rng.normal(10, 2, n)
        table = {"size": size, "weight": 2 * size + rng.normal(0, 0.1, n), "kind": rng.choice(["a", "b"], n)}
        pd.DataFrame(table).to_csv(folder / name, index=False)
    fields = read_images(DATA / "yours" / "handwriting.jpg", patches=64, grey=True).images
    save_images(fields, folder / "my digits", ending=".jpg")


def test_there_is_a_snippet_for_each_kind_of_file():
    assert [topic for _, topic in SNIPPETS] == list(SAVED)
    for code, _ in SNIPPETS:
        compile(code, "README.md", "exec")
    lines = [line for code, _ in SNIPPETS for line in code.splitlines() if line and not line.startswith("from ")]
    assert len(lines) <= 10


@pytest.mark.slow
@pytest.mark.parametrize(("code", "topic"), SNIPPETS, ids=[topic for _, topic in SNIPPETS])
def test_the_snippet_runs_as_it_stands(code, topic, tmp_path, monkeypatch):
    lay_out(tmp_path)
    monkeypatch.chdir(tmp_path)
    exec(code, {})
    saved = tmp_path / SAVED[topic]
    if topic == "sound":
        assert read_sound(saved).wave.shape == (32000,)
    elif topic == "anomalies":
        assert np.isfinite(pd.read_csv(saved)["score"]).all()
    elif topic == "watermarks":
        assert Image.open(saved).size == (96, 96)
    else:
        assert len(list(saved.glob("*.png"))) == 10
