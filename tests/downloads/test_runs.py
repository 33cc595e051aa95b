"""Downloads that work pass; each kind of damage is found. Tiny sites, made here and really run."""

from __future__ import annotations

import html
import itertools
import re
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat import v4
from tests.browser.audit import served
from tests.downloads import environment, runs
from tests.downloads.__main__ import main, plan
from tests.downloads.environment import Environment

from pytorch_primer.exercises.exercise import load

LESSON = "lessons/part/plot_1_x"
GOOD = {
    "import math": "",
    "@staticmethod\ndef f(x):\n    y = x\n\n    return 2 * y": "",
    "print(f(21)); print('done')\n[math.floor(1.5)]": "42\ndone\n[1]",
}
NETWORK = """\
import socket
try:
    socket.create_connection(("192.0.2.1", 80), timeout=1)
except OSError:
    pass"""


def page(cells):
    """Make a lesson's page of cells and what it shows below them."""
    boxes = [
        f'<div class="highlight-Python"><pre>{html.escape(code)}</pre></div>'
        f'<div class="sphx-glr-script-out"><pre>{html.escape(text)}</pre></div>'
        for code, text in cells.items()
    ]
    links = f'<a download href="{Path(LESSON).name}.ipynb">a</a>'
    links += f'<a download href="{Path(LESSON).name}.py">b</a>'
    return f"<article>{links}{''.join(boxes)}</article>"


def notebook(codes, markdown="# A lesson"):
    made = v4.new_notebook(
        cells=[v4.new_markdown_cell(markdown), v4.new_code_cell("x = 'install'")]
    )
    made.cells += map(v4.new_code_cell, codes)
    return nbformat.writes(made)


@pytest.fixture
def site(tmp_path):
    """Give a function that writes a lesson into a site, and the site's folder."""
    root = tmp_path / "site"

    def write(cells=GOOD, shown=None, markdown="# A lesson", script=None):
        (root / LESSON).parent.mkdir(parents=True, exist_ok=True)
        (root / "index.html").write_text("<p>home</p>", encoding="utf-8")
        codes = "\n\n".join(cells) if script is None else script
        for suffix, text in {
            ".html": page(cells if shown is None else shown),
            ".ipynb": notebook(cells, markdown),
            ".py": codes,
        }.items():
            (root / f"{LESSON}{suffix}").write_text(text, encoding="utf-8")
        return root

    return write


@pytest.fixture
def env(tmp_path):
    folder = tmp_path / "runs"
    folder.mkdir()
    return Environment(Path(sys.executable), folder)


def lesson_outcomes(env, root):
    """Run the lesson of a site; give its problems by the kind of file."""
    with served(root) as address:
        made = list(runs.run_lesson(env, runs.Site(address), f"{LESSON}.html"))
    assert all(outcome.seconds > 0 for outcome in made)
    return {Path(o.artefact).suffix: "\n".join(o.problems) for o in made}


@pytest.mark.slow
def test_a_good_lesson_passes(env, site):
    assert lesson_outcomes(env, site()) == {".ipynb": "", ".py": ""}


DAMAGE = {
    "a leftover directive": ({"markdown": ".. note:: Mind this."}, ".ipynb", "a reST directive"),
    "a relative image": ({"markdown": "![A curve](x.svg)"}, ".ipynb", "a relative image"),
    "another output": (
        {"shown": {**GOOD, list(GOOD)[2]: "43\ndone\n[1]"}},
        ".ipynb",
        "cell 3: other output\non the page:\n43",
    ),
    "a missing import": ({"cells": {"print(math.pi)": "3.14"}}, ".ipynb .py", "NameError"),
    "an unknown module": ({"cells": {"import nowhere": ""}}, ".ipynb .py", "No module named 'nowh"),
    "a warning": (
        {"cells": {"import warnings\nwarnings.warn('mind this', stacklevel=1)": ""}},
        ".ipynb .py",
        "UserWarning: mind this",
    ),
    "a line on standard error": (
        {"cells": {"import sys\nprint('mind this', file=sys.stderr)": ""}},
        ".ipynb .py",
        "standard error:\nmind this",
    ),
    "a network that is asked for": ({"cells": {NETWORK: ""}}, ".ipynb .py", "192.0.2.1 by"),
    "a file that is left": (
        {"cells": {"from pathlib import Path\nwritten = Path('x.txt').write_text('x')": ""}},
        ".ipynb .py",
        "left files behind: x.txt",
    ),
    "a name of a hidden block": ({"script": "print(f(21))"}, ".py", "NameError"),
    "another text of the script": ({"script": "print(42)"}, ".py", "the script prints something"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("lesson", "where", "problem"), DAMAGE.values(), ids=DAMAGE)
def test_damage_is_found(env, site, lesson, where, problem):
    found = lesson_outcomes(env, site(**lesson))
    for suffix in where.split():
        assert problem in found[suffix], found
    assert ".ipynb" in where or not found[".ipynb"]


def test_a_page_without_its_downloads_is_found(env, site):
    root = site()
    (root / f"{LESSON}.html").write_text("<article></article>", encoding="utf-8")
    with served(root) as address:
        (outcome,) = runs.run_lesson(env, runs.Site(address), f"{LESSON}.html")
    assert outcome.problems == ("the page offers no download ['.ipynb', '.py']",)


# -- At a plain prompt -----------------------------------------------------------------------------


def typed(env, cells, root):
    with served(root(cells)) as address:
        (outcome,) = runs.type_page(env, runs.Site(address), f"{LESSON}.html")
    return "\n".join(outcome.problems)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        (GOOD, ""),
        ({"a = 1; b = 2\nif a:\n\n    print(b)": ""}, ""),
        ({"import sys\nassert sys.ps1 and __name__ == '__main__'": ""}, ""),
        ({"1 / 0": "", "print('still here')": ""}, "ZeroDivisionError"),
        ({"import warnings": "", "warnings.warn('mind this')": ""}, "UserWarning: mind this"),
        ({NETWORK: ""}, "192.0.2.1 by"),
    ],
)
def test_cells_are_typed_statement_by_statement(env, site, cells, problem):
    found = typed(env, cells, site)
    assert problem in found if problem else found == ""


# -- Worksheets --------------------------------------------------------------------------------


def worksheet_problems(env, root, name, code):
    (root / "worksheets").mkdir(exist_ok=True)
    (root / name).write_text(notebook([code]), encoding="utf-8")
    with served(root) as address:
        (outcome,) = runs.run_worksheet(env, runs.Site(address), name)
    return "\n".join(outcome.problems)


def an_exercise(solved):
    """Give the cell of a real exercise, empty or solved."""
    made = load("simple_grad")
    body = made.source.solution if solved else made.source.starter
    head = f"{made.source.imports}\nfrom pytorch_primer import check"
    return f'{head}\n\n\n{body}\n\n\ncheck("simple_grad", simple_grad)'


@pytest.mark.slow
@pytest.mark.parametrize("solved", [False, True])
@pytest.mark.parametrize("named_solved", [False, True])
def test_worksheets_are_empty_and_solutions_right(env, site, solved, named_solved):
    name = f"worksheets/part_2{'_solutions' if named_solved else ''}.ipynb"
    found = worksheet_problems(env, site(), name, an_exercise(solved))
    assert (found == "") is (solved is named_solved)
    assert not found or "a check does not say" in found


@pytest.mark.slow
def test_a_worksheet_without_exercises_is_found(env, site):
    assert worksheet_problems(env, site(), "worksheets/part_2.ipynb", "1") == "no exercise in it"


# -- The whole run --------------------------------------------------------------------------------


def test_two_lessons_are_drawn_by_the_seed(tmp_path):
    for number in range(6):
        path = tmp_path / f"lessons/part/plot_{number}_x.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        path.with_suffix(".ipynb").touch()
    (path.parent / "plot_6_moved.html").touch()  # leads on, and has no notebook

    def drawn(seed):
        return [name for run, name in plan(tmp_path, seed) if run is runs.type_page]

    assert len(plan(tmp_path, 0)) == 6 + 2
    assert drawn(1) == drawn(1)
    assert len({tuple(drawn(seed)) for seed in range(20)}) > 5


@pytest.mark.slow
@pytest.mark.parametrize("good", [True, False])
def test_command_prints_a_table_and_fails_if_anything_did(site, capsys, good):
    root = site(script=None if good else "print(1)")
    wheel = "pytorch_primer-0-py3-none-any.whl"
    (root / wheel).touch()
    path = root / f"{LESSON}.ipynb"
    text = path.read_text(encoding="utf-8").replace("x = 'install'", f"# %pip install {wheel}")
    path.write_text(text, encoding="utf-8")
    status = main([str(root), "--seed", "7", "--python", sys.executable])
    printed = capsys.readouterr().out
    rows = re.findall(r"^(lessons\S+(?: \(typed\))?) +[\d.]+ s  (passed|FAILED)$", printed, re.M)
    script = (f"{LESSON}.py", "passed" if good else "FAILED")
    assert rows == [(f"{LESSON}.ipynb", "passed"), script, (f"{LESSON} (typed)", "passed")]
    assert "--seed 7" in printed
    assert status == (not good)


def test_a_folder_that_is_no_site_is_refused(tmp_path, capsys):
    assert main([str(tmp_path)]) == 1
    assert "0 wheels" in capsys.readouterr().out


def test_only_the_listed_lines_may_stand_on_standard_error():
    allowed = [
        "",
        'Fontconfig warning: "x.conf", line 6: unknown element "reset-dirs"',
        "[IPKernelApp] WARNING | Kernel is running over TCP without encryption. All …",
    ]
    other = [
        "UserWarning: x",
        "[IPKernelApp] WARNING | something else",
        "see Fontconfig warning: x",
    ]
    lines = list(itertools.chain.from_iterable(zip(allowed, other, strict=True)))
    assert environment.foreign("\n".join(lines)) == other
