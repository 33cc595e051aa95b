"""Contours, one-hot vectors and descents."""

import numpy as np
import torch
from torch.nn import functional as F

from bench.timing import Row, faster, interleaved, share
from pytorch_primer import OneHot, descend, evaluate

MATRIX = torch.tensor([[1.0, -1.0], [1.0, 1.0]]) @ torch.diag(torch.tensor([1.0, 4.0]))


def skewed(v: torch.Tensor) -> torch.Tensor:
    """The function that the optimizer sees."""
    return 10 * v @ (MATRIX @ v)


def skewed_numpy(column: np.ndarray) -> np.ndarray:
    """The same once more, for one column of two numbers."""
    matrix = np.array([[1, -1], [1, 1]]) @ np.array([[1.0, 0.0], [0.0, 4.0]])
    return 10 * (column.T @ (matrix @ column)).sum()


def double_loop(num: int) -> np.ndarray:
    xs, ys = np.mgrid[-10 : 10 : 20 / num, -10 : 10 : 20 / num]
    values = []
    for i in range(num):
        values.append([])
        for j in range(num):
            values[-1].append(skewed_numpy(np.array([[xs[i, j], ys[i, j]]]).T))
    return np.array(values)


def contours(num: int) -> torch.Tensor:
    ticks = torch.linspace(-10, 10, num)
    values, method = evaluate(skewed, torch.cartesian_prod(ticks, ticks))
    assert method == "vmap"
    return values.reshape(num, num)


def eye_each(labels: list[int]) -> list[torch.Tensor]:
    return [torch.eye(10)[label].view(-1) for label in labels]


def bare_loop(num_steps: int) -> list[torch.Tensor]:
    """Gradient descent written out, with everything recorded that `descend` records."""
    x = torch.tensor([8.0, 8.0], requires_grad=True)
    positions, values, gradients = [], [], []
    for _ in range(num_steps):
        value = skewed(x)
        value.backward()
        positions.append(x.detach().clone())
        values.append(value.item())
        gradients.append(x.grad.clone())
        with torch.no_grad():
            x -= 0.001 * x.grad
        x.grad = None
    return positions


def rows(quick: bool) -> list[Row]:
    """Time each helper and its other side."""
    rounds, num = (2, 20) if quick else (15, 100)
    grids = {
        "a double loop over NumPy's version": lambda: double_loop(num),
        "vmap": lambda: contours(num),
    }
    contours(num)
    seconds = interleaved(grids, rounds, {"vmap": 20})
    table = [faster("contours on 100×100 points", seconds, "vmap", next(iter(grids)), 80)]

    labels = torch.randint(10, (100 if quick else 10_000,))
    listed, encode = labels.tolist(), OneHot(10)
    encoders = {
        "torch.eye for every label": lambda: eye_each(listed),
        "one_hot(...).float()": lambda: F.one_hot(labels, 10).float(),
        "OneHot": lambda: encode(labels),
    }
    seconds = interleaved(encoders, rounds, {"one_hot(...).float()": 50, "OneHot": 50})
    by_eye, by_torch, ours = encoders
    table.append(faster("OneHot on 10,000 labels", seconds, ours, by_eye, 100))
    table.append(share("OneHot on 10,000 labels", seconds, ours, by_torch, 1.5))

    steps = 20 if quick else 500
    loops = {
        "the bare loop": lambda: bare_loop(steps),
        "descend": lambda: descend(skewed, [8.0, 8.0], lr=0.001, num_steps=steps),
    }
    seconds = interleaved(loops, rounds)
    table.append(share("descend, 500 steps", seconds, "descend", "the bare loop", 1.25))
    return table
