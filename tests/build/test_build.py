"""The build, on small lessons: what it makes of them, and that nbval compares what is marked."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tools import execute, lesson_format, stored

ROOT = Path(__file__).resolve().parents[2]
START, NOISE = "00_start_here", "01_noise_and_order"


def outputs(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def by_id(notebook: nbformat.NotebookNode) -> dict[str, nbformat.NotebookNode]:
    return {cell.id: cell for cell in notebook.cells}


# --- cells ----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_stub_only_for_the_learner_and_answer_only_in_solutions(built):
    sources = {name: [c.source for c in built.stored(f"{name}/{START}").cells] for name in lesson_format.FOLDERS}
    assert "my_ratio = None" in sources["notebooks"]
    assert "my_ratio = 784 / 16" not in sources["notebooks"]
    assert "my_ratio = 784 / 16" in sources["solutions"]
    assert "my_ratio = None" not in sources["solutions"]


def test_check_cells_answer(built):
    assert outputs(built.stored(f"notebooks/{START}"))[0].data["text/plain"] == "○ not attempted"
    assert outputs(built.stored(f"solutions/{START}"))[0].data["text/plain"] == "✓ right"


def test_ids_come_from_topic_and_position_or_exercise_and_are_shared(built):
    ids = {name: [c.id for c in built.stored(f"{name}/{START}").cells] for name in lesson_format.FOLDERS}
    places = ("001", "setup", "002", "003", "compression", "006", "007", "008", "end")
    assert ids["notebooks"] == [f"start-here-{place}" for place in places]
    assert ids["solutions"] == [place.replace("003", "004") for place in ids["notebooks"]]


def test_stub_and_solution_run_in_one_kernel(built):
    counts = {
        name: [c.execution_count for c in built.stored(f"{name}/{START}").cells if c.cell_type == "code"]
        for name in lesson_format.FOLDERS
    }
    assert counts == {"notebooks": [1, 2, 3, 4, 7, 8], "solutions": [1, 2, 5, 6, 7, 8]}


def test_only_nbval_tags_are_passed_on_and_claims_are_folded(built):
    for folder in lesson_format.FOLDERS:
        for cell in built.stored(f"{folder}/{START}").cells:
            place = cell.id.removeprefix("start-here-")
            tagged = {"tags": ["nbval-check-output"]} if place in ("compression", "007") else {}
            tagged = {"tags": ["nbval-ignore-output"]} if place == "008" else tagged
            folded = {"cellView": "form", "jupyter": {"source_hidden": True}} if place == "007" else {}
            assert cell.metadata == tagged | folded
            assert cell.source.startswith("#@title Claims checked\nexpect(") == (place == "007")


def test_header_navigation_and_time(built):
    head, *_, end = built.stored(f"notebooks/{START}").cells
    name = f"notebooks/{START}.ipynb"
    hosted = (
        f"[Binder](https://mybinder.org/v2/gh/someone/some-course/v1.2.3?urlpath=lab/tree/{name}) · "
        f"[Colab](https://colab.research.google.com/github/someone/some-course/blob/v1.2.3/{name})"
    )
    following = f"[Noise and order: what is kept →]({NOISE}.ipynb)"
    lines = head.source.split("\n\n")
    assert lines[0] == "# 00 · Start here"
    assert lines[1] == f"{following} · {hosted} · [Solutions](../solutions/{START}.ipynb)"
    assert lines[3] == "*Time:* about 2 minutes to read, 5 s to run."
    assert end.source == f"---\n\n{following}"
    head, *_, end = built.stored(f"solutions/{NOISE}").cells
    assert head.source.split("\n\n")[1].startswith(f"[← Start here]({START}.ipynb) · [Binder](")
    assert f"/solutions/{NOISE}.ipynb) · [Without solutions](../notebooks/{NOISE[:8]}" in head.source
    assert head.source.endswith("*Time:* about 2 minutes to read, 5 s to run.")
    assert end.source == f"---\n\n[← Start here]({START}.ipynb)"


def test_placeholders_and_folded_answers(built):
    text = by_id(built.stored(f"notebooks/{START}"))["start-here-006"].source
    link = f"esson 01 (Noise and order)]({NOISE}.ipynb)"
    assert text.startswith(
        f"On to [l{link}. [L{link} shows a *noisy\ncell*; `{{lesson:nothing}}` and $x_{{time}}$ stay."
    )
    assert (
        "comes next?\n\n<details><summary>Answer</summary>\n\nA table. Its rows\nare the lessons.\n\n</details>\n\n|"
        in text
    )
    assert (
        "| | Lesson | What it is about |\n|---|---|---|\n| | **First part** | |\n"
        f"| 00 | [Start here]({START}.ipynb) | A short lesson, with \\|bars\\| in its summary. |\n"
        "| | **Second part** | |\n"
        f"| 01 | [Noise and order: what is kept]({NOISE}.ipynb) | "
        f"What a notebook prints after [lesson {START[:2]} (Start here)]({START}.ipynb), and what is kept of it. |\n"
    ) in text


def test_setup_cell_is_stamped_from_the_address(built):
    setup = built.stored(f"notebooks/{START}").cells[1]
    assert setup.source.endswith(
        'if "google.colab" in sys.modules:\n'
        '    %pip install --quiet "aecourse[lessons] @ git+https://github.com/someone/some-course@v1.2.3"'
    )
    assert setup.outputs == []


def test_what_is_kept_of_the_outputs(built):
    notebook = built.stored(f"notebooks/{NOISE}")
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert all(output.get("name") != "stderr" for output in outputs(notebook))
    printed, progress, nothing, dots, seen, magic = (cell.outputs for cell in code[1:])
    assert [output.text for output in printed] == ["one\ntwo\n"]
    assert [output.text for output in progress] == ["100 %\n    "]
    assert nothing == []
    assert len(dots) == 2
    assert seen[0].data["text/plain"] == f"(None, 'notebooks', {sys.executable!r})"
    assert "Available matplotlib backends" in magic[0].text


def test_metadata_is_reduced(built):
    metadata = built.stored(f"notebooks/{START}").metadata
    assert set(metadata) == {"kernelspec", "language_info", "aecourse"}
    assert set(metadata.language_info) == {"name", "file_extension", "mimetype"}
    assert (metadata.aecourse.seconds, metadata.aecourse.cpu_seconds) == (5, 10)


def test_readme_is_stamped_between_its_markers(built):
    readme = built.read("README.md")
    assert (
        "| | Lesson | What it is about | Read | Run | CPU | Open |\n|---|---|---|---|---|---|---|\n"
        "| | **First part** | | | | | |\n"
        f"| 00 | [Start here](notebooks/{START}.ipynb) | A short lesson, with \\|bars\\| in its summary. "
        f"| 2 min | 5 s | 10 s | [Solutions](solutions/{START}.ipynb) · [Binder]("
    ) in readme
    assert f"What a notebook prints after [lesson {START[:2]} (Start here)](notebooks/{START}.ipynb), and" in readme
    assert "[![Open in Binder](https://mybinder.org/badge_logo.svg)](https://mybinder.org/v2/gh/someone/" in readme
    assert "\nKept as it is.\n" in readme
    assert "\nold\n" not in readme
    assert readme.endswith("<!-- map:end -->\nThe end.\n")


def test_solution_cells_are_named_by_their_check(built):
    path = built.path / "lessons" / "start_here" / "lesson.py"
    assert lesson_format.solution_cells(path) == {"compression": "my_ratio = 784 / 16"}


def test_merged_puts_both_notebooks_together_again(built, tmp_path, capsys):
    assert built.build("--merged", str(tmp_path / "merged")) == 0
    notebook = nbformat.read(tmp_path / "merged" / f"{START}.ipynb", as_version=4)
    nbformat.validate(notebook)
    places = ("001", "setup", "002", "003", "compression", "004", "compression-solved", "006", "007", "008", "end")
    assert [cell.id for cell in notebook.cells] == [f"start-here-{place}" for place in places]
    cells = by_id(notebook)
    assert cells["start-here-compression"].outputs[0].data["text/plain"] == "○ not attempted"
    assert cells["start-here-compression-solved"].outputs[0].data["text/plain"] == "✓ right"
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    assert counts == list(range(1, 9))
    assert built.build("--merged", str(built.path / "notebooks")) == 1
    assert "must not write into notebooks/" in capsys.readouterr().err


# --- what fails while it runs ---------------------------------------------------------------------

IMAGE = 'from IPython.display import display\ndisplay({"image/png": "", "text/plain": "dot"}, raw=True)\n'
FAILURES = {
    "raises": (
        'import sys\nleft = {}["right"]\n',
        "start_here, cell 2 (import sys): KeyError: 'right'\n\n    import sys",
    ),
    "kernel dies": ("import os\nos._exit(1)\n", "cell 2 (import os): Kernel died (out of memory?)"),
    "takes too long": ("import time\ntime.sleep(30)\n", "cell 2 (import time): took over 2 s"),
    "image without alt": (IMAGE, "cell 2 (from IPython.display import display): an image among its outputs has no alt"),
    "too large": ('print("x" * 1_600_000)\n', f"notebooks/{START}.ipynb: 1.6 MB, over its 1.5 MB"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("code", "message"), FAILURES.values(), ids=list(FAILURES))
def test_a_lesson_that_fails_leaves_everything_as_it_was(copy, capsys, monkeypatch, code, message):
    monkeypatch.setattr(execute, "CELL_TIMEOUT", 2)
    copy.write("lessons/start_here/lesson.py", f"# %% [markdown]\n# # Start here\n#\n# Text.\n# %%\n{code}")
    before = copy.files()
    assert copy.build("start_here") == 1
    problem = capsys.readouterr().err
    assert message in problem
    assert "nbclient" not in problem
    assert copy.files() == before


def test_an_interrupted_write_leaves_the_former_file(tmp_path, monkeypatch):
    path = tmp_path / "a.ipynb"
    path.write_text("former", encoding="utf-8")

    def fail(*_args):
        raise OSError("no space left")

    monkeypatch.setattr(stored.os, "replace", fail)
    with pytest.raises(OSError, match="no space"):
        stored.write_atomically(path, b"new")
    assert [found.name for found in tmp_path.iterdir()] == ["a.ipynb"]
    assert path.read_text(encoding="utf-8") == "former"


# --- nbval compares what is marked ----------------------------------------------------------------


def nbval(paths: list[Path]) -> dict[str, list[str]]:
    """Run nbval on notebooks of one folder as the course does; return what became of each one's cells."""
    command = [sys.executable, "-m", "pytest", "--nbval-lax", "--nbval-current-env", "-p", "no:cacheprovider", "-v"]
    names = [path.name for path in paths]
    run = subprocess.run([*command, *names], cwd=paths[0].parent, capture_output=True, text=True, check=False)
    cells = re.findall(r"(\w+)\W+ipynb::Cell \d+ ([A-Z]+)", run.stdout)
    assert run.returncode == any(outcome == "FAILED" for _, outcome in cells), run.stdout
    return {path.name: [outcome for stem, outcome in cells if stem == path.stem] for path in paths}


@pytest.mark.slow
@pytest.mark.parametrize(("folder", "number", "compared"), [("solutions", 6, 2), ("merged", 8, 3)])
def test_nbval_passes_and_compares_each_marked_cell(copy, folder, number, compared):
    assert copy.build("--merged", str(copy.path / "merged")) == 0
    path = copy.path / folder / f"{START}.ipynb"
    cells = copy.stored(f"{folder}/{START}").cells
    marked = [place for place, cell in enumerate(cells) if cell.get("outputs")]
    assert len(marked) == compared
    tampered = []
    for place in marked:
        notebook = copy.stored(f"{folder}/{START}")
        output = notebook.cells[place].outputs[0]
        if output.output_type == "stream":
            output.text = "eight\n"
        else:
            output.data["text/plain"] = "✗ wrong"
        tampered.append(path.with_name(f"tampered_{place}.ipynb"))
        nbformat.write(notebook, tampered[-1])
    untouched, *others = nbval([path, *tampered]).values()
    assert untouched == ["PASSED"] * number
    assert [sorted(outcomes) for outcomes in others] == [["FAILED"] + ["PASSED"] * (number - 1)] * compared


@pytest.mark.slow
def test_runs_from_the_command_line():
    command = [sys.executable, "-m", "tools.build", "--help"]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "--merged FOLDER" in shown.stdout
