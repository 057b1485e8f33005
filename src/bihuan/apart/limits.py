"""How long and with how much memory one file may be read. See docs/operations.md."""

import os
from dataclasses import dataclass, replace

from bihuan.errors import NothingDone

MEMORY, TIME = "memory", "time"
"""Which limit was passed."""
SECONDS, MEGABYTES = 300, 1024
LOOK_SECONDS = 60.0
"""For a look that a person waits for: the columns of a file, a preview, one record."""


@dataclass(frozen=True)
class Limits:
    """Wall-clock seconds, and bytes of memory of its own (not of mapped files)."""

    seconds: float
    memory: int


def _number(name: str, default: int) -> int:
    text = os.environ.get(name, str(default))
    if not text.isdecimal() or int(text) < 1:
        raise NothingDone(f"{name}={text}: write a whole number, 1 or more")
    return int(text)


def reading_limits() -> Limits:
    """BIHUAN_READ_SECONDS and BIHUAN_READ_MEMORY (MB). Raises NothingDone for nonsense."""
    seconds = _number("BIHUAN_READ_SECONDS", SECONDS)
    return Limits(float(seconds), _number("BIHUAN_READ_MEMORY", MEGABYTES) * 2**20)


def look_limits() -> Limits:
    """The same for a look, which nobody waits for longer than a minute."""
    whole = reading_limits()
    return replace(whole, seconds=min(whole.seconds, LOOK_SECONDS))
