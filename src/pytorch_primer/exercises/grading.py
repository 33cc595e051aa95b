"""Grade a folder of worksheets: run each in a process of its own and write a table.

Run as ``python -m pytorch_primer.exercises.grading FOLDER``. Each notebook's code runs in a fresh
folder, in a child process with a limit on time and memory and without a network; then that child
checks what the notebook defined. What a notebook prints or claims about itself is not believed.
"""

from __future__ import annotations

import contextlib
import csv
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytorch_primer.exercises.exercise import known_ids

SECONDS = 300
MEMORY = 8 * 2**30  # bytes of address space; importing torch takes a good part of it
LINE = "pytorch_primer grade: "


@dataclass(frozen=True)
class Grade:
    """What a worksheet was worth: a status for each exercise that it defines, or a reason."""

    name: str
    statuses: dict[str, str]
    problem: str = ""

    @property
    def right(self) -> int:
        """Number of exercises solved."""
        return sum(status == "right" for status in self.statuses.values())


def code_of(notebook: Path) -> list[str]:
    """Return the code cells of a notebook, without the lines that are magic or shell commands.

    Raises
    ------
    ValueError
        If the file is no notebook; the message names it.
    """
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        codes = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError, RecursionError, OSError) as error:
        raise ValueError(f"{notebook.name} is not a notebook that can be read") from error
    return [
        "\n".join(
            line.replace(line.lstrip(), "pass") if line.lstrip()[:1] in ("%", "!") else line
            for line in code.splitlines()
        )
        for code in codes
    ]


def grade(notebook: Path, seconds: float = SECONDS, memory: int = MEMORY) -> Grade:
    """Run one worksheet in a child process and check what it defines.

    Parameters
    ----------
    notebook : pathlib.Path
        The worksheet.
    seconds : float
        Time limit.
    memory : int
        Limit of the child's address space, in bytes.

    Returns
    -------
    Grade
        With ``problem`` set where the notebook could not be read or did not come to an end.
    """
    try:
        codes = code_of(notebook)
    except ValueError as error:
        return Grade(notebook.name, {}, str(error))
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pytorch_primer.exercises.grading_child", str(memory)]
        # Nothing of the grader's environment is needed but where to find Python's packages.
        env = {k: v for k, v in os.environ.items() if k in ("PATH", "PYTHONPATH", "SYSTEMROOT")}
        env |= {"OMP_NUM_THREADS": "1", "MPLBACKEND": "agg", "HOME": folder}
        with subprocess.Popen(
            command,
            cwd=folder,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        ) as child:
            try:
                out, _ = child.communicate(json.dumps(codes), timeout=seconds)
            except subprocess.TimeoutExpired:
                return Grade(notebook.name, {}, f"stopped after {seconds:.0f} s")
            finally:
                stop(child)
    return Grade(notebook.name, *read_report(out, child.returncode))


def stop(child: subprocess.Popen[str]) -> None:
    """End the child and whatever it started."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, 9)
    child.kill()


def read_report(out: str, code: int) -> tuple[dict[str, str], str]:
    """Read the child's last line; say why where there is none."""
    lines = [line for line in out.splitlines() if line.startswith(LINE)]
    try:
        report: Any = json.loads(lines[-1].removeprefix(LINE))
        statuses = {id: str(report[id]) for id in known_ids() if id in report}
    except (IndexError, ValueError, TypeError):
        return {}, f"ended with status {code} before it could be checked"
    return statuses, ""


def write_table(grades: list[Grade], file: Path) -> None:
    """Write the grades as CSV: a row for each worksheet, a column for each exercise."""
    with file.open("w", newline="", encoding="utf-8") as stream:
        table = csv.writer(stream)
        table.writerow(["worksheet", "right", "problem", *known_ids()])
        for g in grades:
            cells = [g.statuses.get(id, "") for id in known_ids()]
            table.writerow([safe(g.name), g.right, g.problem, *cells])


def safe(name: str) -> str:
    """Keep a spreadsheet from reading a file's name as a formula."""
    return f"'{name}" if name[:1] in "=+-@" else name


def main(folder: Path) -> None:
    """Grade all notebooks of a folder and write ``grades.csv`` into it."""
    notebooks = sorted(folder.glob("*.ipynb"))
    if not notebooks:
        raise SystemExit(f"no notebook (*.ipynb) in {folder}")
    grades = [grade(notebook) for notebook in notebooks]
    write_table(grades, folder / "grades.csv")
    for g in grades:
        print(f"{g.name}: {g.problem or f'{g.right} right of {len(g.statuses)} defined'}")
    print(f"the table: {folder / 'grades.csv'}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
