"""Every lesson keeps the rules, and the questions in words have their answers."""

from pathlib import Path

import pytest
from tests.samples import quick_for

from course_site.rules import broken_rules
from pytorch_primer.outline import read_outline

ROOT = Path(__file__).parents[2]
OUTLINE = read_outline()
LESSONS = {lesson.name: ROOT / "gallery" / f"{lesson.name}.py" for lesson in OUTLINE.lessons}
QUICK = ("tensors/plot_1_from_numpy", "autograd/plot_2_computation_graph")


@pytest.mark.parametrize("path", quick_for(QUICK, LESSONS))
def test_a_lesson_breaks_no_rule(path):
    """Without a run: what a lesson prints and draws is the build's matter."""
    assert not broken_rules(path, OUTLINE, ran=False)


@pytest.mark.parametrize(
    ("question", "lesson"),
    [
        ("Why does\n#    the call not have to mention ``x``?", "autograd/plot_2_computation_graph"),
        ("When do you switch the recording off?", "autograd/plot_4_accumulation"),
        ("Which loss does linear regression have", "training/plot_1_training_loop"),
    ],
)
def test_questions_in_words_have_a_folded_answer(question, lesson):
    text = (ROOT / "gallery" / f"{lesson}.py").read_text(encoding="utf-8")
    after = text[text.index(question) :]
    assert ".. dropdown:: A model answer" in after[:300]
