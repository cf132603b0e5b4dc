"""When a stored notebook is executed anew, when only its text is stamped anew, and when it is left alone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import nbformat
import pytest

from tools import stored
from tools.lesson_format import FOLDERS

START, NOISE = "00_start_here", "01_noise_and_order"
STORED = [f"{folder}/{name}.ipynb" for folder in FOLDERS for name in (START, NOISE)]
EXAMPLE = "# %% [markdown]\n# # Example\n#\n# A lesson that has nothing yet.\n# %%\n1 + 1\n"


def outputs(path: Path) -> list[object]:
    """Return what executing gave: outputs and counts, in order."""
    code = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    return [[cell.execution_count, cell.outputs] for cell in code]


@pytest.mark.usefixtures("no_execution")
def test_a_second_build_executes_nothing_and_changes_no_byte(copy):
    before = copy.files()
    assert copy.build() == 0
    assert copy.build("--check") == 0
    assert copy.files() == before


@pytest.mark.slow
@pytest.mark.usefixtures("in_time")
def test_a_forced_rebuild_changes_no_byte(copy):
    before = copy.files()
    assert copy.build("start_here", "--force") == 0
    assert copy.files() == before


# --- executed -------------------------------------------------------------------------------------


def change_package(root):
    root.write("aecourse/__init__.py", "x = 1\n")


def change_code(root):
    root.replace("lessons/start_here/lesson.py", "784 / 16", "784 / 32")


def change_tag(root):
    root.replace("lessons/start_here/lesson.py", "nbval-ignore-output", "nbval-check-output")


def change_data(root):
    root.replace("aecourse/data/sources.toml", '"1"', '"3"')


def damage(root):
    root.write(f"notebooks/{START}.ipynb", "<<<<<<< HEAD")


def raise_execution(root):
    pass


@pytest.mark.usefixtures("no_execution")
@pytest.mark.parametrize("change", [change_package, change_code, change_tag, change_data, damage, raise_execution])
def test_stale(copy, capsys, monkeypatch, change):
    change(copy)
    if change is raise_execution:
        monkeypatch.setattr(stored, "EXECUTION", stored.EXECUTION + 1)
    assert copy.build("--check") == 1
    assert f"notebooks/{START}.ipynb: stale\n" in capsys.readouterr().err


def test_what_is_missing_is_executed_with_its_counterpart(copy, capsys, only_executed):
    (copy.path / "solutions" / f"{START}.ipynb").unlink()
    assert copy.build("--check") == 1
    assert capsys.readouterr().err == f"solutions/{START}.ipynb: missing\n"
    assert copy.build("start_here") == 0
    assert only_executed == ["start_here"]
    printed = capsys.readouterr().out
    assert printed == f"notebooks/{START}.ipynb: built\nsolutions/{START}.ipynb: built\nREADME.md: stamped\n"
    assert copy.build("--check") == 0


# --- up to date -----------------------------------------------------------------------------------


def add_module(root):
    root.write("aecourse/unused.py", "x = 1\n")


def add_data(root):
    root.write("aecourse/data/sources.toml", root.read("aecourse/data/sources.toml") + '["new.npz"]\nsha256 = "3"\n')


def describe_data(root):
    root.replace("aecourse/data/sources.toml", '"Numbers"', '"All numbers"')


@pytest.mark.usefixtures("no_execution")
@pytest.mark.parametrize("change", [add_module, add_data, describe_data])
def test_what_a_lesson_does_not_reach_changes_nothing(copy, change):
    change(copy)
    assert copy.build("--check") == 0


# --- restamped ------------------------------------------------------------------------------------


def change_version(root):
    root.replace("pyproject.toml", "1.2.3", "1.2.4")
    return STORED


def change_title(root):
    root.replace("lessons/noise_and_order/lesson.py", "# # Noise", "# # More noise")
    return STORED


def change_prose(root):
    root.replace("lessons/start_here/lesson.py", "the lessons.", "what is taught.")
    return STORED[::2]


def add_prose(root):
    root.replace("lessons/start_here/lesson.py", "# %%\nfrom IPython", "# %% [markdown]\n# More.\n# %%\nfrom IPython")
    return STORED[::2]


@pytest.mark.usefixtures("no_execution")
@pytest.mark.parametrize("change", [change_version, change_title, change_prose, add_prose])
def test_text_is_stamped_anew_and_outputs_stay(copy, capsys, change):
    before = copy.files()
    former = {name: outputs(copy.path / name) for name in STORED}
    expected = change(copy)
    changed = copy.files()
    assert copy.build("--check") == 1
    assert sorted(capsys.readouterr().err.splitlines())[-len(expected) :] == [
        f"{name}: to be restamped" for name in sorted(expected)
    ]
    assert copy.files() == changed
    assert copy.build() == 0
    assert copy.build("--check") == 0
    for name in STORED:
        assert (copy.files()[name] != before[name]) == (name in expected)
        assert outputs(copy.path / name) == former[name]


@pytest.mark.usefixtures("no_execution")
def test_a_restamp_that_is_taken_back_restores_every_byte(copy):
    before = copy.files()
    add_prose(copy)
    assert copy.build() == 0
    copy.replace("lessons/start_here/lesson.py", "# %% [markdown]\n# More.\n", "")
    assert copy.build() == 0
    assert copy.files() == before


# --- renumbered -----------------------------------------------------------------------------------


def test_an_empty_lesson_renumbers_the_others_and_executes_only_itself(copy, only_executed, capsys):
    """One folder, one exercises module, one line in `order.toml`: all else follows."""
    before, former = copy.files(), {name: outputs(copy.path / name) for name in STORED}
    copy.write("aecourse/exercises/example.py", '"""No exercises yet."""\n')
    copy.add("example", EXAMPLE, {"First part": ["start_here", "example"], "Second part": ["noise_and_order"]})
    assert copy.build("--check") == 1
    told = capsys.readouterr().err
    assert "notebooks/01_example.ipynb: missing\n" in told
    assert f"notebooks/{NOISE}.ipynb: misplaced, belongs to notebooks/02_noise_and_order.ipynb\n" in told
    assert f"notebooks/{START}.ipynb: to be restamped\n" in told
    assert copy.build() == 0
    listed = [lesson["topic"] for lesson in json.loads(copy.read("aecourse/exercises/lessons.json"))]
    assert listed == ["start_here", "example", "noise_and_order"]
    assert only_executed == ["example"]
    for folder in FOLDERS:
        names = sorted(path.name for path in (copy.path / folder).iterdir())
        assert names == [f"{START}.ipynb", "01_example.ipynb", "02_noise_and_order.ipynb"]
        head, *_, end = copy.stored(f"{folder}/02_noise_and_order").cells
        assert head.source.startswith("# 02 · Noise and order: what is kept\n\n[← Example](01_example.ipynb) · ")
        assert end.source == "---\n\n[← Example](01_example.ipynb)"
        assert outputs(copy.path / folder / "02_noise_and_order.ipynb") == former[f"{folder}/{NOISE}.ipynb"]
        assert outputs(copy.path / folder / f"{START}.ipynb") == former[f"{folder}/{START}.ipynb"]
    assert f"[lesson {2:02} (Noise and order)](02_noise_and_order.ipynb)" in copy.read(f"notebooks/{START}.ipynb")
    assert "| 01 | [Example](notebooks/01_example.ipynb) | A lesson that has nothing yet. |" in copy.read("README.md")
    assert copy.build("--check") == 0
    # And back again: every byte is as it was.
    for name in ("lessons/example/lesson.py", "aecourse/exercises/example.py", "aecourse/exercises/lessons.json"):
        (copy.path / name).unlink()
    for folder in FOLDERS:
        (copy.path / folder / "01_example.ipynb").unlink()
    copy.write("lessons/order.toml", before["lessons/order.toml"].decode())
    assert copy.build() == 0
    (copy.path / "aecourse/exercises/lessons.json").unlink()  # the small course had no exercises before
    assert copy.files() == before


@pytest.mark.usefixtures("no_execution")
def test_the_page_for_teachers_is_stamped_where_there_is_one(copy, capsys):
    blocks = "".join(f"<!-- {name}:start -->\n<!-- {name}:end -->\n" for name in ("minutes", "lessons"))
    copy.write("TEACHING.md", f"# For teachers\n{blocks}The end.\n")
    assert copy.build("--check") == 1
    assert "TEACHING.md: the stamped table or the lessons' sections are stale" in capsys.readouterr().err
    assert copy.build() == 0
    text = copy.read("TEACHING.md")
    assert "### 00 · Start here" in text
    assert text.endswith("The end.\n")
    assert copy.build("--check") == 0


@pytest.mark.usefixtures("no_execution")
def test_lessons_change_places(copy):
    former = outputs(copy.path / "solutions" / f"{START}.ipynb")
    copy.order({"Only part": ["noise_and_order", "start_here"]})
    assert copy.build() == 0
    assert sorted(path.name for path in (copy.path / "solutions").iterdir()) == [
        "00_noise_and_order.ipynb",
        "01_start_here.ipynb",
    ]
    assert outputs(copy.path / "solutions" / "01_start_here.ipynb") == former


@pytest.mark.usefixtures("no_execution")
def test_a_second_notebook_on_a_topic_is_named_and_removed(copy, capsys):
    before = copy.files()
    shutil.copy(copy.path / "notebooks" / f"{START}.ipynb", copy.path / "notebooks" / "05_start_here.ipynb")
    assert copy.build("--check") == 1
    expected = f"notebooks/05_start_here.ipynb: misplaced, belongs to notebooks/{START}.ipynb\n"
    assert capsys.readouterr().err == expected
    assert copy.build() == 0
    assert copy.files() == before


# --- edited by hand -------------------------------------------------------------------------------


def edit_source(notebook):
    notebook.cells[3].source = "my_ratio = 49"


def edit_id(notebook):
    notebook.cells[3].id = "another"


def edit_tags(notebook):
    notebook.cells[4].metadata = {}


def edit_time(notebook):
    notebook.cells[0].source = notebook.cells[0].source.replace("5 s", "1 s")


def edit_prose(notebook):
    notebook.cells[5].source += "\n\nBy the way."


def add_cell(notebook):
    notebook.cells.append(nbformat.v4.new_markdown_cell("More."))


def drop_count(notebook):
    notebook.cells[4].execution_count = None


def add_stderr(notebook):
    notebook.cells[4].outputs.append(nbformat.v4.new_output("stream", name="stderr", text="x"))


def add_error(notebook):
    notebook.cells[4].outputs.append(nbformat.v4.new_output("error", ename="E", evalue="", traceback=[]))


EDITS = [edit_source, edit_id, edit_tags, edit_time, edit_prose, add_cell, drop_count, add_stderr, add_error]


@pytest.mark.usefixtures("no_execution")
@pytest.mark.parametrize("edit", EDITS)
def test_edited_by_hand_is_said_and_not_overwritten(copy, capsys, edit):
    notebook = copy.stored(f"notebooks/{START}")
    edit(notebook)
    copy.store(f"notebooks/{START}", notebook)
    before = copy.files()
    assert copy.build("--check") == 1
    assert capsys.readouterr().err == f"notebooks/{START}.ipynb: edited by hand\n"
    assert copy.build() == 1
    assert "--force replaces it" in capsys.readouterr().err
    assert copy.files() == before


def test_an_edited_notebook_keeps_its_place_when_numbers_change(copy, capsys, only_executed):
    notebook = copy.stored(f"notebooks/{NOISE}")
    notebook.cells[0].source += "\n\nMine."
    copy.store(f"notebooks/{NOISE}", notebook)
    copy.add("example", EXAMPLE, {"All": ["start_here", "example", "noise_and_order"]})
    assert copy.build() == 1
    assert f"notebooks/{NOISE}.ipynb was edited by hand and left alone" in capsys.readouterr().err
    assert "Mine." in copy.read(f"notebooks/{NOISE}.ipynb")
    assert (copy.path / "solutions" / "02_noise_and_order.ipynb").exists()
    assert only_executed == ["example"]


# --- beside the lessons ---------------------------------------------------------------------------


@pytest.mark.usefixtures("no_execution")
def test_check_names_strays_and_a_stale_readme(copy, capsys):
    shutil.copy(copy.path / "notebooks" / f"{START}.ipynb", copy.path / "solutions" / "09_gone.ipynb")
    copy.replace("README.md", "5 s", "6 s")
    assert copy.build("--check") == 1
    assert capsys.readouterr().err.splitlines() == [
        "solutions/09_gone.ipynb: no lesson",
        "README.md: the stamped map, badges or tables of results are stale",
    ]


@pytest.mark.usefixtures("no_execution")
@pytest.mark.parametrize("marker", ["<!-- map:start -->", "<!-- map:end -->", "<!-- badges:start -->"])
def test_readme_without_a_marker_is_an_error(copy, capsys, marker):
    copy.replace("README.md", marker, "")
    for arguments in ((), ("--check",)):
        assert copy.build(*arguments) == 1
        assert marker in capsys.readouterr().err
