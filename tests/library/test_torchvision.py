"""torchvision beside either torch: a stand-in that behaves as either build, and the real one."""

import subprocess
import sys
from textwrap import dedent

import pytest

pytestmark = pytest.mark.slow


def run(code, *path):
    """Run `code` in a fresh interpreter that finds packages in `path` first."""
    start = f"import sys; sys.path[:0] = {[str(p) for p in path]}; import torch\n"
    start += "from pytorch_primer import import_torchvision\n"
    command = [sys.executable, "-W", "error", "-c", start + dedent(code)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def stand_in(folder, init):
    package = folder / "torchvision"
    package.mkdir()
    (package / "__init__.py").write_text(init)
    (package / "half.py").write_text(
        "import builtins\nbuiltins.loads = getattr(builtins, 'loads', 0) + 1\n"
    )
    return folder


def test_where_it_is_needed_the_operators_are_declared_once(tmp_path):
    init = """
        import torch
        from torchvision import half
        for name in ("nms", "qnms"):
            torch.library.register_fake(f"torchvision::{name}")(lambda a, b, c: a)
    """
    output = run(
        """
        module = import_torchvision()
        import builtins, torchvision
        assert torchvision is module is import_torchvision()
        schema = torch.ops.torchvision.qnms.default._schema
        print(builtins.loads, schema)
        """,
        stand_in(tmp_path, dedent(init)),
    )
    loads, schema = output.split(maxsplit=1)
    assert loads == "2"  # the half-loaded module was loaded anew
    assert "Tensor dets, Tensor scores, float iou_threshold) -> Tensor" in schema


def test_where_it_is_not_needed_nothing_is_declared(tmp_path):
    output = run(
        """
        import_torchvision()
        import builtins
        print(builtins.loads, hasattr(torch.ops.torchvision, "nms"))
        """,
        stand_in(tmp_path, "from torchvision import half\n"),
    )
    assert output.split() == ["1", "False"]


def test_another_failure_is_not_hidden(tmp_path):
    output = run(
        """
        try:
            import_torchvision()
        except RuntimeError as error:
            print(error, hasattr(torch.ops.torchvision, "nms"))
        """,
        stand_in(tmp_path, "raise RuntimeError('broken otherwise')\n"),
    )
    assert output == "broken otherwise False\n"


def test_the_real_one_reads_data_sets_and_transforms_images(tmp_path):
    output = run(
        """
        torchvision = import_torchvision()
        import torchvision.transforms.v2
        image = torch.zeros(1, 4, 4, dtype=torch.uint8)
        print(torchvision.transforms.v2.functional.resize(image, [8, 8]).shape)
        print(torchvision.datasets.FakeData(size=3))
        """,
    )
    assert "torch.Size([1, 8, 8])" in output
    assert "Dataset FakeData" in output
