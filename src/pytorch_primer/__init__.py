"""Helpers for the lessons of pytorch_primer, a PyTorch course that proves itself."""

from pytorch_primer.descent import Trajectory, descend

__all__ = [
    "Trajectory",
    "descend",
]

__version__ = "0.1.0"
