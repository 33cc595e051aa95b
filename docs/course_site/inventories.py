"""Intersphinx inventories of Python, NumPy, Matplotlib and PyTorch, made from what is installed.

Published inventories would need a network at build time. The packages themselves know which names
exist, so a mistyped reference fails the build. Behind the writing stand, project by project, the
rules that say which page of its documentation has which name.
"""

from __future__ import annotations

import builtins
import importlib
import importlib.metadata
import inspect
import platform
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from course_site.cache import once
from course_site.keys import digest

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
    """Write the inventories below `folder`, and give the value of ``intersphinx_mapping``."""
    projects = (PYTHON, NUMPY, MATPLOTLIB, PYTORCH)
    versions = [version_of(project.package) for project in projects]

    def make(made: Path) -> None:
        for project, version in zip(projects, versions, strict=True):
            path = made / f"{project.package}.inv"
            write_inventory(path, project.title, version, entries(project))

    made = once(folder, digest(Path(__file__).read_bytes(), *map(str.encode, versions)), make)
    return {name.package: (name.site, str(made / f"{name.package}.inv")) for name in projects}


def version_of(package: str) -> str:
    """Give the version of an installed package, or of Python."""
    if package == "python":
        return platform.python_version()
    return importlib.metadata.version(package).partition("+")[0]


def write_inventory(path: Path, title: str, version: str, lines: Iterable[Entry]) -> None:
    """Write an ``objects.inv``."""
    text = "".join(sorted(f"{e.name} py:{e.role} 1 {e.page} -\n" for e in set(lines)))
    data = HEADER.format(title, version).encode() + zlib.compress(text.encode(), 9)
    path.write_bytes(data)


def entries(project: Project) -> Iterator[Entry]:
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


class Project(NamedTuple):
    """A package, its documentation, the pages of its modules, and the rule for all other names."""

    package: str
    title: str
    site: str
    modules: dict[str, str]
    page_of: Callable[[str, str, object], str]  # module, name in it (with dots), value → page


# -- Python: every module has a page, the built-in names have several ---------------------------

BUILTIN_CONTAINERS = "bytearray bytes dict frozenset list memoryview range set str tuple"
BUILTIN_CONSTANTS = "Ellipsis False None NotImplemented True"
STDLIB = """
abc argparse bisect collections collections.abc contextlib copy csv dataclasses datetime enum
fractions functools gc gzip heapq io itertools json logging math operator os os.path pathlib
pickle platform random re shutil statistics string subprocess sys tempfile textwrap threading
time timeit types typing warnings weakref zipfile
"""


def python_page(module: str, name: str, value: object) -> str:
    """Place a name of the standard library."""
    first = name.split(".")[0]
    if module != "builtins":
        page = module
    elif first in BUILTIN_CONSTANTS.split():
        page = "constants"
    elif first in BUILTIN_CONTAINERS.split() or "." in name:
        page = "stdtypes"
    else:
        owner = getattr(builtins, first)
        raised = inspect.isclass(owner) and issubclass(owner, BaseException)
        page = "exceptions" if raised else "functions"
    anchor = name if module == "builtins" else f"{module}.{name}"
    return f"library/{page}.html#{anchor}"


PYTHON = Project(
    "python",
    "Python",
    "https://docs.python.org/3",
    {"builtins": ""} | {name: f"library/{name}.html#module-{name}" for name in STDLIB.split()},
    python_page,
)

# -- NumPy: a page for each name, except scalars, constants and random generators ---------------


def numpy_page(module: str, name: str, value: object) -> str:
    """Place a name of NumPy."""
    import numpy as np

    full = f"{module}.{name}"
    owner = getattr(importlib.import_module(module), name.split(".")[0])
    if module == "numpy.typing":
        page = "typing"
    elif module == "numpy.random" and name in ("Generator", "default_rng"):
        page = "random/generator"
    elif module == "numpy.random":
        page = f"random/generated/{full}"
    elif inspect.isclass(owner) and issubclass(owner, np.generic):
        page, full = "arrays.scalars", f"numpy.{owner.__name__}"
    elif "." not in name and not callable(value):
        page = "constants"
    else:
        page = f"generated/{full}"
    return f"reference/{page}.html#{full}"


NUMPY = Project(
    "numpy",
    "NumPy",
    "https://numpy.org/doc/stable",
    {
        "numpy": "reference/index.html",
        "numpy.fft": "reference/routines.fft.html#module-numpy.fft",
        "numpy.linalg": "reference/routines.linalg.html#module-numpy.linalg",
        "numpy.random": "reference/random/index.html#module-numpy.random",
        "numpy.testing": "reference/routines.testing.html#module-numpy.testing",
        "numpy.typing": "reference/typing.html#module-numpy.typing",
    },
    numpy_page,
)

# -- Matplotlib: some modules have a page for each name, the others one page --------------------

PAGE_A_NAME = """
animation artist axes axis colors figure gridspec lines markers patches pyplot quiver
"""
ONE_PAGE = """
cm collections colorbar contour image legend path patheffects scale spines style text ticker
transforms
"""
METHODS_HAVE_PAGES = ("artist.Artist", "axes.Axes", "axis.Axis", "figure.Figure")
CLASS_ON_MODULE_PAGE = ("artist.Artist", "axis.Axis")


def matplotlib_module_page(short: str) -> str:
    """Name the page of a module."""
    return {"pyplot": "pyplot_summary", "transforms": "transformations"}.get(short, f"{short}_api")


def matplotlib_page(module: str, name: str, value: object) -> str:
    """Place a name of Matplotlib."""
    short = module.removeprefix("matplotlib").lstrip(".")
    owner = f"{short}.{name.split('.')[0]}"
    if not short:
        page = "matplotlib_configuration_api"
    elif short in ONE_PAGE.split() or f"{short}.{name}" in CLASS_ON_MODULE_PAGE:
        page = matplotlib_module_page(short)
    elif owner in METHODS_HAVE_PAGES:
        page = f"_as_gen/{module}.{name}"
    else:
        page = f"_as_gen/matplotlib.{owner}"
    return f"api/{page}.html#{module}.{name}"


MATPLOTLIB = Project(
    "matplotlib",
    "Matplotlib",
    "https://matplotlib.org/stable",
    {"matplotlib": "api/matplotlib_configuration_api.html#module-matplotlib"}
    | {
        f"matplotlib.{short}": f"api/{matplotlib_module_page(short)}.html#module-matplotlib.{short}"
        for short in (*PAGE_A_NAME.split(), *ONE_PAGE.split())
    },
    matplotlib_page,
)

# -- PyTorch: a page for each name; the members of a class stand on its page --------------------

TORCH_PAGES = {
    "torch": "torch",
    "torch.accelerator": "accelerator",
    "torch.autograd": "autograd",
    "torch.autograd.functional": "autograd",
    "torch.autograd.graph": "autograd",
    "torch.cuda": "cuda",
    "torch.func": "func",
    "torch.linalg": "linalg",
    "torch.nn": "nn",
    "torch.nn.functional": "nn.functional",
    "torch.nn.init": "nn.init",
    "torch.nn.utils": "nn",
    "torch.optim": "optim",
    "torch.optim.lr_scheduler": "optim",
    "torch.random": "random",
    "torch.special": "special",
    "torch.testing": "testing",
    "torch.utils.data": "data",
}
ONE_PAGE_TORCH = "torch.nn.init torch.random torch.special torch.testing torch.utils.data"
ON_ANOTHER_PAGE = {
    "torch.Size": "size",
    "torch.Tensor": "tensors",
    "torch.autograd.Function": "autograd",
    "torch.autograd.detect_anomaly": "autograd",
    "torch.autograd.set_detect_anomaly": "autograd",
    "torch.device": "tensor_attributes",
    "torch.dtype": "tensor_attributes",
    "torch.finfo": "type_info",
    "torch.iinfo": "type_info",
    "torch.layout": "tensor_attributes",
    "torch.memory_format": "tensor_attributes",
    "torch.optim.Optimizer": "optim",
}
METHODS_WITH_PAGES = ("torch.Tensor", "torch.optim.Optimizer", "torch.autograd.graph.Node")
DOCUMENTED_ATTRIBUTES = """
device grad imag is_cuda is_leaf is_meta is_quantized itemsize nbytes ndim real requires_grad
"""


def torch_page(module: str, name: str, value: object) -> str:
    """Place a name of PyTorch."""
    import torch

    full = f"{module}.{name}"
    owner, _, member = full.rpartition(".")
    if isinstance(value, torch.dtype):
        return "tensor_attributes.html#torch.dtype"
    if full == "torch.nn.Parameter":
        full = "torch.nn.parameter.Parameter"
    if full == "torch.autograd.gradcheck":
        full = "torch.autograd.gradcheck.gradcheck"
    if full in ON_ANOTHER_PAGE:
        return f"{ON_ANOTHER_PAGE[full]}.html#{full}"
    if module in ONE_PAGE_TORCH.split():
        return f"{TORCH_PAGES[module]}.html#{full}"
    if module == "torch.autograd.graph" and "." not in name:
        return "autograd.html#autograd-graph"
    if (
        owner == "torch.Tensor"
        and not callable(value)
        and member not in DOCUMENTED_ATTRIBUTES.split()
    ):
        return "tensors.html#torch.Tensor"
    if "." in name and owner not in METHODS_WITH_PAGES:
        return f"generated/{owner}.html#{full}"
    if not callable(value) and "." not in name:
        return f"{TORCH_PAGES[module]}.html"
    return f"generated/{full}.html#{full}"


PYTORCH = Project(
    "torch",
    "PyTorch",
    "https://docs.pytorch.org/docs/stable",
    {
        module: f"{page}.html#module-{module}" if page.endswith(module[6:]) else f"{page}.html"
        for module, page in TORCH_PAGES.items()
    },
    torch_page,
)
