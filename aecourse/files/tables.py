"""Tables of one's own: read, typed, in the order of time, with one line on what was done."""

from __future__ import annotations

import csv
import io
import os
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from aecourse.checks import described, listed, short
from aecourse.files.pictures import LETTERS, place

if TYPE_CHECKING:
    import pandas as pd

# What a file begins with that is no table of text, and what helps.
KINDS = {
    b"PK\x03\x04": "an Excel file or a zip archive: save the table as CSV",
    b"\xd0\xcf\x11\xe0": "an Excel file: save the table as CSV",
    b"<": "a web page: a log-in or a page about the file was saved in its place",
    b"{": "JSON: save the table as CSV",
    b"[": "JSON: save the table as CSV",
    b"%PDF": "a PDF: save the table as CSV",
}
SIGNS = ",;\t|"
GAPS = ("", "na", "n/a", "nan", "null", "none", "-", "?", "#n/a", "missing")
SHARE = 0.9  # of a column's texts that must be numbers for it to be one of numbers
WANTED = "a CSV or Parquet file"
PAYMENTS = ("time", "customer", "terminal", "amount")


def read_table(
    path: str | os.PathLike[str],
    *,
    time: str | None = None,
    numbers: Sequence[str] | None = None,
    categories: Sequence[str] | None = None,
) -> pd.DataFrame:
    r"""Read a CSV file, or Parquet where pyarrow is there, as a table of numbers, categories and one column of time.

    Commas, semicolons, tabs and bars part columns; numbers may have decimal commas and thousands' points; UTF-8, UTF-16
    and Windows' Latin letters are told apart; .gz and .bz2 are unpacked. Rows are put in the order of time, oldest
    first. Gaps stay gaps (NaN), and one line says how many there are.

    Args:
        path: the file.
        time: the column of time: dates, or numbers (seconds, days), which stay numbers.
        numbers: the columns of numbers; by default those nine tenths of whose entries are numbers.
        categories: the columns of categories; by default all others.

    Returns:
        The table: numbers as float64, categories as texts, time as it says. Only the columns that are named, where both
        `numbers` and `categories` are given. `attrs["gaps"]` counts each column's gaps, those that were no numbers too.

    Raises:
        TypeError: `path` is no path, or columns are no list of names.
        FileNotFoundError: there is no such file.
        ValueError: it is no table, empty, has no such column, or its times cannot be read.
        ImportError: Parquet without pyarrow.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder) / "a.csv"
        ...     _ = file.write_text("day;price\n2026-02-01;1,5\n2026-01-01;\n")
        ...     table = read_table(file, time="day")
        2 rows, oldest first; numbers: price; gaps: price 1
        >>> table["price"].tolist()
        [nan, 1.5]
    """
    file = place(path, WANTED)
    raw = _raw(file)
    named = {"numbers": numbers, "categories": categories}
    for name, columns in named.items():
        _check_columns(name, columns, raw)
    if time is not None:
        _check_columns("time", [time], raw)
    chosen = {name: list(columns or []) for name, columns in named.items()}
    rest = [c for c in raw.columns if c != time and c not in (*chosen["numbers"], *chosen["categories"])]
    if numbers is None:
        chosen["numbers"] = [c for c in rest if _share_of_numbers(raw[c]) >= SHARE]
    if categories is None:
        chosen["categories"] = [c for c in rest if c not in chosen["numbers"]]
    return _typed(raw, time, chosen["numbers"], chosen["categories"], file)


def _typed(raw: pd.DataFrame, time: str | None, numbers: list[str], categories: list[str], file: Path) -> pd.DataFrame:
    """The table with its columns' types, oldest first; says in one line what was done."""
    import pandas as pd

    made: dict[str, Any] = {}
    if time is not None:
        made[time] = _times(raw[time], time, file)
    for column in numbers:
        _refuse_doubtful(raw[column])
        made[column] = _as_numbers(raw[column])
        if made[column].isna().all():
            raise ValueError(f"numbers: no entry of {short(repr(column))} is a number; expected a column of numbers")
    for column in categories:
        made[column] = _as_texts(raw[column])
    order = [column for column in raw.columns if column in made]
    table = pd.DataFrame(made)[order]
    said = f"{len(table):,} rows"
    if time is not None:
        table = table.sort_values(time, kind="stable", ignore_index=True)
        said += ", oldest first"
    gaps = {column: int(n) for column, n in table.isna().sum().items() if n}
    parts = [f"{what}: {listed(names)}" for what, names in (("numbers", numbers), ("categories", categories)) if names]
    parts.append("gaps: " + ", ".join(f"{c} {n:,}" for c, n in list(gaps.items())[:6]) if gaps else "no gaps")
    print("; ".join([said, *parts]))
    table.attrs["gaps"] = gaps
    return table


def _check_columns(name: str, columns: Any, raw: pd.DataFrame) -> None:
    if columns is None:
        return
    if isinstance(columns, str) or not isinstance(columns, Sequence) or not all(isinstance(c, str) for c in columns):
        raise TypeError(f"{name} must be a list of columns' names, got {described(columns)}")
    if missing := [c for c in columns if c not in raw.columns]:
        raise ValueError(f"{name}: there is no column {short(repr(missing[0]))}; there are {listed(list(raw.columns))}")


# --- the file -------------------------------------------------------------------------------------


def _raw(file: Path) -> pd.DataFrame:
    """The file's columns, those of text files as texts."""
    import pandas as pd

    shown = short(file, LETTERS)
    if not file.is_file():
        what = "is a folder" if file.is_dir() else "there is no file"
        raise FileNotFoundError(f"path: {what} {shown}; expected {WANTED}")
    with file.open("rb") as opened:
        start = opened.read(4)
    if not start:
        raise ValueError(f"path: {shown} is empty; expected {WANTED}")
    if start == b"PAR1":
        try:
            raw = pd.read_parquet(file)
        except ImportError as error:
            raise ImportError(f"path: {shown} is a Parquet file, which needs pyarrow: pip install pyarrow") from error
        except (OSError, ValueError) as error:
            raise ValueError(f"path: {shown} is a damaged Parquet file: {short(error, 120)}") from None
    else:
        raw = _from_text(file, shown)
    raw.columns = [str(column).strip() for column in raw.columns]
    if raw.columns.duplicated().any():
        twice = raw.columns[raw.columns.duplicated()][0]
        raise ValueError(f"path: {shown} has two columns {short(repr(twice))}; expected each name once")
    if raw.empty:
        raise ValueError(f"path: {shown} holds no rows, only a header; expected {WANTED}")
    return raw


def _from_text(file: Path, shown: str) -> pd.DataFrame:
    import pandas as pd

    head, encoding = _head(file, shown)
    for first, kind in KINDS.items():
        if head.lstrip().encode("utf-8", "replace").startswith(first):
            raise ValueError(f"path: {shown} is {kind}")
    sign = _sign(head)
    try:
        with warnings.catch_warnings():
            # A first line with more values than there are columns is an error too, not a warning.
            warnings.simplefilter("error", pd.errors.ParserWarning)
            raw = pd.read_csv(
                file,
                sep=sign,
                encoding=encoding,
                dtype=str,
                keep_default_na=False,
                index_col=False,
                skipinitialspace=True,
                compression="infer",
            )
    except pd.errors.EmptyDataError:
        raise ValueError(f"path: {shown} is empty; expected {WANTED}") from None
    except (pd.errors.ParserError, pd.errors.ParserWarning, UnicodeDecodeError, csv.Error, OSError, EOFError) as error:
        raise ValueError(f"path: {shown} cannot be read as a table: {short(error, 150)}") from None
    # An index that was saved with the table.
    return raw.drop(columns=[c for c in raw.columns[:1] if c.startswith("Unnamed: ")])


def _head(file: Path, shown: str) -> tuple[str, str]:
    """The first letters of a text file, and how they are encoded."""
    import bz2
    import gzip

    with file.open("rb") as opened:
        start = opened.read(3)
    known = {b"\x1f\x8b": (gzip.open, ".gz"), b"BZ": (bz2.open, ".bz2")}
    opener: Any
    opener, ending = known.get(start[:2], (None, ""))
    if opener is not None and start != b"BZh" and ending == ".bz2":
        opener = None
    if opener is not None and file.suffix != ending:
        raise ValueError(f"path: {shown} is compressed: let its name end in {ending}, or unpack it")
    first = {b"PK": b"PK\x03\x04", b"\xd0\xcf": b"\xd0\xcf\x11\xe0"}.get(start[:2])
    if first:
        raise ValueError(f"path: {shown} is {KINDS[first]}")
    try:
        with opener(file) if opener else file.open("rb") as opened:
            data = opened.read(200_000)
    except (OSError, EOFError) as error:
        raise ValueError(f"path: {shown} cannot be unpacked: {short(error, 120)}") from None
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data[: len(data) // 2 * 2].decode("utf-16", "replace"), "utf-16"
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.start < len(data) - 4:  # not only a letter that the piece cut in two
            return data.decode("cp1252", "replace"), "cp1252"
        text = data[: error.start].decode("utf-8-sig")
    if "\0" in text:
        raise ValueError(f"path: {shown} is no text; expected {WANTED}")
    return text, "utf-8-sig"


def _sign(head: str) -> str:
    """What parts the columns: the sign that is there equally often in the first lines."""
    rows = {sign: [len(row) for row in csv.reader(io.StringIO(head), delimiter=sign)][:50] for sign in SIGNS}
    if head.count("\n") > 1:
        rows = {sign: lengths[:-1] or lengths for sign, lengths in rows.items()}  # the last may be cut
    equal = {
        sign: lengths[0] for sign, lengths in rows.items() if lengths and lengths.count(lengths[0]) == len(lengths)
    }
    best = max(equal, key=lambda sign: equal[sign], default=",")
    if equal.get(best, 0) > 1:
        return best
    header = head.partition("\n")[0]
    return max(SIGNS, key=header.count) if any(map(header.count, SIGNS)) else ","


# --- columns --------------------------------------------------------------------------------------


def _is_gap(column: pd.Series) -> pd.Series:
    return column.isna() | column.astype(str).str.strip().str.lower().isin(GAPS)


def _share_of_numbers(column: pd.Series) -> float:
    if column.dtype.kind in "biuf":
        return 1.0
    sample = column[~_is_gap(column)]
    sample = sample.sample(2000, random_state=0) if len(sample) > 2000 else sample
    return float(_as_numbers(sample).notna().mean()) if len(sample) else 0.0


def _as_numbers(column: pd.Series) -> pd.Series:
    """Texts as numbers, NaN where they are none: points or commas before the decimals, signs of money left out."""
    import pandas as pd

    if column.dtype.kind in "biuf":
        return column.astype(float).replace([np.inf, -np.inf], np.nan)
    texts = column.astype(str).str.strip().where(~_is_gap(column), "")
    plain = pd.to_numeric(texts, errors="coerce")
    if plain.notna().sum() == (texts != "").sum():
        return plain.astype(float).replace([np.inf, -np.inf], np.nan)
    texts = texts.str.replace(r"[€$£%\s'\u00a0\u202f]", "", regex=True).str.replace("\u2212", "-")
    texts = _decimal_points(texts)
    return pd.to_numeric(texts, errors="coerce").astype(float).replace([np.inf, -np.inf], np.nan)


def _refuse_doubtful(column: pd.Series) -> None:
    """Raise where every comma stands before three digits, and nothing shows whether thousands or decimals are meant."""
    if column.dtype.kind in "biuf":
        return
    texts = column.astype(str).str.strip().where(~_is_gap(column), "")
    if texts.str.contains(",").any() and texts.str.fullmatch(r"-?(\d+|[1-9]\d{0,2},\d{3})?").all():
        raise ValueError(
            f"numbers: {short(repr(column.name))} holds numbers such as 1,234, either thousands or with three "
            "decimals. Save the file without a sign between thousands, or with points before decimals"
        )


def _decimal_points(texts: pd.Series) -> pd.Series:
    """Numbers with one point before the decimals, and nothing between thousands."""
    comma_last = texts.str.contains(r"\.\d{3}.*,\d*$|^[^.,]*,\d{1,2}$|^[^.,]*,\d{4,}$", regex=True)
    point_last = texts.str.contains(r",\d{3}.*\.\d*$", regex=True) | texts.str.contains(r"\d\.\d", regex=True)
    if comma_last.any() or (texts.str.contains(",").any() and not point_last.any() and not _thousands(texts)):
        return texts.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
    return texts.str.replace(",", "", regex=False)


def _thousands(texts: pd.Series) -> bool:
    """Whether every comma stands before three digits, and some number has two of them."""
    with_comma = texts[texts.str.contains(",")]
    fits = with_comma.str.fullmatch(r"-?\d{1,3}(,\d{3})+")
    return bool(fits.all() and (with_comma.str.count(",") > 1).any())


def _as_texts(column: pd.Series) -> pd.Series:
    texts = column.astype(str).str.strip()
    return texts.where(~_is_gap(column), np.nan).astype(object)


def _times(column: pd.Series, name: str, file: Path) -> pd.Series:
    """A column of time: numbers as they are, texts as dates."""
    import pandas as pd

    if column.dtype.kind == "M":
        made = column
    elif _share_of_numbers(column) >= SHARE and not column.astype(str).str.fullmatch(r"\d{8}").all():
        made = _as_numbers(column)
    else:
        made = _dates(column.astype(str).str.strip())
    bad = np.flatnonzero(made.isna())
    if len(bad):
        raise ValueError(
            f"time: {len(bad):,} of {len(made):,} entries of {short(repr(name))} are no time, the first in row "
            f"{bad[0] + 1} of {short(file.name, 80)}; expected dates such as 2026-01-31 14:05, or numbers. Without a "
            "time a row has no place in the order: leave these rows out"
        )
    return pd.Series(made)


def _dates(texts: pd.Series) -> pd.Series:
    """Texts as dates, NaT where they are none: the year first, or the day, or the month, alike in all rows."""
    import pandas as pd

    best = pd.Series(pd.NaT, index=texts.index)
    for dayfirst in (False, True):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that it guesses; it is checked below
            made = pd.to_datetime(texts, errors="coerce", dayfirst=dayfirst, format=None)
            if made.isna().any():
                made = pd.to_datetime(texts, errors="coerce", dayfirst=dayfirst, format="mixed", utc=_zoned(texts))
        if made.notna().sum() > best.notna().sum():
            best = made
    if getattr(best.dtype, "tz", None) is not None:
        best = best.dt.tz_convert("UTC").dt.tz_localize(None)
    return best


def _zoned(texts: pd.Series) -> bool:
    return bool(texts.str.contains(r"(?:Z|[+-]\d\d:?\d\d)$", regex=True).any())


def read_payments(
    path: str | os.PathLike[str],
    *,
    columns: Mapping[str, str],
    fraud: str | None = None,
) -> tuple[pd.DataFrame, np.ndarray | None]:
    """Read a stranger's payments as the table that the lesson on fraud works with.

    Args:
        path: a file as for `read_table`.
        columns: what the course calls a column → what the file calls it: "time" (dates, or numbers of seconds or days),
            "customer", "amount", and "terminal" where there is one.
        fraud: the column that says which payments were frauds, if there is one: 0 and 1, yes and no, true and false.

    Returns:
        `table, y`: columns `time` in days since the first payment, `customer` and `terminal` as whole numbers,
        `amount`; oldest first. `y` is 0 for honest payments and 1 for frauds, or None. Payments without a customer or
        an amount, or with a negative one, are left out, and a line says how many.

    Raises:
        TypeError, FileNotFoundError, ValueError: as `read_table`, and where a column is not named.
    """
    import pandas as pd

    if not isinstance(columns, Mapping) or not {"time", "customer", "amount"} <= set(columns) <= set(PAYMENTS):
        raise ValueError(
            f"columns must be a dict of time, customer, amount and perhaps terminal, got {described(columns)}"
        )
    if len(set(columns.values())) < len(columns):
        raise ValueError("columns names one column of the file twice; expected another one for each key")
    who = [columns[key] for key in ("customer", "terminal") if key in columns]
    table = read_table(
        path,
        time=columns["time"],
        numbers=[columns["amount"]],
        categories=[*who, *([fraud] if fraud is not None else [])],
    )
    gaps = table[[columns["amount"], *who, *([fraud] if fraud is not None else [])]].isna().any(axis=1)
    left_out = gaps | (table[columns["amount"]] < 0)
    if left_out.all():
        raise ValueError("path: no payment has an amount of at least 0 and a customer; are the columns the right ones?")
    if left_out.any():
        print(f"{int(left_out.sum()):,} payments left out: without an amount, customer or terminal, or negative")
    table = table[~left_out].reset_index(drop=True)
    made = pd.DataFrame({"time": _days(table[columns["time"]])})
    for key in ("customer", "terminal"):
        made[key] = pd.factorize(table[columns[key]])[0].astype(np.int64) if key in columns else 0
    made["amount"] = table[columns["amount"]]
    made.attrs["source"] = "your file"
    return made, None if fraud is None else _frauds(table[fraud], fraud)


def _days(time: pd.Series) -> pd.Series:
    """Time in days since the first; numbers that span more than ten years of days are seconds."""
    since = time - time.iloc[0]
    if since.dtype.kind == "m":
        return since.dt.total_seconds() / 86_400
    return since / 86_400 if since.iloc[-1] > 3_650 else since


def _frauds(column: pd.Series, name: str) -> np.ndarray:
    words = {"0": 0, "0.0": 0, "no": 0, "false": 0, "n": 0, "1": 1, "1.0": 1, "yes": 1, "true": 1, "y": 1, "fraud": 1}
    found = column.str.lower().map(words)
    if found.isna().any():
        raise ValueError(f"fraud: {short(repr(name))} must hold 0 and 1, yes and no, or true and false only")
    return found.to_numpy(dtype=np.int64)
