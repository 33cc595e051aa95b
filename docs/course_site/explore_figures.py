"""What stands in place of an explorable where no JavaScript runs: figures of this build."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib.pyplot as plt
import torch

from course_site import digit_reader
from course_site.figures import CSS_DPI, drawing
from pytorch_primer import (
    backward_steps,
    descend,
    plot_contours,
    plot_function,
    plot_trajectory,
)

SIZE = re.compile(r'<svg[^>]* width="([\d.]+)" height="([\d.]+)"')


class Figure(NamedTuple):
    """A drawing, what it shows in words, and its size in pixels of a page."""

    svg: str
    alt: str
    width: int
    height: int


def parabola(v: torch.Tensor) -> torch.Tensor:
    """(x - 2)², as in the first lesson on descent."""
    return (v - 2) ** 2


def two_valleys(v: torch.Tensor) -> torch.Tensor:
    """x⁴/4 - x² + x/4, of one variable."""
    return v**4 / 4 - v**2 + v / 4


def bowl(v: torch.Tensor) -> torch.Tensor:
    """10 (x² + y²)."""
    x, y = v
    value: torch.Tensor = 10 * (x**2 + y**2)
    return value


def valley(v: torch.Tensor) -> torch.Tensor:
    """10 (x² - 3xy + 4y²), the course's skewed valley."""
    x, y = v
    value: torch.Tensor = 10 * (x**2 - 3 * x * y + 4 * y**2)
    return value


def steep(v: torch.Tensor) -> torch.Tensor:
    """Give a quadratic function of condition 1000, turned by 0.5 around its lowest point (3, 1)."""
    turn = torch.tensor(0.5, dtype=v.dtype)
    x, y = v[0] - 3, v[1] - 1
    along, across = x * turn.cos() + y * turn.sin(), y * turn.cos() - x * turn.sin()
    return (along**2 + 1000 * across**2) / 2


class Drawn(NamedTuple):
    """A surface as it is drawn without JavaScript."""

    f: Callable[[torch.Tensor], torch.Tensor]
    name: str
    xlim: tuple[float, float]
    ylim: tuple[float, float] | None  # none for a function of one variable


DRAWN = {
    "line": Drawn(parabola, "the parabola (x − 2)²", (-8, 12), None),
    "two_valleys": Drawn(two_valleys, "x⁴/4 − x² + x/4", (-2.6, 2.6), None),
    "bowl": Drawn(bowl, "the bowl 10 (x² + y²)", (-12, 12), (-9, 9)),
    "valley": Drawn(valley, "the valley 10 (x² − 3xy + 4y²)", (-12, 12), (-8, 10)),
    "steep": Drawn(steep, "a valley of condition 1000", (-4, 8), (-4.5, 4.5)),
}
STEPPERS: dict[str, Callable[..., torch.optim.Optimizer]] = {
    "sgd": torch.optim.SGD,
    "momentum": torch.optim.SGD,
    "adam": torch.optim.Adam,
}


def descent_figure(state: dict[str, str]) -> Figure:
    """Draw the path of a descent that an address describes."""
    drawn = DRAWN[state.get("f", "valley")]
    x, y = float(state["x"]), float(state.get("y", 0))
    start = torch.tensor(x if drawn.ylim is None else [x, y])
    lr, steps = float(state["lr"]), int(state["steps"])
    opt = state.get("opt", "sgd")
    settings = {"momentum": float(state.get("momentum", 0.9))} if opt == "momentum" else {}
    path = descend(drawn.f, start, lambda p: STEPPERS[opt](p, lr=lr, **settings), num_steps=steps)
    fig, ax = plt.subplots(figsize=(6, 4.5))
    if drawn.ylim is None:
        plot_function(drawn.f, drawn.xlim, ax=ax)
    else:
        plot_contours(drawn.f, drawn.xlim, drawn.ylim, log=True, levels=12, ax=ax)
    plot_trajectory(path, ax=ax)
    end = ", ".join(f"{v:.3g}" for v in path.positions[-1].tolist())
    alt = (
        f"A path of {steps} steps downhill on {drawn.name}, by {opt} with the"
        f" learning rate {lr:g}. It ends at ({end}) with the value {path.values[-1].item():.2g}."
    )
    return finished(fig, alt)


def backward_figure(state: dict[str, str]) -> Figure:
    """Draw the graph of an expression with all gradients on their arrows."""
    names = {
        name: torch.tensor(float(value), requires_grad=True)
        for name, value in state.items()
        if name != "e"
    }
    functions = {name: getattr(torch, name) for name in ("exp", "log", "tanh", "relu", "sigmoid")}
    # The expression is in a page of this repository; readers' own never come here.
    result = eval(state["e"], {"__builtins__": {}}, functions | names)
    graph = backward_steps(result, params=names)[-1]
    result.backward()
    ends = ", ".join(f"{name} has {leaf.grad:g}" for name, leaf in names.items())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "graph.svg")
        graph.save(path)
        svg = path.read_text(encoding="utf-8")
    width, height = (round(float(x)) for x in SIZE.findall(svg)[0])
    alt = (
        f"The computation graph of {state['e']}, from the named numbers down to the result, with"
        f" the gradient on every arrow. In the end {ends}."
    )
    return Figure(svg, alt, width, height)


def digits_figure(state: dict[str, str]) -> Figure:
    """Draw some test images with the answers of both networks."""
    data = digit_reader.exported()
    fig, axes = plt.subplots(2, 8, figsize=(7, 2.4))
    for ax in axes.flat:
        ax.axis("off")
    if data is None:
        return finished(fig, "Nothing: in this build the networks were not trained.")
    for ax, (i, dense, conv) in zip(axes.flat, data.shown, strict=False):
        ax.imshow(data.images[i].numpy(), cmap="gray")
        ax.set_title(f"{dense} | {conv}", fontsize=9)
    alt = (
        "Sixteen test images of digits with two answers above each: that of the dense network, then"
        " that of the convolutional one."
    )
    return finished(fig, alt)


def finished(fig: Any, alt: str) -> Figure:
    """Draw and close a figure."""
    width, height = (round(inches * CSS_DPI) for inches in fig.get_size_inches())
    svg = drawing(fig)
    plt.close(fig)
    return Figure(svg, alt, width, height)


FIGURES: dict[str, Callable[[dict[str, str]], Figure]] = {
    "descent": descent_figure,
    "backward": backward_figure,
    "digits": digits_figure,
}
