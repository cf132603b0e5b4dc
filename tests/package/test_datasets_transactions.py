"""Simulated payments follow their rules; real ones are read from a file or a download, and bad files are told apart."""

from __future__ import annotations

import hashlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from aecourse.datasets import load_transactions, simulate_transactions, split_days, transactions


@pytest.fixture(scope="module")
def simulated():
    return simulate_transactions()


@pytest.mark.slow
def test_there_are_200_000_payments_and_they_say_that_they_are_simulated(simulated):
    table, scenario = simulated
    assert len(table) == len(scenario) > 200_000
    assert table.attrs["source"] == "simulated"


def test_the_table_is_in_order_of_time_and_in_range(simulated):
    table, _ = simulated
    assert table["time"].is_monotonic_increasing
    assert table["time"].between(0, 56).all()
    assert (table["amount"] > 0).all()
    assert table["customer"].between(0, 1999).all()
    assert table["terminal"].between(0, 3999).all()
    assert np.allclose(table["amount"] * 100, (table["amount"] * 100).round())


def test_about_one_payment_in_a_hundred_is_a_fraud_from_the_first_day_on(simulated):
    table, scenario = simulated
    daily = pd.Series(scenario > 0).groupby(table["time"].astype(int)).mean()
    assert 0.009 < daily.mean() < 0.013
    assert daily.min() > 0.004
    assert set(np.unique(scenario)) == {0, 1, 2, 3}


def test_scenario_1_is_every_large_amount(simulated):
    table, scenario = simulated
    assert table["amount"][scenario == 0].max() <= 220
    assert table["amount"][scenario == 1].min() > 220


def test_scenario_2_takes_everything_at_a_terminal_for_28_days(simulated):
    table, scenario = simulated
    broken = table["terminal"][scenario == 2].iloc[len(table) // 1000]
    here = (table["terminal"] == broken).to_numpy()
    days = table["time"][here & (scenario == 2)].astype(int)
    between = here & (table["time"].astype(int).between(days.min(), days.max())).to_numpy()
    assert days.max() - days.min() < 2 * 28
    assert ((scenario[between] >= 2).mean()) > 0.9


def test_scenario_3_multiplies_a_third_of_a_cards_amounts(simulated):
    table, scenario = simulated
    usual = table[scenario == 0].groupby("customer")["amount"].mean()
    stolen = table[scenario == 3]
    ratio = stolen["amount"] / usual.reindex(stolen["customer"]).to_numpy()
    assert 4 < ratio.median() < 6


def test_customers_pay_near_home(simulated):
    table, _ = simulated
    assert table.groupby("customer")["terminal"].nunique().median() < 60


def test_the_seed_decides():
    sizes = {"customers": 40, "terminals": 50, "days": 5}
    first, again, other = (simulate_transactions(**sizes, seed=s) for s in (1, 1, 2))
    pd.testing.assert_frame_equal(first[0], again[0])
    np.testing.assert_array_equal(first[1], again[1])
    assert not first[0].equals(other[0])


@pytest.mark.parametrize(
    ("name", "value"), [("customers", 0), ("terminals", 2.5), ("days", True), ("seed", -1), ("seed", "0")]
)
def test_bad_sizes(name, value):
    with pytest.raises(ValueError, match=f"{name} must be a whole number of at least"):
        simulate_transactions(**{name: value})


@pytest.mark.slow
def test_the_loader_splits_by_time():
    (past, y_past), (future, y_future) = load_transactions()
    assert past["time"].max() < 49 <= future["time"].min()
    assert (len(past), len(future)) == (len(y_past), len(y_future))
    assert past.index[-1] + 1 == future.index[0]
    assert y_past.dtype == np.int64
    assert past.attrs["source"] == future.attrs["source"] == "simulated"
    assert len(load_transactions(seed=1)[0][0]) != len(past)


# ------------------------------------------------------------------------------------------------- the real payments


COLUMNS = transactions._ULB_COLUMNS


def real(n: int = 40) -> pd.DataFrame:
    """A table in the published format, its payments spread over two days."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(size=(n, 31)).round(6), columns=COLUMNS)
    table["Time"] = np.linspace(0, 172_000, n).round()
    table["Amount"] = rng.exponential(80, n).round(2)
    table["Class"] = (np.arange(n) % 10 == 3).astype(int)
    return table


def saved(tmp_path: Path, table: pd.DataFrame | str) -> Path:
    path = tmp_path / "creditcard.csv"
    path.write_text(table if isinstance(table, str) else table.to_csv(index=False), encoding="utf-8")
    return path


def test_a_file_of_ones_own(tmp_path):
    (past, y_past), (future, y_future) = load_transactions("ulb", path=saved(tmp_path, real().sample(frac=1)))
    assert list(past.columns) == COLUMNS[:-1]
    assert (len(past), len(future)) == (20, 20)
    assert past["Time"].max() < 86_400 <= future["Time"].min()
    assert y_past.sum() + y_future.sum() == 4
    assert set(np.flatnonzero(y_past)) == {3, 13}
    assert past.attrs["source"] == "ULB"
    pd.testing.assert_frame_equal(past, real().drop(columns="Class")[:20], check_dtype=False)


def with_value(column: str, value: object, row: int = 5) -> pd.DataFrame:
    table = real().astype(object)
    table.loc[row, column] = value
    return table


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        (real()[:0], "only a header"),
        (real().drop(columns=["V3", "Amount"]), "it has no V3, Amount"),
        (real().assign(note="x", V29=1.0), "unknown note, V29"),
        (real().rename(columns={"Class": "class"}), "it has no Class; it has the unknown class"),
        (with_value("V7", "seven"), "V7 in line 7 of .* is 'seven'; expected a finite number"),
        (with_value("V7", ""), "V7 in line 7 of .* is ''; .* It is empty there"),
        (with_value("Amount", float("inf")), "Amount in line 7 of .* is 'inf'"),
        (with_value("Amount", -1.0), "Amount in line 7 of .* is -1; expected amounts of at least 0"),
        (with_value("Time", -3.0), "Time in line 7 of .* is -3"),
        (with_value("Class", 2), "Class in line 7 of .* is 2; expected 0 or 1"),
        (real().to_csv(index=False)[:-60], "line 41 of .* was cut short"),
        (real()[:10], "payments before and after 86400 s.*Is the file whole"),
        (real().to_csv(index=False).replace("\n0.0,", "\n0.0,1,2,3,", 1), "cannot be read"),
        (real().to_csv(index=False) + "1,2,3," * 20, "cannot be read"),
        ("<html>Please log in</html>\n", "is a web page"),
    ],
)
def test_bad_files(tmp_path, content, said):
    path = saved(tmp_path, content)
    with pytest.raises(ValueError, match=f"path: .*{said}") as caught:
        load_transactions("ulb", path=path)
    assert str(path) in str(caught.value)


def test_binary_file(tmp_path):
    path = tmp_path / "creditcard.csv"
    path.write_bytes(b"\x81\xfe\x00\x81" * 100)
    with pytest.raises(ValueError, match=r"path: .* cannot be read"):
        load_transactions("ulb", path=path)


def test_bad_arguments(tmp_path):
    with pytest.raises(ValueError, match="source must be"):
        load_transactions("kaggle")
    with pytest.raises(ValueError, match=r'path was given.*source="ulb" only'):
        load_transactions(path=tmp_path)
    with pytest.raises(TypeError, match="path is 3; expected"):
        load_transactions("ulb", path=3)
    with pytest.raises(FileNotFoundError, match="path: there is no file"):
        load_transactions("ulb", path=tmp_path / "nothing.csv")
    with pytest.raises(ValueError, match="seed must be"):
        load_transactions(seed=0.5)


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict]:
    """An empty cache, and a server on the loopback in place of the real address; what it sends can be changed."""
    content = real().to_csv(index=False).encode()
    answer = {"content": content, "length": len(content), "requests": 0}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer["requests"] += 1
            self.send_response(200)
            self.send_header("Content-Length", str(answer["length"]))
            self.end_headers()
            self.wfile.write(answer["content"])

        def log_message(self, *_: object) -> None:
            """Keep the tests' output clean."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(transactions, "_ULB_URL", f"http://127.0.0.1:{server.server_port}/creditcard.csv")
    monkeypatch.setattr(transactions, "_ULB_SHA256", hashlib.sha256(content).hexdigest())
    yield answer
    server.shutdown()
    server.server_close()


def test_the_download_is_kept(served):
    (past, _), _ = load_transactions("ulb")
    load_transactions("ulb")
    assert len(past) == 20
    assert served["requests"] == 1


def test_a_truncated_download(served, tmp_path):
    served["content"] = served["content"][:1000]
    with pytest.raises(ConnectionError, match=r"creditcard.csv could not be downloaded.*got only 1000 out of"):
        load_transactions("ulb")
    assert not list((tmp_path / "keras" / "datasets").iterdir())


def test_another_file_in_its_place(served, tmp_path):
    served.update(content=b"<html>log in</html>", length=19)
    with pytest.raises(ValueError, match=r"not the creditcard.csv that was expected"):
        load_transactions("ulb")
    assert not list((tmp_path / "keras" / "datasets").iterdir())


@pytest.mark.slow
def test_every_payment_after_the_first_two_weeks_has_one_purpose(simulated):
    time = simulated[0]["time"]
    fit, valid, test = split_days(time)
    assert ((fit.astype(int) + valid + test) == (time >= 14)).all()
    assert time[fit].max() < 42 <= time[valid].min() < time[valid].max() < 49 <= time[test].min()
    future = load_transactions()[1][0]
    np.testing.assert_array_equal(future["time"], time[test])
