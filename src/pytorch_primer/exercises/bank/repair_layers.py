"""Layers in a plain list, repaired."""

import itertools

import torch
from torch import nn

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import InstanceSpec


def architectures(generator):
    return [([3, 5, 1],), ([2, 4, 4, 3],)]


def looks(net, sizes):
    """Give it known weights, in the order in which it has them, and look at what it computes."""
    params = list(net.parameters())
    wanted = sum((m + 1) * n for m, n in itertools.pairwise(sizes))
    seen = {"number of parameters": sum(p.numel() for p in params)}
    if seen["number of parameters"] != wanted:
        return seen
    generator = torch.Generator().manual_seed(len(sizes))
    with torch.no_grad():
        for p in params:
            p.copy_(torch.randn(p.shape, generator=generator))
        x = torch.randn(4, sizes[0], generator=generator)
        return seen | {"the outputs for given weights": net(x)}


@exercise(
    cases=architectures,
    returns=InstanceSpec(nn.Module, "module"),
    view=looks,
    hints=[
        "A module does not look into a plain list: it has no parameters here.",
        "`nn.ModuleList` registers what it holds.",
    ],
    note="Count the parameters of every new network.",
    difficulty=2,
)
class repair_layers(nn.Module):
    """``repair_layers([3, 5, 1])`` should be a network of linear layers from 3 to 5 to 1 numbers, with a tanh behind
    each layer but the last. It computes that, and cannot be trained: an optimizer finds no parameters. Repair it::

        class repair_layers(nn.Module):
            def __init__(self, sizes):
                super().__init__()
                self.layers = [nn.Linear(m, n) for m, n in zip(sizes, sizes[1:])]

            def forward(self, x):
                for layer in self.layers[:-1]:
                    x = layer(x).tanh()
                return self.layers[-1](x)
    """

    def __init__(self, sizes):
        super().__init__()
        # <solution>
        pairs = [(sizes[i], sizes[i + 1]) for i in range(len(sizes) - 1)]
        self.layers = nn.ModuleList(nn.Linear(m, n) for m, n in pairs)
        # </solution>

    def forward(self, x):
        # <solution>
        for layer in self.layers[:-1]:
            x = layer(x).tanh()
        return self.layers[-1](x)
        # </solution>


def linear(sizes):
    return [nn.Linear(sizes[i], sizes[i + 1]) for i in range(len(sizes) - 1)]


@repair_layers.also_right
class AsSequential(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        parts = []
        for layer in linear(sizes):
            parts += [layer, nn.Tanh()]
        self.body = nn.Sequential(*parts[:-1])

    def forward(self, x):
        return self.body(x)


@repair_layers.also_right
class Registered(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.hidden = linear(sizes)
        for i, layer in enumerate(self.hidden):
            self.add_module(f"layer_{i}", layer)

    def forward(self, x):
        for layer in self.hidden[:-1]:
            x = layer(x).tanh()
        return self.hidden[-1](x)


class Wrong(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.layers = nn.ModuleList(linear(sizes))


@repair_layers.mistake("The layers are hidden in a plain list: use `nn.ModuleList`.")
class AsGiven(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.layers = linear(sizes)

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = layer(x).tanh()
        return self.layers[-1](x)


@repair_layers.mistake("There is a tanh behind the last layer too; leave it out.")
class TanhAtTheEnd(Wrong):
    def forward(self, x):
        for layer in self.layers:
            x = layer(x).tanh()
        return x


@repair_layers.mistake("The tanh between the layers is missing.")
class WithoutTanh(Wrong):
    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


@repair_layers.mistake("The last layer is missing.")
class LastMissing(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.layers = nn.ModuleList(linear(sizes)[:-1])

    def forward(self, x):
        for layer in self.layers:
            x = layer(x).tanh()
        return x


@repair_layers.mistake("The layers have no biases; `nn.Linear(m, n)` has them.")
class WithoutBias(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.layers = nn.ModuleList(linear(sizes))
        for layer in self.layers:
            layer.register_parameter("bias", None)

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = layer(x).tanh()
        return self.layers[-1](x)
