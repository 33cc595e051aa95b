"""The rules by which slips are made: each changes a right answer in one place and says how."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from typing import NamedTuple

from pytorch_primer.exercises.variants import (
    Variant,
    arithmetic,
    called,
    calls,
    choices,
    expression,
    short,
    with_field,
)
from pytorch_primer.exercises.wrappings import wrapped


class Edit(NamedTuple):
    """Lines ``first`` to ``last`` of a text that others replace; ``last < first`` inserts."""

    first: int
    last: int
    lines: tuple[str, ...]


class Slip(NamedTuple):
    """A change to a right answer.

    ``clause`` says what went wrong, so that it can follow "it looks as if". Among slips that do the
    same, the one with the smallest ``weight`` is told.
    """

    clause: str
    weight: int
    edits: tuple[Edit, ...]


def apply(text: str, edits: tuple[Edit, ...]) -> str:
    """Return the text with the edits made."""
    lines = text.split("\n")
    for edit in sorted(edits, reverse=True):
        lines[edit.first - 1 : edit.last] = edit.lines
    return "\n".join(lines)


class Rules:
    """All rules, on one right answer with the names that it uses."""

    def __init__(self, text: str) -> None:
        self.tree = ast.parse(text)
        nodes = list(ast.walk(self.tree))
        stored = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        self.names = sorted(
            stored | {n.arg for n in nodes if isinstance(n, ast.arg)} - {"self", "_"}
        )
        own = (n for n in nodes if isinstance(n, ast.Attribute))
        self.own = sorted({n.attr for n in own if getattr(n.value, "id", "") == "self"})

    def at(self, node: ast.AST) -> Iterator[Variant]:
        """Yield what the rules make of one node itself."""
        for rule in (arithmetic, calls, choices):
            yield from rule(node)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in self.names:
            for other in self.names:
                if other != node.id:
                    text = f"`{other}` stands where another name belongs"
                    yield Variant(ast.Name(other, ast.Load()), text, 4)
        if isinstance(node, ast.Attribute) and node.attr in self.own:
            for other in self.own:
                if other != node.attr and isinstance(node.ctx, ast.Load):
                    text = f"`self.{other}` stands where another attribute belongs"
                    yield Variant(with_field(node, attr=other), text, 3)

    def inside(self, node: ast.AST) -> Iterator[Variant]:
        """Yield the node with the rules applied at every place of it."""
        yield from self.at(node)
        for name, value in ast.iter_fields(node):
            if name in ("body", "orelse", "finalbody", "handlers") and isinstance(value, list):
                continue  # statements come on their own
            if isinstance(value, ast.AST):
                for made in self.inside(value):
                    yield made._replace(node=with_field(node, **{name: made.node}))
            elif isinstance(value, list):
                for i, item in enumerate(value):
                    if isinstance(item, ast.AST):
                        for made in self.inside(item):
                            items = [*value[:i], made.node, *value[i + 1 :]]
                            yield made._replace(node=with_field(node, **{name: items}))


def label(node: ast.stmt) -> str:
    """Say what a statement does, as the subject of a clause."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        name, func = called(node.value), node.value.func
        if name == "append" and isinstance(func, ast.Attribute):
            return f"an entry of `{ast.unparse(func.value)}` is recorded"
        return f"`{name}` is called"
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    if isinstance(targets[0], (ast.Name, ast.Attribute)):
        done = "changed" if isinstance(node, ast.AugAssign) else "set"
        return f"`{ast.unparse(targets[0])}` is {done}"
    return "a step is made"


def of_statement(node: ast.stmt, in_loop: bool) -> Iterator[Variant]:
    """Leave a statement out, or do it in another way."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        name = called(node.value)
        missing = {
            "zero_grad": "the gradients are never cleared",
            "zero_": "the gradients are never cleared",
            "append": "a record is not made",
        }.get(name, f"`{name}` is not called")
        yield Variant(None, missing, 1)
        if name == "append":
            for made in wrapped(node.value.args[0], "an entry"):
                yield made._replace(node=ast.Expr(with_field(node.value, args=[made.node])))
    if isinstance(node, ast.Assign):
        target = ast.unparse(node.targets[0])
        if isinstance(node.targets[0], ast.Name):
            for made in wrapped(node.value, f"`{target}`"):
                yield made._replace(node=with_field(node, value=made.node))
        if target.endswith(".grad"):
            yield Variant(None, "the gradients are never cleared", 1)
        elif isinstance(node.targets[0], (ast.Attribute, ast.Subscript)):
            yield Variant(None, f"`{target}` is never set", 1)
    if isinstance(node, ast.AugAssign):
        target = ast.unparse(node.target)
        yield Variant(None, f"`{target}` is never updated", 1)
        if isinstance(node.op, ast.Sub):
            other = with_field(node, op=ast.Add())
            yield Variant(other, f"`{target}` goes the wrong way, `+=` for `-=`", 1)
        if isinstance(node.op, ast.Add):
            other = with_field(node, op=ast.Sub())
            yield Variant(other, f"`{target}` goes the wrong way, `-=` for `+=`", 1)
        if isinstance(node.target, ast.Name):
            load = ast.Name(node.target.id, ast.Load())
            new = ast.Assign([node.target], ast.BinOp(load, node.op, node.value))
            text = f"`{target} = {target} …` makes a new object, and the old one stays as it is"
            yield Variant(new, text, 1)
            plain = ast.Assign([node.target], node.value)
            yield Variant(plain, f"`{target}` is replaced where it should be added to", 1)
        for made in wrapped(node.value, "the update"):
            yield made._replace(node=with_field(node, value=made.node))
    if isinstance(node, ast.Return) and node.value is not None:
        yield from of_return(node.value)


def of_return(value: ast.expr) -> Iterator[Variant]:
    """Return something else."""
    yield Variant(ast.Return(None), "nothing is returned", 1)
    if not isinstance(value, ast.Tuple):
        for made in wrapped(value, "the result"):
            yield made._replace(node=ast.Return(made.node))
        return
    parts = list(value.elts)
    back = ast.Tuple(parts[::-1], ast.Load())
    yield Variant(ast.Return(back), "the values are returned in reverse order", 1)
    for i, part in enumerate(parts):
        name = short(part, f"value number {i + 1}")
        yield Variant(ast.Return(part), f"only {name} is returned", 1)
        for made in wrapped(part, name):
            changed = [*parts[:i], made.node, *parts[i + 1 :]]
            yield made._replace(node=ast.Return(ast.Tuple(changed, ast.Load())))


def lines_of(nodes: list[ast.stmt] | ast.stmt, indent: int) -> tuple[str, ...]:
    """Write statements with an indentation."""
    each = nodes if isinstance(nodes, list) else [nodes]
    text = "\n".join(ast.unparse(ast.fix_missing_locations(node)) for node in each)
    return tuple(" " * indent + line for line in text.splitlines())


def span(node: ast.stmt) -> tuple[int, int]:
    """Return the first and last line of a statement."""
    assert node.end_lineno is not None
    return node.lineno, node.end_lineno


def of_block(block: list[ast.stmt], loop: ast.stmt | None) -> Iterator[Slip]:
    """Move a statement of a block to another place, also out of the loop that it stands in."""
    for i, node in enumerate(block):
        first, last = span(node)
        gone = Edit(first, last, ())
        own = lines_of(node, node.col_offset)
        if isinstance(node, ast.Return):
            continue
        for j in range(len(block) + 1):
            if j in (i, i + 1) or (j and isinstance(block[j - 1], ast.Return)):
                continue
            at = span(block[j])[0] if j < len(block) else span(block[-1])[1] + 1
            text = f"{label(node)} too {'early' if j < i else 'late'}"
            yield Slip(text, 1, (gone, Edit(at, at - 1, own)))
        if loop is not None and len(block) > 1:
            outside = lines_of(node, loop.col_offset)
            start, end = span(loop)
            before = Edit(start, start - 1, outside)
            yield Slip(f"{label(node)} before the loop, not in it", 1, (gone, before))
            after = Edit(end + 1, end, outside)
            yield Slip(f"{label(node)} after the loop, not in it", 1, (gone, after))
        yield from recomputed(node, block[i + 1 :])


def recomputed(node: ast.stmt, later: list[ast.stmt]) -> Iterator[Slip]:
    """Compute a value anew where it is used, when what it depends on may have changed."""
    if not (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)):
        return
    name, value = node.targets[0].id, node.value

    class Inlined(ast.NodeTransformer):
        def visit_Name(self, found: ast.Name) -> ast.AST:
            same = found.id == name and isinstance(found.ctx, ast.Load)
            return copy.deepcopy(value) if same else found

    for statement in later:
        if any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(statement)):
            new = Inlined().visit(copy.deepcopy(statement))
            edit = Edit(*span(statement), lines_of(new, statement.col_offset))
            yield Slip(f"`{name}` is computed anew where its old value is due", 1, (edit,))


def of_compound(node: ast.stmt) -> Iterator[Slip]:
    """Leave out a `with`, a loop or a condition around a block; end a loop early."""
    body: list[ast.stmt] = getattr(node, "body", [])
    first, last = span(node)
    inner = lines_of(body, node.col_offset)
    if isinstance(node, ast.With):
        name = ast.unparse(node.items[0].context_expr)
        yield Slip(
            f"what belongs under `{name}` stands outside of it", 1, (Edit(first, last, inner),)
        )
    if isinstance(node, ast.If):
        yield Slip("a condition is not looked at", 1, (Edit(first, last, inner),))
        rest = lines_of(node.orelse or [ast.Pass()], node.col_offset)
        yield Slip("a condition is never met", 2, (Edit(first, last, rest),))
    if isinstance(node, (ast.For, ast.While)):
        stop = (" " * body[0].col_offset + "break",)
        yield Slip("the loop ends after its first round", 1, (Edit(last + 1, last, stop),))
    if isinstance(node, ast.For):
        code = ast.unparse(node.iter)
        for cut, text in {
            f"list({code})[:-1]": "the loop makes one round too few",
            f"list({code})[1:]": "the loop leaves out its first round",
            f"[*{code}, 0]": "the loop makes one round too many",
            f"list({code})[::-1]": "the loop runs backwards",
            f"[list({code})[0]] * len(list({code}))": "every round takes the first entry",
        }.items():
            new = with_field(node, iter=expression(cut), body=[ast.Pass()], orelse=[])
            header = lines_of(new, node.col_offset)[:1]
            yield Slip(text, 1, (Edit(first, body[0].lineno - 1, header),))


def statements(
    block: list[ast.stmt], loop: ast.stmt | None = None
) -> Iterator[tuple[list[ast.stmt], ast.stmt | None]]:
    """Yield every block of statements with the loop that it is the body of."""
    yield block, loop
    for node in block:
        is_loop = isinstance(node, (ast.For, ast.While))
        for name in ("body", "orelse", "finalbody"):
            inner = getattr(node, name, None)
            if isinstance(inner, list) and inner:
                yield from statements(inner, node if is_loop and name == "body" else None)


def slips(text: str) -> Iterator[Slip]:
    """Yield every slip that the rules make of a right answer."""
    rules = Rules(text)
    for block, loop in statements(rules.tree.body):
        if block is rules.tree.body:
            continue  # a definition stays
        yield from of_block(block, loop)
        for node in block:
            header = getattr(node, "body", None)
            if isinstance(header, list):
                yield from of_compound(node)
                if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Try)):
                    continue
                for new, clause, weight in rules.inside(node):
                    if isinstance(new, type(node)):
                        short_form = with_field(new, body=[ast.Pass()], orelse=[])
                        lines = lines_of(short_form, node.col_offset)[:1]
                        edit = Edit(node.lineno, header[0].lineno - 1, lines)
                        yield Slip(clause, weight, (edit,))
                continue
            for new, clause, weight in (*of_statement(node, loop is not None), *rules.inside(node)):
                lines = () if new is None else lines_of(new, node.col_offset)
                alone = len(block) == 1 and new is None
                if alone:
                    lines = (" " * node.col_offset + "pass",)
                yield Slip(clause, weight, (Edit(*span(node), lines),))
