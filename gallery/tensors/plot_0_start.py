r"""
Start: a network in twenty-five lines
=====================================

.. lesson::
   :assumes: a little Python

   - say what PyTorch is for
   - run a program that trains a network, and change it
   - find the lesson that explains each of its lines

Before anything is explained, something is built: a small network that learns a curve while you
watch. There is nothing to understand yet. Each line of the network and of its training is explained
in a later lesson; the table at the end of this page says in which. The questions on the way are for
guessing: open the answers, and read why.
"""

# %%
# What PyTorch is for
# -------------------
#
# PyTorch computes with arrays of numbers, like NumPy, and adds two abilities. It can say of any
# program made of such computations how the result changes when the inputs change: it finds
# *derivatives*. And it runs the same program on a GPU. With derivatives one can make a number small
# by changing others, step by step. If the number says how wrong a model is, and the others are the
# model's parameters, this is called *training*.
#
# To follow on your own machine you need Python and
#
# .. code-block:: bash
#
#    python -m pip install torch matplotlib
#
# and the package of this course; how to install it is said on the page of the :doc:`downloads
# </downloads>`. On that page there is also this lesson as a notebook.
#
# Two questions before the program. Under *Predict* one answer is what the code prints. Each other one
# is what it prints after a small change, such as ``x.item()`` in place of ``x.grad.item()``; the fold
# names the change and says what the mistake is.
#
# .. choose:: Which line lets PyTorch find the slope of the square at 3?
#    :aim: 1
#    :test: slope == 6
#
#    f = lambda x: x**2
#    + It makes a function that returns the derivative of another one.
#        slope = torch.func.grad(f)(torch.tensor(3.0))
#    - That computes the square itself, not how it changes.
#        slope = f(torch.tensor(3.0))
#    - That is the slope of a straight line from the origin to the curve, not that of the curve itself.
#        slope = f(torch.tensor(3.0)) / 3
#
# .. predict::
#    :aim: 1
#
#    x = torch.tensor(3.0, requires_grad=True)
#    (x**2).backward()
#    print(x.grad.item())
#    + ``backward`` has found the derivative of the square and left it in ``x.grad``.
#    - That is the square. It was the way to the derivative, and is not kept in ``x``.
#        x.grad.item() -> (x**2).item()
#    - ``x`` keeps its value; what was found lies beside it.
#        x.grad.item() -> x.item()
#
# The program
# -----------
#
# Eight lines for what is to be learned: 200 points of a curve, and a network that knows nothing
# yet.

# sphinx_gallery_tags = ["training"]
import torch
from torch import nn

torch.manual_seed(0)
x = torch.linspace(-4, 4, 200).reshape(-1, 1)
y = torch.sin(2 * x) * torch.exp(-(x**2) / 6)

layers = [nn.Linear(1, 40), nn.Tanh(), nn.Linear(40, 40), nn.Tanh()]
net = nn.Sequential(*layers, nn.Linear(40, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)

# sphinx_gallery_start_ignore
assert len(x) == len(y) == 200, "points of a curve"
# sphinx_gallery_end_ignore

# %%
# Nine lines for the training. 400 times: let the network answer, compare, find how each parameter
# should change, and change it a little. Every answer is kept for the picture.

answers = []
for _ in range(400):
    answer = net(x)
    loss = nn.functional.mse_loss(answer, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    answers.append(answer.detach())
print(f"mean squared error: {loss.item():.4f}")

# sphinx_gallery_start_ignore
assert len(answers) == 400
assert x.shape == y.shape == (200, 1)
assert loss.item() < 0.02 * (answers[0] - y).square().mean().item()
# sphinx_gallery_end_ignore

# %%
# And eight to watch it learn:

import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

plt.style.use("pytorch_primer.course")
fig, ax = plt.subplots()
_, line = ax.plot(x, y, "C1--", x, answers[0], "C0")
anim = FuncAnimation(fig, line.set_ydata, frames=answers[::16])
fig.canvas.draw()  # the first picture

# sphinx_gallery_start_ignore
fig.set_label(
    "Animation: a nearly flat line, the untrained network, bends into waves and settles on a dashed curve with"
    " several hills and valleys."
)
assert len(y) == 200, "the points that the network saw"
away = [(answer - y).abs().max().item() for answer in answers]
assert away[-1] < 0.15 < away[0]
assert answers[0].std() < y.std()
import inspect
import re
from pathlib import Path

place = Path(inspect.currentframe().f_code.co_filename)
program = place.read_text("utf-8").split("\n# Play")[0]
program = program[program.index("import torch") :]
mark = "# sphinx_gallery_"
program = re.sub(
    mark + "start.*?" + mark + "end_ignore", "", program, flags=re.S
)
lines = [s for s in program.splitlines() if s.strip() and s[0] != "#"]
assert len(lines) == 8 + 9 + 8 == 25
# sphinx_gallery_end_ignore
anim

# %%
# A nearly flat line becomes the curve. Nobody told the network about sines; it saw 200 points. That
# is all of *deep learning*: more layers, more data, other losses, the same lines in the loop.
#
# .. predict::
#    :aim: 2
#
#    x = torch.linspace(-4, 4, 200).reshape(-1, 1)
#    print(tuple(x.shape))
#    + One sample a row: as many rows as points, and one number in each.
#    - The first size is that of the rows. Here the 1 stands behind.
#        reshape(-1, 1) -> reshape(1, -1)
#    - Without the reshaping it would be a plain list of points, which no layer takes for samples.
#        .reshape(-1, 1) ->
#
# .. choose:: Which line finds how each parameter should change?
#    :aim: 3
#    :test: net.weight.grad is not None
#
#    net = nn.Linear(1, 1)
#    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
#    loss = net(torch.ones(1, 1)).square().mean()
#    + It leaves a derivative beside each parameter: how the loss changes with it.
#        loss.backward()
#    - It changes parameters by the derivatives that lie beside them. Somebody must have found those.
#        optimizer.step()
#    - It clears away derivatives of an earlier round.
#        optimizer.zero_grad()
#
# .. choose:: And which line changes the parameters?
#    :aim: 3
#    :test: net.weight.item() != before
#
#    torch.manual_seed(0)
#    net = nn.Linear(1, 1)
#    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
#    before = net.weight.item()
#    net(torch.ones(1, 1)).square().mean().backward()
#    + Look it up among the optimizers: one step against the derivatives.
#        optimizer.step()
#    - The network answers, and stays what it is.
#        answer = net(torch.ones(1, 1))
#    - The derivatives are gone, the parameters as before.
#        optimizer.zero_grad()
#
# Play with it
# ------------
#
# In the notebook, change one thing at a time and run it again:
#
# - the curve: ``y = x.abs()``, ``y = torch.sign(x)``;
# - the size: 4 instead of 40. When does it get too small?
# - the rate ``lr``: a hundredth of it, a hundred times as much. One is too timid, one too bold;
# - leave out ``optimizer.zero_grad()``.
#
# A prediction before each change teaches more than the change alone. Here is the change of size,
# for three sizes:


def train(size, num_steps=400):
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(1, size), nn.Tanh(), nn.Linear(size, 1))
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    for _ in range(num_steps):
        loss = nn.functional.mse_loss(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return net


# %%

fig, axes = plt.subplots(1, 3, figsize=(8, 2.4), sharey=True)
for ax, size in zip(axes, (2, 8, 40), strict=True):
    ax.plot(x, y, "--", color="C1")
    ax.plot(x, train(size)(x).detach(), color="C0")
    ax.set_title(f"{size} hidden units")

# sphinx_gallery_start_ignore
fig.set_label(
    "Three panels with the dashed curve and the answer of a network with one hidden layer of 2, 8 and 40 units"
    " after 400 steps. With 2 it follows one slope, with 8 some of the hills, with 40 it comes closest."
)
errors = [
    (torch.tensor(ax.lines[1].get_ydata()) - y.flatten()).square().mean()
    for ax in axes
]
assert errors == sorted(errors, reverse=True)
with torch.random.fork_rng():
    longer = nn.functional.mse_loss(train(8, 1000)(x), y).item()
assert longer < errors[2] == min(errors) and ax.get_title()[:2] == "40", (
    "eight take longer: after 1000 steps they are closer than the 40 after 400"
)
assert [ax.get_title() for ax in axes] == [
    f"{units} hidden units" for units in (2, 8, 40)
]
assert errors[0] > 2 * errors[2]
first, last = (answers[k] - y for k in (0, -1))
assert first.abs().max() > 0.5 > 0.15 > last.abs().max()
assert (
    next(k for k, a in enumerate(answers) if (a - y).square().mean() < 0.01)
    > 10
)
# sphinx_gallery_end_ignore

# %%
# With one *hidden* layer (neither input nor output) instead of two, and 2, 8 or 40 units in it, each
# unit adds one bend to the line. After 400 steps the 40 are closest. Eight are not too few, they only
# take longer: after 1000 steps they are closer than the 40 were after 400.
#
# .. repair:: The loss swings and does not settle. Which change helps?
#    :aim: 2
#
#    torch.manual_seed(0)
#    x = torch.linspace(-2, 2, 50)[:, None]
#    net, losses = nn.Linear(1, 1), []
#    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
#    for _ in range(60):
#        loss = nn.functional.mse_loss(net(x), 3 * x)
#        losses.append(loss.item())
#        loss.backward()
#        optimizer.step()
#    + Each round now begins without the derivatives of the rounds before.
#        optimizer.step() -> optimizer.step(); net.zero_grad()
#    - Twice as many rounds of the same swinging.
#        range(60) -> range(120)
#    - A smaller rate swings more slowly. The old derivatives still pile up.
#        lr=0.1 -> lr=0.05
#
# .. repair:: The loss hardly moves. Which change helps?
#    :aim: 2
#
#    torch.manual_seed(0)
#    x = torch.linspace(-2, 2, 50)[:, None]
#    net, losses = nn.Linear(1, 1), []
#    optimizer = torch.optim.SGD(net.parameters(), lr=0.0001)
#    for _ in range(100):
#        loss = nn.functional.mse_loss(net(x), 3 * x)
#        losses.append(loss.item())
#        optimizer.zero_grad()
#        loss.backward()
#        optimizer.step()
#    + The steps were too timid; these arrive.
#        lr=0.0001 -> lr=0.1
#    - More of such small steps, and still hardly any way.
#        range(100) -> range(200)
#    - Fewer parameters, and the same timid steps.
#        nn.Linear(1, 1) -> nn.Linear(1, 1, bias=False)
#
# Which lesson explains which line
# --------------------------------
#
# .. list-table::
#    :header-rows: 1
#    :widths: 50 50
#
#    * - line
#      - lesson
#    * - ``torch.linspace``, ``reshape``
#      - :doc:`/lessons/tensors/plot_2_create_index_convert`
#    * - ``torch.sin(2 * x) * torch.exp(…)``
#      - :doc:`/lessons/tensors/plot_3_operations_views`
#    * - ``torch.manual_seed``
#      - :doc:`/lessons/training/plot_5_reproducibility`
#    * - ``nn.Linear``, ``nn.Tanh``, ``nn.Sequential``
#      - :doc:`/lessons/modules/plot_2_layers`
#    * - ``net(x)``, ``net.parameters()``
#      - :doc:`/lessons/modules/plot_1_module`
#    * - ``torch.optim.Adam``, ``step``
#      - :doc:`/lessons/optimisation/plot_3_optimizers`
#    * - ``mse_loss``
#      - :doc:`/lessons/modules/plot_3_losses`
#    * - ``backward``
#      - :doc:`/lessons/autograd/plot_2_computation_graph`
#    * - ``zero_grad``, ``detach``
#      - :doc:`/lessons/autograd/plot_4_accumulation`
#    * - ``for _ in range(400):``
#      - :doc:`/lessons/training/plot_1_training_loop`
#    * - ``FuncAnimation``
#      - :doc:`/lessons/training/plot_2_fitting_a_sine`
#
# .. predict:: How many parameters does the first layer have with 4 units?
#    :aim: 2
#
#    layer = nn.Linear(1, 4)
#    print(sum(p.numel() for p in layer.parameters()))
#    + A slope and an offset for each unit.
#    - Those are the slopes. Each unit has an offset, too.
#        nn.Linear(1, 4) -> nn.Linear(1, 4, bias=False)
#    - One offset for all units together would not let each bend the curve at its own place.
#        sum(p.numel() for p in layer.parameters()) -> layer.weight.numel() + 1
#
# .. choose:: Which order of the lines lets a network learn?
#    :aim: 2
#    :test: net(x).square().mean() < before
#
#    torch.manual_seed(0)
#    x, net = torch.ones(1, 1), nn.Linear(1, 1)
#    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
#    loss = net(x).square().mean()
#    before = loss.item()
#    + Clear, find, change.
#        optimizer.zero_grad(); loss.backward(); optimizer.step()
#    - What was found is cleared before it is used.
#        loss.backward(); optimizer.zero_grad(); optimizer.step()
#    - The change comes before there is anything to change by.
#        optimizer.step(); optimizer.zero_grad(); loss.backward()
#
# .. predict:: What does ``detach`` do to the answers that are kept?
#    :aim: 3
#
#    answer = nn.Linear(1, 1)(torch.ones(1, 1))
#    print(answer.requires_grad, answer.detach().requires_grad)
#    + The answer is tied to the parameters; the detached one is a plain number for the picture.
#    - Both would hold on to all that led to them, four hundred times.
#        answer.detach() -> answer
#    - What comes from a network with parameters is recorded.
#        answer.requires_grad, -> answer.data.requires_grad,
#
# Recap
# -----
#
# - PyTorch is arrays, derivatives and accelerators.
# - Training: answer, compare, differentiate, change a little; again.
# - You have trained a network. From here on we find out why it works.
#
# Where to go next
# ----------------
#
# :doc:`From NumPy to tensors </lessons/tensors/plot_1_from_numpy>` begins at the beginning.
