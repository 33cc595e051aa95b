"""Frames against what ran: by hooks that are this test's own, in terms of inputs and outputs."""

import copy
import sys

import pytest
import torch
from torch import nn

from pytorch_primer import draw_graph, import_torchvision
from pytorch_primer.graph.build import Shown, draw


def tensors_in(thing):
    if isinstance(thing, torch.Tensor):
        return [thing]
    if isinstance(thing, dict):
        thing = list(thing.values())
    return (
        [t for part in thing for t in tensors_in(part)] if isinstance(thing, (tuple, list)) else []
    )


class Truth:
    """The innermost module of each function: what lies between a module's inputs and outputs."""

    def __init__(self, net, prefix=""):
        self.calls, self.begun, self.prefix = [], [], prefix
        for name, module in net.named_modules():
            if name:
                module.register_forward_pre_hook(self.begin, with_kwargs=True)
                module.register_forward_hook(self.end(name))

    def begin(self, module, inputs, options):
        # Before the module runs, which may change its input in place.
        self.begun.append([t.grad_fn for t in tensors_in([inputs, options])])

    def end(self, name):
        def hook(module, inputs, output):
            made = [t.grad_fn for t in tensors_in(output)]
            self.calls.append((name, self.begun.pop(), made))

        return hook

    def modules(self):
        """Return the modules of each function, innermost first (modules end in that order)."""
        found = {}
        for name, above, made in self.calls:
            walked, todo = set(), [f for f in made if f is not None]
            while todo:
                function = todo.pop()
                if function is None or function in walked or function in above:
                    continue
                walked.add(function)
                todo += [below for below, _ in function.next_functions]
            for function in walked:
                if not hasattr(function, "variable"):
                    found.setdefault(function, []).append(self.prefix + name)
        return found


def drawn(*outputs, params=None):
    return draw(outputs, params, sys._getframe(1), Shown(), None)


def frames_of(result):
    """Return the module of each function's box, as drawn."""
    module = {node.key: node.module for node in result.nodes}
    builder = result.builder
    pairs = zip(builder.trace.functions, builder.key, strict=True)
    return {f: module[key] for f, key in pairs if not hasattr(f, "variable")}


def compare(result, truth):
    """Return how many boxes stand in the right frame, in none, and in a wrong one."""
    known = truth.modules()
    right = left_away = wrong = 0
    for function, module in frames_of(result).items():
        modules = known.get(function, [])
        if module is None:
            left_away += 1
        elif modules and module == modules[0]:
            right += 1
        else:
            wrong += 1
    return right, left_away, wrong


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb, self.out = nn.Embedding(7, 4), nn.Linear(4, 7)
        self.out.weight = self.emb.weight

    def forward(self, x):
        return self.out(self.emb(x).tanh())


class Queries(nn.Module):
    """Queries and prompts that are learned, used in another module than their own."""

    def __init__(self):
        super().__init__()
        self.query, self.prompt = nn.Parameter(torch.rand(2, 4)), nn.Parameter(torch.rand(3, 4))
        self.act, self.first, self.second = nn.Tanh(), nn.Linear(4, 4), nn.Linear(4, 4, bias=False)
        self.attention = nn.MultiheadAttention(4, 2, batch_first=True)

    def forward(self, x):
        query = self.second(self.first(self.act(self.query)))
        both = torch.cat([self.prompt.expand(len(x), 3, 4), x], dim=1)
        return self.attention(query.expand(len(x), 2, 4), both, both)[0]


class Penalty(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(4, 4), nn.Linear(4, 4)

    def forward(self, x):
        return self.b(self.a(x)).sum() + (self.a.weight**2).sum() + self.b.bias.abs().sum()


class Twice(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell, self.norm, self.head = nn.RNNCell(4, 4), nn.LayerNorm(4), nn.Linear(4, 2)

    def forward(self, x):
        h = torch.zeros_like(x)
        for _ in range(3):
            h = self.norm(self.cell(x, h))
        return self.head(h)


class Inplace(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.act = nn.Conv2d(1, 2, 3, bias=False), nn.ReLU(inplace=True)
        self.bn, self.pool = nn.BatchNorm2d(2), nn.AdaptiveAvgPool2d(1)

    def forward(self, x):
        return self.pool(self.act(self.bn(self.conv(x)))).flatten(1)


ids = torch.tensor([[0, 1, 2]])
NETS = {
    "embedding": (lambda: nn.Sequential(nn.Embedding(7, 4), nn.Tanh(), nn.Linear(4, 2)), ids),
    "bag": (lambda: nn.Sequential(nn.EmbeddingBag(7, 4), nn.Sigmoid(), nn.Linear(4, 2)), ids),
    "tied": (Tied, ids),
    "queries": (Queries, torch.rand(5, 6, 4)),
    "penalty": (Penalty, torch.rand(5, 4)),
    "twice": (Twice, torch.rand(5, 4)),
    "inplace": (Inplace, torch.rand(2, 1, 8, 8)),
    "mlp": (lambda: nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2)), torch.rand(5, 4)),
    "3d": (lambda: nn.Sequential(nn.Linear(4, 3), nn.GELU(), nn.Linear(3, 2)), torch.rand(2, 5, 4)),
    "1d": (lambda: nn.Sequential(nn.Linear(4, 3), nn.GELU(), nn.Linear(3, 2)), torch.rand(4)),
    "norms": (
        lambda: nn.Sequential(nn.LayerNorm(4), nn.PReLU(), nn.RMSNorm(4), nn.GroupNorm(2, 4)),
        torch.rand(5, 4),
    ),
    "lstm": (lambda: nn.LSTM(4, 3, num_layers=2), torch.rand(5, 2, 4)),
    "bilinear": (lambda: nn.Sequential(nn.Linear(4, 4), nn.Softmax(1)), torch.rand(5, 4)),
    "weight norm": (
        lambda: nn.Sequential(
            nn.utils.parametrizations.weight_norm(nn.Linear(4, 3)), nn.ReLU(), nn.Linear(3, 3)
        ),
        torch.rand(5, 4),
    ),
    "encoder": (lambda: nn.TransformerEncoderLayer(4, 2, 8, batch_first=True), torch.rand(2, 5, 4)),
    "decoder": (lambda: nn.TransformerDecoderLayer(4, 2, 8), (torch.rand(5, 1, 4),) * 2),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", NETS)
def test_frames_from_parameters_are_right_or_left_away(name):
    make, x = NETS[name]
    net = make()
    truth = Truth(net)
    output = tensors_in(net(*x) if isinstance(x, tuple) else net(x))[0]
    params = dict(net.named_parameters())
    right, _, wrong = compare(drawn(output, params=params), truth)
    assert not wrong
    # Linear layers and norms that are used once are known.
    if name not in ("tied", "twice", "penalty", "lstm", "weight norm"):
        assert right


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", NETS)
def test_frames_of_a_model_that_is_handed_over_are_those_that_ran(name):
    make, x = NETS[name]
    net = make()
    truth = Truth(net, "net.")
    result = drawn(net, *(x if isinstance(x, tuple) else (x,)))
    right, _, wrong = compare(result, truth)
    assert not wrong
    assert_left_away_only_what_comes_back(result, truth)
    assert right or name == "lstm"


def assert_left_away_only_what_comes_back(result, truth):
    """No frame where the model itself ran, or a module to which the computation comes back."""
    known = truth.modules()
    shown = {module for module in frames_of(result).values() if module}
    for function, module in frames_of(result).items():
        if module is None and function in known:
            assert known[function][0] not in shown


def test_a_handed_over_model_is_left_as_it_was():
    net = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.Dropout(), nn.Linear(3, 2))
    x = torch.rand(5, 4)
    before = copy.deepcopy(net.state_dict())
    random = torch.get_rng_state()
    graph = draw_graph(net, x, show_values=True)
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
    assert torch.equal(random, torch.get_rng_state())
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in net.modules())
    assert [p.grad for p in net.parameters()] == [None] * 6
    assert {n.label for n in graph.nodes if n.kind == "leaf"} == {
        f"net.{name}" for name, _ in net.named_parameters()
    }
    assert {n.module for n in graph.nodes} == {None, "net.0", "net.1", "net.2", "net.3"}
    net.eval()
    assert "net.2" not in {n.module for n in draw_graph(net, x).nodes}


def test_a_model_that_raises_keeps_no_hooks():
    net = nn.Sequential(nn.Linear(4, 3), nn.Linear(4, 2))
    with pytest.raises(RuntimeError, match="shapes"):
        draw_graph(net, torch.rand(5, 4))
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in net.modules())


def test_results_of_a_model_have_their_names():
    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Linear(2, 2), nn.Linear(2, 2)

        def forward(self, x):
            return {"mean": self.a(x), "parts": [self.b(x), None, "text"]}

    graph = draw_graph(Two(), torch.rand(1, 2))
    assert [n.label for n in graph.nodes if n.kind == "output"] == ["mean", "parts"]


MODELS = {
    "resnet18": lambda models: (models.resnet18(), torch.rand(2, 3, 64, 64)),
    "mobilenet_v3_small": lambda models: (models.mobilenet_v3_small(), torch.rand(2, 3, 64, 64)),
    "vit_b_16": lambda models: (models.vit_b_16(image_size=32), torch.rand(1, 3, 32, 32)),
    "googlenet": lambda models: (
        models.googlenet(aux_logits=True, init_weights=False),
        torch.rand(2, 3, 96, 96),
    ),
    "transformer": lambda models: (
        nn.Transformer(16, 2, 2, 2, 32, batch_first=True),
        (torch.rand(2, 5, 16), torch.rand(2, 4, 16)),
    ),
}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", MODELS)
def test_frames_of_real_models_are_those_that_ran(name):
    net, x = MODELS[name](import_torchvision().models)
    truth = Truth(net, "net.")
    inputs = x if isinstance(x, tuple) else (x,)
    result = drawn(net, *inputs)
    right, left_away, wrong = compare(result, truth)
    print(f"{name}: handed over {right} right, {left_away} left away, {wrong} wrong")
    assert not wrong
    assert_left_away_only_what_comes_back(result, truth)
    assert right > left_away
    if name == "googlenet":
        outputs = [n.label for n in result.nodes if n.kind == "output"]
        assert outputs == ["logits", "aux_logits2", "aux_logits1"]
    # From the outputs and the names alone: fewer, and none wrong.
    truth = Truth(net)
    outputs = tensors_in(net(*inputs))
    result = drawn(*outputs, params=dict(net.named_parameters()))
    right, left_away, wrong = compare(result, truth)
    print(f"{name}: from parameters {right} right, {left_away} left away, {wrong} wrong")
    assert not wrong
    assert right
    assert draw_graph(net, *inputs)._repr_html_()
