"""A real, empty installation of its own for tests with real processes, and Python processes that work on it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from bihuan.archive.lock import only_one
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


def run_python(folder: Path, code: str, **environment: str) -> str:
    """What a piece of Python prints there."""
    with python(folder, "-c", code, **environment) as process:
        said, _ = process.communicate()
    assert process.returncode == 0
    return said


def migrated(folder: Path, database: Path) -> Path:
    """Make the folder a bare installation with a copy of the empty database, as `serve` leaves it."""
    make_installation(folder)
    (folder / "static").mkdir()
    shutil.copy(database, folder / "db.sqlite3")
    return folder


def make_database(folder: Path) -> Path:
    """An empty database, migrated by a process of its own: seconds, so it is made once and copied."""
    folder.mkdir(exist_ok=True)
    path = folder / "db.sqlite3"
    with only_one(folder / "lock"):
        if not path.exists():
            run_python(folder, MIGRATE, BIHUAN_DATABASE=f"sqlite:///{folder / 'new.sqlite3'}")
            (folder / "new.sqlite3").replace(path)
    return path
