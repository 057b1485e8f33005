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
    folder = data / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    now = datetime.now(UTC)
    path = folder / f"{now:%Y%m%dT%H%M%S.%f}-{os.getpid()}.txt"
    trace = "".join(traceback.format_exception(error))
    path.touch(mode=0o600)
    path.write_text(f"{now:%Y-%m-%dT%H:%M:%SZ} {doing}\n{trace}", "utf-8")
    for old in sorted(folder.glob("*.txt"))[:-KEPT]:
        old.unlink(missing_ok=True)
    return path
