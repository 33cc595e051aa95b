"""What a reader calls: check, hint, solution and progress."""

from __future__ import annotations

import builtins
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any, TypeVar

from pytorch_primer.exercises.bank import PARTS as PARTS
from pytorch_primer.exercises.checking import SIGNS, Result, find, judge
from pytorch_primer.exercises.exercise import all_exercises

_statuses: dict[str, str] = {}
_hints_given: Counter[str] = Counter()


Shown = TypeVar("Shown")


class Text(str):
    """A text that shows itself as it reads, without quotes."""

    def __repr__(self) -> str:
        return str(self)


def shown(value: Shown) -> Shown:
    """Print a value in a script; a notebook or an interactive Python shows it by itself."""
    interactive = hasattr(sys, "ps1") or hasattr(builtins, "get_ipython")
    if not interactive and not hasattr(builtins, "__IPYTHON__"):
        try:
            print(value)
        except UnicodeEncodeError:  # a console of Windows that knows no ✓
            encoding = sys.stdout.encoding
            print(str(value).encode(encoding, "replace").decode(encoding))
    return value


def check(id: str, answer: Any) -> Result:
    """Check an answer to an exercise, offline.

    Parameters
    ----------
    id : str
        Name of the exercise, as on its page.
    answer : collections.abc.Callable
        The function or class itself. It is called on several inputs; whatever it does, its
        arguments, the grad mode, the default dtype and the random state are then as before.

    Returns
    -------
    Result
        True in a condition if the answer is right; shown as a line or two. Nothing is raised
        because of the answer, and an endless one can be interrupted.
    """
    result = judge(id, answer)
    if not isinstance(find(id), str):
        _statuses[id] = result.status
    return shown(result)


def hint(id: str) -> Text:
    """Return a hint for an exercise, and one more at each further call.

    Parameters
    ----------
    id : str
        Name of the exercise, as on its page.
    """
    made = find(id)
    if isinstance(made, str):
        return shown(Text(made))
    number = min(_hints_given[id] + 1, len(made.hints))
    _hints_given[id] = number
    lines = [f"Hint {n} of {len(made.hints)}: {h}" for n, h in enumerate(made.hints[:number], 1)]
    if number == len(made.hints):
        lines.append(f'There are no more; `solution("{id}")` shows an answer.')
    return shown(Text("\n".join(lines)))


def solution(id: str) -> Text:
    """Return the source of the official answer to an exercise.

    Parameters
    ----------
    id : str
        Name of the exercise, as on its page.
    """
    made = find(id)
    return shown(Text(made if isinstance(made, str) else made.source.solution))


def progress(file: str | Path | None = None) -> Text:
    """Return a table of this session's exercises by part.

    Parameters
    ----------
    file : str or pathlib.Path, optional
        Plain JSON that keeps the table between sessions: it is read, joined with this session's
        results, and written. An exercise that was ever right stays right. A damaged file and
        unknown ids are ignored with a message; nothing from the file is ever executed.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    known = {made.id: made for made in all_exercises()}
    statuses, notes = dict(_statuses), list[str]()
    if file is not None:
        stored, notes = read(Path(file), set(known))
        for id, status in stored.items():
            if id not in statuses or status == "right":
                statuses[id] = status
        text = json.dumps(dict(sorted(statuses.items())), indent=1) + "\n"
        Path(file).write_text(text, encoding="utf-8")
    lines = list(notes)
    for part, title in PARTS.items():
        ids = [id for id, made in known.items() if made.lesson.startswith(part)]
        right = sum(statuses.get(id) == "right" for id in ids)
        lines.append(f"{part} · {title}: {right} of {len(ids)}")
        lines += [f"  {SIGNS.get(statuses.get(id, ''), '·')} {id}" for id in ids]
    return shown(Text("\n".join(lines)))


def read(file: Path, known: set[str]) -> tuple[dict[str, str], list[str]]:
    """Read stored statuses; return those that make sense and a line on each that does not."""
    if not file.exists():
        return {}, []
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, OSError, RecursionError):
        stored = None
    if not isinstance(stored, dict):
        return {}, [f"{file.name} is damaged: it was ignored and written anew."]
    good = {i: s for i, s in stored.items() if i in known and isinstance(s, str) and s in SIGNS}
    odd = sorted(set(stored) - set(good))
    return good, [f"{file.name} names {i!r}, which was ignored." for i in odd]
