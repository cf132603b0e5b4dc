"""The columns of a table as numbers that a network can learn from, and back as words that a reader understands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from aecourse.checks import cure, described, listed, short

if TYPE_CHECKING:
    import pandas as pd

RARE, MISSING = "(rare or new)", "(missing)"
OFTEN = 0.01  # the share of rows from which on a category stands for itself; rarer ones stand together
FEWEST = 3  # rows that a category needs for that
MOST = 30  # categories of one column that stand for themselves
SKEWED = 1.0  # columns more skewed than this are tamed
FURTHEST = 10.0  # spreads from the middle; what is further counts as so far
WANTED = "a pandas DataFrame (read_table gives one) or an array of numbers with shape (rows, columns)"


def with_scores(table: pd.DataFrame, scores: np.ndarray, alerts: np.ndarray, reasons: tuple[str, ...]) -> pd.DataFrame:
    """The rows with three columns more, `score`, `alert` and `reason`, the highest score first.

    Args:
        table: the rows that were scored.
        scores: of each row, shape `(rows,)`.
        alerts: the places of the alerts among them, shape `(alerts,)`.
        reasons: one text for each alert.
    """
    reason = np.full(len(table), "", object)
    reason[alerts] = reasons
    alert = np.isin(np.arange(len(table)), alerts)
    table = table.assign(score=scores.round(4), alert=alert, reason=reason)
    return table.iloc[np.argsort(-scores, kind="stable")]


def as_table(name: str, value: object) -> pd.DataFrame:
    """A copy as a DataFrame whose columns are named by texts; infinite numbers become gaps.

    Raises:
        TypeError: it is neither a DataFrame nor an array of numbers.
        ValueError: it has no rows, no columns, or two columns of one name.

    Example:
        >>> list(as_table("past", np.zeros((2, 3))).columns)
        ['column 0', 'column 1', 'column 2']
    """
    import pandas as pd

    if isinstance(value, np.ndarray) and value.ndim == 2 and value.dtype.kind in "biuf":
        value = np.ma.filled(value.astype(float), np.nan) if np.ma.isMaskedArray(value) else value
        value = pd.DataFrame(value, columns=[f"column {i}" for i in range(value.shape[1])])
    if not isinstance(value, pd.DataFrame):
        raise TypeError(f"{name} must be {WANTED}, got {described(value)}{cure(value, name)}")
    if not value.size:
        raise ValueError(f"{name} must hold rows and columns, got {described(value)}")
    table = value.reset_index(drop=True)
    table.attrs, table.columns = {}, [str(column) for column in value.columns]
    if table.columns.duplicated().any():
        twice = table.columns[table.columns.duplicated()][0]
        raise ValueError(f"{name} has two columns {short(repr(twice))}; expected each name once")
    return table


@dataclass
class Columns:
    """What was learned of a table's columns: how each becomes numbers, and which are left out, and why.

    Fields:
        names: the columns that are looked at, those of dates in parts ("when: hour").
        left_out: the others, name → reason.
        source: for each of the numbers that a row becomes the place of its column in `names`, shape `(width,)`.
        weight: what a difference of each of these numbers counts, shape `(width,)`.
        mean: what is taken from each of them first, shape `(width,)`.
        floor: the smallest squared spread that a difference is measured by, 0 for numbers, shape `(width,)`.
        numbers: the columns of numbers, among `names`.
        categories: the columns of categories, name → what stands for itself, and last what stands for the rest.
        had_gaps: which of `numbers` had gaps in the past.
        n: how many rows the past has.
    """

    names: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    source: np.ndarray = field(default_factory=lambda: np.zeros(0, int))
    weight: np.ndarray = field(default_factory=lambda: np.zeros(0, np.float32))
    mean: np.ndarray = field(default_factory=lambda: np.zeros(0))
    floor: np.ndarray = field(default_factory=lambda: np.zeros(0))
    numbers: list[str] = field(default_factory=list)
    categories: dict[str, list[str]] = field(default_factory=dict)
    had_gaps: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))
    n: int = 0
    _made: Any = None

    def of(self, table: pd.DataFrame) -> np.ndarray:
        """A table's rows as float32 numbers, shape `(rows, width)`."""
        z = (self._made.transform(self._ready(table)) - self.mean) * self.weight
        return np.clip(z, -FURTHEST, FURTHEST).astype(np.float32)

    def new_gaps(self, table: pd.DataFrame) -> np.ndarray:
        """What gaps count where the past had none, shape `(rows, len(names))`: as much as one row in all of them."""
        gaps = np.zeros((len(table), len(self.names)), np.float32)
        for i, column in enumerate(self.numbers):
            if not self.had_gaps[i]:
                gaps[:, self.names.index(column)] = 2 * np.log(self.n + 1) * table[column].isna()
        return gaps

    def shown(self, table: pd.DataFrame, column: int) -> list[str]:
        """The values of one column as a reason names them."""
        values = table[self.names[column]]
        if self.names[column] in self.categories:
            return [short(value, 30) for value in values]
        return ["missing" if np.isnan(value) else f"{value:.4g}" for value in values]

    def in_words(self, z: np.ndarray, column: int) -> list[str]:
        """What expected numbers, shape `(rows, width)`, say about one column, in its own units."""
        name = self.names[column]
        if name in self.categories:
            own = np.flatnonzero(self.source == column)
            return [
                short(self.categories[name][i], 30)
                for i in (z[:, own] / self.weight[own] + self.mean[own]).argmax(axis=1)
            ]
        part = next(p for p, _, names in self._made.transformers_ if p in ("even", "skewed") and name in names)
        steps = self._made.named_transformers_[part]
        place = list(steps.feature_names_in_).index(name)
        values = z[:, self._made.output_indices_[part]]
        for _, step in reversed(steps.steps[1:]):
            values = step.inverse_transform(values)
        return [f"{value:.4g}" for value in values[:, place]]

    def _ready(self, table: pd.DataFrame) -> pd.DataFrame:
        made = table[[*self.numbers, *self.categories]].copy()
        for column, kept in self.categories.items():
            made[column] = made[column].where(made[column].isin(kept), RARE)
        return made


def learn_columns(past: pd.DataFrame, new: pd.DataFrame, *others: pd.DataFrame) -> tuple[Columns, list[pd.DataFrame]]:
    """Learn how the columns of the past become numbers; `new` decides only which columns could be compared at all.

    Returns:
        The columns, and all the tables with dates in parts, categories as texts, and numbers as floats.

    Raises:
        ValueError: the tables have other columns, or no column is left to look at.
    """
    if missing := [c for c in past.columns if c not in new.columns]:
        raise ValueError(
            f"new has no column {short(repr(missing[0]))}, which past has; both must have the same: "
            f"{listed(list(past.columns))}"
        )
    found = Columns(n=len(past))
    tables = [_in_parts(table[past.columns], found.left_out) for table in (past, new, *others)]
    past, new = tables[:2]
    for column in past.columns:
        _sort_in(found, column, past, new)
    if not found.names:
        reasons = listed(f"{c}: {why}" for c, why in found.left_out.items())
        raise ValueError(f"past has no column that could be learned from ({reasons})")
    _fit(found, past)
    return found, tables


def _in_parts(table: pd.DataFrame, left_out: dict[str, str]) -> pd.DataFrame:
    """Dates as hour and weekday, which come again, numbers as floats, all else as texts."""
    import pandas as pd

    made: dict[str, Any] = {}
    for column in table.columns:
        values = table[column]
        kind = values.dtype.kind
        if kind == "M" or isinstance(values.dtype, pd.DatetimeTZDtype):
            hour = values.dt.hour + values.dt.minute / 60
            made[f"{column}: hour"] = hour.astype(float)
            made[f"{column}: weekday"] = values.dt.day_name().fillna(MISSING).astype(object)
            left_out[column] = "a date never comes again; its hour and weekday are looked at"
        elif kind == "m":
            made[column] = values.dt.total_seconds().astype(float)
        elif kind in "iuf" and not isinstance(values.dtype, pd.CategoricalDtype):
            numbers = values.astype(float)
            made[column] = numbers.where(np.isfinite(numbers))
        else:
            made[column] = values.astype(object).where(values.notna(), MISSING).astype(str)
    return pd.DataFrame(made)


def _sort_in(found: Columns, column: str, past: pd.DataFrame, new: pd.DataFrame) -> None:
    """Put a column among the numbers, the categories, or those that are left out."""
    values = past[column]
    if (values.dtype.kind == "f") != (new[column].dtype.kind == "f"):
        if new[column].isna().all() or (new[column] == MISSING).all():
            found.left_out[column] = "all of it is missing in new"
            return
        kinds = ("texts", "numbers")[:: 1 if values.dtype.kind != "f" else -1]
        raise ValueError(
            f"{short(repr(column))} holds {kinds[0]} in past and {kinds[1]} in new: read both with "
            f"read_table(…, numbers=[…], categories=[…]), which names their kinds"
        )
    if values.dtype.kind == "f":
        known = values.dropna()
        if not len(known):
            found.left_out[column] = "all of it is missing in past"
        elif known.nunique() == 1 and not values.isna().any():
            others = int((new[column] != known.iloc[0]).sum())
            found.left_out[column] = f"always the same in past{f', another in {others:,} new rows' if others else ''}"
        elif _only_rises(known, new[column].dropna()):
            found.left_out[column] = "it only rises, as a number of rows or a time does"
        else:
            found.numbers.append(column)
            found.names.append(column)
        return
    counts = values.value_counts()
    least = max(FEWEST, OFTEN * len(values))
    kept = [str(c) for c, n in counts.items() if n >= least and c != RARE][:MOST]
    if len(counts) == 1:
        others = int((new[column] != counts.index[0]).sum())
        found.left_out[column] = f"always the same in past{f', another in {others:,} new rows' if others else ''}"
    elif not kept or counts[kept].sum() < 0.5 * len(values):
        found.left_out[column] = "too few of its values come again, as of a name or a number of one row"
    else:
        found.categories[column] = [*kept, RARE]
        found.names.append(column)


def _only_rises(past: pd.Series, new: pd.Series) -> bool:
    """Whether numbers rise from row to row in the past, and most new ones lie above all of them."""
    rises = len(past) >= 10 and bool((np.diff(past) > 0).all())
    return rises and len(new) > 0 and float((new > past.iloc[-1]).mean()) > 0.9


def _fit(found: Columns, past: pd.DataFrame) -> None:
    """Fit scikit-learn's transformers, and say what each of their numbers belongs to and counts."""
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import MissingIndicator, SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, RobustScaler, StandardScaler

    tame = FunctionTransformer(np.arcsinh, np.sinh, check_inverse=False)
    skewed = [c for c in found.numbers if abs(float(past[c].skew())) > SKEWED]
    even = [c for c in found.numbers if c not in skewed]
    with_gaps = [c for c in found.numbers if past[c].isna().any()]
    found.had_gaps = np.array([c in with_gaps for c in found.numbers], bool)
    words = list(found.categories)
    one_hot = OneHotEncoder(
        categories=[found.categories[c] for c in words], sparse_output=False, handle_unknown="ignore"
    )
    parts = [
        ("even", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), even),
        ("skewed", make_pipeline(SimpleImputer(strategy="median"), RobustScaler(), tame, StandardScaler()), skewed),
        ("gaps", MissingIndicator(features="all"), with_gaps),
        ("categories", one_hot, words),
    ]
    found._made = ColumnTransformer([part for part in parts if part[2]])
    made = found._made.fit_transform(found._ready(past))
    marks = [c for c in words for _ in found.categories[c]]
    found.source = np.array([found.names.index(c) for c in (*even, *skewed, *with_gaps, *marks)])
    first = len(even) + len(skewed)
    weight = np.ones(made.shape[1])
    share = np.concatenate([past[with_gaps].isna().mean().to_numpy(), *(_shares(found, past, c) for c in words)])
    # A category counts as much as a number as rare: the square of the spreads that it lies off is about -2 log p.
    weight[first:] = np.sqrt(-2 * np.log(np.clip(share, 1 / (len(past) + 1), 0.999)))
    found.mean = np.where(np.arange(len(weight)) < first, 0.0, made.mean(axis=0))
    found.weight = weight.astype(np.float32)
    # A gap that nothing announces counts by its rareness alone; a category that others announce counts for more.
    found.floor = np.repeat([0.0, 1.0, 0.5], [first, len(with_gaps), len(marks)])


def _shares(found: Columns, past: pd.DataFrame, column: str) -> np.ndarray:
    kept = found.categories[column]
    share = [float((past[column] == c).mean()) for c in kept[:-1]]
    return np.array([*share, 1 - sum(share)])
