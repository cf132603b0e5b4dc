"""The site's tool: lessons become pages with folded solutions, files of their own, terms that can be pointed at."""

import base64
import io
import re
import tomllib
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_output
from PIL import Image

from tools import reference, site, site_pages
from tools.lesson_format import BuildError, read_course
from tools.site_lessons import Files, anchor, page, sentence_of, shown, terms, tidied, with_anchors

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def course():
    return read_course(ROOT)


@pytest.fixture(scope="module")
def sound(course, tmp_path_factory):
    """The page of a lesson with sounds, and where its files went."""
    files = Files(tmp_path_factory.mktemp("figures"), "../figures/sound")
    return nbformat.reads(page(course, course.lesson("sound"), files), as_version=4), files


def tagged(notebook, tag):
    return [cell for cell in notebook.cells if tag in cell.metadata.get("tags", [])]


@pytest.mark.slow
def test_solutions_are_folded_and_left_out_of_the_search(sound):
    notebook, _ = sound
    solved = tagged(notebook, "solution")
    assert len(solved) >= 3
    for cell in solved:
        assert "hide-cell" in cell.metadata.tags
        assert "solution" in cell.metadata.mystnb.code_prompt_show
        assert ".check(" in cell.source
        assert "✓ correct" in str(cell.outputs)
        assert "unsearched" in cell.metadata.tags


def test_claims_and_the_setup_cell_are_folded_while_their_output_shows(sound):
    notebook, _ = sound
    folded = tagged(notebook, "hide-input")
    assert "google.colab" in folded[0].source
    assert "unsearched" in folded[0].metadata.tags
    claims = [cell for cell in folded if cell.source.startswith("expect(")]
    assert claims
    assert all("✓" in str(cell.outputs) for cell in claims)
    assert not [cell for cell in notebook.cells if cell.source.startswith("expect(") and cell not in claims]


def test_pictures_and_sounds_are_files_that_say_what_they_are(sound):
    notebook, files = sound
    html = "".join(o.data["text/html"] for c in notebook.cells for o in c.get("outputs", []) if "data" in o)
    assert "base64" not in html
    assert "data:" not in html
    images = re.findall(r"<img[^>]*>", html)
    assert images
    for image in images:
        assert re.search(r' alt="[^"]{10,}"', image), image
        size = tuple(int(re.search(rf' {side}="(\d+)"', image)[1]) for side in ("width", "height"))
        assert Image.open(files.folder / re.search(r'src="[^"]*/([^"/]+)"', image)[1]).size == size
    sounds = re.findall(r'<audio[^>]* src="[^"]*/([^"/]+)"', html)
    assert sounds
    assert all((files.folder / name).stat().st_size > 1000 for name in sounds)


def test_the_head_leads_to_binder_colab_and_both_notebooks(sound, course):
    head = sound[0].cells[0].source
    links = re.findall(r'href="([^"]+)"', head)
    name = course.lesson("sound").name
    assert [f"v{course.version}" in link for link in links[:2]] == [True, True]
    assert links[2:] == [f"../notebooks/{name}.ipynb", f"../solutions/{name}.ipynb"]


def test_a_picture_of_the_playground_becomes_the_playground():
    buffer = io.BytesIO()
    Image.new("RGB", (4, 3)).save(buffer, "PNG")
    data = {"image/png": base64.b64encode(buffer.getvalue()).decode(), "text/plain": "x"}
    alt = {"image/png": {"alt": "The autoencoder playground: settings on the left"}}
    output = new_output("display_data", data=data, metadata=alt)
    assert "<iframe" in shown(output, "x", Files(Path("nowhere"), "x")).data["text/html"]


def test_html_loses_what_holds_only_in_a_notebook():
    text = (
        '<style scoped>\n p {}\n</style><table border="1" class="dataframe">'
        '<span style="color: #00af00; text-decoration-color: #00af00">'
    )
    assert tidied(text, "x", Files(Path("nowhere"), "x")) == '<table class="dataframe"><span style="">'


def test_every_term_has_a_sentence_and_a_place(course):
    found = list(terms(course))
    assert len(found) > 50
    for term in found:
        assert term.word in term.sentence, term
        assert "{" not in term.sentence.replace("`{", ""), term
    assert (
        with_anchors("a *code* h, the *code*", "a {term:code} h")
        == 'a <span id="term-code"></span>*code* h, the *code*'
    )
    assert anchor("Fréchet distance") == "term-fréchet-distance"


def test_a_sentence_that_points_back_takes_the_one_before_along():
    text = (
        "First. Move an entry\nby ε. This {term:difference} needs nothing else in the world, so it judges ours. More."
    )
    assert sentence_of(text, "difference").startswith("Move an entry by ε. This *difference* needs")
    assert "More" not in sentence_of(text, "difference")


def test_pages_are_filled_and_a_slip_is_named(course, tmp_path):
    figures = Files(tmp_path, "figures")
    assert site_pages.filled("v{{version}}", course, figures) == f"v{course.version}"
    with pytest.raises(BuildError, match=r"\{\{versoin\}\} means nothing"):
        site_pages.filled("{{versoin}}", course, figures)
    text = site_pages.filled("{{lessons}}{{pictures}}{{glossary}}{{data}}{{costs}}{{teaching}}", course, figures)
    for lesson in course.lessons:
        assert f"(lessons/{lesson.topic}.ipynb)" in text
    assert "(notebooks/" not in text
    assert len(list(tmp_path.iterdir())) == len(site_pages.SHOWN)
    sources = tomllib.loads((ROOT / "aecourse" / "data" / "sources.toml").read_text(encoding="utf-8"))
    assert all(f"`{name}`" in text for name in sources)


def test_a_front_page_figure_that_is_gone_is_named(course, tmp_path, monkeypatch):
    monkeypatch.setattr(site_pages, "SHOWN", (("denoising", "No such title"),))
    with pytest.raises(BuildError, match="no figure whose title begins with 'No such title'"):
        site_pages.pictures(course, Files(tmp_path, "figures"))


@pytest.mark.slow
def test_the_reference_tells_of_every_public_function_without_importing():
    pages = dict(reference.pages(ROOT))
    assert set(pages) == {"index", *reference.ROOMS}
    for name in ("sample_mse(x, y)", "psnr(x, y)"):
        assert f".. py:function:: {name}\n   :module: aecourse.metrics\n" in pages["metrics"]
    assert ".. py:function:: show_images(" in pages["plots"]
    assert ".. py:method:: encode(" in pages["models"]
    assert ":raises TypeError:" in pages["metrics"]
    assert reference.plain("a * b, `c * d`, name_ and |x|") == r"a \* b, `c * d`, name\_ and \|x\|"


def test_a_broken_link_and_a_missing_anchor_are_found(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.html").write_text(
        '<h1 id="top">A</h1><a href="sub/b.html#here">b</a><a href="https://example.org/x#y">c</a>'
    )
    (tmp_path / "sub" / "b.html").write_text(
        '<p id="here"><a href="../a.html#top">a</a><a href="#nowhere">x</a><img src="c.png">'
    )
    assert list(site.broken(tmp_path)) == [
        "sub/b.html: #nowhere names no place in that page",
        "sub/b.html: c.png leads nowhere",
    ]
    assert site.external(tmp_path) == ["https://example.org/x"]
