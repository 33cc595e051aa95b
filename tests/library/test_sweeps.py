"""Sweeps: every run by itself, from the same weights."""

import copy

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from bs4 import BeautifulSoup
from torch import nn

from pytorch_primer import Batches, sgd, sweep

X = torch.randn(40, 3, generator=torch.Generator().manual_seed(0))
Y = X @ torch.tensor([[1.0], [-2.0], [0.5]])


def make_batches(size):
    return Batches(X, Y, size, shuffle=True, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def net():
    torch.manual_seed(0)
    return nn.Linear(3, 1)


@pytest.fixture
def result(net):
    return sweep(net, nn.MSELoss(), make_batches, [0.1, 0.01, 50.0], [10, 5], 4)


def test_every_run_is_the_run_alone(net, result):
    start = copy.deepcopy(net.state_dict())
    assert set(result.histories) == {(lr, size) for lr in (0.1, 0.01, 50.0) for size in (5, 10)}
    for (lr, size), history in result.histories.items():
        alone = copy.deepcopy(net)
        assert sgd(alone, nn.MSELoss(), make_batches(size), lr, 4).losses == history.losses
    assert all(torch.equal(start[name], value) for name, value in net.state_dict().items())
    assert {history.losses[0] for history in result.histories.values()} == {
        result.histories[0.1, size].losses[0] for size in (5, 10)
    }


def test_the_table_says_which_diverged(result):
    rows = result.rows()
    assert rows[0] == ["lr", "batch size 5", "batch size 10"]
    assert [row[0] for row in rows[1:]] == ["0.01", "0.1", "50"]
    assert rows[3][1:] == ["diverged", "diverged"]
    assert float(rows[2][2]) == pytest.approx(result.histories[0.1, 10].epoch_losses[-1], rel=0.01)
    page = BeautifulSoup(result._repr_html_(), "html.parser")
    cells = [[c.get_text() for c in row.find_all(["td", "th"])] for row in page.find_all("tr")]
    assert cells == rows
    assert all(
        cell in line
        for row, line in zip(rows, str(result).splitlines(), strict=True)
        for cell in row
    )


def test_the_plot_shows_losses_and_marks_divergence(result):
    ax = plt.subplots()[1]
    assert result.plot(ax=ax) is ax
    lines = {line.get_label(): line for line in ax.lines}
    x, y = lines["batch size 5"].get_data()
    assert list(x) == [0.01, 0.1]
    assert list(y) == [result.histories[lr, 5].epoch_losses[-1] for lr in (0.01, 0.1)]
    crosses = [line for line in ax.lines if line.get_label() == "_diverged"]
    assert [list(line.get_xdata()) for line in crosses] == [[50.0], [50.0]]
    assert "diverged" in [text.get_text() for text in ax.get_legend().get_texts()]


@pytest.mark.parametrize(
    ("error", "match", "changes"),
    [
        (ValueError, "must hold at least one each", {"lrs": []}),
        (ValueError, "lrs must be finite and above 0, got -1.0", {"lrs": [0.1, -1]}),
        (ValueError, "batch_sizes must be at least 1", {"batch_sizes": [0]}),
        (TypeError, "make_batches must be a function", {"make_batches": [(X, Y)]}),
        (TypeError, "net must be a torch.nn.Module", {"net": None}),
        (TypeError, "lrs must be several numbers, got 0.1", {"lrs": 0.1}),
        (TypeError, "lrs must be several numbers, got '0.1'", {"lrs": "0.1"}),
        (TypeError, "batch_sizes must be several numbers, got 5", {"batch_sizes": 5}),
    ],
)
def test_bad_input(net, error, match, changes):
    arguments = {
        "net": net,
        "loss_fn": nn.MSELoss(),
        "make_batches": make_batches,
        "lrs": [0.1],
        "batch_sizes": [5],
        "num_epochs": 1,
    }
    with pytest.raises(error, match=match):
        sweep(**arguments | changes)


def test_it_is_shown_in_one_line(net):
    result = sweep(net, nn.MSELoss(), make_batches, np.array([0.01, 0.1]), np.array([5]), 1)
    assert repr(result) == "<Sweep: 2 learning rates × 1 batch sizes>"
    with pytest.raises(TypeError, match="ax must be of type"):
        result.plot(ax="here")
    assert not plt.get_fignums()
