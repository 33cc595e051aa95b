"""Choose what a drawing of a large graph leaves out: all but its first and last operations.

The last operations are those nearest the outputs; each one's consumers are kept before it. The
first are those that ran first; each one's operands are kept before it. What lies between falls
apart into pieces, and each piece becomes one box. Leaves of what is kept are pieces of their own.
So no path leads out of a box and back, and the folded drawing is a graph without cycles as well.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from typing import NamedTuple

from pytorch_primer.graph.internals import sequence_number
from pytorch_primer.graph.plain import counted
from pytorch_primer.graph.trace import Trace

MAX_FOLDED = 30
"""Boxes of a folded drawing: few enough to be read."""

KEPT = -1


class Fold(NamedTuple):
    """Where each function of a trace goes.

    Attributes
    ----------
    group : list of int
        For each function `KEPT`, or the number of the folded box that it is part of.
    fan : int or None
        How many leaves, results or saved tensors are drawn beside one operation; None for all.
    """

    group: list[int]
    fan: int | None


def keep_all(trace: Trace) -> Fold:
    """Fold nothing."""
    return Fold([KEPT] * len(trace.functions), None)


def fold(
    trace: Trace, max_nodes: int, num_bare: int, num_extras: Callable[[int, int], int]
) -> Fold:
    """Choose the operations to keep, and the boxes that stand for the others.

    Parameters
    ----------
    trace : Trace
        The whole graph.
    max_nodes : int
        No more boxes than this, and no more than `MAX_FOLDED`.
    num_bare : int
        How many outputs have no graph.
    num_extras : callable
        How many boxes an operation brings along besides its leaves, where of each sort no more
        are drawn than the second argument.
    """
    limit = min(max_nodes, MAX_FOLDED)
    fan = num_groups = limit // 6
    budget = limit - num_groups - min(num_bare, fan)
    kept = _first_and_last(trace, budget, fan, num_extras)
    pieces = _pieces(trace, kept)
    group = [KEPT] * len(trace.functions)
    for number, piece in enumerate(_merge(trace, pieces, num_groups)):
        # A box for one function saves nothing, unless that brings others along.
        alone = len(piece) == 1 and (trace.is_leaf[piece[0]] or not num_extras(piece[0], fan))
        if not alone:
            for i in piece:
                group[i] = number
    return Fold(group, fan)


def _first_and_last(
    trace: Trace, budget: int, fan: int, num_extras: Callable[[int, int], int]
) -> set[int]:
    """Return the functions to keep: half of the budget from either end."""
    operations = [i for i, leaf in enumerate(trace.is_leaf) if not leaf]
    height = _heights(trace)
    last = sorted(operations, key=lambda i: (height[i], -i))
    first = _as_it_ran(trace, operations)
    kept: set[int] = set()
    spent = 0
    for candidates, allowance in ((last, budget // 2), (first, budget)):
        for i in candidates:
            if i in kept:
                break  # the two ends have met
            leaves = {j for j, _ in trace.operands[i] if j >= 0 and trace.is_leaf[j]} - kept
            chosen = set(sorted(leaves)[:fan])
            cost = 1 + len(chosen) + num_extras(i, fan)
            if kept and spent + cost > allowance:
                break
            kept |= {i} | chosen
            spent += cost
    return kept


def _as_it_ran(trace: Trace, operations: list[int]) -> list[int]:
    """Return the operations as the forward computation ran them, every operand before its use.

    The walk goes down one operand after the other, and so to the decoder before the encoder.
    """
    walked = zip(trace.functions, trace.is_leaf, strict=True)
    ran = [0 if leaf else sequence_number(function) for function, leaf in walked]
    # A view that was changed in place has its function made anew, later than those that use it.
    in_order = all(
        ran[j] < ran[i]
        for i in operations
        for j, _ in trace.operands[i]
        if j >= 0 and not trace.is_leaf[j]
    )
    return sorted(operations, key=ran.__getitem__) if in_order else operations


def _heights(trace: Trace) -> list[int]:
    """Return the length of the longest path from each function to an output."""
    height = [0] * len(trace.functions)
    for i in range(len(height) - 1, -1, -1):
        above = height[i] + 1
        for j, _ in trace.operands[i]:
            if j >= 0 and height[j] < above:
                height[j] = above
    return height


def _pieces(trace: Trace, kept: set[int]) -> list[list[int]]:
    """Return the connected components of what is not kept; leaves with the same users join.

    A leaf of an operation that is kept belongs to no component with operations, from which a path
    would lead over that operation and back.
    """
    parent = list(range(len(trace.functions)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = i = parent[parent[i]]
        return i

    users: defaultdict[int, set[int]] = defaultdict(set)
    for i in kept:
        for j, _ in trace.operands[i]:
            if j >= 0 and j not in kept and trace.is_leaf[j]:
                users[j].add(i)
    for i, operands in enumerate(trace.operands):
        if i not in kept:
            for j, _ in operands:
                if j >= 0 and j not in kept and j not in users:
                    parent[root(j)] = root(i)
    components: defaultdict[int, list[int]] = defaultdict(list)
    for i in range(len(parent)):
        if i not in kept:
            components[root(i)].append(i)
    joined: defaultdict[object, list[int]] = defaultdict(list)
    for top, members in components.items():
        joined[frozenset(users[top]) if top in users else top] += members
    return list(joined.values())


def _merge(trace: Trace, pieces: list[list[int]], limit: int) -> list[list[int]]:
    """Return at most `limit` pieces: the largest ones, one of all other leaves, one of the rest."""
    pieces = sorted(pieces, key=lambda piece: (-len(piece), piece[0]))
    if len(pieces) <= limit:
        return pieces
    others: tuple[list[int], list[int]] = ([], [])
    for piece in pieces[limit - 2 :]:
        others[all(trace.is_leaf[i] for i in piece)].extend(piece)
    return [*pieces[: limit - 2], *filter(None, others)]


def box_texts(names: Counter[str], num_leaves: int) -> tuple[str, str]:
    """Return a folded box's label and, on a second line, its most frequent operations."""
    total = names.total()
    parts = [counted(total, "operation")] if total else []
    parts += [counted(num_leaves, "leaf", "leaves")] if num_leaves else []
    common = [f"{number:,} {name}" for name, number in names.most_common(3)]
    if len(names) > 3:
        common.append("…")
    return "⋮ " + " and ".join(parts), ", ".join(common)
