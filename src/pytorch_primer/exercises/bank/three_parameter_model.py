"""A module with three parameters of its own."""

import torch
from torch import nn

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import InstanceSpec


def nothing_given(generator):
    return [(0,), (3,)]


def made_and_moved(cls, steps):
    """Make a model and take some steps of gradient descent, so that values differ by case."""
    return cls()


def looks(model, steps):
    params = dict(model.named_parameters())
    seen = {
        "the parameters are named x, y and z": sorted(params) == ["x", "y", "z"],
    }
    if sorted(params) != ["x", "y", "z"]:
        return seen
    seen["each parameter has one element"] = all(p.numel() == 1 for p in params.values())
    seen["each parameter requires a gradient"] = all(p.requires_grad for p in params.values())
    if not all(seen.values()):
        return seen
    for name in "xyz":
        seen[f"{name} at the start"] = params[name].detach().reshape(()).clone().float()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(steps):
        optimizer.zero_grad()
        model().sum().backward()
        optimizer.step()
    loss = model()
    seen |= {
        "`forward` returns a tensor attached to the graph": loss.requires_grad,
        f"the value after {steps} steps of gradient descent": loss.detach().reshape(()),
    }
    for name in "xyz":
        seen[f"{name} after {steps} steps"] = params[name].detach().reshape(()).clone()
    return seen


@exercise(
    cases=nothing_given,
    returns=InstanceSpec(nn.Module, "module"),
    run=made_and_moved,
    view=looks,
    hints=[
        "In `__init__`, after `super().__init__()`, assign three `nn.Parameter` objects to `self`.",
        "Each needs a tensor of its own: `nn.Parameter(torch.tensor(-4.0))`, three times.",
    ],
    note="Assigning a Parameter to an attribute registers it; a plain tensor stays unknown.",
    difficulty=2,
)
class three_parameter_model(nn.Module):
    """Write a module with three parameters ``x``, ``y`` and ``z``, each starting at −4 and
    independent of the others. ``forward()`` takes no argument and returns
    :math:`(x-2)^2 + (y-x)^2 + (z-y)^2`, attached to the graph.
    """

    def __init__(self):
        super().__init__()
        # <solution>
        self.x = nn.Parameter(torch.tensor(-4.0))
        self.y = nn.Parameter(torch.tensor(-4.0))
        self.z = nn.Parameter(torch.tensor(-4.0))
        # </solution>

    def forward(self):
        # <solution>
        return (self.x - 2) ** 2 + (self.y - self.x) ** 2 + (self.z - self.y) ** 2
        # </solution>


@three_parameter_model.also_right
class WithClones(nn.Module):
    def __init__(self):
        super().__init__()
        start = torch.tensor([-4.0])
        self.x = nn.Parameter(start.clone())
        self.y = nn.Parameter(start.clone())
        self.z = nn.Parameter(start.clone())

    def forward(self):
        return (self.x - 2).pow(2) + (self.y - self.x).pow(2) + (self.z - self.y).pow(2)


@three_parameter_model.also_right
class Registered(nn.Module):
    def __init__(self):
        super().__init__()
        for name in "xyz":
            self.register_parameter(name, nn.Parameter(-4 * torch.ones(())))

    def forward(self):
        steps = torch.stack([self.x - 2, self.y - self.x, self.z - self.y])
        return steps.square().sum()


three_parameter_model.line_mistakes(r"""
The three parameters share one storage: made from the same tensor, they move together. Give each a tensor of its own.
    self.x = nn.Parameter(torch.tensor(-4.0)) -> start = torch.tensor(-4.0)\nself.x = nn.Parameter(start)
    self.y = nn.Parameter(torch.tensor(-4.0)) -> self.y = nn.Parameter(start)
    self.z = nn.Parameter(torch.tensor(-4.0)) -> self.z = nn.Parameter(start)
Plain tensors are not registered: no optimizer will find them. Wrap each in `nn.Parameter`.
    self.x = nn.Parameter(torch.tensor(-4.0)) -> self.x = torch.tensor(-4.0, requires_grad=True)
    self.y = nn.Parameter(torch.tensor(-4.0)) -> self.y = torch.tensor(-4.0, requires_grad=True)
    self.z = nn.Parameter(torch.tensor(-4.0)) -> self.z = torch.tensor(-4.0, requires_grad=True)
Call `super().__init__()` before you assign parameters.
    super().__init__() ->
The value is cut off from the graph: return the tensor as it is.
    return (self.x - 2) -> loss = (self.x - 2)
    (self.z - self.y) ** 2 -> (self.z - self.y) ** 2\nreturn loss.detach()
`.item()` makes a Python number; return the tensor itself.
    return (self.x - 2) -> loss = (self.x - 2)
    (self.z - self.y) ** 2 -> (self.z - self.y) ** 2\nreturn loss.item()
The first term is missing: (x − 2)².
    return (self.x - 2) ** 2 + (self.y -> return (self.y
The last term is (z − y)², here it is (z − x)².
    self.z - self.y -> self.z - self.x
The parameters start at 4; the start is −4.
    self.x = nn.Parameter(torch.tensor(-4.0)) -> self.x = nn.Parameter(torch.tensor(4.0))
    self.y = nn.Parameter(torch.tensor(-4.0)) -> self.y = nn.Parameter(torch.tensor(4.0))
    self.z = nn.Parameter(torch.tensor(-4.0)) -> self.z = nn.Parameter(torch.tensor(4.0))
`forward` takes no argument besides self: x, y and z are the module's own.
    def forward(self): -> def forward(self, x):
The parameters do not require a gradient; leave that to Parameter.
    self.z = nn.Parameter(torch.tensor(-4.0)) -> self.z = nn.Parameter(torch.tensor(-4.0))\nself.requires_grad_(False)
""")
