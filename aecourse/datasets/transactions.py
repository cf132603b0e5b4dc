"""Card payments with a few frauds among them: simulated by default, or the real ones that the ULB published."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from aecourse.checks import as_array, described, finite, listed, short
from aecourse.datasets.download import fetch
from aecourse.datasets.simulation import simulate_transactions

if TYPE_CHECKING:
    import pandas as pd

# Days of the simulation, from and before: what is fitted on (the two weeks before let windows of the past fill), chosen
# on and judged on. The last is the future that `load_transactions` gives.
_FIT, _VALID, _TEST = (14, 42), (42, 49), (49, 56)

_ULB_NAME = "creditcard.csv"
_ULB_URL = "https://storage.googleapis.com/download.tensorflow.org/data/creditcard.csv"
# As several users of this address and of the same file on Kaggle publish it; its MD5 on Zenodo (record 7395559) is
# e90efcb83d69faf99fcab8b0255024de, its size 150,828,752 bytes.
_ULB_SHA256 = "76274b691b16a6c49d3f159c883398e03ccd6d1ee12d9d8ee38f4b4b98551a89"
_ULB_COLUMNS = ["Time", *(f"V{i}" for i in range(1, 29)), "Amount", "Class"]
_DAY = 86_400  # seconds
LONGEST = 3_650  # days; more of them are seconds
# What a file begins with that is no CSV file, and what helps.
_NO_CSV = {
    b"PK\x03\x04": "an Excel file or a zip archive: save the table as CSV",
    b"\xd0\xcf\x11\xe0": "an Excel file: save the table as CSV",
    b"\x1f\x8b": "compressed with gzip: unpack it, or let its name end in .gz",
    b"PAR1": "a Parquet file: save it with pandas as CSV",
    b"\xff\xfe": "text in UTF-16: save it as UTF-8",
    b"\xfe\xff": "text in UTF-16: save it as UTF-8",
    b"<": "a web page: a log-in or a page about the file was saved in its place",
    b"{": "JSON: save the table as CSV",
    b"%PDF": "a PDF: save the table as CSV",
}


def load_transactions(
    source: str = "simulation", *, path: str | os.PathLike[str] | None = None, seed: int = 0
) -> tuple[tuple[pd.DataFrame, NDArray[np.int64]], tuple[pd.DataFrame, NDArray[np.int64]]]:
    """Load card payments in order of time, the past to train on and the future to test on.

    By default they are **simulated**: `simulate_transactions` draws 8 weeks, about 220,000 payments, one in a hundred a
    fraud; the last week is the future. What is found on them says nothing about real fraud. `source="ulb"` gives the
    284,807 real payments of two days in September 2013, 492 of them frauds, that the Université Libre de Bruxelles
    published; the first day is the past.

    Args:
        source: "simulation" or "ulb".
        path: with `source="ulb"`, a CSV file of your own in the published format: columns Time (seconds, from 0), V1 to
            V28, Amount (at least 0) and Class (0 or 1), payments on both sides of the end of the first day. Without it
            150 MB are downloaded the first time, into Keras's cache, and checked against their SHA-256.
        seed: of the simulation; a whole number of at least 0.

    Returns:
        `(past, y_past), (future, y_future)`. The tables are pandas DataFrames; their `attrs["source"]` says
        "simulated" or "ULB". The simulation's columns are `time` in days, `customer`, `terminal` and `amount`; the
        real ones are Time in seconds, V1 to V28 (principal components of undisclosed features) and Amount in euros. The
        index counts on from past to future. `y` is int64 with shape `(n,)`: 0 for an honest payment, else the fraud's
        scenario 1 to 3, and 1 for every real fraud.

    Raises:
        TypeError: `path` is neither a string nor a path.
        ValueError: `source` is unknown, `path` was given without `source="ulb"`, `seed` is not a whole number, or
            the file is damaged or not in the format above.
        FileNotFoundError: there is no file at `path`.
        ConnectionError: the download failed.
        OSError: the cache folder cannot be used.

    Source: the simulation follows Le Borgne, Siblini, Lebichot & Bontempi, *Reproducible Machine Learning for Credit
    Card Fraud Detection: Practical Handbook*, 2022. The real payments: Dal Pozzolo, Caelen, Johnson & Bontempi,
    *Calibrating Probability with Undersampling for Unbalanced Classification*, 2015; Open Database License.

    Example:
        >>> from aecourse.datasets import load_transactions
        >>> (past, y_past), (future, y_future) = load_transactions()
        >>> past.attrs["source"], bool(past["time"].max() < 49 <= future["time"].min())
        ('simulated', True)
    """
    if not isinstance(source, str) or source not in ("simulation", "ulb"):
        raise ValueError(f'source must be "simulation" or "ulb", got {described(source)}')
    if source == "simulation":
        if path is not None:
            raise ValueError('path was given; it goes with source="ulb" only')
        table, y = simulate_transactions(seed=seed)
        return _split(table, y, table["time"] < _TEST[0])
    from aecourse.files import place

    table = _read_ulb(fetch(_ULB_NAME, _ULB_URL, _ULB_SHA256) if path is None else place(path, "a CSV file"))
    y = table.pop("Class").to_numpy(dtype=np.int64)
    table.attrs["source"] = "ULB"
    return _split(table, y, table["Time"] < _DAY)


def split_days(time: NDArray) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell for each simulated payment whether models are fitted on it, chosen on it, or judged on it.

    Args:
        time: when it was made, in days since the start, shape `(n,)`, as in the column `time`.

    Returns:
        Three arrays of True and False, shape `(n,)`: the days 14 to 41, 42 to 48, and 49 to 55. The first two weeks are
        in none: there, features that look back on weeks are not complete.

    Raises:
        ValueError: `time` is no row of finite numbers, or they are seconds.

    Example:
        >>> [days.tolist() for days in split_days(np.array([3.5, 20.1, 42.0, 55.9]))]
        [[False, True, False, False], [False, False, True, False], [False, False, False, True]]
    """
    time = finite("time", as_array("time", time, "numbers of days, shape (n,)"))
    if time.ndim != 1:
        raise ValueError(f"time must be numbers of days, shape (n,), got {described(time)}")
    if time.size and time.max() >= LONGEST:
        raise ValueError(f"time must be days since the start, got up to {time.max():.6g}: seconds? time / 86400 helps")
    fit, valid, test = ((first <= time) & (time < last) for first, last in (_FIT, _VALID, _TEST))
    return fit, valid, test


def _split(
    table: pd.DataFrame, y: NDArray[np.int64], is_past: pd.Series
) -> tuple[tuple[pd.DataFrame, NDArray[np.int64]], tuple[pd.DataFrame, NDArray[np.int64]]]:
    past = is_past.to_numpy()
    return (table[past], y[past]), (table[~past], y[~past])


def _read_ulb(path: Path) -> pd.DataFrame:
    """Read and check a CSV file in the format of the real payments, and bring it into the order of time."""
    shown = short(path, 250)
    import pandas as pd

    wanted = f"a CSV file with the columns {', '.join(_ULB_COLUMNS[:2])} … {', '.join(_ULB_COLUMNS[-3:])}"
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "there is no file"
        raise FileNotFoundError(f"path: {what} {shown}; expected {wanted}")
    _refuse_other_kinds(path, shown, wanted)
    try:
        with warnings.catch_warnings():
            # A first line with more values than there are columns is an error too, not a warning.
            warnings.simplefilter("error", pd.errors.ParserWarning)
            raw = pd.read_csv(path, encoding="utf-8", index_col=False, low_memory=False)
    except pd.errors.EmptyDataError as error:
        raise ValueError(f"path: {shown} is empty; expected {wanted}") from error
    except (pd.errors.ParserError, pd.errors.ParserWarning, UnicodeDecodeError) as error:
        raise ValueError(f"path: {shown} cannot be read: {short(error, 150)}. Expected {wanted}, whole.") from error
    missing = [name for name in _ULB_COLUMNS if name not in raw.columns]
    extra = [name for name in raw.columns if name not in _ULB_COLUMNS]
    if missing or extra:
        found = "; ".join(
            f"{what} {listed(names)}"
            for what, names in (("it has no", missing), ("it has the unknown", extra))
            if names
        )
        raise ValueError(f"path: the columns of {shown} do not fit: {found}. Expected {wanted}.")
    if raw.empty:
        raise ValueError(f"path: {shown} holds no payments, only a header; expected {wanted}")
    table = pd.DataFrame({name: _numbers(raw[name], shown) for name in _ULB_COLUMNS})
    for name, fits, expected in (
        ("Time", table["Time"] >= 0, "seconds of at least 0"),
        ("Amount", table["Amount"] >= 0, "amounts of at least 0"),
        ("Class", table["Class"].isin((0, 1)), "0 or 1"),
    ):
        if not fits.all():
            row = int(np.flatnonzero(~fits)[0])
            raise ValueError(f"path: {name} in line {row + 2} of {shown} is {table[name][row]:g}; expected {expected}")
    table = table.sort_values("Time", kind="stable", ignore_index=True)
    if not table["Time"].iloc[0] < _DAY <= table["Time"].iloc[-1]:
        raise ValueError(
            f"path: Time in {shown} goes from {table['Time'].iloc[0]:g} to {table['Time'].iloc[-1]:g} s; expected "
            f"payments before and after {_DAY} s, the end of the first day. Is the file whole?"
        )
    return table


def _refuse_other_kinds(path: Path, shown: str, wanted: str) -> None:
    """Raise if the file's first bytes are those of another kind of file, or its columns are parted by other signs."""
    with path.open("rb") as file:
        start = file.read(2_000)
    for first, kind in _NO_CSV.items():
        if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(first) and not (
            first == b"\x1f\x8b" and path.suffix == ".gz"
        ):
            raise ValueError(f"path: {shown} is {kind}. Expected {wanted}")
    if start.startswith(b"\x1f\x8b"):
        return
    header = start.partition(b"\n")[0]
    for sign, name in ((b";", "semicolons"), (b"\t", "tabs")):
        if header.count(sign) > header.count(b","):
            raise ValueError(
                f"path: the columns of {shown} are parted by {name}; expected commas, and points in the numbers: "
                f"pandas.read_csv(path, sep={sign.decode()!r}, decimal=',').to_csv('new.csv', index=False) makes such "
                "a file"
            )


def _numbers(column: pd.Series, shown: str) -> pd.Series:
    """A column of texts as finite numbers."""
    import pandas as pd

    numbers = pd.to_numeric(column, errors="coerce")
    bad = ~np.isfinite(numbers.to_numpy(dtype=float))
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        text = str(column.iloc[row])
        helps = "A file that ends in the middle of a line was cut short."
        if pd.isna(column.iloc[row]):
            text, helps = "", f"It is empty there. {helps}"
        elif text.count(",") == 1 and text.replace(",", "").lstrip("-").isdigit():
            helps = "It has a decimal comma: write a point, or read the file with pandas.read_csv(path, decimal=',')."
        more = f", and in {int(bad.sum()) - 1} more lines" if bad.sum() > 1 else ""
        raise ValueError(
            f"path: {column.name} in line {row + 2} of {shown} is {short(repr(text))}{more}; expected a finite number. "
            f"{helps}"
        )
    return numbers.astype(float)
