"""The playground's page in a real browser: training, moving, drawing, comparing, links, keyboard, accessibility."""

import re

import pytest
from playwright.sync_api import expect as eventually

from tests.browser.playground_page import (
    AXE,
    SMALL,
    Visits,
    button,
    open_settings,
    pixels,
    step,
    train_to,
    until_step,
)
from tools.browser import at_rest

pytestmark = pytest.mark.slow


@pytest.fixture
def visit(browser, site):
    """Opens the page, its settings unfolded; fails when the page reported an error."""
    visits = Visits(browser, site)
    yield lambda *args, **options: open_settings(visits(*args, **options))
    visits.end()


def weights(page):
    """All weights of the network that is shown, in one text."""
    return page.evaluate("() => playgroundOf().session.view.weights.join()")


def curve(page):
    return page.evaluate("() => playgroundOf().session.view.history.map(p => [p.step, p.train, p.validation, p.error])")


# --- training -------------------------------------------------------------------------------------


def test_play_changes_the_weights_pause_holds_them_and_reset_restores_them(visit):
    page = visit()
    first, grid = weights(page), pixels(page, ".aep-grid-columns canvas")
    assert step(page) == 0
    train_to(page, 20)
    held = weights(page)
    assert held != first
    assert pixels(page, ".aep-grid-columns canvas") != grid
    page.wait_for_timeout(400)
    assert weights(page) == held
    button(page, "Reset").click()
    page.wait_for_function("() => playgroundOf().session.view.step === 0")
    assert weights(page) == first
    eventually(page.locator(".aep-fact-step")).to_have_text("0")


def test_one_step_changes_the_weights_once(visit):
    page = visit()
    seen = [weights(page)]
    for n in (1, 2, 3):
        button(page, "One step").click()
        eventually(page.locator(".aep-fact-step")).to_have_text(str(n))
        seen.append(weights(page))
    assert len(set(seen)) == 4


def test_both_engine_paths_draw_the_same_curve_and_pausing_does_not_change_it(visit):
    """Tolerance: 0.1 % of the loss over 200 steps."""
    pages = [visit(f"{SMALL}&steps=200"), visit(f"{SMALL}&steps=200", search="?engine=js")]
    for n in (1, 2, 3):  # one page stops three times on the way
        button(pages[0], "One step").click()
        eventually(pages[0].locator(".aep-fact-step")).to_have_text(str(n))
    for page in pages:
        button(page, "Play").click()
    for page in pages:
        until_step(page, 200)
        at_rest(page)
        assert step(page) == 200
        eventually(page.locator(".aep-notice")).to_contain_text("Here the link was made")
    engines = [page.evaluate("() => playgroundOf().session.view.engine") for page in pages]
    assert engines == ["wasm", "js"]
    wasm, js = (curve(page) for page in pages)
    assert [p[0] for p in wasm] == [p[0] for p in js]
    for one, other in zip(wasm[1:], js[1:], strict=True):
        assert one[1:] == pytest.approx(other[1:], rel=1e-3)
    assert wasm[-1][2] < 0.6 * wasm[0][2]


def test_a_setting_starts_a_new_network_and_a_bad_number_is_put_right(visit):
    page = visit()
    train_to(page, 5)
    page.get_by_label("Numbers in h", exact=True).fill("900")
    page.keyboard.press("Tab")
    eventually(page.locator(".aep-sliders input")).to_have_count(64)
    assert page.get_by_label("Numbers in h", exact=True).input_value() == "64"
    assert step(page) == 0
    page.get_by_label("Hidden layers").select_option("3")
    eventually(page.locator(".aep-widths select")).to_have_count(3)
    page.get_by_label("Penalty on h").select_option("kl")
    page.get_by_label("Damage to x").select_option("block")
    eventually(page.locator(".aep-grid-rows > span")).to_have_count(5)
    train_to(page, 3)


def test_where_workers_are_refused_the_page_trains_itself(visit, browser, site):
    page = visit()
    page.context.add_init_script("delete window.Worker")
    page.reload()
    eventually(page.locator(".aep-fact-step")).to_have_text("0")
    train_to(page, 3)
    assert page.evaluate("() => playgroundOf().session.where") == "page"
    assert not page.workers


def test_a_training_that_runs_away_says_so(visit):
    page = visit(f"{SMALL}&loss=mse&activation=linear&rate=10&optimizer=sgd&corruption=none&penalty=l1&weight=0.1")
    page.get_by_label("Optimizer").select_option("adam")
    button(page, "Play").click()
    page.wait_for_function("() => playgroundOf().session.view.step > 30 || playgroundOf().session.view.diverged")
    if page.evaluate("() => playgroundOf().session.view.diverged"):
        eventually(page.locator(".aep-notice")).to_contain_text("Choose a smaller learning rate")


# --- the code -------------------------------------------------------------------------------------


def test_dragging_sliders_and_arrow_keys_decode_at_once(visit):
    page = visit()
    train_to(page, 60)
    seen = [pixels(page, ".aep-large")]
    box = page.locator(".aep-map").bounding_box()
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.down()
    for x in (60, 140, 300):
        page.mouse.move(box["x"] + x, box["y"] + 220)
        page.wait_for_timeout(60)
        seen.append(pixels(page, ".aep-large"))
    page.mouse.up()
    page.locator(".aep-map").focus()
    for _ in range(4):
        page.keyboard.press("Shift+ArrowUp")
    page.wait_for_timeout(60)
    seen.append(pixels(page, ".aep-large"))
    slider = page.get_by_label("h₁")
    slider.focus()
    before = page.locator(".aep-sliders output").first.text_content()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    eventually(page.locator(".aep-sliders output").first).not_to_have_text(before)
    seen.append(pixels(page, ".aep-large"))
    assert len(set(seen)) == len(seen)


def test_a_digit_of_the_grid_is_found_on_the_map(visit):
    page = visit()
    before = pixels(page, ".aep-map")
    page.get_by_role("button", name="A 3: find its code on the map").click()
    eventually(page.locator(".aep-decoded")).to_contain_text("The code of the digit you chose")
    page.wait_for_timeout(60)
    assert pixels(page, ".aep-map") != before


def test_the_mosaic_decodes_the_whole_plane(visit):
    page = visit()
    train_to(page, 30)
    before = pixels(page, ".aep-map")
    page.get_by_label("Decode the whole plane").check()
    page.wait_for_function("() => playgroundOf().app.map.mosaicTime > 0")
    page.wait_for_timeout(60)
    assert pixels(page, ".aep-map") != before


def draw_a_one(page):
    pad = page.locator(".aep-pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 80, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 85, box["y"] + 140, steps=8)
    page.mouse.up()


def test_a_drawn_digit_gets_a_code_a_reconstruction_and_an_error(visit):
    page = visit()
    train_to(page, 60)
    before = [pixels(page, s) for s in (".aep-pad", ".aep-draw-made canvas", ".aep-map", ".aep-large")]
    draw_a_one(page)
    eventually(page.locator(".aep-draw-side [role=status]")).to_have_text(
        re.compile(r"Its error is \d\.\d{4}, larger than that of \d+ of 400 real digits\.")
    )
    after = [pixels(page, s) for s in (".aep-pad", ".aep-draw-made canvas", ".aep-map", ".aep-large")]
    assert all(a != b for a, b in zip(before, after, strict=True))
    made = pixels(page, ".aep-draw-made canvas >> nth=1")
    page.locator(".aep-map").click(position={"x": 90, "y": 90})
    eventually(page.locator(".aep-decoded")).not_to_contain_text("The code of your drawing")
    assert pixels(page, ".aep-draw-made canvas >> nth=1") == made  # it stays when one looks elsewhere ...
    button(page, "One step").click()
    eventually(page.locator(".aep-fact-step")).not_to_have_text("60")
    page.wait_for_timeout(300)
    assert pixels(page, ".aep-draw-made canvas >> nth=1") != made  # ... and the network of now answers
    button(page, "Clear").click()
    assert pixels(page, ".aep-pad") == before[0]


def test_the_keyboard_draws(visit):
    page = visit()
    page.locator(".aep-pad").focus()
    page.keyboard.press("Space")
    for _ in range(8):
        page.keyboard.press("ArrowUp")
    eventually(page.locator(".aep-decoded")).to_contain_text("The code of your drawing")


# --- comparing and links --------------------------------------------------------------------------


def test_a_run_that_a_setting_ended_is_kept_until_the_next_one_ends(visit):
    page = visit()
    train_to(page, 10)
    steps = step(page)
    page.get_by_label("Numbers in h", exact=True).fill("8")
    page.keyboard.press("Tab")
    eventually(page.locator(".aep-notice")).to_contain_text(f"The run before it, of {steps:,} steps")
    page.get_by_label("Hidden layers").select_option("2")  # another change before the next run
    train_to(page, 5)
    runs = page.locator(".aep-run-facts")
    eventually(runs.first).to_contain_text(f"{steps:,} steps")
    rows = page.locator(".aep-table tbody tr").filter(has_text="Numbers in h")
    assert rows.locator("td").all_text_contents() == ["2", "8"]
    steps = step(page)
    button(page, "Reset").click()  # ends the second run, which takes the place of the first
    eventually(runs.first).to_contain_text(f"{steps:,} steps")
    eventually(runs).to_have_count(2)
    train_to(page, 5)
    button(page, "Pin this run to compare").click()  # now both stay
    eventually(runs).to_have_count(3)


def test_four_runs_are_pinned_and_compared_with_the_next(visit):
    page = visit()
    assert button(page, "Pin this run to compare").is_disabled()
    train_to(page, 10)
    button(page, "Pin this run to compare").click()
    page.get_by_label("Numbers in h", exact=True).fill("8")
    page.keyboard.press("Tab")
    page.get_by_label("Damage to x").select_option("salt")
    train_to(page, 10)
    table = page.locator(".aep-table")
    eventually(table).to_contain_text("Numbers in h")
    assert table.locator("tbody tr").first.locator("td").all_text_contents() == ["2", "8"]
    assert "salt and pepper" in table.text_content()
    assert "Seed" not in table.text_content()
    assert page.locator(".aep-runs article").count() == 2
    for count in (2, 3, 4):
        button(page, "Pin this run to compare").click()
        eventually(page.locator(".aep-runs article")).to_have_count(count + 1)
    assert button(page, "Pin this run to compare").is_disabled()
    page.get_by_role("button", name="Remove run C").click()
    eventually(page.locator(".aep-runs article")).to_have_count(4)
    page.get_by_role("button", name="Use its settings: run A").click()
    eventually(page.get_by_label("Numbers in h", exact=True)).to_have_value("2")
    eventually(table).not_to_contain_text("Seed")


def test_a_link_brings_back_settings_and_steps(visit):
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    page.get_by_label("Hidden layers").select_option("0")
    page.get_by_label("Loss", exact=True).select_option("mse")
    page.get_by_label("4", exact=True).uncheck()
    page.get_by_label("Seed").fill("77")
    page.keyboard.press("Tab")
    train_to(page, 12)
    button(page, "Copy link").click()
    eventually(page.locator(".aep-notice")).to_contain_text("The link")
    link = page.evaluate("() => location.hash")
    trained, config = weights(page), page.evaluate("() => playgroundOf().session.config")
    other = visit(link.removeprefix("#"))
    assert other.evaluate("() => playgroundOf().session.config") == config
    assert other.get_by_label("Seed").input_value() == "77"
    assert other.get_by_label("Loss", exact=True).input_value() == "mse"
    assert config["hidden"] == []
    assert config["classes"] == [0, 1, 2, 3, 5, 6, 7, 8, 9]
    eventually(other.locator(".aep-notice")).to_contain_text("press Play, and the training stops there")
    button(other, "Play").click()
    eventually(other.locator(".aep-notice")).to_contain_text("Here the link was made")
    assert weights(other) == trained


HOSTILE = [
    "v=2&code=3",
    "code=3",
    "v=1&code=1e9&seed=-1&batch=0",
    "v=1&code=NaN&rate=Infinity&level=-3",
    "v=1&hidden=512,512,512,512,512,512&classes=",
    "v=1&hidden=%3Cscript%3Ealert(1)%3C/script%3E&loss=<img src=x onerror=alert(1)>",
    "v=1&__proto__=1&constructor=2&hidden=0x10",
    "v=1&code=2&code=3&steps=99999999999",
    "v=1&" + "seed=1&" * 2000,
    "%E0%A4%A&&&===",
]


@pytest.mark.parametrize("link", HOSTILE)
def test_a_hostile_link_gives_defaults_and_a_notice(visit, link):
    page = visit(link)
    page.on("dialog", lambda dialog: pytest.fail("the link ran a script"))
    eventually(page.locator(".aep-notice")).to_contain_text(re.compile("make no sense|not one of this playground"))
    config = page.evaluate("() => playgroundOf().session.config")
    assert 1 <= config["code"] <= 64
    assert config["hidden"] == [128, 32]
    assert config["batch"] in (64, 16)
    assert config["classes"] == list(range(10))
    assert page.locator("#playground script, #playground img").count() == 0
    button(page, "One step").click()
    eventually(page.locator(".aep-fact-step")).to_have_text("1")


# --- for everyone ---------------------------------------------------------------------------------


def test_the_keyboard_reaches_and_operates_everything(visit):
    page = visit()
    wanted = page.evaluate(
        "() => [...document.querySelectorAll('.aep :is(button, select, input, summary, canvas[tabindex])')]"
        ".filter(e => e.checkVisibility() && !e.disabled).length"
    )
    reached = []
    for _ in range(wanted):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                "() => { const e = document.activeElement, s = getComputedStyle(e);"
                " return [e.closest('.aep') !== null, s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2,"
                " (e.labels?.[0]?.textContent || e.ariaLabel || e.textContent).trim()] }"
            )
        )
    assert all(inside and outlined and name for inside, outlined, name in reached), reached
    assert reached[0][2] == "Play"
    button(page, "Play").focus()
    page.keyboard.press("Enter")
    until_step(page, 5)
    page.keyboard.press("Enter")
    at_rest(page)
    eventually(page.locator("[aria-live=polite]")).to_contain_text(re.compile(r"Paused: step \d+, epoch"))


@pytest.mark.parametrize("width", [1400, 1024, 760, 390, 320])
def test_nothing_runs_out_of_the_page(visit, width):
    page = visit(f"{SMALL}&corruption=gaussian&penalty=kl", width=width, height=800)
    train_to(page, 4)
    button(page, "Pin this run to compare").click()
    page.get_by_label("Seed").fill("5")
    page.keyboard.press("Tab")
    eventually(page.locator(".aep-runs article")).to_have_count(2)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    cut = page.evaluate(
        "() => [...document.querySelectorAll('.aep button, .aep h2, .aep label, .aep-facts b, .aep .aep-note')]"
        ".filter(e => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1 && e.clientWidth)"
        ".map(e => e.className + e.textContent)"
    )
    assert not cut


def test_who_asked_for_little_motion_sees_few_pictures(visit):
    page = visit(reduced_motion="reduce")
    button(page, "Play").click()
    until_step(page, 2)
    seen = page.evaluate(
        """async () => {
          const { session } = playgroundOf(), seen = new Set();
          session.listen(() => seen.add(session.view));
          await new Promise((r) => setTimeout(r, 2000));
          return seen.size;
        }"""
    )
    assert 1 <= seen <= 5


@pytest.mark.parametrize("state", ["fresh", "compared"])
@pytest.mark.parametrize("width", [1400, 390])
def test_axe_finds_nothing_serious(visit, state, width):
    if not AXE.is_file():
        pytest.skip("needs `npm ci` in playground/")
    page = visit(f"{SMALL}&corruption=gaussian&penalty=l1", width=width, reduced_motion="reduce")
    if state == "compared":
        train_to(page, 4)
        button(page, "Pin this run to compare").click()
        page.get_by_label("Seed").fill("5")
        page.keyboard.press("Tab")
        eventually(page.locator(".aep-runs article")).to_have_count(2)
    page.add_script_tag(path=AXE)
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']}).then(r => r.violations)")
    report = [(v["id"], v["impact"], [n["html"][:120] for n in v["nodes"]]) for v in found]
    assert not report


def test_the_page_asks_nobody_but_its_own_server(browser, site):
    context = browser.new_context()
    asked = []
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site)
    eventually(page.locator(".aep-fact-step")).to_have_text(re.compile(r"\d"), timeout=20_000)
    train = page.locator(".aep-play")
    train.click()
    page.wait_for_timeout(300)
    context.close()
    assert asked
    assert all(url.startswith((site.rsplit("/", 2)[0], "blob:", "data:")) for url in asked), asked
