"""A layer, then ReLU."""

import torch
from torch import nn
from torch.nn import functional as F

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import TensorSpec


def layers(generator):
    def filled(n_in, n_out):
        layer = nn.Linear(n_in, n_out)
        for p in layer.parameters():
            p.data = torch.randn(p.shape, generator=generator)
        return layer

    return [
        (filled(4, 3), torch.randn(6, 4, generator=generator)),
        (filled(3, 5), torch.randn(2, 3, generator=generator)),
    ]


@exercise(
    cases=layers,
    returns=TensorSpec(attached=True),
    hints=[
        "A layer is called like a function: `linear(X)`.",
        "`torch.relu(…)` replaces what is negative by 0; `nn.ReLU` is a class that must be made first.",
    ],
    note="`nn.Sequential(linear, nn.ReLU())(X)` is the same as a module.",
)
def apply_relu(linear, X):
    """Apply the given layer ``linear`` to the batch ``X`` of shape (batch, n), then ReLU. The result
    is attached to the graph.
    """
    # <solution>
    return torch.relu(linear(X))
    # </solution>


@apply_relu.also_right
def as_module(linear, X):
    return nn.Sequential(linear, nn.ReLU())(X)


@apply_relu.also_right
def by_clamp(linear, X):
    return F.linear(X, linear.weight, linear.bias).clamp(min=0)


@apply_relu.also_right
def by_where(linear, X):
    scores = linear(X)
    return torch.where(scores > 0, scores, torch.zeros_like(scores))


apply_relu.line_mistakes(r"""
The ReLU is missing: this is the layer's output.
    torch.relu(linear(X)) -> linear(X)
The ReLU was applied to the input, before the layer.
    torch.relu(linear(X)) -> linear(torch.relu(X))
The layer was not applied: this is the ReLU of the input.
    torch.relu(linear(X)) -> torch.relu(X)
`nn.ReLU(…)` makes a module and takes no tensor; call `nn.ReLU()(…)`.
    torch.relu(linear(X)) -> nn.ReLU(linear(X))
The result is cut off from the graph; leave out `detach` and `no_grad`.
    torch.relu(linear(X)) -> torch.relu(linear(X)).detach()
A sigmoid was applied; the exercise asks for ReLU.
    torch.relu(linear(X)) -> torch.sigmoid(linear(X))
The bias of the layer is missing.
    torch.relu(linear(X)) -> torch.relu(X @ linear.weight.T)
This is the absolute value; ReLU replaces what is negative by 0.
    torch.relu(linear(X)) -> torch.abs(linear(X))
The sign is wrong: here what is positive became 0.
    torch.relu(linear(X)) -> linear(X).clamp(max=0)
A leaky ReLU lets some of the negative part through; use ReLU.
    torch.relu(linear(X)) -> F.leaky_relu(linear(X))
A new layer was made; use the given one.
    linear(X)) -> nn.Linear(linear.in_features, linear.out_features)(X))
`torch.where(scores > 0, 1, 0)` gives the mask, not the values.
    torch.relu(linear(X)) -> (linear(X) > 0).float() + 0 * linear(X)
""")
