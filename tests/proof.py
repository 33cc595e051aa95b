"""Is the prose proved? Change its numbers a little, and see who notices.

Run as ``python -m tests.proof`` (``nox -s proof``), after the site was built. No course tests its
prose by mutation, so there is no tool to take for it.

1. Every number that an assertion equals to something and that the prose states is changed (last
   digit, sign, ×10), and the changed assertion is evaluated in the lesson's own run, behind the
   true one. A change that the assertion survives is one that it would not notice. Bounds are left
   out: what is smaller than 0.1 is smaller than 0.2, too.
2. Every number of the prose is changed in the same ways and shown to the gate of the build.

``--json FILE`` keeps the figures for the build report; ``--survivors`` lists what was not noticed.
"""

from __future__ import annotations

import argparse
import ast
import copy
import json
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "docs"))

from course_site import numbers  # noqa: E402
from pytorch_primer.outline import read_outline  # noqa: E402

DOCTREES = ROOT / "docs/_build/doctrees/lessons"
HOOK = "_proof_of_a_change"


def changes(value: float, decimals: int) -> Iterator[float]:
    """Give a number with another last digit, another sign, and ten times as large."""
    yield value + 10.0**-decimals
    if value:
        yield -value
        yield 10 * value


def decimals_of(constant: ast.Constant, source: str) -> int:
    """Count the decimals with which a constant is written."""
    written = ast.get_source_segment(source, constant) or repr(constant.value)
    mantissa, _, exponent = written.lower().replace("_", "").partition("e")
    return len(mantissa.partition(".")[2]) - int(exponent or 0)


# -- assertions, each changed in the lesson's own run --------------------------------------------


def claimed_constants(claim: ast.expr) -> Iterator[ast.Constant]:
    """Give the numbers that a claim says something is: sides of an equation, values of a list."""
    if isinstance(claim, ast.Compare):
        sides = [claim.left, *claim.comparators]
        for op, left, right in zip(claim.ops, sides, sides[1:], strict=False):
            if isinstance(op, ast.Eq):
                yield from (*written_numbers(left), *written_numbers(right))
    elif isinstance(claim, ast.Call):
        name = getattr(claim.func, "attr", getattr(claim.func, "id", ""))
        if name in ("assert_close", "assert_allclose", "allclose", "isclose", "equal"):
            yield from (number for arg in claim.args[:2] for number in written_numbers(arg))
    elif isinstance(claim, ast.BoolOp):
        yield from (number for value in claim.values for number in claimed_constants(value))


def written_numbers(value: ast.expr) -> Iterator[ast.Constant]:
    """Give the numbers of a value that is written out."""
    if isinstance(value, ast.Constant) and numbers.constant_value(value) is not None:
        yield value
    elif isinstance(value, ast.UnaryOp):
        yield from written_numbers(value.operand)
    elif isinstance(value, ast.Tuple | ast.List | ast.Set):
        yield from (number for element in value.elts for number in written_numbers(element))
    elif isinstance(value, ast.Dict):
        yield from (number for element in value.values for number in written_numbers(element))
    elif isinstance(value, ast.Call) and getattr(value.func, "attr", "") in ("tensor", "array"):
        yield from (number for arg in value.args for number in written_numbers(arg))


class Rewriter(ast.NodeTransformer):
    """Put behind every assertion its changed forms, each as a function that is tried."""

    def __init__(self, source: str, stated: list[numbers.Number]) -> None:
        self.source = source
        self.stated = stated
        self.places: list[str] = []

    def visit_Assert(self, node: ast.Assert) -> list[ast.stmt]:
        return self.rewritten(node, node.test)

    def visit_Expr(self, node: ast.Expr) -> ast.stmt | list[ast.stmt]:
        return self.rewritten(node, node.value) if numbers.is_assertion(node) else node

    def rewritten(self, node: ast.stmt, claim: ast.expr) -> list[ast.stmt]:
        if not numbers.asserts_something(node):
            return [node]
        return [node, *(self.trial(claim, *change) for change in self.changes(claim))]

    def changes(self, claim: ast.expr) -> Iterator[tuple[int, float, ast.Constant]]:
        """Give each change: which node of the claim, the new value, the constant."""
        claimed = {id(node) for node in claimed_constants(claim)}
        for place, node in enumerate(ast.walk(claim)):
            if id(node) not in claimed or not isinstance(node, ast.Constant):
                continue
            value = node.value
            assert isinstance(value, int | float)
            if not any(numbers.proves((value, -value), number) for number in self.stated):
                continue
            for new in changes(value, decimals_of(node, self.source)):
                yield place, int(new) if isinstance(value, int) else new, node

    def trial(self, claim: ast.expr, place: int, new: float, old: ast.Constant) -> ast.stmt:
        """Make the call that tries one changed claim."""
        changed = copy.deepcopy(claim)
        target = list(ast.walk(changed))[place]
        assert isinstance(target, ast.Constant)
        target.value = new
        self.places.append(f"line {old.lineno}: {old.value} → {new:g}")
        nothing = ast.arguments([], [], None, [], [], None, [])
        call = ast.Call(
            ast.Name(HOOK, ast.Load()),
            [ast.Constant(len(self.places) - 1), ast.Lambda(nothing, changed)],
            [],
        )
        return ast.Expr(call)


def run_lesson(script: Path, stated: list[numbers.Number]) -> dict[str, Any]:
    """Run a lesson once with every changed assertion tried, and say which were not noticed."""
    source = script.read_text(encoding="utf-8")
    rewriter = Rewriter(source, stated)
    tree = ast.fix_missing_locations(rewriter.visit(ast.parse(source)))
    noticed: dict[int, bool] = {}

    def tried(number: int, claim: Callable[[], Any]) -> None:
        import torch

        with torch.random.fork_rng():
            try:
                held = claim()
                survived = True if held is None else bool(held)
            except Exception:
                survived = False
        noticed[number] = noticed.get(number, False) or not survived

    namespace = {"__name__": "__main__", HOOK: tried}
    os.chdir(tempfile.mkdtemp())
    exec(compile(tree, str(script), "exec"), namespace)
    missed = [rewriter.places[number] for number, seen in noticed.items() if not seen]
    return {"changed": len(noticed), "noticed": sum(noticed.values()), "missed": missed}


# -- prose, each number shown to the gate --------------------------------------------------------


def stated_by(name: str) -> tuple[numbers.Proofs, list[tuple[numbers.Claim, int]]]:
    """Give what a lesson's page proves, and what its prose claims, with the script's lines."""
    page = DOCTREES / f"{name}.doctree"
    doctree = pickle.loads(page.read_bytes())
    proofs = numbers.proofs_of(doctree, ROOT / f"gallery/{name}.py")
    docname = f"lessons/{name}"
    prose = numbers.prose(doctree)
    return proofs, [
        (claim, line) for node, line in prose for claim in numbers.claims_of(docname, node)
    ]


def changed_prose(name: str) -> dict[str, Any]:
    """Show every changed number of a lesson's prose to the gate."""
    proofs, stated = stated_by(name)
    tried, missed = 0, []
    for claim, line in stated:
        for number in claim.numbers:
            for value in changes(number.value, number.decimals):
                if value == number.value:
                    continue  # one more is the same beside 10³⁸
                tried += 1
                if proofs.prove(claim.changed(number, value), line):
                    missed.append(f"line {line}: {claim.text.strip()}: {number.text} → {value:g}")
    return {"changed": tried, "noticed": tried - len(missed), "missed": missed}


# -- all lessons ---------------------------------------------------------------------------------


def main() -> None:
    """Prove every lesson; print a table, and keep it if asked."""
    parser = argparse.ArgumentParser(prog="python -m tests.proof", description=__doc__)
    parser.add_argument("lessons", nargs="*", help="names of lessons (default: all)")
    parser.add_argument("--json", type=Path, help="keep the figures in a file")
    parser.add_argument("--survivors", action="store_true", help="list what was not noticed")
    parser.add_argument("--run", help=argparse.SUPPRESS)  # one lesson, in a process of its own
    args = parser.parse_args()
    if args.run:
        stated = [number for claim, _ in stated_by(args.run)[1] for number in claim.numbers]
        print(json.dumps(run_lesson(ROOT / f"gallery/{args.run}.py", stated)), file=sys.stderr)
        return
    names = args.lessons or [lesson.name for lesson in read_outline().lessons]
    rows = []
    for name in names:
        command = [sys.executable, "-m", "tests.proof", "--run", name]
        env = os.environ | {"MPLBACKEND": "agg"}
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{name} does not run with its assertions tried:\n{done.stderr}")
        asserted = json.loads(done.stderr.splitlines()[-1])
        rows.append({"lesson": name, "asserted": asserted, "prose": changed_prose(name)})
        print(f"{name:44}", *(share(rows[-1][key]) for key in ("asserted", "prose")), flush=True)
        for kind in ("asserted", "prose") if args.survivors else ():
            for missed in rows[-1][kind]["missed"]:
                print(f"    {kind}, {missed}")
    together = {kind: total([row[kind] for row in rows]) for kind in ("asserted", "prose")}
    print(f"{'all':44}", *(share(together[kind]) for kind in ("asserted", "prose")))
    if args.json:
        record = {"lessons": rows, "all": together}
        args.json.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def total(parts: list[dict[str, Any]]) -> dict[str, int]:
    """Add up figures."""
    return {key: sum(part[key] for part in parts) for key in ("changed", "noticed")}


def share(figures: dict[str, Any]) -> str:
    """Write how many changes were noticed."""
    return f"{figures['noticed']:5} of {figures['changed']:5}"


if __name__ == "__main__":
    main()
