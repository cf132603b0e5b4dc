"""The playground in headless Chromium, against what it is to reach: `python -m benchmarks playground`.

`python -m benchmarks.playground --picture PATH` measures nothing and takes its picture.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.core import Ask, Row

ROOT = Path(__file__).resolve().parents[1]
CELL = """\
from aecourse.datasets import load_digits
from aecourse.models import conv_autoencoder
from aecourse.playground import Playground
_, (x_test, y_test) = load_digits()
Playground(conv_autoencoder(2), x_test, y_test)"""
LINK = "v=1&hidden=128,32&code=2&batch=128"
SECONDS = 5

START = "document.querySelector('.aep').parentElement.playground"
# Digits a second: an epoch is 1,600 digits in 13 steps.
SPEED = f"""async (seconds) => {{
  const {{ session }} = {START};
  session.play();
  while (!(session.view.step >= 26)) await new Promise((r) => setTimeout(r, 20));
  const [first, began] = [session.view.step, performance.now()];
  await new Promise((r) => setTimeout(r, 1000 * seconds));
  const view = session.view;
  await new Promise((r) => {{ const off = session.listen(() => {{ if (session.view !== view) {{ off(); r(); }} }}); }});
  const rate = ((session.view.step - first) * 1600 / 13) / ((performance.now() - began) / 1000);
  session.pause();
  return rate;
}}"""
GAPS = f"""async (seconds) => {{
  const {{ session }} = {START};
  session.play();
  const gaps = [];
  let last = await new Promise(requestAnimationFrame);
  const end = last + 1000 * seconds;
  while (last < end) {{ const now = await new Promise(requestAnimationFrame); gaps.push(now - last); last = now; }}
  session.pause();
  return gaps.sort((a, b) => a - b);
}}"""
MOVES = f"""async (training) => {{
  const {{ session, app }} = {START};
  if (training) session.play();
  document.querySelector(".aep-map").scrollIntoView();
  await new Promise((r) => setTimeout(r, 500));
  const map = document.querySelector(".aep-map"), box = map.getBoundingClientRect(), times = [];
  let drawn = () => {{}};
  app.cursor.listen(() => drawn());
  for (let i = 0; i < 200; i++) {{
    const place = {{ clientX: box.left + 30 + (i * 37) % 300, clientY: box.top + 30 + (i * 53) % 300 }};
    const began = performance.now();
    const done = new Promise((r) => (drawn = r));
    map.dispatchEvent(new PointerEvent("pointermove", {{ ...place, buttons: 1, bubbles: true }}));
    await done;
    document.querySelector(".aep-large").getContext("2d").getImageData(0, 0, 1, 1);
    times.push(performance.now() - began);
    await new Promise(requestAnimationFrame);
  }}
  session.pause();
  return times.sort((a, b) => a - b);
}}"""
MOSAICS = f"""async (seconds) => {{
  const {{ app }} = {START};
  app.map.setMosaic(true);
  await new Promise((r) => setTimeout(r, 300));
  const began = performance.now();
  let n = 0;
  while (performance.now() - began < 1000 * seconds) {{ await app.map.paintMosaic(); n++; }}
  app.map.setMosaic(false);
  return n / ((performance.now() - began) / 1000);
}}"""
PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0].startTime"


def quantile(values: list[float], share: float) -> float:
    """The value below which this share of the sorted values lies."""
    return values[min(len(values) - 1, int(share * len(values)))]


def through_the_kernel(browser: Any) -> float:
    """Milliseconds from a move to decoded pixels, at the 95th percentile, for a convolutional model in JupyterLab."""
    import nbformat

    from tools.browser import a_lab

    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(CELL)],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    with tempfile.TemporaryDirectory() as home:
        nbformat.write(notebook, Path(home) / "play.ipynb")
        with a_lab(Path(home), home) as (address, token):
            page = browser.new_page(viewport={"width": 1400, "height": 1000})
            page.set_default_timeout(90_000)
            page.goto(f"{address}/lab/tree/play.ipynb?token={token}")
            page.locator(".jp-Toolbar-kernelName").get_by_text("Python 3").wait_for()
            page.locator(".jp-Notebook .cm-content").first.click()
            page.keyboard.press("Control+Enter")
            page.locator(".aep-large").wait_for()
            page.wait_for_timeout(2000)
            times = page.evaluate(MOVES, False)
            page.close()
    return quantile(times, 0.95)


Measures = Iterator[tuple[str, float, str]]  # what, the value, its unit


def measures() -> Measures:
    """Measure everything, one after the other."""
    from tools.browser import a_browser

    with a_browser() as browser:
        with visits(browser) as visit:
            page = visit()
            yield "first paint", page.evaluate(PAINT) / 1000, "s"
            yield "training, WebAssembly", page.evaluate(SPEED, SECONDS), "digits/s"
            gaps = page.evaluate(GAPS, SECONDS)
            yield "longest gap between frames", gaps[-1], "ms"
            yield "99 of 100 gaps", quantile(gaps, 0.99), "ms"
            yield "move → decoded, 95 of 100", quantile(page.evaluate(MOVES, False), 0.95), "ms"
            yield "the same while training", quantile(page.evaluate(MOVES, True), 0.95), "ms"
            yield "20 × 20 mosaics", page.evaluate(MOSAICS, SECONDS), "a second"
            yield "training, plain JavaScript", visit("?engine=js").evaluate(SPEED, SECONDS), "digits/s"
        yield "the same through the kernel", through_the_kernel(browser), "ms"


@contextlib.contextmanager
def visits(browser: Any) -> Iterator[Callable[..., Any]]:
    """Serve the page; give what opens it, with a search such as `?engine=js`."""
    from tools.browser import a_site

    def visit(search: str = "") -> Any:
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.goto(f"{site}/playground/index.html{search}#{LINK}")
        page.locator(".aep-fact-step").wait_for()
        page.wait_for_timeout(500)
        return page

    with a_site(ROOT) as site:
        yield visit


def at_least(measure: str, value: float, unit: str) -> Ask:
    """Ask for so much or more."""
    return Ask(measure, f"{measure}: at least {value:,} {unit}", lambda ours, _: ours.score >= value)


def at_most(measure: str, value: float, unit: str) -> Ask:
    """Ask for so much or less."""
    return Ask(measure, f"{measure}: at most {value:,} {unit}", lambda ours, _: ours.score <= value)


@dataclass(frozen=True)
class InABrowser:
    """A comparison of measures with what is asked of them; nothing is trained and the seed changes nothing."""

    asked: tuple[Ask, ...]
    measures: Callable[[], Measures]

    def missing(self) -> str:
        """Playwright, or Chromium, where it is not there."""
        try:
            from tools.browser import NoBrowserError, installed_chromium
        except ImportError as error:
            return f"this needs Playwright ({error})"
        try:
            installed_chromium()
        except NoBrowserError as error:
            return str(error)
        return ""

    def run(self, name: str, seed: int) -> list[Row]:
        """A row a measure; `seconds` is how long it took to measure."""
        rows, began = [], time.perf_counter()
        for measure, value, unit in self.measures():
            rows.append(Row(name, measure, 0, time.perf_counter() - began, value, unit))
            began = time.perf_counter()
        return rows


COMPARISONS = {
    "playground": InABrowser(
        (
            at_most("first paint", 0.5, "s"),
            at_least("training, WebAssembly", 15_000, "digits/s"),
            at_most("longest gap between frames", 50, "ms"),
            at_most("move → decoded, 95 of 100", 16, "ms"),
            at_most("the same while training", 16, "ms"),
            at_least("20 × 20 mosaics", 10, "a second"),
            at_most("the same through the kernel", 150, "ms"),
        ),
        measures,
    )
}


def take(page: Any, path: Path) -> None:
    """A picture of the playground after 800 steps, small enough to stand in notebooks that are only read."""
    from PIL import Image

    page.evaluate(f"() => {{ const {{ session }} = {START}; session.until = 800; session.play(); }}")
    page.wait_for_function(f"() => {START}.session.view.step >= 800", timeout=180_000)
    page.get_by_role("button", name="A 3: find its code on the map").click()
    page.evaluate(f"() => {START}.session.say('')")
    page.wait_for_timeout(500)
    page.locator(".aep").screenshot(path=path)
    with Image.open(path) as image:
        small = image.convert("RGB").resize((980, round(980 * image.height / image.width)), Image.Resampling.LANCZOS)
    small.quantize(128, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(path, optimize=True)


def main(arguments: list[str] | None = None) -> int:
    """Take a picture of the playground."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.playground", description=main.__doc__)
    parser.add_argument("--picture", type=Path, required=True, help="write a picture of the page here")
    options = parser.parse_args(arguments)
    from tools.browser import a_browser

    with a_browser() as browser, visits(browser) as visit:
        take(visit(), options.picture)
    return 0


if __name__ == "__main__":
    sys.exit(main())
