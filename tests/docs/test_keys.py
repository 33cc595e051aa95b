"""What a lesson depends on is followed through imports, names that are passed on, and files."""

from __future__ import annotations

import pytest

from course_site.keys import Code, Keys, Package, changed

FILES = {
    "__init__.py": "from lib.one import first\nfrom lib.sub import second\n__version__ = '1'\n",
    "one.py": "import math\n\n\ndef first():\n    from lib.late import third\n    return third\n",
    "late.py": "third = 3\n",
    "alone.py": "fourth = 4\n",
    "reads.py": 'from pathlib import Path\n\nTEXT = Path(__file__).with_name("data.toml")\n',
    "data.toml": "x = 1\n",
    "look.mplstyle": "lines.linewidth: 1\n",
    "sub/__init__.py": "from .inner import second\n\nOWN = 1\n",
    "sub/inner.py": "from .. import one\nfrom . import beside\n\nsecond = 2\n",
    "sub/beside.py": "x = 1\n",
    "exercises/__init__.py": "def check(answer): ...\n",
    "exercises/bank/__init__.py": "",
    "exercises/bank/_common.py": "y = 1\n",
    "exercises/bank/walk.py": "from lib.exercises.bank._common import y\n",
    "exercises/bank/other.py": "z = 1\n",
}


@pytest.fixture
def package(tmp_path):
    for name, text in FILES.items():
        path = tmp_path / "lib" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Package(tmp_path / "lib")


def reached(package, code):
    found = package.reach(Code.of(code), package.folder)
    return {path.relative_to(package.folder).as_posix() for path in found}


SUB = {"sub/inner.py", "sub/beside.py", "one.py", "late.py"}


@pytest.mark.parametrize(
    ("code", "files"),
    [
        ("import torch", set()),
        ("from lib import first", {"one.py", "late.py"}),
        ("from lib import second", SUB),
        ("from lib.sub import second", SUB),
        ("from lib.sub import OWN", {"sub/__init__.py", *SUB}),
        ("from lib.sub import inner", SUB),
        ("import lib.alone as x", {"alone.py"}),
        ("from lib import alone", {"alone.py"}),
        ("def f():\n    from lib.alone import fourth", {"alone.py"}),
        ("if True:\n    import lib.alone", {"alone.py"}),
        ("import lib", {"__init__.py", *SUB}),
        ("from lib import *", {"__init__.py", *SUB}),
        ("from lib import __version__", {"__init__.py", *SUB}),
        ("import lib.reads", {"reads.py", "data.toml"}),
        ("use('lib.look')", {"look.mplstyle"}),
    ],
)
def test_files_that_code_leads_to(package, code, files):
    assert reached(package, code) == files


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("third = 3  # three\n", False),
        ('"""Three."""\n\nthird = 3\n', False),
        ("\n\nthird = 3\n", False),
        ("third = 4\n", True),
        ("third = 3\nfourth = 4\n", True),
    ],
)
def test_docstrings_and_comments_do_not_count(package, text, counts):
    path = package.folder / "late.py"
    before = package.code(path, whole=False)
    path.write_text(text, encoding="utf-8")
    assert (Package(package.folder).code(path, whole=False) != before) is counts


@pytest.fixture
def key(package, tmp_path):
    """Give what the key of a script has beside what every lesson depends on."""

    def of(code, lesson=None, **settings):
        script = tmp_path / "plot_x.py"
        script.write_text(code, encoding="utf-8")
        keys = Keys(Package(package.folder), tmp_path / "images", settings, str(tmp_path))
        return keys.key(script, lesson)

    return of


def test_exercises_of_a_lesson_count_with_what_they_share(key):
    found = key('"""\n.. exercise:: walk\n"""\n')
    assert {"exercises/bank/walk.py", "exercises/bank/_common.py"} <= found.keys()
    assert "exercises/__init__.py" not in found  # the page checks, not the lesson


def test_lesson_that_checks_depends_on_the_checker_and_what_it_names(key):
    found = key('from lib.exercises import check\n\ncheck("other")\n')
    assert {"exercises/bank/other.py", "exercises/__init__.py"} <= found.keys()
    assert "exercises/bank/walk.py" not in found


def test_images_count_for_who_asks_for_them(key, tmp_path):
    (tmp_path / "images").mkdir()
    assert "images" not in key("x = 1\n")
    before = key("small_mnist()\n")
    (tmp_path / "images/0.json").write_text("[]", encoding="utf-8")
    assert changed(before, key("small_mnist()\n")) == "changed: images"


def test_settings_count_but_not_the_place_or_the_selection(key, tmp_path):
    plain = key("x = 1\n", logo=f"{tmp_path}/logo.svg")
    assert plain == key("x = 1\n", logo="/logo.svg")
    assert plain == key("x = 1\n", logo="/logo.svg", filename_pattern="plot_2")
    assert changed(plain, key("x = 1\n", logo="/other.svg")) == "changed: settings"


def test_script_with_a_mistake_has_a_key(key):
    assert changed(key("x = (\n"), key("x = [\n")) == "changed: its script"


def test_lesson_that_shows_a_docstring_depends_on_it(key, package):
    code = "from lib.late import third\n\nhelp(third)\n"
    before = key(code)
    (package.folder / "late.py").write_text('"""Three."""\n\nthird = 3\n', encoding="utf-8")
    assert changed(before, key(code)) == "changed: late.py"
