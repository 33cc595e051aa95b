"""
Create, index, convert
======================

.. lesson::
   :assumes: tensors/plot_1_from_numpy

   - create tensors of given shape, dtype and content, random ones included
   - take out rows, blocks, listed entries and whatever fulfils a condition
   - convert between dtypes, and say beforehand what the conversion will lose

Most programs begin by making tensors and taking parts out of them, and most of their silent errors
begin there too: a row where a block was meant, a count that is one off, a number that did not fit
into its type. This lesson is a walk through the toolbox, with the sharp edges marked.
"""

# %%
# The imports, and a :term:`seed`, so that your random numbers are the ones on this page.

# sphinx_gallery_tags = ["tensors"]
import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
plt.style.use("pytorch_primer.course")

# %%
# Create
# ------
#
# Given the content, :func:`torch.tensor` makes a tensor of it. Given only a :term:`shape`, there is
# a function for each filling:

print(torch.zeros(2, 3))
print(torch.ones(2, 3))
print(torch.full((2, 3), 7))
print(torch.eye(3))

# sphinx_gallery_start_ignore
assert torch.zeros(2, 3).tolist() == [[0.0] * 3] * 2
assert torch.ones(2, 3).tolist() == [[1.0] * 3] * 2
assert torch.full((2, 3), 7).dtype == torch.int64
assert all(torch.eye(3)[i, j] == (i == j) for i in range(3) for j in range(3))
# sphinx_gallery_end_ignore

# %%
# :func:`torch.empty` only reserves the memory. What the tensor holds is whatever was there before,
# so printing it may show other numbers at every run. It is for tensors that you fill at once:

t = torch.empty(2, 3)
t.fill_(5)
print(t)

# sphinx_gallery_start_ignore
assert t.tolist() == [[5.0] * 3] * 2
# sphinx_gallery_end_ignore

# %%
# Shape, :term:`dtype` and :term:`device` are chosen at creation; each of these functions takes
# ``dtype=`` and ``device=``. The ``_like`` relatives (``zeros_like``, ``randn_like``, …) take all
# three from a tensor; dtype and device can be overruled:

t = torch.zeros(2, 3, dtype=torch.float64, device="cpu")
print(torch.randn_like(t).dtype, torch.ones_like(t, dtype=torch.int32).dtype)
print(
    "dimensions:", t.dim(), " shape:", tuple(t.shape), " entries:", t.numel()
)

# sphinx_gallery_start_ignore
# A notebook has no hidden lines, and must draw the same below.
with torch.random.fork_rng():
    like = torch.randn_like(t)
assert (like.dtype, like.shape) == (torch.float64, t.shape)
assert torch.ones_like(t, dtype=torch.int32).dtype == torch.int32
assert (t.dim(), tuple(t.shape), t.numel()) == (2, (2, 3), 2 * 3)
# sphinx_gallery_end_ignore

# %%
# The number of dimensions counts the entries of the shape, nothing else. A :term:`scalar` has none,
# a vector has one, and a *column* of three numbers has two, since its shape is (3, 1):

for t in [
    torch.tensor(42.0),
    torch.zeros(3),
    torch.zeros(3, 1),
    torch.zeros(2, 3, 4),
]:
    print(
        f"shape {tuple(t.shape)!s:10} dimensions {t.dim()}  entries {t.numel()}"
    )
print("the scalar as a Python number:", torch.tensor(42.0).item())

# sphinx_gallery_start_ignore
assert [
    torch.zeros(shape).dim() for shape in [(), (3,), (3, 1), (2, 3, 4)]
] == [0, 1, 2, 3]
assert torch.tensor(42.0).numel() == 1
assert torch.tensor([[7.0], [8.0], [9.0]]).shape == (3, 1), (
    "a column of three numbers has this shape"
)
# sphinx_gallery_end_ignore

# %%
# .. predict::
#    :aim: 1
#
#    t = torch.zeros(2, 3, dtype=torch.int32)
#    print(torch.ones_like(t, dtype=torch.float64).dtype)
#    + What is named overrules what the ``_like`` function takes from ``t``.
#    - The dtype of ``t`` is taken only where you name none.
#        , dtype=torch.float64 ->
#    - float32 is what ``torch.ones`` makes of itself.
#        torch.ones_like(t, dtype=torch.float64) -> torch.ones(t.shape)
#
# .. predict::
#    :aim: 1
#
#    t = torch.full((2, 3), 7)
#    print(t.dtype)
#    + ``full`` takes the type of what it fills in, and 7 is a whole number.
#    - ``zeros`` and ``ones`` make float32; ``full`` looks at the number.
#        7 -> 7.0
#    - Whole numbers become int64 in PyTorch.
#        7) -> 7).int()
#
# .. predict:: Dimensions and entries: what is printed?
#    :aim: 1
#
#    column = torch.zeros(3, 1)
#    print(column.dim(), column.numel())
#    + The shape has two entries, so there are two dimensions, and 3 · 1 numbers.
#    - A column has a second dimension, of size 1.
#        torch.zeros(3, 1) -> torch.zeros(3)
#    - The number of entries is the product of the sizes, not their sum.
#        column.numel() -> sum(column.shape)
#
# Numbers in a row
# ----------------
#
# :func:`torch.arange` counts in steps and never includes the end. :func:`torch.linspace` takes the
# number of points instead of the step, and includes both ends.

print(torch.arange(5), torch.arange(2, 10, 3))
print(torch.linspace(0, 1, 5))

# sphinx_gallery_start_ignore
assert torch.arange(2, 10, 3).tolist() == list(range(2, 10, 3))
assert torch.linspace(0, 1, 5).tolist() == [0, 0.25, 0.5, 0.75, 1]
# sphinx_gallery_end_ignore

# %%
# With a fractional step, “never includes the end” depends on rounding. From 1 to 1.3 in steps of
# 0.1 there should be three numbers:

print(torch.arange(1, 1.3, 0.1))
print("length / step as computed:", (1.3 - 1) / 0.1)

# sphinx_gallery_start_ignore
assert len(torch.arange(1, 1.3, 0.1)) == 4
assert (1.3 - 1) / 0.1 > 3, "the quotient came out above"
# sphinx_gallery_end_ignore

# %%
# There are four, because the quotient came out a hair above 3. So: whole steps with ``arange``, and
# for a grid of points ``linspace``.
#
# .. predict::
#    :aim: 1
#
#    print(torch.arange(2, 11, 3).tolist())
#    + In steps of 3 from 2, and the end, 11, is never included.
#    - ``arange`` stops before its end.
#        11 -> 12
#    - The third number is the step. ``linspace`` takes the number of points.
#        torch.arange -> torch.linspace
#
# .. choose:: Which line makes five points from 0 to 1, with both ends?
#    :aim: 1
#    :test: x.tolist() == [0, 0.25, 0.5, 0.75, 1]
#
#    + ``linspace`` takes the number of points and includes both ends.
#        x = torch.linspace(0, 1, 5)
#    - The end, 1, is missing: ``arange`` stops before it.
#        x = torch.arange(0, 1, 0.25)
#    - That makes four points, with gaps of a third.
#        x = torch.linspace(0, 1, 4)
#    - The third number of ``arange`` is the step: the first step leads beyond the end.
#        x = torch.arange(0, 1, 5)
#
# Numbers at random
# -----------------
#
# :func:`torch.rand` draws evenly from 0 to 1, :func:`torch.randn` from the normal distribution with
# mean 0 and standard deviation 1. Ten thousand of each show the shapes:

draws = {"rand": torch.rand(10_000), "randn": torch.randn(10_000)}
xs = torch.linspace(-4, 4, 200)
bell = torch.exp(-xs.square() / 2) / (2 * torch.pi) ** 0.5
fig, axes = plt.subplots(1, 2, figsize=(8, 3))
for ax, (name, values) in zip(axes, draws.items(), strict=True):
    ax.hist(values, bins=40, density=True, label="10 000 draws")
    ax.set(title=name, xlabel="value", ylabel="density")
axes[0].plot([0, 1], [1, 1], "--", label="even")
axes[1].plot(xs, bell, "--", label="normal")
axes[0].legend(loc="lower center")
axes[1].legend()

# sphinx_gallery_start_ignore
fig.set_label(
    "Two histograms of ten thousand draws. The one of rand is a flat block from 0 to 1 along a"
    " dashed line at density 1. The one of randn is a bell around 0 that follows the dashed curve"
    " of the normal density and ends near -4 and 4."
)
assert 0 <= draws["rand"].min() < draws["rand"].max() < 1, (
    "rand draws evenly, and has no normal distribution"
)
# Means of n draws stray by about sd / sqrt(n): five times that is a wide margin.
assert abs(draws["rand"].mean() - 1 / 2) < 5 * (1 / 12) ** 0.5 / 100
assert abs(draws["randn"].mean()) < 5 / 100
assert abs(draws["randn"].std() - 1) < 5 / 2**0.5 / 100
assert round(draws["randn"].mean().item(), 1) == 0, (
    "randn draws normally, not evenly, with this mean"
)
assert round(draws["randn"].std().item(), 1) == 1, (
    "randn draws normally, with this standard deviation"
)
# sphinx_gallery_end_ignore

# %%
# Both follow their curve, with the raggedness that chance leaves. Whole numbers come from
# :func:`torch.randint`, which takes the lowest, the end (never drawn) and the shape; an order of
# things from :func:`torch.randperm`. Twelve throws of a die, and six cards shuffled:

print("throws:  ", torch.randint(1, 7, (12,)).tolist())
print("shuffled:", torch.randperm(6).tolist())

# sphinx_gallery_start_ignore
with torch.random.fork_rng():
    throws = torch.randint(1, 7, (10_000,))
    cards = torch.randperm(6).tolist()
assert throws.unique().tolist() == [1, 2, 3, 4, 5, 6]
assert sorted(cards) == list(range(6))
# sphinx_gallery_end_ignore

# %%
# All of these numbers come from a :term:`generator`, which the seed sets to a known state: same
# seed, same numbers.

torch.manual_seed(7)
first = torch.rand(3)
torch.manual_seed(7)
print("again the same:", torch.equal(first, torch.rand(3)))
print("then others:   ", torch.equal(first, torch.rand(3)))

# sphinx_gallery_start_ignore
with torch.random.fork_rng():
    torch.manual_seed(7)
    assert torch.equal(first, torch.rand(3))
    assert not torch.equal(first, torch.rand(3))
# sphinx_gallery_end_ignore

# %%
# .. choose:: Which line throws a die a thousand times?
#    :aim: 1
#    :test: x.unique().tolist() == [1, 2, 3, 4, 5, 6]
#
#    torch.manual_seed(0)
#    + From 1, and 7 is never drawn.
#        x = torch.randint(1, 7, (1000,))
#    - The end is never drawn, so there is no 6.
#        x = torch.randint(1, 6, (1000,))
#    - Without a lowest number it begins at 0.
#        x = torch.randint(7, (1000,))
#    - These are fractions: hardly two of the thousand are equal, and a die shows six numbers.
#        x = 6 * torch.rand(1000) + 1
#
# .. predict::
#    :aim: 1
#
#    torch.manual_seed(7)
#    a, b = torch.rand(3), torch.rand(3)
#    torch.manual_seed(7)
#    print(torch.equal(a, torch.rand(3)), torch.equal(b, torch.rand(3)))
#    + The seed starts the same sequence anew: first the numbers of ``a``, then those of ``b``.
#    - The second draw goes on in the sequence, as it did before.
#        torch.equal(b, torch.rand(3)) -> torch.equal(b, a)
#    - A seed sets the generator to a known state, whatever was drawn before.
#        torch.equal(a, torch.rand(3)) -> torch.equal(a, b)
#
# Index
# -----
#
# For taking parts out we use a table whose entries say where they stand: the entry in row 2 and
# column 3 is 23.

t = 10 * torch.arange(4)[:, None] + torch.arange(6)
print(t)

# sphinx_gallery_start_ignore
assert all(t[i, j] == 10 * i + j for i in range(4) for j in range(6))
row, column = (t == 23).nonzero()[0].tolist()
assert row == 2 and column == 3, "the entry 23"
# sphinx_gallery_end_ignore

# %%
# One index per dimension gives an entry, as a scalar tensor; a slice ``start:stop:step`` gives a
# range, a lone colon all of it, and negative numbers count from the end.

print(t[2, 3], t[2, 3].item())
print("row 1:     ", t[1])
print("column 3:  ", t[:, 3])
print("last row:  ", t[-1, ::2])
print(t[1:3, 2:5])

# sphinx_gallery_start_ignore
assert t[2, 3].item() == 23
assert t[1].tolist() == list(range(10, 16))
assert t[:, 3].tolist() == [3, 13, 23, 33]
assert t[-1, ::2].tolist() == [30, 32, 34]
assert t[1:3, 2:5].tolist() == [[12, 13, 14], [22, 23, 24]]
# sphinx_gallery_end_ignore

# %%
# Note what happened to the shapes: an index removes its dimension, a slice keeps it. The column
# ``t[:, 3]`` has the shape (4,), and ``t[:, 3:4]`` would have (4, 1).
#
# An :term:`index tensor` lists what to take, in any order and as often as you like. Two of them are
# read *in pairs*:

i = torch.tensor([1, 3])
j = torch.tensor([4, 5])
print("rows 1 and 3:")
print(t[i])
print("entries (1, 4) and (3, 5):", t[i, j])

# sphinx_gallery_start_ignore
assert t[i].tolist() == [list(range(10, 16)), list(range(30, 36))]
assert t[i, j].tolist() == [14, 35]
assert t[:, 3].shape == (4,)
assert t[:, 3:4].shape == (4, 1)
# sphinx_gallery_end_ignore

# %%
# Two entries came out of ``t[i, j]``, not a block of two rows and two columns. The block is what
# one gets by taking rows first and columns after. A :term:`mask`, finally, selects by a condition:
# it is a tensor of booleans, true where the condition holds. To see the kinds of index side by
# side, we mark in a table of zeros what each would take:


def mark(ax, index, title):
    """Colour the cells of a 4 by 6 table that an index takes."""
    taken = torch.zeros(4, 6)
    taken[index] = 1
    ax.imshow(taken.numpy(), cmap="Blues", vmin=-0.4, vmax=1.4)
    ax.set(title=title, xticks=range(6), yticks=range(4))
    ax.hlines([0.5, 1.5, 2.5], -0.5, 5.5, color="#80868b", linewidth=1)
    ax.vlines(
        [k + 0.5 for k in range(5)], -0.5, 3.5, color="#80868b", linewidth=1
    )


# %%
# For the block by index tensors the rows are made a column, so that :term:`broadcasting` pairs each
# row with each column.

fig, axes = plt.subplots(1, 4, figsize=(10, 2.2))
mark(axes[0], (slice(1, 3), slice(2, 5)), "t[1:3, 2:5]")
mark(axes[1], (i, j), "t[i, j]")
mark(axes[2], (i[:, None], j), "t[i[:, None], j]")
mark(axes[3], t % 7 == 0, "t[t % 7 == 0]")

# sphinx_gallery_start_ignore
fig.set_label(
    "Four tables of four rows and six columns with the selected cells dark. The slices take a block"
    " of two by three cells. The pairs take two single cells, (1, 4) and (3, 5). Rows and columns"
    " crossed take the four cells where rows 1, 3 meet columns 4, 5. The mask takes cells scattered"
    " over the table."
)
assert torch.equal(t[i[:, None], j], t[i][:, j])
assert t[i][:, j].tolist() == [[14, 15], [34, 35]]
assert t[t % 7 == 0].tolist() == [0, 14, 21, 35], "the mask took the multiples"
divisors = [k for k in range(1, 40) if (t[t % 7 == 0] % k == 0).all()]
assert divisors == [1, 7], "the mask took multiples of"
# sphinx_gallery_end_ignore

# %%
# Only the crossed indices in the third table make a block of rows and columns; the pairs in the
# second pick single cells. The mask in the last one took 0, 14, 21 and 35, the multiples of 7, and
# gave them back in one row.
#
# .. predict::
#    :aim: 2
#
#    t = torch.zeros(4, 6)
#    print(tuple(t[:, 3].shape), tuple(t[:, 3:4].shape))
#    + An index removes its dimension, a slice keeps it.
#    - The plain index leaves no dimension of size 1 behind.
#        t[:, 3].shape -> t[:, 3:4].shape
#    - A slice keeps its dimension, also where it takes a single column.
#        t[:, 3:4].shape -> t[:, 3].shape
#
# .. predict::
#    :aim: 2
#
#    t = 10 * torch.arange(4)[:, None] + torch.arange(6)
#    i, j = torch.tensor([0, 2]), torch.tensor([1, 3])
#    print(t[i, j].tolist())
#    + The two are read in pairs: the entries (0, 1) and (2, 3).
#    - That is the block where the rows meet the columns: ``t[i][:, j]``.
#        t[i, j] -> t[i][:, j]
#    - The first index tensor names the rows.
#        t[i, j] -> t[j, i]
#
# .. predict::
#    :aim: 2
#
#    t = torch.arange(6).reshape(2, 3)
#    print(t[t % 2 == 0].tolist())
#    + Where the mask is true: the even entries, in one row.
#    - A mask takes entries out. To replace the others, there is ``torch.where`` (next section).
#        t[t % 2 == 0] -> torch.where(t % 2 == 0, t, 0)
#    - These are the places of the entries, not the entries: ``nonzero`` lists places.
#        t[t % 2 == 0] -> (t % 2 == 0).nonzero()
#
# Window or copy?
# ---------------
#
# What plain indices and slices take is a window: it shares memory with the tensor. What an index
# tensor or a mask selects lies anywhere, so it is copied.

row, listed = t[0], t[torch.tensor([0])]
row[0] = -1
listed[0, 1] = -2
print("row 0 of t:", t[0])

# sphinx_gallery_start_ignore
assert t[0].tolist() == [-1, 1, 2, 3, 4, 5], "into the first row"
assert listed[0, 1] == -2, (
    "written in the selection, did not arrive in the table"
)
assert t[0, 0] == -1, "written into row 0, arrived in the table"
# sphinx_gallery_end_ignore

# %%
# The −1 written into row 0 arrived in the table, the −2 written into the selection did not. On
# the *left* of an assignment, though, all kinds of index write into the tensor itself:

t[t < 0] = 0
t[i, j] = 99
print(t)
print("where it is 99:", (t == 99).nonzero().tolist())
print(torch.where(t == 99, 1, 0).sum().item(), "entries were set")

# sphinx_gallery_start_ignore
assert t[0].tolist() == [0, 1, 2, 3, 4, 5]
assert (t == 99).nonzero().tolist() == [[1, 4], [3, 5]]
# sphinx_gallery_end_ignore

# %%
# :meth:`nonzero <torch.Tensor.nonzero>` lists the places, and :func:`torch.where` chooses entry by
# entry between two values. One habit from NumPy does not carry over: a step must be positive, and
# ``t[::-1]`` is an error. To reverse, use :func:`torch.flip`.

print(torch.arange(4).flip(0))
try:
    t[::-1]
except ValueError as error:
    print(error)

# sphinx_gallery_start_ignore
else:
    raise AssertionError("a negative step was accepted")
assert torch.arange(4).flip(0).tolist() == [3, 2, 1, 0]
# sphinx_gallery_end_ignore

# %%
# .. predict::
#    :aim: 2
#
#    a = torch.arange(4)
#    b, c = a[1:3], a[torch.tensor([1, 2])]
#    b[0], c[1] = 9, 7
#    print(a.tolist())
#    + The slice is a window on ``a``, the selection is a copy.
#    - An index tensor copies: the 7 stays in ``c``.
#        a[torch.tensor([1, 2])] -> a[1:3]
#    - A slice shares the memory: the 9 arrives in ``a``.
#        a[1:3] -> a[1:3].clone()
#
# .. shapes:: memory
#    :aim: 2
#    :seed: 5
#
# Convert
# -------
#
# A conversion makes another tensor and leaves the first as it is: ``.to(torch.float64)``, or the
# short forms ``.float()``, ``.double()``, ``.long()``, ``.bool()``. ``.to("cpu", torch.float64)``
# sets device and dtype together. There are dozens of dtypes; these are the ones in daily use, with
# what fits into them:

for dtype in [torch.float16, torch.bfloat16, torch.float32, torch.float64]:
    fits = torch.finfo(dtype)
    size = f"{fits.bits // 8} bytes"
    print(
        f"{dtype!s:15} {size}, to {fits.max:.2e}, gap after 1: {fits.eps:.1e}"
    )
for dtype in [torch.uint8, torch.int32, torch.int64]:
    fits = torch.iinfo(dtype)
    size = f"{fits.bits // 8} bytes"
    print(f"{dtype!s:15} {size}, from {fits.min} to {fits.max}")

# sphinx_gallery_start_ignore
both = torch.zeros(2).to("cpu", torch.float64)
assert (both.dtype, both.device.type) == (torch.float64, "cpu")
assert torch.finfo(torch.float32).eps == 2**-23
assert (
    torch.finfo(torch.bfloat16).eps
    == 2**-7
    > torch.finfo(torch.float16).eps
    == 2**-10
)
assert (
    torch.finfo(torch.bfloat16).max
    > 1e38
    > torch.finfo(torch.float16).max
    == 65504
)
assert torch.iinfo(torch.uint8).max == 255
assert (
    sum(isinstance(value, torch.dtype) for value in vars(torch).values()) > 24
)
assert (
    torch.finfo(torch.float16).bits == torch.finfo(torch.bfloat16).bits == 16
)
# sphinx_gallery_end_ignore

# %%
# The two 16-bit types spend their bits differently: ``float16`` on digits, ``bfloat16`` on range.
# Into a wider type everything fits. Into a narrower one something has to give, and PyTorch does not
# complain:

print("digits:  ", torch.tensor(0.1).double().item())
print("wholes:  ", int(torch.tensor(16_777_217).float().item()))
print("range:   ", torch.tensor(70_000.0).half().item())
print("fraction:", torch.tensor([2.9, -2.9]).long().tolist())
print("wraps:   ", torch.tensor([255, 256, 300]).to(torch.uint8).tolist())
print("sign:    ", torch.tensor([0.0, 0.5, -3.0]).bool().tolist())

# sphinx_gallery_start_ignore
import struct

assert (
    torch.tensor(0.1).double().item()
    == struct.unpack("f", struct.pack("f", 0.1))[0]
    != 0.1
)
assert int(torch.tensor(16_777_217).float().item()) == 2**24 == 16_777_216
assert int(torch.tensor(2**24 + 2).float().item()) == 2**24 + 2, (
    "above this not every whole number fits any more, but some do"
)
assert torch.tensor(70_000.0).half().item() == float("inf")
assert torch.tensor([2.9, -2.9]).long().tolist() == [2, -2]
assert torch.tensor([255, 256, 300]).to(torch.uint8).tolist() == [
    255,
    256 % 256,
    300 % 256,
]
assert torch.tensor([256]).to(torch.uint8) == 0, (
    "an unsigned byte starts again"
)
assert torch.tensor([0.0, 0.5, -3.0]).bool().tolist() == [False, True, True]
# sphinx_gallery_end_ignore

# %%
# Line by line: a float32 holds about seven digits of 0.1, and going back to float64 does not
# bring the others back. Above 2²⁴ not every whole number fits any more. 70 000 is beyond ``float16``
# and becomes infinite. Fractions are cut off, towards zero, not rounded. An unsigned byte starts
# again at 0 after 255. And as a boolean everything but 0 is true, whatever its sign.
#
# .. predict::
#    :aim: 3
#
#    print(torch.tensor([2.7, -2.7]).long().tolist())
#    + The fraction is cut off, towards zero.
#    - Nothing is rounded. Round first if you want that.
#        .long() -> .round().long()
#    - Not downwards: towards zero.
#        .long() -> .floor().long()
#
# .. predict::
#    :aim: 3
#
#    print(int(torch.tensor(2**24 + 3).float().item()))
#    + Above 2²⁴ float32 holds every other whole number, then every fourth.
#    - float64 would keep it; float32 has no digit left for it.
#        .float() -> .double()
#    - It is not cut off to the power of two: it goes to a neighbour.
#        2**24 + 3 -> 2**24
#
# .. warning::
#
#    Converting a *negative or too large float* to an unsigned type has no defined result: the
#    answer depends on the processor. Round and :func:`clamp <torch.clamp>` first.
#
# Computed together, two dtypes of a kind meet in the narrowest one that holds both, mostly the wider
# of the two, and a float type wins over any integer type. Division always leaves the integers; ``//``
# stays there.

n = torch.tensor([7, 8])
print((n + 0.5).dtype, (n / 2).dtype, (n // 2).dtype, n / 2)
byte = torch.tensor(250, dtype=torch.uint8)
print("250 + 10 in a byte:", (byte + 10).item())

# sphinx_gallery_start_ignore
assert (n + 0.5).dtype == (n / 2).dtype == torch.float32
assert (n // 2).dtype == torch.int64
meet = torch.promote_types
assert meet(torch.int32, torch.int64) == torch.int64, "mostly the wider"
assert meet(torch.uint8, torch.int8) == torch.int16, "the narrowest for both"
assert meet(torch.float16, torch.bfloat16) == torch.float32
assert meet(torch.int64, torch.float16) == torch.float16, "a float type wins"
assert (n / 2).tolist() == [3.5, 4.0]
assert (byte + 10).item() == (250 + 10) % 256 == 4
# sphinx_gallery_end_ignore

# %%
# The last line is the trap of image data. Pixels come as bytes, and the plain number 10 does not
# widen them, so 250 + 10 gives 4. Convert pixels to floats before computing with them.
#
# .. predict::
#    :aim: 3
#
#    pixel = torch.tensor(200, dtype=torch.uint8)
#    print((pixel + 100).item())
#    + A plain number does not widen the byte, and a byte starts again at 0 after 255.
#    - That takes a wider type: convert before you compute.
#        dtype=torch.uint8 -> dtype=torch.int64
#    - It does not stop at the largest byte, it starts again.
#        pixel + 100 -> (pixel.int() + 100).clamp(max=255)
#
# .. predict::
#    :aim: 3
#
#    n = torch.tensor([7, 8])
#    print((n / 2).tolist(), (n // 2).tolist())
#    + ``/`` always leaves the integers; ``//`` stays with them and rounds down.
#    - ``/`` gives floats, also of two integers.
#        (n / 2) -> (n // 2)
#    - ``//`` stays with the integers.
#        (n // 2) -> (n / 2)
#
# .. symptom:: select t_i_j_takes_every_column
#    :aim: 2
#
# Recap
# -----
#
# - Fillings have names: ``zeros``, ``ones``, ``full``, ``eye``, ``rand``, ``randn``; ``_like``
#   copies shape, dtype and device. ``empty`` is for what is filled at once.
# - Points on a grid: ``linspace``. Whole numbers: ``arange``, without its end.
# - Plain indices and slices give windows; index tensors and masks copy. ``t[i, j]`` reads pairs.
# - A conversion makes a new tensor, and what does not fit is lost without a warning.
#
# Exercises
# ---------
#
# One function with both uses of index tensors, and a conversion that loses no more than it must.
#
# .. exercise:: select
#    :aim: 2
#
# .. exercise:: to_bytes
#    :aim: 3
#
# Where to go next
# ----------------
#
# :doc:`Operations, views and changes in place </lessons/tensors/plot_3_operations_views>` computes
# with tensors, and looks beneath them at the memory that they share.
