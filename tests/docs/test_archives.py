"""The two archives: what is in them, that they are the same each time, and what the README says."""

from __future__ import annotations

import os
import re
import shutil
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.downloads import static

from course_site import downloads
from course_site.later import when_written

ROOT = Path(__file__).parents[2]
WHEEL = "pytorch_primer-1.2.3-py3-none-any.whl"


@pytest.fixture
def site(tmp_path):
    """Give a site's folder with a little of everything."""
    files = {
        "index.html": "home",
        "downloads.html": "downloads",
        "_static/custom.css": "p {}",
        "lessons/autograd/plot_1_x.html": "lesson",
        "lessons/autograd/plot_1_x.ipynb": "{}",
        "lessons/autograd/plot_1_x.py": "1",
        "worksheets/part_1.ipynb": "{}",
        "worksheets/part_1_solutions.ipynb": "{}",
        "worksheets/worksheets.zip": "zip",
        ".doctrees/index.doctree": "working files of the build",
        ".buildinfo": "working files of the build",
        WHEEL: "wheel",
    }
    for name, text in files.items():
        path = tmp_path / "docs/_build/html" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "constraints.txt").write_text("torch==2.13.0\n", encoding="utf-8")
    return tmp_path / "docs/_build/html"


def write(site):
    """Write the archives of a site and give their bytes by name."""
    builder = SimpleNamespace(format="html")
    config = SimpleNamespace(course_archives=True)
    app = SimpleNamespace(
        builder=builder, config=config, outdir=str(site), srcdir=str(site.parents[1])
    )
    downloads.write_archives(app)
    return {path.name: path.read_bytes() for path in (site / "downloads").iterdir()}


def names(path):
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return set(archive.namelist())


def test_course_has_notebooks_worksheets_wheel_constraints_and_readme(site):
    write(site)
    assert names(site / "downloads/course.zip") == {
        f"pytorch_course/{name}"
        for name in (
            "README.txt",
            "constraints.txt",
            WHEEL,
            "lessons/autograd/plot_1_x.ipynb",
            "worksheets/part_1.ipynb",
            "worksheets/part_1_solutions.ipynb",
        )
    }


def test_site_has_all_that_is_served_but_itself(site):
    write(site)
    served = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    kept = {name for name in served if not name.startswith(".")} - {"downloads/site.zip"}
    assert "downloads/course.zip" in kept
    assert names(site / "downloads/site.zip") == {f"pytorch_primer_site/{name}" for name in kept}


def test_the_same_site_gives_the_same_bytes(site, tmp_path):
    first = write(site)
    assert write(site) == first  # over the archives of the last build
    copy = tmp_path / "copy/docs/_build/html"
    shutil.copytree(site, copy, ignore=shutil.ignore_patterns("downloads"))
    shutil.copy(tmp_path / "constraints.txt", tmp_path / "copy")
    for path in copy.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    assert write(copy) == first


def test_files_can_be_read_by_who_unpacks_them(site):
    write(site)
    with zipfile.ZipFile(site / "downloads/course.zip") as archive:
        assert {info.external_attr >> 16 for info in archive.infolist()} == {0o644}
        assert archive.read(f"pytorch_course/{WHEEL}") == b"wheel"


def test_readme_installs_the_wheel_that_lies_beside_it(site):
    readme = downloads.course_files(site, site.parents[2] / "constraints.txt")[
        "pytorch_course/README.txt"
    ].decode()
    first, install = re.findall(r"pip install (.+)", readme)
    assert first.split() == ["-c", "constraints.txt", "pip"]
    assert install.split() == ["-c", "constraints.txt", WHEEL, "jupyterlab"]


def test_what_jupyterlab_brings_is_pinned_too():
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    named = {
        re.sub(r"[-_.]+", "-", name).lower() for name in re.findall(r"^([\w.-]+)==", text, re.M)
    }
    assert {"pip", "jupyterlab", "jupyter-server", "nbconvert", "bleach", "argon2-cffi"} <= named


def test_no_archive_of_a_build_that_failed(site):
    connected = {}
    app = SimpleNamespace(
        builder=SimpleNamespace(format="html"),
        outdir=str(site),
        connect=lambda event, act, priority: connected.update({event: act}),
    )
    when_written(app, downloads.write_archives)
    connected["build-finished"](app, ValueError())
    assert not (site / "downloads").exists()


def test_built_archives_have_every_lesson(good):
    lessons = {p.relative_to(good.html).as_posix() for p in good.html.glob("lessons/*/plot_*.*")}
    course, site = (names(good.html / "downloads" / name) for name in ("course.zip", "site.zip"))
    notebooks = {name for name in lessons if name.endswith(".ipynb")}
    assert len(notebooks) == 3
    assert {f"pytorch_course/{name}" for name in notebooks} <= course
    assert {f"pytorch_primer_site/{name}" for name in [*lessons, "index.html"]} <= site


def test_built_notebooks_are_clean(good):
    found = {
        path.name: static.problems(path.read_text(encoding="utf-8"))
        for path in good.html.rglob("*.ipynb")
    }
    assert len(found) == 3 + 2  # lessons, and the worksheet with its solutions
    assert not any(found.values()), found
