"""Measure how many wrong answers are told their cause.

``python -m tests.library.exercises.measure FOLDER`` judges the answers of a folder, files named
``<exercise_id>__<anything>.py`` that define the exercise, as a notebook of a reader would. For each
file it prints what the message rests on and the message, and at the end the shares. ``named`` are
mistakes of the bank, slips known by rule, and causes that the outcome itself shows (nothing was
returned, a wrong type, an argument changed, an exception that is explained); a remark on how two
numbers are related and the bare difference are not.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from pytorch_primer.exercises.checking import find, is_ours, judge, wrong_with

NAMED = ("mistake", "slip", "cause")


def judged(file: Path) -> tuple[str, str]:
    """Return what the message of a file's answer rests on, and the message."""
    id = file.stem.partition("__")[0]
    made = find(id)
    if isinstance(made, str):
        return "no exercise", made
    namespace: dict[str, object] = {"__name__": "__main__"}
    try:
        exec(compile(file.read_text(encoding="utf-8"), str(file), "exec"), namespace)
    except Exception as error:
        return "not run", f"{type(error).__name__}: {error}"
    answer = namespace.get(id)
    if not callable(answer) or is_ours(answer):
        return "no answer", judge(id, answer).message
    result = judge(id, answer)
    if result.status != "wrong":
        return result.status, result.message
    try:
        found = wrong_with(made, answer)
    except BaseException as error:
        return "cause", f"{result.message} ({type(error).__name__})"
    return ("right" if found is None else found.basis), result.message


def main(folder: Path) -> None:
    """Judge all files of a folder and print the shares."""
    counts: Counter[str] = Counter()
    for file in sorted(folder.glob("*__*.py")):
        basis, message = judged(file)
        counts[basis] += 1
        print(f"{file.name}: {basis}: {message}", flush=True)
    wrong = sum(counts[basis] for basis in (*NAMED, "remark", "bare"))
    print(dict(counts))
    if wrong:
        named = sum(counts[basis] for basis in NAMED)
        print(f"named: {named} of {wrong} wrong answers, {named / wrong:.0%}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
