"""Each exercise: its solution passes, likely mistakes get a message of their own, the stub is "not attempted"."""

from __future__ import annotations

import functools
import importlib
import re
from typing import Any

import keras
import nbformat
import numpy as np
import pytest
from keras import layers, ops

from aecourse.exercises.core import Exercise
from aecourse.models import dense_autoencoder
from benchmarks.lesson_code import LESSONS, functions_of
from tools.lesson_format import parse_lesson

CALL = re.compile(r"(lesson\d\d)\.(\w+)\.check\(")


def answers(folder: str) -> list[Any]:
    """What each check says in the stored notebooks of a folder; nbval shows that it still says so."""
    found = []
    for path in sorted((LESSONS.parent / folder).glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code" and (call := CALL.search(cell.source)):
                said = "".join(output.data["text/plain"] for output in cell.outputs)
                found.append(pytest.param(*call.groups(), said, id=".".join(call.groups())))
    return found


def new_whole() -> keras.Model:
    """The model that two exercises of lesson 02 work on, built by the lesson's own cell."""
    cells = parse_lesson(LESSONS / "02_dense_keras.py").cells
    source = next(c.source for c in cells if "whole = keras.Model" in c.source)
    namespace: dict[str, Any] = {"keras": keras, "layers": layers}
    exec(source, namespace)
    return namespace["whole"]


@functools.cache
def whole_model() -> keras.Model:
    return new_whole()


@pytest.mark.parametrize(("module", "name", "said"), answers("solutions"))
def test_solution_is_correct(module, name, said):
    assert said.startswith("✓ correct")


@pytest.mark.parametrize(("module", "name", "said"), answers("notebooks"))
def test_untouched_stub_is_not_attempted(module, name, said):
    assert said.startswith("○ not attempted")


def dense(*widths: int, activations: tuple[str | None, ...] = ("relu", None, "relu", "sigmoid")) -> keras.Model:
    x = keras.Input((28, 28, 1))
    z = layers.Flatten()(x)
    for width, activation in zip(widths, activations, strict=True):
        z = layers.Dense(width, activation=activation)(z)
    return keras.Model(x, layers.Reshape((28, 28, 1))(z))


def network(*widths: int) -> list[list[Any]]:
    lesson = functions_of("01_encode_decode")
    return lesson["new_network"]([784, *widths, 784], ["relu"] * len(widths) + ["sigmoid"], np.random.default_rng(0))


WRONG = {
    ("lesson00", "times_smaller"): [
        (lambda: (16 / 784,), "other way round"),
        (lambda: (768,), "difference"),
        (lambda: (1.75,), "28 × 28"),
        (lambda: (50,), "800"),
        (lambda: ("49",), "must be a number"),
    ],
    ("lesson01", "shapes"): [
        (lambda: ((32, 784), (500, 32)), "on its side"),
        (lambda: ((500, 32), (784, 32)), "exchanged"),
        (lambda: ((784, 16), (500, 16)), "no code of 32"),
        (lambda: ((784, 32), (32,)), "two sides"),
        (lambda: ((784, 32), (32, 500)), "does not have shape"),
        (lambda: (784, 32), "tuple"),
    ],
    ("lesson01", "loss"): [
        (lambda: (lambda x, y: np.sum((y - x) ** 2),), "sum"),
        (lambda: (lambda x, y: np.mean(np.abs(y - x)),), "absolute"),
        (lambda: (lambda x, y: np.sqrt(np.mean((y - x) ** 2)),), "root"),
        (lambda: (lambda x, y: np.mean(y - x),), "cancel"),
        (lambda: (lambda x, y: np.mean((y - x) ** 2, axis=1),), "one number"),
        (lambda: (lambda x, y: np.mean((y + x) ** 2),), "test input"),
        (lambda: (lambda x, y: None,), "return"),
    ],
    ("lesson01", "gradient"): [
        (lambda: (lambda d_y: d_y.sum(axis=1),), "axis 1"),
        (lambda: (lambda d_y: d_y.mean(axis=0),), "average again"),
        (lambda: (lambda d_y: d_y,), "a row for every digit"),
        (lambda: (lambda d_y: d_y.sum(),), "summed over everything"),
        (lambda: (lambda d_y: -d_y.sum(axis=0),), "sign"),
        (lambda: (lambda d_y: d_y[0],), "measured slope"),
    ],
    ("lesson01", "compression"): [
        (lambda: (16 / 784,), "kept"),
        (lambda: (49,), "49"),
        (lambda: (97.96,), "percent"),
        (lambda: (768,), "divide"),
        (lambda: (0.5,), "not 0.5"),
    ],
    ("lesson01", "eight"): [
        (lambda: (network(64, 16, 64),), "8 wide"),
        (lambda: (network(64, 4, 8, 64),), "none narrower"),
        (lambda: (network(64, 8, 64),), "validation error of"),
        (lambda: (8,), "list of layers"),
    ],
    ("lesson02", "build"): [
        (lambda: (dense(128, 16, 128, 784),), "no Dense layer is 32"),
        (lambda: (dense(256, 32, 256, 784),), "in this order"),
        (
            lambda: (dense(128, 32, 128, 784, activations=("relu", "relu", "relu", "sigmoid")),),
            "no activation, and has",
        ),
        (lambda: (dense(128, 32, 128, 784, activations=("relu", None, None, "sigmoid")),), "PCA again"),
        (lambda: (dense(128, 32, 128, 784, activations=("relu", None, "relu", None)),), "range 0 to 1"),
        (lambda: (keras.Sequential([layers.Dense(32)]),), "keras.Input"),
        (lambda: (32,), "Keras model"),
    ],
    ("lesson02", "split"): [
        (lambda: (whole_model(), whole_model()), "all the way"),
        (lambda: (fresh_encoder(), fresh_decoder()), "not those of whole"),
        (lambda: (true_encoder(whole_model()), fresh_decoder()), "not whole(x)"),
        (lambda: (true_encoder(whole_model()), whole_model()), "must take codes"),
    ],
    ("lesson02", "bce"): [
        (lambda: (lambda x, y: ops.mean(x * ops.log(y) + (1 - x) * ops.log(1 - y)),), "sign"),
        (lambda: (lambda x, y: -ops.sum(x * ops.log(y) + (1 - x) * ops.log(1 - y)),), "sum"),
        (lambda: (lambda x, y: -ops.mean(x * ops.log(y)),), "missing ink"),
        (lambda: (lambda x, y: -ops.mean(y * ops.log(x) + (1 - y) * ops.log(1 - x)),), "exchanged"),
        (lambda: (lambda x, y: -(x * ops.log(y) + (1 - x) * ops.log(1 - y)),), "one number"),
        (lambda: (lambda x, y: ops.mean((x - y) ** 2),), "Keras's BCE is"),
    ],
    ("lesson02", "thirty_two"): [
        (lambda: (dense_autoencoder(16, hidden=()),), "32 numbers"),
        (lambda: (dense_autoencoder(32, hidden=()),), "validation error of"),
        (lambda: (dense(128, 32, 128, 784),), "Autoencoder"),
    ],
}


GIVEN = {"split": lambda: {"whole": whole_model()}}


def true_encoder(model: keras.Model) -> keras.Model:
    return keras.Model(model.input, model.get_layer("code").output)


def fresh_encoder() -> keras.Model:
    return true_encoder(new_whole())


def fresh_decoder() -> keras.Model:
    h = keras.Input((8,))
    return keras.Model(h, layers.Reshape((28, 28, 1))(layers.Dense(784)(h)))


@pytest.mark.parametrize(
    ("module", "name", "given", "fragment"),
    [(*key, *row) for key, rows in WRONG.items() for row in rows],
    ids=[f"{key[0]}.{key[1]}-{row[1]}" for key, rows in WRONG.items() for row in rows],
)
def test_wrong_answer_gets_its_own_message(module, name, given, fragment):
    answer = getattr(importlib.import_module(f"aecourse.exercises.{module}"), name).grade(
        *given(), **GIVEN.get(name, dict)()
    )
    assert answer.kind == "wrong"
    assert fragment in answer.message


def test_reload_tells_its_mistakes_apart(tmp_path):
    from aecourse.exercises.lesson02 import reload

    whole, other, path = whole_model(), new_whole(), tmp_path / "m.keras"
    assert "there is no file" in reload.grade(path, other, whole=whole).message
    assert "must end in .keras" in reload.grade(tmp_path / "m.h5", other, whole=whole).message
    whole.save(path)
    assert "whole itself" in reload.grade(path, whole, whole=whole).message
    assert "answers otherwise" in reload.grade(path, other, whole=whole).message
    copy = keras.models.clone_model(whole)
    copy.set_weights(whole.get_weights())
    other.save(path)
    assert "the file holds another model" in reload.grade(path, copy, whole=whole).message
    assert reload.grade(str(path), keras.saving.load_model(path), whole=other).kind == "correct"


def test_every_exercise_has_wrong_answers_tested_and_two_hints():
    tested = {*WRONG, ("lesson02", "reload")}
    for folder in ("notebooks", "solutions"):
        assert {parameters.values[:2] for parameters in answers(folder)} == tested
    for module, name in tested:
        exercise = getattr(importlib.import_module(f"aecourse.exercises.{module}"), name)
        assert isinstance(exercise, Exercise)
        assert len(exercise.hints) >= 2


def test_messages_of_an_exercise_differ():
    for rows in WRONG.values():
        assert len({fragment for _, fragment in rows}) == len(rows) >= 2
