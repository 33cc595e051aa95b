r"""
A small convolutional network
=============================

.. lesson::
   :assumes: training/plot_6_mnist; modules/plot_2_layers

   - compute a convolution by hand, and say what size comes out
   - build a convolutional network with batch norm and dropout, and know what ``eval()`` changes in it
   - compare two networks fairly: parameters, several seeds, and the mistakes themselves

A linear layer knows nothing of neighbours: shuffle the pixels of all images in the same way and it
learns as well as before. A :term:`convolution` looks at small patches, with the same few weights
everywhere. It needs a fraction of the parameters and reads digits better.
"""

# sphinx_gallery_tags = ["training", "modules"]

import matplotlib.pyplot as plt
import torch
from torch import nn
from torch.nn import functional as F

from pytorch_primer import import_torchvision, set_seed, small_mnist

plt.style.use("pytorch_primer.course")
MNIST = import_torchvision().datasets.MNIST

# %%
# The images of the last lesson, in memory, normalised with the mean and deviation found there
# (0.131 and 0.309), with a dimension for the one colour:

device = torch.accelerator.current_accelerator(check_available=True)
device = device or torch.device("cpu")


def images_and_labels(train):
    data = MNIST(small_mnist(), train=train)
    x = (data.data[:, None] / 255 - 0.131) / 0.309
    return x.to(device), data.targets.to(device)


x, y = images_and_labels(train=True)
test_x, test_y = images_and_labels(train=False)
train_x, train_y, val_x, val_y = x[:-1000], y[:-1000], x[-1000:], y[-1000:]
print(tuple(train_x.shape), tuple(val_x.shape), tuple(test_x.shape))

# sphinx_gallery_start_ignore
assert x.shape[1:] == (1, 28, 28)
assert len(val_x) == 1000
assert abs(train_x.mean()) < 0.01
assert abs(train_x.std() - 1) < 0.01
# sphinx_gallery_end_ignore

# %%
# A convolution, by hand
# ----------------------
#
# Take a small table of weights, the *kernel*, lay it on the image, multiply what lies on each other
# and add. That is one number of the result. Move the kernel by one pixel for the next. A kernel of
# 3×3 that is positive on the left and negative on the right gives a large number where it is bright
# on the left and dark on the right:

kernel = torch.tensor([[1.0, 0.0, -1.0]] * 3, device=device)
image = train_x[0, 0]
by_hand = torch.zeros(26, 26, device=device)
for i in range(26):
    for j in range(26):
        by_hand[i, j] = (image[i : i + 3, j : j + 3] * kernel).sum()
by_torch = F.conv2d(image[None, None], kernel[None, None])[0, 0]
print("largest difference:", f"{(by_hand - by_torch).abs().max().item():.0e}")
print(tuple(image.shape), "->", tuple(by_torch.shape))

# sphinx_gallery_start_ignore
torch.testing.assert_close(by_hand, by_torch, rtol=1e-4, atol=1e-4)
assert by_torch.shape == (28 - 3 + 1, 28 - 3 + 1) == (26, 26), (
    "the kernel has so many places in each direction"
)
assert kernel.shape == (3, 3), (
    "a kernel, positive on the left, negative on right"
)
# sphinx_gallery_end_ignore

# %%
# The kernel has 26 places in each direction, so the result is two pixels smaller. With a rim of
# zeros, the ``padding``, it keeps its size. With a ``stride`` of 2 it goes by two pixels and halves
# it. In general
#
# .. math:: \left\lfloor \frac{n + 2\,\text{padding} - k}{\text{stride}} \right\rfloor + 1
#
# places for a kernel of :math:`k` on :math:`n` pixels. As pictures, with the kernel turned for the
# second:

kernels = {"left bright": kernel, "top bright": kernel.T}
fig, axes = plt.subplots(1, 3, figsize=(7.5, 2.6))
axes[0].imshow(image.cpu().numpy(), cmap="gray")
axes[0].set_title("image")
for ax, (name, weights) in zip(axes[1:], kernels.items(), strict=True):
    result = F.conv2d(image[None, None], weights[None, None], padding=1)
    ax.imshow(result[0, 0].cpu().numpy(), cmap="RdBu_r", vmin=-10, vmax=10)
    ax.set_title(name)
for ax in axes:
    ax.axis("off")

# sphinx_gallery_start_ignore
fig.set_label(
    "A digit, white on black, and two results of a convolution, red for positive and blue for negative. In the"
    " first the right edges of the strokes are red and the left ones blue. In the second the lower edges are"
    " red and the upper ones blue."
)
with torch.random.fork_rng():
    for n, k, padding, stride in [
        (28, 3, 0, 1),
        (28, 3, 1, 1),
        (28, 5, 2, 2),
        (14, 3, 1, 2),
    ]:
        layer = nn.Conv2d(1, 1, k, padding=padding, stride=stride)
        assert (
            layer(torch.zeros(1, 1, n, n)).shape[-1]
            == (n + 2 * padding - k) // stride + 1
        )
assert [(n + 2 - 3) // 2 + 1 for n in (28, 14)] == [14, 7]
assert image.shape == (28, 28), "pixels"
with torch.random.fork_rng():
    layer = nn.Conv2d(1, 1, 3, stride=2, padding=1).to(device)
assert layer.stride == (2, 2) and layer(image[None, None]).shape[-1] == 14, (
    "with a stride it goes by pixels and halves it"
)
# sphinx_gallery_end_ignore

# %%
# The first kernel has found the sides of the strokes, the second their tops and bottoms. Nobody
# draws kernels for a network; they are parameters, and training finds them.
# :class:`torch.nn.Conv2d` holds several. A colour image has three tables of numbers, a grey one has
# one; these are its *channels*. With several input channels each kernel has a table for every one
# of them.
#
# .. predict::
#    :aim: 1
#
#    image = torch.tensor([[1.0, 2.0, 4.0, 8.0]])
#    kernel = torch.tensor([[1.0, 0.0, -1.0]])
#    result = F.conv2d(image[None, None], kernel[None, None])
#    print(result.flatten().tolist())
#    + Two places: 1 − 4 and 2 − 8. The kernel is laid on as it is.
#    - Mathematicians turn the kernel round first; PyTorch does not.
#        kernel[None, None] -> kernel.flip(1)[None, None]
#    - Without padding nothing is laid over the rim.
#        kernel[None, None]) -> kernel[None, None], padding=(0, 1))
#    - The products are added: each place gives one number.
#        result.flatten() -> (image[0, :3] * kernel[0])
#
# .. predict:: A kernel of 5×5 on 28×28 pixels. How many pixels has a side of the result?
#    :aim: 1
#
#    image, kernel = torch.zeros(1, 1, 28, 28), torch.zeros(1, 1, 5, 5)
#    print(F.conv2d(image, kernel).shape[-1])
#    + From the first place the kernel can move by 28 − 5 pixels; the first counts, too.
#    - The first place counts as well as the moves from it.
#        shape[-1] -> shape[-1] - 1
#    - There is no padding here: along the rim the kernel would stick out.
#        F.conv2d(image, kernel) -> F.conv2d(image, kernel, padding=2)
#    - That many are lost with a kernel of 3.
#        5, 5) -> 3, 3)
#
# .. predict:: How many pixels has a side of the result?
#    :aim: 1
#
#    layer = nn.Conv2d(1, 1, kernel_size=3, stride=2, padding=1)
#    print(layer(torch.zeros(1, 1, 10, 10)).shape[-1])
#    + The first place, and as many moves by two pixels as fit within image and rim.
#    - A last step that does not fit is left out.
#        nn.Conv2d(1, 1, kernel_size=3, stride=2, padding=1) -> nn.MaxPool2d(3, 2, 1, ceil_mode=True)
#    - The kernel may stand on the rim of zeros, too.
#        padding=1 -> padding=0
#    - The kernel goes by two pixels, not by one.
#        stride=2 -> stride=1
#
# The network
# -----------
#
# Two convolutions of stride 2 make 28 pixels 14, then 7, while the channels go from 1 to 8 to 16. A
# linear layer reads the result.


def conv_net():
    return nn.Sequential(
        nn.Conv2d(1, 8, 5, stride=2, padding=2),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.Conv2d(8, 16, 3, stride=2, padding=1),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.Flatten(),
        nn.Dropout(0.25),
        nn.Linear(16 * 7 * 7, 10),
    )


# sphinx_gallery_start_ignore
with torch.random.fork_rng():
    convolutions = [m for m in conv_net() if isinstance(m, nn.Conv2d)]
widths, channels, signal = [28], [1], torch.zeros(1, 1, 28, 28)
for convolution in convolutions:
    signal = convolution(signal)
    widths.append(signal.shape[-1])
    channels.append(signal.shape[1])
strides = [convolution.stride[0] for convolution in convolutions]
assert (strides, widths, channels) == ([2, 2], [28, 14, 7], [1, 8, 16]), (
    "two convolutions of that stride make the pixels fewer, the channels more"
)
# sphinx_gallery_end_ignore

# %%


def dense_net():
    layers = [nn.Linear(784, 500), nn.ReLU(), nn.Linear(500, 10)]
    return nn.Sequential(nn.Flatten(), *layers)


# %%
# What passes through it, and how many parameters that takes:

signal = train_x[:1].cpu()
for part in conv_net():
    signal = part(signal)
    count = sum(p.numel() for p in part.parameters())
    print(f"{type(part).__name__:12} {tuple(signal.shape)!s:17} {count:5}")
count = {}
for make in (conv_net, dense_net):
    count[make.__name__] = sum(p.numel() for p in make().parameters())
print(count)

# sphinx_gallery_start_ignore
by_hand = 8 * (25 + 1) + 2 * 8 + 16 * (8 * 9 + 1) + 2 * 16 + 10 * (784 + 1)
assert count["conv_net"] == by_hand == 9274
assert count["dense_net"] == 785 * 500 + 501 * 10 == 397_510
assert count["dense_net"] > 40 * count["conv_net"]
# sphinx_gallery_end_ignore

# %%
# 9274 parameters against 397 510, and most of the 9274 sit in the last, linear layer.
#
# .. choose:: Which linear layer fits behind the convolution?
#    :aim: 2
#    :test: y.shape == (5, 10)
#
#    images = torch.zeros(5, 1, 8, 8)
#    x = nn.Conv2d(1, 4, 3, stride=2, padding=1)(images).flatten(1)
#    + Four channels of four by four pixels.
#        y = nn.Linear(4 * 4 * 4, 10)(x)
#    - The stride has halved the sides.
#        y = nn.Linear(4 * 8 * 8, 10)(x)
#    - Those are the pixels of one channel.
#        y = nn.Linear(1 * 4 * 4, 10)(x)
#    - A kernel's size is not the size of what comes out.
#        y = nn.Linear(4 * 3 * 3, 10)(x)
#
# .. predict:: How many parameters has this convolution?
#    :aim: 3
#
#    layer = nn.Conv2d(3, 8, 5)
#    print(sum(p.numel() for p in layer.parameters()))
#    + Eight kernels, each with a table of 5×5 for each of 3 channels and one bias.
#    - Each kernel has a table for every input channel.
#        nn.Conv2d(3, 8, 5) -> nn.Conv2d(1, 8, 5)
#    - Every output channel has a bias.
#        nn.Conv2d(3, 8, 5) -> nn.Conv2d(3, 8, 5, bias=False)
#    - The bias belongs to the output channel: one for three tables.
#        nn.Conv2d(3, 8, 5) -> nn.Conv2d(1, 24, 5)
#
# What eval() changes
# -------------------
#
# Two of the layers behave differently in training. *Dropout* we know. *Batch norm*
# :cite:p:`ioffe2015` brings each channel to mean 0 and standard deviation 1: in training those of
# the *batch*, which it also averages into running values, and after ``eval()`` these running
# values. Then it multiplies by a weight and adds a bias, two parameters for each channel. After
# ``eval()`` a sample no longer depends on the others:

set_seed(0)
net = conv_net().to(device)
for chosen in torch.arange(2000).split(100):
    net(train_x[chosen])  # lets batch norm measure; nothing is trained
# sphinx_gallery_start_ignore
normed = nn.BatchNorm2d(1)(train_x[:100].cpu())
assert sum(p.numel() for p in nn.BatchNorm2d(1).parameters()) == 2, (
    "a weight and a bias, two parameters for each channel"
)
assert (
    round(normed.mean().item(), 3),
    round(normed.std(correction=0).item(), 3),
) == (0, 1), (
    "batch norm brings the channel to that mean and standard deviation"
)
# sphinx_gallery_end_ignore
# %%

one, with_others = train_x[:1], train_x[:50]
other_company = torch.cat([one, 3 * one])
for mode in ("train", "eval"):
    getattr(net, mode)()
    net[7].eval()  # no dropout, to see the batch norm alone
    with torch.no_grad():
        apart = (net(with_others)[0] - net(other_company)[0]).abs().max()
    print(
        f"{mode:5}: in other company the answer changes by {apart.item():.4f}"
    )

# sphinx_gallery_start_ignore
assert apart.item() < 1e-4
net.train()
net[7].eval()
with torch.no_grad():
    assert (
        net(with_others)[0] - net(torch.cat([one, 3 * one]))[0]
    ).abs().max() > 0.01
# sphinx_gallery_end_ignore

# %%
# In training mode the answer for an image depends on the company that it keeps; after ``eval()`` it
# does not. A forgotten ``eval()`` does more harm here than with dropout: the running values, which
# belong to the network, go on changing with whatever it is shown.
#
# .. predict:: Batch norm in training mode: what becomes of a batch of two?
#    :aim: 2
#
#    norm = nn.BatchNorm1d(1)
#    batch = torch.tensor([[10.0], [14.0]])
#    print([round(v, 1) for v in norm(batch).flatten().tolist()])
#    + Their mean is taken away, and they are divided by their deviation.
#    - A new layer does not let everything pass: in training it uses the batch.
#        norm(batch) -> norm.eval()(batch)
#    - The deviation counts, too: the result has standard deviation 1.
#        norm(batch) -> (batch - batch.mean())
#    - The mean is taken away; it is not divided by.
#        norm(batch) -> (batch / batch.mean())
#
# .. choose:: Which lines give an image the same answer alone and in company?
#    :aim: 2
#    :test: torch.allclose(alone, together[:2], atol=1e-6)
#
#    torch.manual_seed(0)
#    x, norm = torch.randn(8, 3), nn.BatchNorm1d(3)
#    norm(x)  # as in training
#    + Now the running values are used, whatever the batch.
#        norm.eval()
#        alone, together = norm(x[:2]), norm(x)
#    - No graph is recorded, and that is all: the batch is still measured.
#        with torch.no_grad():
#            alone, together = norm(x[:2]), norm(x)
#    - In this mode each batch is measured, and the answer depends on it.
#        norm.train()
#        alone, together = norm(x[:2]), norm(x)
#    - The parameters are frozen, but it is the batch that is measured.
#        norm.requires_grad_(False)
#        alone, together = norm(x[:2]), norm(x)
#
# .. predict:: Do the running values change while nothing is trained?
#    :aim: 2
#
#    for mode in (True, False):
#        norm = nn.BatchNorm1d(1).train(mode)
#        with torch.no_grad():
#            norm(torch.full((4, 1), 5.0))
#        print("train" if mode else "eval", norm.running_mean.item() != 0)
#    + In training mode they follow whatever the network is shown, with or without gradients.
#    - They are no parameters and need no gradient: ``no_grad`` does not stop them.
#        nn.BatchNorm1d(1).train(mode) -> nn.BatchNorm1d(1).eval()
#    - After ``eval()`` they are used, not measured.
#        nn.BatchNorm1d(1).train(mode) -> nn.BatchNorm1d(1).train()
#    - Measuring is what happens in training.
#        .train(mode) -> .train(not mode)
#
# .. predict:: How many per cent of the entries does each mode set to zero?
#    :aim: 2
#
#    torch.manual_seed(0)
#    drop, x = nn.Dropout(0.25), torch.ones(100_000)
#    zeros = [(drop.train(mode)(x) == 0).sum().item() for mode in (True, False)]
#    print([round(100 * n / len(x)) for n in zeros])
#    + A quarter in training, and none after ``eval()``.
#    - The number says how many are dropped, not how many stay.
#        nn.Dropout(0.25) -> nn.Dropout(0.75)
#    - After ``eval()`` it lets everything pass.
#        for mode in (True, False) -> for mode in (True, True)
#    - It is in training that entries are dropped.
#        for mode in (True, False) -> for mode in (False, True)
#
# Three seeds each
# ----------------
#
# Both networks with the same loss, optimizer, batches and epochs, from three seeds. The validation
# set tells how they do.


def right_share(net, x, y):
    net.eval()
    with torch.inference_mode():
        return (net(x).argmax(dim=1) == y).float().mean().item()


# %%


def train(make, seed, x=train_x, num_epochs=2):
    set_seed(seed)
    net = make().to(device)
    optimizer = torch.optim.Adam(net.parameters(), lr=0.002)
    for _ in range(num_epochs):
        net.train()
        for chosen in torch.randperm(len(x)).to(device).split(100):
            loss = F.cross_entropy(net(x[chosen]), train_y[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return net


# %%

shares, nets = {}, {}
for make in (dense_net, conv_net):
    name = make.__name__
    nets[name] = [train(make, seed) for seed in range(3)]
    shares[name] = [right_share(net, val_x, val_y) for net in nets[name]]
    print(f"{name:9} {count[name]:6} parameters", end="  ")
    print("right:", [f"{share:.1%}" for share in shares[name]])

# sphinx_gallery_start_ignore
ahead = [
    ours > theirs
    for ours, theirs in zip(
        shares["conv_net"], shares["dense_net"], strict=True
    )
]
assert all(ahead), "for every seed the convolutional network is ahead"
assert all(max(these) - min(these) > 0.01 for these in shares.values()), (
    "seeds differ by a percentage point or more"
)
assert min(shares["dense_net"]) > 0.9
# sphinx_gallery_end_ignore

# %%
# For every seed the convolutional network is ahead, with a fortieth of the parameters. Seeds differ
# by a percentage point or more: one run of each would not have been enough to say so.
#
# Is it really the neighbours? We shuffle the pixels, all images in the same way, and train once
# more:

shuffle = torch.randperm(784, generator=torch.Generator().manual_seed(0))


def shuffled(x):
    return x.flatten(1)[:, shuffle.to(device)].reshape(-1, 1, 28, 28)


for make in (dense_net, conv_net):
    net = train(make, 0, shuffled(train_x))
    share = right_share(net, shuffled(val_x), val_y)
    before = shares[make.__name__][0]
    print(f"{make.__name__:9} {before:.1%}, with shuffled pixels {share:.1%}")

# sphinx_gallery_start_ignore
with torch.random.fork_rng():
    dense = right_share(
        train(dense_net, 0, shuffled(train_x)), shuffled(val_x), val_y
    )
assert abs(dense - shares["dense_net"][0]) < 0.02
assert share < before - 0.03
assert share < dense
# sphinx_gallery_end_ignore

# %%
# The dense network does not notice. The convolutional one loses its advantage and more: its kernels
# look at neighbours that are none any longer.
#
# .. choose:: Which comparison puts ``b`` ahead only if each of its runs beats each run of ``a``?
#    :aim: 3
#    :test: not b_is_ahead
#
#    a = torch.tensor([0.940, 0.962, 0.948])  # three seeds each
#    b = torch.tensor([0.961, 0.958, 0.966])
#    + The worst run of ``b`` has to beat the best of ``a``, and here it does not.
#        b_is_ahead = b.min() > a.max()
#    - The two best runs say nothing of the others.
#        b_is_ahead = b.max() > a.max()
#    - One seed is one draw.
#        b_is_ahead = b[0] > a[0]
#    - The means are one number each, and tell nothing of how far the seeds stray.
#        b_is_ahead = b.mean() > a.mean()
#
# .. choose:: All images are shuffled alike. With which weights does a linear layer give the old answers?
#    :aim: 3
#    :test: torch.allclose(x[:, order] @ v, x @ w)
#
#    torch.manual_seed(0)
#    x, w = torch.randn(5, 6), torch.randn(6)
#    order = torch.tensor([3, 0, 4, 5, 1, 2])
#    + Each weight goes with its pixel. So such a layer can learn as well as before.
#        v = w[order]
#    - These stand where their pixels were.
#        v = w
#    - This puts things back that were shuffled, instead of shuffling alike.
#        v = w[order.argsort()]
#    - Turned round is another order than this one.
#        v = w.flip(0)
#
# The mistakes
# ------------
#
# Now the test part, for the networks of seed 0. How many of the images does each get wrong, and how
# many both?

wrong = {}
for name in ("dense_net", "conv_net"):
    net = nets[name][0].eval()
    with torch.inference_mode():
        answers = net(test_x).argmax(dim=1)
    wrong[name] = answers != test_y
both = wrong["dense_net"] & wrong["conv_net"]
print({name: mistakes.sum().item() for name, mistakes in wrong.items()})
print("both:", both.sum().item())

# %%

hard = wrong["conv_net"].nonzero().flatten()[:16].tolist()
fig, axes = plt.subplots(2, 8, figsize=(7, 2.4))
for ax, i in zip(axes.flat, hard, strict=True):
    ax.imshow(test_x[i, 0].cpu().numpy(), cmap="gray")
    ax.set_title(f"{answers[i]}, is {test_y[i]}", fontsize=8, color="C5")
    ax.axis("off")

# sphinx_gallery_start_ignore
fig.set_label(
    "Sixteen test images that the convolutional network got wrong, each with its answer and the right one."
    " Most are written in an unusual way: open loops, short strokes, slanted."
)
assert wrong["conv_net"].sum() < wrong["dense_net"].sum()
assert both.sum() > 0.3 * wrong["conv_net"].sum()

# The page "Draw a digit" runs these two networks; the site's build says where to save them.
import os

if path := os.environ.get("PYTORCH_PRIMER_DIGITS"):
    saved = {
        name: {key: x.cpu() for key, x in made[0].state_dict().items()}
        for name, made in nets.items()
    }
    torch.save(saved | {"mean": 0.131, "std": 0.309}, path)
# sphinx_gallery_end_ignore

# %%
# The convolutional network makes fewer mistakes, and a good part of them are mistakes of the other
# one, too: those are the images that are hard. What is left could be had with more images, more
# epochs, or images that are shifted and turned a little at random.
#
# .. predict:: ``True`` is a mistake. How many images do both networks get wrong?
#    :aim: 3
#
#    one = torch.tensor([True, True, False, True, False])
#    other = torch.tensor([False, True, True, True, True])
#    print((one & other).sum().item())
#    + The mistakes that they share: probably those images are hard.
#    - Those are wrong for one of them, or for the other, or for both.
#        one & other -> one | other
#    - There just one of the two is wrong.
#        one & other -> one ^ other
#    - Those both get right.
#        one & other -> ~one & ~other
#
# Its eight kernels, as training left them:

weights = nets["conv_net"][0][0].weight.detach()[:, 0].cpu()
limit = weights.abs().max().item()
fig, axes = plt.subplots(1, 8, figsize=(7, 1.3))
for ax, kernel in zip(axes, weights, strict=True):
    ax.imshow(kernel.numpy(), cmap="RdBu_r", vmin=-limit, vmax=limit)
    ax.axis("off")

# sphinx_gallery_start_ignore
fig.set_label(
    "Eight kernels of 5 by 5 weights, red positive, blue negative. Some have a red side and a blue side, as a"
    " detector of edges has; others show no pattern."
)
assert weights.shape == (8, 5, 5)
# sphinx_gallery_end_ignore

# %%
# Some have a positive and a negative side, like the two that we made by hand. Others are hard to
# read: a kernel is one of eight that answer together.
#
# Now your own hand. The first network of either kind, as it was trained on this page: which digit of yours
# will one of them read and the other not? Guess, then draw it.
#
# .. explorable:: digits
#    :size: small
#
# .. repair:: Both layers should end with the same kernel. Which change lets the loop learn it?
#    :aim: 1
#
#    torch.manual_seed(0)
#    images, kernel = torch.randn(8, 1, 6, 6), torch.randn(1, 1, 3, 3)
#    layer, losses = nn.Conv2d(1, 1, 3), []
#    optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
#    for _ in range(50):
#        loss = F.mse_loss(layer(images), F.conv2d(images, kernel))
#        loss.backward()
#        optimizer.zero_grad()
#        optimizer.step()
#        losses.append(loss.item())
#    + The gradient was thrown away between being computed and being used.
#        loss.backward() -> optimizer.zero_grad()
#        optimizer.zero_grad() -> loss.backward()
#    - Times zero, a larger rate is as small as before.
#        lr=0.1 -> lr=0.9
#    - It is not the bias that holds the loss up: nothing moves, with it or without.
#        nn.Conv2d(1, 1, 3), [] -> nn.Conv2d(1, 1, 3, bias=False), []
#
# Recap
# -----
#
# - A convolution lays the same small kernel on every place; padding and stride decide what size
#   comes out.
# - Batch norm uses the batch in training and running values after ``eval()``; dropout stops.
# - Fewer parameters that fit the task beat many that do not.
# - Compare over several seeds, and look at the mistakes.
#
# Exercises
# ---------
#
# The size that comes out, and the parameters that go in.
#
# .. exercise:: conv_size
#    :aim: 1
#
# .. exercise:: conv_parameters
#    :aim: 3
#
# Where to go next
# ----------------
#
# This was the last lesson. :doc:`All exercises </exercises>` are on one page, and
# :doc:`How it is made </how_it_is_made>` tells how a course can run its own claims.
