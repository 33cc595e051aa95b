"""The proof of the drawn data: values and gradients are computed again from them alone.

Only the boxes and arrows of a drawing are used, by rules written here; torch's own values and
gradients are what must come out.
"""

import math
import runpy
from collections import defaultdict
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pytorch_primer import backward_steps, draw_graph
from pytorch_primer.graph.build import draw

GALLERY = Path(__file__).parents[3] / "gallery"

# Of each operation the value, and the derivatives by its operands.
RULES = {
    "add": (lambda a, b: a + b, lambda a, b: (1, 1)),
    "sub": (lambda a, b: a - b, lambda a, b: (1, -1)),
    "mul": (lambda a, b: a * b, lambda a, b: (b, a)),
    "div": (lambda a, b: a / b, lambda a, b: (1 / b, -a / b**2)),
    "maximum": (max, lambda a, b: (0.5, 0.5) if a == b else (float(a > b), float(b > a))),
    "minimum": (min, lambda a, b: (0.5, 0.5) if a == b else (float(a < b), float(b < a))),
    "sin": (math.sin, lambda a: (math.cos(a),)),
    "cos": (math.cos, lambda a: (-math.sin(a),)),
    "tanh": (math.tanh, lambda a: (1 - math.tanh(a) ** 2,)),
    "exp": (math.exp, lambda a: (math.exp(a),)),
    "neg": (lambda a: -a, lambda a: (-1,)),
    "clone": (lambda a: a, lambda a: (1,)),
    "relu": (lambda a: max(a, 0.0), lambda a: (float(a > 0),)),
    "sum": (lambda a: a, lambda a: (1,)),
    "mean": (lambda a: a, lambda a: (1,)),
}


def rule(node):
    if node.label != "pow":
        return RULES[node.label]
    n = float(node.detail.removeprefix("exponent "))
    return lambda a: a**n, lambda a: (n * a ** (n - 1),)


def replay(graph):
    """Return value and gradient of every box, of scalars, from the drawn data alone.

    The operand of a sum that autograd did not keep follows from the value of the result, where
    that is drawn.
    """
    operands = defaultdict(list)
    for edge in graph.edges:
        operands[edge.target].append(edge)
    values = {}
    for node in graph.nodes:
        sources = [edge.source for edge in sorted(operands[node.key], key=lambda e: e.operand)]
        if node.kind in ("leaf", "constant"):
            values[node.key] = node.value
        elif node.kind in ("tensor", "output"):
            (source,) = sources
            values[node.key] = values[source] if values[source] is not None else node.value
        else:
            known = [values[source] for source in sources]
            values[node.key] = node.value if None in known else rule(node)[0](*known)
    assert None not in [values[n.key] for n in graph.nodes if n.kind == "output"]
    gradients = dict.fromkeys(values, 0.0)
    (output,) = [node.key for node in graph.nodes if node.kind == "output"]
    gradients[output] = 1.0
    for node in reversed(graph.nodes):
        edges = sorted(operands[node.key], key=lambda e: e.operand)
        if node.kind in ("tensor", "output"):
            gradients[edges[0].source] += gradients[node.key]
        elif node.kind == "op":
            # A sum's derivatives are numbers whatever its operands are: it kept none.
            known = [values[edge.source] for edge in edges]
            factors = rule(node)[1](*(0.0 if v is None else v for v in known))
            if node.label not in ("add", "sub"):
                assert None not in known
            for edge, factor in zip(edges, factors, strict=True):
                gradients[edge.source] += factor * gradients[node.key]
    return values, gradients


def assert_replayed(output, *, in_steps=True):
    """Compare what the drawn data give with what torch has and what torch computes."""
    leaves, todo = {}, [output.grad_fn]
    while todo:
        function = todo.pop()
        if hasattr(function, "variable"):
            leaves[id(function.variable)] = function.variable
        todo += [below for below, _ in function.next_functions if below is not None]
    names = {f"leaf {i}": tensor for i, tensor in enumerate(leaves.values())}
    graph = draw_graph(output, params=names, show_values=True, max_nodes=None)
    values, gradients = replay(graph)
    by_torch = torch.autograd.grad(output, list(leaves.values()), retain_graph=True)
    expected = dict(zip(names, (g.item() for g in by_torch), strict=True))
    sent = expected
    if in_steps:
        steps = backward_steps(output, params=names, max_nodes=None)
        sent = {node.label: node.grad for node in steps[-1].nodes if node.kind == "leaf"}
    for node in graph.nodes:
        if node.kind == "output":
            assert values[node.key] == pytest.approx(output.item(), rel=1e-4, abs=1e-5)
        if node.kind == "leaf":
            close = pytest.approx(expected[node.label], rel=1e-4, abs=1e-5)
            assert gradients[node.key] == close
            assert sent[node.label] == close
        if node.value is not None and node.kind == "op":
            assert values[node.key] == pytest.approx(node.value, rel=1e-4, abs=1e-5)
    return graph


UNARY = [torch.sin, torch.cos, torch.tanh, torch.neg, torch.clone, torch.relu, lambda t: t**2]
BINARY = [torch.add, torch.sub, torch.mul, torch.maximum, torch.minimum]
programs = st.lists(
    st.tuples(st.integers(0, len(UNARY) + len(BINARY) + 1), st.integers(0), st.integers(0)),
    min_size=1,
    max_size=20,
)


def run(program, start):
    tensors = [torch.tensor(v, requires_grad=True, dtype=torch.float64) for v in start]
    for operation, i, j in program:
        a, b = tensors[i % len(tensors)], tensors[j % len(tensors)]
        if operation < len(UNARY):
            made = UNARY[operation](a)
        elif operation < len(UNARY) + len(BINARY):
            made = BINARY[operation - len(UNARY)](a, b)
        else:  # constants that autograd keeps: sums keep none
            made = a * 0.5 if operation % 2 else a / 3.0
        tensors.append(torch.tanh(made) if made.abs() > 5 else made)
    return tensors[-1]


@pytest.mark.slow
@given(programs, st.lists(st.floats(-2, 2), min_size=1, max_size=3))
def test_random_programs_are_computed_again_from_their_drawing(program, start):
    output = run(program, start)
    if output.grad_fn is not None:
        assert_replayed(output)


def test_at_least_two_hundred_programs_are():
    generator = torch.Generator().manual_seed(0)

    def some(n, high):
        return torch.randint(high, (n,), generator=generator).tolist()

    sizes = []
    for i in range(200):
        n = 1 + some(1, 20)[0]
        program = list(
            zip(some(n, len(UNARY) + len(BINARY) + 2), some(n, 99), some(n, 99), strict=True)
        )
        start = (4 * torch.rand(3, generator=generator, dtype=torch.float64) - 2).tolist()
        graph = assert_replayed(run(program, start), in_steps=i % 10 == 0)
        sizes.append(len(graph.nodes))
    assert len(sizes) == 200
    assert max(sizes) > 12


DRAWING = sorted(
    path.relative_to(GALLERY).as_posix()
    for path in GALLERY.glob("*/plot_*.py")
    if "draw_graph(" in path.read_text(encoding="utf-8")
)


@pytest.mark.slow
@pytest.mark.parametrize("lesson", DRAWING)
def test_scalar_graphs_of_the_lessons_are_computed_again(lesson, monkeypatch):
    replayed = []
    noting = True

    # Below `draw_graph`, whose caller's names the drawing shows: a wrapper there would hide them.
    def noted(outputs, *arguments):
        nonlocal noting
        for output in outputs if noting else ():
            if output.grad_fn is not None and output.numel() == 1:
                noting = False
                replayed.append(assert_replayed(output))
                noting = True
        return draw(outputs, *arguments)

    monkeypatch.setattr("pytorch_primer.graph.build.draw", noted)
    monkeypatch.setattr("pytorch_primer.graph.backward.draw", noted)
    runpy.run_path(str(GALLERY / lesson))
    # Two lessons draw no scalar: one a tensor without a graph, one a network's output.
    none = ("autograd/plot_4_accumulation.py", "modules/plot_2_layers.py")
    assert bool(replayed) == (lesson not in none)
