"""Exercises on pages and in notebooks: shown whole on the page, without a solution elsewhere."""

import json
import re
import zipfile

import pytest

from pytorch_primer.exercises.exercise import load

LESSON = "lessons/optimisation/plot_1_exercise"
PARTS = [1]  # the only part with an exercise


def sources(path, kind):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == kind]


def run(cells):
    """Run cells as a notebook does, and return what the names then stand for."""
    namespace = {}
    for cell in cells:
        if "%pip" not in cell:
            exec(compile(cell, "<cell>", "exec"), namespace)
    return namespace


def test_page_shows_text_starter_hints_and_solution(good):
    box = good.page(f"{LESSON}.html").select_one("div.exercise")
    made = load("descend")
    assert box["id"] == "exercise-descend"
    assert "num_iters + 1" in box.get_text()
    codes = [pre.get_text().strip() for pre in box.select("pre")]
    assert made.source.starter in codes[0]
    assert 'check("descend", descend)' in codes[0]
    assert codes[-1] == made.source.solution
    folded = [details.summary.get_text().strip() for details in box.select("details")]
    assert folded == [*(f"Hint {n + 1}" for n in range(len(made.hints))), "Solution"]
    assert not box.select("script")


def test_lesson_notebook_has_the_starter_as_a_cell_and_no_solution(good):
    notebook = good.html / f"{LESSON}.ipynb"
    code = sources(notebook, "code")
    assert load("descend").source.starter in code[-1]
    assert code[-1].endswith('check("descend", descend)')
    texts = [*code, *sources(notebook, "markdown")]
    # A practice item may put the solution's lines in order: in its own cell.
    text = "\n".join(text for text in texts if "Answer and reasons" not in text)
    assert "update = -lr * 2" not in text
    assert "<solution>" not in text


def test_index_links_every_exercise_that_is_there(good):
    (row,) = good.page("course.html").select("#all-exercises [data-words]")
    assert [a["href"] for a in row.select("a")] == [f"{LESSON}.html#exercise-descend"]
    assert "descend" in row["data-words"]
    assert "part 1;" in row["data-words"]
    assert row.select_one(".visually-hidden").get_text().endswith("of 3")


def test_worksheets_are_there_and_linked(good):
    folder = good.html / "worksheets"
    linked = {a["href"] for a in good.page("course.html").select("a[href^=worksheets]")}
    assert linked == {f"worksheets/{path.name}" for path in folder.iterdir()}
    assert len(linked) == 2 * len(PARTS) + 2


@pytest.mark.parametrize("solved", [False, True])
def test_worksheet_runs(good, solved, capsys):
    name = "part_1_solutions" if solved else "part_1"
    cells = sources(good.html / f"worksheets/{name}.ipynb", "code")
    run(cells)
    said = capsys.readouterr().out
    assert ("✓ descend: right" if solved else "○ descend: still empty") in said


def test_worksheets_hold_no_solution(good):
    text = (good.html / "worksheets/part_1.ipynb").read_text(encoding="utf-8")
    assert "update = -lr * 2" not in text
    assert "Make `n_steps`" not in text  # no other exercise's text either: it is on no page


def test_zips_hold_the_worksheets_with_fixed_dates(good):
    folder = good.html / "worksheets"
    for name, pattern in (
        ("worksheets.zip", r"part_\d\.ipynb"),
        ("solutions.zip", r"part_\d_solutions\.ipynb"),
    ):
        with zipfile.ZipFile(folder / name) as archive:
            assert len(archive.namelist()) == len(PARTS)
            for info in archive.infolist():
                assert re.fullmatch(pattern, info.filename)
                assert info.date_time == (1980, 1, 1, 0, 0, 0)
                assert archive.read(info) == (folder / info.filename).read_bytes()


@pytest.mark.parametrize(
    "message",
    [
        "exercise 'descend' is in no lesson of the outline: add it to `exercises` of its lesson",
        "there is no exercise 'nowhere'",
        'gallery/autograd/plot_6_exercises.py is in no part: add to the part "autograd" of'
        ' outline.toml\n[[part.lesson]]\nfile = "plot_6_exercises"',
        "outline.toml has the lesson 'autograd/plot_9_gone', and there is no gallery/autograd/",
        "the plan 'Hasty' names 'autograd/plot_7_nowhere', which is no lesson",
        "the plan 'Hasty' has 'autograd/plot_3_no_alt' without 'autograd/plot_1_raises' before it",
        "the plan 'Hasty' takes 1 of 0 minutes",
    ],
)
def test_exercise_lesson_or_plan_out_of_place_fails_the_build(bad, message):
    assert re.search(f"(WARNING|ERROR): {re.escape(message)}", bad.log)
