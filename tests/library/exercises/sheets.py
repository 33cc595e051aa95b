"""Worksheets as people hand them in, each with what its `x_grad` deserves."""

import io
import json
import os
import zipfile

from pytorch_primer.exercises.exercise import load

RIGHT = "import torch\n" + load("x_grad").source.solution
WRONG = "def x_grad(X):\n    return X.detach()"
BLANK = "import torch\n" + load("x_grad").source.starter
ENDLESS = "def x_grad(X):\n    while True:\n        pass"
STUBBORN = "while True:\n    try:\n        while True: pass\n    except BaseException: pass"

# Notebooks that a real kernel can run to their end: cells, and the status of `x_grad`.
NOTEBOOKS: dict[str, tuple[list[str], str]] = {
    "plain": ([RIGHT], "right"),
    "pip": (["%pip --version", RIGHT], "right"),
    "shell over two lines": (["!echo a \\\n  b", RIGHT], "right"),
    "shell above the answer": (["!echo hi\n" + RIGHT], "right"),
    "help": (["import torch\ntorch.tensor?", RIGHT], "right"),
    "help in the answer's cell": ([RIGHT + "\nx_grad?"], "right"),
    "shell into a list": (["files = !ls\n" + RIGHT], "right"),
    "display": (["display(1)\n" + RIGHT], "right"),
    "await": (["import asyncio\nawait asyncio.sleep(0)\n" + RIGHT], "right"),
    "percent begins a line": (["y = (7\n% (3))\n" + RIGHT], "right"),
    "line separator": (["s = 'a\u2028b'\n" + RIGHT], "right"),
    "writefile": (["%%writefile mine.py\nA = 1", "import mine\n" + RIGHT], "right"),
    "saved class": (
        ["import torch\nclass A: pass\ntorch.save(A(), 'a.pt')\n" + RIGHT],
        "right",
    ),
    "text with magics": (['t = """\n%cd nowhere\n!ls\n"""\n' + RIGHT], "right"),
    "matplotlib": (
        ["%matplotlib inline\nimport matplotlib.pyplot as p\np.plot([1])\n" + RIGHT],
        "right",
    ),
    "time": (["%%time\n" + RIGHT], "right"),
    "capture": (["%%capture\n" + RIGHT], "right"),
    "timeit": (["%timeit -n1 -r1 1 + 1\n" + RIGHT], "right"),
    "environment": (["%env X=1\n" + RIGHT], "right"),
    "input": (["name = input()", RIGHT], "right"),
    "raises elsewhere": (["raise ValueError", RIGHT], "right"),
    "exits": (["import sys\nsys.exit(1)", RIGHT], "right"),
    "interrupts": (["raise KeyboardInterrupt", RIGHT], "right"),
    "warns": (["import warnings\nwarnings.warn('x')\n" + RIGHT], "right"),
    "lambda": (["x_grad = lambda X: 20 * X.detach()"], "right"),
    "wrong, then right": ([WRONG, RIGHT], "right"),
    "right, then wrong": ([RIGHT, WRONG], "wrong"),
    "wrong": ([WRONG], "wrong"),
    "blank": ([BLANK], "blank"),
    "other exercise": (["def to_column(a): return a"], ""),
    "empty": ([], ""),
    "syntax": (["def x_grad(X):\n    return 20 * * X"], "lost"),
    "fails before": (["1 / 0\n" + RIGHT], "lost"),
    "deleted": ([RIGHT, "del x_grad"], ""),
    "a value": (["x_grad = 3"], "wrong"),
    "answer raises": (["def x_grad(X):\n    raise KeyboardInterrupt"], "wrong"),
    "answer exits": (["import sys\ndef x_grad(X):\n    sys.exit()"], "wrong"),
    "bytes on stdout": (["import os\nos.write(1, b'\\xff')\n" + RIGHT], "right"),
    "carriage returns": ([RIGHT.replace("\n", "\r\n")], "right"),
    "the course's own": (["from pytorch_primer import sgd\n" + RIGHT], "right"),
    "bank imported": (
        ["from pytorch_primer.exercises.bank.x_grad import *\nx_grad = x_grad.solution"],
        "right",
    ),
    "history": (["1 + 1\n_\n_1 if '_1' in dir() else 0\n" + RIGHT], "right"),
}

# Sheets that end themselves, never end, or ask for too much.
VIOLENT: dict[str, tuple[list[str], str]] = {
    "ends the process": (["import os\nos._exit(0)", RIGHT], "right"),
    "crashes": (["import ctypes\nctypes.string_at(0)", RIGHT], "right"),
    "endless cell": (["while True: pass", RIGHT], "right"),
    "endless cell that catches": ([STUBBORN, RIGHT], "right"),
    "endless answer": ([ENDLESS], "stopped"),
    "answer ends the process": (["import os\ndef x_grad(X):\n    os._exit(0)"], "stopped"),
    "much output": (["print('x' * 10**8)\n" + RIGHT], "right"),
    "memory": (["x = bytearray(64 * 2**30)", RIGHT], "right"),
    "background": (["import subprocess\nsubprocess.Popen(['sleep', '999'])\n" + RIGHT], "right"),
    "thread": (
        ["import threading, time\nthreading.Thread(target=time.sleep, args=(999,)).start()", RIGHT],
        "right",
    ),
    "at exit": (["import atexit\natexit.register(lambda: 1 / 0)\n" + RIGHT], "right"),
    "closes all": (["import os\nos.closerange(0, 3)\n" + RIGHT], "right"),
    "noise in the report": (
        [
            "import os\nfor fd in range(3, 64):\n"
            "    try: os.write(fd, b'\\xff{\"kind\": 1}\\n[]\\n')\n"
            "    except OSError: pass\n" + RIGHT
        ],
        "right",
    ),
}

# Each tries something; its answer is right only if that failed.
ATTACKS: dict[str, list[str]] = {
    "network": ["import socket\nsocket.create_connection(('192.0.2.1', 9), timeout=2)\nRAN = 1"],
    "reads the class": ["import glob\nassert glob.glob('{folder}/*'), 'none'\nRAN = 1"],
    "reads passwords": ["open('/etc/shadow').read()\nRAN = 1"],
    "writes to the class": ["open('{folder}/owned', 'w').write('x')\nRAN = 1"],
    "writes to Python": ["import os\nopen(os.__file__, 'a').write('#')\nRAN = 1"],
    "kills others": ["import os\nos.kill({pid}, 0)\nRAN = 1"],
    "reads memory": ["open('/proc/{pid}/mem', 'rb')\nRAN = 1"],
    "fills the disk": [
        "with open('/tmp/big', 'wb') as f:\n    for _ in range(40): f.write(bytes(2**26))\nRAN = 1"
    ],
    "sees the environment": ["import os\nassert 'SECRET_OF_THE_GRADER' in os.environ\nRAN = 1"],
    "becomes root": ["import os\nos.setuid(0); os.chown('/usr', 0, 0)\nRAN = 1"],
}
AFTER = "if 'RAN' not in globals():\n    exec({right!r})\nelse:\n    x_grad = 3"


def notebook(cells, version=4):
    """Return the text of a notebook."""
    made = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, key: text}
        for text in cells
        for key in (["source"] if version == 4 else ["input"])
    ]
    if version == 3:
        made = [{**cell, "language": "python", "collapsed": False} for cell in made]
        sheets = [{"cells": made, "metadata": {}}]
        return json.dumps(
            {"worksheets": sheets, "metadata": {}, "nbformat": 3, "nbformat_minor": 0}
        )
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


def zipped(files):
    """Return the bytes of a zip."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return stream.getvalue()


def write_files(folder):
    """Write files of every odd kind; return the expected status or a part of the problem."""
    good = notebook([RIGHT])
    texts = {
        "version 3.ipynb": notebook([RIGHT], version=3).encode(),
        "bom.ipynb": b"\xef\xbb\xbf" + good.encode(),
        "LOUD.IPYNB": good.encode(),
        "script.py": RIGHT.encode(),
        "=1+1.ipynb": good.encode(),
        "two\nlines.ipynb": good.encode(),
        "latin.ipynb": notebook(["# é"]).replace("\\u00e9", "é").encode("latin-1"),
        "broken.ipynb": b"{",
        "no notebook.ipynb": b"[1, 2]",
        "deep.ipynb": b"[" * 100_000,
        "nothing.ipynb": b"",
        "class.zip": zipped({"ann.ipynb": good, "bob.py": WRONG}),
        "broken.zip": b"PK",
        "empty.zip": zipped({"a.txt": "x"}),
    }
    for name, content in texts.items():
        (folder / name).write_bytes(content)
    (folder / "carla").mkdir()
    (folder / "carla" / "sheet.ipynb").write_text(good)
    with (folder / "large.ipynb").open("wb") as stream:
        stream.truncate(2**26)
    os.mkfifo(folder / "pipe.ipynb")
    (folder / "zero.ipynb").symlink_to("/dev/zero")
    (folder / os.fsdecode(b"\xff.ipynb")).write_text(good)
    return {
        "version 3.ipynb": "right",
        "bom.ipynb": "right",
        "LOUD.IPYNB": "right",
        "script.py": "right",
        "'=1+1.ipynb": "right",
        "two\\nlines.ipynb": "right",
        "carla/sheet.ipynb": "right",
        "class.zip/ann.ipynb": "right",
        "class.zip/bob.py": "wrong",
        "\\udcff.ipynb": "right",
        "latin.ipynb": "not a notebook",
        "broken.ipynb": "not a notebook",
        "no notebook.ipynb": "not a notebook",
        "deep.ipynb": "not a notebook",
        "nothing.ipynb": "not a notebook",
        "broken.zip": "cannot be unpacked",
        "empty.zip": "no notebook",
        "large.ipynb": "more than",
        "pipe.ipynb": "no regular file",
        "zero.ipynb": "no regular file",
    }
