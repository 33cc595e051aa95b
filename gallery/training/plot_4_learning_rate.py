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
# And from the course's package what has been met before, a sweep, and three schedules:

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
# Two functions make what a run needs. Both are seeded inside, so that two runs differ in nothing but
# in what we change on purpose.


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
# Rates act by factors, so they are tried on a logarithmic grid: powers of ten first. Four epochs each
# are enough. ``sgd`` would end a run whose loss exceeds a hundred times the first one, which saves
# time; here we want to see how bad it gets, and set that ``blowup`` to infinity.

runs = {}
for lr in [0.01, 0.1, 1.0, 10.0, 100.0]:
    history = sgd(
        make_net(), loss_fn, make_batches(50), lr, 4, blowup=math.inf
    )
    runs[lr] = history
    first, last = history.losses[0], history.losses[-1]
    fate = "works" if math.isfinite(last) and last < first else "diverges"
    mean = history.epoch_losses[-1]
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
for lr, expected in {0.01: 0.088, 0.1: 0.043, 1.0: 0.017}.items():
    run = sgd(make_net(), loss_fn, make_batches(50, all_x, all_y), lr, 4)
    assert abs(run.epoch_losses[-1] - expected) < 0.05 * expected
# sphinx_gallery_end_ignore

# %%
# A loss in the thousands, or infinite, is :term:`divergence`; but so is a loss that merely failed to
# fall. So we say: a run *works* if its losses are finite and the last is below the first, and
# *diverges* otherwise.
#
# The table has the pattern that the search is after: 1 works and 10 diverges. **The rate to look for
# works, and ten times that rate does not.** It, or a tenth of it, is where to begin. Here 1 wins: the
# mean loss of the fourth epoch is 0.019, against 0.046 with 0.1 and 0.092 with 0.01. (With all 1797
# images in the training set, an epoch has a quarter more steps and ends at 0.017, 0.043 and 0.088.)

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
assert runs[10.0].losses[1] > 30
assert 0.07 < runs[0.01].losses[-1] < 0.11
# sphinx_gallery_end_ignore

# %%
# 0.01 creeps: after four epochs it is about as wise as somebody who always answers 0.1, whose loss is
# 0.09. The rate 1 begins with a leap upwards, recovers, and is soon below all others. Such a start is
# common for the best rate, which lies close to the limit. With 10 the second loss is off the picture.
#
# A rate belongs to its problem
# -----------------------------
#
# Can you take the 1 along to the next project? We change one thing at a time: leave the pixels as they
# are in the file, from 0 to 16, or give the softplus a rounder corner.

raw = (data.x_train * data.std + data.mean) * data.highest
variants = {
    "as above": (make_net(), data.x_train),
    "pixels 0 to 16": (make_net(), raw),
    "softplus beta=1": (make_net(beta=1), data.x_train),
}

# sphinx_gallery_start_ignore
assert raw.min().abs() < 1e-4
assert abs(raw.max() - 16) < 1e-4
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
assert 0.085 < round_corner[2] < 0.1
assert (
    tried["softplus beta=1"][2].losses[-1]
    < tried["softplus beta=1"][2].losses[0]
)
# sphinx_gallery_end_ignore

# %%
# With unscaled pixels nothing above 0.01 survives. Sixteen times brighter pixels make steeper slopes
# everywhere; that is the reason to scale the data first. With the rounder corner the best rate is 0.1.
# The run with rate 1 *works* there by our rule, since its loss fell, but look where it ended: near
# 0.09, where one knows nothing. Always know the loss of a guess.
#
# The loss is part of the problem, too. :class:`torch.nn.MSELoss` is a fifth of
# :math:`\tfrac12 \lVert y - \Phi(x) \rVert^2` for ten outputs, so with the latter a fifth of the rate
# makes the same steps:


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
assert (
    max(
        (p - q).abs().max()
        for p, q in zip(one.parameters(), make_net().parameters(), strict=True)
    )
    > 0.1
)
# sphinx_gallery_end_ignore

# %%
# Equal up to rounding. A rate without its loss, its data and its network is not worth writing down.
#
# Batch sizes
# -----------
#
# The second number to choose is the :term:`batch size`. We sweep both: nine rates, a factor of about
# three apart, for batches of 50, 100 and 200. The value is the mean loss of the last of four epochs.

grid = [0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0]
sizes = [50, 100, 200]
found = sweep(make_net(), loss_fn, make_batches, grid, sizes, 4)
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
# gave the small ones more than three times as many steps. Now with nearly as many for each:

pace = {}
for size, num_epochs in {50: 4, 100: 8, 200: 16}.items():
    run = sgd(make_net(), loss_fn, make_batches(size), 1.0, num_epochs)
    last = run.epoch_losses[-1]
    print(f"batches of {size:3}: {len(run.losses)} steps, {last:.4f}")
    pace[size] = run

# sphinx_gallery_start_ignore
assert [len(run.losses) for run in pace.values()] == [116, 120, 128]
last = [run.epoch_losses[-1] for run in pace.values()]
assert last == sorted(last, reverse=True)
assert last[0] < 1.4 * last[2]
assert len(make_batches(50)) == 29 > 3 * len(make_batches(200)) == 3 * 8
# sphinx_gallery_end_ignore

# %%
# The order has turned round. The gradient of a large batch is the better estimate, so each of its
# steps is worth a little more; but it is far from four times as much, which is what it costs in
# samples. Per epoch the small batch wins, per step the large one, and on the clock it depends on what a
# step costs on your machine.
#
# When to stop, and when to slow down
# -----------------------------------
#
# Near the end the best rate is too large: the steps jump back and forth over the valley's floor. So one
# starts large, goes on until some sign, and continues with the rate times a factor :math:`\delta < 1`.
# Two signs are common. A *fixed budget*: so many epochs for each rate. Or a :term:`plateau`: on a
# validation set, images that are not trained on, the loss has not reached a new minimum for some
# epochs, the *patience* :cite:p:`prechelt1998`. Usual factors are 1/2, 1/4 and 1/8.
#
# .. note::
#
#    We take the 360 images of the test part for validation. From then on they are no test set any
#    more: what has decided something cannot judge it.

one_hot_val = one_hot(data.y_test)


def validation_loss(net):
    with torch.no_grad():
        return loss_fn(net(data.x_test), one_hot_val).item()


def on_budget(net, factor):
    return Restart(Budget(10), factor, num_restarts=3)


def on_plateau(net, factor):
    plateau = Plateau(lambda: validation_loss(net), patience=3)
    return Restart(plateau, factor, num_restarts=3)


# %%
# ``sgd`` asks such a schedule after each epoch how to go on. We start all runs at 3, the largest rate
# that worked on the grid.


def train(make_schedule, factor):
    net = make_net()
    history = sgd(
        net,
        loss_fn,
        make_batches(50),
        lr=3.0,
        num_epochs=100,
        schedule=make_schedule(net, factor),
    )
    return history, validation_loss(net)


# %%
# A run of 40 epochs at the rate 3 throughout is there for comparison.

factors = {"1/2": 1 / 2, "1/4": 1 / 4, "1/8": 1 / 8}
results = {("constant", "1"): train(lambda *_: Budget(40), 1)}
for sign, make in {"budget": on_budget, "plateau": on_plateau}.items():
    for name, factor in factors.items():
        results[sign, name] = train(make, factor)

# %%

for (sign, name), (history, validation) in results.items():
    print(
        f"{sign:8} {name:3} {len(history.lrs)} epochs, "
        f"training {history.epoch_losses[-1]:.4f}, "
        f"validation {validation:.4f}"
    )

# sphinx_gallery_start_ignore
training = {
    key: history.epoch_losses[-1] for key, (history, _) in results.items()
}
validation = {key: value for key, (_, value) in results.items()}
still = ("constant", "1")
assert (
    training["budget", "1/2"]
    < training["budget", "1/4"]
    < training["budget", "1/8"]
)
assert validation["budget", "1/2"] < validation[still]
for name in ("1/4", "1/8"):
    assert validation["plateau", name] < validation["budget", name]
ends = [validation["plateau", name] for name in factors]
assert max(ends) < 1.05 * min(ends)
assert all(results["plateau", name][0].lrs[10] == 3 for name in factors)
for sign in ("budget", "plateau"):
    for name in factors:
        history, _ = results[sign, name]
        assert "after 3 restarts" in history.stop_reason
        assert len(set(history.lrs)) == 4
assert all(len(results["budget", name][0].lrs) == 40 for name in factors)
# sphinx_gallery_end_ignore

# %%

fig, axes = plt.subplots(1, 2, figsize=(8, 3.4), sharey=True)
for ax, sign in zip(axes, ["budget", "plateau"], strict=True):
    history, _ = results["constant", "1"]
    ax.semilogy(history.epoch_losses, color="#80868b", label="constant")
    for name, dash in zip(factors, ["-", "--", ":"], strict=True):
        history, _ = results[sign, name]
        ax.semilogy(history.epoch_losses, dash, label=f"times {name}")
    ax.set(title=sign, xlabel="epoch", ylim=(0.006, 0.03))
axes[0].set_ylabel("training loss")
axes[0].legend()

# sphinx_gallery_start_ignore
fig.set_label(
    "Mean training loss of each epoch, logarithmic. Left, budgets of ten epochs: the constant rate makes"
    " a ragged line; at epoch 10 the three others drop at once and become smooth; with the factor 1/2"
    " the line goes on falling, with 1/8 it is soon flat. Right, plateaus: the drop comes later, and the"
    " three lines end close together."
)


def roughness(key):
    return torch.tensor(results[key][0].epoch_losses[-5:]).diff().abs().mean()


for name in factors:
    assert roughness(("budget", name)) < 0.5 * roughness(still)
    drop = results["budget", name][0].epoch_losses
    assert drop[10] < 0.95 * drop[9]
flat = results["budget", "1/8"][0].epoch_losses
falling = results["budget", "1/2"][0].epoch_losses
assert flat[-11] - flat[-1] < 0.5 * (falling[-11] - falling[-1])
# sphinx_gallery_end_ignore

# %%
# On the left, look at epoch 10. The constant rate goes on, ragged. The others drop at once and become
# smooth: what had kept the loss up was not the place where the weights were but the jumping around
# it. What follows depends on the factor. Times 1/8 freezes the run: after two cuts the rate is 64 times
# smaller, and the line is flat before the way was done. Times 1/2 gives up less and ends lowest.
#
# On the right the first cut comes later, when the large rate has given what it could. Then the factor
# hardly matters: the three lines end close together, and with 1/4 and 1/8 at a better validation
# loss than with the same factors on a budget. A decay that comes too early is the costly mistake, and a
# plateau is protected against it.
#
# A schedule of your own
# ----------------------
#
# For ``sgd`` anything that maps the last rate to the next one is a schedule. Theory offers one: after
# :math:`k` steps the rate :math:`\gamma_0/\sqrt{k + 1}`. For convex functions of bounded slope it is
# optimal, up to a constant factor. The loss of a network is not convex, so here it is a heuristic like
# the others (:cite:t:`bottou2018` survey what is known). With :math:`k` counting epochs:


class InverseRoot:
    reason = "never stops by itself"

    def __init__(self, first_lr):
        self.first_lr, self.k = first_lr, 0

    def __call__(self, lr):
        self.k += 1
        return self.first_lr / math.sqrt(self.k + 1)


# %%

net = make_net()
history = sgd(
    net, loss_fn, make_batches(50), 3.0, 40, schedule=InverseRoot(3.0)
)
print("rates:", [round(lr, 2) for lr in history.lrs[:4]])
print("last training loss:  ", round(history.epoch_losses[-1], 4))
print("last validation loss:", round(validation_loss(net), 4))

# sphinx_gallery_start_ignore
assert history.lrs[3] == 3 / math.sqrt(4) == 1.5
assert validation_loss(net) < validation[still]
# sphinx_gallery_end_ignore

# %%
# Recap
# -----
#
# - Search on a logarithmic grid, with short runs; take the rate that works while ten times it diverges,
#   or a tenth of it.
# - Diverged is what is not finite or did not fall; and know the loss of a guess.
# - A rate belongs to its data, network and loss. Scale the data first.
# - Compare batch sizes by steps as well as by epochs.
# - Lower the rate when a large one has given what it could: a plateau shows when.
#
# Exercises
# ---------
#
# The search, and the table.
#
# .. exercise:: find_lr
#
# .. exercise:: best_lrs
#
# Where to go next
# ----------------
#
# All runs of this lesson began with the same weights and saw the same batches. What that takes, and
# what it cannot promise, is told in :doc:`Reproducibility
# </lessons/training/plot_5_reproducibility>`.
