"""Every exercise of the course is proved here, with no code for any one of them."""

import re
import warnings

import numpy as np
import pytest
import torch

from pytorch_primer.exercises.checking import judge
from pytorch_primer.exercises.exercise import all_exercises
from pytorch_primer.exercises.outcome import observe, same_outcome

BANK = {made.id: made for made in all_exercises()}
RIGHT = [(id, answer) for id, made in BANK.items() for answer in made.right]
MISTAKES = [(id, mistake) for id, made in BANK.items() for mistake in made.mistakes]
each_exercise = pytest.mark.parametrize("made", BANK.values(), ids=BANK.keys())


def run_source(made, text):
    """Return what a text of the site defines, with the imports that the site shows above it."""
    namespace = {}
    exec(compile(f"{made.source.imports}\n\n{text}", "<answer>", "exec"), namespace)
    return namespace


@each_exercise
def test_solution_as_shown_is_right(made):
    result = judge(made.id, run_source(made, made.source.solution)[made.id])
    assert result.status == "right", result.message


@pytest.mark.parametrize(("id", "answer"), RIGHT, ids=lambda v: getattr(v, "__name__", v))
def test_other_right_answers_are_right(id, answer):
    result = judge(id, answer)
    assert result.status == "right", result.message


@each_exercise
def test_starter_is_blank_and_told_of_the_hint(made):
    result = judge(made.id, run_source(made, made.source.starter)[made.id])
    assert result.status == "blank"
    assert f'hint("{made.id}")' in result.message


@pytest.mark.parametrize(("id", "mistake"), MISTAKES, ids=lambda v: getattr(v, "name", v))
def test_mistake_gets_its_own_message(id, mistake):
    result = judge(id, mistake.answer)
    assert result.status == "wrong"
    assert result.message == mistake.message


@each_exercise
def test_mistakes_with_one_outcome_share_one_message(made):
    seen = []
    for mistake in made.mistakes:
        outcomes = [observe(made, mistake.answer, case) for case in range(made.num_cases)]
        for message, others in seen:
            pairs = zip(outcomes, others, strict=True)
            if all(same_outcome(a, b, made.tolerance) for a, b in pairs):
                assert message == mistake.message
        seen.append((mistake.message, outcomes))


@each_exercise
def test_an_exercise_has_what_it_needs(made):
    assert made.num_cases >= 2
    assert len(made.hints) >= 2
    assert len(made.right) >= 2
    assert len({mistake.message for mistake in made.mistakes}) >= 4
    assert made.note
    assert made.prompt
    assert "solution>" not in made.source.solution
    assert made.source.starter != made.source.solution


@each_exercise
def test_messages_are_short_and_about_the_code(made):
    for text in [made.note, *made.hints, *(m.message for m in made.mistakes)]:
        plain = re.sub(r"`[^`]*`", "code", text)
        assert not re.search(r"\b(just|simply|obviously|easy|easily|of course)\b", plain, re.I)
        assert len(re.findall(r"[.!?](?:\s|$)", plain)) <= 2, text


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


@each_exercise
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
        return 3

    before = state()
    for answer in [vandal, *made.right, *(mistake.answer for mistake in made.mistakes)]:
        judge(made.id, answer)
        assert state() == before
