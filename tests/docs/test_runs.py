"""Which machine runs what, in which order; what is said when the system refuses something."""

from __future__ import annotations

import errno
import inspect
import os
import signal
import subprocess
import sys
import sysconfig
import textwrap
import time
import venv
from collections import Counter
from importlib.util import find_spec
from multiprocessing import forkserver
from pathlib import Path
from types import SimpleNamespace

import pytest
from sphinx.errors import ExtensionError

from course_site import address, runs, workers
from course_site.address import site_url

LESSONS = {"a": 10.0, "b": 6.0, "c": 5.0, "d": 1.0, "e": None}


@pytest.mark.parametrize("count", [1, 2, 3, 5, 7])
def test_shards_hold_each_lesson_once(count):
    shards = [runs.shard_of(LESSONS, f"{number}/{count}") for number in range(1, count + 1)]
    assert sorted(name for shard in shards for name in shard) == sorted(LESSONS)


def test_shards_take_about_the_same_time():
    known = {name: seconds for name, seconds in LESSONS.items() if seconds}
    first, second = (sum(known[x] for x in runs.shard_of(known, f"{n}/2")) for n in (1, 2))
    assert {first, second} == {11.0}


@pytest.mark.parametrize("shard", ["0/2", "3/2", "1", "a/b", "1/0"])
def test_shard_that_is_not_there(shard):
    with pytest.raises(ExtensionError, match="there is no shard"):
        runs.shard_of(LESSONS, shard)


def test_the_heaviest_begins_first():
    begun = []

    def runner(run):
        begun.append(run.lesson)
        return runs.Outcome()

    known = {"short": (1.0, 1.0), "never ran": (), "elsewhere": (None, 3.0), "long": (7.0, 7.0)}
    waiting = [
        runs.Run(name, Path(), {}, "", *(seconds or (None,))) for name, seconds in known.items()
    ]
    list(runs.run_all(waiting, runner, jobs=1))
    assert begun == ["never ran", "long", "elsewhere", "short"]


def test_lessons_are_told_in_the_order_in_which_they_ended(monkeypatch):
    """Also those that end while the build itself is busy."""
    names = [f"lesson {n}" for n in range(8)]
    ended = []

    def runner(run):
        ended.append(run.lesson)
        return runs.Outcome()

    def busy(_):
        while len(ended) < len(names):
            time.sleep(0.01)

    monkeypatch.setattr(runs, "import_module", busy)
    waiting = [runs.Run(name, Path(), {}, "", 1.0, float(n)) for n, name in enumerate(names)]
    assert [run.lesson for run, _ in runs.run_all(waiting, runner, jobs=1)] == names[::-1]


def test_pages_that_take_time_are_read_first_and_evenly(tmp_path):
    names = ["adopt", "lessons/a/plot_0", "lessons/a/plot_1", "lessons/b/plot_2", "made", "now"]
    for name in names:
        text = "```{idioms}\n```" if name == "now" else "Words."
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    app = SimpleNamespace(parallel=2)
    read = names.copy()
    workers.deal(app, SimpleNamespace(doc2path=lambda name: tmp_path / name), read)
    assert sorted(read) == names
    assert {name[-1] for name in read[:2]} == {"0", "2"}, "for the first process"
    assert set(read[2:4]) == {"lessons/a/plot_1", "now"}, "for the second"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (errno.ENOSPC, "no space is left for /x: free some"),
        (errno.EACCES, "/x may not be written"),
        (errno.EROFS, "/x may not be written"),
        (errno.EMFILE, "--jobs 1"),
    ],
)
def test_what_the_system_refuses_is_explained(code, said):
    assert said in runs.explained(OSError(code, os.strerror(code), "/x"))


@pytest.mark.parametrize(
    ("script", "cores", "begins"), [(9, 2, False), (11, 2, True), (11, 1, False)]
)
def test_processes_start_early_where_a_script_is_newer(
    tmp_path, monkeypatch, script, cores, begins
):
    begun = []
    monkeypatch.setattr(forkserver, "ensure_running", lambda: begun.append(dict(os.environ)))
    monkeypatch.setattr(workers, "cores", lambda: cores)
    for name, at in (("gallery/a.py", script), ("build.json", 10)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (at, at))
    workers.begin_early(tmp_path / "build.json", tmp_path / "gallery", tmp_path / "none")
    assert [env["TZ"] for env in begun] == ["UTC"] * begins
    workers.begin_early(tmp_path / "no.json", tmp_path / "gallery")
    assert len(begun) == begins + (cores > 1), "before the first build"


@pytest.mark.parametrize("jobs", [1, 3])
def test_results_come_in_the_order_of_the_arguments(jobs, monkeypatch):
    monkeypatch.setattr(workers, "cores", lambda: 3)
    made = workers.each(jobs, lambda n: (time.sleep(0.02 * (3 - n)), n * n)[1], range(3))
    assert made == [0, 1, 4]


@pytest.mark.skipif(
    not workers.parallel_available, reason="this system forks no processes: all is done in this one"
)
@pytest.mark.parametrize(("cores", "dealt"), [(2, [4, 5]), (8, [3, 3, 3])])
def test_arguments_are_dealt_to_no_more_processes_than_cores(cores, dealt, monkeypatch):
    monkeypatch.setattr(workers, "cores", lambda: cores)
    ran = workers.each(3, lambda _: os.getpid(), range(9))
    assert sorted(Counter(ran).values()) == dealt
    assert os.getpid() not in ran


def test_what_lessons_share_is_there_to_be_loaded():
    # The process from which lessons are forked says nothing of a module that it does not find.
    assert all(find_spec(name) for name in workers.LOADED)


def test_a_build_loads_nothing_more_where_no_lesson_runs(monkeypatch):
    loaded = []
    monkeypatch.setattr(runs, "import_module", loaded.append)
    assert list(runs.run_all([], None, 1)) == []
    assert loaded == []


@pytest.mark.skipif(
    sys.platform != "linux",
    reason="only Linux ends a process with its parent: prctl, PR_SET_PDEATHSIG",
)
def test_process_ends_with_the_one_that_started_it(tmp_path):
    text = textwrap.dedent(inspect.getsource(runs.end_with_parent))
    child = f"import ctypes, signal, sys, time\n{text}\nend_with_parent()\n"
    child += "print('ready', flush=True)\ntime.sleep(600)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGKILL)
        assert process.stdout.read() == b""  # ends when nobody holds the pipe any longer


@pytest.mark.parametrize(
    "given",
    [
        'https://x/"><script>alert(1)</script>',
        "javascript:alert(1)",
        "course.example",
        "https://x/ y",
        "https://x/?a=b",
        "https://x/#a",
        "https://",
    ],
)
def test_address_that_is_none_is_refused(given):
    with pytest.raises(ValueError, match="SITE_URL"):
        site_url(given)
    script, said = Path(address.__file__), {"SITE_URL": given}
    done = subprocess.run([sys.executable, script], env=said, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("SITE_URL is")  # no traceback, nor what Sphinx makes of it


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("https://course.example", "https://course.example/"),
        ("https://course.example/primer/", "https://course.example/primer/"),
        ("http://127.0.0.1:8000/en/1.0/", "http://127.0.0.1:8000/en/1.0/"),
        ("", "https://set-site-url.invalid/"),
    ],
)
def test_address_of_the_site(given, wanted):
    assert site_url(given) == wanted


def test_python_starts_for_a_lesson_from_a_folder_with_an_umlaut(tmp_path):
    """What pip notes of an editable installation there is read in the locale's encoding."""
    place = tmp_path / "für uns"
    venv.create(place, symlinks=os.name != "nt")
    paths = sysconfig.get_paths("venv", vars={"base": str(place), "platbase": str(place)})
    Path(paths["purelib"], "course.pth").write_text(f"{place}\n", encoding="utf-8")
    python = Path(paths["scripts"], "python")
    env = {**os.environ, **workers.SURROUNDINGS}
    subprocess.run([str(python), "-c", "import encodings"], env=env, check=True)
