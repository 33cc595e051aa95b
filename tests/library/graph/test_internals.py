"""What the drawing takes from torch without torch's promise: each failure says what broke."""

import gc
import re
import subprocess
import sys

import pytest
import torch
from torch.utils.checkpoint import checkpoint

from pytorch_primer import draw_graph
from pytorch_primer.graph import internals
from pytorch_primer.graph.plain import Edge, Node, new_edge, new_node


def test_the_shapes_of_operations_come_from_input_metadata():
    x = torch.ones(2, 3, requires_grad=True)
    (made,) = internals.results(x.sum(0).grad_fn)
    assert tuple(made.shape) == (3,), "operations are drawn without shapes"
    assert made.dtype == torch.float32, "operations are drawn without their dtype"
    assert len(internals.results(x.unbind()[0].grad_fn)) == 2, "results are not told apart"


def test_without_input_metadata_only_shapes_are_missing(monkeypatch):
    x = torch.ones(3, requires_grad=True)
    graph = draw_graph(torch.sin(x))
    monkeypatch.setattr("pytorch_primer.graph.build.results", lambda function: ())
    blind = draw_graph(torch.sin(x))
    assert [node.kind for node in blind.nodes] == [node.kind for node in graph.nodes]
    assert [node.shape for node in blind.nodes] == [(3,), None, (3,)]
    assert "<svg" in blind._repr_svg_()
    assert internals.results(object()) == ()


def test_leaves_are_known_by_the_class_of_accumulate_grad():
    x = torch.ones(2, requires_grad=True)
    ((function, _),) = torch.sin(x).grad_fn.next_functions
    assert type(function) is internals.LEAF, "leaves are drawn as operations"
    assert function.variable is x, "leaves are not known by their tensor"


def test_saved_tensors_stand_in_attributes():
    x, c = torch.ones(2, requires_grad=True), torch.full((2,), 2.0)
    function = (x * c).grad_fn
    assert internals.saved_tensor(function, "other") is c, "constants are drawn without values"
    assert [saved.name for saved in internals.saved_tensors(function)] == ["other"], (
        "show_saved shows nothing"
    )
    assert internals.saved_exponent((x**3).grad_fn) == 3, "powers are drawn without exponents"


def test_a_hook_on_a_saved_tensor_is_seen_without_running_it():
    ran = []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: t, ran.append):
        y = torch.ones(2, requires_grad=True).exp()
    assert y.grad_fn._raw_saved_result.unpack_hook is not None, "drawing runs hooks of the caller's"
    assert internals.saved_tensor(y.grad_fn, "result") is None
    assert not ran


def test_sequence_numbers_follow_the_forward_computation():
    x = torch.ones(2, requires_grad=True)
    before = internals.next_sequence_number()
    first, second = x.sin(), x.cos()
    numbers = [internals.sequence_number(t.grad_fn) for t in (first, second)]
    assert numbers == [before, before + 1], "frames and folded drawings follow the wrong order"
    assert internals.next_sequence_number() == before + 2


def test_anomaly_mode_notes_the_call():
    x = torch.ones(2, requires_grad=True)
    with torch.autograd.set_detect_anomaly(True):
        line = sys._getframe().f_lineno + 1
        y = x.sin()
    assert internals.call_site(y.grad_fn) == f"test_internals.py, line {line}"
    assert internals.call_site(x.sin().grad_fn) == ""
    inside = torch.nn.functional.layer_norm
    with torch.autograd.set_detect_anomaly(True):
        line = sys._getframe().f_lineno + 1
        y = inside(x, (2,))
    assert internals.call_site(y.grad_fn) == f"test_internals.py, line {line}"


# In a process of its own: what goes wrong here is a stack overflow, which ends the process. In a
# thread of a known stack, as some machines give the main one so much that nothing goes wrong.
DEEP = """
import threading
import torch
from pytorch_primer.graph import internals

def walk_and_let_go():
    y = torch.ones(2, requires_grad=True)
    for _ in range(100_000):
        y = torch.sin(y)
    functions, function = [], y.grad_fn
    while function is not None and function.next_functions:
        functions.append(function)
        function = function.next_functions[0][0]
    functions.reverse()
    if not {without}:
        internals.let_go_in_turn(functions, [False] * len(functions))
    del functions, function, y

threading.stack_size(8 * 2**20)
thread = threading.Thread(target=walk_and_let_go)
thread.start()
thread.join()
"""


@pytest.mark.slow
@pytest.mark.parametrize("without", [True, False])
def test_a_deep_graph_that_was_walked_is_freed_by_recursion(without):
    program = [sys.executable, "-c", DEEP.format(without=without)]
    done = subprocess.run(program, capture_output=True, text=True)
    if without:
        assert done.returncode != 0, (
            "torch frees deep graphs safely by now: let_go_in_turn and its metadata can go"
        )
    else:
        assert done.returncode == 0, "a deep graph that was drawn ends the process when deleted"


def test_a_tuple_is_made_a_node_without_its_class():
    fields = tuple(range(len(Node._fields)))
    assert new_node(Node, fields) == Node(*fields)
    fields = tuple(range(len(Edge._fields)))
    assert new_edge(Edge, fields) == Edge(*fields)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("AddBackward0", "add"),
        ("MaxPool2DWithIndicesBackward0", "max_pool2d_with_indices"),
        ("TBackward0", "t"),
        ("LogSoftmaxBackward0", "log_softmax"),
        ("CopySlices", "copy_slices"),
        ("CopyBackwards", "copy_"),
        ("ConvolutionBackwardBackward0", "convolution_backward"),
        ("FftR2CBackward0", "fft_r2c"),
        ("ToCopyBackward0", "to_copy"),
    ],
)
def test_operations_are_named_as_they_are_called(name, expected):
    class Stand:
        def name(self):
            return name

    Stand.__name__ = name
    assert internals.operation_name(Stand()) == expected


@pytest.mark.parametrize(
    ("full", "expected"),
    [
        ("torch::autograd::CppNode<MySquare>", "MySquare"),
        ("torch::autograd::CppNode<my::space::MySquare>", "MySquare"),
        ("torch::autograd::CppNode<my_square>", "my_square"),
        ("torch::autograd::UndefinedGrad", "undefined_grad"),
        ("struct torch::autograd::CppNode<struct MySquare>", "MySquare"),
    ],
)
def test_functions_written_in_c_keep_their_authors_name(full, expected):
    class CppFunction:
        def name(self):
            return full

    assert internals.operation_name(CppFunction()) == expected


def test_all_of_torchs_own_names_are_readable():
    own = [name for name in dir(torch._C._functions) if name[0].isupper()]
    assert own
    for name in own:
        stand = type(name, (), {"name": lambda self, name=name: name})()
        label = internals.operation_name(stand)
        assert label == label.lower()
        assert not re.search(r"_backward\d", label)


def test_checkpointed_values_are_not_asked_for():
    ran = []

    def block(t):
        ran.append(1)
        return (t.sin() * t).exp()

    x = torch.ones(3, requires_grad=True)
    y = checkpoint(block, x, use_reentrant=False)
    draw_graph(y, show_values=True, show_saved=True, show_grads=True)
    assert len(ran) == 1
    gc.collect()
