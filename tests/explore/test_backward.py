"""The backward explorer's gradients, run in node, against torch's in float64; bad expressions."""

import math
import random
from pathlib import Path

import pytest
import torch
from tests.explore.node import answers

JS = Path(__file__).parents[2] / "docs/explore/js"
RUN = f"""
import {{ ExpressionError, parse }} from "file://{JS}/expression.js";
import {{ backward, forward, notFinite }} from "file://{JS}/gradients.js";
let text = "";
for await (const part of process.stdin) text += part;
console.log(JSON.stringify(JSON.parse(text).map(([e, named]) => {{
    try {{
        const graph = parse(e);
        const values = forward(graph, named);
        const {{ gradients, steps }} = backward(graph, values);
        const of = (name) => gradients[graph.vertices.findIndex((v) => v.name === name)];
        const found = Object.fromEntries(graph.names.map((name) => [name, String(of(name))]));
        const odd = notFinite(graph, values);
        return {{ value: String(values.at(-1)), gradients: found, steps: steps.length, odd }};
    }} catch (problem) {{
        if (!(problem instanceof ExpressionError)) throw problem;
        return {{ message: problem.message, at: problem.at }};
    }}
}})));
"""


def in_node(questions):
    """Read expressions as the page does; each comes with its named numbers."""
    return answers(RUN, questions)


TOLERANCE = 1e-12
FUNCTIONS = {name: getattr(torch, name) for name in ("exp", "log", "tanh", "relu", "sigmoid")}


def by_torch(e, named):
    """Give the value and the gradients of an expression, by autograd."""
    leaves = {
        name: torch.tensor(value, dtype=torch.float64, requires_grad=True)
        for name, value in named.items()
    }
    result = eval(e, {"__builtins__": {}}, FUNCTIONS | leaves)
    result.backward()
    return result.item(), {name: leaf.grad for name, leaf in leaves.items()}


def expression(rng, depth):
    """Write a random expression, with brackets where it pleases."""
    if depth == 0 or rng.random() < 0.15:
        return rng.choice(
            ["a", "b", "c", "a", "b", f"{rng.uniform(0.1, 3):.2f}", str(rng.randint(1, 4))]
        )
    kind = rng.random()
    inner = lambda: expression(rng, depth - 1)  # noqa: E731
    if kind < 0.25:
        return f"{rng.choice(list(FUNCTIONS))}({inner()})"
    if kind < 0.33:
        return f"-{inner()}"
    if kind < 0.43:
        return f"({inner()}) ** {rng.choice(['2', '3', '-1', '0.5', '(b)', 'a'])}"
    left, right = inner(), inner()
    if rng.random() < 0.7:
        left = f"({left})"
    if rng.random() < 0.7:
        right = f"({right})"
    return f"{left} {rng.choice('+-*/')} {right}"


def cases(count):
    """Draw expressions that have a finite value, with their numbers."""
    rng = random.Random(14)
    made = []
    while len(made) < count:
        e = expression(rng, rng.randint(1, 5))
        named = {
            name: float(f"{rng.uniform(-2, 3):.3g}")
            for name in "abc"
            if name in e.replace("tanh", "")
        }
        try:
            value, gradients = by_torch(e, named)
        except (AttributeError, ArithmeticError, TypeError):
            continue  # Python's own numbers without a named one: nothing to differentiate
        if all(g is not None for g in gradients.values()) and math.isfinite(value):
            made.append((e, named))
    return made


def spread(e, named, name):
    """Give how far torch's own gradient moves when a number moves by one rounding."""
    at = by_torch(e, named)[1][name].item()
    eps = torch.finfo(torch.float64).eps
    nudged = (
        {**named, other: named[other] * (1 + side * eps)} for other in named for side in (1, -1)
    )
    return max(abs(by_torch(e, numbers)[1][name].item() - at) for numbers in nudged)


@pytest.mark.parametrize("count", [50, pytest.param(500, marks=pytest.mark.slow)])
def test_random_expressions_have_the_gradients_of_torch(count):
    made = cases(count)
    answers = in_node(made)
    worst, cancelled = 0.0, 0
    for (e, named), answer in zip(made, answers, strict=True):
        assert "message" not in answer, (e, answer)
        value, gradients = by_torch(e, named)
        assert float(answer["value"]) == pytest.approx(value, rel=1e-12, abs=1e-300), e
        for name, gradient in gradients.items():
            ours, theirs = float(answer["gradients"][name]), gradient.item()
            if not math.isfinite(theirs):
                assert not math.isfinite(ours), (e, name)
                continue
            allowed, own = TOLERANCE * max(abs(theirs), 1e-12), spread(e, named, name)
            if 8 * own > allowed:
                cancelled += 1
                allowed = 8 * own
            else:
                worst = max(worst, abs(ours - theirs) / max(abs(theirs), 1e-12))
            assert abs(ours - theirs) <= allowed, (e, named, name, ours, theirs)
    print(f"worst relative difference {worst:.1e}; {cancelled} gradients where digits cancel")
    assert cancelled < 25


MALFORMED = """
| | ( | ) | a + | + * a | a b | 2 a | a ** | ** a | (a | a) | ((a)
| a + (b | a * / b | sin(a) | exp a
| exp | exp( | exp() | exp(a | log(,) | a, b | a = b | a == b | a; b | a.b | a[0] | {a} | "a" | 'a'
| `a` | a $ b | a @ b | a % b | a // b | a & b | b! | 1.2.3 * a | 1e * a | 1..2 + a | .  | a +* b
| alert(1) | a ? b : c | a => b | 𝑥 | a + é | () | a () | (a)(b) | 3 | 1 + 2 | exp(2)
| 1e999 * a | a \\ b | a # b | <b>a</b> | a:b
"""


def malformed():
    found = [part.strip("\n") for part in MALFORMED.replace("\n", " ").split("| ")][1:]
    return [
        *{part.strip() for part in found},
        "a" * 301,
        "(" * 100 + "a" + ")" * 100,
        "+".join("a" * 70),
    ]


def test_malformed_expressions_give_a_message_at_a_character():
    texts = malformed()
    assert len(texts) >= 50
    for e, answer in zip(
        texts, in_node([(e, {"a": 1.0, "b": 2.0, "c": 1.0}) for e in texts]), strict=True
    ):
        assert "message" in answer, (e, answer)
        assert 0 <= answer["at"] <= len(e), (e, answer)


def test_a_message_points_at_the_character():
    wrong_at = {"a + * b": 4, "a $ b": 2, "(a + b": 6, "a + b)": 5, "sin(a)": 0, "a b": 2, "  )": 2}
    told = in_node([(e, {"a": 1.0, "b": 1.0}) for e in wrong_at])
    assert {e: answer["at"] for e, answer in zip(wrong_at, told, strict=True)} == wrong_at


def test_the_order_of_the_signs_is_that_of_python():
    rng, written, named = random.Random(3), [], {"a": 1.3, "b": 0.7}
    for _ in range(60):
        parts = [rng.choice(["a", "b", "2", "3"])]
        for _ in range(rng.randint(1, 5)):
            sign = rng.choice(["+", "-", "*", "/", "**", "+ -", "* -", "** -"])
            parts += [sign, rng.choice(["a", "b", "2"])]
        written.append("-" * rng.randint(0, 1) + " ".join(parts))
    told = in_node([(e + " + 0 * a + 0 * b", named) for e in written])
    for e, answer in zip(written, told, strict=True):
        expected = eval(e, {}, named)
        if isinstance(expected, complex):
            continue
        assert float(answer["value"]) == pytest.approx(expected, rel=1e-12), e


def test_a_value_without_a_number_is_said_where_it_arises():
    (answer,) = in_node([("a + log(b)", {"a": 1.0, "b": -1.0})])
    assert answer["odd"]["at"] == 4
    assert "log gives NaN" in answer["odd"]["text"]
