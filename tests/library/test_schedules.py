"""Stopping and decay of the rate, alone and composed, in real runs."""

import itertools
import math

import pytest
import torch
from torch import nn

from pytorch_primer import Budget, Plateau, Restart, sgd

BATCHES = [(torch.ones(2, 1), torch.zeros(2, 1))]


def train(schedule, num_epochs=50, lr=0.1):
    return sgd(nn.Linear(1, 1), nn.MSELoss(), BATCHES, lr, num_epochs, schedule=schedule)


def stated(*values):
    """Return a stand-in for a validation: the values in turn, the last one for ever."""
    return itertools.chain(values, itertools.repeat(values[-1])).__next__


def test_a_budget_is_spent():
    history = train(Budget(4))
    assert history.lrs == [0.1] * 4
    assert history.stop_reason == "the budget of 4 epochs is spent"


def test_the_number_of_epochs_is_the_bound_of_every_schedule():
    history = train(Budget(9), num_epochs=3)
    assert len(history.lrs) == 3
    assert history.stop_reason == "all 3 epochs done"


def test_a_plateau_ends_after_its_patience():
    plateau = Plateau(stated(5.0, 4.0, 4.0, 4.5, 3.0, 3.5, math.nan, 3.0), patience=3)
    history = train(plateau)
    assert plateau.values[:7] == [
        5.0,
        4.0,
        4.0,
        4.5,
        3.0,
        3.5,
        pytest.approx(math.nan, nan_ok=True),
    ]
    assert len(history.lrs) == 8  # the best is the fifth, then three in vain
    assert plateau.best == 3.0
    assert "no better value on the validation set in 3 epochs" in history.stop_reason


def test_a_value_that_is_never_a_number_ends_too():
    assert len(train(Plateau(stated(math.nan), patience=2)).lrs) == 2


@pytest.mark.parametrize("factor", [1 / 2, 1 / 4, 1 / 8])
def test_a_restart_goes_on_with_the_rate_reduced(factor):
    history = train(Restart(Budget(2), factor, 2), lr=0.8)
    assert history.lrs == [0.8] * 2 + [0.8 * factor] * 2 + [0.8 * factor**2] * 2
    assert history.stop_reason == "after 2 restarts, the budget of 2 epochs is spent"


def test_a_restart_goes_on_from_where_it_was():
    torch.manual_seed(0)
    net = nn.Linear(1, 1)
    history = sgd(net, nn.MSELoss(), BATCHES, 0.1, 9, schedule=Restart(Budget(2), 0.5, 1))
    factors = [1 - 4 * lr for lr in history.lrs]  # d/dw = d/db = 2(w + b): each step scales w + b
    ratios = [later / loss for loss, later in itertools.pairwise(history.losses)]
    assert ratios == pytest.approx([factor**2 for factor in factors[:-1]], rel=1e-4)


def test_restarts_on_plateaus_compose():
    plateau = Plateau(stated(3.0, 2.0, 2.0, 2.0, 1.0, 1.0), patience=2)
    history = train(Restart(plateau, 0.25, 1), lr=0.4)
    assert history.lrs == [0.4] * 4 + [0.1] * 3
    assert history.stop_reason.startswith("after 1 restarts, no better value")


def test_restarts_of_restarts_compose():
    history = train(Restart(Restart(Budget(1), 0.5, 1), 0.1, 1), lr=0.8)
    assert history.lrs == pytest.approx([0.8, 0.4, 0.04])


def test_any_function_with_a_reason_is_a_schedule():
    def falling(lr):
        return lr / 2 if lr > 0.1 else None

    falling.reason = "small enough"
    history = train(falling, lr=0.4)
    assert history.lrs == [0.4, 0.2, 0.1]
    assert history.stop_reason == "small enough"


@pytest.mark.parametrize(
    ("error", "match", "make"),
    [
        (ValueError, "num_epochs must be at least 1", lambda: Budget(0)),
        (TypeError, "validate must be a function", lambda: Plateau(3.0, 2)),
        (ValueError, "patience must be at least 1", lambda: Plateau(stated(1), 0)),
        (TypeError, "schedule must be a function", lambda: Restart(5, 0.5, 1)),
        (ValueError, "factor must be below 1, got 2", lambda: Restart(Budget(1), 2, 1)),
        (ValueError, "factor must be finite and above 0", lambda: Restart(Budget(1), 0, 1)),
        (ValueError, "num_restarts must be at least 1", lambda: Restart(Budget(1), 0.5, 0)),
        (ValueError, "the rate that schedule returns must be", lambda: train(lambda lr: -lr)),
    ],
)
def test_bad_input(error, match, make):
    with pytest.raises(error, match=match):
        make()
