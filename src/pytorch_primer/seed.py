"""One seed for every source of chance."""

from __future__ import annotations

import os
import random

import numpy as np
import torch

from pytorch_primer import _checks


def set_seed(seed: int, *, deterministic: bool = False) -> torch.Generator:
    """Seed Python, NumPy and torch on every device, and return a generator that goes its own way.

    cuDNN is told to choose its algorithms without measuring, and only reproducible ones. Pass the
    generator to :class:`Batches` or to a :class:`torch.utils.data.DataLoader`
    (``generator=set_seed(0)``): the order of the samples and the seeds of a loader's workers, for
    Python, NumPy and torch, then come from it alone, whatever else draws random numbers before.

    It cannot promise the same numbers with another version of torch, on another kind of device or
    processor, or with another number of threads, each of which sums in another order. It does not
    reach NumPy generators made elsewhere by :func:`numpy.random.default_rng`, nor the hashes of
    strings, for which ``PYTHONHASHSEED`` must be set before Python starts. Without `deterministic`,
    operations that add up in no fixed order on a GPU (``index_add_``, ``scatter_add_``) may differ
    from run to run.

    Parameters
    ----------
    seed : int
        From 0 to 2³² − 1, as NumPy wants it.
    deterministic : bool
        Let torch use deterministic algorithms only, from now on and in the whole process, and raise
        a ``RuntimeError`` where it has none. Slower. For CUDA call it before the first operation
        there: cuBLAS reads ``CUBLAS_WORKSPACE_CONFIG`` once. False changes nothing of that.

    Returns
    -------
    torch.Generator
        A new one on the CPU. `seed` decides its numbers, which are not those of torch's global one.

    Raises
    ------
    TypeError
        If the seed is not an integer.
    ValueError
        If it is out of its range.
    """
    seed = _checks.at_least(0, "seed", seed)
    if seed >= 2**32:
        raise ValueError(f"seed must be less than 2**32, got {seed}")
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.benchmark = False
    if deterministic:
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        torch.use_deterministic_algorithms(True)
    # Another stream: what is drawn from the generator tells nothing of what is drawn without it.
    own = int(np.random.SeedSequence(seed).generate_state(1, np.uint64)[0])
    return torch.Generator().manual_seed(own)
