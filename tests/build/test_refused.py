"""What the build refuses, naming lesson and cell, and what it warns of."""

from __future__ import annotations

import pytest

HEAD = "# %% [markdown]\n# # Broken\n#\n# A lesson with a mistake.\n"
STUB, SOLUTION = '# %% tags=["exercise"]\na = None\n', '# %% tags=["solution"]\na = 1\n'
CHECK = '# %% tags=["nbval-check-output"]\nx.check(a)\n'
PROSE = "# %% [markdown]\n# "
SOLVED = STUB + SOLUTION + CHECK
MISTAKES = {
    "no cells": ("", "broken: the lesson has no cells"),
    "no title": ("# %%\n1\n", "cell 1 (1): the first cell must be markdown"),
    "tagged title": (HEAD.replace("n]", 'n] tags=["exercise"]'), "the first cell must be markdown, without tags"),
    "title with a number": (HEAD.replace("# # B", "# # 02 · B"), "open with '# Title' (the build writes the number)"),
    "no summary": ("# %% [markdown]\n# # Broken\n", "one sentence that sums the lesson up"),
    "unknown tag": (HEAD + '# %% tags=["hidden"]\na = 1\n', "cell 2 (a = 1): unknown tag 'hidden'"),
    "tagged text": (
        HEAD + '# %% [markdown] tags=["solution"]\n# So.\n',
        "cell 2 (So.): the tag 'solution' is for code",
    ),
    "unknown option": (HEAD + '# %% tag=["exercise"]\na = 1\n', 'cell 2 (a = 1): only tags=["…"] may follow'),
    "unquoted tag": (HEAD + "# %% tags=[exercise]\na = 1\n", "found: tags=[exercise]"),
    "empty cell": (HEAD + "# %%\n\n# %%\na = 1\n", "cell 2 (): the cell is empty"),
    "no Python": (HEAD + "# %%\na = = 1\n", "cell 2 (a = = 1): line 1 is no Python: invalid syntax"),
    "exercise alone": (HEAD + STUB + CHECK, "cell 2 (a = None): an exercise must be followed directly by its solution"),
    "solution alone": (HEAD + SOLUTION + CHECK, "cell 2 (a = 1): a solution must stand directly below its exercise"),
    "solution elsewhere": (HEAD + STUB + PROSE + "So:\n" + SOLUTION + CHECK, "cell 4 (a = 1): a solution must stand"),
    "no check": (HEAD + STUB + SOLUTION + "# %%\nb = 1\n", "cell 3 (a = 1): a solution must be followed directly"),
    "check commented out": (HEAD + STUB + SOLUTION + "# %%\n# x.check(a)\n", "a solution must be followed directly"),
    "unmarked check": (
        HEAD + SOLVED.replace(' tags=["nbval-check-output"]', ""),
        "(x.check(a)): a check cell needs the tag",
    ),
    "checked twice": (HEAD + SOLVED + SOLVED, "cell 4 (x.check(a)): 'x' is checked in another cell, too"),
    "long name": (HEAD + SOLVED.replace("x.", f"{'x' * 60}."), "is too long or has unusual characters"),
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
    "link with a number": (
        HEAD + PROSE + "[x](00_broken.ipynb)\n",
        "names a lesson by its number: write {lesson:topic}",
    ),
    "no such lesson": (
        HEAD + PROSE + "See {lesson:gone}.\n",
        "cell 2 (See {lesson:gone}.): '{lesson:gone}': there is no",
    ),
    "unknown placeholder": (HEAD + PROSE + "{leson:broken}\n", "'{leson:broken}': known are {lesson:topic}, {Lesson:"),
    "placeholder between dollars": (
        HEAD + PROSE + "From $5 ({lesson:broken}) to $6.\n",
        "there is a placeholder between two dollar signs",
    ),
    "empty term": (HEAD + PROSE + "A {term:}.\n", "'{term:}': a term stands directly behind the colon"),
    "no answer": (
        HEAD + PROSE + "*Predict:* who?\n",
        "cell 2 (*Predict:* who?): a *Predict:* needs a paragraph *Answer:*",
    ),
    "answer elsewhere": (HEAD + PROSE + "*Predict:* who?\n" + PROSE + "*Answer:* she.\n", "must follow a *Predict:*"),
    "one answer of two": (HEAD + PROSE + "*Predict:* a?\n#\n# *Predict:* b?\n#\n# *Answer:* c.\n", "needs a paragraph"),
    "answer in a paragraph": (HEAD + PROSE + "*Predict:* who?\n# *Answer:* she.\n", "must open a paragraph"),
    "empty answer": (HEAD + PROSE + "*Predict:* who?\n#\n# *Answer:*\n", "an *Answer:* is empty"),
    "solution binds more": (
        HEAD + STUB + SOLUTION.replace("a =", "b = a =") + CHECK,
        "cell 3 (b = a = 1): the solution binds 'b' and its exercise does not",
    ),
    "solution imports": (
        HEAD + STUB + SOLUTION.replace("a = 1", "import math\na = math.pi") + CHECK,
        "the solution binds 'math' and its exercise does not",
    ),
    "exercise read later": (
        HEAD + SOLVED + "# %%\nprint(a)\n",
        "cell 5 (print(a)): 'a' belongs to an exercise (broken, cell 2 (a = None))",
    ),
    "exercise read in a function": (HEAD + SOLVED + "# %%\ndef f():\n    return a\n", "'a' belongs to an exercise"),
    "exercise read by another": (
        HEAD
        + SOLVED
        + SOLVED.replace("a = 1", "b = a").replace("a = None", "b = None").replace("x.check(a)", "y.check(b)"),
        "cell 6 (b = a): 'a' belongs to an exercise",
    ),
}


@pytest.mark.usefixtures("no_execution")
@pytest.mark.parametrize(("lesson", "message"), MISTAKES.values(), ids=list(MISTAKES))
def test_mistakes_name_lesson_and_cell(tmp_path, capsys, make_root, lesson, message):
    root = make_root(tmp_path / "root", {"broken": lesson})
    before = root.files()
    for arguments in ((), ("--check",)):
        assert root.build(*arguments) == 1
        problems = capsys.readouterr().err
        assert problems.startswith("broken")
        assert message in problems
    assert root.files() == before


@pytest.mark.usefixtures("no_execution")
def test_all_mistakes_of_a_lesson_are_named_together(tmp_path, capsys, make_root):
    root = make_root(tmp_path / "root", {"broken": HEAD + STUB + PROSE + "![](gone.png)\n"})
    assert root.build() == 1
    assert [line.partition(":")[0] for line in capsys.readouterr().err.splitlines()] == [
        "broken, cell 2 (a = None)",
        "broken, cell 3 (![](gone.png))",
        "broken, cell 3 (![](gone.png))",
    ]


FINE = {
    "bound anew before it is read": SOLVED + "# %%\na = 2\nprint(a)\n",
    "bound as a parameter": SOLVED + "# %%\ndef f(a):\n    return [a for a in a]\n",
    "helpers inside the answer": STUB + SOLUTION.replace("a = 1", "def a():\n    b = 1\n    return b") + CHECK,
    "a helper in the stub": STUB + SOLUTION.replace("a = 1", "b = a = 1") + CHECK,
    "predicted and answered twice": PROSE + "\n#\n# ".join(["*Predict:* a?", "*Answer:* b."] * 2) + "\n",
    "brackets in code and formulas": PROSE + "`{lesson:gone}` and $\\{term:\\}$, `[x](gone.md)`, {0, 1}.\n",
}
FINE["a helper in the stub"] = FINE["a helper in the stub"].replace("a = None", "a = None\nb = None")


@pytest.mark.parametrize("lesson", FINE.values(), ids=list(FINE))
def test_what_is_fine(tmp_path, make_root, only_executed, lesson):
    root = make_root(tmp_path / "root", {"fine": HEAD + lesson})
    assert root.build() == 0
    assert only_executed == ["fine"]
    assert root.build("--check") == 0


# --- the order ------------------------------------------------------------------------------------


def parts(**lessons: list[str]) -> str:
    return "".join(f'[[parts]]\ntitle = "{title}"\nlessons = {topics}\n' for title, topics in lessons.items())


ORDERS = {
    "no Toml": ("[[parts", "lessons/order.toml cannot be read: "),
    "no parts": ("", "lessons/order.toml: there must be parts"),
    "no title": ('[[parts]]\nlessons = ["broken"]\n', "lessons/order.toml: part 1 has no title"),
    "no lessons": ('[[parts]]\ntitle = "A"\n', 'part "A" must say lessons = ["…", "…"]'),
    "empty part": (parts(A=["broken"], B=[]), 'lessons/order.toml: part "B" has no lessons'),
    "unknown word": (parts(A=["broken"]) + "number = 3\n", "part 1: only title and lessons are known, found number"),
    "no folder": (parts(A=["broken", "gone"]), '"gone": there is no lessons/gone/lesson.py'),
    "twice": (parts(A=["broken"], B=["broken"]), 'lessons/order.toml: "broken" is named 2 times'),
    "capitals": (parts(A=["broken", "Gone"]), '"Gone": a topic is written in small letters'),
    "not named": (parts(A=["broken"]), "lessons/order.toml: lessons/another/lesson.py is in no part"),
}


@pytest.mark.usefixtures("no_execution")
@pytest.mark.parametrize(("order", "message"), ORDERS.values(), ids=list(ORDERS))
def test_an_order_that_does_not_fit(tmp_path, capsys, make_root, order, message):
    root = make_root(tmp_path / "root", {"broken": HEAD, "another": HEAD})
    root.write("lessons/order.toml", order)
    for arguments in ((), ("--check",)):
        assert root.build(*arguments) == 1
        assert message in capsys.readouterr().err


@pytest.mark.usefixtures("no_execution")
def test_mistakes_outside_a_lesson(tmp_path, capsys, make_root):
    root = make_root(tmp_path / "root", {"broken": HEAD})
    assert root.build("07", "broken") == 1
    assert "no such lesson: 07 (there are: broken)" in capsys.readouterr().err
    root.replace("pyproject.toml", "github.com", "example.org")
    assert root.build() == 1
    assert "must read https://github.com/OWNER/NAME" in capsys.readouterr().err
    (root.path / "lessons" / "order.toml").unlink()
    root.replace("pyproject.toml", "example.org", "github.com")
    assert root.build() == 1
    assert "lessons/order.toml cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["broken", "lessons/broken/lesson.py", "lessons/broken"])
def test_a_lesson_is_called_by_topic_or_path(tmp_path, make_root, only_executed, name):
    root = make_root(tmp_path / "root", {"broken": HEAD + "# %%\n1\n", "another": HEAD + "# %%\n1\n"})
    assert root.build(name) == 0
    assert only_executed == ["broken"]


# --- warnings -------------------------------------------------------------------------------------

WARNINGS = {
    "rebound": ("a = 1", "print(a)", "a = None"),
    "rebound in a loop": ("a = 1", "print(a)", "for a in range(3):\n    pass"),
    "read in a function": ("a = 1", "def f():\n    return a", "a = 2"),
    "another definition": ("def a():\n    return 1", "a()", "def a():\n    return 2"),
    "another import": ("from m import a", "a()", "from n import a"),
}
NO_WARNINGS = {
    "bound where it is read": ("a = 1\nprint(a)", "a = 2\nprint(a)"),
    "a parameter": ("def f(a):\n    return a", "a = 2"),
    "the same import": ("import a", "a.b()", "import a"),
    "the same definition": ("def a():\n    return 1", "a()", "def a():\n    return 1"),
    "inside a function": ("a = 1", "print(a)", "def f():\n    a = 2\n    return a"),
}


def warnings(root, capsys, cells) -> str:
    root.write("lessons/fine/lesson.py", HEAD + "".join(f"# %%\n{cell}\n" for cell in cells))
    assert root.build("--check") == 1  # nothing is built yet
    return capsys.readouterr().out


@pytest.mark.parametrize("cells", WARNINGS.values(), ids=list(WARNINGS))
def test_warns_where_an_earlier_cell_would_break(tmp_path, capsys, make_root, cells):
    told = warnings(make_root(tmp_path / "root", {"fine": HEAD}), capsys, cells)
    second, third = (cell.partition("\n")[0] for cell in cells[1:])
    assert told == f"warning: fine, cell 4 ({third}): 'a' is bound anew, and fine, cell 3 ({second}) reads it\n"


@pytest.mark.parametrize("cells", NO_WARNINGS.values(), ids=list(NO_WARNINGS))
def test_does_not_warn_for_nothing(tmp_path, capsys, make_root, cells):
    assert warnings(make_root(tmp_path / "root", {"fine": HEAD}), capsys, cells) == ""
