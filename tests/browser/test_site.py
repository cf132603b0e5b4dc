"""The built site in a real browser with the network refused: every kind of page, search, solutions, playground."""

import gzip
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect as eventually
from sphinx.search.en import SearchEnglish

from tools import site
from tools.browser import a_site
from tools.lesson_format import read_course

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "playground" / "node_modules" / "axe-core" / "axe.min.js"
KINDS = (
    "index",
    "lessons/sound",
    "lessons/fraud",
    "playground",
    "duels",
    "glossary",
    "reference/metrics",
    "teachers",
    "hosting",
    "install",
    "licences",
    "changes",
    "accessibility",
    "search",
)
LARGEST_FIRST_PAGE = 300_000  # bytes as a web server sends them, compressed, without pictures and playground

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def html(tmp_path_factory):
    """The site, built anew: a warning ends the build."""
    # Below the repository: Sphinx's settings look for pyproject.toml in the folders above them.
    return site.build(read_course(ROOT), ROOT / "build" / "tested")


@pytest.fixture(scope="module")
def address(html):
    with a_site(html) as address:
        yield address


@pytest.fixture
def visit(browser, address):
    """Opens a page where nobody but its own server answers; fails when it asked another or reported an error."""
    refused, errors, contexts = [], [], []

    def open_page(name, *, width=1280, scheme="light", query=""):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
        )
        contexts.append(context)
        own = (address, "data:", "blob:")
        context.route(
            lambda url: not url.startswith(own), lambda route: (refused.append(route.request.url), route.abort())
        )
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
        page.goto(f"{address}/{name}.html{query}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not refused
    assert not errors


def test_every_link_and_anchor_is_there(html):
    assert len(site.read_pages(html)) > 30
    assert list(site.broken(html)) == []


def test_nothing_asks_another_host(html):
    for path in site.read_pages(html):
        text = path.read_text(encoding="utf-8")
        assert not re.findall(r'<(?:script|img|iframe|link|audio)[^>]*(?:src|href)="https?://[^"]*"', text), path
    for path in html.rglob("*.css"):
        assert not re.findall(r"url\([\"']?https?://", path.read_text(encoding="utf-8")), path


def test_solutions_are_not_in_the_search(html):
    """No word that stands in solutions alone is found; of those that stand elsewhere many are."""
    source = html.parent / "source"
    solved, elsewhere = (
        [],
        [path.read_text(encoding="utf-8") for path in source.rglob("*") if path.suffix in (".md", ".rst")],
    )
    for path in source.rglob("*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            place = solved if "unsearched" in cell["metadata"].get("tags", []) else elsewhere
            place.append("".join(cell["source"]) + json.dumps(cell.get("outputs", []), ensure_ascii=False))
    stem = SearchEnglish({}).stem  # the index keeps stems
    solved, elsewhere = (
        {stem(word) for word in re.findall(r"[a-z]{4,}", " ".join(texts).lower())} for texts in (solved, elsewhere)
    )
    found = set(re.findall(r'[{,]"?([a-z]{4,})"?:', (html / "searchindex.js").read_text(encoding="utf-8")))
    assert len(elsewhere & found) > 300
    assert solved - elsewhere
    assert not (solved - elsewhere) & found


def test_the_first_page_is_small(html):
    text = (html / "index.html").read_bytes()
    names = re.findall(r'(?:<link href|<link rel="stylesheet"[^>]* href|<script[^>]* src)="([^"?]+)', text.decode())
    files = {html / name for name in names if (html / name).is_file()}
    assert len(files) > 5
    assert len(gzip.compress(text)) + sum(len(gzip.compress(path.read_bytes())) for path in files) < LARGEST_FIRST_PAGE


@pytest.mark.parametrize("name", KINDS)
def test_a_page_fits_a_phone(visit, name):
    page = visit(name, width=360)
    eventually(page.locator("article h1, main h1").last).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", KINDS)
def test_axe_finds_nothing_serious(visit, name, scheme):
    if not AXE.is_file():
        pytest.skip("needs `npm ci` in playground/")
    page = visit(name, scheme=scheme)
    page.add_script_tag(path=AXE)
    found = page.evaluate(
        "() => axe.run(document, {resultTypes: ['violations'], iframes: false}).then(r => r.violations)"
    )
    report = [
        (v["id"], [n["html"][:150] for n in v["nodes"]][:5]) for v in found if v["impact"] in ("serious", "critical")
    ]
    assert not report


def test_a_lesson_shows_formula_figure_and_solution(visit):
    page = visit("lessons/encode_decode")
    assert page.locator("math").first.bounding_box()["height"] > 10
    figure = page.locator("img.course-figure").first
    figure.scroll_into_view_if_needed()
    page.wait_for_function("() => document.querySelector('img.course-figure').naturalWidth > 0")
    solution = page.locator("details", has_text="Show a solution").first
    eventually(solution.locator("pre").first).to_be_hidden()
    solution.locator("summary").focus()
    page.keyboard.press("Enter")
    eventually(solution.locator("pre").first).to_be_visible()
    eventually(page.get_by_text("✓", exact=False).first).to_be_visible()


def ask(page, asked):
    """Search as a newcomer does, and return for each result where it leads and what its excerpt says, best first."""
    page.keyboard.press("Control+k")
    page.keyboard.type(asked)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html*")
    eventually(page.locator("#search-results")).to_contain_text("Search finished")
    results = page.locator("ul.search > li")
    # Each result fetches its page; only what is found by its name has no excerpt.
    page.wait_for_function(
        "() => [...document.querySelectorAll('ul.search > li:not(.kind-object)')].every(r => r.querySelector('p'))"
    )
    return results.evaluate_all(
        """all => all.map(r => [
          r.querySelector("a").getAttribute("href").split("?")[0], r.querySelector(".context")?.textContent ?? ""
        ])"""
    )


@pytest.mark.parametrize(
    ("asked", "found", "says"),
    [
        ("what is a bottleneck", "glossary.html#term-bottleneck", r"middle of an autoencoder"),
        ("What is a bottleneck?", "glossary.html#term-bottleneck", r"middle of an autoencoder"),
        ("anomalies minutes", "lessons/anomalies.html", r"about \d+ minutes to read"),
        ("how long is the lesson on anomalies", "lessons/anomalies.html", r"about \d+ minutes to read"),
        ("denoising", "lessons/denoising.html", r"^Damage digits on purpose"),
        ("install", "install.html", r"."),
    ],
)
def test_the_search_finds_what_a_newcomer_asks(visit, asked, found, says):
    link, excerpt = ask(visit("index"), asked)[0]
    assert link == found
    assert re.search(says, excerpt)


def test_the_lesson_follows_the_glossary(visit):
    assert ask(visit("index"), "what is a bottleneck")[1][0] == "lessons/bottleneck.html"


def test_excerpts_are_a_pages_own_words(visit):
    """No button, no folded cell, no side bar: these frame every lesson alike, and no search finds them there."""
    furniture = r"System Settings|Contents|Open in Colab|Download the|page is for reading|Show |Hide |google\.colab"
    results = ask(visit("index"), "network")
    assert len(results) > 15
    for link, excerpt in results:
        assert not re.search(furniture, excerpt), (link, excerpt)
    named = [link for link, _ in ask(visit("index"), "Colab") if link.startswith("lessons/")]
    assert len(named) < 5


def test_the_playground_plays(visit):
    page = visit("index")
    frame = page.frame_locator("iframe.course-playground")
    page.locator("iframe.course-playground").scroll_into_view_if_needed()
    eventually(frame.locator(".aep-fact-step")).to_have_text(re.compile(r"\d"))
    frame.locator(".aep-play").click()
    eventually(frame.locator(".aep-fact-step")).to_have_text(re.compile(r"[1-9]"))
    frame.locator(".aep-play").click()


def test_three_keys_lead_to_the_playground_and_a_first_play(visit):
    page = visit("playground")
    frame = page.frame_locator("#play")
    eventually(frame.locator(".aep-fact-step")).to_have_text(re.compile(r"\d"))
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the playground")
    eventually(skip).to_be_focused()
    eventually(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    eventually(frame.locator(".aep-play")).to_be_focused()
    page.keyboard.press("Enter")
    eventually(frame.locator(".aep-play")).to_have_text("Pause", use_inner_text=True)
    page.keyboard.press("Enter")


@pytest.mark.parametrize(
    ("name", "width", "hidden"), [("playground", 360, True), ("index", 360, True), ("glossary", 360, False)]
)
def test_no_floating_button_lies_on_the_playground(visit, name, width, hidden):
    page = visit(name, width=width)
    page.wait_for_timeout(500)
    page.mouse.wheel(0, 1600)
    page.wait_for_timeout(300)
    page.mouse.wheel(0, -300)  # the theme shows it when one scrolls up
    top = page.locator("#pst-back-to-top")
    if not hidden:
        eventually(top).to_be_visible()
    else:
        page.wait_for_timeout(500)
        eventually(top).to_be_hidden()


def test_a_sound_can_be_played(visit):
    page = visit("lessons/sound")
    state = page.evaluate(
        """() => new Promise((done) => {
          const sound = document.querySelector("audio");
          sound.addEventListener("loadedmetadata", () => done(sound.duration));
          sound.addEventListener("error", () => done(null));
          sound.preload = "metadata";
          sound.load();
        })"""
    )
    assert state == pytest.approx(2, abs=0.2)
