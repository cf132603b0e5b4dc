"""Store a run of the lesson on scale, for machines where several processes cannot train together.

    python -m lessons.scale.train

It measures one process, two, and two of which one is ended in the middle, and writes `aecourse/data/scale.json`. Write
the SHA-256 that is printed into `aecourse/data/sources.toml`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from aecourse.applications import scale as application
from aecourse.datasets import split_digits
from aecourse.datasets.embedded import DATA

FIELDS = ("processes", "rows", "losses", "began", "died", "seconds", "apart")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", type=Path, default=Path(str(DATA)) / application.STORED)
    parser.add_argument("--pictures", type=int, default=7_000, help="of the digits to fit on")
    given = parser.parse_args(arguments)
    x = split_digits()[0][0][: given.pictures]
    one = application.train_on(1, x)
    runs = [one, application.train_on(2, x), application.train_on(2, x, die_at=53)]
    kept = [
        {name: getattr(run, name) for name in FIELDS}
        | {"seconds": round(run.seconds, 1), "apart_from_one": application.apart(run, one)}
        for run in runs
    ]
    text = json.dumps(kept, indent=1) + "\n"
    given.to.write_bytes(text.encode())
    print(hashlib.sha256(text.encode()).hexdigest(), file=sys.stdout)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
