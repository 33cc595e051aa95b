"""Formulas are read as LaTeX means them, and typeset in as few processes as possible."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from docutils import nodes

from course_site import formulas
from course_site.formulas import Formula, Typesetter, formula_of, has_rows

KATEX = Path(__file__).parents[2] / "docs/node_modules/katex"


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"a \\ b", True),
        (r"a + b", False),
        (r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}", False),
        (r"\begin{pmatrix} 1 \\ 2 \end{pmatrix} \\ b", True),
        (r"\sum_{\substack{i \\ j}} x", False),
        (r"\left\{ a \right\} \\ b", True),
        (r"\begin{align} a &= 1 \\ b &= 2 \end{align}", False),
    ],
)
def test_rows_are_those_outside_of_environments(latex, expected):
    assert has_rows(latex) is expected


def block(latex, **options):
    return nodes.math_block(latex, latex, **options)


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (nodes.math("x", " x "), Formula("x", False)),
        (block("x"), Formula("x", True)),
        (block(r"a \\ b"), Formula(r"\begin{aligned}a \\ b\end{aligned}", True)),
        (block("a\n\nb"), Formula(r"\begin{gathered}a\\b\end{gathered}", True)),
        (block("a\n\nb", **{"no-wrap": True}), Formula("a\n\nb", True)),
    ],
)
def test_formula_of_a_node(node, expected):
    assert formula_of(node) == expected


def test_an_index_has_two_children():
    typesetter, formula = Typesetter(KATEX), Formula(r"\lambda_{\max}", display=False)
    typesetter.typeset({formula})
    index = BeautifulSoup(typesetter.done[formula].html, "html.parser").find("msub")
    assert [child.name for child in index.find_all(recursive=False)] == ["mi", "mi"]


def test_typeset_gives_html_with_mathml():
    typesetter = Typesetter(KATEX)
    formula = Formula(r"\frac{1}{2}", False)
    typesetter.typeset({formula})
    page = BeautifulSoup(typesetter.done[formula].html, "html.parser")
    assert page.select_one(".katex-html .mfrac")
    numerator, denominator = page.select("math mfrac mn")
    assert (numerator.get_text(), denominator.get_text()) == ("1", "2")
    assert page.select_one(".katex-html")["aria-hidden"] == "true"  # or it would be read twice


@pytest.mark.parametrize("latex", [r"\frac{1}{", r"\nosuch", "x^{", "a_b_c", r"\begin{pmatrix} 1"])
def test_bad_latex_is_an_error_and_the_others_are_typeset(latex):
    typesetter = Typesetter(KATEX)
    bad, good = Formula(latex, True), Formula("y", True)
    typesetter.typeset({bad, good})
    assert typesetter.done[bad].error
    assert not typesetter.done[bad].html
    assert typesetter.done[good].html
    assert not typesetter.done[good].error


def test_each_text_is_typeset_once_and_all_at_once(monkeypatch):
    sizes = []

    def count(name, program, text):
        sizes.append(text.count("[") - 1)
        return original(name, program, text)

    original = formulas.ask
    monkeypatch.setattr(formulas, "ask", count)
    typesetter = Typesetter(KATEX)
    typesetter.typeset({Formula(t, False) for t in "abc"})
    typesetter.typeset({Formula(t, False) for t in "abc"})
    typesetter.typeset({Formula(t, False) for t in "bcd"})
    assert sizes == [3, 1]
