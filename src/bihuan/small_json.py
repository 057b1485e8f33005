"""JSON that people write by hand: lists of devices and targets, mappings, a city's stations."""

import json
import os
import stat
from pathlib import Path
from typing import Any

LONGEST = 16 * 2**20
"""Bytes; ten thousand devices take two million."""


def read_small_json(path: Path) -> Any:
    """What the file holds. Raises OSError, and ValueError when it is no JSON, too long or nested too deeply."""
    # A pipe must not keep who opens it waiting for a writer.
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ValueError("it is no plain file")
        content = file.read(LONGEST + 1)
    if len(content) > LONGEST:
        raise ValueError(f"it is longer than {LONGEST // 2**20} MB")
    try:
        return json.loads(content.decode("utf-8-sig"))  # editors of Windows put a mark before it
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
