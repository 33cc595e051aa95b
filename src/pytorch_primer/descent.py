"""Gradient descent on a function, by hand or by an optimizer, with its way recorded."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from pytorch_primer import _checks


@dataclass(frozen=True, repr=False)
class Trajectory:
    """The way of a descent: entry i is the state before step i, the last entry is the end.

    Attributes
    ----------
    positions : torch.Tensor
        Shape (num_steps + 1, d), with the dtype and device of the start; d = 1 for a 0-d start.
    values : torch.Tensor
        Shape (num_steps + 1,): the function at each position.
    gradients : torch.Tensor
        Shape (num_steps + 1, d): its gradient there. From the first entry that is not finite on,
        where the descent stopped, positions, values and gradients after it are NaN.
    diverged_at : int or None
        None for a run that ends no higher than it started. Otherwise the entry at which its last
        stretch begins, all of it not finite or above the first value (by more than rounding).
    label : str
        What was run, for a legend: the optimizer and its rate.
    """

    positions: torch.Tensor
    values: torch.Tensor
    gradients: torch.Tensor
    diverged_at: int | None
    label: str

    def __repr__(self) -> str:
        """Return what was run, how far, and where it ended."""
        ended = "diverged" if self.diverged else f"f = {self.values[-1].item():.4g}"
        return f"<Trajectory: {self.label}, {self.num_steps} steps, {ended}>"

    @property
    def diverged(self) -> bool:
        """Whether the run ended higher than it started, or not finite."""
        return self.diverged_at is not None

    @property
    def num_steps(self) -> int:
        """Return the number of steps, one less than there are entries."""
        return len(self.values) - 1

    @property
    def updates(self) -> torch.Tensor:
        """Return the steps from position i to position i + 1, of shape (num_steps, d)."""
        return self.positions[1:] - self.positions[:-1]


def descend(
    f: Callable[[torch.Tensor], torch.Tensor],
    x0: torch.Tensor | float | Sequence[float],
    optimizer: Callable[..., torch.optim.Optimizer] | None = None,
    *,
    lr: float | None = None,
    num_steps: int,
) -> Trajectory:
    r"""Minimise `f` from `x0` and record every step.

    Without an optimizer the step is written out: :math:`x_{k+1} = x_k - \gamma \nabla f(x_k)` with
    the rate :math:`\gamma` = `lr`. Gradients come from :func:`torch.autograd.grad`, so tensors that
    `f` uses keep their ``.grad``.

    Parameters
    ----------
    f : collections.abc.Callable
        Maps a tensor of the shape of `x0` to a 0-d tensor.
    x0 : torch.Tensor or float or collections.abc.Sequence
        Start: a number (0-d tensor) or d of them (shape (d,)). What is not a tensor becomes one of
        the default dtype; a tensor is copied.
    optimizer : collections.abc.Callable, optional
        A class such as :class:`torch.optim.AdamW`, called with the parameters and `lr`; or a
        function that is given the parameters and returns an optimizer, rate included:
        ``lambda params: torch.optim.SGD(params, lr=0.1, momentum=0.9)``.
    lr : float, optional
        Learning rate, above 0. Needed without an optimizer, with a class by default the class's
        own, and not to be given with a function.
    num_steps : int
        Number of steps, at least 1.

    Returns
    -------
    Trajectory
        The ``num_steps + 1`` states from the start to the end.

    Raises
    ------
    TypeError
        For an argument of a wrong type, and if `f` returns anything but a floating point tensor.
    ValueError
        For a start that is not finite or has more than one dimension, a rate or a number of steps
        that is not positive, a rate that is missing or given twice, an `f` that returns a vector.
    RuntimeError
        If the value of `f` carries no graph back to its argument.

    Examples
    --------
    >>> path = descend(lambda x: (x - 2) ** 2, -4.0, lr=0.25, num_steps=3)
    >>> path.positions.flatten().tolist()
    [-4.0, -1.0, 0.5, 1.25]
    """
    _checks.function("f", f)
    num_steps = _checks.at_least(1, "num_steps", num_steps)
    x = _start(x0)
    with torch.enable_grad():
        step, label = _stepper(f, x, optimizer, lr)
        states = []
        for i in range(num_steps + 1):
            position = x.detach().clone()
            value, gradient = _value_and_gradient(f, x)
            states.append((position, value, gradient))
            if i == num_steps or not math.isfinite(value.item()):
                break
            step(gradient)
    positions, values, gradients = (
        _padded(torch.stack(parts), num_steps + 1) for parts in zip(*states, strict=True)
    )
    shape = (num_steps + 1, -1)
    return Trajectory(
        positions.reshape(shape), values, gradients.reshape(shape), _diverged_at(values), label
    )


def _start(x0: torch.Tensor | float | Sequence[float]) -> torch.Tensor:
    """Return a fresh leaf at `x0`."""
    if isinstance(x0, torch.Tensor):
        x = x0.detach().clone()
    else:
        try:
            x = torch.tensor(x0, dtype=torch.get_default_dtype())
        except (TypeError, ValueError, RuntimeError) as error:
            raise TypeError(
                f"x0 must be a number, a list of numbers or a tensor, got {x0!r}"
            ) from error
    if not x.is_floating_point():
        raise TypeError(f"x0 must be of a floating point type, got {_checks.kind(x)}")
    if x.dim() > 1 or not x.numel():
        raise ValueError(f"x0 must be a number or a vector, got shape {tuple(x.shape)}")
    if not x.isfinite().all():
        raise ValueError(f"x0 must be finite, got {x.tolist()}")
    return x.requires_grad_()


def _value_and_gradient(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    value = _checks.scalar("the value of f", f(x))
    gradient = torch.autograd.grad(value, x, allow_unused=True)[0] if value.requires_grad else None
    if gradient is None:
        raise RuntimeError(
            "the value of f must depend on its argument, got one without a graph back to it: "
            "was it computed with .item(), .detach(), NumPy or under no_grad?"
        )
    return value.detach().clone(), gradient  # f may return a view of its argument


def _stepper(
    f: Callable[[torch.Tensor], torch.Tensor],
    x: torch.Tensor,
    optimizer: Callable[..., torch.optim.Optimizer] | None,
    lr: float | None,
) -> tuple[Callable[[torch.Tensor], None], str]:
    """Return what moves `x` in place, given the gradient at `x`, and its name."""
    if optimizer is None:
        rate = _checks.positive("lr", lr)

        def step_by_hand(gradient: torch.Tensor) -> None:
            with torch.no_grad():
                x.sub_(gradient, alpha=rate)

        return step_by_hand, f"by hand, lr {rate:g}"

    made = _optimizer(x, optimizer, lr)
    # LBFGS evaluates f several times a step; the others need no second evaluation.
    closure = inspect.signature(made.step).parameters.get("closure")
    evaluates = closure is not None and closure.default is inspect.Parameter.empty

    def evaluate() -> torch.Tensor:
        value, x.grad = _value_and_gradient(f, x)
        return value

    def step(gradient: torch.Tensor) -> None:
        x.grad = gradient.clone()  # an optimizer may change it (weight decay in place)
        made.step(evaluate if evaluates else None)  # type: ignore[arg-type]

    return step, f"{type(made).__name__}, lr {float(made.param_groups[0]['lr']):g}"


def _optimizer(
    x: torch.Tensor, optimizer: Callable[..., torch.optim.Optimizer], lr: float | None
) -> torch.optim.Optimizer:
    is_class = isinstance(optimizer, type) and issubclass(optimizer, torch.optim.Optimizer)
    if is_class:
        made = optimizer([x]) if lr is None else optimizer([x], lr=_checks.positive("lr", lr))
    elif isinstance(optimizer, torch.optim.Optimizer) or not callable(optimizer):
        raise TypeError(
            "optimizer must be a class of torch.optim or a function from parameters to an "
            f"optimizer, got {_checks.kind(optimizer)}"
        )
    elif lr is not None:
        raise ValueError(f"lr is the function's to set when optimizer is one, got lr={lr}")
    else:
        made = optimizer([x])
    if not isinstance(made, torch.optim.Optimizer):
        raise TypeError(f"optimizer must return a torch.optim.Optimizer, got {_checks.kind(made)}")
    if not any(param is x for group in made.param_groups for param in group["params"]):
        raise ValueError("optimizer must use the parameters that it is given, got others in it")
    return made


def _padded(entries: torch.Tensor, length: int) -> torch.Tensor:
    missing = (length - len(entries), *entries.shape[1:])
    return torch.cat([entries, entries.new_full(missing, math.nan)])


def _diverged_at(values: torch.Tensor) -> int | None:
    first = values[0]
    rounding = torch.finfo(values.dtype).eps ** 0.5 * first.abs().clamp(min=1.0)
    settled = (values.isfinite() & (values <= first + rounding)).nonzero()
    after = int(settled[-1]) + 1 if len(settled) else 0
    return after if after < len(values) else None
