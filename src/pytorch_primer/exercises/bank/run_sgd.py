"""The same descent with ``torch.optim.SGD``."""

import torch

from pytorch_primer.exercises.bank._common import bowl, skewed
from pytorch_primer.exercises.bank._optimizers import HINTS, OF_BOTH, closure_steps
from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import HistorySpec


def surfaces(generator):
    start = torch.randn(2, generator=generator)
    return [(skewed, torch.tensor([8.0, 8.0]), 0.001, 30), (bowl, start, 0.02, 7)]


@exercise(
    cases=surfaces,
    returns={"var_history": HistorySpec(), "fn_history": HistorySpec()},
    rtol=1e-4,
    atol=1e-4,
    hints=HINTS,
    note="It is gradient descent: entry i + 1 of `run_gd` is entry i of the positions here.",
    difficulty=2,
)
def run_sgd(function, x0, lr, n_steps):
    """Make ``n_steps`` steps with :class:`torch.optim.SGD` (plain, without momentum) from the tensor ``x0``, which
    stays unchanged. Return ``(var_history, fn_history)``, each with ``n_steps`` entries:
    ``var_history[i]`` is the position **after** step i, ``fn_history[i]`` the value computed
    **before** it. (``run_gd`` records both before the step.)
    """
    # <solution>
    x = x0.detach().clone().requires_grad_()
    optimizer = torch.optim.SGD([x], lr=lr)
    var_history, fn_history = [], []
    for _ in range(n_steps):
        optimizer.zero_grad()
        value = function(x)
        value.backward()
        optimizer.step()
        var_history.append(x.detach().clone())
        fn_history.append(value.item())
    return var_history, fn_history
    # </solution>


@run_sgd.also_right
def with_a_closure(function, x0, lr, n_steps):
    return closure_steps(torch.optim.SGD, function, x0, lr, n_steps)


@run_sgd.also_right
def by_hand(function, x0, lr, n_steps):
    x, xs, values = x0.detach(), [], []
    for _ in range(n_steps):
        gradient, value = torch.func.grad_and_value(function)(x)
        x = x - lr * gradient
        xs.append(x.numpy())
        values.append(value.item())
    return xs, values


run_sgd.line_mistakes(OF_BOTH)
run_sgd.line_mistakes(r"""
This is SGD with momentum 0.9; use it without.
    lr=lr) -> lr=lr, momentum=0.9)
This is Adam; the exercise asks for `torch.optim.SGD`.
    torch.optim.SGD -> torch.optim.Adam
This is AdamW; the exercise asks for `torch.optim.SGD`.
    torch.optim.SGD -> torch.optim.AdamW
""")
