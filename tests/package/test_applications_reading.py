"""Pages cleaned and read: doors, types, tiles, sizes, and the engine where there is one."""

from __future__ import annotations

import os

import numpy as np
import pytest

from aecourse.applications import reading
from aecourse.corruption import scan_badly
from aecourse.datasets import load_known_pages, load_readings, split_pages
from aecourse.recipes import reading as lesson
from aecourse.weights import load_weights


@pytest.fixture
def engine():
    """The tests that read are skipped without tesseract, unless AECOURSE_OCR=required says that it must be there."""
    if not reading.has_engine():
        said = f"tesseract is not installed. {reading.INSTALL}"
        pytest.fail(said) if os.environ.get("AECOURSE_OCR") == "required" else pytest.skip(said)


@pytest.fixture
def no_engine(monkeypatch):
    monkeypatch.setattr(reading.pytesseract.pytesseract, "tesseract_cmd", "no-such-program")


@pytest.fixture
def stand_in(monkeypatch):
    """Instead of the network: the first view, the page as it came."""
    monkeypatch.setattr(reading, "_said", lambda views: views[..., :1])


def noise(*shape):
    return np.random.default_rng(0).uniform(0, 1, shape).astype("float32")


@pytest.mark.parametrize("shape", [(16, 16), (17, 600), (512, 520), (1100, 33)])
def test_tiles_of_any_page_add_up_without_seams(stand_in, shape):
    page = noise(*shape)
    np.testing.assert_array_equal(reading._drawn(page), page)


@pytest.mark.slow
def test_tiles_do_not_show():
    page = scan_badly(split_pages()[1][0][:1], seed=0)[0, ..., 0]
    model = lesson.reader()
    model.set_weights(load_weights("restorer"))
    whole = lesson.cleaned(model, page[None, ..., None])[0, ..., 0]
    inside = slice(64, -64)
    reading.TILE, kept = 128, reading.TILE
    try:
        tiled = reading._drawn(page)
    finally:
        reading.TILE = kept
    np.testing.assert_allclose(tiled[inside, inside], whole[inside, inside], atol=1e-3)


@pytest.mark.parametrize("dtype", ["uint8", "float16", "float32", "float64"])
@pytest.mark.parametrize("shape", [(40, 60), (40, 60, 1), (40, 60, 3)])
def test_a_page_comes_back_in_grey_in_its_type(stand_in, dtype, shape):
    page = noise(*shape)
    page = np.round(255 * page).astype("uint8") if dtype == "uint8" else page.astype(dtype)
    before = page.copy()
    clean = reading.clean_page(page)
    assert clean.shape == (40, 60)
    assert clean.dtype == page.dtype
    np.testing.assert_array_equal(page, before)
    grey = page.astype(float) if len(shape) == 2 else page.astype(float).mean(axis=2)
    np.testing.assert_allclose(clean.astype(float), grey, atol=1 if dtype == "uint8" else 1e-3)


@pytest.mark.parametrize(
    ("page", "error", "says"),
    [
        ("page.jpg", TypeError, "photo must be one page"),
        (np.zeros((3, 40, 60, 3)), ValueError, r"photo\[0\] is the first"),
        (np.zeros((40, 60, 4)), ValueError, "photo must be one page"),
        (np.zeros((8, 60)), ValueError, "at least 16 pixels"),
        (np.full((40, 60), 200.0), ValueError, "0, 1"),
        (np.full((40, 60), np.nan), ValueError, "photo"),
        (np.zeros((40, 60), int), ValueError, "floats in"),
    ],
)
def test_what_is_no_page_is_refused(page, error, says):
    with pytest.raises(error, match=says):
        reading.clean_page(page)


@pytest.mark.slow
def test_the_height_of_letters_is_found_at_any_size():
    page = split_pages()[2][0][1, ..., 0]
    once = reading.letter_height(page)
    assert 7 <= once <= 16
    twice = np.kron(page, np.ones((2, 2)))
    assert reading.letter_height(twice) == pytest.approx(2 * once, rel=0.2)


@pytest.mark.slow
def test_large_letters_are_made_smaller_for_the_network(monkeypatch):
    seen = []
    monkeypatch.setattr(reading, "_said", lambda views: seen.append(views.shape) or views[..., :1])
    page = np.kron(split_pages()[2][0][1, ..., 0], np.ones((4, 4), "float32"))
    assert reading.clean_page(page).shape == page.shape
    assert seen[0][1] < 512


def test_without_an_engine_the_message_says_how_to_install_it(no_engine, tmp_path):
    assert not reading.has_engine()
    for use in (reading.read_page, lambda page: reading.save_searchable(page, tmp_path / "page.pdf")):
        with pytest.raises(reading.NoEngineError, match=r"apt install tesseract-ocr.*brew.*conda.*Windows"):
            use(noise(40, 60))


@pytest.mark.slow
def test_the_engine_reads_a_clean_page(engine):
    x, texts = split_pages()[2]
    lines = [" ".join(reading.read_page(x[3, ..., 0], block=True).split())]
    assert lesson.wrong_characters(lines, texts[3:4]) < 0.05


@pytest.mark.slow
def test_a_page_becomes_a_file_to_search_in(engine, tmp_path):
    page = split_pages()[2][0][3, ..., 0]
    path = reading.save_searchable(page, tmp_path / "page.pdf")
    assert path.read_bytes().startswith(b"%PDF")
    with pytest.raises(FileExistsError):
        reading.save_searchable(page, path)
    with pytest.raises(ValueError, match=r"\.pdf"):
        reading.save_searchable(page, tmp_path / "page.txt")


def test_the_engine_leaves_the_environment_as_it_was(engine, monkeypatch):
    monkeypatch.setenv("OMP_THREAD_LIMIT", "3")
    reading.read_page(np.ones((40, 60)))
    assert os.environ["OMP_THREAD_LIMIT"] == "3"


@pytest.mark.slow
def test_no_text_is_in_two_parts_and_readings_fit_the_pages():
    parts = [texts for _, texts in (*split_pages(), load_known_pages())]
    assert [len(texts) for texts in parts] == [40, 8, 12, 12]
    sentences = [{s for text in texts for s in text.split(". ")[1:-1]} for texts in parts]
    assert not any(a & b for i, a in enumerate(sentences) for b in sentences[:i])
    readings = load_readings()
    for name, lines in readings.items():
        if ": " in name and name.split(": ")[0] in ("12", "8", "known"):
            assert len(lines) == {"12": 12, "8": 8, "known": 12}[name.split(": ")[0]]


@pytest.mark.slow
def test_damage_is_a_pure_function_of_its_seed():
    x = split_pages()[1][0][:2]
    before = x.copy()
    first, again, other = (scan_badly(x, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(x, before)
    assert np.abs(first - other).max() > 0.1
    assert first.min() >= 0
    assert first.max() <= 1
    assert np.abs(scan_badly(x, strength=0, seed=1) - x).mean() < 0.05


@pytest.mark.parametrize(
    ("x", "strength", "says"),
    [(np.ones((1, 32, 32, 3)), 1, "grey pages"), (np.ones((1, 32, 32, 1)), -1, "0"), (np.ones((1, 32, 32, 1)), 3, "2")],
)
def test_damage_refuses_what_is_no_page(x, strength, says):
    with pytest.raises(ValueError, match=says):
        scan_badly(x.astype("float32"), strength=strength, seed=0)
