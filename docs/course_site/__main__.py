"""Say which rules a lesson or an exercise breaks: ``nox -s check -- NAME``.

NAME is part of a lesson's name, or an exercise's id; all rules are tried, and each broken one is
printed with its place and its mend. ``aims`` prints for each lesson how many practice items it has,
and what they miss.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from course_site.exercise_rules import FOLDER, broken_exercise_rules
from course_site.practice import missing_aims
from course_site.rules import broken_rules
from pytorch_primer.exercises.exercise import written_ids
from pytorch_primer.outline import read_outline

GALLERY = Path(__file__).parents[2] / "gallery"


def format_rules(path: Path) -> list[str]:
    """Give what the formatter and the linter have to say."""
    said = []
    for command in (["format", "--diff"], ["check", "--output-format", "concise"]):
        call = [sys.executable, "-m", "ruff", *command, "--quiet", str(path)]
        done = subprocess.run(call, capture_output=True, text=True, check=False)
        if done.returncode and command[0] == "format":
            said.append(f"{path}:1: format: not formatted: run `nox -s format`")
        elif done.returncode:
            said += done.stdout.splitlines()
    return said


def main(names: list[str]) -> int:
    """Check all that the names match; return how many rules are broken, at most 1."""
    if names == ["aims"]:
        table = missing_aims(read_outline(), GALLERY)
        print("\n".join(table))
        return int(any("nothing assesses" in row for row in table))
    lessons = [
        path
        for path in sorted(GALLERY.glob("*/plot_*.py"))
        if any(name in f"{path.parent.name}/{path.stem}" for name in names)
    ]
    exercises = [id for id in written_ids() if id in names]
    if not lessons and not exercises:
        print(f"no lesson and no exercise is called {' or '.join(names) or 'nothing'}")
        return 1
    broken: list[str] = []
    for id in exercises:
        broken += map(str, broken_exercise_rules(id, read_outline(), GALLERY))
        broken += format_rules(FOLDER / f"{id}.py")
    for path in lessons:
        broken += [*map(str, broken_rules(path, read_outline())), *format_rules(path)]
    for line in broken:
        print(line)
    print(f"{len(lessons)} lesson(s), {len(exercises)} exercise(s): {len(broken) or 'no'} mend(s)")
    return int(bool(broken))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
