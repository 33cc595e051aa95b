r"""
Fourteen silent bugs
====================

.. lesson::
   :assumes: modules/plot_3_losses; modules/plot_2_layers; optimisation/plot_3_optimizers

   - recognise fourteen bugs that raise nothing by the curve or by the number that gives them away
   - narrow down where a training goes wrong: one batch, the gradient of each layer, hooks
   - mend a broken loop

A bug that stops with a message is a lucky case. The bugs of this lesson run to the end and give a
result that looks like one. Each is run for real, beside the right version; then comes what betrays
it, and the mend. At the end stands what to do when you do not know which one you have.
"""

# sphinx_gallery_tags = ["modules", "debugging", "training"]

import matplotlib.pyplot as plt
import torch
from torch import nn
from torch.nn import functional as F

plt.style.use("pytorch_primer.course")

# %%
# Something to train
# ------------------
#
# 200 samples with four features, and targets that are a smooth function of them. The network is
# small, and ``fresh`` always makes it with the same weights.

torch.manual_seed(0)
X = torch.randn(200, 4)
Y = torch.tanh(X @ torch.randn(4, 3)).sum(dim=1, keepdim=True)


def fresh():
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1))


# sphinx_gallery_start_ignore
assert len(X) == len(Y) == 200, "samples"
# sphinx_gallery_end_ignore

# %%
# One step with all its parts in place, and a loop that takes any such step:


def right(net, optimizer):
    loss = F.mse_loss(net(X), Y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def run(step, net=None, lr=0.1, num_steps=300):
    net = net or fresh()
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    return [step(net, optimizer) for _ in range(num_steps)]


good = run(right)
print(f"first {good[0]:.2f}, last {good[-1]:.3f}, variance {Y.var():.2f}")

# sphinx_gallery_start_ignore
variance = Y.var(correction=0).item()
assert good[-1] < 0.1 * good[0]
assert X.shape == (200, 4)
# sphinx_gallery_end_ignore

# %%
# So this is how it should look: the loss falls far below the variance of the targets, which is what
# a constant prediction would reach. Remember that number; several bugs end there.
#
# The loop
# --------
#
# **1 · zero_grad forgotten.** The gradients of all steps add up.


def accumulating(net, optimizer):
    loss = F.mse_loss(net(X), Y)
    loss.backward()
    optimizer.step()
    return loss.item()


forgotten = run(accumulating)

# sphinx_gallery_start_ignore
import itertools

rises = sum(b > a for a, b in itertools.pairwise(forgotten))
assert rises > 50
assert min(forgotten[:6]) < good[5]
assert forgotten[-1] > 3 * good[-1]
# sphinx_gallery_end_ignore

# %%
# *What betrays it*: the loss falls faster than it should at first, then swings. *The mend*:
# ``optimizer.zero_grad()`` in each step.
#
# **2 · step before backward.** All four calls are there, in the wrong order.


def hasty(net, optimizer):
    loss = F.mse_loss(net(X), Y)
    optimizer.zero_grad()
    optimizer.step()
    loss.backward()
    return loss.item()


flat = run(hasty)
print("different losses in 300 steps:", len(set(flat)))

# sphinx_gallery_start_ignore
assert set(flat) == {good[0]}
# sphinx_gallery_end_ignore

# %%
# *What betrays it*: the loss does not change by a single bit. ``step`` finds gradients that have
# just been cleared. *The mend*: forward, loss, ``zero_grad``, ``backward``, ``step``.
#
# **3 · A rate from elsewhere.** 0.001 is a good rate for Adam. Here it drives SGD.

slow = run(right, lr=0.001)
fig, ax = plt.subplots(figsize=(7, 3.6))
curves = {"right": good, "1: zero_grad": forgotten, "2: order": flat}
curves["3: rate"] = slow
for (name, losses), dash in zip(
    curves.items(), ["-", "--", ":", "-."], strict=True
):
    ax.semilogy(losses, dash, label=name)
ax.axhline(Y.var().item(), color="black", linewidth=0.8, label="variance")
ax.set(xlabel="step", ylabel="loss")
ax.legend(loc="upper left", bbox_to_anchor=(1, 1))

# sphinx_gallery_start_ignore
fig.set_label(
    "Loss against step, logarithmic. The right loop falls in a smooth curve. Without zero_grad the loss"
    " dips at once and then swings up and down. With the wrong order it is a level line, and with the"
    " wrong rate a line that sinks slowly."
)
assert 10 * good[-1] < slow[-1] < 0.99 * slow[0]
assert torch.optim.Adam([torch.zeros(1)]).defaults["lr"] == 0.001, (
    "a rate for Adam"
)
assert all(b < a for a, b in itertools.pairwise(slow))
# sphinx_gallery_end_ignore

# %%
# *What betrays it*: a loss that sinks, steadily and far too slowly (a level line is another bug).
# *The mend*: search the rate for each optimizer, loss and data set anew.
#
# .. predict:: The step comes before ``backward``. Which losses are recorded?
#    :aim: 1
#
#    w, losses = torch.tensor(1.0, requires_grad=True), []
#    optimizer = torch.optim.SGD([w], lr=0.25)
#    for _ in range(3):
#        loss = (w - 3) ** 2
#        optimizer.zero_grad()
#        optimizer.step()
#        loss.backward()
#        losses.append(loss.item())
#    print(losses)
#    + Each step finds gradients that have just been cleared.
#    - That needs a ``backward`` between clearing and stepping.
#        optimizer.zero_grad() -> optimizer.zero_grad(); loss.backward(retain_graph=True)
#    - The gradient of the round before would help, but it is cleared.
#        optimizer.zero_grad() -> pass
#
# .. repair::
#    :aim: 3
#
#    torch.manual_seed(0)
#    x = torch.randn(50, 3)
#    net, losses = nn.Linear(3, 1), []
#    optimizer = torch.optim.SGD(net.parameters(), lr=0.001)
#    for _ in range(60):
#        loss = F.mse_loss(net(x), x.sum(dim=1, keepdim=True))
#        optimizer.zero_grad()
#        loss.backward()
#        optimizer.step()
#        losses.append(loss.item())
#    + The curve sank steadily and far too slowly: the steps were too short.
#        lr=0.001 -> lr=0.1
#    - At this pace twice the time is far from enough.
#        range(60) -> range(120)
#    - Shorter steps make it sink more slowly still.
#        lr=0.001 -> lr=0.0001
#    - The gradients are cleared in each step either way.
#        optimizer.zero_grad() -> net.zero_grad()
#
# The loss
# --------
#
# **4 · A column against a row.** Predictions have the shape (200, 1), the targets came as (200,).


def broadcast(net, optimizer):
    row = Y.flatten()
    loss = ((net(X) - row) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


net = fresh()
last = run(broadcast, net)[-1]
print(f"last loss {last:.2f}, spread of predictions {net(X).std():.3f}")

# sphinx_gallery_start_ignore
assert (net(X) - Y.flatten()).shape == (200, 200)
assert net(X).shape == (200, 1)
assert abs(last - variance) < 0.02 * variance
assert net(X).std() < 0.1 * Y.std()
# sphinx_gallery_end_ignore

# %%
# *What betrays it*: the loss stops at the variance, and all predictions are nearly the same. Each
# was compared with *every* target, and the best answer to all is their mean. *The mend*: compare
# shapes before you subtract; ``F.mse_loss`` warns of it.
#
# **5 · Softmax before the cross entropy.** It contains one. Three classes, told from the targets:
# ``bucketize`` says between which of the bounds each one lies.

labels = torch.bucketize(Y.flatten(), torch.tensor([-0.8, 0.8]))


# %%


def classify(softmax_first):
    torch.manual_seed(1)
    net = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 3))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.5)
    for _ in range(400):
        scores = net(X).softmax(dim=1) if softmax_first else net(X)
        loss = F.cross_entropy(scores, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


# %%

once, twice = classify(softmax_first=False), classify(softmax_first=True)
perfect = F.cross_entropy(torch.eye(3), torch.arange(3)).item()
print(
    f"raw scores {once:.2f}, softmax first {twice:.2f}, its floor {perfect:.2f}"
)

# sphinx_gallery_start_ignore
import math

assert math.isclose(perfect, math.log(1 + 2 / math.e), rel_tol=1e-6)
assert round(math.log(1 + 2 / math.e), 2) == round(perfect, 2) == 0.55
assert once < 0.3 < perfect < twice
# sphinx_gallery_end_ignore

# %%
# *What betrays it*: the loss cannot fall below :math:`\log(1 + 2/e) = 0.55`, which it would have
# for a network that is right and sure everywhere. *The mend*: hand over raw scores.
#
# **6 · A loss that was cut off.** Something on the way leaves PyTorch, by ``.item()``, ``.numpy()``
# or ``torch.tensor(…)``. That would raise; ``requires_grad=True`` silences it.


def cut_off(net, optimizer):
    value = F.mse_loss(net(X), Y).item()
    loss = torch.tensor(value, requires_grad=True)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


net = fresh()
print("different losses:", len(set(run(cut_off, net))))
print("gradients:", [p.grad for p in net.parameters()])

# sphinx_gallery_start_ignore
assert all(p.grad is None for p in net.parameters())
with torch.random.fork_rng():
    assert len(set(run(cut_off))) == 1
    net = fresh()
    run(hasty, net)
assert all(p.grad is not None for p in net.parameters()), (
    "with bug 2 they were there"
)
# sphinx_gallery_end_ignore

# %%
# *What betrays it*: a level line again, and after ``backward`` each gradient is ``None``. (With bug
# 2 they were there.) *The mend*: stay with tensors from the parameters to the loss.
#
# .. choose:: The targets are compared with *every* prediction. Which predictions make that loss smallest?
#    :aim: 1
#    :test: loss(p) < 1.01 * y.var(correction=0)
#
#    y = torch.tensor([1.0, 2.0, 6.0])
#    loss = lambda p: ((p - y) ** 2).mean()  # p is a column
#    + One answer for all. That is what betrays this bug.
#        p = y.mean().expand(3, 1)
#    - Each of them would be right for one target, and is wrong for the others.
#        p = y[:, None]
#    - Nought is further from the targets than their middle is.
#        p = torch.zeros(3, 1)
#    - The middle one of three is not the one with the smallest squares.
#        p = y.median().expand(3, 1)
#
# .. repair:: The line stays level. Which change repairs the loop?
#    :aim: 3
#
#    torch.manual_seed(0)
#    x = torch.randn(50, 3)
#    net, losses = nn.Linear(3, 1), []
#    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
#    for _ in range(40):
#        value = F.mse_loss(net(x), x[:, :1])
#        loss = torch.tensor(value.item(), requires_grad=True)
#        optimizer.zero_grad()
#        loss.backward()
#        optimizer.step()
#        losses.append(loss.item())
#    + The loss is a tensor with a graph again.
#        torch.tensor(value.item(), requires_grad=True) -> value
#    - The network is not reached from there, whatever the rate.
#        lr=0.1 -> lr=1.0
#    - More digits, and still a number without a past.
#        value.item(), requires_grad=True -> value.item(), dtype=torch.float64, requires_grad=True
#
# The network
# -----------
#
# **7 · All weights zero.** Units that begin equal get equal gradients, and stay equal.

net = fresh()
for p in net.parameters():
    nn.init.zeros_(p)
last = run(right, net)[-1]
print(f"last loss {last:.2f}, largest weight {net[0].weight.abs().max():.1f}")

# sphinx_gallery_start_ignore
assert abs(last - variance) < 1e-3 * variance
assert net[0].weight.abs().max() == 0
with torch.random.fork_rng():
    net = fresh()
    for p in net.parameters():
        nn.init.constant_(p, 0.1)
    assert all((p == 0.1).all() for p in net.parameters()), (
        "with all at this, before they move, units are copies"
    )
    run(right, net)
assert (net[0].weight - net[0].weight[0]).abs().max() < 1e-5
assert len(net[0].weight) == 16
# sphinx_gallery_end_ignore

# %%
# *What betrays it*: the variance once more, and weights that have not moved. (With all at 0.1 they
# move, but the sixteen units remain copies of one.) *The mend*: random weights, as PyTorch draws
# them, or ``nn.init``.
#
# **8 · Layers in a plain list.** A module does not look into it.


class Listed(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = [nn.Linear(4, 16), nn.Linear(16, 16)]
        self.last = nn.Linear(16, 1)

    def forward(self, x):
        for layer in self.hidden:
            x = layer(x).tanh()
        return self.last(x)


# %%

torch.manual_seed(1)
net = Listed()
before = net.hidden[0].weight.clone()
print(f"last loss {run(right, net)[-1]:.2f}")
print("parameters:", sum(p.numel() for p in net.parameters()))
print("hidden layer moved:", not torch.equal(before, net.hidden[0].weight))

# sphinx_gallery_start_ignore
assert sum(p.numel() for p in net.parameters()) == 17
assert torch.equal(before, net.hidden[0].weight)
assert 5 * 16 + 17 * 16 + 17 == 369
loss_listed = F.mse_loss(net(X), Y).item()
assert 2 * good[-1] < loss_listed < variance
# sphinx_gallery_end_ignore

# %%
# *What betrays it*: 17 parameters where there should be 369. The loss *falls*, since the last layer
# does learn; it only ends too high. *The mend*: ``nn.ModuleList``. Count the parameters of every
# new network.
#
# **9 · One layer, three times.** A list that is multiplied holds the same objects again.

copies = nn.Sequential(*[nn.Linear(16, 16), nn.Tanh()] * 3)
parts = [nn.Sequential(nn.Linear(16, 16), nn.Tanh()) for _ in range(3)]
for name, net in {
    "multiplied": copies,
    "made anew": nn.Sequential(*parts),
}.items():
    print(f"{name}: {sum(p.numel() for p in net.parameters())} parameters")

# sphinx_gallery_start_ignore
assert sum(p.numel() for p in copies.parameters()) == 17 * 16 == 272
assert sum(p.numel() for p in nn.Sequential(*parts).parameters()) == 3 * 272
assert copies[0] is copies[2]
# sphinx_gallery_end_ignore

# %%
# *What betrays it*: the number of parameters, a third of what was meant. *The mend*: make a new
# layer for each place, in a loop or a comprehension.
#
# **10 · An optimizer of another network.** The network is made again, or loaded, or its parameters
# are wrapped again, after the optimizer was given the first ones.

net = fresh()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
net = fresh()  # "to start from clean weights"
losses = [right(net, optimizer) for _ in range(300)]
print("different losses:", len(set(losses)), " gradient:", net[2].bias.grad)

# sphinx_gallery_start_ignore
assert len(set(losses)) == 1
assert net[2].bias.grad.abs() > 0
# sphinx_gallery_end_ignore

# %%
# *What betrays it*: a level line, although the gradients are there. They even grow from step to
# step, since ``zero_grad`` clears those of the other network. *The mend*: first the network, on its
# device, then the optimizer.
#
# .. predict:: How many parameters has this network?
#    :aim: 1
#
#    net = nn.Sequential(*[nn.Linear(2, 2)] * 3)
#    print(sum(p.numel() for p in net.parameters()))
#    + The list holds one layer, three times.
#    - That takes three layers.
#        *[nn.Linear(2, 2)] * 3 -> *[nn.Linear(2, 2) for _ in range(3)]
#    - A layer has biases, too.
#        nn.Linear(2, 2) -> nn.Linear(2, 2, bias=False)
#
# .. predict:: All weights and biases begin at zero. Which gradients of weight, bias, weight, bias are not zero?
#    :aim: 2
#
#    net = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
#    for p in net.parameters():
#        nn.init.zeros_(p)
#    (net(torch.ones(1, 2)) - 1).square().sum().backward()
#    print([p.grad.abs().sum().item() > 0 for p in net.parameters()])
#    + The last bias alone: the hidden numbers are zero, and so are the weights on the way back.
#    - With random weights, yes.
#        nn.init.zeros_(p) -> nn.init.normal_(p)
#    - For that the hidden numbers would have to differ from zero.
#        nn.init.zeros_(p) -> nn.init.zeros_(p) if p.dim() > 1 else nn.init.constant_(p, 0.5)
#    - One thing can be moved without the weights: the output as a whole.
#        - 1) -> * 0)
#
# The data
# --------
#
# **11 · No normalisation.** The same samples, with features that count in hundreds:

raw = 100 * X + 500
scaled = (raw - raw.mean(dim=0)) / raw.std(dim=0)


def train_on(inputs):
    net = fresh()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
    for _ in range(300):
        loss = F.mse_loss(net(inputs), Y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


print(f"raw {train_on(raw):.2f}, normalised {train_on(scaled):.3f}")

# sphinx_gallery_start_ignore
with torch.random.fork_rng():
    assert train_on(raw) > 0.5 * variance
    assert train_on(scaled) < 0.2 * variance
    saturated = (fresh()[:2](raw).abs() > 0.999).float().mean()
assert saturated > 0.9
end = torch.tensor(30.0, requires_grad=True)
assert torch.autograd.grad(end.tanh(), end)[0] == 0, (
    "the slope of tanh at its ends"
)
assert X.T.shape == (4, 200)
# sphinx_gallery_end_ignore

# %%
# *What betrays it*: the loss hardly gets below the variance. Nearly all tanh units are at their
# ends, where the slope is 0. *The mend*: subtract the mean and divide by the standard deviation,
# both from the training data. Print mean and deviation of the first batch.
#
# **12 · view for a transposition.** The samples came as columns, (4, 200), and should be rows.

columns = X.T.contiguous()
for name, rows in {"view": columns.view(200, 4), "T": columns.T}.items():
    first = [round(v, 2) for v in rows[0].tolist()]
    print(f"{name:4}: loss {train_on(rows):.2f}, first sample {first}")

# sphinx_gallery_start_ignore
with torch.random.fork_rng():
    assert train_on(columns.T) < 0.2 * variance
    assert train_on(columns.view(200, 4)) > 0.4 * variance
assert columns.view(200, 4)[0].tolist() == X[:4, 0].tolist()
# sphinx_gallery_end_ignore

# %%
# *What betrays it*: the shape is right and the loss stays high. ``view`` reads the storage in its
# order: the “first sample” is the first feature of four samples. *The mend*: ``T``, ``transpose``
# or ``permute`` exchange dimensions. Look at one sample by eye.
#
# **13 · Sorted data.** Files often come sorted by class. Batches of 20 in this order:


def batches_of(order, num_epochs=10):
    net, losses = fresh(), []
    optimizer = torch.optim.SGD(net.parameters(), lr=0.2)
    for _ in range(num_epochs):
        for chosen in order().split(20):
            loss = F.mse_loss(net(X[chosen]), Y[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses, F.mse_loss(net(X), Y).item()


# %%

by_size = Y.flatten().argsort()
sorted_losses, sorted_end = batches_of(lambda: by_size)
mixed_losses, mixed_end = batches_of(lambda: torch.randperm(200))
print(
    f"loss on all samples: sorted {sorted_end:.2f}, shuffled {mixed_end:.2f}"
)
fig, ax = plt.subplots(figsize=(6.5, 3))
ax.plot(sorted_losses, "--", label="sorted")
ax.plot(mixed_losses, label="shuffled")
ax.set(xlabel="step", ylabel="loss of the batch")
ax.legend()

# sphinx_gallery_start_ignore
fig.set_label(
    "Loss of each batch against the step. Shuffled it falls and becomes smooth. Sorted it is a saw: in"
    " every epoch of ten steps it sinks and shoots up again."
)
assert sorted_end > 2 * mixed_end
jumps = torch.tensor(sorted_losses).diff().abs().mean()
assert jumps > 2 * torch.tensor(mixed_losses).diff().abs().mean()
# sphinx_gallery_end_ignore

# %%
# *What betrays it*: a saw with the period of the epoch, and a result that depends on what came
# last. *The mend*: a new random order in every epoch, that is, in every round through all samples.
# (The data loaders of part 5 do it with ``shuffle=True``.)
#
# .. predict:: Two features of three samples came as columns. What is the first sample, by ``view`` and by ``T``?
#    :aim: 1
#
#    columns = torch.tensor([[1, 2, 3], [10, 20, 30]])
#    print(columns.view(3, 2)[0].tolist(), columns.T[0].tolist())
#    + ``view`` reads on in the order of the storage; ``T`` exchanges the dimensions.
#    - ``view`` does not exchange anything.
#        columns.view(3, 2) -> columns.T
#    - ``T`` does not read on along the rows.
#        columns.T[0] -> columns.view(3, 2)[0]
#    - ``view`` exchanges no dimensions, and ``T`` does not keep to the order of the storage.
#        columns.view(3, 2)[0].tolist(), columns.T[0].tolist() -> columns.T[0].tolist(), columns.view(3, 2)[0].tolist()
#
# .. repair::
#    :aim: 3
#
#    torch.manual_seed(0)
#    x = 500 + 100 * torch.randn(50, 2)
#    y = (x[:, :1] - 500) / 100
#    net = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 1))
#    optimizer, losses = torch.optim.SGD(net.parameters(), lr=0.05), []
#    for _ in range(100):
#        loss = F.mse_loss(net(x), y)
#        optimizer.zero_grad()
#        loss.backward()
#        optimizer.step()
#        losses.append(loss.item())
#    + Inputs of size one find the tanh where it has a slope.
#        net(x) -> net((x - x.mean(dim=0)) / x.std(dim=0))
#    - A few units still have a slope: it creeps a little lower, and stays up there.
#        lr=0.05 -> lr=0.01
#    - Still far from nought: the offset alone drives the units to their ends.
#        net(x) -> net(x / 10)
#    - It has come to rest at what a constant reaches.
#        range(100) -> range(150)
#
# Measuring
# ---------
#
# **14 · eval() forgotten.** Dropout goes on throwing units away after the training.

torch.manual_seed(0)
net = nn.Sequential(
    nn.Linear(4, 50), nn.ReLU(), nn.Dropout(0.5), nn.Linear(50, 1)
)
with torch.no_grad():
    print("same input:", [round(net(X[:1]).item(), 3) for _ in range(3)])
    net.eval()
    print("after eval:", [round(net(X[:1]).item(), 3) for _ in range(3)])

# sphinx_gallery_start_ignore
with torch.no_grad(), torch.random.fork_rng():
    assert len({net(X[:1]).item() for _ in range(3)}) == 1
    net.train()
    assert len({net(X[:1]).item() for _ in range(3)}) > 1
# sphinx_gallery_end_ignore

# %%
# *What betrays it*: two answers to one question. *The mend*: ``eval()`` before measuring and
# ``train()`` before going on. Neither has anything to do with ``no_grad``. Batch norm is another
# layer with two modes: in training it measures its batch
# (:doc:`/lessons/training/plot_7_convolution`).
#
# .. predict:: Does one input get one answer: in training mode, in training mode under ``no_grad``, after ``eval()``?
#    :aim: 1
#
#    torch.manual_seed(0)
#    net, x = nn.Dropout(0.5), torch.ones(100)
#    answers = [torch.equal(net(x), net(x))]
#    with torch.no_grad():
#        answers.append(torch.equal(net(x), net(x)))
#    net.eval()
#    answers.append(torch.equal(net(x), net(x)))
#    print(answers)
#    + Only the mode stops the dropout.
#    - ``no_grad`` stops the recording, and nothing else.
#        with torch.no_grad(): -> net.eval()\nif True:
#    - Dropout is there, and it draws anew at each call.
#        net, x = nn.Dropout(0.5) -> net, x = nn.Dropout(0.0)
#    - After ``eval()`` nothing is drawn any more.
#        net.eval() -> net.train()
#
# When you do not know which
# --------------------------
#
# **Overfit one batch.** Ten samples, no dropout, many steps: a network with enough parameters learns
# ten samples by heart, if the inputs are scaled and the rate is one that works elsewhere. If yours
# does not, the bug is most likely in the loop, the loss or the network, and more data will not help.


def one_batch(step_loss, num_steps=500):
    net = fresh()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.02)
    for _ in range(num_steps):
        loss = step_loss(net(X[:10]), Y[:10])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


# %%

print(f"right loss: {one_batch(F.mse_loss):.4f}")
print(
    f"bug 4:      {one_batch(lambda p, y: ((p - y.flatten()) ** 2).mean()):.4f}"
)

# sphinx_gallery_start_ignore
end = torch.tensor(30.0, requires_grad=True)
assert torch.autograd.grad(end.tanh(), end)[0] == 0, (
    "units where their slope is"
)
with torch.random.fork_rng():
    assert one_batch(F.mse_loss) < 0.01
    assert one_batch(lambda p, y: ((p - y.flatten()) ** 2).mean()) > 0.3
    net = fresh()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.02)
    for _ in range(100):
        right_loss = F.mse_loss(net(raw[:10]), Y[:10])
        optimizer.zero_grad()
        right_loss.backward()
        optimizer.step()
assert len(raw[:10]) == 10 and right_loss > 0.3, "if the inputs are scaled"
line = torch.cat([X[:10], torch.ones(10, 1)], dim=1)
best = line @ torch.linalg.lstsq(line, Y[:10]).solution
assert F.mse_loss(best, Y[:10]) > 0.01, "with enough parameters: no line can"
# sphinx_gallery_end_ignore

# %%
# **Read the gradient of each layer.** ``None``: cut off, or not part of the loss. Zero: all units
# are where their slope is 0, or the weights behind them are. Here are the networks of bugs 6 and 7
# after one step:


def gradients(net):
    sizes = {}
    for name, p in net.named_parameters():
        sizes[name] = (
            None if p.grad is None else round(p.grad.norm().item(), 3)
        )
    return sizes


# %%

net, zero = fresh(), fresh()
for p in zero.parameters():
    nn.init.zeros_(p)
run(cut_off, net, num_steps=1)
run(right, zero, num_steps=1)
print("bug 6:", gradients(net))
print("bug 7:", gradients(zero))

# sphinx_gallery_start_ignore
assert set(gradients(net).values()) == {None}
assert gradients(zero)["0.weight"] == 0 < gradients(zero)["2.bias"]
# sphinx_gallery_end_ignore

# %%
# **Look at what flows forward**, with a hook on every layer. Bug 11 shows at once:


def report(module, args, result):
    print(
        f"  {type(module).__name__:6} mean {result.mean():6.2f}  std {result.std():6.2f}"
    )


for name, inputs in {"raw": raw, "normalised": scaled}.items():
    net = fresh()
    for layer in net:
        layer.register_forward_hook(report)
    print(name)
    net(inputs)

# sphinx_gallery_start_ignore
import inspect
import re
from pathlib import Path

text = Path(inspect.currentframe().f_code.co_filename).read_text("utf-8")
numbers = [int(n) for n in re.findall(r"^# [*][*](\d+) ·", text, re.M)]
assert numbers == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]
with torch.random.fork_rng():
    assert fresh()[0](raw).std() > 50 > 2 > fresh()[0](scaled).std(), "bug 11"
# sphinx_gallery_end_ignore

# %%
# A tanh wants inputs of size about one; with the raw features it gets hundreds.
#
# **Ask where a nan was born.** ``torch.autograd.set_detect_anomaly(True)`` stops at the first
# operation whose gradient is ``nan``, and shows its line
# (:doc:`/lessons/autograd/plot_3_backward_steps`).
#
# **Know what to expect**, before you train: the first loss of a network that knows nothing (the
# variance;
# :math:`\log C` for :math:`C` classes), the number of parameters, the shape at each layer, the same
# answer twice. Most of the fourteen break one of these.
#
# .. predict:: Is the gradient of layer ``a`` ``None``, and is that of layer ``b``?
#    :aim: 2
#
#    a, b = nn.Linear(2, 2), nn.Linear(2, 2)
#    loss = a(torch.ones(2)).sum()
#    loss.backward()
#    print(a.weight.grad is None, b.weight.grad is None)
#    + The loss does not depend on ``b``: ``None`` says that a layer takes no part.
#    - ``b`` would have to be called on the way to the loss.
#        loss = a(torch.ones(2)) -> loss = b(a(torch.ones(2)))
#    - ``backward`` was called, and it reaches what the loss was made of.
#        loss.backward() -> pass
#    - It was ``a`` that was used.
#        loss = a(torch.ones(2)) -> loss = b(torch.ones(2))
#
# .. choose:: The line is level, and after ``backward`` all gradients are ``None``. Which line does that?
#    :aim: 2
#    :test: loss.backward() is None and all(p.grad is None for p in net.parameters())
#
#    net, x, y = nn.Linear(2, 1), torch.ones(4, 2), torch.ones(4, 1)
#    + Cut off: between this number and the parameters there is no graph.
#        loss = torch.tensor(F.mse_loss(net(x), y).item(), requires_grad=True)
#    - All differences are zero then, and so are the gradients; but they are there.
#        loss = F.mse_loss(net(x) * 0, y * 0)
#    - A factor near zero makes gradients small, not ``None``.
#        loss = 1e-9 * F.mse_loss(net(x), y)
#    - That compares wrong pairs; but the gradients are there.
#        loss = (net(x) - torch.flatten(y)).square().mean().clone()
#
# .. predict:: A hook on every layer. What does one call of the network report?
#    :aim: 2
#
#    net = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
#    say = lambda part, args, result: print(type(part).__name__, result.shape[-1])
#    for layer in net:
#        layer.register_forward_hook(say)
#    output = net(torch.ones(5, 2))
#    + Each layer as it is reached, with the size of what it gives.
#    - An activation is a module, too, and has its hook.
#        in net: -> in net[::2]:
#    - The network is no layer of itself.
#        in net: -> in [net]:
#
# .. symptom:: repair_layers AsGiven
#    :aim: 1
#    :task: Be a network of linear layers, from 3 to 5 to 1 numbers, with a tanh behind each layer but the last.
#
# .. symptom:: repair_evaluation stays_in_eval
#    :aim: 1
#    :task: Return what ``net`` says to ``x`` as it would be used, without a graph. The network stays in the mode in which it came.
#
# Recap
# -----
#
# - A level line: wrong order, a loss that was cut off, an optimizer of another network. Look at
#   ``.grad``.
# - The variance: a broadcast loss, zero weights, unscaled data. Look at the predictions.
# - A falling loss proves nothing: compare it with an expectation.
# - Overfit one batch; read gradients by layer; hook the activations; count parameters.
#
# Exercises
# ---------
#
# Six pieces of code are broken. Each exercise shows one; write the right one.
#
# .. parsons:: repair_order
#    :aim: 3
#    :task: Train ``net`` in place, and return the loss before each step as a float.
#
# .. exercise:: repair_order
#    :aim: 3
#
# .. exercise:: repair_shapes
#    :aim: 3
#
# .. exercise:: repair_scores
#    :aim: 3
#
# .. exercise:: repair_layers
#    :aim: 3
#
# .. exercise:: repair_scaling
#    :aim: 3
#
# .. parsons:: repair_evaluation
#    :aim: 3
#    :task: Return what ``net`` says to ``x`` as it would be used, without a graph. The network stays in the mode in which it came.
#
# .. exercise:: repair_evaluation
#    :aim: 3
#
# Where to go next
# ----------------
#
# Part 5 begins with :doc:`The training loop </lessons/training/plot_1_training_loop>`, done right.
