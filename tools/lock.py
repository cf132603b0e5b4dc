"""Pin every dependency that `pyproject.toml` declares, for all platforms and Pythons, in two files.

    python -m tools.lock [--upgrade]

`requirements.lock` has hashes and serves `make install`. `constraints.txt` has the same pins without hashes, because
pip installs no local folder (`-e .`) while it checks hashes; conda, Binder and the Windows lines use it. Neither
names a package index: yours is used.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEADER = "# Written by `make lock` from pyproject.toml; edit that.\n"


def constraints(lock: str) -> str:
    """Return the pins of a lock, one a line, without hashes and comments."""
    return HEADER + "".join(f"{pin}\n" for pin in re.findall(r"^(\w[^\\\n]*?)(?: \\)?$", lock, re.MULTILINE))


def main(flags: list[str]) -> None:
    """Resolve with uv, keeping the versions of the present lock where they still fit, and write both files."""
    path = ROOT / "requirements.lock"
    options = ["--quiet", "--universal", "--generate-hashes", "--no-emit-index-url", "--all-extras", "--no-header"]
    command = [sys.executable, "-m", "uv", "pip", "compile", *options, *flags, "--output-file", path.name]
    subprocess.run([*command, "pyproject.toml"], cwd=ROOT, check=True)
    lock = HEADER + path.read_text(encoding="utf-8")
    path.write_text(lock, encoding="utf-8")
    (ROOT / "constraints.txt").write_text(constraints(lock), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
