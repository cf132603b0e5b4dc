"""A reader's own payments: scored without a look at the future, by a budget, with reasons and clear errors."""

from __future__ import annotations

import importlib.resources

import numpy as np
import pandas as pd
import pytest

from aecourse.applications import fraud
from aecourse.applications.fraud import score_payments
from aecourse.datasets.simulation import simulate_transactions
from aecourse.files import read_payments

YOURS = importlib.resources.files("aecourse") / "data" / "yours"
COLUMNS = {"time": "booked", "customer": "card", "terminal": "shop", "amount": "sum €"}


@pytest.fixture(scope="module")
def cut():
    """Payments of five weeks, cut before the last: past, its scenarios, new."""
    table, scenario = simulate_transactions(customers=40, terminals=60, days=35, seed=1)
    is_past = (table["time"] < 28).to_numpy()
    return table[is_past], scenario[is_past], table[~is_past].reset_index(drop=True)


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(fraud, "STEPS", 2)


@pytest.mark.slow
def test_a_copied_card_is_found_and_its_alert_explained(cut, capsys):
    past, _, new = cut
    new = new.copy()
    busy = new["customer"].mode()[0]
    cheap = new.index[new["customer"] == busy][3]
    new.loc[cheap, "amount"] = 8 * past["amount"][past["customer"] == busy].median()
    found = score_payments(past, new, budget=2)
    assert cheap in found.alerts[:5]
    reason = found.reasons[list(found.alerts).index(cheap)]
    assert f"amount {new['amount'][cheap]:.2f}, expected about" in reason
    assert (found.scores[found.alerts] > found.threshold).all()
    assert found.a_day[0] < 2 < found.a_day[1]
    assert found.best == ""
    assert found.precision == {}
    assert "cannot be known: without known frauds" in capsys.readouterr().out
    assert score_payments(past, new, budget=2).scores.tolist() == found.scores.tolist()


@pytest.mark.slow
def test_known_frauds_say_which_method_is_better_and_late_ones_are_not_looked_at(cut, quick, capsys):
    past, scenario, new = cut
    found = score_payments(past, new, budget=2, frauds=scenario)
    assert set(found.precision) == {"network", *found.rivals}
    assert "with late labels" in found.rivals
    assert found.best == max(found.precision, key=lambda name: found.precision[name])
    assert "Average precision on known days" in capsys.readouterr().out
    changed = np.where(past["time"] >= 21.5, 1 - (scenario > 0), scenario)  # reported after the past has ended
    again = score_payments(past, new, budget=2, frauds=changed)
    assert again.precision == found.precision
    assert np.array_equal(again.rivals["with late labels"], found.rivals["with late labels"])


@pytest.mark.slow
def test_the_payments_that_the_course_carries_go_from_file_to_file(tmp_path, quick):
    table, reported = read_payments(YOURS / "payments.csv", columns=COLUMNS, fraud="reported")
    is_past = (table["time"] < 35).to_numpy()
    new = table[~is_past]
    found = score_payments(table[is_past], new, budget=3, frauds=reported[is_past])
    found.beside(new).to_csv(tmp_path / "alerts.csv", index=False)
    saved = pd.read_csv(tmp_path / "alerts.csv")
    assert len(saved) == len(new)
    assert saved["alert"].sum() == len(found.alerts) == len(found.reasons)
    assert saved["score"].is_monotonic_decreasing
    with pytest.raises(ValueError, match="payments that were scored"):
        found.beside(new[:3])


@pytest.mark.slow
def test_payments_without_a_clock_or_a_terminal_are_scored(cut, quick):
    past, _, new = (part.assign(terminal=0) if isinstance(part, pd.DataFrame) else part for part in cut)
    past, new = (part.assign(time=np.floor(part["time"])) for part in (past, new))
    assert np.isfinite(score_payments(past, new, budget=2).scores).all()


def without(table, column):
    return table.drop(columns=column)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda p, n: ("a.csv", n, {}), TypeError, "past must be a table as read_payments gives it.*the text 'a.csv'"),
        (lambda p, n: ((p, None), n, {}), TypeError, "past must be a table .*a tuple"),
        (
            lambda p, n: (p, without(n, "terminal"), {}),
            ValueError,
            "new must have the columns time.*terminal is missing",
        ),
        (lambda p, n: (p, n[:0], {}), ValueError, "new must hold payments"),
        (lambda p, n: (n, p, {}), ValueError, "new must begin after past has ended.*one file"),
        (lambda p, n: (p, n.assign(amount=-1.0), {}), ValueError, "negative amount"),
        (lambda p, n: (p, n.assign(customer=np.nan), {}), ValueError, "have no time, amount or customer"),
        (lambda p, n: (p[:300], n, {}), ValueError, "past must hold at least 500 payments to learn from"),
        (lambda p, n: (p.assign(amount=5.0), n, {"budget": 2}), ValueError, "payments of several amounts"),
        (lambda p, n: (p, n, {"budget": 0}), ValueError, "budget must be at least one alert"),
        (lambda p, n: (p, n, {"budget": 10_000}), ValueError, "budget must be .* less than their"),
        (lambda p, n: (p, n, {"budget": "3"}), ValueError, "budget must be a number"),
        (lambda p, n: (p, n, {"delay": -1}), ValueError, "delay must be a number"),
        (lambda p, n: (p, n, {"seed": 0.5}), ValueError, "seed must be a whole number"),
        (lambda p, n: (p, n, {"frauds": [0, 1]}), ValueError, "frauds must hold 0 or 1 for each of the"),
    ],
)
def test_what_cannot_be_scored_is_refused_in_one_sentence(cut, change, error, message):
    past, _, new = cut
    past, new, options = change(past, new)
    with pytest.raises(error, match=message) as caught:
        score_payments(past, new, **options)
    assert len(str(caught.value)) <= 600
