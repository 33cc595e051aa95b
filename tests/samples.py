"""Proofs that go through many cases: all of them in the whole suite, a few in a quick run."""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest


def quick_for(few: Iterable[str], cases: Mapping[str, Any] | Iterable[str]) -> list[Any]:
    """Give cases, or names that are cases, as parameters; those not among the few are slow."""
    few = set(few)
    named = cases if isinstance(cases, Mapping) else {name: name for name in cases}
    assert few <= named.keys(), f"no case is called {sorted(few - named.keys())}"
    return [
        pytest.param(case, id=name, marks=() if name in few else pytest.mark.slow)
        for name, case in named.items()
    ]
