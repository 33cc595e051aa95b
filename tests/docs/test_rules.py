"""Each rule for lessons is broken once, and says where and what to do, as a new author meets it."""

import pytest

from course_site.rules import broken_rules
from pytorch_primer.outline import Lesson, Outline, Part

GOOD = '''"""
Title
=====

.. lesson::
   :assumes: nothing

   - one
   - two
   - three

Text.
"""

# %%
# We compute.

# sphinx_gallery_tags = ["x"]

x = 6 * 7
print(x)

# sphinx_gallery_start_ignore
assert x == 40 + 2
# sphinx_gallery_end_ignore

# %%
# So x is 42.
#
# .. predict::
#    :aim: 1
#
#    print(1 + 2)
#    + It is a sum.
#    - A difference goes the other way.
#        1 + 2 -> 1 - 2
#
# .. predict::
#    :aim: 2
#
#    print(2 + 2)
#    + It is a sum.
#    - A difference goes the other way.
#        2 + 2 -> 2 - 2
#
# .. predict::
#    :aim: 3
#
#    print(3 + 2)
#    + It is a sum.
#    - A difference goes the other way.
#        3 + 2 -> 3 - 2
#
# Recap
# -----
#
# - One thing.
# - Another.
# - And x is 42.
#
# Where to go next
# ----------------
#
# On.
'''
OUTLINE = Outline(
    (Part("1", "part", "P", "C", ("", "", "", ""), (Lesson("1.1", "part", "plot_x", "X", ()),)),),
    (),
)


@pytest.fixture
def check(tmp_path):
    """Give what is broken in the good lesson after one change."""

    def checked(before="", after="", name="plot_x"):
        path = tmp_path / "part" / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        assert before in GOOD
        path.write_text(GOOD.replace(before, after, 1), encoding="utf-8")
        return broken_rules(path, OUTLINE)

    return checked


def test_a_good_lesson_breaks_no_rule(check):
    assert check() == []


@pytest.mark.parametrize(
    ("before", "after", "rule", "place", "mend"),
    [
        ("x = 6 * 7\n", "x = 6 * 7\n" + "x += 0\n" * 12, "short cells", None, "this cell has 14"),
        ("print(x)\n", "print(x)\ntorch.norm(x)\n", "modern interfaces", "torch.norm", "is gone"),
        ("   :assumes: nothing\n\n", "", "form of a lesson", ".. lesson::", "say what is assumed"),
        ('# sphinx_gallery_tags = ["x"]\n', "", "form of a lesson", None, "tags are missing"),
        ("# - And x is 42.\n", "", "form of a lesson", "# Recap", "the recap has 2 points"),
        ("# Recap\n# -----\n", "", "form of a lesson", None, "a section `Recap`"),
        (
            "Where to go next\n# ----------------",
            "End\n# ---",
            "form of a lesson",
            None,
            "the last",
        ),
        ("assert x == 40 + 2", "assert x == x", "worthless assertions", "assert", "holds for any"),
        (
            "# So x is 42.",
            "# So x is 43.",
            "proved numbers",
            "x is 43",
            "43 is not in the assertion",
        ),
        ("print(x)", "print(x / 0)", "run", "print(x / 0)", "ZeroDivisionError"),
        ("print(x)", "import warnings\nwarnings.warn('w')", "run", "warnings.warn", "UserWarning"),
        ("# On.", "# .. exercise:: unknown", "exercises", None, "shows ['unknown']"),
    ],
)
def test_a_broken_rule_is_named_with_its_place_and_its_mend(
    check, before, after, rule, place, mend
):
    found = [broken for broken in check(before, after) if broken.rule == rule]
    assert found, check(before, after)
    assert any(mend in broken.mend for broken in found)
    if place is not None:
        lines = GOOD.replace(before, after, 1).splitlines()
        assert place in lines[found[0].line - 1]


def test_a_figure_without_a_description_is_named(check):
    drawn = "import matplotlib.pyplot as plt\n\nplt.subplots()\nprint(x)"
    rules = {broken.rule for broken in check("print(x)", drawn)}
    assert {"alternative text", "style of figures"} <= rules


def test_a_hidden_line_that_draws_for_all_is_named(check):
    drawn = "import torch\n\nassert torch.rand(1) < 1  # drawn\nassert x == 40 + 2"
    (found,) = check("assert x == 40 + 2", drawn)
    assert found.rule == "hidden random numbers"
    assert "fork_rng" in found.mend
    lines = GOOD.replace("assert x == 40 + 2", drawn, 1).splitlines()
    assert "# drawn" in lines[found.line - 1]


@pytest.mark.parametrize(
    "line",
    [
        "assert (torch.manual_seed(0), x)[1] == 40 + 2",
        "assert torch.nn.Linear(1, 1).in_features == 1\nassert x == 40 + 2",
    ],
)
def test_what_seeds_or_begins_at_random_draws_too(check, line):
    (found,) = check("assert x == 40 + 2", f"import torch\n\n{line}")
    assert found.rule == "hidden random numbers"


def test_a_hidden_line_may_draw_for_itself(check):
    drawn = "import torch\n\nwith torch.random.fork_rng():\n    assert torch.rand(1) < x == 40 + 2"
    assert check("assert x == 40 + 2", drawn) == []
    generator = "torch.Generator().manual_seed(0)"
    drawn = f"import torch\n\nassert torch.rand(1, generator={generator}) < x == 40 + 2"
    assert check("assert x == 40 + 2", drawn) == []


def test_a_hidden_block_behind_what_is_shown_is_named(check):
    (found,) = check("print(x)\n", "x\n")
    assert found.rule == "shown last"


def test_a_lesson_that_is_in_no_outline_is_told_the_line_to_add(check):
    (found,) = check(name="plot_other")
    assert found.rule == "outline"
    assert '[[part.lesson]] file = "plot_other"' in found.mend


def test_a_lesson_that_is_no_python_is_named_with_its_line(check):
    (found,) = check("x = 6 * 7", "x = 6 *")
    assert (found.rule, found.line) == ("syntax", GOOD.splitlines().index("x = 6 * 7") + 1)


def test_all_mends_come_in_one_go(check):
    changed = "x = 6 * 7\n" + "x += 0\n" * 12 + "torch.norm(x)\n"
    rules = {broken.rule for broken in check("x = 6 * 7\n", changed)}
    assert {"short cells", "modern interfaces", "run"} <= rules
