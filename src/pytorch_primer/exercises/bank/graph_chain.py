"""Names of the records along a chain."""

import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import EqualSpec


def chains(generator):
    X = torch.randn(2, 3, generator=generator).requires_grad_()
    w = torch.randn((), generator=generator).requires_grad_()
    b = torch.randn((), generator=generator).requires_grad_()
    return [(10 * (X**2).sum(),), ((w.exp() + b).tanh(),), (X.mean().log1p().neg().abs(),)]


def bare(names):
    """Accept `node.name()`, which has the namespace of C++ before some names."""
    if not isinstance(names, (list, tuple)):
        return names
    return [n.rsplit("::", 1)[-1] if isinstance(n, str) else n for n in names]


def call_and_bare(graph_chain, t):
    return bare(graph_chain(t))


@exercise(
    cases=chains,
    returns=EqualSpec(list),
    run=call_and_bare,
    hints=[
        "`t.grad_fn` is the first record; `record.next_functions[0][0]` is the next one.",
        "The last record, AccumulateGrad, has no next functions: that ends the loop.",
    ],
    note="The names of the classes tell which operation ran, and 0 is its version.",
    difficulty=2,
)
def graph_chain(t):
    """Return the class names of the records that you meet from ``t.grad_fn`` to the leaf's
    ``AccumulateGrad``, following the first input each time; the root comes first. Both
    ``type(record).__name__`` and ``record.name()`` are accepted.
    """
    # <solution>
    names, record = [], t.grad_fn
    while record is not None:
        names.append(type(record).__name__)
        record = record.next_functions[0][0] if record.next_functions else None
    return names
    # </solution>


@graph_chain.also_right
def with_name(t):
    record, names = t.grad_fn, []
    while record.next_functions:
        names.append(record.name())
        record = record.next_functions[0][0]
    return [*names, record.name()]


@graph_chain.also_right
def recursively(t):
    def names(record):
        rest = names(record.next_functions[0][0]) if record.next_functions else []
        return [record.__class__.__name__, *rest]

    return names(t.grad_fn)


graph_chain.line_mistakes(r"""
The leaf's AccumulateGrad is missing: the chain ends there, not before.
    return names -> return names[:-1]
The order is reversed: the record of the result itself comes first.
    return names -> return names[::-1]
The first record is missing: start with the name of `t.grad_fn` itself.
    return names -> return names[1:]
Only the record of the result is named; follow `next_functions` from it.
    return names -> return names[:1]
These are the records; return the names of their classes.
    type(record).__name__ -> record
An AccumulateGrad has no next functions, so index 0 fails there; end the loop before.
    record.next_functions[0][0] if record.next_functions else None -> record.next_functions[0][0]
`next_functions[0]` is a pair of a record and a number; the record is its first entry.
    record.next_functions[0][0] -> record.next_functions[0]
The names are joined to one text; return them as a list.
    return names -> return " ".join(names)
The last input was followed; follow the first of `next_functions`.
    record = record.next_functions[0][0] if record.next_functions else None -> parents = [p for p, _ in record.next_functions if p is not None]\nrecord = parents[-1] if parents else None
""")
