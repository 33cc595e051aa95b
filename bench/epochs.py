"""One epoch of the 784-500-10 network on 60,000 images of 28×28 pixels, batch size 200."""

import copy
import struct
import tempfile
from dataclasses import replace
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import DataLoader

from bench.timing import Row, interleaved, share
from pytorch_primer import Batches, ImageData, OneHot, import_torchvision, sgd

MEAN, STD = 0.1307, 0.3081
BATCH, LR = 200, 0.01


def rows(quick: bool) -> list[Row]:
    """Time the pipelines on the same random images."""
    n = 2_000 if quick else 60_000
    images = torch.randint(0, 256, (n, 28, 28), dtype=torch.uint8)
    labels = torch.randint(10, (n,))
    data = ImageData(images, labels, images, labels, tuple("0123456789"), 255, MEAN, STD)
    floats, targets = data.normalise(images), OneHot(10)(labels)
    torch.manual_seed(0)
    net = nn.Sequential(nn.Flatten(), nn.Linear(784, 500), nn.Softplus(), nn.Linear(500, 10))
    loss_fn = nn.MSELoss()
    nets = {name: copy.deepcopy(net) for name in ("floats", "bytes", "source", "floor")}
    as_floats = Batches(floats, targets, BATCH, shuffle=True)
    as_bytes = Batches(
        images, labels, BATCH, shuffle=True, x_transform=data.normalise, y_transform=OneHot(10)
    )
    with tempfile.TemporaryDirectory() as folder:
        write_mnist(Path(folder), images, labels)
        theirs = source_loader(folder)
        sides = {
            "the same arithmetic on one batch over and over": lambda: one_batch(
                nets["floor"], loss_fn, floats[:BATCH], targets[:BATCH], n // BATCH
            ),
            "floats in memory": lambda: sgd(nets["floats"], loss_fn, as_floats, LR, 1),
            "bytes in memory": lambda: sgd(nets["bytes"], loss_fn, as_bytes, LR, 1),
        }
        source = "torchvision's data set, DataLoader, copying update"
        slow = {source: lambda: source_epoch(nets["source"], loss_fn, theirs)}
        interleaved(sides, 1)  # warm up
        floor, ours, by_bytes = sides
        # Half a minute a turn, so few turns; the quick sides have more among themselves.
        against_source = interleaved(slow | {ours: sides[ours]}, 1 if quick else 3)
        seconds = interleaved(sides, 1 if quick else 15)
    held = sum(t.nbytes for t in (floats, targets)), sum(t.nbytes for t in (images, labels))
    memory = held[1] / held[0]
    epoch = "one epoch, 784-500-10 softplus, 60,000 images"
    longer = against_source[source] / against_source[ours]
    at_floor = share(epoch, seconds, ours, floor, 1.10)
    return [
        # What is not arithmetic: the floor itself is less than 7 times faster than the old way.
        replace(at_floor, against=f"{floor} ({source}: {longer:.1f} × as long as ours)"),
        Row(
            "the same, images kept as bytes: memory",
            ours,
            f"{memory:.2f} of its memory",
            "≤ 0.5 of its memory",
            memory <= 0.5,
        ),
        share("the same, images kept as bytes: time", seconds, by_bytes, ours, 1.4),
    ]


def write_mnist(root: Path, images: torch.Tensor, labels: torch.Tensor) -> None:
    """Write the files that torchvision looks for."""
    folder = root / "MNIST" / "raw"
    folder.mkdir(parents=True)
    for part in ("train", "t10k"):
        header = struct.pack(">IIII", 0x803, *images.shape)
        (folder / f"{part}-images-idx3-ubyte").write_bytes(header + images.numpy().tobytes())
        header = struct.pack(">II", 0x801, len(labels))
        content = labels.to(torch.uint8).numpy().tobytes()
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(header + content)


def one_row(label: int) -> torch.Tensor:
    """Encode one label by a row of a fresh identity matrix."""
    return torch.eye(10)[label]


def source_loader(root: str) -> DataLoader:
    """Transform every sample by itself, in one worker."""
    torchvision = import_torchvision()
    to_tensor = torchvision.transforms.ToTensor()
    normalise = torchvision.transforms.Normalize((MEAN,), (STD,))
    both = torchvision.transforms.Compose([to_tensor, normalise])
    images = torchvision.datasets.MNIST(root, transform=both, target_transform=one_row)
    return DataLoader(images, batch_size=BATCH, shuffle=True, num_workers=1)


def source_epoch(net: nn.Module, loss_fn: nn.Module, loader: DataLoader) -> None:
    """Compute each new parameter in fresh memory, then copy it."""
    losses = []
    for x, y in loader:
        loss = loss_fn(net(x), y)
        gradients = torch.autograd.grad(loss, list(net.parameters()))
        losses.append(loss.item())
        with torch.no_grad():
            for p, gradient in zip(net.parameters(), gradients, strict=True):
                p.copy_(p - LR * gradient)


def one_batch(
    net: nn.Module, loss_fn: nn.Module, x: torch.Tensor, y: torch.Tensor, steps: int
) -> None:
    """Only compute: no data to handle."""
    params, losses = list(net.parameters()), []
    for _ in range(steps):
        losses.append(one_step(net, params, loss_fn, x, y))


def one_step(
    net: nn.Module, params: list[nn.Parameter], loss_fn: nn.Module, x: torch.Tensor, y: torch.Tensor
) -> float:
    loss = loss_fn(net(x), y)
    gradients = torch.autograd.grad(loss, params)
    with torch.no_grad():
        for p, gradient in zip(params, gradients, strict=True):
            p.sub_(gradient, alpha=LR)
    return loss.item()
