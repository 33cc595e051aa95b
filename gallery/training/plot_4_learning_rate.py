r"""
Learning rate and batch size
============================

.. lesson::
   :assumes: training/plot_3_digits; optimisation/plot_1_gradient_descent

   - find the learning rate of a new problem with a handful of short runs
   - compare batch sizes fairly, by epochs and by steps
   - stop on a budget or on a plateau, lower the rate there, and judge whether it helped

If you may tune one number only, tune the learning rate. Too small, and the network has hardly moved
when your patience ends. Too large, and it is worse than at the start. On a parabola a formula told
the limit; for a network nobody knows the formula, so we ask the network itself. It answers in less
than a second.
"""

# %%
# The tools first.

# sphinx_gallery_tags = ["training", "optimisation", "data"]

import math
from functools import partial

import matplotlib.pyplot as plt
import torch
from torch import nn

plt.style.use("pytorch_primer.course")

# %%
# From the course's package we know the data, the batches, the one-hot targets and ``sgd``. New are
# ``sweep``, which tries rates and batch sizes, and three schedules, which say when to lower the
# rate:

from pytorch_primer import (
    Batches,
    Budget,
    OneHot,
    Plateau,
    Restart,
    load_digits,
    sgd,
    sweep,
)

# %%
# We go on with the digits of the last lesson: the same images, the same network, and the same start
# for every run.

data = load_digits()
loss_fn = nn.MSELoss()
one_hot = OneHot(10)

# %%
# Two functions make what a run needs. Both are seeded inside, so that two runs differ in nothing
# but in what we change on purpose.


def make_net(beta=25):
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(64, 100),
        nn.Softplus(beta=beta),
        nn.Linear(100, 10),
    )


# %%


def make_batches(batch_size, x=data.x_train, y=data.y_train):
    return Batches(
        x,
        y,
        batch_size,
        shuffle=True,
        generator=torch.Generator().manual_seed(0),
        y_transform=one_hot,
    )


# %%
# One run for each power of ten
# -----------------------------
#
# Rates act by factors, so they are tried on a logarithmic grid: powers of ten first. Four epochs
# each are enough. ``sgd`` would end a run whose loss exceeds a hundred times the first one, which
# saves time; here we want to see how bad it gets, and set that ``blowup`` to infinity. A run
# *works* if all its losses are finite and the last is below the first:


def works(losses):
    return all(map(math.isfinite, losses)) and losses[-1] < losses[0]


runs = {}
for lr in [0.01, 0.1, 1.0, 10.0, 100.0]:
    history = sgd(
        make_net(), loss_fn, make_batches(50), lr, 4, blowup=math.inf
    )
    runs[lr] = history
    first, mean = history.losses[0], history.epoch_losses[-1]
    fate = "works" if works(history.losses) else "diverges"
    print(f"{lr:6g}  first {first:.3f}  4th epoch {mean:8.3g}  {fate}")

# sphinx_gallery_start_ignore
fourth = {lr: run.epoch_losses[-1] for lr, run in runs.items()}
for lr, expected in {0.01: 0.092, 0.1: 0.046, 1.0: 0.019}.items():
    assert abs(fourth[lr] - expected) < 0.05 * expected
    assert runs[lr].losses[-1] < runs[lr].losses[0]
assert not fourth[10.0] < 10
assert not math.isfinite(runs[100.0].losses[-1])
assert 0.17 < runs[1.0].losses[0] < 0.2
all_x = torch.cat([data.x_train, data.x_test])
all_y = torch.cat([data.y_train, data.y_test])
with torch.random.fork_rng():
    ends = [
        sgd(make_net(), loss_fn, make_batches(50, all_x, all_y), lr, 4)
        for lr in (0.01, 0.1, 1.0)
    ]
ends = torch.tensor([run.epoch_losses[-1] for run in ends])
assert torch.allclose(ends, torch.tensor([0.088, 0.043, 0.017]), rtol=0.05)
worked = [lr for lr, run in runs.items() if works(run.losses)]
assert (max(worked), min(set(runs) - set(worked))) == (1, 10), (
    "the pattern that the search is after: the one works, the other diverges"
)
assert {lr: round(fourth[lr], 3) for lr in worked} == {
    0.01: 0.092,
    0.1: 0.046,
    1: 0.019,
}, "the mean loss of the fourth epoch; one wins against the others"
assert len(all_x) == 1797
# sphinx_gallery_end_ignore

# %%
# A loss in the thousands, or infinite, is :term:`divergence`; but so is a loss that merely failed
# to fall. (``sgd`` cannot wait for the last loss. It gives a run up when a loss is not finite or
# above ``blowup`` times the first, and ``sweep`` shows such runs as diverged.)
#
# The table has the pattern that the search is after: 1 works and 10 diverges. **The rate to look
# for works, and ten times that rate does not.** It, or a tenth of it, is where to begin. Here 1
# wins: the mean loss of the fourth epoch is 0.019, against 0.046 with 0.1 and 0.092 with 0.01.

fig, ax = plt.subplots()
for (lr, run), dash in zip(runs.items(), ["-", "--", "-.", ":"], strict=False):
    ax.plot(run.losses, dash, linewidth=1.2, label=f"lr = {lr:g}")
ax.axhline(0.09, color="black", linewidth=0.8, label="always 0.1")
ax.set(xlabel="step", ylabel="loss", yscale="log", ylim=(0.01, 30))
ax.legend(loc="center right")

# sphinx_gallery_start_ignore
fig.set_label(
    "Loss against step for four rates, logarithmic axis. With 0.01 the loss sinks to 0.09 and no"
    " further, with 0.1 to one half of that, with 1 it jumps up at first and then falls lowest, with 10 it"
    " leaves the picture at the top in the first steps."
)
assert max(runs[1.0].losses[:5]) > runs[1.0].losses[0]
assert runs[10.0].losses[1] > 30, "with 10 the second loss is off the picture"
assert min(runs, key=lambda lr: runs[lr].epoch_losses[-1]) == 1, (
    "the rate below all, to take along"
)
guess = (torch.eye(10) - 0.1).square().mean().item()
creeps = max(worked, key=fourth.get)
assert abs(fourth[creeps] - guess) < 0.05 * guess
assert (
    creeps == 0.01
    and round((torch.eye(10) - 0.1).square().mean().item(), 4) == 0.09
), "creeps: after four epochs about as wise as who always answers so"
# sphinx_gallery_end_ignore

# %%
# 0.01 creeps: after four epochs it is about as wise as somebody who always answers 0.1, whose loss
# is 0.09. The rate 1 begins with a leap upwards, recovers, and is soon below all others. Such a
# start is common for the best rate, which lies close to the limit. With 10 the second loss is off
# the picture.
#
# .. predict:: Four runs. Which of them *work*?
#    :aim: 1
#
#    works = lambda run: all(map(math.isfinite, run)) and run[-1] < run[0]
#    runs = [5, 4, 3], [5, 9, 2], [5, 7, 6], [5, math.inf, 3]
#    print([works(run) for run in runs])
#    + All losses finite, and the last below the first; a leap between is allowed.
#    - A run may rise on its way. The best rate often begins with a leap.
#        run[-1] < run[0] -> list(run) == sorted(run, reverse=True)
#    - It is not enough that nothing is infinite: the third run ends above its start.
#        run[-1] < run[0] -> True
#    - One infinite loss is enough to give a run up, whatever comes behind.
#        all(map(math.isfinite, run)) and run[-1] -> run[-1]
#
# .. repair::
#    :aim: 1
#
#    torch.manual_seed(0)
#    x = torch.randn(50, 4)
#    y = x.sum(dim=1, keepdim=True)
#    net, losses = nn.Linear(4, 1), []
#    optimizer = torch.optim.SGD(net.parameters(), lr=1.2)
#    for _ in range(30):
#        loss = F.mse_loss(net(x), y)
#        optimizer.zero_grad()
#        loss.backward()
#        optimizer.step()
#        losses.append(loss.item())
#    + A tenth of a rate that diverges: the steps come down into the valley.
#        1.2 -> 0.12
#    - The steps were too long for this valley, and get longer still.
#        1.2 -> 12.0
#    - Nothing explodes, but so short a step hardly moves in the time given.
#        1.2 -> 0.0012
#    - A run that diverges does not come back.
#        range(30) -> range(60)
#
# A rate belongs to its problem
# -----------------------------
#
# Can you take the rate 1 along to the next project? We change one thing at a time: leave the pixels as
# they are in the file, from 0 to 16, or give the softplus a rounder corner.

raw = (data.x_train * data.std + data.mean) * data.highest
print(f"raw pixels: mean {raw.mean():.2f}, standard deviation {raw.std():.2f}")
variants = {
    "as above": (make_net(), data.x_train),
    "pixels 0 to 16": (make_net(), raw),
    "softplus beta=1": (make_net(beta=1), data.x_train),
}

# sphinx_gallery_start_ignore
assert raw.min().abs() < 1e-4
assert abs(raw.max() - 16) < 1e-4
assert [round(x.item(), 3) for x in (raw.min(), raw.max())] == [0, 16], (
    "the pixels as they are in the file"
)
assert round(raw.mean().item(), 2) == 4.89
assert round(raw.std().item(), 2) == 6.02
# sphinx_gallery_end_ignore

# %%
# The same four rates for each, and the mean loss of the fourth epoch:

rates = [0.01, 0.1, 1.0, 10.0]
print(" " * 15, *[f"{lr:9g}" for lr in rates])
tried = {}
for name, (net, x) in variants.items():
    make = partial(make_batches, x=x)
    tried[name] = sweep(net, loss_fn, make, rates, [50], 4)
    print(f"{name:15}", *[f"{row[1]:>9}" for row in tried[name].rows()[1:]])

# sphinx_gallery_start_ignore
scaled = [
    round(data.x_train.mean().item(), 2),
    round(data.x_train.std().item(), 2),
]
assert scaled == [0, 1]
tried = {
    name: [found.histories[lr, 50] for lr in rates]
    for name, found in tried.items()
}
assert [run.diverged for run in tried["as above"]] == [False] * 3 + [True]
assert [run.diverged for run in tried["pixels 0 to 16"]] == [False] + [
    True
] * 3
round_corner = [run.epoch_losses[-1] for run in tried["softplus beta=1"][:3]]
assert min(round_corner) == round_corner[1]
survive = [
    lr for lr in rates if not tried["pixels 0 to 16"][rates.index(lr)].diverged
]
ends_at = tried["pixels 0 to 16"][0].epoch_losses[-1]
assert survive == [0.01] and ends_at > 0.09, (
    "with unscaled pixels nothing above survives, and it ends above the guess"
)
assert rates[round_corner.index(min(round_corner))] == 0.1, (
    "the best rate with the rounder corner"
)
assert rates[2] == 1 and abs(round_corner[2] - 0.09) < 0.01, (
    "the run with this rate works by our rule, since its loss fell; it ended near"
)
assert (
    tried["softplus beta=1"][2].losses[-1]
    < tried["softplus beta=1"][2].losses[0]
)
# sphinx_gallery_end_ignore

# %%
# With unscaled pixels nothing above 0.01 survives, and 0.01 itself ends above 0.09. They have the
# mean 4.89 and the standard deviation 6.02 where the scaled ones have 0 and 1. Larger inputs make
# steeper slopes, and the common offset the steepest of all; that is the reason to scale the data
# first. With the rounder corner the best rate is 0.1. The run with rate 1 *works* there by our
# rule, since its loss fell, but look where it ended: near 0.09, where one knows nothing. Always
# know the loss of a guess.
#
# The loss is part of the problem, too. :class:`torch.nn.MSELoss` is a fifth of
# :math:`\tfrac12 \lVert y - \Phi(x) \rVert^2` for ten outputs, so with the latter a fifth of the
# rate makes the same steps:


def half_square(outputs, targets):
    return (outputs - targets).square().sum(dim=1).mean() / 2


one, other = make_net(), make_net()
sgd(one, loss_fn, make_batches(50), 1.0, 4)
sgd(other, half_square, make_batches(50), 0.2, 4)
pairs = zip(one.parameters(), other.parameters(), strict=True)
apart = max((p - q).abs().max().item() for p, q in pairs)
print(f"largest difference after 116 steps: {apart:.0e}")

# sphinx_gallery_start_ignore
assert apart < 1e-3
assert len(runs[1.0].losses) == 4 * 29 == 116
with torch.random.fork_rng():
    assert (
        max(
            (p - q).abs().max()
            for p, q in zip(
                one.parameters(), make_net().parameters(), strict=True
            )
        )
        > 0.1
    )
# sphinx_gallery_end_ignore

# %%
# Equal up to rounding. A rate without its loss, its data and its network is not worth writing down.
#
# .. repair::
#    :aim: 1
#
#    torch.manual_seed(0)
#    x = 5 + 2 * torch.randn(40, 1)
#    y = 3 + x
#    net, losses = nn.Linear(1, 1), []
#    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
#    for _ in range(20):
#        loss = F.mse_loss(net(x), y)
#        optimizer.zero_grad()
#        loss.backward()
#        optimizer.step()
#        losses.append(loss.item())
#    + With mean 0 and standard deviation 1 the rate suits weight and offset alike.
#        net(x) -> net((x - x.mean()) / x.std())
#    - It no longer explodes. But the large offset of the inputs leaves one direction that hardly moves.
#        lr=0.1 -> lr=0.01
#    - The slopes are steep because the inputs are large; other targets do not change that.
#        y) -> y / 10)
#
# .. predict:: Two losses for four outputs. What is the gradient of the first, divided by that of the second?
#    :aim: 1
#
#    errors = torch.ones(2, 4, requires_grad=True)  # 2 samples
#    one = errors.square().mean()
#    other = errors.square().sum(dim=1).mean() / 2
#    of = lambda loss: torch.autograd.grad(loss, errors)[0][0, 0].item()
#    print(of(one) / of(other))
#    + A mean over 4 outputs against half their sum. So the first bears twice the rate.
#    - The first does not have the larger gradients: a mean divides by more.
#        of(one) / of(other) -> of(other) / of(one)
#    - The half in the second counts, too.
#        .mean() / 2 -> .mean()
#    - The second sums over the outputs of a sample. It does not average them.
#        .sum(dim=1).mean() / 2 -> .mean(dim=1).mean()
#
# Batch sizes
# -----------
#
# The second number to choose is the :term:`batch size`. We sweep both: nine rates, a factor of
# about three apart, for batches of 50, 100 and 200. The value is the mean loss of the last of four
# epochs.

grid = [0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0]
sizes = [50, 100, 200]
found = sweep(make_net(), loss_fn, make_batches, grid, sizes, 4)
# sphinx_gallery_start_ignore
assert sorted({size for _, size in found.histories}) == [50, 100, 200], (
    "we sweep both, the rates and the batches"
)
# sphinx_gallery_end_ignore
found

# %%

fig, ax = plt.subplots()
found.plot(ax=ax)
ax.axhline(0.09, linestyle=":", color="black", label="always 0.1")
ax.legend(loc="lower left")

# sphinx_gallery_start_ignore
fig.set_label(
    "Loss of the fourth epoch against the rate, both logarithmic, one line for each of the batch sizes"
    " 50, 100 and 200. All three fall to a minimum at rate 1 and rise at 3; crosses along the top mark"
    " the rates from 10 on, which diverged. The smaller the batch, the lower the line."
)
value = {key: run.epoch_losses[-1] for key, run in found.histories.items()}
for lr in grid[:6]:
    assert value[lr, 50] < value[lr, 100] < value[lr, 200]
for size in sizes:
    assert min(grid[:6], key=lambda lr, size=size: value[lr, size]) == 1.0
    assert all(found.histories[lr, size].diverged for lr in grid[6:])
# sphinx_gallery_end_ignore

# %%
# Each curve has the same form: a long slope on the left, where a larger rate is better, a minimum,
# and then, within a factor of ten, the cliff. The best rate is 1 for all three sizes on this grid,
# and at every rate the smaller batch wins. Is a small batch better?
#
# Not so fast. An epoch is 29 steps with batches of 50 and 8 with batches of 200, so the comparison
# gave the small ones more than three times as many steps. Now with nearly as many for each, and the
# loss on all training images at the end:

pace = {}
for size, num_epochs in {50: 4, 100: 8, 200: 16}.items():
    net = make_net()
    run = sgd(net, loss_fn, make_batches(size), 1.0, num_epochs)
    whole = loss_fn(net(data.x_train), one_hot(data.y_train)).item()
    print(f"batches of {size:3}: {len(run.losses)} steps, {whole:.4f}")
    pace[len(run.losses)] = whole

# sphinx_gallery_start_ignore
assert list(pace) == [116, 120, 128], "nearly as many steps for each"
assert max(pace.values()) < 1.1 * min(pace.values()), (
    "nothing left of the lead"
)
assert value[1.0, 200] > 1.5 * value[1.0, 50]
assert len(make_batches(50)) == 29 > 3 * len(make_batches(200)) == 3 * 8, (
    "an epoch in steps with batches: many times as many"
)
# sphinx_gallery_end_ignore

# %%
# Nothing is left of the lead. The gradient of a large batch is the better estimate, but a step with it
# brings about as much as a step with a small one, and costs four times as many samples. Per epoch the
# small batch wins, per step they are about equal, and on the clock it depends on what a step costs on
# your machine.
#
# .. predict:: 240 images, three epochs. How many steps with batches of 20, and of 80?
#    :aim: 2
#
#    images = torch.zeros(240)
#    print([3 * len(images.split(size)) for size in (20, 80)])
#    + The larger the batch, the fewer steps in an epoch.
#    - That is one epoch, and there are three.
#        3 * len -> len
#    - An epoch is once through the images, not a number of steps.
#        images.split(size) -> images.split(20)
#    - A step takes a whole batch; this counts the images of three batches.
#        len(images.split(size)) -> size
#
# .. choose:: How many epochs with batches of 80 make as many steps as two epochs with batches of 20?
#    :aim: 2
#    :test: epochs * len(images.split(80)) == 2 * len(images.split(20))
#
#    images = torch.zeros(240)
#    + Four times the batch, a quarter of the steps in an epoch.
#        epochs = 2 * 80 // 20
#    - As many images, then, but not as many steps.
#        epochs = 2
#    - That makes up for the larger batch, but not for two epochs.
#        epochs = 80 // 20
#    - An epoch with large batches has more images in each step, but fewer steps.
#        epochs = 2 * 20 / 80
#
# .. predict:: A batch's mean strays. How much more with 25 samples than with 100?
#    :aim: 2
#
#    torch.manual_seed(0)
#    x = torch.randn(100_000)
#    spread = lambda size: x.reshape(-1, size).mean(dim=1).std()
#    print(round((spread(25) / spread(100)).item(), 1))
#    + The spread falls with the root of the size: four times the samples halve it.
#    - Four times the samples cost four times as much; they do not bring as much.
#        spread(25) / spread(100) -> (spread(25) / spread(100)) ** 2
#    - More samples do help: chance averages out.
#        spread(25) / spread(100) -> spread(100) / spread(100)
#    - The smaller batch strays more, not less.
#        spread(25) / spread(100) -> spread(100) / spread(25)
#
# When to stop, and when to slow down
# -----------------------------------
#
# Near the end the best rate is too large: the steps jump back and forth over the valley's floor. So
# one starts large, goes on until some sign, and continues with the rate times a factor
# :math:`\delta` that is less than one. Two signs are common. A *fixed budget*: so many epochs for
# each rate. Or a :term:`plateau`: on a validation set, images that are not trained on, the loss has
# not reached a new minimum for some epochs, the *patience* :cite:p:`prechelt1998`. Usual factors lie
# between a half and a tenth; we try a half, a quarter and an eighth.
#
# What decides something cannot judge it afterwards. So 360 of the *training* images are set aside
# for validation; the test part is for the last line.

fit_x, val_x = data.x_train[:-360], data.x_train[-360:]
all_y = one_hot(data.y_train)
fit_y, val_y = all_y[:-360], all_y[-360:]


def validation_loss(net):
    with torch.no_grad():
        return loss_fn(net(val_x), val_y).item()


print("to train on:", len(fit_x), " to validate on:", len(val_x))

# sphinx_gallery_start_ignore
assert (len(fit_x), len(val_x)) == (1797 - 360 - 360, 360)
# sphinx_gallery_end_ignore

# %%
# ``sgd`` asks a schedule after each epoch how to go on. ``Budget(5)`` and ``Plateau`` say when a
# stage ends, ``Restart`` goes on with a smaller rate, three times:


def on_budget(net, factor):
    return Restart(Budget(5), factor, num_restarts=3)


def on_plateau(net, factor):
    plateau = Plateau(lambda: validation_loss(net), patience=2)
    return Restart(plateau, factor, num_restarts=3)


# %%
# All runs start at 3, the largest rate that worked on the grid. This time the seed of start and
# batches is an argument, because we shall want more than one:


def train(make_schedule, factor, seed=0):
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Flatten(), nn.Linear(64, 100))
    net.extend([nn.Softplus(beta=25), nn.Linear(100, 10)])
    order = torch.Generator().manual_seed(seed)
    batches = Batches(fit_x, fit_y, 50, shuffle=True, generator=order)
    schedule = make_schedule(net, factor)
    history = sgd(net, loss_fn, batches, 3.0, 20, schedule=schedule)
    return history, validation_loss(net), net


# sphinx_gallery_start_ignore
worked = {lr for (lr, _), run in found.histories.items() if not run.diverged}
assert max(worked) == 3, "the largest rate that worked on the grid"
# sphinx_gallery_end_ignore

# %%
# No run is longer than 20 epochs, so that they can be compared. One keeps the rate 3 throughout.

factors = {"1/2": 1 / 2, "1/4": 1 / 4, "1/8": 1 / 8}
results = {("constant", "1"): train(lambda *_: Budget(20), 1)}
for sign, make in {"budget": on_budget, "plateau": on_plateau}.items():
    for name, factor in factors.items():
        results[sign, name] = train(make, factor)
for (sign, name), (history, validation, _) in results.items():
    losses = (
        f"training {history.epoch_losses[-1]:.4f}, validation {validation:.4f}"
    )
    print(f"{sign:8} {name:3} {len(history.lrs)} epochs, {losses}")

# sphinx_gallery_start_ignore
training = {
    key: history.epoch_losses[-1] for key, (history, *_) in results.items()
}
validation = {key: value for key, (_, value, _) in results.items()}
still = ("constant", "1")
assert set(results[still][0].lrs) == {3}, "one keeps the rate throughout"
assert (
    training["budget", "1/2"]
    < training["budget", "1/4"]
    < training["budget", "1/8"]
)
assert validation["budget", "1/8"] > validation[still]
for name in factors:
    assert validation["plateau", name] < validation["budget", name]
    assert "after 3 restarts" in results["budget", name][0].stop_reason
assert all(len(results["budget", name][0].lrs) == 20 for name in factors)
# sphinx_gallery_end_ignore

# %%

fig, axes = plt.subplots(1, 2, figsize=(8, 3.4), sharey=True)
for ax, sign in zip(axes, ["budget", "plateau"], strict=True):
    losses = results["constant", "1"][0].epoch_losses
    ax.semilogy(losses, color="#80868b", label="constant")
    for name, dash in zip(factors, ["-", "--", ":"], strict=True):
        losses = results[sign, name][0].epoch_losses
        ax.semilogy(losses, dash, label=f"times {name}")
    ax.set(title=sign, xlabel="epoch", ylim=(0.006, 0.03))
axes[0].set_ylabel("training loss")
axes[0].legend()

# sphinx_gallery_start_ignore
fig.set_label(
    "Mean training loss of each epoch, logarithmic. Left, budgets of five epochs: the constant rate makes"
    " a ragged line; at epoch 5 the three others drop at once and become smooth; with the factor 1/2"
    " the line goes on falling, with 1/8 it is soon flat. Right, plateaus: the drop comes later, for all"
    " three at the same epoch, and the three lines end close together below those on the left."
)


def roughness(key):
    return torch.tensor(results[key][0].epoch_losses[-5:]).diff().abs().mean()


for name in factors:
    assert roughness(("budget", name)) < 0.5 * roughness(still)
    drop = results["budget", name][0].epoch_losses
    assert drop[5] < drop[4]
    lrs = results["plateau", name][0].lrs
    assert lrs.index(3.0 * factors[name]) > 5
    assert results["plateau", name][0].epoch_losses[-1] < drop[-1]
flat = results["budget", "1/8"][0].epoch_losses
falling = results["budget", "1/2"][0].epoch_losses
assert flat[-6] - flat[-1] < 0.5 * (falling[-6] - falling[-1])
constant = results["constant", "1"][0].epoch_losses
above = [
    results["budget", name][0].epoch_losses[-1] for name in ("1/4", "1/8")
]
assert min(above) > constant[-1] > falling[-1], (
    "1/4 and 1/8 end above the constant rate"
)
cut = sorted(set(results["budget", "1/8"][0].lrs), reverse=True)
assert (cut[1] / cut[0], round(cut[0] / cut[2])) == (1 / 8, 64), (
    "after two cuts the rate is so many times smaller"
)
first_cut = results["budget", "1/2"][0].lrs.index(3.0 / 2)
assert first_cut == 5, "the epoch to look at on the left"
# sphinx_gallery_end_ignore

# %%
# On the left, look at epoch 5. The constant rate goes on, ragged. The others drop at once and
# become smooth: what had kept the loss up was not the place where the weights were but the jumping
# around it. What follows depends on the factor. Times 1/8 freezes the run: after two cuts the rate
# is 64 times smaller, and the line is flat before the way was done. With 1/4 and 1/8 the run even
# ends above the constant rate. On the right the first cut comes later, when the large rate has
# given what it could, and the factor hardly matters.
#
# .. predict:: A plateau with patience 2. Behind which loss does it end?
#    :aim: 3
#
#    best, waited = math.inf, 0
#    for loss in [5.0, 4.0, 4.5, 3.9, 4.2, 4.1, 4.3, 4.4, 3.0]:
#        waited = 0 if loss < best else waited + 1
#        best = min(best, loss)
#        if waited == 2:
#            break
#    print(loss)
#    + Two epochs in a row brought no new minimum.
#    - One such epoch is not yet a plateau of patience 2.
#        waited == 2 -> waited == 1
#    - A loss below the *last* one is no new minimum.
#        best = min(best, loss) -> best = loss
#    - The better loss comes too late: the patience was at its end.
#        waited == 2 -> waited == 9
#
# .. repair:: Gradients with noise: the loss is the mean over 500 runs. Which change brings it down furthest?
#    :aim: 3
#
#    torch.manual_seed(0)
#    w, losses = torch.full((500,), 3.0), []
#    for k in range(60):
#        lr = 0.6
#        losses.append(w.square().mean().item())
#        w = w - lr * (w + torch.randn(500))
#    + Large while there is a way to go, small where only the jumping is left.
#        lr = 0.6 -> lr = 0.6 * (1 - k / 60)
#    - The jumping is smaller, but in this time the start is not left behind.
#        lr = 0.6 -> lr = 0.006
#    - The noise does not tire: at this rate the level stays where it is.
#        range(60) -> range(120)
#    - Halved in each step, the rate is gone before the way was done.
#        lr = 0.6 -> lr = 0.6 / 2**k
#
# Is it the schedule, or the seed?
# --------------------------------
#
# A cut that comes too early is a mistake that a plateau should be protected against. One run cannot
# show that. Here are eight seeds for each of three schedules. The third is the cosine, which many
# programs take: the rate falls along half a wave, slowly at first and slowly at the end, over a
# fixed number of epochs.


class Cosine:
    reason = "the cosine has come to its end"

    def __init__(self, first_lr, num_epochs):
        self.first_lr, self.num_epochs, self.k = first_lr, num_epochs, 0

    def __call__(self, lr):
        self.k += 1
        part = self.k / self.num_epochs
        wave = (1 + math.cos(math.pi * part)) / 2
        return self.first_lr * wave if self.k < self.num_epochs else None


# %%

kinds = {"budget, 1/8": (on_budget, 1 / 8)}
kinds["plateau, 1/8"] = (on_plateau, 1 / 8)
kinds["cosine"] = (lambda *_: Cosine(3.0, 20), 1)
ends = {}
for name, (make, factor) in kinds.items():
    eight = [train(make, factor, seed) for seed in range(8)]
    ends[name] = torch.tensor([validation for _, validation, _ in eight])
    longest = max(len(history.lrs) for history, *_ in eight)
    print(f"{name:12} mean {ends[name].mean():.4f}, {longest} epochs")

# %%

fig, ax = plt.subplots(figsize=(6, 3))
for (name, losses), marker in zip(ends.items(), "osD", strict=True):
    ax.plot(losses, marker, label=name)
ax.set(xlabel="seed", ylabel="validation loss")
ax.legend(loc="upper left", bbox_to_anchor=(1, 1))

# sphinx_gallery_start_ignore
fig.set_label(
    "Validation loss at the end for eight seeds and three schedules, one mark for each. The marks of the"
    " budget lie above those of the plateau and the cosine for every seed, and differ among themselves by"
    " almost as much."
)
assert (ends["plateau, 1/8"] < ends["budget, 1/8"]).all()
assert (ends["cosine"] < ends["budget, 1/8"]).all()
spread = ends["budget, 1/8"].max() - ends["budget, 1/8"].min()
assert spread > 0.5 * (ends["budget, 1/8"] - ends["cosine"]).mean()
assert (
    abs(ends["cosine"].mean() - ends["plateau, 1/8"].mean())
    < 0.1 * ends["cosine"].mean()
)
assert longest == 20, "epochs"
# sphinx_gallery_end_ignore

# %%
# The seeds differ a good deal among themselves. But the comparison is *paired*: for each seed the
# three runs begin with the same weights and batches, and have 20 epochs. In all eight pairs the
# plateau ends below the budget with the same factor, and so does the cosine. Plateau and cosine are
# close to each other. The cosine needs to know the number of epochs beforehand, the plateau needs
# a validation set and somebody who chooses the patience.
#
# Schedules in ``torch.optim``
# ----------------------------
#
# PyTorch's own schedules change the rate of an optimizer. You call ``scheduler.step()`` once an
# epoch, behind the training of that epoch. To see what they do no network is needed, only an
# optimizer whose rate we read:

place = torch.optim.lr_scheduler


def rates_of(make, num_epochs=40):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=3.0)
    scheduler, rates = make(optimizer), []
    for _ in range(num_epochs):
        rates.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    return rates


# %%


def warm_up(optimizer):
    parts = [place.LinearLR(optimizer, 0.1, total_iters=5)]
    parts.append(place.CosineAnnealingLR(optimizer, T_max=35))
    return place.SequentialLR(optimizer, parts, milestones=[5])


# %%

shown = {
    "StepLR": rates_of(lambda o: place.StepLR(o, 10, gamma=1 / 2)),
    "cosine": rates_of(lambda o: place.CosineAnnealingLR(o, T_max=40)),
    "warm-up, cosine": rates_of(warm_up),
}
fig, ax = plt.subplots(figsize=(6, 3))
for (name, rates), dash in zip(shown.items(), ["-", "--", "-."], strict=True):
    ax.step(range(40), rates, dash, where="post", label=name)
ax.set(xlabel="epoch", ylabel="learning rate")
ax.legend()

# sphinx_gallery_start_ignore
fig.set_label(
    "Learning rate against epoch. StepLR is a staircase that halves every ten epochs. The cosine falls in"
    " one soft wave from 3 to 0. With warm-up the rate first climbs from 0.3 to 3 in five epochs."
)
ours, lr = [3.0], Cosine(3.0, 40)
while (after := lr(0)) is not None:
    ours.append(after)
torch.testing.assert_close(
    torch.tensor(ours), torch.tensor(shown["cosine"]), rtol=1e-5, atol=1e-6
)
assert shown["StepLR"] == [3.0 / 2 ** (k // 10) for k in range(40)]
assert math.isclose(shown["warm-up, cosine"][0], 0.3)
assert math.isclose(max(shown["warm-up, cosine"]), 3.0)


def gradient_norm(net):
    whole = loss_fn(net(data.x_train), one_hot(data.y_train))
    gradients = torch.autograd.grad(whole, list(net.parameters()))
    return torch.cat([g.flatten() for g in gradients]).norm()


with torch.random.fork_rng():
    assert gradient_norm(make_net()) > 4 * gradient_norm(one), (
        "the first gradients of a new network are large"
    )
assert runs[1].losses[1] > 1.3 * runs[1].losses[0], (
    "a full step leaps too far, as above with the rate 1"
)
# sphinx_gallery_end_ignore

# %%
# ``StepLR`` is a budget with restarts. A *warm-up* begins small: the first gradients of a new
# network are large, and a full step along them leaps too far, as above with the rate 1.
# ``ReduceLROnPlateau`` is the plateau, and is
# told the validation loss in ``step``. Mind its ``patience``: it cuts when *more* than that many
# epochs brought nothing new, ours when that many did. So its patience 2 is our patience 3:

losses = [1.0, 0.9, 0.95, 0.95, 0.95, 0.95, 0.95, 0.95, 0.95]
optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=3.0)
theirs = place.ReduceLROnPlateau(optimizer, factor=1 / 2, patience=2)
ours = Restart(Plateau(iter(losses).__next__, patience=3), 1 / 2, 3)
lr = 3.0
for loss in losses:
    optimizer.step()
    theirs.step(loss)
    lr = ours(lr)
    print(f"loss {loss}: theirs {theirs.get_last_lr()[0]}, ours {lr}")

# sphinx_gallery_start_ignore
assert theirs.get_last_lr() == [lr] == [3.0 / 4]
rates = sorted(set(results["plateau", "1/8"][0].lrs), reverse=True)
assert (rates[1] / rates[0], len(data.x_test)) == (1 / 8, 360), (
    "now the test part: the network of the plateau with the factor, the images"
)
# sphinx_gallery_end_ignore

# %%
# .. predict:: The rates of five epochs:
#    :aim: 3
#
#    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=8.0)
#    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 2, gamma=1 / 2)
#    rates = []
#    for epoch in range(5):
#        rates.append(scheduler.get_last_lr()[0])
#        optimizer.step()
#        scheduler.step()
#    print(rates)
#    + Every two epochs the rate is halved.
#    - Each rate lasts two epochs before the next cut.
#        StepLR(optimizer, 2 -> StepLR(optimizer, 1
#    - It is not cut once: the staircase goes on.
#        StepLR(optimizer, 2 -> MultiStepLR(optimizer, [2]
#    - The first rate lasts as long as the others.
#        rates = [] -> rates = []; optimizer.step(); scheduler.step()
#
# The last line
# -------------
#
# All choices are made. Now, and only now, the test part: the network of the plateau with the factor
# 1/8, the schedule that the eight seeds spoke for, on the 360 images that nothing has been decided
# by.

_, validation, net = results["plateau", "1/8"]
net.eval()
with torch.no_grad():
    right = (net(data.x_test).argmax(dim=1) == data.y_test).float().mean()
print(f"validation loss {validation:.4f}, right on the test part: {right:.1%}")

# sphinx_gallery_start_ignore
assert right > 0.93
# sphinx_gallery_end_ignore

# %%
# .. which-line:: find_lr the_first_rate
#    :aim: 1
#
# .. which-line:: find_lr a_run_that
#    :aim: 1
#
# .. which-line:: best_lrs the_mean_runs
#    :aim: 2
#
# .. which-line:: best_lrs the_first_quarter
#    :aim: 2
#
# Recap
# -----
#
# - Search on a logarithmic grid, with short runs; take the rate that works while ten times it
#   diverges, or a tenth of it.
# - Diverged is what is not finite or did not fall; and know the loss of a guess.
# - A rate belongs to its data, network and loss. Scale the data first.
# - Compare batch sizes by steps as well as by epochs.
# - Lower the rate in the end, by a plateau, a cosine or steps; compare schedules over several
#   seeds.
#
# Exercises
# ---------
#
# The search, the table, and the rule of the plateau.
#
# .. parsons:: find_lr the_first_rate
#    :aim: 1
#
# .. exercise:: find_lr
#    :aim: 1
#
# .. exercise:: best_lrs
#    :aim: 2
#
# .. exercise:: plateau_rates
#    :aim: 3
#
# Where to go next
# ----------------
#
# All runs of this lesson began with the same weights and saw the same batches. What that takes, and
# what it cannot promise, is told in :doc:`Reproducibility
# </lessons/training/plot_5_reproducibility>`.
