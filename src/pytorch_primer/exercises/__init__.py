"""Exercises that check themselves, and the checker that proves their answers."""

from pytorch_primer.exercises.checking import Result
from pytorch_primer.exercises.session import check, hint, progress, solution

__all__ = ["Result", "check", "hint", "progress", "solution"]
