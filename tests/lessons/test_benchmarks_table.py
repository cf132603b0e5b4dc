"""The README's table of what was measured: made from the stored rows, yes or no, losses shown as losses."""

from __future__ import annotations

import json
from types import SimpleNamespace

from tests.course import COURSE, ROOT
from tools.results import duels, table


def course(tmp_path, *rows):
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "benchmarks" / "results.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    lesson = SimpleNamespace(title="Sound", name="01_noise")
    return SimpleNamespace(root=tmp_path, lesson=lambda topic: lesson if topic == "sound" else None)


def record(model, score, unit, *asked, seconds=1.0, topic="sound", seeds=(0, 1, 2), name="noise"):
    return {
        "comparison": name,
        "topic": topic,
        "model": model,
        "seconds": seconds,
        "score": score,
        "unit": unit,
        "asked": asked,
        "seeds": seeds,
        "date": "2026-01-02",
        "machine": "a laptop",
        "versions": {"Keras": "3.8"},
    }


def ask(rival="PCA", reached=True, ahead=(), seconds=""):
    return {"text": "half its error", "reached": reached, "rival": rival, "ahead": list(ahead), "seconds": seconds}


def last_row(there):
    rows = [line for line in table(there).splitlines() if line.startswith("|")]
    return [cell.strip() for cell in rows[-1].strip("|").split("|")]


def test_a_ratio_of_errors_and_of_seconds(tmp_path):
    ours = record("net (lesson)", 0.01, "MSE", ask(seconds="compared"), seconds=1.2)
    there = course(tmp_path, record("PCA", 0.025, "MSE", seconds=2.4), ours)
    assert last_row(there) == [
        "`noise` ([Sound](notebooks/01_noise.ipynb))",
        "net: MSE 0.0100 in 1.2 s",
        "PCA: MSE 0.0250 in 2.4 s",
        "half its error",
        "yes, 0.40 × in 0.50 ×",
    ]


def test_a_difference_of_other_scores_and_every_loss(tmp_path):
    ours = record("net (lesson)", 87.9, "found, %", ask(ahead=["PCA", "a forest"]))
    there = course(tmp_path, record("PCA", 90.0, "found, %"), record("a forest", 89, "found, %"), ours)
    assert last_row(there)[1:3] == ["net: 87.9 % found", "PCA: 90.0 % found"]
    assert last_row(there)[-1] == "yes, −2.1, behind PCA; a forest"


def test_no_score_is_rounded_to_nothing(tmp_path):
    there = course(tmp_path, record("PCA", 1.2e-5, "MSE"), record("net (lesson)", 6.5e-6, "MSE", ask()))
    assert last_row(there)[1:3] == ["net: MSE 6.5e-06", "PCA: MSE 1.2e-05"]


def test_what_is_not_reached_says_no(tmp_path):
    ours = record("net (lesson)", 0.02, "MSE", ask(reached=False))
    there = course(tmp_path, record("PCA", 0.025, "MSE"), ours)
    assert last_row(there)[-1] == "**no**, 0.80 ×"


def test_a_row_for_each_thing_asked_and_none_for_what_is_no_lesson(tmp_path):
    ours = record("net (lesson)", 0.01, "MSE", ask(), ask())
    other = record("first paint", 0.2, "s", ask(rival=None), topic="playground")
    said = table(course(tmp_path, record("PCA", 0.025, "MSE"), ours, other)).splitlines()
    assert [line[:7] for line in said[2:4]] == ["| `nois"] * 2
    assert said[4:] == ["", "Medians over seeds 0, 1, 2, a laptop, Keras 3.8, 2026-01-02."]


def test_the_line_below_names_what_has_other_seeds(tmp_path):
    rows = [record("net (lesson)", 0.01, "MSE", ask(rival=None), name=name) for name in "ab"]
    slow = record("net (lesson)", 0.01, "MSE", ask(rival=None), name="slow", seeds=[0])
    last = table(course(tmp_path, *rows, slow)).splitlines()[-1]
    assert last == "Medians over seeds 0, 1, 2, a laptop, Keras 3.8, 2026-01-02; `slow`: seed 0."


def test_nothing_measured_is_a_table_without_rows(tmp_path):
    assert len(table(SimpleNamespace(root=tmp_path)).splitlines()) == 2


def a_duel(simple, ours_wins):
    return {**ask(), "task": "take out noise", "simple": simple, "ours wins": ours_wins}


def test_a_duel_names_the_best_simple_method_and_who_wins(tmp_path):
    ours = [
        record("net (lesson)", 0.01, "MSE", a_duel("PCA", True), ask(), name="a"),
        record("net (lesson)", 87.9, "found, %", a_duel("a forest", False), name="b"),
        record("net (lesson)", 90.01, "found, %", a_duel("a tree", False), name="c"),
    ]
    rivals = [
        record("PCA", 0.025, "MSE", name="a"),
        record("a forest", 90, "found, %", name="b"),
        record("a tree", 90.03, "found, %", name="c"),
    ]
    rows = [line.strip("|").split(" | ") for line in duels(course(tmp_path, *rivals, *ours)).splitlines()[2:]]
    assert [[cell.strip() for cell in row[1:]] for row in rows] == [
        ["MSE 0.0100", "PCA: MSE 0.0250", "the autoencoder, 0.40 ×"],
        ["87.9 % found", "a forest: 90.0 % found", "the simple method, −2.1"],
        ["90.0 % found", "a tree: 90.0 % found", "neither"],
    ]
    assert rows[0][0].strip() == "take out noise ([Sound](notebooks/01_noise.ipynb))"


def test_the_tables_of_the_stored_rows_are_in_the_readme():
    readme, there = (ROOT / "README.md").read_text(encoding="utf-8"), COURSE
    assert table(there) in readme
    assert duels(there) in readme
    assert len(duels(there).splitlines()) >= 10
