"""A notebook that is not clean, valid Markdown and code is found without running it."""

from __future__ import annotations

import json

import pytest
from tests.downloads import static

GOOD = r"""
## A title with `code` and $x_1^2$

Costs \$5. In $y = \$3$ and

$$
\begin{aligned}
a &= b \\
  &= c \tag{1}
\end{aligned}
$$

[A link](https://course.example/page.html#x) and ![A curve](https://course.example/_images/a.svg),
a word: `:func:` is a role, ``.. note::`` a directive; x: 1, and so on ...

> **Note**
>
> ```python
> :math:`x` and $ and ![](x.png)
> ```

| a | b |
| --- | --- |
| $|x|$ | <https://course.example/> |

<details><summary>Solution</summary>

1. one

</details>
"""


def notebook(*sources, **changes):
    cells = [
        {"cell_type": "markdown", "id": f"c{n}", "metadata": {}, "source": source}
        for n, source in enumerate(sources)
    ]
    made = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(made | changes)


def code_cell(source, outputs=(), count=None):
    return {
        "cell_type": "code",
        "id": "code",
        "metadata": {},
        "source": source,
        "outputs": list(outputs),
        "execution_count": count,
    }


def test_a_good_notebook_has_no_problems():
    assert static.problems(notebook(GOOD)) == []


@pytest.mark.parametrize(
    ("source", "what"),
    [
        (".. note:: Mind this.", "a reST directive"),
        ("> .. admonition:: Exercise", "a reST directive"),
        ("text, then .. figure:: /x.svg", "a reST directive"),
        ("see :func:`torch.sum`", "a reST role"),
        (r"see :doc:\`the next <x>\`", "a reST role"),
        ("see :py:meth:`~torch.Tensor.sum`", "a reST role"),
        ("inline :math:`x`", "a reST role"),
        ("   :label: parabola", "a reST option"),
        (":alt: A logo", "a reST option"),
        ("`text <https://x.example>`__", "a reST link"),
        (".. _parabola:", "a reST comment"),
        ("$$\nx^2\n:label: parabola\n$$", "a label inside mathematics"),
        (r"$$x \label{parabola}$$", "a label inside mathematics"),
        ("costs $5 each", "a lonely dollar sign"),
        ("$x$ and $y", "a lonely dollar sign"),
        ("$$\nx^2\n$", "a lonely dollar sign"),
        ("from $5\n\nto 6$ each", "mathematics that spans paragraphs"),
        ("![A curve](../_images/a.svg)", "a relative image or link"),
        ("[next](plot_2.html)", "a relative image or link"),
        ("[below](#below)", "a relative image or link"),
        ('<img src="a.png">', "a relative image or link"),
        ("made in /home/someone/docs", "a path of the build"),
        ("![x](file:///x.svg)", "a path of the build"),
    ],
)
def test_what_a_reader_should_not_see_is_found(source, what):
    found = static.problems(notebook("# Fine", source))
    assert [p for p in found if p.startswith(f"cell 1: {what}")], found


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("not JSON", "not JSON"),
        (notebook("x", nbformat_minor=4), "nbformat is (4, 4)"),
        (notebook("x", cells=[{"cell_type": "markdown"}]), "not a valid notebook"),
        (notebook(cells=[code_cell("1"), code_cell("2")]), "two cells have the same id"),
        (notebook(cells=[code_cell("1", count=1)]), "cell 0: outputs are stored"),
        (
            notebook(
                cells=[
                    code_cell("1", [{"output_type": "stream", "name": "stdout", "text": "1"}]),
                ]
            ),
            "cell 0: outputs are stored",
        ),
        (notebook(cells=[code_cell("open('/home/someone/x')")]), "cell 0: a path of the build"),
    ],
)
def test_what_is_not_a_clean_notebook_is_found(text, what):
    (found,) = static.problems(text)
    assert found.startswith(what)


def test_the_wheel_must_be_the_one_that_the_site_serves():
    text = notebook(
        cells=[code_cell("%pip install --quiet https://x.example/a-1-py3-none-any.whl")]
    )
    assert static.problems(text, "a-1-py3-none-any.whl") == []
    assert "a-2-" in static.problems(text, "a-2-py3-none-any.whl")[0]
    assert "installs []" in static.problems(notebook("x"), "a-2-py3-none-any.whl")[0]
