"""Two small tables that look like a reader's own and that nobody recorded: a machine's log and card payments.

Both come out identical to the byte; `tools.make_datasets` writes them to `aecourse/data/yours/`.
"""

from __future__ import annotations

import numpy as np

from aecourse.datasets.simulation import simulate_transactions

DAYS, STEP = 28, 15  # of the machine's log, and minutes between its lines
LAST_WEEK = 21  # the day from which on the machine has faults
PAID_DAYS, CARDS, SHOPS, PAYMENTS_SEED = 42, 50, 60, 71


def comma(values: np.ndarray, decimals: int) -> list[str]:
    """Numbers as a German spreadsheet writes them, gaps empty."""
    return ["" if np.isnan(value) else f"{value:.{decimals}f}".replace(".", ",") for value in values]


def machine() -> bytes:
    """Four weeks of a pump's log: newest first, with semicolons, decimal commas, gaps and a tool in words.

    Its measurements follow from how hard it works and from the air around it. In the last week it has four faults,
    none of which shows in one column alone: the filter clogs, the bearing wears, the cooling fails, the wrong tool is
    booked. The column `fault` says when, as a service report would, afterwards.
    """
    rng = np.random.default_rng(0)
    n = DAYS * 24 * 60 // STEP
    day = np.arange(n) * STEP / (24 * 60)
    hour = 24 * (day % 1)
    tool = np.repeat(rng.choice(["A2", "B1", "C7"], n // 8 + 1, p=[0.5, 0.35, 0.15]), 8)[:n]
    base = np.select([tool == "A2", tool == "B1"], [0.35, 0.6], 0.8)
    load = np.clip(base + rng.normal(0, 0.12, n), 0.05, 1)
    air = 18 + 5 * np.sin(2 * np.pi * (hour - 9) / 24) + rng.normal(0, 1, n)
    speed = 900 + 1500 * load + rng.normal(0, 15, n)
    current = 3 + 9 * load**2 + rng.normal(0, 0.2, n)
    heat = air + 35 * load**1.5 + rng.normal(0, 1, n)
    pressure = 4 + 1.5 * np.sin(3 * load) + rng.normal(0, 0.05, n)
    shaking = 0.5 + 2 * np.exp(-(((speed - 1700) / 400) ** 2)) + rng.normal(0, 0.08, n)
    fault = np.zeros(n, bool)
    for first, lasts in ((22.3, 0.3), (23.6, 0.25), (25.1, 0.3), (26.7, 0.25)):
        hit = (day >= first) & (day < first + lasts)
        fault |= hit
        if first < 23:
            pressure[hit] -= 0.6
        elif first < 25:
            shaking[hit] += 0.9
        elif first < 26:
            heat[hit] += 12
        else:
            tool[hit] = np.where(tool[hit] == "C7", "A2", "C7")
    columns = [speed, current, heat, air, pressure, shaking]
    for values in columns:
        values[rng.random(n) < 0.01] = np.nan
    start = np.datetime64("2026-03-02T00:00")
    when = [str(start + np.timedelta64(STEP * i, "m")).replace("T", " ") for i in range(n)]
    decimals = (0, 1, 1, 1, 2, 2)
    made = [comma(values, places) for values, places in zip(columns, decimals, strict=True)]
    lines = ["time;tool;speed rpm;current A;heat °C;air °C;pressure bar;shaking mm/s;fault"]
    lines += [";".join((when[i], tool[i], *(values[i] for values in made), str(int(fault[i])))) for i in range(n)]
    return ("\n".join([lines[0], *lines[:0:-1]]) + "\n").encode("utf-8-sig")


def payments() -> bytes:
    """Six weeks of the course's simulated payments, a few people's, in columns and words of a stranger's bank."""
    table, scenario = simulate_transactions(customers=CARDS, terminals=SHOPS, days=PAID_DAYS, seed=PAYMENTS_SEED)
    minutes = np.floor(table["time"].to_numpy() * 24 * 60).astype(int)
    when = np.datetime64("2026-01-05T00:00") + minutes.astype("timedelta64[m]")
    sums = comma(table["amount"].to_numpy(), 2)
    lines = ["booked;card;shop;sum €;reported"]
    for i, (card, shop) in enumerate(zip(table["customer"], table["terminal"], strict=True)):
        stamp = str(when[i])
        stamp = f"{stamp[8:10]}.{stamp[5:7]}.{stamp[:4]} {stamp[11:]}"
        lines.append(f"{stamp};K{card + 700};S{shop + 20};{sums[i]};{'yes' if scenario[i] else 'no'}")
    return ("\n".join([lines[0], *lines[:0:-1]]) + "\n").encode("utf-8-sig")
