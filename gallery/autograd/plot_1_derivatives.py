r"""
Derivatives three ways
======================

.. lesson::
   :assumes: tensors/plot_3_operations_views; derivatives and the chain rule of school calculus

   - compute a derivative by formula, by autograd and by finite differences, and compare the three
   - choose the step of a finite difference, and say how many digits it can give at best
   - say what each way costs for a function of a thousand inputs

Training a model means asking, again and again, how a result changes when an input changes a little.
There are three ways to find out: a formula, a record of the computation, two values close together.
The second is a large part of what PyTorch is for. This lesson runs all three on one function and
looks at their errors and their costs.
"""

# sphinx_gallery_tags = ["autograd"]

import matplotlib.pyplot as plt
import sympy
import torch

plt.style.use("pytorch_primer.course")

# %%
# The function
# ------------
#
# Let it be :math:`f(x) = \sin(x^2)`, at :math:`x = 1.5`: simple enough for a formula, and not so
# simple that one sees the answer.


def f(x):
    return torch.sin(x**2)


x0 = torch.tensor(1.5, dtype=torch.float64)
print("f(1.5) =", f(x0).item())

# sphinx_gallery_start_ignore
import math

assert abs(f(x0).item() - math.sin(2.25)) < 1e-15
assert x0 == 1.5 and f(x0) == torch.sin(x0 * x0), "simple: f is the sin of x"
assert 1e-16 < torch.finfo(torch.float64).eps < 10 ** -(16 - 1)
# sphinx_gallery_end_ignore

# %%
# We compute in ``float64``, with about 16 digits, so that small errors can be seen at all.
#
# By formula
# ----------
#
# The :term:`chain rule` gives the derivative of a sine of a square: the derivative of the sine,
# taken at the square, times the derivative of the square,
#
# .. math:: f'(x) = \cos(x^2) \cdot 2x.


def f_prime(x):
    return torch.cos(x**2) * 2 * x


by_formula = f_prime(x0)
print(f"by formula: {by_formula.item():.15f}")

# sphinx_gallery_start_ignore
assert abs(by_formula.item() - 3 * math.cos(2.25)) < 1e-15
# sphinx_gallery_end_ignore

# %%
# This is exact up to rounding, and it is fast. But somebody has to derive it, and anew whenever
# ``f`` changes. A computer algebra system can: SymPy, which is installed along with PyTorch,
# transforms the formula itself. We let it differentiate :math:`f`, and then :math:`f` put into
# itself again and again:

symbol = sympy.Symbol("x")
print("derivative of f:", sympy.diff(sympy.sin(symbol**2)))
nested = symbol
for depth in range(1, 6):
    nested = sympy.sin(nested**2)
    operations = nested.count_ops(), nested.diff().count_ops()
    print(f"depth {depth}: f has {operations[0]}, f' {operations[1]}")

# sphinx_gallery_start_ignore
assert str(sympy.diff(sympy.sin(symbol**2))) == "2*x*cos(x**2)"
assert operations == (2 * 5, 2 * 5 * 6)
more = sympy.sin(nested**2)
assert more.count_ops() - nested.count_ops() == 2
# A level adds 4 operations a level below it: 8, 12, 16, 20, 24.
assert more.diff().count_ops() - nested.diff().count_ops() == 4 * 6
# sphinx_gallery_end_ignore

# %%
# The formula of ``f`` grows by 2 operations a level, that of its derivative by more at each level,
# because every factor of the chain rule repeats all that lies inside it. And a program with loops
# is no formula to begin with.
#
# .. predict::
#    :aim: 1
#
#    x = torch.tensor(3.0)
#    print((torch.cos(x**2) * 2 * x - 2 * x * torch.cos(x**2)).item())
#    + The order of the factors of the chain rule does not matter.
#    - Each factor is needed: the derivative of the square, too.
#        torch.cos(x**2) * 2 * x -> torch.cos(x**2)
#    - The derivative of the sine is taken at the square.
#        torch.cos(x**2) * 2 * x -> torch.cos(x) * 2 * x
#
# By autograd
# -----------
#
# The second way takes the program as it is. Each operation in ``f`` has a known derivative: a
# square, a sine. :term:`Automatic differentiation` records which operations ran, on which numbers,
# and applies the chain rule to the record :cite:p:`baydin2018`. In PyTorch this is called
# :term:`autograd`. Line by line: we make the input and say that we want derivatives with respect to
# it,

x = torch.tensor(1.5, dtype=torch.float64, requires_grad=True)

# %%
# compute as usual, while PyTorch keeps the record,

y = f(x)

# %%
# and ask for the derivative of ``y``. ``backward`` walks the record from ``y`` back to ``x`` and
# leaves what it finds in the attribute ``.grad`` of ``x``, which was empty so far:

print("before:", x.grad)
y.backward()
print(f"by autograd: {x.grad.item():.15f}")
print("difference from the formula:", (x.grad - by_formula).abs().item())

# sphinx_gallery_start_ignore
assert (x.grad - by_formula).abs().item() < 1e-15
# sphinx_gallery_end_ignore

# %%
# All digits, and nobody wrote a formula. The numbers of the chain rule were computed beside the
# numbers of the function. How the record looks is the subject of the next lesson.
#
# .. predict::
#    :aim: 1
#
#    x = torch.tensor(3.0, requires_grad=True)
#    y = x**2
#    print(x.grad)
#    + ``backward`` was not called yet: nothing has been computed.
#    - The derivative, 2x, comes when you ask for it.
#        print(x.grad) -> y.backward(); print(x.grad)
#    - Not a zero: there is no gradient at all.
#        print(x.grad) -> print(torch.zeros_like(x))
#
# .. predict::
#    :aim: 1
#
#    x = torch.tensor(2.0, requires_grad=True)
#    y = x**3
#    y.backward()
#    print(x.grad.item())
#    + The derivative 3x² at 2.
#    - That is the value of ``y``, not its slope.
#        x.grad.item() -> y.item()
#    - The power goes down by one: 3x², not 3x.
#        y = x**3 -> y = 3 * x**2 / 2
#
# .. which-line:: simple_grad these_numbers
#    :aim: 1
#
# By finite differences
# ---------------------
#
# The third way needs nothing but values of ``f``. The derivative is a limit. Stop before the limit,
# at a small step :math:`h`, and it becomes a
# :term:`finite difference`:
#
# .. math:: f'(x) \approx \frac{f(x + h) - f(x)}{h}.


def forward_difference(f, x, h):
    return (f(x + h) - f(x)) / h


for h in (1e-2, 1e-5, 1e-8, 1e-11, 1e-14):
    error = (forward_difference(f, x0, h) - by_formula).abs().item()
    print(f"h = {h:.0e}   error = {error:.1e}")

# sphinx_gallery_start_ignore
errors = [
    (forward_difference(f, x0, h) - by_formula).abs().item()
    for h in (1e-2, 1e-5, 1e-8, 1e-11, 1e-14)
]
assert min(errors) == errors[2]
assert errors[4] > 100 * errors[2]
# sphinx_gallery_end_ignore

# %%
# A smaller step helps at first. Then the error grows again! At ``h = 1e-14`` it is far larger than
# at ``1e-8``. Two errors work against each other, and a picture shows both.
#
# .. predict:: For x² the forward difference is off by exactly h. What is printed?
#    :aim: 2
#
#    x, h = 3.0, 0.5
#    print(((x + h) ** 2 - x**2) / h)
#    + 2x + h: the step is part of the error.
#    - That is the derivative, the limit for small steps.
#        ((x + h) ** 2 - x**2) / h -> 2 * x
#    - The difference has to be divided by the step.
#        ((x + h) ** 2 - x**2) / h -> (x + h) ** 2 - x**2
#    - From ``x`` forwards, not from ``x`` backwards.
#        ((x + h) ** 2 - x**2) / h -> (x**2 - (x - h) ** 2) / h
#
# The V of finite differences
# ---------------------------
#
# Beside the forward difference we draw the central one, :math:`(f(x+h) - f(x-h))/2h`, which looks
# to both sides. Both axes are logarithmic, so a power of :math:`h` is a straight line.


def central_difference(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


steps = torch.logspace(-16, 0, 97, dtype=torch.float64)
errors = {
    rule.__name__.replace("_", " "): (rule(f, x0, steps) - by_formula).abs()
    for rule in (forward_difference, central_difference)
}

# %%
# ``x0`` is one number and ``steps`` are 97; broadcasting evaluates all at once.

fig, ax = plt.subplots()
for (name, error), marker in zip(errors.items(), "os", strict=True):
    ax.loglog(steps, error.clamp(min=1e-16), marker, markersize=3, label=name)
ax.loglog(steps, 2.2e-16 / steps, ":", color="black", label="rounding, $1/h$")
ax.set(xlabel="step $h$", ylabel="error", ylim=(1e-14, 1e1))
ax.legend(loc="upper center")

# sphinx_gallery_start_ignore
fig.set_label(
    "Two V-shaped clouds of points on logarithmic axes, error against step. On the left both follow"
    " a falling dotted line that is proportional to 1/h. On the right the forward difference rises"
    " with slope 1 and the central difference, lower, with slope 2."
)


def slope_between(error, low, high):
    """Slope of log error against log h, fitted on a range of steps."""
    inside = (steps > low) & (steps < high)
    x, y = steps[inside].log(), error[inside].log()
    return (
        ((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum()
    ).item()


forward, central = errors["forward difference"], errors["central difference"]
assert abs(slope_between(forward, 1e-6, 1e-2) - 1) < 0.05
assert abs(slope_between(central, 1e-4, 1e-1) - 2) < 0.1
assert -1.4 < slope_between(forward, 1e-15, 1e-9) < -0.6
best_forward, best_central = (
    steps[forward.argmin()].item(),
    steps[central.argmin()].item(),
)
assert 1e-10 < best_forward < 1e-6
assert 1e-7 < best_central < 1e-4
assert steps[central.argmin()] > steps[forward.argmin()]
assert central.min() < forward.min()
# sphinx_gallery_end_ignore

# %%
# On the right of each V the step is too long: the curve bends away from its tangent. For the
# forward difference this *truncation error* shrinks like :math:`h`, for the central one like
# :math:`h^2`. On the left the step is too short: :math:`f(x+h)` and :math:`f(x)` agree in almost
# all of their digits, the difference keeps only the last few, and these are *rounding error*, which
# the division by :math:`h` makes large. It grows like :math:`1/h`. The best step lies between: near
# the square root of the machine precision for the forward difference, near its cube root for the
# central one
# :cite:p:`higham2002`.

eps = torch.finfo(torch.float64).eps
print(f"machine precision {eps:.1e}, its root {eps ** (1 / 2):.0e}", end="")
print(f", its cube root {eps ** (1 / 3):.0e}")

# sphinx_gallery_start_ignore
assert eps == 2**-52
assert f"{eps ** (1 / 2):.0e} {eps ** (1 / 3):.0e}" == "1e-08 6e-06"
# sphinx_gallery_end_ignore

# %%
# .. predict:: In float32, with a step of 10⁻⁹: what is printed?
#    :aim: 2
#
#    x, h = torch.tensor(1.5), 1e-9
#    print(((x + h) ** 2 - x**2).item() / h)
#    + In float32 ``x + h`` is ``x``: the step is lost, and so is the difference.
#    - That is 2x, and takes digits that float32 does not have.
#        ((x + h) ** 2 - x**2).item() / h -> (2 * x).item()
#    - Nothing is divided by zero: ``h`` itself is a float64 of Python.
#        .item() / h -> / (x + h - x)
#
# .. choose:: Which line finds the slope at ``x`` from one point on either side?
#    :aim: 2
#    :test: abs(slope - 6) < 1e-6
#
#    f, x, h = lambda x: x**2, 3.0, 0.1
#    + The errors on both sides cancel: for a square the result is exact.
#        slope = (f(x + h) - f(x - h)) / (2 * h)
#    - That looks forwards only.
#        slope = (f(x + h) - f(x)) / h
#    - The two points lie 2h apart: divide by that.
#        slope = (f(x + h) - f(x - h)) / h
#
# In ``float32``, PyTorch's usual type, there are only about 7 digits to lose, and the best that a
# forward difference can do is much worse:

x_single = x0.float()
single = forward_difference(f, x_single, steps.float())
best = (single - by_formula).abs().nan_to_num(1.0).min().item()
print(f"smallest error in float32, over all steps: {best:.0e}")
best_double = errors["forward difference"].min().item()
print(f"smallest error in float64, over all steps: {best_double:.0e}")

# sphinx_gallery_start_ignore
assert best > 1000 * best_double
assert round(-math.log10(torch.finfo(torch.float32).eps)) == 7
# sphinx_gallery_end_ignore

# %%
# More than ten thousand times worse. A finite difference needs no thought, but costs digits.
#
# .. choose:: Which step gives the forward difference of a sine the smallest error, in float64?
#    :aim: 2
#    :test: all(error(h) <= error(k) for k in (1e-2, 1e-8, 1e-12, 1e-15))
#
#    x = torch.tensor(1.5, dtype=torch.float64)
#    error = lambda h: abs((x + h).sin() - x.sin() - h * x.cos()) / h
#    + Near the square root of the machine precision the two errors are equally small.
#        h = 1e-8
#    - The step is too long: the curve bends away from its tangent.
#        h = 1e-2
#    - The step is too short: rounding is divided by it.
#        h = 1e-12
#    - Of the difference hardly a digit is left.
#        h = 1e-15
#
# What each way costs
# -------------------
#
# One input is not where it matters. Take a function of a thousand inputs and count how often it has
# to be evaluated. The counter is a plain Python attribute.


def total(v):
    total.calls += 1
    return torch.sin(v**2).sum()


v = torch.linspace(0, 2, 1000, dtype=torch.float64, requires_grad=True)
total.calls = 0
total(v).backward()
print("evaluations for all 1000 derivatives by autograd:", total.calls)

# sphinx_gallery_start_ignore
assert total.calls == 1
torch.testing.assert_close(v.grad, f_prime(v.detach()), rtol=1e-12, atol=1e-12)
# sphinx_gallery_end_ignore

# %%
# One evaluation, and one pass back through its record. A finite difference has to nudge the inputs
# one by one. (``v.detach()`` has the same numbers without the wish for derivatives, and within
# :class:`torch.no_grad` PyTorch keeps no record: none of these 2000 values will be asked for one.)

total.calls = 0
h, start = 1e-6, v.detach()
with torch.no_grad():
    nudges = h * torch.eye(1000, dtype=torch.float64)
    gradient = torch.stack(
        [total(start + n) - total(start - n) for n in nudges]
    ) / (2 * h)
print("evaluations by central differences:", total.calls)
print(
    f"largest difference from autograd: {(gradient - v.grad).abs().max().item():.0e}"
)

# sphinx_gallery_start_ignore
assert total.calls == 2 * 1000
assert 1e-12 < (gradient - v.grad).abs().max().item() < 1e-5
# sphinx_gallery_end_ignore

# %%
# 2000 evaluations against one. The backward pass is not free, but it costs no more than a few
# evaluations, whatever the number of inputs: this is the *cheap gradient principle*
# :cite:p:`griewank2008`. It is why networks with billions of parameters can be trained.
#
# Finite differences are useful all the same, as a test: they know nothing of the rules that they
# check.
# :func:`torch.autograd.gradcheck` compares the two, and PyTorch's own tests use it.

point = torch.tensor([0.3, 1.5], dtype=torch.float64, requires_grad=True)
print(
    "autograd agrees with finite differences:",
    torch.autograd.gradcheck(f, point),
)

# sphinx_gallery_start_ignore
assert torch.autograd.gradcheck(f, point)
# sphinx_gallery_end_ignore

# %%
# .. predict:: How often is the function called?
#    :aim: 3
#
#    calls = []
#    f = lambda v: calls.append(1) or (v**2).sum()
#    v = torch.ones(50, requires_grad=True)
#    f(v).backward()
#    print(len(calls))
#    + Once: the pass back gives all derivatives.
#    - Finite differences need one call for each input, and one more.
#        f(v).backward() -> [f(v) for _ in range(51)]
#    - Central differences need two for each input.
#        f(v).backward() -> [f(v) for _ in range(100)]
#    - The pass back walks the record, and does not call ``f`` again.
#        f(v).backward() -> f(v).backward(); f(v)
#
# .. predict:: Central differences for 50 inputs. How often is ``f`` called?
#    :aim: 3
#
#    calls = []
#    f = lambda v: calls.append(1) or (v**2).sum()
#    v, h = torch.ones(50), 0.01
#    for n in torch.eye(50):
#        slope = (f(v + h * n) - f(v - h * n)) / (2 * h)
#    print(len(calls))
#    + Two for each of the 50 inputs.
#    - Forward differences take one for each, and one more at the start.
#        slope = (f(v + h * n) - f(v - h * n)) / (2 * h) -> f(v + h * n); calls += [1] * (len(calls) == 50)
#    - One at a time: each input is nudged by itself.
#        for n in torch.eye(50): -> for n in torch.ones(1, 50):
#
# .. parsons:: simple_grad these_numbers these_are_the_tensors
#    :aim: 1
#
# Recap
# -----
#
# - A formula is exact and fast, and somebody has to derive it.
# - A finite difference needs only the function. Too long a step bends, too short a step rounds; the
#   best forward difference keeps about half of the digits.
# - Autograd is exact like a formula and needs only the program.
# - For a result that depends on many inputs, autograd takes one evaluation and one pass back;
#   finite differences take one or two evaluations for each input.
#
# Exercises
# ---------
#
# The smallest use of autograd that there is, and a finite difference that has to be good: choose
# the rule and the step.
#
# .. exercise:: simple_grad
#    :aim: 1
#
# .. exercise:: finite_difference
#    :aim: 2
#
# Where to go next
# ----------------
#
# :doc:`The computation graph </lessons/autograd/plot_2_computation_graph>` opens the record that
# autograd keeps.
