"""Stochastic gradient descent with its update written out."""

from __future__ import annotations

import html
import math
import time
from collections.abc import Callable, Iterable, Sequence, Sized
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from numbers import Real

import torch
from torch import nn
from tqdm import tqdm

from pytorch_primer import _checks
from pytorch_primer.schedules import Rate, Schedule, check_schedule, reason_of

MOST_ROWS = 12
"""Epochs in the table of a longer run: its first and its last ones."""


@dataclass(repr=False)
class History:
    """What a training run went through.

    Attributes
    ----------
    losses : list of float
        The loss of each step, on its batch, before that step's update.
    epoch_losses : list of float
        Their mean over each epoch; of an epoch that diverged, over the steps that it had.
    seconds : list of float
        Duration of each epoch in seconds, validation left out.
    lrs : list of float
        The learning rate of each epoch.
    stop_reason : str
        Why the run ended.
    diverged_at : int or None
        The step that showed divergence, the last one in `losses`; None if no step did.
    """

    losses: list[float] = field(default_factory=list)
    epoch_losses: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    lrs: list[float] = field(default_factory=list)
    stop_reason: str = ""
    diverged_at: int | None = None

    def __repr__(self) -> str:
        """Return how long the run was, where it ended and why, in one line."""
        last = f", last loss {self.epoch_losses[-1]:.4g}" if self.epoch_losses else ""
        epochs, steps = len(self.epoch_losses), len(self.losses)
        return f"<History: {epochs} epochs, {steps} steps{last}; {self.stop_reason}>"

    def _repr_html_(self) -> str:
        """Return a table of the epochs for a notebook."""
        rows = [
            (str(i), f"{lr:g}", f"{loss:.4g}", f"{seconds:.2f} s")
            for i, (lr, loss, seconds) in enumerate(
                zip(self.lrs, self.epoch_losses, self.seconds, strict=True)
            )
        ]
        if len(rows) > MOST_ROWS:
            half = MOST_ROWS // 2
            rows = [*rows[:half], ("⋮",) * 4, *rows[-half:]]
        head = ("epoch", "learning rate", "mean loss", "duration")
        return html_table([head, *rows]) + f"<p>{html.escape(self.stop_reason)}</p>"

    @property
    def diverged(self) -> bool:
        """Whether divergence ended the run."""
        return self.diverged_at is not None


def html_table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows of text, the first one headings, as a table of a page."""
    head, *body = rows
    top = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in head)
    lines = (
        f'<tr><th scope="row">{html.escape(row[0])}</th>'
        + "".join(f"<td>{html.escape(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in body
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def sgd(
    net: nn.Module,
    loss_fn: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    batches: Iterable[tuple[torch.Tensor, torch.Tensor]],
    lr: float,
    num_epochs: int,
    *,
    schedule: Schedule | Rate | None = None,
    blowup: float = 100.0,
    progress: bool = False,
) -> History:
    r"""Train `net` in place, one step :math:`p \leftarrow p - \gamma \nabla_p L` for every batch.

    The parameters become those that :class:`torch.optim.SGD` would give on the same batches, to the
    last bit. Divergence is a loss or a gradient that is not finite, or a loss above `blowup` times
    the first one. It ends the run: the step that shows it is not made, and the parameters are left
    as they were before it. (Gradients are looked at where they are vectors, as those of biases.)

    Parameters
    ----------
    net : torch.nn.Module
        The network; its mode (training or evaluation) stays as it is.
    loss_fn : collections.abc.Callable
        ``loss_fn(net(x), y)`` is a 0-d tensor.
    batches : collections.abc.Iterable
        Gives one epoch's pairs (x, y) each time it is iterated: :class:`Batches`, a
        :class:`torch.utils.data.DataLoader`, a list.
    lr : float
        Learning rate γ, above 0: that of the first epoch, if there is a schedule.
    num_epochs : int
        Passes over the batches, at least 1; with a schedule, at most that many.
    schedule : Schedule, optional
        Asked after every epoch for the next rate: :class:`Plateau`, :class:`Restart`.
    blowup : float
        How many times the first loss is too much; above 1, ``math.inf`` for any finite loss.
        Without effect if the first loss is not positive.
    progress : bool
        Show a progress bar with the loss.

    Returns
    -------
    History
        Losses, times and rates, and the reason why it ended.

    Raises
    ------
    TypeError
        If an argument or what it gives is of a wrong type.
    ValueError
        If a number is out of its range, the net has nothing to train, an epoch has no batches, a
        batch is empty, on another device than the net or not finite, or the loss is no 0-d tensor.
    RuntimeError
        If the loss has no graph back to the parameters.
    """
    params = _trainable(net)
    _checks.function("loss_fn", loss_fn)
    lr = _checks.positive("lr", lr)
    num_epochs = _checks.at_least(1, "num_epochs", num_epochs)
    if not isinstance(batches, Iterable):
        raise TypeError(f"batches must be iterable, got {_checks.kind(batches)}")
    if not isinstance(blowup, Real) or not blowup > 1:
        raise ValueError(f"blowup must be a number above 1, got {_checks.kind(blowup)}")
    blowup = float(blowup)
    if schedule is not None:
        check_schedule(schedule)
    history = History(stop_reason=f"all {num_epochs} epochs done")
    steps = num_epochs * len(batches) if isinstance(batches, Sized) else None
    with torch.enable_grad(), tqdm(total=steps) if progress else nullcontext() as bar:
        for epoch in range(num_epochs):
            history.lrs.append(lr)
            first_step, start = len(history.losses), time.perf_counter()
            step = partial(_step, net, loss_fn, params, lr, blowup, history)
            # map, unlike a loop over the batches, holds on to none while the next is being made:
            # the memory that it takes is still in the cache.
            for _ in map(step, batches):
                if history.diverged:
                    break
                if bar is not None:
                    bar.set_postfix(loss=f"{history.losses[-1]:.3g}", refresh=False)
                    bar.update()
            losses = history.losses[first_step:]
            if not losses:
                raise ValueError(
                    f"batches must give a batch in every epoch, got none in epoch {epoch} "
                    "(a generator can be used only once)"
                )
            history.epoch_losses.append(sum(losses) / len(losses))
            history.seconds.append(time.perf_counter() - start)
            if history.diverged:
                break
            next_lr = schedule(lr) if schedule is not None else lr
            if next_lr is None:
                history.stop_reason = reason_of(schedule)
                break
            lr = _checks.positive("the rate that schedule returns", next_lr)
    if not history.diverged and not all(p.isfinite().all() for p in params):
        _mark_broken(history, "it left parameters that are not finite")
    return history


def _step(
    net: nn.Module,
    loss_fn: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    params: list[nn.Parameter],
    lr: float,
    blowup: float,
    history: History,
    batch: tuple[torch.Tensor, torch.Tensor],
) -> None:
    """Record the loss of a batch and make the step, unless it is broken."""
    x, y = _checked(batch, params[0].device)
    loss = _checks.scalar("the value of loss_fn", loss_fn(net(x), y))
    history.losses.append(loss.item())
    first, last = history.losses[0], history.losses[-1]
    if not math.isfinite(last):
        _refuse_not_finite(x, y)
    if not math.isfinite(last) or last > blowup * first > 0:
        _mark_broken(history, f"its loss is {last:.4g}, the first one was {first:.4g}")
        return
    gradients = _gradients(loss, params)
    if not _finite(gradients):
        _mark_broken(history, "its gradient is not finite")
        return
    with torch.no_grad():
        for p, gradient in zip(params, gradients, strict=True):
            if gradient is not None:
                p.sub_(gradient, alpha=lr)


def _finite(gradients: tuple[torch.Tensor | None, ...]) -> bool:
    """Look for NaN and infinity in the vectors, or in all where there are none.

    The gradient of a bias is the sum over the batch of what the gradient of its weight is made of,
    so that the one tells of the other. To add up the weights' too took 4 % of an epoch.
    """
    known = [gradient for gradient in gradients if gradient is not None]
    vectors = [gradient for gradient in known if gradient.dim() < 2]
    return math.isfinite(sum(gradient.sum() for gradient in vectors or known))


def _mark_broken(history: History, why: str) -> None:
    history.diverged_at = len(history.losses) - 1
    history.stop_reason = f"step {history.diverged_at} diverged: {why}"


def _trainable(net: nn.Module) -> list[nn.Parameter]:
    if not isinstance(net, nn.Module):
        raise TypeError(f"net must be a torch.nn.Module, got {_checks.kind(net)}")
    params = [p for p in net.parameters() if p.requires_grad]
    if not params:
        raise ValueError("net must have parameters that require grad, got none")
    return params


def _checked(
    batch: tuple[torch.Tensor, torch.Tensor], device: torch.device
) -> tuple[torch.Tensor, torch.Tensor]:
    """Refuse a batch that cannot be trained on."""
    if not isinstance(batch, tuple | list) or len(batch) != 2:
        raise TypeError(f"batches must give pairs (x, y), got {_checks.kind(batch)}")
    for name, tensor in zip("xy", batch, strict=True):
        if not isinstance(tensor, torch.Tensor):
            raise TypeError(f"{name} of a batch must be a tensor, got {_checks.kind(tensor)}")
        if not tensor.numel():
            raise ValueError(f"{name} of a batch must hold samples, got {_checks.kind(tensor)}")
        if tensor.device != device:
            raise ValueError(
                f"{name} of a batch must be on the device of net, {device}, got {tensor.device}"
            )
    return batch[0], batch[1]


def _refuse_not_finite(x: torch.Tensor, y: torch.Tensor) -> None:
    """Tell bad data from divergence, once a loss is bad."""
    for name, tensor in (("x", x), ("y", y)):
        if not tensor.isfinite().all():
            raise ValueError(f"{name} of a batch must be finite, got NaN or infinity in it")


def _gradients(loss: torch.Tensor, params: list[nn.Parameter]) -> tuple[torch.Tensor | None, ...]:
    gradients = torch.autograd.grad(loss, params, allow_unused=True) if loss.requires_grad else ()
    if all(gradient is None for gradient in gradients):
        raise RuntimeError(
            "the value of loss_fn must depend on the parameters of net, got one without a graph "
            "back to them: was the output detached?"
        )
    return gradients
