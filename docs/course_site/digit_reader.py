"""The networks that the page "Draw a digit" runs: as the lesson on convolutions left them, packed.

The lesson saves its trained networks where ``PYTORCH_PRIMER_DIGITS`` says. Here they become one
script of a few hundred kilobytes. A weight of the large layer is one of 91 printable characters,
those of the small layers are two each, and every row has a scale. What the rounding costs is
measured on all test images, and told on the page.
"""

from __future__ import annotations

import functools
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional as F

from pytorch_primer import load_mnist, small_mnist

VARIABLE = "PYTORCH_PRIMER_DIGITS"
# The printable characters behind the quotation mark, without the backslash: 91.
CHARACTERS = "".join(chr(code) for code in range(35, 127) if code != 92)
FAILURES = 12
PER_DIGIT = 2
Weights = dict[str, torch.Tensor]


@dataclass(frozen=True)
class Layer:
    """A linear layer or a convolution: a matrix with a row for each output, and its bias."""

    matrix: torch.Tensor
    bias: torch.Tensor
    width: int = 2  # characters for each weight

    @property
    def highest(self) -> int:
        """How many levels there are on either side of 0."""
        return int(len(CHARACTERS) ** self.width - 1) // 2

    @property
    def scales(self) -> torch.Tensor:
        """What one level of a row counts."""
        return self.matrix.abs().amax(dim=1).clamp(min=1e-12) / self.highest

    @property
    def levels(self) -> torch.Tensor:
        """The matrix in whole levels."""
        return (self.matrix / self.scales[:, None]).round().int()

    def rounded(self) -> Layer:
        """Give the layer that the page computes with."""
        return Layer(self.levels * self.scales[:, None], self.bias)

    def packed(self) -> dict[str, Any]:
        """Write the layer for the page."""
        rows, columns = self.matrix.shape
        above = (self.levels + self.highest).flatten().tolist()
        base, powers = len(CHARACTERS), range(self.width - 1, -1, -1)
        return {
            "rows": rows,
            "columns": columns,
            "width": self.width,
            "weights": "".join(CHARACTERS[x // base**k % base] for x in above for k in powers),
            "scales": short(self.scales),
            "bias": short(self.bias),
        }


def short(values: torch.Tensor) -> list[float]:
    """Give numbers with the nine digits that tell one float32 from the next."""
    return [float(f"{value:.9g}") for value in values.tolist()]


def folded(conv: Weights, norm: Weights, eps: float = 1e-5) -> Layer:
    """Put a batch norm, as it is after ``eval()``, into the convolution before it."""
    factor = norm["weight"] / (norm["running_var"] + eps).sqrt()
    bias = (conv["bias"] - norm["running_mean"]) * factor + norm["bias"]
    return Layer(conv["weight"].flatten(1) * factor[:, None], bias)


def layers_of(dense: Weights, conv: Weights) -> dict[str, Layer]:
    """Give the layers of both networks, by the names that the page has for them."""

    def part(net: Weights, index: int) -> Weights:
        start = f"{index}."
        return {name.removeprefix(start): x for name, x in net.items() if name.startswith(start)}

    def plain(weights: Weights, width: int = 2) -> Layer:
        return Layer(weights["weight"], weights["bias"], width)

    return {
        "hidden": plain(part(dense, 1), width=1),
        "output": plain(part(dense, 3)),
        "conv1": folded(part(conv, 0), part(conv, 1)),
        "conv2": folded(part(conv, 3), part(conv, 4)),
        "read": plain(part(conv, 8)),
    }


def dense_outputs(layers: dict[str, Layer], images: torch.Tensor) -> torch.Tensor:
    """Run the dense network on normalised images of shape (n, 1, 28, 28)."""
    hidden, output = layers["hidden"], layers["output"]
    inner = F.linear(images.flatten(1), hidden.matrix, hidden.bias).relu()
    return F.linear(inner, output.matrix, output.bias)


def conv_outputs(layers: dict[str, Layer], images: torch.Tensor) -> torch.Tensor:
    """Run the convolutional network on normalised images of shape (n, 1, 28, 28)."""
    first, second, read = layers["conv1"], layers["conv2"], layers["read"]
    x = F.conv2d(images, first.matrix.reshape(-1, 1, 5, 5), first.bias, stride=2, padding=2)
    x = F.conv2d(x.relu(), second.matrix.reshape(16, 8, 3, 3), second.bias, stride=2, padding=1)
    return F.linear(x.relu().flatten(1), read.matrix, read.bias)


@dataclass(frozen=True)
class Exported:
    """Both networks with what was measured of them, and the test images that the page shows."""

    mean: float
    std: float
    trained: dict[str, Layer]
    images: torch.Tensor  # uint8, (n, 28, 28)
    labels: torch.Tensor
    lit: torch.Tensor  # bool, (784,): the pixels that are not black in all images of the training

    @functools.cached_property
    def lighter(self) -> dict[str, Layer]:
        """The layers without the weights of pixels that were always black.

        As the lesson on handwritten digits found, those work as a part of the bias.
        """
        hidden = self.trained["hidden"]
        black = -self.mean / self.std
        bias = hidden.bias + black * hidden.matrix[:, ~self.lit].sum(dim=1)
        return self.trained | {"hidden": Layer(hidden.matrix * self.lit, bias, hidden.width)}

    @functools.cached_property
    def layers(self) -> dict[str, Layer]:
        """The layers as the page has them."""
        return {name: layer.rounded() for name, layer in self.lighter.items()}

    def answers(self, layers: dict[str, Layer]) -> tuple[torch.Tensor, torch.Tensor]:
        """Give the answers of the dense and of the convolutional network for all test images."""
        x = (self.images[:, None] / 255 - self.mean) / self.std
        return dense_outputs(layers, x).argmax(dim=1), conv_outputs(layers, x).argmax(dim=1)

    @functools.cached_property
    def shown(self) -> list[tuple[int, int, int]]:
        """The test images of the page: place in the set, and what both networks answer."""
        dense, conv = self.answers(self.layers)
        right = (dense == self.labels) & (conv == self.labels)
        places = []
        for digit in range(10):
            places += (right & (self.labels == digit)).nonzero().flatten()[:PER_DIGIT].tolist()
        for wrong in (conv != self.labels, dense != self.labels):
            places += wrong.nonzero().flatten()[:FAILURES].tolist()
        return [(i, int(dense[i]), int(conv[i])) for i in dict.fromkeys(places)]

    def script(self) -> str:
        """Write the script that hands everything to the page."""
        trained, rounded = self.answers(self.trained), self.answers(self.layers)
        right = {
            name: [int((answers[i] == self.labels).sum()) for answers in (trained, rounded)]
            for i, name in enumerate(("dense", "conv"))
        }
        examples = [
            {
                "pixels": "".join(
                    CHARACTERS[x * 90 // 255] for x in self.images[i].flatten().tolist()
                ),
                "label": int(self.labels[i]),
                "dense": dense,
                "conv": conv,
            }
            for i, dense, conv in self.shown
        ]
        fails = {
            name: [k for k, one in enumerate(examples) if one[name] != one["label"]][:FAILURES]
            for name in ("dense", "conv")
        }
        hidden = self.lighter["hidden"]
        sent = self.lighter | {
            "hidden": Layer(hidden.matrix[:, self.lit], hidden.bias, hidden.width)
        }
        data = {
            "mean": self.mean,
            "std": self.std,
            "layers": {name: layer.packed() for name, layer in sent.items()},
            "lit": self.lit.nonzero().flatten().tolist(),
            "right": {"images": len(self.labels)} | right,
            "examples": examples,
            "fails": fails,
        }
        return f"globalThis.primerDigits = {json.dumps(data, separators=(',', ':'))};\n"


def saved() -> Path | None:
    """Give the file that the lesson's last run has saved; None if it has not run."""
    path = Path(os.environ.get(VARIABLE, ""))
    return path if path.is_file() else None


def exported() -> Exported | None:
    """Give what the lesson's last run has saved; None if it has not run."""
    path = saved()
    return read(path, path.stat().st_mtime_ns) if path else None


@functools.lru_cache(maxsize=1)
def read(path: Path, changed: int) -> Exported:
    """Read what a lesson has saved, once for each time that it `changed`."""
    saved = torch.load(path)
    data = load_mnist(small_mnist(), published=False, as_bytes=True)
    lit = (data.x_train != 0).any(dim=0).flatten()
    layers = layers_of(saved["dense_net"], saved["conv_net"])
    return Exported(saved["mean"], saved["std"], layers, data.x_test, data.y_test, lit)
