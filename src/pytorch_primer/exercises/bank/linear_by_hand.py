"""What a linear layer computes."""

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
        (filled(4, 3), torch.randn(5, 4, generator=generator)),
        (filled(3, 3), torch.randn(3, generator=generator)),
        (filled(2, 1), torch.randn(2, generator=generator)),
        (filled(3, 3), torch.randn(3, 3, generator=generator)),
    ]


@exercise(
    cases=layers,
    returns=TensorSpec(),
    hints=[
        "`layer.weight` has the shape (outputs, inputs). What must be transposed?",
        "`x @ layer.weight.T + layer.bias` works for a vector and for a batch.",
    ],
    note="`torch.nn.functional.linear(x, weight, bias)` is this line, fused.",
)
def linear_by_hand(layer, x):
    """Compute ``layer(x)`` for a :class:`torch.nn.Linear` from ``layer.weight`` and ``layer.bias``,
    for any number of outputs; ``x`` is one vector (n,) or a batch (batch, n).
    """
    # <solution>
    return x @ layer.weight.T + layer.bias
    # </solution>


@linear_by_hand.also_right
def with_einsum(layer, x):
    return torch.einsum("...i,oi->...o", x, layer.weight) + layer.bias


@linear_by_hand.also_right
def by_sums(layer, x):
    return (x.unsqueeze(-2) * layer.weight).sum(-1) + layer.bias


@linear_by_hand.also_right
def functional(layer, x):
    return F.linear(x, layer.weight, layer.bias)


linear_by_hand.line_mistakes(r"""
The bias is missing.
    x @ layer.weight.T + layer.bias -> x @ layer.weight.T
The weight has the shape (outputs, inputs): transpose it, `x @ W.T`.
    layer.weight.T -> layer.weight
Everything was summed to one number plus the bias: right for one output and one sample only.
    x @ layer.weight.T -> (layer.weight * x).sum()
`weight @ x` works for one vector; a batch needs `x @ weight.T`.
    x @ layer.weight.T -> layer.weight @ x
The bias is subtracted; add it.
    + layer.bias -> - layer.bias
The bias was added to the input, before the product.
    x @ layer.weight.T + layer.bias -> (x + layer.bias) @ layer.weight.T
A ReLU was applied; a linear layer has none.
    x @ layer.weight.T + layer.bias -> torch.relu(x @ layer.weight.T + layer.bias)
The result came back as a NumPy array; return the tensor.
    x @ layer.weight.T + layer.bias -> (x @ layer.weight.T + layer.bias).detach().numpy()
The bias was added twice.
    + layer.bias -> + 2 * layer.bias
One vector came back as a batch of one: keep the shape (outputs,).
    x @ layer.weight.T -> torch.atleast_2d(x) @ layer.weight.T
""")
