"""How long each step of a build took, and what was built: printed, kept, and shown on pages.

``build.json`` has the lessons with their run times, the versions, the date and the commit; a page
shows them by the directive ``build-facts``, and is not read again when only they have changed.
"""

from __future__ import annotations

import html
import json
import os
import platform
import subprocess
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from course_site import numbers, practice
from course_site.later import Place, add_place, later_place, when_written
from course_site.lessons import RUN_TIMES, run_seconds, run_times
from course_site.scripts import page_of
from course_site.workers import BEGUN

logger = logging.getLogger(__name__)

PACKAGES = (
    "pytorch-primer",
    "torch",
    "numpy",
    "matplotlib",
    "sphinx",
    "sphinx-gallery",
    "myst-parser",
)
NAME = "build.json"
# All that differs between two builds of the same sources: how long it took, and when it was.
VARIES = {
    NAME,
    f"_static/{RUN_TIMES}",
    "build_report.html",
    "how_it_is_made.html",
    "downloads/course.epub",
    "downloads/site.zip",  # which has the others in it
    "feed.xml",
}


@dataclass
class Clock:
    """The steps of one build."""

    last: float = BEGUN
    steps: dict[str, float] = field(default_factory=dict)

    def stop(self, step: str) -> None:
        """Note what has passed since the step before."""
        now = time.perf_counter()
        self.steps[step] = now - self.last
        self.last = now


CLOCK = Clock()


def lessons(app: Sphinx) -> list[dict[str, Any]]:
    """List the lessons in the order in which sphinx-gallery ran them."""
    conf = app.config.sphinx_gallery_conf
    failed = {Path(name) for name in conf["failing_examples"]}
    listed = []
    for name, title in conf["titles"].items():
        script = Path(name)
        lesson = f"{script.parent.name}/{script.stem}"
        seconds = run_seconds(Path(app.srcdir, conf["gallery_dirs"], lesson))
        listed.append(
            {"lesson": lesson, "title": title, "seconds": seconds, "passed": script not in failed}
        )
    return listed


def commit(folder: Path) -> str | None:
    """Give the commit that is built, if git knows it."""
    try:
        answer = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=folder, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return answer.stdout.strip()


def facts(app: Sphinx) -> dict[str, Any]:
    """Collect what there is to know about a build."""
    stamp = float(os.environ.get("SOURCE_DATE_EPOCH", time.time()))
    return {
        "date": datetime.fromtimestamp(stamp, UTC).date().isoformat(),
        "commit": commit(Path(app.srcdir)),
        "versions": {"python": platform.python_version()}
        | {package: version(package).partition("+")[0] for package in PACKAGES},
        "lessons": lessons(app),
        "steps": {step: round(seconds, 1) for step, seconds in CLOCK.steps.items()},
    }


# -- what pages show -----------------------------------------------------------------------------


def summary(app: Sphinx, docname: str, built: dict[str, Any]) -> str:
    """Say in two sentences what was built."""
    seconds = sum(lesson["seconds"] or 0 for lesson in built["lessons"])
    return (
        f"<p>On {built['date']} it was built of <strong>{len(built['lessons'])} lessons</strong>,"
        f" whose runs took {seconds:.0f} seconds together, each in a process of its own and in one"
        f" thread, with PyTorch {built['versions']['torch']} on Python"
        f" {built['versions']['python']}. Not one assertion failed, or you would not be reading"
        " this.</p>"
    )


def lesson_table(app: Sphinx, docname: str, built: dict[str, Any]) -> str:
    """Show the lessons with their run times and assertions, and of what they were built."""
    gallery = Path(app.srcdir, app.config.sphinx_gallery_conf["examples_dirs"])
    rows = []
    total = sum(lesson["seconds"] or 0 for lesson in built["lessons"])
    for lesson in built["lessons"]:
        uri = app.builder.get_relative_uri(docname, page_of(app.config, lesson["lesson"]))
        seconds = max(0.1, lesson["seconds"] or 0)
        asserted = numbers.count_assertions(app, gallery / f"{lesson['lesson']}.py")
        rows.append(
            f'<tr><td><a href="{html.escape(uri)}">{html.escape(lesson["title"])}</a></td>'
            f"<td>{seconds:.1f}</td><td>{asserted}</td>"
            f"<td>{'all held' if lesson['passed'] else 'failed'}</td></tr>"
        )
    rows.append(f"<tr><th scope='row'>all</th><td>{total:.1f}</td><td></td><td></td></tr>")
    made = f"PyTorch {built['versions']['torch']}, {built['date']}, commit"
    made += f" <code>{(built['commit'] or 'unknown')[:10]}</code>."
    heads = ("lesson", "seconds", "assertions", "result")
    return f"<p>{made}</p>" + practice.table(heads, rows)


def version_table(app: Sphinx, docname: str, built: dict[str, Any]) -> str:
    """Show with which versions it was built."""
    rows = [f"<tr><td>{x}</td><td>{number}</td></tr>" for x, number in built["versions"].items()]
    return practice.table(("tool", "version"), rows)


SHOWN = {"summary": summary, "lessons": lesson_table, "versions": version_table}


class BuildFacts(Place):
    """Show something of the build: one of the names in `SHOWN`."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Leave a place, which is filled whenever the page is written."""
        self.options["shows"] = directives.choice(self.arguments[0], tuple(SHOWN))
        return super().run()


def show_facts(app: Sphinx, docname: str, left: later_place) -> str:
    """Write the facts that a page asks for."""
    return SHOWN[left["shows"]](app, docname, facts(app))


# -- the clock -----------------------------------------------------------------------------------


def write(path: Path, app: Sphinx) -> None:
    """Write the facts of a build."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps(facts(app) | practice.counts(app), indent=1) + "\n", encoding="utf-8"
    )


def lessons_ran(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """End the lessons."""
    CLOCK.stop("lessons")


def write_run_times(app: Sphinx) -> None:
    """Write the script that says how long each lesson ran, before the site is packed."""
    folder = app.config.sphinx_gallery_conf["gallery_dirs"]
    ran = {f"{folder}/{x['lesson']}": x["seconds"] for x in lessons(app) if x["seconds"]}
    Path(app.outdir, "_static", RUN_TIMES).write_text(run_times(ran), encoding="utf-8")


def finished(app: Sphinx, exception: Exception | None) -> None:
    """Print the table of steps, and leave the facts here for the next build and with the site."""
    CLOCK.stop("writing pages")
    if exception is None and app.builder.format == "html":
        write(Path(app.srcdir, "_build", NAME), app)
        write(Path(app.outdir, NAME), app)
    total = sum(CLOCK.steps.values())
    for step, seconds in {**CLOCK.steps, "all": total}.items():
        logger.info("%7.1f s  %s", seconds, step)
        if step == "lessons":
            for lesson in lessons(app):
                if lesson["seconds"] is not None:
                    logger.info("%11.1f s  %s", lesson["seconds"], lesson["lesson"])


def setup(app: Sphinx) -> None:
    """Offer the facts to pages, and stop the clock after each step."""
    add_place(app, "build-facts", show_facts, BuildFacts)
    # Before sphinx-gallery starts.
    app.connect("builder-inited", lambda _: CLOCK.stop("configuration and imports"), priority=1)
    app.connect("env-before-read-docs", lessons_ran)
    # Executed pages included.
    app.connect("env-updated", lambda *_: CLOCK.stop("reading pages"), priority=900)
    when_written(app, write_run_times, priority=600)
    app.connect("build-finished", finished, priority=900)
