"""Intersphinx inventories of Python, NumPy, Matplotlib and PyTorch, made from what is installed.

Published inventories would need a network at build time. The packages themselves know which names
exist, so a mistyped reference fails the build; `inventory_pages` says which page documents a name.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import inspect
import platform
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import inventory_pages as pages

HEADER = (
    "# Sphinx inventory version 2\n# Project: {}\n# Version: {}\n"
    "# The remainder of this file is compressed using zlib.\n"
)


class Entry(NamedTuple):
    """A line of an inventory: a name, its role in the Python domain, the page that documents it."""

    name: str
    role: str
    page: str


def intersphinx(folder: Path) -> dict[str, tuple[str, str]]:
    """Write the inventories into `folder`, and give the value of ``intersphinx_mapping``."""
    mapping = {}
    for project in (pages.PYTHON, pages.NUMPY, pages.MATPLOTLIB, pages.PYTORCH):
        path = folder / f"{project.package}.inv"
        write_inventory(path, project.title, version_of(project.package), entries(project))
        mapping[project.package] = (project.site, str(path))
    return mapping


def version_of(package: str) -> str:
    """Give the version of an installed package, or of Python."""
    if package == "python":
        return platform.python_version()
    return importlib.metadata.version(package).partition("+")[0]


def write_inventory(path: Path, title: str, version: str, lines: Iterable[Entry]) -> None:
    """Write an ``objects.inv``; a file that would stay the same keeps its time stamp."""
    text = "".join(sorted(f"{e.name} py:{e.role} 1 {e.page} -\n" for e in set(lines)))
    data = HEADER.format(title, version).encode() + zlib.compress(text.encode(), 9)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_bytes() != data:
        path.write_bytes(data)


def entries(project: pages.Project) -> Iterator[Entry]:
    """List the modules of a project, what they offer, and what their classes offer."""
    for module, page in project.modules.items():
        if module != "builtins":
            yield Entry(module, "module", page)
        for name, value in public_members(module):
            role = role_of(value)
            page_of = project.page_of(module, name, value)
            yield Entry(full_name(module, name), role, page_of)
            if inspect.isclass(value):
                for member in class_members(module, value):
                    kind = "method" if inspect.isroutine(static(value, member)) else "attribute"
                    dotted = f"{name}.{member}"
                    page_of = project.page_of(module, dotted, static(value, member))
                    yield Entry(full_name(module, dotted), kind, page_of)


def full_name(module: str, name: str) -> str:
    """Give the name that a reference uses; built-in names stand alone."""
    return name if module == "builtins" else f"{module}.{name}"


def public_members(module: str) -> Iterator[tuple[str, Any]]:
    """Give what a module exports, or failing a list of that, what belongs to its package."""
    owner = importlib.import_module(module)
    exported = getattr(owner, "__all__", None)
    package = module.partition(".")[0]
    for name in sorted(exported or dir(owner)):
        value = getattr(owner, name, None)
        home = getattr(value, "__module__", None) or package
        imported = not exported and home.partition(".")[0] not in (package, "builtins")
        if not (name.startswith("_") or inspect.ismodule(value) or imported):
            yield name, value


def role_of(value: object) -> str:
    """Give the role by which the Python domain refers to a member of a module."""
    if inspect.isclass(value):
        return "exception" if issubclass(value, BaseException) else "class"
    return "function" if callable(value) else "data"


def class_members(module: str, owner: type) -> Iterator[str]:
    """Give the public members that a class has of its own or from its neighbours.

    Methods of every ``Module`` or ``Optimizer`` are documented there, not once for each subclass.
    """
    private = [base for base in owner.__mro__[1:] if base.__name__.startswith("_")]
    private += [base for base in owner.__mro__ if base.__name__ in ("FigureBase", "TensorBase")]
    for base in (owner, *private):
        yield from (name for name in vars(base) if not name.startswith("_"))


def static(owner: type, member: str) -> object:
    """Look a member up without running its getter."""
    value = inspect.getattr_static(owner, member)
    return value.__func__ if isinstance(value, staticmethod | classmethod) else value
