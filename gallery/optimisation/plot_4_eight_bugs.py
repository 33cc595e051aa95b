r"""
Eight bugs and how they look
============================

.. lesson::
   :assumes: optimisation/plot_3_optimizers

   - recognise eight common bugs by their curve or by their message
   - fix each of them in a line
   - distrust a falling loss

Everybody who trains models writes these bugs. Some stop with a message, and that is the lucky case.
The others run to the end and give a result that looks like one. In this lesson each bug is run for
real; beside it stands what gives it away, and the fix.
"""

# sphinx_gallery_tags = ["optimisation", "debugging", "training"]

import matplotlib.pyplot as plt
import torch
from torch import nn

plt.style.use("pytorch_primer.course")

# %%
# Something to train
# ------------------
#
# A hundred samples with three features, and targets that a linear layer can match exactly: a second
# layer, the *teacher*, made them. ``train`` is the loop with all its steps in place.

torch.manual_seed(0)
teacher = nn.Linear(3, 1)
X = torch.randn(100, 3)
with torch.no_grad():
    Y = teacher(X)
student = nn.Linear(3, 1)
weights = {k: v.clone() for k, v in student.state_dict().items()}


def fresh():
    """Return the student as it was at the start."""
    net = nn.Linear(3, 1)
    net.load_state_dict(weights)
    return net


# %%
# Every bug below starts from the same weights, so that the curves can be compared.


def train(net, X, Y, lr=0.1, num_epochs=60, zero_grad=True):
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        loss = nn.functional.mse_loss(net(X), Y)
        if zero_grad:
            optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# %%
# So this is how it should look: falling, to practically nothing.

good = train(fresh(), X, Y)
print(f"first loss {good[0]:.3f}, last loss {good[-1]:.1e}")

# sphinx_gallery_start_ignore
import itertools

assert good[-1] < 1e-6 < good[0]
assert all(a > b for a, b in itertools.pairwise(good))
# sphinx_gallery_end_ignore

# %%
# 1 · Forgotten ``zero_grad``
# ---------------------------

forgotten = train(fresh(), X, Y, zero_grad=False)
fig, ax = plt.subplots()
ax.semilogy(good, label="as it should be")
ax.semilogy(forgotten, "--", label="without zero_grad")
ax.set(xlabel="epoch", ylabel="loss")
ax.legend()

# sphinx_gallery_start_ignore
fig.set_label(
    "Loss against epoch on a logarithmic axis. The right loop falls in a straight line. Without"
    " zero_grad the loss falls faster at first, then swings up and down in large waves and stays"
    " far above."
)
assert forgotten[2] < good[2]
assert forgotten[-1] > 100 * good[-1]
rises = sum(b > a for a, b in itertools.pairwise(forgotten))
assert rises >= 10
# sphinx_gallery_end_ignore

# %%
# **Symptom**: faster at first, then swinging. The gradients of all epochs add up, so the step goes on
# in the old direction long after the minimum was passed. **Fix**: ``optimizer.zero_grad()`` in every
# epoch.
#
# The falling start is treacherous. If the targets are pure noise and nothing can be learned, the loop
# with the bug even comes down *faster*, for a while:

torch.manual_seed(0)
noise_X, noise_Y = torch.randn(1000, 10), torch.randn(1000, 2)
net = nn.Linear(10, 2)
start = {k: v.clone() for k, v in net.state_dict().items()}
right = train(net, noise_X, noise_Y, lr=0.01, num_epochs=100)
net.load_state_dict(start)
wrong = train(net, noise_X, noise_Y, lr=0.01, num_epochs=100, zero_grad=False)
for n in (16, 100):
    print(
        f"epoch {n}: right {right[n - 1]:.3f}, with the bug {wrong[n - 1]:.3f}"
    )

# sphinx_gallery_start_ignore
columns = torch.cat([noise_X, torch.ones(1000, 1)], dim=1)
best_fit = columns @ torch.linalg.lstsq(columns, noise_Y).solution
noise_floor = nn.functional.mse_loss(best_fit, noise_Y).item()
assert wrong[15] - noise_floor < 0.1 * (right[15] - noise_floor)
assert max(wrong[16:40]) > 1.1 * wrong[15]
assert wrong[99] > right[99]
# sphinx_gallery_end_ignore

# %%
# After 16 epochs the loop with the bug has come down to the noise, long before the right one; after
# 100 it is the worse of the two. The bug acts like momentum with nothing that damps it, so it swings,
# and which loop looks better depends on the epoch at which one looks. We picked 16 because the swing
# is lowest there. A falling loss proves nothing, a low one not much: look at the whole curve, and
# compare it with that of a right loop.
#
# 2 · A parameter that is wrapped again
# -------------------------------------
#
# Somebody read that a tensor must be wrapped in ``nn.Parameter`` to be differentiated, and does it in
# the loop. (It need not: ``requires_grad=True`` is enough. A Parameter is what a module registers.)

x = nn.Parameter(torch.tensor(-4.0))
optimizer = torch.optim.SGD([x], lr=0.1)
for _ in range(20):
    x = nn.Parameter(x)
    optimizer.zero_grad()
    ((x - 2) ** 2).backward()
    optimizer.step()
print("x after 20 steps:", x.item(), " gradient:", x.grad.item())

# sphinx_gallery_start_ignore
assert x.item() == -4
assert x.grad.item() == 2 * (-4 - 2) == -12
# sphinx_gallery_end_ignore

# %%
# **Symptom**: nothing moves, although the gradient is there: still −4, with the gradient −12. The
# optimizer holds the *first* Parameter; the gradient arrives at a new one in every round. With a
# hand-written update the same habit hides a missing ``zero_grad``, since a new Parameter has none to
# clear. **Fix**: make it once, before the loop.
#
# 3 · Changing a leaf in place
# ----------------------------

x = torch.tensor(-4.0, requires_grad=True)
((x - 2) ** 2).backward()
try:
    x -= 0.1 * x.grad
except RuntimeError as error:
    print(error)

# sphinx_gallery_start_ignore
else:
    raise AssertionError("a leaf was changed in place")
# sphinx_gallery_end_ignore

# %%
# **Symptom**: this message. The update itself would become part of the graph. The obvious way around
# it is worse, because it runs:

x = x - 0.1 * x.grad
print("still a leaf:", x.is_leaf)

# sphinx_gallery_start_ignore
assert not x.is_leaf
# sphinx_gallery_end_ignore

# %%
# ``x`` is now the result of an operation, and results keep no gradient: the next round finds
# ``x.grad`` empty. **Fix**: update under :class:`torch.no_grad`.
#
# 4 · Walking a used graph
# ------------------------

w = torch.tensor(1.0, requires_grad=True)
loss = (w * 3).exp()
loss.backward()
try:
    loss.backward()
except RuntimeError as error:
    print(str(error).partition(" (")[0])

# sphinx_gallery_start_ignore
else:
    raise AssertionError("a freed graph was walked again")
# sphinx_gallery_end_ignore

# %%
# **Symptom**: *a second time*. Most often the loss was computed once, before the loop. **Fix**:
# compute it in every round. ``retain_graph=True`` silences the message and keeps the mistake: every
# round then steps along the gradient of the first.
#
# 5 · An integer that requires a gradient
# ---------------------------------------

try:
    torch.tensor([1, 2, 3], requires_grad=True)
except RuntimeError as error:
    print(error)

# sphinx_gallery_start_ignore
else:
    raise AssertionError("integers were accepted")
# sphinx_gallery_end_ignore

# %%
# **Symptom**: this message, from a tensor that *looks* right. **Fix**: write ``1.0``, or give
# ``dtype=torch.float32``.
#
# 6 · A detached loss
# -------------------
#
# Something between the parameters and the loss leaves PyTorch and comes back: ``.item()``,
# ``.numpy()``, ``torch.tensor(…)``, ``detach``.

net = fresh()
error_sum = sum((p - y).item() ** 2 for p, y in zip(net(X), Y, strict=True))
loss = torch.tensor(error_sum / len(X))
try:
    loss.backward()
except RuntimeError as error:
    print(error)

# sphinx_gallery_start_ignore
else:
    raise AssertionError("a detached loss had a gradient")
torch.testing.assert_close(loss, nn.functional.mse_loss(net(X), Y))
# sphinx_gallery_end_ignore

# %%
# **Symptom**: *does not have a grad_fn*. The value is right, the way back is gone. Adding
# ``requires_grad=True`` to the new tensor stops the message, and nothing will ever be trained.
# **Fix**: stay with tensors from the parameters to the loss.
#
# 7 · Softmax before cross entropy
# --------------------------------
#
# Three classes that a straight line separates well, and a linear layer with raw scores. The
# :term:`cross entropy` contains the softmax. Whoever applies one before applies two.

torch.manual_seed(0)
labels = torch.arange(90) % 3
centres = torch.tensor([[0.0, 4.0], [4.0, -2.0], [-4.0, -2.0]])
points = centres[labels] + torch.randn(90, 2)

# %%
# The training once more, with and without the mistake:


def classify(softmax_first):
    net, losses = nn.Linear(2, 3), []
    optimizer = torch.optim.SGD(net.parameters(), lr=0.5)
    for _ in range(200):
        scores = net(points)
        scores = scores.softmax(dim=1) if softmax_first else scores
        loss = nn.functional.cross_entropy(scores, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# %%
# The smallest value that the doubled softmax can reach is computable: the best input of the second
# softmax is a one and two zeros.

once, twice = classify(softmax_first=False), classify(softmax_first=True)
floor = nn.functional.cross_entropy(
    torch.tensor([[1.0, 0.0, 0.0]]), torch.tensor([0])
)
fig, ax = plt.subplots()
ax.plot(once, label="raw scores")
ax.plot(twice, "--", label="softmax first")
ax.axhline(floor, linestyle=":", color="black", label="its floor")
ax.set(xlabel="epoch", ylabel="cross entropy")
ax.legend()

# sphinx_gallery_start_ignore
fig.set_label(
    "Cross entropy against epoch. With raw scores it falls towards zero. With a softmax before it,"
    " it levels off just above a dotted line at 0.55."
)
import math

assert abs(floor.item() - math.log(1 + 2 * math.exp(-1))) < 1e-6
assert round(floor.item(), 2) == 0.55
assert once[-1] < 0.1
assert floor.item() < twice[-1] < floor.item() + 0.05
# sphinx_gallery_end_ignore

# %%
# **Symptom**: the loss stops at a floor, here :math:`\log(1 + 2/e) = 0.55`, however well the classes
# are separated. With ten classes the floor is 1.46. **Fix**: hand over the raw scores; apply the
# softmax only when you want to *read* probabilities.

# sphinx_gallery_start_ignore
assert round(math.log(1 + 9 * math.exp(-1)), 2) == 1.46
# sphinx_gallery_end_ignore
ten = nn.functional.cross_entropy(torch.eye(10)[:1], torch.tensor([0]))
print(f"floor for ten classes: {ten.item():.2f}")

# %%
# 8 · Forgotten ``eval()``
# ------------------------
#
# :term:`Dropout` throws away random units while training. After training it must not, and
# ``model.eval()`` tells it so. Forget it, and the model contradicts itself:

torch.manual_seed(0)
model = nn.Sequential(
    nn.Linear(3, 50), nn.ReLU(), nn.Dropout(0.5), nn.Linear(50, 1)
)
with torch.no_grad():
    twice = [model(X[:1]).item() for _ in range(2)]
    model.eval()
    twice_in_eval = [model(X[:1]).item() for _ in range(2)]
print("same input, training mode:", [round(v, 3) for v in twice])
print("same input, eval mode:    ", [round(v, 3) for v in twice_in_eval])

# sphinx_gallery_start_ignore
assert twice[0] != twice[1]
assert twice_in_eval[0] == twice_in_eval[1]
# sphinx_gallery_end_ignore

# %%
# **Symptom**: two answers to the same question; a test loss that is noisier and worse than it should
# be. **Fix**: ``model.eval()`` before measuring, and ``model.train()`` before training goes on, because
# a model stays in the mode that it was put in. Neither has anything to do with ``no_grad``.
#
# Recap
# -----
#
# - Four of the eight stop with a message: changed leaf, used graph, integer, detached loss. Read it
#   to the end.
# - Four run: forgotten ``zero_grad``, wrapped parameter, softmax twice, forgotten ``eval``. Only
#   comparing with an expectation finds them.
# - Have one: a target that the model can reach, a loss that it should start from, the same answer
#   twice.
#
# Where to go next
# ----------------
#
# That was loops and tensors. :doc:`nn.Module </lessons/modules/plot_1_module>` begins to pack them
# into models.
