"""Grade a folder of worksheets: ``python -m pytorch_primer.exercises.grading FOLDER``.

Each worksheet runs in a process of its own, in a sandbox (bubblewrap) without a network, with its
own file system, processes and memory limit. That process runs the cells as IPython does and checks
what they defined. Its report comes through one pipe, bounded and validated line by line. A cell or
an exercise that takes too long, or ends the process, is left out when the sheet runs again, so that
it costs nothing else. Each row of the table is written as soon as it is known.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import secrets
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pytorch_primer.exercises.exercise import known_ids
from pytorch_primer.exercises.grading_files import SUFFIXES, Sheet, cells_of, sheets
from pytorch_primer.exercises.grading_report import safe, write_summary
from pytorch_primer.exercises.grading_sandbox import sandbox, why_no_sandbox

STATUSES = ("right", "wrong", "blank", "stopped", "lost")
MAX_REPORT = 2**18
MAX_RUNS = 8
GRACE = 10.0  # seconds beyond a limit until the process is ended, and for its start ten times that
UNSAFE = """\
--unsafe: the worksheets run as you, without a sandbox. They can read, change and send away every
file that you can, and start programs that stay. Grade only sheets whose authors you trust."""
NO_SANDBOX = """\
No sandbox, so nothing was graded: {why}.
Install bubblewrap (Debian, Ubuntu, Fedora: the package `bubblewrap`) and allow user namespaces, or
say --unsafe to run the worksheets as yourself."""


@dataclass(frozen=True)
class Options:
    """How to grade.

    Attributes
    ----------
    seconds : float
        Limit for each cell and each exercise.
    memory : int
        Limit of the address space, in bytes.
    sandboxed : bool
        Whether worksheets run in bubblewrap.
    seed : int
        What the inputs of the exercises are drawn from.
    """

    seconds: float = 30.0
    memory: int = 8 * 2**30
    sandboxed: bool = True
    seed: int = field(default_factory=lambda: secrets.randbelow(2**31))


@dataclass
class Grade:
    """What a worksheet was worth: a status for each exercise, and what was wrong with it."""

    name: str
    digest: str = ""
    statuses: dict[str, str] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def right(self) -> int:
        """Number of exercises solved."""
        return sum(status == "right" for status in self.statuses.values())


@dataclass
class Attempt:
    """What one run of a worksheet reported, and where it was when it ended."""

    cells: dict[int, str] = field(default_factory=dict)
    statuses: dict[str, str] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    at: int | str | None = None
    done: bool = False
    problem: str = ""

    def take(self, line: bytes, ids: set[str]) -> None:
        """Take one line of the report; what does not have its form is passed over."""
        try:
            said: Any = json.loads(line)
            kind, of, status = said["kind"], said["of"], said.get("status")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return
        if kind == "done":
            self.done = True
        elif kind == "cell" and type(of) is int:
            self.at = of
            if status in ("ok", "failed", "stopped"):
                self.cells[of], self.at = status, None
        elif kind == "exercise" and isinstance(of, str) and of in ids:
            self.at = of
            if isinstance(status, str) and status in STATUSES:
                self.statuses[of], self.at = status, None
                self.messages[of] = str(said.get("message", ""))[:300]


def run(cells: list[str], left_out: set[int | str], options: Options) -> Attempt:
    """Run a worksheet once, in a process that is ended when it does not come on."""
    attempt, ids = Attempt(), set(known_ids())
    with tempfile.TemporaryDirectory() as folder:
        job = {
            "cells": cells,
            "left_out": sorted(left_out, key=str),
            "seconds": options.seconds,
            "memory": options.memory,
            "seed": options.seed,
        }
        Path(folder, "job.json").write_text(json.dumps(job), encoding="utf-8")
        where, prefix, env = "/job/job.json", sandbox(Path(folder)), dict(os.environ)
        if not options.sandboxed:
            where, prefix = str(Path(folder, "job.json")), []
            kept = ("PATH", "PYTHONPATH", "SYSTEMROOT")
            env = {k: v for k, v in os.environ.items() if k in kept}
            env |= {"OMP_NUM_THREADS": "1", "MPLBACKEND": "agg", "HOME": folder}
        ours, theirs = os.pipe()
        child = [sys.executable, "-m", "pytorch_primer.exercises.grading_child", where, str(theirs)]
        with subprocess.Popen(
            [*prefix, *child],
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[theirs],
            start_new_session=True,
        ) as process:
            os.close(theirs)
            try:
                follow(process, ours, attempt, ids, options.seconds)
            finally:
                stop(process)
                os.close(ours)
    return attempt


def follow(
    process: subprocess.Popen[bytes], pipe: int, attempt: Attempt, ids: set[str], seconds: float
) -> None:
    """Read the report until the process has ended, says no more, or says too much."""
    os.set_blocking(pipe, False)
    rest, size, limit = b"", 0, time.monotonic() + 10 * GRACE
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while True:
            ended = process.poll() is not None
            selector.select(0 if ended else 0.2)
            try:
                data = os.read(pipe, 2**16)
            except BlockingIOError:
                data = b""
            size += len(data)
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                attempt.take(line, ids)
            if lines:
                limit = time.monotonic() + seconds + GRACE
            if size > MAX_REPORT:
                attempt.problem = "wrote more into its report than a report has"
                return
            if (ended and not data) or attempt.done or time.monotonic() > limit:
                return
            if not data and not ended:
                time.sleep(0.02)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the process and whatever it started."""
    if hasattr(os, "killpg"):
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            process.kill()
    else:
        process.kill()


def grade(sheet: Sheet, options: Options) -> Grade:
    """Grade one worksheet, whatever it is and does."""
    made = Grade(sheet.name, sheet.digest)
    try:
        if sheet.problem:
            raise ValueError(sheet.problem)
        cells = cells_of(sheet)
    except ValueError as error:
        made.problems.append(str(error))
        return made
    left_out: set[int | str] = set()
    for _ in range(MAX_RUNS):
        attempt = run(cells, left_out, options)
        if attempt.done or attempt.problem or attempt.at is None:
            break
        left_out.add(attempt.at)
    if not attempt.done:
        made.problems.append(attempt.problem or "ended before it could be checked")
    failed = {n for n, status in attempt.cells.items() if status != "ok"}
    failed |= {n for n in left_out if isinstance(n, int)}
    made.problems += [f"cell {n + 1} failed" for n in sorted(failed)]
    made.statuses, made.messages = attempt.statuses, attempt.messages
    for id in left_out:
        if isinstance(id, str):
            made.statuses[id] = "stopped"
    for id in known_ids():
        lost = (f"def {id}(" in cells[n] or f"class {id}(" in cells[n] for n in failed)
        if id not in made.statuses and any(lost):
            made.statuses[id] = "lost"
    return made


def grade_safely(sheet: Sheet, options: Options) -> Grade:
    """Grade one worksheet; what goes wrong with it is its row's problem and nobody else's."""
    try:
        return grade(sheet, options)
    except Exception as error:
        problem = f"could not be graded: {type(error).__name__}: {error}"
        return Grade(sheet.name, sheet.digest, problems=[problem])


def graded_before(table: Path, header: list[str]) -> set[tuple[str, str]]:
    """Return names and hashes of the sheets that an earlier run has written into the table."""
    if not table.exists():
        return set()
    with table.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.reader(stream))
    return {(row[0], row[1]) for row in rows[1:]} if rows and rows[0] == header else set()


def row_of(made: Grade) -> list[str]:
    """Return a row of the table."""
    statuses = [made.statuses.get(id, "") for id in known_ids()]
    return [
        safe(made.name),
        made.digest,
        str(made.right),
        safe("; ".join(made.problems)),
        *statuses,
    ]


def main(args: list[str]) -> None:
    """Grade the worksheets of a folder into ``grades.csv`` and sum them up by exercise."""
    parser = argparse.ArgumentParser(prog="grading", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--jobs", type=int, default=1, help="worksheets at the same time")
    parser.add_argument("--seconds", type=float, default=30.0, help="limit a cell or exercise")
    parser.add_argument("--unsafe", action="store_true", help="run without a sandbox")
    parser.add_argument("--again", action="store_true", help="grade also what was graded before")
    said = parser.parse_args(args)
    if said.unsafe:
        print(UNSAFE, file=sys.stderr)
    elif why := why_no_sandbox():
        raise SystemExit(NO_SANDBOX.format(why=why))
    options = Options(seconds=said.seconds, sandboxed=not said.unsafe)
    table, header = said.folder / "grades.csv", ["worksheet", "hash", "right", "problem"]
    header += known_ids()
    known = set() if said.again else graded_before(table, header)
    found = list(sheets(said.folder))
    if not found:
        raise SystemExit(f"no worksheet ({', '.join(SUFFIXES)}) in {said.folder}")
    to_do = [sheet for sheet in found if (safe(sheet.name), sheet.digest) not in known]
    with table.open("a" if known else "w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        if not known:
            writer.writerow(header)
        with ThreadPoolExecutor(max(1, said.jobs)) as pool:
            futures = [pool.submit(grade_safely, sheet, options) for sheet in to_do]
            try:
                for number, future in enumerate(as_completed(futures), 1):
                    made = future.result()
                    writer.writerow(row_of(made))
                    stream.flush()
                    write_summary(said.folder, made)
                    print(
                        f"{number}/{len(to_do)} {safe(made.name)}: {made.right} right", flush=True
                    )
            except KeyboardInterrupt:
                pool.shutdown(wait=False, cancel_futures=True)
                raise SystemExit("stopped; the same command goes on from here") from None
    print(f"the table: {table}")


if __name__ == "__main__":
    main(sys.argv[1:])
