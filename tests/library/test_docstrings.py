"""Docstrings tell the truth: their examples run, and they name every parameter that there is."""

import doctest
import importlib
import inspect
import pkgutil

import pytest
from numpydoc.validate import validate

import pytorch_primer

MODULES = [
    module.name for module in pkgutil.walk_packages(pytorch_primer.__path__, "pytorch_primer.")
]
# Undocumented, unknown or misordered parameters; an undocumented or unknown result.
ABOUT_PARAMETERS = ("PR01", "PR02", "PR03")


def with_examples():
    """Names of the modules in which a docstring has an example."""
    for name in MODULES:
        if any(
            test.examples for test in doctest.DocTestFinder().find(importlib.import_module(name))
        ):
            yield name


def public():
    """Names of the public functions, and of the public methods of public classes."""
    for name in pytorch_primer.__all__:
        value = getattr(pytorch_primer, name)
        if inspect.isfunction(value):
            yield name
        elif inspect.isclass(value):
            methods = inspect.getmembers(value, inspect.isfunction)
            own = [m for m, f in methods if f.__module__.startswith("pytorch_primer")]
            yield from (f"{name}.{m}" for m in own if not m.startswith("_"))


@pytest.mark.parametrize("name", list(with_examples()))
def test_examples(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


@pytest.mark.parametrize("name", list(public()))
def test_parameters_are_documented(name):
    found = validate(f"pytorch_primer.{name}")["errors"]
    assert [text for code, text in found if code in ABOUT_PARAMETERS] == []
