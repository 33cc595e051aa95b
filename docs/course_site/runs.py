"""Lessons run before sphinx-gallery starts: those that must, all cores at a time, longest first.

Each lesson runs in a process of its own, started from one state, and writes into a folder of its
own in the cache; so its outputs depend on nothing that ran before it or beside it. What has
succeeded is kept. Then the pages of all lessons are put where sphinx-gallery finds them as done.

A lesson of another shard (``lesson_shard = "2/4"``) is left to the machine that has that shard.
"""

from __future__ import annotations

import ctypes
import errno
import json
import multiprocessing
import os
import re
import signal
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib import import_module
from logging import LogRecord
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from queue import SimpleQueue
from statistics import median
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.logging import LogCollector, convert_serializable

import pytorch_primer
from course_site.cache import Cache, Entry, files_in, kept, put
from course_site.keys import Keys, Package, changed
from course_site.scripts import mark_done, note_run, outline_of, run_script
from course_site.workers import PATH, cores, start_method, surroundings
from pytorch_primer.outline import Lesson

if sys.platform == "linux":
    import fcntl

logger = logging.getLogger(__name__)

NOX = "PYTORCH_PRIMER_NOX"  # the process of nox that has started this build
MNIST = "PYTORCH_PRIMER_MNIST"
DIGITS, DIGITS_FILE = "PYTORCH_PRIMER_DIGITS", "_build/digits.pt"
SHARDS = "_build/shards"
# What an optimizer loads, for 2 s: each process that reads pages would do so for their practice.
MEANWHILE = "torch._dynamo"
BUILDS = "builds.json"  # what `nox -s bench -- build --record` has measured


@dataclass(frozen=True)
class Run:
    """A lesson that has to run: its key, why, how long it took the last time, and its weight.

    The weight is what it is expected to take; one that never ran may be the longest.
    """

    lesson: str
    script: Path
    key: dict[str, str]
    why: str
    seconds: float | None
    weight: float = float("inf")


@dataclass
class Outcome:
    """How a run ended: the lesson's own traceback if it failed, and what was warned of."""

    failure: str | None = None
    seconds: float = 0.0
    records: list[LogRecord] = field(default_factory=list)
    broken: str = ""  # why there is no page at all

    @property
    def good(self) -> bool:
        """Whether it may be kept: a warning would otherwise be given once and never again."""
        return not (self.failure or self.records or self.broken)


# -- which machine runs what ---------------------------------------------------------------------


def shard_of(lessons: Mapping[str, float | None], shard: str) -> set[str]:
    """Give the lessons of one shard, as in ``2/4``, so that all take about the same time.

    Parameters
    ----------
    lessons : collections.abc.Mapping
        How long each lesson took the last time, or None.
    shard : str
        Which of how many, or nothing for all lessons.

    Raises
    ------
    ExtensionError
        If there is no such shard.
    """
    if not shard:
        return set(lessons)
    found = re.fullmatch(r"(\d+)/(\d+)", shard)
    number, count = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= number <= count:
        raise ExtensionError(f"there is no shard {shard!r}: write 2/4 for the second of four")
    known = [seconds for seconds in lessons.values() if seconds is not None]
    usual = median(known) if known else 1.0
    weights = {name: usual if s is None else s for name, s in lessons.items()}
    shares: list[set[str]] = [set() for _ in range(count)]
    for name in sorted(weights, key=lambda name: (-weights[name], name)):
        lightest = min(shares, key=lambda share: (sum(weights[x] for x in share), len(share)))
        lightest.add(name)
    return shares[number - 1]


def explained(error: OSError) -> str:
    """Say what a failure of the system means, and what to do about it."""
    place = error.filename or "the site's folder"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"no space is left for {place}: free some, and build again"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{place} may not be written: make the folder your own, or build in another"
    if error.errno in (errno.ENOMEM, errno.EAGAIN, errno.EMFILE, errno.ENFILE):
        return f"the system gives no more processes, files or memory ({error.strerror}): {MORE}"
    return str(error)


# -- one lesson ----------------------------------------------------------------------------------


def end_with_parent() -> None:
    """End this process when the one that started it ends, where the system offers that."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def end_with_build() -> None:
    """End the process of a lesson when the build ends, which is not the one that forked it.

    A thread that waits would do, too, but Python warns of forks beside threads, and lessons fork.
    """
    if sys.platform == "linux" and (build := multiprocessing.parent_process()):
        fcntl.fcntl(build.sentinel, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(build.sentinel, fcntl.F_SETFL, os.O_ASYNC)  # SIGIO at its end, which is ours


def child(run: Run, folder: Path, conf: dict[str, Any], sender: Any) -> None:
    """Run one lesson, in a process of its own, and send how it ended."""
    end_with_build()
    # A lesson starts its workers as a reader's program does, not as it was started itself.
    multiprocessing.set_start_method(multiprocessing.get_all_start_methods()[0], force=True)
    os.environ[PATH] = os.environ[PATH].partition(os.pathsep)[2]  # without what `surroundings` adds
    os.environ[DIGITS] = str(folder / DIGITS_FILE)
    Path(os.environ[DIGITS]).parent.mkdir(parents=True, exist_ok=True)
    outcome, collector = Outcome(), LogCollector()
    try:
        with collector.collect():
            outcome.failure, outcome.seconds = run_script(run.script, folder, conf)
    except MemoryError:
        outcome.broken = NO_MEMORY
    except Exception:
        outcome.broken = traceback.format_exc()
    convert_serializable(collector.logs)
    outcome.records = collector.logs
    sender.send(outcome)


MORE = "close other programs, or run one lesson at a time with `nox -s docs -- --jobs 1`"
NO_MEMORY = f"it asked for more memory than there is: {MORE}"


def ended(process: BaseProcess) -> str:
    """Say why a process has ended without a word."""
    code = process.exitcode or 0
    if code == -9:  # SIGKILL, which Windows has not
        return f"the system ended it, most likely because {NO_MEMORY}"
    if code < 0:
        return f"it was ended by the signal {signal.Signals(-code).name}"
    return f"it ended its own process, with the exit code {code}"


@dataclass
class Runner:
    """Runs lessons, each in its own process; knows those that run now."""

    context: BaseContext
    conf: dict[str, Any]
    cache: Cache
    running: dict[str, BaseProcess] = field(default_factory=dict)

    def __call__(self, run: Run) -> Outcome:
        """Run one lesson and wait for it."""
        about = "" if run.seconds is None else f", {run.seconds:.1f} s the last time"
        logger.info("  runs: %s (%s%s)", run.lesson, run.why, about)
        receiver, sender = self.context.Pipe(duplex=False)
        arguments = (run, self.cache.begin(run.lesson), self.conf, sender)
        process = self.context.Process(target=child, args=arguments)  # type: ignore[attr-defined]
        process.start()
        sender.close()
        self.running[run.lesson] = process
        try:
            outcome: Outcome = receiver.recv()
        except EOFError:
            outcome = Outcome()
            process.join()
            outcome.broken = ended(process)
        process.join()
        del self.running[run.lesson]
        return outcome

    def stop(self) -> None:
        """End all that runs."""
        for process in list(self.running.values()):
            process.kill()


def run_all(runs: Sequence[Run], runner: Runner, jobs: int) -> Iterator[tuple[Run, Outcome]]:
    """Run lessons, `jobs` at a time, longest first; give each with its outcome when it ends."""
    waiting = sorted(runs, key=lambda run: (-run.weight, run.lesson))
    with surroundings(), ThreadPoolExecutor(max_workers=jobs) as pool:
        futures: dict[Future[Outcome], Run] = {pool.submit(runner, run): run for run in waiting}
        # `as_completed` would give those that end during the import in any order.
        finished: SimpleQueue[Future[Outcome]] = SimpleQueue()
        for future in futures:
            future.add_done_callback(finished.put)
        if waiting:
            import_module(MEANWHILE)
        try:
            for done in range(1, len(futures) + 1):
                future = finished.get()
                run, outcome = futures[future], future.result()
                logger.info(
                    "  %5.1f s  %s%s; %d of %d, %d to come",
                    outcome.seconds,
                    run.lesson,
                    "" if outcome.good else ": FAILED",
                    done,
                    len(runs),
                    len(runs) - done,
                )
                yield run, outcome
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            runner.stop()
            raise


# -- all lessons ---------------------------------------------------------------------------------


class Lessons:
    """The lessons of one build: run, kept, and put where sphinx-gallery looks for them."""

    def __init__(self) -> None:
        self.settings: dict[str, Any] = {}
        self.ran: list[Path] = []
        self.failed: dict[Path, str] = {}

    def note_settings(self, app: Sphinx, config: Config) -> None:
        """Take the settings as ``conf.py`` has them, before sphinx-gallery completes them."""
        self.settings = dict(config.sphinx_gallery_conf)

    def run(self, app: Sphinx) -> None:
        """Run what has changed, and put the pages of all lessons in place.

        Raises
        ------
        SystemExit
            If a lesson's process ended without a word, or the system refused something; the message
            says what to do. Sphinx would ask to report any other error to its developers.
        """
        if not __debug__:
            raise SystemExit("Python leaves out assertions (-O, PYTHONOPTIMIZE): unset that")
        try:
            self.run_changed(app)
        except OSError as error:
            raise SystemExit(f"the site was not built: {explained(error)}") from error
        except ExtensionError as error:
            raise SystemExit(f"the site was not built: {error}") from error

    def run_changed(self, app: Sphinx) -> None:
        """Run what has changed, and put the pages of all lessons in place."""
        conf = app.config.sphinx_gallery_conf
        if not conf["plot_gallery"]:
            return
        cache = Cache(Path(app.srcdir, app.config.lesson_cache))
        cache.clear_runs()
        gallery = Path(os.path.normpath(Path(app.srcdir, conf["examples_dirs"])))
        scripts = {f"{p.parent.name}/{p.stem}": p for p in sorted(gallery.glob("*/plot_*.py"))}
        record = Path(app.srcdir, BUILDS)
        elsewhere = json.loads(record.read_bytes()).get("lessons", {}) if record.exists() else {}
        here = {x: seconds for x in scripts if (seconds := cache.seconds(x)) is not None}
        expected: dict[str, float] = elsewhere | here
        mine = shard_of({x: expected.get(x) for x in scripts}, app.config.lesson_shard)
        kept: dict[str, Entry] = {}
        runs = []
        for lesson, script, key in self.keyed(app, scripts):
            entry = cache.read(lesson)
            if why := changed(entry.key if entry else None, key):
                if lesson in mine and re.search(conf["filename_pattern"], str(script)):
                    weight = expected.get(lesson, float("inf"))
                    runs.append(Run(lesson, script, key, why, here.get(lesson), weight))
            elif entry:
                kept[lesson] = entry
        jobs = min(len(runs), app.config.lesson_jobs or cores()) or 1
        logger.info(
            "lessons: %d of %d to run, %d at a time; %d are as they were",
            *(len(runs), len(scripts), jobs, len(kept)),
        )
        place = Placing(Path(app.srcdir), conf["gallery_dirs"])
        for lesson, entry in kept.items():
            place.lesson(lesson, entry.folder)
        runner = Runner(start_method(), conf, cache)
        for run, outcome in run_all(runs, runner, jobs):
            if outcome.broken:
                raise ExtensionError(f"the lesson {run.lesson} did not run: {outcome.broken}")
            folder = cache.run_folder(run.lesson)
            tell(run, outcome, folder, Path(app.srcdir))
            if outcome.good:
                entry = cache.keep(run.lesson, run.key, outcome.seconds)
                place.lesson(run.lesson, entry.folder)
                self.ran.append(run.script)
            else:
                place.lesson(run.lesson, folder)
                mark_done(place.script(run.lesson))
                if outcome.failure:
                    self.failed[run.script] = outcome.failure
                else:
                    self.ran.append(run.script)
        place.remove_others()
        if shard := app.config.lesson_shard:
            cache.hand_on(mine, Path(app.srcdir, SHARDS, shard.replace("/", "-of-")))

    def keyed(
        self, app: Sphinx, scripts: Mapping[str, Path]
    ) -> Iterator[tuple[str, Path, dict[str, str]]]:
        """Give each lesson with its script and what its run depends on."""
        library = Package(Path(str(pytorch_primer.__file__)).parent)
        # To read all modules takes a second; the texts say whether one is another now.
        texts = [str(library.folder).encode()]
        texts += [path.read_bytes() for path in sorted(library.folder.rglob("*.py"))]
        library.modules, library.digests = kept(app.doctreedir, "modules", texts, library.read_all)
        images = Path(os.environ.get(MNIST, "")) / "src/digits"
        keys = Keys(library, images, self.settings, str(app.srcdir))
        outline = outline_of(app.config)
        for name, script in scripts.items():
            lesson: Lesson | None = outline.lesson(name)
            yield name, script, keys.key(script, lesson)

    def report(self, app: Sphinx) -> None:
        """Tell sphinx-gallery, once it is through, which lessons this build has run."""
        pages = Path(app.srcdir, app.config.sphinx_gallery_conf["gallery_dirs"])
        for script in [*self.ran, *self.failed]:
            page = pages / script.parent.name / script.name
            note_run(app.config.sphinx_gallery_conf, page, script, self.failed.get(script))


def tell(run: Run, outcome: Outcome, folder: Path, srcdir: Path) -> None:
    """Log what a run has warned of, with the paths of the site instead of the run's own."""
    seen, meant = os.path.relpath(run.script, folder), os.path.relpath(run.script, srcdir)
    for record in outcome.records:
        record.msg = str(record.msg).replace(str(folder), str(srcdir)).replace(seen, meant)
        logger.handle(record)


@dataclass
class Placing:
    """Puts the files of lessons into the source folder, and takes away those of no lesson."""

    srcdir: Path
    pages: str
    placed: set[Path] = field(default_factory=set)

    def lesson(self, lesson: str, folder: Path) -> None:
        """Put the files of one lesson in place."""
        for path in files_in(folder):
            name = path.relative_to(folder).as_posix()
            target = self.srcdir / name
            if name == DIGITS_FILE:
                target = Path(os.environ[DIGITS])
            put(path, target)
            self.placed.add(target)

    def script(self, lesson: str) -> Path:
        """Give the copy of a lesson's script beside its page."""
        return self.srcdir / self.pages / f"{lesson}.py"

    def remove_others(self) -> None:
        """Remove pages and figures that no lesson has left this time."""
        folder = self.srcdir / self.pages
        for pattern in ("*/plot_*", "*/images/**/sphx_glr_*"):
            for path in folder.glob(pattern):
                if path.is_file() and path not in self.placed:
                    path.unlink()


def setup(app: Sphinx) -> None:
    """Run lessons before sphinx-gallery starts."""
    app.add_config_value("lesson_cache", "_build/cache", "", str)
    app.add_config_value("lesson_jobs", 0, "", int)
    app.add_config_value("lesson_shard", "", "", str)
    if os.environ.get(NOX) == str(os.getppid()):
        end_with_parent()
    lessons = Lessons()
    app.connect("config-inited", lessons.note_settings, priority=0)
    app.connect("builder-inited", lessons.run, priority=400)
    app.connect("builder-inited", lessons.report, priority=600)
