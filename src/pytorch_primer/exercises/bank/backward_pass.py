"""The backward pass over a graph of your own."""

import torch

from pytorch_primer.exercises.exercise import exercise
from pytorch_primer.exercises.specs import TensorSpec

GRAPHS = {
    # For each node its parents with the slopes towards them; the last node is the result.
    "chain": [[], [(0, 2.0)], [(1, -3.0)]],
    "used twice": [[], [(0, 3.0)], [(1, 4.0), (1, 4.0)], [(1, 1.0), (2, 1.0)]],
    "two leaves": [[], [], [(0, 5.0), (1, 2.0)], [(2, 1.0), (0, 0.5)], [(3, 2.0), (2, -1.0)]],
}


class Node:
    def __init__(self, parents):
        self.parents = parents
        self.grad = 0.0


def graphs(generator):
    return [(name,) for name in GRAPHS]


def all_gradients(backward_pass, name):
    """Make the nodes, run the pass from the last one, and read the gradient of each."""
    nodes = []
    for parents in GRAPHS[name]:
        nodes.append(Node([(nodes[i], slope) for i, slope in parents]))
    backward_pass(nodes[-1])
    return torch.tensor([float(node.grad) for node in nodes])


@exercise(
    cases=graphs,
    returns=TensorSpec(),
    run=all_gradients,
    hints=[
        "A node may hand on its gradient when all that uses it has done so: list parents before children, go"
        " through the list from its end.",
        "`parent.grad += slope * node.grad`: there may be something already.",
    ],
    note="With rules in place of slopes this is the engine of the lesson.",
    difficulty=3,
)
def backward_pass(result):
    """``result`` is a node of a graph. Each node has a list ``parents`` of pairs ``(parent, slope)``, where
    the slope is the derivative of the node with respect to that parent, and a ``grad`` that is 0.0. Set the
    ``grad`` of every node behind ``result`` to the derivative of ``result`` with respect to it. Nothing is returned.
    """
    # <solution>
    order = []

    def visit(node):
        if node not in order:
            for parent, _ in node.parents:
                visit(parent)
            order.append(node)

    visit(result)
    result.grad = 1.0
    for node in reversed(order):
        for parent, slope in node.parents:
            parent.grad += slope * node.grad
    # </solution>


@backward_pass.also_right
def path_by_path(result, arriving=1.0):
    result.grad += arriving
    for parent, slope in result.parents:
        path_by_path(parent, slope * arriving)


@backward_pass.also_right
def by_counting(result):
    uses, to_visit = {}, [result]
    while to_visit:
        node = to_visit.pop()
        for parent, _ in node.parents:
            uses[parent] = uses.get(parent, 0) + 1
            if uses[parent] == 1:
                to_visit.append(parent)
    result.grad, ready = 1.0, [result]
    while ready:
        node = ready.pop()
        for parent, slope in node.parents:
            parent.grad += slope * node.grad
            uses[parent] -= 1
            if not uses[parent]:
                ready.append(parent)


def walked(result, start=1.0, overwrite=False, breadth=False, use_slope=True):
    order = []

    def visit(node):
        if node not in order:
            for parent, _ in node.parents:
                visit(parent)
            order.append(node)

    visit(result)
    order = order[::-1]
    if breadth:
        order = [result]
        for node in order:
            order += [p for p, _ in node.parents if p not in order]
        order = list(dict.fromkeys(order))
    result.grad = start
    for node in order:
        for parent, slope in node.parents:
            amount = (slope if use_slope else 1.0) * node.grad
            parent.grad = amount if overwrite else parent.grad + amount


@backward_pass.mistake("A node that is used twice keeps only the last amount: add, `+=`.")
def overwrites(result):
    walked(result, overwrite=True)


@backward_pass.mistake(
    "A node handed on its gradient before all of it had arrived: parents before children, from the end."
)
def level_by_level(result):
    walked(result, breadth=True)


@backward_pass.mistake("All gradients are 0: begin with 1 at the result.")
def without_the_one(result):
    walked(result, start=0.0)


@backward_pass.mistake("The slopes are missing: a parent gets slope times gradient.")
def without_slopes(result):
    walked(result, use_slope=False)


@backward_pass.mistake("Only the parents of the result have a gradient: go on to theirs.")
def one_level(result):
    result.grad = 1.0
    for parent, slope in result.parents:
        parent.grad += slope


@backward_pass.mistake(
    "The derivative of the result with respect to itself is 1; its `grad` is missing."
)
def result_left_out(result):
    walked(result)
    result.grad = 0.0
