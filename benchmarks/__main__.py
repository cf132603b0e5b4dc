"""Measure the course's models beside published ones and simple methods: `python -m benchmarks [NAME ...]`."""

from __future__ import annotations

import argparse
import sys

from benchmarks import found, results
from benchmarks.core import Row, is_reached, medians
from benchmarks.units import decimals


def table_line(row: Row, first: Row) -> str:
    """A row of the table; errors are compared with the first row by ratio, decibels and percent by difference."""
    places = decimals(row.unit)
    score = f"{row.score:,.{places}f}"
    if row.unit == "MSE":
        compared = f"{row.score / first.score:.2f} ×"
    else:
        compared = f"{row.score - first.score:+.{places}f}" if row.unit == first.unit else ""
    seconds = f"{row.seconds / first.seconds:.2f} ×" if first.seconds >= 0.1 else ""
    return f"{row.model:44}{row.parameters:>10,}{row.seconds:>9.1f}{seconds:>10}{score:>10}{compared:>9}  {row.unit}"


def parser() -> argparse.ArgumentParser:
    """What can be said on the command line."""
    said = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    said.add_argument("names", nargs="*", metavar="NAME", help="a comparison, see --list; all by default")
    said.add_argument("--list", action="store_true", help="list the comparisons and what is asked of each")
    said.add_argument("--json", action="store_true", help="print one JSON object a row")
    said.add_argument("--seeds", type=int, nargs="+", default=[0], help="the table shows the median over these seeds")
    said.add_argument("--write", action="store_true", help=f"keep the rows in {results.STORED.name}")
    said.add_argument(
        "--restate",
        action="store_true",
        help="measure nothing; hold the stored rows against what is asked today, where only the words have changed",
    )
    return said


def main(arguments: list[str] | None = None) -> int:
    """Run the comparisons that are named, or all; print a table, or a JSON line a row."""
    commands = parser()
    options = commands.parse_args(arguments)
    there = found.comparisons()
    if options.list:
        for name, (topic, comparison) in there.items():
            print(f"{name:20}{topic:16}{'; '.join(ask.text for ask in comparison.asked)}")
        return 0
    if unknown := [name for name in options.names if name not in there]:
        commands.error(f"no comparison is called {', '.join(unknown)}; there are {', '.join(there)}")
    for name in options.names:
        if lacking := there[name].comparison.missing():
            commands.error(f"{name}: {lacking}")

    if options.restate:
        stored = results.read(results.STORED)
        for name in options.names or there:
            if rows_of := [record for record in stored if record["comparison"] == name]:
                results.write(results.STORED, results.restated(there[name], rows_of), there)
        return 0

    if not options.json:
        seeds = ", ".join(map(str, options.seeds))
        versions = ", ".join(f"{name} {version}" for name, version in results.versions().items())
        print(f"{results.machine()}, {versions}; seed {seeds}" + ("; medians" if len(options.seeds) > 1 else ""))
    for name in options.names or there:
        topic, comparison = there[name]
        if lacking := comparison.missing():
            print(f"{name} is left out: {lacking}", file=sys.stderr)
            continue
        rows = medians([comparison.run(name, seed) for seed in options.seeds])
        kept = results.records(there[name], rows, options.seeds)
        if options.write:
            results.write(results.STORED, kept, there)
        if options.json:
            print("\n".join(map(results.line, kept)), flush=True)
            continue
        print(f"\n{f'{name} ({topic})':44}{'parameters':>10}{'seconds':>9}{'':10}{'score':>10}")
        for row in rows:
            print(table_line(row, rows[0]))
        for ask in comparison.asked:
            print(f"  {ask.text}: {'reached' if is_reached(ask, rows) else 'MISSED'}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
