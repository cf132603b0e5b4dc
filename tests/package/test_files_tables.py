"""Tables of one's own, as exports and spreadsheets write them; every file is made here."""

from __future__ import annotations

import gzip
import io
import zipfile

import numpy as np
import pandas as pd
import pytest

from aecourse.files import read_payments, read_table

ROWS = [("2026-03-05 10:00", 3.5, "shop"), ("2026-03-04 09:30", 1234.25, "online"), ("2026-03-01 00:00", 7, "shop")]


def text(sign=",", decimal=".", end="\n", date="%Y-%m-%d %H:%M", header=True) -> str:
    lines = [sign.join(("when", "amount", "place"))] if header else []
    for when, amount, place in ROWS:
        number = f"{amount:.2f}".replace(".", decimal)
        lines.append(sign.join((pd.Timestamp(when).strftime(date), number, place)))
    return end.join([*lines, ""])


FORMS = {
    "commas": (text(), "utf-8"),
    "semicolons and decimal commas": (text(";", ","), "utf-8"),
    "tabs": (text("\t"), "utf-8"),
    "bars": (text("|"), "utf-8"),
    "Windows": (text(end="\r\n"), "utf-8-sig"),
    "UTF-16": (text("\t", ","), "utf-16"),
    "German dates": (text(";", ",", date="%d.%m.%Y %H:%M"), "utf-8"),
    "American dates": (text(date="%m/%d/%Y %I:%M %p"), "utf-8"),
    "with a zone": (text(date="%Y-%m-%dT%H:%M:%SZ"), "utf-8"),
}


@pytest.mark.parametrize("form", FORMS)
def test_any_export_is_the_same_table(tmp_path, form, capsys):
    written, encoding = FORMS[form]
    (tmp_path / "a.csv").write_bytes(written.encode(encoding))
    table = read_table(tmp_path / "a.csv", time="when")
    assert list(table.columns) == ["when", "amount", "place"]
    assert table["amount"].tolist() == [7.0, 1234.25, 3.5]
    assert table["place"].tolist() == ["shop", "online", "shop"]
    if form not in ("German dates", "American dates"):
        assert table["when"].iloc[0] == pd.Timestamp("2026-03-01")
    assert table["when"].is_monotonic_increasing
    assert capsys.readouterr().out == "3 rows, oldest first; numbers: amount; categories: place; no gaps\n"


@pytest.mark.parametrize(("form", "day"), [("German dates", "%d.%m.%Y"), ("American dates", "%m/%d/%Y")])
def test_day_and_month_are_told_apart_by_all_rows(tmp_path, form, day):
    days = [pd.Timestamp("2026-03-25") - pd.Timedelta(days=3 * i) for i in range(8)]
    (tmp_path / "a.csv").write_text("d;x\n" + "".join(f"{d.strftime(day)};1\n" for d in days))
    assert read_table(tmp_path / "a.csv", time="d")["d"].tolist() == days[::-1]


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (["1.234,50", "2,00", "10.000.000,1"], [1234.5, 2.0, 10000000.1]),
        (["1,234.50", "2.00", "10,000,000.1"], [1234.5, 2.0, 10000000.1]),
        (["€ 3,50", "-2,00 €", "1 200,00"], [3.5, -2.0, 1200.0]),
        (["$3.50", "−2.00", "1'200.00"], [3.5, -2.0, 1200.0]),
        (["1e-3", "2E5", "7"], [0.001, 200000.0, 7.0]),
        (["1,234,567", "12,345", "1"], [1234567.0, 12345.0, 1.0]),
        (["12 %", "7 %", "3.5 %"], [12.0, 7.0, 3.5]),
    ],
)
def test_numbers_as_people_write_them(tmp_path, texts, numbers):
    (tmp_path / "a.csv").write_text("x;y\n" + "".join(f"{one};a\n" for one in texts), encoding="utf-8")
    assert read_table(tmp_path / "a.csv")["x"].tolist() == numbers


@pytest.mark.parametrize("texts", [["1,500", "2,000"], ["-1,234", "7"], ["12,345", "", "999"]])
def test_thousands_or_decimals_is_asked_and_not_guessed(tmp_path, texts):
    (tmp_path / "a.csv").write_text("x;y\n" + "".join(f"{one};a\n" for one in texts), encoding="utf-8")
    with pytest.raises(ValueError, match="either thousands or with three decimals"):
        read_table(tmp_path / "a.csv")


def test_gaps_are_counted_and_stay_gaps(tmp_path, capsys):
    (tmp_path / "a.csv").write_text("x,kind\n1,a\n,b\nn/a,\n4,a\noops,b\n" + "5,a\n" * 20)
    table = read_table(tmp_path / "a.csv", numbers=["x"])
    assert table["x"].isna().sum() == 3
    assert table["kind"].isna().tolist()[:4] == [False, False, True, False]
    assert table.attrs["gaps"] == {"x": 3, "kind": 1}
    assert "gaps: x 3, kind 1" in capsys.readouterr().out


def test_only_named_columns_and_an_index_that_was_saved(tmp_path):
    pd.DataFrame({"a": [1, 2], "b": [3, 4], "c": ["x", "y"]}).to_csv(tmp_path / "a.csv")
    assert list(read_table(tmp_path / "a.csv").columns) == ["a", "b", "c"]
    assert list(read_table(tmp_path / "a.csv", numbers=["b"], categories=[]).columns) == ["b"]
    assert read_table(tmp_path / "a.csv", numbers=[], categories=["a"])["a"].tolist() == ["1", "2"]


def test_time_as_numbers_stays_numbers(tmp_path):
    (tmp_path / "a.csv").write_text("t,x\n30,3\n10,1\n20.5,2\n")
    assert read_table(tmp_path / "a.csv", time="t")["t"].tolist() == [10.0, 20.5, 30.0]


def test_compressed_and_parquet(tmp_path):
    with gzip.open(tmp_path / "a.csv.gz", "wt") as file:
        file.write(text())
    assert read_table(tmp_path / "a.csv.gz", time="when")["amount"].tolist() == [7.0, 1234.25, 3.5]
    pd.DataFrame(ROWS, columns=["when", "amount", "place"]).to_parquet(tmp_path / "a.parquet")
    assert read_table(tmp_path / "a.parquet", time="when")["amount"].tolist() == [7.0, 1234.25, 3.5]


def excel() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return data.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.csv", b"", "is empty"),
        ("a.csv", b"  \n \n", "is empty|no rows"),
        ("a.csv", b"a,b\n", "no rows, only a header"),
        ("a.csv", b"<!DOCTYPE html><html></html>", "a web page"),
        ("a.csv", b'\xef\xbb\xbf{"a": 1}', "JSON"),
        ("a.xlsx", excel(), "Excel"),
        ("a.csv", b"%PDF-1.7", "PDF"),
        ("a.csv", b"\x00\x01\x02\x03" * 50, "no text"),
        ("a.csv", gzip.compress(b"a,b\n1,2\n"), "its name end in .gz"),
        ("a.csv.gz", gzip.compress(b"a,b\n1,2\n" * 999)[:25], "cannot be unpacked"),
        ("a.csv", b"a,b\n1,2\n1,2,3,4\n", "cannot be read as a table"),
        ("a.csv", b"a,a\n1,2\n", "cannot be|two columns"),
        ("a.parquet", b"PAR1" + b"\0" * 40, "damaged Parquet"),
    ],
    ids=lambda part: part if isinstance(part, str) else f"{len(part)} bytes",
)
def test_what_is_no_table_says_so_in_one_sentence(tmp_path, name, data, says):
    (tmp_path / name).write_bytes(data)
    if name == "a.csv" and data == b"a,a\n1,2\n":  # pandas gives the second a name of its own
        assert list(read_table(tmp_path / name).columns) == ["a", "a.1"]
        return
    with pytest.raises(ValueError, match=says) as caught:
        read_table(tmp_path / name)
    assert len(str(caught.value)) <= 600


def test_columns_and_times_that_are_not_there(tmp_path):
    (tmp_path / "a.csv").write_text("day,x,kind\n2026-01-01,1,a\nyesterday,2,b\n")
    for options, error, says in (
        ({"time": "date"}, ValueError, "no column 'date'; there are"),
        ({"numbers": "x"}, TypeError, "list of columns' names"),
        ({"time": "day"}, ValueError, "1 of 2 entries of 'day' are no time, the first in row 2"),
        ({"numbers": ["kind"]}, ValueError, "no entry of 'kind' is a number"),
    ):
        with pytest.raises(error, match=says):
            read_table(tmp_path / "a.csv", **options)
    with pytest.raises(FileNotFoundError, match="there is no file"):
        read_table(tmp_path / "b.csv")


COLUMNS = {"time": "Buchung", "customer": "Karte", "amount": "Betrag", "terminal": "Kasse"}


def test_a_strangers_payments_become_the_lessons_table(tmp_path, capsys):
    rows = [
        "2026-02-03;K2;1,50;A;no",
        "2026-02-01 12:00;K1;20,00;B;yes",
        "2026-02-02;K1;-3,00;B;no",
        "2026-02-02;;9;B;no",
    ]
    (tmp_path / "a.csv").write_text("Buchung;Karte;Betrag;Kasse;Betrug\n" + "\n".join(rows) + "\n")
    table, y = read_payments(tmp_path / "a.csv", columns=COLUMNS, fraud="Betrug")
    assert list(table.columns) == ["time", "customer", "terminal", "amount"]
    assert table["time"].tolist() == [0.0, 1.5]
    assert table["amount"].tolist() == [20.0, 1.5]
    assert table["customer"].nunique() == 2
    assert y is not None
    assert y.tolist() == [1, 0]
    assert "2 payments left out" in capsys.readouterr().out
    without = {key: COLUMNS[key] for key in ("time", "customer", "amount")}
    table, y = read_payments(tmp_path / "a.csv", columns=without)
    assert (set(table["terminal"]), y) == ({0}, None)


def test_payments_in_seconds_are_counted_in_days(tmp_path):
    (tmp_path / "a.csv").write_text("t,c,a\n" + "".join(f"{86_400 * i},{i % 3},5\n" for i in range(9)))
    table, _ = read_payments(tmp_path / "a.csv", columns={"time": "t", "customer": "c", "amount": "a"})
    np.testing.assert_allclose(table["time"], np.arange(9))


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"time": "t"}, "time, customer, amount"),
        ({"time": "t", "customer": "c", "amount": "a", "shop": "s"}, "time, customer, amount"),
        ({"time": "t", "customer": "t", "amount": "a"}, "names one column of the file twice"),
        ("t", "must be a dict"),
    ],
)
def test_payments_without_the_columns_are_refused(tmp_path, columns, says):
    (tmp_path / "a.csv").write_text("t,c,a\n1,2,3\n")
    with pytest.raises(ValueError, match=says):
        read_payments(tmp_path / "a.csv", columns=columns)
