"""The process that runs one worksheet for :mod:`pytorch_primer.exercises.grading`.

It runs the cells the way IPython does, a cell that fails or takes too long costing nothing but
itself, and then checks what they defined. What it does and finds it writes, line by line, into the
pipe that it was given. It runs in a sandbox: what it says of itself can be forged by the worksheet,
which is why these grades are for practice.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from pytorch_primer.exercises import exercise, slips
from pytorch_primer.exercises.checking import is_ours, judge
from pytorch_primer.exercises.exercise import all_exercises


def limit_memory(size: int) -> None:
    """Limit the address space, where the system can."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (size, size))
        resource.setrlimit(resource.RLIMIT_FSIZE, (2**28, 2**28))


class Limit:
    """A time limit that interrupts what runs, again and again, until it stops."""

    def __init__(self) -> None:
        self.expired = False
        if hasattr(signal, "setitimer"):
            signal.signal(signal.SIGALRM, self.interrupt)

    def interrupt(self, number: int, frame: FrameType | None) -> None:
        """Interrupt."""
        self.expired = True
        raise KeyboardInterrupt

    @contextlib.contextmanager
    def of(self, seconds: float) -> Iterator[None]:
        """Hold the limit for a block."""
        self.expired = False
        if hasattr(signal, "setitimer"):
            signal.signal(signal.SIGALRM, self.interrupt)
            signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
        try:
            yield
        finally:
            if hasattr(signal, "setitimer"):
                signal.setitimer(signal.ITIMER_REAL, 0)


class Shell(InteractiveShell):
    """An IPython with no window to show anything in."""

    def enable_gui(self, gui: str | None = None) -> None:
        """Draw into the void: `%matplotlib inline` asks for this."""


def make_shell() -> Any:
    """Make an IPython that keeps no history on disk."""
    config = Config()
    config.HistoryManager.enabled = False
    return Shell.instance(config=config)


def main() -> None:
    """Read the job, run and check the worksheet, and report."""
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    pipe = os.dup(int(sys.argv[2]))  # not handed on to programs that the worksheet starts
    os.close(int(sys.argv[2]))

    def say(**line: Any) -> None:
        os.write(pipe, json.dumps(line).encode() + b"\n")

    exercises = {made.id: made for made in all_exercises()}  # before anything stands in their way
    check_one, ours, shell, limit = judge, is_ours, make_shell(), Limit()
    exercise.SEED, slips.BUDGET = job["seed"], 250_000
    limit_memory(job["memory"])
    left_out, seconds = set(job["left_out"]), job["seconds"]
    for number, cell in enumerate(job["cells"]):
        if number in left_out:
            continue
        say(kind="cell", of=number)
        status = "failed"
        with contextlib.suppress(BaseException), limit.of(seconds):
            status = "ok" if shell.run_cell(cell).success else "failed"
        say(kind="cell", of=number, status="stopped" if limit.expired else status)
    namespace = shell.user_ns
    for id in exercises:
        if id in left_out or id not in namespace or ours(namespace[id]):
            continue
        say(kind="exercise", of=id)
        status, message = "stopped", ""
        with contextlib.suppress(BaseException), limit.of(seconds):
            result = check_one(id, namespace[id])
            status, message = result.status, result.message
        status = "stopped" if limit.expired else status
        say(kind="exercise", of=id, status=status, message=message[:300])
    say(kind="done", of="")
    os._exit(0)  # nothing that the worksheet registered runs any more


if __name__ == "__main__":
    main()
