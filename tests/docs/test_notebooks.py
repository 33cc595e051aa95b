"""A notebook and a script have what the page shows, and nothing that only checks the lesson."""

from __future__ import annotations

import hashlib
import json
import sys
from types import SimpleNamespace

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from sphinx_gallery.py_source_parser import Block

from course_site import downloads, lessons

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


def run_first_cell(monkeypatch, there, version="1.2.3"):
    """Run the first cell of a notebook of a version where some packages are there."""
    for module in (downloads, lessons):
        monkeypatch.setattr(module, "version", lambda _: version)
    found = [SimpleNamespace(metadata={"Name": n}, version=v) for n, v in there.items()]
    monkeypatch.setattr("importlib.metadata.distributions", lambda: found)
    asked = []
    shell = SimpleNamespace(run_line_magic=lambda *args: asked.append(args))
    exec(installing_code(), {"get_ipython": lambda: shell, "sys": sys})
    return asked


@pytest.mark.parametrize(
    ("there", "installs"),
    [
        ({"pytorch-primer": "1.2.3"}, False),
        ({"pytorch-primer": "1.2.2"}, True),  # an older copy
        ({"primer-pytorch": "1.2.3"}, True),
        ({}, True),
    ],
)
def test_first_cell_installs_unless_this_version_is_there(monkeypatch, there, installs):
    asked = run_first_cell(monkeypatch, there)
    wheel = "https://x.example/pytorch_primer-1.2.3-py3-none-any.whl"
    assert asked == ([("pip", f"install --quiet {wheel}")] if installs else [])


def test_first_cell_says_what_to_do_without_pip(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(RuntimeError, match="no pip here: run `uv pip install"):
        run_first_cell(monkeypatch, {})


def test_address_of_the_wheel_has_the_digest_that_pip_verifies(monkeypatch, tmp_path):
    monkeypatch.setattr(lessons, "version", lambda _: "1.2.3")
    monkeypatch.setattr(downloads, "WHEELS", tmp_path)
    (tmp_path / "pytorch_primer-1.2.3-py3-none-any.whl").write_bytes(b"wheel")
    assert downloads.wheel_url("https://x.example/").endswith(
        ".whl#sha256=" + hashlib.sha256(b"wheel").hexdigest()
    )
