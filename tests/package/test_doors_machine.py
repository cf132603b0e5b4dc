"""What a user's machine brings: styles, settings of Keras, consoles; the course looks and runs alike."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys

import keras
import matplotlib as mpl
import numpy as np
import pytest

from aecourse import plots, session
from aecourse.plots import style
from aecourse.plots.style import course_style, has_own_style

X = np.random.default_rng(0).random((2, 9, 9))
FIGURES = {
    "images": lambda: plots.show_images({"x": X, "difference": X - 0.5}, title="t"),
    "bars": lambda: plots.show_bars({"a": [1.0, 2.0], "b": 2.0}, title="t", y_label="y"),
    "curves": lambda: plots.show_curves({"a": [1, 2], "b": [2, 1]}, title="t", x_label="x", y_label="y", log_y=True),
}
STYLES = {
    "dark_background": {"style": "dark_background"},
    "text.usetex": {"text.usetex": True},
    "image": {"image.origin": "lower", "image.cmap": "jet", "image.interpolation": "bilinear"},
    "axes": {"axes.titlelocation": "right", "axes.facecolor": "0.5", "axes.xmargin": 0.4, "axes.spines.left": False},
    "font": {"font.family": "No Such Font", "font.size": 30},
    "saving": {"savefig.transparent": True, "figure.dpi": 300, "savefig.bbox": "tight", "savefig.format": "pdf"},
    "lines": {"lines.linewidth": 9, "patch.facecolor": "red", "grid.color": "red", "axes.formatter.use_mathtext": True},
}


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch):
    monkeypatch.delenv(session.SEED_VARIABLE, raising=False)
    with mpl.rc_context():
        yield


@pytest.fixture(scope="module")
def plain():
    return {name: make()._repr_mimebundle_()[0]["image/png"] for name, make in FIGURES.items()}


def choose(settings):
    if "style" in settings:
        mpl.style.use(settings["style"])
    else:
        mpl.rcParams.update(settings)


@pytest.mark.slow
@pytest.mark.parametrize("name", STYLES)
def test_a_style_of_ones_own_changes_no_figure_of_the_course(name, plain):
    figure = "curves" if name in ("lines", "font", "axes") else "images"
    choose(STYLES[name])
    before = dict(mpl.rcParams)
    made = FIGURES[figure]()
    assert made._repr_mimebundle_()[0]["image/png"] == plain[figure]
    assert dict(mpl.rcParams) == before


@pytest.mark.slow
def test_a_style_chosen_between_making_and_showing_changes_nothing(plain):
    made = FIGURES["bars"]()
    mpl.style.use("dark_background")
    mpl.rcParams.update({"savefig.transparent": True, "xtick.labelsize": 30})
    assert made._repr_mimebundle_()[0]["image/png"] == plain["bars"]
    buffer = io.BytesIO()
    made.savefig(buffer, format="png", dpi=100, facecolor="white")
    assert buffer.getvalue() == plain["bars"]


def test_the_style_is_whole_and_leaves_the_machine_alone():
    mpl.style.use("dark_background")
    mpl.rcParams.update({"figure.max_open_warning": 3, "savefig.directory": "/x"})
    assert has_own_style()
    plots.use_course_style()
    assert not has_own_style()
    assert mpl.rcParams["text.color"] == "black"
    assert mpl.rcParams["text.parse_math"]  # formulas are the learner's own affair
    assert mpl.rcParams["figure.max_open_warning"] == 3
    assert mpl.rcParams["savefig.directory"] == "/x"
    with course_style():
        changed = {k for k in mpl.rcParamsDefault if mpl.rcParams[k] != mpl.rcParamsDefault[k]}
    assert changed <= {*style.STYLE, "text.parse_math", "backend", "figure.max_open_warning", "savefig.directory"}


@pytest.mark.parametrize("name", ["dark_background", "text.usetex"])
def test_start_leaves_a_look_that_somebody_chose(name):
    choose(STYLES[name])
    before = dict(mpl.rcParams)
    session.start()
    assert dict(mpl.rcParams) == before


@pytest.fixture
def keras_settings():
    yield
    keras.config.set_image_data_format("channels_last")
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("image_data_format", "channels_first", "image_data_format channels_last instead of channels_first"),
        ("floatx", "float16", "floatx float32 instead of float16"),
        ("floatx", "float64", "floatx float32 instead of float64"),
        ("floatx", "bfloat16", "floatx float32 instead of bfloat16"),
        ("dtype_policy", "mixed_float16", "dtype_policy float32 instead of mixed_float16"),
    ],
)
def test_start_sets_what_the_course_needs_of_keras_and_says_so(setting, value, said, capsys, keras_settings):
    getattr(keras.config, f"set_{setting}")(value)
    session.start()
    first, second = capsys.readouterr().out.splitlines()
    assert said in second
    assert (keras.config.image_data_format(), keras.config.floatx()) == ("channels_last", "float32")
    assert keras.config.dtype_policy().name == "float32"
    session.start()
    assert capsys.readouterr().out.splitlines() == [first]


@pytest.mark.parametrize(
    ("encoding", "ticked"),
    [("cp1252", "OK 3 × 3 → a"), ("ascii", "OK 3 x 3 -> a"), ("utf-8", "✓ 3 × 3 → a"), ("cp437", None)],
)
def test_a_console_that_knows_no_tick(encoding, ticked, monkeypatch):
    console = io.TextIOWrapper(io.BytesIO(), encoding=encoding, write_through=True)
    monkeypatch.setattr(sys, "stdout", console)
    session.expect("3 × 3 → a", True)
    session.start()
    print("✗ x̃ ☃")  # as an exercise answers
    lines = console.buffer.getvalue().decode(encoding).splitlines()
    if ticked is not None:
        assert lines[0] == ticked.replace("→", "->" if encoding == "cp1252" else "→")
    assert lines[1].startswith("Python 3")
    if encoding == "ascii":
        assert lines[2] == "NO x~ ?"


@pytest.mark.parametrize("closed", ["none", "no encoding"])
def test_a_console_that_is_none(closed, monkeypatch):
    monkeypatch.setattr(sys, "stdout", None if closed == "none" else io.StringIO())
    session.expect("one is one", True)
    session.start()


@pytest.mark.parametrize(
    ("claim", "condition", "said"),
    [
        (True, "swapped", "claim must be a text, got True: the claim comes first"),
        (np.zeros(9), True, "claim must be a text, got an array"),
        ("a", np.ones(3) > 0, r"condition must be .* \(…\).all\(\)"),
    ],
)
def test_claims_that_are_none(claim, condition, said):
    with pytest.raises(TypeError, match=said):
        session.expect(claim, condition)


RUN = """
import os, sys
from aecourse.backend import keras
from aecourse import plots, session
from aecourse.datasets import load_digits
session.start()
session.expect('it runs', load_digits()[0][0].shape == (8000, 28, 28, 1))
os.fstat(2)
print(keras.backend.backend(), keras.config.image_data_format(), keras.config.floatx())
"""
MACHINES = {
    "no stderr, no home": ("exec 2>&-; unset HOME; exec {python} -c {code}", {}, ""),
    "pythonw": ("exec {python} -c 'import sys; sys.stderr = None; exec(sys.argv[1])' {code} 2>&-", {}, ""),
    "a keras.json that Keras refuses, a backend that is missing": (
        "exec {python} -c {code}",
        {"floatx": "bfloat16", "backend": "theano", "image_data_format": "channels_first"},
        "Changed for this session",
    ),
    "a backend that cannot train, channels first": (
        "exec {python} -c {code}",
        {"floatx": "float16", "backend": "numpy", "image_data_format": "channels_first", "epsilon": 1e-7},
        "as numpy is not installed or cannot train; image_data_format channels_last instead of channels_first; floatx",
    ),
}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
@pytest.mark.parametrize("name", MACHINES)
def test_the_course_runs_on_another_machine(name, tmp_path):
    import shlex

    line, config, said = MACHINES[name]
    (tmp_path / "keras.json").write_text(json.dumps(config) if config else "{")
    (tmp_path / "matplotlibrc").write_text("text.usetex: True\nfigure.facecolor: black\nimage.origin: lower\n")
    command = line.format(python=shlex.quote(sys.executable), code=shlex.quote(RUN))
    dropped = ("KERAS_BACKEND", session.SEED_VARIABLE)
    kept = {key: value for key, value in os.environ.items() if key not in dropped}
    machine = {"KERAS_HOME": str(tmp_path), "MATPLOTLIBRC": str(tmp_path), "PYTHONIOENCODING": "cp1252"}
    done = subprocess.run(command, shell=True, env=kept | machine, capture_output=True, timeout=180)
    out = done.stdout.decode("cp1252").splitlines()
    assert done.returncode == 0, (done.stdout, done.stderr)
    assert out[-2:] == ["OK it runs", "tensorflow channels_last float32"]
    assert said in "\n".join(out)
    assert len(out) == (4 if said else 3)
