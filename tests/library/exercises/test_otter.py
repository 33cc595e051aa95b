"""The exported exercises, graded by Otter-Grader itself."""

import subprocess
import sys

import pytest
from tests.library.exercises.sheets import RIGHT, WRONG

from pytorch_primer.exercises.exercise import all_exercises
from pytorch_primer.exercises.otter import write_tests


def test_each_exercise_has_its_test_file(tmp_path):
    ids = [made.id for made in all_exercises()]
    write_tests(tmp_path, ids)
    for id in ids:
        namespace = {}
        exec((tmp_path / "tests" / f"{id}.py").read_text(encoding="utf-8"), namespace)
        assert namespace["test"]["name"] == id
        assert f'judge("{id}", {id})' in namespace["test"]["suites"][0]["cases"][0]["code"]


def test_an_unknown_exercise_is_named(tmp_path):
    with pytest.raises(ValueError, match="'nowhere'"):
        write_tests(tmp_path, ["nowhere"])


@pytest.mark.slow
@pytest.mark.parametrize(("answer", "passes"), [(RIGHT, True), (WRONG, False)])
def test_otter_says_the_same(tmp_path, answer, passes):
    pytest.importorskip("otter", reason="Otter-Grader is not installed: pip install otter-grader")
    write_tests(tmp_path, ["x_grad"])
    (tmp_path / "sheet.py").write_text(answer)
    command = [sys.executable, "-m", "otter", "check", "sheet.py", "-q", "x_grad", "-t", "tests"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ("All tests passed" in done.stdout + done.stderr) == passes, done.stdout + done.stderr
