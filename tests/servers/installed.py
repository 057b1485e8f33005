"""A real, empty installation of its own for tests with real processes, and Python processes that work on it."""

import os
import subprocess
import sys
from pathlib import Path

from bihuan.installation.marker import make_installation

MIGRATE = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
"""


def python(folder: Path, *words: str, **environment: str) -> "subprocess.Popen[str]":
    """A Python process of that installation."""
    env = {**os.environ, "BIHUAN_DATA": str(folder), "BIHUAN_LOG": "ERROR", **environment}
    return subprocess.Popen(
        [sys.executable, *words], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def run_python(folder: Path, code: str) -> str:
    """What a piece of Python prints there."""
    with python(folder, "-c", code) as process:
        said, _ = process.communicate()
    assert process.returncode == 0
    return said


def migrated(folder: Path) -> Path:
    """Make the folder a bare installation with an empty database, as `serve` does."""
    make_installation(folder)
    (folder / "static").mkdir()
    run_python(folder, MIGRATE)
    return folder
