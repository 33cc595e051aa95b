r"""
Backward, one node at a time
============================

.. lesson::
   :assumes: autograd/plot_2_computation_graph

   - run a backward pass by hand, with nothing but products and sums
   - say which numbers each operation must remember from the way forward
   - look at the gradient of an intermediate result while it passes

``backward`` looks like magic from outside: one call, and every parameter has its derivative. Inside
it is bookkeeping. In this lesson we do the books ourselves for :math:`L = (a + b)\,c + c`, one
entry at a time, and then let PyTorch do them and compare every line.
"""

# sphinx_gallery_tags = ["autograd", "graphs"]

import contextlib
import warnings

import matplotlib.pyplot as plt
import torch

from pytorch_primer import backward_steps, draw_graph

plt.style.use("pytorch_primer.course")

# %%
# Forward: values
# ---------------
#
# We split the computation into single operations, and give each result a name.

a = torch.tensor(3.0, requires_grad=True)
b = torch.tensor(4.0, requires_grad=True)
c = torch.tensor(5.0, requires_grad=True)
s = a + b
p = s * c
L = p + c
print("s, p, L =", s.item(), p.item(), L.item())

# sphinx_gallery_start_ignore
assert (s.item(), p.item(), L.item()) == (3 + 4, (3 + 4) * 5, (3 + 4) * 5 + 5)
assert s.item() == a.item() + b.item() == 7, "the sum"
assert p.item() == 35, "the product"
assert L.item() == 40, "the result"
# sphinx_gallery_end_ignore

# %%
# The sum is 7, the product 35, the result 40. As a graph, with the values in it:

draw_graph(
    L, params={"a": a, "b": b, "c": c, "s": s, "p": p}, show_values=True
)

# %%
# Two local rules
# ---------------
#
# Only two kinds of operations occur. For each we need one rule: given the gradient that arrives at
# the result, what goes to the operands?
#
# - **Sum.** A change of either operand changes the result by the same amount. The gradient is
#   handed on unchanged, to both.
# - **Product.** If one operand changes by a little, the product changes by that little times the
#   other operand: :math:`(s + h)\,c = s\,c + h\,c`. So each gets the arriving gradient times the
#   value of *the other*.
#
# Nothing else is needed. No rule looks further than its own operation.
#
# .. predict:: The gradient 1 arrives at a product. What goes to ``s``?
#    :aim: 1
#
#    s = torch.tensor(7.0, requires_grad=True)
#    c = torch.tensor(5.0, requires_grad=True)
#    (s * c).backward()
#    print(s.grad.item())
#    + What arrives, times the value of the other operand.
#    - That is its own value. A small change of ``s`` counts as often as the *other* says.
#        s.grad.item() -> s.item()
#    - A sum would hand the gradient on as it is.
#        (s * c) -> (s + c)
#
# .. predict:: And at a difference?
#    :aim: 1
#
#    a = torch.tensor(7.0, requires_grad=True)
#    b = torch.tensor(5.0, requires_grad=True)
#    (a - b).backward()
#    print(a.grad.item(), b.grad.item())
#    + If ``b`` grows, the difference shrinks by as much.
#    - A sum treats both alike. Here one of them is taken away.
#        (a - b) -> (a + b)
#    - A product would look at the values.
#        (a - b) -> (a * b)
#
# Backward: gradients
# -------------------
#
# We start at the end. A change of :math:`L` changes :math:`L` by itself, so the first gradient is
# 1. The last operation, ``L = p + c``, is a sum: it hands the 1 to both sides.

grad_L = 1.0
grad_p = grad_L
grad_c = grad_L
print("to p:", grad_p, " to c:", grad_c)

# %%
# Next, ``p = s * c`` is a product. The gradient 1 that arrived at :math:`p` goes to :math:`s`,
# times the value of :math:`c`, and to :math:`c`, times the value of :math:`s`. But :math:`c` has
# already received something, and both ways count: we *add*.

grad_s = grad_p * c.item()
grad_c = grad_c + grad_p * s.item()
print("to s:", grad_s, " to c, together:", grad_c)

# sphinx_gallery_start_ignore
from_sum, from_product = grad_L, grad_p * s.item()
assert (grad_s, from_sum, from_product, grad_c) == (5, 1, 7, 1 + 7), (
    "goes to s, and c has one from the sum and one from the product"
)
# sphinx_gallery_end_ignore

# %%
# 5 goes to :math:`s`, and :math:`c` has 1 from the sum and 7 from the product: 8. Last,
# ``s = a + b`` is a sum again:

grad_a = grad_s
grad_b = grad_s
print("gradients of a, b, c:", grad_a, grad_b, grad_c)

# sphinx_gallery_start_ignore
assert (grad_a, grad_b, grad_c) == (5, 5, 8), "all three derivatives"
# sphinx_gallery_end_ignore

# %%
# Three operations, a handful of products and sums, and we have all three derivatives: 5, 5 and 8.
#
# Here is another one for you. Before each step, say what the operation will send.
#
# .. explorable:: backward
#    :size: small
#    :state: e=(a*b%2Bc)*a&a=2&b=3&c=-1
#
# .. predict::
#    :aim: 1
#
#    x = torch.tensor(3.0, requires_grad=True)
#    p = x * x
#    (p + x).backward()
#    print(x.grad.item())
#    + Twice from the product, which uses ``x`` on both sides, and once from the sum: added up.
#    - Both sides of the product are ``x``. Each sends something.
#        p = x * x -> p = x * x.detach()
#    - What comes straight from the sum counts, too.
#        (p + x) -> p
#
# The same, by PyTorch
# --------------------
#
# ``backward`` keeps the gradients of leaves only. To see the ones in between as well, we ask the
# inner results to keep theirs, with :meth:`torch.Tensor.retain_grad`, before the pass.

for inner in (s, p, L):
    inner.retain_grad()
L.backward(retain_graph=True)
by_hand = torch.tensor([grad_a, grad_b, grad_c, grad_s, grad_p, grad_L])
by_autograd = torch.stack([t.grad for t in (a, b, c, s, p, L)])
print("by autograd:", by_autograd.tolist())
print("largest difference:", (by_hand - by_autograd).abs().max().item())

# sphinx_gallery_start_ignore
assert by_autograd.tolist() == [5, 5, 8, 5, 1, 1]
assert torch.equal(by_hand, by_autograd)
# sphinx_gallery_end_ignore

# %%
# Line for line the same. (``retain_graph=True`` keeps the record, because we want to walk it
# again.)
#
# .. predict:: One can also read what arrived at ``s``. What does this print?
#    :aim: 3
#
#    a = torch.tensor(3.0, requires_grad=True)
#    s = 2 * a
#    s.retain_grad()
#    (s * s).backward()
#    print(s.grad.item())
#    + It is no leaf, but was asked to keep what arrives: twice its own value.
#    - That is what goes on to ``a``, after the factor 2.
#        s.grad.item() -> a.grad.item()
#    - Its value is another thing than its gradient.
#        s.grad.item() -> s.item()
#
# The pass as an animation
# ------------------------
#
# ``backward_steps`` runs the pass once more, leaves every ``.grad`` as it is, and notes what flows
# along each arrow, in the order in which autograd comes to the operations.

names = {"a": a, "b": b, "c": c, "s": s, "p": p}
steps = backward_steps(L, params=names)
anim = steps.animate()
anim

# sphinx_gallery_start_ignore
anim._fig.set_label(
    "Animation of the backward pass through (a + b) c + c. The gradient 1 starts at L and reaches"
    " both operands of the last sum; the product sends 5 to s and 7 to c; the first sum sends 5 to"
    " a and 5 to b. In the end a and b have 5, c has 8."
)
assert len(steps) == 7
assert "receives 8" in "".join(str(frame.title) for frame in steps)
assert (a.grad.item(), b.grad.item(), c.grad.item()) == (5, 5, 8)
# sphinx_gallery_end_ignore

# %%
# Watch when :math:`c` gets its gradient: not before both of its arrows have one. Autograd visits an
# operation only when everything that can arrive has arrived. The last frame, with all gradients on
# their arrows:

steps[-1]

# %%
# What must be remembered
# -----------------------
#
# The product rule needs the values 7 and 5 that went *into* the product, long after it was
# computed. So the record keeps both tensors. A sum needs neither of its operands, and keeps none.
# The drawing can show what was saved:

# sphinx_gallery_start_ignore
saved = {p.grad_fn._saved_self.item(), p.grad_fn._saved_other.item()}
assert saved == {7, 5}, "the values that went into the product"
kept = {
    name: getattr(s.grad_fn, name)
    for name in dir(s.grad_fn)
    if name.startswith("_saved")
}
assert kept == {
    "_saved_alpha": 1
}  # the factor of torch.add: a number, no tensor
# sphinx_gallery_end_ignore
draw_graph(p, params=names, show_saved=True)

# %%
# This is why training needs so much more memory than using a trained model: everything that a rule
# will ask for has to be kept until the pass is over. It is also why PyTorch watches over the saved
# values. If one of them is changed in place between the two passes, the gradient would be wrong,
# and PyTorch refuses:

d = torch.tensor(2.0, requires_grad=True)
e = d.exp()
square = e**2
e.add_(1)
try:
    square.backward()
except RuntimeError as error:
    said = str(error)
    print(said.split(". Hint")[0])

# sphinx_gallery_start_ignore
else:
    raise AssertionError("a changed saved tensor went unnoticed")
assert "is at version 1; expected version 0" in said
# sphinx_gallery_end_ignore

# %%
# The square had saved ``e`` to compute :math:`2e`, and ``e`` is no longer what it was. The rest of
# the message says which tensor: every tensor counts its changes in place, and this one, made by an
# addition, is at version 1 where the record expects version 0. What it does not say is which *line*
# needed the old value. :class:`torch.autograd.set_detect_anomaly`, which the hint speaks of, does:
# it keeps a trace of each operation and warns with it. It is slow, and meant for hunting.

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    with torch.autograd.set_detect_anomaly(True):
        e = d.exp()
        square = e**2
        e.add_(1)
        with contextlib.suppress(RuntimeError):
            square.backward()
print(str(caught[-1].message).split(" Traceback")[0])

# sphinx_gallery_start_ignore
trace = str(caught[-1].message)
assert trace.startswith("Error detected in PowBackward0. Traceback of forward")
assert "square = e**2" in trace
# sphinx_gallery_end_ignore

# %%
# The power is the one that needed it, and the traceback behind these words, which we cut off, shows
# its line, ``square = e**2``.
#
# .. choose:: Which operation must remember its operands for the way back?
#    :aim: 2
#    :test: any(name.startswith("_saved_self") for name in dir(y.grad_fn))
#
#    a = torch.tensor(3.0, requires_grad=True)
#    b = torch.tensor(4.0, requires_grad=True)
#    + Its rule multiplies by the value of the other one.
#        y = a * b
#    - Its rule hands on what arrives, whatever the operands were.
#        y = a + b
#    - Here, too, only the sign matters, and no value.
#        y = a - b
#
# .. predict:: A value that the way back needs is changed in between. What does this print?
#    :aim: 2
#
#    x = torch.tensor(2.0, requires_grad=True)
#    e = x.exp()
#    y = e**2
#    e.add_(1)
#    y.backward()
#    print(x.grad.item() > 0)
#    + The square needs the old ``e``, and PyTorch notices that it is gone.
#    - It would work with a new tensor in place of the changed one.
#        e.add_(1) -> e = e + 1
#
# .. predict:: A sum is changed in place before the way back. What comes of it?
#    :aim: 2
#
#    x = torch.tensor(2.0, requires_grad=True)
#    e = x.exp()
#    y = e + 1; y.add_(1)
#    y.backward()
#    print(x.grad.item() > 0)
#    + A sum saved nothing, so nothing that the way back needs has changed.
#    - That happens where a value was saved: a square needs its operand.
#        y = e + 1; y.add_(1) -> y = e**2; e.add_(1)
#
# Looking at one gradient as it passes
# ------------------------------------
#
# ``retain_grad`` keeps a gradient. A :term:`hook` is called with it while it passes, and can even replace
# it. Here it only prints.

handle = s.register_hook(lambda gradient: print("s receives", gradient.item()))
L.backward(retain_graph=True)
handle.remove()

# %%
# ``s`` receives the 5 again. (Look at ``a.grad`` now and you will find 10, not 5: the reason is the next lesson's
# first question.)

print("a.grad:", a.grad.item())

# sphinx_gallery_start_ignore
assert a.grad.item() == 10
# sphinx_gallery_end_ignore

# %%
# .. choose:: Which line lets you see the gradient of ``s`` while it passes?
#    :aim: 3
#    :test: (L.backward(), seen == [10.0])[1]
#
#    seen, a = [], torch.tensor(2.0, requires_grad=True)
#    s = a + 3
#    L = s**2
#    + The hook is called with the gradient when it comes by.
#        s.register_hook(lambda g: seen.append(g.item()))
#    - It runs now, on the way forward, when there is no gradient yet.
#        seen.append(s.item())
#    - It looks at the result. What starts there is always 1.
#        L.register_hook(lambda g: seen.append(g.item()))
#
# .. predict:: A hook may return another gradient. What does this print?
#    :aim: 3
#
#    a = torch.tensor(2.0, requires_grad=True)
#    s = a + 3
#    s.register_hook(lambda g: g / 10)
#    (s**2).backward()
#    print(a.grad.item())
#    + The hook's answer takes the place of what arrived, for all that comes before it.
#    - A hook that returns nothing changes nothing.
#        lambda g: g / 10 -> lambda g: None
#    - The hook divides the gradient of ``s``, not its value.
#        s.register_hook(lambda g: g / 10) -> s = (a + 3) / 10
#
# Why backward and not forward?
# -----------------------------
#
# One could also push derivatives along with the values, from the inputs to the result. That works,
# and is called *forward mode*. But it answers another question: how does everything change when
# *one* input changes? For three inputs it takes three passes. The backward pass asks how *one
# result* changes with everything, and takes one pass for all inputs :cite:p:`rumelhart1986`. A loss
# is one number and parameters are many, so backward is the right way round.
#
# Recap
# -----
#
# - Each operation has one local rule: a sum hands the gradient on, a product multiplies it with the
#   other operand.
# - Where several gradients arrive, they are added; an operation is visited when all have arrived.
# - Rules ask for values of the forward pass, which the record keeps until then.
# - ``retain_grad`` keeps the gradient of an intermediate result, a hook sees it pass.
#
# Exercises
# ---------
#
# A backward pass with nothing but numbers, through a product and a tanh.
#
# .. parsons:: tanh_backward
#    :aim: 1
#
# .. exercise:: tanh_backward
#    :aim: 1 2
#
# Where to go next
# ----------------
#
# :doc:`Accumulation, no_grad and autograd.grad </lessons/autograd/plot_4_accumulation>`: what
# happens when you call ``backward`` twice, and how not to record at all.
