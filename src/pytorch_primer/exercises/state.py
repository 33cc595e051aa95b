"""Run somebody's code and leave the process as it was."""

from __future__ import annotations

import random
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch


@contextmanager
def preserved_state() -> Iterator[None]:
    """Restore, whatever happens inside, all that an answer may have switched.

    These are the grad mode, the default dtype and device, the state of the random number
    generators of Python, NumPy and PyTorch (all devices), the deterministic mode, anomaly
    detection and the warnings filters.
    """
    grad = torch.is_grad_enabled()
    dtype = torch.get_default_dtype()
    device = torch.get_default_device()
    deterministic = torch.are_deterministic_algorithms_enabled()
    warn_only = torch.is_deterministic_algorithms_warn_only_enabled()
    anomaly, check_nan = torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled()
    python, numpy = random.getstate(), np.random.get_state()
    try:
        with warnings.catch_warnings(), torch.random.fork_rng():
            yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)
        torch.set_grad_enabled(grad)
        torch.set_default_dtype(dtype)
        # These two are slow to call, so they are called only where something changed.
        if torch.get_default_device() != device:
            torch.set_default_device(None if device.type == "cpu" else device)
        now = torch.is_deterministic_algorithms_warn_only_enabled()
        if (torch.are_deterministic_algorithms_enabled(), now) != (deterministic, warn_only):
            torch.use_deterministic_algorithms(deterministic, warn_only=warn_only)
        torch.autograd.set_detect_anomaly(anomaly, check_nan)


@contextmanager
def fresh_state(seed: int) -> Iterator[None]:
    """Give the state of a new Python, with the random numbers of a seed, and restore the old one.

    An answer is the same answer whatever its reader has switched before it is checked.
    """
    with preserved_state():
        # torch.manual_seed goes through all kinds of devices and takes 30 times as long.
        torch.default_generator.manual_seed(seed)
        if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
            torch.cuda.manual_seed_all(seed)
        torch.set_default_dtype(torch.float32)
        if torch.get_default_device().type != "cpu":
            torch.set_default_device(None)
        with torch.enable_grad():
            yield
