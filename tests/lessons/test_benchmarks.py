"""The comparisons run, name what they measured, and measure the lessons' own code; what they gave is kept."""

from __future__ import annotations

import json
import os
from dataclasses import replace

import numpy as np
import pytest

from aecourse.datasets import split_digits, split_pages, split_patches, split_photos, split_spectra, split_speech
from aecourse.files import save_images
from aecourse.recipes import anomalies
from benchmarks import __main__ as bench
from benchmarks import choose, core, curve, files, found, published, results
from lessons.colour import benchmark as colour
from lessons.compression import benchmark as compression
from lessons.features import benchmark as features
from lessons.fraud.benchmark import RISK
from lessons.land_cover import benchmark as land_cover
from lessons.reading import benchmark as reading
from lessons.scale import benchmark as scale
from lessons.words import benchmark as words

THERE = found.comparisons()
# What the last row has at least, where it is no network of ten thousand parameters: a small one, or no network.
SMALLER = {"land_cover_shares": 700} | dict.fromkeys(("denoise", "wrong_labels", "fraud", "table"), -1)
RANGES = {
    "MSE": (0, 0.3),
    "PSNR, dB": (3, 60),
    "read, %": (0, 100),
    "right, %": (0, 100),
    "AUROC, %": (0, 100.1),
    "found, %": (-0.1, 100.1),
    "AP, %": (2, 100.1),
    "gain, dB": (-15, 15),
    "STOI, %": (0, 100),
    "bytes": (0, 784),
    "bits": (0, 24),
    "Fréchet distance": (0, 500),
    "characters wrong, %": (-0.1, 500),
    "hits in ten, %": (-0.1, 100),
    "rank correlation": (-1, 1),
    "ROUGE-1, %": (5, 90),
    "true directions, %": (-0.1, 100.1),
    "right by five neighbours, %": (-0.1, 100.1),
    "adjusted Rand index × 100": (-50, 100.1),
    "hypernyms of 300": (-0.1, 300),
    "GB": (0.05, 4),
    "largest difference": (-1e-9, 1e-4),
    "F, %": (-0.1, 100.1),
}


def few_digits():
    return tuple((x[:n], y[:n]) for (x, y), n in zip(split_digits(), (600, 200, 100), strict=True))


def few_patches():
    return tuple((x[::8], names[::8]) for x, names in split_patches(size=96))


def few_pages():
    return tuple((x[:1], texts[:1]) for x, texts in split_pages())


def few_photos():
    return tuple(([photo[:104, :104] for photo in photos[:1]], names[:1]) for photos, names in split_photos())


def few_labs():
    return tuple((colour.of_objects(list(x)[:1]), names[:1]) for x, names in colour.photographs())


def few_pictures():
    return tuple((colour.of_objects([photo[:112, :112] for photo in x[:1]]), n[:1]) for x, n in colour.pictures())


def few_sounds():
    (x_fit, y_fit), (x_valid, y_valid), (x, y) = split_speech()
    chosen = [*range(2), 24, 34, *range(44, 54)]  # two of the first voice, one of each other, and the crowd
    return (x_fit[:8], y_fit[:8]), (x_valid[:8], y_valid[:8]), (x[chosen], y[chosen])


def few_payments():
    rng = np.random.default_rng(0)

    def payments(n):
        x = rng.uniform(1, 50, (n, RISK + 1))
        hit = np.arange(n) % 20 == 0
        x[hit, 0] *= 4
        x[:, RISK] /= 50
        return x, hit

    return payments(1500), payments(100), payments(400)


def few_measurements():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(80, 1)) + 0.2 * rng.normal(size=(80, 6))
    benign = (np.arange(80) < 60).astype(int)
    x[60:, 0] *= -2
    return (x, benign), (x[:0], benign[:0]), (x, benign)


def few_words():
    return words.dictionary(every=40)


def few_pairs():
    return words.pairs(every=40)


def few_papers():
    fit, valid, (x, y) = words.papers()
    return (fit[0][:12], fit[1][:12]), valid, (x[:6], y[:6])


def few_sums():
    return features.known(n=600)


def few_nouns():
    return features.nouns(every=40)


def few_of(data):
    def few():
        return tuple((x[:60], y[:60]) for x, y in data())

    return few


FEW = {
    "features_known": few_sums,
    "features_hypernyms": few_nouns,
    "land_cover": few_of(split_spectra),
    "land_cover_shapes": few_of(land_cover.shapes),
    "land_cover_shares": few_of(land_cover.mixtures),
    "words_search": few_words,
    "words_people": few_pairs,
    "words_summaries": few_papers,
    "table": few_measurements,
    "watermarks": few_patches,
    "colour": few_labs,
    "colour_edges_2": few_pictures,
    "colour_slopes": few_digits,
    "sound": few_sounds,
    "fraud": few_payments,
    "reading": few_pages,
    "compression_begun": few_photos,
    "compression_photos": few_photos,
}
SMALL = {
    name: topic_and._replace(
        comparison=replace(topic_and.comparison, data=FEW.get(name, FEW.get(topic_and.topic, few_digits)))
    )
    for name, topic_and in THERE.items()
    if isinstance(topic_and.comparison, core.SideBySide)
}


@pytest.fixture
def small(monkeypatch):
    """The comparisons at a size of seconds."""
    train = anomalies.train_ten
    monkeypatch.setattr(anomalies, "train_ten", lambda x, labels, rng, **_: train(x, labels, rng, epochs=1, n=100))
    monkeypatch.setattr(compression, "EPOCHS", 1)
    monkeypatch.setattr(compression, "SHORT", 6)
    monkeypatch.setattr(land_cover, "EPOCHS", 1)
    monkeypatch.setattr(land_cover, "UNMIXING", 1)
    monkeypatch.setattr(reading, "STEPS", 2)
    monkeypatch.setattr(features, "EPOCHS", 2)
    monkeypatch.setattr(features, "TRUE_EPOCHS", 2)
    monkeypatch.setattr(scale, "EPOCHS", 1)
    monkeypatch.setattr(scale, "MOST", 2)
    monkeypatch.setattr(scale, "FILES", 300)
    monkeypatch.setattr(colour, "STEPS", 2)
    monkeypatch.setattr(found, "comparisons", lambda: SMALL)


def measure(rows, asked=(), missing=""):
    """A comparison that gives these rows for each seed."""

    class Measured:
        def __init__(self):
            self.asked = asked

        def missing(self):
            return missing

        def run(self, name, seed):
            return [core.Row(name, *row) for row in rows(seed)]

    return Measured()


PCA_AND_OURS = {s: [("PCA", 10, 1.0 * s, 0.5, "MSE"), ("ours", 20, 2.0 * s, 0.1 * s, "MSE")] for s in range(1, 6)}
HALF = core.Ask("ours", "half of PCA's error", lambda ours, pca: ours.score <= pca.score / 2, ("PCA",))


@pytest.fixture
def one(monkeypatch, tmp_path):
    """One comparison of two rows, and another place for what is kept."""
    there = {"halved": found.Found("dense_keras", measure(PCA_AND_OURS.__getitem__, (HALF,)))}
    monkeypatch.setattr(found, "comparisons", lambda: there)
    monkeypatch.setattr(results, "STORED", tmp_path / "results.jsonl")
    return there


def printed_rows(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


# --- each comparison ------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", SMALL)
def test_each_comparison_gives_a_row_a_model(small, capsys, name):
    if missing := SMALL[name].comparison.missing():
        must = SMALL[name].topic == "reading" and os.environ.get("AECOURSE_OCR") == "required"
        pytest.fail(missing) if must else pytest.skip(missing)
    assert bench.main(["--json", name]) == 0
    rows = printed_rows(capsys)
    comparison = SMALL[name].comparison
    assert [row["model"] for row in rows] == list(comparison.models)
    low, high = RANGES[comparison.unit]
    for row in rows:
        assert (row["comparison"], row["topic"], row["unit"]) == (name, SMALL[name].topic, comparison.unit)
        assert row["parameters"] >= 0
        assert row["seconds"] > 0
        assert low < row["score"] < high
    assert rows[-1]["parameters"] > SMALLER.get(name, 10_000)
    # One epoch on few digits: PCA, which needs no epochs, shows that scores and labels belong together.
    scores = {row["model"]: row["score"] for row in rows}
    assert scores.get("PCA 16, softened", 100) > 85
    assert scores.get("PCA 16", 100) > 20


@pytest.mark.parametrize("name", THERE)
def test_what_is_asked_is_asked_of_rows_that_there_are(name):
    comparison = THERE[name].comparison
    assert comparison.asked
    if isinstance(comparison, core.SideBySide):
        for ask in comparison.asked:
            assert {ask.ours, *ask.beside, *ask.unlike} <= set(comparison.models)
            assert ask.beside, "a lesson's model stands beside a rival"


def test_the_playground_has_a_row_a_measure():
    playground = THERE["playground"].comparison
    fake = replace(playground, measures=lambda: iter([(ask.ours, 10.0, "ms") for ask in playground.asked]))
    rows = fake.run("playground", 0)
    assert [row.model for row in rows] == [ask.ours for ask in playground.asked]
    by_text = {ask.text: core.is_reached(ask, rows) for ask in playground.asked}
    assert by_text["longest gap between frames: at most 50 ms"]
    assert not by_text["training, WebAssembly: at least 15,000 digits/s"]


@pytest.mark.slow
def test_a_file_goes_through_its_application_in_a_process_of_its_own(monkeypatch):
    made = []

    def three_digits(folder, seed):
        made.append(folder)
        for i, digit in enumerate(split_digits()[2][0][:3]):
            save_images(1 - 0.7 * np.kron(digit, np.ones((8, 8, 1))), folder / f"{i}.jpg")

    monkeypatch.setitem(files.TASKS, "handwriting", (three_digits, None))
    comparison = replace(THERE["files"].comparison, words={"handwriting": "three digits"})
    seconds, memory = comparison.run("files", 0)
    assert (seconds.model, seconds.unit, memory.unit) == ("three digits, seconds", "s", "GB")
    assert seconds.score > 0.1
    assert 0.05 < memory.score < 4
    assert not made[0].exists()


def test_each_file_is_asked_for_seconds_and_memory():
    comparison = THERE["files"].comparison
    names = [f"{words}, {measure}" for words in files.WORDS.values() for measure in ("seconds", "memory")]
    assert [ask.ours for ask in comparison.asked] == names
    for ask in comparison.asked:
        limit = 300 if ask.ours.endswith("seconds") else 2.5
        rows = [core.Row("files", ask.ours, 0, 1.0, score, "s") for score in (limit, 1.01 * limit)]
        assert [core.is_reached(ask, [row]) for row in rows] == [True, False]


# --- the runner -----------------------------------------------------------------------------------


@pytest.mark.slow
def test_one_comparison_prints_a_table(small, capsys):
    assert bench.main(["numpy16"]) == 0
    printed = capsys.readouterr().out
    assert "numpy16 (encode_decode)" in printed
    assert "NumPy, 16 numbers (lesson)" in printed
    assert "Keras blog" not in printed
    assert "MISSED" in printed  # 800 digits are too few, and the table says so


def test_medians_over_the_seeds_are_what_counts(one, capsys):
    assert bench.main(["halved", "--json", "--seeds", "1", "5", "2"]) == 0
    pca, ours = printed_rows(capsys)
    assert (ours["score"], ours["seconds"], ours["seeds"]) == (0.2, 4.0, [1, 5, 2])
    assert ours["reached"]
    assert ours["target"] == "half of PCA's error"
    assert (pca["asked"], [ask["rival"] for ask in ours["asked"]]) == ([], ["PCA"])
    assert bench.main(["halved", "--seeds", "1", "3", "5"]) == 0
    assert "half of PCA's error: MISSED" in capsys.readouterr().out


def test_all_are_run_but_those_that_this_machine_cannot(one, capsys):
    one["playground"] = found.Found("playground", measure(PCA_AND_OURS.__getitem__, missing="there is no Chromium"))
    assert bench.main(["--seeds", "1"]) == 0
    printed = capsys.readouterr()
    assert "halved" in printed.out
    assert printed.err == "playground is left out: there is no Chromium\n"
    with pytest.raises(SystemExit):
        bench.main(["playground"])
    assert "there is no Chromium" in capsys.readouterr().err


def test_an_unknown_name_is_refused(one, capsys):
    with pytest.raises(SystemExit) as stop:
        bench.main(["dense17"])
    assert stop.value.code == 2
    assert "dense17" in (said := capsys.readouterr().err)
    assert "halved" in said


def test_the_list_says_what_is_asked(one, capsys):
    assert bench.main(["--list"]) == 0
    assert capsys.readouterr().out.split(maxsplit=2) == ["halved", "dense_keras", "half of PCA's error\n"]


def test_a_name_that_stands_twice_is_an_error(monkeypatch):
    monkeypatch.setattr(found, "modules", lambda: [(t, f"lessons.{t}.benchmark") for t in ("sound", "sound")])
    with pytest.raises(ValueError, match='two comparisons are called "sound"'):
        found.comparisons()


# --- what is kept ---------------------------------------------------------------------------------


def test_rows_that_are_measured_replace_their_old_ones_and_the_others_stay(one):
    one["other"] = found.Found("sound", measure(PCA_AND_OURS.__getitem__, (HALF,)))
    assert bench.main(["other", "--write", "--seeds", "1"]) == 0
    assert bench.main(["--write", "--seeds", "2"]) == 0
    assert bench.main(["halved", "--write", "--seeds", "4"]) == 0
    kept = results.read(results.STORED)
    assert [(r["comparison"], r["model"], r["seeds"]) for r in kept] == [
        ("halved", "PCA", [4]),
        ("halved", "ours", [4]),
        ("other", "PCA", [2]),
        ("other", "ours", [2]),
    ]
    assert [r["reached"] for r in kept] == [False, False, True, True]
    assert all(r["date"] and r["machine"] and r["versions"]["backend"] for r in kept)
    assert [path.name for path in results.STORED.parent.iterdir()] == ["results.jsonl"]
    del one["other"]
    assert bench.main(["--write", "--seeds", "4"]) == 0
    assert {r["comparison"] for r in results.read(results.STORED)} == {"halved"}


def test_rivals_that_are_ahead_are_named_unless_they_had_other_means():
    rows = [core.Row("x", name, 0, 1, score, "found, %") for name, score in zip("abco", (1, 9, 8, 5), strict=True)]
    ask = core.Ask("o", "more than a", lambda ours, a: ours.score > a.score, ("a",), ("c",))
    kept = results.records(found.Found("sound", measure(lambda _: [], (ask,))), rows, [0])
    assert kept[-1]["asked"] == [{"text": "more than a", "reached": True, "rival": "a", "ahead": ["b"], "seconds": ""}]


def test_the_stored_rows_are_those_of_the_comparisons():
    models = {}
    for record in results.read(results.STORED):
        models.setdefault(record["comparison"], []).append(record["model"])
        asked = THERE[record["comparison"]].comparison.asked
        assert record["target"] == "; ".join(ask.text for ask in asked)
    assert list(models) == [name for name in THERE if name in models]
    for name in models.keys() & SMALL.keys():
        assert models[name] == list(THERE[name].comparison.models)


def test_what_was_measured_is_a_comparison_of_today():
    """Every comparison was measured, and what is said of its rows is what is asked today."""
    stored = results.read(results.STORED)
    measured = {name: [r for r in stored if r["comparison"] == name] for name in SMALL}
    assert {record["comparison"] for record in stored} == measured.keys()
    for name, rows in measured.items():
        assert results.restated(THERE[name], rows) == rows, f"python -m benchmarks {name} --restate"


# --- the figure, the trials, the published recipes ------------------------------------------------


@pytest.mark.slow
def test_the_curve_has_a_point_a_training_and_is_drawn(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(curve, "split_digits", few_digits)
    monkeypatch.setattr(curve, "CURVES", {"dense": [curve.dense(n) for n in (1, 2)]})
    figure = tmp_path / "curve.png"
    assert curve.main(["--figure", str(figure)]) == 0
    points = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [(line[0], line[2]) for line in points] == [("dense", "s")] * 2
    assert all(0 < float(line[3]) < 0.3 for line in points)
    assert figure.read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_a_search_varies_one_setting_at_a_time(monkeypatch, capsys):
    monkeypatch.setattr(choose, "split_digits", few_digits)
    small = {
        "conv16": {"filters": 4, "dense": 8, "epochs": 1},
        "denoise": {"code": 8, "maps": 4, "epochs": 1},
        "few_labels": {"hidden": (16,), "epochs": 1},
        "numpy16": {"hidden": 8, "epochs": 1},
        "dense64": {"hidden": (16,), "epochs": 1},
    }
    for name, settings in small.items():
        search = choose.SEARCHES[name]
        assert settings.keys() <= search.recipe.keys()
        changed = choose.Search(search.measure, {**search.recipe, **settings}, {"epochs": [2]})
        monkeypatch.setitem(choose.SEARCHES, name, changed)
    assert choose.main([*small]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  ")]
    assert [line[:12].strip() for line in lines] == ["the recipe", "epochs 2"] * len(small)
    assert all(0 < float(line.split()[-3]) < 1 for line in lines)


@pytest.mark.slow
def test_published_recipes_have_the_published_sizes():
    (x, _), _, _ = few_digits()
    assert published.keras_blog_dense(x[:50]).count_params() == 784 * 32 + 32 + 32 * 784 + 784
    model = published.pyimagesearch_conv(x[:64], epochs=1)
    convolutions = (9 * 1 + 1) * 32 + (9 * 32 + 1) * 64 + (9 * 64 + 1) * 64 + (9 * 64 + 1) * 32 + (9 * 32 + 1)
    dense, norms = (3136 + 1) * 16 + (16 + 1) * 3136, 4 * (32 + 64 + 64 + 32)
    assert model.count_params() == convolutions + dense + norms
