"""Texts of answers: the solution, what the reader gets of it, and what wrong lines make of it."""

from __future__ import annotations

import ast
import inspect
import math
import re
import sys
import textwrap
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

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
MODULES = {"math": math, "np": np, "torch": torch, "nn": nn, "F": functional}
BANK = "pytorch_primer.exercises.bank"


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
        return cls(MARKER.sub("", text).strip(), starter.strip(), imports_of(text))


@dataclass(frozen=True)
class Change:
    """Lines of an answer that are replaced by others.

    Attributes
    ----------
    line : int
        Number of the first line that changes, from 1.
    old : str
        That line.
    new : str
        What stands there instead; "" where the line goes.
    replaced : tuple[tuple[str, str], ...]
        All replacements, as they are written in the bank.
    """

    line: int
    old: str
    new: str
    replaced: tuple[tuple[str, str], ...]

    def lines(self, text: str) -> Iterator[tuple[int, str]]:
        """Yield the number of each line that changes and what it becomes; "" where it goes."""
        found: dict[int, str] = {}
        for old, new in self.replaced:
            number = text.partition(old)[0].count("\n") + 1
            line = text.split("\n")[number - 1]
            indent = " " * (len(line) - len(line.lstrip()))
            changed = found.get(number, line).replace(old, new.replace("\\n", f"\n{indent}"))
            found[number] = changed.rstrip()
        yield from found.items()

    def applied(self, text: str) -> str:
        """Return the text with the lines changed; a line of which nothing is left goes."""
        new = dict(self.lines(text))
        lines = enumerate(text.split("\n"), 1)
        return "\n".join(new.get(n, line) for n, line in lines if new.get(n, " "))


def changes(text: str, right: str, file: str, first: int) -> Iterator[tuple[str, Change]]:
    """Read messages with the changes below them, as :meth:`Exercise.line_mistakes` takes them."""
    message, pairs = "", list[tuple[str, str]]()
    for number, line in enumerate([*text.split("\n"), "end"], first):
        if line.startswith(" "):
            old, arrow, new = line.strip().partition(" ->")
            if not message or not arrow:
                raise ValueError(f"{file}:{number}: expected a message, or `old -> new` below one")
            if right.count(old) != 1:
                found = f"{right.count(old)} times in the right answer, expected once"
                raise ValueError(f"{file}:{number}: `{old}` is found {found}")
            pairs.append((old, new.strip()))
        elif line.strip():
            if message and not pairs:
                raise ValueError(f"{file}:{number - 1}: add `    old -> new` below the message")
            if message:
                at = right.partition(pairs[0][0])[0].count("\n")
                whole = right.split("\n")[at]
                yield (
                    message,
                    Change(at + 1, whole, whole.replace(*pairs[0]).rstrip(), tuple(pairs)),
                )
            message, pairs = line.strip(), []


def imports_of(text: str) -> str:
    """Return the import lines that a text needs."""
    names = [n for n in IMPORTS if re.search(rf"(?<![\w.]){n}\.", text)]
    return "\n".join(IMPORTS[name] for name in names)


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


def standalone(answer: Callable[..., Any], id: str) -> tuple[str, str]:
    """Return imports and text of an answer of the bank, under another name, with its helpers."""
    texts: dict[str, str] = {}

    def add(made: Callable[..., Any]) -> None:
        text = MARKER.sub("", without_prompt(textwrap.dedent(inspect.getsource(made)))).strip()
        texts[made.__name__] = ""  # a helper may call itself
        around = vars(sys.modules[made.__module__])
        names = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name)]
        own = {n.id for n in names if isinstance(n.ctx, ast.Store)}
        for name in sorted({n.id for n in names} - own - texts.keys()):
            helper = around.get(name)
            if isinstance(helper, (FunctionType, type)) and helper.__module__.startswith(BANK):
                add(helper)
        del texts[made.__name__]
        texts[made.__name__] = text

    add(answer)
    own = answer.__name__
    texts[own] = re.sub(rf"^(def|class) {own}\b", rf"\1 {id}", texts[own], count=1)
    text = "\n\n\n".join(texts.values())
    return imports_of(text), text


def run_text(text: str, around: dict[str, Any], name: str) -> Any:
    """Run the text of an answer among the names of a module and return what it defines."""
    namespace = {**MODULES, **around}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # a slip that Python itself would doubt
        code = compile(text, f"<answer to {name}>", "exec")
    exec(code, namespace)
    return namespace[name]


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
