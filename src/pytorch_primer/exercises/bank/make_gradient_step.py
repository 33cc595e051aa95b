"""One step of gradient descent in place."""

import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import IgnoredSpec


def functions_and_points(generator):
    def bowl(X):
        return 10 * (X**2).sum()

    def wave(X):
        return torch.sin(3 * X[0]) + X[1] ** 2 * 7 + X[0] * X[1]

    return [(f, torch.randn(2, generator=generator).requires_grad_()) for f in (bowl, wave)]


class Steps:
    """X before, and after each of two calls, as the caller sees it."""

    def __init__(self, X):
        self.X, self.positions, self.flags = X, [], []

    def note(self):
        self.positions.append(self.X.detach().clone())
        self.flags.append(self.X.requires_grad and self.X.is_leaf)


def twice(make_gradient_step, function, X):
    steps = Steps(X)
    for _ in range(2):
        make_gradient_step(function, X)
        steps.note()
    return steps


def positions(steps, function, X):
    return {
        "X after the first call": steps.positions[0],
        "X is still a leaf that requires a gradient": all(steps.flags),
        "X after a second call": steps.positions[1],
    }


@exercise(
    cases=functions_and_points,
    returns=IgnoredSpec(),
    run=twice,
    view=positions,
    in_place=("X",),
    rtol=1e-5,
    atol=1e-6,
    hints=[
        "Compute the gradient, then change X itself: `X -= …` under `torch.no_grad()`.",
        "A second call must not see the first gradient: clear `X.grad`, or use `autograd.grad`.",
    ],
    note="`torch.optim.SGD([X], lr=0.001).step()` does the same after `backward`.",
    difficulty=2,
)
def make_gradient_step(function, X):
    """Make one step of gradient descent with learning rate 0.001 **in place** on the leaf ``X``.
    ``X`` stays the same leaf and still requires a gradient, and a second call is right too. What
    is returned does not matter.
    """
    # <solution>
    (gradient,) = torch.autograd.grad(function(X), X)
    with torch.no_grad():
        X -= 0.001 * gradient
    # </solution>


@make_gradient_step.also_right
def with_backward(function, X):
    X.grad = None
    function(X).backward()
    with torch.no_grad():
        X.sub_(X.grad, alpha=0.001)


@make_gradient_step.also_right
def cleared_afterwards(function, X):
    function(X).backward()
    X.data -= 0.001 * X.grad
    X.grad.zero_()
    return X


@make_gradient_step.also_right
def with_sgd(function, X):
    optimizer = torch.optim.SGD([X], lr=0.001)
    optimizer.zero_grad()
    function(X).backward()
    optimizer.step()


make_gradient_step.line_mistakes(r"""
X did not change for the caller: `X = X - …` makes a new tensor. Change X in place.
    X -= 0.001 * gradient -> X = X - 0.001 * gradient
The second step is too long: the gradient of the first is still in `X.grad`. Clear it.
    (gradient,) = torch.autograd.grad(function(X), X) -> function(X).backward()
    0.001 * gradient -> 0.001 * X.grad
The step goes uphill: subtract the gradient.
    X -= 0.001 * gradient -> X += 0.001 * gradient
Autograd refuses to record an in-place change of a leaf: make the update under `torch.no_grad()`.
    with torch.no_grad(): -> with torch.enable_grad():
The learning rate is missing: X moved by the whole gradient.
    0.001 * gradient -> gradient
The learning rate is 0.01 here; the exercise asks for 0.001.
    0.001 -> 0.01
There is no graph to differentiate: the function was called under `no_grad`, or X no longer requires a gradient.
    X -= 0.001 * gradient -> X.requires_grad_(False)\nX -= 0.001 * gradient
`X.grad` is None: call `backward` on the function's value first.
    (gradient,) = torch.autograd.grad(function(X), X) -> function(X)
    0.001 * gradient -> 0.001 * X.grad
There is no graph to differentiate: the function was called under `no_grad`, or X no longer requires a gradient.
    (gradient,) = torch.autograd.grad(function(X), X) -> with torch.no_grad():\n    (gradient,) = torch.autograd.grad(function(X), X)
""")


@make_gradient_step.mistake("One call makes two steps; make one.")
def two_steps(function, X):
    for _ in range(2):
        (gradient,) = torch.autograd.grad(function(X), X)
        with torch.no_grad():
            X -= 0.001 * gradient
