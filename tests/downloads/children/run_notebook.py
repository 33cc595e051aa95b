"""Execute a notebook as Jupyter would, with warnings as errors: ``run_notebook.py IN OUT``.

The executed notebook is written also when a cell fails; the failure is told on standard error. This
file runs in the environment that is tested, beside nothing of the project's own.
"""

import sys

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

SECONDS_EACH_CELL = 120
# What the kernel itself warns of is not the notebook's author's to repair.
STRICT = r"""
import warnings

warnings.simplefilter("error")
warnings.filterwarnings("ignore", module=r"(ipykernel|IPython|tornado|traitlets|zmq)(\.|$)")
del warnings
"""


def execute(source: str, target: str) -> int:
    """Execute a notebook in the current folder and return the exit status."""
    notebook = nbformat.read(source, as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(STRICT))
    client = NotebookClient(notebook, timeout=SECONDS_EACH_CELL, kernel_name="python3")
    status = 0
    try:
        client.execute()
    except CellExecutionError as error:
        print(error, file=sys.stderr)
        status = 1
    del notebook.cells[0]
    nbformat.write(notebook, target)
    return status


if __name__ == "__main__":
    sys.exit(execute(*sys.argv[1:]))
