r"""
Fitting a sine
==============

.. lesson::
   :assumes: training/plot_1_training_loop; tensors/plot_4_devices; modules/plot_2_layers

   - feed a network from a data set in batches, on whatever device there is
   - measure a loss that means something: per sample, in evaluation mode, on samples not trained on
   - choose on a validation set, and keep a test set for the last line

A network that learns :math:`\sin x` is of no use to anybody, since the sine is known. That is what
makes it a good first project: after every epoch we can hold what was learned against the truth. All
parts of a real training are here, and none of them takes more than a few seconds.
"""

# %%
# This lesson needs nothing but PyTorch and Matplotlib. The seed makes your data and weights those
# of this page.

# sphinx_gallery_tags = ["training", "data", "devices"]

import itertools
import math

import matplotlib.pyplot as plt
import torch
from matplotlib.animation import FuncAnimation
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(0)
plt.style.use("pytorch_primer.course")

# %%
# A data set
# ----------
#
# A :term:`dataset` is anything that knows how many samples it has and can give the one with a
# certain number: two methods, ``__len__`` and ``__getitem__``. Ours draws points :math:`x` between
# 0 and :math:`2\pi` and measures :math:`a \sin(x + \varphi)` with an error, which is normal with
# mean 0 and standard deviation 0.1. Here :math:`a = 1` and :math:`\varphi = 0`; take other ones and
# run it again.


class NoisySine(Dataset):
    def __init__(self, num_samples, a=1.0, phi=0.0, noise=0.1):
        self.x = 2 * math.pi * torch.rand(num_samples, 1)
        errors = noise * torch.randn(num_samples, 1)
        self.y = a * (self.x + phi).sin() + errors

    def __len__(self):
        return len(self.x)

    def __getitem__(self, i):
        return self.x[i], self.y[i]


# sphinx_gallery_start_ignore
import inspect

with torch.random.fork_rng():
    many = NoisySine(100_000)
errors = many.y - many.x.sin()
scatter = [round(x.item(), 2) for x in (errors.mean(), errors.std())]
turns = many.x / math.pi
assert turns.min() >= 0 and turns.max() <= 2 and scatter == [0, 0.1], (
    "ours draws points x and measures a sin with an error, which is normal"
    " with that mean and standard deviation"
)
given = inspect.signature(NoisySine).parameters
assert (given["a"].default, given["phi"].default) == (1, 0), (
    "here; take other ones and run it again"
)
# sphinx_gallery_end_ignore

# %%
# An error of mean 0 matters. With ``torch.rand``, whose numbers are all positive, the network would
# learn a sine that floats a little too high, and nothing in its loss would tell.

train_set = NoisySine(400)
validation_set, test_set = NoisySine(100), NoisySine(100)
print("samples:", len(train_set), len(validation_set), len(test_set))
print("the first:", train_set[0])

# sphinx_gallery_start_ignore
assert (len(train_set), len(test_set)) == (400, 100), "samples to learn from"
with torch.random.fork_rng():
    shifted = NoisySine(50, a=2.0, phi=1.0, noise=0.0)
    torch.testing.assert_close(shifted.y, 2 * torch.sin(shifted.x + 1))
errors = train_set.y - train_set.x.sin()
assert errors.mean().abs() < 4 * 0.1 / 400**0.5
assert round(errors.mean().item(), 1) == 0, "an error of this mean matters"
assert abs(errors.std() - 0.1) < 4 * 0.1 / 800**0.5
# sphinx_gallery_end_ignore

# %%
# 400 samples to learn from. 100 more that are not trained on, the :term:`validation set`: whatever
# we choose, such as when to stop, is chosen by the loss on it. And 100 that are looked at once, at
# the end, the
# :term:`test set`. It has to be another set, because a choice makes the loss that it was made by
# look better than it is. (For tensors that are ready, :class:`torch.utils.data.TensorDataset` is
# such a class without any writing.)
#
# .. predict::
#    :aim: 1
#
#    x, y = torch.zeros(10, 3), torch.zeros(10, 1)
#    data = torch.utils.data.TensorDataset(x, y)
#    print(len(data), tuple(data[4][0].shape))
#    + Ten samples; each is a pair, and its first part is one row of ``x``.
#    - Made of two tensors, but it counts samples.
#        len(data) -> len(data.tensors)
#    - One sample has no dimension for the batch. Putting samples together is the loader's task.
#        data[4][0].shape -> data[4][0][None].shape
#    - A number picks a sample, not a tensor with all samples.
#        data[4][0].shape -> data.tensors[0].shape
#
# Batches
# -------
#
# A :term:`data loader` puts single samples together into batches. With ``shuffle=True`` it visits
# them in a new order in every epoch, each one once. That is not the same as drawing 32 at random
# for each step: within an epoch the batches depend on each other.

train_loader = DataLoader(train_set, batch_size=32, shuffle=True)
validation_loader = DataLoader(validation_set, batch_size=32)
x, y = next(iter(train_loader))
print("a batch:", tuple(x.shape), tuple(y.shape))
print("sizes, training:", [len(x) for x, _ in train_loader])
print("validation:     ", [len(x) for x, _ in validation_loader])

# sphinx_gallery_start_ignore
assert x.shape == y.shape == (32, 1)
with torch.random.fork_rng():  # what is not on the page draws no numbers
    assert [len(x) for x, _ in train_loader] == [32] * 12 + [400 - 12 * 32]
    assert [len(x) for x, _ in validation_loader] == [32, 32, 32, 4], (
        "the last batch of the validation set"
    )
    seen = torch.cat([x for x, _ in train_loader])
assert torch.equal(seen.sort(dim=0).values, train_set.x.sort(dim=0).values)
assert not torch.equal(seen, train_set.x)
# sphinx_gallery_end_ignore

# %%
# Thirteen batches make an epoch of training. The validation set leaves a rest: its last batch has
# only 4 samples. We shall meet it again.
#
# .. predict:: What are the sizes of the batches?
#    :aim: 1
#
#    samples = torch.arange(10)
#    loader = torch.utils.data.DataLoader(samples, batch_size=4)
#    print([len(batch) for batch in loader])
#    + Two whole batches, and the rest.
#    - The rest is dropped only if you ask for it.
#        batch_size=4) -> batch_size=4, drop_last=True)
#    - 4 is the size of a batch, not the number of them.
#        in loader -> in samples.chunk(4)
#    - There are no samples to fill the last one up with, and none is taken twice.
#        in loader -> in torch.arange(12).split(4)
#
# .. predict:: How many different samples are seen in one epoch?
#    :aim: 1
#
#    torch.manual_seed(0)
#    samples = torch.arange(8)
#    loader = torch.utils.data.DataLoader(samples, 4, shuffle=True)
#    seen = [i.item() for batch in loader for i in batch]
#    print(len(set(seen)))
#    + A new order, and each sample once.
#    - That would be drawing with repetition: some would come twice, and some not at all.
#        for batch in loader -> for batch in torch.randint(8, (2, 4))
#    - That is one batch. An epoch goes on until all were there.
#        for batch in loader -> for batch in [next(iter(loader))]
#
# Network and device
# ------------------
#
# Two hidden layers of 16, with a tanh behind each. The network goes to the :term:`device` once; the
# batches follow one by one, in the loop.

device = torch.accelerator.current_accelerator(check_available=True)
device = device or torch.device("cpu")
print("device:", device)


def make_net(sizes=(1, 16, 16, 1), activation=nn.Tanh):
    parts = []
    for n_in, n_out in itertools.pairwise(sizes):
        parts += [nn.Linear(n_in, n_out), activation()]
    return nn.Sequential(*parts[:-1])


net = make_net().to(device)
print("parameters:", sum(p.numel() for p in net.parameters()))

# sphinx_gallery_start_ignore
assert sum(p.numel() for p in net.parameters()) == 2 * 16 + 17 * 16 + 17 == 321
assert isinstance(net[-1], nn.Linear)
# sphinx_gallery_end_ignore

# %%
# .. choose:: Which line brings the batch to the network?
#    :aim: 1
#    :test: x.device == net.weight.device
#
#    device = torch.device("meta")  # here it stands for a GPU
#    net = nn.Linear(2, 1).to(device)
#    x = torch.ones(4, 2)
#    + The tensor on the other device is a new one, and gets the name.
#        x = x.to(device)
#    - A module moves itself. A tensor does not: the copy is made and thrown away.
#        x.to(device)
#    - That can be read, but not set.
#        x.device = device
#    - The network is there already. It is its input that is missing.
#        net = net.to(device)
#
# The loss on samples not trained on
# ----------------------------------
#
# How wrong is the network on samples it has not seen? A function for that has four duties. It
# switches to :term:`evaluation mode`, and back again. It records no graph. It moves each batch to
# the device. And it counts *samples*, not batches:


def loss_on(net, loader):
    net.eval()
    total, num_samples = 0.0, 0
    with torch.no_grad():
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            total += nn.functional.mse_loss(net(x), y).item() * len(x)
            num_samples += len(x)
    net.train()
    return total / num_samples


# %%
# Each batch's mean enters with its size as a weight. What would happen without? We compute it in
# the two ways that one meets, and compare with all samples at once.

with torch.no_grad():
    batches = [(x.to(device), y.to(device)) for x, y in validation_loader]
    means = [nn.functional.mse_loss(net(x), y).item() for x, y in batches]
    inputs, wanted = validation_set.x.to(device), validation_set.y.to(device)
    at_once = (net(inputs) - wanted).square()
print("sum of means: ", round(sum(means), 4))
print("mean of means:", round(sum(means) / len(means), 4))
print("weighted:     ", round(loss_on(net, validation_loader), 4))
print("all at once:  ", round(at_once.mean().item(), 4))

# sphinx_gallery_start_ignore
sizes = [32, 32, 32, 4]
weighted = sum(m * n for m, n in zip(means, sizes, strict=True)) / 100
with torch.random.fork_rng():
    assert abs(loss_on(net, validation_loader) - weighted) < 1e-6
assert abs(at_once.mean().item() - weighted) < 1e-6
assert abs(sum(means) / 4 - weighted) > 1e-3
assert sum(means) > 3.5 * weighted
assert net.training
# sphinx_gallery_end_ignore

# %%
# Only the weighted mean agrees. The sum of the batches' means is about four times too large, simply
# because there are four batches; it would change with the batch size. The plain mean of means
# counts each of the last 4 samples eight times as much as any other.
#
# (This network has no part that cares for the mode. ``eval()`` and ``train()`` stand there because
# the next one may, and because a network that was left in evaluation mode stays in it.)
#
# .. choose:: Which line gives the mean loss of all ten samples?
#    :aim: 2
#    :test: abs(mean - 1.6) < 1e-6
#
#    losses = torch.tensor([1.0, 1.0, 4.0])  # of three batches, each a mean
#    sizes = torch.tensor([4, 4, 2])
#    + Each mean counts as often as it has samples.
#        mean = (losses * sizes).sum() / sizes.sum()
#    - The two samples of the last batch count as much as four others.
#        mean = losses.sum() / len(losses)
#    - The sum of the samples' losses is divided by the number of batches.
#        mean = (losses * sizes).sum() / len(sizes)
#    - The means are added, but divided by the number of samples, not of batches.
#        mean = losses.sum() / sizes.sum()
#
# .. predict:: After a loss was measured like this, what holds?
#    :aim: 2
#
#    net = nn.Dropout(0.5)
#    net.eval()
#    with torch.no_grad():
#        net(torch.ones(4))
#    print("training:", net.training, " graphs:", torch.is_grad_enabled())
#    + The mode stays until somebody calls ``train()``; ``no_grad`` ends with its block.
#    - Nothing switches the mode back: ``eval()`` is not a block.
#        net(torch.ones(4)) -> net.train()
#    - ``no_grad`` holds for the lines that are indented, and the last one is not.
#        print( -> \n    print(
#
# Training
# --------
#
# The four steps of the last lesson, for every batch, with Adam :cite:p:`kingma2015` in place of
# gradient descent. After each epoch we note the two losses and the network's answer on a grid. The
# answer comes back to the CPU for drawing.

grid = torch.linspace(0, 2 * math.pi, 100).reshape(-1, 1)
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
train_losses, val_losses, answers = [], [], []


def note():
    train_losses.append(loss_on(net, train_loader))
    val_losses.append(loss_on(net, validation_loader))
    with torch.no_grad():
        answers.append(net(grid.to(device)).cpu())


note()

# %%
# The first note is of the untrained network, so that entry :math:`k` is the state after :math:`k`
# epochs.

num_epochs = 60
for _ in range(num_epochs):
    for x, y in train_loader:
        x, y = x.to(device), y.to(device)
        loss = nn.functional.mse_loss(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    note()
print("validation loss, first:", round(val_losses[0], 2))
print("validation loss, best: ", round(min(val_losses), 3))

# sphinx_gallery_start_ignore
variance = (validation_set.y - validation_set.x.sin()).square().mean().item()
assert val_losses[0] > 0.3
assert 0.8 * variance < min(val_losses) < 0.015
assert abs(variance - 0.01) < 4 * 0.01 * (2 / 100) ** 0.5
assert len(answers) == len(val_losses) == 61
assert num_epochs * len(train_loader) == 60 * 13 == 780
# sphinx_gallery_end_ignore

# %%
# 60 epochs of 13 steps are 780 steps: a second or two. A task this small can be repeated often. The
# losses, epoch by epoch:

fig, ax = plt.subplots()
ax.semilogy(train_losses, label="training set")
ax.semilogy(val_losses, "--", label="validation set")
ax.axhline(0.01, linestyle=":", color="black", label="variance of the noise")
ax.set(xlabel="epoch", ylabel="mean squared error")
ax.legend()

# sphinx_gallery_start_ignore
fig.set_label(
    "Mean squared error against epoch, on a logarithmic axis, for the training and the validation set."
    " Both fall together from about one half and flatten out just above a dotted line at 0.01, the"
    " variance of the noise."
)
ratio = torch.tensor(val_losses[5:]) / torch.tensor(train_losses[5:])
assert ratio.min() > 0.6
assert ratio.max() < 1.8
assert min(train_losses) > 0.008
assert len(train_set) == 400, "samples"
import copy

calm, without_chance = copy.deepcopy(net), []
adam = torch.optim.Adam(calm.parameters(), lr=0.01)
adam.load_state_dict(copy.deepcopy(optimizer.state_dict()))
for _ in range(130):
    whole = nn.functional.mse_loss(
        calm(train_set.x.to(device)), train_set.y.to(device)
    )
    adam.zero_grad()
    whole.backward()
    adam.step()
    without_chance.append(whole.item())
wobbles = [
    torch.tensor(losses).diff().abs().mean()
    for losses in (without_chance[::13], train_losses[-10:])
]
assert wobbles[0] < 0.3 * wobbles[1], "the wobble is the chance of the batches"
noise = train_set.y - train_set.x.sin()
assert round(noise.var().item(), 2) == round(0.1**2, 2) == 0.01, (
    "the dotted line, the variance"
)
# sphinx_gallery_end_ignore

# %%
# Both curves come down to the dotted line and stay near it: the variance of the noise,
# :math:`0.1^2 = 0.01`. On many new samples nobody gets below it, because nobody can predict the
# noise. The validation curve follows the training curve, so this network has learned the sine
# and not the 400 samples. If it rose while the other went on falling, we would see
# :term:`overfitting`. The wobble at the end is the chance of the batches: the rate stays as it is, so
# each batch goes on moving the network. There is a remedy in :doc:`Learning rate and batch size
# </lessons/training/plot_4_learning_rate>`.
#
# .. choose:: Which pair of curves shows overfitting?
#    :aim: 2
#    :test: train[2] < train[1] and validation[2] > validation[1]
#
#    + It learns what only the training samples have.
#        train, validation = [0.9, 0.3, 0.1], [0.9, 0.4, 0.7]
#    - The samples that it has not seen profit, too.
#        train, validation = [0.9, 0.3, 0.1], [0.9, 0.4, 0.2]
#    - It does not even get the samples that it sees.
#        train, validation = [0.9, 0.8, 0.8], [0.9, 0.8, 0.8]
#    - Both rise: such steps are too long for either set.
#        train, validation = [0.9, 0.3, 2.1], [0.9, 0.4, 2.2]
#
# Here is what the network answered on the way:

shown = [0, 2, 8, 60]
fig, axes = plt.subplots(2, 2, figsize=(7, 4.6), sharex=True, sharey=True)
for ax, epoch in zip(axes.flat, shown, strict=True):
    ax.plot(train_set.x, train_set.y, ".", markersize=2, color="C1")
    ax.plot(grid, answers[epoch], color="C0")
    ax.set_title(f"epoch {epoch}")
fig.supxlabel("$x$")
fig.supylabel("$y$")

# sphinx_gallery_start_ignore
fig.set_label(
    "Four panels with the noisy samples of a sine and the network's answer as a line. Untrained it is"
    " nearly flat, after 2 epochs it slopes down from left to right, after 8 it follows the hill but"
    " not yet the end of the valley, after 60 it runs through the middle of the samples everywhere."
)
truth = grid.sin()
wrong = [(answers[epoch] - truth).square().mean().item() for epoch in shown]
assert wrong == sorted(wrong, reverse=True)
assert answers[0].max() - answers[0].min() < 0.8
assert answers[2][0] > 0.5 > -0.5 > answers[2][-1]
assert answers[8][:50].sub(truth[:50]).abs().max() < 0.4
assert answers[8][-1] < -0.5
assert wrong[-1] < 0.01
# sphinx_gallery_end_ignore

# %%
# It begins nearly flat, tilts, finds the hill, then the valley, and ends in the middle of the
# samples, though no sample told it where the middle is. How close is it to the sine itself? We take
# the epoch with the smallest *validation* loss. We kept its answers on the grid, so the sine can
# judge them. We did not keep its weights, so the test set, used here once, judges the network of
# the last epoch. (The MNIST lesson keeps weights in a file.)

best = min(range(num_epochs + 1), key=val_losses.__getitem__)
to_truth = (answers[best] - grid.sin()).square().mean().item()
test = loss_on(net, DataLoader(test_set, batch_size=32))
print("best epoch, validation:", round(val_losses[best], 4))
print("best epoch, true sine: ", round(to_truth, 4))
print("last epoch, test:      ", round(test, 4))

# sphinx_gallery_start_ignore
assert to_truth < 0.5 * val_losses[best]
assert to_truth < 0.005
assert test < 0.02
luck = (test_set.y - test_set.x.sin()).square().mean().item()
assert round(luck, 4) == 0.0078 and round(test, 2) == round(luck, 2) == 0.01, (
    "mean square"
)
assert test < 0.01, "the test loss"
assert len(train_set) == 400, "noisy values"
# sphinx_gallery_end_ignore

# %%
# The test loss is below 0.01 by luck: the errors of these samples happen to have a mean square of
# 0.0078. On many samples it would not be. The network is much closer to the sine than the samples
# are. 400 noisy values average out, and a network of 321 parameters that may bend only smoothly
# does the averaging.
#
# .. choose:: The losses after each of four epochs. Which line chooses the network to keep?
#    :aim: 3
#    :test: best == 2
#
#    train, validation = [0.9, 0.3, 0.1, 0.05], [0.8, 0.4, 0.2, 0.5]
#    test = [0.8, 0.2, 0.3, 0.6]
#    + These samples were not trained on, and are there to choose by.
#        best = validation.index(min(validation))
#    - On samples that are trained on the longest training looks best.
#        best = train.index(min(train))
#    - What chooses cannot judge afterwards: there would be nothing left for the last line.
#        best = test.index(min(test))
#    - The last one was trained longest, and longer is not always better.
#        best = len(train) - 1
#
# .. predict:: Twenty networks, all with the true loss 1, measured with chance. The best one is chosen: its two losses?
#    :aim: 3
#
#    torch.manual_seed(0)
#    validation = 1 + 0.2 * torch.randn(20)
#    test = 1 + 0.2 * torch.randn(20)
#    best = validation.argmin()
#    print(f"validation {validation[best]:.1f}, test {test[best]:.1f}")
#    + It was chosen for its luck on one set, and the other knows nothing of that.
#    - Luck does not go along to new samples.
#        test[best] -> validation[best]
#    - The mean of all is near that, but one was chosen, by this very number.
#        validation[best] -> validation.mean()
#    - The choice was made by the first, and so that is the flattering one.
#        validation.argmin() -> test.argmin()
#
# In motion
# ---------
#
# The same as an animation, every epoch at first and then in larger steps. Matplotlib's
# ``FuncAnimation`` calls a function for each frame; ours moves one line and writes a title. Drawing
# new points at every epoch instead, onto all the old ones, would get slower with each frame.


def draw(epoch):
    line.set_ydata(answers[epoch])
    ax.set_title(f"epoch {epoch}, validation loss {val_losses[epoch]:.3f}")
    return [line]


frames = [*range(10), *range(10, 30, 2), *range(30, 61, 10)]

# %%
# It needs the figure whose line it moves. We draw that once: of an animation that was never drawn
# Matplotlib warns when the program ends.

fig, ax = plt.subplots()
ax.plot(validation_set.x, validation_set.y, ".", color="C1", label="samples")
(line,) = ax.plot(grid, answers[0], color="C0", label="network")
ax.set(xlabel="$x$", ylabel="$y$")
ax.legend()
anim = FuncAnimation(fig, draw, frames=frames, interval=300)
fig.canvas.draw()
anim

# sphinx_gallery_start_ignore
fig.set_label(
    "Animation of the network's answer over the noisy samples of the validation set: a nearly flat line"
    " tilts, bends into an S and settles on the sine, while the validation loss in the title falls."
)
assert len(frames) <= 25
assert frames[-1] == num_epochs
# sphinx_gallery_end_ignore

# %%
# .. note::
#
#    To do something in every 20th epoch, write ``if epoch % 20 == 0``. Without the ``== 0`` the
#    condition is true whenever there *is* a remainder, in 19 epochs of 20.

print(sum(bool(epoch % 20) for epoch in range(1000)), "of 1000 epochs")

# sphinx_gallery_start_ignore
assert sum(bool(epoch % 20) for epoch in range(1000)) == 1000 * 19 // 20 == 950
without = [epoch for epoch in range(1000) if epoch % 20]
assert [epoch for epoch in range(1000) if epoch % 20 == 0] == list(
    range(0, 1000, 20)
)
assert not set(without) & set(range(0, 1000, 20))
# sphinx_gallery_end_ignore

# %%
# Why tanh
# --------
#
# ReLU is the usual choice. In a narrow network it is a gamble. To see it, we train 64 networks with
# three hidden layers of 5, each with a start of its own. One after the other that would take a
# while; but they are all of one shape, so they can be computed together. Three tools of
# ``torch.func`` do it:
#
# - ``stack_module_state`` stacks the parameters of the 64 networks, one tensor for each name;
# - ``functional_call`` calls a module with parameters that it is given instead of its own;
# - ``vmap`` runs that call for each slice of the stack, all at once.
#
# Adam works entry by entry, hence each of the 64 is trained as if it were alone. This time the
# targets are free of noise, so that only the start matters.


def train_64(activation, num_steps=400):
    nets = [make_net((1, 5, 5, 5, 1), activation) for _ in range(64)]
    params, _ = torch.func.stack_module_state(nets)
    optimizer = torch.optim.Adam(params.values(), lr=0.02)
    call = torch.func.functional_call
    for _ in range(num_steps):
        outputs = torch.func.vmap(lambda p: call(nets[0], p, (grid,)))(params)
        losses = (outputs - grid.sin()).square().mean(dim=(1, 2))
        optimizer.zero_grad()
        losses.sum().backward()
        optimizer.step()
    return losses.detach()


# %%

final = {}
for name, activation in {"tanh": nn.Tanh, "ReLU": nn.ReLU}.items():
    torch.manual_seed(1)  # the same 64 starts for both
    final[name] = train_64(activation)
    print(f"{name}: {(final[name] > 0.01).sum()} of 64 end above 0.01")

# sphinx_gallery_start_ignore
failed = {name: (losses > 0.01).sum().item() for name, losses in final.items()}
assert failed["tanh"] <= 6
assert 20 <= failed["ReLU"] <= 48
dead = (final["ReLU"] > 0.4).sum().item()
assert 1 <= dead <= 12
assert (final["tanh"] > 0.4).sum() == 0
assert abs(final["ReLU"].max() - grid.sin().square().mean()) < 0.01
assert abs(grid.sin().square().mean() - 0.5) < 0.01
assert (final["tanh"] < 0.001).sum() > 32
assert 20 <= (final["ReLU"] < 0.01).sum() <= 44
# sphinx_gallery_end_ignore

# %%
# Where did each of them end? One point for every network, from the best to the worst:

fig, ax = plt.subplots(figsize=(6, 3.4))
for (name, losses), marker in zip(final.items(), "os", strict=True):
    ax.semilogy(losses.sort().values, marker, markersize=3, label=name)
ax.axhline(0.5, linestyle=":", color="black", label="a constant")
ax.set(xlabel="networks, best first", ylabel="loss after 400 steps")
ax.legend(loc="lower right")

# sphinx_gallery_start_ignore
fig.set_label(
    "The final losses of 64 networks with tanh and 64 with ReLU, each sorted. With tanh next to all lie"
    " below 0.01, most of them far below. With ReLU about half do; the others form steps from 0.03"
    " upwards, and a few lie on a dotted line at one half, the loss of a constant."
)
grid_sine = grid.sin().square().mean()
assert abs(grid_sine - 1 / 2) < 0.01, "the loss of the constant"
negative = torch.tensor(-1.0, requires_grad=True)
assert negative.relu() == 0, "a ReLU gives"
assert torch.autograd.grad(negative.relu(), negative)[0] == 0, "the slope"
constants = torch.linspace(-1, 1, 21)[:, None]
of_constants = (grid.sin().flatten() - constants).square().mean(dim=1)
best = constants[of_constants.argmin()]
assert best.round(decimals=4) == 0 and abs(grid_sine - 1 / 2) < 0.01, (
    "the network is a constant: the best constant for a sine, with the loss"
)
# sphinx_gallery_end_ignore

# %%
# With tanh next to none fails, with ReLU about half. A ReLU whose input is negative for all samples
# gives 0 and has the slope 0: no gradient comes back through it, so nothing repairs it. Of five one
# cannot lose many. Where all of a layer are lost the network is a constant, and the best constant
# for a sine is 0, with the loss 1/2: those are the points on the dotted line. A wide network can
# afford to lose some, which is why ReLU does so well elsewhere.
#
# .. repair:: The curve shows the loss on all samples. Which change repairs the loop?
#    :aim: 1
#
#    torch.manual_seed(0)
#    x = torch.linspace(-3, 3, 60)[:, None]
#    net, y = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 1)), x.sin()
#    optimizer, losses = torch.optim.Adam(net.parameters(), lr=0.05), []
#    for _ in range(15):
#        x = x[torch.randperm(60)]
#        for i in torch.arange(60).split(10):
#            loss = F.mse_loss(net(x[i]), y[i])
#            optimizer.zero_grad()
#            loss.backward()
#            optimizer.step()
#        losses.append(F.mse_loss(net(x), y).item())
#    + Inputs and targets are shuffled together now, as a loader does it.
#        x = x[torch.randperm(60)] -> order = torch.randperm(60); x, y = x[order], y[order]
#    - Smaller batches of wrong pairs are batches of wrong pairs.
#        split(10) -> split(5)
#    - The pairs still do not belong together: now it is the targets that run away.
#        x = x[torch.randperm(60)] -> y = y[torch.randperm(60)]
#    - Small steps do not help where inputs and targets have nothing to do with each other.
#        lr=0.05 -> lr=0.01
#
# .. which-line:: mean_loss a_graph_was
#    :aim: 2
#
# .. which-line:: mean_loss the_total
#    :aim: 2
#
# .. symptom:: mean_loss the_model_stays
#    :aim: 2
#
# Recap
# -----
#
# - A data set has ``__len__`` and ``__getitem__``; a loader cuts it into batches, the last one
#   short.
# - Weight the batches' losses by their sizes; evaluate in ``eval()`` mode and without a graph.
# - Choose on the validation set; the test set is for the last line of a project.
# - On new samples the variance of the noise is the loss to expect; training and validation loss
#   side by side tell learning from memorising.
# - Make a task small enough to repeat it often. Whether a network trains can depend on its start.
#
# Exercises
# ---------
#
# A loss over a loader that leaves the network as it was.
#
# .. parsons:: mean_loss
#    :aim: 2
#
# .. exercise:: mean_loss
#    :aim: 2
#
# Where to go next
# ----------------
#
# :doc:`Handwritten digits </lessons/training/plot_3_digits>`: the same loop on images, with its
# update written by hand.
