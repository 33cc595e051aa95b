"""The README's commands: read them from the README, run them in a fresh clone.

Run as ``python -m tests.readme_commands`` (``nox -s readme``). It takes minutes: it installs.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
MARKED = re.compile(r"<!-- command: (\w+) -->\n```bash\n(.+)\n```")


def commands(readme: str) -> dict[str, str]:
    """Return the marked one-line commands of a README by name."""
    return dict(MARKED.findall(readme))


def main() -> None:
    """Run each command in one fresh clone and say what it took."""
    # The clone must not profit from what this run's own environment brings along.
    env = {k: v for k, v in os.environ.items() if k not in ("VIRTUAL_ENV", "PYTHONPATH")}
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        readme = (clone / "README.md").read_text(encoding="utf-8")
        for name, command in commands(readme).items():
            start = time.perf_counter()
            subprocess.run(["bash", "-c", command], cwd=clone, env=env, check=True)
            print(f"{name}: passed in {time.perf_counter() - start:.0f} s")
        lessons = sorted((clone / "docs/_build/html/lessons").glob("*/plot_*.html"))
        scripts = sorted((clone / "gallery").glob("*/plot_*.py"))
        assert [p.stem for p in lessons] == [p.stem for p in scripts], "a lesson has no page"
        status = ["git", "status", "--porcelain"]
        left = subprocess.run(status, cwd=clone, check=True, capture_output=True, text=True).stdout
        assert left == "", f"the commands left files in the clone:\n{left}"


if __name__ == "__main__":
    main()
