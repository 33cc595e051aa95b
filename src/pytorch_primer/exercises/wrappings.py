"""What people do to a value on its way out, by rule."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from pytorch_primer.exercises.variants import Variant, expression

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


def wrapped(node: ast.expr, what: str) -> Iterator[Variant]:
    """Do one more thing to a value."""
    code = ast.unparse(node)
    for pattern, text in WRAPPED.items() if not isinstance(node, ast.Starred) else ():
        yield Variant(expression(pattern.format(code)), text.format(what=what), 3)
