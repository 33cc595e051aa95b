"""The gradient of a sum of squares."""

import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import TensorSpec


def matrices(generator):
    shapes = [(3, 4), (2, 2), (1, 5)]
    return [(torch.randn(shape, generator=generator).requires_grad_(),) for shape in shapes]


@exercise(
    cases=matrices,
    returns=TensorSpec(),
    hints=[
        "Compute the sum of squares as a tensor first; it remembers how it came from `X`.",
        "`f = 10 * (X**2).sum()`, then `f.backward()`. Where does the gradient arrive?",
    ],
    note="By hand it is 20X; autograd finds it as `X.grad` after `(10 * (X**2).sum()).backward()`.",
    difficulty=1,
)
def x_grad(X):
    """Return the gradient of :math:`f(X) = 10 \\sum_{ij} x_{ij}^2` at the leaf ``X``, a
    matrix, as a tensor of the shape of ``X``.
    """
    # <solution>
    f = 10 * (X**2).sum()
    f.backward()
    return X.grad
    # </solution>


@x_grad.also_right
def of_a_copy(X):
    leaf = X.detach().clone().requires_grad_()
    (gradient,) = torch.autograd.grad(10 * leaf.square().sum(), leaf)
    return gradient


@x_grad.also_right
def with_func_grad(X):
    return torch.func.grad(lambda t: 10 * (t**2).sum())(X.detach())


@x_grad.also_right
def by_hand(X):
    return 20 * X.detach()


x_grad.line_mistakes(r"""
The result is 2X: the factor 10 is missing.
    10 * (X**2).sum() -> (X**2).sum()
None came back: `X.grad` is None until `backward()` ran, and `backward()` itself returns None.
    f.backward() ->
That is the value of the function, not its gradient. Call `backward` on it.
    f.backward() ->
    return X.grad -> return f
None came back: `X.grad` is None until `backward()` ran, and `backward()` itself returns None.
    f.backward() ->
    return X.grad -> return f.backward()
`backward` starts from a single number. Sum the squares before calling it.
    10 * (X**2).sum() -> 10 * X**2
The result is 10X. The derivative of a square brings down a factor 2.
    return X.grad -> return X.grad / 2
The result is twice the gradient: `backward` ran twice and `.grad` adds up.
    f.backward() -> f.backward(retain_graph=True)\nf.backward()
The mean was taken instead of the sum, so the gradient is too small by the count.
    (X**2).sum() -> (X**2).mean()
""")
