"""Graphs of any size are answered at once, folded where they are too large to be read.

How many seconds that takes is measured by ``bench``; here it is counted.
"""

import gc
import subprocess
import sys

import networkx
import pytest
import torch
from bench.shapes import (
    SHAPES,
    chain,
    dense,
    fan_out,
    network,
    one_leaf_many_times,
    running_sum,
    tree,
)
from tests.samples import quick_for

from pytorch_primer import draw_graph


def calls_of(function):
    """Return how many functions are called, Python's and C's, whatever the machine's speed."""
    number = 0

    def count(frame, event, argument):
        nonlocal number
        number += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        function()
    finally:
        sys.setprofile(None)
    return number


@pytest.mark.parametrize("make", quick_for(["chain"], {make.__name__: make for make in SHAPES}))
def test_the_work_grows_no_faster_than_the_graph(make):
    small, large = make(1000), make(4000)
    for limit in (300, None):
        draw_graph(small, max_nodes=limit)  # what is imported and cached once
        few = calls_of(lambda limit=limit: draw_graph(small, max_nodes=limit))
        many = calls_of(lambda limit=limit: draw_graph(large, max_nodes=limit))
        assert many < 4.4 * few


SIZES = [
    pytest.param(n, marks=() if n in (290, 1000) else pytest.mark.slow)
    for n in (150, 290, 1000, 10_000)
]


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("make", SHAPES)
def test_what_is_laid_out_is_limited_at_every_shape_and_size(make, n):
    graph = draw_graph(make(n))
    assert len(graph.nodes) <= 300
    assert len(graph.edges) <= 3 * 300
    assert "<svg" in graph._repr_svg_()
    if n >= 1000 and make not in (one_leaf_many_times, dense):
        assert sum(graph.left_out.values()) > n // 2
        assert "Left out of the drawing" in graph.description


def test_a_long_chain_is_plain_data_and_folds():
    output = chain(2000)
    everything = draw_graph(output, max_nodes=None)
    assert sum(node.kind == "op" for node in everything.nodes) == 2000
    assert everything.left_out == {}
    folded = draw_graph(output)
    kept = sum(node.kind == "op" for node in folded.nodes)
    assert folded.left_out == {"op": 2000 - kept}
    (box,) = [node for node in folded.nodes if node.kind == "folded"]
    assert box.label == f"⋮ {2000 - kept:,} operations"
    assert box.label in folded._repr_svg_()
    assert f"{2000 - kept:,} operations" in folded.description


def test_the_first_and_the_last_operations_are_kept():
    x = torch.ones(2, requires_grad=True)
    y = torch.exp(torch.log(x))
    for _ in range(1000):
        y = torch.sin(y)
    y = torch.cos(torch.tanh(y))
    labels = [node.label for node in draw_graph(y).nodes]
    assert labels[:3] == ["x", "log", "exp"]
    assert labels[-3:] == ["tanh", "cos", "y"]


def names_of_modules(graph, net):
    leaves = {n.label for n in graph.nodes if n.kind == "leaf"}
    return {name.split(".")[0] for name, _ in net.named_parameters() if name in leaves}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("layers", [1, 2, 4])
def test_the_first_operations_are_those_that_ran_first(layers):
    """Not those that a walk from the output meets first: the encoder runs before the decoder."""
    net = torch.nn.Transformer(8, 2, layers, layers, 16, batch_first=True)
    output = net(torch.rand(1, 5, 8), torch.rand(1, 4, 8))
    graph = draw_graph(output, params=dict(net.named_parameters()))
    assert {"encoder", "decoder"} <= names_of_modules(graph, net)
    assert_no_cycle(graph)


def test_branches_are_begun_where_they_ran_first():
    x = torch.ones(2, requires_grad=True)
    first = x.exp()
    for _ in range(200):
        first = first.sin()
    second = x.tanh()
    for _ in range(200):
        second = second.cos()
    # The walk goes down the first operand first, whichever ran first.
    for output in (first - second, second - first):
        labels = [node.label for node in draw_graph(output, params={}).nodes]
        assert "exp" in labels
        assert "tanh" not in labels


def test_a_view_that_was_changed_in_place_is_folded_too():
    x = torch.ones(400, requires_grad=True)
    y = x * 1
    for i in range(400):
        y[i].mul_(2)
    graph = draw_graph(y.sum())
    assert len(graph.nodes) <= 30
    assert_no_cycle(graph)


@pytest.mark.parametrize("num_leaves", [4, 8, 40])
def test_leaves_of_a_first_operation_that_are_used_again_make_no_cycle(num_leaves):
    leaves = [torch.ones(2, requires_grad=True) for _ in range(num_leaves)]
    y = torch.stack(leaves).sum(0)
    for i in range(200):
        y = torch.sin(y) * leaves[i % num_leaves]
    graph = draw_graph(torch.stack([y, *leaves]).sum(), max_nodes=20)
    assert_no_cycle(graph)
    assert len(graph.nodes) <= 20
    assert graph._repr_svg_()


def assert_no_cycle(graph):
    drawing = networkx.DiGraph([(edge.source, edge.target) for edge in graph.edges])
    assert networkx.is_directed_acyclic_graph(drawing)


def test_a_wide_fan_in_folds_its_leaves_to_one_box():
    leaves = [torch.ones(2, requires_grad=True) for _ in range(1000)]
    graph = draw_graph(torch.stack(leaves))
    (box,) = [node for node in graph.nodes if node.kind == "folded"]
    assert box.label == f"⋮ {graph.left_out['leaf']} leaves"
    (edge,) = [edge for edge in graph.edges if edge.source == box.key]
    assert edge.times == graph.left_out["leaf"]


def test_many_outputs_fold():
    x = torch.ones(500, requires_grad=True)
    graph = draw_graph(*x.unbind())
    assert len(graph.nodes) <= 40
    assert graph.left_out["output"] > 400
    empty = draw_graph(*torch.ones(500).unbind())
    assert empty.left_out["empty"] > 400
    assert "Left out" in empty.description


def test_a_hundred_operations_are_not_folded():
    for make in (chain, running_sum, tree, fan_out, network):
        assert draw_graph(make(99)).left_out == {}


# In a process of its own: what goes wrong here is a stack overflow, which ends the process.
DEEP = """
import torch
from pytorch_primer import draw_graph
x = torch.ones(2, requires_grad=True)
y = x
for _ in range(100_000):
    y = torch.sin(y)
graph = draw_graph(y, max_nodes=None)
assert sum(node.kind == "op" for node in graph.nodes) == 100_000, len(graph.nodes)
assert "<svg" in draw_graph(y)._repr_svg_()
del graph
z = y * 2
del y
del z
for _ in range(3):
    half = None
    y = x
    for i in range(100_000):
        y = torch.sin(y)
        half = y if i == 50_000 else half
    draw_graph(y, half)
    del y
    del half
"""


@pytest.mark.slow
def test_a_chain_of_a_hundred_thousand_is_walked_drawn_and_deleted():
    done = subprocess.run([sys.executable, "-c", DEEP], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_memory_of_a_deep_graph_is_given_back():
    freed = []

    class Tell(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            class Flag:
                def __del__(self):
                    freed.append(True)

            ctx.flag = Flag()
            return x.clone()

        @staticmethod
        def backward(ctx, grad):
            return grad

    x = torch.ones(2, requires_grad=True)
    y = Tell.apply(x)
    for _ in range(12_000):
        y = torch.sin(y)
    draw_graph(y, y + 1)
    assert not freed
    del y
    gc.collect()
    assert freed
