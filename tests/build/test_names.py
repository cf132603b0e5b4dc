"""Which names a cell binds at its top level, and which it reads from elsewhere."""

from __future__ import annotations

import sys

import pytest

from tools import names

CELLS = {
    "x = x + 1": ("x", "x"),
    "x += 1": ("x", "x"),
    "x: int = y": ("x", "y"),
    "x: y": ("", "y"),
    "x = 1; print(x)": ("x", ""),
    "x[i] = y; o.a = z; del d[k]": ("", "x i y o z d k"),
    "(x, *y), z.a = f()": ("x y", "z f"),
    "if (n := f()): print(n)": ("n", "f"),
    "for i in r: use(i)": ("i", "r use"),
    "while c: x = c": ("x", "c"),
    "with open(p) as (f, g): f(g)": ("f g", "p"),
    "try: f()\nexcept E as e: print(e)\nelse: x = 1": ("x", "f E"),
    "match v:\n    case {'a': b, **r}: c = b\n    case [P(k=x), *y] if g(x): pass": ("b r c x y", "v P g"),
    "import a.b, c as d\nfrom e import f as g, h": ("a d g h", ""),
    "[b for b in c if d(b) for e in b]": ("", "c d"),
    "{k: v for k, v in pairs(k2)}": ("", "pairs k2"),
    "[(y := f(x)) for x in xs]": ("y", "f xs"),
    "g = lambda q, r=s: (q, r, t)": ("g", "s t"),
    "def f(x=y, *a: T, **k) -> U:\n    w = x\n    def h(): return w, q\n    return h, [i for i in v]": (
        "f",
        "y T U q v",
    ),
    "@d(e)\ndef f(): return f(n)": ("f", "d e n"),
    "def f():\n    global g\n    g = z": ("f g", "z"),
    "def f():\n    import m\n    return m.x, np.x": ("f", "np"),
    "def f(): return later\nlater = 1": ("f later", ""),
    "class A(B, metaclass=M):\n    k = 1\n    m = k\n    def f(self): return k": ("A", "B M k"),
    "async def f():\n    async for i in g(): yield i": ("f", "g"),
    "%matplotlib inline\nx = y\n!ls": ("x", "y"),
    "print(f'{x!r:>{w}}', len(__name__))": ("", "x w"),
}


@pytest.mark.parametrize(("source", "expected"), CELLS.items(), ids=list(CELLS))
def test_bound_and_read(source, expected):
    bound, read = (set(text.split()) for text in expected)
    assert names.bound(source) == bound
    assert names.read(source) == read


@pytest.mark.skipif(sys.version_info < (3, 12), reason="new in Python 3.12")
def test_type_parameters_belong_to_their_function():
    assert names.read("def f[T](x: T) -> T:\n    y: T = x\n    return y") == set()


def test_definitions_are_written_in_one_way():
    assert names.definitions("import a, b as c\ndef f( ): return  1") == {
        "a": "import a",
        "c": "import b as c",
        "f": "def f():\n    return 1",
    }
