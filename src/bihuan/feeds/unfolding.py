"""Files that unfold: a spreadsheet or Parquet file of some kilobytes that would take gigabytes of memory."""

import zipfile
from pathlib import Path

from bihuan.feeds.reading import Unreadable
from bihuan.reasons import Reason

HARMLESS = 64 * 2**20
TIMES = 200
"""How much bigger a table may become. Hours of a network grow 20 to 60 times, with columns that are all empty up to 120."""
CELL = 8


def check_size(path: Path, unfolded: int) -> None:
    """Raises Unreadable where a file would grow beyond what tables of measurements do. unfolded: bytes."""
    packed = max(path.stat().st_size, 1)
    if unfolded > HARMLESS and unfolded > TIMES * packed:
        before, after = packed / 1e6, unfolded // 1_000_000
        raise Unreadable(Reason("unfolds", file=path.name, packed=before, unfolded=after, times=TIMES))


def check_zip(path: Path) -> None:
    """The same for a spreadsheet, by what the parts of its zip say of their size."""
    try:
        with zipfile.ZipFile(path) as book:
            unfolded = sum(part.file_size for part in book.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
        return  # an old .xls, or damaged: its reader says so
    check_size(path, unfolded)
