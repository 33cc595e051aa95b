"""Each rule for exercises is broken once, and says where and what to do."""

import importlib.util
import sys

import pytest

from course_site import exercise_rules
from course_site.exercise_rules import broken_exercise_rules
from pytorch_primer.exercises import exercise as exercises
from pytorch_primer.outline import Lesson, Outline, Part

ID = "an_exercise_of_the_tests"
GOOD = f'''"""Three times a number."""

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import NumberSpec


@exercise(
    cases=lambda generator: [(2.0,), (5.0,)],
    returns=NumberSpec(),
    hints=["Multiply.", "By three."],
    note="Adding three times does it, too.",
)
def {ID}(x):
    """Return three times ``x``."""
    # <solution>
    return 3 * x
    # </solution>


@{ID}.also_right
def by_adding(x):
    return x + x + x


@{ID}.also_right
def the_other_way(x):
    return x * 3


{ID}.line_mistakes("""
Twice is not enough.
    3 * x -> 2 * x
Four times is too much.
    3 * x -> 4 * x
The number came back.
    3 * x -> x
Multiply, do not add.
    3 * x -> 3 + x
""")
'''
OUTLINE = Outline(
    (Part("1", "p", "P", "C", ("", "", "", ""), (Lesson("1.1", "p", "plot_x", "X", (ID,)),)),), ()
)


@pytest.fixture
def check(tmp_path, monkeypatch):
    """Give what is broken in the good exercise after one change."""
    monkeypatch.setattr(exercise_rules, "FOLDER", tmp_path)
    monkeypatch.setattr(exercises, "CURRICULUM", {"1.1": (ID,)})
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "plot_x.py").write_text(f"# .. exercise:: {ID}\n", encoding="utf-8")

    def checked(before="", after="", outline=OUTLINE):
        path = tmp_path / f"{ID}.py"
        assert before in GOOD
        path.write_text(GOOD.replace(before, after, 1), encoding="utf-8")

        def load(id):
            monkeypatch.delitem(exercises.REGISTRY, id, raising=False)
            spec = importlib.util.spec_from_file_location(id, path)
            module = importlib.util.module_from_spec(spec)
            monkeypatch.setitem(sys.modules, id, module)
            spec.loader.exec_module(module)
            return exercises.REGISTRY[id]

        monkeypatch.setattr(exercise_rules, "load", load)
        return [str(broken) for broken in broken_exercise_rules(ID, outline, tmp_path)]

    yield checked
    exercises.REGISTRY.pop(ID, None)


def test_a_good_exercise_breaks_no_rule(check):
    assert check() == []


@pytest.mark.parametrize(
    ("before", "after", "place", "said"),
    [
        (', "By three."', "", 7, "lacks at least two hints: add hints="),
        ('    """Return three times ``x``."""\n', "", 7, "lacks its text: add a docstring"),
        ("    3 * x -> 4 * x", "    5 * x -> 4 * x", None, "`5 * x` is found 0 times"),
        ("return 3 * x", "return 3 *", 16, "SyntaxError"),
        (", (5.0,)", "", 13, "it has 1 case"),
        (f"@{ID}.also_right\ndef the_other_way", "def the_other_way", 13, "other routes"),
        ("Multiply, do not add.\n    3 * x -> 3 + x\n", "", 13, "3 mistakes have a message"),
        ('    note="Adding three times does it, too.",\n', "", 12, "add `note="),
        ("Twice is not enough.", "Twice is just not enough.", 31, "'just' makes nothing easier"),
        ("Multiply.", "Multiply. Now. Here.", 10, "at most 2 sentences"),
        ("x + x + x", "x + x", 21, "this right answer is refused"),
        ("3 * x -> x\n", "3 * x -> (3 * x)\n", 35, "this mistake passes: add a case"),
        ("3 * x -> 4 * x", "3 * x -> 2 * x", 33, "is told: Twice is not enough."),
    ],
)
def test_a_broken_rule_is_named_with_its_place_and_its_mend(check, before, after, place, said):
    found = check(before, after)
    assert any(said in line for line in found), found
    if place is not None:
        assert any(f"{ID}.py:{place}:" in line for line in found if said in line), found


def test_an_exercise_in_no_lesson_is_told_the_line_to_add(check):
    empty = Outline((), ())
    assert any(f'add "{ID}" to the exercises' in line for line in check(outline=empty))


def test_a_lesson_that_does_not_show_its_exercise_is_named(check, tmp_path):
    (tmp_path / "p" / "plot_x.py").write_text("", encoding="utf-8")
    (found,) = check()
    assert "plot_x.py:1" in found
    assert f"add `# .. exercise:: {ID}`" in found


@pytest.mark.parametrize("made", list(exercises.all_exercises()), ids=lambda made: made.id)
def test_the_exercises_of_the_course_have_what_they_need_in_few_words(made):
    """That their answers are judged rightly is tested beside the bank."""
    assert [*exercise_rules.needs(made), *exercise_rules.wording(made)] == []
