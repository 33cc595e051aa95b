"""Random programs: what is drawn is what autograd does."""

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from pytorch_primer import backward_steps, draw_graph

UNARY = [torch.sin, torch.exp, torch.neg, lambda t: t.detach(), lambda t: t.view(-1), torch.clone]
BINARY = [torch.add, torch.mul, torch.sub, torch.maximum, lambda a, b: torch.stack([a, b]).sum(0)]

programs = st.lists(
    st.tuples(st.integers(0, len(UNARY) + len(BINARY) - 1), st.integers(0), st.integers(0)),
    min_size=1,
    max_size=25,
)

# What lies between the first and the last operations is one that saves a tensor.
BRINGS_A_SAVED_TENSOR = [(0, 0, 0), (0, 0, 0), (2, 17350014, 0), (0, 0, 0), (0, 4, 0), (0, 0, 0)]
BRINGS_A_SAVED_TENSOR += [(0, 0, 0), (0, 3, 0), (6, 719, 352)]


def run(program, requires_grad):
    """Return the leaves and every tensor of a program whose results are all near 1."""
    leaves = [torch.full((3,), 0.1 * (i + 1), requires_grad=r) for i, r in enumerate(requires_grad)]
    tensors = list(leaves)
    for operation, i, j in program:
        a, b = tensors[i % len(tensors)], tensors[j % len(tensors)]
        if operation < len(UNARY):
            tensors.append(UNARY[operation](a.clamp(-2, 2)))
        else:
            tensors.append(BINARY[operation - len(UNARY)](a, b))
    return leaves, tensors


@given(programs, st.lists(st.booleans(), min_size=1, max_size=5))
@example([(7, 0, 1), (7, 2, 0)], [False, True])  # c * x * c: both uses are freed
def test_drawn_leaves_are_the_tensors_that_get_a_gradient(program, requires_grad):
    leaves, tensors = run(program, requires_grad)
    output = tensors[-1].sum()
    names = {f"leaf {i}": leaf for i, leaf in enumerate(leaves)}
    graph = draw_graph(output, params=names, max_nodes=None)
    drawn = {node.label for node in graph.nodes if node.kind == "leaf"}
    if output.requires_grad:
        output.backward()
    assert drawn == {name for name, leaf in names.items() if leaf.grad is not None}
    # A freed graph has the same boxes, but what its constants are is not known any more.
    freed = draw_graph(output, params=names, max_nodes=None)
    assert freed.edges == graph.edges
    assert list(map(without_constants, freed.nodes)) == list(map(without_constants, graph.nodes))


def without_constants(node):
    return (node.key, node.kind) if node.kind == "constant" else node


@given(programs, st.lists(st.booleans(), min_size=1, max_size=5))
def test_every_operand_comes_before_its_operation(program, requires_grad):
    _, tensors = run(program, requires_grad)
    graph = draw_graph(tensors[-1], max_nodes=None)
    position = {node.key: i for i, node in enumerate(graph.nodes)}
    assert all(position[edge.source] < position[edge.target] for edge in graph.edges)
    arrows = [(edge.target, edge.operand) for edge in graph.edges]
    assert len(arrows) == len(set(arrows))


@pytest.mark.slow
@given(programs, st.integers(20, 60))
@example(BRINGS_A_SAVED_TENSOR, 20)
def test_a_folded_drawing_keeps_to_its_limit_and_counts_the_rest(program, max_nodes):
    program = program * 6
    _, tensors = run(program, [True, True, False])
    everything = draw_graph(tensors[-1], max_nodes=None, show_saved=True)
    folded = draw_graph(tensors[-1], max_nodes=max_nodes, show_saved=True)
    assert len(folded.nodes) <= max_nodes

    def number(graph, kind):
        return sum(node.kind == kind for node in graph.nodes)

    for kind in ("leaf", "op", "output"):
        left_out = folded.left_out.get(kind, 0)
        assert number(folded, kind) + left_out == number(everything, kind)
    if len(everything.nodes) <= max_nodes:
        assert folded.left_out == {}
    assert_no_cycle(folded)
    assert folded._repr_svg_()


def assert_no_cycle(graph):
    waiting = {node.key: set() for node in graph.nodes}
    for edge in graph.edges:
        waiting[edge.target].add(edge.source)
    while waiting:
        free = {key for key, operands in waiting.items() if not operands & waiting.keys()}
        assert free, "a cycle"
        waiting = {key: operands for key, operands in waiting.items() if key not in free}


@pytest.mark.slow
@given(programs, st.lists(st.booleans(), min_size=1, max_size=4))
def test_gradients_on_the_last_frame_are_autograds(program, requires_grad):
    leaves, tensors = run(program, [True, *requires_grad])
    output = (tensors[-1] * leaves[0]).sum()
    names = {f"leaf {i}": leaf for i, leaf in enumerate(leaves)}
    steps = backward_steps(output, params=names, max_nodes=10_000)
    reached = [name for name, leaf in names.items() if leaf.requires_grad]
    gradients = torch.autograd.grad(output, [names[n] for n in reached], allow_unused=True)
    expected = {n: g.tolist() for n, g in zip(reached, gradients, strict=True) if g is not None}
    nodes = {node.label: node for node in steps[-1].nodes if node.kind == "leaf"}
    assert nodes.keys() == expected.keys()
    for name, gradient in expected.items():
        assert nodes[name].grad == pytest.approx(gradient, rel=1e-6)
    assert all(leaf.grad is None for leaf in leaves)
    for leaf in nodes.values():
        # A leaf's gradient is the sum of what flows to it.
        arrows = [e.gradient for e in steps[-1].edges if e.source == leaf.key]
        received = torch.tensor([g for g in arrows if g is not None]).sum(0)
        assert leaf.grad == pytest.approx(received.tolist(), rel=1e-5, abs=1e-6)
