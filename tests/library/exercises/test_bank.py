"""Every exercise of the course is proved here, with no code for any one of them."""

import dataclasses
import re
import warnings

import numpy as np
import pytest
import torch
from tests.samples import quick_for

from pytorch_primer.exercises import checking
from pytorch_primer.exercises import exercise as exercise_module
from pytorch_primer.exercises.checking import judge
from pytorch_primer.exercises.exercise import all_exercises, exercise
from pytorch_primer.exercises.outcome import same_pieces
from pytorch_primer.exercises.specs import TensorSpec
from pytorch_primer.exercises.trials import mistakes_of

BANK = {made.id: made for made in all_exercises()}
RIGHT = [(id, answer) for id, made in BANK.items() for answer in made.right]
each_exercise = pytest.mark.parametrize("made", BANK.values(), ids=BANK.keys())
# Of these also a quick run proves what takes long: each mistake, any answer, any seed.
QUICK = ("x_grad", "to_column", "two_layer_module")
each_in_full = pytest.mark.parametrize("made", quick_for(QUICK, BANK))
MISTAKES = [
    pytest.param(id, mistake, marks=() if id in QUICK else pytest.mark.slow)
    for id, made in BANK.items()
    for mistake in made.mistakes
]


def run_source(made, text, imports=None):
    """Return what a text defines in a namespace of its own, as in a reader's notebook."""
    namespace = {"__name__": "__main__"}
    exec(compile(f"{imports or made.source.imports}\n\n{text}", "<answer>", "exec"), namespace)
    return namespace[made.id]


@each_exercise
def test_solution_as_shown_is_right(made):
    result = judge(made.id, run_source(made, made.source.solution))
    assert result.status == "right", result.message


@pytest.mark.parametrize(("id", "answer"), RIGHT, ids=lambda v: getattr(v, "__name__", v))
def test_other_right_answers_are_right(id, answer):
    result = judge(id, answer)
    assert result.status == "right", result.message


@each_exercise
def test_starter_is_blank_and_told_of_the_hint(made):
    result = judge(made.id, run_source(made, made.source.starter))
    assert result.status == "blank"
    assert f'hint("{made.id}")' in result.message


@pytest.mark.parametrize(("id", "mistake"), MISTAKES, ids=lambda v: getattr(v, "name", v))
def test_mistake_gets_its_own_message_when_a_notebook_defines_it(id, mistake):
    result = judge(id, run_source(BANK[id], mistake.source, mistake.imports))
    assert result.status == "wrong"
    assert result.message == mistake.message


@each_exercise
def test_changed_lines_lead_from_the_solution_to_the_mistake(made):
    solution = made.source.solution.split("\n")
    for mistake in made.mistakes:
        if mistake.change is not None:
            assert solution[mistake.change.line - 1] == mistake.change.old
            assert mistake.change.old != mistake.change.new
            assert mistake.change.applied(made.source.solution) == mistake.source


@each_in_full
def test_mistakes_with_one_outcome_share_one_message(made):
    seen = []
    for mistake, trial in mistakes_of(made):
        for message, other in seen:
            if all(same_pieces(a, b, made.tolerance) for a, b in zip(trial, other, strict=True)):
                assert message == mistake.message
        seen.append((mistake.message, trial))


@pytest.mark.parametrize("made", quick_for(["to_column"], BANK))  # it searches for slips
def test_a_check_runs_an_answer_at_most_once_on_each_case(made):
    runs = []

    def counting(*args):
        runs.append(None)
        return torch.zeros(2, 3, 4)

    judge(made.id, made.right[0])
    once = checking.Trial(made, counting)
    list(once)
    a_run, runs[:] = len(runs), []
    judge(made.id, counting)
    assert 0 < len(runs) <= a_run


def test_what_is_missing_in_an_exercise_is_named_with_file_and_line():
    def no_hints(x):
        """Do it."""

    with pytest.raises(ValueError, match=r"test_bank\.py:\d+: exercise 'no_hints' lacks .*hints="):
        exercise(cases=lambda generator: [], returns=TensorSpec())(no_hints)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("\nA message.\n    nowhere -> there\n", "`nowhere` is found 0 times"),
        ("\nA message.\nAnother.\n    X -> Y\n", "add `    old -> new` below"),
        ("\nA message.\n    return X.grad\n", "expected a message, or `old -> new`"),
    ],
)
def test_a_mistake_that_does_not_fit_the_solution_is_named_with_file_and_line(text, complaint):
    with pytest.raises(ValueError, match=rf"test_bank\.py:\d+: {re.escape(complaint)}"):
        BANK["x_grad"].line_mistakes(text)


def state():
    return {
        "grad": torch.is_grad_enabled(),
        "dtype": torch.get_default_dtype(),
        "torch": torch.get_rng_state().tolist(),
        "numpy": [
            part.tolist() if hasattr(part, "tolist") else part for part in np.random.get_state()
        ],
        "filters": list(warnings.filters),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
    }


@each_in_full
def test_any_answer_leaves_the_process_as_it_was(made):
    def vandal(*args):
        torch.set_grad_enabled(False)
        torch.set_default_dtype(torch.float64)
        torch.manual_seed(1)
        np.random.seed(1)
        warnings.simplefilter("ignore")
        for arg in args:
            if isinstance(arg, torch.Tensor):
                arg.data.zero_()

    before = state()
    for answer in [vandal, *made.right, *(mistake.answer for mistake in made.mistakes)]:
        judge(made.id, answer)
        assert state() == before


@each_exercise
def test_what_the_reader_has_switched_does_not_matter(made):
    solution = run_source(made, made.source.solution)
    torch.set_default_dtype(torch.float64)
    torch.set_grad_enabled(False)
    try:
        assert judge(made.id, solution).status == "right"
    finally:
        torch.set_default_dtype(torch.float32)
        torch.set_grad_enabled(True)


@pytest.mark.parametrize("seed", [1, 2**31 - 1])
@each_in_full
def test_answers_are_right_on_inputs_of_any_seed(made, seed, monkeypatch):
    monkeypatch.setattr(exercise_module, "SEED", seed)
    drawn = dataclasses.replace(made)  # keeps no inputs and no outcomes of the other seed
    for answer in (made.solution, *made.right):
        assert checking.wrong_with(drawn, answer) is None
    for mistake in made.mistakes:
        assert checking.wrong_with(drawn, mistake.answer).message == mistake.message
