"""The rules by which an expression goes wrong: each makes another one of it and says how."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from typing import Any, NamedTuple


class Variant(NamedTuple):
    """An expression or statement that stands in the place of another one; None where it goes."""

    node: Any
    clause: str
    weight: int = 2


MODULES = {"torch", "np", "nn", "F", "math", "functional", "optim", "autograd", "linalg", "func"}
ALTERNATIVES = [
    ("sum", "mean"),
    ("relu", "sigmoid", "tanh", "softplus", "abs"),
    ("exp", "log", "log1p"),
    ("sin", "cos"),
    ("min", "max"),
    ("SGD", "Adam", "AdamW"),
    ("ReLU", "Sigmoid", "Tanh"),
    ("mse_loss", "l1_loss"),
    ("MSELoss", "L1Loss"),
    ("softmax", "log_softmax"),
    ("stack", "cat", "hstack"),
    ("stack", "concatenate", "hstack"),
    ("eye", "ones", "zeros"),
    ("ones", "zeros"),
    ("eval", "train"),
    ("weight", "bias"),
    ("float32", "float64", "int64"),
    ("isfinite", "isnan"),
    ("tensor", "from_numpy"),
]
OPERATORS: dict[type[ast.operator], tuple[str, tuple[type[ast.operator], ...]]] = {
    ast.Add: ("+", (ast.Sub, ast.Mult)),
    ast.Sub: ("-", (ast.Add,)),
    ast.Mult: ("*", (ast.Add, ast.Div, ast.MatMult)),
    ast.Div: ("/", (ast.Mult,)),
    ast.MatMult: ("@", (ast.Mult,)),
    ast.Pow: ("**", (ast.Mult,)),
}
COMPARISONS: dict[type[ast.cmpop], tuple[str, tuple[type[ast.cmpop], ...]]] = {
    ast.Lt: ("<", (ast.LtE, ast.Gt)),
    ast.Gt: (">", (ast.GtE, ast.Lt)),
    ast.LtE: ("<=", (ast.Lt, ast.GtE)),
    ast.GtE: (">=", (ast.Gt, ast.LtE)),
    ast.Eq: ("==", (ast.NotEq,)),
    ast.NotEq: ("!=", (ast.Eq,)),
    ast.In: ("in", (ast.NotIn,)),
    ast.NotIn: ("not in", (ast.In,)),
    ast.Is: ("is", (ast.IsNot,)),
    ast.IsNot: ("is not", (ast.Is,)),
}


def short(node: ast.AST, otherwise: str) -> str:
    """Return the code of a node if it is short enough to be told and gives little away."""
    text = ast.unparse(node)
    simple = isinstance(node, (ast.Name, ast.Constant, ast.Attribute, ast.UnaryOp))
    return f"`{text}`" if simple and len(text) <= 16 else otherwise


def expression(code: str) -> ast.expr:
    """Parse one expression."""
    return ast.parse(code, mode="eval").body


def with_field(node: ast.AST, **fields: object) -> Any:
    """Return a copy of a node with some fields replaced."""
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def without(items: list[Any], index: int) -> list[Any]:
    """Return the list without one entry."""
    return items[:index] + items[index + 1 :]


def exchanged(items: list[Any], index: int) -> list[Any]:
    """Return the list with one entry and the next exchanged."""
    return [*items[:index], items[index + 1], items[index], *items[index + 2 :]]


def arithmetic(node: ast.AST) -> Iterator[Variant]:
    """Lose factors, terms, squares and signs; mix up operators, sides and brackets."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield Variant(node.operand, "a minus sign is missing", 1)
    if isinstance(node, ast.Constant):
        yield from numbers(node)
    if not isinstance(node, ast.BinOp):
        return
    left, right, op = node.left, node.right, type(node.op)
    sign, others = OPERATORS.get(op, ("", ()))
    for other in others:
        clause = f"`{OPERATORS[other][0]}` stands where `{sign}` belongs"
        yield Variant(ast.BinOp(left, other(), right), clause)
    if op is ast.Mult:
        for lost, kept in ((left, right), (right, left)):
            yield Variant(kept, f"{short(lost, 'a factor')} is missing as a factor", 1)
    if op in (ast.Div, ast.Add, ast.Sub):
        what = {ast.Div: "the division by {}", ast.Add: "the term {}", ast.Sub: "the term {}"}[op]
        yield Variant(left, what.format(short(right, "what follows")) + " is missing", 1)
    if op is ast.Add:
        yield Variant(right, f"the term {short(left, 'before a `+`')} is missing", 1)
    if op in (ast.Sub, ast.Div, ast.MatMult):
        yield Variant(ast.BinOp(right, op(), left), f"the two sides of a `{sign}` are exchanged", 2)
    if op is ast.Pow:
        yield Variant(left, "a square is missing", 1)
        yield Variant(ast.BinOp(left, op(), ast.Constant(3)), "the power is 3 where 2 is asked")
        halved = ast.BinOp(node, ast.Div(), ast.Constant(2))
        yield Variant(halved, "half of the square is taken")
        if isinstance(left, ast.BinOp) and type(left.op) in OPERATORS:
            squares = [ast.BinOp(side, ast.Pow(), right) for side in (left.left, left.right)]
            clause = "each term is squared by itself, not the whole"
            yield Variant(ast.BinOp(squares[0], left.op, squares[1]), clause)
            yield Variant(ast.BinOp(left.left, left.op, squares[1]), "too little is squared")
    yield from brackets(node)


def brackets(node: ast.BinOp) -> Iterator[Variant]:
    """Set brackets differently: a·b² and (a·b)², a·b + c and a·(b + c)."""
    left, right, op = node.left, node.right, type(node.op)
    clause = "brackets are in the wrong place"
    for outer, inner in ((left, right), (right, left)):
        if op is ast.Mult and isinstance(inner, ast.BinOp):
            if isinstance(inner.op, ast.Pow):
                product = ast.BinOp(outer, ast.Mult(), inner.left)
                squared = ast.BinOp(product, ast.Pow(), inner.right)
                yield Variant(squared, "a factor is squared that stands outside the square")
            if isinstance(inner.op, (ast.Add, ast.Sub)):
                product = ast.BinOp(outer, ast.Mult(), inner.left)
                yield Variant(ast.BinOp(product, inner.op, inner.right), clause)
    if op in (ast.Add, ast.Sub) and isinstance(left, ast.BinOp):
        if isinstance(left.op, (ast.Mult, ast.MatMult, ast.Div)):
            inner = ast.BinOp(left.right, node.op, right)
            yield Variant(ast.BinOp(left.left, left.op, inner), clause)
        if isinstance(left.op, (ast.Add, ast.Sub)):
            flipped = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
            inner = ast.BinOp(left.right, flipped, right)
            yield Variant(ast.BinOp(left.left, left.op, inner), clause, 3)


def numbers(node: ast.Constant) -> Iterator[Variant]:
    """Take another number, or the other truth value."""
    value = node.value
    if isinstance(value, bool):
        yield Variant(ast.Constant(not value), f"`{not value}` stands where `{value}` belongs")
    elif isinstance(value, int):
        for new in {value + 1, value - 1, 10 * value}:
            if new >= 0 and new != value:
                text = f"`{new}` stands where another number belongs"
                yield Variant(ast.Constant(new), text, 3)
    elif isinstance(value, float):
        for other in {10 * value, value / 10, 1.0, 0.0, -value, 2 * value, value / 2} - {value}:
            text = f"`{other:g}` stands where another number belongs"
            yield Variant(ast.Constant(other), text, 3)


def called(node: ast.Call) -> str:
    """Return the last name of what is called."""
    func = node.func
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")


def in_module(node: ast.expr) -> bool:
    """Tell whether an expression names a module: `torch`, `nn.functional`."""
    last = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return last in MODULES


def calls(node: ast.AST) -> Iterator[Variant]:
    """Leave a call or an argument out, exchange arguments, take a related function."""
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
        yield from attributes(node)
    if not isinstance(node, ast.Call):
        return
    name, args, keywords = called(node), node.args, node.keywords
    if isinstance(node.func, ast.Attribute) and not in_module(node.func.value):
        yield Variant(node.func.value, f"`.{name}()` is missing", 1)
        chain = node.func.value
        inner = chain.func if isinstance(chain, ast.Call) else None
        if isinstance(inner, ast.Attribute) and not in_module(inner.value):
            yield Variant(inner.value, f"`.{inner.attr}().{name}()` is missing", 1)
    elif len(args) >= 1 and not isinstance(args[0], ast.Starred):
        yield Variant(args[0], f"`{name}` is not applied", 1)
    for other in alternatives(name):
        func = node.func
        field = {"attr": other} if isinstance(func, ast.Attribute) else {"id": other}
        new = with_field(node, func=with_field(func, **field))
        yield Variant(new, f"`{other}` stands where `{name}` belongs", 1)
    for index, keyword in enumerate(keywords):
        lost = with_field(node, keywords=without(list(keywords), index))
        yield Variant(lost, f"the argument `{keyword.arg}` of `{name}` is missing", 1)
    for index in range(len(args) - 1):
        text = f"two arguments of `{name}` are exchanged"
        yield Variant(with_field(node, args=exchanged(list(args), index)), text)
    for index in range(len(args) if len(args) > 1 else 0):
        text = f"an argument of `{name}` is missing"
        yield Variant(with_field(node, args=without(list(args), index)), text, 3)
    if name in ("sum", "mean", "softmax", "log_softmax", "max", "min") and not keywords:
        for dim in (0, 1, -1):
            extra = [ast.keyword("dim", ast.Constant(dim))]
            yield Variant(
                with_field(node, keywords=extra), f"`{name}` runs over one dimension only"
            )


def attributes(node: ast.Attribute) -> Iterator[Variant]:
    """Take a tensor for its gradient, leave out a transposition, take a related attribute."""
    if node.attr in ("T", "mT"):
        yield Variant(node.value, "the transposition is missing", 1)
    if node.attr == "grad" and not in_module(node.value):
        yield Variant(node.value, "the tensor itself stands where its gradient belongs", 1)
    for other in alternatives(node.attr):
        text = f"`{other}` stands where `{node.attr}` belongs"
        yield Variant(with_field(node, attr=other), text)


def alternatives(name: str) -> Iterator[str]:
    """Yield the names that people take for this one."""
    for group in ALTERNATIVES:
        if name in group:
            yield from (other for other in group if other != name)


def choices(node: ast.AST) -> Iterator[Variant]:
    """Mix up indices, entries, conditions and comparisons."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        yield Variant(node.value, "an index or slice is missing", 1)
        if isinstance(node.slice, ast.Slice):
            yield from sliced(node, node.slice)
    if isinstance(node, (ast.Tuple, ast.List)) and isinstance(node.ctx, ast.Load):
        entries = list(node.elts)
        for i in range(len(entries) - 1):
            yield Variant(with_field(node, elts=exchanged(entries, i)), "two entries are exchanged")
        for i in range(len(entries) if len(entries) > 1 else 0):
            text = "one of several values is missing"
            yield Variant(with_field(node, elts=without(entries, i)), text)
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        sign, others = COMPARISONS[type(node.ops[0])]
        for other in others:
            text = f"`{COMPARISONS[other][0]}` stands where `{sign}` belongs"
            yield Variant(with_field(node, ops=[other()]), text)
    if isinstance(node, ast.BoolOp):
        for value in node.values:
            rest = [v for v in node.values if v is not value]
            new = with_field(node, values=rest) if len(rest) > 1 else rest[0]
            yield Variant(new, "one of several conditions is not asked for", 1)
        junction = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield Variant(with_field(node, op=junction), "`and` and `or` are mixed up")
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield Variant(node.operand, "a `not` is missing")
    if isinstance(node, ast.IfExp):
        yield Variant(node.body, "a condition is not looked at")
        yield Variant(node.orelse, "a condition is not looked at")
    if isinstance(node, ast.comprehension):
        for code, text in (("[1:]", "first"), ("[:-1]", "last")):
            cut = expression(f"list({ast.unparse(node.iter)}){code}")
            yield Variant(with_field(node, iter=cut), f"the {text} entry is left out")


def sliced(node: ast.Subscript, cut: ast.Slice) -> Iterator[Variant]:
    """Cut from the other end, or backwards."""
    low, high = cut.lower, cut.upper
    if isinstance(low, ast.UnaryOp) and isinstance(low.op, ast.USub) and high is None:
        first = ast.Slice(None, low.operand, None)
        yield Variant(with_field(node, slice=first), "entries are taken from the wrong end", 1)
    if low is not None or high is not None:
        other = ast.Slice(high, low, None)
        yield Variant(with_field(node, slice=other), "the other part of a slice is taken")
