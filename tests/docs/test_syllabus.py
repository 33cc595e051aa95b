"""The lessons as one course: the syllabus, the plans, and the way from lesson to lesson."""

from itertools import pairwise

LESSONS = [  # in the order of the outline
    "lessons/optimisation/plot_9_no_figure.html",
    "lessons/optimisation/plot_1_exercise.html",
    "lessons/autograd/plot_9_everything.html",
]


def neighbour(good, name, rel):
    link = good.page(name).select_one(f'link[rel="{rel}"]')
    return None if link is None else (good.html / name).parent.joinpath(link["href"]).resolve()


def test_previous_and_next_lead_through_the_lessons_across_parts(good):
    for before, after in pairwise(LESSONS):
        assert neighbour(good, before, "next") == (good.html / after).resolve()
        assert neighbour(good, after, "prev") == (good.html / before).resolve()


def test_syllabus_has_a_lane_for_each_part_with_each_lesson_as_a_link(good):
    lanes = good.page("course.html").select(".lane")
    assert [lane["class"][1] for lane in lanes] == ["part-1", "part-2"]
    assert [a["href"] for lane in lanes for a in lane.select("a")] == LESSONS


def test_syllabus_says_how_long_a_lesson_takes_and_what_it_follows(good):
    stops = [stop.get_text(" ") for stop in good.page("course.html").select(".lane li")]
    (one,) = [stop for stop in stops if stop.startswith("1.2 ")]
    assert "1 min + 8 min practice" in one
    (last,) = [stop for stop in stops if "A lesson with everything" in stop]
    assert "after 1.1" in last


def test_plan_says_what_it_takes(good):
    text = good.page("course.html").get_text()
    assert "Together 2 minutes to read, and 8 minutes of exercises" in text  # two lessons
