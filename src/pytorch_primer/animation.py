"""Descents as animations: the step that was just made, on the curve or on the contours."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import cast

import numpy as np
import torch
from matplotlib.animation import FuncAnimation
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pytorch_primer import _checks
from pytorch_primer.contours import plot_contours, plot_function
from pytorch_primer.descent import Trajectory
from pytorch_primer.plots import coordinates, dimension, named, style


def animate_descent(
    f: Callable[[torch.Tensor], torch.Tensor],
    trajectories: Trajectory | Sequence[Trajectory] | Mapping[str, Trajectory],
    *,
    xlim: tuple[float, float] | None = None,
    ylim: tuple[float, float] | None = None,
    levels: int | Sequence[float] = 20,
    log: bool = False,
    num_frames: int = 40,
    interval: int = 200,
) -> FuncAnimation:
    """Animate one descent or several in a new figure, each frame one state.

    On one variable a frame shows the curve, the points so far (pale), the old point (hollow), the
    update as an arrow along x, and the new point. On two it shows the contours, the way so far, and
    the update that led to the point reached. The first frame is the start, the last one the end.

    Parameters
    ----------
    f : collections.abc.Callable
        The function that was minimised.
    trajectories : Trajectory or collections.abc.Sequence or collections.abc.Mapping
        As for :func:`plot_trajectory`. Shorter runs rest at their end.
    xlim, ylim : tuple, optional
        What to show of each variable (`ylim` only of a second one); by default every position of
        the runs that do not diverge, and a tenth more.
    levels, log
        The contours, as for :func:`plot_contours`; without meaning for one variable.
    num_frames : int
        At most that many frames, evenly spread over the steps; 2 or more.
    interval : int
        Milliseconds from frame to frame.

    Returns
    -------
    matplotlib.animation.FuncAnimation
        The animation, to be kept in a variable until it is shown or saved. Its figure is the
        current one (:func:`matplotlib.pyplot.gcf`).

    Raises
    ------
    TypeError
        For anything but trajectories, or limits or numbers of a wrong type.
    ValueError
        As :func:`plot_trajectory`, :func:`plot_contours` and :func:`plot_function`; if all runs
        diverge and there are no limits; and for `ylim` with one variable.
    """
    runs = named(trajectories)
    variables = dimension(runs)
    num_frames = _checks.at_least(2, "num_frames", num_frames)
    interval = _checks.at_least(1, "interval", interval)
    if variables == 1 and ylim is not None:
        raise ValueError(f"ylim is for functions of two variables, got {ylim} with one")
    xlim = _limits("xlim", runs, 0) if xlim is None else xlim
    if variables == 1:
        ax = plot_function(f, xlim).ax
    else:
        ylim = _limits("ylim", runs, 1) if ylim is None else ylim
        ax = plot_contours(f, xlim, ylim, levels=levels, log=log).ax
    figure = cast(Figure, ax.get_figure(root=True))
    movers = [_Mover(ax, i, name, run) for i, (name, run) in enumerate(runs.items())]
    if not isinstance(trajectories, Trajectory):
        figure.set_size_inches(6.6, 4.5 if variables == 2 else 4)
        ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))  # beside what moves, never on it
    last = max(run.num_steps for run in runs.values())
    steps = np.unique(np.linspace(0, last, min(num_frames, last + 1)).round().astype(int))

    def draw(step: int) -> list[Artist]:
        ax.set_title(f"step {step}")
        return [artist for mover in movers for artist in mover.move_to(step)]

    draw(0)
    animation = FuncAnimation(figure, draw, frames=steps.tolist(), interval=interval)
    figure.canvas.draw()  # an animation never drawn warns when it is deleted
    return animation


class _Mover:
    """One run's artists: the way so far, the last update, the point before it and the point."""

    def __init__(self, ax: Axes, i: int, name: str, run: Trajectory) -> None:
        self.points = coordinates(run)
        self.on_curve = run.positions.shape[1] == 1
        look = style(i)
        (self.way,) = ax.plot([], [], color=look["color"], linewidth=1.2, alpha=0.7, zorder=3)
        self.trail = ax.scatter([], [], color=look["color"], marker=look["marker"], s=12, alpha=0.4)
        (self.old,) = ax.plot([], [], **look, markerfacecolor="white", markersize=6, zorder=4)
        (self.new,) = ax.plot([], [], **look, linestyle="", markersize=6, zorder=5, label=name)
        self.arrow = ax.quiver(
            [0.0], [0.0], [0.0], [0.0], color=look["color"], zorder=4, width=0.006,
            angles="xy", scale_units="xy", scale=1.0,
        )  # fmt: skip
        low, high = np.array([ax.get_xlim(), ax.get_ylim()]).T
        far = 20 * (high - low)  # further out, an arrow is drawn to nowhere
        inside = ((self.points > low - far) & (self.points < high + far)).all(axis=1)
        self.points[~inside] = np.nan

    def move_to(self, step: int) -> list[Artist]:
        """Show the state before step number `step`, and the update that led there."""
        step = min(step, len(self.points) - 1)
        old, new = self.points[max(step - 1, 0)], self.points[step]
        tip = np.array([new[0], old[1]]) if self.on_curve else new
        way = np.array([tip, new]) if self.on_curve else self.points[: step + 1]
        self.way.set_data(way[:, 0], way[:, 1])
        if self.on_curve:
            self.trail.set_offsets(self.points[:step])
        self.old.set_data([old[0]], [old[1]])
        self.new.set_data([new[0]], [new[1]])
        update = np.nan_to_num(tip - old)
        self.arrow.set_visible(bool(update.any()))  # none at the start, none from far outside
        self.arrow.set_offsets(np.nan_to_num(old)[None])
        self.arrow.set_UVC(update[:1], update[1:])
        return [self.way, self.trail, self.arrow, self.old, self.new]


def _limits(name: str, runs: Mapping[str, Trajectory], axis: int) -> tuple[float, float]:
    """Return the range of one coordinate over the runs that do not diverge, and a margin."""
    seen = [run.positions[:, axis] for run in runs.values() if not run.diverged]
    if not seen:
        raise ValueError(f"{name} must be given when every run diverges")
    low, high = torch.cat(seen).aminmax()
    margin = 0.1 * (high - low).item() or 1.0
    return low.item() - margin, high.item() + margin
