"""The outline says what the course is, and what does not fit it is named with its mend."""

import pytest

from pytorch_primer.exercises.exercise import written_ids
from pytorch_primer.outline import FILE, StudyPlan, plan_lessons, read_outline

PART = """
[[part]]
folder = "{folder}"
title = "T"
can = "C"
colours = ["#000", "#fff", "#fff", "#000"]
"""
LESSON = '[[part.lesson]]\nfile = "{file}"\nshort = "S"\nexercises = {exercises}\n'


@pytest.fixture
def write(tmp_path):
    """Write an outline of two parts, with lessons a/1, a/2 and b/3, and read it."""

    def written(rows=(("a", ["1", "2"]), ("b", ["3"])), extra="", exercises='["e"]'):
        text = ""
        for folder, files in rows:
            text += PART.format(folder=folder)
            for file in files:
                text += LESSON.format(file=file, exercises=exercises if file == "1" else "[]")
        path = tmp_path / "outline.toml"
        path.write_text(text + extra, encoding="utf-8")
        read_outline.cache_clear()
        return read_outline(path)

    return written


def test_lessons_are_numbered_by_their_place(write):
    assert [(x.number, x.name) for x in write().lessons] == [
        ("1.1", "a/1"),
        ("1.2", "a/2"),
        ("2.1", "b/3"),
    ]


def test_a_lesson_may_say_its_number_and_is_not_counted(write):
    extra = 'number = "0"\n[[part.lesson]]\nfile = "4"\nshort = "S"\n'
    numbers = {x.file: x.number for x in write(extra=extra).lessons}
    assert numbers == {"1": "1.1", "2": "1.2", "3": "0", "4": "2.1"}


def test_the_course_and_its_outline_agree():
    gallery = FILE.parents[2] / "gallery"
    scripts = [f"{path.parent.name}/{path.stem}" for path in gallery.glob("*/plot_*.py")]
    assert read_outline().problems(scripts, written_ids()) == []


@pytest.mark.parametrize(
    ("scripts", "exercises", "said"),
    [
        (["a/1", "a/2", "b/3", "b/9"], ["e"], 'gallery/b/9.py is in no part: add to the part "b"'),
        (["a/1", "b/3"], ["e"], "has the lesson 'a/2', and there is no gallery/a/2.py"),
        (["a/1", "a/2", "b/3"], ["e", "f"], "f.py belongs to no lesson: add 'f' to the list"),
        (["a/1", "a/2", "b/3"], [], "has the exercise 'e', and the bank has no e.py"),
    ],
)
def test_what_is_missing_is_named_with_the_line_to_add(write, scripts, exercises, said):
    (problem,) = write().problems(scripts, exercises)
    assert said in problem


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rows": (("a", ["1", "1"]),)}, "'a/1' stands there twice"),
        ({"exercises": '["e", "e"]'}, "'e' stands there twice"),
        ({"extra": "[[part]]\n"}, "lacks 'lesson'"),
        ({"extra": "[["}, "outline.toml: "),
        ({"extra": "[[plan]]\nhours = 3\n"}, "hours"),
    ],
)
def test_an_outline_that_is_none_names_the_file(write, change, said):
    with pytest.raises(ValueError, match=r"outline\.toml") as caught:
        write(**change)
    assert said in str(caught.value)


ASSUMED = {"a/2": ["a/1"], "b/3": ["a/2"]}


@pytest.mark.parametrize(
    ("plan", "names", "problems"),
    [
        (StudyPlan("p", 9), ["a/1", "a/2", "b/3"], 0),
        (StudyPlan("p", 9, upto="a/2"), ["a/1", "a/2"], 0),
        (StudyPlan("p", 9, upto="b/3"), ["a/1", "a/2", "b/3"], 0),
        (StudyPlan("p", 9, lessons=("b/3", "a/1")), ["a/1", "b/3"], 1),
        (StudyPlan("p", 9, lessons=("a/1", "c/7")), ["a/1"], 1),
    ],
)
def test_a_plan_has_all_that_its_lessons_assume(write, plan, names, problems):
    lessons, found = plan_lessons(plan, write(), ASSUMED)
    assert [lesson.name for lesson in lessons] == names
    assert len(found) == problems


def test_a_lesson_that_assumes_a_later_one_breaks_every_plan_with_it(write):
    _, found = plan_lessons(StudyPlan("p", 9), write(), {"a/1": ["b/3"]})
    assert found == ["the plan 'p' has 'a/1' without 'b/3' before it, which it assumes"]
