r"""
Start: a network in twenty-five lines
=====================================

.. lesson::
   :assumes: a little Python

   - say what PyTorch is for
   - run a program that trains a network, and change it
   - find the lesson that explains each of its lines

Before anything is explained, something is built: a small network that learns a curve while you
watch. There is nothing to understand yet. Each line has a lesson further on, and at the end of this
page stands which.
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
# and the package of this course, whose line stands on the page of the
# :doc:`downloads </downloads>`. On that page there is also this lesson as a notebook.
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
# A prediction before each change teaches more than the change alone. Here is the second, for three
# sizes:


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
    nn.functional.mse_loss(train(size)(x), y).item() for size in (2, 8, 40)
]
assert errors == sorted(errors, reverse=True)
assert errors[0] > 2 * errors[2]
first, last = (answers[k] - y for k in (0, -1))
assert first.abs().max() > 0.5 > 0.15 > last.abs().max()
assert (
    next(k for k, a in enumerate(answers) if (a - y).square().mean() < 0.01)
    > 10
)
# sphinx_gallery_end_ignore

# %%
# With one hidden layer instead of two, and 2, 8 or 40 units in it, the network gets as far as its
# bends reach.
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
#    * - ``torch.sin(2 * x) * …``
#      - :doc:`/lessons/tensors/plot_3_operations_views`
#    * - ``torch.manual_seed``
#      - :doc:`/lessons/training/plot_5_reproducibility`
#    * - ``nn.Linear``, ``nn.Tanh``, ``nn.Sequential``
#      - :doc:`/lessons/modules/plot_2_layers`
#    * - ``net.parameters()``
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
