"""JSON files that one process writes and another reads: never seen half written."""

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

PRIVATE, OPEN = 0o600, 0o644


def write_json(path: Path, content: Any, *, flush: bool = True, private: bool = False) -> None:
    """Write beside, flush to disk (not what is soon written again), then rename. Raises OSError.

    private: it holds passwords or keys; only its owner may read it (mode 600).
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.unlink(missing_ok=True)
    with open(
        os.open(beside, os.O_WRONLY | os.O_CREAT, PRIVATE if private else OPEN), "w", encoding="utf-8"
    ) as file:
        json.dump(content, file, ensure_ascii=False)
        if flush:
            file.flush()
            os.fsync(file.fileno())
    beside.replace(path)


def name_of(mn: str) -> str:
    """A file name for a device: strangers choose their MN, it may hold any sign."""
    return f"mn-{quote(mn, safe='')}"
