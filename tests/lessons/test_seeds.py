"""Every claim of every lesson holds for seeds 0 to 4: run by `make seeds`, not by `make test`."""

from __future__ import annotations

import re

import nbclient
import nbformat
import pytest

from aecourse.session import SEED_VARIABLE
from tests.course import COURSE, ROOT


@pytest.mark.seeds
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("lesson", COURSE.lessons, ids=lambda lesson: lesson.topic)
def test_claims_hold(lesson, seed, monkeypatch, tmp_path):
    monkeypatch.setenv(SEED_VARIABLE, str(seed))
    notebook = nbformat.read(ROOT / "solutions" / f"{lesson.name}.ipynb", as_version=4)
    nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [o for c in notebook.cells if c.cell_type == "code" for o in c.outputs]
    said = "".join(o.get("text", "") or o.get("data", {}).get("text/plain", "") for o in outputs)
    assert f"seed {seed}" in said
    assert re.search(r"^✓ correct", said, re.MULTILINE)
    assert not re.search(r"^[✗○] ", said, re.MULTILINE)
