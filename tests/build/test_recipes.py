"""What lessons export: the recipe that is written, and what cannot become one."""

from __future__ import annotations

import pytest

from tools import recipes
from tools.lesson_format import read_course

HEAD = "# %% [markdown]\n# # Broken\n#\n# A lesson with a mistake.\n"
EXPORT = '# %% tags=["export"]\n'
LESSON = f"""\
{HEAD}# %%
import math, os.path
import keras
import numpy as np
from keras import layers, ops as o
from aecourse.training import fit, batches
from aecourse import models
from collections import Counter, OrderedDict as Ordered

seed = 3
{EXPORT}
import statistics  # not needed in the recipe

SIZES = (28, 28)
SIDE: int = SIZES[0]


# Why it is so.
def network(x, size=SIDE):
    \"\"\"A docstring.\"\"\"
    z = layers.Dense(size)(o.reshape(x, (-1, size)))
    return keras.Model(x, [later(part) for part in z])
# %%
seed = network
{EXPORT}
class Trained(models.Autoencoder):
    count: Counter = Counter()

    def train(self, x):
        return fit(self, np.asarray(x) + math.pi + self.count)
{EXPORT}
def later(x): return Ordered(x=x)
"""
RECIPE = '''\
"""What `lessons/broken/lesson.py` builds, for others to import: written by `python -m tools.build`."""

import math
from collections import Counter
from collections import OrderedDict as Ordered

import numpy as np

from aecourse import models
from aecourse.backend import keras
from aecourse.training import fit

layers = keras.layers
o = keras.ops


SIZES = (28, 28)
SIDE: int = SIZES[0]


# Why it is so.
def network(x, size=SIDE):
    """A docstring."""
    z = layers.Dense(size)(o.reshape(x, (-1, size)))
    return keras.Model(x, [later(part) for part in z])


class Trained(models.Autoencoder):
    count: Counter = Counter()

    def train(self, x):
        return fit(self, np.asarray(x) + math.pi + self.count)


def later(x):
    return Ordered(x=x)
'''


def test_a_recipe_has_the_definitions_and_the_imports_that_they_use(tmp_path, make_root):
    root = make_root(tmp_path, {"broken": LESSON, "nothing": HEAD + "# %%\n1\n"})
    assert recipes.recipes_of(read_course(root.path)) == {"broken": RECIPE}


@pytest.mark.slow
def test_recipes_are_written_before_anything_runs_compared_and_removed(tmp_path, make_root, monkeypatch, capsys):
    lessons = {"broken": LESSON, "second": LESSON.replace("28", "32")}
    root = make_root(tmp_path, lessons)
    root.write("aecourse/recipes/__init__.py", "")
    root.write("aecourse/recipes/gone.py", "x = 1\n")
    assert root.build("--check") == 1
    told = capsys.readouterr().err
    assert "aecourse/recipes/broken.py: missing\n" in told
    assert "aecourse/recipes/gone.py: no lesson exports it\n" in told

    def refuse(cells, lesson, folder):
        assert root.read("aecourse/recipes/broken.py") == RECIPE
        assert "SIZES = (32, 32)" in root.read("aecourse/recipes/second.py")
        raise recipes.BuildError("not run here")

    monkeypatch.setattr("tools.execute.run", refuse)
    assert root.build() == 1
    assert capsys.readouterr().err == "not run here\nnot run here\n"
    assert sorted(path.name for path in (tmp_path / "aecourse" / "recipes").iterdir()) == [
        "__init__.py",
        "broken.py",
        "second.py",
    ]
    root.write("aecourse/recipes/broken.py", RECIPE + "\n")
    assert root.build("--check", "broken") == 1
    assert "aecourse/recipes/broken.py: stale\n" in capsys.readouterr().err


@pytest.mark.slow
def test_a_changed_recipe_makes_its_users_stale_and_no_others(tmp_path, make_root, only_executed):
    user = HEAD + "# %%\nfrom aecourse.recipes.broken import network\nnetwork\n"
    root = make_root(tmp_path, {"broken": LESSON, "user": user, "other": HEAD + "# %%\n1\n"})
    assert root.build() == 0
    assert only_executed == ["broken", "user", "other"]
    assert all(not cell.metadata for cell in root.stored("notebooks/00_broken").cells)
    only_executed.clear()
    root.replace("lessons/broken/lesson.py", "(28, 28)", "(32, 32)")
    assert root.build() == 0
    assert only_executed == ["broken", "user"]
    only_executed.clear()
    root.replace("lessons/broken/lesson.py", "# # Broken", "# # Whole")
    assert root.build() == 0
    assert only_executed == []


EXERCISE = """\
# %% tags=["exercise"]
A = 1
# %% tags=["solution", "export"]
A = 2
# %% tags=["nbval-check-output"]
x.check(A)
"""
MISTAKES = {
    "a call": ("print(1)", "broken, cell 2 (print(1)): a cell tagged 'export' holds definitions only, found: print(1)"),
    "a condition": ("if True:\n    A = 1", "holds definitions only, found: if True:"),
    "a docstring": ('"""Why."""', "holds definitions only"),
    "a variable": ("seed = 3", "'seed' is exported and no CONSTANT"),
    "one of two": ("A, b = 1, 2", "'b' is exported and no CONSTANT"),
    "an attribute": ("import os\nos.A = 1", "changes nothing: it binds names only"),
    "in a function": ("def f():\n    return size", "'size' is a name of the notebook: export it too, or pass it"),
    "in a default": ("def f(x=size):\n    return x", "'size' is a name of the notebook"),
    "in a decorator": ("@size\ndef f(x):\n    return x", "'size' is a name of the notebook"),
    "in an annotation": ("def f(x: size) -> int:\n    return x", "'size' is a name of the notebook"),
    "in a lambda": ("F = lambda x: size", "'size' is a name of the notebook"),
    "in a comprehension": ("def f(x):\n    return [size for _ in x if size]", "'size' is a name of the notebook"),
    "in a class": ("class A:\n    def f(self):\n        return size", "'size' is a name of the notebook"),
    "in a nested function": ("def f():\n    def g():\n        return size\n    return g", "'size' is a name of the"),
    "in a constant": ("A = size + 1", "'size' is a name of the notebook"),
    "nowhere": ("def f():\n    return gone", "'gone' is bound nowhere in this lesson"),
    "too early": ("A = B\nB = 1", "'B' is read before it is exported"),
    "in a later cell": (f"A = LATER\n{EXPORT}LATER = 1", "'LATER' is read before it is exported"),
    "twice": (f"A = 1\n{EXPORT}A = 2", "cell 3 (A = 2): 'A' is exported twice"),
    "imported twice": (
        "def f():\n    return g()\n# %%\nfrom a import g\n# %%\nfrom b import g",
        "'g' is imported in two ways in this lesson",
    ),
    "Keras inside": ("def f():\n    from keras import ops\n    return ops", "f imports Keras for itself"),
    "its own recipe": (
        "A = 1\n# %%\nfrom aecourse.recipes.broken import A",
        "uses its own definitions, not its recipe",
    ),
    "a later recipe": ("A = 1\n# %%\nfrom aecourse.recipes import later", "the recipe 'later' is of no earlier lesson"),
    "an unknown recipe": ("A = 1\n# %%\nimport aecourse.recipes.gone", "the recipe 'gone' is of no earlier lesson"),
    "a solution": (f"B = 1\n{EXERCISE}", "a cell tagged 'export' is neither exercise nor solution"),
}


@pytest.mark.usefixtures("no_execution")
@pytest.mark.parametrize(("code", "message"), MISTAKES.values(), ids=list(MISTAKES))
def test_what_cannot_become_a_recipe(tmp_path, make_root, capsys, code, message):
    lesson = f"{HEAD}{EXPORT}{code}\n# %%\nsize = 1\n"
    root = make_root(tmp_path, {"broken": lesson, "later": HEAD + EXPORT + "A = 1\n"})
    assert root.build("broken") == 1
    assert message in capsys.readouterr().err
    assert not (tmp_path / "aecourse" / "recipes").exists()


def test_a_function_may_call_what_is_exported_later_and_import_for_itself(tmp_path, make_root):
    code = f"def f():\n    import json\n    return json.dumps(g())\n{EXPORT}def g():\n    return f.__name__\n"
    root = make_root(tmp_path, {"broken": HEAD + EXPORT + code})
    (text,) = recipes.recipes_of(read_course(root.path)).values()
    space: dict[str, object] = {}
    exec(text, space)
    assert space["f"]() == '"f"'


def test_a_parameter_is_no_name_of_the_notebook(tmp_path, make_root):
    code = (
        "def f(size, *more, key=None, **rest):\n    def g():\n        return size, more, key, rest, f\n    return g\n"
    )
    root = make_root(tmp_path, {"broken": HEAD + EXPORT + code + "# %%\nsize = 1\n"})
    assert list(recipes.recipes_of(read_course(root.path))) == ["broken"]
