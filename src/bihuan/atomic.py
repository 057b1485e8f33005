"""Files and folders that appear whole or not at all: written beside under a hidden name, then renamed."""

import contextlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NEIGHBOUR = 60
"""Bytes of a file's name that its neighbour has too: the neighbour's must not be too long where the file's is not."""
PRIVATE, OPEN = 0o600, 0o644


def beginning(name: str) -> str:
    """What of a file's name its neighbours are called by."""
    return name.encode(errors="surrogateescape")[:NEIGHBOUR].decode(errors="ignore")


@contextlib.contextmanager
def draft(folder: Path, name: str = "draft") -> Iterator[Path]:
    """A hidden path of its own in `folder` for a file or a folder that gets its name later; what is left there is removed."""
    path = folder / f".{beginning(name)}.{os.getpid()}.{secrets.token_hex(4)}"
    try:
        yield path
    finally:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        with contextlib.suppress(OSError):  # it was renamed, no disk holds its name, or the disk is gone
            path.unlink()


@contextlib.contextmanager
def beside(path: Path, *, durable: bool = False) -> Iterator[Path]:
    """Where to write the new content of `path`, which it becomes when the block ends; after an error `path` is as it was.

    durable: the content is on disk before it has the name, so that a power cut leaves the old or the new one.
    Raises OSError.
    """
    with draft(path.parent, path.name) as written:
        yield written
        if durable:
            flush(written)
        written.replace(path)


def flush(path: Path) -> None:
    """Have a file's content on disk. Raises OSError."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def write_text(path: Path, text: str, *, durable: bool = True, private: bool = False) -> None:
    """Write a small file whole, its folder made where it is missing. Raises OSError.

    durable: see `beside`; not for what is soon written again. private: only its owner may read it (mode 600).
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with beside(path, durable=durable) as written:
        written.touch(mode=PRIVATE if private else OPEN, exist_ok=False)
        written.write_text(text, encoding="utf-8")


def write_json(path: Path, content: Any, *, durable: bool = True, private: bool = False) -> None:
    """Write JSON that another process reads, whole. Raises OSError."""
    write_text(path, json.dumps(content, ensure_ascii=False), durable=durable, private=private)
