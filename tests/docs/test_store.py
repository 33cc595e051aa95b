"""Pages tell each other what they hold, and are forgotten when they go."""

from types import SimpleNamespace

import pytest

from course_site import store


@pytest.fixture
def env():
    env = SimpleNamespace()
    store.record(env, "a").exercises += ["x_grad", "leaves"]
    store.record(env, "b").exercises.append("leaves")
    return env


def test_pages_of_an_exercise_are_all_on_which_it_stands(env):
    assert store.pages_of(env, "leaves") == ["a", "b"]
    assert store.pages_of(env, "x_grad") == ["a"]
    assert store.pages_of(env, "unknown") == []


def test_pages_are_forgotten_and_merged(env):
    other = SimpleNamespace()
    store.record(other, "c").formulas = {"x"}
    store.record(other, "d")
    store.purge(None, env, "a")
    store.purge(None, env, "unknown")
    store.merge(None, env, {"c"}, other)
    assert set(store.records(env)) == {"b", "c"}
    assert store.pages_of(env, "leaves") == ["b"]


def test_only_pages_with_facts_are_lessons(env):
    facts = store.LessonFacts("T", ("a",), (), 1)
    store.record(env, "b").lesson = facts
    assert store.lessons_of(env) == {"b": facts}
