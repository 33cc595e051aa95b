r"""
``nn.Module``
=============

.. lesson::
   :assumes: optimisation/plot_1_gradient_descent; optimisation/plot_3_optimizers

   - write a module that owns its parameters, and train it with any optimizer
   - say what a module registers and what it overlooks, and find two mistakes that a falling loss hides
   - save a model and its optimizer to a file, and load them on any machine

Three numbers can be updated in three lines. A network has millions, spread over dozens of parts. A
:term:`module` keeps them together: it knows its :term:`parameters <parameter>`, those of its parts,
and theirs. You write down what is computed; the bookkeeping is done for you. Most of it, that
is, and the rest is where this lesson gets interesting.
"""

# %%
# We need PyTorch with its ``nn`` part, and Matplotlib.

# sphinx_gallery_tags = ["modules"]
import copy
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import torch
from torch import nn

plt.style.use("pytorch_primer.course")

# %%
# A module with one parameter
# ---------------------------
#
# A module is a class derived from :class:`torch.nn.Module`. Its ``__init__`` makes the parameters,
# its ``forward`` says what is computed from them. The smallest example is an old acquaintance, the
# parabola :math:`(x - 2)^2`, started at −4:


class Parabola(nn.Module):
    def __init__(self):
        super().__init__()
        self.x = nn.Parameter(torch.tensor(-4.0))

    def forward(self):
        return (self.x - 2) ** 2


model = Parabola()
print("value:", model().item())
print("parameters:", [name for name, _ in model.named_parameters()])

# sphinx_gallery_start_ignore
assert model().item() == (-4 - 2) ** 2 == 36
assert [name for name, _ in model.named_parameters()] == ["x"]
# sphinx_gallery_end_ignore

# %%
# Two things to note. The object is *called*, ``model()``, and the call runs ``forward``. And the
# parameter was found, by name, though we only assigned it to an attribute: a module looks at what
# it is given, and whatever is an :class:`torch.nn.Parameter` is registered.
#
# The parameter is an attribute like any other, so the update can be written by hand, as before:

model().backward()
with torch.no_grad():
    model.x -= 0.1 * model.x.grad
model.x.grad = None
print("after one step by hand:", round(model.x.item(), 4))

# sphinx_gallery_start_ignore
assert abs(model.x.item() - (-2.8)) < 1e-6
# sphinx_gallery_end_ignore

# %%
# An optimizer does it for all parameters and need not know what they are for. Twenty steps from −4,
# as in the first lesson on gradient descent, where the answer was :math:`2 - 6 \cdot 0.8^{20}`:


def train(model, num_steps=20, lr=0.1):
    """Let gradient descent make the value of a module small."""
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(num_steps):
        optimizer.zero_grad()
        model().backward()
        optimizer.step()


model = Parabola()
train(model)
print(f"x: {model.x.item():.5f}")
difference = abs(model.x.item() - (2 - 6 * 0.8**20))
print(f"difference from the formula: {difference:.0e}")

# sphinx_gallery_start_ignore
assert difference < 1e-6
assert round(2 - 6 * 0.8**20, 5) == 1.93082, (
    "the answer after twenty steps in the first lesson on gradient descent"
)
assert Parabola().x == -4, (
    "from here the twenty steps of the first lesson on gradient descent led to"
    " the answer"
)
# sphinx_gallery_end_ignore

# %%
# 1.93082, as before.
#
# .. note::
#
#    Autograd does not ask whether a tensor is a Parameter: ``requires_grad=True`` is enough for a
#    gradient. A Parameter is what a *module* finds and registers. And ``zero_grad()`` sets gradients to ``None``, unless it is called
#    with ``set_to_none=False``.
#
# The questions use PyTorch's own ``nn.Linear(n, m)``, a module with two parameters: ``weight``, with a
# number for each pair of input and output, and ``bias``, with one for each output.
#
# .. choose:: The gradients are there. Which line moves *all* parameters of the model?
#    :aim: 1
#    :test: not any(torch.equal(p, q) for p, q in zip(model.parameters(), before))
#
#    model = nn.Linear(1, 1)
#    before = [p.detach().clone() for p in model.parameters()]
#    model(torch.ones(1)).backward()
#    SGD = torch.optim.SGD
#    + The model knows its parameters; the optimizer asks it.
#        SGD(model.parameters(), lr=0.1).step()
#    - The bias is a parameter as well.
#        SGD([model.weight], lr=0.1).step()
#    - Those are the parameters of another model, which is thrown away.
#        SGD(nn.Linear(1, 1).parameters(), lr=0.1).step()
#    - A new tensor gets the name ``p``; those in the model stay what they are.
#        for p in model.parameters(): p = p - 0.1 * p.grad
#
# What is registered
# ------------------
#
# Parameters are registered, and so are modules. A plain tensor is not, nor is what hides in a plain
# list:


class Collection(nn.Module):
    def __init__(self):
        super().__init__()
        self.trained = nn.Parameter(torch.zeros(2))
        self.overlooked = torch.zeros(2, requires_grad=True)
        self.hidden = [nn.Parameter(torch.zeros(2))]
        self.found = nn.ParameterList([nn.Parameter(torch.zeros(2))])
        self.register_buffer("kept", torch.zeros(2))


collection = Collection()
print("parameters:", [name for name, _ in collection.named_parameters()])
print("buffers:   ", [name for name, _ in collection.named_buffers()])

# sphinx_gallery_start_ignore
train(model, num_steps=1)
torch.optim.SGD(model.parameters()).zero_grad()
assert model.x.grad is None
assert [name for name, _ in collection.named_parameters()] == [
    "trained",
    "found.0",
]
assert [name for name, _ in collection.named_buffers()] == ["kept"]
assert list(collection.state_dict()) == ["trained", "kept", "found.0"]
# sphinx_gallery_end_ignore

# %%
# What is overlooked is never updated, never moved to a GPU and never saved, and there is no
# message. A list of parameters belongs in a :class:`torch.nn.ParameterList`, a list of modules into
# a :class:`torch.nn.ModuleList`. A tensor that should move and be saved with the module but not be
# trained is a :term:`buffer`.
#
# .. choose:: Which line gives the model a parameter ``w`` that an optimizer will find?
#    :aim: 2
#    :test: [name for name, _ in model.named_parameters()] == ["w"]
#
#    model = nn.Module()
#    + A Parameter that is assigned to an attribute is registered.
#        model.w = nn.Parameter(torch.zeros(2))
#    - It can be differentiated, but a plain tensor is overlooked.
#        model.w = torch.zeros(2, requires_grad=True)
#    - A module does not look into a plain list.
#        model.w = [nn.Parameter(torch.zeros(2))]
#    - That moves and is saved with the model, but it is not trained.
#        model.register_buffer("w", torch.zeros(2))
#
# .. predict:: How many numbers will an optimizer train?
#    :aim: 2
#
#    class Net(nn.Module):
#        def __init__(self):
#            super().__init__()
#            self.first = nn.Linear(2, 3)
#            self.rest = [nn.Linear(3, 3), nn.Linear(3, 1)]
#
#    print(sum(p.numel() for p in Net().parameters()))
#    + Those of the first layer, and no others: the list is not looked into.
#    - So it would be if the list were one that registers.
#        [nn.Linear(3, 3), nn.Linear(3, 1)] -> nn.ModuleList([nn.Linear(3, 3), nn.Linear(3, 1)])
#    - A module that is assigned to an attribute is registered.
#        self.first = nn.Linear(2, 3) -> self.first = [nn.Linear(2, 3)]
#    - A linear layer has biases, too.
#        nn.Linear(2, 3) -> nn.Linear(2, 3, bias=False)
#
# Three parameters, two mistakes
# ------------------------------
#
# Now a function of three numbers, :math:`(x - 2)^2 + (y - x)^2 + (z - y)^2`. It is zero where all
# three are 2. The module below was written in a notebook in which an earlier cell had left three
# variables behind. It runs without a complaint. Read it before you read on: there are two mistakes.

x, y, z = -2.6, -3.0, -2.2  # from one step of an earlier descent


class Tangled(nn.Module):
    def __init__(self):
        super().__init__()
        start = torch.tensor(-4.0)
        self.x = nn.Parameter(start)
        self.y = nn.Parameter(start)
        self.z = nn.Parameter(start)

    def forward(self):
        return (self.x - 2) ** 2 + (y - x) ** 2 + (z - y) ** 2


# %%
# We train it for twenty steps, as we did with one parameter, and look at all of it.


def report(model):
    """Train a model and print where it ends."""
    train(model)
    x, y, z = (f"{p.item():.5f}" for p in model.parameters())
    print(f"x, y, z: {x}, {y}, {z}   loss: {model().item():.5f}")


report(Tangled())

# sphinx_gallery_start_ignore
import numpy as np

tangled = Tangled()
train(tangled)
one_variable = 2 - 6 * 0.8**20  # the only one that is trained
assert np.allclose(
    [p.item() for p in tangled.parameters()], one_variable, atol=1e-6
)
constant = (-3.0 + 2.6) ** 2 + (-2.2 + 3.0) ** 2
fell = [round(m().item(), 5) for m in (Tangled(), tangled)]
assert fell == [36.8, 0.80479], "the loss"
assert round(constant, 10) == round(0.4**2 + 0.8**2, 10) == 0.8, (
    "the last two terms"
)
assert np.isclose(
    tangled().item(), (one_variable - 2) ** 2 + constant, atol=1e-6
)
assert (
    round(one_variable, 5),
    round((one_variable - 2) ** 2 + constant, 5),
) == (1.93082, 0.80479)
# sphinx_gallery_end_ignore

# %%
# The loss fell from 36.8 to 0.80479. Is that good? All three parameters are 1.93082, to the last
# digit: exactly the number that the parabola of *one* parameter gave. That should make us
# suspicious.
#
# First mistake: ``forward`` says ``y`` and means ``self.y``. Python finds the ``y`` of the notebook
# and is content. The last two terms are the constant :math:`0.4^2 + 0.8^2 = 0.8`, and only ``x``
# gets a gradient. Second mistake: why, then, have ``y`` and ``z`` moved at all?

model = Tangled()
model().backward()
print("gradients:", model.x.grad, model.y.grad, model.z.grad)
print(
    "one memory:",
    model.x.data_ptr() == model.y.data_ptr() == model.z.data_ptr(),
)

# sphinx_gallery_start_ignore
assert abs(model().item() - 36.8) < 1e-5
assert model.x.grad.item() == -12
assert model.y.grad is None
assert model.z.grad is None
assert model.x.data_ptr() == model.y.data_ptr() == model.z.data_ptr()
# sphinx_gallery_end_ignore

# %%
# A Parameter does not copy the tensor that it is made of. All three were made of ``start``, so they
# are three names of one number in one :term:`storage`. Whoever updates ``x`` updates them all.
#
# .. predict:: A variable ``y`` was left over. Which gradients do ``model.x`` and ``model.y`` get?
#    :aim: 2
#
#    y = torch.tensor(3.0)
#    class Model(nn.Module):
#        def __init__(self):
#            super().__init__()
#            self.x = nn.Parameter(torch.tensor(1.0))
#            self.y = nn.Parameter(torch.tensor(2.0))
#        def forward(self):
#            return self.x * y
#
#    model = Model()
#    model().backward()
#    print(model.x.grad, model.y.grad)
#    + ``forward`` uses the leftover ``y``, so nothing depends on the model's own.
#    - Without ``self.`` a name is not the model's.
#        self.x * y -> self.x * self.y
#    - What took no part in the computation has no gradient, not even a zero.
#        model.y.grad -> torch.tensor(0.0)
#
# One at a time
# -------------
#
# We repair the names first, and leave the storage as it is:


class OwnNames(Tangled):
    def forward(self):
        x, y, z = self.x, self.y, self.z
        return (x - 2) ** 2 + (y - x) ** 2 + (z - y) ** 2


report(OwnNames())

# sphinx_gallery_start_ignore
names = OwnNames()
train(names)
# x = y = z always, so both differences are 0, and so are their gradients.
assert np.allclose(
    [p.item() for p in names.parameters()], one_variable, atol=1e-6
)
assert np.isclose(names().item(), (one_variable - 2) ** 2, atol=1e-6)
assert round((one_variable - 2) ** 2, 5) == 0.00479
# sphinx_gallery_end_ignore

# %%
# A loss of 0.00479, a triumph, and still wrong: with one number behind three names, both
# differences are zero at any time. What we minimised is the parabola. Now the other way round, the
# storage repaired and the names as they were:


class OwnStorage(Tangled):
    def __init__(self):
        super().__init__()
        self.y = nn.Parameter(self.y.detach().clone())
        self.z = nn.Parameter(self.z.detach().clone())


report(OwnStorage())

# sphinx_gallery_start_ignore
storage = OwnStorage()
train(storage)
ends = [p.item() for p in storage.parameters()]
assert np.allclose(ends, [one_variable, -4, -4], atol=1e-6)
assert np.isclose(storage().item(), tangled().item(), atol=1e-6)
# sphinx_gallery_end_ignore

# %%
# The same loss as at first, 0.80479, but now it shows what is going on: :math:`y` and :math:`z`
# have not left −4. And with both repaired:


class Repaired(OwnNames):
    def __init__(self):
        super().__init__()
        self.y = nn.Parameter(self.y.detach().clone())
        self.z = nn.Parameter(self.z.detach().clone())


report(Repaired())

# sphinx_gallery_start_ignore


def recursion(position, num_steps, lr=0.1):
    """Descend with the gradients written out, in NumPy."""
    x, y, z = position
    path = [(x, y, z)]
    for _ in range(num_steps):
        gradients = (
            2 * (x - 2) - 2 * (y - x),
            2 * (y - x) - 2 * (z - y),
            2 * (z - y),
        )
        x, y, z = np.subtract((x, y, z), lr * np.array(gradients))
        path.append((x, y, z))
    return np.array(path)


def value(x, y, z):
    return (x - 2) ** 2 + (y - x) ** 2 + (z - y) ** 2


repaired = Repaired()
train(repaired)
by_recursion = recursion((-4.0, -4.0, -4.0), 20)
assert np.allclose(
    [p.item() for p in repaired.parameters()], by_recursion[-1], atol=1e-5
)
assert np.allclose(repaired().item(), value(*by_recursion[-1]), atol=1e-5)
assert by_recursion[-1].round(5).tolist() == [0.54671, -0.61709, -1.2618]
from_two = recursion((2.0, 2.0, 2.0), 5)
assert (from_two == 2).all(), (
    "the pull towards it, which reaches x first, is nought there"
)
assert round(value(*by_recursion[-1]), 5) == 3.88214
assert np.allclose(recursion((-4.0, -3.0, -2.0), 1)[-1], (-2.6, -3.0, -2.2))
# sphinx_gallery_end_ignore

# %%
# The right model has by far the largest loss of the four, 3.88214, with :math:`x`, :math:`y`,
# :math:`z` at 0.54671, −0.61709 and −1.26180. It solves a harder problem: the pull towards 2
# reaches :math:`x` first, :math:`y` through :math:`x`, and :math:`z` through :math:`y`. Step by
# step, next to the model with the shared number:


def path(model, num_steps=60):
    """Record the parameters before each step and at the end."""
    positions = []
    for _ in range(num_steps):
        positions.append([p.item() for p in model.parameters()])
        train(model, num_steps=1)
    positions.append([p.item() for p in model.parameters()])
    return torch.tensor(positions)


shared, repaired = path(OwnNames()), path(Repaired())

# %%
# In the picture the three parameters are drawn with different dashes, so that one line over another
# can be seen.

fig, axes = plt.subplots(1, 2, figsize=(8, 3), sharey=True)
for ax, positions in zip(axes, [shared, repaired], strict=True):
    for name, column, dash in zip(
        "xyz", positions.T, ["-", "--", ":"], strict=True
    ):
        ax.plot(column, dash, label=f"${name}$")
    ax.axhline(2, color="black", linewidth=0.8)
    ax.set(xlabel="step", ylim=(-4.4, 2.6))
    ax.legend()
axes[0].set(title="one storage", ylabel="parameter")
axes[1].set_title("three storages")

# sphinx_gallery_start_ignore
fig.set_label(
    "Two panels with three parameters over 60 steps, and a line at 2. With one storage the three"
    " curves lie on each other and reach 2 after about 20 steps. With three storages they separate:"
    " x rises first, y follows, z last, and after 60 steps z is still below 2."
)
assert torch.equal(shared[:, 0], shared[:, 1])
assert torch.equal(shared[:, 0], shared[:, 2])
exact = recursion((-4.0, -4.0, -4.0), 500)
assert len(repaired) == 60 + 1
assert np.allclose(repaired.numpy(), exact[:61], atol=1e-4)
assert (exact[1:61, 0] > exact[1:61, 1]).all()
assert (exact[2:61, 1] > exact[2:61, 2]).all()
assert exact[60, 2] < 1.5
assert np.allclose(exact[500], 2, atol=1e-5), "all three after 500 steps"
assert len(exact) > 500
# sphinx_gallery_end_ignore

# %%
# On the left one curve, drawn three times. On the right :math:`x` leads, :math:`y` follows and
# :math:`z` comes last. After 500 steps all three would be at 2. The moral: a falling loss proves
# that *something* is minimised. Whether it is what you meant is for you to check, and printing the
# parameters by name is a good beginning.
#
# .. predict:: Two parameters are made of one tensor, and one is changed. What do the tensor and the other say?
#    :aim: 2
#
#    start = torch.tensor(1.0)
#    a, b = nn.Parameter(start), nn.Parameter(start)
#    with torch.no_grad():
#        a += 5
#    print(start.item(), b.item())
#    + One number with three names: a Parameter does not copy.
#    - Only if both had been made of copies.
#        nn.Parameter(start), nn.Parameter(start) -> nn.Parameter(start.clone()), nn.Parameter(start.clone())
#    - The second parameter is made of the same tensor as the first.
#        , nn.Parameter(start) -> , nn.Parameter(start.clone())
#
# .. repair:: The loss falls and stops too high. Which change repairs the model?
#    :aim: 2
#
#    class Line(nn.Module):
#        def __init__(self):
#            super().__init__()
#            self.w = nn.Parameter(torch.zeros(1))
#            self.b = torch.zeros(1, requires_grad=True)
#    model, losses = Line(), []
#    optimizer = torch.optim.SGD(model.parameters(), lr=0.3)
#    x = torch.linspace(-1, 1, 20)
#    for _ in range(40):
#        loss = F.mse_loss(model.w * x + model.b, 2 * x + 3)
#        optimizer.zero_grad()
#        loss.backward()
#        optimizer.step()
#        losses.append(loss.item())
#    + Now the optimizer knows the offset as well.
#        torch.zeros(1, requires_grad=True) -> nn.Parameter(torch.zeros(1))
#    - Smaller steps stop at the same height, later.
#        lr=0.3 -> lr=0.1
#    - Another start for a number that never moves.
#        torch.zeros(1, requires_grad=True) -> torch.ones(1)
#
# Modules in modules
# ------------------
#
# A module that is assigned to an attribute of another becomes a part of it. A line, and a roof made
# of two lines, of which the lower one counts:


class Line(nn.Module):
    def __init__(self, slope):
        super().__init__()
        self.w = nn.Parameter(torch.tensor(slope))
        self.b = nn.Parameter(torch.tensor(0.0))

    def forward(self, x):
        return self.w * x + self.b


# %%
# Nothing new so far, except that ``forward`` takes an argument. The roof:


class Roof(nn.Module):
    def __init__(self):
        super().__init__()
        self.left = Line(slope=1.0)
        self.right = Line(slope=-1.0)

    def forward(self, x):
        return torch.minimum(self.left(x), self.right(x))


# %%
# The parameters of the parts are parameters of the whole, with the path to them as their name:

roof = Roof()
print({name: p.item() for name, p in roof.named_parameters()})

# sphinx_gallery_start_ignore
assert {name: p.item() for name, p in roof.named_parameters()} == {
    "left.w": 1.0,
    "left.b": 0.0,
    "right.w": -1.0,
    "right.b": 0.0,
}
# sphinx_gallery_end_ignore

# %%
# That is all an optimizer needs to train any nesting of modules. Here it learns the roof
# :math:`\min(2x + 3,\ 1 - x)` from points on it:

inputs = torch.linspace(-3, 3, 61)
targets = torch.minimum(2 * inputs + 3, 1 - inputs)
before = roof(inputs).detach()
optimizer = torch.optim.SGD(roof.parameters(), lr=0.1)
for _ in range(1000):
    optimizer.zero_grad()
    ((roof(inputs) - targets) ** 2).mean().backward()
    optimizer.step()
print({name: round(p.item(), 2) for name, p in roof.named_parameters()})

# sphinx_gallery_start_ignore
learned = torch.tensor([p.item() for p in roof.parameters()])
torch.testing.assert_close(
    learned, torch.tensor([2.0, 3.0, -1.0, 1.0]), atol=2e-3, rtol=0
)
assert [round(p, 2) for p in learned.tolist()] == [2, 3, -1, 1], (
    "slopes and offsets, all found"
)
assert torch.allclose(
    roof(inputs), torch.minimum(2 * inputs + 3, 1 - inputs), atol=0.005
), "here it learns the roof from points on it"
# sphinx_gallery_end_ignore

# %%
# Two slopes and two offsets, 2, 3, −1 and 1, all found. Before and after:

fig, ax = plt.subplots(figsize=(6, 3))
ax.plot(inputs, targets, "o", markersize=3, label="points")
ax.plot(inputs, before, "--", label="before training")
ax.plot(inputs, roof(inputs).detach(), label="after training")
ax.set(xlabel="$x$", ylabel="$y$")
ax.legend()

# sphinx_gallery_start_ignore
fig.set_label(
    "Points that rise steeply to a peak at x = -2/3 and then fall. A dashed roof with its peak at"
    " the origin misses them; the roof after training runs through all of them."
)
torch.testing.assert_close(roof(inputs).detach(), targets, atol=5e-3, rtol=0)
# sphinx_gallery_end_ignore

# %%
# The trained roof runs through the points, the first guess did not.
#
# .. predict:: What are the parameters of the whole called?
#    :aim: 1
#
#    net = nn.Module()
#    net.left = nn.Linear(2, 3)
#    print([name for name, _ in net.named_parameters()])
#    + The path to them: the part's name, then their own.
#    - So the part calls them. The whole has to say whose they are.
#        net.named_parameters() -> net.left.named_parameters()
#    - That is the part. It has two parameters.
#        net.named_parameters() -> net.named_children()
#
# Save and load
# -------------
#
# The names are good for saving, too. ``state_dict()`` is a dictionary of all parameters and buffers
# by name. Saved to a file, it can be loaded into any module whose names and shapes are the same:

folder = tempfile.TemporaryDirectory()
path = Path(folder.name) / "roof.pt"
torch.save(roof.state_dict(), path)
twin = Roof()
twin.load_state_dict(torch.load(path))
difference = (twin(inputs) - roof(inputs)).abs().max().item()
print("largest difference:", difference)

# sphinx_gallery_start_ignore
assert difference == 0


class OtherRoof(Roof):
    def forward(self, x):
        return torch.maximum(self.left(x), self.right(x))


_ = OtherRoof().load_state_dict(
    torch.load(path)
)  # another class, the same names
# sphinx_gallery_end_ignore

# %%
# Two options of :func:`torch.load` matter. ``map_location="cpu"`` brings everything to the CPU,
# also what was saved on a GPU that this machine does not have. And ``weights_only=True``, the
# default, accepts tensors and plain Python values only: a file of unknown origin cannot run code
# while it is read. A whole module, saved by ``torch.save(roof, path)``, is refused for that reason,
# and would also depend on the class being importable under the same name. Save dictionaries.
#
# To *go on* training later, the optimizer has to be saved as well: momentum and Adam have memories.
# A
# :term:`checkpoint` is a dictionary of both, and of whatever else you need:


def new_start():
    model = Roof()
    return model, torch.optim.Adam(model.parameters(), lr=0.05)


def some_steps(model, optimizer, num_steps):
    for _ in range(num_steps):
        optimizer.zero_grad()
        ((model(inputs) - targets) ** 2).mean().backward()
        optimizer.step()


# %%

model, optimizer = new_start()
some_steps(model, optimizer, 20)
checkpoint = {"model": model.state_dict(), "optimizer": optimizer.state_dict()}
torch.save(checkpoint | {"step": 20}, path)
some_steps(model, optimizer, 20)

resumed, optimizer = new_start()
loaded = torch.load(path, map_location="cpu")
resumed.load_state_dict(loaded["model"])
optimizer.load_state_dict(loaded["optimizer"])
some_steps(resumed, optimizer, 20)
print("same as without a break:", torch.equal(resumed(inputs), model(inputs)))

# sphinx_gallery_start_ignore
assert torch.equal(resumed(inputs), model(inputs))
assert loaded["step"] == 20
with torch.random.fork_rng():  # what the optimizer's memory is worth
    forgetful, optimizer = new_start()
    forgetful.load_state_dict(loaded["model"])
    some_steps(forgetful, optimizer, 20)
assert (forgetful(inputs) - model(inputs)).abs().max() > 0.01
# sphinx_gallery_end_ignore

# %%
# Not a bit of difference. Without the optimizer's part it would have been another training.
#
# In memory, one trap: ``state_dict()`` does not copy. Its tensors share the memory of the
# parameters, so a “snapshot” of the best model goes on changing with it. Copy it:

live, copied = model.state_dict(), copy.deepcopy(model.state_dict())
before = model.left.w.item()
with torch.no_grad():
    model.left.w += 1
print("live:  ", round(live["left.w"].item() - before, 3))
print("copied:", round(copied["left.w"].item() - before, 3))
folder.cleanup()

# sphinx_gallery_start_ignore
assert live["left.w"].item() == model.left.w.item()
assert copied["left.w"].item() == before
# sphinx_gallery_end_ignore

# %%
# The live one has followed by 1, the copy has not.
#
# .. predict:: Which of the three are in the state that is saved?
#    :aim: 3
#
#    model = nn.Module()
#    model.a = nn.Parameter(torch.zeros(1))
#    model.b = torch.zeros(1)
#    model.register_buffer("c", torch.zeros(1))
#    print(list(model.state_dict()))
#    + Parameters and buffers.
#    - A plain tensor is overlooked here, too.
#        model.b = torch.zeros(1) -> model.register_buffer("b", torch.zeros(1))
#    - What is not trained may be saved nevertheless.
#        list(model.state_dict()) -> [name for name, _ in model.named_parameters()]
#
# .. choose:: Which line keeps the state of this moment, while training goes on?
#    :aim: 3
#    :test: after_training(kept) == now
#
#    model = nn.Linear(1, 1)
#    now = model.weight.item()
#    def after_training(state):
#        with torch.no_grad():
#            model.weight += 1
#        return state["weight"].item()
#    + Each tensor is copied.
#        kept = {k: v.clone() for k, v in model.state_dict().items()}
#    - The dictionary holds the parameters themselves.
#        kept = model.state_dict()
#    - A new dictionary, but the same tensors in it.
#        kept = dict(model.state_dict())
#    - Cut off from the graph, and still the same memory.
#        kept = {k: v.detach() for k, v in model.state_dict().items()}
#
# Call the module
# ---------------
#
# One last question: why call ``model(x)`` and not ``model.forward(x)``? Others may have asked the
# module to do something besides at every call. Such requests are called hooks, too; the call obeys
# them, ``forward`` alone does not:


def report_size(module, args, result):
    print(f"{type(module).__name__} gave {tuple(result.shape)}")


handle = roof.left.register_forward_hook(report_size)
roof(inputs)
print("and now forward:")
roof.left.forward(inputs)
handle.remove()

# sphinx_gallery_start_ignore
seen = []
handle = roof.register_forward_hook(lambda *args: seen.append(args))
roof(inputs)
roof.forward(inputs)
handle.remove()
assert len(seen) == 1
with torch.random.fork_rng():
    names = [name for name, _ in nn.Linear(3, 2).named_parameters()]
assert names == ["weight", "bias"]
# sphinx_gallery_end_ignore

# %%
# One report, from the call. ``remove`` ends it. (PyTorch's own modules are built like ours.
# :class:`torch.nn.Linear`, for example, is a line for vectors, with parameters named ``weight`` and
# ``bias``; the next lesson looks inside.)
#
# .. predict:: How often does the hook run?
#    :aim: 1
#
#    runs = []
#    layer = nn.Linear(2, 2)
#    layer.register_forward_hook(lambda *given: runs.append(given))
#    layer(torch.ones(2))
#    layer.forward(torch.ones(2))
#    print(len(runs))
#    + Calling the module runs ``forward`` and the hooks; ``forward`` is only ``forward``.
#    - One of the two lines goes past the hook.
#        layer.forward(torch.ones(2)) -> layer(torch.ones(2))
#    - A hook does wait for something, and it has come.
#        layer(torch.ones(2)) -> layer.forward(torch.ones(2))
#
# .. which-line:: two_layer_module a_relu
#    :aim: 1
#
# .. symptom:: two_layer_module forward_returns_nothing
#    :aim: 1
#
# Recap
# -----
#
# - A module registers the parameters and modules that are assigned to it; plain tensors and lists
#   are overlooked.
# - ``named_parameters()`` lists all of them, those of nested modules with a dotted path.
# - A Parameter does not copy. Parameters made of one tensor share one storage.
# - In ``forward`` everything of the module begins with ``self.``; a name without it may be
#   another's.
# - Call ``model(x)``. Save the ``state_dict()`` of model and optimizer; copy it for a snapshot in
#   memory.
#
# Exercises
# ---------
#
# First the model of this lesson, right from the start; then a network with two layers
# (``nn.Linear(n, m)`` maps n numbers to m, ``torch.relu`` goes between); then a snapshot that holds
# still.
#
# .. parsons:: three_parameter_model
#    :aim: 1
#
# .. exercise:: three_parameter_model
#    :aim: 1
#
# .. parsons:: two_layer_module a_sigmoid
#    :aim: 1
#
# .. exercise:: two_layer_module
#    :aim: 1
#
# .. exercise:: snapshot
#    :aim: 3
#
# Where to go next
# ----------------
#
# :doc:`Layers and Sequential </lessons/modules/plot_2_layers>` looks at the modules that PyTorch
# brings along, and at what goes between them.
