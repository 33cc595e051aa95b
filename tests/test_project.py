"""What the project says about itself is true."""

import ast
import graphlib
import re
import subprocess
import tomllib
from importlib.metadata import distributions
from pathlib import Path

from packaging.specifiers import SpecifierSet
from tests.readme_commands import commands

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def tracked(*patterns: str) -> list[Path]:
    names = subprocess.run(
        ["git", "ls-files", *patterns], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()
    return [ROOT / name for name in names if (ROOT / name).exists()]


def sessions() -> list[str]:
    """Names of the nox sessions, read from the source (nox itself need not be installed)."""
    tree = ast.parse((ROOT / "noxfile.py").read_text(encoding="utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    named = [f for f in functions if any("session" in ast.dump(d) for d in f.decorator_list)]
    return [f.name.rstrip("_") for f in named]


def test_readme_has_both_commands_on_one_line_each():
    assert set(commands(README)) == {"build", "test"}


def test_readme_lists_the_nox_sessions():
    assert set(re.findall(r"^\| `nox -s (\w+)", README, re.M)) == set(sessions())


def test_constraints_pin_every_dependency_exactly():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", pin) for pin in pins)
    named = {re.sub(r"[-_.]+", "-", pin.split("==")[0]).lower() for pin in pins}
    wanted = [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"]]
    wanted += [need for group in PROJECT["dependency-groups"].values() for need in group]
    assert {re.split(r"[<>=]", w)[0].replace("_", "-").lower() for w in wanted} <= named


def test_pins_run_on_the_oldest_promised_python():
    """Each installed package says for which versions it is, whatever version runs this."""
    oldest = PROJECT["project"]["requires-python"].removeprefix(">=") + ".0"
    needs = {found.name: found.metadata["Requires-Python"] or "" for found in distributions()}
    assert {name for name, need in needs.items() if oldest not in SpecifierSet(need)} == set()


def test_no_file_names_a_package_index_host():
    hosts = re.compile("files" + r"\.pythonhosted|registry\." + "npmjs|" + r"pypi\." + "org/simple")
    for path in tracked():
        if path.suffix not in (".png", ".ico"):
            assert not hosts.search(path.read_text(encoding="utf-8")), path


def test_configuration_has_settings_only():
    assert len((ROOT / "docs/conf.py").read_text(encoding="utf-8").splitlines()) <= 120


def test_the_map_of_the_house_is_true():
    """Each path of the map is there, and each top-level folder is on it."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    drawn = re.search(r"<!-- map -->\n```text\n(.*?)```", text, re.S)[1]
    assert len(drawn.splitlines()) <= 24  # one screen
    found, top = set(), ROOT
    for indent, name in re.findall(r"^( *)([\w./]+)  ", drawn, re.M):
        top = ROOT / name if not indent else top
        path = top if not indent else top / name
        assert path.exists(), path
        found.add(path)
    folders = {path.relative_to(ROOT).parts[0] for path in tracked() if path.parent != ROOT}
    mapped = {path.relative_to(ROOT).parts[0] for path in found}
    assert {name for name in folders if not name.startswith(".")} == mapped


def packages() -> dict[str, Path]:
    """Modules of the library and of the site by their dotted names."""
    found = {}
    for root in (ROOT / "src", ROOT / "docs"):
        for path in root.glob("[pc]*/**/*.py"):
            parts = path.relative_to(root).with_suffix("").parts
            found[".".join(parts).removesuffix(".__init__")] = path
    return found


def imported(path: Path, known: dict[str, Path]) -> set[str]:
    """Modules of ours that one module imports at its top."""
    names = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names & known.keys()


def test_no_modules_import_in_a_circle():
    known = packages()
    packs = {name for name, path in known.items() if path.name == "__init__.py"}
    graph = {name: imported(path, known) - packs for name, path in known.items()}
    graph = {name: edges - {name} for name, edges in graph.items() if name not in packs}
    list(graphlib.TopologicalSorter(graph).static_order())


def test_imports_run_one_way():
    """The library knows nothing of Sphinx or the lessons; the lessons nothing of the site."""
    for folder, forbidden in (
        ("src", r"sphinx|docutils|myst|gallery"),
        ("gallery", r"sphinx|docutils|conf"),
    ):
        for path in tracked(f"{folder}/*.py"):
            text = path.read_text(encoding="utf-8")
            assert not re.search(rf"^\s*(from|import) ({forbidden})\b", text, re.M), path


def test_generated_files_are_not_tracked():
    generated = re.compile(r"docs/lessons/|_build/|node_modules/|\.egg-info")
    assert not [p for p in tracked() if generated.search(p.relative_to(ROOT).as_posix())]
