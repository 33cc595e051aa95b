"""The gate reads numbers as people do, and lets nothing pass that is not proved."""

import ast
import math

import pytest
from docutils.core import publish_doctree

from course_site import numbers
from course_site.numbers import Cell, Proofs, can_fail, numbers_in, numbers_in_code, proves


def values(text):
    return [number.value for number in numbers_in(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("after 20 steps, 0.27 is left", [20, 0.27]),
        ("the slope is −12", [-12]),
        ("it starts at -4.", [-4]),
        ("x − 2 and x-2", [2, 2]),  # an operation's minus is no sign
        ("(0.216, −0.089)", [0.216, -0.089]),
        ("10⁻³ and 3·10⁻², 10^{-6}", [1e-3, 3e-2, 1e-6]),
        (r"about 3 \cdot 10^{38}", [3e38]),
        ("1e-4 or 2.5e3", [1e-4, 2500]),
        ("70 000 images, 1,797 of them", [70_000, 1797]),
        ("float32, x1, w_1, x^2 and #1f5fc4", []),
        ("shape (2, 3) at version 2.13.0", [2, 3]),
        ("28×28", [28, 28]),
        ("commit 0897e49337, 10^{999} and 0^{-1}", [math.inf] * 3),
    ],
)
def test_numbers_are_read_from_text(text, found):
    assert values(text) == pytest.approx(found)


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("x = -2", {-2}),
        ("y = 2 * 3 + x", {2, 3, 6}),
        ("assert 4.8**2 == y", {4.8, 2, 4.8**2}),
        ("print('after 20 steps')", {20}),
        ("t[3] = 5", {5}),
        ("round(x, 7)", set()),
        ("torch.allclose(a, b, atol=9)", set()),
        ("done = True", set()),
    ],
)
def test_numbers_are_read_from_code(code, found):
    assert set(numbers_in_code(ast.parse(code))) == found


@pytest.mark.parametrize(
    ("known", "text", "proved"),
    [
        (0.2158, "0.216", True),
        (0.2158, "0.215", False),
        (0.2158, "−0.216", False),
        (0.2158, "2.16", False),
        (0.947, "94.7 %", True),
        (95.0, "95 %", True),
        (0.947, "95 %", False),  # rounded further than what is known says
        (19.6, "20", False),  # an integer is not a rounding
        (math.inf, "3.5", False),
        (2.0, "2.0", True),
    ],
)
def test_a_number_is_proved_by_what_it_is_or_rounds_to(known, text, proved):
    (number,) = numbers_in(text)
    assert proves({known}, number) is proved


@pytest.mark.parametrize(
    ("condition", "can"),
    [
        ("True", False),
        ("1 == 1", False),
        ("-1 < 2", False),
        ("(x, 'always true')", False),
        ("x == x", False),
        ("run(0) == run(0)", True),
        ("len(x) >= 0", False),
        ("x == 2 or True", False),
        ("x == 2 and True", True),
        ("x == 2", True),
        ("len(x) >= 1", True),
        ("x", True),
        ("round(4.8**2) == 23", True),
    ],
)
def test_an_assertion_that_cannot_fail_does_not_count(condition, can):
    assert can_fail(ast.parse(condition, mode="eval").body) is can


def test_worthless_assertions_prove_nothing():
    code = "assert True\nassert 7 == 7\nassert x == 8\ntorch.testing.assert_close(x, 9.0)"
    tree = ast.parse(code)
    found = {value for node in numbers.assertions(tree) for value in numbers_in_code(node)}
    assert found == {8, 9}


def cell(line, code):
    return Cell(line, list(numbers.statements_of(ast.parse(code))))


def unproved(cells, text, line, docname="lessons/a/b"):
    claims = numbers.claims_of_source(docname, text)
    return [claim.text for claim in claims if not Proofs(cells).prove(claim, line)]


def test_a_short_number_is_proved_near_by_and_a_long_one_anywhere():
    cells = [cell(10 * n, f"assert steps == {n}\nassert x == 1000 + {n}") for n in range(1, 8)]
    assert unproved(cells, "after 3 steps, or 1003", 25) == []
    assert unproved(cells, "after 3 steps, or 1003", 65) == ["3"]
    assert unproved(cells, "after 8 steps", 65) == ["8"]
    assert unproved(cells, "Lesson 9.4 tells more", 25) == []


def test_a_short_number_needs_a_statement_that_speaks_of_the_same():
    cells = [cell(10, "assert num_steps == 3\nassert loss == 4, 'of the ball'\nx = 5")]
    assert unproved(cells, "3 steps, and the ball at 4, and x at 5", 10) == []
    assert unproved(cells, "3 networks", 10) == ["3"]
    assert unproved(cells, "4 networks have learned", 10) == ["4"]


def test_a_short_number_is_proved_by_what_shares_most_words_with_its_sentence():
    cells = [cell(10, "assert steps == 3, 'until the ball stops'\nassert all_steps == 4, 'there'")]
    assert unproved(cells, "The ball stops after 3 steps. There are 4 steps.", 10) == []
    assert unproved(cells, "The ball stops after 4 steps. There are 3 steps.", 10) == ["4", "3"]
    assert unproved(cells, "The ball stops after 3 steps (of 4).", 10) == ["4"]


def test_what_shares_as_many_words_proves_as_well():
    cells = [cell(10, "assert steps == 3\nassert num_steps == 4, 'of it'")]
    assert unproved(cells, "3 steps and 4 steps", 10) == []


def test_the_message_says_where_the_number_is_looked_for():
    proofs = Proofs([cell(10, "assert steps == 3, 'until the ball stops'\nassert loss == 4")])
    (claim,) = numbers.claims_of_source("a", "The ball stops after 4 steps.")
    said = proofs.complaint(claim, 10)
    assert said.startswith("4 is not in")
    assert "steps == 3" in said
    (claim,) = numbers.claims_of_source("a", "7 networks")
    assert "now that is" not in proofs.complaint(claim, 10)
    (claim,) = numbers.claims_of_source("a", "The ball stops after 4711 steps.")
    assert proofs.complaint(claim, 10).startswith("4711 is in no assertion, code or output of the")
    (claim,) = numbers.claims_of_source("a", "``view(4)``")
    assert proofs.complaint(claim, 10).startswith("view(4) is no code of the page")


def test_numbers_that_stand_together_are_proved_together():
    cells = [cell(10, "assert x.shape == (2, 3)\nassert (low, high) == (4, 5)")]
    assert unproved(cells, "The shape (2, 3). From low to high, 4 to 5.", 10) == []
    assert unproved(cells, "the shape (2, 4)", 10) == ["2, 4"]
    assert unproved(cells, "the shape (3, 3)", 10) == ["3, 3"]
    assert unproved(cells, r":math:`y = 2 x + 3`, and :math:`y = 2 x + 5`", 10) == ["y = 2 x + 5"]


def test_code_in_the_text_is_code_of_the_page():
    cells = [cell(10, "while x < 10:\n    x = x_1 + 7"), cell(90, "y = 3")]
    assert unproved(cells, "``x < 10`` and ``x_1 + 7`` and ``x = … + 7``", 90) == []
    assert unproved(cells, "``x < 11`` and ``x_1 + 8``", 10) == ["x < 11", "x_1 + 8"]
    assert unproved(cells, "``1``", 10) == ["1"]  # though ``10`` has it
    assert unproved(cells, "``x = 10 + y``", 10) == ["x = 10 + y"]  # though it has the number
    cells = [cell(10, "t.view(-1).mean()"), Cell(20, list(numbers.proved_by_block("h = 0.1   y")))]
    assert unproved(cells, "``view(-1)`` with ``h = 0.1``, and ``view(1)``", 10) == ["view(1)"]


def test_a_changed_claim_says_the_other_number():
    (claim,) = numbers.claims_in("from −4 to 0.50 %", frozenset())
    first, last = claim.numbers
    assert claim.changed(first, 4.0).text.startswith("4 to")
    assert claim.changed(last, 0.6).numbers[1].value == 0.6
    assert claim.changed(last, 0.6).numbers[1].percent


def test_code_outputs_and_other_text_are_no_prose():
    text = "one 1\n\n::\n\n   two = 2\n\n.. math:: x = 3\n\n.. comment 4\n\n- five ``5`` *6*"
    blocks = [block for block, _ in numbers.prose(publish_doctree(text))]
    found = [
        number.value for b in blocks for c in numbers.claims_of("a", b) for number in c.numbers
    ]
    assert sorted(found) == [1, 3, 5, 6]


def test_every_exception_has_a_reason():
    assert all(reason for _, _, reason in numbers.exceptions())


def test_an_exception_without_a_reason_is_an_error(monkeypatch, tmp_path):
    path = tmp_path / "numbers.toml"
    path.write_text("[[exception]]\ntext = '3'\n", encoding="utf-8")
    monkeypatch.setattr(numbers, "EXCEPTIONS", path)
    numbers.exceptions.cache_clear()
    with pytest.raises(ValueError, match=r"numbers\.toml: .* has no reason"):
        numbers.exceptions()
    numbers.exceptions.cache_clear()
