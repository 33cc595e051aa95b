"""The size of the gradient in each layer."""

import itertools

import torch
from torch import nn

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import InstanceSpec


def networks(generator):
    cases = []
    for sizes in [(2, 3, 1), (4, 2, 2, 1)]:
        layers = []
        for m, n in itertools.pairwise(sizes):
            layers += [nn.Linear(m, n), nn.Tanh()]
        net = nn.Sequential(*layers)
        for p in net.parameters():
            p.data = torch.randn(p.shape, generator=generator)
        cases.append((net, torch.randn(5, sizes[0], generator=generator)))
    return cases


def of_a_loss(gradient_norms, net, x):
    return gradient_norms(net, (net(x) ** 2).sum())


def looks(norms, net, x):
    names = [name for name, _ in net.named_parameters()]
    seen = {"each parameter is there, by its name": sorted(norms) == sorted(names)}
    if sorted(norms) == sorted(names):
        seen |= {f"the size for {name}": float(norms[name]) for name in names}
    return seen


@exercise(
    cases=networks,
    returns=InstanceSpec(dict, "dictionary"),
    run=of_a_loss,
    view=looks,
    hints=[
        "`torch.autograd.grad(loss, params)` returns the gradients and leaves `.grad` alone.",
        "The length of a tensor is `gradient.norm()`; put them together with `named_parameters()`.",
    ],
    note="Drawn by layer, these numbers show where a signal fades.",
    difficulty=2,
)
def gradient_norms(net, loss):
    """``loss`` was computed from ``net``. Return a dictionary from the name of each parameter to the length of the
    gradient of the loss with respect to it (the root of the sum of squares), as a float. The network stays as it is,
    its ``.grad`` too.
    """
    # <solution>
    names, params = zip(*net.named_parameters(), strict=True)
    gradients = torch.autograd.grad(loss, params)
    return {name: g.norm().item() for name, g in zip(names, gradients, strict=True)}
    # </solution>


def by_name(net, loss, size):
    pairs = list(net.named_parameters())
    gradients = torch.autograd.grad(loss, [p for _, p in pairs])
    return {name: float(size(g)) for (name, _), g in zip(pairs, gradients, strict=True)}


@gradient_norms.also_right
def one_by_one(net, loss):
    found = {}
    for name, p in net.named_parameters():
        (gradient,) = torch.autograd.grad(loss, p, retain_graph=True)
        found[name] = torch.linalg.vector_norm(gradient).item()
    return found


@gradient_norms.also_right
def as_tensors(net, loss):
    return by_name(net, loss, lambda g: g.square().sum().sqrt())


gradient_norms.line_mistakes("""
These are the squares of the lengths; take the root.
    g.norm().item() -> g.square().sum().item()
This is the largest entry of each gradient; take its length.
    g.norm().item() -> g.abs().max().item()
This is the sum of the entries, which may cancel; take the length.
    g.norm().item() -> g.sum().item()
""")


@gradient_norms.mistake("`backward` left gradients in the network: take `torch.autograd.grad`.")
def with_backward(net, loss):
    loss.backward()
    return {name: p.grad.norm().item() for name, p in net.named_parameters()}


@gradient_norms.mistake("These are the lengths of the parameters; take those of their gradients.")
def of_the_parameters(net, loss):
    return {name: p.norm().item() for name, p in net.named_parameters()}


@gradient_norms.mistake("The biases are missing: take every parameter.")
def weights_only(net, loss):
    return {n: v for n, v in by_name(net, loss, torch.norm).items() if n.endswith("weight")}
