"""What the pages tell each other: one record a page, kept in Sphinx's environment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

VERSION = 8  # raise it when a record changes: Sphinx then reads all pages anew


@dataclass(frozen=True)
class LessonFacts:
    """What a lesson says of itself, and how long it takes to read."""

    title: str
    aims: tuple[str, ...]
    assumes: tuple[str, ...]
    reading_minutes: int


@dataclass
class Record:
    """What one page tells: its facts if it is a lesson, what there is to do, formulas, terms."""

    lesson: LessonFacts | None = None
    exercises: list[str] = field(default_factory=list)
    exercise_aims: dict[str, tuple[int, ...]] = field(default_factory=dict)
    items: list[Any] = field(default_factory=list)
    reading_gaps: list[float] = field(default_factory=list)
    formulas: set[Any] = field(default_factory=set)
    terms: set[str] = field(default_factory=set)


def records(env: BuildEnvironment) -> dict[str, Record]:
    """Give the record of each page, by the page's name."""
    kept: dict[str, Record] = env.__dict__.setdefault("course_records", {})
    return kept


def record(env: BuildEnvironment, docname: str) -> Record:
    """Give the record of one page, to be read or filled."""
    return records(env).setdefault(docname, Record())


def lessons_of(env: BuildEnvironment) -> dict[str, LessonFacts]:
    """Give the facts of the lessons that were read, by the name of their page."""
    return {name: kept.lesson for name, kept in records(env).items() if kept.lesson}


def pages_of(env: BuildEnvironment, exercise: str) -> list[str]:
    """Name the pages on which an exercise stands, once for each time that it stands there."""
    found = sorted(records(env).items())
    return [page for page, kept in found for id in kept.exercises if id == exercise]


def purge(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Forget a page that changed or went."""
    records(env).pop(docname, None)


def merge(app: Sphinx, env: BuildEnvironment, docnames: set[str], other: BuildEnvironment) -> None:
    """Take over what another process has read."""
    records(env).update({name: records(other)[name] for name in docnames & records(other).keys()})


def setup(app: Sphinx) -> None:
    """Forget and take over with Sphinx."""
    app.connect("env-purge-doc", purge)
    app.connect("env-merge-info", merge)
