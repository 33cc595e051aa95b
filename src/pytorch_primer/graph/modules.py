"""Which boxes stand together in the frame of a module, and where the frame stands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytorch_primer.graph.data import Edge, Node

if TYPE_CHECKING:
    from pytorch_primer.graph.graph import Graph


def module_of(name: str) -> str | None:
    """Return the module in a parameter's name: ``"layers.0"`` for ``"layers.0.weight"``."""
    return name.rpartition(".")[0] or None


def scattered(nodes: list[Node], edges: list[Edge], candidates: Iterable[str]) -> set[str]:
    """Return the candidates that the computation leaves and comes back to.

    A recurrent cell is such a module: one frame around its operations of all times would tear them
    from what comes between.
    """
    module = {node.key: node.module for node in nodes}
    bit = {name: 1 << i for i, name in enumerate(candidates)}
    left = dict.fromkeys(module, 0)  # which modules each box comes after, as bits
    found: set[str] = set()
    for source, target, *_ in edges:
        here, there = module[source], module[target]
        before = left[source]
        if here != there and here is not None:
            before |= bit.get(here, 0)
        if there is not None and before & bit.get(there, 0):
            found.add(there)
        left[target] |= before
    return found


def entrances(graph: Graph) -> dict[str, str]:
    """Return unseen arrows that put a module's frame below what comes in, and not beside it.

    A network is then as wide as one of its layers.

    Returns
    -------
    dict
        For the first leaf of each module the box to stand below.
    """
    place = {node.key: i for i, node in enumerate(graph.nodes)}
    module = {node.key: node.module for node in graph.nodes}
    first = {node.module: node.key for node in reversed(graph.nodes) if node.kind == "leaf"}
    found: dict[str, str] = {}
    for source, target, *_ in graph.edges:
        if module[target] is None or module[target] == module[source]:
            continue
        leaf = first.get(module[target])
        # What comes later may be made from the leaf: a cycle.
        if leaf is not None and place[source] < place[leaf]:
            found.setdefault(leaf, source)
    return found
