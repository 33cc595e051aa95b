r"""
Operations, views and changes in place
======================================

.. lesson::
   :assumes: tensors/plot_2_create_index_convert

   - multiply, reduce, join and reshape tensors, and predict every resulting shape
   - explain with storage and strides why a transpose costs nothing
   - tell which of your tensors share memory, and change one in place without surprises

Transposing a matrix of a million rows takes PyTorch no longer than transposing a small one. It does
not move a single number. How that is possible, and what it means for the day on which you change
one of the numbers, is the second half of this lesson. The first half is the arithmetic.
"""

# %%
# The imports, and a seed for the random matrices.

# sphinx_gallery_tags = ["tensors"]
import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
plt.style.use("pytorch_primer.course")

# %%
# Entry by entry
# --------------
#
# Operators and most functions work on each entry by itself, and every operator has a name as well:
# ``a + b`` is :func:`torch.add`.

a = torch.tensor([1.0, 2.0, 3.0])
b = torch.tensor([4.0, 5.0, 6.0])
print(a + b, a * b, a**2)
print(torch.exp(torch.log(a)), torch.maximum(a, 4 - a), a < b)

# sphinx_gallery_start_ignore
assert torch.equal(torch.add(a, b), a + b)
assert (a * b).tolist() == [1 * 4, 2 * 5, 3 * 6]
torch.testing.assert_close(torch.exp(torch.log(a)), a)
assert torch.maximum(a, 4 - a).tolist() == [3, 2, 3]
# sphinx_gallery_end_ignore

# %%
# Products
# --------
#
# The star is *not* the product of linear algebra. That is ``@``: for two vectors the dot product,
# for a matrix and a vector the matrix times the vector, for two matrices their product.

A = torch.randn(2, 3)
B = torch.randn(3, 4)
print("dot product:", (a @ b).item())
print("matrix, vector:", A.shape, a.shape, "->", (A @ a).shape)
print("two matrices:", A.shape, B.shape, "->", (A @ B).shape)

# sphinx_gallery_start_ignore
assert (a @ b).item() == 1 * 4 + 2 * 5 + 3 * 6 == 32
assert (A @ a).shape == (2,)
assert (A @ B).shape == (2, 4)
# sphinx_gallery_end_ignore

# %%
# The inner sizes must agree, and vanish. All three are the same sum of products, so let us write it
# out with loops once and compare:

by_hand = torch.zeros(2, 4)
for i in range(2):
    for j in range(4):
        by_hand[i, j] = sum(A[i, k] * B[k, j] for k in range(3))
difference = (by_hand - A @ B).abs().max().item()
print(f"largest difference: {difference:.0e}")

# sphinx_gallery_start_ignore
assert difference < 1e-6
torch.testing.assert_close(A @ a, (A * a).sum(dim=1))
# sphinx_gallery_end_ignore

# %%
# Equal to rounding. The names :func:`torch.dot`, :func:`torch.mv` and :func:`torch.matmul` that you
# meet in other programs are the special cases and the general one. With more than two dimensions,
# ``@`` multiplies the last two and treats all others as a stack of matrices.
#
# A matrix can also be read as a machine with two inputs: it takes :math:`x` and :math:`v` and gives
# the number :math:`x^\mathsf{T} A v`. Double one input and the number doubles. In mathematics a
# *tensor* is such a machine, linear in each of its inputs; in a program it is the table of numbers
# behind it.
# :func:`torch.einsum` writes the sum with a letter for each dimension:

x, v = torch.tensor([1.0, -2.0]), a
number = torch.einsum("i,ij,j->", x, A, v)
print("same number:", torch.allclose(number, x @ A @ v))
print("doubled:    ", torch.allclose((2 * x) @ A @ v, 2 * number))

# sphinx_gallery_start_ignore
by_sum = sum(x[i] * A[i, j] * v[j] for i in range(2) for j in range(3))
torch.testing.assert_close(number, by_sum)
torch.testing.assert_close(x @ A @ v, by_sum)
torch.testing.assert_close(x @ A @ (2 * v), 2 * by_sum)
# sphinx_gallery_end_ignore

# %%
# Reductions
# ----------
#
# A :term:`reduction` makes one number of many: ``sum``, ``mean``, ``max``. With ``dim=`` it does so
# along one dimension only. It helps to read ``dim=0`` as “dimension 0 disappears”.

t = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 9.0]])
print("all:  ", t.sum(), t.mean())
print("dim=0:", t.sum(dim=0))
print("dim=1:", t.sum(dim=1))
largest = t.max(dim=1)
print("largest of each row:", largest.values, "at", largest.indices)

# sphinx_gallery_start_ignore
assert t.sum().item() == 24
assert t.mean().item() == 24 / 6 == 4
assert t.sum(dim=0).tolist() == [5, 7, 12]
assert t.sum(dim=1).tolist() == [6, 18]
assert t.shape == (2, 3), "from this shape dim leaves, it adds the rows"
assert t.sum(dim=0).shape == (3,), "from the shape dim leaves, it adds rows"
assert t.sum(dim=1).shape == (2,), "dim leaves one sum a row"
assert largest.values.tolist() == [3, 9]
assert largest.indices.tolist() == t.argmax(dim=1).tolist() == [2, 2]
# sphinx_gallery_end_ignore

# %%
# From shape (2, 3), ``dim=0`` leaves (3,): it adds the rows. ``dim=1`` leaves (2,), one sum a row.
# To divide each row by its sum, the lost dimension is needed back, as a column. ``keepdim=True``
# keeps it with size 1, and :term:`broadcasting` does the rest:

shares = t / t.sum(dim=1, keepdim=True)
print(shares)
print("each row adds up to", shares.sum(dim=1))

# sphinx_gallery_start_ignore
assert t.sum(dim=1, keepdim=True).shape == (2, 1)
assert t.sum(dim=1, keepdim=True).size(1) == 1, "keepdim keeps it, with size"
torch.testing.assert_close(shares.sum(dim=1), torch.ones(2))
torch.testing.assert_close(shares[1, 2], torch.tensor(9 / 18))
square = torch.tensor([[1.0, 3.0], [4.0, 4.0]])
wrong = square / square.sum(dim=1)
assert not torch.allclose(wrong.sum(dim=1), torch.ones(2))
# sphinx_gallery_end_ignore

# %%
# Without ``keepdim`` this would be an error here, and, worse, no error for a square matrix: the
# entries of column j would then be divided by the sum of row j.
#
# The length of a vector is a reduction as well, to be found in ``torch.linalg``:

v = torch.tensor([3.0, 4.0])
print(torch.linalg.vector_norm(v), (v @ v).sqrt())

# sphinx_gallery_start_ignore
assert torch.linalg.vector_norm(v).item() == (3**2 + 4**2) ** 0.5 == 5
# sphinx_gallery_end_ignore

# %%
# Join, and change the shape
# --------------------------
#
# :func:`torch.cat` joins along a dimension that exists, :func:`torch.stack` along a new one:

x, y = torch.tensor([0, 1, 2]), torch.tensor([3, 4, 5])
print("cat:  ", torch.cat([x, y]))
print("stack:", torch.stack([x, y]).tolist())
print("stack, dim=1:", torch.stack([x, y], dim=1).tolist())

# sphinx_gallery_start_ignore
assert torch.cat([x, y]).tolist() == [0, 1, 2, 3, 4, 5]
assert torch.stack([x, y]).tolist() == [[0, 1, 2], [3, 4, 5]]
assert torch.stack([x, y], dim=1).tolist() == [[0, 3], [1, 4], [2, 5]]
# sphinx_gallery_end_ignore

# %%
# Other operations keep all numbers and change only how they are arranged. A size of −1 is worked
# out from the rest. ``unsqueeze`` inserts a dimension of size 1, ``squeeze`` removes it.

t = torch.arange(6)
for name, result in {
    "t.reshape(2, 3)": t.reshape(2, 3),
    "t.reshape(-1, 2)": t.reshape(-1, 2),
    "t.view(2, 3).T": t.view(2, 3).T,
    "t.unsqueeze(1)": t.unsqueeze(1),
    "t[None]": t[None],
    "t[None].squeeze(0)": t[None].squeeze(0),
}.items():
    print(f"{name:18} {tuple(result.shape)}")

# sphinx_gallery_start_ignore
assert t.reshape(-1, 2).shape == t.view(2, 3).T.shape == (3, 2)
assert t.unsqueeze(1).shape == (6, 1)
assert t.reshape(-1).shape == t.shape, "a size worked out from the rest"
assert t.unsqueeze(1).size(1) == 1, (
    "unsqueeze inserts a dimension of this size, squeeze removes it"
)
assert t[None].shape == (1, 6)
assert t[None].squeeze(0).shape == (6,)
# sphinx_gallery_end_ignore

# %%
# ``view`` seems to do the same as ``reshape``. To see where they part, we must look beneath.
#
# What lies beneath
# -----------------
#
# The numbers of a tensor lie in one long row, the :term:`storage`. The tensor itself is a recipe
# for reading it: where to start (the offset), how many entries there are along each dimension (the
# shape), and how far to jump in the storage to get from one to the next (the :term:`strides
# <stride>`).

t = torch.arange(6).reshape(2, 3)
views = {
    "t": t,
    "t.T": t.T,
    "t[:, 1:]": t[:, 1:],
    "t[0].expand(3, 3)": t[0].expand(3, 3),
}
for name, tensor in views.items():
    print(
        f"{name}: strides {tensor.stride()}, offset {tensor.storage_offset()}"
    )

# sphinx_gallery_start_ignore
assert (t.stride(), t.storage_offset()) == ((3, 1), 0)
assert (t.T.shape, t.T.stride()) == ((3, 2), (1, 3))
assert (t[:, 1:].stride(), t[:, 1:].storage_offset()) == ((3, 1), 1)
assert views["t[0].expand(3, 3)"].stride() == (0, 1)
assert views["t[0].expand(3, 3)"].stride()[0] == 0, (
    "the stride of the row that was expanded, to get to the next row"
)
for tensor in views.values():
    for i in range(tensor.shape[0]):
        for j in range(tensor.shape[1]):
            place = (
                tensor.storage_offset()
                + i * tensor.stride(0)
                + j * tensor.stride(1)
            )
            assert tensor[i, j] == tensor.untyped_storage().tolist()[8 * place]
# sphinx_gallery_end_ignore

# %%
# The entry in row :math:`i` and column :math:`j` lies at
#
# .. math:: \text{offset} + i \cdot \text{stride}_0 + j \cdot \text{stride}_1.
#
# The transpose exchanges the two strides, and is done. The part without its first column starts one
# further on. The row that was expanded to three has a stride of 0: to get to the next row, stay
# where you are. The formula as a function, which gives the place of every entry:


def places(tensor):
    """Say where in its storage each entry of a matrix lies."""
    rows, columns = (torch.arange(n) for n in tensor.shape)
    down, right = tensor.stride()
    return tensor.storage_offset() + down * rows[:, None] + right * columns


print(places(t.T).tolist())

# sphinx_gallery_start_ignore
for (
    tensor
) in views.values():  # the storage holds 0 to 5: each entry is its own place
    assert torch.equal(places(tensor), tensor)
# sphinx_gallery_end_ignore

# %%
# To draw it, we call the six places a to f and give each its own colour.

pastel = ["#9ec5ff", "#ffc98a", "#8fe0c0", "#f3a6d0", "#cdbcf0", "#e6de84"]
centred = {"ha": "center", "va": "center"}


def draw_cells(ax, table, read):
    """Draw places as cells with their letters, coloured where they are read."""
    for i, row in enumerate(table):
        for j, place in enumerate(row):
            colour = pastel[place] if place in read else "none"
            ink = "#111111" if place in read else "#80868b"
            ax.add_patch(plt.Rectangle((j, -i), 1, 1, fc=colour, ec=ink))
            ax.text(j + 0.5, 0.5 - i, "abcdef"[place], c=ink, **centred)
    ax.set(xlim=(-0.1, 6.1), ylim=(0.9 - len(table), 1.1), aspect="equal")


# %%
# Above, the four tensors of the list; below each, the storage, coloured where that tensor reads it:

fig, axes = plt.subplots(2, 4, figsize=(10, 2.8), height_ratios=[3, 1])
for (above, below), (name, tensor) in zip(axes.T, views.items(), strict=True):
    table = places(tensor).tolist()
    read = {place for row in table for place in row}
    draw_cells(above, table, read)
    draw_cells(below, [range(6)], read)
    above.set(title=name, ylim=(-2.1, 1.1))
    above.axis("off")
    below.axis("off")

# sphinx_gallery_start_ignore
fig.set_label(
    "Four matrices of coloured letters, each above the storage, a row of six cells a to f. t has the"
    " rows a b c and d e f. Its transpose has the rows a d, b e and c f. The slice without the first"
    " column has b c and e f; a and d are not coloured in its storage. The expanded tensor has a b c"
    " three times; d, e and f are not coloured."
)
read = {name: set(tensor.flatten().tolist()) for name, tensor in views.items()}
assert read["t"] == read["t.T"] == set(range(6))
assert read["t[:, 1:]"] == {1, 2, 4, 5}
assert read["t[0].expand(3, 3)"] == {0, 1, 2}
assert t.T.tolist() == [[0, 3], [1, 4], [2, 5]]
assert t[:, 1:].tolist() == [[1, 2], [4, 5]]
assert views["t[0].expand(3, 3)"].tolist() == [[0, 1, 2]] * 3
# sphinx_gallery_end_ignore

# %%
# It is the same storage four times. The transpose reads all six places in another order, the slice
# leaves out ``a`` and ``d``, and the expanded row reads three places three times. Such tensors are
# called
# :term:`views <view>` of one another.
#
# Read row by row, ``t`` visits its storage in order and without gaps. Such a tensor is called
# :term:`contiguous`. The transpose is not: it visits the places in the order 0, 3, 1, 4, 2, 5, and no
# single stride jumps like that. So its numbers cannot be read as one long row, unless they are
# copied into a new one:

print("contiguous:", t.is_contiguous(), t.T.is_contiguous())
try:
    t.T.view(6)
except RuntimeError as error:
    print(str(error).split(" (")[0])
flat = t.T.reshape(6)
print(flat)

# sphinx_gallery_start_ignore
assert flat.tolist() == [0, 3, 1, 4, 2, 5], (
    "the order in which the transpose visits the places"
)
assert t.is_contiguous()
assert not t.T.is_contiguous()
try:
    t.T.view(6)
except RuntimeError:
    pass
else:
    raise AssertionError("a transpose was viewed as one row")
question = torch.empty(1000, 1000)[::2, ::5]
assert question.shape == (500, 200), (
    "every second row and every fifth column, t[::2, ::5], has this shape"
)
assert question.stride() == (2000, 5), (
    "entries of the storage left behind to the next row and the next column"
)


def refuses(view):
    try:
        view()
    except RuntimeError:
        return True
    return False


assert refuses(lambda: question.view(-1))
assert question.reshape(-1).data_ptr() != question.data_ptr()
assert not question.is_contiguous()
jump = question.stride(0) - (question.shape[1] - 1) * question.stride(1)
assert jump == 2000 - 199 * 5 == 1005 != question.stride(1), (
    "the jump at the end of a row"
)
# sphinx_gallery_end_ignore

# %%
# ``view`` promises not to copy and refuses; ``reshape`` copies if it must. Choose by what you need:
# certainty, or a result in any case.
#
# Pieces of a vector are views, too. ``unfold(dimension, size, step)`` takes pieces of a size, each
# one step further on; ``as_strided(shape, strides, offset)`` takes the recipe itself:

row = torch.arange(6)
print(row.unfold(0, 2, 2).tolist())
print(row.as_strided((3, 2), (2, 1), 0).tolist())

# sphinx_gallery_start_ignore
pieces = row.unfold(0, 2, 2)
assert pieces.tolist() == [[0, 1], [2, 3], [4, 5]]
assert pieces.tolist() == row.as_strided((3, 2), (2, 1), 0).tolist()
assert pieces.stride() == (2, 1), "pieces of a vector"
assert pieces.untyped_storage().data_ptr() == row.untyped_storage().data_ptr()
# sphinx_gallery_end_ignore

# %%
# What shares memory with what?
# -----------------------------
#
# Two tensors that PyTorch made from one another share entries only if they lie in the same storage.
# Comparing ``id(…)`` would not tell, because a view is a Python object of its own. The address of the
# storage does:


def share(a, b):
    return a.untyped_storage().data_ptr() == b.untyped_storage().data_ptr()


print(
    "different objects:",
    id(t) != id(t.view(6)),
    " one memory:",
    share(t, t.view(6)),
)

# sphinx_gallery_start_ignore
assert id(t) != id(t.view(6))
assert share(t, t.view(6))
# sphinx_gallery_end_ignore

# %%
# With it we can ask the whole list. First what only rearranges, or takes a regular part:

t = torch.arange(6).reshape(2, 3)
rearranged = [
    t[0],
    t[:, ::2],
    t.T,
    t.view(6),
    t.unsqueeze(0),
    t.expand(4, 2, 3),
]
print([share(t, result) for result in rearranged])

# sphinx_gallery_start_ignore
assert all(share(t, result) for result in rearranged)
t[0, 0] = 77
assert all((result == 77).any() for result in rearranged)
t[0, 0] = 0
# sphinx_gallery_end_ignore

# %%
# All share. Then what picks entries here and there, or computes:

computed = [t[[0, 1]], t[t >= 0], t.clone(), t + 0, t.float(), t.T.reshape(6)]
print([share(t, result) for result in computed])

# sphinx_gallery_start_ignore
assert not any(share(t, result) for result in computed)
t[0, 0] = 77
assert not any((result == 77).any() for result in computed)
t[0, 0] = 0
# sphinx_gallery_end_ignore

# %%
# None shares. And a few depend on the case, because they do nothing if nothing needs to be done:

print("reshape:", share(t, t.reshape(6)), share(t.T, t.T.reshape(6)))
print("long:   ", share(t, t.long()), share(t.float(), t.float().long()))

# sphinx_gallery_start_ignore
assert share(t, t.reshape(6))
assert not share(t.T, t.T.reshape(6))
assert t.long() is t
assert not share(t.float(), t.float().long())
# sphinx_gallery_end_ignore

# %%
# ``t`` holds int64 numbers already, so ``t.long()`` is ``t`` itself; floats must be converted,
# into new memory.
#
# In place
# --------
#
# A method that ends with an underscore is an :term:`in-place operation`: it writes the result into
# the tensor and returns that same tensor. So does ``+=``, while ``x = x + 1`` makes a new tensor
# and gives it the old name.

x = torch.zeros(3)
alias = x
x += 1
x.mul_(10)
print("in place:  ", x is alias, alias)
x = x + 1
print("a new one: ", x is alias, alias)

# sphinx_gallery_start_ignore
assert alias.tolist() == [10, 10, 10]
assert x.tolist() == [11, 11, 11]
assert x is not alias
# sphinx_gallery_end_ignore

# %%
# After ``+=`` and ``mul_`` both names still belong to one tensor with the value 10. The last
# line left ``alias`` behind. And through a view, one line changes two names:

t = torch.zeros(2, 3)
column = t[:, 0]
column.add_(5)
print(t)

# sphinx_gallery_start_ignore
assert t.tolist() == [[5, 0, 0], [5, 0, 0]]
# sphinx_gallery_end_ignore

# %%
# That is handy for writing into a part, and a classic bug when keeping records. Here a position
# moves in place, and a list is to remember where it has been:

x = torch.zeros(1)
remembered, copied = [], []
for _ in range(4):
    x += 1
    remembered.append(x)
    copied.append(x.clone())
print("without a copy:", [p.item() for p in remembered])
print("with clone:    ", [p.item() for p in copied])

# sphinx_gallery_start_ignore
assert [p.item() for p in remembered] == [4, 4, 4, 4]
assert [p.item() for p in copied] == [1, 2, 3, 4]
t = torch.zeros(1000, 1000)
assert (t.shape, t.stride()) == ((1000, 1000), (1000, 1))
t = t[::2, ::5]
assert (t.shape, t.stride()) == ((500, 200), (2000, 5))
assert 2000 - 199 * 5 == 1005
# sphinx_gallery_end_ignore

# %%
# The first list holds one tensor four times, so it shows the last position four times.
# ``x.numpy()`` in place of ``x`` would do the same, being a window; ``x.item()``, a plain number,
# would not.
#
# .. note::
#
#    What an in-place operation saves is the memory of one result and, for large tensors, the time to
#    fetch that memory. What it can cost is a gradient: PyTorch may need the old value later, and then
#    refuses to go on. That is shown in :doc:`Backward, one node at a time
#    </lessons/autograd/plot_3_backward_steps>`.
#
# .. symptom:: windows stacked
#    :aim: 3
#
# .. symptom:: windows as_columns
#    :aim: 2
#    :task: Return all windows of ``k`` neighbours in the vector ``v`` of n numbers as the rows of a tensor of shape (n − k + 1, k): a *view* of ``v``. The check takes n = 6 and k = 3.
#
# .. shapes:: product
#    :aim: 1
#    :seed: 0
#
# .. shapes:: reduction
#    :aim: 1
#    :seed: 0
#
# .. shapes:: reduction
#    :aim: 1
#    :seed: 3
#
# .. shapes:: joined
#    :aim: 1
#    :seed: 3
#
# .. shapes:: strides
#    :aim: 2
#    :seed: 0
#
# .. shapes:: strides
#    :aim: 2
#    :seed: 1
#
# .. shapes:: memory
#    :aim: 3
#    :seed: 3
#
# .. shapes:: memory
#    :aim: 3
#    :seed: 2
#
# .. shapes:: memory
#    :aim: 3
#    :seed: 1
#
# Recap
# -----
#
# - ``*`` works entry by entry, ``@`` is the product of linear algebra.
# - ``dim=k`` makes dimension k disappear; ``keepdim=True`` leaves it with size 1.
# - A tensor is a storage plus offset, shape and strides; views share the storage.
# - ``view`` never copies, ``reshape`` does if it must, indexing by lists and masks always does.
# - A trailing underscore changes the numbers of a tensor, and with them those of all its views;
#   each keeps its own shape and strides. For a record, ``clone``.
#
# Exercises
# ---------
#
# A reduction that must not lay its sums along the wrong side, and a view that is made of nothing
# but strides.
#
# .. exercise:: row_shares
#    :aim: 1
#
# .. exercise:: windows
#    :aim: 2 3
#
# And a question, to be answered in the head before in the shell:
#
# .. admonition:: A question
#
#    ``t`` has the shape (1000, 1000) and is contiguous: its strides are (1000, 1). What are the
#    shape and the strides of ``t[::2, ::5]``? Can it be viewed as one long row?
#
#    .. dropdown:: A model answer
#
#       Every second row and every fifth column: shape (500, 200). To the next row the storage is
#       left 2000 entries behind, to the next column 5, so the strides are (2000, 5). At the end of
#       a row the jump would have to be 2000 − 199 · 5 = 1005 instead of 5. One stride cannot do
#       both, so ``view(-1)`` refuses, and ``reshape(-1)`` copies.
#
# Where to go next
# ----------------
#
# So far all tensors lay in the memory of the CPU. :doc:`One program for CPU and GPU
# </lessons/tensors/plot_4_devices>` moves them elsewhere.
