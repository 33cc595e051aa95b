"""Find the leaves behind a result."""

import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import InstanceSpec


def results(generator):
    def leaf():
        return torch.randn((), generator=generator).requires_grad_()

    a, b, c, w = (leaf() for _ in range(4))
    v = torch.randn(3, generator=generator).requires_grad_()
    twin = v.detach().clone().requires_grad_()
    unwatched = torch.randn((), generator=generator)
    chain = a
    for _ in range(1500):  # deeper than Python's recursion limit
        chain = chain + 1
    return [
        ((a + b) * c + c,),
        ((v * v).sum() * unwatched,),
        (torch.cat([v, torch.stack([w, w.exp()])]).max() ** 2,),
        ((v * twin).sum(),),
        (chain * 2,),
    ]


def found(result, L):
    """Say for each leaf that backward would reach how often the very object is in the result."""
    wanted = leaves.solution(L)
    counts = [sum(t is leaf for t in result) for leaf in wanted]
    return {
        "every leaf that L depends on is found": all(counts),
        "the result holds the leaves themselves, not copies or other tensors": all(
            any(t is leaf for leaf in wanted) for t in result
        ),
        "no leaf is listed twice": all(count <= 1 for count in counts),
    }


@exercise(
    cases=results,
    returns=InstanceSpec((list, tuple), "list"),
    view=found,
    hints=[
        "Start at `L.grad_fn` and follow `next_functions`; keep the records still to visit in a list.",
        "A record with an attribute `variable` is an AccumulateGrad: its `variable` is the leaf.",
        "Remember which records you have seen: a leaf used twice is reached twice.",
    ],
    note="`backward` does this walk itself, which is why it need not be told the leaves.",
    difficulty=3,
)
def leaves(L):
    """Return a list of the leaf tensors that ``L`` depends on and that require a gradient: the very
    objects, each once, in any order. Find them by walking from ``L.grad_fn``. ``L`` may stand at the end of
    more than a thousand operations, which is deeper than a Python function may call itself.
    """
    # <solution>
    found, seen, to_visit = [], set(), [L.grad_fn]
    while to_visit:
        record = to_visit.pop()
        if record is None or record in seen:
            continue
        seen.add(record)
        if hasattr(record, "variable"):
            found.append(record.variable)
        to_visit.extend(parent for parent, _ in record.next_functions)
    return found
    # </solution>


@leaves.also_right
def level_by_level(L):
    level, seen, tensors = {L.grad_fn}, set(), []
    while level:
        seen |= level
        tensors += [record.variable for record in level if hasattr(record, "variable")]
        level = {p for record in level for p, _ in record.next_functions if p} - seen
    return tensors


@leaves.also_right
def by_identity(L):
    queue, tensors = [L.grad_fn], {}
    while queue:
        record = queue.pop(0)
        if type(record).__name__ == "AccumulateGrad":
            tensors[id(record.variable)] = record.variable
        queue += [parent for parent, _ in record.next_functions if parent is not None]
    return list(tensors.values())


leaves.line_mistakes(r"""
A leaf that is used twice is listed twice: remember the records you have seen.
    record is None or record in seen -> record is None
Only the first input of each record is followed: visit all `next_functions`.
    in record.next_functions) -> in record.next_functions[:1])
These are copies of the leaves; return the tensors themselves.
    found.append(record.variable) -> found.append(record.variable.detach().clone())
These are the AccumulateGrad records; the leaf of each is its `variable`.
    found.append(record.variable) -> found.append(record)
The list is empty: follow `next_functions` until records have a `variable`.
    return found -> return []
L itself is no leaf: it has a `grad_fn`. Walk back from there.
    return found -> return [L]
These are the gradients of the leaves; return the leaves themselves.
    return found -> return list(torch.autograd.grad(L, found))
`None` is in the list: an input that needs no gradient has no record; skip it.
    return found -> return [*found, None]
Two leaves with equal values are still two: tell them apart with `is`, not by value.
    found.append(record.variable) -> found += [record.variable][any(torch.equal(record.variable, v) for v in found):]
""")


@leaves.mistake(
    "Python's recursion limit stops a function that calls itself for each record."
    " Keep a list of the records to visit instead."
)
def recursive(L):
    tensors = {}

    def visit(record):
        if record is None:
            return
        if hasattr(record, "variable"):
            tensors[id(record.variable)] = record.variable
        for parent, _ in record.next_functions:
            visit(parent)

    visit(L.grad_fn)
    return list(tensors.values())
