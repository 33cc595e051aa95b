"""Exercises on pages and in notebooks: shown whole on the page, without a solution elsewhere."""

import json
import re
import zipfile

import pytest

from pytorch_primer.exercises.exercise import known_ids, load

LESSON = "lessons/optimisation/plot_1_exercise"
PARTS = range(1, 6)


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
    (cell,) = [text for text in code if 'check("descend"' in text]
    assert load("descend").source.starter in cell
    assert cell.endswith('check("descend", descend)')
    text = notebook.read_text(encoding="utf-8")
    assert "update = -lr * 2" not in text
    assert "<solution>" not in text


def test_index_links_every_exercise_that_is_there(good):
    links = good.page("course.html").select(".exercise-index a")
    here = [f"{LESSON}.html#exercise-descend", f"{LESSON}.html#exercise-limit-of-rate"]
    assert [a["href"] for a in links] == here
    assert len(good.page("course.html").select(".exercise-index li")) == len(known_ids())


def test_worksheets_are_there_and_linked(good):
    folder = good.html / "worksheets"
    linked = {a["href"] for a in good.page("course.html").select("a[href^=worksheets]")}
    assert linked == {f"worksheets/{path.name}" for path in folder.iterdir()}
    assert len(linked) == 2 * len(PARTS) + 2


@pytest.mark.parametrize("solved", [False, True])
def test_worksheet_runs(good, solved, capsys):
    name = "part_3_solutions" if solved else "part_3"
    cells = sources(good.html / f"worksheets/{name}.ipynb", "code")
    run(cells)
    said = capsys.readouterr().out
    assert ("✓ descend: right" if solved else "○ descend: still empty") in said


def test_worksheets_hold_no_solution(good):
    text = (good.html / "worksheets/part_3.ipynb").read_text(encoding="utf-8")
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
        "exercise 'descend' belongs on lesson 3.1, which is not there and stands on"
        " ['lessons/autograd/plot_6_exercises']",
        "there is no exercise 'nowhere'",
        "a plan names lessons that are not there: ['9.9']",
        r"a plan takes \d+ of 0 minutes",
    ],
)
def test_exercise_or_plan_out_of_place_fails_the_build(bad, message):
    pattern = message if r"\d" in message else re.escape(message)
    assert re.search(f"(WARNING|ERROR): {pattern}", bad.log)
