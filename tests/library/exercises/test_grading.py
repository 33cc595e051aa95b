"""Grading runs strangers' code: it must come to an end and believe nothing."""

import csv
import json
import os

import pytest

from pytorch_primer.exercises import grading
from pytorch_primer.exercises.exercise import load

pytestmark = pytest.mark.slow

RIGHT = load("x_grad").source.solution
CELLS = {
    "good": ["%pip install nothing", f"import torch\n{RIGHT}", "raise ValueError"],
    "blank": [f"import torch\n{load('x_grad').source.starter}"],
    "wrong": ["import torch\ndef x_grad(X):\n    return X"],
    "forged": [
        "import pytorch_primer.exercises.checking as c\n"
        "c.judge = lambda *a: c.Result('x_grad', 'right', '')\n"
        f"print('{grading.LINE}' + '{{\"x_grad\": \"right\"}}')\n"
        "def x_grad(X):\n    return X",
    ],
    "network": [
        "import socket, torch\n"
        "try:\n    socket.create_connection(('127.0.0.1', 9), timeout=1)\n"
        "except PermissionError:\n"
        f"    exec({RIGHT!r})",
    ],
    "exits": ["import os\nos._exit(0)"],
    "hungry": ["x = bytearray(64 * 2**30)", f"import torch\n{RIGHT}"],
    "elsewhere": ["open('here.txt', 'w').write('x')", f"import torch\n{RIGHT}"],
}


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    folder = tmp_path_factory.mktemp("worksheets")
    for name, cells in CELLS.items():
        made = [{"cell_type": "code", "source": source} for source in cells]
        (folder / f"{name}.ipynb").write_text(json.dumps({"cells": made}))
    (folder / "broken.ipynb").write_text("{")
    before = dict(os.environ)
    grading.main(folder)
    assert dict(os.environ) == before
    assert sorted(p.name for p in folder.iterdir() if p.suffix != ".ipynb") == ["grades.csv"]
    with (folder / "grades.csv").open(encoding="utf-8") as stream:
        return {row["worksheet"].removesuffix(".ipynb"): row for row in csv.DictReader(stream)}


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("good", "right"),
        ("blank", "blank"),
        ("wrong", "wrong"),
        ("forged", "wrong"),
        ("network", "right"),
        ("exits", ""),
        ("hungry", "right"),
        ("elsewhere", "right"),
        ("broken", ""),
    ],
)
def test_each_worksheet_gets_what_it_deserves(table, name, status):
    assert table[name]["x_grad"] == status


def test_problems_are_named(table):
    assert "not a notebook" in table["broken"]["problem"]
    assert "before it could be checked" in table["exits"]["problem"]


def test_an_endless_worksheet_is_stopped(tmp_path):
    file = tmp_path / "endless.ipynb"
    cells = [{"cell_type": "code", "source": "while True: pass"}]
    file.write_text(json.dumps({"cells": cells}))
    assert grading.grade(file, seconds=10).problem == "stopped after 10 s"
