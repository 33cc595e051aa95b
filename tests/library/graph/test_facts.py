"""The facts of each box: under the pointer, under the keyboard's focus, and read aloud."""

import math
import re
from xml.etree import ElementTree

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pytorch_primer import backward_steps, draw_graph, summary

SVG = "{http://www.w3.org/2000/svg}"


def sheets(graph):
    root = ElementTree.fromstring(graph._repr_svg_())
    return [g for g in root.iter(f"{SVG}g") if g.get("class") == "pp-facts"]


def facts(graph, label):
    (key,) = [n.key for n in graph.nodes if n.label == label]
    (sheet,) = [s for s in sheets(graph) if s.get("data-of") == key]
    return sheet.get("aria-label").split("; ")


def network():
    net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1))
    x = torch.rand(4, 2)
    loss = net(x).square().mean()
    loss.backward()
    return net, draw_graph(loss, show_values=True, show_grads=True)


def test_every_box_can_have_the_focus_and_says_what_it_is():
    _, graph = network()
    assert [s.get("data-of") for s in sheets(graph)] == [n.key for n in graph.nodes]
    for sheet in sheets(graph):
        assert sheet.get("tabindex") == "0"
        assert sheet.get("role") == "img"
        area, tip = sheet
        assert tip.get("visibility") == "hidden"
        shown = " ".join(t.text for t in tip.iter(f"{SVG}text"))
        # What is shown is what is read, wrapped.
        assert shown.replace(" ", "") == sheet.get("aria-label").replace("; ", "").replace(" ", "")
        assert float(area.get("width")) > 20
    style = graph._repr_svg_()
    assert ".pp-facts:hover>g,.pp-facts:focus>g{visibility:visible}" in style
    assert "<script" not in style


def test_the_sheets_lie_on_their_boxes_and_the_facts_inside_the_drawing():
    for graph in (network()[1], draw_graph(torch.ones(2)), draw_graph(torch.ones(3, 4) * 2)):
        root = ElementTree.fromstring(graph._repr_svg_())
        x0, y0, width, height = map(float, root.get("viewBox").split())
        (drawing,) = [g for g in root.iter(f"{SVG}g") if g.get("class") == "graph"]
        dx, dy = map(
            float, re.search(r"translate\(([-\d.]+) ([-\d.]+)\)", drawing.get("transform")).groups()
        )
        boxes = {g.get("data-key"): g for g in root.iter(f"{SVG}g") if g.get("data-key")}
        for sheet in sheets(graph):
            area, tip = sheet
            left, top, wide, high = (float(area.get(n)) for n in ("x", "y", "width", "height"))
            for text in boxes[sheet.get("data-of")].iter(f"{SVG}text"):
                assert left <= float(text.get("x")) <= left + wide
                assert top <= float(text.get("y")) <= top + high
            panel = tip.find(f"{SVG}rect")
            left, top, wide, high = (float(panel.get(n)) for n in ("x", "y", "width", "height"))
            assert x0 - 0.1 <= left + dx
            assert left + dx + wide <= x0 + width + 0.1
            assert y0 - 0.1 <= top + dy
            assert top + dy + high <= y0 + height + 0.1


def test_facts_are_those_of_the_tensors():
    net, graph = network()
    weight = facts(graph, "net.0.weight")
    assert weight[:3] == ["net.0.weight: leaf", "shape (3, 2)", "float32"]
    rows = net[0].weight.tolist()
    assert f"value [{rows[0][0]:.4g}".replace("-", "−") in weight[3]
    norm = net[0].weight.grad.norm().item()
    assert weight[4].endswith(f"norm {norm:.4g}")
    assert weight[5] == "module net.0"
    tanh = facts(graph, "tanh")
    assert tanh[:3] == ["tanh: operation TanhBackward0", "shape (4, 3)", "float32"]
    assert "of addmm" in tanh
    bias = torch.zeros((), dtype=torch.float64, requires_grad=True)
    assert facts(draw_graph(bias * 2), "bias")[1:3] == ["shape (), a single number", "float64"]


def test_the_call_is_told_where_anomaly_mode_noted_it():
    x = torch.ones(3, requires_grad=True)
    with torch.autograd.set_detect_anomaly(True):
        y = x.sin()
    z = y.cos()
    (line,) = [fact for fact in facts(draw_graph(z), "sin") if "called" in fact]
    assert re.fullmatch(r"called in test_facts\.py, line \d+", line)
    assert not [fact for fact in facts(draw_graph(z), "cos") if "called" in fact]


def test_frames_of_a_backward_pass_tell_what_has_come_so_far():
    x = torch.tensor([3.0, 4.0], requires_grad=True)
    steps = backward_steps((x * x / 2).sum(), params={"x": x})
    assert not [fact for fact in facts(steps[0], "x") if "gradient" in fact]
    assert "gradient [3, 4], norm 5" in facts(steps[-1], "x")


def test_summary_of_what_one_sees_at_once():
    assert summary(torch.arange(6.0).view(2, 3)) == "float32 (2, 3): min 0, mean 2.5, max 5"
    assert summary(torch.tensor([1, 2, 6])) == "int64 (3,): min 1, mean 3, max 6"
    assert summary(torch.tensor(2.5)) == "float32 (): 2.5"
    assert summary(torch.tensor([3 + 4j])) == "complex64 (1,): |·| min 5, |·| mean 5, |·| max 5"
    assert summary(torch.ones(0, 2)) == "float32 (0, 2): no elements"
    assert summary(torch.tensor([True, False])) == "bool (2,): min 0, mean 0.5, max 1"
    assert summary(torch.full((2,), math.nan)) == "float32 (2,): 2 NaN"
    assert summary(torch.ones(2, device="meta")) == "float32 (2,): not readable"
    with pytest.raises(TypeError, match=r"tensor: expected a torch.Tensor, got list"):
        summary([1.0])


@given(st.lists(st.floats(width=32), min_size=1, max_size=40))
def test_summary_counts_and_measures_as_python_does(numbers):
    text = summary(torch.tensor(numbers))
    finite = [v for v in numbers if math.isfinite(v)]
    assert ("NaN" in text) == any(math.isnan(v) for v in numbers)
    infinite = sum(math.isinf(v) for v in numbers)
    assert (f"{infinite} Inf" in text) == (infinite > 0)
    if finite:
        found = re.search(r"min (\S+), mean (\S+), max ([^,\s]+)", text).groups()
        measured = [float(word.replace("−", "-")) for word in found]
        expected = min(finite), math.fsum(finite) / len(finite), max(finite)
        scale = max(map(abs, finite))
        assert measured == pytest.approx(expected, rel=1e-3, abs=1e-3 * scale)


def test_large_tensors_are_drawn_by_their_summary():
    x = torch.arange(100.0)
    x[3], x[5], x[7] = math.nan, math.inf, -math.inf
    graph = draw_graph(x.requires_grad_().sum(), params={"x": x}, show_values=True)
    mean = (sum(range(100)) - 3 - 5 - 7) / 97
    assert graph.nodes[0].value == f"min 0, mean {mean:.4g}, max 99, 1 NaN, 2 Inf"
    assert graph.nodes[0].value in summary(x)
