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


def test_a_short_number_is_proved_near_by_and_a_long_one_anywhere():
    cells = [Cell(10 * n, {float(n), 1000.0 + n}) for n in range(1, 8)]
    proofs = Proofs("lessons/a/b", cells)
    assert proofs.unproved("3 and 1003", 25) == []
    assert [number.text for number in proofs.unproved("3 and 1003", 65)] == ["3"]
    assert proofs.unproved("Lesson 9.4 tells more", 25) == []


def test_code_outputs_and_other_text_are_no_prose():
    text = "one 1\n\n::\n\n   two = 2\n\n.. math:: x = 3\n\n.. comment 4\n\n- five ``5`` *6*"
    prose = [words for _, words, _ in numbers.prose(publish_doctree(text))]
    assert [value for words in prose for value in values(words)] == [1, 3, 5, 6]


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
