"""The build, on small lessons: what it makes of them, what it refuses, and that nbval compares what is marked."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tools import build_notebooks, lesson_format  # noqa: E402

PYPROJECT = """\
[project]
name = "aecourse"
version = "1.2.3"
[project.urls]
Repository = "https://github.com/someone/some-course"
"""
README = """\
# A course
<!-- badges:start -->
<!-- badges:end -->
Kept as it is.
<!-- map:start -->
old
<!-- map:end -->
The end.
"""
LESSON_00 = """\
# %% [markdown]
# # 00 · Start here
#
# A short lesson, with |bars| in its summary.
#
# *Time:* {time}.
# %%
from IPython.display import display


class Exercise:
    def check(self, answer):
        display({"text/plain": "○ not attempted" if answer is None else "✓ right"}, raw=True)


compression = Exercise()
# %% tags=["exercise"]
my_ratio = None
# %% tags=["solution"]
my_ratio = 784 / 16
# %% tags=["nbval-check-output"]
compression.check(my_ratio)
# %% [markdown]
# On to [the next](01_noise_and_order.ipynb#here), [its solutions](../solutions/01_noise_and_order.ipynb),
# [the package](../aecourse/__init__.py), [the web](https://example.org), `[no](link)` and $[x](t)$.
#
# ![A dot](../dot.png)
# %% tags=["nbval-check-output"]
print("seven")
"""
LESSON_01 = """\
# %% [markdown]
# # 01 · Noise and order
#
# What a notebook prints and what is kept of it.
#
# *Time:* {time}.
# %%
import os
import sys

print("warning", file=sys.stderr)
print("one", flush=True)
print("stderr between", file=sys.stderr, flush=True)
print("two")
# %%
print("10 %\\r50 %\\r100 %")
print("gone\\r    \\r", end="")
# %%
from IPython.display import Image, display

display({}, raw=True)
display({"text/plain": ""}, raw=True)
print("    ", end="\\r")
# %%
DOT = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
display({"image/png": DOT}, metadata={"image/png": {"alt": "A dot"}}, raw=True)
display({"image/png": DOT}, metadata={"alt": "A dot"}, raw=True)
# %%
os.environ.get("AECOURSE_SEED"), os.path.basename(os.getcwd()), sys.executable
# %%
# %matplotlib --list
"""
HEAD = "# %% [markdown]\n# # 02 · Broken\n#\n# A lesson with a mistake.\n"


def write_root(root: Path, lessons: dict[str, str]) -> Path:
    for folder in ("aecourse", "lessons"):
        (root / folder).mkdir(parents=True)
    (root / "aecourse" / "__init__.py").write_text('"""A package."""\n', encoding="utf-8")
    (root / "dot.png").write_bytes(b"")
    (root / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    (root / "README.md").write_text(README, encoding="utf-8")
    for slug, text in lessons.items():
        (root / "lessons" / f"{slug}.py").write_text(text, encoding="utf-8")
    return root


def stored(root: Path, folder: str, slug: str) -> nbformat.NotebookNode:
    return nbformat.read(root / folder / f"{slug}.ipynb", as_version=4)


def files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def outputs(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A root with two lessons, built once; tests that change something take `copy`."""
    root = write_root(tmp_path_factory.mktemp("built"), {"00_start_here": LESSON_00, "01_noise_and_order": LESSON_01})
    run = build_notebooks.run

    def run_as_if_in_time(*arguments):
        seconds = run(*arguments)
        assert seconds > 0
        assert seconds % 5 == 0
        return 5

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AECOURSE_SEED", "7")
        patch.setattr(build_notebooks, "run", run_as_if_in_time)
        assert build_notebooks.main([], root) == 0
        yield root


@pytest.fixture
def copy(built, tmp_path):
    return Path(shutil.copytree(built, tmp_path / "copy"))


@pytest.fixture
def no_execution(monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("something was executed")

    monkeypatch.setattr(build_notebooks, "run", refuse)


# --- what a lesson becomes ------------------------------------------------------------------------


def test_stub_only_for_the_learner_and_answer_only_in_solutions(built):
    sources = {
        folder: [cell.source for cell in stored(built, folder, "00_start_here").cells]
        for folder in lesson_format.FOLDERS
    }
    assert "my_ratio = None" in sources["notebooks"]
    assert "my_ratio = 784 / 16" not in sources["notebooks"]
    assert "my_ratio = 784 / 16" in sources["solutions"]
    assert "my_ratio = None" not in sources["solutions"]


def test_check_cells_answer(built):
    assert outputs(stored(built, "notebooks", "00_start_here"))[0].data["text/plain"] == "○ not attempted"
    assert outputs(stored(built, "solutions", "00_start_here"))[0].data["text/plain"] == "✓ right"


def test_ids_come_from_lesson_and_position_and_are_shared(built):
    ids = {
        folder: [cell.id for cell in stored(built, folder, "00_start_here").cells] for folder in lesson_format.FOLDERS
    }
    assert ids["notebooks"] == [
        f"00-start-here-{place}" for place in ("001", "setup", "002", "003", "005", "006", "007", "end")
    ]
    assert ids["solutions"] == [place.replace("003", "004") for place in ids["notebooks"]]


def test_only_nbval_tags_are_passed_on(built):
    for folder in lesson_format.FOLDERS:
        for cell in stored(built, folder, "00_start_here").cells:
            marked = cell.source in ("compression.check(my_ratio)", 'print("seven")')
            assert cell.metadata == ({"tags": ["nbval-check-output"]} if marked else {})


def test_header_navigation_and_time(built):
    head, *_, end = stored(built, "notebooks", "00_start_here").cells
    name = "notebooks/00_start_here.ipynb"
    hosted = (
        f"[Binder](https://mybinder.org/v2/gh/someone/some-course/v1.2.3?urlpath=lab/tree/{name}) · "
        f"[Colab](https://colab.research.google.com/github/someone/some-course/blob/v1.2.3/{name})"
    )
    following = "[Noise and order →](01_noise_and_order.ipynb)"
    lines = head.source.split("\n\n")
    assert lines[0] == "# 00 · Start here"
    assert lines[1] == f"{following} · {hosted} · [Solutions](../solutions/00_start_here.ipynb)"
    assert lines[3] == "*Time:* about 1 minute to read, 5 s to run."
    assert end.source == f"---\n\n{following}"
    head, *_, end = stored(built, "solutions", "01_noise_and_order").cells
    assert head.source.split("\n\n")[1].startswith("[← Start here](00_start_here.ipynb) · [Binder](")
    assert "/solutions/01_noise_and_order.ipynb) · [Without solutions](../notebooks/01_noise" in head.source
    assert head.source.endswith("*Time:* about 2 minutes to read, 5 s to run.")
    assert end.source == "---\n\n[← Start here](00_start_here.ipynb)"


def test_setup_cell_is_stamped_from_the_address(built):
    setup = stored(built, "notebooks", "00_start_here").cells[1]
    assert setup.source.endswith(
        'if "google.colab" in sys.modules:\n'
        '    %pip install --quiet "aecourse @ git+https://github.com/someone/some-course@v1.2.3"'
    )
    assert setup.outputs == []


def test_what_is_kept_of_the_outputs(built):
    notebook = stored(built, "notebooks", "01_noise_and_order")
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
    metadata = stored(built, "notebooks", "00_start_here").metadata
    assert set(metadata) == {"kernelspec", "language_info", "aecourse"}
    assert set(metadata.language_info) == {"name", "file_extension", "mimetype"}
    assert metadata.aecourse.seconds == 5


def test_readme_is_stamped_between_its_markers(built):
    readme = (built / "README.md").read_text(encoding="utf-8")
    assert (
        "| 00 | [Start here](notebooks/00_start_here.ipynb) | A short lesson, with \\|bars\\| in its summary. "
        "| 1 min | 5 s | [Solutions](solutions/00_start_here.ipynb) · [Binder]("
    ) in readme
    assert "[![Open in Binder](https://mybinder.org/badge_logo.svg)](https://mybinder.org/v2/gh/someone/" in readme
    assert "\nKept as it is.\n" in readme
    assert "\nold\n" not in readme
    assert readme.endswith("<!-- map:end -->\nThe end.\n")


def test_solution_cells_are_named_by_their_check(built):
    path = built / "lessons" / "00_start_here.py"
    assert lesson_format.solution_cells(path) == {"compression": "my_ratio = 784 / 16"}


# --- what is stale --------------------------------------------------------------------------------


@pytest.mark.usefixtures("no_execution")
def test_a_second_build_executes_nothing_and_changes_no_byte(copy):
    before = files(copy)
    assert build_notebooks.main([], copy) == 0
    assert build_notebooks.main(["--check"], copy) == 0
    assert files(copy) == before


def test_a_forced_rebuild_changes_no_byte(copy):
    before = files(copy)
    assert build_notebooks.main(["00", "--force"], copy) == 0
    assert files(copy) == before


def change_package(root):
    (root / "aecourse" / "__init__.py").write_text("x = 1\n", encoding="utf-8")


def change_sources(root):
    (root / "aecourse" / "data").mkdir()
    (root / "aecourse" / "data" / "sources.toml").write_text("", encoding="utf-8")


def change_version(root):
    (root / "pyproject.toml").write_text(PYPROJECT.replace("1.2.3", "1.2.4"), encoding="utf-8")


def change_neighbour(root):
    path = root / "lessons" / "01_noise_and_order.py"
    path.write_text(LESSON_01.replace("· Noise", "· More noise"), encoding="utf-8")


def damage(root):
    (root / "notebooks" / "00_start_here.ipynb").write_text("<<<<<<< HEAD", encoding="utf-8")


@pytest.mark.usefixtures("no_execution")
@pytest.mark.parametrize("change", [change_package, change_sources, change_version, change_neighbour, damage])
def test_stale(copy, capsys, change):
    change(copy)
    assert build_notebooks.main(["--check"], copy) == 1
    assert "notebooks/00_start_here.ipynb: stale\n" in capsys.readouterr().err


@pytest.mark.usefixtures("no_execution")
def test_a_module_that_no_lesson_reaches_makes_nothing_stale(copy):
    (copy / "aecourse" / "unused.py").write_text("x = 1\n", encoding="utf-8")
    assert build_notebooks.main(["--check"], copy) == 0


def test_modules_reached(tmp_path):
    package = tmp_path / "aecourse"
    (package / "inner").mkdir(parents=True)
    for name, text in {
        "__init__": "",
        "a": "def f():\n    from aecourse.inner import c",
        "b": "import aecourse.a",
        "unused": "from aecourse import a",
        "inner/__init__": "from aecourse.inner.c import x\nfrom aecourse.inner.d import y",
        "inner/c": "import numpy.linalg, aecourse.nothing",
        "inner/d": "y = 2",
    }.items():
        (package / f"{name}.py").write_text(text, encoding="utf-8")

    def reached(text):
        found = build_notebooks.modules_reached(tmp_path, text)
        return [path.relative_to(package).with_suffix("").as_posix() for path in found]

    assert reached("import math") == ["__init__"]
    assert reached("from aecourse import b") == ["__init__", "a", "b", "inner/__init__", "inner/c"]
    assert reached("from aecourse.inner.c import x") == ["__init__", "inner/__init__", "inner/c"]
    assert reached("from aecourse.inner import x") == ["__init__", "inner/__init__", "inner/c"]
    assert reached("from aecourse.inner import y") == ["__init__", "inner/__init__", "inner/d"]
    assert reached("%matplotlib inline") == sorted([*reached("from aecourse import b"), "inner/d", "unused"])


def test_only_what_is_missing_is_rebuilt(copy, capsys):
    (copy / "solutions" / "00_start_here.ipynb").unlink()
    assert build_notebooks.main(["--check"], copy) == 1
    assert capsys.readouterr().err == "solutions/00_start_here.ipynb: missing\n"
    assert build_notebooks.main(["00_start_here"], copy) == 0
    printed = capsys.readouterr().out
    assert printed == "notebooks/00_start_here.ipynb: up to date\nsolutions/00_start_here.ipynb: built\n"
    assert build_notebooks.main(["--check"], copy) == 0


def edit_source(notebook):
    notebook.cells[3].source = "my_ratio = 49"


def edit_id(notebook):
    notebook.cells[3].id = "another"


def edit_tags(notebook):
    notebook.cells[4].metadata = {}


def edit_time(notebook):
    notebook.cells[0].source = notebook.cells[0].source.replace("5 s", "1 s")


def drop_count(notebook):
    notebook.cells[4].execution_count = None


def add_stderr(notebook):
    notebook.cells[4].outputs.append(nbformat.v4.new_output("stream", name="stderr", text="x"))


def add_error(notebook):
    notebook.cells[4].outputs.append(nbformat.v4.new_output("error", ename="E", evalue="", traceback=[]))


@pytest.mark.usefixtures("no_execution")
@pytest.mark.parametrize("edit", [edit_source, edit_id, edit_tags, edit_time, drop_count, add_stderr, add_error])
def test_edited_by_hand_is_said_and_not_overwritten(copy, capsys, edit):
    notebook = stored(copy, "notebooks", "00_start_here")
    edit(notebook)
    nbformat.write(notebook, copy / "notebooks" / "00_start_here.ipynb")
    before = files(copy)
    assert build_notebooks.main(["--check"], copy) == 1
    assert capsys.readouterr().err == "notebooks/00_start_here.ipynb: edited by hand\n"
    assert build_notebooks.main([], copy) == 1
    assert "--force replaces it" in capsys.readouterr().err
    assert files(copy) == before


@pytest.mark.usefixtures("no_execution")
def test_check_names_strays_and_a_stale_readme(copy, capsys):
    shutil.copy(copy / "notebooks" / "00_start_here.ipynb", copy / "solutions" / "09_gone.ipynb")
    readme = copy / "README.md"
    readme.write_text(readme.read_text(encoding="utf-8").replace("5 s", "6 s"), encoding="utf-8")
    assert build_notebooks.main(["--check"], copy) == 1
    assert capsys.readouterr().err.splitlines() == [
        "solutions/09_gone.ipynb: no lesson",
        "README.md: the stamped map or badges are stale",
    ]


@pytest.mark.usefixtures("no_execution")
@pytest.mark.parametrize("marker", ["<!-- map:start -->", "<!-- map:end -->", "<!-- badges:start -->"])
def test_readme_without_a_marker_is_an_error(copy, capsys, marker):
    readme = copy / "README.md"
    readme.write_text(readme.read_text(encoding="utf-8").replace(marker, ""), encoding="utf-8")
    for arguments in ([], ["--check"]):
        assert build_notebooks.main(arguments, copy) == 1
        assert marker in capsys.readouterr().err


# --- what is refused ------------------------------------------------------------------------------

STUB, SOLUTION = '# %% tags=["exercise"]\na = None\n', '# %% tags=["solution"]\na = 1\n'
CHECK = '# %% tags=["nbval-check-output"]\nx.check(a)\n'
PROSE = "# %% [markdown]\n# "
MISTAKES = {
    "no cells": ("", "02_broken: the lesson has no cells"),
    "no title": ("# %%\n1\n", "cell 1 (1): the first cell must be markdown"),
    "tagged title": (HEAD.replace("n]", 'n] tags=["exercise"]'), "the first cell must be markdown, without tags"),
    "title without number": ("# %% [markdown]\n# # Broken\n#\n# Text.\n", "open with '# NN · Title'"),
    "wrong number": (HEAD.replace("02", "03"), "cell 1 (# 03 · Broken): the title says 03, the file name says 02"),
    "no summary": ("# %% [markdown]\n# # 02 · Broken\n", "one sentence that sums the lesson up"),
    "unknown tag": (HEAD + '# %% tags=["hidden"]\na = 1\n', "cell 2 (a = 1): unknown tag 'hidden'"),
    "unknown option": (HEAD + '# %% tag=["exercise"]\na = 1\n', 'cell 2 (a = 1): only tags=["…"] may follow'),
    "unquoted tag": (HEAD + "# %% tags=[exercise]\na = 1\n", "found: tags=[exercise]"),
    "empty cell": (HEAD + "# %%\n\n# %%\na = 1\n", "cell 2 (): the cell is empty"),
    "exercise alone": (HEAD + STUB + CHECK, "cell 2 (a = None): an exercise must be followed directly by its solution"),
    "solution alone": (HEAD + SOLUTION + CHECK, "cell 2 (a = 1): a solution must stand directly below its exercise"),
    "solution elsewhere": (HEAD + STUB + PROSE + "So:\n" + SOLUTION + CHECK, "cell 4 (a = 1): a solution must stand"),
    "no check": (HEAD + STUB + SOLUTION + "# %%\nb = 1\n", "cell 3 (a = 1): a solution must be followed directly"),
    "check commented out": (HEAD + STUB + SOLUTION + "# %%\n# x.check(a)\n", "a solution must be followed directly"),
    "unmarked check": (
        HEAD + STUB + SOLUTION + "# %%\nx.check(a)\n",
        "cell 4 (x.check(a)): a check cell needs the tag",
    ),
    "image without alt": (HEAD + PROSE + "![](../dot.png)\n", "cell 2 (![](../dot.png)): an image has no alt text"),
    "img without alt": (HEAD + PROSE + '<img src="../dot.png">\n', "an image has no alt text"),
    "img with empty alt": (HEAD + PROSE + '<img alt="" src="../dot.png">\n', "an image has no alt text"),
    "broken link": (
        HEAD + PROSE + "[x](../gone.md#part)\n",
        "'../gone.md' leads nowhere from notebooks/ and solutions/",
    ),
    "broken image": (HEAD + PROSE + '![A dot](gone.png "title")\n', "the link to 'gone.png' leads nowhere"),
    "broken img": (HEAD + PROSE + '<img alt="A dot" src="gone.png">\n', "the link to 'gone.png' leads nowhere"),
    "broken reference": (HEAD + PROSE + "[x]\n#\n# [x]: gone.md\n", "the link to 'gone.md' leads nowhere"),
    "link out of the house": (HEAD + PROSE + "[x](../../)\n", "the link to '../../' leads nowhere"),
    "no such lesson": (HEAD + PROSE + "[x](03_gone.ipynb)\n", "the link to '03_gone.ipynb' leads nowhere"),
}


@pytest.mark.usefixtures("no_execution")
@pytest.mark.parametrize(("lesson", "message"), MISTAKES.values(), ids=list(MISTAKES))
def test_mistakes_name_lesson_and_cell(tmp_path, capsys, lesson, message):
    root = write_root(tmp_path / "root", {"02_broken": lesson})
    before = files(root)
    for arguments in ([], ["--check"]):
        assert build_notebooks.main(arguments, root) == 1
        problems = capsys.readouterr().err
        assert problems.startswith("02_broken")
        assert message in problems
    assert files(root) == before


@pytest.mark.usefixtures("no_execution")
def test_all_mistakes_of_a_lesson_are_named_together(tmp_path, capsys):
    root = write_root(tmp_path / "root", {"02_broken": HEAD + STUB + PROSE + "![](gone.png)\n"})
    assert build_notebooks.main([], root) == 1
    assert [line.partition(":")[0] for line in capsys.readouterr().err.splitlines()] == [
        "02_broken, cell 2 (a = None)",
        "02_broken, cell 3 (![](gone.png))",
        "02_broken, cell 3 (![](gone.png))",
    ]


@pytest.mark.usefixtures("no_execution")
def test_mistakes_outside_a_lesson(tmp_path, capsys):
    root = write_root(tmp_path / "root", {})
    assert build_notebooks.main([], root) == 1
    assert "there is no lesson" in capsys.readouterr().err
    (root / "lessons" / "Broken.py").write_text(HEAD, encoding="utf-8")
    assert build_notebooks.main(["07"], root) == 1
    assert "no such lesson: 07 (there are: Broken)" in capsys.readouterr().err
    assert build_notebooks.main([], root) == 1
    assert "named NN_slug.py" in capsys.readouterr().err
    (root / "pyproject.toml").write_text(PYPROJECT.replace("github.com", "example.org"), encoding="utf-8")
    assert build_notebooks.main([], root) == 1
    assert "must read https://github.com/OWNER/NAME" in capsys.readouterr().err


RAISES = 'import sys\nif "solutions" in __import__("os").getcwd():\n    left = {}["right"]\n'
IMAGE = 'from IPython.display import display\ndisplay({"image/png": "", "text/plain": "dot"}, raw=True)\n'
FAILURES = {
    "raises": (
        RAISES,
        "00_start_here, cell 2 (import sys), executed for solutions/: KeyError: 'right'\n\n    import sys",
    ),
    "kernel dies": (
        "import os\nos._exit(1)\n",
        "cell 2 (import os), executed for notebooks/: Kernel died (out of memory?)",
    ),
    "takes too long": ("import time\ntime.sleep(30)\n", "cell 2 (import time), executed for notebooks/: took over 2 s"),
    "image without alt": (IMAGE, "cell 2 (from IPython.display import display): an image among its outputs has no alt"),
    "too large": ('print("x" * 1_600_000)\n', "notebooks/00_start_here.ipynb: 1.6 MB, over its 1.5 MB"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("code", "message"), FAILURES.values(), ids=list(FAILURES))
def test_a_lesson_that_fails_leaves_everything_as_it_was(copy, capsys, monkeypatch, code, message):
    monkeypatch.setattr(build_notebooks, "CELL_TIMEOUT", 2)
    lesson = copy / "lessons" / "00_start_here.py"
    lesson.write_text(f"# %% [markdown]\n# # 00 · Start here\n#\n# Text.\n# %%\n{code}", encoding="utf-8")
    before = files(copy)
    assert build_notebooks.main(["00"], copy) == 1
    problem = capsys.readouterr().err
    assert message in problem
    assert "nbclient" not in problem
    assert files(copy) == before


def test_an_interrupted_write_leaves_the_former_file(tmp_path, monkeypatch):
    path = tmp_path / "a.ipynb"
    path.write_text("former", encoding="utf-8")

    def fail(*_args):
        raise OSError("no space left")

    monkeypatch.setattr(build_notebooks.os, "replace", fail)
    with pytest.raises(OSError, match="no space"):
        build_notebooks.write_atomically(path, b"new")
    assert files(tmp_path) == {"a.ipynb": b"former"}


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
@pytest.mark.parametrize("folder", lesson_format.FOLDERS)
def test_nbval_passes_and_compares_each_marked_cell(copy, folder):
    path = copy / folder / "00_start_here.ipynb"
    cells = stored(copy, folder, "00_start_here").cells
    marked = [place for place, cell in enumerate(cells) if "nbval-check-output" in lesson_format.tags(cell)]
    assert len(marked) == 2
    tampered = []
    for place in marked:
        notebook = stored(copy, folder, "00_start_here")
        output = notebook.cells[place].outputs[0]
        if output.output_type == "stream":
            output.text = "eight\n"
        else:
            output.data["text/plain"] = "✗ wrong"
        tampered.append(path.with_name(f"tampered_{place}.ipynb"))
        nbformat.write(notebook, tampered[-1])
    untouched, *others = nbval([path, *tampered]).values()
    assert untouched == ["PASSED"] * 5
    assert [sorted(outcomes) for outcomes in others] == [["FAILED"] + ["PASSED"] * 4] * 2


@pytest.mark.slow
def test_runs_as_a_script_from_any_folder(tmp_path):
    script = ROOT / "tools" / "build_notebooks.py"
    shown = subprocess.run([sys.executable, script, "--help"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "--check" in shown.stdout
