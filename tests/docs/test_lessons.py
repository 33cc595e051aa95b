"""The top of a lesson: counted words, kept facts, and mistakes that are told."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from docutils import nodes
from docutils.core import publish_doctree

from course_site.lessons import (
    count_words,
    header_line,
    install_line,
    is_lesson,
    run_seconds,
    run_times,
)


@pytest.mark.parametrize(
    ("rst", "words"),
    [
        ("one two *three*", 3),
        ("one\n\n- two\n- three\n\n``four``", 4),
        ("one\n\n::\n\n   two = 3\n   four", 5),
        ("one :math:`a + b + c` two", 2),
        ("one\n\n.. two three", 1),
        ("one\n\n.. raw:: html\n\n   <p>two three</p>", 1),
    ],
)
def test_words_are_those_of_prose_and_code(rst, words):
    assert count_words(publish_doctree(rst)) == words


def test_outputs_are_not_read():
    page = publish_doctree("one two")
    page += nodes.literal_block("", "tensor([1., 2.])", classes=["sphx-glr-script-out"])
    assert count_words(page) == 2


@pytest.mark.parametrize("ran", [True, False])
def test_line_has_downloads_and_a_place_for_the_run_time(ran):
    line = header_line("lessons/part/plot_1_x", ran)
    assert line.startswith('<p class="lesson-line"><a download')
    assert ("<span data-run-of=" in line) is ran
    assert line.count("<a download") == 2
    assert ('src="../../_static/run_times.js"' in line) is ran


@pytest.mark.parametrize(("seconds", "said"), [(3.14, "Run in 3.1 s"), (0.001, "Run in 0.1 s")])
def test_script_says_how_long_a_lesson_ran(seconds, said):
    assert f'"lessons/part/plot_1_x": "{said}"' in run_times({"lessons/part/plot_1_x": seconds})


def test_the_package_is_installed_from_the_site_itself():
    line = BeautifulSoup(install_line("https://course.example/primer/"), "html.parser")
    command = line.pre.get_text()
    assert command.startswith("python -m pip install https://course.example/primer/pytorch_primer-")
    assert command.endswith("-py3-none-any.whl")


def test_run_time_is_read_from_what_sphinx_gallery_left(tmp_path):
    assert run_seconds(tmp_path / "plot_1_x") is None
    (tmp_path / "plot_1_x.cost.json").write_text(json.dumps({"time": 1.5, "memory": 0}))
    assert run_seconds(tmp_path / "plot_1_x") == 1.5


def test_a_lesson_is_a_page_with_a_script_in_the_gallery(tmp_path):
    (tmp_path / "lessons").mkdir()
    (tmp_path / "lessons/plot_1_x.py").touch()
    (tmp_path / "tool.py").touch()
    config = SimpleNamespace(sphinx_gallery_conf={"gallery_dirs": "lessons"})
    app = SimpleNamespace(srcdir=tmp_path, config=config)
    assert is_lesson(app, "lessons/plot_1_x")
    assert not is_lesson(app, "lessons/index")
    assert not is_lesson(app, "tool")
