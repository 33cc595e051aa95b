"""Pictures of descents: their way, and the value at every step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from pytorch_primer._display import check_axes, legend_text
from pytorch_primer.descent import Trajectory

# Beside the colours of the style sheet, so that runs differ in more than colour.
MARKERS = "osD^vPX"
# With more entries than this, only the start and the end of a run are marked.
MOST_MARKERS = 60


def plot_trajectory(
    trajectories: Trajectory | Sequence[Trajectory] | Mapping[str, Trajectory],
    *,
    ax: Axes | None = None,
) -> Axes:
    """Draw the way of one descent or of several, over their position.

    Descents on one variable are points ``(x, f(x))``, to be drawn on the curve of
    :func:`plot_function`; on two variables points ``(x, y)``, for the plane of
    :func:`plot_contours`. Entries that are not finite are left out. Every entry has a marker, or
    only the first and the last where there are more than 60.

    Parameters
    ----------
    trajectories : Trajectory or collections.abc.Sequence or collections.abc.Mapping
        One, several, or several by the names that the legend shall give them.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes
        Where they were drawn.

    Raises
    ------
    TypeError
        For anything but trajectories.
    ValueError
        If there is none, or their positions have neither one nor two coordinates, or not the same
        number.
    """
    check_axes(ax)
    runs = named(trajectories)
    dimensions = dimension(runs)
    new = ax is None
    if ax is None:
        ax = plt.subplots(figsize=(6, 4) if dimensions == 1 else (5, 4.5))[1]
    for i, (name, run) in enumerate(runs.items()):
        every = run.num_steps if run.num_steps >= MOST_MARKERS else 1
        look = style(i) | {"markevery": every, "label": legend_text(name)}
        ax.plot(*coordinates(run).T, linewidth=1.4, zorder=3, **look)
    if new:
        names = ("$x$", "$f(x)$") if dimensions == 1 else ("$x$", "$y$")
        ax.set(xlabel=names[0], ylabel=names[1])
    if _has_names(trajectories):
        ax.legend()
    return ax


def plot_values(
    trajectories: Trajectory | Sequence[Trajectory] | Mapping[str, Trajectory],
    *,
    log: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw the value of the function at every step of one descent or of several.

    Parameters
    ----------
    trajectories : Trajectory or collections.abc.Sequence or collections.abc.Mapping
        As for :func:`plot_trajectory`, with any number of coordinates.
    log : bool
        A logarithmic axis for the values; entries that are not positive are left out.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes
        Where they were drawn.

    Raises
    ------
    TypeError
        For anything but trajectories.
    ValueError
        If there is none, or with `log` no positive value to draw.
    """
    check_axes(ax)
    runs = named(trajectories)
    values = {name: run.values.double().cpu().numpy() for name, run in runs.items()}
    shown = {name: np.isfinite(v) & ((v > 0) | (not log)) for name, v in values.items()}
    if log and not any(some.any() for some in shown.values()):
        raise ValueError("trajectories must have a positive value somewhere for log=True")
    if ax is None:
        ax = plt.subplots()[1]
    for i, (name, run) in enumerate(runs.items()):
        look = style(i) | {"markevery": max(1, run.num_steps // 8), "label": legend_text(name)}
        ax.plot(np.where(shown[name], values[name], np.nan), **look)
    if log:
        ax.set_yscale("log")
    ax.set(xlabel="step", ylabel="value of $f$")
    if _has_names(trajectories):
        ax.legend()
    return ax


def named(
    trajectories: Trajectory | Sequence[Trajectory] | Mapping[str, Trajectory],
) -> dict[str, Trajectory]:
    """Return the trajectories under the names of the legend; a diverging one is marked as such.

    Raises
    ------
    TypeError
        For anything but trajectories.
    ValueError
        If there is none.
    """
    if isinstance(trajectories, Trajectory):
        pairs = [(trajectories.label, trajectories)]
    elif isinstance(trajectories, Mapping):
        pairs = [(str(name), run) for name, run in trajectories.items()]
    elif isinstance(trajectories, Sequence):
        pairs = [(getattr(run, "label", ""), run) for run in trajectories]
    else:
        raise TypeError(f"trajectories must be of type Trajectory, got {trajectories!r}")
    names: dict[str, Trajectory] = {}
    for name, run in pairs:
        if not isinstance(run, Trajectory):
            raise TypeError(f"trajectories must be of type Trajectory, got {run!r}")
        name += " (diverges)" if run.diverged else ""
        while name in names:  # two runs of the same optimizer and rate
            name += "′"
        names[name] = run
    if not names:
        raise ValueError("trajectories must hold at least one, got none")
    return names


def dimension(runs: Mapping[str, Trajectory]) -> int:
    """Return how many coordinates the positions have: 1 or 2.

    Raises
    ------
    ValueError
        If it is another number, or not the same for all.
    """
    found = {run.positions.shape[1] for run in runs.values()}
    if found not in ({1}, {2}):
        raise ValueError(f"trajectories must all have one or two coordinates, got {sorted(found)}")
    return found.pop()


def coordinates(run: Trajectory) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return what is drawn of a run: (x, f(x)) or (x, y), NaN where not finite; (n + 1, 2)."""
    points = run.positions.double().cpu().numpy()
    if points.shape[1] == 1:
        points = np.column_stack([points, run.values.double().cpu().numpy()])
    return np.where(np.isfinite(points).all(axis=1, keepdims=True), points, np.nan)


def style(i: int) -> dict[str, Any]:
    """Return the colour and marker of run number `i`."""
    return {"color": f"C{i}", "marker": MARKERS[i % len(MARKERS)]}


def _has_names(trajectories: object) -> bool:
    """Whether a legend has something to tell apart."""
    return not isinstance(trajectories, Trajectory)
