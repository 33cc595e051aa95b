"""The rules by which slips are made: each changes a right answer in one place and says how."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from typing import Any, NamedTuple


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
# What people do to a value on its way out, and how it is told.
WRAPPED = {
    "-({})": "the sign of {what} is flipped",
    "2 * ({})": "{what} is doubled",
    "({}) / 2": "{what} is halved",
    "({}) ** 2": "{what} is squared",
    "({}) ** 0.5": "a root is taken of {what}",
    "abs({})": "{what} lost its sign",
    "({}).detach()": "{what} is cut off from the graph",
    "({}).T": "{what} is transposed",
    "({}).sum()": "{what} is summed up",
    "({}).mean()": "{what} is averaged",
    "sum({})": "{what} is summed up",
    "sum({0}) / len({0})": "{what} is averaged",
    "({}).flatten()": "{what} is flattened",
    "({})[None]": "{what} has a dimension too many",
    "({})[-1]": "only the last entry of {what} is returned",
    "({})[0]": "only the first entry of {what} is returned",
    "({})[1:]": "the first entry of {what} is missing",
    "({})[:-1]": "the last entry of {what} is missing",
    "({})[::-1]": "the order of {what} is reversed",
    "({}).relu()": "a ReLU is applied to {what}",
    "({}).sigmoid()": "a sigmoid is applied to {what}",
    "({}).softmax(-1)": "a softmax is applied to {what}",
    "({}).exp()": "the exponential of {what} is taken",
    "({}).log()": "the logarithm of {what} is taken",
    "({}).round()": "{what} is rounded",
    "1 - ({})": "{what} is subtracted from 1",
    "1 / ({})": "the reciprocal of {what} is taken",
    "sorted({})": "{what} is sorted",
    "({}).sort().values": "{what} is sorted",
    "({}).cumsum(0)": "{what} is added up along the way",
}


def apply(text: str, edits: tuple[Edit, ...]) -> str:
    """Return the text with the edits made."""
    lines = text.split("\n")
    for edit in sorted(edits, reverse=True):
        lines[edit.first - 1 : edit.last] = edit.lines
    return "\n".join(lines)


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


def wrapped(node: ast.expr, what: str) -> Iterator[Variant]:
    """Do one more thing to a value."""
    code = ast.unparse(node)
    for pattern, text in WRAPPED.items() if not isinstance(node, ast.Starred) else ():
        yield Variant(expression(pattern.format(code)), text.format(what=what), 3)


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
