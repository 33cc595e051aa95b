"""The lessons as one course: the syllabus, the plans, and the way from lesson to lesson."""

from itertools import pairwise

LESSONS = [  # in the order of the course: part by part, by number
    "lessons/autograd/plot_9_everything.html",
    "lessons/optimisation/plot_1_exercise.html",
    "lessons/optimisation/plot_9_no_figure.html",
]


def neighbour(good, name, rel):
    link = good.page(name).select_one(f'link[rel="{rel}"]')
    return None if link is None else (good.html / name).parent.joinpath(link["href"]).resolve()


def test_previous_and_next_lead_through_the_lessons_across_parts(good):
    for before, after in pairwise(LESSONS):
        assert neighbour(good, before, "next") == (good.html / after).resolve()
        assert neighbour(good, after, "prev") == (good.html / before).resolve()


def test_syllabus_draws_each_lesson_as_a_link(good):
    svg = good.page("course.html").select_one(".pp-graph svg")
    assert svg["aria-label"]
    assert [a["xlink:href"] for a in svg.select("a")] == LESSONS
    assert 'stroke="black"' not in str(svg)


def test_syllabus_lists_times_and_exercises(good):
    items = [li.get_text() for li in good.page("course.html").select("li")]
    (line,) = [item for item in items if item.startswith("3.1 ") and "read" in item]
    assert "2 min to read" in line
    assert line.endswith("2 exercises")


def test_plan_says_what_it_takes(good):
    text = good.page("course.html").get_text()
    assert "Together 18 minutes" in text  # 2 to read and 8 for each exercise
