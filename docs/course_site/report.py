"""How long each step of a build took, and what was built: printed, and kept for pages to show.

``docs/_build/build.json`` has the lessons with their run times, the versions, the date and the
commit. It is written after the lessons ran and before pages are read, so that an executed page can
load it; a copy with the time of every step ends up beside the pages.
"""

from __future__ import annotations

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

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from course_site import practice
from course_site.later import when_written
from course_site.lessons import RUN_TIMES, run_seconds, run_times

logger = logging.getLogger(__name__)

PACKAGES = ("pytorch-primer", "torch", "numpy", "matplotlib", "sphinx", "sphinx-gallery", "myst-nb")
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

    last: float = field(default_factory=time.perf_counter)
    steps: dict[str, float] = field(default_factory=dict)

    def stop(self, step: str) -> None:
        """Note what has passed since the step before."""
        now = time.perf_counter()
        self.steps[step] = now - self.last
        self.last = now


CLOCK = Clock()  # starts when conf.py imports this module


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


def write(path: Path, app: Sphinx) -> None:
    """Write the facts of a build."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps(facts(app) | practice.counts(app), indent=1) + "\n", encoding="utf-8"
    )


def lessons_ran(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """End the lessons, and write the facts for the pages that are read next."""
    CLOCK.stop("lessons")
    write(Path(app.srcdir, "_build", NAME), app)


def write_run_times(app: Sphinx) -> None:
    """Write the script that says how long each lesson ran, before the site is packed."""
    folder = app.config.sphinx_gallery_conf["gallery_dirs"]
    ran = {f"{folder}/{x['lesson']}": x["seconds"] for x in lessons(app) if x["seconds"]}
    Path(app.outdir, "_static", RUN_TIMES).write_text(run_times(ran), encoding="utf-8")


def finished(app: Sphinx, exception: Exception | None) -> None:
    """Print the table of steps, and leave a copy of the facts with the site."""
    CLOCK.stop("writing pages")
    if exception is None and app.builder.format == "html":
        write(Path(app.outdir, NAME), app)
    total = sum(CLOCK.steps.values())
    for step, seconds in {**CLOCK.steps, "all": total}.items():
        logger.info("%7.1f s  %s", seconds, step)
        if step == "lessons":
            for lesson in lessons(app):
                if lesson["seconds"] is not None:
                    logger.info("%11.1f s  %s", lesson["seconds"], lesson["lesson"])


def setup(app: Sphinx) -> None:
    """Stop the clock after each step."""
    # Before sphinx-gallery starts.
    app.connect("builder-inited", lambda _: CLOCK.stop("configuration and imports"), priority=1)
    app.connect("env-before-read-docs", lessons_ran)
    # Executed pages included.
    app.connect("env-updated", lambda *_: CLOCK.stop("reading pages"), priority=900)
    when_written(app, write_run_times, priority=600)
    app.connect("build-finished", finished, priority=900)
