"""What the playground's page shows of codes: their spread on the map, a walk between two, small pictures of them."""

import math

import pytest
from playwright.sync_api import expect as eventually

from tests.browser.playground_page import AXE, button, configure, pixels, session, train_to
from tools.browser import at_rest

pytestmark = pytest.mark.slow

VAE = "v=1&hidden=32&code=2&batch=32&penalty=kl&weight=0.001"


def redraw(page, beside="null"):
    """Paint the map once more with a recording context; give its ellipses as the browser was told to draw them.

    And what a JavaScript expression gave in the same moment: the plane moves on between two questions to the page.
    """
    return page.evaluate(
        """() => {
          const { session: { view }, app: { map } } = playgroundOf();
          const told = [], kept = CanvasRenderingContext2D.prototype.ellipse;
          CanvasRenderingContext2D.prototype.ellipse = function (...all) { told.push(all); kept.apply(this, all); };
          map.grounded = [];
          map.repaint();
          CanvasRenderingContext2D.prototype.ellipse = kept;
          return [told, """
        + beside
        + """];
        }"""
    )


def test_a_vae_shows_how_far_its_codes_are_drawn(visit):
    """The half axes are compared with draws: how the codes scatter that the network itself draws."""
    page = visit(VAE)
    train_to(page, 120)
    page.get_by_role("button", name="A 7: find its code on the map").click()
    ellipses, view = redraw(
        page,
        """(() => { const { explorer } = playgroundOf().session;
          const net = explorer.network, f = explorer.engine.heap.numbers;
          const { images, pixels } = playgroundOf().session.digits;
          const out = net.layers[net.split - 1].out;
          const place = view.places[0];
          f.set(Float32Array.from(images.subarray(place * pixels, (place + 1) * pixels), (b) => b / 255), net.input);
          net.encode(1);
          return { n: view.places.length, spread: [...view.spreads.slice(0, 2)], scale: map.side / 2 / map.plane.reach,
            variances: [0, 1].map((j) => Math.exp(f[out + 2 + j])) }; })()""",
    )
    assert [s**2 for s in view["spread"]] == pytest.approx(view["variances"], rel=1e-4)
    assert len(ellipses) == view["n"] + 1  # and one around the circle
    drawn = sorted(ellipses[0][2:4])
    assert drawn == pytest.approx(sorted(max(s * view["scale"], 1) for s in view["spread"]), rel=1e-3)
    note = page.locator(".aep-map-panel .aep-note")
    eventually(note).to_contain_text("one standard deviation, on average h₁")
    page.get_by_label("How far each code is drawn (ellipses)").uncheck()
    page.wait_for_timeout(200)
    assert redraw(page)[0] == []
    assert "standard deviation" not in note.text_content()
    configure(page, penalty="none")
    page.wait_for_function("() => playgroundOf().session.view.spreads === null")
    eventually(page.get_by_label("How far each code is drawn (ellipses)")).to_be_hidden()


def test_ellipses_of_long_codes_are_their_shadow_on_the_plane(visit):
    """The half axes and the angle give back the covariance of the numbers on the two directions of the map."""
    page = visit(VAE.replace("code=2", "code=6"))
    train_to(page, 60)
    ellipses, (xx, xy, yy) = redraw(
        page,
        "map.plane.covariance(view.spreads.subarray(0, 6)).map((v) => v * (map.side / 2 / map.plane.reach) ** 2)",
    )
    _, _, a, b, turn, *_ = ellipses[0]
    cos, sin = math.cos(-turn), math.sin(-turn)  # the screen's y goes down
    assert a**2 * cos**2 + b**2 * sin**2 == pytest.approx(xx, rel=1e-3)
    assert (a**2 - b**2) * cos * sin == pytest.approx(xy, rel=1e-2, abs=1e-3)
    assert a**2 * sin**2 + b**2 * cos**2 == pytest.approx(yy, rel=1e-3)


def test_a_walk_goes_straight_from_one_code_to_the_other(visit):
    page = visit("v=1&hidden=32&code=3&batch=32")
    train_to(page, 80)
    page.locator(".aep-walk summary").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => playgroundOf().app.map.path.length === 9")
    page.get_by_label("from", exact=True).select_option("a 0")
    page.get_by_label("to", exact=True).select_option("a 5")
    page.wait_for_timeout(300)
    path, grid = page.evaluate(
        "() => { const { session: { view: { grid } }, app: { map } } = playgroundOf();"
        " return [map.path.map((h) => [...h]), [...grid.codes]]; }"
    )
    assert path[0] == pytest.approx(grid[0:3], abs=1e-4)
    assert path[8] == pytest.approx(grid[15:18], abs=1e-4)
    assert path[4] == pytest.approx([(a + b) / 2 for a, b in zip(path[0], path[8], strict=True)], abs=1e-4)
    steps = page.locator(".aep-walk-columns button")
    assert steps.count() == 9
    steps.nth(4).focus()
    page.keyboard.press("Enter")
    eventually(page.locator(".aep-decoded")).to_contain_text("Moved by hand")
    assert session(page, "view") is not None
    h, y = page.evaluate("() => { const { cursor } = playgroundOf().app; return [[...cursor.h], [...cursor.y]]; }")
    assert h == pytest.approx(path[4], abs=1e-5)
    seen = page.evaluate(
        "() => { const c = playgroundOf().app.walk.canvases[4];"
        " const { data } = c.getContext('2d').getImageData(0, 0, 28, 28);"
        " return Array.from({ length: 784 }, (_, p) => data[4 * p] / 255); }"
    )
    assert seen == pytest.approx(y, abs=0.01)
    with_line = pixels(page, ".aep-map")
    before = pixels(page, ".aep-walk canvas")
    page.get_by_label("to", exact=True).select_option("your drawing")
    eventually(page.locator(".aep-walk [role=status]")).to_contain_text("is empty: draw in it first")
    page.evaluate("() => playgroundOf().app.pad.put([[[6, 23], [14, 5], [22, 23]], [[9, 16], [19, 16]]])")
    page.get_by_label("from", exact=True).select_option("a 1")
    page.wait_for_timeout(300)
    assert pixels(page, ".aep-walk canvas") != before
    page.locator(".aep-walk summary").click()
    page.wait_for_function("() => playgroundOf().app.map.path.length === 0")
    assert pixels(page, ".aep-map") != with_line


def test_a_code_is_a_small_picture_blue_below_0_and_red_above(visit):
    page = visit("v=1&hidden=32&code=12&batch=32")
    train_to(page, 60)
    picture = page.locator(".aep-code-picture")
    eventually(picture).to_be_visible()
    page.get_by_role("button", name="A 4: find its code on the map").click()
    page.wait_for_timeout(200)
    colours, codes = page.evaluate(
        """() => { const { cursor } = playgroundOf().app;
          const { data } = document.querySelector(".aep-code-picture").getContext("2d").getImageData(0, 0, 8, 2);
          return [Array.from({ length: 16 }, (_, i) => [...data.slice(4 * i, 4 * i + 4)]), [...cursor.h]]; }"""
    )
    largest = max(map(abs, codes))
    for value, (red, _, blue, alpha) in zip(codes, colours, strict=False):
        assert alpha == 255
        if abs(value) > 0.2 * largest:
            assert (red > blue) == (value > 0)
    assert [alpha for *_, alpha in colours[12:]] == [0] * 4
    assert f"{sum(v > 0 for v in codes)} are above" in picture.get_attribute("aria-label")
    in_grid, grid = page.evaluate(
        """() => { const { view } = playgroundOf().session;
          const c = document.querySelector(".aep-grid-columns canvas").getContext("2d");
          const { data } = c.getImageData(0, 30, 28, 14);
          return [Array.from({ length: 8 }, (_, j) => { const at = 4 * (3 * 28 + Math.floor((j + 0.5) * 3.5));
            return data[at] > data[at + 2]; }), [...view.grid.codes.slice(0, 8)]]; }"""
    )
    largest = max(map(abs, grid))
    assert [red for red, v in zip(in_grid, grid, strict=True) if abs(v) > 0.2 * largest] == [
        v > 0 for v in grid if abs(v) > 0.2 * largest
    ]
    configure(page, code=2)
    eventually(picture).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_about_codes(visit, scheme):
    if not AXE.is_file():
        pytest.skip("needs `npm ci` in playground/")
    page = visit(VAE.replace("code=2", "code=12"), color_scheme=scheme, reduced_motion="reduce")
    page.locator(".aep-walk summary").click()
    button(page, "One step").click()
    page.wait_for_function("() => playgroundOf().session.view.step === 1")
    at_rest(page)
    page.add_script_tag(path=AXE)
    page.wait_for_timeout(500)
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']}).then(r => r.violations)")
    assert not [(v["id"], v["impact"], [n["html"][:120] for n in v["nodes"]]) for v in found]
