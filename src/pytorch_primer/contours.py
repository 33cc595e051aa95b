"""Functions of one and of two variables, drawn as the optimizer sees them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from numbers import Integral

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, LogNorm, Normalize

from pytorch_primer import _checks
from pytorch_primer._display import check_axes
from pytorch_primer.evaluation import Method, evaluate

# From low to high; every colour of it is legible on a white and on a dark page.
CONTOUR_COLOURS = LinearSegmentedColormap.from_list(
    "pytorch_primer.contours", ["#566a9e", "#768292", "#9c8d7c"]
)
NEUTRAL = "#80868b"


@dataclass(frozen=True, repr=False)
class ContourPlot:
    """Contours that were drawn, and the grid behind them.

    Attributes
    ----------
    ax : matplotlib.axes.Axes
        Where they are.
    x, y : torch.Tensor
        Shape (num,) each: the grid's coordinates, both limits included.
    values : torch.Tensor
        Shape (num, num); ``values[i, j]`` is f at ``(x[j], y[i])``.
    levels : numpy.ndarray
        The values at which lines were drawn.
    method : str
        ``"vmap"`` or ``"loop"``: how the grid was evaluated.
    """

    ax: Axes
    x: torch.Tensor
    y: torch.Tensor
    values: torch.Tensor
    levels: np.ndarray[tuple[int], np.dtype[np.float64]]
    method: Method

    def __repr__(self) -> str:
        """Return how many lines there are on how many points."""
        return f"<ContourPlot: {len(self.levels)} levels on {len(self.x)}×{len(self.y)} points>"


@dataclass(frozen=True, repr=False)
class FunctionPlot:
    """A curve that was drawn, and the points behind it.

    Attributes
    ----------
    ax : matplotlib.axes.Axes
        Where it is.
    x, values : torch.Tensor
        Shape (num,) each: the points and f there.
    method : str
        ``"vmap"`` or ``"loop"``: how the points were evaluated.
    """

    ax: Axes
    x: torch.Tensor
    values: torch.Tensor
    method: Method

    def __repr__(self) -> str:
        """Return how many points there are."""
        return f"<FunctionPlot: {len(self.x)} points>"


def plot_function(
    f: Callable[[torch.Tensor], torch.Tensor],
    xlim: tuple[float, float],
    *,
    num: int = 200,
    ax: Axes | None = None,
) -> FunctionPlot:
    """Draw a function of one variable; what is drawn over it later does not change the view.

    Parameters
    ----------
    f : collections.abc.Callable
        Maps a 0-d tensor to a 0-d tensor.
    xlim : tuple
        Lower and upper limit, both drawn.
    num : int
        Number of points, at least 2.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    FunctionPlot
        The axes, the points and the values.

    Raises
    ------
    TypeError, ValueError
        For limits that are not two finite numbers in rising order, fewer than two points, or an `f`
        that does not return a 0-d floating point tensor.
    """
    check_axes(ax)
    x = _ticks("xlim", xlim, num)
    values, method = evaluate(f, x)
    xs, ys = _numpy(x), _numpy(values)
    if ax is None:
        ax = plt.subplots()[1]
    ax.plot(xs, ys, color=NEUTRAL, zorder=1)
    ax.set(xlim=xlim, ylim=ax.get_ylim(), xlabel="$x$", ylabel="$f(x)$")
    return FunctionPlot(ax, x, values, method)


def plot_contours(
    f: Callable[[torch.Tensor], torch.Tensor],
    xlim: tuple[float, float],
    ylim: tuple[float, float],
    *,
    num: int = 100,
    levels: int | Sequence[float] = 20,
    log: bool = False,
    ax: Axes | None = None,
) -> ContourPlot:
    """Draw the contours of a function of two variables, in a view that later drawing leaves alone.

    Parameters
    ----------
    f : collections.abc.Callable
        Maps a tensor of shape (2,) to a 0-d tensor: the function that the optimizer sees.
        Evaluated as :func:`evaluate` says.
    xlim, ylim : tuple
        Lower and upper limit of the grid, both part of it.
    num : int
        Points along each side, at least 2.
    levels : int or collections.abc.Sequence
        How many lines, or the values to draw them at, rising.
    log : bool
        Space the lines by factors and not by differences: between the least positive value on the
        grid, but at most six powers of ten down, and the greatest.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    ContourPlot
        The axes, the grid, its values, the levels and the method.

    Raises
    ------
    TypeError
        If `f` is not a function, or does not return a floating point tensor.
    ValueError
        For limits that are not two finite numbers in rising order, fewer than two points or no
        level, an `f` that returns a vector, is the same everywhere, or nowhere finite (with `log`:
        nowhere positive), and for levels none of which `f` reaches.
    """
    check_axes(ax)
    x, y = _ticks("xlim", xlim, num), _ticks("ylim", ylim, num)
    points = torch.stack(torch.meshgrid(x, y, indexing="xy"), dim=-1).reshape(-1, 2)
    flat, method = evaluate(f, points)
    values = flat.reshape(num, num)
    at = _levels(values, levels, log)
    xs, ys, drawn = _numpy(x), _numpy(y), _numpy(values)
    if log:
        # Matplotlib would cut out what is not positive; no line is as low as this.
        drawn = np.maximum(drawn, at[0] * 1e-9)
    if ax is None:
        ax = plt.subplots(figsize=(5, 4.5))[1]
        if math.isclose(xlim[1] - xlim[0], ylim[1] - ylim[0]):
            ax.set_aspect("equal")
    ax.contour(
        xs,
        ys,
        drawn,
        levels=at,
        cmap=CONTOUR_COLOURS,
        norm=(LogNorm if log else Normalize)(float(at[0]), float(at[-1])),
        linewidths=0.9,
        zorder=1,
    )
    ax.set(xlim=xlim, ylim=ylim, xlabel="$x$", ylabel="$y$")
    return ContourPlot(ax, x, y, values, at, method)


def _ticks(name: str, limits: tuple[float, float], num: int) -> torch.Tensor:
    try:
        low, high = (float(limit) for limit in limits)
    except (TypeError, ValueError) as error:
        raise TypeError(f"{name} must be two numbers, got {limits!r}") from error
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ValueError(f"{name} must be two finite numbers in rising order, got {limits!r}")
    num = _checks.at_least(2, "num", num)
    most = torch.finfo(torch.get_default_dtype()).max
    ticks = torch.linspace(low, high, num) if max(-low, high) <= most else None
    if ticks is None or not ticks[0] < ticks[-1]:
        dtype = str(torch.get_default_dtype()).removeprefix("torch.")
        raise ValueError(f"{name} must be two numbers that {dtype} tells apart, got {limits!r}")
    return ticks


def _numpy(values: torch.Tensor) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return a tensor of any floating point type, bfloat16 too, which NumPy does not know."""
    return values.detach().double().cpu().numpy()


def _levels(
    values: torch.Tensor, levels: int | Sequence[float], log: bool
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return rising levels, at least one of which is reached on the grid."""
    seen = values[values.isfinite() & (values > 0)] if log else values[values.isfinite()]
    if not len(seen):
        raise ValueError(f"f must be {'positive' if log else 'finite'} somewhere on the grid")
    low, high = seen.min().item(), seen.max().item()
    if low == high:
        raise ValueError(f"f must not be the same everywhere on the grid, got {low:g}")
    if isinstance(levels, Integral):
        count = _checks.at_least(1, "levels", levels) + 2
        if log:
            return np.geomspace(max(low, high * 1e-6), high, count)[1:-1]
        return np.linspace(low, high, count)[1:-1]
    try:
        at = np.asarray(levels, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise TypeError(f"levels must be a number of lines or values, got {levels!r}") from error
    if not np.isfinite(at).all():
        raise ValueError(f"levels must be finite, got {levels!r}")
    if at.ndim != 1 or not at.size or not (np.diff(at) > 0).all() or (log and at[0] <= 0):
        kind = "rising positive" if log else "rising"
        raise ValueError(f"levels must be a number of lines or {kind} values, got {levels!r}")
    if not ((at > low) & (at < high)).any():
        raise ValueError(f"levels must meet f, which is between {low:g} and {high:g}: {levels!r}")
    return at
