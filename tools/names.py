"""Which names a piece of Python binds and reads at its top level, in the order in which Python comes to them.

A cell of a notebook leaves its top-level names to the cells below it, and a function reads the notebook's names when it
is called. Both decide what may become a recipe, what a solution may do, and which cells can be run again.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

MAGIC = re.compile(r"^([ \t]*)[%!].*", re.MULTILINE)
BUILTINS = frozenset(dir(builtins))
Function = ast.FunctionDef | ast.AsyncFunctionDef
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


class Event(NamedTuple):
    """A top-level name is bound, read, or read later: in the body of a function, whenever that is called."""

    what: Literal["bind", "read", "later"]
    name: str


@lru_cache(maxsize=4096)
def parse(source: str) -> ast.Module:
    """Parse a cell; IPython's magic lines count as `pass`. The tree is shared: nobody changes it.

    Raises:
        SyntaxError: it is no Python.
    """
    try:
        return ast.parse(source)
    except SyntaxError:
        return ast.parse(MAGIC.sub(r"\1pass", source))


@lru_cache(maxsize=4096)
def events(source: str) -> tuple[Event, ...]:
    """Return what a cell does with top-level names, in order."""
    return tuple(_statements(parse(source).body, frozenset(), later=False))


def bound(source: str) -> set[str]:
    """Return the names that a cell binds at its top level."""
    return {event.name for event in events(source) if event.what == "bind"}


def read(source: str) -> set[str]:
    """Return the names that a cell takes from elsewhere: read before it binds them, or in functions and never bound."""
    names: set[str] = set()
    binds: set[str] = set()
    for event in events(source):
        if event.what == "bind":
            binds.add(event.name)
        elif event.what == "read" and event.name not in binds:
            names.add(event.name)
    return (names | {event.name for event in events(source) if event.what == "later"} - binds) - BUILTINS


def definitions(source: str) -> dict[str, str]:
    """Map names that a cell binds by an import, a function or a class to that statement, written in one way."""
    found = {}
    for node in parse(source).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                found[import_name(node, alias)] = ast.unparse(import_of(node, [alias]))
        elif isinstance(node, Function | ast.ClassDef):
            found[node.name] = ast.unparse(node)
    return found


def import_name(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
    """Return the name that one part of an import statement binds."""
    return alias.asname or (alias.name.partition(".")[0] if isinstance(node, ast.Import) else alias.name)


def import_of(node: ast.Import | ast.ImportFrom, names: list[ast.alias]) -> ast.Import | ast.ImportFrom:
    """Return an import statement with only some of its names."""
    return ast.Import(names) if isinstance(node, ast.Import) else ast.ImportFrom(node.module, names, node.level)


# --- the walk -------------------------------------------------------------------------------------
# `local` are the names that belong to a function, class or comprehension around a node; `later` tells whether the node
# stands in the body of a function.


def _statements(body: Iterable[ast.AST], local: frozenset[str], *, later: bool) -> Iterator[Event]:
    for node in body:
        yield from _node(node, local, later=later)


def _node(node: ast.AST | None, local: frozenset[str], *, later: bool) -> Iterator[Event]:
    if node is None:
        return
    if isinstance(node, ast.Name):
        yield from _name(node.id, local, later=later, bind=isinstance(node.ctx, ast.Store))
    elif isinstance(node, Function):
        yield from _function(node, local, later=later)
    elif isinstance(node, ast.Lambda):
        yield from _statements(_defaults(node.args), local, later=later)
        yield from _node(node.body, local | _parameters(node.args), later=True)
    elif isinstance(node, ast.ClassDef):
        outside = [*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)]
        yield from _statements(outside, local, later=later)
        yield from _class_body(node, local, later=later)
        yield from _name(node.name, local, later=later, bind=True)
    elif isinstance(node, Comprehension):
        yield from _comprehension(node, local, later=later)
    elif isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            yield from _name(import_name(node, alias), local, later=later, bind=True)
    elif isinstance(node, ast.ExceptHandler):
        # The exception's name is bound for this block only.
        inside = local | {node.name} if node.name else local
        yield from _node(node.type, local, later=later)
        yield from _statements(node.body, inside, later=later)
    elif isinstance(node, ast.AugAssign):
        if isinstance(node.target, ast.Name):
            yield from _name(node.target.id, local, later=later, bind=False)
        yield from _statements([node.value, node.target], local, later=later)
    else:
        yield from _statements(_in_order(node), local, later=later)
        for name in _bound_by_text(node):
            yield from _name(name, local, later=later, bind=True)


def _name(name: str, local: frozenset[str], *, later: bool, bind: bool) -> Iterator[Event]:
    if name not in local:
        yield Event("bind" if bind else "later" if later else "read", name)


def _in_order(node: ast.AST) -> Sequence[ast.AST]:
    """Return a node's children as Python comes to them: what is read before what is bound to it."""
    if isinstance(node, ast.Assign):
        return [node.value, *node.targets]
    if isinstance(node, ast.AnnAssign):
        # Without a value the target is declared, not bound.
        return [node.annotation, *([node.value, node.target] if node.value else [])]
    if isinstance(node, ast.NamedExpr):
        return [node.value, node.target]
    if isinstance(node, ast.For | ast.AsyncFor):
        return [node.iter, node.target, *node.body, *node.orelse]
    return list(ast.iter_child_nodes(node))


def _bound_by_text(node: ast.AST) -> list[str]:
    """Return the names that a node binds without an `ast.Name`: the patterns of `match`."""
    if isinstance(node, ast.MatchAs | ast.MatchStar):
        return [node.name] if node.name else []
    return [node.rest] if isinstance(node, ast.MatchMapping) and node.rest else []


def _function(node: Function, local: frozenset[str], *, later: bool) -> Iterator[Event]:
    parameters = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
    annotations = [parameter.annotation for parameter in parameters if parameter and parameter.annotation]
    outside = [*node.decorator_list, *_defaults(node.args), *annotations, *([node.returns] if node.returns else [])]
    yield from _statements(outside, local | _type_parameters(node), later=later)
    yield from _name(node.name, local, later=later, bind=True)
    shared = {name for part in ast.walk(node) if isinstance(part, ast.Global) for name in part.names}
    inside = {event.name for event in _statements(node.body, frozenset(), later=False) if event.what == "bind"}
    own = (local | _parameters(node.args) | _type_parameters(node) | inside) - shared
    yield from _statements(node.body, own, later=True)


def _class_body(node: ast.ClassDef, local: frozenset[str], *, later: bool) -> Iterator[Event]:
    """Walk a class body: its own names serve its statements from where they are bound, and never its methods."""
    own: set[str] = set()
    around = local | _type_parameters(node)
    for statement in node.body:
        for event in _node(statement, around, later=later):
            if event.what == "bind":
                own.add(event.name)
            elif event.what == ("later" if later else "read") and event.name in own:
                continue
            else:
                yield event


def _comprehension(node: Comprehension, local: frozenset[str], *, later: bool) -> Iterator[Event]:
    inner = local
    for generator in node.generators:
        yield from _node(generator.iter, inner, later=later)
        targets = ast.walk(generator.target)
        inner |= {part.id for part in targets if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
        yield from _statements([generator.target, *generator.ifs], inner, later=later)
    results = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
    yield from _statements(results, inner, later=later)


def _defaults(arguments: ast.arguments) -> list[ast.expr]:
    return [*arguments.defaults, *(default for default in arguments.kw_defaults if default)]


def _parameters(arguments: ast.arguments) -> frozenset[str]:
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return frozenset(parameter.arg for parameter in named if parameter)


def _type_parameters(node: ast.AST) -> frozenset[str]:
    """Return the names in `def f[T]` (Python 3.12 and newer)."""
    return frozenset(parameter.name for parameter in getattr(node, "type_params", []))
