"""Say whether the course is well installed here: `python -m aecourse`.

It names the versions, verifies the data, trains for a few seconds, and says what is missing for which lesson.
"""

from __future__ import annotations

import importlib.resources
import importlib.util
import json
import sys
import time
import tomllib
from importlib.metadata import version

from aecourse.session import say, start

BACKENDS = ("tensorflow", "jax", "torch")
# What a lesson imports that the package itself does not: the extra `lessons`.
NEEDED = {
    "constriction": ("compression",),
    "pystoi": ("sound",),
    "pytesseract": ("reading",),
    "rapidfuzz": ("reading",),
}
DIGITS, EPOCHS = 2000, 2
LARGEST_ERROR = 0.06  # the average digit is 0.067 away from the others


def main() -> int:
    """Print what there is and what is missing; return 0 if the lessons can run, 1 otherwise."""
    say(f"aecourse {version('aecourse')}")
    if not any(map(importlib.util.find_spec, BACKENDS)):
        say('✗ Keras has nothing to compute with. Install TensorFlow: python -m pip install "aecourse[tensorflow]"')
        return 1
    start(0)
    problems = [*data_problems(), *training_problems()]
    for problem in problems:
        say(f"✗ {problem}")
    for line in [*missing(), *stored_instead()]:
        say(f"○ {line}")
    say("The course is not well installed here." if problems else "The course is ready.")
    return int(bool(problems))


def data_problems() -> list[str]:
    """Verify every file of data and weights, and return what is wrong with them."""
    from aecourse.datasets import embedded

    names = list(tomllib.loads((embedded.DATA / "sources.toml").read_text(encoding="utf-8")))
    problems = []
    for name in names:
        try:
            embedded.embedded(name)
        except (OSError, ValueError) as error:
            problems.append(str(error))
    if not problems:
        say(f"✓ {len(names)} files of data and weights are as they should be")
    return problems


def training_problems() -> list[str]:
    """Train a small network for seconds, and return what is wrong with what it learned."""
    from aecourse.datasets import load_digits
    from aecourse.metrics import mse
    from aecourse.models import dense_autoencoder, outputs
    from aecourse.training import fit

    (x, _), (x_test, _) = load_digits()
    began = time.perf_counter()
    model = dense_autoencoder(16, hidden=(128,))
    fit(model, x[:DIGITS], epochs=EPOCHS, batch_size=50, learning_rate=5e-3)
    error = mse(x_test, outputs(model, x_test))
    if error > LARGEST_ERROR:
        return [f"a training ended with an error of {error:.3f}, where {LARGEST_ERROR} was expected at most"]
    say(f"✓ a network learned {DIGITS:,} digits in {time.perf_counter() - began:.0f} s, its error is {error:.3f}")
    return []


def missing() -> list[str]:
    """Say which packages are not there, for which lessons they are needed, and how to get them."""
    text = (importlib.resources.files("aecourse") / "exercises" / "lessons.json").read_text(encoding="utf-8")
    titles = {lesson["topic"]: lesson["title"] for lesson in json.loads(text)}
    lines = []
    for package, topics in NEEDED.items():
        if importlib.util.find_spec(package) is None:
            lessons = ", ".join(f"“{titles.get(topic, topic)}”" for topic in topics)
            lines.append(f'{package} is missing, for {lessons}: python -m pip install "aecourse[lessons]"')
    if importlib.util.find_spec("jupyterlab") is None:
        lines.append('JupyterLab is missing, to open the lessons with: python -m pip install "aecourse[lab]"')
    return lines


def stored_instead() -> list[str]:
    """Say which programs are not there for whose work a lesson shows a stored result, and how to get them."""
    from aecourse.applications import scale

    lines = []
    if importlib.util.find_spec("pytesseract") is not None:  # without it `missing` has said so
        from aecourse.applications import reading

        if not reading.has_engine():
            lines.append(f"tesseract is missing, so “Reading” shows stored readings. {reading.INSTALL}.")
    if why := scale.why_not():
        lines.append(f"{why}, so “Scale” shows a stored run of several processes.")
    return lines


if __name__ == "__main__":
    sys.exit(main())
