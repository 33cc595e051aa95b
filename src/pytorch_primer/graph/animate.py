"""The frames of a backward pass as a matplotlib animation, at Graphviz's positions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.animation import FuncAnimation
from matplotlib.axes import Axes
from matplotlib.layout_engine import PlaceHolderLayoutEngine
from matplotlib.patches import Ellipse, FancyBboxPatch, PathPatch, Polygon, Rectangle
from matplotlib.path import Path
from numpy.typing import NDArray

from pytorch_primer.graph import dot
from pytorch_primer.graph.data import Edge, Node
from pytorch_primer.graph.describe import title
from pytorch_primer.graph.graph import Graph
from pytorch_primer.graph.render import layout

POINTS = 72.0
"""Points of an inch: Graphviz gives positions in points and sizes in inches."""
MARGIN = 6.0
HEADING = 34.0
MIN_WIDTH = 330.0
FONT_SIZE = 9.5
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


def animate(frames: Sequence[Graph], interval: int) -> FuncAnimation:
    """Return the frames as an animation on a new figure; see :class:`BackwardSteps`."""
    if interval <= 0:
        raise ValueError(f"interval: expected a positive number of milliseconds, got {interval}")
    last = frames[-1]
    positions = layout(last.dot)
    left, bottom, right, top = _numbers(positions["bb"])
    spare = max(0.0, MIN_WIDTH - (right - left)) / 2
    left, right = left - spare - MARGIN, right + spare + MARGIN
    bottom, top = bottom - MARGIN, top + HEADING
    size = ((right - left) / POINTS, (top - bottom) / POINTS)
    laid_out = PlaceHolderLayoutEngine(adjust_compatible=True, colorbar_gridspec=True)
    figure = plt.figure(figsize=size, layout=laid_out)  # by Graphviz, whatever the style says
    figure.set_label(f"Backward pass in {len(frames)} steps. {title(last)}. {last.description}")
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
              va="top", fontsize=FONT_SIZE + 0.5, color="black")  # fmt: skip
    places = {place["name"]: place for place in positions["objects"]}
    for name, place in places.items():
        if name.startswith("cluster"):
            _cluster(axes, place)
    arrows = [place for place in positions["edges"] if place.get("style") != "invis"]
    for edge, place in zip(frame.edges, arrows, strict=True):
        _arrow(axes, edge, place)
    for node, final in zip(frame.nodes, last.nodes, strict=True):
        active = bool(frame.visited) and frame.visited[-1] == node.key
        _box(axes, node, final, places[node.key], active, frame.class_names)


def _cluster(axes: Axes, place: dict[str, Any]) -> None:
    x0, y0, x1, y1 = _numbers(place["bb"])
    axes.add_patch(FancyBboxPatch((x0, y0), x1 - x0, y1 - y0, "round,pad=0,rounding_size=6",
                                  fill=False, edgecolor=dot.GREY, linewidth=0.8))  # fmt: skip
    x, y = _numbers(place["lp"])
    axes.text(x, y, place["label"], ha="center", va="center", fontsize=FONT_SIZE - 1.5)


def _box(
    axes: Axes, node: Node, final: Node, place: dict[str, Any], active: bool, class_names: bool
) -> None:
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
    rows = [dot.name_row(node), *dot.small_rows(node, class_names)]
    num_rows = len(rows) + len(dot.grad_rows(final))
    rows += dot.grad_rows(node)
    for number, row in enumerate(rows):
        bold = number == 0 and node.kind in ("leaf", "tensor", "output")
        axes.text(x, y + (num_rows - 1 - 2 * number) * FONT_SIZE * 0.66, row, ha="center",
                  va="center", color="black", fontsize=FONT_SIZE if number == 0 else FONT_SIZE - 1,
                  fontweight="bold" if bold else "normal")  # fmt: skip


def _arrow(axes: Axes, edge: Edge, place: dict[str, Any]) -> None:
    """Draw an arrow of the computation, or of its gradient, which goes the other way."""
    line = _line(place["pos"])
    flows = edge.gradient is not None
    colour = dot.ORANGE if flows else "black"
    axes.add_patch(PathPatch(line, fill=False, edgecolor=colour, linewidth=1.8 if flows else 1.0))
    points = np.asarray(line.vertices, dtype=np.float64)[:: -1 if flows else 1]
    axes.add_patch(Polygon(_head(points), closed=True, facecolor=colour, edgecolor="none"))
    text = dot.edge_label(edge)
    if text:
        x, y = _numbers(place["lp"])
        axes.text(x, y, text, ha="center", va="center", fontsize=FONT_SIZE - 1, color="black")


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
