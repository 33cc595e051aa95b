"""What a teacher reads after grading: cells that are safe in a spreadsheet, sums by exercise."""

from __future__ import annotations

import csv
import html
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from pytorch_primer.exercises.exercise import known_ids

if TYPE_CHECKING:
    from pytorch_primer.exercises.grading import Grade

PAGE = """\
<!doctype html><html lang="en"><meta charset="utf-8"><title>Exercises</title>
<style>body{{font:16px sans-serif;margin:2em}}td,th{{padding:.3em .8em;text-align:left;
vertical-align:top;border-bottom:1px solid #ccc}}</style>
<h1>Exercises</h1><table><tr><th>exercise<th>right<th>wrong<th>blank<th>lost or stopped
<th>what was wrong</tr>
{rows}
</table></html>
"""


def safe(text: str) -> str:
    """Make a cell that no spreadsheet reads as a formula, with control characters escaped."""
    shown = text.encode("utf-8", "backslashreplace").decode("utf-8")
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in shown)
    return f"'{shown}" if text[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") else shown


def write_summary(folder: Path, made: Grade) -> None:
    """Add a grade to ``messages.jsonl`` and write the sums by exercise as CSV and HTML."""
    record = {"worksheet": made.name, "statuses": made.statuses, "messages": made.messages}
    with (folder / "messages.jsonl").open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(record) + "\n")
    newest: dict[str, dict[str, dict[str, str]]] = {}
    for line in (folder / "messages.jsonl").read_text(encoding="utf-8").splitlines():
        stored = json.loads(line)
        newest[stored["worksheet"]] = stored
    rows, lines = [], []
    for id in known_ids():
        counts = Counter(grade["statuses"].get(id, "") for grade in newest.values())
        causes = Counter(
            grade["messages"][id]
            for grade in newest.values()
            if grade["statuses"].get(id) == "wrong" and id in grade["messages"]
        ).most_common(10)
        sums = [counts["right"], counts["wrong"], counts["blank"]]
        sums.append(counts["lost"] + counts["stopped"])
        text = "; ".join(f"{n} × {cause}" for cause, n in causes)
        rows.append([id, *map(str, sums), safe(text)])
        shown = "<br>".join(html.escape(f"{n} × {cause}") for cause, n in causes)
        lines.append(f"<tr><td>{id}" + "".join(f"<td>{n}" for n in sums) + f"<td>{shown}</tr>")
    with (folder / "summary.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["exercise", "right", "wrong", "blank", "lost or stopped", "mistakes"])
        writer.writerows(rows)
    (folder / "summary.html").write_text(PAGE.format(rows="\n".join(lines)), encoding="utf-8")
