"""The library's modules import one way, and no name of theirs means two things."""

import ast
from collections import defaultdict
from pathlib import Path

import networkx

import pytorch_primer

ROOT = Path(pytorch_primer.__file__).parent
PATHS = [path for path in ROOT.rglob("*.py") if "exercises" not in path.parts]


def module_name(path):
    parts = ("pytorch_primer", *path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts).removesuffix(".__init__")


def imports(path):
    """Yield what a module imports from the library, for the type checker too."""
    names = {module_name(p) for p in PATHS}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("pytorch_primer"):
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in names else node.module


def test_there_is_no_circle_of_imports():
    edges = [(module_name(path), other) for path in PATHS for other in imports(path)]
    assert len(edges) > 30
    circles = list(networkx.simple_cycles(networkx.DiGraph(edges)))
    assert not circles


def test_no_public_class_exists_twice():
    found = defaultdict(set)
    for path in PATHS:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].add(module_name(path))
    assert {name: modules for name, modules in found.items() if len(modules) > 1} == {}
    assert not {"Result", "Kind"} & found.keys()  # those of the exercises
