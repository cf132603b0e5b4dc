"""The first lesson as a learner meets it: JupyterLab in a real browser, Run All, an exercise answered."""

import shutil

import nbformat
import pytest
from playwright.sync_api import expect as eventually

from tests.course import COURSE, ROOT
from tools import lesson_format
from tools.browser import START_SECONDS, a_browser, a_lab

LESSON = COURSE.lessons[0]
NOTEBOOK = ROOT / "notebooks" / f"{LESSON.name}.ipynb"
WRONG_ANSWER = "times_smaller = 16 / 784"  # to its first exercise
RUN_SECONDS = 120

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def lab(chromium, tmp_path_factory):
    """A copy of `notebooks/`, served by JupyterLab: its address and token."""
    home = tmp_path_factory.mktemp("jupyter")
    shutil.copytree(ROOT / "notebooks", home / "course" / "notebooks")
    with a_lab(home, home / "course") as served:
        yield served


@pytest.fixture
def page(lab, tmp_path):
    """The first lesson, open in a browser; a screenshot of the end is left in the test's own folder."""
    address, token = lab
    with a_browser() as browser:
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(30_000)
        eventually.set_options(timeout=30_000)
        page.goto(f"{address}/lab/tree/notebooks/{NOTEBOOK.name}?token={token}")
        try:
            page.locator(".jp-NotebookPanel .jp-CodeCell").first.wait_for(timeout=START_SECONDS * 1000)
            # The kernel's name stands in the toolbar once it runs: until then "Run" would ask which to start.
            eventually(page.locator(".jp-Toolbar-kernelName")).to_contain_text("Python 3", timeout=START_SECONDS * 1000)
            yield page
        finally:
            page.screenshot(path=tmp_path / "at_the_end.png")


def choose(page, menu, entry):
    """Choose an entry of JupyterLab's menu bar."""
    page.locator(".lm-MenuBar-itemLabel").get_by_text(menu, exact=True).click()
    page.locator(".lm-Menu-itemLabel").get_by_text(entry, exact=True).click()


def cell(page, position):
    """The cell at a 0-based position in the notebook."""
    return page.locator(".jp-NotebookPanel .jp-Notebook .jp-Cell").nth(position)


def run(page, position, source=None):
    """Run one cell, after replacing what stands in it when `source` is given, and wait until it has run."""
    this = cell(page, position)
    this.scroll_into_view_if_needed()
    this.locator(".cm-content").click()
    if source is not None:
        page.keyboard.press("ControlOrMeta+A")
        page.keyboard.insert_text(source)
    before = this.locator(".jp-InputPrompt").text_content()
    page.keyboard.press("Control+Enter")
    eventually(this.locator(".jp-InputPrompt")).not_to_have_text(before)
    eventually(this.locator(".jp-InputPrompt")).not_to_have_text("[*]:")


def answered(page, position):
    """What the exercise whose check cell stands at `position` says."""
    return cell(page, position).locator(".jp-OutputArea-output").last.text_content().strip()


def exercises(notebook):
    """For each exercise of the lesson: the positions of its stub and its check in `notebook`, and its worked answer."""
    places = {c.id: place for place, c in enumerate(notebook.cells)}
    trios = zip(LESSON.cells, LESSON.cells[1:], LESSON.cells[2:], strict=False)
    return [
        (places[stub.id], places[check.id], solution.source)
        for stub, solution, check in trios
        if lesson_format.kind(solution) == "solution"
    ]


def test_the_first_lesson_runs_in_jupyterlab_and_its_exercise_answers(page):
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    code = [place for place, c in enumerate(notebook.cells) if c.cell_type == "code"]
    eventually(page.locator(".jp-NotebookPanel .jp-Notebook .jp-Cell")).to_have_count(len(notebook.cells))

    # What is seen from here on is not what was stored, but what this run makes.
    choose(page, "Edit", "Clear Outputs of All Cells")
    eventually(page.locator(".jp-Notebook .jp-OutputArea-output")).to_have_count(0)
    choose(page, "Run", "Run All Cells")
    for place in code:
        if notebook.cells[place].metadata.get("jupyter", {}).get("source_hidden"):  # has no prompt; its ticks show
            ticks = cell(page, place).locator(".jp-OutputArea-output")
            eventually(ticks.first).to_contain_text("✓", timeout=RUN_SECONDS * 1000)
            continue
        prompt = cell(page, place).locator(".jp-InputPrompt")
        eventually(prompt).to_have_text(f"[{code.index(place) + 1}]:", timeout=RUN_SECONDS * 1000)

    outputs = page.locator(".jp-Notebook .jp-OutputArea-output")
    assert not page.locator(".jp-OutputArea-output[data-mime-type*='error']").all_text_contents()
    assert not page.locator(".jp-OutputArea-output[data-mime-type*='stderr']").all_text_contents()
    eventually(outputs.filter(has_text="✓").first).to_be_visible()
    figure = outputs.locator("img").first
    figure.scroll_into_view_if_needed()
    eventually(figure).to_be_visible()
    for image in outputs.locator("img").all():
        assert image.evaluate("image => image.complete && image.naturalWidth > 100")

    found = exercises(notebook)
    assert found
    for _, check, _ in found:
        assert answered(page, check).startswith("○ not attempted")

    stub, check, solution = found[0]
    run(page, stub, solution)
    run(page, check)
    assert answered(page, check).startswith("✓ correct")
    run(page, stub, WRONG_ANSWER)
    run(page, check)
    assert answered(page, check).startswith("✗ wrong")
