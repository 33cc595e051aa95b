"""The drawing in words: for those who do not see it, and the facts of each box."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from pytorch_primer.graph.dot import positions_shown, result_label, small_rows
from pytorch_primer.graph.plain import (
    Edge,
    GraphData,
    Node,
    counted,
    in_line,
    norm,
    printable,
    show,
    show_shape,
)

MAX_SENTENCES = 25
"""Operations of a larger drawing are counted, not told one by one."""
KINDS: dict[str, tuple[str, str]] = {
    "leaf": ("leaf", "leaves"),
    "constant": ("constant", "constants"),
    "op": ("operation", "operations"),
    "tensor": ("named tensor", "named tensors"),
    "output": ("output", "outputs"),
    "saved": ("saved tensor", "saved tensors"),
    "folded": ("folded box", "folded boxes"),
    "empty": ("tensor without a graph", "tensors without a graph"),
}
NOT_KEPT = "autograd keeps no value that the way back does not need"


def title(graph: GraphData) -> str:
    """Return a name for the drawing: the one it was given, or one after its outputs."""
    if graph.title:
        return graph.title
    names = [node.label for node in graph.nodes if node.kind == "output"]
    return f"Computation graph of {_join(names[:5])}" if names else "Computation graph"


def count(number: int, kind: str) -> str:
    """Return ``"1 leaf"`` or ``"2 leaves"``, whatever the kind of the boxes."""
    return counted(number, *KINDS[kind])


def describe(graph: GraphData) -> str:
    """Return what the drawing shows, in sentences."""
    empty = [f"{node.label}: {node.detail}." for node in graph.nodes if node.kind == "empty"]
    drawn = [node for node in graph.nodes if node.kind not in ("empty", "folded")]
    sentences = [*empty]
    if drawn:
        kinds = Counter[str](node.kind for node in drawn)
        sentences.append(_join(count(kinds[k], k) for k in KINDS if k in kinds) + ".")
        sentences += _tensors(drawn) + _operations(graph)
    if graph.left_out:
        parts = _join(count(number, kind) for kind, number in graph.left_out.items())
        sentences.append(f"Left out of the drawing: {parts}.")
    return " ".join(sentences)


def _tensors(nodes: list[Node]) -> list[str]:
    leaves = [_tensor(node) for node in nodes if node.kind == "leaf"]
    if not leaves or len(leaves) > MAX_SENTENCES:
        return []
    return [f"{'Leaf' if len(leaves) == 1 else 'Leaves'}: {'; '.join(leaves)}."]


def _tensor(node: Node) -> str:
    parts = [node.label]
    if node.shape is not None:
        parts.append(f"shape {show_shape(node.shape)}")
    if node.value is not None:
        parts.append(f"value {in_line(node.value)}")
    if node.grad is not None:
        parts.append(f"gradient {in_line(node.grad)}")
    return ", ".join(parts)


def _operations(graph: GraphData) -> list[str]:
    operations = [node for node in graph.nodes if node.kind == "op"]
    if len(operations) > MAX_SENTENCES:
        common = Counter(node.label for node in operations).most_common()
        return [f"Operations: {_join(f'{number} {name}' for name, number in common)}."]
    kinds = {node.key: node.kind for node in graph.nodes}
    names = {node.key: node.label.removeprefix("⋮ ") for node in graph.nodes}
    names.update({node.key: f"result {i + 1}" for i, node in enumerate(operations)})
    incoming: defaultdict[str, list[Edge]] = defaultdict(list)
    for edge in graph.edges:
        incoming[edge.target].append(edge)
    sentences = []
    for node in graph.nodes:
        if node.kind not in ("op", "tensor", "output"):
            continue
        edges = [edge for edge in incoming[node.key] if kinds[edge.source] != "saved"]
        kept = [names[edge.source] for edge in incoming[node.key] if kinds[edge.source] == "saved"]
        operands = _join(_operand(edge, names) for edge in edges)
        if node.kind == "op":
            extra = f", {node.detail}" if node.detail else ""
            keeps = f"; saved for the backward pass: {_join(kept)}" if kept else ""
            sentences.append(
                f"{names[node.key].capitalize()}: {_tensor(node)}{extra}, of {operands}{keeps}."
            )
        else:
            sentences.append(f"{_tensor(node)} is {operands}.")
    return sentences


def _operand(edge: Edge, names: dict[str, str]) -> str:
    source = names[edge.source] + result_label(edge)
    if edge.gradient is None:
        return source
    return f"{source} (receives gradient {in_line(edge.gradient)})"


def _join(parts: Iterable[str]) -> str:
    *most, last = list(parts) or ["nothing"]
    return f"{', '.join(most)} and {last}" if most else last


def facts(graph: GraphData) -> dict[str, list[str]]:
    """Return what is known of each box, in lines, by its key."""
    labels = {node.key: node.label for node in graph.nodes}
    operands: defaultdict[str, list[str]] = defaultdict(list)
    for edge in graph.edges:
        operands[edge.target].append(labels[edge.source] + result_label(edge))
    return {node.key: _facts(node, operands[node.key]) for node in graph.nodes}


def _facts(node: Node, operands: list[str]) -> list[str]:
    lines = [
        f"{node.label}: {KINDS[node.kind][0]}" + (f" {node.class_name}" if node.class_name else "")
    ]
    if node.detail:
        lines.append(node.detail + (f": {NOT_KEPT}" if node.detail == "not kept" else ""))
    if node.shape is not None:
        number = ", a single number" if node.shape == () else ""
        lines.append(f"shape {show_shape(node.shape)}{number}")
    if node.dtype is not None:
        lines.append(node.dtype)
    if node.value is not None:
        lines.append(f"value {in_line(node.value)}")
    if node.grad is not None:
        size = norm(node.grad) if isinstance(node.grad, tuple) else None
        lines.append(f"gradient {in_line(node.grad)}" + (f", norm {show(size)}" if size else ""))
    if operands and node.kind == "op":
        lines.append(f"of {_join(operands[:8])}" + (" …" if len(operands) > 8 else ""))
    if node.module is not None:
        lines.append(f"module {node.module}")
    if node.where:
        lines.append(f"called in {node.where}")
    return [printable(line) for line in lines]


def legend(graph: GraphData) -> str:
    """Return what the signs of this drawing mean that no name explains, in one line."""
    signs = []
    if any("()" in small_rows(node) for node in graph.nodes):
        signs.append("() is the shape of a single number")
    if positions_shown(graph):
        signs.append("0, 1, … at an arrow's tip count the operands")
    if any(result_label(edge) for edge in graph.edges):
        signs.append("[0], [1], … at its start tell which result flows")
    if any(node.detail == "not kept" for node in graph.nodes):
        signs.append(f"not kept: {NOT_KEPT}")
    return "; ".join(signs)
