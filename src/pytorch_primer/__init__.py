"""Helpers for the lessons of pytorch_primer, a PyTorch course that proves itself."""

__version__ = "0.1.0"
