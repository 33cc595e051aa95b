r"""
Optimizers
==========

.. lesson::
   :assumes: optimisation/plot_2_valleys_contours

   - write momentum and Adam yourself, and use their counterparts in ``torch.optim``
   - say why momentum needs hundreds of steps where gradient descent needs thousands
   - choose an optimizer for a new problem, with a rate that suits it

Gradient descent looks at the gradient where it stands and forgets it after the step. In a long
valley that costs thousands of steps. The optimizers of this lesson remember: where they were
heading, or how large the gradients have been in each direction. The valley below is so long that
the difference cannot be overlooked.
"""

# sphinx_gallery_tags = ["optimisation"]

from functools import partial

import matplotlib.pyplot as plt
import torch

from pytorch_primer import (
    animate_descent,
    descend,
    plot_contours,
    plot_trajectory,
    plot_values,
)

plt.style.use("pytorch_primer.course")

# %%
# One step by hand is one step of ``SGD``
# ---------------------------------------
#
# Three variables first, :math:`L = (x-2)^2 + (y-x)^2 + (z-y)^2`. We start at (−4, −3, −2), with the
# rate 0.1. By hand: all gradients are taken at the start, and only then everything moves.


def chain(x, y, z):
    return (x - 2) ** 2 + (y - x) ** 2 + (z - y) ** 2


start = (-4.0, -3.0, -2.0)
x, y, z = (torch.tensor(s, requires_grad=True) for s in start)
chain(x, y, z).backward()
by_hand = [p.item() - 0.1 * p.grad.item() for p in (x, y, z)]
print("by hand:", [round(p, 4) for p in by_hand])

# sphinx_gallery_start_ignore
expected = torch.tensor([-4 + 1.4, -3 + 0.0, -2 - 0.2])
torch.testing.assert_close(torch.tensor(by_hand), expected)
torch.testing.assert_close(expected, torch.tensor([-2.6, -3.0, -2.2]))
assert (start, [round(p, 4) for p in by_hand]) == (
    (-4, -3, -2),
    [-2.6, -3.0, -2.2],
), "the step goes"
assert start == (-4, -3, -2), "we start with the rate"
slopes = torch.stack([p.grad for p in (x, y, z)])
assert torch.allclose(torch.tensor(start) - 0.1 * slopes, expected), (
    "we start with the rate"
)
# sphinx_gallery_end_ignore

# %%
# The step goes from (−4, −3, −2) to (−2.6, −3.0, −2.2). Now with :class:`torch.optim.SGD`. An optimizer is given
# the tensors that it shall change, reads their ``.grad`` in ``step()``, and clears it in
# ``zero_grad()``.

optimizer = torch.optim.SGD([x, y, z], lr=0.1)
optimizer.zero_grad()
chain(x, y, z).backward()
optimizer.step()
print("by SGD: ", [round(p.item(), 4) for p in (x, y, z)])

# sphinx_gallery_start_ignore
torch.testing.assert_close(torch.stack([x, y, z]).detach(), expected)
last = torch.tensor([[20.0, -30.0], [-30.0, 80.0]])
least, most = torch.linalg.eigvalsh(last).tolist()
assert round(most / least) == 12, "the condition number of the last valley"
# sphinx_gallery_end_ignore

# %%
# The same. The name stands for *stochastic gradient descent* :cite:p:`robbins1951`; the
# *stochastic* part is the choice of the samples, which happens elsewhere. Here there are no
# samples, and SGD is plain gradient descent.
#
# .. predict:: The optimizer was given ``x`` alone. Where do both stand after the step?
#    :aim: 1
#
#    x, y = (torch.tensor(1.0, requires_grad=True) for _ in range(2))
#    optimizer = torch.optim.SGD([x], lr=0.1)
#    (3 * x + 5 * y).backward()
#    optimizer.step()
#    print(round(x.item(), 1), round(y.item(), 1))
#    + Both have a gradient, but it moves only what it was given.
#    - ``backward`` reaches both; the step does not.
#        SGD([x] -> SGD([x, y]
#    - ``step()`` reads the gradients that are there, and moves.
#        optimizer.step() -> optimizer.zero_grad()
#    - It goes against the gradient.
#        lr=0.1 -> lr=0.1, maximize=True
#
# A long valley
# -------------
#
# The last lesson's valley had the :term:`condition number` 12, and plain descent is content with
# that. This one has 1000: a curvature of 1000 across, of 1 along. It is turned, so that neither
# direction is that of a coordinate, and its lowest point is not at the origin but at (3, 1).

turn = torch.tensor(0.5)
across = torch.stack([-turn.sin(), turn.cos()])
along = torch.stack([turn.cos(), turn.sin()])
lowest = torch.tensor([3.0, 1.0])


def valley(v):
    d = v - lowest
    return ((d @ along) ** 2 + 1000 * (d @ across) ** 2) / 2


H = torch.func.jacrev(torch.func.grad(valley))(lowest)
print("curvatures:", [round(c, 1) for c in torch.linalg.eigvalsh(H).tolist()])

# sphinx_gallery_start_ignore
torch.testing.assert_close(
    torch.linalg.eigvalsh(H), torch.tensor([1.0, 1000.0]), atol=1e-2, rtol=1e-3
)
curvature = [round((way @ H @ way).item()) for way in (across, along)]
assert curvature == [1000, 1], "this one has a curvature across and one along"
# sphinx_gallery_end_ignore

# %%
# Gradient descent at its best rate, :math:`2/(1 + 1000)`, for 300 steps:

start = torch.tensor([-2.0, -1.5])
num_steps = 300
runs = {"SGD": descend(valley, start, lr=2 / 1001, num_steps=num_steps)}
values = runs["SGD"].values
print(f"value: first {values[0]:.0f}, last {values[-1]:.1f}")
print("left after 300 steps:", round((999 / 1001) ** 300, 2))

# sphinx_gallery_start_ignore
assert round((999 / 1001) ** 300, 2) == 0.55
assert torch.equal(
    descend(valley, start, lr=2 / (1 + 1000), num_steps=300).values, values
), "gradient descent at its best rate"
d = start - lowest
left = torch.stack([d @ along, d @ across]) * (999 / 1001) ** 300
exact = (left[0] ** 2 + 1000 * left[1] ** 2) / 2
torch.testing.assert_close(values[-1], exact, rtol=0.02, atol=0)
needed = torch.tensor(0.001).log() / torch.tensor(999 / 1001).log()
assert 3000 < needed < 4000, "more steps for a thousandth of the distance"
assert (1000 - 1) / (1000 + 1) == 999 / 1001 == 1 - 2 / (1 + 1000)
# sphinx_gallery_end_ignore

# %%
# Each step multiplies the distance in both directions by :math:`(1000 - 1)/(1000 + 1)` in size.
# After 300 steps 0.55 of it are left, and to get down to a thousandth would take more than 3000.
#
# Momentum, in ten lines
# ----------------------
#
# A ball that rolls down does not stop at each point to ask for the direction: it keeps most of its
# speed. With :term:`momentum` one does not step along the gradient :math:`g` but along a *velocity*
# that collects gradients and forgets them slowly :cite:p:`polyak1964`:
#
# .. math:: m \leftarrow \beta\, m + g, \qquad v \leftarrow v - \text{lr}\cdot m.


def with_momentum(f, v, lr, beta, num_steps):
    """Minimise f from v and return all positions."""
    positions, m = [v], torch.zeros_like(v)
    for _ in range(num_steps):
        g = torch.func.grad(f)(v)
        m = beta * m + g
        v = v - lr * m
        positions.append(v)
    return torch.stack(positions)


# %%
# Across the valley the gradients change their sign from step to step and cancel in :math:`m`. Along
# the floor they all agree and add up, to :math:`1/(1 - \beta)` times one of them. In
# ``torch.optim`` this is an option of SGD; ``descend`` takes a function that makes an optimizer of
# the parameters it is given. Both, with :math:`\beta = 0.88` and the rate 0.0037:


def momentum(lr, beta):
    return lambda params: torch.optim.SGD(params, lr=lr, momentum=beta)


ours = with_momentum(valley, start, 0.0037, 0.88, num_steps)
theirs = descend(valley, start, momentum(0.0037, 0.88), num_steps=num_steps)
difference = (ours - theirs.positions).abs().max().item()
print("equal to 1e-4:", difference < 1e-4)
print(f"value after 300 steps: {theirs.values[-1]:.0e}")

# sphinx_gallery_start_ignore
assert difference < 1e-4
assert theirs.values[-1] < 1e-8
assert theirs.values[-1] < 1e-8 * values[-1]
assert round(values[-1].item()) == 11, "left by gradient descent"
assert torch.equal(
    with_momentum(valley, start, lr=0.0037, beta=0.88, num_steps=num_steps),
    ours,
), "both, with this beta and this rate"
beta = 0.88
assert abs(sum(beta**k for k in range(300)) - 1 / (1 - beta)) < 1e-9
# sphinx_gallery_end_ignore

# %%
# Gradient descent at its best rate had left 11. Momentum leaves nothing that float32 could tell
# from the minimum. How much memory is right? We try three values of :math:`\beta`, each at nine
# tenths of the largest rate at which it is stable, which is :math:`2\,(1 + \beta)/1000`:

for beta in (0.5, 0.9, 0.99):
    lr = 0.9 * 2 * (1 + beta) / 1000
    name = f"momentum {beta:.2f}"
    runs[name] = descend(
        valley, start, momentum(lr, beta), num_steps=num_steps
    )
    print(f"{name}: f = {runs[name].values[-1]:.0e}")

# sphinx_gallery_start_ignore
ends = {name: run.values[-1].item() for name, run in runs.items()}
assert round(ends["SGD"]) == 11
assert ends["momentum 0.90"] < 1e-6 * min(
    ends["momentum 0.50"], ends["momentum 0.99"]
)


def grows(rate, beta):
    """Whether momentum diverges across the valley, where the curvature is 1000."""
    step = torch.tensor([[1 + beta - 1000 * rate, -beta], [1.0, 0.0]])
    return torch.linalg.eigvals(step).abs().max() > 1


assert grows(1.001 * 2 * (1 + beta) / 1000, beta)
assert not grows(0.999 * 2 * (1 + beta) / 1000, beta), (
    "nine tenths of the largest rate at which it is stable"
)
swings = runs["momentum 0.99"].values.diff() > 0
assert swings.sum() > 50
# sphinx_gallery_end_ignore

# %%

fig, ax = plt.subplots(figsize=(7, 3.6))
plot_values(runs, log=True, ax=ax)
ax.legend(loc="upper left", bbox_to_anchor=(1, 1))

# sphinx_gallery_start_ignore
fig.set_label(
    "Value of the valley against the step, logarithmic, for gradient descent and for momentum with three"
    " values of beta. Gradient descent hardly falls; 0.50 falls in a straight line by a few powers of"
    " ten. With 0.90 the curve falls by more than ten, in waves. With 0.99 the waves hardly sink."
)
waves = {beta: runs[f"momentum {beta:.2f}"].values for beta in (0.9, 0.99)}
early, late = waves[0.99][:100].max(), waves[0.99][200:].max()
assert late > 0.1 * early, "the waves of 0.99 hardly sink"
assert waves[0.9][200:].max() < 1e-6 * waves[0.9][:100].max()
# sphinx_gallery_end_ignore

# %%
# With too little memory the ball creeps; with too much it rolls past the lowest point and back,
# many times: the waves of 0.99 hardly sink. For a quadratic function the best value is known
# :cite:p:`polyak1964`. With :math:`\kappa` for the condition number it is

kappa = 1000
best_beta = ((kappa**0.5 - 1) / (kappa**0.5 + 1)) ** 2
print(f"best beta {best_beta:.2f}, factor of a step {best_beta**0.5:.2f}")
print(f"without momentum {(kappa - 1) / (kappa + 1):.3f}")

# sphinx_gallery_start_ignore
root = kappa**0.5
assert abs(best_beta**0.5 - (root - 1) / (root + 1)) < 1e-12, (
    "with kappa: a step then multiplies the distance by about its root"
)
assert round((root - 1) / (root + 1), 2) == 0.94, (
    "with kappa: a step then multiplies the distance by about its root"
)
assert abs(0.9 - best_beta) < 0.02, "close to the best value for this valley"
assert (round(best_beta, 2), round(best_beta**0.5, 2)) == (0.88, 0.94)
assert round(999 / 1001, 3) == 0.998
assert 0.0037 < (2 / (root + 1)) ** 2 < 0.0038
# sphinx_gallery_end_ignore

# %%
# :math:`\bigl((\sqrt\kappa - 1)/(\sqrt\kappa + 1)\bigr)^2`, and a step then multiplies the distance
# by about its root, 0.94 in place of 0.998. It is the *root* of the condition number that counts.
# The 0.9 that most programs take is close to the best value for this valley.
#
# What will happen on the path below, at the same rate, without any memory? Say it, then move the
# momentum all the way down. And with more of it?
#
# .. explorable:: descent
#    :size: small
#    :state: f=steep&opt=momentum&lr=0.0037&momentum=0.88&x=-2&y=-1.5&steps=300
#
# .. predict:: What is the velocity after 100 gradients that agree, and after 100 that alternate?
#    :aim: 2
#
#    def velocity(gradients, beta=0.9):
#        m = 0.0
#        for g in gradients:
#            m = beta * m + g
#        return round(m, 1)
#
#    print(velocity([1, 1] * 50), velocity([1, -1] * 50))
#    + What agrees adds up, to 1/(1 − β) times one gradient; what alternates nearly cancels.
#    - It forgets: a tenth at each step, so the sum has a bound.
#        beta=0.9 -> beta=1.0
#    - It remembers: the last gradient is not all of it.
#        beta=0.9 -> beta=0.0
#    - The signs count. Across the valley they change from step to step.
#        beta * m + g -> beta * m + abs(g)
#
# .. predict:: A condition number of 10 000. By what factor does the best momentum save steps?
#    :aim: 2
#
#    steps = lambda factor: math.log(0.01) / math.log(factor)
#    kappa = 10_000
#    plain = steps((kappa - 1) / (kappa + 1))
#    momentum = steps((kappa**0.5 - 1) / (kappa**0.5 + 1))
#    print(round(plain / momentum))
#    + The root of the condition number takes its place.
#    - One step costs the same with and without; but it does save steps.
#        plain / momentum -> plain / plain
#    - Less than the condition number itself: a long valley is still harder than a short one.
#        plain / momentum -> (plain / momentum) ** 2
#    - The root is taken once.
#        plain / momentum -> (plain / momentum) ** 0.5
#
# .. repair:: A valley with the curvatures 1 and 1000. Which change brings the loss below a hundredth?
#    :aim: 2
#
#    v = torch.ones(2, requires_grad=True)
#    optimizer = torch.optim.SGD([v], lr=0.0019, momentum=0.0)
#    losses = []
#    for _ in range(150):
#        loss = (v[0] ** 2 + 1000 * v[1] ** 2) / 2
#        optimizer.zero_grad()
#        loss.backward()
#        optimizer.step()
#        losses.append(loss.item())
#    + The small steps along the floor add up, and the jumps across cancel.
#        momentum=0.0 -> momentum=0.9
#    - With so long a memory it rolls past the lowest point, and back, and past it.
#        momentum=0.0 -> momentum=0.999
#    - The steep direction does not bear that without help.
#        lr=0.0019 -> lr=0.0022
#    - Lower, but not low enough: along the floor each step is small.
#        range(150) -> range(300)
#
# What the others remember
# ------------------------
#
# Write :math:`g` for the gradient. Every rule below takes the place of
# :math:`v \leftarrow v - \text{lr}\cdot g`:
#
# .. list-table::
#    :header-rows: 1
#    :widths: 22 78
#
#    * - optimizer
#      - what it does with the gradient
#    * - momentum
#      - :math:`m \leftarrow \beta\,m + g`, step along :math:`m`
#    * - Nesterov
#      - the same, with the gradient taken a little ahead :cite:p:`nesterov1983`
#    * - Adagrad
#      - divides :math:`g` by the root of the sum of all its squares so far :cite:p:`duchi2011`
#    * - RMSprop
#      - divides :math:`g` by the root of a running *mean* of its squares :cite:p:`hinton2012`
#    * - Adadelta
#      - the same, and estimates the rate from its own last steps :cite:p:`zeiler2012`
#    * - Adam
#      - momentum and RMSprop together :cite:p:`kingma2015`; Adamax is Adam with a running *maximum*
#    * - AdamW
#      - Adam, and each step also shrinks :math:`v` a little: weight decay
#        :cite:p:`loshchilov2019`
#
# All of them use first derivatives only. What they divide by is a guess at the scale of each
# coordinate, not a curvature.
#
# Adam, written out
# -----------------
#
# The rule of :term:`Adam` in full. ``m`` and ``s`` are running means that begin at 0, so the first
# ones are too small. The line with the hats corrects for that.


def adam(f, v, lr, num_steps, betas=(0.9, 0.999), eps=1e-8):
    """Minimise f with Adam and return the last position."""
    m, s = torch.zeros_like(v), torch.zeros_like(v)
    for k in range(1, num_steps + 1):
        g = torch.func.grad(f)(v)
        m = betas[0] * m + (1 - betas[0]) * g
        s = betas[1] * s + (1 - betas[1]) * g**2
        m_hat, s_hat = m / (1 - betas[0] ** k), s / (1 - betas[1] ** k)
        v = v - lr * m_hat / (s_hat.sqrt() + eps)
    return v


# sphinx_gallery_start_ignore
moved = adam(lambda v: (0 * v).sum(), torch.ones(1), 0.1, num_steps=3) - 1
assert moved == 0, "running means that did not begin there would move it"
# sphinx_gallery_end_ignore

# %%
# Is it the same Adam?

ours = adam(valley, start, lr=0.1, num_steps=50)
theirs = descend(valley, start, torch.optim.Adam, lr=0.1, num_steps=50)
difference = (ours - theirs.positions[-1]).abs().max().item()
print("equal to 1e-3 after 50 steps:", difference < 1e-3)

# sphinx_gallery_start_ignore
assert difference < 1e-3
import inspect

assert (
    inspect.signature(torch.optim.AdamW).parameters["weight_decay"].default
    == 0.01
)
v0, lr_ = torch.tensor([2.0]), 0.5
decayed = descend(
    lambda v: (0 * v).sum(), v0, torch.optim.AdamW, lr=lr_, num_steps=1
)
assert torch.isclose(decayed.positions[-1], v0 * (1 - lr_ * 0.01)), (
    "AdamW shrinks the position first by the factor"
)
moves = (adam(valley, start, lr=0.5, num_steps=1) - start) / 0.5
assert [round(abs(m), 3) for m in moves.tolist()] == [1, 1], (
    "Adam moves by lr at the first step, in each coordinate, however steep"
)
# sphinx_gallery_end_ignore

# %%
# At the first step the *corrected* means are the gradient and its square, so the one divided by the
# root of the other is ±1: Adam moves by ``lr`` in each coordinate, however steep it is. AdamW
# shrinks the position first, by the factor :math:`1 - \text{lr}\cdot 0.01`. From (8, 8) on the
# valley of the last lesson, with the rate 1:


def skewed(v):
    x, y = v
    return 10 * (x**2 - 3 * x * y + 4 * y**2)


eight = torch.tensor([8.0, 8.0])
for optimizer in (torch.optim.Adam, torch.optim.AdamW):
    one = descend(skewed, eight, optimizer, lr=1.0, num_steps=1)
    print(f"{optimizer.__name__:5}", one.positions[-1].tolist())

# sphinx_gallery_start_ignore
spread = torch.linalg.eigvalsh(torch.tensor([[2.0, -3.0], [-3.0, 8.0]]))
assert round((spread[1] / spread[0]).item()) == 12
adam_one = descend(skewed, eight, torch.optim.Adam, lr=1.0, num_steps=1)
shrunk = 8 * (1 - 1.0 * 0.01)
torch.testing.assert_close(adam_one.positions[-1], torch.tensor([9.0, 7.0]))
torch.testing.assert_close(
    one.positions[-1], torch.tensor([shrunk + 1, shrunk - 1])
)
assert (round(shrunk + 1, 2), round(shrunk - 1, 2)) == (8.92, 6.92)
from_to = eight.tolist(), adam_one.positions[-1].tolist()
assert from_to == ([8, 8], [9, 7]), "Adam goes from here to there"
assert torch.equal(
    one.positions,
    descend(skewed, (8.0, 8.0), optimizer, lr=1.0, num_steps=1).positions,
), "the valley of the last lesson, with this rate"
# sphinx_gallery_end_ignore

# %%
# Adam goes from (8, 8) to (9, 7), AdamW to (8.92, 6.92). Is ``lr`` then the largest step that Adam
# makes? Nearly, while gradients keep their size. But if they were small for long, ``s`` is small,
# too, and a sudden large one is divided by too little:

p = torch.zeros(1, requires_grad=True)
optimizer = torch.optim.Adam([p], lr=1.0)
longest = 0.0
for gradient in [0.0] * 1000 + [1.0] * 20:
    before, p.grad = p.item(), torch.tensor([gradient])
    optimizer.step()
    longest = max(longest, abs(p.item() - before))
print(f"longest step after a long silence: {longest:.2f}")

# sphinx_gallery_start_ignore
# After k ones: m = 1 - 0.9^k, s = 1 - 0.999^k, the latter corrected by 1 - 0.999^(1000 + k).
steps = [
    (1 - 0.9**k)
    / (1 - 0.9 ** (1000 + k))
    * ((1 - 0.999 ** (1000 + k)) / (1 - 0.999**k)) ** 0.5
    for k in range(1, 21)
]
assert abs(max(steps) - longest) < 1e-3
assert round(longest, 2) == 5.24
# sphinx_gallery_end_ignore

# %%
# More than five times ``lr``. Such a leap can be seen in the loss of a network, as a spike.
#
# .. predict:: Adam's first step. How far does it move the two numbers?
#    :aim: 1
#
#    p = torch.zeros(2, requires_grad=True)
#    optimizer = torch.optim.Adam([p], lr=0.1)
#    p.grad = torch.tensor([1000.0, -0.01])
#    optimizer.step()
#    print([round(x, 3) for x in p.tolist()])
#    + The gradient is divided by its own size: its sign is left.
#    - That is what plain descent would do: proportional to the gradient.
#        Adam -> SGD
#    - Each number against *its* gradient.
#        -0.01 -> 0.01
#    - Each coordinate is divided by its own size, not by that of the longest.
#        torch.tensor([1000.0, -0.01]) -> torch.tensor([1.0, 0.0])
#
# .. predict:: The gradient is zero. What does one step of AdamW make of 1?
#    :aim: 3
#
#    p = torch.ones(1, requires_grad=True)
#    optimizer = torch.optim.AdamW([p], lr=0.1, weight_decay=0.5)
#    p.grad = torch.zeros(1)
#    optimizer.step()
#    print(round(p.item(), 2))
#    + The decay pulls towards zero whatever the gradient says, by rate times decay.
#    - The decay needs no gradient: the number shrinks by itself.
#        weight_decay=0.5 -> weight_decay=0.0
#    - The decay is multiplied by the rate.
#        lr=0.1 -> lr=1.0
#    - So would Adam: it takes the decay for a gradient and makes a whole step of it. AdamW keeps the two apart.
#        AdamW -> Adam
#
# A race, and what it shows
# -------------------------
#
# For the other optimizers no formula tells the best rate. Each gets the one of four that suits it
# best:

rates = [0.03, 0.1, 0.3, 1.0]
kinds = {"Adagrad": torch.optim.Adagrad, "RMSprop": torch.optim.RMSprop}
kinds |= {"Adam": torch.optim.Adam, "AdamW": torch.optim.AdamW}
best_rate = {}


def last_value(run):
    return run.values[-1].nan_to_num(float("inf"))


for name, kind in kinds.items():
    tried = {}
    for lr in rates:
        tried[lr] = descend(valley, start, kind, lr=lr, num_steps=num_steps)
    best_rate[name] = min(rates, key=lambda lr: last_value(tried[lr]))
    runs[name] = tried[best_rate[name]]

# %%
# The table, with plain descent and momentum at their best:

shown = ["SGD", "momentum 0.90", *kinds]
for name in shown:
    rate = best_rate.get(name, "formula")
    print(f"{name:14} rate {rate!s:8} f = {runs[name].values[-1]:.0e}")

# sphinx_gallery_start_ignore
ends = {name: runs[name].values[-1].item() for name in shown}
assert ends["momentum 0.90"] < 1e-4 * ends["Adam"]
for name in ("Adagrad", "RMSprop"):
    assert 0.1 * ends["SGD"] < ends[name] < ends["SGD"]
assert ends["Adam"] < 0.01 * min(ends["Adagrad"], ends["RMSprop"])
assert 10 * ends["Adam"] < ends["AdamW"] < 0.1 * ends["SGD"]
# How far AdamW is from the minimum is what the decay asks for: without it, it is Adam.
plain = descend(
    valley,
    start,
    lambda p: torch.optim.AdamW(p, lr=best_rate["AdamW"], weight_decay=0.0),
    num_steps=num_steps,
)
assert plain.values[-1] < 0.1 * ends["AdamW"]
# sphinx_gallery_end_ignore

# %%
# Here is what this valley shows. Momentum at its best wins by far, and gradient descent at its best
# comes last. Adagrad and RMSprop, which only divide by the size of gradients, are hardly better
# than descent: the valley is turned, so no coordinate has a scale of its own. Adam, which has
# momentum too, is far ahead of them. AdamW has all that Adam has and does not arrive, because in
# each step it also pulls towards the origin, and the lowest point is not there. That is what
# :term:`weight decay` is for: with it one looks for a compromise between a small loss and small
# weights.
#
# It is not a ranking. This is one function of two variables, without noise, and with two numbers
# tuned for momentum. Their paths over the contours, with a mark for each of the first 40 steps. (A
# run is a record of positions, values and gradients; for the picture we cut it short.)

chosen = {}
for name in ("SGD", "momentum 0.90", "Adam", "AdamW"):
    run = runs[name]
    parts = run.positions[:41], run.values[:41], run.gradients[:41]
    chosen[name] = type(run)(*parts, None, name)
view = {"xlim": (-4, 8), "ylim": (-3.5, 4)}
fig, axes = plt.subplots(2, 2, figsize=(8, 6), sharex=True, sharey=True)
for ax, (name, run) in zip(axes.flat, chosen.items(), strict=True):
    plot_contours(valley, *view.values(), log=True, levels=10, ax=ax)
    plot_trajectory(run, ax=ax)
    ax.plot(*lowest, "*", color="C5", markersize=10)
    ax.set_title(name)

# sphinx_gallery_start_ignore
fig.set_label(
    "Four panels with the contours of a narrow, tilted valley and a star at its lowest point (3, 1). SGD"
    " jumps from wall to wall where it started. Momentum swings between the walls and moves along the"
    " floor, most of the way to the star. Adam and AdamW swing less and have come a small part of the"
    " way."
)
along_floor = {
    name: ((run.positions[-1] - lowest) @ along).item()
    for name, run in chosen.items()
}
begin = ((start - lowest) @ along).item()
assert along_floor["SGD"] < 0.9 * begin < 0 < 0.3 * -begin
assert abs(along_floor["momentum 0.90"]) < 0.4 * abs(along_floor["SGD"])
for name in ("Adam", "AdamW"):
    assert (
        along_floor["SGD"] < along_floor[name] < along_floor["momentum 0.90"]
    )
assert all(len(run.positions) - 1 == 40 for run in chosen.values()), "steps"
first = {
    name: run.positions[1] - run.positions[0] for name, run in chosen.items()
}
torch.testing.assert_close(first["Adam"].abs()[0], first["Adam"].abs()[1])
# sphinx_gallery_end_ignore

# %%
# Gradient descent jumps from wall to wall and hardly gets on. With momentum the jumps cancel and
# the speed along the floor grows. Adam and AdamW jump little and gather speed too, but later. In
# motion:

anim = animate_descent(
    valley, chosen, **view, log=True, levels=10, num_frames=21
)
anim

# sphinx_gallery_start_ignore
anim._fig.set_label(
    "Animation of the first forty steps: SGD hops between the walls on the spot, momentum swings and runs"
    " along the floor, Adam and AdamW follow more slowly."
)
# sphinx_gallery_end_ignore

# %%
# When the rate is wrong
# ----------------------
#
# How much does it matter to hit the best rate? Take a tenth of it, and ten times as much:


def sgd_momentum(params, lr):
    return torch.optim.SGD(params, lr=lr, momentum=0.9)


best = {"momentum": (sgd_momentum, 0.9 * 3.8 / 1000)}
best["Adam"] = (torch.optim.Adam, best_rate["Adam"])
ends = {}
for name, (kind, rate) in best.items():
    for factor in (0.1, 1, 10):
        optimizer = partial(kind, lr=factor * rate)
        run = descend(valley, start, optimizer, num_steps=num_steps)
        ends[name, factor] = run.values[-1].item()
        print(f"{name:8} {factor:4} x best: f = {ends[name, factor]:.0e}")

# sphinx_gallery_start_ignore
import math

assert math.isnan(ends["momentum", 10])
assert ends["Adam", 10] < 1
wild = descend(
    valley, start, partial(sgd_momentum, lr=0.1), num_steps=num_steps
)
assert wild.diverged and best_rate["Adam"] >= 0.1, (
    "0.1 for one and for another"
)
for kind in (torch.optim.Adam, torch.optim.AdamW):
    assert kind([torch.zeros(1)]).defaults["lr"] == 0.001
assert ends["momentum", 0.1] > 1e6 * ends["momentum", 1]
defaults = inspect.signature(torch.optim.Adam).parameters
assert defaults["lr"].default == 0.001, (
    "first Adam at this rate, then compare and search"
)
# sphinx_gallery_end_ignore

# %%
# Momentum explodes beyond its limit. Adam does not, because the size of its steps does not depend
# on the size of the gradients: with too large a rate it wanders, with too small a one it is late.
#
# .. choose:: A steep function, and a rate ten times too large. Which optimizer wanders but does not explode?
#    :aim: 3
#    :test: abs(end(optimizer)) < 10
#
#    v = torch.ones(1, requires_grad=True)
#    def end(optimizer):
#        for _ in range(30):
#            v.grad = 1000 * v.detach()  # the slope of 500 v²
#            optimizer.step()
#        return v.item()
#    + The size of its steps does not depend on the size of the gradients.
#        optimizer = torch.optim.Adam([v], lr=0.02)
#    - Steps that grow with the gradient, which grows with the steps.
#        optimizer = torch.optim.SGD([v], lr=0.02)
#    - A memory of steps that grow makes them no smaller.
#        optimizer = torch.optim.SGD([v], lr=0.02, momentum=0.9)
#
# Which one should I use?
# -----------------------
#
# - **Adam or AdamW, with the rate 0.001**, their default, for a first try on a network. A rate ten
#   times too large makes them wander and not explode, and by their division layers with small and
#   with large gradients get steps of one size. AdamW where you want weight decay.
# - **SGD with momentum 0.9** when you can afford to search the rate. Tuned, it won by far here, and
#   its limits are easier to understand.
# - Whatever you take, *search its rate*: a rate belongs to an optimizer, and 0.1 for one says
#   nothing about another. How to search is a lesson of part 5.
#
# .. repair::
#    :aim: 3
#
#    v = torch.ones(3, requires_grad=True)
#    optimizer = torch.optim.SGD([v], lr=0.05)
#    losses = []
#    for _ in range(60):
#        loss = (torch.tensor([1.0, 10.0, 50.0]) * v**2).sum() / 2
#        optimizer.zero_grad()
#        loss.backward()
#        optimizer.step()
#        losses.append(loss.item())
#    + The rate was one for this optimizer, whose steps do not grow with the gradient.
#        SGD -> Adam
#    - For the steep direction that is further beyond the limit.
#        lr=0.05 -> lr=0.06
#    - Nothing explodes now, and the flat directions hardly move.
#        lr=0.05 -> lr=0.0001
#    - The limit of the rate does not go away with time.
#        range(60) -> range(90)
#
# .. choose:: A first try on a network, with no time to search for a rate. Which line does the lesson advise?
#    :aim: 3
#    :test: optimizer.defaults["lr"] == 0.001 and isinstance(optimizer, torch.optim.Adam)
#
#    params = [torch.zeros(3, requires_grad=True)]
#    + Its default suits most networks for a start, and a wrong rate does not explode.
#        optimizer = torch.optim.Adam(params)
#    - The tuned rate of one valley. A network has another one, which nobody has searched.
#        optimizer = torch.optim.SGD(params, lr=0.0037, momentum=0.88)
#    - This rate is a hundred times the default: it would make Adam wander.
#        optimizer = torch.optim.Adam(params, lr=0.1)
#    - Tuned, it may win; but its rate has to be searched first.
#        optimizer = torch.optim.SGD(params, lr=0.1, momentum=0.9)
#
# An optimizer of your own
# ------------------------
#
# ``torch.optim`` is open. An optimizer is a class with a ``step`` that reads gradients and changes
# parameters; the base class keeps the parameters in groups, each with its settings, and does the
# rest. (``closure`` is there for methods that evaluate the loss several times in a step.) This one
# walks by the sign of the gradient alone, which is Adam without any memory:


class SignDescent(torch.optim.Optimizer):
    def __init__(self, params, lr):
        super().__init__(params, {"lr": lr})

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                p.sub_(p.grad.sign(), alpha=group["lr"])


# %%
# The same as Adam without memory:


def forgetful(params):
    return torch.optim.Adam(params, lr=0.1, betas=(0.0, 0.0), eps=0.0)


ours = descend(valley, start, SignDescent, lr=0.1, num_steps=50)
theirs = descend(valley, start, forgetful, num_steps=50)
print("equal:", torch.allclose(ours.positions, theirs.positions, atol=1e-4))

# sphinx_gallery_start_ignore
torch.testing.assert_close(ours.positions, theirs.positions, atol=1e-4, rtol=0)
# sphinx_gallery_end_ignore

# %%
# .. which-line:: run_sgd every_position
#    :aim: 1
#
# .. which-line:: one_step the_step_goes
#    :aim: 1
#
# .. which-line:: run_adamw the_learning_rate
#    :aim: 1
#
# Recap
# -----
#
# - ``torch.optim.SGD`` is the hand-written update; ``step()`` applies it, ``zero_grad()`` clears.
# - Momentum steps along a velocity: what alternates cancels, what agrees adds up. The root of the
#   condition number counts.
# - Adagrad, RMSprop and Adam divide by the size of past gradients; Adam's first step is ``lr`` in
#   each coordinate.
# - AdamW shrinks before it steps, so it does not end at the minimum of the loss alone.
# - First Adam at 0.001, then compare; and search the rate of whatever you take.
#
# Exercises
# ---------
#
# One step by hand, momentum by hand, and two optimizers with their records.
#
# .. exercise:: one_step
#    :aim: 1
#
# .. exercise:: run_sgd
#    :aim: 1
#
# .. parsons:: run_momentum
#    :aim: 1
#
# .. exercise:: run_momentum
#    :aim: 1
#
# .. exercise:: run_adamw
#    :aim: 1
#
# Where to go next
# ----------------
#
# So far a handful of numbers was trained. :doc:`nn.Module </lessons/modules/plot_1_module>` packs
# them into models.
