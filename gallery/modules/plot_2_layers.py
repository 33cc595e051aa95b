r"""
Layers and Sequential
=====================

.. lesson::
   :assumes: modules/plot_1_module; autograd/plot_2_computation_graph

   - compute what a linear layer computes, for one sample and for a batch, without calling it
   - choose an activation by its curve and its slope, and say why there must be one
   - put a network together with ``Sequential``, and switch it between training and evaluation

A neural network is built of few kinds of parts. Nearly all its parameters sit in one of them, the
linear layer, which is a matrix product and an addition. Between the layers stands a function so
plain that it is easy to overlook. Leave it out and the deepest network is a single layer. This
lesson takes the parts in hand, one by one, and checks each against its formula.
"""

# %%
# We need PyTorch, Matplotlib and the graph drawer of this course. The seed makes your random
# weights the ones on this page.

# sphinx_gallery_tags = ["modules", "graphs"]
import matplotlib.pyplot as plt
import torch
from torch import nn
from torch.nn import functional as F

from pytorch_primer import draw_graph

torch.manual_seed(0)
plt.style.use("pytorch_primer.course")

# %%
# The linear layer
# ----------------
#
# ``nn.Linear(3, 2)`` turns three numbers into two. It owns a matrix :math:`W` of :term:`weights
# <weight>` and a vector :math:`b`, the :term:`bias`, both random at first:

layer = nn.Linear(3, 2)
for name, p in layer.named_parameters():
    print(name, tuple(p.shape))
print(layer.weight.detach())

# sphinx_gallery_start_ignore
assert layer.weight.shape == (2, 3)
assert layer.bias.shape == (2,)
assert all(p.abs().max() <= 1 / 3**0.5 for p in layer.parameters()), (
    "the random numbers lie between"
)
# sphinx_gallery_end_ignore

# %%
# Mind the shape of the weight: outputs first. Each row makes one output. (The random numbers lie
# between :math:`\pm 1/\sqrt{3}`, where 3 is the number of inputs.)
#
# Samples come as the rows of a :term:`batch` :math:`x`, so the formula of the :term:`linear layer`
# is
#
# .. math:: y = x W^\mathsf{T} + b.

x = torch.randn(5, 3)
by_hand = x @ layer.weight.T + layer.bias
difference = (by_hand - layer(x)).abs().max().item()
print(tuple(x.shape), "->", tuple(layer(x).shape))
print(f"largest difference: {difference:.0e}")

# sphinx_gallery_start_ignore
assert layer(x).shape == (5, 2)
assert difference < 1e-6
# sphinx_gallery_end_ignore

# %%
# Five samples in, five out, and the layer does what the formula says. A single sample, a vector of
# three numbers, works as well: ``@`` and ``+`` take care of it. It is tempting to write ``(W *
# x).sum() + b`` instead. Compare, for one output and for two:

one = x[0]
to_one = nn.Linear(3, 1)
sum_of_one = (to_one.weight * one).sum() + to_one.bias
sum_of_two = (layer.weight * one).sum() + layer.bias
print("one output: ", to_one(one).detach(), sum_of_one.detach())
print("two outputs:", layer(one).detach(), sum_of_two.detach())

# sphinx_gallery_start_ignore
torch.testing.assert_close(to_one(one), sum_of_one)
torch.testing.assert_close(layer(one), layer.weight @ one + layer.bias)
assert (layer(one) - sum_of_two).abs().max() > 0.01
# sphinx_gallery_end_ignore

# %%
# The sum ``(W * x).sum() + b`` is right for one output and one sample, as in the first line. For
# two outputs it adds up what belongs to different outputs.
#
# .. predict::
#    :aim: 1
#
#    layer = nn.Linear(2, 1)
#    layer.weight = nn.Parameter(torch.tensor([[3.0, -1.0]]))
#    layer.bias = nn.Parameter(torch.tensor([10.0]))
#    print(layer(torch.tensor([1.0, 2.0])).tolist())
#    + The sum of the products, and the bias once.
#    - The bias belongs to the output.
#        [10.0] -> [0.0]
#    - The products of one output are added up.
#        layer(torch.tensor([1.0, 2.0])) -> (layer.weight * torch.tensor([1.0, 2.0]) + layer.bias)
#    - One bias for the output, not one for each product.
#        layer(torch.tensor([1.0, 2.0])) -> (layer.weight * torch.tensor([1.0, 2.0]) + layer.bias).sum(dim=1)
#
# .. choose:: Which line computes what the layer computes for the batch?
#    :aim: 1
#    :test: torch.allclose(y, layer(x))
#
#    layer, x = nn.Linear(3, 2), torch.ones(5, 3)
#    + Samples are rows, and each row of the weight makes one output.
#        y = x @ layer.weight.T + layer.bias
#    - The weight has one row for each output: five threes do not meet two threes.
#        y = x @ layer.weight + layer.bias
#    - For one sample that would do. Here the samples are rows.
#        y = layer.weight @ x + layer.bias
#    - That adds up what belongs to different outputs, and samples.
#        y = (layer.weight * x[:, None]).sum() + layer.bias
#
# Two layers in a row are one
# ---------------------------
#
# What if we put one linear layer behind another? Insert the first formula into the second:
#
# .. math:: (x W_1^\mathsf{T} + b_1) W_2^\mathsf{T} + b_2
#           = x (W_2 W_1)^\mathsf{T} + (W_2 b_1 + b_2).
#
# That is one linear layer again, with the weight :math:`W_2 W_1`. A test with ten numbers in
# between:

first, second = nn.Linear(3, 10), nn.Linear(10, 2)
W = second.weight @ first.weight
b = second.weight @ first.bias + second.bias
difference = (second(first(x)) - (x @ W.T + b)).abs().max().item()
print(f"largest difference: {difference:.0e}")
num_params = sum(p.numel() for m in (first, second) for p in m.parameters())
print("parameters:", num_params, "in place of", W.numel() + b.numel())

# sphinx_gallery_start_ignore
assert difference < 1e-6
assert num_params == (3 + 1) * 10 + (10 + 1) * 2 == 62
assert W.numel() + b.numel() == 3 * 2 + 2 == 8
# sphinx_gallery_end_ignore

# %%
# 62 parameters that can do no more than 8. Stacking linear layers gains nothing, however many there
# are. Something that is not linear has to stand between.
#
# .. predict:: Two linear layers without anything between. How many numbers would do the same?
#    :aim: 2
#
#    first, second = nn.Linear(3, 10), nn.Linear(10, 2)
#    W = second.weight @ first.weight
#    b = second.weight @ first.bias + second.bias
#    print(W.numel() + b.numel())
#    + Those of one layer from three to two.
#    - That is what the two have. They can do less.
#        W.numel() + b.numel() -> sum(p.numel() for m in (first, second) for p in m.parameters())
#    - The two layers together have an offset as well.
#        W.numel() + b.numel() -> W.numel()
#    - The ten between disappear when the two are multiplied.
#        W.numel() + b.numel() -> first.weight.numel() + second.weight.numel()
#
# Activations
# -----------
#
# That something is the :term:`activation function`. It works on each entry by itself. Three of
# them, with their formulas and those of their derivatives:
#
# - the sigmoid :math:`\sigma(x) = 1/(1 + e^{-x})`, with :math:`\sigma' = \sigma (1 - \sigma)`;
# - ReLU, :math:`\max(0, x)` :cite:p:`glorot2011`, with the derivative 0 on the left and 1 on the
#   right;
# - softplus, :math:`\log(1 + e^x)`, a ReLU with a round corner, whose derivative is the sigmoid.
#
# The derivatives we leave to autograd. ``torch.func.grad`` makes a function of one number its
# derivative, and ``torch.func.vmap`` applies that to all numbers of a tensor:

activations = {
    "sigmoid": torch.sigmoid,
    "ReLU": F.relu,
    "softplus": F.softplus,
}
xs = torch.linspace(-6, 6, 240)
slopes = {}
for name, f in activations.items():
    slopes[name] = torch.func.vmap(torch.func.grad(f))(xs)

# sphinx_gallery_start_ignore
e, relu = torch.e, slopes["ReLU"]
torch.testing.assert_close(xs.sigmoid(), 1 / (1 + e**-xs))
torch.testing.assert_close(
    slopes["sigmoid"], xs.sigmoid() * (1 - xs.sigmoid())
)
torch.testing.assert_close(F.softplus(xs), torch.log(1 + e**xs))
torch.testing.assert_close(F.relu(xs), xs.clamp(0))
assert torch.equal(
    F.relu(xs), torch.stack([max(torch.tensor(0.0), x) for x in xs])
)
assert (relu[xs < 0] == 0).all(), "the derivative of ReLU on the left"
assert (relu[xs > 0] == 1).all(), "the derivative of ReLU on the right"
# sphinx_gallery_end_ignore

# %%
# Function and derivative, side by side:

fig, axes = plt.subplots(1, 2, figsize=(8, 3))
for name, dash in zip(activations, ["-", "--", "-."], strict=True):
    axes[0].plot(xs, activations[name](xs), dash, label=name)
    axes[1].plot(xs, slopes[name], dash, label=name)
axes[0].set(title="function", xlabel="$x$", ylim=(-0.3, 4))
axes[1].set(title="derivative", xlabel="$x$")
axes[0].legend()

# sphinx_gallery_start_ignore
fig.set_label(
    "Left, three functions of x from -6 to 6: the sigmoid climbs from 0 to 1; ReLU is 0 up to the"
    " origin and then the diagonal; softplus approaches ReLU on both sides and rounds its corner."
    " Right, their derivatives: a low bump of height 1/4 for the sigmoid, a jump from 0 to 1 for"
    " ReLU, and the sigmoid's curve for softplus."
)
s = 1 / (1 + torch.exp(-xs))
by_formula = {"sigmoid": s * (1 - s), "ReLU": (xs > 0).float(), "softplus": s}
for name, slope in by_formula.items():
    torch.testing.assert_close(slopes[name], slope, rtol=1e-5, atol=1e-6)
assert slopes["sigmoid"].max() <= 1 / 4 and -xs[0] == xs[-1] == 6, (
    "the slope of the sigmoid is never above, and beyond next to nothing"
)
passed = slopes["ReLU"] == 1
assert torch.equal(passed, xs > 0), "where ReLU passes it unchanged"
assert slopes["sigmoid"][0] < 0.003
# sphinx_gallery_end_ignore

# %%
# The curves on the right decide how well a network learns, since :term:`backpropagation` multiplies
# by them. The sigmoid's slope is never above 1/4, and beyond ±6 next to nothing: a signal that
# passes through many sigmoids on its way back fades. ReLU passes it unchanged where :math:`x > 0`,
# and not at all elsewhere. At the corner it has no derivative, and PyTorch takes 0. Did autograd
# find the right slopes? A comparison with the formulas:

s = 1 / (1 + torch.exp(-xs))
formulas = {"sigmoid": s * (1 - s), "ReLU": (xs > 0).float(), "softplus": s}
for name, slope in formulas.items():
    print(
        f"{name:8} largest difference {(slopes[name] - slope).abs().max():.0e}"
    )

# sphinx_gallery_start_ignore
assert all(
    (slopes[name] - slope).abs().max() < 1e-6
    for name, slope in formulas.items()
)
assert torch.func.grad(F.relu)(torch.tensor(0.0)) == 0, (
    "at the corner PyTorch takes"
)
# sphinx_gallery_end_ignore

# %%
# Each activation exists twice: as a function (``torch.relu``, ``F.softplus``) and as a module
# (``nn.ReLU``, ``nn.Softplus``). A module must be made before it can be called. Handing the input
# to the class is a popular slip:

try:
    nn.Sigmoid(x)
except TypeError as error:
    print(error)
print("made, then called:", torch.equal(nn.Sigmoid()(x), torch.sigmoid(x)))

# sphinx_gallery_start_ignore
assert torch.equal(nn.Sigmoid()(x), torch.sigmoid(x))
try:
    nn.Sigmoid(x)
except TypeError:
    pass
else:
    raise AssertionError("nn.Sigmoid took a tensor")
# sphinx_gallery_end_ignore

# %%
# .. admonition:: A softplus that jumps
#
#    Softplus takes ``beta``, which makes its corner sharper, and ``threshold``: where ``beta * x``
#    is above it, the function returns ``x`` itself, so that no exponential overflows. At the
#    default 20 the difference cannot be seen. With ``threshold=1`` it can:

near = torch.tensor([0.0399, 0.0401])
print("threshold=1: ", F.softplus(near, beta=25, threshold=1))
print("default:     ", F.softplus(near, beta=25))

# sphinx_gallery_start_ignore
jump = F.softplus(near, beta=25, threshold=1)
smooth = torch.log1p(torch.exp(25 * near)) / 25
torch.testing.assert_close(F.softplus(near, beta=25), smooth)
assert [round(v, 4) for v in jump.tolist()] == [0.0525, 0.0401]
assert round(near.diff().item(), 4) == 0.0002, "the step"
assert abs(F.softplus(torch.tensor(20.0)) - 20).item() < 1e-6, (
    "at the default the difference cannot be seen"
)
# sphinx_gallery_end_ignore

# %%
# From 0.0525 down to 0.0401 within a step of 0.0002, in a function that should only rise. Leave the
# threshold alone.
#
# .. predict:: Which slopes has ReLU at −2, 0 and 3?
#    :aim: 2
#
#    x = torch.tensor([-2.0, 0.0, 3.0], requires_grad=True)
#    F.relu(x).sum().backward()
#    print(x.grad.tolist())
#    + Flat on the left, the diagonal on the right; at the corner PyTorch takes the left one.
#    - Those are the values. Asked for are the slopes.
#        x.grad.tolist() -> F.relu(x).tolist()
#    - At the corner one has to choose, and PyTorch chooses the other.
#        x.grad.tolist() -> (x >= 0).float().tolist()
#    - So a straight line would do.
#        F.relu(x) -> x
#
# .. predict:: Ten activations in a row: what is left of the slope?
#    :aim: 2
#
#    x = torch.ones(1, requires_grad=True)
#    y = x
#    for _ in range(10):
#        y = torch.sigmoid(y)
#    y.backward()
#    print(f"{x.grad.item():.0e}")
#    + Ten factors, none of which is above a quarter.
#    - That is what ReLU passes on, where its input is positive.
#        torch.sigmoid(y) -> torch.relu(y)
#    - The factors are multiplied, not averaged.
#        range(10) -> range(1)
#    - Tanh loses less.
#        torch.sigmoid(y) -> torch.tanh(y)
#
# Sequential
# ----------
#
# :class:`torch.nn.Sequential` calls its modules one after the other. It is indexed like a list:

net = nn.Sequential(nn.Linear(1, 8), nn.ReLU(), nn.Linear(8, 1))
grid = torch.linspace(-2, 2, 101).reshape(-1, 1)
nested = net[2](net[1](net[0](grid)))
print(net)
print("largest difference:", (net(grid) - nested).abs().max().item())

# sphinx_gallery_start_ignore
assert torch.equal(net(grid), nested)
# sphinx_gallery_end_ignore

# %%
# We can now see what the activation does. The same two layers, once with the ReLU between them and
# once without:

fig, ax = plt.subplots(figsize=(6, 3))
ax.plot(grid, net(grid).detach(), label="with ReLU")
ax.plot(grid, net[2](net[0](grid)).detach(), "--", label="without")
ax.set(xlabel="$x$", ylabel="output")
ax.legend()

# sphinx_gallery_start_ignore
fig.set_label(
    "The output of a network with random weights for x from -2 to 2. Without ReLU it is a straight"
    " line. With ReLU it is a line with several bends."
)
straight = net[2](net[0](grid)).detach().flatten()
torch.testing.assert_close(
    straight.diff(n=2), torch.zeros(99), rtol=0, atol=1e-6
)
bends = (
    -net[0].bias / net[0].weight.flatten()
)  # where an input of a ReLU changes its sign
inside = bends.detach().abs() < 2
assert 2 <= inside.sum() <= 8
bent = net(grid).detach().flatten().diff(n=2).abs() > 1e-6
places = grid[1:-1].flatten()[bent]
assert (places[:, None] - bends[inside]).abs().min(dim=1).values.max() < 0.041
# sphinx_gallery_end_ignore

# %%
# Without, a straight line, as the formula promised. With ReLU the line has bends, at most one for
# each of the eight hidden numbers, at the place where that number changes its sign. Training moves
# the bends.
#
# .. choose:: Which network makes one number of three, with eight hidden ones?
#    :aim: 3
#    :test: net(torch.ones(2, 3)).shape == (2, 1)
#
#    + What one layer gives, the next one takes.
#        net = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 1))
#    - The last layer gets eight numbers, not three.
#        net = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(3, 1))
#    - The activation is handed over as a class, not as a module.
#        net = nn.Sequential(nn.Linear(3, 8), nn.ReLU, nn.Linear(8, 1))
#    - The modules are put into a list, where they should be given one by one.
#        net = nn.Sequential([nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 1)])
#
# .. repair:: The network should learn a parabola. Which change lets it?
#    :aim: 2
#
#    torch.manual_seed(0)
#    x = torch.linspace(-1, 1, 40)[:, None]
#    net = nn.Sequential(nn.Linear(1, 16), nn.Identity(), nn.Linear(16, 1))
#    optimizer, losses = torch.optim.SGD(net.parameters(), lr=0.2), []
#    for _ in range(100):
#        loss = F.mse_loss(net(x), x**2)
#        optimizer.zero_grad()
#        loss.backward()
#        optimizer.step()
#        losses.append(loss.item())
#    + A line that may bend follows a curve.
#        nn.Identity() -> nn.ReLU()
#    - A further linear layer makes another line of a line.
#        nn.Identity() -> nn.Linear(16, 16)
#    - The best line is found, and a line remains.
#        range(100) -> range(200)
#    - Whatever the rate, the best that it can find is a line.
#        lr=0.2 -> lr=0.1
#
# A network as a graph
# --------------------
#
# The modules have disappeared from the computation by the time it is recorded; what remains are the
# operations of their ``forward``. Given the parameters by name, ``draw_graph`` shows which of them
# enters where. Here are three layers, on a batch of two samples:

net = nn.Sequential(
    nn.Linear(3, 4),
    nn.Sigmoid(),
    nn.Linear(4, 4),
    nn.Sigmoid(),
    nn.Linear(4, 1),
)
output = net(torch.randn(2, 3))
# sphinx_gallery_start_ignore
# Before the drawing, which must be the last expression of the cell.
names = {f"{i}.{kind}" for i in (0, 2, 4) for kind in ("weight", "bias")}
assert {name for name, _ in net.named_parameters()} == names
kinds = [type(layer).__name__ for layer in net]
assert [i for i, kind in enumerate(kinds) if kind == "Linear"] == [0, 2, 4], (
    "each frame is a layer, named by its place"
)
assert [i for i, kind in enumerate(kinds) if kind == "Sigmoid"] == [1, 3], (
    "which have no parameters"
)
drawn = draw_graph(output, params=dict(net.named_parameters()))
assert sum(node.kind == "leaf" for node in drawn.nodes) == 6
assert sum(node.label == "t" for node in drawn.nodes) == 3
assert sum(node.label == "addmm" for node in drawn.nodes) == 3
# sphinx_gallery_end_ignore
draw_graph(output, params=dict(net.named_parameters()))

# %%
# Read it from the top. Each frame is a layer, named by its place in the Sequential: 0, 2 and 4. (1
# and 3 are the sigmoids, which have no parameters.) In each, ``t`` transposes the weight, which is
# the :math:`\mathsf{T}` of the formula, and ``addmm`` multiplies and adds the bias in one go. The
# batch enters at the top as a :term:`constant`, since nobody asked for its gradient.
#
# How many parameters are there? A layer from :math:`n` to :math:`m` has :math:`(n + 1)\,m`.
# ``children()`` gives the parts of a network one by one:

for child in net.children():
    print(child, sum(p.numel() for p in child.parameters()))
print("in all:", sum(p.numel() for p in net.parameters()))

# sphinx_gallery_start_ignore
assert (
    sum(p.numel() for p in net.parameters())
    == (3 + 1) * 4 + (4 + 1) * 4 + (4 + 1) * 1
    == 41
)
linear = [child for child in net.children() if isinstance(child, nn.Linear)]
for child, (n, m) in zip(linear, [(3, 4), (4, 4), (4, 1)], strict=True):
    assert sum(p.numel() for p in child.parameters()) == (n + 1) * m
# sphinx_gallery_end_ignore

# %%
# Larger networks are modules with a Sequential for each part. Their ``forward`` does what a row of
# layers cannot, such as adding the input to the output:


class Residual(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(size, size), nn.Tanh())

    def forward(self, x):
        return x + self.body(x)


block = Residual(4)
print([name for name, _ in block.named_parameters()])
print("shape kept:", block(torch.randn(2, 4)).shape == (2, 4))

# sphinx_gallery_start_ignore
names = [name for name, _ in block.named_parameters()]
assert names == ["body.0.weight", "body.0.bias"]
assert block(torch.ones(2, 4)).shape == (2, 4)
# sphinx_gallery_end_ignore

# %%
# Gradients that fade
# -------------------
#
# What becomes of a gradient that passes through ten layers? We build three deep networks that
# differ only in the activation, send a batch through, and read the size of the gradient of each
# layer's weights:


def deep(activation, init=None):
    torch.manual_seed(0)
    layers = []
    for _ in range(10):
        linear = nn.Linear(50, 50)
        if init is not None:
            init(linear.weight)
        layers += [linear, activation()]
    return nn.Sequential(*layers, nn.Linear(50, 1))


# %%


def gradient_sizes(net):
    torch.manual_seed(1)
    net(torch.randn(64, 50)).square().mean().backward()
    linear = [m for m in net.children() if isinstance(m, nn.Linear)]
    return [m.weight.grad.norm().item() for m in linear]


# %%
# PyTorch draws the weights of a linear layer rather small. ``nn.init`` has other ways. For tanh,
# Xavier's keeps the size of signals about the same from layer to layer :cite:p:`glorot2010`; for
# ReLU, which loses half of them, Kaiming's does :cite:p:`he2015`.

sizes = {
    "sigmoid": gradient_sizes(deep(nn.Sigmoid)),
    "tanh": gradient_sizes(deep(nn.Tanh)),
    "tanh, Xavier": gradient_sizes(deep(nn.Tanh, nn.init.xavier_normal_)),
    "ReLU, Kaiming": gradient_sizes(deep(nn.ReLU, nn.init.kaiming_normal_)),
}
fig, ax = plt.subplots(figsize=(6.5, 3.4))
for (name, norms), marker in zip(sizes.items(), "os^D", strict=True):
    ax.semilogy(range(1, 12), norms, marker=marker, label=name)
ax.set(xlabel="layer, the first one left", ylabel="size of its gradient")
ax.legend(loc="lower right")

# sphinx_gallery_start_ignore
fig.set_label(
    "Size of the gradient of each of eleven layers, logarithmic. With the sigmoid it falls by several"
    " powers of ten from the last layer to the first. With tanh it falls by two or three. With tanh and"
    " Xavier's weights, and with ReLU and Kaiming's, it stays within about one power of ten."
)
fade = {name: norms[-1] / norms[0] for name, norms in sizes.items()}
assert fade["sigmoid"] > 1e5
assert 10 < fade["tanh"] < 1e4
assert fade["tanh, Xavier"] < 30
assert fade["ReLU, Kaiming"] < 30
# A notebook has no hidden lines, and must draw the same below.
with torch.random.fork_rng():
    layers = list(deep(nn.Tanh))
assert sum(isinstance(layer, nn.Linear) for layer in layers) == 11
# sphinx_gallery_end_ignore

# %%
# Through ten sigmoids more than five powers of ten are lost: the first layers would not learn at
# all. Tanh loses less, and with weights drawn for it hardly anything. The same for ReLU. So in a
# deep network: ReLU or tanh inside, and weights drawn to match. When a network does not learn, this
# picture of it is one of the first to draw.
#
# Two modes
# ---------
#
# Some modules behave differently while a network is trained. The best known is :term:`dropout`
# :cite:p:`srivastava2014`: in :term:`training mode` it sets each entry to zero with probability
# ``p``, so that no part of the network can rely on any other. ``p`` is the probability to *drop*.

dropout = nn.Dropout(p=0.25)
ones = torch.ones(10_000)
dropped = dropout(ones)
print("values that occur:", dropped.unique())
print(
    f"share of zeros: {(dropped == 0).float().mean():.2f}  mean: {dropped.mean():.2f}"
)

# sphinx_gallery_start_ignore
assert dropout.training
torch.testing.assert_close(dropped.unique(), torch.tensor([0, 1 / (1 - 0.25)]))
# The share strays by about sqrt(0.25 * 0.75 / 10000) = 0.0043.
assert abs((dropped == 0).float().mean() - 0.25) < 5 * 0.0044
assert abs(dropped.mean() - 1) < 5 * 0.0044 / 0.75
assert abs(1 / (1 - 0.25) - 4 / 3) < 1e-12, "what is left has been multiplied"
# sphinx_gallery_end_ignore

# %%
# About a quarter are zero. What is left has been multiplied by :math:`1/(1 - p) = 4/3`, so that the
# mean stays where it was. In :term:`evaluation mode` dropout does nothing. ``eval()`` and
# ``train()`` reach all modules of a network:

net = nn.Sequential(
    nn.Linear(3, 50), nn.ReLU(), nn.Dropout(0.5), nn.Linear(50, 1)
)
print("training:  ", [round(net(one).item(), 3) for _ in range(3)])
net.eval()
print("evaluation:", [round(net(one).item(), 3) for _ in range(3)])
print(
    "still recording:",
    net(one).requires_grad,
    "  mode of the part:",
    net[2].training,
)

# sphinx_gallery_start_ignore
assert len({net(one).item() for _ in range(5)}) == 1
assert net(one).requires_grad
assert not net[2].training
net.train()
assert net[2].training
with torch.random.fork_rng():
    assert len({net(one).item() for _ in range(5)}) > 1
# sphinx_gallery_end_ignore

# %%
# In training three calls gave three answers; in evaluation they agree. Two things are worth
# remembering. ``eval()`` does not switch off the recording of gradients; that is what
# :class:`torch.no_grad` is for. And the mode stays until you change it: a network that was
# evaluated once goes on training without dropout, unless ``train()`` is called.
#
# Where does dropout belong? Between hidden layers. Behind the last layer it would set the scores
# themselves to zero.
#
# .. predict:: Which values come out?
#    :aim: 3
#
#    torch.manual_seed(0)
#    drop = nn.Dropout(0.5)
#    print(drop(torch.ones(100)).unique().tolist())
#    + What is not dropped grows, so that the mean stays.
#    - Dropped entries alone would halve the mean.
#        drop(torch.ones(100)) -> (drop(torch.ones(100)) > 0).float()
#    - A new module is in training mode.
#        nn.Dropout(0.5) -> nn.Dropout(0.5).eval()
#    - An entry is dropped whole, or not at all.
#        drop(torch.ones(100)) -> torch.full((100,), 0.5)
#
# .. predict:: After ``net.eval()``: is the dropout in training mode, and is a graph recorded?
#    :aim: 3
#
#    net = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.5))
#    net.eval()
#    y = net(torch.ones(2))
#    print(net[1].training, y.requires_grad)
#    + The mode reaches all parts, and says nothing of graphs.
#    - ``eval()`` does not end with the whole: it reaches the parts.
#        net.eval() -> net.train()
#    - Recording is switched off by ``no_grad``, and by nothing else here.
#        net(torch.ones(2)) -> net(torch.ones(2)).detach()
#    - It is the mode that was switched off, not the recording.
#        net[1].training, y.requires_grad -> y.requires_grad, net[1].training
#
# .. repair::
#    :aim: 3
#
#    torch.manual_seed(0)
#    x = torch.randn(50, 2)
#    parts = nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1), nn.Dropout(0.5)
#    net, losses = nn.Sequential(*parts), []
#    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
#    for _ in range(60):
#        loss = F.mse_loss(net(x), 5 + x[:, :1])
#        optimizer.zero_grad()
#        loss.backward()
#        optimizer.step()
#        losses.append(loss.item())
#    + Behind the last layer it set half of the answers to zero, at random.
#        , nn.Dropout(0.5) -> , nn.Identity()
#    - Half of the answers are still thrown away in each step.
#        range(60) -> range(90)
#    - Fewer answers are thrown away; each is a gross error still.
#        0.5 -> 0.4
#    - The jumps come from what is thrown away, not from the rate.
#        lr=0.1 -> lr=0.02
#
# .. symptom:: linear_by_hand the_weight_has
#    :aim: 1
#    :task: Compute ``layer(x)`` for a :class:`torch.nn.Linear` from ``layer.weight`` and ``layer.bias``. The check takes a layer with 4 inputs and 3 outputs, and a batch of 5 samples.
#
# .. symptom:: apply_relu nn_relu
#    :aim: 2
#
# Recap
# -----
#
# - A linear layer is :math:`x W^\mathsf{T} + b`, with a weight of shape (outputs, inputs).
# - Linear layers without an activation between them are one linear layer.
# - ReLU bends, sigmoid squashes, softplus rounds; their slopes decide what comes back.
# - ``Sequential`` calls modules in order; parameters are named by their place.
# - ``train()`` and ``eval()`` switch modules such as dropout, and stay switched; gradients are
#   recorded in either mode.
#
# Exercises
# ---------
#
# What a layer does, first from inside, then from outside; and the size of the gradient in each.
#
# .. exercise:: linear_by_hand
#    :aim: 1
#
# .. exercise:: apply_relu
#    :aim: 2
#
# .. parsons:: gradient_norms this_is_the_largest
#    :aim: 2
#
# .. exercise:: gradient_norms
#    :aim: 2
#
# Where to go next
# ----------------
#
# A network gives numbers; what is a good one? :doc:`Losses </lessons/modules/plot_3_losses>` says
# how wrong they are.
