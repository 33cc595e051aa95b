"""What a lesson's run depends on: each thing by its name, with a digest of what it is now.

Two runs of a lesson give the same page if its script, the modules of the library that it imports
and all that these import, the files that they read, its exercises, the versions of what draws and
computes, and the site's own steps from a script to a page are the same. A module counts without
its docstrings and comments.
"""

from __future__ import annotations

import ast
import platform
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pytorch_primer.outline import Lesson

PACKAGES = (
    *("torch", "torchvision", "numpy", "scipy", "scikit-learn", "pandas", "tqdm"),
    *("matplotlib", "contourpy", "fonttools", "kiwisolver", "pillow", "imageio-ffmpeg"),
    *("pygraphviz", "graphviz", "networkx", "docutils", "sphinx-gallery"),
)
# Beside this file: from a script to its page.
STEPS = ("figures.py", "runs.py", "scripts.py", "workers.py")
EXERCISE = re.compile(r"\.\. exercise:: (\w+)")
TYPEFACES = Path(__file__).parents[1] / "_build/matplotlib"  # of figures, if they have their own
IMAGES = "small_mnist"
# A lesson that shows a docstring or a source depends on those, too.
SHOWS_SOURCE = re.compile(r"__doc__|\bhelp\(|\bgetdoc\(|\bgetsource")
# What says which lessons run and in which order, and nothing of how one runs.
SELECTION = {
    *("filename_pattern", "ignore_pattern", "within_subsection_order", "subsection_order"),
    *("examples_dirs", "gallery_dirs", "backreferences_dir"),
}


def digest(*contents: bytes) -> str:
    """Give 32 characters that differ when the contents do."""
    return sha256(b"".join(sha256(content).digest() for content in contents)).hexdigest()[:32]


def of_files(paths: Iterable[Path], root: Path) -> str:
    """Give the digest of some files and their names."""
    parts: list[bytes] = []
    for path in sorted(paths):
        parts += [path.relative_to(root).as_posix().encode(), path.read_bytes()]
    return digest(*parts)


def without_docstrings(tree: ast.Module) -> ast.Module:
    """Take the docstrings out of a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                node.body = node.body[1:]
    return tree


@dataclass(frozen=True)
class Code:
    """What some code asks for: what it imports (a module, a name in it), and each text in it."""

    imports: list[tuple[str, str]]
    texts: list[str]

    @classmethod
    def of(cls, source: str | bytes, module: str = "") -> Code:
        """Read code; `module` is its own name, from which relative imports start."""
        imports: list[tuple[str, str]] = []
        texts = []
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Import):
                imports += ((alias.name, "*") for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                start = module.split(".")[: -node.level] if node.level else []
                origin = ".".join([*start, *([node.module] if node.module else [])])
                imports += ((origin, alias.name) for alias in node.names)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.append(node.value)
        return cls(imports, texts)


@dataclass
class Package:
    """The modules of a package, read from its folder, each once, and never imported."""

    folder: Path
    modules: dict[Path, Code] = field(default_factory=dict)
    files: dict[str, Path | None] = field(default_factory=dict)
    digests: dict[tuple[Path, bool], str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Give the name by which it is imported."""
        return self.folder.name

    def file(self, module: str) -> Path | None:
        """Give the file of a module of this package; None for any other."""
        first, *names = module.split(".")
        if first != self.name:
            return None
        if module not in self.files:
            path = self.folder.joinpath(*names)
            found = (path / "__init__.py", path.with_suffix(".py"))
            self.files[module] = next((file for file in found if file.is_file()), None)
        return self.files[module]

    def module(self, path: Path) -> Code:
        """Read a module; a package's own has ``__init__`` in its name."""
        if path not in self.modules:
            parts = path.relative_to(self.folder).with_suffix("").parts
            self.modules[path] = Code.of(path.read_bytes(), ".".join([self.name, *parts]))
        return self.modules[path]

    def read_all(self) -> tuple[dict[Path, Code], dict[tuple[Path, bool], str]]:
        """Read all modules, and give them with their digests."""
        for path in sorted(self.folder.rglob("*.py")):
            self.module(path)
            self.code(path, whole=False)
        return self.modules, self.digests

    def reach(self, code: Code, beside: Path, found: set[Path] | None = None) -> set[Path]:
        """Give the files that some code leads to, which lies in the folder `beside`.

        These are modules of this package and data files. A name that a package merely passes on
        leads to the module that defines it, and to no other.
        """
        found = set() if found is None else found
        found |= self.files_named(code, beside)
        for origin, name in code.imports:
            self.follow(origin, name, found)
        return found

    def follow(self, module: str, name: str, found: set[Path]) -> None:
        """Add the files that one import leads to."""
        if (submodule := self.file(f"{module}.{name}")) is not None:
            self.add(submodule, found)
        elif (path := self.file(module)) is not None:
            passed_on = [
                (origin, other)
                for origin, other in self.module(path).imports
                if other == name and path.name == "__init__.py"
            ]
            for origin, other in passed_on:
                self.follow(origin, other, found)
            if not passed_on:
                self.add(path, found)

    def add(self, path: Path, found: set[Path]) -> None:
        """Add a module and what it leads to."""
        if path not in found:
            found.add(path)
            self.reach(self.module(path), path.parent, found)

    def files_named(self, code: Code, beside: Path) -> set[Path]:
        """Give the data files whose name is a text in some code: beside it, or as a style."""
        found = set()
        for text in code.texts:
            if re.fullmatch(r"[\w-]+\.(?!py)\w+", text):
                found.add(beside / text)
            if style := re.fullmatch(rf"{self.name}\.(\w+)", text):
                found.add(self.folder / f"{style[1]}.mplstyle")
        return {path for path in found if path.is_file()}

    def code(self, path: Path, whole: bool) -> str:
        """Give the digest of a file: of a module its code, unless its `whole` text counts."""
        if (path, whole) not in self.digests:
            text = path.read_bytes()
            if path.suffix == ".py" and not whole:
                text = ast.dump(without_docstrings(ast.parse(text))).encode()
            self.digests[path, whole] = digest(text)
        return self.digests[path, whole]


@dataclass(frozen=True)
class Keys:
    """The keys of all lessons.

    Attributes
    ----------
    package : Package
        The library that lessons import.
    images : pathlib.Path
        The folder of the digits that some lessons read.
    settings : collections.abc.Mapping
        The settings of sphinx-gallery, as ``conf.py`` has them.
    machine : str
        The path that a setting may name and that says nothing: it is another in another checkout.
    """

    package: Package
    images: Path
    settings: Mapping[str, Any]
    machine: str

    @cached_property
    def common(self) -> dict[str, str]:
        """What all lessons depend on."""
        found = {"Python": sys.version, "machine": f"{platform.system()} {platform.machine()}"}
        for name in PACKAGES:
            try:
                found[name] = version(name)
            except PackageNotFoundError:
                continue
        steps = Package(Path(__file__).parent)
        found |= {f"course_site/{x}": steps.code(steps.folder / x, whole=False) for x in STEPS}
        if TYPEFACES.is_dir():
            found["typeface"] = of_files(TYPEFACES.glob("*.ttf"), TYPEFACES)
        said = {k: v for k, v in sorted(self.settings.items()) if k not in SELECTION}
        found["settings"] = digest(repr(said).replace(self.machine, "").encode())
        return found

    @cached_property
    def images_digest(self) -> str:
        """The digest of the images, which are read only if a lesson asks for them."""
        return of_files(self.images.rglob("*.json"), self.images)

    def key(self, script: Path, lesson: Lesson | None) -> dict[str, str]:
        """Give what the run of a lesson depends on."""
        text = script.read_text(encoding="utf-8")
        found = self.common | {"its script": digest(text.encode())}
        try:
            code = Code.of(text)
        except SyntaxError:  # the run will say so
            return found
        whole = bool(SHOWS_SOURCE.search(text))
        files = self.package.reach(code, script.parent)
        bank = self.package.folder / "exercises/bank"
        exercises = {*EXERCISE.findall(text), *(lesson.exercises if lesson else ())}
        if any(path.is_relative_to(bank.parent) for path in files):  # it checks answers itself
            exercises |= {*code.texts}
        shown = {path for id in exercises if (path := bank / f"{id}.py").is_file()}
        for path in list(shown):
            led = self.package.reach(self.package.module(path), path.parent)
            shown |= {other for other in led if other.is_relative_to(bank)}
        for path in files | shown:
            inside = path.is_relative_to(self.package.folder)
            name = path.relative_to(self.package.folder).as_posix() if inside else path.name
            found[name] = self.package.code(path, whole or path in shown)
        if IMAGES in text:
            found["images"] = self.images_digest
        return found


def changed(old: Mapping[str, str] | None, new: Mapping[str, str]) -> str:
    """Say in a few words why a lesson has to run."""
    if old is None:
        return "not in the cache"
    names = [name for name in sorted(old.keys() | new.keys()) if old.get(name) != new.get(name)]
    return f"changed: {', '.join(names)}" if names else ""
