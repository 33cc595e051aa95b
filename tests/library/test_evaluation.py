"""vmap and the loop against plain calls, and every way in which vmap fails."""

import math
import warnings

import pytest
import torch

from pytorch_primer import evaluate

POINTS = torch.cartesian_prod(torch.linspace(-2, 2, 5), torch.linspace(-1, 3, 4))


def accumulate(v):
    total = torch.zeros(())
    for x in v:
        total += x**2
    return total


def overwrite(v):
    v[0] = 0
    return v.square().sum()


@pytest.mark.parametrize(
    ("f", "method"),
    [
        (lambda v: v.square().sum(), "vmap"),
        (lambda v: v @ torch.tensor([[1.0, -1.5], [-1.5, 4.0]]) @ v, "vmap"),
        (overwrite, "vmap"),
        (lambda v: torch.where(v[0] > 0, v.sum(), -v.sum()), "vmap"),
        (lambda v: v.log().sum(), "vmap"),  # NaN for negative numbers
        (lambda v: v.double().sum(), "vmap"),
        (lambda v: v.sum() if v[0] > 0 else -v.sum(), "loop"),
        (lambda v: torch.tensor(v[0].item() ** 2) + v[1], "loop"),
        (lambda v: math.sin(v[0]) + v[1], "loop"),
        (lambda v: torch.tensor([v[0], v[1]]).square().sum(), "loop"),
        (lambda v: torch.from_numpy(v.numpy() ** 2).sum(), "loop"),
        (lambda v: v.data.square().sum(), "loop"),
        (accumulate, "loop"),
        (lambda v: float(v.sum()), "loop"),
        (lambda v: v.sum() + (v.data_ptr() == 0) if v.dim() else v, "loop"),
    ],
)
def test_either_way_gives_the_plain_values_and_leaves_the_points_alone(f, method):
    points = POINTS.clone()
    values, how = evaluate(f, points)
    assert how == method
    assert torch.equal(points, POINTS)
    plain = torch.stack([torch.as_tensor(f(point.clone())) for point in POINTS])
    torch.testing.assert_close(values, plain, equal_nan=True)


def test_random_numbers_are_drawn_anew_for_every_point():
    values, method = evaluate(lambda v: torch.rand(()) + 0 * v.sum(), POINTS)
    assert method == "loop"
    assert len(values.unique()) == len(POINTS)


def test_what_differs_from_plain_calls_is_not_believed():
    calls = []

    def counts(v):
        calls.append(1)
        return v.sum() + len(calls)

    assert evaluate(counts, POINTS)[1] == "loop"


def test_numbers_and_no_graph():
    weight = torch.ones(2, requires_grad=True)
    values, method = evaluate(lambda v: (weight * v).sum(), POINTS)
    assert method == "vmap"
    assert not values.requires_grad
    torch.testing.assert_close(values, POINTS.sum(dim=1))
    values, _ = evaluate(torch.sin, torch.linspace(0, 1, 7))
    torch.testing.assert_close(values, torch.linspace(0, 1, 7).sin())


def test_a_slow_batching_rule_is_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        values, _ = evaluate(lambda v: torch.histc(v, bins=2, min=-3, max=3)[0], POINTS)
    assert values.tolist() == [(p < 0).sum().item() for p in POINTS]


@pytest.mark.parametrize(
    ("error", "match", "arguments"),
    [
        (TypeError, "f must be a function", ("x", POINTS)),
        (ValueError, r"value of f must be a 0-d tensor.*shape \(2,\)", (lambda v: v, POINTS)),
        (ValueError, r"value of f must be a 0-d tensor.*\(1,\)", (lambda v: v[:1], POINTS)),
        (TypeError, "value of f must be.*got None", (lambda v: None, POINTS)),
        (TypeError, "value of f must be.*int64", (lambda v: v.sum().long(), POINTS)),
        (ValueError, r"points must be.*\(0, 2\)", (torch.sum, POINTS[:0])),
        (TypeError, "points must be a tensor, got a list", (torch.sum, [[1.0, 2.0]])),
        (TypeError, "points must be a tensor, got None", (torch.sum, None)),
    ],
)
def test_bad_input(error, match, arguments):
    with pytest.raises(error, match=match):
        evaluate(*arguments)


def bowl(v):
    return (v**2 * torch.tensor([1.0, 3.0])).sum()


def by_a_copy(v):
    v = v.detach().clone().requires_grad_()
    return torch.autograd.grad(bowl(v), v)[0].norm()


def by_the_argument(v):
    return torch.autograd.grad(bowl(v), v)[0].norm()


def by_backward(v):
    v = v.detach().clone().requires_grad_()
    bowl(v).backward()
    return v.grad.norm()


def by_func(v):
    return torch.func.grad(bowl)(v).norm()


def by_a_parameter(v):
    scale = torch.ones((), requires_grad=True)
    return torch.autograd.grad((scale * bowl(v)), scale)[0]


def by_a_hessian(v):
    return torch.autograd.functional.hessian(bowl, v).trace()


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (by_a_copy, lambda x, y: (4 * x**2 + 36 * y**2).sqrt()),
        (by_the_argument, lambda x, y: (4 * x**2 + 36 * y**2).sqrt()),
        (by_backward, lambda x, y: (4 * x**2 + 36 * y**2).sqrt()),
        (by_func, lambda x, y: (4 * x**2 + 36 * y**2).sqrt()),
        (by_a_parameter, lambda x, y: x**2 + 3 * y**2),
        (by_a_hessian, lambda x, y: torch.full_like(x, 8.0)),
    ],
)
def test_a_function_may_differentiate(f, expected):
    values, _ = evaluate(f, POINTS)
    torch.testing.assert_close(values, expected(*POINTS.T))
    assert not values.requires_grad
    assert not POINTS.requires_grad


def test_an_error_of_the_function_is_its_own():
    def broken(v):
        raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="mine"):
        evaluate(broken, POINTS)
