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
    """Return a sentence on how ``got`` relates to ``want``; "" where none fits."""
    if want.is_complex() or got.is_complex() or want.numel() == 0 or got.numel() == 0:
        return ""
    want, got = want.detach().cpu().double(), got.detach().cpu().double()
    if not want.isfinite().all():
        return ""
    return (same_shape if want.shape == got.shape else other_shape)(want, got)


def same_shape(want: torch.Tensor, got: torch.Tensor) -> str:
    """Look for a factor, an offset, a transposition, a shift, another order of the entries."""
    if close(want, got):
        return ""
    looks = (scaled, rearranged, moved) if want.numel() > 1 else (scaled,)
    return next((found for look in looks if (found := look(want, got))), "")


def scaled(want: torch.Tensor, got: torch.Tensor) -> str:
    """Look for one factor or one offset for all entries, a square, lost signs."""
    if want.abs().max() > 0:
        for factor, text in FACTORS.items():
            if close(factor * want, got):
                return text
    if close(want.abs(), got):
        return "The signs are lost."
    if want.numel() == 1 or not got.isfinite().all():
        return ""
    if close(want**2, got):
        return "It is the square of what is expected."
    at = want.abs().argmax()
    factor = (got.flatten()[at] / want.flatten()[at]).item() if want.abs().max() > 0 else 0.0
    if factor and close(factor * want, got):
        return f"All entries are {factor:.4g} times what is expected."
    offset = (got - want).flatten()[0].item()
    if close(want + offset, got):
        return f"All entries are {abs(offset):.4g} too {'large' if offset > 0 else 'small'}."
    return ""


def moved(want: torch.Tensor, got: torch.Tensor) -> str:
    """Look for entries that are one step early or late, or for one that is wrong."""
    if len(want) > 2:
        if close(want[1:], got[:-1]):
            return "Each entry is one step early."
        if close(want[:-1], got[1:]):
            return "Each entry is one step late."
    wrong = ~torch.isclose(got, want, rtol=1e-4, atol=1e-6)
    if wrong.sum() == 1 and want.numel() > 2:
        return "All other entries are right."
    if got.isfinite().all() and (got == got.flatten()[0]).all():
        return "All entries are equal."
    return ""


def rearranged(want: torch.Tensor, got: torch.Tensor) -> str:
    """Look for the right entries in another place."""
    if want.dim() == 2 and want.shape[0] == want.shape[1] and close(want.T, got):
        return "It is transposed."
    if close(want.flip(0), got):
        return "The entries are in reverse order."
    if close(want.flatten().sort().values, got.flatten().sort().values):
        return "The entries are right, their order is not."
    return ""


def other_shape(want: torch.Tensor, got: torch.Tensor) -> str:
    """Look for a transposition, a missing or extra entry, a sum or mean, another dimension."""
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
    for name, reduce in (("sum", torch.sum), ("mean", torch.mean)):
        if got.numel() == 1 and close(reduce(want), got.reshape(())):
            return f"It is the {name} of the expected entries."
        if want.numel() == 1 and close(want.reshape(()), reduce(got)):
            return f"The {name} of its entries would be right."
    return ""
