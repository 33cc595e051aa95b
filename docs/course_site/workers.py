"""How work is given to all cores, and how processes that run lessons are started.

Lessons run in the same surroundings everywhere. Where the system can, one process loads what they
all need, and theirs are forked from it. It starts while Sphinx loads its extensions, on another
core; so this module loads nothing that takes time.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any, TypeVar

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.parallel import ParallelTasks, parallel_available

X = TypeVar("X")
Y = TypeVar("Y")
BEGUN = time.perf_counter()  # the configuration loads this module first
SITE = Path(__file__).parents[1]
PATH = "PYTHONPATH"
LOADED = ["course_site.warm"]
SELDOM = 50_000  # new objects
# The same on every machine, whatever its user has set.
SURROUNDINGS = {
    "LC_ALL": "C.UTF-8",  # not C, in which Python cannot start from a folder with an umlaut
    "MPLBACKEND": "agg",
    "OMP_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "TZ": "UTC",
}


def cores() -> int:
    """Count the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def each(jobs: int, function: Callable[[X], Y], arguments: Iterable[X]) -> list[Y]:
    """Call a function for each argument, in `jobs` processes that are forked from this one.

    The arguments are dealt in turn: a process for each would have to warm up again and again.
    """
    numbered, jobs = list(enumerate(arguments)), min(jobs, cores())
    if not (parallel_available and jobs > 1):
        return [function(argument) for _, argument in numbered]
    tasks = ParallelTasks(jobs)
    done: dict[int, Y] = {}

    def call(dealt: list[tuple[int, X]]) -> dict[int, Y]:
        return {place: function(argument) for place, argument in dealt}

    for first in range(min(jobs, len(numbered))):
        tasks.add_task(call, numbered[first::jobs], lambda _, made: done.update(made))
    tasks.join()
    return [done[place] for place in sorted(done)]


def deal(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Deal the pages that will be read: Sphinx gives each process some that stand side by side.

    Lessons and pages that run code take the time, so they come first, evenly.
    """
    slow, quick = list[str](), list[str]()
    for name in docnames:
        text = Path(env.doc2path(name)).read_text(encoding="utf-8")
        (slow if "plot_" in name or "{idioms}" in text else quick).append(name)
    docnames[:] = [x for first in range(app.parallel) for x in slow[first :: app.parallel]] + quick


def start_method() -> BaseContext:
    """Give the way to start processes that is fast and safe on this system."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LOADED)
    return context


@contextmanager
def surroundings() -> Iterator[None]:
    """Start processes in the same surroundings on every machine."""
    before = dict(os.environ)
    os.environ.update(SURROUNDINGS)
    # So that what all lessons load is loaded once, in the process from which theirs are forked.
    os.environ[PATH] = os.pathsep.join([str(SITE), *filter(None, [before.get(PATH)])])
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def begin_early(last_build: Path, *sources: Path) -> None:
    """Start the process from which lessons are forked if it looks as if lessons will run.

    Parameters
    ----------
    last_build : pathlib.Path
        What a build leaves when it is done.
    sources : pathlib.Path
        Folders: if one of their files is newer, or there was no build, lessons will likely run.
    """
    if cores() == 1 or start_method().get_start_method() != "forkserver":
        return
    done = last_build.stat().st_mtime if last_build.exists() else 0.0
    scripts = (path for folder in sources for path in folder.rglob("*.py"))
    if any(path.stat().st_mtime > done for path in scripts):
        from multiprocessing import forkserver  # which Windows has not

        with surroundings():
            forkserver.ensure_running()


def load_quickly() -> None:
    """Look for no garbage until all is loaded: there is none, and the search took 2 s."""
    gc.disable()


def has_loaded(*_: Any) -> None:
    """Look for garbage from now on, but not in what has been loaded."""
    gc.freeze()
    gc.set_threshold(SELDOM)
    gc.enable()


def write_beside(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Have pages written by as many processes as there may be.

    Sphinx takes one of them for itself: it hands out pages, and waits.
    """
    app.parallel += app.parallel > 1
    return []


def setup(app: Sphinx) -> None:
    """Deal pages to processes when they are read and written."""
    app.connect("builder-inited", has_loaded, priority=0)
    app.connect("env-before-read-docs", deal)
    app.connect("env-updated", write_beside)
    app.connect("build-finished", has_loaded, priority=10_000)  # or the end looks through all
