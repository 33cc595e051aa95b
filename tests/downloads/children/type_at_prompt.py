"""Type the cells of a page into a plain Python prompt, statement by statement.

Run as ``type_at_prompt.py CELLS.json``, a list of the cells' code. As at a prompt, a statement that
fails is told on standard error and the next one is typed all the same. This file runs in the
environment that is tested, beside nothing of the project's own.
"""

import ast
import code
import json
import sys
import types
from collections.abc import Iterator
from pathlib import Path


def statements(cell: str) -> Iterator[str]:
    """Give the statements of a cell, each with all of its lines."""
    lines, typed = cell.splitlines(), 0
    for node in ast.parse(cell).body:
        first = min(n.lineno for n in [node, *getattr(node, "decorator_list", [])])
        if first > typed:  # else it stands in a line that has been typed, after a semicolon
            typed = node.end_lineno
            yield "\n".join(lines[first - 1 : typed]) + "\n"


def main(file: str) -> None:
    """Type all cells into one prompt."""
    sys.ps1 = ">>> "
    cells = json.loads(Path(file).read_text(encoding="utf-8"))
    # The prompt's names are those of the main module, as when `python` has started.
    main_module = sys.modules["__main__"] = types.ModuleType("__main__")
    prompt = code.InteractiveConsole(main_module.__dict__)
    for number, cell in enumerate(cells, 1):
        for statement in statements(cell):
            if prompt.runsource(statement, "<stdin>", "single"):
                print(f"cell {number} is incomplete:\n{statement}", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1])
