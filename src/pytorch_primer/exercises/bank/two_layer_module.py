"""Affine, ReLU, affine, with registered parameters."""

import torch
from torch import nn
from torch.nn import functional as F

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import InstanceSpec


def sizes(generator):
    return [(3, 5, 2), (7, 4, 6)]


def looks(model, n_inputs, n_hidden, n_output_classes):
    params = list(model.parameters())
    num_params = (n_inputs + 1) * n_hidden + (n_hidden + 1) * n_output_classes
    seen = {
        "the module has four parameters: two weights, two biases": len(params) == 4,
        "the parameters have the right number of elements": sum(p.numel() for p in params)
        == num_params,
        "the number of parameters": float(len(params)),
    }
    by_shape = weights_by_shape(params, n_inputs, n_hidden, n_output_classes)
    seen["the parameters have the shapes of two affine layers"] = by_shape is not None
    if not all(seen.values()) or by_shape is None:
        return seen
    x = torch.linspace(-2, 2, 6 * n_inputs).reshape(6, n_inputs).sin() * 3
    with torch.no_grad():
        for p in by_shape:  # large enough for the ReLU to matter, the same for every answer
            p.copy_(torch.cos(torch.arange(p.numel()) * 1.7 + p.numel()).reshape(p.shape))
    scores = model(x)
    expected_shape = (6, n_output_classes)
    seen["scores for a batch have the shape (batch, n_output_classes)"] = (
        tuple(scores.shape) == expected_shape
    )
    if not all(seen.values()):
        return seen
    W1, b1, W2, b2 = by_shape
    hidden = x @ W1 + b1
    seen |= {
        "the output is not what it would be without the ReLU": not close(scores, hidden @ W2 + b2),
        "the output is not squashed by a sigmoid instead of the ReLU": not close(
            scores, hidden.sigmoid() @ W2 + b2
        ),
        "no softmax is applied to the scores": not close(
            scores, (F.relu(hidden) @ W2 + b2).softmax(1)
        ),
        "no ReLU is applied to the scores": not close(scores, F.relu(F.relu(hidden) @ W2 + b2)),
        "the scores are affine(ReLU(affine(x)))": close(scores, F.relu(hidden) @ W2 + b2),
        "the scores are attached to the graph": scores.requires_grad,
        "the scores for given weights": scores.detach(),
    }
    return seen


def weights_by_shape(params, n_inputs, n_hidden, n_output_classes):
    """Find the four parameters by their shapes, weights as (in, out); None where one is missing."""
    wanted = [(n_inputs, n_hidden), (n_hidden,), (n_hidden, n_output_classes), (n_output_classes,)]
    shapes = [tuple(p.shape) for p in params]
    chosen = []
    for shape in wanted:
        if shape in shapes:
            chosen.append(params[shapes.index(shape)].detach())
        elif shape[::-1] in shapes:
            chosen.append(params[shapes.index(shape[::-1])].detach().T)
        else:
            return None
    return chosen


def close(a, b):
    return torch.allclose(a, b, rtol=1e-4, atol=1e-5)


@exercise(
    cases=sizes,
    returns=InstanceSpec(nn.Module, "module"),
    view=looks,
    hints=[
        "Make two `nn.Linear` layers in `__init__` and keep them as attributes of self.",
        "`forward`: first layer, `torch.relu`, second layer; return the raw scores.",
    ],
    note="`nn.Sequential(nn.Linear(a, b), nn.ReLU(), nn.Linear(b, c))` is the same in one line.",
    difficulty=2,
)
class two_layer_module(nn.Module):
    """Write a module ``two_layer_module(n_inputs, n_hidden, n_output_classes)``: affine layer
    (``nn.Linear``), ReLU (``torch.relu``: what is negative becomes 0), affine layer. Called on a batch,
    one sample a row, of shape (batch, n_inputs), it returns what the last layer gives, as it is: the raw
    scores, of shape (batch, n_output_classes). All weights and biases are registered parameters.
    """

    def __init__(self, n_inputs, n_hidden, n_output_classes):
        super().__init__()
        # <solution>
        self.hidden = nn.Linear(n_inputs, n_hidden)
        self.output = nn.Linear(n_hidden, n_output_classes)
        # </solution>

    def forward(self, x):
        # <solution>
        return self.output(torch.relu(self.hidden(x)))
        # </solution>


@two_layer_module.also_right
class AsSequential(nn.Sequential):
    def __init__(self, n_inputs, n_hidden, n_output_classes):
        super().__init__(
            nn.Linear(n_inputs, n_hidden), nn.ReLU(), nn.Linear(n_hidden, n_output_classes)
        )


@two_layer_module.also_right
class WithParameters(nn.Module):
    def __init__(self, n_inputs, n_hidden, n_output_classes):
        super().__init__()
        self.W1 = nn.Parameter(torch.randn(n_inputs, n_hidden) / n_inputs**0.5)
        self.b1 = nn.Parameter(torch.zeros(n_hidden))
        self.W2 = nn.Parameter(torch.randn(n_hidden, n_output_classes) / n_hidden**0.5)
        self.b2 = nn.Parameter(torch.zeros(n_output_classes))

    def forward(self, x):
        return (x @ self.W1 + self.b1).clamp(min=0) @ self.W2 + self.b2


two_layer_module.line_mistakes(r"""
The ReLU between the layers is missing: two affine layers are one.
    torch.relu(self.hidden(x)) -> self.hidden(x)
A softmax is applied at the end; return the raw scores.
    self.output(torch.relu(self.hidden(x))) -> self.output(torch.relu(self.hidden(x))).softmax(dim=1)
A ReLU is applied to the scores too; raw scores may be negative.
    self.output(torch.relu(self.hidden(x))) -> torch.relu(self.output(torch.relu(self.hidden(x))))
A sigmoid stands between the layers; the exercise asks for a ReLU.
    torch.relu -> torch.sigmoid
The layers are kept in a plain list, so their parameters are not registered. Assign them to attributes or use `nn.ModuleList`.
    self.hidden = nn.Linear(n_inputs, n_hidden) -> self.layers = [nn.Linear(n_inputs, n_hidden)]
    self.output = nn.Linear(n_hidden, n_output_classes) -> self.layers += [nn.Linear(n_hidden, n_output_classes)]
    self.output(torch.relu(self.hidden(x))) -> self.layers[1](torch.relu(self.layers[0](x)))
The biases are missing: an affine layer has a weight and a bias.
    (n_inputs, n_hidden) -> (n_inputs, n_hidden, bias=False)
    (n_hidden, n_output_classes) -> (n_hidden, n_output_classes, bias=False)
Call `super().__init__()` before you assign layers.
    super().__init__() ->
`forward` returns nothing; return the scores.
    return self.output -> self.output
The sizes of the two layers do not fit: n_hidden stands between them.
    (n_hidden, n_output_classes) -> (n_output_classes, n_hidden)
One ReLU too many: it is also applied to the input.
    self.hidden(x) -> self.hidden(torch.relu(x))
A tanh stands between the layers; the exercise asks for a ReLU.
    torch.relu -> torch.tanh
""")
