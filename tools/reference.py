"""The package's reference, read from its docstrings without importing it: a page for each room that has a face.

Keras would take seconds to import and is not needed: signatures and docstrings stand in the sources.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sphinx.ext.napoleon import Config, GoogleDocstring

ROOMS = {
    "session": ["session"],
    "datasets": ["datasets"],
    "files": ["files"],
    "models": ["models"],
    "training": ["training"],
    "weights": ["weights"],
    "corruption": ["corruption"],
    "metrics": ["metrics"],
    "plots": ["plots"],
    "applications": [],  # one module a topic
    "playground": ["playground"],
}
NAPOLEON = Config(napoleon_use_ivar=True, napoleon_use_rtype=False, napoleon_use_param=True)
Definition = ast.FunctionDef | ast.ClassDef


class Found(NamedTuple):
    """A public function or class: the name under which it is imported, and where it is defined."""

    module: str
    name: str
    node: Definition


def pages(root: Path) -> Iterator[tuple[str, str]]:
    """Yield for each room the name of its page and the page, in reStructuredText."""
    yield "index", index()
    for room, modules in ROOMS.items():
        names = modules or [f"{room}.{path.stem}" for path in topics(root, room)]
        found = [(f"aecourse.{name}", *read(root, f"aecourse.{name}")) for name in names]
        yield room, page(f"aecourse.{room}", found)


def index() -> str:
    """Return the page that lists the others."""
    title = "The package"
    about = (
        "What the course's package `aecourse` offers, room by room, from its docstrings. Every lesson uses it, and "
        "it can be used by itself. What a lesson builds for others is in `aecourse.recipes.<topic>`, and that lesson "
        "explains it."
    )
    head = [title, "=" * len(title), "", ".. default-role:: code", "", about, "", ".. toctree::", "   :maxdepth: 1", ""]
    return "\n".join([*head, *(f"   {room}" for room in ROOMS)]) + "\n"


def topics(root: Path, room: str) -> list[Path]:
    """Return the modules of a room in which every topic has one of its own, without those that help them."""
    return [path for path in sorted((root / "aecourse" / room).glob("*.py")) if (root / "lessons" / path.stem).is_dir()]


def page(title: str, modules: list[tuple[str, str, list[Found]]]) -> str:
    """Return the page of a room: what each module says of itself, and everything public in it."""
    lines = [title, "=" * len(title), "", ".. default-role:: code", ""]
    for module, about, found in modules:
        if len(modules) > 1 and found:
            lines += [module, "-" * len(module), ""]
        if found:
            lines += [plain(about), ""]
        for item in found:
            lines += described(item)
    return "\n".join(lines) + "\n"


def described(item: Found) -> Iterator[str]:
    """Yield the lines that describe one function, or a class with its public methods."""
    yield from entry(
        "function" if isinstance(item.node, ast.FunctionDef) else "class", item.module, item.name, item.node
    )
    if isinstance(item.node, ast.ClassDef):
        for node in item.node.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and ast.get_docstring(node):
                is_property = any(getattr(decorator, "id", "") == "property" for decorator in node.decorator_list)
                inner = entry("property" if is_property else "method", "", node.name, node)
                yield from (f"   {line}" if line else "" for line in inner)


def entry(kind: str, module: str, name: str, node: Definition) -> Iterator[str]:
    """Yield a directive of Sphinx's Python domain with the docstring in it."""
    yield f".. py:{kind}:: {name}{'' if kind == 'property' else signature(node)}"
    if module:  # what its docstring names is looked for there first: two modules may have an error of one name
        yield f"   :module: {module}"
    yield ""
    written = re.sub(r"^Fields:$", "Attributes:", ast.get_docstring(node) or "", flags=re.MULTILINE)
    text = GoogleDocstring(plain(written), NAPOLEON, what=kind, name=name)
    yield from (f"   {line}" if line else "" for line in str(text).splitlines())
    yield ""


def signature(node: Definition) -> str:
    """Return the arguments with their defaults; types and ranges stand in the docstring."""
    if isinstance(node, ast.ClassDef):
        made = [n for n in node.body if isinstance(n, ast.FunctionDef) and n.name == "__init__"]
        fields = [n.target.id for n in node.body if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)]
        return signature(made[0]) if made else f"({', '.join(fields)})" if fields else ""
    arguments = node.args
    for argument in ast.walk(arguments):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    text = re.sub(r"^(self|cls)(, |$)", "", ast.unparse(arguments))
    return f"({text})"


def plain(text: str) -> str:
    """Return prose that reStructuredText takes as it is: outside of code, no character means anything else."""
    return "".join(
        part if part.startswith("`") else re.sub(r"([*|\\]|(?<=\w)_(?!\w))", r"\\\1", part)
        for part in re.split(r"(`[^`]+`)", text)
    )


# --- finding --------------------------------------------------------------------------------------


def read(root: Path, module: str) -> tuple[str, list[Found]]:
    """Return what a module says of itself, and its public functions and classes in the order of its face."""
    tree = parsed(root, module)
    assert tree is not None, f"there is no module {module}"
    found = [
        Found(module, name, node)
        for name in public(tree)
        if isinstance(node := definition(root, module, name), Definition)
    ]
    return ast.get_docstring(tree) or "", [item for item in found if ast.get_docstring(item.node)]


def public(tree: ast.Module) -> list[str]:
    """Return the names in `__all__`, or without it the functions and classes that a module defines."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            return [str(name) for name in ast.literal_eval(node.value)]
    return [node.name for node in tree.body if isinstance(node, Definition) and not node.name.startswith("_")]


def definition(root: Path, module: str, name: str) -> ast.AST | None:
    """Return where a name of a module is defined, there or where the module takes it from; `None` if it is neither."""
    tree = parsed(root, module)
    for node in tree.body if tree else []:
        if isinstance(node, Definition) and node.name == name:
            return node
        if isinstance(node, ast.ImportFrom) and node.module and any(alias.name == name for alias in node.names):
            return definition(root, node.module, name)
    return None


def parsed(root: Path, module: str) -> ast.Module | None:
    """Return a module of the package as it is written, `None` if it is not in the package."""
    base = root.joinpath(*module.split("."))
    for path in (base / "__init__.py", base.with_suffix(".py")):
        if path.is_file():
            return ast.parse(path.read_text(encoding="utf-8"))
    return None
