"""The code of a lesson, without running the lesson: what is measured is what the learner reads."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

LESSONS = Path(__file__).resolve().parents[1] / "lessons"


def functions_of(lesson: str) -> dict[str, Any]:
    """The imports, functions and CONSTANTS of `lessons/<lesson>.py`, by name.

    Args:
        lesson: the file's name without `.py`.

    Returns:
        A namespace. Functions look names up in it: a global of the lesson (`x_train`) is given to them by setting it.

    Raises:
        FileNotFoundError: there is no such lesson.
    """
    path = LESSONS / f"{lesson}.py"
    tree = ast.parse(path.read_text(encoding="utf-8"), filename=path.name)
    tree.body = [
        node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef) or _constant(node)
    ]
    namespace: dict[str, Any] = {}
    exec(compile(tree, path.name, "exec"), namespace)
    return namespace


def _constant(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and all(isinstance(t, ast.Name) and t.id.isupper() for t in node.targets)
