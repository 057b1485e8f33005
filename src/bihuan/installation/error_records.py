"""Unforeseen errors, kept whole in the data folder: what a person reads is one sentence that names the file."""

import os
import traceback
from datetime import UTC, datetime
from pathlib import Path

FOLDER = "errors"
KEPT = 200
"""So many records are kept, the newest; an error that comes every second must not fill the disk."""


def keep_error(data: Path, error: BaseException, doing: str) -> Path:
    """Write down where and why `doing` failed; the file, in the folder `errors` of the data folder. Raises OSError."""
    return write_record(data / FOLDER, f"{doing}\n{trace_of(error)}", KEPT)


def trace_of(error: BaseException) -> str:
    """Where an error came from."""
    return "".join(traceback.format_exception(error))


def write_record(folder: Path, text: str, kept: int) -> Path:
    """A new file that only its owner may read, with the time above the text; of the folder's files the newest stay. Raises OSError."""
    folder.mkdir(mode=0o700, exist_ok=True)
    now = datetime.now(UTC)
    path = folder / f"{now:%Y%m%dT%H%M%S.%f}-{os.getpid()}.txt"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(f"{now:%Y-%m-%dT%H:%M:%SZ} {text}")
    for old in sorted(folder.glob("*.txt"))[:-kept]:
        old.unlink(missing_ok=True)
    return path
