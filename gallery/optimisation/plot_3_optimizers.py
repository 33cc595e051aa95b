r"""
Optimizers
==========

.. lesson::
   :assumes: optimisation/plot_2_valleys_contours

   - replace a hand-written update by ``torch.optim``, and know that nothing changes
   - say in one line each what momentum, RMSprop, Adagrad, Adam and AdamW do with a gradient
   - compare optimizers fairly, each at a rate that suits it

Gradient descent looks at the gradient where it stands and forgets it after the step. In a long
valley that costs hundreds of steps. The optimizers of this lesson remember: where they were heading,
or how large the gradients have been in each direction. All of them are a few lines, and we write the
most famous one ourselves.
"""

# sphinx_gallery_tags = ["optimisation"]

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
# Three variables this time, :math:`L = (x-2)^2 + (y-x)^2 + (z-y)^2`, from (−4, −3, −2) with the rate
# 0.1. First by hand. All gradients are taken at the start, and only then everything moves.


def chain(v):
    x, y, z = v
    return (x - 2) ** 2 + (y - x) ** 2 + (z - y) ** 2


v = torch.tensor([-4.0, -3.0, -2.0], requires_grad=True)
chain(v).backward()
with torch.no_grad():
    by_hand = v - 0.1 * v.grad
print("by hand:", by_hand.tolist())

# sphinx_gallery_start_ignore
expected = torch.tensor([-4 + 1.4, -3 + 0.0, -2 - 0.2])
torch.testing.assert_close(by_hand, expected)
torch.testing.assert_close(expected, torch.tensor([-2.6, -3.0, -2.2]))
# sphinx_gallery_end_ignore

# %%
# From (−4, −3, −2) to (−2.6, −3.0, −2.2). Now with :class:`torch.optim.SGD`. An optimizer is given the
# tensors that it shall change, reads their ``.grad`` in ``step()``, and clears it in ``zero_grad()``.

optimizer = torch.optim.SGD([v], lr=0.1)
optimizer.zero_grad()
chain(v).backward()
optimizer.step()
print("by SGD: ", v.tolist())
print("largest difference:", (v - by_hand).abs().max().item())

# sphinx_gallery_start_ignore
assert torch.equal(v.detach(), by_hand)
# sphinx_gallery_end_ignore

# %%
# The same to the last bit. The name stands for :term:`stochastic gradient descent`
# :cite:p:`robbins1951`; the *stochastic* part is the choice of the samples, which happens elsewhere.
# Here there are no samples, and SGD is plain gradient descent.
#
# What they remember
# ------------------
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
#      - :math:`m \leftarrow 0.9\,m + g`, step along :math:`m`: it keeps going where it was going
#        :cite:p:`polyak1964`
#    * - Nesterov
#      - the same, with the gradient taken a little ahead :cite:p:`nesterov1983`
#    * - Adagrad
#      - divides :math:`g` by the root of the sum of all its squares so far :cite:p:`duchi2011`
#    * - RMSprop
#      - divides :math:`g` by the root of a running *mean* of its squares :cite:p:`hinton2012`
#    * - Adam
#      - momentum and RMSprop together :cite:p:`kingma2015`
#    * - AdamW
#      - Adam, and each step also shrinks :math:`v` a little: weight decay
#        :cite:p:`loshchilov2019`
#
# All of them use first derivatives only. What they divide by is a guess at the scale of each
# direction, not a curvature.
#
# Adam, written out
# -----------------
#
# The rule in full. The two divisions at the end of the first lines correct for the start, when the
# running means still contain the zeros that they began with.


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


# %%
# Is it the same Adam? Fifty steps of both, on the skewed valley of the last lesson:


def skewed(v):
    x, y = v
    return 10 * (x**2 - 3 * x * y + 4 * y**2)


start = torch.tensor([8.0, 8.0])
ours = adam(skewed, start, lr=0.5, num_steps=50)
theirs = descend(skewed, start, torch.optim.Adam, lr=0.5, num_steps=50)
difference = (ours - theirs.positions[-1]).abs().max().item()
print(f"largest difference after 50 steps: {difference:.0e}")

# sphinx_gallery_start_ignore
assert difference < 1e-4
# sphinx_gallery_end_ignore

# %%
# Equal up to rounding.
#
# The first step of Adam
# ----------------------
#
# At the first step both running means equal the gradient and its square, so the quotient is ±1 and
# Adam moves by exactly ``lr`` in each coordinate, however steep it is. AdamW first shrinks the
# position by the factor :math:`1 - \text{lr}\cdot 0.01`.

for optimizer in (torch.optim.Adam, torch.optim.AdamW):
    one = descend(skewed, start, optimizer, lr=1.0, num_steps=1)
    print(f"{optimizer.__name__:5}", one.positions[-1].tolist())

# sphinx_gallery_start_ignore
adam_one = descend(skewed, start, torch.optim.Adam, lr=1.0, num_steps=1)
adamw_one = descend(skewed, start, torch.optim.AdamW, lr=1.0, num_steps=1)
shrunk = 8 * (1 - 1.0 * 0.01)
torch.testing.assert_close(adam_one.positions[-1], torch.tensor([9.0, 7.0]))
torch.testing.assert_close(
    adamw_one.positions[-1], torch.tensor([shrunk + 1, shrunk - 1])
)
assert (round(shrunk + 1, 2), round(shrunk - 1, 2)) == (8.92, 6.92)
# sphinx_gallery_end_ignore

# %%
# Adam goes from (8, 8) to (9, 7), AdamW to (8.92, 6.92). Note the first coordinate: it *rises*,
# because its gradient at the start is negative.
#
# A fair race
# -----------
#
# Which is fastest? The question has no answer without the rates. With Adam at 1 and gradient descent
# at 0.001 one can prove anything. So each gets the rate that suits it best, from the same grid, judged
# by the mean of :math:`\log f` over 100 steps.

momentum = {"momentum": 0.9}
makers = {
    "SGD": torch.optim.SGD,
    "momentum": lambda p, lr: torch.optim.SGD(p, lr, **momentum),
    "Nesterov": lambda p, lr: torch.optim.SGD(
        p, lr, **momentum, nesterov=True
    ),
    "Adagrad": torch.optim.Adagrad,
    "RMSprop": torch.optim.RMSprop,
    "Adam": torch.optim.Adam,
    "AdamW": torch.optim.AdamW,
}

# %%
# One run for each optimizer and rate, and the best of each row:


def run(make, lr):
    return descend(skewed, start, lambda p: make(p, lr=lr), num_steps=100)


def score(trajectory):
    return trajectory.values.clamp(min=1e-12).log().mean().nan_to_num(1e9)


grid = [m * 10.0**e for e in range(-3, 2) for m in (1, 2, 5)]
best = {}
for name, make in makers.items():
    best[name] = min((run(make, lr) for lr in grid), key=score)
for name, trajectory in best.items():
    print(f"{name:9} {trajectory.label:18} f = {trajectory.values[-1]:.0e}")

# sphinx_gallery_start_ignore
final = {name: t.values[-1].item() for name, t in best.items()}
rate = {name: float(t.label.rpartition("lr ")[2]) for name, t in best.items()}
assert rate["SGD"] < 2 / 92.43 < rate["Adam"]
assert rate["Adam"] >= 20 * rate["SGD"]
assert all(value < 1 for value in final.values())
assert rate["AdamW"] == 50
assert 1 - rate["AdamW"] * 0.01 == 0.5
# sphinx_gallery_end_ignore

# %%
# The best rates differ by more than a factor of twenty: a rate belongs to an optimizer, and moving it
# from one to another means nothing. And look at AdamW: it chose the absurd rate 50. With it, the
# weight decay halves the position in every step, :math:`1 - 50 \cdot 0.01 = 0.5`, and that alone wins
# the race, because the minimum *happens* to lie at 0, where decay pulls. A test problem can flatter
# a method; this one does. Values first, then paths.

fig, ax = plt.subplots(figsize=(7, 4.2))
plot_values(best, log=True, ax=ax)
ax.set_ylim(1e-12, 1e5)
ax.legend(loc="upper left", bbox_to_anchor=(1, 1))

# sphinx_gallery_start_ignore
fig.set_label(
    "Value of the skewed function against the step, on a logarithmic axis, for seven optimizers, each"
    " at its best rate. All fall by many powers of ten; the curves of momentum and Adam wave on"
    " their way down, that of SGD is straight."
)
# sphinx_gallery_end_ignore

# %%
# On this valley all of them arrive, by different manners: the straight line is gradient descent, the
# waves are momentum running past the floor and back. Do not read a ranking of optimizers from it.
# It is one function, of two variables, without noise, with its minimum in a convenient place.

chosen = {name: best[name] for name in ("SGD", "momentum", "Adam")}
fig, ax = plt.subplots(figsize=(6, 4.5))
plot_contours(skewed, (-6, 12), (-6, 10), log=True, levels=14, ax=ax)
plot_trajectory(chosen, ax=ax)

# sphinx_gallery_start_ignore
fig.set_label(
    "Contours of the skewed valley with three paths from (8, 8). SGD jumps from wall to wall of the"
    " valley towards the origin, momentum swings around it in wide curves, Adam leaves to the lower"
    " right, along the diagonal, and then bends to the origin."
)
first = {name: t.positions[1] - t.positions[0] for name, t in chosen.items()}
assert first["Adam"][0] > 0 > first["Adam"][1]
# sphinx_gallery_end_ignore

# %%
# Adam starts along the diagonal, because it treats both coordinates alike. The same three in motion:

anim = animate_descent(
    skewed, chosen, xlim=(-6, 12), ylim=(-6, 10), log=True, num_frames=36
)
anim

# sphinx_gallery_start_ignore
anim._fig.set_label(
    "Animation of the three paths: SGD hops between the walls, momentum swings past the minimum and"
    " returns, Adam sets out along the diagonal and curves in."
)
# sphinx_gallery_end_ignore

# %%
# When the rate is wrong
# ----------------------
#
# How much does it matter to hit the best rate? Take a tenth of it, and ten times as much:

for name in ("SGD", "Adam"):
    for factor in (0.1, 1, 10):
        lr = factor * float(best[name].label.rpartition("lr ")[2])
        end = run(makers[name], lr).values[-1].item()
        print(f"{name:4} lr = {lr:<6.3g} f after 100 steps = {end:.0e}")

# sphinx_gallery_start_ignore
sgd_far = run(torch.optim.SGD, 10 * rate["SGD"])
adam_far = run(torch.optim.Adam, 10 * rate["Adam"])
assert sgd_far.diverged
assert not adam_far.diverged
# sphinx_gallery_end_ignore

# %%
# Gradient descent explodes beyond its limit. Adam does not: the length of its steps is bounded by
# ``lr``, so too large a rate makes it wander. That forgiveness, more than speed, is why it is so often
# the first choice for networks.
#
# Recap
# -----
#
# - ``torch.optim.SGD`` is the hand-written update; ``step()`` applies it, ``zero_grad()`` clears.
# - Momentum remembers a direction, Adagrad and RMSprop the size of gradients, Adam both.
# - The first step of Adam has the size ``lr`` in every coordinate; AdamW shrinks before it steps.
# - Compare optimizers at tuned rates, on your own problem.
#
# Exercises
# ---------
#
# One step by hand, then two optimizers with their records.
#
# .. exercise:: one_step
#
# .. exercise:: run_sgd
#
# .. exercise:: run_adamw
#
# Where to go next
# ----------------
#
# :doc:`Eight bugs and how they look </lessons/optimisation/plot_4_eight_bugs>`: the same loop, broken
# on purpose.
