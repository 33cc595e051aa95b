"""Stochastic gradient descent with its update written out."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import cast

import torch
from torch import nn
from tqdm import tqdm

from pytorch_primer import _checks
from pytorch_primer.schedules import Schedule


@dataclass
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
        The step whose loss showed divergence, the last one in `losses`; None if none did.
    """

    losses: list[float] = field(default_factory=list)
    epoch_losses: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    lrs: list[float] = field(default_factory=list)
    stop_reason: str = ""
    diverged_at: int | None = None

    @property
    def diverged(self) -> bool:
        """Whether divergence ended the run."""
        return self.diverged_at is not None


class DivergenceError(ArithmeticError):
    """A training run diverged; its :class:`History` is in ``history``."""

    def __init__(self, history: History) -> None:
        super().__init__(history.stop_reason)
        self.history = history


def sgd(
    net: nn.Module,
    loss_fn: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    batches: Iterable[tuple[torch.Tensor, torch.Tensor]],
    lr: float,
    num_epochs: int,
    *,
    schedule: Schedule | None = None,
    blowup: float = 100.0,
    raise_on_divergence: bool = False,
    progress: bool = False,
) -> History:
    r"""Train `net` in place, one step :math:`p \leftarrow p - \gamma \nabla_p L` for every batch.

    The parameters become those that :class:`torch.optim.SGD` would give on the same batches, to the
    last bit. Divergence is a loss that is not finite, or above `blowup` times the first one. It
    ends the run, and the parameters are put back to what they were before the step that led there.

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
    raise_on_divergence : bool
        Raise :class:`DivergenceError` instead of returning a history that says so.
    progress : bool
        Show a progress bar with the loss.

    Returns
    -------
    History
        Losses, times and rates, and the reason why it ended.

    Raises
    ------
    DivergenceError
        If asked for.
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
    guard = _Guard([*params, *net.buffers()], blowup)
    history = History(stop_reason=f"all {num_epochs} epochs done")
    steps = num_epochs * len(batches) if isinstance(batches, Sized) else None
    with torch.enable_grad(), tqdm(total=steps) if progress else nullcontext() as bar:
        for epoch in range(num_epochs):
            history.lrs.append(lr)
            start = time.perf_counter()
            losses = []
            for x, y in _pairs(batches, params[0].device, epoch):
                loss = _checks.scalar("the value of loss_fn", loss_fn(net(x), y))
                losses.append(loss.item())
                if guard.broken_by(losses[-1]):
                    _refuse_not_finite(x, y)
                    break
                gradients = _gradients(loss, params)
                guard.remember()
                with torch.no_grad():
                    for p, gradient in zip(params, gradients, strict=True):
                        if gradient is not None:
                            p.sub_(gradient, alpha=lr)
                if bar is not None:
                    bar.set_postfix(loss=f"{losses[-1]:.3g}", refresh=False)
                    bar.update()
            history.losses += losses
            history.epoch_losses.append(sum(losses) / len(losses))
            history.seconds.append(time.perf_counter() - start)
            if guard.broke:
                break
            next_lr = schedule(lr) if schedule is not None else lr
            if next_lr is None:
                history.stop_reason = cast(Schedule, schedule).reason
                break
            lr = _checks.positive("the rate that schedule returns", next_lr)
    if guard.broke or guard.broken_at_the_end():
        history.diverged_at = len(history.losses) - 1
        shown = f"{history.losses[-1]:.4g} after {history.losses[0]:.4g} at the first"
        history.stop_reason = f"diverged: the loss of step {history.diverged_at} is {shown}"
        if raise_on_divergence:
            raise DivergenceError(history)
    return history


class _Guard:
    """Knows a broken step by its loss, and what the net was before the step that led to it."""

    def __init__(self, state: list[torch.Tensor], blowup: float) -> None:
        if not isinstance(blowup, int | float) or not blowup > 1:
            raise ValueError(f"blowup must be a number above 1, got {blowup!r}")
        self.state, self.blowup = state, blowup
        self.before = [tensor.detach().clone() for tensor in state]
        self.highest: float | None = None
        self.broke = False

    def broken_by(self, loss: float) -> bool:
        """Say whether this loss shows divergence, and go back if so."""
        if self.highest is None:
            self.highest = self.blowup * loss if loss > 0 else math.inf
        self.broke = not math.isfinite(loss) or loss > self.highest
        if self.broke:
            self._go_back()
        return self.broke

    def broken_at_the_end(self) -> bool:
        """Say whether the last step broke the net, which no loss has shown; go back if so."""
        if all(p.isfinite().all() for p in self.state if isinstance(p, nn.Parameter)):
            return False
        self._go_back()
        return True

    def remember(self) -> None:
        """Keep what the net is now."""
        with torch.no_grad():
            torch._foreach_copy_(self.before, self.state)

    def _go_back(self) -> None:
        with torch.no_grad():
            torch._foreach_copy_(self.state, self.before)


def _trainable(net: nn.Module) -> list[nn.Parameter]:
    if not isinstance(net, nn.Module):
        raise TypeError(f"net must be a torch.nn.Module, got {_checks.kind(net)}")
    params = [p for p in net.parameters() if p.requires_grad]
    if not params:
        raise ValueError("net must have parameters that require grad, got none")
    return params


def _pairs(
    batches: Iterable[tuple[torch.Tensor, torch.Tensor]], device: torch.device, epoch: int
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Go through one epoch, and refuse batches that cannot be trained on."""
    if not isinstance(batches, Iterable):
        raise TypeError(f"batches must be iterable, got {_checks.kind(batches)}")
    found = False
    for pair in batches:
        found = True
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise TypeError(f"batches must give pairs (x, y), got {_checks.kind(pair)}")
        for name, tensor in zip("xy", pair, strict=True):
            if not isinstance(tensor, torch.Tensor):
                raise TypeError(f"{name} of a batch must be a tensor, got {_checks.kind(tensor)}")
            if not tensor.numel():
                raise ValueError(f"{name} of a batch must hold samples, got {_checks.kind(tensor)}")
            if tensor.device != device:
                raise ValueError(
                    f"{name} of a batch must be on the device of net, {device}, got {tensor.device}"
                )
        yield pair[0], pair[1]
    if not found:
        raise ValueError(
            f"batches must give a batch in every epoch, got none in epoch {epoch} "
            "(a generator can be used only once)"
        )


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
