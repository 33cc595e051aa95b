"""Practice items: what an author writes is run, and each rule says where and what to do."""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from tests.samples import quick_for

from course_site import practice
from course_site.practice import FORMS, aims_of, broken_items, make, references
from course_site.practice_bank import passes, pieces_of, sensible_orders
from course_site.practice_items import Fault, Item, Option, Written, guessing, run, written_in
from course_site.practice_shapes import KINDS
from course_site.rules import RULES, Script
from pytorch_primer.exercises.exercise import load

ROOT = Path(__file__).parents[2]
PREDICT = """\
.. predict::
   :aim: 2

   t = torch.arange(3) - torch.ones(3, 1)
   print(tuple(t.shape))
   + Both are repeated: the column
     to the right.
   - A vector meets a column as a row.
       torch.arange(3) -> torch.arange(3)[:, None]
   - Entries are paired where both are vectors.
       torch.ones(3, 1) -> torch.ones(3)
"""
CHOOSE = """\
.. choose:: Which line makes a column?
   :aim: 1
   :test: x.shape == (3, 1)

   v = torch.arange(3)
   + A new axis behind the old one.
       x = v[:, None]
   - There is nothing to transpose.
       x = v + 0
"""
REPAIR = """\
.. repair::
   :aim: 1

   x, losses = torch.tensor(4.0), []
   for _ in range(20):
       losses.append(x.item() ** 2)
       x = x - 1.1 * 2 * x
   + The steps shrink.
       1.1 -> 0.3
   - A growing swing grows on.
       range(20) -> range(40)
"""


def script(text):
    """Give a text as it stands in a lesson's comment block."""
    return "# %%\n" + "".join(f"# {line}".rstrip() + "\n" for line in text.splitlines())


def item(text):
    (written,) = written_in(script(text))
    return make(written)


def bank(kind, argument, **options):
    return make(Written(kind, argument, {"aim": "1"} | options))


# -- what is run --------------------------------------------------------------------------------


def test_options_are_what_the_codes_print():
    made = item(PREDICT)
    texts = {option.text: option.right for option in made.options}
    assert texts == {"(3, 3)": True, "(3, 1)": False, "(3,)": False}
    assert made.aim == 2
    assert made.code == "t = torch.arange(3) - torch.ones(3, 1)\nprint(tuple(t.shape))"
    right = made.options[made.right]
    assert right.reason == "Both are repeated: the column to the right."


def test_an_error_is_an_outcome_and_its_message_a_reason():
    made = item(PREDICT.replace("torch.ones(3, 1)\n", "torch.ones(2)\n", 1).split("   - Ent")[0])
    right = made.options[made.right]
    assert right.text == "an error: RuntimeError"
    assert "must match the size" in right.reason


def test_a_wrong_option_says_from_which_change_it_comes():
    made = item(PREDICT)
    (named,) = (o.reason for o in made.options if "torch.ones(3)`` in place of" in o.reason)
    assert "The program prints that with ``torch.ones(3)`` in place of" in named
    refused = item(PREDICT.replace("-> torch.ones(3)", "-> torch.ones(2)"))
    (named,) = (o.reason for o in refused.options if "torch.ones(2)`` in place of" in o.reason)
    assert "That error comes with ``torch.ones(2)`` in place of" in named


def test_items_of_earlier_lessons_come_once_while_others_are_left(monkeypatch):
    lessons = [SimpleNamespace(name=f"lesson {n}") for n in range(6)]
    pages = {each.name: n for n, each in enumerate(lessons)}
    monkeypatch.setattr(practice, "outline_of", lambda _: SimpleNamespace(lessons=lessons))
    monkeypatch.setattr(practice, "page_of", lambda _, name: name)

    def earlier(_, page):  # three items a lesson
        return [
            (f"lesson {n}", "", SimpleNamespace(item=SimpleNamespace(key=f"{n}{k}", lines=None)))
            for n in range(pages[page])
            for k in range(3)
        ]

    monkeypatch.setattr(practice, "earlier", earlier)
    app = SimpleNamespace(config=None)
    chosen = [[told.item.key for *_, told in practice.picked(app, page)] for page in pages]
    assert chosen[0] == []
    keys = [key for pair in chosen for key in pair]
    assert len(keys) == len(set(keys)) == 10
    assert all(pair[0][0] != pair[1][0] for pair in chosen[2:])
    assert practice.picked(app, "no lesson") == []


def test_a_value_at_the_end_is_shown_as_in_a_notebook():
    assert run("x = 6\nx * 7").said == "42"
    assert run("print(1)\n1 / 0").said == "1\nan error: ZeroDivisionError"


def test_an_item_runs_in_a_state_of_its_own():
    before = torch.random.get_rng_state()
    first, second = run("print(torch.rand(1))"), run("print(torch.rand(1))")
    assert first.said == second.said
    assert torch.equal(torch.random.get_rng_state(), before)


def test_verdicts_come_from_torch(monkeypatch):
    # A torch whose subtraction gives the first operand: what was right is now what was wrong.
    monkeypatch.setattr(torch.Tensor, "__sub__", lambda a, b: a)
    with pytest.raises(Fault, match="two options give the same"):
        item(PREDICT)


def test_a_changed_torch_breaks_items_of_lessons_and_of_the_bank(monkeypatch):
    text = (ROOT / "gallery/tensors/plot_2_create_index_convert.py").read_text(encoding="utf-8")
    assert list(broken_items(text)) == []
    monkeypatch.setattr(torch, "full", lambda shape, value: torch.zeros(shape) + value)
    (found,) = broken_items(text)
    assert "torch.full((2, 3), 7)" in text.splitlines()[found[0] + 2]


def test_a_choice_is_tested_behind_the_code():
    made = item(CHOOSE)
    assert [option.text for option in made.options if option.right] == ["x = v[:, None]"]
    with pytest.raises(Fault, match="the test fails here"):
        item(CHOOSE.replace("(3, 1)\n", "(1, 3)\n"))
    with pytest.raises(Fault, match="the test holds for this option"):
        item(CHOOSE.replace("x = v + 0", "x = v.reshape(-1, 1)"))


def test_a_loop_that_ends_in_nan_has_diverged_and_can_be_repaired():
    forever = REPAIR.replace(
        "x = x - 1.1 * 2 * x", "x = x - 1.1 * 2 * x if x > 0 else x * math.nan"
    )
    assert math.isnan(item(forever).curve[-1])


def test_a_repair_shows_the_curve_of_each_change():
    made = item(REPAIR)
    curves = {option.text: option.curve for option in made.options}
    assert curves["1.1 → 0.3"] == pytest.approx([16 * 0.16**n for n in range(20)], rel=1e-4)
    assert len(curves["range(20) → range(40)"]) == 40
    assert made.curve == pytest.approx([16 * 1.44**n for n in range(20)], rel=1e-4)
    with pytest.raises(Fault, match="not less than half of all others"):
        item(REPAIR.replace("1.1 -> 0.3", "1.1 -> 1.2"))


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_whatever_a_seed_draws_holds_together(kind, seed):
    made = bank("shapes", kind, seed=str(seed))
    assert made.kind == "shapes"
    assert sum(option.right for option in made.options) == 1


# -- of the bank --------------------------------------------------------------------------------


def test_the_wrong_line_is_the_mistakes():
    made = bank("which-line", "train the_update_goes")
    solution = load("train").source.solution.splitlines()[1:]
    shown = [f"    {option.text}" for option in made.options]
    assert [a for a, b in zip(shown, solution, strict=True) if a != b] == [
        f"    {made.options[made.right].text}"
    ]
    assert "uphill" in made.options[made.right].reason


def test_a_symptom_is_what_the_check_says():
    made = bank("symptom", "mean_loss the_model_stays")
    right = made.options[made.right]
    assert "``model`` was changed by the call" in right.text
    assert sum("The check says that it is right" in option.text for option in made.options) == 1
    beside = bank("symptom", "mean_loss the_model_stays", beside="the_result_is_a_tensor")
    assert len(beside.options) == 3


ORDERED = ("tanh_backward", "repair_evaluation", "two_layer_module", "one_step")


@pytest.mark.parametrize("id", quick_for(("tanh_backward", "one_step"), ORDERED))
def test_orders_are_all_that_pass_and_no_others(id):
    made = bank("parsons", id)
    pieces = made.lines.pieces
    head, _ = pieces_of(load(id).source.solution)
    indent = re.match(" *", load(id).source.solution.splitlines()[1])[0]
    whole = ["\n".join(indent + row for row in piece.split("\n")) for piece in pieces]
    passing = {
        order
        for order in itertools.permutations(range(len(pieces)))
        if passes(load(id), head, [whole[n] for n in order]) is None
    }
    assert passing == set(made.lines.orders)


@pytest.mark.parametrize(
    ("id", "line", "places"),
    [  # found by a reader: no way from one to another by exchanging neighbours
        ("sgd", "losses.append", {4, 5, 8}),
        ("two_layer_module", "def forward", {0, 4}),
        pytest.param("repair_order", "zero_grad", {3, 4, 5, 6, 7}, marks=pytest.mark.slow),
    ],
)
def test_a_line_may_stand_wherever_the_check_passes(id, line, places):
    lines = bank("parsons", id).lines
    (at,) = [n for n, piece in enumerate(lines.pieces) if line in piece]
    assert {order.index(at) for order in lines.orders} == places


def test_a_line_that_is_never_reached_belongs_nowhere():
    pieces = ["    x = 1", "    for i in range(x):", "        break", "    return x"]
    assert list(sensible_orders("def f():", pieces)) == [(0, 1, 2, 3)]


@pytest.mark.slow
def test_a_line_too_many_belongs_nowhere():
    made = bank("parsons", "train the_losses_are_tensors")
    ((extra, reason),) = made.lines.distractors.items()
    assert made.lines.pieces[extra].strip() == "losses.append(loss)"
    assert "tensors" in reason
    assert all(extra not in order for order in made.lines.orders)
    spare = {order.index(n) for order in made.lines.orders for n in order}
    assert spare == set(range(10))


# -- rules --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "old", "new", "below", "mend"),
    [
        (PREDICT, "   :aim: 2\n", "", 0, "which aim"),
        (PREDICT, ":aim: 2", ":aim: 4", 0, "which aim"),
        (
            PREDICT,
            "   + Both are repeated: the column\n     to the right.\n",
            "",
            3,
            "one `\\+ why`",
        ),
        (PREDICT, "torch.arange(3)[:, None]", "torch.arange(3).reshape(1, 3)", 0, "give the same"),
        (PREDICT, "       torch.ones(3, 1) -> torch.ones(3)\n", "", 9, "code of the misconception"),
        (PREDICT, "torch.ones(3, 1) ->", "torch.ones(4, 1) ->", 9, "found 0 times"),
        (PREDICT, "print(tuple(t.shape))", "shape = t.shape", 3, "prints nothing"),
        (PREDICT, "print(tuple(t.shape))", "print(object())", 3, "memory address"),
        (PREDICT, "print(tuple(t.shape))", "print(u.shape)", 3, "does not run: NameError"),
        (PREDICT, "where both are vectors", "in 7 places", 9, "the number 7 is in no code"),
        (PREDICT, "tuple(t.shape)", "str(t.tolist()) * 3", 0, ""),
        (PREDICT, "   - Ent", "   x\n   - Ent", 9, "expected `\\+ why`"),
        (CHOOSE, "   :test: x.shape == (3, 1)\n", "", 0, "`:test:`"),
        (CHOOSE, "x = v + 0", "x = (", 7, "does not run"),
        (CHOOSE, "   - There is nothing to transpose.\n       x = v + 0\n", "", 0, "needs a wrong"),
        (REPAIR, "losses", "curve", 3, "makes no 'losses'"),
        (REPAIR, "x.item() ** 2", "y.item() ** 2", 3, "does not run"),
    ],
)
def test_each_rule_says_where_and_what_to_do(text, old, new, below, mend):
    assert old in text
    (written,) = written_in(script(text.replace(old, new)))
    if not mend:
        make(written)
        return
    with pytest.raises(Fault, match=mend) as caught:
        make(written)
    assert caught.value.offset == below


def test_an_option_that_gives_itself_away_is_refused():
    long = "print(tuple(t.shape), 'and much more than any other option says')"
    with pytest.raises(Fault, match="far longer than all others"):
        item(
            PREDICT.replace(
                "       torch.ones(3, 1) -> torch.ones(3)", f"       = t = 1\n       = {long}"
            ).replace("tuple(t.shape), 'and", "'and")
        )


@pytest.mark.parametrize(
    ("kind", "argument", "options", "mend"),
    [
        ("which-line", "trane the", {}, "no exercise 'trane'"),
        ("which-line", "train", {}, "exercise and mistake"),
        ("which-line", "train the_", {}, "mistakes of 'train' start with 'the_'"),
        ("which-line", "train nothing_like", {}, "0 mistakes of 'train'"),
        ("which-line", "train the_gradients_pile", {}, "not one wrong line"),
        ("symptom", "backward_pass nothing", {}, "0 mistakes"),
        ("parsons", "one_hot", {}, "has 1 lines to order"),
        ("parsons", "train the_gradients_pile", {}, "not one wrong line"),
        ("shapes", "cube", {"seed": "1"}, "no kind 'cube'"),
        ("shapes", "memory", {}, "by which seed"),
    ],
)
def test_each_reference_to_the_bank_is_checked(kind, argument, options, mend):
    with pytest.raises(Fault, match=mend):
        bank(kind, argument, **options)


def test_an_item_stands_once():
    text = script(PREDICT) + "#\n" + script(PREDICT).removeprefix("# %%\n")
    ((line, mend),) = broken_items(text)
    assert line == text.splitlines().index("# .. predict::", 5) + 1
    assert "line 2" in mend


def test_the_order_of_options_follows_from_the_text_alone():
    first, second = item(PREDICT), item(PREDICT)
    assert first == second
    orders = {
        tuple(
            option.text for option in item(PREDICT.replace("Entries", f"Entries{'!' * n}")).options
        )
        for n in range(20)
    }
    assert len(orders) == 6


def test_guessing_is_counted():
    def one(right, *texts):
        options = tuple(Option(text, n == right, "r") for n, text in enumerate(texts))
        return Item("predict", 1, "k", "T", "Q", "c", options)

    found = guessing([one(0, "long", "s"), one(0, "longer", "s", "t"), one(1, "s", "long")])
    assert found["option A"]["right"] == pytest.approx(2 / 3)
    assert found["the longest option"]["right"] == 1
    assert found["the shortest option"]["right"] == 0
    assert found["option A"]["chance"] == pytest.approx((1 / 2 + 1 / 3 + 1 / 2) / 3)
    assert found["option C"]["right"] == pytest.approx((1 / 2 + 0 + 1 / 2) / 3)


# -- the lessons --------------------------------------------------------------------------------


LESSONS = {path.stem: path for path in sorted((ROOT / "gallery").glob("*/plot_*.py"))}


@pytest.mark.parametrize("path", quick_for(("plot_1_from_numpy",), LESSONS))
def test_each_item_of_a_lesson_holds_together(path):
    assert list(broken_items(path.read_text(encoding="utf-8"))) == []


def test_exercises_and_mistakes_behind_a_lesson_are_known():
    text = script(
        ".. which-line:: train the_update_goes\n   :aim: 1\n\n.. parsons:: sgd\n   :aim: 1\n"
    )
    assert references(text) == {"train", "sgd"}


LESSON = '''"""
T
=

.. lesson::
   :assumes: x

   - one
   - two,
     and more
   - three
"""
'''


def test_aims_are_counted_with_exercises():
    aims, counted = aims_of(LESSON + script(PREDICT) + "# .. exercise:: sgd\n#    :aim: 1 2\n")
    assert aims == ["one", "two, and more", "three"]
    assert counted == {1: 1, 2: 2}


def test_an_aim_that_nothing_assesses_is_told(tmp_path):
    path = tmp_path / "plot_x.py"
    path.write_text(LESSON + script(PREDICT), encoding="utf-8")
    found = list(RULES["assessed aims"](Script(path)))
    assert [line for line, _ in found] == [5, 5]
    assert "aim 1, 'one'" in found[0][1]
    assert "aim 3, 'three'" in found[1][1]


def test_a_build_names_lesson_and_aim_and_ways_to_guess(monkeypatch):
    said = []
    monkeypatch.setattr(
        practice.logger, "warning", lambda text, *args, **_: said.append(text % args)
    )
    items = [item(PREDICT.replace("Entries", f"Entries{'!' * n}")) for n in range(100)]
    always_first = [
        replace(each, options=tuple(sorted(each.options, key=lambda option: not option.right)))
        for each in items
    ]
    lesson = practice.LessonPractice("1.1", "lessons/x", "X", ("one", "two"), items, {"sgd": (2,)})
    monkeypatch.setattr(practice, "practice_of", lambda app: [lesson])
    app = SimpleNamespace(config=SimpleNamespace(assess_every_aim=True))
    practice.check_practice(app, None)
    assert [text for text in said if "assesses" in text] == [
        "lesson 1.1: no item and no exercise assesses aim 1, 'one': write a practice item with"
        " `:aim: 1`"
    ]
    said.clear()
    monkeypatch.setattr(practice, "practice_of", lambda app: [lesson._replace(items=always_first)])
    practice.check_practice(app, None)
    assert any("always takes option A is right in 100.0 %" in text for text in said)


def test_the_examples_for_authors_work():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    shown = re.findall(r"```python\n(# \.\. .*?)```", text, re.S)
    made = [make(written) for block in shown for written in written_in(block)]
    assert {each.kind for each in made} == {"predict", "choose", "repair", "which-line"}
    section = text.partition("## How to write a practice item")[2].partition("\n## ")[0]
    assert all(f"`{name}" in section for name in FORMS)
    assert all(f"`{name}`" in section for name in KINDS)
    assert practice.LARGEST_ITEM == 3000
