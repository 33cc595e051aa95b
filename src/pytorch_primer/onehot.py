"""Class labels as rows with a single one."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral

import torch

from pytorch_primer import _checks


@dataclass(frozen=True)
class OneHot:
    """Turn labels into one-hot vectors: the entry at the label is 1, all others are 0.

    Classes count from 0, so the label 6 has its one in the seventh place. An instance goes wherever
    a function is asked: on a batch of labels, or as ``target_transform=`` of a torchvision data
    set, where it is pickled along to the workers.

    Attributes
    ----------
    num_classes : int
        Number of classes, at least 1.
    dtype : torch.dtype
        Of the result; ``torch.float32`` by default, as a loss on network outputs needs it.

    Raises
    ------
    TypeError
        If `num_classes` is not an integer or `dtype` not a dtype.
    ValueError
        If `num_classes` is less than 1.

    Examples
    --------
    >>> OneHot(3)(torch.tensor([0, 2]))
    tensor([[1., 0., 0.],
            [0., 0., 1.]])
    """

    num_classes: int
    dtype: torch.dtype = torch.float32

    def __post_init__(self) -> None:
        """Refuse what can hold no class."""
        _checks.at_least(1, "num_classes", self.num_classes)
        if not isinstance(self.dtype, torch.dtype):
            raise TypeError(f"dtype must be a torch.dtype, got {_checks.kind(self.dtype)}")

    def __call__(self, labels: torch.Tensor | int) -> torch.Tensor:
        """Encode labels of any shape.

        Parameters
        ----------
        labels : torch.Tensor or int
            Integers from 0 to num_classes - 1, of any integer dtype and any shape.

        Returns
        -------
        torch.Tensor
            Of the labels' shape with one more dimension of length `num_classes`, on their device.

        Raises
        ------
        TypeError
            If the labels are not integers (floats, bools).
        ValueError
            If one is negative or not below `num_classes`.
        """
        if not isinstance(labels, torch.Tensor):
            if isinstance(labels, bool) or not isinstance(labels, Integral):
                raise TypeError(f"labels must be integers or a tensor, got {_checks.kind(labels)}")
            labels = torch.tensor(int(labels))
        if labels.is_floating_point() or labels.is_complex() or labels.dtype == torch.bool:
            raise TypeError(f"labels must be of an integer dtype, got {_checks.kind(labels)}")
        index = labels.long()
        if index.numel():
            low, high = (int(end) for end in index.aminmax())
            if low < 0 or high >= self.num_classes:
                bad = low if low < 0 else high
                raise ValueError(f"labels must be from 0 to {self.num_classes - 1}, got {bad}")
        shape = (*index.shape, self.num_classes)
        zeros = torch.zeros(shape, dtype=self.dtype, device=index.device)
        return zeros.scatter_(-1, index.unsqueeze(-1), 1)
