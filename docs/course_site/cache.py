"""What the runs of lessons have left: one folder a lesson, which works wherever it is put.

An entry has what the lesson depended on, how long it ran, and the digest of each file that it
wrote. It appears by one renaming, when the lesson has succeeded; an entry that is not whole, to
the last byte, is none.
"""

from __future__ import annotations

import json
import os
import pickle
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from course_site.keys import digest

RECORD = "record.json"
ENTRIES = "entries"
FILES = "files"  # laid out as the site's source folder
RUNNING = "running"
KEPT = "kept"

Made = TypeVar("Made")


@dataclass(frozen=True)
class Entry:
    """What the last run of a lesson has left.

    Attributes
    ----------
    key : dict of str to str
        What the run depended on, as `keys` gives it.
    seconds : float
        How long the lesson ran.
    files : dict of str to str
        The digest of each file, by its path in the source folder.
    folder : pathlib.Path
        Where the files lie.
    """

    key: dict[str, str]
    seconds: float
    files: dict[str, str]
    folder: Path


@dataclass(frozen=True)
class Cache:
    """The entries in one folder."""

    folder: Path

    def place(self, lesson: str) -> Path:
        """Give the folder of a lesson's entry."""
        return self.folder / ENTRIES / lesson

    def recorded(self, lesson: str) -> Entry | None:
        """Give what the record of an entry says, if it says it unharmed."""
        place = self.place(lesson)
        try:
            written = json.loads((place / RECORD).read_text(encoding="utf-8"))
            body = written["body"]
            if written["digest"] != digest(json.dumps(body, sort_keys=True).encode()):
                return None
            return Entry(body["key"], body["seconds"], body["files"], place / FILES)
        except (OSError, ValueError, LookupError, TypeError):
            return None

    def read(self, lesson: str) -> Entry | None:
        """Give an entry if each of its files is there as it was written, and no other."""
        if (entry := self.recorded(lesson)) is None:
            return None
        try:
            whole = digests(entry.folder) == entry.files
        except OSError:
            return None
        return entry if whole else None

    def seconds(self, lesson: str) -> float | None:
        """Give how long a lesson ran the last time, whatever has changed since."""
        entry = self.recorded(lesson)
        return entry.seconds if entry else None

    def run_folder(self, lesson: str) -> Path:
        """Give where a lesson writes while it runs, as if that were the source folder."""
        return self.folder / RUNNING / lesson / FILES

    def begin(self, lesson: str) -> Path:
        """Empty the folder of a run."""
        folder = self.run_folder(lesson)
        shutil.rmtree(folder.parent, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def keep(self, lesson: str, key: dict[str, str], seconds: float) -> Entry:
        """Turn the folder of a run that has succeeded into an entry."""
        run, place = self.folder / RUNNING / lesson, self.place(lesson)
        body: dict[str, Any] = {"key": key, "seconds": seconds, "files": digests(run / FILES)}
        written = {"digest": digest(json.dumps(body, sort_keys=True).encode()), "body": body}
        (run / RECORD).write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
        shutil.rmtree(place, ignore_errors=True)
        place.parent.mkdir(parents=True, exist_ok=True)
        run.replace(place)
        return Entry(key, seconds, body["files"], place / FILES)

    def hand_on(self, lessons: Iterable[str], folder: Path) -> None:
        """Copy the entries of some lessons to a folder that held others before."""
        shutil.rmtree(folder, ignore_errors=True)
        for lesson in lessons:
            if self.recorded(lesson):
                shutil.copytree(self.place(lesson), Cache(folder).place(lesson))

    def clear_runs(self) -> None:
        """Forget what interrupted runs have left."""
        shutil.rmtree(self.folder / RUNNING, ignore_errors=True)


def files_in(folder: Path) -> Iterator[Path]:
    """Give all files below a folder, in order."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def digests(folder: Path) -> dict[str, str]:
    """Give the digest of each file below a folder, by its path in it."""
    return {p.relative_to(folder).as_posix(): digest(p.read_bytes()) for p in files_in(folder)}


def put(source: Path, target: Path) -> None:
    """Copy a file; one that would stay the same is left alone, with its time."""
    content = source.read_bytes()
    if target.is_file() and target.read_bytes() == content:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.new")
    beside.write_bytes(content)
    os.replace(beside, target)


def once(folder: Path, key: str, make: Callable[[Path], None]) -> Path:
    """Give a folder of files that take long to make and depend on `key` alone.

    It is made by `make`, which writes into an empty folder, unless it is there and whole.
    """
    cache = Cache(folder.parent)
    entry = cache.read(folder.name)
    if entry is None or entry.key != {"key": key}:
        make(cache.begin(folder.name))
        entry = cache.keep(folder.name, {"key": key}, 0.0)
    return entry.folder


def kept_at(trees: str | os.PathLike[str], name: str) -> Path:
    """Give where a build keeps what takes long to make, among what Sphinx keeps of pages."""
    return Path(trees, KEPT, f"{name}.pickle")


def kept(
    trees: str | os.PathLike[str], name: str, sources: Iterable[bytes], make: Callable[[], Made]
) -> Made:
    """Give what an earlier build has made of the same sources, or make it and keep it.

    It lies in the folder of Sphinx's doctrees, which is emptied when the code or a version changes.
    """
    path, key = kept_at(trees, name), digest(*sources)
    if path.exists():
        before: tuple[str, Made] = pickle.loads(path.read_bytes())
        if before[0] == key:
            return before[1]
    made = make()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pickle.dumps((key, made)))
    return made
