"""The digit reader's networks, run in node, against torch; and digits drawn as strokes."""

import os
from pathlib import Path

import pytest
import torch
from tests.explore.node import answers

from course_site import digit_reader

ROOT = Path(__file__).parents[2]
JS = ROOT / "docs/explore/js"
SAVED = ROOT / "docs/_build/digits.pt"
RUN = f"""
import {{ largest, networks, softmax }} from "file://{JS}/digit_networks.js";
import {{ imageOf }} from "file://{JS}/digit_strokes.js";
let text = "";
for await (const part of process.stdin) text += part;
const {{ script, images, drawings }} = JSON.parse(text);
(0, eval)(script);
const {{ dense, conv }} = networks(globalThis.primerDigits);
const answer = (image) => [dense, conv].map((net) => [...net(image).logits]);
console.log(JSON.stringify({{
    images: images.map((pixels) => answer(Float64Array.from(pixels, (shade) => shade / 255))),
    drawings: drawings.map((strokes) => {{
        const image = imageOf(strokes);
        return {{ image: [...image], answers: answer(image).map((logits) => largest(logits)) }};
    }}),
}}));
"""


@pytest.fixture(scope="module")
def networks():
    """Give what the build's lesson has saved."""
    os.environ.setdefault(digit_reader.VARIABLE, str(SAVED))
    found = digit_reader.exported()
    assert found, f"no networks: the build of the site saves them as {SAVED}"
    return found


def in_node(networks, images=(), drawings=()):
    question = {
        "script": networks.script(),
        "images": [image.flatten().tolist() for image in images],
        "drawings": drawings,
    }
    return answers(RUN, question)


def test_500_test_images_get_the_answers_of_torch(networks):
    images = networks.images[:500]
    found = torch.tensor(in_node(networks, images=images)["images"])
    x = (images[:, None] / 255 - networks.mean) / networks.std
    for i, run in enumerate((digit_reader.dense_outputs, digit_reader.conv_outputs)):
        torch.testing.assert_close(found[:, i], run(networks.layers, x), rtol=1e-3, atol=1e-3)
        trained = run(networks.trained, x)
        same = (found[:, i].argmax(dim=1) == trained.argmax(dim=1)).double().mean().item()
        apart = (found[:, i].softmax(dim=1) - trained.softmax(dim=1)).abs().max().item()
        print(f"{run.__name__}: same answer {same:.1%}, probabilities apart by at most {apart:.1e}")
        assert same >= 0.995


def test_folding_the_batch_norm_changes_nothing():
    torch.manual_seed(0)
    conv, norm = torch.nn.Conv2d(2, 3, 3), torch.nn.BatchNorm2d(3).eval()
    norm.running_mean.normal_()
    norm.running_var.uniform_(0.5, 2)
    torch.nn.init.normal_(norm.weight)
    torch.nn.init.normal_(norm.bias)
    layer = digit_reader.folded(conv.state_dict(), norm.state_dict())
    x = torch.randn(4, 2, 8, 8)
    found = torch.nn.functional.conv2d(x, layer.matrix.reshape(3, 2, 3, 3), layer.bias)
    torch.testing.assert_close(found, norm(conv(x)), rtol=1e-4, atol=1e-5)


def arc(cx, cy, rx, ry, begin, end, count=24):
    """Give the points of an arc; angles in turns, clockwise from the right."""
    turns = torch.linspace(begin, end, count, dtype=torch.float64) * 2 * torch.pi
    return [[cx + rx * c, cy + ry * s] for c, s in zip(turns.cos(), turns.sin(), strict=True)]


# How the ten digits are written, in a square of side 1 from the top left, as in a school book. The
# strokes were written down once, before any network saw them, and not changed since.
WRITTEN = {
    0: [arc(0.5, 0.5, 0.3, 0.45, -0.25, 0.75)],
    1: [[[0.35, 0.25], [0.55, 0.05], [0.55, 0.95]]],
    2: [[*arc(0.5, 0.3, 0.28, 0.25, -0.5, 0.1), [0.2, 0.95], [0.82, 0.95]]],
    3: [[*arc(0.47, 0.28, 0.27, 0.23, -0.45, 0.25), *arc(0.47, 0.73, 0.3, 0.22, -0.25, 0.42)]],
    4: [[[0.6, 0.05], [0.18, 0.62], [0.85, 0.62]], [[0.62, 0.4], [0.62, 0.97]]],
    5: [[[0.78, 0.05], [0.3, 0.05], [0.27, 0.45], *arc(0.48, 0.67, 0.3, 0.27, -0.35, 0.4)]],
    6: [[[0.65, 0.05], [0.4, 0.3], [0.25, 0.6], *arc(0.5, 0.7, 0.26, 0.25, -0.5, 0.5)]],
    7: [[[0.18, 0.06], [0.82, 0.06], [0.4, 0.96]]],
    8: [[*arc(0.5, 0.27, 0.24, 0.22, 0.25, -0.75), *arc(0.5, 0.72, 0.29, 0.24, -0.25, 0.75)]],
    9: [[*arc(0.5, 0.3, 0.25, 0.25, 0.0, 1.0), [0.74, 0.5], [0.62, 0.95]]],
}
# Where and how large on the pad of 280, and how slanted: middle, small at the top left, slanted.
STYLES = {
    "upright": (lambda x, y: (60 + 160 * x, 40 + 200 * y)),
    "small, in a corner": (lambda x, y: (12 + 70 * x, 16 + 90 * y)),
    "slanted, low": (lambda x, y: (70 + 130 * x + 45 * (1 - y), 100 + 170 * y)),
}


def strokes(digit, style):
    """Give a digit as the page's strokes."""
    place = STYLES[style]
    points = ([place(*map(float, point)) for point in stroke] for stroke in WRITTEN[digit])
    return [[{"x": x, "y": y} for x, y in stroke] for stroke in points]


def test_of_30_drawn_digits_at_least_27_are_read(networks):
    drawn = [(digit, style) for style in STYLES for digit in WRITTEN]
    found = in_node(networks, drawings=[strokes(*one) for one in drawn])["drawings"]
    wrong = {"dense": [], "convolutional": []}
    for (digit, style), one in zip(drawn, found, strict=True):
        for name, answer in zip(wrong, one["answers"], strict=True):
            if answer != digit:
                wrong[name].append((digit, style, answer))
    print(
        {name: f"{len(drawn) - len(found)} of {len(drawn)}" for name, found in wrong.items()}, wrong
    )
    assert len(wrong["convolutional"]) <= 3, wrong


def test_a_drawing_becomes_an_image_like_those_of_the_training(networks):
    found = in_node(networks, drawings=[strokes(digit, "small, in a corner") for digit in WRITTEN])
    for one in found["drawings"]:
        image = torch.tensor(one["image"]).reshape(28, 28)
        place = torch.arange(28) + 0.5
        mass = image.sum()
        assert (image.sum(dim=0) @ place / mass).item() == pytest.approx(14, abs=0.3)
        assert (image.sum(dim=1) @ place / mass).item() == pytest.approx(14, abs=0.3)
        rows, columns = (image > 0.3).any(dim=1).sum(), (image > 0.3).any(dim=0).sum()
        assert 18 <= max(rows, columns) <= 21
    mean = torch.tensor([one["image"] for one in found["drawings"]]).mean().item()
    assert 0.08 < mean < 0.18  # MNIST has 0.131
