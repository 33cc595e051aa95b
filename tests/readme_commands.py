"""The README's commands: read them from the README, run them in a fresh clone.

Run as ``python -m tests.readme_commands`` (``nox -s readme``). It takes minutes: it installs.
``--python 3.13`` runs them with ``python3.13``, ``--folder NAME`` in a folder of that name.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
MARKED = re.compile(r"<!-- command: (\w+) -->\n```bash\n(.+)\n```")


def commands(readme: str) -> dict[str, str]:
    """Return the marked one-line commands of a README by name."""
    return dict(MARKED.findall(readme))


def environment(python: str | None, shims: Path) -> dict[str, str]:
    """Give the environment of a stranger, in which ``python3`` is the wanted Python.

    The clone must not profit from what this run's own environment brings along.
    """
    mine = ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME")
    env = {name: value for name, value in os.environ.items() if name not in mine}
    if python is not None:
        found = shutil.which(f"python{python}")
        if found is None:
            raise SystemExit(f"no python{python} on the PATH")
        # A launcher of versions (pyenv's shim) decides by its name and folder: ask it who it is.
        ask = [found, "-c", "import sys; print(sys.executable)"]
        named = {**env, "PYENV_VERSION": python}
        real = subprocess.run(ask, env=named, check=True, capture_output=True, text=True).stdout
        (shims / "python3").symlink_to(real.strip())
        env["PATH"] = os.pathsep.join([str(shims), env["PATH"]])
    return env


def main() -> None:
    """Run each command in one fresh clone and say what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", help="a version, as in 3.13 (default: python3)")
    parser.add_argument("--folder", default="clone", help="the clone's name (default: clone)")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        shims = Path(folder, "bin")
        shims.mkdir()
        env = environment(args.python, shims)
        clone = Path(folder) / args.folder
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        readme = (clone / "README.md").read_text(encoding="utf-8")
        for name, command in commands(readme).items():
            start = time.perf_counter()
            subprocess.run(["bash", "-c", command], cwd=clone, env=env, check=True)
            print(f"{name}: passed in {time.perf_counter() - start:.0f} s", flush=True)
        lessons = sorted((clone / "docs/_build/html/lessons").glob("*/plot_*.html"))
        scripts = sorted((clone / "gallery").glob("*/plot_*.py"))
        assert [p.stem for p in lessons] == [p.stem for p in scripts], "a lesson has no page"
        status = ["git", "status", "--porcelain"]
        left = subprocess.run(status, cwd=clone, check=True, capture_output=True, text=True).stdout
        assert left == "", f"the commands left files in the clone:\n{left}"


if __name__ == "__main__":
    main()
