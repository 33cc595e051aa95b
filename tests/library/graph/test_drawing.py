"""The drawing on a page: an SVG that an XML parser, a screen reader and both schemes can use."""

import re
import subprocess
import sys
from html.parser import HTMLParser
from xml.etree import ElementTree

import pygraphviz
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pytorch_primer import backward_steps, draw_graph
from pytorch_primer.graph import dot

SVG = "{http://www.w3.org/2000/svg}"


def parabola(**options):
    x = torch.tensor(5.0, requires_grad=True)
    y = (x - 2) ** 2
    return draw_graph(y, **options)


def mlp():
    sizes = [torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 8), torch.nn.ReLU()]
    net = torch.nn.Sequential(*sizes, torch.nn.Linear(8, 3))
    return draw_graph(net(torch.rand(5, 4)), params=dict(net.named_parameters()))


def parse(graph):
    return ElementTree.fromstring(graph._repr_svg_())


def test_every_box_is_in_the_drawing_with_its_key_and_name():
    graph = mlp()
    root = parse(graph)
    groups = {g.get("data-key"): g for g in root.iter(f"{SVG}g") if g.get("data-key")}
    assert groups.keys() == {node.key for node in graph.nodes}
    for node in graph.nodes:
        group = groups[node.key]
        assert group.get("class") == f"node {node.kind}"
        name = group.find(f"{SVG}text").text
        assert node.label == (f"{node.module}.{name}" if node.kind == "leaf" else name)
    assert len([g for g in root.iter(f"{SVG}g") if g.get("class") == "edge"]) == len(graph.edges)
    clusters = [g for g in root.iter(f"{SVG}g") if g.get("class") == "cluster"]
    assert sorted(cluster.find(f"{SVG}text").text for cluster in clusters) == ["0", "2", "4"]


def test_the_drawing_has_a_title_a_description_and_nothing_else_to_hover_over():
    graph = parabola(title="A parabola & more", show_values=True)
    root = parse(graph)
    assert root.get("role") == "group"  # what is in it can have the focus
    assert [element.text for element in root.iter(f"{SVG}title")] == ["A parabola & more"]
    (description,) = root.iter(f"{SVG}desc")
    assert description.text == graph.description
    for words in ("Leaf: x", "value 5", "sub", "pow", "exponent 2", "value 9"):
        assert words in graph.description
    assert parse(parabola()).find(f"{SVG}title").text == "Computation graph of y"


def test_lines_and_text_have_the_colour_of_the_page():
    for graph in (parabola(show_values=True, show_saved=True), mlp()):
        root = parse(graph)
        for sheet in root.findall(f".//{SVG}g[@class='pp-facts']/.."):
            for facts in sheet.findall(f"{SVG}g[@class='pp-facts']"):
                sheet.remove(facts)  # white on black, on any page
        colours = {e.get("fill") for e in root.iter() if e.tag.endswith("text")}
        assert colours == {"currentColor"}
        assert "black" not in graph._repr_svg_()
        assert not {e.get("fill") for e in root.iter()} & {"white", "#ffffff", "#000000"}
        assert "#ffffff" in graph._repr_svg_()


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("colour", [dot.BLUE, dot.GREEN, dot.PURPLE, dot.ORANGE, dot.GREY])
@pytest.mark.parametrize("page", ["#ffffff", "#131416"])
def test_borders_are_legible_in_light_and_dark(colour, page):
    # The contrast ratio of WCAG 2.
    light, dark = sorted((luminance(colour), luminance(page)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 3


def test_two_drawings_on_a_page_share_no_id():
    page = parabola()._repr_html_() + parabola()._repr_html_() + mlp()._repr_html_()
    ids = re.findall(r'\bid="([^"]*)"', page)
    assert len(ids) == len(set(ids))


def centre(shape):
    if shape.tag == f"{SVG}ellipse":
        return float(shape.get("cx"))
    points = re.findall(r"([-0-9.]+),[-0-9.]+", shape.get("points") or shape.get("d"))
    return (min(map(float, points)) + max(map(float, points))) / 2


def test_text_is_centred_in_its_box():
    root = parse(parabola(show_values=True, show_saved=True))
    for group in root.iter(f"{SVG}g"):
        if not group.get("data-key"):
            continue
        anchors = {text.get("text-anchor") for text in group.iter(f"{SVG}text")}
        assert anchors == {"middle"}
        for text in group.iter(f"{SVG}text"):
            assert float(text.get("x")) == pytest.approx(centre(group[0]), abs=0.02)


def smallest_font(root):
    return min(float(e.get("font-size")) for e in root.iter() if e.get("font-size"))


def test_text_is_never_shrunk_below_what_can_be_read():
    for graph in (parabola(), mlp()):
        root = parse(graph)
        width = float(root.get("viewBox").split()[2])
        assert float(root.get("width")) == width
        smallest = float(re.search(r"min-width:(\d+)px", root.get("style"))[1])
        assert "max-width:100%" in root.get("style")
        assert smallest / width * smallest_font(root) >= 9


def test_a_deep_network_is_no_wider_than_a_telephone():
    layers = [torch.nn.Linear(4, 4) for _ in range(8)]
    net = torch.nn.Sequential(*layers)
    graph = draw_graph(net(torch.rand(2, 4)), params=dict(net.named_parameters()))
    assert float(parse(graph).get("width")) < 340


def test_a_module_that_is_used_again_is_drawn():
    cell = torch.nn.RNNCell(2, 2)
    state = torch.zeros(1, 2)
    for _ in range(3):
        state = cell(torch.ones(1, 2), state)
    graph = draw_graph(state)
    # A frame around the operations of all times would tear them from what comes between.
    assert {node.module for node in graph.nodes} == {None}
    names = {node.label for node in graph.nodes if node.kind == "leaf"}
    assert names == {f"cell.{name}" for name, _ in cell.named_parameters()}


def test_a_wide_drawing_scrolls_and_can_be_reached_with_the_keyboard():
    leaves = [torch.rand(2, requires_grad=True) for _ in range(12)]
    html = draw_graph(torch.stack(leaves))._repr_html_()
    assert html.startswith('<div class="pp-graph"')
    assert "overflow-x:auto" in html
    assert 'tabindex="0"' in html.split("<svg")[0]
    assert 'tabindex="0"' not in parabola()._repr_html_().split("<svg")[0]


def test_html_is_the_svg_with_its_title_above():
    graph = parabola(title="x < 2")
    assert graph._repr_svg_() in graph._repr_html_()
    assert "<strong>x &lt; 2</strong>" in graph._repr_html_()
    HTMLParser().feed(graph._repr_html_())


def test_dot_is_graphviz_source():
    graph = mlp()
    drawing = pygraphviz.AGraph(string=graph.dot)
    assert set(drawing.nodes()) == {node.key for node in graph.nodes}
    seen = [edge for edge in drawing.edges() if edge.attr["style"] != "invis"]
    assert sorted(seen) == sorted((e.source, e.target) for e in graph.edges)


PROGRAM = """
import torch
from pytorch_primer import draw_graph
net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1))
torch.manual_seed(0)
x = torch.rand(4, 2)
loss = (net(x) ** 2).mean()
print(draw_graph(loss, show_saved=True).dot)
graph = draw_graph(loss, max_nodes=20)
print(graph._repr_html_())
"""


@pytest.mark.slow
def test_two_processes_draw_the_same():
    outputs = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    ]
    assert outputs[0] == outputs[1]
    assert "net.0" in outputs[0]


@pytest.mark.parametrize(
    ("name", "start"),
    [("g.svg", b"<svg"), ("g.PNG", b"\x89PNG"), ("g.pdf", b"%PDF"), ("g.dot", b"digraph")],
)
def test_save_writes_what_the_suffix_says(tmp_path, name, start):
    path = tmp_path / name
    parabola().save(path)
    assert path.read_bytes().startswith(start)
    parabola().save(str(path))


def test_a_saved_svg_follows_the_viewers_scheme(tmp_path):
    parabola().save(tmp_path / "g.svg")
    ElementTree.parse(tmp_path / "g.svg")
    assert "prefers-color-scheme:dark" in (tmp_path / "g.svg").read_text()
    assert "prefers-color-scheme" not in parabola()._repr_svg_()


def test_another_suffix_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"path: .*\.svg, \.png, \.pdf, \.dot, got 'g\.gif'"):
        parabola().save(tmp_path / "g.gif")
    assert not list(tmp_path.iterdir())


@settings(max_examples=20)  # each looks through all that lives in the test's process, twice
@given(st.text(max_size=60), st.text(max_size=20))
def test_any_name_and_title_can_be_drawn(name, title):
    x = torch.tensor(5.0, requires_grad=True)
    inner = x - 2
    params = {name: x, f"{name}.u": inner}
    graph = draw_graph(inner**2, params=params, title=title, show_values=True, show_saved=True)
    assert graph.nodes[0].label == name
    svg = "".join(c for c in graph._repr_svg_())
    assert len(ElementTree.fromstring(svg).findall(f".//{SVG}text")) > 3
    assert backward_steps(inner**2, params=params)[0]._repr_svg_()


def test_values_are_short():
    x = torch.tensor([[1.0, -2.0], [1 / 3, float("nan")]], requires_grad=True)
    text = "".join(parse(draw_graph(x.sum(), show_values=True)).itertext())
    assert "[1, −2]" in text
    assert "[0.3333, nan]" in text
    large = torch.arange(100.0).requires_grad_()
    text = "".join(parse(draw_graph(large.sum(), show_values=True)).itertext())
    assert "min 0, mean 49.5, max 99" in text


def test_operand_positions_are_written_where_order_matters():
    a, b = torch.tensor(6.0, requires_grad=True), torch.tensor(4.0, requires_grad=True)
    assert "headlabel" in draw_graph(a - b).dot
    assert "headlabel" not in draw_graph(a * b).dot
