"""
From NumPy to tensors
=====================

.. lesson::
   :assumes: arrays of NumPy, and that ``a * b`` multiplies them entry by entry

   - predict the shape of a result when arrays of different shapes are combined
   - move numbers from NumPy to PyTorch and back, and say each time whether they were copied
   - name the dtype that arrives on the other side, and choose another where you need one

A :term:`tensor` looks like a NumPy array, and most of what you know of arrays holds for it. It can
do two things more: say how a result changes with its numbers, and live on a GPU. The border between
the two is worth a lesson. Cross it one way and the numbers are copied; cross it another way and
array and tensor share one piece of memory, so that a change here shows up there.
"""

# %%
# We need both libraries, and Matplotlib for one picture.

# sphinx_gallery_tags = ["tensors"]
import matplotlib.pyplot as plt
import numpy as np
import torch

plt.style.use("pytorch_primer.course")

# %%
# Why not just NumPy?
# -------------------
#
# The same computation in both, the sum of three squares. The tensor is told beforehand that we want
# derivatives with respect to it, and afterwards it has them.

x = torch.tensor([1.0, 2.0, 4.0], requires_grad=True)
total = (x**2).sum()
total.backward()
print("NumPy:  ", (np.array([1.0, 2.0, 4.0]) ** 2).sum())
print("PyTorch:", total.item(), " slopes:", x.grad, " lies on:", x.device)

# sphinx_gallery_start_ignore
by_numpy = (np.array([1.0, 2.0, 4.0]) ** 2).sum()
assert by_numpy == total.item() == 1 + 4 + 16 == 21, "both say"
assert x.grad.tolist() == [2 * n for n in (1, 2, 4)] == [2, 4, 8]
assert x.device.type == "cpu"
# sphinx_gallery_end_ignore

# %%
# Both say 21. The slopes 2, 4 and 8 are the derivatives :math:`2x` of the squares, and nobody wrote
# that formula: PyTorch differentiated the program, which part 2 explains. ``device`` says where the
# numbers lie; on a GPU the same lines run there. A network is trained by these two abilities. Where
# you need neither, stay with NumPy.
#
# Broadcasting
# ------------
#
# Arrays are combined entry by entry. They can be joined along a new first axis:

a = np.array([1, 2, 4])
pair = np.stack([a, a - 1])
print(pair)
print("shape:", pair.shape)

# sphinx_gallery_start_ignore
assert pair.tolist() == [[1, 2, 4], [0, 1, 3]]
assert a.shape == (3,), "arrays of this shape became"
assert pair.shape == (2, 3), "the shape that the arrays became"
subtracted = [entry - 1 for entry in a.tolist()]
assert np.shape(1) == () and (a - 1).tolist() == subtracted, (
    "the number has no shape, and was subtracted from every entry"
)
# sphinx_gallery_end_ignore

# %%
# Two arrays of :term:`shape` (3,) became one of shape (2, 3). In ``a - 1`` the number 1 has no
# shape at all, and was still subtracted from every entry. The rule behind that is
# :term:`broadcasting`. Write the two shapes one below the other, flush right. In each column the
# sizes must be equal, or one of them must be 1 or missing. Where it is 1 or missing, that array is
# repeated. A column (3, 1) and a row (4,) together fill a table (3, 4):

column = np.array([[0], [10], [20]])
row = np.array([1, 2, 3, 4])
table = column + row
print(column.shape, "+", row.shape, "->", table.shape)

# sphinx_gallery_start_ignore
by_loops = [[tens + ones for ones in (1, 2, 3, 4)] for tens in (0, 10, 20)]
assert table.tolist() == by_loops
assert column.shape == (3, 1), "column and row together fill the table"
assert row.shape == (4,), "column and row together fill the table"
assert table.shape == (3, 4), "column and row together fill the table"


def refused(*sizes):
    """Whether two sizes of one column of the shapes do not go together."""
    try:
        np.broadcast_shapes(*((size,) for size in sizes))
    except ValueError:
        return True
    return False


sizes = range(1, 9)
assert not any(refused(m, n) for m in sizes for n in sizes if 1 in (m, n)), (
    "in each column the sizes must be equal, or one of them this or missing"
)
assert all(
    refused(m, n) != (m == n or 1 in (m, n)) for m in sizes for n in sizes
)
wide = np.broadcast_to(column, table.shape)
assert column.shape[1] == 1 and (wide == wide[:, :1]).all(), (
    "where it is this or missing, that array is repeated"
)
# sphinx_gallery_end_ignore

# %%
# To see it, we draw the three as grids, with the column and the row repeated as the rule says.


def draw_grid(ax, values, title):
    """Draw a small array as coloured cells with their numbers in them."""
    ax.imshow(values, vmin=-12, vmax=42, cmap="Blues")
    for (i, j), value in np.ndenumerate(values):
        ax.text(j, i, value, ha="center", va="center", color="#111111")
    ax.set(title=title, xticks=[], yticks=[])


fig, axes = plt.subplots(1, 3, figsize=(8, 2.2))
draw_grid(axes[0], np.broadcast_to(column, (3, 4)), "column, repeated")
draw_grid(axes[1], np.broadcast_to(row, (3, 4)), "row, repeated")
draw_grid(axes[2], table, "column + row")

# sphinx_gallery_start_ignore
fig.set_label(
    "Three grids of three rows and four columns. In the first every row holds one number: 0, 10 and"
    " 20 from top to bottom. In the second every row is 1, 2, 3, 4. The third is their sum, from 1"
    " at the top left to 24 at the bottom right."
)
assert table[0, 0] == 1
assert table[-1, -1] == 24
# sphinx_gallery_end_ignore

# %%
# The left grid repeats the column four times, the middle one the row three times, and the sum is
# taken cell by cell. Nothing is really repeated in memory; the pictures show what it amounts to.
#
# If neither size is 1, there is no sensible reading, and NumPy refuses:

try:
    np.ones(3) + np.ones(4)
except ValueError as error:
    print(error)

# sphinx_gallery_start_ignore
else:
    raise AssertionError("shapes (3,) and (4,) were broadcast")
assert (np.ones((3, 1)) + np.ones(4)).shape == (3, 4), "if a size is 1"
assert np.broadcast_shapes((1,), (4,)) == (4,)
# sphinx_gallery_end_ignore

# %%
# The dangerous case is the one that is *not* refused. Suppose a model gives three predictions as a
# column, and the three true values came as a plain vector:

predictions = np.array([[1.0], [2.0], [3.0]])
targets = np.array([1.0, 2.0, 3.0])
print("difference has shape", (predictions - targets).shape)
print("mean square:", ((predictions - targets) ** 2).mean())

# sphinx_gallery_start_ignore
assert (predictions - targets).shape == (3, 3)
# All nine differences: twice 2, four times 1 (both signs), three zeros.
assert np.isclose(
    ((predictions - targets) ** 2).mean(), (2 * 2**2 + 4 * 1**2) / 9
)
assert round(12 / 9, 2) == 1.33
right = zip(predictions[:, 0], targets, strict=True)
assert sum((p - t) ** 2 for p, t in right) / len(targets) == 0, (
    "every prediction is right: the mean square error, each with its target"
)
# sphinx_gallery_end_ignore

# %%
# Every prediction is right, and yet the mean square error is 1.33 instead of 0: each prediction was
# compared with each target. Making a column of the vector first repairs it. PyTorch broadcasts by
# the same rule, so the trap is there too.

as_column = targets.reshape(-1, 1)
print("mean square:", ((predictions - as_column) ** 2).mean())

# sphinx_gallery_start_ignore
assert as_column.shape == (3, 1)
assert targets.reshape(-1).size == targets.size, "as many as are left"
assert ((predictions - as_column) ** 2).mean() == 0
# sphinx_gallery_end_ignore

# %%
# The size −1 means “as many as are left”.
#
# .. shapes:: broadcast
#    :aim: 1
#    :seed: 1
#
# .. shapes:: broadcast
#    :aim: 1
#    :seed: 2
#
# .. shapes:: refused
#    :aim: 1
#    :seed: 0
#
# Across the border
# -----------------
#
# Now to PyTorch. ``torch.tensor`` makes a tensor of nested lists or of an array, and the arithmetic
# reads the same:

t = torch.tensor([[1, 2, 4], [0, 1, 3]])
print(10 * t - 2)
print("same as NumPy's:", np.array_equal((10 * t - 2).numpy(), 10 * pair - 2))

# sphinx_gallery_start_ignore
assert (10 * t - 2).tolist() == [[8, 18, 38], [-2, 8, 28]]
# sphinx_gallery_end_ignore

# %%
# The same numbers. And the same broadcasting; a column plus a row, once by hand with two loops and
# once by PyTorch:

column_t, row_t = torch.tensor(column), torch.tensor(row)
by_hand = torch.zeros(3, 4)
for i in range(3):
    for j in range(4):
        by_hand[i, j] = column_t[i, 0] + row_t[j]
difference = (by_hand - (column_t + row_t)).abs().max()
print("largest difference:", difference.item())

# sphinx_gallery_start_ignore
assert difference.item() == 0
assert by_hand.tolist() == by_loops
# sphinx_gallery_end_ignore

# %%
# ``.item()`` turned a tensor with one entry into a plain Python number. For more than one entry,
# ``.tolist()`` makes nested lists.
#
# Copy or window?
# ---------------
#
# There are two ways across. :func:`torch.tensor` copies. :func:`torch.from_numpy` does not: the
# tensor is a window on the array's memory. We make one of each, and then change the array.

copied = torch.tensor(a)
shared = torch.from_numpy(a)
a[0] = 100
print("copied:", copied.tolist())
print("shared:", shared.tolist())

# sphinx_gallery_start_ignore
assert copied.tolist() == [1, 2, 4]
assert shared.tolist() == [100, 2, 4]
assert copied[0] == 1, "the copy"
assert shared[0] == 100, "the window"
# sphinx_gallery_end_ignore

# %%
# The copy kept its 1; the window shows the 100. It works in the other direction, too. A method
# whose name ends with an underscore changes its tensor in place:

shared.mul_(10)
print("array: ", a)
print("copied:", copied.tolist())
print(
    "one memory:",
    np.shares_memory(a, shared.numpy()),
    np.shares_memory(a, copied.numpy()),
)

# sphinx_gallery_start_ignore
assert a.tolist() == [1000, 20, 40]
assert copied.tolist() == [1, 2, 4]
assert np.shares_memory(a, shared.numpy())
assert not np.shares_memory(a, copied.numpy())
assert not np.shares_memory(a, (shared * 10).numpy())
# sphinx_gallery_end_ignore

# %%
# The array has changed without being mentioned. A new result, on the other hand, lies in new
# memory, wherever its operands were: ``shared * 10`` would have left ``a`` alone.
#
# Sharing costs nothing, however large the array is. That is the reason to want it, for instance for
# a data set that fills half of the memory. Where the array lives on and may be changed, copy.
# :func:`torch.as_tensor` shares if it can and copies if it must, for instance to change the
# :term:`dtype`:

same = torch.as_tensor(a)
other = torch.as_tensor(a, dtype=torch.float32)
a[0] = 7
print("shared:", same.tolist(), " copied:", other.tolist())

# sphinx_gallery_start_ignore
assert same.tolist() == [7, 20, 40]
assert same[0] == 7, "arrived"
assert other.tolist() == [1000, 20, 40]
# sphinx_gallery_end_ignore

# %%
# The 7 arrived in the first and not in the second.
#
# .. predict::
#    :aim: 2
#
#    a = np.array([1.0, 2.0, 4.0])
#    t = torch.from_numpy(a)
#    a[0] = 100
#    print(t[0].item())
#    + Tensor and array are two names for one piece of memory.
#    - A copy would have kept the old number. This function makes none.
#        torch.from_numpy(a) -> torch.tensor(a)
#
# .. predict::
#    :aim: 2
#
#    a = np.array([1.0, 2.0, 4.0])
#    t = torch.from_numpy(a) * 10
#    t[0] = -1
#    print(a[0])
#    + The product is a new result in new memory, so the array does not notice.
#    - Only an operation in place would write into the shared memory.
#        torch.from_numpy(a) * 10 -> torch.from_numpy(a).mul_(10)
#    - The array would have changed if it had been multiplied itself.
#        t = torch.from_numpy(a) * 10 -> t = torch.from_numpy(a).mul_(10).clone()
#
# The way back
# ------------
#
# ``.numpy()`` makes an array of a tensor, and this, too, is a window:

t = torch.tensor([1.0, 2.0, 4.0])
window = t.numpy()
window[0] = -1
print(t)

# sphinx_gallery_start_ignore
assert t.tolist() == [-1.0, 2.0, 4.0]
# sphinx_gallery_end_ignore

# %%
# Writing to the array changed the tensor. ``t.numpy().copy()`` is the array that stays as it is.
#
# There is one refusal that everybody meets sooner or later. A tensor that takes part in the
# computation of gradients cannot become an array just like that, because NumPy would not keep the
# record that gradients are computed from:

w = torch.tensor([1.0, 2.0], requires_grad=True)
try:
    w.numpy()
except RuntimeError as error:
    refusal = error
    print(refusal)
print(w.detach().numpy())

# sphinx_gallery_start_ignore
assert w.detach().numpy().tolist() == [1.0, 2.0]
assert "detach" in str(refusal)
# sphinx_gallery_end_ignore

# %%
# The message names the way out: ``detach`` first, which cuts the tensor off from the record. A
# tensor on a GPU has to come to the CPU first, with ``.cpu()``.
#
# .. choose:: Which line makes an array that later changes of ``t`` do not reach?
#    :aim: 2
#    :test: (t.add_(1), b[0] == 1)[1]
#
#    t = torch.ones(3)
#    + A window, and then a copy of what is seen through it.
#        b = t.numpy().copy()
#    - This is a window: it shows whatever is done to ``t``.
#        b = t.numpy()
#    - NumPy takes the memory as it is; nothing is copied.
#        b = np.asarray(t)
#
# Which dtype arrives?
# --------------------
#
# Both libraries have much the same number types, and a conversion keeps the type of the array:

for name in ["float64", "float32", "int64", "int32", "uint8", "bool"]:
    print(f"{name:8} -> {torch.tensor(np.zeros(1, dtype=name)).dtype}")

# sphinx_gallery_start_ignore
for name in ["float64", "float32", "int64", "int32", "uint8", "bool"]:
    for way in (torch.tensor, torch.from_numpy):
        assert way(np.zeros(1, dtype=name)).dtype == getattr(torch, name)
bits = [8 * x.itemsize for x in (np.array([1.0]), torch.tensor([1.0]))]
assert bits == [64, 32], "bits of NumPy's and PyTorch's floats"
assert int(np.__version__.split(".")[0]) >= 2, (
    "NumPy's whole numbers, from this version on, are as in PyTorch"
)
# sphinx_gallery_end_ignore

# %%
# What the two do *not* share is their habit with plain Python numbers. Whole numbers become
# int64 in both (on NumPy from version 2, on any system). Numbers with a point become 64-bit floats
# in NumPy and 32-bit floats in PyTorch:

from_list = torch.tensor([1.0, 2.0, 3.0])
from_array = torch.tensor(np.array([1.0, 2.0, 3.0]))
print("from a list: ", from_list.dtype)
print("from an array:", from_array.dtype)

# sphinx_gallery_start_ignore
assert from_list.dtype == torch.float32
assert from_array.dtype == torch.float64
assert torch.tensor([1, 2]).dtype == torch.int64
assert np.array([1, 2]).dtype == np.int64
# sphinx_gallery_end_ignore

# %%
# So numbers that went through NumPy arrive as float64, and the weights of a network are float32.
# Entry by entry, PyTorch takes the wider of two float types. In a matrix product it refuses:

weights = torch.ones(3, 3)
print("sum of both types:", (weights + from_array).dtype)
print("plus one number:  ", (weights + from_array[0]).dtype)
print("half and integer: ", (weights.half() + torch.tensor([1, 2, 3])).dtype)
try:
    weights @ from_array
except RuntimeError as error:
    print(error)

# sphinx_gallery_start_ignore
else:
    raise AssertionError("a product of float32 and float64 was accepted")
assert (weights + from_array).dtype == torch.float64
assert from_array[0].dtype == torch.float64
assert from_array[0].dim() == 0
assert (weights + from_array[0]).dtype == torch.float32
assert (weights.half() + torch.tensor([1, 2, 3])).dtype == torch.float16
# sphinx_gallery_end_ignore

# %%
# Two lines show where “the wider” ends. A tensor without dimensions counts like a plain number and
# does not widen a type of its own kind, so the sum with one float64 entry stays float32. And any
# float type wins over any integer type: ``float16``, which ``.half()`` makes, with int64 gives
# ``float16``. (In its messages PyTorch calls float64 *Double*, float32 *Float* and float16 *Half*.)
#
# The cure is to say on the way in which type you want. If that means a change of type, the numbers
# are copied, whichever function you use.

x = torch.tensor(np.array([1.0, 2.0, 3.0]), dtype=torch.float32)
print(weights @ x)

# sphinx_gallery_start_ignore
assert (weights @ x).tolist() == [1 + 2 + 3] * 3
class_not_function = torch.Tensor
assert class_not_function([1, 2]).dtype == torch.float32
assert class_not_function(3).shape == (3,), "torch.Tensor(3) has this size"
# sphinx_gallery_end_ignore

# %%
# Write the function ``torch.tensor``, with a small t. The class ``torch.Tensor`` makes float32 of
# everything, whole numbers too. And ``torch.Tensor(3)`` is not the number 3: it is a tensor of
# *size* 3, with whatever was in the memory.
#
# Not everything can cross. There is no tensor of strings, and none that runs backwards through
# memory:

try:
    torch.from_numpy(a[::-1])
except ValueError as error:
    print(str(error).split(" (")[0])
print(torch.tensor(a[::-1].copy()))

# sphinx_gallery_start_ignore
assert torch.tensor(a[::-1].copy()).tolist() == [40, 20, 7]
for bad, expected in [(a[::-1], ValueError), (np.array(["one"]), TypeError)]:
    try:
        torch.from_numpy(bad)
    except expected:
        pass
    else:
        raise AssertionError("from_numpy accepted what it should refuse")
# sphinx_gallery_end_ignore

# %%
# A reversed array is a window with a negative step. A copy puts its numbers in order, and then they
# can cross.
#
# .. symptom:: stack_transforms the_three_arrays_are_in
#    :aim: 1
#
# .. symptom:: to_torch_times_10 the_argument_t_changed
#    :aim: 2
#
# .. symptom:: to_column the_dtype_of_a_was
#    :aim: 3
#    :task: Turn a one-dimensional NumPy array of n floats (float32 or float64) into a float32 tensor of shape (n, 1) that shares no memory with ``a``. The check takes arrays of 4, 3 and 1 numbers, the second of them float64.
#
# .. predict::
#    :aim: 3
#
#    print(torch.tensor(np.array([1.0, 2.0])).dtype)
#    + The array was made first, with NumPy's habit, and a conversion keeps its type.
#    - That would be the type if the list had gone to PyTorch directly.
#        np.array([1.0, 2.0]) -> [1.0, 2.0]
#    - The numbers have a point.
#        [1.0, 2.0] -> [1, 2]
#
# .. choose:: Which line gives a ``float32`` tensor?
#    :aim: 3
#    :test: t.dtype == torch.float32
#
#    a = np.array([1.5, 2.5])
#    + It says which type is wanted, and copies because it has to.
#        t = torch.as_tensor(a, dtype=torch.float32)
#    - A window cannot have another type than the memory behind it.
#        t = torch.from_numpy(a)
#    - A copy keeps the type of the array.
#        t = torch.tensor(a)
#
# Recap
# -----
#
# - Shapes are compared from the right; equal sizes fit, and a 1 or a missing size is repeated.
# - A column minus a vector is a table. Look at shapes before you look at numbers.
# - ``torch.tensor`` copies; ``torch.from_numpy`` and ``.numpy()`` give windows on the same memory.
# - An array's dtype is kept, and NumPy's floats are float64: say ``dtype=torch.float32`` for a
#   network.
# - Two float types meet in the wider one, but one number does not widen a type of its own kind, and
#   floats win over integers.
#
# Exercises
# ---------
#
# The first stays in NumPy, the second crosses the border, the third must not leave a window open,
# and the fourth is the rule of broadcasting itself.
#
# .. exercise:: stack_transforms
#    :aim: 1
#
# .. exercise:: to_torch_times_10
#    :aim: 2
#
# .. exercise:: to_column
#    :aim: 2 3
#
# .. exercise:: broadcast_shape
#    :aim: 1
#
# Where to go next
# ----------------
#
# :doc:`Create, index, convert </lessons/tensors/plot_2_create_index_convert>` makes tensors without
# NumPy's help, and takes them apart again.
