"""
One program for CPU and GPU
===========================

.. lesson::
   :assumes: tensors/plot_3_operations_views

   - find out which accelerator a machine has, and write programs that do not care
   - move tensors between devices, and know when that copies and when it does nothing
   - get results back to plots and files, and measure time on a device honestly

The same program should run on your laptop today and on a machine with a GPU tomorrow, without a
line changed. That takes one decision at its top and one habit everywhere else. This lesson shows
both, and it is itself such a program: it runs on whatever it finds, and says what that was.
"""

# %%
# PyTorch and Matplotlib are all we need; a clock for the end.

# sphinx_gallery_tags = ["tensors", "devices"]
import time

import matplotlib.pyplot as plt
import torch

plt.style.use("pytorch_primer.course")

# %%
# What is there?
# --------------
#
# Every tensor lies on a :term:`device`, and what is computed from it is computed there. The CPU is
# always present. Anything faster beside it, whoever made it, PyTorch calls *the accelerator*. This
# line takes it if there is one, and the CPU if there is none:

device = torch.accelerator.current_accelerator(check_available=True)
device = device or torch.device("cpu")
print("device found:", device)

# sphinx_gallery_start_ignore
assert isinstance(device, torch.device)
assert torch.accelerator.is_available() == (device.type != "cpu")
# sphinx_gallery_end_ignore

# %%
# On the machine that built this page it printed what you see. With an NVIDIA or AMD card it is
# ``cuda``, on a Mac with Apple's chips ``mps``, with an Intel card ``xpu``. This is the one
# decision.
#
# A device is a plain value: a type, and a number where a machine has several of that type. The
# value can be made for hardware that is not there; only using it would fail.

second_card = torch.device("cuda:1")
print(second_card.type, second_card.index, torch.device("cpu").index)
print("equal:", torch.device("cuda") == torch.device("cuda:0"))

# sphinx_gallery_start_ignore
assert (second_card.type, second_card.index) == ("cuda", 1)
assert torch.device("cpu").index is None
assert torch.device("cuda") != torch.device("cuda:0"), (
    "the current card of the type, not number 0"
)
# sphinx_gallery_end_ignore

# %%
# Note the last line. ``cuda`` means “the current card of that type”, which need not be number 0, so
# the two are not equal. To ask on what kind of device a tensor lies, compare ``t.device.type``.
#
# Many programs ask ``torch.cuda.is_available()`` and write ``"cuda"`` by name. That knows one kind
# of accelerator only.
#
# .. predict::
#    :aim: 1
#
#    print(torch.device("cuda") == torch.device("cuda:0"))
#    + Without a number it means the current card, whichever that is. Compare ``type`` instead.
#    - It would be so if the number were written on both sides.
#        torch.device("cuda") == -> torch.device("cuda:0") ==
#
# Create there, or move there
# ---------------------------
#
# All functions that create a tensor take ``device=``. A tensor that exists is moved with ``.to``,
# which takes a dtype as well: ``t.to(device, torch.float32)``.

created = torch.ones(3, device=device)
moved = torch.ones(3).to(device)
print("both on one device:", created.device == moved.device)
print("moving again:", moved.to(device) is moved)

# sphinx_gallery_start_ignore
assert created.device.type == moved.device.type == device.type
assert moved.to(device) is moved
# sphinx_gallery_end_ignore

# %%
# “Moved” is the usual word, but nothing leaves: the result is a *copy* on the other device, unless
# the tensor lies there already. Then ``.to`` hands back the very same tensor, at no cost. So it
# does no harm to write ``.to(device)`` once too often. To write it and not use the result is the
# mistake:
#
# .. code-block:: python
#
#    t.to(device)      # makes a copy and throws it away
#    t = t.to(device)
#
# To see this on a machine with a CPU only we need a second device. PyTorch has one to offer, called
# ``meta``, where tensors have shapes and no numbers:

t = torch.ones(2, 3)
there = t.to("meta")
print(
    "t is still on:", t.device, " the copy:", there.device, tuple(there.shape)
)

# sphinx_gallery_start_ignore
assert t.device.type == "cpu"
assert there.device.type == "meta"
assert there.shape == t.shape
# sphinx_gallery_end_ignore

# %%
# Two tensors with dimensions that lie on different devices cannot be combined. PyTorch will not move
# anything on its own, because the transfer could cost more than the computation:

try:
    t + there
except RuntimeError as error:
    print(error)

# sphinx_gallery_start_ignore
else:
    raise AssertionError("tensors on two devices were added")
# sphinx_gallery_end_ignore

# %%
# Between a CPU and a GPU the message is a different one, but says the same.
#
# .. predict::
#    :aim: 2
#
#    t = torch.ones(2)
#    t.to("meta")
#    print(t.device)
#    + The copy on the other device was thrown away.
#    - A tensor is not changed by ``to``; the result would have to get a name.
#        t.to("meta") -> t = t.to("meta")
#
# .. predict::
#    :aim: 2
#
#    t = torch.ones(2)
#    print(t.to("cpu") is t)
#    + It lies there already, so the very same tensor comes back, at no cost.
#    - ``clone`` always copies. ``to`` copies only if something has to change.
#        t.to("cpu") is t -> t.clone() is t
#
# .. predict::
#    :aim: 2
#
#    t = torch.ones(2)
#    print(t.to("cpu", torch.float64) is t)
#    + The device is right, but another dtype needs other memory.
#    - That holds where neither device nor dtype changes.
#        "cpu", torch.float64 -> "cpu", torch.float32
#
# Functions that follow their input
# ---------------------------------
#
# Now the habit. Write functions that never name a device, and let every tensor they need be made
# *like* one they were given. Here is a small simulation. A metal plate is a grid of temperatures,
# its rim is kept at 0, and in every step each cell gives heat to its four neighbours or takes some.


def spread(u, num_steps):
    """Let heat flow through a plate with a cold rim, on the plate's device."""
    for _ in range(num_steps):
        inside = u[1:-1, 1:-1]
        neighbours = u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:]
        after = torch.zeros_like(u)
        after[1:-1, 1:-1] = inside + 0.2 * (neighbours - 4 * inside)
        u = after
    return u


# sphinx_gallery_start_ignore
cooled = spread(torch.ones(5, 5), 1)
assert cooled[0].unique() == cooled[:, -1].unique() == 0, (
    "a metal plate is a grid of temperatures, its rim is kept at this"
)
# sphinx_gallery_end_ignore

# %%
# There are no loops over cells, only four shifted :term:`views <view>` of the grid, added. The
# point for this lesson is ``zeros_like``. With ``torch.zeros(u.shape)`` the new grid would lie on
# the CPU, whatever device ``u`` is on, and the simulation would quietly go on there.
#
# Is it right? On a small plate we can afford the loop over cells, and compare one step:

plate = torch.rand(6, 6)
by_loop = torch.zeros(6, 6)
for i in range(1, 5):
    for j in range(1, 5):
        around = plate[i - 1, j] + plate[i + 1, j]
        around += plate[i, j - 1] + plate[i, j + 1]
        by_loop[i, j] = plate[i, j] + 0.2 * (around - 4 * plate[i, j])
error = (spread(plate.to(device), 1).cpu() - by_loop).abs().max().item()
print("device result and loop agree to 1e-6:", error < 1e-6)

# sphinx_gallery_start_ignore
assert error < 1e-6
# A product of two sines shrinks in each step by a factor that is known.
import math

n = 64
x = torch.sin(torch.pi * torch.arange(n + 1) / n)
factor = 1 + 0.8 * (math.cos(math.pi / n) - 1)
torch.testing.assert_close(
    spread(x[:, None] * x, 300),
    factor**300 * x[:, None] * x,
    atol=1e-5,
    rtol=0,
)
# sphinx_gallery_end_ignore

# %%
# It is, whatever the device. Note how the numbers left the device: ``.cpu()`` fetched the plate.
# ``.item()`` fetches a single number, wherever it lies.
#
# The same numbers everywhere
# ---------------------------
#
# Next a larger plate with some hot spots at random places. The generators of different devices give
# different numbers for the same :term:`seed`. So we draw on the CPU and move what was drawn. Then
# every machine starts from the same plate.

generator = torch.Generator().manual_seed(0)
spots = (torch.rand(65, 65, generator=generator) > 0.98).float()
start = spots.to(device)
end = spread(start, num_steps=15)
on_cpu = spread(spots, num_steps=15)
difference = (end.cpu() - on_cpu).abs().max().item()
print("device result and CPU agree to 1e-5:", difference < 1e-5)

# sphinx_gallery_start_ignore
assert difference < 1e-5
again = torch.rand(65, 65, generator=torch.Generator().manual_seed(0)) > 0.98
assert torch.equal(spots, again.float())
# A weighted mean with positive weights stays between the coldest and the hottest.
assert 0 <= end.min() < end.max() < start.max()
# sphinx_gallery_end_ignore

# %%
# “To 1e-5” and not “exactly”: a GPU may add in another order, and the last digits of a sum depend
# on it. Lesson :doc:`Reproducibility </lessons/training/plot_5_reproducibility>` returns to that.
#
# Back home
# ---------
#
# Matplotlib, NumPy and files want their numbers in the CPU's memory. ``.cpu()`` brings them, and
# like ``.to`` it does nothing if they are there. ``.numpy()`` alone is an error on a tensor that
# lies elsewhere; ``.numpy(force=True)`` does whatever is needed first, ``detach`` and ``cpu``, and
# does not say whether it copied.

fig, axes = plt.subplots(1, 2, figsize=(7, 3.2))
for ax, plate, title in zip(
    axes, [start, end], ["at the start", "after 15 steps"], strict=True
):
    image = ax.imshow(plate.cpu().numpy(), vmin=0, vmax=0.2)
    ax.set(title=title, xticks=[], yticks=[])
fig.colorbar(image, ax=axes, label="temperature", extend="max")

# sphinx_gallery_start_ignore
fig.set_label(
    "Two pictures of a square plate. At the start about eighty single cells are hot and all others"
    " cold. After 15 steps each hot cell has become a soft blot, and neighbouring blots have"
    " run together."
)
assert 60 < start[1:-1, 1:-1].sum().item() < 100
assert end.max() < 0.2
watched = torch.ones(2, requires_grad=True)
assert watched.numpy(force=True).tolist() == [1, 1]
try:
    there.numpy()
except TypeError:
    pass
else:
    raise AssertionError("numpy() accepted a tensor that is not on the CPU")
# sphinx_gallery_end_ignore

# %%
# The sharp spots on the left have flowed out into soft blots on the right. Plots are drawn on the
# CPU, so both plates were fetched for them, and only then.
#
# Fetching in every step of a loop, to print a number for instance, makes a program on a GPU slow:
# the device has to finish all its work before it can answer.
#
# How long does it take?
# ----------------------
#
# That last remark has another side. An accelerator works on its own: Python hands it one operation
# after the other and does not wait. A stop watch in Python would measure how fast work is handed
# over. So before reading the clock, wait until all of it is done:


def seconds(function, *args):
    """Time a call, with all the work it started on an accelerator."""
    begin = time.perf_counter()
    function(*args)
    if torch.accelerator.is_available():
        torch.accelerator.synchronize()
    return time.perf_counter() - begin


seconds(spread, start, 10)  # the first call also sets things up
took = seconds(spread, start, 100)
print(f"device {device}: 100 steps in {took:.4f} s")

# sphinx_gallery_start_ignore
assert took > 0
# sphinx_gallery_end_ignore

# %%
# The number is this machine's, and another one in each run. Do not be surprised if a GPU loses on a
# plate as small as this one: it gains where each operation has a lot to do.
#
# What else has a device
# ----------------------
#
# A network is a *module*, an object that holds tensors, and is moved with the same method. One
# difference matters. A tensor's ``.to`` returns another tensor; a module's ``.to`` changes the
# module itself:

layer = torch.nn.Linear(2, 1)
same = layer.to(device)
print("the very same module:", same is layer)
print("its weight came along:", layer.weight.device.type == device.type)

# sphinx_gallery_start_ignore
assert same is layer
assert layer.weight.device.type == device.type
# Of the question below.
assert (there / torch.tensor(4.0)).device.type == "meta", (
    "return x / torch.tensor(4.0)"
)
try:
    there / torch.tensor([1.0, 2.0, 4.0])
except RuntimeError:
    pass
else:
    raise AssertionError(
        "a vector on the CPU was combined with another device"
    )
# sphinx_gallery_end_ignore

# %%
# Inputs still have to be moved, batch by batch. And ``with device:`` makes a device the default for
# what is created in the block, where writing ``device=`` each time would be tedious:

with device:
    weights = torch.zeros(3)
    steps = torch.arange(4)
print("both there:", weights.device.type == steps.device.type == device.type)

# sphinx_gallery_start_ignore
assert weights.device.type == steps.device.type == device.type
assert torch.zeros(1).device.type == "cpu"
here = torch.ones(3)
assert (here / torch.tensor([1.0, 2.0, 4.0])).tolist() == [1, 0.5, 0.25], (
    "return x / torch.tensor([1.0, 2.0, 4.0])"
)
# sphinx_gallery_end_ignore

# %%
# .. predict:: A module is moved. Where is its weight?
#    :aim: 2
#
#    net = nn.Linear(2, 1)
#    net.to("meta")
#    print(net.weight.device)
#    + A module is changed itself: its parameters move, and no new name is needed.
#    - So it would be for a tensor, whose moved copy is a new object.
#        net.to("meta") -> nn.Linear(2, 1).to("meta")
#
# .. note::
#
#    Not every device has every dtype. Apple's GPUs have no float64, for example, which is one more
#    reason to say ``dtype=torch.float32`` when numbers come from NumPy.
#
# .. symptom:: softened on_the_cpu
#    :aim: 1
#    :task: Divide the three columns of ``x``, of shape (n, 3), by 1, 2 and 4. The result lies on the device of ``x``. The check takes one ``x`` on the CPU and one elsewhere.
#    :beside: one_number
#
# .. choose:: ``x`` lies somewhere. Which line makes zeros beside it?
#    :aim: 1
#    :test: y.device == x.device
#
#    x = torch.ones(2, 3, device="meta")
#    + It takes shape, dtype and device from ``x``.
#        y = torch.zeros_like(x)
#    - It takes only the shape, and the device of all new tensors.
#        y = torch.zeros(x.shape)
#    - It names a device. Where ``x`` lies elsewhere, the two cannot be combined.
#        y = torch.zeros(2, 3, device="cpu")
#
# .. choose:: Which line turns a tensor that is being trained into an array, wherever it lies?
#    :aim: 3
#    :test: isinstance(a, np.ndarray)
#
#    w = torch.ones(3, requires_grad=True)
#    + Cut off from the record, brought to the CPU, then seen as an array.
#        a = w.detach().cpu().numpy()
#    - NumPy would lose the record of the gradients, so PyTorch refuses.
#        a = w.cpu().numpy()
#    - That is still a tensor.
#        a = w.detach().cpu()
#
# .. choose:: A device works on its own after ``launch``. Which lines measure how long the job takes?
#    :aim: 3
#    :test: took == 3
#
#    clock, jobs = [0], []
#    def launch(): jobs.append(3)
#    def synchronize(): clock[0] += sum(jobs); jobs.clear()
#    + The clock is read when the work is done.
#        begin = clock[0]; launch(); synchronize(); took = clock[0] - begin
#    - The clock is read when the job has been handed over, and has not begun.
#        begin = clock[0]; launch(); took = clock[0] - begin; synchronize()
#    - All is over when the clock is started.
#        launch(); synchronize(); begin = clock[0]; took = clock[0] - begin
#
# .. predict:: What is kept when a loss is recorded with ``item``?
#    :aim: 3
#
#    loss = (torch.ones(2, requires_grad=True) ** 2).sum()
#    print(type(loss.item()).__name__)
#    + A plain number of Python. It waits for the device, and holds nothing else in memory.
#    - The tensor itself would hold the whole record of how it came about.
#        loss.item() -> loss
#    - An array would be made by ``numpy``, and only after ``detach``.
#        loss.item() -> loss.detach().numpy()
#
# Recap
# -----
#
# - One decision at the top: the current accelerator if there is one, else the CPU.
# - One habit: functions follow their input (``zeros_like``, ``x.device``) and never name a device.
# - ``.to`` copies, or returns the same tensor if it is there already; a module is changed itself.
# - Tensors on two devices do not mix; draw random numbers on the CPU and move them.
# - Fetch results with ``.cpu()`` or ``.item()``, and seldom; wait before you read the clock.
#
# Exercises
# ---------
#
# A function that follows its input; ``check`` tries it on the CPU and on the ``meta`` device, which
# every machine has.
#
# .. exercise:: softened
#    :aim: 1
#
# .. admonition:: A question
#
#    A function ends with ``return x / torch.tensor([1.0, 2.0, 4.0])``. It works on a laptop and
#    raises on a GPU. Why, and what are two ways to repair it? What about ``return x /
#    torch.tensor(4.0)``?
#
#    .. dropdown:: A model answer
#
#       The divisor is made on the CPU, and ``x`` lies elsewhere. Make it with ``device=x.device``,
#       or pass it in from outside, where it is moved once. The second form works: a tensor without
#       dimensions on the CPU may be combined with any device, as a plain number may.
#
# Where to go next
# ----------------
#
# Part 2 begins with :doc:`Derivatives three ways </lessons/autograd/plot_1_derivatives>`.
