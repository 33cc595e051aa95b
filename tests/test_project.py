"""What the project says about itself is true."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
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
    return [f.name for f in functions if any("session" in ast.dump(d) for d in f.decorator_list)]


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


def test_no_file_names_a_package_index_host():
    hosts = re.compile("files" + r"\.pythonhosted|registry\." + "npmjs|" + r"pypi\." + "org/simple")
    for path in tracked():
        if path.suffix not in (".png", ".ico"):
            assert not hosts.search(path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize(
    ("folder", "limit"), [("src", 300), ("docs/_ext", 300), ("docs/conf.py", 120)]
)
def test_modules_are_short(folder, limit):
    paths = [p for p in tracked(folder) if p.suffix == ".py"]
    long = {p: n for p in paths if (n := len(p.read_text().splitlines())) > limit}
    # Longer ones are one idea each: from functions to boxes, and a backward pass with its film.
    graph = ROOT / "src/pytorch_primer/graph"
    one_idea = {graph / "build.py": 700, graph / "backward.py": 500}
    assert not [path for path, n in long.items() if n > one_idea.get(path, limit)]


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
