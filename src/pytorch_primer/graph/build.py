"""From the functions of autograd to boxes and arrows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import islice

import torch
from torch.autograd.graph import Node as Function

from pytorch_primer.graph.data import Edge, Kind, Node, Value
from pytorch_primer.graph.fold import KEPT, Fold, summary
from pytorch_primer.graph.modules import module_of, scattered
from pytorch_primer.graph.names import why_no_graph
from pytorch_primer.graph.plan import Plan, constant_operands
from pytorch_primer.graph.saved import OPERANDS, exponent, operand_values, read, saved_tensors
from pytorch_primer.graph.trace import NOTHING, class_name, operation_name, result_shape
from pytorch_primer.graph.values import MAX_ELEMENTS, plain, show

# What a NamedTuple's class does in twice the time, and a large graph has thousands of them.
new = tuple.__new__


class Builder:
    """Boxes and arrows of a plan, and where autograd's functions are among them.

    Attributes
    ----------
    nodes, edges : list
        The drawing.
    key : list of str
        For each function of the trace the key of its box (folded functions share one).
    result_key : dict
        Key of the box of a named result, by (function, result).
    """

    def __init__(self, plan: Plan, fold: Fold) -> None:
        self.plan, self.trace, self.fold = plan, plan.trace, fold
        self.nodes: list[Node] = []
        self.edges: list[Edge] = []
        self.key: list[str] = []
        self.result_key: dict[tuple[int, int], str] = {}
        self._operation_names: dict[type, tuple[str, str]] = {}
        self._modules: dict[int, str | None] = {}
        self._num_entries: Counter[str | None] = Counter()
        self._build()

    def _build(self) -> None:
        trace, group, names = self.trace, self.fold.group, self.plan.names
        kept = [i for i, number in enumerate(group) if number == KEPT]
        self._values = operand_values(trace, kept) if self.plan.shown.values else {}
        self._numbers_shown = self.plan.shown.values or self.plan.shown.grads
        boxes: dict[int, int] = {}
        members: defaultdict[int, list[int]] = defaultdict(list)
        for i, function in enumerate(trace.functions):
            if group[i] != KEPT:
                number = boxes.setdefault(group[i], len(self.nodes))
                if number == len(self.nodes):
                    self._add("folded", "")
                members[number].append(i)
                self.key.append(f"n{number}")
                self._connect(i, self.key[i])
            elif trace.is_leaf[i]:
                tensor = function.variable  # type: ignore[attr-defined]
                self.key.append(self._leaf(i, tensor, names.get(id(tensor), "leaf")))
            else:
                known = self._operation_names.get(type(function)) or self._names_of(function)
                self.key.append(self._operation(i, function, *known))
        for number, functions in members.items():
            self.nodes[number] = self._folded(self.nodes[number], functions)
        self._unframe(m for m, number in self._num_entries.items() if m and number > 1)
        if self.fold.fan is not None:
            self.edges = merge_parallel(self.edges)

    def _add(
        self,
        kind: Kind,
        label: str,
        shape: tuple[int, ...] | None = None,
        value: Value | None = None,
        grad: Value | None = None,
        detail: str = "",
    ) -> str:
        key = f"n{len(self.nodes)}"
        self.nodes.append(Node(key, kind, label, shape, value, grad, detail=detail))
        return key

    def _numbers(self, tensor: torch.Tensor) -> tuple[Value | None, Value | None]:
        shown = self.plan.shown
        value = plain(tensor) if shown.values else None
        if not shown.grads or not (tensor.is_leaf or tensor.retains_grad):
            return value, None
        return value, "none" if tensor.grad is None else plain(tensor.grad, gradient=True)

    def _leaf(self, i: int, tensor: torch.Tensor, name: str) -> str:
        module = None
        if "." in name:
            module = self._modules[i] = module_of(name)
        value, grad = self._numbers(tensor) if self._numbers_shown else (None, None)
        key = f"n{len(self.nodes)}"
        shape = tuple(tensor.shape)
        self.nodes.append(new(Node, (key, "leaf", name, shape, value, grad, module, None, "")))
        return key

    def _names_of(self, function: Function) -> tuple[str, str]:
        """Return the operation's name and its class's, which all functions of a class share."""
        kind = type(function)
        known = self._operation_names.get(kind)
        if known is None:
            known = (operation_name(function), class_name(function))
            if kind.__name__ != "CppFunction":  # the class of all that have none of their own
                self._operation_names[kind] = known
        return known

    def _operation(self, i: int, function: Function, name: str, class_name: str) -> str:
        """Add an operation with its arrows, and the boxes that come with it."""
        constants = []
        if NOTHING in self.trace.operands[i]:
            positions = constant_operands(self.trace, i, name)
            constants = [(k, self._constant(function, name, k)) for k in positions]
        value = self._value(i) if self._values else None
        module = self._module(i) if self._modules else None
        detail = exponent(function) if name == "pow" else ""
        key = f"n{len(self.nodes)}"
        shape = result_shape(function)
        fields = (key, "op", name, shape, value, None, module, class_name, detail)
        self.nodes.append(new(Node, fields))
        start = len(self.edges)
        self._connect(i, key)
        if constants:
            self.edges += [Edge(source, key, k) for k, source in constants]
            self.edges[start:] = sorted(self.edges[start:], key=lambda edge: edge.operand)
        if self.plan.shown.saved:
            self._saved(function, key)
        if i in self.plan.results_of:
            self._named_results(i, key)
        return key

    def _connect(self, i: int, key: str) -> None:
        add, keys, results = self.edges.append, self.key, self.result_key
        for position, operand in enumerate(self.trace.operands[i]):
            if operand is not NOTHING:
                source = (results.get(operand) if results else None) or keys[operand[0]]
                if source != key:
                    add(new(Edge, (source, key, position, operand[1], None, 1)))

    def _value(self, i: int) -> Value | None:
        """Return the value of a result that has no box of its own, if it is small enough."""
        value = self._values.get((i, 0))
        if value is None or value.numel() > MAX_ELEMENTS or (i, 0) in self.plan.results:
            return None
        return plain(value)

    def _constant(self, function: Function, name: str, operand: int) -> str:
        """Add the box of an operand that needs no gradient; return its key.

        One that is used twice has two boxes: a graph that a backward pass has freed, or an
        operation that saves nothing, does not tell whether two constants are one.
        """
        tensor = read(function, OPERANDS[name][operand])
        if tensor is None:
            return self._add("constant", "constant")
        label = self.plan.names.get(id(tensor))
        if label is None and tensor.dim() == 0:
            return self._add("constant", show(plain(tensor)))
        value, _ = self._numbers(tensor)
        return self._add("constant", label or "constant", tuple(tensor.shape), value)

    def _saved(self, function: Function, key: str) -> None:
        problems: dict[str, list[str]] = defaultdict(list)
        for name, tensor, problem in islice(saved_tensors(function), self.fold.fan):
            if tensor is None:
                problems[problem].append(name)
                continue
            label = self.plan.names.get(id(tensor), name)
            detail = f"saved as {name}" if label != name else "saved"
            value = self._numbers(tensor)[0]
            box = self._add("saved", label, tuple(tensor.shape), value, detail=detail)
            self.edges.append(Edge(box, key))
        for problem, names in problems.items():
            box = self._add("saved", "saved tensors " + problem, detail=", ".join(names))
            self.edges.append(Edge(box, key))

    def _named_results(self, i: int, key: str) -> None:
        results = self.plan.results_of[i]
        drawn = results[: self.fold.fan]
        for number, (tensor, name, kind) in drawn:
            box = self._add(kind, name, tuple(tensor.shape), *self._numbers(tensor))
            self.result_key[i, number] = box
            self.edges.append(Edge(key, box, 0, number))
        if len(drawn) < len(results):
            box = self._add("folded", f"⋮ {len(results) - len(drawn):,} more results")
            self.edges.append(Edge(key, box, 0, len(drawn)))

    def _module(self, i: int) -> str | None:
        """Return the module of the operation: that of the operands made of its parameters alone."""
        operands = [j for j, _ in self.trace.operands[i]]
        modules = {self._modules[j] for j in operands if j in self._modules}
        if len(modules) != 1:
            return None
        (module,) = modules
        if all(j in self._modules for j in operands):
            self._modules[i] = module
        else:
            self._num_entries[module] += 1
        return module

    def add_empty(self, tensor: torch.Tensor, name: str) -> None:
        """Add the box of an output that has no graph."""
        self._add(
            "empty",
            name,
            tuple(tensor.shape),
            *self._numbers(tensor),
            detail=f"no graph was recorded: {why_no_graph(tensor)}",
        )

    def _unframe(self, modules: Iterable[str]) -> None:
        """Take the module from the boxes of those that the computation comes back to."""
        modules = list(modules)
        if not modules:
            return
        torn = scattered(self.nodes, self.edges, modules)
        if torn:
            self.nodes = [n._replace(module=None) if n.module in torn else n for n in self.nodes]

    def _folded(self, node: Node, functions: list[int]) -> Node:
        leaves = sum(self.trace.is_leaf[i] for i in functions)
        counts = Counter(
            self._names_of(self.trace.functions[i])[0]
            for i in functions
            if not self.trace.is_leaf[i]
        )
        label, detail = summary(counts, leaves)
        return node._replace(label=label, detail=detail)


def merge_parallel(edges: Iterable[Edge]) -> list[Edge]:
    """Return the edges with those between the same two boxes made one, with their number."""
    merged: dict[tuple[str, str], Edge] = {}
    for edge in edges:
        first = merged.get(edge[:2])
        merged[edge[:2]] = edge if first is None else first._replace(times=first.times + 1)
    return list(merged.values())
