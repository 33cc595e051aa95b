"""Whatever an answer returns or raises, a check says something and raises nothing."""

import collections
import datetime
import io
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.samples import quick_for

import pytorch_primer
from pytorch_primer import check
from pytorch_primer.exercises import slips
from pytorch_primer.exercises.checking import judge
from pytorch_primer.exercises.exercise import all_exercises, load
from pytorch_primer.exercises.values import Tolerance

BANK = {made.id: made for made in all_exercises()}
QUICK = ("x_grad", "to_column", "two_layer_module", "make_gradient_step")
each_exercise = pytest.mark.parametrize("made", quick_for(QUICK, BANK))


@pytest.fixture(autouse=True)
def no_search(monkeypatch):
    monkeypatch.setattr(slips, "BUDGET", 0)  # no slip ends in such results


class Refuses:
    """An object that raises at any touch."""

    def refuse(self, *args):
        raise RuntimeError("do not touch")

    __eq__ = __len__ = __iter__ = __getitem__ = __bool__ = __float__ = __repr__ = refuse
    __getattr__ = __array__ = __hash__ = refuse


class Disguised:
    @property
    def __class__(self):
        raise RuntimeError("no class")


class EmptyText(str):
    def __len__(self):
        raise ValueError


def own_list():
    endless = [1.0]
    endless.append(endless)
    return endless


RESULTS = {
    "None": lambda: None,
    "ellipsis": lambda: ...,
    "not implemented": lambda: NotImplemented,
    "true": lambda: True,
    "huge integer": lambda: 10**400,
    "complex": lambda: 1 + 2j,
    "nan": lambda: float("nan"),
    "text": lambda: "1.0",
    "bytes": lambda: b"1",
    "empty list": list,
    "empty tuple": tuple,
    "empty dict": dict,
    "set": lambda: {1.0},
    "nested lists": lambda: [[1.0], [2.0, 3.0]],
    "list in itself": own_list,
    "generator": lambda: (x for x in [1.0]),
    "iterator without end": lambda: iter(int, 1),
    "range": lambda: range(3),
    "function": lambda: len,
    "class": lambda: int,
    "module": lambda: torch,
    "named tuple": lambda: collections.namedtuple("P", "x")(1.0),
    "date": lambda: datetime.date(2020, 1, 1),
    "refuses": Refuses,
    "refuses in a list": lambda: [Refuses(), Refuses()],
    "disguised": Disguised,
    "text without length": lambda: EmptyText("x"),
    "0-d tensor": lambda: torch.tensor(7.5),
    "empty tensor": lambda: torch.zeros(0),
    "complex tensor": lambda: torch.zeros(2, dtype=torch.complex64),
    "boolean tensor": lambda: torch.tensor([True]),
    "sparse tensor": lambda: torch.eye(3).to_sparse(),
    "meta tensor": lambda: torch.zeros(3, device="meta"),
    "nested tensor": lambda: torch.nested.nested_tensor([torch.ones(1), torch.ones(2)]),
    "quantised tensor": lambda: torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8),
    "tuple of tensors": lambda: (torch.zeros(1), torch.zeros(2), torch.zeros(3)),
    "0-d array": lambda: np.array(7.5),
    "object array": lambda: np.array([1, "a", None], dtype=object),
    "text array": lambda: np.array(["a"]),
    "structured array": lambda: np.zeros(2, dtype=[("a", "f4")]),
    "masked array": lambda: np.ma.array([1.0, 2.0], mask=[True, False]),
    "dates": lambda: np.array(["2020-01-01"], dtype="datetime64[D]"),
    "long double": lambda: np.ones(3, dtype=np.longdouble),
    "layer": lambda: torch.nn.Linear(1, 1),
    "type of tensor": lambda: torch.Tensor,
}


class NoText(Exception):
    def __str__(self):
        raise RuntimeError("no text")

    __repr__ = __str__


def raising(error):
    def answer(*args):
        raise error

    return answer


ERRORS = [
    NoText(),
    SystemExit(3),
    GeneratorExit(),
    StopIteration(),
    RecursionError("deep"),
    MemoryError(),
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"),
    ExceptionGroup("several", [ValueError("one")]),
    KeyError(Refuses),
    BaseException("\n\n"),
    OSError(2, "gone", "\udcff"),
]


@each_exercise
def test_strange_results_are_told_and_raise_nothing(made):
    assert len(RESULTS) >= 40
    for name, make in RESULTS.items():
        for answer in (lambda *args, make=make: make(), lambda *args, make=make: (make(), make())):
            result = judge(made.id, answer)
            assert result.status == "wrong" or made.id == "make_gradient_step", name
            assert result.message


@each_exercise
def test_strange_exceptions_are_told_and_raise_nothing(made):
    assert len(ERRORS) >= 10
    for error in ERRORS:
        result = judge(made.id, raising(error))
        assert result.status == "wrong"
        assert result.message


def test_a_right_array_with_negative_strides_is_right():
    result = judge("stack_transforms", lambda A: np.stack([10 * A - 2, 3 * A, 3 * A])[::-1])
    assert result.status == "right"


def test_the_last_value_in_place_of_the_history_is_told():
    def run_gd(function, x0, lr, n_steps):
        return [x0] * n_steps, torch.tensor(1.0)

    run_sgd = load("run_sgd").returns.parts["fn_history"]
    differs = run_sgd.difference("`fn_history`", [1.0], torch.tensor(1.0), Tolerance())
    assert "one number, expected one entry a step" in differs.text
    assert judge("run_gd", run_gd).status == "wrong"


def test_a_console_without_the_sign_gets_another(monkeypatch):
    console = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    monkeypatch.setattr(sys, "stdout", console)
    check("x_grad", lambda X: 20 * X.detach())
    console.flush()
    assert console.buffer.getvalue().decode("cp1252").startswith("? x_grad: right.")


@pytest.mark.parametrize("name", ["sgd", "descend"])
def test_a_function_of_the_package_is_nobodys_answer(name):
    result = judge(name, getattr(pytorch_primer, name))
    assert result.status == "blank"
    assert "course's own" in result.message


def test_an_exercise_of_the_bank_is_nobodys_answer():
    assert judge("x_grad", load("x_grad")).status == "blank"


def test_the_bank_may_be_imported_again():
    module = sys.modules["pytorch_primer.exercises.bank.x_grad"]
    exec(compile(Path(module.__file__).read_text(), module.__file__, "exec"), vars(module))
    assert judge("x_grad", load("x_grad").solution).status == "right"
