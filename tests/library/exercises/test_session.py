"""What a reader sees: check, hint, solution, progress."""

import json
import subprocess
import sys

import pytest
import torch

from pytorch_primer import check, hint, progress, solution
from pytorch_primer.exercises import session


@pytest.fixture(autouse=True)
def new_session(monkeypatch):
    monkeypatch.setattr(session, "_statuses", {})
    monkeypatch.setattr(session, "_hints_given", session.Counter())


def right(X):
    return 20 * X.detach()


def test_right_answer_is_true_and_adds_a_line():
    result = check("x_grad", right)
    assert result
    assert (result.status, result.mistake) == ("right", None)
    assert "autograd" in result.message


def test_known_mistake_is_named():
    def x_grad(X):
        return 2 * X.detach()

    result = check("x_grad", x_grad)
    assert not result
    assert (result.status, result.mistake) == ("wrong", "the_result_is_2x_the_factor")


def test_exception_is_told_with_the_line_of_the_answer():
    def x_grad(X):
        return X.nowhere

    result = check("x_grad", x_grad)
    assert "AttributeError" in result.message
    assert "`return X.nowhere`" in result.message


@pytest.mark.parametrize(
    ("wrong", "part"),
    [
        (lambda X: [].clear(), "None"),
        (lambda X: [1.0], "expected a tensor"),
        (lambda X: (20 * X.detach()).numpy(), "NumPy array"),
        (lambda X: 20 * X.detach()[0], "shape"),
        (lambda X: (20 * X.detach()).int(), "dtype"),
        (lambda X: X.detach() * float("nan"), "not finite"),
        (lambda X: -20 * X.detach(), "sign is flipped"),
        (lambda X: 200 * X.detach(), "ten times"),
        (lambda X: 20 * X.detach() + 1, "expected"),
        (lambda X: 20 * X.data.mul_(0.5) * 2, "argument `X` was changed"),
        (lambda: 3, "TypeError"),
    ],
)
def test_first_difference_is_told(wrong, part):
    result = check("x_grad", wrong)
    assert result.status == "wrong"
    assert part in result.message


def test_float64_is_accepted():
    assert check("x_grad", lambda X: 20 * X.detach().double())


def test_unknown_id_suggests_the_nearest():
    assert "'x_grad'" in check("x_gard", right).message
    assert "'x_grad'" in hint("x_gard")
    assert "'x_grad'" in solution("x_gard")


def test_a_value_instead_of_a_function():
    assert "without calling it" in check("x_grad", torch.ones(2)).message


def test_exit_is_an_answer_like_any_other():
    def x_grad(X):
        sys.exit()

    assert "SystemExit" in check("x_grad", x_grad).message


def test_interruption_ends_a_check_and_changes_nothing():
    def x_grad(X):
        torch.set_grad_enabled(False)
        raise KeyboardInterrupt

    result = check("x_grad", x_grad)
    assert result.status == "wrong"
    assert "Interrupted" in result.message
    assert torch.is_grad_enabled()


def test_each_call_gives_one_more_hint():
    first, second = hint("x_grad"), hint("x_grad")
    assert first.count("Hint") == 1
    assert second.count("Hint") == 2
    assert 'solution("x_grad")' in second


def test_solution_shows_no_prompt_and_no_marker():
    text = solution("x_grad")
    assert text.startswith("def x_grad(X):")
    assert "solution>" not in text
    assert '"""' not in text


def test_progress_counts_by_part():
    check("x_grad", right)
    check("predict", right)
    table = progress()
    assert "Automatic differentiation: 1 of" in table
    assert "✓ x_grad" in table
    assert "✗ predict" in table


def test_progress_is_kept_in_plain_json(tmp_path, monkeypatch):
    file = tmp_path / "progress.json"
    check("x_grad", right)
    progress(file=file)
    assert json.loads(file.read_text()) == {"x_grad": "right"}
    monkeypatch.setattr(session, "_statuses", {})
    check("x_grad", lambda X: 0)
    assert "✓ x_grad" in progress(file=file)  # once right, for ever right


@pytest.mark.parametrize("content", ["", "{", "[1]", "[" * 100_000, '"x"', "\x00"])
def test_damaged_file_is_ignored_with_a_message(tmp_path, content):
    file = tmp_path / "progress.json"
    file.write_text(content)
    assert "damaged" in progress(file=file)
    assert json.loads(file.read_text()) == {}


def test_unknown_ids_in_the_file_are_ignored_with_a_message(tmp_path):
    file = tmp_path / "progress.json"
    file.write_text('{"x_grad": "right", "nowhere": "right", "predict": ["__import__"]}')
    table = progress(file=file)
    assert "'nowhere'" in table
    assert "'predict'" in table
    assert json.loads(file.read_text()) == {"x_grad": "right"}


@pytest.mark.slow
def test_a_script_prints_each_result(tmp_path):
    script = tmp_path / "answers.py"
    script.write_text(
        "from pytorch_primer import check\n"
        "def x_grad(X):\n    ...  # your code here\n"
        'check("x_grad", x_grad)\n'
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("○ x_grad: still empty")
    assert done.stdout.count("\n") == 1
