"""The reference has everything that is public, once, with types and with its lessons."""

import re
from pathlib import Path

import pytorch_primer

PAGE = (Path(__file__).parents[2] / "docs/reference.md").read_text(encoding="utf-8")


def test_every_public_name_is_listed_once():
    blocks = re.findall(r"```\{reference\}\n(.*?)```", PAGE, re.S)
    names = " ".join(blocks).split()
    assert sorted(names) == sorted(set(names)) == sorted(pytorch_primer.__all__)


def test_every_public_name_says_what_it_is():
    for name in pytorch_primer.__all__:
        documented = getattr(pytorch_primer, name)
        assert documented.__doc__, name
        if callable(documented) and not isinstance(documented, type):
            assert documented.__annotations__.get("return") is not None, name
