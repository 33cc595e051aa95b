"""Pages become Markdown that a notebook shows as the page shows it."""

from __future__ import annotations

import re

import pytest
from docutils import nodes
from docutils.core import publish_doctree
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from course_site.figures import lesson_figure
from course_site.markdown_writer import MarkdownWriter, escaped

PAGE = "https://course.example/lessons/part/plot_1_x.html"


def written(rst):
    """Write a text in reST as the cells of a lesson."""
    settings = {"report_level": 5, "input_encoding": "unicode", "doctitle_xform": False}
    page = publish_doctree(rst, settings_overrides=settings)
    writer = MarkdownWriter(PAGE, {"x.svg": "https://course.example/_images/x.svg"}, PAGE)
    return writer.cells(page)


@pytest.mark.parametrize(
    ("rst", "expected"),
    [
        ("*a* **b** ``c_d`` `e`", "*a* **b** `c_d` *e*"),
        ("A :math:`a_i < b` c", "A $a_i < b$ c"),
        (":math:`|x|` :math:`\\|x\\|`", r"$\vert x\vert$ $\Vert x\Vert$"),
        ("H\\ :sub:`2`\\ O", "H<sub>2</sub>O"),
        ("`text <https://x.example/a>`__", "[text](https://x.example/a)"),
        ("`text <../other.html#a>`__", "[text](https://course.example/lessons/other.html#a)"),
        ("`text <a_(b)>`__", "[text](<https://course.example/lessons/part/a_(b)>)"),
        (".. math:: x = 1", "$$\nx = 1\n$$"),
        (".. math::\n\n   a \\\\\n   b", "$$\n\\begin{aligned}\na \\\\\nb\n\\end{aligned}\n$$"),
        ("- a\n- b\n\n  c", "- a\n- b\n\n  c"),
        ("3. a\n4. b", "3. a\n4. b"),
        ("- a\n\n  - b", "- a\n\n  - b"),
        ("a\n\n   b", "a\n\n> b"),
        ("term\n   What it is.", "- **term**\n\n  What it is."),
        (".. note:: Read.", "> **Note**\n>\n> Read."),
        (".. admonition:: My title\n\n   Read.", "> **My title**\n>\n> Read."),
        (".. code:: text\n\n   a ``` b", "````\na ``` b\n````"),
        ("::\n\n   x = 1", "```\nx = 1\n```"),
        (".. rubric:: A *head*", "**A *head***"),
        (".. image:: x.svg\n   :alt: An x", "![An x](https://course.example/_images/x.svg)"),
        (".. a comment", ""),
        ("| a\n| b", "a  \nb"),
        ("a [1]_\n\n.. [1] b", "a [1]\n\n[1] b"),
        ("a\n\n----\n\nb", "a\n\n---\n\nb"),
        ("\\# no heading", "\\# no heading"),
        ("\\- no list", "\\- no list"),
        ("\\1. no list", "\\1. no list"),
        ("2 * 3 * 4 costs 5 $ or 6 $", r"2 \* 3 \* 4 costs 5 \$ or 6 \$"),
    ],
)
def test_block(rst, expected):
    assert written(rst) == [expected]


def test_table():
    rst = "===  ===\na    b\n===  ===\n|x|  y\n===  ===\n".replace("|x|", "x|y").replace(
        "y  y", "y  z"
    )
    assert written(rst) == ["| a | b |\n| --- | --- |\n| x\\|y | z |"]


def test_collapsible_box_is_folded():
    box = nodes.admonition("", nodes.title("", "A < B"), nodes.paragraph("", "Body."))
    box["collapsible"] = True
    writer = MarkdownWriter(PAGE, {}, PAGE)
    assert writer.block(box) == "<details><summary>A &lt; B</summary>\n\nBody.\n\n</details>"


def test_cells_are_split_and_headings_keep_their_level():
    rst = (
        "Title\n=====\n\none\n\n.. GENERATED FROM PYTHON SOURCE LINES 3-4\n\nHead\n----\n\ntwo\n\n"
        ".. GENERATED FROM PYTHON SOURCE LINES 5-6\n\n.. code:: python\n\n   x = 1\n"
    )
    assert written(rst) == ["# Title\n\none", "## Head\n\ntwo", "```\nx = 1\n```"]


def test_what_the_reader_will_make_is_left_out():
    writer = MarkdownWriter(PAGE, {}, PAGE)
    output = nodes.literal_block("", "out", classes=["sphx-glr-script-out"])
    assert writer.block(output) == ""
    assert writer.block(lesson_figure("", nodes.image(uri="x.svg", alt="A curve."))) == ""
    assert writer.block(nodes.raw("", "<p>", format="html")) == ""


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=40))
def test_text_means_itself_in_markdown(text):
    """What any CommonMark reader shows for an escaped text is the text."""
    line = "x" + text + "x"  # Markdown drops space at the ends of a line
    tokens = MarkdownIt("commonmark").parse(escaped(line))
    shown = "".join(t.content for t in tokens[1].children)
    entity = re.search(r"&#?\w+;", line)
    assert entity or "](" in line or shown == line
