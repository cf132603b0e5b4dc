"""What the playground's page learns from: pictures of the reader's own, and clothing beside the digits."""

import json
import re

import pytest
from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import expect as eventually

from tests.browser.playground_page import AXE, button, open_settings, session, train_to, until_step
from tools.browser import at_rest

pytestmark = pytest.mark.slow

QUICK = "v=1&hidden=32&code=2&batch=32"
INK = (40, 40, 60)


def sheet(path, count, *, dark=False):
    """A photograph of a sheet: `count` drawings of three kinds, row by row, under light that falls unevenly."""
    picture = Image.new("RGB", (1200, 900))
    pen = ImageDraw.Draw(picture)
    for x in range(1200):
        pen.line([(x, 0), (x, 900)], fill=(235 - x // 12,) * 3)
    for i in range(count):
        x, y = 150 + 300 * (i % 4), 150 + 300 * (i // 4)
        if i % 3 == 0:  # a triangle
            pen.line([(x - 70, y + 70), (x, y - 70), (x + 70, y + 70), (x - 70, y + 70)], fill=INK, width=14)
        elif i % 3 == 1:  # a face: its eyes belong to it
            pen.ellipse([x - 75, y - 75, x + 75, y + 75], outline=INK, width=14)
            pen.ellipse([x - 30, y - 25, x - 12, y - 7], fill=INK)
            pen.ellipse([x + 12, y - 25, x + 30, y - 7], fill=INK)
        else:
            pen.line([(x - 70, y - 70), (x + 70, y + 70)], fill=INK, width=14)
            pen.line([(x - 70, y + 70), (x + 70, y - 70)], fill=INK, width=14)
    pen.point([(20, 20), (600, 300), (900, 450)], fill=INK)  # specks
    picture = picture.filter(ImageFilter.GaussianBlur(1))
    (Image.eval(picture, lambda v: 255 - v) if dark else picture).save(path)
    return path


def own(page):
    """Unfold the panel for pictures of one's own."""
    if not page.locator(".aep-own[open]").count():
        page.locator(".aep-own summary").click()
    return page.locator(".aep-own")


@pytest.mark.parametrize("dark", [False, True], ids=["ink on paper", "chalk on slate"])
def test_a_photographed_sheet_is_cut_into_drawings_on_the_page(visit, tmp_path, dark):
    page = visit(QUICK)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    own(page)
    page.get_by_label("Pictures to train on").set_input_files(sheet(tmp_path / "sheet.png", 12, dark=dark))
    pictures = page.get_by_role("list", name="Your pictures").get_by_role("button")
    eventually(pictures).to_have_count(12)
    ink = page.evaluate("() => playgroundOf().session.sets.own.pictures.map((x) => [...x])")
    for i, x in enumerate(ink):
        rows = [x[28 * r : 28 * (r + 1)] for r in range(28)]
        columns = list(zip(*rows, strict=True))
        assert max(x) > 0.9
        assert not any(
            max(line) > 0.1 for line in (*rows[:3], *rows[25:], *columns[:3], *columns[25:])
        )  # in the middle
        assert max(rows[4]) > 0.3 or max(rows[5]) > 0.3  # and as large as a digit
        middle = rows[13][13] + rows[14][14]
        assert (middle > 1) == (i % 3 == 2)  # row by row: only the crosses have ink there
    assert not asked


def test_the_network_learns_ones_own_pictures_and_is_judged_by_others(visit, tmp_path):
    page = visit(QUICK)
    own(page)
    page.get_by_label("Pictures to train on").set_input_files(sheet(tmp_path / "sheet.png", 12))
    button(page, "Train on these 12 pictures").click()
    until_step(page, 150)
    button(page, "Pause").click()
    at_rest(page)
    data = page.evaluate(
        """() => {
          const { digits: { labels, training, kind }, view, config } = playgroundOf().session;
          return { kind, data: config.data, learned: [...new Set(labels.slice(0, training))],
            judged: [...new Set(labels.slice(training))], training, places: view.places.length,
            first: view.history[0].error, last: view.history.at(-1).error };
        }"""
    )
    assert data["kind"] == data["data"] == "own"
    assert not set(data["learned"]) & set(data["judged"])
    assert sorted(data["learned"] + data["judged"]) == list(range(12))
    assert len(data["judged"]) == 2
    assert data["training"] > 900
    assert data["last"] < 0.7 * data["first"]
    eventually(page.locator(".aep-at-x figcaption")).to_contain_text("your picture")
    eventually(page.locator(".aep-grid h2")).to_have_text("Eight pictures it does not train on")
    open_settings(page).get_by_label("Pictures", exact=True).select_option("handwritten digits")
    page.wait_for_function("() => playgroundOf().session.digits.kind === 'digits'")
    eventually(page.locator(".aep-at-x figcaption")).to_have_text(re.compile(r"x: a \d"))
    strip = page.get_by_label("Eight pictures and their reconstructions by the run before")
    eventually(strip).to_be_visible()  # it shows what it was trained on


def test_few_pictures_are_said_to_prove_little_and_the_rest_is_by_keyboard(visit):
    page = visit(QUICK)
    page.evaluate("() => playgroundOf().app.pad.put([[[6, 23], [14, 5], [22, 23]], [[9, 16], [19, 16]]])")
    page.locator(".aep-own summary").focus()
    page.keyboard.press("Enter")
    button(page, "Add my drawing").focus()
    page.keyboard.press("Enter")
    said = page.locator(".aep-own [role=status]")
    eventually(said).to_have_text("Add at least one more.")
    page.evaluate("() => playgroundOf().app.pad.put([[[6, 6], [22, 22]], [[6, 22], [22, 6]]])")
    for _ in range(2):
        page.keyboard.press("Enter")
    eventually(said).to_contain_text("A small error then says little about other pictures")
    page.get_by_role("button", name="Remove picture 3").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.getAttribute('aria-label')") == "Remove picture 2"
    button(page, "Train on these 2 pictures").focus()
    page.keyboard.press("Enter")
    until_step(page, 10)
    button(page, "Pause").click()
    at_rest(page)
    eventually(page.locator(".aep-grid h2")).to_have_text("Variants of your pictures")
    assert session(page, "digits.labels.length") >= 200
    with page.expect_download() as download:
        button(page, "As a notebook").click()
    assert "digits stand in for them" in json.dumps(json.loads(download.value.path().read_text()))


def test_what_cannot_be_learned_from_is_said(visit, tmp_path):
    page = visit(QUICK)
    open_settings(page).get_by_label("Pictures", exact=True).select_option("your own")
    eventually(page.locator(".aep-notice")).to_contain_text("too few pictures of your own")
    eventually(page.locator(".aep-own")).to_have_attribute("open", "")
    eventually(page.get_by_label("Pictures", exact=True)).to_have_value("digits")
    (tmp_path / "text.png").write_text("no picture")
    Image.new("RGB", (300, 300), "white").save(tmp_path / "white.png")
    page.get_by_label("Pictures to train on").set_input_files([tmp_path / "text.png", tmp_path / "white.png"])
    said = page.locator(".aep-own [role=status]")
    eventually(said).to_contain_text("no picture that the browser can read")
    eventually(said).to_contain_text("nothing on this picture that stands out")
    assert session(page, "sets.own.pictures.length") == 0
    Image.linear_gradient("L").save(tmp_path / "grey.png")
    page.get_by_label("What they are").select_option("photographs, in grey")
    page.get_by_label("Pictures to train on").set_input_files(tmp_path / "grey.png")
    page.wait_for_function("() => playgroundOf().session.sets.own.pictures.length === 1")
    column = page.evaluate("() => [0, 14, 27].map((row) => playgroundOf().session.sets.own.pictures[0][28 * row + 14])")
    assert column == pytest.approx([0.02, 0.52, 0.98], abs=0.03)  # a photograph keeps its greys


def test_dropped_and_pasted_pictures_are_taken(visit, tmp_path):
    page = visit(QUICK)
    own(page)
    path = sheet(tmp_path / "sheet.png", 4)
    page.evaluate(
        """(bytes) => {
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array(bytes)], "sheet.png", { type: "image/png" }));
          const place = document.querySelector(".aep-own-all");
          place.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
          place.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        list(path.read_bytes()),
    )
    page.wait_for_function("() => playgroundOf().session.sets.own.pictures.length === 8")


def test_a_link_to_a_run_on_own_pictures_says_that_they_do_not_travel(visit):
    page = visit(f"{QUICK}&data=own")
    eventually(page.locator(".aep-notice")).to_contain_text("pictures of somebody's own, which do not travel")
    assert session(page, "config.data") == "digits"


def test_clothing_comes_only_when_it_is_chosen_and_is_named(visit):
    asked = []
    page = visit(QUICK)
    page.on("request", lambda request: asked.append(request.url))
    train_to(page, 10)
    assert not asked
    open_settings(page).get_by_label("Pictures", exact=True).select_option("pieces of clothing")
    page.wait_for_function("() => playgroundOf().session.digits.kind === 'clothes'")
    assert [address.rsplit("/", 1)[1] for address in asked] == ["clothes.bin"]
    train_to(page, 120)
    shown = page.locator(".aep-grid-columns button")
    assert shown.nth(0).get_attribute("aria-label") == "A T-shirt: find its code on the map"
    shown.nth(1).click()
    eventually(page.locator(".aep-at-x figcaption")).to_have_text("x: trousers")
    first, last = page.evaluate(
        "() => { const { history } = playgroundOf().session.view; return [history[0].error, history.at(-1).error]; }"
    )
    assert last < 0.5 * first
    page.get_by_label("ankle boot").uncheck()
    page.wait_for_function("() => playgroundOf().session.view.step === 0")
    assert 9 not in page.evaluate(
        "() => { const { view: v, digits: d } = playgroundOf().session; return [...v.places].map((p) => d.labels[p]); }"
    )
    button(page, "Copy link").click()
    again = visit(page.evaluate("() => location.hash.slice(1)"))
    assert session(again, "digits.kind") == "clothes"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_about_ones_own_pictures(visit, tmp_path, scheme):
    if not AXE.is_file():
        pytest.skip("needs `npm ci` in playground/")
    page = visit(f"{QUICK}&penalty=kl&code=5", color_scheme=scheme, reduced_motion="reduce")
    own(page)
    page.get_by_label("Pictures to train on").set_input_files(sheet(tmp_path / "sheet.png", 12))
    button(page, "Train on these 12 pictures").click()
    until_step(page, 4)
    button(page, "Pause").click()
    at_rest(page)
    page.add_script_tag(path=AXE)
    page.wait_for_timeout(500)
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']}).then(r => r.violations)")
    assert not [(v["id"], v["impact"], [n["html"][:120] for n in v["nodes"]]) for v in found]


# --- runs that a link brings ----------------------------------------------------------------------


def test_a_link_brings_pinned_runs_that_are_trained_again(visit):
    page = visit(QUICK)
    train_to(page, 30)
    button(page, "Pin this run to compare").click()
    page.evaluate("() => playgroundOf().session.configure({ code: 5, penalty: 'kl', classes: [1, 7] })")
    train_to(page, 20)
    button(page, "Pin this run to compare").click()
    page.evaluate("() => playgroundOf().session.configure({ code: 3, penalty: 'none' })")
    page.wait_for_function("() => playgroundOf().session.settled")
    told = "playgroundOf().session.runs.pinned.map((p) => [p.steps, p.history.at(-1).error, JSON.stringify(p.config)])"
    there = page.evaluate(f"() => {told}")
    button(page, "Copy link").click()
    eventually(page.locator(".aep-notice")).to_contain_text("those of the pinned runs, to be trained again")
    again = visit(page.evaluate("() => location.hash.slice(1)"))
    brought = again.get_by_role("region", name="Runs of the link")
    eventually(brought).to_contain_text("brings 2 pinned runs")
    assert again.evaluate(f"() => {told}") == []  # nothing is trained before one says so
    button(again, "Train them again").focus()
    again.keyboard.press("Enter")
    eventually(again.locator(".aep-notice")).to_contain_text("trained again and stand below", timeout=60_000)
    assert again.evaluate(f"() => {told}") == there
    eventually(brought).to_be_hidden()
    again.wait_for_function("() => playgroundOf().session.settled")
    assert session(again, "config.code") == 3


def test_training_brought_runs_can_be_stopped_and_gone_on_with(visit):
    page = visit(f"{QUICK}&pin=steps%3D5000%26code%3D4&pin=steps%3D8%26hidden%3D16")
    button(page, "Train them again").click()
    until_step(page, 20)
    button(page, "Pause").click()
    eventually(page.locator(".aep-notice")).to_contain_text("Stopped before all runs")
    assert session(page, "runs.pinned.length") == 0
    button(page, "Without them").click()
    eventually(page.get_by_role("region", name="Runs of the link")).to_be_hidden()


def test_hostile_pins_are_left_out(visit):
    page = visit(
        f"{QUICK}&pin=steps%3D1e9&pin=steps%3D8%26rate%3D1e99&pin=%3Cb%3E&pin=steps%3D8%26data%3Down&pin=steps%3D8"
    )
    eventually(page.locator(".aep-notice")).to_contain_text("A pinned run of this link makes no sense here")
    eventually(page.get_by_role("region", name="Runs of the link")).to_be_hidden()  # a fifth one is never read
