"""The playground in a real JupyterLab: trained in the browser, brought back to the kernel, and a kernel's own model."""

import nbformat
import pytest
from playwright.sync_api import expect as eventually

from tools.browser import START_SECONDS, a_browser, a_lab

pytestmark = pytest.mark.slow

CELLS = [
    """\
from aecourse.playground import Playground
playground = Playground(settings={"hidden": [16], "batch": 16})
playground""",
    """\
import numpy as np
model = playground.weights
print("steps", playground.report["steps"], "shape", model.reconstruct(model.decode(np.zeros((1, 2)))).shape)""",
    """\
from aecourse.datasets import load_digits
from aecourse.backend import keras
from aecourse.models import conv_autoencoder
(_, (x_test, y_test)) = load_digits()
kernels_model = conv_autoencoder(2, filters=4, dense=16)
kernels_model.encoder.get_layer(index=4).activation = keras.activations.elu  # which the browser does not know
explorer = Playground(kernels_model, x_test[:50], y_test[:50])
explorer""",
    """\
from aecourse.training import fit
history = fit(kernels_model, x_test, epochs=5)
print("trained")""",
    "playground.close()",
]


@pytest.fixture(scope="module")
def lab(chromium, tmp_path_factory):
    home = tmp_path_factory.mktemp("jupyter")
    (home / "course").mkdir()
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    notebook = nbformat.v4.new_notebook(
        cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    )
    nbformat.write(notebook, home / "course" / "play.ipynb")
    with a_lab(home, home / "course") as served:
        yield served


def cell(page, position):
    return page.locator(".jp-NotebookPanel .jp-Notebook .jp-Cell").nth(position)


def run(page, position, *, wait=True):
    this = cell(page, position)
    this.scroll_into_view_if_needed()
    this.locator(".cm-content").click()
    before = this.locator(".jp-InputPrompt").text_content()
    page.keyboard.press("Control+Enter")
    eventually(this.locator(".jp-InputPrompt")).not_to_have_text(before)
    if wait:
        eventually(this.locator(".jp-InputPrompt")).not_to_have_text("[*]:", timeout=60_000)


def test_the_playground_lives_in_a_notebook(lab, tmp_path):
    address, token = lab
    with a_browser() as browser:
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(30_000)
        eventually.set_options(timeout=30_000)
        errors = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{address}/lab/tree/play.ipynb?token={token}")
        eventually(page.locator(".jp-Toolbar-kernelName")).to_contain_text("Python 3", timeout=START_SECONDS * 1000)
        try:
            run(page, 0)
            first = cell(page, 0)
            first.locator(".aep-play").click()
            page.wait_for_function(  # JupyterLab may take the cell out of the page for a moment while it scrolls
                "() => +(document.querySelector('.aep-fact-step')?.textContent ?? '0').replace(',', '') > 30"
            )
            first.locator(".aep-play").click()
            eventually(first.locator(".aep-play")).to_contain_text("Play")
            page.wait_for_timeout(1000)
            first.screenshot(path=tmp_path / "widget.png")
            steps = first.locator(".aep-fact-step").text_content().replace(",", "")

            run(page, 1)
            eventually(cell(page, 1)).to_contain_text(f"steps {steps} shape (1, 28, 28, 1)")

            run(page, 2)
            third = cell(page, 2)
            third.locator(".aep-map").scroll_into_view_if_needed()
            before = third.locator(".aep-large").evaluate("canvas => canvas.toDataURL()")
            third.locator(".aep-map").focus()
            for _ in range(5):
                page.keyboard.press("Shift+ArrowUp")
            page.wait_for_function(
                "before => document.querySelectorAll('.aep-large')[1].toDataURL() !== before", arg=before
            )

            assert page.locator(".jp-Cell.jp-mod-selected").count() == 1  # the notebook took no key for a command

            # While a cell trains the very model: the kernel answers, at once (in a subshell) or when the cell has run.
            run(page, 3, wait=False)
            before = third.locator(".aep-large").evaluate("canvas => canvas.toDataURL()")
            third.locator(".aep-map").focus()
            page.keyboard.press("Shift+ArrowLeft")
            page.wait_for_function(
                "before => document.querySelectorAll('.aep-large')[1].toDataURL() !== before", arg=before
            )
            eventually(cell(page, 3)).to_contain_text("trained", timeout=60_000)
            before = third.locator(".aep-large").evaluate("canvas => canvas.toDataURL()")
            page.keyboard.press("Shift+ArrowLeft")
            page.wait_for_function(
                "before => document.querySelectorAll('.aep-large')[1].toDataURL() !== before", arg=before
            )
            third.screenshot(path=tmp_path / "kernel.png")

            run(page, 4)
            eventually(page.locator(".aep-play")).to_have_count(0)
            for _ in range(100):
                if not [w for w in page.workers if w.url.startswith("blob:")]:
                    break
                page.wait_for_timeout(50)
            assert not [w for w in page.workers if w.url.startswith("blob:")]
            assert not errors
        finally:
            page.screenshot(path=tmp_path / "at_the_end.png")
