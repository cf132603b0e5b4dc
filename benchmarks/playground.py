"""Measure the playground in headless Chromium, against what it is to reach: `python -m benchmarks.playground`."""

from __future__ import annotations

import argparse
import functools
import http.server
import shutil
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LINK = "v=1&hidden=128,32&code=2&batch=128"
SECONDS = 5

START = "document.getElementById('playground').playground"
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


def rows(visit: Callable[..., Any]) -> list[tuple[str, float, str, str, bool]]:
    """Measure everything: what, the value, its unit, what is to be reached, and whether it is."""
    page = visit()
    paint = page.evaluate(PAINT) / 1000
    wasm = page.evaluate(SPEED, SECONDS)
    gaps = page.evaluate(GAPS, SECONDS)
    resting, training = page.evaluate(MOVES, False), page.evaluate(MOVES, True)
    mosaics = page.evaluate(MOSAICS, SECONDS)
    plain = visit("?engine=js").evaluate(SPEED, SECONDS)
    return [
        ("training, WebAssembly", wasm, "digits/s", "≥ 5,000", wasm >= 5000),
        ("training, plain JavaScript", plain, "digits/s", "", True),
        ("longest gap between frames", gaps[-1], "ms", "≤ 50", gaps[-1] <= 50),
        ("99 of 100 gaps", quantile(gaps, 0.99), "ms", "", True),
        ("move → decoded, 95 of 100", quantile(resting, 0.95), "ms", "≤ 16", quantile(resting, 0.95) <= 16),
        ("the same while training", quantile(training, 0.95), "ms", "≤ 16", quantile(training, 0.95) <= 16),
        ("20 × 20 mosaics", mosaics, "a second", "≥ 10", mosaics >= 10),
        ("first paint", paint, "s", "≤ 2", paint <= 2),
    ]


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


def main(arguments: list[str] | None = None) -> int:
    """Print one line a measure; return 1 if one is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.playground", description=__doc__)
    parser.parse_args(arguments)
    from playwright.sync_api import sync_playwright

    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        parser.error("needs Chromium or Chrome on the PATH")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=ROOT))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/playground/index.html"
    missed = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])

        def visit(search: str = "") -> Any:
            page = browser.new_page(viewport={"width": 1400, "height": 1000})
            page.goto(f"{address}{search}#{LINK}")
            page.locator(".aep-fact-step").wait_for()
            time.sleep(0.5)
            return page

        for name, value, unit, wanted, reached in rows(visit):
            verdict = ("reached" if reached else "MISSED") if wanted else ""
            print(f"{name:30}{value:>10,.1f} {unit:10}{wanted:>10}  {verdict}", flush=True)
            missed += not reached
        browser.close()
    server.shutdown()
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
