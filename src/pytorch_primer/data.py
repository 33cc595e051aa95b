"""Images of ten classes as tensors in memory: scikit-learn's digits, MNIST and Fashion-MNIST."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from pytorch_primer import _checks
from pytorch_primer._torchvision import import_torchvision

# MD5 of the unpacked files on the disk; a torchvision data set checks only the archives it fetches.
CHECKSUMS = {
    "MNIST": {
        "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
        "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
        "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
        "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
    },
    "FashionMNIST": {
        "train-images-idx3-ubyte": "f4a8712d7a061bf5bd6d2ca38dc4d50a",
        "train-labels-idx1-ubyte": "9018921c3c673c538a1fc5bad174d6f9",
        "t10k-images-idx3-ubyte": "8181f5470baa50b63fa0f6fddb340f0a",
        "t10k-labels-idx1-ubyte": "15d484375f8d13e6eb1aabb0c3f46965",
    },
}
# Mean and standard deviation of the 60,000 training images, pixels from 0 to 1.
STATISTICS = {"MNIST": (0.1307, 0.3081), "FashionMNIST": (0.2860, 0.3530)}


@dataclass(frozen=True, eq=False)
class ImageData:
    """Images and labels, split into a training and a test part.

    Attributes
    ----------
    x_train, x_test : torch.Tensor
        Shape (n, height, width): normalised, ``torch.float32``; or bytes as they were read,
        ``torch.uint8``, to be normalised batch by batch with :meth:`normalise`.
    y_train, y_test : torch.Tensor
        Shape (n,), ``torch.int64``: the class of each image, from 0.
    classes : tuple
        The names of the classes.
    highest : float
        The brightest value that a pixel can have in the file: 255, or 16 for the 8×8 digits.
    mean, std : float
        Of the pixels of the training part, divided by `highest`.
    """

    x_train: torch.Tensor
    y_train: torch.Tensor
    x_test: torch.Tensor
    y_test: torch.Tensor
    classes: tuple[str, ...]
    highest: float
    mean: float
    std: float

    def normalise(self, images: torch.Tensor) -> torch.Tensor:
        """Scale bytes as read to mean 0 and standard deviation 1 over the training part.

        Parameters
        ----------
        images : torch.Tensor
            Any shape, ``torch.uint8``.

        Returns
        -------
        torch.Tensor
            Same shape, ``torch.float32``: (images / highest − mean) / std.

        Raises
        ------
        TypeError
            If the images are not bytes (already normalised?).
        """
        return _normalise(images, self.highest, self.mean, self.std)


def load_digits(*, num_test: int = 360, seed: int = 0) -> ImageData:
    """Load scikit-learn's handwritten digits: 1797 images of 8×8 pixels, no download.

    They come from the test part of E. Alpaydin and C. Kaynak, *Optical Recognition of Handwritten
    Digits*, UCI Machine Learning Repository (1998).

    Parameters
    ----------
    num_test : int
        How many of the images to keep for the test, 1 to 1796; drawn at random.
    seed : int
        Which ones: the same seed gives the same split.

    Returns
    -------
    ImageData
        Normalised images of shape (n, 8, 8).

    Raises
    ------
    TypeError
        If an argument is not an integer.
    ValueError
        If a part would be empty, or the seed is negative.
    """
    num_test = _checks.at_least(1, "num_test", num_test)
    seed = _checks.at_least(0, "seed", seed)
    from sklearn import datasets  # two seconds to import: only for those who need it

    digits = datasets.load_digits()
    images = torch.from_numpy(digits.images.astype(np.uint8))
    labels = torch.from_numpy(digits.target).long()
    if num_test >= len(labels):
        raise ValueError(f"num_test must be less than the {len(labels)} images, got {num_test}")
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
    test, train = order[:num_test], order[num_test:]
    pixels = images[train].double() / 16
    mean, std = pixels.mean().item(), pixels.std(correction=0).item()
    x_train, x_test = (_normalise(images[part], 16, mean, std) for part in (train, test))
    names = tuple(str(name) for name in digits.target_names)
    return ImageData(x_train, labels[train], x_test, labels[test], names, 16, mean, std)


def load_mnist(
    root: str | os.PathLike[str],
    *,
    fashion: bool = False,
    download: bool = False,
    as_bytes: bool = False,
) -> ImageData:
    """Load MNIST or Fashion-MNIST, 60,000 and 10,000 images of 28×28 pixels, through torchvision.

    The statistics are those of the training part: mean 0.1307 and standard deviation 0.3081 for
    MNIST, 0.2860 and 0.3530 for Fashion-MNIST.

    Parameters
    ----------
    root : str or pathlib.Path
        The folder that torchvision calls ``root``: the four files, unpacked, are in ``MNIST/raw``
        or ``FashionMNIST/raw`` below it.
    fashion : bool
        Fashion-MNIST (H. Xiao, K. Rasul and R. Vollgraf, 2017) instead of MNIST (Y. LeCun, C.
        Cortes and C. Burges, 1998).
    download : bool
        Fetch what is missing. Without it nothing is ever asked of a network.
    as_bytes : bool
        Keep the images as they are in the files, a quarter of the memory, to be normalised batch by
        batch: ``Batches(..., x_transform=data.normalise)``.

    Returns
    -------
    ImageData
        Images of shape (n, 28, 28).

    Raises
    ------
    FileNotFoundError
        If a file is missing and `download` is not set. The message names the missing files and the
        two ways out.
    ValueError
        If a file is not the published one, to the last bit; the message names it.
    """
    name = "FashionMNIST" if fashion else "MNIST"
    datasets = import_torchvision().datasets
    folder = Path(root) / name / "raw"
    if not download:
        _find(folder, name)
    dataset = getattr(datasets, name)
    if download:
        dataset(root, download=True)
    _verify(folder, name)
    mean, std = STATISTICS[name]
    train, test = dataset(root, train=True), dataset(root, train=False)
    x_train, x_test = train.data, test.data
    if not as_bytes:
        x_train, x_test = (_normalise(x, 255, mean, std) for x in (x_train, x_test))
    classes = tuple(dataset.classes)
    return ImageData(x_train, train.targets, x_test, test.targets, classes, 255, mean, std)


def _normalise(images: torch.Tensor, highest: float, mean: float, std: float) -> torch.Tensor:
    if images.dtype != torch.uint8:
        raise TypeError(f"images must be bytes (torch.uint8), got {_checks.kind(images)}")
    return images.float().mul_(1 / (highest * std)).sub_(mean / std)


def _find(folder: Path, name: str) -> None:
    missing = [file for file in CHECKSUMS[name] if not (folder / file).is_file()]
    if missing:
        raise FileNotFoundError(
            f"{name}: looked in {folder} and did not find {', '.join(missing)}. Either put the "
            f"unpacked files there, or call load_mnist with download=True to fetch them."
        )


def _verify(folder: Path, name: str) -> None:
    for file, expected in CHECKSUMS[name].items():
        with (folder / file).open("rb") as stream:
            found = hashlib.file_digest(stream, "md5").hexdigest()
        if found != expected:
            raise ValueError(
                f"{folder / file} is damaged, cut off or another file: its MD5 is {found}, that of "
                f"the published file {expected}. Delete it and fetch it again."
            )
