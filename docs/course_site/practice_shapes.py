"""Items on shapes and memory that are drawn by a seed: ``.. shapes:: broadcast`` and ``:seed: 3``.

Each kind draws code, and for each wrong option the code of the misconception. All is run as if an
author had written it.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from course_site.practice_items import Fault, Item, Written, predict

Draw = Callable[[random.Random], list[str]]
KINDS: dict[str, Draw] = {}


def kind(draw: Draw) -> Draw:
    """Register a kind under the name of its function."""
    KINDS[draw.__name__] = draw
    return draw


def shapes(written: Written) -> Item:
    """Draw an item of a kind by its seed, and make it as if it had been written."""
    if written.argument not in KINDS:
        raise Fault(f"there is no kind {written.argument!r}: take {', '.join(sorted(KINDS))}")
    if not written.options.get("seed", "").isdigit():
        raise Fault("say by which seed it is drawn: `:seed: 3`")
    drawn = random.Random(int(written.options["seed"]))
    body = KINDS[written.argument](drawn)
    made = predict(replace(written, argument="", body=tuple(body)))
    return replace(made, kind="shapes", key=written.key)


@kind
def broadcast(draw: random.Random) -> list[str]:
    """Draw a sum of a column and a row, or of a vector and a matrix."""
    n, m = draw.sample(range(2, 7), 2)
    first, second, why = draw.choice(
        [
            ((n, 1), (m,), "From the right: the 1 grows, and the missing size grows."),
            (
                (n, 1, m),
                (n, 1),
                "From the right: a 1 meets a size, a size meets a 1, one is missing.",
            ),
            ((m,), (n, m), "From the right the last sizes are equal, and the missing one grows."),
        ]
    )
    return [
        f"a, b = torch.ones({first}), torch.ones({second})",
        "print(tuple((a + b).shape))",
        f"+ {why}",
        "- The first does not keep its shape: its sizes of 1 grow as well.",
        "    tuple((a + b).shape) -> tuple(a.shape)",
        "- The sizes do not line up one behind the other.",
        "    tuple((a + b).shape) -> (*a.shape, *b.shape)",
        "- Nothing is refused: one need not fit into the shape of the other, both may grow.",
        "    (a + b) -> b.expand(a.shape)",
    ]


@kind
def refused(draw: random.Random) -> list[str]:
    """Draw a sum that is refused, or one that only looks like it."""
    n, m = draw.sample(range(2, 7), 2)
    return [
        f"a, b = torch.ones({n}, {m}), torch.ones({n})",
        "print(tuple((a + b).shape))",
        "+ Shapes are compared from the right: the last sizes differ, and neither is 1.",
        "- The vector is not stood up as a column; make one with ``b[:, None]``.",
        "    a + b -> a + b[:, None]",
        "- Sizes are not added up.",
        "    tuple((a + b).shape) -> (len(a), a.shape[1] + len(b))",
    ]


@kind
def memory(draw: random.Random) -> list[str]:
    """Draw what a change of one tensor does to another that was made of it."""
    view = {
        "x.T": "``.T`` exchanges the strides and copies nothing",
        "x.view(-1)": "``view`` reads the same memory in another shape",
        "x[0]": "indexing with a number gives a window",
        "x[:, 1:]": "a slice is a window",
        "x.detach()": "``detach`` cuts off the record and copies nothing",
        "x.unsqueeze(0)": "``unsqueeze`` adds a size of 1 and copies nothing",
    }
    copied = {
        "x.clone()": "``clone`` copies",
        "x + 0": "a result of arithmetic lies in new memory",
        "x[[0, 1]]": "indexing with a list copies",
        "x[x > 0]": "indexing with a mask copies",
        "x.T.reshape(-1)": "``reshape`` has to copy what does not lie in order",
        "x.double()": "another dtype needs new memory",
    }
    shared = draw.random() < 0.5
    made, why = draw.choice(sorted((view if shared else copied).items()))
    turned = "y = x.clone()" if shared else "y = x[:]"
    sign = (
        "``y`` shares the memory of ``x``"
        if shared
        else "``y`` has its own, and ``x`` stays as it was"
    )
    return [
        *("x = torch.ones(2, 3)", f"y = {made}", "y.fill_(5)", "print(x.sum().item())"),
        f"+ {why[0].upper()}{why[1:]}: {sign}.",
        f"- {'Nothing was copied' if shared else 'This is a copy'}: {why}.",
        f"    y = {made} -> {turned}",
        "- ``fill_`` works in place and is no sum: it replaces each entry.",
        "    y.fill_(5) -> y.fill_(5); x = x + y.flatten()[0]",
    ]


@kind
def strides(draw: random.Random) -> list[str]:
    """Draw the strides of a view."""
    n, m = draw.sample(range(3, 8), 2)
    made, why = draw.choice(
        [
            ("t.T", "The transpose exchanges the strides; the memory stays."),
            ("t[::2]", "Every other row: the step from row to row is twice as long."),
            ("t[:, ::2]", "Every other column: the step within a row is 2."),
            ("t[:, 1:]", "A slice starts later and keeps the strides."),
        ]
    )
    rows = [
        f"t = torch.arange({n * m}).reshape({n}, {m})",
        f"print({made}.stride())",
        f"+ {why}",
        "- These are sizes: how many there are, not how far it is to the next.",
        f"    {made}.stride() -> tuple({made}.shape)",
        "- So would a copy lie, packed in order; nothing was copied.",
        f"    {made}.stride() -> {made}.contiguous().stride()",
    ]
    if made != "t[:, 1:]":
        rows += [
            "- These are the strides of the whole tensor.",
            f"    {made}.stride() -> t.stride()",
        ]
    if made == "t[::2]":  # a packed copy has the strides of the whole
        del rows[5:7]
    return rows


@kind
def reduction(draw: random.Random) -> list[str]:
    """Draw the shape of a sum along an axis."""
    sizes = tuple(draw.sample(range(2, 7), 3))
    dim = draw.choice([0, 1, 2])
    keep = draw.random() < 0.5
    kept, otherwise = (", keepdim=True", "") if keep else ("", ", keepdim=True")
    call, other = f"dim={dim}{kept}", (dim + 1) % 3
    goes = "which stays with size 1" if keep else "which goes"
    why = "With ``keepdim`` the axis stays, as a 1" if keep else "Without ``keepdim`` the axis goes"
    return [
        f"t = torch.ones{sizes}",
        f"print(tuple(t.sum({call}).shape))",
        f"+ The sum runs along axis {dim}, {goes}.",
        f"- {why}.",
        f"    {call} -> dim={dim}{otherwise}",
        "- The sum runs along the axis that is named; the others stay.",
        f"    {call} -> dim={other}{kept}",
        "- That sums along two axes; only one was named.",
        f"    {call} -> dim=({dim}, {other}){kept}",
    ]


@kind
def product(draw: random.Random) -> list[str]:
    """Draw the shape of a matrix product, batched or not."""
    n, k, m = draw.sample(range(2, 8), 3)
    return [
        f"a, b = torch.ones(10, {n}, {k}), torch.ones({k}, {m})",
        "print(tuple((a @ b).shape))",
        "+ The last two sizes are multiplied as matrices; what stands before them is a batch.",
        "- The inner sizes meet and go; the last one comes from ``b``.",
        f"    torch.ones({k}, {m}) -> torch.ones({k}, {k})",
        "- The batch stays: each of the matrices is multiplied.",
        "    a @ b -> a[0] @ b",
        "- It is not refused: ``b`` is taken for each matrix. Entry by entry it would be.",
        "    a @ b -> a * b",
    ]


@kind
def joined(draw: random.Random) -> list[str]:
    """Draw the shape of stacked or concatenated tensors."""
    n, m = draw.sample(range(4, 9), 2)
    dim = draw.choice([0, 1])
    stack = draw.random() < 0.5
    name, other = ("stack", "cat") if stack else ("cat", "stack")
    why = "``stack`` makes a new axis" if stack else "``cat`` makes an axis longer"
    return [
        f"t = torch.zeros({n}, {m})",
        f"print(tuple(torch.{name}([t, t, t], dim={dim}).shape))",
        f"+ {why}, and the tensors lie one behind the other along it.",
        f"- That would be ``{other}``; {why}.",
        f"    torch.{name} -> torch.{other}",
        "- Count the axes from 0.",
        f"    dim={dim} -> dim={1 - dim}",
    ]
