"""Rows behind the receiver, in a process of its own: parsing must not take the time in which packets are answered.

It ends with its parent: when stdin is closed.
"""

import logging
import os
import select
import signal
import sys
from pathlib import Path

import polars as pl
from deltalake.exceptions import DeltaError

from bihuan.archive import Archive
from bihuan.errors import NothingDone
from bihuan.installation.private import keep_private
from bihuan.loggers import parked
from bihuan.loggers.register import Device, read_register
from bihuan.pipeline.packets import BATCH, store_some
from bihuan.servers.memory import search_cycles_rarely
from bihuan.servers.rare_log import RareLog

log = logging.getLogger(__name__)
rare = RareLog(__name__)

LOCK_WAIT = 0.5
POLITENESS = 10  # receiving comes first; on a machine that others keep busy a tenth of a processor is left


def _store(archive: Archive) -> bool:
    """Store a batch; is there more?"""
    try:
        return store_some(archive, BATCH, LOCK_WAIT) == BATCH
    except NothingDone as error:
        log.info("rows wait in the journal: %s", error)  # an import is writing
    except (OSError, DeltaError, pl.exceptions.ComputeError) as error:
        rare.error("rows wait in the journal: storing failed (%s); trying again", error)
    return False


def _bring_in(archive: Archive) -> None:
    """Journal anew what was parked of devices that are let in now."""
    try:
        for mn, file in parked.asked(archive.devices.folder, parked.READY):
            device = read_register(archive.root.parent / "devices.json").get(mn, Device())
            count = parked.bring_in(archive.devices.journal, mn, device)
            file.unlink()
            log.info("%d parked packets of %s were brought in", count, mn)
    except (OSError, NothingDone) as error:
        rare.error("parked packets wait: %s; trying again", error)


def main(root: Path, every: float) -> None:
    """Store what is pending, every so many seconds."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the receiver, which then ends us
    keep_private()
    os.nice(POLITENESS)
    archive = Archive(root)
    search_cycles_rarely()
    more = True
    while True:
        closed, _, _ = select.select([sys.stdin], [], [], 0 if more else every)
        if closed:
            return
        _bring_in(archive)
        more = _store(archive)


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
