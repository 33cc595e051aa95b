"""The drawing as DOT text, whole: Graphviz reads that faster than box by box."""

from __future__ import annotations

import html
import textwrap
from collections import defaultdict
from collections.abc import Mapping

from pytorch_primer.graph.frames import entrances
from pytorch_primer.graph.plain import Edge, GraphData, Node, printable, show, show_shape

MAX_CHARACTERS = 34
MANY_EDGES = 60
"""Above this Graphviz may give up on the very shortest arrows, which take it seconds to find."""

# Border colours have a contrast of at least 3:1 on white and on furo's dark #131416, and the shapes
# differ too. The two hex digits at the end of a filling are its opacity. Most boxes are operations:
# what holds for them is said once, in the header.
BLUE, GREEN, PURPLE, ORANGE, GREY = "#2f7fd0", "#1c9166", "#a15fc4", "#d2601a", "#808080"
STYLES: Mapping[str, str] = {
    "leaf": f'shape=box style="rounded,filled" color="{BLUE}" fillcolor="{BLUE}30"',
    "tensor": "shape=box style=rounded",
    "output": f'shape=box peripheries=2 color="{GREEN}" fillcolor="{GREEN}30"',
    "saved": f'shape=note color="{PURPLE}" fillcolor="{PURPLE}20"',
    "constant": f'shape=box style=dashed color="{GREY}"',
    "folded": 'shape=box style="rounded,dashed"',
    "empty": 'shape=box style="rounded,dashed"',
}
HEADER = f"""digraph {{
graph [rankdir=TB ordering=in bgcolor=transparent nodesep=0.22 ranksep=0.32 pad=0.06]
node [fontname="Helvetica,Arial,sans-serif" fontsize=13 margin="0.11,0.05" height=0.34 width=0.5
class=op style=filled fillcolor="{GREY}20"]
edge [fontname="Helvetica,Arial,sans-serif" fontsize=12 arrowsize=0.7 labelfontsize=11
labeldistance=1.4]
"""
COMMUTATIVE = {"add", "mul", "maximum", "minimum"}


def to_dot(graph: GraphData) -> str:
    """Return the DOT text of a graph.

    A frame of :func:`pytorch_primer.backward_steps` is laid out as the last one, with what it does
    not show yet made transparent.
    """
    layout = graph.last or graph
    visible = {node.key: node for node in graph.nodes}
    ordered = positions_shown(layout)
    clusters: defaultdict[str | None, list[str]] = defaultdict(list)
    for node in layout.nodes:
        clusters[node.module].append(_node(node, visible[node.key], graph))
    lines = [HEADER]
    if len(layout.edges) > MANY_EDGES:
        lines.append("graph [nslimit=1.5]")
    for number, (module, nodes) in enumerate(clusters.items()):
        if module is None:
            lines += nodes
        else:
            lines.append(
                f"subgraph cluster_{number} {{\n"
                f'graph [label=<{escape(clean(module))}> style=rounded color="{GREY}" labeljust=l '
                f'fontname="Helvetica,Arial,sans-serif" fontsize=12 margin=7]'
            )
            lines += [*nodes, "}"]
    kinds = {node.key: node.kind for node in layout.nodes}
    for edge, now in zip(layout.edges, graph.edges, strict=True):
        lines.append(_edge(edge, now, kinds[edge.source], edge.target in ordered))
    lines += [f"{source} -> {leaf} [style=invis]" for leaf, source in entrances(layout).items()]
    lines.append("}\n")
    return "\n".join(lines)


def escape(text: str) -> str:
    r"""Return text as a label of Graphviz, in markup or in quotes.

    In any label ``\N`` is the name of the box, ``\G`` that of the drawing and ``\n`` the end of a
    line, after character references are resolved. So a backslash is written as two of them.
    """
    return html.escape(text).replace("\\", "&#92;&#92;")


def _node(node: Node, now: Node, graph: GraphData) -> str:
    active = ""
    if graph.visited and node.key == graph.visited[-1]:
        active = f' color="{ORANGE}" penwidth=3'
    rows = [name_row(node), *small_rows(node)]
    # Graphviz sets labels in markup slower than plain ones, and most boxes are operations.
    if node.kind == "op":
        label = "\\n".join(map(escape, rows))
        return f'{node.key} [label="{label}"{active}]'
    label = f"<{_label(node, now, rows)}>"
    return f"{node.key} [class={node.kind} {STYLES[node.kind]} fontsize=14{active} label={label}]"


def _label(node: Node, now: Node, texts: list[str]) -> str:
    first = escape(texts[0])
    rows = [f"<B>{first}</B>" if node.kind in ("leaf", "tensor", "output") else first]
    rows += [_small(line) for line in texts[1:]]
    if node.grad is not None:
        rows += [_small(line, now.grad is None) for line in grad_rows(node)]
    return "<BR/>".join(rows)


def name_row(node: Node) -> str:
    """Return a box's name; in the frame of a module the module's own name goes without saying."""
    return clean(node.label.removeprefix(f"{node.module}."))


def small_rows(node: Node) -> list[str]:
    """Return the lines below a box's name, without the gradient."""
    rows = _wrap(node.detail)
    # A number needs no shape beside it.
    if node.shape or (node.shape == () and node.value is None and node.kind != "op"):
        rows.append(show_shape(node.shape))
    if node.value is not None:
        equals = "" if isinstance(node.value, str) else "= "
        rows += _wrap(equals + show(node.value))
    return rows


def grad_rows(node: Node) -> list[str]:
    """Return the lines that show a box's gradient."""
    return [] if node.grad is None else _wrap("grad " + show(node.grad))


def _wrap(text: str) -> list[str]:
    if len(text) <= MAX_CHARACTERS and "\n" not in text:
        return [text] if text.strip() else []
    return [part for line in text.split("\n") for part in textwrap.wrap(line, MAX_CHARACTERS)]


def edge_label(edge: Edge) -> str:
    """Return the text at the middle of an arrow: its gradient, or how many arrows it is."""
    if edge.gradient is not None:
        return show(edge.gradient)
    return f"× {edge.times:,}" if edge.times > 1 else ""


def result_label(edge: Edge) -> str:
    """Return the text at the start of an arrow: which of several results of its source it is."""
    if edge.result is None or edge.times > 1:
        return ""
    shape = "" if edge.shape is None else f" {show_shape(edge.shape)}"
    return f"[{edge.result}]{shape}"


def _small(text: str, hidden: bool = False) -> str:
    colour = ' COLOR="transparent"' if hidden else ""
    return f'<FONT POINT-SIZE="12"{colour}>{escape(text)}</FONT>'


def _edge(edge: Edge, now: Edge, source_kind: str, numbered: bool) -> str:
    attributes = []
    label = edge_label(edge)
    if label:
        rows = "<BR/>".join(map(escape, _wrap(label)))
        attributes.append(f"label=< {rows} >")
        if not edge_label(now):
            attributes.append("fontcolor=transparent")
    if now.gradient is not None:
        attributes.append(f'color="{ORANGE}" penwidth=2 dir=back')
    if edge.result is not None and (result := result_label(edge)):
        attributes.append(f'taillabel="{result}" labelfontcolor=black')
    if source_kind == "saved":
        attributes.append(f'style=dashed dir=none color="{PURPLE}"')
    elif numbered:
        attributes.append(f"headlabel={edge.operand}")
    arrow = f"{edge.source} -> {edge.target}"
    return f"{arrow} [{' '.join(attributes)}]" if attributes else arrow


def positions_shown(graph: GraphData) -> set[str]:
    """Return the boxes whose arrows carry the operand's position, because the order matters."""
    operations = {
        node.key for node in graph.nodes if node.kind == "op" and node.label not in COMMUTATIVE
    }
    if any(edge.gradient is not None for edge in graph.edges):
        return set()  # the gradients are what such arrows are about
    several = {edge.target for edge in graph.edges if edge.operand > 0}
    return operations & several


def clean(text: str) -> str:
    """Return one short printable line: a caller's name may hold anything."""
    line = printable(text)
    line = line if len(line) <= MAX_CHARACTERS else line[: MAX_CHARACTERS - 1] + "…"
    return line if line.strip() else "·"
