r"""
Losses
======

.. lesson::
   :assumes: modules/plot_2_layers

   - say over what a mean square error is averaged, and what that does to the learning rate
   - compute cross entropy from raw scores, and explain why no softmax goes before it
   - replace formulas that overflow by forms that do not

A network is trained for one number, its loss, and for nothing else. It will do whatever makes that
number small, so what the number says had better be what you mean. Most losses take one line. This
lesson is about the places where that line goes wrong without a message: a forgotten average, a
softmax too many, an exponential too large.
"""

# %%
# We need PyTorch, Matplotlib, and the one-hot encoder of this course.

# sphinx_gallery_tags = ["modules", "losses"]
import math

import matplotlib.pyplot as plt
import torch
from torch import nn
from torch.nn import functional as F

from pytorch_primer import OneHot

torch.manual_seed(0)
plt.style.use("pytorch_primer.course")

# %%
# The mean square, and the mean over what
# ---------------------------------------
#
# For :term:`regression` the usual :term:`loss` is the mean of the squared errors. Take predictions
# and targets for 8 samples with 10 outputs each:

predictions, targets = torch.randn(8, 10), torch.randn(8, 10)
errors = predictions - targets
loss = nn.MSELoss()(predictions, targets)
by_hand = (errors**2).sum() / (8 * 10)
print(
    f"MSELoss: {loss.item():.4f}  difference: {(loss - by_hand).abs().item():.0e}"
)

# sphinx_gallery_start_ignore
torch.testing.assert_close(loss, by_hand)
torch.testing.assert_close(loss, (errors**2).mean())
# sphinx_gallery_end_ignore

# %%
# :class:`torch.nn.MSELoss` averages over *everything*, samples and outputs. Textbooks have other
# habits: the squared length of the error vector, averaged over the samples only, and often with a
# factor ½ that makes the derivative look nicer. They are the same function up to a constant:

n, k = errors.shape
textbook = {
    "MSELoss": (errors**2).mean(),
    "squared length / n": (errors**2).sum() / n,
    "half of that": (errors**2).sum() / (2 * n),
}
for name, value in textbook.items():
    print(f"{name:20} {value:8.4f}  {value / loss:5.2f} times MSELoss")

# sphinx_gallery_start_ignore
ratios = [(value / loss).item() for value in textbook.values()]
assert all(
    math.isclose(r, e, rel_tol=1e-5)
    for r, e in zip(ratios, [1, k, k / 2], strict=True)
)
times = round(ratios[-1], 4)
assert (k, times, round(0.1 * times, 4)) == (10, 5, 0.5), (
    "the outputs, the gradients as large as with MSELoss, the learning rate there"
    " and here"
)
# sphinx_gallery_end_ignore

# %%
# A constant factor does not move the minimum, but it multiplies the gradient. With 10 outputs the
# last form has gradients 5 times as large as ``MSELoss``, so a :term:`learning rate` of 0.1 there
# does what 0.5 does here. When you compare learning rates with a book or with another program, ask
# first what was averaged.
#
# .. warning::
#
#    Predictions of shape (n, 1) and targets of shape (n,) are broadcast to a table (n, n) by ``-``,
#    and the mean of its squares is not the loss. ``nn.MSELoss`` warns of that; a formula of your
#    own does not.

column, vector = (
    torch.tensor([[1.0], [2.0], [3.0]]),
    torch.tensor([1.0, 2.0, 3.0]),
)
print("looks harmless:", ((column - vector) ** 2).mean().item())
print("as it should be:", nn.MSELoss()(column, vector[:, None]).item())

# sphinx_gallery_start_ignore
import warnings

assert math.isclose(
    ((column - vector) ** 2).mean().item(), 12 / 9, rel_tol=1e-6
)
assert nn.MSELoss()(column, vector[:, None]).item() == 0
size = len(vector)
assert column.shape == (size, 1) and (column - vector).shape == (size, size), (
    "predictions and targets of this shape are broadcast to a table"
)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    nn.MSELoss()(column, vector)
assert "target size" in str(caught[0].message)
# sphinx_gallery_end_ignore

# %%
# .. predict:: Every error is 2. What does the loss say of 3 samples with 5 outputs each?
#    :aim: 1
#
#    outputs, targets = torch.full((3, 5), 2.0), torch.zeros(3, 5)
#    print(nn.MSELoss()(outputs, targets).item())
#    + A mean over samples and outputs: of numbers that are all the same.
#    - That is the squared length of the error of one sample.
#        nn.MSELoss()(outputs, targets) -> (outputs - targets).square().sum(dim=1).mean()
#    - The M stands for mean.
#        nn.MSELoss() -> nn.MSELoss(reduction="sum")
#    - There is no half in it, and the outputs are averaged, too.
#        nn.MSELoss()(outputs, targets) -> ((outputs - targets).square().sum(dim=1).mean() / 2)
#
# .. choose:: A book takes half the squared length, averaged over 4 samples, and the rate 0.1. Which rate makes the same step with the mean over all 4 × 6 numbers?
#    :aim: 1
#    :test: torch.allclose(lr * ours, 0.1 * book)
#
#    e = torch.ones(4, 6, requires_grad=True)  # errors
#    (book,) = torch.autograd.grad(e.square().sum() / (2 * 4), e)
#    (ours,) = torch.autograd.grad(e.square().mean(), e)
#    + The gradients of the mean are smaller: divided by half the number of outputs.
#        lr = 0.1 * 6 / 2
#    - The gradients of the mean are smaller, and a smaller rate makes their steps smaller still.
#        lr = 0.1 * 2 / 6
#    - The book's half counts as well.
#        lr = 0.1 * 6
#    - Their minimum is the same, but their gradients are not.
#        lr = 0.1
#
# .. repair::
#    :aim: 1
#
#    torch.manual_seed(0)
#    x = torch.randn(100, 3)
#    net, losses = nn.Linear(3, 1), []
#    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
#    for _ in range(20):
#        loss = F.mse_loss(net(x), x[:, :1], reduction="sum")
#        optimizer.zero_grad()
#        loss.backward()
#        optimizer.step()
#        losses.append(loss.item() / 100)
#    + The rate is one for a mean; the sum has gradients a hundred times as large.
#        reduction="sum" -> reduction="mean"
#    - The step is too large already.
#        lr=0.1 -> lr=0.2
#    - That is far too small: the loss hardly moves in these steps.
#        lr=0.1 -> lr=0.00001
#    - A run that diverges does not come back, however long it is.
#        range(20) -> range(25)
#
# From scores to probabilities
# ----------------------------
#
# A classifier gives one number for each class, a raw score. The scores are also called
# :term:`logits`. They can be anything; the :term:`softmax` makes probabilities of them, by taking
# exponentials, which are positive, and dividing by their sum:

scores = torch.tensor([[1.0, 3.0, 2.0]])
probabilities = scores.exp() / scores.exp().sum(dim=1, keepdim=True)
print("by hand:", probabilities)
print("softmax:", scores.softmax(dim=1), " sum:", probabilities.sum().item())

# sphinx_gallery_start_ignore
torch.testing.assert_close(probabilities, scores.softmax(dim=1))
torch.testing.assert_close(probabilities.sum(), torch.tensor(1.0))
assert probabilities.argmax().item() == 1, (
    "the highest score has the largest share"
)
sure = torch.tensor([[50.0, 0.0, 0.0]])
assert F.cross_entropy(sure, torch.tensor([0])) < 1e-6, "classes count from 0"
assert -torch.log(torch.tensor(1.0)) == 0, (
    "if that was so, the loss; the closer, the larger"
)
# sphinx_gallery_end_ignore

# %%
# The highest score, the one of class 1, gets the largest share. Classes count from 0: the label
# ``torch.tensor([1])`` is the *second* class, which here is the middle one.
#
# The loss of classification, :term:`cross entropy`, is minus the logarithm of the probability that
# was given to the right class. If that was 1, the loss is 0; the closer it was to 0, the larger the
# loss.

labels = torch.tensor([1])
by_hand = -torch.log(probabilities[0, 1])
loss = F.cross_entropy(scores, labels)
print(
    f"loss: {loss.item():.4f}  difference: {(loss - by_hand).abs().item():.0e}"
)

# sphinx_gallery_start_ignore
exact = math.log(math.exp(1) + math.exp(3) + math.exp(2)) - 3
assert math.isclose(loss.item(), exact, rel_tol=1e-5)
assert (loss - by_hand).abs() < 1e-6
logs = F.log_softmax(scores, dim=1)
torch.testing.assert_close(loss, F.nll_loss(logs, labels))
torch.testing.assert_close(
    F.cross_entropy(torch.zeros(1, 10), labels), torch.tensor(math.log(10))
)
assert round(math.log(10), 2) == 2.30, "a network that knows nothing, its loss"
# sphinx_gallery_end_ignore

# %%
# Note what went in: the raw scores. :func:`cross_entropy <torch.nn.functional.cross_entropy>`
# contains the softmax, and the logarithm, and the mean over the batch. (It is ``log_softmax``
# followed by ``nll_loss``, if you meet those.) A yardstick: a network that knows nothing and gives
# all of ten classes the same score has the loss :math:`\log 10 \approx 2.30`.
#
# .. predict:: A network that gives four classes the same score: what is its loss?
#    :aim: 2
#
#    scores, label = torch.zeros(1, 4), torch.tensor([2])
#    print(round(F.cross_entropy(scores, label).item(), 2))
#    + Minus the logarithm of the share of one class among four.
#    - That is the probability of the right class. The loss is made of it.
#        F.cross_entropy(scores, label) -> scores.softmax(dim=1)[0, 2]
#    - That takes a network that is sure, and right.
#        torch.zeros(1, 4) -> torch.tensor([[0.0, 0.0, 99.0, 0.0]])
#    - So it would be with ten classes.
#        torch.zeros(1, 4) -> torch.zeros(1, 10)
#
# .. choose:: Which line gives minus the logarithm of the right class's probability?
#    :aim: 2
#    :test: torch.allclose(loss, -scores.softmax(dim=1)[0, 1].log())
#
#    scores, label = torch.tensor([[1.0, 3.0, 2.0]]), torch.tensor([1])
#    + It contains the softmax, and the logarithm.
#        loss = F.cross_entropy(scores, label)
#    - Probabilities go in as if they were scores, and the softmax is taken again.
#        loss = F.cross_entropy(scores.softmax(dim=1), label)
#    - This one wants logarithms of probabilities, and takes what it gets for that.
#        loss = F.nll_loss(scores, label)
#    - The logarithm is missing.
#        loss = F.nll_loss(scores.softmax(dim=1), label)
#
# A softmax too many
# ------------------
#
# Probabilities look more finished than raw scores, so many a network ends with a softmax, and its
# output goes into the cross entropy. Nothing complains, for probabilities are numbers, too:

too_many = F.cross_entropy(scores.softmax(dim=1), labels)
print(f"raw scores: {loss.item():.4f}   softmax first: {too_many.item():.4f}")

# sphinx_gallery_start_ignore
total = sum(math.exp(s) for s in (1, 3, 2))
p = [math.exp(s) / total for s in (1, 3, 2)]
expected = math.log(sum(math.exp(share) for share in p)) - p[1]
assert math.isclose(too_many.item(), expected, rel_tol=1e-5)
assert (round(exact, 4), round(expected, 4)) == (0.4076, 0.7972)
with torch.random.fork_rng():
    squeezed = (50 * torch.randn(99, 3)).softmax(dim=1)
assert squeezed.min() >= 0 and squeezed.max() <= 1, "between"
# sphinx_gallery_end_ignore

# %%
# 0.7972 in place of 0.4076: a wrong number, but no catastrophe. That comes when we ask for the
# *best* possible value. The softmax squeezes scores between 0 and 1, so the second softmax never
# sees a difference larger than 1. Let the right class of ten be ahead of all others by a growing
# margin:

margins = torch.linspace(0, 12, 100, requires_grad=True)
others = torch.zeros(100, 9)
ahead = torch.cat([margins[:, None], others], dim=1)
zeros = torch.zeros(100, dtype=torch.int64)
losses = {
    "raw scores": F.cross_entropy(ahead, zeros, reduction="none"),
    "softmax first": F.cross_entropy(
        ahead.softmax(1), zeros, reduction="none"
    ),
}

# %%
# ``reduction="none"`` leaves one loss for each sample. Their slopes, by autograd:

slopes = {}
for name, value in losses.items():
    total = value.sum()
    (slopes[name],) = torch.autograd.grad(total, margins, retain_graph=True)

# %%
# Both as pictures, with a line at the value below which the second cannot fall:

fig, axes = plt.subplots(1, 2, figsize=(8, 3))
for (name, value), dash in zip(losses.items(), ["-", "--"], strict=True):
    axes[0].plot(margins.detach(), value.detach(), dash, label=name)
    axes[1].plot(margins.detach(), slopes[name], dash, label=name)
axes[0].axhline(math.log(1 + 9 / math.e), color="black", linewidth=0.8)
axes[0].set(title="loss", xlabel="margin", ylim=(0, 2.5))
axes[1].set(title="slope", xlabel="margin")
axes[1].legend()

# sphinx_gallery_start_ignore
fig.set_label(
    "Left, two losses against the margin from 0 to 12, both starting at 2.3. From raw scores the"
    " loss falls to 0; with softmax first it levels off at a line at 1.46. Right, their slopes."
    " From raw scores the slope starts at -0.9 and approaches 0; with softmax first it is never"
    " below -0.3 and almost 0 at both ends."
)
ms = margins.detach().double()
raw = torch.log(1 + 9 * torch.exp(-ms))
p = torch.exp(ms) / (torch.exp(ms) + 9)
first = torch.log(torch.exp(p) + 9 * torch.exp((1 - p) / 9)) - p
torch.testing.assert_close(
    losses["raw scores"].double(), raw, rtol=1e-4, atol=1e-6
)
torch.testing.assert_close(
    losses["softmax first"].double(), first, rtol=1e-4, atol=1e-6
)
floor = math.log(math.e + 9) - 1
assert math.isclose(floor, math.log(1 + 9 / math.e))
assert round(floor, 2) == 1.46
two = F.cross_entropy(torch.tensor([[1.0, 0.0]]), torch.tensor([0])).item()
assert round(two, 2) == round(math.log(1 + 1 / math.e), 2) == 0.31
assert floor < losses["softmax first"].min() < floor + 0.001
assert raw[-1] < 1e-3 * 0.1
assert round(raw[-1].item(), 3) == 0, "from raw scores, of a perfect answer"
assert math.isclose(slopes["raw scores"][0].item(), -0.9, rel_tol=1e-4)
assert -0.3 < slopes["softmax first"].min() < -0.2
assert math.isclose(slopes["softmax first"][0].item(), -0.09, rel_tol=1e-4)
assert round(math.log(1 + 1 / math.e), 2) == 0.31, "stuck above that floor"
assert 3e38 < torch.finfo(torch.float32).max < 4e38
# sphinx_gallery_end_ignore

# %%
# From raw scores, the loss of a perfect answer goes to 0. With the softmax first it cannot fall
# below 1.46, which is :math:`\log(1 + 9/e)`, however sure and right the network is. And on the
# right: at margin 0, where every training starts, the slope is a tenth of what it should be. Such a
# network does train, slowly, and stops early. You can tell it by its loss, which gets stuck above
# that floor (with two classes at :math:`\log(1 + 1/e) \approx 0.31`).
#
# So: the last layer is a linear layer, the loss gets its raw scores, and whoever wants to *see*
# probabilities applies the softmax outside of the network.
#
# .. predict:: The network is sure, and right. What is its loss if a softmax goes before the cross entropy?
#    :aim: 2
#
#    scores = torch.tensor([[50.0, 0.0]]).softmax(dim=1)
#    print(round(F.cross_entropy(scores, torch.tensor([0])).item(), 2))
#    + The second softmax takes 1 and 0 for scores. They differ by so little that the loss stays well above zero.
#    - That takes the raw scores. Here the loss sees 1 and 0, which are close together as scores.
#        .softmax(dim=1) ->
#    - So it would be if the two scores were equal.
#        [50.0, 0.0] -> [0.0, 0.0]
#    - So much it is for a network that is sure, and wrong.
#        [50.0, 0.0] -> [-50.0, 0.0]
#
# .. repair:: Three classes that can be told apart. Which change lets the loss go to zero?
#    :aim: 2
#
#    torch.manual_seed(0)
#    labels = torch.arange(30) % 3
#    x = F.one_hot(labels, 3) + 0.1 * torch.randn(30, 3)
#    net, losses = nn.Linear(3, 3), []
#    optimizer = torch.optim.SGD(net.parameters(), lr=1.0)
#    for _ in range(80):
#        loss = F.cross_entropy(net(x).softmax(dim=1), labels)
#        optimizer.zero_grad()
#        loss.backward()
#        optimizer.step()
#        losses.append(loss.item())
#    + Raw scores may differ as much as they like.
#        net(x).softmax(dim=1) -> net(x)
#    - It creeps towards a floor that is not zero.
#        range(80) -> range(120)
#    - The floor is that of the formula, whatever the rate.
#        lr=1.0 -> lr=3.0
#    - Another squeezing, between 0 and 1 as well.
#        net(x).softmax(dim=1) -> net(x).sigmoid()
#
# Exponentials that overflow
# --------------------------
#
# A float32 cannot hold more than about :math:`3 \cdot 10^{38}`, and :math:`e^{89}` is more. A loss
# written as its formula meets that sooner than one thinks. You saw it at the end of
# :doc:`/lessons/autograd/plot_4_accumulation`; here it is a loss. Take :math:`\log(1 + e^{-3.5
# w})`, the loss of a logistic model on one sample, and a :math:`w` that is far on the wrong side:

w = torch.tensor(-30.0, requires_grad=True)
naive = torch.log(1 + torch.exp(-3.5 * w))
naive.backward()
print("naive:  value", naive.item(), "  gradient", w.grad.item())

# sphinx_gallery_start_ignore
assert naive.item() == math.inf
assert math.isnan(w.grad.item())
assert math.exp(88) < torch.finfo(torch.float32).max < math.exp(89)
infinity = torch.tensor(math.inf)
assert 1 / infinity == 0
assert (0 * infinity).isnan(), "not a number"
assert int(math.log10(torch.finfo(torch.float32).max)) == 38
# sphinx_gallery_end_ignore

# %%
# The exponential is infinite, and so is the loss. On the way back, the logarithm sends one divided
# by infinity, which is 0, and the exponential multiplies that 0 by its own value, infinity:
# ``nan``, “not a number”. One step with it, and every parameter is ``nan``. Yet the true values are
# harmless: for large :math:`z`, :math:`\log(1 + e^z)` is as good as :math:`z` itself, so the loss
# is 105, and the derivative −3.5. The function that takes care of this is softplus. Its relative
# ``logsigmoid(z)`` is ``-softplus(-z)``.

for name, safe in {
    "softplus": lambda w: F.softplus(-3.5 * w),
    "logsigmoid": lambda w: -F.logsigmoid(3.5 * w),
}.items():
    w = torch.tensor(-30.0, requires_grad=True)
    value = safe(w)
    value.backward()
    print(f"{name:10} value {value.item()}  gradient {w.grad.item()}")

# sphinx_gallery_start_ignore
for safe in (lambda w: F.softplus(-3.5 * w), lambda w: -F.logsigmoid(3.5 * w)):
    for place in (-30.0, -1.0, 0.0, 2.0):
        w = torch.tensor(place, requires_grad=True)
        value = safe(w)
        value.backward()
        assert math.isclose(
            value.item(), math.log1p(math.exp(-3.5 * place)), rel_tol=1e-4
        )
        assert math.isclose(
            w.grad.item(), -3.5 / (1 + math.exp(3.5 * place)), rel_tol=1e-4
        )
w = torch.tensor(-30.0, requires_grad=True)
F.softplus(-3.5 * w).backward()
assert math.isclose(math.log(1 + math.exp(105)), 105) and w.grad == -3.5, (
    "the true values for large z: the loss, and the derivative"
)
# sphinx_gallery_end_ignore

# %%
# Both give the value 105 and the gradient −3.5.
#
# For two classes the whole loss is ready, from raw scores and labels 0 and 1:
# :func:`binary_cross_entropy_with_logits <torch.nn.functional.binary_cross_entropy_with_logits>`,
# as a module ``nn.BCEWithLogitsLoss``. A logistic regression (one linear layer whose sigmoid is the
# probability of label 1) on 100 samples with 20 features, and its gradient by the formula
# :math:`X^\mathsf{T}(\sigma(Xw) - y)/n`:

X, y = torch.randn(100, 20), (torch.rand(100) > 0.5).float()
weights = torch.randn(20, requires_grad=True)
loss = F.binary_cross_entropy_with_logits(X @ weights, y)
loss.backward()
signs = 2 * y - 1  # the labels as +1 and -1
by_softplus = F.softplus(-signs * (X @ weights)).mean()
by_formula = X.T @ (torch.sigmoid(X @ weights) - y) / 100
print("same loss:    ", torch.allclose(loss, by_softplus))
print("same gradient:", torch.allclose(weights.grad, by_formula, atol=1e-6))

# sphinx_gallery_start_ignore
torch.testing.assert_close(loss, by_softplus)
torch.testing.assert_close(weights.grad, by_formula.detach())
assert X.shape == (100, 20) and y.max() == 1, (
    "samples and features of a logistic regression, one linear layer, and its"
    " gradient by the formula; the label"
)
assert sorted(set(y.tolist())) == [0, 1], (
    "labels for two classes: the whole loss is ready"
)
# sphinx_gallery_end_ignore

# %%
# With samples of two kinds, 95 of one and 5 of the other, whoever always says the frequent one is
# right in 95 %. ``pos_weight=`` here and ``weight=`` in the cross entropy multiply the loss of a
# class, so that the rare one counts as much as the frequent one:

rare = torch.tensor([0] * 95 + [1] * 5)
scores = torch.zeros(100, 2)
scores[:, 0] = 3.0  # always the frequent one, and rather sure of it
balance = torch.tensor([100 / 95, 100 / 5]) / 2
print(f"plain:    {F.cross_entropy(scores, rare):.2f}")
print(f"weighted: {F.cross_entropy(scores, rare, weight=balance):.2f}")

# sphinx_gallery_start_ignore
assert rare.bincount().tolist() == [95, 5], (
    "samples of two kinds, the frequent"
)
right, wrong = math.log(1 + math.exp(-3)), math.log(1 + math.exp(3))
assert math.isclose(
    F.cross_entropy(scores, rare).item(),
    0.95 * right + 0.05 * wrong,
    rel_tol=1e-4,
)
weighted = F.cross_entropy(scores, rare, weight=balance).item()
assert math.isclose(weighted, (right + wrong) / 2, rel_tol=1e-4)
assert weighted > 5 * F.cross_entropy(scores, rare).item()
# sphinx_gallery_end_ignore

# %%
# The plain loss is content with the guess. The weighted one says that half of the task is wrong.
#
# Back to the overflow. On a wider range, the gradient of the formula against that of softplus:

ws = torch.linspace(-40, 10, 251, requires_grad=True)
safe = F.softplus(-3.5 * ws)
naive = torch.log(1 + torch.exp(-3.5 * ws))
fig, ax = plt.subplots(figsize=(6, 3))
for value, look in [(safe, "-"), (naive, "--")]:
    (slope,) = torch.autograd.grad(value.sum(), ws)
    ax.plot(ws.detach(), slope, look)
ax.set(xlabel="$w$", ylabel="gradient")
ax.legend(["softplus", "as the formula"])

# sphinx_gallery_start_ignore
fig.set_label(
    "The gradient of the loss for w from -40 to 10. With softplus it is -3.5 on the left and rises"
    " to 0 around w = 0. The dashed curve of the formula agrees from about w = -25 on and does not"
    " exist to the left of it."
)
missing = ws.detach()[slope.isnan()]
assert -26 < missing.max() < -25 < -88 / 3.5 + 0.5
assert (missing < -25).all(), "no number to the left"
assert -3.5 * -25.2 < 89 < -3.5 * -25.5, "passes"
assert 88 < math.log(torch.finfo(torch.float32).max) < 89
# sphinx_gallery_end_ignore

# %%
# The dashed curve begins only at about −25: to the left of it there is no number to draw. That is
# where :math:`-3.5\,w` passes 89.
#
# The same care is built into :func:`cross_entropy <torch.nn.functional.cross_entropy>`. Softmax and
# logarithm in one function can subtract the largest score first, which changes nothing in the
# result and keeps every exponent at 0 or below. With scores of 1000, once by the formula and once
# by the library:

huge = torch.tensor([[1000.0, 0.0, 999.0]])
label = torch.tensor([2])
by_formula = -torch.log(huge.exp()[0, 2] / huge.exp().sum())
shifted = huge - huge.max()
by_shift = shifted.exp().sum().log() - shifted[0, 2]
print("formula:", by_formula.item(), "  shifted:", by_shift.item())
print(
    "largest difference:",
    (F.cross_entropy(huge, label) - by_shift).abs().item(),
)

# sphinx_gallery_start_ignore
assert math.isnan(by_formula.item())
assert math.isclose(by_shift.item(), math.log(1 + math.e), rel_tol=1e-5)
assert (F.cross_entropy(huge, label) - by_shift).abs() < 1e-6
assert huge.max() == 1000, "scores of"
# sphinx_gallery_end_ignore

# %%
# .. predict::
#    :aim: 3
#
#    z = torch.tensor(100.0)
#    print(torch.log(1 + torch.exp(z)).item())
#    + The exponential becomes inf, and the logarithm of inf is inf.
#    - The true value is about that. The formula does not get so far.
#        torch.log(1 + torch.exp(z)) -> F.softplus(z)
#    - Nothing is divided or subtracted here: it is large, and not undefined.
#        torch.log(1 + torch.exp(z)) -> (torch.exp(z) - torch.exp(z))
#    - PyTorch counts on without a message.
#        torch.log(1 + torch.exp(z)) -> math.exp(1000)
#
# .. choose:: Which line gives finite logarithms of probabilities?
#    :aim: 3
#    :test: bool(logs.isfinite().all())
#
#    scores = torch.tensor([1000.0, 0.0])
#    + The largest score is subtracted before any exponential is taken.
#        logs = scores.log_softmax(dim=0)
#    - The smaller probability has become 0 before the logarithm is taken.
#        logs = scores.softmax(dim=0).log()
#    - The exponential is infinite, and so is the sum.
#        logs = scores - scores.exp().sum().log()
#    - Infinity divided by infinity is no number.
#        logs = (scores.exp() / scores.exp().sum()).log()
#
# Labels as vectors
# -----------------
#
# A network can also learn classes by mean square error. Then each :term:`label` has to become a
# vector of the same size as the output: all zeros, and a one at the index of the class. That is the
# :term:`one-hot` vector. The label 6 has its one at *index* 6, which is the seventh entry:

one_hot = OneHot(10)
print(one_hot(6))
digits = torch.tensor([3, 0, 9])
print("for a batch:", tuple(one_hot(digits).shape), one_hot(digits).dtype)
print(
    "by torch:   ",
    tuple(F.one_hot(digits, 10).shape),
    F.one_hot(digits, 10).dtype,
)

# sphinx_gallery_start_ignore
assert one_hot(6).tolist() == [0.0] * 6 + [1.0] + [0.0] * 3
assert one_hot(6).tolist().index(1.0) == 6, "the label: the index, an entry"
assert torch.equal(one_hot(digits), torch.eye(10)[digits])
assert F.one_hot(digits, 10).dtype == torch.int64
assert torch.equal(one_hot(digits), F.one_hot(digits, 10).float())
# sphinx_gallery_end_ignore

# %%
# A whole batch is encoded at once. PyTorch's own function does the same and leaves integers. The
# square loss takes them, but the cross entropy, which accepts one-hot vectors too, wants floats;
# hence the encoder of this course gives floats.

output, integers = torch.randn(3, 10), F.one_hot(digits, 10)
print("square loss:", F.mse_loss(output, integers).dtype)
try:
    F.cross_entropy(output, integers)
except RuntimeError as error:
    print("cross entropy:", error)

# sphinx_gallery_start_ignore
else:
    raise AssertionError("cross entropy took integer vectors")
assert F.cross_entropy(output, one_hot(digits)).isfinite()
torch.testing.assert_close(
    F.cross_entropy(output, one_hot(digits)), F.cross_entropy(output, digits)
)
# sphinx_gallery_end_ignore

# %%
# Here, too, it is good to know which loss a network has that knows nothing. The best constant answer
# is 0.1 for each of ten equally frequent classes:

constant = torch.full((10, 10), 0.1)
every_class = one_hot(torch.arange(10))
print("square loss:  ", round(F.mse_loss(constant, every_class).item(), 4))
print(
    "cross entropy:",
    round(F.cross_entropy(constant, torch.arange(10)).item(), 4),
)

# sphinx_gallery_start_ignore
assert math.isclose(
    F.mse_loss(constant, every_class).item(),
    0.1 * 0.9**2 + 0.9 * 0.1**2,
    rel_tol=1e-5,
)
assert math.isclose(0.1 * 0.9**2 + 0.9 * 0.1**2, 0.09)
assert round(F.mse_loss(constant, every_class).item(), 4) == 0.09, (
    "for the square loss, and again the log for the cross entropy"
)
assert math.isclose(
    F.cross_entropy(constant, torch.arange(10)).item(),
    math.log(10),
    rel_tol=1e-5,
), "again, beside the square loss"
torch.testing.assert_close(
    F.cross_entropy(ahead, one_hot(zeros)), F.cross_entropy(ahead, zeros)
)
# sphinx_gallery_end_ignore

# %%
# 0.09 for the square loss, and again :math:`\log 10` for the cross entropy. A training that hovers
# at one of these numbers has learned nothing yet.
#
# .. symptom:: class_loss nll_loss_wants
#    :aim: 2
#
# .. symptom:: class_loss exp_overflows
#    :aim: 3
#
# .. symptom:: weighted_loss detached
#    :aim: 2
#
# Recap
# -----
#
# - ``MSELoss`` averages over samples and outputs; other conventions differ by a factor, and so do
#   their learning rates.
# - Cross entropy takes raw scores and class indices. A softmax before it costs you the gradient.
# - Prefer ``softplus``, ``logsigmoid``, ``log_softmax`` and ``cross_entropy`` to their formulas.
# - Label 6 is index 6, the seventh entry. Encode labels a batch at a time.
# - Know the loss of knowing nothing: :math:`\log C` for cross entropy, 0.09 for squares on ten
#   classes.
#
# Exercises
# ---------
#
# One loss that must not overflow, the encoder, and a mean that must not be of the wrong things.
#
# .. exercise:: class_loss
#    :aim: 2 3
#
# .. exercise:: one_hot
#
# .. parsons:: weighted_loss the_sum_was_divided_by_n
#    :aim: 2
#
# .. exercise:: weighted_loss
#    :aim: 2
#
# Where to go next
# ----------------
#
# Tensors, gradients, optimizers, modules, losses: all parts are on the table, and so are the
# mistakes that one can make with them.
# :doc:`Fourteen silent bugs </lessons/modules/plot_4_silent_bugs>` makes them.
