"""Learning rates and batch sizes, tried out from the same initial weights."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from torch import nn

from pytorch_primer import _checks
from pytorch_primer._display import check_axes
from pytorch_primer.plots import style
from pytorch_primer.training import History, html_table, sgd


@dataclass(frozen=True, repr=False)
class Sweep:
    """The runs of a sweep, displayed as a table of the mean loss of their last epoch.

    Attributes
    ----------
    histories : collections.abc.Mapping
        The :class:`History` of each run, by (lr, batch size).
    """

    histories: Mapping[tuple[float, int], History]

    @property
    def lrs(self) -> list[float]:
        """The learning rates, rising."""
        return sorted({lr for lr, _ in self.histories})

    @property
    def batch_sizes(self) -> list[int]:
        """The batch sizes, rising."""
        return sorted({batch_size for _, batch_size in self.histories})

    def rows(self) -> list[list[str]]:
        """Return the table: a row of headings, then one a rate; diverged runs say so."""
        table = [["lr", *(f"batch size {size}" for size in self.batch_sizes)]]
        for lr in self.lrs:
            runs = [self.histories[lr, size] for size in self.batch_sizes]
            losses = ["diverged" if run.diverged else f"{run.epoch_losses[-1]:.3g}" for run in runs]
            table.append([f"{lr:g}", *losses])
        return table

    def plot(self, *, ax: Axes | None = None) -> Axes:
        """Draw the mean loss of the last epoch over the rate, one line a batch size.

        Runs that diverged have no place on the axis of losses: they are crosses along its top.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; a new figure by default.

        Returns
        -------
        matplotlib.axes.Axes
            Where they were drawn.
        """
        check_axes(ax)
        if ax is None:
            ax = plt.subplots()[1]
        for i, size in enumerate(self.batch_sizes):
            runs = {lr: self.histories[lr, size] for lr in self.lrs}
            ended = {lr: run.epoch_losses[-1] for lr, run in runs.items() if not run.diverged}
            look = style(i)
            ax.plot(list(ended), list(ended.values()), **look, label=f"batch size {size}")
            diverged = [lr for lr, run in runs.items() if run.diverged]
            # One below the other, so that several batch sizes stay apart.
            ax.plot(
                diverged, [0.98 - 0.05 * i] * len(diverged), "x", color=look["color"], markersize=7,
                transform=ax.get_xaxis_transform(), label="_diverged",
            )  # fmt: skip
        ax.set(xscale="log", yscale="log", xlabel="learning rate", ylabel="loss of the last epoch")
        ax.plot(
            [], [], "x", color="C0" if len(self.batch_sizes) == 1 else "black", label="diverged"
        )
        ax.legend()
        return ax

    def __repr__(self) -> str:
        """Return how many runs there are; `str` returns the table."""
        return f"<Sweep: {len(self.lrs)} learning rates × {len(self.batch_sizes)} batch sizes>"

    def __str__(self) -> str:
        """Return the table as text."""
        rows = self.rows()
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = (
            "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
            for row in rows
        )
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """Return the table for a notebook."""
        return html_table(self.rows())


def sweep(
    net: nn.Module,
    loss_fn: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    make_batches: Callable[[int], Iterable[tuple[torch.Tensor, torch.Tensor]]],
    lrs: Iterable[float],
    batch_sizes: Iterable[int],
    num_epochs: int,
    *,
    blowup: float = 100.0,
    progress: bool = False,
) -> Sweep:
    """Train copies of `net` by :func:`sgd` with every rate and every batch size.

    Parameters
    ----------
    net : torch.nn.Module
        Where every run begins; it stays as it is.
    loss_fn : collections.abc.Callable
        As for :func:`sgd`.
    make_batches : collections.abc.Callable
        Returns the batches of a given size. Seed their generator in it, so that every run of that
        size sees the same ones.
    lrs : collections.abc.Iterable
        Learning rates, above 0.
    batch_sizes : collections.abc.Iterable
        Batch sizes, at least 1.
    num_epochs : int
        Epochs of each run.
    blowup : float
        What counts as divergence, as for :func:`sgd`.
    progress : bool
        Show a progress bar for every run.

    Returns
    -------
    Sweep
        The histories, as a table and as a plot.

    Raises
    ------
    TypeError, ValueError
        If there are no rates or no sizes, and as :func:`sgd`.
    """
    _checks.function("make_batches", make_batches)
    rates = [_checks.positive("lrs", lr) for lr in _checks.numbers("lrs", lrs)]
    sizes = [
        _checks.at_least(1, "batch_sizes", size)
        for size in _checks.numbers("batch_sizes", batch_sizes)
    ]
    if not rates or not sizes:
        raise ValueError(f"lrs and batch_sizes must hold at least one each, got {rates}, {sizes}")
    histories = {}
    for size in sizes:
        for lr in rates:
            start = copy.deepcopy(net)
            histories[lr, size] = sgd(
                start, loss_fn, make_batches(size), lr, num_epochs, blowup=blowup, progress=progress
            )
    return Sweep(histories)
