"""Time builds of the site, as ratios beside their aims: ``nox -s bench -- build [--times 3]``.

All runs are of one copy of the course in a folder of its own, one after the other. A round has one
of each, as the machine may be slower a few minutes later; what is printed is the median ratio.
``--grow 25 50 100`` builds courses of so many short lessons and tells how time and memory grow;
``--record`` writes what the build report shows. It gates nothing: on a busy machine a row can
miss its aim.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.__main__ import machine

ROOT = Path(__file__).parents[1]
RECORD = ROOT / "docs/builds.json"
IMPORTS = """
import torch, conf, gc
gc.enable()  # as Python has it; a build does without it while it loads
import course_site, importlib, sphinx.application
steps = [f"course_site.{name}" for name in course_site.PIPELINE.split()]
for name in (*sphinx.application.builtin_extensions, *conf.extensions, *steps, conf.html_theme):
    importlib.import_module(name)
"""
LESSON = '''"""
Lesson {n}
==========

.. lesson::

   - begin
   - go on
   - end

A short lesson.
"""

import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(3, 2))
ax.plot([0, {n}])

# sphinx_gallery_start_ignore
fig.set_label("A line.")
# sphinx_gallery_end_ignore
ax.set_title("A line")
'''
PART = """
[[part]]
folder = "part_{n}"
title = "Part {n}"
can = "Go on."
colours = ["#000000", "#ffffff", "#ffffff", "#000000"]
"""
ENTRY = """
[[part.lesson]]
file = "plot_{n}_line"
short = "Line {n}"
"""


@dataclass
class Course:
    """A copy of the course that may be changed; `memory` has the peaks of its builds in MB."""

    root: Path
    outline: Path
    options: tuple[str, ...] = ()
    memory: list[float] = field(default_factory=list)

    @property
    def docs(self) -> Path:
        return self.root / "docs"

    def clear(self) -> None:
        """Forget all that was built."""
        for folder in (self.docs / "_build", self.docs / "lessons"):
            shutil.rmtree(folder, ignore_errors=True)
        (self.docs / "_build/wheel").mkdir(parents=True)

    def run(self, *command: str) -> float:
        """Run Python in the docs folder; give the seconds, and note the peak of its memory."""
        path = os.pathsep.join([str(self.root / "src"), str(self.docs)])
        begun = time.perf_counter()
        with subprocess.Popen(
            [sys.executable, *command],
            cwd=self.docs,
            env={**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        ) as process:
            said = process.stderr.read().decode() if process.stderr else ""
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - begun
        if process.returncode:
            raise RuntimeError(f"the build failed:\n{said}")
        self.memory.append(used.ru_maxrss / 1024)
        return seconds

    def build(self) -> float:
        """Build the site."""
        options = ("-W", "--keep-going", "-n", "-j", "auto", "-d", "_build/doctrees")
        course = ("-D", f"outline_file={self.outline}", *self.options)
        return self.run("-m", "sphinx", "-q", *options, *course, ".", "_build/html")

    def lessons(self) -> dict[str, float]:
        """Give how long each lesson ran."""
        build = json.loads((self.docs / "_build/build.json").read_text(encoding="utf-8"))
        return {row["lesson"]: row["seconds"] for row in build["lessons"]}

    def change(self, name: str, old: str, new: str) -> None:
        """Replace a text in one of the files."""
        path = self.root / name
        path.write_text(path.read_text("utf-8").replace(old, new, 1), encoding="utf-8")


def copy_of(root: Path) -> Course:
    """Copy the course without what was built."""
    unwanted = shutil.ignore_patterns("_build", "lessons", "node_modules", "__pycache__")
    for name in ("docs", "gallery", "src"):
        shutil.copytree(ROOT / name, root / name, ignore=unwanted)
    (root / "docs/node_modules").symlink_to((ROOT / "docs/node_modules").resolve())
    shutil.copy(ROOT / "constraints.txt", root)
    for name in ("CHANGELOG.md", "README.md"):  # of which pages show parts
        shutil.copy(ROOT / name, root)
    course = Course(root, root / "src/pytorch_primer/outline.toml")
    course.clear()
    return course


def short_course(root: Path, count: int) -> Course:
    """Make a course of short lessons and one page, with the look and the extensions of ours."""
    course = copy_of(root)
    course.outline = root / "outline.toml"
    # Short lessons practise nothing, and the numbers in their titles are no facts.
    course.options = ("-D", "suppress_warnings=practice,number")
    for page in course.docs.rglob("*.md"):
        page.unlink()
    shutil.rmtree(root / "gallery")
    (root / "gallery").mkdir()
    header = "{title}\n" + "=" * 20 + "\n\nLessons.\n"
    (root / "gallery/GALLERY_HEADER.rst").write_text(header.format(title="Lessons"))
    said = ""
    for n in range(count):
        folder = root / f"gallery/part_{n // 25}"
        if n % 25 == 0:
            folder.mkdir()
            (folder / "GALLERY_HEADER.rst").write_text(header.format(title=f"Part {n // 25}"))
            said += PART.format(n=n // 25)
        said += ENTRY.format(n=n)
        (folder / f"plot_{n}_line.py").write_text(LESSON.format(n=n))
    course.outline.write_text(said)
    toctree = "```{toctree}\n:hidden:\n\nlessons/index\n```\n"
    (course.docs / "index.md").write_text(f"# A course\n\nOf short lessons.\n\n{toctree}")
    return course


@dataclass(frozen=True)
class Row:
    """What was built, the seconds it took, those it stands beside, the aim, and the peak in MB."""

    what: str
    seconds: float
    against: float
    aim: float
    memory: float

    @property
    def ratio(self) -> float:
        return self.seconds / self.against

    def __str__(self) -> str:
        reached = "✓" if self.ratio <= self.aim else "✗"
        took = f"{reached} {self.what:46} {self.seconds:7.1f} s"
        return f"{took}  {self.ratio:5.2f} (aim {self.aim:.2f})  {self.memory:6.0f} MB"


def round_of(course: Course, empty: Course) -> list[Row]:
    """Give the rows of the real course, beside one of a single short lesson."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()

    def row(what: str, seconds: float, against: float, aim: float) -> Row:
        return Row(what, seconds, against, aim, course.memory[-1])

    empty.clear()
    bare = empty.build()
    course.clear()
    cold = course.build()
    ran = course.lessons()
    least = sum(ran.values()) / (cores or 1) + bare
    rows = [row("cold / (lessons ÷ cores + one short lesson)", cold, least, 1.3)]
    # Behind a build: before the first one, the configuration starts a process for lessons as well.
    imports = course.run("-c", IMPORTS)
    print(f"imports {imports:.1f} s; a site of one short lesson {bare:.1f} s;", end=" ")
    print(f"lessons {sum(ran.values()):.1f} s on {cores} cores", flush=True)
    nothing = course.build()
    rows.append(row("nothing changed / imports", nothing, imports, 1.5))
    with (course.docs / "adopt.md").open("a", encoding="utf-8") as page:
        page.write("\nOne more sentence.\n")
    prose = course.build()
    rows.append(row("prose changed / (nothing changed + 3 s)", prose, nothing + 3, 1.0))
    name = sorted(ran, key=lambda name: ran[name])[len(ran) // 2]
    with (course.root / f"gallery/{name}.py").open("a", encoding="utf-8") as script:
        script.write("\n")
    lesson, least = course.build(), nothing + ran[name] + 3
    return [*rows, row("a lesson changed / (that + its run)", lesson, least, 1.0)]


def table(course: Course, empty: Course, times: int) -> Iterator[Row]:
    """Give each row as the round of the median ratio has it."""
    rounds = [round_of(course, empty) for _ in range(times)]
    for same in zip(*rounds, strict=True):
        yield sorted(same, key=lambda row: row.ratio)[len(same) // 2]


def growth(folder: Path, counts: list[int]) -> Iterator[dict[str, float]]:
    """Give how builds of courses of short lessons grow."""
    for count in counts:
        course = short_course(folder / f"of_{count}", count)
        grown = {"lessons": count, "cold": course.build(), "again": course.build()}
        yield grown | {"memory": max(course.memory)}


def main() -> None:
    """Print the table and how it grows, and keep both if asked."""
    parser = argparse.ArgumentParser(prog="nox -s bench -- build", description=__doc__)
    parser.add_argument("--times", type=int, default=3, help="so many rounds")
    parser.add_argument("--grow", type=int, nargs="*", default=[25, 50, 100], metavar="LESSONS")
    parser.add_argument("--only-growth", action="store_true", help="leave the real course out")
    parser.add_argument("--record", action="store_true", help=f"write {RECORD.name}")
    options = parser.parse_args()
    print(", ".join(f"{name} {value}" for name, value in machine().items()))
    rows, sizes, lessons = [], [], {}
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root)
        if not options.only_growth:
            course, empty = copy_of(folder / "course"), short_course(folder / "empty", 1)
            for row in table(course, empty, options.times):
                print(row, flush=True)
                rows.append(asdict(row))
            lessons = course.lessons()
        for size in growth(folder, options.grow):
            print("{lessons:4} lessons: cold {cold:6.1f} s, again {again:5.1f} s".format_map(size))
            print(f"{'':14}peak {size['memory']:6.0f} MB", flush=True)
            sizes.append(size)
    if options.record:
        record = {"machine": machine(), "times": options.times, "rows": rows, "growth": sizes}
        record["lessons"] = lessons  # a first build elsewhere begins with the longest
        RECORD.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
