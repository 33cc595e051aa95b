"""From live tensors to a :class:`Graph`: boxes and arrows for the functions of autograd."""

from __future__ import annotations

import gc
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import islice
from numbers import Integral
from types import FrameType
from typing import Any, NamedTuple

import torch
from torch.autograd.graph import Node as Function

from pytorch_primer.graph import frames
from pytorch_primer.graph.fold import KEPT, Fold, box_texts, fold, keep_all
from pytorch_primer.graph.frames import ModuleCalls
from pytorch_primer.graph.graph import Graph
from pytorch_primer.graph.internals import (
    call_site,
    called,
    results,
    saved_exponent,
    saved_tensor,
    saved_tensors,
    sequence_number,
)
from pytorch_primer.graph.names import (
    by_identity,
    caller_tensors,
    check_outputs,
    check_params,
    check_title,
    is_tensor,
    why_no_graph,
)
from pytorch_primer.graph.plain import (
    MAX_ELEMENTS,
    BoxKind,
    Edge,
    Node,
    Value,
    dtype_name,
    new_edge,
    new_node,
    plain,
    shape_of,
)
from pytorch_primer.graph.trace import NOTHING, Trace, total_length, trace

MAX_NODES = 300
"""A drawing of more boxes is folded."""
MIN_NODES = 20
# Arrows, and long ones most, cost Graphviz more time than boxes: so much of them to a box is a
# second, and the drawing is folded as if it had too many boxes.
MAX_ARROWS = 3
MAX_LENGTH = 20

OPERANDS: dict[str, tuple[str, ...]] = {
    "add": ("self", "other"),
    "sub": ("self", "other"),
    "mul": ("self", "other"),
    "div": ("self", "other"),
    "maximum": ("self", "other"),
    "minimum": ("self", "other"),
    "dot": ("self", "tensor"),
    "mv": ("self", "vec"),
    "mm": ("self", "mat2"),
    "bmm": ("self", "mat2"),
    "addmm": ("self", "mat1", "mat2"),
    "baddbmm": ("self", "batch1", "batch2"),
    "convolution": ("input", "weight"),
    "mse_loss": ("self", "target"),
    "smooth_l1_loss": ("self", "target"),
    "huber_loss": ("self", "target"),
    "binary_cross_entropy": ("self", "target"),
    "binary_cross_entropy_with_logits": ("self", "target"),
}
"""Names of the operands that these operations always have, after ATen's derivatives.yaml.

An operand without a gradient function is either a constant or an optional one that was not given,
and autograd does not say which: only for these operations is it certainly a constant.
"""


class Shown(NamedTuple):
    """What the drawing was asked to show."""

    values: bool = False
    grads: bool = False
    saved: bool = False


class NamedTensor(NamedTuple):
    """A tensor with a name, or one of the outputs."""

    tensor: torch.Tensor
    name: str
    kind: BoxKind


class Plan(NamedTuple):
    """All that a drawing is made from.

    Attributes
    ----------
    trace : Trace
        The functions.
    called : list of (str, str)
        For each function the operation's name and the class's.
    results : dict
        Named tensors and outputs by (function, which of its results).
    results_of : dict
        The same, a list for each function: (which of its results, named tensor).
    names : dict
        Name of each tensor by its ``id``.
    shown : Shown
        What to read from the tensors.
    calls : ModuleCalls or None
        Which module ran when, if a model was handed over.
    prefix : str
        What the names of parameters have before the model's own, ``"net."``.
    """

    trace: Trace
    called: list[tuple[str, str]]
    results: dict[tuple[int, int], NamedTensor]
    results_of: dict[int, list[tuple[int, NamedTensor]]]
    names: dict[int, str]
    shown: Shown
    calls: ModuleCalls | None
    prefix: str

    def num_extras(self, i: int, fan: int | None = None) -> int:
        """Return how many boxes operation `i` brings along: constants, saved tensors, results."""
        function = self.trace.functions[i]
        named = len(OPERANDS.get(self.called[i][0], ()))
        constants = self.trace.operands[i][:named].count(NOTHING)
        saved = 0
        if self.shown.saved:
            saved = len(list(islice(saved_tensors(function), fan)))
        num_results = len(self.results_of.get(i, ()))
        # Of more results than fit, one more box tells the number.
        return constants + saved + (num_results if fan is None else min(num_results, fan + 1))


class Drawn(NamedTuple):
    """Boxes and arrows, what was left out of them, and where autograd's functions are."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    left_out: dict[str, int]
    builder: Builder


def draw_graph(
    *outputs: torch.Tensor | torch.nn.Module | Any,
    params: Mapping[str, torch.Tensor] | None = None,
    show_values: bool = False,
    show_grads: bool = False,
    show_saved: bool = False,
    title: str | None = None,
    max_nodes: int | None = MAX_NODES,
) -> Graph:
    """Draw the computation that autograd has recorded behind some tensors.

    Leaves are the tensors whose ``.grad`` a backward pass from the outputs fills. A leaf or a
    result that is used twice is one box. Operands that need no gradient are drawn where autograd
    tells of them, beside each operation that uses them: with their value if the operation saved it.

    Parameters
    ----------
    *outputs : torch.Tensor or torch.nn.Module
        Results, of any shape and dtype. One for which nothing was recorded is a single box that
        says why. Or a model and what to call it with, ``draw_graph(net, x)``: then every operation
        stands in the frame of the module that ran it. Buffers and random numbers stay as they are.
    params : collections.abc.Mapping, optional
        Names: ``{"x": x}``, or ``dict(model.named_parameters())``. Intermediate results may be
        among them; each gets a box behind its operation. Operations on parameters whose names have
        a dot are grouped by module, as far as the parameters tell. What is not among them has the
        name of the caller's variable (parameters of a module `net` are ``"net.0.weight"``, then
        local variables, then global ones), and without `params` the variables name intermediate
        results too.
    show_values : bool
        Show values: of leaves, constants, outputs and named results, and of other results where
        an operation saved them for its backward pass.
    show_grads : bool
        Show the ``.grad`` of leaves, and of results that retain it.
    show_saved : bool
        Show the tensors that each operation saved for its backward pass, or that they were freed.
        What was saved under a hook (by checkpointing, for instance) is never read, since that
        would run the hook.
    title : str, optional
        Heading of the drawing.
    max_nodes : int or None
        A graph of more boxes is drawn folded: its first and last operations, and between them
        boxes that count what was left out. None draws everything, however long that takes.

    Returns
    -------
    Graph
        Plain data that a notebook shows as a drawing. Nothing is laid out before it is looked at.

    Raises
    ------
    TypeError
        If an output or a value of `params` is no tensor, or the title no text.
    ValueError
        If `max_nodes` is below 20.
    """
    check_title(title)
    shown = Shown(show_values, show_grads, show_saved)
    with no_garbage_collection():
        drawn = draw(outputs, params, sys._getframe(1), shown, max_nodes)
        graph = Graph(drawn.nodes, drawn.edges, title, drawn.left_out)
        del drawn  # all of autograd's functions, which need not be searched
    return graph


def draw(
    outputs: tuple[object, ...],
    params: Mapping[str, torch.Tensor] | None,
    frame: FrameType,
    shown: Shown,
    max_nodes: int | None,
) -> Drawn:
    """Check the arguments of :func:`draw_graph` and do its work; `frame` is the caller's."""
    max_nodes = _check_max_nodes(max_nodes)
    if params is not None:
        params = check_params(params)
    calls, model, named_by_model = None, outputs[0] if outputs else None, []
    if isinstance(model, torch.nn.Module):
        calls = ModuleCalls(model, outputs[1:])
        named_by_model = calls.outputs
        outputs = tuple(tensor for _, tensor in named_by_model)
    tensors = check_outputs(outputs)
    around = caller_tensors(frame)
    known = around if params is None else params
    recorded = [tensor for tensor in tensors if tensor.grad_fn is not None]
    walk = trace(tensor.grad_fn for tensor in recorded if tensor.grad_fn is not None)
    named = by_identity([*known.items(), *around.items()])
    for name, tensor in named_by_model:
        if name:
            named.setdefault(id(tensor), name)
    plan = Plan(walk, called(walk.functions), {}, {}, named, shown, calls, _prefix(model, named))
    for i, tensor in enumerate(recorded):
        fallback = "output" if len(recorded) == 1 else f"output {i}"
        result = NamedTensor(tensor, named.get(id(tensor), fallback), "output")
        plan.results.setdefault(_place(walk, tensor), result)
    for name, tensor in known.items():
        if tensor.grad_fn in walk.position:
            plan.results.setdefault(_place(walk, tensor), NamedTensor(tensor, name, "tensor"))
    for (i, number), result in plan.results.items():
        plan.results_of.setdefault(i, []).append((number, result))
    bare = [tensor for tensor in tensors if tensor.grad_fn is None]
    if bare:  # a leaf that another output was computed from has its box already
        leaves = {id(walk.leaf(i)) for i, leaf in enumerate(walk.is_leaf) if leaf}
        bare = [tensor for tensor in bare if id(tensor) not in leaves]
    if max_nodes is None or _num_boxes(plan, max_nodes) + len(bare) <= max_nodes:
        chosen = keep_all(walk)
    else:
        chosen = fold(walk, max_nodes, len(bare), plan.num_extras)
    builder = Builder(plan, chosen)
    for tensor in bare[: chosen.fan]:
        builder.add_empty(tensor, named.get(id(tensor), "tensor"))
    left_out = {} if chosen.fan is None else _left_out(plan, builder, len(bare))
    return Drawn(tuple(builder.nodes), tuple(builder.edges), left_out, builder)


def _check_max_nodes(max_nodes: object) -> int | None:
    if max_nodes is None:
        return None
    if isinstance(max_nodes, bool) or not isinstance(max_nodes, Integral):
        raise TypeError(f"max_nodes: expected an int or None, got {type(max_nodes).__name__}")
    if max_nodes < MIN_NODES:
        raise ValueError(f"max_nodes: expected None or at least {MIN_NODES}, got {max_nodes}")
    return int(max_nodes)


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """Keep Python from searching a growing graph for garbage again and again: there is none.

    It doubles the time of a graph of 100,000 operations.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _prefix(model: object, names: Mapping[int, str]) -> str:
    """Return what the names of a model's parameters have before those that the model gives."""
    parameters = model.named_parameters() if isinstance(model, torch.nn.Module) else ()
    for path, parameter in parameters:
        name = names.get(id(parameter), "")
        if name.endswith(path):
            return name.removesuffix(path)
    return ""


def _place(walk: Trace, tensor: torch.Tensor) -> tuple[int, int]:
    """Return which result of which function the tensor is."""
    assert tensor.grad_fn is not None
    return walk.position[tensor.grad_fn], tensor.output_nr


def _num_boxes(plan: Plan, enough: int) -> int:
    """Return the number of boxes of the whole drawing, or something above `enough`."""
    walk = plan.trace
    number = max(len(walk.functions), sum(map(len, walk.operands)) // MAX_ARROWS)
    if number <= enough:
        number = max(number, total_length(walk) // MAX_LENGTH)
    if number > enough:
        return number
    return number + sum(plan.num_extras(i) for i, leaf in enumerate(walk.is_leaf) if not leaf)


def _left_out(plan: Plan, builder: Builder, num_bare: int) -> dict[str, int]:
    """Return how many boxes of each kind the whole drawing has and this one has not."""
    whole = Counter("leaf" if leaf else "op" for leaf in plan.trace.is_leaf)
    whole.update(result.kind for result in plan.results.values())
    whole["empty"] = num_bare
    drawn = Counter[str](node.kind for node in builder.nodes)
    return {kind: n - drawn[kind] for kind, n in whole.items() if n > drawn[kind]}


def exponent(function: Function) -> str:
    """Return the number that a power is raised to, in words; nothing for a tensor."""
    value = saved_exponent(function)
    return f"exponent {value}" if isinstance(value, (int, float, complex)) else ""


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
        self._operands = plan.trace.operands
        self.nodes: list[Node] = []
        self.edges: list[Edge] = []
        self.key: list[str] = []
        self.result_key: dict[tuple[int, int], str] = {}
        self._dtype_names: dict[torch.dtype, str] = {}
        # Of functions with several results the shape of each that is used, if these differ.
        self._several: dict[int, dict[int, tuple[int, ...] | None]] = {}
        self._build()

    def _build(self) -> None:
        trace, group, names = self.trace, self.fold.group, self.plan.names
        kept = [i for i, number in enumerate(group) if number == KEPT]
        self._values = self._operand_values(kept) if self.plan.shown.values else {}
        self._numbers_shown = self.plan.shown.values or self.plan.shown.grads
        self._look_for_calls = len(kept) <= MAX_NODES
        self._saved_shown, self._named = self.plan.shown.saved, self.plan.results_of
        self._find_owners(kept)
        boxes: dict[int, int] = {}
        members: defaultdict[int, list[int]] = defaultdict(list)
        for i, function in enumerate(trace.functions):
            if group[i] != KEPT:
                number = boxes.setdefault(group[i], len(self.nodes))
                if number == len(self.nodes):
                    self._add("folded", "")
                members[number].append(i)
                self.key.append(f"n{number}")
                self._connect(i, self.key[i], {})
            elif trace.is_leaf[i]:
                tensor = function.variable  # type: ignore[attr-defined]
                self.key.append(self._leaf(i, tensor, names.get(id(tensor), "leaf")))
            else:
                self.key.append(self._operation(i, function))
        for number, functions in members.items():
            self.nodes[number] = self._folded(self.nodes[number], functions)
        self._unframe()
        if self.fold.fan is not None:
            self.edges = merge_parallel(self.edges)

    def _add(
        self,
        kind: BoxKind,
        label: str,
        tensor: torch.Tensor | None = None,
        value: Value | None = None,
        grad: Value | None = None,
        detail: str = "",
    ) -> str:
        key = f"n{len(self.nodes)}"
        shape, dtype = (None, None) if tensor is None else self._look(tensor)
        node = Node(key, kind, label, shape, value, grad, detail=detail, dtype=dtype)
        self.nodes.append(node)
        return key

    def _look(self, tensor: Any) -> tuple[tuple[int, ...] | None, str]:
        """Return shape and dtype of a tensor, or of what is known of a result, quickly."""
        dtype = tensor.dtype
        name = self._dtype_names.get(dtype)
        if name is None:
            name = self._dtype_names[dtype] = dtype_name(dtype)
        try:
            return tuple(tensor.shape), name
        except Exception:  # as shape_of: some tensors have none
            return None, name

    def _numbers(self, tensor: torch.Tensor) -> tuple[Value | None, Value | None]:
        shown = self.plan.shown
        value = plain(tensor) if shown.values else None
        if not shown.grads or not (tensor.is_leaf or tensor.retains_grad):
            return value, None
        return value, "none" if tensor.grad is None else plain(tensor.grad, gradient=True)

    def _leaf(self, i: int, tensor: torch.Tensor, name: str) -> str:
        value, grad = self._numbers(tensor) if self._numbers_shown else (None, None)
        key, module = f"n{len(self.nodes)}", self._own.get(i)
        shape, dtype = self._look(tensor)
        fields = (key, "leaf", name, shape, value, grad, module, None, "", dtype, "")
        self.nodes.append(new_node(Node, fields))
        return key

    def _operation(self, i: int, function: Function) -> str:
        """Add an operation with its arrows, and the boxes that come with it."""
        name, class_name = self.plan.called[i]
        constants: dict[int, str] = {}
        if NOTHING in self._operands[i]:
            operands = zip(self._operands[i], OPERANDS.get(name, ()), strict=False)
            for k, (operand, saved_as) in enumerate(operands):
                if operand is NOTHING:
                    constants[k] = self._constant(function, saved_as)
        value = self._value(i) if self._values else None
        module = self._module(i, name) if self._framed else None
        detail = exponent(function) if name == "pow" else ""
        where = call_site(function) if self._look_for_calls else ""
        key = f"n{len(self.nodes)}"
        made = results(function)
        shape, dtype = self._look(made[0]) if len(made) == 1 else self._shared_look(i, made)
        fields = (key, "op", name, shape, value, None, module, class_name, detail, dtype, where)
        self.nodes.append(new_node(Node, fields))
        self._connect(i, key, constants)
        if self._saved_shown:
            self._saved(function, key)
        if i in self._named:
            self._named_results(i, key)
        return key

    def _shared_look(
        self, i: int, made: Sequence[Any]
    ) -> tuple[tuple[int, ...] | None, str | None]:
        """Return shape and dtype of the results that are used, where all have the same."""
        if not made:
            return None, None
        flowing = {number: shape_of(made[number]) for number in self._used.get(i, (0,))}
        first, shape = next(iter(flowing.items()))
        self._several[i] = {} if len(set(flowing.values())) == 1 else flowing
        return None if self._several[i] else shape, dtype_name(made[first].dtype)

    @cached_property
    def _used(self) -> dict[int, tuple[int, ...]]:
        return _used_results(self.plan)

    def _connect(self, i: int, key: str, constants: Mapping[int, str]) -> None:
        keys, named, several = self.key, self._named, self._several
        for position, (function, number) in enumerate(self._operands[i]):
            result, shape = None, None
            if function < 0:
                source = constants.get(position, key)
            else:
                source = keys[function]
                if function in named and (function, number) in self.result_key:
                    source = self.result_key[function, number]
                elif function in several:
                    result, shape = number, several[function].get(number)
            if source != key:  # within a folded box there are no arrows
                fields = (source, key, position, result, None, 1, shape)
                self.edges.append(new_edge(Edge, fields))

    def _value(self, i: int) -> Value | None:
        """Return the value of a result that has no box of its own, if it is small enough."""
        used = self._used.get(i, (0,))
        value = self._values.get((i, used[0]))
        if value is None or len(used) > 1 or (i, used[0]) in self.plan.results:
            return None
        shown = plain(value)
        return None if isinstance(shown, str) else shown

    def _operand_values(self, kept: Iterable[int]) -> dict[tuple[int, int], torch.Tensor]:
        """Return the results of operations that are still held by the functions that use them.

        Autograd keeps no values of its own. But ``mul`` saves its operands for the backward pass,
        and ``exp`` its result; torch checks by a version counter that nobody has changed them
        since.
        """
        found: dict[tuple[int, int], torch.Tensor] = {}
        for i in kept:
            function, operands = self.trace.functions[i], self.trace.operands[i]
            name = self.plan.called[i][0]
            attributes = OPERANDS.get(name, ("self",) if len(operands) == 1 else ())
            tensors = [saved_tensor(function, attribute) for attribute in attributes]
            for operand, tensor in zip(operands, tensors, strict=False):
                if tensor is not None:
                    found[operand] = tensor.detach()
            result = saved_tensor(function, "result")
            if name == "mul" and None not in tensors and tensors[0].numel() <= MAX_ELEMENTS:  # type: ignore[union-attr]
                result = tensors[0] * tensors[1]  # type: ignore[operator]
            if result is not None:
                found[i, 0] = result.detach()
        return found

    def _constant(self, function: Function, saved_as: str) -> str:
        """Add the box of an operand that needs no gradient; return its key.

        One that is used twice has two boxes: a graph that a backward pass has freed, or an
        operation that saves nothing, does not tell whether two constants are one.
        """
        tensor = saved_tensor(function, saved_as)
        if tensor is None:
            return self._add("constant", "constant", detail="not kept")
        label = self.plan.names.get(id(tensor))
        shape, dtype = self._look(tensor)
        shown = self.plan.shown.values or (label is None and shape == ())
        value = plain(tensor) if shown else None
        key, name = f"n{len(self.nodes)}", label or "constant"
        fields = (key, "constant", name, shape, value, None, None, None, "", dtype, "")
        self.nodes.append(new_node(Node, fields))
        return key

    def _saved(self, function: Function, key: str) -> None:
        problems: dict[str, list[str]] = defaultdict(list)
        for name, tensor, problem in islice(saved_tensors(function), self.fold.fan):
            if not is_tensor(tensor):
                problems[problem].append(name)
                continue
            assert isinstance(tensor, torch.Tensor)
            label = self.plan.names.get(id(tensor), name)
            detail = f"saved as {name}" if label != name else "saved"
            value = self._numbers(tensor)[0]
            box = self._add("saved", label, tensor, value, detail=detail)
            self.edges.append(Edge(box, key))
        for problem, names in problems.items():
            box = self._add("saved", "saved tensors " + problem, detail=", ".join(names))
            self.edges.append(Edge(box, key))

    def _named_results(self, i: int, key: str) -> None:
        named = self.plan.results_of[i]
        drawn = named[: self.fold.fan]
        for number, (tensor, name, kind) in drawn:
            box = self._add(kind, name, tensor, *self._numbers(tensor))
            self.result_key[i, number] = box
            self.edges.append(Edge(key, box, 0, number if i in self._several else None))
        if len(drawn) < len(named):
            box = self._add("folded", f"⋮ {len(named) - len(drawn):,} more results")
            self.edges.append(Edge(key, box))

    def _find_owners(self, kept: Iterable[int]) -> None:
        """Find the module of each leaf, as far as names and uses tell; see :mod:`frames`."""
        self._own: dict[int, str] = {}
        self._inside: dict[int, str] = {}
        self._num_entries: Counter[str] = Counter()
        calls, prefix = self.plan.calls, self.plan.prefix
        dotted = {tensor: name for tensor, name in self.plan.names.items() if "." in name}
        named = {}
        if dotted:
            leaves = {i: id(self.trace.leaf(i)) for i in kept if self.trace.is_leaf[i]}
            named = {i: dotted[tensor] for i, tensor in leaves.items() if tensor in dotted}
        self._framed = bool(named or calls)
        if not named:
            return
        owners = frames.owners(named.values())
        if calls is not None:
            for i, name in named.items():
                module = owners.get(name, "").removeprefix(prefix)
                while module and module not in calls.modules:
                    module = module.rpartition(".")[0]
                if module:
                    self._own[i] = prefix + module
            return
        uses = Counter([j for operands in self.trace.operands for j, _ in operands])
        # A parameter that is used twice may be another module's, too.
        shared = {owners.get(name) for i, name in named.items() if uses[i] > 1}
        self._own = {
            i: owners[name]
            for i, name in named.items()
            if name in owners and owners[name] not in shared
        }

    def _module(self, i: int, name: str) -> str | None:
        """Return the module whose frame the operation stands in, if that is known."""
        if self.plan.calls is not None:
            ran = self.plan.calls.module_at(sequence_number(self.trace.functions[i]))
            module = self.plan.prefix + ran if ran else None
        else:
            module = self._module_by_parameters(i, name)
        if module is not None:
            self._num_entries[module] += i not in self._own
        return module

    def _module_by_parameters(self, i: int, name: str) -> str | None:
        own, inside, operands = self._own, self._inside, self._operands[i]
        modules = [own.get(j) for j, _ in operands]
        if not any(modules):
            return None
        if name in frames.LAYERS:
            positions = [k for k in frames.LAYERS[name] if k < len(operands)]
            modules = [modules[k] for k in positions if operands[k] is not NOTHING]
        elif name not in frames.SHAPE_ONLY:
            # A layer's bias added to what its weight has made.
            made = [inside.get(j) for j, _ in operands]
            if not any(made):
                return None
            modules = [a or b for a, b in zip(modules, made, strict=True)]
        module = modules[0] if len(set(modules)) == 1 else None
        if module is not None:
            (own if name in frames.SHAPE_ONLY else inside)[i] = module
        return module

    def add_empty(self, tensor: torch.Tensor, name: str) -> None:
        """Add the box of an output that has no graph."""
        detail = f"no graph was recorded: {why_no_graph(tensor)}"
        self._add("empty", name, tensor, *self._numbers(tensor), detail=detail)

    def _unframe(self) -> None:
        """Take the module from the boxes of those that the computation comes back to."""
        several = [module for module, number in self._num_entries.items() if number > 1]
        torn = frames.scattered(self.nodes, self.edges, several) if several else set()
        if torn:
            self.nodes = [n._replace(module=None) if n.module in torn else n for n in self.nodes]

    def _folded(self, node: Node, functions: list[int]) -> Node:
        leaves = sum(self.trace.is_leaf[i] for i in functions)
        names = Counter(self.plan.called[i][0] for i in functions if not self.trace.is_leaf[i])
        label, detail = box_texts(names, leaves)
        return node._replace(label=label, detail=detail)


def _used_results(plan: Plan) -> dict[int, tuple[int, ...]]:
    """Return which results are used of each function of which not only the first one is."""
    pairs = {operand for operands in plan.trace.operands for operand in operands if operand[1]}
    pairs |= {place for place in plan.results if place[1]}
    if not pairs:
        return {}
    functions = {i for i, _ in pairs}
    first = {
        (i, 0) for operands in plan.trace.operands for i, r in operands if i in functions and not r
    }
    first |= {place for place in plan.results if place[0] in functions and not place[1]}
    used: defaultdict[int, list[int]] = defaultdict(list)
    for i, number in sorted(pairs | first):
        used[i].append(number)
    return {i: tuple(numbers) for i, numbers in used.items()}


def merge_parallel(edges: Iterable[Edge]) -> list[Edge]:
    """Return the edges with those between the same two boxes made one, with their number."""
    merged: dict[tuple[str, str], Edge] = {}
    for edge in edges:
        first = merged.get(edge[:2])
        merged[edge[:2]] = edge if first is None else first._replace(times=first.times + 1)
    return list(merged.values())
