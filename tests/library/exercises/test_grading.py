"""A class's worksheets get the rows that they deserve, whatever they are and do."""

import csv
import json
import os
import subprocess
import sys

import nbclient
import nbformat
import pytest
from tests.library.exercises.sheets import (
    AFTER,
    ATTACKS,
    NOTEBOOKS,
    RIGHT,
    VIOLENT,
    WRONG,
    notebook,
    write_files,
)

from pytorch_primer.exercises import grading
from pytorch_primer.exercises.exercise import known_ids
from pytorch_primer.exercises.grading_report import safe

WHY = grading.why_no_sandbox()
pytestmark = pytest.mark.slow
in_sandbox = pytest.mark.skipif(bool(WHY), reason=f"grading needs its sandbox, bubblewrap: {WHY}")
KERNEL = """
import json
from pytorch_primer.exercises.checking import is_ours, judge
_made = globals().get("x_grad", ...)
_there = "x_grad" in globals() and not is_ours(_made)
print("STATUS", judge("x_grad", _made).status if _there else "")
"""


def rows(folder):
    with (folder / "grades.csv").open(newline="", encoding="utf-8") as stream:
        return {row["worksheet"]: row for row in csv.DictReader(stream)}


def graded(folder, *args):
    how = [] if not WHY else ["--unsafe"]
    grading.main([str(folder), "--seconds", "15", "--jobs", "2", *how, *args])
    return rows(folder)


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    for name, (cells, _) in {**NOTEBOOKS, **VIOLENT}.items():
        (folder / f"{name}.ipynb").write_text(notebook(cells))
    return graded(folder)


def test_there_are_enough_sheets(tmp_path):
    assert len(NOTEBOOKS) + len(VIOLENT) + len(write_files(tmp_path)) >= 60


@pytest.mark.parametrize("name", [*NOTEBOOKS, *VIOLENT])
def test_each_sheet_gets_what_it_deserves(table, name):
    _, status = {**NOTEBOOKS, **VIOLENT}[name]
    assert table[f"{name}.ipynb"]["x_grad"] == status, table[f"{name}.ipynb"]["problem"]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_real_kernel_says_the_same(table, name, tmp_path):
    book = nbformat.v4.new_notebook()
    book.cells = [nbformat.v4.new_code_cell(cell) for cell in [*NOTEBOOKS[name][0], KERNEL]]
    nbclient.NotebookClient(
        book, allow_errors=True, timeout=60, resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    text = "".join(out.get("text", "") for out in book.cells[-1].outputs)
    said = text.partition("STATUS")[2].strip().partition("\n")[0]
    found = table[f"{name}.ipynb"]["x_grad"]
    assert said == {"lost": ""}.get(found, found)


def test_a_cell_that_failed_is_named(table):
    assert table["raises elsewhere.ipynb"]["problem"] == "cell 1 failed"
    assert table["endless cell.ipynb"]["problem"] == "cell 1 failed"
    assert table["plain.ipynb"]["problem"] == ""


def test_files_of_every_kind_have_their_row(tmp_path):
    expected = write_files(tmp_path)
    table = graded(tmp_path)
    assert table.keys() == expected.keys()
    for name, status in expected.items():
        assert status in (table[name]["x_grad"] or table[name]["problem"]), name


@in_sandbox
def test_no_attack_gets_out_of_the_sandbox(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_OF_THE_GRADER", "1")
    before = sorted(os.listdir(tmp_path))
    for name, cells in ATTACKS.items():
        filled = [
            cell.replace("{folder}", str(tmp_path)).replace("{pid}", str(os.getpid()))
            for cell in cells
        ]
        text = notebook([*filled, AFTER.format(right=RIGHT)])
        (tmp_path / f"{name}.ipynb").write_text(text)
    table = graded(tmp_path)
    for name in ATTACKS:
        assert table[f"{name}.ipynb"]["x_grad"] == "right", name
    assert "owned" not in os.listdir(tmp_path)
    assert before == []


def test_without_a_sandbox_nothing_is_graded(tmp_path, monkeypatch):
    (tmp_path / "a.ipynb").write_text(notebook([RIGHT]))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit, match="there is no program `bwrap`"):
        grading.main([str(tmp_path)])
    assert not (tmp_path / "grades.csv").exists()


def test_unsafe_says_what_is_not_protected(tmp_path, capsys):
    (tmp_path / "a.ipynb").write_text(notebook([RIGHT]))
    grading.main([str(tmp_path), "--unsafe"])
    assert "run as you, without a sandbox" in capsys.readouterr().err
    assert rows(tmp_path)["a.ipynb"]["x_grad"] == "right"


def test_a_second_run_goes_on_where_the_first_was_stopped(tmp_path, monkeypatch):
    for name in "ab":
        (tmp_path / f"{name}.ipynb").write_text(notebook([RIGHT]))
    graded(tmp_path)
    (tmp_path / "c.ipynb").write_text(notebook([WRONG]))
    (tmp_path / "b.ipynb").write_text(notebook([WRONG, WRONG]))
    seen = []
    real = grading.grade
    monkeypatch.setattr(grading, "grade", lambda s, o: seen.append(s.name) or real(s, o))
    table = graded(tmp_path)
    assert sorted(seen) == ["b.ipynb", "c.ipynb"]
    assert [table[f"{name}.ipynb"]["x_grad"] for name in "abc"] == ["right", "wrong", "wrong"]


def test_a_summary_says_what_was_wrong_and_how_often(tmp_path):
    for name in "ab":
        (tmp_path / f"{name}.ipynb").write_text(
            notebook(["def x_grad(X):\n    return 2 * X.detach()"])
        )
    (tmp_path / "c.ipynb").write_text(notebook([RIGHT]))
    graded(tmp_path)
    with (tmp_path / "summary.csv").open(newline="", encoding="utf-8") as stream:
        found = {row["exercise"]: row for row in csv.DictReader(stream)}
    assert list(found) == known_ids()
    assert (found["x_grad"]["right"], found["x_grad"]["wrong"]) == ("1", "2")
    assert found["x_grad"]["mistakes"] == "2 × The result is 2X: the factor 10 is missing."
    assert "2 × The result is 2X" in (tmp_path / "summary.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_is_a_formula_or_holds_a_control_character(start):
    assert (
        safe(f"{start}1\x1b\u202e")
        == "'" + {"\t": "\\t", "\r": "\\r", "\n": "\\n"}.get(start, start) + "1\\x1b\\u202e"
    )


@pytest.mark.parametrize(
    "line",
    [b"", b"{", b"[]", b"1", b'{"kind": "exercise", "of": "x_grad", "status": ["right"]}',
     b'{"kind": "exercise", "of": "nowhere", "status": "right"}', b"\xff", b"[" * 10**5,
     b'{"kind": "exercise", "of": "x_grad", "status": "=1"}'],
)  # fmt: skip
def test_a_line_that_is_no_report_is_passed_over(line):
    attempt = grading.Attempt()
    attempt.take(line, set(known_ids()))
    assert not attempt.statuses


def test_a_flood_in_the_report_is_this_sheets_problem(tmp_path):
    flood = "import os\nwhile True:\n    for fd in range(3, 20):\n        try: os.write(fd, b'x' * 4096)\n        except OSError: pass"  # noqa: E501
    (tmp_path / "a.ipynb").write_text(notebook([flood]))
    (tmp_path / "b.ipynb").write_text(notebook([RIGHT]))
    table = graded(tmp_path)
    assert "report" in table["a.ipynb"]["problem"]
    assert table["b.ipynb"]["x_grad"] == "right"


def test_the_command_line_says_where_the_table_is(tmp_path):
    (tmp_path / "a.ipynb").write_text(notebook([RIGHT]))
    how = ["--unsafe"] if WHY else []
    command = [sys.executable, "-m", "pytorch_primer.exercises.grading", str(tmp_path), *how]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "1/1 a.ipynb: 1 right" in done.stdout
    assert json.loads((tmp_path / "messages.jsonl").read_text())["statuses"] == {"x_grad": "right"}
