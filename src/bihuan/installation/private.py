"""The data folder is for the account that runs Bihuan alone: folders 0700, files 0600.

It holds every account, key and device password. What a command writes elsewhere follows the caller's own umask.
"""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

OTHERS = 0o077
BEFORE = "BIHUAN_UMASK"
"""Environment: the caller's umask in octal, handed on to the processes that are started from here."""
log = logging.getLogger(__name__)


def keep_private() -> None:
    """From now on this process, and those that it starts, make files for their own account only."""
    before = os.umask(OTHERS)
    os.environ.setdefault(BEFORE, f"{before:o}")


def hand_out(path: Path) -> None:
    """Give a file that was written for the caller the mode that the caller's own umask gives."""
    path.chmod(0o666 & ~int(os.environ.get(BEFORE, f"{OTHERS:o}"), 8))


def is_open(path: Path) -> bool:
    """Can another account of the machine do anything with it?"""
    return bool(path.stat().st_mode & OTHERS)


def close(folder: Path) -> None:
    """Close the folder of an installation and all in it to other accounts, with a note where it stood open."""
    if not is_open(folder):
        return
    try:
        changed = sum(_close(path) for path in (folder, *_inside(folder)))
    except PermissionError as error:
        log.warning(
            "%s can be read by other accounts of this machine, and belongs to another one: make its owner the account "
            "that runs bihuan (chown -R), then start again",
            error.filename,
        )
        return
    log.warning("%s could be read by other accounts of this machine; %d entries were closed", folder, changed)


def _inside(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        yield from (Path(root, name) for name in (*folders, *names))


def _close(path: Path) -> bool:
    """Whether it stood open. A file that is gone meanwhile, or a link, needs nothing."""
    try:
        if path.is_symlink() or not is_open(path):
            return False
        path.chmod(path.stat().st_mode & ~OTHERS & 0o777)
    except FileNotFoundError:
        return False
    return True
