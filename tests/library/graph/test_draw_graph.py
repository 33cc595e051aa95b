"""What is drawn: leaves, operations, names, values, saved tensors, modules."""

import weakref

import pytest
import torch
import torch.nn.functional as F

from pytorch_primer import Graph, draw_graph


def by_label(graph):
    return {node.label: node for node in graph.nodes}


def operands(graph, label):
    """Return the labels of the operands of the one box with that label, in their order."""
    (target,) = [node.key for node in graph.nodes if node.label == label]
    labels = {node.key: node.label for node in graph.nodes}
    edges = sorted((e.operand, labels[e.source]) for e in graph.edges if e.target == target)
    return [source for _, source in edges]


def kinds(graph):
    return [node.kind for node in graph.nodes]


def test_operands_come_in_the_order_of_the_formula():
    a, b = torch.tensor(6.0, requires_grad=True), torch.tensor(4.0, requires_grad=True)
    assert operands(draw_graph(a - b), "sub") == ["a", "b"]
    assert operands(draw_graph(b - a), "sub") == ["b", "a"]
    matrix = torch.ones(2, 3, requires_grad=True)
    vector, bias = torch.ones(3, 2, requires_grad=True), torch.zeros(2, requires_grad=True)
    product = torch.addmm(bias, matrix, vector)
    assert operands(draw_graph(product), "addmm") == ["bias", "matrix", "vector"]


def test_a_leaf_used_twice_is_one_box_with_two_arrows():
    w = torch.tensor(3.0, requires_grad=True)
    graph = draw_graph(w * w)
    assert kinds(graph).count("leaf") == 1
    assert operands(graph, "mul") == ["w", "w"]


def test_values_of_a_sum_of_products():
    a, b, c = (torch.tensor(v, requires_grad=True) for v in (3.0, 4.0, 5.0))
    f = ((a + b) * c) + c
    graph = draw_graph(f, show_values=True)
    nodes = by_label(graph)
    assert [nodes[name].value for name in "abcf"] == [3.0, 4.0, 5.0, 40.0]
    values = [(n.label, n.value) for n in graph.nodes if n.kind == "op"]
    # The sum in the middle is saved by mul, and so are both factors of its product.
    assert values == [("add", 7.0), ("mul", 35.0), ("add", None)]


def test_a_value_is_not_made_up_when_a_leaf_has_changed_since():
    a, b = torch.tensor(2.0, requires_grad=True), torch.tensor(3.0, requires_grad=True)
    c = torch.tensor(4.0, requires_grad=True)
    output = a * b + c
    with torch.no_grad():
        a.fill_(100.0)
    nodes = by_label(draw_graph(output, show_values=True))
    assert nodes["mul"].value is None
    assert nodes["output"].value == 10.0


def test_gradients_before_and_after_backward():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    h = x * 3
    h.retain_grad()
    y = h.sum()
    assert by_label(draw_graph(y, show_grads=True))["x"].grad == "none"
    y.backward()
    nodes = by_label(draw_graph(y, show_grads=True))
    assert nodes["x"].grad == (3.0, 3.0)
    assert nodes["h"].grad == (1.0, 1.0)
    assert nodes["y"].grad is None
    assert by_label(draw_graph(y))["x"].grad is None


def test_shapes_are_those_of_the_tensors():
    w = torch.ones(4, 5, requires_grad=True)
    x = torch.ones(3, 4)
    h = x @ w
    y = h.relu().sum(dim=1)
    nodes = by_label(draw_graph(y))
    assert nodes["w"].shape == (4, 5)
    assert nodes["x"].shape == (3, 4)
    assert nodes["mm"].shape == nodes["h"].shape == nodes["relu"].shape == (3, 5)
    assert nodes["sum"].shape == nodes["y"].shape == (3,)


@pytest.mark.parametrize(
    ("compute", "name"),
    [
        (lambda x: x * x, "mul"),
        (lambda x: torch.log1p(x), "log1p"),
        (lambda x: F.max_pool2d(x[None], 2), "max_pool2d_with_indices"),
        (lambda x: torch.addmm(x, x, x), "addmm"),
        (lambda x: F.log_softmax(x, 0), "log_softmax"),
        (lambda x: x.expand(2, 4, 4), "expand"),
        (lambda x: torch.logsumexp(x, 0), "logsumexp"),
        (lambda x: x.t(), "t"),
    ],
)
def test_operations_have_the_names_that_users_call_them_by(compute, name):
    x = torch.rand(4, 4, requires_grad=True)
    graph = draw_graph(compute(x))
    assert name in [node.label for node in graph.nodes if node.kind == "op"]


def test_class_names_are_among_the_facts():
    x = torch.tensor(1.0, requires_grad=True)
    y = x.exp()
    graph = draw_graph(y)
    assert by_label(graph)["exp"].class_name == type(y.grad_fn).__name__ == "ExpBackward0"
    assert "ExpBackward0" not in graph.dot
    assert "exp: operation ExpBackward0" in graph._repr_svg_()


def test_names_of_intermediate_tensors_by_variable_and_by_params():
    x = torch.tensor(5.0, requires_grad=True)
    inner = x - 2
    y = inner**2
    graph = draw_graph(y)
    assert [n.label for n in graph.nodes if n.kind == "tensor"] == ["inner"]
    assert operands(graph, "pow") == ["inner"]
    assert operands(graph, "inner") == ["sub"]
    graph = draw_graph(y, params={"weight": x, "u": inner})
    assert [(n.kind, n.label) for n in graph.nodes if n.kind in ("leaf", "tensor", "output")] == [
        ("leaf", "weight"),
        ("tensor", "u"),
        ("output", "y"),
    ]


def test_params_alone_name_intermediate_tensors_when_given():
    x = torch.tensor(5.0, requires_grad=True)
    inner = x - 2
    assert "tensor" not in kinds(draw_graph(inner**2, params={"x": x}))


GLOBAL = torch.tensor(1.0, requires_grad=True)


def test_local_variables_name_before_global_ones():
    local = GLOBAL
    assert by_label(draw_graph(local * 2))["local"].kind == "leaf"

    def elsewhere():
        return draw_graph(GLOBAL * 2)

    assert by_label(elsewhere())["GLOBAL"].kind == "leaf"


def test_private_names_are_passed_over():
    _hidden = torch.tensor(1.0, requires_grad=True)
    assert "_hidden" not in by_label(draw_graph(_hidden * 2))


def test_constants_have_their_value_or_name():
    w = torch.ones(3, requires_grad=True)
    x = torch.arange(3.0)
    graph = draw_graph((w * x) * 2 + 1, show_values=True)
    constants = [(n.label, n.value) for n in graph.nodes if n.kind == "constant"]
    # A sum saves neither of its operands: its derivatives are 1.
    assert constants == [("x", (0.0, 1.0, 2.0)), ("constant", 2), ("constant", None)]
    assert [n.detail for n in graph.nodes if n.kind == "constant"] == ["", "", "not kept"]
    assert [n.value for n in draw_graph(w * 2).nodes if n.kind == "constant"] == [2]


def test_a_constant_has_a_box_at_each_use_before_and_after_backward():
    x = torch.ones(3, requires_grad=True)
    c = torch.full((3,), 2.0)
    y = (c * x * c).sum()
    before = draw_graph(y)
    assert [n.label for n in before.nodes if n.kind == "constant"] == ["c", "c"]
    y.backward()
    after = draw_graph(y)
    assert kinds(after) == kinds(before)
    assert after.edges == before.edges


def test_an_optional_operand_that_was_not_given_is_no_constant():
    x = torch.rand(2, 3, requires_grad=True)
    assert "constant" not in kinds(draw_graph(F.layer_norm(x, (3,))))


def test_saved_tensors_and_their_names():
    x = torch.rand(3, requires_grad=True)
    y = x.sin() * x
    saved = [(n.label, n.detail) for n in draw_graph(y, show_saved=True).nodes if n.kind == "saved"]
    # sin saves its operand for the cosine; mul saves both.
    assert sorted(saved) == sorted(
        [("x", "saved as self"), ("x", "saved as other"), ("self", "saved")]
    )


def test_a_freed_graph_is_drawn_and_says_so():
    x = torch.rand(3, requires_grad=True)
    y = (x.sin() * x).sum()
    y.backward()
    graph = draw_graph(y, show_saved=True, show_values=True, show_grads=True)
    assert "saved tensors freed" in [node.label for node in graph.nodes]
    assert "freed" in graph.description
    assert graph._repr_svg_()


def test_a_saved_tensor_that_was_changed_in_place_is_told():
    x = torch.rand(3, requires_grad=True)
    h = x * 2
    y = h.exp()
    with torch.no_grad():
        y.add_(1)
    assert "changed in place since" in draw_graph(y, show_saved=True).description


def test_operations_with_several_results():
    x = torch.rand(3, 4, requires_grad=True)
    first, _, third = x.unbind()
    graph = draw_graph(first - third)
    unbind = by_label(graph)["unbind"].key
    assert [e.result for e in graph.edges if e.source == unbind] == [0, 2]
    values, indices = x.max(dim=0)
    graph = draw_graph(values, indices)
    assert by_label(graph)["values"].kind == "output"
    assert by_label(graph)["indices"].kind == "empty"
    low, high = x.split(2, dim=1)
    assert kinds(draw_graph(low, high)).count("output") == 2


class Twice(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, y):
        ctx.save_for_backward(x)
        return 2 * x, x * y

    @staticmethod
    def backward(ctx, first, second):
        (x,) = ctx.saved_tensors
        return 2 * first, x * second


def test_a_function_of_ones_own_keeps_its_name_and_results():
    x, y = torch.rand(3, requires_grad=True), torch.rand(3, requires_grad=True)
    first, second = Twice.apply(x, y)
    graph = draw_graph(first + second, show_saved=True)
    twice = by_label(graph)["Twice"]
    assert twice.class_name == "TwiceBackward"
    assert [e.result for e in graph.edges if e.source == twice.key] == [0, 1]
    assert [n.shape for n in graph.nodes if n.kind == "saved"] == [(3,)]
    (first + second).sum().backward()
    assert "freed" in draw_graph(first, show_saved=True).description


@pytest.mark.parametrize(
    "compute",
    [
        lambda x: (x * 1j).abs().sum(),
        lambda x: torch.linalg.svd(x).S.sum(),
        lambda x: x.view(-1)[::2].unsqueeze(0).transpose(0, 1),
        lambda x: x.clone().index_put_((torch.tensor([0]),), torch.zeros(4)),
        lambda x: F.embedding(torch.tensor([0, 1]), x, sparse=True),
        lambda x: torch.einsum("ij,kj->ik", x, x),
        lambda x: torch.linalg.solve(x + 5 * torch.eye(4), x),
        lambda x: torch.fft.fft(x).real,
        lambda x: x.to_sparse().to_dense(),
        lambda x: torch.nn.LSTM(4, 2)(x[None])[0],
        lambda x: torch.nn.MultiheadAttention(4, 2)(x, x, x)[0],
        lambda x: F.batch_norm(x, None, None, training=True),
    ],
)
def test_uncommon_operations_are_drawn_in_every_way(compute):
    x = torch.rand(4, 4, requires_grad=True)
    output = compute(x)
    graph = draw_graph(output, show_values=True, show_grads=True, show_saved=True)
    assert "x" in [node.label for node in graph.nodes if node.kind == "leaf"]
    assert graph._repr_svg_()
    assert graph.description


def test_an_in_place_change_is_an_operation():
    x = torch.rand(3, requires_grad=True)
    y = x * 2
    y[0] = 0.0
    assert "copy_slices" in [node.label for node in draw_graph(y).nodes]


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda x: (x * 2).detach(), "detached"),
        (lambda x: torch.tensor([1, 2]), "int64 numbers have no gradient"),
        (lambda x: x > 0, "bool numbers have no gradient"),
        (lambda x: x, "leaf that requires grad"),
    ],
)
def test_a_tensor_without_a_graph_is_one_box_that_says_why(make, reason):
    graph = draw_graph(make(torch.rand(2, requires_grad=True)))
    (node,) = graph.nodes
    assert node.kind == "empty"
    assert "no graph was recorded" in node.detail
    assert reason in graph.description
    assert graph.edges == ()
    assert graph._repr_svg_()


def test_nothing_is_recorded_under_no_grad_and_inference_mode():
    x = torch.rand(2, requires_grad=True)
    with torch.no_grad():
        quiet = x * 2
    with torch.inference_mode():
        inference = x * 2
    assert "no_grad" in draw_graph(quiet).description
    assert "inference_mode" in draw_graph(inference).description
    assert [node.label for node in draw_graph(quiet, inference).nodes] == ["quiet", "inference"]


def test_a_leaf_among_the_outputs_is_its_leaf():
    x = torch.rand(2, requires_grad=True)
    assert kinds(draw_graph(x * 2, x)).count("leaf") == 1
    assert "empty" not in kinds(draw_graph(x * 2, x))


def test_modules_group_operations_by_the_names_of_their_parameters():
    net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2))
    output = net(torch.rand(5, 3))
    graph = draw_graph(output, params=dict(net.named_parameters()))
    modules = [(node.label, node.module) for node in graph.nodes if node.module]
    assert sorted(modules) == sorted(
        [(name, name[0]) for name, _ in net.named_parameters()]
        + [("t", "0"), ("addmm", "0"), ("t", "2"), ("addmm", "2")]
    )
    assert by_label(graph)["tanh"].module is None
    assert graph.dot.count("subgraph cluster_") == 2
    names = {node.label for node in draw_graph(output).nodes if node.kind == "leaf"}
    assert names == {f"net.{name}" for name, _ in net.named_parameters()}


def test_the_graph_is_plain_frozen_data():
    x = torch.tensor(5.0, requires_grad=True)
    y = (x - 2) ** 2
    graph = draw_graph(y, show_values=True, show_saved=True)
    with pytest.raises(AttributeError):
        graph.nodes = ()
    with pytest.raises(AttributeError):
        graph.nodes[0].label = "z"

    def atoms(value):
        if isinstance(value, tuple):
            return [atom for item in value for atom in atoms(item)]
        return [value]

    plain = (int, float, str, type(None))
    assert all(isinstance(atom, plain) for atom in atoms((graph.nodes, graph.edges)))
    assert [node.key for node in graph.nodes] == [f"n{i}" for i in range(len(graph.nodes))]
    assert graph == draw_graph(y, show_values=True, show_saved=True)
    assert repr(graph) == "<Graph: 1 leaf, 1 constant, 2 operations, 1 saved tensor, 1 output>"
    assert isinstance(graph, Graph)


def test_outputs_that_share_their_computation_are_one_drawing():
    x = torch.rand(3, requires_grad=True)
    h = x.exp()
    total, product = h.sum(), h.prod()
    graph = draw_graph(total, product)
    labels = [node.label for node in graph.nodes]
    assert labels.count("exp") == 1
    assert [n.label for n in graph.nodes if n.kind == "output"] == ["total", "product"]
    assert [n.label for n in draw_graph(x + 1, x + 2).nodes if n.kind == "output"] == [
        "output 0",
        "output 1",
    ]


@pytest.mark.parametrize(
    ("arguments", "options", "error", "words"),
    [
        ((), {}, TypeError, "outputs: expected at least one"),
        ((3.0,), {}, TypeError, r"outputs\[0\]: expected a torch.Tensor, got float"),
        (([torch.ones(1)],), {}, TypeError, r"outputs\[0\].*got list; unpack it"),
        ((torch.ones(1),), {"params": [1]}, TypeError, "params: expected a mapping.*got list"),
        ((torch.ones(1),), {"params": {1: torch.ones(1)}}, TypeError, "params: .*str, got 1"),
        ((torch.ones(1),), {"params": {"x": 2}}, TypeError, r"params\['x'\].*got int"),
        ((torch.ones(1),), {"max_nodes": 3}, ValueError, "max_nodes: .*at least 20, got 3"),
        ((torch.ones(1),), {"max_nodes": 30.5}, TypeError, "max_nodes: .*got float"),
    ],
)
def test_bad_input_is_named(arguments, options, error, words):
    with pytest.raises(error, match=words):
        draw_graph(*arguments, **options)


def test_the_callers_variables_are_not_held():
    x = torch.rand(2, requires_grad=True)
    y = x * 2
    gone = weakref.ref(y)
    graph = draw_graph(y)
    del y
    assert gone() is None
    assert graph._repr_svg_()
    assert x.shape == (2,)  # and the variables are still there
