"""What the course is: its parts, lessons, exercises and plans, as ``outline.toml`` says.

Everything that repeats some of this is derived from here: the order of the pages, their numbers,
the syllabus, the plans, `progress`, and every count.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("outline.toml")


@dataclass(frozen=True)
class Lesson:
    """A lesson: its number, as in "2.4", where its script lies, and its exercises."""

    number: str
    folder: str
    file: str
    short: str
    exercises: tuple[str, ...]

    @property
    def name(self) -> str:
        """Folder and file, as in ``autograd/plot_1_derivatives``."""
        return f"{self.folder}/{self.file}"


@dataclass(frozen=True)
class Part:
    """A part of the course: lessons in order; `colours` are text and tint, light and dark."""

    number: str
    folder: str
    title: str
    can: str
    colours: tuple[str, str, str, str]
    lessons: tuple[Lesson, ...]

    @property
    def exercises(self) -> tuple[str, ...]:
        """Ids of the exercises of all its lessons."""
        return tuple(id for lesson in self.lessons for id in lesson.exercises)


@dataclass(frozen=True)
class StudyPlan:
    """A way through the course for who has so many minutes.

    Its lessons are listed by name, or are `upto` and all that it builds on, or are all.
    """

    title: str
    minutes: int
    lessons: tuple[str, ...] = ()
    upto: str = ""
    exercises: bool = True


@dataclass(frozen=True)
class Outline:
    """The whole course."""

    parts: tuple[Part, ...]
    plans: tuple[StudyPlan, ...]
    file: Path = field(default=FILE, compare=False)

    @property
    def lessons(self) -> tuple[Lesson, ...]:
        """All lessons in the order of the course."""
        return tuple(lesson for part in self.parts for lesson in part.lessons)

    @property
    def exercises(self) -> tuple[str, ...]:
        """Ids of all exercises in the order of the course."""
        return tuple(id for lesson in self.lessons for id in lesson.exercises)

    def lesson(self, name: str) -> Lesson | None:
        """Find a lesson by folder and file."""
        return next((lesson for lesson in self.lessons if lesson.name == name), None)

    def problems(self, scripts: Iterable[str], exercises: Iterable[str]) -> list[str]:
        """Say what the outline has and the course lacks, and the other way round.

        Parameters
        ----------
        scripts : collections.abc.Iterable of str
            The lessons that exist, as ``folder/file``.
        exercises : collections.abc.Iterable of str
            Ids of the exercises that exist.
        """
        here, there = {lesson.name for lesson in self.lessons}, set(scripts)
        found = [
            f'gallery/{name}.py is in no part: add to the part "{name.partition("/")[0]}" of'
            f' {self.file.name}\n[[part.lesson]]\nfile = "{name.partition("/")[2]}"'
            for name in sorted(there - here)
        ]
        found += [
            f"{self.file.name} has the lesson {name!r}, and there is no gallery/{name}.py: write"
            " the script or remove the lesson"
            for name in sorted(here - there)
        ]
        known, bank = set(self.exercises), set(exercises)
        found += [
            f"the exercise file {id}.py belongs to no lesson: add {id!r} to the list `exercises`"
            f" of one in {self.file.name}"
            for id in sorted(bank - known)
        ]
        return found + [
            f"{self.file.name} has the exercise {id!r}, and the bank has no {id}.py: write it or"
            " remove the id"
            for id in sorted(known - bank)
        ]


def plan_lessons(
    plan: StudyPlan, outline: Outline, assumed: Mapping[str, Iterable[str]]
) -> tuple[list[Lesson], list[str]]:
    """Give the lessons of a plan in order, and say which it lacks that its lessons assume.

    Parameters
    ----------
    plan : StudyPlan
        The plan.
    outline : Outline
        The course that it belongs to.
    assumed : collections.abc.Mapping
        Names of the lessons that each lesson assumes.
    """
    wanted = set(plan.lessons) or {lesson.name for lesson in outline.lessons}
    if plan.upto:
        wanted, new = set(), {plan.upto}
        while new:
            wanted |= new
            new = {name for lesson in new for name in assumed.get(lesson, ())} - wanted
    lessons = [lesson for lesson in outline.lessons if lesson.name in wanted]
    problems = [
        f"the plan {plan.title!r} names {name!r}, which is no lesson"
        for name in sorted(wanted - {lesson.name for lesson in lessons})
    ]
    read: set[str] = set()
    for lesson in lessons:
        problems += [
            f"the plan {plan.title!r} has {lesson.name!r} without {name!r} before it, which it"
            " assumes"
            for name in assumed.get(lesson.name, ())
            if name not in read
        ]
        read.add(lesson.name)
    return lessons, problems


@functools.cache
def read_outline(file: Path = FILE) -> Outline:
    """Read an outline.

    Raises
    ------
    ValueError
        If it is no outline; the message names the file and what it lacks.
    """
    try:
        text = tomllib.loads(file.read_text(encoding="utf-8"))
        parts = tuple(part_of(str(n), table) for n, table in enumerate(text["part"], 1))
        plans = tuple(
            StudyPlan(**table | {"lessons": tuple(table.get("lessons", ()))})
            for table in text.get("plan", ())
        )
    except (tomllib.TOMLDecodeError, TypeError) as error:
        raise ValueError(f"{file}: {error}") from error
    except KeyError as error:
        raise ValueError(f"{file}: a part or a lesson lacks {error}") from error
    made = Outline(parts, plans, file)
    for names in ([lesson.name for lesson in made.lessons], made.exercises):
        if twice := sorted({name for name in names if list(names).count(name) > 1}):
            raise ValueError(f"{file}: {twice[0]!r} stands there twice")
    return made


def part_of(number: str, table: dict[str, Any]) -> Part:
    """Read one part; its lessons are numbered from 1 unless one says its number itself."""
    lessons: list[Lesson] = []
    for row in table["lesson"]:
        counted = sum("." in lesson.number for lesson in lessons) + 1
        lessons.append(
            Lesson(
                number=row.get("number", f"{number}.{counted}"),
                folder=table["folder"],
                file=row["file"],
                short=row["short"],
                exercises=tuple(row.get("exercises", ())),
            )
        )
    texts = {key: table[key] for key in ("folder", "title", "can")}
    return Part(number, **texts, colours=tuple(table["colours"]), lessons=tuple(lessons))
