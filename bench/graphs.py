"""Computation graphs as plain data, and drawn."""

import sys
import time
import warnings

import pygraphviz
import torch
from torch import nn

from bench.shapes import SHAPES
from bench.timing import Row, interleaved, share, within
from pytorch_primer.graph import draw_graph

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from torchviz import make_dot


def chain(num_operations: int) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    x = torch.ones((), requires_grad=True)
    result = x
    for _ in range(num_operations):
        result = result.sin()
    return result, {"x": x}


def tree(num_operations: int) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """Add up leaves in pairs."""
    leaves = [torch.ones((), requires_grad=True) for _ in range(num_operations + 1)]
    level = leaves
    while len(level) > 1:
        rest = level[-1:] if len(level) % 2 else []
        level = [a + b for a, b in zip(level[::2], level[1::2], strict=False)] + rest
    return level[0], {f"x{i}": leaf for i, leaf in enumerate(leaves)}


def network(num_operations: int) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """Stack layers of three operations each: a transposed weight, addmm, relu."""
    layers = [nn.Sequential(nn.Linear(4, 4), nn.ReLU()) for _ in range(num_operations // 3)]
    net = nn.Sequential(*layers)
    return net(torch.ones(2, 4)), dict(net.named_parameters())


def drawn(result: torch.Tensor, params: dict[str, torch.Tensor] | None) -> str:
    return draw_graph(result, params=params)._repr_svg_()


def laid_out(source: str) -> bytes:
    """Lay out a description in this process, by pygraphviz, and do nothing else with it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pygraphviz.AGraph(string=source).draw(format="svg", prog="dot")


def seconds_of(function, *args, **options) -> float:
    start = time.perf_counter()
    function(*args, **options)
    return time.perf_counter() - start


def constants(num_operations: int) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """Multiply by another number each time."""
    x = torch.ones((), requires_grad=True)
    result = x
    for i in range(num_operations):
        result = result * (1 + i / 10_000)
    return result, {"x": x}


def without_frames(params: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Name parameters without dots: the other side draws no modules either."""
    return {name.replace(".", "_"): tensor for name, tensor in params.items()}


def rows(quick: bool) -> list[Row]:
    """Time the data, the drawing at the defaults and a drawing of everything."""
    rounds, tenth = (2, 10) if quick else (15, 1)
    sys.setrecursionlimit(20_000)  # torchviz needs it for a chain of 1,000
    table = []
    for shape in (chain, tree, network, constants):
        result, params = shape(999 // tenth)
        sides = {
            "make_dot": lambda result=result, params=params: make_dot(result, params=params),
            "draw_graph": lambda result=result, params=params: draw_graph(
                result, params=params, max_nodes=None
            ),
        }
        if shape is constants:  # of which make_dot draws none, unless it is asked for what is saved
            sides["make_dot(show_saved=True)"] = lambda result=result, params=params: make_dot(
                result, params=params, show_saved=True
            )
        seconds = interleaved(sides, rounds)
        what = f"graph as plain data, 1,000 operations: {shape.__name__}"
        table += [share(what, seconds, "draw_graph", s, 0.25) for s in sides if s != "draw_graph"]

    sys.setrecursionlimit(1_000)  # as everybody has it
    long, leaf = chain(100_000 // tenth)
    try:
        make_dot(long, params=leaf)
        theirs = "make_dot"
    except RecursionError:
        theirs = "make_dot, which fails (RecursionError)"
    taken = seconds_of(draw_graph, long, params=leaf, max_nodes=None)
    table.append(within("graph as plain data, a chain of 100,000", theirs, taken, 2))
    for shape, known in ((chain, "30 s"), (tree, "168 s"), (network, "over 300 s")):
        taken = seconds_of(drawn, *shape(10_000 // tenth))
        what = f"drawing at the defaults, 10,000 operations: {shape.__name__}"
        table.append(within(what, f"make_dot and Graphviz, measured once: {known}", taken, 2))
    slowest, name, n = max(
        (seconds_of(drawn, make(n // tenth), None), make.__name__, n)
        for make in SHAPES
        for n in (150, 290, 1000, 10_000)
    )
    what = f"drawing at the defaults, the slowest of {len(SHAPES)} shapes in 4 sizes"
    table.append(within(what, f"two seconds; it was {name} of {n:,}", slowest, 2))

    for shape in (chain, tree, network):
        small, params = shape(99)
        params = without_frames(params)
        assert not draw_graph(small, params=params).left_out
        theirs, ours = "make_dot and Graphviz", "draw_graph's DOT and Graphviz"
        sides = {
            theirs: lambda small=small, params=params: laid_out(
                make_dot(small, params=params).source
            ),
            ours: lambda small=small, params=params: laid_out(draw_graph(small, params=params).dot),
            "draw_graph": lambda small=small, params=params: drawn(small, params),
        }
        seconds = interleaved(sides, rounds)
        what = f"drawing of 100 operations, not folded, no frames: {shape.__name__}"
        table.append(share(what, seconds, "draw_graph", theirs, 1))
        # The other side has no facts on hover and focus, no description, and no page's colours.
        table.append(share(f"{what}, only laid out", seconds, ours, theirs, 1))
    return table
