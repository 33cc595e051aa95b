"""A drawing reads what it can, changes nothing, and is never stopped by what it cannot read."""

import copy
import gc

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils.checkpoint import checkpoint, checkpoint_sequential

from pytorch_primer import backward_steps, draw_graph, summary
from pytorch_primer.graph.plain import plain

EVERYTHING = {"show_values": True, "show_grads": True, "show_saved": True}


def leaf(*shape):
    return torch.rand(*shape, requires_grad=True) + 1


COMPUTATIONS = {
    "2**x": lambda x: 2**x,
    "a**b": lambda x: x**x,
    "x**2": lambda x: x**2,
    "x**c": lambda x: x ** torch.full((4,), 3.0),
    "div": lambda x: x / x,
    "where": lambda x: torch.where(x > 0, x, 2 * x),
    "lerp": lambda x: torch.lerp(x, x * 2, 0.3),
    "addcmul": lambda x: torch.addcmul(x, x, x),
    "norm": lambda x: x.norm(),
    "prod": lambda x: x.prod(),
    "cumprod": lambda x: x.cumprod(0),
    "sort": lambda x: x.sort()[0],
    "index": lambda x: x[torch.tensor([0, 2])],
    "softmax": lambda x: x.softmax(0),
    "layer_norm": lambda x: torch.nn.functional.layer_norm(x, (4,)),
    "stack": lambda x: torch.stack([x, x]),
    "clamp": lambda x: x.clamp(0, 1),
    "atan2": lambda x: torch.atan2(x, x + 1),
    "logsumexp": lambda x: x.logsumexp(0),
    "fft": lambda x: torch.fft.fft(x).abs(),
}


@pytest.mark.parametrize("name", COMPUTATIONS)
def test_a_graph_is_drawn_the_same_before_and_after_it_is_freed(name):
    x = torch.rand(4, requires_grad=True)
    y = COMPUTATIONS[name](x).sum()
    before = draw_graph(y)
    draw_graph(y, **EVERYTHING)
    y.backward()
    after = draw_graph(y)
    assert after.edges == before.edges
    assert [(n.key, n.kind, n.shape) for n in after.nodes if n.kind != "constant"] == [
        (n.key, n.kind, n.shape) for n in before.nodes if n.kind != "constant"
    ]
    assert draw_graph(y, **EVERYTHING)._repr_html_()


@pytest.mark.parametrize("error", [ValueError, RuntimeError, KeyError, ZeroDivisionError, OSError])
@pytest.mark.parametrize("name", COMPUTATIONS)
def test_a_hook_that_raises_does_not_stop_a_drawing(name, error):
    def unpack(packed):
        raise error("not today")

    with torch.autograd.graph.saved_tensors_hooks(lambda t: t, unpack):
        y = COMPUTATIONS[name](torch.rand(4, requires_grad=True))
    assert draw_graph(y, **EVERYTHING)._repr_html_()


class Counting(torch.nn.Module):
    """Counts its calls, and moves statistics and random numbers as training does."""

    def __init__(self):
        super().__init__()
        self.norm, self.drop = torch.nn.BatchNorm1d(3), torch.nn.Dropout(0.5)
        self.calls = 0

    def forward(self, x):
        self.calls += 1
        return self.drop(self.norm(x)).sin() * x


@pytest.mark.parametrize("reentrant", [False, True])
@pytest.mark.parametrize("shown", [{}, EVERYTHING])
def test_checkpointed_code_is_not_run_again(reentrant, shown):
    net = Counting()
    x = torch.rand(5, 3, requires_grad=True)
    y = checkpoint(net, x, use_reentrant=reentrant)
    state, random = copy.deepcopy(net.state_dict()), torch.get_rng_state()
    draw_graph(y, **shown)
    assert net.calls == 1
    assert net.norm.num_batches_tracked == 1
    assert all(torch.equal(state[name], value) for name, value in net.state_dict().items())
    assert torch.equal(random, torch.get_rng_state())


@pytest.mark.parametrize("max_nodes", [20, 300, None])
def test_no_hook_of_any_kind_is_run(max_nodes):
    ran = []

    def pack(tensor):
        return tensor

    def unpack(tensor):
        ran.append("unpack")
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
        y = leaf(4)
        for _ in range(20):
            y = (y * 2).sin() ** 2 * torch.ones(4)
    y.register_hook(lambda grad: ran.append("tensor"))
    y.grad_fn.register_prehook(lambda grads: ran.append("node"))
    with torch.autograd.graph.save_on_cpu():
        z = y.exp()
    net = torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.Linear(4, 4))
    z = checkpoint_sequential(net, 2, z, use_reentrant=False)
    graph = draw_graph(z, max_nodes=max_nodes, **EVERYTHING)
    assert not ran
    assert "saved tensors behind a hook" in graph.dot


def quantised():
    return torch.quantize_per_tensor(torch.tensor([1.0, 2.0, 3.0]), 0.5, 0, torch.quint8)


def freed(*shape):
    tensor = torch.rand(shape)
    tensor.untyped_storage().resize_(0)
    return tensor


def fake():
    with FakeTensorMode():
        return torch.ones(3)


STRANGE = {
    "quantised": (quantised, (1.0, 2.0, 3.0)),
    "complex32": (lambda: torch.tensor([1 + 2j]).to(torch.complex32), (1 + 2j,)),
    "float8": (lambda: torch.tensor([1.5, -2.0]).to(torch.float8_e4m3fn), (1.5, -2.0)),
    "float4": (lambda: torch.zeros(2, dtype=torch.uint8).view(torch.float4_e2m1fn_x2), None),
    "bfloat16": (lambda: torch.tensor([1.5], dtype=torch.bfloat16), (1.5,)),
    "freed": (lambda: freed(3), None),
    "freed number": (lambda: freed(), None),
    "freed and large": (lambda: freed(100, 100), None),
    "meta": (lambda: torch.ones(3, device="meta"), None),
    "meta number": (lambda: torch.ones((), device="meta"), None),
    "fake": (fake, None),
    "strided nested": (lambda: torch.nested.nested_tensor([torch.ones(2), torch.ones(3)]), None),
    "jagged": (
        lambda: torch.nested.nested_tensor([torch.ones(2), torch.ones(3)], layout=torch.jagged),
        None,
    ),
    "sparse": (lambda: torch.eye(2).to_sparse(), ((1.0, 0.0), (0.0, 1.0))),
    "sparse csr": (lambda: torch.eye(2).to_sparse_csr(), ((1.0, 0.0), (0.0, 1.0))),
    "empty": (lambda: torch.ones(0, 3), ()),
    "bool": (lambda: torch.tensor(True), True),
    "uint64": (lambda: torch.tensor([2**63], dtype=torch.uint64), (2**63,)),
    "lazy": (lambda: torch.nn.LazyLinear(3).weight, None),
    "conjugate": (lambda: torch.tensor([1 + 2j]).conj(), (1 - 2j,)),
    "expanded": (lambda: torch.ones(1).expand(3), (1.0, 1.0, 1.0)),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", STRANGE)
def test_any_tensor_is_drawn_with_its_numbers_or_as_not_readable(name):
    make, expected = STRANGE[name]
    tensor = make()
    expected = "not readable" if expected is None else expected
    assert plain(tensor) == expected
    graph = draw_graph(tensor, **EVERYTHING)
    assert graph.nodes[0].value == expected
    assert graph._repr_html_()
    assert graph.description
    assert "\n" not in summary(tensor)
    assert ("not readable" in summary(tensor)) == (expected == "not readable")


@pytest.mark.filterwarnings("ignore")
def test_tensors_inside_a_transform_and_masked_ones_are_drawn():
    drawn = []

    def watched(x):
        drawn.append(draw_graph(x, x * 2, **EVERYTHING))
        return x.sum()

    torch.func.vmap(watched)(torch.ones(2, 3))
    torch.func.grad(watched)(torch.ones(3))
    assert all(graph._repr_html_() for graph in drawn)
    masked = torch.masked.masked_tensor(
        torch.ones(3), torch.tensor([True, False, True]), requires_grad=True
    )
    assert draw_graph(masked, masked * 2, **EVERYTHING)._repr_html_()


@pytest.mark.filterwarnings("ignore")
def test_a_graph_through_strange_tensors_is_drawn():
    a, b = torch.rand(2, 3, requires_grad=True), torch.rand(3, 3, requires_grad=True)
    nested = torch.nested.as_nested_tensor([a, b])
    assert draw_graph(nested, nested * 2, **EVERYTHING)._repr_html_()
    jagged = torch.nested.as_nested_tensor([a, b], layout=torch.jagged)
    assert draw_graph(jagged.sin(), **EVERYTHING)._repr_html_()
    sparse = torch.eye(3).to_sparse().requires_grad_()
    assert draw_graph(torch.sparse.mm(sparse, b), **EVERYTHING)._repr_html_()
    half = torch.rand(3, dtype=torch.float16, requires_grad=True)
    assert draw_graph(half.float() * half.bfloat16(), **EVERYTHING)._repr_html_()


class Liar:
    """What a mock, a proxy or a lazy import may be: asking for its class raises."""

    @property
    def __class__(self):
        raise RuntimeError("do not ask")


TRAP = Liar()


class Unborn(torch.nn.Module):
    def __init__(self):
        pass


def test_the_callers_other_variables_stop_nothing():
    trap, unborn = Liar(), Unborn()
    lazy = torch.nn.LazyLinear(2)
    x = torch.ones(2, requires_grad=True)
    y = x * 2
    assert [n.label for n in draw_graph(y).nodes if n.kind == "leaf"] == ["x"]
    assert len(backward_steps(y.sum())) == 4
    del trap, unborn, lazy


def test_the_callers_locals_are_left_alone():
    x = torch.ones(2, requires_grad=True)
    y = x * 2
    held = locals()
    draw_graph(y)
    assert held["x"] is x
    assert held["y"] is y
    assert locals()["y"] is y


def test_what_the_caller_deletes_is_gone_though_it_was_drawn():
    gone = []

    class Tell(torch.Tensor):
        def __del__(self):
            gone.append(True)

    def draws():
        x = torch.ones(2, requires_grad=True)
        tell = torch.ones(2).as_subclass(Tell)
        draw_graph(x * 2)
        del tell
        gc.collect()
        return bool(gone)

    assert draws()
