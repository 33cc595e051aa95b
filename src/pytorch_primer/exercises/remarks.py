"""Patterns in a wrong result that tell what happened."""

from __future__ import annotations

import torch

FACTORS = {
    -1.0: "The sign is flipped.",
    2.0: "It is twice what is expected.",
    0.5: "It is half of what is expected.",
    10.0: "It is ten times what is expected.",
    0.1: "It is a tenth of what is expected.",
    -2.0: "It is twice what is expected, with the sign flipped.",
}


def close(a: torch.Tensor, b: torch.Tensor) -> bool:
    """Tell whether two tensors agree in shape and, to four digits, in their entries."""
    return a.shape == b.shape and torch.allclose(a, b, rtol=1e-4, atol=1e-6)


def remark(want: torch.Tensor, got: torch.Tensor) -> str:
    """Return a sentence (after a blank) on how ``got`` relates to ``want``; "" where none fits."""
    want, got = want.detach().cpu().double(), got.detach().cpu().double()
    if want.numel() == 0 or got.numel() == 0 or not want.isfinite().all():
        return ""
    found = (same_shape if want.shape == got.shape else other_shape)(want, got)
    return f" {found}" if found else ""


def same_shape(want: torch.Tensor, got: torch.Tensor) -> str:
    """Look for a factor, a transposition, a shift by one step or another order of the entries."""
    if close(want, got):
        return ""
    if want.abs().max() > 0:
        for factor, text in FACTORS.items():
            if close(factor * want, got):
                return text
    if want.dim() == 2 and want.shape[0] == want.shape[1] and close(want.T, got):
        return "It is transposed."
    if want.dim() >= 1 and len(want) > 2:
        if close(want[1:], got[:-1]):
            return "Each entry is one step early."
        if close(want[:-1], got[1:]):
            return "Each entry is one step late."
        if close(want.flip(0), got):
            return "The entries are in reverse order."
    if want.numel() > 1 and got.isfinite().all() and (got == got.flatten()[0]).all():
        return "All entries are equal."
    return ""


def other_shape(want: torch.Tensor, got: torch.Tensor) -> str:
    """Look for a transposition, a missing or extra entry, or a lost or extra dimension."""
    if want.dim() == 2 and close(want.T, got):
        return "It is transposed."
    if want.dim() and got.dim() and want.shape[1:] == got.shape[1:]:
        if len(got) == len(want) + 1:
            end = "the last" if close(want, got[:-1]) else "the first"
            known = close(want, got[:-1]) or close(want, got[1:])
            return f"There is one entry too many{f': {end} one' if known else ''}."
        if len(got) == len(want) - 1:
            end = "the last" if close(want[:-1], got) else "the first"
            known = close(want[:-1], got) or close(want[1:], got)
            return f"There is one entry too few{f': {end} one is missing' if known else ''}."
    if want.numel() == got.numel() and close(want.flatten(), got.flatten()):
        return "The entries are right, the shape is not."
    return ""
