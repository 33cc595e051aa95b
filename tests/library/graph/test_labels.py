"""What stands in the boxes and on the arrows, read back from the drawing."""

import html
import re
import warnings
from xml.etree import ElementTree

import matplotlib.pyplot as plt
import pytest
import torch
from tests.samples import quick_for

from pytorch_primer import backward_steps, draw_graph

SVG = "{http://www.w3.org/2000/svg}"


def texts(graph):
    """Return the lines of each box of the drawing by its key, without the sheet of facts."""
    root = ElementTree.fromstring(graph._repr_svg_())
    groups = [g for g in root.iter(f"{SVG}g") if g.get("data-key")]
    return {g.get("data-key"): [t.text for t in g.iter(f"{SVG}text")] for g in groups}


def on_arrows(graph):
    root = ElementTree.fromstring(graph._repr_svg_())
    edges = [g for g in root.iter(f"{SVG}g") if g.get("class") == "edge"]
    return sorted(t.text.replace("\xa0", " ") for g in edges for t in g.iter(f"{SVG}text"))


class Both(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, y):
        return 2 * x, torch.stack([y, y])

    @staticmethod
    def backward(ctx, first, second):
        return 2 * first, second.sum(0)


TWO = {
    "function": lambda x: Both.apply(x, x),
    "unbind": lambda x: x.view(2, 2).unbind(),
    "split": lambda x: x.split([1, 3]),
    "chunk": lambda x: x.chunk(2),
    "svd": lambda x: torch.linalg.svd(x.view(2, 2)),
    "qr": lambda x: torch.linalg.qr(x.view(2, 2)),
    "eigh": lambda x: torch.linalg.eigh(x.view(2, 2)),
    "slogdet": lambda x: torch.linalg.slogdet(x.view(2, 2) + 3 * torch.eye(2)),
    "var_mean": lambda x: torch.var_mean(x),
    "lstm": lambda x: (lambda o, s: (o, *s))(*torch.nn.LSTM(1, 3)(x.view(4, 1, 1))),
    "gru": lambda x: torch.nn.GRU(1, 3)(x.view(4, 1, 1)),
    "aminmax": lambda x: torch.aminmax(x),
}


@pytest.mark.parametrize("name", TWO)
def test_the_drawing_tells_which_result_flows(name):
    results = [r for r in TWO[name](torch.rand(4, requires_grad=True)) if r.grad_fn is not None]
    drawn = [draw_graph(result, params={"y": result}) for result in results]
    for graph, result in zip(drawn, results, strict=True):
        op = next(n for n in reversed(graph.nodes) if n.kind == "op")
        assert op.shape == tuple(result.shape)
        number = result.output_nr if len(result.grad_fn._input_metadata) > 1 else None
        assert graph.edges[-1].result == number
        if number is not None:
            assert f"[{number}]" in on_arrows(graph)
            assert f"[{number}]." in graph.description
            assert "tell which result flows" in graph._repr_html_()
    if len({r.grad_fn for r in results}) == 1:
        assert len({graph.description for graph in drawn}) == len(results)
        assert len({graph.dot for graph in drawn}) == len(results)


def test_results_of_several_shapes_have_them_on_their_arrows():
    a, _, c = torch.rand(7, requires_grad=True).split([1, 2, 4])
    graph = draw_graph(a.sum() + c.sum(), params={})
    (split,) = [n for n in graph.nodes if n.label == "split_with_sizes"]
    assert split.shape is None
    assert on_arrows(graph) == ["[0] (1,)", "[2] (4,)"]
    same = draw_graph(sum(torch.rand(6, requires_grad=True).chunk(3)))
    (split,) = [n for n in same.nodes if n.label == "split"]
    assert split.shape == (2,)
    assert on_arrows(same) == ["[0]", "[1]", "[2]"]


NAMES = [
    "\\Gamma", "C:\\Net", "\\N", "\\E", "\\G", "\\T", "\\H", "\\L", "\\\\", "\\", "\\n", "\\l",
    "a\\", "&amp;", "<b>", "a&b", '"', "'", "$x$", "$\\frac{$", "%", "{}", "|", "x->y", "ä", "θ",
    "#", ";",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_drawn_as_it_is(name):
    x = torch.tensor(2.0, requires_grad=True)
    inner = x * 3
    graph = draw_graph(inner**2, params={name: x, f"{name}.w": inner}, title=name)
    lines = texts(graph)
    assert lines["n1" if graph.nodes[1].kind == "leaf" else "n0"][0] == name
    assert f"{name}.w" in [line for box in lines.values() for line in box]
    assert html.escape(name) in graph._repr_html_()
    root = ElementTree.fromstring(graph._repr_svg_())
    labels = [g.get("aria-label") for g in root.iter(f"{SVG}g") if g.get("class") == "pp-facts"]
    assert any(label.startswith(f"{name}: leaf") for label in labels)


@pytest.mark.parametrize("name", NAMES)
def test_modules_and_functions_are_drawn_by_their_names_too(name):
    net = torch.nn.Linear(2, 2)
    params = {f"{name}.weight": net.weight, f"{name}.bias": net.bias}
    graph = draw_graph(net(torch.ones(1, 2)), params=params)
    root = ElementTree.fromstring(graph._repr_svg_())
    (frame,) = [g for g in root.iter(f"{SVG}g") if g.get("class") == "cluster"]
    assert frame.find(f"{SVG}text").text == name
    mine = type(name, (Both,), {})
    first, _ = mine.apply(torch.ones(2, requires_grad=True), torch.ones(2))
    graph = draw_graph(first)
    (op,) = [n for n in graph.nodes if n.kind == "op"]
    assert op.label == name
    assert texts(graph)[op.key][0] == name


QUICK = ("\\Gamma", "$\\frac{$", "<b>", "θ")


@pytest.mark.parametrize("name", quick_for(QUICK, NAMES))
def test_the_animation_shows_the_names_of_the_drawing(name):
    net = torch.nn.Linear(2, 1)
    params = {f"{name}.weight": net.weight, f"{name}.bias": net.bias, name: torch.ones(1)}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        steps = backward_steps(net(torch.ones(1, 2)).sum(), params=params)
        animation = steps.animate()
        shown = [text for text in plt.gcf().axes[0].texts if text.get_text() == name]
        plt.gcf().canvas.draw()
    assert shown
    assert not any(text.get_parse_math() for text in plt.gcf().axes[0].texts)
    del animation


def test_a_long_class_name_makes_no_wide_box():
    mine = type("Long" * 25, (Both,), {})
    first, _ = mine.apply(torch.ones(2, requires_grad=True), torch.ones(2))
    graph = draw_graph(first)
    # As wide as 34 letters are, as for any name.
    assert float(re.search(r'width="([\d.]+)"', graph._repr_svg_())[1]) < 420
    assert "Long" * 25 in next(n for n in graph.nodes if n.kind == "op").label
    module = torch.nn.Module()
    module.add_module("module" * 16, torch.nn.Linear(2, 2))
    output = module.get_submodule("module" * 16)(torch.ones(1, 2))
    graph = draw_graph(output, params=dict(module.named_parameters()))
    assert float(re.search(r'width="([\d.]+)"', graph._repr_svg_())[1]) < 500


def test_kinds_have_their_plurals():
    x = torch.ones(3, requires_grad=True)
    bare = [torch.ones(1) for _ in range(3)]
    assert repr(draw_graph(*bare)) == "<Graph: 3 tensors without a graph>"
    assert repr(draw_graph(bare[0])) == "<Graph: 1 tensor without a graph>"
    y = x
    for _ in range(400):
        y = y.sin()
    assert "1 folded box," in repr(draw_graph(y, x * 2))
    leaves = [torch.ones(2, requires_grad=True) for _ in range(2)]
    assert repr(draw_graph(leaves[0] * leaves[1])) == "<Graph: 2 leaves, 1 operation, 1 output>"


def test_what_a_loop_leaves_behind_is_no_name():
    net = torch.nn.Linear(2, 2)
    for p in net.parameters():
        p.data.fill_(1.0)
    graph = draw_graph(net(torch.ones(1, 2)))
    assert {n.label for n in graph.nodes if n.kind == "leaf"} == {"net.weight", "net.bias"}
    for _, q in net.named_parameters():
        assert q is not None
    graph = draw_graph(net(torch.ones(1, 2)), params=dict(net.named_parameters()))
    assert {n.label for n in graph.nodes if n.kind == "leaf"} == {"weight", "bias"}
    assert p is q


def test_constants_are_named_alike_and_explained():
    x = torch.tensor(5.0, requires_grad=True)
    graph = draw_graph((x - 2) * 3)
    boxes = [texts(graph)[n.key] for n in graph.nodes if n.kind == "constant"]
    assert boxes == [["constant", "not kept"], ["constant", "= 3"]]
    page = graph._repr_html_()
    assert "not kept: autograd keeps no value that the way back does not need" in page


def test_signs_that_no_name_explains_stand_in_a_legend_and_only_those():
    a, b = torch.ones((), requires_grad=True), torch.ones((), requires_grad=True)
    page = draw_graph(a - b)._repr_html_()
    legend = re.search(r'<p class="pp-legend">(.*?)</p>', page)[1]
    assert "() is the shape of a single number" in legend
    assert "count the operands" in legend
    assert "which result flows" not in legend
    v = torch.ones(3, requires_grad=True)
    assert "pp-legend" not in draw_graph(v * v)._repr_html_()


def test_an_in_place_copy_has_its_name():
    x = torch.ones(3, requires_grad=True)
    y = torch.zeros(3)
    y.copy_(x)
    assert "copy_" in [n.label for n in draw_graph(y).nodes]
