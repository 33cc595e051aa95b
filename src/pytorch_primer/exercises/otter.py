"""Export exercises to Otter-Grader: ``python -m pytorch_primer.exercises.otter FOLDER [ID …]``.

For each exercise a test file in Otter's format is written into ``FOLDER/tests``. It asks the
checker of this package, which must be installed where Otter runs; nothing is written twice.
"""

from __future__ import annotations

import sys
from pathlib import Path

from pytorch_primer.exercises.exercise import known_ids, load

TEST = '''\
OK_FORMAT = True

test = {{
    "name": "{id}",
    "points": {points},
    "suites": [
        {{
            "type": "doctest",
            "scored": True,
            "setup": "",
            "teardown": "",
            "cases": [
                {{
                    "hidden": False,
                    "locked": False,
                    "code": r"""
>>> from pytorch_primer.exercises.checking import judge
>>> judge("{id}", {id}).status
'right'
""",
                }}
            ],
        }}
    ],
}}
'''


def write_tests(folder: Path, ids: list[str]) -> None:
    """Write the test files of some exercises; the difficulty is the number of points.

    Parameters
    ----------
    folder : pathlib.Path
        Where the folder ``tests`` is made.
    ids : list[str]
        The exercises.

    Raises
    ------
    ValueError
        If there is no exercise of an id.
    """
    if unknown := [id for id in ids if id not in known_ids()]:
        raise ValueError(f"ids: there is no exercise {unknown[0]!r}")
    (folder / "tests").mkdir(parents=True, exist_ok=True)
    for id in ids:
        text = TEST.format(id=id, points=load(id).difficulty)
        (folder / "tests" / f"{id}.py").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_tests(Path(sys.argv[1]), sys.argv[2:] or known_ids())
