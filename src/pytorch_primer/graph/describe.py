"""The drawing in words, for those who do not see it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytorch_primer.graph.data import Edge, Node
from pytorch_primer.graph.values import in_line, show_shape

if TYPE_CHECKING:
    from pytorch_primer.graph.graph import Graph

MAX_SENTENCES = 25
"""Operations of a larger drawing are counted, not told one by one."""
PLURALS = {"leaf": "leaves", "op": "operations", "saved": "saved tensors"}
SINGULARS = {"op": "operation", "saved": "saved tensor", "tensor": "named tensor"}


def title(graph: Graph) -> str:
    """Return a name for the drawing: the one it was given, or one after its outputs."""
    if graph.title:
        return graph.title
    names = [node.label for node in graph.nodes if node.kind == "output"]
    return f"Computation graph of {_join(names[:5])}" if names else "Computation graph"


def counted(number: int, kind: str) -> str:
    """Return ``"1 leaf"`` or ``"2 leaves"``."""
    one = SINGULARS.get(kind, kind)
    return f"{number:,} {one if number == 1 else PLURALS.get(kind, one + 's')}"


def describe(graph: Graph) -> str:
    """Return what the drawing shows, in sentences."""
    empty = [f"{node.label}: {node.detail}." for node in graph.nodes if node.kind == "empty"]
    drawn = [node for node in graph.nodes if node.kind not in ("empty", "folded")]
    sentences = [*empty]
    if drawn:
        kinds = Counter[str](node.kind for node in drawn)
        order = [k for k in ("leaf", "constant", "op", "tensor", "output", "saved") if k in kinds]
        sentences.append(_join(counted(kinds[k], k) for k in order) + ".")
        sentences += _tensors(drawn) + _operations(graph)
    if graph.left_out:
        parts = _join(counted(number, kind) for kind, number in graph.left_out.items())
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


def _operations(graph: Graph) -> list[str]:
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
    if edge.gradient is None:
        return names[edge.source]
    return f"{names[edge.source]} (receives gradient {in_line(edge.gradient)})"


def _join(parts: Iterable[str]) -> str:
    *most, last = list(parts) or ["nothing"]
    return f"{', '.join(most)} and {last}" if most else last
