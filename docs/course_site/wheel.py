"""Build the wheel that the site serves, if the library is not what the last one was built from.

``python docs/course_site/wheel.py`` uses the standard library alone: `nox -s docs_live` runs it
before each build.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs/_build/wheel"
STAMP = ROOT / "docs/_build/wheel.txt"  # beside the folder, whose files are published
SOURCE_DATE_EPOCH = "1767225600"  # the same bytes each time


def described() -> str:
    """Say what a wheel is built from, and what was built."""
    library = (path for path in (ROOT / "src").rglob("*") if "__pycache__" not in path.parts)
    named = [ROOT / name for name in ("pyproject.toml", "README.md", "LICENSE")]
    found = sorted(path for path in (*library, *named, *FOLDER.glob("*.whl")) if path.is_file())
    return "".join(f"{sha256(path.read_bytes()).hexdigest()} {path.name}\n" for path in found)


def main() -> None:
    """Build unless what was built is there."""
    if STAMP.exists() and STAMP.read_text(encoding="utf-8") == described():
        return
    STAMP.unlink(missing_ok=True)
    shutil.rmtree(FOLDER, ignore_errors=True)
    call = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    surroundings = {**os.environ, "SOURCE_DATE_EPOCH": SOURCE_DATE_EPOCH}
    subprocess.run([*call, "--wheel-dir", str(FOLDER), str(ROOT)], check=True, env=surroundings)
    STAMP.write_text(described(), encoding="utf-8")


if __name__ == "__main__":
    main()
