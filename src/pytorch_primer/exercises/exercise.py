"""How an exercise is written: a solution, more right answers, and typical mistakes.

The decorator :func:`exercise` turns the solution function (or class) into an :class:`Exercise`::

    @exercise(cases=matrices, hints=["…", "…"], returns=TensorSpec())
    def x_grad(X):
        '''Prompt, in reST.'''
        # <solution>
        …
        # </solution>

    @x_grad.also_right
    def with_autograd_grad(X): …

    x_grad.line_mistakes('''
    The result is 2X: the factor 10 is missing.
        10 * (X**2) -> (X**2)
    ''')

    @x_grad.mistake("`backward` starts from a single number. Sum the squares before calling it.")
    def forgot_the_sum(X): …

The functions themselves are all that there is: nothing expected is written down.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

import torch

from pytorch_primer.exercises.bank import CURRICULUM
from pytorch_primer.exercises.source import (
    Change,
    Source,
    changes,
    imports_of,
    run_text,
    standalone,
)
from pytorch_primer.exercises.specs import Spec, TupleSpec
from pytorch_primer.exercises.state import fresh_state
from pytorch_primer.exercises.values import Tolerance

Answer = Callable[..., Any]
Cases = Callable[[torch.Generator], Sequence[tuple[Any, ...]]]

REGISTRY: dict[str, Exercise] = {}
SEED = 20  # what the inputs are drawn from; grading takes another, which nobody knows


@dataclass(frozen=True, eq=False)
class Mistake:
    """A wrong answer that people give, and what to tell them.

    Attributes
    ----------
    name : str
        The name of the function, or the first words of the message.
    message : str
        What to tell.
    answer : collections.abc.Callable
        The wrong answer.
    source : str
        Its text, which runs by itself below the lines of ``imports``.
    imports : str
        The import lines that the text needs.
    change : Change or None
        How it differs from the solution, if that is in single lines.
    """

    name: str
    message: str
    answer: Answer
    source: str
    imports: str
    change: Change | None = None


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
    returns : Spec
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
    returns: Spec
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

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """Names of the arguments."""
        return tuple(inspect.signature(self.solution).parameters)

    @property
    def num_cases(self) -> int:
        """Number of inputs that an answer is tried on."""
        return len(self.untouched)

    @cached_property
    def untouched(self) -> Sequence[tuple[Any, ...]]:
        """The arguments of every case, which no answer ever gets."""
        return self.inputs()

    def inputs(self) -> Sequence[tuple[Any, ...]]:
        """Return newly made arguments of every case: each time the same values."""
        with fresh_state(SEED):  # for what is drawn without the generator: weights of a layer
            return self.cases(torch.Generator().manual_seed(SEED))

    def also_right(self, answer: Answer) -> Answer:
        """Register a right answer by another route."""
        self.right.append(answer)
        return answer

    def mistake(self, message: str) -> Callable[[Answer], Answer]:
        """Register a typical wrong answer with its message."""

        def register(answer: Answer) -> Answer:
            imports, text = standalone(answer, self.id)
            self.mistakes.append(Mistake(answer.__name__, message, answer, text, imports))
            return answer

        return register

    def line_mistakes(self, text: str, of: Answer | None = None) -> None:
        """Register wrong answers that differ in a line or two from a right one.

        Parameters
        ----------
        text : str
            For each mistake its message, and indented below it ``old -> new`` for each change:
            ``old`` occurs once in the right answer. Where nothing is left of a line, it goes.
        of : collections.abc.Callable, optional
            The right answer that is changed, if it is not the solution.

        Raises
        ------
        ValueError
            If a text to replace does not occur exactly once; file, line and text are named.
        """
        frame = sys._getframe(1)
        _, right = standalone(of or self.solution, self.id)
        for message, change in changes(text, right, frame.f_code.co_filename, frame.f_lineno):
            wrong = change.applied(right)
            words = "".join(c if c.isalnum() else " " for c in message.lower()).split()
            answer = run_text(wrong, vars(sys.modules[self.solution.__module__]), self.id)
            name, imports = "_".join(words[:6]), imports_of(wrong)
            made = Mistake(name, message, answer, wrong, imports, None if of else change)
            self.mistakes.append(made)


def exercise(
    *,
    cases: Cases,
    returns: Spec | dict[str, Spec],
    hints: Sequence[str] = (),
    rtol: float = 1e-4,
    atol: float = 1e-5,
    **options: Any,
) -> Callable[[Answer], Exercise]:
    """Make an exercise of a solution function; see :class:`Exercise` for the options.

    ``returns`` may be a dict of names to specs: then a tuple of these values is returned.

    Raises
    ------
    ValueError
        If hints or the text are missing, or another file has an exercise of that name; file and
        line are named, and what to add.
    """
    spec = TupleSpec(returns) if isinstance(returns, dict) else returns

    def register(solution: Answer) -> Exercise:
        id = solution.__name__
        where = f"{inspect.getsourcefile(solution)}:{inspect.getsourcelines(solution)[1]}"
        lacks = [
            what
            for what, there in {
                'at least two hints: add hints=["…", "…"] to @exercise(…)': len(hints) >= 2,
                "its text: add a docstring that says what to do": bool(solution.__doc__),
            }.items()
            if not there
        ]
        if lacks:
            raise ValueError(f"{where}: exercise {id!r} lacks {'; '.join(lacks)}")
        known = REGISTRY.get(id)
        if known is not None and known.solution.__module__ != solution.__module__:
            raise ValueError(f"{where}: exercise {id!r} is also in {known.solution.__module__}")
        made = Exercise(
            id=id,
            solution=solution,
            cases=cases,
            hints=tuple(hints),
            returns=spec,
            tolerance=Tolerance(rtol, atol),
            **options,
        )
        REGISTRY[id] = made
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
