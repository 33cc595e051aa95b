"""A page and an executed notebook are compared to the letter, but for what must vary."""

from __future__ import annotations

import pytest
from nbformat import v4
from tests.downloads import compare, pages
from tests.downloads.pages import PageCell

PAGE = """
<p class="lesson-line"><a download href="plot_1_x.ipynb">notebook</a> <a href="x">x</a></p>
<div class="highlight-python"><pre>in_the_text()</pre></div>
<div class="highlight-Python"><div><pre><span>x</span> = 1
print(<a href="t">"&lt;x&gt;"</a>)
</pre></div></div>
<div class="sphx-glr-script-out highlight-none"><div><pre>&lt;x&gt;
</pre></div></div>
<div class="highlight-Python"><pre>draw()</pre></div>
<figure class="lesson-figure"><div class="figure-picture"><img src="x.svg"></div></figure>
<div class="output_subarea output_html"><svg></svg></div>
<div class="highlight-Python"><pre>anim</pre></div>
<div class="lesson-video"><video></video></div>
<div class="exercise"><div class="highlight-python"><pre>check("x", x)</pre></div></div>
"""
INSTALL = v4.new_code_cell("install")


def test_page_is_read_cell_by_cell():
    assert pages.page_cells(PAGE) == [
        PageCell('x = 1\nprint("<x>")', text="<x>\n"),
        PageCell("draw()", html=True, figure=True),
        PageCell("anim", animation=True),
    ]
    assert pages.downloads(PAGE) == ["plot_1_x.ipynb"]


def stdout(text):
    return v4.new_output("stream", name="stdout", text=text)


def value(text, **data):
    return v4.new_output("execute_result", {"text/plain": text, **data})


def figure():
    return v4.new_output("display_data", {"image/png": "…", "text/plain": "<Figure size 1x1>"})


def executed(*cells):
    """Make a notebook from code and outputs."""
    made = [v4.new_code_cell(code, outputs=list(outputs)) for code, *outputs in cells]
    return v4.new_notebook(cells=[INSTALL, *made])


def differences(page, *cells):
    return list(compare.differences(executed(*cells), page))


@pytest.mark.parametrize(
    ("shown", "outputs"),
    [
        ("1\n", [stdout("1\n")]),
        ("1\n", [value("1")]),
        ("1\n2\n[3, 4]", [stdout("1\n"), stdout("2\n"), value("[3,\n 4]")]),
        ("", [value("<matplotlib.legend.Legend at 0x7f12>")]),
        ("", [value("Text(0.5, 1.0, 'title')")]),
        ("took 1.25 s", [stdout("took 0.98 s")]),
        ("difference: 7e-07", [stdout("difference: 1e-06")]),
        ("device: cpu", [stdout("device: cuda, some GPU")]),
        ("torch 2.13.0+cpu", [stdout("torch 2.14.1")]),
        ("a\n\nb   \n", [stdout("a\nb\n")]),
        (" 1\n10\n", [stdout("    1\n   10\n")]),
        ("1\n2", [stdout("1"), value("2")]),
    ],
)
def test_same_output(shown, outputs):
    assert differences([PageCell("f()", shown)], ("f()", *outputs)) == []


@pytest.mark.parametrize(
    ("shown", "outputs"),
    [
        ("1\n", [stdout("2\n")]),
        ("1\n", []),
        ("", [stdout("1\n")]),
        ("1 2\n", [stdout("12\n")]),
        (" 1\n10\n", [stdout("1\n10\n")]),
        ("1\n2\n", [stdout("2\n1\n")]),
        ("x = 0.5", [stdout("x = 0.25")]),
        ("error 7e-04", [stdout("error 8e-04")]),
        ("the device: cpu", [stdout("the device: cuda")]),
        ("", [value("[Text(0, 0, 'x'), 7]")]),
    ],
)
def test_other_output_is_quoted_with_its_cell(shown, outputs):
    good = ("x = 1",)
    found = differences([PageCell("x = 1"), PageCell("f()", shown)], good, ("f()", *outputs))
    assert len(found) == 1
    assert found[0].startswith("cell 2: other output\non the page:\n" + shown.strip())
    assert "in the notebook:\n" in found[0]


@pytest.mark.parametrize(
    ("want", "outputs", "problem"),
    [
        (PageCell("f()", html=True), [value("x", **{"text/html": "<p>"})], None),
        (PageCell("f()", html=True), [], "has a drawing in HTML"),
        (PageCell("f()"), [value("x", **{"text/html": "<p>"})], "the notebook shows HTML"),
        (PageCell("f()", figure=True), [figure()], None),
        (PageCell("f()", figure=True), [], "the page has a figure"),
        (PageCell("f()"), [figure()], "the notebook has a figure"),
        (PageCell("f()", animation=True), [value("x", **{"text/html": "<p>"}), figure()], None),
        (PageCell("f()", animation=True), [figure()], "the page has an animation"),
    ],
)
def test_drawings_are_compared_by_presence(want, outputs, problem):
    found = differences([want], ("f()", *outputs))
    assert found == [] if problem is None else problem in found[0]


STARTER = 'def x():\n    ...\n\n\ncheck("x", x)'


def test_an_exercise_stands_between_cells_and_is_empty():
    page = [PageCell("a"), PageCell("b")]
    empty = value("○ x: still empty, replace the `...`")
    assert differences(page, ("a",), (STARTER, empty), ("b",)) == []
    (found,) = differences(page, ("a",), (STARTER, value("✗ x: wrong")), ("b",))
    assert found == "cell 2: the exercise is not still empty: '✗ x: wrong'"


def test_cells_must_be_the_same_and_as_many():
    (found,) = differences([PageCell("a")], ("b",))
    assert found.startswith("cell 1: other code")
    (found,) = differences([PageCell("a")], ("a",), ("b",))
    assert "nothing more" in found
    (found,) = differences([PageCell("a"), PageCell("b")], ("a",))
    assert found == "the notebook lacks 1 cells of the page, from:\nb"


def test_a_script_prints_what_the_cells_print():
    notebook = executed(
        ("a", stdout("1\n"), value("7")),
        (STARTER, value("○ x: still empty")),
        ("b", stdout("took 2 s\n")),
    )
    assert list(compare.script_difference("1\ntook 3 s\n", notebook)) == []
    (found,) = compare.script_difference("2\ntook 3 s\n", notebook)
    assert "-1\n+2" in found
