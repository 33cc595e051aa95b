"""Descents against closed forms, finite differences and torch's own optimizers."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pytorch_primer import descend

SKEW = torch.tensor([[20.0, -30.0], [-30.0, 80.0]])  # the Hessian of skewed


def square(x):
    return (x - 2) ** 2


def skewed(v):
    x, y = v
    return 10 * (x**2 - 3 * x * y + 4 * y**2)


@given(
    x0=st.floats(-10, 10),
    lr=st.floats(0.001, 1.0, exclude_max=True),
    num_steps=st.integers(1, 30),
)
def test_a_parabola_follows_its_closed_form(x0, lr, num_steps):
    start = torch.tensor(x0, dtype=torch.float64)
    path = descend(square, start, lr=lr, num_steps=num_steps)
    k = torch.arange(num_steps + 1, dtype=torch.float64)
    x = 2 + (x0 - 2) * (1 - 2 * lr) ** k
    torch.testing.assert_close(path.positions, x[:, None])
    torch.testing.assert_close(path.values, (x - 2) ** 2)
    torch.testing.assert_close(path.gradients, 2 * (x - 2)[:, None])
    assert path.num_steps == num_steps
    assert not path.diverged


def test_two_variables_follow_the_powers_of_the_step_matrix():
    path = descend(skewed, [8.0, 8.0], lr=0.001, num_steps=500)
    power = torch.linalg.matrix_power(torch.eye(2, dtype=torch.float64) - 0.001 * SKEW, 500)
    end = power @ torch.tensor([8.0, 8.0], dtype=torch.float64)
    assert path.positions.shape == (501, 2)
    torch.testing.assert_close(path.positions[-1].double(), end, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(path.gradients, path.positions @ SKEW)
    torch.testing.assert_close(path.updates, -0.001 * path.gradients[:-1], rtol=1e-3, atol=1e-5)


def test_gradients_are_those_of_finite_differences():
    def wavy(v):
        return torch.sin(3 * v[0]) * torch.exp(v[1]) + v.square().sum()

    start = torch.tensor([0.3, -0.7], dtype=torch.float64)
    path = descend(wavy, start, torch.optim.Adam, lr=0.05, num_steps=20)
    for position, gradient in zip(path.positions, path.gradients, strict=True):
        for i, h in enumerate(1e-6 * torch.eye(2, dtype=torch.float64)):
            slope = (wavy(position + h) - wavy(position - h)) / 2e-6
            assert gradient[i].item() == pytest.approx(slope.item(), abs=1e-7)


@pytest.mark.parametrize(
    ("optimizer", "lr", "make"),
    [
        (None, 0.01, lambda p: torch.optim.SGD(p, lr=0.01)),
        (torch.optim.SGD, 0.01, lambda p: torch.optim.SGD(p, lr=0.01)),
        (torch.optim.AdamW, 1.0, lambda p: torch.optim.AdamW(p, lr=1.0)),
        (torch.optim.Adagrad, None, torch.optim.Adagrad),
        (lambda p: torch.optim.RMSprop(p, lr=0.1), None, lambda p: torch.optim.RMSprop(p, lr=0.1)),
        (
            lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9, nesterov=True, weight_decay=0.1),
            None,
            lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9, nesterov=True, weight_decay=0.1),
        ),
    ],
)
def test_every_optimizer_gives_the_plain_loops_states(optimizer, lr, make):
    x = torch.tensor([8.0, 8.0], requires_grad=True)
    made = make([x])
    positions, values, gradients = [], [], []
    for _ in range(41):
        made.zero_grad()
        value = skewed(x)
        value.backward()
        positions.append(x.detach().clone())
        values.append(value.detach())
        gradients.append(x.grad.clone())
        made.step()
    path = descend(skewed, torch.tensor([8.0, 8.0]), optimizer, lr=lr, num_steps=40)
    assert torch.equal(path.positions, torch.stack(positions))
    assert torch.equal(path.values, torch.stack(values))
    assert torch.equal(path.gradients, torch.stack(gradients))


def test_lbfgs_which_evaluates_several_times_a_step_reaches_the_minimum():
    path = descend(skewed, [8.0, 8.0], torch.optim.LBFGS, lr=1.0, num_steps=3)
    assert path.values[-1] < 1e-6


def test_a_run_on_each_side_of_the_stability_limit():
    limit = 2 / torch.linalg.eigvalsh(SKEW)[-1].item()
    assert limit == pytest.approx(0.02164, abs=1e-5)
    below = descend(skewed, [8.0, 8.0], lr=0.02, num_steps=500)
    above = descend(skewed, [8.0, 8.0], lr=0.022, num_steps=500)
    assert not below.diverged
    assert below.diverged_at is None
    assert above.diverged
    first = above.diverged_at
    assert above.values[first - 1] <= above.values[0]
    assert (above.values[first:] > above.values[0]).all()


def test_rates_of_lesson_3_1():
    ends = {lr: descend(square, -4.0, lr=lr, num_steps=20) for lr in (0.1, 0.9, 1.0, 1.1)}
    assert [path.diverged_at for path in ends.values()] == [None, None, None, 1]
    assert ends[1.0].positions.flatten().unique().tolist() == [-4.0, 8.0]


def test_after_an_overflow_the_entries_are_nan_and_their_number_is_kept():
    path = descend(lambda x: x**4, 10.0, lr=1.0, num_steps=50)
    broken = int((~path.values.isfinite()).nonzero()[0])
    assert path.positions.shape == (51, 1)
    assert path.diverged_at == 1
    assert path.values[:broken].isfinite().all()
    assert path.values[broken + 1 :].isnan().all()
    assert path.positions[broken + 1 :].isnan().all()


def test_a_value_that_is_not_finite_at_the_start_is_divergence_at_0():
    assert descend(lambda x: x.log(), -1.0, lr=0.1, num_steps=2).diverged_at == 0
    assert descend(lambda x: x.log(), 1.0, lr=1.0, num_steps=5).diverged  # to -inf at 0


def test_nothing_of_the_callers_changes():
    x0 = torch.tensor([1.0, 2.0], requires_grad=True)
    weight = torch.tensor([3.0, 1.0], requires_grad=True)
    with torch.no_grad():  # grad mode of the caller is neither needed nor changed
        path = descend(lambda v: (weight * v**2).sum(), x0, lr=0.1, num_steps=5)
        assert not torch.is_grad_enabled()
    assert x0.tolist() == [1.0, 2.0]
    assert x0.grad is None
    assert weight.grad is None
    assert not any(part.requires_grad for part in (path.positions, path.values, path.gradients))


def test_a_function_that_returns_its_own_argument_is_recorded_as_it_was():
    path = descend(lambda v: v[0], [1.0, 1.0], lr=0.25, num_steps=2)
    assert path.values.tolist() == [1.0, 0.75, 0.5]


def test_dtype_and_labels():
    path = descend(square, torch.tensor([1.0]).double()[0], lr=0.1, num_steps=1)
    assert path.positions.dtype == torch.float64
    assert path.label == "by hand, lr 0.1"
    assert descend(square, 1.0, torch.optim.Adam, num_steps=1).label == "Adam, lr 0.001"


@pytest.mark.parametrize(
    ("error", "match", "changes"),
    [
        (TypeError, "f must be a function, got 3", {"f": 3}),
        (TypeError, "x0 must be", {"x0": "here"}),
        (TypeError, "x0 must be of a floating point type", {"x0": torch.tensor([1, 2])}),
        (ValueError, "x0 must be a number or a vector", {"x0": torch.ones(2, 2)}),
        (ValueError, "x0 must be a number or a vector", {"x0": []}),
        (ValueError, "x0 must be finite, got", {"x0": [1.0, math.nan]}),
        (ValueError, "x0 must be finite, got inf", {"x0": math.inf}),
        (TypeError, "lr must be a number, got None", {"lr": None}),
        (TypeError, "lr must be a number, got True", {"lr": True}),
        (ValueError, "lr must be finite and above 0, got 0.0", {"lr": 0}),
        (ValueError, "lr must be finite and above 0, got -0.1", {"lr": -0.1}),
        (ValueError, "lr must be finite", {"lr": math.inf, "optimizer": torch.optim.SGD}),
        (TypeError, "num_steps must be an integer, got 2.5", {"num_steps": 2.5}),
        (ValueError, "num_steps must be at least 1, got 0", {"num_steps": 0}),
        (TypeError, "value of f must be a 0-d floating point tensor", {"f": lambda v: 1.0}),
        (TypeError, "value of f must be.*int64", {"f": lambda v: v.long().sum()}),
        (ValueError, r"value of f must be a 0-d tensor.*shape \(2,\)", {"f": lambda v: v * 2}),
        (RuntimeError, "without a graph", {"f": lambda v: v.detach().sum()}),
        (RuntimeError, "without a graph", {"f": lambda v: torch.ones((), requires_grad=True) * 2}),
        (TypeError, "optimizer must be a class", {"optimizer": "SGD"}),
        (
            TypeError,
            "optimizer must be a class.*got a SGD",
            {"optimizer": torch.optim.SGD([torch.zeros(1)], lr=1.0)},
        ),
        (
            ValueError,
            "lr is the function's to set",
            {"optimizer": lambda params: torch.optim.SGD(params, lr=0.1)},
        ),
        (TypeError, "must return a torch.optim.Optimizer", {"optimizer": len, "lr": None}),
        (
            ValueError,
            "use the parameters that it is given",
            {"optimizer": lambda _: torch.optim.SGD([torch.zeros(1)], lr=0.1), "lr": None},
        ),
    ],
)
def test_bad_input(error, match, changes):
    arguments = {"f": lambda v: v.square().sum(), "x0": [1.0, 2.0], "lr": 0.1, "num_steps": 3}
    arguments |= changes
    with pytest.raises(error, match=match):
        descend(arguments.pop("f"), arguments.pop("x0"), **arguments)
