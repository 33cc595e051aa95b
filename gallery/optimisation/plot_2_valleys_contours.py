r"""
Valleys and contours
====================

.. lesson::
   :assumes: optimisation/plot_1_gradient_descent; autograd/plot_4_accumulation

   - read a contour plot and the path of a descent on it
   - compute from second derivatives which learning rates converge, and check it by running
   - say why a long valley is slow, and how slow exactly

With one variable there is only left and right. With two there is a landscape, and gradient descent
begins to behave in ways that one would not guess: it zigzags, it creeps along valleys, it explodes
in one direction while it converges in the other. All of it can be predicted, and in this lesson we
do.
"""

# sphinx_gallery_tags = ["optimisation", "autograd"]

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
# A round bowl
# ------------
#
# The simplest landscape is :math:`f(x, y) = 10\,(x^2 + y^2)`. We write it for a tensor that holds
# both coordinates, because that is what ``descend`` hands over.


def bowl(v):
    return 10 * (v**2).sum()


fig, ax = plt.subplots(figsize=(5, 4.5))
plot_contours(bowl, (-10, 10), (-10, 10), levels=12, ax=ax)
ax.set_title("$10 (x^2 + y^2)$")

# sphinx_gallery_start_ignore
fig.set_label(
    "Contours of the round bowl: concentric circles around the origin, in equal steps of value,"
    " closer together further out."
)
# sphinx_gallery_end_ignore

# %%
# Each line is a :term:`contour`: all its points have the same value. Where the lines are close
# together the landscape is steep. The gradient is perpendicular to the line through its point, and
# on circles that means: away from the middle. So the step *against* the gradient leads straight to
# the minimum.

start = torch.tensor([8.0, 8.0])
straight = descend(bowl, start, lr=0.01, num_steps=20)
turn = straight.positions[:, 0] - straight.positions[:, 1]
print("largest distance from the straight line:", turn.abs().max().item())

fig, axes = plt.subplots(1, 2, figsize=(8, 3.4))
plot_contours(bowl, (-10, 10), (-10, 10), levels=12, ax=axes[0])
plot_trajectory(straight, ax=axes[0])
axes[0].set_aspect("equal")
plot_values(straight, log=True, ax=axes[1])

# sphinx_gallery_start_ignore
fig.set_label(
    "Left, the bowl's circles with a path of twenty marked steps that runs straight from (8, 8) to near"
    " the middle, the steps ever shorter. Right, the value at each step on a logarithmic axis: a straight"
    " line that falls."
)
assert turn.abs().max().item() == 0
ratios = straight.values[1:] / straight.values[:-1]
torch.testing.assert_close(ratios, torch.full((20,), 0.8**2))
lr_ = 0.01
assert 1 - 20 * lr_ == 0.8, (
    "each step multiplies the distance: the values lie on a straight line"
)
# sphinx_gallery_end_ignore

# %%
# Each step multiplies the distance by :math:`1 - 20\,\text{lr} = 0.8` and the value by its square,
# so on a logarithmic axis the values lie on a straight line.
#
# .. choose:: Which point lies on the same contour of x² + 4y² as (2, 0)?
#    :aim: 1
#    :test: f(*point) == f(2, 0)
#
#    f = lambda x, y: x**2 + 4 * y**2
#    + There the value is 4 as well.
#        point = (0, 1)
#    - As far from the middle, but these contours are no circles.
#        point = (0, 2)
#    - Half the reach along x and half of that along y: squared, each counts for a quarter. That is further in.
#        point = (1, 0.5)
#    - The ellipse is long along x. Along y it is short.
#        point = (0, 4)
#
# .. predict:: In which direction does a step from (1, 2) go?
#    :aim: 1
#
#    v = torch.tensor([1.0, 2.0], requires_grad=True)
#    (v[0] ** 2 + 4 * v[1] ** 2).backward()
#    print((-v.grad).tolist())
#    + Across the contour, which is mostly downwards here, and not to the middle.
#    - It leads straight to the middle only where the contours are circles.
#        -v.grad -> 0 - v
#    - Uphill is the gradient. The step goes against it.
#        -v.grad -> v.grad
#    - That direction stays on the contour, where nothing is gained.
#        -v.grad -> v.grad.flip(0) * torch.tensor([-1, 1])
#
# A long valley, along the axes
# -----------------------------
#
# Now stretch the bowl: :math:`f(x, y) = (x^2 + 12\,y^2)/2`, flat along :math:`x` and steep along
# :math:`y`. The gradient is :math:`(x,\ 12\,y)`, so a step does with each coordinate what it did
# with the single variable of the last lesson:
#
# .. math:: x \leftarrow (1 - \text{lr})\,x, \qquad y \leftarrow (1 - 12\,\text{lr})\,y.
#
# Two numbers, two factors, one rate for both. Four rates show all that can happen:


def stretched(v):
    return (v[0] ** 2 + 12 * v[1] ** 2) / 2


corner = torch.tensor([9.0, 2.0])
rates = {"creeps": 0.01, "rushes": 0.08, "zigzags": 0.155, "explodes": 0.17}
for name, lr in rates.items():
    print(
        f"{name:8} lr = {lr:<5} factors {1 - lr:+.2f} and {1 - 12 * lr:+.2f}"
    )

# sphinx_gallery_start_ignore
gradient = torch.func.grad(stretched)(corner)
assert gradient.tolist() == [9, 12 * 2]
assert abs(1 - 12 * 0.155) < 1 < abs(1 - 12 * 0.17)
assert 0 < 1 - 12 * 0.08 < 0.1
# sphinx_gallery_end_ignore

# %%
# The paths of 25 steps, with a mark at each step:

fig, axes = plt.subplots(2, 2, figsize=(8, 5), sharex=True, sharey=True)
for ax, (name, lr) in zip(axes.flat, rates.items(), strict=True):
    plot_contours(stretched, (-10, 10), (-6, 6), log=True, levels=10, ax=ax)
    path = descend(stretched, corner, lr=lr, num_steps=25)
    plot_trajectory(path, ax=ax)
    ax.set_title(f"lr = {lr}: {name}")

# sphinx_gallery_start_ignore
fig.set_label(
    "Four panels with long, flat ellipses around the origin and a path from (9, 2). With rate 0.01 the"
    " marks lie close together, sink to the axis and have hardly moved along it. With 0.08 the first step"
    " goes down to the axis, the others along it to near the origin. With 0.155 the path jumps from side"
    " to side, in shrinking zigzags. With 0.17 the zigzags grow while they come nearer to the y axis."
)
size = {name: 1 - 12 * lr for name, lr in rates.items()}
assert round(size["zigzags"], 2) == -0.86, "the steep factor, negative"
assert 0.8 < size["creeps"] < 1, "both factors near 1"
assert abs(size["explodes"]) > 1, "size above"
for lr in rates.values():
    run = descend(stretched, corner, lr=lr, num_steps=25)
    k = torch.arange(26)
    torch.testing.assert_close(
        run.positions[:, 0], 9 * (1 - lr) ** k, rtol=1e-4, atol=1e-5
    )
    torch.testing.assert_close(
        run.positions[:, 1], 2 * (1 - 12 * lr) ** k, rtol=1e-3, atol=1e-5
    )
# sphinx_gallery_end_ignore

# %%
# *Creeps*: both factors near 1. *Rushes*: the steep direction is done in one step, the flat one
# takes its time. *Zigzags*: the steep factor is negative, −0.86, so each step crosses the floor.
# *Explodes*: its size is above 1, and each crossing ends higher than the one before, although the
# flat direction still does well.
#
# .. choose:: A descent on (x² + 12y²)/2 goes from (9, 2) to (8.1, −0.4). With which rate?
#    :aim: 1
#    :test: math.isclose((1 - lr) * 9, 8.1) and math.isclose((1 - 12 * lr) * 2, -0.4)
#
#    + A tenth of x is gone, and y has changed its side.
#        lr = 0.1
#    - A tenth is gone along x, and not nine of them.
#        lr = 0.9
#    - With so small a rate y stays on its side.
#        lr = 0.01
#    - With that rate y would end further away than it began.
#        lr = 0.2
#
# .. repair:: The loss is that of a valley with the curvatures 1 and 12. Which change repairs the loop?
#    :aim: 2
#
#    v, losses = torch.tensor([9.0, 2.0]), []
#    curvatures = torch.tensor([1.0, 12.0])
#    for _ in range(40):
#        losses.append((curvatures * v**2).sum().item() / 2)
#        v = v - 0.17 * curvatures * v
#    + Below the limit that the steep direction sets.
#        0.17 -> 0.15
#    - The flat direction would bear that. The steep one sets the limit.
#        0.17 -> 0.18
#    - That explodes nowhere, and creeps along the valley.
#        0.17 -> 0.001
#
# A skewed valley
# ---------------
#
# A landscape need not be aligned with the axes. :math:`g(x, y) = 10\,(x^2 - 3xy + 4y^2)` is
# stretched and turned. One often meets such functions as :math:`v^\mathsf{T} G v`, with a symmetric
# matrix that has the coefficients of the squares on its diagonal and half of the mixed one on
# either side:

G = torch.tensor([[10.0, -15.0], [-15.0, 40.0]])


def skewed(v):
    return v @ G @ v


x, y = 3.0, -2.0
print(skewed(torch.tensor([x, y])).item(), 10 * (x**2 - 3 * x * y + 4 * y**2))

# sphinx_gallery_start_ignore
assert skewed(torch.tensor([x, y])).item() == 10 * (9 + 18 + 16) == 430
assert start.tolist() == [8, 8]
with torch.random.fork_rng():
    vs, symmetric = torch.randn(9, 2), (torch.triu(2 * G) - G.diag().diag())
torch.testing.assert_close((symmetric + symmetric.T) / 2, G)
torch.testing.assert_close((vs @ symmetric * vs).sum(1), (vs @ G * vs).sum(1))
# sphinx_gallery_end_ignore

# %%
# Both ways of writing agree. (Any matrix with the same symmetric part,
# :math:`(G + G^\mathsf{T})/2`, gives the same function.)
#
# From (8, 8) we take 500 steps with the small rate 0.001, and draw the path over the contours.

slow = descend(skewed, start, lr=0.001, num_steps=500)
fig, ax = plt.subplots(figsize=(6, 4.5))
plot_contours(skewed, (-10, 10), (-5, 10), log=True, levels=14, ax=ax)
plot_trajectory(slow, ax=ax)

# sphinx_gallery_start_ignore
fig.set_label(
    "Contours of the skewed function: long ellipses that lean to the right. The path starts at"
    " (8, 8), falls steeply across the ellipses to the floor of the valley, turns, and follows the"
    " floor towards the origin without reaching it."
)
end = slow.positions[-1]
torch.testing.assert_close(
    end, torch.tensor([0.2158, 0.0894]), rtol=0, atol=5e-5
)
assert torch.equal(
    descend(skewed, (8.0, 8.0), lr=0.001, num_steps=500).positions[-1], end
), "with the small rate the steps that we take, the path over the contours"
# sphinx_gallery_end_ignore

# %%
# The path has two parts. First it rushes down the steep wall, across the contours. Then it arrives
# at the floor of the valley, turns, and creeps. After 500 steps it is at (0.216, 0.089): near the
# minimum at the origin, and still not there. As an animation one sees the change of pace:

anim = animate_descent(skewed, slow, log=True, num_frames=24)
anim

# sphinx_gallery_start_ignore
anim._fig.set_label(
    "Animation of the descent on the skewed valley: a few long steps down the wall, then ever"
    " shorter ones along the floor."
)
taken = len(slow.positions) - 1
assert (taken, [round(v, 3) for v in end.tolist()]) == (500, [0.216, 0.089]), (
    "after the steps it is near the minimum, still not there"
)
lengths = slow.positions.diff(dim=0).norm(dim=1)
assert 10 * lengths[100] < lengths[0] < 12 * lengths[100]
# sphinx_gallery_end_ignore

# %%
# The first step is more than ten times as long as the hundredth.
#
# .. predict:: Curvatures 1 and 100, the rate 0.01: what is left of the two distances after 100 steps?
#    :aim: 3
#
#    curvatures = torch.tensor([1.0, 100.0])
#    left = (1 - 0.01 * curvatures) ** 100
#    print([round(v, 1) for v in left.tolist()])
#    + The steep direction is done at once, the flat one has barely begun.
#    - Steep is where the slopes are large, and the steps with them.
#        [1.0, 100.0] -> [100.0, 1.0]
#    - One rate for both, but not one factor.
#        [1.0, 100.0] -> [1.0, 1.0]
#    - Even 100 steps are not enough for the flat one.
#        [1.0, 100.0] -> [100.0, 100.0]
#
# Why the valley is slow
# ----------------------
#
# For the stretched bowl, the second derivatives 1 and 12 told everything. For a turned one the
# second derivatives form a matrix, the :term:`Hessian` :math:`H`, and a step multiplies the
# position by :math:`I - \text{lr}\,H`. Autograd can compute it, as the Jacobian of the gradient.
# ``torch.func.grad(f)`` is the function that returns the gradient of ``f``:

H = torch.func.jacrev(torch.func.grad(skewed))(start)
print(H)

# sphinx_gallery_start_ignore
torch.testing.assert_close(H, 10 * torch.tensor([[2.0, -3.0], [-3.0, 8.0]]))
torch.testing.assert_close(H, 2 * G)
torch.testing.assert_close(
    torch.func.jacrev(torch.func.grad(stretched))(start),
    torch.diag(torch.tensor([1.0, 12.0])),
)
# sphinx_gallery_end_ignore

# %%
# For the stretched bowl this matrix would be diagonal, with 1 and 12 on it. Here it is not. But
# there are two directions, at right angles, in which it acts like a number: along them
# :math:`H v = \lambda v`. They are called *eigenvectors*, the numbers *eigenvalues*, and
# :func:`torch.linalg.eigh` finds them for a symmetric matrix:

curvatures, directions = torch.linalg.eigh(H)
floor_way, wall_way = directions.T
print("curvatures:", [round(c, 2) for c in curvatures.tolist()])
print(
    "H v = number times v:",
    torch.allclose(H @ floor_way, curvatures[0] * floor_way, atol=1e-4),
)

# %%

fig, ax = plt.subplots(figsize=(6, 4.5))
plot_contours(skewed, (-10, 10), (-5, 10), log=True, levels=14, ax=ax)
for way, name in [(floor_way, "along: 7.57"), (wall_way, "across: 92.43")]:
    tip = 4 * way * way[0].sign()
    ax.plot([-tip[0], tip[0]], [-tip[1], tip[1]], label=name, linewidth=3)
ax.set_aspect("equal")
ax.legend()

# sphinx_gallery_start_ignore
fig.set_label(
    "The contours of the skewed function with two lines through the origin at right angles, one along"
    " the floor of the valley, labelled 7.57, one across it, labelled 92.43."
)
root = 18**0.5
exact = torch.tensor([10 * (5 - root), 10 * (5 + root)])
torch.testing.assert_close(curvatures, exact)
assert [round(c, 2) for c in exact.tolist()] == [7.57, 92.43]
torch.testing.assert_close(
    H @ wall_way, exact[1] * wall_way, rtol=1e-4, atol=1e-3
)
assert abs(floor_way @ wall_way) < 1e-6
# sphinx_gallery_end_ignore

# %%
# The eigenvalues are the curvatures: 7.57 along the floor, 92.43 across it. In these two directions
# the steps are independent of each other, each with its own factor:

lr = 0.001
for curvature in curvatures.tolist():
    factor = 1 - lr * curvature
    print(f"curvature {curvature:5.2f}: factor {factor:.4f}", end="")
    print(f", after 500 steps {factor**500:.1e}")

# sphinx_gallery_start_ignore
factors = 1 - lr * exact
assert [round(f, 4) for f in factors.tolist()] == [0.9924, 0.9076]
assert 0.02 < factors[0] ** 500 < 0.03
assert int(100 * factors[0] ** 500) == 2, (
    "per cent that remain along the floor, where the path ends"
)
assert factors[1] ** 500 < 1e-20
ways = slow.positions @ torch.stack([floor_way, wall_way]).T
assert torch.allclose(ways[1] / ways[0], 1 - lr * exact, atol=1e-4), (
    "in each direction of curvature lambda a step multiplies the distance"
)
# sphinx_gallery_end_ignore

# %%
# Across the valley nothing of the distance is left. Along the floor 2 % of it remain: that is how
# far the path ends from the minimum. Do the factors tell the whole truth? The position after
# :math:`k` steps should be :math:`(I - \text{lr}\,H)^k\, v_0`:

step = torch.eye(2) - lr * H
predicted = torch.linalg.matrix_power(step, 500) @ start
difference = (predicted - slow.positions[-1]).abs().max().item()
print(f"largest difference between formula and run: {difference:.0e}")

# sphinx_gallery_start_ignore
assert difference < 1e-4
above, below = (1 - rate * exact[1] for rate in (0.0213, 0.0219))
assert below < -1 < above, "the steep direction: its factor must stay above it"
largest = round(exact[1].item(), 2)
assert round(2 / largest, 4) == round(2 / 92.43, 4) == 0.0216, (
    "the limit of the rate lr is set by lambda max, the steepest direction's"
)
# sphinx_gallery_end_ignore

# %%
# It does.
#
# .. predict:: Which curvatures has 3x² + 25y², and up to which rate does the descent converge?
#    :aim: 2
#
#    f = lambda v: 3 * v[0] ** 2 + 25 * v[1] ** 2
#    H = torch.func.jacrev(torch.func.grad(f))(torch.zeros(2))
#    print(H.diagonal().tolist(), round(2 / H.max().item(), 3))
#    + The second derivatives, and 2 divided by the larger one.
#    - The second derivative of a square is twice its coefficient.
#        f = lambda v: 3 * v[0] ** 2 + 25 * v[1] ** 2 -> f = lambda v: (3 * v[0] ** 2 + 25 * v[1] ** 2) / 2
#    - The flat direction would bear that, the steep one does not.
#        H.max() -> H.diagonal().min()
#    - At that rate the steep direction arrives in one step. It may be twice as large.
#        2 / H -> 1 / H
#
# .. choose:: A turned valley. Which line gives the limit of the rate?
#    :aim: 2
#    :test: abs(limit - 0.125) < 1e-4
#
#    H = torch.tensor([[10.0, -6.0], [-6.0, 10.0]])
#    + In the steepest direction, which is that of no coordinate.
#        limit = 2 / torch.linalg.eigvalsh(H)[-1]
#    - On the diagonal are the curvatures along x and along y; across the valley it is steeper.
#        limit = 2 / H.diagonal().max()
#    - The eigenvalues come in rising order: that is the floor of the valley.
#        limit = 2 / torch.linalg.eigvalsh(H)[0]
#    - That is the best rate, at which both directions are equally slow.
#        limit = 2 / torch.linalg.eigvalsh(H).sum()
#
# How large may the rate be?
# --------------------------
#
# A larger rate makes the slow direction faster. But the *steep* direction sets the limit: its
# factor must stay above −1, so
#
# .. math:: \text{lr} < \frac{2}{\lambda_{\max}} = \frac{2}{92.43} = 0.0216.
#
# A run on each side of it, at 0.0213 and 0.0219:

limit = 2 / curvatures[-1].item()
print(f"limit: {limit:.4f}")
below = descend(skewed, start, lr=0.0213, num_steps=200)
above = descend(skewed, start, lr=0.0219, num_steps=200)
print(
    f"below: {below.values[-1].item():.1e}   above: {above.values[-1].item():.1e}"
)

# sphinx_gallery_start_ignore
assert round(limit, 4) == 0.0216
assert 0.0213 < limit < 0.0219
assert below.values[-1] < 1e-2 * below.values[0]
assert above.values[-1] > 100 * above.values[0]
# sphinx_gallery_end_ignore

# %%
# A difference of three per cent in the rate decides between arriving and exploding. Which way will the
# path fly just above the limit, along the floor of the valley or across it? Say it, then move the rate
# over its mark.
#
# .. explorable:: descent
#    :size: small
#    :state: f=valley&opt=sgd&lr=0.01&x=8&y=8&steps=100
#
# Here are four
# rates in one picture, first with a linear axis, then with a logarithmic one.

runs = {
    f"lr = {lr}": descend(skewed, start, lr=lr, num_steps=100)
    for lr in (0.001, 0.01, 0.0213, 0.0219)
}
fig, axes = plt.subplots(1, 2, figsize=(9, 3.6))
plot_values(runs, ax=axes[0])
plot_values(runs, log=True, ax=axes[1])
axes[0].set_ylim(0, 20000)
axes[1].get_legend().remove()

# sphinx_gallery_start_ignore
fig.set_label(
    "Value of the function against the step for four learning rates. On the linear axis three"
    " curves fall at once to the bottom and look alike, the fourth rises. On the logarithmic axis"
    " they are straight lines: 0.001 falls slowly, 0.01 fast, 0.0213 slowly, and 0.0219 rises."
)
ends = [run.values[-1].item() for run in runs.values()]
assert min(ends) == ends[1]
assert ends[3] > runs["lr = 0.0219"].values[0].item()
best = min(runs, key=lambda name: runs[name].values[-1].item())
assert best == "lr = 0.01", "best of the four"
hop = 1 - 0.0213 * exact[1]
assert -1 < hop < -0.9, "the factor of the steep direction, which hops"
# sphinx_gallery_end_ignore

# %%
# On the linear axis everything happens in the first few steps, and three of the runs look alike.
# The logarithmic axis shows what is going on: after the first steps each curve is a straight line,
# whose slope is the slowest factor. 0.01 is best of the four. 0.0213 is slow again, because now the
# steep direction hops from wall to wall with a factor near −1.
#
# .. choose:: On a logarithmic axis the loss is a straight line that falls slowly, and v jumps from wall to wall. Which rate is better?
#    :aim: 2
#    :test: slowest(better) < slowest(lr)
#
#    slowest = lambda lr: max(abs(1 - lr * c) for c in (1.0, 9.0))
#    lr = 0.22  # the factors: 0.78 along, −0.98 across
#    + The jumping across is what is slow: a smaller rate tames it.
#        better = 0.2
#    - That lies beyond the limit of the steep direction.
#        better = 0.3
#    - The jumping is over, and now the floor is slower than the jumping was.
#        better = 0.01
#
# How long a valley is
# --------------------
#
# The best rate makes both directions equally slow. It is :math:`2/(\lambda_{\min}+\lambda_{\max})`,
# and then both factors have the size :math:`(\kappa - 1)/(\kappa + 1)`, where
# :math:`\kappa = \lambda_{\max}/\lambda_{\min}` is the :term:`condition number`.

kappa = (curvatures[-1] / curvatures[0]).item()
best_lr = 2 / curvatures.sum().item()
size = (kappa - 1) / (kappa + 1)
print(
    f"condition number {kappa:.1f}, best rate {best_lr:.3f}, factor {size:.3f}"
)
best = descend(skewed, start, lr=best_lr, num_steps=100)
print(f"after 100 steps: {best.values[-1].item():.1e}")

# sphinx_gallery_start_ignore
assert round(kappa, 1) == round((5 + root) / (5 - root), 1) == 12.2
assert abs(best_lr - 2 / 100) < 1e-6
lambda_min, lambda_max = exact.tolist()
assert abs(best_lr - 2 / (lambda_min + lambda_max)) < 1e-6, (
    "then both factors have the size, where kappa is the condition number"
)
assert abs(best_lr * lambda_max - 1 - (kappa - 1) / (kappa + 1)) < 1e-6, (
    "then both factors have the size, where lambda min is in the condition number"
)
assert round(size, 3) == 0.849
assert best.values[-1] < min(ends)
shrinks = round(100 * (1 - size))
assert (round(best_lr, 2), shrinks) == (0.02, 15), (
    "even the best rate shrinks the distance by no more per cent a step, with"
    " this condition number"
)
# sphinx_gallery_end_ignore

# %%
# The condition number is 12.2, so even the best rate, 0.02, shrinks the distance by no more than 15
# % a step. For the bowl :math:`\kappa` is 1, and the best rate arrives in a single step:

one = descend(bowl, start, lr=1 / 20, num_steps=1)
print("bowl, one step with lr = 1/20:", one.positions[-1].tolist())

# sphinx_gallery_start_ignore
assert one.positions[-1].abs().max().item() < 1e-6
flat, steep = torch.linalg.eigvalsh(
    torch.func.jacrev(torch.func.grad(bowl))(start)
)
assert steep / flat == 1, (
    "kappa for the bowl: the best rate arrives in a single step"
)
# sphinx_gallery_end_ignore

# %%
# Losses of networks have condition numbers of thousands and more, and nobody knows them beforehand.
# Plain gradient descent then needs thousands of steps, or something better: the optimizers of the
# next lesson.
#
# .. predict:: For curvatures 1 and 9 and the best rate, what are the factors of a step?
#    :aim: 3
#
#    curvatures = torch.tensor([1.0, 9.0])
#    lr = 2 / curvatures.sum()
#    print([round(v, 2) for v in (1 - lr * curvatures).tolist()])
#    + Equal in size: one creeps, the other jumps.
#    - The steep direction crosses the floor in each step.
#        (1 - lr * curvatures) -> (1 - lr * curvatures).abs()
#    - That is half of the rate: the steep direction is done, but the flat one waits.
#        2 / -> 1 /
#    - At the limit of the steep direction nothing is gained across.
#        2 / curvatures.sum() -> 2 / curvatures.max()
#
# .. predict:: The condition number grows from 100 to 1000. By what factor do the steps grow?
#    :aim: 3
#
#    def steps(kappa):  # to a hundredth of the distance, at the best rate
#        return math.log(0.01) / math.log((kappa - 1) / (kappa + 1))
#    print(round(steps(1000) / steps(100)))
#    + As the condition number itself: ten times as long, ten times the steps.
#    - Slower, even at the best rate.
#        steps(1000) / steps(100) -> steps(100) / steps(100)
#    - So it would be if the root of the condition number counted.
#        steps(1000) / steps(100) -> (steps(1000) / steps(100)) ** 0.5
#    - Not as its square.
#        steps(1000) / steps(100) -> (steps(1000) / steps(100)) ** 2
#
# .. which-line:: run_gd the_start_x0
#    :aim: 2
#
# .. which-line:: run_gd the_learning_rate
#    :aim: 2
#
# .. symptom:: make_gradient_step autograd_refuses
#    :aim: 2
#
# Recap
# -----
#
# - On contours, a step is perpendicular to the line it starts from.
# - In each direction of curvature :math:`\lambda` a step multiplies the distance by
#   :math:`1 - \text{lr}\,\lambda`.
# - The steepest direction limits the rate, :math:`\text{lr} < 2/\lambda_{\max}`; the flattest one
#   decides how long it takes.
# - The condition number says how bad that is. Look at losses on a logarithmic axis.
#
# Exercises
# ---------
#
# Write the function, one step, and the whole descent; then tell from second derivatives alone at
# which rate a descent begins to explode.
#
# .. exercise:: function_parabola
#
# .. exercise:: make_gradient_step
#
# .. exercise:: run_gd
#
# .. exercise:: largest_rate
#    :aim: 2
#
# Where to go next
# ----------------
#
# :doc:`Optimizers </lessons/optimisation/plot_3_optimizers>` walk the same valley, faster.
