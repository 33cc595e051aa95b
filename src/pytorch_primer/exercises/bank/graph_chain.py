"""Names of the records along a chain."""

import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.kinds import Exactly


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
    returns=Exactly(list),
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


@graph_chain.mistake("The leaf's AccumulateGrad is missing: the chain ends there, not before.")
def without_the_leaf(t):
    return graph_chain.solution(t)[:-1]


@graph_chain.mistake("The order is reversed: the record of the result itself comes first.")
def reversed_chain(t):
    return graph_chain.solution(t)[::-1]


@graph_chain.mistake("The first record is missing: start with the name of `t.grad_fn` itself.")
def without_the_root(t):
    return graph_chain.solution(t)[1:]


@graph_chain.mistake("Only the record of the result is named; follow `next_functions` from it.")
def root_only(t):
    return [type(t.grad_fn).__name__]


@graph_chain.mistake("These are the records; return the names of their classes.")
def the_records(t):
    chain, record = [], t.grad_fn
    while record is not None:
        chain.append(record)
        record = record.next_functions[0][0] if record.next_functions else None
    return chain


@graph_chain.mistake(
    "An AccumulateGrad has no next functions, so index 0 fails there; end the loop before."
)
def past_the_leaf(t):
    names, record = [], t.grad_fn
    while record is not None:
        names.append(type(record).__name__)
        record = record.next_functions[0][0]
    return names


@graph_chain.mistake(
    "`next_functions[0]` is a pair of a record and a number; the record is its first entry."
)
def pair_for_record(t):
    names, record = [], t.grad_fn
    while record is not None:
        names.append(type(record).__name__)
        record = record.next_functions[0] if record.next_functions else None
    return names


@graph_chain.mistake("The names are joined to one text; return them as a list.")
def one_text(t):
    return " ".join(graph_chain.solution(t))


@graph_chain.mistake("The last input was followed; follow the first of `next_functions`.")
def last_parent(t):
    names, record = [], t.grad_fn
    while record is not None:
        names.append(type(record).__name__)
        parents = [parent for parent, _ in record.next_functions if parent is not None]
        record = parents[-1] if parents else None
    return names
