"""
The computation graph
=====================

.. lesson::
   :assumes: autograd/plot_1_derivatives

   - read the graph that PyTorch records while it computes, and walk it yourself
   - tell leaves from intermediate results, and say which tensors will get a gradient
   - predict from a drawing what ``backward`` will compute

Somewhere in every training program stands ``loss.backward()``, and after it each parameter knows
its gradient. Nothing in that line names the parameters. How does PyTorch know where to send what?
It kept notes while it computed. This lesson opens the notebook and reads them.
"""

# %%
# We need PyTorch, Matplotlib, and one helper of this course, which draws the notes.

# sphinx_gallery_tags = ["autograd", "graphs"]

import matplotlib.pyplot as plt
import torch

from pytorch_primer import draw_graph

plt.style.use("pytorch_primer.course")

# %%
# A tensor that is watched
# ------------------------
#
# Take the function :math:`L(x) = (x - 2)^2`. We tell PyTorch that we want derivatives with respect
# to :math:`x` by creating it with ``requires_grad=True``, and then compute as usual.

x = torch.tensor(-4.0, requires_grad=True)
L = (x - 2) ** 2
print(x)
print(L)

# sphinx_gallery_start_ignore
assert L.item() == (-4 - 2) ** 2 == 36, "the value, as expected"
# sphinx_gallery_end_ignore

# %%
# The value is 36, as expected. New is what is printed beside it: ``L`` carries a ``grad_fn``, a
# record of the operation that made it. ``x`` has none, because no operation made it: we did.

print("made by:", L.grad_fn.name(), "and", x.grad_fn)

# sphinx_gallery_start_ignore
assert x.grad_fn is None
assert L.grad_fn.name() == "PowBackward0"
# sphinx_gallery_end_ignore

# %%
# Only floating point (and complex) tensors can be watched. An integer has no small changes, so it
# has no derivative, and PyTorch says so:

try:
    torch.tensor(10, requires_grad=True)
except RuntimeError as error:
    print(error)

# sphinx_gallery_start_ignore
else:
    raise AssertionError("an integer tensor was accepted")
# sphinx_gallery_end_ignore

# %%
# The notes, drawn
# ----------------
#
# Each record also knows which records its inputs came from. Records and these links form the
# :term:`computation graph`. ``draw_graph`` follows the links from ``L`` and draws what it meets.

draw_graph(L)

# %%
# Read it from top to bottom, the way the numbers flowed: ``x`` went through a subtraction
# (``sub``), the difference through a power (``pow``), and the result is ``L``. The marks:
#
# - ``()`` is a shape, that of a single number.
# - 0 and 1 at the arrows say which operand it is, where the order matters: 0 minus 1.
# - The dashed box is a :term:`constant`. It takes part, but nobody asked for a derivative with
#   respect to it, so nothing will be sent there.
# - Its value, the 2 of ``x - 2``, is missing because the record did not keep it: the derivative of
#   a difference does not depend on it. The exponent 2 is there: the derivative of a power needs it.
#
# .. predict:: Which operation stands last in the record of ``L``?
#    :aim: 1
#
#    x = torch.tensor(-4.0, requires_grad=True)
#    L = (x - 2) ** 2
#    print(L.grad_fn.name())
#    + ``grad_fn`` is the record of the operation that made the result itself.
#    - The subtraction came first. It is one step further back.
#        L.grad_fn.name() -> L.grad_fn.next_functions[0][0].name()
#    - A product of two differences would be recorded so. Here a power was computed.
#        (x - 2) ** 2 -> (x - 2) * (x - 2)
#
# Walking the graph yourself
# --------------------------
#
# The drawing shows nothing that you could not look up yourself. ``next_functions`` of a record
# leads one step towards the inputs. Each entry is a pair: the record, and which of its outputs
# was used.

pow_record = L.grad_fn
sub_record, _ = pow_record.next_functions[0]
last_record, _ = sub_record.next_functions[0]
print(pow_record.name(), "<-", sub_record.name(), "<-", last_record.name())

# sphinx_gallery_start_ignore
assert sub_record.name() == "SubBackward0"
assert last_record.name().endswith("AccumulateGrad")
assert pow_record._saved_exponent == 2
drawn = draw_graph(L)
label = {node.key: node.label for node in drawn.nodes}
arrows = {
    label[e.source]: e.operand for e in drawn.edges if label[e.target] == "sub"
}
assert sorted(arrows.values()) == [0, 1], (
    "which operand it is, where the order matters in minus"
)
assert arrows["x"] == 0, "which operand the arrow says"
assert max(arrows.values()) == 1, "which operand the arrow says"
# sphinx_gallery_end_ignore

# %%
# This path ends in an ``AccumulateGrad``. It is the letter box of a :term:`leaf`: what arrives
# there during ``backward`` is added to the leaf's ``.grad``. It knows its leaf, and the leaf is not
# a copy but the very tensor that we made. The other input of the subtraction, the constant, has no
# letter box. In its place stands ``None``:

print("the very same tensor:", last_record.variable is x)
inputs = [record and record.name() for record, _ in sub_record.next_functions]
print("inputs of the subtraction:", inputs)

# sphinx_gallery_start_ignore
assert last_record.variable is x
assert sub_record.next_functions[1] == (None, 0)
constant = torch.tensor(2.0)
assert (constant * x).grad_fn.next_functions[0] == (None, 0)
# sphinx_gallery_end_ignore

# %%
# So a path ends at an ``AccumulateGrad`` or at ``None``. A Python function with ``yield`` follows a
# chain of any length: at each record it takes the first input that leads on, until there is none.


def walk(record):
    """Yield a record, and those before it up to a leaf's."""
    while record is not None:
        yield record
        parents = [p for p, _ in record.next_functions if p is not None]
        record = parents[0] if parents else None


X = torch.arange(1.0, 7.0).reshape(2, 3).requires_grad_()
result = 10 * (X**2).sum()
print([type(record).__name__ for record in walk(result.grad_fn)])

# sphinx_gallery_start_ignore
expected = ["MulBackward0", "SumBackward0", "PowBackward0", "AccumulateGrad"]
assert [type(record).__name__ for record in walk(result.grad_fn)] == expected
turned = constant * X  # the first input is the constant
assert [type(r).__name__ for r in walk(turned.grad_fn)] == expected[::3]
# sphinx_gallery_end_ignore

# %%
# From last to first: multiply, sum, power, leaf. The graph is stored in the direction in which
# ``backward`` will walk it, from the result towards the inputs.
#
# What ``backward`` does with it
# ------------------------------
#
# ``backward`` starts at ``L`` with the number 1, because :math:`\partial L/\partial L = 1`. At each
# record it multiplies by the derivative of that one operation and passes the product on. Here
# the power contributes :math:`2(x - 2) = -12`. The subtraction contributes 1.

L.backward()
print("x.grad:", x.grad.item())

# sphinx_gallery_start_ignore
assert x.grad.item() == 2 * (-4 - 2) == -12
fresh = (x - 2) ** 2
(start,) = torch.autograd.grad(fresh, fresh)
assert start == 1, "backward starts at L with this number"
outer = torch.func.grad(torch.square)(x.detach() - 2)
assert outer == 2 * (x.item() - 2) == -12, "here the power contributes"
subtraction = torch.func.grad(lambda x: x - 2)
assert subtraction(x.detach()) == 1, "the subtraction contributes"
# sphinx_gallery_end_ignore

# %%
# The gradient is the slope of the curve at :math:`x = -4`. Drawn as a tangent, it should touch
# the curve there and nowhere else.

xs, touch = torch.linspace(-6, 6, 200), torch.tensor([-6.0, -2.0])
tangent = 36 + x.grad * (touch - x.detach())

fig, ax = plt.subplots()
ax.plot(xs, (xs - 2) ** 2, label="$L(x) = (x - 2)^2$")
ax.plot(touch, tangent, "--", label=f"slope {x.grad.item():.0f}")
ax.plot(x.detach(), 36, "o", label="$x = -4$")
ax.set(xlabel="$x$", ylabel="$L$", ylim=(-5, 70))
ax.legend()

# sphinx_gallery_start_ignore
fig.set_label(
    "The parabola (x minus 2) squared for x from -6 to 6. A dashed straight line with slope -12"
    " touches it at the point x = -4, where the parabola has the value 36."
)
assert x.grad == -12, "the slope of the parabola"
# sphinx_gallery_end_ignore

# %%
# It does: the dashed line with slope −12 leans against the parabola at :math:`x = -4`. It falls to
# the right, so a smaller loss lies to the right. Gradient descent, the subject of part 3, is built
# on that one observation.
#
# .. predict::
#    :aim: 2
#
#    x = torch.tensor(3.0, requires_grad=True)
#    y = 2 * x
#    print(x.is_leaf, y.is_leaf)
#    + Nothing made ``x`` but you; ``y`` is the result of a recorded operation.
#    - A result of watched tensors has a record, so it is no leaf.
#        y = 2 * x -> y = 2 * x.detach()
#    - A leaf is where the numbers come in; ``y`` is the result.
#        x.is_leaf, y.is_leaf -> y.is_leaf, x.is_leaf
#
# A tensor used twice
# -------------------
#
# A graph need not be a chain. In :math:`L = (a + b)\,c + c` the tensor :math:`c` is used twice. It
# still is one leaf, with two edges that leave it. We also name the intermediate results, and ask
# for the values.

a = torch.tensor(3.0, requires_grad=True)
b = torch.tensor(4.0, requires_grad=True)
c = torch.tensor(5.0, requires_grad=True)
s = a + b
p = s * c
L = p + c
# sphinx_gallery_start_ignore
assert (
    (s.item(), p.item(), L.item()) == (3 + 4, 7 * 5, 35 + 5) == (7, 35, 40)
), "the sum, the product, the result"
through_product, straight = torch.autograd.grad(p, c, retain_graph=True)[0], 1
assert through_product == a.item() + b.item() == 7, (
    "through the product a small change of c counts so many times"
)
assert through_product + straight == 7 + 1 == 8, (
    "the chain rule adds over paths"
)
# sphinx_gallery_end_ignore
draw_graph(
    L, params={"a": a, "b": b, "c": c, "s": s, "p": p}, show_values=True
)

# %%
# The sum is 7, the product 35, the result 40. From :math:`c` two paths lead to :math:`L`: one
# through the product, where a small change of :math:`c` counts :math:`a + b = 7` times, and one
# straight into the last addition, where it counts once. The chain rule adds over paths, so the
# derivative must be :math:`7 + 1 = 8`.

L.backward()
print("gradients of a, b, c:", a.grad.item(), b.grad.item(), c.grad.item())

# sphinx_gallery_start_ignore
assert (a.grad.item(), b.grad.item(), c.grad.item()) == (5, 5, 7 + 1)
# sphinx_gallery_end_ignore

# %%
# It is. The other two are :math:`c = 5` each. ``backward`` visited both paths from :math:`c` and
# added what arrived. :math:`s` and :math:`p` took part, but they keep no ``.grad``: only leaves do,
# unless you ask with ``retain_grad()``.

plain = torch.tensor(2.0)
named = {"a": a, "s": s, "p": p, "L": L, "plain": plain, "2 plain": 2 * plain}
print("leaves:", [name for name, t in named.items() if t.is_leaf])

# sphinx_gallery_start_ignore
assert a.is_leaf
assert not (s.is_leaf or p.is_leaf or L.is_leaf)
assert plain.is_leaf
assert (2 * plain).is_leaf
# sphinx_gallery_end_ignore

# %%
# A leaf is a tensor that no *recorded* operation made. That includes a tensor nobody watches, and
# what is computed from unwatched tensors alone. Such leaves get no ``.grad``; those with
# ``requires_grad`` do.
#
# What would the derivative of :math:`(a + b)\,c + c + c` be with respect to :math:`c`? Say it, then
# change the expression below and walk back through its graph.
#
# .. explorable:: backward
#    :size: small
#    :state: e=((a%2Bb)*c)%2Bc&a=3&b=4&c=5

# %%
# A line, and its three derivatives
# ---------------------------------
#
# The smallest model of all is the line :math:`y = w x + b`. Nothing says that only :math:`w` and
# :math:`b` can be watched; let us watch all three and evaluate at :math:`(w, x, b) = (1, 2, 3)`.

w = torch.tensor(1.0, requires_grad=True)
x = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(3.0, requires_grad=True)
y = w * x + b
# sphinx_gallery_start_ignore
assert (w, x, b) == (1, 2, 3)
# sphinx_gallery_end_ignore
draw_graph(y)

# %%
# By hand, :math:`\partial y/\partial w = x`, :math:`\partial y/\partial x = w` and
# :math:`\partial y/\partial b = 1`. Does ``backward`` agree?

y.backward()
by_hand = torch.stack([x, w, torch.tensor(1.0)])
by_autograd = torch.stack([w.grad, x.grad, b.grad])
print("by autograd:", by_autograd.tolist())
print(
    "largest difference from the formula:",
    (by_hand - by_autograd).abs().max().item(),
)

# sphinx_gallery_start_ignore
assert by_autograd.tolist() == [2.0, 1.0, 1.0]
at, gradient = [w.item(), x.item(), b.item()], by_autograd.tolist()
assert (at, gradient) == ([1, 2, 3], [2, 1, 1])
assert torch.autograd.grad(w * x + b, b)[0] == 1, (
    "y by b, by hand, beside x, w"
)
assert torch.equal(by_hand, by_autograd)
# sphinx_gallery_end_ignore

# %%
# The gradient at (1, 2, 3) is (2, 1, 1), exactly as the formula says.
#
# .. predict:: What does ``b`` get?
#    :aim: 3
#
#    a = torch.tensor(3.0, requires_grad=True)
#    b = torch.tensor(4.0, requires_grad=True)
#    (a * b + b).backward()
#    print(b.grad.item())
#    + Two arrows leave ``b``: one through the product, where it counts ``a`` times, one straight in.
#    - The arrow straight into the sum counts, too.
#        (a * b + b) -> (a * b)
#    - Both uses count, and the product counts more than once.
#        (a * b + b) -> (a + b)
#
# .. choose:: Which of these tensors will get a gradient?
#    :aim: 2
#    :test: t.grad is not None
#
#    w = torch.tensor(2.0, requires_grad=True)
#    c = torch.tensor(5.0)
#    mid = w * c
#    mid.square().backward()
#    + A leaf that is watched.
#        t = w
#    - A constant takes part, but nobody asked for a derivative with respect to it.
#        t = c
#    - A new tensor made from a number, outside of the graph.
#        t = torch.tensor(w.item())
#
# Recorded as the program runs
# ----------------------------
#
# The graph is not declared anywhere. It is written down while Python executes, so an ``if`` or a
# loop needs no special treatment: what ran is recorded, what did not run is not.


def f(x):
    while x.abs() < 10:
        x = 2 * x
    return x


x = torch.tensor(1.5, requires_grad=True)
y = f(x)
# sphinx_gallery_start_ignore
assert y.item() == 1.5 * 2**3 == 12, "from it three doublings to reach it"
assert [type(r).__name__ for r in walk(y.grad_fn)].count("MulBackward0") == 3
# sphinx_gallery_end_ignore
draw_graph(y)

# %%
# From 1.5 it takes three doublings to reach 12, and the graph has three multiplications. Near this
# :math:`x` the function is :math:`8x`, so its derivative is 8:

y.backward()
print("y:", y.item(), " derivative:", x.grad.item())

# sphinx_gallery_start_ignore
assert x.grad.item() == 2**3 == 8
# sphinx_gallery_end_ignore

# %%
# Here is also a limit of the method. The graph knows the path that was taken, and nothing of the
# question ``x.abs() < 10`` that chose it. Where the number of doublings changes, the function
# jumps; a derivative along the path cannot see that.
#
# A graph that is made while the program runs is called *dynamic*. A *static* one is declared first
# and run later, so that it can be optimised as a whole. :func:`torch.compile` is how PyTorch gets
# both today: it watches a function run, makes a graph of what it saw, compiles that, and looks
# again when the program takes another path. (The name PyTorch has an older half: Torch was a
# library for the language Lua, and PyTorch brought it to Python :cite:p:`paszke2019`.)
#
# .. predict:: The graph holds the path that was taken. What is the derivative?
#    :aim: 3
#
#    x = torch.tensor(3.0, requires_grad=True)
#    y = x * 2 if x > 2 else x * x
#    y.backward()
#    print(x.grad.item())
#    + Only the branch that ran was recorded: a product with 2.
#    - The other branch did not run, and no record of it exists.
#        y = x * 2 if x > 2 else x * x -> y = x * x
#    - The branches are not added: one of them ran.
#        y = x * 2 if x > 2 else x * x -> y = x * 2 + x * x
#
# When nothing is recorded
# ------------------------
#
# Without a watched input there is nothing to note, and inside :class:`torch.no_grad` PyTorch
# takes no notes on purpose. The drawing then is a single box, and says why:

with torch.no_grad():
    silent = (x - 2) ** 2
# sphinx_gallery_start_ignore
assert silent.grad_fn is None
assert not silent.requires_grad
# sphinx_gallery_end_ignore
draw_graph(silent)

# %%
# Calling ``silent.backward()`` would fail: there is no way back.
#
# .. admonition:: A question before the exercises
#
#    ``L.backward()`` computes :math:`\partial L/\partial x` and stores it in ``x.grad``. Why does
#    the call not have to mention ``x``?
#
#    .. dropdown:: A model answer
#
#       ``L.grad_fn`` is the root of the recorded graph, and every path from it ends at ``None`` or
#       at the ``AccumulateGrad`` of a leaf that requires a gradient. Following the links therefore
#       finds ``x``, and every other such leaf, without being told. The reverse also holds: a tensor
#       that no path reaches gets nothing.
#
# .. which-line:: graph_chain the_leaf_s
#    :aim: 1
#
# .. which-line:: leaves only_the_first
#    :aim: 1
#
# .. symptom:: evaluate_line y_was_computed
#    :aim: 2
#
# .. which-line:: evaluate_line y_is_a_python
#    :aim: 2
#
# .. which-line:: grad_g the_product_was
#    :aim: 3
#
# Recap
# -----
#
# - ``requires_grad=True`` marks a leaf; each operation on it adds a record, its ``grad_fn``.
# - Records are linked by ``next_functions`` and end in the ``AccumulateGrad`` of a leaf, or in
#   ``None``.
# - ``backward`` walks the links from the result, multiplies along a path and adds over paths.
# - A leaf that is used twice is one leaf; its gradient is the sum of what arrives.
# - What the program did not execute, and what ran under ``no_grad``, is not in the graph.
#
# Exercises
# ---------
#
# The first two walk a graph that they are given; the others build one.
#
# .. exercise:: leaves
#    :aim: 1 2
#
# .. parsons:: graph_chain
#    :aim: 1
#
# .. exercise:: graph_chain
#    :aim: 1
#
# .. exercise:: evaluate_line
#    :aim: 2
#
# .. exercise:: grad_g
#    :aim: 3
#
# Where to go next
# ----------------
#
# :doc:`Backward, one node at a time </lessons/autograd/plot_3_backward_steps>` does the bookkeeping
# of ``backward`` by hand, entry by entry.
