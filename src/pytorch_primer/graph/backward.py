"""A backward pass in steps: the gradient that flows along each arrow, in autograd's order."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple, overload

import torch

from pytorch_primer.graph.data import Value
from pytorch_primer.graph.draw import MAX_NODES, Drawn, draw, no_garbage_collection
from pytorch_primer.graph.fold import KEPT
from pytorch_primer.graph.graph import Graph
from pytorch_primer.graph.names import why_no_graph
from pytorch_primer.graph.plan import Shown
from pytorch_primer.graph.values import in_line, plain

if TYPE_CHECKING:
    from matplotlib.animation import FuncAnimation


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
            On a new figure of the drawing's size, whose label (the text alternative on a page of
            the gallery) describes the last frame.

        Raises
        ------
        ValueError
            If `interval` is not positive.
        """
        from pytorch_primer.graph.animate import animate

        return animate(self.frames, interval)


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
    class_names: bool = False,
    max_nodes: int = MAX_NODES,
) -> BackwardSteps:
    """Run a backward pass and keep the gradient that flows along each arrow of the drawing.

    The pass changes nothing of the caller's: every ``.grad`` stays as it is, and the graph can be
    used again. Hooks that the caller has registered are run.

    Parameters
    ----------
    output : torch.Tensor
        Where the pass starts.
    params, show_values, class_names, max_nodes
        As for :func:`draw_graph`.
    gradient : torch.Tensor, optional
        Gradient of the output, of its shape; by default 1, for an output of one element only.

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
    with no_garbage_collection():
        drawn = draw((output,), params, sys._getframe(1), Shown(values=show_values), max_nodes)
    if output.grad_fn is None:
        raise ValueError(f"output: expected a tensor with a graph, got {why_no_graph(output)}")
    start = _check_gradient(output, gradient)
    visits = _run(drawn, output, start)
    value = plain(start, gradient=True)
    return BackwardSteps(_frames(drawn, output, value, visits, class_names))


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

    def __init__(self, drawn: Drawn, num_steps: int, class_names: bool) -> None:
        self.drawn, self.num_steps, self.class_names = drawn, num_steps, class_names
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
                self.class_names,
                tuple(self.visited),
            )
        )


def _frames(
    drawn: Drawn, output: torch.Tensor, start: Value, visits: list[_Visit], class_names: bool
) -> tuple[Graph, ...]:
    """Return one graph for the start and one for each visit."""
    builder = drawn.builder
    film = _Film(drawn, len(visits) + 1, class_names)
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
