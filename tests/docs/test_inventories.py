"""Names link to the pages that document them; names that do not exist link to nothing."""

from __future__ import annotations

import posixpath

import pytest
from sphinx.util.inventory import InventoryFile

from course_site import inventories

DOCS = {
    "python": "https://docs.python.org/3/",
    "numpy": "https://numpy.org/doc/stable/",
    "matplotlib": "https://matplotlib.org/stable/",
    "torch": "https://docs.pytorch.org/docs/stable/",
}


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    """Give role → name → address, as Sphinx reads it."""
    folder = tmp_path_factory.mktemp("inventories")
    found: dict[str, dict[str, str]] = {}
    for site, path in inventories.intersphinx(folder).values():
        with open(path, "rb") as file:
            inventory = InventoryFile.load(file, site, posixpath.join)
        for role, names in inventory.items():
            found.setdefault(role, {}).update({n: item.uri for n, item in names.items()})
    return found


# Addresses as the four sites publish them.
@pytest.mark.parametrize(
    ("role", "name", "project", "page"),
    [
        ("class", "list", "python", "library/stdtypes.html#list"),
        ("class", "float", "python", "library/functions.html#float"),
        ("method", "str.join", "python", "library/stdtypes.html#str.join"),
        ("function", "isinstance", "python", "library/functions.html#isinstance"),
        ("exception", "ValueError", "python", "library/exceptions.html#ValueError"),
        ("data", "None", "python", "library/constants.html#None"),
        (
            "class",
            "collections.abc.Callable",
            "python",
            "library/collections.abc.html#collections.abc.Callable",
        ),
        ("class", "pathlib.Path", "python", "library/pathlib.html#pathlib.Path"),
        ("module", "math", "python", "library/math.html#module-math"),
        ("function", "math.sqrt", "python", "library/math.html#math.sqrt"),
        ("class", "numpy.ndarray", "numpy", "reference/generated/numpy.ndarray.html#numpy.ndarray"),
        ("function", "numpy.zeros", "numpy", "reference/generated/numpy.zeros.html#numpy.zeros"),
        (
            "function",
            "numpy.linalg.eigh",
            "numpy",
            "reference/generated/numpy.linalg.eigh.html#numpy.linalg.eigh",
        ),
        (
            "function",
            "numpy.random.default_rng",
            "numpy",
            "reference/random/generator.html#numpy.random.default_rng",
        ),
        ("class", "numpy.float32", "numpy", "reference/arrays.scalars.html#numpy.float32"),
        ("data", "numpy.pi", "numpy", "reference/constants.html#numpy.pi"),
        (
            "class",
            "matplotlib.axes.Axes",
            "matplotlib",
            "api/_as_gen/matplotlib.axes.Axes.html#matplotlib.axes.Axes",
        ),
        (
            "method",
            "matplotlib.axes.Axes.contour",
            "matplotlib",
            "api/_as_gen/matplotlib.axes.Axes.contour.html#matplotlib.axes.Axes.contour",
        ),
        (
            "method",
            "matplotlib.figure.Figure.savefig",
            "matplotlib",
            "api/_as_gen/matplotlib.figure.Figure.savefig.html#matplotlib.figure.Figure.savefig",
        ),
        (
            "function",
            "matplotlib.pyplot.subplots",
            "matplotlib",
            "api/_as_gen/matplotlib.pyplot.subplots.html#matplotlib.pyplot.subplots",
        ),
        (
            "class",
            "matplotlib.animation.FuncAnimation",
            "matplotlib",
            "api/_as_gen/matplotlib.animation.FuncAnimation.html"
            "#matplotlib.animation.FuncAnimation",
        ),
        (
            "class",
            "matplotlib.text.Text",
            "matplotlib",
            "api/text_api.html#matplotlib.text.Text",
        ),
        ("class", "torch.Tensor", "torch", "tensors.html#torch.Tensor"),
        (
            "method",
            "torch.Tensor.backward",
            "torch",
            "generated/torch.Tensor.backward.html#torch.Tensor.backward",
        ),
        (
            "attribute",
            "torch.Tensor.grad",
            "torch",
            "generated/torch.Tensor.grad.html#torch.Tensor.grad",
        ),
        ("class", "torch.nn.Linear", "torch", "generated/torch.nn.Linear.html#torch.nn.Linear"),
        (
            "class",
            "torch.nn.Parameter",
            "torch",
            "generated/torch.nn.parameter.Parameter.html#torch.nn.parameter.Parameter",
        ),
        (
            "method",
            "torch.nn.Module.zero_grad",
            "torch",
            "generated/torch.nn.Module.html#torch.nn.Module.zero_grad",
        ),
        (
            "function",
            "torch.nn.functional.cross_entropy",
            "torch",
            "generated/torch.nn.functional.cross_entropy.html#torch.nn.functional.cross_entropy",
        ),
        (
            "class",
            "torch.optim.AdamW",
            "torch",
            "generated/torch.optim.AdamW.html#torch.optim.AdamW",
        ),
        ("class", "torch.optim.Optimizer", "torch", "optim.html#torch.optim.Optimizer"),
        (
            "function",
            "torch.autograd.grad",
            "torch",
            "generated/torch.autograd.grad.html#torch.autograd.grad",
        ),
        (
            "function",
            "torch.func.jacrev",
            "torch",
            "generated/torch.func.jacrev.html#torch.func.jacrev",
        ),
        (
            "function",
            "torch.linalg.eigh",
            "torch",
            "generated/torch.linalg.eigh.html#torch.linalg.eigh",
        ),
        ("class", "torch.utils.data.DataLoader", "torch", "data.html#torch.utils.data.DataLoader"),
        ("class", "torch.no_grad", "torch", "generated/torch.no_grad.html#torch.no_grad"),
        ("class", "torch.device", "torch", "tensor_attributes.html#torch.device"),
        (
            "function",
            "torch.nn.init.normal_",
            "torch",
            "nn.init.html#torch.nn.init.normal_",
        ),
        ("module", "torch.nn", "torch", "nn.html#module-torch.nn"),
    ],
)
def test_address(known, role, name, project, page):
    assert known[f"py:{role}"][name] == DOCS[project] + page


@pytest.mark.parametrize(
    "name",
    ["torch.Tenser", "torch.nn.Liner", "numpy.zeroes", "lists", "matplotlib.axes.Axes.plott"],
)
def test_mistyped_names_are_unknown(known, name):
    assert not [role for role, names in known.items() if name in names]


def test_a_name_that_a_module_only_imports_is_not_its_own(known):
    assert "matplotlib.lines.np" not in known["py:module"]
    assert "matplotlib.figure.np" not in str(known.keys())
    assert "collections.abc.sys" not in known["py:module"]


def test_inventories_are_made_once_for_a_version(tmp_path, monkeypatch):
    made = []
    monkeypatch.setattr(inventories, "entries", lambda project: made.append(project.package) or [])
    first = inventories.intersphinx(tmp_path / "made")
    assert inventories.intersphinx(tmp_path / "made") == first
    assert made == list(first)
    monkeypatch.setattr(inventories, "version_of", lambda package: "0.1")
    inventories.intersphinx(tmp_path / "made")
    assert made == [*first, *first]


def test_version_leaves_out_what_only_this_build_has():
    assert "+" not in inventories.version_of("torch")
