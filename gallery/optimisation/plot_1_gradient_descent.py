r"""
Gradient descent by hand
========================

.. lesson::
   :assumes: autograd/plot_2_computation_graph

   - write gradient descent in four lines, first with your own derivative, then with autograd
   - predict from the learning rate whether a descent creeps, swings or explodes, and how fast
   - say what the method finds when a function has more than one valley

We look for the :math:`x` that makes :math:`L(x) = (x - 2)^2` smallest. You can see the answer, and
that is the point: with the answer known, we can watch the method at work and check every number
that it produces. The same method, unchanged, trains networks whose answer nobody can see.
"""

# %%
# We need PyTorch, Matplotlib, and a few helpers of this course: one that runs a descent and records
# it, and three that draw.

# sphinx_gallery_tags = ["optimisation", "autograd"]

import matplotlib.pyplot as plt
import torch

from pytorch_primer import (
    animate_descent,
    descend,
    plot_function,
    plot_trajectory,
)

plt.style.use("pytorch_primer.course")

# %%
# The function and its slope
# --------------------------
#
# First the function, and its derivative as school calculus gives it: :math:`L'(x) = 2(x - 2)`.


def loss(x):
    return (x - 2) ** 2


def slope(x):
    return 2 * (x - 2)


# %%
# We start far from the minimum, at :math:`x = -4`. The slope there tells the direction.

x = torch.tensor(-4.0)
print("loss:", loss(x).item(), " slope:", slope(x).item())

# sphinx_gallery_start_ignore
assert loss(x).item() == 36
assert slope(x).item() == -12
assert slope(x).item() == -12
# sphinx_gallery_end_ignore

# %%
# The loss is 36 and the slope −12. A negative slope means that the loss falls when :math:`x`
# grows. So the step must go *against* the slope. How far? That is a choice, the
# :term:`learning rate` ``lr``:
#
# .. math:: x \leftarrow x - \text{lr} \cdot L'(x)
#
# One step
# --------
#
# With ``lr = 0.1`` the update is :math:`-0.1 \cdot (-12) = 1.2`.

lr = 0.1
update = -lr * slope(x)
print(
    f"update {update.item():+.1f}: x goes from {x.item():.1f} to {(x + update).item():.1f}"
)

# sphinx_gallery_start_ignore
torch.testing.assert_close(update, torch.tensor(-0.1 * -12))
torch.testing.assert_close(update, torch.tensor(1.2))
torch.testing.assert_close(x + update, torch.tensor(-2.8))
# sphinx_gallery_end_ignore

# %%
# Drawn on the curve, the update is an arrow along the axis: it says how far to walk, not where the
# curve will be when we get there.

xs = torch.linspace(-6, 6, 200)
fig, ax = plt.subplots()
ax.plot(xs, loss(xs), label="$L(x) = (x - 2)^2$")
ax.plot(x, loss(x), "o", label="before the step")
ax.plot(x + update, loss(x + update), "s", label="after the step")
arrow = {"arrowstyle": "->", "linewidth": 2}
ax.annotate("", (x + update, loss(x)), (x, loss(x)), arrowprops=arrow)
ax.set(xlabel="$x$", ylabel="$L$")
ax.legend()

# sphinx_gallery_start_ignore
fig.set_label(
    "The parabola (x minus 2) squared with a round mark at x = -4, height 36. A horizontal arrow"
    " of length 1.2 points to the right; below its tip, on the curve, a square mark at x = -2.8,"
    " height about 23."
)
torch.testing.assert_close(loss(x + update), torch.tensor(4.8**2))
assert round(4.8**2) == 23, "the mark after the step"
assert loss(x).item() == 36, "the mark on the curve before the step"
# sphinx_gallery_end_ignore

# %%
# The mark after the step sits lower on the curve, at about 23 instead of 36. One step is not
# enough, so we take twenty.
#
# .. predict:: Where does one step on (x − 2)² lead?
#    :aim: 1
#
#    x, lr = 5.0, 0.1
#    x = x - lr * 2 * (x - 2)
#    print(round(x, 1))
#    + The slope at 5 is twice the distance to 2, and a tenth of it is taken away.
#    - Against the slope, not with it.
#        x - lr -> x + lr
#    - The rate says how much of the slope is walked.
#        lr * 2 -> 2
#    - That is the update. It is added to where we stand.
#        x - lr -> -lr
#
# Twenty steps
# ------------
#
# The loop below is the whole method. It also keeps a record of where it has been: plain Python
# numbers, because a tensor that is changed in place would show its last value in every entry.

x = torch.tensor(-4.0)
positions = [x.item()]
for _ in range(20):
    x -= lr * slope(x)
    positions.append(x.item())
print(
    [round(position, 3) for position in positions[:6]],
    "...",
    round(positions[-1], 3),
)

# sphinx_gallery_start_ignore
assert [round(p, 3) for p in positions[:3]] == [-4.0, -2.8, -1.84]
assert round(positions[-1], 2) == 1.93
assert slope(torch.tensor(2.0)) == 0, (
    "close to where x is to be after the steps"
)
# sphinx_gallery_end_ignore

# %%
# After twenty steps :math:`x` is 1.93: close to 2, and not there. The steps get shorter because
# the slope does. To see the whole path at once, mark every position on the curve.

trajectory = descend(loss, torch.tensor(-4.0), lr=0.1, num_steps=20)
fig, ax = plt.subplots()
plot_function(loss, (-5, 9), ax=ax)
plot_trajectory(trajectory, ax=ax)

# sphinx_gallery_start_ignore
fig.set_label(
    "The parabola with 21 marks on its left branch, from x = -4 down towards the minimum at x = 2."
    " The marks are far apart at the start and crowd together near the minimum."
)
record = torch.tensor(positions)
torch.testing.assert_close(
    trajectory.positions[:, 0], record, rtol=0, atol=1e-6
)
distances = record - 2
multiplied = (1 - 2 * lr) * distances[:-1]
assert torch.allclose(distances[1:], multiplied, atol=1e-5)
# sphinx_gallery_end_ignore

# %%
# ``descend`` is the same loop with the bookkeeping done for us; the marks are the numbers above.
# They crowd together towards the minimum. Step by step, with each update as an arrow:

anim = animate_descent(loss, trajectory, xlim=(-5, 9))
anim

# sphinx_gallery_start_ignore
anim._fig.set_label(
    "Animation of the twenty steps: in each the arrow of the update is drawn from the current"
    " position, then the mark moves to its tip. The arrows shrink from 1.2 to less than 0.02."
)
updates = trajectory.positions.diff(dim=0)
first, last = round(updates[0].item(), 6), updates[-1].item()
assert first == 1.2 and 0 < last < 0.02, (
    "the first of the arrows, the last less"
)
d, lr_ = positions[0] - 2, 0.1
assert d == -6, "from this d, with the factor of lr"
assert abs((d - lr_ * 2 * d) - (1 - 2 * lr_) * d) < 1e-12
assert 1 - 2 * lr_ == 0.8, "the factor, with d"
# sphinx_gallery_end_ignore

# %%
# Watch the arrows: the first covers 1.2, the last less than 0.02.
#
# .. predict:: A tensor is changed in place and put on record. What does the record say?
#    :aim: 1
#
#    x, record = torch.tensor(0.0), []
#    for _ in range(3):
#        x += 1
#        record.append(x)
#    print([r.item() for r in record])
#    + Three times the same tensor, and it has one value: the last.
#    - So it would be with a new tensor, or with a plain number, in each round.
#        x += 1 -> x = x + 1
#    - The tensor that the record shows is the one that goes on changing.
#        record.append(x) -> record.append(torch.tensor(1.0))
#
# Why it works, exactly
# ---------------------
#
# For this function we can say where the method is after :math:`k` steps without running it. Call
# the distance to the minimum :math:`d = x - 2`. A step turns it into
#
# .. math:: d - \text{lr} \cdot 2 d = (1 - 2\,\text{lr})\, d,
#
# so each step multiplies the distance by the same factor. With ``lr = 0.1`` the factor is 0.8, and
# from :math:`d = -6`
#
# .. math:: x_k = 2 - 6 \cdot 0.8^k.

k = torch.arange(21)
closed_form = 2 - 6 * 0.8**k
difference = (closed_form - torch.tensor(positions)).abs().max().item()
print(f"largest difference between loop and formula: {difference:.1e}")

# sphinx_gallery_start_ignore
assert difference < 2e-6
assert 1 - 2 * 0.1 == 0.8
# sphinx_gallery_end_ignore

# %%
# Loop and formula agree to rounding. The formula also answers questions that the loop cannot. How
# many steps until :math:`x` is within 0.01 of the minimum? As many as it takes for
# :math:`6 \cdot 0.8^k` to fall below 0.01:

k = 0
while 6 * 0.8**k >= 0.01:
    k += 1
print("steps:", k)

# sphinx_gallery_start_ignore
import math

assert k == math.ceil(math.log(600) / math.log(1.25)) == 29
assert 0.1 < 0.8**10 < 0.11, "each further digit costs another ten"
assert 6 * 0.8**k < 0.01 <= 6 * 0.8 ** (k - 1), (
    "how many steps until x is within it of the minimum"
)
# sphinx_gallery_end_ignore

# %%
# 29 steps. Each further digit costs another ten or so, because :math:`0.8^{10} \approx 0.1`.
#
# .. predict:: Two steps on 3x², whose slope is 6x, from 10. Where do they end?
#    :aim: 2
#
#    x, lr = 10.0, 0.1
#    for _ in range(2):
#        x = x - lr * 6 * x
#    print(round(x, 1))
#    + Each step multiplies by 1 − 0.1 · 6, which is less than a half.
#    - The second step has a slope of its own, at the place where the first ended.
#        6 * x -> 6 * 10
#    - That is where the first step ends.
#        range(2) -> range(1)
#    - The slope of a square has a factor 2.
#        6 * x -> 3 * x
#
# The learning rate decides
# -------------------------
#
# The factor :math:`1 - 2\,\text{lr}` is the whole story of this descent. Five rates, one row each:

rates = [0.01, 0.1, 0.9, 1.0, 1.1]
for rate in rates:
    factor = 1 - 2 * rate
    print(
        f"lr = {rate:<4}  factor = {factor:+.2f}  after 20 steps x = {2 - 6 * factor**20:.2f}"
    )

# sphinx_gallery_start_ignore
ends = [2 - 6 * (1 - 2 * rate) ** 20 for rate in rates]
assert [round(end, 2) for end in ends[:4]] == [-2.01, 1.93, 1.93, -4.0]
assert round(ends[4], 2) == round(2 - 6 * 1.2**20, 2)
assert ends[4] < -200
one_step = [descend(loss, torch.tensor(3.0), lr=r, num_steps=1) for r in rates]
after = torch.stack([run.positions[-1, 0] - 2 for run in one_step])
lr_ = torch.tensor(rates)
assert torch.allclose(after, 1 - 2 * lr_), (
    "the factor of this descent on a parabola, by which each step multiplies"
    " the distance to the minimum, is the whole story"
)
# sphinx_gallery_end_ignore

# %%
# Now the same five as runs, side by side:

runs = [
    descend(loss, torch.tensor(-4.0), lr=rate, num_steps=20) for rate in rates
]
fig, axes = plt.subplots(1, 5, figsize=(10, 2.8), sharey=True)
names = ["slow", "good", "swings", "hops", "explodes"]
for ax, rate, run, name in zip(axes, rates, runs, names, strict=True):
    ax.plot(run.positions[:, 0], "o-", markersize=3)
    ax.axhline(2, linestyle="--", color="black", linewidth=1)
    ax.set(title=f"lr = {rate}: {name}", xlabel="step", ylim=(-12, 16))
axes[0].set_ylabel("$x$")

# sphinx_gallery_start_ignore
fig.set_label(
    "Five panels with the position against the step; a dashed line marks the minimum at 2. With"
    " rate 0.01 the position creeps upwards, with 0.1 it reaches the line smoothly, with 0.9 it"
    " jumps from side to side and comes closer, with 1.0 it jumps between -4 and 8 for ever, with"
    " 1.1 the jumps grow and leave the panel."
)
for lr_, fate in [(0.099, False), (0.101, True)]:  # either side of 2 / 20
    steep = descend(lambda x: 10 * (x - 2) ** 2, -4.0, lr=lr_, num_steps=20)
    assert steep.diverged == fate
for rate, run in zip(rates, runs, strict=True):
    formula = 2 - 6 * (1 - 2 * rate) ** torch.arange(21, dtype=torch.float64)
    torch.testing.assert_close(
        run.positions[:, 0].double(), formula, rtol=1e-3, atol=1e-4
    )
assert 2 / (2 * 10) == 0.1, "the limit for ten times the slope"
second = torch.func.grad(torch.func.grad(loss))(torch.tensor(0.0))
assert second == 2, "the second derivative"
assert 2 / second == 1, "the limit of this function: 2 / L''"
limit = (2 / second).item()
assert limit == 1, "the limit that belongs to this function"
factors = {rate: round(1 - 2 * rate, 2) for rate in rates}
assert factors == {0.01: 0.98, 0.1: 0.8, 0.9: -0.8, 1.0: -1, 1.1: -1.2}
assert 0.9 < factors.get(0.01) < 1, "a factor near it creeps"
assert 0 < factors.get(0.1) < 1, "a factor between goes straight in"
assert -1 < factors[0.9] < 0, "a negative factor jumps"
assert abs(factors.get(0.9)) < 1, "the size of a negative factor, jumps shrink"
hops = {round(p, 3) for p in runs[3].positions[:, 0].tolist()}
assert factors.get(1.0) == -1 and hops == {-4, 8}, (
    "they never do, the position hops between"
)
assert factors.get(1.1) < -1, "beyond they grow"
assert abs(factors.get(0.1)) == abs(factors.get(0.9)), (
    "end equally close, only the size of the factor counts"
)
converges = {lr: abs(factor) < 1 for lr, factor in factors.items()}
assert all(converges[lr] == (0 < lr < 1) for lr in rates), (
    "here the method converges, and nowhere else"
)
# sphinx_gallery_end_ignore

# %%
# A factor near 1 creeps (0.01). A factor between 0 and 1 goes straight in (0.1). A negative factor
# jumps to the other side at every step; as long as its size is below 1 the jumps shrink (0.9). At
# −1 they never do (1.0): the position hops between −4 and 8. Beyond, they grow (1.1). So here the
# method converges for :math:`0 < \text{lr} < 1`, and nowhere else. Note that 0.1 and 0.9 end
# equally close, since only the size of the factor counts for the distance.
#
# Now you. At which rate will the path begin to jump from side to side, and what will it do at exactly half
# of the largest rate? Say it before you move the slider.
#
# .. explorable:: descent
#    :size: small
#    :state: f=line&opt=sgd&lr=0.1&x=-4&steps=20
#
# .. note::
#
#    The limit 1 belongs to this function. For any parabola it is :math:`2/L''`. Here the second
#    derivative :math:`L''` is 2, so the limit is 1. For :math:`10\,(x - 2)^2` it is 20, and the
#    limit is 0.1: ten times as steep, a rate ten times as small. In code: ``torch.func.grad(loss)`` is
#    the derivative of ``loss``, a function again, so ``torch.func.grad(torch.func.grad(loss))`` is the
#    second one.
#
# .. choose:: At which rate does the descent on (x − 2)² jump from side to side, and arrive?
#    :aim: 2
#    :test: -1 < 1 - 2 * lr < 0
#
#    + The factor is negative, and smaller than 1 in size.
#        lr = 0.7
#    - The factor is positive: the path stays on its side.
#        lr = 0.3
#    - The factor is −1: it hops between two places for ever.
#        lr = 1.0
#    - The jumps grow from step to step.
#        lr = 1.2
#
# .. choose:: 5x² has the second derivative 10. Which rate comes closest to the minimum in 20 steps?
#    :aim: 2
#    :test: all(end(lr) <= end(other) for other in (0.001, 0.08, 0.2, 0.3))
#
#    def end(lr, x=1.0):
#        for _ in range(20):
#            x = x - lr * 10 * x
#        return abs(x)
#    + Its factor is nearest to 0.
#        lr = 0.08
#    - So small a step leaves most of the distance.
#        lr = 0.001
#    - This is the limit itself: it hops between two places.
#        lr = 0.2
#    - That works on a flatter parabola. Here it lies beyond 2 divided by the second derivative.
#        lr = 0.3
#
# .. repair::
#    :aim: 2
#
#    x, losses = -4.0, []
#    for _ in range(20):
#        losses.append((x - 2) ** 2)
#        x = x - 1.05 * 2 * (x - 2)
#    + Now the factor is smaller than 1 in size, by far.
#        1.05 -> 0.4
#    - Each step lands as far away as it began.
#        1.05 -> 1.0
#    - Nothing explodes; but each step takes off a fiftieth.
#        1.05 -> 0.01
#    - The jumps have more time to grow.
#        range(20) -> range(40)
#
# The same descent with autograd
# ------------------------------
#
# For a function of a million weights, nobody derives the slope by hand. Autograd does it: mark
# ``x``, compute the loss, call ``backward``, read ``x.grad``. Two details matter. The update itself
# must not be recorded, hence :class:`torch.no_grad`. And ``backward`` adds to ``x.grad``, so we
# clear it before the next round.

x = torch.tensor(-4.0, requires_grad=True)
for _ in range(20):
    loss(x).backward()
    with torch.no_grad():
        x -= lr * x.grad
    x.grad = None
print("x:", round(x.item(), 6), " by hand:", round(positions[-1], 6))

# sphinx_gallery_start_ignore
assert abs(x.item() - positions[-1]) < 1e-6
# sphinx_gallery_end_ignore

# %%
# The same place. Without ``no_grad`` PyTorch refuses to change ``x`` in place. A gradient that is
# not cleared raises nothing; what that looks like is shown in :doc:`Fourteen silent bugs
# </lessons/modules/plot_4_silent_bugs>`.
#
# .. repair::
#    :aim: 1
#
#    x, losses = torch.tensor(-4.0, requires_grad=True), []
#    for _ in range(30):
#        loss = (x - 2) ** 2
#        loss.backward()
#        with torch.no_grad():
#            x -= 0.1 * x.grad
#        losses.append(loss.item())
#    + Each step now walks by its own slope, not by the sum of all slopes so far.
#        loss.backward() -> x.grad = None; loss.backward()
#    - Smaller steps, still by a sum of old and new slopes.
#        0.1 -> 0.05
#    - The swinging goes on as long as you wait.
#        range(30) -> range(90)
#    - Whatever the loss is called, its slopes pile up.
#        (x - 2) ** 2 -> 2 * (x - 2) ** 2
#
# What the method cannot do
# -------------------------
#
# It walks downhill from where it stands. If there is more than one valley, the start decides which
# one it finds. Take :math:`f(x) = x^4/4 - x^2 + x/4` and start at −2 and at 2:


def two_valleys(x):
    return x**4 / 4 - x**2 + x / 4


starts = {f"from {s:+.0f}": torch.tensor(s) for s in (-2.0, 2.0)}
ends = {
    name: descend(two_valleys, start, lr=0.05, num_steps=60)
    for name, start in starts.items()
}
fig, ax = plt.subplots()
plot_function(two_valleys, (-2.7, 2.7), ax=ax)
plot_trajectory(ends, ax=ax)

# sphinx_gallery_start_ignore
fig.set_label(
    "A curve with two valleys, the left one deeper. The descent from -2 ends in the left valley,"
    " the descent from +2 in the right, shallower one."
)
left, right = (run.values[-1].item() for run in ends.values())
assert left < right - 0.5
assert all(
    two_valleys(x) == x**4 / 4 - x**2 + x / 4 for x in starts.values()
), "take this f of x to start"
assert [x.item() for x in starts.values()] == [-2, 2], "take f, start with x"
assert list(starts.values())[1] == 2 and left < right, (
    "the run from it stops in the valley on the right, the left one is deeper"
)
roots = sorted(
    torch.linalg.eigvals(
        torch.tensor([[0, 2, -0.25], [1, 0, 0], [0, 1, 0]])
    ).real.tolist()
)
assert abs(ends["from -2"].positions[-1].item() - roots[0]) < 1e-3
assert abs(ends["from +2"].positions[-1].item() - roots[2]) < 1e-3
# sphinx_gallery_end_ignore

# %%
# The run from +2 stops in the valley on the right, although the one on the left is deeper. The
# slope is zero there, and zero slope is all that gradient descent asks for. It knows nothing of the
# rest of the curve.
#
# .. predict:: (x² − 1)² has valleys at −1 and at 1. Where does the descent end?
#    :aim: 3
#
#    slope = lambda x: 4 * x * (x**2 - 1)
#    x = 0.5
#    for _ in range(100):
#        x = x - 0.05 * slope(x)
#    print(round(x, 2))
#    + Downhill from where it stands: the nearer valley on this side of the hill.
#    - To get there it would have to climb over the hill between them.
#        x = 0.5 -> x = -0.5
#    - Between the valleys stands a hill: its top is no place to roll to.
#        x = 0.5 -> x = 0.0
#    - It moves until the slope is zero, and here it is not.
#        slope(x) -> 0
#
# .. predict:: (x² − 1)² has a hill at 0, between two valleys. Where does a descent from its top end?
#    :aim: 3
#
#    slope = lambda x: 4 * x * (x**2 - 1)
#    x = 0.0
#    for _ in range(100):
#        x = x - 0.05 * slope(x)
#    print(round(x, 2))
#    + The slope is zero there, and a step is a multiple of the slope.
#    - Something would have to push it off first, to the right.
#        x = 0.0 -> x = 0.001
#    - Something would have to push it off first, to the left.
#        x = 0.0 -> x = -0.001
#
# .. which-line:: descend the_steps_go_uphill
#    :aim: 1
#
# .. which-line:: descend the_values_lack
#    :aim: 1
#
# .. symptom:: descend these_are_sizes
#    :aim: 1
#
# Recap
# -----
#
# - One step: :math:`x \leftarrow x - \text{lr} \cdot L'(x)`. The whole method is this in a loop.
# - On a parabola each step multiplies the distance to the minimum by :math:`1 - 2\,\text{lr}`.
# - Too small a rate creeps, too large a rate swings or explodes; the limit depends on the
#   curvature.
# - With autograd: ``backward``, update under ``no_grad``, clear the gradient.
# - The method finds a valley, not necessarily the deepest.
#
# Exercises
# ---------
#
# The loop of this lesson, with all that it should keep a record of. Then the rate at which the
# descent ceases to converge, on any parabola.
#
# .. parsons:: descend
#    :aim: 1
#
# .. exercise:: descend
#    :aim: 1
#
# .. exercise:: limit_of_rate
#    :aim: 2
#
# Where to go next
# ----------------
#
# One variable knows only left and right. :doc:`Valleys and contours
# </lessons/optimisation/plot_2_valleys_contours>` goes on with two.
