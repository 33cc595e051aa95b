"""How an exercise is written: a solution, more right answers, and typical mistakes.

The decorator :func:`exercise` turns the solution function (or class) into an :class:`Exercise`::

    @exercise(cases=matrices, hints=["…", "…"], returns=Tensor())
    def x_grad(X):
        '''Prompt, in reST.'''
        # <solution>
        …
        # </solution>

    @x_grad.also_right
    def with_autograd_grad(X): …

    @x_grad.mistake("The result is 2X: the factor 10 is missing.")
    def forgot_the_factor(X): …

The functions themselves are all that there is: nothing expected is written down.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

import torch

from pytorch_primer.exercises.bank import CURRICULUM
from pytorch_primer.exercises.kinds import Kind, Parts, Tolerance
from pytorch_primer.exercises.source import Source
from pytorch_primer.exercises.state import preserved_state

Answer = Callable[..., Any]
Cases = Callable[[torch.Generator], Sequence[tuple[Any, ...]]]

REGISTRY: dict[str, Exercise] = {}


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that people give, and what to tell them."""

    name: str
    answer: Answer
    message: str


def call(answer: Answer, *args: Any) -> Any:
    """Call the answer once: what :attr:`Exercise.run` does unless an exercise says otherwise."""
    return answer(*args)


@dataclass(eq=False)
class Exercise:
    """One exercise: its solution, its inputs, and all that is known about answers to it.

    Attributes
    ----------
    id : str
        The name of the solution function.
    solution : collections.abc.Callable
        The official answer; its docstring is the prompt, in reST.
    cases : collections.abc.Callable
        Maps a seeded generator to the list of argument tuples; called anew for each answer, so
        that no answer sees what another did to its arguments.
    hints : tuple[str, ...]
        Shown one by one.
    returns : Kind
        What is returned and how it is compared.
    run : collections.abc.Callable
        ``run(answer, *args)``: how the answer is used; its value is what ``returns`` compares.
    view : collections.abc.Callable or None
        ``view(result, *args)``: further observations after the call, by name. A bool states
        something that must hold; its name is the statement.
    in_place : tuple[str, ...]
        Names of the arguments that the answer may change.
    note : str
        One line for whoever got it right.
    difficulty : int
        From 1 (one line) to 3.
    """

    id: str
    solution: Answer
    cases: Cases
    hints: tuple[str, ...]
    returns: Kind
    run: Callable[..., Any] = call
    view: Callable[..., dict[str, Any]] | None = None
    in_place: tuple[str, ...] = ()
    note: str = ""
    difficulty: int = 1
    tolerance: Tolerance = field(default_factory=Tolerance)
    right: list[Answer] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)

    @cached_property
    def source(self) -> Source:
        """The solution's source, cut into prompt, starter and solution."""
        return Source.of(self.solution)

    @property
    def lesson(self) -> str:
        """Part and number of the exercise's lesson, as in ``"2.4"``."""
        return next(lesson for lesson, ids in CURRICULUM.items() if self.id in ids)

    @property
    def prompt(self) -> str:
        """What the reader is asked to do, in reST."""
        return inspect.getdoc(self.solution) or ""

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the arguments."""
        return tuple(inspect.signature(self.solution).parameters)

    @property
    def num_cases(self) -> int:
        """Number of inputs that an answer is tried on."""
        return len(self.inputs())

    def inputs(self) -> Sequence[tuple[Any, ...]]:
        """Return newly made arguments of every case: each time the same values."""
        with preserved_state():
            torch.manual_seed(20)  # for what is drawn without the generator: weights of a layer
            return self.cases(torch.Generator().manual_seed(20))

    def also_right(self, answer: Answer) -> Answer:
        """Register a right answer by another route."""
        self.right.append(answer)
        return answer

    def mistake(self, message: str) -> Callable[[Answer], Answer]:
        """Register a typical wrong answer with its message."""

        def register(answer: Answer) -> Answer:
            self.mistakes.append(Mistake(answer.__name__, answer, message))
            return answer

        return register


def exercise(
    *,
    cases: Cases,
    hints: Sequence[str],
    returns: Kind | dict[str, Kind],
    rtol: float = 1e-4,
    atol: float = 1e-5,
    **options: Any,
) -> Callable[[Answer], Exercise]:
    """Make an exercise of a solution function; see :class:`Exercise` for the options.

    ``returns`` may be a dict of names to kinds: then a tuple of these values is returned.
    """
    kind = Parts(returns) if isinstance(returns, dict) else returns

    def register(solution: Answer) -> Exercise:
        made = Exercise(
            id=solution.__name__,
            solution=solution,
            cases=cases,
            hints=tuple(hints),
            returns=kind,
            tolerance=Tolerance(rtol, atol),
            **options,
        )
        if made.id in REGISTRY:
            raise ValueError(f"exercise {made.id!r} is defined twice")
        REGISTRY[made.id] = made
        return made

    return register


def known_ids() -> list[str]:
    """Return the ids of all exercises of the course, in its order."""
    return [id for ids in CURRICULUM.values() for id in ids]


def written_ids() -> list[str]:
    """Return the ids of all exercises that are written, in the outline or not."""
    files = Path(__file__).with_name("bank").glob("*.py")
    return sorted(path.stem for path in files if not path.stem.startswith("_"))


def load(id: str) -> Exercise:
    """Return one exercise of the course, importing its module if need be."""
    if id not in REGISTRY:
        import_module(f"pytorch_primer.exercises.bank.{id}")
    return REGISTRY[id]


def all_exercises() -> Iterator[Exercise]:
    """Yield every exercise of the course, in its order."""
    return map(load, known_ids())
