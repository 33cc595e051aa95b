"""Run every download of a built site as its readers will: ``python -m tests.downloads SITE``.

The site is served on loopback; its wheel is installed from there into a fresh environment, and in
it every lesson notebook, script, worksheet and solution is executed without a network. Two lessons
are typed into a plain Python prompt, too: those that ``--seed`` draws. ``--oldest`` takes the
lowest versions that the package allows, and an IPython of 2022; ``--plain`` runs all in the C
locale, with output in cp1252, in a folder with a space.
"""

from __future__ import annotations

import argparse
import itertools
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.browser.audit import served
from tests.downloads.environment import PLAIN, Environment, create, oldest
from tests.downloads.runs import Outcome, Site, run_lesson, run_worksheet, type_page

CONSTRAINTS = Path(__file__).parents[2] / "constraints.txt"
AT_ONCE = 2  # one for each core of a small machine
TYPED = 2
Runner = Callable[[Environment, Site, str], Iterator[Outcome]]


def plan(site: Path, seed: int) -> list[tuple[Runner, str]]:
    """Say what will be run: each lesson, each worksheet, and two lessons at a prompt."""

    def names(pattern: str) -> list[str]:
        return sorted(path.relative_to(site).as_posix() for path in site.glob(pattern))

    # A page without a notebook only leads to where a lesson has moved.
    pages = names("lessons/*/plot_*.html")
    lessons = [name for name in pages if (site / name).with_suffix(".ipynb").exists()]
    typed = sorted(random.Random(seed).sample(lessons, min(TYPED, len(lessons))))
    return [
        *((run_lesson, name) for name in lessons),
        *((run_worksheet, name) for name in names("worksheets/*.ipynb")),
        *((type_page, name) for name in typed),
    ]


def run_all(env: Environment, site: Site, planned: list[tuple[Runner, str]]) -> Iterator[Outcome]:
    """Run all that is planned, two at a time, and give the outcomes in the order of the plan."""

    def done(step: tuple[Runner, str]) -> list[Outcome]:
        run, name = step
        return list(run(env, site, name))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from itertools.chain.from_iterable(pool.map(done, planned))


def report(outcomes: Iterator[Outcome]) -> int:
    """Print a line for each outcome, then what was wrong; return how many failed."""
    failed = []
    for outcome in outcomes:
        result = "FAILED" if outcome.problems else "passed"
        print(f"{outcome.artefact:56} {outcome.seconds:6.1f} s  {result}", flush=True)
        failed += [outcome] * bool(outcome.problems)
    for outcome in failed:
        print(f"\n{outcome.artefact}:")
        for problem in outcome.problems:
            print("  " + problem.replace("\n", "\n    "))
    return len(failed)


def main(args: list[str]) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.downloads", description=__doc__)
    parser.add_argument("site", type=Path, help="folder of the built site")
    parser.add_argument("--seed", type=int, help="draws the lessons that are typed")
    parser.add_argument("--python", type=Path, help="use this environment, and make none")
    parser.add_argument("--oldest", action="store_true", help="the lowest versions allowed")
    parser.add_argument("--plain", action="store_true", help="C locale, cp1252, an odd folder")
    options = parser.parse_args(args)
    folder = options.site.resolve()
    seed = random.randrange(10**6) if options.seed is None else options.seed
    wheels = [path.name for path in folder.glob("*.whl")]
    planned = plan(folder, seed)
    if len(wheels) != 1 or not planned:
        print(f"{folder} has {len(wheels)} wheels and {len(planned)} things to run: build the site")
        return 1
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as temporary, served(folder) as address:
        # No umlaut: in the C locale torch cannot be imported from a folder that has one.
        scratch = Path(temporary, "for us" if options.plain else "all")
        scratch.mkdir()
        constraints, variables = CONSTRAINTS, PLAIN if options.plain else {}
        if options.oldest:
            constraints = scratch / "oldest.txt"
            constraints.write_text(oldest(CONSTRAINTS.with_name("pyproject.toml")), "utf-8")
        if options.python:
            env = Environment(options.python.absolute(), scratch, variables)
        else:
            env = create(scratch, address + wheels[0], constraints, variables)
        print(f"{'installation':56} {time.perf_counter() - start:6.1f} s")
        failed = report(run_all(env, Site(address, wheels[0]), planned))
    print(f"\n{time.perf_counter() - start:.0f} s; typed lessons drawn with --seed {seed}")
    print(f"{failed} failed" if failed else "all passed")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
