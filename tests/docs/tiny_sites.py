"""Lay out and build tiny sites with the project's own configuration, watched for network use."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bs4 import BeautifulSoup

HERE = Path(__file__).parent
DOCS = HERE.parents[1] / "docs"
NO_NETWORK = HERE / "no_network"
SITE_URL = "https://course.example/primer/"


@dataclass(frozen=True)
class Build:
    """A finished build: its folder, how it ended, and what it said."""

    root: Path
    returncode: int
    log: str

    @property
    def html(self) -> Path:
        return self.root / "docs/_build/html"

    @property
    def refused_sockets(self) -> str:
        return refusals(self.root).read_text(encoding="utf-8")

    def page(self, name: str) -> BeautifulSoup:
        return BeautifulSoup((self.html / name).read_text(encoding="utf-8"), "html.parser")

    def line(self, script: str, text: str) -> int:
        """Give the line of a source file in which a text stands."""
        lines = (self.root / script).read_text(encoding="utf-8").splitlines()
        return next(number for number, line in enumerate(lines, 1) if text in line)


def refusals(root: Path) -> Path:
    return root / "refused-sockets.txt"


@functools.cache
def without_network() -> tuple[str, ...]:
    """Give what runs a command in a network of its own, where the system lets us make one."""
    unshare = ("unshare", "--map-root-user", "--net", "--")
    if not shutil.which("unshare") or subprocess.run([*unshare, "true"], check=False).returncode:
        return ()
    return (*unshare, sys.executable, "-S", str(NO_NETWORK / "loopback_only.py"))


def watched(root: Path) -> dict[str, str]:
    """Give the environment in which a socket that leaves the machine is refused and noted."""
    refusals(root).touch()
    return {**os.environ, "PYTHONPATH": str(NO_NETWORK), "REFUSED_SOCKETS": str(refusals(root))}


def lay_out(site: Path, root: Path) -> Path:
    """Put a tiny site under `root` as the real one lies under the project; give its docs folder."""
    docs = root / "docs"
    shutil.copytree(site, docs, ignore=shutil.ignore_patterns("gallery", "outline.toml"))
    shutil.copy(site / "outline.toml", root)
    shutil.copytree(site / "gallery", root / "gallery")
    for path in (DOCS / "conf.py", DOCS / "numbers.toml", *DOCS.glob("*.bib")):
        if not (docs / path.name).exists():
            shutil.copy(path, docs)
    for name in ("course_site", "_static", "_templates", "_moved", "explore/js"):
        shutil.copytree(DOCS / name, docs / name, ignore=shutil.ignore_patterns("__pycache__"))
    (docs / "node_modules").symlink_to(DOCS / "node_modules")
    (docs / "_build/wheel").mkdir(parents=True)
    return docs


def build(name: str, root: Path) -> Build:
    """Build the site in the folder `name` as nox builds the real one, without a network."""
    lay_out(HERE / name, root)
    return rebuild(root)


def command(root: Path, *options: str) -> tuple[str, ...]:
    """Give what builds a site that is laid out, as nox builds the real one."""
    strict = ("-W", "--keep-going", "-n", "-j", "auto")
    sphinx = (sys.executable, "-m", "sphinx", *strict, "-d", "_build/doctrees")
    # Most tiny lessons have nothing to practise.
    settings = ("-D", f"outline_file={root}/outline.toml", "-D", "assess_every_aim=0")
    return (*sphinx, *settings, *options, ".", "_build/html")


def rebuild(root: Path, *options: str, umask: int = -1, **surroundings: str) -> Build:
    """Build a site that is laid out, again or for the first time."""
    # This waits until whoever holds the pipe has ended: a process left behind would hang the test.
    done = subprocess.run(
        [*without_network(), *command(root, *options)],
        cwd=root / "docs",
        env={**watched(root), "SITE_URL": SITE_URL, "NO_COLOR": "1", **surroundings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=600,
        check=False,
        umask=umask,
    )
    return Build(root, done.returncode, done.stdout)
