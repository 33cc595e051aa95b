"""A backward pass in steps, against autograd's own gradients and order."""

import gc
import warnings
from itertools import pairwise

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
import torch
from matplotlib.animation import FuncAnimation
from torch.utils.checkpoint import checkpoint

from pytorch_primer import BackwardSteps, Graph, backward_steps

mpl.use("Agg")


def sum_of_products():
    a, b, c = (torch.tensor(v, requires_grad=True) for v in (3.0, 4.0, 5.0))
    return a, b, c, ((a + b) * c) + c


def named_steps():
    a, b, c, f = sum_of_products()
    return backward_steps(f, params={"a": a, "b": b, "c": c, "f": f})


def gradients(graph):
    """Return what flows on each arrow that has a gradient, by the labels of its ends."""
    labels = {node.key: node.label for node in graph.nodes}
    return [
        (labels[edge.target], labels[edge.source], edge.gradient)
        for edge in graph.edges
        if edge.gradient is not None
    ]


def test_gradients_of_a_sum_of_products():
    steps = named_steps()
    nodes = {node.label: node for node in steps[-1].nodes}
    assert [nodes[name].grad for name in "abcf"] == [5.0, 5.0, 8.0, 1.0]
    assert [nodes[name].value for name in "abcf"] == [3.0, 4.0, 5.0, 40.0]
    # d(((a + b) c) + c): the sum passes 1 to both, the product c to the sum and a + b to c.
    assert sorted(gradients(steps[-1])) == sorted(
        [
            ("f", "add", 1.0),
            ("add", "mul", 1.0),
            ("add", "c", 1.0),
            ("mul", "add", 5.0),
            ("mul", "c", 7.0),
            ("add", "a", 5.0),
            ("add", "b", 5.0),
        ]
    )
    assert len(steps) == 7  # the start, three operations, three leaves


def test_each_frame_has_one_step_more_and_the_same_boxes():
    *_, f = sum_of_products()
    steps = backward_steps(f)
    assert [len(frame.visited) for frame in steps] == list(range(1, 8))
    for before, after in pairwise(steps):
        assert [n[:4] for n in before.nodes] == [n[:4] for n in after.nodes]
        assert set(gradients(before)) <= set(gradients(after))
        assert after.visited[:-1] == before.visited
    assert gradients(steps[0]) == []


def test_the_order_is_autograds():
    a, b, c, f = sum_of_products()
    d = torch.sin(a) * f
    output = d + b
    steps = backward_steps(output, params={"a": a, "b": b, "c": c})
    order = [
        node.label for frame in steps[1:] for node in frame.nodes if node.key == frame.visited[-1]
    ]
    # The truth: hooks of a real backward pass.
    seen = []
    names = {id(t): n for n, t in zip("abc", (a, b, c), strict=True)}
    todo, met = [output.grad_fn], set()
    while todo:
        function = todo.pop()
        if function is None or function in met:
            continue
        met.add(function)
        todo += [operand for operand, _ in function.next_functions]
        label = function.name().removesuffix("Backward0").lower()
        if hasattr(function, "variable"):
            label = names[id(function.variable)]
        function.register_prehook(lambda grads, label=label: seen.append(label))
    output.backward()
    assert order == seen


def test_gradients_along_arrows_are_those_of_retained_results():
    x = torch.tensor([0.5, -1.0, 2.0], requires_grad=True)
    w = torch.tensor([[1.0, 2.0, 3.0], [0.5, -1.0, 0.0]], requires_grad=True)
    h = w @ x
    s = torch.tanh(h)
    loss = (s * s).sum()
    steps = backward_steps(loss)
    h_grad, s_grad, x_grad, w_grad = torch.autograd.grad(loss, [h, s, x, w])
    nodes = {node.label: node for node in steps[-1].nodes}
    for name, gradient in (("h", h_grad), ("s", s_grad), ("x", x_grad)):
        assert nodes[name].grad == pytest.approx(gradient.tolist())
    assert list(nodes["w"].grad) == [pytest.approx(row) for row in w_grad.tolist()]
    arrows = gradients(steps[-1])
    (into_tanh,) = [g for target, source, g in arrows if (target, source) == ("tanh", "h")]
    assert into_tanh == pytest.approx(h_grad.tolist())
    halves = [g for target, source, g in arrows if (target, source) == ("mul", "s")]
    assert torch.tensor(halves).sum(0).tolist() == pytest.approx(s_grad.tolist())


def test_nothing_of_the_callers_is_changed():
    a, b, c, f = sum_of_products()
    a.grad = torch.tensor(100.0)
    backward_steps(f)
    assert a.grad.item() == 100.0
    assert b.grad is None
    assert c.grad is None
    f.backward()  # the graph is still there
    assert (a.grad.item(), b.grad.item(), c.grad.item()) == (105.0, 5.0, 8.0)


def test_hooks_are_removed_again():
    a, _, _, f = sum_of_products()
    steps = backward_steps(f)
    length = len(steps)
    f.backward(retain_graph=True)
    assert len(steps) == length
    assert not a._backward_hooks


def test_a_gradient_to_start_from():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = x * x
    steps = backward_steps(y, gradient=torch.tensor([10.0, 100.0]))
    (leaf,) = [node for node in steps[-1].nodes if node.kind == "leaf"]
    assert leaf.grad == (20.0, 400.0)


def test_large_gradients_are_summarised_by_their_norm():
    x = torch.ones(100, requires_grad=True)
    (leaf,) = [n for n in backward_steps((2 * x).sum())[-1].nodes if n.kind == "leaf"]
    assert leaf.grad == "norm 20"  # √(100 · 2²)


def test_a_result_that_is_not_used_sends_nothing():
    x = torch.rand(3, requires_grad=True)
    first, _, _ = x.unbind()
    (arrow,) = [e for e in backward_steps(first)[-1].edges if e.source == "n0"]
    assert arrow.gradient == (1.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("make", "options", "error", "words"),
    [
        (lambda x: 3, {}, TypeError, "output: expected a torch.Tensor, got int"),
        (lambda x: [x * 2], {}, TypeError, "output: expected a torch.Tensor, got list"),
        (lambda x: x.detach(), {}, ValueError, "output: expected a tensor with a graph.*detached"),
        (lambda x: x, {}, ValueError, "output: .*leaf"),
        (lambda x: x * 2, {}, ValueError, r"gradient: .*shape \(3,\), got None"),
        (lambda x: x * 2, {"gradient": 1.0}, TypeError, "gradient: .*got float"),
        (
            lambda x: x * 2,
            {"gradient": torch.ones(2)},
            ValueError,
            r"gradient: .*\(3,\), got \(2,\)",
        ),
    ],
)
def test_bad_input_is_named(make, options, error, words):
    with pytest.raises(error, match=words):
        backward_steps(make(torch.rand(3, requires_grad=True)), **options)


def test_a_freed_graph_is_an_error_that_says_what_to_do():
    x = torch.rand(3, requires_grad=True)
    y = (x * x).sum()
    y.backward()
    grad = x.grad.clone()
    with pytest.raises(RuntimeError, match=r"output: .*freed.*retain_graph=True"):
        backward_steps(y)
    assert torch.equal(x.grad, grad)


def test_the_drawings_have_one_layout():
    *_, f = sum_of_products()
    steps = backward_steps(f)
    shapes = [
        [line for line in frame._repr_svg_().splitlines() if "<ellipse" in line] for frame in steps
    ]
    # The highlighted box has another border; its place is the same.
    places = [[line.split(" cx=")[1] for line in lines] for lines in shapes]
    assert all(place == places[0] for place in places)
    sizes = {frame._repr_svg_().split('viewBox="')[1].split('"')[0] for frame in steps}
    assert len(sizes) == 1


def test_a_frame_shows_only_what_has_come_so_far():
    steps = named_steps()
    assert ">grad 8<" not in steps[2]._repr_svg_()
    assert ">grad 8<" in steps[3]._repr_svg_()
    assert "transparent" not in steps[0]._repr_svg_()
    assert "Step 4 of 7: c receives 8" in steps[3]._repr_html_()


def test_it_is_a_sequence_of_graphs():
    *_, f = sum_of_products()
    steps = backward_steps(f)
    assert isinstance(steps, BackwardSteps)
    assert all(isinstance(frame, Graph) for frame in steps)
    assert steps[1:3] == steps.frames[1:3]
    assert steps._repr_html_() == steps[-1]._repr_html_()
    assert "7 frames" in repr(steps)


def test_a_large_graph_has_few_frames():
    x = torch.rand(3, requires_grad=True)
    y = x
    for _ in range(1000):
        y = torch.sin(y)
    steps = backward_steps(y.sum())
    assert len(steps) <= 40
    (leaf,) = [node for node in steps[-1].nodes if node.kind == "leaf"]
    (expected,) = torch.autograd.grad(y.sum(), x)
    assert leaf.grad == pytest.approx(expected.tolist())


def test_the_animation_has_the_frames_and_may_be_thrown_away():
    *_, f = sum_of_products()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        animation = backward_steps(f).animate()
        assert isinstance(animation, FuncAnimation)
        assert len(list(animation.new_frame_seq())) == 7
        figure = plt.gcf()
        del animation
        gc.collect()
    assert "gradient 8" in figure.get_label()
    plt.close(figure)


def test_a_picture_of_the_animation_shows_the_gradients_in_black():
    animation = named_steps().animate()
    figure = plt.gcf()
    texts = {}
    for number in (0, 6):
        animation._func(number)
        texts[number] = list(figure.axes[0].texts)
        assert {text.get_color() for text in texts[number]} == {"black"}
    shown = [text.get_text() for text in texts[6]]
    assert {"grad 8", "grad 5", "f", "= 40"} <= set(shown)
    assert "Step 7 of 7\nb receives 5" in shown
    assert "grad 8" not in [text.get_text() for text in texts[0]]
    plt.close(figure)


def test_an_animation_of_modules_and_constants():
    net = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU())
    animation = backward_steps(net(torch.rand(1, 2)).sum()).animate(interval=500)
    texts = [text.get_text() for text in plt.gcf().axes[0].texts]
    assert {"net.0", "weight", "bias"} <= set(texts)
    plt.close("all")
    del animation


def test_an_interval_that_is_not_positive():
    *_, f = sum_of_products()
    with pytest.raises(ValueError, match="interval: expected a positive number"):
        backward_steps(f).animate(interval=0)


def test_letters_of_the_animation_can_be_read_on_a_phone():
    """Of nine points and more, nine pixels are left where 456 pixels are shown on 358."""
    net = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Tanh())
    animation = backward_steps(net(torch.ones(2)).sum()).animate()
    for frame in (0, 3):
        animation._draw_frame(frame)
        written = plt.gcf().axes[0].texts
        assert len(written) > 5
        assert min(text.get_fontsize() for text in written) >= 9
    plt.close("all")


@pytest.mark.slow
def test_animation_can_be_saved_under_the_style_of_the_course(tmp_path):
    """The style asks for a constrained layout, and Graphviz has laid the drawing out already."""
    with plt.style.context("pytorch_primer.course"):
        x = torch.tensor(3.0, requires_grad=True)
        animation = backward_steps((x + 1) * x).animate()
        animation.save(tmp_path / "steps.gif", writer="pillow")
        plt.close("all")
    assert (tmp_path / "steps.gif").stat().st_size > 0


def retained(x):
    h = x * 2
    h.retain_grad()
    return h, h**2


def test_a_gradient_that_a_result_retains_is_left_alone():
    x = torch.tensor(3.0, requires_grad=True)
    h, y = retained(x)
    backward_steps(y)
    assert h.grad is None
    y.backward()
    assert h.grad.item() == 12  # d(h²)/dh = 2 h
    assert x.grad.item() == 24
    again, z = retained(x)
    z.backward(retain_graph=True)
    kept, content = again.grad, again.grad.clone()
    backward_steps(z)
    assert again.grad is kept
    assert torch.equal(kept, content)


class Holder:
    pass


def test_it_is_left_alone_wherever_the_result_is_kept():
    x = torch.tensor(3.0, requires_grad=True)
    holder, listed = Holder(), []
    holder.h, y = retained(x)
    inner, z = retained(y)
    listed.append(inner)
    del inner
    deep, out = retained(z)
    closure = (lambda h: lambda: h)(deep)
    del deep
    backward_steps(out)
    assert [t.grad for t in (holder.h, listed[0], closure(), x)] == [None] * 4
    parameter = torch.nn.Parameter(torch.ones(2))
    weighted = parameter * x
    weighted.retain_grad()
    backward_steps(weighted.sum())
    assert weighted.grad is None
    assert parameter.grad is None


def test_what_hooks_write_into_gradients_is_put_back():
    x = torch.ones(2, requires_grad=True)
    other = torch.ones(2, requires_grad=True)
    other.grad = torch.full((2,), 5.0)
    y = x * 3
    y.register_hook(lambda grad: setattr(x, "grad", grad.clone()))
    x.register_hook(lambda grad: other.grad.add_(grad))
    backward_steps(y.sum())
    assert x.grad is None
    assert other.grad.tolist() == [5.0, 5.0]
    y.sum().backward()
    assert other.grad.tolist() == [8.0, 8.0]


def test_hooks_that_change_gradients_take_part():
    x = torch.ones(2, requires_grad=True)
    y = x * 3
    y.register_hook(lambda grad: 10 * grad)
    steps = backward_steps(y.sum(), params={"x": x})
    (leaf,) = [node for node in steps[-1].nodes if node.kind == "leaf"]
    y.sum().backward()
    assert list(leaf.grad) == x.grad.tolist() == [30.0, 30.0]


def test_what_checkpointing_runs_again_counts_no_batch():
    net = torch.nn.Sequential(torch.nn.BatchNorm1d(3), torch.nn.Linear(3, 1))
    x = torch.rand(5, 3, requires_grad=True)
    y = checkpoint(net, x, use_reentrant=False).square().sum()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    lazy = torch.nn.LazyBatchNorm1d()  # has buffers that cannot be copied
    steps = backward_steps(y, params={"x": x})
    assert isinstance(lazy.running_mean, torch.nn.UninitializedBuffer)
    assert all(torch.equal(before[name], value) for name, value in net.state_dict().items())
    assert net[0].num_batches_tracked == 1
    (expected,) = torch.autograd.grad(y, x)
    (leaf,) = [node for node in steps[-1].nodes if node.label == "x"]
    assert float(leaf.grad.removeprefix("norm ")) == pytest.approx(expected.norm().item(), rel=1e-3)


def test_a_pass_that_raises_changes_nothing_either():
    class Broken(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            raise KeyError("mine")

    x = torch.tensor(3.0, requires_grad=True)
    h, y = retained(Broken.apply(x))
    with pytest.raises(KeyError, match="mine"):
        backward_steps(y)
    assert h.grad is None


@pytest.mark.parametrize(
    ("interval", "error"),
    [(float("nan"), ValueError), (float("inf"), ValueError), (-5, ValueError), ("1", TypeError)],
)
def test_no_figure_is_made_for_an_interval_that_is_none(interval, error):
    *_, f = sum_of_products()
    with pytest.raises(error, match="interval: expected"):
        backward_steps(f).animate(interval=interval)
    assert not plt.get_fignums()


@pytest.mark.slow
def test_a_notebook_plays_it_and_shows_no_still_beside_it():
    *_, f = sum_of_products()
    animation = backward_steps(f).animate()
    html = animation._repr_html_()
    assert html.count("data:image/png;base64") >= 7
    assert not plt.get_fignums()
