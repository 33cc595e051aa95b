"""A notebook and a script have what the page shows, and nothing that only checks the lesson."""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from sphinx_gallery.py_source_parser import Block

from course_site import downloads

CODE = """\
x = 1

# sphinx_gallery_start_ignore
assert x == 1
# sphinx_gallery_end_ignore
# sphinx_gallery_thumbnail_number = 2
print(x)
"""


def test_visible_code_has_no_hidden_block_and_no_setting():
    shown = downloads.visible_code(CODE)
    assert "sphinx_gallery" not in shown
    assert "assert" not in shown
    assert shown.split() == ["x", "=", "1", "print(x)"]


def test_cells_pair_blocks_with_texts():
    blocks = [Block("text", "Title", 1), Block("code", f"\n{CODE}", 3), Block("text", "end", 9)]
    cells = list(downloads.lesson_cells(blocks, ["# Title", "ignored", "The end."]))
    assert [kind for kind, _ in cells] == ["markdown", "code", "markdown"]
    assert cells[0][1] == "# Title"
    assert cells[1][1].startswith("x = 1\n")
    assert cells[2][1] == "The end."


def test_a_last_cell_that_only_checks_is_left_out():
    hidden = "# sphinx_gallery_start_ignore\nassert True\n# sphinx_gallery_end_ignore\n"
    blocks = [Block("text", "Title", 1), Block("code", hidden, 3)]
    assert list(downloads.lesson_cells(blocks, ["# Title"])) == [("markdown", "# Title")]


def test_texts_that_do_not_fit_the_blocks_are_an_error():
    with pytest.raises(ValueError, match="zip"):
        list(downloads.lesson_cells([Block("text", "Title", 1)], []))


def test_notebook_is_valid_and_has_no_empty_cell():
    made = downloads.notebook([("markdown", "# T"), ("code", "x = 1"), ("markdown", " ")])
    notebook = nbformat.reads(json.dumps(made), as_version=4)
    nbformat.validate(notebook)
    assert [cell.source for cell in notebook.cells] == ["# T", "x = 1"]
    assert len({cell.id for cell in notebook.cells}) == 2


def installing_code():
    _, (_, code) = downloads.first_cells("T", "https://x.example/t.html", "https://x.example/")
    return TransformerManager().transform_cell(code)


@pytest.mark.parametrize(("package", "installs"), [("pytorch_primer", False), ("nowhere", True)])
def test_installing_cell_acts_only_where_the_package_is_missing(monkeypatch, package, installs):
    monkeypatch.setattr(downloads, "PACKAGE", package)
    monkeypatch.setattr(downloads, "version", lambda _: "1.2.3")
    asked = []
    shell = SimpleNamespace(run_line_magic=lambda *args: asked.append(args))
    exec(installing_code(), {"get_ipython": lambda: shell, "sys": sys})
    wheel = f"https://x.example/{package}-1.2.3-py3-none-any.whl"
    assert asked == ([("pip", f"install --quiet {wheel}")] if installs else [])
