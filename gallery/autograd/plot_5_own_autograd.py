r"""
Your own autograd in sixty lines
================================

.. lesson::
   :assumes: autograd/plot_3_backward_steps; autograd/plot_4_accumulation

   - write a number that remembers how it was made, and the backward rule of an operation
   - say why the operations have to be visited in a certain order, and why gradients are added
   - train a small network with nothing but your own code, and check it against PyTorch

Nothing shows better that there is no magic in ``backward`` than writing it. Sixty lines of plain
Python are enough for a number that can be added, multiplied, raised to a power and sent through
tanh and exp, and that finds all derivatives afterwards. At the end it trains a network.
"""

# %%
# Plain Python does the work. PyTorch is here to be compared with, and from the course's package
# come the boxes and arrows of a drawing.

# sphinx_gallery_tags = ["autograd", "graphs"]
import math
import random

import matplotlib.pyplot as plt
import torch

from pytorch_primer import Edge, Graph, Node

plt.style.use("pytorch_primer.course")

# %%
# A number with a memory
# ----------------------
#
# Beside its value, our number keeps its parents, the numbers that it was made of; the name of the
# operation; a gradient, 0 at first; and a rule that hands its gradient back to the parents. A
# number that we make ourselves has no parents and nothing to hand back: it is a :term:`leaf`.


class Value:
    def __init__(self, data, parents=(), op=""):
        self.data = data
        self.parents = parents
        self.op = op
        self.grad = 0.0
        self.pass_back = lambda: None


# %%
# .. predict:: A number with a memory: what does the result of ``3 * 4 + 4`` remember?
#    :aim: 1
#
#    product = {"value": 3.0 * 4.0, "parents": [3.0, 4.0]}
#    total = {"value": product["value"] + 4.0, "parents": [product["value"], 4.0]}
#    print(total["parents"])
#    + What went into its own operation: the product and the last number.
#    - Those made the product. It remembers them itself.
#        total["parents"] -> product["parents"]
#    - That is what it is worth, not where it came from.
#        total["parents"] -> total["value"]
#
# The first rule
# --------------
#
# A sum hands the gradient on, unchanged, to both. Note the ``+=``: a parent may be used elsewhere,
# too, and what arrives from there must not be lost. ``as_value`` lets us write ``a + 1``.


def as_value(x):
    return x if isinstance(x, Value) else Value(x)


def add(a, b):
    a, b = as_value(a), as_value(b)
    out = Value(a.data + b.data, (a, b), "add")

    def pass_back():
        a.grad += out.grad
        b.grad += out.grad

    out.pass_back = pass_back
    return out


# sphinx_gallery_start_ignore
assert add(Value(2.0), 1).data == 2 + 1, "as_value lets us write a + 1"
# sphinx_gallery_end_ignore


# %%
# A product gives each operand the gradient times the value of the other:


def mul(a, b):
    a, b = as_value(a), as_value(b)
    out = Value(a.data * b.data, (a, b), "mul")

    def pass_back():
        a.grad += b.data * out.grad
        b.grad += a.data * out.grad

    out.pass_back = pass_back
    return out


# %%
# .. choose:: Which line is the rule of a product for its operand ``a``?
#    :aim: 1
#    :test: grad_a == 5.0 * 4.0
#
#    a, b, arriving = 3.0, 4.0, 5.0
#    grad_a = 0.0
#    + What arrives, times the value of the other, added to what is there.
#        grad_a += b * arriving
#    - Its own value would be right for the other operand.
#        grad_a += a * arriving
#    - So a sum does it.
#        grad_a += arriving
#
# .. predict:: A number is used twice, and a rule says ``+=``. What does this print?
#    :aim: 2
#
#    grad = {"x": 0.0}
#    for name, amount in [("x", 2.0), ("x", 3.0)]:
#        grad[name] += amount
#    print(grad["x"])
#    + A number that is used twice hears from both uses.
#    - With a plain ``=`` the later one overwrites the earlier.
#        grad[name] += amount -> grad[name] = amount
#    - The amounts are added, not multiplied.
#        [("x", 2.0), ("x", 3.0)] -> [("x", 2.0 * 3.0)]
#
# Three functions of one number
# -----------------------------
#
# A power, tanh and exp differ only in the value and in its derivative. So one function makes the
# result of all three. The derivative of :math:`\tanh` is :math:`1 - \tanh^2`, that of :math:`\exp`
# is
# :math:`\exp` itself: both can be told from the result alone.


def single(a, data, slope, op):
    out = Value(data, (a,), op)

    def pass_back():
        a.grad += slope * out.grad

    out.pass_back = pass_back
    return out


# sphinx_gallery_start_ignore
slope = torch.func.grad(torch.tanh)(torch.tensor(0.3))
assert torch.isclose(slope, 1 - torch.tensor(0.3).tanh().square()), (
    "the derivative of tanh, from its result"
)
# sphinx_gallery_end_ignore


# %%
# The three, and with them everything that Python's operators need. A difference and a quotient are
# made of what is there: :math:`a - b = a + (-1)\,b` and :math:`a / b = a\,b^{-1}`.


def tanh(a):
    t = math.tanh(a.data)
    return single(a, t, 1 - t**2, "tanh")


def exp(a):
    return single(a, math.exp(a.data), math.exp(a.data), "exp")


def power(a, n):
    return single(a, a.data**n, n * a.data ** (n - 1), f"pow {n}")


# sphinx_gallery_start_ignore
a, b = 3.0, 4.0
assert a - b == a + (-1) * b
assert a / b == a * b ** (-1)
# sphinx_gallery_end_ignore


# %%

Value.__add__ = Value.__radd__ = add
Value.__mul__ = Value.__rmul__ = mul
Value.__pow__, Value.tanh, Value.exp = power, tanh, exp
Value.__neg__ = lambda a: a * -1
Value.__sub__ = lambda a, b: a + -as_value(b)
Value.__rsub__ = lambda a, b: b + -a
Value.__truediv__ = lambda a, b: a * as_value(b) ** -1

a, b, c = Value(3.0), Value(4.0), Value(5.0)
L = (a + b) * c + c
print("L =", L.data, " made by", L.op, "of", [p.data for p in L.parents])

# sphinx_gallery_start_ignore
assert L.data == (3 + 4) * 5 + 5
assert (a.data, b.data, c.data) == (3, 4, 5), "the old acquaintance, its value"
assert L.data == 40, "the old acquaintance of b and c has this value"
assert [p.data for p in L.parents] == [35, 5], (
    "the old acquaintance knows that an addition made it"
)
# sphinx_gallery_end_ignore

# %%
# The old acquaintance :math:`(a + b)\,c + c` at (3, 4, 5) has the value 40, and knows that an
# addition of 35 and 5 made it.
#
# .. predict:: How much of what arrives does tanh hand on?
#    :aim: 1
#
#    a = torch.tensor(0.0, requires_grad=True)
#    (5 * a.tanh()).backward()
#    print(a.grad.item())
#    + At 0 its slope is 1, so it hands on all of it.
#    - Far out the slope is 0. Here we are in the middle.
#        torch.tensor(0.0, -> torch.tensor(30.0,
#    - That is what arrives if nothing multiplies the tanh.
#        5 * a.tanh() -> a.tanh()
#
# .. choose:: There are only sums and products. Which line makes 3 − 5 of them?
#    :aim: 1
#    :test: difference == 3.0 - 5.0
#
#    add, mul = lambda a, b: a + b, lambda a, b: a * b
#    + The second, times −1, is added.
#        difference = add(3.0, mul(5.0, -1.0))
#    - This turns the sign of the first number in place of the second.
#        difference = add(mul(3.0, -1.0), 5.0)
#    - A product of the two is something else.
#        difference = mul(3.0, mul(5.0, -1.0))
#
# The right order
# ---------------
#
# An operation may hand its gradient back only when that gradient is complete, that is, after all
# the operations that use its result. So we want a list in which every number comes after its
# parents, and go through it from the end. To make it, visit the parents first and note yourself
# last:


def in_order(result):
    """List all numbers behind a result, parents before children."""
    order, seen = [], set()

    def visit(value):
        if value not in seen:
            seen.add(value)
            for parent in value.parents:
                visit(parent)
            order.append(value)

    visit(result)
    return order


# %%
# Such a list is called a :term:`topological order`. With it, the backward pass is three lines:


def backward(result):
    result.grad = 1.0
    for value in reversed(in_order(result)):
        value.pass_back()


Value.backward = backward
L.backward()
print("gradients of a, b, c:", a.grad, b.grad, c.grad)

# sphinx_gallery_start_ignore
assert (a.grad, b.grad, c.grad) == (5, 5, 3 + 4 + 1) == (5, 5, 8), (
    "as in the lessons before"
)
import ast
import inspect
from pathlib import Path

text = Path(inspect.currentframe().f_code.co_filename).read_text("utf-8")
names = ["Value", "as_value", "add", "mul", "single", "tanh", "exp", "power"]
names += ["in_order", "backward"]
lines = []
for node in ast.parse(text).body:
    operators = ast.unparse(node).startswith("Value.")
    if getattr(node, "name", "") in names or operators:
        lines += text.splitlines()[node.lineno - 1 : node.end_lineno]
lines = [line for line in lines if line.strip() and '"""' not in line]
assert 55 <= len(lines) <= 62, "lines of plain Python"
# sphinx_gallery_end_ignore

# %%
# 5, 5 and 8, as in the lessons before. What would go wrong without the order? Let :math:`s = 3w` be
# used in a sum and in a product, :math:`s + s \cdot s`, and ask level by level, beginning at the
# result:

w = Value(2.0)
s = w * 3
result = s + s * s
result.grad = 1.0
for value in [result, *result.parents, w]:
    value.pass_back()
early = w.grad
for value in in_order(result):
    value.grad = 0.0
result.backward()
print("level by level:", early, "  in order:", w.grad)

# sphinx_gallery_start_ignore
# d/dw of 9 w^2 + 3 w at 2
assert w.grad == 18 * 2 + 3 == 39
assert early == 3
assert w.data == 2 and w.grad == 39, "the derivative of w at it"
v = Value(2.0)
s_ = v * 3
result_ = s_ + s_ * s_
result_.grad = 1.0
result_.pass_back()
given = s_.grad
s_.pass_back()
assert (given, v.grad) == (1, 3), (
    "level by level: s, as soon as the sum gave it one, handed on"
)
# sphinx_gallery_end_ignore

# %%
# The derivative of :math:`3w + 9w^2` at 2 is 39. Level by level, :math:`s` was asked as soon as the
# sum had given it a 1, and handed 3 on; what the product sent to it came too late. (Note that we
# had to set all gradients back to 0 before the second pass. Our ``+=`` accumulates, as PyTorch's
# does.)
#
# In which order does a pass visit the operations of :math:`\tanh(3w) + w^2`? Say it, then walk through it.
#
# .. explorable:: backward
#    :size: small
#    :state: e=tanh(3*w)%2Bw**2&w=0.5
#
# .. predict:: ``s`` is used by two results, and passes on what both have sent. What does this print?
#    :aim: 2
#
#    grad_s, grad_w = 0.0, 0.0
#    grad_s += 1.0
#    grad_s += 10.0; grad_w += 2 * grad_s
#    print(grad_w)
#    + With the right order all has arrived before it is handed on.
#    - Handed on too early, the second part never reaches ``w``.
#        grad_s += 10.0; grad_w += 2 * grad_s -> grad_w += 2 * grad_s; grad_s += 10.0
#    - Handed on after each part, with what has piled up by then, the first part counts twice.
#        grad_s += 10.0; grad_w += 2 * grad_s -> grad_w += 2 * grad_s; grad_s += 10.0; grad_w += 2 * grad_s
#
# .. choose:: In which order may the operations of ``L = (a + b) * c + c`` be visited on the way back?
#    :aim: 2
#    :test: all(order.index(user) < order.index(x) for user, x in uses)
#
#    uses = [("L", "p"), ("L", "c"), ("p", "s"), ("p", "c"), ("s", "a"), ("s", "b")]
#    + Each comes after all that use it.
#        order = ["L", "p", "c", "s", "a", "b"]
#    - ``c`` would be done before the product has sent its part.
#        order = ["L", "c", "p", "s", "a", "b"]
#    - That is the way forward.
#        order = ["a", "b", "s", "c", "p", "L"]
#
# The graph, drawn
# ----------------
#
# Our numbers know their parents, so they can be drawn. A box for each number, an arrow from each
# parent:


def draw(result, **names):
    order = in_order(result)
    keys = {value: f"n{i}" for i, value in enumerate(order)}
    labels = {value: name for name, value in names.items()}
    nodes, edges = [], []
    for v in order:
        kind, label = ("op" if v.op else "leaf"), v.op or labels.get(v, "")
        nodes.append(Node(keys[v], kind, label, (), v.data, v.grad))
        for i, parent in enumerate(v.parents):
            edges.append(Edge(keys[parent], keys[v], i))
    return Graph(tuple(nodes), tuple(edges))


# %%
# With values and gradients, this is the drawing of the lessons before, made by our own record:

draw(L, a=a, b=b, c=c)

# %%
# Is it right?
# ------------
#
# The best test is another program that knows the answer. We build random expressions twice from the
# same random choices, once of our numbers and once of PyTorch's, and compare all derivatives:


def expression(leaves, seed):
    choose, pool = random.Random(seed), list(leaves)
    for _ in range(12):
        x, y = choose.choice(pool), choose.choice(pool)
        results = [x + y, x * y, x - y, x.tanh(), x.tanh().exp(), x**2]
        results.append(x / (y**2 + 1))
        pool.append(choose.choice(results))
    return sum(pool[1:], pool[0])


# %%
# Ours and PyTorch's, from the same numbers and the same choices:


def difference(seed):
    data = [random.Random(seed).uniform(-1, 1) for _ in range(3)]
    ours = [Value(x) for x in data]
    double = {"dtype": torch.float64, "requires_grad": True}
    theirs = [torch.tensor(x, **double) for x in data]
    expression(ours, seed).backward()
    expression(theirs, seed).backward()
    both = zip(ours, theirs, strict=True)
    return max(
        abs(o.grad - t.grad.item()) / (1 + abs(o.grad)) for o, t in both
    )


# %%

worst = max(difference(seed) for seed in range(200))
print(f"largest relative difference in 200 expressions: {worst:.0e}")

# sphinx_gallery_start_ignore
assert worst < 1e-9
# sphinx_gallery_end_ignore

# %%
# Equal up to rounding.
#
# .. choose:: Which comparison tells that your derivative of a function is right?
#    :aim: 3
#    :test: abs(ours - other) < 1e-6
#
#    ours = 3 * 2.0**2  # of x**3 at 2
#    x = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
#    + PyTorch differentiates the same function at the same place.
#        (other,) = torch.autograd.grad(x**3, x)
#    - The value of the function says nothing of its slope.
#        other = x**3
#    - A difference over a step of 1 is far from the slope at the place.
#        other = (x + 1) ** 3 - x**3
#
# A network
# ---------
#
# Two half circles of points, one inside the other's opening, are to be told apart. No straight line
# can do it.

torch.manual_seed(0)
angle = torch.linspace(0, torch.pi, 20)
upper = torch.stack([angle.cos(), angle.sin()], dim=1)
lower = torch.stack([1 - angle.cos(), 0.4 - angle.sin()], dim=1)
points = torch.cat([upper, lower]) + 0.08 * torch.randn(40, 2)
targets = [1.0] * 20 + [-1.0] * 20

# %%
# A :term:`unit` multiplies its inputs with weights, adds a bias and takes the tanh. Eight
# :term:`hidden <hidden layer>` units, between the inputs and the result, and one at the end, each a
# list of our numbers:

choose = random.Random(0)
sizes = [2] * 8 + [8]
units = [[Value(choose.gauss(0, 1)) for _ in range(n + 1)] for n in sizes]
params = [p for unit in units for p in unit]


def fire(unit, inputs):
    pairs = zip(unit[1:], inputs, strict=True)
    return sum((w * x for w, x in pairs), unit[0]).tanh()


def net(point):
    return fire(units[-1], [fire(unit, point) for unit in units[:-1]])


print("parameters:", len(params))

# sphinx_gallery_start_ignore
assert len(params) == 8 * 3 + 9 == 33
starts = [p.data for p in params]
# sphinx_gallery_end_ignore

# %%
# And the four steps of every training: forward, loss, backward, update.

samples = list(zip(points.tolist(), targets, strict=True))
losses = []
for _ in range(120):
    errors = [net(x) - y for x, y in samples]
    loss = sum(e**2 for e in errors) * (1 / 40)
    for p in params:
        p.grad = 0.0
    loss.backward()
    for p in params:
        p.data -= 0.3 * p.grad
    losses.append(loss.data)
print(f"loss: first {losses[0]:.3f}, last {losses[-1]:.3f}")

# sphinx_gallery_start_ignore
# The same in PyTorch, from the same weights.
tensors = torch.tensor(starts, dtype=torch.float64)
first, last = tensors[:24].reshape(8, 3).clone(), tensors[24:].clone()
first.requires_grad_(), last.requires_grad_()
X, Y = points.double(), torch.tensor(targets, dtype=torch.float64)
for k in range(120):
    hidden = torch.tanh(first[:, 0] + X @ first[:, 1:].T)
    value = ((torch.tanh(last[0] + hidden @ last[1:]) - Y) ** 2).mean()
    assert abs(value.item() - losses[k]) < 1e-5
    gradients = torch.autograd.grad(value, (first, last))
    with torch.no_grad():
        first -= 0.3 * gradients[0]
        last -= 0.3 * gradients[1]
assert len(losses) == 120, "the steps"
assert losses[-1] < 0.2 * losses[0]
# sphinx_gallery_end_ignore

# %%
# The loss falls. (Out of sight, when this page is made, PyTorch trains the same network from the
# same weights, and it is checked that both have the same loss in each of the 120 steps.) What has
# been learned, as the sign of the network's answer on a grid:

xs, ys = torch.linspace(-1.5, 2.5, 33), torch.linspace(-1.1, 1.5, 23)
answers = [[net((x, y)).data for x in xs.tolist()] for y in ys.tolist()]
fig, ax = plt.subplots(figsize=(5.5, 3.6))
look = {"levels": [-2, 0, 2], "colors": ["#d87b00", "#2f80ed"], "alpha": 0.25}
ax.contourf(xs, ys, answers, **look)
ax.plot(*points[:20].T, "o", label="target +1")
ax.plot(*points[20:].T, "s", label="target −1")
ax.set(xlabel="$x$", ylabel="$y$")
ax.legend(loc="lower left")

# sphinx_gallery_start_ignore
fig.set_label(
    "Two half circles of points, one opening downwards, the other upwards, each with an end inside the"
    " other. A boundary that winds between them divides the plane in two tinted regions, and all"
    " points but at most a few lie in the region of their own colour."
)
right = sum(
    (net(x).data > 0) == (y > 0)
    for x, y in zip(points.tolist(), targets, strict=True)
)
assert right >= 37
# sphinx_gallery_end_ignore

# %%
# The border winds between the half circles. That is a trained network, and every line that it took
# is on this page.
#
# What is missing? Speed, above all. Each of our numbers is a Python object with a rule of its own,
# where PyTorch has one record for a whole tensor, in compiled code, on any device. ``visit`` calls
# itself, so a chain of a thousand operations would exceed Python's limit. And there are a few
# hundred more operations. The idea is the same.
#
# .. repair:: The loss of this loop grows. Which change lets it learn?
#    :aim: 3
#
#    w, losses = 0.0, []
#    for _ in range(40):
#        grad = 0.0
#        for x, y in [(1.0, 2.0), (2.0, 4.0)]:
#            losses.append((w * x - y) ** 2)
#            grad += 2 * (w * x - y) * x
#        w += 0.05 * grad
#    + Against the gradient the loss falls.
#        w += 0.05 -> w -= 0.05
#    - Uphill, but more slowly.
#        w += 0.05 -> w += 0.01
#    - Now the last sample alone counts, and still the way is uphill.
#        grad += -> grad =
#
# .. predict:: What is left of the gradients of two steps when a parameter is cleared before each?
#    :aim: 3
#
#    grad = 0.0
#    for amount in (4.0, 1.0):
#        grad = 0.0; grad += amount
#    print(grad)
#    + Cleared at the beginning of each step: only the last pass counts.
#    - Without the clearing both passes are in it.
#        grad = 0.0; grad += amount -> grad += amount
#    - The first pass is over and cleared away.
#        (4.0, 1.0) -> (4.0,)
#
# Recap
# -----
#
# - A number that keeps its parents and a rule is a computation graph.
# - Each rule adds the arriving gradient times its own derivative to its parents.
# - Parents before children, walked from the end: only then is each gradient complete when it is
#   used.
# - Forgetting the ``+`` of ``+=`` loses what arrived by another way; not clearing counts it again.
#
# Exercises
# ---------
#
# Two rules, and the pass itself, for which a version that overwrites is easy to write.
#
# .. exercise:: mul_rule
#    :aim: 1
#
# .. exercise:: tanh_rule
#    :aim: 1
#
# .. exercise:: backward_pass
#    :aim: 2
#
# Where to go next
# ----------------
#
# You can now get any derivative, and know how. :doc:`Gradient descent by hand
# </lessons/optimisation/plot_1_gradient_descent>` starts to use them.
