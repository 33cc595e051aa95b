"""From live tensors to a :class:`Graph`."""

from __future__ import annotations

import gc
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import NamedTuple

import torch

from pytorch_primer.graph.build import Builder
from pytorch_primer.graph.data import Edge, Node
from pytorch_primer.graph.fold import fold, keep_all
from pytorch_primer.graph.graph import Graph
from pytorch_primer.graph.names import by_identity, caller_tensors, check_outputs, check_params
from pytorch_primer.graph.plan import Plan, Result, Shown
from pytorch_primer.graph.trace import Trace, total_length, trace

MAX_NODES = 300
"""A drawing of more boxes is folded."""
MIN_NODES = 20
# Arrows, and long ones most, cost Graphviz more time than boxes: so much of them to a box is a
# second, and the drawing is folded as if it had too many boxes.
MAX_ARROWS = 3
MAX_LENGTH = 20


class Drawn(NamedTuple):
    """Boxes and arrows, what was left out of them, and where autograd's functions are."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    left_out: dict[str, int]
    builder: Builder


def draw_graph(
    *outputs: torch.Tensor,
    params: Mapping[str, torch.Tensor] | None = None,
    show_values: bool = False,
    show_grads: bool = False,
    show_saved: bool = False,
    class_names: bool = False,
    title: str | None = None,
    max_nodes: int | None = MAX_NODES,
) -> Graph:
    """Draw the computation that autograd has recorded behind some tensors.

    Leaves are the tensors whose ``.grad`` a backward pass from the outputs fills. A leaf or a
    result that is used twice is one box. Operands that need no gradient are drawn where autograd
    tells of them, beside each operation that uses them: with their value if the operation saved it.

    Parameters
    ----------
    *outputs : torch.Tensor
        Results, of any shape and dtype. One for which nothing was recorded is a single box that
        says why.
    params : collections.abc.Mapping, optional
        Names: ``{"x": x}``, or ``dict(model.named_parameters())``. Intermediate results may be
        among them; each gets a box behind its operation. Operations on parameters whose names have
        a dot are grouped by module. What is not among them has the name of the caller's variable
        (local ones first; parameters of a module `net` are ``"net.0.weight"``), and without
        `params` the variables name intermediate results too.
    show_values : bool
        Show values: of leaves, constants, outputs and named results, and of other results where
        an operation saved them for its backward pass.
    show_grads : bool
        Show the ``.grad`` of leaves, and of results that retain it.
    show_saved : bool
        Show the tensors that each operation saved for its backward pass, or that they were freed.
    class_names : bool
        Show autograd's class of each operation, ``MulBackward0``, below its name.
    title : str, optional
        Heading of the drawing.
    max_nodes : int or None
        A graph of more boxes is drawn folded: its first and last operations, and between them
        boxes that count what was left out. None draws everything, however long that takes.

    Returns
    -------
    Graph
        Plain data that a notebook shows as a drawing. Nothing is laid out before it is looked at.

    Raises
    ------
    TypeError
        If an output or a value of `params` is no tensor.
    ValueError
        If `max_nodes` is below 20.
    """
    shown = Shown(show_values, show_grads, show_saved)
    with no_garbage_collection():
        drawn = draw(outputs, params, sys._getframe(1), shown, max_nodes)
        graph = Graph(drawn.nodes, drawn.edges, title, drawn.left_out, class_names)
        del drawn  # all of autograd's functions, which need not be searched
    return graph


def draw(
    outputs: tuple[object, ...],
    params: Mapping[str, torch.Tensor] | None,
    frame: FrameType,
    shown: Shown,
    max_nodes: int | None,
) -> Drawn:
    """Check the arguments of :func:`draw_graph` and do its work; `frame` is the caller's."""
    tensors = check_outputs(outputs)
    if max_nodes is not None and not isinstance(max_nodes, int):
        raise TypeError(f"max_nodes: expected an int or None, got {type(max_nodes).__name__}")
    if max_nodes is not None and max_nodes < MIN_NODES:
        raise ValueError(f"max_nodes: expected None or at least {MIN_NODES}, got {max_nodes}")
    around = caller_tensors(frame)
    known = around if params is None else check_params(params)
    recorded = [tensor for tensor in tensors if tensor.grad_fn is not None]
    walk = trace(tensor.grad_fn for tensor in recorded if tensor.grad_fn is not None)
    named = by_identity([*known.items(), *around.items()])
    results: dict[tuple[int, int], Result] = {}
    for i, tensor in enumerate(recorded):
        fallback = "output" if len(recorded) == 1 else f"output {i}"
        result = Result(tensor, named.get(id(tensor), fallback), "output")
        results.setdefault(_place(walk, tensor), result)
    for name, tensor in known.items():
        if tensor.grad_fn in walk.position:
            results.setdefault(_place(walk, tensor), Result(tensor, name, "tensor"))
    bare = [tensor for tensor in tensors if tensor.grad_fn is None]
    if bare:  # a leaf that another output was computed from has its box already
        leaves = {id(walk.leaf(i)) for i, leaf in enumerate(walk.is_leaf) if leaf}
        bare = [tensor for tensor in bare if id(tensor) not in leaves]
    results_of: dict[int, list[tuple[int, Result]]] = {}
    for (i, number), result in results.items():
        results_of.setdefault(i, []).append((number, result))
    plan = Plan(walk, results, results_of, named, shown)
    if max_nodes is None or _num_boxes(plan, max_nodes) + len(bare) <= max_nodes:
        chosen = keep_all(walk)
    else:
        chosen = fold(walk, max_nodes, len(bare), plan.num_extras)
    builder = Builder(plan, chosen)
    for tensor in bare[: chosen.fan]:
        builder.add_empty(tensor, named.get(id(tensor), "tensor"))
    left_out = {} if chosen.fan is None else _left_out(plan, builder, len(bare))
    return Drawn(tuple(builder.nodes), tuple(builder.edges), left_out, builder)


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """Keep Python from searching a growing graph for garbage again and again: there is none.

    It doubles the time of a graph of 100,000 operations.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _place(walk: Trace, tensor: torch.Tensor) -> tuple[int, int]:
    """Return which result of which function the tensor is."""
    assert tensor.grad_fn is not None
    return walk.position[tensor.grad_fn], tensor.output_nr


def _num_boxes(plan: Plan, enough: int) -> int:
    """Return the number of boxes of the whole drawing, or something above `enough`."""
    walk = plan.trace
    number = max(len(walk.functions), sum(map(len, walk.operands)) // MAX_ARROWS)
    if number <= enough:
        number = max(number, total_length(walk) // MAX_LENGTH)
    if number > enough:
        return number
    return number + sum(plan.num_extras(i) for i, leaf in enumerate(walk.is_leaf) if not leaf)


def _left_out(plan: Plan, builder: Builder, num_bare: int) -> dict[str, int]:
    """Return how many boxes of each kind the whole drawing has and this one has not."""
    whole = Counter("leaf" if leaf else "op" for leaf in plan.trace.is_leaf)
    whole.update(result.kind for result in plan.results.values())
    whole["empty"] = num_bare
    drawn = Counter[str](node.kind for node in builder.nodes)
    return {kind: n - drawn[kind] for kind, n in whole.items() if n > drawn[kind]}
