"""A backward pass in steps: the gradient that flows along each arrow, in autograd's order."""

from __future__ import annotations

import gc
import math
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from numbers import Real
from typing import Any, NamedTuple, cast, overload

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.animation import FuncAnimation
from matplotlib.axes import Axes
from matplotlib.layout_engine import PlaceHolderLayoutEngine
from matplotlib.patches import Ellipse, FancyBboxPatch, PathPatch, Polygon, Rectangle
from matplotlib.path import Path
from numpy.typing import NDArray

from pytorch_primer._display import played
from pytorch_primer.graph import describe, dot
from pytorch_primer.graph.build import MAX_NODES, Drawn, Shown, draw, no_garbage_collection
from pytorch_primer.graph.fold import KEPT
from pytorch_primer.graph.graph import Graph
from pytorch_primer.graph.names import is_tensor, why_no_graph
from pytorch_primer.graph.plain import Edge, Node, Value, in_line, plain
from pytorch_primer.graph.render import POINTS, layout

MARGIN = 6.0
HEADING = 34.0
MIN_WIDTH = 330.0
FONT_SIZE = 10
HEAD = 7.0
# (filling, border, line style), as in the SVG.
COLOURS = {
    "leaf": (dot.BLUE + "30", dot.BLUE, "-"),
    "op": (dot.GREY + "20", "black", "-"),
    "tensor": ("none", "black", "-"),
    "output": (dot.GREEN + "30", dot.GREEN, "-"),
    "constant": ("none", dot.GREY, "--"),
    "folded": ("none", "black", "--"),
}


@dataclass(frozen=True, repr=False)
class BackwardSteps(Sequence[Graph]):
    """The frames of a backward pass: the same drawing again and again, with one step more.

    It is a sequence of :class:`Graph`; a notebook shows the last frame, in which every arrow has
    its gradient.

    Attributes
    ----------
    frames : tuple of Graph
        Frame 0 is the output, which receives the gradient that the pass starts from; in each
        later frame one operation has sent gradients to its operands, or one leaf has received its
        own.
    """

    frames: tuple[Graph, ...]

    def __repr__(self) -> str:
        """Return the number of steps."""
        return f"<BackwardSteps: {len(self)} frames of {self[-1]!r}>"

    def __len__(self) -> int:
        """Return the number of frames."""
        return len(self.frames)

    @overload
    def __getitem__(self, index: int) -> Graph: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Graph, ...]: ...
    def __getitem__(self, index: int | slice) -> Graph | tuple[Graph, ...]:
        """Return a frame, or several."""
        return self.frames[index]

    def __iter__(self) -> Iterator[Graph]:
        """Iterate over the frames."""
        return iter(self.frames)

    def _repr_svg_(self) -> str:
        """Return the last frame as an ``<svg>`` element."""
        return self[-1]._repr_svg_()

    def _repr_html_(self) -> str:
        """Return the last frame for a page."""
        return self[-1]._repr_html_()

    def animate(self, *, interval: int = 1500) -> FuncAnimation:
        """Return the frames as an animation.

        Parameters
        ----------
        interval : int
            Milliseconds that a frame stands.

        Returns
        -------
        matplotlib.animation.FuncAnimation
            It plays where a notebook shows it. Its new figure has the drawing's size, and a label
            (the text alternative on a page of the gallery) that describes the last frame.

        Raises
        ------
        TypeError, ValueError
            If `interval` is no finite number above 0.
        """
        if isinstance(interval, bool) or not isinstance(interval, Real):
            raise TypeError(f"interval: expected a number, got {type(interval).__name__}")
        if not (math.isfinite(interval) and interval > 0):
            raise ValueError(
                f"interval: expected a positive number of milliseconds, got {interval}"
            )
        return cast(FuncAnimation, played(_animate(self.frames, float(interval))))


class _Visit(NamedTuple):
    """What autograd did in one step: function `i` received gradients and sent others."""

    i: int
    sent: tuple[Value | None, ...]
    received: tuple[Value | None, ...]


def backward_steps(
    output: torch.Tensor,
    *,
    params: Mapping[str, torch.Tensor] | None = None,
    gradient: torch.Tensor | None = None,
    show_values: bool = True,
    max_nodes: int | None = MAX_NODES,
) -> BackwardSteps:
    """Run a backward pass and keep the gradient that flows along each arrow of the drawing.

    The pass changes nothing of the caller's: every ``.grad`` stays as it is, that of a result which
    retains it, too, and so do the buffers of modules that checkpointing runs again; and the graph
    can be used again. Hooks that the caller has registered take part, since they may change
    gradients: what one of them writes elsewhere than into a ``.grad`` is written once more.

    Parameters
    ----------
    output : torch.Tensor
        Where the pass starts.
    params
        As for :func:`draw_graph`.
    gradient : torch.Tensor, optional
        Gradient of the output, of its shape; by default 1, for an output of one element only.
    show_values, max_nodes
        As for :func:`draw_graph`.

    Returns
    -------
    BackwardSteps
        One frame for the start, and one for each operation and leaf in the order in which
        autograd comes to them. Folded boxes have no frames.

    Raises
    ------
    TypeError
        If `output` or `gradient` is no tensor.
    ValueError
        If `output` has no graph, if it has several elements and `gradient` is missing, or if
        `gradient` has another shape.
    RuntimeError
        If an earlier backward pass has freed the graph.
    """
    if not is_tensor(output):
        raise TypeError(f"output: expected a torch.Tensor, got {type(output).__name__}")
    if output.grad_fn is None:
        raise ValueError(f"output: expected a tensor with a graph, got {why_no_graph(output)}")
    start = _check_gradient(output, gradient)
    with no_garbage_collection():
        drawn = draw((output,), params, sys._getframe(1), Shown(values=show_values), max_nodes)
    with _nothing_changed():
        visits = _run(drawn, output, start)
    return BackwardSteps(_frames(drawn, output, plain(start, gradient=True), visits))


@contextmanager
def _nothing_changed() -> Iterator[None]:
    """Put every ``.grad`` and every buffer that there is back to what it was.

    Autograd adds to the ``.grad`` of a result that retains it, even where gradients are returned;
    a hook may write into any; and checkpointing runs modules again, which may count batches.
    """
    tensors, modules = _subclasses(torch.Tensor), _subclasses(torch.nn.Module)
    kinds = tensors | modules
    found = [thing for thing in gc.get_objects() if type(thing) in kinds]
    gradients, buffers = [], []
    for thing in found:
        if type(thing) in modules:
            buffers += [b for b in vars(thing).get("_buffers", {}).values() if b is not None]
        elif thing.requires_grad and (thing.is_leaf or thing.retains_grad):
            content = None if thing.grad is None else thing.grad.clone()
            version = None if content is None else thing.grad._version
            gradients.append((thing, thing.grad, version, content))
    contents = [(buffer, _copied(buffer)) for buffer in buffers]
    try:
        yield
    finally:
        with torch.no_grad():
            for tensor, gradient, version, content in gradients:
                if tensor.grad is not gradient:
                    tensor.grad = gradient
                if gradient is not None and gradient._version != version:
                    gradient.copy_(content)
            for buffer, before in contents:
                # Batch norm writes its statistics past the version counter.
                if before is not None and not _same(buffer, before):
                    buffer.copy_(before)


def _copied(buffer: torch.Tensor) -> torch.Tensor | None:
    """Return a copy of a buffer that can be compared; None for a lazy or a fake one."""
    try:
        copy = buffer.detach().clone()
        return copy if _same(copy, copy) else None
    except Exception:
        return None


def _same(one: torch.Tensor, other: torch.Tensor) -> bool:
    return bool(((one == other) | ((one != one) & (other != other))).all())


def _subclasses(kind: type) -> set[type]:
    """Return a class and all that are made from it, in which a type is looked up quickly."""
    return {kind}.union(*map(_subclasses, kind.__subclasses__()))


def _check_gradient(output: torch.Tensor, gradient: torch.Tensor | None) -> torch.Tensor:
    shape = tuple(output.shape)
    if gradient is None:
        if output.numel() != 1:
            raise ValueError(
                f"gradient: expected a torch.Tensor of the output's shape {shape}, got None; "
                "only an output of one element has a default"
            )
        return torch.ones_like(output)
    if not isinstance(gradient, torch.Tensor):
        raise TypeError(f"gradient: expected a torch.Tensor, got {type(gradient).__name__}")
    if tuple(gradient.shape) != shape:
        raise ValueError(
            f"gradient: expected the output's shape {shape}, got {tuple(gradient.shape)}"
        )
    return gradient


def _run(drawn: Drawn, output: torch.Tensor, start: torch.Tensor) -> list[_Visit]:
    """Return what autograd does, in its order, seen by hooks that are removed again."""
    trace = drawn.builder.trace
    leaves = [trace.leaf(i) for i, leaf in enumerate(trace.is_leaf) if leaf]
    visits: list[_Visit] = []
    handles: list[Any] = []

    def watch(i: int) -> Any:
        if trace.is_leaf[i]:
            # A pass that returns gradients does not run AccumulateGrad, but a leaf's hooks.
            return trace.leaf(i).register_hook(  # type: ignore[no-untyped-call]
                lambda grad: visits.append(_Visit(i, (), _plain_all((grad,))))
            )
        return trace.functions[i].register_hook(
            lambda sent, received: visits.append(_Visit(i, _plain_all(sent), _plain_all(received)))
        )

    try:
        for i, group in enumerate(drawn.builder.fold.group):
            if group == KEPT:
                handles.append(watch(i))
        torch.autograd.grad(output, leaves, start, retain_graph=True, allow_unused=True)
    except RuntimeError as error:
        if "freed" not in str(error):
            raise
        raise RuntimeError(
            "output: expected a graph that can be walked backward, got one that an earlier "
            "backward() has freed; compute the output again, or call backward(retain_graph=True)"
        ) from error
    finally:
        for handle in handles:
            handle.remove()
    return visits


def _plain_all(gradients: tuple[torch.Tensor | None, ...]) -> tuple[Value | None, ...]:
    return tuple(None if g is None else plain(g, gradient=True) for g in gradients)


class _Film:
    """The drawing, filled in step by step."""

    def __init__(self, drawn: Drawn, num_steps: int) -> None:
        self.drawn, self.num_steps = drawn, num_steps
        self.nodes, self.edges = list(drawn.nodes), list(drawn.edges)
        self.box = {node.key: number for number, node in enumerate(self.nodes)}
        self.arrow = {(edge.target, edge.operand): n for n, edge in enumerate(self.edges)}
        self.visited: list[str] = []
        self.frames: list[Graph] = []

    def label(self, key: str) -> str:
        return self.nodes[self.box[key]].label

    def receive(self, key: str, gradient: Value | None) -> None:
        number = self.box[key]
        self.nodes[number] = self.nodes[number]._replace(grad=gradient)

    def send(self, target: str, operand: int, gradient: Value | None) -> str | None:
        """Write a gradient on an arrow and return this in words; None if it is not drawn."""
        number = self.arrow.get((target, operand))
        if number is None or gradient is None or self.edges[number].times > 1:
            return None
        self.edges[number] = self.edges[number]._replace(gradient=gradient)
        return f"{in_line(gradient)} to {self.label(self.edges[number].source)}"

    def take(self, key: str, happened: str) -> None:
        """Add a frame of what has come so far."""
        self.visited.append(key)
        title = f"Step {len(self.frames) + 1} of {self.num_steps}: {self.label(key)} {happened}"
        self.frames.append(
            Graph(
                tuple(self.nodes),
                tuple(self.edges),
                title,
                self.drawn.left_out,
                tuple(self.visited),
            )
        )


def _frames(
    drawn: Drawn, output: torch.Tensor, start: Value, visits: list[_Visit]
) -> tuple[Graph, ...]:
    """Return one graph for the start and one for each visit."""
    builder = drawn.builder
    film = _Film(drawn, len(visits) + 1)
    results: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    for (i, number), box in builder.result_key.items():
        results[i].append((number, box))
    assert output.grad_fn is not None
    key = builder.result_key[builder.trace.position[output.grad_fn], output.output_nr]
    film.receive(key, start)
    film.take(key, f"starts with {in_line(start)}")
    for i, sent, received in visits:
        key = builder.key[i]
        if builder.trace.is_leaf[i]:
            film.receive(key, received[0])
            film.take(key, f"receives {in_line(received[0])}")
            continue
        for number, box in results[i]:
            film.receive(box, received[number])
            film.send(box, 0, received[number])
        words = [film.send(key, operand, value) for operand, value in enumerate(sent)]
        film.take(key, "sends " + (", ".join(filter(None, words)) or "nothing"))
    *others, last = film.frames
    return (*(replace(frame, last=last) for frame in others), last)


def _animate(frames: Sequence[Graph], interval: float) -> FuncAnimation:
    """Return the frames as an animation on a new figure, at Graphviz's positions."""
    last = frames[-1]
    positions = layout(last.dot)
    left, bottom, right, top = _numbers(positions["bb"])
    spare = max(0.0, MIN_WIDTH - (right - left)) / 2
    left, right = left - spare - MARGIN, right + spare + MARGIN
    bottom, top = bottom - MARGIN, top + HEADING
    size = ((right - left) / POINTS, (top - bottom) / POINTS)
    laid_out = PlaceHolderLayoutEngine(adjust_compatible=True, colorbar_gridspec=True)
    figure = plt.figure(figsize=size, layout=laid_out)  # by Graphviz, whatever the style says
    figure.set_label(
        f"Backward pass in {len(frames)} steps. {describe.title(last)}. {last.description}"
    )
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))

    def show(number: int) -> list[Any]:
        axes.clear()
        axes.set_axis_off()
        axes.set(xlim=(left, right), ylim=(bottom, top))
        _draw(axes, frames[number], last, positions)
        return []

    animation = FuncAnimation(figure, show, frames=len(frames), interval=interval)
    # An animation that is thrown away undrawn warns; this one has drawn its first frame.
    figure.canvas.draw()
    return animation


def _numbers(text: str) -> list[float]:
    return [float(number) for number in text.split(",")]


def _draw(axes: Axes, frame: Graph, last: Graph, positions: dict[str, Any]) -> None:
    heading = frame.title or ""
    axes.text(0.5, 0.995, heading.replace(": ", "\n", 1), transform=axes.transAxes, ha="center",
              va="top", fontsize=FONT_SIZE + 0.5, color="black", parse_math=False)  # fmt: skip
    places = {place["name"]: place for place in positions["objects"]}
    modules = list(dict.fromkeys(node.module for node in last.nodes))
    for name, place in places.items():
        if name.startswith("cluster"):
            module = modules[int(name.removeprefix("cluster_"))]
            _cluster(axes, place, dot.clean(module or ""))
    arrows = [place for place in positions["edges"] if place.get("style") != "invis"]
    for edge, place in zip(frame.edges, arrows, strict=True):
        _arrow(axes, edge, place)
    for node, final in zip(frame.nodes, last.nodes, strict=True):
        active = bool(frame.visited) and frame.visited[-1] == node.key
        _box(axes, node, final, places[node.key], active)


def _cluster(axes: Axes, place: dict[str, Any], module: str) -> None:
    x0, y0, x1, y1 = _numbers(place["bb"])
    axes.add_patch(FancyBboxPatch((x0, y0), x1 - x0, y1 - y0, "round,pad=0,rounding_size=6",
                                  fill=False, edgecolor=dot.GREY, linewidth=0.8))  # fmt: skip
    x, y = _numbers(place["lp"])
    axes.text(x, y, module, ha="center", va="center", fontsize=FONT_SIZE - 1, parse_math=False)


def _box(axes: Axes, node: Node, final: Node, place: dict[str, Any], active: bool) -> None:
    x, y = _numbers(place["pos"])
    width, height = float(place["width"]) * POINTS, float(place["height"]) * POINTS
    filling, border, style = COLOURS[node.kind]
    look: dict[str, Any] = {
        "facecolor": filling,
        "edgecolor": dot.ORANGE if active else border,
        "linewidth": 2.5 if active else 1.0,
        "linestyle": style,
    }
    if node.kind == "op":
        axes.add_patch(Ellipse((x, y), width, height, **look))
    else:
        corner = (x - width / 2, y - height / 2)
        rounding = 5 if node.kind in ("leaf", "tensor", "folded") else 0.1
        shape = f"round,pad=0,rounding_size={rounding}"
        axes.add_patch(FancyBboxPatch(corner, width, height, shape, **look))
    if node.kind == "output":  # its second line
        x0, y0 = x - width / 2 + 3, y - height / 2 + 3
        axes.add_patch(Rectangle((x0, y0), width - 6, height - 6, fill=False, edgecolor=border))
    rows = [dot.name_row(node), *dot.small_rows(node)]
    num_rows = len(rows) + len(dot.grad_rows(final))
    rows += dot.grad_rows(node)
    for number, row in enumerate(rows):
        bold = number == 0 and node.kind in ("leaf", "tensor", "output")
        axes.text(x, y + (num_rows - 1 - 2 * number) * FONT_SIZE * 0.66, row, ha="center",
                  va="center", color="black", fontsize=FONT_SIZE if number == 0 else FONT_SIZE - 1,
                  fontweight="bold" if bold else "normal", parse_math=False)  # fmt: skip


def _arrow(axes: Axes, edge: Edge, place: dict[str, Any]) -> None:
    """Draw an arrow of the computation, or of its gradient, which goes the other way."""
    line = _line(place["pos"])
    flows = edge.gradient is not None
    colour = dot.ORANGE if flows else "black"
    axes.add_patch(PathPatch(line, fill=False, edgecolor=colour, linewidth=1.8 if flows else 1.0))
    points = np.asarray(line.vertices, dtype=np.float64)[:: -1 if flows else 1]
    axes.add_patch(Polygon(_head(points), closed=True, facecolor=colour, edgecolor="none"))
    for text, where in ((dot.edge_label(edge), "lp"), (dot.result_label(edge), "tail_lp")):
        if text:
            x, y = _numbers(place[where])
            axes.text(x, y, text, ha="center", va="center", fontsize=FONT_SIZE - 1, color="black",
                      parse_math=False)  # fmt: skip


def _line(spline: str) -> Path:
    """Return Graphviz's spline with its arrow tips, marked s and e, as ends of the line."""
    ends: dict[str, list[float]] = {}
    curve: list[list[float]] = []
    for word in spline.split():
        if word[0] in "se":
            ends[word[0]] = _numbers(word[2:])
        else:
            curve.append(_numbers(word))
    points, codes = list(curve), [Path.MOVETO] + [Path.CURVE4] * (len(curve) - 1)
    if "s" in ends:
        points, codes = [ends["s"], *points], [Path.MOVETO, Path.LINETO, *codes[1:]]
    if "e" in ends:
        points, codes = [*points, ends["e"]], [*codes, Path.LINETO]
    return Path(np.array(points), codes)


def _head(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the corners of an arrow's head at the end of a line."""
    tip = points[-1]
    along = tip - next(p for p in points[-2::-1] if not np.allclose(p, tip))
    along = HEAD * along / np.linalg.norm(along)
    across = 0.4 * np.array([-along[1], along[0]])
    return np.array([tip, tip - along + across, tip - along - across])
