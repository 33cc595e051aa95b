"""Slips that no one wrote down are named by rule, also two at once, and none where none fits."""

import pytest
import torch
from tests.samples import quick_for

from pytorch_primer.exercises.checking import wrong_with
from pytorch_primer.exercises.exercise import load
from pytorch_primer.exercises.outcome import Trial, same_pieces
from pytorch_primer.exercises.rules import apply, slips
from pytorch_primer.exercises.slips import singles
from pytorch_primer.exercises.source import standalone
from pytorch_primer.exercises.trials import solution_of


def run_gd_of_a_student(function, x0, lr, n_steps):
    x = x0.clone()  # written another way than any answer of the bank
    positions, values = [], []
    for _ in range(n_steps):
        leaf = x.detach().requires_grad_()
        y = function(leaf)
        (slope,) = torch.autograd.grad(y, leaf)
        positions.append(x)
        values.append(y.detach())
        x = x - lr * slope / 2
    return positions, values


ANSWERS = {
    "x_grad": (lambda X: 20 * X.detach() ** 2, "squared"),
    "to_column": (lambda a: torch.tensor(a, dtype=torch.float32)[:1, None], ""),
    "run_gd": (run_gd_of_a_student, "halved"),
    "two_weights_grad": (
        lambda a, b: tuple(3 * g for g in load("two_weights_grad").solution(a, b)),
        "",
    ),
}


@pytest.mark.parametrize("id", quick_for(["x_grad", "to_column"], list(ANSWERS)))
def test_a_slip_is_named_or_nothing_is(id):
    answer, part = ANSWERS[id]
    found = wrong_with(load(id), answer)
    assert part in found.message
    assert (found.basis == "slip") == bool(part)


@pytest.mark.slow
def test_two_slips_in_two_parts_are_both_named():
    def grad_g(w0, x0, b0):
        g, dw, dx, db = load("grad_g").solution(w0, x0, b0)
        return g, -dw, dx / 2, db

    found = wrong_with(load("grad_g"), grad_g)
    assert found.basis == "slip"
    assert "(1)" in found.message
    assert "The factor 2 of the derivative of x² is missing in dx" in found.message


@pytest.mark.slow
def test_a_mistake_of_the_bank_is_known_beside_another():
    def sgd(net, loss_fn, batches, lr, num_epochs):
        losses = []
        for x, y in batches:
            loss = loss_fn(net(x), y)
            loss.backward()
            for p in net.parameters():
                p.data -= lr * p.grad
            losses.append(loss.item())
        return losses

    found = wrong_with(load("sgd"), sgd)
    assert found.basis == "slip"
    assert "The gradients pile up" in found.message
    assert "One epoch only" in found.message


SEARCHED = ("x_grad", "one_step", "mean_loss", "leaves", "two_layer_module")


@pytest.mark.parametrize("id", quick_for(["x_grad"], SEARCHED))
def test_no_slip_does_what_the_solution_does_and_is_told(id):
    made = load(id)
    assert wrong_with(made, made.solution) is None
    assert len(singles(made)) > 50


def test_a_slip_says_what_it_changed():
    _, text = standalone(load("run_gd").solution, "run_gd")
    clauses = {slip.clause: apply(text, slip.edits) for slip in slips(text)}
    assert "x += lr * gradient" in clauses["`x` goes the wrong way, `+=` for `-=`"]
    assert "range(n_steps)" not in clauses["the loop makes one round too few"].replace(
        "list(range(n_steps))", ""
    )
    outside = clauses["`value` is set before the loop, not in it"].split("\n")
    assert outside.index("    value = function(x)") < outside.index("    for _ in range(n_steps):")


@pytest.mark.slow
def test_an_endless_slip_comes_to_an_end():
    made = load("graph_chain")
    for candidate in singles(made):
        outcome = candidate.trial[0]
        assert outcome.error is not None or outcome.pieces


def test_equal_outcomes_are_equal_in_all_pieces():
    made = load("run_sgd")
    again = Trial(made, made.solution)
    pairs = zip(solution_of(made), again, strict=True)
    assert all(same_pieces(a, b, made.tolerance) for a, b in pairs)
