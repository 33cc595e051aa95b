"""The worksheets of a folder, in whatever form they were handed in."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat

SUFFIXES = (".ipynb", ".py", ".zip")
MAX_FILE = 20 * 2**20


@dataclass(frozen=True)
class Sheet:
    """One worksheet: its name in the table, its content, or why it has none."""

    name: str
    content: bytes = b""
    problem: str = ""

    @property
    def digest(self) -> str:
        """A short hash of the content, by which a resumed run knows what it has graded."""
        return hashlib.sha256(self.content).hexdigest()[:12]


def sheets(folder: Path) -> Iterator[Sheet]:
    """Yield every worksheet of a folder and its subfolders, also those that cannot be read."""
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.lower().endswith(SUFFIXES) and not name.startswith("."):
                path = Path(root, name)
                shown = path.relative_to(folder).as_posix()
                try:
                    content = read(path)
                except (OSError, ValueError) as error:
                    yield Sheet(shown, problem=f"cannot be read: {error}")
                    continue
                yield from members(shown, content)


def read(path: Path) -> bytes:
    """Read a regular file of bounded size; links, pipes and devices are refused, unopened."""
    info = path.lstat()
    if not stat.S_ISREG(info.st_mode):
        raise ValueError("it is no regular file")
    if info.st_size > MAX_FILE:
        raise ValueError(f"it has more than {MAX_FILE // 2**20} MB")
    with path.open("rb") as stream:
        return stream.read(MAX_FILE)


def members(name: str, content: bytes) -> Iterator[Sheet]:
    """Yield a sheet, or the sheets that lie in a zip."""
    if not name.lower().endswith(".zip"):
        yield Sheet(name, content)
        return
    found = False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for info in archive.infolist()[:1000]:
                if info.filename.lower().endswith((".ipynb", ".py")):
                    found, inner = True, f"{name}/{info.filename}"
                    if info.file_size > MAX_FILE:
                        yield Sheet(inner, problem=f"has more than {MAX_FILE // 2**20} MB")
                    else:
                        with archive.open(info) as stream:
                            yield Sheet(inner, stream.read(MAX_FILE))
    except Exception as error:
        yield Sheet(name, problem=f"cannot be unpacked: {error}")
        return
    if not found:
        yield Sheet(name, problem="holds no notebook and no script")


def cells_of(sheet: Sheet) -> list[str]:
    """Return the code cells of a notebook of any version, or a script as one cell.

    Raises
    ------
    ValueError
        If it is no notebook that can be read.
    """
    try:
        text = sheet.content.decode("utf-8-sig")
        if sheet.name.lower().endswith(".py"):
            return [text]
        with warnings.catch_warnings(action="ignore"):
            book = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
        return ["".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code"]
    except Exception as error:
        raise ValueError(f"not a notebook that can be read: {type(error).__name__}") from error
