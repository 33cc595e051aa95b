"""The process that runs one worksheet for :mod:`pytorch_primer.exercises.grading`.

It cuts itself off first: address space limited, no network (a namespace of its own where the
system allows one, and in any case no socket for Python), then runs the cells, then checks what they
defined. Its report is the last line that it prints.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import json
import os
import sys
from typing import Any

from pytorch_primer.exercises.checking import judge
from pytorch_primer.exercises.exercise import all_exercises, known_ids
from pytorch_primer.exercises.grading import LINE

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000


def refuse_network() -> None:
    """Leave the network; an audit hook cannot be removed again, by nobody."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).unshare(CLONE_NEWUSER | CLONE_NEWNET)

    def refuse(event: str, args: tuple[Any, ...]) -> None:
        if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "socket.bind"):
            raise PermissionError(f"{event}: a worksheet is graded without a network")

    sys.addaudithook(refuse)


def limit_memory(size: int) -> None:
    """Limit the address space, where the system can."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (size, size))


def run_cells(codes: list[str]) -> dict[str, Any]:
    """Run the cells in one namespace; a cell that fails does not keep the next from running."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for number, code in enumerate(codes, 1):
        with contextlib.suppress(Exception, SystemExit):
            exec(compile(code, f"<cell {number}>", "exec"), namespace)
    return namespace


def main() -> None:
    """Read the cells from standard input, run and check them, and report."""
    codes = json.loads(sys.stdin.read())
    report = os.fdopen(os.dup(1), "w", encoding="utf-8")
    list(all_exercises())  # imported before the worksheet can put anything in their way
    check_one, ids = judge, known_ids()
    limit_memory(int(sys.argv[1]))
    refuse_network()
    with contextlib.redirect_stdout(io.StringIO()):
        namespace = run_cells(codes)
        statuses = {id: check_one(id, namespace[id]).status for id in ids if id in namespace}
    report.write(f"\n{LINE}{json.dumps(statuses)}\n")
    report.flush()
    os._exit(0)  # nothing that the worksheet registered runs any more


if __name__ == "__main__":
    main()
