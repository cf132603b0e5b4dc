"""Make the wheel and the sdist in `dist/`, and try the wheel in an empty environment.

python -m tools.dist                    # both, then a trial with `python -m aecourse`
python -m tools.dist --untried          # without the trial, which installs TensorFlow
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from flit_core import buildapi

ROOT = Path(__file__).resolve().parents[1]
LARGEST_WHEEL = 60_000_000
EXTRAS = "tensorflow,lessons"


def main(arguments: list[str] | None = None) -> int:
    """Build, say the sizes, and try; return 0 if all is well, 1 otherwise."""
    parser = argparse.ArgumentParser(prog="python -m tools.dist", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--untried", action="store_true", help="do not install the wheel anywhere")
    options = parser.parse_args(arguments)
    wheel, sdist = built(ROOT / "dist")
    for path in (wheel, sdist):
        print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB")
    if wheel.stat().st_size > LARGEST_WHEEL:
        print(f"the wheel is larger than {LARGEST_WHEEL / 1e6:.0f} MB", file=sys.stderr)
        return 1
    return 0 if options.untried else tried(wheel)


def built(folder: Path) -> tuple[Path, Path]:
    """Build wheel and sdist into a folder that holds nothing else."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    before = Path.cwd()
    os.chdir(ROOT)  # flit builds the project of the present folder
    try:
        return folder / buildapi.build_wheel(str(folder)), folder / buildapi.build_sdist(str(folder))
    finally:
        os.chdir(before)


def tried(wheel: Path) -> int:
    """Install a wheel at the pinned versions into an empty environment, and let it say whether it is ready."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        python = place / "env" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        uv = [sys.executable, "-m", "uv"]
        subprocess.run([*uv, "venv", "--quiet", "--python", sys.executable, str(place / "env")], check=True)
        install = [*uv, "pip", "install", "--quiet", "--python", str(python), "-c", str(ROOT / "constraints.txt")]
        subprocess.run([*install, f"aecourse[{EXTRAS}] @ {wheel.as_uri()}"], check=True)
        # Elsewhere: in this folder Python would import the sources.
        return subprocess.run([str(python), "-m", "aecourse"], cwd=place, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
