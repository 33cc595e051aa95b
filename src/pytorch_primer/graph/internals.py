"""What the drawing knows of autograd's functions that torch does not document.

Everything that may break with another version of torch is here, and
``tests/library/graph/test_internals.py`` says of each what it was good for. Nothing here raises
because of what autograd has freed, changed or refuses.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch.autograd.graph import Node as Function

MAX_RECURSION = 5000
# The class of AccumulateGrad, which has no name of its own in torch's Python.
LEAF = type(torch.autograd.graph.get_gradient_edge(torch.zeros((), requires_grad=True)).node)
PYTHON_FUNCTION = torch.autograd.function.BackwardCFunction
FRAME = re.compile(r'File "([^"]+)", line (\d+)')


def class_name(function: Function) -> str:
    """Return autograd's name of the function's class: ``"MulBackward0"``."""
    name = type(function).__name__
    if name != "CppFunction":
        return name
    # Functions that torch gives no Python class of their own know their name themselves. One that
    # was written in C++ is torch::autograd::CppNode<name_of_the_class>.
    full = function.name()
    written = re.search(r"CppNode<(?:struct |class )?(?:.*::)?(\w+)", full)
    return written[1] if written else full.rpartition("::")[2]


def operation_name(function: Function) -> str:
    """Return the name of the operation as a user calls it: ``"mul"`` for ``MulBackward0``.

    A function that somebody else has written, in Python or in C++, keeps its author's name.
    """
    name = class_name(function)
    if name == "CopyBackwards":  # the only class whose name is a plural
        return "copy_"
    stem = re.sub(r"Backward(?:Autograd[A-Za-z]*)?\d*(?=$|_copy$)", "", name) or name
    if isinstance(function, PYTHON_FUNCTION) or "CppNode<" in function.name():
        return stem
    # torch capitalises every part of the name, and after digits too: max_pool2d is MaxPool2D.
    return re.sub(r"(?<=[A-Za-z])(?=[A-Z])", "_", stem).lower()


def called(functions: Iterable[Function]) -> list[tuple[str, str]]:
    """Return for each function the operation's name and the class's, found once for each class."""
    known: dict[type, tuple[str, str]] = {}
    names = []
    for function in functions:
        kind = type(function)
        pair = known.get(kind)
        if pair is None:
            pair = operation_name(function), class_name(function)
            if kind.__name__ != "CppFunction":  # the class of all that have none of their own
                known[kind] = pair
        names.append(pair)
    return names


def results(function: Function) -> Sequence[Any]:
    """Return what is known of each result: objects with ``shape`` and ``dtype``.

    They are the inputs of the *backward* function.
    """
    try:
        return function._input_metadata
    except Exception:
        return ()


def sequence_number(function: Function) -> int:
    """Return the function's place in the order in which the forward computation ran."""
    return function._sequence_nr()


def next_sequence_number() -> int:
    """Return the sequence number of what this thread will record next."""
    return torch._C._autograd._get_sequence_nr()


def call_site(function: Function) -> str:
    """Return file and line of the call, which anomaly mode has noted; else nothing."""
    try:
        frames = FRAME.findall("".join(function.metadata["traceback_"]))  # type: ignore[index]
    except Exception:
        return ""
    library = torch.__path__[0]
    own = [frame for frame in frames if not frame[0].startswith(library)]
    if not own:
        return ""
    path, line = own[-1]
    return f"{Path(path).name}, line {line}"


def let_go_in_turn(functions: list[Function], is_leaf: list[bool]) -> None:
    """Make a deep graph that Python has walked safe to delete.

    torch 2.13 keeps the Python object of every function that was looked at, and frees a chain of
    such functions by recursion: some 40,000 of them overflow the stack, whoever walked them. So
    here and there an operation holds the functions before it in a list, which Python frees from
    its end on, each function after the one that uses it. As no function holds a later one, there
    is no cycle.

    Parameters
    ----------
    functions : list of torch.autograd.graph.Node
        Operands before the operations that use them.
    is_leaf : list of bool
        Whether each is an ``AccumulateGrad``.
    """
    held: list[object] = []
    start = 0
    for i in range(MAX_RECURSION, len(functions)):
        if (i - start >= MAX_RECURSION or i == len(functions) - 1) and not is_leaf[i]:
            held = [held, *functions[start:i]]
            functions[i].metadata["pytorch_primer"] = held  # type: ignore[index]
            start = i


class Saved(NamedTuple):
    """What a function saved under a name; `problem` says why it cannot be read."""

    name: str
    value: object
    problem: str = ""


def saved_tensor(function: Function, name: str) -> torch.Tensor | None:
    """Return the tensor that the function saved under a name, None where none can be read.

    A hook of :class:`torch.autograd.graph.saved_tensors_hooks` may do anything when a value is
    asked for: checkpointing runs a part of the network again. Such a value is not asked for.
    """
    raw_attribute, attribute = _attributes(name)
    try:
        raw = getattr(function, raw_attribute, None)
        if raw is None or raw.unpack_hook is not None:
            return None
        return getattr(function, attribute)  # type: ignore[no-any-return]
    except Exception:
        return None


@cache
def _attributes(name: str) -> tuple[str, str]:
    """Return the attributes of a saved value, interned: Python finds those in half the time."""
    return sys.intern("_raw_saved_" + name), sys.intern("_saved_" + name)


def saved_exponent(function: Function) -> object:
    """Return the number that a power is raised to; None for a tensor, which may be freed."""
    try:
        return function._saved_exponent  # type: ignore[attr-defined]
    except Exception:
        return None


def saved_tensors(function: Function) -> Iterator[Saved]:
    """Yield every tensor that the function saved, one for each member of a list.

    After a backward pass that did not retain the graph they are gone: their `problem` is then
    ``"freed"``.
    """
    for attribute in _saved_attributes(type(function)):
        name, value, problem = _read(function, attribute)
        if problem or isinstance(value, torch.Tensor):
            yield Saved(name, value, problem)
        elif isinstance(value, (tuple, list)):
            for i, member in enumerate(value):
                if isinstance(member, torch.Tensor):
                    yield Saved(f"{name}[{i}]", member)


@cache
def _saved_attributes(kind: type) -> list[str]:
    return [name for name in dir(kind) if name.startswith("_saved_") or name == "saved_tensors"]


def _read(function: Function, attribute: str) -> Saved:
    name = attribute.removeprefix("_saved_")
    try:
        raw = getattr(function, f"_raw_{attribute.removeprefix('_')}", None)
        if raw is not None:
            members = raw if isinstance(raw, (tuple, list)) else (raw,)
            if any(member.unpack_hook is not None for member in members):
                return Saved(name, None, "behind a hook")
        return Saved(name, getattr(function, attribute, None))
    except Exception as error:
        message = str(error)
        if "freed" in message:
            return Saved(name, None, "freed")
        changed = "inplace" in message
        return Saved(name, None, "changed in place since" if changed else "not readable")
