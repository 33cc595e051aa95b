"""Graphs of every shape, and of about as many operations as one asks for."""

import torch


def chain(n):
    x = torch.ones(2, requires_grad=True)
    y = x
    for i in range(n):
        y = y * x if i % 2 else torch.sin(y)
    return y


def running_sum(n):
    total = 0
    for value in torch.ones(n, requires_grad=True):
        total = total + value
    return total


def tree(n):
    level = [torch.ones(2, requires_grad=True) for _ in range(n + 1)]
    while len(level) > 1:
        rest = level[len(level) // 2 * 2 :]
        level = [a + b for a, b in zip(level[::2], level[1::2], strict=False)] + rest
    return level[0]


def fan_in(n):
    return torch.stack([torch.ones(2, requires_grad=True) * 1 for _ in range(n)]).sum()


def one_leaf_many_times(n):
    x = torch.ones(2, requires_grad=True)
    return torch.stack([x] * n).sum()


def fan_out(n):
    x = torch.ones(2, requires_grad=True)
    return torch.stack([x * i for i in range(n)]).sum()


def dense(n):
    layer = [torch.ones(2, requires_grad=True) for _ in range(int((n / 2) ** 0.5))]
    for _ in range(2):
        layer = [torch.stack(layer).sum(0) for _ in layer]
    return torch.stack(layer).sum()


def network(n):
    """Stack layers of three operations each: a transposed weight, addmm, relu."""
    layers = []
    for _ in range(n // 3):
        layers += [torch.nn.Linear(3, 3), torch.nn.ReLU()]
    return torch.nn.Sequential(*layers)(torch.ones(2, 3))


SHAPES = [chain, running_sum, tree, fan_in, one_leaf_many_times, fan_out, dense, network]
