"""Cut an exercise's solution into what the reader gets and what the reader writes."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any

MARKED = re.compile(r"^( *)# <solution>\n.*?^ *# </solution>\n", re.M | re.S)
MARKER = re.compile(r"^ *# </?solution>\n", re.M)
BLANK = "...  # your code here"
IMPORTS = {
    "math": "import math",
    "np": "import numpy as np",
    "torch": "import torch",
    "nn": "from torch import nn",
    "F": "from torch.nn import functional as F",
}


@dataclass(frozen=True)
class Source:
    """The texts of an exercise.

    Attributes
    ----------
    solution : str
        The official answer without prompt and markers.
    starter : str
        The same with every marked region replaced by ``...``.
    imports : str
        The import lines that the solution needs.
    """

    solution: str
    starter: str
    imports: str

    @classmethod
    def of(cls, solution: Callable[..., Any]) -> Source:
        """Read the source of a solution function or class."""
        text = without_prompt(textwrap.dedent(inspect.getsource(solution)))
        if not MARKED.search(text):
            raise ValueError(f"{solution.__name__}: no region marked # <solution> … # </solution>")
        starter = MARKED.sub(rf"\g<1>{BLANK}\n", text)
        names = [n for n in IMPORTS if re.search(rf"(?<![\w.]){n}\.", text)]
        imports = "\n".join(IMPORTS[name] for name in names)
        return cls(MARKER.sub("", text).strip(), starter.strip(), imports)


def without_prompt(text: str) -> str:
    """Remove the decorators and the docstring of a function or class."""
    node = ast.parse(text).body[0]
    assert isinstance(node, (ast.FunctionDef, ast.ClassDef))
    lines = text.splitlines(keepends=True)
    if ast.get_docstring(node) is not None:
        docstring = node.body[0]
        assert docstring.end_lineno is not None
        del lines[docstring.lineno - 1 : docstring.end_lineno]
        if not lines[docstring.lineno - 1].strip():  # the blank line that followed it
            del lines[docstring.lineno - 1]
    return "".join(lines[node.lineno - 1 :])


def codes(code: CodeType) -> Iterator[CodeType]:
    """Yield the code objects nested in one, in order."""
    for const in code.co_consts:
        if isinstance(const, CodeType):
            yield const


def skeleton(code: CodeType, doc: str | None) -> tuple[Any, ...]:
    """Return what a function does, without its names of variables, its lines and its docstring."""
    consts = tuple(c for c in code.co_consts if c is not None and c != doc)
    return code.co_code, consts, code.co_names


def is_blank(answer: Any, starter: str) -> bool:
    """Tell whether an answer is the starter, by its code: what it does is not looked at."""
    (made,) = codes(compile(starter, "<starter>", "exec"))
    if isinstance(answer, FunctionType):
        return skeleton(answer.__code__, answer.__doc__) == skeleton(made, None)
    if isinstance(answer, type):
        given = {n: f for n, f in vars(answer).items() if isinstance(f, FunctionType)}
        wanted = {c.co_name: c for c in codes(made)}
        return given.keys() == wanted.keys() and all(
            skeleton(given[n].__code__, given[n].__doc__) == skeleton(wanted[n], None)
            for n in wanted
        )
    return False
