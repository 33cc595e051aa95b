"""Every example in a docstring is run."""

import doctest
import importlib
import pkgutil

import pytest

import pytorch_primer

MODULES = [
    module.name for module in pkgutil.walk_packages(pytorch_primer.__path__, "pytorch_primer.")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    module = importlib.import_module(name)
    assert doctest.testmod(module).failed == 0
