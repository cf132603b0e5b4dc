"""The playground's artefacts: in step with their sources, small, complete, and free of addresses."""

import gzip
import hashlib
import re
import shutil
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest

from aecourse.datasets import load_digits
from aecourse.datasets.embedded import embedded
from aecourse.playground import digits

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "playground"
STATIC = ROOT / "aecourse" / "playground" / "static"
MODULE = (STATIC / "playground.js").read_text(encoding="utf-8")


def digest():
    """As `build.mjs` computes it."""
    found = hashlib.sha256()
    paths = {path.relative_to(SOURCES).as_posix(): path for path in SOURCES.rglob("*") if path.is_file()}
    for name in sorted(name for name in paths if not name.startswith("node_modules/")):
        found.update(f"{name}\0".encode() + paths[name].read_bytes() + b"\0")
    return found.hexdigest()


def test_the_artefacts_are_in_step_with_the_sources():
    stored = re.match(r"// Built by `npm run build` in playground/ from sources ([0-9a-f]{64})\n", MODULE)[1]
    assert stored == digest(), "playground/ has changed: run `make playground` and commit what it builds"


@pytest.mark.slow
def test_a_build_gives_the_same_bytes(tmp_path):
    if shutil.which("npm") is None or not (SOURCES / "node_modules").is_dir():
        pytest.skip("needs `npm ci` in playground/")
    subprocess.run(["npm", "run", "build", "--", str(tmp_path)], cwd=SOURCES, check=True, capture_output=True)
    built = sorted(path.name for path in tmp_path.iterdir())
    assert built == ["index.html", "playground.css", "playground.js"]
    for name in built:
        assert (tmp_path / name).read_bytes() == (STATIC / name).read_bytes(), f"{name} differs"


@pytest.mark.slow
def test_the_sources_type_check():
    if shutil.which("npm") is None or not (SOURCES / "node_modules").is_dir():
        pytest.skip("needs `npm ci` in playground/")
    result = subprocess.run(["npm", "run", "types"], cwd=SOURCES, check=False, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


def test_the_module_is_small_and_names_no_address():
    whole = gzip.compress(MODULE.encode()) + gzip.compress((STATIC / "playground.css").read_bytes())
    assert len(whole) < 150_000
    assert not re.findall(r"(?:https?:)?//[a-z0-9-]+\.[a-z]+", MODULE)


def test_the_network_that_the_page_opens_with_is_small():
    assert (STATIC / "start.bin").stat().st_size <= 300_000


def test_the_sources_can_be_read_in_one_sitting():
    files = [*(SOURCES / "src").rglob("*.ts"), *(SOURCES / "assembly").glob("*.ts")]
    assert {path.name: n for path in files if (n := len(path.read_text().splitlines())) > 250} == {}


def test_the_package_alone_does_not_import_the_playground():
    code = "import aecourse, sys; print({'anywidget', 'keras', 'ipywidgets'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "set()\n"


@pytest.mark.slow
def test_the_digits_beside_the_module_are_the_courses_training_digits():
    content = zlib.decompress((STATIC / "digits.bin").read_bytes())
    assert content == zlib.decompress(digits.pack(*digits.course_digits(), digits.TRAINING))
    assert struct.unpack("<3I", content[4:16]) == (2000, 1600, 784)
    (x_train, _), _ = load_digits()
    first = np.frombuffer(content, np.uint8)[16 + 2000 : 16 + 2000 + 784]
    np.testing.assert_array_equal(first / np.float32(255), x_train[0].ravel())


def test_the_clothes_are_packed_as_the_digits_and_stand_beside_the_page():
    packed = embedded("clothes.bin")
    assert len(packed) < 1_000_000
    images, labels = digits.course_clothes()
    assert images.shape == (2000, 784)
    assert np.bincount(labels, minlength=10).min() > 150
    assert zlib.decompress(digits.pack(images, labels, digits.TRAINING)) == zlib.decompress(packed)
    page = (STATIC / "index.html").read_text(encoding="utf-8")
    assert '"./clothes.bin"' in page
    assert "copyright 2017 Zalando SE" in page
