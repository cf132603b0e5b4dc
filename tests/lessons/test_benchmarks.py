"""The benchmark runs, names what it measured, and measures the lessons' own code."""

from __future__ import annotations

import json

import pytest

from aecourse.datasets import load_digits
from benchmarks import __main__ as bench
from benchmarks import choose, comparisons, core, curve, digits, published
from benchmarks.lesson_code import functions_of


@pytest.fixture
def few_digits(monkeypatch):
    """The comparisons at a size of seconds: their recipes on 400 digits."""
    (x_train, y_train), (x_test, y_test) = load_digits()
    few = (x_train[:400], y_train[:400]), (x_test[:50], y_test[:50])
    for module in (core, digits):
        monkeypatch.setattr(module, "load_digits", lambda: few)
    digits.reader.cache_clear()
    yield few
    digits.reader.cache_clear()


@pytest.mark.slow
@pytest.mark.parametrize("name", digits.COMPARISONS)
def test_each_comparison_gives_a_row_a_model(few_digits, capsys, name):
    assert bench.main(["--json", name]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    comparison = digits.COMPARISONS[name]
    assert [row["model"] for row in rows] == list(comparison.models)
    ranges = {"MSE": (0, 0.3), "PSNR, dB": (3, 40), "read, %": (0, 100), "right, %": (0, 100)}
    low, high = ranges[comparison.unit]
    for row in rows:
        assert row["comparison"] == name
        assert row["parameters"] >= 0
        assert row["seconds"] > 0
        assert low < row["score"] < high
        assert row["machine"]
        assert row["score_ratio"] == pytest.approx(row["score"] / rows[0]["score"])


def test_one_comparison_prints_a_table(few_digits, capsys):
    assert bench.main(["numpy16"]) == 0
    printed = capsys.readouterr().out
    assert "lesson 01, NumPy, 16 numbers" in printed
    assert "Keras blog" not in printed
    assert "MISSED" in printed  # 400 digits are too few, and the table says so


def test_the_table_shows_the_median_over_the_seeds(few_digits, monkeypatch, capsys):
    scores = {3: 0.5, 4: 0.1, 5: 0.2}
    rows = {s: [core.Row("pca", "PCA", 1, 1.0 * s, score, "MSE")] for s, score in scores.items()}
    monkeypatch.setitem(comparisons.COMPARISONS, "pca", core.Comparison({}, "none", lambda _: True))
    monkeypatch.setattr(bench, "run", lambda _name, _comparison, seed: rows[seed])
    assert bench.main(["pca", "--json", "--seeds", "3", "4", "5"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["score"], printed["seconds"], printed["seeds"]) == (0.2, 4.0, [3, 4, 5])


@pytest.mark.slow
def test_the_curve_has_a_point_a_training_and_is_drawn(few_digits, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(curve, "load_digits", lambda: few_digits)
    monkeypatch.setattr(curve, "CURVES", {"dense": [digits.lesson_dense(16, (32,), n) for n in (1, 2)]})
    figure = tmp_path / "curve.png"
    assert curve.main(["--figure", str(figure)]) == 0
    points = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [(line[0], line[2]) for line in points] == [("dense", "s")] * 2
    assert all(0 < float(line[3]) < 0.3 for line in points)
    assert figure.read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_a_search_varies_one_setting_at_a_time(few_digits, monkeypatch, capsys):
    monkeypatch.setattr(choose, "load_digits", lambda: few_digits)
    monkeypatch.setattr(choose, "KEPT_FOR_TRAINING", len(few_digits[0][0]) - 50)
    small = {
        "conv16": {"filters": 4, "dense": 8, "copies": True, "epochs": 1, "batch_size": 50, "learning_rate": 8e-3},
        "denoise": {"code": 8, "maps": 4, "epochs": 1, "batch_size": 50, "learning_rate": 8e-3},
        "few_labels": {"hidden": (16,), "epochs": 1, "C": 1.0},
    }
    for name, recipe in small.items():
        search = choose.Search(choose.SEARCHES[name].measure, recipe, {"epochs": [2]})
        monkeypatch.setitem(choose.SEARCHES, name, search)
    assert choose.main([*small]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  ")]
    assert [line[:12].strip() for line in lines] == ["the recipe", "epochs 2"] * 3
    assert all(0 < float(line.split()[-3]) < 1 for line in lines)


def test_an_unknown_name_is_refused(capsys):
    with pytest.raises(SystemExit) as stop:
        bench.main(["dense17"])
    assert stop.value.code == 2
    assert "dense17" in capsys.readouterr().err


def test_published_recipes_have_the_published_sizes(few_digits):
    (x, _), _ = few_digits
    assert published.keras_blog_dense(x[:50]).count_params() == 784 * 32 + 32 + 32 * 784 + 784
    model = published.pyimagesearch_conv(x[:64], epochs=1)
    convolutions = (9 * 1 + 1) * 32 + (9 * 32 + 1) * 64 + (9 * 64 + 1) * 64 + (9 * 64 + 1) * 32 + (9 * 32 + 1)
    dense, norms = (3136 + 1) * 16 + (16 + 1) * 3136, 4 * (32 + 64 + 64 + 32)
    assert model.count_params() == convolutions + dense + norms


def test_functions_of_takes_the_lessons_code_and_runs_none_of_its_cells(capsys):
    lesson = functions_of("01_encode_decode")
    assert {"numpy_autoencoder", "forward", "ACTIVATION", "np"} <= set(lesson)
    assert "x_train" not in lesson
    assert capsys.readouterr().out == ""
    with pytest.raises(FileNotFoundError):
        functions_of("99_nothing")
