"""Simulated card payments: customers, terminals and three kinds of fraud. Nobody ever made one of these payments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from aecourse.checks import whole_number

if TYPE_CHECKING:
    import pandas as pd

REACH = 5.0  # customers pay at terminals at most this far away, on a square of side 100
LIMIT = 220.0  # every payment above it is a fraud of scenario 1
TERMINAL_DAYS = 28  # how long a compromised terminal stays so
CARD_DAYS = 14  # how long a copied card is abused
NOON, SPREAD = 0.5, 20_000 / 86_400  # when in the day people pay: a normal distribution, in days


def simulate_transactions(
    *, customers: int = 2_000, terminals: int = 4_000, days: int = 56, seed: int = 0
) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """Simulate card payments, about two a customer and day, about one in a hundred a fraud.

    A customer has a place, a mean amount (5 to 100), and a number of payments a day (0 to 4 on average), made at
    terminals near by. Frauds come in three scenarios: 1, every amount above 220; 2, each day a share of the terminals
    is compromised, and all payments there are frauds for 28 days; 3, each day a share of the cards is copied, and for
    14 days a third of that customer's payments are frauds with five times the amount. Both began before the first day.

    Args:
        customers: how many people pay, at least 1.
        terminals: at how many places, at least 1. One in 4,000 is compromised each day.
        days: for how long, at least 1. Each day the card of one customer in 1,000 is copied.
        seed: the same seed gives the same payments; a whole number of at least 0.

    Returns:
        A table in order of time, and for each of its rows 0 (honest) or the scenario of the fraud, 1 to 3. Columns:
        `time` in days since the start (7.5 is noon of the eighth day), `customer` and `terminal` from 0, `amount` in
        units of money with two decimals, above 0.

    Raises:
        ValueError: an argument is not a whole number in its range.

    Source: Le Borgne, Siblini, Lebichot & Bontempi, *Reproducible Machine Learning for Credit Card Fraud Detection:
    Practical Handbook*, 2022; the rates are chosen for 4,000 payments a day.

    Example:
        >>> table, scenario = simulate_transactions(customers=50, terminals=100, days=10)
        >>> list(table.columns), len(table) == len(scenario)
        (['time', 'customer', 'terminal', 'amount'], True)
    """
    # Imported here: it costs half a second, and most lessons load digits only.
    import pandas as pd

    for name, value in (("customers", customers), ("terminals", terminals), ("days", days)):
        whole_number(name, value)
    rng = np.random.default_rng(whole_number("seed", seed, low=0))
    mean = rng.uniform(5, 100, customers)
    rate = rng.uniform(0, 4, customers)
    reachable, first = _reach(rng.uniform(0, 100, (customers, 2)), rng.uniform(0, 100, (terminals, 2)))

    counts = rng.poisson(np.repeat(rate[:, None], days, axis=1))
    customer, day = (np.repeat(index.ravel(), counts.ravel()) for index in np.indices(counts.shape))
    n = len(customer)
    hour = rng.normal(NOON, SPREAD, n)
    hour = np.where((hour > 0) & (hour < 1), hour, rng.random(n))
    amount = rng.normal(mean[customer], mean[customer] / 2)
    amount = np.where(amount > 0, amount, rng.uniform(0, 2 * mean[customer]))
    in_reach = np.diff(first)[customer]
    terminal = reachable[first[customer] + np.minimum((rng.random(n) * in_reach).astype(int), in_reach - 1)]

    scenario = np.zeros(n, dtype=np.int64)
    scenario[amount > LIMIT] = 1
    for broken, start in _struck(rng, terminals, terminals / 4_000, TERMINAL_DAYS, days):
        scenario[(terminal == broken) & (day >= start) & (day < start + TERMINAL_DAYS)] = 2
    for copied, start in _struck(rng, customers, customers / 1_000, CARD_DAYS, days):
        own = np.flatnonzero((customer == copied) & (day >= start) & (day < start + CARD_DAYS))
        stolen = own[rng.random(len(own)) < 1 / 3]
        stolen = stolen[scenario[stolen] != 3]
        amount[stolen] *= 5
        scenario[stolen] = 3

    columns = {"time": day + hour, "customer": customer, "terminal": terminal, "amount": np.maximum(amount, 0.01)}
    order = np.argsort(columns["time"], kind="stable")
    table = pd.DataFrame({name: values[order] for name, values in columns.items()}).round({"amount": 2})
    table.attrs["source"] = "simulated"
    return table, scenario[order]


def _reach(people: NDArray, places: NDArray) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The terminals in reach, customer after customer, and where in that list each customer's begin."""
    apart = np.linalg.norm(people[:, None].astype(np.float32) - places[None].astype(np.float32), axis=-1)
    near = apart <= REACH
    near[np.arange(len(people)), apart.argmin(axis=1)] = True  # nobody is without a terminal
    who, where = np.nonzero(near)
    return where, np.searchsorted(who, np.arange(len(people) + 1))


def _struck(rng: np.random.Generator, n: int, a_day: float, lasts: int, days: int) -> Iterator[tuple[int, int]]:
    """Who is struck and from which day on; starting so long before the first day that all days are alike."""
    for start in range(1 - lasts, days):
        for who in rng.integers(0, n, rng.poisson(a_day)):
            yield int(who), start
