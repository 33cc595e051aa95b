"""No page is stale: what a lesson depends on runs it again, and nothing else does."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.docs.tiny_sites import HERE, NO_NETWORK, SITE_URL, Build, command, lay_out, rebuild

import pytorch_primer
from course_site import report
from course_site.cache import Cache, kept

pytestmark = pytest.mark.slow

CURVE, ALONE, STEPS = "drawing/plot_1_curve", "drawing/plot_2_alone", "walking/plot_3_steps"
ALL = {CURVE, ALONE, STEPS}
rebuilds = pytest.mark.rebuilds
KILLS = int(os.environ.get("PYTORCH_PRIMER_KILLS", "4"))  # 20 take ten minutes on two cores
FAST = ("-D", "course_archives=0")  # they are the same site again, and take longer than its pages


@dataclass
class Site:
    """A tiny course with a library of its own, which tests may change."""

    root: Path

    @classmethod
    def new(cls, root: Path, cache: Path | None = None) -> Site:
        """Lay out a site as a fresh clone has it; with a cache, as CI restores one."""
        lay_out(HERE / "cached_site", root)
        library = Path(pytorch_primer.__file__).parent
        without = shutil.ignore_patterns("__pycache__")
        shutil.copytree(library, root / "src/pytorch_primer", ignore=without)
        if cache:
            shutil.copytree(cache, root / "docs/_build/cache")
        return cls(root)

    @property
    def cache(self) -> Path:
        return self.root / "docs/_build/cache"

    @property
    def surroundings(self) -> dict[str, str]:
        return {"PYTHONPATH": os.pathsep.join([str(self.root / "src"), str(NO_NETWORK)])}

    def build(self, *options: str, umask: int = -1, **more: str) -> Build:
        return rebuild(self.root, *FAST, *options, umask=umask, **self.surroundings | more)

    def change(self, name: str, old: str, new: str) -> None:
        """Replace a text in a file, or put one at its end."""
        path = self.root / name
        text = path.read_text(encoding="utf-8")
        assert old in text, name
        changed = text.replace(old, new, 1) if old else text + new
        path.write_text(changed, encoding="utf-8")

    def pages(self) -> dict[str, bytes]:
        """Give the bytes of all that is published and the same in each build."""
        html = self.root / "docs/_build/html"
        files = (path for path in sorted(html.rglob("*")) if path.is_file())
        named = {path.relative_to(html).as_posix(): path for path in files}
        wanted = (n for n in named if n not in report.VARIES and not n.startswith("."))
        return {name: named[name].read_bytes() for name in wanted}


def ran(build: Build) -> set[str]:
    """Give the lessons that a build has run."""
    return set(re.findall(r"^  runs: (\S+)", build.log, re.M))


def differing(one: dict[str, bytes], other: dict[str, bytes]) -> set[str]:
    return {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}


@pytest.fixture(scope="module")
def clean(tmp_path_factory) -> Site:
    """Give a site that was built from nothing, on all cores."""
    site = Site.new(tmp_path_factory.mktemp("clean"))
    built = site.build()
    assert built.returncode == 0, built.log
    assert ran(built) == ALL
    return site


@pytest.fixture(scope="module")
def site(clean, tmp_path_factory) -> Site:
    """Give a site that tests change one after the other; its lessons come from a restored cache."""
    site = Site.new(tmp_path_factory.mktemp("a folder für changes"), clean.cache)
    built = site.build()
    assert built.returncode == 0, built.log
    assert ran(built) == set()
    assert not differing(site.pages(), clean.pages())
    return site


def test_nothing_changed_runs_and_writes_nothing(site):
    html = site.root / "docs/_build/html"
    before = {path: path.stat().st_mtime_ns for path in html.rglob("*.html")}
    built = site.build()
    assert built.returncode == 0
    assert ran(built) == set()
    # The search page and the index of names are the theme's, which writes them each time.
    kept = {path for path in before if path.stat().st_mtime_ns == before[path]}
    assert {f"{name}.html" for name in ("index", "page", f"lessons/{CURVE}")} <= {
        path.relative_to(html).as_posix() for path in kept
    }


FUNCTION = "def plot_function("
BANK = "src/pytorch_primer/exercises/bank/descend.py"


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        ("docs/page.md", "That says little.", "That says more.", set()),
        ("src/pytorch_primer/contours.py", FUNCTION, f"_NEW = 1\n\n\n{FUNCTION}", {CURVE}),
        ("src/pytorch_primer/contours.py", '"""Draw a function', '"""Show a function', set()),
        pytest.param(
            "src/pytorch_primer/contours.py",
            FUNCTION,
            f"# a comment\n{FUNCTION}",
            set(),
            marks=rebuilds,
        ),
        pytest.param(
            "src/pytorch_primer/descent.py",
            "def descend(",
            "_NEW = 1\n\n\ndef descend(",
            {STEPS},
            marks=rebuilds,
        ),
        pytest.param(
            "src/pytorch_primer/_checks.py", "", "\n_NEW = 1\n", {CURVE, STEPS}, marks=rebuilds
        ),
        pytest.param("src/pytorch_primer/schedules.py", "", "\n_NEW = 1\n", set(), marks=rebuilds),
        pytest.param(
            "src/pytorch_primer/course.mplstyle", "\n", "\n# another\n", {CURVE}, marks=rebuilds
        ),
        pytest.param(BANK, '"""', '""" ', {STEPS}, marks=rebuilds),
        pytest.param(f"gallery/{ALONE}.py", '"a", "b"', '"b", "a"', {ALONE}, marks=rebuilds),
        pytest.param(
            "docs/course_site/figures.py", "CSS_DPI = 96", "CSS_DPI = 48 * 2", ALL, marks=rebuilds
        ),
        pytest.param(
            "docs/course_site/glossary.py", '"""The', '"""This is the', set(), marks=rebuilds
        ),
        pytest.param(
            "docs/conf.py",
            '"min_reported_time": 10**6',
            '"min_reported_time": 10**7',
            ALL,
            marks=rebuilds,
        ),
    ],
)
def test_change_runs_exactly_the_lessons_that_depend_on_it(site, name, old, new, expected):
    site.change(name, old, new)
    built = site.build()
    assert built.returncode == 0, built.log
    assert ran(built) == expected


@rebuilds
def test_other_version_of_a_package_runs_all(clean, tmp_path):
    """Put in the place of torchvision another version, as `pip` would."""
    site = Site.new(tmp_path / "other version", clean.cache)
    about = site.root / "src/torchvision-9.9.9.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: torchvision\nVersion: 9.9.9\n")
    assert ran(site.build()) == ALL


@rebuilds
def test_changed_prose_is_on_its_page_and_the_site_is_as_if_built_from_nothing(clean, tmp_path):
    changes = [
        ("docs/page.md", "# A page", "# Another page"),  # its title stands on other pages, too
        (f"gallery/{CURVE}.py", "- draw", "- draw a curve"),
        (f"gallery/{STEPS}.py", "num_steps=3", "num_steps=4"),
        ("src/pytorch_primer/exercises/bank/descend.py", '"""', '"""Now: '),
    ]
    one = Site.new(tmp_path / "changed", clean.cache)
    assert one.build().returncode == 0
    other = Site.new(tmp_path / "from nothing")
    for change in changes:
        one.change(*change)
        other.change(*change)
    assert one.build().returncode == 0
    assert other.build().returncode == 0
    assert not differing(one.pages(), other.pages())
    assert b"Another page" in one.pages()["page.html"]


@rebuilds
def test_prose_that_came_and_went_leaves_no_trace(clean, tmp_path):
    """No word in an index, no checksum of a file that was there this time."""
    site = Site.new(tmp_path / "came and went", clean.cache)
    assert site.build().returncode == 0
    for change in (("little", "little of zebras"), ("little of zebras", "little")):
        site.change("docs/page.md", *change)
        assert site.build().returncode == 0
    assert not differing(site.pages(), clean.pages())


def test_helper_that_raises_fails_the_build(clean, tmp_path):
    site = Site.new(tmp_path / "raises", clean.cache)
    assert site.build().returncode == 0
    site.change(
        "src/pytorch_primer/contours.py",
        "    ax: Axes | None = None,\n) -> FunctionPlot:\n",
        "    ax: Axes | None = None,\n) -> FunctionPlot:\n    raise ValueError('broken')\n",
    )
    for _ in range(2):  # and again: it was not marked as done
        built = site.build()
        assert built.returncode != 0
        assert ran(built) == {CURVE}
        assert "ValueError: broken" in built.log


@rebuilds
def test_warning_is_given_by_each_strict_build(clean, tmp_path):
    site = Site.new(tmp_path / "warns", clean.cache)
    site.change("docs/page.md", "That says little.", "See {doc}`nowhere`.")
    for _ in range(2):
        built = site.build()
        assert built.returncode != 0
        assert "nowhere" in built.log
        assert ran(built) == set()


def test_entry_with_any_file_harmed_is_none(clean, tmp_path):
    shutil.copytree(clean.cache, tmp_path / "cache")
    cache = Cache(tmp_path / "cache")
    for lesson in sorted(ALL):
        place = cache.place(lesson)
        for path in sorted(path for path in place.rglob("*") if path.is_file()):
            content = path.read_bytes()
            middle = len(content) // 2
            harmed = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
            for bad in (harmed, content[:middle], b""):
                path.write_bytes(bad)
                assert cache.read(lesson) is None, path
            path.unlink()
            assert cache.read(lesson) is None, path
            path.write_bytes(content)
            assert cache.read(lesson) is not None
        (place / "files/more.txt").touch()
        assert cache.read(lesson) is None
        (place / "files/more.txt").unlink()


@rebuilds
def test_harmed_cache_is_built_anew(clean, tmp_path):
    site = Site.new(tmp_path / "harmed", clean.cache)
    for path in site.cache.rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[:-1] + b"\0")
    built = site.build()
    assert built.returncode == 0, built.log
    assert ran(built) == ALL
    assert not differing(site.pages(), clean.pages())


@rebuilds
def test_serial_build_gives_the_same_and_its_log_says_what_runs_and_comes(clean, tmp_path):
    site = Site.new(tmp_path / "serial", clean.cache)
    for entry in site.cache.glob("entries/*/plot_*/files/**/*.rst"):
        entry.unlink()  # how long each ran is still known
    built = site.build("-j", "1", "-D", "lesson_jobs=1")
    assert built.returncode == 0, built.log
    assert "3 of 3 to run, 1 at a time" in built.log
    assert re.findall(r"^  runs: (\S+)", built.log, re.M)[0] == CURVE  # it alone draws
    assert re.search(rf"^  runs: {CURVE} \(not in the cache, [\d.]+ s", built.log, re.M)
    assert re.search(rf"^ +[\d.]+ s  {CURVE}; 1 of 3, 2 to come", built.log, re.M)
    assert not differing(site.pages(), clean.pages())


def test_what_is_kept_is_made_again_when_its_sources_change(tmp_path):
    assert kept(tmp_path, "pages/one", [b"a", b"b"], lambda: ["first"]) == ["first"]
    assert kept(tmp_path, "pages/one", [b"a", b"b"], lambda: ["second"]) == ["first"]
    assert kept(tmp_path, "pages/two", [b"a", b"b"], lambda: ["second"]) == ["second"]
    assert kept(tmp_path, "pages/one", [b"ab", b""], lambda: ["third"]) == ["third"]


@rebuilds
def test_shards_make_the_whole(clean, tmp_path):
    merged = Site.new(tmp_path / "merged")
    for number in (1, 2):
        site = Site.new(tmp_path / f"shard {number}")
        outline = f"outline_file={site.root}/outline.toml"
        done = subprocess.run(
            [sys.executable, "-m", "course_site.shard", f"{number}/2", outline],
            cwd=site.root / "docs",
            env={**os.environ, **site.surroundings, "SITE_URL": SITE_URL, "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        handed = site.root / f"docs/_build/shards/{number}-of-2/entries"
        shutil.copytree(handed, merged.cache / "entries", dirs_exist_ok=True)
    built = merged.build()
    assert built.returncode == 0, built.log
    assert ran(built) == set()
    assert not differing(merged.pages(), clean.pages())


@rebuilds
def test_killed_build_leaves_nothing_half_done(clean, tmp_path):
    """Kill a build at a random moment, again and again, and let it come to its end behind each."""
    one = Site.new(tmp_path / "killed", clean.cache)
    variants = [
        [("docs/page.md", "says little", "says more"), (f"gallery/{CURVE}.py", "x**2", "x**4")],
        [("docs/page.md", "says more", "says little"), (f"gallery/{CURVE}.py", "x**4", "x**2")],
    ]
    other = Site.new(tmp_path / "other", clean.cache)
    for change in variants[0]:
        other.change(*change)
    assert other.build().returncode == 0
    expected = [other.pages(), clean.pages()]
    begun = time.perf_counter()
    assert one.build().returncode == 0
    longest = time.perf_counter() - begun
    seed = random.randrange(10**6)
    moments = random.Random(seed)
    for kill in range(KILLS):
        for change in variants[kill % 2]:
            one.change(*change)
        with subprocess.Popen(
            command(one.root, *FAST),
            cwd=one.root / "docs",
            env={**os.environ, **one.surroundings, "SITE_URL": SITE_URL},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            time.sleep(moments.uniform(0, longest))
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
        built = one.build()
        assert built.returncode == 0, built.log
        assert not differing(one.pages(), expected[kill % 2]), f"seed {seed}, kill {kill}"


# -- the same everywhere -------------------------------------------------------------------------

LOUD = "lines.linewidth: 9\nfont.size: 30\naxes.facecolor: red\n"
ELSEWHERE = {
    "folder": {},
    "decimal comma": {"LC_ALL": "de_DE.UTF-8", "LANGUAGE": "de"},
    "time zone": {"TZ": "Pacific/Kiritimati"},
    "hash seed": {"PYTHONHASHSEED": "12345"},
    "umask": {},
    "home": {},
    "git": {},
    "plain C": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "COLUMNS": "20"},
}


@rebuilds
@pytest.mark.parametrize("name", ELSEWHERE)
def test_build_gives_the_same_bytes_elsewhere(clean, tmp_path, name):
    folder = "Heft für „Ünïcode“ & more" if name == "folder" else "site"
    site = Site.new(tmp_path / folder)
    for entry in ("typefaces", "pictures"):  # they take a minute, and have a test of their own
        source = clean.cache / "entries" / entry
        if name != "folder":
            shutil.copytree(source, site.cache / "entries" / entry)
    more = dict(ELSEWHERE[name])
    if name == "home":
        home = tmp_path / "home"
        (home / ".config/matplotlib").mkdir(parents=True)
        (home / ".config/matplotlib/matplotlibrc").write_text(LOUD)
        more |= {"HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config"), "USER": "nobody"}
    if name == "decimal comma":
        if not shutil.which("localedef"):
            pytest.skip("no `localedef` to make a locale with")
        made = ["localedef", "-i", "de_DE", "-f", "UTF-8", str(tmp_path / "de_DE.UTF-8")]
        if subprocess.run(made, capture_output=True, check=False).returncode:
            pytest.skip("this system has nothing to make a German locale from")
        more |= {"LOCPATH": str(tmp_path)}
    if name == "git":
        git = ["git", "-c", "user.name=x", "-c", "user.email=x@x.example"]
        subprocess.run([*git, "init", "--quiet"], cwd=site.root, check=True)
        subprocess.run([*git, "commit", "-qm", "x", "--allow-empty"], cwd=site.root, check=True)
    built = site.build(umask=0o077 if name == "umask" else -1, **more)
    assert built.returncode == 0, built.log
    assert ran(built) == ALL
    assert not differing(site.pages(), clean.pages())


@rebuilds
def test_lesson_that_the_system_ends_says_so(clean, tmp_path):
    site = Site.new(tmp_path / "killed", clean.cache)
    site.change(f"gallery/{ALONE}.py", "print(", "import os\n\nos.kill(os.getpid(), 9)\nprint(")
    built = site.build()
    assert built.returncode != 0
    assert re.search(rf"the lesson {ALONE} did not run: the system ended it.*memory", built.log)
    assert "report this error" not in built.log


@rebuilds
@pytest.mark.skipif(
    sys.platform != "linux",
    reason="only Linux ends a process with its parent: prctl, PR_SET_PDEATHSIG",
)
def test_lessons_end_with_the_build(clean, tmp_path):
    site = Site.new(tmp_path / "ended", clean.cache)
    told = tmp_path / "pid"
    code = f"import os, pathlib, time\n\npathlib.Path({str(told)!r}).write_text(str(os.getpid()))"
    site.change(f"gallery/{ALONE}.py", "print(", f"{code}\ntime.sleep(3000)\nprint(")
    with subprocess.Popen(
        command(site.root, *FAST),
        cwd=site.root / "docs",
        env={**os.environ, **site.surroundings, "SITE_URL": SITE_URL},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        while not (told.exists() and told.read_text()):
            assert process.poll() is None, process.stdout.read()
            time.sleep(0.1)
        process.kill()
        process.stdout.read()  # ends when nobody holds the pipe any longer, the lesson included
