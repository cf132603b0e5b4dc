"""Marks for a class: whose notebook it is, checks put back, what has to run, tables and pages, and the fence."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from aecourse.exercises import grade
from aecourse.exercises.grading import fence, marks, one, process, putting_back
from aecourse.exercises.grading.needed import digest, needed
from aecourse.exercises.grading.submissions import (
    Cell,
    ForeignError,
    Lesson,
    Submission,
    cells_of,
    found,
    lesson_of,
    named_in,
    student_of,
)
from tests.course import COURSE

LESSONS = putting_back.course()
TOPICS = [lesson.topic for lesson in LESSONS]
ENCODE = next(lesson for lesson in LESSONS if lesson.topic == "encode_decode")
IMPORT = "from aecourse.exercises import encode_decode as exercise"
LIMITS = process.Limits(60, 240, 6 * 2**30, 1)
LINUX = pytest.mark.skipif(bool(fence.missing()), reason="the kernel holds the fence on Linux alone")


def notebook(*cells: str, ids: tuple[str, ...] = ()) -> str:
    made = [
        {"cell_type": "code", "id": i, "source": s} for i, s in zip((*ids, *[""] * len(cells)), cells, strict=False)
    ]
    return json.dumps({"cells": made})


def submission(text: str | None, path: str = "Ada/01_encode.ipynb", student: str = "Ada") -> Submission:
    return Submission(student, Path(path), text)


# --- whose, and which lesson ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "student"),
    [
        ("Ada Lovelace/any.ipynb", "Ada Lovelace"),
        ("Ada Lovelace_1234_assignsubmission_file_/nb/any.ipynb", "Ada Lovelace"),
        ("Ada  Lovelace.ipynb", "Ada Lovelace"),
        ("NN_encode_decode_ada.ipynb", "ada"),
        ("ada-NN_encode_decode.ipynb", "ada"),
        ("encode_decode (Émile).ipynb", "Émile"),
        ("sound.ipynb", "sound"),
        ("soundly.ipynb", "soundly"),
    ],
)
def test_the_student_is_who_the_folder_or_file_is_named_after(path, student):
    assert student_of(Path(path.replace("NN", "01")), TOPICS) == student


def test_hidden_folders_and_links_are_passed_over(tmp_path):
    for name in ("b/one.ipynb", "a/two.ipynb", ".ipynb_checkpoints/three.ipynb", "c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("{}")
    (tmp_path / "d.ipynb").symlink_to(tmp_path / "c.txt")
    assert [str(each.path) for each in found(tmp_path, TOPICS)] == [str(Path("a/two.ipynb")), str(Path("b/one.ipynb"))]


@pytest.mark.parametrize("text", [None, "", "not JSON", "[]", "{}", '{"cells": 3}', "[" * 100_000, notebook()[:-1]])
def test_what_is_no_notebook_is_a_remark(text):
    graded = one.grade(submission(text), LESSONS, LIMITS)
    assert graded.lesson is None
    assert len(graded.remarks) == 1


def test_a_foreign_notebook_is_a_remark():
    graded = one.grade(submission(notebook("print(1)")), LESSONS, LIMITS)
    assert graded.remarks == ["is no notebook of this course: it holds none of its checks"]


def test_a_lesson_is_recognised_by_what_it_imports_its_calls_or_its_ids():
    def lesson(*cells: Cell, path: str = "x.ipynb") -> str:
        return lesson_of(list(cells), Path(path), LESSONS).topic

    assert lesson(Cell("", IMPORT), Cell("", "exercise.shapes.check(1, 2)"), path="sound.ipynb") == "encode_decode"
    assert lesson(Cell("", "exercise.gradient.check(f)")) == "encode_decode"
    assert lesson(Cell("fraud-usual", "pass")) == "fraud"
    # Two lessons have an exercise of this name: then the import decides.
    imported = Cell("", "from aecourse.exercises import compression as exercise")
    assert lesson(imported, Cell("", "exercise.between.check(f)")) == "compression"


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("seed = start(0)", None),
        ('start(0, student="Ada")', "Ada"),
        ("start(student='Ada L', seed=0)", "Ada L"),
        ("start(0, student=me)", ""),
        ('start(\n    0,\n    student="Ada",\n)', "Ada"),
    ],
)
def test_the_student_that_a_notebook_names(code, name):
    assert named_in([Cell("", "import x"), Cell("", code)]) == name


# --- checks, put back -----------------------------------------------------------------------------


def test_the_package_carries_each_lessons_checks():
    assert [lesson.topic for lesson in LESSONS] == [*[lesson.topic for lesson in COURSE.lessons], "challenge"]
    assert ENCODE.names == ["shapes", "loss", "gradient", "compression", "eight"]
    assert ENCODE.checks[0] == ("shapes", "encode-decode-shapes", "exercise.shapes.check(shape_of_W, shape_of_h)")


def plan_of(*cells: str, ids: tuple[str, ...] = ()) -> putting_back.Plan:
    return putting_back.put_back(cells_of(submission(notebook(IMPORT, *cells, ids=("", *ids)))), ENCODE)


ALL = [source for _, _, source in ENCODE.checks]


def test_untouched_checks_stay_where_they_are():
    plan = plan_of("a = 1", ALL[0], "b = 2", *ALL[1:])
    assert [step.check for step in plan.steps] == ["", "", "shapes", "", "loss", "gradient", "compression", "eight"]
    assert plan.steps[2].source == f"{IMPORT}\n{ALL[0]}"
    assert (plan.missing, plan.changed) == ((), ())
    assert plan.answers["shapes"] == "a = 1"


def test_a_changed_check_runs_as_it_was_and_then_as_it_should_be():
    changed = "saved = 0.9\nexercise.compression.check(0.98)  # mine"
    plan = plan_of(*ALL[:3], changed, ALL[4])
    place = [step.check for step in plan.steps].index("compression")
    assert [step.source for step in plan.steps[place - 1 : place + 1]] == [changed, f"{IMPORT}\n{ALL[3]}"]
    assert plan.changed == ("compression",)
    assert plan.answers["compression"] == changed


def test_a_check_is_found_by_its_cells_id_too_and_a_missing_one_put_at_the_end():
    plan = plan_of(*ALL[1:4], "print('gone')", ids=("", "", "", "encode-decode-eight"))
    assert [step.check for step in plan.steps][-2:] == ["eight", "shapes"]
    assert (plan.missing, plan.changed) == (("shapes",), ("eight",))


def test_of_a_check_that_was_copied_the_last_place_counts():
    plan = plan_of(ALL[0], "shape_of_W = 3", *ALL)
    assert [step.check for step in plan.steps].count("shapes") == 1
    assert [step.check for step in plan.steps].index("shapes") == 2


def test_what_an_exercise_in_the_browser_said_is_taken_from_the_notebook():
    lesson = Lesson("bottleneck", "", (("small_code", "b-small_code", "exercise.small_code.check(my_run)"),))
    output = {"data": {one_verdict: {"exercise": "bottleneck.small_code", "verdict": "correct"}}}
    cell = {"cell_type": "code", "source": lesson.checks[0][2], "outputs": [output]}
    cells = cells_of(submission(json.dumps({"cells": [cell]})))
    assert putting_back.put_back(cells, lesson).said == {"small_code": "correct"}


one_verdict = "application/vnd.aecourse.answer+json"


# --- what has to run ------------------------------------------------------------------------------


def run_of(*cells: str, own: tuple[int, ...]) -> list[bool]:
    return needed(cells, [digest(cell) for i, cell in enumerate(cells) if i not in own])


def test_only_what_is_read_later_runs():
    cells = (
        "import numpy as np\nx = np.ones(3)",
        "y = slow(x)",
        "expect('fine', y > 0)",
        "mine = x + 1",
        "check(mine)",
    )
    assert run_of(*cells, own=(3, 4)) == [True, False, False, True, True]
    assert run_of(*cells[:3], "mine = y", "check(mine)", own=(3, 4)) == [True, True, False, True, True]


def test_what_is_changed_before_it_is_read_is_changed():
    model = ("model = build()", "model.fit(x)", "train(model)", "parts = [model]\ntune(parts)", "check(model)")
    assert run_of(*model, own=(4,)) == [True, True, True, False, True]
    assert run_of("rows = []", "rows.append(1)", "rows[0] = 2", "other = 3", "check(rows)", own=(4,)) == [
        True, True, True, False, True,
    ]  # fmt: skip


def test_a_function_needs_what_it_reads_and_not_its_own_arguments():
    cells = ("SIZE = 3", "x = slow()", "def f(x):\n    return SIZE * x", "check(f)")
    assert run_of(*cells, own=(3,)) == [True, False, True, True]


def test_a_name_that_is_bound_anew_does_not_need_the_former():
    cells = ("x = slow()", "show(x)", "x = quick()", "check(x)")
    assert run_of(*cells, own=(3,)) == [False, False, True, True]


def test_what_is_no_python_needs_every_word():
    cells = ("x = 1", "y = 2", "def broken(:\n    x", "check(z)")
    assert run_of(*cells, own=(2, 3)) == [True, False, True, True]


def test_folded_claims_are_known_as_they_stand_in_a_notebook():
    assert digest("#@title Claims checked\nexpect('a',  b)") == digest("expect('a', b)")


def test_of_the_first_lesson_little_runs():
    stored = COURSE.root / "solutions" / f"{COURSE.lessons[0].name}.ipynb"
    cells = cells_of(submission(stored.read_text(encoding="utf-8")))
    plan = putting_back.put_back(cells, LESSONS[0])
    runs = needed([step.source for step in plan.steps], LESSONS[0].cells)
    assert sum(runs) <= 5
    assert [step.check for step, run in zip(plan.steps, runs, strict=True) if run][-1] == "times_smaller"


# --- tables and pages -----------------------------------------------------------------------------


def judged(student: str, *verdicts: str, path: str = "a.ipynb", remarks: tuple[str, ...] = ()) -> one.Graded:
    graded = one.Graded(submission("", path, student), ENCODE, remarks=list(remarks))
    graded.verdicts = {name: (verdict, f"<b>{name}</b>") for name, verdict in zip(ENCODE.names, verdicts, strict=True)}
    return graded


FIVE = ("correct", "wrong", "not attempted", "not reached", "correct")


def test_the_table_has_a_row_a_student_and_a_column_an_exercise():
    rows = marks.by_student([judged("bea", *FIVE), judged("Ada", *["correct"] * 5, remarks=("late",))])
    table = list(csv.DictReader(io.StringIO(marks.table(rows, LESSONS))))
    assert [(row["student"], row["solved"], row["of"], row["remark"]) for row in table] == [
        ("Ada", "5", "5", "late"),
        ("bea", "2", "5", ""),
    ]
    assert table[1]["encode_decode.gradient"] == "not attempted"


def test_of_two_notebooks_of_a_lesson_the_last_counts_and_says_so():
    rows = marks.by_student([judged("Ada", *FIVE, path="a.ipynb"), judged("Ada", *["correct"] * 5, path="b.ipynb")])
    (row,) = csv.DictReader(io.StringIO(marks.table(rows, LESSONS)))
    assert (row["solved"], row["remark"]) == ("5", "b.ipynb: counts instead of a.ipynb")


@pytest.mark.parametrize("text", ["=1+1", "+1", "@x", "-x"])
def test_a_spreadsheet_takes_no_text_for_a_formula(text):
    rows = marks.by_student([judged(text, *FIVE, remarks=(text,))])
    (row,) = csv.DictReader(io.StringIO(marks.table(rows, LESSONS)))
    assert row["student"] == row["remark"] == f"'{text}"


def test_a_page_shows_verdicts_messages_and_code_and_lets_nothing_in_them_run():
    graded = judged("<script>", *FIVE, remarks=("<i>",))
    graded.answers = {"loss": "</pre><script>alert(1)</script>"}
    page = marks.page("<script>", [graded])
    assert "<script>" not in page
    assert "<i>" not in page
    assert "✗ loss: wrong" in page
    assert "&lt;b&gt;loss&lt;/b&gt;" in page
    assert "2 of 5" in page


def test_each_student_has_a_page_of_their_own():
    assert list(marks.file_names(["a/b", "a b", "A-B", "../..", "李"]).values()) == [
        "a-b.html", "a-b-2.html", "A-B-3.html", "student.html", "李.html",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere", "--out", "m.csv"], "is no folder"),
        (["here", "--out", "m.txt"], "must end in .csv"),
        (["here", "--out", "there/m.csv"], "there is no folder"),
        (["here", "--out", "m.csv", "--limit", "0"], "at least 1"),
        (["here", "--out", "m.csv", "--challenge", "-1"], "at least 0"),
        (["here", "--out", "m.csv"], "no notebook"),
    ],
)
def test_the_command_line_says_what_is_wrong(arguments, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here").mkdir()
    with pytest.raises(SystemExit):
        grade.main(arguments)
    assert said in capsys.readouterr().err


def test_it_says_that_a_mark_can_be_forged_and_what_helps(capsys):
    with pytest.raises(SystemExit):
        grade.main(["--help"])
    assert "forge" in (said := capsys.readouterr().out)
    assert "container" in said


# --- a process of its own -------------------------------------------------------------------------


def reported(folder: Path, *cells: str, seconds: int = 30) -> list[dict]:
    """What a job of these cells reports, started as the grader starts it."""
    job = {"cells": [{"source": cell, "check": ""} for cell in cells], "lesson": [], "memory": 2 * 2**30}
    done = subprocess.run(
        [sys.executable, "-m", "aecourse.exercises.grading.run"],
        input=json.dumps({**job, "cpu_seconds": seconds}).encode(),
        stdout=subprocess.PIPE,
        cwd=folder,
        env=process.environment(folder, None, LIMITS),
        check=False,
        start_new_session=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.slow
def test_the_fence_holds_and_what_it_refuses_is_an_error_of_its_cell(tmp_path, monkeypatch):
    outside, folder = tmp_path / "outside", tmp_path / "own"
    outside.write_text("kept")
    folder.mkdir()
    refused = [
        f"open({str(outside)!r}, 'w')",
        f"import os; os.remove({str(outside)!r})",
        "import os; os.kill(os.getppid(), 9)",
        "import os; os.kill(-1, 9)",
        "import os; os.fork()",
        "import subprocess; subprocess.run(['true'])",
        "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)",
        "import _socket; _socket.socket()",
        "big = bytearray(10 * 2**30)",
        "import os; os.setsid()",
    ]
    allowed = [
        "open('mine', 'w').write('x'); assert open('mine').read() == 'x'",
        "import threading; t = threading.Thread(target=print); t.start(); t.join()",
        f"import os; os.chmod({str(outside)!r}, 0)",
        "print('anything')",
        "import os; assert 'SECRET' not in os.environ",
    ]
    monkeypatch.setenv("SECRET", "not for them")
    if fence.missing():
        refused = refused[6:7]
    lines = reported(folder, *refused, *allowed)
    assert [line["failed"] for line in lines if "failed" in line] == [*range(1, len(refused) + 1)]
    assert lines[-1] == {"done": True}
    assert outside.read_text() == "kept"
    assert outside.stat().st_mode & 0o600 == 0o600


@pytest.mark.slow
@LINUX
@pytest.mark.parametrize("code", ["while True: pass", "import os; os._exit(0)", "import ctypes; ctypes.string_at(0)"])
def test_a_notebook_that_does_not_end_well_has_said_what_it_said(code, tmp_path):
    lines = reported(tmp_path, "1", code, seconds=3)
    assert lines[-1] == {"cell": 2}


def test_verdicts_of_other_lessons_and_of_no_kind_are_not_taken_over():
    plan = putting_back.Plan((), {}, (), (), {})
    graded = one.Graded(submission(""))
    said = [
        {"check": "sound.mix", "verdict": "correct", "message": ""},
        {"check": "encode_decode.none", "verdict": "correct", "message": ""},
        {"check": "encode_decode.loss", "verdict": "splendid", "message": "", "error": ""},
        {"check": "encode_decode.shapes", "verdict": "correct", "message": "x" * 10_000},
        {"check": "encode_decode.eight", "error": "NameError: name 'my_training' is not defined"},
        {"check": 3, "failed": [1]},
    ]
    one._take_over(graded, said, plan, ENCODE)
    assert {name: verdict for name, (verdict, _) in graded.verdicts.items()} == {
        "loss": "wrong", "shapes": "correct", "eight": "not attempted",
    }  # fmt: skip
    assert len(graded.verdicts["shapes"][1]) == one.LONGEST


@pytest.mark.slow
def test_a_class_of_four(tmp_path, capsys):
    cells = [
        "from aecourse.session import start\nfrom aecourse.exercises import start_here as exercise",
        "start(0{})",
        "times_smaller = {}",
        "exercise.times_smaller.check(times_smaller)",
    ]
    code = {name: drawn_for(name) for name in ("Ada", "Bob")}
    handed_in = {
        "Ada": (', student="Ada"', f"784 / {code['Ada']}"),
        "Bob": (', student="Bob"', f"784 / {code['Ada']}"),  # copied
        "Cem": (', student="Ada"', f"784 / {code['Ada']}"),  # copied, name and all
        "Eve": ("", "784 / 16\nimport os; os.kill(os.getppid(), 9)"),
    }
    for name, filled in handed_in.items():
        (tmp_path / name).mkdir()
        text = notebook(cells[0], cells[1].format(filled[0]), cells[2].format(filled[1]), cells[3])
        (tmp_path / name / "start_here.ipynb").write_text(text)
    out = tmp_path / "marks.csv"
    assert grade.main([str(tmp_path), "--out", str(out), "--jobs", "2", "--limit", "120"]) == 0
    with out.open(encoding="utf-8-sig") as file:
        table = {row["student"]: row for row in csv.DictReader(file)}
    assert [table[name]["start_here.times_smaller"] for name in handed_in] == ["correct", "wrong", "wrong", "correct"]
    assert "names another student" in table["Cem"]["remark"]
    assert "PermissionError" in table["Eve"]["remark"]
    assert f"Drawn for Bob: code = {code['Bob']}." in (tmp_path / "marks_feedback" / "Bob.html").read_text()


def drawn_for(name: str) -> int:
    from aecourse.exercises import start_here

    return start_here.times_smaller.drawn.numbers(name, "start_here.times_smaller")["code"]


def test_a_foreign_error_is_an_exception():
    with pytest.raises(ForeignError, match="larger than"):
        cells_of(submission(None))
