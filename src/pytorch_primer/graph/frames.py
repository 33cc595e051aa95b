"""Which boxes stand together in the frame of a module.

The truth is known where a model is handed over: hooks note when each of its modules begins and
ends, in the numbers that autograd gives its functions in their order. From an output alone a module
is known by its parameters, and only where there is no doubt: a parameter used once, as the weight
of an operation that layers consist of. Autograd does not see indices, for instance, so that what an
embedding is computed from cannot tell where it was used.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch

from pytorch_primer.graph.internals import next_sequence_number
from pytorch_primer.graph.plain import Edge, GraphData, Node

# Operations that do nothing but give a parameter another shape: they stand beside it.
SHAPE_ONLY = frozenset(
    (
        "t",
        "transpose",
        "permute",
        "view",
        "unsafe_view",
        "reshape_alias",
        "expand",
        "unsqueeze",
        "squeeze",
        "slice",
        "select",
        "split",
        "split_with_sizes",
        "unbind",
        "chunk",
        "alias",
        "clone",
        "to_copy",
    )
)
# Operations that layers consist of, with the positions of what must be the layer's own.
LAYERS: Mapping[str, tuple[int, ...]] = {
    "addmm": (0, 2),
    "mm": (1,),
    "convolution": (1, 2),
    "embedding": (0,),
    "embedding_bag": (0,),
    "native_batch_norm": (1, 2),
    "native_layer_norm": (1, 2),
    "native_group_norm": (1, 2),
    "fused_rms_norm": (1,),
    "prelu_kernel": (1,),
}


def module_of(name: str) -> str | None:
    """Return the module in a parameter's name: ``"layers.0"`` for ``"layers.0.weight"``."""
    return name.rpartition(".")[0] or None


def owners(names: Iterable[str]) -> dict[str, str]:
    """Return the module of each parameter name that has one.

    Attention multiplies by the weight of its ``out_proj`` itself, without a call of that module.
    """
    names = set(names)
    found = {}
    for name in names:
        module = module_of(name)
        if module is None:
            continue
        parent, _, last = module.rpartition(".")
        if last == "out_proj" and f"{parent}.in_proj_bias".lstrip(".") in names:
            module = parent
        if module:
            found[name] = module
    return found


class ModuleCalls:
    """Which module ran when, during one call of a model.

    Attributes
    ----------
    outputs : list of (str, torch.Tensor)
        The tensors that the model returned, each with the name that it has in a mapping or a named
        tuple, else with ``""``.
    modules : set of str
        The names of the modules that ran.
    """

    def __init__(self, model: torch.nn.Module, inputs: Sequence[Any]) -> None:
        """Call the model with hooks on its modules; buffers and random numbers stay as they are."""
        self._starts: list[int] = []
        self._running: list[str] = []
        path = [""]
        self.modules = {""}

        def note() -> None:
            self._starts.append(next_sequence_number())
            self._running.append(path[-1])

        def begin(name: str) -> Any:
            def hook(module: torch.nn.Module, inputs: object) -> None:
                path.append(name)
                self.modules.add(name)
                note()

            return hook

        def end(module: torch.nn.Module, inputs: object, output: object) -> None:
            path.pop()
            note()

        handles: list[Any] = []
        try:
            for name, module in model.named_modules():
                if name:
                    handles.append(module.register_forward_pre_hook(begin(name)))
                    handles.append(module.register_forward_hook(end))
            buffers = {name: buffer.clone() for name, buffer in model.named_buffers()}
            note()
            with torch.random.fork_rng():
                returned = torch.func.functional_call(model, buffers, tuple(inputs))
        finally:
            for handle in handles:
                handle.remove()
        self.outputs = list(_tensors("", returned))

    def module_at(self, sequence_number: int) -> str:
        """Return the innermost module that ran when autograd gave that number; ``""`` for none."""
        i = bisect_right(self._starts, sequence_number) - 1
        return self._running[i] if i >= 0 else ""


def _tensors(name: str, returned: object) -> Iterable[tuple[str, torch.Tensor]]:
    """Yield the tensors in what a model returned."""
    if isinstance(returned, torch.Tensor):
        yield name, returned
    elif isinstance(returned, Mapping):
        for key, value in returned.items():
            yield from _tensors(str(key), value)
    elif isinstance(returned, (tuple, list)):
        keys = getattr(returned, "_fields", [name] * len(returned))
        for key, value in zip(keys, returned, strict=True):
            yield from _tensors(key, value)


def scattered(nodes: Sequence[Node], edges: Sequence[Edge], candidates: Iterable[str]) -> set[str]:
    """Return the candidates that the computation leaves and comes back to.

    A recurrent cell is such a module: one frame around its operations of all times would tear them
    from what comes between.
    """
    module = {node.key: node.module for node in nodes}
    bit = {name: 1 << i for i, name in enumerate(candidates)}
    left = dict.fromkeys(module, 0)  # which modules each box comes after, as bits
    found: set[str] = set()
    for source, target, *_ in edges:
        here, there = module[source], module[target]
        before = left[source]
        if here != there and here is not None:
            before |= bit.get(here, 0)
        if there is not None and before & bit.get(there, 0):
            found.add(there)
        left[target] |= before
    return found


def entrances(graph: GraphData) -> dict[str, str]:
    """Return unseen arrows that put a module's frame below what comes in, and not beside it.

    A network is then as wide as one of its layers.

    Returns
    -------
    dict
        For the first leaf of each module the box to stand below.
    """
    place = {node.key: i for i, node in enumerate(graph.nodes)}
    module = {node.key: node.module for node in graph.nodes}
    first = {node.module: node.key for node in reversed(graph.nodes) if node.kind == "leaf"}
    found: dict[str, str] = {}
    for source, target, *_ in graph.edges:
        if module[target] is None or module[target] == module[source]:
            continue
        leaf = first.get(module[target])
        # What comes later may be made from the leaf: a cycle.
        if leaf is not None and place[source] < place[leaf]:
            found.setdefault(leaf, source)
    return found
