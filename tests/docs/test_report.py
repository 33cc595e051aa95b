"""The facts of a build are those of its lessons."""

from __future__ import annotations

import json
import subprocess
from types import SimpleNamespace

import pytest

from course_site import report


@pytest.fixture
def app(tmp_path):
    """Give the part of Sphinx that is asked, after a passing and a failing lesson."""
    page = tmp_path / "lessons/part/plot_1_x"
    page.parent.mkdir(parents=True)
    page.with_name("plot_1_x.cost.json").write_text(json.dumps({"time": 2.5, "memory": 0}))
    conf = {
        "gallery_dirs": "lessons",
        "failing_examples": {"/g/part/plot_2_y.py": "Traceback"},
        "titles": {"/g/part/plot_1_x.py": "X", "/g/part/plot_2_y.py": "Y"},
    }
    return SimpleNamespace(srcdir=tmp_path, config=SimpleNamespace(sphinx_gallery_conf=conf))


def test_lessons_have_time_and_outcome(app):
    assert report.lessons(app) == [
        {"lesson": "part/plot_1_x", "title": "X", "seconds": 2.5, "passed": True},
        {"lesson": "part/plot_2_y", "title": "Y", "seconds": None, "passed": False},
    ]


def test_date_can_be_fixed(app, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert report.facts(app)["date"] == "1970-01-01"


def test_commit_is_that_of_git(tmp_path):
    assert report.commit(tmp_path) is None
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@x.example"]
    subprocess.run([*git, "init", "--quiet"], cwd=tmp_path, check=True)
    subprocess.run([*git, "commit", "-qm", "x", "--allow-empty"], cwd=tmp_path, check=True)
    log = subprocess.run([*git, "log", "--format=%H"], cwd=tmp_path, capture_output=True, text=True)
    assert report.commit(tmp_path) == log.stdout.strip()


def test_clock_measures_each_step(monkeypatch):
    times = iter([10.0, 12.0, 15.0])
    monkeypatch.setattr(report.time, "perf_counter", lambda: next(times))
    clock = report.Clock(last=next(times))
    clock.stop("first")
    clock.stop("second")
    assert clock.steps == {"first": 2.0, "second": 3.0}
