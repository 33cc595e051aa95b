"""The first derivative by autograd."""

import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import TensorSpec


def nothing_given(generator):
    return [(), ()]


@exercise(
    cases=nothing_given,
    returns={"x_grad": TensorSpec(one_element=True), "y_grad": TensorSpec(one_element=True)},
    hints=[
        "Both numbers must be floating point tensors made with `requires_grad=True`.",
        "`loss = x + y`, then `loss.backward()`; the derivatives are `x.grad` and `y.grad`.",
    ],
    note="Both are 1 wherever x and y are: that is what the derivative of a sum says.",
)
def simple_grad():
    """Make the tensors x = 10 and y = 5, compute ``loss = x + y``, and return both derivatives of
    the loss, found by autograd: ``(x_grad, y_grad)``.
    """
    # <solution>
    x = torch.tensor(10.0, requires_grad=True)
    y = torch.tensor(5.0, requires_grad=True)
    loss = x + y
    loss.backward()
    return x.grad, y.grad
    # </solution>


@simple_grad.also_right
def with_autograd_grad():
    x = torch.tensor([10.0], requires_grad=True)
    y = torch.tensor([5.0], requires_grad=True)
    return torch.autograd.grad(x + y, (x, y))


@simple_grad.also_right
def with_func_grad():
    return torch.func.grad(torch.add, argnums=(0, 1))(torch.tensor(10.0), torch.tensor(5.0))


simple_grad.line_mistakes(r"""
Integers cannot require a gradient: write 10.0 and 5.0.
    10.0 -> 10
    5.0 -> 5
Nothing was recorded: create x and y with `requires_grad=True`.
    torch.tensor(10.0, requires_grad=True) -> torch.tensor(10.0)
    torch.tensor(5.0, requires_grad=True) -> torch.tensor(5.0)
The gradients are None: call `loss.backward()` before you read them.
    loss.backward() ->
These are the tensors x and y; their derivatives are in `.grad`.
    return x.grad, y.grad -> return x, y
These numbers were typed in; return what autograd finds, `x.grad` and `y.grad`.
    return x.grad, y.grad -> return 1.0, 1.0
These are the derivatives of the product x·y; the loss is the sum.
    loss = x + y -> loss = x * y
`backward` ran twice and the gradients add up to 2; run it once.
    loss.backward() -> loss.backward(retain_graph=True)\nloss.backward()
Only one derivative came back; return both.
    return x.grad, y.grad -> return x.grad
These are derivatives of x − y; the loss is the sum.
    loss = x + y -> loss = x - y
""")
