"""A data folder is an installation when it holds `bihuan.json`."""

import json
from datetime import UTC, datetime
from pathlib import Path

from bihuan.atomic import write_json
from bihuan.errors import NothingDone
from bihuan.installation import private

MARKER = "bihuan.json"
UPLOADS = "uploads"
"""Folder of files that people chose on the import page and that are not taken in yet."""
FORMAT = 1


def is_installation(path: Path) -> bool:
    """Whether the folder holds an installation."""
    return (path / MARKER).is_file()


def open_installation(path: Path, *, create: bool = False) -> Path:
    """The folder, checked and closed to other accounts of the machine. With `create`, a missing or empty folder becomes a bare installation.

    Raises NothingDone for a folder that is none, or one of a newer Bihuan.
    """
    if not is_installation(path):
        if not create:
            raise NothingDone(
                f"{path} is not an installation; give its folder with --data, or make one with import or demo"
            )
        make_installation(path)
    found = _format(path)
    if found > FORMAT:
        raise NothingDone(
            f"{path} was made by a newer Bihuan (format {found}, this one knows {FORMAT}); update first"
        )
    private.close(path)
    return path


def make_installation(path: Path) -> None:
    """Turn a missing or empty folder into a bare installation. Raises NothingDone for any other."""
    if path.exists() and (not path.is_dir() or any(p.name != MARKER for p in path.iterdir())):
        raise NothingDone(f"{path} is neither empty nor an installation; choose another folder with --data")
    content = {"format": FORMAT, "created": datetime.now(UTC).isoformat(timespec="seconds")}
    try:
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(0o700)
        write_json(path / MARKER, content)
    except OSError as error:
        raise NothingDone(f"cannot make an installation in {path}: {error.strerror or error}") from error


def _format(path: Path) -> int:
    try:
        return int(json.loads((path / MARKER).read_text())["format"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NothingDone(f"{path / MARKER} is damaged; restore the installation from a backup") from error
