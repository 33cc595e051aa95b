r"""
Handwritten digits
==================

.. lesson::
   :assumes: training/plot_2_fitting_a_sine; modules/plot_3_losses; autograd/plot_4_accumulation

   - train a network on images with a square loss and one-hot targets
   - write stochastic gradient descent yourself, and check it against a library's
   - look into the result: at its mistakes, its confusions, and the weights of its first layer

An image of a handwritten digit comes in, and a network says which one it is. Nobody tells it what a
seven looks like; it sees 1437 digits, with their names, and changes its weights. Here no optimizer
class stands between you and those weights. The update is one line, and you write it.
"""

# sphinx_gallery_tags = ["training", "data", "losses"]

import matplotlib.pyplot as plt
import torch
from torch import nn

from pytorch_primer import Batches, OneHot, load_digits, sgd

plt.style.use("pytorch_primer.course")

# %%
# The images
# ----------
#
# The course brings a small set of digits :cite:p:`alpaydin1998`: 1797 images of 8×8 pixels, of
# which 360 are kept for the test. Nothing is downloaded. The pixels are scaled to mean 0 and
# standard deviation 1 over the training part.

data = load_digits()
num_pixels = data.x_train[0].numel()
num_classes = len(data.classes)
print("training:", tuple(data.x_train.shape), "labels", data.y_train[:8])
print("test:    ", tuple(data.x_test.shape))
print("pixels", num_pixels, " classes", num_classes)

# sphinx_gallery_start_ignore
assert data.x_train.shape == (1797 - 360, 8, 8)
assert data.x_test.shape == (360, 8, 8)
assert (data.x_train[0].shape, len(data.x_test)) == ((8, 8), 360), (
    "a small set of digits: images, pixels, kept for the test"
)
scaled = [x.item() for x in (data.x_train.mean(), data.x_train.std())]
assert [round(x, 3) for x in scaled] == [0, 1], (
    "the pixels are scaled to this mean and standard deviation"
)
assert (num_pixels, num_classes) == (8 * 8, 10) == (64, 10)
assert abs(data.x_train.mean()) < 1e-5
assert abs(data.x_train.std() - 1) < 1e-4
# sphinx_gallery_end_ignore

# %%
# What larger images take is shown in :doc:`MNIST, for real </lessons/training/plot_6_mnist>`.

fig, axes = plt.subplots(2, 8, figsize=(7, 2.3))
for i, ax in enumerate(axes.flat):
    ax.imshow(data.x_train[i].numpy(), cmap="gray")
    ax.set_title(data.y_train[i].item(), fontsize=9)
    ax.axis("off")

# sphinx_gallery_start_ignore
fig.set_label(
    "The first sixteen images of the training part, white strokes on black, very coarse, each with"
    " its label above it."
)
# sphinx_gallery_end_ignore

# %%
# Coarse as they are, one recognises most of them.
#
# Targets
# -------
#
# The network will have ten outputs, one for each class. So a target needs ten numbers as well:
# :term:`one-hot`, a 1 at the place of the label and 0 elsewhere.

one_hot = OneHot(num_classes)
print(one_hot(torch.tensor([6, 0])))

# sphinx_gallery_start_ignore
assert one_hot(torch.tensor([6]))[0].tolist() == [0] * 6 + [1] + [0] * 3, (
    "a target needs ten numbers: one-hot, at the place of the label"
)
assert one_hot(torch.tensor([6]))[0].argmax() == 6, "the index of label 6"
places = one_hot(torch.arange(num_classes)).argmax(dim=1)
assert places[0] == 0, "the first place"
# sphinx_gallery_end_ignore

# %%
# Mind the counting. The label 6 has its one at *index* 6, which is the seventh place, because the
# first place belongs to the 0.
#
# The square loss compares outputs and targets entry by entry. Textbooks write
# :math:`\tfrac12 \lVert y - \Phi(x) \rVert^2` for one sample. :class:`torch.nn.MSELoss` averages
# over the samples *and* over the ten outputs. How do the two compare?

loss_fn = nn.MSELoss()
targets = one_hot(data.y_train)
constant = torch.full_like(targets, 0.1)
halves = (targets - constant).square().sum(dim=1).mean() / 2
print("always 0.1:", round(loss_fn(constant, targets).item(), 4))
print("ratio:     ", round((halves / loss_fn(constant, targets)).item(), 4))

# sphinx_gallery_start_ignore
assert (
    abs(loss_fn(constant, targets).item() - (0.9**2 + 9 * 0.1**2) / 10) < 1e-6
)
assert abs((0.9**2 + 9 * 0.1**2) / 10 - 0.09) < 1e-12
whoever = round(loss_fn(constant, targets).item(), 4)
assert constant.unique() == 0.1 and whoever == 0.09, (
    "the loss for ten classes, whatever the image"
)
assert abs(halves / loss_fn(constant, targets) - 10 / 2) < 1e-4
import math

assert round(math.log(10), 1) == 2.3, "cross entropy"
assert sorted(set(targets.flatten().tolist())) == [0, 1], "outputs"
# sphinx_gallery_end_ignore

# %%
# They differ by the factor 5, half the number of outputs, and so do all gradients. A learning rate
# that somebody recommends for one is five times off for the other.
#
# The first line is a number to remember. Whoever answers 0.1 for each of the ten classes, whatever
# the image, has the loss 0.09. A network above it knows less than nothing. (The 2.3 that is often
# named in this place, :math:`\log 10`, belongs to the :term:`cross entropy`.)
#
# .. predict::
#    :aim: 1
#
#    labels = torch.tensor([2, 0])
#    print(F.one_hot(labels, 4).tolist())
#    + The label is the index of the 1, and indices begin at 0.
#    - Counting from 1, label 0 would have no place at all.
#        labels, 4) -> (labels - 1) % 4, 4)
#    - The label says *where*. What stands there is a 1.
#        F.one_hot(labels, 4) -> (F.one_hot(labels, 4) * labels[:, None])
#    - One row for each image, one column for each class.
#        F.one_hot(labels, 4) -> F.one_hot(labels, 4).T
#
# .. predict:: Four classes, and a network that answers 1/4 for each. What does ``MSELoss`` say?
#    :aim: 1
#
#    targets = F.one_hot(torch.tensor([3, 1]), 4).float()
#    outputs = torch.full((2, 4), 1 / 4)
#    print(round(nn.MSELoss()(outputs, targets).item(), 4))
#    + For each image three outputs are off by 0.25 and one by 0.75: the mean of their squares.
#    - The mean runs over the outputs of an image, too, not only over the images.
#        nn.MSELoss()(outputs, targets) -> (outputs - targets).square().sum(dim=1).mean()
#    - Textbooks take half the sum for each image; this class does not.
#        nn.MSELoss()(outputs, targets) -> ((outputs - targets).square().sum(dim=1).mean() / 2)
#    - That is the logarithm of the number of classes, which belongs to another loss.
#        nn.MSELoss()(outputs, targets) -> nn.CrossEntropyLoss()(outputs, targets)
#
# The network
# -----------
#
# One hidden layer of 100 with softplus, a ReLU without a corner: ``beta=25`` makes its bend tight.
# There is no activation at the end, since the outputs should be free to be 0 or 1.


def make_net():
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(num_pixels, 100),
        nn.Softplus(beta=25),
        nn.Linear(100, num_classes),
    )


net = make_net()
print("parameters:", sum(p.numel() for p in net.parameters()))
print("outputs:", tuple(net(data.x_train[:5]).shape))

# sphinx_gallery_start_ignore
assert sum(p.numel() for p in net.parameters()) == 65 * 100 + 101 * 10 == 7510
assert net[1].out_features == 100, "one hidden layer, with softplus"
assert net(data.x_train[:5]).shape == (5, 10)
# sphinx_gallery_end_ignore

# %%
# .. predict:: What is the shape of the output?
#    :aim: 1
#
#    net = nn.Sequential(nn.Flatten(), nn.Linear(64, 10))
#    images = torch.zeros(5, 8, 8)
#    print(tuple(net(images).shape))
#    + Each image becomes one row of pixels, and each row ten outputs.
#    - The images of a batch are kept apart: ``Flatten`` leaves the first dimension alone.
#        nn.Flatten() -> nn.Flatten(0)
#    - So it would be if each row of pixels were read by itself.
#        nn.Flatten(), nn.Linear(64, 10) -> nn.Linear(8, 10)
#    - Every image has its own outputs: there is no mean over the batch.
#        net(images) -> net(images).mean(dim=0)
#
# Batches without a loader
# ------------------------
#
# These images are tensors in memory, all of them. There is no need to fetch them one by one, as a
# data loader does: :class:`pytorch_primer.Batches` draws an order for each epoch and cuts the batches
# from it, the last one short. Its own generator makes the order repeatable. The labels become one-hot
# targets a batch at a time.


def make_batches():
    return Batches(
        data.x_train,
        data.y_train,
        batch_size=50,
        shuffle=True,
        generator=torch.Generator().manual_seed(0),
        y_transform=one_hot,
    )


x, y = next(iter(make_batches()))
print("a batch:", tuple(x.shape), tuple(y.shape))
print("batches in an epoch:", len(make_batches()))

# sphinx_gallery_start_ignore
assert (x.shape, y.shape) == ((50, 8, 8), (50, 10))
assert len(make_batches()) == 29 == math.ceil(1437 / 50)
# sphinx_gallery_end_ignore

# %%
# .. predict:: 120 images, batches of 50, four epochs. How often are the weights updated?
#    :aim: 2
#
#    images, updates = torch.zeros(120, 8, 8), 0
#    for epoch in range(4):
#        for batch in images.split(50):
#            updates += 1
#    print(updates)
#    + Three batches an epoch: the rest is a batch, too.
#    - The images of the last, short batch are not thrown away.
#        images.split(50) -> images[:100].split(50)
#    - There is an update for each batch, not for each epoch.
#        images.split(50) -> images.split(120)
#    - Fifty images share one update.
#        images.split(50) -> images.split(1)
#
# Stochastic gradient descent by hand
# -----------------------------------
#
# For each batch: the loss, its gradients, and for every parameter
#
# .. math:: p \leftarrow p - \text{lr} \cdot \frac{\partial L}{\partial p}.
#
# The gradient of a batch is an estimate of that of all samples, and such an estimate is what the
# name
# :term:`stochastic gradient descent` speaks of :cite:p:`robbins1951`. Does it aim at the right
# value? We take the gradient of the first layer for each batch of an epoch, and average them, each
# with its size:


def first_gradient(x, y):
    (gradient,) = torch.autograd.grad(loss_fn(net(x), y), net[1].weight)
    return gradient


whole = first_gradient(data.x_train, targets)
parts = [(len(x), first_gradient(x, y)) for x, y in make_batches()]
mean = sum(n * g for n, g in parts) / len(data.x_train)
away = [((g - whole).norm() / whole.norm()).item() for _, g in parts]
print(f"a single batch is off by {min(away):.0%} to {max(away):.0%}")
print(f"their mean by {((mean - whole).norm() / whole.norm()).item():.0e}")

# sphinx_gallery_start_ignore
torch.testing.assert_close(mean, whole, rtol=1e-3, atol=1e-6)
assert min(away) > 0.1
assert len(parts) == 29
# sphinx_gallery_end_ignore

# %%
# Single batches stray, their mean does not: the estimate is *unbiased*,
# :math:`E(\tilde\nabla L) = \nabla L`.
#
# :func:`torch.autograd.grad` returns the gradients without storing them in ``.grad``, so nothing
# has to be cleared. The step:


def step(net, x, y, lr):
    params = list(net.parameters())
    loss = loss_fn(net(x), y)
    gradients = torch.autograd.grad(loss, params)
    with torch.no_grad():
        for p, gradient in zip(params, gradients, strict=True):
            p.sub_(gradient, alpha=lr)
    return loss.item()


# %%
# ``p.sub_(gradient, alpha=lr)`` subtracts lr times the gradient in place. It makes no new tensor
# for the product, which a program notices when its layers are large. Now two loops around it:

lr, num_epochs = 1.0, 20
batches, losses = make_batches(), []
for _ in range(num_epochs):
    for x, y in batches:
        losses.append(step(net, x, y, lr))
print("steps:", len(losses))
print("first loss:", round(losses[0], 2))
last = losses[-len(batches) :]
print("last epoch:", round(sum(last) / len(last), 3))

# sphinx_gallery_start_ignore
assert len(losses) == 20 * 29 == 580
assert 0.1 < losses[0] < 0.4
assert len(last) == 29
assert sum(last) / 29 < 0.012
# sphinx_gallery_end_ignore

# %%
# The function :func:`pytorch_primer.sgd` is this loop, with checks, times and a history. Given the
# same start and the same batches it must arrive at the same place:

other = make_net()
history = sgd(other, loss_fn, make_batches(), lr, num_epochs)
pairs = zip(net.parameters(), other.parameters(), strict=True)
print("largest difference:", max((p - q).abs().max().item() for p, q in pairs))

# sphinx_gallery_start_ignore
for p, q in zip(net.parameters(), other.parameters(), strict=True):
    assert torch.equal(p, q)
assert history.losses == losses
assert lr == 1, "the rate that we took"
# sphinx_gallery_end_ignore

# %%
# Not a bit of difference. ``torch.optim.SGD`` makes the same update, too. Here are the losses, of
# every batch and of every epoch:

epochs = torch.arange(len(losses)) / len(batches)
fig, ax = plt.subplots()
ax.semilogy(epochs, losses, linewidth=0.7, label="each batch")
middles = torch.arange(num_epochs) + 0.5
ax.semilogy(middles, history.epoch_losses, "o-", label="mean of an epoch")
ax.axhline(0.09, linestyle=":", color="black", label="always 0.1")
ax.set(xlabel="epoch", ylabel="loss")
ax.legend()

# sphinx_gallery_start_ignore
fig.set_label(
    "Training loss against epoch on a logarithmic axis. The loss of single batches is a ragged line,"
    " the means of the epochs run through it. Within the first epoch they cross a dotted line at 0.09,"
    " the loss of always answering 0.1, and after 20 epochs they are below 0.01."
)
means = history.epoch_losses
assert means[0] < 0.09
assert means[-1] < 0.01
assert torch.tensor(means).diff().max() < 0.001
# sphinx_gallery_end_ignore

# %%
# Single batches jump up and down, as estimates do. Their mean falls steadily, below 0.09 in the
# first epoch and to less than a tenth of that in the end. The history also has the running log that
# one wants to see while a longer training runs:

for epoch in range(0, num_epochs, 5):
    took = sum(history.seconds[: epoch + 1])
    print(
        f"epoch {epoch:2}  loss {history.epoch_losses[epoch]:.4f}  {took:5.2f} s"
    )

# sphinx_gallery_start_ignore
assert len(history.seconds) == num_epochs
# sphinx_gallery_end_ignore

# %%
# .. predict:: The gradients of two batches, and that of all four samples. What is printed?
#    :aim: 2
#
#    x = torch.tensor([1.0, 2.0, 6.0, 7.0])
#    w = torch.tensor(1.0, requires_grad=True)
#    grad = lambda x: torch.autograd.grad((w * x).mean(), w)[0].item()
#    print(grad(x[:2]), grad(x[2:]), grad(x))
#    + Each batch strays, to its own side; their mean is the gradient of all.
#    - Losses are means here. A mean of all is not the sum of two means.
#        grad(x)) -> grad(x[:2]) + grad(x[2:]))
#    - A batch knows its own samples only, and its gradient differs.
#        grad(x[:2]), grad(x[2:]) -> grad(x), grad(x)
#    - Nothing is left over from the last batch: ``autograd.grad`` stores nothing.
#        grad(x[2:]) -> grad(x[:2]) + grad(x[2:])
#
# .. choose:: Which lines move the weight of ``net`` by 0.1 times the gradient?
#    :aim: 2
#    :test: abs(net.weight.item() - 0.8) < 1e-6
#
#    net = nn.Linear(1, 1)
#    nn.init.ones_(net.weight)
#    p, gradient = net.weight, torch.tensor([[2.0]])
#    + The network's own tensor is changed in place.
#        with torch.no_grad():
#            p.sub_(gradient, alpha=0.1)
#    - A new tensor gets the name ``p``. The one in the network stays what it was.
#        with torch.no_grad():
#            p = p - 0.1 * gradient
#    - Autograd would have to record a change of the very numbers that it differentiates by.
#        p -= 0.1 * gradient
#    - The weight itself is scaled as well as the gradient.
#        with torch.no_grad():
#            p.sub_(gradient).mul_(0.1)
#
# .. repair::
#    :aim: 2
#
#    torch.manual_seed(0)
#    x = torch.randn(60, 3)
#    y = x @ torch.tensor([1.0, -2.0, 3.0])
#    w, losses = torch.zeros(3, requires_grad=True), []
#    for epoch in range(10):
#        for inputs, targets in zip(x.split(20), y.split(20)):
#            loss = F.mse_loss(inputs @ w, targets)
#            (gradient,) = torch.autograd.grad(loss, w)
#            with torch.no_grad():
#                w.add_(gradient, alpha=0.1)
#            losses.append(loss.item())
#    + Against the gradient it goes down.
#        add_ -> sub_
#    - The way is still uphill, in smaller steps.
#        alpha=0.1 -> alpha=0.01
#    - Fewer steps uphill are steps uphill.
#        range(10) -> range(5)
#    - Larger batches know the direction better, and it is still the wrong one.
#        x.split(20), y.split(20) -> x.split(30), y.split(30)
#
# What it has learned
# -------------------
#
# The answer of the network is the class with the largest output. The loss was a means to an
# end; what we want to know is how many of the 360 test images, which it never saw, it gets right.

net.eval()
with torch.no_grad():
    predictions = net(data.x_test).argmax(dim=1)
right = predictions == data.y_test
print(f"right: {right.sum()} of {len(right)}")

# sphinx_gallery_start_ignore
assert 100 * right.float().mean() > 95, "more than"
assert len(right) == 360, "how many of the test images it gets right"
# sphinx_gallery_end_ignore

# %%
# More than 95 of 100. Some images with the answers, and those that it got wrong first:

order = right.int().argsort(stable=True)[:24]
fig, axes = plt.subplots(3, 8, figsize=(7, 3.6))
for ax, i in zip(axes.flat, order, strict=True):
    ax.imshow(data.x_test[i].numpy(), cmap="gray")
    said, label = predictions[i].item(), data.y_test[i].item()
    title = f"{said}" if right[i] else f"{said}, is {label}"
    ax.set_title(title, fontsize=9, color="black" if right[i] else "C5")
    ax.axis("off")

# sphinx_gallery_start_ignore
fig.set_label(
    "24 test images, each with the answer of the network above it. The first ones, with red titles,"
    " it got wrong, and the title says what it should be. Many of those are hard to read."
)
wrong = (~right).sum().item()
assert 3 <= wrong <= 18
assert (~right[order[:wrong]]).all()
assert right[order[wrong:]].all()
# sphinx_gallery_end_ignore

# %%
# With a few of the wrong ones you would have had trouble yourself.
#
# Which digits does it take for which? A table with a row for each label and a column for each
# answer counts them. One number, ten times the label plus the answer, says in which field an image
# belongs:

fields = num_classes * data.y_test + predictions
counts = torch.bincount(fields, minlength=num_classes**2)
confusions = counts.reshape(num_classes, num_classes)
print("sum of the diagonal:", confusions.diagonal().sum().item())

fig, ax = plt.subplots(figsize=(4.6, 4.2))
ax.imshow(confusions.log1p().numpy())
ticks = range(num_classes)
ax.set(xlabel="answer", ylabel="label", xticks=ticks, yticks=ticks)
for row, column in confusions.nonzero().tolist():
    color = "#111111" if row == column else "#eeeeee"
    count = confusions[row, column].item()
    ax.text(column, row, count, ha="center", va="center", color=color)

# sphinx_gallery_start_ignore
fig.set_label(
    "A table of ten by ten fields, label against answer, with the number of images in each. Nearly all"
    " of the 360 test images lie on the diagonal, some 30 to 50 for each digit; a handful of other"
    " fields hold one or two."
)
assert confusions.sum() == 360
assert confusions.diagonal().sum() == right.sum()
off = confusions - torch.diag(confusions.diagonal())
assert off.max() <= 2, "one or two images each"
assert off[8].sum() == off.sum(dim=1).max(), "8 is misread most often"
assert confusions.diagonal().min() >= 20
with torch.random.fork_rng():
    assert make_net()[1].out_features == 100, "hidden units"
# sphinx_gallery_end_ignore

# %%
# The diagonal holds what is right. What is off it are one or two images each, so no pair of digits
# stands out. The 8 is misread most often.
#
# Which pair would your own hand confuse? Guess, then draw for two networks that the last lesson of
# the course trains, which read larger images:
#
# .. explorable:: digits
#    :size: small
#
# .. predict:: A row for each label, a column for each answer. What is printed?
#    :aim: 3
#
#    labels = torch.tensor([0, 1, 1, 2])
#    answers = torch.tensor([0, 1, 2, 2])
#    fields = torch.bincount(3 * labels + answers, minlength=9)
#    print(fields.reshape(3, 3).tolist())
#    + One image of label 1 was taken for a 2: second row, last column.
#    - There the image would have the label 2, and be taken for a 1.
#        3 * labels + answers -> 3 * answers + labels
#    - One of the four answers is wrong, and so it cannot lie on the diagonal.
#        3 * labels + answers -> 3 * labels + labels
#    - The table counts all images, those that are right as well.
#        minlength=9) -> minlength=9) * (1 - torch.eye(3, dtype=int)).flatten()
#
# .. choose:: Rows are labels, columns answers. Which line gives the share of right answers?
#    :aim: 3
#    :test: abs(share - 0.85) < 1e-6
#
#    table = torch.tensor([[40, 10], [5, 45]])
#    + Where label and answer agree, over all images.
#        share = table.diagonal().sum() / table.sum()
#    - That is the share of images with the first label, however they were answered.
#        share = table[0].sum() / table.sum()
#    - The right ones of the first label only, among all with that label.
#        share = table[0, 0] / table[0].sum()
#    - The number of rows is the number of classes, not of images.
#        share = table.diagonal().sum() / len(table)
#
# The weights of the first layer
# ------------------------------
#
# Each of the 100 hidden units has one weight for each pixel. Such a row of weights has the shape of
# an image, and can be looked at as one. We compare the trained weights with the random ones from
# which they started, and choose the ten units that changed most.

start = make_net()[1].weight.detach()
trained = net[1].weight.detach()
change = trained - start
most = change.norm(dim=1).argsort(descending=True)[:10]
kinds = {"start": start, "trained": trained, "change": change}
print("largest weight at the start:", round(start.abs().max().item(), 3))
print("largest weight now:         ", round(trained.abs().max().item(), 3))

# sphinx_gallery_start_ignore
assert 0.95 / 8 < start.abs().max() <= 1 / 64**0.5
assert trained.abs().max() > 2 * start.abs().max()
# sphinx_gallery_end_ignore

# %%
# Red is positive, blue negative, white zero, on one scale for all.

limit = trained.abs().max().item()
look = {"cmap": "RdBu_r", "vmin": -limit, "vmax": limit}
fig, axes = plt.subplots(3, 10, figsize=(7, 2.4))
for row, (name, weights) in zip(axes, kinds.items(), strict=True):
    row[0].set_ylabel(name)
    for ax, unit in zip(row, weights[most], strict=True):
        ax.imshow(unit.reshape(data.x_train.shape[1:]).numpy(), **look)
        ax.set(xticks=[], yticks=[])

# sphinx_gallery_start_ignore
fig.set_label(
    "Three rows of ten small images, the weights of ten hidden units. At the start they are a fine"
    " pattern without order. Trained, some pixels in the middle stand out in strong red and blue. The"
    " change between the two is strong in the middle, and pale and even along the left and right"
    " edges."
)
inner = change.reshape(-1, 8, 8)[:, :, 2:6].abs().mean()
edges = change.reshape(-1, 8, 8)[:, :, [0, 7]].abs().mean()
assert inner > 1.3 * edges
# sphinx_gallery_end_ignore

# %%
# At the start there is no order. Training has written into the middle, where the strokes of digits
# differ: strong neighbours of opposite sign look for an edge there. Do not expect to see digits in
# them; a unit is one of a hundred that answer together.
#
# Along the left and the right edge the change is pale and even. There, pixels are black in nearly
# every image, and some in all of them. What never changes is a :term:`constant`, so its weight
# works as another bias. If that is so, all those weights must have moved together, by the change of
# the bias times the value of a black pixel:

pixels = data.x_train.flatten(start_dim=1)
black = pixels.min().item()
always_black = (pixels == black).all(dim=0)
bias_change = (net[1].bias - make_net()[1].bias).detach()
expected = black * bias_change[:, None]
difference = (change[:, always_black] - expected).abs().max().item()
print("pixels that are always black:", always_black.sum().item())
print(f"largest difference: {difference:.0e}")

# sphinx_gallery_start_ignore
assert 3 <= always_black.sum() <= 8
assert difference < 1e-5
assert expected.abs().max() > 0.02
# sphinx_gallery_end_ignore

# %%
# They have.
#
# .. choose:: Which line gives the weights of hidden unit 3 as an image?
#    :aim: 3
#    :test: image.shape == (8, 8) and torch.equal(image.flatten(), F.one_hot(torch.tensor(3), 100).float() @ layer.weight)
#
#    torch.manual_seed(0)
#    layer = nn.Linear(64, 100)  # 64 pixels, 100 units
#    + A row holds the weights of one unit, one for each pixel.
#        image = layer.weight[3].reshape(8, 8)
#    - A column holds what one pixel means to all units.
#        image = layer.weight[:, 3].reshape(8, 8)
#    - The numbers are the right ones, but they stand in one line.
#        image = layer.weight[3]
#    - This cuts the numbers in another order: the pixels come from many units.
#        image = layer.weight.reshape(8, 8, 100)[:, :, 3]
#
# .. predict:: The first pixel is −1 in every image. What is the gradient of its weight, divided by that of the bias?
#    :aim: 3
#
#    x = torch.tensor([[-1.0, 3.0], [-1.0, 5.0]])
#    w = torch.zeros(2, requires_grad=True)
#    b = torch.zeros(1, requires_grad=True)
#    (x @ w + b - 1).square().mean().backward()
#    print((w.grad[0] / b.grad).item())
#    + Each sample gives this weight its gradient of the bias, times the pixel.
#    - Only a pixel of value 0 would give its weight no gradient. Constant is not zero.
#        w.grad[0] / b.grad -> b.grad - b.grad
#    - The sign of the pixel goes into the product.
#        w.grad[0] -> -w.grad[0]
#    - That is the other pixel, which is not constant.
#        w.grad[0] -> w.grad[1]
#
# .. which-line:: sgd every_step
#    :aim: 2
#
# .. which-line:: sgd the_update_was
#    :aim: 2
#
# Recap
# -----
#
# - Images become vectors by ``Flatten``, labels become targets by one-hot; label 6 is the seventh
#   place.
# - ``MSELoss`` averages over the outputs too: a fifth of the textbooks' loss for ten classes, and
#   0.09 for whoever knows nothing.
# - Stochastic gradient descent is ``p.sub_(gradient, alpha=lr)`` for each parameter and each batch.
# - Count what is right on the test set, look at what is wrong, and at what was learned.
#
# Exercises
# ---------
#
# The two loops, as a function.
#
# .. parsons:: sgd the_learning_rate
#    :aim: 2
#
# .. exercise:: sgd
#    :aim: 2
#
# Where to go next
# ----------------
#
# We took the rate 1 and the batch size 50 without a word. :doc:`Learning rate and batch size
# </lessons/training/plot_4_learning_rate>` tells where they come from.
