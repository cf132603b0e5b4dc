"""What the tests of the playground's page share."""

import re
from pathlib import Path

from playwright.sync_api import expect as eventually

from tools.browser import at_rest

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "playground" / "node_modules" / "axe-core" / "axe.min.js"
SMALL = "v=1&hidden=16&code=2&batch=16"  # quick to train


class Visits:
    """Opens the page with a link and waits for the first picture; knows what the pages complained of."""

    def __init__(self, browser, site):
        self.browser, self.site, self.errors, self.contexts = browser, site, [], []

    def __call__(self, link=SMALL, *, search="", width=1400, height=1000, **options):
        context = self.browser.new_context(viewport={"width": width, "height": height}, **options)
        context.add_init_script("window.playgroundOf = () => document.getElementById('playground').playground")
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        page.goto(f"{self.site}{search}#{link}")
        eventually(page.locator(".aep-fact-step")).to_have_text(re.compile(r"\d"), timeout=20_000)
        return page

    def end(self):
        for context in self.contexts:
            context.close()
        assert not self.errors


def open_settings(page):
    """Unfold the settings where there is little room for them."""
    page.wait_for_function("() => document.querySelector('.aep-fact-step')?.textContent")
    if page.locator(".aep-settings details:not([open])").count():
        page.locator(".aep-settings summary").click()
    return page


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def step(page):
    return int(page.locator(".aep-fact-step").text_content().replace(",", ""))


def session(page, expression):
    return page.evaluate(f"() => playgroundOf().session.{expression}")


def until_step(page, least):
    page.wait_for_function(f"() => playgroundOf().session.view.step >= {least}")


def pixels(page, selector):
    return page.locator(selector).first.evaluate("canvas => canvas.toDataURL()")


def train_to(page, steps):
    button(page, "Play").click()
    until_step(page, steps)
    button(page, "Pause").click()
    at_rest(page)


def configure(page, **change):
    """Choose settings as the page does when a field is changed."""
    page.evaluate("change => playgroundOf().session.configure(change)", change)
