r"""
Accumulation, ``no_grad`` and ``autograd.grad``
===============================================

.. lesson::
   :assumes: autograd/plot_3_backward_steps

   - predict what ``.grad`` holds after several backward passes, and clear it when you should
   - switch the recording off, and say what fails without it
   - get gradients as return values, and derivatives of results that are no single number

Three habits of autograd surprise everybody once: gradients add up, a pass frees what it needed, and
what was not recorded cannot be differentiated. Each of them has a reason. This lesson provokes all
three and shows what to do.
"""

# sphinx_gallery_tags = ["autograd", "debugging"]

import torch
from torch import nn

from pytorch_primer import draw_graph

# %%
# Gradients add up
# ----------------
#
# Once more :math:`L = (a + b)\,c + c` at (3, 4, 5). A function computes it, because we are going to
# need it several times.

a = torch.tensor(3.0, requires_grad=True)
b = torch.tensor(4.0, requires_grad=True)
c = torch.tensor(5.0, requires_grad=True)


def compute(a, b, c):
    return (a + b) * c + c


def gradients():
    return [leaf.grad.item() for leaf in (a, b, c)]


compute(a, b, c).backward()
print("after one pass:  ", gradients())
compute(a, b, c).backward()
print("after two passes:", gradients())

# sphinx_gallery_start_ignore
once = [5.0, 5.0, 3.0 + 4.0 + 1.0]
assert gradients() == [2 * g for g in once] == [10, 10, 16]
assert (a.item(), b.item(), c.item()) == (3, 4, 5)
# sphinx_gallery_end_ignore

# %%
# After one pass they are (5, 5, 8), after two (10, 10, 16). The second pass computed the same gradients and *added* them to
# what was there. This is :term:`accumulation`.
#
# Do not confuse it with the sum inside one pass: :math:`c` is used twice in :math:`L`, and its 8 is
# the sum over these two uses, as the chain rule demands. Accumulation is a sum over *passes*, and
# nothing demands it. It is a convenience: a batch too large for the memory can be processed in
# pieces, one pass for each. For a loss that is a *sum* over the samples, the gradients of the
# pieces add up to that of the whole. Most losses are *means*. Then the loss of each piece has to be
# divided by the number of pieces, if they are equally large:

w = torch.tensor([0.5, -1.0], requires_grad=True)
samples, wanted = torch.arange(8.0).reshape(4, 2), torch.ones(4)


def mean_loss(rows):
    return ((samples[rows] @ w - wanted[rows]) ** 2).mean()


(whole,) = torch.autograd.grad(mean_loss(slice(0, 4)), w)
halves = [slice(0, 2), slice(2, 4)]
for rows in halves:
    mean_loss(rows).backward()
print("whole batch:", whole.tolist(), "  two halves:", w.grad.tolist())

# sphinx_gallery_start_ignore
torch.testing.assert_close(w.grad, 2 * whole)
by_formula = 2 * (samples @ w - wanted) @ samples / 4
torch.testing.assert_close(whole, by_formula.detach())
w.grad = None
for rows in halves:
    (mean_loss(rows) / 2).backward()
torch.testing.assert_close(w.grad, whole)
assert torch.allclose(w.grad, whole), "with (mean_loss(rows) / 2).backward()"
w.grad = None
for rows in (slice(0, 3), slice(3, 4)):
    (mean_loss(rows) / 2).backward()
assert not torch.allclose(w.grad, whole, rtol=0.1), "not equally large"
# sphinx_gallery_end_ignore

# %%
# The two halves give twice the gradient of the whole. With ``(mean_loss(rows) / 2).backward()``
# they give the same. (:func:`torch.autograd.grad`, which returned the first gradient without
# storing it, is explained below.)
#
# .. predict::
#    :aim: 1
#
#    x = torch.tensor(3.0, requires_grad=True)
#    for _ in range(3):
#        (x**2).backward()
#    print(x.grad.item())
#    + Three passes, and each adds its 6.
#    - That is one pass. Nothing has cleared the gradient in between.
#        range(3) -> range(1)
#    - The power does not grow with the passes: each differentiates the same square.
#        (x**2).backward() -> x.grad = None; (x**4).backward()
#
# .. predict:: The mean over four samples, in two halves. What is printed?
#    :aim: 1
#
#    w = torch.tensor(1.0, requires_grad=True)
#    x = torch.tensor([1.0, 1.0, 3.0, 3.0])
#    for half in (x[:2], x[2:]):
#        ((w * half).mean() / 2).backward()
#    print(w.grad.item())
#    + Each mean divided by the number of halves: together they are the mean of all.
#    - Without the division the two means add up to twice the mean of all.
#        .mean() / 2 -> .mean()
#    - Each mean is shared among its samples already. What is left is to share among the halves.
#        .mean() / 2 -> .mean() / 4
#
# Clearing
# --------
#
# Where that is not wanted, and in a training loop it is not, clear the gradients between passes.

for leaf in (a, b, c):
    leaf.grad = None
compute(a, b, c).backward()
print("cleared, then one pass:", gradients())

# sphinx_gallery_start_ignore
assert gradients() == once == [5, 5, 8]
# sphinx_gallery_end_ignore

# %%
# ``None`` means "nothing has arrived". That is also what ``optimizer.zero_grad()`` sets unless it
# is told otherwise (``set_to_none=False`` fills zeros). Filling zeros by hand, ``x.grad.zero_()``,
# fails before the first pass, when there is no gradient to fill:

fresh = torch.tensor(1.0, requires_grad=True)
try:
    fresh.grad.zero_()
except AttributeError as error:
    print(error)
optimizer = torch.optim.SGD([a], lr=0.1)
optimizer.zero_grad()
print("a.grad after zero_grad:", a.grad)

# sphinx_gallery_start_ignore
compute(a, b, c).backward()
optimizer.zero_grad(set_to_none=False)
assert a.grad.item() == 0
optimizer.zero_grad()
assert fresh.grad is None
assert a.grad is None
# sphinx_gallery_end_ignore

# %%
# .. predict::
#    :aim: 1
#
#    x = torch.tensor(3.0, requires_grad=True)
#    optimizer = torch.optim.SGD([x], lr=0.1)
#    (x**2).backward()
#    optimizer.zero_grad()
#    print(x.grad)
#    + Nothing has arrived since the clearing, and the memory is given back.
#    - It fills zeros only when it is told so.
#        zero_grad() -> zero_grad(set_to_none=False)
#    - The gradient of the pass was there until the last line but one.
#        optimizer.zero_grad() -> pass
#
# A pass frees what it needed
# ---------------------------
#
# Above we called ``compute`` anew for each pass. Walking the *same* record twice fails:

L = compute(a, b, c)
L.backward()
try:
    L.backward()
except RuntimeError as error:
    print(str(error).partition(" (")[0])

# sphinx_gallery_start_ignore
else:
    raise AssertionError("a freed graph was walked again")
# sphinx_gallery_end_ignore

# %%
# The first pass freed the values that the rules needed, to give the memory back. A record that
# saved nothing has nothing to free, and can be walked again. A sum is such a record, so two passes
# raise nothing and leave the double:

total = a + b
total.backward()
total.backward()
print("a.grad after two passes:", a.grad.item())

# sphinx_gallery_start_ignore
first = torch.autograd.grad(compute(a, b, c), a)[0].item()
sum_added = torch.autograd.grad(a + b, a)[0].item()
assert (first, sum_added) == (5, 1), (
    "what the first pass through L left there, and what the sum added"
)
assert a.grad.item() == first + 2 * sum_added
# sphinx_gallery_end_ignore

# %%
# The first pass through ``L`` had left a 5 there, and the sum added its 1 twice. In nearly every
# program the remedy is to compute the result again, as a training loop does anyway. Where the same
# record really is needed twice, the first pass can keep it: ``backward(retain_graph=True)``.
#
# .. predict:: The same record, walked twice. What comes of it?
#    :aim: 1
#
#    x = torch.tensor(3.0, requires_grad=True)
#    y = x**2
#    y.backward(); y.backward()
#    print(x.grad.item())
#    + The first pass gave back what the square had saved.
#    - Computed anew, the square can be walked again, and the gradients add up.
#        y.backward(); y.backward() -> (x**2).backward(); (x**2).backward()
#
# Not recording
# -------------
#
# Recording costs memory and a little time. When you only want the value, switch it off with
# :class:`torch.no_grad`:

with torch.no_grad():
    silent = compute(a, b, c)
print(silent, "requires grad:", silent.requires_grad)

# sphinx_gallery_start_ignore
assert silent.item() == 40, "the value"
assert not silent.requires_grad
# sphinx_gallery_end_ignore

# %%
# The value 40 is there, the record is not. The drawing of it is one box:

draw_graph(silent)

# %%
# So there is no way back from it, and ``backward`` says so in its own words:

try:
    silent.backward()
except RuntimeError as error:
    print(error)

# sphinx_gallery_start_ignore
else:
    raise AssertionError("backward worked without a graph")
# sphinx_gallery_end_ignore

# %%
# *Element 0* is the tensor itself, *does not have a grad_fn* means: nothing was recorded. When you
# meet this message, look for a ``no_grad``, a ``detach``, or a ``torch.tensor(….item())`` on the
# way to your loss.
#
# To :term:`detach` is to switch off the recording for one tensor. :meth:`torch.Tensor.detach` makes a
# second tensor with the *same memory* and no record. A change of one is a change of the other:

p = torch.tensor([1.0, 2.0], requires_grad=True)
view = p.detach()
view[0] = 10
print("p:", p.tolist(), " same memory:", view.data_ptr() == p.data_ptr())

# sphinx_gallery_start_ignore
assert p.tolist() == [10, 2]
assert view.data_ptr() == p.data_ptr()
# sphinx_gallery_end_ignore

# %%
# Take ``detach().clone()`` where you want a copy without a record. ``clone`` alone makes new memory
# and *keeps* the record, so gradients flow through it to the original:

q = torch.tensor([1.0, 2.0], requires_grad=True)
copy = q.clone()
copy.sum().backward()
print(
    "memory:",
    copy.data_ptr() == q.data_ptr(),
    " gradient of q:",
    q.grad.tolist(),
)

# sphinx_gallery_start_ignore
assert copy.data_ptr() != q.data_ptr()
assert q.grad.tolist() == [1, 1]
# sphinx_gallery_end_ignore

# %%
# ``p.data`` is like ``p.detach()``, but it also hides changes from the checks that keep gradients
# right; avoid it.
#
# .. choose:: Which line makes a copy that later changes of ``p`` do not reach, without a record?
#    :aim: 2
#    :test: (p.data.add_(1), q[0] == 1 and not q.requires_grad)[1]
#
#    p = torch.ones(2, requires_grad=True)
#    + Cut off, and in memory of its own.
#        q = p.detach().clone()
#    - Cut off, but a window on the same memory.
#        q = p.detach()
#    - New memory, but gradients flow through it.
#        q = p.clone()
#
# .. predict::
#    :aim: 2
#
#    x = torch.tensor(3.0, requires_grad=True)
#    with torch.no_grad():
#        y = x**2
#    print(y.requires_grad, x.requires_grad)
#    + The result has no record; the leaf is watched as before.
#    - Nothing that is computed in the block is recorded.
#        torch.no_grad() -> torch.enable_grad()
#    - The block switches the recording off, and does not touch the tensors.
#        y.requires_grad, x.requires_grad -> y.requires_grad, y.is_leaf and y.requires_grad
#
# Gradients as return values
# --------------------------
#
# ``backward`` leaves its results in ``.grad``. :func:`torch.autograd.grad` returns them, touches no
# ``.grad``, and accumulates nothing. Take :math:`(1 - w_2 \tanh(3.5\,w_1))^2`, a tiny network with
# one unit, one input 3.5 and the target 1:

w1 = torch.tensor(0.2, requires_grad=True)
w2 = torch.tensor(-0.4, requires_grad=True)
loss = (1 - w2 * torch.tanh(3.5 * w1)) ** 2
d_w1, d_w2 = torch.autograd.grad(loss, (w1, w2))
print(
    f"{d_w1.item():.4f} {d_w2.item():.4f}", "and in .grad:", w1.grad, w2.grad
)

# sphinx_gallery_start_ignore
t = torch.tanh(torch.tensor(0.7))
outer = 2 * (1 + 0.4 * t)
torch.testing.assert_close(d_w1, outer * 0.4 * (1 - t**2) * 3.5)
t = torch.tanh(3.5 * w1)
assert torch.allclose(d_w1, -2 * (1 - w2 * t) * w2 * (1 - t.square()) * 3.5), (
    "by the chain rule, with t = tanh, the derivatives"
)
assert torch.allclose(d_w2, -2 * (1 - w2 * t) * t), (
    "by the chain rule, with t = tanh, the derivatives"
)
assert torch.allclose(loss, (1 - w2 * torch.tanh(3.5 * w1)).square()), (
    "a tiny network with one unit, one input and the target"
)
torch.testing.assert_close(d_w2, -outer * t)
assert w1.grad is None
assert w2.grad is None
# sphinx_gallery_end_ignore

# %%
# By the chain rule, with :math:`t = \tanh(3.5\,w_1)`, the derivatives are
# :math:`-2(1 - w_2 t)\,w_2\,(1 - t^2)\cdot 3.5` and :math:`-2(1 - w_2 t)\,t`:

with torch.no_grad():
    t = torch.tanh(3.5 * w1)
    outer = -2 * (1 - w2 * t)
    by_hand = torch.stack([outer * w2 * (1 - t**2) * 3.5, outer * t])
difference = (by_hand - torch.stack([d_w1, d_w2])).abs().max()
print(f"largest difference: {difference.item():.0e}")

# sphinx_gallery_start_ignore
assert difference < 1e-6
# sphinx_gallery_end_ignore

# %%
# .. predict::
#    :aim: 3
#
#    x = torch.tensor(3.0, requires_grad=True)
#    (g,) = torch.autograd.grad(x**2, x)
#    print(g.item(), x.grad)
#    + The gradient is returned, and nothing is left in ``grad``.
#    - That is what ``backward`` does.
#        (g,) = torch.autograd.grad(x**2, x) -> (x**2).backward(); g = x.grad.clone()
#    - Nothing is freed or filled with zeros: nothing ever arrived there.
#        x.grad) -> torch.zeros_like(x).item())
#
# More than one result
# --------------------
#
# ``backward`` without arguments wants one number to start from. On a vector it fails:

x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = torch.stack([x[0] * x[1], x[1] * x[2]])
try:
    y.backward()
except RuntimeError as error:
    print(error)

# sphinx_gallery_start_ignore
else:
    raise AssertionError("backward worked on a vector")
# sphinx_gallery_end_ignore

# %%
# The derivative of a vector is a matrix, the :term:`Jacobian` :math:`J`, with a row for each
# result. A backward pass computes a row vector times this matrix, :math:`v^\mathsf{T} J`, and you
# say which :math:`v`:

v = torch.tensor([1.0, 10.0])
y.backward(gradient=v)
print("backward with v gives", x.grad.tolist())

# sphinx_gallery_start_ignore
assert x.grad.tolist() == [1 * 2, 1 * 1 + 10 * 3, 10 * 2] == [2, 31, 20]
# sphinx_gallery_end_ignore

# %%
# And :func:`torch.func.jacrev` gives the whole matrix, one such pass for each row:


def products(x):
    return torch.stack([x[0] * x[1], x[1] * x[2]])


J = torch.func.jacrev(products)(x.detach())
print(J)
print("v times J:", (v @ J).tolist())

# sphinx_gallery_start_ignore
assert J.tolist() == [[2, 1, 0], [0, 3, 2]]
assert J[0].tolist() == [x[1], x[0], 0] == [2, 1, 0], (
    "the first row has the derivatives by x"
)
assert (v @ J).tolist() == x.grad.tolist()
# sphinx_gallery_end_ignore

# %%
# The first row has the derivatives of :math:`x_0 x_1`, which are :math:`(x_1, x_0, 0) = (2, 1, 0)`;
# the second those of :math:`x_1 x_2`. Their combination with :math:`v` is what ``backward`` gave.
#
# .. predict:: A vector is differentiated, with the weights 1 and 10. What is printed?
#    :aim: 3
#
#    x = torch.tensor([1.0, 2.0], requires_grad=True)
#    y = x**2
#    y.backward(gradient=torch.tensor([1.0, 10.0]))
#    print(x.grad.tolist())
#    + Each result sends its derivative, times the weight that you gave it.
#    - So it would be with equal weights, as in a sum.
#        torch.tensor([1.0, 10.0]) -> torch.ones(2)
#    - The weights multiply the derivatives, not the values.
#        x.grad.tolist() -> (y * torch.tensor([1.0, 10.0])).tolist()
#
# A formula can be right and its gradient useless
# -----------------------------------------------
#
# Autograd differentiates what you *compute*, with all its rounding. The function :math:`\log(1 +
# e^{-3.5\,w})` is harmless everywhere, but written down like this it overflows on the way:


def naive(w):
    return torch.log(1 + torch.exp(-3.5 * w))


def safe(w):
    return nn.functional.softplus(-3.5 * w)


for f in (naive, safe):
    w = torch.tensor(-30.0, requires_grad=True)
    value = f(w)
    value.backward()
    print(f.__name__, value.item(), w.grad.item())

# sphinx_gallery_start_ignore
import math

w = torch.tensor(-30.0, requires_grad=True)
naive(w).backward()
assert math.isnan(w.grad.item())
assert math.isinf(naive(w).item())
w.grad = None
safe(w).backward()
assert w.grad.item() == -3.5 / (1 + math.exp(3.5 * w.item())) == -3.5
assert abs(safe(w).item() - 105) < 1e-4
# sphinx_gallery_end_ignore

# %%
# The exponential of 105 is infinite in ``float32``. Where does the *not a number* come from? We
# keep the gradient in the middle and look:

w = torch.tensor(-30.0, requires_grad=True)
power = torch.exp(-3.5 * w)
power.retain_grad()
torch.log(1 + power).backward()
print("exp:", power.item(), " what arrives there:", power.grad.item())
print("their product:", (power * power.grad).item())

# sphinx_gallery_start_ignore
assert power.item() == math.inf
assert power.grad.item() == 0, "the logarithm sends back: divided by infinity"
assert math.isnan((power * power.grad).item())
w = torch.tensor(-30.0, requires_grad=True)
nn.functional.softplus(-3.5 * w).backward()
assert (-3.5 * w, w.grad) == (105, -3.5), "softplus"
assert w.grad == -3.5, "the slope"
# sphinx_gallery_end_ignore

# %%
# The logarithm sends back one divided by infinity, which is 0. The exponential multiplies that by
# its own value, and 0 times infinity is ``nan``. :func:`torch.nn.functional.softplus` is the same
# function, computed so that nothing overflows: 105, with the slope −3.5.
#
# The graph below computes in ``float64``, which holds larger numbers. How large must :math:`x` be for the same to
# happen there? Guess, then try.
#
# .. explorable:: backward
#    :size: small
#    :state: e=log(1%2Bexp(x))&x=105
#
# .. admonition:: A question before the exercises
#
#    When do you switch the recording off?
#
#    .. dropdown:: A model answer
#
#       Whenever no derivative of what you compute will be asked for: when you use a trained model,
#       when you measure it on a test set, when you record values for a plot. And when you update
#       parameters by hand: the update must change the parameters, and must not itself become part
#       of the next derivative. Never on the way from the parameters to the loss.
#
# .. which-line:: second_gradients the_derivative
#    :aim: 1
#
# .. which-line:: x_grad backward_starts
#    :aim: 3
#
# .. which-line:: two_weights_grad the_square_is
#    :aim: 3
#
# Recap
# -----
#
# - ``backward`` adds to ``.grad``. Clear it between passes, by ``None``.
# - A pass frees what its record saved; ``retain_graph=True`` keeps it for another pass.
# - Under ``no_grad`` nothing is recorded; ``detach`` cuts one tensor off and shares its memory.
# - ``torch.autograd.grad`` returns gradients and accumulates nothing.
# - For a vector, ``backward(v)`` gives :math:`v^\mathsf{T} J`, and ``torch.func.jacrev`` gives
#   :math:`J`.
#
# Exercises
# ---------
#
# The first is about accumulation, the second about not recording, the others take derivatives.
#
# .. parsons:: second_gradients
#    :aim: 1
#
# .. exercise:: second_gradients
#    :aim: 1
#
# .. exercise:: predict
#    :aim: 2
#
# .. parsons:: x_grad the_mean_was
#    :aim: 3
#
# .. exercise:: x_grad
#    :aim: 3
#
# .. exercise:: logistic_grad
#
# .. exercise:: two_weights_grad
#    :aim: 3
#
# .. exercise:: jacobian_row
#    :aim: 3
#
# Where to go next
# ----------------
#
# You know all that ``backward`` does. :doc:`Your own autograd in sixty lines
# </lessons/autograd/plot_5_own_autograd>` writes it.
