"""How long and with how much memory one file may be read. See docs/operations.md."""

import os
from dataclasses import dataclass, replace

import psutil

from bihuan.errors import NothingDone
from bihuan.reasons import Reason

MEMORY, TIME = "memory", "time"
"""Which limit was passed."""
SECONDS, MEGABYTES = 300, 1024
LOOK_SECONDS = 60.0
"""For a look that a person waits for: the columns of a file, a preview, one record."""
COMMAND_SECONDS = 3600.0
"""For a table that a person hands to a command, and can break off."""


FILE_SECONDS = Reason("limit_of_file", variable="BIHUAN_READ_SECONDS")
FILE_MEMORY = Reason("limit_of_file", variable="BIHUAN_READ_MEMORY")


@dataclass(frozen=True)
class Limits:
    """Wall-clock seconds, and bytes of memory of its own (not of mapped files); what to tell who passes one."""

    seconds: float
    memory: int
    mend_seconds: Reason = FILE_SECONDS
    mend_memory: Reason = FILE_MEMORY


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


def command_limits() -> Limits:
    """For a table that a person hands to a command: an hour, and the memory that the machine has free."""
    return Limits(
        COMMAND_SECONDS,
        psutil.virtual_memory().available,
        Reason("limit_of_command"),
        Reason("limit_of_machine"),
    )
