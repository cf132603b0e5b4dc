"""Fill `build/offline/` for a class room without a network: wheels, notebooks, the site, and one command that installs.

    python -m tools.offline                 # for machines like this one, with any patch version of the same Python

`make site` comes first. The packages come at the pinned versions from your package index.
"""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys

from packaging.requirements import Requirement

from tools.dist import ROOT, built

EXTRAS = "tensorflow,lessons,lab"
INSTALL = '''\
"""Install the course from this folder, without a network: python3 install.py."""

import os
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
NEEDED = {version}
if sys.version_info[:2] != NEEDED:
    sys.exit(f"These wheels are for Python {{NEEDED[0]}}.{{NEEDED[1]}}; this is {{sys.version.split()[0]}}.")
venv.create(HERE / ".venv", with_pip=True, clear=True)
scripts = HERE / ".venv" / ("Scripts" if os.name == "nt" else "bin")
pip = [str(scripts / "python"), "-m", "pip", "install", "--quiet", "--no-index", "--find-links", str(HERE / "wheels")]
subprocess.run([*pip, "aecourse[{extras}]"], check=True)
subprocess.run([str(scripts / "python"), "-m", "aecourse"], cwd=HERE / "notebooks", check=True)
print("Start the course with:", scripts / "jupyter", "lab", HERE / "notebooks")
'''


def for_earlier_patches(constraints: str, full: str) -> list[str]:
    """Return the pins that hold for the first patch version of a Python and not for this one, such as "3.11.7"."""
    first = ".".join([*full.split(".")[:2], "0"])
    found = []
    for pin in map(Requirement, (line for line in constraints.splitlines() if "python_full_version" in line)):
        early, now = (
            pin.marker is not None and pin.marker.evaluate({"python_full_version": version})
            for version in (first, full)
        )
        if early and not now:
            found.append(f"{pin.name}{pin.specifier}")
    return found


def main() -> int:
    """Fill the folder; return 0 if all is well, 1 otherwise."""
    site = ROOT / "build" / "site" / "html"
    if not (site / "index.html").is_file():
        print("there is no site yet: make site", file=sys.stderr)
        return 1
    place = ROOT / "build" / "offline"
    shutil.rmtree(place, ignore_errors=True)
    wheel, _ = built(place / "made")
    download = [sys.executable, "-m", "pip", "download", "--quiet", "--only-binary", ":all:"]
    wanted = f"aecourse[{EXTRAS}] @ {wheel.as_uri()}"
    pins, into = ROOT / "constraints.txt", ["-d", str(place / "wheels")]
    subprocess.run([*download, *into, "-c", str(pins), wanted], check=True)
    earlier = for_earlier_patches(pins.read_text(encoding="utf-8"), platform.python_version())
    if earlier:
        subprocess.run([*download, *into, "--no-deps", *earlier], check=True)
    shutil.copy(wheel, place / "wheels")
    shutil.rmtree(place / "made")
    for folder in ("notebooks", "solutions"):
        shutil.copytree(ROOT / folder, place / folder, ignore=shutil.ignore_patterns(".*"))
    shutil.copytree(site, place / "site")
    text = INSTALL.format(version=tuple(sys.version_info[:2]), extras=EXTRAS)
    (place / "install.py").write_text(text, encoding="utf-8")
    size = sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
    print(f"build/offline: {size / 1e6:.0f} MB; in the class room: python3 install.py")
    return 0


if __name__ == "__main__":
    sys.exit(main())
