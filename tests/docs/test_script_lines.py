"""A place in a generated page is a place in the script that it was made from."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sphinx_gallery.gen_rst import EXAMPLE_HEADER, rst_blocks
from sphinx_gallery.py_source_parser import split_code_and_text_blocks

from course_site.scripts import ScriptPlaces, script_line

SCRIPT = '''"""
Title
=====

title text
"""

# %%
# first text
# second text

x = 1  # code

# %%
# third text
'''


def page_of(path):
    """Make a page as sphinx-gallery does."""
    conf, blocks = split_code_and_text_blocks(path)
    rst = rst_blocks(blocks, ["\n.. output\n\n"] * len(blocks), conf, {"line_numbers": False})
    return EXAMPLE_HEADER.format("part/plot_1_x.py", "part_plot_1_x.py", ".") + rst


@pytest.fixture
def page(tmp_path):
    script = tmp_path / "gallery/part/plot_1_x.py"
    script.parent.mkdir(parents=True)
    script.write_text(SCRIPT)
    rst = tmp_path / "docs/lessons/part/plot_1_x.rst"
    rst.parent.mkdir(parents=True)
    rst.write_text(page_of(script))
    return rst


def number(text, marker):
    return next(n for n, line in enumerate(text.splitlines(), 1) if marker in line)


@pytest.mark.parametrize("marker", ["title text", "first text", "second text", "third text"])
def test_line_of_a_text(page, marker):
    rst = page.read_text()
    found = script_line(rst.splitlines(), number(rst, marker))
    assert found == number(SCRIPT, marker)


def test_line_of_an_output_is_in_its_cell(page):
    rst = page.read_text().splitlines()
    outputs = [n for n, line in enumerate(rst, 1) if line == ".. output"]
    first = number(SCRIPT, "# code")
    assert first - 1 <= script_line(rst, outputs[0]) <= first + 1


def record(location):
    made = logging.LogRecord("sphinx", logging.WARNING, __file__, 1, "bad", None, None)
    made.location = location
    return made


def test_filter_translates_the_place(page, tmp_path):
    places = ScriptPlaces(tmp_path / "docs/lessons", tmp_path / "gallery")
    line = number(page.read_text(), "second text")
    warning = record(f"{page}:{line}")
    assert places.filter(warning)
    assert warning.location == f"{tmp_path}/gallery/part/plot_1_x.py:{number(SCRIPT, 'second')}"


@pytest.mark.parametrize("location", [None, "", "docs/index.md:3", "/elsewhere/page.rst:3"])
def test_filter_leaves_other_places_alone(tmp_path, location):
    places = ScriptPlaces(tmp_path / "docs/lessons", tmp_path / "gallery")
    warning = record(location)
    assert places.filter(warning)
    assert warning.location == location


@given(st.lists(st.text(max_size=20), max_size=8), st.integers(1, 20))
def test_any_page_has_an_answer(page, line):
    assert script_line(page, line) is None or script_line(page, line) >= 1
