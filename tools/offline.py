"""Fill `build/offline/` for a class room without a network: wheels, notebooks, the site, and one command that installs.

    python -m tools.offline                 # for machines like this one, with the same version of Python

`make site` comes first. The packages come at the pinned versions from your package index.
"""

from __future__ import annotations

import shutil
import subprocess
import sys

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
    pins = ["-c", str(ROOT / "constraints.txt"), "-d", str(place / "wheels")]
    subprocess.run([*download, *pins, wanted], check=True)
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
