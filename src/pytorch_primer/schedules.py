"""When to stop a training run, and with which rate to go on.

A schedule is asked after every epoch, with the rate of that epoch; it answers with the rate of the
next one, or with None to stop. It counts what it has seen: make a new one for every run.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

import torch

from pytorch_primer import _checks


class Schedule(Protocol):
    """What :func:`sgd` asks after every epoch; any function of the rate will do.

    Attributes
    ----------
    reason : str
        Why it stops, when it does. A plain function has none.
    """

    reason: str

    def __call__(self, lr: float) -> float | None:
        """Return the rate of the next epoch, given that of the last one, or None to stop."""


Rate = Callable[[float], float | None]
"""A function that returns the next rate, or None to stop."""


def check_schedule(schedule: object) -> None:
    """Refuse what cannot be asked for the next rate.

    Raises
    ------
    TypeError
        If `schedule` is no function of the rate.
    """
    if isinstance(schedule, torch.optim.lr_scheduler.LRScheduler):
        raise TypeError(
            f"schedule must be a Schedule such as Restart(Budget(10), 1/2, 3), got a "
            f"{type(schedule).__name__}, which changes the rate of an optimizer of its own; "
            "train with that optimizer, or give a function that returns the next rate"
        )
    _checks.function("schedule", schedule)


def reason_of(schedule: object) -> str:
    """Return why a schedule stops, as far as it says so."""
    return str(getattr(schedule, "reason", "the schedule returned no further rate"))


class Budget:
    """Stop after a fixed number of epochs.

    Parameters
    ----------
    num_epochs : int
        How many, at least 1.

    Raises
    ------
    TypeError, ValueError
        If it is no integer, or less than 1.
    """

    def __init__(self, num_epochs: int) -> None:
        self.num_epochs = self.left = _checks.at_least(1, "num_epochs", num_epochs)
        self.reason = f"the budget of {num_epochs} epochs is spent"

    def __call__(self, lr: float) -> float | None:
        """Count an epoch."""
        self.left -= 1
        if self.left:
            return lr
        self.left = self.num_epochs  # for the next stage of a Restart
        return None


class Plateau:
    """Stop when a value on a validation set has not got better for a number of epochs.

    Parameters
    ----------
    validate : collections.abc.Callable
        Returns the value of the net as it is now, lower being better: a validation loss, or minus
        an accuracy. NaN is never better.
    patience : int
        After how many epochs in a row without a new best value to stop, at least 1.

    Attributes
    ----------
    values : list of float
        The value after each epoch.

    Raises
    ------
    TypeError, ValueError
        If `validate` cannot be called, or `patience` is no integer or less than 1.
    """

    def __init__(self, validate: Callable[[], float], patience: int) -> None:
        _checks.function("validate", validate)
        self.validate, self.patience = validate, _checks.at_least(1, "patience", patience)
        self.values: list[float] = []
        self.best, self.waited = math.inf, 0
        self.reason = f"no better value on the validation set in {patience} epochs"

    def __call__(self, lr: float) -> float | None:
        """Validate."""
        value = float(self.validate())
        self.values.append(value)
        if value < self.best:
            self.best, self.waited = value, 0
        else:
            self.waited += 1
        if self.waited < self.patience:
            return lr
        self.waited = 0  # for the next stage of a Restart
        return None


class Restart:
    """Go on from where another schedule stops, with the rate multiplied by a factor.

    Parameters
    ----------
    schedule : Schedule
        Says when a stage ends: :class:`Budget` or :class:`Plateau`.
    factor : float
        The decay δ of the rate, between 0 and 1; 1/2, 1/4 and 1/8 are usual.
    num_restarts : int
        How often to go on, at least 1; then the run ends.

    Raises
    ------
    TypeError, ValueError
        If an argument is of a wrong type or out of its range.
    """

    def __init__(self, schedule: Schedule | Rate, factor: float, num_restarts: int) -> None:
        check_schedule(schedule)
        self.factor = _checks.positive("factor", factor)
        if self.factor >= 1:
            raise ValueError(f"factor must be below 1, got {factor}")
        self.schedule = schedule
        self.left = _checks.at_least(1, "num_restarts", num_restarts)
        self.reason = f"after {num_restarts} restarts, {reason_of(schedule)}"

    def __call__(self, lr: float) -> float | None:
        """Ask the other schedule, and go on where it stops."""
        next_lr = self.schedule(lr)
        if next_lr is not None or not self.left:
            return next_lr
        self.left -= 1
        return self.factor * lr
