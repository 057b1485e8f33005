"""Raw bytes that a person hands to a command: a file, or what comes out of a pipe."""

import mmap
import os
import select
import stat
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from bihuan.errors import NothingDone
from bihuan.feeds.hj212.ends import Stream

PATIENCE = 30
"""Seconds within which a pipe must begin to give."""
LONGEST_PIPE, BLOCK = 2**30, 2**20
"""Bytes. What comes out of a pipe waits on disk; nobody can see that it does not end."""


@contextmanager
def bytes_of(path: Path) -> Iterator[Stream]:
    """The bytes, mapped so that many do not fill the memory. Raises NothingDone."""
    with ExitStack() as held:
        try:
            file = held.enter_context(_opened(path))
            empty = os.fstat(file.fileno()).st_size == 0  # nothing cannot be mapped
            data = b"" if empty else held.enter_context(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        except OSError as error:
            raise NothingDone(f"cannot read {path}: {error.strerror or error}") from error
        yield data


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """A file that can be mapped: what a pipe gives goes through one that has no name."""
    # A pipe must not keep who opens it waiting for a writer.
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        if stat.S_ISREG(mode):
            yield file
            return
        if not stat.S_ISFIFO(mode):
            raise NothingDone(f"{path} is neither a file nor a pipe; give a file")
        if not select.select([file], [], [], PATIENCE)[0]:
            raise NothingDone(f"nothing came out of {path} for {PATIENCE} seconds; give a file")
        os.set_blocking(file.fileno(), True)
        with tempfile.TemporaryFile() as kept:
            while block := file.read(BLOCK):
                kept.write(block)
                if kept.tell() > LONGEST_PIPE:
                    raise NothingDone(f"{path} gives more than {LONGEST_PIPE >> 30} GB; give a file")
            kept.flush()
            yield kept
