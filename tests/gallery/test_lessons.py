"""Every lesson's source keeps the form of a lesson."""

import ast
import re
from pathlib import Path

import pytest
from sphinx_gallery.py_source_parser import (
    remove_config_comments,
    remove_ignore_blocks,
    split_code_and_text_blocks,
)

from pytorch_primer.exercises.bank import CURRICULUM

ROOT = Path(__file__).parents[2]
PARTS = ("tensors", "autograd", "optimisation", "modules", "training")
LESSONS = sorted((ROOT / "gallery").glob("*/plot_*.py"))
CELL_LINES = 12

# Gone, or never there; a lesson may name one in its prose, and run it to show how it fails.
GONE = re.compile(
    r"\bVariable\(|\.data\[0\]|torch\.Tensor\(|torch\.cuda\.FloatTensor|nn\.Sequence\("
    r"|patches\.remove|set_tight_layout|torch\.norm\(|from torch\.autograd import Variable"
)
each_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda p: f"{p.parent.name}/{p.stem}")


def number(path):
    return f"{PARTS.index(path.parent.name) + 1}.{path.stem.split('_')[1]}"


def cells(path):
    _, blocks = split_code_and_text_blocks(str(path))
    return [block for block in blocks if block.type == "code"]


def visible(cell):
    return remove_ignore_blocks(cell.content).strip()


def last(code):
    body = ast.parse(code).body
    return ast.dump(body[-1]) if body else None


def test_all_lessons_are_there():
    found = [number(path) for path in LESSONS]
    counts = {"1": 4, "2": 5, "3": 3, "4": 4, "5": 7}
    numbers = [f"{p}.{n}" for p, c in counts.items() for n in range(1, c + 1)]
    assert sorted(found) == ["1.0", *numbers]


@each_lesson
def test_cells_are_short(path):
    for cell in cells(path):
        code = re.sub(r"^# sphinx_gallery_.*\n?", "", visible(cell), flags=re.M)
        lines = [line for line in code.splitlines() if line.strip()]
        assert len(lines) <= CELL_LINES, "\n".join(lines)


@each_lesson
def test_no_cell_but_the_last_is_empty(path):
    """A cell with nothing but a setting or a hidden block would be an empty box on the page."""
    for cell in cells(path)[:-1]:
        assert remove_config_comments(visible(cell)).strip(), cell


@each_lesson
def test_what_a_cell_should_show_is_its_last_statement(path):
    """Behind a hidden block an expression's value would not be shown."""
    for cell in cells(path):
        shown = visible(cell)
        body = ast.parse(shown).body
        if not body or not isinstance(body[-1], ast.Expr):
            continue
        call = body[-1].value
        is_shown = isinstance(call, (ast.Name, ast.Subscript)) or (
            isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("draw_graph",)
        )
        if is_shown and getattr(call, "id", "") != "anim":
            assert last(cell.content) == last(shown), shown


@each_lesson
def test_modern_interfaces_only(path):
    for cell in cells(path):
        code = cell.content
        if "except" not in code and not path.stem.endswith("from_numpy"):
            assert not GONE.search(code), GONE.search(code)[0]


@each_lesson
def test_opens_and_closes_like_a_lesson(path):
    text = path.read_text(encoding="utf-8")
    assert text.count(".. lesson::") == 1
    assert ":assumes:" in text
    assert re.search(r'^# sphinx_gallery_tags = \[".+"\]$', text, re.M)
    headings = re.findall(r"^# (.+)\n# -{3,}$", text, re.M)
    assert headings[-1] == "Where to go next"
    assert "Recap" in headings[-3:]
    recap = text[text.index("# Recap\n") :].split("# ---")[1]
    assert 3 <= recap.count("\n# - ") <= 5


@each_lesson
def test_exercises_of_the_curriculum_are_in_the_lesson(path):
    text = path.read_text(encoding="utf-8")
    assert tuple(re.findall(r"\.\. exercise:: (\w+)", text)) == CURRICULUM.get(number(path), ())


@each_lesson
def test_numbers_are_asserted(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    asserted = [node for node in ast.walk(tree) if isinstance(node, ast.Assert)]
    close = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    close = [node for node in close if node.attr == "assert_close"]
    assert len(asserted) + len(close) >= 10


@pytest.mark.parametrize(
    ("question", "lesson"),
    [
        ("Why does\n#    the call not have to mention ``x``?", "autograd/plot_2_computation_graph"),
        ("When do you switch the recording off?", "autograd/plot_4_accumulation"),
        ("Which loss does linear regression have", "training/plot_1_training_loop"),
    ],
)
def test_questions_in_words_have_a_folded_answer(question, lesson):
    text = (ROOT / "gallery" / f"{lesson}.py").read_text(encoding="utf-8")
    after = text[text.index(question) :]
    assert ".. dropdown:: A model answer" in after[:300]
