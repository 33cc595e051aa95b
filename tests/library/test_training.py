"""SGD against torch's own, and what happens when it breaks."""

import copy
import math

import numpy as np
import pytest
import torch
from bs4 import BeautifulSoup
from torch import nn
from torch.nn import functional as F

from pytorch_primer import Batches, OneHot, Restart, load_digits, sgd


def network(seed=0, *layers):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Flatten(), nn.Linear(64, 20), nn.Softplus(), nn.Linear(20, 10), *layers)


@pytest.fixture(scope="module")
def digits():
    return load_digits()


def batches(digits, seed=0, size=50, encode=True):
    generator = torch.Generator().manual_seed(seed)
    target = OneHot(10) if encode else None
    x, y = digits.x_train, digits.y_train
    return Batches(x, y, size, shuffle=True, generator=generator, y_transform=target)


@pytest.mark.parametrize("loss_fn", [nn.MSELoss(), F.cross_entropy])
@pytest.mark.parametrize("lr", [0.03, 0.7])
def test_the_same_as_torchs_own_to_the_last_bit(digits, loss_fn, lr):
    ours, theirs = network(), network()
    encode = isinstance(loss_fn, nn.MSELoss)
    history = sgd(ours, loss_fn, batches(digits, encode=encode), lr, 3)
    optimizer = torch.optim.SGD(theirs.parameters(), lr=lr)
    losses = []
    same = batches(digits, encode=encode)
    for _ in range(3):
        for x, y in same:
            optimizer.zero_grad()
            loss = loss_fn(theirs(x), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    for p, q in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.equal(p, q)
        assert p.grad is None
    assert history.losses == losses
    steps = len(losses) // 3
    means = [sum(losses[e * steps : (e + 1) * steps]) / steps for e in range(3)]
    assert history.epoch_losses == pytest.approx(means)
    assert history.lrs == [lr] * 3
    assert len(history.seconds) == 3
    assert min(history.seconds) > 0
    assert not history.diverged
    assert history.stop_reason == "all 3 epochs done"


def test_a_data_loader_or_a_list_will_do(digits):
    data = torch.utils.data.TensorDataset(digits.x_train, digits.y_train)
    loader = torch.utils.data.DataLoader(data, batch_size=50)
    one, other = network(), network()
    sgd(one, F.cross_entropy, loader, 0.1, 1)
    sgd(other, F.cross_entropy, list(Batches(digits.x_train, digits.y_train, 50)), 0.1, 1)
    assert all(map(torch.equal, one.parameters(), other.parameters()))


def test_frozen_and_unused_parameters_stay_and_the_mode_does_too():
    net = nn.ModuleDict(
        {"used": nn.Linear(2, 1), "frozen": nn.Linear(2, 1), "idle": nn.Linear(2, 1)}
    )
    net["frozen"].requires_grad_(False)
    net.forward = lambda x: net["used"](x) + net["frozen"](x)
    net.eval()
    start = copy.deepcopy(net.state_dict())
    with torch.no_grad():  # as for torch.optim, the caller's grad mode does not matter
        sgd(net, F.mse_loss, [(torch.ones(3, 2), torch.ones(3, 1))], 0.1, 1)
    for name, value in net.state_dict().items():
        assert torch.equal(value, start[name]) == (not name.startswith("used"))
    assert not net.training


class Steep(nn.Module):
    """One weight w and a loss of w² x: a step multiplies w by 1 − 2 lr x."""

    def __init__(self, w=1.0):
        super().__init__()
        self.w = nn.Parameter(torch.tensor(w, dtype=torch.float64))

    def forward(self, x):
        return self.w**2 * x


def first(output, _):
    return output.mean()


def ones(n):
    return [(torch.ones(1), torch.ones(1))] * n


def test_a_loss_blown_up_stops_before_the_step_that_broke():
    net = Steep()
    history = sgd(net, first, ones(50), 2.0, 3, blowup=1000)  # w: 1, -3, 9, -27, 81
    assert history.losses == [1.0, 9.0, 81.0, 729.0, 6561.0]
    assert history.diverged
    assert history.diverged_at == 4
    assert net.w.item() == 81.0
    assert len(history.epoch_losses) == len(history.lrs) == len(history.seconds) == 1
    assert history.stop_reason == "step 4 diverged: its loss is 6561, the first one was 1"


@pytest.mark.parametrize("lr", [2.0, 1e30])
def test_a_loss_that_is_not_finite_stops_before_its_step(lr):
    history = sgd(by_us := Steep(), first, ones(2000), lr, 1, blowup=math.inf)
    assert not math.isfinite(history.losses[-1])
    assert all(map(math.isfinite, history.losses[:-1]))
    by_hand = torch.tensor(1.0, dtype=torch.float64)
    for _ in range(history.diverged_at):
        by_hand -= lr * 2 * by_hand
    assert by_us.w.item() == pytest.approx(by_hand.item())


def test_a_gradient_that_is_not_finite_is_no_step():
    net = Steep(0.0)
    history = sgd(net, lambda out, _: out.sqrt().sum(), ones(3), 0.1, 1)  # slope 0/0 at 0
    assert history.losses == [0.0]
    assert history.diverged_at == 0
    assert history.stop_reason == "step 0 diverged: its gradient is not finite"
    assert net.w.item() == 0.0


@pytest.mark.parametrize("bias", [True, False])
def test_it_is_found_in_a_layer_before_it_spreads(bias):
    net = nn.Sequential(nn.Linear(2, 3, bias=bias), nn.Linear(3, 1, bias=bias))
    start = copy.deepcopy(net.state_dict())

    def distance(output, y):
        return (output - output.detach()).abs().sqrt().sum()

    history = sgd(net, distance, [(torch.ones(4, 2), torch.ones(4))], 0.1, 1)
    assert history.stop_reason == "step 0 diverged: its gradient is not finite"
    assert all(torch.equal(start[name], value) for name, value in net.state_dict().items())


def test_a_matrix_that_the_last_step_broke_is_told():
    net = nn.Linear(2, 1)

    def steep(output, y):  # the bias has a slope of its own, and the weight one of infinity
        return net.weight.abs().sqrt().sum() * 0 + net.bias.sum()

    with torch.no_grad():
        net.weight.zero_()
    history = sgd(net, steep, [(torch.ones(4, 2), torch.ones(4))], 0.1, 1)
    assert history.diverged_at == 0
    assert history.stop_reason == "step 0 diverged: it left parameters that are not finite"


def test_a_history_is_shown_in_one_line_and_as_a_table():
    history = sgd(nn.Linear(2, 1), F.mse_loss, [(X, Y)] * 40, 0.01, 20)
    assert "\n" not in repr(history)
    assert len(repr(history)) < 100
    assert "20 epochs, 800 steps" in repr(history)
    page = BeautifulSoup(history._repr_html_(), "html.parser")
    rows = [[cell.text for cell in row.select("td, th")] for row in page.select("tr")]
    assert [row[0] for row in rows] == ["epoch", *"012345", "⋮", *map(str, range(14, 20))]
    assert rows[-1][1:3] == ["0.01", f"{history.epoch_losses[-1]:.4g}"]
    assert "all 20 epochs done" in page.text


OTHERS = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        (torch.optim.lr_scheduler.StepLR(OTHERS, 1), "got a StepLR, which changes the rate of an"),
        (torch.optim.lr_scheduler.ReduceLROnPlateau(OTHERS), "got a ReduceLROnPlateau, which"),
        (torch.optim.lr_scheduler.LambdaLR(OTHERS, lambda i: 1.0), "got a LambdaLR, which changes"),
        (0.5, "schedule must be a function, got 0.5"),
    ],
)
def test_a_schedule_is_checked_before_anything_is_trained(schedule, words):
    net = nn.Linear(2, 1)
    start = copy.deepcopy(net.state_dict())
    with pytest.raises(TypeError, match=words):
        sgd(net, F.mse_loss, [(X, Y)], 0.1, 2, schedule=schedule)
    assert all(torch.equal(start[name], value) for name, value in net.state_dict().items())
    with pytest.raises(TypeError, match=words):
        Restart(schedule, 0.5, 2)


def test_a_plain_function_is_a_schedule():
    rates = iter([0.2, 0.1, None])
    history = sgd(nn.Linear(2, 1), F.mse_loss, [(X, Y)], 0.4, 9, schedule=lambda lr: next(rates))
    assert history.lrs == [0.4, 0.2, 0.1]
    assert history.stop_reason == "the schedule returned no further rate"
    halves = Restart(lambda lr: None, 0.5, 2)
    assert sgd(nn.Linear(2, 1), F.mse_loss, [(X, Y)], 0.4, 9, schedule=halves).lrs == [
        0.4,
        0.2,
        0.1,
    ]
    assert "no further rate" in halves.reason


def test_numpys_numbers_are_numbers():
    one, other = nn.Linear(2, 1), nn.Linear(2, 1)
    other.load_state_dict(one.state_dict())
    numbers = {"lr": np.float32(0.25), "num_epochs": np.int64(2), "blowup": np.float32(50)}
    by_numpy = sgd(one, F.mse_loss, [(X, Y)], **numbers)
    assert by_numpy.losses == sgd(other, F.mse_loss, [(X, Y)], 0.25, 2, blowup=50).losses


def test_a_negative_first_loss_has_no_multiple():
    class Shifted(Steep):
        def forward(self, x):
            return super().forward(x) - 5.0

    assert not sgd(Shifted(), first, ones(5), 0.1, 1).diverged


def test_progress_is_silent_by_default_and_shows_the_loss_on_demand(capsys):
    sgd(Steep(), first, ones(5), 0.1, 2)
    captured = capsys.readouterr()
    assert captured.out == captured.err == ""
    sgd(Steep(), first, ones(5), 0.1, 2, progress=True)
    shown = capsys.readouterr().err
    assert "10/10" in shown
    assert "loss=" in shown


X, Y = torch.randn(4, 2), torch.randn(4, 1)


@pytest.mark.parametrize(
    ("error", "match", "changes"),
    [
        (TypeError, "net must be a torch.nn.Module, got 3", {"net": 3}),
        (ValueError, "net must have parameters", {"net": nn.Flatten()}),
        (TypeError, "loss_fn must be a function", {"loss_fn": "mse"}),
        (ValueError, "lr must be finite and above 0, got 0.0", {"lr": 0}),
        (ValueError, "lr must be finite and above 0, got nan", {"lr": math.nan}),
        (TypeError, "lr must be a number, got '1'", {"lr": "1"}),
        (ValueError, "num_epochs must be at least 1, got 0", {"num_epochs": 0}),
        (ValueError, "blowup must be a number above 1, got 1", {"blowup": 1}),
        (TypeError, "batches must be iterable, got 5", {"batches": 5}),
        (ValueError, "got none in epoch 0", {"batches": []}),
        (ValueError, "got none in epoch 1", {"batches": iter([(X, Y)]), "num_epochs": 2}),
        (TypeError, r"batches must give pairs \(x, y\), got a torch.float32", {"batches": [X]}),
        (TypeError, r"batches must give pairs \(x, y\), got a tuple", {"batches": [(X, Y, Y)]}),
        (TypeError, "y of a batch must be a tensor, got a list", {"batches": [(X, [1])]}),
        (ValueError, "x of a batch must hold samples", {"batches": [(X[:0], Y[:0])]}),
        (ValueError, "device of net, cpu, got meta", {"batches": [(X.to("meta"), Y)]}),
        (ValueError, "y of a batch must be finite", {"batches": [(X, Y * math.nan)]}),
        (ValueError, "x of a batch must be finite", {"batches": [(X * math.inf, Y)]}),
        (ValueError, "value of loss_fn must be a 0-d", {"loss_fn": lambda a, b: a - b}),
        (TypeError, "value of loss_fn must be", {"loss_fn": lambda a, b: 0.5}),
        (RuntimeError, "without a graph", {"loss_fn": lambda a, b: a.detach().sum()}),
        (
            RuntimeError,
            "without a graph",
            {"loss_fn": lambda a, b: torch.ones((), requires_grad=True) * 2},
        ),
    ],
)
def test_bad_input_leaves_the_net_alone(error, match, changes):
    net = nn.Linear(2, 1)
    if changes.get("num_epochs") != 2:
        start = copy.deepcopy(net.state_dict())
    arguments = {"net": net, "loss_fn": F.mse_loss, "batches": [(X, Y)], "lr": 0.1, "num_epochs": 1}
    arguments |= changes
    with pytest.raises(error, match=match):
        sgd(**arguments)
    if changes.get("num_epochs") != 2:
        assert all(torch.equal(start[name], value) for name, value in net.state_dict().items())


def test_bad_data_in_a_later_batch_are_told_from_divergence():
    with pytest.raises(ValueError, match="y of a batch must be finite"):
        sgd(nn.Linear(2, 1), F.mse_loss, [(X, Y), (X, Y / 0)], 0.1, 1)


@pytest.mark.skipif(
    not torch.cuda.is_available(), reason="compares the CPU with a CUDA device, and there is none"
)
def test_the_same_on_a_gpu(digits):
    ours, theirs = network().cuda(), network().cuda()
    data = Batches(digits.x_train, digits.y_train, 50, device="cuda", y_transform=OneHot(10))
    sgd(ours, nn.MSELoss(), data, 0.1, 2)
    optimizer = torch.optim.SGD(theirs.parameters(), lr=0.1)
    for _ in range(2):
        for x, y in data:
            optimizer.zero_grad()
            nn.MSELoss()(theirs(x), y).backward()
            optimizer.step()
    for p, q in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(p, q)
