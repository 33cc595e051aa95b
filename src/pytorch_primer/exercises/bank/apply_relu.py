"""A layer, then ReLU."""

import torch
from torch import nn
from torch.nn import functional as F

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.kinds import Tensor


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
    returns=Tensor(attached=True),
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


@apply_relu.mistake("The ReLU is missing: this is the layer's output.")
def without_relu(linear, X):
    return linear(X)


@apply_relu.mistake("The ReLU was applied to the input, before the layer.")
def relu_first(linear, X):
    return linear(torch.relu(X))


@apply_relu.mistake("The layer was not applied: this is the ReLU of the input.")
def without_layer(linear, X):
    return torch.relu(X)


@apply_relu.mistake("`nn.ReLU(…)` makes a module and takes no tensor; call `nn.ReLU()(…)`.")
def class_called(linear, X):
    return nn.ReLU(linear(X))


@apply_relu.mistake("The result is cut off from the graph; leave out `detach` and `no_grad`.")
def detached(linear, X):
    with torch.no_grad():
        return torch.relu(linear(X))


@apply_relu.mistake("A sigmoid was applied; the exercise asks for ReLU.")
def sigmoid(linear, X):
    return torch.sigmoid(linear(X))


@apply_relu.mistake("The bias of the layer is missing.")
def without_bias(linear, X):
    return torch.relu(X @ linear.weight.T)


@apply_relu.mistake("This is the absolute value; ReLU replaces what is negative by 0.")
def absolute(linear, X):
    return linear(X).abs()


@apply_relu.mistake("The sign is wrong: here what is positive became 0.")
def negative_part(linear, X):
    return linear(X).clamp(max=0)


@apply_relu.mistake("A leaky ReLU lets some of the negative part through; use ReLU.")
def leaky(linear, X):
    return F.leaky_relu(linear(X))


@apply_relu.mistake("A new layer was made; use the given one.")
def new_layer(linear, X):
    return torch.relu(nn.Linear(linear.in_features, linear.out_features)(X))


@apply_relu.mistake("`torch.where(scores > 0, 1, 0)` gives the mask, not the values.")
def mask(linear, X):
    scores = linear(X)
    return (scores > 0).float() + 0 * scores
