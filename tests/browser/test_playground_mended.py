"""Faults of the playground that were found by use, each in a real browser."""

import re

import pytest
from playwright.sync_api import expect as eventually

from tests.browser.playground_page import (
    ROOT,
    SMALL,
    button,
    configure,
    pixels,
    session,
    step,
    train_to,
    until_step,
)
from tools.browser import at_rest

pytestmark = pytest.mark.slow

RUNS_AWAY = "v=1&hidden=16&batch=16&optimizer=sgd&rate=10&activation=linear&penalty=kl&weight=0.1"
# Every text that a canvas shows: where, and from where to where.
SPY = """(() => {
  const drawn = new Map(), own = CanvasRenderingContext2D.prototype.fillText;
  window.drawnOn = (selector) => drawn.get(document.querySelector(selector)) ?? [];
  const fill = CanvasRenderingContext2D.prototype.fillRect;
  CanvasRenderingContext2D.prototype.fillRect = function (x, y, w, h) {
    if (!x && !y && w > 40) drawn.set(this.canvas, []);
    return fill.call(this, x, y, w, h);
  };
  CanvasRenderingContext2D.prototype.fillText = function (text, x, y, ...rest) {
    const wide = this.measureText(text).width;
    const left = x - wide * ({ center: 0.5, right: 1, end: 1 }[this.textAlign] ?? 0);
    const ratio = this.getTransform().a;
    drawn.get(this.canvas)?.push({ text, left, right: left + wide, y, width: this.canvas.width / ratio });
    return own.call(this, text, x, y, ...rest);
  };
})()"""


# --- numbers that are none ------------------------------------------------------------------------


def test_a_run_that_became_nan_leaves_nothing_behind(visit):
    page = visit(RUNS_AWAY)
    first = session(page, "view.weights.join()")
    button(page, "Play").click()
    page.wait_for_function("() => playgroundOf().session.view.diverged")
    eventually(page.locator(".aep-map-panel")).to_contain_text("not a number")
    page.wait_for_timeout(300)
    button(page, "Reset").click()
    page.wait_for_function("() => playgroundOf().session.view.step === 0")
    assert session(page, "view.weights.join()") == first
    configure(page, optimizer="adam", rate=0.003, activation="relu", penalty="none")
    train_to(page, 30)
    page.wait_for_timeout(200)
    numbers = "[app.map.plane.reach, ...app.map.plane.centre, ...app.cursor.h, ...app.cursor.y]"
    assert page.evaluate(f"() => {{ const {{ app }} = playgroundOf(); return {numbers}.every(Number.isFinite); }}")
    before = pixels(page, ".aep-map")
    page.locator(".aep-map").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_timeout(200)
    assert pixels(page, ".aep-map") != before


def test_a_rate_that_empties_the_map_is_said_on_the_map(visit):
    page = visit(f"{SMALL}&rate=1")
    train_to(page, 120)
    eventually(page.locator(".aep-map-panel")).to_contain_text(re.compile("the same code.*smaller learning rate", re.S))


def test_a_code_that_the_penalty_has_crushed_is_said_on_the_map(visit):
    page = visit("v=1&hidden=32&code=2&batch=64&penalty=kl&weight=0.1")
    train_to(page, 150)
    eventually(page.locator(".aep-map-panel")).to_contain_text(re.compile("the same code.*penalty", re.S))


# --- the mosaic -----------------------------------------------------------------------------------

TILES = """async () => {
  const { session, app } = playgroundOf(), { plane, tiles: { tiles } } = app.map, { cursor } = app;
  const side = 28, count = tiles.width / side, context = tiles.getContext("2d");
  let worst = 0;
  for (const [column, row] of [[0, 0], [count >> 1, count >> 1], [count - 2, 3]]) {
    const at = (n) => (2 * (n + 0.5)) / count - 1;
    const place = [plane.centre[0] + plane.reach * at(column), plane.centre[1] - plane.reach * at(row)];
    const y = await session.explorer.decode(plane.codeAt(place, cursor.h));
    const { data } = context.getImageData(column * side, row * side, side, side);
    const light = data[0] > 128;
    const ink = (v) => (light ? 255 - v : v) / 255;
    for (let p = 0; p < side * side; p++) worst = Math.max(worst, Math.abs(ink(data[4 * p]) - y[p]));
  }
  return worst;
}"""


def test_the_mosaic_of_a_long_code_goes_through_the_decoded_digit_and_follows(visit):
    page = visit("v=1&hidden=64&code=8&batch=32")
    train_to(page, 200)
    # It starts at a digit, among the data: not farther from the mean code than the farthest digit.
    far = page.evaluate(
        """() => {
          const { session: { view }, app: { cursor } } = playgroundOf(), k = 8, n = view.places.length;
          const mean = Array(k).fill(0);
          view.codes.forEach((v, i) => (mean[i % k] += v / n));
          const away = (h) => Math.hypot(...mean.map((m, j) => h[j] - m));
          const row = (i) => view.codes.subarray(i * k, (i + 1) * k);
          const all = Array.from({ length: n }, (_, i) => away(row(i))).sort((a, b) => a - b);
          return [away(cursor.h), all[0], all[n - 1], cursor.h.some((v) => v !== 0)];
        }"""
    )
    assert far[3]
    assert far[0] <= far[2]
    page.get_by_label("Decode the whole plane").check()
    page.wait_for_function("() => playgroundOf().app.map.mosaicTime > 0")
    for place in (0, 3, 7):
        slider = page.locator(".aep-sliders input").nth(place)
        slider.evaluate("(s) => { s.value = s.max; s.dispatchEvent(new Event('input', { bubbles: true })); }")
        page.wait_for_timeout(1500)
        assert page.evaluate(TILES) < 0.02


# --- notices --------------------------------------------------------------------------------------


def test_a_notice_covers_nothing_has_a_cross_leaves_and_is_announced_once(visit):
    page = visit(width=390, height=800)
    page.evaluate(
        """() => {
          window.told = [];
          new MutationObserver(() => {
            for (const e of document.querySelectorAll("[role=alert], [role=status], [aria-live]"))
              if (e.textContent.includes("Run A is pinned")) told.push(e.className);
          }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: false });
        }"""
    )
    train_to(page, 5)
    page.evaluate("() => playgroundOf().session.pin()")
    notice = page.locator(".aep-notice")
    eventually(notice).to_contain_text("Run A is pinned")
    page.evaluate("() => window.scrollTo(0, 0)")
    box = notice.bounding_box()
    covered = page.evaluate(
        """(box) => [...document.querySelectorAll(".aep h2, .aep summary, .aep button")]
          .filter((e) => e.checkVisibility() && !e.closest(".aep-notice"))
          .filter((e) => { const b = e.getBoundingClientRect();
            const beside = b.left >= box.x + box.width || b.right <= box.x;
            return b.width && !beside && b.top < box.y + box.height - 1 && b.bottom > box.y + 1; })
          .map((e) => e.textContent)""",
        box,
    )
    assert not covered
    page.wait_for_timeout(300)
    told = page.evaluate("() => told")
    assert len(set(told)) == 1
    assert "aep-hidden" in told[0]
    page.get_by_role("button", name="Close this notice").click()
    eventually(notice).to_be_hidden()
    button(page, "One step").click()
    page.wait_for_timeout(300)
    page.evaluate("() => playgroundOf().session.say('For a while.')")
    eventually(notice).to_contain_text("For a while.")
    eventually(notice).to_be_hidden(timeout=20_000)


# --- room -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("width", "height", "most"), [(640, 450, 80), (320, 640, 112), (990, 700, 64), (1400, 900, 64)]
)
def test_the_bar_that_stays_in_view_leaves_the_view_free(visit, width, height, most):
    page = visit(width=width, height=height)
    train_to(page, 3)
    assert page.locator(".aep-toolbar").bounding_box()["height"] <= most


@pytest.mark.parametrize("width", [1060, 768, 760, 740, 720, 390])
def test_where_there_is_little_room_the_settings_are_folded_at_first(visit, width):
    page = visit(width=width, height=900)
    page.wait_for_timeout(300)
    assert page.locator(".aep-settings details").first.get_attribute("open") is None
    assert page.locator(".aep-settings").bounding_box()["height"] < 80


# --- on a phone -----------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [".aep-map", ".aep-pad"])
def test_a_finger_scrolls_over_map_and_pad_until_it_has_tapped_them(visit, place):
    page = visit(width=360, height=640, has_touch=True, is_mobile=True)
    train_to(page, 3)
    cdp = page.context.new_cdp_session(page)

    def swipe(distance):
        page.locator(place).evaluate("e => e.scrollIntoView({ block: 'center' })")
        page.wait_for_timeout(200)
        box = page.locator(place).bounding_box()
        before = page.evaluate("() => scrollY")
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        cdp.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
        for part in range(1, 9):
            point = {"x": x, "y": y + distance * part / 8}
            cdp.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
            page.wait_for_timeout(20)
        cdp.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        page.wait_for_timeout(300)
        return abs(page.evaluate("() => scrollY") - before)

    assert swipe(-80) > 40
    box = page.locator(place).bounding_box()
    page.touchscreen.tap(box["x"] + 40, box["y"] + 40)
    before = pixels(page, place)
    assert swipe(-80) < 25  # a line of text that appears may move the page a little
    page.wait_for_timeout(200)
    assert pixels(page, place) != before


# --- runs -----------------------------------------------------------------------------------------


def test_no_run_is_thrown_away_in_silence_and_no_letter_is_used_twice(visit):
    page = visit()
    for seed in range(4):
        configure(page, seed=seed + 10)
        train_to(page, 5)
        button(page, "Pin this run to compare").click()
    train_to(page, step(page) + 5)
    steps = step(page)
    configure(page, seed=30)
    eventually(page.locator(".aep-notice")).to_contain_text(f"{steps:,} steps")
    heads = page.locator(".aep-runs article h3")
    eventually(heads).to_have_text(["Run A", "Run B", "Run C", "Run D", "The run before", "Now"])
    page.get_by_role("button", name="Remove run B").click()
    page.get_by_role("button", name="Keep it: the run before").click()
    eventually(heads).to_have_text(["Run A", "Run C", "Run D", "Run E", "Now"])


def test_a_copied_link_says_what_it_holds(visit):
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    train_to(page, 5)
    button(page, "Pin this run to compare").click()
    button(page, "Copy link").click()
    eventually(page.locator(".aep-notice")).to_contain_text("those of the pinned run, to be trained again")


# --- what is said ---------------------------------------------------------------------------------


def test_corrected_values_are_said(visit):
    page = visit()
    page.get_by_label("Numbers in h", exact=True).fill("900")
    page.keyboard.press("Tab")
    eventually(page.locator(".aep-notice")).to_contain_text("64")
    for digit in range(10):
        page.get_by_label(str(digit), exact=True).uncheck() if digit < 9 else page.get_by_label("9", exact=True).click()
    eventually(page.locator(".aep-notice")).to_contain_text("One kind of digit")


def test_of_a_doubled_key_it_is_said_which_counts(visit):
    page = visit("v=1&hidden=16&code=5&code=3")
    eventually(page.locator(".aep-notice")).to_contain_text(re.compile("code.*twice.*first"))
    assert session(page, "config.code") == 5


def test_a_page_opened_as_a_file_says_what_to_do(browser):
    context = browser.new_context()
    page = context.new_page()
    page.goto((ROOT / "playground" / "index.html").as_uri())
    eventually(page.locator("#playground")).to_contain_text("python -m http.server")
    context.close()


def test_without_javascript_the_page_says_so_and_does_not_seem_to_load(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site)
    text = page.locator("main").inner_text()
    context.close()
    assert "needs JavaScript" in text
    assert "Loading" not in text


# --- to the eye -----------------------------------------------------------------------------------


def test_a_chart_has_ticks_to_read_and_no_label_is_cut(visit):
    page = visit()
    page.context.add_init_script(SPY)
    page.reload()
    eventually(page.locator(".aep-fact-step")).to_have_text("0")
    train_to(page, 1200)
    for setting in ({"code": 3}, {"seed": 3}):
        configure(page, **setting)
    train_to(page, 300)
    for place in (".aep-loss canvas", ".aep-compare canvas"):
        texts = page.evaluate("(place) => drawnOn(place)", place)
        ticks = {t["text"] for t in texts if re.fullmatch(r"0?\.\d+|\d", t["text"]) and t["right"] < 48}
        assert len(ticks) >= 3, texts
        assert all(t["left"] >= 0 and t["right"] <= t["width"] for t in texts), texts


def test_the_words_of_a_choice_are_shown_whole(visit):
    page = visit(f"{SMALL}&corruption=block&penalty=kl")
    cut = page.evaluate(
        """() => [...document.querySelectorAll(".aep select")].filter((e) => e.checkVisibility()).map((e) => {
          const c = document.createElement("canvas").getContext("2d"), style = getComputedStyle(e);
          c.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
          return [e.selectedOptions[0].text, c.measureText(e.selectedOptions[0].text).width + 24, e.clientWidth];
        }).filter(([, wants, has]) => wants > has)"""
    )
    assert not cut


def test_ink_is_that_of_the_lessons(visit):
    """White on black, as `plots.show_images` draws it; a difference blue and red."""
    page = visit()
    corner = page.locator(".aep-grid-columns canvas").first.evaluate(
        "(c) => { const d = c.getContext('2d').getImageData(0, 0, 28, 28).data; let s = 0;"
        " for (let i = 0; i < d.length; i += 4) s += d[i] / 784; return [d[0], s]; }"
    )
    assert corner[0] == 0
    assert 0 < corner[1] < 128


def test_a_dark_scheme_is_followed(visit):
    page = visit(color_scheme="dark")
    light = page.evaluate(
        "() => ['.aep-page', '.aep-panel'].map((s) => getComputedStyle(document.querySelector(s)).backgroundColor"
        ".match(/[\\d.]+/g).slice(0, 3).reduce((a, b) => a + +b, 0) / 3)"
    )
    assert max(light) < 80


def test_print_breaks_no_panel(visit):
    page = visit()
    page.emulate_media(media="print")
    styles = page.evaluate(
        "() => [[...document.querySelectorAll('.aep-panel:not(.aep-compare)')]"
        ".every(e => getComputedStyle(e).breakInside === 'avoid'),"
        " getComputedStyle(document.querySelector('.aep-toolbar')).position]"
    )
    assert styles == [True, "static"]


def test_nothing_non_finite_survives_in_the_plain_engine(visit):
    page = visit(RUNS_AWAY, search="?engine=js")
    first = session(page, "view.weights.join()")
    button(page, "Play").click()
    page.wait_for_function("() => playgroundOf().session.view.diverged")
    at_rest(page)
    button(page, "Reset").click()
    page.wait_for_function("() => playgroundOf().session.view.step === 0")
    assert session(page, "view.weights.join()") == first
    button(page, "One step").click()
    until_step(page, 1)
