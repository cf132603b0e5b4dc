"""Helper package of the course *Autoencoders, from h = f(x) to y = g(f(x))*.

Data flows one way: datasets → models → training → metrics → plots. `session` starts a lesson and checks its claims;
`exercises` stands on top. Importing the package costs nothing: Keras is imported by the modules that use it.
"""

import os

# TensorFlow reads this once, when Keras first imports it: errors only.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

__version__ = "0.1.0"
