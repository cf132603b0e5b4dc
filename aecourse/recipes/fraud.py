"""What `lessons/fraud/lesson.py` builds, for others to import: written by `python -m tools.build`."""

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier, IsolationForest
from sklearn.linear_model import LinearRegression
from sklearn.metrics import average_precision_score
from sklearn.neighbors import NearestNeighbors
from threadpoolctl import threadpool_limits

from aecourse.backend import keras
from aecourse.metrics import sample_mse
from aecourse.models import outputs, pca_reconstruct
from aecourse.training import fit

layers = keras.layers


def complete(table, who):
    """The table, if each payment says when, who and how much."""
    numbers = table[["time", "amount"]].apply(pd.to_numeric, errors="coerce").to_numpy()
    bad = ~np.isfinite(numbers).all(axis=1) | (numbers[:, 1] < 0)
    bad |= table[who].isna().to_numpy()
    if bad.any():
        raise ValueError(
            f"{bad.sum():,} of {len(table):,} payments have no time, amount or {who}, or a "
            f"negative amount; the first is in row {bad.argmax():,}. Leave them out, or look "
            "at them apart"
        )
    return table


def window(table, who, days):
    """The amounts of the same customer (or terminal) in so many days before each payment."""
    table = complete(table, who).sort_values("time", kind="stable")  # if newest comes first
    clock = pd.Timestamp("2026-01-01") + pd.to_timedelta(table["time"], unit="D")
    same = table.set_index(clock).groupby(who)["amount"]
    return same.rolling(f"{days}D", closed="left")


def in_order(table, who, values):
    """pandas gives the windows customer after customer, by time: back to the table's order."""
    ordered = np.empty(len(table))
    ordered[np.lexsort([table["time"].to_numpy(), table[who].to_numpy()])] = values
    return ordered


def features_of(table):
    x = pd.DataFrame({"amount": table["amount"], "hour": 24 * (table["time"] % 1)})
    usual = in_order(table, "customer", window(table, "customer", 28).median())
    first_weeks = table["amount"][table["time"] < 14].median()
    x["usual"] = np.where(np.isnan(usual), first_weeks, usual)  # for customers without a past
    for who in ("customer", "terminal"):
        for days in (1, 7, 28):
            x[f"{who}, {days}"] = in_order(table, who, window(table, who, days).count().fillna(0))
    return x


def spans(day):
    """Days to learn from, to choose settings on, to set the threshold on, to be judged on."""
    return [(day >= a) & (day < b) for a, b in ((14, 35), (35, 42), (42, 49), (49, 56))]


def scaled(x, is_fit):
    """Square roots, with mean 0 and spread 1 on the training days."""
    roots = np.sqrt(x.to_numpy())
    roots = (roots - roots[is_fit].mean(axis=0)) / roots[is_fit].std(axis=0)
    return roots.astype("float32")


def network(columns, code):
    x = keras.Input((columns,))
    h = layers.Dense(code, name="code")(layers.Dense(64, activation="relu")(x))
    y = layers.Dense(columns)(layers.Dense(64, activation="relu")(h))
    return keras.Model(x, y)


def train_on_past(z, hide=None, code=4, epochs=3):
    """Train on the rows of z, a multiple of 500; `hide` damages what the network sees."""
    model = network(z.shape[1], code)
    z = z[: len(z) // 500 * 500]
    fit(model, z, corrupt=hide, epochs=epochs, batch_size=500, learning_rate=4e-3)
    return model


def plain_error(model, z):
    return sample_mse(z, outputs(model, z))


SAMPLES = 2048  # payments that each tree of a forest sees
SIZES = (1, 2, 4, 6, 8)  # of a code, and of PCA


def average_precision(score, fraud, rows):
    return average_precision_score(fraud[rows], score[rows])


def pca_error(z, is_fit, components):
    return sample_mse(z, pca_reconstruct(z[is_fit], z, components))


def forest(x, is_fit, seed, samples=SAMPLES):
    model = IsolationForest(max_samples=samples, random_state=seed).fit(x[is_fit])
    return -model.score_samples(x)


def far_from_past(z, is_fit, judged, seed, n=5000, most=20):
    """Distances to the nearest of n payments of the training days, shape (payments, most)."""
    rows = np.random.default_rng(seed).choice(np.flatnonzero(is_fit), n, replace=False)
    far = np.zeros((len(z), most))
    far[judged] = NearestNeighbors(n_neighbors=most).fit(z[rows]).kneighbors(z[judged])[0]
    return far


def best(scores, fraud, rows):
    """Of several scores the one with the best average precision on these rows."""
    return max(scores, key=lambda score: average_precision(score, fraud, rows))


def hide_amount(z, rng=None):
    seen = z.copy()
    seen[:, 0] = 0  # the mean of the training days: it says nothing
    return seen


def surprise(model, z):
    """How far the amount lies above what the network expects, on the scale of z."""
    return z[:, 0] - outputs(model, hide_amount(z))[:, 0]


def train_to_ask(z):
    return train_on_past(z, hide=hide_amount, code=8)


def above_line(z, is_fit):
    """How far the amount lies above a straight line through the other columns."""
    line = LinearRegression().fit(z[is_fit, 1:], z[is_fit, 0])
    return z[:, 0] - line.predict(z[:, 1:])


def above_usual(x):
    return (np.sqrt(x["amount"]) - np.sqrt(x["usual"])).to_numpy()


BUDGET = 100  # alerts a day


def alerts(score, is_last, days=7, budget=BUDGET):
    """What lies above the threshold that a daily `budget` passes on the last known days."""
    return score > np.sort(score[is_last])[-days * budget - 1]


def known_frauds(table, fraud, delay=7, days=28):
    """The terminal's share of frauds in 28 days that ended a week before each payment."""
    labelled = table.assign(amount=fraud.astype(float))
    old = window(labelled, "terminal", delay + days)
    new = window(labelled, "terminal", delay)
    n = in_order(table, "terminal", old.count().fillna(0) - new.count().fillna(0))
    hits = in_order(table, "terminal", old.sum().fillna(0) - new.sum().fillna(0))
    return hits / np.maximum(n, 1)


def supervised(x, is_fit, fraud, seed):
    model = HistGradientBoostingClassifier(
        learning_rate=0.05, max_leaf_nodes=8, early_stopping=False, random_state=seed
    )
    with threadpool_limits(limits=1):  # more threads would wait for busy cores
        return model.fit(x[is_fit], fraud[is_fit]).predict_proba(x)[:, 1]
