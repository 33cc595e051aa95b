"""The rules for exercises, each with what to do about it: what ``nox -s check -- ID`` prints.

The exercise is read from its file, and its solution, right answers and mistakes are judged from
their source, as a notebook of a reader would define them.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from pathlib import Path

from course_site.rules import Broken
from pytorch_primer.exercises import bank
from pytorch_primer.exercises.checking import judge
from pytorch_primer.exercises.exercise import Answer, Exercise, load
from pytorch_primer.outline import Outline

FOLDER = Path(bank.__file__).parent
CASES, RIGHT, MESSAGES = 2, 2, 4
BELITTLING = re.compile(r"\b(just|simply|obviously|easy|easily|of course)\b", re.I)
SENTENCES = 2


def broken_exercise_rules(id: str, outline: Outline, gallery: Path) -> list[Broken]:
    """Give every rule that an exercise breaks, all in one go."""
    path = FOLDER / f"{id}.py"
    found = list(place(path, id, outline, gallery))
    try:
        made = load(id)
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        here = [frame.lineno for frame in frames if frame.filename == str(path)]
        said = re.sub(r"^\S+?:\d+: ", "", str(error))
        line = getattr(error, "lineno", None) or (here and here[-1]) or 1
        return [*found, Broken(path, line, "import", f"{type(error).__name__}: {said}")]
    text = path.read_text(encoding="utf-8")
    for rule in (needs, wording, answers):
        found += [
            Broken(path, line_of(text, near), rule.__name__, mend) for near, mend in rule(made)
        ]
    return sorted(found, key=lambda broken: broken.line)


def line_of(text: str, near: str) -> int:
    """Give the line in which a text stands, or begins; the first line if it does not."""
    start = text.find(near[:40])
    return text.count("\n", 0, start) + 1 if start >= 0 else 1


def place(path: Path, id: str, outline: Outline, gallery: Path) -> Iterator[Broken]:
    """Hold an exercise against the outline, and its lesson against the exercise."""
    lessons = [lesson for lesson in outline.lessons if id in lesson.exercises]
    if not lessons:
        mend = f'add "{id}" to the exercises of its lesson in {outline.file.name}'
        yield Broken(path, 1, "outline", mend)
    for lesson in lessons:
        script = gallery / f"{lesson.name}.py"
        if f".. exercise:: {id}\n" not in script.read_text(encoding="utf-8"):
            mend = f"lesson {lesson.number} does not show it: add `# .. exercise:: {id}`"
            yield Broken(script, 1, "outline", mend)


def needs(made: Exercise) -> Iterator[tuple[str, str]]:
    """Ask for enough inputs, right answers and mistakes, and for a note."""
    start = f"def {made.id}("
    messages = len({mistake.message for mistake in made.mistakes})
    if made.num_cases < CASES:
        yield start, f"it has {made.num_cases} case: `cases` gives the inputs of at least {CASES}"
    if len(made.right) < RIGHT:
        yield start, f"add right answers by other routes, with `@{made.id}.also_right`: {RIGHT}"
    if messages < MESSAGES:
        mend = f"{messages} mistakes have a message of their own, {MESSAGES} are wanted"
        yield start, f"{mend}: add to `{made.id}.line_mistakes(…)`"
    if not made.note:
        yield start, 'add `note="…"`: a line for whoever got it right'


def wording(made: Exercise) -> Iterator[tuple[str, str]]:
    """Keep messages short, and about the code."""
    for text in (made.note, *made.hints, *(mistake.message for mistake in made.mistakes)):
        plain = re.sub(r"`[^`]*`", "code", text)
        if word := BELITTLING.search(plain):
            yield text, f"{word[0]!r} makes nothing easier: leave it out"
        if len(re.findall(r"[.!?](?:\s|$)", plain)) > SENTENCES:
            yield text, f"say it in at most {SENTENCES} sentences"


def answers(made: Exercise) -> Iterator[tuple[str, str]]:
    """Judge the solution, every right answer and every mistake."""
    start = f"def {made.id}("
    shown = defined(made, made.source.imports, made.source.solution)
    if (result := judge(made.id, shown)).status != "right":
        yield start, f"its own solution is not right: {result.message}"
    for answer in made.right:
        if (result := judge(made.id, answer)).status != "right":
            yield f"def {answer.__name__}(", f"this right answer is refused: {result.message}"
    for mistake in made.mistakes:
        result = judge(made.id, defined(made, mistake.imports, mistake.source))
        if result.status == "right":
            yield mistake.message, "this mistake passes: add a case on which it is wrong"
        elif result.message != mistake.message:
            yield mistake.message, f"who makes this mistake is told: {result.message}"


def defined(made: Exercise, imports: str, text: str) -> Answer:
    """Give what a text defines in a namespace of its own."""
    namespace: dict[str, object] = {"__name__": "__main__"}
    exec(compile(f"{imports}\n\n{text}", "<answer>", "exec"), namespace)
    answer = namespace[made.id]
    assert callable(answer)
    return answer
