"""What a newcomer stumbled over in the playground, each in a real browser."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect as eventually

from aecourse.playground.digits import TRAINING, course_digits
from tests.browser.playground_page import (
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

PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}
DESK = {"width": 1440, "height": 900}


def in_view(page, selector):
    """How much of it the window shows, from 0 to 1."""
    return page.evaluate(
        """(selector) => {
          const box = document.querySelector(selector).getBoundingClientRect();
          return Math.max(0, Math.min(box.bottom, innerHeight) - Math.max(box.top, 0)) / box.height;
        }""",
        selector,
    )


# --- the map --------------------------------------------------------------------------------------


@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["desk", "phone"])
def test_what_the_circle_decodes_to_is_seen_beside_the_whole_map(visit, screen):
    page = visit(**screen)
    train_to(page, 60)
    page.locator(".aep-map-all").evaluate("e => e.scrollIntoView({ block: 'center' })")
    page.wait_for_timeout(200)
    assert in_view(page, ".aep-map") == 1
    assert in_view(page, ".aep-map-y canvas") == 1
    page.locator(".aep-map").focus()
    seen = []
    for act in (
        lambda: page.locator(".aep-map").click(position={"x": 40, "y": 40}),
        lambda: page.locator(".aep-map").click(position={"x": 200, "y": 220}),
        lambda: [page.keyboard.press("Shift+ArrowUp") for _ in range(5)],
    ):
        act()
        page.wait_for_timeout(100)
        seen.append(pixels(page, ".aep-map-y canvas"))
        assert seen[-1] == pixels(page, ".aep-large")
    assert len(set(seen)) == 3


def test_on_a_phone_what_is_said_is_what_a_finger_can_do_and_tiles_can_be_told_apart(visit):
    page = visit(**PHONE)
    train_to(page, 5)
    eventually(page.locator(".aep-map-panel .aep-note")).to_contain_text("Tap the map, then drag")
    eventually(page.locator(".aep-unit [role=status]")).to_contain_text("Tap a unit")
    pad, hint = page.locator(".aep-pad").bounding_box(), page.get_by_text("Tap, then draw").bounding_box()
    assert hint["y"] >= pad["y"] + pad["height"]
    page.locator(".aep-pad").tap()
    eventually(page.get_by_text("Draw now. To scroll, tap elsewhere.")).to_be_visible()
    eventually(page.get_by_text("Tap, then draw")).to_be_hidden()
    open_settings(page)
    assert page.locator(".aep-ask").first.bounding_box()["height"] >= 32
    page.get_by_label("Decode the whole plane").check()
    page.wait_for_function("() => playgroundOf().app.map.mosaicTime > 0")
    wide = page.locator(".aep-map").bounding_box()["width"]
    assert wide / (page.evaluate("() => playgroundOf().app.map.tiles.tiles.width") / 28) >= 24


# --- the tour -------------------------------------------------------------------------------------


@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["desk", "phone"])
def test_the_card_of_the_tour_stays_in_view_right_before_what_it_speaks_of(visit, screen):
    page = visit(reduced_motion="reduce", **screen)
    button(page, "Take the tour").click()
    for stop in range(1, 7):
        eventually(page.locator(".aep-tour h2")).to_contain_text(f"{stop} of 6")
        page.wait_for_function("() => playgroundOf().session.settled && playgroundOf().session.view.step > 0")
        page.wait_for_timeout(300)
        assert in_view(page, ".aep-tour") > 0.95
        assert page.evaluate("() => document.activeElement.closest('.aep-tour') !== null")
        card, part = (page.locator(place).bounding_box() for place in (".aep-tour", ".aep-shown"))
        assert card["y"] + card["height"] - 1 <= part["y"] < screen["height"] - 100
        assert page.evaluate("() => document.querySelector('.aep-tour').nextElementSibling.matches('.aep-shown')")
        assert page.evaluate("() => document.documentElement.scrollWidth") <= screen["width"]
        if stop == 4:  # the card does not leave while one looks further down
            page.mouse.wheel(0, 120)
            page.wait_for_timeout(200)
            assert in_view(page, ".aep-tour") > 0.95
        button(page, "Finish" if stop == 6 else "Next").click()
    eventually(page.locator(".aep-tour")).to_be_hidden()


def test_on_a_phone_the_picture_that_the_tour_speaks_of_is_in_view(visit):
    page = visit(reduced_motion="reduce", **PHONE)
    button(page, "Take the tour").click()
    for _ in range(2):
        eventually(page.locator(".aep-tour .aep-next")).to_have_count(1, timeout=90_000)
        page.wait_for_timeout(300)
        card, y = (page.locator(place).bounding_box() for place in (".aep-tour", ".aep-at-y canvas"))
        assert card["y"] + card["height"] <= y["y"]
        assert y["y"] + y["height"] <= PHONE["height"]
        button(page, "Next").click()


def test_a_finger_that_scrolls_the_page_moves_no_number(visit):
    page = visit("v=1", **PHONE)
    slider = page.locator(".aep-sliders input").first
    slider.scroll_into_view_if_needed()
    box, top = slider.bounding_box(), page.evaluate("scrollY")
    code = "() => [...playgroundOf().app.cursor.h]"
    before = page.evaluate(code)
    x, y = box["x"] + 20, box["y"] + box["height"] / 2
    fingers = page.context.new_cdp_session(page)
    for kind, up in (("touchStart", 0), *(("touchMove", 20 * i) for i in range(1, 12)), ("touchEnd", None)):
        points = [] if up is None else [{"x": x, "y": y - up}]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    page.wait_for_timeout(400)
    assert page.evaluate("scrollY") > top + 100
    assert page.evaluate(code) == before


def test_escape_leaves_the_tour_from_anywhere_but_first_closes_what_is_open(visit):
    page = open_settings(visit())
    button(page, "Take the tour").click()
    ask = page.locator(".aep-ask").first
    ask.click()
    page.locator(".aep-why button").first.focus()
    page.keyboard.press("Escape")
    eventually(page.locator(".aep-why").first).to_be_hidden()
    assert ask.get_attribute("aria-expanded") == "false"
    assert ask.evaluate("e => document.activeElement === e")
    eventually(page.locator(".aep-tour")).to_be_visible()
    words = page.locator(".aep details", has_text="What the words mean")
    words.locator("summary").click()
    page.keyboard.press("Escape")
    assert words.get_attribute("open") is None
    eventually(page.locator(".aep-tour")).to_be_visible()
    page.locator(".aep-map").focus()
    page.keyboard.press("Escape")
    eventually(page.locator(".aep-tour")).to_be_hidden()
    assert page.evaluate("() => document.activeElement.textContent") == "Take the tour"


# --- where to begin -------------------------------------------------------------------------------


@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["desk", "phone"])
def test_beside_play_it_is_said_that_nothing_is_learned_yet_and_an_example_trains(visit, screen):
    page = visit(**screen)
    hint = page.locator(".aep-hint")
    eventually(hint).to_be_visible()
    bar, said = page.locator(".aep-toolbar").bounding_box(), hint.bounding_box()
    assert bar["y"] <= said["y"] < bar["y"] + bar["height"]
    page.get_by_role("link", name="repairs noise").click()
    until_step(page, 3)
    eventually(hint).to_be_hidden()
    eventually(page.locator(".aep-notice")).to_contain_text("“repairs noise” trains now")
    assert session(page, "config.corruption") == "gaussian"
    assert "corruption=gaussian" in page.evaluate("() => location.hash")
    button(page, "Pause").click()
    at_rest(page)


@pytest.mark.parametrize("width", [1440, 1024])
def test_the_network_with_its_difference_stands_on_the_first_screen(visit, width):
    page = visit("", width=width, height=900)
    page.wait_for_timeout(300)
    assert in_view(page, ".aep-at-gap") == 1
    # What one does with a network that has learned comes after it.
    after = page.evaluate(
        "() => document.querySelector('.aep-network').compareDocumentPosition(document.querySelector('.aep-keep')) & 4"
    )
    assert after


# --- long codes, other data -----------------------------------------------------------------------


def test_many_numbers_are_one_stop_of_the_tab_key_and_none_is_sliced(visit):
    page = visit("v=1&hidden=16&code=64&batch=16")
    train_to(page, 5)
    sliders = page.locator(".aep-sliders input")
    eventually(sliders).to_have_count(64)
    assert sliders.evaluate_all("all => all.filter((e) => e.tabIndex === 0).length") == 1
    sliced = page.evaluate(
        """() => {
          const list = document.querySelector(".aep-sliders"), { top, bottom } = list.getBoundingClientRect();
          return [...list.children].map((row) => row.getBoundingClientRect())
            .filter((b) => b.top < bottom - 2 && b.bottom > bottom + 2).length;
        }"""
    )
    assert sliced == 0
    eventually(page.locator(".aep-more")).to_contain_text("4 of 64 shown")
    head = page.locator(".aep-decoded h3")
    assert head.evaluate("e => e.getClientRects().length === 1 && e.scrollWidth <= e.clientWidth")
    sliders.first.focus()
    for _ in range(6):
        page.keyboard.press("ArrowDown")
    assert sliders.nth(6).evaluate("e => document.activeElement === e && e.tabIndex === 0")
    before = page.locator(".aep-sliders output").nth(6).text_content()
    for _ in range(9):
        page.keyboard.press("ArrowRight")
    eventually(page.locator(".aep-sliders output").nth(6)).not_to_have_text(before)
    page.keyboard.press("Tab")
    assert page.evaluate("() => !document.activeElement.closest('.aep-sliders')")


def test_other_data_are_not_called_digits(visit):
    page = visit()
    configure(page, data="clothes")
    page.wait_for_function("() => playgroundOf().session.digits.kind === 'clothes'")
    train_to(page, 3)
    eventually(page.locator(".aep-draw h2")).to_have_text("Draw a piece of clothing")
    eventually(page.locator(".aep-unit [role=status]")).to_contain_text("this piece of clothing")
    button(page, "A step in slow motion").click()
    eventually(page.locator(".aep-slow [role=status]")).to_contain_text("The piece of clothing goes in at x")
    panels = page.locator(".aep-network, .aep-map-panel, .aep-grid, .aep-draw, .aep-settings")
    told = " ".join(panels.all_inner_texts())
    assert not re.findall(r"\b[Dd]igits?\b", told.replace("handwritten digits", ""))


def test_nothing_runs_out_of_a_narrow_phone_while_the_tour_is_on(visit):
    page = visit("v=1&hidden=16&code=64&batch=16", width=360, height=640, has_touch=True, is_mobile=True)
    train_to(page, 3)
    page.get_by_label("Decode the whole plane").check()
    button(page, "Take the tour").click()
    page.wait_for_timeout(300)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 360
    assert page.locator(".aep-tour").bounding_box()["height"] <= 0.46 * 640


# --- what the words mean, and which error is a good one -------------------------------------------


def test_words_that_newcomers_asked_about_are_explained_and_an_error_has_something_to_stand_beside(visit):
    page = visit("v=1&hidden=16&code=2&batch=16&classes=3,8")
    train_to(page, 40)
    page.get_by_text("What the words mean").click()
    words = page.locator(".aep-meanings")
    told = " ".join(words.locator("dt").all_inner_texts())
    for word in ("bottleneck", "Error", "Loss", "Cross-entropy", "validation", "epoch", "Learning rate", "KL", "PCA"):
        assert word in told
    x, kinds = course_digits()
    kept = np.isin(kinds, [3, 8])
    x, training = x / 255, np.arange(len(x)) < TRAINING
    learned, shown = x[kept & training], x[kept & ~training]
    gaps = np.sort(np.square(shown - learned.mean(axis=0)).mean(axis=1))
    mean = f"{gaps[len(gaps) // 2]:.4f}"
    eventually(words).to_contain_text(f"draws the mean of all pictures each time gets about {mean}")
    eventually(page.locator(".aep-at-gap")).to_contain_text(f"mean picture: {mean}")
    usual = page.locator(".aep-usual").first.text_content().removeprefix("usual here: ")
    eventually(words).to_contain_text(f"Now half of these {len(shown)} digits have an error below {usual}")
    assert float(usual) < float(mean)
    train_to(page, 60)  # what stands there follows the training
    eventually(words).not_to_contain_text(usual)


def test_the_slider_for_false_alarms_is_wide_enough_for_a_finger(visit):
    page = visit(**PHONE)
    assert page.locator(".aep-histogram input").bounding_box()["width"] > 150
