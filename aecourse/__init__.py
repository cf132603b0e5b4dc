"""Helper package of the course *Autoencoders, from h = f(x) to y = g(f(x))*.

Data flows one way: wording → checks, backend, plots → files, datasets, weights, corruption, metrics → models →
training → session → recipes → applications → exercises, playground. `lint-imports` holds it. Importing the package
costs nothing: Keras is imported by the modules that use it.
"""

import os

# TensorFlow reads this once, when Keras first imports it: errors only.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

TYPE_CHECKING = False  # type checkers read it as true, without the import that costs more than all the rest
__version__: str

if not TYPE_CHECKING:  # they would take any name for one of the package

    def __getattr__(name):
        """Look up `__version__`, which stands in pyproject.toml, when somebody asks for it."""
        if name == "__version__":
            from importlib.metadata import version

            return version(__name__)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
