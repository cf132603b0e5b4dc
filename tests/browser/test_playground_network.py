"""The network in the middle of the playground's page: what it draws, explains and does, the tour, and the notebook."""

import json
import re
import subprocess
import sys

import nbformat
import pytest
from playwright.sync_api import expect as eventually

from tests.browser.playground_page import (
    AXE,
    ROOT,
    SMALL,
    button,
    configure,
    open_settings,
    pixels,
    session,
    train_to,
    until_step,
)
from tools.browser import at_rest

pytestmark = pytest.mark.slow

PLAY_TO = "(steps) => { const { session } = playgroundOf(); session.until = steps; session.play(); }"


# --- the hourglass --------------------------------------------------------------------------------


def test_the_fields_of_the_layers_are_as_high_as_they_have_many_units(visit):
    page = visit("v=1&hidden=256,64,16&code=2&batch=32")
    train_to(page, 20)
    fields = page.evaluate("() => playgroundOf().app.network.hourglass.fields.map((f) => f && [f.count, f.h])")
    sizes = [f for f in fields if f]
    assert [n for n, _ in sizes] == [256, 64, 16, 16, 64, 256]
    heights = [h for _, h in sizes]
    assert heights[:3] == sorted(heights[:3], reverse=True)
    assert heights[3:] == sorted(heights[3:])


def test_what_the_network_shows_changes_while_it_trains_and_with_the_digit(visit):
    page = visit("v=1&hidden=32&code=2&batch=32")
    page.wait_for_timeout(300)
    seen = [pixels(page, ".aep-hourglass")]
    train_to(page, 30)
    page.wait_for_timeout(200)
    seen.append(pixels(page, ".aep-hourglass"))
    page.get_by_role("button", name="A 7: find its code on the map").click()
    eventually(page.locator(".aep-at-x figcaption")).to_have_text("x: a 7")
    page.wait_for_timeout(200)
    seen.append(pixels(page, ".aep-hourglass"))
    assert len(set(seen)) == 3


def test_a_unit_is_explained_as_the_gradient_has_it(visit):
    """What a unit responds to is compared with differences: a pixel is moved, the unit's sum follows."""
    page = visit("v=1&hidden=32,16&code=2&batch=32&activation=tanh")
    train_to(page, 60)
    canvas = page.locator(".aep-hourglass")
    canvas.focus()
    page.keyboard.press("ArrowRight")
    eventually(page.locator(".aep-unit [role=status]")).to_contain_text("Unit 1 of 32 (encoder, layer 1)")
    page.keyboard.press("ArrowRight")
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    eventually(page.locator(".aep-unit [role=status]")).to_contain_text("Unit 3 of 16 (encoder, layer 2)")
    assert re.search(r"Unit 3 of 16", canvas.get_attribute("aria-label"))
    shown, measured = page.evaluate(
        """() => {
          const { session: { explorer }, app: { network, cursor } } = playgroundOf();
          const { chain, tables } = network.scene;
          // The unit that tanh flattens least: near 1 single precision hides what the sum behind it does.
          const units = [...explorer.trace(cursor.seen, null).encoder[1]].map(Math.abs);
          const unit = units.indexOf(Math.min(...units));
          const shown = network.card.constructor.respondsTo(chain, tables, 2, unit);
          const at = (x) => Math.atanh(explorer.trace(x, null).encoder[1][unit]);
          const strongest = [...shown.keys()].sort((a, b) => Math.abs(shown[b]) - Math.abs(shown[a])).slice(0, 12);
          const measured = strongest.map((p) => {
            const [up, down] = [cursor.seen.slice(), cursor.seen.slice()];
            up[p] += 0.02; down[p] -= 0.02;
            return (at(up) - at(down)) / 0.04;
          });
          return [strongest.map((p) => shown[p]), measured];
        }"""
    )
    scale = measured[0] / shown[0]
    assert scale > 0
    assert [s * scale for s in shown] == pytest.approx(measured, rel=0.05)
    page.keyboard.press("Escape")
    eventually(page.locator(".aep-unit [role=status]")).to_contain_text("Point at a unit")


def test_pointing_at_a_unit_explains_it(visit):
    page = visit("v=1&hidden=32&code=2&batch=32")
    train_to(page, 10)
    x, y = page.evaluate(
        "() => { const { x, y, size } = playgroundOf().app.network.hourglass.fields[1];"
        " return [x + size / 2, y + size / 2]; }"
    )
    page.locator(".aep-hourglass").hover(position={"x": x, "y": y})
    eventually(page.locator(".aep-unit [role=status]")).to_contain_text("Unit 1 of 32")
    assert page.locator(".aep-unit canvas").count() == 2


def test_the_map_is_a_second_hero_on_a_wide_screen(visit):
    page = visit(width=1920, height=1080)
    page.wait_for_timeout(300)
    assert page.locator(".aep-map").bounding_box()["width"] > 500


# --- one step in slow motion ----------------------------------------------------------------------


def test_slow_motion_makes_one_step_part_by_part(visit):
    page = visit("v=1&hidden=32&code=2&batch=32", reduced_motion="reduce")
    train_to(page, 10)
    steps, before = session(page, "view.step"), session(page, "view.weights.join()")
    button(page, "A step in slow motion").focus()
    page.keyboard.press("Enter")
    said = page.locator(".aep-slow [role=status]")
    pictures = []
    for part in ("1 of 4, forward", "2 of 4, the error", "3 of 4, back", "4 of 4, the weights move a little"):
        eventually(said).to_contain_text(part)
        page.wait_for_timeout(200)
        pictures.append(pixels(page, ".aep-hourglass"))
        if part[0] in "123":
            assert session(page, "view.weights.join()") == before
            page.keyboard.press("Enter")
    assert len({*pictures[1:]}) == 3
    assert session(page, "view.step") == steps + 1
    assert re.search(r"The error of this digit (falls|rises|stays) from \d\.\d{4} to \d\.\d{4}", said.text_content())
    page.keyboard.press("Enter")
    eventually(page.locator(".aep-slow")).to_be_hidden()
    assert page.evaluate("() => document.activeElement.textContent") == "A step in slow motion"


def test_the_gradients_of_slow_motion_are_those_of_the_loss(visit):
    page = visit("v=1&hidden=16&code=2&batch=32&activation=tanh&loss=mse")
    train_to(page, 20)
    told, measured = page.evaluate(
        """() => {
          const { session: { explorer, config }, app: { cursor } } = playgroundOf();
          const { seen, x } = cursor;
          const h = explorer.trace(seen, null).code;
          const told = Array.from(explorer.backward(seen, x, config).code);
          const loss = (code) =>
            explorer.trace(seen, code).y.reduce((s, v, p) => s + (v - x[p]) ** 2, 0) / x.length;
          const measured = told.map((_, j) => {
            const [up, down] = [h.slice(), h.slice()];
            up[j] += 0.05; down[j] -= 0.05;
            return (loss(up) - loss(down)) / 0.1;
          });
          return [told, measured];
        }"""
    )
    assert told == pytest.approx(measured, rel=0.05, abs=2e-4)


# --- settings that explain themselves, examples, the tour -----------------------------------------


def test_every_setting_has_a_sentence_and_something_to_try_that_sets_it(visit):
    page = open_settings(visit(f"{SMALL}&corruption=gaussian&penalty=l1"))
    asks = page.locator(".aep-ask")
    assert asks.count() == 14
    for place in range(14):
        asks.nth(place).click()
        assert asks.nth(place).get_attribute("aria-expanded") == "true"
    whys, before = page.locator(".aep-why"), session(page, "config")
    for place in range(14):
        assert len(whys.nth(place).locator("p").text_content().split()) >= 12
        configure(page, **before)
        whys.nth(place).get_by_role("button").first.click()
        page.wait_for_function(
            "(before) => JSON.stringify(playgroundOf().session.config) !== JSON.stringify(before)",
            arg=before,
        )


def test_examples_are_links_that_set_what_they_say(visit):
    page = visit()
    link = page.get_by_role("navigation", name="Examples").get_by_role("link", name="a VAE")
    assert link.get_attribute("href").startswith("#v=1&")
    link.click()
    page.wait_for_function("() => playgroundOf().session.config.penalty === 'kl'")
    button(page, "Draw a code at random").click()
    eventually(page.locator(".aep-decoded")).to_contain_text("Moved by hand")


def test_the_tour_does_six_real_things_by_keyboard(visit):
    page = visit("v=1")
    button(page, "Take the tour").focus()
    page.keyboard.press("Enter")
    tour = page.locator(".aep-tour")
    done = """() => {
      const { session } = playgroundOf();
      return !session.running && session.view.step >= 390 && session.viewed === session.config;
    }"""
    states = []
    for stop in range(1, 7):
        eventually(tour.locator("h2")).to_contain_text(f"{stop} of 6")
        promised = tour.get_by_role("status").text_content()  # for those who do not wait
        assert re.match(r"At step \d+: ", promised)
        assert tour.locator(".aep-next").count() == 0
        page.wait_for_function(done, timeout=90_000)
        page.wait_for_timeout(300)
        if stop == 6:
            page.wait_for_function("() => playgroundOf().session.config.code === 16")
            page.wait_for_function(done, timeout=90_000)
            eventually(page.locator(".aep-runs article h3")).to_have_text(["Run A", "Now"])
            assert page.locator(".aep-table tbody td").all_text_contents() == ["2", "16"]
        eventually(tour.locator(".aep-next")).to_have_count(1)
        assert tour.get_by_role("status").text_content() == promised.partition(": ")[2]
        states.append(
            page.evaluate(
                "() => { const { session: s, app } = playgroundOf(), { code, corruption, penalty } = s.config;"
                " return [code, corruption, penalty,"
                " app.map.showsMosaic, app.cursor.name, s.pins.length, app.cursor.error]; }"
            )
        )
        button(page, "Finish" if stop == 6 else "Next").focus()
        page.keyboard.press("Enter")
    eventually(tour).to_be_hidden()
    codes = [state[0] for state in states]
    assert codes == [1, 64, 64, 2, 16, 16]
    assert states[1][4] == "a noisy digit"
    assert states[2][1] == "gaussian"
    assert states[2][6] < states[1][6] / 2  # it repairs better than it copies
    assert states[3][2:4] == ["kl", True]
    assert states[4][4] == "your drawing"
    errors = session(page, "runs.pinned.length")
    assert errors >= 1


def test_the_tour_can_be_left_at_once(visit):
    page = visit()
    button(page, "Take the tour").click()
    page.keyboard.press("Escape")
    eventually(page.locator(".aep-tour")).to_be_hidden()
    assert page.evaluate("() => document.activeElement.textContent") == "Take the tour"
    assert page.locator(".aep-shown").count() == 0


# --- the network that the page opens with ---------------------------------------------------------


def test_the_page_opens_with_a_network_that_works_and_reset_starts_anew(visit):
    page = visit("")
    eventually(page.locator(".aep-notice")).to_contain_text("has already learned")
    assert session(page, "view.step") == 3000
    told = session(page, "view.history.at(-1).error")
    now = page.evaluate(
        "() => { const { errors } = playgroundOf().session; return errors.reduce((a, b) => a + b) / errors.length; }"
    )
    assert now == pytest.approx(told, rel=0.02)  # its weights travel as bytes
    button(page, "One step").click()
    page.wait_for_function("() => playgroundOf().session.view.step === 3001")
    after = session(page, "errors.reduce((a, b) => a + b)") / session(page, "errors.length")
    assert after == pytest.approx(told, rel=0.1)  # it goes on where it was
    train_to(page, 3030)
    button(page, "Reset").click()
    page.wait_for_function("() => playgroundOf().session.view.step === 0")
    fresh = visit("v=1")
    assert session(page, "view.weights.join()") == session(fresh, "view.weights.join()")


# --- what is odd, pictures of one's own, runs side by side -----------------------------------------


def test_the_threshold_is_that_of_the_false_alarms_one_allows(visit):
    page = visit("v=1&hidden=64&code=8&batch=32")
    train_to(page, 150)
    page.evaluate("() => playgroundOf().app.pad.put([[[6, 23], [14, 5], [22, 23]], [[9, 16], [19, 16]]])")
    said = page.locator(".aep-draw-side > [role=status]")
    eventually(said).to_contain_text("5 of 100 real digits are called odd")
    slider = page.get_by_label("False alarms allowed")
    for rate in (1, 10, 25):
        slider.fill(str(rate))
        eventually(said).to_contain_text(f"{rate} of 100 real digits")
        called, odd = page.evaluate(
            "() => { const { session: { errors }, app: { pad, cursor } } = playgroundOf(), { threshold } = pad.spread;"
            " return [errors.filter((e) => e > threshold).length / errors.length, cursor.error > threshold]; }"
        )
        assert called == pytest.approx(rate / 100, abs=0.005)
        assert ("Odd: above" in said.text_content()) == odd


@pytest.mark.parametrize("paper", ["white", "black"])
def test_a_picture_of_ones_own_is_made_small_on_the_page_and_sent_nowhere(visit, tmp_path, paper):
    from PIL import Image, ImageDraw

    page = visit()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    picture = Image.new("RGB", (600, 400), paper)
    ImageDraw.Draw(picture).line([(300, 80), (300, 320)], fill="black" if paper == "white" else "white", width=30)
    picture.save(tmp_path / "one.png")
    page.get_by_label("A picture of your own").set_input_files(tmp_path / "one.png")
    eventually(page.locator(".aep-at-x figcaption")).to_have_text("x: your drawing")
    ink = page.evaluate("() => Array.from(playgroundOf().app.cursor.x)")
    columns = [sum(ink[row * 28 + column] for row in range(28)) for column in range(28)]
    assert max(ink) == 1
    assert columns[13] + columns[14] > 0.6 * sum(columns)
    assert columns[3] == columns[24] == 0
    (tmp_path / "text.png").write_text("no picture")
    page.get_by_label("A picture of your own").set_input_files(tmp_path / "text.png")
    eventually(page.locator(".aep-notice")).to_contain_text("no picture that the browser can read")
    assert not asked


def test_maps_of_runs_stand_on_one_scale_and_curves_are_saved(visit):
    page = visit("v=1&hidden=32&code=2&batch=32")
    train_to(page, 50)
    button(page, "Pin this run to compare").click()
    configure(page, penalty="kl")
    train_to(page, 50)
    maps = page.locator(".aep-minimap canvas")
    eventually(maps).to_have_count(2)
    scales = [maps.nth(n).get_attribute("aria-label").split(", across")[1] for n in (0, 1)]
    assert scales[0] == scales[1]
    with page.expect_download() as download:
        button(page, "Curves as CSV").click()
    head, *rows = download.value.path().read_text().splitlines()
    assert head.startswith("run,step,training loss,validation loss,mean squared error,hidden,code")
    assert {row.split(",")[0] for row in rows} == {"Run A", "Now"}
    with page.expect_download() as download:
        button(page, "Chart as PNG").click()
    assert download.value.path().read_bytes().startswith(b"\x89PNG")


# --- take it along --------------------------------------------------------------------------------

TAKEN = [
    ("v=1&hidden=64&code=4&batch=64", 300),
    (
        "v=1&hidden=32&code=2&batch=32&penalty=kl&weight=0.001&corruption=gaussian&level=0.3&loss=mse&classes=0,1,2,3",
        250,
    ),
    ("v=1&hidden=&code=8&batch=64&activation=linear&penalty=l1&weight=0.0001&corruption=block&level=0.3", 200),
    ("v=1&hidden=64&code=6&batch=64&corruption=salt&level=0.3&optimizer=sgd&rate=3", 250),
]


@pytest.mark.parametrize(("link", "steps"), TAKEN, ids=["plain", "variational", "penalised", "gradient descent"])
def test_the_notebook_taken_along_runs_and_reaches_the_same_loss(visit, tmp_path, link, steps):
    """Tolerance: 8 % of the loss. Other random numbers, the same network, data and number of steps."""
    page = visit(link)
    page.evaluate(PLAY_TO, steps)
    until_step(page, steps)
    at_rest(page)
    here = session(page, "view.history.at(-1)")
    with page.expect_download() as download:
        button(page, "As a notebook").click()
    path = tmp_path / "autoencoder.ipynb"
    download.value.save_as(path)
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    script = (
        "import matplotlib; matplotlib.use('Agg')\n"
        + "\n".join(code)
        + "\nimport json; print(json.dumps([steps, validation_loss]))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]
    told = json.loads(ran.stdout.strip().splitlines()[-1])
    assert told[0] == steps
    assert told[1] == pytest.approx(here["validation"], rel=0.08)


# --- for everyone ---------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_with_everything_open(visit, scheme):
    if not AXE.is_file():
        pytest.skip("needs `npm ci` in playground/")
    page = open_settings(visit(f"{SMALL}&corruption=gaussian&penalty=kl", color_scheme=scheme, reduced_motion="reduce"))
    train_to(page, 4)
    page.locator(".aep-ask").first.click()
    button(page, "Take the tour").click()
    button(page, "A step in slow motion").click()
    page.add_script_tag(path=AXE)
    page.wait_for_timeout(500)
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']}).then(r => r.violations)")
    report = [(v["id"], v["impact"], [n["html"][:120] for n in v["nodes"]]) for v in found]
    assert not report
