"""The sandbox in which worksheets run: bubblewrap, with nothing shared but Python."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


def sandbox(folder: Path) -> list[str]:
    """Return the command that starts a program in a sandbox of which only `folder` is shared."""
    python = {sys.prefix, sys.base_prefix, *(p for p in sys.path if os.path.isdir(p))}
    shown = ["/usr", "/bin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/alternatives"]
    binds = [arg for path in shown for arg in ("--ro-bind-try", path, path)]
    home = ["--size", str(2**30), "--tmpfs", "/tmp", "--size", str(2**28), "--tmpfs", "/home"]
    own = [arg for path in sorted(python) for arg in ("--ro-bind", path, path)]
    return [
        "bwrap",
        *("--unshare-all", "--die-with-parent", "--new-session", "--clearenv"),
        *("--cap-drop", "ALL", "--hostname", "worksheet"),
        *binds,
        *("--proc", "/proc", "--dev", "/dev"),
        *home,
        *own,
        *("--ro-bind", str(folder), "/job", "--dir", "/home/student", "--chdir", "/home/student"),
        *("--setenv", "HOME", "/home/student", "--setenv", "PATH", "/usr/bin:/bin"),
        *("--setenv", "OMP_NUM_THREADS", "1", "--setenv", "MPLBACKEND", "agg"),
        *("--setenv", "PYTHONPATH", os.environ.get("PYTHONPATH", "")),
        *("--setenv", "PYTHONDONTWRITEBYTECODE", "1", "--setenv", "LANG", "C.UTF-8"),
    ]


def why_no_sandbox() -> str:
    """Say why no program can be started in a sandbox; "" where one can."""
    if shutil.which("bwrap") is None:
        return "there is no program `bwrap`"
    with tempfile.TemporaryDirectory() as folder:
        command = [*sandbox(Path(folder)), sys.executable, "-c", "pass"]
        done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    said = done.stderr.decode(errors="replace").strip().splitlines()
    return "" if done.returncode == 0 else f"bwrap failed ({' '.join(said[-1:])})"
